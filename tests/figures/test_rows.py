"""Heat, teams, polls and stability: figures whose rows have labels at their left."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from swt_analysis import figures
from swt_analysis.figures.theme import PUOR, STRONG
from tests.figures.cases import (
    MANY,
    NINE,
    PARTICIPANTS,
    REGION,
    THREE,
    drawn,
    polls,
    stability,
    teams,
    texts,
    told,
)


def widths(ax: plt.Axes, colour: str) -> float:
    return sum(bar.get_width() for bar in ax.patches if to_hex(bar.get_facecolor()) == colour)


def test_heat_writes_each_answer_and_leaves_blanks() -> None:
    now = THREE[THREE["round"] == 2014]
    order = NINE[::-1]
    ax = figures.plot_heat(told(now), order=order)
    assert [text.get_text() for text in ax.get_xticklabels()] == order
    wide = now.pivot(index="scale", columns="municipality", values="point")[order]
    shown = [str(int(point)) for point in wide.to_numpy().ravel() if not np.isnan(point)]
    assert [text.get_text() for text in ax.texts] == shown
    assert len(shown) < 11 * 9
    assert "schaal 4" in ax.get_label()


def test_heat_has_digits_and_names_where_they_fit() -> None:
    ax = drawn("heat, large")
    assert not ax.texts
    assert not set(MANY) & {text.get_text() for text in texts(ax)}
    figure, ax = plt.subplots(figsize=(60, 8), layout="constrained")
    now = told(THREE[THREE["round"] == 2014])
    figures.plot_heat(now, ax=ax)
    assert len(ax.texts) == len(now)
    plt.close(figure)


def test_the_teams_of_each_participant_are_tiles() -> None:
    ax = drawn("teams")
    whole = PARTICIPANTS["teams"] - PARTICIPANTS["of_which_pilot"]
    assert widths(ax, STRONG) == whole.sum()
    assert widths(ax, PUOR[2]) == PARTICIPANTS["of_which_pilot"].sum()
    assert "Thuiszorg/wijkverpleegkundige 7 (waarvan 2 als proef)" in ax.get_label()
    labels = [text.get_text().split("/")[0] for text in ax.get_yticklabels()]
    assert labels[0] == "Opbouwwerk"
    assert labels[-1] == "Burgers"


def test_teams_of_several_rounds_say_their_round() -> None:
    ax = figures.plot_teams(teams("nl", 2013, 2014))
    assert "2013: 7 (2 proef)" in [text.get_text() for text in ax.texts]
    assert ax.get_xlabel() == "9 teams; gearceerd: als proef"


def test_teams_of_rounds_with_other_numbers_of_teams_say_both() -> None:
    table = pd.concat([teams("nl", 2013), teams("nl", 2014, times=2)])
    ax = figures.plot_teams(table)
    assert " ".join(ax.get_xlabel().split()) == "9 tot 18 teams; gearceerd: als proef"


def test_the_province_stands_beside_the_polls_over_the_years() -> None:
    table = polls("nl")
    ax = drawn("polls")
    shown = {text.get_text() for text in ax.texts}
    assert shown == {"73%", *(f"{share:.0%}" for share in table["share"])}
    drawn_at = {tuple(map(float, one)) for mark in ax.collections for one in mark.get_offsets()}
    assert (2014 - 0.13, 8 / 11) in drawn_at
    assert {(row.year, row.share) for row in table.itertuples()} <= drawn_at
    assert ax.get_xticklabels()[0].get_text() == "2014\n224 van\n403"
    assert "Noord-Holland, 2014: acht van de elf gemeenten" in ax.get_label()
    assert "najaar 2014 69% van 224 gemeenten (mogelijk 38% tot 83%" in ax.get_label()
    alt = figures.alt.describe_polls(table.drop(columns=["low", "high"]), REGION.assign(region="X"))
    assert "X, 2014" in alt
    assert "mogelijk" not in alt


def test_stability_marks_the_lowest_and_says_it() -> None:
    table = stability("nl")
    table.loc[table["scale"] == 3, "correlation"] = 0.42
    ax = figures.plot_stability(table, chance=0.81)
    assert "Zonder schaal 1: 0,70; schaal 2: 0,73; schaal 3: 0,42; schaal 4" in ax.get_label()
    assert "Het laagst is 0,42, zonder schaal 3." in ax.get_label()
    assert "schaal 11" not in ax.get_label()
    bold = [text.get_text() for text in ax.texts if text.get_weight() == "bold"]
    assert bold == ["0,42"]
    strong = [
        tuple(marks.get_offsets()[0])
        for marks in ax.collections
        if len(marks.get_facecolor()) and to_hex(marks.get_facecolor()[0]) == PUOR[0]
    ]
    assert strong == [(0.42, 2)]
    with pytest.raises(ValueError, match="no scale has a correlation"):
        figures.plot_stability(table.assign(correlation=np.nan))


@pytest.fixture(autouse=True)
def closed() -> None:
    yield
    plt.close("all")
