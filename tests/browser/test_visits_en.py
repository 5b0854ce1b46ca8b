"""Every English page in a real browser; a file a language, so that two can run at a time."""

from pathlib import Path

import pytest

from tests.browser.conftest import WHOLE

pytest.importorskip("tests.browser.checks", reason="playwright or axe is not installed")


@pytest.mark.slow
def test_a_page_of_each_notebook_is_right_as_a_whole(every_page: list[Path], visits) -> None:
    pages = [path for path in every_page if path.parent.name == "en" and path.stem in WHOLE]
    assert len(pages) == len(WHOLE)
    visits.all_right(pages, narrow=False, whole=WHOLE)


@pytest.mark.slow
def test_no_other_page_has_a_problem_in_any_way_of_looking(every_page: list[Path], visits) -> None:
    visits.all_right(
        (path for path in every_page if path.parent.name == "en" and path.stem not in WHOLE),
        narrow=False,
    )
