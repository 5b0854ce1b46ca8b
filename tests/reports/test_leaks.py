"""What tells on people or places is found before it is handed on, and nothing else is."""

import base64
import io
import json
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from PIL import Image, PngImagePlugin
from pypdf import PdfWriter

from swt_analysis.folder import StudyFolder
from swt_analysis.processed import processed_tables, write_processed
from swt_analysis.reports import leaks
from swt_analysis.reports.crosstabs import small_cells
from swt_analysis.reports.leaks import Leak, find_leaks
from swt_analysis.reports.properties import properties
from tests.conftest import copy_raw, swt


def study_in(folder: Path, more: str = "") -> StudyFolder:
    study = StudyFolder(copy_raw(folder))
    settings = study.raw / "study.toml"
    text = settings.read_text("utf-8")
    settings.write_text(
        text.replace("synthetic = false\n", f"synthetic = false\n{more}\n"), "utf-8"
    )
    write_processed(study, processed_tables(study))
    return study


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    return study_in(tmp_path_factory.mktemp("named") / "study")


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    return study_in(tmp_path_factory.mktemp("hidden") / "study", "pseudonyms = true")


_user_names = leaks.user_names


@pytest.mark.parametrize(
    ("account", "home", "told"),
    [
        ("jdevries", "home/root", ["jdevries"]),
        ("jovyan", "home/jdevries", ["jdevries"]),
        ("Gebruiker", "Users/jdevries", ["jdevries"]),
        ("student", "home/student", []),
        ("jdevries", "proc/self", ["jdevries"]),  # else each page tells, as it says 'self'
        ("root", "srv/data", []),
    ],
)
def test_who_works_here_is_no_name_that_many_machines_have(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, account: str, home: str, told: list[str]
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: account)
    monkeypatch.setenv("HOME", str(tmp_path / home))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / home))
    assert _user_names() == told


@pytest.fixture(autouse=True)
def who_works_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "user_names", lambda: ["jdevries"])


def notebook(source: str = "", output: str = "", html: str = "", **metadata: object) -> bytes:
    shown = [
        {"output_type": "stream", "name": "stdout", "text": [output]},
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": html}},
    ]
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": source},
        {"cell_type": "code", "metadata": {}, "source": "1", "outputs": shown},
    ]
    return json.dumps({"cells": cells, "metadata": metadata}).encode()


def page(body: str) -> bytes:
    return f"<!DOCTYPE html><html><body>{body}</body></html>".encode()


def table(*rows: list[str]) -> bytes:
    lines = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return page(f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>")


def inside(content: bytes, kind: str) -> bytes:
    return page(f'<a href="data:{kind};base64,{base64.b64encode(content).decode()}">x</a>')


def word(**told: str) -> bytes:
    document = docx.Document()
    document.core_properties.author = ""
    for key, value in told.items():
        setattr(document.core_properties, key, value)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def comment() -> bytes:
    document = docx.Document()
    document.core_properties.author = ""
    document.add_comment(document.add_paragraph("x").runs, text="?", author="Jan de Vries")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def excel() -> bytes:
    book = openpyxl.Workbook()
    book.properties.lastModifiedBy = "Jan de Vries"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def ods() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("meta.xml", "<m><meta:initial-creator>Jan</meta:initial-creator></m>")
    return file.getvalue()


def pdf(**told: str) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(10, 10)
    writer.add_metadata({f"/{key}": value for key, value in told.items()})
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def picture(**told: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    for key, value in told.items():
        info.add_text(key, value)
    file = io.BytesIO()
    Image.new("L", (1, 1)).save(file, "PNG", pnginfo=info)
    return file.getvalue()


def photo() -> bytes:
    exif = Image.Exif()
    exif[315] = "Jan de Vries"
    exif.get_ifd(34853)[1] = "N"
    file = io.BytesIO()
    Image.new("L", (1, 1)).save(file, "JPEG", exif=exif)
    return file.getvalue()


ALWAYS = {
    "author of a notebook": (
        "x.ipynb",
        notebook(authors=[{"name": "Jan de Vries"}]),
        "Jan de Vries",
        "notebook, metadata",
    ),
    "path in a notebook's metadata": (
        "x.ipynb",
        notebook(papermill={"input_path": "/home/jan/x.ipynb"}),
        "/home/jan",
        "metadata",
    ),
    "path in an output": (
        "x.ipynb",
        notebook(output="File /Users/jan/x.py"),
        "/Users/jan",
        "cell 2",
    ),
    "path of Windows": ("nl/x.html", page(r"C:\Users\jan\x.csv"), "C:\\Users\\jan", ""),
    "network drive": ("x.csv", b"a,b\n1,\\\\server\\deel\\x.csv\n", "\\\\server", "row 2"),
    "name of the user": ("nl/x.html", page("made by JdeVries"), "JdeVries", ""),
    "address": ("x.ipynb", notebook("Mail jan@haarlem.nl"), "jan@haarlem.nl", "cell 1"),
    "password": ("x.ipynb", notebook("password = 'geheim123'"), "password = 'geheim", "cell 1"),
    "key": ("x.py", b"# \n-----BEGIN RSA PRIVATE KEY-----\n", "-----BEGIN RSA PRIVATE", "row 2"),
    "author of a document": ("nl/x.docx", word(author="Jan de Vries"), "Jan de Vries", "core.xml"),
    "who commented": ("nl/x.docx", comment(), "Jan de Vries", "word/comments.xml"),
    "who saved a workbook": ("x.xlsx", excel(), "Jan de Vries", "docProps/core.xml"),
    "who made a spreadsheet": ("x.ods", ods(), "Jan", "meta.xml"),
    "author of a PDF": ("nl/x.pdf", pdf(Author="Ján de Vries"), "Ján de Vries", "Author"),
    "author of a picture": ("notebooks/x.png", picture(Author="Jan"), "Jan", "author"),
    "maker of a photo": ("notebooks/x.jpg", photo(), "Jan de Vries", "artist"),
    "place of a photo": ("notebooks/x.jpg", photo(), "the place where it was taken", "GPS"),
    "what was received": ("data/raw/rounds/2015/received/r.xlsx", b"x", "r.xlsx", ""),
    "in a file inside a page": (
        "nl/x.html",
        inside(b"a\njan@x.nl\n", "text/csv"),
        "jan@x.nl",
        "row 2",
    ),
    "in a picture inside a page": (
        "nl/x.html",
        inside(picture(Artist="Jan"), "image/png"),
        "Jan",
        "",
    ),
}
UNDONE = {
    "name": ("nl/x.html", page("<p>Zoals in Haarlemse wijken</p>"), "Haarlem", ""),
    "name of a file": ("nl/municipality-haarlem.html", page(""), "haarlem", ""),
    "name in a text cell": ("x.ipynb", notebook("In VELSEN gaat het goed."), "VELSEN", "cell 1"),
    "name in a document": ("x.docx", word(author="", title="Heiloo"), "Heiloo", "core.xml"),
    "code": ("data/x.csv", b"code\nGM0392\n", "GM0392", "row 2"),
    "quotation": (
        "nl/x.html",
        page("<p>Zij zei: “Wij doen dit hier al jaren met zijn allen.”</p>"),
        "Wij doen dit hier al jaren",
        "",
    ),
    "quotation in a cell": (
        "data/x.csv",
        "note\n‘Bij ons is de wethouder er nooit voor geweest’\n".encode(),
        "Bij ons is de wethouder",
        "row 2",
    ),
    "quotation in a block": (
        "nl/x.html",
        page("<blockquote>Wij doen dit hier al jaren met zijn allen</blockquote>"),
        "Wij doen dit",
        "",
    ),
    "cell of one": (
        "nl/x.html",
        table(
            ["", "proef", "uitrol in alle wijken"],
            ["vast team", "2", "1"],
            ["flexibel netwerk", "3", "3"],
        ),
        "vast team, uitrol in alle wijken: 1",
        "table 1",
    ),
    "all but one": (
        "x.ipynb",
        notebook(
            html=table(
                ["form", "pilot", "total"], ["fixed team", "3", "4"], ["case management", "2", "2"]
            ).decode()
        ),
        "fixed team, pilot: 3",
        "cell 2, output, table 1",
    ),
    "cell of one by points": (
        "nl/x.html",
        table(
            ["vorm", "1", "2", "3", "4", "5"],
            ["vast team", "0", "2", "1", "0", "0"],
            ["casusregie", "0", "2", "0", "2", "0"],
        ),
        "vast team, 3: 1",
        "table 1",
    ),
}


@pytest.mark.parametrize("kind", [*ALWAYS, *UNDONE])
def test_a_planted_leak_is_found(hidden: StudyFolder, kind: str) -> None:
    place, content, found, where = (ALWAYS | UNDONE)[kind]
    told = find_leaks(hidden, {place: content})
    right = [one for one in told if one.found.startswith(found) and where in one.where]
    assert right, told
    assert right[0].place == place
    assert "; " in right[0].what or "," in right[0].what  # why, and what to do


@pytest.mark.parametrize("kind", ALWAYS)
def test_it_is_found_where_names_are_shown_too(named: StudyFolder, kind: str) -> None:
    place, content, found, _ = ALWAYS[kind]
    assert any(one.found.startswith(found) for one in find_leaks(named, {place: content}))


@pytest.mark.parametrize("kind", UNDONE)
def test_where_names_are_shown_nothing_is_undone(named: StudyFolder, kind: str) -> None:
    place, content, _, _ = UNDONE[kind]
    assert find_leaks(named, {place: content}) == []


HARMLESS = {
    "nl/a.html": page('<a href="https://example.org/home/x">x</a> 08:00/09:00, en/of, c:\\alpha'),
    "nl/b.html": page("<style>@media print{a{b:c}}</style> ‘Uit het doolhof’, ’s-Gravenhage"),
    "nl/c.html": table(["", "1", "2"], ["2014", "1", "8"], ["2015", "1", "3"]),
    "nl/d.html": table(["vorm", "proef", "nog niet"], ["vast team", "2", "3"], ["x", "1", "1"]),
    "a.ipynb": notebook("password protected; token", "1 of 9", kernelspec={"name": "python3"}),
    "a.docx": word(author="De makers van swt_analysis"),
    "a.pdf": pdf(Producer="Skia/PDF m120", Creator="Chromium"),
    "a.png": picture(Software="Matplotlib version 3"),
    "damaged.docx": word()[:200],
    "damaged.png": picture()[:20],
    "a.csv": b"a,b\n1,Gemeente A en velsenaren\n",
}


@pytest.mark.parametrize("place", HARMLESS)
def test_what_tells_nothing_is_not_told(
    named: StudyFolder, hidden: StudyFolder, place: str
) -> None:
    for study in (named, hidden):
        assert find_leaks(study, {place: HARMLESS[place]}) == []


def test_the_contact_of_a_study_is_there_to_be_read(tmp_path: Path) -> None:
    study = study_in(tmp_path, 'contact = "swt@example.org"')
    files = {"a.txt": b"Mail swt@example.org, not jan@example.org"}
    assert [one.found for one in find_leaks(study, files)] == ["jan@example.org"]


def test_a_publisher_that_has_a_pseudonym_itself_is_told(tmp_path: Path) -> None:
    study = study_in(tmp_path, "pseudonyms = true")
    settings = study.raw / "study.toml"
    text = settings.read_text("utf-8").replace("De makers van swt_analysis", "Gemeente Haarlem")
    settings.write_text(text, "utf-8")
    assert [one.found for one in find_leaks(study, {"a.txt": b"Gemeente Haarlem"})] == ["Haarlem"]


def test_what_occurs_often_in_a_file_is_told_once() -> None:
    told = Leak("a.html", "", "x" * 300, "is long; cut it")
    assert len(str(told)) < 150


def test_counts_that_are_no_crosstab_are_left_alone() -> None:
    groups = {"form": {"a", "b"}, "status": {"p", "q"}}
    for rows in (
        [],
        [["", "p", "q"]],
        [["", "p", "q"], ["a", "x", "1"], ["b", "1", "1"]],
        [["", "p", "q"], ["p", "1", "1"]],
        [["", "p", "q"], ["a", "2", "2"], ["b", "0", "3"]],
    ):
        assert list(small_cells(rows, groups)) == []


def test_a_packed_author_in_a_pdf_is_found() -> None:
    import zlib

    packed = zlib.compress(b"<< /Author (Jan \\(x\\)) >>")
    content = b"%PDF-1.7\n1 0 obj\nstream\n" + packed + b"\nendstream\n"
    assert list(properties(content)) == [("Author", "Jan (x)")]


@pytest.fixture
def telling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the name of who works here be one that stands on the pages."""
    monkeypatch.setattr(leaks, "user_names", lambda: ["Sprinkhuizen"])


@pytest.mark.usefixtures("telling")
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("share", "claims"), id="share"),
        pytest.param(("archive",), id="archive", marks=pytest.mark.slow),
    ],
)
def test_nothing_is_written_until_told_to_go_on(
    made_study: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    target = tmp_path / "pack.zip"
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("index.html", "of before")
    before = target.read_bytes()
    done = swt(*command, "-o", str(target), folder=made_study)
    assert done.returncode == 1
    assert "claims.html: 'Sprinkhuizen' is the name of who works here" in done.stderr
    assert "nothing was written. --anyway packs it as it is" in done.stderr
    assert target.read_bytes() == before
    done = swt(*command, "-o", str(target), "--anyway", folder=made_study)
    assert done.returncode == 0
    assert "Sprinkhuizen" in done.stderr
    assert len(zipfile.ZipFile(target).namelist()) > 1
