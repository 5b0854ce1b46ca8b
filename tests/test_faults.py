"""Commands are killed, starved and locked out; `tests/faults/run.py` is the long form."""

import itertools
import os
import random
import signal
from pathlib import Path

import pytest

from tests.faults.bench import Bench, Broken, Case
from tests.faults.conditions import surroundings
from tests.faults.running import disk_full, moved, read_only, struck, surrounded

REPORT = Case("report", ("report", "choice-scale-01", "--language", "nl", "--jobs", "1"))
STATES = itertools.cycle((1, 0))  # each run starts where the one before it ended
ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="mounts need root")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="module")
def seconds(bench: Bench) -> float:
    """Of a run that nothing disturbs."""
    return bench.settle(REPORT)


@pytest.fixture
def old(bench: Bench, seconds: float) -> None:
    """Bring the files to the state in which they are before each run."""
    bench.check_right(REPORT, 0)


@pytest.mark.parametrize(
    ("number", "who"),
    [
        # A worker, and Ctrl-C: see test_executors.
        (signal.SIGKILL, "main"),
        (signal.SIGKILL, "kernel"),
        (signal.SIGTERM, "main"),
    ],
    ids=lambda one: one if isinstance(one, str) else one.name,
)
def test_a_run_that_is_struck_leaves_files_whole_and_the_next_ends_right(
    bench: Bench, seconds: float, number: signal.Signals, who: str
) -> None:
    chance = random.Random(f"{number} {who}")
    state = next(STATES)
    struck(bench, REPORT, state, number, who, chance, seconds)
    bench.check_gone()
    bench.check_whole(REPORT, bench.indexes())
    bench.check_right(REPORT, state)


def test_a_file_that_is_cut_off_is_found(bench: Bench, old: None) -> None:
    page = bench.study / "reports" / "nl" / "choice-scale-01.html"
    whole = page.read_bytes()
    page.write_bytes(whole[:-1])
    with pytest.raises(Broken, match=r"choice-scale-01\.html is neither old nor new"):
        bench.check_whole(REPORT, set())
    page.write_bytes(whole)
    bench.check_whole(REPORT, bench.indexes())


@ROOT
def test_a_full_disk_is_told_and_harms_nothing(bench: Bench) -> None:
    case = Case("clean", ("clean",))
    bench.settle(case)
    assert disk_full(bench, case, (20_000,)) == "exit [1]"


@ROOT
def test_a_folder_that_cannot_be_written_is_told(bench: Bench, old: None) -> None:
    assert "exit 1" in read_only(bench, REPORT)


def test_a_study_on_another_file_system_with_a_blank_and_an_accent(bench: Bench, old: None) -> None:
    if not Path("/dev/shm").is_dir():
        pytest.skip("needs another file system")
    moved(bench, REPORT)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder nobody can write in")
def test_a_home_that_cannot_be_written_leaves_nothing_elsewhere(bench: Bench, old: None) -> None:
    surrounded(bench, REPORT, *surroundings(bench.root)["HOME read-only"])
