"""Processed tables are read as they were written; reading writes nothing."""

from pathlib import Path

import pandas as pd
import pytest

from swt_analysis.folder import StudyFolder
from swt_analysis.processed import (
    NotCleanedError,
    ensure_processed,
    processed_tables,
    read_processed,
)
from swt_analysis.processed.store import typed
from swt_analysis.schema import PROCESSED, Column, Table
from tests.conftest import copy_raw


def test_a_study_without_tables_says_how_to_make_them(tmp_path: Path) -> None:
    study = StudyFolder(copy_raw(tmp_path))
    with pytest.raises(NotCleanedError, match="swt clean"):
        read_processed(study)
    assert not study.processed.exists()


def test_what_is_read_is_what_was_written_and_is_written_once(tmp_path: Path) -> None:
    study = StudyFolder(copy_raw(tmp_path))
    ensure_processed(study)
    before = {path: path.stat().st_mtime_ns for path in study.processed.iterdir()}
    ensure_processed(study)
    assert {path: path.stat().st_mtime_ns for path in study.processed.iterdir()} == before
    made, read = processed_tables(study), read_processed(study)
    assert list(read) == list(made) == list(PROCESSED)
    for name, table in made.items():
        fixed = [one for one in table if one in PROCESSED[name].columns]
        pd.testing.assert_frame_equal(read[name][fixed], table[fixed])


def test_a_cell_that_is_empty_where_it_may_not_be_is_no_table() -> None:
    table = Table("one", {"n": Column("n", "integer", required=True)})
    with pytest.raises(ValueError, match="one: column n has an empty cell"):
        typed(pd.DataFrame({"n": [1, None]}), table)
