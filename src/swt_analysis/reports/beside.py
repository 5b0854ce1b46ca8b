"""Copies of a page beside it, a PDF or a Word document: made anew only when the page changed.

A copy tells in its properties, by a hash, which page it was made from. One that does not tell was
not made here, or was edited since: it stays.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from swt_analysis.files import file_hash, write_whole

PDF, WORD = ".pdf", ".docx"
_MADE_FROM = re.compile(rb"(?:/SHA256 \(|sha256:)([0-9a-f]{64})")


class CopyError(Exception):
    """A copy of a page could not be made; the message says why."""


def copies(
    pages: Sequence[Path], ending: str, copy: Callable[[Path], bytes], *, jobs: int = 1
) -> Iterator[tuple[Path, CopyError | None]]:
    """Make copies of pages, each beside its page, unless the one there was made from that page.

    Parameters
    ----------
    pages : sequence of Path
        HTML files.
    ending : str
        Of the copies: `PDF` or `WORD`.
    copy : callable
        Gives the copy of a page; it may raise a `CopyError`.
    jobs : int
        How many at a time.

    Yields
    ------
    tuple of Path and (CopyError or None)
        A page, as they come, and what went wrong with it.
    """
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        making = {pool.submit(_copy, page, ending, copy): page for page in pages}
        try:
            for future in as_completed(making):
                try:
                    future.result()
                except CopyError as error:
                    yield making[future], error
                else:
                    yield making[future], None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def made_from(copy: Path) -> str | None:
    """Tell the hash of the page that a copy was made from; None if the copy does not tell."""
    told = _MADE_FROM.search(copy.read_bytes())
    return told[1].decode() if told else None


def is_current(copy: Path, page: Path) -> bool:
    """Whether a copy is there and was made from the page as it is."""
    return copy.exists() and made_from(copy) == file_hash(page)


def remove_outdated(page: Path) -> None:
    """Remove the copies beside a page that were made from it as it was before.

    The page may be gone. A copy that was not made here, or was edited since, stays.
    """
    there = [copy for ending in (PDF, WORD) if (copy := page.with_suffix(ending)).exists()]
    now = file_hash(page) if there and page.exists() else None
    for copy in there:
        if made_from(copy) not in (None, now):
            copy.unlink()


def _copy(page: Path, ending: str, copy: Callable[[Path], bytes]) -> None:
    place = page.with_suffix(ending)
    try:
        if not is_current(place, page):
            write_whole({place: copy(page)})
    except OSError as error:
        raise CopyError(f"{error.filename}: {error.strerror}") from error
