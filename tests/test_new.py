"""A notebook and a study of one's own, from the command that begins it to the page."""

import json
import re
import shlex
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from PIL import Image

import swt_analysis as swt_front
from swt_analysis.folder import StudyFolder
from swt_analysis.problems import InvalidError
from swt_analysis.reports.catalogue import reports
from tests.conftest import ROOT, copy_raw, swt

SCORES = "municipality,scale,point\n" + "".join(
    f"{name},{scale},{(place + scale) % 5 + 1}\n"
    for place, name in enumerate(["Aa", "Bé", "Ce"])
    for scale in range(1, 12)
)


def write_notebook(path: Path, *cells: tuple[str, str]) -> None:
    """Write a notebook as JupyterLab would that knows nothing of us."""
    made = [
        {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": source}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for number, (kind, source) in enumerate(cells)
    ]
    path.parent.mkdir(exist_ok=True)
    content = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content), "utf-8")


def page(study: Path, name: str, language: str = "nl") -> BeautifulSoup:
    html = (study / "reports" / language / f"{name}.html").read_text("utf-8")
    return BeautifulSoup(html, "html.parser")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This study with a notebook of its own, its page made."""
    study = copy_raw(tmp_path_factory.mktemp("own") / "study")
    done = swt("new", "notebook", "Wie is het eens?", folder=study)
    assert done.stdout == (
        "notebooks/wie-is-het-eens.ipynb is ready to run. "
        "Make its page with: swt report wie-is-het-eens\n"
    )
    done = swt("report", "wie-is-het-eens", "overview", folder=study)
    assert done.returncode == 0, done.stderr
    return study


def test_a_new_notebook_is_a_report(own: Path) -> None:
    assert "nl  wie-is-het-eens" in (listed := swt("list", folder=own).stdout)
    assert "en  wie-is-het-eens" in listed
    index = page(own, "index")
    group = next(one for one in index.select(".group h3") if "igen" in one.text)
    assert group.find_next("a", href="wie-is-het-eens.html").text == "Wie is het eens?"
    for language, finding in (("nl", "Het minst verschillen"), ("en", "The choices differ least")):
        made = page(own, "wie-is-het-eens", language)
        assert made.h1.text == "Wie is het eens?"
        assert finding in made.main.text
        assert len(made.find_all("table")) == 1
        assert "0,17" in made.figure.desc.text or "0.17" in made.figure.desc.text
    assert "Op tien van de elf schalen" in page(own, "wie-is-het-eens").main.text
    assert "Professionals' authority to act" in page(own, "wie-is-het-eens", "en").main.text


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Wie is het eens", "there is a notebook or report of that name"),
        ("choice_scale", "swt explore choice-scale"),
        ("choice-scale-04", "there is a notebook or report of that name"),
        ("../..", "a name needs a letter"),
        ("", "a name needs a letter"),
    ],
)
def test_a_new_notebook_takes_the_place_of_nothing(own: Path, name: str, told: str) -> None:
    before = sorted((own / "notebooks").iterdir())
    done = swt("new", "notebook", name, folder=own)
    assert done.returncode == 2
    assert told in done.stderr
    assert sorted((own / "notebooks").iterdir()) == before


def test_a_notebook_in_the_place_of_the_project_s_is_said_to_be(tmp_path: Path) -> None:
    study = copy_raw(tmp_path)
    assert "the study's own" not in swt("list", folder=study).stdout
    write_notebook(study / "notebooks" / "choice_scale.ipynb", ("markdown", "# Mijn schaal"))
    listed = swt("list", folder=study).stdout
    assert "choice_scale.ipynb: the study's own, in the place of the project's." in listed
    assert "choice-scale-04" not in listed
    assert "Mijn schaal" in listed


def test_a_plain_notebook_looks_like_ours(tmp_path: Path) -> None:
    study = copy_raw(tmp_path)
    Image.new("RGB", (2, 2), "red").save(tmp_path / "rood.png")
    notebook = study / "notebooks" / "mijn-vraag.ipynb"
    write_notebook(
        notebook,
        ("markdown", "# Mijn vraag\n\nEen formule, $x^2$, en ![Een rood vlak.](mijn%20beeld.png)"),
        ("markdown", "## Getallen\n\nMet <b>nadruk</b>."),
        ("code", "import pandas as pd\npd.DataFrame({'a': [1, 2]}, index=['x', 'y'])"),
        ("code", "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"),
    )
    (tmp_path / "rood.png").rename(study / "notebooks" / "mijn beeld.png")
    done = swt("report", "mijn-vraag", folder=study)
    assert done.returncode == 1
    assert "nl/mijn-vraag: notebook mijn-vraag.ipynb, cell 3: " in done.stderr
    assert "a picture has no text alternative: show it with report.figure(ax, ..." in done.stderr

    content = notebook.read_text("utf-8").replace("plt.plot([1, 2]);", "_ = 1")
    notebook.write_text(content, "utf-8")
    done = swt("report", "mijn-vraag", folder=study)
    assert done.returncode == 0, done.stderr
    assert [one.name for one in (study / "reports").glob("*/mijn-vraag.html")] == [
        "mijn-vraag.html"
    ]  # it takes no language: one page
    made = page(study, "mijn-vraag")
    assert made.h1.text == "Mijn vraag"
    assert made.math
    assert made.img["alt"] == "Een rood vlak."
    assert made.img["src"].startswith("data:image/png;base64,")
    assert made.b.text == "nadruk"
    assert made.table.caption.text.startswith("Tabel 1")
    assert [one["scope"] for one in made.table.tbody.find_all("th")] == ["row", "row"]

    def state() -> str:
        (line,) = [one for one in swt("list", folder=study).stdout.splitlines() if "mijn" in one]
        return " ".join(line.split()[2:-2])

    assert state() == "fresh"
    Image.new("RGB", (2, 2), "blue").save(study / "notebooks" / "mijn beeld.png")
    assert state() == "stale: its notebook"
    (study / "notebooks" / "mijn beeld.png").unlink()
    done = swt("report", "mijn-vraag", folder=study)
    assert "cell 0: ValueError: the picture 'mijn%20beeld.png' is not beside" in done.stderr


def test_a_new_study_waits_for_its_first_round(tmp_path: Path) -> None:
    done = swt("new", "study", "onze_regio", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    study = tmp_path / "onze_regio"
    assert swt("check", folder=study).stdout == "No problems found.\n"
    assert swt_front.open_study(study).title == "onze regio"
    for path in (ROOT / "data" / "raw" / "instrument").iterdir():
        assert (study / "data/raw/instrument" / path.name).read_bytes() == path.read_bytes()
    with pytest.raises(InvalidError, match="no round yet"):
        swt_front.explorer(swt_front.open_study(study))

    begun = swt("new", "notebook", "vraag", folder=study)
    assert begun.stdout.endswith("swt report vraag, once there is a round\n")
    done = swt("report", "instrument", folder=study)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("There is no round yet: swt template YEAR")
    listed = swt("list", folder=study).stdout
    assert "Movisie" in (study / "data/raw/study.toml").read_text("utf-8")
    assert not any(one in listed for one in ("overview", "choice-scale", "vraag", "national"))

    assert swt("template", "2026", "-o", "ronde.xlsx", folder=study).returncode == 0
    (study / "answers.csv").write_text(SCORES, "utf-8")
    done = swt("import", "answers.csv", "--round", "2026", folder=study)
    assert done.returncode == 0, done.stderr
    listed = swt("list", folder=study).stdout
    assert all(one in listed for one in ("overview", "choice-scale-11", "vraag", "municipality-be"))
    done = swt("report", "vraag", "overview", "national-context", "--language", "nl", folder=study)
    assert done.returncode == 0, done.stderr
    assert "There is no round" not in done.stdout


def test_a_new_study_is_put_into_no_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    assert swt("new", "study", "there", folder=tmp_path).returncode == 0
    before = sorted(tmp_path.rglob("*"))
    done = swt("new", "study", "there", folder=tmp_path)
    assert (done.returncode, sorted(tmp_path.rglob("*"))) == (2, before)
    assert done.stderr == "there: exists already; choose a new folder\n"


def test_the_instrument_and_polls_stay_those_of_the_project(tmp_path: Path) -> None:
    """What is cited of it is cited: each poll has its source."""
    swt("new", "study", "a", folder=tmp_path)
    study = StudyFolder(tmp_path / "a")
    polls = (study.raw / "reference" / "national_polls.csv").read_text("utf-8")
    settings = (study.raw / "study.toml").read_text("utf-8")
    assert settings.count('table = "national_reference"') == len(polls.splitlines()) - 1


def blocks(kind: str) -> list[str]:
    """Give the code of one kind in the page on reports of one's own."""
    written = (ROOT / "docs" / "own-report.md").read_text("utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", written, re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_the_commands_of_the_documentation_run(tmp_path: Path) -> None:
    study = copy_raw(tmp_path)
    for line in "".join(blocks("sh")).splitlines():
        command, *arguments = shlex.split(line)
        done = swt(*arguments, folder=study)
        assert (command, done.returncode) == ("swt", 0), done.stderr
    assert (study / "eens.zip").exists()


@pytest.mark.slow
def test_the_cells_of_the_documentation_make_a_page(tmp_path: Path) -> None:
    study, path = copy_raw(tmp_path), tmp_path / "notebooks" / "uitleg.ipynb"
    cells = blocks("python")
    (parameters,) = [one for one in cells if one.startswith("language: str")]
    cells = [parameters, *(one for one in cells if one != parameters)]
    write_notebook(path, *[("code", one) for one in cells])
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"][0]["metadata"]["tags"] = ["parameters"]
    path.write_text(json.dumps(notebook), "utf-8")
    done = swt("report", "uitleg", folder=study)
    assert done.returncode == 0, done.stderr
    made = page(study, "uitleg", "en")
    assert "Of nine municipalities five aim at a specific target group." in made.main.text
    assert len(made.find_all("figure")) == 3
    assert "at point 4: 5 municipalities" in made.text


def test_the_metadata_of_the_documentation_define_reports(tmp_path: Path) -> None:
    study = StudyFolder(copy_raw(tmp_path))
    assert swt("clean", folder=tmp_path).returncode == 0
    path = tmp_path / "notebooks" / "mine.ipynb"
    found = []
    for block in blocks("json"):
        write_notebook(path, ("code", "scale: int = 1"))
        notebook = json.loads(path.read_text("utf-8"))
        notebook["cells"][0]["metadata"]["tags"] = ["parameters"]
        notebook["metadata"]["swt"] = json.loads(block)
        path.write_text(json.dumps(notebook), "utf-8")
        found.append([one for one in reports(study) if one.notebook == "mine"])
    views, (notes,) = found
    assert [one.name for one in views] == [f"my-view-{scale:02}" for scale in range(1, 12)]
    assert views[3].titles == {"nl": "Mijn blik op Doelgroepen", "en": "My view of Target groups"}
    assert views[3].parameters == {"scale": 4}
    assert (notes.titles["en"], notes.group, notes.languages) == ("Notes", "Notes", ("en",))
