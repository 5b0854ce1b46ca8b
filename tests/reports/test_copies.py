"""Copies of notebooks to explore with: ``swt explore``, and the tour."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from swt_analysis.cli import own
from swt_analysis.folder import StudyFolder
from swt_analysis.reports.catalogue import reports
from swt_analysis.reports.copies import copy
from swt_analysis.reports.parameters import with_values
from tests.conftest import copy_raw, swt


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copy_raw(tmp_path_factory.mktemp("study"))
    assert swt("clean", folder=folder).returncode == 0
    return folder


def explore(study: Path, *arguments: str) -> tuple[int, str]:
    done = swt("explore", *arguments, "--no-open", folder=study)
    return done.returncode, done.stdout + done.stderr


def cells(path: Path, kind: str = "code") -> list[str]:
    notebook = json.loads(path.read_text("utf-8"))
    nbformat.validate(notebook)
    return ["".join(one["source"]) for one in notebook["cells"] if one["cell_type"] == kind]


@pytest.mark.parametrize(
    ("arguments", "name", "scale"),
    [
        (("choice-scale", "scale=4"), "choice-scale", 4),
        (("choice_scale.ipynb", "scale=4"), "choice-scale", 4),
        (("choice-scale-07",), "choice-scale-07", 7),
        (("choice-scale-07", "scale=2"), "choice-scale-07", 2),
    ],
)
def test_a_copy_has_the_parameters_and_one_language(
    tmp_path: Path, study: Path, arguments: tuple[str, ...], name: str, scale: int
) -> None:
    (tmp_path / "data").symlink_to(study / "data")
    code, told = explore(tmp_path, *arguments, "--language", "en")
    assert (code, told) == (0, f"explore/{name}.ipynb is yours to try things in.\n")
    path = tmp_path / "explore" / f"{name}.ipynb"
    set_, *_ = cells(path)
    assert set_ == (
        f'language: str = "en"  # nl or en\nscale: int = {scale}  # number of the choice scale'
    )
    assert cells(path, "markdown")[0].startswith("# One choice scale")
    assert not any("Gemeenten kiezen" in one for one in cells(path, "markdown"))
    assert (tmp_path / "explore" / ".gitignore").read_text() == "*\n"
    # In notebooks/ it is a report of her own, and not ours once more.
    assert "swt" not in json.loads(path.read_text("utf-8"))["metadata"]


def test_a_copy_that_was_edited_stays(tmp_path: Path, study: Path) -> None:
    (tmp_path / "data").symlink_to(study / "data")
    explore(tmp_path, "themes")
    path = tmp_path / "explore" / "themes.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"][1]["outputs"] = []
    notebook["cells"][1]["execution_count"] = 7
    path.write_text(json.dumps(notebook), "utf-8")  # run and saved: the same copy
    assert explore(tmp_path, "themes") == (0, "explore/themes.ipynb is yours to try things in.\n")
    assert '"execution_count": 7' in path.read_text("utf-8")
    notebook["cells"][1]["source"] = "mine = 1"
    path.write_text(json.dumps(notebook), "utf-8")
    told = (
        "themes.ipynb is there with other cells, and stays as it is.\n"
        "explore/themes-2.ipynb is yours to try things in.\n"
    )
    assert explore(tmp_path, "themes") == explore(tmp_path, "themes") == (0, told)
    assert "mine = 1" in cells(path)
    assert {one.name for one in path.parent.iterdir()} == {
        ".gitignore", "themes.ipynb", "themes-2.ipynb",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("choice-skale",), "did you mean 'choice-scale'"),
        (("choice-scale", "skale=4"), "did you mean 'scale'? There are: language, scale"),
        (("choice-scale", "scale=four"), "parameter scale: 'four' is not a whole number"),
        (("choice-scale", "4"), "'4': a parameter is given as NAME=VALUE, such as scale=4"),
        (("scale=4",), "which report? Such as: swt explore choice-scale scale=4"),
        (("choice-scale", "language=de"), "there is no language 'de'; there are: nl, en"),
        (("overview", "scale=1"), "there is no parameter 'scale'; there are: language"),
    ],
)
def test_wrong_use_is_told_in_one_line(study: Path, arguments: tuple[str, ...], told: str) -> None:
    code, line = explore(study, *arguments)
    assert code == 2
    assert told in line
    assert line.count("\n") == 1
    assert not (study / "explore").exists()


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("n: int = 1  # één", "n: int = 2  # één"),
        ("é = 'é'; n = 1  # x", "é = 'é'; n = 2  # x"),
        (
            "%matplotlib inline\nn = (\n    1\n)\nlast = 3",
            "%matplotlib inline\nn = (\n    2\n)\nlast = 3",
        ),
        ("n: int", "n: int\nn = 2"),
        ("a, n = 0, 1", "a, n = 0, 1\nn = 2"),
    ],
)
def test_a_value_is_written_where_it_stood(code: str, written: str) -> None:
    assert with_values(code, {"n": 2}) == written


def test_jupyterlab_is_opened_on_the_copy(
    tmp_path: Path, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").symlink_to(study / "data")
    called: list[Any] = []

    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        called.append((command, options["cwd"]))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(own.subprocess, "run", run)
    monkeypatch.setattr(own.signal, "signal", lambda *_: None)
    assert swt("explore", folder=tmp_path).returncode == 0
    place = str(Path("explore", "explore.ipynb"))
    root = tmp_path.resolve()
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}", place]
    assert called == [(command, root)]


def executed(path: Path) -> nbformat.NotebookNode:
    """Run a notebook as JupyterLab does, in its own folder."""
    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": path.parent}}
    NotebookClient(notebook, kernel_name="python3", resources=place).execute()
    return notebook


@pytest.mark.parametrize("language", ["nl", pytest.param("en", marks=pytest.mark.slow)])
def test_the_tour_runs_in_explore_and_each_task_takes_few_lines(
    tmp_path: Path, study: Path, language: str
) -> None:
    (tmp_path / "data").symlink_to(study / "data")
    folder = StudyFolder(tmp_path)
    notebook = executed(copy(folder, reports(folder), "explore", [], language))
    tasks = [one for one in notebook.cells if one.cell_type == "code"][2:]
    assert len(tasks) == sum(one.source.startswith("## ") for one in notebook.cells)
    assert all(len(one.source.splitlines()) <= 3 for one in tasks)
    assert all(one.outputs for one in tasks)
    streams = [out for one in tasks for out in one.outputs if out.output_type == "stream"]
    assert not streams, streams
    assert (tmp_path / "explore" / "scale-4.png").stat().st_size > 10_000
    told = [out.data["text/plain"] for one in tasks for out in one.outputs]
    assert any({"nl": "komt overeen", "en": "agrees"}[language] in one for one in told)
    assert tasks[-1].outputs[0].data["application/vnd.jupyter.widget-view+json"]


def test_the_tour_is_no_report(study: Path) -> None:
    assert "explore" in StudyFolder(study).notebooks
    assert "explore" not in [one.notebook for one in reports(StudyFolder(study))]
