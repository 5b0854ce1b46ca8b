"""One municipality on every choice scale, among the others."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from swt_analysis.figures import theme, tidy
from swt_analysis.figures.alt import describe_profile
from swt_analysis.figures.heads import set_rows, write_head
from swt_analysis.text import number, percentage, text

_HEIGHT = 18.0
_DASHED: dict[str, Any] = {"color": "none", "linewidth": 1.6, "linestyle": (0, (3, 2))}


def plot_profile(
    counts: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    name: str,
    language: str | None = None,
    palette: theme.Palette = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw where one municipality stands on every choice scale of a round, among all.

    A cell is a point of a scale, the darker the more municipalities stand there, with their
    number (their share, if there are more than 40). The cell of the municipality has the colour
    of its point; a dashed edge is where it stood a round before. Where its place is not known,
    no cell has a colour.

    Parameters
    ----------
    counts : pandas.DataFrame
        Columns scale, point and count, of one round; where known round, label, left, right and
        points, in one language.
    scores : pandas.DataFrame
        Columns municipality, scale and point, and round: where the municipality is known to stand.
    name : str
        What the municipality is called.
    language, palette, ax
        As of `plot_scale`.

    Returns
    -------
    matplotlib.axes.Axes
        Its label is the text alternative.

    Raises
    ------
    ValueError
        If a column is missing, or there are no counts or those of several rounds.

    Examples
    --------
    >>> counts = pd.DataFrame({"round": 2014, "scale": 1, "point": [1, 2], "count": [3, 1]})
    >>> scores = pd.DataFrame({"round": [2014], "municipality": "Edam", "scale": 1, "point": 2})
    >>> plot_profile(counts, scores, name="Edam", language="en").get_label()
    'Where Edam stands in 2014, on one choice scale. Scale 1: point 2, one of four municipalities.'
    """
    language = tidy.language_of(counts, language)
    table = tidy.complete(counts, "scale", "point", "count")
    year = tidy.only(table, "round", "choose it")
    known = tidy.complete(scores, "municipality", "scale", "point")
    scales = tidy.scales_of(table)
    places = {scale.number: tidy.places_of(known, scale, year) for scale in scales}
    said = ["head"]
    said += ["before"] if any(one.before for one in places.values()) else []
    said += ["unknown"] if any(one.now is None for one in places.values()) else []
    head = "; ".join(text(f"figure_profile.{key}", language, round=year, name=name) for key in said)
    ax, new = theme.start(ax)
    y = theme.write(ax, 0, 0, head, size=theme.small(), width=0.8 * theme.width(ax))
    room = set_rows(ax, 0, 1, [scale.title for scale in scales])
    for scale in scales:
        ends = {"left": scale.left, "right": scale.right}
        y, below = write_head(ax, y, scale.title, **ends, room=room, height=_HEIGHT)
        count = tidy.by_round(table, scale)[year]
        colours = theme.palette(scale.points, palette)
        _draw_cells(ax, y, count, places[scale.number], colours, language)
        y = max(y + _HEIGHT + 3, below)
    alt = describe_profile(counts, scores, name=name, language=language)
    return theme.finish(ax, new, y + 2, alt)


def _draw_cells(
    ax: Axes,
    y: float,
    count: tidy.Counts,
    place: tidy.Place,
    colours: Sequence[str],
    language: str,
) -> None:
    """Draw a cell a point, with how many stand there."""
    k, n = len(count), int(count.sum())
    wide = 1 / k
    for i, many in enumerate(count.tolist()):
        x, middle = (i + 0.5) * wide, y + _HEIGHT / 2
        share = many / max(n, 1)
        here = i + 1 == place.now
        look: dict[str, Any] = (
            {"color": colours[i]} | theme.EDGE | {"linewidth": 1.6}
            if here
            else theme.shade() | {"alpha": 0.05 + 0.3 * share}
        )
        ax.bar(x, _HEIGHT, 0.94 * wide, y, **look)
        if i + 1 == place.before and not here:
            ax.bar(x, _HEIGHT, 0.94 * wide, y, edgecolor=theme.ink(), **_DASHED)
        shown = number(many, language) if n <= theme.TILES else percentage(share, language)
        ink = theme.ink_on(colours[i]) if here else theme.ink()
        theme.write_inside(ax, x, middle, [shown], ink)
