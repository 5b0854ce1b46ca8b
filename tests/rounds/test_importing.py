"""A round goes in whole or not at all, and a bad file is told with all its faults."""

import io
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from swt_analysis.clean import RawStudy, read_others, study_context
from swt_analysis.clean.workbook_layout import fact_label
from swt_analysis.folder import StudyFolder
from swt_analysis.problems import DataError
from swt_analysis.processed import processed_tables
from swt_analysis.rounds import importing
from swt_analysis.rounds.importing import RoundExistsError, import_round
from swt_analysis.rounds.template import template
from swt_analysis.text import LANGUAGES, text
from tests.conftest import ROOT, copy_raw, swt

ANSWERED = [
    *("Beverwijk", "Haarlem", "Heemskerk", "Heerhugowaard"),
    *("Hilversum", "Langedijk", "Purmerend", "Velsen"),
]

FACTS = pd.read_csv(ROOT / "data/raw/instrument/fact_labels.csv")


@pytest.fixture
def study(tmp_path: Path) -> StudyFolder:
    return StudyFolder(copy_raw(tmp_path / "study"))


@pytest.fixture(scope="module")
def known() -> RawStudy:
    return read_others(StudyFolder(ROOT), "2015")


@pytest.fixture(scope="module")
def blanks(known: RawStudy) -> dict[str, bytes]:
    return {language: template(study_context(known), "2015", language) for language in LANGUAGES}


def test_a_template_is_the_same_at_another_hour(known: RawStudy, blanks: dict[str, bytes]) -> None:
    with mock.patch("openpyxl.packaging.core.datetime") as clock:
        clock.datetime.now.return_value = datetime(2031, 1, 1, tzinfo=UTC)
        assert template(study_context(known), "2015", "nl") == blanks["nl"]


@pytest.fixture(scope="module")
def blank(blanks: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The Dutch workbook with fewer rows to spare: most of the time goes to reading those."""
    book = load_workbook(io.BytesIO(blanks["nl"]))
    for sheet in ("Bijzonderheden", "Themanotities"):
        book[sheet].delete_rows(12, 500)
    return saved(book, tmp_path_factory.mktemp("blank")).read_bytes()


def point(municipality: int, scale: int) -> int:
    return 1 + (municipality * scale) % 5


def fill(book: Workbook) -> None:
    """Type as a researcher would: eight municipalities, all scales but a cell or two."""
    sheet = book["Keuzeschalen"]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value in ANSWERED:
            for cell in row[1:]:
                cell.value = point(ANSWERED.index(row[0].value), cell.column - 1)
    sheet["D3"] = "geen antwoord"
    sheet["E3"] = None
    book["Gemeenten"]["B2"] = "proef"
    book["Gemeenten"]["E2"] = "Begonnen met één proef"
    book["Deelnemers"]["C2"], book["Deelnemers"]["C3"], book["Deelnemers"]["D3"] = 0, 8, 2
    for name, value in zip("ABC", ("observatie 1.2 Teams", "Velsen", "vast team"), strict=True):
        book["Themanotities"][f"{name}2"] = value
    book["Bijzonderheden"]["A2"] = "Haarlem"
    book["Bijzonderheden"]["B2"] = fact_label(FACTS.set_index("fact")["label_nl"]["named_team"])
    book["Bijzonderheden"]["C2"] = "De Brug"


@pytest.fixture
def book(blank: bytes) -> Workbook:
    book = load_workbook(io.BytesIO(blank))
    fill(book)
    return book


def saved(book: Workbook, folder: Path, name: str = "ronde.xlsx") -> Path:
    book.save(folder / name)
    return folder / name


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    return StudyFolder(copy_raw(tmp_path_factory.mktemp("untouched") / "study"))


@pytest.fixture
def refusal(
    untouched: StudyFolder, known: RawStudy, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Path], str]:
    """Import a bad file; gives what is told, and the study has to stay as it was."""
    monkeypatch.setattr(importing, "read_others", lambda *_: known)  # read once for all files

    def told(path: Path) -> str:
        before = snapshot(untouched.root)
        with pytest.raises(DataError) as caught:
            import_round(untouched, path, "2015")
        assert snapshot(untouched.root) == before
        return str(caught.value)

    return told


def raw(study: StudyFolder, name: str) -> pd.DataFrame:
    path = study.raw / "rounds" / "2015" / f"{name}.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_a_filled_in_workbook_becomes_a_round(
    study: StudyFolder, book: Workbook, tmp_path: Path
) -> None:
    done = import_round(study, saved(book, tmp_path), "2015")
    scores = raw(study, "scores").set_index(["municipality", "scale"])["point"]
    assert len(scores) == 8 * 11
    for i, name in enumerate(ANSWERED):
        for scale in range(1, 12):
            silent = name == "Beverwijk" and scale in (3, 4)
            assert scores[(name, str(scale))] == ("" if silent else str(point(i, scale)))
    places = raw(study, "municipalities").set_index("municipality")
    assert places.loc["Alkmaar", ["on_scheme", "status", "note_nl", "note_en"]].to_list() == [
        "no",
        "pilot",
        "Begonnen met één proef",
        "Begonnen met één proef",
    ]
    assert (places["on_scheme"] == "yes").sum() == 8
    assert places.loc["Alkmaar", "source"] == "ronde.xlsx, Keuzeschalen, row 2; ronde.xlsx, " \
        "Gemeenten, row 2"  # fmt: skip
    members = raw(study, "participants").set_index("participant")
    assert members.loc["community_work", ["teams", "of_which_pilot"]].to_list() == ["8", "2"]
    assert members.index.to_list() == ["social_work", "community_work"]
    assert raw(study, "mentions").iloc[0, :4].to_list() == ["observation", "1", "2", "Velsen"]
    assert raw(study, "facts").iloc[0, :3].to_list() == ["Haarlem", "named_team", "De Brug"]
    assert (done.folder / "received" / "ronde.xlsx").exists()
    said = "\n".join(done.notes)
    assert "taken as not having taken part: Alkmaar, Heiloo, Zaanstad" in said
    assert "2 of 88 answers are blank" in said
    tables = processed_tables(study)
    assert tables["rounds"]["respondents"].to_list() == [9, 8]
    assert tables["rounds"]["municipalities"].to_list() == [11, 11]


SHEETS = ("municipalities", "facts", "participants", "mentions")


@pytest.mark.parametrize(
    "by_hand",
    [pytest.param(False, id="imported"), pytest.param(True, id="by hand", marks=pytest.mark.slow)],
)
@pytest.mark.parametrize(
    ("language", "emptied"),
    [*[("nl", emptied) for emptied in ((), *[(one,) for one in SHEETS], SHEETS)], ("en", ())],
)
def test_a_workbook_with_choice_scales_alone_is_a_round(
    study: StudyFolder,
    blanks: dict[str, bytes],
    language: str,
    emptied: tuple[str, ...],
    by_hand: bool,
) -> None:
    book = load_workbook(io.BytesIO(blanks[language]))
    for row in book[text("workbook.sheet_scales", language)].iter_rows(min_row=2, max_row=9):
        for cell in row[1:]:
            cell.value = point(cell.row, cell.column)
    for sheet in emptied:
        book[text(f"workbook.sheet_{sheet}", language)].delete_rows(2, 500)
    folder = study.raw / "rounds" / "2015"
    if by_hand:
        folder.mkdir()
        saved(book, folder, "scores.xlsx")
        done = swt("clean", folder=study.root)
        assert done.returncode == 0, done.stderr
        rounds = pd.read_csv(study.processed / "rounds.csv").set_index("round")
        assert rounds.loc[2015, ["municipalities", "respondents"]].to_list() == [11, 8]
        assert 2015 not in set(pd.read_csv(study.processed / "participants.csv")["round"])
    else:
        saved(book, study.root)
        done = swt("import", "ronde.xlsx", "--round", "2015", folder=study.root)
        assert done.returncode == 0, done.stderr
        there = {path.name: len(raw(study, path.stem)) for path in folder.glob("*.csv")}
        assert there == {"scores.csv": 8 * 11, "municipalities.csv": 11}


def test_a_workbook_put_there_by_hand_is_read_as_if_imported(
    study: StudyFolder, book: Workbook, tmp_path: Path
) -> None:
    import_round(study, saved(book, tmp_path, "scores.xlsx"), "2015")
    imported = processed_tables(study)
    folder = study.raw / "rounds" / "2015"
    shutil.rmtree(folder)
    folder.mkdir()
    saved(book, folder, "scores.xlsx")
    by_hand = processed_tables(study)
    for name in ("choice_scale_scores", "municipality_rounds", "participants", "facts", "change"):
        pd.testing.assert_frame_equal(imported[name], by_hand[name])
    (folder / "facts.csv").write_text("municipality,fact,value,source\nHaarlem,start,top-down,x\n")
    with pytest.raises(DataError, match=r"facts\.csv: 'facts': is in scores\.xlsx too"):
        processed_tables(study)


CSV = {
    "dutch": ("cp1252", "Gemeente;1. Wie bepaalt;2;9. Regie van de cliënt\r\nVelsen;2;3,0;\r\n"),
    "bom": ("utf-8-sig", "gemeente;1;2;9\nVelsen;2;3;geen antwoord\n;;;\n"),
    "sep": ("utf-8", "sep=;\ngemeente;1;2;9\nVelsen;2;3;\n"),
    "wide": ("utf-8", "municipality,scale 1,scale_02,Schaal 9\nVelsen,2,3,\n"),
    "tab": ("utf-16", "Gemeente\ts1\ts2\ts9\nVelsen\t2\t3\t\n"),
    "long": ("utf-8", "scale,municipality,point\n1,Velsen,2\n2,Velsen,3\n9,Velsen,\n"),
    "long_dutch": (
        "cp1252",
        "gemeente;ronde;schaal;score\nVelsen;2015;1;2\nVelsen;2015;Rol gemeente in uitvoering;3\n",
    ),
}


@pytest.mark.parametrize("kind", CSV)
def test_tables_made_elsewhere_are_read_by_what_they_hold(
    study: StudyFolder, tmp_path: Path, kind: str
) -> None:
    encoding, content = CSV[kind]
    path = tmp_path / f"{kind}.csv"
    path.write_bytes(content.encode(encoding))
    done = import_round(study, path, "2015")
    scores = raw(study, "scores").set_index("scale")["point"]
    assert scores[scores != ""].to_dict() == {"1": "2", "2": "3"}
    assert set(raw(study, "scores")["municipality"]) == {"Velsen"}
    assert f"{kind}.csv: read as " in done.notes[0]


@pytest.mark.parametrize("form", ["marks", "numbers"])
def test_a_tally_is_a_round_too(study: StudyFolder, tmp_path: Path, form: str) -> None:
    lines = ["schaal;1;2;3;4;5;geen antwoord"]
    names = ["Wie bepaalt inrichting", *range(2, 12)]
    cells = {"marks": ";XX;;xxx;;X", "numbers": "0;2;;3;;1"}[form]
    lines += [f"{scale};{cells}" for scale in names]
    path = tmp_path / "turven.csv"
    path.write_text("\n".join(lines), encoding="cp1252")
    import_round(study, path, "2015")
    tables = processed_tables(study)
    counts = tables["choice_scale_counts"].query("round == 2015 and scale == 3")
    assert counts["count"].to_list() == [0, 2, 0, 3, 0]
    assert tables["rounds"]["respondents"].to_list() == [9, 6]


def test_what_a_bad_tally_has_wrong_is_told(refusal: Callable[[Path], str], tmp_path: Path) -> None:
    path = tmp_path / "turven.csv"
    path.write_text("scale,1,2\n1,X,XX\n2,X,Y\n12,X,\nPositionerin,X,XX\n")
    said = refusal(path)
    assert "row 3, column 2: 'Y': only marks X and blanks (a file to import may have whole" in said
    assert "row 4, column scale: '12': must be one of 1, 2" in said
    assert "did you mean Positionering?" in said
    assert "'scale 3': has no row" in said


@pytest.mark.parametrize(
    ("header", "row", "told"),
    [
        ("scale,1,2,,4,5", "3,1,2,2,1,0", "row 1, column : '': is no point of the instrument (1"),
        ("scale,1,2,drie,4,5", "3,1,2,2,1,0", "row 1, column drie: 'drie': is no point of the"),
        ("scale,1,2,3,4,5", "3,1.5,2,2,1,0", "row 4, column 1: '1.5': only marks X and blanks"),
        ("scale,1,2,3,4,5", "3,1e0,2,2,1,0", "row 4, column 1: '1e0': only marks X and blanks"),
        ("scale,1,2,3,4,5", "-3,1,2,2,1,0", "row 4, column scale: '-3': must be one of 1, 2"),
        ("scale,1,2,3,4,5", "3.5,1,2,2,1,0", "row 4, column scale: '3.5': must be one of 1, 2"),
    ],
)
def test_no_column_or_number_of_a_tally_is_passed_over(
    refusal: Callable[[Path], str], tmp_path: Path, header: str, row: str, told: str
) -> None:
    lines = [row if scale == 3 else f"{scale},1,2,2,1,0" for scale in range(1, 12)]
    path = tmp_path / "turven.csv"
    path.write_text("\n".join([header, *lines]))
    assert told in refusal(path)


def scales(book: Workbook, cell: str, value: object) -> None:
    book["Keuzeschalen"][cell] = value


def merge(book: Workbook) -> None:
    book["Keuzeschalen"].merge_cells("B3:C3")


def hide_row(book: Workbook) -> None:
    book["Keuzeschalen"].row_dimensions[4].hidden = True


def hide_column(book: Workbook) -> None:
    book["Keuzeschalen"].column_dimensions["C"].hidden = True


def hide_sheet(book: Workbook) -> None:
    book["Keuzeschalen"].sheet_state = "hidden"


def no_names(book: Workbook) -> None:
    book["Keuzeschalen"].delete_cols(1)


def nobody(book: Workbook) -> None:
    for row in book["Keuzeschalen"].iter_rows(min_row=2, min_col=2):
        for cell in row:
            cell.value = None


def part(book: Workbook, sheet: str, cell: str, value: object) -> None:
    book[sheet][cell] = value


def dated(book: Workbook) -> None:
    scales(book, "B4", pd.Timestamp("2015-02-01").to_pydatetime())


def valueless(book: Workbook) -> str:
    """Give a particular of the list that says all by itself."""
    listed = [cell.value for row in book["swt"].iter_rows() for cell in row]
    return next(one for one in listed if one in set(FACTS["label_nl"]))


BAD: dict[str, tuple[Callable[[Workbook], object], str]] = {
    "high": (
        lambda b: scales(b, "B4", 6),
        "sheet Keuzeschalen, row 4, column B (1. Wie bepaalt inrichting 1 =…): '6': must be 1 to 5",
    ),
    "zero": (lambda b: scales(b, "B4", 0), "'0': must be 1 to 5, or blank: no answer"),
    "half": (lambda b: scales(b, "B4", 3.5), "'3.5': must be 1 to 5, or blank: no answer; only w"),
    "words": (lambda b: scales(b, "B4", "vier"), "'vier': must be 1 to 5"),
    "date": (dated, "'2015-02-01': must be 1 to 5, or blank: no answer; Excel makes a date of 1-2"),
    "formula": (lambda b: scales(b, "B4", "=C4+1"), "row 4, column B (1. Wie bepaalt inrichting"),
    "formula_why": (lambda b: scales(b, "B4", "=C4+1"), "'=C4+1': is a formula; put its value"),
    "error": (lambda b: scales(b, "B4", "#N/A"), "'#N/A': must be 1 to 5"),
    "merged": (merge, "sheet Keuzeschalen, row 3: 'B3:C3': are merged cells; unmerge them"),
    "hidden": (hide_row, "sheet Keuzeschalen, row 4: 'row 4': is hidden; show it, or delete it"),
    "hidden_sheet": (hide_sheet, "sheet Keuzeschalen: 'Keuzeschalen': is a hidden sheet; show it"),
    "hidden_column": (hide_column, "'C': is hidden"),
    "misspelt": (
        lambda b: scales(b, "A14", "Heemskerck") or scales(b, "B14", 2),
        "row 14, column A (gemeente): 'Heemskerck': is not in the study; did you mean Heemskerk?",
    ),
    "new": (
        lambda b: scales(b, "A14", "Texel") or scales(b, "B14", 2),
        "'Texel': is not in the study; see the spelling; --allow-new 'Texel' takes it in",
    ),
    "nameless": (
        lambda b: scales(b, "B14", 2),
        "row 14, column A (gemeente): '': may not be empty",
    ),
    "twice": (
        lambda b: scales(b, "A14", "Velsen") or scales(b, "B14", 2),
        "row 14, column A (gemeente): 'Velsen': occurs a second time; keep one",
    ),
    "extra": (
        lambda b: scales(b, "M1", "Positionerin") or scales(b, "M3", 2),
        "row 1, column M (Positionerin): 'Positionerin': is no scale of the instrument "
        "(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11); did you mean Positionering?",
    ),
    "headers": (no_names, "needs the columns municipality,scale,point or municipality and a"),
    "misspelt_header": (lambda b: scales(b, "A1", "gemeete"), "did you mean gemeente?"),
    "double": (lambda b: scales(b, "M1", "3"), "scale 3 has two columns; keep one"),
    "nobody": (nobody, "has no answer of any municipality; fill in the choice scales"),
    "round": (lambda b: part(b, "swt", "B2", "2016"), "was made for another round than 2015"),
    "format": (lambda b: part(b, "swt", "B1", "9"), "reads workbooks of format 1"),
    "status": (
        lambda b: part(b, "Gemeenten", "B3", "prooef"),
        "sheet Gemeenten, row 3, column B (stand van zaken): 'prooef': must be one of uitrol in "
        "alle wijken, proef, (nog) geen wijkteams; did you mean proef?",
    ),
    "teams": (lambda b: part(b, "Deelnemers", "C2", 9), "'9': must be 0 to 8: the respondents"),
    "pilot": (lambda b: part(b, "Deelnemers", "D2", 1), "'1': must be 0 to 0: the teams it is in"),
    "some": (lambda b: part(b, "Deelnemers", "C2", "veel"), "'veel': must be a whole number"),
    "theme": (lambda b: part(b, "Themanotities", "A2", "observatie 9.9"), "must be a theme from"),
    "mention": (lambda b: part(b, "Themanotities", "B2", "Velzen"), "did you mean Velsen?"),
    "fact": (lambda b: part(b, "Bijzonderheden", "B2", "iets"), "must be a particular from the l"),
    "value": (lambda b: part(b, "Bijzonderheden", "C2", None), "may not be empty for this part"),
    "valueless": (
        lambda b: part(b, "Bijzonderheden", "B2", valueless(b)),
        "sheet Bijzonderheden, row 2, column C (waarde): 'De Brug': this particular takes no value",
    ),
    "uncounted": (
        lambda b: part(b, "Deelnemers", "C3", None),
        "sheet Deelnemers, row 3, column C (teams): '': may not be empty where the row says more",
    ),
    "unnamed": (
        lambda b: part(b, "Deelnemers", "A3", None) or part(b, "Deelnemers", "B3", None),
        "sheet Deelnemers, row 3, column A (deelnemer): '': may not be empty",
    ),
    "said": (
        lambda b: part(b, "Themanotities", "C2", None),
        "sheet Themanotities, row 2, column C (wat erover gezegd wordt): '': may not be",
    ),
    "mention_nameless": (
        lambda b: part(b, "Themanotities", "B2", None),
        "sheet Themanotities, row 2, column B (gemeente): '': may not be empty",
    ),
    "place_twice": (
        lambda b: part(b, "Gemeenten", "A3", "Alkmaar") or part(b, "Gemeenten", "B3", "proef"),
        "sheet Gemeenten, row 3, column A (gemeente): 'Alkmaar': occurs a second time; keep one",
    ),
    "other_formula": (lambda b: part(b, "Gemeenten", "E2", "=A2"), "sheet Gemeenten, row 2, colu"),
    "other_header": (lambda b: part(b, "Gemeenten", "A1", "plaats"), "needs a column municipality"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_fault_in_the_workbook_is_told_with_its_place(
    refusal: Callable[[Path], str], book: Workbook, tmp_path: Path, kind: str
) -> None:
    spoil, expected = BAD[kind]
    spoil(book)
    assert expected in refusal(saved(book, tmp_path))


def test_all_faults_of_all_sheets_come_at_once(
    refusal: Callable[[Path], str], book: Workbook, tmp_path: Path
) -> None:
    for kind in ("high", "merged", "hidden", "misspelt", "round", "status", "some", "theme"):
        BAD[kind][0](book)
    said = refusal(saved(book, tmp_path))
    for kind in ("high", "merged", "hidden", "misspelt", "round", "status", "some", "theme"):
        assert BAD[kind][1] in said


def package(book: Workbook, name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    book.save(file)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(name, content)
    return file.getvalue()


def archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as there:
        for name, content in parts.items():
            there.writestr(name, content)
    return file.getvalue()


def changed(book: Workbook, change: Callable[[bytes], bytes]) -> bytes:
    """Save a workbook with another text for its sheet of scales."""
    file = io.BytesIO()
    book.save(file)
    there = zipfile.ZipFile(file)
    parts = {name: there.read(name) for name in there.namelist()}
    parts["xl/worksheets/sheet2.xml"] = change(parts["xl/worksheets/sheet2.xml"])
    return archive(**parts)


@pytest.mark.slow
def test_of_two_imports_at_once_one_is_first(
    study: StudyFolder, book: Workbook, tmp_path: Path
) -> None:
    path = saved(book, tmp_path)
    command = [sys.executable, "-m", "swt_analysis", "import", str(path), "--round", "2015"]
    both = [
        subprocess.Popen(command, cwd=study.root, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [one.communicate()[1] for one in both]
    assert sorted(one.returncode for one in both) == [0, 2], told
    assert any("round 2015 is in the study already" in one for one in told)


def no_height(sheet: bytes) -> bytes:
    return re.sub(rb'<row r="4"', b'<row r="4" ht="0" customHeight="1"', sheet)


def no_width(sheet: bytes) -> bytes:
    return re.sub(rb'(<col width=")[0-9.]+("[^>]*min="3")', rb"\g<1>0\g<2>", sheet)


@pytest.mark.parametrize(
    ("change", "told"),
    [(no_height, "row 4: 'row 4': is hidden; show it"), (no_width, "'C': is hidden; show it")],
)
def test_a_row_or_column_dragged_shut_is_hidden(
    refusal: Callable[[Path], str],
    book: Workbook,
    tmp_path: Path,
    change: Callable[[bytes], bytes],
    told: str,
) -> None:
    path = tmp_path / "ronde.xlsx"
    path.write_bytes(changed(book, change))
    assert told in refusal(path)


def documented(sheet: bytes) -> bytes:
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    return entity + sheet.replace(b"<sheetData>", b"<sheetData><!-- &e; -->", 1)


def merged_all(sheet: bytes) -> bytes:
    merged = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    return sheet.replace(b"</sheetData>", b"</sheetData>" + merged)


def blank_cells(sheet: bytes) -> bytes:
    return sheet.replace(b"</sheetData>", b'<row r="99">' + b"<c/>" * 10**6 + b"</row></sheetData>")


def styled_rows(sheet: bytes) -> bytes:
    rows = b"".join(b'<row r="%d" s="1"/>' % row for row in range(99, 1_048_577))
    return sheet.replace(b"</sheetData>", rows + b"</sheetData>")


def lying(book: Workbook) -> bytes:
    """A part that says in the archive's list that it is small."""
    data = bytearray(package(book, "xl/worksheets/sheet99.xml", b" " * 10**7))
    size = data.rfind(b"PK\x01\x02") + 24
    data[size : size + 4] = (10).to_bytes(4, "little")
    return bytes(data)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512
FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "blank": (b";;\n;;\n", "is empty"),
    "blank_workbook": (package(Workbook(), "x.txt", b""), "is empty"),
    "xls": (OLE, "is an old .xls; save it as Excel workbook (.xlsx)"),
    "password": (
        OLE + "EncryptedPackage".encode("utf-16-le"),
        "has a password; save it without one",
    ),
    "damaged": (b"PK\x03\x04 and then nothing", "is damaged; save it anew"),
    "document": (archive(**{"word/document.xml": b"<w/>"}), "is no Excel workbook"),
    "broken": (archive(**{"xl/workbook.xml": b"<oops"}), "cannot be read as a workbook"),
    "quote": (b'gemeente;1\n"Velsen;2\n', "has a quotation mark that is never closed"),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0", "is no text and no workbook"),
    "page": (b"<html><table>", "is a web page"),
    "letter": (b"Geachte heer,\nhierbij de gegevens\n", "has one column; a round is a table"),
    "ragged": (b"gemeente;1;2\nVelsen;1;2;3;4\n", "needs as many columns as the header"),
    "headless": (b"Velsen;1;2\nHaarlem;3;4\n", "needs the columns municipality"),
    "other_round": (b"gemeente;ronde;1\nVelsen;2013;2\n", "is not round 2015"),
    "halves": (
        b"gemeente;1\nVelsen;3,5\n",
        "'3,5': must be 1 to 5, or blank: no answer;",
    ),
    "date": (b"gemeente;1\nVelsen;1-feb\n", "Excel makes a date of 1-2"),
    "scale": (b"gemeente;schaal;punt\nVelsen;Doelgroep;2\n", "did you mean Doelgroepen?"),
}
WORKBOOKS: dict[str, tuple[Callable[[Workbook], bytes], str]] = {
    "bomb": (lambda b: package(b, "xl/media/x", b"\0" * 10**8), "far more than a round"),
    "entities": (lambda b: changed(b, documented), "sheet2.xml': holds a document type (DTD)"),
    "merged_all": (lambda b: changed(b, merged_all), "'over 250000 cells': is far larger"),
    "blank_cells": (lambda b: changed(b, blank_cells), "'over 250000 cells': is far larger"),
    "styled_rows": (lambda b: changed(b, styled_rows), "far more than a round"),
    "lying": (lying, "is damaged; save it anew as .xlsx"),
    "macros": (lambda b: package(b, "xl/vbaProject.bin", b"x"), "has macros; save it as Excel"),
    "links": (lambda b: package(b, "xl/externalLinks/externalLink1.xml", b"<x/>"), "has links to"),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_no_round_is_refused(
    refusal: Callable[[Path], str], tmp_path: Path, kind: str
) -> None:
    content, expected = FILES[kind]
    path = tmp_path / "ronde.xlsx"
    path.write_bytes(content)
    assert expected in refusal(path)


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_workbook_that_cannot_be_trusted_is_refused(
    refusal: Callable[[Path], str], book: Workbook, tmp_path: Path, kind: str
) -> None:
    make, expected = WORKBOOKS[kind]
    path = tmp_path / "ronde.xlsx"
    path.write_bytes(make(book))
    assert expected in refusal(path)


def test_an_absurdly_large_sheet_is_refused(
    refusal: Callable[[Path], str], book: Workbook, tmp_path: Path
) -> None:
    scales(book, "XFD1048576", 1)
    assert "is far larger than a round" in refusal(saved(book, tmp_path))


def test_the_command_tells_of_a_bad_file_and_ends_with_1(
    study: StudyFolder, book: Workbook, tmp_path: Path
) -> None:
    BAD["high"][0](book)
    result = swt("import", str(saved(book, tmp_path)), "--round", "2015", folder=study.root)
    assert result.returncode == 1
    assert BAD["high"][1] in result.stderr
    assert "Traceback" not in result.stderr
    assert not (study.raw / "rounds" / "2015").exists()


def test_participants_that_the_study_does_not_have_are_told(
    study: StudyFolder, book: Workbook, tmp_path: Path
) -> None:
    at = max(cell.row for cell in book["Deelnemers"]["A"] if cell.value) + 1
    for column, value in (("A", "Politie"), ("C", 3)):
        part(book, "Deelnemers", f"{column}{at}", value)
    done = import_round(study, saved(book, tmp_path), "2015")
    assert "participants new to the study: Politie" in done.notes
    members = raw(study, "participants").set_index("participant")
    assert members.loc["politie", ["label_nl", "label_en", "teams"]].to_list() == [
        *("Politie", "Politie", "3")
    ]


def test_new_municipalities_are_taken_in_when_asked(
    study: StudyFolder, book: Workbook, tmp_path: Path
) -> None:
    BAD["misspelt"][0](book)
    done = import_round(study, saved(book, tmp_path), "2015", allow_new=None)
    assert "new to the study: Heemskerck, did you mean Heemskerk?" in done.notes
    assert "Heemskerck" in set(processed_tables(study)["municipalities"]["municipality"])


def test_a_merged_municipality_goes_by_its_new_name(study: StudyFolder, tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("gemeente;1\nLangedijk;2\nDijk en Waard;3\n")
    with pytest.raises(DataError, match="'Langedijk': is part of Dijk en Waard in 2023"):
        import_round(study, path, "2023")
    path.write_text("gemeente;1\nDijk en Waard;3\n")
    import_round(study, path, "2023")
    sheet = load_workbook(
        io.BytesIO(template(study_context(read_others(study, "2024")), "2024", "en"))
    )
    names = [cell.value for cell in sheet["Choice scales"]["A"]]
    assert "Dijk en Waard" in names
    assert "Langedijk" not in names


def test_a_round_is_replaced_only_when_asked_and_only_if_imported(
    study: StudyFolder, book: Workbook, tmp_path: Path
) -> None:
    path = saved(book, tmp_path)
    import_round(study, path, "2015")
    with pytest.raises(RoundExistsError):
        import_round(study, path, "2015")
    (study.raw / "rounds" / "2015" / "characteristics.csv").write_text(
        "aspect,position,text_nl,text_en,source\nsize,1,klein,small,zelf\n"
    )
    table = tmp_path / "scores.csv"
    table.write_text("gemeente;1\nVelsen;2\n")
    done = import_round(study, table, "2015", replace=True)
    assert "characteristics.csv of before is kept" in done.notes
    assert "facts.csv of the earlier import is gone: this file has none" in done.notes
    assert len(raw(study, "scores")) == 11
    before = snapshot(study.raw / "rounds" / "2014")
    with pytest.raises(DataError, match="was not made by an import, so it is not replaced"):
        import_round(study, table, "2014", replace=True)
    assert snapshot(study.raw / "rounds" / "2014") == before


def put_in(study: StudyFolder, table: Path, content: str) -> str:
    """Import a table in the place of what is there, by the command; what it says."""
    table.write_text(content)
    done = swt("import", str(table), "--round", "2015", "--replace", folder=study.root)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_import_in_the_place_of_another_keeps_what_is_not_its_own(
    study: StudyFolder, book: Workbook, tmp_path: Path
) -> None:
    folder, table = study.raw / "rounds" / "2015", tmp_path / "scores.csv"
    import_round(study, saved(book, tmp_path), "2015")
    placements = "municipality,scale,point,certainty,source,note_nl,note_en\n"
    own = {"notes.docx": "PK", "placements.csv": placements, "scans/1.txt": "page"}
    for name, content in own.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
    said = put_in(study, table, "gemeente;1\nVelsen;2\n")
    assert "- notes.docx of before is kept" in said
    assert "- scans of before is kept" in said
    assert "replaced" not in said
    said = put_in(study, table, "gemeente;1\nVelsen;3\n")
    assert "- kept as received/scores-2.csv: another file is called scores.csv" in said
    assert set(raw(study, "scores")["source"]) == {"scores-2.csv, row 2"}
    for content in ("gemeente;1\nVelsen;2\n", "gemeente;1\nVelsen;3\n"):
        put_in(study, table, content)
    assert {name: (folder / name).read_text() for name in own} == own
    there = {path.name: path.read_bytes() for path in (folder / "received").iterdir()}
    assert there.pop("imported.json")
    assert there == {
        "ronde.xlsx": (tmp_path / "ronde.xlsx").read_bytes(),
        "scores.csv": b"gemeente;1\nVelsen;2\n",
        "scores-2.csv": b"gemeente;1\nVelsen;3\n",
    }


@pytest.mark.parametrize(
    "record",
    [True, *(pytest.param(one, marks=pytest.mark.slow) for one in (False, "damaged"))],
    ids=str,
)
def test_a_table_that_was_edited_since_its_import_is_put_by(
    study: StudyFolder, book: Workbook, tmp_path: Path, record: bool | str
) -> None:
    folder, table = study.raw / "rounds" / "2015", tmp_path / "scores.csv"
    import_round(study, saved(book, tmp_path), "2015")
    edited = (folder / "facts.csv").read_text("utf-8").replace("De Brug", "De Steeg")
    (folder / "facts.csv").write_text(edited, "utf-8")
    if record is False:
        (folder / "received" / "imported.json").unlink()
    elif record == "damaged":
        (folder / "received" / "imported.json").write_text("[")
    by = folder / "received" / "replaced-1"
    said = put_in(study, table, "gemeente;1\nVelsen;2\n")
    why = "was edited since its import" if record is True else "may have been edited"
    assert f"facts.csv {why}; as it was it is in {by}" in said
    assert not (folder / "facts.csv").exists()
    put_by = {path.name: path.read_text("utf-8") for path in by.iterdir()}
    if record is True:
        assert put_by == {"facts.csv": edited}
        assert "mentions.csv of the earlier import is gone: this file has none" in said
    else:  # it is not known what was edited
        assert put_by["facts.csv"] == edited
        assert "mentions.csv" in put_by
    edited = edited.replace("Haarlem", "Velsen")
    (folder / "facts.csv").write_text(edited, "utf-8")
    (folder / "scores.csv").rename(folder / "tallies.csv")
    said = put_in(study, table, "gemeente;1\nVelsen;4\n")
    assert "facts.csv of before is kept" in said
    assert "tallies.csv was made by hand; as it was it is in" in said
    assert (folder / "facts.csv").read_text("utf-8") == edited
    assert [path.name for path in (folder / "received" / "replaced-2").iterdir()] == ["tallies.csv"]
    assert (folder / "scores.csv").exists()
    assert not (folder / "tallies.csv").exists()


def test_a_problem_in_a_file_that_is_kept_is_told_where_it_stands(
    study: StudyFolder, book: Workbook, tmp_path: Path
) -> None:
    import_round(study, saved(book, tmp_path), "2015")
    path = study.raw / "rounds" / "2015" / "placements.csv"
    path.write_text("municipality,scale,point,certainty,source,note_nl,note_en\n,1,1,sure,,,\n")
    table = tmp_path / "scores.csv"
    table.write_text("gemeente;1\nVelsen;2\n")
    before = snapshot(study.root)
    done = swt("import", str(table), "--round", "2015", "--replace", folder=study.root)
    assert done.returncode == 1
    assert f"{path}: row 2, column municipality: '': may not be empty" in done.stderr
    assert snapshot(study.raw) == {
        name.removeprefix("data/raw/"): content
        for name, content in before.items()
        if name.startswith("data/raw/")
    }


def import_in_steps(root: Path, table: Path, steps: Path) -> None:
    """Import, and keep the raw data as a kill would leave them, at each change of a file."""
    events = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir"}
    copying = False

    def keep(event: str, details: tuple[object, ...]) -> None:
        nonlocal copying
        changes = event in events and (event != "open" or "w" in str(details[1]))
        ours = str(root) in str(details[:1]) or event in ("os.remove", "os.rmdir")
        if changes and ours and not copying:
            copying = True
            shutil.copytree(root / "data", steps / f"{len(list(steps.iterdir())):03}" / "data")
            copying = False

    sys.addaudithook(keep)
    import_round(StudyFolder(root), table, "2015", replace=True)
    os._exit(0)


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_the_old_round_or_the_new(
    study: StudyFolder, book: Workbook, tmp_path: Path
) -> None:
    import_round(study, saved(book, tmp_path), "2015")
    with (study.raw / "rounds" / "2015" / "facts.csv").open("a", encoding="utf-8") as file:
        file.write("Velsen,named_team,De Steeg,by hand\n")
    (study.raw / "rounds" / "2015" / "notes.docx").write_bytes(b"PK")
    old = snapshot(study.raw / "rounds" / "2015")
    table = tmp_path / "scores.csv"
    table.write_text("gemeente;1\nVelsen;2\n")
    steps = tmp_path / "steps"
    steps.mkdir()
    child = multiprocessing.get_context("fork").Process(
        target=import_in_steps, args=(study.root, table, steps)
    )
    child.start()
    child.join()
    assert child.exitcode == 0
    new = snapshot(study.raw / "rounds" / "2015")
    assert new != old
    ends = []
    for step in sorted(steps.iterdir()):
        killed = StudyFolder(step)
        if not (killed.raw / "rounds" / "2015").exists():
            processed_tables(killed)  # killed between two renames: the next command puts it back
        ends.append(snapshot(killed.raw / "rounds" / "2015"))
        assert ends[-1] in (old, new)
    assert ends[0] == old
    assert ends[-1] == new
    assert len(ends) > 10
    assert not (study.raw / ".import").exists()


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_the_workbook_filled_in_and_saved_by_libreoffice_gives_the_same(
    study: StudyFolder, book: Workbook, tmp_path: Path
) -> None:
    excel = saved(book, tmp_path)
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "ods", "--outdir", str(tmp_path), str(excel)]
    subprocess.run(command, capture_output=True, check=True)
    tables = {}
    for file in (excel, excel.with_suffix(".ods")):
        done = import_round(study, file, "2015", replace=True)
        tables[file.suffix] = {
            path.name: path.read_text("utf-8").replace(file.name, "")
            for path in done.folder.glob("*.csv")
        }
    assert tables[".ods"] == tables[".xlsx"]
    assert len(tables[".ods"]) > 4
