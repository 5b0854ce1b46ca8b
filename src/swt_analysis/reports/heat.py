"""The answers of each municipality on each scale, as a table whose cells are coloured."""

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from swt_analysis import schema
from swt_analysis.figures.drawing import ink_on
from swt_analysis.figures.plots import palette
from swt_analysis.reports.html import part
from swt_analysis.text import text


def heat_table(
    scores: pd.DataFrame, scales: pd.DataFrame, *, order: Sequence[str], caption: str, language: str
) -> Markup:
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
        Above the table.
    language : str
        ``nl`` or ``en``.
    """
    rows = []
    for row in scales[scales["scale"].isin(scores.columns)].to_dict("records"):
        colours = palette(row["points"])
        points = scores[row["scale"]]
        rows.append(
            {
                "label": f"{row['scale']} {row['label']}",
                "poles": f"1 {row['left']} / {row['points']} {row['right']}",
                "cells": [_cell(points[name], colours, language) for name in order],
            }
        )
    scale = schema.label("scale", language)
    return part("heat", caption=caption, scale=scale, municipalities=order, rows=rows)


def _cell(point: float, colours: Sequence[str], language: str) -> dict[str, str]:
    if pd.isna(point):
        return {"shown": text("page.blank", language)}
    fill = colours[int(point) - 1]
    return {"shown": str(int(point)), "fill": fill, "ink": ink_on(fill)}
