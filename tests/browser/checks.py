"""What is wrong with a page, as a browser shows it: each check gives its problems, one a line.

A page is a playwright page with one of our pages in it. A check leaves it as it was.
"""

import base64
import csv
import io
import json
import re
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from swt_analysis.text import LANGUAGES, text, words

ROOT = Path(__file__).parents[2]
SCRIPT = (Path(__file__).parent / "checks.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Rules that read how a page looks; nothing else changes with the size or the colours.
LOOKS = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]
KINDS = "[data-kind]"
WIDE, NARROW = (1280, 900), (320, 640)
CODE = "details.code"
# Success criterion 1.4.12 of WCAG 2.1.
SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
word-spacing: .16em !important } p { margin-bottom: 2em !important }"""

Check = Callable[[Page], list[str]]
Scheme = Literal["light", "dark"]


def prepare(page: Page) -> None:
    """Bring in what the checks run, after the page is there: its own policy lets nothing in."""
    page.evaluate(AXE_SCRIPT)
    page.evaluate(SCRIPT)


@contextmanager
def folds_open(page: Page, *, without: str = "") -> Iterator[None]:
    page.evaluate("checks.open", without)
    yield
    page.evaluate("checks.close()")


@contextmanager
def spaced(page: Page) -> Iterator[None]:
    page.evaluate("checks.space", SPACING)
    yield
    page.evaluate("checks.space", "")


def axe(page: Page) -> list[str]:
    """Violations that axe-core finds, of all rules in all of the page."""
    return _axe(page, "tag", TAGS, colours="*")


def axe_kinds(page: Page) -> list[str]:
    """As `axe`, but contrast in two of each kind of text only, and without the size of targets.

    axe takes some milliseconds for each piece of text, of which hundreds look the same; `contrast`
    looks at all of them. Targets stand closest on a narrow page: `axe_looks` measures them there.
    """
    return _axe(page, "tag", TAGS, colours=KINDS, without=("target-size",))


def axe_looks(page: Page) -> list[str]:
    """Violations of the rules that read colours, sizes and scrolling, as `axe_kinds`."""
    return _axe(page, "rule", LOOKS, colours=KINDS)


def _axe(
    page: Page, kind: str, values: list[str], *, colours: str, without: Sequence[str] = ()
) -> list[str]:
    options = {
        "runOnly": {"type": kind, "values": values},
        "rules": {name: {"enabled": False} for name in without},
        "resultTypes": ["violations"],
    }
    found = page.evaluate("options => checks.axe(...options)", [options, colours])
    return [
        f"axe {one['id']}: {node['target'][0]}: {node['html'][:120]}"
        for one in found
        for node in one["nodes"]
    ]


def heading(page: Page) -> list[str]:
    """The title of the window says what the first heading says."""
    return page.evaluate("checks.heading()")


def tables(page: Page) -> list[str]:
    """Each table has a caption of its own, a scope on every header, and full rows."""
    return page.evaluate("checks.tables()")


def contrast(page: Page) -> list[str]:
    """Text of any length stands out 4.5 to 1 from what is behind it, 3 to 1 if large.

    axe leaves out text of one character, and text in drawings.
    """
    return page.evaluate("checks.contrast()")


def clipped(page: Page) -> list[str]:
    """No text is cut off, runs out of its drawing, or makes the page scroll sideways."""
    return page.evaluate("checks.clipped()")


def broken(page: Page) -> list[str]:
    """No word breaks without a hyphen."""
    return page.evaluate("checks.broken()")


def small(page: Page) -> list[str]:
    """Text in figures is at least 8 px high."""
    return page.evaluate("checks.small()")


def ids(page: Page) -> list[str]:
    """No id occurs twice, and what an element refers to by its id is there."""
    return page.evaluate("checks.ids()")


def keyboard(page: Page) -> list[str]:
    """Tab reaches all that can be used, in the order of the page, in sight and with a ring."""
    expected = page.evaluate("checks.watch()")
    for _ in range(expected + 2):
        page.keyboard.down("Tab")  # held down: each repetition goes on by one
    page.keyboard.up("Tab")
    return page.evaluate("checks.focused()")


def focus(page: Page) -> list[str]:
    """What can be used comes in the order of the page, is in sight, and has a ring.

    As `keyboard`, but a script gives the focus: that Tab goes there is left to the browser.
    """
    return page.evaluate("checks.walk()")


def unfolding(page: Page) -> list[str]:
    """Enter opens a fold, and closes it again: the first and the last of the page."""
    problems = []
    for which in ("first", "last"):
        told = page.evaluate("checks.fold", which)
        if told is not None:
            page.keyboard.press("Enter")
            if not page.evaluate("checks.turned()"):
                problems.append(f"fold: Enter does nothing on {told!r}")
            page.keyboard.press("Enter")
    return problems


def printed(page: Page) -> list[str]:
    """All that a page tells is on paper, folded or not; only code stays away."""
    page.emulate_media(media="print")
    try:
        return page.evaluate("checks.printed()")
    finally:
        page.emulate_media(media="screen")


def anchors(page: Page) -> list[str]:
    """Every link leads somewhere: into the page, to a file beside it, or to a secure address."""
    here = Path(unquote(urlsplit(page.url).path))
    problems = []
    for href in page.evaluate("[...document.querySelectorAll('[href]')].map(it => "
                              "it.getAttribute('href'))"):  # fmt: skip
        parts = urlsplit(href)
        if parts.scheme in ("https", "mailto", "data"):
            continue
        target = (here.parent / unquote(parts.path)) if parts.path else here
        if parts.scheme or parts.netloc or not href or not target.is_file():
            problems.append(f"anchor: {href!r} leads nowhere")
        elif parts.fragment and parts.fragment not in _identities(target):
            problems.append(f"anchor: {href!r}: no such place in {target.name}")
    return problems


def _identities(path: Path) -> set[str]:
    return _identities_at(path, path.stat().st_mtime_ns)


@cache
def _identities_at(path: Path, _: int) -> set[str]:
    return set(re.findall(r'\bid="([^"]*)"', path.read_text("utf-8")))


def downloads(page: Page) -> list[str]:
    """If there are tables to save, each table can be saved, as it is shown."""
    shown = page.evaluate("checks.downloads()")
    if not any(table["href"] for table in shown):
        return []
    problems = []
    for table in shown:
        name = f"download: {table['caption'][:60]!r}"
        if not table["href"]:
            problems.append(f"{name}: cannot be saved")
            continue
        saved = _rows_of(table["href"], page.evaluate("document.documentElement.lang"))
        rows = [[" ".join(cell.split()) for cell in row] for row in saved]
        # A cell that a spreadsheet would take for a formula has an apostrophe in front.
        rows = [[re.sub(r"^'(?=[=+@\t\r-])", "", cell) for cell in row] for row in rows]
        blank = text("page.blank", "nl")
        # What is missing has a dash on the page, and is empty in a spreadsheet.
        # A minus sign is a hyphen there.
        table["rows"] = [["" if cell == blank else re.sub(r"\u2212(?=\d)", "-", cell)
                          for cell in row] for row in table["rows"]]  # fmt: skip
        if rows != table["rows"]:
            unlike = [
                (mine, theirs) for mine, theirs in zip(rows, table["rows"], strict=False)
                if mine != theirs
            ]  # fmt: skip
            problems.append(f"{name}: {len(rows)} rows saved, {len(table['rows'])} shown; first "
                            f"unlike: {unlike[:1]}")  # fmt: skip
    return problems


def _rows_of(href: str, language: str) -> list[list[str]]:
    head, _, body = href.partition(",")
    content = base64.b64decode(body) if head.endswith(";base64") else unquote_to_bytes(body)
    if head.startswith("data:application/zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            (name,) = archive.namelist()
            content = archive.read(name)
    if language == "nl" and not content.startswith(b"\xef\xbb\xbf"):
        return [["no byte order mark: a Dutch Excel shows é as Ã©"]]
    delimiter = ";" if language == "nl" else ","
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""),
                           delimiter=delimiter))  # fmt: skip


# What a page or a title says nothing with.
_EMPTY_WORDS = re.compile(
    r"no description|placeholder|untitled|^(a |een )?(bar |line )?(chart|plot|graph|image|figure|"
    r"picture|diagram|afbeelding|grafiek|figuur|staafdiagram)\b[^.]{0,40}$|\.(png|svg|jpe?g)$",
    re.IGNORECASE,
)


def alternatives(page: Page) -> list[str]:
    """Each figure has a name and a description in sentences, with a number, unlike the others."""
    problems, seen = [], set()
    for figure in page.evaluate("checks.figures()"):
        name, description = figure["name"], figure["description"] or figure["name"]
        where = f"alternative: {name[:60]!r}"
        if not name or _EMPTY_WORDS.search(name) or _EMPTY_WORDS.search(description):
            problems.append(f"{where}: says nothing: {description[:80]!r}")
        elif not re.fullmatch(r"[^a-z].*[.!?]", description, re.DOTALL):
            problems.append(f"{where}: is no sentence: {description[-80:]!r}")
        elif len(description.split()) < 8 or not numbers(description):
            problems.append(f"{where}: tells no number of the figure: {description[:80]!r}")
        if description in seen:
            problems.append(f"{where}: the same as of another figure")
        seen.add(description)
    return problems


_WORDS = {
    language: [""] + [words(number, language) for number in range(1, 13)] for language in LANGUAGES
}
_NONE = {"geen", "niemand", "none", "no", "nobody"}


def numbers(told: str) -> list[float]:
    """Numbers in a text, in digits or in words, in their order."""
    found = []
    for word in re.findall(r"\d+(?:[.,]\d+)?|[^\W\d_]+", told.lower()):
        if word[0].isdigit():
            found.append(float(word.replace(",", ".")))
        elif word in _NONE:
            found.append(0.0)
        else:
            found += [float(known.index(word)) for known in _WORDS.values() if word in known]
    return found


def languages(page: Page) -> list[str]:
    """Every string, shown or hidden, is in the language that it is marked with."""
    problems = []
    for string in page.evaluate("checks.strings()"):
        language = string["language"]
        if language not in ("nl", "en"):
            problems.append(f"language: {string['where']}: marked as {language!r}")
            continue
        other = "en" if language == "nl" else "nl"
        mine, theirs = _score(string["text"], language), _score(string["text"], other)
        if len(theirs) > len(mine):
            problems.append(
                f"language: {string['where']}: {string['text'][:100]!r} is not in {language!r}: "
                f"{', '.join(theirs[:5])}"
            )
    return problems


def _score(told: str, language: str) -> list[str]:
    known = _vocabulary()[language]
    told = re.sub(r"\b\w+\.csv\b", "", told)  # names of files are of no language
    # Whole words: a hash has "de" in it.
    return [word for word in re.findall(r"\b[^\W\d_]+\b", told.lower()) if word in known]


# The commonest words of each that the other does not have.
_COMMON = {
    "nl": "de het een en van voor met niet zijn er aan bij ook naar uit dan dat deze dit wordt "
    "worden heeft hebben geen meer uit tot als wie welke hoe waar zoals hun haar ze zij wij "
    "gemeente gemeenten wijkteam wijkteams schaal schalen ronde uitspraak tabel figuur pagina",
    "en": "the and for with not are there from than that this these those been has have more "
    "which who how where such their they we by it its municipality municipalities "
    "scale scales round claim table figure page download skip",
}


@cache
def _vocabulary() -> dict[str, set[str]]:
    """Words that the project uses in one of its languages only."""
    texts = tomllib.loads((ROOT / "src/swt_analysis/text/texts.toml").read_text("utf-8"))
    written: dict[str, list[str]] = {"nl": [_COMMON["nl"]], "en": [_COMMON["en"]]}

    def gather(part: object) -> None:
        if isinstance(part, dict):
            for key, value in part.items():
                language = key.rpartition("_")[2]
                if language in written and isinstance(value, str):
                    written[language].append(re.sub(r"\{[^}]*\}", " ", value))
                else:
                    gather(value)

    gather(texts)
    gather(tomllib.loads((ROOT / "data/raw/study.toml").read_text("utf-8")))
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            for language in set(cell["metadata"].get("tags", ())) & set(written):
                written[language].append("".join(cell["source"]))
    for path in (ROOT / "data/raw").rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for column, value in row.items():
                    if column and column.rpartition("_")[2] in written:
                        written[column.rpartition("_")[2]].append(value or "")
    words = {
        language: set(re.findall(r"[^\W\d_]{2,}", " ".join(lines).lower()))
        for language, lines in written.items()
    }
    return {"nl": words["nl"] - words["en"], "en": words["en"] - words["nl"]}


def visit(page: Page) -> list[str]:
    """Look at a page in every way: wide and narrow, light and dark, folds open.

    What is shown with the folds closed is shown with them open. Of axe's rules those that do not
    read colours or sizes run once: nothing else changes. Folded code is four fifths of the
    elements of a page, and of axe's time: axe reads it on some pages, in `code`; the checks of our
    own read all of it.
    """
    prepare(page)
    problems = [
        *heading(page), *tables(page), *ids(page), *anchors(page), *downloads(page),
        *alternatives(page), *languages(page), *unfolding(page), *printed(page),
    ]  # fmt: skip
    with folds_open(page, without=CODE):
        problems += axe_kinds(page)
    problems += _looks(page)
    look(page, NARROW, "dark")
    with folds_open(page, without=CODE):
        problems += axe_looks(page)
    return [*problems, *_looks(page)]


def _looks(page: Page) -> list[str]:
    """What our own checks find as the page looks now, with all folds open."""
    with folds_open(page):
        found = [*contrast(page), *clipped(page), *broken(page), *small(page), *focus(page)]
        with spaced(page):
            found += [f"{one}, with text spaced" for one in clipped(page)]
    return [f"{one} ({page.viewport_size})" for one in found]


def whole(page: Page) -> list[str]:
    """What all of axe in all of the page, and Tab itself, find as the page looks now."""
    with folds_open(page, without=CODE):
        problems = axe(page)
    with folds_open(page):
        return [*problems, *keyboard(page)]


def code(page: Page) -> list[str]:
    """What all of axe finds with the code unfolded too."""
    with folds_open(page):
        return axe(page)


def look(page: Page, size: tuple[int, int] = WIDE, scheme: Scheme = "light") -> None:
    """Set the size of the window and the colours that a reader prefers."""
    width, height = size
    if page.viewport_size != {"width": width, "height": height}:
        page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
