"""The watch: what a saved file touches is made again and shown, to this machine only."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import pytest

from swt_analysis.serve import Pages, with_script
from swt_analysis.study import Study
from swt_analysis.watch import watch
from tests.conftest import ROOT
from tests.reports.test_engine import wait_until

PAGE = (
    b"<!doctype html><html><head><meta charset='utf-8'>"
    b'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    b"<title>Page</title></head><body>page</body></html>"
)


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    folder = tmp_path / "reports"
    (folder / "nl").mkdir(parents=True)
    (folder / "index.html").write_bytes(PAGE.replace(b"Page", b"Index"))
    (folder / "nl" / "page.html").write_bytes(PAGE)
    (folder / "nl" / "page.ipynb").write_text("{}")
    (folder / ".manifest.json").write_text("secret")
    (tmp_path / "outside.html").write_text("secret")
    (folder / "link.html").symlink_to(tmp_path / "outside.html")
    served = Pages(folder, 0)
    thread = Thread(target=served.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield served
    served.shutdown()
    served.server_close()
    thread.join()


def get(pages: Pages, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", pages.server_port, timeout=10)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, content


@dataclass
class Listener:
    """What a browser that shows a page hears."""

    heard: list[str]
    close: Callable[[], None]


def listen(pages: Pages, path: str) -> Listener:
    connection = http.client.HTTPConnection("127.0.0.1", pages.server_port, timeout=60)
    connection.request("GET", f"/.events?{path}")
    response = connection.getresponse()
    assert response.headers["Content-Type"] == "text/event-stream"
    heard: list[str] = []

    def read() -> None:
        for line in response:
            if line.startswith(b"data: "):
                heard.append(line[6:].decode().strip())

    Thread(target=read, daemon=True).start()
    assert wait_until(lambda: bool(heard))
    return Listener(heard, connection.close)


def test_pages_are_shown(pages: Pages) -> None:
    assert b"<title>Index" in get(pages, "/")[1]
    assert b"<title>Page" in get(pages, "/nl/page.html")[1]
    assert get(pages, "/nl/page.ipynb") == (200, b"{}")
    assert get(pages, "/nl/page.html", "HEAD") == (200, b"")
    assert get(pages, "/.events?/nl/page.html", "HEAD") == (200, b"")
    assert get(pages, "/", Host=f"localhost:{pages.server_port}")[0] == 200


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
def test_nothing_else_is_served(pages: Pages, path: str) -> None:
    status, content = get(pages, path)
    assert status == 404
    assert b"secret" not in content


@pytest.mark.parametrize(
    "host", ["example.org", "example.org:{port}", "127.0.0.1", "", "[::1]:{port}"]
)
def test_a_name_of_another_is_refused(pages: Pages, host: str) -> None:
    status, content = get(pages, "/", Host=host.format(port=pages.server_port))
    assert status == 403
    assert b"Index" not in content
    assert get(pages, "/.events", Host=host.format(port=pages.server_port))[0] == 403


def test_only_reading_is_possible(pages: Pages) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert get(pages, "/nl/page.html", method)[0] == 501


def test_only_this_machine_is_answered(pages: Pages) -> None:
    assert pages.server_address[0] == "127.0.0.1"


def test_the_script_is_put_in_as_the_page_is_sent_and_allowed(pages: Pages) -> None:
    _, content = get(pages, "/nl/page.html")
    assert content.count(b"<script>") == 1
    assert re.search(
        rb"content=\"script-src 'sha256-[\w+/=]+'; connect-src 'self'; default", content
    )
    assert (pages.folder / "nl" / "page.html").read_bytes() == PAGE
    assert with_script(b"no head", "1") == b"no head"


def test_a_page_with_a_script_of_its_own_keeps_it() -> None:
    page = PAGE.replace(b"'none'", b"'none'; script-src 'sha256-x+/='; style-src 'none'", 1)
    content = with_script(page, "1")
    assert content.count(b"script-src") == 1
    assert re.search(rb"\"script-src 'sha256-[\w+/=]+' 'sha256-x\+/='; connect-src", content)


def test_a_browser_hears_of_its_page_only(pages: Pages) -> None:
    page, other = (listen(pages, path) for path in ("/nl/page.html", "/"))
    assert pages.open_pages() == {"nl/page", "index"}
    pages.made("nl/page")
    assert wait_until(lambda: len(page.heard) == 2)
    assert page.heard[1].encode() in get(pages, "/nl/page.html")[1]
    assert len(other.heard) == 1


def test_a_page_made_before_the_browser_listens_is_not_missed(pages: Pages) -> None:
    _, shown = get(pages, "/nl/page.html")
    pages.made("nl/page")
    assert listen(pages, "/nl/page.html").heard[0].encode() not in shown


def test_a_fault_is_shown_as_text_and_goes_away(pages: Pages) -> None:
    pages.failed("nl/page", "A <b>", "told & <script>")
    status, content = get(pages, "/nl/page.html")
    assert status == 200
    assert b"A &lt;b&gt;" in content
    assert b"told &amp; &lt;script&gt;" in content
    assert (pages.folder / "nl" / "page.html").read_bytes() == PAGE
    pages.made("nl/page")
    assert b"told" not in get(pages, "/nl/page.html")[1]
    listener = listen(pages, "/nl/page.html")
    pages.all_failed("All", "wrong")
    assert b"wrong" in get(pages, "/")[1]
    pages.mended()
    assert b"wrong" not in get(pages, "/")[1]
    assert wait_until(lambda: len(listener.heard) == 3)


def test_what_is_saved_is_made_again_and_shown(made_study: Path, tmp_path: Path) -> None:
    root = tmp_path / "study"
    shutil.copytree(made_study, root)
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    study, stop, said, here = Study(root), Event(), list[str](), Path.cwd()
    pages = Pages(study.reports, 0)
    options = {"jobs": 2, "timeout": 60, "say": said.append, "stop": stop}
    thread = Thread(target=watch, args=(study, pages), kwargs=options)
    thread.start()
    page = study.reports / "nl" / "themes.html"
    untouched = study.reports / "nl" / "overview.html"
    notebook = study.notebooks / "themes.ipynb"
    before, code = untouched.read_bytes(), notebook.read_text("utf-8")

    def save(added: str) -> None:
        content = json.loads(code)
        content["cells"][1]["source"] = [*content["cells"][1]["source"], f"\n{added}"]
        notebook.write_text(json.dumps(content), "utf-8")

    def shown(key: str = "nl/themes") -> str:
        return get(pages, f"/{key}.html")[1].decode()

    try:
        browser = listen(pages, "/nl/themes.html")
        assert wait_until(lambda: (study.reports / ".lock").exists(), 60)
        time.sleep(1)  # the watcher of files has to be there: it tells nobody when it is
        save("print('added words')")
        assert wait_until(lambda: "added words" in page.read_text("utf-8"), 60)
        assert wait_until(lambda: len(browser.heard) > 1)
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
    finally:
        stop.set()
        thread.join(60)
        os.chdir(here)
    assert not thread.is_alive()


@pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")
def test_ctrl_c_ends_it(made_study: Path) -> None:
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from swt_analysis.cli import main; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, "watch"], cwd=made_study, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())
        assert found
        assert wait_until(lambda: answers(int(found[1])), 60)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert output.endswith("Stopped.\n")
    assert errors == ""


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
