"""How two orders of the same municipalities, or two coders, go together."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from math import comb, sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from swt_analysis.statistics.scores import checked

_EXACT_STATES = 4_000


@dataclass(frozen=True)
class Association:
    """Kendall's tau-b between two scales.

    Attributes
    ----------
    n : int
        Municipalities that answered both scales.
    tau_b : float or None
        From -1 to 1.
    p_value : float or None
        Share of the ways to pair the answers of one scale with those of the other that give a
        tau-b at least as far from 0.
    exact : bool
        True if all ways were counted, False if p is estimated from random ones.
    missing : str or None
        Why the values that are None are missing.
    """

    n: int
    tau_b: float | None
    p_value: float | None
    exact: bool
    missing: str | None = None


def kendall(x: pd.Series, y: pd.Series, *, resamples: int = 9_999, seed: int = 2014) -> Association:
    """Kendall's tau-b with a permutation p-value.

    Every way to pair the two sets of answers is counted by the tables they form, ties included,
    while that is cheap (up to twenty municipalities on five points always). Beyond, random
    tables with the same counts estimate p as (hits + 1) / (resamples + 1), and the result says
    so. p describes the chance pairing only; it is no sampling statement.

    Parameters
    ----------
    x, y : pandas.Series or pandas.DataFrame
        Points of one scale each, by municipality: the indices must be named ``municipality``; or
        tidy, as `Study.scores` gives them.
    resamples : int
        Random tables, where p is estimated.
    seed : int
        Of the random tables.

    Returns
    -------
    Association
        ``n`` (municipalities that answered both), ``tau_b`` (-1 to 1), ``p_value``, ``exact``.

    Raises
    ------
    NeedsScores
        If these are counts: `swt_analysis.tau_b_bounds` gives the range.
    ValueError
        If an index has another name, a municipality occurs twice or a score is no whole number.

    References
    ----------
    Kendall, M. G. (1945). The treatment of ties in ranking problems. Biometrika 33(3), 239-251.
    Phipson, B. and Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical
    Applications in Genetics and Molecular Biology 9(1), article 39.

    Examples
    --------
    >>> names = pd.Index(list("ABCD"), name="municipality")
    >>> kendall(pd.Series([1, 2, 3, 4], names), pd.Series([1, 2, 3, 5], names)).tau_b
    1.0
    """
    wanted = "Kendall's tau-b with its test"
    instead = "tau_b_bounds gives the range of tau-b that the counts allow"
    both = pd.concat(
        [checked(scores, wanted=wanted, instead=instead) for scores in (x, y)],
        axis=1,
        join="inner",
        keys=["x", "y"],
    )
    n = len(both)
    if n == 0:
        return Association(0, None, None, True, "no municipality answered both scales")
    table = pd.crosstab(both["x"], both["y"]).to_numpy()
    tau = tau_b_of_table(table)
    if tau is None:
        return Association(n, None, None, True, "on a scale all stand at one point")
    observed, rows, columns = abs(_excess(table)), table.sum(axis=1), table.sum(axis=0)
    if min(np.prod(rows + 1.0), np.prod(columns + 1.0)) <= _EXACT_STATES:
        ways = _excess_distribution(rows, columns)
        extreme = sum(number for excess, number in ways.items() if abs(excess) >= observed)
        return Association(n, tau, extreme / sum(ways.values()), True)
    from scipy.stats import random_table

    drawn = random_table(rows, columns).rvs(resamples, random_state=seed).astype(np.int64)
    hits = int((np.abs(_excesses(drawn)) >= observed).sum())
    return Association(n, tau, (hits + 1) / (resamples + 1), False)


def tau_b_of_table(table: npt.NDArray[np.int64]) -> float | None:
    """Kendall's tau-b of a table of counts.

    Parameters
    ----------
    table : array of int, shape (k, l)
        Number of municipalities at each point of one scale (rows) and the other (columns).

    Returns
    -------
    float or None
        None if all stand at one point of either scale.
    """
    n = int(table.sum())
    pairs = n * (n - 1)
    margins = table.sum(axis=1), table.sum(axis=0)
    rows, columns = (pairs - int((margin * (margin - 1)).sum()) for margin in margins)
    return 2 * _excess(table) / sqrt(rows * columns) if rows and columns else None


@dataclass(frozen=True)
class Kappa:
    """Agreement of two coders beyond chance.

    Attributes
    ----------
    n : int
        Items that both coded.
    observed, expected : float or None
        Mean weight of the disagreement, 0 to 1: as coded, and if the codes of the one were
        paired with those of the other at random.
    kappa : float or None
        1 - observed / expected: 1 full agreement, 0 no better than chance.
    missing : str or None
        Why the values that are None are missing.
    """

    n: int
    observed: float | None
    expected: float | None
    kappa: float | None
    missing: str | None = None


def weighted_kappa(
    first: pd.Series,
    second: pd.Series,
    categories: Sequence[Hashable],
    *,
    weights: Literal["unweighted", "linear", "quadratic"] = "linear",
) -> Kappa:
    """Cohen's (weighted) kappa of two coders.

    Parameters
    ----------
    first, second : pandas.Series
        The category each coder gave, by item; what only one of them coded is left out.
    categories : sequence
        All categories that could be given, in order.
    weights : {"unweighted", "linear", "quadratic"}
        How a disagreement weighs: all the same (Cohen 1960; for categories without order), by
        the steps between the two categories, or by their square.

    Returns
    -------
    Kappa
        ``n`` (items that both coded), ``observed`` and ``expected`` disagreement (0 to 1),
        ``kappa`` (1: full agreement, 0: no better than chance).

    Raises
    ------
    ValueError
        If a code is no category, a category or an item occurs twice, or there are fewer than two
        categories.

    References
    ----------
    Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and
    Psychological Measurement 20(1), 37-46.
    Cohen, J. (1968). Weighted kappa: nominal scale agreement with provision for scaled
    disagreement or partial credit. Psychological Bulletin 70(4), 213-220.

    Examples
    --------
    >>> codes = pd.Series(["yes", "no", "yes", "no"])
    >>> weighted_kappa(codes, codes, ["no", "yes"]).kappa
    1.0
    """
    k = len(categories)
    if k < 2 or len(set(categories)) < k:
        raise ValueError("kappa needs two or more categories, each of them once")
    for codes in (first, second):
        unknown = [code for code in dict.fromkeys(codes.dropna()) if code not in categories]
        if unknown:
            raise ValueError(f"{', '.join(map(repr, unknown))}: not among {list(categories)}")
        if codes.index.has_duplicates:
            raise ValueError("an item occurs twice with one coder")
    both = pd.concat([first.dropna(), second.dropna()], axis=1, join="inner", keys=["a", "b"])
    n = len(both)
    if n == 0:
        return Kappa(0, None, None, None, "no item was coded by both")
    place = {category: position for position, category in enumerate(categories)}
    table = np.zeros((k, k))
    np.add.at(table, (both["a"].map(place).to_numpy(), both["b"].map(place).to_numpy()), 1 / n)
    steps = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / (k - 1)
    weight = {"unweighted": np.ceil(steps), "linear": steps, "quadratic": steps**2}[weights]
    observed = float((weight * table).sum())
    expected = float((weight * np.outer(table.sum(axis=1), table.sum(axis=0))).sum())
    if expected == 0:
        return Kappa(n, observed, expected, None, "both used one and the same category throughout")
    return Kappa(n, observed, expected, 1 - observed / expected)


def _excess(table: npt.NDArray[np.int64]) -> int:
    """Concordant minus discordant pairs of a table."""
    return int(_excesses(table[np.newaxis])[0])


def _excesses(tables: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Concordant minus discordant pairs of each of a stack of tables."""
    above = tables.cumsum(axis=1) - tables
    before = above.cumsum(axis=2) - above
    after = above.sum(axis=2, keepdims=True) - above - before
    excesses: npt.NDArray[np.int64] = (tables * (before - after)).sum(axis=(1, 2))
    return excesses


def _excess_distribution(
    rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]
) -> dict[int, int]:
    """Count the pairings by concordant minus discordant pairs, row by row."""
    if np.prod(rows + 1.0) < np.prod(columns + 1.0):
        rows, columns = columns, rows
    start = tuple(int(column) for column in columns)
    states: dict[tuple[int, ...], dict[int, int]] = {start: {0: 1}}
    for row in rows:
        reached: dict[tuple[int, ...], dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for room, ways in states.items():
            used = [column - left for column, left in zip(start, room, strict=True)]
            gain = [sum(used[:j]) - sum(used[j + 1 :]) for j in range(len(used))]
            for cells in fillings(int(row), room):
                rest = tuple(left - cell for left, cell in zip(room, cells, strict=True))
                number = 1
                excess = 0
                for cell, left, step in zip(cells, room, gain, strict=True):
                    number *= comb(left, cell)
                    excess += cell * step
                target = reached[rest]
                for so_far, way in ways.items():
                    target[so_far + excess] += way * number
        states = reached
    (distribution,) = states.values()
    return distribution


def fillings(total: int, room: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Give every way to put a number of answers in cells with room for so many each.

    Examples
    --------
    >>> list(fillings(2, (1, 2)))
    [(0, 2), (1, 1)]
    """
    if len(room) == 1:
        if total <= room[0]:
            yield (total,)
        return
    for cell in range(min(total, room[0]) + 1):
        for rest in fillings(total - cell, room[1:]):
            yield cell, *rest
