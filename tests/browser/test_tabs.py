"""Pages that are served listen only while they are seen: a browser keeps few connections open."""

import asyncio
from pathlib import Path
from threading import Thread
from typing import Any

from swt_analysis.serve import Pages, serve
from tests.reports.test_engine import wait_until

PAGE = b"""<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><title>P</title></head>
<body><p>P</p></body></html>"""
TABS = 9  # of one server; of connections a browser keeps six
HIDE = """() => {
  Object.defineProperty(document, 'hidden', {get: () => window.isHidden, configurable: true});
  window.isHidden = %s;
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def test_hidden_tabs_leave_room_for_others_and_hear_what_they_missed(
    browser: Any, tmp_path: Path
) -> None:
    for number in range(TABS):
        (tmp_path / f"{number}.html").write_bytes(PAGE)
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()

    async def begin() -> tuple[Pages, Any, int]:
        pages = Pages(tmp_path)
        return pages, *serve(pages, 0)

    pages, server, port = asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    tabs = []
    try:
        context = browser.new_context()
        for number in range(TABS):
            tab = context.new_page()
            tab.goto(f"http://127.0.0.1:{port}/{number}.html", timeout=10_000)
            tabs.append(tab)
            tab.evaluate(HIDE % "true")  # as when another tab comes in front of it
        assert wait_until(lambda: not pages.open_pages())
        pages.made("0")
        with tabs[0].expect_navigation(timeout=10_000):  # it missed that it was made
            tabs[0].evaluate(HIDE % "false")
        assert wait_until(lambda: pages.open_pages() == {"0"})
        context.close()
    finally:
        loop.call_soon_threadsafe(server.stop)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
