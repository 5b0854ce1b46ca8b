"""A table of whatever make, workbook or text file, as plain text in rows and columns.

Nothing is guessed in silence: a grid says how its file was read, and what in it cannot be
trusted (formulas, merged cells, hidden rows) is a problem with its place. Workbooks are opened
by openpyxl, which tells of these; readers that are faster do not.
"""

import csv
import io
import re
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING
from xml.parsers import expat

import numpy as np
import pandas as pd

from swt_analysis.problems import DataError, Problem, unacceptable

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MOST_UNPACKED = 20_000_000  # bytes of a workbook; a round of 342 municipalities has under 1 MB
MOST_CELLS = 250_000  # of a workbook; openpyxl takes seconds for so many
MOST_TEXT = 200_000_000
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Grid:
    """One table as it stands in its file, all text, blanks at either end taken off.

    Attributes
    ----------
    file : Path
    sheet : str or None
        Name of the sheet; None for a text file.
    header : list of str
        The first row that is not blank.
    cells : pandas.DataFrame
        The other rows that are not blank: a column each place of the header, numbered from 0;
        the index is the row's number in the file, the first being 1.
    read_as : str
        How the file was read.
    problems : list of Problem
        What in it cannot be trusted.
    """

    file: Path
    sheet: str | None
    header: list[str]
    cells: pd.DataFrame
    read_as: str
    problems: list[Problem] = field(default_factory=list)

    def problem(self, row: int | None, column: int | None, value: str, allowed: str) -> Problem:
        """State a problem at a place of this grid; ``column`` counts from 0."""
        name = None if column is None else self._column(column)
        return Problem(self.file, row, name, value, allowed, self.sheet)

    def repeated(self, header: list[str] | None = None) -> list[Problem]:
        """Tell of columns with the name of another; ``header`` if they were given new names."""
        names = self.header if header is None else header
        return [
            self.problem(1, place, name, "is the name of two columns; keep one")
            for place, name in enumerate(names)
            if name and name in names[:place]
        ]

    def _column(self, column: int) -> str:
        name = shorten(self.header[column], 30, placeholder="…")
        if self.sheet is None:
            return name
        from openpyxl.utils import get_column_letter

        letter = get_column_letter(column + 1)
        return f"{letter} ({name})" if name else letter


def read_grids(path: Path) -> list[Grid]:
    """Read every sheet of a workbook, or a text file, by what it holds and not by its name.

    Parameters
    ----------
    path : Path
        An .xlsx workbook, or text with a comma, semicolon or tab between columns, in UTF-8,
        UTF-16 with its mark, or Windows-1252.

    Returns
    -------
    list of Grid
        Sheets without any content are left out.

    Raises
    ------
    DataError
        If the file cannot be read, or not safely.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MOST_TEXT else b""
    except OSError as error:
        raise _refused(path, path.name, f"cannot be read: {error.strerror}") from None
    if size > MOST_TEXT:
        raise _refused(path, f"{size} bytes", "is too large for a round; is it the right file?")
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise _refused(path, path.name, "has a password; save it without one")
        raise _refused(path, path.name, "is an old .xls; save it as Excel workbook (.xlsx)")
    grids = _workbook(path, data) if data.startswith(b"PK") else [_text(path, data)]
    if not grids:
        raise _refused(path, path.name, "is empty")
    return grids


def read_grid(path: Path) -> Grid:
    """Read a text file that holds one table; as `read_grids`."""
    return read_grids(path)[0]


def tidy(value: str) -> str:
    r"""Write characters one way, and one blank between words.

    Examples
    --------
    >>> tidy(" Dijk  en\u00a0Waard\n")
    'Dijk en Waard'
    """
    return " ".join(unicodedata.normalize("NFC", value).split())


def is_tidy(values: Iterable[str]) -> bool:
    """Whether `tidy` leaves every value as it is; quick, for very many. None may be blank.

    Examples
    --------
    >>> is_tidy(["Velsen", "Dijk en Waard"]), is_tidy(["Velsen "]), is_tidy(["Velsen", ""])
    (True, False, False)
    """
    words = list(values)
    lines = "\n".join(words)
    one = lines.replace("\n", " ")
    return "" not in words and lines.count("\n") == len(words) - 1 and tidy(one) == one


def _refused(path: Path, value: str, allowed: str) -> DataError:
    return DataError([Problem(path, None, None, value, allowed)])


# Text files.


def _text(path: Path, data: bytes) -> Grid:
    encoding = _encoding(path, data)
    head = data[:65536].decode(encoding, errors="ignore")
    if head.lstrip().startswith("<"):
        raise _refused(path, path.name, "is a web page; save it as .xlsx or .csv")
    if not head.strip(' \r\n\t,;"'):
        raise _refused(path, path.name, "is empty")
    told = re.match(r'"?sep=(.)"?\r?\n', head)
    separator = told[1] if told else max(_SEPARATORS, key=lambda one: len(_first(head, one)))
    blank = head[: len(head) - len(head.lstrip("\r\n"))].count("\n")
    try:
        table = pd.read_csv(
            io.BytesIO(data),
            sep=separator,
            header=None,
            dtype=object,  # as "category" a column of numbers would be written anew: 1e0 as 1.0
            na_filter=False,
            encoding=encoding,
            skiprows=1 if told else blank,
            skip_blank_lines=False,
        )
    except (pd.errors.ParserError, UnicodeDecodeError, ValueError) as error:
        row = re.search(r"line (\d+)", str(error))
        open_quote = "inside string" in str(error)
        allowed = "has a quotation mark that is never closed" if open_quote else _RAGGED
        found = Problem(path, int(row[1]) if row else None, None, str(error).strip(), allowed)
        raise DataError([found]) from None
    cells = table.map(tidy).astype(object)
    cells.index = cells.index + 1 + blank
    name = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}[encoding]
    between = _SEPARATORS.get(separator, separator)
    return _grid(path, None, cells, f"{name} text with a {between} between columns")


_RAGGED = "every row needs as many columns as the header"


def _first(head: str, separator: str) -> list[str]:
    """Give the first row that is not blank."""
    rows = csv.reader(io.StringIO(head, newline=""), delimiter=separator)
    try:
        return next((row for row in rows if any(cell.strip() for cell in row)), [])
    except csv.Error:
        return []


def _encoding(path: Path, data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\x00" in data:
        raise _refused(path, path.name, "is no text and no workbook; save it as .xlsx or .csv")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise _refused(path, path.name, "has unreadable characters; save it as CSV UTF-8")


# Workbooks.


def _workbook(path: Path, data: bytes) -> list[Grid]:
    from openpyxl import load_workbook

    _check_package(path, data)
    _check_parts(path, data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data))
    except Exception:  # openpyxl raises whatever the broken part makes it raise
        raise _refused(path, path.name, _UNREADABLE) from None
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
        raise _refused(path, path.name, "is damaged; save it anew as .xlsx") from None
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
            raise _refused(path, f"over {MOST_CELLS} cells", _LARGE)

    def doctype(*_: object) -> None:
        raise _refused(path, part, "holds a document type (DTD); save it anew in Excel as .xlsx")

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
            raise _refused(path, path.name, "is damaged; save it anew as .xlsx") from None
        except expat.ExpatError:
            raise _refused(path, path.name, _UNREADABLE) from None


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
    grid = _grid(path, sheet.title, cells, "workbook")
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


def _grid(path: Path, sheet: str | None, cells: pd.DataFrame, read_as: str) -> Grid:
    """Split off the first row that is not blank; leave out blank rows and columns at the end."""
    filled = cells != ""
    cells = cells.loc[filled.any(axis=1)]
    last = int(np.flatnonzero(filled.any()).max(initial=0))
    cells = cells.loc[:, :last]
    header = [str(cell) for cell in cells.iloc[0]] if len(cells) else [""]
    grid = Grid(path, sheet, header, cells.iloc[1:], read_as)
    for column in cells:
        reasons = {value: unacceptable(value) for value in pd.unique(cells[column])}
        if strange := {value: reason for value, reason in reasons.items() if reason}:
            grid.problems.extend(
                grid.problem(int(str(row)), int(str(column)), value, strange[value])
                for row, value in cells[column].items()
                if value in strange
            )
    return grid
