"""The title of every report: what heads its page and what a link to it says."""

from collections.abc import Mapping
from typing import Any

from swt_analysis.reports.catalogue import rows
from swt_analysis.study import Study, study_settings
from swt_analysis.text import text


def title(study: Study, notebook: str, language: str, parameters: Mapping[str, Any]) -> str:
    """Give the title of a report.

    Parameters
    ----------
    study : Study
        With processed tables.
    notebook : str
        Name of the notebook that makes it.
    language : str
    parameters : mapping
        What the notebook is given, besides the language.

    Returns
    -------
    str
    """
    values, key = dict(parameters), "title"
    if notebook == "choice_scale":
        values["label"] = _label(study, "scales", language, scale=values["scale"])
    elif notebook == "theme_part":
        part, number = values["part"], values["number"]
        values["part"] = _label(study, "labels", language, kind="part", code=part).capitalize()
        values["label"] = _label(study, "topics", language, part=part, number=number)
    elif notebook == "municipality" and study_settings(study).get("pseudonyms"):
        key = "title_pseudonym"
    elif notebook == "change":
        first, last = compared(study, values.get("from_round"), values.get("to_round"))
        pair = text("change.pair", language, first=first, last=last)
        values["pair"] = pair if first < last else ""
    elif notebook == "national_context":
        here = text("national_context.here", language)
        values["region"] = study_settings(study).get(f"region_{language}", here)
    return text(f"{notebook}.{key}", language, **values)


def compared(study: Study, from_round: int | None, to_round: int | None) -> tuple[int, int]:
    """Give the two rounds that are compared: those asked for, or else the last two."""
    years = sorted(int(row["round"]) for row in rows(study, "rounds"))
    last = to_round or years[-1]
    earlier = [year for year in years if year < last] or [last]
    return from_round or earlier[-1], last


def _label(study: Study, table: str, language: str, **keys: object) -> str:
    """Give the label of the row that has these values."""
    wanted = {name: str(value) for name, value in keys.items()}
    (row,) = (row for row in rows(study, table) if wanted.items() <= row.items())
    return row[f"label_{language}"]
