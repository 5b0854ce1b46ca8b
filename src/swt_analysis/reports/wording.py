"""How a report words things: its texts, numbers and ranges, and the cells of its tables."""

from typing import Any

import pandas as pd

from swt_analysis.schema import label
from swt_analysis.statistics.bounds import Bounds
from swt_analysis.text import enumerate_words, number, percentage, text, words

_SHARES = {"share", "sampled_share", "possible_share"}  # columns shown in per cent


class Wording:
    """The words of one report in one language.

    Parameters
    ----------
    name : str
        Name of the report, which is the section of its texts.
    language : str
        ``nl`` or ``en``.
    """

    def __init__(self, name: str, language: str) -> None:
        self.name = name
        self.language = language

    def text(self, key: str, **values: object) -> str:
        """Give a text of this report (``"title"``) or another section (``"index.title"``)."""
        return text(key if "." in key else f"{self.name}.{key}", self.language, **values)

    def words(self, count: int) -> str:
        """Write a small count in words, as it stands in front of ``of``: none, one, two."""
        return words(int(count), self.language) if count else self.text("figure.none")

    def number(self, value: float, decimals: int = 0) -> str:
        """Write a number as the language does."""
        return number(value, self.language, decimals)

    def between(self, bounds: Bounds[Any] | None, decimals: int = 0, *, share: bool = False) -> str:
        """Write a range, of shares in per cent; one number if its ends are the same."""
        if bounds is None:
            return self.text("page.blank")
        whole = all(isinstance(end, int) for end in bounds) and not share
        low, high = (
            percentage(end, self.language) if share else self.number(end, 0 if whole else decimals)
            for end in bounds
        )
        if low == high:
            return low
        adjacent = whole and bounds.high == bounds.low + 1
        return self.text("page.either" if adjacent else "page.between", low=low, high=high)

    def listed(self, items: list[str]) -> str:
        """Join words to a sentence's list."""
        return enumerate_words(items, self.language)

    def named(self, municipalities: list[str]) -> str:
        """Name municipalities, or say how many if they are more than one reads."""
        if 0 < len(municipalities) <= 5:
            return self.listed(municipalities)
        return self.text("count.municipalities", n=len(municipalities))

    def header(self, column: object) -> str:
        """Give the header of a column: the text of that name, or else the name as it is."""
        return label(str(column), self.language)

    def cell(self, value: object, decimals: int, column: object) -> str:
        """Write a value for a table's cell.

        Parameters
        ----------
        value : object
            A value of a DataFrame: text, a number, `Bounds`, a bool or missing.
        decimals : int
            Of a number that is not whole.
        column : object
            Name of its column; shares are shown in per cent.
        """
        if isinstance(value, Bounds):
            return self.between(value, decimals, share=column in _SHARES)
        if pd.isna(value):  # type: ignore[call-overload]
            return self.text("page.blank")
        if pd.api.types.is_bool(value):
            return self.text("page.yes" if value else "page.no")
        if isinstance(value, float):
            return (
                percentage(value, self.language)
                if column in _SHARES
                else self.number(value, decimals)
            )
        return str(value)
