"""What a page shows of a notebook's Markdown and of one output after the other."""

import base64
from collections import Counter
from collections.abc import Mapping
from html.parser import HTMLParser
from importlib.metadata import version
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from bs4 import BeautifulSoup
from markupsafe import Markup
from nbconvert.filters.ansi import strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from swt_analysis.files import slugs
from swt_analysis.reports import downloads, tables
from swt_analysis.reports.citation import software
from swt_analysis.reports.formulas import mathml
from swt_analysis.reports.html import METADATA, SVG_KEY, Frame, Link, part
from swt_analysis.text import text

_KINDS = (  # what `Report` shows
    *("title", "numbers", "caption", "table", "listing", "claims", "filters", "figure", "fold"),
    "provenance",
)

_BESIDE = {"certainty", "source"}  # columns of a list that are set small: who says so, and where


class Writer:
    """Writes Markdown and outputs of one page, and numbers its figures and tables."""

    def __init__(self, frame: Frame, folder: Path) -> None:
        self._frame = frame
        self._language = frame.language
        self._counted: Counter[str] = Counter()
        self._markdown = _Markdown(frame.language, folder)
        self.finding = Markup("")  # what heads the page, once a cell has said it
        self.style = Markup("")  # what this page needs beside the style of all
        self._saves_claims_at_once = False

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

    def _numbers(self, data: Mapping[str, str], ours: Mapping[str, Any]) -> Markup:
        return part("numbers", numbers=ours["numbers"])

    def _caption(self, data: Mapping[str, str], ours: Mapping[str, Any]) -> Markup:
        return Markup("")  # for programs that show a picture without it

    def _table(self, data: Mapping[str, str], ours: Mapping[str, Any]) -> Markup:
        headers, cells, caption = ours["headers"], ours["cells"], ours["caption"]
        name, label = self._next("table")
        if len(cells) == 1 and not ours["folded"]:  # one row reads better as a list of terms
            terms = list(zip(headers, cells[0], strict=True))
            shown = part("terms", name=name, label=label, caption=caption, terms=terms)
        else:
            layout = tables.layout(headers, ours["kinds"], matrix=ours.get("matrix", False))
            needed = part("by_column_style", columns=len(headers)) if layout.by_column else ""
            if needed not in self.style:
                self.style += needed
            shown = self._region(tables.html(layout, cells, caption), name, label)
        return self._saved(shown, name, label, data, ours)

    def _listing(self, data: Mapping[str, str], ours: Mapping[str, Any]) -> Markup:
        """Write rows as a list, those with the same first cell under one head."""
        name, label = self._next("table")
        heads: dict[str, list[tuple[list[str], str]]] = {}
        for first, *others in ours["known"]:
            known = [one for one in zip(ours["names"][1:], others, strict=True) if one[1]]
            cells = [cell for column, cell in known if column not in _BESIDE]
            beside = "; ".join(cell for column, cell in known if column in _BESIDE)
            heads.setdefault(first, []).append((cells, beside))
        told: dict[str, Any] = {"caption": ours["caption"], "heads": heads}
        headed = any(cells for rows in heads.values() for cells, _ in rows)
        shown = part("listing", name=name, label=label, headed=headed, **told)
        return self._saved(shown, name, label, data, ours)

    def _claims(self, data: Mapping[str, str], ours: Mapping[str, Any]) -> Markup:
        name, label = self._next("table")
        claims = [dict(zip(ours["names"], row, strict=True)) for row in ours["known"]]
        verdicts, marks = ours["verdicts"], ours["marks"]
        shared = None
        if len(set(verdicts)) == 1:
            shared = {"verdict": verdicts[0], "mark": marks[0][0]}
            marks = [others for _, *others in marks]
            if len(claims) > 1 and len({one.get("reason", "") for one in claims}) == 1:
                shared["reason"] = claims[0].get("reason", "")
                claims = [one | {"reason": ""} for one in claims]
        told = list(zip(claims, verdicts, marks, strict=True))
        texts: dict[str, Any] = {"caption": ours["caption"], "language": self._language}
        shown = part("claims", name=name, label=label, claims=told, shared=shared, **texts)
        return self._saved(shown, name, label, data, ours)

    def _filters(self, data: Mapping[str, str], ours: Mapping[str, Any]) -> Markup:
        marks = [mark for choices in ours["facets"].values() for mark, _ in choices]
        self.style += part("filter_style", marks=marks)
        self._saves_claims_at_once = True
        link = self._csv(data, "", text("claims.as_csv", self._language))
        shown = part("filters", facets=ours["facets"], language=self._language)
        return shown + part("downloads", links=[link])

    def _saved(
        self,
        shown: Markup,
        name: str,
        label: str,
        data: Mapping[str, str],
        ours: Mapping[str, Any],
    ) -> Markup:
        """Add the link that saves rows as CSV, and fold them if that was asked for."""
        if not (ours["kind"] == "claims" and self._saves_claims_at_once):
            words = text("page.as_csv", self._language, what=label)
            shown += part("downloads", links=[self._csv(data, f"-{name}", words)])
        if not ours["folded"]:
            return shown
        return part("fold", summary=ours["caption"], content=shown, name=f"of-{ours['kind']}")

    def _csv(self, data: Mapping[str, str], ending: str, label: str) -> Markup:
        content, kind = data["text/csv"].encode(), "text/csv;charset=utf-8"
        return downloads.link(content, kind, name=f"{self._frame.name}{ending}.csv", label=label)

    def _figure(self, data: Mapping[str, str], ours: Mapping[str, Any]) -> Markup:
        name, label = self._next("figure")
        svg, svg_wide = (
            ours[one].replace(SVG_KEY, f"{self._frame.name}-{name}") for one in ("svg", "svg_wide")
        )
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
        drawn = {"svg": Markup(svg), "svg_wide": Markup(svg_wide)}
        figure = part("figure", **drawn, label=label, caption=ours["caption"])
        return figure + part("downloads", links=links)

    def _fold(self, data: Mapping[str, str], ours: Mapping[str, Any]) -> Markup:
        return part("fold", summary=ours["summary"], content=self.markdown(ours["body"]))

    def _provenance(self, data: Mapping[str, str], ours: Mapping[str, Any]) -> Markup:
        frame, language = self._frame, self._language
        own = frame.reference or text(
            "page.own_reference", language, title=frame.title, study=frame.study
        )
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
        self._counted[kind] += 1
        label = text(f"page.{kind}", self._language, n=self._counted[kind])
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


def links(content: Markup) -> list[Link]:
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
