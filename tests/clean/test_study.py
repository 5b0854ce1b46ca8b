"""A study is read without what only statistics and pages need."""

import subprocess
import sys

import pytest

HEAVY = ("scipy", "matplotlib", "papermill", "openpyxl", "babel")


@pytest.mark.parametrize("module", ["swt_analysis.clean", "swt_analysis.rounds"])
def test_cleaning_and_importing_load_nothing_that_they_do_not_need(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert module in loaded
    assert not set(HEAVY) & set(loaded)
    assert not any(one.startswith("swt_analysis.statistics") for one in loaded)
