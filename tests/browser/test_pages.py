"""Every report: valid HTML, and figures whose alternatives have the numbers of the tables."""

import csv
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.browser.conftest import WHOLE
from tests.browser.validator import messages

checks = pytest.importorskip("tests.browser.checks", reason="playwright or axe is not installed")


def test_a_page_of_each_notebook_is_valid_html(
    every_page: list[Path], vnu: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.html"  # the validator finds what is not HTML
    head = '<!DOCTYPE html><html lang="nl"><head><title>Proef</title></head>'
    wrong.write_text(f"{head}<body><ul><p>Geen onderdeel</p></ul></body></html>", "utf-8")
    (found,) = messages(vnu, [wrong, *(path for path in every_page if path.stem in WHOLE)])
    assert found.startswith("wrong.html: ")
    assert "not allowed as child" in found


@pytest.mark.slow
def test_every_other_page_is_valid_html(every_page: list[Path], vnu: Path) -> None:
    assert not messages(vnu, [path for path in every_page if path.stem not in WHOLE])


# Alternatives have the numbers of the processed tables


def rows(study: Path, table: str) -> list[dict[str, str]]:
    with (study / "data/processed" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def described(study: Path, language: str, name: str) -> str:
    page = BeautifulSoup((study / f"reports/{language}/{name}.html").read_text("utf-8"),
                         "html.parser")  # fmt: skip
    return " ".join(part.text for part in page.select("main figure svg > desc"))


LANGUAGES = pytest.mark.parametrize("language", ["nl", "en"])


@LANGUAGES
def test_the_alternative_of_each_scale_has_its_counts(made_study: Path, language: str) -> None:
    counts = rows(made_study, "choice_scale_counts")
    assert counts
    for scale in {row["scale"] for row in counts}:
        told = checks.numbers(described(made_study, language, f"choice-scale-{int(scale):02}"))
        pairs = list(pairwise(told))
        for row in counts:
            if row["scale"] == scale and row["count"] != "0":
                assert (float(row["count"]), float(row["point"])) in pairs, (scale, row)


@LANGUAGES
def test_the_alternative_of_the_overview_has_each_median(made_study: Path, language: str) -> None:
    told = described(made_study, language, "overview")
    sides = {"nl": ("links", "in het", "rechts"), "en": ("left of", "in the", "right of")}
    for side, word in zip((-1, 0, 1), sides[language], strict=True):
        expected = {
            float(row["scale"])
            for row in rows(made_study, "scale_summaries")
            if (int(row["low_median"]) > 3) - (int(row["low_median"]) < 3) == side
        }
        (sentence,) = re.findall(rf"[^.]*\b[Mm]ediaa?n [^.]*?\b{word} [^.]*\.", told)
        assert set(checks.numbers(sentence)) == expected, sentence


@LANGUAGES
def test_the_alternative_of_the_teams_has_each_participant(made_study: Path, language: str) -> None:
    told = described(made_study, language, "team-composition")
    for row in rows(made_study, "participants"):
        assert f"{row[f'label_{language}']} {row['teams']}" in told


@LANGUAGES
def test_the_alternative_of_the_polls_has_each_share(made_study: Path, language: str) -> None:
    told = checks.numbers(described(made_study, language, "national-context"))
    pairs = list(pairwise(told))
    for row in rows(made_study, "national_reference"):
        assert (round(100 * float(row["share"])), float(row["respondents"])) in pairs, row


@pytest.mark.slow
def test_a_matrix_of_texts_is_read_by_column_on_a_telephone(made_study: Path, browser: Any) -> None:
    """Each observation above its own themes, numbered as in the table of a large screen."""
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto((made_study / "reports" / "nl" / "themes.html").as_uri())
    read = page.evaluate(
        """() => [...document.querySelector(".by-column").querySelectorAll("th, td")]
            .filter(one => one.offsetParent)
            .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
            .map(one => getComputedStyle(one, "::before").content.replaceAll('"', "") + " "
                + one.innerText)"""
    )
    page.close()
    topics, themes = rows(made_study, "topics"), rows(made_study, "themes")
    expected = []
    for topic in topics:
        if topic["part"] == "observation":
            expected.append(f"none {topic['label_nl']}")
            expected += [
                f"{theme['theme']} {theme['label_nl']}"
                for theme in themes
                if (theme["part"], theme["number"]) == (topic["part"], topic["number"])
            ]
    assert read == expected
