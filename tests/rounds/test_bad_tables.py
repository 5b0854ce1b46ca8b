"""Tables that lose or mean something else than they seem to are told, and nothing is written.

Each case was found by trying: before, it was read in silence as something that it does not say.
"""

import csv
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from openpyxl import Workbook
from openpyxl.styles import Font

from swt_analysis.cli import main
from tests.conftest import copy_raw, swt

SCALES = range(1, 12)
WIDE = ["gemeente", *map(str, SCALES)]
TALLY = ["schaal", "1", "2", "3", "4", "5"]
Rows = Sequence[Sequence[object]]


def wide(*names: str, point: object = 3) -> Rows:
    return [WIDE, *([name, *[point] * 11] for name in names)]


def tally(marks: Sequence[object], header: Sequence[str] = TALLY) -> Rows:
    return [header, *([scale, *marks] for scale in SCALES)]


CASES: dict[str, tuple[Rows, str]] = {
    "a point without a column": (
        tally([2, 3, 2, 2], ["schaal", "1", "2", "4", "5"]),
        "row 1: '3': has no column; add it, blank where nobody is",
    ),
    "no marks": (tally([0] * 5), "'0 marks': no scale has a mark"),
    "blanks": (tally([""] * 5), "'0 marks': no scale has a mark"),
    "rows cut short": (
        [TALLY, *([scale, 2, 3, 1] for scale in SCALES), [""] * 6],
        "row 2: 'row 2': ends before the header does",
    ),
    "a thousand": (wide("Haarlem", point="1.000"), "'1.000': must be 1 to 5"),
    "a sixteenth": (wide("Haarlem", point="0.0625"), "'0.0625': must be 1 to 5"),
    "number and words apart": (
        [["gemeente", *map(str, range(1, 8)), "8. Wie bepaalt inrichting", "9", "10", "11"],
         ["Haarlem", *[3] * 11]],
        "has the number of scale 8 and the name of scale 1; mend one",
    ),
    "a Cyrillic letter": (wide("\u041daarlem"), "mixes alphabets: U+041D is Cyrillic"),
    "a Greek letter": (wide("Velse\u03bd"), "mixes alphabets: U+03BD is Greek"),
    "zero width": (wide("Haar\u200blem"), "has a character that is not seen, U+200B"),
    "a hyphen that may be": (wide("Haar\u00adlem"), "has a character that is not seen, U+00AD"),
    "without its capital": (wide("alkmaar"), "is Alkmaar, written otherwise"),
    "with an accent": (wide("H\u00e9iloo"), "is Heiloo, written otherwise"),
    "signs": (wide("!!"), "has no letter; write the name of a municipality"),
    "an unknown name": (wide("Texel"), "--allow-new 'Texel' takes it in"),
}  # fmt: skip


def imported(study: Path, path: Path, *options: str, said: str = "") -> tuple[int, str]:
    command = ["import", str(path), "--round", "2015", "--study", str(study), *options]
    done = CliRunner().invoke(main, command, input=said)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def written(rows: Rows, path: Path) -> Path:
    path.write_text("".join(",".join(map(str, row)) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_raw(tmp_path_factory.mktemp("bad") / "study")


@pytest.mark.parametrize("case", CASES)
def test_it_is_told_and_nothing_is_written(origin: Path, tmp_path: Path, case: str) -> None:
    rows, told = CASES[case]
    if case in ("without its capital", "with an accent", "a Cyrillic letter"):
        allowed = ["--allow-new", str(rows[1][0])]  # a name that is none is not let in by asking
    else:
        allowed = []
    code, output = imported(origin, written(rows, tmp_path / "answers.csv"), *allowed)
    assert code == 1
    assert told in output
    assert "answers.csv" in output
    assert "Traceback" not in output
    assert not (origin / "data/raw/rounds/2015").exists()


def test_only_the_names_that_are_given_are_let_in(tmp_path: Path) -> None:
    study = copy_raw(tmp_path / "study")
    path = written(wide("Texel", "Wijdemeren"), tmp_path / "answers.csv")
    code, output = imported(study, path, "--allow-new", "Texel")
    assert code == 1
    assert "Wijdemeren" in output
    assert "'Texel'" not in output
    code, output = imported(study, path, "--allow-new", "Texel", "--allow-new", "Wijdemeren")
    assert code == 0, output
    assert "new to the study: Texel" in output


def test_a_scale_without_a_column_is_said(tmp_path: Path) -> None:
    study = copy_raw(tmp_path / "study")
    rows = [row[:-1] for row in wide("Haarlem", "Velsen")]
    code, output = imported(study, written(rows, tmp_path / "answers.csv"))
    assert code == 0, output
    assert "scale 11 has no column, so nobody answered it" in output


def test_a_tally_may_say_who_took_part(tmp_path: Path) -> None:
    study = copy_raw(tmp_path / "study")
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Telling"
    for row in tally([1, 1, 0, 0, 0]):
        sheet.append(list(row))
    places = book.create_sheet("Gemeenten")
    for cells in [
        ("gemeente", "in het schema"),
        ("Haarlem", "ja"),
        ("Velsen", "ja"),
        ("Heiloo", "nee"),
    ]:
        places.append(cells)
    book.save(tmp_path / "answers.xlsx")
    code, output = imported(study, tmp_path / "answers.xlsx")
    assert code == 0, output
    with (study / "data/raw/rounds/2015/municipalities.csv").open(encoding="utf-8") as file:
        told = {row["municipality"]: row["on_scheme"] for row in csv.DictReader(file)}
    assert told == {"Haarlem": "yes", "Velsen": "yes", "Heiloo": "no"}


@pytest.mark.parametrize("language", ["nl", pytest.param("en", marks=pytest.mark.slow)])
def test_where_nobody_is_named_the_headline_claims_nothing_for_certain(
    tmp_path: Path, language: str
) -> None:
    study = copy_raw(tmp_path / "study")
    path = written(tally([2, 3, 1, 2, 1]), tmp_path / "answers.csv")
    code, output = imported(study, path)
    assert code == 0, output
    assert "says who took part" in output
    done = swt("report", "change", "municipalities", "--language", language, folder=study)
    assert done.returncode == 0, done.stderr
    pages = [study / f"reports/{language}/{name}.html" for name in ("change", "municipalities")]
    change, places = (
        BeautifulSoup(page.read_text("utf-8"), "html.parser").select_one(".finding").get_text()
        for page in pages
    )
    assert {"nl": "niet bekend welke gemeenten", "en": "not known which"}[language] in change
    assert {"nl": "niet bekend hoe ver", "en": "not known how far"}[language] in places


def test_very_many_problems_of_one_kind_are_told_in_short(tmp_path: Path) -> None:
    study = copy_raw(tmp_path / "study")
    rows = wide(*(f"Dorp {number}" for number in range(300)), point=9)
    code, output = imported(study, written(rows, tmp_path / "answers.csv"))
    assert code == 1
    lines = output.splitlines()
    assert len(lines) < 30
    assert sum("must be 1 to 5" in line for line in lines) == 11
    assert "3290 more like it: must be 1 to 5" in output
    assert "290 more like it: is not in the study" in output
    assert lines[-1] == "3600 to mend; nothing was written."


def test_utf_32_is_told(origin: Path, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_bytes("gemeente,1\nHaarlem,3\n".encode("utf-32"))
    code, output = imported(origin, path)
    assert code == 1
    assert "is UTF-32 text; save it as CSV UTF-8" in output


def test_no_command_writes_over_what_is_not_its_own(tmp_path: Path) -> None:
    study = copy_raw(tmp_path / "study")
    assert swt("report", "instrument", folder=study).returncode == 0
    other = tmp_path / "other.zip"
    other.write_text("not ours")
    done = swt("share", "instrument", "-o", str(other), folder=study)
    assert done.returncode == 2
    assert "was not made by swt; choose another name" in done.stderr
    assert other.read_text() == "not ours"
    for _ in range(2):  # a pack of before may go
        done = swt("share", "instrument", "-o", str(tmp_path / "pack.zip"), folder=study)
        assert done.returncode == 0, done.stderr
    done = swt("simulate", "-o", "data/raw/rounds/2015", "--municipalities", "3", folder=study)
    assert done.returncode == 2
    assert "which holds what was received" in done.stderr
    assert not (study / "data/raw/rounds/2015").exists()
    done = swt("template", "2014", "-o", "w.xlsx", folder=study)
    assert done.returncode == 2
    assert "is in the study already, and was not imported" in done.stderr
    assert not (study / "w.xlsx").exists()


def test_a_second_sheet_of_answers_is_told(origin: Path, tmp_path: Path) -> None:
    book = Workbook()
    for name, town in (("een", "Haarlem"), ("twee", "Velsen")):
        sheet = book.create_sheet(name)
        for row in wide(town):
            sheet.append(list(row))
    book.remove(book.worksheets[0])
    book.save(tmp_path / "answers.xlsx")
    code, output = imported(origin, tmp_path / "answers.xlsx")
    assert code == 1
    assert "sheet twee: 'twee': has answers too; put them all in one sheet" in output


def test_a_cell_that_does_not_look_as_it_is_is_told(origin: Path, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in wide("Haarlem"):
        sheet.append(list(row))
    sheet["C2"].font = Font(strike=True)
    sheet["D2"].font = Font(color="FFFFFFFF")
    sheet["E2"].number_format = ";;;"
    book.save(tmp_path / "answers.xlsx")
    code, output = imported(origin, tmp_path / "answers.xlsx")
    assert code == 1
    for column, told in (("C", "struck through"), ("D", "white on white"), ("E", "shows nothing")):
        assert any(f"column {column} " in line and told in line for line in output.splitlines())


@pytest.mark.parametrize("year", ["0000", "99", "2o15", "20150"])
def test_what_is_no_year_is_refused(origin: Path, tmp_path: Path, year: str) -> None:
    path = written(wide("Haarlem"), tmp_path / "answers.csv")
    done = CliRunner().invoke(main, ["import", str(path), "--round", year, "--study", str(origin)])
    assert done.exit_code == 2
    assert "a round is named by its year" in done.output


def test_a_year_far_from_the_others_is_asked_about(origin: Path, tmp_path: Path) -> None:
    path = written(wide("Haarlem"), tmp_path / "answers.csv")
    command = ["import", str(path), "--round", "2105", "--study", str(origin)]
    done = CliRunner().invoke(main, command, input="n\n")
    assert done.exit_code == 1
    assert "2105 is far from 2014, the nearest round. Right?" in done.output
    assert not (origin / "data/raw/rounds/2105").exists()


@pytest.mark.parametrize(
    ("folder", "name", "table"),
    [
        ("rounds/2014", "participant", "participants"),
        ("rounds/2014", "munisipalities", "municipalities"),
        ("instrument", "label", "labels"),
        ("reference", "merger", "mergers"),
    ],
)
def test_a_misnamed_table_is_told(tmp_path: Path, folder: str, name: str, table: str) -> None:
    study = copy_raw(tmp_path / "study")
    (study / "data/raw" / folder / f"{name}.csv").write_text("a\n", "utf-8")
    (study / "data/raw" / folder / "aantekeningen.csv").write_text("a\n", "utf-8")  # may lie there
    done = CliRunner().invoke(main, ["check", "--study", str(study)])
    assert done.exit_code == 1
    told = f"{name}.csv: '{name}.csv': is no table of a study; did you mean {table}.csv?"
    assert told in done.output
    assert "aantekeningen" not in done.output


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_the_place_of_a_table_is_told(tmp_path: Path) -> None:
    study = copy_raw(tmp_path / "study")
    path = study / "data/raw/rounds/2014/facts.csv"
    path.unlink()
    os.mkfifo(path)
    done = CliRunner().invoke(main, ["check", "--study", str(study)])
    assert done.exit_code == 1
    assert "is no file that can be read" in done.output
