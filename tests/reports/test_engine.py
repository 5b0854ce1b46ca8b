"""The engine beside papermill's own: the same notebooks give the same outputs."""

import json
import os
import re
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import papermill
import pytest

from swt_analysis.reports.processes import ProcessEnded, Processes
from tests.conftest import ROOT, wait_until
from tests.reports.running import execute_two, notebook

THEIRS = Path(papermill.__file__).parent / "tests" / "notebooks"

# What differs from one run to the next, whichever the engine, and how a traceback is coloured.
CHANCE = [
    (r"\\u001b\[[\d;]*m", ""),
    (r"0x[0-9a-f]{6,}", "ADDRESS"),
    (r"[\w/]+/ipykernel_\d+/\d+\.py|<ipython-input-\d+-[0-9a-f]+>|(?<=\()\d+\.py", "CELL"),
    (r"\b[mp][0-9a-f]{10}\b", "ID"),  # in matplotlib's SVG
    (r"T_[0-9a-f]{5}", "ID"),  # of a pandas Styler
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+", "TIME"),
]

CELLS = [
    "print('a')\nprint('b')",
    "import sys\nprint('error', file=sys.stderr)",
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
    "%%bash\necho from bash",
    "!echo shell",
    "files = !echo one; echo two\nfiles",
    "?print",
    "__name__, sys.modules['__main__'].__dict__ is globals()",
    "_, In[1], sorted(Out)",
    "import os, signal\nsys.stdin.read(), sys.stdout.isatty(), signal.getsignal(signal.SIGINT)",
    "import warnings\nwarnings.warn('careful')",
    "import pickle\nclass Own:\n    pass\ntype(pickle.loads(pickle.dumps(Own()))) is Own",
    "import threading\nthread = threading.Thread(target=print, args=['thread'])\n"
    "thread.start()\nthread.join()",
    "def (",
    "try:\n    1 / 0\nexcept Exception as error:\n    raise ValueError('v') from error",
    "pd.DataFrame().loc['x']",
    "os.kill(os.getpid(), signal.SIGINT)\nthreading.Event().wait(1)",
    "print('\u20ac \U0001f600')\n'after errors'",
]


Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, processes: Processes) -> Run:
    """Run cells or a notebook in a process of its own; gives it as saved, and its error."""

    def run_cells(source: Any, engine_name: str = "swt", **options: Any) -> Any:
        given = notebook(source) if isinstance(source, list) else source
        task = (given, {"engine_name": engine_name, **options}, str(tmp_path / "out.ipynb"))
        (result,) = processes.results([task], started=str)
        if isinstance(result, ProcessEnded):
            return result
        text, error = result
        return SimpleNamespace(nb=nbformat.reads(text, 4), error=error)

    return run_cells


def text_of(result: Any, cell: int = 0) -> str:
    """What a cell printed or, if it has a value, shows."""
    return "".join(
        output.get("text") or output["data"]["text/plain"]
        for output in result.nb.cells[cell].outputs
        if output.output_type != "error"
    )


def comparable(result: Any) -> list[str]:
    cells = []
    for cell in result.nb.cells:
        outputs = [
            {**one, "traceback": one.get("traceback", [])[-1:]} for one in cell.get("outputs", [])
        ]
        cells.append(json.dumps([cell.source, cell.get("execution_count"), outputs], indent=1))
    for pattern, word in CHANCE:
        cells = [re.sub(pattern, word, cell) for cell in cells]
    return cells


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_every_cell_gives_what_it_gives_in_a_kernel(run: Run) -> None:
    source = notebook(CELLS, tags=("raises-exception",))
    kernel, ours = run(source, "nbclient"), run(source)
    assert text_of(ours, -1).endswith("'after errors'")
    for expected, got in zip(comparable(kernel), comparable(ours), strict=True):
        assert got == expected


@pytest.mark.skipif(not THEIRS.is_dir(), reason="papermill came without its own notebooks")
@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("complex_parameters", {"msg": "Hello", "a": [1, {"b": None}]}),
        pytest.param("sysexit1", {}, marks=pytest.mark.slow),
    ],
)
def test_notebooks_of_others_come_out_the_same(
    run: Run, name: str, parameters: dict[str, Any]
) -> None:
    options = {"parameters": parameters, "kernel_name": "python3", "language": "python"}
    source = str(THEIRS / f"{name}.ipynb")
    assert comparable(run(source, **options)) == comparable(run(source, "nbclient", **options))


def test_an_error_has_its_cell_and_traceback(run: Run) -> None:
    result = run(["1", "def f():\n    return 1 / 0", "f()", "'never'"])
    assert (result.error.cell_index, result.error.ename) == (2, "ZeroDivisionError")
    assert "line 2" in "".join(result.nb.cells[-2].outputs[0].traceback)
    assert result.nb.cells[-1].outputs == []


def test_a_magic_that_does_not_exist_is_an_error(run: Run) -> None:
    result = run(["%no_such_magic", "'never'"])
    assert result.error.ename == "UsageError"
    assert result.nb.cells[-1].outputs == []


def test_a_cell_that_runs_too_long_is_stopped_and_shown_where_it_was(run: Run) -> None:
    result = run(["print('before')\nwhile True:\n    pass", "1"], execution_timeout=1)
    assert result.error.ename == "TimeoutError"
    assert result.error.evalue == "the cell took longer than 1 seconds"
    assert text_of(result, 2) == "before\n"


def test_a_cell_that_cannot_be_stopped_ends_its_process(run: Run) -> None:
    endless = (
        "import time\nwhile True:\n    try:\n        time.sleep(60)\n"
        "    except BaseException:\n        pass"
    )
    result = run([endless], execution_timeout=0.5)
    assert isinstance(result, ProcessEnded)
    assert result.how == "ended with status 1"
    assert run(["1"]).error is None


@pytest.mark.parametrize(
    ("cell", "how"),
    [
        ("import os\nos._exit(3)", "ended with status 3"),
        ("import os\nos.kill(os.getpid(), 9)", "was ended by SIGKILL"),
        ("import os\nos.abort()", "was ended by SIGABRT"),
    ],
)
def test_a_process_that_dies_is_told_and_harms_no_other(run: Run, cell: str, how: str) -> None:
    result = run([cell, "1"])
    assert isinstance(result, ProcessEnded)
    assert result.how == how
    assert run(["1"]).error is None


@pytest.mark.skipif(sys.platform != "linux", reason="one process for many notebooks elsewhere")
def test_a_notebook_leaves_no_trace_for_the_next(run: Run, tmp_path: Path) -> None:
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
    assert text_of(run([found], cwd=str(tmp_path))) == f"{tmp_path} None False 60 False\n"


def test_the_next_notebook_of_a_process_begins_with_a_clean_namespace(tmp_path: Path) -> None:
    with Processes(execute_two, 1) as processes:
        (texts,) = processes.results([str(tmp_path)], started=str)
    assert "mine" in texts[0]
    assert "False" in texts[1]


def test_each_notebook_draws_its_own_numbers(run: Run) -> None:
    draw = "import random, numpy\nprint(random.random())\nprint(numpy.random.random())"
    first, second = (text_of(run([draw])).split() for _ in range(2))
    assert not set(first) & set(second)


def test_what_a_notebook_started_ends_with_it(run: Run) -> None:
    start = "import subprocess\nprint(subprocess.Popen(['sleep', '60']).pid)"
    # From 3.12 on Python warns of a fork beside threads, which a plain kernel has.
    quiet = "import os, time, warnings\nwarnings.simplefilter('ignore')\n"
    fork = quiet + "pid = os.fork()\nif pid == 0:\n    time.sleep(60)\nprint(pid)"
    result = run([start, fork])
    pids = [int(text_of(result, cell)) for cell in range(2)]
    assert wait_until(lambda: not any(map(is_alive, pids)))


def test_a_thread_that_does_not_end_does_not_keep_the_notebook(run: Run) -> None:
    started = time.monotonic()
    result = run(["import threading\nthreading.Thread(target=threading.Event().wait).start()"])
    assert result.error is None
    assert time.monotonic() - started < 5


def test_what_programs_print_arrives_whole(run: Run) -> None:
    result = run(["import subprocess\nsubprocess.run('yes | head -c 1000000', shell=True);"])
    assert text_of(result) == "y\n" * 500_000


def test_a_notebook_in_another_language_is_left_to_papermill(run: Run) -> None:
    source = notebook(["1"])
    source.metadata.kernelspec = {"name": "none", "display_name": "R", "language": "R"}
    assert "NoSuchKernel" in str(run(source, kernel_name="none", language="R").error)


def test_papermill_finds_the_engine_by_its_entry_point() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    engine = papermill.engines.papermill_engines.get_engine("swt")
    assert project["entry-points"]["papermill.engine"]["swt"] == (
        f"{engine.__module__}:{engine.__name__}"
    )


def test_half_a_character_is_written_out(run: Run) -> None:
    result = run([r"print('a\ud800b')", r"'\udc80'"])
    assert text_of(result, 0) == "a\\ud800b\n"
    assert text_of(result, 1) == r"'\udc80'"
    assert run([r"raise ValueError('\udc80x')"]).error.evalue == r"\udc80x"


@pytest.mark.slow  # IPython looks into each of its thousand calls
def test_a_recursion_without_end_is_an_error_of_its_cell(run: Run) -> None:
    result = run(["1", "f = lambda n: f(n + 1)\nf(0)"])
    assert (result.error.cell_index, result.error.ename) == (1, "RecursionError")


@pytest.mark.skipif(not hasattr(os, "setsid"), reason="this system has no sessions")
def test_what_a_notebook_started_in_a_session_of_its_own_ends_with_it(run: Run) -> None:
    start = "import subprocess\np = subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
    result = run([f"{start}print(p.pid)"])
    pid = int(text_of(result))
    assert wait_until(lambda: not is_alive(pid))
