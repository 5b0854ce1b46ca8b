"""Packs of files, as a .zip and what Office makes are: the same files give the same bytes."""

import errno
import io
import os
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from lxml.etree import LxmlError, SerialisationError

if TYPE_CHECKING:
    from openpyxl import Workbook

_PROPERTIES = "docProps/core.xml"  # of a workbook
_DATES = re.compile(rb"<dcterms:(created|modified)\b.*?</dcterms:\1>", re.DOTALL)


def zipped(files: Mapping[str, bytes], *, stored: Iterable[str] = ()) -> bytes:
    """Pack files, some of them as they are; the same files give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for place, content in sorted(files.items()):
            entry = zipfile.ZipInfo(place, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if place in stored else zipfile.ZIP_DEFLATED
            entry.create_system = 3  # as on Unix, whatever the machine
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)
    return packed.getvalue()


def unzipped(file: IO[bytes]) -> dict[str, bytes]:
    """Give the files of a pack by their names."""
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@contextmanager
def telling_of_a_full_disk() -> Iterator[None]:
    """Have openpyxl say that there is no room for its temporary files as others say it.

    Raises
    ------
    OSError
        In the place of an error of lxml.
    """
    try:
        yield
    except SerialisationError as error:
        others = sys.unraisablehook

        def pass_over(one: "sys.UnraisableHookArgs") -> None:
            if not issubclass(one.exc_type, LxmlError):
                others(one)

        sys.unraisablehook = pass_over  # a sheet says so again when it is collected
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error


@telling_of_a_full_disk()
def saved(workbook: "Workbook") -> bytes:
    """Save a workbook without the time at which that was."""
    file = io.BytesIO()
    workbook.save(file)
    files = unzipped(file)
    files[_PROPERTIES] = _DATES.sub(b"", files[_PROPERTIES])
    return zipped(files)
