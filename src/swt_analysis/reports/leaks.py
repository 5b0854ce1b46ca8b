"""What in files to hand on tells on people, or on places that asked not to be named."""

import base64
import binascii
import csv
import getpass
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from swt_analysis.clean.grid import tidy
from swt_analysis.clean.study import hidden_names
from swt_analysis.files import slugs
from swt_analysis.folder import StudyFolder, study_settings
from swt_analysis.reports.catalogue import reports
from swt_analysis.reports.crosstabs import attributes, small_cells
from swt_analysis.reports.properties import has_properties, properties, texts

_DATA = re.compile(r"data:([\w/+.-]*)(?:;[\w=.-]+)*,([^\"'\s>)]*)")
_DRAWN = re.compile(r"<(svg|style)\b.*?</\1>", re.DOTALL)
_PATH = re.compile(
    r"(?<![\w/.:~-])(?:/(?:home|Users|root|mnt|media|tmp|private|Volumes|var/folders)/[^\s\"'<>)]+"
    r"|[A-Z]:\\[\w .-]+\\[^\s\"'<>)]*|\\\\[\w.-]+\\[\w$.-]+[^\s\"'<>)]*|file:/{2,3}[^\s\"'<>)]+)"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b")
_SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\b(?:AKIA[0-9A-Z]{16}\b|gh[pousr]_\w{36,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}"
    r"|sk-[\w-]{20,}|Bearer [\w.~+/-]{20,}"
    r"|(?i:password|passwd|wachtwoord|api_?key|secret|token)\b"
    r"[\"']?\s*[:=]\s*[\"']?[^\s\"'<>,;]{6,})"
)
_CODE = re.compile(r"\bGM\d{4}\b")
_WORDS = 8  # in a quotation that can be looked up, or by which its speaker is known
_QUOTED = re.compile(
    r"“([^“”]{20,}?)”|„([^„”“]{20,}?)[”“]|«([^«»]{20,}?)»|(?<!\w)‘([^‘’]{20,}?)’(?!\w)"
)
_QUOTATION = "is a quotation, by which its speaker may be known; paraphrase it"
_NAME = "is the name of a municipality that has a pseudonym; take it out"
_NOBODY = {
    *("root", "user", "admin", "administrator", "beheerder", "owner", "eigenaar", "gebruiker"),
    *("guest", "gast", "student", "test", "runner", "jovyan", "ubuntu"),
}
_HOMES = {"home", "Users"}  # folders in which each has a folder of the same name
_AUTHORS = ("author", "authors", "creator", "email", "last_modified_by", "collaborators")


@dataclass(frozen=True)
class Leak:
    """One thing that may tell on somebody.

    Attributes
    ----------
    place : str
        Of the file among those handed on.
    where : str
        In the file; empty if the whole is meant.
    found : str
        What stands there.
    what : str
        Why it tells, and what to do.
    """

    place: str
    where: str
    found: str
    what: str

    def __str__(self) -> str:
        where = f" {self.where}:" if self.where else ""
        shown = self.found if len(self.found) <= 100 else f"{self.found[:100]}…"
        return f"{self.place}:{where} {shown!r} {self.what}"


@dataclass(frozen=True)
class _Sought:
    """What is looked for.

    Attributes
    ----------
    patterns : sequence of (Pattern, str)
        What may not stand in a text, and why it tells.
    known : str
        What may: how the study names its publisher and contact.
    own_words : str
        What the study says itself, in its instrument and settings; empty if quotations may stand.
    groups : mapping of str to set of str
        What municipalities are told apart by; none if they are named.
    named_files : Pattern or None
        What may not stand in the name of a file.
    """

    patterns: Sequence[tuple[re.Pattern[str], str]]
    known: str
    own_words: str
    groups: Mapping[str, set[str]]
    named_files: re.Pattern[str] | None = None


def find_leaks(study: StudyFolder, files: Mapping[str, bytes]) -> list[Leak]:
    """Look through files before they are handed on.

    Always looked for: local paths, names of who works here, addresses, secrets, authors in the
    properties of notebooks, documents and pictures, and files as they were received. Where the
    municipalities have pseudonyms, also what undoes those: names and codes, quotations, and tables
    of two characteristics in which a count is one, or lacks one of its total.

    Parameters
    ----------
    study : StudyFolder
        With processed tables.
    files : mapping of str to bytes
        By place.

    Returns
    -------
    list of Leak
        In the order of the files; what occurs more than once in one is told once.
    """
    settings = study_settings(study)
    hidden = [name for name, letter in hidden_names(study).items() if name != letter]
    named = not settings.get("pseudonyms")
    sought = _Sought(
        _patterns(study, hidden),
        " ".join(str(settings[key]) for key in settings if key.startswith(_OPEN)),
        "" if named else _own_words(study),
        {} if named else attributes(study),
        re.compile(rf"(?<![^\W_])(?:{_any_of(slugs(hidden))})(?![^\W_])") if hidden else None,
    )
    found: dict[tuple[str, str, str], Leak] = {}
    for place, content in files.items():
        for leak in _of_file(place, content, sought):
            found.setdefault((leak.place, leak.found, leak.what), leak)
    return list(found.values())


_OPEN = ("publisher", "contact")  # settings that are there to be read


def _own_words(study: StudyFolder) -> str:
    """Give what the study says itself: its instrument, its settings, the titles of its reports."""
    titles = [title for one in reports(study) for title in one.titles.values()]
    paths = [*sorted(study.instrument.glob("*.csv")), study.raw / "study.toml"]
    told = [path.read_text("utf-8-sig") for path in paths if path.exists()]
    return tidy(" ".join([*told, *titles]))


def user_names() -> list[str]:
    """Name who works here, as the system does; not a name that many machines have."""
    try:
        home = Path.home()
        names = {getpass.getuser(), *([home.name] if home.parent.name in _HOMES else [])}
    except (OSError, KeyError, RuntimeError, ImportError):  # the system knows no name
        return []
    return sorted(name for name in names if len(name) > 3 and name.lower() not in _NOBODY)


def _patterns(study: StudyFolder, hidden: list[str]) -> list[tuple[re.Pattern[str], str]]:
    root = re.escape(str(study.root.resolve()))
    found = [
        (re.compile(rf"{root}[^\s\"'<>)]*"), "is a path on this machine; clear the output"),
        (_PATH, "is a path on a machine; clear the output, or write from the study's folder on"),
        (_SECRET, "looks like a password or key; take it out, and change it where it is used"),
        (_EMAIL, "is the address of somebody; take it out, or name it as the contact"),
    ]
    if users := _any_of(user_names()):
        what = "is the name of who works here; take it out"
        found.append((re.compile(rf"(?i)(?<!\w)(?:{users})(?!\w)"), what))
    if hidden:
        names = _any_of([*hidden, *(name.upper() for name in hidden)])
        derived = re.compile(rf"(?<![^\W_])(?:{names})(?:m?ers?|se?)?(?!\w)")  # Haarlemse
        found.append((derived, _NAME))
        found.append((_CODE, "is the code of a municipality that has a pseudonym; take it out"))
    return found


def _any_of(names: Iterable[str]) -> str:
    """Write a pattern of names, the longest first."""
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


def _checked(text: str, sought: _Sought) -> Iterator[tuple[str, str]]:
    """Find what tells in a text: what it is, and why."""
    for pattern, what in sought.patterns:
        for found in dict.fromkeys(one[0] for one in pattern.finditer(text)):
            if what == _NAME or found not in sought.known:
                yield found, what


def quotations(text: str, own_words: str = "") -> Iterator[str]:
    """Find words of somebody in a text, long enough to be looked up or known by.

    Parameters
    ----------
    text : str
        With quotation marks that open and close.
    own_words : str
        What may be quoted: the study's own words.

    Examples
    --------
    >>> list(quotations("Zij zei: “We doen het hier al heel wat jaren net zo.”"))
    ['We doen het hier al heel wat jaren net zo.']
    """
    for found in _QUOTED.finditer(text):
        said = tidy(next(one for one in found.groups() if one))
        if len(said.split()) >= _WORDS and said not in own_words:
            yield said


def _of_file(place: str, content: bytes, sought: _Sought) -> Iterator[Leak]:
    """Find what tells in one file, by its kind."""
    path = PurePosixPath(place)
    if "received" in path.parts:
        what = "is as it was received; look through it, or move it out of the study"
        yield Leak(place, "", path.name, what)
    yield from (Leak(place, "", *one) for one in _checked(place, sought))
    if sought.named_files and (named := sought.named_files.search(place)):
        yield Leak(place, "", named[0], _NAME)
    if has_properties(content):
        for where, author in properties(content):
            if author not in sought.known:
                what = "is named in the properties of the file; remove them there"
                yield Leak(place, where, author, what)
        for where, words in texts(content):
            yield from _of_text(place, where, words, sought)
        return
    source = content.decode("utf-8", errors="replace")
    if path.suffix == ".ipynb":
        yield from _of_notebook(place, source, sought)
    elif path.suffix == ".html":
        yield from _of_page(place, "", source, sought)
    else:
        rows = csv.reader(io.StringIO(source, newline="")) if path.suffix == ".csv" else None
        lines = map("\n".join, rows) if rows else source.splitlines()
        for row, line in enumerate(lines, start=1):
            yield from _of_text(place, f"row {row}", line, sought)


def _of_text(place: str, where: str, text: str, sought: _Sought) -> Iterator[Leak]:
    yield from (Leak(place, where, *one) for one in _checked(text, sought))
    if sought.own_words:
        for said in quotations(text, sought.own_words):
            yield Leak(place, where, said, _QUOTATION)


def _of_notebook(place: str, source: str, sought: _Sought) -> Iterator[Leak]:
    """Find what tells in the metadata, cells and outputs of a notebook."""
    try:
        notebook = json.loads(source)
        cells = list(notebook["cells"])
    except (ValueError, KeyError, TypeError):
        yield from _of_text(place, "", source, sought)
        return
    numbered = [(f"cell {at}", cell) for at, cell in enumerate(cells, start=1)]
    for where, one in [("notebook", notebook), *numbered]:
        metadata = one.get("metadata", {})
        for author in _authors(metadata):
            if author not in sought.known:
                what = "is named as author in its metadata; remove it there (Property inspector)"
                yield Leak(place, f"{where}, metadata", author, what)
        yield from _of_text(place, f"{where}, metadata", "\n".join(_strings(metadata)), sought)
    for where, cell in numbered:
        yield from _of_text(place, where, "".join(cell.get("source", "")), sought)
        for kind, shown in (one for output in cell.get("outputs", []) for one in _shown(output)):
            if kind == "text/html":
                yield from _of_page(place, f"{where}, output", shown, sought)
            elif kind.startswith("image/") and kind != "image/svg+xml":
                yield from _of_data(place, f"{where}, output", kind, _decoded(shown), sought)
            else:
                yield from _of_text(place, f"{where}, output", shown, sought)


def _authors(metadata: object) -> Iterator[str]:
    """Find who is named as author anywhere in the metadata of a notebook."""
    if isinstance(metadata, dict):
        for key, value in metadata.items():
            if key.lower() in _AUTHORS:
                yield from filter(None, _strings(value))
            else:
                yield from _authors(value)


def _strings(data: object) -> Iterator[str]:
    """Give every text in JSON."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for one in data.values() if isinstance(data, dict) else data:
            yield from _strings(one)


def _shown(output: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give what an output shows, by media type."""
    for kind, shown in output.get("data", {}).items():
        yield kind, "".join(shown) if isinstance(shown, list | str) else json.dumps(shown)
    for key in ("text", "traceback", "evalue"):
        if key in output:
            yield "text/plain", "".join(output[key])


def _of_page(place: str, where: str, source: str, sought: _Sought) -> Iterator[Leak]:
    """Find what tells in HTML: its source, its tables, and the files kept inside it."""
    for data in _DATA.finditer(source):
        content = _decoded(data[2]) if data[0].partition(",")[0].endswith(";base64") else b""
        yield from _of_data(place, where, data[1], content or unquote(data[2]).encode(), sought)
    plain = _DATA.sub("", source)
    yield from (Leak(place, where, *one) for one in _checked(plain, sought))
    if not sought.own_words:
        return
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(_DRAWN.sub("", plain), "html.parser")
    blocks = [tidy(one.get_text(" ")) for one in soup.find_all(["blockquote", "q"])]
    long = [one for one in blocks if len(one.split()) >= _WORDS and one not in sought.own_words]
    for said in [*quotations(soup.get_text(" "), sought.own_words), *long]:
        yield Leak(place, where, said, _QUOTATION)
    for number, table in enumerate(soup.find_all("table"), start=1):
        rows = [
            [tidy(cell.get_text(" ")) for cell in row.find_all(["th", "td"])]
            for row in table.find_all("tr")
        ]
        for found, what in small_cells(rows, sought.groups):
            yield Leak(place, f"{where or 'page'}, table {number}", found, what)


def _of_data(place: str, where: str, kind: str, content: bytes, sought: _Sought) -> Iterator[Leak]:
    """Find what tells in a file that is kept inside a page."""
    ending = {"text/csv": "csv", "image/svg+xml": "svg"}.get(kind)
    if ending or has_properties(content):
        for leak in _of_file(f"inside.{ending}", content, sought):
            inside = ", ".join(filter(None, (where, "a file inside", leak.where)))
            yield replace(leak, place=place, where=inside)


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode("".join(encoded.split()))
    except (binascii.Error, ValueError):
        return b""
