"""Files to save from a page, kept inside it as links, so that they work wherever the page is."""

import base64
import csv
import io
import re
from collections.abc import Iterable, Sequence
from html import escape
from math import sqrt

from PIL import Image

from swt_analysis.drawing import Drawing, to_png

# As a Dutch and an English Excel write them, and open them right.
_DELIMITER = {"nl": ";", "en": ","}
_BYTE_ORDER_MARK = {"nl": "\ufeff", "en": ""}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?\d[\d.,]*\s?%?")
_PIXELS = 300_000  # of a picture: more would make the page large


def link(content: bytes, kind: str, *, name: str, label: str) -> str:
    """Write a link that saves a file.

    Parameters
    ----------
    content : bytes
    kind : str
        Media type, such as ``text/csv``.
    name : str
        Name that the file gets.
    label : str

    Returns
    -------
    str
        HTML.
    """
    data = base64.b64encode(content).decode("ascii")
    return f'<a download="{escape(name)}" href="data:{kind};base64,{data}">{escape(label)}</a>'


def to_csv(rows: Iterable[Sequence[str]], language: str) -> bytes:
    r"""Write rows of text for a spreadsheet in a language; no cell becomes a formula.

    Examples
    --------
    >>> to_csv([["punt", "aandeel"], ["1", "-0,5"]], "nl").decode("utf-8-sig")
    'punt;aandeel\r\n1;-0,5\r\n'
    """
    file = io.StringIO(newline="")
    file.write(_BYTE_ORDER_MARK[language])
    writer = csv.writer(file, delimiter=_DELIMITER[language])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return file.getvalue().encode()


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


def small_png(drawing: Drawing) -> bytes:
    """Write a drawing as PNG of sixteen colours, a tall one at a lower resolution."""
    width, height = drawing.figure.get_size_inches()
    picture = to_png(drawing, dpi=min(200, round(sqrt(_PIXELS / (width * height)))))
    file = io.BytesIO()
    few = Image.open(io.BytesIO(picture)).convert("RGB")
    few.quantize(16, method=Image.Quantize.FASTOCTREE).save(file, "PNG")
    return file.getvalue()
