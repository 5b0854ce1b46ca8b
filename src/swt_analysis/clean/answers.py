"""The answers of a round on the choice scales, in whichever form they came."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from swt_analysis.clean.grid import Grid
from swt_analysis.clean.readers import read_grids
from swt_analysis.clean.scores import interpret_scores, scores_grid, tabulate
from swt_analysis.clean.tallies import interpret_tallies
from swt_analysis.problems import DataError, Problem

WORKBOOK = "scores.xlsx"
FILES = ("tallies.csv", "scores.csv", WORKBOOK)


@dataclass(frozen=True)
class Answers:
    """What a round tells of the choice scales.

    Attributes
    ----------
    form : str
        ``tallies`` (only counts are known) or ``scores``.
    counts : pandas.DataFrame
        Columns scale, point, count; every point of every scale.
    scores : pandas.DataFrame or None
        Columns municipality, scale, point (missing: no answer); None for tallies.
    respondents : int
        Municipalities that took part.
    absent : tuple of str
        Municipalities that the file names without any answer.
    """

    form: str
    counts: pd.DataFrame
    scores: pd.DataFrame | None
    respondents: int
    absent: tuple[str, ...] = ()


def read_answers(
    folder: Path, scales: pd.DataFrame, on_scheme: int | None, grids: list[Grid] | None = None
) -> Answers:
    """Read the answers in a round's folder.

    Parameters
    ----------
    folder : Path
        Has ``tallies.csv``, or ``scores.csv`` in long or wide form, or ``scores.xlsx``: the
        filled-in workbook.
    scales : pandas.DataFrame
        The instrument: columns ``scale`` and ``points``, and labels.
    on_scheme : int or None
        Number of respondents if the round tells it elsewhere.
    grids : list of Grid, optional
        The sheets of its workbook, if they have been read before.

    Returns
    -------
    Answers
        What the round tells of who stands where.

    Raises
    ------
    DataError
        With every problem found.
    """
    present = [name for name in FILES if os.path.lexists(folder / name)]
    if len(present) != 1:
        value = " and ".join(present) or "no answers"
        allowed = f"a round has one of {' or '.join(FILES)}"
        raise DataError([Problem(folder, None, None, value, allowed)])
    grids = read_grids(folder / present[0]) if grids is None else grids
    if present[0] == "tallies.csv":
        counts, number = interpret_tallies(grids[0], scales=scales, respondents=on_scheme)
        return Answers("tallies", counts, None, number)
    found = interpret_scores(scores_grid(grids, scales), scales, folder.name)
    scores = tabulate(found, scales)
    number = len(respondents(scores))
    return Answers("scores", count_points(scores, scales), scores, number, tuple(found.absent))


def respondents(scores: pd.DataFrame) -> "pd.Series[str]":
    """Name those who answered: `tabulate` gives each a row for every scale."""
    scale = scores["scale"].to_numpy()
    names: pd.Series[str] = scores.loc[scale == scale[:1], "municipality"]
    return names


def count_points(scores: pd.DataFrame, scales: pd.DataFrame) -> pd.DataFrame:
    """Count the scores at every point of every scale.

    Parameters
    ----------
    scores : pandas.DataFrame
        Columns ``scale`` and ``point``.
    scales : pandas.DataFrame
        Columns ``scale`` and ``points``.

    Returns
    -------
    pandas.DataFrame
        Columns scale, point, count, in the instrument's order.
    """
    scale = scores["scale"].to_numpy(dtype=np.int64)
    point = scores["point"].to_numpy(dtype=np.int64, na_value=0)  # 0: no answer
    points = dict(zip(scales["scale"].astype(int), scales["points"].astype(int), strict=True))
    shape = max(points) + 1, max(points.values()) + 1
    place = scale * shape[1] + point
    counts = np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape)
    return pd.DataFrame(
        [(one, at, int(counts[one, at])) for one, k in points.items() for at in range(1, k + 1)],
        columns=["scale", "point", "count"],
    )
