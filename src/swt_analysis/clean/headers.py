"""The words a researcher may use for columns and codes."""

from swt_analysis import schema
from swt_analysis.text import LANGUAGES

_ALSO = {
    "municipality": ("gemeentenaam", "name", "naam"),
    "scale": ("keuzeschaal", "keuzevraagstuk", "choice scale"),
    "point": ("score", "waarde", "value", "antwoord", "answer"),
    "round": ("jaar", "year"),
    "code": ("gemeentecode", "cbs code", "cbs-code", "municipality code"),
}


def is_called(header: str, column: str, table: str | None = None) -> bool:
    """Whether a header is the name of a column of a table, in code, Dutch or English.

    Examples
    --------
    >>> is_called("Gemeente", "municipality"), is_called("plaats", "municipality")
    (True, False)
    """
    labels = (schema.label(column, language, table) for language in LANGUAGES)
    words = {column, *labels, *_ALSO.get(column, ())}
    return header.casefold() in {word.casefold() for word in words}


def find_column(header: list[str], column: str, table: str | None = None) -> int | None:
    """Give the place of the first header that is the name of a column."""
    return next((i for i, name in enumerate(header) if is_called(name, column, table)), None)
