"""Files to save from a page, kept inside it as links, so that they work wherever the page is."""

import base64
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from swt_analysis.reports.html import part

# As a Dutch and an English Excel write them, and open them right.
_DELIMITER = {"nl": ";", "en": ","}
_BYTE_ORDER_MARK = {"nl": "\ufeff", "en": ""}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# A number, or two with a word between them: -0,8 tot 0,9.
_NUMBER = re.compile(r"[+-]?\d[\d.,]*\s?%?(?: [a-z]+ [+-]?\d[\d.,]*\s?%?)?")
# Bytes of a kind that a page keeps as they are; more is packed, to a quarter.
_PLAIN = {"text/csv": 12_000, "image/svg+xml": 8_000}


def link(content: bytes, kind: str, *, name: str, label: str) -> Markup:
    """Write a link that saves a file; a long text is saved as a ZIP file with it inside.

    Parameters
    ----------
    content : bytes
        Of the file.
    kind : str
        Media type, such as ``text/csv``.
    name : str
        Name that the file gets.
    label : str
        What the reader clicks on.
    """
    if len(content) > _PLAIN.get(kind.partition(";")[0], len(content)):
        content, kind = _packed(content, name), "application/zip"
        name, label = f"{name}.zip", f"{label} (zip)"
    data = base64.b64encode(content).decode("ascii")
    return part("download", name=name, media_type=kind, content=data, label=label)


def _packed(content: bytes, name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def to_csv(rows: Iterable[Sequence[str]], language: str) -> bytes:
    r"""Write rows of text for a spreadsheet in a language; no cell becomes a formula.

    Examples
    --------
    >>> to_csv([["punt", "aandeel"], ["1", "\u22120,5"]], "nl").decode("utf-8-sig")
    'punt;aandeel\r\n1;-0,5\r\n'
    """
    file = io.StringIO(newline="")
    file.write(_BYTE_ORDER_MARK[language])
    writer = csv.writer(file, delimiter=_DELIMITER[language])
    writer.writerows([harmless(_typed(cell)) for cell in row] for row in rows)
    return file.getvalue().encode()


def _typed(cell: str) -> str:
    """Write the minus sign of a number as a spreadsheet reads it."""
    plain = cell.replace("\u2212", "-")
    return plain if _NUMBER.fullmatch(plain) else cell


def harmless(cell: str) -> str:
    """Keep a spreadsheet from taking text for a formula; numbers stay as they are.

    An apostrophe goes in front, as the Open Worldwide Application Security Project (OWASP)
    advises against CSV injection.

    Examples
    --------
    >>> harmless("=1+1"), harmless("-0,5"), harmless("-a")
    ("'=1+1", '-0,5', "'-a")
    """
    return f"'{cell}" if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell) else cell


def standalone(svg: str) -> str:
    """Give a figure of a page a width, a text colour and a background, which no page gives it."""
    return svg.replace('style="', 'width="880" color="#1b1b1b" style="background:#fff;', 1)
