"""Names of municipalities that only look like names."""

import unicodedata
from collections.abc import Collection

from swt_analysis.text import unaccented

_SUMS = ("totaal", "total", "som", "sum", "gemiddelde", "gemiddeld", "average", "mean", "mediaan")


def strange_name(name: str, known: Collection[str]) -> str | None:
    """Say why something can be no name of a municipality; None if it can.

    Parameters
    ----------
    name : str
        What stands in a cell.
    known : collection of str
        Names that the study has.

    Examples
    --------
    >>> strange_name("\u041daarlem", ["Haarlem"])
    'mixes alphabets: U+041D is Cyrillic; type the name anew'
    >>> strange_name("Haar\u200blem", [])
    'has a character that is not seen, U+200B; type the name anew'
    >>> strange_name("haarlem", ["Haarlem"])
    'is Haarlem, written otherwise; write it like that'
    >>> strange_name("Haarlem", ["Haarlem"]), strange_name("'s-Gravenhage", [])
    (None, None)
    """
    unseen = next((one for one in name if one != " " and _is_unseen(one)), None)
    if unseen:
        return f"has a character that is not seen, U+{ord(unseen):04X}; type the name anew"
    if _plain(name).strip(" :.") in _SUMS:
        return "is no municipality; delete this row, the program counts for itself"
    letters = [one for one in name if one.isalpha()]
    if not letters:
        return "has no letter; write the name of a municipality"
    alphabets = {one: unicodedata.name(one, "?").split()[0] for one in letters}
    other = next((one for one, alphabet in alphabets.items() if alphabet != "LATIN"), None)
    if other and "LATIN" in alphabets.values():
        alphabet = alphabets[other].capitalize()
        return f"mixes alphabets: U+{ord(other):04X} is {alphabet}; type the name anew"
    same = next((one for one in known if one != name and _plain(one) == _plain(name)), None)
    return f"is {same}, written otherwise; write it like that" if same else None


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cn", "Zl", "Zp", "Zs")


def _plain(name: str) -> str:
    """Write a name without capitals and accents, and with one kind of blank."""
    return " ".join(unaccented(name).split())
