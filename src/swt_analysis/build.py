"""Make reports: run each notebook with papermill, render it with nbconvert, list them all."""

import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swt_analysis.files import remove_parts, write_whole
from swt_analysis.reports import Report
from swt_analysis.study import Study

MANIFEST = ".manifest.json"
PACKAGE = Path(__file__).parent


@dataclass(frozen=True)
class Target:
    """A report in one language."""

    report: Report
    language: str

    @property
    def key(self) -> str:
        """Place of its page, without the ending."""
        return f"{self.language}/{self.report.name}"


@dataclass(frozen=True)
class Failure:
    """A report that could not be made, and why, in a few lines."""

    target: Target
    reason: str


@dataclass(frozen=True)
class Made:
    """A report that was made: its files, and what the manifest keeps of it."""

    target: Target
    files: dict[str, bytes]
    entry: dict[str, Any]


def read_manifest(study: Study) -> dict[str, Any]:
    """Read what each page was made from; empty if nothing was made."""
    try:
        entries = json.loads((study.reports / MANIFEST).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return entries if isinstance(entries, dict) else {}


def state(study: Study, target: Target, manifest: dict[str, Any], library: str) -> str:
    """Tell whether a page is fresh, stale (and why) or missing.

    Parameters
    ----------
    study : Study
    target : Target
    manifest : dict
        From `read_manifest`.
    library : str
        From `library_hash`.

    Returns
    -------
    str
        ``fresh``, ``missing`` or ``stale: `` and the reason.
    """
    entry = manifest.get(target.key)
    files = [study.reports / f"{target.key}{ending}" for ending in (".html", ".ipynb")]
    if entry is None or not all(path.exists() for path in files):
        return "missing"
    if entry["parameters"] != dict(target.report.parameters):
        return "stale: its parameters"
    if entry["notebook"] != _hash(study.notebooks / f"{target.report.notebook}.ipynb"):
        return "stale: its notebook"
    if entry["library"] != library:
        return "stale: the library"
    for table, digest in entry["tables"].items():
        path = study.processed / f"{table}.csv"
        if not path.exists() or _hash(path) != digest:
            return f"stale: {table}.csv"
    if any(_hash(path) != entry["files"][path.suffix] for path in files):
        return "stale: the page was altered"
    return "fresh"


def library_hash(study: Study) -> str:
    """Hash of the library, its texts and templates, and of the study's settings."""
    digest = hashlib.sha256()
    paths = [p for p in PACKAGE.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    for path in [*sorted(paths), study.raw / "study.toml"]:
        if path.exists():
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def build(
    study: Study,
    targets: Sequence[Target],
    everything: Sequence[Report],
    library: str,
    jobs: int,
    timeout: int,
) -> Iterator[Made | Failure]:
    """Make reports, several at a time.

    Parameters
    ----------
    study : Study
        With processed tables.
    targets : sequence of Target
        What to make.
    everything : sequence of Report
        All reports of the study, for the links between pages.
    library : str
        From `library_hash`.
    jobs : int
        How many at a time.
    timeout : int
        Seconds that a cell may take.

    Yields
    ------
    Made or Failure
        As they come; a page that was made is in its place.
    """
    if not targets:
        return
    manifest = read_manifest(study)
    remove_parts(study.reports)
    with ProcessPoolExecutor(max_workers=min(jobs, len(targets))) as pool:
        pending: set[Future[Made | Failure]] = {
            pool.submit(make, study, target, everything, timeout) for target in targets
        }
        try:
            while pending:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    result = future.result()
                    if isinstance(result, Made):
                        manifest[result.target.key] = result.entry | {"library": library}
                        _place(study, result, manifest)
                    yield result
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def make(
    study: Study, target: Target, everything: Sequence[Report], timeout: int
) -> Made | Failure:
    """Run one notebook and render it; nothing is written to the study."""
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from swt_analysis.render import page
    from swt_analysis.site import frame

    source = study.notebooks / f"{target.report.notebook}.ipynb"
    if not source.exists():
        return Failure(target, f"notebook {source.name} is missing")
    parameters = {**target.report.parameters, "language": target.language}
    with tempfile.TemporaryDirectory() as folder:
        executed = Path(folder) / "executed.ipynb"
        try:
            papermill.execute_notebook(
                str(source),
                str(executed),
                parameters=parameters,
                cwd=str(study.root),
                engine_name="swt",
                kernel_name="python3",
                progress_bar=False,
                execution_timeout=timeout,
            )
        except PapermillExecutionError as error:
            return Failure(
                target, f"notebook {source.name}, cell {error.cell_index}: {error.ename}: "
                f"{error.evalue}",
            )  # fmt: skip
        except Exception as error:
            return Failure(target, f"notebook {source.name}: {type(error).__name__}: {error}")
        notebook = nbformat.read(executed, as_version=4)  # type: ignore[no-untyped-call]
    _strip(notebook)
    shown = _metadata(notebook)
    html = page(notebook, frame(study, target.report, target.language, everything))
    written = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    files = {".ipynb": f"{written}\n".encode(), ".html": html.encode()}
    entry = {
        "notebook": _hash(source),
        "parameters": dict(target.report.parameters),
        "tables": shown.get("tables", {}),
        "line": shown.get("line", ""),
        "thumbnail": shown.get("thumbnail", ""),
        "differing": shown.get("differing", 0),
        "files": {ending: hashlib.sha256(data).hexdigest() for ending, data in files.items()},
    }
    return Made(target, files, entry)


def _place(study: Study, made: Made, manifest: dict[str, Any]) -> None:
    content = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    files = {study.reports / f"{made.target.key}{end}": data for end, data in made.files.items()}
    write_whole({**files, study.reports / MANIFEST: content.encode()})


def _strip(notebook: Any) -> None:
    """Take out what differs from run to run: times and temporary paths."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)


def _metadata(notebook: Any) -> dict[str, Any]:
    from swt_analysis.render import HIDDEN

    found: dict[str, Any] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            found |= output.get("data", {}).get(HIDDEN, {})
    return found


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
