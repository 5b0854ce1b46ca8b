"""Show a folder of pages in the browser of this machine, and tell it when one is new.

The pages on disk know nothing of it: the script that listens is put in as a page is sent.
"""

import asyncio
import mimetypes
import re
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler

from swt_analysis.reports.html import policy_hash, templates

ADDRESS = "127.0.0.1"
EVENTS = "/.events"  # no page can be called so: what begins with a dot is not served
ALIVE_SECONDS = 15.0
# A page that nobody sees listens no more: a browser keeps six connections to a server open at most.
_SCRIPT = """
let news;
const listen = () => {
  news?.close();
  if (document.hidden) return;
  news = new EventSource("/.events?" + encodeURIComponent(location.pathname));
  news.onmessage = (message) => { if (message.data !== "VERSION") location.reload() };
};
document.addEventListener("visibilitychange", listen);
listen();
"""
_OWN_SCRIPT = re.compile(rb"script-src ('sha256-[\w+/=]+'); ")
_POLICY = re.compile(rb'(<meta http-equiv="Content-Security-Policy" content=")')


class Fault(NamedTuple):
    """What is shown instead of a page: a title, and what went wrong."""

    title: str
    message: str


class Pages:
    """The pages of a folder, what is shown instead of some, and who is looking.

    Its methods may be called by any thread; browsers are told by the loop it was made in.

    Parameters
    ----------
    folder : Path
        Where the pages are; nothing outside it is shown.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._listening: dict[asyncio.Queue[str | None], str] = {}
        self._versions: Counter[str] = Counter()
        self._begun = time.time_ns()  # else a page of the process before would count as new
        self._faults: dict[str, Fault] = {}
        self._fault: Fault | None = None  # instead of every page

    def open_pages(self) -> set[str]:
        """Give the keys of the pages that are open in a browser now, such as ``nl/overview``."""
        with self._lock:
            return {place.removesuffix(".html") for place in self._listening.values()}

    def made(self, key: str) -> None:
        """Say that a page is new; what was shown instead of it goes away."""
        with self._lock:
            self._faults.pop(key, None)
            self._changed(f"{key}.html")

    def failed(self, key: str, fault: Fault) -> None:
        """Show what went wrong instead of a page, until it is made."""
        with self._lock:
            self._faults[key] = fault
            self._changed(f"{key}.html")

    def all_failed(self, fault: Fault | None) -> None:
        """Show what went wrong instead of every page; with None, show the pages again."""
        with self._lock:
            if self._fault != fault:
                self._fault = fault
                self._changed()

    def version(self, place: str) -> str:
        """Tell how often what is shown at a place has changed, as a name."""
        with self._lock:
            return self._version(place)

    def listen(self, place: str) -> "asyncio.Queue[str | None]":
        """Give what says when a page is new; it begins with how it is now."""
        news: asyncio.Queue[str | None] = asyncio.Queue()
        with self._lock:
            self._listening[news] = place
            news.put_nowait(self._version(place))
        return news

    def leave(self, news: "asyncio.Queue[str | None]") -> None:
        """Listen no more."""
        with self._lock:
            self._listening.pop(news, None)

    def content(self, place: str) -> bytes | None:
        """Give what is shown at a place below the folder; None if there is nothing."""
        with self._lock:
            fault = self._fault or self._faults.get(place.removesuffix(".html"))
        if fault and place.endswith(".html"):
            page = templates().get_template("fault.html.j2").render(fault=fault, language="en")
            return page.encode()
        with suppress(OSError):  # a name that is too long for the system
            path = self.folder.joinpath(place).resolve()
            if path.is_relative_to(self.folder) and path.is_file():
                return path.read_bytes()
        return None

    def _changed(self, place: str | None = None) -> None:
        """Tell the browsers that show a page, or all."""
        self._versions[place or ""] += 1
        for news, shown in self._listening.items():
            if place in (None, shown):
                self._loop.call_soon_threadsafe(news.put_nowait, self._version(shown))

    def _version(self, place: str) -> str:
        return str(self._begun + self._versions[place] + self._versions[""])


def serve(pages: Pages, port: int) -> tuple[HTTPServer, int]:
    """Serve pages on 127.0.0.1, in the loop that runs.

    Parameters
    ----------
    pages : Pages
        What to serve.
    port : int
        0 for any that is free.

    Returns
    -------
    tuple of HTTPServer and int
        The server, and its port.

    Raises
    ------
    OSError
        If the port is in use.
    """
    sockets = bind_sockets(port, ADDRESS)
    port = sockets[0].getsockname()[1]
    hosts = {f"{name}:{port}" for name in (ADDRESS, "localhost")}
    parts = {"pages": pages, "hosts": hosts}
    routes = [(re.escape(EVENTS), _Events, parts), (r"/.*", _Page, parts)]
    server = HTTPServer(Application(routes, log_function=lambda handler: None))
    server.add_sockets(sockets)
    return server, port


class _Handler(RequestHandler):
    def initialize(self, pages: Pages, hosts: set[str]) -> None:
        self._pages, self._hosts = pages, hosts

    def set_default_headers(self) -> None:
        for name, value in {
            "Server": "swt",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Resource-Policy": "same-origin",
        }.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        # A page elsewhere can have its own name point here; its browser then says that name.
        if self.request.headers.get("Host", "").lower() not in self._hosts:
            raise HTTPError(403)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        self.set_header("Content-Type", "text/plain")
        self.finish(_ERRORS.get(status_code, "This cannot be shown.\n"))


_ERRORS = {403: "This server is for this machine only.\n", 404: "There is no such page.\n"}


class _Page(_Handler):
    def get(self) -> None:
        place = _place(unquote(self.request.path))
        if place is None:
            raise HTTPError(404)
        version = self._pages.version(place)  # before what it is of
        content = self._pages.content(place)
        if content is None:
            raise HTTPError(404)
        kind = mimetypes.guess_type(place)[0] or "application/octet-stream"
        if kind == "text/html":
            content = with_script(content, version)
        self.set_header("Content-Type", f"{kind}; charset=utf-8" if "text" in kind else kind)
        self.finish(content)

    head = get


class _Events(_Handler):
    async def get(self) -> None:
        """Send server-sent events (WHATWG HTML, 9.2) until the browser leaves."""
        self.set_header("Content-Type", "text/event-stream")
        place = _place(unquote(self.request.query)) or "index.html"
        self._news = self._pages.listen(place)
        try:
            while True:
                try:
                    version = await asyncio.wait_for(self._news.get(), ALIVE_SECONDS)
                except TimeoutError:
                    line = ":\n\n"  # finds out whether anybody is there
                else:
                    if version is None:
                        return
                    line = f"data: {version}\nretry: 500\n\n"
                self.write(line)
                await self.flush()
        except StreamClosedError:
            pass
        finally:
            self._pages.leave(self._news)

    def on_connection_close(self) -> None:
        self._news.put_nowait(None)


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
