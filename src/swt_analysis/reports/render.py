"""Executed notebooks to pages that open anywhere; the template is in ``templates/swt``."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from html.parser import HTMLParser
from itertools import groupby
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.ansi import strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from pygments import lex
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Operator, String, _TokenType

from swt_analysis.text import LANGUAGES, text

TEMPLATES = Path(__file__).parent / "templates"
# What a notebook tells the program (page.METADATA, not imported: page imports pandas).
HIDDEN = "application/vnd.swt+json"
# What the style sheet colours; marks on names and signs too would double the size of code.
_COLOURED = {Keyword: "b", Operator.Word: "b", String: "i", Comment: "em"}


@dataclass(frozen=True)
class Link:
    """A place to go to, and the words that say so; the words are text, not HTML."""

    href: str
    label: str


@dataclass(frozen=True)
class Frame:
    """What surrounds a report.

    Attributes
    ----------
    language : str
        ``nl`` or ``en``.
    title : str
        What the window and the bookmark say.
    other : Link
        The same report in the other language, labelled in that language.
    index : Link
    previous, next : Link or None
        The neighbours; None at either end.
    notebook : Link or None
        The executed notebook, beside the page.
    """

    language: str
    title: str
    other: Link
    index: Link
    previous: Link | None
    next: Link | None
    notebook: Link | None = None


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


def page(notebook: NotebookNode, frame: Frame) -> str:
    """Write an executed notebook as a page.

    Results stand in their order; all code is folded at the end. Warnings on the error stream
    stay in the notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    frame : Frame

    Returns
    -------
    str
        HTML that asks nothing of the network and holds no script of ours. The same notebook
        gives the same bytes.

    Raises
    ------
    ValueError
        If a picture has no text alternative.
    """
    html, _ = _exporter().from_notebook_node(notebook, {"frame": frame})
    return html


def faulty_cell(notebook: NotebookNode, language: str) -> int | None:
    """Find the first cell that `page` raises of; None if it is none of them.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    language : str

    Returns
    -------
    int or None
        Its place, as papermill counts: from 0, the cell with the parameters included.
    """
    for number, cell in enumerate(notebook.cells):
        try:
            if cell.cell_type == "markdown":
                _headings(_markdown(cell.source))
            for output in cell.get("outputs", []):
                _headings(_shown(output, language))
        except Exception:
            return number
    return None


def index_page(
    *,
    language: str,
    title: str,
    intro: str,
    groups: Sequence[Group],
    other: Link,
    finding: Link | None = None,
) -> str:
    """Write the list of reports in one language.

    Parameters
    ----------
    language : str
    title, intro : str
        The heading, and a sentence or two below it.
    groups : sequence of Group
    other : Link
        The index in the other language, labelled in that language.
    finding : Link, optional
        What a reader should see first, and where it is told.

    Returns
    -------
    str
        HTML.
    """
    contents = [Link(f"#group-{i}", group.heading) for i, group in enumerate(groups, start=1)]
    return (
        _environment()
        .get_template("groups.html.j2")
        .render(
            language=language,
            title=title,
            intro=intro,
            groups=groups,
            other=other,
            contents=contents,
            finding=finding,
            search=_search(),
        )
    )


def front_page(title: str, links: Sequence[Link]) -> str:
    """Write the page where a reader chooses a language.

    Parameters
    ----------
    title : str
        In Dutch, the language of the page.
    links : sequence of Link
        The indexes in the order of `swt_analysis.text.LANGUAGES`, each labelled in its own.

    Returns
    -------
    str
        HTML.
    """
    template = _environment().get_template("front.html.j2")
    languages = list(zip(LANGUAGES, links, strict=True))
    return template.render(language=LANGUAGES[0], title=title, links=languages)


@dataclass(frozen=True)
class _Search:
    """The script of the index that finds reports in it, and what a security policy calls it."""

    script: Markup
    digest: str


def _search() -> _Search:
    script = (TEMPLATES / "swt" / "search.js").read_text("utf-8")
    return _Search(Markup(script), policy_hash(script))


def policy_hash(script: str) -> str:
    """Name a script as a security policy does (W3C, Content Security Policy Level 3, 2.3.1)."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


@cache
def _exporter() -> TemplateExporter:
    # Not HTMLExporter: it would parse each page again, to give pictures without an
    # alternative an English placeholder.
    exporter = TemplateExporter(  # type: ignore[no-untyped-call]
        file_extension=".html",
        template_name="swt",
        extra_template_basedirs=[str(TEMPLATES)],
    )
    environment = exporter.environment
    environment.autoescape = environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters.update(
        headings=_headings, highlight=_highlighted, markdown=_markdown, show=_shown
    )
    environment.globals.update(
        text=text, switched=dict(zip(LANGUAGES, reversed(LANGUAGES), strict=True))
    )
    return exporter


def _environment() -> Environment:
    environment: Environment = _exporter().environment
    return environment


def _shown(output: NotebookNode, language: str) -> Markup:
    """HTML of one output; empty if a reader has no business with it."""
    if output.output_type == "stream":
        return _printed(output.text, language) if output.name == "stdout" else Markup("")
    if output.output_type == "error":
        return _printed("\n".join(output.traceback), language)
    data = output.data
    if "text/html" in data:
        return Markup(data["text/html"])
    if HIDDEN in data:
        return Markup("")
    if "text/markdown" in data:
        return _markdown(data["text/markdown"])
    for kind in ("image/png", "image/jpeg", "image/svg+xml"):
        if kind not in data:
            continue
        alternative = output.metadata.get(kind, {}).get("alt", "").strip()
        if kind == "image/svg+xml" or not alternative:
            raise ValueError(
                "a picture has no text alternative: show it in a <figure> that says what it "
                f'tells, or with display(figure, metadata={{"{kind}": {{"alt": "..."}}}})'
            )
        source = f"data:{kind};base64,{''.join(data[kind].split())}"
        return Markup('<figure><img src="{}" alt="{}"></figure>').format(source, alternative)
    return _printed(data.get("text/plain", ""), language)


def _printed(output: str, language: str) -> Markup:
    if not output.strip():
        return Markup("")
    region = Markup('<pre role="region" tabindex="0" aria-label="{}">{}</pre>')
    plain = strip_ansi(output)  # type: ignore[no-untyped-call]
    return region.format(text("page.printed", language), plain)


def _markdown(source: str) -> Markup:
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return Markup(MarkdownWithMath(renderer=renderer).render(source))


@lru_cache(maxsize=500)  # the reports of one notebook share their code
def _highlighted(code: str) -> Markup:
    """Colour code, with a mark only where the style sheet has a colour."""
    parts = []
    for colour, tokens in groupby(lex(code, PythonLexer()), key=lambda token: _colour(token[0])):
        words = escape("".join(value for _, value in tokens), quote=False)
        parts.append(f"<{colour}>{words}</{colour}>" if colour else words)
    return Markup("".join(parts))


def _colour(kind: _TokenType) -> str:
    return next((tag for family, tag in _COLOURED.items() if kind in family), "")


def _headings(content: Markup) -> list[Link]:
    """Links to the second-level headings; raises if a picture has no text alternative."""
    outline = _Outline()
    outline.feed(str(content))  # its parts are text again, not Markup that escapes
    outline.close()
    if outline.nameless:
        raise ValueError(
            f"a picture has no text alternative, or is not hidden: {outline.nameless[0][:80]}"
        )
    return [Link(f"#{key}", " ".join(label.split())) for key, label in outline.headings]


class _Outline(HTMLParser):
    """What a page's table of contents needs; a tree of the whole would take most of its time.

    Attributes
    ----------
    headings : list of (str, str)
        The id and the text of each ``h2`` that has an id.
    nameless : list of str
        The tag of each picture that has no alternative and is not hidden.
    """

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[tuple[str, str]] = []
        self.nameless: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "h2" and given.get("id"):
            self.headings.append((str(given["id"]), ""))
            self._inside = tag
        elif tag == "img" and "alt" not in given:
            self.nameless.append(str(self.get_starttag_text()))
        elif tag == "svg":
            hidden = given.get("aria-hidden") == "true"
            if not (hidden or given.get("aria-label") or given.get("aria-labelledby")):
                self.nameless.append(str(self.get_starttag_text()))
                self._inside = tag
        elif tag == "title" and self._inside == "svg":
            self.nameless.pop()
            self._inside = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "h2":
            key, label = self.headings[-1]
            self.headings[-1] = (key, label + data)
