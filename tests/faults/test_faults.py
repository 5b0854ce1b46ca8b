"""Commands are killed, starved and locked out; `tests/faults/run.py` is the long form."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from swt_analysis.rounds import simulate
from tests.conftest import swt
from tests.faults.bench import Bench, Broken, Case
from tests.faults.conditions import surroundings
from tests.faults.running import disk_full, moved, read_only, struck, surrounded

REPORT = Case("report", ("report", "choice-scale-01", "--language", "nl", "--jobs", "1"))
ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="mounts need root")


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bench, float]:
    """Give a study whose right files are known, and the seconds of a run on it."""
    bench = Bench(tmp_path_factory.mktemp("f"))
    return bench, bench.settle(REPORT)


@pytest.fixture
def bench(settled: tuple[Bench, float]) -> Bench:
    return settled[0]


@pytest.mark.parametrize(
    ("number", "who"),
    [
        # The process of a page, and Ctrl-C: see tests/reports/test_run.py.
        pytest.param(signal.SIGKILL, "main", marks=pytest.mark.slow),
        pytest.param(signal.SIGKILL, "server", marks=pytest.mark.slow),
        pytest.param(signal.SIGTERM, "main", marks=pytest.mark.slow),
    ],
    ids=lambda one: one if isinstance(one, str) else one.name,
)
def test_a_run_that_is_struck_leaves_files_whole_and_the_next_ends_right(
    settled: tuple[Bench, float], number: signal.Signals, who: str
) -> None:
    bench, seconds = settled
    chance = random.Random(f"{number} {who}")
    struck(bench, REPORT, number, who, chance, seconds)
    bench.check_gone()
    bench.check_whole(REPORT, bench.indexes())
    bench.check_right(REPORT)


INTERRUPTED = """
import os, runpy, signal, sys

class Interrupts:
    @staticmethod
    def find_spec(name, path, target=None):
        if name == "click":
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interrupts)
sys.argv = ["swt", "list"]
runpy.run_module("swt_analysis", run_name="__main__")
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_while_the_commands_load_prints_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGINT
    assert done.stdout + done.stderr == ""


def test_ctrl_c_ends_any_command_in_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def strike(*arguments: object, **others: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(simulate, "simulate", strike)
    done = swt("simulate", "--output", str(tmp_path / "new"), folder=tmp_path)
    assert done.returncode == 130
    assert done.stderr == "\nStopped. No file was left half written.\n"


def test_a_file_that_is_cut_off_is_found(bench: Bench) -> None:
    page = bench.study / "reports" / "nl" / "choice-scale-01.html"
    whole = page.read_bytes()
    page.write_bytes(whole[:-1])
    with pytest.raises(Broken, match=r"choice-scale-01\.html is neither old nor new"):
        bench.check_whole(REPORT, set())
    page.write_bytes(whole)
    bench.check_whole(REPORT, bench.indexes())


@pytest.mark.slow
@ROOT
def test_a_full_disk_is_told_and_harms_nothing(bench: Bench) -> None:
    assert disk_full(bench, REPORT, (20_000,)) == "exit [1]"


@pytest.mark.slow
@ROOT
def test_a_folder_that_cannot_be_written_is_told(bench: Bench) -> None:
    assert "exit 1" in read_only(bench, REPORT)


@pytest.mark.slow
def test_a_study_on_another_file_system_with_a_blank_and_an_accent(bench: Bench) -> None:
    if not Path("/dev/shm").is_dir():
        pytest.skip("needs another file system")
    moved(bench, REPORT)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder nobody can write in")
def test_a_home_that_cannot_be_written_leaves_nothing_elsewhere(bench: Bench) -> None:
    surrounded(bench, REPORT, *surroundings(bench.root)["HOME read-only"])
