"""The data dictionary: what each column of each table means, and what it may hold.

It is read from ``dictionary.csv``, a row a column, and ``tables.csv``, a row a table. The checks
of raw tables, the types of processed tables, the data package and the labels of columns all come
from it. A name with a part between braces, such as ``status_{round}``, stands for several columns.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from swt_analysis.text import LANGUAGES, catalogue


@dataclass(frozen=True)
class Column:
    """A row of ``dictionary.csv``.

    Attributes
    ----------
    name : str
        Name in the header; a part between braces stands for digits.
    type : str
        ``string``, ``integer``, ``number`` or ``boolean``, as Frictionless calls them.
    unit : str
        What a number counts or measures; empty for other columns.
    required : bool
        Whether no cell may be empty.
    key : bool
        Whether it is part of what tells one row from another.
    allowed : str
        ``LOW..HIGH``, both included; words between bars; ``labels:KIND``, the codes of that kind;
        ``TABLE.COLUMN``, what occurs there; empty: anything.
    label, description : mapping of str to str
        By language: what a header says, and a sentence on the meaning.
    source : str
        Who or what tells it.
    """

    name: str
    type: str = "string"
    unit: str = ""
    required: bool = False
    key: bool = False
    allowed: str = ""
    label: Mapping[str, str] = field(default_factory=dict)
    description: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    @property
    def range(self) -> tuple[int, int] | None:
        """The least and the greatest number allowed; None if the dictionary gives no range."""
        found = re.fullmatch(r"(-?\d+)\.\.(-?\d+)", self.allowed)
        return (int(found[1]), int(found[2])) if found else None

    @property
    def words(self) -> tuple[str, ...]:
        """The words allowed, in their order; none if any word is."""
        return tuple(self.allowed.split(" | ")) if " | " in self.allowed else ()

    @property
    def codes(self) -> str | None:
        """The kind of labels whose codes are allowed, if it is those."""
        return self.allowed.removeprefix("labels:") if self.allowed.startswith("labels:") else None

    @property
    def reference(self) -> tuple[str, str] | None:
        """The table and column whose values are allowed, if it is those."""
        found = re.fullmatch(r"([a-z_]+)\.([a-z_]+)", self.allowed)
        return (found[1], found[2]) if found else None

    def is_called(self, header: str) -> bool:
        """Whether a header is that of this column, or of one that it stands for."""
        return re.fullmatch(re.sub(r"\{\w+\}", r"\\d+", self.name), header) is not None


@dataclass(frozen=True)
class Table:
    """A row of ``tables.csv``, with its columns in their order.

    Attributes
    ----------
    name : str
        Name of its file, without ``.csv``.
    columns : mapping of str to Column
        By name.
    description : mapping of str to str
        By language: a sentence on what it holds.
    """

    name: str
    columns: Mapping[str, Column]
    description: Mapping[str, str] = field(default_factory=dict)


def _rows(file: str) -> Iterator[dict[str, str]]:
    content = files("swt_analysis.schema").joinpath(file).read_text("utf-8")
    return csv.DictReader(content.splitlines())


def _by_language(row: Mapping[str, str], name: str) -> dict[str, str]:
    return {language: row[f"{name}_{language}"] for language in LANGUAGES}


def _column(row: Mapping[str, str]) -> Column:
    return Column(
        name=row["column"],
        type=row["type"],
        unit=row["unit"],
        required=row["required"] == "yes",
        key=row["key"] == "yes",
        allowed=row["allowed"],
        label=_by_language(row, "label"),
        description=_by_language(row, "description"),
        source=row["source"],
    )


def _tables() -> dict[tuple[str, str], Table]:
    """Read both files: the tables by their kind and name."""
    columns: dict[tuple[str, str], dict[str, Column]] = {}
    for row in _rows("dictionary.csv"):
        columns.setdefault((row["kind"], row["table"]), {})[row["column"]] = _column(row)
    return {
        (row["kind"], row["table"]): Table(
            row["table"], columns[row["kind"], row["table"]], _by_language(row, "description")
        )
        for row in _rows("tables.csv")
    }


_TABLES = _tables()


def _of_kind(kind: str) -> dict[str, Table]:
    return {name: table for (which, name), table in _TABLES.items() if which == kind}


INSTRUMENT = _of_kind("instrument")
ROUND = _of_kind("round")
ANSWERS = _of_kind("answers")
REFERENCE = _of_kind("reference")
PROCESSED = _of_kind("processed")
SYNTHETIC = _TABLES["every", ""].columns["synthetic"]
YES_NO = ROUND["municipalities"].columns["on_scheme"].words
PARTS = INSTRUMENT["themes"].columns["part"].words
STATUSES = ROUND["municipalities"].columns["status"].words


def label(column: str, language: str, table: str | None = None) -> str:
    """Give what stands above a column where people read it.

    Parameters
    ----------
    column : str
        Name of a column of a table, with or without its language (``note_nl``, ``note``), or of
        one that a page puts together, whose label is in ``texts.toml``.
    language : str
        ``nl`` or ``en``.
    table : str, optional
        The table meant, where tables have unlike columns of one name.

    Returns
    -------
    str
        Its label, or the name itself if it has none. Without a table, that of the first in the
        dictionary.

    Examples
    --------
    >>> label("municipality", "nl"), label("note", "en"), label("left", "nl", "change")
    ('gemeente', 'note', 'weggevallen')
    """
    found = _labels(language)
    for key in ((table, column), (None, column)):
        if key in found:
            return found[key]
    composed = catalogue()["column"].get(column)
    return column if composed is None else str(composed[language])


@cache
def _labels(language: str) -> dict[tuple[str | None, str], str]:
    """Labels by table and column; by column alone that of the first table that has it."""
    labels: dict[tuple[str | None, str], str] = {}
    for (_, table), declared in _TABLES.items():
        for name, column in declared.columns.items():
            for called in (name, name.removesuffix(f"_{language}")):
                labels.setdefault((table, called), column.label[language])
                labels.setdefault((None, called), column.label[language])
    return labels
