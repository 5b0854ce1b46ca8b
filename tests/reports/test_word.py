"""Pages as Word documents: nothing of a page is lost, and what was edited stays."""

import base64
import io
import shutil
import sys
import zipfile
from pathlib import Path

import docx
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from docx.document import Document
from PIL import Image

from swt_analysis.cli import main
from swt_analysis.reports.beside import WORD, CopyError, copies, made_from, remove_outdated
from swt_analysis.reports.word import word
from tests.conftest import copy_raw, swt
from tests.rounds.test_next_round import convert, needs_office

# LibreOffice may be there without its parts for documents (Writer) and formulas (Math).
OFFICE = Path(shutil.which("soffice") or "soffice").resolve()
needs_writer = pytest.mark.skipif(
    not all(OFFICE.with_name(part).exists() for part in ("libswlo.so", "libsmlo.so")),
    reason="LibreOffice Writer and Math are not installed",
)


def picture() -> str:
    file = io.BytesIO()
    Image.new("RGB", (3000, 40), "white").save(file, format="PNG", dpi=(200, 200))
    return base64.b64encode(file.getvalue()).decode()


PAGE = f"""<!DOCTYPE html><html lang="nl"><head><title>Schaal &amp; punt</title>
<meta name="author" content="Een gemeente"></head><body><nav>Alle rapporten</nav><main>
<h1>Schaal &amp; punt</h1><p class="synthetic">Verzonnen gegevens.</p>
<p class="finding">Acht van de <b>elf</b>.</p>
<details><summary>Op deze pagina</summary><nav><a href="#a">A</a></nav></details>
<h2 id="a">Aan\x02tallen\u00adreeks</h2>
<figure><svg role="img" aria-labelledby="t"><title id="t">Wie waar</title>
<desc>Acht gemeenten staan links.</desc><text>8</text></svg>
<svg role="img" aria-label="hetzelfde, smal"><text>8</text></svg>
<figcaption><b>Figuur 1.</b> Wie waar staat.</figcaption></figure>
<p class="downloads"><a href="data:image/svg+xml;base64,eA==">SVG</a>
<a href="data:image/png;base64,{picture()}">PNG</a></p>
<table class="numeric"><caption><span><b>Tabel 1.</b> Aantal per punt.</span></caption>
<thead><tr><th rowspan="2" class="words">ronde</th><th colspan="2">kant</th></tr>
<tr><th>links</th><th>rechts</th></tr></thead>
<tbody><tr><th scope="row">2014</th><td>8</td><td>−1</td></tr></tbody></table>
<p>Zie <a href="https://example.org/a?b=1&amp;c=2">de bron</a>, <a href="schaal-2.html">schaal 2</a>
en <cite lang="en">the note</cite>: x<sub>1</sub><!-- geen tekst -->.<br>Regel&nbsp;twee.</p>
<ol start="3"><li>drie</li><li><p>vier</p><p>meer</p><ul><li>diep</li></ul></li></ol>
<ol><li>één</li></ol>
<dl><div><dt>stand</dt><dd>uitrol</dd></div></dl><blockquote><p>Gezegd.</p></blockquote>
<pre>a  b
c</pre>
<details><summary>Hoe dit is berekend</summary><p>Zo:</p><div class="formula"><math display="block">
<mi>D</mi><mo>=</mo><munderover><mo>∑</mo><mi>i</mi><mi>k</mi></munderover>
<mfrac><msub><mi>F</mi><mi>i</mi></msub><msqrt><mn>2</mn></msqrt></mfrac></math></div></details>
<details><summary>Lange lijst.</summary><table><caption><b>Tabel 2.</b> Lange lijst.</caption>
<tr><th>a</th></tr><tr><td>b <span aria-hidden="true"></span></td></tr></table></details>
<img alt="Een kaart in tekst." src="data:image/svg+xml;base64,eA==">
<details class="code"><summary>Code</summary><pre>print()</pre></details>
</main><footer><p class="issued">Uitgave: Edam.</p><nav>Vorige</nav></footer></body></html>"""

FORMULA = "D=∑ikFi2"
TOLD = f"""Schaal & punt Verzonnen gegevens. Acht van de elf. Aantallenreeks
Figuur 1. Wie waar staat. Tabel 1. Aantal per punt. ronde kant links rechts 2014 8 −1
Zie de bron, schaal 2 en the note: x1. Regel twee. drie vier meer diep één stand uitrol
Gezegd. a b c Hoe dit is berekend Zo: {FORMULA} Tabel 2. Lange lijst. a b Een kaart in
tekst. Uitgave: Edam."""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "schaal.html"
    path.write_text(PAGE, "utf-8")
    return path


def opened(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def squeezed(text: str) -> str:
    return "".join(text.split())


def said(document: Document) -> str:
    """All letters of a document, in their order, formulas too."""
    return squeezed("".join(text.text or "" for text in document.element.body.iter("{*}t")))


def styled(document: Document, style: str) -> list[str]:
    """What the paragraphs in a style say; a number that Word counts is a field in them."""
    return [
        "".join(text.text or "" for text in one._p.iter("{*}t"))
        for one in document.paragraphs
        if one.style is not None and one.style.name == style
    ]


def alternatives(document: Document) -> list[str]:
    return [str(one.get("descr")) for one in document.element.body.iter("{*}docPr")]


def test_all_that_a_page_tells_is_in_the_document_and_nothing_else(page: Path) -> None:
    document = opened(word(page))
    assert said(document) == squeezed(TOLD)
    assert styled(document, "Title") == ["Schaal & punt"]
    assert styled(document, "Subtitle") == ["Acht van de elf."]
    assert styled(document, "Heading 1") == ["Aantallenreeks"]
    assert styled(document, "Heading 2") == ["Hoe dit is berekend"]
    assert styled(document, "Caption") == [
        "Figuur 1. Wie waar staat.",
        "Tabel 1. Aantal per punt.",
        "Tabel 2. Lange lijst.",
    ]
    assert styled(document, "List Number") == ["drie", "vier", "één"]
    assert styled(document, "List Continue") == ["meer"]
    assert styled(document, "Terms") == ["standuitrol"]
    assert styled(document, "List Bullet 2") == ["diep"]


def test_each_numbered_list_counts_from_its_own_start(page: Path) -> None:
    document = opened(word(page))
    keys = [one._p.xpath("w:pPr/w:numPr/w:numId/@w:val") for one in document.paragraphs]
    numbering = document.part.numbering_part.element
    starts = [
        numbering.xpath(f"w:num[@w:numId='{key[0]}']//w:startOverride/@w:val")
        for key in keys
        if key
    ]
    assert starts == [["3"], ["3"], ["1"]]


def test_a_table_has_headers_that_are_repeated_spans_and_numbers_at_the_right(page: Path) -> None:
    table = opened(word(page)).tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["ronde", "kant", "kant"],
        ["ronde", "links", "rechts"],
        ["2014", "8", "−1"],
    ]
    heads = [bool(row._tr.xpath("w:trPr/w:tblHeader")) for row in table.rows]
    assert heads == [True, True, False]
    aligned = [cell._tc.xpath("w:p/w:pPr/w:jc/@w:val") for cell in table.rows[2].cells]
    assert aligned == [[], ["right"], ["right"]]


def test_a_picture_fits_the_sheet_and_has_its_alternative(page: Path) -> None:
    document = opened(word(page))
    assert alternatives(document) == ["Acht gemeenten staan links."]
    (shape,) = document.inline_shapes
    section = document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin  # type: ignore[operator]
    assert shape.width == pytest.approx(room, abs=1000)
    assert shape.width / shape.height == pytest.approx(3000 / 40, rel=0.01)


def test_only_links_to_the_network_are_links(page: Path) -> None:
    document = opened(word(page))
    links = {
        "".join(text.text or "" for text in link.iter("{*}t")): document.part.rels[
            link.get(docx.oxml.ns.qn("r:id"))
        ].target_ref
        for link in document.element.body.iter("{*}hyperlink")
    }
    assert links == {"de bron": "https://example.org/a?b=1&c=2"}


def test_the_language_stands_in_the_styles_and_where_it_is_another(page: Path) -> None:
    document = opened(word(page))
    assert document.styles.element.xpath("w:docDefaults//w:lang/@w:val") == ["nl-NL"]
    assert document.element.body.xpath(".//w:lang/@w:val") == ["en-GB"]
    told = document.core_properties
    assert (told.language, told.title, told.author) == ("nl-NL", "Schaal & punt", "Een gemeente")


def test_the_same_page_gives_the_same_bytes_without_a_date(page: Path) -> None:
    content = word(page)
    assert word(page) == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        assert b"dcterms:created" not in archive.read("docProps/core.xml")


def test_a_document_is_made_again_only_when_its_page_changed(page: Path) -> None:
    made = []

    def counted(path: Path) -> bytes:
        made.append(path)
        return word(path)

    assert list(copies([page], WORD, counted)) == [(page, None)]
    assert list(copies([page], WORD, counted)) == [(page, None)]
    assert made == [page]
    page.write_text(PAGE.replace("Acht", "Negen"), "utf-8")
    assert list(copies([page], WORD, counted)) == [(page, None)]
    assert made == [page, page]
    assert "Negen" in said(docx.Document(str(page.with_suffix(WORD))))


def test_a_document_goes_with_its_page_unless_it_was_edited(page: Path) -> None:
    beside = page.with_suffix(WORD)
    list(copies([page], WORD, word))
    remove_outdated(page)
    assert beside.exists()
    edited = docx.Document(str(beside))
    edited.add_paragraph("Opmerking")
    edited.save(str(beside))
    before = beside.read_bytes()
    assert made_from(beside) is None
    page.write_text(PAGE.replace("Acht", "Negen"), "utf-8")
    remove_outdated(page)
    ((_, error),) = copies([page], WORD, word)
    assert "schaal.docx was edited" in str(error)
    assert "another name" in str(error)
    assert beside.read_bytes() == before
    beside.unlink()
    list(copies([page], WORD, word))
    page.unlink()
    remove_outdated(page)
    assert not beside.exists()


def test_what_is_no_report_is_told(page: Path) -> None:
    page.write_text("<p>a", "utf-8")
    with pytest.raises(CopyError, match=r"schaal\.html is no report"):
        word(page)


def test_without_its_library_the_command_says_so_and_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "swt_analysis.reports.word", None)
    study = copy_raw(tmp_path / "study")
    done = CliRunner().invoke(main, ["report", "themes", "--word", "--study", str(study)])
    assert done.exit_code == 1
    assert "Word documents need python-docx" in done.stderr
    assert not (study / "reports").exists()


@needs_writer
@needs_office
def test_another_program_opens_it_and_saves_it_whole(page: Path, tmp_path: Path) -> None:
    list(copies([page], WORD, word))
    folder = tmp_path / "again"
    folder.mkdir()
    again = docx.Document(str(convert(page.with_suffix(WORD), "docx", folder)))
    # It writes a sum as a sign with what is above it before what is below.
    assert said(again) == squeezed(TOLD).replace("∑ik", "∑ki")
    assert alternatives(again) == ["Acht gemeenten staan links."]
    assert styled(again, "Heading 1") == ["Aantallenreeks"]
    assert again.tables[0]._tbl.xpath("w:tr/w:trPr/w:tblHeader")
    assert made_from(convert(page.with_suffix(WORD), "docx", folder)) is None
    assert convert(page.with_suffix(WORD), "pdf", folder).stat().st_size > 10_000


def of_page(soup: BeautifulSoup) -> str:
    """What a page says on paper: all but code, drawings, files to save, ways to other pages."""
    only = "svg, script, style, nav, .contents, .downloads, .filters, details.code"
    for part in soup.select(f"main :is({only})"):
        part.decompose()
    for fold in soup.select("main details:has(caption, .caption)"):
        summary, caption = fold.find("summary"), fold.select_one("caption, .caption")
        if summary and caption and caption.get_text().endswith(summary.get_text()):
            summary.decompose()
    text = "".join(part.get_text() for part in soup.select("main, footer .issued"))
    return squeezed(text).replace("\N{SOFT HYPHEN}", "")  # Word would show each of them


@pytest.mark.slow
def test_nothing_of_any_page_is_lost(made_study: Path, tmp_path: Path) -> None:
    shutil.copytree(made_study, tmp_path / "study")
    done = swt("report", "--word", folder=tmp_path / "study")
    assert done.returncode == 0, done.stderr
    pages = [
        path
        for path in (tmp_path / "study/reports").glob("*/*.html")
        if path.with_suffix(".ipynb").exists()
    ]
    assert len(pages) > 70
    for page in pages:
        document = docx.Document(str(page.with_suffix(WORD)))
        soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
        drawn = [figure.find("desc") for figure in soup.select("main figure:has(svg)")]
        figures = [one.get_text() for one in drawn if one is not None]
        assert alternatives(document) == figures, page
        tables = [
            [[squeezed(cell.text) for cell in row.find_all(["th", "td"])] for row in one("tr")]
            for one in soup.select("main table")
        ]
        written = [
            [[squeezed(cell.text) for cell in row.cells] for row in one.rows]
            for one in document.tables
        ]
        assert written == tables, page
        assert [squeezed(one) for one in styled(document, "Caption")] == [
            squeezed(one.get_text())
            for one in soup.select("main :is(caption, figcaption, .caption)")
        ], page
        headings = [one.get_text() for one in soup.select("main h2")]
        assert styled(document, "Heading 1") == headings, page
        assert said(document) == of_page(soup), page
