"""Make again what a saved file touches, and show it, until Ctrl-C."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any

from nbconvert.filters.ansi import strip_ansi
from watchfiles import watch as changes

from swt_analysis import text
from swt_analysis.lock import alone
from swt_analysis.problems import DataError
from swt_analysis.reports import build, forked, render
from swt_analysis.reports.catalogue import reports
from swt_analysis.reports.fingerprint import PACKAGE, Sources
from swt_analysis.serve import Pages
from swt_analysis.study import Study

STEP_MILLISECONDS = 20  # of silence after a save, before it is taken up
POLL_SECONDS = 0.5
GROUP_MILLISECONDS = 200  # saves that come this close are taken up together
AGAIN = "When that is mended, save any file: it is then tried again."


class EditedError(Exception):
    """A module of the library was edited: this process cannot take it up."""


class _Lasting(ThreadPoolExecutor):
    """Threads that live on when a piece of work is done."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the threads; they end with the process."""


def watch(
    study: Study, pages: Pages, *, jobs: int, timeout: int, say: Callable[[str], None], stop: Event
) -> None:
    """Make what is stale, now and whenever a file is saved.

    The work is done by threads: cells run in forks of the engine's warm process anyway, and a
    thread needs no start.

    Parameters
    ----------
    study : Study
    pages : Pages
        Where the reports are shown.
    jobs : int
        How many reports at a time.
    timeout : int
        Seconds that a cell may take.
    say : callable
        Called with a line on what was done.
    stop : threading.Event
        Ends it.

    Raises
    ------
    EditedError
        If a module of the library was saved.
    """
    os.chdir(study.root)  # else papermill would, in each thread
    forked.warm_up()
    build.load()
    pool, saved = _Lasting(jobs), SimpleQueue[set[Path]]()
    Thread(target=_listen, args=(study, saved, stop), daemon=True).start()
    with _served(pages):
        files: set[Path] = set()
        while not stop.is_set():
            library = [file for file in files if file.is_relative_to(PACKAGE)]
            if any(file.suffix == ".py" for file in library):
                raise EditedError
            if library:
                text.catalogue.cache_clear()
                render._exporter.cache_clear()
            try:
                _refresh(study, pages, pool, jobs, timeout, say, lambda: _enough(saved, stop))
            except DataError as error:
                pages.all_failed("The data have a problem", str(error))
                say(str(error))
            except OSError as error:  # there may be room, or a right to write, at the next save
                told = f"{error.filename or study.root}: {error.strerror or error}"
                pages.all_failed("A file cannot be read or written", f"{told}\n\n{AGAIN}")
                say(f"{told}. {AGAIN}")
            except Exception as error:  # whatever it is, what is saved next may mend it
                told = f"{type(error).__name__}: {error}"
                pages.all_failed("The reports cannot be made", f"{told}\n\n{AGAIN}")
                say(f"{told}. {AGAIN}")
            files = _next(saved, stop)


def _refresh(
    study: Study,
    pages: Pages,
    pool: _Lasting,
    jobs: int,
    timeout: int,
    say: Callable[[str], None],
    enough: Callable[[], bool],
) -> None:
    """Make what is stale, first what somebody is looking at, until it is enough."""
    with alone(study.reports, lambda: say("another swt works on the study; waiting")):
        sources = Sources(build.read_manifest(study).get(build.SOURCES, {}))
        build.update_processed(study, sources)
        pages.mended()
        current = build.Current(study, tuple(reports(study)), sources)
        manifest = build.read_manifest(study)
        made = 0
        for targets in _turns(current, manifest, pages.open_pages()):
            results = build.build(current, targets, timeout, jobs=jobs, executor=lambda: pool)
            with closing(results):  # type: ignore[type-var]
                for result in results:
                    made += _show(pages, result, say)
                    if enough():
                        break
            if enough():
                break
        build.remove_gone(current)
        build.update_index(current)
        if made:
            for place in ("index", *(f"{language}/index" for language in text.LANGUAGES)):
                pages.made(place)
            say(f"{made} made")


def _turns(
    current: build.Current, manifest: dict[str, Any], watched: set[str]
) -> Iterator[list[build.Target]]:
    """Give the stale pages that somebody looks at, to have the machine alone, and then the rest."""
    for looked_at in (True, False):
        yield [
            target
            for language in text.LANGUAGES
            for report in current.everything
            if ((target := build.Target(report, language)).key in watched) == looked_at
            and build.state(current, target, manifest) != "fresh"
        ]


def _show(pages: Pages, result: build.Made | build.Failure, say: Callable[[str], None]) -> bool:
    """Tell who looks at a page what became of it; whether it was made."""
    key = result.target.key
    if isinstance(result, build.Made):
        pages.made(key)
        return True
    told = f"{result.reason}\n\n{strip_ansi(result.traceback)}".strip()  # type: ignore[no-untyped-call]
    pages.failed(key, f"{result.target.report.name} could not be made", told)
    say(f"{key}: {result.reason}")
    return False


def _listen(study: Study, saved: "SimpleQueue[set[Path]]", stop: Event) -> None:
    """Tell which files are saved."""
    places = (study.raw, study.processed, study.notebooks, study.instrument, PACKAGE)
    for found in changes(
        *{place for place in places if place.is_dir()},
        stop_event=stop,
        step=STEP_MILLISECONDS,
        debounce=GROUP_MILLISECONDS,
    ):
        saved.put({Path(name) for _, name in found})


def _enough(saved: "SimpleQueue[set[Path]]", stop: Event) -> bool:
    """Whether something was saved meanwhile, or it is to end."""
    return stop.is_set() or not saved.empty()


def _next(saved: "SimpleQueue[set[Path]]", stop: Event) -> set[Path]:
    """Wait for files that are saved, and take all that are waiting; none at the end."""
    files: set[Path] = set()
    while not stop.is_set() and not (files and saved.empty()):
        with suppress(Empty):  # a wait without end would not hear Ctrl-C on Windows
            files |= saved.get(timeout=POLL_SECONDS)
    return files


@contextmanager
def _served(pages: Pages) -> Iterator[None]:
    thread = Thread(target=pages.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        pages.shutdown()
        pages.server_close()
        thread.join()
