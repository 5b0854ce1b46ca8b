"""An executed notebook that is shared: other programs show it whole, trusted or not."""

import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag
from nbconvert import HTMLExporter
from nbconvert.exporters import get_exporter

from swt_analysis.reports.html import METADATA


def kind(output: nbformat.NotebookNode) -> str:
    return str(output.data.get(METADATA, {}).get("kind", ""))


SAFE = {"application/vnd.swt+json", "image/png", "text/csv", "text/html", "text/markdown"}


def executed(study: Path, name: str, language: str = "nl") -> nbformat.NotebookNode:
    return nbformat.read(study / "reports" / language / f"{name}.ipynb", as_version=4)


@pytest.mark.parametrize("is_clean", [False, True], ids=["plain", "sanitized"])
def test_nbconvert_shows_every_figure_and_table(made_study: Path, is_clean: bool) -> None:
    notebook = executed(made_study, "choice-scale-01")
    html, _ = HTMLExporter(sanitize_html=is_clean).from_notebook_node(notebook)
    page = BeautifulSoup(html, "html.parser")
    outputs = page.select_one("main")
    assert isinstance(outputs, Tag)
    pictures = [one for one in outputs.select("img") if one["src"].startswith("data:image/png")]
    assert len(pictures) == 1
    tables = outputs.select("table")
    kinds = [kind(o) for cell in notebook.cells for o in cell.get("outputs", [])]
    assert len(tables) == sum(one in ("table", "listing", "claims") for one in kinds) > 3
    assert "Aantal gemeenten per punt, van 1 (gemeente) tot 5" in outputs.get_text()
    # When it sanitizes, nbconvert lets no paragraph through, nor the body that it puts in a table.
    shown = [str(table) for table in tables] if is_clean else [str(outputs)]
    assert not [one for one in shown if re.search("&lt;(?!/?tbody)", one)]
    assert "Figuur" not in outputs.get_text()  # numbers are of a page
    assert "Waar staan de gemeenten?" in outputs.get_text()
    assert "Where do the municipalities stand?" not in outputs.get_text()


@pytest.mark.parametrize("name", ["choice-scale-01", "overview", "claims", "change"])
def test_every_output_has_words_and_only_what_all_programs_know(
    made_study: Path, name: str
) -> None:
    outputs = [o for cell in executed(made_study, name).cells for o in cell.get("outputs", [])]
    assert outputs
    for output in outputs:
        data = output.data
        assert set(data) <= SAFE | {"text/plain"}
        assert data["text/plain"].strip()
        assert not data["text/plain"].startswith("<")
        if "text/html" in data:
            assert "<svg" not in data["text/html"]
            assert "data:" not in data["text/html"]
            assert data["text/csv"]
        if "image/png" in data:
            assert output.metadata["image/png"]["alt"] == data["text/plain"]


def test_the_exporter_is_found_by_its_name_and_in_the_menu_of_jupyterlab(made_study: Path) -> None:
    exporter = get_exporter("swt")()
    assert exporter.export_from_notebook
    assert exporter.file_extension == ".html"
    path = made_study / "reports" / "en" / "choice-scale-01.ipynb"
    html, _ = exporter.from_filename(str(path))
    page = BeautifulSoup(html, "html.parser")
    assert page.html["lang"] == "en"
    assert page.h1.get_text() == "One choice scale"
    assert not page.select("header, footer, script")
    assert page.find("svg", role="img") is not None
    assert "http" not in "".join(str(one) for one in page.find_all(src=True))


def test_what_a_page_adds_is_made_of_what_the_notebook_shows(made_study: Path) -> None:
    notebook = executed(made_study, "choice-scale-01")
    shown = [o for cell in notebook.cells for o in cell.get("outputs", [])]
    kinds = list(filter(None, map(kind, shown)))
    assert kinds[0] == "title"
    assert kinds[-1] == "provenance"
    page = (made_study / "reports" / "nl" / "choice-scale-01.html").read_text("utf-8")
    assert page.count('<figure class="drawn-twice">') == kinds.count("figure")
    assert page.count('<ul class="claims') == kinds.count("claims")
    assert page.count("<table") == kinds.count("table")
