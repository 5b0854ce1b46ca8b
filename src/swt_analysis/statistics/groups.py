"""Groups of municipalities where not every answer is known by name: bounds over all placements.

A scale gives how many stand at each point, a round who answered and of which group each is. With
the few that are known by name, every way to place the others is possible. With scores all are
known, and both ends of a range are the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from swt_analysis.problems import InvalidError
from swt_analysis.statistics.bounds import Bounds
from swt_analysis.statistics.ordinal import summarise
from swt_analysis.statistics.vectors import as_vectors

Counts = npt.NDArray[np.int64]
_OTHERS = object()  # those without a group


def group_bounds(
    counts: pd.DataFrame,
    groups: pd.Series | Mapping[str, Any],
    placements: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Bound what each group of municipalities answered on every scale.

    Over all ways to place the municipalities that counts and names allow. A point, or a side of
    the scale, has at least those of its marks that no other group has room for, and at most as
    many as the group has members to place: both can be reached (the bounds of a table of which
    the margins are known, Fréchet 1951). The lowest median has the group as far to the left as
    the marks that are free allow, the highest as far to the right.

    Parameters
    ----------
    counts : pandas.DataFrame
        Columns ``scale``, ``point`` and ``count`` of one round.
    groups : pandas.Series or mapping
        The group of everyone that took part, by name; missing: of no group. Those that are more
        than the answers of a scale gave none there.
    placements : pandas.DataFrame, optional
        Columns ``municipality``, ``scale`` and ``point`` (missing: known to have given no
        answer) of those that are known by name.

    Returns
    -------
    pandas.DataFrame
        Rows by ``scale``, ``group`` and ``measure``: ``n`` (answers), the points (``"1"`` and on)
        and ``left``, ``middle``, ``right`` of the scale (municipalities), ``median`` (point, from
        the lowest low to the highest high one). Columns ``low`` and ``high``; NaN without answers.

    Raises
    ------
    InvalidError
        If there are counts of several rounds, no group, or more answers or placements than
        municipalities can have given.

    References
    ----------
    Frechet, M. (1951). Sur les tableaux de correlation dont les marges sont donnees. Annales de
    l'Universite de Lyon, Section A, 14, 53-77.

    Examples
    --------
    >>> import pandas as pd
    >>> import swt_analysis as swt
    >>> counts = pd.DataFrame({"scale": 1, "point": [1, 2, 3], "count": [3, 1, 0]})
    >>> groups = {"Haarlem": "large", "Zaanstad": "large", "Heiloo": "small", "Velsen": "small"}
    >>> swt.group_bounds(counts, groups).loc[(1, "large")]
             low  high
    measure
    n        2.0   2.0
    1        1.0   2.0
    2        0.0   1.0
    3        0.0   0.0
    left     1.0   2.0
    middle   0.0   1.0
    right    0.0   0.0
    median   1.0   2.0
    """
    rows = {
        (scale, name, measure): (np.nan, np.nan) if ends is None else ends
        for scale, here in _scales(counts, groups, placements)
        for name in here.names
        for measure, ends in here.measures(name).items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["low", "high"], dtype=float)
    table.index = pd.MultiIndex.from_tuples(rows, names=["scale", "group", "measure"])
    return table


def delta_bounds(
    counts: pd.DataFrame,
    groups: pd.Series | Mapping[str, Any],
    placements: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Bound how far each two groups of municipalities lie apart on every scale.

    Over all ways to place the municipalities that counts and names allow, as `group_bounds`.
    Cliff's delta rises when a municipality of the second group changes places with one of any
    other group that stands further to the right, and when one of the first does with one further
    to the left. So it is highest with the first group as far to the left as can be and the second
    as far to the right, and lowest the other way about. There is no p: who stands where is not
    known.

    Parameters
    ----------
    counts, groups, placements
        As for `swt_analysis.group_bounds`.

    Returns
    -------
    pandas.DataFrame
        A row a scale and two groups; columns ``first``, ``second`` (names of the groups),
        ``n_first``, ``n_second`` (municipalities), ``low`` and ``high`` (of Cliff's delta, -1:
        all of the second stand lower; 1: higher); NaN where a group has no answer.

    Raises
    ------
    InvalidError
        As for `swt_analysis.group_bounds`.

    References
    ----------
    Cliff, N. (1993). Dominance statistics: ordinal analyses to answer ordinal questions.
    Psychological Bulletin 114(3), 494-509.

    Examples
    --------
    >>> import pandas as pd
    >>> import swt_analysis as swt
    >>> counts = pd.DataFrame({"scale": 1, "point": [1, 2, 3], "count": [3, 1, 0]})
    >>> groups = {"Haarlem": "large", "Zaanstad": "large", "Heiloo": "small", "Velsen": "small"}
    >>> swt.delta_bounds(counts, groups)
           first second  n_first  n_second  low  high
    scale
    1      large  small        2         2 -0.5   0.5
    """
    rows = []
    for scale, here in _scales(counts, groups, placements):
        for first, second in combinations(here.names, 2):
            ends = here.delta(first, second)
            low, high = (np.nan, np.nan) if ends is None else ends
            sizes = {"n_first": here.sizes[first], "n_second": here.sizes[second]}
            told = {"scale": scale, "first": first, "second": second, **sizes}
            rows.append({**told, "low": low, "high": high})
    columns = ["scale", "first", "second", "n_first", "n_second", "low", "high"]
    return pd.DataFrame(rows, columns=columns).set_index("scale")


@dataclass(frozen=True)
class _OneScale:
    """One scale: the marks that are free, and per group those that are known and its size.

    Vectors have an entry a point, and at the end one for those that gave no answer.
    """

    names: list[Any]
    sizes: dict[Any, int]
    known: dict[Any, Counts]
    free: Counts

    def room(self, name: Any) -> int:
        """How many of a group are not known by name."""
        return self.sizes[name] - int(self.known[name].sum())

    def measures(self, name: Any) -> dict[str, Bounds[Any] | None]:
        k = len(self.free) - 1
        parts = {"left": range(k // 2), "middle": range(k // 2, (k + 1) // 2)}
        parts |= {"right": range((k + 1) // 2, k)}
        points = {str(one + 1): range(one, one + 1) for one in range(k)}
        wanted = {"n": range(k), **points, **parts}
        found: dict[str, Bounds[Any] | None] = {
            measure: self.number(name, list(where)) for measure, where in wanted.items()
        }
        return found | {"median": self.median(name)}

    def number(self, name: Any, where: list[int]) -> Bounds[int]:
        """Bound how many of a group stand at some points."""
        here, room = int(self.free[where].sum()), self.room(name)
        elsewhere = int(self.free.sum()) - here
        known = int(self.known[name][where].sum())
        return Bounds(known + max(0, room - elsewhere), known + min(here, room))

    def median(self, name: Any) -> Bounds[int] | None:
        low, high = [], []
        for silent in self.silences(name):
            number = self.room(name) - silent
            left, right = (self.placed(name, number, end) for end in ("left", "right"))
            if left.sum():
                low.append(summarise(left).low_median)
                high.append(summarise(right).high_median)
        ends = [one for one in low if one is not None], [one for one in high if one is not None]
        return Bounds(min(ends[0]), max(ends[1])) if ends[0] else None

    def delta(self, first: Any, second: Any) -> Bounds[float] | None:
        """Bound Cliff's delta of two groups."""
        silent, rest = int(self.free[-1]), sum(map(self.room, self.sizes))
        rest -= self.room(first) + self.room(second)
        low, high = [], []
        for one in self.silences(first):
            for other in self.silences(second):
                if not 0 <= silent - one - other <= rest:
                    continue
                numbers = self.room(first) - one, self.room(second) - other
                apart = []
                for here, to in (("right", "left"), ("left", "right")):
                    sides = (
                        self.placed(first, numbers[0], here),
                        self.placed(second, numbers[1], to),
                    )
                    apart.append(_cliff(*sides))
                if not np.isnan(apart).any():
                    low.append(apart[0])
                    high.append(apart[1])
        return Bounds(min(low), max(high)) if low else None

    def silences(self, name: Any) -> range:
        """How many of the unknown ones of a group can have given no answer."""
        silent, room = int(self.free[-1]), self.room(name)
        return range(max(0, room - int(self.free[:-1].sum())), min(silent, room) + 1)

    def placed(self, name: Any, number: int, end: str) -> Counts:
        """Place the unknown ones of a group as far to one end as the free marks allow."""
        free = self.free[:-1] if end == "left" else self.free[-2::-1]
        taken = np.diff(np.minimum(free.cumsum(), number), prepend=0)
        here: Counts = self.known[name][:-1] + (taken if end == "left" else taken[::-1])
        return here


def _cliff(first: Counts, second: Counts) -> float:
    below = first.cumsum() - first
    above = first.sum() - first.cumsum()
    pairs = int(first.sum() * second.sum())
    return float((second * (below - above)).sum() / pairs) if pairs else np.nan


def _scales(
    counts: pd.DataFrame,
    groups: pd.Series | Mapping[str, Any],
    placements: pd.DataFrame | None,
) -> Iterator[tuple[Any, _OneScale]]:
    """Lay out every scale of one round."""
    member = pd.Series(groups)
    if member.index.has_duplicates:
        twice = member.index[member.index.duplicated()][0]
        raise InvalidError(f"{twice}: occurs twice among the groups; keep one")
    kinds = member.astype("category").cat.remove_unused_categories()
    names = list(kinds.cat.categories)
    if not names:
        raise InvalidError("no municipality has a group; look at study.groups(...)")
    if "round" in counts and counts["round"].nunique() > 1:
        raise InvalidError("counts of several rounds; choose one")
    sizes = {name: int((kinds == name).sum()) for name in names}
    sizes[_OTHERS] = len(member) - sum(sizes.values())
    group_of = {**dict.fromkeys(member.index, _OTHERS), **kinds.dropna().to_dict()}
    index, vectors = as_vectors(counts.drop(columns="round", errors="ignore"))
    for scale, vector in zip([None] if index is None else index, vectors, strict=True):
        silent = len(member) - int(vector.sum())
        if silent < 0:
            raise InvalidError(
                f"scale {scale}: {vector.sum()} answers of {len(member)} municipalities; "
                "groups must have everyone that took part, without a group if there is none"
            )
        everyone = np.append(vector, silent).astype(np.int64)
        known = {name: np.zeros_like(everyone) for name in sizes}
        for name, point in _placed_on(placements, scale):
            if name not in group_of:
                raise InvalidError(f"scale {scale}: {name!r} is placed, and not among the groups")
            known[group_of[name]][-1 if pd.isna(point) else int(point) - 1] += 1
        free: Counts = everyone - sum(known.values())
        if (free < 0).any():
            raise InvalidError(f"scale {scale}: more are placed at a point than the counts have")
        yield scale, _OneScale(names, sizes, known, free)


def _placed_on(placements: pd.DataFrame | None, scale: Any) -> Iterator[tuple[str, Any]]:
    if placements is not None:
        here = placements if scale is None else placements[placements["scale"] == scale]
        yield from zip(here["municipality"], here["point"], strict=True)
