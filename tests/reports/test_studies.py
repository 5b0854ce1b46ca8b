"""Studies other than this one: another instrument, and folders made by hand."""

import csv
import shutil
from fnmatch import fnmatch
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from swt_analysis.folder import PROJECT, StudyFolder
from swt_analysis.processed import processed_tables, write_processed
from swt_analysis.reports.catalogue import reports
from swt_analysis.text import LANGUAGES
from tests.conftest import KINDS, printed, swt

FRISIAN = """\
scale,points,label_nl,label_en,left_nl,left_en,right_nl,right_en,source
1,6,Wa beslút,Who decides,doarp,village,gemeente,municipality,list 1
2,6,Tempo,Pace,stadich,slow,fluch,fast,list 2
3,6,Jild,Money,krap,tight,rom,ample,list 3
4,6,Frijwilligers,Volunteers,gjin,none,in protte,many,list 4
5,6,Skoalle,School,fier,far,tichtby,near,list 5
6,6,Dokter,Doctor,fier,far,tichtby,near,list 6
7,6,Taal,Language,Hollânsk,Dutch,Frysk,Frisian,list 7
"""


def _names(folder: Path) -> list[str]:
    """All reports of a study."""
    study = StudyFolder(folder)
    write_processed(study, processed_tables(study))
    return [one.name for one in reports(study)]


def _reports(folder: Path, language: str, *patterns: str) -> dict[str, BeautifulSoup]:
    """Make the reports of a study that are called so, and give all pages that it has."""
    names = [one for one in _names(folder) if any(fnmatch(one, how) for how in patterns)]
    done = swt("report", *names, "--language", language, "--keep-going", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = {
        f"{path.parent.name}/{path.stem}": BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for path in (folder / "reports").glob("??/*.html")
    }
    languages = LANGUAGES if language == "all" else (language,)
    assert {f"{code}/{one}" for code in languages for one in names} <= pages.keys()
    for name, page in pages.items():
        assert page.h1, name
        assert "nan" not in page.main.get_text().split(), name
        assert "<NA>" not in page.main.get_text(), name
    assert not printed(folder)
    return pages


@pytest.mark.slow
def test_an_instrument_of_seven_scales_of_six_points(tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    (origin / "data" / "raw" / "instrument").mkdir(parents=True)
    (origin / "data" / "raw" / "instrument" / "scales.csv").write_text(FRISIAN, "utf-8")
    arguments = ["--study", str(origin), "--municipalities", "9", "--rounds", "2", "--seed", "3"]
    made = swt("simulate", "-o", str(tmp_path / "fryslan"), *arguments, folder=tmp_path)
    assert made.returncode == 0, made.stderr
    study = tmp_path / "fryslan"
    for command in ("check", "clean", "list"):
        done = swt(command, folder=study)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    pages = _reports(study, "all", *KINDS)
    scales = [name for name in _names(study) if name.startswith("choice-scale-")]
    assert scales == [f"choice-scale-{n:02}" for n in range(1, 8)]
    page = pages["nl/choice-scale-07"]
    assert "Taal" in page.h1.text
    assert "Frysk" in page.main.text
    counts = next(t for t in page.find_all("table") if "Aantal" in t.caption.text)
    assert [cell.text for cell in counts.thead.find_all("th")][1:] == list("123456")
    with (study / "data" / "raw" / "rounds" / "2015" / "scores.csv").open() as file:
        told = [row["point"] for row in csv.DictReader(file) if row["scale"] == "7"]
    expected = [str(told.count(point)) for point in "123456"]
    assert [cell.text for cell in counts.tbody.find_all("tr")[-1].find_all("td")] == expected
    by_round = [
        table
        for name, one in pages.items()
        if name.startswith("nl/municipality-")
        for table in one.find_all("table")
        if "op elke schaal, per ronde" in table.caption.text
    ]
    assert by_round
    for table in by_round:  # a scale a row, a round a column
        assert [cell.text for cell in table.thead.find_all("th")][3:-1] == ["2014", "2015"]
        numbers = [row.th.text for row in table.tbody.find_all("tr")]
        assert len(set(numbers)) == len(numbers)
    for name, one in pages.items():
        assert "synthetic" in one.text or "verzonnen" in one.text.lower(), name
    front = (study / "reports" / "nl" / "index.html").read_text("utf-8")
    assert "Hier staat wat eruit kwam en hoe zeker dat is." in front  # there is no note to check
    exported = swt("export", "out.csv", folder=study)
    assert exported.returncode == 0, exported.stderr
    wide = pd.read_csv(study / "out.csv")
    assert [name for name in wide if name.startswith("scale_")][-1] == "scale_07"


@pytest.mark.slow
def test_hundreds_of_names_are_folded_and_pages_stay_small(tmp_path: Path) -> None:
    arguments = ["--municipalities", "342", "--rounds", "2", "--seed", "1"]
    made = swt("simulate", "-o", str(tmp_path / "national"), *arguments, folder=tmp_path)
    assert made.returncode == 0, made.stderr
    study = tmp_path / "national"
    done = swt("report", "change", "overview", "municipalities", "--language", "nl", folder=study)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = {path.stem: path for path in (study / "reports/nl").glob("*.html")}
    assert max(path.stat().st_size for path in pages.values()) < 100_000
    change = BeautifulSoup((study / "reports/nl/change.html").read_text("utf-8"), "html.parser")
    assert max(len(cell.text) for cell in change.find_all(["td", "th"])) < 100
    numbers = [int(row.td.text) for row in change.find("table").tbody.find_all("tr")]
    heading = "De namen van wie maar in één van beide rondes meedeed"
    listed = change.find("summary", string=heading).find_next("ul").find_all("li")
    assert [item.text.count(",") + 1 for item in listed] == numbers[1:]


def _by_hand(root: Path, *forms: str) -> Path:
    """Make folders of rounds, from 2014 on, that hold a file of answers and nothing else."""
    for year, form in enumerate(forms, 2014):
        folder = root / "data" / "raw" / "rounds" / str(year)
        folder.mkdir(parents=True)
        if form == "tallies":
            shutil.copy(PROJECT / "data" / "raw" / "rounds" / "2014" / "tallies.csv", folder)
            continue
        rows = [
            f"{name},{scale},{(place + scale) % 5 + 1 if (place, scale) != (0, 1) else ''}"
            for place, name in enumerate(["Aa", "Bé", "Ce"])
            for scale in range(1, 12)
        ]
        (folder / "scores.csv").write_text("\n".join(["municipality,scale,point", *rows]), "utf-8")
    return root


@pytest.mark.parametrize(
    ("forms", "number"),
    [
        # No page of claims, as there are none; of tallies alone no page of municipalities.
        pytest.param(("tallies", "scores"), 32, marks=pytest.mark.slow),
        pytest.param(("scores",), 32, marks=pytest.mark.slow),
        pytest.param(("tallies",), 28, marks=pytest.mark.slow),
    ],
)
def test_a_folder_made_by_hand_is_a_study(
    tmp_path: Path, forms: tuple[str, ...], number: int
) -> None:
    folder = _by_hand(tmp_path, *forms)
    pages = _reports(folder, "nl", *KINDS)
    assert len(_names(folder)) == number
    assert "verzonnen" not in pages["nl/overview"].text
    assert ("nl/municipalities" in pages) == (forms != ("tallies",))
    if forms == ("scores",):
        found = pages["nl/municipality-aa"].find_all("table")
        table = next(one for one in found if "andere gemeenten" in one.caption.text)
        rows = {row.th.text: row for row in table.tbody.find_all("tr")}
        assert "Wie bepaalt inrichting" not in rows
        beside = [cell.text for cell in rows["Positionering"].find_all("td")]
        assert beside[1:4] == ["1", "0", "1"]  # Aa at 4, Bé at 5, Ce at 1


@pytest.mark.slow
def test_municipalities_alike_stand_together_and_counts_give_no_types(tmp_path: Path) -> None:
    folder = _by_hand(tmp_path, "scores") / "data" / "raw" / "rounds" / "2014"
    low, high = ["Aa", "Ce", "Ee"], ["Bé", "De", "Ef"]
    rows = [
        f"{name},{scale},{(1 if name in low else 4) + (place + scale) % 2}"
        for place, name in enumerate([*low, *high])
        for scale in range(1, 12)
    ]
    (folder / "scores.csv").write_text("\n".join(["municipality,scale,point", *rows]), "utf-8")
    done = swt("report", "municipalities", "overview", "--language", "nl", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    page = BeautifulSoup(
        (tmp_path / "reports" / "nl" / "municipalities.html").read_text("utf-8"), "html.parser"
    )
    heat = next(one for one in page.find_all("table") if "in getallen" in one.caption.text)
    order = [name.text for name in heat.thead.find_all("th")[1:]]
    assert {frozenset(order[:3]), frozenset(order[3:])} == {frozenset(low), frozenset(high)}
    assert "vaster dan bij toeval" in page.main.text
    text = (tmp_path / "reports" / "nl" / "overview.html").read_text("utf-8")
    assert "De sterkste samenhang is die tussen de schalen" in text
    assert "Een p-waarde staat er niet bij" in text
