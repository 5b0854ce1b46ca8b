"""Make reports: run each notebook with papermill, render it with nbconvert, list them all."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from swt_analysis.files import remove_parts, write_whole
from swt_analysis.reports.catalogue import Report
from swt_analysis.reports.fingerprint import Sources, combined, differing, digest, understood
from swt_analysis.reports.pdf import remove_outdated
from swt_analysis.reports.titles import title
from swt_analysis.study import LANGUAGES, Study
from swt_analysis.temporary import remove_left

if TYPE_CHECKING:
    from concurrent.futures import Executor

MANIFEST = ".manifest.json"
# Keys of the manifest that are no pages: those have a slash.
CLEANED, SOURCES, LIBRARIES, INDEX = "cleaned", "sources", "libraries", "index"
SAVE_SECONDS = 1.0  # the manifest of a large study is long: not after every page

_rendering = threading.Lock()  # the exporter is one for all threads


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
    """A report that could not be made, and why, in a few lines; with the traceback of its cell."""

    target: Target
    reason: str
    traceback: str = ""


@dataclass(frozen=True)
class Made:
    """A report that was made: its files, and what the manifest keeps of it."""

    target: Target
    files: dict[str, bytes]
    entry: dict[str, Any]


@dataclass(frozen=True)
class Current:
    """What the pages of a study would be made from now.

    Attributes
    ----------
    study : Study
    everything : tuple of Report
        All its reports.
    sources : Sources
        Hashes of files, as they were when first asked for.
    """

    study: Study
    everything: tuple[Report, ...]
    sources: Sources

    def notebook(self, target: Target) -> Path:
        """File of the notebook that makes a report."""
        return self.study.notebooks / f"{target.report.notebook}.ipynb"

    @cached_property
    def _places(self) -> dict[str, int]:
        return {report.name: place for place, report in enumerate(self.everything)}

    def around(self, target: Target) -> str:
        """Hash of the titles of a report and of those beside it, which its page links to."""
        place = self._places[target.report.name]
        beside = self.everything[max(place - 1, 0) : place + 2]
        titles = self._titles[target.language]
        return combined({"links": [[one.name, titles[one.name]] for one in beside]})

    def titles(self) -> str:
        """Hash of the titles of all reports, which the indexes list."""
        return combined({one: list(named.items()) for one, named in self._titles.items()})

    @cached_property
    def _titles(self) -> dict[str, dict[str, str]]:
        return {
            language: {
                one.name: title(self.study, one.notebook, language, one.parameters)
                for one in self.everything
            }
            for language in LANGUAGES
        }

    def library(self, target: Target) -> dict[str, str]:
        """Hashes of what makes a page of its notebook."""
        return self.sources.library(self.study, self.notebook(target))


def read_manifest(study: Study) -> dict[str, Any]:
    """Read what each page was made from; empty if nothing was made."""
    try:
        entries = json.loads((study.reports / MANIFEST).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return entries if isinstance(entries, dict) else {}


def update_processed(
    study: Study, sources: Sources, *, before: Callable[[], None] = lambda: None
) -> bool:
    """Clean, unless the tables are those that the raw data and the library give.

    Parameters
    ----------
    study : Study
    sources : Sources
    before : callable
        Called first if cleaning is needed, which takes seconds.

    Returns
    -------
    bool
        Whether it was needed.

    Raises
    ------
    DataError
        With every problem in the raw data; the tables stay as they were.
    """
    made_from = sources.cleaning(study)
    known = read_manifest(study).get(CLEANED, {})
    if known.get("from") == made_from and known.get("tables") == _hashes(study.processed):
        return False
    before()
    from swt_analysis.processed import processed_tables, write_processed

    write_processed(study, processed_tables(study))
    cleaned = {"from": made_from, "tables": _hashes(study.processed)}
    _save(study, read_manifest(study) | {CLEANED: cleaned})
    return True


def state(current: Current, target: Target, manifest: dict[str, Any]) -> str:
    """Tell whether a page is fresh, stale (and why) or missing.

    Parameters
    ----------
    current : Current
    target : Target
    manifest : dict
        From `read_manifest`.

    Returns
    -------
    str
        ``fresh``, ``missing`` or ``stale: `` and the reason.
    """
    study, sources, entry = current.study, current.sources, manifest.get(target.key)
    files = [study.reports / f"{target.key}{ending}" for ending in (".html", ".ipynb")]
    if entry is None or not all(path.exists() for path in files):
        return "missing"
    if entry["parameters"] != dict(target.report.parameters):
        return "stale: its parameters"
    notebook = current.notebook(target)
    if not notebook.exists() or entry["notebook"] != sources.file(notebook):
        return "stale: its notebook"
    made_by = manifest.get(LIBRARIES, {}).get(entry["library"], {})
    if changed := differing(made_by, current.library(target)):
        return f"stale: {', '.join(changed)}"
    for table, known in entry["tables"].items():
        path = study.processed / f"{table}.csv"
        if not path.exists() or sources.file(path) != known:
            return f"stale: {table}.csv"
    if entry["around"] != current.around(target):
        return "stale: the titles that it links to"
    if any(_hash(path) != entry["files"][path.suffix] for path in files):
        return "stale: the page was altered"
    return "fresh"


def build(
    current: Current,
    targets: Sequence[Target],
    timeout: int,
    *,
    jobs: int,
    executor: "Callable[[], Executor] | None" = None,
    scheduler: str | None = None,
    started: Callable[[Target], None] = lambda target: None,
) -> Iterator[Made | Failure]:
    """Make reports, several at a time.

    Parameters
    ----------
    current : Current
        Of a study with processed tables.
    targets : sequence of Target
        What to make.
    timeout : int
        Seconds that a cell may take.
    jobs : int
        How many at a time on this machine.
    executor : callable, optional
        Opens what does the work instead of processes of our own.
    scheduler : str, optional
        Address of the dask scheduler whose workers do it instead.
    started : callable
        Called with each target when its turn comes.

    Yields
    ------
    Made or Failure
        As they come; a page that was made is in its place.

    Raises
    ------
    problems.SchedulerError
        If the cluster cannot be used.
    """
    from swt_analysis.reports import executors

    remove_parts(current.study.reports)
    remove_left(current.study.reports)
    if not targets:
        return
    results: Iterator[tuple[Target, Any]]
    if scheduler is None:
        results = executors.each(
            make,
            targets,
            current.study,
            current.everything,
            timeout,
            executor=executor or partial(_processes, min(jobs, len(targets))),
            width=jobs,
            started=started,
        )
        yield from _keep(current, results)
        return
    from swt_analysis.reports.parcel import Parcel, make_elsewhere

    with executors.connect(scheduler) as client:
        # A task of its own: its result can be had again if the worker that holds it dies.
        parcel = client.submit(Parcel.itself, Parcel.of(current), pure=False)
        results = executors.each(
            make_elsewhere,
            targets,
            parcel,
            current.everything,
            timeout,
            executor=partial(client.get_executor, pure=False),
            width=len(targets),
            started=started,
        )
        yield from _keep(current, results)


def _processes(jobs: int) -> "Executor":
    """Open processes that find the exporter built, and share the warm process of the engine."""
    from swt_analysis.reports.executors import processes
    from swt_analysis.reports.forked import warm_up

    warm_up()
    load()
    return processes(jobs)


def load() -> None:
    """Import what runs and renders notebooks, and build the exporter, which takes long."""
    with _without_grammar():
        import nbformat
        import papermill  # noqa: F401

        from swt_analysis.reports.render import Frame, Link, page
    link = Link("", "")
    empty = nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]
    page(empty, Frame("nl", "", other=link, index=link, previous=None, next=None, notebook=link))


@contextmanager
def _without_grammar() -> Iterator[None]:
    """Keep jsonschema from building a parser of web addresses, which takes it a second or more.

    It is an optional part of it, for a check that nbformat does not make.
    """
    name = "rfc3987_syntax"
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]


def _keep(current: Current, results: Iterator[tuple[Target, Any]]) -> Iterator[Made | Failure]:
    """Put pages in their places as they come, and what they were made from in the manifest."""
    study = current.study
    manifest = read_manifest(study)
    saved = time.monotonic()
    try:
        for target, result in results:
            if isinstance(result, Made):
                library = current.library(target)
                name = combined(library)[:16]
                manifest.setdefault(LIBRARIES, {})[name] = library
                manifest[target.key] = result.entry | {
                    "library": name,
                    "around": current.around(target),
                }
                places = {end: study.reports / f"{target.key}{end}" for end in result.files}
                write_whole({places[end]: data for end, data in result.files.items()})
                remove_outdated(places[".html"])
                if time.monotonic() - saved > SAVE_SECONDS:
                    _save(study, manifest)
                    saved = time.monotonic()
                yield result
            elif isinstance(result, Failure):
                yield result
            else:
                yield Failure(target, "the process that made it died each time it was tried")
    finally:
        _save(study, manifest | {SOURCES: current.sources.used})


def remove_gone(current: Current) -> None:
    """Remove the pages that were made of reports which the study no longer has.

    Of the others, remove what was printed from them before they were made again.
    """
    names = {report.name for report in current.everything}
    manifest = read_manifest(current.study)
    pages = [current.study.reports / f"{key}.html" for key in manifest if "/" in key]
    gone = [key for key in manifest if "/" in key and key.partition("/")[2] not in names]
    for key in gone:
        for ending, known in manifest.pop(key)["files"].items():
            path = current.study.reports / f"{key}{ending}"
            if path.exists() and _hash(path) == known:  # else somebody made it his own
                path.unlink()
    for page in pages:
        remove_outdated(page)
    if gone:
        _save(current.study, manifest)


def make(
    target: Target, study: Study, everything: Sequence[Report], timeout: int
) -> Made | Failure:
    """Run one notebook and render it; nothing is written to the study."""
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from swt_analysis.reports.index import frame
    from swt_analysis.reports.parameters import unfit
    from swt_analysis.reports.render import faulty_cell, page

    source = study.notebooks / f"{target.report.notebook}.ipynb"
    if not source.exists():
        return Failure(target, f"notebook {source.name} is missing")
    parameters = {**target.report.parameters, "language": target.language}
    content = source.read_bytes()
    try:
        notebook = nbformat.reads(content.decode(), as_version=4)  # type: ignore[no-untyped-call]
        if reason := unfit(notebook, parameters):
            return Failure(target, f"notebook {source.name} {reason}")
        notebook = papermill.execute_notebook(
            notebook,
            None,
            parameters=parameters,
            cwd=str(study.root),
            engine_name="swt",
            kernel_name="python3",
            progress_bar=False,
            execution_timeout=timeout,
        )
    except PapermillExecutionError as error:
        return Failure(
            target,
            f"notebook {source.name}, cell {error.cell_index}: {error.ename}: {error.evalue}",
            "\n".join(error.traceback),
        )
    except Exception as error:
        return Failure(target, f"notebook {source.name}: {type(error).__name__}: {error}")
    try:
        _strip(notebook)
        shown = _metadata(notebook)
        with _rendering:
            html = page(notebook, frame(study, target.report, target.language, everything))
        written = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    except Exception as error:
        cell = faulty_cell(notebook, target.language)
        place = source.name if cell is None else f"{source.name}, cell {cell}"
        return Failure(target, f"notebook {place}: {type(error).__name__}: {error}")
    files = {".ipynb": f"{written}\n".encode(), ".html": html.encode()}
    entry = {
        "notebook": understood(source.suffix, content),
        "parameters": dict(target.report.parameters),
        # A notebook that does not say what it reads may read all.
        "tables": shown.get("tables", _hashes(study.processed)),
        "line": shown.get("line", ""),
        "thumbnail": shown.get("thumbnail", ""),
        "differing": shown.get("differing", 0),
        "files": {ending: digest(data) for ending, data in files.items()},
    }
    return Made(target, files, entry)


def update_index(current: Current) -> None:
    """Write the indexes, unless they are those that the pages give."""
    study, manifest = current.study, read_manifest(current.study)
    parts: dict[str, Any] = {key: entry for key, entry in manifest.items() if "/" in key}
    parts["library"] = current.sources.library(study)
    parts["titles"] = current.titles()
    made_from = combined(parts)
    if manifest.get(INDEX) != {"from": made_from, "files": _indexes(study)}:
        from swt_analysis.reports.index import write_index

        write_index(study, current.everything, manifest)
    index = {"from": made_from, "files": _indexes(study)}
    new = {INDEX: index, SOURCES: current.sources.used}
    if manifest != manifest | new:
        _save(study, manifest | new)


def _save(study: Study, manifest: dict[str, Any]) -> None:
    """Write the manifest, without the libraries that no page was made by."""
    used = {entry["library"] for key, entry in manifest.items() if "/" in key}
    libraries = manifest.get(LIBRARIES, {})
    kept = manifest | {LIBRARIES: {key: libraries[key] for key in used & set(libraries)}}
    content = json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    write_whole({study.reports / MANIFEST: content.encode()})


def _hashes(processed: Path) -> dict[str, str]:
    """Hash of each processed table."""
    return {path.stem: _hash(path) for path in sorted(processed.glob("*.csv"))}


def _indexes(study: Study) -> dict[str, str]:
    pages = [study.reports / "index.html", *study.reports.glob("*/index.html")]
    return {str(one.relative_to(study.reports)): _hash(one) for one in pages if one.exists()}


def _strip(notebook: Any) -> None:
    """Take out what differs from run to run: times and temporary paths."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)


def _metadata(notebook: Any) -> dict[str, Any]:
    from swt_analysis.reports.render import HIDDEN

    found: dict[str, Any] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            found |= output.get("data", {}).get(HIDDEN, {})
    return found


def _hash(path: Path) -> str:
    return digest(path.read_bytes())
