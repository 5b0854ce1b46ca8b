"""A report of one's own, as ``swt new notebook`` begins it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import copy_raw, swt

pytest.importorskip("tests.browser.checks", reason="playwright or axe is not installed")


@pytest.mark.slow
def test_a_new_notebook_passes_what_pages_pass(
    tmp_path: Path, visits: Callable[..., list[str]]
) -> None:
    study = copy_raw(tmp_path)
    assert swt("new", "notebook", "spreiding", folder=study).returncode == 0
    done = swt("report", "spreiding", "national-context", "codebook", folder=study)
    assert done.returncode == 0, done.stderr
    for language in ("nl", "en"):
        for narrow in (True, False):
            page = study / "reports" / language / "spreiding.html"
            found = visits(page, whole=True, code=True, narrow=narrow)
            # Its title is a word of who made it, in one language.
            assert not [one for one in found if "spreiding" not in one.lower()], found
