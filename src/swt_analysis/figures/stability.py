"""How much of a typology is left when one scale is left out."""

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from swt_analysis.figures import theme, tidy
from swt_analysis.figures.alt import describe_stability
from swt_analysis.text import number, text


def plot_stability(
    stability: pd.DataFrame,
    *,
    chance: float | None = None,
    language: str | None = None,
    palette: theme.Palette = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the correlation of a typology with the one made without each scale.

    The lowest, which tells most, stands out. Shaded is where the lowest of shuffled answers
    nearly always stays.

    Parameters
    ----------
    stability : pandas.DataFrame
        Columns scale and correlation (NaN where there is none), where known label: from
        ``Typology.without_scale``.
    chance : float, optional
        What the lowest of shuffled answers stays below in 95 of 100 cases.
    language, palette, ax
        As of `plot_scale`; of the palette the first and fourth of five colours are used.

    Returns
    -------
    matplotlib.axes.Axes
        Its label is the text alternative.

    Raises
    ------
    ValueError
        If a column is missing, or no scale has a correlation.

    Examples
    --------
    >>> table = pd.DataFrame({"scale": [1, 2], "correlation": [0.9, 0.7]})
    >>> plot_stability(table, language="en").get_label()[-38:]
    'The lowest is 0.70, without scale 2.'
    """
    language = tidy.language_of(stability, language)
    tidy.complete(stability, "scale", "correlation")
    if stability["correlation"].isna().all():
        raise ValueError("no scale has a correlation: there is nothing to draw")
    words = stability["label"] if "label" in stability else [""] * len(stability)
    values = stability["correlation"].to_list()
    weakest = stability["correlation"].argmin()
    labels = [f"{scale}  {word}" for scale, word in zip(stability["scale"], words, strict=True)]
    ax, new = theme.start(ax)
    low = min([0.0, chance or 0.0, *stability["correlation"].dropna()])
    colours = theme.palette(5, palette)
    marks = {"marker": "s", "size": 7, "jitter": False, "linewidth": 0.8, "clip_on": False}
    rows = [str(i) for i in range(len(values))]
    fills = [colours[0] if i == weakest else colours[3] for i in range(len(values))]
    sns.stripplot(
        x=values,
        y=rows,
        hue=rows,
        palette=fills,
        edgecolor=theme.DARK,
        legend=False,
        ax=ax,
        zorder=3,
        **marks,
    )
    ax.hlines(rows, low, 1, color=theme.ink(), linewidth=0.8, alpha=0.25, zorder=1)
    if chance is not None:
        ax.axvspan(low, chance, color=theme.ink(), alpha=0.08, linewidth=0)
        ax.axvline(chance, color=theme.ink(), linewidth=0.8, linestyle="dotted")
    for i, value in enumerate(values):
        shown = text("page.blank", language) if pd.isna(value) else number(value, language, 2)
        weight = "bold" if i == weakest else "normal"
        at = {"xy": (1, i), "xytext": (8, 0), "textcoords": "offset points", "va": "center"}
        ax.annotate(shown, **at, size=theme.small(), weight=weight)
    alt = describe_stability(stability, chance, language=language)
    theme.label_rows(ax, new, labels, 0.39 * theme.width(ax), alt, extra=3 * theme.small())
    ends = [number(end, language, 0 if end == int(end) else 2) for end in (low, 1)]
    ax.set(xlim=(low, 1), xticks=[low, 1], xticklabels=ends)
    axis = text("figure_stability.axis", language)
    ax.set_xlabel(
        "\n".join(theme.wrap(axis, 0.55 * theme.width(ax), theme.small())), size=theme.small()
    )
    sns.despine(ax=ax, left=True)
    return ax
