from collections import Counter

import numpy as np
import pandas as pd
import pytest

from swt_analysis import figures
from tests.figures.cases import (
    HOSTILE,
    NINE,
    THREE,
    THREE_MANY,
    drawn,
    of_scale,
    scores,
    texts,
    told,
)


def whole(table: pd.DataFrame) -> pd.DataFrame:
    return table.groupby("municipality").filter(lambda rows: len(rows) == 2)


def test_every_municipality_has_its_own_line_with_its_name_at_both_ends() -> None:
    two = pd.concat([scores(NINE, [2014], seed=s).assign(round=2014 + s) for s in (0, 1)])
    two = whole(of_scale(two, 4))
    ax = figures.plot_moves(told(two))
    written = Counter(text.get_text() for text in texts(ax))
    assert {written[name] for name in two["municipality"]} == {2}
    wide = two.pivot(index="municipality", columns="round", values="point")
    for name, (before, after) in wide.iterrows():
        assert (f"{name} van {before} naar {after}" in ax.get_label()) == (before != after)
    marks = [line for line in ax.lines if line.get_marker() == "s"]
    places = {(round(line.get_xdata()[0]), round(line.get_ydata()[0], 3)) for line in marks}
    assert len(places) == len(marks) == len(two)


def test_who_is_in_one_round_only_is_said() -> None:
    two = whole(of_scale(scores(NINE, [2014, 2015]), 6))
    alt = figures.alt.describe_moves(told(two.drop(two.index[0]), "en"))
    assert "One municipality is in only one of the two rounds." in alt


def test_hostile_names_are_written_as_they_are() -> None:
    ax = drawn("moves, hostile")
    bare = "".join(text.get_text() for text in texts(ax)).replace("-", "").replace(" ", "")
    for name in HOSTILE:
        assert name.replace("-", "").replace(" ", "") in bare


@pytest.mark.parametrize(
    ("name", "table", "few"),
    [("moves, all", THREE, True), ("moves, all, large", THREE_MANY, False)],
)
def test_all_scales_are_the_steps_of_who_is_in_both_rounds(
    name: str, table: pd.DataFrame, few: bool
) -> None:
    wide = table.pivot(index=["scale", "municipality"], columns="round", values="point")
    steps = (wide[2015] - wide[2013]).dropna()
    ax = drawn(name)
    bars = [bar for bar in ax.patches if round(bar.get_height()) == 16]
    alt = ax.get_label()
    widths = sum(bar.get_width() for bar in bars)
    assert np.isclose(widths, len(steps) if few else steps.index.unique("scale").size)
    here = steps.loc[4]
    left, right = (here < 0).sum(), (here > 0).sum()
    assert f"schaal 4: {left} naar links en {right} naar rechts, van de {len(here)}" in alt


def test_two_rounds_are_needed() -> None:
    with pytest.raises(ValueError, match="scores of two rounds or more; there are 1"):
        figures.plot_moves(told(THREE[THREE["round"] == 2014]))
