import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swt_analysis import figures
from swt_analysis.figures.theme import DARK, LIGHT, PUOR, ink_on, palette, text_width, wrap


@pytest.mark.parametrize("k", range(2, 12))
def test_text_on_every_colour_has_contrast(k: int) -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    for colour in palette(k):
        high, low = sorted((luminance(colour), luminance(ink_on(colour))), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5
    assert {ink_on("#ffffff"), ink_on("#000000")} == {DARK, LIGHT}


def test_five_points_have_the_colours_of_colorbrewer() -> None:
    assert palette(5) == list(PUOR)


@given(st.text(st.characters(codec="latin-1", exclude_categories=["C"]), max_size=80))
def test_wrapped_text_fits_and_loses_nothing(string: str) -> None:
    lines = wrap(string, 40, 9)
    assert all(text_width(line, 9) <= 40 for line in lines)
    bare = re.compile(r"[-\s]")
    assert bare.sub("", "".join(lines)) == bare.sub("", string)


def test_dutch_names_break_between_syllables() -> None:
    assert wrap("Heerhugowaard", 60, 9.6) == ["Heerhugo-", "waard"]
    assert wrap("Type team\u00a0?", 52, 9.6) == ["Type", "team\u00a0?"]
    assert wrap("Súdwest-Fryslân", 60, 9.6) == ["Súdwest-", "Fryslân"]
    assert wrap("Bergen op Zoom", 60, 9.6) == ["Bergen op", "Zoom"]


@pytest.mark.parametrize("counts", [(3, 5, 1, 0, 0), (0, 0), (100, 90, 80, 1, 0, 60)])
def test_a_thumbnail_is_a_tiny_picture(counts: tuple[int, ...]) -> None:
    svg = figures.thumbnail(counts)
    assert len(svg.encode()) < 1000
    assert ElementTree.fromstring(svg).get("aria-hidden") == "true"
    assert svg.count("z") == sum(n > 0 for n in counts)
    assert figures.thumbnail(np.array(counts)) == svg
