"""What runs notebooks in the processes of tests, and loads nothing that they have not."""

import os
from pathlib import Path
from typing import Any

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError


def execute(task: tuple[Any, dict[str, Any], str]) -> tuple[str, Exception | None]:
    """Run a notebook in this process; gives it as it was saved."""
    source, options, output = task
    # ipykernel does not capture what is written to descriptors when it sees this.
    os.environ.pop("PYTEST_CURRENT_TEST", None)
    error = None
    try:
        papermill.execute_notebook(source, output, progress_bar=False, **options)
    except Exception as raised:
        error = raised if type(raised) is PapermillExecutionError else RuntimeError(repr(raised))
    return Path(output).read_text("utf-8"), error


def notebook(cells: list[str], tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(
        metadata={"kernelspec": kernel, "language_info": {"name": "python"}},
        cells=[nbformat.v4.new_code_cell(c, metadata={"tags": list(tags)}) for c in cells],
    )


def execute_two(folder: str) -> list[str]:
    cells = (["own = 'mine'\nown"], ["'own' in globals()"])
    output = str(Path(folder) / "out.ipynb")
    return [execute((notebook(one), {"engine_name": "swt"}, output))[0] for one in cells]
