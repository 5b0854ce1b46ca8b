"""Conditions that a command may be run in: another day, place, language, order or engine."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

# Watch talks to browsers through the loopback interface.
ALONE_WITH_ITSELF = ("unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$0" "$@"')


def another_day(folder: Path, *, backwards: bool = False) -> dict[str, str]:
    """Environment with a calendar five years on, or one that goes back; needs a C compiler."""
    library = folder / "clock.so"
    if not library.exists():
        source = Path(__file__).with_name("clock.c")
        command = ["cc", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
        subprocess.run(command, check=True)
    moved = {"SWT_BACKWARDS": "1"} if backwards else {"SWT_CLOCK": str(5 * 365 * 86_400)}
    return {"LD_PRELOAD": str(library), **moved}


SWT = ("-m", "swt_analysis")
BY_SPAWN = (str(Path(__file__).with_name("by_spawn.py")),)


def start(
    *arguments: str,
    folder: Path,
    more: Mapping[str, str] | None = None,
    before: Sequence[str] = (),
    program: Sequence[str] = SWT,
) -> subprocess.Popen[str]:
    """Start ``swt`` as the leader of a process group."""
    return subprocess.Popen(
        [*before, sys.executable, *program, *arguments],
        cwd=folder,
        env={**os.environ, **(more or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    )


def made_by_papermill(study: Path, keys: Sequence[str]) -> dict[str, str]:
    """Make pages with papermill's own engine, a kernel a notebook; SHA-256 of each file."""
    command = [sys.executable, "-m", "tests.faults.own_engine", str(study), *keys]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(line.split() for line in done.stdout.splitlines())


def elsewhere(number: int) -> dict[str, str]:
    """Another order of sets, language and place; locales that are not there fall back to C."""
    locale = ("nl_NL.UTF-8", "de_DE.ISO-8859-1", "tr_TR.UTF-8", "C.UTF-8", "POSIX")[number % 5]
    return {
        "PYTHONHASHSEED": str(number),
        "LC_ALL": locale,
        "LANG": locale,
        "TZ": ("Pacific/Kiritimati", "America/St_Johns", "Asia/Kathmandu")[number % 3],
    }


def surroundings(folder: Path) -> dict[str, tuple[Mapping[str, str], Sequence[str]]]:
    """Environment and command to start with, of what is not to matter; `folder` is to keep."""
    bare = folder / "empty home"
    bare.mkdir(exist_ok=True)
    fonts = {
        "MPLCONFIGDIR": str(folder / "mpl"),
        "XDG_DATA_HOME": str(bare),
        "FONTCONFIG_FILE": "/dev/null",
    }
    return {
        "no HOME": ({}, ("env", "-u", "HOME")),
        "HOME read-only": ({"HOME": "/proc/self"}, ()),
        "no network": ({}, ("unshare", "-n")),
        "no network but loopback": ({}, ALONE_WITH_ITSELF),
        "no fonts but matplotlib's": (fonts, ()),
        "Turkish, Kathmandu": (elsewhere(2), ()),
        "Latin-1, Newfoundland": (elsewhere(1), ()),
        "clock goes backwards": (another_day(folder, backwards=True), ()),
    }


@contextmanager
def own_disk(study: Path) -> Iterator[tuple[Path, Callable[[int | None], None]]]:
    """Copy a study onto a small disk; gives it, and what leaves some bytes free there, or all."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", folder], check=True)
        fill = Path(folder) / "fill"

        def leave(room: int | None) -> None:
            fill.unlink(missing_ok=True)
            if room is not None:
                fill.write_bytes(bytes(max(shutil.disk_usage(folder).free - room, 0)))

        try:
            yield Path(shutil.copytree(study, Path(folder) / "study")), leave
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Have a folder on a file system that cannot be written."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def another_place(study: Path) -> Iterator[Path]:
    """Copy a study to another file system, under a path with blanks, braces and an accent."""
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="één map {x} ") as folder:
        yield Path(shutil.copytree(study, Path(folder) / "study"))


def hashes(study: Path) -> dict[str, str]:
    """SHA-256 of every file that the commands make."""
    return {
        str(path.relative_to(study)): hashlib.sha256(path.read_bytes()).hexdigest()
        for part in ("data/processed", "reports")
        for path in sorted((study / part).rglob("*"))
        if path.is_file()
    }
