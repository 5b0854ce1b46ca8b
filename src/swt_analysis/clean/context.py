"""Columns of context that a researcher adds: what is known of municipalities from elsewhere.

``data/raw/context.csv`` has a column ``code`` (the CBS code), a column ``year`` if it likes, and
any others, with numbers or words. It is read as other tables that come from a spreadsheet.
"""

import re
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from swt_analysis import schema
from swt_analysis.clean.grid import Grid, is_whole
from swt_analysis.clean.headers import find_column, is_called
from swt_analysis.clean.readers import read_grid
from swt_analysis.problems import DataError, Problem

COLUMNS = ("code", "year", "variable", "kind", "value")
_CODE = re.compile(r"(?:GM)?(\d{1,4})", re.IGNORECASE | re.ASCII)
# What groups thousands and what comes before decimals, as Dutch and as English write them.
_WRITTEN = {
    "Dutch": re.compile(r"-?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?", re.ASCII),
    "English": re.compile(r"-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?", re.ASCII),
}
_NAMES = ("municipality", "source", "synthetic")  # columns that are no context


def read_context(path: Path, known: Collection[str]) -> pd.DataFrame:
    """Read the columns of context of a study.

    Parameters
    ----------
    path : Path
        Text in any dialect: comma, semicolon or tab; decimal point or comma.
    known : collection of str
        The codes of the study. A row of another code is left out: a list may be national.

    Returns
    -------
    pandas.DataFrame
        A row a cell that is filled: ``code``, ``year`` (missing: of every year), ``variable`` (the
        header), ``kind`` (number or words), ``value`` (a text; a number with a decimal point).

    Raises
    ------
    DataError
        With every problem in the file.
    """
    grid = read_grid(path)
    places = {name: find_column(grid.header, name, "context") for name in ("code", "year")}
    problems = [*grid.problems, *grid.repeated()]
    if places["code"] is None:
        allowed = "column is missing from the header: the CBS code of the municipality, GM0361"
        raise DataError([*problems, Problem(path, 1, "code", "", allowed)])
    cells = grid.cells.astype(str)
    codes = cells[places["code"]].map(_code)
    wrong = "must be the CBS code of a municipality, such as GM0361"
    problems += _at(grid, places["code"], cells.index[codes.isna()], wrong)
    years = pd.Series("", cells.index)
    if places["year"] is not None:
        years = cells[places["year"]]
        right = years.map(lambda one: not one or (is_whole(one) and 1900 <= int(one) <= 2999))
        allowed = "must be a year, such as 2014, or empty: every year"
        problems += _at(grid, places["year"], cells.index[~right], allowed)
    keys = pd.DataFrame({"code": codes, "year": years})
    again = keys.duplicated() & codes.notna()
    allowed = "occurs more than once" + (" in this year" if places["year"] is not None else "")
    problems += _at(grid, places["code"], cells.index[again], allowed)
    if len(grid.header) == len([one for one in places.values() if one is not None]):
        allowed = "is alone; add a column of what is known of each municipality"
        problems.append(grid.problem(1, places["code"], grid.header[places["code"]], allowed))
    parts = [pd.DataFrame(columns=list(COLUMNS), dtype=object)]
    for place, header in enumerate(grid.header):
        if place in places.values() or any(is_called(header, name) for name in _NAMES):
            continue
        column = cells[place][cells[place] != ""]
        if _taken(header):
            allowed = "is a column of the study; give this one another name"
            problems.append(grid.problem(1, place, header, allowed))
        elif not header and len(column):
            problems.append(grid.problem(1, place, "", "has no name; give it one"))
        kind, values, found = _values(grid, place, column)
        problems += found
        told = keys.loc[column.index].assign(variable=header, kind=kind, value=values)
        parts.append(told)
    if problems:
        raise DataError(sorted(problems, key=lambda one: one.row or 0))
    table = pd.concat(parts, ignore_index=True)
    if len(codes) and not codes.isin(known).any():
        allowed = "has no municipality of this study; its codes are those of "
        allowed += "reference/municipality_codes.csv"
        raise DataError([Problem(path, None, "code", codes.iloc[0], allowed)])
    year = pd.to_numeric(table["year"].replace("", None)).astype("Int64")
    return table[table["code"].isin(known)].assign(year=year).reset_index(drop=True)


def in_rounds(context: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Give each municipality of each round its context: of that year, or the last before it.

    Parameters
    ----------
    context : pandas.DataFrame
        As `read_context` gives it.
    places : pandas.DataFrame
        Columns round, municipality and code (missing: none is known).

    Returns
    -------
    pandas.DataFrame
        Columns round, municipality and those of `context`, in its order of variables.

    Examples
    --------
    >>> context = pd.DataFrame({"code": "GM0392", "year": [2013, 2016], "variable": "inhabitants",
    ...                         "kind": "number", "value": ["153093", "157921"]})
    >>> places = pd.DataFrame({"round": [2014], "municipality": "Haarlem", "code": "GM0392"})
    >>> in_rounds(context, places)["value"].to_list()
    ['153093']
    """
    both = places[["round", "municipality", "code"]].dropna().merge(context, on="code")
    past = both[~(both["year"].astype("Int64") > both["round"]).fillna(value=False)]
    keys = ["round", "municipality", "variable"]
    last = past.sort_values("year", kind="stable", na_position="first")
    last = last.drop_duplicates(keys, keep="last")
    order = {name: place for place, name in enumerate(context["variable"].drop_duplicates())}
    ordered = last.assign(place=last["variable"].map(order))
    ordered = ordered.sort_values(["round", "place", "municipality"], kind="stable")
    return ordered[["round", "municipality", *COLUMNS]].reset_index(drop=True)


def _code(cell: str) -> str | None:
    """Write a code in full: a spreadsheet takes 0361 for a number."""
    found = _CODE.fullmatch(cell)
    return f"GM{int(found[1]):04}" if found else None


def _taken(header: str) -> bool:
    """Whether the study has a column of this name."""
    columns = ["round", "code", *schema.ROUND["municipalities"].columns]
    return any(is_called(header, name, "municipalities") for name in columns)


def _values(
    grid: Grid, place: int, column: "pd.Series[str]"
) -> tuple[str, "pd.Series[str]", list[Problem]]:
    """Read a column as numbers, if most of its cells are; as words otherwise."""
    fits = {way: column.str.fullmatch(pattern) for way, pattern in _WRITTEN.items()}
    ways = max(fits, key=lambda way: int(fits[way].sum()))
    if fits[ways].sum() * 2 <= len(column):
        return "words", column, []
    strange = column.index[~(fits["Dutch"] | fits["English"])]
    allowed = "must be a number, as the others of this column, or empty: not known"
    if len(strange):
        return "number", column, _at(grid, place, strange, allowed)
    read = {way: column.map(lambda one, way=way: _number(one, way)) for way in _WRITTEN}
    right = [way for way, fit in fits.items() if fit.all()]
    if not right:
        odd = column.index[~fits[ways]]
        allowed = f"is written in another way than the others, which are {ways} numbers"
        return "number", column, _at(grid, place, odd, allowed)
    differing = column.index[read["Dutch"] != read["English"]]
    if len(right) == 2 and len(differing):
        one = column[differing[0]]
        ways_told = " or ".join(_number(one, way) for way in _WRITTEN)
        allowed = f"can be {ways_told}; write thousands without a point or comma"
        return "number", column, _at(grid, place, differing[:1], allowed)
    return "number", read[right[0]], []


def _number(cell: str, way: str) -> str:
    thousands, decimal = (".", ",") if way == "Dutch" else (",", ".")
    return cell.replace(thousands, "").replace(decimal, ".")


def _at(grid: Grid, place: int | None, rows: pd.Index, allowed: str) -> list[Problem]:
    return [grid.problem(int(row), place, str(grid.cells.loc[row, place]), allowed) for row in rows]
