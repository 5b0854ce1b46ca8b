"""The same data give the same bytes; `tests/faults/same_bytes.py` is the long form."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import copy_raw
from tests.faults.conditions import another_day, elsewhere, hashes, made_by_papermill, start

SOME = ("overview", "choice-scale-01")
# Every other notebook, in both languages.
REST = (
    *("observation-1", "themes", "municipalities", "claims", "municipality-haarlem"),
    *("team-composition", "change", "instrument", "national-context", "codebook"),
)


def differing(study: Path, made_study: Path) -> tuple[list[str], int]:
    """Files that are not as in the first run, the indexes left out: they list what was made."""
    here, there = hashes(study), hashes(made_study)
    compared = [name for name in here if not name.endswith(("index.html", ".json", ".lock"))]
    return [name for name in compared if here[name] != there.get(name)], len(compared)


@pytest.mark.parametrize("names", [SOME, pytest.param(REST, marks=pytest.mark.slow)])
def test_another_day_place_order_language_and_number_of_jobs(
    made_study: Path, tmp_path: Path, names: tuple[str, ...]
) -> None:
    study = copy_raw(tmp_path / "een map, één" / "study")
    day = another_day(tmp_path) if shutil.which("cc") else {}
    process = start("report", *names, "--jobs", "1", folder=study, more={**elsewhere(1), **day})
    _, told = process.communicate()
    assert process.returncode == 0, told
    differ, number = differing(study, made_study)
    assert differ == []
    assert number > 20 + 4 * len(names)
    description = "data/processed/datapackage.json"
    assert (study / description).read_bytes() == (made_study / description).read_bytes()


@pytest.mark.slow
def test_the_engine_of_papermill_gives_the_same(made_study: Path) -> None:
    made = made_by_papermill(made_study, ["en/choice-scale-02", "en/municipality-heiloo"])
    there = hashes(made_study)
    assert len(made) == 4
    assert [name for name in made if made[name] != there[name]] == []
