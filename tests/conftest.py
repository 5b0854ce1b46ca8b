"""A copy of the study with all its reports, made once, by the command that users give."""

import gc
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import Phase, settings

from swt_analysis.cli import main
from swt_analysis.files import locked

ROOT = Path(__file__).parents[1]

# Reports of every notebook, to show what holds for all; a study has them whatever its rounds tell.
KINDS = (
    *("overview", "choice-scale-0[137]", "observation-1", "themes", "municipalities"),
    *("municipality-*", "team-composition", "claims", "change", "instrument", "national-context"),
)

# How fast a machine is, and what else it does, is no fault of the code.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

# A mutant is killed by the first example that sees it, the same ones each time.
settings.register_profile(
    "mutation",
    deadline=None,
    max_examples=25,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
)


def pytest_configure(config: pytest.Config) -> None:
    """Spare the run of each mutant the garbage of the process that it was forked from."""
    if config.getoption("hypothesis_profile", None) == "mutation":
        gc.freeze()


def swt(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command; one that makes no reports in this process, as a start takes seconds."""
    if arguments[0] == "report":
        command = [sys.executable, "-m", "swt_analysis", *arguments]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    with chdir(folder):
        done = CliRunner().invoke(main, arguments)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def copy_raw(study: Path) -> Path:
    """Make a study of the raw data alone."""
    shutil.copytree(ROOT / "data" / "raw", study / "data" / "raw")
    return study


def printed(study: Path) -> dict[str, str]:
    """What the reports of a study print or warn of; they show tables and figures only."""
    return {
        f"{path.parent.name}/{path.stem}": output["text"]
        for path in study.glob("reports/*/*.ipynb")
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        for output in cell.get("outputs", [])
        if output["output_type"] == "stream"
    }


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have one process make the study that many tests read, while others need not wait for it.

    What takes long begins early, so that the processes end together.
    """
    needs = {item.path for item in items if "made_study" in getattr(item, "fixturenames", ())}
    maker = next((item.path for item in items if item.path in needs), None)

    def place(item: pytest.Item) -> int:
        if item.path == maker:
            return 0
        if item.path in needs:
            return 2
        return 1 if item.path.parent.name in ("clean", "rounds") else 3

    items.sort(key=place)


@pytest.fixture(scope="module", autouse=True)
def own_garbage() -> Iterator[None]:
    """Collect what a module leaves open, before another that turns warnings into errors."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def made_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once for all processes of a test run: the second finds nothing to do."""
    base = tmp_path_factory.getbasetemp()
    study = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made" / "study"
    with locked(study.parent, waiting=str):
        if not study.exists():
            copy_raw(study)
        result = swt("report", "--keep-going", folder=study)
    assert result.returncode == 0, result.stderr
    return study
