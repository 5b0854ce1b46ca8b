"""What a raw table names and is not there is refused, with its place."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from swt_analysis.folder import StudyFolder
from swt_analysis.problems import DataError, Problem
from swt_analysis.processed import processed_tables
from swt_analysis.schema import ROUND
from tests.conftest import copy_raw

BROKEN = {
    "instrument/topics.csv": {"number": ("9", "'9': must be 1 to 5, the rows of this part")},
    "instrument/themes.csv": {
        "number": ("9", "'observation 9': is not in topics.csv"),
        "theme": ("9", "'9': must be 1 to 5, the rows of this number, each once"),
    },
    "instrument/cross_references.csv": {
        "theme": ("9", "'observation 1 9': is not in themes.csv"),
        "to_number": ("99", "'scale 99': is not in scales.csv or topics.csv"),
        "to_theme": ("1", "'1': a scale has no themes; leave it empty"),
    },
    "instrument/checklist.csv": {
        "block": ("tea", "'tea': must be one of introduction, "),
        "position": ("9", "'9': must be 1 to 7, the rows of this block, each once"),
    },
    "instrument/fact_labels.csv": {"value": ("", "'': may not be empty")},
    "instrument/labels.csv": {
        "kind": ("stage", "'stage': must be one of status, form, "),
        "code": ("rollout", "'rollout': must be one of roll-out, pilot, none yet"),
    },
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
    "rounds/2014/participants.csv": {
        "of_which_pilot": ("9", "'9': may not be more than teams, 8"),
        "teams": ("10", "'10': may not be more than the 9 respondents"),
    },
    "rounds/2014/placements.csv": {
        "municipality": ("Alkmaar", "'Alkmaar': is not on the scheme (municipalities.csv)")
    },
    "reference/national_polls.csv": {
        "respondents": ("404", "'404': may not be more than population, 403"),
        "response": ("0.65", "'0.65': must be respondents of population: 0.56"),
    },
    "reference/mergers.csv": {
        "municipality": (
            "Heerhugoward",
            "is in no round of the study; did you mean Heerhugowaard?",
        ),
        "into": ("Langedijk", "'Langedijk': had itself merged by 2022; name the municipality"),
        "year": ("2014", "'2014': Heerhugowaard is in round 2014; must be later, or give that"),
    },
}
CELLS = [(file, column, *told) for file, cells in BROKEN.items() for column, told in cells.items()]


def problems(study: StudyFolder) -> list[Problem]:
    with pytest.raises(DataError) as caught:
        processed_tables(study)
    return caught.value.problems


CLAIMS = [
    ("scale", "base", "0", "must be a whole number from 1 on, or empty"),
    ("scale", "stated", "10", "may not be more than its base, 9"),
    ("interview", "stated", "150-90", "must be two numbers, as 90-150"),
    ("interview", "subject", "hours", "must be one of minutes, minutes:block_1"),
    ("ebook", "subject", "pages", "must be one of interviews, factsheets"),
    ("instrument", "subject", "themes:observation-9", "must be one of scales, points, "),
    (
        "participant",
        "subject",
        "social_works",
        "is not in participants.csv; did you mean social_work",
    ),
    ("participant", "set", "citizens+mea", "'mea': is not in participants.csv"),
    ("status", "subject", "pilots", "must be one of roll-out, pilot, none yet, chosen"),
    ("status", "set", "Heilo", "'Heilo': is not in municipalities.csv; did you mean Heiloo?"),
    ("form", "subject", "circle", "must be one of fixed team, flexible network, "),
    ("fact", "subject", "start:never", "must be one of home_visits_by_case_managers:considered, "),
    ("size", "subject", "Heilo", "must be one of Alkmaar, Beverwijk, "),
    ("fact", "set", "Heilo", "'Heilo': is not in municipalities.csv; did you mean Heiloo?"),
    ("mention", "set", "Purmerend; Heilo", "'Heilo': is not in municipalities.csv"),
]


@pytest.mark.parametrize(("kind", "column", "value", "told"), CLAIMS)
def test_what_a_claim_counts_has_to_be_there(
    tmp_path: Path, kind: str, column: str, value: str, told: str
) -> None:
    study = StudyFolder(copy_raw(tmp_path))
    path = study.raw / "rounds/2014/claims.csv"
    table = pd.read_csv(path, dtype=str)
    here = table[(table["kind"] == kind) & (table[column].notna() | (column == "set"))]
    row = here.index[0]
    table.loc[row, column] = value
    table.to_csv(path, index=False)
    (problem,) = map(str, problems(study))
    assert problem.startswith(f"{path}: row {row + 2}, column {column}: ")
    assert told in problem


def test_a_round_without_a_list_of_municipalities_takes_any_name_in_claims(tmp_path: Path) -> None:
    study = StudyFolder(copy_raw(tmp_path))
    folder = study.raw / "rounds/2014"
    for name in ("municipalities", "placements", "facts", "mentions"):
        (folder / f"{name}.csv").unlink()
    claims = processed_tables(study)["claims"]
    told = claims.loc[claims["kind"] == "status", "verdict"]
    assert len(told)
    assert set(told) == {"undetermined"}


def test_a_row_that_says_the_same_twice_or_of_itself_is_told(tmp_path: Path) -> None:
    study = StudyFolder(copy_raw(tmp_path))
    path = study.instrument / "cross_references.csv"
    table = pd.read_csv(path, dtype=str)
    itself = {"to": "observation", "to_number": "1", "to_theme": "2"}
    first = table.iloc[[0]]
    pd.concat([table, first, first.assign(**itself)]).to_csv(path, index=False)
    last = len(table) + 2
    assert {one.row for one in problems(study)} == {2, last}
    pd.concat([table, first.assign(**itself)]).to_csv(path, index=False)
    (problem,) = map(str, problems(study))
    assert problem == f"{path}: row {last}, column to_theme: '2': is the theme itself"


def test_a_code_without_a_label_is_told_where_its_kind_has_labels(tmp_path: Path) -> None:
    study = StudyFolder(copy_raw(tmp_path))
    path = study.instrument / "labels.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    lacking = (table["kind"] == "verdict") & (table["code"] == "agrees")
    table[~lacking].to_csv(path, index=False)
    (problem,) = map(str, problems(study))
    assert problem == f"{path}: column code: 'verdict agrees': has no label; add a row"
    table[table["kind"] != "verdict"].to_csv(path, index=False)
    processed_tables(study)  # takes any


def test_every_question_of_a_block_has_the_minutes_of_the_block(tmp_path: Path) -> None:
    study = StudyFolder(copy_raw(tmp_path))
    path = study.instrument / "checklist.csv"
    table = pd.read_csv(path, dtype=str)
    table.loc[1, "minutes"] = "51"
    table.to_csv(path, index=False)
    (problem,) = map(str, problems(study))
    assert problem == f"{path}: row 3, column minutes: '51': its block has 15"


def test_who_has_scores_is_on_the_scheme_and_no_other(tmp_path: Path) -> None:
    study = StudyFolder(copy_raw(tmp_path))
    folder = study.raw / "rounds/2015"
    folder.mkdir()
    scales = pd.read_csv(study.instrument / "scales.csv")["scale"]
    names = ["Haarlem", "Velsen"]
    rows = [(name, scale, 3) for name in names for scale in scales]
    columns = ["municipality", "scale", "point"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "scores.csv", index=False)
    told = pd.DataFrame({"municipality": ["Haarlem", "Heiloo", "Velsen"], "source": "letter"})
    told = told.reindex(columns=list(ROUND["municipalities"].columns))
    path = folder / "municipalities.csv"
    told.assign(on_scheme=["yes", "no", "yes"]).to_csv(path, index=False)
    assert len(processed_tables(study)["rounds"]) == 2
    told.assign(on_scheme=["no", "yes", "yes"]).to_csv(path, index=False)
    assert [str(one) for one in problems(study)] == [
        f"{path}: row 2, column on_scheme: 'no': must be yes: it has a row of scores",
        f"{path}: row 3, column on_scheme: 'yes': must be no: it has no row of scores",
    ]


@pytest.mark.parametrize(("file", "column", "value", "told"), CELLS)
def test_what_is_not_there_is_told(
    tmp_path: Path, file: str, column: str, value: str, told: str
) -> None:
    study = StudyFolder(copy_raw(tmp_path))
    path = study.raw / file
    with path.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    rows[0][column] = value
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    lines = [str(one) for one in problems(study)]
    assert [one for one in lines if one.startswith(f"{path}: row 2, column {column}: ")], lines
    assert told in "\n".join(lines)


def test_a_municipality_without_a_name_is_told_and_so_is_who_was_to_bear_it(tmp_path: Path) -> None:
    study = StudyFolder(copy_raw(tmp_path))
    path = study.raw / "rounds/2014/municipalities.csv"
    table = pd.read_csv(path, dtype=str)
    row = int(table.index[table["municipality"] == "Heiloo"][0])
    table.loc[row, "municipality"] = None
    table.to_csv(path, index=False)
    found = list(map(str, problems(study)))
    assert f"{path}: row {row + 2}, column municipality: '': may not be empty" in found
    assert any("'Heiloo': is not in municipalities.csv" in one for one in found)
    assert not any("nan" in one for one in found)
