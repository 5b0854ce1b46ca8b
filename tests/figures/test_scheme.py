import matplotlib.pyplot as plt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swt_analysis import figures
from tests.figures.cases import COUNTS, HOSTILE, PLACEMENTS, SPITEFUL, counted, drawn, texts, told


def test_the_bars_add_up_to_the_counts_and_lie_about_the_middle() -> None:
    ax = drawn("scheme")
    bars = [bar for bar in ax.patches if round(bar.get_height()) == 16]
    assert sum(bar.get_width() for bar in bars) == COUNTS["count"].sum()
    tops = sorted({round(bar.get_y()) for bar in bars})
    third = [bar for bar in bars if round(bar.get_y()) == tops[2]]
    assert [(bar.get_x(), bar.get_width()) for bar in third] == [(-6.5, 4), (-2.5, 5)]


def test_who_is_known_is_named_unless_all_are() -> None:
    ax = drawn("scheme")
    assert "Hilversum, Langedijk" in [text.get_text() for text in texts(ax)]
    everyone = SPITEFUL[SPITEFUL["round"] == 2015]
    ax = figures.plot_scheme(told(counted(everyone)), scores=everyone)
    assert not any(name in text.get_text() for text in texts(ax) for name in HOSTILE[:3])


def test_a_scale_with_fewer_answers_says_how_many() -> None:
    counts = told(COUNTS)
    counts.loc[(counts["scale"] == 3) & (counts["point"] == 2), "count"] = 3
    ax = figures.plot_scheme(counts)
    titles = [text.get_text() for text in ax.texts if text.get_weight() == "bold"]
    assert "3  Positionering (n=8)" in titles
    assert "4  Doelgroepen" in titles


def test_the_scheme_in_words() -> None:
    alt = figures.alt.describe_scheme(told(COUNTS, "en"))
    assert "left of the middle on scales 1, 6, 7, 8 and 11" in alt
    assert "right of the middle on scales 4 and 9" in alt
    assert "eight of nine on the side of strong, none on the other" in alt


def test_one_round_is_drawn() -> None:
    with pytest.raises(ValueError, match=r"one round is drawn at a time, and .* 2014, 2015, 2016"):
        figures.plot_scheme(told(counted(SPITEFUL)))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.integers(0, 60), min_size=2, max_size=7), min_size=1, max_size=4))
def test_any_counts_on_scales_of_any_length_are_bars_that_add_up(scales: list[list[int]]) -> None:
    rows = [
        (scale, point, count)
        for scale, counts in enumerate(scales, 1)
        for point, count in enumerate(counts, 1)
    ]
    table = pd.DataFrame(rows, columns=["scale", "point", "count"])
    ax = figures.plot_scheme(table)
    widths = sum(bar.get_width() for bar in ax.patches if round(bar.get_height()) == 16)
    few = max(map(sum, scales)) <= figures.TILES
    assert widths == pytest.approx(sum(map(sum, scales)) if few else sum(map(any, scales)))
    left, right = ax.get_xlim()
    for bar in ax.patches:
        assert left - 1e-9 <= bar.get_x() <= bar.get_x() + bar.get_width() <= right + 1e-9
    plt.close(ax.figure)


def test_columns_may_be_categories_and_whole_numbers_that_can_be_missing() -> None:
    counts = told(COUNTS).convert_dtypes()
    plain = figures.alt.describe_scheme(counts)
    for column in ("round", "scale", "point", "label"):
        counts[column] = pd.Categorical(counts[column], ordered=True)
    ax = figures.plot_scheme(counts, scores=PLACEMENTS)
    assert ax.get_label() == plain
    plt.close(ax.figure)
