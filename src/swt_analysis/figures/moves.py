"""Who moved where between the rounds."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from swt_analysis.figures import theme, tidy
from swt_analysis.figures.alt import describe_moves
from swt_analysis.figures.diverging import Row, draw_rows
from swt_analysis.text import text

_STEPS = ("\u2264\u22122", "\u22121", "0", "+1", "\u2265+2")  # points moved, or more


def plot_moves(
    scores: pd.DataFrame,
    *,
    language: str | None = None,
    palette: theme.Palette = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw who moved where between the rounds.

    On one scale each of up to 40 municipalities is a line with its name. More of them, and
    several scales, are rows: who moved to the left pole lies left of the line, who moved to the
    right lies right, who stayed is in the middle. One scale has a row from each round to the
    next; several have a row each, from the first round to the last.

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
    ...     {"round": [2014, 2015], "municipality": "Edam", "scale": 1, "point": [2, 4]}
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
    paths = tidy.paths_of(table, scales[0])
    if len(scales) == 1 and len(paths) <= theme.TILES:
        room = 0.8 * theme.width(ax)
        y = theme.write(ax, 0, 0, f"1  {scales[0].left}", width=room, weight="bold")
        y = _draw_lines(ax, y, paths, rounds, theme.palette(scales[0].points, palette))
        last = f"{scales[0].points}  {scales[0].right}"
        y = theme.write(ax, 0, y + 3, last, width=room, weight="bold")
    else:
        y = _draw_steps(ax, table, scales, rounds, theme.palette(5, palette), language)
    return theme.finish(ax, new, y, describe_moves(scores, language=language))


def _draw_steps(
    ax: Axes,
    table: pd.DataFrame,
    scales: Sequence[tidy.Scale],
    rounds: Sequence[object],
    colours: Sequence[str],
    language: str,
) -> float:
    """Draw by how many points the municipalities moved, a row a scale or a step in time."""
    rows = []
    for scale in scales:
        for before, after in pairwise(rounds if len(scales) == 1 else (rounds[0], rounds[-1])):
            steps = np.clip(tidy.steps_of(table, scale, before, after), -2, 2)
            count = np.bincount(steps + 2, minlength=5)
            title = scale.title if len(scales) > 1 else f"{before}\N{EN DASH}{after}"
            rows.append(Row(title, scale.left, scale.right, count, colours, median=False))
    few = max(row.counts.sum() for row in rows) <= theme.TILES
    ends = {"before": rounds[0], "after": rounds[-1]}
    head = text(f"figure_moves.head_{'tiles' if few else 'shares'}", language, **ends)
    y = theme.write(ax, 0, 0, head, size=theme.small(), width=0.8 * theme.width(ax))
    return draw_rows(ax, y + 3, rows, _STEPS, language)


def _draw_lines(
    ax: Axes, y: float, paths: tidy.Paths, rounds: Sequence[object], colours: Sequence[str]
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
    order: dict[str, float] = {name: path.get(rounds[1], 0) for name, path in paths.items()}
    at: dict[str, dict[int, float]] = {name: {} for name in paths}
    bands = []
    for point in range(1, len(colours) + 1):
        most = max(sum(path.get(year) == point for path in paths.values()) for year in rounds)
        height = max(1, most) * slot + 6
        bands.append((y, height))
        if point % 2:
            ax.bar((x0 + x1) / 2, height, x1 - x0, y, **theme.shade())
        theme.write_line(ax, x0 + 3 / unit, y + height / 2 + 0.36 * size, str(point), weight="bold")
        y += height
    for x, year in enumerate(rounds):
        # By where they come from, in the first round by where they go: few lines cross.
        for point, (top, height) in enumerate(bands, 1):
            here = [name for name in paths if paths[name].get(year) == point]
            for j, name in enumerate(sorted(here, key=order.__getitem__)):
                at[name][x] = top + height / 2 + (j + 0.5 - len(here) / 2) * slot
        order = {name: places.get(x, y) for name, places in at.items()}
    for name, places in at.items():
        for x in range(last):
            if x in places and x + 1 in places:
                step = paths[name][rounds[x + 1]] - paths[name][rounds[x]]
                ends = ([x, x + 1], [places[x], places[x + 1]])
                ax.plot(*ends, color=theme.ink(), linewidth=3.2 if step else 0.6)
                if step:
                    ax.plot(*ends, color=colours[0 if step < 0 else -1], linewidth=1.8)
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
