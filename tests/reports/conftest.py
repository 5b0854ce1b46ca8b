"""Processes that run notebooks, for the tests of what runs in them."""

from collections.abc import Iterator

import pytest

from swt_analysis.reports.processes import Processes
from tests.conftest import load_once
from tests.reports.running import execute


@pytest.fixture(scope="session")
def processes() -> Iterator[Processes]:
    load_once()
    with Processes(execute, 2) as there:
        yield there
