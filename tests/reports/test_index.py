"""The lists of reports and the links between pages."""

from pathlib import Path

from bs4 import BeautifulSoup

from swt_analysis.folder import StudyFolder
from swt_analysis.reports.catalogue import CatalogueEntry
from swt_analysis.reports.index import frame, write_index
from swt_analysis.reports.target import Target
from swt_analysis.text import LANGUAGES

NAMES = ["'s-Hertogenbosch", "Súdwest-Fryslân", *(f"{one}dam" for one in "ABCDEFGHIJKLMNOPQRSTUVW")]
REPORTS = [
    CatalogueEntry(
        f"municipality-{n}",
        "municipality",
        "municipalities",
        {"municipality": f"{name}{n}"},
        {"nl": f"Gemeente {name}{n}", "en": f"Municipality of {name}{n}"},
    )
    for n, name in enumerate([*NAMES, *NAMES])
]


def index(folder: Path, reports: list[CatalogueEntry]) -> BeautifulSoup:
    made = {
        f"nl/{report.name}": {"line": "Zin.", "thumbnail": "", "differing": 0} for report in reports
    }
    write_index(StudyFolder(folder), reports, made)
    page = (folder / "reports" / "nl" / "index.html").read_text("utf-8")
    return BeautifulSoup(page, "html.parser")


def test_a_long_list_has_letters_to_jump_to(tmp_path: Path) -> None:
    page = index(tmp_path, REPORTS)
    letters = page.select("nav.letters a")
    assert [link.get_text() for link in letters] == list("ABCDEFGHIJKLMNOPQRSTUVW")
    for link in letters:
        there = page.find(id=link["href"][1:]).a.get_text().removeprefix("Gemeente ")
        assert there.lstrip("'").casefold().startswith(link.get_text().casefold())


def test_a_short_list_has_none(tmp_path: Path) -> None:
    page = index(tmp_path, REPORTS[:40])
    assert not page.select("nav.letters")
    assert len(page.select(".reports li")) == 40


def test_a_report_in_one_language_is_listed_in_both(tmp_path: Path) -> None:
    own = CatalogueEntry(
        "mijn-vraag", "mijn-vraag", "own", {}, dict.fromkeys(LANGUAGES, "Mijn vraag"), ("nl",)
    )
    made = {"nl/mijn-vraag": {"line": "Zin.", "thumbnail": "", "differing": 0}}
    write_index(StudyFolder(tmp_path), [own], made)
    for language, href in (("nl", "mijn-vraag.html"), ("en", "../nl/mijn-vraag.html")):
        page = (tmp_path / "reports" / language / "index.html").read_text("utf-8")
        assert BeautifulSoup(page, "html.parser").select_one(".reports a")["href"] == href
    assert frame(Target(own, "nl"), [own], StudyFolder(tmp_path)).other is None


def test_the_neighbours_of_a_report_do_not_need_their_pages(tmp_path: Path) -> None:
    study = StudyFolder(tmp_path)
    around = frame(Target(REPORTS[1], "en"), REPORTS, study)
    assert (around.previous.href, around.previous.label) == (
        "municipality-0.html",
        "Municipality of 's-Hertogenbosch0",
    )
    assert around.next.label == "Municipality of Adam2"
    assert frame(Target(REPORTS[0], "nl"), REPORTS, study).previous is None
