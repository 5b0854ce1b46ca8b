"""Reports printed by a real browser."""

import io
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from swt_analysis.reports.beside import is_current
from swt_analysis.reports.pdf import pdf
from tests.browser.criteria import LIST
from tests.conftest import swt

pypdf = pytest.importorskip("pypdf")


@pytest.fixture(scope="module")
def printed_study(
    made_study: Path, chromium: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    study = tmp_path_factory.mktemp("printed") / "study"
    shutil.copytree(made_study, study)
    done = swt("report", "choice-scale-02", "overview", "--pdf", folder=study)
    assert done.returncode == 0, done.stderr
    return study


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.slow
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", ["choice-scale-02", "overview"])
def test_a_pdf_is_tagged_has_bookmarks_and_all_that_is_folded(
    printed_study: Path, language: str, name: str
) -> None:
    page = printed_study / f"reports/{language}/{name}.html"
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    document = pypdf.PdfReader(page.with_suffix(".pdf"), strict=True)
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == language
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert document.metadata.title == soup.title.text.strip()
    first, below = document.outline
    headings = [squeezed(part.text) for part in soup.select("main h1, main h2")]
    assert [squeezed(one.title) for one in (first, *(o for o in below if not isinstance(o, list)))
            ] == headings  # fmt: skip
    text = squeezed("".join(sheet.extract_text() for sheet in document.pages))
    folds = soup.select("main details:not(.code)")
    assert folds
    for fold in folds:
        for part in fold.find_all("p"):
            if not part.find(["math", "sub", "sup", "a"]):
                assert squeezed(part.text)[:40] in text
    assert not soup.select("details.code") or "importPage" not in text


@pytest.mark.slow
def test_the_figure_stands_below_the_finding_and_a_short_table_on_one_page(
    printed_study: Path,
) -> None:
    folder = printed_study / "reports/nl"
    soup = BeautifulSoup((folder / "overview.html").read_text("utf-8"), "html.parser")
    sheets = [
        squeezed(sheet.extract_text()) for sheet in pypdf.PdfReader(folder / "overview.pdf").pages
    ]
    first, *_, last = [squeezed(part.text) for part in soup.select("figure svg text")]
    (caption,) = [squeezed(part.text) for part in soup.select("figcaption")]
    assert all(part in sheets[0] for part in (first, last, caption))
    for table in soup.find_all("table"):
        if len(table.tbody.find_all("tr")) > 14:
            continue
        # Cells that wrap are read line by line: the longest word of a header is in one piece.
        heads = [head.get_text() for head in table.select("tbody th")]
        parts = [squeezed(table.caption.text), *(max(head.split(), key=len) for head in heads)]
        assert any(all(part in sheet for part in parts) for sheet in sheets), parts[0]
    for number, sheet in enumerate(sheets, start=1):
        assert f"{number}/{len(sheets)}" in sheet


@pytest.mark.slow
def test_a_page_printed_again_gives_the_same_bytes(printed_study: Path, chromium: Path) -> None:
    page = printed_study / "reports/nl/choice-scale-02.html"
    document = page.with_suffix(".pdf")
    assert is_current(document, page)
    assert pdf(chromium, page) == document.read_bytes()


@pytest.mark.slow
def test_only_pages_that_changed_are_printed_again(printed_study: Path) -> None:
    folder = printed_study / "reports/nl"
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*.pdf")}
    assert len(before) == 2
    done = swt("report", "choice-scale-02", "overview", "--pdf", folder=printed_study)
    assert done.returncode == 0, done.stderr
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*.pdf")} == before
    assert not list(folder.glob("*.part"))


def elements(part: Any) -> Iterator[Any]:
    """The elements of a tagged PDF, from one on."""
    part = part.get_object()
    if isinstance(part, dict):
        yield part
        below = part.get("/K", [])
        for one in below if isinstance(below, list) else [below]:
            yield from elements(one)


@pytest.mark.slow
def test_what_keeps_a_pdf_from_pdf_ua_is_as_the_documentation_says(printed_study: Path) -> None:
    page = printed_study / "reports/nl/choice-scale-02.html"
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    document = pypdf.PdfReader(page.with_suffix(".pdf"), strict=True)
    root = document.trailer["/Root"]
    tagged = list(elements(root["/StructTreeRoot"]))
    kinds = Counter(part["/S"] for part in tagged if "/S" in part)
    told = [part.get("/Alt") for part in tagged if part.get("/S") == "/Figure"]
    items = [part for part in tagged if part.get("/S") == "/LI"]
    drawn = [sheet.get_contents().get_data() for sheet in document.pages]
    failing = {
        "metadata": "/Metadata" not in root,
        "artifact": not any(b"/Artifact" in one for one in drawn),
        "alternative": None in told,
        "description": not any(soup.desc.get_text()[:60] in (one or "") for one in told),
        "list": not all("/LBody" in [one.get("/S") for one in elements(item)] for item in items),
        "caption": kinds["/Caption"] < len(soup.select("main :is(caption, figcaption)")),
        "formula": "/Formula" not in kinds and soup.math is not None,
        "role": "/Strong" in kinds and "/RoleMap" not in root["/StructTreeRoot"],
    }
    assert {name for name, fails in failing.items() if fails} == {one["key"] for one in LIST["pdf"]}
    heads = [part for part in tagged if part.get("/S") == "/TH"]
    assert heads
    assert all("/Scope" in str(part["/A"]) for part in heads)


def test_nothing_is_left_of_a_page_that_is_not_there(tmp_path: Path, chromium: Path) -> None:
    page = tmp_path / "a b é.html"
    page.write_text('<!DOCTYPE html><html lang="nl"><title>T</title><h1>Kop</h1>', "utf-8")
    document = pypdf.PdfReader(io.BytesIO(pdf(chromium, page)))
    assert document.pages[0].extract_text().strip() == "Kop"
