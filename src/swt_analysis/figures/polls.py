"""A region beside the national polls."""

from collections.abc import Mapping

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from swt_analysis.figures import theme, tidy
from swt_analysis.figures.alt import describe_polls, poll_values
from swt_analysis.text import percentage, text


def plot_polls(
    polls: pd.DataFrame,
    *,
    region: Mapping[str, object] | None = None,
    language: str | None = None,
    palette: theme.Palette = None,
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
    language, palette, ax
        As of `plot_scale`; of the palette the second and fourth of five colours are used.

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
    >>> plot_polls(pd.DataFrame(table), language="en").get_label()
    'Municipalities with neighbourhood teams. National polls: autumn 2014 69% of 224 municipalities.'
    """
    language = tidy.language_of(polls, language)
    table = tidy.complete(polls, "poll", "share", "respondents", "population")
    values = [poll_values(row, language) for row in table.to_dict("records")]
    labels = [text("figure_national.poll", language, **one) for one in values]
    shares, colours = table["share"].to_list(), theme.palette(5, palette)
    fills = [colours[3]] * len(shares)
    if region is not None:
        labels = [text("figure_national.region", language, **region), *labels]
        shares, fills = [float(region["count"]) / float(region["n"]), *shares], [colours[1], *fills]  # type: ignore[arg-type]
    ax, new = theme.start(ax)
    rows = [str(i) for i in range(len(labels))]
    look = {"edgecolor": theme.DARK, "linewidth": 0.8, "width": 0.5, "saturation": 1}
    sns.barplot(x=shares, y=rows, hue=rows, palette=fills, legend=False, ax=ax, **look)
    outline = {"color": "none", "edgecolor": theme.ink(), "linewidth": 0.8, "alpha": 0.45}
    ax.barh(rows, [1] * len(rows), 0.5, zorder=0.5, **outline)
    if region is not None and int(region["n"]) <= theme.TILES:  # type: ignore[call-overload]
        ends = [i / int(region["n"]) for i in range(1, int(region["n"]))]  # type: ignore[call-overload]
        ax.vlines(ends, -0.25, 0.25, color=theme.DARK, linewidth=0.8)
    if {"low", "high"} <= set(table):
        places = [len(rows) - len(table) + i for i in range(len(table))]
        middle, half = (table["high"] + table["low"]) / 2, (table["high"] - table["low"]) / 2
        ax.errorbar(
            middle, places, xerr=half, fmt="none", ecolor=theme.DARK, elinewidth=1.2, capsize=4
        )
        ax.set_xlabel(text("figure_national.line", language))
    alt = describe_polls(polls, region, language=language)
    xlabel = ax.get_xlabel() if {"low", "high"} <= set(table) else ""
    theme.label_rows(ax, new, labels, 0.42 * theme.width(ax), alt, extra=3 * theme.small())
    quarters = [0, 0.25, 0.5, 0.75, 1]
    ax.set(
        xlim=(0, 1), xticks=quarters, xticklabels=[percentage(one, language) for one in quarters]
    )
    ax.set_xlabel(xlabel, size=theme.small())
    sns.despine(ax=ax, left=True)
    return ax
