"""Rows laid about the line through the middle of a scale: what leans left lies left of it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from swt_analysis.figures import theme
from swt_analysis.figures.tidy import Counts, Names
from swt_analysis.text import number

Parts = Counts | npt.NDArray[np.float64]
_SIDE = 0.3  # least share of the width that a side keeps, also if nobody stands there


class Row(NamedTuple):
    """A scale, or what moved on it."""

    title: str
    left: str
    right: str
    count: Counts
    colours: Sequence[str]
    names: Names
    median: bool = True


def extent(parts: Parts) -> tuple[float, float]:
    """How far a row reaches left and right of the line."""
    k = len(parts)
    middle = parts[k // 2] / 2 if k % 2 else 0
    return float(parts[: k // 2].sum() + middle), float(parts[(k + 1) // 2 :].sum() + middle)


def limit(ax: Axes, rows: Sequence[Parts]) -> None:
    """Let the x axis hold every row, with the line at 0."""
    left, right = np.max([extent(row) for row in rows], axis=0)
    left, right = max(left, right * _SIDE / (1 - _SIDE)), max(right, left * _SIDE / (1 - _SIDE))
    ax.set_xlim(-left if left else -1, right or 1)


def draw_key(ax: Axes, y: float, labels: Sequence[str], colours: Sequence[str]) -> float:
    """Write what the colours are, about the line."""
    x0, x1 = ax.get_xlim()
    size = theme.small()
    wide = max(18.0, *(theme.text_width(label, size) + 8 for label in labels)) / theme.unit(ax)
    start = max(x0, min(-wide * len(labels) / 2, x1 - wide * len(labels)))
    places = start + wide * (np.arange(len(labels)) + 0.5)
    ax.bar(places, size + 5, wide, bottom=y, color=colours, edgecolor=theme.DARK, linewidth=0.8)
    for x, label, colour in zip(places, labels, colours, strict=True):
        theme.write_inside(ax, x, y + (size + 5) / 2, [label], theme.ink_on(colour))
    return y + size + 10


def draw_row(ax: Axes, y: float, row: Row, *, n: int, tiles: bool, language: str) -> float:
    """Draw a row with its title, its poles and who is known; `n` is the usual number."""
    answers = int(row.count.sum())
    title = row.title if answers == n else f"{row.title} (n={number(answers, language)})"
    room = theme.width(ax)
    y = theme.write(ax, ax.get_xlim()[0], y, title.strip(), width=0.8 * room, weight="bold")
    y = theme.write_poles(ax, y, row.left, row.right, size=theme.small()) + 2
    parts = row.count if tiles else row.count / max(answers, 1)
    labels = [number(part if tiles else 100 * part, language) for part in parts]
    below = draw_bar(ax, y, parts, row.colours, labels, height=16)
    if row.median:
        draw_median(ax, below, parts)
    if not row.names:
        return below + 4
    return write_names(ax, below, parts, row.names) + 4


def draw_bar(
    ax: Axes,
    y: float,
    parts: Parts,
    colours: Sequence[str],
    labels: Sequence[str],
    *,
    height: float,
    above: bool = False,
) -> float:
    """Draw one bar about the line; give the y below.

    Counts are parted into tiles. A label that is wider than its part stands above the bar, or is
    left out.
    """
    size, unit = theme.small(), theme.unit(ax)
    ends = np.cumsum(parts) - extent(parts)[0]
    starts, whole = ends - parts, np.issubdtype(parts.dtype, np.integer)
    ax.vlines(0, y - 3, y + height + 4, color=theme.ink(), linewidth=1.2, zorder=0.5)
    look = {"edgecolor": theme.DARK, "linewidth": 0.8}
    some = np.flatnonzero(parts)
    fills = [colours[i] for i in some]
    ax.barh([y + height / 2] * len(some), parts[some], height, starts[some], color=fills, **look)
    if whole:
        # Ticks part the tiles, so that the count stands free in the middle.
        ticks = [
            (x, theme.ink_on(colours[i])) for i in some for x in np.arange(starts[i] + 1, ends[i])
        ]
        places, inks = zip(*ticks, strict=True) if ticks else ((), ())
        for top in (y, y + height - 3):
            ax.vlines(places, top, top + 3, colors=inks, linewidth=0.8)
    free = ax.get_xlim()[0]
    for i in some:
        dark = theme.ink_on(colours[i])
        wide, middle = theme.text_width(labels[i], size) / unit, (starts[i] + ends[i]) / 2
        if wide + 2 / unit <= parts[i]:
            theme.write_inside(ax, middle, y + height / 2, [labels[i]], dark)
        elif above:
            at = min(max(middle - wide / 2, free), ax.get_xlim()[1] - wide)
            theme.write_line(ax, at, y - 3, labels[i])
            free = at + wide + 4 / unit
    return y + height + 4


def draw_median(ax: Axes, y: float, parts: Parts) -> None:
    """Underline the middle tile, or the two of them; of shares the middle of the bar."""
    n = parts.sum()
    whole = np.issubdtype(parts.dtype, np.integer)
    low, high = ((n - 1) // 2, n // 2 + 1) if whole else (0.48 * n, 0.52 * n)
    start = -extent(parts)[0]
    if n:
        ax.hlines(y - 1.6, start + low, start + high, color=theme.ink(), linewidth=2.4)


def write_names(ax: Axes, y: float, parts: Parts, names: Names) -> float:
    """Write under its part who is known to stand there."""
    size, unit = theme.small(), theme.unit(ax)
    x0, x1 = ax.get_xlim()
    ends = np.cumsum(parts) - extent(parts)[0]
    free = x0
    for point, here in sorted(names.items()):
        middle = ends[point - 1] - parts[point - 1] / 2
        for line in theme.wrap(", ".join(here), 0.95 * theme.width(ax), size):
            half = theme.text_width(line, size) / unit / 2
            at = min(max(middle, x0 + half), x1 - half)
            y += size * theme.LEADING if at - half < free and free > x0 else 0
            theme.write_line(ax, at, y + size, line, ha="center")
            free = at + half + 6 / unit
    return y + size * theme.LEADING
