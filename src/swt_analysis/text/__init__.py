"""What a reader of the reports reads, in Dutch and English; the texts are in ``texts.toml``."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = [
    "LANGUAGES",
    "catalogue",
    "enumerate_words",
    "located",
    "number",
    "percentage",
    "text",
    "words",
]

LANGUAGES = ("nl", "en")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SEPARATOR = re.compile(r"(; |, |: | \(|\))")


def text(key: str, language: str, /, **values: object) -> str:
    """Give a text in a language.

    Parameters
    ----------
    key : str
        Section and name in ``texts.toml``, such as ``"index.title"``.
    language : str
        ``nl`` or ``en``.
    **values
        What stands between braces in the text. A text with two forms, ``one`` and ``other``,
        takes the first if the value ``n`` is 1.

    Raises
    ------
    KeyError
        If there is no such text.

    Examples
    --------
    >>> text("count.municipalities", "en", n=1)
    '1 municipality'
    """
    section, name = key.split(".")
    entry = catalogue()[section][name][language]
    form = entry if isinstance(entry, str) else entry["one" if values["n"] == 1 else "other"]
    return form.format(**values)


def number(value: float, language: str, decimals: int = 0) -> str:
    r"""Write a number as the language does, with a fixed number of decimals and a minus sign.

    Examples
    --------
    >>> number(-1234.5, "nl", 1) == "\N{MINUS SIGN}1.234,5"
    True
    """
    from babel.numbers import format_decimal  # commands that only check write no numbers

    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, pattern, locale=language).replace("-", "\u2212")


def percentage(share: float, language: str, decimals: int = 0) -> str:
    """Write a share of 1 as a percentage.

    Examples
    --------
    >>> percentage(0.69, "nl")
    '69%'
    """
    from babel.numbers import format_percent

    pattern = "0" + ("." + "0" * decimals if decimals else "") + "%"
    return format_percent(share, pattern, locale=language)


def words(count: int, language: str) -> str:
    """Write a count up to twelve in words, a larger one in digits.

    Examples
    --------
    >>> words(3, "nl")
    'drie'
    """
    spelled = text("count.words", language).split()
    return spelled[count] if 0 <= count < len(spelled) else number(count, language)


def enumerate_words(items: Sequence[str], language: str) -> str:
    """Join words to a sentence's list: ``a, b and c``.

    Examples
    --------
    >>> enumerate_words(["a", "b", "c"], "nl")
    'a, b en c'
    """
    *first, last = items
    return f"{', '.join(first)} {text('count.and', language)} {last}" if first else last


def located(source: str, phrases: Mapping[str, str]) -> str:
    """Write a place in a source in the reader's language, as far as its phrases are known.

    Parameters
    ----------
    source : str
        Phrases that commas, semicolons, colons or parentheses set apart.
    phrases : mapping
        What to write for a phrase; ``#`` is for a number in it, in the same order.

    Examples
    --------
    >>> located("annex 1, row 2", {"annex #": "bijlage #", "row #": "rij #"})
    'bijlage 1, rij 2'
    """

    def translated(phrase: str) -> str:
        key = _NUMBER.sub("#", phrase)
        if key not in phrases:
            return phrase
        numbers = iter(_NUMBER.findall(phrase))
        return re.sub("#", lambda _: next(numbers), phrases[key])

    return "".join(map(translated, _SEPARATOR.split(source)))


@cache
def catalogue() -> dict[str, Any]:
    """All texts: section, name, language."""
    return tomllib.loads(files("swt_analysis.text").joinpath("texts.toml").read_text("utf-8"))
