"""The CBS codes of municipalities, with the years in which each holds.

A study declares them in ``data/raw/reference/municipality_codes.csv``. Who has a code is joined
by it: columns of context, and rounds in which one municipality has two names.
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from swt_analysis.problems import Problem, suggestion

_CODE = re.compile(r"GM\d{4}", re.ASCII)
_ALWAYS = (0, 9999)  # the years of a code whose row gives none


def codes_in(codes: pd.DataFrame, year: int) -> dict[str, str]:
    """Give the code of every municipality that has one in a year.

    Parameters
    ----------
    codes : pandas.DataFrame
        Columns code, municipality, from, to: the first and the last year; missing: no limit.
    year : int
        Of a round.

    Returns
    -------
    dict of str to str
        By name.

    Examples
    --------
    >>> codes = pd.DataFrame({"code": ["GM0398", "GM1980"], "from": [None, "2022"],
    ...     "municipality": ["Heerhugowaard", "Dijk en Waard"], "to": ["2021", None]})
    >>> codes_in(codes, 2014), codes_in(codes, 2022)
    ({'Heerhugowaard': 'GM0398'}, {'Dijk en Waard': 'GM1980'})
    """
    there = _years(codes)
    here = there[(there["first"] <= year) & (year <= there["last"])]
    return dict(zip(here["municipality"], here["code"], strict=True))


def renamings(codes: pd.DataFrame, mergers: pd.DataFrame) -> pd.DataFrame:
    """Find the municipalities that keep their code under another name.

    Parameters
    ----------
    codes : pandas.DataFrame
        As for `codes_in`, and a column source.
    mergers : pandas.DataFrame
        Column municipality: what is declared there is left out.

    Returns
    -------
    pandas.DataFrame
        Columns municipality, into, year, carries_on (yes) and source, as of a merger of one.

    Examples
    --------
    >>> codes = pd.DataFrame({"code": "GM0001", "municipality": ["A", "B"],
    ...     "from": [None, "2016"], "to": ["2015", None], "source": "CBS"})
    >>> renamings(codes, pd.DataFrame({"municipality": []})).iloc[0].to_list()
    ['A', 'B', '2016', 'yes', 'CBS']
    """
    ordered = _years(codes).sort_values(["code", "first"], kind="stable")
    before = ordered.groupby("code")["municipality"].shift()
    named = ordered.assign(into=ordered["municipality"], municipality=before, year=ordered["from"])
    new = before.notna() & (before != ordered["municipality"])
    found = named[new & ~before.isin(mergers["municipality"])].assign(carries_on="yes")
    return found[["municipality", "into", "year", "carries_on", "source"]].reset_index(drop=True)


def code_problems(
    path: Path, codes: pd.DataFrame, rounds: Mapping[int, Collection[str]]
) -> list[Problem]:
    """Find codes that cannot be, and rounds with a municipality in a year that its code is not.

    Parameters
    ----------
    path : Path
        File of the codes.
    codes : pandas.DataFrame
        As for `codes_in`.
    rounds : mapping of int to collection of str
        Names of the municipalities of each round; those that have no code at all are free.

    Returns
    -------
    list of Problem
        Each with its row; empty if codes and rounds agree.
    """
    there = _years(codes)
    found = [
        Problem(path, row + 2, "code", code, "must be GM and four digits, such as GM0361")
        for row, code in enumerate(codes["code"])
        if not _CODE.fullmatch(code)
    ]
    for row, (first, last) in enumerate(zip(there["first"], there["last"], strict=True)):
        if first > last:
            allowed = f"must be {first} or later: it is the last year, and that is the first"
            found.append(Problem(path, row + 2, "to", str(last), allowed))
    found += _twice(path, there, "code", "is the code of {}, row {}, in the same years too")
    found += _twice(path, there, "municipality", "has code {}, row {}, in the same years too")
    named = {name for names in rounds.values() for name in names}
    without = sorted(named - set(codes["municipality"]))
    for name, rows in there.groupby("municipality", sort=False):
        place = int(rows.index[-1]) + 2
        for year in (year for year, names in rounds.items() if name in names):
            if not ((rows["first"] <= year) & (year <= rows["last"])).any():
                late = year > rows["last"].iloc[-1]
                column, end = ("to", "last") if late else ("from", "first")
                allowed = f"{name} is in round {year}, when this is not its code; mend the year"
                allowed += ", or give that round the municipality of that year"
                found.append(Problem(path, place, column, str(rows[end].iloc[-1]), allowed))
        hint = "" if name in named else suggestion(str(name), without)
        if hint:
            allowed = f"is in no round of the study{hint}"
            found.append(Problem(path, place, "municipality", str(name), allowed))
    return found


def _years(codes: pd.DataFrame) -> pd.DataFrame:
    """Put the first and the last year of each code beside it, as numbers."""
    first, last = (
        pd.to_numeric(codes[end]).fillna(limit).astype("int64")
        for end, limit in zip(("from", "to"), _ALWAYS, strict=True)
    )
    return codes.assign(first=first, last=last)


def _twice(path: Path, codes: pd.DataFrame, key: str, allowed: str) -> list[Problem]:
    """Rows with the key of an earlier row in years that they share."""
    other = {"code": "municipality", "municipality": "code"}[key]
    found = []
    for value, rows in codes[codes[key].duplicated(keep=False)].groupby(key, sort=False):
        ordered = rows.sort_values("first", kind="stable")
        for before, after in zip(ordered.index[:-1], ordered.index[1:], strict=True):
            if codes.loc[after, "first"] <= codes.loc[before, "last"]:
                told = allowed.format(codes.loc[before, other], int(before) + 2)
                found.append(Problem(path, int(after) + 2, key, str(value), told))
    return found
