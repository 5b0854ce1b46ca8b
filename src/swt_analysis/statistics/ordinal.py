"""What the counts of one ordered scale say: centre, sides and spread."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

Counts = Sequence[int] | npt.NDArray[np.integer]


@dataclass(frozen=True)
class OrdinalSummary:
    """Summary of the answers on one ordered scale of k points.

    Attributes
    ----------
    n : int
        Number of answers.
    modes : tuple of int
        The point or points with most answers, 1 to k; empty if there are no answers.
    low_median, high_median : int or None
        The middle answers (equal if n is odd); None if there are no answers.
    left, middle, right : int
        Answers left of the scale's middle, at it, right of it; with an even k none is at it.
    balance : float or None
        (right - left) / n, from -1 (all left) to 1 (all right).
    leik_d : float or None
        Spread, see `leik_d`.
    agreement : float or None
        See `agreement`.
    lower_quartile, upper_quartile : int or None
        The lowest point at or below which at least a quarter, three quarters, of the answers
        stand (definition 1 of Hyndman and Fan 1996, the inverse of the cumulative shares): an
        answer that was given, never a value between two points.
    left_share, middle_share, right_share : float or None
        The same three as shares of n, 0 to 1.
    mean_deviation : float or None
        Mean distance to the median, in points: Leik's D times (k - 1) / 2.
    missing : str or None
        Why the values that are None are missing.

    References
    ----------
    Hyndman, R. J. and Fan, Y. (1996). Sample quantiles in statistical packages. The American
    Statistician 50(4), 361-365.
    """

    n: int
    modes: tuple[int, ...]
    low_median: int | None
    high_median: int | None
    left: int
    middle: int
    right: int
    balance: float | None
    leik_d: float | None
    agreement: float | None
    lower_quartile: int | None = None
    upper_quartile: int | None = None
    left_share: float | None = None
    middle_share: float | None = None
    right_share: float | None = None
    mean_deviation: float | None = None
    missing: str | None = None


def as_counts(counts: Counts) -> npt.NDArray[np.int64]:
    """Check a vector of counts and copy it into an array.

    Parameters
    ----------
    counts : sequence of int, length k >= 2
        Number of answers at points 1 to k.

    Returns
    -------
    numpy.ndarray
        A copy, of 64-bit whole numbers.

    Raises
    ------
    ValueError
        If there are fewer than two points or a count is negative or no whole number.

    Examples
    --------
    >>> as_counts([0, 5, 2, 2, 0]).sum()
    np.int64(9)
    """
    count = np.asarray(counts)
    whole = count.ndim == 1 and np.issubdtype(count.dtype, np.integer)
    if not whole or len(count) < 2 or (count < 0).any():
        raise ValueError(f"counts must be two or more whole numbers from 0 up, not {counts!r}")
    return count.astype(np.int64)


def summarise(counts: Counts) -> OrdinalSummary:
    """Summarise the answers on one ordered scale.

    Parameters
    ----------
    counts : sequence of int, length k >= 2
        Number of answers at points 1 to k.

    Raises
    ------
    ValueError
        If there are fewer than two points or a count is negative or no whole number.

    Examples
    --------
    >>> summarise([0, 5, 2, 2, 0]).low_median
    2
    """
    count = as_counts(counts)
    k, n = len(count), int(count.sum())
    left, right = int(count[: k // 2].sum()), int(count[(k + 1) // 2 :].sum())
    if n == 0:
        return OrdinalSummary(0, (), None, None, 0, 0, 0, None, None, None, missing="no answers")
    cumulative = count.cumsum()
    spread = leik_d(count) or 0.0
    return OrdinalSummary(
        n=n,
        modes=tuple(int(i) + 1 for i in np.flatnonzero(count == count.max())),
        low_median=_answer(cumulative, (n + 1) // 2),
        high_median=_answer(cumulative, n // 2 + 1),
        left=left,
        middle=n - left - right,
        right=right,
        balance=(right - left) / n,
        leik_d=spread,
        agreement=agreement(count),
        lower_quartile=_answer(cumulative, -(-n // 4)),
        upper_quartile=_answer(cumulative, -(-3 * n // 4)),
        left_share=left / n,
        middle_share=(n - left - right) / n,
        right_share=right / n,
        mean_deviation=spread * (k - 1) / 2,
    )


def leik_d(counts: Counts) -> float | None:
    r"""Leik's ordinal dispersion D.

    :math:`D = 2 \sum_{i=1}^{k-1} \min(F_i, 1 - F_i) / (k - 1)` with :math:`F_i` the share of
    answers at point i or lower: 0 if all give the same answer, 1 if half stand at each end.
    D (k - 1) / 2 is the mean distance to the median, in points: on five points a D of 0.5 says
    that an answer lies one point from the median on average.

    Parameters
    ----------
    counts : sequence of int, length k >= 2
        Number of answers at points 1 to k.

    Returns
    -------
    float or None
        None if there are no answers.

    References
    ----------
    Leik, R. K. (1966). A measure of ordinal consensus. Pacific Sociological Review 9(2), 85-90.

    Examples
    --------
    >>> leik_d([4, 0, 0, 0, 4])
    1.0
    """
    count = as_counts(counts)
    n = int(count.sum())
    if n == 0:
        return None
    below = count.cumsum()[:-1]
    return float(2 * np.minimum(below, n - below).sum() / (n * (len(count) - 1)))


def agreement(counts: Counts) -> float | None:
    r"""Van der Eijk's agreement A.

    The counts are taken apart into layers of equal height; a layer with S of its k points
    filled has :math:`A = U (1 - (S-1)/(k-1))`, where
    :math:`U = ((k-2) T_u - (k-1) T_d) / ((k-2) (T_u + T_d))` counts the triples of points that
    keep to one peak (110, 011) and those that do not (101). A is their mean, weighted by size:
    1 if all agree, 0 if evenly spread, -1 if half stand at each end.

    Parameters
    ----------
    counts : sequence of int, length k >= 2
        Number of answers at points 1 to k.

    Returns
    -------
    float or None
        None if there are no answers.

    References
    ----------
    Van der Eijk, C. (2001). Measuring agreement in ordered rating scales. Quality & Quantity
    35(3), 325-341.

    Examples
    --------
    >>> round(agreement([30, 40, 210, 130, 530, 50, 10]), 7)
    0.6113333
    """
    left = as_counts(counts)
    n = int(left.sum())
    if n == 0:
        return None
    total = 0.0
    while left.any():
        filled = left > 0
        height = int(left[filled].min())
        total += height * int(filled.sum()) * _layer_agreement(filled)
        left[filled] -= height
    return total / n


def _layer_agreement(filled: npt.NDArray[np.bool_]) -> float:
    k, s = len(filled), int(filled.sum())
    triples = [tuple(map(bool, triple)) for triple in combinations(filled, 3)]
    peaked = triples.count((True, True, False)) + triples.count((False, True, True))
    split = triples.count((True, False, True))
    if peaked + split == 0:
        unimodality = 1.0
    else:
        unimodality = ((k - 2) * peaked - (k - 1) * split) / ((k - 2) * (peaked + split))
    return unimodality * (1 - (s - 1) / (k - 1))


def _answer(cumulative: npt.NDArray[np.int64], rank: int) -> int:
    """Point of the answer with this rank, 1 being the leftmost."""
    return int(np.searchsorted(cumulative, rank)) + 1
