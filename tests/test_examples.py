"""The examples in docstrings run, and give what they say."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import swt_analysis
from tests.conftest import ROOT, swt

SOURCE = Path(swt_analysis.__file__).parent
# papermill's engine is imported by papermill alone, and its example runs a notebook.
MODULES = [
    ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted(SOURCE.rglob("*.py"))
    if ">>> " in path.read_text("utf-8") and path.name != "engine.py"
]


@pytest.fixture(scope="module", autouse=True)
def tables_of_this_study() -> None:
    """Examples open the study of this checkout, whose tables may be older than its raw data."""
    assert swt("clean", "--quiet", folder=ROOT).returncode == 0


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name: str) -> None:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    result = doctest.testmod(import_module(name), optionflags=flags)
    assert result.attempted > 0
    assert result.failed == 0
