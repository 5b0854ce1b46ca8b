"""Break every command in every way that a machine can, and see that it keeps its word.

    python -m tests.faults.run [--kills 200] [--seed 1] [--only NAME ...]

A study is changed back and forth between two states; each command is to bring the files from the
one to the other, and is killed, starved or locked out while it does. After each: every file is
that of the one state or the other, no process is left, the next run ends right with the bytes of
a run that nothing disturbed, and leaves nothing behind. It prints a table. Some conditions need
root, Linux and ``unshare``; what cannot be had is said, not passed over. 200 kills take about an
hour on two cores.
"""

import argparse
import contextlib
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.conftest import copy_raw
from tests.faults.conditions import another_day, elsewhere, own_engine, start

PAGES = ("choice-scale-01", "overview", "--language", "nl")
_UNFINISHED = re.compile(r"/\.(import|temporary-\w*)(/|$)")
ALONE_WITH_ITSELF = ("unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$0" "$@"')
PATIENCE = 300  # seconds; a run that hangs is a fault
Files = dict[str, str]


@dataclass
class Case:
    """What is run: a command, an engine, a number of jobs."""

    name: str
    command: tuple[str, ...]
    more: Mapping[str, str] = field(default_factory=dict)
    good: tuple[Files, Files] = ({}, {})


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
        self.tallies = self.study / "data" / "raw" / "rounds" / "2014" / "tallies.csv"
        one = self.tallies.read_text("utf-8").splitlines(keepends=True)
        first = next(place for place, line in enumerate(one) if line.startswith("1,"))
        cells = one[first].split(",")
        cells[2], cells[3] = cells[3], cells[2]
        self.states = ("".join(one), "".join([*one[:first], ",".join(cells), *one[first + 1 :]]))
        self.rounds = (root / "a.csv", root / "b.csv")
        for state, path in enumerate(self.rounds):
            rows = [f"Haarlem,{s},{1 + state}\nZaanstad,{s},{4 - state}\n" for s in range(1, 12)]
            path.write_text("municipality,scale,point\n" + "".join(rows), "utf-8")

    def environment(self, case: Case) -> dict[str, str]:
        return {"SWT_FAULTS": self.token, "TMPDIR": str(self.temporary), **case.more}

    def turn(self, case: Case, state: int) -> tuple[str, ...]:
        """Bring the raw data to a state, and give the command that brings the rest there."""
        if case.command[0] == "import":
            return ("import", str(self.rounds[state]), "--round", "2015", "--replace")
        self.tallies.write_text(self.states[state], "utf-8")
        return case.command

    def run(self, case: Case, *command: str, more: Mapping[str, str] | None = None) -> str:
        """Run to the end; raises if it does not end well."""
        environment = {**self.environment(case), **(more or {})}
        process = start(*command, folder=self.study, more=environment)
        told, errors = finish(process)
        if process.returncode:
            raise Broken(f"{' '.join(command)}: ended with {process.returncode}: {errors[-300:]}")
        return told

    def files(self) -> Files:
        """SHA-256 of each file in reports/ and data/, what is half written left out."""
        found = {}
        for part in ("data", "reports"):
            for path in (self.study / part).rglob("*"):
                with contextlib.suppress(FileNotFoundError):
                    told = path.relative_to(self.study).as_posix()
                    if path.is_file() and not _UNFINISHED.search(told):
                        digest = hashlib.sha256(path.read_bytes()).hexdigest()
                        found[told] = digest
        return found

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

    def check_gone(self) -> None:
        """No process of ours lives."""
        end = time.monotonic() + 20
        while left := list(self.living()):
            if time.monotonic() > end:
                told = [Path(f"/proc/{pid}/cmdline").read_bytes()[:80] for pid in left]
                for pid in left:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                raise Broken(f"{len(left)} processes are left: {told}")
            time.sleep(0.05)

    def living(self) -> Iterator[int]:
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if self.token.encode() in (entry / "environ").read_bytes():
                    yield int(entry.name)

    def check_right(self, case: Case, state: int) -> None:
        """The next run ends right: its bytes, and nothing left behind."""
        self.run(case, *self.turn(case, state))
        self.check_gone()
        made = {k: v for k, v in self.files().items() if not k.endswith(".lock")}
        for name in made.keys() | case.good[state].keys():
            if made.get(name) != case.good[state].get(name):
                raise Broken(f"after the next run {name} is not as it should be")
        if left := self.left():
            raise Broken(f"left behind: {', '.join(one.name for one in left)}")

    def left(self) -> list[Path]:
        """What no run needs any more."""
        folders = ("data/raw/.import", "reports")
        found = [path for one in folders for path in (self.study / one).glob("*")]
        mine = [path for path in found if _UNFINISHED.search(path.as_posix())]
        return [*self.temporary.iterdir(), *mine]

    def settle(self, case: Case) -> float:
        """Run both states undisturbed, to know the right files; gives the seconds of a run."""
        good = []
        for state in (0, 1, 0):
            command = self.turn(case, state)
            began = time.monotonic()
            self.run(case, *command)
            took = time.monotonic() - began
            good.append({k: v for k, v in self.files().items() if not k.endswith(".lock")})
        if good[0] != good[2]:
            raise Broken("the same data twice gave other bytes")
        case.good = (good[0], good[1])
        return took


def finish(process: subprocess.Popen[str]) -> tuple[str, str]:
    try:
        return process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise Broken(f"hung for {PATIENCE} s") from None


def cases(bench: Bench) -> list[Case]:
    """Every command, with each engine, with 1 and 2 jobs."""
    own = own_engine(bench.root / "own")
    found = [Case("clean", ("clean",)), Case("import", ("import",))]
    for jobs in ("1", "2"):
        report = ("report", *PAGES, "--jobs", jobs)
        found.append(Case(f"report, fork, {jobs} job", report))
        found.append(Case(f"report, papermill's, {jobs} job", report, own))
    if start("watch", "--help", folder=bench.study).wait() == 0:
        found.append(Case("watch", ("report",)))  # it makes every page
    return found


# Kills.


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


def victims(who: str, main: int) -> list[int]:
    """Processes to choose from: the main one, its workers, or the kernels (and what forks them)."""
    if who == "main":
        return [main]
    workers, kernels = [], []
    for pid in descendants(main):
        with contextlib.suppress(OSError):
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
            kernel = b"warm import main" in line or b"ipykernel_launcher" in line
            (kernels if kernel else workers).append(pid)
    return workers if who == "worker" else kernels


def struck(
    bench: Bench,
    case: Case,
    state: int,
    number: signal.Signals,
    who: str,
    chance: random.Random,
    took: float,
) -> str:
    """Run a command and send a signal at a random moment; tells how the run ended."""
    command = bench.turn(case, state)
    process = start(*command, folder=bench.study, more=bench.environment(case))
    until = time.monotonic() + chance.uniform(0, took)
    hit = False
    while process.poll() is None and not hit:
        time.sleep(0.02)
        if time.monotonic() < until:
            continue
        there = victims(who, process.pid)
        if there:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(there), number)
                hit = True
    _, errors = finish(process)
    if hit and number in (signal.SIGINT, signal.SIGTERM) and "Traceback" in errors:
        raise Broken(f"a traceback at {number.name}: {errors[-200:]}")
    return "ended before" if not hit else f"exit {process.returncode}"


def kills(bench: Bench, case: Case, count: int, chance: random.Random) -> dict[str, int]:
    """Strike many times: kill -9 of each kind of process, SIGINT, SIGTERM."""
    took = bench.settle(case)
    report = case.command[0] == "report"
    kinds = ["main", "worker", "kernel"] if report else ["main"]
    plan = [(signal.SIGKILL, kinds[n % len(kinds)]) for n in range(count)]
    plan += [(signal.SIGINT, "main"), (signal.SIGTERM, "main")]
    ended: dict[str, int] = {}
    allowed: set[str] = set()
    state = 0
    for number, who in plan:
        state = 1 - state
        how = struck(bench, case, state, number, who, chance, took)
        ended[how] = ended.get(how, 0) + 1
        allowed |= {v for k, v in bench.files().items() if "index" in k}
        bench.check_gone()
        bench.check_whole(case, allowed)
        bench.check_right(case, state)
    return ended


def watched(bench: Bench, case: Case, count: int, chance: random.Random) -> dict[str, int]:
    """Strike ``swt watch`` while it makes the pages that a saved table touches."""
    took = bench.settle(case)
    ended: dict[str, int] = {}
    state = 0
    signals = [*[signal.SIGKILL] * count, signal.SIGINT, signal.SIGTERM]
    for number, who in zip(signals, ["main", "worker", "kernel"] * count, strict=False):
        process = start("watch", "--quiet", folder=bench.study, more=bench.environment(case))
        time.sleep(took / 2)
        state = 1 - state
        bench.turn(case, state)
        time.sleep(chance.uniform(0, took))
        there = victims("main" if number != signal.SIGKILL else who, process.pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice(there or [process.pid]), number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(2 if process.pid not in there else PATIENCE)
        lives = process.poll() is None
        how = "watched on" if lives else f"exit {process.returncode}"
        ended[how] = ended.get(how, 0) + 1
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        finish(process)
        if lives and number != signal.SIGKILL:
            raise Broken(f"watches on after {number.name}")
        bench.check_gone()
        bench.check_whole(case, {v for k, v in bench.files().items() if "index" in k})
        bench.check_right(case, state)
    return ended


# What a machine can lack.


def disk_full(
    bench: Bench, case: Case, rooms: tuple[int, ...] = (0, 20_000, 60_000, 150_000)
) -> str:
    """Several amounts of bytes that are free, on which the run does not fit."""
    ends = []
    for room in rooms:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], check=True)
            try:
                small = place / "study"
                shutil.copytree(bench.study, small)
                free = shutil.disk_usage(place).free
                (place / "fill").write_bytes(b"\0" * max(free - room, 0))
                kept, bench.study = bench.study, small
                raw, bench.tallies = bench.tallies, small / bench.tallies.relative_to(kept)
                try:
                    command = ("clean",) if case.command[0] == "clean" else case.command
                    if case.command[0] == "import":
                        command = bench.turn(case, 1)
                    else:
                        (place / "fill").unlink()
                        bench.tallies.write_text(bench.states[1], "utf-8")
                        free = shutil.disk_usage(place).free
                        (place / "fill").write_bytes(b"\0" * max(free - room, 0))
                    process = start(*command, folder=small, more=bench.environment(case))
                    _, errors = finish(process)
                    ends.append(process.returncode)
                    if "Traceback" in errors:
                        raise Broken(f"a traceback on a full disk: {errors[-300:]}")
                    if process.returncode and "space" not in errors:
                        raise Broken(f"does not say that the disk is full: {errors[-300:]}")
                    (place / "fill").unlink()
                    allowed = {v for k, v in bench.files().items() if "index" in k}
                    bench.check_whole(case, allowed)
                    bench.check_right(case, 1)
                finally:
                    bench.study, bench.tallies = kept, raw
            finally:
                subprocess.run(["umount", "-l", folder], check=True)
    return f"exit {ends}"


def read_only(bench: Bench, case: Case) -> str:
    """Reports, processed and raw data on a file system that cannot be written."""
    part = {"clean": "data/processed", "import": "data/raw"}.get(case.command[0], "reports")
    folder = bench.study / part
    folder.mkdir(exist_ok=True)
    command = bench.turn(case, 1)
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
    try:
        process = start(*command, folder=bench.study, more=bench.environment(case))
        _, errors = finish(process)
    finally:
        subprocess.run(["umount", folder], check=True)
    if process.returncode == 0 or "Traceback" in errors:
        raise Broken(f"exit {process.returncode}, {errors[-300:]}")
    bench.check_whole(case, set())
    bench.check_right(case, 1)
    return f"exit {process.returncode}: {errors.strip().splitlines()[-1][-60:]}"


def held_open(bench: Bench, case: Case) -> str:
    """A page that another program has open keeps its bytes there, and is replaced."""
    names = [
        bench.study / name
        for name in bench.files()
        if not name.startswith("data/raw") and not name.endswith(".lock")
    ]
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(path.open("rb")) for path in names]
        bench.check_right(case, 1)
        old = [hashlib.sha256(file.read()).hexdigest() for file in files]
    known = set(case.good[0].values()) | set(case.good[1].values())
    if set(old) - known:
        raise Broken("an open file changed under its reader")
    return "fine"


def both_at_once(bench: Bench, case: Case) -> str:
    """Two runs at the same time on one study."""
    command = bench.turn(case, 1)
    runs = [start(*command, folder=bench.study, more=bench.environment(case)) for _ in range(2)]
    told = [finish(one)[1] for one in runs]
    bench.check_gone()
    for one, errors in zip(runs, told, strict=True):
        if one.returncode or "Traceback" in errors:
            raise Broken(f"exit {one.returncode}: {errors[-300:]}")
    bench.check_whole(case, {v for k, v in bench.files().items() if "index" in k})
    bench.check_right(case, 1)
    return "both end right"


def surroundings(bench: Bench, case: Case) -> dict[str, Callable[[], str]]:
    """Runs that are to end right whatever is missing."""
    bare = bench.root / "empty home"
    bare.mkdir(exist_ok=True)
    fonts = {
        "MPLCONFIGDIR": str(bench.root / "mpl"),
        "XDG_DATA_HOME": str(bare),
        "FONTCONFIG_FILE": "/dev/null",
    }

    def told(more: Mapping[str, str], before: tuple[str, ...] = ()) -> str:
        bench.check_right(case, 0)
        command = bench.turn(case, 1)
        environment = {**bench.environment(case), **more}
        process = start(*command, folder=bench.study, more=environment, before=before)
        _, errors = finish(process)
        if process.returncode:
            raise Broken(f"exit {process.returncode}: {errors[-300:]}")
        bench.check_gone()
        made = {k: v for k, v in bench.files().items() if not k.endswith(".lock")}
        if made != case.good[1]:
            raise Broken("other bytes")
        bench.check_right(case, 1)
        return "same bytes"

    # Papermill talks to its kernels through the loopback interface.
    offline = ALONE_WITH_ITSELF if "JUPYTER_PATH" in case.more else ("unshare", "-n")
    return {
        "no HOME": lambda: told({}, ("env", "-u", "HOME")),
        "HOME read-only": lambda: told({"HOME": "/proc/self"}),
        "no network": lambda: told({}, offline),
        "no fonts but matplotlib's": lambda: told(fonts),
        "Turkish, Kathmandu": lambda: told(elsewhere(2)),
        "Latin-1, Newfoundland": lambda: told(elsewhere(1)),
        "clock goes backwards": lambda: told(another_day(bench.root, backwards=True)),
    }


def moved(bench: Bench, case: Case) -> str:
    """The study lies elsewhere: another file system, a blank and an é in its path."""
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="één map {x} ") as folder:
        there = Path(folder) / "study"
        shutil.copytree(bench.study, there)
        here, tallies = bench.study, bench.tallies
        bench.study, bench.tallies = there, there / tallies.relative_to(here)
        try:
            bench.check_right(case, 1)
        finally:
            bench.study, bench.tallies = here, tallies
    return "same bytes"


def from_old(bench: Bench, case: Case, action: Callable[[Bench, Case], str]) -> str:
    """Do something from the first state, so that the run has work to do."""
    bench.check_right(case, 0)
    return action(bench, case)


def main(arguments: list[str]) -> int:
    """Run what was asked for and give 1 if anything is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--kills", type=int, default=200, help="kill -9 in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=[], help="parts of names of commands")
    parser.add_argument("--skip-kills", action="store_true")
    asked = parser.parse_args(arguments)
    chance = random.Random(asked.seed)
    # What a shell starts in the background ignores it, and hands that on.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    broken = 0
    print(f"{'command':<28}{'what happens':<28}outcome")

    def line(case: Case, name: str, action: Callable[[], object]) -> None:
        nonlocal broken
        try:
            outcome = str(action())
        except Broken as error:
            broken += 1
            outcome = f"BROKEN: {error}"
            for path in bench.left():  # is no fault of what comes next
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        print(f"{case.name:<28}{name:<28}{outcome}", flush=True)

    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        bench = Bench(Path(folder))
        chosen = [
            case
            for case in cases(bench)
            if not asked.only or any(part in case.name for part in asked.only)
        ]
        for case in chosen:
            each = asked.kills // len(chosen)
            if asked.skip_kills:
                line(case, "settles", partial(bench.settle, case))
            else:
                name = f"{each} x kill -9, INT, TERM"
                strike = watched if case.name == "watch" else kills
                line(case, name, partial(strike, bench, case, each, chance))
            if case.name == "watch":
                continue  # what a machine lacks meets it as it meets a report
            root = os.geteuid() == 0
            for name, action in {
                "disk full": disk_full if root else None,
                "read-only": read_only if root else None,
                "a page held open": held_open,
                "two runs at once": both_at_once,
                "elsewhere, blank and é": moved,
            }.items():
                if action is None:
                    print(f"{case.name:<28}{name:<28}not run: needs root", flush=True)
                else:
                    line(case, name, partial(from_old, bench, case, action))
            for name, told in surroundings(bench, case).items():
                line(case, name, told)
    print(f"{broken} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
