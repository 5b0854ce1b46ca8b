"""How robust the numbers of a round are: to nonresponse, to atypical teams, and to chance."""

from itertools import combinations
from math import comb, factorial, prod
from typing import Any

import numpy as np
import pandas as pd

from swt_analysis.statistics.bounds import (
    Bounds,
    count_bounds,
    counts_of_percentage,
    percentage_interval,
    placements,
    summary_bounds,
)
from swt_analysis.statistics.count_only import WithoutAtypical, tau_b_bounds, without_atypical
from swt_analysis.statistics.ordinal import Counts, agreement, as_counts, summarise

_MOST_OUTCOMES = 10_000


def scale_sensitivity(
    counts: Counts, nonrespondents: int, without: WithoutAtypical | None = None
) -> pd.DataFrame:
    """Summarise a scale of those who answered, of all, and without the atypical teams.

    Parameters
    ----------
    counts : sequence of int, length k >= 2
        Number of answers at points 1 to k.
    nonrespondents : int
        Municipalities that did not answer.
    without : WithoutAtypical, optional
        What remains without the atypical teams.

    Returns
    -------
    pandas.DataFrame
        Rows ``answered``, and if there are such ``everyone`` and ``without``; columns ``n``, a
        whole number, and ``left_count``, ``middle``, ``right_count``, ``median``,
        ``lower_quartile``, ``upper_quartile``, ``leik_d``, ``mean_deviation``, ``agreement``,
        each a `Bounds`; None where there is no value or none that can be bounded.

    Examples
    --------
    >>> scale_sensitivity([5, 2, 2, 0, 0], nonrespondents=2).loc["everyone", "median"]
    Bounds(low=1, high=2)
    """
    summary = summarise(counts)
    measures = ("lower_quartile", "upper_quartile", "leik_d", "mean_deviation", "agreement")
    rows: dict[str, dict[str, object]] = {
        "answered": {
            "n": summary.n,
            "left_count": Bounds(summary.left, summary.left),
            "middle": Bounds(summary.middle, summary.middle),
            "right_count": Bounds(summary.right, summary.right),
            "median": _between(summary.low_median, summary.high_median),
            **{name: _between(*[getattr(summary, name)] * 2) for name in measures},
        }
    }
    if nonrespondents:
        bounds = summary_bounds(counts, nonrespondents)
        low, high = bounds["low_median"], bounds["high_median"]
        rows["everyone"] = {
            "n": summary.n + nonrespondents,
            "left_count": count_bounds(summary.left, nonrespondents),
            "middle": count_bounds(summary.middle, nonrespondents if len(counts) % 2 else 0),
            "right_count": count_bounds(summary.right, nonrespondents),
            "median": Bounds(low.low, high.high) if low and high else None,
            **{name: bounds[name] for name in measures},
        }
    if without is not None:
        quartiles = {
            name: _between(getattr(without.leftmost, name), getattr(without.rightmost, name))
            for name in ("lower_quartile", "upper_quartile")
        }
        rows["without"] = {
            "n": without.n,
            "left_count": without.left,
            "right_count": without.right,
            "median": without.median,
            **quartiles,
        }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(rows["answered"]))
    return table.astype(object).where(table.notna(), None)


def round_sensitivity(
    year: int,
    counts: pd.DataFrame,
    *,
    scores: pd.DataFrame,
    rounds: pd.DataFrame,
    places: pd.DataFrame,
) -> pd.DataFrame:
    """Summarise every scale of a round as `scale_sensitivity` does.

    Parameters
    ----------
    year : int
        The round.
    counts, scores, rounds, places : pandas.DataFrame
        The processed tables ``choice_scale_counts``, ``choice_scale_scores``, ``rounds`` and
        ``municipality_rounds``, or the part of them that concerns some scales.

    Returns
    -------
    pandas.DataFrame
        Columns ``scale``, ``who`` and those of `scale_sensitivity`.
    """
    row = rounds[rounds["round"] == year].iloc[0]
    all_ = row["respondents"] if pd.isna(row["municipalities"]) else row["municipalities"]
    scores, places = (table[table["round"] == year] for table in (scores, places))
    parts = []
    for scale, group in counts[counts["round"] == year].groupby("scale", sort=True):
        here = group.sort_values("point")["count"].astype("int64").to_numpy()
        without = leave_out_atypical(
            here, scores[scores["scale"] == scale], places, complete=row["form"] == "scores"
        )
        part = scale_sensitivity(here, max(int(all_) - int(here.sum()), 0), without)
        parts.append(part.rename_axis("who").reset_index().assign(scale=scale))
    return pd.concat(parts, ignore_index=True)


def atypical_teams(places: pd.DataFrame) -> list[str]:
    """List the municipalities on the scheme whose answers concern an atypical team.

    Parameters
    ----------
    places : pandas.DataFrame
        Columns ``municipality``, ``on_scheme``, ``atypical_team`` of one round.
    """
    atypical = places["on_scheme"].eq(True) & places["atypical_team"].notna()
    return sorted(places.loc[atypical, "municipality"])


def leave_out_atypical(
    counts: Counts, placed: pd.DataFrame, places: pd.DataFrame, *, complete: bool
) -> WithoutAtypical | None:
    """Leave the atypical teams out of a scale, with every point that is known by name.

    Parameters
    ----------
    counts : sequence of int, length k >= 2
        Number of answers at points 1 to k.
    placed : pandas.DataFrame
        Columns ``municipality``, ``point``: whose point on this scale is known.
    places : pandas.DataFrame
        Columns ``municipality``, ``on_scheme``, ``atypical_team`` of the round.
    complete : bool
        Whether every answer is in ``placed``.

    Returns
    -------
    WithoutAtypical or None
        None if no atypical team answered, or if the data do not say whether they all did.
    """
    atypical = set(atypical_teams(places))
    placed = placed.dropna(subset="point").astype({"point": int})
    is_atypical = placed["municipality"].isin(atypical)
    if complete:
        number = int(is_atypical.sum())
    elif as_counts(counts).sum() == places["on_scheme"].eq(True).sum():
        number = len(atypical)
    else:
        return None
    if number == 0:
        return None
    return without_atypical(
        counts,
        number,
        known_atypical=placed.loc[is_atypical, "point"].to_list(),
        known_typical=placed.loc[~is_atypical, "point"].to_list(),
    )


def chance_agreement(n: int, points: int, *, level: float = 0.95) -> Bounds[float] | None:
    """Give the middle range of van der Eijk's A if every point is equally likely.

    Every outcome of n answers is counted with its multinomial probability; nothing is drawn.

    Parameters
    ----------
    n : int
        Number of answers.
    points : int
        Points of the scale, 2 or more.
    level : float
        Probability of the middle range.

    Returns
    -------
    Bounds of float or None
        None if there are no answers, or more than 10,000 outcomes.

    Examples
    --------
    >>> low, high = chance_agreement(9, 5)
    >>> round(low, 2), round(high, 2)
    (-0.33, 0.61)
    """
    if n == 0 or comb(n + points - 1, points - 1) > _MOST_OUTCOMES:
        return None
    outcomes = placements(n, points)
    values = np.array([agreement(outcome) for outcome in outcomes], dtype=float)
    ways = np.array([factorial(n) // prod(map(factorial, map(int, row))) for row in outcomes])
    order = values.argsort()
    cumulative = ways[order].cumsum() / points**n
    tail = (1 - level) / 2
    low, high = np.searchsorted(cumulative, [tail, 1 - tail])
    return Bounds(float(values[order][low]), float(values[order][high]))


def associations(counts: pd.DataFrame, scores: pd.DataFrame | None = None) -> pd.DataFrame:
    """Give Kendall's tau-b between each two scales of a round, or its bounds from counts alone.

    Parameters
    ----------
    counts : pandas.DataFrame
        Columns ``scale``, ``point``, ``count`` of one round.
    scores : pandas.DataFrame, optional
        All points: a row a municipality, a column a scale; NaN is no answer.

    Returns
    -------
    pandas.DataFrame
        A row a pair of scales, with counts those with as many answers; columns ``scale``,
        ``other_scale``, ``tau_b`` (`Bounds`, or None if on a scale all stand at one point).
    """
    if scores is not None:
        taus = scores.astype(float).corr("kendall").to_numpy()
        rows: list[tuple[Any, Any, Bounds[float] | None]] = [
            (scores.columns[i], scores.columns[j], _between(*[_number(taus[i, j])] * 2))
            for i, j in combinations(range(len(taus)), 2)
        ]
    else:
        tallies = {
            scale: group.sort_values("point")["count"].astype("int64").to_numpy()
            for scale, group in counts.groupby("scale", sort=True)
        }
        rows = [
            (one, other, tau_b_bounds(tallies[one], tallies[other]))
            for one, other in combinations(tallies, 2)
            if tallies[one].sum() == tallies[other].sum()
        ]
    return pd.DataFrame(rows, columns=["scale", "other_scale", "tau_b"], dtype=object)


def poll_bounds(polls: pd.DataFrame) -> pd.DataFrame:
    """Turn published shares back into counts, and bound the number among all municipalities.

    Parameters
    ----------
    polls : pandas.DataFrame
        Columns ``share`` (of 1, as published in whole per cent or with decimals),
        ``respondents``, ``population``.

    Returns
    -------
    pandas.DataFrame
        The same rows with ``allowed`` (counts that the percentage allows), ``sampled`` (95 %
        interval of a random sample from that many municipalities) and ``possible`` (whatever
        those that did not answer do), `Bounds` of numbers of municipalities, and the latter two
        also as ``sampled_share`` and ``possible_share``; None if no count gives the percentage.
    """
    rows = [
        _poll_bounds(float(share), int(respondents), int(population))
        for share, respondents, population in polls[
            ["share", "respondents", "population"]
        ].itertuples(index=False)
    ]
    columns = ["allowed", "sampled", "possible", "sampled_share", "possible_share"]
    bounds = pd.DataFrame(rows, polls.index, columns, dtype=object)
    return pd.concat([polls, bounds], axis="columns")


def _poll_bounds(share: float, respondents: int, population: int) -> list[Bounds[Any] | None]:
    percentage = round(share * 100, 6)
    decimals = len(f"{percentage:f}".rstrip("0").partition(".")[2])
    allowed = counts_of_percentage(percentage, respondents, decimals=decimals)
    if not allowed:
        return [None] * 5
    sampled = percentage_interval(percentage, respondents, population, decimals=decimals)
    possible = Bounds(allowed[0], allowed[-1] + population - respondents)
    shares = [Bounds(low / population, high / population) for low, high in (sampled, possible)]
    return [Bounds(allowed[0], allowed[-1]), sampled, possible, *shares]


def _between(low: float | None, high: float | None) -> Bounds[float] | None:
    return None if low is None or high is None else Bounds(low, high)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
