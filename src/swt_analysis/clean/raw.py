"""Read raw tables against their declared schema; every problem at once, with its place."""

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from swt_analysis.clean.grids import Grid, read_grid
from swt_analysis.problems import DataError, Problem

_TABLE = "must be a UTF-8 table with commas and a header"
_READ_AS = "UTF-8 text with a comma between columns"


def is_whole(cell: str) -> bool:
    """Whether a cell is a whole number from 0 on, of a size that a number here can have."""
    return cell.isascii() and cell.isdigit() and len(cell) <= 9


def whole(least: int, most: int) -> pa.Check:
    """Check for a whole number within bounds, both included, still written as text."""
    return pa.Check(
        lambda cell: is_whole(cell) and least <= int(cell) <= most,
        element_wise=True,
        error=f"must be a whole number from {least} to {most}",
    )


def share() -> pa.Check:
    """Check for a share of 1, with a decimal point."""
    return pa.Check(
        lambda cell: re.fullmatch(r"0(\.\d{1,9})?|1(\.0{1,9})?", cell, re.ASCII) is not None,
        element_wise=True,
        error="must be a share from 0 to 1, such as 0.69",
    )


def one_of(*values: str) -> pa.Check:
    """Check for one of the given words."""
    return pa.Check.isin(values, error=f"must be one of {', '.join(values)}")


def read_raw(path: Path, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Read a raw CSV file and check it.

    Parameters
    ----------
    path : Path
        UTF-8 (with or without BOM), comma separated, with a header.
    schema : pandera.DataFrameSchema
        What is allowed, of columns of text; a check's ``error`` is what its problem says.

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
    try:
        return schema.validate(as_table(grid), lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases.to_dict("records")
        raise DataError([_problem(grid, case) for case in cases]) from None


def plain_grid(path: Path) -> Grid:
    """Read a raw CSV file as it stands.

    Raises
    ------
    DataError
        If it is no UTF-8 table with commas.
    """
    if not path.exists():
        raise DataError([Problem(path, None, None, path.name, "is missing")])
    try:
        grid = read_grid(path)
    except DataError as error:
        told = [replace(one, allowed=f"{_TABLE}: {one.allowed}") for one in error.problems]
        raise DataError(told) from None
    if grid.read_as != _READ_AS:
        raise DataError([Problem(path, None, None, grid.read_as, _TABLE)])
    return grid


def as_table(grid: Grid) -> pd.DataFrame:
    """Give the cells of a grid under its header, an empty cell missing; rows from 0."""
    table = grid.cells.set_axis(grid.header, axis=1).reset_index(drop=True)
    return table.astype("str").replace("", None)


def _problem(grid: Grid, case: dict[str, object]) -> Problem:
    """Turn one failure of pandera into a sentence with a place."""
    path, check, value = grid.file, str(case["check"]), case["failure_case"]
    if check == "column_in_dataframe":
        return Problem(path, 1, str(value), "", "column is missing from the header")
    row = int(grid.cells.index[int(str(case["index"]))])
    column = str(case["column"])
    if check == "not_nullable":
        return Problem(path, row, column, "", "may not be empty")
    if check in ("field_uniqueness", "multiple_fields_uniqueness"):
        return Problem(path, row, column, str(value), "occurs more than once")
    return Problem(path, row, column, str(value), check)
