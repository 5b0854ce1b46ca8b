"""What a Word document is made of: its look, tables, pictures, links, in Office's own XML."""

import io
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import OxmlElement, parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from swt_analysis.packs import unzipped, zipped

WIDTH, HEIGHT = Mm(170), Mm(155)  # of a picture on A4: title and finding stand above it
_TERM = Mm(62)  # of a term, beside what is said of it
LOCALES = {"nl": "nl-NL", "en": "en-GB"}
_INK, _QUIET, _LINK = (RGBColor.from_string(one) for one in ("1B1B1B", "4D4D4D", "3B2A75"))
_CODE = "Consolas"
_PROPERTIES = "docProps/core.xml"
_TWIP = 635  # EMU
_LETTER, _PADDING = 104, 250  # twips that a letter of a table takes, and the edges of a cell
_LONGEST = 140  # letters: more in a cell give its column no more room
_MANY = 9  # columns: more are set smaller

# Size in points, bold, colour, space above and below in points.
_LOOK = {
    "Normal": (10.5, False, _INK, 0, 7),
    "Title": (22, True, _INK, 0, 8),
    "Subtitle": (13, True, _INK, 0, 8),
    "Heading 1": (15, True, _INK, 18, 6),
    "Heading 2": (12.5, True, _INK, 14, 4),
    "Heading 3": (11, True, _INK, 12, 4),
    "Heading 4": (10.5, True, _INK, 10, 4),
    "Caption": (9.5, False, _QUIET, 10, 5),
    "Intense Quote": (10.5, True, _INK, 0, 8),
    "Quote": (10.5, False, _INK, 0, 7),
    "Terms": (10.5, False, _INK, 0, 3),
    "macro": (9, False, _INK, 0, 7),
    "Table Text": (9, False, _INK, 2, 2),
    "Small Table Text": (7.5, False, _INK, 2, 2),
}
_TABLE_STYLE = f"""
<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="ReportTable">
<w:name w:val="Report table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/><w:qFormat/>
<w:tblPr><w:tblBorders>
<w:top w:val="single" w:sz="12" w:space="0" w:color="1B1B1B"/>
<w:bottom w:val="single" w:sz="12" w:space="0" w:color="1B1B1B"/>
<w:insideH w:val="single" w:sz="4" w:space="0" w:color="D9D9D9"/>
</w:tblBorders></w:tblPr>
<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:tcBorders>
<w:bottom w:val="single" w:sz="8" w:space="0" w:color="1B1B1B"/>
</w:tcBorders><w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr>
</w:style>"""


class Cell(NamedTuple):
    """A cell of a table.

    Attributes
    ----------
    text : str
        What it says, for the width of its column.
    columns, rows : int
        How many it covers.
    is_number : bool
        Whether it stands at the right.
    content : object
        What is written in it.
    """

    text: str
    columns: int
    rows: int
    is_number: bool
    content: Any


_NOTHING = Cell("", 1, 1, False, None)


def node(tag: str, *children: BaseOxmlElement, **attributes: str) -> BaseOxmlElement:
    """Make an element; in names of attributes ``w_val`` stands for ``w:val``."""
    named = {qn(name.replace("_", ":", 1)): value for name, value in attributes.items()}
    made = OxmlElement(tag, named)
    made.extend(children)
    return made


def blank(language: str, *, title: str, author: str, made_from: str) -> Document:
    """Make an empty document of A4, in our look and a language.

    Parameters
    ----------
    language : str
        ``nl`` or ``en``.
    title, author : str
        For its properties.
    made_from : str
        The hash of the page; the properties have it instead of dates.
    """
    document = docx.Document()
    told = document.core_properties
    told.title, told.author, told.last_modified_by, told.comments = title, author, author, ""
    told.language, told.identifier = LOCALES[language], f"sha256:{made_from}"
    for date in told._element.xpath("dcterms:created | dcterms:modified"):
        told._element.remove(date)
    _set_language(document, LOCALES[language])
    _set_look(document)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    between, first, last = (node("w:r", text(shown)) for shown in (" / ", "1", "1"))
    paragraph._p.extend([field("PAGE", first), between, field("NUMPAGES", last)])
    return document


def _set_language(document: Document, locale: str) -> None:
    styles, settings = document.styles.element, document.settings.element
    (language,) = styles.xpath("w:docDefaults//w:lang")
    language.set(qn("w:val"), locale)
    for found in settings.xpath("w:themeFontLang"):
        found.set(qn("w:val"), locale)
    # As of Word 2013; the template is of 2010, and would be opened in compatibility mode.
    (mode,) = settings.xpath("w:compat/w:compatSetting[@w:name='compatibilityMode']")
    mode.set(qn("w:val"), "15")


def _set_look(document: Document) -> None:
    styles = document.styles
    styles.element.append(parse_xml(_TABLE_STYLE))
    for name in ("Table Text", "Small Table Text", "Terms"):
        styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
    link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER, builtin=True)
    link.font.underline, link.font.color.rgb = True, _LINK
    code = styles.add_style("HTML Code", WD_STYLE_TYPE.CHARACTER, builtin=True)
    code.font.name, code.font.size = _CODE, Pt(9)
    source = styles.add_style("Source", WD_STYLE_TYPE.CHARACTER)
    source.font.size, source.font.color.rgb = Pt(9), _QUIET
    for name, (size, bold, colour, above, below) in _LOOK.items():
        style: Any = styles[name]
        for part in style.element.xpath(
            "w:pPr/w:pBdr | w:pPr/w:ind | w:pPr/w:numPr | w:rPr/w:spacing"
        ):
            part.getparent().remove(part)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in list(fonts.attrib):
            del fonts.attrib[kind]
        style.font.name = _CODE if name == "macro" else "Calibri"
        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
        style.font.color.rgb = colour
        style.paragraph_format.left_indent = Mm(8) if name == "Quote" else None
        if name == "Terms":
            style.paragraph_format.left_indent = _TERM
            style.paragraph_format.first_line_indent = -_TERM
            style.paragraph_format.tab_stops.add_tab_stop(_TERM)
        style.paragraph_format.space_before = Pt(above)
        style.paragraph_format.space_after = Pt(below)
        style.paragraph_format.line_spacing = 1.0 if "Table" in name else 1.15


def text(content: str) -> BaseOxmlElement:
    """Make the text of a run, its spaces kept."""
    made = node("w:t", xml_space="preserve")
    made.text = content
    return made


def field(instruction: str, shown: BaseOxmlElement) -> BaseOxmlElement:
    """Make a field, such as a number that Word counts anew, and the run it shows until then."""
    return node("w:fldSimple", shown, w_instr=instruction)


def link(paragraph: Paragraph, address: str) -> BaseOxmlElement:
    """Make a link of a paragraph to an address on the network; it is to hold runs."""
    key = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    return node("w:hyperlink", r_id=key)


def add_picture(paragraph: Paragraph, content: bytes, alternative: str) -> None:
    """Add a picture in its own size, or as wide as the text, with its text alternative."""
    shape = paragraph.add_run().add_picture(io.BytesIO(content))
    scale = min(1, WIDTH / shape.width, HEIGHT / shape.height)
    shape.width, shape.height = Emu(int(shape.width * scale)), Emu(int(shape.height * scale))
    shape._inline.docPr.set("descr", alternative)
    for side in ("distL", "distR"):  # the library keeps room there, which LibreOffice shows
        shape._inline.set(side, "0")


def add_list(document: Document, style: str, start: int) -> str:
    """Add a numbering for one list in a style, from a number on; gives its key."""
    numbering = document.part.numbering_part.element
    (given,) = document.styles[style].element.xpath("w:pPr/w:numPr/w:numId/@w:val")
    (abstract,) = numbering.xpath(f"w:num[@w:numId='{given}']/w:abstractNumId/@w:val")
    added = numbering.add_num(int(abstract))
    added.add_lvlOverride(ilvl=0).add_startOverride(start)
    return str(added.numId)


def number(paragraph: Paragraph, key: str) -> None:
    """Give a paragraph its number in a list that was added."""
    paragraph._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = int(key)


def add_table(
    document: Document, rows: Sequence[Sequence[Cell]], headers: int, caption: str
) -> list[tuple[Paragraph, Cell, bool]]:
    """Add a table, its cells still empty.

    Parameters
    ----------
    document : Document
        It is added at its end.
    rows : sequence of sequence of Cell
        As in HTML: a cell that covers several rows or columns stands once.
    headers : int
        How many rows head the others: they are repeated on each sheet.
    caption : str
        Its name for who cannot see it.

    Returns
    -------
    list of (Paragraph, Cell, bool)
        Where each cell is to be written, and whether it heads a column.
    """
    grid = placed(rows)
    across = 1 + max(column for _, column in grid)
    widths = column_widths(rows, across)
    made = node(
        "w:tbl",
        node(
            "w:tblPr",
            node("w:tblStyle", w_val="ReportTable"),
            node("w:tblW", w_w=str(sum(widths)), w_type="dxa"),
            node("w:tblLayout", w_type="fixed"),
            node("w:tblLook", w_val="0420", w_firstRow="1", w_firstColumn="0", w_noVBand="1"),
            node("w:tblCaption", w_val=caption),
        ),
        node("w:tblGrid", *(node("w:gridCol", w_w=str(width)) for width in widths)),
    )
    empty = []
    for place in range(len(rows)):
        row = node("w:tr", node("w:trPr", node("w:cantSplit")))
        if place < headers:
            row[0].append(node("w:tblHeader"))
        column = 0
        while column < across:
            cell, is_first = grid.get((place, column), (_NOTHING, True))
            width = sum(widths[column : column + cell.columns])
            look = [node("w:pStyle", w_val="SmallTableText" if across > _MANY else "TableText")]
            look += [node("w:keepNext")] * (place < headers)
            look += [node("w:jc", w_val="right")] * cell.is_number
            paragraph = Paragraph(node("w:p", node("w:pPr", *look)), document._body)
            row.append(node("w:tc", _cell_properties(cell, width, is_first), paragraph._p))
            if is_first:
                empty.append((paragraph, cell, place < headers))
            column += cell.columns
        made.append(row)
    document.element.body.insert_element_before(made, "w:sectPr")
    return empty


def placed(rows: Sequence[Sequence[Cell]]) -> dict[tuple[int, int], tuple[Cell, bool]]:
    """Give the cell at each row and column, and whether it begins in that row.

    Examples
    --------
    >>> both, one = Cell("a", 2, 1, False, None), Cell("b", 1, 1, False, None)
    >>> [cell.text for cell, _ in placed([[both], [one, one]]).values()]
    ['a', 'a', 'b', 'b']
    """
    grid: dict[tuple[int, int], tuple[Cell, bool]] = {}
    for place, row in enumerate(rows):
        column = 0
        for cell in row:
            while (place, column) in grid:
                column += 1
            for below in range(min(cell.rows, len(rows) - place)):
                for beside in range(cell.columns):
                    grid[place + below, column + beside] = cell, below == 0
            column += cell.columns
    return grid


def column_widths(rows: Sequence[Sequence[Cell]], across: int) -> list[int]:
    """Share the width of a sheet among columns: room for the longest word, then for what is long.

    Returns
    -------
    list of int
        In twips; together no more than the sheet has.
    """
    longest, wanted = [1] * across, [1] * across
    for (_, column), (cell, _) in placed(rows).items():
        if cell.columns == 1:
            words = max(map(len, re.split(r"[\s/]", cell.text)))
            longest[column] = max(longest[column], words)
            wanted[column] = max(wanted[column], min(len(cell.text), _LONGEST))
    size = _LETTER if across <= _MANY else _LETTER * 7.5 / 9
    least = [_PADDING + size * letters for letters in longest]
    natural = [_PADDING + size * letters for letters in wanted]
    room = WIDTH / _TWIP
    if sum(natural) <= room:
        return [round(width) for width in natural]
    if sum(least) >= room:
        return [int(room * width / sum(least)) for width in least]
    share = (room - sum(least)) / (sum(natural) - sum(least))
    return [int(low + share * (high - low)) for low, high in zip(least, natural, strict=True)]


def _cell_properties(cell: Cell, width: int, is_first: bool) -> BaseOxmlElement:
    made = node("w:tcPr", node("w:tcW", w_w=str(width), w_type="dxa"))
    if cell.columns > 1:
        made.append(node("w:gridSpan", w_val=str(cell.columns)))
    if cell.rows > 1:
        made.append(node("w:vMerge", w_val="restart" if is_first else "continue"))
    return made


def packed(document: Document) -> bytes:
    """Pack a document: the same one gives the same bytes.

    Its properties stay as they are, so that what it was made from can be read in the bytes; a
    program that saves it again writes them in another way.
    """
    saved = io.BytesIO()
    document.save(saved)
    return zipped(unzipped(saved), stored={_PROPERTIES})
