"""A raw table with faults is refused with all of them, each with its place."""

from pathlib import Path

import pandas as pd
import pytest

from swt_analysis.clean import read_raw
from swt_analysis.folder import StudyFolder
from swt_analysis.problems import DataError
from swt_analysis.processed import processed_tables
from swt_analysis.schema import Column, Table
from tests.conftest import copy_raw

TABLE = Table(
    "table",
    {
        "scale": Column("scale", "integer", required=True, key=True, allowed="1..11"),
        "side": Column("side", required=True, allowed="left | right"),
        "note": Column("note"),
    },
)


def test_a_clean_table_is_read_as_stripped_text(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("\ufeffscale,side,note\n 1 ,left,\n11,right,é\n", encoding="utf-8")
    assert read_raw(path, TABLE)["scale"].to_list() == ["1", "11"]


def test_every_fault_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("scale,side,note\n1,left,\nx,up,\n12,,\n1,right,\n")
    with pytest.raises(DataError) as caught:
        read_raw(path, TABLE)
    assert [str(problem) for problem in caught.value.problems] == [
        f"{path}: row 2, column scale: '1': occurs more than once",
        f"{path}: row 3, column scale: 'x': must be a whole number from 1 to 11",
        f"{path}: row 3, column side: 'up': must be one of left, right",
        f"{path}: row 4, column scale: '12': must be a whole number from 1 to 11",
        f"{path}: row 4, column side: '': may not be empty",
        f"{path}: row 5, column scale: '1': occurs more than once",
    ]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("scale,note\n1,\n")
    with pytest.raises(DataError, match="row 1, column side: '': column is missing"):
        read_raw(path, TABLE)


@pytest.mark.parametrize(
    "content", [b"", b"scale,side,note\n1,2,3,4\n1,2,3,4,5\n", b"\xff\xfe\x00"]
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match="must be a UTF-8 table"):
        read_raw(path, TABLE)
    with pytest.raises(DataError, match="is missing"):
        read_raw(tmp_path / "none.csv", TABLE)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"scale,side,note\n1,left,a,b\n", "the header has 3; every row needs as many"),
        (b"scale,side,side\n1,left,left\n", "row 1, column side: 'side': is the name of two"),
        (b"scale;side;note\n1;left;\n", "semicolon"),
        (b"scale,side,note\n1,left,caf\xe9\n", "Windows-1252"),
        (b"scale,side,note\n1,left,a\x07b\n", "row 2, column note: 'a.x07b': has a character"),
        (b"scale,side,note\n1,left," + b"a" * 10_001 + b"\n", "has 10001 characters"),
        ("scale,side,note\n1,left,\u202eevil\n".encode(), r"cannot be read, U\+202E"),
        (b"scale,side,note\n" + b"1" * 5000 + b",left,\n", "must be a whole number from 1 to 11"),
        (b"scale,side,note\n\n1,left,\n\nx,left,\n", "row 5, column scale: 'x'"),
    ],
)  # fmt: skip
def test_what_no_cell_may_hold_is_told_with_its_place(
    tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=told) as caught:
        read_raw(path, TABLE)
    assert all(len(str(problem)) < 600 for problem in caught.value.problems)


def test_a_table_of_an_older_study_need_not_have_what_came_later(tmp_path: Path) -> None:
    study = copy_raw(tmp_path / "study")
    folder = study / "data/raw/rounds/2014"
    for name, columns in {
        "municipalities": ["form_source"],
        "claims": ["group", "stated_by"],
    }.items():
        path = folder / f"{name}.csv"
        pd.read_csv(path, dtype=str).drop(columns=columns).to_csv(path, index=False)
    tables = processed_tables(StudyFolder(study))
    assert tables["claims"]["group"].isna().all()
    assert tables["municipality_rounds"]["form_source"].isna().all()
