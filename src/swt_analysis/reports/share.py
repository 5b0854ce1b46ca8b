"""Chosen reports in one file to hand on, with links that work wherever it is unpacked."""

import re
from collections.abc import Iterable
from pathlib import Path
from posixpath import join, normpath
from typing import Any
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.dammit import EntitySubstitution
from bs4.formatter import HTMLFormatter

INDEX = "index.html"
# A drawing holds no links, and parsing it takes most of the time.
_DRAWN = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_LISTING = re.compile(r"(^|/)index(-\d+)?\.html$")
_LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"')


class _AsWritten(HTMLFormatter):
    """Writes a page as ours are written: attributes in their order, no slash in empty tags."""

    def attributes(self, tag: Tag) -> Iterable[tuple[str, Any]]:
        return tag.attrs.items()


_FORMAT = _AsWritten(
    entity_substitution=EntitySubstitution.substitute_xml, void_element_close_prefix=""
)


def shared(reports: Path, pages: Iterable[str]) -> dict[str, bytes]:
    """Gather pages, their indexes and the files that they link to.

    Parameters
    ----------
    reports : Path
        The study's folder of reports.
    pages : iterable of str
        Places of pages in it, such as ``nl/overview.html``.

    Returns
    -------
    dict of str to bytes
        Files by their place. A link to what is not among them is text, or is left out with its
        line of a list if that only served to go there; an index lists what is there.
    """
    pages = set(pages)
    packed = pages | {INDEX} | {join(page.partition("/")[0], INDEX) for page in pages}
    packed |= {part for part in _parts(reports, packed) if pages & _linked(reports, part)}
    sources = {page: (reports / page).read_text("utf-8") for page in packed}
    linked = {
        place
        for page, source in sources.items()
        for href in _LINK.findall(source)
        if (place := _place(page, href)) is not None
        and not place.endswith(".html")
        and (reports / place).is_file()
    }
    there = packed | linked
    files = {place: (reports / place).read_bytes() for place in linked}
    files |= {page: _living(page, source, there).encode() for page, source in sources.items()}
    return dict(sorted(files.items()))


def _parts(reports: Path, packed: set[str]) -> set[str]:
    """Give the pages on which the indexes list more, such as municipalities where they are many."""
    linked = {place for page in packed if page.endswith(INDEX) for place in _linked(reports, page)}
    return {one for one in linked if one and _LISTING.search(one) and (reports / one).is_file()}


def _linked(reports: Path, page: str) -> set[str | None]:
    """Give the places to which a page links."""
    source = (reports / page).read_text("utf-8")
    return {_place(page, href) for href in _LINK.findall(source)}


def _place(page: str, href: str) -> str | None:
    """Where a link in a page leads among the reports; None if not to another of their files."""
    parts = urlsplit(href)
    if parts.scheme or parts.netloc or not parts.path:
        return None
    place = normpath(join(page, "..", unquote(parts.path)))
    return None if place.startswith(("..", "/")) else place


def _living(page: str, source: str, there: set[str]) -> str:
    """Give a page in which no link leads to what is not there; untouched if none does."""

    def dead(href: str) -> bool:
        place = _place(page, href)
        return place is not None and place not in there

    if not any(dead(href) for href in _LINK.findall(source)):
        return source
    drawings = _DRAWN.findall(source)
    soup = BeautifulSoup(_DRAWN.sub("<svg></svg>", source), "html.parser")
    if len(soup.find_all("svg")) != len(drawings):
        raise ValueError(f"{page}: a drawing is not closed")
    for number, mark in enumerate(soup.find_all("svg")):
        mark.string = f"\0{number}\0"
    listing = _LISTING.search(page)
    for link in soup.find_all("a", href=True):
        if dead(str(link["href"])):
            item = link.find_parent("li")
            if item is not None and (listing or link.find_parent("nav")):
                _remove(item)
            else:
                link.name = "span"
                for name in set(link.attrs) - {"lang", "class"}:
                    del link[name]
    for link in soup.select("a[href^='#']"):
        if soup.find(id=str(link["href"])[1:]) is None:
            _remove(link.find_parent("li") or link)
    shown = soup.decode(formatter=_FORMAT)
    return re.sub(r"<svg>\0(\d+)\0</svg>", lambda mark: drawings[int(mark[1])], shown)


def _remove(part: Tag) -> None:
    """Take a part out, and the list, section or navigation that holds nothing else to go to."""
    above = part.parent
    part.decompose()
    while above is not None and above.name not in ("main", "body", "[document]"):
        if above.find(["a", "li"]) is not None:
            return
        part, above = above, above.parent
        part.decompose()
