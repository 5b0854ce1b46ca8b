"""A region beside the national polls."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from swt_analysis.figures import theme, tidy
from swt_analysis.figures.alt import describe_polls, poll_values
from swt_analysis.text import percentage, text


def plot_polls(
    polls: pd.DataFrame,
    *,
    region: Mapping[str, Any] | None = None,
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of municipalities with teams in each poll, a region beside them.

    A line says between which shares of all municipalities the truth lies.

    Parameters
    ----------
    polls : pandas.DataFrame
        Columns poll, share, respondents and population; where known low and high, the bounds,
        as shares of the population.
    region : mapping, optional
        ``region`` (its name), ``year``, ``count`` (its municipalities that work with teams) and
        ``n`` (all of its municipalities, of which each is known).
    language, ax
        As of `plot_scale`.

    Returns
    -------
    matplotlib.axes.Axes
        Its label is the text alternative.

    Raises
    ------
    ValueError
        If a column is missing.

    Examples
    --------
    >>> table = {"poll": "autumn 2014", "share": [0.69], "respondents": 224, "population": 403}
    >>> plot_polls(pd.DataFrame(table), language="en").get_label()[-54:]
    'National polls: autumn 2014 69% of 224 municipalities.'
    """
    import seaborn as sns  # half a second, which other figures need not take

    language = tidy.language_of(polls, language)
    table = tidy.complete(polls, "poll", "share", "respondents", "population")
    values = [poll_values(row, language) for row in tidy.records(table)]
    labels = [text("figure_national.poll", language, **one) for one in values]
    shares, colours = table["share"].astype(float).to_list(), [theme.PALE] * len(table)
    ax, new = theme.start(ax)
    if region is not None:
        labels.insert(0, text("figure_national.region", language, **region))
        shares.insert(0, region["count"] / region["n"])
        colours.insert(0, theme.STRONG)
        if region["n"] <= theme.TILES:
            ends = [i / region["n"] for i in range(1, region["n"])]
            ax.vlines(ends, -0.25, 0.25, color=theme.DARK, linewidth=0.8, zorder=3)
    rows = list(range(len(labels)))
    look: dict[str, Any] = {"width": 0.5, "saturation": 1, "legend": False} | theme.EDGE
    sns.barplot(x=shares, y=rows, hue=rows, palette=colours, orient="h", ax=ax, **look)
    ax.barh(rows, 1, 0.5, zorder=0.5, **theme.outline())
    bounded = {"low", "high"} <= set(table)
    if bounded:
        places = np.array(rows[-len(table) :]) + 0.36
        low, high = (table[end].astype(float) for end in ("low", "high"))
        half = (high - low) / 2
        ax.errorbar(low + half, places, xerr=half, fmt="none", ecolor=theme.ink(), capsize=2.5)
    quarters = [0, 0.25, 0.5, 0.75, 1]
    ax.set(xlim=(0, 1))
    ax.set_xticks(quarters, [percentage(one, language) for one in quarters], size=theme.small())
    below = text("figure_national.line", language) if bounded else ""
    alt = describe_polls(polls, region, language=language)
    return theme.finish_rows(ax, new, labels, alt=alt, below=below, room=2 * theme.small())
