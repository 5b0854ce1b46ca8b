"""Pages printed as PDF by the Chromium that is on the machine: tagged, with bookmarks."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from swt_analysis.files import write_whole

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
_MAC = ("Chromium", "Google Chrome", "Microsoft Edge")
_WINDOWS = (
    r"Chromium\Application\chrome.exe",
    r"Google\Chrome\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
)
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # nothing leaves the machine
    "--no-pdf-header-footer",
    "--export-tagged-pdf",
    "--generate-pdf-document-outline",
)
# The dates among the properties of a document.
_DATES = re.compile(rb"/CreationDate \(D:[^)]*\)\s*/ModDate \(D:[^)]*\)")
_PRINTED_FROM = re.compile(rb"/SHA256 \(([0-9a-f]{64})\)")


class PrintError(Exception):
    """A page could not be printed; the message says why."""


def find_browser() -> Path | None:
    """Find a Chromium (or Chrome, or Edge): by its name, or where it usually is."""
    places = [Path(found) for name in NAMES if (found := shutil.which(name))]
    if sys.platform == "darwin":
        roots = (Path("/Applications"), Path.home() / "Applications")
        places += [root / f"{name}.app/Contents/MacOS/{name}" for root in roots for name in _MAC]
    if sys.platform == "win32":
        folders = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        roots = tuple(Path(os.environ[name]) for name in folders if name in os.environ)
        places += [root / name for root in roots for name in _WINDOWS]
    return next((place for place in places if place.is_file()), None)


def print_pages(
    browser: Path, pages: Sequence[Path], *, jobs: int = 1, timeout: float = 60
) -> Iterator[tuple[Path, PrintError | None]]:
    """Print pages, each as a PDF beside it, unless the PDF there was printed from that page.

    Parameters
    ----------
    browser : Path
        From `find_browser`.
    pages : sequence of Path
        HTML files.
    jobs : int
        How many at a time.
    timeout : float
        Seconds that a page may take.

    Yields
    ------
    tuple of Path and (PrintError or None)
        A page, as they come, and what went wrong with it.
    """
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        printing = {pool.submit(_print, browser, page, timeout): page for page in pages}
        try:
            for future in as_completed(printing):
                try:
                    future.result()
                except PrintError as error:
                    yield printing[future], error
                else:
                    yield printing[future], None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def pdf(browser: Path, page: Path, timeout: float = 60) -> bytes:
    """Print a page.

    Parameters
    ----------
    browser : Path
        From `find_browser`.
    page : Path
        An HTML file.
    timeout : float
        Seconds.

    Returns
    -------
    bytes
        A PDF, the same each time: instead of dates it has the hash of the page.

    Raises
    ------
    PrintError
        If the browser does not do it, or not in time.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        target = Path(folder) / "page.pdf"
        command = [str(browser), *_FLAGS, f"--user-data-dir={folder}/profile"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium does not start as root without
        command += [f"--print-to-pdf={target}", page.resolve().as_uri()]
        output = _run(command, timeout)
        content = target.read_bytes() if target.exists() else b""
    if not content.rstrip().endswith(b"%%EOF"):
        reason = output.strip().splitlines()[-1:] or ["no PDF was written"]
        raise PrintError(f"{browser} did not print it: {reason[0]}")
    return _without_dates(content, _hash(page))


def printed_from(document: Path, page: Path) -> bool:
    """Whether a PDF is there and was printed from the page as it is."""
    return document.exists() and _hash(page) in document.read_bytes()


def remove_outdated(page: Path) -> None:
    """Remove the PDF beside a page that was printed from it as it was before.

    The page may be gone. A PDF that was not printed here stays.
    """
    document = page.with_suffix(".pdf")
    if not document.exists():
        return
    printed = _PRINTED_FROM.search(document.read_bytes())
    if printed and not (page.exists() and printed[1] == _hash(page)):
        document.unlink()


def _print(browser: Path, page: Path, timeout: float) -> None:
    document = page.with_suffix(".pdf")
    try:
        if not printed_from(document, page):
            write_whole({document: pdf(browser, page, timeout)})
    except OSError as error:
        raise PrintError(f"{error.filename}: {error.strerror}") from error


def _run(command: list[str], timeout: float) -> str:
    """Run a browser; past its time it is ended with all the processes that it started."""
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            return process.communicate(timeout=timeout)[1].decode(errors="replace")
        except subprocess.TimeoutExpired:
            raise PrintError(f"not printed within {timeout:g} seconds") from None
        finally:
            if process.poll() is None:
                if os.name == "posix":
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()


def _hash(page: Path) -> bytes:
    return hashlib.sha256(page.read_bytes()).hexdigest().encode()


def _without_dates(content: bytes, page: bytes) -> bytes:
    """Put the hash of the page in the place of the dates, byte for byte: offsets stay."""
    dates = _DATES.search(content)
    instead = b"/SHA256 (%s)" % page
    if dates is None or len(instead) > len(dates[0]):
        return content  # printed again the next time, and otherwise as good
    return content.replace(dates[0], instead.ljust(len(dates[0])), 1)
