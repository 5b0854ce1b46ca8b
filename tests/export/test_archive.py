"""An archive says what it holds and what was run, and is made again from what it holds."""

import json
import re
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from swt_analysis.export.archive import without_names
from swt_analysis.folder import StudyFolder
from swt_analysis.problems import DataError
from tests.conftest import ROOT, copy_raw, swt

HIDDEN = "choice-scale-0[12]"


@pytest.fixture(scope="module")
def packed(made_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("archive") / "study.zip"
    done = swt("archive", "-o", str(target), folder=made_study)
    assert done.returncode == 0, done.stderr
    return target


def graph(archive: Path) -> dict[str, dict[str, Any]]:
    with zipfile.ZipFile(archive) as files:
        described = json.loads(files.read("ro-crate-metadata.json"))
    return {one["@id"]: one for one in described["@graph"]}


def references(value: object) -> list[str]:
    if isinstance(value, dict):
        return [value["@id"]] if set(value) == {"@id"} else []
    return [one for part in value for one in references(part)] if isinstance(value, list) else []


def test_everything_in_it_is_described_and_nothing_else(packed: Path) -> None:
    entities = graph(packed)
    with zipfile.ZipFile(packed) as files:
        sizes = {one.filename: one.file_size for one in files.infolist()}
        assert files.testzip() is None
    described = {key: one for key, one in entities.items() if "File" in one["@type"]}
    assert set(described) == set(sizes) - {"ro-crate-metadata.json"}
    assert all(int(one["contentSize"]) == sizes[key] for key, one in described.items())
    reached, waiting = set(), ["./"]
    while waiting:  # every file is part of the whole, through its folder
        key = waiting.pop()
        reached.add(key)
        waiting += references(entities[key].get("hasPart", []))
    assert set(described) <= reached
    named = {one for entity in entities.values() for v in entity.values() for one in references(v)}
    outside = {one for one in named - set(entities) if not one.startswith("https://w3id.org/ro/")}
    assert outside == set()


def test_it_holds_what_makes_it_whole(packed: Path) -> None:
    with zipfile.ZipFile(packed) as files:
        names = set(files.namelist())
    assert {
        "README.md",
        "CITATION.cff",
        "requirements.lock",
        "codebook/dictionary.csv",
        "data/raw/study.toml",
        "data/raw/instrument/scales.csv",
        "data/processed/datapackage.json",
        "notebooks/choice_scale.ipynb",
        "reports/index.html",
        "reports/nl/claims.html",
    } <= names
    assert not [one for one in names if "/." in f"/{one}" or one.endswith(".part")]


def test_it_says_who_when_and_under_which_licence(packed: Path) -> None:
    entities = graph(packed)
    root = entities["./"]
    settings = tomllib.loads((ROOT / "data/raw/study.toml").read_text("utf-8"))
    assert root["datePublished"] == settings["published"]
    assert root["license"] == {"@id": "https://spdx.org/licenses/MIT"}
    assert settings["title_nl"] in root["name"]
    assert settings["title_en"] in root["name"]
    assert entities[root["publisher"]["@id"]]["name"] == settings["publisher_en"]
    cited = [entities[one] for one in references(root["citation"])]
    assert any("Sprinkhuizen" in one["description"] for one in cited)
    assert len(cited) == len(settings["source"])


def test_it_says_what_was_run(packed: Path) -> None:
    entities = graph(packed)
    action = entities["#nl/choice-scale-04"]
    given = {entities[one]["name"]: entities[one]["value"] for one in references(action["object"])
             if one.startswith("#")}  # fmt: skip
    assert given == {"scale": 4, "language": "nl"}
    assert {"@id": "data/processed/choice_scale_counts.csv"} in action["object"]
    assert {"@id": "reports/nl/choice-scale-04.html"} in action["result"]
    tools = [entities[one]["name"] for one in references(action["instrument"])]
    assert tools == ["notebooks/choice_scale.ipynb", "swt_analysis", "Python"]
    assert entities["#swt-analysis"]["softwareVersion"] == "1.0.0"
    pages = [key for key, one in entities.items() if one["@type"] == "CreateAction"]
    assert len(pages) == 1 + 86
    assert {one["endTime"] for one in entities.values() if "endTime" in one} == {"2026-11-26"}


@pytest.mark.skipif(
    not shutil.which("rocrate-validator"),
    reason="roc-validator is not installed: one of its packages is LGPL, so it is in no lock",
)
def test_the_validator_of_ro_crates_is_content(packed: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(packed, tmp_path)
    command = ["rocrate-validator", "-y", "validate", "-l", "required", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "URLError" in done.stdout + done.stderr:
        pytest.skip("the validator reads the context of RO-Crate from the network")
    assert done.returncode == 0, done.stdout


def test_the_same_study_gives_the_same_bytes(
    packed: Path, made_study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = tmp_path / "elsewhere é"
    shutil.copytree(made_study, moved)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    done = swt("archive", "-o", str(tmp_path / "again.zip"), folder=moved)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "again.zip").read_bytes() == packed.read_bytes()


def unpacked_again(packed: Path, folder: Path, *pages: str) -> dict[str, bytes]:
    """Unpack an archive, take away what is generated, and make it again."""
    shutil.unpack_archive(packed, folder)
    before = {one: (folder / "reports" / f"{one}.html").read_bytes() for one in pages}
    shutil.rmtree(folder / "reports")
    shutil.rmtree(folder / "data" / "processed")
    names = {one.partition("/")[2] for one in pages}
    done = swt("report", *names, "--quiet", folder=folder)
    assert done.returncode == 0, done.stderr
    return before


@pytest.mark.slow
def test_unpacked_elsewhere_it_makes_the_same_pages(packed: Path, tmp_path: Path) -> None:
    pages = ("nl/choice-scale-04", "en/claims", "nl/municipality-haarlem", "en/overview")
    before = unpacked_again(packed, tmp_path, *pages)
    for key, content in before.items():
        assert (tmp_path / "reports" / f"{key}.html").read_bytes() == content, key


@pytest.mark.slow
def test_pseudonyms_hold_in_the_archive_and_in_what_is_made_of_it(tmp_path: Path) -> None:
    study = copy_raw(tmp_path / "study")
    settings = study / "data" / "raw" / "study.toml"
    text = settings.read_text("utf-8")
    phrase = 'pseudonyms = "een geheime zin"\n[[source]]'
    settings.write_text(text.replace("[[source]]", phrase, 1), "utf-8")
    assert swt("report", "--quiet", folder=study).returncode == 0
    target = tmp_path / "hidden.zip"
    done = swt("archive", "-o", str(target), folder=study)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(target) as files:
        for name in files.namelist():
            content = files.read(name).decode("utf-8", errors="replace")
            assert not re.search("Haarlem|Beverwijk|Zaanstad|geheime zin", content), name
        assert "data/raw/reference/municipality_places.csv" not in files.namelist()
    pages = ("nl/municipality-gemeente-a", "en/municipalities", "nl/claims", "nl/overview")
    before = unpacked_again(target, tmp_path / "out", *pages)
    for key, content in before.items():
        assert (tmp_path / "out" / "reports" / f"{key}.html").read_bytes() == content, key


def test_a_workbook_with_names_is_not_archived_under_pseudonyms(tmp_path: Path) -> None:
    study = StudyFolder(copy_raw(tmp_path))
    content = b"gemeente,note\nVelsen,In Velsen\nHaarlem,x\n"
    hidden = {"Velsen": "Gemeente B", "Haarlem": "Gemeente A"}
    written = without_names(study, "data/raw/rounds/2015/scores.csv", content, hidden)
    assert written == b"gemeente,note\nGemeente A,x\nGemeente B,In Gemeente B\n"
    with pytest.raises(DataError, match=r"scores\.xlsx': cannot be given pseudonyms; take it in"):
        without_names(study, "data/raw/rounds/2015/scores.xlsx", b"PK", hidden)


@pytest.mark.parametrize(
    ("change", "target", "code", "told"),
    [
        ("licence", "x.zip", 1, "an archive needs an SPDX identifier or a web address"),
        ("published", "x.zip", 1, "an archive needs a date"),
        ("", "x.tar", 2, "its name has to end in .zip"),
        ("", "data/x.zip", 2, "choose a place outside"),
    ],
)
def test_what_keeps_an_archive_from_being_made_is_told(
    made_study: Path, tmp_path: Path, change: str, target: str, code: int, told: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from swt_analysis.export import archive

    whole = archive.study_settings

    def without(study: StudyFolder) -> dict[str, Any]:
        return {key: one for key, one in whole(study).items() if key != change}

    monkeypatch.setattr(archive, "study_settings", without)
    study = tmp_path / "study"
    shutil.copytree(made_study, study)
    done = swt("archive", "-o", target, folder=study)
    assert (done.returncode, told in done.stderr) == (code, True), done.stderr
    assert not (study / target).exists()


def test_the_citation_is_complete_and_of_this_version() -> None:
    """The keys that version 1.2.0 of the format asks for."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert cited["cff-version"] == "1.2.0"
    assert cited["version"] == project["version"]
    assert cited["license"] == project["license"]
    assert cited["type"] == "software"
    assert set(cited["keywords"]) == set(project["keywords"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", str(cited["date-released"]))
    assert cited["message"]
    assert len(cited["abstract"]) > 100
    assert all(set(one) & {"name", "family-names"} for one in cited["authors"])
    (note,) = [one for one in cited["references"] if one["type"] == "report"]
    assert {"type", "title", "authors"} <= set(note)
