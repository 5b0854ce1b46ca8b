"""Values in data are data: nothing in a cell or a name runs, breaks a page or leaves its folder."""

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from swt_analysis.clean import read_others, read_raw, receive, study_context
from swt_analysis.clean.grid import tidy
from swt_analysis.clean.readers import read_grids
from swt_analysis.clean.tallies import read_tallies
from swt_analysis.files import slugs
from swt_analysis.folder import StudyFolder
from swt_analysis.problems import DataError
from swt_analysis.processed import processed_tables
from swt_analysis.schema import INSTRUMENT, REFERENCE, ROUND
from tests.conftest import KINDS, ROOT, copy_raw, swt

# "CANARY" becomes a path where no file may appear.
NAMES = [
    "<script>open('CANARY','w')</script>",
    "../../../../CANARY",
    "CON",
    "NUL.txt.",
    "a/b\\c:d*?",
    "x" * 300,
    "Index",
    "index",
    "{0} {x.__class__} {n} {municipality} %s %(a)s {{ 7*'7' }} {% include 'x' %}",
    '"""\'; open("CANARY", "w")  # \\',
    "!touch CANARY",
]
TEXTS = [
    *NAMES,
    "<img src=x onerror=alert(1)>",
    "</title></table></details><b>",
    '" onmouseover="alert(1)',
    "**vet** [hier](javascript:alert(1)) `x`",
    r"$\frac{1}{0}$ \href{javascript:x}{y} $$\input{CANARY}$$",
    "=cmd|' /C calc'!A0",
    "+SUM(1)",
    "@HYPERLINK(1)",
    "-2+3",
    "%run CANARY",
    "$(touch CANARY) `touch CANARY` ${HOME}",
    "regel een\n!touch CANARY\nregel drie",
    "\u200f\u05e9\u05dc\u05d5\u05dd \u200e",
    "&amp;&lt;&#60;b&#62;",
    "<!-- ]]> <![CDATA[",
    "Wat. Is. Dit",
    "nan",
    "\\",
]
FREE = re.compile(
    r"(label|left|right|heading|summary|note|subject|text|question|paraphrase|aspect)_(nl|en)"
)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study whose every free cell and every name is hostile."""
    folder = copy_raw(tmp_path_factory.mktemp("{x}") / "it's {a} <study> %s")
    canary = str(folder.parent / "canary")
    raw = folder / "data" / "raw"
    towns = [row["municipality"] for row in read(raw / "rounds" / "2014" / "municipalities.csv")]
    named = dict(zip(towns, NAMES, strict=True))
    number = 0
    for path in raw.rglob("*.csv"):
        rows = read(path)
        for row in rows:
            for column, value in row.items():
                if value in named:
                    row[column] = named[value].replace("CANARY", canary)
                elif column == "set":  # names between semicolons, so none with one in it
                    parts = [named.get(part, part) for part in re.split(r";\s*", value)]
                    kept = [part.replace("CANARY", canary) for part in parts if ";" not in part]
                    row[column] = ";".join(kept)
                elif value and FREE.fullmatch(column):
                    row[column] = f"{TEXTS[number % len(TEXTS)]}".replace("CANARY", canary)
                    number += 1
        write(path, rows)
    settings = (raw / "study.toml").read_text("utf-8")
    title = TEXTS[0] + TEXTS[8]
    (raw / "study.toml").write_text(
        re.sub(r'(?m)^(title|region)_(..) = ".*"$', rf"\1_\2 = '''{title}'''", settings), "utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def reported(study: Path) -> Path:
    done = swt("report", "--keep-going", *KINDS, "--language", "nl", folder=study)
    assert done.returncode == 0, done.stderr
    done = swt("report", "--keep-going", *KINDS[:5], "--language", "en", folder=study)
    assert done.returncode == 0, done.stderr
    return study


def parsed(study: Path) -> dict[str, BeautifulSoup]:
    return {
        path.stem: BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for path in (study / "reports").glob("nl/*.html")
    }


@pytest.mark.slow
def test_nothing_in_a_cell_runs_or_leaves_the_reports(reported: Path) -> None:
    assert [path.name for path in reported.parent.iterdir()] == [reported.name]
    assert {path.name for path in reported.iterdir()} == {"data", "reports"}
    made = [path for path in (reported / "reports").rglob("*") if path.is_file()]
    plain = re.compile(r"(nl/|en/)?(\.manifest\.json|\.lock|[a-z0-9-]{1,80}\.(html|ipynb))")
    places = [path.relative_to(reported / "reports").as_posix() for path in made]
    assert [place for place in places if not plain.fullmatch(place)] == []
    assert len(places) == len({place.casefold() for place in places})


@pytest.mark.slow
def test_no_page_has_an_element_of_the_data(reported: Path, made_study: Path) -> None:
    good = {one.name for page in parsed(made_study).values() for one in page.find_all(True)}
    pages = parsed(reported)
    assert len(pages) > 20
    for name, page in pages.items():
        assert {one.name for one in page.find_all(True)} <= good, name
        assert len(page.find_all("title", recursive=True)) >= 1
        for one in page.find_all(True):
            assert not [key for key in one.attrs if key.startswith("on")], (name, one.name)
        for link in page.find_all(href=True):
            assert re.match(r"#|data:|(\.\./(nl|en)/)?[a-z0-9-]+\.(html|ipynb)$", link["href"])


@pytest.mark.slow
def test_what_was_typed_is_what_is_shown(reported: Path) -> None:
    shown = {name: tidy(page.get_text()) for name, page in parsed(reported).items()}
    raw = reported / "data" / "raw"
    for row in read(raw / "instrument" / "scales.csv"):
        assert tidy(row["label_nl"]) in shown["overview"]
        assert tidy(row["left_nl"]) in shown["overview"]
    for row in read(raw / "instrument" / "checklist.csv"):
        assert tidy(row["question_nl"]) in shown["instrument"]
    for row in read(raw / "instrument" / "topics.csv"):
        assert tidy(row["label_nl"]) in shown["themes"]
    for row in read(raw / "rounds" / "2014" / "participants.csv"):
        assert tidy(row["label_nl"]) in shown["team-composition"]
    for row in read(raw / "rounds" / "2014" / "claims.csv"):
        assert tidy(row["paraphrase_nl"]) in shown["claims"]
    names = [row["municipality"] for row in read(reported / "data/processed/municipalities.csv")]
    for slug, name in zip(slugs(names), names, strict=True):
        assert name in shown[f"municipality-{slug}"], slug


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_exports_hold_no_live_formula(study: Path, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"out.{ending}"
    done = swt("export", str(target), folder=study)
    assert done.returncode == 0, done.stderr
    if ending == "csv":
        for path in tmp_path.glob("*.csv"):
            cells = [cell for line in csv.reader(path.open(encoding="utf-8")) for cell in line]
            live = [cell for cell in cells if re.match(r"[=+@\t\r]|-(?!\d+$)", cell)]
            assert live == []
    else:
        book = load_workbook(target)
        kinds = {cell.data_type for sheet in book for row in sheet for cell in row}
        assert "f" not in kinds
        parts = zipfile.ZipFile(target).namelist()
        assert not [one for one in parts if "external" in one.lower() or "vba" in one.lower()]


REFUSED = [
    ("a\x00b", "U+0000"),
    ("a\x07b", "U+0007"),
    ("a\x1b[2Jb", "U+001B"),
    ("\u202eevil", "U+202E"),
    ("a\ufffeb", "U+FFFE"),
    ("x" * 1_000_000, "has 1000000 characters"),
]


@pytest.mark.parametrize(("value", "told"), REFUSED, ids=[told for _, told in REFUSED])
@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("rounds/2014/municipalities.csv", "note_nl"),
        ("rounds/2014/tallies.csv", "source"),
        ("instrument/scales.csv", "label_nl"),
        ("rounds/2014/claims.csv", "paraphrase_en"),
    ],
)
def test_what_cannot_be_shown_is_told_with_its_place(
    tmp_path: Path, file: str, column: str, value: str, told: str
) -> None:
    raw = copy_raw(tmp_path) / "data" / "raw"
    rows = read(raw / file)
    rows[1][column] = value
    write(raw / file, rows)
    with pytest.raises(DataError) as caught:
        processed_tables(StudyFolder(tmp_path))
    (problem,) = caught.value.problems
    assert problem.file == raw / file
    if value != REFUSED[0][0]:  # a NUL makes a file no text at all
        assert (problem.row, problem.column) == (3, column)
        assert told in str(problem)
    assert str(problem).isprintable()
    assert len(str(problem)) < 1000


SOURCE = "[[source]]\nreference_nl = 'a'\nreference_en = 'a'\n"


def test_settings_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = copy_raw(tmp_path) / "data/raw/study.toml"
    path.write_text(path.read_text("utf-8"), "utf-8-sig")
    assert processed_tables(StudyFolder(tmp_path))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("title_nl = 3\n", "column title_nl: '3': must be a text"),
        ("title_nl = \n", "must be TOML"),
        ('title_nl = "a\\u0000b"\n', "U+0000"),
        ('source = "x"\n', "must be [[source]] tables"),
        ("[[source]]\nkey = 'x'\n", "column reference_nl: 'None': must be a text"),
        ("synthetic = 'no'\n", "must be true or false"),
        ("title_nl = 'caf\udce9'\n", "must be TOML"),
        ('pseudonyms = ""\n', "must be true, false, or a phrase"),
        ("pseudonyms = ' '\n", "must be true, false, or a phrase"),
        ("pseudonyms = 3\n", "must be true, false, or a phrase"),
        ("psuedonyms = true\n", "is no setting of a study; did you mean pseudonyms?"),
        ('titel_nl = "x"\n', "is no setting of a study; did you mean title_nl?"),
        (f"title_nl = {'[' * 3000}{']' * 3000}\n", "must be TOML"),
        (f"{SOURCE}year = '2014'\n", "column year: '2014': is no line of a source"),
        (f"{SOURCE}language = 'Dutch'\n", "must be the code of a language"),
        (f"{SOURCE}round = '2013'\n", "column round: '2013': is no round of this study"),
        (f"{SOURCE}table = 'scals'\n", "is no table of this study; did you mean scales?"),
    ],
)
def test_faulty_settings_are_told(tmp_path: Path, content: str, told: str) -> None:
    raw = copy_raw(tmp_path) / "data" / "raw"
    (raw / "study.toml").write_text(content, "utf-8", errors="surrogateescape")
    with pytest.raises(DataError) as caught:
        processed_tables(StudyFolder(tmp_path))
    assert told in str(caught.value)


# Whatever stands in a file, a reader reads it or says what is wrong; it never breaks.

cells = st.one_of(
    st.sampled_from([*TEXTS, *(value[:50] for value, _ in REFUSED), "", "X", "XXXX X", "3", "3,0"]),
    st.text(max_size=8),
    st.integers(-2, 10**25).map(str),
)
tables = st.lists(st.lists(cells, min_size=1, max_size=6), min_size=1, max_size=5)
KNOWN = study_context(read_others(StudyFolder(ROOT), "2015"))


def told(reader: Any, *arguments: Any, **more: Any) -> None:
    problems = []
    try:
        reader(*arguments, **more)
    except DataError as error:
        problems = error.problems or [None]
    assert all(len(str(one)) < 5000 for one in problems)
    assert all(one.row is None or one.row > 0 for one in problems)


@given(
    table=tables,
    header=st.lists(
        st.one_of(
            cells,
            st.sampled_from(["municipality", "gemeente", "scale", "point", "round", "source"]),
            st.integers(1, 12).map(str),
        ),
        min_size=1,
        max_size=6,
    ),
    form=st.sampled_from([(",", "utf-8"), (";", "cp1252"), ("\t", "utf-16")]),
    end=st.sampled_from(["\n", "\r\n"]),
    shift=st.binary(max_size=4),
)
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_any_text_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory,
    table: list[list[str]],
    header: list[str],
    form: tuple[str, str],
    end: str,
    shift: bytes,
) -> None:
    separator, encoding = form
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=end)
    writer.writerows([header, *table])
    path = tmp_path_factory.getbasetemp() / "round.csv"
    path.write_bytes(text.getvalue().encode(encoding, errors="replace") + shift)

    def take_in(file: Path) -> None:
        found = receive(read_grids(file), "2015", KNOWN, allow_new=None)
        if found.problems:
            raise DataError(found.problems)

    told(take_in, path)
    told(read_tallies, path, scales=KNOWN.instrument["scales"], respondents=None)
    for schema in (INSTRUMENT["scales"], ROUND["placements"], REFERENCE["mergers"]):
        told(read_raw, path, schema)
        body = text.getvalue().encode("utf-8", errors="replace")
        path.write_bytes(",".join(schema.columns).encode() + b"\n" + body + shift)
        told(read_raw, path, schema)


TOWNS = ("round", "municipality", "status", "form", "atypical_team", "on_scheme")
COUNTS = ("round", "scale", "point", "count")


@given(
    columns=st.tuples(
        st.sampled_from([TOWNS, COUNTS]),
        st.lists(st.sampled_from(["in_ebook", "note", "scale_01", "scale_1", "x"]), max_size=4),
    ),
    rows=st.lists(
        st.lists(
            st.one_of(cells, st.sampled_from(["ja", "no", "1", "geen antwoord", "Haarlem"])),
            min_size=10,
            max_size=10,
        ),
        max_size=5,
    ),
)
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_any_export_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory,
    columns: tuple[tuple[str, ...], list[str]],
    rows: list[list[str]],
) -> None:
    header = [*columns[0], *columns[1]]
    text = io.StringIO()
    csv.writer(text).writerows([header, *(["2015", *row][: len(header)] for row in rows)])
    path = tmp_path_factory.getbasetemp() / "export.csv"
    path.write_bytes(text.getvalue().encode("utf-8", errors="replace"))

    def take_in(file: Path) -> None:
        found = receive(read_grids(file), "2015", KNOWN, allow_new=None)
        if found.problems:
            raise DataError(found.problems)

    told(take_in, path)


FILES = sorted((ROOT / "data" / "raw").rglob("*.csv"))


@pytest.fixture(scope="module")
def raw_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_raw(tmp_path_factory.mktemp("cell"))


@pytest.mark.parametrize(
    ("file", "column", "value"),
    [
        ("reference/national_polls.csv", "share", "abc"),
        ("reference/national_polls.csv", "share", "nan"),
        ("reference/national_polls.csv", "share", "69"),
        ("reference/national_polls.csv", "response", "1e400"),
        ("instrument/cross_references.csv", "to_theme", "3.5"),
        ("instrument/cross_references.csv", "to_theme", "9" * 5000),
    ],
)
def test_a_cell_that_is_no_number_where_one_belongs_is_told(
    tmp_path: Path, file: str, column: str, value: str
) -> None:
    raw = copy_raw(tmp_path) / "data" / "raw"
    rows = read(raw / file)
    rows[0][column] = value
    write(raw / file, rows)
    with pytest.raises(DataError, match=f"row 2, column {column}: .* must be a ") as caught:
        processed_tables(StudyFolder(tmp_path))
    assert len(caught.value.problems) == 1


@pytest.mark.slow
@given(data=st.data(), value=cells)
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
def test_any_cell_of_a_study_is_cleaned_or_told(
    raw_copy: Path, data: st.DataObject, value: str
) -> None:
    source = data.draw(st.sampled_from(FILES))
    path = raw_copy / source.relative_to(ROOT)
    rows = read(source)
    row = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.sampled_from(list(rows[0])))
    rows[row][column] = value
    content = io.StringIO()
    writer = csv.DictWriter(content, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(content.getvalue().encode("utf-8", errors="replace"))
    try:
        told(processed_tables, StudyFolder(raw_copy))
    finally:
        path.write_bytes(source.read_bytes())
