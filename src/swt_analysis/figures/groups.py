"""Where groups of municipalities stand on the scales."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from swt_analysis.figures import theme, tidy
from swt_analysis.figures.alt import describe_groups
from swt_analysis.figures.heads import set_rows, write_head

_MARKS = "osD^v"  # shapes too, for who sees no colours
_ROW = 11.0  # points between the groups of a scale


def plot_groups(
    medians: pd.DataFrame, *, language: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw where the median of each group of municipalities stands, or can stand, on each scale.

    A group is a mark at its median. Where that lies between two points, or where only counts are
    known, a line runs from the lowest to the highest that it can be, with a mark at either end.

    Parameters
    ----------
    medians : pandas.DataFrame
        Columns scale, group, low and high (points); where known label, left, right and points,
        in one language, as `Study.group_medians` gives them. Up to five groups.
    language, ax
        As of `plot_scale`.

    Returns
    -------
    matplotlib.axes.Axes
        Its label is the text alternative.

    Raises
    ------
    ValueError
        If a column is missing, no group has a median, or there are more than five groups.

    Examples
    --------
    >>> medians = pd.DataFrame({"scale": 1, "group": ["a", "b"], "low": [2, 1], "high": [2, 4]})
    >>> plot_groups(medians.assign(points=5), language="en").get_label()[-41:]
    'Scale 1: a at 2, b somewhere from 1 to 4.'
    """
    language = tidy.language_of(medians, language)
    table = tidy.complete(medians, "scale", "group", "low", "high")
    names = list(dict.fromkeys(medians["group"]))
    if table.empty or len(names) > len(_MARKS):
        raise ValueError(f"one to {len(_MARKS)} groups can be drawn, and these are {len(names)}")
    scales = tidy.scales_of(table.assign(point=table["high"]))
    looks = [_look(place, len(names)) for place in range(len(names))]
    ax, new = theme.start(ax)
    most = max(scale.points for scale in scales)
    room = set_rows(ax, 0.6, most + 0.4, [scale.title for scale in scales])
    y = _draw_key(ax, names, looks)
    height = _ROW * (len(names) - 1) + 14
    tops = []
    for scale in scales:
        ends = {"left": scale.left, "right": scale.right}
        top, below = write_head(ax, y, scale.title, **ends, room=room, height=height)
        ax.vlines(range(1, scale.points + 1), top, top + height, color=theme.ink(), alpha=0.2)
        tops.append(top)
        y = max(top + height, below) + 2
    top_of = dict(zip((scale.number for scale in scales), tops, strict=True))
    # A call a group: what looks alike is drawn in one.
    for place, name in enumerate(names):
        here = table[table["group"] == name]
        at = here["scale"].map(top_of).astype(float) + 7 + place * _ROW
        low, high = here["low"].astype(float), here["high"].astype(float)
        apart = low < high
        ax.hlines(at[apart], low[apart], high[apart], color=theme.ink(), linewidth=1.6)
        ax.plot([*low, *high[apart]], [*at, *at[apart]], zorder=3, **looks[place])
    return theme.finish(ax, new, y, describe_groups(medians, language=language))


def _look(place: int, number: int) -> dict[str, Any]:
    """Give the look of a group: a shape, filled with a colour from one pole to the other."""
    fill = theme.palette(max(number, 2))[place]
    edge: dict[str, Any] = {"mec": theme.DARK, "mew": 0.8, "markersize": 7}
    return {"linestyle": "none", "marker": _MARKS[place], "mfc": fill} | edge


def _draw_key(ax: Axes, names: list[Any], looks: list[dict[str, Any]]) -> float:
    """Write what the marks are, one under the other; give the y below."""
    unit, y = theme.unit(ax), 0.0
    x0, _ = ax.get_xlim()
    for name, look in zip(names, looks, strict=True):
        ax.plot(x0 + 6 / unit, y + 8, **look)
        place = 16 / theme.width(ax)
        y = theme.write(ax, place, y + 2, str(name), size=theme.small(), width=theme.width(ax) - 20)
    return y + 6
