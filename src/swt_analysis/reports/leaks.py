"""What in files to hand on tells on people, or on places that asked not to be named."""

import base64
import binascii
import csv
import getpass
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from swt_analysis.clean.study import hidden_names
from swt_analysis.files import slugs
from swt_analysis.folder import StudyFolder, study_settings
from swt_analysis.reports.crosstabs import attributes, small_cells
from swt_analysis.reports.properties import is_package, is_picture, properties, texts

_DATA = re.compile(r"data:([\w/+.-]*)(;[\w=.-]+)*?(;base64)?,([^\"'\s>)]*)")
_PATH = re.compile(
    r"(?<![\w/.:~-])(?:/(?:home|Users|root|mnt|media|tmp|private|Volumes|var/folders)/[^\s\"'<>)]+"
    r"|[A-Z]:\\[\w .-]+\\[^\s\"'<>)]*|\\\\[\w.-]+\\[\w$.-]+[^\s\"'<>)]*|file:/{2,3}[^\s\"'<>)]+)"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b")
_SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{36,}|\bglpat-[\w-]{20,}"
    r"|\bxox[abprs]-[\w-]{10,}|\bsk-[\w-]{20,}|\bBearer [\w.~+/-]{20,}"
    r"|(?i:\b(?:password|passwd|wachtwoord|api_?key|secret|token)\b[\"']?\s*[:=]\s*[\"']?[^\s\"'<>,;]{6,})"
)
_CODE = re.compile(r"\bGM\d{4}\b")
_WORDS = 6  # in a quotation that can be looked up, or by which its speaker is known
_QUOTED = re.compile(
    r"“([^“”]{20,}?)”|„([^„”“]{20,}?)[”“]|«([^«»]{20,}?)»|(?<!\w)‘([^‘’]{20,}?)’(?!\w)"
)
_NOBODY = {"root", "user", "admin", "administrator", "runner", "jovyan", "ubuntu", "guest", "test"}
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


Check = Callable[[str], Iterator[tuple[str, str]]]  # of a text: what is found, and why it tells


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
    known = _known(settings)
    check = _checks(study, hidden, known)
    groups = attributes(study) if settings.get("pseudonyms") else {}
    found: dict[tuple[str, str, str], Leak] = {}
    for place, content in files.items():
        for leak in _of_file(place, content, check, known, groups, quoted=bool(groups)):
            found.setdefault((leak.place, leak.found, leak.what), leak)
    return list(found.values())


def _known(settings: Mapping[str, Any]) -> str:
    """Give what the study says of itself: its publisher and contact are there to be read."""
    keys = [key for key in settings if key.startswith(("publisher", "contact"))]
    return " ".join(str(settings[key]) for key in keys)


def user_names() -> list[str]:
    """Name who works here, as the system does; not a name that many machines have."""
    try:
        names = {getpass.getuser(), Path.home().name}
    except (OSError, KeyError, RuntimeError, ImportError):  # the system knows no name
        return []
    return sorted(name for name in names if len(name) > 3 and name.lower() not in _NOBODY)


def _checks(study: StudyFolder, hidden: list[str], known: str) -> Check:
    users = [re.escape(one) for one in user_names()]
    user = re.compile(rf"(?i)(?<!\w)(?:{'|'.join(users)})(?!\w)") if users else None
    root = re.compile(re.escape(str(study.root.resolve())) + r"[^\s\"'<>)]*")
    spelt = {form for name in hidden for form in (name, name.upper(), *slugs([name]))}
    longest = sorted(map(re.escape, spelt), key=len, reverse=True)
    name = re.compile(rf"(?<![^\W_])(?:{'|'.join(longest)})") if hidden else None

    def check(text: str) -> Iterator[tuple[str, str]]:
        for pattern, what in (
            (root, "is a path on this machine; clear the output or use a relative path"),
            (_PATH, "is a path on a machine; clear the output or use a relative path"),
            (user, "is the name of who works here; take it out"),
            (_SECRET, "looks like a password or key; take it out, and change it where it is used"),
            (name, "is the name of a municipality that has a pseudonym; take it out"),
            (_CODE if hidden else None, "is the code of a municipality; take it out"),
        ):
            yield from () if pattern is None else ((one, what) for one in _all(pattern, text))
        for one in _all(_EMAIL, text):
            if one not in known:
                yield one, "is the address of somebody; take it out, or name it as the contact"

    return check


def _all(pattern: re.Pattern[str], text: str) -> list[str]:
    return list(dict.fromkeys(found[0] for found in pattern.finditer(text)))


def quotations(text: str) -> Iterator[tuple[str, str]]:
    """Find words of somebody in a text, long enough to be looked up or known by.

    Examples
    --------
    >>> [found for found, _ in quotations("Zij zei: “We doen het hier al jaren net zo.”")]
    ['We doen het hier al jaren net zo.']
    """
    for found in _QUOTED.finditer(text):
        said = next(one for one in found.groups() if one)
        if len(said.split()) >= _WORDS:
            yield said, "is a quotation, by which its speaker may be known; paraphrase it"


def _of_file(
    place: str,
    content: bytes,
    check: Check,
    known: str,
    groups: Mapping[str, set[str]],
    *,
    quoted: bool,
) -> Iterator[Leak]:
    """Find what tells in one file, by its kind."""
    path = PurePosixPath(place)
    if "received" in path.parts:
        what = "is as it was received; look through it, and move it out of the study or accept it"
        yield Leak(place, "", path.name, what)
    yield from (Leak(place, "", one, what) for one, what in check(place))
    if is_package(content) or is_picture(content) or content.startswith(b"%PDF"):
        for where, author in properties(content):
            if author not in known:
                what = "is named in the properties of the file; remove them there"
                yield Leak(place, where, author, what)
        for where, words in texts(content):
            yield from _of_text(place, where, words, check, quoted=quoted)
        return
    source = content.decode("utf-8", errors="replace")
    if path.suffix == ".ipynb":
        yield from _of_notebook(place, source, check, known, groups, quoted=quoted)
    elif path.suffix == ".html":
        yield from _of_page(place, source, check, known, groups, quoted=quoted)
    elif path.suffix == ".csv":
        for row, cells in enumerate(csv.reader(io.StringIO(source, newline="")), start=1):
            yield from _of_text(place, f"row {row}", "\n".join(cells), check, quoted=quoted)
    else:
        for row, line in enumerate(source.splitlines(), start=1):
            yield from _of_text(place, f"line {row}", line, check, quoted=quoted)


def _of_text(place: str, where: str, text: str, check: Check, *, quoted: bool) -> Iterator[Leak]:
    for found, what in check(text):
        yield Leak(place, where, found, what)
    for found, what in quotations(text) if quoted else ():
        yield Leak(place, where, found, what)


def _of_notebook(
    place: str,
    source: str,
    check: Check,
    known: str,
    groups: Mapping[str, set[str]],
    *,
    quoted: bool,
) -> Iterator[Leak]:
    try:
        notebook = json.loads(source)
        cells = list(notebook["cells"])
    except (ValueError, KeyError, TypeError):
        yield from _of_text(place, "", source, check, quoted=quoted)
        return
    for where, data in [
        ("metadata", notebook.get("metadata", {})),
        *((f"cell {at}, metadata", cell.get("metadata", {})) for at, cell in enumerate(cells, 1)),
    ]:
        for author in _authors(data):
            if author not in known:
                what = "is named in the notebook's metadata; remove it there (Property inspector)"
                yield Leak(place, where, author, what)
        yield from _of_text(place, where, "\n".join(_strings(data)), check, quoted=quoted)
    for at, cell in enumerate(cells, start=1):
        words = "".join(cell.get("source", ""))
        yield from _of_text(place, f"cell {at}", words, check, quoted=quoted)
        for output in cell.get("outputs", []):
            where = f"cell {at}, output"
            for kind, shown in _shown(output):
                if kind == "text/html":
                    yield from _of_page(place, shown, check, known, groups, quoted=quoted, at=where)
                elif kind.startswith("image/") and kind != "image/svg+xml":
                    yield from _of_data(place, where, kind, _decoded(shown), check, known)
                else:
                    yield from _of_text(place, where, shown, check, quoted=quoted)


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


def _of_page(
    place: str,
    source: str,
    check: Check,
    known: str,
    groups: Mapping[str, set[str]],
    *,
    quoted: bool,
    at: str = "",
) -> Iterator[Leak]:
    """Find what tells in a page: its source, its tables, and the files kept inside it."""
    for data in _DATA.finditer(source):
        kind, encoded = data[1], data[4]
        content = _decoded(encoded) if data[3] else unquote(encoded).encode()
        yield from _of_data(place, at, kind, content, check, known)
    plain = _DATA.sub("", source)
    yield from (Leak(place, at, *one) for one in check(plain))
    if not quoted:
        return
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(re.sub(r"(?s)<(svg|style)\b.*?</\1>", "", plain), "html.parser")
    yield from (Leak(place, at, *one) for one in quotations(soup.get_text(" ")))
    for block in soup.find_all(["blockquote", "q"]):
        said = " ".join(block.get_text(" ").split())
        if len(said.split()) >= _WORDS:
            what = "is a quotation, by which its speaker may be known; paraphrase it"
            yield Leak(place, at, said, what)
    for number, table in enumerate(soup.find_all("table"), start=1):
        rows = [
            [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]
            for row in table.find_all("tr")
        ]
        for found, what in small_cells(rows, groups):
            yield Leak(place, f"{at or 'table'} {number}", found, what)


def _of_data(
    place: str, where: str, kind: str, content: bytes, check: Check, known: str
) -> Iterator[Leak]:
    """Find what tells in a file that is kept inside a page."""
    ending = {"text/csv": "csv", "image/svg+xml": "svg"}.get(kind, "bin")
    if ending == "bin" and not (is_package(content) or is_picture(content)):
        return
    inside = _of_file(f"download.{ending}", content, check, known, {}, quoted=False)
    for leak in inside:
        yield replace(leak, place=place, where=", ".join(filter(None, (where, "a file inside"))))


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode("".join(encoded.split()))
    except (binascii.Error, ValueError):
        return b""
