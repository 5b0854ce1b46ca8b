"""Quantified statements of the note against the data: what is measured, and does it hold."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from swt_analysis.text import LANGUAGES, enumerate_words, text

Verdict = Literal["agrees", "differs", "undetermined"]

NUMBERS: dict[str, Callable[[int, int, int], bool]] = {
    "=": lambda value, low, _: value == low,
    "only": lambda value, low, _: value == low,
    "at least": lambda value, low, _: value >= low,
    "at most": lambda value, low, _: value <= low,
    "between": lambda value, low, high: low <= value <= high,
}
SHARES: dict[str, Callable[[int, int], bool]] = {
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
AT_LEAST_TWO = ("some", "in some cases", "many")
PAIRS = ("more", "slightly more")
COMPARISONS = (*NUMBERS, *SHARES, *PAIRS, "none")
BLOCK_1 = ("state_of_play_now", "co_operation", "future")


@dataclass(frozen=True)
class Evidence:
    """What a round's claims are measured from; a table may be empty.

    Attributes
    ----------
    counts : pandas.DataFrame
        ``scale``, ``point``, ``count``: a row a point of a choice scale.
    scales, topics, themes, checklist : pandas.DataFrame
        The instrument, as in ``data/raw/instrument``; ``minutes`` are whole numbers.
    participants : pandas.DataFrame
        ``participant``, ``teams``, ``of_which_pilot``.
    municipalities : pandas.DataFrame
        ``municipality``, ``on_scheme`` and ``in_ebook`` (true or false), ``atypical_team``,
        ``status``, ``form``.
    facts : pandas.DataFrame
        ``municipality``, ``fact``, ``value``.
    """

    counts: pd.DataFrame
    scales: pd.DataFrame
    participants: pd.DataFrame
    municipalities: pd.DataFrame
    facts: pd.DataFrame
    checklist: pd.DataFrame
    topics: pd.DataFrame
    themes: pd.DataFrame


@dataclass(frozen=True)
class _Claim:
    """A row of ``claims.csv``, read; what is not given is empty or None."""

    claim: str
    kind: str
    subject: str
    set: str
    comparison: str
    low: int | None
    high: int | None
    base: int | None

    @property
    def sides(self) -> list[str]:
        return [side.strip() for side in self.set.split(" vs ")]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name.strip() for name in self.set.split(";") if name.strip())


@dataclass(frozen=True)
class _Measured:
    """A number between low and high, of a base; ``than`` is the second of two to compare.

    ``each`` says that low and high both occur, rather than bound one unknown number.
    """

    reason: str
    low: int
    high: int
    base: int | None = None
    than: int | None = None
    names: tuple[str, ...] | None = None
    each: bool = False
    values: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        if self.than is not None:
            return f"{self.low} vs {self.than}"
        return str(self.low) if self.low == self.high else f"{self.low}-{self.high}"


def judge(claims: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Measure every claim and say whether it holds.

    A claim agrees if it holds for all numbers that the data leave possible, differs if it holds
    for none, and is undetermined otherwise. The rules are those of ``data/raw/README.md``,
    section Claims.

    Parameters
    ----------
    claims : pandas.DataFrame
        Rows of ``claims.csv``: ``claim``, ``kind``, ``subject``, ``set``, ``comparison``,
        ``stated``, ``base`` as text, and any other columns.
    evidence : Evidence
        What they are measured from.

    Returns
    -------
    pandas.DataFrame
        The same rows in the same order, with ``measured`` (a number, ``low-high`` where only
        bounds are known, ``a vs b`` where two are compared, or None), ``verdict`` (agrees,
        differs, undetermined), ``reason_nl`` and ``reason_en``.

    Raises
    ------
    ValueError
        Naming every claim that cannot be read, and why.
    """
    read: list[_Claim] = []
    problems: list[str] = []
    for row in claims.to_dict("records"):
        try:
            read.append(_read({str(key): value for key, value in row.items()}))
        except ValueError as error:
            problems.append(f"claim {row['claim']}: {error}")
    if problems:
        raise ValueError("\n".join(problems))
    judged = [_judge(claim, evidence, read) for claim in read]
    columns = ["measured", "verdict", *(f"reason_{language}" for language in LANGUAGES)]
    added = pd.DataFrame(judged, columns=columns, index=claims.index, dtype=object)
    return claims.assign(**{name: added[name] for name in columns})


def _read(row: dict[str, Any]) -> _Claim:
    names = ("claim", "kind", "subject", "set", "comparison", "stated", "base")
    cells = {name: "" if pd.isna(row[name]) else str(row[name]).strip() for name in names}
    comparison, stated = cells["comparison"], cells.pop("stated")
    if cells["kind"] not in MEASURES:
        raise ValueError(f"kind {cells['kind']!r} must be one of {', '.join(MEASURES)}")
    if comparison not in COMPARISONS:
        raise ValueError(f"comparison {comparison!r} must be one of {', '.join(COMPARISONS)}")
    base = cells.pop("base")
    if base and not base.isdecimal():
        raise ValueError(f"base {base!r} must be a whole number or empty")
    low = high = None
    if comparison in NUMBERS:
        pattern = r"(\d+)-(\d+)" if comparison == "between" else r"(\d+)"
        match = re.fullmatch(pattern, stated)
        if match is None:
            allowed = "two numbers, as 90-150" if comparison == "between" else "a whole number"
            raise ValueError(f"stated {stated!r} must be {allowed}")
        low, high = int(match[1]), int(match[match.lastindex or 1])
    claim = _Claim(**cells, low=low, high=high, base=int(base) if base else None)
    _check_set(claim)
    return claim


def _check_set(claim: _Claim) -> None:
    if claim.kind in ("scale", "participant"):
        sides = 2 if claim.comparison in PAIRS else 1
        if len(claim.sides) != sides:
            needs = "two sets, A vs B" if sides == 2 else "one set"
            raise ValueError(f"set {claim.set!r}: {claim.comparison!r} needs {needs}")
    elif claim.comparison in PAIRS and claim.kind not in ("change", "unpublished"):
        raise ValueError(f"comparison {claim.comparison!r} does not go with {claim.kind!r}")
    if claim.kind == "scale":
        if not claim.subject.isdecimal():
            raise ValueError(f"subject {claim.subject!r} must be the number of a scale")
        for side in claim.sides:
            if not re.fullmatch(r"\d+(-\d+)?", side):
                raise ValueError(f"set {claim.set!r} must be points, as 3 or 1-2")
    if claim.kind == "fact" and ":" not in claim.subject:
        raise ValueError(f"subject {claim.subject!r} must be FACT:VALUE")


def _judge(
    claim: _Claim, evidence: Evidence, claims: list[_Claim]
) -> tuple[str | None, Verdict, str, str]:
    measured = MEASURES[claim.kind](claim, evidence, claims)
    if isinstance(measured, str):
        nl, en = (text(f"claim_reason.{measured}", language) for language in LANGUAGES)
        return None, "undetermined", nl, en
    verdict = _verdict(claim, measured)
    nl, en = (_reason(claim, measured, verdict, language) for language in LANGUAGES)
    return str(measured), verdict, nl, en


def _verdict(claim: _Claim, measured: _Measured) -> Verdict:
    held = {_holds(claim, measured, value) for value in range(measured.low, measured.high + 1)}
    if measured.each and held != {True}:
        return "differs"
    if held == {True}:
        return "agrees"
    return "differs" if held == {False} else "undetermined"


def _holds(claim: _Claim, measured: _Measured, value: int) -> bool | None:
    """Whether the claim holds if this is the number; None if that cannot be told."""
    if claim.comparison == "none":
        return value == 0
    base = measured.base if claim.base is None else claim.base
    if claim.comparison in PAIRS:
        more = value - (measured.than or 0)
        if more <= 0 or claim.comparison == "more":
            return more > 0
        return None if base is None else 4 * more <= base
    if claim.comparison in NUMBERS:
        return _number_holds(claim, measured, value)
    if claim.comparison in AT_LEAST_TWO and value < 2:
        return False
    if base is None:
        return None
    holds = SHARES[claim.comparison](value, base)
    return None if claim.comparison == "many" and not holds else holds


def _number_holds(claim: _Claim, measured: _Measured, value: int) -> bool | None:
    assert claim.low is not None
    assert claim.high is not None
    if not NUMBERS[claim.comparison](value, claim.low, claim.high) or _other_names(claim, measured):
        return False
    if claim.base is not None and measured.base != claim.base:
        return None if measured.base is None else False
    return True


def _other_names(claim: _Claim, measured: _Measured) -> bool:
    """Whether ``only`` is said of others than those measured."""
    return (
        claim.comparison == "only"
        and measured.names is not None
        and bool(claim.names)
        and set(claim.names) != set(measured.names)
    )


def _reason(claim: _Claim, measured: _Measured, verdict: Verdict, language: str) -> str:
    def say(key: str, **values: object) -> str:
        return text(f"claim_reason.{key}", language, **values)

    count = str(measured.low)
    if measured.low != measured.high:
        count = say("range", low=measured.low, high=measured.high)
    sentence = say(
        measured.reason,
        n=measured.high,
        count=count,
        than=measured.than,
        of="" if measured.base is None else say("of", base=measured.base),
        named=say("named", names=enumerate_words(measured.names, language))
        if measured.names
        else "",
        **measured.values,
    )
    more = []
    if claim.base is not None and measured.base not in (None, claim.base):
        more.append(say("other_base", base=claim.base))
    if _other_names(claim, measured):
        more.append(say("other_names", names=enumerate_words(claim.names, language)))
    if verdict == "undetermined":
        base = measured.base if claim.base is None else claim.base
        if base is None and claim.comparison in SHARES:
            more.append(say("unknown_base"))
        elif claim.comparison == "many" and measured.low >= 2 and 2 * measured.high <= (base or 0):
            more.append(say("no_threshold"))
        else:
            more.append(say("only_bounds" if measured.low != measured.high else "unknown_base"))
    return " ".join([sentence, *more])


# Each gives what is measured, or the key of the text that says why nothing is.


def _scale(claim: _Claim, evidence: Evidence, _: list[_Claim]) -> _Measured | str:
    counts = evidence.counts
    here = counts[counts["scale"].astype(str) == claim.subject]
    if here.empty or here["count"].isna().any():
        return "absent"
    sums = []
    for side in claim.sides:
        first, _dash, last = side.partition("-")
        at = here["point"].between(int(first), int(last or first))
        sums.append(int(here.loc[at, "count"].sum()))
    base = int(here["count"].sum())
    if len(sums) == 1:
        return _Measured("scale", sums[0], sums[0], base, values={"set": claim.set})
    left, right = claim.sides
    values = {"left": left, "right": right}
    return _Measured("scale_pair", sums[0], sums[0], base, than=sums[1], values=values)


def _instrument(claim: _Claim, evidence: Evidence, _: list[_Claim]) -> _Measured | str:
    subject, _colon, key = claim.subject.partition(":")
    if subject == "themes":
        themes = evidence.themes
        keys = themes["part"].astype(str) + "-" + themes["number"].astype(str)
        return _exactly("themes", int((keys == key).sum())) if len(themes) else "absent"
    if subject in ("observations", "reflections"):
        parts = evidence.topics["part"]
        return _exactly(subject, int((parts + "s" == subject).sum())) if len(parts) else "absent"
    scales = evidence.scales
    if scales.empty or subject not in ("scales", "points", "poles"):
        return "absent"
    if subject == "scales":
        return _exactly("scales", len(scales))
    if subject == "points":
        points = scales["points"].astype(int)
        return _Measured("points", int(points.min()), int(points.max()), each=True)
    poles = scales["left_nl"] + "-" + scales["right_nl"]
    left, _dash, right = claim.set.partition("-")
    count = int((poles == claim.set).sum())
    return _Measured("poles", count, count, len(scales), values={"left": left, "right": right})


def _participant(claim: _Claim, evidence: Evidence, _: list[_Claim]) -> _Measured | str:
    subject, _colon, trial = claim.subject.partition(":")
    table = evidence.participants.dropna(subset=["teams", "of_which_pilot"])
    teams = dict(zip(table["participant"], table["teams"].astype(int), strict=True))
    pilots = dict(zip(table["participant"], table["of_which_pilot"].astype(int), strict=True))
    sides = [[part.strip() for part in (side or subject).split("+")] for side in claim.sides]
    parts = [part for side in sides for part in side]
    if not set(parts) <= set(teams):
        return "absent"
    numbers = [[(pilots if trial else teams)[part] for part in side] for side in sides]
    base = int(evidence.municipalities["on_scheme"].eq(True).sum()) or None
    if trial:
        base = teams[parts[0]] if len(parts) == 1 else None
    if len(numbers) == 2:
        low, than = (sum(side) for side in numbers)
        return _Measured("participant_pair", low, low, base, than=than)
    low, high = max(numbers[0]), sum(numbers[0])
    if base is not None and len(parts) > 1:
        high = max(low, min(high, base))
    return _Measured("pilot" if trial else "participant", low, high, base)


def _status(claim: _Claim, evidence: Evidence, _: list[_Claim]) -> _Measured | str:
    table = evidence.municipalities
    if table["status"].isna().all():
        return "absent"
    wanted = ["roll-out", "pilot"] if claim.subject == "chosen" else [claim.subject]
    return _municipalities(table, table["status"].isin(wanted), table["status"].isna())


def _form(claim: _Claim, evidence: Evidence, _: list[_Claim]) -> _Measured | str:
    table = evidence.municipalities
    if table[["form", "atypical_team"]].isna().all(axis=None):
        return "absent"
    if claim.subject == "kinds":
        return _exactly("kinds", table["form"].nunique())
    # Not every municipality has a form: without one, it is not counted as perhaps having it.
    so = (table["form"] == claim.subject) | (table["atypical_team"] == claim.subject)
    return _municipalities(table, so.fillna(False))


def _fact(claim: _Claim, evidence: Evidence, _: list[_Claim]) -> _Measured | str:
    facts, table = evidence.facts, evidence.municipalities
    if facts.empty:
        return "absent"
    fact, _colon, value = claim.subject.partition(":")
    so = (facts["fact"] == fact) & (facts["value"] == value)
    names = tuple(sorted(set(facts.loc[so, "municipality"])))
    return _Measured("municipalities", len(names), len(names), len(table) or None, names=names)


def _mention(claim: _Claim, _: Evidence, __: list[_Claim]) -> _Measured | str:
    count = len(claim.names)
    return _Measured("mention", count, count, names=claim.names) if count else "absent"


def _interview(claim: _Claim, evidence: Evidence, _: list[_Claim]) -> _Measured | str:
    minutes = evidence.checklist.drop_duplicates("block").set_index("block")["minutes"]
    blocks = list(BLOCK_1) if claim.subject == "minutes:block_1" else list(minutes.index)
    known = claim.subject in ("minutes", "minutes:block_1") and set(blocks) <= set(minutes.index)
    if not known or not blocks or minutes[blocks].isna().any():
        return "absent"
    return _exactly("interview", int(minutes[blocks].astype(int).sum()))


def _study(claim: _Claim, evidence: Evidence, claims: list[_Claim]) -> _Measured | str:
    if claim.subject == "municipalities":
        count = len(evidence.municipalities)
        return _exactly("members", count) if count else "absent"
    elsewhere = [
        other.low
        for other in claims
        if (other.kind, other.subject, other.comparison) == ("study", claim.subject, "=")
        and other.claim != claim.claim
        and other.low is not None
    ]
    if not elsewhere:
        return "stated_once"
    return _Measured("elsewhere", min(elsewhere), max(elsewhere))


def _size(claim: _Claim, evidence: Evidence, _: list[_Claim]) -> _Measured | str:
    facts = evidence.facts
    here = (facts["municipality"] == claim.subject) & (facts["fact"] == "organisations_in_team")
    values = [str(value) for value in facts.loc[here, "value"]]
    if not values or not all(value.isdecimal() for value in values):
        return "absent"
    numbers = [int(value) for value in values]
    return _Measured("size", min(numbers), max(numbers))


def _ebook(claim: _Claim, evidence: Evidence, _: list[_Claim]) -> _Measured | str:
    if claim.subject == "factsheets":
        return "not_transcribed"
    known = evidence.municipalities["in_ebook"]
    if claim.subject != "interviews" or known.isna().all():
        return "absent"
    low = int(known.eq(True).sum())
    return _Measured("ebook", low, low + int(known.isna().sum()), len(known))


def _exactly(reason: str, count: int) -> _Measured:
    return _Measured(reason, count, count)


def _municipalities(
    table: pd.DataFrame, so: "pd.Series[bool]", unknown: "pd.Series[bool] | None" = None
) -> _Measured:
    names = tuple(table.loc[so, "municipality"])
    high = len(names) + (0 if unknown is None else int(unknown.sum()))
    return _Measured("municipalities", len(names), high, len(table), names=names)


MEASURES: dict[str, Callable[[_Claim, Evidence, list[_Claim]], _Measured | str]] = {
    "scale": _scale,
    "instrument": _instrument,
    "participant": _participant,
    "status": _status,
    "form": _form,
    "fact": _fact,
    "mention": _mention,
    "interview": _interview,
    "study": _study,
    "size": _size,
    "ebook": _ebook,
    "change": lambda *_: "earlier_round",
    "unpublished": lambda *_: "unpublished",
}
