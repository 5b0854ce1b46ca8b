"""What follows from a round that gives counts only: bounds over all that can be true."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from swt_analysis.statistics.association import tau_b_of_table
from swt_analysis.statistics.bounds import Bounds
from swt_analysis.statistics.ordinal import Counts, OrdinalSummary, as_counts, summarise


@dataclass(frozen=True)
class WithoutAtypical:
    """What remains of a scale when the atypical teams are left out.

    Attributes
    ----------
    n : int
        Answers that remain.
    leftmost, rightmost : OrdinalSummary
        The summaries if the teams left out stand as far to the right, to the left, as the
        counts and the known points allow. Every placement gives medians, quartiles, left and
        right side and balance between those two.
    median : Bounds of int or None
        From the lowest low median to the highest high median; None if nothing remains.
    left, right : Bounds of int
        Answers left and right of the middle.
    """

    n: int
    leftmost: OrdinalSummary
    rightmost: OrdinalSummary
    median: Bounds[int] | None
    left: Bounds[int]
    right: Bounds[int]


def without_atypical(
    counts: Counts,
    atypical: int,
    *,
    known_atypical: Sequence[int] = (),
    known_typical: Sequence[int] = (),
) -> WithoutAtypical:
    """Range of the summary of a scale when the atypical teams are left out.

    Over every placement of the atypical teams that the counts and the known points allow. Left
    out from the right, as many as the points hold that nobody else is known to take, they leave
    more answers at or below every point than any other placement does; from the left, fewer. So
    these two give the extremes of every measure that moves with the answers.

    Parameters
    ----------
    counts : sequence of int, length k >= 2
        Number of answers at points 1 to k, the atypical teams included.
    atypical : int
        Number of atypical teams that answered.
    known_atypical : sequence of int
        The points, 1 to k, of those atypical teams whose point is known.
    known_typical : sequence of int
        The points of the other municipalities whose point is known: marks that cannot be an
        atypical team's.

    Raises
    ------
    ValueError
        If the counts cannot hold the known points or the atypical teams.

    Examples
    --------
    >>> without_atypical([2, 1, 3, 3, 0], 2, known_atypical=[4, 4]).median
    Bounds(low=3, high=3)
    """
    count = as_counts(counts)
    left_out = _marks(known_atypical, len(count))
    free = count - left_out - _marks(known_typical, len(count))
    unplaced = atypical - len(known_atypical)
    if unplaced < 0:
        raise ValueError(f"{len(known_atypical)} atypical teams are known, {atypical} in total")
    if (free < 0).any():
        point = int(np.argmax(free < 0)) + 1
        raise ValueError(f"more municipalities are known at point {point} than the counts hold")
    if unplaced > free.sum():
        raise ValueError(f"the counts have no room for {atypical} atypical teams")
    leftmost = summarise(count - left_out - _from_the_left(free[::-1], unplaced)[::-1])
    rightmost = summarise(count - left_out - _from_the_left(free, unplaced))
    low, high = leftmost.low_median, rightmost.high_median
    return WithoutAtypical(
        n=leftmost.n,
        leftmost=leftmost,
        rightmost=rightmost,
        median=None if low is None or high is None else Bounds(low, high),
        left=Bounds(rightmost.left, leftmost.left),
        right=Bounds(leftmost.right, rightmost.right),
    )


@dataclass(frozen=True)
class Movement:
    """Least and most that can have moved between two count-only rounds.

    Attributes
    ----------
    stayed, entered, left : int
        Municipalities that answered in both rounds, in the second only, in the first only.
    moved : Bounds of int
        Of those that stayed, how many changed their point.
    points : Bounds of int
        By how many points together, up and down alike.
    """

    stayed: int
    entered: int
    left: int
    moved: Bounds[int]
    points: Bounds[int]


def movement_bounds(before: Counts, after: Counts, *, stayed: int | None = None) -> Movement:
    r"""Least and most that can have moved between two count-only rounds.

    Over all ways to follow the municipalities that stayed from a mark of the first round to a
    mark of the second; the marks that are left over belong to those that left and entered. Each
    bound is the optimum of a flow from the first to the second margin, which whole numbers
    reach. If all stayed, the least sum of points is :math:`\sum_i |F_i - G_i|`, with F and G the
    cumulative counts, and the least number :math:`n - \sum_i \min(f_i, g_i)`.

    Parameters
    ----------
    before, after : sequence of int, length k >= 2
        Number of answers at points 1 to k in the two rounds.
    stayed : int, optional
        Municipalities that answered in both rounds; all of them if not given, which needs as
        many answers in both.

    Raises
    ------
    ValueError
        If the scales differ in length, or ``stayed`` is missing or cannot be.

    References
    ----------
    Hitchcock, F. L. (1941). The distribution of a product from several sources to numerous
    localities. Journal of Mathematics and Physics 20, 224-230.
    Vallender, S. S. (1974). Calculation of the Wasserstein distance between probability
    distributions on the line. Theory of Probability and its Applications 18(4), 784-786.

    Examples
    --------
    >>> movement_bounds([0, 5, 2, 2, 0], [0, 3, 4, 2, 0]).moved
    Bounds(low=2, high=9)
    """
    first, second = as_counts(before), as_counts(after)
    n, m = int(first.sum()), int(second.sum())
    if len(first) != len(second):
        raise ValueError(f"the scales have {len(first)} and {len(second)} points")
    if stayed is None:
        if n != m:
            raise ValueError(f"{n} answers before, {m} after: say how many stayed")
        stayed = n
    if not 0 <= stayed <= min(n, m):
        raise ValueError(f"of {n} and {m} answers {stayed} cannot have stayed")
    points = np.arange(len(first))
    distance = np.abs(np.subtract.outer(points, points))
    return Movement(
        stayed=stayed,
        entered=m - stayed,
        left=n - stayed,
        moved=_transport(first, second, np.minimum(distance, 1), stayed),
        points=_transport(first, second, distance, stayed),
    )


def tau_b_bounds(x: Counts, y: Counts) -> Bounds[float] | None:
    r"""Range of Kendall's tau-b between two scales over all tables with these counts.

    tau-b's denominator depends on the counts only, so its extremes are those of concordant
    minus discordant pairs. Take two municipalities with :math:`x_a < x_b` and
    :math:`y_a > y_b` and swap their y: the pair itself turns concordant, and with any third
    municipality the sum changes by :math:`(s(x_a - x_c) - s(x_b - x_c))(s(y_b - y_c) -
    s(y_a - y_c))`, s the sign, which is never negative. So the sum is largest when both scales
    are sorted alike (cumulative table :math:`\min(F_i, G_j)`), smallest when they are sorted
    opposite (:math:`\max(F_i + G_j - n, 0)`). Exact for any n.

    Parameters
    ----------
    x, y : sequence of int, length k >= 2
        Number of answers at each point of the two scales, of the same n municipalities.

    Returns
    -------
    Bounds of float or None
        None if on either scale all stand at one point: tau-b is not defined there.

    Raises
    ------
    ValueError
        If the scales have different numbers of answers.

    References
    ----------
    Kendall, M. G. (1945). The treatment of ties in ranking problems. Biometrika 33(3), 239-251.
    Frechet, M. (1951). Sur les tableaux de correlation dont les marges sont donnees. Annales de
    l'Universite de Lyon, Section A, 14, 53-77.

    Examples
    --------
    >>> tau_b_bounds([1, 1, 1], [1, 1, 1])
    Bounds(low=-1.0, high=1.0)
    """
    rows, columns = as_counts(x), as_counts(y)
    n, m = int(rows.sum()), int(columns.sum())
    if n != m:
        raise ValueError(f"{n} and {m} answers: both scales need the same municipalities")
    f, g = (np.concatenate([[0], margin.cumsum()]) for margin in (rows, columns))
    alike = np.minimum.outer(f, g)
    opposite = np.maximum(np.add.outer(f, g) - n, 0)
    high, low = (
        tau_b_of_table(np.diff(np.diff(cumulative, axis=0), axis=1))
        for cumulative in (alike, opposite)
    )
    return None if low is None or high is None else Bounds(low, high)


def _marks(points: Sequence[int], k: int) -> npt.NDArray[np.int64]:
    for point in points:
        if not 1 <= point <= k:
            raise ValueError(f"point {point} is not on a scale of 1 to {k}")
    return np.bincount(np.asarray(points, dtype=np.int64) - 1, minlength=k).astype(np.int64)


def _from_the_left(free: npt.NDArray[np.int64], number: int) -> npt.NDArray[np.int64]:
    taken: npt.NDArray[np.int64] = np.diff(np.minimum(free.cumsum(), number), prepend=0)
    return taken


def _transport(
    before: npt.NDArray[np.int64], after: npt.NDArray[np.int64], cost: Any, total: int
) -> Bounds[int]:
    from scipy.optimize import linprog

    k = len(before)
    rows, columns = np.kron(np.eye(k), np.ones(k)), np.kron(np.ones(k), np.eye(k))
    limits = {
        "A_ub": np.vstack([rows, columns]),
        "b_ub": np.concatenate([before, after]),
        "A_eq": np.ones((1, k * k)),
        "b_eq": [total],
    }
    low, high = (round(linprog(sign * cost.ravel(), **limits).fun) for sign in (1, -1))
    return Bounds(low, -high)
