"""Spreadsheets of LibreOffice (.ods): their cells by calamine, and what it does not tell by us."""

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from swt_analysis.clean.grid import Grid, is_whole, letter, make_grid, refused, shown
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

_MIME = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"


@dataclass
class _Sheet:
    """What a sheet says of its rows, columns and cells besides values; places count from 0."""

    row: int = 0  # where the reading is
    column: int = 0
    rows: int = 0  # read so far
    height: int = 0  # up to the last row and column with something in it
    width: int = 0
    hidden_rows: list[range] = field(default_factory=list)
    hidden_columns: list[range] = field(default_factory=list)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[range, int]] = field(default_factory=list)  # rows, first column


def is_opendocument(data: bytes) -> bool:
    """Whether a package is a spreadsheet of LibreOffice: its first part says so, unpacked."""
    return _MIME in data[:200]


def read_opendocument(path: Path, data: bytes) -> list[Grid]:
    """Read the sheets of a spreadsheet that have any content, after a look at what is in it."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    names = part_names(path, data)
    macros = any(name.startswith(("Basic/", "Scripts/")) for name in names)
    check_package(path, data, {"has macros; delete them (Tools, Macros) and save": macros})
    sheets = _looked_through(path, data)
    for sheet in sheets:
        if sheet.height * sheet.width > MOST_CELLS:
            raise refused(path, f"{sheet.height} rows, {sheet.width} columns", LARGE)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        about = book.sheets_metadata
        cells = [book.get_sheet_by_name(one.name).to_python(skip_empty_area=False) for one in about]
        grids = [
            _grid(path, one.name, rows, sheet)
            for one, rows, sheet in zip(about, cells, sheets, strict=True)
        ]
    except Exception:  # calamine raises whatever the broken part makes it raise
        raise refused(path, path.name, UNREADABLE) from None
    for one, grid in zip(about, grids, strict=True):
        if one.visible != SheetVisibleEnum.Visible:
            grid.problems.append(grid.problem(None, None, one.name, HIDDEN_SHEET))
    return [grid for grid in grids if any(grid.header) or len(grid.cells)]


def _looked_through(path: Path, data: bytes) -> list[_Sheet]:
    sheets: list[_Sheet] = []

    def start(part: str, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if part == "META-INF/manifest.xml" and kind == "encryption-data":
            raise refused(path, path.name, "has a password; save it without one")
        if part == "content.xml" and kind == "table" and "table:name" in attributes:
            sheets.append(_Sheet())
        elif part == "content.xml" and sheets:
            _note(sheets[-1], kind, attributes)

    look_through(path, data, start)
    return sheets


def _note(sheet: _Sheet, kind: str, attributes: dict[str, str]) -> None:
    """Note what an element says; columns come before the first row, rows before their cells."""
    hidden = attributes.get("table:visibility") in ("collapse", "filter")
    first = sheet.column
    if kind == "table-row":
        sheet.row, sheet.column = sheet.rows, 0
        sheet.rows += _number(attributes, "rows-repeated")
        if hidden:
            sheet.hidden_rows.append(range(sheet.row, sheet.rows))
    elif kind in ("table-column", "table-cell", "covered-table-cell"):
        sheet.column += _number(attributes, "columns-repeated")
        if hidden:
            sheet.hidden_columns.append(range(first, sheet.column))
    if kind == "table-cell":
        if "office:value-type" in attributes:
            sheet.height, sheet.width = sheet.rows, max(sheet.width, sheet.column)
        if "table:formula" in attributes:
            sheet.formulas.append((sheet.row, first))
        over, across = (_number(attributes, f"{one}-spanned") for one in ("rows", "columns"))
        if over * across > 1:
            sheet.merged.append((range(sheet.row, sheet.row + over), first))


def _number(attributes: dict[str, str], name: str) -> int:
    """Read how often something is repeated, or how far it reaches."""
    told = attributes.get(f"table:number-{name}", "1")
    return int(told) if is_whole(told) else 1


def _grid(path: Path, name: str, rows: list[list[Any]], sheet: _Sheet) -> Grid:
    texts = [[shown(cell) for cell in row] for row in rows]
    cells = pd.DataFrame(texts or [[""]], dtype=object)
    cells.index = cells.index + 1
    grid = make_grid(path, name, cells, "spreadsheet")
    used = [int(row) - 1 for row in cells.index[(cells != "").any(axis=1)]]
    here = range(len(grid.header))
    for row, column in sheet.formulas:
        value = texts[row][column] if row < len(texts) and column < len(texts[row]) else ""
        place = column if column in here else None
        grid.problems.append(grid.problem(row + 1, place, value, FORMULA))
    for merged, column in sheet.merged:
        if any(row in merged for row in used):
            value = f"{letter(column)}{merged.start + 1}"
            grid.problems.append(grid.problem(merged.start + 1, None, value, MERGED))
    grid.problems.extend(
        grid.problem(row + 1, None, f"row {row + 1}", HIDDEN)
        for row in used
        if any(row in hidden for hidden in sheet.hidden_rows)
    )
    grid.problems.extend(
        grid.problem(None, column, letter(column), HIDDEN)
        for column in here
        if any(column in hidden for hidden in sheet.hidden_columns)
        and column in grid.cells
        and (grid.cells[column] != "").any()
    )
    return grid
