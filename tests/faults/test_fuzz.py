"""Damaged files are read or refused; the long form is ``python -m tests.faults.fuzz``."""

from pathlib import Path

import pytest

from swt_analysis.folder import StudyFolder
from tests.faults.fuzz import bases, fuzz


def test_a_damaged_file_is_read_or_refused(made_study: Path, tmp_path: Path) -> None:
    whole = bases(StudyFolder(made_study))
    del whole[".sav"]  # each takes half a second
    became, faults, longest = fuzz(whole, tmp_path, inputs=150, seed=1)
    assert not faults
    assert sum(became.values()) == 150
    assert {what.split()[1] for what in became} == {"read", "refused"}
    assert longest < 10


@pytest.mark.slow
def test_a_damaged_data_set_of_spss_is_read_or_refused(made_study: Path, tmp_path: Path) -> None:
    whole = {".sav": bases(StudyFolder(made_study))[".sav"]}
    became, faults, _ = fuzz(whole, tmp_path, inputs=25, seed=1)
    assert not faults
    assert sum(became.values()) == 25
