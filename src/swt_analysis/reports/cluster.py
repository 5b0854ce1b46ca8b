"""Pages made by the workers of a dask cluster, which share no file system with this machine.

A worker gets the files that a notebook may read, lays them out in a folder of its own, and makes
its pages in a process of its own: its tasks run in threads, and a notebook needs the main one.
"""

import logging
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path
from subprocess import CalledProcessError

from swt_analysis.folder import StudyFolder
from swt_analysis.problems import SchedulerError
from swt_analysis.reports.catalogue import CatalogueEntry, pictures, read_notebook
from swt_analysis.reports.processes import TRIES
from swt_analysis.reports.run import make_all, open_processes
from swt_analysis.reports.stale import Current, library_hash, packages_hash
from swt_analysis.reports.target import Failure, Made, Target

CONNECT_SECONDS = 10
SHARES = 4  # tasks a worker gets: what a dead one was doing is done again


@dataclass(frozen=True)
class Work:
    """Pages to be made elsewhere, and all that they are made from.

    Attributes
    ----------
    targets : sequence of Target
        The pages to make.
    files : dict of str to bytes
        By their place in the study: tables, settings, notebooks, the study's own modules.
    everything : sequence of CatalogueEntry
        All reports of the study.
    timeout : float
        Seconds that a cell may take.
    versions : dict of str to str
        Hashes of this package and of the packages installed, to be the same elsewhere.
    """

    targets: Sequence[Target]
    files: dict[str, bytes]
    everything: Sequence[CatalogueEntry]
    timeout: float
    versions: dict[str, str]


def make_on_cluster(
    scheduler: str, current: Current, targets: Sequence[Target], timeout: float
) -> Iterator[Made | Failure]:
    """Make pages on the workers of a dask.distributed cluster, and give them as they come.

    Parameters
    ----------
    scheduler : str
        Its address, ``tcp://HOST:PORT``.
    current : Current
        Of a study with processed tables.
    targets : sequence of Target
        The pages to make.
    timeout : float
        Seconds that a cell may take.

    Raises
    ------
    SchedulerError
        If the package is missing or nobody answers.
    """
    try:
        from distributed import Client, KilledWorker, as_completed  # an extra of this package
    except ImportError:
        install = "python -m pip install 'swt-analysis[cluster]'"
        raise SchedulerError(f"a cluster needs the package distributed: {install}") from None
    for name in ("distributed", "distributed.client"):  # who ends is told below, in a line
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise SchedulerError(f"{scheduler}: no scheduler answers: {error}") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError:
            raise SchedulerError(f"{scheduler}: no worker is there; start dask worker") from None
        tasks = max(1, SHARES * len(client.scheduler_info(n_workers=-1)["workers"]))
        works = [pack(current, targets[place::tasks], timeout) for place in range(tasks)]
        futures = {
            client.submit(make_on_worker, work, pure=False, retries=TRIES - 1): work
            for work in works
            if work.targets
        }
        for future in as_completed(futures, loop=client.loop):
            try:
                yield from future.result()
            except (KilledWorker, CalledProcessError):
                reason = "the process that made it died each time it was tried"
                yield from (Failure(target, reason) for target in futures[future].targets)
            except CancelledError:
                raise SchedulerError(f"{scheduler}: the scheduler ended; start it again") from None


def pack(current: Current, targets: Sequence[Target], timeout: float) -> Work:
    """Collect what pages are made from."""
    study = current.study
    paths = {
        f"data/processed/{path.name}": path
        for path in [*study.processed.glob("*.csv"), study.processed / "datapackage.json"]
    }
    paths |= {f"notebooks/{path.name}": path for path in study.notebooks.values()}
    for path in study.notebooks.values():
        for picture in pictures(read_notebook(path), path.parent):
            paths[f"notebooks/{picture.relative_to(path.parent)}"] = picture
    paths |= {path.name: path for path in study.root.glob("*.py")}
    files = {place: path.read_bytes() for place, path in sorted(paths.items())}
    settings = study.raw / "study.toml"
    files["data/raw/study.toml"] = settings.read_bytes() if settings.exists() else b""
    return Work(targets, files, current.everything, timeout, _versions())


def make_on_worker(work: Work) -> list[Made | Failure]:
    """Make pages on a worker, below its own folder: what a killed process leaves goes with it."""
    from distributed import get_worker  # an extra of this package

    return make_here(work, get_worker().local_directory)


def make_here(work: Work, folder: str | None = None) -> list[Made | Failure]:
    """Make pages in a process of their own, with their files in a new folder below another."""
    others = [name for name, one in _versions().items() if work.versions[name] != one]
    if others:
        reason = (
            f"this worker has another version of {' and '.join(others)}: install the same "
            "versions of swt-analysis and all packages everywhere"
        )
        return [Failure(target, reason) for target in work.targets]
    below = folder or tempfile.gettempdir()
    command = [sys.executable, "-m", "swt_analysis.reports.cluster", below]
    done = subprocess.run(command, input=pickle.dumps(work), stdout=subprocess.PIPE, check=True)
    results: list[Made | Failure] = pickle.loads(done.stdout)
    return results


def _versions() -> dict[str, str]:
    return {"swt-analysis": library_hash(), "the packages installed": packages_hash()}


def _main() -> None:
    """Make the pages of the `Work` on standard input, below a folder; give the results."""
    work: Work = pickle.load(sys.stdin.buffer)
    with tempfile.TemporaryDirectory(prefix="swt-", dir=sys.argv[1]) as folder:
        root = Path(folder).resolve()
        for place, content in work.files.items():
            path = root / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        with open_processes(1) as workers:
            results = list(
                make_all(
                    work.targets, StudyFolder(root), work.everything, work.timeout, workers=workers
                )
            )
    sys.stdout.buffer.write(pickle.dumps(results))


if __name__ == "__main__":
    _main()
