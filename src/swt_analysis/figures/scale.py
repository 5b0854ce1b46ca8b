"""One choice scale."""

from math import ceil

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from swt_analysis.figures import diverging, theme, tidy
from swt_analysis.figures.alt import describe_scale
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
    >>> ax.get_label()
    'A scale of three points: none at 1, five at 2, two at 3. The median is 2.'
    """
    language = tidy.language_of(counts, language)
    rows = tidy.complete(counts, "point", "count")
    tidy.only(rows, "scale", "choose it, or draw all with plot_scheme")
    scale = tidy.scales_of(rows)[0]
    rounds = tidy.by_round(rows, scale)
    known = tidy.placed(scores)
    names = {year: tidy.names_of(known, scale, year) for year in rounds}
    tiles = all(count.sum() <= theme.TILES for count in rounds.values())
    colours = theme.palette(scale.points, palette)
    ax, new = theme.start(ax)
    if tiles:
        ax.set_xlim(0.5, scale.points + 0.5)
    else:
        diverging.limit(ax, [count / max(count.sum(), 1) for count in rounds.values()])
    y = theme.write_poles(
        ax, 0, f"1  {scale.left}", f"{scale.right}  {scale.points}", weight="bold"
    )
    if not tiles:
        y = diverging.draw_key(ax, y + 2, [str(i + 1) for i in range(scale.points)], colours)
    stacks = ceil(max(count.max() for count in rounds.values()) / 10)
    for year, count in rounds.items():
        head = round_head(year, int(count.sum()), tidy.silent_in(no_answer, year), language)
        y = theme.write(
            ax, ax.get_xlim()[0], y + 6, head, size=theme.small(), width=theme.width(ax)
        )
        if tiles:
            abreast = 1 if any(names.values()) else max(stacks, 1)
            y = _tiles(ax, y + 2, count, colours, names[year], abreast, language)
        elif count.any():
            y = _shares(ax, y, count, colours, language)
    alt = describe_scale(counts, scores=scores, no_answer=no_answer, language=language)
    return theme.finish(ax, new, y, alt)


def round_head(year: object, n: int, silent: int, language: str) -> str:
    """Say how many answered in a round."""
    head = text(f"figure_choice_scale.{'answers' if n else 'empty'}", language, n=n)
    head = f"{year}, {head}" if year else head
    return (
        f"{head}, {text('figure_choice_scale.no_answer', language, n=silent)}" if silent else head
    )


def _tiles(
    ax: Axes,
    y: float,
    count: tidy.Counts,
    colours: list[str],
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
    height = lines * size * theme.LEADING + 5 if lines else min(18, max(10, wide * unit * 0.75))
    base = y + theme.body() * theme.LEADING + max(ceil(count.max() / abreast), 1) * height
    middle = (k + 1) / 2
    if k % 2:
        theme.shade(ax, middle, y, 1, base - y)
    else:
        ax.vlines(middle, y, base, color=theme.ink(), linewidth=0.8, linestyle="dotted")
    for i, (n, colour) in enumerate(zip(count.tolist(), colours, strict=True)):
        j = np.arange(n)
        x = i + 0.5 + gap / 2 + (j % abreast + 0.5) * wide
        tops = base - (j // abreast + 1) * height
        ax.bar(x, height, wide, tops, color=colour, edgecolor=theme.DARK, linewidth=0.8)
        for at, top, label in zip(x, tops, labels.get(i + 1, []), strict=False):
            theme.write_inside(ax, at, top + height / 2, label, theme.ink_on(colour))
        up = base - ceil(n / abreast) * height
        weight = "bold" if n else "normal"
        times = f"{n}\N{MULTIPLICATION SIGN}"
        theme.write_line(ax, i + 1, up - 3, times, ha="center", size=theme.body(), weight=weight)
        theme.write_line(ax, i + 1, base + 1.2 * size, str(i + 1), ha="center")
    ax.hlines(base, *ax.get_xlim(), color=theme.ink(), linewidth=1.2)
    y = base + 1.6 * size
    summary = summarise(count)
    if summary.low_median is None or summary.high_median is None:
        return y
    low, high = summary.low_median, summary.high_median
    ax.hlines(y, low - 9 / unit, high + 9 / unit, color=theme.ink(), linewidth=2)
    median = text("figure_choice_scale.median", language)
    theme.write_line(ax, (low + high) / 2, y + 1.2 * size, median, ha="center")
    return y + size * 1.5


def _shares(ax: Axes, y: float, count: tidy.Counts, colours: list[str], language: str) -> float:
    """Draw a bar of shares about the middle, every part with its percentage."""
    shares = count / count.sum()
    labels = [percentage(share, language) for share in shares]
    y += theme.small() * theme.LEADING
    y = diverging.draw_bar(ax, y, shares, colours, labels, height=22, above=True)
    diverging.draw_median(ax, y, shares)
    y += 2
    summary = summarise(count)
    x0, x1 = ax.get_xlim()
    sides = [("left", x0, summary.left_share), ("right", x1, summary.right_share)]
    sides += [("center", 0, summary.middle_share)] if len(count) % 2 else []
    for ha, x, share in sides:
        label = text(
            f"figure_choice_scale.side_{ha}", language, share=percentage(share or 0, language)
        )
        theme.write_line(ax, x, y + theme.small(), label, ha=ha)
    return y + theme.small() * theme.LEADING
