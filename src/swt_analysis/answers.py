"""The answers of a round on the choice scales, in whichever form they came."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from swt_analysis.problems import DataError, Problem
from swt_analysis.tallies import read_tallies

FILES = ("tallies.csv", "scores.csv")


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
    """

    form: str
    counts: pd.DataFrame
    scores: pd.DataFrame | None
    respondents: int


def read_answers(folder: Path, scales: pd.DataFrame, on_scheme: int | None) -> Answers:
    """Read the answers in a round's folder.

    Parameters
    ----------
    folder : Path
        Has ``tallies.csv``, or ``scores.csv`` in long or wide form.
    scales : pandas.DataFrame
        Columns ``scale`` and ``points``.
    on_scheme : int or None
        Number of respondents if the round tells it elsewhere.

    Returns
    -------
    Answers

    Raises
    ------
    DataError
        With every problem found.
    """
    present = [name for name in FILES if (folder / name).exists()]
    if len(present) != 1:
        value = " and ".join(present) or "no answers"
        allowed = f"a round has one of {' or '.join(FILES)}"
        raise DataError([Problem(folder, None, None, value, allowed)])
    path = folder / present[0]
    if present[0] == "tallies.csv":
        counts = read_tallies(path, scales=scales, respondents=on_scheme)
        total = int(counts.groupby("scale")["count"].sum().max())
        return Answers("tallies", counts, None, on_scheme if on_scheme is not None else total)
    scores = read_scores(path, scales)
    respondents = scores["municipality"].nunique()
    return Answers("scores", count_points(scores, scales), scores, respondents)


def read_scores(path: Path, scales: pd.DataFrame) -> pd.DataFrame:
    """Read scores, long (``municipality,scale,point``) or wide (a column a scale).

    Parameters
    ----------
    path : Path
        UTF-8 with commas and a header; a blank is no answer.
    scales : pandas.DataFrame
        Columns ``scale`` and ``points``.

    Returns
    -------
    pandas.DataFrame
        Columns municipality, scale, point; every municipality with every scale, sorted.

    Raises
    ------
    DataError
        With every problem found.
    """
    try:
        raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        allowed = "must be a UTF-8 table with commas and a header"
        raise DataError([Problem(path, None, None, str(error).strip(), allowed)]) from error
    raw.columns = pd.Index([str(name).strip() for name in raw.columns])
    known = scales["scale"].astype(str).to_list()
    long = {"municipality", "scale", "point"} <= set(raw.columns)
    wide = [name for name in raw.columns if name in known]
    if "municipality" not in raw or not (long or wide):
        header = ",".join(raw.columns)
        allowed = "needs the columns municipality,scale,point or municipality and a column a scale"
        raise DataError([Problem(path, 1, None, header, allowed)])
    table = raw.assign(row=raw.index + 2)
    problems = []
    if long:
        table = table[["row", "municipality", "scale", "point"]].assign(column="point")
    else:
        problems = [
            Problem(path, 1, name, name, f"is no scale of the instrument ({', '.join(known)})")
            for name in raw.columns
            if name not in (*known, "municipality", "source")
        ]
        table = table.melt(["row", "municipality"], wide, "scale", "point")
        table["column"] = table["scale"]
    for name in ("municipality", "scale", "point"):
        table[name] = table[name].str.strip()
    problems += _problems(path, table, scales)
    if problems:
        raise DataError(sorted(problems, key=lambda one: one.row or 0))
    table["scale"] = table["scale"].astype("int64")
    table["point"] = pd.to_numeric(table["point"].replace("", None)).astype("Int64")
    every = pd.MultiIndex.from_product(
        [sorted(table["municipality"].unique()), scales["scale"].astype("int64")],
        names=["municipality", "scale"],
    )
    points = table.set_index(["municipality", "scale"])["point"]
    return points.reindex(every).reset_index()


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
    every = pd.MultiIndex.from_tuples(
        [
            (int(scale), point)
            for scale, points in zip(scales["scale"], scales["points"], strict=True)
            for point in range(1, int(points) + 1)
        ],
        names=["scale", "point"],
    )
    found = scores.dropna(subset="point").groupby(["scale", "point"]).size()
    return found.reindex(every, fill_value=0).rename("count").reset_index()


def _problems(path: Path, table: pd.DataFrame, scales: pd.DataFrame) -> list[Problem]:
    """List what is wrong, cell by cell, of a long table of text."""
    points = dict(zip(scales["scale"].astype(str), scales["points"].astype(int), strict=True))
    unnamed = table[table["municipality"] == ""].drop_duplicates("row")
    strange = table[~table["scale"].isin(points)]
    known = table[table["scale"].isin(points)]
    allowed = known["scale"].map(lambda scale: {str(p) for p in range(1, points[scale] + 1)})
    outside = known[[p != "" and p not in a for p, a in zip(known["point"], allowed, strict=True)]]
    twice = table[(table["municipality"] != "") & table.duplicated(["municipality", "scale"])]
    return [
        *(Problem(path, row, "municipality", "", "may not be empty") for row in unnamed["row"]),
        *(
            Problem(path, row, "scale", scale, f"must be one of {', '.join(points)}")
            for row, scale in zip(strange["row"], strange["scale"], strict=True)
        ),
        *(
            Problem(path, row, column, point, f"must be 1 to {points[scale]}, or blank: no answer")
            for row, column, point, scale in zip(
                outside["row"], outside["column"], outside["point"], outside["scale"], strict=True
            )
        ),
        *(
            Problem(path, row, column, f"{name}, scale {scale}", "occurs a second time; keep one")
            for row, column, name, scale in zip(
                twice["row"], twice["column"], twice["municipality"], twice["scale"], strict=True
            )
        ),
    ]
