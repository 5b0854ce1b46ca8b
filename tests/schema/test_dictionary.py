"""The data dictionary has every column of every table, in both languages, and says what is so."""

import csv
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from swt_analysis import schema
from swt_analysis.folder import StudyFolder
from swt_analysis.processed import processed_tables
from swt_analysis.schema import Column, Table

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "src" / "swt_analysis" / "schema"
RAW = ROOT / "data" / "raw"
KINDS = {
    "instrument": schema.INSTRUMENT,
    "round": schema.ROUND,
    "answers": schema.ANSWERS,
    "reference": schema.REFERENCE,
    "processed": schema.PROCESSED,
}
COLUMNS = [
    pytest.param(kind, table, column, id=f"{kind}-{table.name}-{column.name}")
    for kind, tables in KINDS.items()
    for table in tables.values()
    for column in table.columns.values()
]


def rows(file: str) -> list[dict[str, str]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as content:
        return list(csv.DictReader(content))


def test_no_column_or_table_is_there_twice() -> None:
    columns = Counter((row["kind"], row["table"], row["column"]) for row in rows("dictionary.csv"))
    tables = Counter((row["kind"], row["table"]) for row in rows("tables.csv"))
    assert [one for one, number in (columns + tables).items() if number > 1] == []
    assert {one[:2] for one in columns} == set(tables)
    assert {kind for kind, _ in tables} == {*KINDS, "every"}


@pytest.mark.parametrize(("kind", "table", "column"), COLUMNS)
def test_a_column_says_what_it_is_in_both_languages(
    kind: str, table: Table, column: Column
) -> None:
    assert column.type in ("string", "integer", "number", "boolean")
    assert column.source
    for told in (column.label, column.description, table.description):
        assert list(told) == ["nl", "en"]
        assert all(one and one == one.strip() for one in told.values())
    assert column.description["nl"] != column.description["en"]
    if column.codes:
        labels = pd.read_csv(RAW / "instrument" / "labels.csv")
        assert column.codes in set(labels["kind"])
    if column.reference:
        target, name = column.reference
        tables = schema.PROCESSED if kind == "processed" else schema.ROUND | schema.INSTRUMENT
        assert name in tables[target].columns


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return processed_tables(StudyFolder(ROOT))


@pytest.mark.parametrize("name", schema.PROCESSED)
def test_a_processed_table_is_as_the_dictionary_says(
    tables: dict[str, pd.DataFrame], name: str
) -> None:
    table, columns = tables[name], schema.PROCESSED[name].columns.values()
    called = [next((one for one in columns if one.is_called(header)), None) for header in table]
    assert list(dict.fromkeys(one.name if one else None for one in called)) == [
        one.name for one in columns
    ]
    assert not table.duplicated([one.name for one in columns if one.key]).any()
    labels = tables["labels"]
    for header, column in zip(table, called, strict=True):
        assert column is not None
        filled = table[header].dropna()
        assert not column.required or len(filled) == len(table)
        assert not column.words or set(filled) <= set(column.words)
        if column.range:
            assert filled.between(*column.range).all()
        if column.codes:
            assert set(filled) <= set(labels.loc[labels["kind"] == column.codes, "code"])
        if column.reference:
            target, key = column.reference
            assert set(filled) <= set(tables[target][key])


@pytest.mark.parametrize("path", sorted(RAW.rglob("*.csv")), ids=lambda path: path.stem)
def test_a_raw_file_has_these_columns(path: Path) -> None:
    kind = {"instrument": schema.INSTRUMENT, "reference": schema.REFERENCE}
    tables = kind.get(path.parent.name, schema.ROUND | schema.ANSWERS)
    columns = tables[path.stem].columns.values()
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    assert [one for one in header if not any(column.is_called(one) for column in columns)] == []
    if path.stem != "tallies":
        assert header == [one.name for one in columns]


def test_a_label_is_that_of_the_table_or_of_the_first_with_such_a_column() -> None:
    assert schema.label("left", "nl") == "linkerpool"
    assert schema.label("left", "en", "scale_summaries") == "left"
    assert schema.label("label_nl", "en", "participants") == "participant in Dutch"
    assert schema.label("left_count", "nl") == "links"  # a page puts it together
    assert schema.label("of a researcher's own", "nl") == "of a researcher's own"


@pytest.mark.parametrize("name", ["status_2014", "form_2020"])
def test_a_name_with_a_part_between_braces_stands_for_several(name: str) -> None:
    columns = schema.PROCESSED["municipalities"].columns.values()
    assert [one.name for one in columns if one.is_called(name)] == [f"{name[:-4]}{{round}}"]
    assert not any(one.is_called(name[:-4]) for one in columns)
