"""Show a folder of pages in the browser of this machine, and tell it when one is new.

The pages on disk know nothing of it: the script that listens is put in as a page is sent.
"""

import queue
import re
import threading
import time
from collections import Counter
from contextlib import suppress
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from swt_analysis.reports.render import policy_hash

ADDRESS = "127.0.0.1"
EVENTS = "/.events"  # no page can be called so: what begins with a dot is not served
ALIVE_SECONDS = 15.0
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".ipynb": "application/json; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".csv": "text/csv; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
}
_SCRIPT = """
new EventSource("/.events?" + encodeURIComponent(location.pathname)).onmessage =
  (message) => { if (message.data !== "VERSION") location.reload() };
"""
_OWN_SCRIPT = re.compile(rb"script-src ('sha256-[\w+/=]+'); ")
_POLICY = re.compile(rb'(<meta http-equiv="Content-Security-Policy" content=")')
_ERROR = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font:1rem/1.5 sans-serif;margin:2rem;max-width:80rem;color-scheme:light dark}}
pre{{overflow:auto;border-left:.3rem solid #b30000;padding-left:1rem}}</style></head>
<body><h1>{title}</h1><p>The page on disk is as it was. This message goes away when the fault is
mended.</p><pre>{told}</pre></body></html>"""


class Pages(ThreadingHTTPServer):
    """Serves a folder on 127.0.0.1; what is shown instead of a page is in its hands.

    Parameters
    ----------
    folder : Path
    port : int
        0 for any that is free.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__((ADDRESS, port), _Handler)
        self.folder = folder.resolve()
        self.hosts = {f"{name}:{self.server_port}" for name in (ADDRESS, "localhost")}
        self._lock = threading.Lock()
        self._listening: dict[queue.SimpleQueue[str | None], str] = {}
        self._versions: Counter[str] = Counter()
        self._begun = time.time_ns()  # else a page of the process before would count as new
        self._faults: dict[str, tuple[str, str]] = {}
        self._fault: tuple[str, str] | None = None

    @property
    def url(self) -> str:
        """Where the pages are."""
        return f"http://{ADDRESS}:{self.server_port}/"

    def open_pages(self) -> set[str]:
        """Places of the pages that are open in a browser now, such as ``nl/overview``."""
        with self._lock:
            return {place.removesuffix(".html") for place in self._listening.values()}

    def made(self, key: str) -> None:
        """Say that a page is new; what was shown instead of it goes away."""
        with self._lock:
            self._faults.pop(key, None)
            self._changed(f"{key}.html")

    def failed(self, key: str, title: str, told: str) -> None:
        """Show what went wrong instead of a page, until it is made."""
        with self._lock:
            self._faults[key] = title, told
            self._changed(f"{key}.html")

    def all_failed(self, title: str, told: str) -> None:
        """Show what went wrong instead of every page, until `mended`."""
        with self._lock:
            if self._fault != (title, told):
                self._fault = title, told
                self._changed()

    def mended(self) -> None:
        """Show the pages again after `all_failed`."""
        with self._lock:
            if self._fault is not None:
                self._fault = None
                self._changed()

    def _changed(self, place: str | None = None) -> None:
        """Tell the browsers that show a page, or all."""
        self._versions[place or ""] += 1
        for waiting, shown in self._listening.items():
            if place in (None, shown):
                waiting.put(self._version(shown))

    def _version(self, place: str) -> str:
        return str(self._begun + self._versions[place] + self._versions[""])

    def version(self, place: str) -> str:
        """Tell how often what is shown at a place has changed, as a name."""
        with self._lock:
            return self._version(place)

    def listen(self, place: str) -> "queue.SimpleQueue[str | None]":
        """Give what says when a page is new; it begins with how it is now."""
        waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        with self._lock:
            self._listening[waiting] = place
            waiting.put(self._version(place))
        return waiting

    def leave(self, waiting: "queue.SimpleQueue[str | None]") -> None:
        """Listen no more."""
        with self._lock:
            self._listening.pop(waiting, None)

    def content(self, place: str) -> bytes | None:
        """Give what is shown at a place; None if there is nothing.

        Parameters
        ----------
        place : str
            Parts between slashes, below the folder.
        """
        with self._lock:
            fault = self._fault or self._faults.get(place.removesuffix(".html"))
        if fault and place.endswith(".html"):
            title, told = map(escape, fault)
            return _ERROR.format(title=title, told=told).encode()
        with suppress(OSError):  # a name that is too long for the system
            path = self.folder.joinpath(place).resolve()
            if path.is_relative_to(self.folder) and path.is_file():
                return path.read_bytes()
        return None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a browser that leaves is no error."""

    def server_close(self) -> None:
        """Close, and end what browsers listen to."""
        super().server_close()
        with self._lock:
            for waiting in self._listening:
                waiting.put(None)


class _Handler(BaseHTTPRequestHandler):
    """Answers one browser; `Pages` decides what."""

    server: Pages
    server_version = "swt"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        """Send a page, or what happens to it."""
        # A page elsewhere can have its own name point here; its browser then says that name.
        if self.headers.get("Host", "").lower() not in self.server.hosts:
            self._send(403, b"This server is for this machine only.\n", "text/plain")
            return
        address = urlsplit(self.path)
        if address.path == EVENTS:
            self._events(_place(unquote(address.query)) or "index.html")
            return
        place = _place(unquote(address.path))
        version = "" if place is None else self.server.version(place)  # before what it is of
        content = None if place is None else self.server.content(place)
        if place is None or content is None:
            self._send(404, b"There is no such page.\n", "text/plain")
            return
        kind = TYPES.get(Path(place).suffix, "application/octet-stream")
        if kind.startswith("text/html"):
            content = with_script(content, version)
        self._send(200, content, kind)

    do_HEAD = do_GET

    def _send(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(content)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Resource-Policy": "same-origin",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _events(self, place: str) -> None:
        """Send server-sent events (WHATWG HTML, 9.2) until the browser leaves."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        if self.command == "HEAD":
            return
        waiting = self.server.listen(place)
        try:
            while True:
                try:
                    version = waiting.get(timeout=ALIVE_SECONDS)
                except queue.Empty:
                    line = ":\n\n"  # finds out whether anybody is there
                else:
                    if version is None:
                        return
                    line = f"data: {version}\nretry: 500\n\n"
                self.wfile.write(line.encode())
                self.wfile.flush()
        finally:
            self.server.leave(waiting)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def with_script(page: bytes, version: str) -> bytes:
    """Put the listening script into a page, and allow it beside the page's own."""
    script = _SCRIPT.replace("VERSION", version)
    own = _OWN_SCRIPT.search(page)
    hashes = f"'{policy_hash(script)}'" + (f" {own[1].decode()}" if own else "")
    page = _OWN_SCRIPT.sub(b"", page, count=1)
    page = _POLICY.sub(f"\\1script-src {hashes}; connect-src 'self'; ".encode(), page, count=1)
    return page.replace(b"</head>", f"<script>{script}</script></head>".encode(), 1)


def _place(path: str) -> str | None:
    """Turn the path of a request into a place below the folder; None if it is none."""
    parts = [part for part in path.split("/") if part]
    if any(part.startswith(".") or set(part) & set("\\:\0") for part in parts):
        return None
    return "/".join([*parts, "index.html"] if path.endswith("/") or not parts else parts)
