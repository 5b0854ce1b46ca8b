from collections import Counter

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex

from swt_analysis import figures
from swt_analysis.figures.theme import PUOR
from swt_analysis.text import percentage
from tests.figures.cases import (
    COUNTS,
    SCALES,
    SPITEFUL,
    THREE_MANY,
    counted,
    drawn,
    of_scale,
    scores,
    texts,
    told,
)


def tiles(ax: plt.Axes) -> Counter[str]:
    """Bars with an edge, by colour."""
    return Counter(to_hex(bar.get_facecolor()) for bar in ax.patches if bar.get_linewidth())


@pytest.mark.parametrize("scale", SCALES["scale"])
def test_a_municipality_is_a_tile(scale: int) -> None:
    ax = drawn(f"scale {scale}")
    found = tiles(ax)
    here = of_scale(COUNTS, scale).sort_values("point")["count"]
    assert [found[colour] for colour in PUOR] == here.to_list()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 13), min_size=2, max_size=9).filter(lambda c: 0 < sum(c) <= 40))
def test_any_scale_of_any_length_has_a_tile_an_answer(count: list[int]) -> None:
    points = range(1, len(count) + 1)
    ax = figures.plot_scale(pd.DataFrame({"point": points, "count": count}))
    written = [text.get_text() for text in texts(ax)]
    assert sum(tiles(ax).values()) == sum(count)
    assert [s for s in written if s.endswith("\u00d7")] == [f"{n}\u00d7" for n in count]
    for point in points:
        assert written.count(str(point)) == 1
    plt.close(ax.figure)


def test_a_bare_table_is_drawn() -> None:
    table = pd.DataFrame({"point": [1, 2, 3, 4, 5], "count": pd.array([0, 5, 2, 2, 0], "Int64")})
    ax = figures.plot_scale(table, no_answer=2, language="en")
    assert "9 municipalities, 2 without an answer" in [text.get_text() for text in texts(ax)]
    plt.close(ax.figure)


def test_a_name_stands_in_its_tile() -> None:
    ax = drawn("scale 5")
    place = next(text for text in texts(ax) if text.get_text() == "Hilversum")
    assert place.get_position()[0] == 4


def test_hundreds_are_shares_with_their_base() -> None:
    large = of_scale(counted(THREE_MANY), 6)
    ax = drawn("scale, large")
    written, alt = [text.get_text() for text in texts(ax)], ax.get_label()
    for year, missing in ((2013, ""), (2014, ", 3 zonder antwoord"), (2015, "")):
        here = large[large["round"] == year]["count"]
        assert f"{year}, {here.sum()} gemeenten{missing}" in written
        for share in here / here.sum():
            assert percentage(share, "nl") in written
            assert percentage(share, "nl") in alt
    assert "Drie gemeenten gaven geen antwoord." in alt


def test_a_side_without_answers_keeps_its_place() -> None:
    ax = drawn("scale, large, one side")
    left, right = ax.get_xlim()
    assert 0.29 < -left / (right - left) < 0.71


def test_hostile_names_are_written_as_they_are() -> None:
    ax = drawn("scale, hostile")
    bare = "".join(text.get_text() for text in texts(ax)).replace("-", "").replace(" ", "")
    for name in of_scale(SPITEFUL, 6)["municipality"]:
        assert name.replace("-", "").replace(" ", "") in bare


def test_another_palette_colours_the_points() -> None:
    counts = of_scale(told(COUNTS), 5)
    ax = figures.plot_scale(counts, palette=["red", "green", "blue", "black", "white"])
    assert tiles(ax) == {"#ff0000": 2, "#008000": 1, "#0000ff": 3, "#000000": 3}
    plt.close(ax.figure)


def test_a_scale_in_words() -> None:
    counts = of_scale(told(COUNTS), 6)
    assert figures.alt.describe_scale(counts) == (
        "Keuzeschaal 6, ‘Mate van verbinding met 0de lijn/participatie’, van sterk (1) tot "
        "zwak (5). 2014: drie gemeenten op 1, vijf op 2, één op 3, niemand op 4 of 5. "
        "De mediaan is 2."
    )
    assert "Two municipalities gave no answer." in figures.alt.describe_scale(
        counts, no_answer=pd.Series({2014: 2}), language="en"
    )


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        (told(COUNTS), "one scale is drawn at a time, and these rows have 1, 2, .*plot_scheme"),
        (told(COUNTS).head(0), "these rows have none"),
        (COUNTS.drop(columns="count"), "no column 'count'; needed: point, count; there are: "),
    ],
)
def test_what_cannot_be_drawn_is_refused(counts: pd.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        figures.plot_scale(counts)
    with pytest.raises(ValueError, match="language 'fr': there are nl, en"):
        figures.plot_scale(counts, language="fr")


def test_axes_that_are_too_low_say_how_high_they_must_be() -> None:
    figure, ax = plt.subplots(figsize=(5, 2))
    names = scores(["Haarlem", "Velsen", "Heemskerk"], [2013, 2014, 2015])
    with pytest.warns(UserWarning, match="Axes must be .* inches high"):
        figures.plot_scale(of_scale(told(counted(names)), 6), scores=names, ax=ax)
    plt.close(figure)
