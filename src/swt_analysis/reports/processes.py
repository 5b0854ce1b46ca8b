"""Call a function in processes that end with this one; one that dies harms no other.

The standard library's executors break as a whole when a process dies, and pebble, which does not,
looks for processes that ended ten times a second and is under a licence that asks more of those
who pass it on: docs/architecture.md has the figures.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import connection, forkserver
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

import psutil

from swt_analysis.problems import NoProcessError

TRIES = 3
_UNKNOWN = 255  # what multiprocessing gives where the fork server died too
# On Linux each task gets a fork of a process that has loaded all; elsewhere a process with its
# libraries loaded cannot be forked safely, so each process does many tasks, one by one.
METHOD = "forkserver" if sys.platform == "linux" else "spawn"
# A process that forks should have one thread; these start more as numpy and pyarrow are imported.
ONE_THREAD = {
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True)
class ProcessEnded(Generic[Task]):
    """In place of a result: the process that did the task ended under it; says how."""

    task: Task
    how: str


def load_ahead(module: str) -> None:
    """Have the process that is forked from import a module, without waiting for it."""
    if METHOD == "forkserver":
        os.environ.update(ONE_THREAD)
        forkserver.set_forkserver_preload([module])
        forkserver.ensure_running()


class Processes:
    """Processes that call one function; to be closed, or used in a ``with`` statement.

    Parameters
    ----------
    function : callable
        Gets a task and gives its result; an error in it ends its process.
    number : int
        How many at a time.
    """

    def __init__(self, function: Callable[[Any], Any], number: int) -> None:
        self._function = function
        self._number = number
        self._idle: list[_Worker] = []
        self._busy: dict[Connection, tuple[_Worker, Any]] = {}

    def results(
        self, tasks: Iterable[Task], started: Callable[[Task], object]
    ) -> Iterator[Any | ProcessEnded[Task]]:
        """Do tasks and give their results as they come.

        Parameters
        ----------
        tasks : iterable
            What the function gets, one by one; they are sent to its processes.
        started : callable
            Called with each task when its turn comes.

        Yields
        ------
        object or ProcessEnded
            A process that was killed costs its task another try, up to `TRIES`; one that ended
            itself does not get one.
        """
        waiting, tries = deque(tasks), Counter[int]()
        try:
            while waiting or self._busy:
                while waiting and len(self._busy) < self._number:
                    task = waiting.popleft()
                    tries[id(task)] += 1
                    worker = self._idle.pop() if self._idle else _Worker(self._function)
                    self._busy[worker.pipe] = worker, task
                    with suppress(ConnectionError):  # its end is seen below
                        worker.pipe.send(task)
                    started(task)
                for pipe in connection.wait(self._busy):
                    assert isinstance(pipe, Connection)
                    worker, task = self._busy.pop(pipe)
                    try:
                        result = worker.pipe.recv()
                    except (EOFError, ConnectionError):
                        how, was_killed = worker.end_and_explain()
                        if was_killed and tries[id(task)] < TRIES:
                            waiting.append(task)
                            continue
                        result = ProcessEnded(task, how)
                    else:
                        if METHOD == "forkserver":
                            worker.end()
                        else:
                            self._idle.append(worker)
                    yield result
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End all processes, whatever they are doing, with all that they have started."""
        for worker in [*self._idle, *(worker for worker, _ in self._busy.values())]:
            worker.end()
        self._idle.clear()
        self._busy.clear()

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Worker:
    """One process, and the pipe to it."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        context = multiprocessing.get_context(METHOD)
        self.pipe, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(  # type: ignore[attr-defined]
            target=_work, args=(theirs, function), daemon=False
        )
        try:
            with _without_main_script(), _ctrl_c_waits():
                self._process.start()
        except (OSError, EOFError):
            raise NoProcessError(
                "the processes that run notebooks cannot start: is there memory enough? Try "
                "swt report --jobs 1"
            ) from None
        theirs.close()

    def end(self) -> None:
        """End the process at once, with all that it has started."""
        apart = _started(self._process.pid)  # in sessions of their own they are in no group
        self.pipe.close()  # it may end by itself then, and who started them is forgotten
        if self._process.pid is not None and hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        for one in apart:
            with suppress(psutil.Error):
                one.kill()
        self._process.kill()
        self._process.join()

    def end_and_explain(self) -> tuple[str, bool]:
        """Say how the process ended, and whether it was killed from outside."""
        self._process.join()
        code = self._process.exitcode or 0
        self.end()
        if code < 0:
            return f"was ended by {signal.Signals(-code).name}", True
        if code == _UNKNOWN:
            return "was ended together with the one it was forked from", True
        return f"ended with status {code}", False


def _started(pid: int | None) -> list[psutil.Process]:
    """Give the processes that a process has started, and those that these have."""
    try:
        return psutil.Process(pid).children(recursive=True) if pid is not None else []
    except psutil.Error:
        return []


@contextmanager
def _without_main_script() -> Iterator[None]:
    """Keep a new process from running the script of this one: what it calls is in modules."""
    main = vars(sys.modules["__main__"])
    script = main.pop("__file__", None)
    try:
        yield
    finally:
        if script is not None:
            main["__file__"] = script


@contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Hold Ctrl-C back: a process that is started by halves prints a traceback of its own."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(pipe: Connection, function: Callable[[Any], Any]) -> None:
    """Do tasks until there are no more; lead a group that can be ended with this process."""
    if hasattr(os, "setsid"):
        os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            task = pipe.recv()
        except (EOFError, ConnectionError):
            return
        pipe.send(function(task))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    connection.wait([parent.sentinel])
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
