"""Break every command in every way that a machine can, and see that it keeps its word.

    python -m tests.faults.run [--kills 200] [--seed 1] [--only NAME ...]

A study is changed back and forth between two states; each command is to bring the files from the
one to the other, and is killed, starved or locked out while it does. After each: every file is
that of the one state or the other, no process is left, the next run ends right with the bytes of
a run that nothing disturbed, and leaves nothing behind. It prints a table. Some conditions need
root, Linux and ``unshare``; what cannot be had is said, not passed over. On two cores 200 kills
take some five minutes for ``clean``, half an hour for ``report`` and an hour for ``watch``.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.faults import running, watching
from tests.faults.bench import OUT, Bench, Broken, Case
from tests.faults.conditions import start, surroundings

PAGES = ("choice-scale-01", "overview", "--language", "nl")


def to(name: str) -> tuple[str, str]:
    """Options that say where a file goes."""
    return "--output", f"{OUT}/{name}"


def cases(bench: Bench) -> list[Case]:
    """Every command that writes over what was there, with 1 and 2 jobs."""
    found = [
        Case("clean", ("clean",)),
        Case("import", ("import",)),
        Case("export", ("export", f"{OUT}/study.xlsx")),  # a .sav file tells the hour
        Case("share", ("share", *PAGES, *to("reports.zip")), ("report", *PAGES), "readme"),
        Case("archive", ("archive", *to("study.zip")), ("report",), "readme"),
    ]
    for jobs in ("1", "2"):
        found.append(Case(f"report, {jobs} job", ("report", *PAGES, "--jobs", jobs)))
    if start("watch", "--help", folder=bench.study).wait() == 0:
        found.append(Case("watch", ("report",)))  # it makes every page
    return found


def main(arguments: list[str]) -> int:
    """Run what was asked for and give 1 if anything is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--kills", type=int, default=200, help="kill -9 of each")
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
            bench.run(case, *bench.again(case))  # nor is a run that was not ended
        print(f"{case.name:<28}{name:<28}{outcome}", flush=True)

    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        bench = Bench(Path(folder))
        chosen = [
            case
            for case in cases(bench)
            if not asked.only or any(part in case.name for part in asked.only)
        ]
        for case in chosen:
            kind = watching if case.name == "watch" else running
            if asked.skip_kills:
                line(case, "settles", partial(bench.settle, case))
            else:
                name = f"{asked.kills} x kill -9, INT, TERM"
                line(case, name, partial(kind.kills, bench, case, asked.kills, chance))
            root = os.geteuid() == 0
            for name, action in {
                "disk full": kind.disk_full if root else None,
                "read-only": kind.read_only if root else None,
                "a page held open": kind.held_open,
                "two runs at once": kind.both_at_once,
                "elsewhere, blank and é": kind.moved,
            }.items():
                if action is None:
                    print(f"{case.name:<28}{name:<28}not run: needs root", flush=True)
                else:
                    line(case, name, partial(action, bench, case))
            for name, surrounding in surroundings(bench.root).items():
                line(case, name, partial(kind.surrounded, bench, case, *surrounding))
    print(f"{broken} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
