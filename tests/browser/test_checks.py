"""The checks of pages find what is put in on purpose, and nothing in a good page."""

import csv
from pathlib import Path

import pytest

from tests.conftest import swt

pytest.importorskip("tests.browser.checks", reason="playwright or axe is not installed")

# Values that look like HTML are shown as text

HOSTILE = [
    "<script>alert(1)</script>",
    'Aa "de" Bé',
    "Bergen & Zoom",
    "'s-Hertogenbosch",
    "Súdwest-Fryslân",
]


@pytest.fixture(scope="module")
def hostile_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = tmp_path_factory.mktemp("hostile")
    folder = study / "data/raw/rounds/2014"
    folder.mkdir(parents=True)
    with (folder / "scores.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["municipality", "scale", "point"])
        for place, name in enumerate(HOSTILE):
            writer.writerows([name, scale, (place + scale) % 5 + 1] for scale in range(1, 12))
    with (folder / "municipalities.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["municipality", "on_scheme", "in_ebook", "atypical_team", "status",
                         "form", "note_nl", "note_en", "source"])  # fmt: skip
        for name in HOSTILE:
            note = f"<img src=x onerror=alert(2)> {name}"
            writer.writerow([name, "yes", "yes", "", "pilot", "fixed team", note, note,
                             "annex 1, section 2"])  # fmt: skip
    done = swt("report", "municipalit*", "overview", "--language", "nl", folder=study)
    assert done.returncode == 0, done.stdout + done.stderr
    return study


@pytest.mark.slow
def test_names_and_notes_like_html_are_text(hostile_study: Path, browser) -> None:
    pages = sorted((hostile_study / "reports/nl").glob("municipality-*.html"))
    assert len(pages) == len(HOSTILE)
    context = browser.new_context()
    page = context.new_page()
    ran: list[str] = []
    page.on("dialog", lambda box: (ran.append(box.message), box.dismiss()))
    page.on("console", lambda said: ran.append(said.text))
    heads = set()
    for path in pages:
        page.goto(path.as_uri())
        assert page.locator("main script, main img").count() == 0
        heads.add(next(name for name in HOSTILE if name in page.locator("h1").inner_text()))
        assert page.evaluate("document.body.textContent").count("<img src=x onerror=alert(2)>")
    assert heads == set(HOSTILE)
    page.goto((hostile_study / "reports/nl/municipalities.html").as_uri())
    text = page.evaluate("document.body.textContent")
    for name in HOSTILE:
        assert name in text
    context.close()
    assert not ran


# The checks find what is put in on purpose

DUTCH = "Er staan drie gemeenten aan de linkerkant en geen enkele aan de andere kant."
ENGLISH = "There are three municipalities on the left and none on the other side."
FIGURE = (
    '<figure><svg viewBox="0 0 300 40" role="img" aria-labelledby="zt" aria-describedby="zd" '
    'font-size="14"><title id="zt">{title}</title><desc id="zd">{desc}</desc>{drawn}</svg></figure>'
)
GOOD_TABLE = (
    '<table><caption>Een tabel van drie cellen</caption><thead><tr><th scope="col">Punt</th>'
    '<th scope="col">Aantal</th></tr></thead><tbody><tr><th scope="row">een</th><td>{}</td></tr>'
    "</tbody></table>"
)


def figure(*, title: str = "Drie vakjes", desc: str = DUTCH, drawn: str = "") -> str:
    return FIGURE.format(title=title, desc=desc, drawn=drawn)


def saved(cell: str) -> str:
    text = f"%EF%BB%BFPunt;Aantal%0D%0Aeen;{cell}%0D%0A"
    return f'<a download="t.csv" href="data:text/csv,{text}">Opslaan</a>'


# What is put at the end of a good page, and the beginning of the problem that tells of it.
DEFECTS = {
    "a sentence in the other language": (f"<p>{ENGLISH}</p>", "language: "),
    "a hidden label in the other language": (
        '<div role="group" aria-label="Output of this cell"><p>een</p></div>', "language: ",
    ),
    "a description in the other language": (figure(desc=ENGLISH), "language: "),
    "an alternative that says nothing": (figure(title="Staafdiagram", desc=""), "alternative: "),
    "nbconvert's placeholder": (
        '<img src="data:," alt="No description has been provided for this image">',
        "alternative: ",
    ),
    "an alternative without a number": (
        figure(desc="De gemeenten staan ver uit elkaar op deze keuzeschaal, zo te zien."),
        "alternative: ",
    ),
    "a picture without alternative": ('<img src="data:,">', "axe image-alt"),
    "a table without caption": (
        GOOD_TABLE.format("1").replace("<caption>Een tabel van drie cellen</caption>", ""),
        "table: ",
    ),
    "a header without scope": (GOOD_TABLE.format("1").replace(' scope="row"', ""), "table: "),
    "an empty header": (GOOD_TABLE.format("1").replace(">Punt<", "><"), "table: "),
    "a faint cell of one character": (
        GOOD_TABLE.format('<span style="color:#aaa;background:#fff">5</span>'), "contrast: ",
    ),
    "faint code": (
        '<pre><code style="background:#fff;color:#888">x</code></pre>', "contrast: ",
    ),
    "faint words in a drawing": (
        figure(drawn='<rect width="300" height="40" fill="#b2abd2"/>'
                     '<text x="9" y="20" fill="#fff">drie</text>'), "contrast: ",
    ),
    "faint in the dark only": (
        "<style>@media (prefers-color-scheme:dark){.zz{color:#333}}</style>"
        '<p class="zz">Drie gemeenten.</p>', "contrast: ",
    ),
    "small words in a drawing": (
        figure(drawn='<text x="9" y="20" font-size="6">drie</text>'), "small: ",
    ),
    "words that leave their drawing": (
        figure(drawn='<text x="280" y="20">een heel lange tekst</text>'), "clipped: ",
    ),
    "words cut off on a phone": (
        '<p style="overflow:hidden;white-space:nowrap">Deze regel is te lang voor een telefoon, '
        "en wat niet past is weg.</p>", "clipped: ",
    ),
    "words cut off when spaced": (
        '<p style="overflow:hidden;width:5.2em;height:1.6em;white-space:nowrap">gemeenten</p>',
        "clipped: ",
    ),
    "a word that breaks": (
        '<p style="width:3rem;overflow-wrap:anywhere">Gemeentemedewerkers kozen.</p>', "broken: ",
    ),
    "a page that scrolls sideways": ('<div style="width:90rem">breed</div>', "sideways: "),
    "an order of its own": (
        '<p><a href="#page-main">Een</a></p><p><a href="#page-main" tabindex="5">Twee</a></p>',
        "focus: ",
    ),
    "a focus that is not seen": (
        '<a href="#page-main" style="outline:none">Naar boven</a>', "focus: no ring",
    ),
    "a focus out of sight": (
        '<a href="#page-main" style="position:fixed;left:-999px">Naar boven</a>', "focus: ",
    ),
    "a box that scrolls, out of reach": (
        '<div style="overflow:auto;width:9rem"><a href="#page-main" tabindex="-1" '
        'style="display:block;width:30rem">Naar boven</a></div>', "focus: ",
    ),
    "an id twice": ('<p id="page-main">een</p>', "id: "),
    "a name that is not there": ('<p role="group" aria-labelledby="nope">een</p>', "id: "),
    "a dead anchor": ('<p><a href="#nope">Naar boven</a></p>', "anchor: "),
    "a dead link": ('<p><a href="nope.html">Naar boven</a></p>', "anchor: "),
    "folded, and not on paper": (
        "<style>@media print{.zf{display:none}}</style><details><summary>Meer</summary>"
        '<p class="zf">Drie gemeenten.</p></details>', "print: ",
    ),
    "a saved table unlike the one shown": (GOOD_TABLE.format("1") + saved("2"), "download: "),
    "a table that cannot be saved": (
        GOOD_TABLE.format("1") + saved("1")
        + GOOD_TABLE.format("2").replace("Een tabel", "Nog een tabel"), "download: ",
    ),
    "a request": ('<img src="picture.png" alt="Drie vakjes van 1 gemeente, naast elkaar.">',
                  "request: "),
    "a script that speaks": ("<script>console.log('een')</script>", "console: "),
    "a heading left out": ("<h4>Drie</h4>", "axe heading-order"),
    "a link known by its colour only": (
        '<p>Er staan drie gemeenten aan de ene kant, naast hun <a href="#page-main" '
        'style="text-decoration:none;color:#222">vakjes</a>.</p>',
        "axe link-in-text-block",
    ),
    "a target too small": (
        '<p><a href="#page-main" style="display:inline-block;width:9px;height:9px;'
        'overflow:hidden">a</a><a href="#page-main" style="display:inline-block;width:9px;'
        'height:9px;overflow:hidden">b</a></p>', "axe target-size",
    ),
}  # fmt: skip

GOOD = """<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Proef</title>
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><style>
:root{{color-scheme:light dark}}body{{font:16px/1.5 sans-serif;margin:1rem}}
a{{color:inherit}}:focus-visible{{outline:3px solid #777}}figure{{margin:0}}svg{{width:100%}}
details::details-content{{content-visibility:visible}}
</style></head><body><main id="page-main"><h1>Proef</h1><h2>Deel</h2>{}</main></body></html>"""


@pytest.fixture
def put(tmp_path: Path) -> Path:
    return tmp_path / "page.html"


def test_a_good_page_has_no_problem(put: Path, visits) -> None:
    good = GOOD_TABLE.format("1") + saved("1") + figure() + f'<p lang="en">{ENGLISH}</p>'
    put.write_text(GOOD.format(good), "utf-8")
    assert not visits(put, code=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_put_in_on_purpose_is_found(name: str, put: Path, visits) -> None:
    defect, problem = DEFECTS[name]
    put.write_text(GOOD.format(defect), "utf-8")
    found = visits(put)
    assert any(one.startswith(problem) for one in found), found
