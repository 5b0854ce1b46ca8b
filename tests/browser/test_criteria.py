"""The matrix of success criteria: whole, true to the tests, and on the pages of docs."""

import ast
import inspect
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.browser import criteria

HERE = Path(__file__).parent


def test_every_criterion_of_levels_a_and_aa_is_there_once() -> None:
    """WCAG 2.2 has 31 and 24, without 4.1.1, which it made obsolete."""
    numbers = [one["number"] for one in criteria.CRITERIA]
    assert len(set(numbers)) == len(numbers)
    assert numbers == sorted(numbers, key=lambda one: [int(part) for part in one.split(".")])
    assert Counter(one["level"] for one in criteria.CRITERIA) == {"A": 31, "AA": 24}
    assert "4.1.1" not in numbers
    assert set(numbers) > criteria.ADDED


def test_every_check_and_test_that_is_named_exists() -> None:
    checks = pytest.importorskip("tests.browser.checks", reason="playwright or axe not installed")
    there = {name for name, one in inspect.getmembers(checks, inspect.isfunction) if one.__doc__}
    run = inspect.getsource(checks.visit) + inspect.getsource(checks._looks)
    run += inspect.getsource(checks.whole)
    for one in criteria.CRITERIA:
        for name in one.get("checks", ()):
            assert name in there, (one["number"], name)
            assert re.search(rf"\b{name}\b", run), f"no page is looked at by {name}"
        for place in one.get("tests", ()):
            file, _, name = place.partition("::")
            tree = ast.parse((HERE / file).read_text("utf-8"))
            assert name in {part.name for part in tree.body if isinstance(part, ast.FunctionDef)}


def test_what_is_to_be_judged_is_said_in_both_languages() -> None:
    assert set(criteria.LIST["nl"]) == set(criteria.LIST["en"])
    for one in criteria.CRITERIA:
        told = {key.rpartition("_")[0] for key in one if key.endswith(("_nl", "_en"))}
        assert all(f"{part}_{language}" in one for part in told for language in ("nl", "en"))


def test_what_is_called_absent_is_on_no_page(made_study: Path) -> None:
    for path in (made_study / "reports").glob("**/*.html"):
        page = re.sub(r"base64,[\w+/=]*", "", path.read_text("utf-8").lower())
        for one in criteria.CRITERIA:
            assert not [part for part in one.get("absent", ()) if part in page], one["number"]


def test_the_pages_say_what_the_list_says(browser: Any) -> None:
    """If not: python -m tests.browser.criteria."""
    version, axe = criteria.rules(browser.new_page())
    for language, name in criteria.PAGES.items():
        page = (criteria.DOCS / name).read_text("utf-8")
        assert page == criteria.written(language, version, axe)
        for one in criteria.CRITERIA:
            shown = {"checks", "tests", "absent", f"person_{language}"} & set(one)
            assert shown or axe.get(one["number"]), f"{one['number']}: nothing shows it"
