"""What each page was made from, and whether that is still so: told by content, not by time."""

import json
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from swt_analysis.files import digest, file_hash, write_whole
from swt_analysis.folder import StudyFolder
from swt_analysis.reports.catalogue import CatalogueEntry, pictures, read_notebook
from swt_analysis.reports.parameters import parameter_types
from swt_analysis.reports.target import Target

MANIFEST = ".manifest.json"
FORMAT = 3  # goes up when an older manifest cannot be read any more
PACKAGE = Path(__file__).parents[1]
LIBRARY, PACKAGES, SETTINGS, MODULES = (
    "the library",
    "the packages installed",
    "study.toml",
    "the modules of the study",
)


@dataclass(frozen=True)
class Current:
    """What the pages of a study would be made from now.

    Attributes
    ----------
    study : StudyFolder
        Whose tables and pages they are.
    everything : tuple of CatalogueEntry
        All its reports.
    """

    study: StudyFolder
    everything: tuple[CatalogueEntry, ...]

    @cached_property
    def sources(self) -> dict[str, str]:
        """Hashes of what every page is made from, by what a reader would call it."""
        settings = self.study.raw / "study.toml"
        return {
            LIBRARY: library_hash(),
            PACKAGES: packages_hash(),
            SETTINGS: file_hash(settings) if settings.exists() else "",
            MODULES: files_hash(self.study.root, self.study.root.glob("*.py")),
        }

    @cached_property
    def notebooks(self) -> dict[str, str]:
        """Hash of each notebook, by its name."""
        return {name: notebook_hash(path) for name, path in self.study.notebooks.items()}

    @cached_property
    def tables(self) -> dict[str, str]:
        """Hash of each processed table, by its name."""
        return table_hashes(self.study)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {report.name: place for place, report in enumerate(self.everything)}

    def links(self, target: Target) -> str:
        """Hash of the titles of a report and of those beside it, which its page links to."""
        place = self._places[target.report.name]
        beside = self.everything[max(place - 1, 0) : place + 2]
        return combined([[one.name, one.titles[target.language]] for one in beside])

    @property
    def titles(self) -> str:
        """Hash of the titles of all reports, which the indexes list."""
        return combined([[one.name, one.front, dict(one.titles)] for one in self.everything])


def read_manifest(study: StudyFolder) -> dict[str, Any]:
    """Read what each page was made from.

    Returns
    -------
    dict
        ``pages`` by key, ``processed`` and ``index``; all empty if nothing was made, or by a
        version that kept it in another way.
    """
    try:
        found = json.loads((study.reports / MANIFEST).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        found = None
    parts = ("pages", "processed", "index")
    if (
        isinstance(found, dict)
        and found.get("format") == FORMAT
        and all(isinstance(found.get(part), dict) for part in parts)
    ):
        return found
    return {"format": FORMAT, **{part: {} for part in parts}}


def write_manifest(study: StudyFolder, manifest: Mapping[str, Any]) -> None:
    """Write what `read_manifest` reads."""
    content = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    write_whole({study.reports / MANIFEST: content.encode()})


def update_processed(study: StudyFolder, *, before: Callable[[], None] = lambda: None) -> bool:
    """Clean, unless the tables are those that the raw data and the library give.

    Parameters
    ----------
    study : StudyFolder
        Whose tables and pages they are.
    before : callable
        Called first if cleaning is needed, which takes a second or more.

    Returns
    -------
    bool
        Whether it was needed.

    Raises
    ------
    DataError
        With every problem in the raw data; the tables stay as they were.
    """
    now = cleaning_hash(study)
    if read_manifest(study)["processed"] == {"from": now, "tables": table_hashes(study)}:
        return False
    before()
    from swt_analysis.processed import processed_tables, write_processed  # loads much

    write_processed(study, processed_tables(study))
    processed = {"from": now, "tables": table_hashes(study)}
    write_manifest(study, read_manifest(study) | {"processed": processed})
    return True


def made_from(current: Current, target: Target) -> dict[str, Any]:
    """Collect what a page would be made from now, but for its tables: it says itself which."""
    return {
        "parameters": dict(target.report.parameters),
        "notebook": current.notebooks.get(target.report.notebook),
        "sources": current.sources,
        "links": current.links(target),
    }


def state(current: Current, target: Target, manifest: Mapping[str, Any]) -> str:
    """Tell whether a page is fresh, stale or missing.

    Parameters
    ----------
    current : Current
        What it would be made from now.
    target : Target
        The page.
    manifest : mapping
        From `read_manifest`.

    Returns
    -------
    str
        ``fresh``, ``missing`` or ``stale: `` and the reason.
    """
    entry = manifest["pages"].get(target.key)
    files = page_files(current.study, target.key)
    if entry is None or not all(path.exists() for path in files):
        return "missing"
    now = made_from(current, target)
    if entry["parameters"] != now["parameters"]:
        return "stale: its parameters"
    if now["notebook"] is None or entry["notebook"] != now["notebook"]:
        return "stale: its notebook"
    if changed := sorted(
        name for name, one in now["sources"].items() if entry["sources"][name] != one
    ):
        return f"stale: {', '.join(changed)}"
    for table, known in entry["tables"].items():
        if current.tables.get(table) != known:
            return f"stale: {table}.csv"
    if entry["links"] != now["links"]:
        return "stale: the titles that it links to"
    if any(file_hash(path) != entry["files"][path.suffix] for path in files):
        return "stale: the page was altered"
    return "fresh"


def page_files(study: StudyFolder, key: str) -> list[Path]:
    """Give the files of a page: the page itself and its executed notebook."""
    return [study.reports / f"{key}{ending}" for ending in (".html", ".ipynb")]


def part_pages(study: StudyFolder) -> list[Path]:
    """Find the pages of the index that list a part of the municipalities, where they are many."""
    return sorted(study.reports.glob("*/index-[0-9]*.html"))


def table_hashes(study: StudyFolder) -> dict[str, str]:
    """Hash each processed table."""
    return {path.stem: file_hash(path) for path in sorted(study.processed.glob("*.csv"))}


def cleaning_hash(study: StudyFolder) -> str:
    """Hash the raw data and all that turns them into processed tables."""
    folders = {study.raw, study.instrument}
    raw = [files_hash(folder, folder.rglob("*")) for folder in sorted(folders)]
    return combined([raw, library_hash(), packages_hash()])


def library_hash() -> str:
    """Hash the modules, texts and templates of this package."""
    return files_hash(PACKAGE, PACKAGE.rglob("*"))


def packages_hash() -> str:
    """Hash the versions of Python and of every package in this environment."""
    places = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    found = {path.name for place in places for path in Path(place).glob("*.dist-info")}
    return combined([sys.version, sorted(found)])


def notebook_hash(path: Path) -> str:
    """Hash what a notebook says, and the pictures beside it that it shows.

    What JupyterLab leaves in it as it runs and saves does not count, nor which values its
    parameters have there: a report is given its own.
    """
    try:
        notebook = read_notebook(path)
        cells = [
            [cell["cell_type"], cell["metadata"].get("tags", []), "".join(cell["source"])]
            for cell in notebook["cells"]
        ]
        for cell in cells:
            if "parameters" in cell[1]:
                cell[2] = parameter_types(notebook)
    except (KeyError, TypeError, AttributeError):
        return file_hash(path) if path.is_file() else ""  # running it will tell
    shown = [file_hash(one) for one in pictures(notebook, path.parent)]
    return combined([notebook["metadata"].get("swt"), cells, shown])


def files_hash(folder: Path, paths: Iterable[Path]) -> str:
    """Hash files by their content and their place in a folder; hidden and half-written ones not."""
    hashes = {
        place.as_posix(): file_hash(folder / place)
        for place in (path.relative_to(folder) for path in paths if path.is_file())
        if not any(part.startswith((".", "__pycache__")) for part in place.parts)
        and not place.name.endswith(".part")
    }
    return combined(hashes)


def combined(parts: object) -> str:
    """One hash of anything that JSON can hold."""
    return digest(json.dumps(parts, sort_keys=True).encode())
