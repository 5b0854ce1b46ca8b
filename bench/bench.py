"""Measure what reports cost, side by side, and print one table: ``make bench``.

Every way gets the same notebooks, tables and compiled bytecode. Wall clock and processor time are
both told: the first is what one waits for, the second hardly depends on what else the machine does.
"""

import argparse
import ctypes
import json
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PYTHON = sys.executable
JOBS = os.cpu_count() or 1
PR_SET_CHILD_SUBREAPER = 36  # <sys/prctl.h>: orphans come to this process, and so do their times
SIZES = (10, 100, 342)
ROWS = (10_000, 100_000, 1_000_000)
EDITED = "national_polls.csv"


@dataclass
class Cost:
    """What something took: seconds, seconds of processor, and bytes at most."""

    wall: float
    cpu: float
    peak: int = 0


def measured(work: Callable[[], object], *, sampled: bool = False) -> Cost:
    """Do something in child processes, and measure them with all that they start.

    Their memory is sampled only if asked for: that costs time of its own.
    """
    peak, done = [0], threading.Event()

    def sample() -> None:
        while sampled and not done.wait(1):
            peak[0] = max(peak[0], memory(os.getpid()) - memory(os.getpid(), own=True))

    sampler = threading.Thread(target=sample)
    before, started = processor(), time.perf_counter()
    sampler.start()
    work()
    wall = time.perf_counter() - started
    done.set()
    sampler.join()
    reap()
    return Cost(wall, processor() - before, peak[0])


def processor() -> float:
    """Seconds of processor of the children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def reap() -> None:
    """Wait for what the commands left to end."""
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def memory(pid: int, own: bool = False) -> int:
    """Bytes of a process and those it started; what several share is counted once."""
    total = 0
    try:
        found = re.search(r"Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text())
        total = int(found[1]) * 1024 if found else 0
        if not own:
            for task in Path(f"/proc/{pid}/task").iterdir():
                total += sum(map(memory, map(int, (task / "children").read_text().split())))
    except OSError:  # it has ended
        pass
    return total


def run(*command: object, folder: Path) -> None:
    """Run a command; stop if it fails."""
    result = subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")


def swt(*arguments: object, folder: Path) -> None:
    """Run ours."""
    run(PYTHON, "-m", "swt_analysis", *arguments, folder=folder)


def new_study(folder: Path) -> Path:
    """Copy this project's study, without what is generated."""
    for part in ("data/raw", "notebooks"):
        shutil.copytree(ROOT / part, folder / part)
    return folder


def listed(study: Path) -> list[dict[str, Any]]:
    """Every report with its notebook and parameters."""
    code = (
        "import json, pathlib; from swt_analysis.reports.catalogue import reports; "
        "from swt_analysis.folder import StudyFolder; "
        "print(json.dumps([[r.name, r.notebook, {**r.parameters, 'language': l}] "
        "for r in reports(StudyFolder(pathlib.Path('.'))) for l in r.languages]))"
    )
    done = subprocess.run([PYTHON, "-c", code], cwd=study, capture_output=True, check=True)
    keys = ("name", "notebook", "parameters")
    return [dict(zip(keys, one, strict=True)) for one in json.loads(done.stdout)]


def commands(study: Path, reports: list[dict[str, Any]]) -> None:
    """Run the two commands for each report: (a)."""
    out = study / "out"
    out.mkdir(exist_ok=True)
    for one in reports:
        given = [part for key, value in one["parameters"].items() for part in ("-p", key, value)]
        notebook = study / "notebooks" / f"{one['notebook']}.ipynb"
        made = out / f"{one['name']}.ipynb"
        run(PYTHON, "-m", "papermill", "--no-progress-bar", "-k", "python3", "--cwd", study,
            notebook, made, *given, folder=study)  # fmt: skip
        run(PYTHON, "-m", "nbconvert", "--to", "html", made, folder=study)


IN_ONE_PROCESS = """
import json, pathlib, sys
import papermill
from nbconvert import HTMLExporter
exporter = HTMLExporter()
for one in json.loads(sys.argv[1]):
    made = papermill.execute_notebook(
        f"notebooks/{one['notebook']}.ipynb", f"out/{one['name']}.ipynb",
        parameters=one["parameters"], kernel_name="python3", progress_bar=False)
    html, _ = exporter.from_notebook_node(made)
    pathlib.Path(f"out/{one['name']}.html").write_text(html)
"""

# The cells in one process, with the packages imported and the page of one report made before.
FLOOR = """
import gc, json, pathlib, sys, time
import nbformat
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from swt_analysis.reports import render
from swt_analysis.reports.catalogue import reports
from swt_analysis.reports.index import frame
from swt_analysis.reports.target import Target
from swt_analysis.folder import StudyFolder
shell = InteractiveShell.instance()
shell.run_cell("%matplotlib agg")
study = StudyFolder(pathlib.Path(".").resolve())
everything = reports(study)
by_name = {one.name: one for one in everything}

def make(one):
    target = Target(by_name[one["name"]], one["parameters"]["language"])
    notebook = nbformat.read(f"notebooks/{one['notebook']}.ipynb", 4)
    shell.reset(new_session=False)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        with capture_output() as shown:
            result = shell.run_cell(cell.source)
        result.raise_error()
        if "parameters" in cell.metadata.get("tags", []):
            shell.user_ns.update(one["parameters"])
        cell.outputs = [nbformat.v4.new_output("display_data", data=o.data, metadata=o.metadata)
                        for o in shown.outputs]
    html = render.page(notebook, frame(target, everything, study))
    pathlib.Path(f"out/{one['name']}.html").write_text(html)
    nbformat.write(notebook, f"out/{one['name']}.ipynb")

given = json.loads(sys.argv[1])
make(given[0])
gc.freeze()  # else each reset of the shell would walk all that is imported
wall, cpu = time.perf_counter(), time.process_time()
for one in given:
    make(one)
print(time.perf_counter() - wall, time.process_time() - cpu)
"""


def api(study: Path, reports: list[dict[str, Any]]) -> None:
    """Run (b), papermill's API with a fresh kernel for each, and one exporter."""
    (study / "out").mkdir(exist_ok=True)
    run(PYTHON, "-c", IN_ONE_PROCESS, json.dumps(reports), folder=study)


def floor(study: Path, reports: list[dict[str, Any]]) -> Cost:
    """Run (d), the same cells in one warm process, and rendered."""
    (study / "out").mkdir(exist_ok=True)
    command = [PYTHON, "-c", FLOOR, json.dumps(reports)]
    done = subprocess.run(command, cwd=study, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    wall, cpu = map(float, done.stdout.split()[-2:])
    return Cost(wall, cpu)


def from_nothing(study: Path, *arguments: object) -> Cost:
    """Run (c), ours, without processed tables and pages."""
    shutil.rmtree(study / "reports", ignore_errors=True)
    shutil.rmtree(study / "data" / "processed", ignore_errors=True)
    return measured(lambda: swt("report", "--quiet", *arguments, folder=study))


@contextmanager
def watched(study: Path) -> Iterator[str]:
    """Run the watch; its address."""
    command = [PYTHON, "-m", "swt_analysis", "watch"]
    with subprocess.Popen(command, cwd=study, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        found = re.search(r"http\S+/", process.stdout.readline())
        assert found
        while "as you save" not in process.stdout.readline():
            assert process.poll() is None
        threading.Thread(target=process.stdout.read, daemon=True).start()
        try:
            yield found[0]
        finally:
            process.terminate()
    reap()


def save_to_page(study: Path, runs: int) -> list[float]:
    """Seconds from a saved notebook to the browser being told that its page is new."""
    notebook = study / "notebooks" / "choice_scale.ipynb"
    code, times = json.loads(notebook.read_text()), []
    with watched(study) as url:
        address = f"{url}.events?/nl/choice-scale-07.html"
        for number in range(runs):
            with urllib.request.urlopen(address) as events:
                lines = (line for line in events if line.startswith(b"data"))
                next(lines)
                code["cells"][3]["source"] = [*code["cells"][3]["source"], f"\n{number}"]
                started = time.perf_counter()
                notebook.write_text(json.dumps(code))
                next(lines)
                times.append(time.perf_counter() - started)
            time.sleep(10)
    return times


CLEANING = """
import pathlib, sys, time
import pandas as pd
from swt_analysis.processed import processed_tables
from swt_analysis.folder import StudyFolder
study = StudyFolder(pathlib.Path(".").resolve())
path = next(study.raw.glob("rounds/*/scores.csv"))
def once(work):
    started = time.process_time(); work(); return time.process_time() - started
plain = lambda: pd.read_csv(path).groupby(["scale", "point"]).size()
ours = lambda: processed_tables(study)
plain(); ours()  # imports are not counted
print(min(once(plain) for _ in range(5)), min(once(ours) for _ in range(5)))
"""


def cleaning(folder: Path, rows: int) -> tuple[float, float]:
    """Seconds of processor of read_csv with groupby, and of all cleaning, on the same scores."""
    round_folder = folder / "data" / "raw" / "rounds" / "2015"
    round_folder.mkdir(parents=True)
    lines = ["municipality,scale,point\n"]
    for number in range(-(-rows // 11)):
        lines += [f"M{number:06},{scale},{(number * scale) % 5 + 1}\n" for scale in range(1, 12)]
    (round_folder / "scores.csv").write_text("".join(lines[: rows + 1]))
    done = subprocess.run([PYTHON, "-c", CLEANING], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    plain, ours = map(float, done.stdout.split())
    return plain, ours


def main() -> None:
    """Measure, and print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--subset", type=int, default=8, help="reports for (a) and (b), scaled up")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--rows", type=int, nargs="*", default=ROWS)
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    subprocess.run([PYTHON, "-m", "compileall", "-q", ROOT / "src"], check=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve()
        study = new_study(folder / "study")
        swt("report", "--quiet", folder=study)  # compiles the rest
        reports = listed(study)
        notebooks = list({one["notebook"]: one for one in reports}.values())
        subset = notebooks[: options.subset]
        scale = len(reports) / len(subset)
        costs: dict[str, list[Cost]] = {key: [] for key in "abcCd"}
        for _ in range(options.runs):
            costs["a"].append(measured(lambda: commands(study, subset)))
            costs["b"].append(measured(lambda: api(study, subset)))
            costs["c"].append(from_nothing(study, "--jobs", 1))
            costs["C"].append(from_nothing(study, "--jobs", JOBS))
            costs["d"].append(floor(study, reports))
        report(costs, scale, len(reports))
        unchanged = [measured(lambda: swt("report", folder=study)) for _ in range(5)]
        print_row("nothing changed: `swt report`", unchanged)
        edited = []
        polls = study / "data" / "raw" / "reference" / EDITED
        for number in range(options.runs):
            lines = polls.read_text().splitlines(keepends=True)
            cells = lines[1].split(",")
            cells[-1] = f"{cells[-1].strip()} {number}\n"
            polls.write_text("".join([lines[0], ",".join(cells), *lines[2:]]))
            edited.append(measured(lambda: swt("report", folder=study)))
        print_row(f"one cell of {EDITED} changed", edited)
        saved = save_to_page(study, options.runs)
        print(f"| saved notebook to new page (`swt watch`) | {statistics.median(saved):.2f} | |")
        print("\n| factsheets of a simulated study | s | processor s | ms a report | peak MB |")
        print("|---|---|---|---|---|")
        for size in options.sizes:
            large = folder / f"national-{size}"
            swt("simulate", "-o", large, "--municipalities", size, "--rounds", 1, folder=folder)
            swt("clean", folder=large)
            cost = measured(
                lambda large=large: swt(  # type: ignore[misc]
                    "report", "municipality-*", "--language", "nl", "--quiet", folder=large
                ),
                sampled=True,
            )
            each = 1000 * cost.wall / size
            peak = cost.peak / 1e6
            print(f"| {size} | {cost.wall:.1f} | {cost.cpu:.1f} | {each:.0f} | {peak:.0f} |")
        print("\n| score rows | read_csv + groupby, processor s | cleaning | ratio |")
        print("|---|---|---|---|")
        for rows in options.rows:
            plain, ours = cleaning(folder / f"rows-{rows}", rows)
            print(f"| {rows:,} | {plain:.2f} | {ours:.2f} | {ours / plain:.1f} |", flush=True)
    memory_kb = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    assert memory_kb
    print(
        f"\n{time.strftime('%-d %B %Y')}, {os.cpu_count()} cores, "
        f"{int(memory_kb[1]) / 1e6:.0f} GB, Python {platform.python_version()}; load of the "
        f"machine at the end {os.getloadavg()[1]:.1f}."
    )


def report(costs: dict[str, list[Cost]], scale: float, number: int) -> None:
    """Print what all reports cost each way, and how many times as much as ours."""
    ways = {
        "a": "(a) `papermill` and `jupyter nbconvert`, in a loop",
        "b": "(b) papermill's API, fresh kernels, one exporter",
        "c": "(c) `swt report --jobs 1`, from nothing",
        "C": f"(c) `swt report --jobs {JOBS}`, from nothing",
        "d": "(d) floor: the same cells in one warm process, rendered",
    }
    factor = {"a": scale, "b": scale, "c": 1, "C": 1, "d": 1}
    wall = {key: factor[key] * statistics.median(o.wall for o in costs[key]) for key in ways}
    cpu = {key: factor[key] * statistics.median(o.cpu for o in costs[key]) for key in ways}
    print(f"| {number} reports | s | processor s | s / ours | processor s / ours |")
    print("|---|---|---|---|---|")
    for key, way in ways.items():
        print(
            f"| {way} | {wall[key]:.1f} | {cpu[key]:.1f} | {wall[key] / wall['C']:.1f} "
            f"| {cpu[key] / cpu['C']:.1f} |",
            flush=True,
        )
    print("\n| | s | processor s |\n|---|---|---|", flush=True)


def print_row(name: str, costs: list[Cost]) -> None:
    """Print the medians of one measurement."""
    wall, cpu = (statistics.median(getattr(o, key) for o in costs) for key in ("wall", "cpu"))
    print(f"| {name} | {wall:.2f} | {cpu:.2f} |", flush=True)


if __name__ == "__main__":
    main()
