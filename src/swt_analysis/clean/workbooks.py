"""Workbooks, read by openpyxl: it tells of formulas, merged and hidden cells; others do not."""

import io
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from swt_analysis.clean.grid import Grid, letter, make_grid, refused, shown
from swt_analysis.clean.packages import (
    FORMULA,
    HIDDEN,
    HIDDEN_SHEET,
    LARGE,
    MERGED,
    MOST_CELLS,
    UNREADABLE,
    check_package,
    look_through,
    part_names,
)
from swt_analysis.problems import DataError, Problem

if TYPE_CHECKING:
    from openpyxl.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet


def read_workbook(path: Path, data: bytes) -> list[Grid]:
    """Read the sheets of a workbook that have any content, after a look at what is in it."""
    from openpyxl import load_workbook

    names = part_names(path, data)
    macros = any(name.endswith("vbaProject.bin") for name in names)
    kind = "OpenDocument spreadsheet" if path.suffix.lower() == ".ods" else "Excel workbook"
    links = any("/externalLinks/" in name for name in names)
    faults = {
        "has macros; save it as Excel workbook (.xlsx), without them": macros,
        "has links to other files; break them (Data, Edit links) and save": links,
        f"is no {kind}; save it as .xlsx, .ods or .csv": "xl/workbook.xml" not in names,
    }
    check_package(path, data, faults)
    _check_cells(path, data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data))
    except Exception:  # openpyxl raises whatever the broken part makes it raise
        raise refused(path, path.name, UNREADABLE) from None
    huge = [
        Problem(
            path,
            None,
            None,
            f"{sheet.max_row} rows, {sheet.max_column} columns",
            LARGE,
            sheet.title,
        )
        for sheet in book.worksheets
        if sheet.max_row * sheet.max_column > MOST_CELLS
    ]
    if huge:
        raise DataError(huge)
    grids = [_sheet(path, sheet) for sheet in book.worksheets]
    return [grid for grid in grids if any(grid.header) or len(grid.cells)]


def _check_cells(path: Path, data: bytes) -> None:
    """Look for what openpyxl would take very long over.

    It makes a cell of each place in a merged range, and of each styled blank, before it tells
    how many there are.
    """
    cells = 0

    def start(_: str, name: str, attributes: dict[str, str]) -> None:
        nonlocal cells
        kind = name.rpartition(":")[2]
        if kind == "c":
            cells += 1
        elif kind == "mergeCell":
            cells += _area(attributes.get("ref", ""))
        if cells > MOST_CELLS:
            raise refused(path, f"over {MOST_CELLS} cells", LARGE)

    look_through(path, data, start)


def _area(ref: str) -> int:
    """Count the cells of a range, such as A1:C2; none if it is no range."""
    from openpyxl.utils import range_boundaries

    try:
        left, top, right, bottom = (int(one or 1) for one in range_boundaries(ref))
    except (TypeError, ValueError):
        return 0
    return (right - left + 1) * (bottom - top + 1)


def _sheet(path: Path, sheet: "Worksheet") -> Grid:
    texts = [[shown(cell.value) for cell in row] for row in sheet.iter_rows()]
    cells = pd.DataFrame(texts or [[""]], dtype=object)
    cells.index = cells.index + 1
    grid = make_grid(path, sheet.title, cells, "workbook")
    if sheet.sheet_state != "visible":
        grid.problems.append(grid.problem(None, None, sheet.title, HIDDEN_SHEET))
    used = set(cells.index[(cells != "").any(axis=1)])
    looks: dict[int, str | None] = {}  # by style: of nearly all cells it is one
    for number, row in enumerate(sheet.iter_rows(), start=1):
        for column, cell in enumerate(row):
            value = texts[number - 1][column]
            if cell.data_type == "f":
                grid.problems.append(grid.problem(number, column, value, FORMULA))
            if cell.has_style and cell.value is not None:
                if cell.style_id not in looks:
                    looks[cell.style_id] = _unlike_its_value(cell)
                if look := looks[cell.style_id]:
                    grid.problems.append(grid.problem(number, column, value, look))
    for merged in sheet.merged_cells.ranges:
        if used & set(range(merged.min_row, merged.max_row + 1)):
            value = str(merged.coord)
            grid.problems.append(grid.problem(merged.min_row, None, value, MERGED))
    heights = sheet.row_dimensions
    hidden_rows = [row for row in sorted(used) if heights[row].hidden or heights[row].height == 0]
    grid.problems.extend(grid.problem(row, None, f"row {row}", HIDDEN) for row in hidden_rows)
    grid.problems.extend(
        grid.problem(None, column, letter(column), HIDDEN)
        for column in _hidden_columns(sheet)
        if column in grid.cells and (grid.cells[column] != "").any()
    )
    return grid


def _unlike_its_value(cell: "Cell | MergedCell") -> str | None:
    """Say why what is seen of a cell is not what it holds; None if it is."""
    if cell.font.strike:
        return "is struck through; empty the cell, or take the line away"
    colour = cell.font.color.rgb if cell.font.color and cell.font.color.type == "rgb" else None
    if str(colour).endswith("FFFFFF") and cell.fill.fill_type is None:
        return "is white on white; empty the cell, or give it a colour"
    if cell.number_format == ";;;":
        return "has a format that shows nothing; empty the cell, or give it another format"
    return None


def _hidden_columns(sheet: "Worksheet") -> Iterable[int]:
    for one in sheet.column_dimensions.values():
        if (one.hidden or one.width == 0) and one.min and one.max:
            yield from range(one.min - 1, min(one.max, sheet.max_column))
