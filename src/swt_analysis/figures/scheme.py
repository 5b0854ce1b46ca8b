"""All choice scales of a round."""

import pandas as pd
from matplotlib.axes import Axes

from swt_analysis.figures import theme, tidy
from swt_analysis.figures.alt import describe_scheme
from swt_analysis.figures.diverging import Row, draw_rows
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
        points, in one language.
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
    >>> plot_scheme(counts, language="en").get_label()[:66]
    'Overview of two choice scales; number of municipalities: four. The'
    """
    language = tidy.language_of(counts, language)
    table = tidy.complete(counts, "scale", "point", "count")
    year = tidy.only(table, "round", "choose it, or draw the rounds of one scale with plot_scale")
    known = tidy.placed(scores)
    rows = []
    for scale in tidy.scales_of(table):
        count = tidy.by_round(table, scale)[year]
        names = tidy.names_of(known, scale, year)
        some = sum(map(len, names.values())) < count.sum()
        colours = theme.palette(scale.points, palette)
        rows.append(
            Row(scale.title, scale.left, scale.right, count, colours, names if some else {})
        )
    lengths = {len(row.counts) for row in rows}
    key = [str(point) for point in range(1, max(lengths) + 1)] if len(lengths) == 1 else []
    n = max(int(row.counts.sum()) for row in rows)
    form = "tiles" if n <= theme.TILES else "shares"
    head = text(f"figure_scheme.head_{form}", language, round=year, n=n).lstrip(", ")
    ax, new = theme.start(ax)
    y = theme.write(ax, 0, 0, head, size=theme.small(), width=0.8 * theme.width(ax))
    y = draw_rows(ax, y + 3, rows, key, language)
    return theme.finish(ax, new, y, describe_scheme(counts, language=language))
