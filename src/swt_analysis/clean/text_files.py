"""Text files with a separator between columns, in the encodings that programs write."""

import csv
import io
import re
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
        row = re.search(r"line (\d+)", str(error))
        open_quote = "inside string" in str(error)
        allowed = "has a quotation mark that is never closed" if open_quote else _RAGGED
        found = Problem(path, int(row[1]) if row else None, None, str(error).strip(), allowed)
        raise DataError([found]) from None
    cells = table.set_axis(table.index + 1 + blank)
    name = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}[encoding]
    between = _SEPARATORS.get(separator, separator)
    grid = make_grid(path, None, cells, f"{name} text with a {between} between columns")
    if (table[table.columns[-1]] == "").any():  # a row that is short has a blank there
        return replace(grid, short=_short_rows(data.decode(encoding), separator, table.shape))
    return grid


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
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise refused(path, path.name, "has unreadable characters; save it as CSV UTF-8")
