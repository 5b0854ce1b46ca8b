"""Quantified statements of the note against the data: what is measured, and does it hold."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

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
# What a word asks for, to be said where the number falls short of it.
ASKS = {
    "most": "asks_half",
    "more than half": "asks_half",
    "less than half": "asks_below_half",
    "some": "asks_some",
    "in some cases": "asks_in_some_cases",
    "many": "asks_two",
    "nearly all": "asks_nearly_all",
    "slightly more": "asks_slightly_more",
}
UNMEASURED = ("unpublished", "vague")
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
    earlier : Evidence or None
        The round before, for what is said to have changed.
    """

    counts: pd.DataFrame
    scales: pd.DataFrame
    participants: pd.DataFrame
    municipalities: pd.DataFrame
    facts: pd.DataFrame
    checklist: pd.DataFrame
    topics: pd.DataFrame
    themes: pd.DataFrame
    earlier: "Evidence | None" = None


class Misread(NamedTuple):
    """A cell of ``claims.csv`` that cannot be read; ``row`` counts from 0."""

    row: int
    column: str
    value: str
    allowed: str


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
    """A number between low and high, of a base; ``than``, of its own base, is to compare with.

    ``each`` says that low and high both occur, rather than bound one unknown number.
    """

    reason: str
    low: int
    high: int
    base: int | None = None
    than: int | None = None
    than_base: int | None = None
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
    names = claims["claim"].to_list()
    problems = [
        f"claim {names[one.row]}: {one.column} {one.value!r} {one.allowed}"
        for one in misread(claims)
    ]
    if problems:
        raise ValueError("\n".join(problems))
    read = [_claim(cells) for cells in _cells(claims)]
    judged = [_judge(claim, evidence, read) for claim in read]
    columns = ["measured", "verdict", *(f"reason_{language}" for language in LANGUAGES)]
    added = pd.DataFrame(judged, columns=columns, index=claims.index, dtype=object)
    return claims.assign(**{name: added[name] for name in columns})


def differing_first(judged: pd.DataFrame) -> pd.DataFrame:
    """Sort judged claims: those that differ, those undetermined, those that agree."""
    order = {"differs": 0, "undetermined": 1, "agrees": 2}
    return judged.sort_values("verdict", key=lambda verdict: verdict.map(order), kind="stable")


def naming(judged: pd.DataFrame, municipality: str) -> pd.DataFrame:
    """Select the claims that name a municipality, in their text or among those they count."""
    name = rf"(?<!\w){re.escape(municipality)}(?!\w)"
    told = [judged[column].str.contains(name, na=False) for column in ("paraphrase", "set")]
    return judged[told[0] | told[1] | (judged["subject"] == municipality)]


def misread(claims: pd.DataFrame, points: Mapping[int, int] | None = None) -> list[Misread]:
    """Find every cell that cannot be read as a claim.

    Parameters
    ----------
    claims : pandas.DataFrame
        As for `judge`.
    points : mapping of int to int, optional
        Number of points of each scale, to check what is said of scales with.

    Returns
    -------
    list of Misread
        Empty if `judge` can read all.
    """
    found = []
    for row, cells in enumerate(_cells(claims)):
        faults = [*_faults(cells), *_scale_faults(cells, points)]
        one_a_cell = {fault[0]: fault for fault in reversed(faults)}
        found += [Misread(row, *fault) for fault in one_a_cell.values()]
    return found


def _cells(claims: pd.DataFrame) -> list[dict[str, str]]:
    names = ["claim", "kind", "subject", "set", "comparison", "stated", "base"]
    rows = claims[names].astype("string").fillna("").to_dict("records")
    return [{str(name): str(value).strip() for name, value in row.items()} for row in rows]


def _claim(cells: Mapping[str, str]) -> _Claim:
    kept = {name: cells[name] for name in ("claim", "kind", "subject", "set", "comparison")}
    low = high = None
    if cells["comparison"] in NUMBERS:
        first, _dash, last = cells["stated"].partition("-")
        low, high = int(first), int(last or first)
    base = cells["base"]
    return _Claim(**kept, low=low, high=high, base=int(base) if base else None)


def _faults(cells: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """List what is wrong with a row: column, value, and what is allowed."""
    kind, comparison, stated = cells["kind"], cells["comparison"], cells["stated"]
    faults = []
    if kind not in MEASURES:
        faults.append(("kind", kind, f"must be one of {', '.join(MEASURES)}"))
    if comparison not in COMPARISONS:
        faults.append(("comparison", comparison, f"must be one of {', '.join(COMPARISONS)}"))
    base = cells["base"]
    if base and not (base.isdecimal() and int(base)):
        faults.append(("base", base, "must be a whole number from 1 on, or empty"))
    ends = [int(end) for end in stated.split("-") if end.isdecimal()]
    if comparison == "between" and (not re.fullmatch(r"\d+-\d+", stated) or ends != sorted(ends)):
        faults.append(("stated", stated, "must be two numbers, as 90-150"))
    elif comparison in NUMBERS and comparison != "between" and not stated.isdecimal():
        faults.append(("stated", stated, "must be a whole number"))
    elif comparison in NUMBERS and base.isdecimal() and ends[-1] > int(base) > 0:
        faults.append(("stated", stated, f"may not be more than its base, {base}"))
    sides = len(cells["set"].split(" vs "))
    if kind in ("scale", "participant"):
        needed = 2 if comparison in PAIRS else 1
        if comparison in COMPARISONS and sides != needed:
            needs = "two sets, A vs B" if needed == 2 else "one set"
            faults.append(("set", cells["set"], f"must be {needs}, with {comparison!r}"))
    elif comparison in PAIRS and kind in MEASURES and kind not in ("change", *UNMEASURED):
        faults.append(("comparison", comparison, f"does not go with kind {kind!r}"))
    if kind == "fact" and ":" not in cells["subject"]:
        faults.append(("subject", cells["subject"], "must be FACT:VALUE"))
    return faults


def _scale_faults(
    cells: Mapping[str, str], points: Mapping[int, int] | None
) -> list[tuple[str, str, str]]:
    """List what is wrong with the scale and the points of a row on a scale."""
    if cells["kind"] != "scale":
        return []
    scale = cells["subject"]
    if not scale.isdecimal():
        return [("subject", scale, "must be the number of a scale")]
    if points is not None and int(scale) not in points:
        return [("subject", scale, f"must be one of {', '.join(map(str, points))}")]
    ranges = [re.fullmatch(r"(\d+)(?:-(\d+))?", one.strip()) for one in cells["set"].split(" vs ")]
    ends = [int(end) for found in ranges if found for end in found.groups() if end]
    if None in ranges:
        return [("set", cells["set"], "must be points, as 3 or 1-2")]
    if points is not None and not all(1 <= end <= points[int(scale)] for end in ends):
        return [("set", cells["set"], f"must be points from 1 to {points[int(scale)]}")]
    return []


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
        # As shares, each of its own base: two rounds need not have as many teams.
        first, second = base or 1, measured.than_base or base or 1
        more = value * second - (measured.than or 0) * first
        if more <= 0 or claim.comparison == "more":
            return more > 0
        return None if base is None else 4 * more <= first * second
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

    def part(number: object, base: int | None) -> object:
        return number if base is None else say("of", count=number, base=base)

    count = str(measured.low)
    if measured.low != measured.high:
        count = say("range", low=measured.low, high=measured.high)
    sentence = say(
        measured.reason,
        n=measured.high,
        count=count,
        than=measured.than,
        part=part(count, measured.base),
        than_part=part(measured.than, measured.than_base or measured.base),
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
    base = measured.base if claim.base is None else claim.base
    if verdict == "differs" and claim.comparison in ASKS:
        more.append(say(ASKS[claim.comparison], base=base))
    if verdict == "undetermined":
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


def _change(claim: _Claim, evidence: Evidence, claims: list[_Claim]) -> _Measured | str:
    if evidence.earlier is None:
        return "earlier_round"
    kind, _colon, subject = claim.subject.rpartition(":")
    part = replace(claim, subject=subject, set="", comparison="=")
    measure = {"": _participant, "status": _status}.get(kind)
    if measure is None:
        return "not_in_both"
    now, then = measure(part, evidence, claims), measure(part, evidence.earlier, claims)
    if isinstance(now, str) or isinstance(then, str) or now.low != now.high:
        return "not_in_both"
    if then.low != then.high or (now.base is None) != (then.base is None):
        return "not_in_both"
    return _Measured("change", now.low, now.high, now.base, than=then.low, than_base=then.base)


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
    "change": _change,
    **{kind: lambda *_, kind=kind: kind for kind in UNMEASURED},
}
