"""Scores of municipalities on the choice scales, in a long or a wide table."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from swt_analysis import schema
from swt_analysis.clean.grid import Grid, as_categories, is_whole, relabelled
from swt_analysis.clean.headers import find_column, is_called
from swt_analysis.problems import DataError, Problem, suggestion

_SCALE = re.compile(
    r"(?:(?:(?:keuze)?schaal|choice scale|scale|vraag|[svq])[\s_.-]*)?0*(\d+)"
    r"(?=$|\s|[.:;)_-](?!\d))"
)
_SILENT = -1  # in place of a point: no answer
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[-/. ](?:\d{1,2}|[^\W\d]{3,9}\.?)(?:[-/. ]\d{2,4})?")


@dataclass(frozen=True)
class Scores:
    """A file of scores as it was read.

    Attributes
    ----------
    cells : pandas.DataFrame
        A row an answer: ``row`` of the file, ``municipality``, ``scale``, ``point`` (as text,
        blank for no answer); those that did not take part are left out.
    absent : dict of str to int
        Municipalities whose row has no answer on any scale, and that row: they did not take
        part. Who chose "no answer" did.
    problems : list of Problem
        Everything wrong with the file.
    """

    cells: pd.DataFrame
    absent: dict[str, int]
    problems: list[Problem]


def tabulate(found: Scores, scales: pd.DataFrame) -> pd.DataFrame:
    """Give every municipality a row for every scale.

    Parameters
    ----------
    found : Scores
        As `interpret_scores` gives it.
    scales : pandas.DataFrame
        Columns ``scale`` and ``points``.

    Returns
    -------
    pandas.DataFrame
        Columns municipality, scale, point (missing: no answer); sorted.

    Raises
    ------
    DataError
        If there are problems: all of them.
    """
    if found.problems:
        raise DataError(sorted(found.problems, key=lambda one: one.row or 0))
    order = [int(scale) for scale in scales["scale"]]
    who, present = pd.factorize(found.cells["municipality"].cat.codes.to_numpy())
    names = found.cells["municipality"].cat.categories.to_numpy(dtype=object)[present]
    rank = np.empty(len(names), dtype=np.int64)
    by_name = np.argsort(names, kind="stable")  # as a rule they are in order
    rank[by_name] = np.arange(len(names))
    place = rank[who] * len(order) + _values(
        found.cells["scale"], [str(one) for one in order].index
    )
    grid = np.full(len(names) * len(order), _SILENT, dtype=np.int64)
    grid[place] = _values(found.cells["point"], _point_or_silent)
    return _table(names[by_name], order, grid)


def _point_or_silent(value: str) -> int:
    return int(value) if is_whole(value) else _SILENT


def _values(column: pd.Series, number: Callable[[str], int]) -> npt.NDArray[np.int64]:
    """Give a number for each cell of a column of categories."""
    numbers = np.array([number(one) for one in column.cat.categories], dtype=np.int64)
    return numbers[column.cat.codes]


def _table(
    names: npt.NDArray[np.object_], order: list[int], grid: npt.NDArray[np.int64]
) -> pd.DataFrame:
    """Put the points of a grid, municipality by municipality, into a long table."""
    return pd.DataFrame(
        {
            "municipality": pd.array(names, dtype="string").repeat(len(order)),
            "scale": np.tile(np.array(order, dtype=np.int64), len(names)),
            "point": pd.arrays.IntegerArray(grid, grid == _SILENT),
        },
        copy=False,
    )


def scores_grid(grids: list[Grid], scales: pd.DataFrame) -> Grid:
    """Find the table with the scores among the sheets of a file.

    Raises
    ------
    DataError
        If there is none.
    """
    for grid in grids:
        if is_of_scores(grid, scales):
            return grid
    header = ",".join(grids[0].header)
    if len(grids) == len(grids[0].header) == 1:
        allowed = "has one column; a round is a table with a comma, semicolon or tab between "
        allowed += "columns, or a file .xlsx, .ods, .sav or .parquet"
        raise DataError([grids[0].problem(grids[0].header_row, None, header, allowed)])
    allowed = "needs the columns municipality,scale,point or municipality and a column a scale"
    wanted = [word for word in ("municipality", "gemeente") if not _is_known(grids[0], word)]
    hints = [suggestion(name, wanted) for name in grids[0].header]
    hint = next((one for one in hints if one), "")
    raise DataError([grids[0].problem(grids[0].header_row, None, header, allowed + hint)])


def is_of_scores(grid: Grid, scales: pd.DataFrame) -> bool:
    """Whether a table has scores of municipalities, long or wide."""
    long = {find_column(grid.header, name) for name in ("scale", "point")}
    named = find_column(grid.header, "municipality") is not None
    return named and (None not in long or bool(_scale_columns(grid, scales)))


def _is_known(grid: Grid, word: str) -> bool:
    return any(name.casefold() == word for name in grid.header)


def find_scale(name: str, scales: pd.DataFrame) -> str | None:
    """Give the scale that a header or cell names: by its number in front, or its label.

    Examples
    --------
    >>> instrument = pd.DataFrame({"scale": [3], "label_nl": ["Positionering"]})
    >>> [find_scale(name, instrument) for name in ("3", "Schaal 03", "3 Positionering", "x")]
    ['3', '3', '3', None]
    >>> [find_scale(name, instrument) for name in ("-3", "3.5", "3-2")]
    [None, None, None]
    """
    numbers = {str(scale) for scale in scales["scale"]}
    numbered = _SCALE.match(name.casefold())
    if numbered:
        return numbered[1] if numbered[1] in numbers else None
    for column in scales.columns:
        if column.startswith("label"):
            labels = scales[column].str.casefold()
            for scale, label in zip(scales["scale"], labels, strict=True):
                if label == name.casefold():
                    return str(scale)
    return None


def _named(name: str, scales: pd.DataFrame) -> str | None:
    """Give the scale whose label stands after the number in a header."""
    numbered = _SCALE.match(name.casefold())
    words = name.casefold()[numbered.end() :].strip(" .:;)_-") if numbered else ""
    labels = [scales[column].str.casefold() for column in scales if str(column).startswith("label")]
    found = [scales["scale"][label == words] for label in labels] if words else []
    return next((str(one.iloc[0]) for one in found if len(one)), None)


def _scale_columns(grid: Grid, scales: pd.DataFrame) -> dict[int, str]:
    found = {i: find_scale(name, scales) for i, name in enumerate(grid.header)}
    return {i: scale for i, scale in found.items() if scale is not None}


def interpret_scores(grid: Grid, scales: pd.DataFrame, round_name: str | None = None) -> Scores:
    """Read the cells of a table of scores, long or wide.

    Parameters
    ----------
    grid : Grid
        As `scores_grid` finds it.
    scales : pandas.DataFrame
        Columns ``scale`` and ``points``, and labels.
    round_name : str, optional
        The round that a column ``round`` in it has to name.

    Returns
    -------
    Scores
        The answers, and every problem found.
    """
    who = find_column(grid.header, "municipality") or 0
    problems = [*grid.problems, *_wrong_round(grid, round_name)]
    names = grid.cells[who]
    problems += [grid.problem(row, who, "", "may not be empty") for row in names.index[names == ""]]
    which, what = (find_column(grid.header, name) for name in ("scale", "point"))
    absent: dict[str, int] = {}
    if which is not None and what is not None:
        cells, strange = _long(grid, who, which, what, scales)
        problems += strange
    else:
        columns = _scale_columns(grid, scales)
        problems += _header_problems(grid, columns, scales)
        answered = (grid.cells[list(columns)] != "").any(axis=1)
        absent = {str(name): int(str(row)) for row, name in names[~answered].items()}
        cells = _wide(grid.cells[answered], who, columns)
    cells["point"] = relabelled(cells["point"], _point)
    problems += _outside(grid, cells, scales)
    problems += _twice(grid, cells, who, wide=which is None or what is None)
    return Scores(cells.drop(columns="column"), absent, problems)


def _long(
    grid: Grid, who: int, which: int, what: int, scales: pd.DataFrame
) -> tuple[pd.DataFrame, list[Problem]]:
    """Name the columns of a long table, and find its scales."""
    column = grid.cells[which]
    scale = relabelled(column, lambda value: find_scale(value, scales))
    cells = grid.cells[[who, what]].set_axis(["municipality", "point"], axis=1)
    cells = cells.assign(row=cells.index, column=what, scale=scale)
    strange = column[scale.isna()]
    listed = f"must be one of {', '.join(map(str, scales['scale']))}"
    allowed = {value: listed + suggestion(value, _labels(scales)) for value in strange.unique()}
    problems = [
        grid.problem(row, which, value, allowed[value])
        for row, value in zip(strange.index.to_list(), strange, strict=True)
    ]
    return cells[scale.notna()] if problems else cells, problems


def _wide(table: pd.DataFrame, who: int, columns: dict[int, str]) -> pd.DataFrame:
    """Put the columns of a wide table under each other, row by row."""
    places = np.array(list(columns), dtype=np.int64)
    scales = np.array(list(columns.values()), dtype=object)
    return pd.DataFrame(
        {
            "municipality": table[who].repeat(len(places)).array,
            "scale": as_categories(np.tile(scales, len(table))),
            "point": as_categories(table[places].to_numpy(dtype=object).ravel()),
            "row": table.index.repeat(len(places)),
            "column": np.tile(places, len(table)),
        }
    )


def _labels(scales: pd.DataFrame) -> list[str]:
    return [label for name in scales if str(name).startswith("label") for label in scales[name]]


def _point(value: str) -> str:
    """Write a point one way: 2,0 is 2, and "no answer" is a blank."""
    if is_called(value, "no_answer"):
        return ""
    return re.sub(r"^(\d+)[.,]0{1,2}$", r"\1", value)  # 1.000 may be a thousand


def _wrong_round(grid: Grid, round_name: str | None) -> list[Problem]:
    place = find_column(grid.header, "round")
    if place is None or round_name is None:
        return []
    wrong = grid.cells[place][grid.cells[place] != round_name]
    allowed = f"is not round {round_name}; keep the rows of that round only"
    return [
        grid.problem(row, place, value, allowed)
        for row, value in zip(wrong.index.to_list(), wrong, strict=True)
    ]


def _header_problems(grid: Grid, columns: dict[int, str], scales: pd.DataFrame) -> list[Problem]:
    """Columns that are no scale of the instrument, that are missing, or that come twice."""
    numbers = [str(scale) for scale in scales["scale"]]
    known = ("municipality", "source", "round", schema.SYNTHETIC.name)
    strange = [
        i
        for i, name in enumerate(grid.header)
        if i not in columns and not any(is_called(name, one) for one in known)
    ]
    problems = [
        grid.problem(
            grid.header_row,
            i,
            grid.header[i],
            f"is no scale of the instrument ({', '.join(numbers)})"
            + suggestion(grid.header[i], [*_labels(scales), "municipality", "gemeente"]),
        )
        for i in strange
        if grid.header[i] or (grid.cells[i] != "").any()
    ]
    problems += [
        grid.problem(
            grid.header_row,
            i,
            grid.header[i],
            f"has the number of scale {scale} and the name of scale {named}; mend one",
        )
        for i, scale in columns.items()
        if (named := _named(grid.header[i], scales)) not in (None, scale)
    ]
    seen = list(columns.values())
    problems += [
        grid.problem(
            grid.header_row, place, grid.header[place], f"scale {scale} has two columns; keep one"
        )
        for i, (place, scale) in enumerate(columns.items())
        if scale in seen[:i]
    ]
    return problems


def _outside(grid: Grid, cells: pd.DataFrame, scales: pd.DataFrame) -> list[Problem]:
    """Points that are not on their scale."""
    points = dict(zip(scales["scale"].astype(str), scales["points"].astype(int), strict=True))
    most = _values(cells["scale"], points.__getitem__)
    value = _values(cells["point"], lambda one: int(one) if is_whole(one) else 0 if one else 1)
    faulty = cells[(value < 1) | (value > most)]
    return [
        grid.problem(row, column, point, f"must be 1 to {points[scale]}, or blank: no answer"
                     + _hint(point))
        for row, column, scale, point in zip(
            faulty["row"], faulty["column"], faulty["scale"], faulty["point"], strict=True
        )
    ]  # fmt: skip


def _hint(point: str) -> str:
    if re.fullmatch(r"-?\d+[.,]\d+", point):
        return "; only whole points"
    if _DATE.fullmatch(point):
        return "; Excel makes a date of 1-2: type one whole point in a cell with format Number"
    return ""


def _twice(grid: Grid, cells: pd.DataFrame, who: int, *, wide: bool) -> list[Problem]:
    """Municipalities with two answers on a scale, or two rows."""
    again = "occurs a second time; keep one"
    if wide:
        names = grid.cells[who]
        rows = names[(names != "") & names.duplicated()]
        return [
            grid.problem(row, who, name, again)
            for row, name in zip(rows.index.to_list(), rows, strict=True)
        ]
    codes = [cells[name].cat.codes.to_numpy(dtype=np.int64) for name in ("municipality", "scale")]
    keys = codes[0] * len(cells["scale"].cat.categories) + codes[1]
    if (np.diff(keys) > 0).all():  # as a rule, and it spares a look-up of each
        return []
    twice = cells[
        pd.Series(keys).duplicated().to_numpy() & (cells["municipality"] != "").to_numpy()
    ]
    return [
        grid.problem(row, column, f"{name}, scale {scale}", again)
        for row, column, name, scale in zip(
            twice["row"], twice["column"], twice["municipality"], twice["scale"], strict=True
        )
    ]
