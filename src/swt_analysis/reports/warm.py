"""The warm process: everything a notebook imports, loaded once, then a fork for each notebook.

It runs as the engine starts it and is Linux's only. It has one thread and no event loop,
 so that a fork is safe; it never runs a notebook itself. The fork is an IPython kernel, with
a pipe in the place of the five sockets.
"""

import asyncio
import atexit
import codecs
import contextlib
import ctypes
import gc
import importlib
import io
import json
import os
import select
import selectors
import signal
import socket
import string
import sys
import tempfile
import threading
import time
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from swt_analysis.text import catalogue

PRELOADED = (
    "numpy",
    "pandas",
    "scipy.stats",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_svg",
    "seaborn",
    "swt_analysis.statistics.change",
    "swt_analysis.figures.plots",
    "swt_analysis.statistics.robustness",
    "swt_analysis.reports.page",
    "swt_analysis.reports.catalogue",
    "swt_analysis.statistics.typology",
)

KEY = b"pipe"  # Session warns without one; nobody else can reach the pipe
STALE = "the package was edited"
TEXTS = Path(__file__).parents[1] / "text" / "texts.toml"
FLUSH_SECONDS = 0.2  # as ipykernel
PR_SET_PDEATHSIG = 1  # <sys/prctl.h>


def main(descriptor: int) -> None:
    """Load everything, then fork a child for each request until nobody can ask any more.

    A request is one message with two descriptors: the child's end of the pipe to its kernel, and
    the lifeline, on which it hears ``{"pid": n}`` or ``{"refused": why}``, and at the end
    ``{"status": n}``. A byte on the lifeline interrupts the child; closing it kills the child and
    all that it started.

    Parameters
    ----------
    descriptor : int
        Number of the inherited socket on which requests come.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = _Server(socket.socket(fileno=descriptor), _kernel())
    gc.collect()
    gc.freeze()  # a collection in a child then does not copy what it shares
    server.serve()


class _Server:
    """Forks a child for each request, and sees it to its end."""

    def __init__(self, control: socket.socket, kernel: Any) -> None:
        self._kernel = kernel
        self._loaded = _own_files()
        self._texts = TEXTS.stat().st_mtime_ns
        self._children: dict[socket.socket, int] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ, self._fork)

    def serve(self) -> None:
        while self._selector.get_map():
            for key, _ in self._selector.select():
                if key.fd in self._selector.get_map():  # not closed by the event before
                    key.data(key.fileobj)

    def _fork(self, control: socket.socket) -> None:
        _, descriptors, _, _ = socket.recv_fds(control, 1, 2)
        if not descriptors:
            self._selector.unregister(control)
            return
        pipe, lifeline = Connection(descriptors[0]), socket.socket(fileno=descriptors[1])
        with pipe:
            if refusal := self._refusal():
                with lifeline:
                    _tell(lifeline, refused=refusal)
                return
            pid = os.fork()
            if pid == 0:
                lifeline.close()
                for key in self._selector.get_map().values():
                    os.close(key.fd)
                if self._texts != TEXTS.stat().st_mtime_ns:
                    catalogue.cache_clear()
                _run(self._kernel, pipe)
        _tell(lifeline, pid=pid)
        self._children[lifeline] = pid
        self._selector.register(lifeline, selectors.EVENT_READ, self._hear)
        ended = partial(self._bury, lifeline)
        self._selector.register(os.pidfd_open(pid), selectors.EVENT_READ, ended)

    def _refusal(self) -> str | None:
        if self._loaded != _own_files():
            return STALE
        threads = len(os.listdir("/proc/self/task"))  # noqa: PTH208
        return f"its warm process has {threads} threads" if threads > 1 else None

    def _hear(self, lifeline: socket.socket) -> None:
        pid = self._children[lifeline]
        try:
            interrupts = lifeline.recv(1)
        except ConnectionError:  # closed with something unread
            interrupts = b""
        if interrupts:
            _signal(pid, signal.SIGINT)
        else:
            self._selector.unregister(lifeline)
            _signal(pid, signal.SIGKILL)

    def _bury(self, lifeline: socket.socket, pidfd: int) -> None:
        pid = self._children.pop(lifeline)
        _signal(pid, signal.SIGKILL)  # what it left behind, before the number is free again
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        self._selector.unregister(pidfd)
        os.close(pidfd)
        with lifeline, contextlib.suppress(KeyError):
            _tell(lifeline, status=status)
            self._selector.unregister(lifeline)


def _tell(lifeline: socket.socket, **message: object) -> None:
    with contextlib.suppress(OSError):  # nobody listens any more
        lifeline.send(json.dumps(message).encode())


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:  # it does not lead its group yet
        os.kill(pid, number)


def _own_files() -> dict[str, tuple[int, int]]:
    """Size and time of change of the package's own modules, to see an edit."""
    files = [
        module.__file__
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] == __package__ and module.__file__
    ]
    found = {}
    for file in files:
        with contextlib.suppress(FileNotFoundError):
            status = os.stat(file)  # noqa: PTH116
            found[file] = (status.st_size, status.st_mtime_ns)
    return found


class _Channel:
    """What jupyter_client's Session takes for a socket: sends a message down the pipe."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.pipe: Connection | None = None
        self.lock = threading.Lock()

    def send_multipart(self, parts: list[bytes], copy: bool = True) -> None:
        assert self.pipe is not None
        with self.lock, contextlib.suppress(ConnectionError):  # nobody listens any more
            self.pipe.send((self.name, [bytes(part) for part in parts]))

    def flush(self, _flag: int = 0) -> None:
        pass


def _kernel() -> Any:
    """Build the kernel and its shell as ``ipykernel_launcher`` does, without sockets or threads.

    The profile's configuration and start-up files are read as for any kernel.
    """
    import ipykernel_launcher
    from ipykernel.ipkernel import IPythonKernel
    from ipykernel.kernelapp import IPKernelApp
    from jupyter_client.session import Session
    from traitlets import Any as AnyTrait

    class PipeKernel(IPythonKernel):
        shell_stream = AnyTrait()
        # Awaiting in a cell asks for the thread of the shell channel: it is the main one.
        shell_channel_thread = SimpleNamespace(parent_thread=threading.main_thread())
        _supports_kernel_subshells = False

        def _abort_queues(self, subshell_id: str | None = None) -> None:
            """There is no queue: nbclient sends a cell when the last is done."""

    class WarmApp(IPKernelApp):
        def _nothing(self) -> None:
            pass

        init_connection_file = init_poller = init_sockets = init_heartbeat = _nothing
        log_connection_info = init_io = init_signal = _nothing
        write_connection_file = _nothing  # type: ignore[assignment]

        def init_kernel(self) -> None:
            iopub, shell = _Channel("iopub"), _Channel("shell")
            iopub.lock = shell.lock
            self.kernel = PipeKernel.instance(
                parent=self,
                session=Session(parent=self, key=KEY),
                iopub_socket=iopub,
                shell_stream=shell,
                log=self.log,
                profile_dir=self.profile_dir,
                user_ns=self.user_ns,
            )

    for name in PRELOADED:
        importlib.import_module(name)
    sys.argv = [ipykernel_launcher.__file__]
    app: Any = WarmApp.instance()
    app.initialize(["--HistoryManager.hist_file=:memory:"])
    _rehearse(app.shell)
    return app.kernel


def _rehearse(shell: Any) -> None:
    """Do once what costs most the first time, leaving no trace in the shell."""
    import pandas as pd
    from IPython.core.pylabtools import print_figure
    from matplotlib.figure import Figure

    shell.run_line_magic("matplotlib", "inline")
    shell.run_line_magic("config", "InlineBackend.figure_formats = ['png']")  # as it is already
    figure = Figure()
    figure.subplots().set(title="Title", xlabel="$x$")
    for kind in ("png", "svg"):
        print_figure(figure, kind)  # type: ignore[no-untyped-call]
    shell.display_formatter.format(pd.DataFrame({"a": [1], "b": ["x"]}))
    _rehearse_reports()


def _rehearse_reports() -> None:
    """Read texts, formulas and fonts, and draw, as every report does."""
    import pandas as pd

    from swt_analysis.figures.drawing import BODY, SMALL, Sheet, to_svg
    from swt_analysis.reports.citation import software
    from swt_analysis.reports.downloads import small_png
    from swt_analysis.reports.formulas import FORMULAS, mathml
    from swt_analysis.text import LANGUAGES, number

    for language in LANGUAGES:
        software(language)
        number(0.5, language, 1)
    for formula in FORMULAS:
        mathml(formula)
    sheet = Sheet()
    for size in (BODY, SMALL):
        for bold in (False, True):
            sheet.text(0, 0, string.printable.strip(), size=size, bold=bold)
    sheet.rectangles([(0, 40, 10, 10)], fill="#123456")
    drawing = sheet.finish(60, "")
    to_svg(drawing, key="k", title="")
    small_png(drawing)
    table = pd.read_csv(io.StringIO("a,b,c\n1,x,\n2,y,\n"), dtype={"a": "Int64", "b": "string"})
    table.merge(table.pivot(index="a", columns="b", values="a").reset_index(), on="a")


class _Stream(io.TextIOBase):
    """A standard stream of the notebook, of Python and of what writes to the descriptor.

    A notebook that forks has the forked process write to the descriptor.
    """

    encoding = "UTF-8"

    def __init__(self, kernel: Any, name: str, descriptor: int) -> None:
        self.name = name
        self._kernel = kernel
        self._descriptor = descriptor
        self._pid = os.getpid()
        self._lock = threading.RLock()
        self._waiting: list[tuple[dict[str, Any], list[str]]] = []
        self.source, sink = os.pipe()
        os.set_blocking(self.source, False)
        os.dup2(sink, descriptor)
        os.close(sink)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def fileno(self) -> int:
        return self._descriptor

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._pid:
            os.write(self._descriptor, text.encode(errors="replace"))
            return len(text)
        parent = self._kernel.get_parent("shell")
        with self._lock:
            if not self._waiting or self._waiting[-1][0] is not parent:
                self._waiting.append((parent, []))
            self._waiting[-1][1].append(text)
        return len(text)

    def take(self) -> None:
        """Take in what was written to the descriptor."""
        with self._lock, contextlib.suppress(BlockingIOError):
            while written := os.read(self.source, 65536):
                self.write(self._decode(written))

    def flush(self) -> None:
        if os.getpid() != self._pid:
            return
        with self._lock:
            self.take()
            waiting, self._waiting = self._waiting, []
            for parent, texts in waiting:
                if text := "".join(texts):
                    content = {"name": self.name, "text": text}
                    session, iopub = self._kernel.session, self._kernel.iopub_socket
                    session.send(iopub, "stream", content, parent=parent)


def _pump(*streams: _Stream) -> None:
    """Empty the descriptors before they are full, and show what was written by and by."""
    last = time.monotonic()
    while True:
        select.select([stream.source for stream in streams], [], [], FLUSH_SECONDS)
        due = time.monotonic() - last >= FLUSH_SECONDS
        for stream in streams:
            stream.flush() if due else stream.take()
        last = time.monotonic() if due else last


def _run(kernel: Any, pipe: Connection) -> None:
    """Be the kernel of one notebook; does not return."""
    status = 1
    try:
        os.setsid()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        try:
            request = pipe.recv()
        except (EOFError, ConnectionError):  # who asked has gone
            os._exit(0)
        _settle(kernel, pipe, request)
        asyncio.run(_serve(kernel, pipe))
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        os._exit(status)


def _settle(kernel: Any, pipe: Connection, request: dict[str, Any]) -> None:
    """Take over what a new kernel has of its own: environment, folder, chance, streams, limit."""
    import resource  # Windows has none, and imports this module for its names

    import numpy as np

    os.environ.clear()
    os.environ.update(request["environment"])
    tempfile.tempdir = None  # as the environment says now
    kernel.shell.init_environment()
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    time.tzset()
    os.chdir(request["folder"])
    np.random.seed()  # else every notebook would draw the same
    kernel.session.pid = os.getpid()
    kernel.iopub_socket.pipe = kernel.shell_stream.pipe = pipe
    terminal = os.fdopen(os.dup(2), "w")
    for handler in kernel.log.handlers:
        if hasattr(handler, "setStream"):
            handler.setStream(terminal)
    sys.stdout, sys.stderr = _Stream(kernel, "stdout", 1), _Stream(kernel, "stderr", 2)
    threading.Thread(target=_pump, args=(sys.stdout, sys.stderr), daemon=True).start()
    if request["memory"] is not None:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + request["memory"]
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


async def _serve(kernel: Any, pipe: Connection) -> None:
    """Answer requests until the pipe ends."""
    import zmq
    from tornado.ioloop import IOLoop

    kernel.io_loop = IOLoop.current()
    kernel.shell.exit_now = False
    requests: asyncio.Queue[list[bytes] | None] = asyncio.Queue()

    def receive() -> None:
        try:
            requests.put_nowait(pipe.recv())
        except (EOFError, OSError):
            requests.put_nowait(None)

    loop = asyncio.get_running_loop()
    loop.add_reader(pipe.fileno(), receive)
    while (parts := await requests.get()) is not None:
        await kernel.dispatch_shell([zmq.Message(part) for part in parts])
    loop.remove_reader(pipe.fileno())
