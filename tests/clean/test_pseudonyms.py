"""A study that may not name its municipalities."""

import base64
import csv
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from swt_analysis.clean.pseudonyms import hide, pseudonyms
from swt_analysis.folder import StudyFolder
from swt_analysis.processed import processed_tables
from tests.conftest import KINDS, ROOT, copy_raw, swt
from tests.reports.test_pdf import POSIX, PRINTED, fake

with (ROOT / "data" / "raw" / "rounds" / "2014" / "municipalities.csv").open(
    encoding="utf-8"
) as file:
    NAMES = [row["municipality"] for row in csv.DictReader(file)]
MERGED = "Dijk en Waard"


@pytest.fixture(scope="module")
def hidden_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = copy_raw(tmp_path_factory.mktemp("hidden"))
    settings = study / "data" / "raw" / "study.toml"
    settings.write_text(f"pseudonyms = true\n{settings.read_text('utf-8')}", "utf-8")
    result = swt("report", "--keep-going", *KINDS, folder=study)
    assert result.returncode == 0, result.stderr
    return study


@pytest.mark.slow
def test_no_name_is_left_in_any_file_or_its_name(hidden_study: Path) -> None:
    made = [*hidden_study.glob("data/processed/*"), *hidden_study.glob("reports/**/*")]
    files = [path for path in made if path.is_file()]
    assert {".csv", ".json", ".html", ".ipynb"} <= {path.suffix for path in files}
    for path in files:
        told = f"{path.name} {path.read_text('utf-8')}".casefold()
        # What is kept inside a page in another form is in its notebook as well, as it was shown.
        assert not [name for name in [*NAMES, MERGED] if name.casefold() in told], path
    pages = [path for path in files if path.suffix == ".html"]
    saved = [decoded(link["href"]) for path in pages for link in links(path)]
    assert len(saved) > 100
    assert not [name for name in NAMES if name.casefold() in "".join(saved).casefold()]


def links(path: Path) -> list[dict[str, str]]:
    page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
    return page.select("a[href^='data:text'], a[href^='data:image/svg']")


def decoded(link: str) -> str:
    return base64.b64decode(link.partition(";base64,")[2]).decode("utf-8")


@pytest.mark.slow
def test_the_reports_are_those_of_letters(hidden_study: Path) -> None:
    names = {path.stem for path in hidden_study.glob("reports/nl/municipality-*.html")}
    assert names == {f"municipality-gemeente-{letter}" for letter in "abcdefghijk"}
    page = (hidden_study / "reports" / "en" / "municipality-gemeente-a.html").read_text("utf-8")
    assert "<h1>Gemeente A</h1>" in page


@pytest.mark.slow
@POSIX
def test_what_was_printed_or_written_with_names_goes_with_its_page(
    made_study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(made_study, tmp_path / "study")
    study, pages = tmp_path / "study", tmp_path / "study" / "reports" / "nl"
    (tmp_path / "printed.pdf").write_bytes(PRINTED)
    fake(
        tmp_path,
        'for one in "$@"; do case "$one" in --print-to-pdf=*) '
        f"cp '{tmp_path}/printed.pdf' \"${{one#--print-to-pdf=}}\";; esac; done",
    )
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    names = ("municipality-alkmaar", "municipalities", "themes")
    done = swt("report", *names, "--pdf", "--word", "--language", "nl", folder=study)
    assert done.returncode == 0, done.stderr
    assert {path.stem for path in pages.glob("*.pdf")} == set(names)
    assert {path.stem for path in pages.glob("*.docx")} == set(names)
    shutil.copy(pages / "themes.pdf", pages / "mine.pdf")
    (pages / "municipality-haarlem.pdf").write_bytes(b"%PDF of another")
    settings = study / "data" / "raw" / "study.toml"
    settings.write_text(f"pseudonyms = true\n{settings.read_text('utf-8')}", "utf-8")
    done = swt("report", "municipalities", "--language", "nl", folder=study)
    assert done.returncode == 0, done.stderr
    left = {path.stem for path in pages.glob("*.pdf")}
    assert left == {"themes", "mine", "municipality-haarlem"}
    assert {path.stem for path in pages.glob("*.docx")} == {"themes"}


@pytest.mark.slow
def test_rows_do_not_follow_the_names(hidden_study: Path) -> None:
    table = pd.read_csv(hidden_study / "data" / "processed" / "municipality_rounds.csv")
    assert table["municipality"].is_monotonic_increasing
    letters = pseudonyms([NAMES], "")
    assert sorted(NAMES) != sorted(NAMES, key=lambda name: letters[name])


@pytest.mark.slow
def test_the_workbook_of_the_next_round_has_the_names(hidden_study: Path) -> None:
    result = swt("template", "2015", "-o", "ronde.xlsx", folder=hidden_study)
    assert result.returncode == 0, result.stderr
    sheet = pd.read_excel(
        hidden_study / "ronde.xlsx", sheet_name="Keuzeschalen", header=None, engine="openpyxl"
    )
    assert set(NAMES) <= set(sheet.astype(str).stack())


def test_whoever_answered_is_a_letter_with_the_same_answers(tmp_path: Path) -> None:
    study = StudyFolder(copy_raw(tmp_path))
    folder = study.raw / "rounds" / "2015"
    folder.mkdir()
    answers = {"Haarlem": "1,5", "Velsen": ",2", "Veenstad": "4,", "Heiloo": ",", "Duindam": ","}
    rows = [f"{name},{points}" for name, points in answers.items()]
    (folder / "scores.csv").write_text("\n".join(["municipality,1,2", *rows]), "utf-8")
    told = processed_tables(study)
    settings = study.raw / "study.toml"
    settings.write_text(f"pseudonyms = 'zin'\n{settings.read_text('utf-8')}", "utf-8")
    hidden = processed_tables(study)
    assert processed_tables(study, names_hidden=False)["rounds"].equals(told["rounds"])

    def points(tables: dict[str, pd.DataFrame]) -> dict[str, list[object]]:
        scores = tables["choice_scale_scores"].fillna({"point": 0})
        rows = scores.set_index("municipality")[["round", "scale", "point"]]
        return {str(name): rows.loc[[name]].to_numpy().tolist() for name in rows.index.unique()}

    there, here = points(told), points(hidden)
    assert sorted(map(str, here.values())) == sorted(map(str, there.values()))
    letter = next(name for name, rows in here.items() if rows == there["Haarlem"])
    places = hidden["municipality_rounds"].query("round == 2015")
    assert places.loc[places["municipality"] == letter, "on_scheme"].to_list() == [True]
    absent = places.loc[~places["on_scheme"].astype(bool), "municipality"]
    assert len(absent) == 2
    assert absent.str.fullmatch("Gemeente [A-Z]").all()
    text = "".join(table.to_csv() for table in hidden.values())
    assert not [name for name in [*NAMES, *answers, MERGED] if name in text]
    assert len(told["municipality_places"]) == len(NAMES)
    assert hidden["municipality_places"].empty  # where it lies would tell which it is


def test_the_letters_of_a_study_follow_from_its_key(tmp_path: Path) -> None:
    study = StudyFolder(copy_raw(tmp_path))
    path = study.raw / "study.toml"
    settings = path.read_text("utf-8")
    told = processed_tables(study)
    known = ["on_scheme", "atypical_team", "status", "form"]
    places = told["municipality_rounds"].set_index("municipality")[known]
    for value, key in [("true", ""), ("'zin'", "zin")]:
        path.write_text(f"pseudonyms = {value}\n{settings}", "utf-8")
        hidden = processed_tables(study)["municipality_rounds"].set_index("municipality")[known]
        letters = pseudonyms([places.index, told["mergers"]["into"]], key)
        assert hidden.sort_index().equals(places.rename(index=letters).sort_index())


def test_letters_stay_when_a_round_is_added() -> None:
    first = pseudonyms([NAMES], "zin")
    both = pseudonyms([NAMES, ["Aalsmeer", *NAMES[3:]]], "zin")
    assert first.items() <= both.items()
    assert both["Aalsmeer"] == "Gemeente L"
    assert pseudonyms([NAMES], "andere zin") != first


def test_after_z_come_two_letters() -> None:
    given = pseudonyms([map(str, range(30))], "")
    assert list(given.values())[25:28] == ["Gemeente Z", "Gemeente AA", "Gemeente AB"]


def test_words_made_of_a_name_go_and_other_words_stay() -> None:
    table = pd.DataFrame(
        {
            "municipality": ["Haarlem", "Velsen"],
            "note": ["De gemeente Haarlem, HAARLEM en Haarlemse teams", "best; Zuid-Velsen 5"],
            "n": [1, 2],
        }
    )
    shown = hide(table, {"Haarlem": "Gemeente B", "Velsen": "Gemeente A", "Best": "Gemeente C"})
    assert shown["municipality"].to_list() == ["Gemeente A", "Gemeente B"]
    assert shown["note"].to_list() == [
        "best; Zuid-Gemeente A 5",
        "Gemeente B, Gemeente B en Gemeente B teams",
    ]
    assert shown["n"].to_list() == [2, 1]


def test_an_archived_study_keeps_its_letters() -> None:
    names = ["Haarlem", "Velsen", "Heiloo"]
    first = pseudonyms([names], "x")
    again = pseudonyms([list(first.values()), ["Zaanstad"]], "")
    assert again == {**{letter: letter for letter in first.values()}, "Zaanstad": "Gemeente D"}
    table = pd.DataFrame({"note": ["De gemeente Haarlem en Gemeente Apeldoorn"]})
    once = hide(table, first)
    assert hide(once, again).equals(once)
