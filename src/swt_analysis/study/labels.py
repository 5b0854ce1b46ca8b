"""Codes and their labels: which is meant, and how claims read."""

import re
from collections.abc import Mapping

import pandas as pd

from swt_analysis.problems import unknown
from swt_analysis.text import LANGUAGES, text

LABELS = [f"label_{language}" for language in LANGUAGES]


def code_of(what: str, value: str, labels: pd.DataFrame) -> str:
    """Find the code that is meant by a code, a label in either language, or a word of one.

    Parameters
    ----------
    what : str
        What kind of code, for the error.
    value : str
        What is looked for; capitals do not matter.
    labels : pandas.DataFrame
        The codes as index; their labels in each language.

    Raises
    ------
    UnknownError
        If no code is meant, or several are; it lists all.

    Examples
    --------
    >>> labels = pd.DataFrame({"label_nl": ["uitrol in alle wijken"]}, index=["roll-out"])
    >>> code_of("status", "Uitrol", labels), code_of("status", "roll-out", labels)
    ('roll-out', 'roll-out')
    """
    if labels.empty:  # an instrument without labels has the codes alone
        return value
    wanted = value.casefold()
    lowered = labels.apply(lambda column: column.str.casefold())
    same = (lowered == wanted).any(axis=1) | (labels.index.str.casefold() == wanted)
    start = re.compile(rf"(?<!\w){re.escape(wanted)}")
    near = lowered.apply(lambda column: column.str.contains(start)).any(axis=1)
    for found in (labels.index[same], labels.index[near]):
        if len(found) == 1:
            return str(found[0])
    there = [f"{code} ({', '.join(dict.fromkeys(row))})" for code, *row in labels.itertuples()]
    raise unknown(what, value, there)


def categories(values: pd.Series, labels: Mapping[str, str] | Mapping[int, str]) -> pd.Series:
    """Write codes as labels, in the order of the labels.

    Parameters
    ----------
    values : pandas.Series
        Codes.
    labels : mapping
        Their labels, in order.

    Returns
    -------
    pandas.Series
        Ordered categories; of those only what occurs.

    Examples
    --------
    >>> written = categories(pd.Series(["pilot"]), {"roll-out": "uitrol", "pilot": "proef"})
    >>> written.to_list()
    ['proef']
    """
    ordered = pd.CategoricalDtype(list(dict.fromkeys(labels.values())), ordered=True)
    return values.map(dict(labels)).astype(ordered).cat.remove_unused_categories()


def claims_in_words(
    claims: pd.DataFrame, comparisons: Mapping[str, str], language: str
) -> pd.DataFrame:
    """Write what claims state and measure in words.

    Parameters
    ----------
    claims : pandas.DataFrame
        With ``comparison``, ``stated`` and ``measured`` as `statistics.claims.judge` gives them.
    comparisons : mapping of str to str
        The labels of comparisons.
    language : str
        ``nl`` or ``en``.

    Examples
    --------
    >>> claims = pd.DataFrame(
    ...     {"comparison": ["at least"], "stated": ["5"], "measured": ["4-6"]}, dtype="string"
    ... )
    >>> claims_in_words(claims, {"at least": "ten minste"}, "nl").iloc[0].to_list()
    ['at least', 'ten minste 5', '4 tot 6']
    """
    to, against = (text(f"page.{key}", language, low="", high="") for key in ("between", "against"))
    both = f" {text('count.and', language)} "  # between 90 and 150
    words = dict(comparisons) | {"=": ""}
    number = claims["stated"].where(claims["comparison"] != "none").fillna("")
    between = claims["comparison"] == "between"
    ends = number.str.replace("-", to).mask(between, number.str.replace("-", both))
    stated = claims["comparison"].map(words) + " " + ends
    measured = claims["measured"].str.replace(" vs ", against).str.replace("-", to)
    return claims.assign(stated=stated.str.strip(), measured=measured)
