"""Check that what one raw table names is in the other: codes, themes, facts, whole and part."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from swt_analysis.problems import Problem

Tables = Mapping[str, pd.DataFrame]
# Columns whose words are listed in the instrument's labels, under a kind of their own.
_CODED = {
    "checklist": {"block": "block"},
    "municipalities": {"form": "form", "atypical_team": "atypical_team"},
    "characteristics": {"aspect": "aspect"},
}
_TOPIC = ["part", "number"]
_THEME = [*_TOPIC, "theme"]


def instrument_problems(folder: Path, instrument: Tables) -> list[Problem]:
    """Find what the tables of an instrument refer to and is not there.

    Parameters
    ----------
    folder : Path
        Where they lie.
    instrument : mapping of str to pandas.DataFrame
        Raw tables, as `swt_analysis.schemas.INSTRUMENT` names them.

    Returns
    -------
    list of Problem
    """
    themes, found = instrument["themes"], _uncoded(folder, instrument, instrument)
    found += _missing(folder / "themes.csv", themes, _TOPIC, instrument["topics"], "topics.csv")
    path, links = folder / "cross_references.csv", instrument["cross_references"]
    found += _missing(path, links, _THEME, themes, "themes.csv")
    scales = instrument["scales"].assign(to="scale").rename(columns={"scale": "to_number"})
    target = ["to", "to_number"]
    topics = instrument["topics"].rename(columns={"part": "to", "number": "to_number"})
    known = pd.concat([scales[target], topics[target]])
    found += _missing(path, links, target, known, "scales.csv or topics.csv")
    named = themes.rename(columns=dict(zip(_THEME, [*target, "to_theme"], strict=True)))
    with_theme = links[links["to_theme"].notna() & (links["to"] != "scale")]
    return found + _missing(path, with_theme, [*target, "to_theme"], named, "themes.csv")


def round_problems(folder: Path, tables: Tables, instrument: Tables) -> list[Problem]:
    """Find what the tables of a round refer to and is not there, and parts above their whole.

    Parameters
    ----------
    folder : Path
        Where they lie.
    tables : mapping of str to pandas.DataFrame
        Raw tables, as `swt_analysis.schemas.ROUND` names them.
    instrument : mapping of str to pandas.DataFrame

    Returns
    -------
    list of Problem
    """
    found = _uncoded(folder, tables, instrument)
    path, mentions = folder / "mentions.csv", tables["mentions"]
    found += _missing(path, mentions, _THEME, instrument["themes"], "themes.csv")
    path, facts, labels = folder / "facts.csv", tables["facts"], instrument["fact_labels"]
    if not labels.empty:
        found += _missing(path, facts, ["fact"], labels, "fact_labels.csv")
        free = labels.loc[labels["value"] == "*", "fact"]  # takes any value
        fixed = facts[facts["fact"].isin(labels["fact"]) & ~facts["fact"].isin(free)]
        found += _missing(path, fixed, ["fact", "value"], labels, "fact_labels.csv")
    participants = tables["participants"]
    found += _above(folder / "participants.csv", participants, "of_which_pilot", "teams")
    return found


def reference_problems(folder: Path, tables: Tables) -> list[Problem]:
    """Find polls in which more answered than there were.

    Parameters
    ----------
    folder : Path
        Where they lie.
    tables : mapping of str to pandas.DataFrame
        Raw tables, as `swt_analysis.schemas.REFERENCE` names them.

    Returns
    -------
    list of Problem
    """
    path = folder / "national_polls.csv"
    return _above(path, tables["national_polls"], "respondents", "population")


def unlisted(
    path: Path, table: pd.DataFrame, column: str, known: "pd.Series[Any]", where: str = ""
) -> list[Problem]:
    """Find the cells of a column that are not blank and not known.

    Parameters
    ----------
    path : Path
        File of the table.
    table : pandas.DataFrame
    column : str
    known : pandas.Series
        What may stand there; is listed in the message.
    where : str
        Put behind the list.

    Returns
    -------
    list of Problem
    """
    strange = table[~table[column].isin(known) & table[column].notna()]
    allowed = f"must be one of {', '.join(map(str, known.drop_duplicates()))}{where}"
    return _at(path, strange, [column], allowed)


def _uncoded(folder: Path, tables: Tables, instrument: Tables) -> list[Problem]:
    """Words that the labels do not have; an instrument without labels of a kind takes any."""
    labels = instrument["labels"]
    found = []
    for name, columns in _CODED.items():
        for column, kind in columns.items() if name in tables else ():
            codes = labels.loc[labels["kind"] == kind, "code"]
            if len(codes):
                path = folder / f"{name}.csv"
                found += unlisted(path, tables[name], column, codes, ": see labels.csv")
    return found


def _missing(
    path: Path, table: pd.DataFrame, columns: Sequence[str], known: pd.DataFrame, where: str
) -> list[Problem]:
    """Rows whose combination of cells is not in another table."""
    there = set(zip(*(known[name] for name in columns), strict=True))
    cells = zip(*(table[name] for name in columns), strict=True)
    strange = np.array([one not in there for one in cells], dtype=bool)
    return _at(path, table[strange], columns, f"is not in {where}")


def _above(path: Path, table: pd.DataFrame, part: str, whole: str) -> list[Problem]:
    """Rows whose part is more than the whole."""
    numbers = table[[part, whole]].astype("int64")
    found = []
    for row, limit in numbers.loc[numbers[part] > numbers[whole], whole].items():
        one = table.loc[[row]]
        found += _at(path, one, [part], f"may not be more than {whole}, {limit}")
    return found


def _at(path: Path, rows: pd.DataFrame, columns: Sequence[str], allowed: str) -> list[Problem]:
    return [
        Problem(path, int(row) + 2, columns[-1], " ".join(map(str, cells)), allowed)
        for row, cells in zip(
            rows.index, rows[list(columns)].itertuples(index=False, name=None), strict=True
        )
    ]
