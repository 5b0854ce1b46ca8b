"""Notebooks to pages, several at a time, each notebook in a process of its own."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from swt_analysis.folder import StudyFolder
from swt_analysis.reports import processes
from swt_analysis.reports.catalogue import CatalogueEntry
from swt_analysis.reports.processes import ProcessEnded, Processes
from swt_analysis.reports.target import Failure, Made, Target


class Task(NamedTuple):
    """A page to be made, and what `make.make` needs besides."""

    target: Target
    study: StudyFolder
    everything: Sequence[CatalogueEntry]
    timeout: float


def load_ahead() -> None:
    """Have the process that notebooks are forked from load what they need."""
    processes.load_ahead(f"{__package__}.rehearsal")


def open_processes(jobs: int) -> Processes:
    """Open processes that run and render notebooks, so many at a time."""
    load_ahead()
    return Processes(_make, jobs)


def make_all(
    targets: Iterable[Target],
    study: StudyFolder,
    everything: Sequence[CatalogueEntry],
    timeout: float,
    *,
    workers: Processes,
    started: Callable[[Target], object] = lambda target: None,
) -> Iterator[Made | Failure]:
    """Make pages, and give them as they come.

    Parameters
    ----------
    targets : iterable of Target
        The pages to make.
    study : StudyFolder
        With processed tables.
    everything : sequence of CatalogueEntry
        All reports of the study, for the links between pages.
    timeout : float
        Seconds that a cell may take.
    workers : Processes
        From `open_processes`.
    started : callable
        Called with each target when its turn comes.

    Yields
    ------
    Made or Failure
        One a target.

    Raises
    ------
    NoProcessError
        If no process can be started.
    """
    tasks = [Task(target, study, everything, timeout) for target in targets]
    for result in workers.results(tasks, lambda task: started(task.target)):
        if isinstance(result, ProcessEnded):
            reason = f"the process of its notebook {result.how}: out of memory, or past its time?"
            yield Failure(result.task.target, reason)
        else:
            yield result


def spare_address_parser() -> None:
    """Keep jsonschema from building a parser of web addresses, which takes over a second.

    It is for a check that nbformat does not make.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def _make(task: Task) -> Made | Failure:
    # Where this process was not forked from one that has loaded all:
    spare_address_parser()
    import matplotlib.font_manager  # noqa: F401 - looks for fonts and may say so: in no cell

    from swt_analysis.reports.make import make  # loads much: only where pages are made

    return make(*task)
