"""What binds the pages together: the links between them, and the lists of all reports."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from markupsafe import Markup

from swt_analysis.files import write_whole
from swt_analysis.folder import (
    StudyFolder,
    in_language,
    is_synthetic,
    study_settings,
    study_title,
)
from swt_analysis.reports.catalogue import CatalogueEntry, processed_rows
from swt_analysis.reports.citation import issued, own_reference
from swt_analysis.reports.html import TEMPLATES, Frame, Link, policy_hash, templates
from swt_analysis.reports.stale import part_pages
from swt_analysis.reports.target import Target
from swt_analysis.text import LANGUAGES, catalogue, enumerate_words, phrase, text

_FINDINGS = 5  # on the front page
_LONG = 40  # reports in a group: more get letters to jump to
MANY = 400  # most municipalities on the front page: more are listed on pages of their own
PART = 250  # on each of these, which stays below 100 kB: some 240 bytes a municipality


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


@dataclass(frozen=True)
class Scale:
    """A choice scale at a glance: its report, its number, what it is about, and its poles."""

    item: Item
    number: str
    label: str
    left: str
    right: str


@dataclass(frozen=True)
class Tile:
    """A municipality at a glance: its report, its state of play, and where it lies on the map.

    The state is the place of its code among all, in the order of the labels; -1 if not told.
    """

    href: str
    name: str
    state: int
    words: str
    row: str
    column: str


@dataclass(frozen=True)
class Map:
    """The municipalities at a glance; a map if it is known where each of them lies."""

    tiles: Sequence[Tile]
    legend: Sequence[tuple[int, str]]
    is_mapped: bool


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
    study_name = study_title(settings, study, language)
    return Frame(
        name=name,
        language=language,
        title=target.title,
        study=study_name,
        synthetic=is_synthetic(settings),
        other=Link(f"../{other}/{name}.html", text("index.language", other)) if both else None,
        index=Link("index.html", text("index.title", language)),
        previous=neighbour(here - 1),
        next=neighbour(here + 1),
        notebook=Link(f"{name}.ipynb", text("page.notebook", language)),
        publisher=in_language(settings, "publisher", language),
        issued=issued(settings, language),
        reference=own_reference(settings, target.title, study_name, language),
    )


def write_index(
    study: StudyFolder, everything: Sequence[CatalogueEntry], made: Mapping[str, Mapping[str, Any]]
) -> None:
    """Write the front page in each language, and in Dutch above both, of the pages that exist.

    Parameters
    ----------
    study : StudyFolder
        Gives the title, the municipalities, and the folder to write to.
    everything : sequence of CatalogueEntry
        All reports of the study, in the order of the index.
    made : mapping of str to mapping
        What was kept of each page, by its place: line, thumbnail, differing.
    """
    template = templates().get_template("front.html.j2")
    first = _Made(everything, made, LANGUAGES[0], f"{LANGUAGES[0]}/")
    shown = {"index.html": _front(study, first)}
    for language in LANGUAGES:
        there = _Made(everything, made, language)
        shown[f"{language}/index.html"] = _front(study, there)
        for number, part in enumerate(there.parts, 1):
            shown[f"{language}/{_part_name(number)}"] = _part(study, there, part, number)
    files = {study.reports / place: template.render(one).encode() for place, one in shown.items()}
    own = {study.reports / f"{key}.html" for key in made}
    for path in set(part_pages(study)) - set(files) - own:  # of municipalities that are gone
        path.unlink()
    write_whole(files)


@dataclass(frozen=True)
class _Made:
    """The reports that were made, as a page in a language links to them from its place."""

    everything: Sequence[CatalogueEntry]
    made: Mapping[str, Mapping[str, Any]]
    language: str
    place: str = ""  # of the pages of the language, from the page that links

    @cached_property
    def parts(self) -> list[list[CatalogueEntry]]:
        """Municipalities that are listed on pages of their own; none unless they are many."""
        factsheets = [one for one in self.everything if "municipality" in one.parameters]
        if len(factsheets) <= MANY:
            return []
        return [factsheets[start : start + PART] for start in range(0, len(factsheets), PART)]

    def item(self, report: CatalogueEntry, anchor: str = "") -> Item | None:
        own = self.language if self.language in report.languages else report.languages[0]
        entry = self.made.get(f"{own}/{report.name}")
        if entry is None:
            return None
        folder = self.place if own == self.language else f"{self.place}../{own}/"
        differing = entry["differing"]
        return Item(
            f"{folder}{report.name}.html",
            report.titles[self.language],
            entry["line"],
            entry["thumbnail"],
            text("index.differing", self.language, n=differing) if differing else "",
            anchor,
        )


def _front(study: StudyFolder, made: _Made) -> dict[str, Any]:
    """Gather what a front page shows."""
    language, settings = made.language, study_settings(study)
    other = _other(language)
    apart = {one.name for part in made.parts for one in part}
    by_group: dict[str, list[CatalogueEntry]] = {}
    for report in made.everything:
        by_group.setdefault(report.group, [])
        if report.name not in apart:
            by_group[report.group].append(report)
    headings = catalogue()["index"]
    groups = [
        _group(part, made, headings[key][language] if key in headings else key)
        for key, part in by_group.items()
    ]
    if made.parts:
        items = [
            Item(f"{made.place}{_part_name(number)}", _span(part), _count(part, "part", language))
            for number, part in enumerate(made.parts, 1)
            if any(made.item(one) for one in part)
        ]
        groups.append(Group(text("index.parts", language), items))
    # Of reports of one notebook, such as each pair of rounds, the last.
    front = {one.front: one for one in made.everything if one.front}
    findings = [made.item(front[place]) for place in sorted(front)]
    scales = _scales(study, made)
    up = "" if made.place else "../"
    return {
        **_around(study, language),
        "title": study_title(settings, study, language),
        "intro": _intro(study, language),
        "findings": [one for one in findings if one is not None][:_FINDINGS],
        "scales": scales,
        "scales_heading": phrase(headings["scales"][language], language, n=len(scales)),
        "map": Map((), (), False) if made.parts else _municipalities(study, made, made.everything),
        "groups": [one for one in groups if one.items],
        "other": Link(f"{up}{other}/index.html", text("index.language", other)),
    }


def _part(
    study: StudyFolder, made: _Made, part: Sequence[CatalogueEntry], number: int
) -> dict[str, Any]:
    """Gather what a page shows that lists a part of the municipalities."""
    language, other = made.language, _other(made.language)
    shown = replace(_municipalities(study, made, part), is_mapped=False)
    group = _group(part, made, text("index.municipalities", language))
    return {
        **_around(study, language),
        "title": _span(part),
        "intro": _count(part, "part_about", language),
        "up": Link("index.html", text("index.title", language)),
        "map": shown,
        "groups": [group] if group.items else [],
        "other": Link(f"../{other}/{_part_name(number)}", text("index.language", other)),
    }


def _around(study: StudyFolder, language: str) -> dict[str, Any]:
    """Gather what a page that lists reports has, whichever they are."""
    settings = study_settings(study)
    script = (TEMPLATES / "swt" / "search.js").read_text("utf-8")
    return {
        "language": language,
        "synthetic": is_synthetic(settings),
        "issued": issued(settings, language),
        "search": {"script": Markup(script), "digest": policy_hash(script)},
    }


def _part_name(number: int) -> str:
    return f"index-{number}.html"


def _count(part: Sequence[CatalogueEntry], key: str, language: str) -> str:
    return phrase(catalogue()["index"][key][language], language, n=len(part))


def _span(part: Sequence[CatalogueEntry]) -> str:
    """Say from which to which municipality a page goes."""
    first, last = (one.parameters["municipality"] for one in (part[0], part[-1]))
    return f"{first} – {last}"


def _intro(study: StudyFolder, language: str) -> str:
    """Say in three sentences what the study is."""
    rounds = [one for one in processed_rows(study, "rounds") if one["respondents"]]
    if not rounds:
        return text("index.intro_empty", language)
    note = processed_rows(study, "claims")
    last, years = rounds[-1], enumerate_words([one["round"] for one in rounds], language)
    return phrase(
        catalogue()["index"]["intro"][language],
        language,
        n=int(last["municipalities"] or last["respondents"]),
        answered=int(last["respondents"]),
        scales=len(processed_rows(study, "scales")),
        rounds=years,
        here_is=text("index.here_is_note" if note else "index.here_is", language),
    )


def _scales(study: StudyFolder, made: _Made) -> list[Scale]:
    """Give each scale with its poles and the picture of its report."""
    reports = {one.parameters.get("scale"): one for one in made.everything}
    found = []
    for row in processed_rows(study, "scales"):
        report = reports.get(int(row["scale"]))
        item = made.item(report) if report else None
        if item:
            words = (row[f"{one}_{made.language}"] for one in ("label", "left", "right"))
            found.append(Scale(item, row["scale"], *words))
    return found


def _municipalities(study: StudyFolder, made: _Made, reports: Sequence[CatalogueEntry]) -> Map:
    """Give a tile for each municipality with a report, by its last state of play."""
    rows = processed_rows(study, "municipality_rounds")
    states = {row["municipality"]: row["status"] for row in rows}
    labels = {
        row["code"]: row[f"label_{made.language}"]
        for row in processed_rows(study, "labels")
        if row["kind"] == "status"
    }
    places = {row["municipality"]: row for row in processed_rows(study, "municipality_places")}
    words, tiles = [*labels.values(), text("index.state_unknown", made.language)], []
    for report in reports:
        name = str(report.parameters.get("municipality"))
        item = made.item(report) if name in states else None
        if item:
            state = list(labels).index(states[name]) if states[name] in labels else -1
            row, column = (places.get(name, {}).get(f"map_{one}", "") for one in ("row", "column"))
            tiles.append(Tile(item.href, name, state, words[state], row, column))
    used = sorted({(one.state, one.words) for one in tiles}, key=lambda one: (one[0] < 0, one))
    return Map(tiles, used, all(one.row for one in tiles))


def _group(reports: Sequence[CatalogueEntry], made: _Made, heading: str) -> Group:
    anchors = _letters(reports) if len(reports) > _LONG else {}
    found = [made.item(one, anchors.get(one.name, "")) for one in reports]
    items = [one for one in found if one is not None]
    if anchors:  # of a long list the names: their findings are on their pages
        items = [replace(one, line="") for one in items]
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
