"""Do tasks on other processors, here or on a cluster; one that dies costs another try."""

import multiprocessing
import os
import signal
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from concurrent.futures.process import ProcessPoolExecutor
from multiprocessing.connection import wait as wait_for
from typing import TYPE_CHECKING, TypeVar

from swt_analysis.problems import SchedulerError

if TYPE_CHECKING:
    from distributed import Client

TRIES = 3
CONNECT_SECONDS = 10
PR_SET_PDEATHSIG = 1  # <sys/prctl.h>

Task = TypeVar("Task")
Result = TypeVar("Result")


class Died:
    """In place of a result: the process that did the task died each time."""


def each(
    function: Callable[..., Result],
    tasks: Iterable[Task],
    *shared: object,
    executor: Callable[[], Executor],
    width: int,
    started: Callable[[Task], None],
) -> Iterator[tuple[Task, Result | type[Died]]]:
    """Do every task, a few at a time, and give the results as they come.

    Parameters
    ----------
    function : callable
        Does one task; an error in it is raised here.
    tasks : iterable
        What it gets first, one by one.
    *shared
        What it gets then.
    executor : callable
        Opens an executor; called again when its processes died.
    width : int
        How many tasks to hand over at a time: those that a dying process takes with it.
    started : callable
        Called with each task that is handed over.

    Yields
    ------
    tuple
        A task and its result, or `Died` if its process died `TRIES` times.
    """
    waiting, tries = deque(tasks), Counter[int]()
    again: deque[Task] = deque()  # later and alone: nobody knows who killed the process
    running: dict[Future[Result], Task] = {}
    pool = executor()
    try:
        while waiting or again or running:
            broken = False
            while next_ones := waiting or again:
                if broken or len(running) >= (width if waiting else 1):
                    break
                try:
                    future = pool.submit(function, next_ones[0], *shared)
                except BrokenExecutor:
                    broken = True
                else:
                    running[future] = next_ones.popleft()
                    started(running[future])
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                task = running.pop(future)
                try:
                    result = future.result()
                except _deaths():
                    broken = True
                    tries[id(task)] += 1
                    if tries[id(task)] < TRIES:
                        again.append(task)
                    else:
                        yield task, Died
                else:
                    yield task, result
            if broken and not running:
                pool.shutdown()
                pool = executor()
    except BaseException:
        stop(pool)
        raise
    pool.shutdown()


def stop(pool: Executor) -> None:
    """End an executor at once, whatever it is doing."""
    workers = list((getattr(pool, "_processes", None) or {}).values())
    for worker in workers:
        worker.kill()
    pool.shutdown(wait=False)
    for worker in workers:
        worker.join()


def _deaths() -> tuple[type[BaseException], ...]:
    """Errors that say that a process died, and not what it did wrong."""
    # Not imported for this: where distributed is not loaded no task runs on it.
    cluster = sys.modules.get("distributed")
    killed = (cluster.KilledWorker,) if cluster else ()
    return (BrokenExecutor, CancelledError, *killed)


def processes(jobs: int) -> ProcessPoolExecutor:
    """Open a pool of processes that end with this one.

    On Linux they are forked: what this process has imported and built is there at once.
    """
    method = "fork" if sys.platform == "linux" else "spawn"
    context = multiprocessing.get_context(method)
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_end_with_parent)


def _end_with_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    parent = multiprocessing.parent_process()
    assert parent is not None
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent.pid:
            os._exit(1)
    else:
        sentinel = parent.sentinel

        def leave() -> None:
            wait_for([sentinel])
            os._exit(1)

        threading.Thread(target=leave, daemon=True).start()


def connect(scheduler: str) -> "Client":
    """Connect to the scheduler of a dask.distributed cluster.

    Raises
    ------
    SchedulerError
        If the package is missing or nobody answers.
    """
    try:
        from distributed import Client
    except ImportError:
        install = "python -m pip install 'swt-analysis[cluster]'"
        raise SchedulerError(f"a cluster needs the package distributed: {install}") from None
    try:
        return Client(  # type: ignore[no-untyped-call]
            scheduler, timeout=CONNECT_SECONDS, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise SchedulerError(f"{scheduler}: no scheduler answers: {error}") from None
