"""Find words in everything that a study has in words."""

import pandas as pd

from swt_analysis import schema
from swt_analysis.study.base import LabelledStudy
from swt_analysis.text import located, unaccented


def look_for(study: LabelledStudy, words: str) -> pd.DataFrame:
    """Find where a study says something: `Study.look_for`."""
    wanted = unaccented(words)
    rows = [
        row
        for name, table in schema.PROCESSED.items()
        for row in _rows(study, name, table)
        if wanted in unaccented(row[2])
    ]
    found = pd.DataFrame(rows, columns=["table", "which", "text", "source"], dtype="str")
    return found.drop_duplicates(ignore_index=True)


def _rows(
    study: LabelledStudy, name: str, table: schema.Table
) -> list[tuple[str, str, str, str | None]]:
    """Give what a table says in the study's language, with which row and place says it."""
    suffix = f"_{study.language}"
    said = [one.removesuffix(suffix) for one in table.columns if one.endswith(suffix)]
    frame = study.table(name)
    labels = study.labels("locator")
    keys = [one.name for one in table.columns.values() if one.key and one.name in frame]
    sources = frame["source"] if "source" in frame else pd.Series(None, frame.index, dtype=object)
    which = (
        frame[keys].astype("string").fillna("").agg(" ".join, axis=1).str.strip()
        if len(frame) and keys
        else sources
    )
    return [
        (name, key, words, located(source, labels) if isinstance(source, str) else None)
        for column in said
        for key, words, source in zip(which, frame[column], sources, strict=True)
        if isinstance(words, str)
    ]
