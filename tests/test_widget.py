"""The widget to flip through a study: what it shows is what its code gives."""

import re
from html import unescape
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import swt_analysis as swt
from tests.conftest import swt as command


def code(widget: object) -> list[str]:
    (shown,) = re.findall(r"<pre>(.*)</pre>", widget.children[2].value, re.DOTALL)
    return unescape(shown).splitlines()


def look(widget: object, view: str, **choices: object) -> BeautifulSoup:
    """Choose a view, and what to look at in it; every choice that is not its own is hidden."""
    names = ("scale", "round", "municipality", "group")
    widget.children[0].value = view
    boxes = dict(zip(names, widget.children[1].children, strict=True))
    for name, value in choices.items():
        boxes[name].value = value
    assert {name for name, box in boxes.items() if not box.layout.display} == set(choices)
    return BeautifulSoup(widget.children[3].value, "html.parser")


def test_each_view_shows_what_its_code_gives() -> None:
    study = swt.open_study(language="en")
    widget = swt.explorer(study)
    shown = look(widget, "scale", scale=4, round=2014)
    assert shown.img["alt"] == study.scale(4).plot().get_label()
    assert code(widget)[1] == "study.scale(4).summary()"
    shown = look(widget, "round", round=2014)
    assert "eleven choice scales" in shown.img["alt"]
    assert len(shown.tbody.find_all("tr")) == 11
    shown = look(widget, "municipality", municipality="Haarlem")
    assert code(widget)[0] == "study.municipality('Haarlem')"
    assert len(shown.find_all("table")[1].tbody.find_all("tr")) == len(
        study.municipality("Haarlem").facts()
    )
    shown = look(widget, "group", group="pilot", round=2014)
    names = study.state_of_play("pilot")["municipality"]
    assert all(name in shown.table.text for name in names)
    for line in code(widget):
        eval(line, {"swt": swt, "study": study})


@pytest.mark.parametrize("rounds", [1, 2])
def test_it_flips_through_another_study(tmp_path: Path, rounds: int) -> None:
    arguments = ["--municipalities", "12", "--rounds", str(rounds), "--seed", "1"]
    command("simulate", "-o", str(tmp_path / "new"), *arguments, folder=tmp_path)
    widget = swt.explorer(swt.open_study(tmp_path / "new"))
    years = widget.children[1].children[1].options
    assert list(years) == [2014, 2015][:rounds][::-1]
    for year in years:
        shown = look(widget, "group", group="roll-out", round=year)
        assert len(shown.find_all("table")) == 2
        assert look(widget, "scale", scale=11, round=year).img


def test_what_cannot_be_shown_is_told() -> None:
    widget = swt.explorer(swt.open_study())
    widget.children[1].children[2].options = ["Utrecht"]
    shown = look(widget, "municipality", municipality="Utrecht")
    assert "there is no municipality 'Utrecht'" in shown.p.text
