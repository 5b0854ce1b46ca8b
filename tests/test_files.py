"""Files written whole or not at all, locks, and what a run needs only while it lasts."""

import os
import subprocess
import sys
from pathlib import Path

from swt_analysis.files import locked

PROGRAM = """
import os, sys, tempfile
from pathlib import Path
from swt_analysis.files import remove_scratch, use_scratch
remove_scratch(Path(sys.argv[1]))
use_scratch(Path(sys.argv[1]))
names = [os.environ.get(name) for name in ("IPYTHONDIR", "MPLCONFIGDIR")]
print(tempfile.mkdtemp(), *names, flush=True)
if "waiting" in sys.argv:
    input()
if "killed" in sys.argv:
    os.kill(os.getpid(), 9)
"""
TAKEN = """
import shutil, tempfile
make = tempfile.mkdtemp
def taken(*args, **kwargs):
    made = make(*args, **kwargs)
    if kwargs.get("prefix") == ".swt-":
        shutil.rmtree(made)
    return made
tempfile.mkdtemp = taken
"""


def run(folder: Path, *more: str, **environment: str) -> list[str]:
    command = [sys.executable, "-c", PROGRAM, str(folder), *more]
    done = subprocess.run(
        command, env=os.environ | environment, stdout=subprocess.PIPE, text=True, check=not more
    )
    return done.stdout.split()


def test_temporary_files_lie_in_a_folder_that_goes(tmp_path: Path) -> None:
    file, ipython, matplotlib = run(tmp_path)
    assert Path(file).parent.parent == tmp_path
    assert ipython == str(Path(file).parent)
    assert matplotlib == "None"
    assert not list(tmp_path.iterdir())


def test_what_a_killed_run_left_goes_with_the_next_and_what_a_living_one_needs_stays(
    tmp_path: Path,
) -> None:
    run(tmp_path, "killed")
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), "waiting"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as living:
        assert living.stdout is not None
        needed = Path(living.stdout.readline().split()[0])
        run(tmp_path)
        assert needed.exists()
        assert list(tmp_path.iterdir()) == [needed.parent]
        living.communicate("\n")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_another_run_takes_for_left_is_made_again(tmp_path: Path) -> None:
    command = [sys.executable, "-c", TAKEN + PROGRAM, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert Path(done.stdout.split()[0]).parent.parent == tmp_path
    assert not done.stderr
    assert not list(tmp_path.iterdir())


def test_a_home_that_cannot_be_written_is_replaced(tmp_path: Path) -> None:
    _, ipython, matplotlib = run(tmp_path, HOME="/dev/null/nobody")
    assert matplotlib == ipython


def test_a_lock_is_waited_for_and_who_waits_is_told(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from swt_analysis.files import locked\n"
        "with locked(Path(sys.argv[1]), lambda: print('waiting', flush=True)): print('mine')"
    )
    with locked(tmp_path, waiting=str):
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        assert process.stdout.readline() == "waiting\n"
        assert process.poll() is None
    assert process.communicate(timeout=30)[0] == "mine\n"
