"""What each figure shows in words, from the same data: its text alternative."""

from collections import Counter
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from swt_analysis.figures import tidy
from swt_analysis.figures.theme import TILES
from swt_analysis.statistics.ordinal import summarise
from swt_analysis.text import enumerate_words, number, percentage, poll_name, text, words


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
    'Een schaal van twee punten. 5 gemeenten: vijf gemeenten op 2, niemand op 1. De mediaan is 2.'
    """
    language = tidy.language_of(counts, language)
    say = _speaker("figure_choice_scale", language)
    table, placed = tidy.complete(counts, "point", "count"), tidy.placed(scores)
    scale = tidy.scales_of(table)[0]
    rounds = tidy.by_round(table, scale)
    tiles = all(count.sum() <= TILES for count in rounds.values())
    said = [_scale_sentence(scale, language)]
    for year, count in rounds.items():
        n = int(count.sum())
        if n:
            head = [str(year)] if year else []
            head += [] if tiles and year else [say("answers", n=n)]
            where = _where(count, language) if tiles else _shares(count, language)
            said += [say("alt_round", round=", ".join(head), where=where), _median(count, language)]
        else:
            said.append(" ".join(filter(None, (f"{year}:" if year else "", say("empty") + "."))))
        named = [
            say("name_at", name=name, point=point)
            for point, names in tidy.names_of(placed, scale, year).items()
            for name in names
        ]
        if named and tiles:
            said.append(say("alt_named", names=enumerate_words(named, language)))
        if silent := tidy.silent_in(no_answer, year):
            count_words = words(silent, language).capitalize()
            said.append(say("alt_no_answer", n=silent, count=count_words))
    return " ".join(said)


def describe_scheme(counts: pd.DataFrame, *, language: str | None = None) -> str:
    """Say what `plot_scheme` shows: the scales by the side of their median, and the farthest."""
    language = tidy.language_of(counts, language)
    say = _speaker("figure_scheme", language)
    table = tidy.complete(counts, "scale", "point", "count")
    year = table["round"].iloc[0]
    scales = {scale: tidy.by_round(table, scale)[year] for scale in tidy.scales_of(table)}
    most = max(int(count.sum()) for count in scales.values())
    shown: dict[str, object] = {"n": len(scales), "count": words(len(scales), language)}
    shown |= {"round": year, "answers": words(most, language)}
    said = [say("alt" if year else "alt_bare", **shown)]
    found = [(scale, summarise(count)) for scale, count in scales.items() if count.any()]
    sides: dict[str, list[str]] = {"left": [], "middle": [], "right": []}
    for scale, one in found:
        twice = (one.low_median or 0) + (one.high_median or 0) - (scale.points + 1)
        sides[("middle", "right", "left")[np.sign(twice)]].append(str(scale.number))
    for side, here in sides.items():
        if here:
            listed = enumerate_words(here, language)
            said.append(say(f"alt_{side}", n=len(here), scales=listed))
    found.sort(key=lambda pair: pair[1].balance or 0)
    for side, way, ends in (("left", -1, found[:1]), ("right", 1, found[-1:])):
        for scale, one in ends:
            if scale.label and way * (one.balance or 0) > 0:
                shares = {"left": _few(one.left, language), "right": _few(one.right, language)}
                shown = {"scale": scale.number, "label": scale.label, "n": words(one.n, language)}
                said.append(say(f"alt_most_{side}", pole=getattr(scale, side), **shown, **shares))
    return " ".join(said)


def describe_moves(scores: pd.DataFrame, *, language: str | None = None) -> str:
    """Say what `plot_moves` shows: who or how many went which way between the rounds."""
    language = tidy.language_of(scores, language)
    say = _speaker("figure_moves", language)
    table = tidy.complete(scores, "round", "municipality", "scale", "point")
    rounds, scales = sorted(table["round"].unique()), tidy.scales_of(table)
    if len(scales) > 1:
        ends, items = {"before": rounds[0], "after": rounds[-1]}, []
        for scale in scales:
            steps = tidy.steps_of(table, scale, **ends)
            ways = {"left": int((steps < 0).sum()), "right": int((steps > 0).sum())}
            items.append(say("alt_step_scale", scale=scale.number, n=len(steps), **ways))
        count = words(len(scales), language)
        return say("alt_all_steps", count=count, list="; ".join(items), **ends)
    scale, paths = scales[0], tidy.paths_of(table, scales[0])
    said = [_scale_sentence(scale, language)]
    for before, after in pairwise(rounds):
        here = {name: (path.get(before), path.get(after)) for name, path in paths.items()}
        both = {name: (a, b) for name, (a, b) in here.items() if a and b}
        way = Counter(int(np.sign(b - a)) for a, b in both.values())
        signs = {"left": -1, "right": 1, "stayed": 0}
        shown = {name: _few(way[sign], language) for name, sign in signs.items()}
        ends = {"from_round": before, "to_round": after, "n": words(len(both), language)}
        poles = {"left_pole": scale.left or 1, "right_pole": scale.right or scale.points}
        said.append(say("alt_step", **shown, **ends, **poles))
        moved = [
            say("alt_name", name=name, from_point=a, to_point=b)
            for name, (a, b) in both.items()
            if a != b
        ]
        if moved and len(paths) <= TILES:
            said.append(say("alt_names", names=enumerate_words(moved, language)))
        if alone := sum(bool(a or b) for a, b in here.values()) - len(both):
            said.append(say("alt_unpaired", n=alone, count=words(alone, language).capitalize()))
    return " ".join(said)


def describe_heat(scores: pd.DataFrame, *, language: str | None = None) -> str:
    """Say what `plot_heat` shows: of how many, and the median of each scale."""
    language = tidy.language_of(scores, language)
    say = _speaker("figure_heat", language)
    table = tidy.complete(scores, "municipality", "scale", "point")
    items = []
    for scale in tidy.scales_of(table):
        points = table.loc[table["scale"] == scale.number, "point"]
        median = points.median()
        shown = number(median, language, 0 if median == int(median) else 1)
        items.append(say("alt_scale", scale=scale.number, median=shown, n=len(points)))
    n = words(table["municipality"].nunique(), language)
    return say("alt", n=n, scales=words(len(items), language), list="; ".join(items))


def describe_profile(
    counts: pd.DataFrame, scores: pd.DataFrame, *, name: str, language: str | None = None
) -> str:
    """Say what `plot_profile` shows: the point of the municipality on each scale, if known."""
    language = tidy.language_of(counts, language)
    say = _speaker("figure_profile", language)
    table = tidy.complete(counts, "scale", "point", "count")
    known = tidy.complete(scores, "municipality", "scale", "point")
    year, scales = table["round"].iloc[0], tidy.scales_of(table)
    said = [say("alt", name=name, round=year, n=len(scales), count=words(len(scales), language))]
    unknown = []
    for scale in scales:
        place, n = tidy.places_of(known, scale, year), int(tidy.by_round(table, scale)[year].sum())
        if place.now is None:
            unknown.append(str(scale.number))
            continue
        shown = {"scale": scale.number, "point": place.now, "n": n, "count": words(n, language)}
        moved = place.before not in (None, place.now)
        said.append(say("alt_moved" if moved else "alt_scale", before=place.before, **shown))
    if unknown:
        listed = enumerate_words(unknown, language)
        said.append(say("alt_unknown", n=len(unknown), scales=listed))
    return " ".join(said)


def describe_teams(participants: pd.DataFrame, *, language: str | None = None) -> str:
    """Say what `plot_teams` shows: each kind of participant with its number of teams."""
    language = tidy.language_of(participants, language)
    say = _speaker("figure_team_composition", language)
    said = []
    for year, rows in participants.groupby("round"):
        items = []
        for row in tidy.records(rows.sort_values("teams", ascending=False, kind="stable")):
            pilot = int(row.get("of_which_pilot", 0))
            shown = {"count": number(row["teams"], language), "pilot": number(pilot, language)}
            items.append(
                say("alt_item_pilot" if pilot else "alt_item", label=row["label"], **shown)
            )
        said.append(say("alt", round=year, n=int(rows["base"].max()), list=", ".join(items)))
    return " ".join(said)


def describe_polls(
    polls: pd.DataFrame, region: pd.DataFrame | None = None, *, language: str | None = None
) -> str:
    """Say what `plot_polls` shows: the share of each poll, with its bounds where they are known."""
    language = tidy.language_of(polls, language)
    say = _speaker("figure_national", language)
    values = [poll_values(row, language) for row in tidy.records(polls)]
    said = [say("alt_poll_bounds" if "low" in one else "alt_poll", **one) for one in values]
    listed = "; ".join(said)
    if region is None or region.empty:
        return say("alt_polls", polls=listed)
    rounds = [
        say("alt_region", **row | {name: words(row[name], language) for name in ("count", "n")})
        for row in tidy.records(region)
    ]
    return say("alt", polls=listed, region="; ".join(rounds))


def describe_stability(
    stability: pd.DataFrame, chance: float | None = None, *, language: str | None = None
) -> str:
    """Say what `plot_stability` shows: what is left without each scale, and the lowest."""
    language = tidy.language_of(stability, language)
    say = _speaker("figure_stability", language)
    by_scale = stability.set_index("scale")["correlation"].dropna().astype(float)
    shown = {scale: number(value, language, 2) for scale, value in by_scale.items()}
    items = [say("alt_item", scale=scale, value=value) for scale, value in shown.items()]
    low = by_scale.idxmin()
    said = [say("alt_lowest", list="; ".join(items), weakest=shown[low], scale=low)]
    said += [] if chance is None else [say("alt_chance", chance=number(chance, language, 2))]
    return " ".join(said)


def poll_values(row: Mapping[str, Any], language: str) -> dict[str, str]:
    """Write the numbers of a poll, with its bounds if it has any."""
    values = {"poll": poll_name(str(row["poll"]), language)}
    values |= {name: number(row[name], language) for name in ("respondents", "population")}
    shares = [name for name in ("share", "low", "high") if pd.notna(row.get(name))]
    return values | {name: percentage(row[name], language) for name in shares}


def describe_groups(medians: pd.DataFrame, *, language: str | None = None) -> str:
    """Say what `plot_groups` shows; parameters as there.

    Examples
    --------
    >>> table = pd.DataFrame({"scale": 4, "group": ["a", "b"], "low": [2, 3], "high": [2, 4]})
    >>> describe_groups(table, language="nl")
    'De mediaan van twee groepen. Schaal 4: a op 2, b ergens van 3 tot en met 4.'
    """
    language = tidy.language_of(medians, language)
    say = _speaker("figure_groups", language)
    table = tidy.complete(medians, "scale", "group", "low", "high")
    said = [say("alt", count=words(table["group"].nunique(), language))]
    for scale, rows in table.groupby("scale", observed=True):
        told = [
            say(
                "at" if low == high else "from",
                group=group,
                low=number(low, language),
                high=number(high, language),
            )
            for group, low, high in rows[["group", "low", "high"]].itertuples(index=False)
        ]
        said.append(say("scale", scale=scale, list=", ".join(told)))
    return " ".join(said)


def _speaker(section: str, language: str) -> Callable[..., str]:
    """Give a function that gives the texts of a section."""
    return lambda key, **values: text(f"{section}.{key}", language, **values)


def _scale_sentence(scale: tidy.Scale, language: str) -> str:
    say = _speaker("figure_choice_scale", language)
    if not scale.label:
        return say("alt_bare", count=words(scale.points, language))
    return say("alt_scale", scale=scale.number, **scale._asdict())


def _few(n: int, language: str) -> str:
    """Write a count within a sentence: none, one, two."""
    return text(f"figure.{('none', 'one')[n]}", language) if n < 2 else words(n, language)


def _median(count: tidy.Counts, language: str) -> str:
    summary = summarise(count)
    low, high = summary.low_median, summary.high_median
    key = "alt_median" if low == high else "alt_medians"
    return text(f"figure_choice_scale.{key}", language, low=low, high=high)


def _where(count: tidy.Counts, language: str) -> str:
    """Say how many stand at each point: three at 1, five at 2, none at 3 or 4."""
    say = _speaker("figure_choice_scale", language)
    parts: list[str] = []
    for point, n in enumerate(count.tolist(), 1):
        if n:
            key = "at" if parts else "at_first"
            parts.append(say(key, n=n, count=words(n, language), point=point))
    *first, last = [str(point) for point, n in enumerate(count, 1) if n == 0] or [""]
    if last:
        points = f"{', '.join(first)} {say('or')} {last}" if first else last
        parts.append(say("nobody", points=points))
    return ", ".join(parts)


def _shares(count: tidy.Counts, language: str) -> str:
    say = _speaker("figure_choice_scale", language)
    shares = [percentage(n / count.sum(), language) for n in count]
    return ", ".join(say("share_at", share=share, point=i) for i, share in enumerate(shares, 1))
