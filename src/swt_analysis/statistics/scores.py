"""The score of each municipality, and the error for a round that has counts only."""

from typing import Any

import pandas as pd

from swt_analysis.problems import InvalidError, UserError

_TIDY = ("municipality", "scale", "point")


class NeedsScores(UserError):
    """Asked of counts what only the scores of the municipalities show."""

    def __init__(self, wanted: str, instead: str) -> None:
        super().__init__(
            f"{wanted} needs the score of each municipality, and a count-only round does not tell "
            f"who stands where; {instead}"
        )


def round_scores(
    scores: pd.DataFrame, counts: pd.DataFrame, year: int, *, wanted: str, instead: str
) -> pd.DataFrame:
    """Give the scores of one round, if the round has them all.

    A count-only round has scores too: the few placements that its note gives away. They are no
    sample of the municipalities, so they are refused.

    Parameters
    ----------
    scores : pandas.DataFrame
        Columns ``round``, ``municipality``, ``scale``, ``point``.
    counts : pandas.DataFrame
        Columns ``round``, ``scale``, ``point``, ``count``.
    year : int
        The round.
    wanted, instead : str
        For the error: what was to be computed, and what to do instead.

    Returns
    -------
    pandas.DataFrame
        A row a municipality (the index), a column a scale; NaN where it did not answer.

    Raises
    ------
    NeedsScores
        If any scale has more answers in the counts than scores.

    Examples
    --------
    >>> scores = pd.DataFrame({"round": [2015, 2015], "municipality": ["A", "B"],
    ...                        "scale": [1, 1], "point": [2, 5]})
    >>> counts = pd.DataFrame({"round": 2015, "scale": 1, "point": [2, 5], "count": [1, 1]})
    >>> round_scores(scores, counts, 2015, wanted="", instead="")[1].to_list()
    [2, 5]
    """
    here = scores[scores["round"] == year]
    scored = here.groupby("scale").size()
    counted = counts[counts["round"] == year].groupby("scale")["count"].sum()
    if here.empty or (counted > scored.reindex(counted.index, fill_value=0)).any():
        raise NeedsScores(wanted, instead)
    return here.pivot(index="municipality", columns="scale", values="point")


def among_peers(own: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Tell how many other municipalities stand left of one, at its point and right of it.

    Counts suffice, so it holds for a count-only round too.

    Parameters
    ----------
    own : pandas.DataFrame
        Columns ``round``, ``scale``, ``point`` of one municipality.
    counts : pandas.DataFrame
        Columns ``round``, ``scale``, ``point``, ``count``, the municipality itself included.

    Returns
    -------
    pandas.DataFrame
        Rows of `own` with a point, with ``further_left``, ``same_point``, ``further_right``.

    Examples
    --------
    >>> own = pd.DataFrame({"round": [2015], "scale": [1], "point": [2]})
    >>> counts = pd.DataFrame({"round": 2015, "scale": 1, "point": [1, 2, 3], "count": [4, 3, 2]})
    >>> among_peers(own, counts).iloc[0, -3:].to_list()
    [4, 2, 2]
    """
    answered = own.dropna(subset="point").reset_index(drop=True)
    points = answered[["round", "scale", "point"]].reset_index(names="row")
    pairs = points.merge(counts, on=["round", "scale"], suffixes=("", "_of_others"))
    side = (pairs["point_of_others"] > pairs["point"]).astype(int) - (
        pairs["point_of_others"] < pairs["point"]
    ).astype(int)
    totals = pairs.pivot_table("count", "row", side, "sum", fill_value=0)
    totals = totals.reindex(columns=[-1, 0, 1], fill_value=0).astype("int64")
    return answered.assign(
        further_left=totals[-1], same_point=totals[0] - 1, further_right=totals[1]
    )


def require_municipalities(index: pd.Index, *, wanted: str, instead: str) -> None:
    """Check that an index is that of municipalities.

    Parameters
    ----------
    index : pandas.Index
        Of scores: it has to be named ``municipality``.
    wanted, instead : str
        For the error: what was to be computed, and what to do instead.

    Raises
    ------
    ValueError
        If it has texts, but another name or none: it says how to rename it.
    NeedsScores
        If these are counts, whose index has points or scales.

    Examples
    --------
    >>> require_municipalities(pd.Index(["Velsen"], name="gemeente"), wanted="", instead="")
    Traceback (most recent call last):
    ...
    swt_analysis.problems.InvalidError: the index is called 'gemeente'; if it has the ...
    """
    if index.name == "municipality":
        return
    if not all(isinstance(one, str) for one in index) or index.empty:
        raise NeedsScores(wanted, instead)
    called = "has no name" if index.name is None else f"is called {index.name!r}"
    raise InvalidError(
        f"the index {called}; if it has the municipalities, call it so: "
        'scores.rename_axis("municipality")'
    )


def by_scale(scores: Any, *, wanted: str, instead: str) -> pd.DataFrame:
    """Give scores a row a municipality, a column a scale.

    Parameters
    ----------
    scores : pandas.DataFrame or pandas.Series
        Wide or tidy, or one scale.
    wanted, instead : str
        For the error: what was to be computed, and what to do instead.

    Returns
    -------
    pandas.DataFrame
        Its index is called ``municipality``; NaN is no answer.

    Raises
    ------
    NeedsScores
        If these are counts, or the placements of a count-only round.
    ValueError
        If it cannot be told which is the municipality, or which round is meant.

    Examples
    --------
    >>> tidy = pd.DataFrame({"municipality": ["Velsen"], "scale": [4], "point": [2]})
    >>> by_scale(tidy, wanted="", instead="").loc["Velsen", 4]
    np.int64(2)
    """
    if isinstance(scores, pd.Series):
        scores = scores.to_frame("scores" if scores.name is None else scores.name)
    if not isinstance(scores, pd.DataFrame):
        raise NeedsScores(wanted, instead)
    if set(_TIDY) <= set(scores.columns):
        return _pivoted(scores, wanted=wanted, instead=instead)
    if scores.index.name != "municipality":
        texts = [name for name in scores if scores[name].map(type).isin([str]).all()]
        if len(texts) == 1 and not isinstance(scores.index[0], str):
            raise InvalidError(
                f"the municipalities stand in column {texts[0]!r}, and are needed as the index: "
                f'scores.set_index({texts[0]!r}).rename_axis("municipality")'
            )
        require_municipalities(scores.index, wanted=wanted, instead=instead)
    return scores


def _pivoted(scores: pd.DataFrame, *, wanted: str, instead: str) -> pd.DataFrame:
    rounds = scores["round"].unique().tolist() if "round" in scores else []
    if set(rounds) & set(scores.attrs.get("count_only", [])):
        raise NeedsScores(wanted, instead)
    if len(rounds) > 1:
        raise InvalidError(
            f"scores of rounds {', '.join(map(str, rounds))}; choose one: "
            f'scores[scores["round"] == {rounds[-1]}]'
        )
    keys = scores[["municipality", "scale"]]
    if keys.duplicated().any():
        name, scale = keys[keys.duplicated()].iloc[0]
        raise InvalidError(f"{name} occurs twice on scale {scale}; keep one score")
    return scores.pivot(index="municipality", columns="scale", values="point")


def checked(scores: Any, *, wanted: str, instead: str) -> pd.Series:
    """Check that these are scores by municipality, and leave out those without an answer.

    Parameters
    ----------
    scores : pandas.Series or pandas.DataFrame
        Points of one scale, by municipality: the index must be named ``municipality``; or tidy.
    wanted, instead : str
        For the error: what was to be computed, and what to do instead.

    Returns
    -------
    pandas.Series
        The answers.

    Raises
    ------
    NeedsScores
        If they are counts, or anything else that does not tell who stands where.
    ValueError
        If the index has another name, a municipality occurs twice or a score is no whole number.
    """
    wide = by_scale(scores, wanted=wanted, instead=instead)
    if len(wide.columns) != 1:
        raise InvalidError(f"scores of {len(wide.columns)} scales; choose one")
    one: pd.Series = wide.iloc[:, 0]
    twice = one.index[one.index.duplicated()]
    if len(twice):
        raise InvalidError(f"{', '.join(map(str, twice.unique()))}: occurs twice; keep one score")
    answers = one.dropna()
    points = pd.to_numeric(answers, errors="coerce")
    wrong = answers[points.isna() | (points != points.round())]
    if len(wrong):
        raise InvalidError(f"{wrong.index[0]}: {str(wrong.iloc[0])!r} is no whole number, no point")
    return points.astype("int64")
