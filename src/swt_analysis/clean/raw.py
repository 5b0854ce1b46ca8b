"""Read raw tables and check them by the dictionary; every problem at once, with its place."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from swt_analysis.clean.grid import Grid, is_whole
from swt_analysis.clean.readers import read_grid
from swt_analysis.problems import DataError, Problem, suggestion
from swt_analysis.schema import Column, Table

_TABLE = "must be a UTF-8 table with commas and a header"
_READ_AS = "UTF-8 text with a comma between columns"
# Columns that came later: the table of an older study need not have them.
_LATER = ("form_source", "pilot_neighbourhoods", "speaks_of", "group", "stated_by")
_SHARE = re.compile(r"0(\.\d{1,9})?|1(\.0{1,9})?", re.ASCII)


def read_raw(path: Path, table: Table) -> pd.DataFrame:
    """Read a raw CSV file and check it.

    Parameters
    ----------
    path : Path
        UTF-8 (with or without BOM), comma separated, with a header.
    table : Table
        What the dictionary says of its columns; others are read as they are.

    Returns
    -------
    pandas.DataFrame
        The checked table, all text, stripped, an empty cell missing.

    Raises
    ------
    DataError
        With every problem in the file.
    """
    grid = plain_grid(path)
    problems = [*grid.problems, *grid.repeated()]
    if problems:
        raise DataError(problems)
    cells = as_table(grid)
    if problems := [*_lacking(grid, table), *_wrong_cells(grid, cells, table)]:
        raise DataError(problems)
    later = [name for name in table.columns if name in _LATER and name not in cells]
    return cells.assign(**dict.fromkeys(later)) if later else cells


def plain_grid(path: Path) -> Grid:
    """Read a raw CSV file as it stands.

    Raises
    ------
    DataError
        If it is no UTF-8 table with commas.
    """
    if not os.path.lexists(path):
        raise DataError([Problem(path, None, None, path.name, "is missing")])
    try:
        grid = read_grid(path)
    except DataError as error:
        explained = [replace(one, allowed=f"{_TABLE}: {one.allowed}") for one in error.problems]
        raise DataError(explained) from None
    if grid.read_as != _READ_AS:
        raise DataError([Problem(path, None, None, grid.read_as, _TABLE)])
    return grid


def as_table(grid: Grid) -> pd.DataFrame:
    """Give the cells of a grid under its header, an empty cell missing; rows from 0."""
    columns = {}
    for place in grid.cells:
        cells = grid.cells[place].array
        words = np.array([word or None for word in cells.categories], dtype=object)
        columns[place] = words[cells.codes]
    return pd.DataFrame(columns, dtype=object).set_axis(grid.header, axis=1)


def _lacking(grid: Grid, table: Table) -> list[Problem]:
    """Columns that the header does not have."""
    others = [name for name in grid.header if name not in table.columns]
    allowed = "column is missing from the header; add it"
    return [
        Problem(grid.file, 1, name, "", allowed + suggestion(name, others))
        for name in table.columns
        if name not in grid.header and name not in _LATER
    ]


def _wrong_cells(grid: Grid, cells: pd.DataFrame, table: Table) -> list[Problem]:
    """Cells that may not hold what they hold, in the order of the file."""
    here = [column for column in table.columns.values() if column.name in cells]
    keys = [column.name for column in here if column.key]
    repeated = cells.duplicated(keys, keep=False) if keys else pd.Series(False, cells.index)
    found = [
        (row, place, Problem(grid.file, int(grid.cells.index[row]), column.name, value, allowed))
        for place, column in enumerate(here)
        for row, value, allowed in _faults(cells[column.name], column, repeated)
    ]
    return [problem for _, _, problem in sorted(found, key=lambda one: one[:2])]


def _faults(
    cells: "pd.Series[str]", column: Column, repeated: "pd.Series[bool]"
) -> Iterator[tuple[int, str, str]]:
    """Give the place of each faulty cell, what it holds and what is allowed."""
    texts = cells.to_numpy(dtype=object, na_value="")
    kinds = set(texts)
    reasons = {cell: _reason(cell, column) for cell in kinds - {""}}
    lacking, repeating = column.required and "" in kinds, column.key and repeated.any()
    if not any(reasons.values()) and not lacking and not repeating:
        return  # as nearly always
    for row, (cell, twice) in enumerate(zip(texts, repeated, strict=True)):
        if cell and (reason := reasons[cell]):
            yield row, cell, reason
        elif column.required and not cell:
            yield row, "", "may not be empty"
        if cell and column.key and twice:
            yield row, cell, "occurs more than once"


def _reason(cell: str, column: Column) -> str | None:
    """Say why a column may not hold a cell; None if it may."""
    if column.type == "number":
        right = _SHARE.fullmatch(cell) is not None
        return None if right else "must be a share from 0 to 1, such as 0.69"
    if column.type == "integer" and column.range:
        least, most = column.range
        right = is_whole(cell) and least <= int(cell) <= most
        return None if right else f"must be a whole number from {least} to {most}"
    if column.words and cell not in column.words:
        return f"must be one of {', '.join(column.words)}"
    return None
