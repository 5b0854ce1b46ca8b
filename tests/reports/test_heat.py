"""The table of answers says in digits what its colours say, and keeps the order it is given."""

import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from swt_analysis.figures.plots import PUOR, palette
from swt_analysis.reports.heat import heat_table

NAMES = ["'s-Hertogenbosch", "<b>Oo</b>", "Súdwest-Fryslân"]
SCALES = pd.DataFrame(
    {
        "scale": [1, 2, 3],
        "points": [5, 7, 5],
        "label": ["A & B", "C", "D"],
        "left": "l",
        "right": "r",
    }
)
SCORES = pd.DataFrame({1: [1, 5, np.nan], 2: [7, 4, 1]}, index=NAMES)
ORDER = [NAMES[2], NAMES[0], NAMES[1]]


def made() -> ElementTree.Element:
    html = heat_table(SCORES, SCALES, order=ORDER, caption="Wie & wat", language="nl")
    return ElementTree.fromstring(str(html).replace("<br>", "<br/>"))


def luminance(colour: str) -> float:
    """Of WCAG 2.2."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], parts))


def test_rows_are_scales_and_columns_the_municipalities_in_the_order_given() -> None:
    table = made()
    heads = [cell.text for cell in table.iter("th") if cell.get("scope") == "col"]
    assert heads == ["schaal", *ORDER]
    rows = [cell for cell in table.iter("th") if cell.get("scope") == "row"]
    assert [row.text for row in rows] == ["1 A & B", "2 C"]
    assert [row.findtext("small") for row in rows] == ["1 l / 5 r", "1 l / 7 r"]
    digits = [[cell.text for cell in row.iter("td")] for row in table.iter("tr")][1:]
    assert digits == [["–", "1", "5"], ["1", "7", "4"]]  # noqa: RUF001
    assert table.findtext("table/caption") == table.get("aria-label") == "Wie & wat"


def test_the_colour_is_that_of_the_point_on_a_scale_of_that_length() -> None:
    fills = re.findall(r"background:(#\w+)", ElementTree.tostring(made(), "unicode"))
    seven = palette(7)
    assert fills == [PUOR[0], PUOR[4], seven[0], seven[6], seven[3]]


@pytest.mark.parametrize("points", range(2, 12))
def test_digits_stand_out_from_their_colour(points: int) -> None:
    scores = pd.DataFrame([range(1, points + 1)]).T.rename(columns={0: 1}).rename(index=str)
    scale = SCALES.head(1).assign(points=points)
    html = heat_table(scores, scale, order=list(scores.index), caption="c", language="en")
    pairs = re.findall(r"background:(#\w+);color:(#\w+);print-color-adjust:exact", html)
    assert len(pairs) == points
    for pair in pairs:
        dark, light = sorted(map(luminance, pair))
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_five_points_have_the_colours_of_colorbrewer() -> None:
    # PuOr, five classes, as printed at colorbrewer2.org.
    assert palette(5) == ["#e66101", "#fdb863", "#f7f7f7", "#b2abd2", "#5e3c99"]
