"""Files that are ZIP packages of XML, as workbooks are: looked through before they are opened."""

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from xml.parsers import expat

from swt_analysis.clean.grid import refused
from swt_analysis.problems import DataError, Problem

MOST_UNPACKED = 20_000_000  # bytes of a workbook; a round of 342 municipalities has under 1 MB
MOST_CELLS = 250_000  # of a workbook; openpyxl takes seconds for so many
LARGE = "is far larger than a round; delete the rows and columns around the table"
UNREADABLE = "cannot be read as a workbook; open it in Excel and save it anew as .xlsx"
FORMULA = "is a formula; put its value there (Paste special, Values)"
MERGED = "are merged cells; unmerge them and fill in each"
HIDDEN = "is hidden; show it, or delete it (a filter hides too: clear it)"
HIDDEN_SHEET = "is a hidden sheet; show it"
# What zipfile raises of one that is damaged: a place before its start is a ValueError.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)
_DAMAGED = "is damaged; save it anew as .xlsx"
_PIECE = 65_536
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


def part_names(path: Path, data: bytes) -> list[str]:
    """List the parts of a package.

    Raises
    ------
    DataError
        If it is damaged.
    """
    try:
        return zipfile.ZipFile(io.BytesIO(data)).namelist()
    except _BROKEN:
        raise refused(path, path.name, _DAMAGED) from None


def check_package(path: Path, data: bytes, faults: Mapping[str, bool]) -> None:
    """Look at the parts of a package before anything is unpacked.

    Parameters
    ----------
    path, data : Path, bytes
        The file and what it holds; `part_names` has taken it.
    faults : mapping of str to bool
        What to do about a package of its kind, and whether that is needed.

    Raises
    ------
    DataError
        With all that is wrong.
    """
    parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    unpacked = sum(part.file_size for part in parts)
    found = {
        "has a password; save it without one": any(part.flag_bits & 1 for part in parts),
        f"unpacks to {unpacked} bytes, far more than a round; delete the rows, columns and "
        "pictures around the table": unpacked > MOST_UNPACKED,
        **faults,
    }
    problems = [
        Problem(path, None, None, path.name, allowed) for allowed, wrong in found.items() if wrong
    ]
    if problems:
        raise DataError(problems)


def look_through(
    path: Path, data: bytes, start: Callable[[str, str, dict[str, str]], None]
) -> None:
    """Have each element of each XML part of a package seen, without building anything.

    A document type can name other files and multiply what it names; no program that saves
    workbooks writes one.

    Parameters
    ----------
    path, data : Path, bytes
        The file and what it holds.
    start : callable
        Called with the name of the part, that of an element, as it is written, and its attributes.

    Raises
    ------
    DataError
        If a part is damaged, no XML or has a document type.
    """
    archive = zipfile.ZipFile(io.BytesIO(data))

    def doctype(*_: object) -> None:
        raise refused(path, part, "holds a document type (DTD); save it anew in Excel as .xlsx")

    for part in archive.namelist():
        parser = expat.ParserCreate()
        parser.StartElementHandler = partial(start, part)
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
        except _BROKEN:
            raise refused(path, path.name, _DAMAGED) from None
        except expat.ExpatError:
            raise refused(path, path.name, UNREADABLE) from None
