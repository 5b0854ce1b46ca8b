"""How ``claims.csv`` states what the note says: kinds, comparisons, numbers, and what is misread.

The rules are those of ``data/raw/README.md``, section Claims.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

UNMEASURED = ("unpublished", "vague")
KINDS = (
    *("scale", "instrument", "participant", "status", "form", "fact", "mention", "interview"),
    *("study", "size", "ebook", "change"),
    *UNMEASURED,
)
NUMBERS = ("=", "only", "at least", "at most", "between")
SHARES = (
    *("all", "not all", "nearly all", "most", "more than half", "less than half"),
    *("some", "in some cases", "many"),
)
PAIRS = ("more", "slightly more")
COMPARISONS = (*NUMBERS, *SHARES, *PAIRS, "none")
SELF_PLACEMENT, PRACTICE = "self_placement", "practice"
_TEXTS = ("claim", "kind", "subject", "set", "comparison", "speaks_of", "source")


class Misread(NamedTuple):
    """A cell of ``claims.csv`` that cannot be read; ``row`` counts from 0."""

    row: int
    column: str
    value: str
    allowed: str


@dataclass(frozen=True)
class Claim:
    """A row of ``claims.csv``.

    Attributes
    ----------
    claim : str
        Its key.
    kind, subject, set : str
        What is counted, and which part of it; empty if not given.
    comparison : str
        One of `COMPARISONS`.
    low, high : int or None
        What is stated, as one number or two.
    base : int or None
        Of how many, if given.
    speaks_of : str
        `SELF_PLACEMENT`, what municipalities say of themselves, or `PRACTICE`; empty for what is
        neither.
    source : str
        The passage that it is taken from; empty for a claim that is in no text.
    """

    claim: str
    kind: str
    subject: str
    set: str
    comparison: str
    low: int | None
    high: int | None
    base: int | None
    speaks_of: str
    source: str

    @property
    def sides(self) -> list[str]:
        """The two sets that are compared, or the one that is counted."""
        return [side.strip() for side in self.set.split(" vs ")]

    @property
    def names(self) -> tuple[str, ...]:
        """The names in a set of names."""
        return tuple(name.strip() for name in self.set.split(";") if name.strip())


def parse_claims(claims: pd.DataFrame) -> list[Claim]:
    """Read rows of ``claims.csv``.

    Parameters
    ----------
    claims : pandas.DataFrame
        ``claim``, ``kind``, ``subject``, ``set``, ``comparison``, ``stated``, ``base``,
        ``speaks_of``, ``source`` as text.

    Returns
    -------
    list of Claim
        In the same order.

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
    return [_claim(cells) for cells in _cells(claims)]


def misread(claims: pd.DataFrame, points: Mapping[int, int] | None = None) -> list[Misread]:
    """Find every cell that cannot be read as a claim.

    Parameters
    ----------
    claims : pandas.DataFrame
        As for `parse_claims`.
    points : mapping of int to int, optional
        Number of points of each scale, to check what is said of scales with.

    Returns
    -------
    list of Misread
        Empty if `parse_claims` can read all.
    """
    found = []
    for row, cells in enumerate(_cells(claims)):
        faults = [*_faults(cells), *_scale_faults(cells, points)]
        one_a_cell = {fault[0]: fault for fault in reversed(faults)}
        found += [Misread(row, *fault) for fault in one_a_cell.values()]
    return found


def _cells(claims: pd.DataFrame) -> list[dict[str, str]]:
    rows = claims[[*_TEXTS, "stated", "base"]].astype("string").fillna("").to_dict("records")
    return [{str(name): str(value).strip() for name, value in row.items()} for row in rows]


def _claim(cells: Mapping[str, str]) -> Claim:
    kept = {name: cells[name] for name in _TEXTS}
    low = high = None
    if cells["comparison"] in NUMBERS:
        first, _dash, last = cells["stated"].partition("-")
        low, high = int(first), int(last or first)
    base = cells["base"]
    return Claim(**kept, low=low, high=high, base=int(base) if base else None)


def _faults(cells: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """List what is wrong with a row: column, value, and what is allowed."""
    kind, comparison, stated = cells["kind"], cells["comparison"], cells["stated"]
    faults = []
    if kind not in KINDS:
        faults.append(("kind", kind, f"must be one of {', '.join(KINDS)}"))
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
    elif comparison in PAIRS and kind in KINDS and kind not in ("change", *UNMEASURED):
        faults.append(("comparison", comparison, f"does not go with kind {kind!r}"))
    if kind == "scale" and cells["speaks_of"] not in (SELF_PLACEMENT, PRACTICE):
        allowed = f"must be {SELF_PLACEMENT} or {PRACTICE} for a claim on a scale"
        faults.append(("speaks_of", cells["speaks_of"], allowed))
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
