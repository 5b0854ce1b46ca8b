"""Executed notebooks to pages that open anywhere; the template is in ``templates/swt``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from markupsafe import Markup
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from pygments import lex
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Operator, String, _TokenType
from traitlets import default

from swt_analysis.reports.catalogue import headings
from swt_analysis.reports.html import TEMPLATES, Frame, Link, part, prepared
from swt_analysis.reports.outputs import Writer, links
from swt_analysis.reports.parameters import given_language
from swt_analysis.text import LANGUAGES

# What the style sheet colours; marks on names and signs too would double the size of code.
_COLOURED = {Keyword: "b", Operator.Word: "b", String: "i", Comment: "em"}
_HERE = Path()


@dataclass(frozen=True)
class Body:
    """What a page shows of a notebook.

    Attributes
    ----------
    lead : Markup
        What was found, and what the report is about.
    content : Markup
        Its Markdown and what its cells show, in their order.
    contents : list of Link
        To its sections.
    code : list of str
        The code of its cells.
    style : Markup
        Style of this page alone.
    """

    lead: Markup
    content: Markup
    contents: list[Link]
    code: list[str]
    style: Markup


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
    return PageExporter(optimistic_validation=True)  # type: ignore[no-untyped-call]  # checked once


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
    writer, sections, intro = Writer(frame, folder), [_Section()], Markup("")
    for number, cell in enumerate(notebook.cells):
        try:
            if cell.cell_type == "markdown" and not is_other(cell, frame.language):
                source = cell.source.lstrip()
                is_title = source.startswith("# ")
                if source.startswith("#") and not is_title:
                    sections.append(_Section())
                if is_title:  # the page has its title already
                    source = source.partition("\n")[2]
                written = writer.markdown(source, cell.get("attachments"))
                if is_title:
                    intro = part("intro", content=written)
                    links(intro)  # tells a picture without an alternative
                else:
                    sections[-1].add([written])
            elif cell.cell_type == "code":
                shown = list(filter(None, (writer.output(one) for one in cell.outputs)))
                sections[-1].add(shown)
                sections[-1].cells += 1
                sections[-1].cells_shown += bool(shown)
        except Exception as error:
            raise CellError(number, error) from error
    first, *others = sections
    kept = [first, *(section for section in others if section.is_kept)]
    parts = [one for section in kept for one in section.parts]
    code = [one.source for one in notebook.cells if one.cell_type == "code" and one.source.strip()]
    return Body(
        writer.finding + intro,
        Markup("\n").join(filter(None, parts)),
        [link for section in kept for link in section.links],
        code,
        writer.style,
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
        self.links += [link for one in shown for link in links(one)]

    @property
    def is_kept(self) -> bool:
        return self.cells == 0 or self.cells_shown > 0


def is_other(cell: NotebookNode, language: str) -> bool:
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
