"""The answers of each municipality on each scale."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from swt_analysis.figures import theme, tidy
from swt_analysis.figures.alt import describe_heat
from swt_analysis.text import text


def plot_heat(
    scores: pd.DataFrame,
    *,
    order: Sequence[str] | None = None,
    language: str | None = None,
    palette: theme.Palette = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw scales by municipalities, each point as a digit on its colour.

    Where columns are too narrow, digits or names are left out: give wider Axes to have them.

    Parameters
    ----------
    scores : pandas.DataFrame
        Columns municipality, scale and point, of one round; where known round, label, left,
        right and points, in one language.
    order : sequence of str, optional
        The municipalities from left to right, as ``Typology.order`` gives them; else by name.
    language, palette, ax
        As of `plot_scale`.

    Returns
    -------
    matplotlib.axes.Axes
        Its label is the text alternative.

    Raises
    ------
    ValueError
        If a column is missing, or there are no scores or those of several rounds.

    Examples
    --------
    >>> scores = pd.DataFrame({"municipality": ["Edam", "Laren"], "scale": 1, "point": [2, 4]})
    >>> [text.get_text() for text in plot_heat(scores).texts]
    ['2', '4']
    """
    import seaborn as sns  # half a second, which other figures need not take

    language = tidy.language_of(scores, language)
    table = tidy.complete(scores, "municipality", "scale", "point")
    tidy.only(table, "round", "choose it")
    scales = tidy.scales_of(table)
    table = table.astype({"municipality": str})
    wide = table.pivot(index="scale", columns="municipality", values="point")
    wide = wide.reindex([scale.number for scale in scales])[list(order or wide)]
    ax, new = theme.start(ax)
    size, column = theme.small(), 0.5 * theme.width(ax) / len(wide.columns)
    named, written = column >= 1.1 * size, column >= 0.7 * size
    # The place between the poles, so that scales of other lengths have the same colours.
    place = (wide - 1).div([scale.points - 1 for scale in scales], axis=0).astype(float)
    colours = theme.palette(max(scale.points for scale in scales), palette)
    lines: dict[str, Any] = {"linewidths": 0.8, "linecolor": theme.DARK}
    sns.heatmap(
        place,
        annot=wide if written else None,
        fmt=".0f",
        annot_kws={"size": size},
        cmap=LinearSegmentedColormap.from_list("", colours),
        vmin=0,
        vmax=1,
        cbar=False,
        xticklabels=named,
        ax=ax,
        **lines if written else {"rasterized": True},
    )
    for digit, value in zip(ax.texts, place.to_numpy()[place.notna()], strict=False):
        digit.set_color(theme.ink_on(colours[round(value * (len(colours) - 1))]))
    for name in ax.get_xticklabels():
        name.set(parse_math=False, size=size, rotation=90)
    ax.tick_params("x", length=0)
    poles = [f" {scale.left} \N{EN DASH} {scale.right}" if scale.left else "" for scale in scales]
    labels = [f"{scale.title}:{ends}".strip(":") for scale, ends in zip(scales, poles, strict=True)]
    below = text("figure_heat.axis", language, n=len(wide.columns))
    alt = describe_heat(scores, language=language)
    room = max(map(theme.text_width, wide.columns)) if named else 0
    return theme.finish_rows(ax, new, labels, alt=alt, below=below, at=0.5, room=room)
