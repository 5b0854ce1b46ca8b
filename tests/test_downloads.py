"""What a reader saves from a page."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swt_analysis.downloads import harmless, link, to_csv
from swt_analysis.formulas import FORMULAS, mathml
from swt_analysis.text import catalogue


@pytest.mark.parametrize(
    "cell", ["=cmd()", "+cmd", "-cmd", "@SUM(A1)", "\tx", "\r=1", "-1+2", "=1"]
)
def test_what_a_spreadsheet_could_run_is_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-0,5", "+3", "-1.234,50", "-12 %", "5-6", "a=b", "", "\u2013"])
def test_numbers_and_other_text_stay(cell: str) -> None:
    assert harmless(cell) == cell


@given(st.lists(st.text(st.characters(exclude_characters="\0\r", codec="utf-8")), min_size=2))
def test_every_cell_comes_back(cells: list[str]) -> None:
    for language, delimiter in (("nl", ";"), ("en", ",")):
        content = to_csv([cells], language).decode("utf-8")
        file = io.StringIO(content.removeprefix("\ufeff"), newline="")
        assert list(csv.reader(file, delimiter=delimiter)) == [[harmless(one) for one in cells]]


def test_a_link_shows_hostile_names_as_text() -> None:
    made = link(b"x", "text/csv", name='a"><script>.csv', label="<b>")
    assert "<script>" not in made
    assert made.endswith("&lt;b&gt;</a>")


@pytest.mark.parametrize("name", FORMULAS)
def test_every_formula_is_explained_and_becomes_mathml(name: str) -> None:
    assert mathml(name).startswith("<math ")
    assert "\\" not in mathml(name)
    assert name in catalogue()["method"]
