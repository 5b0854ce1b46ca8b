"""How the cells of a table are written, and how its columns are set."""

import pandas as pd
import pytest

from swt_analysis.reports.tables import html, layout, written


@pytest.mark.parametrize(("language", "least"), [("nl", "< 0,001"), ("en", "< 0.001")])
def test_a_chance_is_never_said_to_be_nothing(language: str, least: str) -> None:
    frame = pd.DataFrame({"scale": [1, 2], "p_value": [1e-9, 0.25], "net_share": [1e-9, 0.25]})
    cells = written(frame, language, {}, 3).cells
    assert [row[1] for row in cells] == [least, "0,250" if language == "nl" else "0.250"]
    assert cells[0][2].replace(",", ".") == "0.000"


def test_chances_have_their_decimals_also_where_each_is_one() -> None:
    frame = pd.DataFrame({"scale": [1, 2], "p_holm": [1.0, 1.0], "n": [62.0, None]})
    assert written(frame, "en", {}, 3).cells == [["1", "1.000", "62"], ["2", "1.000", "–"]]


def test_numbers_stand_right_also_under_names_that_stand_upright() -> None:
    headers = ["schaal", "naam", *["antwoorden"] * 8]
    set_ = layout(headers, ["number", "words", *["number"] * 8])
    numbers = set_.columns[2:]
    assert {one.header_class for one in numbers} == {"upright"}
    assert {one.cell_class for one in numbers} == {""}  # the table has them right
    assert set_.classes.split()[0] == "numeric"


def test_names_lie_where_they_have_room_and_the_first_always_does() -> None:
    few = ["scale", "answers", "no answer", "left", "middle", "right", "balance", "spread"]
    many = ["scale", *["answers", "no answer", "lower bound"] * 4]
    for headers, above in ((few, "upright narrow"), (many, "upright")):
        first, *others = layout(headers, ["number"] * len(headers)).columns
        assert first.header_class != above
        assert {one.header_class for one in others} == {above}


def test_a_matrix_of_texts_has_its_columns_as_blocks_where_it_is_narrow() -> None:
    texts, numbers = ["number", "long", "words"], ["number", "number", "number"]
    themes = pd.DataFrame({"part": list("aabb"), "theme": [1, 2, 1, 2], "label": list("wxyz")})
    matrix = themes.pivot(index="theme", columns="part", values="label")
    assert written(matrix.reset_index(), "en", {}, 0).matrix
    assert not written(themes, "en", {}, 0).matrix
    assert layout(["theme", "a", "b"], texts, matrix=True).by_column
    assert not layout(["theme", "a", "b"], texts).by_column
    assert not layout(["theme", "a", "b"], numbers, matrix=True).by_column


def test_the_name_of_a_row_may_break_after_a_slash_and_is_text() -> None:
    set_ = layout(["participant", "teams", "total"], ["words", "number", "number"])
    shown = html(set_, [["Huisarts/praktijk", "1/2", "9"], ["<b>/x", "0", "9"]], "Teams.")
    assert "Huisarts/<wbr>praktijk</th>" in shown
    assert "&lt;b&gt;/<wbr>x</th>" in shown
    assert "<td>1/2</td>" in shown
