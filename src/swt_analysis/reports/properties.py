"""Who is named in the properties of documents, workbooks, PDFs and pictures; and their texts."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape

_MOST_UNPACKED = 50_000_000  # bytes of a part; a Word document of ours has under 1 MB
_PROGRAMS = {"", "python-docx", "openpyxl", "xlsxwriter", "swt_analysis"}
_PERSON = re.compile(
    r"<(?:dc:creator|cp:lastModifiedBy|meta:initial-creator|Manager|Company|author|"
    r"meta:printed-by)(?:\s[^>]*)?>([^<]*)<"
)
_MARKED = re.compile(r'\b(?:w:author|w15:author|displayName|office:author)="([^"]*)"')
_PDF_AUTHOR = re.compile(rb"/Author\s*(?:\(((?:[^()\\]|\\.)*)\)|<([0-9A-Fa-f\s]+)>)", re.DOTALL)
_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_PACKAGE, _PDF = b"PK\x03\x04", b"%PDF"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8", b"II*\x00", b"MM\x00*")
_ARTIST, _COPYRIGHT, _XP_AUTHOR, _GPS = 315, 33432, 40093, 34853  # tags of Exif


def has_properties(content: bytes) -> bool:
    """Whether a file is of a kind that `properties` reads."""
    return content.startswith((_PACKAGE, _PDF, *_PICTURES))


def properties(content: bytes) -> Iterator[tuple[str, str]]:
    """Find who is named in the properties of a file, and in marks on its text.

    Parameters
    ----------
    content : bytes
        A document or workbook (.docx, .xlsx, .ods and the like), a PDF, or a picture; of anything
        else nothing is told.

    Yields
    ------
    tuple of str and str
        Which property or part, and the name in it.
    """
    if content.startswith(_PACKAGE):
        for part, source in _parts(content):
            names = [*_PERSON.findall(source), *_MARKED.findall(source)]
            for name in dict.fromkeys(map(unescape, names)) if part.endswith(".xml") else ():
                if name.lower() not in _PROGRAMS:
                    yield part, name
    elif content.startswith(_PDF):
        yield from (("Author", name) for name in dict.fromkeys(_pdf_authors(content)) if name)
    elif content.startswith(_PICTURES):
        yield from _of_picture(content)


def texts(content: bytes) -> Iterator[tuple[str, str]]:
    """Give the texts of a package by part, markup taken off; none of other files."""
    if content.startswith(_PACKAGE):
        for part, source in _parts(content):
            kind = part.rpartition(".")[2].lower()
            if kind in ("xml", "rels", "svg", "html"):
                yield part, unescape(re.sub(r"<[^>]*>", " ", source))
            elif kind in ("csv", "txt"):
                yield part, source


def _parts(content: bytes) -> Iterator[tuple[str, str]]:
    """Unpack the parts of a package as text; of a damaged one those before the damage."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for part in archive.infolist():
                if part.file_size <= _MOST_UNPACKED and not part.is_dir():
                    yield part.filename, archive.read(part).decode("utf-8", errors="replace")
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError):
        return


def _pdf_authors(content: bytes) -> Iterator[str]:
    """Find authors in a PDF: in its dictionary, in packed objects, and in XMP."""
    packed = (_inflated(one) for one in _PDF_STREAM.findall(content))
    for piece in [content, *(one for one in packed if b"/Author" in one or b"dc:creator" in one)]:
        for plain, coded in _PDF_AUTHOR.findall(piece):
            raw = bytes.fromhex(re.sub(r"\s", "", coded.decode())) if coded else _unescaped(plain)
            utf16 = raw.startswith(b"\xfe\xff")
            yield raw[2:].decode("utf-16-be", "replace") if utf16 else raw.decode("latin-1")
        for creator in re.findall(rb"<dc:creator>(.*?)</dc:creator>", piece, re.DOTALL):
            yield re.sub(r"<[^>]*>", " ", creator.decode("utf-8", "replace")).strip()


def _unescaped(text: bytes) -> bytes:
    """Undo the escapes of a string in a PDF: octal numbers, and characters after a backslash."""
    octal = re.sub(rb"\\([0-7]{1,3})", lambda one: bytes([int(one[1], 8) & 255]), text)
    return re.sub(rb"\\(.)", rb"\1", octal, flags=re.DOTALL)


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream, _MOST_UNPACKED)
    except zlib.error:
        return b""


def _of_picture(content: bytes) -> Iterator[tuple[str, str]]:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as picture:
            told = {str(key).lower(): value for key, value in picture.info.items()}
            exif = picture.getexif()
            place = dict(exif.get_ifd(_GPS))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return
    for key in ("author", "artist", "copyright", "creator"):
        if isinstance(told.get(key), str):
            yield key, told[key]
    for tag, key in ((_ARTIST, "artist"), (_COPYRIGHT, "copyright"), (_XP_AUTHOR, "author")):
        value = exif.get(tag)
        text = value.decode("utf-16-le", "replace") if isinstance(value, bytes) else value
        if text:
            yield key, str(text).strip("\0 ")
    if place:
        yield "GPS", "the place where it was taken"
