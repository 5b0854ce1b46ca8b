"""Printed tallies (``XXXX X``) to counts."""

import re
from pathlib import Path

import pandas as pd

from swt_analysis.clean.grid import Grid
from swt_analysis.clean.readers import read_grid
from swt_analysis.problems import DataError, suggestion

_MARKS = re.compile(r"[xX\s]*")
_MARKS_ONLY = "only marks X and blanks (a file to import may have whole numbers)"


def count_marks(cell: str) -> int:
    """Count the marks in one cell of a printed tally.

    Parameters
    ----------
    cell : str
        Marks ``X`` or ``x``; blanks and line breaks between them carry no meaning.

    Returns
    -------
    int
        Number of marks, 0 for an empty cell.

    Raises
    ------
    ValueError
        If the cell holds anything else.

    Examples
    --------
    >>> count_marks("XXXX X")
    5
    """
    if not _MARKS.fullmatch(cell):
        raise ValueError(f"not a tally: {cell!r}")
    return cell.upper().count("X")


def read_tallies(path: Path, *, scales: pd.DataFrame, respondents: int | None) -> pd.DataFrame:
    """Read a round's ``tallies.csv`` into counts.

    Parameters
    ----------
    path : Path
        CSV with the columns ``scale``, a column a point, and any others.
    scales : pandas.DataFrame
        The instrument: columns ``scale`` and ``points``, a row a scale.
    respondents : int or None
        Municipalities on the scheme; the marks of every scale must add up to it, those in an
        optional column ``no_answer`` included. None: as many as the fullest scale has.

    Returns
    -------
    pandas.DataFrame
        Columns ``scale``, ``point``, ``count``; a row for each point of each scale, those
        without a mark included, in the instrument's order.

    Raises
    ------
    DataError
        With every problem found in the file.
    """
    return interpret_tallies(read_grid(path), scales=scales, respondents=respondents)[0]


def interpret_tallies(
    grid: Grid, *, scales: pd.DataFrame, respondents: int | None
) -> tuple[pd.DataFrame, int]:
    """Read a table of tallies into counts, as `read_tallies`, and the number of respondents."""
    header = grid.header
    if "scale" not in header:
        raise DataError(
            [grid.problem(grid.header_row, None, ",".join(header), "needs a column scale")]
        )
    if twice := grid.repeated(header):
        raise DataError(twice)
    raw = grid.cells.set_axis(header, axis=1)
    place = {name: column for column, name in enumerate(header)}
    points = dict(zip(scales["scale"].astype(str), scales["points"].astype(int), strict=True))
    widest = max(points.values())
    labels = [one for name in scales.filter(like="label") for one in scales[name]]
    problems = list(grid.problems)
    problems += [
        grid.problem(grid.header_row, None, point, "has no column; add it, blank where nobody is")
        for point in map(str, range(1, widest + 1))
        if point not in header
    ]
    counts: dict[str, list[int]] = {}
    totals: list[tuple[int, int]] = []
    for line, row in zip(raw.index, raw.to_dict("records"), strict=True):
        scale = row["scale"]
        if scale not in points:
            allowed = f"must be one of {', '.join(points)}{suggestion(scale, labels)}"
            problems.append(grid.problem(line, place["scale"], scale, allowed))
            continue
        if scale in counts:
            problems.append(
                grid.problem(line, place["scale"], scale, "occurs a second time; keep one")
            )
            continue
        marks = []
        columns = [*map(str, range(1, points[scale] + 1)), "no_answer"]
        for column in columns:
            cell = row.get(column, "")
            try:
                marks.append(count_marks(cell))
            except ValueError:
                problems.append(grid.problem(line, place[column], cell, _MARKS_ONLY))
        beyond = [name for name in map(str, range(points[scale] + 1, widest + 1)) if row.get(name)]
        problems += [
            grid.problem(line, place[name], row[name], f"scale {scale} ends at {points[scale]}")
            for name in beyond
        ]
        if len(marks) == len(columns) and not beyond:
            totals.append((line, sum(marks)))
        counts[scale] = marks[: points[scale]]
    if totals and not any(total for _, total in totals):
        allowed = "no scale has a mark; say how many municipalities stand at each point"
        problems.append(grid.problem(None, None, "0 marks", allowed))
    if respondents is None:
        respondents = max((total for _, total in totals), default=0)
    allowed = f"marks must add up to the {respondents} respondents (those in no_answer too)"
    problems += [
        grid.problem(line, None, f"{total} marks", allowed)
        for line, total in totals
        if total != respondents
    ]
    known = {"scale", "no_answer", *map(str, range(1, widest + 1))}
    allowed = f"is no point of the instrument (1 to {widest}), nor no_answer"
    problems += [
        grid.problem(grid.header_row, column, name, allowed)
        for column, name in enumerate(header)
        if name not in known and (name.isdigit() or _has_counts(grid.cells[column]))
    ]
    problems += [
        grid.problem(None, None, f"scale {scale}", "has no row; add it, with blanks if unanswered")
        for scale in points
        if scale not in raw["scale"].to_list()
    ]
    if problems:
        raise DataError(problems)
    rows = [
        (int(scale), point, count)
        for scale in points
        for point, count in enumerate(counts[scale], start=1)
    ]
    return pd.DataFrame(rows, columns=["scale", "point", "count"]), respondents


def _has_counts(cells: "pd.Series[str]") -> bool:
    """Whether a column has marks or numbers and nothing else."""
    filled = cells[cells != ""]
    return len(filled) > 0 and all(one.isdigit() or _MARKS.fullmatch(one) for one in filled)
