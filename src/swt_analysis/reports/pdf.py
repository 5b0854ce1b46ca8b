"""Pages printed as PDF by the Chromium that is on the machine: tagged, with bookmarks."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from swt_analysis.files import file_hash
from swt_analysis.reports.beside import CopyError

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
# The name of an element of a tagged document; the browser counts on from what it made before.
_ELEMENT = re.compile(rb"\(node(\d{8})\)")


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
        A PDF, the same each time: instead of dates it has the hash of the page, and its
        elements are numbered from one.

    Raises
    ------
    CopyError
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
        raise CopyError(f"{browser} did not print it: {reason[0]}")
    return _without_dates(_numbered_anew(content), file_hash(page).encode())


def _run(command: list[str], timeout: float) -> str:
    """Run a browser; past its time it is ended with all the processes that it started."""
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            return process.communicate(timeout=timeout)[1].decode(errors="replace")
        except subprocess.TimeoutExpired:
            raise CopyError(f"not printed within {timeout:g} seconds") from None
        finally:
            if process.poll() is None:
                if os.name == "posix":
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()


def _without_dates(content: bytes, page: bytes) -> bytes:
    """Put the hash of the page in the place of the dates, byte for byte: offsets stay."""
    dates = _DATES.search(content)
    instead = b"/SHA256 (%s)" % page
    if dates is None or len(instead) > len(dates[0]):
        return content  # printed again the next time, and otherwise as good
    return content.replace(dates[0], instead.ljust(len(dates[0])), 1)


def _numbered_anew(content: bytes) -> bytes:
    """Give the elements of a tagged document numbers from one, in their order and as wide."""
    numbers = sorted(set(_ELEMENT.findall(content)))
    anew = {number: b"(node%08d)" % place for place, number in enumerate(numbers, start=1)}
    return _ELEMENT.sub(lambda found: anew[found[1]], content)
