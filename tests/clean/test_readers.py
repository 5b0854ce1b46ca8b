"""Files of other programs: read as they are, or told what is wrong with them; nothing breaks."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swt_analysis.clean.readers import read_grids
from swt_analysis.problems import DataError

_TABLE = 'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
_OFFICE = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
_MANIFEST = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
_TEXT = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'


def cell(value: str, more: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="string" {more}><text:p>{value}</text:p>'
        "</table:table-cell>"
    )


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def ods(*rows: str, columns: str = "", manifest: str = "", parts: tuple[str, ...] = ()) -> bytes:
    """Make the parts of a spreadsheet that a reader looks at."""
    content = (
        f"<office:document-content {_OFFICE} {_TABLE} {_TEXT}><office:body><office:spreadsheet>"
        f'<table:table table:name="Blad1">{columns}{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            f"<manifest:manifest {_MANIFEST}>{manifest}</manifest:manifest>",
        )
        for part in parts:
            archive.writestr(part, "x")
    return file.getvalue()


HEADER = row(cell("gemeente"), cell("1"))
FAR = 'table:number-rows-repeated="1048000"'


def told(tmp_path: Path, content: bytes, name: str = "ronde.ods") -> str:
    """What is told of a file, in one text; nothing if all is well."""
    (tmp_path / name).write_bytes(content)
    try:
        grids = read_grids(tmp_path / name)
    except DataError as error:
        return str(error)
    return "\n".join(str(one) for grid in grids for one in grid.problems)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (
            ods(HEADER, row(cell("Haarlem"), cell("3", 'table:formula="of:=1+2"'))),
            "sheet Blad1, row 2, column B (1): '3': is a formula",
        ),
        (
            ods(HEADER, row(cell("Haarlem", 'table:number-columns-spanned="2"'))),
            "sheet Blad1, row 2: 'A2': are merged cells",
        ),
        (
            ods(HEADER, row(cell("Haarlem"), cell("3"), more='table:visibility="filter"')),
            "sheet Blad1, row 2: 'row 2': is hidden",
        ),
        (
            ods(
                HEADER,
                row(cell("Haarlem"), cell("3")),
                columns='<table:table-column/><table:table-column table:visibility="collapse"/>',
            ),
            "sheet Blad1, column B (1): 'B': is hidden",
        ),
        (ods(HEADER, row(more=FAR), HEADER), "1048002 rows, 2 columns': is far larger"),
        (
            ods(row(cell("x", 'table:number-columns-repeated="16384"'), more=FAR)),
            "is far larger than a round",
        ),
        (ods(HEADER, manifest="<manifest:encryption-data/>"), "has a password"),
        (ods(HEADER, parts=("Basic/Standard/Module1.xml",)), "has macros"),
        (ods(HEADER, parts=("Scripts/python/count.py",)), "has macros"),
        (ods(), "'ronde.ods': is empty"),
        (ods(HEADER)[:300], "is damaged"),
        (ods(HEADER, row(cell("a" * 20_000))), "has 20000 characters"),
        (ods("<table:table-row>"), "cannot be read as a workbook"),
    ],
    ids=lambda one: one[:30] if isinstance(one, str) else "",
)
def test_what_a_spreadsheet_may_not_have_is_told(tmp_path: Path, content: bytes, what: str) -> None:
    assert what in told(tmp_path, content)


def test_a_spreadsheet_is_read_by_its_places(tmp_path: Path) -> None:
    blank = row("<table:table-cell/>", more='table:number-rows-repeated="2"')
    content = ods(blank, HEADER, row(cell("Haarlem", 'table:number-columns-repeated="2"')))
    (tmp_path / "x.anything").write_bytes(content)
    (grid,) = read_grids(tmp_path / "x.anything")
    assert grid.header == ["gemeente", "1"]
    assert grid.cells.index.to_list() == [4]
    assert grid.cells.loc[4].to_list() == ["Haarlem", "Haarlem"]


@pytest.fixture(scope="module")
def sav(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("sav") / "x.sav"
    frame = pd.DataFrame({"gemeente": ["Haarlem", "Velsen"], "v1": [1.0, None]})
    pyreadstat.write_sav(
        frame, file, missing_ranges={"v1": [{"lo": 6, "hi": 9}]}, column_labels=["Naam", ""]
    )
    return file.read_bytes()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda sav: sav[:40], "cannot be read as SPSS file"),
        (lambda sav: sav[: len(sav) - 30], "cannot be read as SPSS file"),
        (lambda sav: b"\x1c\0\0\0\0\0\0\0ENCRYPTEDSAV" + bytes(90), "has a password"),
        (lambda sav: b"ASCII SPSS PORT FILE" * 3, "is an SPSS portable file; save it as .sav"),
        (lambda sav: b"$FL2", "cannot be read as SPSS file"),
    ],
)
def test_what_is_wrong_with_a_data_set_is_told(tmp_path: Path, sav: bytes, change, what) -> None:  # type: ignore[no-untyped-def]
    said = told(tmp_path, change(sav), "x.sav")
    assert what in said
    assert "Traceback" not in said


def test_a_data_set_without_cases_is_told(tmp_path: Path) -> None:
    frame = pd.DataFrame({"gemeente": pd.Series(dtype=object)})
    pyreadstat.write_sav(frame, tmp_path / "none.sav")
    assert "has no case" in told(tmp_path, (tmp_path / "none.sav").read_bytes(), "x.sav")


def test_a_data_set_that_ends_its_reader_is_told(
    tmp_path: Path, sav: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = tmp_path / "reader.py"
    reader.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGABRT)\n")
    monkeypatch.setattr("swt_analysis.clean.spss._READER", reader)
    assert "'x.sav': is damaged; save it anew" in told(tmp_path, sav, "x.sav")


def changed(data: bytes, places: list[tuple[float, int]], cut: float) -> bytes:
    """Change some bytes of a file, and cut off its end."""
    content = bytearray(data)
    for place, value in places:
        content[int(place * (len(content) - 1))] = value
    return bytes(content[: int(cut * len(content))])


shares = st.floats(0, 1)
faults = {
    "places": st.lists(st.tuples(shares, st.integers(0, 255)), max_size=5),
    "cut": st.one_of(st.just(1.0), shares),
}


@pytest.mark.slow
@given(**faults)
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
def test_any_damaged_data_set_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory,
    sav: bytes,
    places: list[tuple[float, int]],
    cut: float,
) -> None:
    told(tmp_path_factory.getbasetemp(), b"$FL2" + changed(sav, places, cut)[4:], "fuzz.sav")


@given(**faults)
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_any_damaged_spreadsheet_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory, places: list[tuple[float, int]], cut: float
) -> None:
    content = ods(HEADER, row(cell("Haarlem"), cell("3")))
    told(tmp_path_factory.getbasetemp(), changed(content, places, cut), "fuzz.ods")


@given(**faults)
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_any_damaged_parquet_file_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory, places: list[tuple[float, int]], cut: float
) -> None:
    file = io.BytesIO()
    pd.DataFrame({"gemeente": ["Haarlem"], "1": [3]}).to_parquet(file)
    content = b"PAR1" + changed(file.getvalue(), places, cut)[4:]
    told(tmp_path_factory.getbasetemp(), content, "fuzz.parquet")


def test_a_workbook_waits_for_no_reader_of_data_sets() -> None:
    code = (
        "import sys, swt_analysis.rounds.importing\n"
        "slow = {'pyreadstat', 'python_calamine', 'openpyxl', 'scipy', 'matplotlib'}\n"
        "print(sorted(slow & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize("quote", ["", '"'])
def test_rows_that_end_before_the_header_are_known(tmp_path: Path, quote: str) -> None:
    path = tmp_path / "answers.csv"
    rows = [f"a,{quote}b{quote},c", "1,2", "", "1,2,", "1", "1,2,3"]
    path.write_text("\n".join(rows) + "\n", "utf-8")
    assert list(read_grids(path)[0].short) == [2, 5]
    path.write_text("\n".join([rows[0], "1,2,", "1,2,3", ",,"]) + "\n", "utf-8")
    assert list(read_grids(path)[0].short) == []


def test_a_cell_too_long_for_the_look_at_rows_is_told_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(f'a,b\n"{"x" * 200_000}",\n', "utf-8")
    (problem,) = read_grids(path)[0].problems
    assert "has 200000 characters" in str(problem)
