"""Municipalities that merged between rounds: which names a round has, and how rounds compare.

A study declares its mergers in ``data/raw/reference/mergers.csv``. Whether the answers of a
municipality that went up in another carry on there is the researcher's choice, in the column
``carries_on``.
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import pandas as pd

from swt_analysis.problems import Problem, suggestion


def successors(mergers: pd.DataFrame, year: int) -> dict[str, str]:
    """Tell into which municipality each merged one had gone by a year, after all mergers.

    Parameters
    ----------
    mergers : pandas.DataFrame
        Columns municipality, into, year: the first year of the new municipality.
    year : int
        Mergers of later years are left out.

    Returns
    -------
    dict of str to str
        By the name of before.

    Examples
    --------
    >>> mergers = pd.DataFrame({"municipality": ["A", "B"], "into": ["B", "C"],
    ...                         "year": [2015, 2019]})
    >>> successors(mergers, 2018), successors(mergers, 2019)
    ({'A': 'B'}, {'A': 'C', 'B': 'C'})
    """
    past = mergers[mergers["year"].astype("int64") <= year].sort_values("year", kind="stable")
    into: dict[str, str] = {}
    for old, new in zip(past["municipality"], past["into"], strict=True):
        into = {name: new if later == old else later for name, later in into.items()} | {old: new}
    return into


def carried_into(mergers: pd.DataFrame, year: int) -> dict[str, str]:
    """Tell as `successors`, but only of those whose answers the new municipality carries on.

    Examples
    --------
    >>> mergers = pd.DataFrame({"municipality": ["A", "B"], "into": "C", "year": 2022,
    ...                         "carries_on": [True, False]})
    >>> carried_into(mergers, 2023)
    {'A': 'C'}
    """
    return successors(mergers[mergers["carries_on"].astype(bool)], year)


def names_in(names: Iterable[str], mergers: pd.DataFrame, year: int) -> list[str]:
    """Give the municipalities of a study as they are called in a year, sorted."""
    into = successors(mergers, year)
    return sorted({into.get(name, name) for name in names})


def carry_on(scores: pd.DataFrame, mergers: pd.DataFrame, year: int) -> pd.DataFrame:
    """Give earlier answers the name of the municipality that carries them on in a year.

    Where several carry on into one, they count as one from the start: with the point that all
    who answered chose, without an answer where they chose different ones (`disagreements`) or
    none did. A blank is no answer, so it contradicts none.

    Parameters
    ----------
    scores : pandas.DataFrame
        Columns municipality, scale, point, and ``round`` if there are several.
    mergers : pandas.DataFrame
        Columns municipality, into, year, carries_on.
    year : int
        The round to compare with.

    Returns
    -------
    pandas.DataFrame
        The same columns.

    Examples
    --------
    >>> scores = pd.DataFrame({"municipality": ["A", "B", "A", "B"], "scale": [1, 1, 2, 2],
    ...                        "point": [3, 3, 3, 4]})
    >>> mergers = pd.DataFrame({"municipality": ["A", "B"], "into": "C", "year": 2022,
    ...                         "carries_on": True})
    >>> carry_on(scores, mergers, 2023).to_numpy().tolist()
    [['C', 1, 3], ['C', 2, <NA>]]
    """
    into = carried_into(mergers, year)
    if not scores["municipality"].isin(list(into)).any():
        return scores
    keys = [name for name in ("round", "municipality", "scale") if name in scores]
    named = scores.assign(
        municipality=scores["municipality"].replace(into), point=scores["point"].astype("Int64")
    )
    groups = named.groupby(keys, sort=False)["point"]
    agreed = groups.first().where(groups.nunique() == 1)
    return agreed.reset_index()[[name for name in scores.columns if name in (*keys, "point")]]


def disagreements(scores: pd.DataFrame, mergers: pd.DataFrame, year: int) -> pd.DataFrame:
    """Tell whose earlier answers `carry_on` leaves out, since they differ.

    Parameters
    ----------
    scores : pandas.DataFrame
        Columns municipality, scale, point, of one round.
    mergers : pandas.DataFrame
        Columns municipality, into, year, carries_on.
    year : int
        The round to compare with.

    Returns
    -------
    pandas.DataFrame
        Columns scale, into (the municipality of that year), municipality (that of before), point.

    Examples
    --------
    >>> scores = pd.DataFrame({"municipality": ["A", "B", "A", "B"], "scale": [1, 1, 2, 2],
    ...                        "point": [3, 3, 3, 4]})
    >>> mergers = pd.DataFrame({"municipality": ["A", "B"], "into": "C", "year": 2022,
    ...                         "carries_on": True})
    >>> disagreements(scores, mergers, 2023).to_numpy().tolist()
    [[2, 'C', 'A', 3], [2, 'C', 'B', 4]]
    """
    into = carried_into(mergers, year)
    given = scores.dropna(subset="point")
    named = given.assign(into=given["municipality"].replace(into))
    differ = named.groupby(["scale", "into"])["point"].transform("nunique") > 1
    columns = ["scale", "into", "municipality", "point"]
    return named.loc[differ, columns].sort_values(columns[:3], ignore_index=True)


def merger_problems(
    path: Path, mergers: pd.DataFrame, rounds: Mapping[int, Collection[str]]
) -> list[Problem]:
    """Find mergers that a round contradicts, or that name no municipality of any round.

    A list may have mergers of municipalities outside the study; only a name like one of the
    study's is taken for a mistake.

    Parameters
    ----------
    path : Path
        File of the mergers.
    mergers : pandas.DataFrame
        Columns municipality, into, year.
    rounds : mapping of int to collection of str
        Names of the municipalities of each round.

    Returns
    -------
    list of Problem
        Each with its row; empty if rounds and mergers agree.
    """
    named = {name for names in rounds.values() for name in names}
    years = dict(zip(mergers["municipality"], mergers["year"].astype("int64"), strict=True))
    known = named.union(mergers["into"])
    unmerged = sorted(known - years.keys())
    found = []
    for row, (name, into) in enumerate(zip(mergers["municipality"], mergers["into"], strict=True)):
        year = years[name]
        later = [one for one, names in rounds.items() if one >= year and name in names]
        if later:
            allowed = f"{name} is in round {later[0]}; must be later, or give that round {into}"
            found.append(Problem(path, row + 2, "year", str(year), allowed))
        if years.get(into, year + 1) <= year:
            allowed = f"had itself merged by {year}; name the municipality that was there then"
            found.append(Problem(path, row + 2, "into", into, allowed))
        hint = "" if name in known else suggestion(name, unmerged)
        if hint:
            allowed = f"is in no round of the study{hint}"
            found.append(Problem(path, row + 2, "municipality", name, allowed))
    return found
