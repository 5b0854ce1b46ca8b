"""Open a file by what it holds, and not by its name."""

from pathlib import Path

from swt_analysis.clean.grid import Grid, refused
from swt_analysis.clean.text_files import read_text
from swt_analysis.clean.workbooks import read_workbook

MOST_TEXT = 200_000_000  # bytes
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


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
        raise refused(path, path.name, f"cannot be read: {error.strerror}") from None
    if size > MOST_TEXT:
        raise refused(path, f"{size} bytes", "is too large for a round; is it the right file?")
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise refused(path, path.name, "has a password; save it without one")
        raise refused(path, path.name, "is an old .xls; save it as Excel workbook (.xlsx)")
    grids = read_workbook(path, data) if data.startswith(b"PK") else [read_text(path, data)]
    if not grids:
        raise refused(path, path.name, "is empty")
    return grids


def read_grid(path: Path) -> Grid:
    """Read a text file that holds one table; as `read_grids`."""
    return read_grids(path)[0]
