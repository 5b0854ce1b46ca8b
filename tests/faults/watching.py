"""What can happen to ``swt watch``, which goes on until it is told to end."""

import contextlib
import os
import random
import signal
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Thread

from tests.faults.bench import PATIENCE, Bench, Broken, Case, finish, victims
from tests.faults.conditions import another_place, locked, own_disk

END_SECONDS = 30  # after Ctrl-C


@dataclass
class Watching:
    """A process that watches, and what it says."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    @property
    def told(self) -> str:
        """All that it has said."""
        return "".join(self.lines)

    def wait_until(self, condition: Callable[[], bool], wanted: str) -> None:
        """Wait until something holds; raises if it never does, or if the process ends."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if self.process.poll() is not None or time.monotonic() > end:
                how = self.process.poll()
                raise Broken(f"never {wanted} (exit {how}); it said: {self.told[-300:]}")
            time.sleep(0.1)

    def page(self) -> str:
        """What it shows in the browser; nothing if it does not answer."""
        address = self.told.split(". Ctrl-C")[0].removeprefix("Reports are at ")
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=30) as answer:
            return str(answer.read().decode())
        return ""


@contextmanager
def watching(
    bench: Bench, case: Case, more: Mapping[str, str] | None = None, before: Sequence[str] = ()
) -> Iterator[Watching]:
    """Watch the study; at the end Ctrl-C is to end it at once, without a word of a fault."""
    mark = uuid.uuid4().hex  # as another may watch beside it
    environment = {"PYTHONUNBUFFERED": "1", "SWT_WATCH": mark, **(more or {})}
    process = bench.start(case, "watch", more=environment, before=before)
    seen = Watching(process)
    readers = [
        Thread(target=seen.lines.extend, args=(stream,))
        for stream in (process.stdout, process.stderr)
    ]
    for reader in readers:
        reader.start()
    try:
        seen.wait_until(lambda: "as you save" in seen.told, "began")
        yield seen
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(END_SECONDS)
        if process.poll() != 0 or "Traceback" in seen.told:
            raise Broken(f"Ctrl-C: exit {process.poll()}, {seen.told[-300:]}")
    finally:
        process.kill()
        process.wait()
        for reader in readers:
            reader.join()
    bench.check_gone(mark)


def shown(bench: Bench, case: Case, seen: Watching) -> None:
    """Wait until every page is made of what was saved."""
    seen.wait_until(lambda: bench.is_made(case), "made it")


def starved(bench: Bench, case: Case, seen: Watching, fault: str) -> None:
    """Wait until a fault is told and shown, and nothing is broken by it."""
    seen.wait_until(lambda: fault in seen.told, f"said '{fault}'")
    seen.wait_until(lambda: fault in seen.page(), f"showed '{fault}'")
    bench.check_whole(case, bench.indexes())


def kills(bench: Bench, case: Case, count: int, chance: random.Random) -> dict[str, int]:
    """Strike ``swt watch`` while it makes the few pages that a saved table touches."""
    every, case = case, replace(case, changed="polls")
    took = bench.settle(case)
    ended: dict[str, int] = {}
    for number, who in case.strikes(count):
        process = bench.start(case, "watch", "--quiet")
        time.sleep(took / 2)
        bench.turn(case)
        time.sleep(chance.uniform(0, took))
        there = victims(who, process.pid)
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
        bench.check_whole(case, bench.indexes())
        bench.check_right(case)
    bench.settle(every)
    return ended


def disk_full(bench: Bench, case: Case, rooms: tuple[int, ...] = (0, 60_000)) -> str:
    """Several amounts of bytes that are free, on which the pages do not fit."""
    for room in rooms:
        with own_disk(bench.study) as (study, leave), bench.at(study):
            with watching(bench, case) as seen:
                prepared = study / "next.csv"  # a file that is changed needs room
                bench.state = 1 - bench.state
                prepared.write_text(bench.states[case.changed][bench.state], "utf-8")
                leave(room)
                prepared.replace(bench.raw(case.changed))
                starved(bench, case, seen, "No space left")
                leave(None)
                bench.again(case)
                shown(bench, case, seen)
            bench.check_right(case)
    return "told; right after the next save"


def read_only(bench: Bench, case: Case) -> str:
    """Reports and processed data on a file system that cannot be written."""
    for part in ("reports", "data/processed"):
        with watching(bench, case) as seen:
            with locked(bench.study / part):
                bench.turn(case)
                starved(bench, case, seen, "Read-only file system")
            bench.again(case)
            shown(bench, case, seen)
        bench.check_right(case)
    return "told; right after the next save"


def held_open(bench: Bench, case: Case) -> str:
    """A page that another program has open keeps its bytes there, and is replaced."""
    with watching(bench, case) as seen, bench.opened(case):
        bench.turn(case)
        shown(bench, case, seen)
    bench.check_right(case)
    return "right"


def both_at_once(bench: Bench, case: Case) -> str:
    """Two that watch one study, and somebody who makes reports as well."""
    with watching(bench, case) as seen, watching(bench, case) as other:
        bench.run(case, *bench.turn(case))
        for one in (seen, other):
            shown(bench, case, one)
    bench.check_right(case)
    return "right"


def moved(bench: Bench, case: Case) -> str:
    """The study lies elsewhere: another file system, a blank and an é in its path."""
    with another_place(bench.study) as study, bench.at(study):
        with watching(bench, case) as seen:
            bench.turn(case)
            shown(bench, case, seen)
        bench.check_right(case)
    return "same bytes"


def surrounded(bench: Bench, case: Case, more: Mapping[str, str], before: Sequence[str]) -> str:
    """Watch in surroundings that are not to matter."""
    with watching(bench, case, more, before) as seen:
        bench.turn(case)
        shown(bench, case, seen)
    bench.check_right(case)
    return "same bytes"
