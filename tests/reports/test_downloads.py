"""What a reader saves from a page."""

import base64
import csv
import io
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from swt_analysis.reports.downloads import harmless, link, to_csv
from swt_analysis.reports.formulas import FORMULAS, mathml
from swt_analysis.text import catalogue


@pytest.mark.parametrize(
    "cell", ["=cmd()", "+cmd", "-cmd", "@SUM(A1)", "\tx", "\r=1", "-1+2", "=1"]
)
def test_what_a_spreadsheet_could_run_is_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell", ["-0,5", "+3", "-1.234,50", "-12 %", "-0,8 tot 0,9", "5-6", "a=b", "", "\u2013"]
)
def test_numbers_and_other_text_stay(cell: str) -> None:
    assert harmless(cell) == cell


def test_a_minus_sign_is_a_hyphen_for_a_spreadsheet_in_numbers_only() -> None:
    cells = ["\u22120,5", "\u22121 tot \u22120,5", "van \u22121 tot 1"]
    assert to_csv([cells], "nl").decode("utf-8-sig") == "-0,5;-1 tot -0,5;van \u22121 tot 1\r\n"


@given(st.lists(st.text(st.characters(exclude_characters="\0\r", codec="utf-8")), min_size=2))
@example(["", "\u22120"])
def test_every_cell_comes_back_but_for_the_minus_of_a_number(cells: list[str]) -> None:
    expected = [harmless(one).replace("\u2212", "-") for one in cells]
    for language, delimiter in (("nl", ";"), ("en", ",")):
        content = to_csv([cells], language).decode("utf-8")
        file = io.StringIO(content.removeprefix("\ufeff"), newline="")
        [read] = csv.reader(file, delimiter=delimiter)
        assert [one.replace("\u2212", "-") for one in read] == expected


def test_a_link_shows_hostile_names_as_text() -> None:
    made = link(b"x", "text/csv", name='a"><script>.csv', label="<b>")
    assert "<script>" not in made
    assert made.endswith("&lt;b&gt;</a>")


def test_a_long_table_is_saved_as_a_zip_file_with_the_same_bytes_each_time() -> None:
    content = b"regel\r\n" * 3000
    made = link(content, "text/csv;charset=utf-8", name="t.csv", label="Tabel 1 als CSV")
    assert 'download="t.csv.zip"' in made
    assert made.endswith(">Tabel 1 als CSV (zip)</a>")
    packed = base64.b64decode(made.partition(";base64,")[2].partition('"')[0])
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert [(one.filename, one.date_time[0]) for one in archive.infolist()] == [("t.csv", 1980)]
        assert archive.read("t.csv") == content


@pytest.mark.parametrize("name", FORMULAS)
def test_every_formula_is_explained_and_becomes_mathml(name: str) -> None:
    written = mathml(FORMULAS[name], "block")
    assert written.startswith("<math ")
    assert "\\" not in written
    assert name in catalogue()["method"]
