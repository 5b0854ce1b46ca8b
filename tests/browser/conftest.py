"""A browser to visit pages with; without a Chromium these tests are skipped, and say so."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from swt_analysis.folder import StudyFolder
from swt_analysis.reports.catalogue import reports
from swt_analysis.reports.pdf import find_browser
from tests.browser.validator import validator

# A page of each notebook, and one whose code axe reads.
WHOLE = {
    "index", "overview", "choice-scale-02", "themes", "observation-1", "municipalities",
    "municipality-haarlem", "groups-form", "team-composition", "claims", "change", "instrument",
    "national-context", "codebook",
}  # fmt: skip
CODE = "choice-scale-02"


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
    """Give what loads a page, and tells what is wrong with it."""
    return Visits(browser)


@pytest.fixture(scope="module")
def every_page(made_study: Path) -> list[Path]:
    """The pages, in both languages; the indexes too."""
    pages = sorted((made_study / "reports").glob("**/*.html"))
    expected = 2 * (len(reports(StudyFolder(made_study))) + 1) + 1
    assert len(pages) == expected
    return pages


@pytest.fixture(scope="session")
def vnu() -> Path:
    found = validator()
    if found is None:
        pytest.skip("no Java, or no vnu.jar (npm install --no-save --prefix .cache vnu-jar)")
    return found


class Visits:
    """Loads pages one after another in one tab, and keeps what they ask and say.

    In one tab the browser knows the scripts of the checks already; our pages leave nothing in it.
    """

    def __init__(self, browser: Any) -> None:
        self.page = browser.new_page()
        self.path = Path()
        self.noticed: list[str] = []
        self.page.on("console", lambda said: self.noticed.append(f"console: {said.text}"))
        self.page.on("pageerror", lambda error: self.noticed.append(f"console: {error}"))
        self.page.on("dialog", self._dismissed)
        self.page.on("request", self._asked)

    def all_right(self, pages: Iterable[Path], *, narrow: bool, whole: Iterable[str] = ()) -> None:
        """Assert that no page has a problem.

        Parameters
        ----------
        pages : iterable of pathlib.Path
        narrow : bool
            Whether those are looked at narrow and dark, or wide and light.
        whole : iterable of str
            Names of pages that are looked at as a whole too.
        """
        found = {
            f"{path.parent.name}/{path.stem}": problems
            for path in pages
            if (problems := self(path, whole=path.stem in whole, narrow=narrow))
        }
        told = "\n".join(f"{name}\n  " + "\n  ".join(lines) for name, lines in found.items())
        assert not found, f"{len(found)} pages:\n{told}"

    def __call__(
        self, path: Path, *, whole: bool = False, code: bool = False, narrow: bool = True
    ) -> list[str]:
        from tests.browser import checks

        self.path, self.noticed = path, []
        checks.look(self.page)
        self.page.goto(path.as_uri())
        problems = checks.visit(self.page)
        if whole or code:
            checks.look(self.page, *((checks.NARROW, "dark") if narrow else ()))
            problems += checks.whole(self.page) if whole else []
            problems += checks.code(self.page) if code or (whole and path.stem == CODE) else []
        return [*dict.fromkeys(self.noticed), *dict.fromkeys(problems)]

    def _asked(self, request: Any) -> None:
        if request.url != self.path.as_uri() and not request.url.startswith("data:"):
            self.noticed.append(f"request: {request.url}")

    def _dismissed(self, box: Any) -> None:
        self.noticed.append(f"script: {box.message}")
        box.dismiss()
