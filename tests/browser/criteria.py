"""Write docs/toegankelijkheid.md and docs/accessibility.md, from criteria.toml.

    .venv/bin/python -m tests.browser.criteria

It needs a Chromium: axe-core is asked which of its rules belong to which criterion.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from swt_analysis.reports.pdf import find_browser

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs"
PAGES = {"nl": "toegankelijkheid.md", "en": "accessibility.md"}
LIST = tomllib.loads((HERE / "criteria.toml").read_text("utf-8"))
CRITERIA: list[dict[str, Any]] = LIST["criterion"]
# What WCAG 2.2 added; EN 301 549 v3.2.1 follows WCAG 2.1.
ADDED = {"2.4.11", "2.5.7", "2.5.8", "3.2.6", "3.3.7", "3.3.8"}
_TAG = re.compile(r"wcag(\d)(\d)(\d+)")


def rules(page: Any) -> tuple[str, dict[str, list[str]]]:
    """Ask axe-core for its version, and which of its rules run for each criterion.

    Parameters
    ----------
    page : playwright page
        Empty.
    """
    from tests.browser import checks

    page.goto("about:blank")
    page.evaluate(checks.AXE_SCRIPT)
    ran = page.evaluate(
        """async tags => {
            const told = await axe.run(document, {runOnly: {type: "tag", values: tags}});
            return ["violations", "passes", "incomplete", "inapplicable"]
                .flatMap(kind => told[kind].map(rule => [rule.id, rule.tags]));
        }""",
        checks.TAGS,
    )
    found: dict[str, set[str]] = defaultdict(set)
    for rule, tags in ran:
        for tag in filter(None, map(_TAG.fullmatch, tags)):
            found[".".join(tag.groups())].add(rule)
    version: str = page.evaluate("axe.version")
    return version, {number: sorted(names) for number, names in found.items()}


def written(language: str, version: str, axe: Mapping[str, Sequence[str]]) -> str:
    """Write a page."""
    say = LIST[language]
    heads = (*(say[one] for one in ("criterion", "level", "clause", "state", "proof", "judge")),)
    rows = [_row(one, language, axe.get(one["number"], ())) for one in CRITERIA]
    table = "\n".join(_line(row) for row in (heads, ("---",) * len(heads), *rows))
    faults = "\n".join(f"- {one[language]}" for one in LIST["pdf"])
    parts = [
        f"# {say['title']}",
        say["other"],
        say["intro"],
        f"## {say['how_heading']}",
        say["how"].format(axe=version),
        f"## {say['matrix_heading']}",
        table,
        say["clauses"],
        f"## {say['pdf_heading']}",
        say["pdf"],
        faults,
        f"## {say['word_heading']}",
        say["word"],
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _row(criterion: Mapping[str, Any], language: str, axe: Sequence[str]) -> tuple[str, ...]:
    say, number = LIST[language], criterion["number"]
    shown = [f"`{name}`" for name in criterion.get("checks", ())]
    for file, _, name in (test.partition("::") for test in criterion.get("tests", ())):
        shown.append(f"`{file}`: {name.removeprefix('test_').replace('_', ' ')}")
    if axe:
        shown.append(f"axe: {', '.join(axe)}")
    state = "tested" if shown else "open"
    if "absent" in criterion:
        state = "absent"
        kinds = ", ".join(f"`{one}`" for one in criterion["absent"])
        shown = [f"{say['absent_proof']} {kinds}", *shown]
    judge = criterion.get(f"person_{language}", "")
    if failure := criterion.get(f"failure_{language}"):
        judge += f" **{say['failure']}:** {failure}"
    clause = "–" if number in ADDED else f"9.{number}"
    name = f"{number} {criterion[language]}"
    return name, criterion["level"], clause, say[state], "; ".join(shown), judge.strip()


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Write both pages."""
    from playwright.sync_api import sync_playwright

    browser = find_browser()
    if browser is None:
        raise SystemExit("no Chromium on this machine")
    with sync_playwright() as playwright:
        version, axe = rules(playwright.chromium.launch(executable_path=str(browser)).new_page())
    for language, name in PAGES.items():
        (DOCS / name).write_text(written(language, version, axe), "utf-8")


if __name__ == "__main__":
    main()
