"""Ask the warm process for a notebook's kernel, and speak to it as nbclient does to a kernel."""

import asyncio
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection
from queue import Empty
from types import TracebackType
from typing import Any, Self

from jupyter_client.client import KernelClient
from jupyter_client.session import Session
from jupyter_core.utils import run_sync

from swt_analysis.warm import KEY, STALE

SHUTDOWN_SECONDS = 2.5  # when jupyter_client too gets rough
INTERRUPT_SECONDS = 1.0
# One thread: OpenBLAS and the allocator of pyarrow, which pandas imports, start their own on
# import, and they would be there at the fork.
ONE_THREAD = {
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
UNHEARD = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}  # the debugger's advice on frozen modules
READ_AT_START = ("PYTHON", "LC_", "LANG", "LD_", "MPL", "IPYTHON", "JUPYTER")
COMMAND = "import sys; del sys.path[0]; from swt_analysis.warm import main; main({})"


class CannotForkError(Exception):
    """A notebook cannot run in a fork of the warm process; says why."""


def warm_up() -> None:
    """Start the warm process if it is not there, without waiting for it.

    Worth calling as soon as it is clear that notebooks will run. Processes forked from this one
    afterwards share it. It ends when all that can ask it have. On Linux only: elsewhere a process
    that has loaded libraries cannot be forked (Windows) or may crash in them afterwards (macOS:
    Accelerate, Core Foundation), which `start` says when it is asked.
    """
    with contextlib.suppress(CannotForkError):
        _warm.control()


@contextlib.contextmanager
def warmed() -> Iterator[None]:
    """Have the warm process, where there can be one, load from here on, and end with the block."""
    warm_up()
    try:
        yield
    finally:
        _warm.end()


def start(environment: dict[str, str], memory_limit: int | None, timeout: float) -> "ForkedKernel":
    """Fork a kernel from the warm process, which is started if need be.

    Parameters
    ----------
    environment : dict of str to str
        Environment variables on top of those of this process.
    memory_limit : int or None
        Bytes of address space that the kernel may take on top of what is loaded.
    timeout : float
        Seconds to wait.

    Returns
    -------
    ForkedKernel

    Raises
    ------
    CannotForkError
        If there is no warm process or it cannot fork.
    """
    for _ in range(2):
        control = _warm.control()  # first: elsewhere than on Linux the sockets do not exist either
        pipe, theirs = socket.socketpair()
        lifeline, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        lifeline.settimeout(timeout)
        answer = {}
        with theirs, other, contextlib.suppress(ConnectionError):
            socket.send_fds(control, [b"?"], [theirs.fileno(), other.fileno()])
        with contextlib.suppress(ConnectionError, TimeoutError):
            answer = json.loads(lifeline.recv(1024) or "{}")
        if "pid" in answer:
            _warm.proven = True
            request = {
                "environment": os.environ | environment,
                "folder": os.getcwd(),  # noqa: PTH109
                "memory": memory_limit,
            }
            return ForkedKernel(Connection(pipe.detach()), lifeline, request)
        pipe.close()
        lifeline.close()
        if answer.get("refused") != STALE and (answer or not _warm.proven):
            break
        _warm.stop()
    raise CannotForkError(answer.get("refused", "its warm process did not start"))


class _Warm:
    """The warm process of this process and of those forked from it."""

    def __init__(self) -> None:
        self.proven = False
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._processes: list[subprocess.Popen[bytes]] = []
        self._environment: dict[str, str] = {}

    def control(self) -> socket.socket:
        """Give the socket for requests; a process started in another environment is replaced."""
        if sys.platform != "linux":
            raise CannotForkError("a process with its libraries loaded forks safely on Linux only")
        environment = {k: v for k, v in os.environ.items() if k.startswith(READ_AT_START)}
        with self._lock:
            if self._control is None or environment != self._environment:
                self._stop()
                self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                with theirs:
                    process = subprocess.Popen(
                        [sys.executable, "-c", COMMAND.format(theirs.fileno())],
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL,
                        env=os.environ | ONE_THREAD | UNHEARD,
                        pass_fds=[theirs.fileno()],
                        start_new_session=True,
                    )
                self._environment = environment
                self._processes = [p for p in self._processes if p.poll() is None] + [process]
            return self._control

    def stop(self) -> None:
        """Take no more requests: the process ends with its last notebook."""
        with self._lock:
            self._stop()

    def end(self) -> None:
        """End the process with all that runs in it."""
        with self._lock:
            self._stop()
            for process in self._processes:
                process.kill()
                process.wait()
            self._processes = []

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        self._control = None
        self.proven = False


_warm = _Warm()


class _Channel:
    """Messages of one channel, as nbclient asks for them."""

    def __init__(self, kernel: "ForkedKernel") -> None:
        self.messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._kernel = kernel

    def send(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(ConnectionError):  # nbclient will find it dead
            self._kernel.pipe.send(self._kernel.session.serialize(message))

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        try:
            async with asyncio.timeout(timeout):
                return await self.messages.get()
        except TimeoutError:
            raise Empty from None


class ForkedKernel(KernelClient):
    """A forked kernel: manager and client at once, for nbclient.

    As a context it ends with the process gone, and with it all that the notebook started.
    """

    has_kernel = True

    def __init__(self, pipe: Connection, lifeline: socket.socket, request: dict[str, Any]) -> None:
        super().__init__(session=Session(key=KEY))
        self.pipe = pipe
        self._lifeline = lifeline
        self._tasks_before: set[asyncio.Task[Any]] = set()
        self._channels = {"shell": _Channel(self), "iopub": _Channel(self)}
        self._status: int | None = None
        pipe.send(request)

    @property
    def shell_channel(self) -> _Channel:
        """Requests and their replies."""
        return self._channels["shell"]

    @property
    def iopub_channel(self) -> _Channel:
        """What the cells show."""
        return self._channels["iopub"]

    def client(self) -> Self:
        """Give the client of this manager: the same object."""
        return self

    async def start_channels(self) -> None:  # type: ignore[override]
        """Listen to the pipe, in the loop that runs."""
        self._tasks_before = asyncio.all_tasks()
        asyncio.get_running_loop().add_reader(self.pipe.fileno(), self._receive)

    async def stop_channels(self, interrupt: bool = False) -> None:  # type: ignore[override]
        """Listen no more, and end what nbclient still waits for.

        Parameters
        ----------
        interrupt : bool
            Interrupt the cell that runs, and show where it was.
        """
        tasks = asyncio.all_tasks() - self._tasks_before - {asyncio.current_task()}
        if interrupt and tasks:
            self.interrupt_kernel()
            await asyncio.wait(tasks, timeout=INTERRUPT_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        asyncio.get_running_loop().remove_reader(self.pipe.fileno())

    def _receive(self) -> None:
        try:
            channel, parts = self.pipe.recv()
        except (EOFError, OSError):
            asyncio.get_running_loop().remove_reader(self.pipe.fileno())
            return
        _, parts = self.session.feed_identities(parts)
        self._channels[channel].messages.put_nowait(self.session.deserialize(parts))

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return at once: requests wait in the pipe until the process can read them."""

    def is_alive(self) -> bool:
        """Whether the process lives."""
        return self._status is None and not select.select([self._lifeline], [], [], 0)[0]

    def interrupt_kernel(self) -> None:
        """Raise KeyboardInterrupt in the cell that runs."""
        with contextlib.suppress(ConnectionError):  # the warm process has died, and it with it
            self._lifeline.send(b"i")

    def ended(self) -> str:
        """Wait for the end of the process and say how it came.

        Raises
        ------
        TimeoutError
            If it does not come.
        """
        if self._status is None:
            self._lifeline.settimeout(SHUTDOWN_SECONDS)
            answer = b""  # if the warm process has died itself
            with contextlib.suppress(ConnectionError):
                answer = self._lifeline.recv(1024)
            self._status = json.loads(answer)["status"] if answer else -signal.SIGKILL
        if self._status < 0:
            return f"its process was ended by {signal.Signals(-self._status).name}"
        return f"its process ended itself with status {self._status}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        run_sync(self.stop_channels)(interrupt=isinstance(error, TimeoutError))
        self.pipe.close()  # which asks it to leave
        try:
            with contextlib.suppress(TimeoutError):
                if kind is None:
                    self.ended()
        finally:
            with self._lifeline, contextlib.suppress(OSError):
                self._lifeline.shutdown(socket.SHUT_WR)  # which ends it by force
                self.ended()
