"""Every pair of rounds: who moved on each scale as far as the data say, and who took part."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from swt_analysis.clean.mergers import carry_on
from swt_analysis.statistics.count_only import movement_bounds

COLUMNS = (
    *("from_round", "to_round", "scale", "paired", "moved", "p_value", "p_holm"),
    *("min_moved", "max_moved", "entered", "left", "up", "same", "down"),
    *("net_share", "net_low", "net_high"),
)


@dataclass(frozen=True)
class Round:
    """What a round says of who stands where.

    Attributes
    ----------
    counts : pandas.DataFrame
        Columns scale, point, count.
    scores : pandas.DataFrame
        Columns municipality, scale, point: all answers, or the placements that are known.
    complete : bool
        Whether these are all answers.
    respondents : frozenset of str or None
        Who took part; None if the round does not name them.
    """

    counts: pd.DataFrame
    scores: pd.DataFrame
    complete: bool
    respondents: frozenset[str] | None


def change_table(rounds: Mapping[int, Round], mergers: pd.DataFrame) -> pd.DataFrame:
    """Compare every two rounds: a test where both have scores, bounds where one has counts.

    Parameters
    ----------
    rounds : mapping of int to Round
        The rounds by year.
    mergers : pandas.DataFrame
        Columns municipality, into, year, carries_on.

    Returns
    -------
    pandas.DataFrame
        A row a pair of rounds and scale, with the columns `COLUMNS`; empty where the data
        cannot tell.
    """
    parts = [
        _compare(rounds[early], rounds[late], mergers, late).assign(from_round=early, to_round=late)
        for early, late in combinations(sorted(rounds), 2)
    ]
    table = pd.concat([pd.DataFrame(columns=list(COLUMNS)), *parts])
    return table.reindex(columns=list(COLUMNS))


def _compare(early: Round, late: Round, mergers: pd.DataFrame, year: int) -> pd.DataFrame:
    if early.complete and late.complete:
        from swt_analysis.statistics.paired import compare_rounds  # needs SciPy

        before = carry_on(early.scores, mergers, year)
        wide = [
            scores.pivot(index="municipality", columns="scale", values="point")
            for scores in (before, late.scores)
        ]
        table = compare_rounds(*wide).reset_index()
        moved = table["up"] + table["down"]
        return table.assign(moved=moved, min_moved=moved, max_moved=moved)
    scales = [
        scale for scale in early.counts["scale"].unique() if scale in set(late.counts["scale"])
    ]
    rows = [
        {"scale": scale, **movement(_side(early, scale), _side(late, scale))} for scale in scales
    ]
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Side:
    """One round of a comparison on one scale.

    Attributes
    ----------
    counts : numpy.ndarray
        Answers at points 1 to k.
    placements : dict of str to int
        Points of the municipalities whose point is known.
    possible : frozenset of str or None
        Who can be among those that answered; None if the round does not name them.
    """

    counts: npt.NDArray[np.int64]
    placements: dict[str, int]
    possible: frozenset[str] | None

    @property
    def nonrespondents(self) -> int:
        """How many of the possible ones did not answer."""
        return len(self.possible or ()) - int(self.counts.sum())


def _side(round_: Round, scale: int) -> Side:
    counts = round_.counts.loc[round_.counts["scale"] == scale, "count"].to_numpy(dtype=np.int64)
    here = round_.scores[(round_.scores["scale"] == scale) & round_.scores["point"].notna()]
    placements = {
        str(name): int(point)
        for name, point in zip(here["municipality"], here["point"], strict=True)
    }
    return Side(
        counts, placements, frozenset(placements) if round_.complete else round_.respondents
    )


def movement(early: Side, late: Side) -> dict[str, int]:
    """Bound how many of those who answered twice moved, with all that is known by name.

    Whose point is known in both rounds moved or did not; the rest is bounded by
    `count_only.movement_bounds`, over every number of municipalities that can have answered in
    both. Where respondents are not named, as many answers in both rounds are taken to be of the
    same municipalities; nothing is bounded otherwise.

    Parameters
    ----------
    early, late : Side
        The two rounds of one scale.

    Returns
    -------
    dict of str to int
        ``min_moved`` and ``max_moved``; ``paired`` if it is certain; empty without bounds.

    Examples
    --------
    >>> everyone = frozenset("ABC")
    >>> movement(Side(np.array([2, 1]), {}, everyone), Side(np.array([0, 3]), {}, everyone))
    {'min_moved': 2, 'max_moved': 2, 'paired': 3}
    """
    if early.possible is None or late.possible is None:
        if early.counts.sum() != late.counts.sum():
            return {}
        moved = movement_bounds(early.counts, late.counts).moved
        return {"min_moved": moved.low, "max_moved": moved.high}
    common = early.possible & late.possible
    least = max(0, len(common) - early.nonrespondents - late.nonrespondents)
    twice = early.placements.keys() & late.placements.keys()
    shifted = sum(early.placements[name] != late.placements[name] for name in twice)
    # Whose point is known and who is not in both rounds cannot be behind a mark that stayed.
    rest = [_without(side, common, twice) for side in (early, late)]
    most = min(len(common) - len(twice), *(int(counts.sum()) for counts in rest))
    least = min(max(least - len(twice), 0), most)
    low = movement_bounds(*rest, stayed=least).moved.low + shifted
    high = movement_bounds(*rest, stayed=most).moved.high + shifted
    certain = {"paired": least + len(twice)} if least == most else {}
    return {"min_moved": low, "max_moved": high} | certain


def _without(
    side: Side, common: frozenset[str], twice: "set[str] | frozenset[str]"
) -> npt.NDArray[np.int64]:
    """Take the marks away that are known not to be of the others that answered twice."""
    counts = side.counts.copy()
    for name, point in side.placements.items():
        if name in twice or name not in common:
            counts[point - 1] -= 1
    return counts


def members(
    municipality_rounds: pd.DataFrame, mergers: pd.DataFrame, early: int, late: int
) -> pd.DataFrame:
    """Tell who stayed, entered and left the choice scales between two rounds.

    Parameters
    ----------
    municipality_rounds : pandas.DataFrame
        Columns round, municipality, on_scheme.
    mergers : pandas.DataFrame
        Columns municipality, into, year, carries_on.
    early, late : int
        The rounds.

    Returns
    -------
    pandas.DataFrame
        Columns membership (stayed, entered, left) and municipality, in that order, sorted.
    """
    there = municipality_rounds[municipality_rounds["on_scheme"].astype(bool)]
    before, after = (
        there.loc[there["round"] == year, ["municipality"]].assign(scale=0, point=0)
        for year in (early, late)
    )
    then = set(carry_on(before, mergers, late)["municipality"])
    now = set(after["municipality"])
    groups = {"stayed": then & now, "entered": now - then, "left": then - now}
    return pd.DataFrame(
        [(kind, name) for kind, names in groups.items() for name in sorted(names)],
        columns=["membership", "municipality"],
    )


def movers(scores: pd.DataFrame, early: int, late: int) -> pd.DataFrame:
    """List who stands at another point in the later round.

    Parameters
    ----------
    scores : pandas.DataFrame
        Columns round, municipality, scale, point; all answers of both rounds.
    early, late : int
        The rounds.

    Returns
    -------
    pandas.DataFrame
        Columns scale, municipality, from_point, to_point, sorted.
    """
    keys = ["scale", "municipality"]
    then, now = (
        scores.loc[scores["round"] == year, [*keys, "point"]].dropna() for year in (early, late)
    )
    both = then.rename(columns={"point": "from_point"}).merge(
        now.rename(columns={"point": "to_point"}), on=keys
    )
    return both[both["from_point"] != both["to_point"]].sort_values(keys, ignore_index=True)


def participation(participants: pd.DataFrame, early: int, late: int, *, trial: str) -> pd.DataFrame:
    """Put two rounds side by side: in how many teams each participant is.

    Parameters
    ----------
    participants : pandas.DataFrame
        Columns round, participant, label, teams, of_which_pilot, in the order of the rounds.
    early, late : int
        The rounds.
    trial : str
        What comes behind the year where only trials are counted.

    Returns
    -------
    pandas.DataFrame
        Column participant, with the last label of each, then a column a round, and a column a
        round of trials; blank where a round does not tell.
    """
    names = participants.drop_duplicates("participant", keep="last").set_index("participant")
    wide = participants[participants["round"].isin([early, late])].pivot(
        index="participant", columns="round", values=["teams", "of_which_pilot"]
    )
    wide = wide.reindex(names.index).dropna(how="all")
    wide.columns = wide.columns.map(
        lambda column: str(column[1]) if column[0] == "teams" else f"{column[1]}, {trial}"
    )
    wide.insert(0, "participant", names["label"])
    return wide.reset_index(drop=True)


def medians(scale_summaries: pd.DataFrame) -> pd.DataFrame:
    """Put the medians of all rounds side by side.

    Parameters
    ----------
    scale_summaries : pandas.DataFrame
        Columns round, scale, low_median, high_median; whole numbers or blank.

    Returns
    -------
    pandas.DataFrame
        Column scale, then a column a round: ``"3"``, or ``"2-3"`` where the median lies between.
    """
    low, high = (scale_summaries[f"{end}_median"].astype("string") for end in ("low", "high"))
    both = scale_summaries.assign(median=low.where(low == high, low + "-" + high))
    return both.pivot(index="scale", columns="round", values="median").reset_index()
