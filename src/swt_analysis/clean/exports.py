"""What `swt export` writes, arranged as a workbook would have it, so that it is taken in alike."""

import re
from collections.abc import Container
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from swt_analysis import schema
from swt_analysis.clean.grid import Grid, relabelled
from swt_analysis.clean.received import is_count, places
from swt_analysis.clean.scores import find_scale
from swt_analysis.problems import DataError, Problem
from swt_analysis.text import LANGUAGES, text

_MUNICIPALITIES = ("round", "municipality", "status", "form", "atypical_team", "on_scheme")
_COUNTS = ("round", "scale", "point", "count")
_FLAGS = ("on_scheme", "in_ebook")
_PART = ("municipality", "status", "form", "atypical_team", "note")
_KNOWN = {"round", schema.SYNTHETIC.name, *_FLAGS, *_PART}
_HARMLESS = re.compile(r"'(?=[=+\-@])")  # which `swt export` puts before what looks like a formula


@dataclass
class Exported:
    """A round as it stands in an export.

    Attributes
    ----------
    scores : Grid or None
        A column a scale; None of a round with counts only.
    tallies : Grid or None
        A column a point; None of a round with scores.
    part : Grid or None
        As the sheet of municipalities in a workbook; None if the file has counts only.
    flags : pandas.DataFrame
        Columns municipality, on_scheme and in_ebook (``yes``, ``no`` or missing), source.
    notes : list of str
        What was left out.
    problems : list of Problem
        What cannot be read.
    """

    scores: Grid | None = None
    tallies: Grid | None = None
    part: Grid | None = None
    flags: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["municipality"]))
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def counts_file(path: Path, grids: list[Grid]) -> Path | None:
    """Give the file with the counts, which an export has beside that with the municipalities.

    None if this is no such export, or if its counts are in it.
    """
    beside = path.with_name(f"{path.stem}-counts{path.suffix}")
    alone = _having(grids, _MUNICIPALITIES) is not None and _having(grids, _COUNTS) is None
    return beside if alone and beside.is_file() else None


def read_export(grids: list[Grid], round_name: str, scales: pd.DataFrame) -> Exported | None:
    """Arrange a round of an export as a workbook would have it.

    Parameters
    ----------
    grids : list of Grid
        The tables of a file or of two; codes by their labels, see `understood`.
    round_name : str
        The year of the round.
    scales : pandas.DataFrame
        The instrument: columns ``scale``, ``points`` and labels.

    Returns
    -------
    Exported or None
        None if the file is no export.

    Raises
    ------
    DataError
        If the round is not in it.
    """
    both = _having(grids, _MUNICIPALITIES), _having(grids, _COUNTS)
    here = [one for one in both if one is not None]
    if not here:
        return None
    years = dict.fromkeys(year for one in here for year in _column(one, "round"))
    if round_name not in years:
        allowed = f"has no round {round_name}; it has {', '.join(years)}"
        raise DataError([Problem(here[0].file, None, None, round_name, allowed)])
    found = Exported()
    if others := [year for year in years if year != round_name]:
        found.notes.append(f"rows of other rounds are not read: {', '.join(others)}")
    towns, counts = (None if one is None else _of_round(one, round_name) for one in both)
    columns: list[int] = []
    if towns is not None:
        there = {i: find_scale(name, scales) for i, name in enumerate(towns.header)}
        columns = [i for i, scale in there.items() if scale is not None]
        found.problems += [
            towns.problem(towns.header_row, None, f"scale {scale}", "has no column; add it")
            for scale in map(str, scales["scale"])
            if scale not in there.values()
        ]
        strange = [towns.header[i] for i, scale in there.items() if scale is None]
        if unread := [name for name in strange if name and name not in _KNOWN]:
            found.notes.append(f"columns that are not read: {', '.join(unread)}")
        found.part = _masked(towns, [i for i, name in enumerate(towns.header) if name in _PART])
        found.flags = _flags(towns, found.problems)
    if towns is not None and (towns.cells[columns] != "").any(axis=None):
        found.scores = _scores(towns, columns, found)
    elif counts is not None and len(counts.cells):
        found.tallies = _tallies(counts, found, int(scales["points"].astype(int).max()))
        if towns is not None:
            found.problems += _names_told_wrong(towns)
    else:
        file = here[0].file
        wanted = f"{file.stem}-counts{file.suffix}"
        allowed = f"has no points in round {round_name}; its counts are in {wanted}: put it beside"
        found.problems.append(Problem(file, None, None, file.name, allowed))
    found.flags = found.flags[found.flags["municipality"] != ""].drop_duplicates("municipality")
    return found


def _names_told_wrong(grid: Grid) -> list[Problem]:
    """Find rows without a municipality, or with that of another; a table of scores tells itself."""
    names = _column(grid, "municipality")
    where = grid.header.index("municipality")
    again = "occurs a second time; keep one"
    return [
        grid.problem(int(str(row)), where, name, again if name else "may not be empty")
        for row, name in names[(names == "") | names.duplicated()].items()
    ]


def _having(grids: list[Grid], columns: tuple[str, ...]) -> Grid | None:
    return next((grid for grid in grids if set(columns) <= set(grid.header)), None)


def _column(grid: Grid, name: str) -> "pd.Series[str]":
    column: pd.Series[str] = grid.cells[grid.header.index(name)].astype(object)
    return column


def _of_round(grid: Grid, round_name: str) -> Grid:
    """Keep the rows of a round; what was put before formulas in a text file goes."""
    cells = grid.cells[_column(grid, "round") == round_name]
    if grid.read_as.endswith("between columns"):
        cells = cells.apply(lambda one: relabelled(one, lambda cell: _HARMLESS.sub("", cell, 1)))
    problems = [one for one in grid.problems if one.row is None or one.row in cells.index]
    return replace(grid, cells=cells, problems=problems)


def _masked(grid: Grid, kept: Container[int]) -> Grid:
    """Leave other columns than these blank: where the rest stands is told as in the file."""
    cells = grid.cells.copy()
    for place in cells:
        if place not in kept:
            cells[place] = relabelled(cells[place], lambda _: "")
    header = [name if place in kept else "" for place, name in enumerate(grid.header)]
    return replace(grid, header=header, cells=cells, labels={})


def _flags(grid: Grid, problems: list[Problem]) -> pd.DataFrame:
    """Read who is on the scheme and in the eBook."""
    words = {"1": "yes", "0": "no", "": ""}
    for language in LANGUAGES:
        words |= {text("page.yes", language): "yes", text("page.no", language): "no"}
    allowed = f"must be one of {', '.join(filter(None, words))}, or blank"
    table = pd.DataFrame({"municipality": _column(grid, "municipality"), "source": places(grid)})
    for name in _FLAGS:
        cells = _column(grid, name) if name in grid.header else pd.Series("", grid.cells.index)
        problems += [
            grid.problem(int(str(row)), grid.header.index(name), cell, allowed)
            for row, cell in cells.items()
            if cell not in words
        ]
        table[name] = cells.map(words).replace("", None)
    return table


def _scores(grid: Grid, columns: list[int], found: Exported) -> Grid:
    """Give the columns of scales; who is on the scheme left a blank by not answering."""
    grid = _masked(grid, [grid.header.index("municipality"), *columns])
    on_scheme = found.flags["on_scheme"] == "yes"
    no_answer = schema.label("no_answer", LANGUAGES[0])
    filled = (grid.cells[columns] != "").any(axis=1)
    found.problems += [
        grid.problem(int(str(row)), None, str(found.flags.loc[row, "municipality"]), _NOT_ON_SCHEME)
        for row in grid.cells.index[filled & ~on_scheme]
    ]
    cells = grid.cells.astype(object)
    for place in columns:
        cells[place] = cells[place].mask(on_scheme & (cells[place] == ""), no_answer)
    return replace(grid, cells=cells.astype("category"))


_NOT_ON_SCHEME = "is not on the scheme by column on_scheme, yet has points; correct either"


def _tallies(grid: Grid, found: Exported, most: int) -> Grid:
    """Put the counts of each scale in a row, under points; what is short gave no answer."""
    where = {name: grid.header.index(name) for name in _COUNTS}
    cells = grid.cells.astype(object)
    rows: dict[str, dict[str, str]] = {}
    first: dict[str, int] = {}
    for row, scale, point, count in zip(
        cells.index, *(cells[where[name]] for name in _COUNTS[1:]), strict=True
    ):
        number = int(str(row))
        first.setdefault(scale, number)
        if not is_count(count):
            allowed = "must be a whole number, 0 or more"
            found.problems.append(grid.problem(number, where["count"], count, allowed))
        elif not is_count(point) or not 1 <= int(point) <= most:
            allowed = f"must be 1 to {most}"
            found.problems.append(grid.problem(number, where["point"], point, allowed))
        elif point in rows.setdefault(scale, {}):
            allowed = f"point {point} of this scale occurs a second time; keep one"
            found.problems.append(grid.problem(number, where["scale"], scale, allowed))
        else:
            rows[scale][point] = count
    totals = {scale: sum(map(int, one.values())) for scale, one in rows.items()}
    flags = found.flags.get("on_scheme")
    respondents = max(totals.values(), default=0) if flags is None else int((flags == "yes").sum())
    points = [str(point) for point in range(1, most + 1)]
    table = pd.DataFrame(
        [
            [scale, *(one.get(point, "") for point in points), str(max(respondents - n, 0))]
            for (scale, one), n in zip(rows.items(), totals.values(), strict=True)
        ],
        index=[first[scale] for scale in rows],
        columns=range(most + 2),
    ).astype("category")
    header = ["scale", *points, "no_answer"]
    return replace(grid, header=header, cells=table, labels={})
