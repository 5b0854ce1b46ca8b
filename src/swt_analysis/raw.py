"""Read raw tables against their declared schema; every problem at once, with its place."""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from swt_analysis.problems import DataError, Problem


def whole(least: int, most: int) -> pa.Check:
    """Check for a whole number within bounds, both included, still written as text."""
    return pa.Check(
        lambda cell: cell.isascii() and cell.isdigit() and least <= int(cell) <= most,
        element_wise=True,
        error=f"must be a whole number from {least} to {most}",
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
    try:
        text = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataError([Problem(path, None, None, path.name, "is missing")]) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        allowed = "must be a UTF-8 table with commas and a header"
        raise DataError([Problem(path, None, None, str(error).strip(), allowed)]) from error
    table = text.apply(lambda column: column.str.strip()).replace("", None)
    try:
        return schema.validate(table, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases.to_dict("records")
        raise DataError([_problem(path, case) for case in cases]) from None


def _problem(path: Path, case: dict[str, object]) -> Problem:
    """Turn one failure of pandera into a sentence with a place."""
    check, value = str(case["check"]), case["failure_case"]
    if check == "column_in_dataframe":
        return Problem(path, 1, str(value), "", "column is missing from the header")
    row = int(str(case["index"])) + 2
    column = str(case["column"])
    if check == "not_nullable":
        return Problem(path, row, column, "", "may not be empty")
    if check in ("field_uniqueness", "multiple_fields_uniqueness"):
        return Problem(path, row, column, str(value), "occurs more than once")
    return Problem(path, row, column, str(value), check)
