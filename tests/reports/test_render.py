"""Pages as a browser reads them."""

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from functools import cache

import nbformat.v4 as v4
import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag
from markupsafe import Markup
from nbformat import NotebookNode

from swt_analysis.reports.html import METADATA, Frame, Link, part, policy_hash, templates
from swt_analysis.reports.index import Group, Item, Map, Scale, Tile
from swt_analysis.reports.render import CellError, page

HOSTILE = '<script>alert(1)</script> & "\'s-Hertogenbosch" Súdwest-Fryslân'
PIXEL = "iVBORw0KGgo="  # the first bytes of a PNG


def frame(language: str = "nl", title: str = "Keuzeschaal 2", **other: Link | None) -> Frame:
    links = {
        "other": Link("../en/choice-scale-02.html", "English"),
        "index": Link("index.html", "Alle rapporten"),
        "previous": Link("choice-scale-01.html", "Keuzeschaal 1"),
        "next": Link("choice-scale-03.html", "Keuzeschaal 3"),
    } | other
    return Frame("choice-scale-02", language, title, **links)


def html(source: str) -> NotebookNode:
    return v4.new_output("display_data", {"text/html": source, "text/plain": "<Block>"})


def ours(kind: str, markdown: str, **told: object) -> NotebookNode:
    """What `Report` shows."""
    bundle = {"text/markdown": markdown, "text/plain": "dump", METADATA: {"kind": kind, **told}}
    return v4.new_output("display_data", bundle)


def cell(source: str, *outputs: NotebookNode, tags: tuple[str, ...] = ()) -> NotebookNode:
    return v4.new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)})


def notebook(*cells: NotebookNode) -> NotebookNode:
    return v4.new_notebook(cells=list(cells))


REPORT = notebook(
    cell('language = "nl"', tags=("parameters",)),
    cell('language = "nl"  # injected', tags=("injected-parameters",)),
    v4.new_markdown_cell("# Eén keuzeschaal\n\nWaar dit over gaat."),
    cell("title()", ours("title", "**Drie van de negen.**", line="Drie van de negen.")),
    cell(
        "counts()  # <b> & co",
        html(
            '<h2 id="counts">Aantallen  &amp; <i>aandelen</i></h2>'
            '<div role="region" tabindex="0" aria-labelledby="t"><table><caption id="t">Aantallen'
            '</caption><tr><th scope="col">Punt</th></tr><tr><td>1</td></tr></table></div>'
            '<figure><svg viewBox="0 0 9 9" role="img" aria-labelledby="a"><title id="a">Negen'
            " vakjes</title></svg></figure>"
        ),
        v4.new_output("stream", name="stdout", text="a < b\n"),
        v4.new_output("stream", name="stderr", text="FutureWarning: later"),
    ),
    v4.new_markdown_cell("## Bron\n\nDe notitie.", metadata={"tags": ["nl"]}),
    v4.new_markdown_cell("## Source\n\nThe note.", metadata={"tags": ["en"]}),
    cell("1 + 1", v4.new_output("execute_result", {"text/plain": "2 < 3"}, execution_count=1)),
    cell(
        "data()",
        v4.new_output(
            "display_data",
            {METADATA: {"finding": "secret"}, "text/plain": "dump"},
        ),
    ),
)


@cache
def report(language: str = "nl") -> str:
    return page(REPORT, frame(language))


def parsed(source: str) -> BeautifulSoup:
    return BeautifulSoup(source, "html.parser")


def front(language: str = "nl") -> str:
    item = Item("a.html", "Schaal <1>", "Drie & vier", "<svg></svg>", "2 wijken af", "letter-s")
    script = "find()"
    tile = Tile("b.html", "<b>Haarlem</b>", 1, "proef", "2", "1")
    return (
        templates()
        .get_template("front.html.j2")
        .render(
            language=language,
            title="Rapporten",
            intro=HOSTILE,
            findings=[replace(item, line="28 <b>wijken</b> af")],
            scales=[Scale(item, "1", "Naam <i>", "links & zo", "rechts")],
            scales_heading="De schaal",
            map=Map([tile], [(1, "proef")], is_mapped=True),
            groups=[Group("Keuzeschalen", [item], [Link("#letter-s", "S")])],
            other=Link("../en/index.html", "English"),
            search={"script": Markup(script), "digest": policy_hash(script)},
        )
    )


PAGES = {"report": report, "front": front}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_its_language_one_heading_landmarks_and_a_way_past_them(name: str) -> None:
    soup = parsed(PAGES[name]())
    assert soup.html is not None
    assert soup.html["lang"] == "nl"
    assert (
        len(soup.select("h1")) == len(soup.select("main")) == len(soup.select("head > title")) == 1
    )
    skip = soup.select_one("body > a")
    assert skip is not None
    assert soup.find(id=str(skip["href"])[1:]) is soup.main
    names = [nav.get("aria-label") or nav.get("aria-labelledby") for nav in soup.select("nav")]
    assert None not in names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_asks_anything_of_the_network_or_runs_a_script(name: str) -> None:
    source = PAGES[name]()
    soup = parsed(source)
    scripts, policy = soup.select("script"), str(soup.select_one("meta[http-equiv]")["content"])
    # Only the front page has one, to search in it, and only that one is allowed.
    allowed = re.findall("script-src ([^;]*);", policy)
    assert len(scripts) == len(allowed) == (name == "front")
    for script, digest in zip(scripts, allowed, strict=True):
        told = base64.b64encode(hashlib.sha256(script.string.encode()).digest()).decode()
        assert (digest, script.attrs) == (f"'sha256-{told}'", {})
    assert not soup.select("iframe, object, embed, [src^=http], link[href^=http]")
    assert not re.search(r"url\(|@import|https?://", source)
    assert policy.startswith("default-src 'none'; ")


@pytest.mark.parametrize("name", PAGES)
def test_every_link_within_a_page_resolves_and_no_id_occurs_twice(name: str) -> None:
    soup = parsed(PAGES[name]())
    ids = Counter(tag["id"] for tag in soup.select("[id]"))
    inner = [str(link["href"])[1:] for link in soup.select("a[href^='#']")]
    inner += [str(tag["aria-labelledby"]) for tag in soup.select("[aria-labelledby]")]
    assert set(inner) <= set(ids)
    assert set(ids.values()) == {1}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_without_its_content_is_small(name: str) -> None:
    assert len(PAGES[name]().encode()) < 40_000


def test_contents_come_from_the_headings_of_results() -> None:
    links = parsed(report()).select("nav.contents a")
    assert [(a["href"], a.text) for a in links] == [
        ("#counts", "Aantallen & aandelen"),
        ("#bron", "Bron"),
    ]


def test_markdown_in_the_other_language_is_left_out() -> None:
    assert "De notitie." in report("nl")
    assert "The note." not in report("nl")
    assert "De notitie." not in report("en")


def test_what_was_found_heads_the_page_before_what_it_is_about() -> None:
    main = parsed(report()).main
    assert main is not None
    shown = [one.get_text(strip=True) for one in main.find_all(["h1", "p"])][:3]
    assert shown == ["Keuzeschaal 2", "Drie van de negen.", "Waar dit over gaat."]


def test_a_section_whose_cells_show_nothing_is_left_out() -> None:
    silent = [v4.new_markdown_cell("## Leeg\n\nUitleg."), cell("1;")]
    told = [v4.new_markdown_cell("## Vol"), cell("print(1)", v4.new_output("stream", text="1"))]
    soup = parsed(page(notebook(*silent, *told, v4.new_markdown_cell("## Slot")), frame()))
    assert [one.text for one in soup.select("h2")] == ["Vol", "Slot"]
    assert "Uitleg." not in soup.text


def test_a_formula_in_markdown_becomes_mathml() -> None:
    soup = parsed(page(notebook(v4.new_markdown_cell("De $x^2$.\n\n$$\\frac{1}{2}$$")), frame()))
    assert [one["display"] for one in soup.select("math")] == ["inline", "block"]
    assert "$" not in soup.main.text


def test_a_plain_dataframe_looks_like_a_table_of_ours() -> None:
    table = pd.DataFrame({"a": [1], "<b>": ["x & y"]}, index=["rij"])
    output = html(table.to_html())
    soup = parsed(page(notebook(cell("", output, output)), frame()))
    regions = soup.select("div.scroll[role=region][tabindex='0']")
    assert [one.caption.get_text(strip=True) for one in regions] == ["Tabel 1.", "Tabel 2."]
    first = regions[0]
    assert soup.find(id=first["aria-labelledby"]) is not None
    assert [one["scope"] for one in first.select("th")] == ["col", "col", "row"]
    assert [one.get_text() for one in first.select("thead tr > *")] == ["", "a", "<b>"]
    assert not first.select("[border], .dataframe")


def test_two_headings_of_the_same_words_have_their_own_places() -> None:
    soup = parsed(page(notebook(v4.new_markdown_cell("## A\n\n## A")), frame()))
    assert [one["id"] for one in soup.select("h2")] == ["a", "a-2"]


def test_a_cell_that_cannot_be_shown_is_named() -> None:
    with pytest.raises(CellError) as raised:
        page(notebook(cell("1"), cell("", html("<img src='data:,'>"))), frame())
    assert raised.value.number == 1


def test_a_report_without_headings_has_no_contents() -> None:
    assert not parsed(page(notebook(cell("", html("<p>Kort</p>"))), frame())).select(".contents")


def test_all_code_stands_folded_at_the_end_that_of_the_parameters_included() -> None:
    soup = parsed(report())
    (fold,) = soup.select("main .sections > details.code")
    assert not fold.has_attr("open")
    assert [code.text.strip() for code in fold.select("pre code")] == [
        'language = "nl"',
        'language = "nl"  # injected',
        "title()",
        "counts()  # <b> & co",
        "1 + 1",
        "data()",
    ]
    assert [part.text for part in fold.select("em")] == ["# injected", "# <b> & co"]
    assert not [one for one in fold.find_next_siblings() if one.name != "p"]
    assert soup.main is not None
    first = soup.main.find(True)
    assert isinstance(first, Tag)
    assert first.select_one("*").name == "h1"


def test_code_of_cells_that_show_nothing_is_there_too() -> None:
    cells = [cell("a()", html("<p>A</p>")), cell("b()"), v4.new_markdown_cell("Tot slot.")]
    soup = parsed(page(notebook(*cells), frame()))
    assert [code.text.strip() for code in soup.select("details.code code")] == ["a()", "b()"]


def test_the_executed_notebook_is_a_link_to_the_file_beside_the_page() -> None:
    beside = Link("a.ipynb", "Het notebook")
    (link,) = parsed(page(REPORT, frame(notebook=beside))).select("main a[download]")
    assert (link["href"], link.text) == ("a.ipynb", "Het notebook")


def test_printed_output_is_shown_as_text_and_what_is_for_the_program_is_not() -> None:
    soup = parsed(report())
    assert [pre.text for pre in soup.select("pre[role=region]")] == ["a < b\n", "2 < 3"]
    for hidden in ("secret", "dump", "FutureWarning", "Out[", "In [", "¶", "<Block>"):
        assert hidden not in soup.text


def test_an_error_and_markdown_that_a_cell_shows_are_in_the_page_and_blank_lines_are_not() -> None:
    error = v4.new_output(
        "error", ename="KeyError", evalue="'x'", traceback=["\x1b[31mKeyError <x>"]
    )
    written = v4.new_output("display_data", {"text/markdown": "*Let op*", "text/plain": "dump"})
    blank = v4.new_output("stream", name="stdout", text=" \n")
    soup = parsed(page(notebook(cell("", error, written, blank)), frame()))
    assert [pre.text for pre in soup.select("pre[role=region]")] == ["KeyError <x>"]
    assert [em.text for em in soup.main.select("p > em")] == ["Let op"]
    assert "dump" not in soup.text


def test_a_result_with_something_for_the_program_beside_it_is_shown() -> None:
    bundle = {"text/html": "<p>Kop</p>", METADATA: {"line": "secret"}}
    source = page(notebook(cell("", v4.new_output("display_data", bundle))), frame())
    assert "<p>Kop</p>" in source
    assert "secret" not in source


def test_what_a_notebook_fills_in_is_text() -> None:
    made = [
        part("fold", summary=HOSTILE, content=HOSTILE),
        part("figure", svg="", label=HOSTILE, caption=HOSTILE),
        part("reference", pieces=[HOSTILE, HOSTILE], lang='"'),
        part("code", pieces=[("b", HOSTILE), ("", HOSTILE)]),
        part("picture", source="data:,", alternative='"><script>'),
    ]
    soup = parsed("".join(made))
    assert not soup.select("script")
    assert soup.get_text().count(HOSTILE) == 8


def test_html_of_a_result_stays_as_it_is() -> None:
    assert '<svg viewBox="0 0 9 9" role="img"' in report()


def test_each_language_has_its_words_and_names_the_other() -> None:
    for language, other, code_of in (("nl", "en", "Uitvoer van"), ("en", "nl", "Output of")):
        soup = parsed(report(language))
        assert soup.select_one(f"header a[lang={other}][hreflang={other}]") is not None
        assert soup.select(f"pre[aria-label^='{code_of}']")
    assert "Skip to" not in report("nl")


def test_neighbours_are_left_out_at_the_ends() -> None:
    assert parsed(report()).select_one("a[rel=prev]").text == "Vorige: Keuzeschaal 1"
    soup = parsed(page(REPORT, frame(previous=None)))
    assert not soup.select("a[rel=prev]")
    assert len(soup.select("a[rel=next]")) == 1


def test_hostile_labels_are_text() -> None:
    bad = Link('"><img src=x>', HOSTILE)
    around = frame(title=HOSTILE, other=bad, index=bad, previous=bad, next=bad)
    soup = parsed(page(REPORT, around))
    assert soup.title is not None
    assert soup.title.text == HOSTILE
    assert not soup.select("script, img")
    assert [a["href"] for a in soup.select("header a, footer a")] == [bad.href] * 5
    link = soup.select_one("header a")
    assert link is not None
    assert link.text == HOSTILE


def test_hostile_headings_and_code_are_text() -> None:
    heading = html('<h2 id="a">&lt;script&gt;1&lt;/script&gt;</h2>')
    soup = parsed(page(notebook(cell("'</code><script>'", heading)), frame()))
    assert not soup.select("script")
    assert soup.select_one("nav.contents a").text == "<script>1</script>"


def test_the_front_page_shows_text_as_text_and_pictures_as_pictures() -> None:
    soup = parsed(front().replace("\u200b", ""))  # where a long word may break
    assert not soup.select("main script")
    assert soup.select_one(".about").text == HOSTILE
    link = soup.select_one(".reports a")
    assert link is not None
    assert (link["href"], link.text) == ("a.html", "Schaal <1>")
    assert soup.select_one(".findings p").text == "28 <b>wijken</b> af"
    assert soup.select_one(".reports .note").text == "2 wijken af"
    assert [one.text for one in soup.select(".poles span")] == ["links & zo", "rechts"]
    tile = soup.select_one(".map a")
    assert tile is not None
    assert (tile["href"], tile.text) == ("b.html", "<b>Haarlem</b>: proef")
    assert tile.parent["style"] == "grid-area:2/1"
    assert len(soup.select(".thumbnail[aria-hidden=true] > svg")) == 2


def test_the_same_notebook_gives_the_same_bytes() -> None:
    assert page(REPORT, frame()) == report()


def test_the_notebook_is_left_as_it_was() -> None:
    before = v4.writes(REPORT)
    page(REPORT, frame())
    assert v4.writes(REPORT) == before


@pytest.mark.parametrize(
    "output",
    [
        html("<img src='data:,'>"),
        html("<svg viewBox='0 0 1 1'></svg>"),
        html("<svg><g/></svg><h2 id='a'>a</h2><svg><title>b</title></svg>"),
        v4.new_output("display_data", {"image/png": PIXEL}),
        v4.new_output("display_data", {"image/svg+xml": "<svg/>"}),
    ],
    ids=["img", "svg", "svg beside a named one", "png", "bare svg"],
)
def test_a_picture_without_alternative_fails(output: NotebookNode) -> None:
    with pytest.raises(ValueError, match="no text alternative"):
        page(notebook(cell("", output)), frame())


def test_a_png_with_its_alternative_is_shown() -> None:
    output = v4.new_output(
        "display_data", {"image/png": PIXEL + "\n"}, metadata={"image/png": {"alt": 'Een "punt"'}}
    )
    image = parsed(page(notebook(cell("", output)), frame())).img
    assert image is not None
    assert image["alt"] == 'Een "punt"'
    assert image["src"] == f"data:image/png;base64,{PIXEL}"


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.1."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_every_colour_of_text_and_code_stands_out_in_light_and_dark() -> None:
    palettes = [
        dict(re.findall(r"--(\w+):(#\w+)", rule))
        for rule in re.findall(r":root\{([^}]*--paper[^}]*)\}", front())
    ]
    assert len(palettes) == 2
    for palette in palettes:
        for name in set(palette) - {"paper", "soft", "hair"}:  # a hair line tells nothing
            least = 3 if name in ("line", "focus") else 7
            for ground in ("paper", "soft"):
                low, high = sorted(luminance(palette[c]) for c in (name, ground))
                assert (high + 0.05) / (low + 0.05) >= least, (name, ground)
