"""A dask cluster on this machine: a scheduler and workers, each a process with its own folder."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT, wait_until


@contextmanager
def running_cluster(
    folder: Path, *, restarts: bool = False
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and two workers, and give its address and the processes, its own first.

    With `restarts` each worker is looked after by a nanny, which starts it again if it dies; the
    process given is then the nanny's.
    """
    from distributed import Client  # an extra of the package

    file = folder / "scheduler.json"
    processes = []

    def run(module: str, *arguments: str) -> None:
        own = folder / f"process-{len(processes)}"
        own.mkdir()
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
        environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
        with (own / "log").open("wb") as log:
            processes.append(
                subprocess.Popen(command, cwd=own, env=environment, stdout=log, stderr=log)
            )

    run("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file),
        "--no-dashboard")  # fmt: skip
    try:
        told = lambda: file.exists() and re.search(r"tcp://[\d.:]+", file.read_text())  # noqa: E731
        assert wait_until(lambda: bool(told()), 120)
        address = told()[0]
        nanny = "--nanny" if restarts else "--no-nanny"
        for _ in range(2):
            run("dask_worker", address, "--nthreads", "1", nanny, "--no-dashboard",
                "--local-directory", str(folder / f"process-{len(processes)}"))  # fmt: skip
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=120)
        yield address, processes
    finally:
        for process in processes:
            process.terminate() if restarts else process.kill()
            process.wait()
