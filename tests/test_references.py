"""What a raw table names and is not there is refused, with its place."""

import csv
from pathlib import Path

import pytest

from swt_analysis.clean import clean
from swt_analysis.problems import DataError
from swt_analysis.study import Study
from tests.conftest import copy_raw

BROKEN = {
    "instrument/themes.csv": {"number": ("9", "'observation 9': is not in topics.csv")},
    "instrument/cross_references.csv": {
        "theme": ("9", "'observation 1 9': is not in themes.csv"),
        "to_number": ("99", "'scale 99': is not in scales.csv or topics.csv"),
    },
    "instrument/checklist.csv": {"block": ("tea", "'tea': must be one of introduction, ")},
    "rounds/2014/municipalities.csv": {
        "form": ("circle", "'circle': must be one of fixed team, flexible network, case"),
        "atypical_team": ("old", "'old': must be one of youth, second-line: see labels.csv"),
    },
    "rounds/2014/characteristics.csv": {"aspect": ("colour", "'colour': must be one of nature,")},
    "rounds/2014/mentions.csv": {"theme": ("9", "'observation 1 9': is not in themes.csv")},
    "rounds/2014/facts.csv": {
        "fact": ("horses", "'horses': is not in fact_labels.csv"),
        "value": ("never", "never': is not in fact_labels.csv"),
    },
    "rounds/2014/participants.csv": {"of_which_pilot": ("9", "'9': may not be more than teams, 8")},
    "reference/national_polls.csv": {
        "respondents": ("404", "'404': may not be more than population, 403")
    },
}
CELLS = [(file, column, *told) for file, cells in BROKEN.items() for column, told in cells.items()]


@pytest.mark.parametrize(("file", "column", "value", "told"), CELLS)
def test_what_is_not_there_is_told(
    tmp_path: Path, file: str, column: str, value: str, told: str
) -> None:
    study = Study(copy_raw(tmp_path))
    path = study.raw / file
    with path.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    rows[0][column] = value
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(DataError) as caught:
        clean(study)
    lines = [str(one) for one in caught.value.problems]
    assert [one for one in lines if one.startswith(f"{path}: row 2, column {column}: ")], lines
    assert told in "\n".join(lines)
