"""Workbooks, read by openpyxl: it tells of formulas, merged and hidden cells; others do not."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from xml.parsers import expat

import pandas as pd

from swt_analysis.clean.grid import Grid, make_grid, refused, tidy
from swt_analysis.problems import DataError, Problem

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MOST_UNPACKED = 20_000_000  # bytes of a workbook; a round of 342 municipalities has under 1 MB
MOST_CELLS = 250_000  # of a workbook; openpyxl takes seconds for so many


def read_workbook(path: Path, data: bytes) -> list[Grid]:
    """Read the sheets of a workbook that have any content, after a look at what is in it."""
    from openpyxl import load_workbook

    _check_package(path, data)
    _check_parts(path, data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data))
    except Exception:  # openpyxl raises whatever the broken part makes it raise
        raise refused(path, path.name, _UNREADABLE) from None
    huge = [
        Problem(
            path,
            None,
            None,
            f"{sheet.max_row} rows, {sheet.max_column} columns",
            _LARGE,
            sheet.title,
        )
        for sheet in book.worksheets
        if sheet.max_row * sheet.max_column > MOST_CELLS
    ]
    if huge:
        raise DataError(huge)
    grids = [_sheet(path, sheet) for sheet in book.worksheets]
    return [grid for grid in grids if any(grid.header) or len(grid.cells)]


def _check_package(path: Path, data: bytes) -> None:
    """Look at the parts of a workbook before anything is unpacked."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except zipfile.BadZipFile:
        raise refused(path, path.name, "is damaged; save it anew as .xlsx") from None
    names = [part.filename for part in parts]
    unpacked = sum(part.file_size for part in parts)
    found = [
        (any(part.flag_bits & 1 for part in parts), "has a password; save it without one"),
        (
            unpacked > MOST_UNPACKED,
            f"unpacks to {unpacked} bytes, far more than a round; delete the rows, columns and "
            "pictures around the table",
        ),
        (
            any(name.endswith("vbaProject.bin") for name in names),
            "has macros; save it as Excel workbook (.xlsx), without them",
        ),
        (
            any("/externalLinks/" in name for name in names),
            "has links to other files; break them (Data, Edit links) and save",
        ),
        (
            "xl/workbook.xml" not in names,
            "is no Excel workbook; open it and save it as .xlsx",
        ),
    ]
    problems = [Problem(path, None, None, path.name, allowed) for wrong, allowed in found if wrong]
    if problems:
        raise DataError(problems)


_UNREADABLE = "cannot be read as a workbook; open it in Excel and save it anew as .xlsx"
_LARGE = "is far larger than a round; delete the rows and columns around the table"


def _check_parts(path: Path, data: bytes) -> None:
    """Look through the parts of a workbook for what openpyxl would take very long over.

    It makes a cell of each place in a merged range, and of each styled blank, before it tells
    how many there are. A document type can name other files and multiply what it names; no
    program that saves workbooks writes one.
    """
    archive = zipfile.ZipFile(io.BytesIO(data))
    cells = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal cells
        kind = name.rpartition(":")[2]
        if kind == "c":
            cells += 1
        elif kind == "mergeCell":
            cells += _area(attributes.get("ref", ""))
        if cells > MOST_CELLS:
            raise refused(path, f"over {MOST_CELLS} cells", _LARGE)

    def doctype(*_: object) -> None:
        raise refused(path, part, "holds a document type (DTD); save it anew in Excel as .xlsx")

    for part in archive.namelist():
        parser = expat.ParserCreate()
        parser.StartElementHandler = start
        parser.StartDoctypeDeclHandler = doctype
        try:
            # Piece by piece: a part may hold far more than the archive says that it does.
            with archive.open(part) as file:
                piece = file.read(_PIECE)
                is_xml = piece.lstrip(_BEFORE_XML).startswith(b"<")
                while piece:
                    if is_xml:
                        parser.Parse(piece)
                    piece = file.read(_PIECE)
            if is_xml:
                parser.Parse(b"", True)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
            raise refused(path, path.name, "is damaged; save it anew as .xlsx") from None
        except expat.ExpatError:
            raise refused(path, path.name, _UNREADABLE) from None


_PIECE = 65_536
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


def _area(ref: str) -> int:
    """Count the cells of a range, such as A1:C2; none if it is no range."""
    from openpyxl.utils import range_boundaries

    try:
        left, top, right, bottom = (int(one or 1) for one in range_boundaries(ref))
    except (TypeError, ValueError):
        return 0
    return (right - left + 1) * (bottom - top + 1)


def _sheet(path: Path, sheet: "Worksheet") -> Grid:
    from openpyxl.utils import get_column_letter

    shown = [[_shown(cell.value) for cell in row] for row in sheet.iter_rows()]
    cells = pd.DataFrame(shown or [[""]], dtype=object)
    cells.index = cells.index + 1
    grid = make_grid(path, sheet.title, cells, "workbook")
    if sheet.sheet_state != "visible":
        grid.problems.append(grid.problem(None, None, sheet.title, "is a hidden sheet; show it"))
    used = set(cells.index[(cells != "").any(axis=1)])
    for number, row in enumerate(sheet.iter_rows(), start=1):
        grid.problems.extend(
            grid.problem(number, column, shown[number - 1][column], _FORMULA)
            for column, cell in enumerate(row)
            if cell.data_type == "f"
        )
    for merged in sheet.merged_cells.ranges:
        if used & set(range(merged.min_row, merged.max_row + 1)):
            value = str(merged.coord)
            grid.problems.append(grid.problem(merged.min_row, None, value, _MERGED))
    heights = sheet.row_dimensions
    hidden_rows = [row for row in sorted(used) if heights[row].hidden or heights[row].height == 0]
    grid.problems.extend(grid.problem(row, None, f"row {row}", _HIDDEN) for row in hidden_rows)
    grid.problems.extend(
        grid.problem(None, column, get_column_letter(column + 1), _HIDDEN)
        for column in _hidden_columns(sheet)
        if column in grid.cells and (grid.cells[column] != "").any()
    )
    return grid


_FORMULA = "is a formula; put its value there (Paste special, Values)"
_MERGED = "are merged cells; unmerge them and fill in each"
_HIDDEN = "is hidden; show it, or delete it (a filter hides too: clear it)"


def _hidden_columns(sheet: "Worksheet") -> Iterable[int]:
    for one in sheet.column_dimensions.values():
        if (one.hidden or one.width == 0) and one.min and one.max:
            yield from range(one.min - 1, min(one.max, sheet.max_column))


def _shown(value: object) -> str:
    """Write a cell's value as text: a whole number without decimals, a date as 2015-02-01."""
    match value:
        case None:
            return ""
        case bool() | timedelta():
            return str(value)
        case float() if value.is_integer():
            return str(int(value))
        case date() | time():
            return value.isoformat().removesuffix("T00:00:00")
        case str():
            return tidy(value)
    return tidy(str(getattr(value, "text", value)))
