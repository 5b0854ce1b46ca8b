"""Answers in every form become counts and scores, and each fault in them is told with its place."""

from pathlib import Path

import pandas as pd
import pytest

from swt_analysis.clean import read_answers
from swt_analysis.problems import DataError

SCALES = pd.DataFrame({"scale": [1, 2], "points": [5, 4]})


def test_every_fault_in_scores_has_its_row(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("municipality,scale,point\nA,1,6\nA,2,5\n,1,1\nB,9,1\nC,1,3.5\nC,1,2\n")
    with pytest.raises(DataError) as caught:
        read_answers(tmp_path, SCALES, None)
    text = str(caught.value)
    assert "row 2, column point: '6': must be 1 to 5" in text
    assert "row 3, column point: '5': must be 1 to 4" in text
    assert "row 4, column municipality: '': may not be empty" in text
    assert "row 5, column scale: '9': must be one of 1, 2" in text
    assert "row 6, column point: '3.5'" in text
    assert "row 7, column point: 'C, scale 1': occurs a second time; keep one" in text
    assert [one.row for one in caught.value.problems] == [2, 3, 4, 5, 6, 7]


def test_every_fault_in_wide_scores_has_its_row(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("municipality,1,2,2,7\nA,1,5,,\nA,1,0,,\n")
    with pytest.raises(DataError) as caught:
        read_answers(tmp_path, SCALES, None)
    told = [str(one).removeprefix(f"{path}: row ") for one in caught.value.problems]
    assert told == [
        "1, column 7: '7': is no scale of the instrument (1, 2)",
        "1, column 2: '2': scale 2 has two columns; keep one",
        "2, column 2: '5': must be 1 to 4, or blank: no answer",
        "3, column 2: '0': must be 1 to 4, or blank: no answer",
        "3, column municipality: 'A': occurs a second time; keep one",
    ]


def test_long_and_wide_scores_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("municipality,scale,point\nB,1,2\nA,1,5\nA,2,\n")
    long = read_answers(tmp_path, SCALES, None).scores
    path.write_text("municipality,1,2\nA,5,\nB,2,\n")
    wide = read_answers(tmp_path, SCALES, None).scores
    assert long is not None
    pd.testing.assert_frame_equal(long, wide)
    assert long["point"].isna().sum() == 2


def test_a_tally_without_other_files_tells_its_respondents(tmp_path: Path) -> None:
    text = "scale,1,2,3,4,5,no_answer\n1,X,XX,,,,\n2,,xx,,,,x\n"
    (tmp_path / "tallies.csv").write_text(text)
    answers = read_answers(tmp_path, SCALES, None)
    assert answers.counts["count"].to_list() == [1, 2, 0, 0, 0, 0, 2, 0, 0]
    assert answers.respondents == 3


def test_a_round_without_answers_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"a round has one of tallies\.csv or scores\.csv"
    ) as caught:
        read_answers(tmp_path, SCALES, None)
    assert str(caught.value).startswith(f"{tmp_path}: ")
