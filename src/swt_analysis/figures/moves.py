"""Who moved where between the rounds."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from swt_analysis.figures import theme, tidy
from swt_analysis.figures.alt import describe_moves
from swt_analysis.figures.diverging import Row
from swt_analysis.figures.scheme import draw_rows
from swt_analysis.text import percentage

Paths = dict[str, dict[object, int]]
_STEPS = (
    "\N{LESS-THAN OR EQUAL TO}\N{MINUS SIGN}2",
    "\N{MINUS SIGN}1",
    "0",
    "+1",
    "\N{GREATER-THAN OR EQUAL TO}+2",
)
_THICK = 9.0  # of what a band leaves from and goes to


def plot_moves(
    scores: pd.DataFrame,
    *,
    language: str | None = None,
    palette: theme.Palette = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw who moved where between the rounds.

    On one scale each of up to 40 municipalities is a line with its name; of more, the width of
    a band is the number that went that way. Several scales are a row each, from the first round
    to the last: who moved to the left pole lies left of the line, who moved right lies right, who stayed is
    in the middle.

    Parameters
    ----------
    scores : pandas.DataFrame
        Columns round, municipality, scale and point, of two rounds or more; where known label,
        left, right and points, in one language.
    language, palette, ax
        As of `plot_scale`.

    Returns
    -------
    matplotlib.axes.Axes
        Its label is the text alternative.

    Raises
    ------
    ValueError
        If a column is missing, or there are no two rounds with scores.

    Examples
    --------
    >>> scores = pd.DataFrame(
    ...     {"round": [2014, 2015], "municipality": "Edam", "scale": 1, "point": [2, 4], "points": 5}
    ... )
    >>> [text.get_text() for text in plot_moves(scores).texts].count("Edam")
    2
    """
    language = tidy.language_of(scores, language)
    table = tidy.complete(scores, "round", "municipality", "scale", "point")
    rounds = sorted(table["round"].unique())
    if len(rounds) < 2:
        raise ValueError(f"moves need the scores of two rounds or more; there are {len(rounds)}")
    scales = tidy.scales_of(table)
    ax, new = theme.start(ax)
    if len(scales) > 1:
        y = _all_scales(ax, table, scales, rounds, palette, language)
    else:
        paths, look = tidy.paths_of(table, scales[0]), {"weight": "bold"}
        colours = theme.palette(scales[0].points, palette)
        draw = _lines if len(paths) <= theme.TILES else _bands
        top = 1.3 * theme.body() if scales[0].left else 0
        y = draw(ax, top + 4, paths, rounds, colours, language)
        left, room = ax.get_xlim()[0], 0.8 * theme.width(ax)
        theme.write(ax, left, 0, f"1  {scales[0].left}", width=room, **look)
        y = theme.write(
            ax, left, y + 3, f"{scales[0].points}  {scales[0].right}", width=room, **look
        )
    return theme.finish(ax, new, y, describe_moves(scores, language=language))


def _all_scales(
    ax: Axes,
    table: pd.DataFrame,
    scales: Sequence[tidy.Scale],
    rounds: Sequence[object],
    palette: theme.Palette,
    language: str,
) -> float:
    """Draw a row a scale, as in the scheme, from the first round to the last."""
    rows = []
    colours = theme.palette(5, palette)
    for scale in scales:
        steps = np.clip(tidy.steps_of(table, scale, rounds[0], rounds[-1]), -2, 2)
        count = np.bincount(steps + 2, minlength=5)
        rows.append(Row(scale.title, scale.left, scale.right, count, colours, {}, median=False))
    values = {"before": rounds[0], "after": rounds[-1]}
    return draw_rows(ax, rows, "figure_moves.head", list(_STEPS), language, **values)


def _lines(
    ax: Axes,
    y: float,
    paths: Paths,
    rounds: Sequence[object],
    colours: Sequence[str],
    language: str,
) -> float:
    """Draw a line a municipality, its name at both ends; every mark has a place of its own."""
    size, last = theme.small(), len(rounds) - 1
    names = {name: theme.wrap(name, 0.27 * theme.width(ax), size) for name in paths}
    wide = max(theme.text_width(line, size) for lines in names.values() for line in lines)
    slot = max(map(len, names.values())) * size * theme.LEADING + 2
    unit = max((theme.width(ax) - 2 * wide - 34) / last, 1)
    ax.set_xlim(-(wide + 24) / unit, last + (wide + 10) / unit)
    for x, year in enumerate(rounds):
        theme.write_line(ax, x, y + size, str(year), ha="center")
    y += size * theme.LEADING + 3
    x0, x1 = ax.get_xlim()
    order = {name: path.get(rounds[1], 0) for name, path in paths.items()}
    at: dict[str, dict[int, float]] = {name: {} for name in paths}
    bands = []
    for point in range(1, len(colours) + 1):
        most = max(sum(path.get(year) == point for path in paths.values()) for year in rounds)
        height = max(1, most) * slot + 6
        bands.append((y, height))
        if point % 2:
            theme.shade(ax, (x0 + x1) / 2, y, x1 - x0, height)
        theme.write_line(ax, x0 + 3 / unit, y + height / 2 + 0.36 * size, str(point), weight="bold")
        y += height
    for x, year in enumerate(rounds):
        # By where they come from, in the first round by where they go: few lines cross.
        for point, (top, height) in enumerate(bands, 1):
            here = [
                name
                for name in sorted(paths, key=order.__getitem__)
                if paths[name].get(year) == point
            ]
            for j, name in enumerate(here):
                at[name][x] = top + height / 2 + (j + 0.5 - len(here) / 2) * slot
        order = {name: places.get(x, y) for name, places in at.items()}
    for name, places in at.items():
        for x in range(last):
            if x in places and x + 1 in places:
                step = paths[name][rounds[x + 1]] - paths[name][rounds[x]]
                ends = ([x, x + 1], [places[x], places[x + 1]])
                ax.plot(
                    *ends,
                    color=theme.ink(),
                    linewidth=3.2 if step else 0.8,
                    alpha=None if step else 0.6,
                )
                if step:
                    ax.plot(*ends, color=_towards(step, colours), linewidth=1.8)
        outer = {0, last} & set(places) or {min(places)}
        for x, place in places.items():
            fill = colours[paths[name][rounds[x]] - 1]
            ax.plot(x, place, "s", markersize=7, color=fill, mec=theme.DARK, mew=0.8, zorder=3)
            if x in outer:
                ha, shift = ("left", 7) if x == last else ("right", -7)
                for j, line in enumerate(names[name]):
                    baseline = place + (j - len(names[name]) / 2) * size * theme.LEADING + size
                    theme.write_line(ax, x + shift / unit, baseline, line, ha=ha)
    return y


def _bands(
    ax: Axes,
    y: float,
    paths: Paths,
    rounds: Sequence[object],
    colours: Sequence[str],
    language: str,
) -> float:
    """Draw bands between the rounds, as wide as the number that went that way."""
    size, k, last, gap, height = theme.small(), len(colours), len(rounds) - 1, 4.0, 240.0
    beside = theme.text_width("5: 100%", size) + 8
    unit = max((theme.width(ax) - 2 * beside - _THICK) / last, 1)
    half = _THICK / 2 / unit
    ax.set_xlim(-beside / unit - half, last + beside / unit + half)
    counts = {
        year: np.bincount([path[year] - 1 for path in paths.values() if year in path], minlength=k)
        for year in rounds
    }
    for x, year in enumerate(rounds):
        theme.write_line(ax, x, y + size, str(year), ha="center")
    y += size * theme.LEADING + 3
    scale = (height - gap * (k - 1)) / max(count.sum() for count in counts.values())
    tops = {
        year: y + (np.cumsum(count) - count) * scale + np.arange(k) * gap
        for year, count in counts.items()
    }
    for x, (before, after) in enumerate(pairwise(rounds)):
        out, into = tops[before].copy(), tops[after].copy()
        both = [path for path in paths.values() if before in path and after in path]
        for (a, b), n in sorted(Counter((path[before], path[after]) for path in both).items()):
            look = (
                {"facecolor": _towards(b - a, colours), "alpha": 0.8, "linewidth": 0.5}
                if a != b
                else {"facecolor": theme.ink(), "alpha": 0.15, "linewidth": 0}
            )
            band = _band(x + half, out[a - 1], x + 1 - half, into[b - 1], n * scale)
            ax.add_patch(PathPatch(band, edgecolor=theme.DARK, zorder=1.5 if a != b else 1, **look))
            out[a - 1] += n * scale
            into[b - 1] += n * scale
    for x, year in enumerate(rounds):
        heights = counts[year] * scale
        ax.bar(
            [x] * k,
            heights,
            2 * half,
            tops[year],
            color=colours,
            edgecolor=theme.DARK,
            linewidth=0.8,
        )
        if x in (0, last):
            ha, shift = ("right", -half - 4 / unit) if x == 0 else ("left", half + 4 / unit)
            free = y - size
            for i in np.flatnonzero(counts[year]):
                # Labels of small points move down rather than overlap.
                free = max(free + 1.05 * size, tops[year][i] + heights[i] / 2 - size / 2)
                label = f"{i + 1}: {percentage(counts[year][i] / counts[year].sum(), language)}"
                theme.write_line(ax, x + shift, free + 0.86 * size, label, ha=ha)
    return y + height


def _band(x0: float, y0: float, x1: float, y1: float, width: float) -> Path:
    half = (x0 + x1) / 2
    there = [(x0, y0), (half, y0), (half, y1), (x1, y1)]
    back = [(x, y + width) for x, y in reversed(there)]
    curve = [Path.CURVE4] * 3
    return Path([*there, *back], [Path.MOVETO, *curve, Path.LINETO, *curve])


def _towards(step: int, colours: Sequence[str]) -> str:
    return colours[0] if step < 0 else colours[-1]
