"""Which pages are made again after a change: exactly those that it can reach."""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from swt_analysis.folder import StudyFolder
from swt_analysis.reports import build
from swt_analysis.reports import stale as staleness
from swt_analysis.reports.catalogue import reports
from swt_analysis.reports.stale import (
    MANIFEST,
    PACKAGE,
    Current,
    read_manifest,
    state,
    update_processed,
)
from swt_analysis.reports.target import Target
from swt_analysis.text import LANGUAGES
from tests.conftest import ROOT, swt, swt_alone

ALL = 86
HEAVY = (
    *("pandas", "numpy", "scipy", "matplotlib", "seaborn", "IPython"),
    *("nbformat", "nbconvert", "papermill", "tornado", "openpyxl"),
)


@pytest.fixture
def study(made_study: Path, tmp_path: Path) -> StudyFolder:
    """A study with all its pages, and notebooks of its own."""
    shutil.copytree(made_study, tmp_path / "study", symlinks=True)
    shutil.copytree(ROOT / "notebooks", tmp_path / "study" / "notebooks")
    return StudyFolder(tmp_path / "study")


def current(study: StudyFolder) -> Current:
    return Current(study, tuple(reports(study)))


def stale(study: StudyFolder) -> dict[str, str]:
    """Pages that are not fresh, and why; the tables are brought up to date first."""
    update_processed(study)
    here, manifest = current(study), read_manifest(study)
    targets = [Target(report, language) for report in here.everything for language in LANGUAGES]
    states = {one.key: state(here, one, manifest) for one in targets}
    return {key: said for key, said in states.items() if said != "fresh"}


def edit(path: Path, old: str, new: str) -> None:
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), "utf-8")


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package, to be edited, in the place of the one whose files are hashed."""
    copy = tmp_path / "library" / PACKAGE.name
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(staleness, "PACKAGE", copy)
    return copy


def test_nothing_is_stale_in_another_place_on_another_day(
    study: StudyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in study.root.rglob("*"):
        os.utime(path, (0, 0))
    monkeypatch.setattr(time, "time", lambda: 4_000_000_000.0)
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    monkeypatch.setenv("LC_ALL", "nl_NL.UTF-8")
    assert stale(study) == {}


def test_a_run_with_nothing_to_make_removes_what_a_killed_one_left(study: StudyFolder) -> None:
    left = study.reports / ".swt-left"
    left.mkdir()
    assert swt("report", "overview", folder=study.root).returncode == 0
    assert not left.exists()


def test_a_deleted_page_is_made_again(study: StudyFolder) -> None:
    (study.reports / "nl" / "overview.html").unlink()
    (study.reports / "en" / "claims.ipynb").unlink()
    assert stale(study) == {"nl/overview": "missing", "en/claims": "missing"}


def test_a_page_that_was_altered_is_made_again(study: StudyFolder) -> None:
    edit(study.reports / "nl" / "overview.html", "</h1>", "!</h1>")
    assert stale(study) == {"nl/overview": "stale: the page was altered"}


def test_a_page_of_other_parameters_is_made_again(study: StudyFolder) -> None:
    edit(study.reports / MANIFEST, '"scale": 3', '"scale": 4')
    assert stale(study) == {"en/choice-scale-03": "stale: its parameters"}


def test_a_notebook_makes_its_own_pages_stale(study: StudyFolder) -> None:
    edit(study.notebooks["themes"], "report = swt", "report  =  swt")
    assert stale(study) == dict.fromkeys(("nl/themes", "en/themes"), "stale: its notebook")


def test_a_notebook_that_was_run_and_saved_in_jupyterlab_makes_nothing_stale(
    study: StudyFolder,
) -> None:
    path = study.notebooks["themes"]
    notebook = json.loads(path.read_text("utf-8"))
    for number, cell in enumerate(notebook["cells"]):
        cell["execution_count"] = number
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["run"]}]
    path.write_text(json.dumps(notebook, indent=2), "utf-8")
    assert stale(study) == {}


def test_a_raw_cell_makes_those_pages_stale_that_read_its_table(study: StudyFolder) -> None:
    tables = {key: set(entry["tables"]) for key, entry in read_manifest(study)["pages"].items()}
    edit(study.raw / "reference" / "national_polls.csv", "2019,", "2020,")
    touched = {key for key, read in tables.items() if "national_reference" in read}
    assert stale(study) == dict.fromkeys(touched, "stale: national_reference.csv")
    assert 0 < len(touched) < ALL


def test_a_raw_comment_that_changes_no_table_makes_nothing_stale(study: StudyFolder) -> None:
    path = study.raw / "rounds" / "2014" / "tallies.csv"
    path.write_bytes(path.read_bytes().replace(b"XXXX X", b"XXXXX"))
    assert stale(study) == {}


def test_a_setting_makes_all_pages_stale(study: StudyFolder) -> None:
    edit(study.raw / "study.toml", 'title_nl = "', 'title_nl = "Nieuw: ')
    # The title of the study may be part of those that pages link to, but its file is told first.
    assert set(stale(study).values()) == {"stale: study.toml"}
    assert len(stale(study)) == ALL


@pytest.mark.parametrize(
    "name",
    ["text/texts.toml", "reports/report.py", "reports/templates/swt/style.css", "clean/tallies.py"],
)
def test_whatever_is_edited_in_the_library_makes_all_stale(
    study: StudyFolder, library: Path, name: str
) -> None:
    (library / "__pycache__").mkdir(exist_ok=True)
    (library / "__pycache__" / "left.pyc").touch()
    assert stale(study) == {}
    with (library / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert set(stale(study).values()) == {"stale: the library"}
    assert len(stale(study)) == ALL


def test_a_module_of_the_study_makes_all_stale(study: StudyFolder) -> None:
    (study.root / "own.py").write_text("value = 1\n")
    assert set(stale(study).values()) == {"stale: the modules of the study"}


def test_an_edit_of_the_library_has_the_data_cleaned_again(
    study: StudyFolder, library: Path
) -> None:
    assert not update_processed(study)
    (library / "clean" / "tallies.py").write_text("# another\n")
    assert update_processed(study)
    assert not update_processed(study)


def test_a_processed_table_that_was_altered_is_cleaned_again(study: StudyFolder) -> None:
    table = study.processed / "scales.csv"
    before = table.read_bytes()
    table.write_bytes(before + b"x\n")
    assert stale(study) == {}
    assert table.read_bytes() == before


def test_another_version_of_a_package_makes_all_stale(
    study: StudyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = staleness.packages_hash()
    (tmp_path / "drawing-1.dist-info").mkdir()
    monkeypatch.setattr(staleness.sysconfig, "get_path", lambda name: str(tmp_path))
    one = staleness.packages_hash()
    (tmp_path / "drawing-1.dist-info").rename(tmp_path / "drawing-2.dist-info")
    assert len({before, one, staleness.packages_hash()}) == 3
    assert set(stale(study).values()) == {"stale: the packages installed"}


def test_a_manifest_of_another_version_is_no_manifest(study: StudyFolder) -> None:
    for content in ('{"format": 1}', "[]", "not JSON"):
        (study.reports / MANIFEST).write_text(content)
        assert set(stale(study).values()) == {"missing"}


def test_a_notebook_that_does_not_say_what_it_reads_depends_on_every_table(
    study: StudyFolder, tmp_path: Path
) -> None:
    path = study.notebooks["themes"]
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"] = notebook["cells"][:3]
    path.write_text(json.dumps(notebook), "utf-8")
    assert swt("report", "themes", "--quiet", folder=study.root).returncode == 0
    tables = read_manifest(study)["pages"]["nl/themes"]["tables"]
    assert set(tables) == {path.stem for path in study.processed.glob("*.csv")}


def test_a_new_report_renews_the_links_of_all(study: StudyFolder) -> None:
    here = current(study)
    first, *rest = here.everything
    target, manifest = Target(rest[0], "nl"), read_manifest(study)
    fewer = Current(study, tuple(rest))
    assert state(fewer, target, manifest) == "stale: the titles that it links to"
    assert state(replace(fewer, everything=(first, *rest)), target, manifest) == "fresh"


def test_pages_of_a_report_that_is_gone_are_removed_unless_somebody_changed_them(
    study: StudyFolder,
) -> None:
    listed = [one for one in reports(study) if one.name not in ("themes", "claims")]
    altered = study.reports / "nl" / "claims.html"
    altered.write_text("mine")
    build.remove_gone(Current(study, tuple(listed)))
    left = {str(path.relative_to(study.reports)) for path in study.reports.glob("*/*.html")}
    assert "nl/themes.html" not in left
    assert "en/claims.html" not in left
    assert "nl/claims.html" in left
    assert altered.read_text() == "mine"
    assert "nl/overview.html" in left


def test_the_index_is_written_only_if_it_would_be_another(study: StudyFolder) -> None:
    def update() -> None:
        build.update_index(current(study))

    index = study.reports / "nl" / "index.html"
    update()
    before = index.read_bytes()
    os.utime(index, (0, 0))
    update()
    assert index.stat().st_mtime == 0
    index.write_text("altered")
    update()
    assert index.read_bytes() == before


def test_nothing_to_do_imports_nothing_heavy(study: StudyFolder) -> None:
    def imported(command: str) -> set[str]:
        run = [sys.executable, "-X", "importtime", "-m", "swt_analysis", command]
        result = subprocess.run(run, cwd=study.root, capture_output=True, text=True, check=True)
        lines = [line for line in result.stderr.splitlines() if line.startswith("import time:")]
        return {line.rpartition("|")[2].strip() for line in lines}

    # The study has other notebooks than those it was made with, but of the same content.
    assert imported("report")
    for command in ("report", "list"):
        modules = imported(command)
        assert "swt_analysis.reports.stale" in modules
        assert not {name for name in modules if name.partition(".")[0] in HEAVY}


def test_nothing_to_do_is_soon_done(study: StudyFolder) -> None:
    # Half a second on a quiet machine; what else runs here is not known.
    times = []
    for _ in range(3):
        started = time.monotonic()
        result = swt_alone("report", folder=study.root)
        times.append(time.monotonic() - started)
        assert result.stdout.startswith("0 made"), result
    assert min(times) < 5


def test_the_list_says_why(study: StudyFolder) -> None:
    edit(study.notebooks["themes"], "report = swt", "report  =  swt")
    (study.reports / "nl" / "overview.html").unlink()
    rows: list[dict[str, Any]] = json.loads(swt("list", "--json", folder=study.root).stdout)
    said = {f"{row['language']}/{row['name']}": row["state"] for row in rows}
    assert said.pop("nl/overview") == "missing"
    assert said.pop("nl/themes") == said.pop("en/themes") == "stale: its notebook"
    assert set(said.values()) == {"fresh"}
