"""Letters in the place of the names of municipalities, for a study that may not name them."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import count, product
from string import ascii_uppercase

import pandas as pd

# Said before a name in a text; the pseudonym has the word itself.
_LETTERS = re.compile(r"Gemeente [A-Z]+")
_BEFORE = r"(?i:(?:de )?gemeente |(?:the )?municipality of )?"


def pseudonyms(rounds: Iterable[Iterable[str]], key: str) -> dict[str, str]:
    """Give every municipality a letter.

    Letters stay as they are when a round is added. Within the round that a name first occurs
    in, their order is that of a hash, so it follows neither the alphabet nor the data.

    Parameters
    ----------
    rounds : iterable of iterable of str
        The names in each round, in the order of the rounds.
    key : str
        A phrase of the study. Who knows it and guesses the names can find the letters.

    Returns
    -------
    dict of str to str
        ``Gemeente A`` and so on, in both languages; after Z comes AA. What is such a pseudonym
        already stays: so it is in an archive of a study with pseudonyms.
    """
    known: dict[str, None] = {}
    for names in rounds:
        new = set(names) - set(known)
        known |= dict.fromkeys(
            sorted(new, key=lambda name: sha256(f"{key}\0{name}".encode()).digest())
        )
    letters = ("".join(some) for n in count(1) for some in product(ascii_uppercase, repeat=n))
    given = {name for name in known if _LETTERS.fullmatch(name)}
    free = (one for letter in letters if (one := f"Gemeente {letter}") not in given)
    return {name: name if name in given else next(free) for name in known}


def hider(hidden: Mapping[str, str]) -> Callable[[str], str]:
    """Give what puts pseudonyms in the place of names in a text, also in derived words.

    Examples
    --------
    >>> hider({"Haarlem": "Gemeente A"})("De gemeente Haarlem en twee Haarlemse teams")
    'Gemeente A en twee Gemeente A teams'
    """
    names = {name: letter for name, letter in hidden.items() if name != letter}
    letters = {**names, **{name.upper(): letter for name, letter in names.items()}}
    if not letters:
        return lambda shown: shown
    longest_first = sorted(letters, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w){_BEFORE}({'|'.join(map(re.escape, longest_first))})\w*")
    return lambda shown: pattern.sub(lambda at: letters[at[1]], shown)


def names_in_tables(
    tables: Iterable[pd.DataFrame], columns: Sequence[str] = ("municipality",)
) -> set[str]:
    """Collect the names that stand in columns of names."""
    cells = (table[name].dropna() for table in tables for name in columns if name in table)
    return {str(one) for column in cells for one in column}


def hide(table: pd.DataFrame, hidden: Mapping[str, str]) -> pd.DataFrame:
    """Put pseudonyms in the place of names in every text of a table.

    Derived words go too (``Haarlemse``). Rows are put in the order of the pseudonyms, within
    the themes if the table is by theme: the order of the names would give them away.

    Parameters
    ----------
    table : pandas.DataFrame
        Any table; rows are ordered by a column ``municipality`` if there is one.
    hidden : mapping of str to str
        As `pseudonyms` gives it.

    Returns
    -------
    pandas.DataFrame
        The same columns; the table itself if there is nothing to hide.
    """
    if not hidden:
        return table
    without_names = hider(hidden)
    shown = table.map(lambda cell: without_names(cell) if isinstance(cell, str) else cell)
    if "municipality" not in shown:
        return shown
    order = [name for name in ("part", "number", "theme", "municipality") if name in shown]
    return shown.sort_values(order, kind="stable", ignore_index=True)
