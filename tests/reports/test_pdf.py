"""Printing, with browsers that are not there or do not do it; a real one: tests/browser."""

import os
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from swt_analysis.reports.beside import PDF, CopyError, copies
from swt_analysis.reports.pdf import _numbered_anew, _without_dates, find_browser, pdf
from tests.conftest import copy_raw, swt

POSIX = pytest.mark.skipif(os.name != "posix", reason="the browser here is a shell script")
PRINTED = (
    b"%PDF-1.4\n<</Title (x)\n/CreationDate (D:20261125023127+00'00')\n"
    b"/ModDate (D:20261125023127+00'00')>>\nstartxref\n9\n%%EOF\n"
)


def fake(folder: Path, script: str) -> Path:
    browser = folder / "chromium"
    browser.write_text(f"#!/bin/sh\n{script}\n")
    browser.chmod(0o755)
    return browser


def test_a_browser_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() is None
    if os.name == "posix":
        assert find_browser() is None
        assert fake(tmp_path, "") == find_browser()


def test_a_browser_is_found_where_windows_and_macos_keep_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    place = tmp_path / "Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    place.parent.mkdir(parents=True)
    place.touch()
    assert find_browser() == place


@POSIX
def test_a_browser_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    page, beside = tmp_path / "a.html", tmp_path / "a.pdf"
    page.write_text("<p>a")
    beside.write_bytes(b"an older one")
    browser = fake(tmp_path, f"(while :; do date +%N > {tmp_path}/beat; sleep .05; done) & wait")
    started = time.monotonic()
    ((where, error),) = copies([page], PDF, partial(pdf, browser, timeout=1))
    assert time.monotonic() - started < 30
    assert where == page
    assert "within 1 seconds" in str(error)
    assert beside.read_bytes() == b"an older one"
    assert not list(tmp_path.glob("*.part"))
    last = (tmp_path / "beat").stat().st_mtime_ns
    time.sleep(0.5)
    assert (tmp_path / "beat").stat().st_mtime_ns == last


@POSIX
def test_what_a_browser_says_is_told(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text("<p>a")
    with pytest.raises(CopyError, match="no room left"):
        pdf(fake(tmp_path, "echo no room left >&2"), page)


def test_the_hash_of_the_page_takes_the_place_of_the_dates() -> None:
    digest = b"0123456789abcdef" * 4
    changed = _without_dates(PRINTED, digest)
    assert len(changed) == len(PRINTED)
    assert b"Date" not in changed
    assert b"/SHA256 (" + digest + b")" in changed
    assert _without_dates(b"%PDF %%EOF", digest) == b"%PDF %%EOF"


def test_the_numbers_of_elements_do_not_depend_on_where_the_browser_began_to_count() -> None:
    early = b"/ID (node00000082)/Headers [(node00000082)]/ID (node00000398)"
    late = b"/ID (node00000081)/Headers [(node00000081)]/ID (node00000397)"
    assert _numbered_anew(early) == _numbered_anew(late)
    assert _numbered_anew(early) == b"/ID (node00000001)/Headers [(node00000001)]/ID (node00000002)"


def test_without_a_browser_the_command_says_so_and_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform != "linux":
        pytest.skip("a browser may be in its usual place")
    monkeypatch.setenv("PATH", str(tmp_path))
    done = swt("report", "themes", "--pdf", folder=copy_raw(tmp_path / "study"))
    assert done.returncode == 1
    assert "install Chromium, Chrome or Edge" in done.stderr
    assert not (tmp_path / "study/reports").exists()
