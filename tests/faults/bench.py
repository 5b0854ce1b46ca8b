"""A study that is changed back and forth, and what has to hold after each run on it."""

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import copy_raw
from tests.faults.conditions import SWT, start

_UNFINISHED = re.compile(r"/\.(import|swt-\w*)(/|$)|\.part$")
PATIENCE = 300  # seconds; a run that hangs is a fault
Files = dict[str, str]
OUT = "out"  # folder below a study of files that are made to be given away
MADE = ("reports", "notebooks", "explore", OUT)
RAW = {
    "tallies": "rounds/2014/tallies.csv",  # nearly every page reads them
    "polls": "reference/national_polls.csv",  # two pages do
    "readme": "README.md",  # no page does
}


@dataclass
class Case:
    """What is run and struck.

    A command; what has to be run once before; the raw file that is changed; the kinds of processes
    that are killed; how Python is told of the command; the process that looks after a worker; what
    it makes where nothing may be yet, which goes before each run.
    """

    name: str
    command: tuple[str, ...]
    first: tuple[str, ...] = ()
    changed: str = "tallies"
    kinds: tuple[str, ...] = ("main",)
    program: Sequence[str] = SWT
    nanny: int | None = None
    new: str = ""
    good: tuple[Files, Files] = field(default=({}, {}), repr=False)

    def strikes(self, count: int) -> list[tuple[signal.Signals, str]]:
        """Signals and whom they strike: kill -9 of each kind in turn, and once each other."""
        killed = [(signal.SIGKILL, self.kinds[n % len(self.kinds)]) for n in range(count)]
        others = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        return [*killed, *((number, "main") for number in others)]


class Broken(Exception):
    """A promise was not kept."""


class Bench:
    """A study that is changed back and forth, and the conditions it is run in."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.study = copy_raw(root / "study")
        self.temporary = root / "temporary"
        self.temporary.mkdir()
        self.token = uuid.uuid4().hex
        (self.study / OUT).mkdir()
        texts = {name: self.raw(name).read_text("utf-8") for name in RAW}
        tallies = texts["tallies"].splitlines(keepends=True)
        first = next(place for place, line in enumerate(tallies) if line.startswith("1,"))
        cells = tallies[first].split(",")
        cells[2], cells[3] = cells[3], cells[2]
        others = {
            "tallies": "".join([*tallies[:first], ",".join(cells), *tallies[first + 1 :]]),
            "polls": texts["polls"].replace("0.69", "0.68"),
            "readme": texts["readme"] + "\nSeen.\n",
        }
        self.states = {name: (text, others[name]) for name, text in texts.items()}
        self.state = 0
        self.rounds = (root / "a.csv", root / "b.csv")
        for state, path in enumerate(self.rounds):
            rows = [f"Haarlem,{s},{1 + state}\nZaanstad,{s},{4 - state}\n" for s in range(1, 12)]
            path.write_text("municipality,scale,point\n" + "".join(rows), "utf-8")

    def raw(self, name: str) -> Path:
        """Place of a raw file."""
        return self.study / "data" / "raw" / RAW[name]

    def start(
        self,
        case: Case,
        *command: str,
        more: Mapping[str, str] | None = None,
        before: Sequence[str] = (),
    ) -> subprocess.Popen[str]:
        """Start a command on the study, marked as ours."""
        ours = {"SWT_FAULTS": self.token, "TMPDIR": str(self.temporary), **(more or {})}
        return start(*command, folder=self.study, more=ours, before=before, program=case.program)

    def turn(self, case: Case) -> tuple[str, ...]:
        """Bring the raw data to the other state, and give the command that brings the rest."""
        self.state = 1 - self.state
        return self.again(case)

    def again(self, case: Case) -> tuple[str, ...]:
        """Save the raw data as they are, and give the command that brings the rest there."""
        if case.command[0] == "import":
            return ("import", str(self.rounds[self.state]), "--round", "2015", "--replace")
        self.raw(case.changed).write_text(self.states[case.changed][self.state], "utf-8")
        self.remove_new(case)
        return case.command

    def remove_new(self, case: Case) -> None:
        """Remove what a command makes only where there is nothing."""
        if case.new and (made := self.study / case.new).exists():
            shutil.rmtree(made) if made.is_dir() else made.unlink()

    def run(self, case: Case, *command: str) -> None:
        """Run to the end; raises if it does not end well."""
        process = self.start(case, *command)
        _, errors = finish(process)
        if process.returncode:
            raise Broken(f"{' '.join(command)}: ended with {process.returncode}: {errors[-300:]}")

    def files(self) -> Files:
        """SHA-256 of each file that is kept or made, what is half written left out."""
        found = {}
        for part in ("data", *MADE):
            for path in (self.study / part).rglob("*"):
                with contextlib.suppress(FileNotFoundError):
                    told = path.relative_to(self.study).as_posix()
                    if path.is_file() and not _UNFINISHED.search(told):
                        digest = hashlib.sha256(path.read_bytes()).hexdigest()
                        found[told] = digest
        return found

    def made(self) -> Files:
        """SHA-256 of each of `files` but locks, which hold nothing."""
        return {name: digest for name, digest in self.files().items() if name[-5:] != ".lock"}

    def indexes(self) -> set[str]:
        """SHA-256 of the indexes, which tell what pages there are: that may be a third state."""
        return {digest for name, digest in self.files().items() if "index" in name}

    def is_made(self, case: Case) -> bool:
        """Whether each file is as a run that nothing disturbed makes it."""
        return self.made() == case.good[self.state]

    @contextlib.contextmanager
    def at(self, study: Path) -> Iterator[None]:
        """Use a copy of the study."""
        kept = self.study, self.state
        self.study = study
        try:
            yield
        finally:
            self.study, self.state = kept

    @contextlib.contextmanager
    def opened(self, case: Case) -> Iterator[None]:
        """Have every file that a command makes open, and see that it stays as it was for us."""
        names = [name for name in self.made() if not name.startswith("data/raw")]
        with contextlib.ExitStack() as stack:
            files = [stack.enter_context((self.study / name).open("rb")) for name in names]
            yield
            seen = {hashlib.sha256(file.read()).hexdigest() for file in files}
        if seen - {digest for state in case.good for digest in state.values()}:
            raise Broken("an open file changed under its reader")

    def check_whole(self, case: Case, allowed: set[str]) -> None:
        """Each file is one that a run which nothing disturbed has made."""
        for name, digest in self.files().items():
            made = {state[name] for state in case.good if name in state}
            if name.endswith((".part", ".lock", ".manifest.json")):
                continue
            if name.endswith(".html") and "index" in name:
                made |= allowed
            if digest not in made:
                raise Broken(f"{name} is neither old nor new")

    def check_gone(self, mark: str = "") -> None:
        """No process of ours lives, or none that has a mark in its environment."""
        end = time.monotonic() + 20
        while left := list(self.living(mark or self.token)):
            if time.monotonic() > end:
                told = [Path(f"/proc/{pid}/cmdline").read_bytes()[:80] for pid in left]
                for pid in left:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                raise Broken(f"{len(left)} processes are left: {told}")
            time.sleep(0.05)

    def living(self, mark: str) -> Iterator[int]:
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark.encode() in (entry / "environ").read_bytes():
                    yield int(entry.name)

    def check_right(self, case: Case) -> None:
        """The next run ends right: its bytes, and nothing left behind."""
        self.run(case, *self.again(case))
        self.check_gone()
        made, good = self.made(), case.good[self.state]
        for name in made.keys() | good.keys():
            if made.get(name) != good.get(name):
                raise Broken(f"after the next run {name} is not as it should be")
        if left := self.left():
            raise Broken(f"left behind: {', '.join(one.name for one in left)}")

    def left(self) -> list[Path]:
        """What no run needs any more."""
        folders = ("data/raw/.import", *MADE)
        found = [path for one in folders for path in (self.study / one).glob("*")]
        mine = [path for path in found if _UNFINISHED.search(path.as_posix())]
        return [*self.temporary.iterdir(), *mine]

    def settle(self, case: Case) -> float:
        """Run both states undisturbed, to know the right files; gives the seconds of a run.

        That the same data give the same bytes is seen by each `check_right` that follows. An import
        keeps the files that it replaces, so that both states have been there before they are known.
        """
        good = []
        self.state = 1
        if case.first:
            self.run(case, *case.first)
        if case.command[0] == "import":
            for _ in range(2):
                self.run(case, *self.turn(case))
        for _ in range(2):
            command = self.turn(case)
            began = time.monotonic()
            self.run(case, *command)
            took = time.monotonic() - began
            good.append(self.made())
        case.good = (good[0], good[1])
        return took


def finish(process: subprocess.Popen[str]) -> tuple[str, str]:
    try:
        return process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise Broken(f"hung for {PATIENCE} s") from None


def descendants(pid: int) -> list[int]:
    """Every process below one, nearest first."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            parents.setdefault(parent, []).append(int(entry.name))
    found, queue = [], [pid]
    while queue:
        below = parents.get(queue.pop(0), [])
        found += below
        queue += below
    return found


def victims(who: str, main: int, nanny: int | None = None) -> list[int]:
    """Processes to choose from.

    Parameters
    ----------
    who : str
        The ``main`` one; the ``server`` that is forked from; its forks, or where nothing is forked
        what is started, for a ``page``; the ``browser`` that prints; the ``worker`` of a
        cluster, and what it has started for a ``task``.
    main, nanny : int
        Of the command, and of what looks after the worker.
    """
    below = descendants(main)
    workers = [pid for pid in descendants(nanny) if parent_of(pid) == nanny] if nanny else []
    servers = [
        pid
        for pid in below
        if b"forkserver" in command_of(pid) and b"forkserver" not in command_of(parent_of(pid))
    ]
    forks = [pid for server in servers for pid in descendants(server)]
    spawned = [pid for pid in below if b"spawn_main" in command_of(pid)]
    return {
        "main": [main],
        "server": servers,
        "page": forks or spawned,
        "browser": [pid for pid in below if b"chrom" in command_of(pid)],
        "worker": [pid for pid in workers if b"spawn_main" in command_of(pid)],
        "task": [pid for worker in workers for pid in descendants(worker)],
    }[who]


def command_of(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def parent_of(pid: int) -> int:
    with contextlib.suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    return 0
