"""Quantified statements of the note against the data: what is measured, and does it hold."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from swt_analysis.clean.claims import NUMBERS, PAIRS, PRACTICE, SHARES, Claim, parse_claims
from swt_analysis.statistics.measures import MEASURES, Evidence, Measured

Verdict = Literal["agrees", "differs", "other base", "undetermined"]

_NUMBER_HOLDS: dict[str, Callable[[int, int, int], bool]] = {
    "=": lambda value, low, _: value == low,
    "only": lambda value, low, _: value == low,
    "at least": lambda value, low, _: value >= low,
    "at most": lambda value, low, _: value <= low,
    "between": lambda value, low, high: low <= value <= high,
}
_SHARE_HOLDS: dict[str, Callable[[int, int], bool]] = {
    "all": lambda value, base: value == base,
    "not all": lambda value, base: value < base,
    "nearly all": lambda value, base: base - 2 <= value <= base - 1,
    "most": lambda value, base: 2 * value > base,
    "more than half": lambda value, base: 2 * value > base,
    "less than half": lambda value, base: 2 * value < base,
    "some": lambda value, base: 2 <= value < base,
    "in some cases": lambda value, base: value >= 2 and 2 * value < base,
    "many": lambda value, base: 2 * value > base,
}
_AT_LEAST_TWO = ("some", "in some cases", "many")
# What decides nothing on practice: where municipalities place themselves, and what was planned.
_NO_PRACTICE = {"scale": "self_placement", "interview": "plan"}
# What a word asks for, to be said where the number falls short of it.
_ASKS = {
    "most": "asks_half",
    "more than half": "asks_half",
    "less than half": "asks_below_half",
    "some": "asks_some",
    "in some cases": "asks_in_some_cases",
    "many": "asks_two",
    "nearly all": "asks_nearly_all",
    "slightly more": "asks_slightly_more",
}


@dataclass(frozen=True)
class Reason:
    """Part of why a verdict is what it is, to be put into words in any language.

    Attributes
    ----------
    key : str
        Which sentence says it.
    values : mapping of str to object
        What it says: ``low`` and ``high``, of ``base``; ``than``, of ``than_base``; ``names``.
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


def judge(claims: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Measure every claim and say whether it holds.

    A claim agrees if it holds for all numbers that the data leave possible, differs if it holds
    for none, and is undetermined otherwise; a right number of another total than the data have
    is a verdict of its own. Where municipalities placed themselves decides nothing on practice,
    and a passage is no evidence for itself. The rules are those of ``data/raw/README.md``,
    section Claims.

    Parameters
    ----------
    claims : pandas.DataFrame
        Rows of ``claims.csv``: ``claim``, ``kind``, ``subject``, ``set``, ``comparison``,
        ``stated``, ``base``, ``speaks_of``, ``source`` as text, and any other columns.
    evidence : Evidence
        What they are measured from.

    Returns
    -------
    pandas.DataFrame
        The same rows in the same order, with ``measured`` (a number, ``low-high`` where only
        bounds are known, ``a vs b`` where two are compared, or None), ``verdict`` (agrees,
        differs, other base, undetermined) and ``reason``, a tuple of `Reason`.

    Raises
    ------
    ValueError
        Naming every claim that cannot be read, and why.
    """
    parsed = parse_claims(claims)
    judged = [_judge(claim, evidence, parsed) for claim in parsed]
    columns = ["measured", "verdict", "reason"]
    added = pd.DataFrame(judged, columns=columns, index=claims.index, dtype=object)
    return claims.assign(**{name: added[name] for name in columns})


def naming(judged: pd.DataFrame, municipality: str) -> pd.DataFrame:
    """Select the claims that name a municipality, in their text or among those they count."""
    name = rf"(?<!\w){re.escape(municipality)}(?!\w)"
    text, members = (judged[one].str.contains(name, na=False) for one in ("paraphrase", "set"))
    return judged[text | members | (judged["subject"] == municipality)]


def _judge(
    claim: Claim, evidence: Evidence, claims: list[Claim]
) -> tuple[str | None, Verdict, tuple[Reason, ...]]:
    if claim.speaks_of == PRACTICE and claim.kind in _NO_PRACTICE:
        return None, "undetermined", (Reason(_NO_PRACTICE[claim.kind]),)
    measured = MEASURES[claim.kind](claim, evidence, claims)
    if isinstance(measured, str):
        return None, "undetermined", (Reason(measured),)
    verdict = _verdict(claim, measured)
    return str(measured), verdict, tuple(_reasons(claim, measured, verdict))


def _verdict(claim: Claim, measured: Measured) -> Verdict:
    if _other_names(claim, measured):
        return "differs"
    held = {_holds(claim, measured, value) for value in range(measured.low, measured.high + 1)}
    if measured.each and held != {True}:
        return "differs"
    if held == {True}:
        other = claim.comparison in NUMBERS and claim.base not in (None, measured.base)
        return "other base" if other else "agrees"
    return "differs" if held == {False} else "undetermined"


def _holds(claim: Claim, measured: Measured, value: int) -> bool | None:
    """Whether the claim holds if this is the number; None if that cannot be told."""
    if claim.comparison == "none":
        return value == 0
    base = measured.base if claim.base is None else claim.base
    if claim.comparison in PAIRS:
        # As shares, each of its own base: two rounds need not have as many teams.
        first, second = base or 1, measured.than_base or base or 1
        more = value * second - (measured.than or 0) * first
        if more <= 0 or claim.comparison == "more":
            return more > 0
        return None if base is None else 4 * more <= first * second
    if claim.comparison in NUMBERS:
        return _number_holds(claim, measured, value)
    if claim.comparison in _AT_LEAST_TWO and value < 2:
        return False
    if base is None:
        return None
    holds = _SHARE_HOLDS[claim.comparison](value, base)
    return None if claim.comparison == "many" and not holds else holds


def _number_holds(claim: Claim, measured: Measured, value: int) -> bool | None:
    assert claim.low is not None
    assert claim.high is not None
    if not _NUMBER_HOLDS[claim.comparison](value, claim.low, claim.high):
        return False
    return None if claim.base is not None and measured.base is None else True


def _other_names(claim: Claim, measured: Measured) -> bool:
    """Whether it names some who are not among those measured, or ``only`` others than those."""
    if measured.names is None or not claim.names:
        return False
    named, found = set(claim.names), set(measured.names)
    return named != found if claim.comparison == "only" else not named <= found


def _reasons(claim: Claim, measured: Measured, verdict: Verdict) -> Iterator[Reason]:
    """Give what is measured, and what keeps the claim from holding or from being told."""
    values = {name: getattr(measured, name) for name in _REASON_SAYS} | measured.values
    yield Reason(measured.reason, values)
    if claim.base is not None and measured.base not in (None, claim.base):
        yield Reason("other_base", {"base": claim.base})
    if _other_names(claim, measured):
        yield Reason("other_names", {"names": claim.names})
    base = measured.base if claim.base is None else claim.base
    if verdict == "differs" and claim.comparison in _ASKS:
        yield Reason(_ASKS[claim.comparison], {"base": base})
    if verdict == "undetermined":
        few = measured.low >= 2 and 2 * measured.high <= (base or 0)
        if base is None and claim.comparison in SHARES:
            yield Reason("unknown_base")
        elif claim.comparison == "many" and few:
            yield Reason("no_threshold")
        else:
            yield Reason("only_bounds" if measured.low != measured.high else "unknown_base")


_REASON_SAYS = ("low", "high", "base", "than", "than_base", "names")
