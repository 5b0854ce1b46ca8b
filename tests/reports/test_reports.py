"""All reports, made by the command, checked against the raw data and not the library."""

import ast
import base64
import csv
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup, Tag

from swt_analysis.text import words
from tests.conftest import ROOT, copy_raw, printed, swt, wait_until

RAW = ROOT / "data" / "raw"
BEGUN = ROOT / "src" / "swt_analysis" / "new" / "notebook.ipynb"  # what `swt new notebook` writes
NOTEBOOKS = [*sorted((ROOT / "notebooks").glob("*.ipynb")), BEGUN]
LANGUAGES = ("nl", "en")
VERDICTS = ("differs", "other base", "undetermined", "agrees")  # as the pages order them
BLANK = "\u2013"  # a missing value in a table that is shown


def rows(path: str) -> list[dict[str, str]]:
    with (RAW / path).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def names() -> list[str]:
    scales = [f"choice-scale-{int(row['scale']):02}" for row in rows("instrument/scales.csv")]
    parts = [f"{row['part']}-{row['number']}" for row in rows("instrument/topics.csv")]
    places = [
        f"municipality-{row['municipality'].lower()}"
        for row in rows("rounds/2014/municipalities.csv")
    ]
    single = (
        "overview themes municipalities groups-form groups-status team-composition claims change "
        "instrument codebook national-context"
    )
    return [*scales, *parts, *places, *single.split()]


MAY_BREAK = str.maketrans("", "", "\u00ad\u200b")  # where long words may break


@cache
def read(study: Path, name: str, language: str = "nl") -> BeautifulSoup:
    page = (study / "reports" / language / f"{name}.html").read_text("utf-8")
    return BeautifulSoup(page.translate(MAY_BREAK), "html.parser")


def heading(study: Path, name: str, language: str) -> str:
    return read(study, name, language).h1.get_text()


def table(page: BeautifulSoup, number: int) -> list[list[str]]:
    lines = page.find_all("table")[number].tbody.find_all("tr")
    return [[cell.get_text() for cell in line.find_all(["th", "td"])] for line in lines]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_have_no_functions_and_no_outputs(path: Path) -> None:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    for cell in (one for one in cells if one["cell_type"] == "code"):
        assert cell["outputs"] == [], f"{path.name} has outputs: nbstripout {path.name} strips them"
        assert cell["execution_count"] is None
        kinds = {type(node) for node in ast.walk(ast.parse("".join(cell["source"])))}
        assert not kinds & {ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.AsyncFunctionDef}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_says_what_it_does_before_it_does_it_in_both_languages(path: Path) -> None:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    kinds = [cell["cell_type"] for cell in cells]
    tags = [cell["metadata"].get("tags", []) for cell in cells]
    assert kinds[:3] == ["markdown", "markdown", "code"]
    assert tags[2] == ["parameters"]
    told = [tag for tag, kind in zip(tags, kinds, strict=True) if kind == "markdown"]
    assert told == [["nl"], ["en"]] * (len(told) // 2)
    for place, (cell, kind) in enumerate(zip(cells, kinds, strict=True)):
        lines = "".join(cell["source"]).splitlines()
        if kind == "code":
            assert len(lines) <= 35
            assert max(map(len, lines)) <= 100
        elif lines[0].startswith("## "):
            assert "code" in kinds[place + 1 : place + 3], lines[0]


def test_every_report_of_the_design_exists_in_both_languages(made_study: Path) -> None:
    for language in LANGUAGES:
        folder = made_study / "reports" / language
        assert {path.stem for path in folder.glob("*.html")} == {*names(), "index"}
        assert {path.stem for path in folder.glob("*.ipynb")} == set(names())
    assert not printed(made_study)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", names())
def test_a_page_says_what_it_shows_and_where_it_comes_from(
    made_study: Path, name: str, language: str
) -> None:
    page = read(made_study, name, language)
    assert page.html["lang"] == language
    assert len(page.find_all("h1")) == 1
    assert page.h1.get_text() == page.title.get_text()
    assert page.find(class_="intro").get_text().count(".") >= 2
    assert f"swt report {name} --language {language}" in page.get_text()
    assert re.search(r"sha256 [0-9a-f]{16}", page.get_text())
    assert not page.find_all("script")
    assert not [link for link in page.find_all(src=True) if link["src"].startswith("http")]
    assert all(figure.svg.desc.get_text().strip() for figure in page.find_all("figure"))
    for missing in ("nan", "<NA>", "None", "Traceback"):
        assert missing not in [cell.get_text() for cell in page.find_all("td")]
    for link in page.find_all("a", href=True):
        target = made_study / "reports" / language / link["href"][:200]
        assert link["href"].startswith(("#", "data:")) or target.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_overview_reproduces_the_printed_scheme_cell_by_cell(
    made_study: Path, language: str
) -> None:
    shown = table(read(made_study, "overview", language), 0)
    scales = {row["scale"]: row for row in rows("instrument/scales.csv")}
    printed = [
        [
            row["scale"],
            scales[row["scale"]][f"label_{language}"],
            scales[row["scale"]][f"left_{language}"],
            *(str(row[str(point)].count("X")) for point in range(1, 6)),
            scales[row["scale"]][f"right_{language}"],
        ]
        for row in rows("rounds/2014/tallies.csv")
    ]
    assert shown == printed


@pytest.mark.parametrize("row", rows("rounds/2014/tallies.csv"), ids=lambda row: row["scale"])
def test_each_choice_scale_shows_its_marks(made_study: Path, row: dict[str, str]) -> None:
    page = read(made_study, f"choice-scale-{int(row['scale']):02}")
    marks = [row[str(point)].count("X") for point in range(1, 6)]
    assert table(page, 0) == [["2014", *map(str, marks)]]
    summary = dict(table(page, 1))
    ordered = [point for point, count in enumerate(marks, start=1) for _ in range(count)]
    assert summary["lage mediaan"] == summary["hoge mediaan"] == str(ordered[4])
    sides = [summary[side] for side in ("links", "midden", "rechts")]
    assert sides == [str(sum(marks[:2])), str(marks[2]), str(sum(marks[3:]))]


def test_team_composition_shows_every_participant(made_study: Path) -> None:
    page = read(made_study, "team-composition")
    shown = [line[:4] for line in table(page, 0)]
    printed = [
        [row["label_nl"], row["teams"], row["of_which_pilot"], "9"]
        for row in rows("rounds/2014/participants.csv")
    ]
    assert shown == printed
    assert page.caption.get_text().endswith("Ronde 2014.")


@pytest.mark.parametrize("row", rows("rounds/2014/municipalities.csv"), ids=lambda r: r["source"])
def test_a_factsheet_has_the_note_on_its_municipality(
    made_study: Path, row: dict[str, str]
) -> None:
    page = read(made_study, f"municipality-{row['municipality'].lower()}", "en")
    assert row["note_en"] in page.get_text()
    placed = [
        p for p in rows("rounds/2014/placements.csv") if p["municipality"] == row["municipality"]
    ]
    assert all(placement["note_en"] in page.get_text() for placement in placed)


def test_both_overviews_show_twenty_five_themes(made_study: Path) -> None:
    page = read(made_study, "themes")
    for number, part in enumerate(("observation", "reflection")):
        overview = page.find("h2", id=("observaties", "reflecties")[number]).find_next("table")
        shown = {cell.get_text() for cell in overview.select("tbody td")}
        assert shown == {
            row["label_nl"] for row in rows("instrument/themes.csv") if row["part"] == part
        }


def test_the_instrument_shows_every_question(made_study: Path) -> None:
    text = read(made_study, "instrument").get_text()
    assert all(row["question_nl"] in text for row in rows("instrument/checklist.csv"))


def verdicts(study: Path) -> dict[str, str]:
    with (study / "data" / "processed" / "claims.csv").open(encoding="utf-8") as file:
        return {row["claim"]: row["verdict"] for row in csv.DictReader(file)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_claim_is_shown_under_its_verdict_differing_first(
    made_study: Path, language: str
) -> None:
    page = read(made_study, "claims", language)
    shown: dict[str, list[str]] = {}
    for claim in page.select(".claims > li"):
        number = claim.find("small").get_text().partition(",")[0]
        shown.setdefault(claim.find_previous("h2")["id"], []).append(number)
    found = verdicts(made_study)
    assert set(found) == {row["claim"] for row in rows("rounds/2014/claims.csv")}
    under = (("differs", "other base"), ("agrees",), ("undetermined",))
    for verdicts_there, there in zip(under, shown, strict=True):
        expected = [one for one in found if found[one] in verdicts_there]
        assert sorted(shown[there]) == sorted(expected)


def marks_of(claim: Tag) -> set[str]:
    """Give what a claim can be chosen by; a list whose claims share a verdict tells it for all."""
    parent = claim.parent
    assert parent is not None
    return {*claim.get("class", ()), *parent["class"]} - {"claims"}


def test_claims_can_be_chosen_by_verdict_scale_and_municipality(made_study: Path) -> None:
    page = read(made_study, "claims")
    choices = [one["value"] for one in page.select(".filters option") if one["value"]]
    styles = page.style.get_text()
    assert all(f"[value={one}]:checked" in styles for one in choices)
    marked = {
        claim.find("small").get_text().partition(",")[0]: marks_of(claim)
        for claim in page.select(".claims > li")
    }
    raw = {row["claim"]: row for row in rows("rounds/2014/claims.csv")}
    found = verdicts(made_study)
    for claim, marks in marked.items():
        verdict = f"v{VERDICTS.index(found[claim])}"
        row = raw[claim]
        on_scale = {f"s{row['subject']}"} if row["kind"] == "scale" else set()
        assert {one for one in marks if one[0] in "vs"} == {verdict, *on_scale}
    names = {one.get_text(): one["value"] for one in page.select(".filters option")}
    haarlem = {claim for claim, marks in marked.items() if names["Haarlem"] in marks}
    assert haarlem == {
        claim
        for claim, row in raw.items()
        if re.search(r"\bHaarlem\b", f"{row['paraphrase_nl']} {row['set']} {row['subject']}")
    }


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("choice-scale-10", 0),
        ("observation-1", 3),  # after its introduction, in two lists, and its first theme
        ("team-composition", 0),
        ("municipality-hilversum", 0),
    ],
)
def test_claims_on_other_pages_show_those_that_differ_first(
    made_study: Path, name: str, place: int
) -> None:
    page = read(made_study, name)
    orders = [
        [min(marks_of(claim)) for claim in one.find_all("li")] for one in page.select(".claims")
    ]
    assert all(order == sorted(order) for order in orders)
    assert orders[place][0] == "v0"


def test_the_choice_scale_page_bounds_what_the_silent_could_change(made_study: Path) -> None:
    # Scale 1 of the printed scheme: 5 left, 2 in the middle, 2 right; Alkmaar and Heiloo silent.
    # Eleven answers sort as 2 2 2 2 2 3 3 4 4 and two more: the sixth is 2 (one at 1 or 2) or 3.
    shown = table(read(made_study, "choice-scale-01"), 2)
    assert [line[:4] for line in shown[:2]] == [
        ["de 9 die antwoordden", "5", "2", "2"],
        ["alle 11 gemeenten", "5 tot 7", "2 tot 4", "2 tot 4"],
    ]
    assert shown[1][5] == "2 of 3"
    # Without Langedijk and Hilversum, whose place is not known here, seven of the nine remain.
    assert shown[2][:2] == ["de 7 zonder afwijkend team", "3 tot 5"]


def test_the_overview_says_that_no_association_can_be_told(made_study: Path) -> None:
    text = read(made_study, "overview", "en").main.get_text()
    assert "It is certain for none of the 55 pairs of scales" in text


def test_the_national_page_carries_what_a_percentage_allows(made_study: Path) -> None:
    # 154 is 68.75 % of 224 and 155 is 69.20 %; test_shares checks 260 to 295 of 403. Of the 179
    # that did not answer none or all may have teams: 154 to 155 + 179.
    page = read(made_study, "national-context", "en")
    text = page.main.get_text()
    cells = [cell.get_text() for cell in page.select_one("tbody tr").find_all(["th", "td"])]
    # 260, 295, 154 and 334 of 403 in per cent.
    assert cells == [
        "autumn 2014", "69%", "224", "154 or 155", "403", "65% to 73%", "38% to 83%",
    ]  # fmt: skip
    assert "260 to 295" in text
    assert "154 to 334" in text


@pytest.mark.parametrize(("language", "balance"), [("nl", "\u22120,33"), ("en", "\u22120.33")])
def test_a_number_below_zero_has_a_minus_sign(
    made_study: Path, language: str, balance: str
) -> None:
    page = read(made_study, "overview", language)
    row = page.find("h2", id=re.compile("^(samenvatting|summary)")).find_next("tbody").tr
    assert row.find_all("td")[-2].get_text() == balance  # (2 - 5) / 9


def test_the_change_page_says_what_a_second_round_could_show_at_most(made_study: Path) -> None:
    # 2 / 2**9 = 0.00390625, times 11 scales 0.04296875.
    text = read(made_study, "change", "en").main.get_text()
    assert "0.0039" in text
    assert "0.043" in text


def test_the_indexes_list_every_report(made_study: Path) -> None:
    for language in LANGUAGES:
        page = read(made_study, "index", language)
        links = {
            link["href"].removesuffix(".html"): link.get_text() for link in page.select("li a")
        }
        assert set(names()) <= set(links)
        # A link says what heads the page that it leads to.
        for name in names():
            assert links[name] == heading(made_study, name, language)


def test_nothing_is_made_again_when_nothing_changed(made_study: Path) -> None:
    result = swt("report", folder=made_study)
    assert result.returncode == 0
    assert result.stdout.startswith("0 made")
    listed = json.loads(swt("list", "--json", folder=made_study).stdout)
    assert {row["state"] for row in listed} == {"fresh"}


TALLIES = Path("data", "raw", "rounds", "2014", "tallies.csv")


def spoil(study: Path) -> None:
    """Put a 7 in a cell of marks."""
    good = (study / TALLIES).read_bytes()
    (study / TALLIES).write_bytes(good.replace(b"XXXX X,XX,XX", b"XXXX X,XX,X7"))


def test_a_bad_cell_stops_the_run_and_leaves_the_pages(made_study: Path, tmp_path: Path) -> None:
    study = tmp_path / "study"
    shutil.copytree(made_study, study)  # other processes read the one that was made
    page = study / "reports" / "nl" / "choice-scale-01.html"
    before = page.read_bytes()
    spoil(study)
    result = swt("report", folder=study)
    assert result.returncode == 1
    assert "tallies.csv: row 2, column 4: 'X7': only marks X and blanks" in result.stderr
    assert "Traceback" not in result.stderr
    assert page.read_bytes() == before


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_bad_cell_ends_what_was_loading_to_run_notebooks(tmp_path: Path) -> None:
    study = copy_raw(tmp_path / "study")
    spoil(study)
    # Not through pipes, which the process would hold open, and so be waited for.
    with (tmp_path / "told").open("w") as told:
        command = [sys.executable, "-m", "swt_analysis", "report"]
        done = subprocess.run(command, cwd=study, stdout=told, stderr=told, check=False)
    assert done.returncode == 1
    folders = lambda: {one.resolve() for one in Path("/proc").glob("[0-9]*/cwd")}  # noqa: E731
    assert wait_until(lambda: study.resolve() not in folders(), 60)
    assert not list((study / "reports").glob(".swt-*"))


@pytest.fixture
def failing(tmp_path: Path) -> Path:
    """A study of which one notebook fails."""
    study = copy_raw(tmp_path / "study")
    shutil.copytree(ROOT / "notebooks", study / "notebooks")
    path = study / "notebooks" / "instrument.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"][-1]["source"] = ["1 / 0"]
    path.write_text(json.dumps(notebook), "utf-8")
    return study


def test_a_notebook_that_fails_is_told_and_stops_the_run_or_not(failing: Path) -> None:
    names = ["instrument", "themes"]
    stopped = swt("report", *names, "--language", "nl", "--jobs", "1", folder=failing)
    assert stopped.returncode == 1
    assert "nl/instrument: notebook instrument.ipynb, cell " in stopped.stderr
    assert "ZeroDivisionError: division by zero" in stopped.stderr
    assert "1 not made; what there was of them is untouched." in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert not list(failing.glob("reports/nl/instrument.*"))
    gone_on = swt("report", *names, "--language", "nl", "--keep-going", folder=failing)
    assert gone_on.returncode == 1
    assert "1 not made" in gone_on.stderr
    made = {path.name for path in failing.glob("reports/nl/*.html")}
    assert made == {"index.html", "themes.html"}
    listed = json.loads(swt("list", "--json", folder=failing).stdout)
    states = {row["name"]: row["state"] for row in listed if row["language"] == "nl"}
    assert [states[name] for name in names] == ["missing", "fresh"]


def edit(study: Path, notebook: str, change: Callable[[list[dict[str, Any]]], object]) -> None:
    """Change the cells of a notebook of the study."""
    path = study / "notebooks" / f"{notebook}.ipynb"
    content = json.loads(path.read_text("utf-8"))
    change(content["cells"])
    path.write_text(json.dumps(content), "utf-8")


@pytest.fixture
def own(made_study: Path, tmp_path: Path) -> Path:
    """A study that was made, with notebooks of its own."""
    shutil.copytree(made_study, tmp_path / "study")
    shutil.copytree(ROOT / "notebooks", tmp_path / "study" / "notebooks")
    return tmp_path / "study"


def test_a_notebook_that_does_not_take_what_it_is_given_is_told(own: Path) -> None:
    edit(own, "themes", lambda cells: cells[2]["metadata"].clear())
    edit(own, "instrument", lambda cells: cells[2].update(cell_type="raw"))
    edit(own, "choice_scale", lambda cells: cells[2].update(source="language = 'nl'\nn: int = 1"))
    edit(own, "theme_part", lambda cells: cells[2].update(source="%pylab\npart, number = 'a', 1"))
    edit(own, "overview", lambda cells: cells[2].update(source="language = fallback = 'nl'"))
    edit(own, "claims", lambda cells: cells[2].update(source="language = = 'nl'"))
    kept = ["themes", "instrument", "choice-scale-01", "observation-1", "claims"]
    pages = {name: own / "reports" / "en" / f"{name}.html" for name in [*kept, "overview"]}
    before = {name: page.read_bytes() for name, page in pages.items()}
    pages["overview"].write_text("older")
    done = swt("report", *pages, "--language", "en", "--keep-going", folder=own)
    assert done.returncode == 1
    for told in (
        "en/themes: notebook themes.ipynb has no cell tagged parameters: tag the cell that sets "
        "language",
        "en/instrument: notebook instrument.ipynb has no cell tagged parameters",
        "en/choice-scale-01: notebook choice_scale.ipynb takes no parameter 'scale'; "
        "it takes: language, n",
        "en/observation-1: notebook theme_part.ipynb takes no parameter 'language'; "
        "it takes: part, number",
        "en/claims: notebook claims.ipynb, cell ",
        "5 not made",
    ):
        assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert {name: pages[name].read_bytes() for name in kept} == {
        name: before[name] for name in kept
    }
    assert "older" not in pages["overview"].read_text("utf-8")


PICTURE = """from IPython.display import Image, display
display(Image(data=b"\\x89PNG", format="png"))"""


def test_a_page_that_cannot_be_shown_is_told_with_its_cell_and_the_rest_is_made(own: Path) -> None:
    added = {"cell_type": "code", "id": "x", "metadata": {}, "outputs": [], "execution_count": None}
    edit(own, "themes", lambda cells: cells.insert(3, {**added, "source": PICTURE}))
    html = PICTURE.replace("Image", "HTML").replace('b"\\x89PNG", format="png"', '"<img src=x>"')
    edit(own, "instrument", lambda cells: cells.insert(3, {**added, "source": html}))
    names = ["instrument", "themes", "claims"]
    pages = {name: own / "reports" / "nl" / f"{name}.html" for name in names}
    before = {name: page.read_bytes() for name, page in pages.items()}
    pages["claims"].unlink()
    done = swt("report", *names, "--language", "nl", "--keep-going", folder=own)
    assert done.returncode == 1
    for name in ("themes", "instrument"):
        told = f"nl/{name}: notebook {name}.ipynb, cell 4: ValueError: a picture has no text alt"
        assert told in done.stderr
        assert pages[name].read_bytes() == before[name]
    assert "2 not made" in done.stderr
    assert "Traceback" not in done.stderr
    assert pages["claims"].read_bytes() == before["claims"]


@pytest.mark.parametrize(
    "fault",
    [
        "title_nl = 3",
        pytest.param("title_nl = 'x", marks=pytest.mark.slow),
        pytest.param("title_nl = 'caf\udce9'", marks=pytest.mark.slow),
    ],
)
def test_faulty_settings_stop_every_command_with_their_place(tmp_path: Path, fault: str) -> None:
    study = copy_raw(tmp_path / "study")
    settings = study / "data" / "raw" / "study.toml"
    settings.write_text(f"{fault}\n", "utf-8", errors="surrogateescape")
    (study / "scores.csv").write_text("gemeente;1\nVelsen;2\n")
    for command in (
        ["list"],
        ["report"],
        ["clean"],
        ["check"],
        ["share", "-o", "x.zip"],
        ["export", "x.csv"],
        ["template", "2015", "-o", "x.xlsx"],
        ["import", "scores.csv", "--round", "2015"],
    ):
        done = swt(*command, folder=study)
        assert done.returncode == 1, command
        assert f"{settings}: " in done.stderr, command
        assert "1 to mend; nothing was written." in done.stderr
        assert "Traceback" not in done.stderr
    assert not list(study.glob("x.*"))


@pytest.mark.slow
def test_settings_that_go_wrong_during_a_run_are_told(own: Path) -> None:
    spoiling = "\nimport pathlib; pathlib.Path('data/raw/study.toml').write_text('title_nl = ')"
    edit(own, "themes", lambda cells: cells[-1]["source"].append(spoiling))
    done = swt("report", "themes", "--language", "nl", folder=own)
    assert done.returncode == 1
    assert "study.toml: " in done.stderr
    assert "must be TOML" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_tells_of_the_file_that_was_asked_for_only(tmp_path: Path) -> None:
    study = copy_raw(tmp_path / "study")
    spoil(study)
    whole = swt("check", folder=study)
    assert whole.returncode == 1
    assert "row 2, column 4: 'X7': only marks X and blanks" in whole.stderr
    assert swt("check", str(TALLIES), folder=study).stderr == whole.stderr
    other = swt("check", str(TALLIES.with_name("municipalities.csv")), folder=study)
    assert (other.returncode, other.stdout) == (0, "No problems found.\n")
    assert not (study / "data" / "processed").exists()


def test_an_unknown_report_lists_what_exists(made_study: Path) -> None:
    result = swt("report", "choice-scale-12", folder=made_study)
    assert result.returncode == 2
    assert "no report 'choice-scale-12'; did you mean 'choice-scale-1" in result.stderr
    assert "There are: overview, choice-scale-01" in result.stderr


@pytest.mark.slow
def test_a_round_made_by_hand_is_a_round_like_any_other(tmp_path: Path) -> None:
    for year, content in {
        2015: "municipality,scale,point\nA,1,2\nB,1,\nC,1,5\n",
        2016: "municipality,1,2\nA,2,3\nB,,1\nC,5,4\n",
    }.items():
        folder = tmp_path / "data" / "raw" / "rounds" / str(year)
        folder.mkdir(parents=True)
        (folder / "scores.csv").write_text(content)
    result = swt("report", "choice-scale-01", "overview", "--language", "nl", folder=tmp_path)
    assert result.returncode == 0, result.stderr
    page = read(tmp_path, "choice-scale-01")
    assert table(page, 0) == [[year, "0", "1", "0", "0", "1"] for year in ("2015", "2016")]
    rows = {row[0]: row[1:] for row in table(page, 1)}
    assert rows["antwoorden"] == ["2", "2"]
    assert rows["geen antwoord"] == ["1", "1"]


def test_a_page_cites_the_sources_of_the_tables_it_reads(made_study: Path) -> None:
    assert "Movisie" not in read(made_study, "choice-scale-01").main.get_text()
    page = read(made_study, "national-context").main.get_text()
    assert all(f"Movisie ({year})" in page for year in (2015, 2016, 2018, 2019))
    assert all("Kolner" in read(made_study, name).main.get_text() for name in names())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_next_and_previous_report_are_called_by_their_titles(
    made_study: Path, language: str
) -> None:
    for name in names():
        for link in read(made_study, name, language).select("footer a[rel]"):
            there = heading(made_study, link["href"].removesuffix(".html"), language)
            assert link.get_text().endswith(f": {there}")


def saved(link: Tag) -> bytes:
    content = base64.b64decode(link["href"].partition(";base64,")[2])
    if not link["download"].endswith(".zip"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == [link["download"].removesuffix(".zip")]
        return archive.read(archive.namelist()[0])


def lines(shown: Tag) -> list[list[str]]:
    """What a table, or the list of terms in its place, says: headers first."""
    if "terms" in shown.get("class", ()):
        return [[one.get_text() for one in shown.find_all(kind)] for kind in ("dt", "dd")]
    return [
        [cell.get_text() for cell in row.find_all(["th", "td"])] for row in shown.find_all("tr")
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", names())
def test_every_table_and_figure_can_be_saved_as_it_is_shown(
    made_study: Path, name: str, language: str
) -> None:
    page = read(made_study, name, language)
    links = {link["download"]: link for link in page.select("a[download*='.']")}
    assert len(links) == len(page.select("a[download*='.']"))
    parts = page.select("table, .terms, .of-claims[role], .of-listing[role]")
    tables = [link for file, link in links.items() if ".csv" in file]
    if name == "claims":  # all of them are saved at once
        whole = saved(tables.pop(0)).decode("utf-8")
        claims = list(
            csv.DictReader(io.StringIO(whole), delimiter={"nl": ";", "en": ","}[language])
        )
        said = page.main.get_text()
        assert len(claims) == len(page.select(".claims > li"))
        assert all(row[{"nl": "uitspraak", "en": "claim"}[language]] in said for row in claims)
        parts = [one for one in parts if "of-claims" not in one.get("class", ())]
    assert len(tables) == len(parts)
    for shown, link in zip(parts, tables, strict=True):
        caption = shown.select_one("caption, .caption")
        assert link.get_text().startswith(caption.b.get_text().rstrip("."))
        content = saved(link).decode("utf-8")
        assert content.startswith("\ufeff") == (language == "nl")
        delimiter = {"nl": ";", "en": ","}[language]
        cells = list(csv.reader(io.StringIO(content.lstrip("\ufeff")), delimiter=delimiter))
        if shown.name == "table" or "terms" in shown["class"]:
            assert cells == [
                ["" if one == BLANK else re.sub(r"\u2212(?=\d)", "-", one) for one in line]
                for line in lines(shown)
            ]
        else:  # a list, which names no columns
            said = shown.get_text()
            assert all(line[0] in said and line[-1] in said for line in cells[1:])
            assert len(shown.select("small")) == len(cells) - 1
    for figure in page.find_all("figure"):
        label = figure.figcaption.b.get_text().rstrip(".")
        svg, png = figure.find_next_sibling("p").find_all("a")
        assert [label in link.get_text() for link in (svg, png)] == [True, True]
        root = ElementTree.fromstring(saved(svg))
        assert root.findtext("{*}desc") == figure.svg.desc.get_text()
        assert saved(png).startswith(b"\x89PNG")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", names())
def test_a_page_is_under_a_hundred_kilobytes(made_study: Path, name: str, language: str) -> None:
    path = made_study / "reports" / language / f"{name}.html"
    assert path.stat().st_size < 100_000


def test_a_page_cites_the_software_and_marks_titles_in_another_language(made_study: Path) -> None:
    cited = (ROOT / "CITATION.cff").read_text("utf-8")
    page = read(made_study, "national-context", "en")
    provenance = page.find("h2", id="provenance").find_next_siblings()
    told = " ".join(one.get_text() for one in provenance)
    version = re.search(r"^version: (.+)$", cited, re.MULTILINE)[1]
    year = re.search(r"^date-released: (\d{4})", cited, re.MULTILINE)[1]
    assert f"The swt_analysis authors ({year}). swt_analysis (version {version})" in told
    assert f"The authors of swt_analysis ({year}). ‘Noord-Holland beside" in told
    dutch = [cite.get_text() for cite in page.select("cite[lang=nl]")]
    assert "Sociale (wijk)teams in vogelvlucht" in dutch
    assert not read(made_study, "national-context").select("cite[lang]")
    assert "*" not in provenance[1].get_text()


def test_formulas_are_mathml(made_study: Path) -> None:
    page = read(made_study, "choice-scale-01")
    formulas = page.select("details math[display=block]")
    assert "∑" in formulas[0].get_text()
    assert all(one.find_previous("p").get_text() for one in formulas)


def test_a_factsheet_says_where_its_municipality_stands_apart(made_study: Path) -> None:
    tallies = {row["scale"]: row for row in rows("rounds/2014/tallies.csv")}
    titles = {row["scale"]: row["label_nl"] for row in rows("instrument/scales.csv")}
    known: dict[str, list[tuple[int, int, str]]] = {}
    for row in rows("rounds/2014/placements.csv"):
        others = tallies[row["scale"]][row["point"]].count("X") - 1
        place = (others, int(row["scale"]), row["point"])
        known.setdefault(row["municipality"], []).append(place)
    assert len(known) >= 3
    for name, places in known.items():
        others, scale, point = min(places)
        said = read(made_study, f"municipality-{name.lower()}").main.get_text()
        title = titles[str(scale)]
        if others:
            lead = f"Het meest apart staat {name} bij ‘{title}’: op punt {point}, van "
        else:
            lead = f"Als enige van de negen staat {name} bij ‘{title}’ op punt {point}, van "
        assert lead in said, name
        unknown = words(len(titles) - len(places), "nl")
        assert f"Van {unknown} schalen is alleen bekend hoeveel gemeenten" in said, name


def test_the_index_says_how_many_claims_differ(made_study: Path) -> None:
    with (made_study / "data" / "processed" / "claims.csv").open(encoding="utf-8") as file:
        every = list(csv.DictReader(file))
    claims = [row for row in every if row["verdict"] == "differs"]
    said = {
        verdict: words(many, "nl") for verdict, many in Counter(c["verdict"] for c in every).items()
    }
    page = read(made_study, "index")
    findings = " ".join(one.get_text() for one in page.select(".findings p"))
    assert (
        f"in {said['differs']} van de {len(every)} uitspraken. Verder komen er {said['agrees']} "
        f"overeen met de telling en kloppen er {said['other base']} bij een ander totaal; "
        f"over {said['undetermined']} geven de gegevens geen uitsluitsel."
    ) in findings
    on_ten = {
        row["group"] or row["claim"]
        for row in claims
        if row["kind"] == "scale" and row["subject"] == "10"
    }
    item = page.select_one(".reports a[href='choice-scale-10.html']").find_parent("li")
    assert item.find("p", class_="note").get_text() == f"{len(on_ten)} tegenspraak"
    assert len(page.select(".scales .thumbnail[aria-hidden] svg")) == 11
    assert (made_study / "reports" / "nl" / "index.html").stat().st_size < 150_000


def test_the_list_has_the_titles(made_study: Path) -> None:
    listed = json.loads(swt("list", "--json", folder=made_study).stdout)
    titles = {(row["language"], row["name"]): row["title"] for row in listed}
    assert titles["nl", "municipality-haarlem"] == "Gemeente Haarlem"
    assert titles["en", "observation-1"].startswith("Observation 1: ")
