"""What binds the pages together: the links between them, and the lists of all reports."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from swt_analysis.files import write_whole
from swt_analysis.folder import StudyFolder, is_synthetic, study_settings, study_title
from swt_analysis.reports.catalogue import CatalogueEntry
from swt_analysis.reports.html import TEMPLATES, Frame, Link, policy_hash, templates
from swt_analysis.reports.target import Target
from swt_analysis.text import LANGUAGES, catalogue, text

_LONG = 40  # reports in a group: more get letters to jump to


@dataclass(frozen=True)
class Item:
    """A report in the index: its name, one line with its finding, and a small picture.

    The picture is SVG that stands in the page as it is; the line must say what it shows, since
    screen readers skip it. A note says what else to know before opening the report; an anchor is
    an id to jump to.
    """

    href: str
    label: str
    line: str
    thumbnail_svg: str = ""
    note: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Group:
    """Reports that belong together in the index, with letters to jump to in a long list."""

    heading: str
    items: Sequence[Item]
    letters: Sequence[Link] = ()


def frame(target: Target, everything: Sequence[CatalogueEntry], study: StudyFolder) -> Frame:
    """Give what surrounds a report; it follows from the processed tables, not from other pages.

    Parameters
    ----------
    target : Target
        The page that is surrounded.
    everything : sequence of CatalogueEntry
        All reports of the study, in the order of the index.
    study : StudyFolder
        Its settings give the title, and say whether the data are invented.
    """
    settings = study_settings(study)
    language, name = target.language, target.report.name
    beside = [one for one in everything if language in one.languages]
    here = [one.name for one in beside].index(name)

    def neighbour(place: int) -> Link | None:
        if not 0 <= place < len(beside):
            return None
        return Link(f"{beside[place].name}.html", beside[place].titles[language])

    other = _other(language)
    both = other in target.report.languages
    return Frame(
        name=name,
        language=language,
        title=target.title,
        study=study_title(settings, study, language),
        synthetic=is_synthetic(settings),
        other=Link(f"../{other}/{name}.html", text("index.language", other)) if both else None,
        index=Link("index.html", text("index.title", language)),
        previous=neighbour(here - 1),
        next=neighbour(here + 1),
        notebook=Link(f"{name}.ipynb", text("page.notebook", language)),
    )


def write_index(
    study: StudyFolder, everything: Sequence[CatalogueEntry], made: Mapping[str, Mapping[str, Any]]
) -> None:
    """Write ``index.html`` and an index in each language, of the pages that exist.

    Parameters
    ----------
    study : StudyFolder
        Gives the title, and the folder to write to.
    everything : sequence of CatalogueEntry
        All reports of the study, in the order of the index.
    made : mapping of str to mapping
        What was kept of each page, by its place: line, thumbnail, differing.
    """
    settings = study_settings(study)
    files: dict[Path, bytes] = {}
    for language in LANGUAGES:
        html = _index(everything, study_title(settings, study, language), language, made)
        files[study.reports / language / "index.html"] = html.encode()
    links = [Link(f"{one}/index.html", text("index.language", one)) for one in LANGUAGES]
    front = templates().get_template("front.html.j2")
    title = study_title(settings, study, LANGUAGES[0])
    html = front.render(
        language=LANGUAGES[0], title=title, links=list(zip(LANGUAGES, links, strict=True))
    )
    files[study.reports / "index.html"] = html.encode()
    write_whole(files)


def _index(
    everything: Sequence[CatalogueEntry],
    title: str,
    language: str,
    made: Mapping[str, Mapping[str, Any]],
) -> str:
    """Write the list of the reports that were made in a language."""
    by_group: dict[str, list[CatalogueEntry]] = {}
    for report in everything:
        own = language if language in report.languages else report.languages[0]
        if f"{own}/{report.name}" in made:
            by_group.setdefault(report.group, []).append(report)
    headings = catalogue()["index"]
    groups = [
        _group(part, language, headings[key][language] if key in headings else key, made)
        for key, part in by_group.items()
    ]
    other = _other(language)
    finding = made.get(f"{language}/claims", {}).get("line")
    script = (TEMPLATES / "swt" / "search.js").read_text("utf-8")
    return (
        templates()
        .get_template("groups.html.j2")
        .render(
            language=language,
            title=title,
            intro=text("index.intro", language),
            groups=groups,
            other=Link(f"../{other}/index.html", text("index.language", other)),
            contents=[Link(f"#group-{i}", one.heading) for i, one in enumerate(groups, start=1)],
            finding=Link("claims.html", finding) if finding else None,
            search={"script": Markup(script), "digest": policy_hash(script)},
        )
    )


def _group(
    reports: Sequence[CatalogueEntry],
    language: str,
    heading: str,
    made: Mapping[str, Mapping[str, Any]],
) -> Group:
    anchors = _letters(reports) if len(reports) > _LONG else {}
    items = []
    for report in reports:
        own = language if language in report.languages else report.languages[0]
        entry = made[f"{own}/{report.name}"]
        differing = entry["differing"]
        items.append(
            Item(
                f"{report.name}.html" if own == language else f"../{own}/{report.name}.html",
                report.titles[language],
                entry["line"],
                entry["thumbnail"],
                text("index.differing", language, n=differing) if differing else "",
                anchors.get(report.name, ""),
            )
        )
    letters = [Link(f"#{anchor}", anchor[-1].upper()) for anchor in anchors.values()]
    return Group(heading, items, letters)


def _letters(reports: Sequence[CatalogueEntry]) -> dict[str, str]:
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
