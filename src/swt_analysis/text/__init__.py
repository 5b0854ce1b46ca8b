"""What a reader of the reports reads, in Dutch and English; the texts are in ``texts.toml``."""

import numbers
import re
import string
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, localcontext
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = [
    "LANGUAGES",
    "SYLLABLE",
    "breakable",
    "catalogue",
    "enumerate_words",
    "located",
    "number",
    "percentage",
    "phrase",
    "poll_name",
    "text",
    "words",
    "write",
]

LANGUAGES = ("nl", "en")
_GROUPED = 10_000  # from here on thousands are set apart, so that a year is not
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# Where a word may: before a consonant and a vowel, two letters from either end (Heerhugo-waard).
SYLLABLE = re.compile(r"(?<=\w\w)(?=(?:[b-df-gj-np-tv-xz]|(?<![cgpst])h)[aeiouyáéëïóöúü]\w)", re.I)
_LONG_WORD = re.compile(r"\w{13,}")
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

    A half goes up, as in print: 0.0625 in three decimals is 0.063.

    Examples
    --------
    >>> number(0.0625, "nl", 3)
    '0,063'
    >>> number(-1234.5, "nl", 1) == "\N{MINUS SIGN}1.234,5"
    True
    """
    from babel.numbers import format_decimal  # commands that only check write no numbers

    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    with localcontext(rounding=ROUND_HALF_UP):
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
    with localcontext(rounding=ROUND_HALF_UP):
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


def unaccented(words: str) -> str:
    """Write words without capitals and accents, to compare them by.

    Examples
    --------
    >>> unaccented("Cliënt")
    'client'
    """
    apart = unicodedata.normalize("NFKD", words.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def breakable(string: str) -> str:
    """Let a text break where there is little room: after a slash, and within long words.

    Examples
    --------
    >>> breakable("loslaten/organisaties").split("\N{ZERO WIDTH SPACE}")
    ['loslaten/', 'organisaties']
    >>> breakable("hoofdaannemers").split("\N{SOFT HYPHEN}")
    ['hoof', 'daan', 'ne', 'mers']
    """
    hyphened = _LONG_WORD.sub(lambda one: SYLLABLE.sub("\N{SOFT HYPHEN}", one[0]), string)
    return hyphened.replace("/", "/\N{ZERO WIDTH SPACE}")


def enumerate_words(items: Sequence[str], language: str) -> str:
    """Join words to a sentence's list: ``a, b and c``.

    Examples
    --------
    >>> enumerate_words(["a", "b", "c"], "nl")
    'a, b en c'
    """
    *first, last = items
    return f"{', '.join(first)} {text('count.and', language)} {last}" if first else last


class _Sentence(string.Formatter):
    """Fills in a sentence as a language writes numbers, ranges and lists."""

    def __init__(self, language: str) -> None:
        self._language = language

    def format_field(self, value: Any, spec: str) -> str:
        """Write one value; `phrase` says how."""
        if "|" in spec:
            one, _, other = spec.partition("|")
            return one if value == 1 else other
        return write(value, self._language, spec)


def write(value: Any, language: str, spec: str = "") -> str:
    """Write a value as a language does; `phrase` says which there are.

    Examples
    --------
    >>> write(0.125, "nl", ".2f"), write((3, 4), "nl", "d"), write(["a", "b"], "en")
    ('0,13', '3 of 4', 'a and b')
    """
    if isinstance(value, list):
        return enumerate_words(value, language) if value else text("page.blank", language)
    if isinstance(value, tuple):
        low, high = (write(end, language, spec) for end in value)
        whole = spec in ("", "d") and value[1] - value[0] == 1
        key = "page.either" if whole else "page.between"
        return low if low == high else text(key, language, low=low, high=high)
    if value is None or str(value) in ("nan", "<NA>"):
        return text("page.blank", language)
    if not isinstance(value, numbers.Number):
        return str(value)
    value = float(value)  # type: ignore[arg-type]
    if spec == "d":
        return f"{value:.0f}"
    if spec.endswith(("%", "f")):
        decimals = int(spec[1:-1] or 0) if spec.startswith(".") else 0
        written = percentage if spec.endswith("%") else number
        return written(value, language, decimals)
    if not value.is_integer():
        return number(value, language, 2)
    if value == 0:
        return text("figure.none", language)
    return f"{value:.0f}" if 12 < value < _GROUPED else words(int(value), language)


def phrase(template: str, language: str, **values: object) -> str:
    """Fill in a sentence as its language writes numbers, ranges and lists.

    Parameters
    ----------
    template : str
        With ``{names}``. A count is written as a word up to twelve (``none`` for 0), or with
        ``{n:d}`` in digits; other numbers with two decimals, or ``{x:.1f}``; a share with
        ``{x:%}`` in per cent. ``{n:team|teams}`` gives the first word if n is 1. A pair of
        numbers is a range, a list of texts an enumeration.
    language : str
        ``nl`` or ``en``.
    **values
        What the names stand for.

    Raises
    ------
    KeyError
        If a name has no value.

    Examples
    --------
    >>> phrase("{n} {n:municipality|municipalities}, D = {d:.2f}", "en", n=3, d=0.5)
    'Three municipalities, D = 0.50'
    >>> phrase("{sides} van de {n}", "nl", sides=(1, 3), n=9)
    'Eén tot drie van de negen'
    """
    filled = _Sentence(language).vformat(template, (), values) if values else template
    # In Dutch only one accent is left of a capital that begins a sentence.
    return re.sub("^Éé", "Eé", filled[:1].upper() + filled[1:])


def poll_name(poll: str, language: str) -> str:
    """Name a poll by its season and year in the language.

    Examples
    --------
    >>> poll_name("autumn 2014", "nl")
    'najaar 2014'
    """
    season, _, year = poll.partition(" ")
    known = season in catalogue()["figure_season"]
    return text(f"figure_season.{season}", language, year=year) if known else poll


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
