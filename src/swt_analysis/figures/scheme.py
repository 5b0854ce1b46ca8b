"""All choice scales of a round."""

import pandas as pd
from matplotlib.axes import Axes

from swt_analysis.figures import diverging, theme, tidy
from swt_analysis.figures.alt import describe_scheme
from swt_analysis.text import text


def plot_scheme(
    counts: pd.DataFrame,
    *,
    scores: pd.DataFrame | None = None,
    language: str | None = None,
    palette: theme.Palette = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw all choice scales of one round, below each other.

    Each scale is a row of tiles, a municipality each, laid about the line through the scale's
    middle: what leans left lies left of it. With more than 40 answers it is a bar of shares.

    Parameters
    ----------
    counts : pandas.DataFrame
        Columns scale, point and count, of one round; where known round, label, left, right and
        points, in one language. Scales are drawn in the order of their rows.
    scores : pandas.DataFrame, optional
        Columns municipality, scale and point, where known round; shown as long as they name
        some of the municipalities and not all.
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
    >>> counts = pd.DataFrame({"scale": [1, 1, 2, 2], "point": [1, 2, 1, 2], "count": [3, 1, 0, 4]})
    >>> plot_scheme(counts).get_xlim()
    (-3.0, 4.0)
    """
    language = tidy.language_of(counts, language)
    table = tidy.complete(counts, "scale", "point", "count")
    year = tidy.only(table, "round", "choose it, or draw the rounds of one scale with plot_scale")
    rows, known = [], tidy.placed(scores)
    for scale in tidy.scales_of(table):
        count = tidy.by_round(table, scale)[year]
        names = tidy.names_of(known, scale, year)
        if sum(map(len, names.values())) >= count.sum():
            names = {}
        colours = theme.palette(scale.points, palette)
        rows.append(diverging.Row(scale.title, scale.left, scale.right, count, colours, names))
    key = [str(i + 1) for i in range(len(rows[0].count))]
    alike = len({len(row.count) for row in rows}) == 1
    ax, new = theme.start(ax)
    y = draw_rows(ax, rows, "figure_scheme.head", key if alike else [], language, round=year)
    alt = describe_scheme(counts, language=language)
    return theme.finish(ax, new, y, alt)


def draw_rows(
    ax: Axes,
    rows: list[diverging.Row],
    head: str,
    key: list[str],
    language: str,
    **values: object,
) -> float:
    """Draw rows under a head and a key of their colours; give the y below."""
    n = max(int(row.count.sum()) for row in rows)
    tiles = n <= theme.TILES
    parts = [row.count if tiles else row.count / max(row.count.sum(), 1) for row in rows]
    diverging.limit(ax, parts)
    line = text(f"{head}_{'tiles' if tiles else 'shares'}", language, n=n, **values).lstrip(", ")
    room = 0.8 * theme.width(ax)
    y = theme.write(ax, ax.get_xlim()[0], 0, line, size=theme.small(), width=room) + 3
    if key:
        y = diverging.draw_key(ax, y, key, rows[0].colours) + 2
    for row in rows:
        y = diverging.draw_row(ax, y, row, n=n, tiles=tiles, language=language) + 2
    return y
