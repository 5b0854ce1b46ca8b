"""What a claim counts, measured from the tables of its round."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pandas as pd

from swt_analysis.clean.claims import UNMEASURED, Claim

_BLOCK_1 = ("state_of_play_now", "co_operation", "future")


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
        ``participant``, ``teams``, ``of_which_pilot``, ``pilot_neighbourhoods``.
    municipalities : pandas.DataFrame
        ``municipality``, ``on_scheme`` and ``in_ebook`` (true or false), ``atypical_team``,
        ``status``, ``form``, ``form_source``.
    facts : pandas.DataFrame
        ``municipality``, ``fact``, ``value``, ``source``.
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


@dataclass(frozen=True)
class Measured:
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


def told_elsewhere(sources: str, passage: str) -> bool:
    """Whether something is told in any other place than a passage.

    Parameters
    ----------
    sources : str
        Places in the text, set apart by semicolons; empty where it is a table that tells it.
    passage : str
        A place in the text; empty for what is in no text.

    Returns
    -------
    bool
        A place within another is the same, and so are an introduction and what it introduces.

    Examples
    --------
    >>> told_elsewhere("observation 4, theme 1", "observation 4, introduction")
    False
    >>> told_elsewhere("observation 4, theme 1; annex 1", "observation 4, theme 1, paragraph 2")
    True
    """
    own = _parts(passage)
    if not own or not sources:
        return True
    places = [_parts(place) for place in sources.split(";")]
    return any(one[: len(own)] != own[: len(one)] for one in places)


def _parts(place: str) -> list[str]:
    parts = [part.strip() for part in place.split(",") if part.strip()]
    return [part for part in parts if "introduction" not in part]


def _elsewhere(table: pd.DataFrame, column: str, claim: Claim) -> "pd.Series[bool]":
    """Find the rows that are evidence for a claim: those not told in its own passage alone."""
    sources = table[column].astype("string").fillna("")
    return sources.map(lambda cell: told_elsewhere(cell, claim.source)).astype(bool)


# Each gives what is measured, or the key of the text that says why nothing is.


def _scale(claim: Claim, evidence: Evidence, _: list[Claim]) -> Measured | str:
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
        return Measured("scale", sums[0], sums[0], base, values={"set": claim.set})
    left, right = claim.sides
    values = {"left": left, "right": right}
    return Measured("scale_pair", sums[0], sums[0], base, than=sums[1], values=values)


def _instrument(claim: Claim, evidence: Evidence, _: list[Claim]) -> Measured | str:
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
        return Measured("points", int(points.min()), int(points.max()), each=True)
    poles = scales["left_nl"] + "-" + scales["right_nl"]
    left, _dash, right = claim.set.partition("-")
    count = int((poles == claim.set).sum())
    return Measured("poles", count, count, len(scales), values={"left": left, "right": right})


def _participant(claim: Claim, evidence: Evidence, _: list[Claim]) -> Measured | str:
    subject, _colon, trial = claim.subject.partition(":")
    table = evidence.participants.dropna(subset=["teams", "of_which_pilot"])
    teams = dict(zip(table["participant"], table["teams"].astype(int), strict=True))
    pilots = dict(zip(table["participant"], table["of_which_pilot"].astype(int), strict=True))
    sides = [[part.strip() for part in (side or subject).split("+")] for side in claim.sides]
    parts = [part for side in sides for part in side]
    if not set(parts) <= set(teams):
        return "absent"
    if trial == "neighbourhoods":
        told = table.set_index("participant")["pilot_neighbourhoods"].reindex(parts)
        if len(parts) > 1 or told.isna().any():
            return "absent"
        return _exactly("neighbourhoods", int(told.iloc[0]))
    numbers = [[(pilots if trial else teams)[part] for part in side] for side in sides]
    base = int(evidence.municipalities["on_scheme"].eq(True).sum()) or None
    if trial:
        base = teams[parts[0]] if len(parts) == 1 else None
    if len(numbers) == 2:
        low, than = (sum(side) for side in numbers)
        return Measured("participant_pair", low, low, base, than=than)
    low, high = max(numbers[0]), sum(numbers[0])
    if base is not None and len(parts) > 1:
        high = max(low, min(high, base))
    return Measured("pilot" if trial else "participant", low, high, base)


def _status(claim: Claim, evidence: Evidence, _: list[Claim]) -> Measured | str:
    table = evidence.municipalities
    if table["status"].isna().all():
        return "absent"
    wanted = ["roll-out", "pilot"] if claim.subject == "chosen" else [claim.subject]
    return _municipalities(table, table["status"].isin(wanted), table["status"].isna())


def _form(claim: Claim, evidence: Evidence, _: list[Claim]) -> Measured | str:
    table = evidence.municipalities
    if table[["form", "atypical_team"]].isna().all(axis=None):
        return "absent"
    if claim.subject == "kinds":
        return _exactly("kinds", table["form"].nunique())
    # Not every municipality has a form: without one, it is not counted as perhaps having it.
    formed = (table["form"] == claim.subject).fillna(False) & _elsewhere(
        table, "form_source", claim
    )
    so = formed | (table["atypical_team"] == claim.subject)
    return _municipalities(table, so.fillna(False))


def _fact(claim: Claim, evidence: Evidence, _: list[Claim]) -> Measured | str:
    facts, table = evidence.facts, evidence.municipalities
    if facts.empty:
        return "absent"
    fact, _colon, value = claim.subject.partition(":")
    so = (facts["fact"] == fact) & (facts["value"] == value)
    if so.any() and not (so := so & _elsewhere(facts, "source", claim)).any():
        return "same_source"
    names = tuple(sorted(set(facts.loc[so, "municipality"])))
    return Measured("municipalities", len(names), len(names), len(table) or None, names=names)


def _mention(claim: Claim, _: Evidence, __: list[Claim]) -> Measured | str:
    count = len(claim.names)
    return Measured("mention", count, count, names=claim.names) if count else "absent"


def _interview(claim: Claim, evidence: Evidence, _: list[Claim]) -> Measured | str:
    minutes = evidence.checklist.drop_duplicates("block").set_index("block")["minutes"]
    _minutes, _colon, block = claim.subject.partition(":")
    some = _BLOCK_1 if block == "block_1" else (block,)
    blocks = list(some) if block else list(minutes.index)
    if not blocks or not set(blocks) <= set(minutes.index) or minutes[blocks].isna().any():
        return "absent"
    return _exactly("interview", int(minutes[blocks].astype(int).sum()))


def _study(claim: Claim, evidence: Evidence, claims: list[Claim]) -> Measured | str:
    if claim.subject == "municipalities":
        count = len(evidence.municipalities)
        return _exactly("members", count) if count else "absent"
    if claim.subject == "on_scheme":
        marks = evidence.counts.groupby("scale")["count"].sum()
        if marks.empty or evidence.municipalities.empty:
            return "absent"
        low, high = int(marks.min()), int(marks.max())
        return Measured("on_scheme", low, high, len(evidence.municipalities), each=True)
    elsewhere = [
        other.low
        for other in claims
        if (other.kind, other.subject, other.comparison) == ("study", claim.subject, "=")
        and other.claim != claim.claim
        and told_elsewhere(other.source, claim.source)
        and other.low is not None
    ]
    if not elsewhere:
        return "stated_once"
    return Measured("elsewhere", min(elsewhere), max(elsewhere))


def _size(claim: Claim, evidence: Evidence, _: list[Claim]) -> Measured | str:
    facts = evidence.facts
    here = (facts["municipality"] == claim.subject) & (facts["fact"] == "organisations_in_team")
    if here.any() and not (here := here & _elsewhere(facts, "source", claim)).any():
        return "same_source"
    values = [str(value) for value in facts.loc[here, "value"]]
    if not values or not all(value.isdecimal() for value in values):
        return "absent"
    numbers = [int(value) for value in values]
    return Measured("size", min(numbers), max(numbers))


def _ebook(claim: Claim, evidence: Evidence, _: list[Claim]) -> Measured | str:
    if claim.subject == "factsheets":
        return "not_transcribed"
    known = evidence.municipalities["in_ebook"]
    if claim.subject != "interviews" or known.isna().all():
        return "absent"
    low = int(known.eq(True).sum())
    return Measured("ebook", low, low + int(known.isna().sum()), len(known))


def _change(claim: Claim, evidence: Evidence, claims: list[Claim]) -> Measured | str:
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
    return Measured("change", now.low, now.high, now.base, than=then.low, than_base=then.base)


def _exactly(reason: str, count: int) -> Measured:
    return Measured(reason, count, count)


def _municipalities(
    table: pd.DataFrame, so: "pd.Series[bool]", unknown: "pd.Series[bool] | None" = None
) -> Measured:
    names = tuple(table.loc[so, "municipality"])
    high = len(names) + (0 if unknown is None else int(unknown.sum()))
    return Measured("municipalities", len(names), high, len(table), names=names)


MEASURES: dict[str, Callable[[Claim, Evidence, list[Claim]], Measured | str]] = {
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
