"""What changed between two rounds with scores: who moved, and what such a design can show."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import betainc, betaincinv

from swt_analysis.statistics.bounds import Bounds
from swt_analysis.statistics.scores import checked


@dataclass(frozen=True)
class Pairs:
    """The municipalities of two rounds on one scale.

    Attributes
    ----------
    entered, left : tuple of str
        Those that answered in the second round only, in the first only.
    differences : pandas.Series
        Points moved to the right, by municipality that answered in both rounds.
    up, same, down : int
        How many of those moved to the right, stayed at their point, moved to the left.
    """

    entered: tuple[str, ...]
    left: tuple[str, ...]
    differences: pd.Series
    up: int
    same: int
    down: int

    @property
    def stayed(self) -> tuple[str, ...]:
        """The municipalities that answered in both rounds."""
        return tuple(self.differences.index)


def pair(before: pd.Series, after: pd.Series) -> Pairs:
    """Pair the answers of two rounds on one scale.

    Parameters
    ----------
    before, after : pandas.Series
        Points, by municipality: the indices must be named ``municipality``. NaN is no answer.

    Returns
    -------
    Pairs
        Municipalities in alphabetical order.

    Raises
    ------
    NeedsScores
        If these are counts: `count_only.movement_bounds` gives the least and the
        most that can have moved.

    Examples
    --------
    >>> pair(pd.Series({"A": 2, "B": 3}).rename_axis("municipality"),
    ...      pd.Series({"B": 4, "C": 1}).rename_axis("municipality")).differences.to_dict()
    {'B': 1}
    """
    wanted = "the change by municipality"
    instead = "movement_bounds gives the least and the most that can have moved"
    first = checked(before, wanted=wanted, instead=instead)
    second = checked(after, wanted=wanted, instead=instead)
    stayed = first.index.intersection(second.index).sort_values()
    differences = second[stayed] - first[stayed]
    return Pairs(
        entered=tuple(second.index.difference(first.index)),
        left=tuple(first.index.difference(second.index)),
        differences=differences,
        up=int((differences > 0).sum()),
        same=int((differences == 0).sum()),
        down=int((differences < 0).sum()),
    )


def sign_flip_p(differences: Sequence[int] | pd.Series) -> float | None:
    """Two-sided p of the exact sign-flip permutation test on paired differences.

    The share of all 2**n ways to flip the signs of the differences whose sum is at least as far
    from 0. The sums are whole numbers, so their distribution is built up difference by
    difference: exact for any n, without random numbers.

    Parameters
    ----------
    differences : sequence of int
        Points moved, one each municipality; zeros change nothing.

    Returns
    -------
    float or None
        1 if nothing moved; None if there is no pair.

    References
    ----------
    Fisher, R. A. (1935). The Design of Experiments, section 21. Edinburgh: Oliver and Boyd.
    Pagano, M. and Tritchler, D. (1983). On obtaining permutation distributions in polynomial
    time. Journal of the American Statistical Association 78(382), 435-440.

    Examples
    --------
    >>> sign_flip_p([1] * 9)
    0.00390625
    """
    steps = np.asarray(differences)
    if not len(steps):
        return None
    if not np.issubdtype(steps.dtype, np.integer):
        raise ValueError("differences must be whole numbers of points")
    # Flipping d moves the sum by 0 or 2|d|: share[s] is that of the sums -total + 2s.
    share = np.ones(1)
    for step in np.abs(steps):
        share = np.pad(share, (0, step)) + np.pad(share, (step, 0))
        share /= 2
    total = int(np.abs(steps).sum())
    sums = 2 * np.arange(total + 1) - total
    return min(1.0, float(share[np.abs(sums) >= abs(int(steps.sum()))].sum()))


def net_share(up: int, same: int, down: int) -> float | None:
    """Ordinal effect size: the share that moved up less the share that moved down.

    Cliff's within-pair dominance. It uses directions only: no point is worth more than another.

    Parameters
    ----------
    up, same, down : int
        Municipalities by direction.

    Returns
    -------
    float or None
        From -1 (all down) to 1 (all up); None if there is no pair.

    References
    ----------
    Cliff, N. (1993). Dominance statistics: ordinal analyses to answer ordinal questions.
    Psychological Bulletin 114(3), 494-509.

    Examples
    --------
    >>> net_share(up=4, same=3, down=1)
    0.375
    """
    n = up + same + down
    return (up - down) / n if n else None


def net_share_interval(up: int, same: int, down: int, *, level: float = 0.95) -> Bounds[float]:
    r"""Interval for P(up) - P(down) that goes with the exact sign test.

    With :math:`\lambda` the chance to move and :math:`\theta` that a move is up, the difference
    is :math:`\lambda (2\theta - 1)`. The exact (Clopper-Pearson) confidence distributions of
    both are melded. It leaves out 0 if and only if the exact sign test rejects at 1 - level. Its
    coverage of at least the stated level is a conjecture of Fay and Lumbard, borne out by their
    enumeration and by ours (tests). It treats the municipalities as draws from a larger whole: a
    thought experiment where all of them answered.

    Parameters
    ----------
    up, same, down : int
        Municipalities by direction.
    level : float
        Least probability that the interval covers.

    Returns
    -------
    Bounds of float
        -1 and 1 if there is no pair.

    References
    ----------
    Fay, M. P. and Lumbard, K. (2021). Confidence intervals for difference in proportions for
    matched pairs compatible with exact McNemar's or sign tests. Statistics in Medicine 40(5),
    1147-1159.

    Examples
    --------
    >>> low, high = net_share_interval(up=9, same=0, down=0)
    >>> round(low, 2), high
    (0.29, 1.0)
    """
    if min(up, same, down) < 0:
        raise ValueError("numbers of municipalities must be 0 or more")
    tail = (1 - level) / 2
    return Bounds(-_upper(down, same, up, tail), _upper(up, same, down, tail))


def _upper(up: int, same: int, down: int, tail: float) -> float:
    """Upper end: the value that the melded difference passes with probability ``tail``."""
    moved = up + down
    if down == 0:
        return float(betaincinv(moved + 1, same, 1 - tail)) if same else 1.0
    # The confidence distributions of lambda, cut in slices of equal probability.
    slices = (np.arange(2_000) + 0.5) / 2_000
    low = betaincinv(moved, same + 1, slices)
    high = betaincinv(moved + 1, same, slices) if same else np.ones(1)

    def passed(difference: float) -> float:
        # The lambda that makes the difference largest: a high one if it is upward.
        theta = (1 + difference / (high if difference >= 0 else low)) / 2
        return 1 - float(betainc(up + 1, down, theta.clip(0, 1)).mean()) - tail

    return float(brentq(passed, -1.0, 1.0, xtol=1e-10))


def holm(p_values: pd.Series) -> pd.Series:
    """Holm's adjustment of p-values for testing several scales.

    Parameters
    ----------
    p_values : pandas.Series
        A p-value a scale; NaN where no test was possible, which is no test and stays NaN.

    Returns
    -------
    pandas.Series
        Adjusted p-values: at or below 0.05, the chance of any false finding stays within 5 %.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian
    Journal of Statistics 6(2), 65-70.

    Examples
    --------
    >>> holm(pd.Series([0.01, 0.04, 0.03])).to_list()
    [0.03, 0.06, 0.06]
    """
    tested = p_values.dropna().astype(float).sort_values()
    weights = np.arange(len(tested), 0, -1)
    return (tested * weights).cummax().clip(upper=1.0).reindex(p_values.index)


def smallest_p(pairs: int, scales: int = 1) -> float | None:
    """Smallest two-sided p that a sign-flip test can give, after Holm over the scales.

    It takes that every municipality moves, and all the same way.

    Parameters
    ----------
    pairs : int
        Municipalities with an answer in both rounds.
    scales : int
        Number of scales tested.

    Returns
    -------
    float or None
        None without pairs.

    Examples
    --------
    >>> smallest_p(9), round(smallest_p(9, scales=11), 3), round(smallest_p(8, scales=11), 3)
    (0.00390625, 0.043, 0.086)
    """
    p = sign_flip_p([1] * pairs)
    return None if p is None else min(1.0, scales * p)


def fewest_pairs(scales: int = 1, *, level: float = 0.05) -> int:
    """Fewest pairs at which any result can pass a sign-flip test, after Holm over the scales.

    Parameters
    ----------
    scales : int
        Number of scales tested.
    level : float
        The p-value to pass.

    Returns
    -------
    int
        Municipalities that answered in both rounds.

    Raises
    ------
    ValueError
        If the level is not between 0 and 1, or there is no scale.

    Examples
    --------
    >>> fewest_pairs(scales=11)
    9
    """
    if not 0 < level < 1 or scales < 1:
        raise ValueError("level must lie between 0 and 1, and there must be a scale")
    pairs = 1
    while (smallest_p(pairs, scales) or 0.0) > level:
        pairs += 1
    return pairs


def compare_rounds(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Compare two rounds with scores on every scale that both have.

    Parameters
    ----------
    before, after : pandas.DataFrame
        A row a municipality (the index, named so), a column a scale; NaN is no answer.

    Returns
    -------
    pandas.DataFrame
        A row a scale; columns ``paired``, ``entered``, ``left``, ``up``, ``same``, ``down``,
        ``net_share``, ``net_low``, ``net_high`` (95 % interval), ``p_value`` and ``p_holm``.

    Raises
    ------
    NeedsScores
        If these are counts.
    """
    rows = {}
    for scale in [scale for scale in before.columns if scale in after.columns]:
        pairs = pair(before[scale], after[scale])
        directions = pairs.up, pairs.same, pairs.down
        interval = net_share_interval(*directions)
        rows[scale] = {
            "paired": len(pairs.differences),
            "entered": len(pairs.entered),
            "left": len(pairs.left),
            **dict(zip(("up", "same", "down"), directions, strict=True)),
            "net_share": net_share(*directions),
            "net_low": interval.low,
            "net_high": interval.high,
            "p_value": sign_flip_p(pairs.differences),
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("scale")
    if table.empty:
        raise ValueError("the two rounds have no scale in common")
    table = table.astype({"net_share": float, "p_value": float})
    return table.assign(p_holm=holm(table["p_value"]))
