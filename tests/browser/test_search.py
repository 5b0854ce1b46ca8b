"""The index finds reports as a reader types, and is whole for one without scripts."""

from pathlib import Path
from typing import Any

import pytest

from swt_analysis.text import text

FIELD = "[role=search] input"
SHOWN = ".reports > li:not([hidden])"


@pytest.fixture(scope="module")
def page(browser: Any) -> Any:
    return browser.new_page()


def shown(page: Any) -> list[str]:
    """Titles of the reports that can be seen."""
    links = page.locator(".reports > li a")
    return [link.inner_text() for link in links.all() if link.is_visible()]


def status(page: Any) -> str:
    said: str = page.get_by_role("status").inner_text()
    return said


@pytest.mark.parametrize(("language", "typed", "title"), [
    ("nl", "keuzeschaal 11", "Keuzeschaal 11"), ("en", "choice scale 11", "Choice scale 11"),
])  # fmt: skip
def test_typing_leaves_the_reports_with_all_words_and_says_how_many(
    made_study: Path, page: Any, language: str, typed: str, title: str
) -> None:
    path = made_study / "reports" / language / "index.html"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    everything = shown(page)
    assert status(page) == ""
    assert page.get_by_label(text("index.search", language)).is_visible()
    page.locator(FIELD).focus()
    page.keyboard.type(typed)
    (found,) = shown(page)
    assert found.startswith(title)
    assert status(page) == text("index.found", language, found=1, all=len(everything))
    assert page.locator(".group:visible").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == found
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    assert shown(page) == everything
    assert status(page) == page.locator(FIELD).input_value() == ""
    assert {one for one in asked if not one.startswith("data:")} == {path.as_uri()}


def test_accents_capitals_and_order_do_not_matter_and_nothing_found_is_said(
    made_study: Path, page: Any
) -> None:
    page.goto((made_study / "reports/nl/index.html").as_uri())
    page.locator(FIELD).fill("HÁARLEM gemeente")
    assert "Gemeente Haarlem" in shown(page)
    page.locator(FIELD).fill("zzz")
    assert shown(page) == []
    assert status(page) == text("index.found_none", "nl")
    assert page.locator(".group:visible").count() == 0


def test_what_was_typed_holds_after_going_to_a_report_and_back(made_study: Path, page: Any) -> None:
    page.goto((made_study / "reports/nl/index.html").as_uri())
    page.locator(FIELD).fill("haarlem")
    found = shown(page)
    page.locator(SHOWN).locator("a").first.click()
    page.go_back()
    page.locator(FIELD).wait_for()
    assert page.locator(FIELD).input_value() == "haarlem"
    assert shown(page) == found


def test_without_scripts_every_report_is_listed_and_there_is_no_field(
    made_study: Path, browser: Any
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((made_study / "reports/nl/index.html").as_uri())
    pages = [one for one in (made_study / "reports/nl").glob("*.html") if one.stem != "index"]
    assert page.locator(".reports > li").count() == len(pages)
    assert not page.locator(FIELD).is_visible()
    context.close()
