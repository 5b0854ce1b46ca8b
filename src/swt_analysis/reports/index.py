"""What binds the pages together: the links between them, and the lists of all reports."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from swt_analysis.files import write_whole
from swt_analysis.reports.catalogue import Report
from swt_analysis.reports.render import Frame, Group, Item, Link, front_page, index_page
from swt_analysis.reports.titles import title
from swt_analysis.study import Study, study_settings, study_title
from swt_analysis.text import LANGUAGES, text

_LONG = 40  # reports in a group: more get letters to jump to


def frame(study: Study, report: Report, language: str, everything: Sequence[Report]) -> Frame:
    """Give what surrounds a report; it follows from the processed tables, not from other pages.

    Parameters
    ----------
    study : Study
        With processed tables.
    report : Report
    language : str
    everything : sequence of Report
        All reports of the study, in the order of the index.

    Returns
    -------
    Frame
    """
    here = [one.name for one in everything].index(report.name)
    other = _other(language)

    def neighbour(place: int) -> Link | None:
        if not 0 <= place < len(everything):
            return None
        return Link(
            f"{everything[place].name}.html", report_title(study, everything[place], language)
        )

    return Frame(
        language=language,
        title=report_title(study, report, language),
        other=Link(f"../{other}/{report.name}.html", text("index.language", other)),
        index=Link("index.html", text("index.title", language)),
        previous=neighbour(here - 1),
        next=neighbour(here + 1),
        notebook=Link(f"{report.name}.ipynb", text("page.notebook", language)),
    )


def report_title(study: Study, report: Report, language: str) -> str:
    """Give the title of a report in a language."""
    return title(study, report.notebook, language, report.parameters)


def write_index(
    study: Study,
    everything: Iterable[Report],
    made: Mapping[str, Mapping[str, Any]],
) -> None:
    """Write ``index.html`` and an index in each language, of the pages that exist.

    Parameters
    ----------
    study : Study
    everything : iterable of Report
    made : mapping of str to mapping
        What was kept of each page, by its place: line, thumbnail, differing.
    """
    everything = list(everything)
    settings = study_settings(study)
    files: dict[Path, bytes] = {}
    for language in LANGUAGES:
        groups: dict[str, list[Report]] = {}
        for report in everything:
            if f"{language}/{report.name}" in made:
                groups.setdefault(report.group, []).append(report)
        other = _other(language)
        claims = made.get(f"{language}/claims", {})
        html = index_page(
            language=language,
            title=study_title(settings, study, language),
            intro=text("index.intro", language),
            groups=[
                _group(study, part, language, text(f"index.{key}", language), made)
                for key, part in groups.items()
            ],
            other=Link(f"../{other}/index.html", text("index.language", other)),
            finding=Link("claims.html", claims["line"]) if claims.get("line") else None,
        )
        files[study.reports / language / "index.html"] = html.encode()
    links = [Link(f"{one}/index.html", text("index.language", one)) for one in LANGUAGES]
    files[study.reports / "index.html"] = front_page(
        study_title(settings, study, "nl"), links
    ).encode()
    write_whole(files)


def _group(
    study: Study,
    reports: Sequence[Report],
    language: str,
    heading: str,
    made: Mapping[str, Mapping[str, Any]],
) -> Group:
    anchors = _letters(reports) if len(reports) > _LONG else {}
    items = []
    for report in reports:
        entry = made[f"{language}/{report.name}"]
        differing = entry.get("differing", 0)
        items.append(
            Item(
                f"{report.name}.html",
                report_title(study, report, language),
                entry["line"],
                entry.get("thumbnail", ""),
                text("index.differing", language, n=differing) if differing else "",
                anchors.get(report.name, ""),
            )
        )
    letters = [Link(f"#{anchor}", anchor[-1].upper()) for anchor in anchors.values()]
    return Group(heading, items, letters)


def _letters(reports: Sequence[Report]) -> dict[str, str]:
    """Give the first report of a municipality under each letter, and an anchor for it."""
    first: dict[str, str] = {}
    for report in reports:
        name = str(report.parameters.get("municipality", ""))
        plain = unicodedata.normalize("NFKD", name.removeprefix("Gemeente ")).lower()
        letter = next((one for one in plain if one.isascii() and one.isalpha()), "")
        if letter:
            first.setdefault(f"letter-{letter}", report.name)
    return {report: anchor for anchor, report in sorted(first.items())}


def _other(language: str) -> str:
    (other,) = [one for one in LANGUAGES if one != language]
    return other
