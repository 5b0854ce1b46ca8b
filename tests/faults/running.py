"""What can happen to a command that ends: kills, and what a machine can lack."""

import contextlib
import os
import random
import re
import signal
import time
from collections.abc import Mapping, Sequence

from tests.faults.bench import OUT, Bench, Broken, Case, finish, victims
from tests.faults.conditions import another_place, locked, own_disk

# Python itself starts, which takes a tenth of a second and which nothing of ours can guard.
_STARTS = re.compile(r"\A(?!.*swt_analysis/(?!__(init|main)__))", re.S)


def struck(
    bench: Bench,
    case: Case,
    number: signal.Signals,
    who: str,
    chance: random.Random,
    took: float,
) -> str:
    """Run a command and send a signal at a random moment; tells how the run ended."""
    command = bench.turn(case)
    process = bench.start(case, *command)
    until = time.monotonic() + chance.uniform(0, took)
    hit = False
    while process.poll() is None and not hit:
        time.sleep(0.02)
        if time.monotonic() < until:
            continue
        there = victims(who, process.pid, case.nanny)
        if there:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(there), number)
                hit = True
    _, errors = finish(process)
    told = number != signal.SIGKILL and "Traceback" in errors
    if hit and told and not _STARTS.search(errors):
        raise Broken(f"a traceback at {number.name}: {errors[-200:]}")
    return "ended before" if not hit else f"exit {process.returncode}"


def kills(bench: Bench, case: Case, count: int, chance: random.Random) -> dict[str, int]:
    """Strike many times: kill -9 of each kind of process, SIGINT, SIGTERM, SIGHUP."""
    took = bench.settle(case)
    ended: dict[str, int] = {}
    allowed: set[str] = set()
    for number, who in case.strikes(count):
        how = struck(bench, case, number, who, chance, took)
        ended[how] = ended.get(how, 0) + 1
        allowed |= bench.indexes()
        bench.check_gone()
        bench.check_whole(case, allowed)
        bench.check_right(case)
    return ended


def disk_full(
    bench: Bench, case: Case, rooms: tuple[int, ...] = (0, 20_000, 60_000, 150_000)
) -> str:
    """Several amounts of bytes that are free, on which the run does not fit."""
    ends = []
    for room in rooms:
        with own_disk(bench.study) as (study, leave), bench.at(study):
            command = bench.turn(case)
            leave(room)
            process = bench.start(case, *command)
            _, errors = finish(process)
            ends.append(process.returncode)
            if "Traceback" in errors:
                raise Broken(f"a traceback on a full disk: {errors[-300:]}")
            if process.returncode and "space" not in errors:
                raise Broken(f"does not say that the disk is full: {errors[-300:]}")
            leave(None)
            bench.check_whole(case, bench.indexes())
            bench.check_right(case)
    return f"exit {ends}"


def read_only(bench: Bench, case: Case) -> str:
    """What a command writes in on a file system that cannot be written."""
    parts = {"clean": "data/processed", "import": "data/raw", "report": "reports"}
    part = case.new.split("/")[0] or parts.get(case.command[0], OUT)
    command = bench.turn(case)
    with locked(bench.study / part):
        process = bench.start(case, *command)
        _, errors = finish(process)
    if process.returncode == 0 or "Traceback" in errors:
        raise Broken(f"exit {process.returncode}, {errors[-300:]}")
    bench.check_whole(case, set())
    bench.check_right(case)
    return f"exit {process.returncode}: {errors.strip().splitlines()[-1][-60:]}"


def held_open(bench: Bench, case: Case) -> str:
    """A page that another program has open keeps its bytes there, and is replaced."""
    with bench.opened(case):
        bench.turn(case)
        bench.check_right(case)
    return "right"


def both_at_once(bench: Bench, case: Case) -> str:
    """Two runs at the same time on one study."""
    command = bench.turn(case)
    runs = [bench.start(case, *command) for _ in range(2)]
    told = [finish(one)[1] for one in runs]
    bench.check_gone()
    # Of two that make what may not be there yet, one is first.
    allowed = {0, 2} if case.new else {0}
    ends = {one.returncode for one in runs}
    if 0 not in ends or ends - allowed or any("Traceback" in errors for errors in told):
        raise Broken(f"exit {ends}: {' '.join(told)[-300:]}")
    bench.check_whole(case, bench.indexes())
    bench.check_right(case)
    return "right"


def moved(bench: Bench, case: Case) -> str:
    """The study lies elsewhere: another file system, a blank and an é in its path."""
    with another_place(bench.study) as study, bench.at(study):
        bench.turn(case)
        bench.check_right(case)
    return "same bytes"


def surrounded(bench: Bench, case: Case, more: Mapping[str, str], before: Sequence[str]) -> str:
    """Run to the end in surroundings that are not to matter."""
    command = bench.turn(case)
    process = bench.start(case, *command, more=more, before=before)
    _, errors = finish(process)
    if process.returncode:
        raise Broken(f"exit {process.returncode}: {errors[-300:]}")
    bench.check_gone()
    if not bench.is_made(case):
        raise Broken("other bytes")
    bench.check_right(case)
    return "same bytes"
