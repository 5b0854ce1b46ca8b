"""Measure what large studies cost, and when a cluster begins to pay: ``python bench/scale.py``.

On simulated studies, those and the number of factsheets as asked for. docs/scale.md draws on what
it prints. Processor time hardly depends on what else the machine does; the clock does.
"""

import argparse
import ctypes
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL

from bench import PR_SET_CHILD_SUBREAPER, PYTHON, Cost, listed, measured, swt

SCHEDULER = "tcp://127.0.0.1:8799"


def main() -> None:
    """Measure, and print tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", nargs="*", default=["342x1", "342x5", "342x10", "50000x1"])
    parser.add_argument("--factsheets", type=int, nargs="*", default=[2, 20, 100])
    asked = parser.parse_args()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    with tempfile.TemporaryDirectory() as folder:
        print("| study | cleaning, s | processor s | peak MB |\n|---|--:|--:|--:|")
        for size in asked.studies:
            study = simulated(Path(folder) / size, size)
            print_row(size, measured(lambda study=study: swt("clean", folder=study), sampled=True))
        study = simulated(Path(folder) / "all", "342x2")
        swt("clean", folder=study)
        print("\n| factsheets | two jobs here, s | two workers of dask, s |\n|---|--:|--:|")
        every = [one["name"] for one in listed(study)]
        names = sorted({name for name in every if name.startswith("municipality-")})
        for number in asked.factsheets:
            some = ("report", *names[:number], "--language", "nl", "--force", "--quiet")
            here = seconds(*some, "--jobs", "2", folder=study)
            cluster = (*some, "--executor", "dask", "--scheduler", SCHEDULER)
            with workers(2):  # which load what they need for the first page
                first, again = (seconds(*cluster, folder=study) for _ in range(2))
            print(f"| {number} | {here:.1f} | {first:.1f}, again {again:.1f} |", flush=True)


def seconds(*arguments: object, folder: Path) -> float:
    """Time a command by the clock; `measured` would wait for the workers to end."""
    started = time.perf_counter()
    swt(*arguments, folder=folder)
    return time.perf_counter() - started


def simulated(folder: Path, size: str) -> Path:
    """Make a study of so many municipalities and rounds."""
    municipalities, rounds = size.split("x")
    more = ("--municipalities", municipalities, "--rounds", rounds, "--seed", "1")
    swt("simulate", "-o", folder, *more, folder=folder.parent)
    return folder


@contextmanager
def workers(number: int) -> Iterator[None]:
    """Have a scheduler and workers of one thread, as docs/scale.md says."""
    port = SCHEDULER.rpartition(":")[2]
    scheduler = [PYTHON, "-m", "distributed.cli.dask_scheduler", "--port", port]
    worker = [PYTHON, "-m", "distributed.cli.dask_worker", SCHEDULER, "--nthreads", "1"]
    commands = [scheduler, *[worker] * number]
    started = [subprocess.Popen([*one, "--no-dashboard"], stderr=DEVNULL) for one in commands]
    time.sleep(15)  # until they know one another
    try:
        yield
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


def print_row(name: str, cost: Cost) -> None:
    """Print a row of a table."""
    print(f"| {name} | {cost.wall:.1f} | {cost.cpu:.1f} | {cost.peak / 1e6:.0f} |", flush=True)


if __name__ == "__main__":
    main()
