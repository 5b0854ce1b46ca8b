"""The answers of each municipality on each scale, as a table whose cells are coloured."""

from collections.abc import Sequence
from html import escape

import pandas as pd

from swt_analysis import schema
from swt_analysis.figures.drawing import ink_on
from swt_analysis.figures.plots import palette
from swt_analysis.text import text


def heat_table(
    scores: pd.DataFrame, scales: pd.DataFrame, *, order: Sequence[str], caption: str, language: str
) -> str:
    """Write scales by municipalities, each point as a digit on its colour.

    The digit says what the colour says, with a contrast of 4.5 or more, on paper too.

    Parameters
    ----------
    scores : pandas.DataFrame
        A row a municipality, a column a scale; NaN is no answer.
    scales : pandas.DataFrame
        Columns scale, points, label, left, right, in one language.
    order : sequence of str
        The municipalities from left to right, as ``Typology.order`` gives them.
    caption : str
    language : str

    Returns
    -------
    str
        HTML.
    """
    names = "".join(
        f'<th scope="col" style="writing-mode:vertical-rl;padding:.3em .1em">{escape(name)}</th>'
        for name in order
    )
    head = escape(schema.label("scale", language))
    rows = []
    for row in scales[scales["scale"].isin(scores.columns)].to_dict("records"):
        colours = palette(row["points"])
        points = scores[row["scale"]]
        cells = "".join(_cell(points[name], colours, language) for name in order)
        label = escape(f"{row['scale']} {row['label']}")
        poles = escape(f"1 {row['left']} / {row['points']} {row['right']}")
        rows.append(f'<tr><th scope="row">{label}<br><small>{poles}</small></th>{cells}</tr>')
    title = escape(caption)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{title}"><table>'
        f'<caption>{title}</caption><thead><tr><th scope="col">{head}</th>{names}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(point: float, colours: Sequence[str], language: str) -> str:
    style = "text-align:center;vertical-align:middle;padding:.2em"
    if pd.isna(point):
        return f'<td style="{style}">{escape(text("page.blank", language))}</td>'
    fill = colours[int(point) - 1]
    # Browsers leave colours out in print unless told otherwise, and light digits would vanish.
    colour = f"background:{fill};color:{ink_on(fill)};print-color-adjust:exact"
    return f'<td style="{style};{colour}">{int(point)}</td>'
