"""Statistics of counts at the front door: a list or a tidy DataFrame in, a labelled table out.

What is computed is in `ordinal`, `bounds` and `count_only`, on plain arrays.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from swt_analysis.problems import InvalidError
from swt_analysis.statistics import bounds, count_only, ordinal
from swt_analysis.statistics.bounds import Bounds
from swt_analysis.statistics.vectors import Answers, as_vectors

_SUMMARY = (
    *("n", "modes", "lower_quartile", "low_median", "high_median", "upper_quartile"),
    *("left", "middle", "right", "left_share", "middle_share", "right_share"),
    *("balance", "leik_d", "mean_deviation", "agreement"),
)


def summarise(counts: Answers) -> pd.DataFrame:
    """Summarise the answers on ordered scales.

    Parameters
    ----------
    counts : sequence of int, or pandas.DataFrame
        Number of answers at points 1 to k, k >= 2. A DataFrame has columns ``point`` and
        ``count``, and as it may be ``round`` and ``scale``: each of those is summarised by itself.

    Returns
    -------
    pandas.DataFrame
        A row a round and scale, or one row; columns ``n`` (answers), ``modes`` (points with most
        answers, a text), ``lower_quartile``, ``low_median``, ``high_median``, ``upper_quartile``
        (points: always an answer that was given, Hyndman and Fan's definition 1), ``left``,
        ``middle``, ``right`` (answers at either side of the scale's middle), the same as shares
        of 1, ``balance`` (right minus left, as a share of n), ``leik_d``, ``mean_deviation``
        (distance to the median, in points) and ``agreement``. NaN where there are no answers.

    Raises
    ------
    ValueError
        If there are fewer than two points, a count is negative or no whole number, or a point is
        missing or occurs twice.

    References
    ----------
    Hyndman, R. J. and Fan, Y. (1996). Sample quantiles in statistical packages. The American
    Statistician 50(4), 361-365.

    Examples
    --------
    >>> import swt_analysis as swt
    >>> swt.summarise([0, 5, 2, 2, 0])[["n", "low_median", "left", "middle", "right"]]
       n  low_median  left  middle  right
    0  9           2     5       2      2
    >>> study = swt.open_study()
    >>> swt.summarise(study.counts(scale=[1, 2]))[["n", "leik_d"]]
                n    leik_d
    round scale
    2014  1     9  0.333333
          2     9  0.277778
    """
    index, vectors = as_vectors(counts)
    found = [asdict(ordinal.summarise(count)) for count in vectors]
    rows = [row | {"modes": " ".join(map(str, row["modes"]))} for row in found]
    table = pd.DataFrame(rows, index, list(_SUMMARY))
    numbers = {name: pd.to_numeric(table[name]) for name in _SUMMARY if name != "modes"}
    return table.assign(**numbers)


def leik_d(counts: Answers) -> Any:
    r"""Give the spread of the answers on ordered scales: Leik's D.

    :math:`D = 2 \sum_{i=1}^{k-1} \min(F_i, 1 - F_i) / (k - 1)` with :math:`F_i` the share of
    answers at point i or lower: 0 if all give the same answer, 1 if half stand at each end.

    Parameters
    ----------
    counts : sequence of int, or pandas.DataFrame
        As for `swt_analysis.summarise`.

    Returns
    -------
    float, or pandas.Series by round and scale
        From 0 to 1; NaN if there are no answers.

    Raises
    ------
    ValueError
        As for `swt_analysis.summarise`.

    References
    ----------
    Leik, R. K. (1966). A measure of ordinal consensus. Pacific Sociological Review 9(2), 85-90.

    Examples
    --------
    >>> import swt_analysis as swt
    >>> swt.leik_d([4, 0, 0, 0, 4])
    1.0
    """
    return _each(counts, ordinal.leik_d, "leik_d")


def agreement(counts: Answers) -> Any:
    """Give the agreement of the answers on ordered scales: van der Eijk's A.

    Parameters
    ----------
    counts : sequence of int, or pandas.DataFrame
        As for `swt_analysis.summarise`.

    Returns
    -------
    float, or pandas.Series by round and scale
        1 if all agree, 0 if evenly spread, -1 if half stand at each end; NaN if there are no
        answers. With few answers it says little by itself.

    Raises
    ------
    ValueError
        As for `swt_analysis.summarise`.

    References
    ----------
    Van der Eijk, C. (2001). Measuring agreement in ordered rating scales. Quality & Quantity
    35(3), 325-341.

    Examples
    --------
    >>> import swt_analysis as swt
    >>> round(swt.agreement([30, 40, 210, 130, 530, 50, 10]), 7)
    0.6113333
    """
    return _each(counts, ordinal.agreement, "agreement")


def summary_bounds(counts: Answers, silent: int) -> pd.DataFrame:
    """Bound every measure of a scale, whatever the silent ones would have answered.

    Parameters
    ----------
    counts : sequence of int, or pandas.DataFrame
        As for `swt_analysis.summarise`.
    silent : int
        Municipalities that did not answer.

    Returns
    -------
    pandas.DataFrame
        A row a measure (``measure``, below ``round`` and ``scale`` if the counts have them), with
        the least (``low``) and the most (``high``) that can be true; both can be reached. NaN
        where there is no bound: without any municipality, and for the agreement with more than
        10,000 placements of the silent ones.

    Raises
    ------
    ValueError
        As for `swt_analysis.summarise`, or if ``silent`` is negative.

    References
    ----------
    Manski, C. F. (1989). Anatomy of the selection problem. Journal of Human Resources 24(3),
    343-360.

    Examples
    --------
    >>> import swt_analysis as swt
    >>> swt.summary_bounds([5, 2, 2, 0, 0], silent=2).loc[["low_median", "left_share"]].round(2)
                 low  high
    measure
    low_median  1.00  2.00
    left_share  0.64  0.82
    """
    _check("0 <= silent", silent >= 0, silent=silent)
    index, vectors = as_vectors(counts)
    tables = [_as_table(bounds.summary_bounds(count, silent)) for count in vectors]
    return tables[0] if index is None else pd.concat(tables, keys=index)


def finite_interval(
    hits: int, sample: int, population: int, *, level: float = 0.95
) -> pd.DataFrame:
    """Give the exact interval for a number of municipalities out of a finite population.

    It covers the truth with at least the stated probability if the sample is random; a response
    is not: see `swt_analysis.summary_bounds` for bounds that need no such assumption.

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
    pandas.DataFrame
        Rows ``number`` (of municipalities) and ``share`` (of the population), columns ``low`` and
        ``high``.

    Raises
    ------
    InvalidError
        If not 0 <= hits <= sample <= population.

    References
    ----------
    Buonaccorsi, J. P. (1987). A note on confidence intervals for proportions in finite
    populations. The American Statistician 41(3), 215-218.

    Examples
    --------
    >>> import swt_analysis as swt
    >>> swt.finite_interval(7, 9, 11).round(2)
              low  high
    measure
    number   7.00  9.00
    share    0.64  0.82
    """
    fits = 0 <= hits <= sample <= population
    known = {"hits": hits, "sample": sample, "population": population}
    _check("0 <= hits <= sample <= population", fits, **known)
    number = bounds.finite_interval(hits, sample, population, level=level)
    share = Bounds(*(end / population if population else np.nan for end in number))
    return _as_table({"number": number, "share": share})


def infinite_interval(
    hits: int,
    sample: int,
    *,
    level: float = 0.95,
    method: Literal["clopper-pearson", "wilson"] = "clopper-pearson",
) -> pd.DataFrame:
    """Give the interval for a share if the sample was drawn from a population without end.

    Not for municipalities: they are counted, and `swt_analysis.finite_interval` is shorter.

    Parameters
    ----------
    hits, sample : int
        Those in the sample of which it is true, and all in the sample.
    level : float
        Probability that the interval covers: Clopper and Pearson's at least, Wilson's on average.
    method : {"clopper-pearson", "wilson"}
        Which of the two.

    Returns
    -------
    pandas.DataFrame
        Row ``share`` (of 1), columns ``low`` and ``high``.

    Raises
    ------
    InvalidError
        If not 0 <= hits <= sample.

    References
    ----------
    Clopper, C. J. and Pearson, E. S. (1934). The use of confidence or fiducial limits
    illustrated in the case of the binomial. Biometrika 26(4), 404-413.
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    Journal of the American Statistical Association 22(158), 209-212.

    Examples
    --------
    >>> import swt_analysis as swt
    >>> swt.infinite_interval(7, 9, method="wilson").round(3)
               low   high
    measure
    share    0.453  0.937
    """
    _check("0 <= hits <= sample", 0 <= hits <= sample, hits=hits, sample=sample)
    return _as_table({"share": bounds.infinite_interval(hits, sample, level=level, method=method)})


def movement_bounds(before: Answers, after: Answers, *, stayed: int | None = None) -> pd.DataFrame:
    """Bound how many can have moved between two count-only rounds of a scale.

    Parameters
    ----------
    before, after : sequence of int, or pandas.DataFrame
        As for `swt_analysis.summarise`, of one round and scale each.
    stayed : int, optional
        Municipalities that answered in both rounds; all of them if not given, which needs as
        many answers in both.

    Returns
    -------
    pandas.DataFrame
        Rows ``moved`` (municipalities that changed their point) and ``points`` (by how many
        together), columns ``low`` and ``high``.

    Raises
    ------
    ValueError
        If the scales differ in length, ``stayed`` is missing or cannot be, or there is more than
        one round or scale.

    References
    ----------
    Hitchcock, F. L. (1941). The distribution of a product from several sources to numerous
    localities. Journal of Mathematics and Physics 20, 224-230.

    Examples
    --------
    >>> import swt_analysis as swt
    >>> swt.movement_bounds([0, 5, 2, 2, 0], [0, 3, 4, 2, 0])
             low  high
    measure
    moved      2     9
    points     2    12
    """
    found = count_only.movement_bounds(_one(before), _one(after), stayed=stayed)
    return _as_table({"moved": found.moved, "points": found.points})


def tau_b_bounds(x: Answers, y: Answers) -> pd.DataFrame:
    """Bound Kendall's tau-b between two scales of which only counts are known.

    Parameters
    ----------
    x, y : sequence of int, or pandas.DataFrame
        As for `swt_analysis.summarise`, of one round and scale each, of the same municipalities.

    Returns
    -------
    pandas.DataFrame
        Row ``tau_b`` (from -1 to 1), columns ``low`` and ``high``: over all tables with these
        counts. NaN if on either scale all stand at one point.

    Raises
    ------
    ValueError
        If the scales have different numbers of answers, or there is more than one round or scale.

    References
    ----------
    Kendall, M. G. (1945). The treatment of ties in ranking problems. Biometrika 33(3), 239-251.

    Examples
    --------
    >>> import swt_analysis as swt
    >>> swt.tau_b_bounds([1, 1, 1], [1, 1, 1])
             low  high
    measure
    tau_b   -1.0   1.0
    """
    return _as_table({"tau_b": count_only.tau_b_bounds(_one(x), _one(y))})


def _check(rule: str, holds: bool, **numbers: int) -> None:
    if not holds:
        given = ", ".join(f"{name} {number}" for name, number in numbers.items())
        raise InvalidError(f"{given}: must be {rule}")


def _each(
    counts: Answers, measure: Callable[[npt.NDArray[np.int64]], float | None], name: str
) -> Any:
    index, vectors = as_vectors(counts)
    values = pd.Series(map(measure, vectors), index, dtype=float, name=name)
    return values.item() if index is None else values


def _one(counts: Answers) -> npt.NDArray[np.int64]:
    _, vectors = as_vectors(counts)
    if len(vectors) != 1:
        raise InvalidError(f"counts of {len(vectors)} rounds and scales; choose one of each")
    return vectors[0]


def _as_table(found: Any) -> pd.DataFrame:
    rows = {name: (np.nan, np.nan) if ends is None else ends for name, ends in found.items()}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["low", "high"])
    return table.rename_axis("measure")
