"""A DataFrame as a table to read: its cells in words, and how it is set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import pandas as pd
from markupsafe import Markup
from pandas.api.types import is_bool, is_float_dtype, is_number, is_object_dtype

from swt_analysis.reports.html import part
from swt_analysis.schema import label
from swt_analysis.statistics.bounds import Bounds
from swt_analysis.text import located, text, write

_MANY = 9  # columns: more are set smaller
_UPRIGHT = 6  # letters: a longer name over a narrow column stands upright
_ABREAST = 60  # letters of the longest words of names: with fewer, only where it is narrow
_LONG = 30  # letters: a longer cell is read as text, and its column needs room
_CODES = {"variable", "column", "table", "allowed"}  # columns of names that no language has
_SHARES = {"share", "sampled_share", "possible_share"}  # columns shown in per cent
_CHANCES = {"p_value", "p_holm"}  # columns where what rounds to nothing is said to be less


@dataclass(frozen=True)
class Written:
    """A table in words.

    Attributes
    ----------
    names : list of str
        Of the columns, as the code calls them.
    headers : list of str
        What stands above each column.
    cells : list of list of str
        A list a row.
    plain : list of list of str
        The same, empty where nothing is known.
    kinds : list of str
        How each column is set, as `kinds` tells.
    round : int or None
        The round that all rows are of, if that is all that a column ``round`` said.
    matrix : bool
        Whether the columns are of one kind of thing, as after ``pivot``: their index has a name.
    """

    names: list[str]
    headers: list[str]
    cells: list[list[str]]
    plain: list[list[str]]
    kinds: list[str]
    round: int | None
    matrix: bool


def written(
    frame: pd.DataFrame, language: str, phrases: Mapping[str, str], decimals: int
) -> Written:
    """Write the cells of a table, as a language does.

    Parameters
    ----------
    frame : pandas.DataFrame
        Text, numbers, bools, `Bounds`; missing values are written as a dash.
    language : str
        ``nl`` or ``en``.
    phrases : mapping
        What is written for the phrases of a place in a source (`swt_analysis.text.located`).
    decimals : int
        Of numbers that are not whole.
    """
    labels, matrix = frame.attrs.get("labels", {}), frame.columns.name is not None
    frame = joined(frame)
    the_round = None
    if "round" in frame.columns[1:] and frame["round"].nunique(dropna=False) == 1:
        the_round = frame["round"].iloc[0]  # the same in every row: the caption says it once
        frame = frame.drop(columns="round")
    if "source" in frame:
        sources = frame["source"].map(lambda one: located(one, phrases), na_action="ignore")
        frame = frame.assign(source=sources)[[*frame.columns.drop("source"), "source"]]
    counts = [name for name in frame if name not in _CHANCES and _is_whole(frame[name])]
    frame = frame.astype(dict.fromkeys(counts, "Int64"))
    for name in [one for one in frame if is_object_dtype(frame[one])]:
        # A measure a row: whole numbers became floats.
        frame[name] = frame[name].map(lambda one: int(one) if _is_whole_float(one) else one)
    rows = [
        [
            "" if _is_missing(value) else _cell(value, decimals, language, name)
            for name, value in zip(frame, row, strict=True)
        ]
        for row in frame.itertuples(index=False, name=None)
    ]
    blank = text("page.blank", language)
    return Written(
        list(map(str, frame)),
        [labels.get(name, label(str(name), language)) for name in frame],
        [[cell or blank for cell in row] for row in rows],
        rows,
        kinds(frame, rows),
        the_round,
        matrix,
    )


def _is_whole(column: "pd.Series[Any]") -> bool:
    """Whether numbers are whole ones that pandas keeps as floats, since some are missing."""
    known = column.dropna()
    return is_float_dtype(column.dtype) and len(known) > 0 and bool((known % 1 == 0).all())


def _is_whole_float(value: object) -> bool:
    return isinstance(value, float) and value.is_integer()


def joined(frame: pd.DataFrame) -> pd.DataFrame:
    """Join columns ``low`` and ``high`` of one name to ranges.

    Examples
    --------
    >>> ends = pd.DataFrame([[9, 1, 3]], columns=pd.MultiIndex.from_tuples(
    ...     [("n", ""), ("left", "low"), ("left", "high")]))
    >>> joined(ends)["left"][0]
    Bounds(low=1, high=3)
    """
    if frame.columns.nlevels == 1:
        return frame
    columns = {}
    for name in frame.columns.get_level_values(0).unique():
        part = frame[name]
        if isinstance(part, pd.DataFrame) and set(part) == {"low", "high"}:
            ends = zip(part["low"], part["high"], strict=True)
            columns[name] = [None if pd.isna(low) else Bounds(low, high) for low, high in ends]
        else:
            columns[name] = list(part.iloc[:, 0] if isinstance(part, pd.DataFrame) else part)
    return pd.DataFrame(columns, index=frame.index)


def _cell(value: Any, decimals: int, language: str, name: object) -> str:
    if is_bool(value):
        return text("page.yes" if value else "page.no", language)
    if not isinstance(value, (float, Bounds)):
        return str(value)
    if name in _CHANCES and isinstance(value, float) and value < 10**-decimals:
        return f"< {write(10**-decimals, language, f'.{decimals}f')}"  # no chance is 0.000
    whole = isinstance(value, Bounds) and all(isinstance(end, Integral) for end in value)
    return write(value, language, "%" if name in _SHARES else "d" if whole else f".{decimals}f")


def _is_missing(value: Any) -> bool:
    return value is None or (not isinstance(value, Bounds) and bool(pd.isna(value)))


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
    is_code : bool
        Whether its cells are names in code, of no language.
    """

    header: str
    header_class: str
    cell_class: str
    heads_row: bool
    is_code: bool


@dataclass(frozen=True)
class Layout:
    """A table as it is set.

    Attributes
    ----------
    columns : sequence of Column
        One by one.
    classes : str
        Of the style sheet.
    style : str
        Names the columns, to show where rows become blocks.
    by_column : bool
        Whether its columns become blocks where it is narrow, not its rows.
    """

    columns: Sequence[Column]
    classes: str
    style: str
    by_column: bool


def html(layout: Layout, cells: Sequence[Sequence[str]], caption: str) -> Markup:
    """Write a table of a page.

    Parameters
    ----------
    layout : Layout
        How it is set.
    cells : sequence of sequence of str
        Of a table that is `Written`.
    caption : str
        What it shows.
    """
    rows = [list(zip(layout.columns, row, strict=True)) for row in cells]
    return part("table", caption=caption, layout=layout, rows=rows)


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
        A column a word: ``number``, ``words``, ``code``, ``long`` (text to read) or ``source``
        (the place in a source).
    """
    found = []
    for place, name in enumerate(frame):
        if any(_is_number(value) for value in frame[name]):
            found.append("number")
        elif name in ("source", *_CODES):
            found.append("source" if name == "source" else "code")
        else:
            found.append("long" if max(len(row[place]) for row in rows) > _LONG else "words")
    return found


def layout(headers: Sequence[str], kinds: Sequence[str], *, matrix: bool = False) -> Layout:
    """Choose how a table is set; rows of text become blocks where it is narrow, by style only.

    Of a matrix of texts the columns do, each with the first cells of the rows before its texts.
    Columns that head a row: the first, and the words after it if it only numbers them.
    """
    codes = [kind == "code" for kind in kinds]
    kinds = ["words" if kind == "code" else kind for kind in kinds]
    numeric = 2 * kinds.count("number") > len(kinds)
    stacked = not numeric and ("long" in kinds or "source" in kinds)
    by_column = matrix and stacked
    numbered = not stacked and kinds[0] == "number" and kinds[1:2] in (["words"], ["long"])
    # Most cells need no class: the table says how they are set, a header how wide they are.
    usual = ("number", "source") if numeric else ("words", "source")
    header_classes = ["" if kind in usual else kind for kind in kinds]
    cell_classes = ["" if one == "long" and not numeric else one for one in header_classes]
    names = [name for name, kind in zip(headers, kinds, strict=True) if kind == "number"]
    if len(names) > _MANY - 2 and max(map(len, names)) > _UPRIGHT:
        words = sum(max(map(len, name.split()), default=0) for name in names)
        upright = "upright" if words > _ABREAST else "upright narrow"
        header_classes = [
            upright if place and kind == "number" else one
            for place, (one, kind) in enumerate(zip(header_classes, kinds, strict=True))
        ]
    columns = [
        Column(
            header,
            header_class,
            cell_class=cell_classes[place],
            heads_row=place < (2 if numbered else 1),
            is_code=codes[place],
        )
        for place, (header, header_class) in enumerate(zip(headers, header_classes, strict=True))
    ]
    classes = (
        "stacked" if stacked else "numeric" if numeric else "",
        "by-column" if by_column else "counted" if stacked and kinds[0] == "number" else "",
        "sourced" if kinds[-1] == "source" else "",
        "many" if len(headers) > _MANY else "",
    )
    style = ";".join(f"--c{place}:{_css_string(name)}" for place, name in enumerate(headers, 1))
    return Layout(columns, " ".join(filter(None, classes)), style if stacked else "", by_column)


def _is_number(value: object) -> bool:
    if isinstance(value, Bounds):
        return True
    return is_number(value) and not is_bool(value) and not _is_missing(value)


def _css_string(name: str) -> str:
    """Write a string of CSS."""
    return '"' + "".join(c if c.isalnum() or c in " .,-" else f"\\{ord(c):x} " for c in name) + '"'
