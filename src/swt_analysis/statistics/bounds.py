"""How far a share or a measure may lie from the truth, given who did not answer."""

from bisect import bisect_left
from fractions import Fraction
from itertools import combinations
from math import ceil, comb, floor
from typing import Generic, Literal, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from swt_analysis.statistics.ordinal import Counts, agreement, as_counts, summarise

Number = TypeVar("Number", int, float)
Value = TypeVar("Value")

_MOST_PLACEMENTS = 10_000
_MEASURES = (
    "low_median",
    "high_median",
    "lower_quartile",
    "upper_quartile",
    "left_share",
    "middle_share",
    "right_share",
    "balance",
    "leik_d",
    "mean_deviation",
    "agreement",
)


class Bounds(NamedTuple, Generic[Number]):
    """The lowest and the highest value that can be true; both can be reached."""

    low: Number
    high: Number


def count_bounds(hits: int, nonrespondents: int) -> Bounds[int]:
    """Bounds on a number of municipalities, whatever those that did not answer would have answered.

    Parameters
    ----------
    hits : int
        Municipalities of which it is known.
    nonrespondents : int
        Municipalities that did not answer.

    Returns
    -------
    Bounds of int
        Divide by all municipalities, the nonrespondents included, for the share.

    References
    ----------
    Manski, C. F. (1989). Anatomy of the selection problem. Journal of Human Resources 24(3),
    343-360.

    Examples
    --------
    >>> count_bounds(7, 2)
    Bounds(low=7, high=9)
    """
    _check(hits=hits, nonrespondents=nonrespondents)
    return Bounds(hits, hits + nonrespondents)


def summary_bounds(counts: Counts, nonrespondents: int) -> dict[str, Bounds[float] | None]:
    """Bounds on every measure of a scale over all points the nonrespondents could have taken.

    All are exact. Medians, quartiles, sides and balance take both bounds, and Leik's D its
    least, with all nonrespondents at one point: the first move with the answers, D is a sum of
    concave functions of the cumulative counts. D's most comes from dynamic programming over
    those counts; for the agreement A every placement is values.

    Parameters
    ----------
    counts : sequence of int, length k >= 2
        Number of answers at points 1 to k.
    nonrespondents : int
        Municipalities that did not answer.

    Returns
    -------
    dict
        By the name of the measure in `OrdinalSummary`. None if nobody answered and nobody is
        nonrespondents; for ``agreement`` also if there are more than 10,000 placements.

    Examples
    --------
    >>> bounds = summary_bounds([5, 2, 2, 0, 0], nonrespondents=2)
    >>> bounds["low_median"]
    Bounds(low=1, high=2)
    >>> bounds["agreement"]
    Bounds(low=0.2424242424242424, high=0.7272727272727273)
    """
    _check(nonrespondents=nonrespondents)
    count = as_counts(counts)
    k, n = len(count), int(count.sum()) + nonrespondents
    if n == 0:
        return dict.fromkeys(_MEASURES)
    together = [summarise(count + nonrespondents * here) for here in np.eye(k, dtype=np.int64)]
    bounds: dict[str, Bounds[float] | None] = {}
    for name in _MEASURES:
        values = [getattr(summary, name) for summary in together]
        bounds[name] = Bounds(min(values), max(values))
    most, least = _largest_leik_d(count, nonrespondents), _defined(bounds["leik_d"]).low
    bounds["leik_d"] = Bounds(least, most)
    bounds["mean_deviation"] = Bounds(least * (k - 1) / 2, most * (k - 1) / 2)
    if comb(nonrespondents + k - 1, k - 1) > _MOST_PLACEMENTS:
        bounds["agreement"] = None
    else:
        values = [_defined(agreement(count + extra)) for extra in placements(nonrespondents, k)]
        bounds["agreement"] = Bounds(min(values), max(values))
    return bounds


def finite_interval(hits: int, sample: int, population: int, *, level: float = 0.95) -> Bounds[int]:
    """Exact interval for a number of municipalities out of a finite population.

    All numbers K of hits in the population at which neither tail of the hypergeometric
    distribution, P(X >= hits) or P(X <= hits), is (1 - level) / 2 or less. It covers the truth
    with at least the stated probability if the sample is random; a response is not.

    Parameters
    ----------
    hits, sample : int
        Municipalities in the sample of which it is true, and in the sample at all.
    population : int
        All municipalities.
    level : float
        Least probability that the interval covers.

    Returns
    -------
    Bounds of int
        Divide by ``population`` for the share.

    Raises
    ------
    ValueError
        If not 0 <= hits <= sample <= population.

    References
    ----------
    Buonaccorsi, J. P. (1987). A note on confidence intervals for proportions in finite
    populations. The American Statistician 41(3), 215-218.

    Examples
    --------
    >>> finite_interval(7, sample=9, population=11)
    Bounds(low=7, high=9)
    """
    from scipy.stats import hypergeom

    _check(hits=hits, misses=sample - hits, unseen=population - sample)
    tail = (1 - level) / 2
    possible = range(hits, population - (sample - hits) + 1)

    # Both tails are monotone in K, so a bisection finds where they pass the limit.
    def enough(total: int) -> bool:
        return bool(hypergeom.sf(hits - 1, population, total, sample) > tail)

    def too_many(total: int) -> bool:
        return bool(hypergeom.cdf(hits, population, total, sample) <= tail)

    low = possible[bisect_left(possible, True, key=enough)]
    high = possible[bisect_left(possible, True, key=too_many) - 1]
    return Bounds(low, high)


def infinite_interval(
    hits: int,
    sample: int,
    *,
    level: float = 0.95,
    method: Literal["clopper-pearson", "wilson"] = "clopper-pearson",
) -> Bounds[float]:
    """Interval for a share if the sample was drawn from a population without end.

    Not for municipalities: they are counted, and `finite_interval` is shorter. Clopper and
    Pearson's covers at least at the stated level, Wilson's on average.

    Parameters
    ----------
    hits, sample : int
        Those in the sample of which it is true, and all in the sample.
    level : float
        Probability that the interval covers.
    method : {"clopper-pearson", "wilson"}
        Which of the two.

    Returns
    -------
    Bounds of float
        Shares; 0 and 1 if the sample is empty.

    References
    ----------
    Clopper, C. J. and Pearson, E. S. (1934). The use of confidence or fiducial limits
    illustrated in the case of the binomial. Biometrika 26(4), 404-413.
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    Journal of the American Statistical Association 22(158), 209-212.

    Examples
    --------
    >>> infinite_interval(0, 9).low
    0.0
    """
    from scipy.stats import binomtest

    _check(hits=hits, misses=sample - hits)
    if sample == 0:
        return Bounds(0.0, 1.0)
    how = "exact" if method == "clopper-pearson" else "wilson"
    got = binomtest(hits, sample).proportion_ci(level, method=how)
    return Bounds(float(got.low), float(got.high))


def counts_of_percentage(percentage: float, base: int, *, decimals: int = 0) -> range:
    """Turn a published percentage back into the counts that it allows.

    Parameters
    ----------
    percentage : float
        As published, 0 to 100.
    base : int
        Number that is 100 %.
    decimals : int
        Decimals it was published with. A half may have been rounded either way.

    Returns
    -------
    range
        Every count that rounds to the percentage; empty if none does.

    Examples
    --------
    >>> list(counts_of_percentage(56, 9))
    [5]
    >>> list(counts_of_percentage(69, 224))
    [154, 155]
    """
    _check(base=base)
    stated, half = Fraction(str(percentage)), Fraction(1, 2 * 10**decimals)
    low, high = ((stated + step) * base / 100 for step in (-half, half))
    return range(max(0, ceil(low)), min(base, floor(high)) + 1)


def percentage_interval(
    percentage: float, sample: int, population: int, *, decimals: int = 0, level: float = 0.95
) -> Bounds[int]:
    """Exact finite-population interval of a published percentage.

    It runs from the lower end of the smallest count that the percentage allows to the upper end
    of the largest (see `counts_of_percentage`, `finite_interval`).

    Parameters
    ----------
    percentage : float
        As published, 0 to 100.
    sample, population : int
        Those who answered, which is 100 %, and all.
    decimals : int
        Decimals the percentage was published with.
    level : float
        Least probability that the interval covers.

    Returns
    -------
    Bounds of int
        Divide by ``population`` for the share.

    Raises
    ------
    ValueError
        If no count gives the percentage.

    Examples
    --------
    >>> percentage_interval(69, sample=224, population=403)
    Bounds(low=260, high=295)
    """
    counts = counts_of_percentage(percentage, sample, decimals=decimals)
    if not counts:
        raise ValueError(f"no count out of {sample} gives {percentage} %; check the base")
    return Bounds(
        finite_interval(counts[0], sample, population, level=level).low,
        finite_interval(counts[-1], sample, population, level=level).high,
    )


def placements(total: int, points: int) -> npt.NDArray[np.int64]:
    """Every way to place a number of answers on the points of a scale.

    Parameters
    ----------
    total : int
        Answers to place.
    points : int
        Points of the scale.

    Returns
    -------
    numpy.ndarray
        A row a placement, a column a point.

    Examples
    --------
    >>> placements(1, 3).tolist()
    [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
    """
    bars = np.array(list(combinations(range(total + points - 1), points - 1)), dtype=np.int64)
    ends = np.full((len(bars), 1), total + points - 1)
    return np.diff(np.hstack([bars, ends]), axis=1, prepend=-1) - 1


def _largest_leik_d(count: npt.NDArray[np.int64], nonrespondents: int) -> float:
    n = int(count.sum()) + nonrespondents
    below = np.arange(
        nonrespondents + 1
    )  # nonrespondents at this point or lower, which never falls
    best = np.zeros(nonrespondents + 1, dtype=np.int64)
    for cumulative in count.cumsum()[:-1]:
        here = cumulative + below
        best = np.maximum.accumulate(best) + np.minimum(here, n - here)
    return float(2 * best.max() / (n * (len(count) - 1)))


def _defined(value: Value | None) -> Value:
    if value is None:
        raise AssertionError("there are answers")
    return value


def _check(**numbers: int) -> None:
    for name, number in numbers.items():
        if number < 0:
            raise ValueError(f"{name} must be 0 or more, not {number}")
