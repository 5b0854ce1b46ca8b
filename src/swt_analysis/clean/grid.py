"""A table of whatever make, workbook or text file, as plain text in rows and columns.

Nothing is guessed in silence: a grid says how its file was read, and what in it cannot be
trusted (formulas, merged cells, hidden rows) is a problem with its place.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from textwrap import shorten

import numpy as np
import numpy.typing as npt
import pandas as pd

from swt_analysis.problems import DataError, Problem, are_acceptable, unacceptable


@dataclass(frozen=True)
class Labelled:
    """What a file says of a column whose cells are codes, as SPSS does.

    Attributes
    ----------
    label : str
        Of the column; may be empty.
    values : mapping of str to str
        The label of each code.
    missing : frozenset of str
        Codes in the column that the file declares to be no value.
    """

    label: str
    values: Mapping[str, str]
    missing: frozenset[str]


@dataclass(frozen=True)
class Grid:
    """One table as it stands in its file, all text, blanks at either end taken off.

    Attributes
    ----------
    file : Path
        Where it was read.
    sheet : str or None
        Name of the sheet; None for a text file.
    header : list of str
        The first row that is not blank.
    cells : pandas.DataFrame
        The other rows that are not blank: a column each place of the header, numbered from 0,
        of categories that are texts; the index is the row's number in the file, the first being 1.
    read_as : str
        How the file was read.
    problems : list of Problem
        What in it cannot be trusted.
    header_row : int or None
        Number of the header's row in the file; None if it stands above the rows, as in SPSS.
    labels : mapping of int to Labelled
        What the file says of its columns, by their places; nothing in most.
    short : sequence of int
        Rows of a text file that end before the header does.
    """

    file: Path
    sheet: str | None
    header: list[str]
    cells: pd.DataFrame
    read_as: str
    problems: list[Problem] = field(default_factory=list)
    header_row: int | None = 1
    labels: Mapping[int, Labelled] = field(default_factory=dict)
    short: Sequence[int] = ()

    def problem(self, row: int | None, column: int | None, value: str, allowed: str) -> Problem:
        """State a problem at a place of this grid; ``column`` counts from 0."""
        name = None if column is None else self._column(column)
        return Problem(self.file, row, name, value, allowed, self.sheet)

    def repeated(self, header: list[str] | None = None) -> list[Problem]:
        """Tell of columns with the name of another; ``header`` if they were given new names."""
        names = self.header if header is None else header
        return [
            self.problem(self.header_row, place, name, "is the name of two columns; keep one")
            for place, name in enumerate(names)
            if name and name in names[:place]
        ]

    def _column(self, column: int) -> str:
        name = shorten(self.header[column], 30, placeholder="…")
        if self.sheet is None:
            return name
        return f"{letter(column)} ({name})" if name else letter(column)


def is_whole(cell: str) -> bool:
    """Whether a cell is a whole number from 0 on, of a size that a number here can have."""
    return cell.isascii() and cell.isdigit() and len(cell) <= 9


def letter(column: int) -> str:
    """Name a column as spreadsheets do; ``column`` counts from 0.

    Examples
    --------
    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    name = ""
    while column >= 0:
        name = chr(ord("A") + column % 26) + name
        column = column // 26 - 1
    return name


def tidy(value: str) -> str:
    r"""Write characters one way, and one blank between words.

    Examples
    --------
    >>> tidy(" Dijk  en\u00a0Waard\n")
    'Dijk en Waard'
    """
    return " ".join(unicodedata.normalize("NFC", value).split())


def _is_tidy(values: Iterable[str]) -> bool:
    """Whether `tidy` leaves every value as it is; quick, for very many."""
    words = [value for value in values if value]
    lines = "\n".join(words)
    one = lines.replace("\n", " ")
    return lines.count("\n") == max(len(words) - 1, 0) and tidy(one) == one


def shown(value: object) -> str:
    """Write a cell's value as text: a whole number without decimals, a date as 2015-02-01.

    Examples
    --------
    >>> shown(3.0), shown(0.5), shown(None), shown(date(2015, 2, 1))
    ('3', '0.5', '', '2015-02-01')
    """
    match value:
        case None:
            return ""
        case bool() | timedelta():
            return str(value)
        case float() if value.is_integer():
            return str(int(value))
        case date() | time():
            return value.isoformat().removesuffix("T00:00:00")
        case str():
            return tidy(value)
    return tidy(str(getattr(value, "text", value)))


def refused(path: Path, value: str, allowed: str) -> DataError:
    """Give the error of a file that cannot be read at all."""
    return DataError([Problem(path, None, None, value, allowed)])


def make_grid(path: Path, sheet: str | None, table: pd.DataFrame, read_as: str) -> Grid:
    """Tidy a table, split off its first row that is not blank, leave out blank rows and the end."""
    # Arrays and not Series: nearly all tables are small, and what pandas does around each is most.
    columns = [_tidied(table[name].to_numpy(dtype=object)) for name in table]
    filled = np.vstack([(_words(column) != "")[column.codes] for column in columns])
    del columns[1 + int(np.flatnonzero(filled.any(axis=1)).max(initial=0)) :]
    there = np.flatnonzero(filled.any(axis=0))
    header = [str(column[there[0]]) for column in columns] if len(there) else [""]
    rows = slice(1, None) if len(there) == len(table) else there[1:]
    cells = pd.DataFrame(
        {place: column[rows] for place, column in enumerate(columns)}, table.index[rows], copy=False
    )
    grid = Grid(path, sheet, header, cells, read_as)
    for place, column in enumerate(columns):
        if not are_acceptable(_words(column)):
            grid.problems.extend(
                grid.problem(int(row), place, value, reason)
                for row, value in zip(table.index[there], map(str, column[there]), strict=True)
                if (reason := unacceptable(value))
            )
    return grid


def _tidied(texts: npt.NDArray[np.object_]) -> pd.Categorical:
    """Make categories of texts, tidy ones."""
    cells = as_categories(texts)
    return cells if _is_tidy(cells.categories) else _relabelled(cells, tidy)


def _words(column: pd.Categorical) -> npt.NDArray[np.object_]:
    return column.categories.to_numpy(dtype=object)


def relabelled(column: pd.Series, written: Callable[[str], str | None]) -> pd.Series:
    """Write every value of a column anew, each value once: a column can have a million cells.

    Parameters
    ----------
    column : pandas.Series
        Categories that are texts, none missing.
    written : callable
        What to write for a value; None: nothing.

    Returns
    -------
    pandas.Series
        Categories that are texts.
    """
    return pd.Series(_relabelled(column.array, written), column.index, copy=False)


def _relabelled(cells: pd.Categorical, written: Callable[[str], str | None]) -> pd.Categorical:
    labels = np.array([written(one) for one in cells.categories], dtype=object)
    anew, values = pd.factorize(labels)
    return pd.Categorical.from_codes(anew[cells.codes], pd.Index(values, dtype=object))


def as_categories(texts: npt.NDArray[np.object_]) -> pd.Categorical:
    """Make categories of texts, in the order in which they come.

    Of texts that stand together, as a rule all rows of a municipality, one is looked up.
    """
    if len(texts) > 1000 and (texts[1:1000] == texts[:999]).mean() > 0.5:
        starts = np.flatnonzero(np.append(True, texts[1:] != texts[:-1]))
        codes, values = pd.factorize(texts[starts])
        codes = np.repeat(codes, np.diff(starts, append=len(texts)))
    else:
        codes, values = pd.factorize(texts)
    return pd.Categorical.from_codes(codes, pd.Index(values, dtype=object))
