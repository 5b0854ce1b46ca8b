"""Why a verdict on a claim is what it is, in words."""

import re
from collections.abc import Iterable

import pandas as pd

from swt_analysis.statistics.claims import Reason
from swt_analysis.text import LANGUAGES, enumerate_words, text, write

_POINTS = re.compile(r"(\d)-(\d)")


def in_words(judged: pd.DataFrame) -> pd.DataFrame:
    """Write the reasons of judged claims in every language.

    Parameters
    ----------
    judged : pandas.DataFrame
        As `statistics.judge` gives it, with ``reason``.

    Returns
    -------
    pandas.DataFrame
        With ``reason_nl`` and ``reason_en`` in its place.
    """
    written = {
        f"reason_{language}": [_sentences(reasons, language) for reasons in judged["reason"]]
        for language in LANGUAGES
    }
    return judged.drop(columns="reason").assign(**written)


def _sentences(reasons: Iterable[Reason], language: str) -> str:
    return " ".join(_sentence(reason, language) for reason in reasons)


def _points(value: object, language: str) -> object:
    """Write points of a scale, such as 4-5, as a language does; give what is none as it is."""
    found = _POINTS.fullmatch(value) if isinstance(value, str) else None
    return write((int(found[1]), int(found[2])), language, "d") if found else value


def _sentence(reason: Reason, language: str) -> str:
    def say(key: str, **values: object) -> str:
        return text(f"claim_reason.{key}", language, **values)

    def part(number: object, base: object) -> object:
        return number if base is None else say("of", count=number, base=base)

    values = {name: _points(value, language) for name, value in reason.values.items()}
    names = values.get("names")
    values["names"] = enumerate_words(names, language) if isinstance(names, tuple) and names else ""
    values["named"] = say("named", names=values["names"]) if names else ""
    if "low" in values:
        low, high, than, base = (values[name] for name in ("low", "high", "than", "base"))
        count = str(low) if low == high else say("range", low=low, high=high)
        values |= {"n": high, "count": count, "part": part(count, base)}
        values["than_part"] = part(than, values["than_base"] or base)
    return say(reason.key, **values)
