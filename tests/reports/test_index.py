"""The lists of reports and the links between pages."""

from dataclasses import replace
from pathlib import Path
from posixpath import join, normpath

from bs4 import BeautifulSoup

from swt_analysis.folder import StudyFolder
from swt_analysis.reports.catalogue import CatalogueEntry
from swt_analysis.reports.index import MANY, frame, write_index
from swt_analysis.reports.share import shared
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


def test_the_front_page_lays_municipalities_out_by_where_they_lie_and_how_far_they_are(
    tmp_path: Path,
) -> None:
    processed = StudyFolder(tmp_path).processed
    processed.mkdir(parents=True)
    tables = {
        "rounds": "round,form,municipalities,respondents\n2014,tallies,3,2\n",
        "labels": "kind,code,label_nl,label_en\nstatus,roll-out,uitrol,roll-out\n"
        "status,pilot,proef,pilot\n",
        "municipality_rounds": "round,municipality,status\n2013,Adam0,pilot\n2014,Adam0,roll-out\n"
        "2014,Bdam1,pilot\n2014,Cdam2,\n",
        "municipality_places": "municipality,map_row,map_column\nAdam0,1,2\nBdam1,2,1\nCdam2,3,3\n",
    }
    for name, content in tables.items():
        (processed / f"{name}.csv").write_text(content, "utf-8")
    reports = [
        replace(one, name=f"m-{n}", parameters={"municipality": name})
        for n, (one, name) in enumerate(zip(REPORTS, ("Adam0", "Bdam1", "Cdam2"), strict=False))
    ]
    page = index(tmp_path, reports)
    shown = [
        (one.get_text(), one["class"][-1], one.parent.get("style")) for one in page.select(".map a")
    ]
    assert shown == [
        ("Adam0: uitrol", "state-0", "grid-area:1/2"),
        ("Bdam1: proef", "state-1", "grid-area:2/1"),
        ("Cdam2: niet vermeld", "state--1", "grid-area:3/3"),
    ]
    assert [one.get_text(strip=True) for one in page.select(".legend li")] == [
        "uitrol",
        "proef",
        "niet vermeld",
    ]
    assert "Drie gemeenten vertelden in 2014" in page.select_one(".about").get_text()
    (processed / "municipality_places.csv").unlink()
    page = index(tmp_path, reports)
    assert not page.select(".map")
    assert len(page.select(".tiles a")) == 3


def test_the_dutch_front_page_stands_above_both_languages_too(tmp_path: Path) -> None:
    index(tmp_path, [replace(REPORTS[0], front=2), replace(REPORTS[1], front=1)])
    above, beside = (
        BeautifulSoup((tmp_path / "reports" / one).read_text("utf-8"), "html.parser")
        for one in ("index.html", "nl/index.html")
    )
    assert [one["href"] for one in beside.select(".findings a")] == [
        "municipality-1.html",
        "municipality-0.html",
    ]
    for one in ("main a", "header a"):
        hrefs = [[link["href"] for link in page.select(one)] for page in (above, beside)]
        assert [href.removeprefix("nl/") for href in hrefs[0]] == [
            href.removeprefix("../") for href in hrefs[1]
        ]


def many(n: int) -> list[CatalogueEntry]:
    return [
        replace(REPORTS[0], name=f"m-{one}", parameters={"municipality": f"Dam {one:04}"})
        for one in range(n)
    ]


def test_many_municipalities_are_listed_on_pages_of_their_own_below_100_kb(tmp_path: Path) -> None:
    page = index(tmp_path, [replace(REPORTS[0], name="all", parameters={}), *many(2000)])
    parts = page.select(".reports a[href^='index-']")
    assert [one.get_text() for one in parts][::4] == ["Dam 0000 – Dam 0249", "Dam 1000 – Dam 1249"]
    assert not page.select(".reports a[href^='m-']")
    folder = tmp_path / "reports"
    listed = []
    for link in parts:
        part = BeautifulSoup((folder / "nl" / link["href"]).read_text("utf-8"), "html.parser")
        listed += [one["href"] for one in part.select(".reports a")]
        assert part.header.a["href"] == "index.html"
        assert (folder / "nl" / part.select_one("header a[lang]")["href"]).resolve().is_file()
        assert part.select("[role=search]")
    assert listed == [f"m-{one}.html" for one in range(2000)]
    assert all(one.stat().st_size < 100_000 for one in folder.rglob("*.html"))


def test_pages_of_a_part_go_with_their_municipalities(tmp_path: Path) -> None:
    index(tmp_path, many(MANY + 1))
    there = tmp_path / "reports" / "nl"
    assert sorted(one.name for one in there.glob("index-*")) == ["index-1.html", "index-2.html"]
    page = index(tmp_path, many(MANY))
    assert not list(there.glob("index-*"))
    assert len(page.select(".reports a")) == MANY


def test_a_pack_holds_the_part_that_lists_what_is_in_it(tmp_path: Path) -> None:
    index(tmp_path, many(MANY + 1))
    folder = tmp_path / "reports"
    (folder / "nl" / "m-3.html").write_text("<p>Dam 3</p>", "utf-8")
    files = shared(folder, ["nl/m-3.html"])
    assert list(files) == ["index.html", "nl/index-1.html", "nl/index.html", "nl/m-3.html"]
    for place in files:
        for link in BeautifulSoup(files[place], "html.parser").select("a[href]"):
            path, _, anchor = link["href"].partition("#")
            assert (anchor and not path) or normpath(join(place, "..", path)) in files
