"""Columns of context: read in the dialects of spreadsheets, joined by code and year."""

from pathlib import Path

import pandas as pd
import pytest

from swt_analysis.clean.context import in_rounds, read_context
from swt_analysis.problems import DataError

KNOWN = ["GM0361", "GM0392", "GM0453"]


def read(path: Path, text: str, encoding: str = "utf-8") -> pd.DataFrame:
    file = path / "context.csv"
    file.write_text(text, encoding)
    return read_context(file, KNOWN)


def wide(table: pd.DataFrame) -> dict[str, list[str]]:
    return {str(name): here["value"].to_list() for name, here in table.groupby("variable")}


@pytest.mark.parametrize(
    "text",
    [
        "code,inwoners,stedelijkheid,groei\nGM0361,94853,sterk,-0.4\nGM0392,155147,zeer,1.25\n",
        "code;inwoners;stedelijkheid;groei\nGM0361;94.853;sterk;-0,4\nGM0392;1.155.147;zeer;1,25\n",
        "Gemeentecode;inwoners;stedelijkheid;groei\n361;94853;sterk;-0,4\n0392;155147;zeer;1,25\n",
        "sep=;\ncode;inwoners;stedelijkheid;groei\nGM0361;94853;sterk;-0,4\ngm0392;1;zeer;1,25\n",
        'code\tinwoners\tstedelijkheid\tgroei\nGM0361\t"94,853"\tx\t-0.4\nGM392\t1,155,147\ty\t1.25\n',
    ],
)
def test_numbers_are_read_as_dutch_and_english_write_them(tmp_path: Path, text: str) -> None:
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        table = read(tmp_path, text, encoding)
        assert table["code"].unique().tolist() == ["GM0361", "GM0392"]
        got = wide(table)
        assert got["inwoners"][0] == "94853"
        assert got["groei"] == ["-0.4", "1.25"]
        kinds = dict(zip(table["variable"], table["kind"], strict=True))
        assert kinds == {"inwoners": "number", "stedelijkheid": "words", "groei": "number"}


def test_rows_of_other_municipalities_and_blank_cells_are_left_out(tmp_path: Path) -> None:
    table = read(tmp_path, "gemeente,code,inwoners,bron\nA,GM0361,10,x\nB,GM0999,,x\nC,GM0453,,x\n")
    assert table.drop(columns="year").to_numpy().tolist() == [
        ["GM0361", "inwoners", "number", "10"]
    ]
    assert table["year"].isna().all()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("naam,inwoners\nA,1\n", "row 1, column code: '': column is missing from the header"),
        ("code,n\nGM03610,1\nGM0361,2\n", "row 2, column code: 'GM03610': must be the CBS code"),
        ("code,n\n,1\nGM0361,2\n", "row 2, column code: '': must be the CBS code"),
        ("code,n\nGM0361,1\n361,2\n", "row 3, column code: '361': occurs more than once"),
        ("code,year,n\nGM0361,14,1\n", "row 2, column year: '14': must be a year, such as 2014"),
        (
            "code,jaar,n\nGM0361,2014,1\nGM0361,2014,2\n",
            "row 3, column code: 'GM0361': occurs more than once in this year",
        ),
        ("code,form\nGM0361,x\n", "row 1, column form: 'form': is a column of the study"),
        ("code,vorm\nGM0361,x\n", "row 1, column vorm: 'vorm': is a column of the study"),
        ("code,n,n\nGM0361,1,2\n", "row 1, column n: 'n': is the name of two columns; keep one"),
        ("code,\nGM0361,2\n", "row 1, column : '': has no name; give it one"),
        (
            "code,n\nGM0361,1\nGM0392,2\nGM0453,onbekend\n",
            "row 4, column n: 'onbekend': must be a number, as the others of this column, or empty",
        ),
        (
            "code;n\nGM0361;94.853\nGM0392;155.147\n",
            "row 2, column n: '94.853': can be 94853 or 94.853; write thousands without a point",
        ),
        (
            "code;n\nGM0361;1,5\nGM0392;2,25\nGM0453;3.5\n",
            "row 4, column n: '3.5': is written in another way than the others, which are Dutch",
        ),
        ("code,n\nGM0001,1\n", "column code: 'GM0001': has no municipality of this study"),
        ("code,n\nGM0361,1,2\n", "every row needs as many columns as the header"),
    ],
)
def test_what_is_malformed_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, text)
    (problem,) = caught.value.problems
    assert told in str(problem)


def test_every_problem_is_told_at_once_in_the_order_of_the_rows(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, "code,year,status,n\nX,2014,a,1\nGM0361,later,b,2\nGM0392,2014,c,many\n")
    assert [(one.row, one.column) for one in caught.value.problems] == [
        (1, "status"),
        (2, "code"),
        (3, "year"),
        (4, "n"),
    ]


def test_a_round_has_the_context_of_its_year_or_the_last_before_it(tmp_path: Path) -> None:
    text = "code,year,n,class\nGM0361,2015,3,b\nGM0361,,1,a\nGM0361,2013,2,\nGM0392,2016,9,z\n"
    context = read(tmp_path, text)
    places = pd.DataFrame(
        {
            "round": [2012, 2014, 2015, 2016, 2016, 2016],
            "municipality": ["Alkmaar"] * 4 + ["Haarlem", "Velsen"],
            "code": ["GM0361"] * 4 + ["GM0392", None],
        }
    )
    got = in_rounds(context, places)
    rows = got[["round", "municipality", "variable", "value"]].to_numpy().tolist()
    assert rows == [
        [2012, "Alkmaar", "n", "1"],
        [2012, "Alkmaar", "class", "a"],
        [2014, "Alkmaar", "n", "2"],
        [2014, "Alkmaar", "class", "a"],
        [2015, "Alkmaar", "n", "3"],
        [2015, "Alkmaar", "class", "b"],
        [2016, "Alkmaar", "n", "3"],
        [2016, "Haarlem", "n", "9"],
        [2016, "Alkmaar", "class", "b"],
        [2016, "Haarlem", "class", "z"],
    ]
