"""A browser to visit pages with; without a Chromium these tests are skipped, and say so."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from swt_analysis.printing import find_browser
from swt_analysis.reports import reports
from swt_analysis.study import Study
from tests.browser.validator import validator


@pytest.fixture(scope="session")
def chromium() -> Path:
    found = find_browser()
    if found is None:
        pytest.skip("no Chromium on this machine")
    return found


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def visits(browser: Any) -> Callable[..., list[str]]:
    """Give what loads a page in a fresh profile, and tells what is wrong with it."""
    return Visits(browser)


@pytest.fixture(scope="module")
def every_page(made_study: Path) -> list[Path]:
    """The pages, in both languages; the indexes too."""
    pages = sorted((made_study / "reports").glob("**/*.html"))
    expected = 2 * (len(reports(Study(made_study))) + 1) + 1
    assert len(pages) == expected
    return pages


@pytest.fixture(scope="session")
def vnu() -> Path:
    found = validator()
    if found is None:
        pytest.skip("no Java, or no vnu.jar (npm install --no-save --prefix .cache vnu-jar)")
    return found


class Visits:
    """Loads pages in one browser, each in a fresh profile, and keeps what they ask and say."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser

    def all_right(self, pages: Iterable[Path]) -> None:
        """Assert that no page has a problem; axe reads the code too of some."""
        found = {
            f"{path.parent.name}/{path.stem}": problems
            for path in pages
            if (problems := self(path, code=path.stem in ("overview", "claims")))
        }
        told = "\n".join(f"{name}\n  " + "\n  ".join(lines) for name, lines in found.items())
        assert not found, f"{len(found)} pages:\n{told}"

    def __call__(self, path: Path, *, code: bool = False) -> list[str]:
        from tests.browser import checks

        width, height = checks.WIDE
        context = self.browser.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        noticed: list[str] = []
        page.on("console", lambda said: noticed.append(f"console: {said.text}"))
        page.on("pageerror", lambda error: noticed.append(f"console: {error}"))
        page.on("dialog", lambda box: (noticed.append(f"script: {box.message}"), box.dismiss()))
        page.on(
            "request",
            lambda asked: (
                noticed.append(f"request: {asked.url}")
                if asked.url != path.as_uri() and not asked.url.startswith("data:")
                else None
            ),
        )
        page.goto(path.as_uri())
        problems = checks.visit(page)
        if code:
            problems += checks.code(page)
        context.close()
        return [*dict.fromkeys(noticed), *dict.fromkeys(problems)]
