"""Notebooks as a researcher runs them: by hand in JupyterLab, or with parameters of their own."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest
from nbclient import NotebookClient
from papermill.exceptions import PapermillExecutionError

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def shown(notebook: nbformat.NotebookNode) -> list[list[dict[str, object]]]:
    """What each cell shows, the cell that papermill adds and the run's own numbers left out."""
    return [
        [output.get("data", output) for output in cell.outputs]
        for cell in notebook.cells
        if "injected-parameters" not in cell.metadata.get("tags", [])
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
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


WARM = """
import json, pathlib, sys
from IPython.utils.capture import capture_output
from swt_analysis import text
from swt_analysis.reports import warm

shell = warm._kernel().shell
assert text.catalogue.cache_info().currsize == 1
before = set(sys.modules)
for path in sys.argv[1:]:
    for cell in json.loads(pathlib.Path(path).read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            with capture_output():
                result = shell.run_cell("".join(cell["source"]))
            result.raise_error()
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def test_what_notebooks_need_is_loaded_before_they_are_forked(made_study: Path) -> None:
    command = [sys.executable, "-c", WARM, *map(str, NOTEBOOKS)]
    done = subprocess.run(command, cwd=made_study, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    packages = {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}
    assert not packages & {"swt_analysis", "babel", "latex2mathml", "matplotlib", "scipy", "yaml"}


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("choice_scale", {"scale": 12}, "scale 12 does not exist; there are: 1, 2, 3, 4"),
        ("choice_scale", {"scale": "1"}, "scale '1' does not exist; there are: 1, 2, 3, 4"),
        ("municipality", {"municipality": "Harlem"}, "there are: Alkmaar, Beverwijk, Haarlem"),
        ("theme_part", {"part": "remark"}, "there are: observation, reflection"),
        ("theme_part", {"number": 6}, "number 6 does not exist; there are: 1, 2, 3, 4, 5"),
        ("overview", {"language": "de"}, "language 'de' does not exist; there are: nl, en"),
    ],
)
def test_a_wrong_parameter_gives_one_line_that_lists_what_exists(
    made_study: Path, tmp_path: Path, name: str, parameters: dict[str, object], message: str
) -> None:
    with pytest.raises(PapermillExecutionError) as caught:
        papermill.execute_notebook(
            str(ROOT / "notebooks" / f"{name}.ipynb"),
            str(tmp_path / "out.ipynb"),
            parameters=parameters,
            cwd=str(made_study),
            engine_name="swt",
            kernel_name="python3",
            progress_bar=False,
        )
    (line,) = caught.value.traceback
    assert line.startswith("ParameterError: ")
    assert message in line
