"""One page: run its notebook with papermill, render it with nbconvert; nothing is written."""

from collections.abc import Sequence
from typing import Any

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from swt_analysis.files import digest
from swt_analysis.folder import StudyFolder
from swt_analysis.reports.catalogue import CatalogueEntry
from swt_analysis.reports.html import METADATA
from swt_analysis.reports.index import frame
from swt_analysis.reports.parameters import unfit
from swt_analysis.reports.render import CellError, is_other, page
from swt_analysis.reports.stale import table_hashes
from swt_analysis.reports.target import Failure, Made, Target

_PYTHON = {"display_name": "Python 3", "language": "python", "name": "python3"}


def make(
    target: Target, study: StudyFolder, everything: Sequence[CatalogueEntry], timeout: float
) -> Made | Failure:
    """Make a page.

    Parameters
    ----------
    target : Target
        The page.
    study : StudyFolder
        With processed tables.
    everything : sequence of CatalogueEntry
        All reports of the study, for the links between pages.
    timeout : float
        Seconds that a cell may take.
    """
    report = target.report
    if report.problem:
        return Failure(target, f"notebook {report.notebook}.ipynb: {report.problem}")
    source = study.notebooks.get(report.notebook)
    if source is None:
        return Failure(target, f"notebook {report.notebook}.ipynb is missing")
    parameters = dict(report.parameters)
    if len(report.languages) > 1:
        parameters["language"] = target.language
    try:
        given = nbformat.read(source, as_version=4)
        given.metadata.setdefault("kernelspec", _PYTHON)  # not every program writes one
        if reason := unfit(given, parameters):
            return Failure(target, f"notebook {source.name} {reason}")
        notebook = papermill.execute_notebook(
            given,
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
    _strip(notebook)
    try:
        html = page(notebook, frame(target, everything, study), source.parent)
    except CellError as error:
        return Failure(target, f"notebook {source.name}, cell {error.number}: {error}")
    except Exception as error:
        return Failure(target, f"notebook {source.name}: {type(error).__name__}: {error}")
    notebook.cells = [one for one in notebook.cells if not is_other(one, target.language)]
    written = nbformat.writes(notebook)
    files = {".ipynb": f"{written}\n".encode(), ".html": html.encode()}
    shown = _metadata(notebook)
    entry = {
        # A notebook that does not say what it reads may read all.
        "tables": shown.get("tables", table_hashes(study)),
        "line": shown.get("line", ""),
        "thumbnail": shown.get("thumbnail", ""),
        "differing": shown.get("differing", 0),
        "files": {ending: digest(data) for ending, data in files.items()},
    }
    return Made(target, files, entry)


def _strip(notebook: NotebookNode) -> None:
    """Take out what differs from run to run: times, engine, and names made by chance."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata["language_info"] = {"name": "python"}
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)


def _metadata(notebook: NotebookNode) -> dict[str, Any]:
    """Collect what the cells tell the program, beside what they show."""
    found: dict[str, Any] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            found |= output.get("data", {}).get(METADATA, {})
    return found
