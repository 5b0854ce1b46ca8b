"""How much of a typology is left when one scale is left out."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from swt_analysis.figures import theme, tidy
from swt_analysis.figures.alt import describe_stability
from swt_analysis.text import number, text


def plot_stability(
    stability: pd.DataFrame,
    *,
    chance: float | None = None,
    language: str | None = None,
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
    language, ax
        As of `plot_scale`.

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
    >>> plot_stability(table, language="en").get_label()[-36:]
    'The lowest is 0.70, without scale 2.'
    """
    import seaborn as sns  # half a second, which other figures need not take

    language = tidy.language_of(stability, language)
    tidy.complete(stability, "scale", "correlation")
    if stability["correlation"].isna().all():
        raise ValueError("no scale has a correlation: there is nothing to draw")
    values = stability["correlation"].astype(float)
    words = stability["label"] if "label" in stability else [""] * len(values)
    labels = [f"{scale}  {word}" for scale, word in zip(stability["scale"], words, strict=True)]
    ax, new = theme.start(ax)
    low, rows = min(0.0, chance or 0.0, values.min()), list(range(len(values)))
    colours = [theme.PUOR[0] if row == values.argmin() else theme.PALE for row in rows]
    look: dict[str, Any] = {"marker": "s", "size": 7, "jitter": False, "legend": False, "zorder": 3}
    sns.stripplot(
        x=values, y=rows, hue=rows, palette=colours, orient="h", ax=ax, **look | theme.EDGE
    )
    ax.hlines(rows, low, 1, color=theme.ink(), linewidth=0.8, alpha=0.25)
    below = text("figure_stability.axis", language)
    if chance is not None:
        ax.axvspan(low, chance, **theme.shade())
        ax.axvline(chance, color=theme.ink(), linewidth=0.8, linestyle="dotted")
        below += "; " + text("figure_stability.shaded", language)
    for row, value in enumerate(values):
        shown = text("page.blank", language) if pd.isna(value) else number(value, language, 2)
        weight = "bold" if row == values.argmin() else "normal"
        theme.write_beside(ax, 1, row, shown, weight=weight)
    ends = [number(end, language, 0 if end == int(end) else 2) for end in (low, 1)]
    ax.set(xlim=(low, 1))
    ax.set_xticks([low, 1], ends, size=theme.small())
    alt = describe_stability(stability, chance, language=language)
    return theme.finish_rows(ax, new, labels, alt=alt, below=below, room=2 * theme.small())
