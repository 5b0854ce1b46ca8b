"""One choice scale."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from swt_analysis.figures import theme, tidy
from swt_analysis.figures.alt import describe_scale
from swt_analysis.figures.diverging import Row, draw_rows
from swt_analysis.statistics.ordinal import summarise
from swt_analysis.text import percentage, text


def plot_scale(
    counts: pd.DataFrame,
    *,
    scores: pd.DataFrame | None = None,
    no_answer: tidy.Silent = None,
    language: str | None = None,
    palette: theme.Palette = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the answers on one choice scale, rounds below each other.

    A municipality is a tile above its point, with its name where that is known. Once a round
    has more than 40 answers, every round is a bar of shares about the scale's middle.

    Parameters
    ----------
    counts : pandas.DataFrame
        Columns point and count, of one scale; where known round, scale, label, left, right
        (the poles) and points (how many the scale has), in one language.
    scores : pandas.DataFrame, optional
        Columns municipality and point, where known round and scale: who stands where.
    no_answer : int, or mapping or pandas.Series by round, optional
        How many gave no answer.
    language : str, optional
        ``nl`` or ``en``; else what ``counts.attrs["language"]`` says, else Dutch.
    palette : str or sequence of str, optional
        Colours of the points, as ``seaborn.color_palette`` takes them; else PuOr.
    ax : matplotlib.axes.Axes, optional
        Else those of a new figure, as high as its rows.

    Returns
    -------
    matplotlib.axes.Axes
        Its label is the text alternative.

    Raises
    ------
    ValueError
        If a column is missing, or there are no counts or those of several scales.

    Examples
    --------
    >>> ax = plot_scale(pd.DataFrame({"point": [1, 2, 3], "count": [0, 5, 2]}), language="en")
    >>> ax.get_label()[-63:]
    'five municipalities at 2, two at 3, none at 1. The median is 2.'
    """
    language = tidy.language_of(counts, language)
    rows = tidy.complete(counts, "point", "count")
    tidy.only(rows, "scale", "choose it, or draw all with plot_scheme")
    scale = tidy.scales_of(rows)[0]
    rounds, known = tidy.by_round(rows, scale), tidy.placed(scores)
    names = {year: tidy.names_of(known, scale, year) for year in rounds}
    heads = [
        _head(year, int(count.sum()), tidy.silent_in(no_answer, year), language)
        for year, count in rounds.items()
    ]
    colours = theme.palette(scale.points, palette)
    ax, new = theme.start(ax)
    left = f"1  {scale.left}" if scale.left else ""
    right = f"{scale.right}  {scale.points}" if scale.right else ""
    y = theme.write_poles(ax, 0, left, right, weight="bold")
    if all(count.sum() <= theme.TILES for count in rounds.values()):
        ax.set_xlim(0.5, scale.points + 0.5)
        most = max(count.max() for count in rounds.values())
        abreast = 1 if any(names.values()) else max(1, ceil(most / 10))
        for head, (year, count) in zip(heads, rounds.items(), strict=True):
            y = theme.write(ax, 0, y + 6, head, size=theme.small(), width=theme.width(ax)) + 2
            y = _draw_tiles(ax, y, count, colours, names[year], abreast, language)
    else:
        shares = []
        for head, count in zip(heads, rounds.values(), strict=True):
            left, right = _sides(count, language)
            shares.append(Row(head, left, right, count, colours))
        key = [str(point) for point in range(1, scale.points + 1)]
        y = draw_rows(ax, y + 2, shares, key, language, say_n=False)
    alt = describe_scale(counts, scores=scores, no_answer=no_answer, language=language)
    return theme.finish(ax, new, y, alt)


def _head(year: object, n: int, silent: int, language: str) -> str:
    """Say how many answered in a round, and how many did not."""
    said = [str(year)] if year else []
    said.append(text(f"figure_choice_scale.{'answers' if n else 'empty'}", language, n=n))
    said += [text("figure_choice_scale.no_answer", language, n=silent)] if silent else []
    return ", ".join(said)


def _sides(count: tidy.Counts, language: str) -> tuple[str, str]:
    """Say which share stands left and right of the middle."""
    summary = summarise(count)
    left, right = (
        percentage(one or 0, language) for one in (summary.left_share, summary.right_share)
    )
    section = "figure_choice_scale"
    return (
        text(f"{section}.side_left", language, share=left),
        text(f"{section}.side_right", language, share=right),
    )


def _draw_tiles(
    ax: Axes,
    y: float,
    count: tidy.Counts,
    colours: Sequence[str],
    names: tidy.Names,
    abreast: int,
    language: str,
) -> float:
    """Stack a tile a municipality above each point; give the y below."""
    k, size, unit = len(count), theme.small(), theme.unit(ax)
    gap = 4 / unit
    wide = (1 - gap) / abreast
    labels = {
        point: [theme.wrap(name, wide * unit - 5, size) for name in here]
        for point, here in names.items()
    }
    lines = max((len(label) for here in labels.values() for label in here), default=0)
    high: float = (
        lines * size * theme.LEADING + 5 if lines else min(18, max(10, wide * unit * 0.75))
    )
    base = y + theme.body() * theme.LEADING + max(ceil(int(count.max()) / abreast), 1) * high
    if k % 2:
        ax.bar((k + 1) / 2, base - y, 1, y, **theme.shade())
    else:
        ax.vlines((k + 1) / 2, y, base, color=theme.ink(), linewidth=0.8, linestyle="dotted")
    for i, (n, colour) in enumerate(zip(count.tolist(), colours, strict=True)):
        tile = np.arange(n)
        x = i + 0.5 + gap / 2 + (tile % abreast + 0.5) * wide
        tops = base - (tile // abreast + 1) * high
        ax.bar(x, high, wide, tops, color=colour, **theme.EDGE)
        for at, top, label in zip(x, tops, labels.get(i + 1, []), strict=False):
            theme.write_inside(ax, at, top + high / 2, label, theme.ink_on(colour))
        look: dict[str, Any] = {"size": theme.body(), "weight": "bold" if n else "normal"}
        up, times = base - ceil(n / abreast) * high, f"{n}\N{MULTIPLICATION SIGN}"
        theme.write_line(ax, i + 1, up - 3, times, ha="center", **look)
        theme.write_line(ax, i + 1, base + 1.2 * size, str(i + 1), ha="center")
    ax.hlines(base, *ax.get_xlim(), color=theme.ink(), linewidth=1.2)
    summary = summarise(count)
    if not summary.n:
        return base + 1.6 * size
    y, low, high_median = base + 1.6 * size, summary.low_median or 0, summary.high_median or 0
    ax.hlines(y, low - 9 / unit, high_median + 9 / unit, color=theme.ink(), linewidth=2)
    median = text("figure_choice_scale.median", language)
    theme.write_line(ax, (low + high_median) / 2, y + 1.2 * size, median, ha="center")
    return y + size * 1.5
