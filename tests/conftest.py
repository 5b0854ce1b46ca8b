"""A copy of the study with all its reports, made once, by the command that users give."""

import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import chdir
from functools import cache
from pathlib import Path
from unittest import mock

import pytest
from click.testing import CliRunner
from hypothesis import Phase, settings

from swt_analysis.cli import main
from swt_analysis.files import locked
from swt_analysis.reports.run import load_ahead

# Else nbformat has a parser of web addresses built, which it has no use for, in each process: 2 s.
sys.modules.setdefault("rfc3987_syntax", None)

ROOT = Path(__file__).parents[1]

# Reports of every notebook, to show what holds for all; a study has them whatever its rounds tell.
KINDS = (
    *("overview", "choice-scale-0[137]", "observation-1", "themes", "municipalities"),
    *("municipality-*", "groups-*", "team-composition", "claims", "change", "instrument"),
    *("codebook", "national-context"),
)

TOLD = "told.txt"

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
    """Look for garbage less often; spare each mutant that of the process it was forked from."""
    gc.set_threshold(100_000)
    if config.getoption("hypothesis_profile", None) == "mutation":
        gc.freeze()


def swt(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in this process: a start takes seconds (`swt_alone` has one of its own)."""
    told = Path(scratch().name, TOLD)
    before = told.stat().st_size
    with (
        chdir(folder),
        mock.patch("swt_analysis.cli.reports.use_scratch"),
        mock.patch("swt_analysis.cli.common.use_scratch"),
        mock.patch("swt_analysis.reports.run.load_ahead", load_once),
    ):
        done = CliRunner().invoke(main, arguments)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    errors = done.stderr + told.read_bytes()[before:].decode()
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, errors)


def swt_alone(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as users do, in a process of its own."""
    command = [sys.executable, "-m", "swt_analysis", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@cache
def scratch() -> tempfile.TemporaryDirectory[str]:
    """Make a folder for what `load_once` needs, and for what its forks write to nobody: `TOLD`."""
    folder = tempfile.TemporaryDirectory()
    Path(folder.name, TOLD).touch()
    return folder


@cache
def load_once() -> None:
    """Have one process load what notebooks need, for all that this one runs."""
    folder = scratch().name
    ours = os.dup(2)
    with mock.patch.dict(os.environ, TMPDIR=folder, IPYTHONDIR=folder):
        with Path(folder, TOLD).open("ab") as told:
            os.dup2(told.fileno(), 2)
        load_ahead()
        os.dup2(ours, 2)
    os.close(ours)


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Wait until something holds, or no longer; gives whether it does."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


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
    gc.freeze()
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
        result = swt_alone("report", "--keep-going", folder=study)
    assert result.returncode == 0, result.stderr
    return study
