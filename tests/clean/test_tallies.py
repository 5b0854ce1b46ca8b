"""Printed tallies become counts, and those that cannot are refused with their place."""

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swt_analysis.clean.tallies import count_marks, read_tallies
from swt_analysis.problems import DataError

RAW = Path(__file__).parents[2] / "data" / "raw"
TALLIES = RAW / "rounds" / "2014" / "tallies.csv"
SCALES = pd.read_csv(RAW / "instrument" / "scales.csv")

# Read back by hand from the printed scheme (annex 1, section 4).
PRINTED = [
    (0, 5, 2, 2, 0),
    (1, 0, 5, 3, 0),
    (0, 4, 5, 0, 0),
    (1, 2, 1, 5, 0),
    (2, 1, 3, 3, 0),
    (3, 5, 1, 0, 0),
    (2, 3, 3, 1, 0),
    (0, 5, 3, 1, 0),
    (0, 3, 1, 5, 0),
    (1, 3, 2, 1, 2),
    (0, 6, 3, 0, 0),
]


@given(st.lists(st.sampled_from(["X", "x", " ", "\n", "\t"])))
def test_only_marks_count(cell: list[str]) -> None:
    assert count_marks("".join(cell)) == sum(mark in "xX" for mark in cell)


@pytest.mark.parametrize("cell", ["5", "XX-X", "Y", "X.", "=X"])
def test_other_characters_are_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="not a tally"):
        count_marks(cell)


def test_2014_is_the_printed_scheme() -> None:
    counts = read_tallies(TALLIES, scales=SCALES, respondents=9)
    assert counts.columns.to_list() == ["scale", "point", "count"]
    table = counts.pivot(index="scale", columns="point", values="count")
    assert [tuple(row) for row in table.to_numpy()] == PRINTED


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    lines = TALLIES.read_text().splitlines()
    lines[1] = "1,,XXXX,XX,XX,,"
    lines[2] = "2,X,,XX5XX,XXX,,"
    lines[3] = "33,,XXXX,XXXXX,,,"
    lines[5] = lines[4]
    path = tmp_path / "tallies.csv"
    path.write_text("\n".join(lines))
    with pytest.raises(DataError) as caught:
        read_tallies(path, scales=SCALES, respondents=9)
    text = str(caught.value)
    assert f"{path}: row 2: '8 marks': marks must add up to the 9 respondents" in text
    assert f"{path}: row 3, column 3: 'XX5XX': only marks X and blanks" in text
    assert f"{path}: row 4, column scale: '33': must be one of 1, 2, 3" in text
    assert f"{path}: row 6, column scale: '4': occurs a second time" in text
    assert "'scale 3': has no row" in text
    assert "'scale 5': has no row" in text
    assert len(caught.value.problems) == 6


def test_a_point_outside_the_instrument_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tallies.csv"
    path.write_text(TALLIES.read_text().replace("4,5,source", "4,6,source"))
    with pytest.raises(DataError, match="row 1, column 6: '6': is no point"):
        read_tallies(path, scales=SCALES, respondents=9)


def test_a_mark_on_a_point_that_its_scale_does_not_have_is_told(tmp_path: Path) -> None:
    path = tmp_path / "tallies.csv"
    path.write_text("scale,1,2,3,no_answer\n1,X,,X,\n2,X,,X,\n", "utf-8")
    scales = pd.DataFrame({"scale": [1, 2], "points": [3, 2]})
    with pytest.raises(DataError) as caught:
        read_tallies(path, scales=scales, respondents=2)
    told = f"{path}: row 3, column 3: 'X': scale 2 ends at 2"
    assert [str(one) for one in caught.value.problems] == [told]


LABELS = {"labels", "fact_labels", "codings"}  # our own words, or a coder's: of no source
RECEIVED = [path for path in sorted(RAW.rglob("*.csv")) if path.stem not in LABELS]


@pytest.mark.parametrize("path", RECEIVED, ids=lambda p: p.stem)
def test_every_raw_row_says_where_it_comes_from(path: Path) -> None:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(row["source"] for row in rows)


def test_a_named_placement_has_a_mark_to_stand_on() -> None:
    counts = read_tallies(TALLIES, scales=SCALES, respondents=9)
    left = counts.set_index(["scale", "point"])["count"]
    placements = pd.read_csv(RAW / "rounds" / "2014" / "placements.csv")
    named = placements.groupby(["scale", "point"]).size()
    assert (named <= left.loc[named.index]).all()
    assert not placements.duplicated(["municipality", "scale"]).any()


def test_the_scheme_has_nine_of_eleven_municipalities() -> None:
    table = pd.read_csv(RAW / "rounds" / "2014" / "municipalities.csv")
    assert len(table) == 11
    off = table.loc[table["on_scheme"] == "no", "municipality"].to_list()
    assert off == ["Alkmaar", "Heiloo"]


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("scale,scale,1", "is the name of two columns"),
        ("scale,1,1", "is the name of two columns"),
        ("scale,1,³", "is no point of the instrument"),
        ("scale,1,0", "'0': is no point of the instrument"),
        ("scale,1," + "9" * 5000, "is no point of the instrument"),
    ],
)
def test_a_strange_header_is_told(tmp_path: Path, header: str, told: str) -> None:
    path = tmp_path / "tallies.csv"
    path.write_text(f"{header}\n1,X,X\n", "utf-8")
    scales = pd.DataFrame({"scale": ["1"], "points": ["2"]})
    with pytest.raises(DataError, match=told):
        read_tallies(path, scales=scales, respondents=1)


def test_a_table_without_a_column_for_the_scale_is_told_with_its_header(tmp_path: Path) -> None:
    path = tmp_path / "tallies.csv"
    path.write_text("schaal,1,2\n1,X,XX\n", "utf-8")
    scales = pd.DataFrame({"scale": [1], "points": [2]})
    with pytest.raises(DataError) as caught:
        read_tallies(path, scales=scales, respondents=3)
    assert str(caught.value) == f"{path}: row 1: 'schaal,1,2': needs a column scale"
