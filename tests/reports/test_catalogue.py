"""The catalogue: what notebooks say of themselves, and what becomes of it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from swt_analysis.folder import StudyFolder
from swt_analysis.reports.catalogue import CatalogueEntry, headings, reports
from swt_analysis.reports.parameters import given_language, parameter_types, unfit
from swt_analysis.reports.stale import notebook_hash
from tests.conftest import ROOT


def code(source: str, *tags: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source}


def text(source: str, *tags: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {"tags": list(tags)}, "source": source}


@pytest.fixture
def study(made_study: Path, tmp_path: Path) -> StudyFolder:
    """The study's tables, and notebooks that a test writes."""
    shutil.copytree(made_study / "data", tmp_path / "data")
    (tmp_path / "notebooks").mkdir()
    return StudyFolder(tmp_path)


def write(study: StudyFolder, name: str, *cells: dict[str, Any], swt: object = None) -> Path:
    path = study.root / "notebooks" / f"{name}.ipynb"
    metadata = {} if swt is None else {"swt": swt}
    path.write_text(json.dumps({"cells": list(cells), "metadata": metadata}), "utf-8")
    return path


def of(study: StudyFolder, notebook: str) -> list[CatalogueEntry]:
    return [entry for entry in reports(study) if entry.notebook == notebook]


def test_a_notebook_that_says_nothing_is_a_report_of_one_s_own(study: StudyFolder) -> None:
    write(study, "mijn-vraag", text("# Wie doet {mee}?"), code("1"))
    (entry,) = of(study, "mijn-vraag")
    assert (entry.name, entry.group, entry.problem) == ("mijn-vraag", "own", "")
    assert (entry.parameters, entry.languages) == ({}, ("nl",))
    assert set(entry.titles.values()) == {"Wie doet {mee}?"}
    assert reports(study)[-1] == entry


def test_it_is_made_in_both_languages_if_it_takes_one(study: StudyFolder) -> None:
    cells = text("# Vraag", "nl"), text("# Question", "en"), code('language = "nl"', "parameters")
    write(study, "vraag", *cells)
    (entry,) = of(study, "vraag")
    assert entry.languages == ("nl", "en")
    assert entry.titles == {"nl": "Vraag", "en": "Question"}


def test_a_row_of_a_table_is_a_report_with_the_fields_of_its_name(study: StudyFolder) -> None:
    told = {"for_each": "scales", "name": "pool-{scale:02}", "title": "{left} of {right}"}
    write(study, "pool", code("scale: int = 1", "parameters"), swt=told)
    entries = of(study, "pool")
    assert [one.name for one in entries][:2] == ["pool-01", "pool-02"]
    assert [one.parameters for one in entries] == [{"scale": n} for n in range(1, 12)]
    assert entries[0].titles == {
        "nl": "Gemeente of hoofdaannemers", "en": "Municipality of main contractors",
    }  # fmt: skip


def test_codes_in_a_title_are_written_as_labels_and_rows_alike_are_one(study: StudyFolder) -> None:
    told = {"for_each": "themes", "name": "deel-{part}", "title": "Deel: {part}"}
    write(study, "deel", code("part: str = ''", "parameters"), swt=told)
    titles = [one.titles["nl"] for one in of(study, "deel")]
    assert titles == ["Deel: observatie", "Deel: reflectie"]


def test_several_definitions_and_what_each_needs(study: StudyFolder) -> None:
    often = {"for_each": "scales", "name": "x-{scale}", "at_least": 12}
    absent = {"name": "x-change", "needs": ["change"]}
    write(study, "x", code("scale: int = 1", "parameters"), swt=[{"name": "x"}, often, absent])
    assert [one.name for one in of(study, "x")] == ["x"]


def test_a_notebook_can_say_that_it_is_no_report(study: StudyFolder) -> None:
    write(study, "kladblok", code("1"), swt={"report": False})
    assert not of(study, "kladblok")


def test_her_notebook_of_the_same_name_takes_the_place_of_ours(study: StudyFolder) -> None:
    ours = {one.notebook for one in reports(study)}
    write(study, "claims", text("# Mijn beweringen"), swt={"name": "claims"})
    (entry,) = of(study, "claims")
    assert entry.titles["nl"] == "Mijn beweringen"
    assert {one.notebook for one in reports(study)} == ours


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"for_each": "scals", "name": "x-{scale}"}, "'scals' is no processed table; there are:"),
        ({"for_each": "scales"}, "its name needs a field, such as {scale}"),
        ({"for_each": "scales", "name": "x-{schaal}"}, "schaal"),
        ({"title": {"nl": "Alleen Nederlands"}}, "en"),
        ({"title": "{onbekend}"}, "onbekend"),
        ("scales", "its metadata swt cannot be used"),
    ],
)
def test_what_cannot_be_used_ends_that_notebook_only(
    study: StudyFolder, told: object, reason: str
) -> None:
    before = reports(study)
    write(study, "x", code("scale: int = 1", "parameters"), swt=told)
    (entry,) = of(study, "x")
    assert "its metadata swt cannot be used: " in entry.problem
    assert reason in entry.problem
    assert [one for one in reports(study) if one != entry] == before


def test_two_reports_of_one_name_are_told_apart(study: StudyFolder) -> None:
    write(study, "een", code("1"), swt={"name": "zelfde"})
    write(study, "twee", code("1"), swt={"name": "zelfde"})
    (first,), (second,) = of(study, "een"), of(study, "twee")
    assert (first.name, first.problem) == ("zelfde", "")
    assert second.name == "twee-2"
    assert "een.ipynb makes a report of this name too" in second.problem


def test_with_pseudonyms_titles_do_not_say_the_word_twice(study: StudyFolder) -> None:
    settings = study.raw / "study.toml"
    settings.write_text("pseudonyms = true\n" + settings.read_text("utf-8"), "utf-8")
    assert of(study, "municipality")[0].titles["nl"] == "Alkmaar"  # the tables are as they were


@pytest.mark.parametrize(
    ("source", "types"),
    [
        ("a: int = 1\nb = 'x'\nc: str | None = None", {"a": "int", "b": "str", "c": "str"}),
        ("d, e = 1, 2", {"d": "", "e": ""}),
        ("%matplotlib inline\nf = True", {"f": "bool"}),
        ("g = = 1", {}),
    ],
)
def test_the_types_of_parameters_are_read_without_running(
    source: str, types: dict[str, str]
) -> None:
    assert parameter_types({"cells": [code(source, "parameters")]}) == types


def test_a_notebook_that_is_given_nothing_needs_no_parameters() -> None:
    notebook = {"cells": [code("1")]}
    assert unfit(notebook, []) == ""
    assert unfit(notebook, ["scale"]).startswith("has no cell tagged parameters")
    assert parameter_types(notebook) == {}


def test_the_language_of_a_run_is_that_which_was_set_last() -> None:
    cells = [
        code('language: str = "nl"', "parameters"),
        code('language = "en"\nscale = 2', "injected-parameters"),
    ]
    assert given_language({"cells": cells}) == "en"
    assert given_language({"cells": []}) == ""


def test_a_heading_gives_each_language_its_title() -> None:
    notebook = {"cells": [text("## Niet deze"), text("# Kop\n\nTekst", "nl")]}
    assert headings(notebook, "mijn_vraag") == {"nl": "Kop", "en": "Kop"}
    assert headings({"cells": []}, "mijn_vraag")["en"] == "Mijn vraag"


def test_another_default_of_a_parameter_makes_no_page_stale(tmp_path: Path) -> None:
    path = tmp_path / "choice_scale.ipynb"
    shutil.copy(ROOT / "notebooks" / "choice_scale.ipynb", path)
    before, source = notebook_hash(path), path.read_text("utf-8")
    path.write_text(source.replace("scale: int = 1", "scale: int = 7"), "utf-8")
    assert notebook_hash(path) == before
    ran = json.loads(source)
    ran["metadata"]["language_info"] = {"name": "python", "version": "3.13.0"}
    for cell in ran["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"execution_count": 3, "outputs": [{"output_type": "stream", "text": "x"}]}
    path.write_text(json.dumps(ran), "utf-8")
    assert notebook_hash(path) == before
    path.write_text(source.replace("this.plot,", "this.plot(),"), "utf-8")
    assert notebook_hash(path) != before


def test_a_definition_gives_the_same_values_to_each_of_its_reports(study: StudyFolder) -> None:
    given = {"name": "vorm-{scale}", "for_each": "scales", "given": {"variable": "form"}}
    cells = code("scale: int = 1\nvariable: str = 'status'", "parameters")
    write(study, "vorm", cells, swt=[given, {"name": "kaal", "given": {"variable": "form"}}])
    entries = of(study, "vorm")
    assert len(entries) == 12
    assert entries[0].parameters == {"variable": "form", "scale": 1}
    assert [one.parameters for one in entries if one.name == "kaal"] == [{"variable": "form"}]


def test_a_report_can_need_a_column_that_says_something(study: StudyFolder) -> None:
    there = {"needs": ["municipality_rounds.form"], "name": "met-vorm"}
    empty = {"needs": ["context"], "name": "zonder"}
    blank = {"needs": ["municipality_codes.from"], "name": "vanaf"}
    path = study.processed / "municipality_codes.csv"
    write(study, "vorm", code("1"), swt=[there, empty, blank])
    assert [one.name for one in of(study, "vorm")] == ["met-vorm", "vanaf"]
    path.write_text("code,municipality,from,to,source\nGM0361,Alkmaar,,,CBS\n")
    assert [one.name for one in of(study, "vorm")] == ["met-vorm"]
