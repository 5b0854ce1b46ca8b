"""Reports packed to hand on."""

import shutil
import zipfile
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from swt_analysis.packs import zipped
from swt_analysis.reports.share import shared
from tests.conftest import swt

PAGE = (
    '<!DOCTYPE html>\n<html lang="nl"><body><nav aria-label="boven"><ul>'
    '<li><a href="index.html">Alle</a></li><li><a href="../en/a.html" lang="en">English</a></li>'
    '</ul></nav><main><p>Zie <a href="b.html#c" title="b" lang="nl">schaal <b>2</b></a> &amp; '
    '<a href="https://example.org/x.html">elders</a>, <a href="a.ipynb">code</a>.</p>'
    '<svg viewBox="0 0 1 1"><title>é</title></svg></main><nav aria-label="onder"><ul>'
    '<li><a rel="next" href="b.html">Volgende: b</a></li></ul></nav></body></html>\n'
)
INDEX = (
    '<!DOCTYPE html>\n<html lang="nl"><body><nav class="contents"><ul>'
    '<li><a href="#one">Een</a></li><li><a href="#two">Twee</a></li></ul></nav><main>'
    '<section><h2 id="one">Een</h2><ul><li><div><a href="a.html">A</a><p>a</p></div></li></ul>'
    '</section><section><h2 id="two">Twee</h2><ul><li><div><a href="b.html">B</a><p>b</p></div>'
    "</li></ul></section></main></body></html>\n"
)
FRONT = (
    '<!DOCTYPE html>\n<html lang="nl"><body><main><ul><li><a href="nl/index.html">Nederlands</a>'
    '</li><li lang="en"><a href="en/index.html">English</a></li></ul></main></body></html>\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for language in ("nl", "en"):
        (tmp_path / language).mkdir()
        for name in ("a", "b"):
            other = "en" if language == "nl" else "nl"
            page = PAGE.replace("../en/a", f"../{other}/{name}").replace("a.ipynb", f"{name}.ipynb")
            (tmp_path / language / f"{name}.html").write_text(page, "utf-8")
            (tmp_path / language / f"{name}.ipynb").write_text("{}", "utf-8")
        (tmp_path / language / "index.html").write_text(INDEX, "utf-8")
    (tmp_path / "index.html").write_text(FRONT, "utf-8")
    return tmp_path


def dead(files: dict[str, bytes]) -> list[tuple[str, str]]:
    """Links of the pages that lead to nothing among the files."""
    found = []
    for place, content in files.items():
        if not place.endswith(".html"):
            continue
        soup = BeautifulSoup(content.decode(), "html.parser")
        ids = {tag["id"] for tag in soup.select("[id]")}
        for link in soup.select("a[href]"):
            parts = urlsplit(str(link["href"]))
            if parts.scheme:
                continue
            if parts.path:
                if normpath(join(dirname(place), unquote(parts.path))) not in files:
                    found.append((place, str(link["href"])))
            elif parts.fragment not in ids:
                found.append((place, str(link["href"])))
    return found


def test_nothing_is_changed_where_every_link_lives(folder: Path) -> None:
    pages = [f"{language}/{name}.html" for language in ("nl", "en") for name in ("a", "b")]
    files = shared(folder, pages)
    assert list(files) == sorted([*pages, *(page.replace("html", "ipynb") for page in pages),
                                  "index.html", "nl/index.html", "en/index.html"])  # fmt: skip
    for place, content in files.items():
        assert content == (folder / place).read_bytes()


def test_links_to_what_is_not_packed_are_text_and_lists_lose_their_line(folder: Path) -> None:
    files = shared(folder, ["nl/a.html"])
    assert list(files) == ["index.html", "nl/a.html", "nl/a.ipynb", "nl/index.html"]
    assert not dead(files)
    page = files["nl/a.html"].decode()
    assert 'Zie <span lang="nl">schaal <b>2</b></span> &amp; <a href="https' in page
    assert '<a href="a.ipynb">code</a>' in page
    assert '<svg viewBox="0 0 1 1"><title>é</title></svg>' in page
    assert "English" not in page
    assert "onder" not in page
    assert '<a href="index.html">Alle</a>' in page
    index = files["nl/index.html"].decode()
    assert "Een" in index
    assert "Twee" not in index
    assert "B</a>" not in index
    assert "English" not in files["index.html"].decode()


def test_the_same_files_give_the_same_bytes_under_plain_names(tmp_path: Path) -> None:
    files = {"nl/b.html": b"b" * 5000, "index.html": b"a"}
    first, second = zipped(files), zipped(dict(reversed(files.items())))
    assert first == second
    (tmp_path / "x.zip").write_bytes(first)
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.testzip() is None
        assert [(one.filename, one.date_time[0]) for one in archive.infolist()] == [
            ("index.html", 1980),
            ("nl/b.html", 1980),
        ]
        assert archive.read("nl/b.html") == files["nl/b.html"]


def test_a_pack_opens_anywhere(made_study: Path, tmp_path: Path) -> None:
    target = tmp_path / "some where é" / "pack.zip"
    target.parent.mkdir()
    done = swt("share", "choice-scale-0[12]", "claims", "-o", str(target), folder=made_study)
    assert done.returncode == 0, done.stderr
    assert "6 reports" in done.stdout
    shutil.unpack_archive(target, tmp_path / "out")
    files = {
        path.relative_to(tmp_path / "out").as_posix(): path.read_bytes()
        for path in (tmp_path / "out").rglob("*.*")
    }
    assert {place for place in files if place.endswith(".html")} == {
        "index.html",
        *(f"{language}/{name}.html" for language in ("nl", "en")
          for name in ("index", "claims", "choice-scale-01", "choice-scale-02")),
    }  # fmt: skip
    assert not dead(files)
    for place in ("nl/claims.html", "en/choice-scale-02.html"):
        ours = BeautifulSoup((made_study / "reports" / place).read_text("utf-8"), "html.parser")
        packed = BeautifulSoup(files[place].decode(), "html.parser")
        assert packed.main.get_text() == ours.main.get_text()
    before = target.read_bytes()
    swt("share", "choice-scale-0[12]", "claims", "-o", str(target), folder=made_study)
    assert target.read_bytes() == before


def test_pages_that_are_not_made_or_altered_since_are_not_packed(
    made_study: Path, tmp_path: Path
) -> None:
    study = tmp_path / "study"
    shutil.copytree(made_study, study)
    (study / "reports/nl/claims.html").write_text("altered", "utf-8")
    (study / "reports/en/themes.html").unlink()
    target = tmp_path / "pack.zip"
    done = swt("share", "claims", "themes", "-o", str(target), folder=study)
    assert done.returncode == 1
    assert "nl/claims: stale: the page was altered" in done.stderr
    assert "en/themes: missing" in done.stderr
    assert "2 of 4 to make first, with: swt report claims themes" in done.stderr
    assert not target.exists()
    assert (
        swt("share", "claims", "-o", str(target), "--language", "en", folder=study).returncode == 0
    )
    assert swt("share", "nope", "-o", str(target), folder=study).returncode == 2
    assert swt("share", "claims", "-o", "pack.rar", folder=study).returncode == 2
