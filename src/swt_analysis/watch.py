"""Make again what a saved file touches, and show it, until Ctrl-C."""

import asyncio
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from threading import Event
from typing import Any

from nbconvert.filters.ansi import strip_ansi
from watchfiles import awatch

from swt_analysis.files import locked
from swt_analysis.folder import StudyFolder
from swt_analysis.problems import DataError
from swt_analysis.reports.build import make_reports, remove_gone, update_index
from swt_analysis.reports.catalogue import reports
from swt_analysis.reports.processes import Processes
from swt_analysis.reports.run import open_processes
from swt_analysis.reports.stale import PACKAGE, Current, read_manifest, state, update_processed
from swt_analysis.reports.target import Failure, Made, Target
from swt_analysis.serve import ADDRESS, Fault, Pages, serve
from swt_analysis.text import LANGUAGES

STEP_MILLISECONDS = 20  # of silence after a save, before it is taken up
GROUP_MILLISECONDS = 200  # saves that come this close are taken up together
TIMEOUT_SECONDS = 300  # for a cell
AGAIN = "When that is mended, save any file: it is then tried again."

Say = Callable[[str], object]


class EditedError(Exception):
    """The library was edited, which this process cannot take up; ``port`` is where it served."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port


def watch(study: StudyFolder, *, port: int, jobs: int, say: Say, show: bool = False) -> None:
    """Make what is stale, now and whenever a file is saved, and serve the pages.

    Parameters
    ----------
    study : StudyFolder
        Whose files are watched.
    port : int
        0 for any that is free.
    jobs : int
        How many reports at a time.
    say : callable
        Called with a line on what was done.
    show : bool
        Whether to open the index in the browser.

    Raises
    ------
    EditedError
        If a file of the library was saved.
    OSError
        If the port is in use.
    """
    asyncio.run(_watch(study, port, jobs, say, show))


async def _watch(study: StudyFolder, port: int, jobs: int, say: Say, show: bool) -> None:
    pages, stop = Pages(study.reports), Event()
    server, port = serve(pages, port)
    url = f"http://{ADDRESS}:{port}/"
    say(f"Reports are at {url}. Ctrl-C ends it.")
    if show:
        webbrowser.open(url)
    saved: asyncio.Queue[Path] = asyncio.Queue()
    listening = asyncio.create_task(_listen(study, saved))
    workers = open_processes(jobs)
    was_fresh = False

    def is_enough() -> bool:
        return stop.is_set() or not saved.empty()

    try:
        while True:
            try:
                await asyncio.to_thread(_refresh, study, pages, workers, jobs, say, is_enough)
            except DataError as error:
                _tell(pages, say, Fault("The data have a problem", str(error)))
            except OSError as error:  # there may be room, or a right to write, at the next save
                reason = f"{error.filename or study.root}: {error.strerror or error}. {AGAIN}"
                _tell(pages, say, Fault("A file cannot be read or written", reason))
            except Exception as error:  # whatever it is, what is saved next may mend it
                reason = f"{type(error).__name__}: {error}. {AGAIN}"
                _tell(pages, say, Fault("The reports cannot be made", reason))
            else:
                if not was_fresh:
                    say("All reports are fresh; they are made again as you save.")
                was_fresh = True
            files = {await saved.get()}
            while not saved.empty():
                files.add(saved.get_nowait())
            if any(file.is_relative_to(PACKAGE) for file in files):
                raise EditedError(port)
    finally:
        stop.set()
        workers.close()
        listening.cancel()
        server.stop()


def _refresh(
    study: StudyFolder,
    pages: Pages,
    workers: Processes,
    jobs: int,
    say: Say,
    enough: Callable[[], bool],
) -> None:
    """Make what is stale, first what somebody is looking at, until it is enough."""
    with locked(study.reports, lambda: say("another swt works on the study; waiting")):
        update_processed(study)
        pages.all_failed(None)
        current = Current(study, tuple(reports(study)))
        manifest = read_manifest(study)
        made = 0
        for targets in _turns(current, manifest, pages.open_pages()):
            results = make_reports(current, targets, TIMEOUT_SECONDS, jobs=jobs, workers=workers)
            with closing(results):  # type: ignore[type-var]
                for result in results:
                    made += _show(pages, result, say)
                    if enough():
                        break
            if enough():
                break
        remove_gone(current)
        update_index(current)
    if made:
        for place in ("index", *(f"{language}/index" for language in LANGUAGES)):
            pages.made(place)
        say(f"{made} made")


def _turns(
    current: Current, manifest: Mapping[str, Any], watched: set[str]
) -> Iterator[list[Target]]:
    """Give the stale pages that somebody looks at, to have the machine alone, and then the rest."""
    stale = [
        target
        for language in LANGUAGES
        for report in current.everything
        if language in report.languages
        and state(current, target := Target(report, language), manifest) != "fresh"
    ]
    yield [target for target in stale if target.key in watched]
    yield [target for target in stale if target.key not in watched]


def _show(pages: Pages, result: Made | Failure, say: Say) -> bool:
    """Tell who looks at a page what became of it; whether it was made."""
    key = result.target.key
    if isinstance(result, Made):
        pages.made(key)
        return True
    traceback = strip_ansi(result.traceback)
    message = f"{result.reason}\n\n{traceback}".strip()
    pages.failed(key, Fault(f"{result.target.report.name} could not be made", message))
    say(f"{key}: {result.reason}")
    return False


def _tell(pages: Pages, say: Say, fault: Fault) -> None:
    pages.all_failed(fault)
    say(fault.message)


async def _listen(study: StudyFolder, saved: "asyncio.Queue[Path]") -> None:
    """Tell which files are saved."""
    study.notebook_folders[1].mkdir(exist_ok=True)  # for the first notebook of the study's own
    places = (study.raw, study.processed, study.instrument, *study.notebook_folders, PACKAGE)
    (study.root / "notebooks").mkdir(exist_ok=True)  # to hear of the first that she writes
    there = {place for place in places if place.is_dir()}
    with suppress(asyncio.CancelledError):
        async for found in awatch(*there, step=STEP_MILLISECONDS, debounce=GROUP_MILLISECONDS):
            for _, name in found:
                saved.put_nowait(Path(name))
