"""Notebooks as a researcher runs them: by hand in JupyterLab, or with parameters of their own."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from swt_analysis.reports.processes import Processes
from tests.conftest import ROOT

TOUR = ROOT / "notebooks" / "explore.ipynb"  # is no report
NOTEBOOKS = sorted(set((ROOT / "notebooks").glob("*.ipynb")) - {TOUR})


def shown(notebook: nbformat.NotebookNode) -> list[list[dict[str, object]]]:
    """What each cell shows, the cell that papermill adds and the run's own numbers left out."""
    return [
        [output.get("data", output) for output in cell.get("outputs", [])]
        for cell in notebook.cells
        if cell.cell_type == "code" and "injected-parameters" not in cell.metadata.get("tags", [])
    ]


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=() if path.stem == "choice_scale" else pytest.mark.slow)
        for path in NOTEBOOKS
    ],
    ids=lambda path: path.stem,
)
def test_run_by_hand_a_notebook_shows_what_its_report_shows(made_study: Path, path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, kernel_name="python3", resources={"metadata": {"path": made_study}}
    ).execute()
    reports = [
        nbformat.read(report, as_version=4)
        for report in sorted((made_study / "reports" / "nl").glob("*.ipynb"))
    ]
    assert shown(notebook) in [shown(report) for report in reports]


LOADED = """
import json, pathlib, sys
from swt_analysis.reports import rehearsal
from swt_analysis.reports.shell import Shell

shell = Shell.instance()
before = set(sys.modules)
for path in sys.argv[1:]:
    for cell in json.loads(pathlib.Path(path).read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            outputs = shell.run("".join(cell["source"]), None)
            assert not any(one.output_type == "error" for one in outputs), outputs
print(json.dumps(sorted(set(sys.modules) - before)))
"""


@pytest.mark.slow
def test_what_notebooks_need_is_loaded_before_they_are_forked(made_study: Path) -> None:
    reports = [str(path) for path in NOTEBOOKS if path.stem != "explore"]
    command = [sys.executable, "-c", LOADED, *reports]
    done = subprocess.run(command, cwd=made_study, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    heavy = {"swt_analysis", "babel", "latex2mathml", "matplotlib", "scipy", "seaborn", "yaml"}
    late = json.loads(done.stdout.splitlines()[-1])
    assert [name for name in late if name.partition(".")[0] in heavy] == []


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("choice_scale", {"scale": 12}, "scale 12: there are 1 to 11"),
        ("choice_scale", {"scale": "1"}, "scale '1': there are 1 to 11"),
        ("municipality", {"municipality": "Harlem"}, "did you mean 'Haarlem'? There are: Alkmaar"),
        (
            "theme_part",
            {"part": "remark"},
            "there are: observation (observatie, observation), reflection",
        ),
        ("theme_part", {"number": 6}, "observation 6: there are 1 to 5"),
        ("overview", {"language": "de"}, "there is no language 'de'; there are: nl, en"),
    ],
)
def test_a_wrong_parameter_gives_one_line_that_lists_what_exists(
    made_study: Path,
    tmp_path: Path,
    processes: Processes,
    name: str,
    parameters: dict[str, object],
    message: str,
) -> None:
    options = {"parameters": parameters, "cwd": str(made_study), "engine_name": "swt"}
    source = str(ROOT / "notebooks" / f"{name}.ipynb")
    task = (source, {**options, "kernel_name": "python3"}, str(tmp_path / "out.ipynb"))
    ((_, error),) = processes.results([task], started=str)
    (line,) = error.traceback
    assert line.startswith("UnknownError: ")
    assert message in line


def test_a_reason_that_all_claims_of_a_list_share_is_said_once(made_study: Path) -> None:
    page = (made_study / "reports" / "nl" / "change.html").read_text("utf-8")
    shown = page[: page.index("Tabel 1 als CSV")]
    assert shown.count("Er zijn geen cijfers van een eerdere ronde om mee te vergelijken.") == 1
    assert shown.count("<li>") > 10
