"""Whether a change of the code changes what a reader gets: ``python -m tests.golden BEFORE AFTER``.

Both are studies with their reports made. Compared are the bytes of the processed tables, and of
each page its visible text, table cells, captions, text alternatives and links; not the code that
is folded at its end, nor how it looks.
"""

import hashlib
import sys
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

from bs4 import BeautifulSoup, Tag


def seen(page: str) -> list[str]:
    """List what a reader or a screen reader finds on a page, in its order."""
    soup = BeautifulSoup(page, "html.parser")
    for hidden in soup.select("details.code, style, script"):
        hidden.decompose()
    return list(_lines(soup))


def _lines(tag: Tag) -> Iterator[str]:
    for part in tag.children:
        if isinstance(part, Tag):
            yield from (f"<{part.name} {text}>" for text in _attributes(part))
            yield from _lines(part)
        elif text := " ".join(str(part).split()):
            yield f"{tag.name}: {text}"


def _attributes(tag: Tag) -> Iterator[str]:
    for name in ("alt", "aria-label", "lang", "href", "download", "scope"):
        if value := tag.get(name):
            yield f"{name}={_short(str(value))}"


def _short(value: str) -> str:
    """Name what a link saves by its kind and, if it is text, by its content."""
    kind, _, data = value.partition(",")
    if not value.startswith("data:"):
        return value
    is_picture = "image" in kind or "zip" in kind
    return kind if is_picture else f"{kind} {hashlib.sha256(data.encode()).hexdigest()[:12]}"


def differences(before: Path, after: Path) -> Iterator[str]:
    """Tell what differs between two studies, line by line."""
    for pattern in ("data/processed/*.*", "reports/**/*.html"):
        old, new = ({p.relative_to(root) for p in root.glob(pattern)} for root in (before, after))
        yield from (f"{path}: only in {before}" for path in sorted(old - new))
        yield from (f"{path}: only in {after}" for path in sorted(new - old))
        for path in sorted(old & new):
            one, other = ((root / path).read_text("utf-8") for root in (before, after))
            if path.suffix == ".html":
                one, other = "\n".join(seen(one)), "\n".join(seen(other))
            if one != other:
                yield f"{path}:"
                lines = unified_diff(one.split("\n"), other.split("\n"), lineterm="", n=0)
                yield from (f"    {line[:200]}" for line in list(lines)[2:])


if __name__ == "__main__":
    found = list(differences(*map(Path, sys.argv[1:3])))
    print("\n".join(found) or "Nothing differs.")
    sys.exit(bool(found))
