"""What the figures take from the tables that they are given."""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from swt_analysis.text import LANGUAGES

Counts = npt.NDArray[np.int64]
Paths = dict[str, dict[object, int]]  # municipality, round, point
Names = dict[int, list[str]]  # by point, in alphabetical order
Silent: TypeAlias = "Mapping[object, int] | pd.Series[int] | int | None"
_ABSENT = {"round": "", "scale": "", "label": "", "left": "", "right": ""}


class Scale(NamedTuple):
    """A choice scale in one language; what is not known of it is empty."""

    number: object
    label: str
    left: str
    right: str
    points: int

    @property
    def title(self) -> str:
        """Number and label."""
        return f"{self.number}  {self.label}".strip()


def language_of(table: pd.DataFrame, language: str | None) -> str:
    """Give the language asked for, else the one that the table says it is in, else Dutch."""
    chosen = str(language or table.attrs.get("language", "nl"))
    if chosen not in LANGUAGES:
        raise ValueError(f"language {chosen!r}: there are {', '.join(LANGUAGES)}")
    return chosen


def placed(scores: pd.DataFrame | None) -> pd.DataFrame | None:
    """Give a complete table of who stands where, if there is one."""
    return None if scores is None else complete(scores, "municipality", "point")


def complete(table: pd.DataFrame, *needed: str) -> pd.DataFrame:
    """Give the rows with a point, and every column that a figure reads."""
    for column in needed:
        if column not in table:
            there = ", ".join(map(str, table.columns))
            raise ValueError(
                f"no column {column!r}; needed: {', '.join(needed)}; there are: {there}"
            )
    rows = table.dropna(subset=list(needed))
    if "point" in needed:
        rows = rows.assign(point=rows["point"].astype(int))
    return rows.assign(**{name: _ABSENT[name] for name in _ABSENT if name not in table})


def scales_of(table: pd.DataFrame) -> list[Scale]:
    """Give the scales of a complete table, in the order of their numbers."""
    scales = []
    for number, rows in table.groupby("scale", observed=True):
        most = max(2, rows["point"].max(), *rows.get("points", ()))
        label, left, right = (str(rows[name].iloc[0]) for name in ("label", "left", "right"))
        scales.append(Scale(number, label, left, right, int(most)))
    return scales


def by_round(counts: pd.DataFrame, scale: Scale) -> dict[object, Counts]:
    """Give a scale's counts at points 1 to k for each round, empty points included."""
    rows = counts[counts["scale"] == scale.number]
    rounds = {year: np.zeros(scale.points, dtype=int) for year in sorted(rows["round"].unique())}
    for year, point, count in zip(rows["round"], rows["point"], rows["count"], strict=True):
        rounds[year][point - 1] += count
    return rounds


def names_of(scores: pd.DataFrame | None, scale: Scale, year: object) -> Names:
    """Give who is known to stand where."""
    names: Names = {}
    if scores is not None:
        here = scores["scale"].isin([scale.number, ""]) & scores["round"].isin([year, ""])
        rows = scores.loc[here, ["municipality", "point"]]
        for point, name in sorted(zip(rows["point"], map(str, rows["municipality"]), strict=True)):
            names.setdefault(point, []).append(name)
    return names


class Place(NamedTuple):
    """Where a municipality stands on a scale in a round, and stood before; None if not known."""

    now: int | None
    before: int | None


def places_of(scores: pd.DataFrame, scale: Scale, year: object) -> Place:
    """Give the point of one municipality in a round, and in the last before it that tells."""
    (path,) = paths_of(scores, scale).values() or [{}]
    earlier = [one for one in sorted(path, key=str) if str(one) < str(year)]
    return Place(path.get(year), path[earlier[-1]] if earlier else None)


def silent_in(no_answer: Silent, year: object) -> int:
    """Give how many gave no answer in a round."""
    if no_answer is None or isinstance(no_answer, int):
        return no_answer or 0
    return int(no_answer.get(year, 0) or 0)


def paths_of(scores: pd.DataFrame, scale: Scale) -> Paths:
    """Give the point of each municipality on a scale, by round."""
    rows = scores[scores["scale"] == scale.number]
    columns = (rows[name].to_list() for name in ("municipality", "round", "point"))
    paths: Paths = {}
    for name, year, point in sorted(zip(*columns, strict=True)):
        paths.setdefault(str(name), {})[year] = point
    return paths


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def only(table: pd.DataFrame, column: str, advice: str) -> object:
    """Give the one value of a column.

    Raises
    ------
    ValueError
        If there are none or several; it lists them.
    """
    values = list(table[column].unique())
    if len(values) != 1:
        listed = ", ".join(map(str, values)) or "none"
        raise ValueError(f"one {column} is drawn at a time, and these rows have {listed}: {advice}")
    return values[0]


def steps_of(scores: pd.DataFrame, scale: Scale, before: object, after: object) -> Counts:
    """Give by how many points each municipality moved that is in both rounds."""
    paths = paths_of(scores, scale).values()
    steps = [path[after] - path[before] for path in paths if {before, after} <= set(path)]
    return np.array(steps, dtype=int)
