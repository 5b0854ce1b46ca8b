"""Reports made by several processes, here and on a cluster, some of which die."""

import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from swt_analysis.folder import StudyFolder
from swt_analysis.problems import SchedulerError
from swt_analysis.reports import cluster as dask
from swt_analysis.reports import processes
from swt_analysis.reports.catalogue import reports
from swt_analysis.reports.run import make_all, open_processes
from swt_analysis.reports.stale import Current
from swt_analysis.reports.target import Failure, Made, Target
from tests.cluster import running_cluster
from tests.conftest import ROOT, swt, wait_until
from tests.reports.test_engine import is_alive

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
SOME = ("choice-scale-*", "--language", "nl", "--force", "--jobs", "2")  # eleven reports


GONE = """
import os, shutil
from swt_analysis.reports.shell import Shell

def run(*_):
    shutil.rmtree(os.environ["IPYTHONDIR"])
    raise FileNotFoundError(2, "No such file or directory")

Shell.run = run
import swt_analysis.reports.rehearsal
"""


def test_what_loads_ahead_ends_without_a_word_if_the_command_has_gone(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", GONE],
        env={**os.environ, "IPYTHONDIR": str(tmp_path / "scratch")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.fixture
def study(made_study: Path, tmp_path: Path) -> StudyFolder:
    shutil.copytree(made_study, tmp_path / "study")
    return StudyFolder(tmp_path / "study")


def current(study: StudyFolder) -> Current:
    return Current(study, tuple(reports(study)))


def pages(study: StudyFolder) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(study.reports.glob("*/*.html"))}


def children(pid: int) -> list[int]:
    """Processes that a process started, and those that they started."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *children(child)]
    return found


def named(pids: list[int], word: str) -> list[int]:
    return [pid for pid in pids if word in Path(f"/proc/{pid}/cmdline").read_bytes().decode()]


def start(*arguments: str, study: StudyFolder) -> subprocess.Popen[str]:
    # A shell that starts the tests in the background has SIGINT ignored.
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from swt_analysis.cli import main; main()"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=study.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.slow
@linux
def test_a_worker_killed_in_a_run_costs_no_report(study: StudyFolder) -> None:
    before = pages(study)
    with start("report", *SOME, study=study) as run:
        assert wait_until(lambda: len(workers(run.pid)) == 2, 120)
        os.kill(workers(run.pid)[0], signal.SIGKILL)
        output, errors = run.communicate(timeout=240)
    assert run.returncode == 0, errors
    assert output.startswith("11 made")
    assert pages(study) == before


def workers(pid: int) -> list[int]:
    """Processes that make pages: those that the process which is forked from has started."""
    return [child for server in named(children(pid), "forkserver") for child in children(server)]


@linux
def test_a_run_that_is_stopped_leaves_whole_pages_and_no_process(study: StudyFolder) -> None:
    before = pages(study)
    gone = [*study.reports.glob("en/choice-scale-*")]
    for path in gone:
        path.unlink()
    with start("report", "--jobs", "2", study=study) as run:
        # Of the second page there are files only when the first is counted.
        assert wait_until(lambda: sum(path.exists() for path in gone) > 2, 120)
        pids = children(run.pid)
        assert len(pids) >= 3
        run.send_signal(signal.SIGINT)
        _, errors = run.communicate(timeout=30)
    assert wait_until(lambda: not any(map(is_alive, pids)))
    assert run.returncode == 130
    told = re.search(r"Stopped. (\d+) of 11 made, the rest is as it was.", errors)
    assert told
    assert 0 < int(told[1]) < 11
    assert errors.strip().endswith("To go on: swt report")
    assert "Traceback" not in errors
    assert not list(study.reports.rglob("*.part"))
    done = {
        path: content for path, content in pages(study).items() if not path.endswith("index.html")
    }
    assert done.items() <= before.items()
    assert swt("report", folder=study.root).returncode == 0
    assert pages(study) == before
    assert not list(study.reports.rglob("*.part"))


@pytest.mark.slow
@linux
def test_two_runs_at_the_same_time_take_turns(study: StudyFolder) -> None:
    before = pages(study)
    with start("report", *SOME, study=study) as first:
        assert wait_until(lambda: len(workers(first.pid)) == 2, 120)
        with start("report", *SOME, study=study) as second:
            _, errors = second.communicate(timeout=240)
        first.communicate(timeout=240)
    assert (first.returncode, second.returncode) == (0, 0)
    assert "another swt works on" in errors
    assert pages(study) == before


@pytest.mark.slow
def test_the_progress_names_the_report_that_runs(study: StudyFolder) -> None:
    pty = pytest.importorskip("pty", reason="no terminals here")
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-m", "swt_analysis", "report", "themes", "--force"]
    subprocess.run(command, cwd=study.root, stderr=theirs, stdout=subprocess.PIPE, check=True)
    os.close(theirs)
    shown = os.read(terminal, 65536).decode()
    os.close(terminal)
    assert "nl/themes" in shown
    assert "en/themes" in shown


def test_dask_and_its_scheduler_go_together(study: StudyFolder) -> None:
    for arguments in (("--executor", "dask"), ("--scheduler", "tcp://127.0.0.1:1")):
        result = swt("report", *arguments, folder=study.root)
        assert result.returncode == 2
        assert "go together" in result.stderr


def test_without_the_package_the_command_says_what_to_install(
    study: StudyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SchedulerError, match=r"pip install 'swt-analysis\[cluster\]'"):
        list(dask.make_on_cluster("tcp://127.0.0.1:1", current(study), [], 60))


def test_work_for_elsewhere_names_no_folder_of_this_machine(study: StudyFolder) -> None:
    packed = pickle.dumps(dask.pack(current(study), [], 60))
    assert str(study.root).encode() not in packed
    assert str(ROOT).encode() not in packed


@pytest.mark.slow
def test_a_report_made_elsewhere_is_the_same(study: StudyFolder) -> None:
    here = current(study)
    target = Target(here.everything[1], "nl")
    work = pickle.loads(pickle.dumps(dask.pack(here, [target], 60)))
    (elsewhere,) = dask.make_here(work)
    assert isinstance(elsewhere, Made)
    page = study.reports / "nl" / "choice-scale-01.html"
    assert elsewhere.files[".html"] == page.read_bytes()


def test_a_worker_with_another_version_is_told_so(study: StudyFolder) -> None:
    here = current(study)
    work = dask.pack(here, [Target(here.everything[0], "nl")], 60)
    work.versions["swt-analysis"] = "another"
    (result,) = dask.make_here(work)
    assert isinstance(result, Failure)
    assert "another version of swt-analysis" in result.reason


@pytest.mark.slow
def test_where_nothing_can_be_forked_a_process_makes_many_pages(
    study: StudyFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As on macOS and Windows; what matplotlib says as it looks for fonts is in no notebook."""
    monkeypatch.setattr(processes, "METHOD", "spawn")
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    monkeypatch.setenv("FONTCONFIG_FILE", os.devnull)
    here = current(study)
    targets = [Target(report, "en") for report in here.everything[:4]]
    with open_processes(1) as workers:
        made = list(make_all(targets, study, here.everything, 60, workers=workers))
    assert [one.target for one in made] == targets
    for one in made:
        assert isinstance(one, Made)
        for ending, content in one.files.items():
            assert content == (study.reports / f"{one.target.key}{ending}").read_bytes()


def test_a_notebook_that_kills_its_process_fails_alone(study: StudyFolder) -> None:
    shutil.copytree(ROOT / "notebooks", study.root / "notebooks")
    notebook = study.notebooks["themes"]
    text = notebook.read_text("utf-8")
    notebook.write_text(
        text.replace("report = swt", "import os; os._exit(7)\\nreport = swt"), "utf-8"
    )
    result = swt("report", "themes", "instrument", "--keep-going", folder=study.root)
    assert result.returncode == 1
    assert "nl/themes: the process of its notebook ended with status 7" in result.stderr
    assert result.stderr.count("themes:") == 2
    assert result.stderr.count("not made") == 1


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Give the address of a cluster and its processes: the scheduler and two workers."""
    pytest.importorskip("distributed")
    with running_cluster(tmp_path) as started:
        yield started


@pytest.mark.slow
@linux
@pytest.mark.parametrize("who", ["the worker", "its process"])
def test_a_cluster_makes_the_same_pages_though_one_dies(
    study: StudyFolder,
    cluster: tuple[str, list[subprocess.Popen[bytes]]],
    tmp_path: Path,
    who: str,
) -> None:
    """What a killed process had of the study goes with its worker."""
    address, (_, first, second) = cluster
    before = pages(study)
    arguments = ("--executor", "dask", "--scheduler", address)
    with start("report", *SOME, *arguments, study=study) as run:
        # Once both make pages, one is killed in the middle of its work.
        works = [tmp_path / "process-1", tmp_path / "process-2"]
        busy = lambda: all(list(one.rglob("swt-*")) for one in works)  # noqa: E731
        assert wait_until(lambda: busy() or run.poll() is not None, 120)
        assert run.poll() is None, run.communicate()
        struck = first.pid if who == "the worker" else children(first.pid)[0]
        os.kill(struck, signal.SIGKILL)
        output, errors = run.communicate(timeout=240)
    assert run.returncode == 0, errors
    assert output.startswith("11 made")
    assert pages(study) == before
    assert second.poll() is None
    if who == "its process":
        left = list(tmp_path.rglob("swt-*"))
        assert left
        first.terminate()
        first.wait()
        assert not any(path.exists() for path in left)


@pytest.mark.slow
@linux
def test_a_scheduler_that_ends_is_one_line(
    study: StudyFolder, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, (scheduler, *workers) = cluster
    arguments = ("--executor", "dask", "--scheduler", address)
    with start("report", *SOME, *arguments, study=study) as run:
        assert wait_until(lambda: any(children(one.pid) for one in workers), 120)
        scheduler.kill()
        _, errors = run.communicate(timeout=240)
    assert run.returncode == 1
    assert "the scheduler ended" in errors
    assert "Traceback" not in errors


def test_no_scheduler_is_one_line(study: StudyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(dask, "CONNECT_SECONDS", 1)
    with pytest.raises(SchedulerError, match="no scheduler answers"):
        list(dask.make_on_cluster("tcp://127.0.0.1:9", current(study), [], 60))
