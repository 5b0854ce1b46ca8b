"""Counts as they come, in a list or a tidy DataFrame, turned into vectors."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from swt_analysis.problems import InvalidError
from swt_analysis.statistics.ordinal import as_counts

Answers = Sequence[int] | npt.NDArray[np.integer] | pd.Series | pd.DataFrame


def as_vectors(counts: Answers) -> tuple[pd.Index | None, list[npt.NDArray[np.int64]]]:
    """Give the counts of each round and scale as a vector.

    Parameters
    ----------
    counts : sequence of int, or pandas.DataFrame
        Number of answers at points 1 to k, or columns ``point`` and ``count``, and as it may be
        ``round``, ``scale`` and ``points`` (how many points the scale has).

    Returns
    -------
    index : pandas.Index or None
        The rounds and scales; None if there are no such columns.
    vectors : list of numpy.ndarray
        For each of them the counts at points 1 to k; only one if there are no such columns.

    Raises
    ------
    InvalidError
        If a column is missing, or a point is missing or occurs twice.
    ValueError
        If there are fewer than two points or a count is negative or no whole number.

    Examples
    --------
    >>> tidy = pd.DataFrame({"scale": [4, 4, 5, 5], "point": [1, 2, 2, 1], "count": [3, 6, 9, 0]})
    >>> as_vectors(tidy)
    (Index([4, 5], dtype='int64', name='scale'), [array([3, 6]), array([0, 9])])
    """
    if not isinstance(counts, pd.DataFrame):
        return None, [as_counts(np.asarray(counts))]
    missing = [name for name in ("point", "count") if name not in counts]
    if missing:
        there = ", ".join(map(str, counts.columns))
        raise InvalidError(
            f"counts have no column {' and '.join(missing)}, but {there}; "
            "rename those that have the point and the number of answers there"
        )
    names = [name for name in ("round", "scale") if name in counts]
    if not names:
        return None, [_vector(counts, "")]
    groups = {key: rows for key, rows in counts.groupby(names, sort=False)}
    said = [
        ", ".join(f"{name} {one}" for name, one in zip(names, key, strict=True)) for key in groups
    ]
    keys = pd.MultiIndex.from_tuples(list(groups), names=names)
    index = keys if len(names) > 1 else keys.get_level_values(0)
    rows = zip(groups.values(), said, strict=True)
    return index, [_vector(here, f"{where}: ") for here, where in rows]


def _vector(rows: pd.DataFrame, where: str) -> npt.NDArray[np.int64]:
    points = rows["point"].astype("int64")
    if points.duplicated().any():
        twice = points[points.duplicated()].iloc[0]
        raise InvalidError(
            f"{where}point {twice} occurs twice; give one round and scale, or columns round, scale"
        )
    k = int(rows["points"].iloc[0]) if "points" in rows else int(points.max())
    if absent := sorted(set(range(1, k + 1)) - set(points)):
        raise InvalidError(
            f"{where}there is no row for point {absent[0]}; "
            "a point that nobody chose needs one too, with count 0"
        )
    count = pd.to_numeric(rows.set_index(points)["count"]).sort_index()
    if (count != count.round()).any():
        raise InvalidError(f"{where}counts must be whole numbers, not {count.to_list()}")
    return as_counts(count.astype("int64").to_numpy())
