"""Several rounds in a row: the path of a scale, who answers and who never, agreement of years."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from swt_analysis.clean.mergers import carried_into
from swt_analysis.problems import InvalidError
from swt_analysis.statistics.association import tau_b_of_table, weighted_kappa
from swt_analysis.statistics.bounds import Bounds
from swt_analysis.statistics.count_only import movement_bounds, tau_b_bounds
from swt_analysis.statistics.ordinal import Counts, as_counts, summarise
from swt_analysis.statistics.scores import by_scale, checked
from swt_analysis.statistics.vectors import as_vectors


def path(counts: pd.DataFrame, asked: Mapping[int, int] | pd.Series) -> pd.DataFrame:
    """Follow every scale over the rounds, whatever those that did not answer would have chosen.

    Rounds differ in who answers. So each has two readings: of those that answered, and bounds
    over every point that the others could have taken, which hold whoever stayed away.

    Parameters
    ----------
    counts : pandas.DataFrame
        Columns ``round``, ``scale``, ``point`` and ``count``.
    asked : mapping of int to int, or pandas.Series
        By round, the number of all its municipalities, those that did not answer included.

    Returns
    -------
    pandas.DataFrame
        Rows by ``scale`` and ``round``; columns ``n`` (answers), ``silent`` (the others asked),
        ``low_median`` and ``high_median`` (of the answers), ``balance`` (right minus left, as a
        share of the answers), and bounds for all asked: ``median_low``, ``median_high``
        (points), ``balance_low``, ``balance_high`` (share of all asked, -1 to 1). NaN without
        municipalities.

    Raises
    ------
    InvalidError
        If a round is not among those asked, or has more answers than municipalities.

    References
    ----------
    Manski, C. F. (1989). Anatomy of the selection problem. Journal of Human Resources 24(3),
    343-360.

    Examples
    --------
    >>> import pandas as pd
    >>> import swt_analysis as swt
    >>> counts = pd.DataFrame({"round": [2014] * 3 + [2015] * 3, "scale": 1,
    ...                        "point": [1, 2, 3] * 2, "count": [6, 2, 0, 1, 3, 6]})
    >>> got = swt.path(counts, {2014: 10, 2015: 10})
    >>> got[["n", "silent", "balance_low", "balance_high"]]
                n  silent  balance_low  balance_high
    scale round
    1     2014   8       2         -0.8          -0.4
          2015  10       0          0.5           0.5
    """
    index, vectors = as_vectors(counts)
    if index is None or list(index.names) != ["round", "scale"]:
        raise InvalidError("a path needs counts with columns round and scale")
    rows = {}
    for (year, scale), count in zip(index, vectors, strict=True):
        if year not in asked:
            raise InvalidError(f"round {year}: say how many municipalities it asked")
        silent = int(asked[year]) - int(count.sum())
        if silent < 0:
            told = f"{count.sum()} answers of {asked[year]} municipalities"
            raise InvalidError(f"round {year}, scale {scale}: {told}")
        rows[scale, year] = {"n": int(count.sum()), "silent": silent, **_reading(count, silent)}
    order = pd.MultiIndex.from_tuples(sorted(rows), names=["scale", "round"])
    return pd.DataFrame([rows[one] for one in order], order)


def _reading(count: Counts, silent: int) -> dict[str, float]:
    ends = np.eye(len(count), dtype=np.int64)[[0, -1]] * silent
    here, (left, right) = summarise(count), (summarise(count + end) for end in ends)
    return {
        "low_median": _number(here.low_median),
        "high_median": _number(here.high_median),
        "balance": _number(here.balance),
        "median_low": _number(left.low_median),
        "median_high": _number(right.high_median),
        "balance_low": _number(left.balance),
        "balance_high": _number(right.balance),
    }


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


def path_shift(path: pd.DataFrame) -> pd.DataFrame:
    """Bound how far every scale shifted from the first to the last round of its path.

    Of all municipalities asked in either round, whatever those that did not answer would have
    chosen. Both ends can be reached, as nobody's silence in one round binds that in the other.

    Parameters
    ----------
    path : pandas.DataFrame
        As `swt_analysis.path` gives it.

    Returns
    -------
    pandas.DataFrame
        A row a scale with two rounds or more; columns ``from_round``, ``to_round``, ``answered``
        (the difference in balance of those that answered), ``low`` and ``high`` (of all; above 0:
        certainly to the right, below 0: certainly to the left).

    References
    ----------
    Manski, C. F. (1989). Anatomy of the selection problem. Journal of Human Resources 24(3),
    343-360.

    Examples
    --------
    >>> import pandas as pd
    >>> import swt_analysis as swt
    >>> counts = pd.DataFrame({"round": [2014] * 3 + [2015] * 3, "scale": 1,
    ...                        "point": [1, 2, 3] * 2, "count": [6, 2, 0, 1, 3, 6]})
    >>> swt.path_shift(swt.path(counts, {2014: 10, 2015: 10})).round(2)
           from_round  to_round  answered  low  high
    scale
    1            2014      2015      1.25  0.9   1.3
    """
    rows = {}
    for scale, here in path.groupby(level="scale"):
        years = here.index.get_level_values("round")
        first, last = here.iloc[0], here.iloc[-1]
        if len(here) > 1:
            rows[scale] = {
                "from_round": years[0],
                "to_round": years[-1],
                "answered": last["balance"] - first["balance"],
                "low": last["balance_low"] - first["balance_high"],
                "high": last["balance_high"] - first["balance_low"],
            }
    columns = ["from_round", "to_round", "answered", "low", "high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("scale")


def answer_history(
    places: pd.DataFrame,
    scores: pd.DataFrame | None = None,
    mergers: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Tell in how many rounds each municipality was asked, and in how many it answered.

    Parameters
    ----------
    places : pandas.DataFrame
        Columns ``round``, ``municipality`` and ``on_scheme`` (whether it answered), a row for
        each that was asked.
    scores : pandas.DataFrame, optional
        Columns ``round``, ``municipality``, ``scale`` and ``point``, of rounds with all scores.
    mergers : pandas.DataFrame, optional
        Columns ``municipality``, ``into``, ``year`` and ``carries_on``: who carries on counts as
        the new municipality from the start, which was asked or answered if one of them was.

    Returns
    -------
    pandas.DataFrame
        Rows by ``municipality``; columns ``asked`` and ``answered`` (rounds), ``last`` (the last
        round in which it answered; missing: none), ``there`` (whether the last round has it), and
        with scores a column a scale: the rounds in which it answered that one.

    Examples
    --------
    >>> import pandas as pd
    >>> import swt_analysis as swt
    >>> places = pd.DataFrame({"round": [2014, 2014, 2015, 2015], "on_scheme": [1, 0, 1, 0],
    ...                        "municipality": ["Haarlem", "Velsen", "Haarlem", "Velsen"]})
    >>> swt.answer_history(places)
                  asked  answered  last  there
    municipality
    Haarlem           2         2  2015   True
    Velsen            2         0  <NA>   True
    """
    latest = int(places["round"].max())
    into = _into(mergers, latest)
    named = places.assign(
        municipality=places["municipality"].replace(into), on_scheme=places["on_scheme"].eq(True)
    )
    rounds = named.groupby(["municipality", "round"])["on_scheme"].any().reset_index()
    groups = rounds.groupby("municipality")
    answered = rounds[rounds["on_scheme"]].groupby("municipality")["round"]
    table = pd.DataFrame(
        {
            "asked": groups.size(),
            "answered": groups["on_scheme"].sum(),
            "last": answered.max().astype("Int64"),
            "there": groups["round"].max() == latest,
        }
    )
    if scores is None or scores.empty:
        return table
    given = scores.dropna(subset="point")
    given = given.assign(municipality=given["municipality"].replace(into))
    once = given.drop_duplicates(["round", "municipality", "scale"])
    by_scale = pd.crosstab(once["municipality"], once["scale"])
    return table.join(by_scale.reindex(table.index, fill_value=0))


def _into(mergers: pd.DataFrame | None, year: int) -> dict[str, str]:
    if mergers is None or mergers.empty:
        return {}
    return carried_into(mergers, year)


def round_agreement(
    before: pd.DataFrame | pd.Series,
    after: pd.DataFrame | pd.Series,
    points: int | Mapping[Any, int],
) -> pd.DataFrame:
    """Tell how far municipalities that answered twice kept to their point, on every scale.

    Parameters
    ----------
    before, after : pandas.DataFrame or pandas.Series
        Points of each municipality, wide or tidy; a Series (index ``municipality``) is one scale.
    points : int or mapping
        Number of points of the scales, or of each.

    Returns
    -------
    pandas.DataFrame
        A row a scale that both have; columns ``paired`` (municipalities that answered twice),
        ``same`` (of those, at the same point), ``kappa`` (Cohen's, weighted by the steps apart: 1
        all at the same point, 0 no nearer than by chance) and ``tau_b`` (Kendall's: 1 in the same
        order, -1 in the opposite). NaN where it is not defined: all at one point.

    Raises
    ------
    NeedsScores
        If a round has counts only: `swt_analysis.round_agreement_bounds` bounds both.

    References
    ----------
    Cohen, J. (1968). Weighted kappa: nominal scale agreement with provision for scaled
    disagreement or partial credit. Psychological Bulletin 70(4), 213-220.
    Kendall, M. G. (1945). The treatment of ties in ranking problems. Biometrika 33(3), 239-251.

    Examples
    --------
    >>> import pandas as pd
    >>> import swt_analysis as swt
    >>> names = pd.Index(["Haarlem", "Velsen", "Zaanstad"], name="municipality")
    >>> before, after = pd.Series([1, 3, 4], names), pd.Series([1, 3, 5], names)
    >>> swt.round_agreement(before, after, points=5).round(2)
            paired  same  kappa  tau_b
    scale
    scores       3     2    0.8    1.0
    """
    why = {
        "wanted": "the agreement of two rounds",
        "instead": "round_agreement_bounds bounds it by the counts",
    }
    first, second = (by_scale(scores, **why) for scores in (before, after))
    if isinstance(before, pd.Series) and isinstance(after, pd.Series):
        second.columns = first.columns
    rows = {}
    for scale in [one for one in first.columns if one in second.columns]:
        k = points[scale] if isinstance(points, Mapping) else points
        both = pd.concat(
            [checked(first[scale], **why), checked(second[scale], **why)],
            axis=1,
            join="inner",
            keys=["before", "after"],
        )
        kappa = weighted_kappa(both["before"], both["after"], range(1, k + 1)).kappa
        tau = tau_b_of_table(pd.crosstab(both["before"], both["after"]).to_numpy())
        rows[scale] = {
            "paired": len(both),
            "same": int((both["before"] == both["after"]).sum()),
            "kappa": _number(kappa),
            "tau_b": _number(tau),
        }
    columns = ["paired", "same", "kappa", "tau_b"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("scale")


def round_agreement_bounds(before: Iterable[int], after: Iterable[int]) -> pd.DataFrame:
    r"""Bound the agreement of two rounds of a scale of which only counts are known.

    The same municipalities answered in both. Chance agreement depends on the counts alone, and
    the disagreement of a weighted kappa is the points moved: its ends are the optimal and the
    worst transport between the counts. For tau-b see `swt_analysis.tau_b_bounds`.

    Parameters
    ----------
    before, after : sequence of int, length k >= 2
        Number of answers at points 1 to k in the two rounds, as many in both.

    Returns
    -------
    pandas.DataFrame
        Rows ``kappa`` (weighted by the steps apart) and ``tau_b``, columns ``low`` and ``high``;
        NaN where it is not defined: all at one point.

    Raises
    ------
    ValueError
        If the scales differ in length or in the number of answers.

    References
    ----------
    Cohen, J. (1968). Weighted kappa: nominal scale agreement with provision for scaled
    disagreement or partial credit. Psychological Bulletin 70(4), 213-220.
    Hitchcock, F. L. (1941). The distribution of a product from several sources to numerous
    localities. Journal of Mathematics and Physics 20, 224-230.

    Examples
    --------
    >>> import swt_analysis as swt
    >>> swt.round_agreement_bounds([0, 5, 2, 2, 0], [0, 3, 4, 2, 0]).round(2)
              low  high
    measure
    kappa   -0.54  0.74
    tau_b   -0.76  0.80
    """
    f, g = as_counts(list(before)), as_counts(list(after))
    n, k = int(f.sum()), len(f)
    points = movement_bounds(f, g).points
    steps = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
    expected = float((steps * np.outer(f, g)).sum()) / n if n else 0.0
    kappa = Bounds(*(1 - moved / expected for moved in points[::-1])) if expected else None
    ends = {"kappa": kappa, "tau_b": tau_b_bounds(f, g)}
    rows = {name: (np.nan, np.nan) if one is None else one for name, one in ends.items()}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["low", "high"])
    return table.rename_axis("measure")
