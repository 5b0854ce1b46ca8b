"""Pages as Word documents, to edit and comment: made of the page, so that they say the same."""

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement, PreformattedString
from docx.document import Document
from docx.image.exceptions import UnrecognizedImageError
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from swt_analysis.files import digest
from swt_analysis.reports import word_parts as parts
from swt_analysis.reports.beside import WORD, CopyError, made_from
from swt_analysis.reports.omml import omml
from swt_analysis.reports.word_parts import Cell, node

# What only a page has: code, files to save, ways to other places, fields to search and choose.
LEFT_OUT = (
    "details.code, .contents, .downloads, .filters, nav, script, style, template, button, input, "
    "select, label, legend, [role=search], [hidden]"
)
_BLOCKS = {
    *("address", "article", "aside", "blockquote", "caption", "details", "dd", "div", "dl", "dt"),
    *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "ul"),
}
_LINES = ".under, .claims :is(small, span)"  # what the style sheet sets on a line of its own
_HEADINGS = {"h1": "Title", **{f"h{level}": f"Heading {level - 1}" for level in range(2, 7)}}
_CLASSES = {"finding": "Subtitle", "synthetic": "Intense Quote"}
_PICTURES = ("svg", "img")
_Letters = Mapping[str, str | bool]
_BOLD: _Letters = {"bold": True}
_ITALIC: _Letters = {"italic": True}
_MONOSPACED: _Letters = {"style": "HTMLCode"}
# What an element does to the letters in it.
_LETTERS: dict[str, _Letters] = {
    **dict.fromkeys(("b", "strong", "dt"), _BOLD),
    **dict.fromkeys(("i", "em", "cite"), _ITALIC),
    **dict.fromkeys(("code", "kbd", "samp"), _MONOSPACED),
    "pre": {"kept": True},
    "small": {"style": "Source"},
    "sub": {"place": "subscript"},
    "sup": {"place": "superscript"},
}
_SPACE = re.compile(r"[ \t\n\r\f]+")  # no-break spaces stay
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\xad\ufffe\uffff]|&shy;")
_NUMBERED = re.compile(r"(\w+ )(\d+)(\.)")
_PNG = "data:image/png;base64,"


def word(page: Path) -> bytes:
    """Write a page as a Word document.

    Headings, captions, lists and links are Word's own; tables repeat their headers; pictures have
    their text alternative; what is folded is there under a heading. Left out is what only a page
    has: code, files to save, ways to other pages.

    Parameters
    ----------
    page : Path
        An HTML file of ours.

    Returns
    -------
    bytes
        A ``.docx``, the same each time: instead of dates it has the hash of the page.

    Raises
    ------
    CopyError
        If what is there now was edited, or not made here; it stays as it is.
    """
    there = page.with_suffix(WORD)
    if there.exists() and made_from(there) is None:
        raise CopyError(
            f"{there.name} was edited, or made by other means, and stays as it is: give it "
            "another name, and swt report --word makes a new one"
        )
    content = page.read_bytes()
    soup = BeautifulSoup(_UNWRITABLE.sub("", content.decode("utf-8")), "html.parser")
    html, main, title = (soup.find(name) for name in ("html", "main", "title"))
    if html is None or main is None or title is None:
        raise CopyError(f"{page.name} is no report: it has no title or no main part")
    author = soup.find("meta", attrs={"name": "author"})
    language = str(html["lang"])
    document = parts.blank(
        language,
        title=_told(title),
        author=str(author["content"]) if isinstance(author, Tag) else "",
        made_from=digest(content),
    )
    writer = _Writer(document, main, language)
    for part in (main, *soup.select("footer .issued")):
        writer.blocks(part)
    return parts.packed(document)


def _told(part: Tag) -> str:
    return _SPACE.sub(" ", part.get_text()).strip()


class _Writer:
    """Writes the blocks of a page, one after another, at the end of a document."""

    def __init__(self, document: Document, main: Tag, language: str) -> None:
        self._document = document
        self._language = language
        self._left_out = {id(part) for part in main.select(LEFT_OUT)}
        self._lines = {id(part) for part in main.select(_LINES)}
        self._spaced = {id(part) for part in main.select(".verdict")}
        self._level = 1  # of the last heading
        self._depth = 0  # of the list
        self._mark = ("", "")  # style and numbering of the next paragraph in a list
        self._at_start = True  # where a space would be seen
        self._is_below_table = False

    def blocks(self, part: Tag, style: str = "Normal") -> None:
        """Write what is in a part: each block by itself, and text between blocks as a paragraph."""
        loose: list[PageElement] = []
        for child in part.children:
            if id(child) in self._left_out:
                continue
            if isinstance(child, Tag) and child.name in _BLOCKS:
                self._paragraph(loose, style)
                loose = []
                self._block(child, style)
            else:
                loose.append(child)
        self._paragraph(loose, style)

    def _block(self, part: Tag, style: str) -> None:
        name = part.name
        if name in ("ul", "ol"):
            self._list(part)
        elif name == "table":
            self._table(part)
        elif name == "details":
            self._details(part)
        elif name in ("caption", "figcaption") or "caption" in part.get_attribute_list("class"):
            self._caption(part)
        elif name in _HEADINGS:
            self._level = int(name[1])
            self._paragraph([part], _HEADINGS[name])
        elif name == "pre":
            self._paragraph([part], "macro")
        elif name == "dl":
            self._terms(part)
        else:
            known = [_CLASSES[one] for one in part.get_attribute_list("class") if one in _CLASSES]
            self.blocks(part, "Quote" if name == "blockquote" else [style, *known][-1])

    def _details(self, part: Tag) -> None:
        """Write what is folded, under a heading of its own; nothing if only a page has it."""
        summary = part.find("summary", recursive=False)
        folded = [one for one in part.children if one is not summary and _has_text(one)]
        if all(id(one) in self._left_out for one in folded):
            return
        level = self._level
        if isinstance(summary, Tag) and not _heads_table(summary.extract(), part):
            self._paragraph([summary], f"Heading {level}")
        self._level += 1
        self.blocks(part)
        self._level = level

    def _list(self, part: Tag) -> None:
        """Write a list; what more an item has than one paragraph follows without a mark."""
        self._depth += 1
        below = "" if self._depth == 1 else f" {min(self._depth, 3)}"
        style, key = f"List Bullet{below}", ""
        if part.name == "ol":
            style = f"List Number{below}"
            key = parts.add_list(self._document, style, _whole(part, "start"))
        for item in part.find_all("li", recursive=False):
            self._mark = style, key
            self.blocks(item, f"List Continue{below}")
        self._mark = "", ""
        self._depth -= 1

    def _terms(self, part: Tag) -> None:
        """Write terms, each beside what is said of it."""
        paragraph = None
        for one in part.find_all(["dt", "dd"]):
            if paragraph is None or one.name == "dt":
                paragraph = self._new("Terms")
            if one.name == "dd":
                paragraph._p.append(node("w:r", node("w:tab")))
                self._at_start = True
            letters = {**_LETTERS.get(one.name, {}), **self._marked(one)}
            self._inline(one.children, paragraph, paragraph._p, letters)

    def _table(self, part: Tag) -> None:
        caption = part.find("caption", recursive=False)
        if isinstance(caption, Tag) and _has_text(caption):
            name = _told(caption)
            self._caption(caption)
        else:
            name = ""
        rows = part.find_all("tr")
        heads = sum(row.find_parent("thead") is not None or row.find("td") is None for row in rows)
        numeric = "numeric" in part.get_attribute_list("class")
        cells = [
            [
                _cell(one, is_first=place == 0, numeric=numeric)
                for place, one in enumerate(row.find_all(["th", "td"]))
            ]
            for row in rows
        ]
        for paragraph, cell, is_header in parts.add_table(self._document, cells, heads, name):
            if cell.content is not None:
                self._at_start = True
                letters = {"bold": is_header, **self._marked(cell.content)}
                self._inline(cell.content.children, paragraph, paragraph._p, letters)
        self._is_below_table = True

    def _caption(self, part: Tag) -> None:
        """Write a caption; its number is one that Word counts, so that a table may be added."""
        paragraph = self._new("Caption")
        paragraph.paragraph_format.keep_with_next = part.name != "figcaption"
        label = part.find("b")
        numbered = _NUMBERED.fullmatch(_told(label)) if isinstance(label, Tag) else None
        if isinstance(label, Tag) and numbered:
            word, number, end = numbered.groups()
            instruction = f" SEQ {word.strip()} \\* ARABIC "
            pieces = (_run(word, _BOLD), parts.field(instruction, _run(number, _BOLD)))
            paragraph._p.extend([*pieces, _run(end, _BOLD)])
            label.extract()
            self._at_start = False
        self._inline(part.children, paragraph, paragraph._p, self._marked(part))

    def _new(self, style: str) -> Paragraph:
        paragraph = self._document.add_paragraph(style=style)
        if self._is_below_table and not style.startswith(("Heading", "Caption")):
            paragraph.paragraph_format.space_before = Pt(9)
        self._at_start, self._is_below_table = True, False
        return paragraph

    def _paragraph(self, loose: Sequence[PageElement], style: str) -> None:
        """Write text and what stands in it; nothing if there is only white space."""
        if not any(map(_has_text, loose)):
            return
        mark, key = self._mark
        paragraph = self._new(mark or style)
        if key:
            parts.number(paragraph, key)
        self._mark = "", ""
        pictures = [one for one in loose if isinstance(one, Tag) and one.name in _PICTURES]
        if pictures:
            paragraph.paragraph_format.keep_with_next = True
        self._inline(loose, paragraph, paragraph._p, self._marked(loose[0].parent))

    def _marked(self, part: Tag | None) -> _Letters:
        """Give the language of a part, if it is not that of the document."""
        marked = part and (part if part.get("lang") else part.find_parent(lang=True))
        language = str(marked["lang"]) if marked else self._language
        return {} if language == self._language else {"language": language}

    def _inline(
        self,
        inside: Iterable[PageElement],
        paragraph: Paragraph,
        holder: BaseOxmlElement,
        letters: _Letters,
    ) -> None:
        for part in inside:
            if isinstance(part, NavigableString):
                if not isinstance(part, PreformattedString):  # such as a comment
                    self._text(str(part), holder, letters)
            elif not isinstance(part, Tag) or id(part) in self._left_out:
                continue
            elif part.name == "br":
                holder.append(node("w:r", node("w:br")))
                self._at_start = True
            elif part.name == "math":
                holder.append(omml(part))
                self._at_start = False
            elif part.name in _PICTURES:
                self._picture(part, paragraph, holder, letters)
            else:
                inner = holder
                if not self._at_start and (part.name in _BLOCKS or id(part) in self._lines):
                    holder.append(node("w:r", node("w:br")))
                    self._at_start = True
                more = {**letters, **_LETTERS.get(part.name, {})}
                if part.get("lang"):
                    more = {**more, "language": "", **self._marked(part)}
                address = str(part.get("href", ""))
                if part.name == "a" and address.startswith(("https:", "http:", "mailto:")):
                    inner = parts.link(paragraph, address)
                    holder.append(inner)
                    more = {**more, "style": "Hyperlink"}
                self._inline(part.children, paragraph, inner, more)
                if id(part) in self._spaced:
                    self._text(" ", holder, letters)

    def _text(self, content: str, holder: BaseOxmlElement, letters: _Letters) -> None:
        if letters.get("kept"):
            lines = content.strip("\n").split("\n")
        else:
            content = _SPACE.sub(" ", content)
            lines = [content.lstrip(" ") if self._at_start else content]
        for place, line in enumerate(lines):
            if place:
                holder.append(node("w:r", node("w:br")))
            if line:
                holder.append(_run(line, letters))
                self._at_start = line.endswith(" ")

    def _picture(
        self, part: Tag, paragraph: Paragraph, holder: BaseOxmlElement, letters: _Letters
    ) -> None:
        """Add a picture; of several drawings of one figure the first, for they show the same."""
        figure = part.find_parent("figure")
        first = figure.find(_PICTURES) if figure else part
        alternative = _alternative(part)
        if first is not part or not alternative:
            return
        try:
            parts.add_picture(paragraph, _pixels(part, figure), alternative)
            self._at_start = False
        except (UnrecognizedImageError, LookupError):
            self._text(alternative, holder, letters)


def _heads_table(summary: Tag, fold: Tag) -> bool:
    """Whether what is shown of a fold is the caption of the table in it, which says it again."""
    caption = fold.select_one("caption, .caption")
    return caption is not None and _told(caption).endswith(_told(summary))


def _whole(part: Tag, name: str) -> int:
    """Give a number that an attribute tells, at least 1; browsers read it so too."""
    told = str(part.get(name, ""))
    return max(int(told), 1) if told.isdecimal() else 1


def _cell(part: Tag, *, is_first: bool, numeric: bool) -> Cell:
    classes = part.get_attribute_list("class")
    by_table = numeric and not any(classes)
    return Cell(
        _told(part),
        _whole(part, "colspan"),
        _whole(part, "rowspan"),
        (not is_first and ("number" in classes or by_table)) or "right" in str(part.get("style")),
        part,
    )


def _alternative(part: Tag) -> str:
    """Give what a picture tells who cannot see it; empty if it is there for the looks only."""
    if part.get("aria-hidden") == "true":
        return ""
    told = [part.get("alt") or part.get("aria-label") or ""]
    if part.name == "svg":
        inside = [part.find(name, recursive=False) for name in ("desc", "title")]
        told = [*(one.get_text() for one in inside if one is not None), *told]
    return next((_SPACE.sub(" ", str(one)).strip() for one in told if one), "")


def _pixels(part: Tag, figure: Tag | None) -> bytes:
    """Give the picture itself; that of a drawing is saved by a link below its figure."""
    source = str(part.get("src", ""))
    if part.name == "svg" and figure is not None:
        links = figure.find_all_next(["a", "figure"], limit=9)
        below = takewhile(lambda one: one.name == "a", links)
        saved = (str(one.get("href")) for one in below)
        source = next((one for one in saved if one.startswith(_PNG)), "")
    if not source.startswith("data:image/"):
        raise LookupError("no picture that Word can show")
    return base64.b64decode(source.partition(",")[2])


def _has_text(part: PageElement) -> bool:
    if isinstance(part, Tag):
        shown = part.name in (*_PICTURES, "math") or part.find([*_PICTURES, "math"]) is not None
        return shown or bool(part.get_text().strip())
    return not isinstance(part, PreformattedString) and bool(_SPACE.sub("", str(part)))


def _run(content: str, letters: _Letters) -> BaseOxmlElement:
    """Make a run of letters that look alike."""
    look = node("w:rPr")
    if style := letters.get("style"):
        look.append(node("w:rStyle", w_val=str(style)))
    look.extend(node(f"w:{name[0]}") for name in ("bold", "italic") if letters.get(name))
    if place := letters.get("place"):
        look.append(node("w:vertAlign", w_val=str(place)))
    if language := letters.get("language"):
        look.append(node("w:lang", w_val=parts.LOCALES.get(str(language), str(language))))
    return node("w:r", look, parts.text(content))
