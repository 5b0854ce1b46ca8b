"""A region beside the national polls, over the years."""

from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from swt_analysis.figures import theme, tidy
from swt_analysis.figures.alt import describe_polls
from swt_analysis.text import number, percentage, text

_HEIGHT = 210.0  # points, without the words under it
_ROOM = 0.6  # years beside the first and the last
_BESIDE = 0.13  # years between a poll and the region


def plot_polls(
    polls: pd.DataFrame,
    *,
    region: pd.DataFrame | None = None,
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of municipalities with teams over the years, a region beside the polls.

    A circle is the share among those that answered a poll; the line through it runs between the
    shares of all municipalities that can be true. A diamond is the region, all of it known.

    Parameters
    ----------
    polls : pandas.DataFrame
        Columns year, share, respondents and population; where known poll (its name), and low and
        high, the bounds, as shares of the population.
    region : pandas.DataFrame, optional
        Columns region (its name), year, count (its municipalities that work with teams) and n
        (all of its municipalities).
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
    >>> table = {"year": 2014, "poll": "autumn 2014", "share": [0.69], "respondents": 224}
    >>> plot_polls(pd.DataFrame(table).assign(population=403), language="en").get_label()[-54:]
    'National polls: autumn 2014 69% of 224 municipalities.'
    """
    import seaborn as sns  # half a second, which other figures need not take

    language = tidy.language_of(polls, language)
    table = tidy.complete(polls, "year", "share", "respondents", "population")
    years, shares = (table[name].astype(float).to_list() for name in ("year", "share"))
    there = pd.DataFrame({"year": [], "count": [], "n": []}) if region is None else region
    every = sorted({*years, *there["year"].astype(float)})
    ax, new = theme.start(ax)
    ax.set(xlim=(every[0] - _BESIDE - _ROOM, every[-1] + _ROOM), ylim=(0, 1.06))
    sns.lineplot(x=years, y=shares, color=theme.ink(), linewidth=1.2, legend=False, ax=ax)
    marks: dict[str, Any] = {"legend": False, "ax": ax, "zorder": 3} | theme.EDGE
    marks["edgecolor"] = theme.ink()  # stands out in the dark too
    sns.scatterplot(x=years, y=shares, color=theme.PUOR[-1], s=46, **marks)
    bounded = {"low", "high"} <= set(table)
    if bounded:
        low, high = (table[end].astype(float) for end in ("low", "high"))
        half = (high - low) / 2
        ax.errorbar(years, low + half, yerr=half, fmt="none", ecolor=theme.ink(), capsize=3)
    for year, share in zip(years, shares, strict=True):
        _write_share(ax, year, share, language)
    places = (there["year"].astype(float) - _BESIDE).to_list()
    parts = (there["count"] / there["n"]).astype(float).to_list()
    sns.scatterplot(x=places, y=parts, color=theme.PUOR[0], s=70, marker="D", **marks)
    for year, share in zip(places, parts, strict=True):
        _write_share(ax, year, share, language, above=True)
    size, quarters = theme.small(), [0, 0.25, 0.5, 0.75, 1]
    ax.set_yticks(quarters, [percentage(one, language) for one in quarters], size=size)
    asked = dict(zip(years, tidy.records(table), strict=True))
    room = 0.85 * theme.unit(ax) * min((b - a for a, b in pairwise(every)), default=1)
    ax.set_xticks(every, [_tick(one, asked.get(one), room, language) for one in every], size=size)
    ax.tick_params(length=0)
    theme.bare(ax)
    ax.grid(True, axis="y", color=theme.ink(), alpha=0.15, linewidth=0.8)
    says = [text("figure_national.line", language)] if bounded else []
    says += [text("figure_national.region", language, **row) for row in tidy.records(there)]
    under = theme.wrap(". ".join(says), 0.75 * theme.width(ax), size)
    ax.set(ylabel="")
    ax.set_xlabel("\n".join(under), size=size, loc="left", parse_math=False, labelpad=8)
    if new:
        theme.figure_of(ax).set_figheight((_HEIGHT + len(under) * size * theme.LEADING) / 72)
    ax.set_label(describe_polls(polls, region, language=language))
    return ax


def _write_share(
    ax: Axes, year: float, share: float, language: str, *, above: bool = False
) -> None:
    """Write a share to the right of its mark and under it, or to the left and above it."""
    side = -1 if above else 1
    ax.annotate(
        percentage(share, language),
        (year, share),
        (6 * side, -5 * side),
        textcoords="offset points",
        ha="right" if above else "left",
        va="bottom" if above else "top",
        size=theme.small(),
        weight="bold",
    )


def _tick(year: float, poll: dict[str, Any] | None, room: float, language: str) -> str:
    """Write a year, and how many answered its poll."""
    if poll is None:
        return f"{year:.0f}"
    of = {name: number(poll[name], language) for name in ("respondents", "population")}
    answered = text("figure_national.answered", language, **of)
    return "\n".join([f"{year:.0f}", *theme.wrap(answered, room, theme.small())])
