"""The watch: what a saved file touches is made again and shown, to this machine only."""

import asyncio
import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import pytest

from swt_analysis.folder import StudyFolder
from swt_analysis.serve import Fault, Pages, serve, with_script
from tests.conftest import ROOT, copy_raw, swt
from tests.reports.test_engine import wait_until

PAGE = (
    b"<!doctype html><html><head><meta charset='utf-8'>"
    b'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    b"<title>Page</title></head><body>page</body></html>"
)


class Served(NamedTuple):
    """Pages that are served, and where."""

    pages: Pages
    port: int
    server: Any


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    folder = tmp_path / "reports"
    (folder / "nl").mkdir(parents=True)
    (folder / "index.html").write_bytes(PAGE.replace(b"Page", b"Index"))
    (folder / "nl" / "page.html").write_bytes(PAGE)
    (folder / "nl" / "page.ipynb").write_text("{}")
    (folder / ".manifest.json").write_text("secret")
    (tmp_path / "outside.html").write_text("secret")
    (folder / "link.html").symlink_to(tmp_path / "outside.html")
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()

    async def begin() -> Served:
        shown = Pages(folder)
        server, port = serve(shown, 0)
        return Served(shown, port, server)

    served = asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    yield served
    loop.call_soon_threadsafe(served.server.stop)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def get(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, content


@contextmanager
def listening(port: int, path: str) -> Iterator[list[str]]:
    """Give what a browser that shows a page hears, as it hears it, until it leaves."""
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", f"/.events?{path}")
        response = connection.getresponse()
        assert response.headers["Content-Type"] == "text/event-stream"
        heard: list[str] = []

        def read() -> None:
            with suppress(http.client.HTTPException, OSError):  # it left, or the server ended
                for line in response:
                    if line.startswith(b"data: "):
                        heard.append(line[6:].decode().strip())

        reader = Thread(target=read)
        reader.start()
        assert connection.sock
        try:
            assert wait_until(lambda: bool(heard))
            yield heard
        finally:
            with suppress(OSError):  # the server ended first
                connection.sock.shutdown(socket.SHUT_RDWR)
            reader.join()
            response.close()


def test_pages_are_shown(served: Served) -> None:
    assert b"<title>Index" in get(served.port, "/")[1]
    assert b"<title>Page" in get(served.port, "/nl/page.html")[1]
    assert get(served.port, "/nl/page.ipynb") == (200, b"{}")
    assert get(served.port, "/nl/page.html", "HEAD") == (200, b"")
    assert get(served.port, "/", Host=f"localhost:{served.port}")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../outside.html",
        "/%2e%2e/outside.html",
        "/nl/..%2f..%2foutside.html",
        "/..%5coutside.html",
        "//outside.html",
        "/link.html",
        "/.manifest.json",
        "/nl/%00",
        "/C:/outside.html",
        "/nl",
        "/en/",
        "/nl/none.html",
        "/" + "x" * 5000,
    ],
)
def test_nothing_else_is_served(served: Served, path: str) -> None:
    status, content = get(served.port, path)
    assert status == 404
    assert b"secret" not in content


@pytest.mark.parametrize(
    "host", ["example.org", "example.org:{port}", "127.0.0.1", "", "[::1]:{port}"]
)
def test_a_name_of_another_is_refused(served: Served, host: str) -> None:
    status, content = get(served.port, "/", Host=host.format(port=served.port))
    assert status == 403
    assert b"Index" not in content
    assert get(served.port, "/.events", Host=host.format(port=served.port))[0] == 403


def test_only_reading_is_possible(served: Served) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert get(served.port, "/nl/page.html", method)[0] == 405


def test_only_this_machine_is_answered(served: Served) -> None:
    others = [
        one
        for one in socket.getaddrinfo(socket.gethostname(), served.port)
        if one[4][0] != "127.0.0.1"
    ]
    for family, kind, protocol, _, address in others:
        with socket.socket(family, kind, protocol) as there:
            there.settimeout(2)
            assert there.connect_ex(address) != 0
    assert all(one.getsockname()[0] == "127.0.0.1" for one in served.server._sockets.values())


def test_the_script_is_put_in_as_the_page_is_sent_and_allowed(served: Served) -> None:
    _, content = get(served.port, "/nl/page.html")
    assert content.count(b"<script>") == 1
    assert re.search(
        rb"content=\"script-src 'sha256-[\w+/=]+'; connect-src 'self'; default", content
    )
    assert (served.pages.folder / "nl" / "page.html").read_bytes() == PAGE
    assert with_script(b"no head", "1") == b"no head"


def test_a_page_with_a_script_of_its_own_keeps_it() -> None:
    page = PAGE.replace(b"'none'", b"'none'; script-src 'sha256-x+/='; style-src 'none'", 1)
    content = with_script(page, "1")
    assert content.count(b"script-src") == 1
    assert re.search(rb"\"script-src 'sha256-[\w+/=]+' 'sha256-x\+/='; connect-src", content)


def test_a_browser_hears_of_its_page_only(served: Served) -> None:
    with listening(served.port, "/nl/page.html") as page, listening(served.port, "/") as other:
        assert served.pages.open_pages() == {"nl/page", "index"}
        served.pages.made("nl/page")
        assert wait_until(lambda: len(page) == 2)
        assert page[1].encode() in get(served.port, "/nl/page.html")[1]
        assert len(other) == 1


def test_a_page_made_before_the_browser_listens_is_not_missed(served: Served) -> None:
    _, shown = get(served.port, "/nl/page.html")
    served.pages.made("nl/page")
    with listening(served.port, "/nl/page.html") as heard:
        assert heard[0].encode() not in shown


def test_a_fault_is_shown_as_text_and_goes_away(served: Served) -> None:
    served.pages.failed("nl/page", Fault("A <b>", "told & <script>"))
    status, content = get(served.port, "/nl/page.html")
    assert status == 200
    assert b"A &lt;b&gt;" in content
    assert b"told &amp; &lt;script&gt;" in content
    assert (served.pages.folder / "nl" / "page.html").read_bytes() == PAGE
    served.pages.made("nl/page")
    assert b"told" not in get(served.port, "/nl/page.html")[1]
    with listening(served.port, "/nl/page.html") as heard:
        served.pages.all_failed(Fault("All", "wrong"))
        assert b"wrong" in get(served.port, "/")[1]
        served.pages.all_failed(None)
        assert b"wrong" not in get(served.port, "/")[1]
        assert wait_until(lambda: len(heard) == 3)


def test_what_is_saved_is_made_again_and_shown(made_study: Path, tmp_path: Path) -> None:
    root = tmp_path / "study"
    shutil.copytree(made_study, root)
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    study = StudyFolder(root)
    with watching(study) as (process, port):
        save_and_look(study, port)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert output.endswith("Stopped.\n")
    assert "Traceback" not in errors


@contextmanager
def watching(study: StudyFolder) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start the command; all is fresh, and saves are heard, when it gives the port."""
    # A shell that starts the tests in the background has SIGINT ignored.
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from swt_analysis.cli import main; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, "watch"], cwd=study.root, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout
            found = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())
            assert found
            while "as you save" not in process.stdout.readline():
                assert process.poll() is None, process.communicate()
            yield process, int(found[1])
        finally:
            process.kill()


def save_and_look(study: StudyFolder, port: int) -> None:
    page = study.reports / "nl" / "themes.html"
    untouched = study.reports / "nl" / "overview.html"
    notebook = study.notebooks["themes"]
    before, code = untouched.read_bytes(), notebook.read_text("utf-8")

    def save(added: str) -> None:
        content = json.loads(code)
        content["cells"][3]["source"] = [*content["cells"][3]["source"], f"\n{added}"]
        notebook.write_text(json.dumps(content), "utf-8")

    def shown(key: str = "nl/themes") -> str:
        return get(port, f"/{key}.html")[1].decode()

    with listening(port, "/nl/themes.html") as heard:
        save("print('added words')")
        assert wait_until(lambda: "added words" in page.read_text("utf-8"), 60)
        assert wait_until(lambda: len(heard) > 1)
    assert "added words" in shown()
    assert "EventSource" not in page.read_text("utf-8")
    save("1 / 0")
    assert wait_until(lambda: "ZeroDivisionError: division by zero" in shown(), 60)
    assert "---&gt; " in shown()
    assert "added words" in page.read_text("utf-8")
    save("print('mended words')")
    assert wait_until(lambda: "mended words" in shown(), 60)
    page.unlink()
    page.mkdir()  # what stands for a file that cannot be written
    save("print('words in vain')")
    assert wait_until(lambda: "A file cannot be read or written" in shown("nl/overview"), 60)
    page.rmdir()
    save("print('words at last')")
    assert wait_until(lambda: "words at last" in shown(), 60)
    assert "A file cannot be" not in shown("nl/overview")
    tallies = study.raw / "rounds" / "2014" / "tallies.csv"
    good = tallies.read_bytes()
    tallies.write_bytes(good.replace(b"XXXX X,XX,XX", b"XXXX X,XX,X7"))
    assert wait_until(lambda: "only marks X and blanks" in shown("nl/overview"), 60)
    tallies.write_bytes(good)
    assert wait_until(lambda: "only marks X" not in shown("nl/overview"), 60)
    save(
        "from IPython.display import SVG\ndisplay(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))"
    )
    assert wait_until(lambda: "a picture has no text alternative" in shown(), 60)
    assert "a picture has no" not in shown("nl/overview")
    save("print('words after a picture')")
    assert wait_until(lambda: "words after a picture" in shown(), 60)
    settings = study.raw / "study.toml"
    good = settings.read_bytes()
    for fault in (b"title_nl = ", b"title_nl = 3\n"):
        settings.write_bytes(fault)
        assert wait_until(lambda: "The data have a problem" in shown("nl/overview"), 60)
        assert "study.toml" in shown("nl/overview")
        settings.write_bytes(good)
        assert wait_until(lambda: "have a problem" not in shown("nl/overview"), 60)
    assert untouched.read_bytes() == before


def test_a_port_that_is_in_use_is_told(tmp_path: Path) -> None:
    study = copy_raw(tmp_path / "study")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = swt("watch", "--port", str(port), folder=study)
    assert done.returncode == 2
    assert f"port {port} is in use" in done.stderr
    assert "Traceback" not in done.stderr
