"""How a table is set: which columns hold numbers, words or text, and which head its rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from swt_analysis.statistics.bounds import Bounds

_MANY = 9  # columns: more are set smaller
_LONG = 30  # letters: a longer cell is read as text, and its column needs room


@dataclass(frozen=True)
class Column:
    """One column as it is set.

    Attributes
    ----------
    header : str
        What stands above it.
    header_class, cell_class : str
        Classes of the style sheet; empty where the class of the table says enough.
    heads_row : bool
        Whether its cells head their rows.
    """

    header: str
    header_class: str
    cell_class: str
    heads_row: bool


@dataclass(frozen=True)
class Layout:
    """A table as it is set; its style names the columns, to show where rows become blocks."""

    columns: Sequence[Column]
    classes: str
    style: str


def kinds(frame: pd.DataFrame, rows: Sequence[Sequence[str]]) -> list[str]:
    """Tell how each column is set.

    Parameters
    ----------
    frame : pandas.DataFrame
        The values.
    rows : sequence of sequence of str
        The cells, as they are written.

    Returns
    -------
    list of str
        A column a word: ``number``, ``words``, ``long`` (text to read) or ``source`` (the place
        in a source).
    """
    found = []
    for place, name in enumerate(frame):
        if any(_is_number(value) for value in frame[name]):
            found.append("number")
        elif name == "source":
            found.append("source")
        else:
            found.append("long" if max(len(row[place]) for row in rows) > _LONG else "words")
    return found


def layout(headers: Sequence[str], kinds: Sequence[str]) -> Layout:
    """Choose how a table is set; rows of text become blocks where it is narrow, by style only.

    Columns that head a row: the first, and the words after it if it only numbers them.
    """
    numeric = 2 * kinds.count("number") > len(kinds)
    stacked = not numeric and ("long" in kinds or "source" in kinds)
    numbered = not stacked and kinds[0] == "number" and kinds[1:2] in (["words"], ["long"])
    # Most cells need no class: the table says how they are set, a header how wide they are.
    usual = ("number", "source") if numeric else ("words", "source")
    header_classes = ["" if kind in usual else kind for kind in kinds]
    columns = [
        Column(
            header,
            header_class,
            cell_class=header_class if numeric or header_class != "long" else "",
            heads_row=place < (2 if numbered else 1),
        )
        for place, (header, header_class) in enumerate(zip(headers, header_classes, strict=True))
    ]
    classes = (
        "stacked" if stacked else "numeric" if numeric else "",
        "counted" if stacked and kinds[0] == "number" else "",
        "sourced" if kinds[-1] == "source" else "",
        "many" if len(headers) > _MANY else "",
    )
    style = ";".join(f"--c{place}:{_css_string(name)}" for place, name in enumerate(headers, 1))
    return Layout(columns, " ".join(filter(None, classes)), style if stacked else "")


def _is_number(value: object) -> bool:
    return isinstance(value, Bounds) or (pd.api.types.is_number(value) and not pd.isna(value))  # type: ignore[call-overload]


def _css_string(name: str) -> str:
    """Write a string of CSS."""
    return '"' + "".join(c if c.isalnum() or c in " .,-" else f"\\{ord(c):x} " for c in name) + '"'
