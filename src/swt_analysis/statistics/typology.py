"""Which municipalities resemble each other, and whether that survives without a scale."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.cluster.hierarchy import cophenet, leaves_list, linkage
from scipy.spatial.distance import squareform

from swt_analysis.statistics.scores import NeedsScores, require_municipalities


@dataclass(frozen=True)
class Typology:
    """A tree of municipalities.

    Attributes
    ----------
    distances : pandas.DataFrame
        Distance between each two municipalities, 0 to 1.
    tree : numpy.ndarray
        Average-linkage tree, as `scipy.cluster.hierarchy.linkage` gives it.
    order : tuple of str
        The municipalities in the order of the tree's leaves, neighbours alike: the rows of an
        ordered heat map.
    cophenetic : float or None
        Correlation between the distances and the heights at which the tree joins: how much the
        tree distorts. None if all distances, or all heights, are the same.
    without_scale : pandas.Series
        By scale: correlation between the joining heights of the tree and those of the tree made
        without that scale. NaN where there is no such tree or no such correlation.
    """

    distances: pd.DataFrame
    tree: npt.NDArray[np.float64]
    order: tuple[str, ...]
    cophenetic: float | None
    without_scale: pd.Series


def gower(scores: pd.DataFrame, points: Mapping[Any, int]) -> pd.DataFrame:
    r"""Ordinal distance between municipalities.

    :math:`d(a, b)` is the mean of :math:`|x_{as} - x_{bs}| / (k_s - 1)` over the scales s that
    both answered: Gower's, with the range that the scale allows instead of the one observed, so
    that a distance keeps its meaning when a municipality enters or leaves.

    Parameters
    ----------
    scores : pandas.DataFrame
        A row a municipality (the index, named so), a column a scale; NaN is no answer.
    points : mapping
        Number of points of each scale.

    Returns
    -------
    pandas.DataFrame
        Municipalities by municipalities, 0 to 1; NaN if two have no scale in common.

    Raises
    ------
    NeedsScores
        If these are counts.

    References
    ----------
    Gower, J. C. (1971). A general coefficient of similarity and some of its properties.
    Biometrics 27(4), 857-871.

    Examples
    --------
    >>> scores = pd.DataFrame({1: [1, 5], 2: [3, 3]}, index=["A", "B"])
    >>> gower(scores.rename_axis("municipality"), {1: 5, 2: 5}).loc["A", "B"]
    np.float64(0.5)
    """
    steps = _steps(scores, points)
    square = squareform(_mean(steps), checks=False)
    return pd.DataFrame(square, scores.index, scores.index)


def cluster_municipalities(scores: pd.DataFrame, points: Mapping[Any, int]) -> Typology | None:
    """Cluster the municipalities by their scores, and see how stable the tree is.

    Average linkage on Gower's distance. Stability is the correlation of joining heights without
    a scale: it needs no choice of a number of clusters. The lowest one says most. Judge it
    beside `chance_stability`: a tree of nine always looks convincing.

    Parameters
    ----------
    scores : pandas.DataFrame
        A row a municipality (the index, named so), a column a scale; NaN is no answer.
        Municipalities without any answer are left out.
    points : mapping
        Number of points of each scale.

    Returns
    -------
    Typology or None
        None if fewer than three municipalities have answers: there is nothing to order.

    Raises
    ------
    NeedsScores
        If these are counts: they do not tell which municipalities resemble each other, and no
        bound says anything of use.
    ValueError
        If two municipalities have no scale in common.

    References
    ----------
    Sokal, R. R. and Michener, C. D. (1958). A statistical method for evaluating systematic
    relationships. University of Kansas Science Bulletin 38, 1409-1438.
    Sokal, R. R. and Rohlf, F. J. (1962). The comparison of dendrograms by objective methods.
    Taxon 11(2), 33-40.
    """
    # Where distances are equal the tree depends on the order of the rows, so it gets a fixed one.
    answered = _scores(scores).dropna(how="all").sort_index()
    if len(answered) < 3:
        return None
    steps = _steps(answered, points)
    distance = _mean(steps)
    if np.isnan(distance).any():
        a, b = np.argwhere(np.isnan(squareform(distance, checks=False)))[0]
        names = f"{answered.index[a]} and {answered.index[b]}"
        raise ValueError(f"{names} answered no scale in common; leave one of them out")
    tree = linkage(distance, "average", optimal_ordering=True)
    return Typology(
        distances=gower(answered, points),
        tree=tree,
        order=tuple(answered.index[leaves_list(tree)]),
        cophenetic=_correlation(cophenet(tree), distance),
        without_scale=pd.Series(_without_each(steps), answered.columns, dtype=float),
    )


def chance_stability(
    scores: pd.DataFrame, points: Mapping[Any, int], *, shuffles: int = 99, seed: int = 2014
) -> npt.NDArray[np.float64]:
    """Lowest correlation without a scale, if the scales had nothing to do with each other.

    The answers of every scale are shuffled among the municipalities, which keeps all counts.
    Leaving out one scale of eleven changes a tree of shuffled answers little too; only a
    stability beyond these says something.

    Parameters
    ----------
    scores, points
        As for `cluster_municipalities`, without blanks.
    shuffles : int
        Number of shuffled tables.
    seed : int
        Of the shuffles.

    Returns
    -------
    numpy.ndarray, shape (shuffles,)
        The lowest value of ``Typology.without_scale`` of each, sorted; NaN, at the end, where
        it is not defined.

    Raises
    ------
    NeedsScores
        If these are counts.
    ValueError
        If a municipality did not answer a scale: shuffling blanks would change who is compared.
    """
    table = _scores(scores).sort_index()
    if table.isna().any(axis=None) or len(table) < 3:
        raise ValueError("needs three or more municipalities that answered every scale")
    rng = np.random.default_rng(seed)
    values = table.to_numpy()
    lowest = []
    for _ in range(shuffles):
        shuffled = pd.DataFrame(rng.permuted(values, axis=0), table.index, table.columns)
        lowest.append(np.min(_without_each(_steps(shuffled, points))))
    return np.sort(lowest)


def _scores(scores: Any) -> pd.DataFrame:
    why = {
        "wanted": "a typology of municipalities",
        "instead": "the counts of each scale are all that can be shown",
    }
    if not isinstance(scores, pd.DataFrame):
        raise NeedsScores(**why)
    require_municipalities(scores.index, **why)
    twice = scores.index[scores.index.duplicated()]
    if len(twice):
        raise ValueError(f"{', '.join(map(str, twice.unique()))}: occurs twice; keep one row")
    return scores


def _steps(scores: pd.DataFrame, points: Mapping[Any, int]) -> npt.NDArray[np.float64]:
    """Distance on each scale (rows) between each two municipalities (columns)."""
    table = _scores(scores)
    ranges = np.array([points[scale] - 1 for scale in table.columns], dtype=float)
    values = table.to_numpy(dtype=float) / ranges
    first, second = np.triu_indices(len(table), k=1)
    steps: npt.NDArray[np.float64] = np.abs(values[first] - values[second]).T
    return steps


def _mean(steps: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    answered = ~np.isnan(steps)
    number = answered.sum(axis=0)
    total = np.where(answered, steps, 0.0).sum(axis=0)
    mean: npt.NDArray[np.float64] = np.full(len(number), np.nan)
    np.divide(total, number, out=mean, where=number > 0)
    return mean


def _without_each(steps: npt.NDArray[np.float64]) -> list[float]:
    whole = cophenet(linkage(_mean(steps), "average"))
    correlations = []
    for scale in range(len(steps)):
        distance = _mean(np.delete(steps, scale, axis=0))
        if np.isnan(distance).any():
            correlations.append(np.nan)
            continue
        correlation = _correlation(whole, cophenet(linkage(distance, "average")))
        correlations.append(np.nan if correlation is None else correlation)
    return correlations


def _correlation(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> float | None:
    if np.ptp(x) < 1e-12 or np.ptp(y) < 1e-12:
        return None
    return float(np.corrcoef(x, y)[0, 1])
