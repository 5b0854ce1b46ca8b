"""Break every command in every way that a machine can, and see that it keeps its word.

    python -m tests.faults.run [--kills 200] [--seed 1] [--only NAME ...]

A study is changed back and forth between two states; each command is to bring the files from the
one to the other, and is killed, starved or locked out while it does. After each: every file is
that of the one state or the other, no process is left, the next run ends right with the bytes of
a run that nothing disturbed, and leaves nothing behind. It prints a table. Some conditions need
root, Linux and ``unshare``; what cannot be had is said, not passed over. On two cores 200 kills
take some five minutes for ``clean``, half an hour for ``report``, more where nothing is forked and
by a cluster, and an hour for ``watch``.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from swt_analysis.reports.pdf import find_browser
from tests.cluster import running_cluster
from tests.faults import running, watching
from tests.faults.bench import OUT, Bench, Broken, Case
from tests.faults.conditions import BY_SPAWN, start, surroundings

PAGES = ("choice-scale-01", "choice-scale-02", "overview", "--language", "nl")
FORKED = ("main", "page", "server")
CLUSTER = "report, dask"


def to(name: str) -> tuple[str, str]:
    """Options that say where a file goes."""
    return "--output", f"{OUT}/{name}"


def cases(bench: Bench) -> list[Case]:
    """Every command that writes files, and each way to make reports but a cluster."""
    report = ("report", *PAGES, "--jobs")
    one_report = ("report", PAGES[0], "--language", "nl")
    found = [
        Case("clean", ("clean",)),
        Case("import", ("import",)),
        Case("export", ("export", f"{OUT}/study.xlsx")),  # a .sav file tells the hour
        Case("share", ("share", *PAGES, *to("reports.zip")), ("report", *PAGES), "readme"),
        # What the imports before have received is for a person to look at.
        Case("archive", ("archive", "--anyway", *to("study.zip")), ("report",), "readme"),
        Case("report, 1 job", (*report, "1"), kinds=FORKED),
        Case("report, 2 jobs", (*report, "2"), kinds=FORKED),
        Case("report, spawn", (*report, "2"), kinds=("main", "page"), program=BY_SPAWN),
        Case("report, Word", (*one_report, "--word")),
        *(
            Case(name, command, changed="readme", new=new)
            for name, command, new in (
                ("template", ("template", "2016", *to("2016.xlsx")), f"{OUT}/2016.xlsx"),
                ("simulate", ("simulate", "--rounds", "1", *to("new")), f"{OUT}/new"),
                ("new study", ("new", "study", f"{OUT}/new"), f"{OUT}/new"),
                ("new notebook", ("new", "notebook", "own"), "notebooks/own.ipynb"),
                ("explore", ("explore", "--no-open"), "explore/explore.ipynb"),
            )
        ),
    ]
    if find_browser():
        found.append(Case("report, PDF", (*one_report, "--pdf"), kinds=("main", "browser")))
    if start("watch", "--help", folder=bench.study).wait() == 0:
        found.append(Case("watch", ("report",), kinds=FORKED))  # it makes every page
    return found


def on_cluster(address: str, nanny: int) -> Case:
    """Reports made by a dask cluster, one of whose workers is struck; a page for each worker."""
    command = ("report", *PAGES[1:], "--executor", "dask", "--scheduler", address)
    return Case(CLUSTER, command, kinds=("main", "worker", "task"), nanny=nanny)


def main(arguments: list[str]) -> int:
    """Run what was asked for and give 1 if anything is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--kills", type=int, default=200, help="kill -9 of each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=[], help="parts of names of commands")
    parser.add_argument("--skip-kills", action="store_true")
    asked = parser.parse_args(arguments)
    chance = random.Random(asked.seed)
    # What a shell or nohup starts ignores these, and hands that on; who has a handler does not.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, lambda *_: None)
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

    def wanted(name: str) -> bool:
        return not asked.only or any(part in name for part in asked.only)

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-")))
        bench = Bench(folder)
        chosen = [case for case in cases(bench) if wanted(case.name)]
        if wanted(CLUSTER) and find_spec("distributed"):
            (folder / "cluster").mkdir()
            cluster = running_cluster(folder / "cluster", restarts=True)
            address, (_, nanny, _) = stack.enter_context(cluster)
            chosen.append(on_cluster(address, nanny.pid))
        for case in chosen:
            kind = watching if case.name == "watch" else running
            if asked.skip_kills:
                line(case, "settles", partial(bench.settle, case))
            else:
                name = f"{asked.kills} x kill -9, and others"
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
            around = {} if case.nanny else surroundings(bench.root)  # a worker has its own
            for name, surrounding in around.items():
                line(case, name, partial(kind.surrounded, bench, case, *surrounding))
            bench.remove_new(case)
    print(f"{broken} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
