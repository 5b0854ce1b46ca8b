"""Statistics of scores at the front door: DataFrames of municipalities in, labelled tables out.

Scores come wide (a row a municipality, a column a scale) or tidy (columns ``municipality``,
``scale``, ``point``, as `Study.scores` gives them). What is computed is in `paired`, `typology`
and here for groups.
"""

from collections.abc import Mapping
from itertools import combinations
from math import comb, prod
from typing import Any

import numpy as np
import pandas as pd

from swt_analysis.problems import InvalidError
from swt_analysis.statistics import paired
from swt_analysis.statistics.association import fillings
from swt_analysis.statistics.scores import by_scale, checked
from swt_analysis.statistics.typology import Typology, cluster_municipalities

_MOST_TABLES = 20_000
_RANDOM, _SEED = 99_999, 2014


def compare_rounds(
    before: pd.DataFrame | pd.Series, after: pd.DataFrame | pd.Series
) -> pd.DataFrame:
    """Compare two rounds with scores on every scale that both have.

    Parameters
    ----------
    before, after : pandas.DataFrame or pandas.Series
        Points of each municipality, wide or tidy; a Series (index ``municipality``) is one scale.
        NaN is no answer. A municipality is paired by its name.

    Returns
    -------
    pandas.DataFrame
        A row a scale; columns ``paired``, ``entered``, ``left`` (municipalities that answered in
        both rounds, the second only, the first only), ``up``, ``same``, ``down`` (the pairs that
        moved to a higher point, stayed, moved to a lower), ``net_share`` (up minus down, as a
        share of the pairs: Cliff's within-pair dominance), ``net_low`` and ``net_high`` (its 95 %
        interval, if the municipalities are taken as draws from a larger whole), ``p_value``
        (exact sign-flip permutation test on the differences) and ``p_holm`` (adjusted for the
        number of scales).

    Raises
    ------
    NeedsScores
        If a round has counts only: `swt_analysis.movement_bounds` bounds what moved.
    ValueError
        If the index is not called ``municipality``, a municipality occurs twice, a score is no
        whole number, there is more than one round on a side, or no scale in common.

    References
    ----------
    Fisher, R. A. (1935). The Design of Experiments, section 21. Edinburgh: Oliver and Boyd.
    Cliff, N. (1993). Dominance statistics: ordinal analyses to answer ordinal questions.
    Psychological Bulletin 114(3), 494-509.
    Fay, M. P. and Lumbard, K. (2021). Confidence intervals for difference in proportions for
    matched pairs compatible with exact McNemar's or sign tests. Statistics in Medicine 40(5),
    1147-1159.
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian
    Journal of Statistics 6(2), 65-70.

    Examples
    --------
    >>> import pandas as pd
    >>> import swt_analysis as swt
    >>> names = pd.Index(["Haarlem", "Velsen", "Zaanstad"], name="municipality")
    >>> before = pd.DataFrame({1: [2, 3, 3], 2: [1, 5, None]}, index=names)
    >>> after = pd.DataFrame({1: [3, 4, 3], 2: [1, 4, 2]}, index=names)
    >>> swt.compare_rounds(before, after)[["paired", "up", "same", "down", "p_value"]]
           paired  up  same  down  p_value
    scale
    1           3   2     1     0      0.5
    2           2   0     1     1      1.0
    """
    wanted = {
        "wanted": "the change by municipality",
        "instead": "movement_bounds gives the least and the most that can have moved",
    }
    first, second = (by_scale(scores, **wanted) for scores in (before, after))
    if isinstance(before, pd.Series) and isinstance(after, pd.Series):
        second.columns = first.columns
    return paired.compare_rounds(first, second)


def compare_groups(
    scores: pd.DataFrame | pd.Series, groups: pd.Series | Mapping[str, Any]
) -> pd.DataFrame:
    """Compare groups of municipalities on every scale, two at a time.

    The effect is the probability of superiority: the share of all pairs, one municipality of
    either group, in which the one of the second group stands at a higher point, a tie counting
    for half; Cliff's delta is twice that, minus 1. p is the share of all ways to split the
    municipalities in two groups of these sizes that give a delta at least as far from 0. All are
    counted, by the tables they form, while that is cheap (up to 31 municipalities on five points
    always); beyond, 99,999 random ones estimate p as (hits + 1) / (ways + 1). p asks whether the
    split is one of chance, and says nothing of a population that these would be a sample of.
    Every scale and every two groups are a comparison: ``attrs["comparisons"]`` counts them, and
    p after Holm is what remains of p for so many. Small groups cannot show much:
    `swt_analysis.smallest_group_p`.

    Parameters
    ----------
    scores : pandas.DataFrame or pandas.Series
        Points of each municipality, wide or tidy; a Series (index ``municipality``) is one scale.
        NaN is no answer.
    groups : pandas.Series or mapping
        The group of each municipality, by its name: two groups or more, in alphabetical order
        or in that of ordered categories. Who has no group is left out.

    Returns
    -------
    pandas.DataFrame
        A row a scale and two groups; columns ``first``, ``second`` (their names), ``n_first``,
        ``n_second`` (municipalities that answered), ``median_first``, ``median_second`` (points,
        halfway between the two middle answers), ``superiority`` (0 to 1), ``cliff_d`` (-1: all of
        the second stand lower; 1: higher), ``p_value``, ``exact`` (whether all ways were counted)
        and ``p_holm`` (adjusted for all comparisons). NaN where a group has no answer.

    Raises
    ------
    NeedsScores
        If these are counts, or placements of a count-only round: `swt_analysis.delta_bounds`
        bounds the effect.
    ValueError
        If there are no two groups, none of their names is in the scores, the index is not
        called ``municipality``, a municipality occurs twice or a score is no whole number.

    References
    ----------
    Cliff, N. (1993). Dominance statistics: ordinal analyses to answer ordinal questions.
    Psychological Bulletin 114(3), 494-509.
    Pitman, E. J. G. (1937). Significance tests which may be applied to samples from any
    populations. Supplement to the Journal of the Royal Statistical Society 4(1), 119-130.
    Phipson, B. and Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical
    Applications in Genetics and Molecular Biology 9(1), article 39.
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian
    Journal of Statistics 6(2), 65-70.

    Examples
    --------
    >>> import pandas as pd
    >>> import swt_analysis as swt
    >>> scores = pd.Series({"Haarlem": 3, "Velsen": 1, "Heiloo": 2, "Zaanstad": 3})
    >>> groups = {"Haarlem": "large", "Velsen": "small", "Heiloo": "small", "Zaanstad": "large"}
    >>> got = swt.compare_groups(scores.rename_axis("municipality"), groups)
    >>> got[["n_first", "n_second", "superiority", "cliff_d", "p_value"]]
            n_first  n_second  superiority  cliff_d   p_value
    scale
    scores        2         2          0.0     -1.0  0.333333
    """
    why = {
        "wanted": "a comparison of groups",
        "instead": "delta_bounds gives what is possible, and group_bounds the counts by group",
    }
    wide = by_scale(scores, **why)
    member = pd.Series(groups).dropna().astype("category").cat.remove_unused_categories()
    names = list(member.cat.categories)
    if len(names) < 2:
        listed = ", ".join(map(str, names)) or "none"
        raise InvalidError(f"it takes two groups to compare, and there is one at most: {listed}")
    if not wide.index.isin(member.index).any():
        there, asked = wide.index[0], member.index[0]
        raise InvalidError(
            f"no municipality with scores has a group: scores are of {there!r} and others, groups "
            f"of {asked!r} and others; the index of groups has to have the names"
        )
    rows = []
    for scale in wide:
        answers = checked(wide[scale], **why)
        sides = {one: answers[answers.index.isin(member.index[member == one])] for one in names}
        for first, second in combinations(names, 2):
            pair = {"scale": scale, "first": first, "second": second}
            rows.append({**pair, **_compare(sides[first], sides[second])})
    table = pd.DataFrame(rows)
    table = table.assign(p_holm=paired.holm(table["p_value"])).set_index("scale")
    table.attrs["comparisons"] = int(table["p_value"].notna().sum())
    return table


def smallest_group_p(first: int, second: int, comparisons: int = 1) -> float | None:
    """Smallest p that a comparison of two groups can give, after Holm over all comparisons.

    It takes that all of one group stand lower than all of the other, which one way to split the
    municipalities gives; in groups of one size two ways do.

    Parameters
    ----------
    first, second : int
        Municipalities in the two groups.
    comparisons : int
        Number of comparisons: scales times pairs of groups.

    Returns
    -------
    float or None
        None if a group is empty.

    References
    ----------
    Pitman, E. J. G. (1937). Significance tests which may be applied to samples from any
    populations. Supplement to the Journal of the Royal Statistical Society 4(1), 119-130.

    Examples
    --------
    >>> import swt_analysis as swt
    >>> round(swt.smallest_group_p(4, 4), 3), round(swt.smallest_group_p(4, 4, comparisons=11), 3)
    (0.029, 0.314)
    """
    if not first or not second:
        return None
    ways = comb(first + second, first)
    return min(1.0, comparisons * (2 if first == second else 1) / ways)


def typology(scores: pd.DataFrame, points: int | Mapping[Any, int]) -> Typology | None:
    """Order the municipalities by likeness of their scores, and see how firm that order is.

    Average linkage on Gower's distance. Firmness is the correlation of joining heights without a
    scale: it needs no choice of a number of clusters, and the lowest says most. A tree of nine
    always looks convincing: judge it beside one of shuffled answers
    (`swt_analysis.statistics.chance_stability`).

    Parameters
    ----------
    scores : pandas.DataFrame
        Points of each municipality, wide or tidy; NaN is no answer. Municipalities without any
        answer are left out.
    points : int or mapping
        Number of points of the scales, or of each.

    Returns
    -------
    Typology or None
        ``order`` (names, neighbours alike), ``distances`` (0 to 1), ``without_scale``
        (correlations), ``tree`` (as SciPy draws it), ``cophenetic``. None with fewer than three
        municipalities.

    Raises
    ------
    NeedsScores
        If these are counts, or placements of a count-only round.
    ValueError
        If two municipalities have no scale in common, the index is not called ``municipality``,
        or a municipality occurs twice.

    References
    ----------
    Gower, J. C. (1971). A general coefficient of similarity and some of its properties.
    Biometrics 27(4), 857-871.
    Sokal, R. R. and Michener, C. D. (1958). A statistical method for evaluating systematic
    relationships. University of Kansas Science Bulletin 38, 1409-1438.
    Sokal, R. R. and Rohlf, F. J. (1962). The comparison of dendrograms by objective methods.
    Taxon 11(2), 33-40.

    Examples
    --------
    >>> import pandas as pd
    >>> import swt_analysis as swt
    >>> names = pd.Index(["Haarlem", "Velsen", "Zaanstad"], name="municipality")
    >>> scores = pd.DataFrame({1: [1, 5, 1], 2: [2, 4, 3]}, index=names)
    >>> kinds = swt.typology(scores, points=5)
    >>> kinds.distances.loc["Haarlem", "Zaanstad"]
    np.float64(0.125)
    """
    wide = by_scale(
        scores,
        wanted="a typology of municipalities",
        instead="the counts of each scale are all that can be shown",
    )
    known = points if isinstance(points, Mapping) else dict.fromkeys(wide.columns, points)
    return cluster_municipalities(wide, known)


def _compare(first: pd.Series, second: pd.Series) -> dict[str, Any]:
    n, m = len(first), len(second)
    sides = {
        "n_first": n,
        "n_second": m,
        "median_first": _median(first),
        "median_second": _median(second),
    }
    if not n or not m:
        nothing = dict.fromkeys(("superiority", "cliff_d", "p_value"), np.nan)
        return sides | nothing | {"exact": False}
    points = np.unique(np.concatenate([first, second]))
    held = np.array([(first == one).sum() + (second == one).sum() for one in points])
    of_second = np.array([(second == one).sum() for one in points])
    # Twice the ranks, ties in the middle: whole numbers, so that equal sums are equal.
    ranks = 2 * held.cumsum() - held + 1
    wins = int(of_second @ ranks) - m * (n + m + 1)  # pairs won minus pairs lost
    exact = np.prod(held + 1.0) <= _MOST_TABLES
    if exact:
        tables = list(fillings(m, held.tolist()))
        ways = np.array([prod(map(comb, held.tolist(), table)) for table in tables], dtype=object)
        extreme = np.abs(np.array(tables) @ ranks - m * (n + m + 1)) >= abs(wins)
        p_value = ways[extreme].sum() / comb(n + m, m)
    else:
        drawn = np.random.default_rng(_SEED).multivariate_hypergeometric(held, m, size=_RANDOM)
        hits = int((np.abs(drawn @ ranks - m * (n + m + 1)) >= abs(wins)).sum())
        p_value = (hits + 1) / (_RANDOM + 1)
    cliff_d = wins / (n * m)
    found = {"superiority": (cliff_d + 1) / 2, "cliff_d": cliff_d, "p_value": float(p_value)}
    return sides | found | {"exact": bool(exact)}


def _median(points: pd.Series) -> float:
    return float(points.median()) if len(points) else np.nan
