"""What is exported is taken in again, to the cell, whichever program saved it in between."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest
import xlsxwriter

from swt_analysis.export import FORMATS, export, labelled_data_sets
from swt_analysis.files import write_whole
from swt_analysis.folder import PROJECT, StudyFolder
from swt_analysis.problems import DataError
from swt_analysis.processed import processed_tables, write_processed
from swt_analysis.rounds.importing import import_round
from tests.conftest import copy_raw, swt

# One answered nothing, one is not on the scheme, one begins as a formula, one has an apostrophe.
SCORES = """municipality,scale,point
=1+1,1,5
=1+1,2,
Haarlem,1,3
Haarlem,2,1
Heemskerk,1,
's-Graveland,4,2
"""
PLACES = '''municipality,on_scheme,in_ebook,atypical_team,status,form,note_nl,note_en,source
=1+1,yes,,youth,pilot,flexible network,-2 teams,-2 teams,x
Haarlem,yes,no,,roll-out,,een; twee,een; twee,x
Heemskerk,yes,yes,,,,"Een, ""twee""","Een, ""twee""",x
's-Graveland,yes,,,,,,,x
Velsen,no,yes,,none yet,flexible network,@home,@home,x
'''
COUNTS = "scale,1,2,3,4,5,no_answer\n" + "".join(
    f"{scale},{'X' * (scale % 4)},,X,{'X' * (3 - scale % 4)},,X\n" for scale in range(1, 12)
)


def study_with(root: Path, rounds: dict[str, dict[str, str]]) -> StudyFolder:
    shutil.copytree(PROJECT / "data" / "raw", root / "data" / "raw")
    for year, files in rounds.items():
        folder = root / "data" / "raw" / "rounds" / year
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_text(content, "utf-8")
    study = StudyFolder(root)
    write_processed(study, processed_tables(study))
    return study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    """Counts of 2014, scores of 2015, counts of 2016 where somebody did not answer."""
    rounds = {
        "2015": {"scores.csv": SCORES, "municipalities.csv": PLACES},
        "2016": {"tallies.csv": COUNTS},
    }
    return study_with(tmp_path_factory.mktemp("trip") / "study", rounds)


@pytest.fixture(scope="module", params=["nl", pytest.param("en", marks=pytest.mark.slow)])
def exported(
    request: pytest.FixtureRequest, study: StudyFolder, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("files")
    for ending in FORMATS:
        write_whole(export(study, folder / f"study{ending}", request.param))
    return folder, request.param


def sets(study: StudyFolder, language: str) -> list[pd.DataFrame]:
    """The exported rows, of municipalities and of counts, of each round."""
    both = labelled_data_sets(processed_tables(study), "x", language)
    return [
        one.frame[one.frame["round"] == int(year)].reset_index(drop=True).astype(object)
        for year in YEARS
        for one in both
    ]


def taken_in(file: Path, years: tuple[str, ...], root: Path) -> StudyFolder:
    """Import rounds of a file into a study that has the instrument only."""
    shutil.copytree(PROJECT / "data" / "raw" / "instrument", root / "data" / "raw" / "instrument")
    (root / "data" / "raw" / "rounds").mkdir()
    again = StudyFolder(root)
    for year in years:
        import_round(again, file, year, allow_new=None)
    return again


YEARS = ("2014", "2015", "2016")


def assert_same(study: StudyFolder, again: StudyFolder, language: str) -> None:
    for ours, theirs in zip(sets(study, language), sets(again, language), strict=True):
        pd.testing.assert_frame_equal(ours, theirs)


@pytest.mark.parametrize(
    "ending",
    # The simplest with each commit, the others with the slow tests.
    [pytest.param(one, marks=[pytest.mark.slow] * (one != ".csv")) for one in FORMATS],
)
def test_each_format_comes_back_to_the_cell(
    exported: tuple[Path, str], study: StudyFolder, tmp_path: Path, ending: str
) -> None:
    folder, language = exported
    again = taken_in(folder / f"study{ending}", YEARS, tmp_path / "again")
    assert_same(study, again, language)
    assert sorted(one.name for one in (again.raw / "rounds/2014/received").iterdir()) == sorted(
        {"imported.json", f"study{ending}", *([f"study-counts{ending}"] * (ending != ".xlsx"))}
    )
    # And what is exported of it is byte by byte what was exported before.
    write_processed(again, processed_tables(again))
    for path, content in export(again, folder / f"study{ending}", language).items():
        if path.suffix == ".csv":
            assert content == path.read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("pspp"), reason="PSPP is not installed")
def test_a_data_set_saved_by_pspp_comes_back(
    exported: tuple[Path, str], study: StudyFolder, tmp_path: Path
) -> None:
    folder, language = exported
    code = "".join(
        f"GET FILE='{folder / name}'.\nSAVE OUTFILE='{tmp_path / name}' {how}.\n"
        for name, how in [("study.sav", "/UNCOMPRESSED"), ("study-counts.sav", "/COMPRESSED")]
    )
    (tmp_path / "save.sps").write_text(code, "utf-8")
    done = subprocess.run(["pspp", str(tmp_path / "save.sps")], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout
    again = taken_in(tmp_path / "study.sav", YEARS, tmp_path / "again")
    assert_same(study, again, language)


@pytest.mark.skipif(not shutil.which("Rscript"), reason="R is not installed")
def test_a_data_set_saved_by_haven_comes_back(
    exported: tuple[Path, str], study: StudyFolder, tmp_path: Path
) -> None:
    folder, language = exported
    code = "if (!requireNamespace('haven', quietly = TRUE)) quit(status = 77)\n" + "\n".join(
        f"haven::write_sav(haven::read_sav('{folder / name}', user_na = TRUE), '{tmp_path / name}')"
        for name in ("study.sav", "study-counts.sav")
    )
    done = subprocess.run(["Rscript", "--vanilla", "-e", code], capture_output=True, check=False)
    if done.returncode == 77:
        pytest.skip("R has no haven")
    assert done.returncode == 0, done.stderr
    again = taken_in(tmp_path / "study.sav", YEARS, tmp_path / "again")
    assert_same(study, again, language)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
@pytest.mark.parametrize("ending", ["ods", "xlsx"])
def test_a_workbook_saved_by_libreoffice_comes_back(
    exported: tuple[Path, str], study: StudyFolder, tmp_path: Path, ending: str
) -> None:
    folder, language = exported
    saved = by_libreoffice(folder / "study.xlsx", tmp_path, ending)
    again = taken_in(saved, YEARS, tmp_path / "again")
    assert_same(study, again, language)


def by_libreoffice(file: Path, folder: Path, ending: str) -> Path:
    """Have LibreOffice open a workbook and save it, with a profile of its own."""
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", ending, "--outdir", str(folder / "saved"), str(file)]
    done = subprocess.run(command, capture_output=True, check=False)
    saved = folder / "saved" / f"{file.stem}.{ending}"
    assert saved.exists(), done.stderr
    return saved


def by_openpyxl(rows: list[list[object]], path: Path) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def by_xlsxwriter(rows: list[list[object]], path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Blad 1")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)


def by_pandas(rows: list[list[object]], path: Path) -> None:
    pd.DataFrame(rows[1:], columns=rows[0]).to_excel(path, index=False)


WIDE: list[list[object]] = [
    ["gemeente", *range(1, 12)],
    ["Haarlem", *[1, 2.0, "3", "4,0", None, 1, 2, 3, 4, 5, 1]],
    ["Velsen", *[5] * 11],
]


@pytest.mark.parametrize("writer", [by_openpyxl, by_xlsxwriter, by_pandas])
def test_a_table_of_any_writer_of_workbooks_is_taken_in(
    tmp_path: Path, writer: Callable[[list[list[object]], Path], None]
) -> None:
    writer(WIDE, tmp_path / "table.xlsx")
    again = taken_in(tmp_path / "table.xlsx", ("2015",), tmp_path / "again")
    scores = pd.read_csv(again.raw / "rounds" / "2015" / "scores.csv")
    points = scores[scores["municipality"] == "Haarlem"]["point"]
    assert points.fillna(0).astype(int).to_list() == [1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 1]


def survey(path: Path, **changes: object) -> Path:
    """Write a data set as a researcher has it from a survey program."""
    words = {name for name, one in changes.items() if isinstance(one, list) and "1" in one}
    frame = pd.DataFrame(
        {
            "gem": [1.0, 2.0, 3.0],
            **{f"v{scale}": [1.0, 9.0, 5.0] for scale in range(1, 10)},
            "toegang": [2.0, None, 8.0],
            "v11": [3.0, 4.0, 9.0],
        }
    ).assign(**changes)
    pyreadstat.write_sav(
        frame,
        path,
        column_labels={"gem": "Gemeente", "toegang": "SWT centrale toegang voor Wmo"},
        variable_value_labels={
            "gem": {1.0: "Haarlem", 2.0: "Velsen", 3.0: "Heemskerk"},
            "v1": {1.0: "gemeente", 5.0: "hoofdaannemers", 9.0: "weet niet"},
            "toegang": {8.0: "geen antwoord"},
        },
        missing_ranges={
            f"v{scale}": [9] for scale in [*range(1, 10), 11] if f"v{scale}" not in words
        },
    )
    return path


def test_labels_and_missing_values_of_a_survey_are_understood(tmp_path: Path) -> None:
    again = taken_in(survey(tmp_path / "enquete.sav"), ("2015",), tmp_path / "again")
    scores = pd.read_csv(again.raw / "rounds" / "2015" / "scores.csv").set_index(
        ["municipality", "scale"]
    )["point"]
    assert scores["Haarlem"].to_list() == [1.0] * 9 + [2.0, 3.0]
    assert scores["Velsen"].isna().to_list() == [True] * 10 + [False]
    assert scores["Heemskerk"].isna().to_list() == [False] * 9 + [True] * 2


def test_what_is_wrong_in_a_data_set_is_told_with_its_case_and_variable(tmp_path: Path) -> None:
    file = survey(
        tmp_path / "enquete.sav",
        gem=[1.0, 1.0, 4.0],
        v3=[1.0, 7.0, 5.0],
        v4=[1.0, 2.5, 5.0],
        v5=["1", "a\x07", "5"],
        weging=[1.0, 1.2, 0.8],
    )
    study = StudyFolder(copy_raw(tmp_path / "study"))
    with pytest.raises(DataError) as caught:
        import_round(study, file, "2015")
    for told in (
        "row 2, column v3: '7': must be 1 to 5, or blank: no answer",
        "row 2, column v4: '2.5': must be 1 to 5",
        "row 2, column v5: 'a\\x07'",
        "sav: column weging: 'weging': is no scale of the",
        "row 2, column Gemeente: 'Haarlem': occurs a second time",
        "row 3, column Gemeente: '4': has no letter",
    ):
        assert told in str(caught.value)


def test_a_code_that_is_labelled_as_another_point_is_asked_about(tmp_path: Path) -> None:
    frame = pd.DataFrame({"gemeente": ["Haarlem"], **{f"v{one}": [2.0] for one in range(1, 12)}})
    labels = {"v1": {1.0: "0", 2.0: "1"}}
    pyreadstat.write_sav(frame, tmp_path / "x.sav", variable_value_labels=labels)
    with pytest.raises(DataError, match="column v1: '2': is labelled 1: which of them is meant"):
        taken_in(tmp_path / "x.sav", ("2015",), tmp_path / "again")


def test_an_export_without_its_counts_or_without_the_round_is_told(
    exported: tuple[Path, str], tmp_path: Path
) -> None:
    shutil.copy(exported[0] / "study.sav", tmp_path / "alone.sav")
    with pytest.raises(DataError, match=r"counts are in alone-counts\.sav: put it beside"):
        taken_in(tmp_path / "alone.sav", ("2014",), tmp_path / "again")
    with pytest.raises(DataError, match="has no round 1999; it has 2014, 2015"):
        import_round(StudyFolder(tmp_path / "again"), tmp_path / "alone.sav", "1999")


def test_a_changed_cell_of_an_export_is_told_with_its_place(
    exported: tuple[Path, str], tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(exported[0] / "study.xlsx")
    sheet, counts = book["municipalities"], book["counts"]
    row = next(one for one in sheet.iter_rows() if (one[0].value, one[1].value) == (2015, "Velsen"))
    row[7].value, row[5].value = 7, "perhaps"
    row = next(one for one in counts.iter_rows() if one[0].value == 2016)
    row[3].value = "many"
    book.save(tmp_path / "changed.xlsx")
    with pytest.raises(DataError) as caught:
        taken_in(tmp_path / "changed.xlsx", ("2015",), tmp_path / "again")
    told = str(caught.value)
    assert "sheet municipalities, row 17, column F (on_scheme): 'perhaps': must be" in told
    assert "row 17, column H (scale_01): '7': must be 1 to 5" in told
    with pytest.raises(DataError, match=r"sheet counts, row 112, column D \(count\): 'many'"):
        import_round(StudyFolder(tmp_path / "again"), tmp_path / "changed.xlsx", "2016")


def test_a_municipality_that_an_export_has_twice_or_without_a_name_is_told(
    exported: tuple[Path, str], tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(exported[0] / "study.xlsx")
    sheet = book["municipalities"]
    rows = [row for row in sheet.iter_rows() if row[0].value == 2015]
    rows[1][1].value, rows[2][1].value = rows[0][1].value, None
    book.save(tmp_path / "changed.xlsx")
    with pytest.raises(DataError) as caught:
        taken_in(tmp_path / "changed.xlsx", ("2015",), tmp_path / "again")
    name = rows[0][1].value
    for row, told in (
        (rows[1], f"column B (municipality): {name!r}: occurs a second time; keep one"),
        (rows[2], "column B (municipality): '': may not be empty"),
    ):
        assert f"sheet municipalities, row {row[0].row}, {told}" in str(caught.value)


def test_an_export_may_have_other_columns_but_lacks_no_scale(
    exported: tuple[Path, str], tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(exported[0] / "study.xlsx")
    sheet = book["municipalities"]
    sheet.delete_cols(sheet.max_column)  # the note
    sheet.cell(1, sheet.max_column + 1, "inwoners")
    sheet.cell(2, sheet.max_column, 1000)
    book.save(tmp_path / "more.xlsx")
    shutil.copytree(PROJECT / "data/raw/instrument", tmp_path / "again/data/raw/instrument")
    again = StudyFolder(tmp_path / "again")
    done = import_round(again, tmp_path / "more.xlsx", "2015", allow_new=None)
    assert "columns that are not read: inwoners" in done.notes
    sheet.cell(1, 8, "schal_1")
    book.save(tmp_path / "less.xlsx")
    with pytest.raises(DataError, match="row 1: 'scale 1': has no column; add it"):
        import_round(again, tmp_path / "less.xlsx", "2015", replace=True, allow_new=None)


def test_a_command_takes_a_data_set(exported: tuple[Path, str], tmp_path: Path) -> None:
    study = StudyFolder(copy_raw(tmp_path / "study"))
    shutil.rmtree(study.raw / "rounds" / "2014")
    file = str(exported[0] / "study.sav")
    done = swt("import", file, "--round", "2014", folder=study.root)
    assert done.returncode == 0, done.stderr
    assert "rows of other rounds are not read: 2015, 2016" in done.stdout
    assert "tallies.csv (11 rows), municipalities.csv (11 rows)" in done.stdout
