"""A whole round of 2015, from the blank workbook to the pages, as a researcher would do it."""

import io
import shutil
import subprocess
import zipfile
from base64 import b64decode
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook

from swt_analysis.text import text
from tests.conftest import copy_raw, printed, swt
from tests.reports.test_reports import read, table
from tests.rounds.test_importing import ANSWERED, fill, point

OFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice (soffice) is not installed")


def convert(path: Path, to: str, folder: Path) -> Path:
    """Open a file in LibreOffice and save it anew."""
    command = [str(OFFICE), f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
    command += ["--headless", "--convert-to", to, "--outdir", str(folder), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert "Error" not in done.stdout + done.stderr
    ending = to.split(":")[0]
    return next(folder.glob(f"{path.stem}*.{ending}"))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_raw(tmp_path_factory.mktemp("next"))


@pytest.fixture(scope="module")
def filled(study: Path) -> Path:
    result = swt("template", "2015", "-o", "ronde-2015.xlsx", folder=study)
    assert result.returncode == 0, result.stderr
    book = load_workbook(study / "ronde-2015.xlsx")
    fill(book)
    book.save(study / "ronde-2015.xlsx")
    return study / "ronde-2015.xlsx"


@pytest.fixture(scope="module")
def reported(study: Path, filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = filled
    if OFFICE:
        path = convert(filled, "xlsx", tmp_path_factory.mktemp("office"))
    result = swt("import", str(path), "--round", "2015", folder=study)
    assert result.returncode == 0, result.stderr
    assert "no answer on any scale" in result.stdout
    names = ["change", "overview", "choice-scale-0[1259]", "team-composition", "municipality-[av]*"]
    names += ["municipalities", "national-context"]
    result = swt("report", *names, "--keep-going", "--language", "nl", folder=study)
    assert result.returncode == 0, result.stderr
    assert not printed(study)
    return study


def count(scale: int, at: int) -> int:
    return sum(point(i, scale) == at for i in range(len(ANSWERED)))


@pytest.mark.slow
def test_each_choice_scale_counts_what_was_typed(reported: Path) -> None:
    for scale in (1, 2, 5, 9):
        shown = table(read(reported, f"choice-scale-{scale:02}"), 0)
        assert shown[1] == ["2015", *(str(count(scale, at)) for at in range(1, 6))]


@pytest.mark.slow
def test_the_change_report_bounds_what_counts_only_can_tell(reported: Path) -> None:
    page = read(reported, "change")
    shown = table(page, 0)
    assert [row[:2] for row in shown] == [["in beide rondes", "8"], ["alleen in 2014", "1"]]
    assert shown[0][2] == ", ".join(ANSWERED)
    assert [row[:2] for row in table(page, 1)] == [["0", "2"], ["1", "1"], ["2", "8"]]
    counted = [row for row in table(page, 2) if row[0] == "2"]
    assert counted[0] == ["2", "Rol gemeente in uitvoering", "2014", "1", "0", "5", "3", "0"]
    assert counted[1][2:] == ["2015", *(str(count(2, at)) for at in range(1, 6))]
    bounds = {row[0]: row for row in table(page, 3)}
    assert bounds["1"][2] == "8"
    assert bounds["3"][2] == "7"  # Beverwijk gave no answer there
    assert all(0 <= int(row[3]) <= int(row[4]) <= 8 for row in bounds.values())
    members = {row[0]: row[1:] for row in table(page, 4)}
    assert members["Opbouwwerk/sociaal-cultureel werk"][:2] == ["9", "8"]
    assert members["MEE (cliëntondersteuning)"][:2] == ["6", text("page.blank", "nl")]
    assert not [head for head in page.find_all("th") if head.get_text().startswith("p")]
    assert "Geen p-waarde." in page.get_text()


@pytest.mark.slow
def test_a_factsheet_has_every_answer_of_its_municipality(reported: Path) -> None:
    assert "Begonnen met één proef" in read(reported, "municipality-alkmaar").get_text()
    tables = read(reported, "municipality-velsen").find_all("table")
    # What is the same in every row, the round, is said in the caption.
    (places,) = (one for one in tables if "voor zover bekend" in one.caption.get_text())
    assert "zekerheid" not in places.thead.get_text().lower()  # said of placements only
    assert places.caption.get_text().endswith("Ronde 2015.")
    shown = [[cell.get_text() for cell in row] for row in places.tbody.find_all("tr")]
    i = ANSWERED.index("Velsen")
    assert [(row[1], row[3]) for row in shown] == [
        (str(scale), str(point(i, scale))) for scale in range(1, 12)
    ]


def _rows(page: BeautifulSoup, number: int) -> list[list[str]]:
    return table(page, number) if number < len(page.find_all("table")) else []


@pytest.mark.slow
def test_a_third_round_with_scores_is_tested_against_the_second(
    reported: Path, tmp_path: Path
) -> None:
    shutil.copytree(reported, tmp_path / "three")
    lines = [";".join(["gemeente", *map(str, range(1, 12))])]
    for i, name in enumerate(ANSWERED):
        cells = [str(min(point(i, scale) + 1, 5)) for scale in range(1, 12)]
        lines.append(";".join([name, *cells]))
    (tmp_path / "2017.csv").write_text("\n".join(lines), "utf-8")
    folder = tmp_path / "three"
    result = swt("import", str(tmp_path / "2017.csv"), "--round", "2017", folder=folder)
    assert result.returncode == 0, result.stderr
    names_asked = ["change*", "choice-scale-01", "municipalities"]
    result = swt("report", *names_asked, "--language", "nl", folder=folder)
    assert result.returncode == 0, result.stderr
    names = {path.stem for path in (folder / "reports" / "nl").glob("change*.html")}
    assert names == {"change", "change-2014-2015", "change-2014-2017", "change-2015-2017"}
    page = read(folder, "change-2015-2017")
    up = sum(point(i, 1) < 5 for i in range(8))
    rows = [row for part in range(9) for row in _rows(page, part)]
    tested = next(row for row in rows if row[0] == "1" and len(row) == 11)
    assert tested[2:6] == ["8", str(up), str(8 - up), "0"]
    assert tested[9] == f"{2 / 2**up:.3f}".replace(".", ",")
    assert "0,0078" in page.get_text()  # 2 / 2**8, the smallest p of eight pairs
    assert "0,086" in page.get_text()  # that times eleven scales
    assert "minstens negen gemeenten" in page.get_text()
    # All eight answered every scale, so they are set in an order, with every answer as a digit.
    page = read(folder, "municipalities")
    heat = next(one for one in page.find_all("table") if "in getallen" in one.caption.text)
    order = [cell.get_text() for cell in heat.thead.find_all("th")[1:]]
    assert sorted(order) == sorted(ANSWERED)
    for scale, row in enumerate(heat.tbody.find_all("tr"), 1):
        points = [min(point(ANSWERED.index(name), scale) + 1, 5) for name in order]
        assert [cell.get_text() for cell in row.find_all("td")] == [str(one) for one in points]
    saved = b64decode(heat.find_next("p", class_="downloads").a["href"].partition(",")[2])
    lines = [line.split(";") for line in saved.decode("utf-8-sig").splitlines()]
    assert lines[0][1:] == order
    assert [line[1:] for line in lines[1:]] == [
        [cell.get_text() for cell in row.find_all("td")] for row in heat.tbody.find_all("tr")
    ]
    assert "zonder schaal" in page.find_all("figure")[-1].find("desc").get_text()


@pytest.mark.slow
@needs_office
def test_libreoffice_opens_the_workbook_whole_and_prints_it(filled: Path, tmp_path: Path) -> None:
    again = load_workbook(convert(filled, "xlsx", tmp_path))
    once = load_workbook(filled)
    assert again.sheetnames == once.sheetnames
    assert again["swt"].sheet_state == "hidden"
    for sheet in once.worksheets:
        other = again[sheet.title]
        for row in sheet.iter_rows():
            assert [cell.value for cell in row] == [other[cell.coordinate].value for cell in row]
        rules = sum(len(rule.sqref.ranges) for rule in sheet.data_validations.dataValidation)
        kept = sum(len(rule.sqref.ranges) for rule in other.data_validations.dataValidation)
        assert kept == rules
        assert other.protection.sheet == sheet.protection.sheet
    assert convert(filled, "pdf", tmp_path).stat().st_size > 10_000


@pytest.mark.slow
@needs_office
def test_the_sheet_saved_as_csv_by_a_dutch_office_is_read(filled: Path, tmp_path: Path) -> None:
    for charset, name in (("ANSI", "Windows-1252"), ("76", "UTF-8")):
        folder = tmp_path / name
        copy_raw(folder)
        options = f"59,34,{charset},1,,1043,false,true,false,false,false,2"
        path = convert(filled, f"csv:Text - txt - csv (StarCalc):{options}", folder)
        result = swt("import", str(path), "--round", "2015", folder=folder)
        assert result.returncode == 0, result.stderr
        assert f"read as {name} text with a semicolon" in result.stdout
        lines = (folder / "data/raw/rounds/2015/scores.csv").read_text("utf-8").splitlines()
        assert len(lines) == 1 + 8 * 11


def test_the_workbook_keeps_within_what_excel_takes(filled: Path) -> None:
    for sheet in load_workbook(filled).worksheets:
        assert len(sheet.title) <= 31
        for rule in sheet.data_validations.dataValidation:
            assert len(rule.promptTitle or "") <= 32
            assert len(rule.prompt or "") <= 255
            assert len(rule.error or "") <= 255
            assert len(rule.formula1) <= 255
    with zipfile.ZipFile(io.BytesIO(filled.read_bytes())) as parts:
        assert parts.testzip() is None


def test_a_workbook_is_never_written_over(filled: Path) -> None:
    before = filled.read_bytes()
    result = swt("template", "2015", "-o", str(filled), folder=filled.parent)
    assert result.returncode == 2
    assert filled.read_bytes() == before
