"""Processes that run notebooks, for the tests of what runs in them."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from swt_analysis.reports.processes import Processes
from tests.conftest import load_once


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


@pytest.fixture(scope="session")
def processes() -> Iterator[Processes]:
    load_once()
    with Processes(execute, 2) as there:
        yield there
