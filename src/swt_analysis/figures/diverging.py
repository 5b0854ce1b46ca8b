"""Rows laid about the line through the middle of a scale: what leans left lies left of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from swt_analysis.figures import theme
from swt_analysis.figures.heads import set_rows, write_head
from swt_analysis.figures.tidy import Counts, Names
from swt_analysis.text import number, percentage

Parts = Counts | npt.NDArray[np.float64]
_SIDE = 0.3  # least share of the width that a side keeps, also if nobody stands there
_HEIGHT = 16.0


class Row(NamedTuple):
    """A scale, a round of it, or what moved on it."""

    title: str
    left: str
    right: str
    counts: Counts
    colours: Sequence[str]
    names: Names = {}  # noqa: RUF012
    median: bool = True


def draw_rows(
    ax: Axes,
    y: float,
    rows: Sequence[Row],
    key: Sequence[str],
    language: str,
    *,
    say_n: bool = True,
) -> float:
    """Draw rows from y down, under a key of their colours; give the y below.

    Up to 40 answers a tile is a municipality; above that all rows are bars of shares. A row with
    another number of answers than the most says so.
    """
    sizes = [int(row.counts.sum()) for row in rows]
    most = max(sizes)
    all_parts = [
        row.counts if most <= theme.TILES else row.counts / max(row.counts.sum(), 1) for row in rows
    ]
    left, right = map(max, zip(*map(_extent, all_parts), strict=True))
    left, right = max(left, right * _SIDE / (1 - _SIDE)), max(right, left * _SIDE / (1 - _SIDE))
    left, right = left or 1, right or 1
    titles = [
        f"{row.title} (n={number(n, language)})" if say_n and n != most else row.title
        for row, n in zip(rows, sizes, strict=True)
    ]
    room = set_rows(ax, -left, right, titles)
    y = _draw_key(ax, y, key, rows[0].colours) if key else y
    for row, parts, title in zip(rows, all_parts, titles, strict=True):
        ends = {"left": row.left, "right": row.right}
        y, below = write_head(ax, y, title, **ends, room=room, height=_HEIGHT)
        _draw_bar(ax, y, parts, row, language)
        y += _HEIGHT + 4
        y = _write_names(ax, y, parts, row.names) if row.names else y
        y = max(y, below)
    return y + 4


def _draw_key(ax: Axes, y: float, labels: Sequence[str], colours: Sequence[str]) -> float:
    """Write what the colours are, about the line."""
    x0, x1 = ax.get_xlim()
    height = theme.small() + 5
    wide = max(18.0, *(theme.text_width(label) + 8 for label in labels)) / theme.unit(ax)
    start = max(x0, min(-wide * len(labels) / 2, x1 - wide * len(labels)))
    for i, (label, colour) in enumerate(zip(labels, colours, strict=True)):
        x = start + (i + 0.5) * wide
        ax.bar(x, height, wide, y, color=colour, **theme.EDGE)
        theme.write_inside(ax, x, y + height / 2, [label], theme.ink_on(colour))
    return y + height + 3


def _extent(parts: Parts) -> tuple[float, float]:
    """How far a row reaches left and right of the line."""
    k = len(parts)
    middle = parts[k // 2] / 2 if k % 2 else 0
    return float(parts[: k // 2].sum() + middle), float(parts[(k + 1) // 2 :].sum() + middle)


def _draw_bar(ax: Axes, y: float, parts: Parts, row: Row, language: str) -> None:
    """Draw one bar about the line, its parts labelled where they are wide enough."""
    ends = np.cumsum(parts) - _extent(parts)[0]
    starts, tiles = ends - parts, parts is row.counts
    ax.vlines(0, y - 3, y + _HEIGHT + 4, color=theme.ink(), linewidth=1.2, zorder=0.5)
    some = np.flatnonzero(parts)
    colours = [row.colours[i] for i in some.tolist()]
    middle = y + _HEIGHT / 2
    ax.barh([middle] * len(some), parts[some], _HEIGHT, starts[some], color=colours, **theme.EDGE)
    ticks: list[float] = []
    inks: list[str] = []
    for i, dark in zip(some.tolist(), map(theme.ink_on, colours), strict=True):
        label = number(parts[i], language) if tiles else percentage(parts[i], language)
        if theme.text_width(label) + 2 <= parts[i] * theme.unit(ax):
            theme.write_inside(ax, (starts[i] + ends[i]) / 2, middle, [label], dark)
        if tiles:
            ticks += list(np.arange(starts[i] + 1, ends[i]))
            inks += [dark] * (parts[i] - 1)
    # They part the tiles, but in the middle, where a count may stand.
    dashes: Any = (0, (3 / 0.8, (_HEIGHT - 6) / 0.8))
    ax.vlines(ticks, y, y + _HEIGHT, colors=inks, linewidth=0.8, linestyle=dashes)
    if row.median and (n := parts.sum()):
        # The middle tile, or the two of them; of shares the middle of the bar.
        low, high = ((n - 1) // 2, n // 2 + 1) if tiles else (0.48, 0.52)
        under = y + _HEIGHT + 2.4
        ax.hlines(under, starts[0] + low, starts[0] + high, color=theme.ink(), linewidth=2.4)


def _write_names(ax: Axes, y: float, parts: Parts, names: Names) -> float:
    """Write under its part who is known to stand there."""
    size, unit = theme.small(), theme.unit(ax)
    x0, x1 = ax.get_xlim()
    middles = np.cumsum(parts) - _extent(parts)[0] - parts / 2
    free = -np.inf
    for point, here in sorted(names.items()):
        for line in theme.wrap(", ".join(here), 0.95 * theme.width(ax), size):
            half = theme.text_width(line) / unit / 2
            at = min(max(middles[point - 1], x0 + half), x1 - half)
            y += size * theme.LEADING if at - half < free else 0
            theme.write_line(ax, at, y + size, line, ha="center")
            free = at + half + 6 / unit
    return y + size * theme.LEADING
