"""Every English page in a real browser; a file a language, so that two can run at a time."""

from pathlib import Path

import pytest

pytest.importorskip("tests.browser.checks", reason="playwright or axe is not installed")


def test_no_page_has_a_problem_in_any_way_of_looking(every_page: list[Path], visits) -> None:
    visits.all_right((path for path in every_page if path.parent.name == "en"), narrow=False)
