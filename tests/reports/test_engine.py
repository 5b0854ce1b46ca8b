"""The fork engine beside papermill's own: the same notebooks give the same outputs."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import papermill
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError

from swt_analysis.reports import engine, forked, page

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")
THEIRS = Path(papermill.__file__).parent / "tests" / "notebooks"
ROOT = Path(__file__).parents[2]


# What differs from one run to the next, whichever the engine.
CHANCE = [
    (r"0x[0-9a-f]{6,}", "ADDRESS"),
    (r"ipykernel_\d+", "PROCESS"),
    (r"\b[mp][0-9a-f]{10}\b", "ID"),  # in matplotlib's SVG
    (r"T_[0-9a-f]{5}", "ID"),  # of a pandas Styler
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+", "TIME"),
]

CELLS = [
    "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')",
    "'text'",
    "5;",
    "import pandas as pd\npd.DataFrame({'a': [1, 2], 'b': ['x', 'y']})",
    "pd.DataFrame({'a': [1]}).style.set_caption('caption')",
    "from IPython.display import HTML, JSON, Markdown, clear_output, update_display\n"
    "display(HTML('<b>x</b>'), Markdown('*a*'), JSON({'a': [1]}))",
    "display({'text/plain': 'p', 'application/json': {1: 2.5}}, raw=True)",
    "handle = display('first', display_id='here')",
    "update_display('second', display_id='here')",
    "handle.update('third')",
    "print('gone')\nclear_output()\nprint('kept')",
    "print('gone')\nclear_output(wait=True)\nprint('kept')",
    "class Bundle:\n"
    "    def _repr_mimebundle_(self, include=None, exclude=None):\n"
    "        return {'text/plain': 'p', 'image/png': b'abc'}, {'image/png': {'width': 3}}\n"
    "Bundle()",
    "class Faulty:\n    def _repr_html_(self):\n        raise ValueError('inside')\nFaulty()",
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "%config InlineBackend.figure_formats = ['svg']\n"
    "plt.rcParams['svg.hashsalt'] = 'x'\nfig, ax = plt.subplots()\nax.plot([1, 3]);",
    "%config InlineBackend.figure_formats = ['png', 'svg']\nplt.text(0.5, 0.5, 'é')\nplt.show()",
    "plt.get_backend(), plt.isinteractive()",
    "import seaborn as sns\nsns.set_theme()\nplt.rcParams['axes.facecolor']",
    "import asyncio\nawait asyncio.sleep(0.01)\nasyncio.get_running_loop().is_running()",
    "task = asyncio.create_task(asyncio.sleep(0.01, 'done'))",
    "await task",
    "asyncio.run(None)",
    "%%capture out\nprint('captured')",
    "out.stdout",
    "%%bash\necho from bash\necho error >&2",
    "!echo shell",
    "files = !echo one; echo two\nfiles",
    "%who_ls",
    "%lsmagic",
    "?print",
    "%env HOME",
    "%no_such_magic",
    "get_ipython().__class__.__name__, __name__, sys.modules['__main__'].__dict__ is globals()",
    "_, In[1], sorted(Out)",
    "import os\nsys.path[0], os.getcwd(), sys.argv[0], sys.stdin.read(), sys.stdout.isatty()",
    "{k: os.environ.get(k) for k in ('TERM', 'PAGER', 'MPLBACKEND', 'OMP_NUM_THREADS')}",
    "import signal\nsignal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGCHLD)",
    "os.getpid() == os.getpgid(0) == os.getsid(0)",
    "import warnings\nwarnings.warn('careful')",
    "warnings.warn('old', DeprecationWarning)",
    "import logging\nlogging.warning('logged')",
    "import pickle\nclass Own:\n    pass\ntype(pickle.loads(pickle.dumps(Own()))) is Own",
    "import multiprocessing\ndef square(x):\n    return x * x\n"
    "with multiprocessing.Pool(2) as pool:\n    print(pool.map(square, [1, 2, 3]))",
    "multiprocessing.current_process().name, multiprocessing.get_start_method()",
    "import threading\nthread = threading.Thread(target=print, args=['thread'])\n"
    "thread.start()\nthread.join()",
    "threading.Thread(target=threading.Event().wait, daemon=True).start()",
    "from tqdm.auto import tqdm\nlist(tqdm([], desc='none', bar_format='{desc}'))",
    "input('?')",
    "import getpass\ngetpass.getpass()",
    "def (",
    "try:\n    1 / 0\nexcept Exception as error:\n    raise ValueError('v') from error",
    "pd.DataFrame().loc['x']",
    "os.kill(os.getpid(), signal.SIGINT)\nthreading.Event().wait(1)",
    "print('\u20ac \U0001f600')\n'after errors'",
]


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(papermill_engines._engines, "swt", engine.ForkEngine)
    engine._warn_once.cache_clear()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run cells or a notebook; give it as saved, and the error if there was one."""

    def run_cells(source: Any, engine_name: str = "swt", **options: Any) -> Any:
        # ipykernel does not capture what is written to descriptors when it sees this.
        monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)
        output, error = tmp_path / "out.ipynb", None
        try:
            papermill.execute_notebook(
                notebook(source) if isinstance(source, list) else deepcopy(source),
                output,
                engine_name=engine_name,
                progress_bar=False,
                **options,
            )
        except Exception as raised:
            error = raised
        return SimpleNamespace(nb=nbformat.read(output, 4), error=error)

    return run_cells


def notebook(cells: list[str], tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(
        metadata={"kernelspec": kernel, "language_info": {"name": "python"}},
        cells=[nbformat.v4.new_code_cell(c, metadata={"tags": list(tags)}) for c in cells],
    )


def text_of(result: Any, cell: int = 0) -> str:
    """What a cell printed or, if it has a value, shows."""
    return "".join(
        output.get("text") or output["data"]["text/plain"]
        for output in result.nb.cells[cell].outputs
        if output.output_type != "error"
    )


def comparable(result: Any) -> list[str]:
    cells = []
    for cell in [*result.nb.cells, {"metadata": result.nb.metadata}]:
        cell = json.loads(json.dumps(cell))
        metadata = cell["metadata"]
        cell.pop("id", None)
        metadata["execution"] = sorted(metadata.get("execution", {}))
        for varying in ("start_time", "end_time", "duration", "input_path", "output_path"):
            metadata.get("papermill", {}).pop(varying, None)
        cells.append(json.dumps(cell, indent=1, ensure_ascii=False))
    cells.append(f"{type(result.error).__name__}: {result.error}")
    for pattern, word in CHANCE:
        cells = [re.sub(pattern, word, cell) for cell in cells]
    return cells


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def test_every_cell_gives_what_it_gives_in_a_normal_kernel(run: Callable[..., Any]) -> None:
    source = notebook(CELLS, tags=("raises-exception",))
    normal, fork = run(source, "nbclient"), run(source)
    assert text_of(fork, -1).endswith("'after errors'")
    for expected, got in zip(comparable(normal), comparable(fork), strict=True):
        assert got == expected


@pytest.mark.skipif(not THEIRS.is_dir(), reason="papermill came without its own notebooks")
@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("broken2", {}),
        ("complex_parameters", {"msg": "Hello", "a": [1, {"b": None}]}),
        ("line_magic_error", {}),
        ("sysexit1", {}),
        ("test_logging", {}),
    ],
)
def test_notebooks_of_others_come_out_the_same(
    run: Callable[..., Any], name: str, parameters: dict[str, Any]
) -> None:
    options = {"parameters": parameters, "kernel_name": "python3", "language": "python"}
    source = THEIRS / f"{name}.ipynb"
    assert comparable(run(source, **options)) == comparable(run(source, "nbclient", **options))


def test_a_cell_that_runs_too_long_is_shown_where_it_was(run: Callable[..., Any]) -> None:
    cells = ["print('before')\nimport threading\nthreading.Event().wait()", "1"]
    fork, normal = (run(cells, name, execution_timeout=1) for name in ("swt", "nbclient"))
    assert isinstance(fork.error, CellTimeoutError)
    assert fork.nb.cells[0].outputs[-1].ename == "KeyboardInterrupt"
    assert comparable(fork) == comparable(normal)


@pytest.mark.parametrize(
    ("cell", "how"),
    [
        ("import os\nprint('last words', flush=True)\nos._exit(3)", "status 3"),
        ("import os\nprint('last words', flush=True)\nos.kill(os.getpid(), 9)", "SIGKILL"),
        ("import os\nprint('last words', flush=True)\nos.abort()", "SIGABRT"),
    ],
)
def test_a_process_that_dies_is_an_error_for_its_notebook_only(
    run: Callable[..., Any], cell: str, how: str
) -> None:
    result = run([cell, "1"])
    assert isinstance(result.error, DeadKernelError)
    assert str(result.error).startswith("Kernel died: ")
    assert how in str(result.error)
    assert text_of(result) == "last words\n"
    assert run(["1"]).error is None


def test_a_memory_limit_is_an_error_in_the_cell(run: Callable[..., Any]) -> None:
    limit = 200_000_000
    result = run([f"bytearray({2 * limit})"], memory_limit=limit)
    assert isinstance(result.error, PapermillExecutionError)
    assert result.error.ename == "MemoryError"
    assert text_of(run([f"len(bytearray({limit} // 2))"], memory_limit=limit)) == str(limit // 2)


def test_a_notebook_leaves_no_trace_for_the_next(run: Callable[..., Any], tmp_path: Path) -> None:
    result = run(
        [
            "import os, pandas, numpy\nos.chdir('/')\nos.environ['LEFT'] = 'x'\nleft = 1\n"
            "pandas.set_option('display.max_rows', 1)\npandas.left = 1\n"
            "numpy.random.seed(1)"
        ]
    )
    assert result.error is None
    found = (
        "import os, pandas\nprint(os.getcwd(), os.environ.get('LEFT'), 'left' in globals(), "
        "pandas.get_option('display.max_rows'), hasattr(pandas, 'left'))"
    )
    assert text_of(run([found], cwd=tmp_path)) == f"{tmp_path} None False 60 False\n"


def test_each_notebook_draws_its_own_numbers(run: Callable[..., Any]) -> None:
    draw = "import random, numpy\nprint(random.random())\nprint(numpy.random.random())"
    first, second = (text_of(run([draw])).split() for _ in range(2))
    assert not set(first) & set(second)


def test_what_a_notebook_started_ends_with_it(run: Callable[..., Any]) -> None:
    start = "import subprocess\nprint(subprocess.Popen(['sleep', '60']).pid)"
    # From 3.12 on Python warns of a fork beside threads, which a plain kernel has.
    quiet = "import os, time, warnings\nwarnings.simplefilter('ignore')\n"
    fork = quiet + "pid = os.fork()\nif pid == 0:\n    time.sleep(60)\nprint(pid)"
    result = run([start, fork])
    pids = [int(text_of(result, cell)) for cell in range(2)]
    assert wait_until(lambda: not any(map(is_alive, pids)))


def test_a_thread_that_does_not_end_does_not_keep_the_notebook(run: Callable[..., Any]) -> None:
    started = time.monotonic()
    result = run(["import threading\nthreading.Thread(target=threading.Event().wait).start()"])
    assert result.error is None
    assert time.monotonic() - started < 2 * forked.SHUTDOWN_SECONDS


def test_what_a_notebook_leaves_to_the_end_is_done(run: Callable[..., Any], tmp_path: Path) -> None:
    run([f"import atexit, pathlib\natexit.register(pathlib.Path({str(tmp_path)!r}, 'end').touch)"])
    assert (tmp_path / "end").exists()


def test_much_output_of_a_subprocess_arrives_whole(run: Callable[..., Any]) -> None:
    result = run(["import subprocess\nsubprocess.run('yes | head -c 1000000', shell=True);"])
    assert text_of(result) == "y\n" * 500_000


def test_notebooks_can_run_at_the_same_time(tmp_path: Path) -> None:
    def value(number: int) -> str:
        output = papermill.execute_notebook(
            notebook([f"import time\ntime.sleep(2)\n{number}"]),
            tmp_path / f"{number}.ipynb",
            engine_name="swt",
            progress_bar=False,
        )
        return str(output.cells[0].outputs[0].data["text/plain"])

    value(0)
    started = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(value, range(4))) == ["0", "1", "2", "3"]
    assert time.monotonic() - started < 4 * 2


SCRIPT = """
import signal, sys, nbformat, papermill
# A shell that starts the tests in the background has SIGINT ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
from papermill.engines import papermill_engines
from swt_analysis.reports.engine import ForkEngine
papermill_engines.register("swt", ForkEngine)
papermill.execute_notebook(sys.argv[1], sys.argv[2], engine_name="swt", progress_bar=False)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_the_one_that_asked(tmp_path: Path, number: signal.Signals) -> None:
    pids = tmp_path / "pids"
    cell = (
        "import os, pathlib, time\n"
        f"pathlib.Path({str(pids)!r}).write_text(f'{{os.getpid()}} {{os.getppid()}}\\n')\n"
        "while True:\n    try:\n        time.sleep(60)\n    except KeyboardInterrupt:\n"
        "        pass"
    )
    nbformat.write(notebook([cell]), tmp_path / "in.ipynb")
    command = [sys.executable, "-c", SCRIPT, tmp_path / "in.ipynb", tmp_path / "out.ipynb"]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as process:
        assert wait_until(lambda: pids.exists() and pids.read_text().endswith("\n"), 30)
        notebook_pid, warm_pid = map(int, pids.read_text().split())
        assert is_alive(notebook_pid)
        assert is_alive(warm_pid)
        process.send_signal(number)
        try:
            process.wait(10)
        finally:
            process.kill()
    assert wait_until(lambda: not is_alive(notebook_pid))
    assert wait_until(lambda: not is_alive(warm_pid))


def test_whoever_leaves_while_a_kernel_is_forked_is_not_told_about() -> None:
    script = """
import json, socket
from swt_analysis.reports.forked import _warm, start

def ask():
    pipe, theirs = socket.socketpair()
    lifeline, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs, other:
        socket.send_fds(_warm.control(), [b"?"], [theirs.fileno(), other.fileno()])
    return pipe, lifeline

pipe, lifeline = ask()
lifeline.recv(1024, socket.MSG_PEEK)  # unread: the other end hears of a reset, not of an end
lifeline.close()
pipe.close()
pipe, lifeline = ask()
lifeline.recv(1024)
pipe.close()  # before it has said what to be
print(json.loads(lifeline.recv(1024))["status"])
print(start({}, None, 10).is_alive())
"""
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert run.stderr == ""
    assert run.stdout.split() == ["0", "True"]


def test_a_kernel_whose_warm_process_died_can_be_interrupted_and_tells_its_end() -> None:
    script = """
import os
from swt_analysis.reports.forked import _warm, start

for asked in (False, True):
    kernel = start({}, None, 10)
    process = _warm._processes[-1]
    os.kill(process.pid, 19)  # it leaves unread what it is asked
    if asked:
        kernel.interrupt_kernel()
    process.kill()
    process.wait()
    kernel.interrupt_kernel()
    print(kernel.ended())
"""
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert run.stderr == ""
    assert run.stdout.splitlines() == ["its process was ended by SIGKILL"] * 2


def warm_pid(run: Callable[..., Any]) -> int:
    return int(text_of(run(["import os\nos.getppid()"])))


def test_an_edit_of_the_package_is_seen_at_once(run: Callable[..., Any]) -> None:
    before = warm_pid(run)
    assert warm_pid(run) == before
    file = Path(page.__file__)
    status = file.stat()
    a_second_later = status.st_mtime_ns + 1_000_000_000  # some file systems keep no nanoseconds
    os.utime(file, ns=(status.st_atime_ns, a_second_later))
    try:
        assert warm_pid(run) != before
    finally:
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_warm_process_that_was_killed_is_replaced(run: Callable[..., Any]) -> None:
    before = warm_pid(run)
    os.kill(before, signal.SIGKILL)
    assert wait_until(lambda: not is_alive(before))
    assert warm_pid(run) != before


def test_where_a_fork_is_not_safe_the_normal_engine_runs_and_says_so_once(
    run: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    startup = tmp_path / "profile_default" / "startup"
    startup.mkdir(parents=True)
    thread = (
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
    )
    (startup / "thread.py").write_text(thread)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setattr(forked, "_warm", forked._Warm())
    for _ in range(2):
        assert text_of(run(["1 + 1"])) == "2"
    said = [r.getMessage() for r in caplog.records if r.name == engine.__name__]
    assert said == ["papermill's own engine is used, more slowly: its warm process has 2 threads"]


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_libraries_start_no_threads_of_their_own_before_the_fork() -> None:
    counting = "import os, pandas, pyarrow, scipy.stats; print(len(os.listdir('/proc/self/task')))"
    counted = subprocess.run(
        [sys.executable, "-c", counting],
        env=os.environ | forked.ONE_THREAD,
        capture_output=True,
        check=True,
    )
    assert counted.stdout.split() == [b"1"]


def test_without_what_windows_lacks_the_engine_still_says_why_it_does_not_fork() -> None:
    program = """
import socket, sys
for name in ("resource", "fcntl", "pwd", "grp", "termios"):
    sys.modules[name] = None
from swt_analysis.reports import forked
sys.platform = "win32"
del socket.AF_UNIX, socket.SOCK_SEQPACKET, socket.send_fds
try:
    forked.start({}, None, 1)
except forked.CannotForkError as error:
    print(error)
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "Linux only" in run.stdout


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_elsewhere_than_on_linux_there_is_no_fork(
    monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    monkeypatch.setattr(forked, "sys", SimpleNamespace(platform=platform))
    with pytest.raises(forked.CannotForkError, match="Linux only"):
        forked.start({}, None, 1)


def test_a_warm_process_that_cannot_start_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked, "COMMAND", "raise SystemExit({})")
    monkeypatch.setattr(forked, "_warm", forked._Warm())
    with pytest.raises(forked.CannotForkError, match="did not start"):
        forked.start({}, None, 10)


@pytest.mark.parametrize(
    ("argv", "language"),
    [
        (["R", "--slave", "-e", "IRkernel::main()"], "R"),
        (["/another/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"], "python"),
        ([sys.executable, "-m", "bash_kernel", "-f", "{connection_file}"], "bash"),
    ],
)
def test_another_kernel_is_left_to_the_normal_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argv: list[str], language: str
) -> None:
    folder = tmp_path / "kernels" / "other"
    folder.mkdir(parents=True)
    spec = {"argv": argv, "display_name": "Other", "language": language}
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    with pytest.raises(forked.CannotForkError, match="'other' is not IPython"):
        engine._environment("other")
    with pytest.raises(forked.CannotForkError, match="no kernel 'none'"):
        engine._environment("none")


def test_papermill_finds_the_engine_by_its_entry_point() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, name = project["entry-points"]["papermill.engine"]["swt"].split(":")
    assert getattr(import_module(module), name) is engine.ForkEngine


def test_the_engine_can_be_imported_before_papermill() -> None:
    # papermill loads its entry points while it is imported: this module must not import it.
    code = "import sys, swt_analysis.engine; sys.exit('papermill' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    assert subprocess.run([sys.executable, "-c", code], env=environment).returncode == 0
