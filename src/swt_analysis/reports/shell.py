"""An IPython shell in this process that keeps what each cell shows, as a notebook holds it."""

import base64
import os
import re
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TextIO

import nbformat
from IPython.core.async_helpers import get_asyncio_loop
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from nbformat import NotebookNode
from nbformat.v4 import new_output
from traitlets import Type

Bundle = dict[str, Any]
_AWAITS = re.compile(r"\b(await|async)\b")

HistoryManager.enabled = False  # type: ignore[assignment]  # it would start a thread, and write into the home folder


class Outputs(list[NotebookNode]):
    """The outputs of one cell, in the order in which they came."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: dict[str, list[NotebookNode]] = {}  # by display id, over all cells
        self._clear_at_next = False

    def begin(self) -> None:
        """Begin a cell."""
        self.clear()
        self._clear_at_next = False

    def write(self, name: str, text: str) -> None:
        """Add what was printed; what follows on the same stream is one output with it."""
        self._make_room()
        text = _writable(text)
        if self and self[-1].output_type == "stream" and self[-1].name == name:
            self[-1].text += text
        elif text:
            self.append(new_output("stream", name=name, text=text))

    def show(self, kind: str, data: Bundle, metadata: Bundle | None, **more: Any) -> NotebookNode:
        """Add what a cell displays or results in."""
        self._make_room()
        plain = {key: _as_text(value) for key, value in data.items()}
        output: NotebookNode = new_output(kind, data=plain, metadata=metadata or {}, **more)
        self.append(output)
        return output

    def display(self, data: Bundle, metadata: Bundle | None, key: str | None) -> None:
        """Add a display that its key can update."""
        output = self.show("display_data", data, metadata)
        if key is not None:
            self._shown.setdefault(key, []).append(output)

    def update(self, key: str | None, data: Bundle, metadata: Bundle | None) -> None:
        """Change what was displayed with a key, in whichever cell."""
        for output in self._shown.get(key or "", []):
            plain = {one: _as_text(value) for one, value in data.items()}
            output.update(nbformat.from_dict({"data": plain, "metadata": metadata or {}}))

    def drop(self, *, wait: bool) -> None:
        """Drop what the cell has shown: now, or when it shows something new."""
        self._clear_at_next = wait
        if not wait:
            self.clear()

    def _make_room(self) -> None:
        if self._clear_at_next:
            self.begin()


class _Display(DisplayPublisher):
    def publish(  # type: ignore[no-untyped-def, override]
        self, data, metadata=None, *, transient=None, update=False, **kwargs
    ) -> None:
        key = (transient or {}).get("display_id")
        if update:
            self.shell.outputs.update(key, data, metadata)
        else:
            self.shell.outputs.display(data, metadata, key)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.drop(wait=wait)


class _Result(DisplayHook):
    shell: "Shell"

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Bundle, md_dict: Bundle | None = None) -> None:
        self.shell.outputs.show(
            "execute_result", format_dict, md_dict, execution_count=self.prompt_count
        )

    def finish_displayhook(self) -> None:
        self._is_active = False


class Shell(InteractiveShell):
    """The shell; ``outputs`` has those of the cell that runs, or ran last."""

    displayhook_class = Type(_Result)
    display_pub_class = Type(_Display)

    def __init__(self, **kwargs: Any) -> None:
        self.outputs = Outputs()
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.set_hook("show_in_pager", lambda *_, **__: None)  # type: ignore[no-untyped-call]

    def enable_gui(self, gui: str | None = None) -> None:
        """Nothing is to be done for ``%matplotlib inline``, and no window is opened."""

    def _showtraceback(self, etype: type[BaseException], evalue: Any, stb: list[str]) -> None:
        lines = [_writable(line) for line in stb]
        told = _writable(str(evalue))
        self.outputs.append(new_output("error", ename=etype.__name__, evalue=told, traceback=lines))

    def run(self, source: str, seconds: float | None) -> Outputs:
        """Run a cell.

        Parameters
        ----------
        source : str
            Its code.
        seconds : float or None
            Raises TimeoutError in a cell that takes longer, where the system has such a clock.

        Returns
        -------
        Outputs
            The last is the error, if there was one.
        """
        self.outputs.begin()
        with _streams(self.outputs), _limited(seconds):
            if _AWAITS.search(source):  # IPython sees to the loop itself
                result = self._run(source)
            else:  # inside a running loop, as in JupyterLab
                result = get_asyncio_loop().run_until_complete(self._run_in_loop(source))
        error = result.error_before_exec or result.error_in_exec
        if error and not any(one.output_type == "error" for one in self.outputs):
            self._showtraceback(type(error), error, [])  # of a magic: IPython prints it only
        return self.outputs

    def _run(self, source: str) -> ExecutionResult:
        return self.run_cell(source, store_history=True)  # type: ignore[no-untyped-call, no-any-return]

    async def _run_in_loop(self, source: str) -> ExecutionResult:
        return self._run(source)


class _Stream:
    """A standard stream: what Python prints goes to the outputs at once."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, outputs: Outputs, name: str, descriptor: int) -> None:
        self.name = name
        self._outputs, self._descriptor, self._process = outputs, descriptor, os.getpid()

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if os.getpid() == self._process:
            self._outputs.write(self.name, text)
        else:  # a process that the notebook forked
            os.write(self._descriptor, text.encode(errors="replace"))
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def fileno(self) -> int:
        return self._descriptor

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True


@contextmanager
def _streams(outputs: Outputs) -> Iterator[None]:
    """Have what is printed, by Python or by a program that it starts, among the outputs."""
    before = sys.stdout, sys.stderr
    with _descriptor(1) as out, _descriptor(2) as errors:
        sys.stdout, sys.stderr = (
            _Stream(outputs, "stdout", 1),
            _Stream(outputs, "stderr", 2),
        )
        try:
            yield
        finally:
            sys.stdout, sys.stderr = before
            for name, file in (("stdout", out), ("stderr", errors)):
                file.seek(0)
                outputs.write(name, file.read())


@contextmanager
def _descriptor(number: int) -> Iterator[TextIO]:
    """Let a file take what is written to a descriptor."""
    before = os.dup(number)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace", newline="") as file:
        os.dup2(file.fileno(), number)
        try:
            yield file
        finally:
            os.dup2(before, number)
            os.close(before)


@contextmanager
def _limited(seconds: float | None) -> Iterator[None]:
    """Raise TimeoutError in what takes longer; only the main thread can be interrupted so."""
    is_main = threading.current_thread() is threading.main_thread()
    if seconds is None or not hasattr(signal, "setitimer") or not is_main:
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"the cell took longer than {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _as_text(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return _writable(value) if isinstance(value, str) else value


def _writable(text: str) -> str:
    """Write out what is half a character, and no file of text can hold."""
    return text.encode(errors="backslashreplace").decode()
