"""Executed notebooks to pages that open anywhere; the template is in ``templates/swt``."""

import base64
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from html import escape
from html.parser import HTMLParser
from importlib.metadata import version
from itertools import groupby
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from bs4 import BeautifulSoup
from markupsafe import Markup
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.ansi import strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from pygments import lex
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Operator, String, _TokenType
from traitlets import default

from swt_analysis.files import slugs
from swt_analysis.reports import downloads
from swt_analysis.reports.catalogue import headings
from swt_analysis.reports.citation import software
from swt_analysis.reports.formulas import mathml
from swt_analysis.reports.html import METADATA, SVG_KEY, TEMPLATES, Frame, Link, part, prepared
from swt_analysis.reports.parameters import given_language
from swt_analysis.text import LANGUAGES, text

# What the style sheet colours; marks on names and signs too would double the size of code.
_COLOURED = {Keyword: "b", Operator.Word: "b", String: "i", Comment: "em"}
_HERE = Path()
_KINDS = ("title", "caption", "table", "figure", "methods", "provenance")  # what `Report` shows


@dataclass(frozen=True)
class Body:
    """What a page shows of a notebook.

    Attributes
    ----------
    content : Markup
        Its Markdown and what its cells show, in their order.
    contents : list of Link
        To its sections.
    code : list of str
        The code of its cells.
    """

    content: Markup
    contents: list[Link]
    code: list[str]


class CellError(ValueError):
    """A cell cannot be shown; ``number`` is its place, as papermill counts, from 0."""

    def __init__(self, number: int, error: Exception) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.number = number


class PageExporter(TemplateExporter):
    """A notebook as a page of HTML that opens anywhere: ``jupyter nbconvert --to swt``.

    Not an ``HTMLExporter``: it would parse each page again, to give pictures without an
    alternative an English placeholder.
    """

    export_from_notebook = "Report page (swt)"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("template_name")
    def _template_name_default(self) -> str:
        return "swt"

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self) -> list[str]:
        return [str(TEMPLATES)]

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Write an executed notebook as a page; ``resources["frame"]`` is what surrounds it."""
        prepared(self.environment).filters["highlight"] = highlighted
        resources = dict(resources or {})
        frame = resources.setdefault("frame", _own_frame(nb, resources))
        folder = Path(resources.get("metadata", {}).get("path", ""))
        resources["report"] = body(nb, frame, folder)
        html: tuple[str, dict[str, Any]] = super().from_notebook_node(nb, resources, **kw)
        return html


def page(notebook: NotebookNode, frame: Frame, folder: Path = _HERE) -> str:
    """Write an executed notebook as a page.

    Results stand in their order; all code is folded at the end. Warnings on the error stream
    stay in the notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Executed; it is left as it was.
    frame : Frame
        What surrounds it: title, languages, neighbours.
    folder : Path
        Where the pictures are that its Markdown names; they become part of the page.

    Returns
    -------
    str
        HTML that asks nothing of the network and holds no script of ours. The same notebook
        gives the same bytes.

    Raises
    ------
    CellError
        If a cell cannot be shown, such as a picture without a text alternative.
    """
    resources = {"frame": frame, "metadata": {"path": str(folder)}}
    html, _ = _exporter().from_notebook_node(notebook, resources)
    return html


@cache
def _exporter() -> PageExporter:
    return PageExporter()  # type: ignore[no-untyped-call]


def _own_frame(notebook: NotebookNode, resources: Mapping[str, Any]) -> Frame:
    """Make a frame for a notebook that is exported by itself."""
    name = str(resources.get("metadata", {}).get("name", "notebook"))
    language = given_language(notebook) or LANGUAGES[0]
    return Frame(name, language, headings(notebook, name)[language])


def body(notebook: NotebookNode, frame: Frame, folder: Path = _HERE) -> Body:
    """Gather what a page shows of an executed notebook, in one language.

    What was found comes first. A section, from one heading to the next, is left out if it has
    cells of code and none of them shows anything.

    Raises
    ------
    CellError
        If a cell cannot be shown, such as a picture without a text alternative.
    """
    writer, sections = _Writer(frame, folder), [_Section()]
    for number, cell in enumerate(notebook.cells):
        try:
            if cell.cell_type == "markdown" and not _is_other(cell, frame.language):
                source = cell.source.lstrip()
                is_title = source.startswith("# ")
                if source.startswith("#") and not is_title:
                    sections.append(_Section())
                if is_title:  # the page has its title already
                    source = source.partition("\n")[2]
                written = writer.markdown(source, cell.get("attachments"))
                sections[-1].add([part("intro", content=written) if is_title else written])
            elif cell.cell_type == "code":
                shown = list(filter(None, (writer.output(one) for one in cell.outputs)))
                sections[-1].add(shown)
                sections[-1].cells += 1
                sections[-1].cells_shown += bool(shown)
        except Exception as error:
            raise CellError(number, error) from error
    first, *others = sections
    kept = [first, *(section for section in others if section.is_kept)]
    parts = [writer.finding, *(one for section in kept for one in section.parts)]
    code = [one.source for one in notebook.cells if one.cell_type == "code" and one.source.strip()]
    return Body(
        Markup("\n").join(filter(None, parts)),
        [link for section in kept for link in section.links],
        code,
    )


@dataclass
class _Section:
    """A part of a page, from one heading to the next, and whether its cells show anything."""

    parts: list[Markup] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    cells: int = 0
    cells_shown: int = 0

    def add(self, shown: list[Markup]) -> None:
        self.parts += shown
        self.links += [link for one in shown for link in _links(one)]

    @property
    def is_kept(self) -> bool:
        return self.cells == 0 or self.cells_shown > 0


class _Writer:
    """Writes Markdown and outputs of one page, and numbers its figures and tables."""

    def __init__(self, frame: Frame, folder: Path) -> None:
        self._frame = frame
        self._language = frame.language
        self._numbers: Counter[str] = Counter()
        self._markdown = _Markdown(frame.language, folder)
        self.finding = Markup("")  # what heads the page, once a cell has said it

    def markdown(self, source: str, attachments: Mapping[str, Any] | None = None) -> Markup:
        """Write Markdown, with its headings as places to link to and its formulas as MathML."""
        self._markdown.attachments = dict(attachments or {})
        return Markup(MarkdownWithMath(renderer=self._markdown).render(source))

    def output(self, output: NotebookNode) -> Markup:
        """Write one output; empty if a reader has no business with it."""
        if output.output_type == "stream":
            return self._printed(output.text) if output.name == "stdout" else Markup("")
        if output.output_type == "error":
            return self._printed("\n".join(output.traceback))
        data = output.data
        ours = data.get(METADATA, {})
        if ours.get("kind") in _KINDS:
            return Markup(getattr(self, f"_{ours['kind']}")(data, ours))
        if "text/html" in data:
            return self._html(data["text/html"])
        if "text/markdown" in data:
            return self.markdown(data["text/markdown"])
        for kind in ("image/png", "image/jpeg", "image/svg+xml"):
            if kind in data:
                return self._picture(kind, data[kind], output.metadata.get(kind, {}).get("alt"))
        return Markup("") if ours else self._printed(data.get("text/plain", ""))

    def _title(self, data: Mapping[str, str], ours: Mapping[str, Any]) -> Markup:
        self.finding = part("finding", content=self.markdown(data["text/markdown"]))
        return Markup("")

    def _caption(self, data: Mapping[str, str], ours: Mapping[str, Any]) -> Markup:
        return Markup("")  # for programs that show a picture without it

    def _table(self, data: Mapping[str, str], ours: Mapping[str, Any]) -> Markup:
        name, label = self._next("table")
        table = self._region(data["text/html"], name, label)
        link = downloads.link(
            data["text/csv"].encode(),
            "text/csv;charset=utf-8",
            name=f"{self._frame.name}-{name}.csv",
            label=text("page.as_csv", self._language, what=label),
        )
        table += part("downloads", links=[link])
        return part("fold", summary=ours["caption"], content=table) if ours["folded"] else table

    def _figure(self, data: Mapping[str, str], ours: Mapping[str, Any]) -> Markup:
        name, label = self._next("figure")
        svg = ours["svg"].replace(SVG_KEY, f"{self._frame.name}-{name}")
        files = {
            "svg": ("image/svg+xml", downloads.standalone(svg).encode()),
            "png": ("image/png", base64.b64decode(data["image/png"])),
        }
        links = [
            downloads.link(
                content,
                kind,
                name=f"{self._frame.name}-{name}.{ending}",
                label=text(f"page.as_{ending}", self._language, what=label),
            )
            for ending, (kind, content) in files.items()
        ]
        figure = part("figure", svg=Markup(svg), label=label, caption=ours["caption"])
        return figure + part("downloads", links=links)

    def _methods(self, data: Mapping[str, str], ours: Mapping[str, Any]) -> Markup:
        return part("fold", summary=ours["summary"], content=self.markdown(ours["body"]))

    def _provenance(self, data: Mapping[str, str], ours: Mapping[str, Any]) -> Markup:
        frame, language = self._frame, self._language
        own = text("page.own_reference", language, title=frame.title, study=frame.study)
        return part(
            "provenance",
            sources=list(map(Markup, ours["sources"])),
            references=[own, software(language)],
            made_with=text("page.made", language, version=version("swt-analysis")),
            command=f"swt report {frame.name}",
            hashes=sorted(ours["tables"].items()),
            language=language,
        )

    def _html(self, html: str) -> Markup:
        """Write HTML of any program; a DataFrame becomes a table like ours."""
        if 'class="dataframe"' not in html:
            return Markup(html)
        soup = BeautifulSoup(html, "html.parser")
        for style in soup.find_all("style"):
            style.decompose()
        table = soup.find("table")
        assert table is not None
        for scope, cells in {"col": "thead th", "row": "tbody th"}.items():
            for cell in table.select(cells):
                cell["scope"] = scope
                if not cell.get_text(strip=True):
                    cell.name = "td"
                    del cell["scope"]
        for name in ("border", "class"):
            del table[name]
        return self._region(
            str(table).replace("<table>", "<table><caption><span></span></caption>", 1),
            *self._next("table"),
        )

    def _region(self, table: str, name: str, label: str) -> Markup:
        """Give a table its number, and let it scroll by itself where it is too wide."""
        caption = part("numbered", name=name, label=label)
        return part("region", name=name, table=Markup(table.replace("<caption><span>", caption, 1)))

    def _picture(self, kind: str, content: str, alternative: str | None) -> Markup:
        if kind == "image/svg+xml" or not (alternative or "").strip():
            raise ValueError(
                "a picture has no text alternative: show it with report.figure(ax, ..., "
                'alt_nl="...", alt_en="..."), or with display(figure, '
                f'metadata={{"{kind}": {{"alt": "..."}}}})'
            )
        source = f"data:{kind};base64,{''.join(content.split())}"
        return part("picture", source=source, alternative=alternative)

    def _printed(self, output: str) -> Markup:
        if not output.strip():
            return Markup("")
        return part("printed", output=strip_ansi(output), language=self._language)

    def _next(self, kind: str) -> tuple[str, str]:
        """Give the next table or figure its name for files and ids, and that for readers."""
        self._numbers[kind] += 1
        label = text(f"page.{kind}", self._language, n=self._numbers[kind])
        return label.lower().replace(" ", "-"), label


class _Markdown(IPythonRenderer):
    """Markdown to HTML: headings get an id, formulas become MathML, pictures are in it."""

    def __init__(self, language: str, folder: Path) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self._language = language
        self._folder = folder
        self._headings: list[str] = []

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        self._headings.append(BeautifulSoup(text, "html.parser").get_text())
        return f'<h{level} id="{slugs(self._headings)[-1]}">{text}</h{level}>\n'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Embed a picture that lies beside the notebook; IPython's way would change other HTML."""
        file = self._folder / unquote(url)
        if not url.startswith(("data:", "attachment:")) and file.is_file():
            kind = guess_type(file.name)[0]
            url = f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"
        return str(super().image(text, url, title))

    def block_math(self, body: str) -> str:
        formula = Markup(mathml(body.strip(), "block"))
        return str(part("formula", mathml=formula, language=self._language))

    def inline_math(self, body: str) -> str:
        return mathml(body.strip(), "inline")


def _is_other(cell: NotebookNode, language: str) -> bool:
    """Whether a cell of Markdown is in another language only."""
    tags = set(cell.metadata.get("tags", ())) & set(LANGUAGES)
    return bool(tags) and language not in tags


@lru_cache(maxsize=500)  # the reports of one notebook share their code
def highlighted(code: str) -> Markup:
    """Colour code, with a mark only where the style sheet has a colour."""
    tokens = groupby(lex(code, PythonLexer()), key=lambda token: _element(token[0]))
    pieces = [(element, _text("".join(value for _, value in run))) for element, run in tokens]
    return part("code", pieces=pieces)


def _text(content: str) -> Markup:
    """Escape what is no attribute, with quotes as they are: in code they are many."""
    return Markup(escape(content, quote=False))


def _element(kind: _TokenType) -> str:
    return next((tag for family, tag in _COLOURED.items() if kind in family), "")


def _links(content: Markup) -> list[Link]:
    """Links to the second-level headings; raises if a picture has no text alternative."""
    outline = _Outline()
    outline.feed(str(content))  # its parts are text again, not Markup that escapes
    outline.close()
    if outline.nameless:
        raise ValueError(
            f"a picture has no text alternative, or is not hidden: {outline.nameless[0][:80]}"
        )
    if outline.outside:
        raise ValueError(
            f"the picture {outline.outside[0]!r} is not beside the notebook: put the file there, "
            "for a page asks nothing of the network"
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
    outside : list of str
        The place of each picture that is not in the page itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[tuple[str, str]] = []
        self.nameless: list[str] = []
        self.outside: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "h2" and given.get("id"):
            self.headings.append((str(given["id"]), ""))
            self._inside = tag
        elif tag == "img" and "alt" not in given:
            self.nameless.append(str(self.get_starttag_text()))
        elif tag == "img" and not str(given.get("src")).startswith("data:"):
            self.outside.append(str(given.get("src")))
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
