"""The answers of a round on the choice scales, in whichever form they came."""

import re
import warnings
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from swt_analysis.clean.grids import Grid, is_tidy, read_grids
from swt_analysis.clean.headers import find_column, is_called, suggestion
from swt_analysis.clean.raw import is_whole
from swt_analysis.clean.tallies import interpret_tallies
from swt_analysis.problems import DataError, Problem
from swt_analysis.schema import tables as schemas

WORKBOOK = "scores.xlsx"
FILES = ("tallies.csv", "scores.csv", WORKBOOK)
_SCALE = re.compile(
    r"(?:(?:(?:keuze)?schaal|choice scale|scale|vraag|[svq])[\s_.-]*)?0*(\d+)"
    r"(?=$|\s|[.:;)_-](?!\d))"
)
_PLAIN = [b"municipality", b"scale", b"point"]
_MARK = {name.encode() for name in schemas.SYNTHETIC}
_SILENT = -1  # in place of a point: no answer
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[-/. ](?:\d{1,2}|[^\W\d]{3,9}\.?)(?:[-/. ]\d{2,4})?")


@dataclass(frozen=True)
class Answers:
    """What a round tells of the choice scales.

    Attributes
    ----------
    form : str
        ``tallies`` (only counts are known) or ``scores``.
    counts : pandas.DataFrame
        Columns scale, point, count; every point of every scale.
    scores : pandas.DataFrame or None
        Columns municipality, scale, point (missing: no answer); None for tallies.
    respondents : int
        Municipalities that took part.
    absent : tuple of str
        Municipalities that the file names without any answer.
    """

    form: str
    counts: pd.DataFrame
    scores: pd.DataFrame | None
    respondents: int
    absent: tuple[str, ...] = ()


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
    """

    cells: pd.DataFrame
    absent: dict[str, int]
    problems: list[Problem]


def read_answers(folder: Path, scales: pd.DataFrame, on_scheme: int | None) -> Answers:
    """Read the answers in a round's folder.

    Parameters
    ----------
    folder : Path
        Has ``tallies.csv``, or ``scores.csv`` in long or wide form, or ``scores.xlsx``: the
        filled-in workbook.
    scales : pandas.DataFrame
        The instrument: columns ``scale`` and ``points``, and labels.
    on_scheme : int or None
        Number of respondents if the round tells it elsewhere.

    Returns
    -------
    Answers

    Raises
    ------
    DataError
        With every problem found.
    """
    present = [name for name in FILES if (folder / name).exists()]
    if len(present) != 1:
        value = " and ".join(present) or "no answers"
        allowed = f"a round has one of {' or '.join(FILES)}"
        raise DataError([Problem(folder, None, None, value, allowed)])
    path = folder / present[0]
    if present[0] == "tallies.csv":
        grid = read_grids(path)[0]
        counts, number = interpret_tallies(grid, scales=scales, respondents=on_scheme)
        return Answers("tallies", counts, None, number)
    absent: tuple[str, ...] = ()
    scores = _plain_scores(path, scales) if path.suffix == ".csv" else None
    if scores is None:
        found = interpret_scores(scores_grid(read_grids(path), scales), scales, folder.name)
        scores = tabulate(found, scales)
        absent = tuple(found.absent)
    number = len(respondents(scores))
    return Answers("scores", count_points(scores, scales), scores, number, absent)


def respondents(scores: pd.DataFrame) -> "pd.Series[str]":
    """Name those who answered: `tabulate` gives each a row for every scale."""
    scale = scores["scale"].to_numpy()
    names: pd.Series[str] = scores.loc[scale == scale[:1], "municipality"]
    return names


def _plain_scores(path: Path, scales: pd.DataFrame) -> pd.DataFrame | None:
    """Read a long table of scores at once, if there is nothing in it to interpret or to tell.

    A table of this kind can have a million rows. Any other, and any with a fault, is read cell
    by cell; both ways give the same.

    Returns
    -------
    pandas.DataFrame or None
        As `tabulate` gives it; None if the table has to be read cell by cell.
    """
    with path.open("rb") as file:
        header = file.readline(100).removeprefix(b"\xef\xbb\xbf").strip().split(b",")
    if header[:3] != _PLAIN or not set(header[3:]) <= {b"source", *_MARK}:
        return None
    order = [int(one) for one in scales["scale"]]
    most = scales["points"].to_numpy(dtype=np.int64)
    allowed = {
        "municipality": "object",
        "scale": pd.CategoricalDtype([str(one) for one in order]),
        "point": pd.CategoricalDtype(["", *map(str, range(1, int(most.max()) + 1))]),
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # later versions of pandas raise of a strange value
            table = pd.read_csv(
                path,
                dtype=defaultdict(lambda: "str", allowed),  # type: ignore[arg-type]
                na_filter=False,
                low_memory=False,
                encoding="utf-8-sig",
            )
    except ValueError:  # also what pandas raises of a row too long, or of another encoding
        return None
    if (
        not isinstance(table.index, pd.RangeIndex)  # rows longer than the header
        or table[["scale", "point"]].isna().any(axis=None)  # something else than is allowed
    ):
        return None
    codes, names = _numbered(table["municipality"].to_numpy())
    if not is_tidy(names):
        return None
    at = table["scale"].cat.codes.to_numpy(dtype=np.int64)
    value = table["point"].cat.codes.to_numpy(dtype=np.int64)
    place = codes * len(order) + at
    number = len(names) * len(order)
    if (value > most[at]).any() or (np.bincount(place, minlength=number) > 1).any():
        return None
    grid = np.full(number, _SILENT, dtype=np.int64)
    grid[place] = np.where(value == 0, _SILENT, value)
    return _table(names, order, grid)


def _numbered(
    names: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    """Give the number of each name among the sorted names, and those.

    Of names that stand together, as a rule all rows of a municipality, one is looked up.
    """
    first = np.ones(len(names), dtype=bool)
    first[1:] = names[1:] != names[:-1]
    starts = np.flatnonzero(first)
    codes, known = pd.factorize(names[starts], sort=True)
    return np.repeat(codes, np.diff(starts, append=len(names))), known


def read_scores(path: Path, scales: pd.DataFrame) -> pd.DataFrame:
    """Read scores, long (``municipality,scale,point``) or wide (a column a scale).

    Parameters
    ----------
    path : Path
        A text file with a header, or a workbook with a sheet of scores; a blank is no answer.
    scales : pandas.DataFrame
        Columns ``scale`` and ``points``, and labels.

    Returns
    -------
    pandas.DataFrame
        As `tabulate` gives it.

    Raises
    ------
    DataError
        With every problem found.
    """
    return tabulate(interpret_scores(scores_grid(read_grids(path), scales), scales), scales)


def tabulate(found: Scores, scales: pd.DataFrame) -> pd.DataFrame:
    """Give every municipality a row for every scale.

    Parameters
    ----------
    found : Scores
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
    codes, names = pd.factorize(found.cells["municipality"], sort=True)
    order = [int(scale) for scale in scales["scale"]]
    columns = found.cells["scale"].map({str(scale): i for i, scale in enumerate(order)})
    values = {point: int(point or _SILENT) for point in found.cells["point"].unique()}
    points = found.cells["point"].map(values)
    grid = np.full((len(names), len(order)), _SILENT, dtype=np.int64)
    grid[codes, columns.to_numpy(dtype=np.int64)] = points.to_numpy(dtype=np.int64)
    return _table(np.asarray(names, dtype=object), order, grid.ravel())


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
        long = {find_column(grid.header, name) for name in ("scale", "point")}
        if find_column(grid.header, "municipality") is not None and (
            None not in long or _scale_columns(grid, scales)
        ):
            return grid
    header = ",".join(grids[0].header)
    allowed = "needs the columns municipality,scale,point or municipality and a column a scale"
    wanted = [word for word in ("municipality", "gemeente") if not _is_known(grids[0], word)]
    hints = [suggestion(name, wanted) for name in grids[0].header]
    hint = next((one for one in hints if one), "")
    raise DataError([grids[0].problem(1, None, header, allowed + hint)])


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
    told = _SCALE.match(name.casefold())
    if told:
        return told[1] if told[1] in numbers else None
    for column in scales.columns:
        if column.startswith("label"):
            labels = scales[column].str.casefold()
            for scale, label in zip(scales["scale"], labels, strict=True):
                if label == name.casefold():
                    return str(scale)
    return None


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
        With every problem found.
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
    points = {value: _point(value) for value in cells["point"].unique()}
    cells = cells.assign(point=cells["point"].map(points))
    problems += _outside(grid, cells, scales)
    problems += _twice(grid, cells, who, wide=which is None or what is None)
    return Scores(cells.drop(columns="column"), absent, problems)


def _long(
    grid: Grid, who: int, which: int, what: int, scales: pd.DataFrame
) -> tuple[pd.DataFrame, list[Problem]]:
    """Name the columns of a long table, and find its scales."""
    told = {value: find_scale(value, scales) for value in grid.cells[which].unique()}
    cells = grid.cells[[who, which, what]].set_axis(["municipality", "scale", "point"], axis=1)
    cells = cells.assign(row=cells.index, column=what, scale=cells["scale"].map(told))
    problems = []
    for value in [value for value, scale in told.items() if scale is None]:
        allowed = f"must be one of {', '.join(map(str, scales['scale']))}"
        allowed += suggestion(value, _labels(scales))
        rows = grid.cells.index[grid.cells[which] == value]
        problems += [grid.problem(row, which, value, allowed) for row in rows]
    return cells[cells["scale"].notna()], problems


def _wide(table: pd.DataFrame, who: int, columns: dict[int, str]) -> pd.DataFrame:
    """Put the columns of a wide table under each other, row by row."""
    parts = [
        pd.DataFrame({"municipality": table[who], "point": table[place]}).assign(
            row=table.index, column=place, scale=scale
        )
        for place, scale in columns.items()
    ]
    return pd.concat(parts).sort_values(["row", "column"], kind="stable")


def _labels(scales: pd.DataFrame) -> list[str]:
    return [label for name in scales if str(name).startswith("label") for label in scales[name]]


def _point(value: str) -> str:
    """Write a point one way: 2,0 is 2, and "no answer" is a blank."""
    if is_called(value, "no_answer"):
        return ""
    return re.sub(r"^(\d+)[.,]0+$", r"\1", value)


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
    known = ("municipality", "source", "round", *schemas.SYNTHETIC)
    strange = [
        i
        for i, name in enumerate(grid.header)
        if i not in columns and not any(is_called(name, one) for one in known)
    ]
    problems = [
        grid.problem(
            1,
            i,
            grid.header[i],
            f"is no scale of the instrument ({', '.join(numbers)})"
            + suggestion(grid.header[i], [*_labels(scales), "municipality", "gemeente"]),
        )
        for i in strange
        if grid.header[i] or (grid.cells[i] != "").any()
    ]
    seen = list(columns.values())
    problems += [
        grid.problem(1, place, grid.header[place], f"scale {scale} has two columns; keep one")
        for i, (place, scale) in enumerate(columns.items())
        if scale in seen[:i]
    ]
    return problems


def _outside(grid: Grid, cells: pd.DataFrame, scales: pd.DataFrame) -> list[Problem]:
    """Points that are not on their scale."""
    points = dict(zip(scales["scale"].astype(str), scales["points"].astype(int), strict=True))
    pairs = cells[["scale", "point"]].drop_duplicates()
    wrong = {
        (scale, point)
        for scale, point in zip(pairs["scale"], pairs["point"], strict=True)
        if point and not (is_whole(point) and 1 <= int(point) <= points[scale])
    }
    if not wrong:
        return []
    faulty = cells[[key in wrong for key in zip(cells["scale"], cells["point"], strict=True)]]
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
    twice = cells[(cells["municipality"] != "") & cells.duplicated(["municipality", "scale"])]
    return [
        grid.problem(row, column, f"{name}, scale {scale}", again)
        for row, column, name, scale in zip(
            twice["row"], twice["column"], twice["municipality"], twice["scale"], strict=True
        )
    ]


def count_points(scores: pd.DataFrame, scales: pd.DataFrame) -> pd.DataFrame:
    """Count the scores at every point of every scale.

    Parameters
    ----------
    scores : pandas.DataFrame
        Columns ``scale`` and ``point``.
    scales : pandas.DataFrame
        Columns ``scale`` and ``points``.

    Returns
    -------
    pandas.DataFrame
        Columns scale, point, count, in the instrument's order.
    """
    scale = scores["scale"].to_numpy(dtype=np.int64)
    point = scores["point"].to_numpy(dtype=np.int64, na_value=0)  # 0: no answer
    points = dict(zip(scales["scale"].astype(int), scales["points"].astype(int), strict=True))
    counts = np.zeros((max(points) + 1, max(points.values()) + 1), dtype=np.int64)
    np.add.at(counts, (scale, point), 1)
    return pd.DataFrame(
        [(one, at, int(counts[one, at])) for one, k in points.items() for at in range(1, k + 1)],
        columns=["scale", "point", "count"],
    )
