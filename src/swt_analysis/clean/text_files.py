"""Text files with a separator between columns, in the encodings that programs write."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from swt_analysis.clean.grid import Grid, make_grid, refused
from swt_analysis.problems import DataError, Problem

_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}


def read_text(path: Path, data: bytes) -> Grid:
    """Read a text file, by its encoding and the separator of its first row."""
    encoding = _encoding(path, data)
    head = data[:65536].decode(encoding, errors="ignore")
    if head.lstrip().startswith("<"):
        raise refused(path, path.name, "is a web page; save it as .xlsx or .csv")
    if not head.strip(' \r\n\t,;"'):
        raise refused(path, path.name, "is empty")
    declared = re.match(r'"?sep=(.)"?\r?\n', head)
    separator = (
        declared[1] if declared else max(_SEPARATORS, key=lambda one: len(_first(head, one)))
    )
    blank = head[: len(head) - len(head.lstrip("\r\n"))].count("\n")
    try:
        table = pd.read_csv(
            io.BytesIO(data),
            sep=separator,
            header=None,
            dtype=object,  # as "category" a column of numbers would be written anew: 1e0 as 1.0
            na_filter=False,
            encoding=encoding,
            skiprows=1 if declared else blank,
            skip_blank_lines=False,
        )
    except (pd.errors.ParserError, UnicodeDecodeError, ValueError) as error:
        raise DataError([_unreadable(path, str(error).strip())]) from None
    cells = table.set_axis(table.index + 1 + blank)
    name = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}[encoding]
    between = _SEPARATORS.get(separator, separator)
    grid = make_grid(path, None, cells, f"{name} text with a {between} between columns")
    if (table[table.columns[-1]] == "").any():  # a row that is short has a blank there
        short = _short_rows(data.decode(encoding), separator, table.shape)
        if mixed := _mixed(path, cells, separator, short):
            raise DataError(mixed)
        return replace(grid, short=short)
    return grid


def _unreadable(path: Path, error: str) -> Problem:
    """Say in a researcher's words what pandas says of a row."""
    if ragged := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", error):
        wide, row, cells = map(int, ragged.groups())
        allowed = f"the header has {wide}; {_RAGGED}"
        return Problem(path, row, None, f"{cells} columns", allowed)
    if opened := re.search(r"inside string starting at row (\d+)", error):
        allowed = "has a quotation mark that is never closed"
        return Problem(path, int(opened[1]) + 1, None, '"', allowed)
    return Problem(path, None, None, error, "cannot be read as a table; save it as CSV UTF-8")


def _short_rows(text: str, separator: str, shape: tuple[int, int]) -> list[int]:
    """Find the rows that have fewer cells than the first that is not blank."""
    rows, columns = shape
    if '"' not in text and "sep=" not in text and text.count(separator) >= rows * (columns - 1):
        return []  # enough separators for all, and quick to see
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        sizes = [(reader.line_num, len(row)) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:  # a cell that is too long is told by itself
        return []
    return [line for line, size in sizes if size < sizes[0][1]]


def _mixed(path: Path, cells: pd.DataFrame, separator: str, short: Sequence[int]) -> list[Problem]:
    """Find rows of one cell that have another separator between their columns."""
    found = []
    for row in short:
        first, *rest = map(str, cells.loc[row]) if row in cells.index else [""]
        others = [one for one in _SEPARATORS if one != separator and one in first]
        if others and not any(rest):
            here, there = _SEPARATORS[others[0]], _SEPARATORS.get(separator, separator)
            allowed = f"has a {here} between columns, the header a {there}; use one of them"
            found.append(Problem(path, row, None, first, allowed))
    return found


_RAGGED = "every row needs as many columns as the header"


def _first(head: str, separator: str) -> list[str]:
    """Give the first row that is not blank."""
    rows = csv.reader(io.StringIO(head, newline=""), delimiter=separator)
    try:
        return next((row for row in rows if any(cell.strip() for cell in row)), [])
    except csv.Error:
        return []


def _encoding(path: Path, data: bytes) -> str:
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        raise refused(path, path.name, "is UTF-32 text; save it as CSV UTF-8")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\x00" in data:
        raise refused(path, path.name, "is no text and no workbook; save it as .xlsx or .csv")
    if data.startswith(b"%PDF"):
        raise refused(path, path.name, "is a PDF; save its table as .xlsx or .csv")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError as error:
            # What Latin letters begin with in UTF-8, or such letters before it: no Windows-1252.
            cut = error.end == len(data) and data[error.start :] in (b"\xc2", b"\xc3")
            if encoding == "utf-8-sig" and (cut or not data[3 : error.start].isascii()):
                row = data[: error.start].count(b"\n") + 1
                allowed = "UTF-8 ends here: the file is cut off, or of two encodings; "
                allowed += "save it anew as CSV UTF-8"
                found = Problem(path, row, None, f"byte {error.start + 1}", allowed)
                raise DataError([found]) from None
            continue
        return encoding
    raise refused(path, path.name, "has unreadable characters; save it as CSV UTF-8")
