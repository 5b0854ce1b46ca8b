"""What each figure shows in words, from the same data: its text alternative."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from swt_analysis.figures import tidy
from swt_analysis.figures.theme import TILES
from swt_analysis.statistics.ordinal import OrdinalSummary, summarise
from swt_analysis.text import catalogue, enumerate_words, number, percentage, text, words


def describe_scale(
    counts: pd.DataFrame,
    *,
    scores: pd.DataFrame | None = None,
    no_answer: tidy.Silent = None,
    language: str | None = None,
) -> str:
    """Say what `plot_scale` shows; parameters as there.

    Examples
    --------
    >>> describe_scale(pd.DataFrame({"point": [1, 2], "count": [0, 5]}), language="nl")
    'Een schaal van twee punten: niemand op 1, vijf gemeenten op 2. De mediaan is 2.'
    """
    language = tidy.language_of(counts, language)
    table = tidy.complete(counts, "point", "count")
    scale = tidy.scales_of(table)[0]
    rounds = tidy.by_round(table, scale)
    placed = tidy.placed(scores)
    tiles = all(count.sum() <= TILES for count in rounds.values())
    section = "figure_choice_scale"
    bare = text(f"{section}.alt_bare", language, count=words(scale.points, language))
    said = [] if scale.label else [bare + "."]
    said = [_named(scale, language)] if scale.label else said
    for year, count in rounds.items():
        values = {"round": year or bare, "n": number(count.sum(), language)}
        said = said if year else []
        if not count.any():
            said.append(text(f"{section}.alt_empty", language, **values))
            continue
        key = "alt_round" if tiles else "alt_round_shares"
        where = _where(count, language) if tiles else _shares(count, language)
        said += [text(f"{section}.{key}", language, where=where, **values)]
        said += [_median(summarise(count), language)]
        known = [
            text(f"{section}.name_at", language, name=name, point=point)
            for point, here in tidy.names_of(placed, scale, year).items()
            for name in here
        ]
        if known and tiles:
            listed = enumerate_words(known, language)
            said.append(text(f"{section}.alt_named", language, names=listed))
        if silent := tidy.silent_in(no_answer, year):
            unanswered = words(silent, language).capitalize()
            said.append(text(f"{section}.alt_no_answer", language, n=silent, count=unanswered))
    return " ".join(said)


def describe_scheme(counts: pd.DataFrame, *, language: str | None = None) -> str:
    """Say what `plot_scheme` shows: the scales by the side of their median, and the farthest."""
    language = tidy.language_of(counts, language)
    table = tidy.complete(counts, "scale", "point", "count")
    year = table["round"].iloc[0]
    scales = {scale: tidy.by_round(table, scale)[year] for scale in tidy.scales_of(table)}
    most = words(int(max(count.sum() for count in scales.values())), language)
    values = {"n": len(scales), "count": words(len(scales), language), "answers": most}
    section = "figure_scheme"
    said = [text(f"{section}.alt", language, round=year, **values)]
    found = [(scale, summarise(count)) for scale, count in scales.items() if count.any()]
    sides: dict[str, list[str]] = {"left": [], "middle": [], "right": []}
    for scale, one in found:
        twice = (one.low_median or 0) + (one.high_median or 0) - (scale.points + 1)
        sides[("middle", "right", "left")[int(np.sign(twice))]].append(str(scale.number))
    for side, here in sides.items():
        if here:
            listed = enumerate_words(here, language)
            said.append(text(f"{section}.alt_{side}", language, n=len(here), scales=listed))
    found.sort(key=lambda pair: pair[1].balance or 0)
    for side, way, (scale, one) in zip(
        ("left", "right"), (-1, 1), (found[:1] + found[-1:]) or [], strict=False
    ):
        if way * (one.balance or 0) > 0:
            values = {"scale": scale.number, "label": scale.label, "n": words(one.n, language)}
            values |= {"left": _few(one.left, language), "right": _few(one.right, language)}
            pole = getattr(scale, side)
            said.append(text(f"{section}.alt_most_{side}", language, pole=pole, **values))
    return " ".join(said)


def describe_moves(scores: pd.DataFrame, *, language: str | None = None) -> str:
    """Say what `plot_moves` shows: who or how many went which way between the rounds."""
    language = tidy.language_of(scores, language)
    table = tidy.complete(scores, "round", "municipality", "scale", "point")
    rounds = sorted(table["round"].unique())
    scales = tidy.scales_of(table)
    if len(scales) > 1:
        return _all_moves(table, scales, rounds, language)
    scale, section = scales[0], "figure_moves"
    paths = tidy.paths_of(table, scale)
    said = [_named(scale, language)]
    for before, after in pairwise(rounds):
        both = {
            name: (path[before], path[after])
            for name, path in paths.items()
            if {before, after} <= set(path)
        }
        way = Counter(int(np.sign(b - a)) for a, b in both.values())
        values = {
            "from_round": before,
            "to_round": after,
            "n": words(len(both), language),
            "left": _few(way[-1], language),
            "right": _few(way[1], language),
            "stayed": _few(way[0], language),
            "left_pole": scale.left or 1,
            "right_pole": scale.right or scale.points,
        }
        said.append(text(f"{section}.alt_step", language, **values))
        moved = [
            text(f"{section}.alt_name", language, name=name, from_point=a, to_point=b)
            for name, (a, b) in both.items()
            if a != b
        ]
        if moved and len(paths) <= TILES:
            listed = enumerate_words(moved, language)
            said.append(text(f"{section}.alt_names", language, names=listed))
        if alone := sum(before in path or after in path for path in paths.values()) - len(both):
            count = words(alone, language).capitalize()
            said.append(text(f"{section}.alt_unpaired", language, n=alone, count=count))
    return " ".join(said)


def describe_heat(scores: pd.DataFrame, *, language: str | None = None) -> str:
    """Say what `plot_heat` shows: how many, and on which scales they are most alike."""
    language = tidy.language_of(scores, language)
    table = tidy.complete(scores, "municipality", "scale", "point")
    n, medians = table["municipality"].nunique(), []
    for scale in tidy.scales_of(table):
        points = table.loc[table["scale"] == scale.number, "point"]
        summary = summarise(np.bincount(points - 1, minlength=scale.points))
        at = "/".join(map(str, sorted({summary.low_median, summary.high_median})))  # type: ignore[type-var]
        values = {"scale": scale.number, "median": at, "n": summary.n}
        medians.append(text("figure_heat.alt_scale", language, **values))
    count, scales = words(n, language), words(len(medians), language)
    listed = "; ".join(medians)
    return text("figure_heat.alt", language, n=count, scales=scales, list=listed)


def describe_teams(participants: pd.DataFrame, *, language: str | None = None) -> str:
    """Say what `plot_teams` shows: each kind of participant with its number of teams."""
    language = tidy.language_of(participants, language)
    said = []
    for year, rows in participants.groupby("round"):
        items = []
        for row in rows.sort_values("teams", ascending=False, kind="stable").itertuples():
            pilot = int(getattr(row, "of_which_pilot", 0))
            key = "alt_item_pilot" if pilot else "alt_item"
            values = {"count": number(row.teams, language), "pilot": number(pilot, language)}
            items.append(
                text(f"figure_team_composition.{key}", language, label=row.label, **values)
            )
        values = {"round": year, "n": int(rows["base"].max()), "list": ", ".join(items)}
        said.append(text("figure_team_composition.alt", language, **values))
    return " ".join(said)


def describe_polls(
    polls: pd.DataFrame, region: Mapping[str, object] | None = None, *, language: str | None = None
) -> str:
    """Say what `plot_polls` shows: the share of each poll, with its bounds where they are known."""
    language = tidy.language_of(polls, language)
    said = []
    for row in polls.to_dict("records"):
        values = poll_values(row, language)
        key = "alt_poll_bounds" if "low" in values else "alt_poll"
        said.append(text(f"figure_national.{key}", language, **values))
    listed = "; ".join(said)
    if region is None:
        return text("figure_national.alt_polls", language, polls=listed)
    shown = {**region, "count": words(region["count"], language), "n": words(region["n"], language)}
    return text("figure_national.alt", language, polls=listed, **shown)


def describe_stability(
    stability: pd.DataFrame, chance: float | None = None, *, language: str | None = None
) -> str:
    """Say what `plot_stability` shows: what is left without each scale, and the lowest."""
    language = tidy.language_of(stability, language)
    rows = stability.dropna(subset="correlation")
    items = [
        text("figure_stability.alt_item", language, scale=scale, value=number(value, language, 2))
        for scale, value in zip(rows["scale"], rows["correlation"], strict=True)
    ]
    low = rows.loc[rows["correlation"].idxmin()]
    weakest = number(low["correlation"], language, 2)
    values = {"list": "; ".join(items), "weakest": weakest, "scale": low["scale"]}
    said = [text("figure_stability.alt_lowest", language, **values)]
    if chance is not None:
        shown = number(chance, language, 2)
        said.append(text("figure_stability.alt_chance", language, chance=shown))
    return " ".join(said)


def poll_values(row: Mapping[str, object], language: str) -> dict[str, str]:
    """Write the numbers of a poll, with its bounds if it has any."""
    values = {"poll": poll_name(str(row["poll"]), language)}
    values |= {one: number(row[one], language) for one in ("respondents", "population")}  # type: ignore[arg-type]
    shares = [one for one in ("share", "low", "high") if pd.notna(row.get(one))]
    return values | {one: percentage(row[one], language) for one in shares}  # type: ignore[arg-type]


def poll_name(poll: str, language: str) -> str:
    """Name a poll by its season and year in the language.

    Examples
    --------
    >>> poll_name("autumn 2014", "nl")
    'najaar 2014'
    """
    season, _, year = poll.partition(" ")
    known = season in catalogue()["figure_season"]
    return text(f"figure_season.{season}", language, year=year) if known else poll


def _named(scale: tidy.Scale, language: str) -> str:
    values = scale._asdict() | {"scale": scale.number}
    return text("figure_choice_scale.alt_scale", language, **values)


def _few(n: int, language: str) -> str:
    """Write a count within a sentence: none, one, two."""
    return text(f"figure.{('none', 'one')[n]}", language) if n < 2 else words(n, language)


def _median(summary: OrdinalSummary, language: str) -> str:
    low, high = summary.low_median, summary.high_median
    key = "alt_median" if low == high else "alt_medians"
    return text(f"figure_choice_scale.{key}", language, low=low, high=high)


def _where(count: tidy.Counts, language: str) -> str:
    """Say how many stand at each point: three at 1, five at 2, none at 3 or 4."""
    section = "figure_choice_scale"
    parts: list[str] = []
    for point, n in enumerate(count.tolist(), 1):
        if n:
            key = f"{section}.{'at' if parts else 'at_first'}"
            parts.append(text(key, language, n=n, count=words(n, language), point=point))
    *first, last = [str(point) for point, n in enumerate(count, 1) if n == 0] or [""]
    if last:
        either = text(f"{section}.or", language)
        points = f"{', '.join(first)} {either} {last}" if first else last
        parts.append(text(f"{section}.nobody", language, points=points))
    return ", ".join(parts)


def _shares(count: tidy.Counts, language: str) -> str:
    return ", ".join(
        text(
            "figure_choice_scale.share_at",
            language,
            share=percentage(n / count.sum(), language),
            point=point,
        )
        for point, n in enumerate(count, 1)
    )


def _all_moves(
    table: pd.DataFrame, scales: Sequence[tidy.Scale], rounds: Sequence[object], language: str
) -> str:
    ends = {"before": rounds[0], "after": rounds[-1]}
    items = []
    for scale in scales:
        steps = tidy.steps_of(table, scale, rounds[0], rounds[-1])
        values = {"scale": scale.number, "n": len(steps)}
        values |= {"left": int((steps < 0).sum()), "right": int((steps > 0).sum())}
        items.append(text("figure_moves.alt_step_scale", language, **values))
    count, listed = words(len(scales), language), "; ".join(items)
    return text("figure_moves.alt_all_steps", language, count=count, list=listed, **ends)
