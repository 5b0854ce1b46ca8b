"""Executed notebooks to pages that open anywhere; the template is in ``templates/swt``."""

from functools import cache, lru_cache
from html import escape
from html.parser import HTMLParser
from itertools import groupby

from markupsafe import Markup
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.ansi import strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from pygments import lex
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Operator, String, _TokenType

from swt_analysis.reports.html import METADATA, TEMPLATES, Frame, Link, part, prepared

HIDDEN = METADATA
# What the style sheet colours; marks on names and signs too would double the size of code.
_COLOURED = {Keyword: "b", Operator.Word: "b", String: "i", Comment: "em"}


def page(notebook: NotebookNode, frame: Frame) -> str:
    """Write an executed notebook as a page.

    Results stand in their order; all code is folded at the end. Warnings on the error stream
    stay in the notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Executed; it is left as it was.
    frame : Frame
        What surrounds it: title, languages, neighbours.

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
        Executed.
    language : str
        ``nl`` or ``en``.

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


@cache
def _exporter() -> TemplateExporter:
    # Not HTMLExporter: it would parse each page again, to give pictures without an
    # alternative an English placeholder.
    exporter = TemplateExporter(
        file_extension=".html",
        template_name="swt",
        extra_template_basedirs=[str(TEMPLATES)],
    )
    environment = prepared(exporter.environment)
    environment.filters.update(
        headings=_headings, highlight=highlighted, markdown=_markdown, show=_shown
    )
    return exporter


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
        return part("picture", source=source, alternative=alternative)
    return _printed(data.get("text/plain", ""), language)


def _printed(output: str, language: str) -> Markup:
    if not output.strip():
        return Markup("")
    return part("printed", output=strip_ansi(output), language=language)


def _markdown(source: str) -> Markup:
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return Markup(MarkdownWithMath(renderer=renderer).render(source))


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
