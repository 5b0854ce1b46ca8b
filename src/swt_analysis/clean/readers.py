"""Open a file by what it holds, and not by its name."""

from pathlib import Path

from swt_analysis.clean.grid import Grid, refused
from swt_analysis.clean.opendocument import is_opendocument, read_opendocument
from swt_analysis.clean.parquet import read_parquet
from swt_analysis.clean.spss import MARKS, PORTABLE, read_sav
from swt_analysis.clean.text_files import read_text
from swt_analysis.clean.workbooks import read_workbook

LINK = "is a link to nothing; put the file there, or take the link away"
MOST_TEXT = 200_000_000  # bytes
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_grids(path: Path) -> list[Grid]:
    """Read every table of a file, by what it holds and not by its name.

    Parameters
    ----------
    path : Path
        A workbook (.xlsx, .ods), a data set (.sav, .parquet), or text with a comma, semicolon or
        tab between columns, in UTF-8, UTF-16 with its mark, or Windows-1252.

    Returns
    -------
    list of Grid
        Sheets without any content are left out.

    Raises
    ------
    DataError
        If the file cannot be read, or not safely.
    """
    if path.is_symlink() and not path.exists():
        raise refused(path, path.name, LINK)
    if path.exists() and not path.is_file():
        raise refused(path, path.name, "is no file that can be read")
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
    grids = _grids(path, data)
    if not grids:
        raise refused(path, path.name, "is empty")
    return grids


def _grids(path: Path, data: bytes) -> list[Grid]:
    if data.startswith(b"PK"):
        return (read_opendocument if is_opendocument(data) else read_workbook)(path, data)
    if data.startswith(MARKS):
        return [read_sav(path)]
    if data.startswith(b"PAR1"):
        return [read_parquet(path, data)]
    if b"ENCRYPTEDSAV" in data[:64]:
        raise refused(path, path.name, "has a password; save it without one")
    if PORTABLE in data[:500]:
        raise refused(path, path.name, "is an SPSS portable file; save it as .sav")
    return [read_text(path, data)]


def read_grid(path: Path) -> Grid:
    """Read a text file that holds one table; as `read_grids`."""
    return read_grids(path)[0]
