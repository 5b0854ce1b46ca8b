import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from frictionless import Package

from swt_analysis.folder import StudyFolder
from swt_analysis.problems import DataError
from swt_analysis.processed import processed_tables, write_processed
from swt_analysis.schema import PROCESSED
from tests.conftest import copy_raw


@pytest.fixture
def study(tmp_path: Path) -> StudyFolder:
    return StudyFolder(copy_raw(tmp_path))


def test_the_tables_have_the_columns_of_their_schema(study: StudyFolder) -> None:
    tables = processed_tables(study)
    assert set(tables) == set(PROCESSED)
    assert list(tables["choice_scale_counts"]) == ["round", "scale", "point", "count"]
    assert list(tables["scale_summaries"])[:4] == ["round", "scale", "n", "no_answer"]
    assert list(tables["municipalities"])[:5] == [
        "municipality",
        "on_scheme",
        "status_2014",
        "form_2014",
        "note",
    ]


def test_the_data_package_is_valid_by_the_standard_s_own_validator(study: StudyFolder) -> None:
    write_processed(study, processed_tables(study))
    report = Package(str(study.processed / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "note"])
    described = json.loads((study.processed / "datapackage.json").read_text("utf-8"))
    assert {one["name"] for one in described["resources"]} == set(PROCESSED)
    assert all(f["description"] for one in described["resources"] for f in one["schema"]["fields"])


def test_cleaning_twice_gives_the_same_bytes_and_leaves_nothing_half_written(
    study: StudyFolder,
) -> None:
    write_processed(study, processed_tables(study))
    first = {path.name: path.read_bytes() for path in study.processed.iterdir()}
    (study.processed / "scales.csv.part").write_bytes(b"half")
    (study.processed / "scales.csv").write_bytes(b"altered")
    write_processed(study, processed_tables(study))
    assert {path.name: path.read_bytes() for path in study.processed.iterdir()} == first


def test_all_problems_of_all_files_are_told_at_once(study: StudyFolder) -> None:
    folder = study.raw / "rounds" / "2014"
    for name, old, new in [
        ("tallies.csv", "XXXX X,XX,XX", "XXXX,XX,XX"),
        ("municipalities.csv", "roll-out", "rolled"),
        ("placements.csv", "Haarlem", "Harlem"),
        ("participants.csv", ",8,0,", ",eight,0,"),
        ("claims.csv", "c03,scale,2,4-5,=,3", "c03,scale,2,4-6,=,few"),
    ]:
        path = folder / name
        path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(DataError) as caught:
        processed_tables(study)
    text = str(caught.value)
    assert "tallies.csv: row 2: '8 marks': marks must add up to the 9 respondents" in text
    assert "column status: 'rolled': must be one of roll-out, pilot, none yet" in text
    assert "column municipality: 'Harlem': must be one of Alkmaar, Beverwijk" in text
    assert "column teams: 'eight': must be a whole number" in text
    assert "2014/claims.csv: row 4, column set: '4-6': must be points from 1 to 5" in text
    assert "2014/claims.csv: row 4, column stated: 'few': must be a whole number" in text


def test_what_is_wrong_in_one_round_is_told_with_what_is_wrong_in_the_next(
    study: StudyFolder,
) -> None:
    first = study.raw / "rounds" / "2014"
    path = first / "tallies.csv"
    path.write_text(path.read_text("utf-8").replace("XXXX X,XX,XX", "XXXX,XX,XX"), "utf-8")
    second = study.raw / "rounds" / "2015"
    second.mkdir()
    (second / "municipalities.csv").write_bytes((first / "municipalities.csv").read_bytes())
    scores = ["municipality,scale,point", *(f"Harlem,{scale},1" for scale in range(1, 12))]
    (second / "scores.csv").write_text("\n".join(scores), "utf-8")
    with pytest.raises(DataError) as caught:
        processed_tables(study)
    text = str(caught.value)
    assert "2014/tallies.csv: row 2: '8 marks'" in text
    assert "2015/scores.csv: row 2, column municipality: 'Harlem': must be one of Alkmaar" in text


def test_the_modes_and_what_is_told_of_a_municipality_are_kept(study: StudyFolder) -> None:
    tables = processed_tables(study)
    summaries = tables["scale_summaries"].set_index("scale")["modes"]
    # Marks 0 5 2 2 0, 2 3 3 1 0 and 1 3 2 1 2.
    assert summaries[[1, 7, 10]].to_list() == ["2", "2 3", "2"]
    raw = pd.read_csv(study.raw / "rounds" / "2014" / "municipalities.csv", dtype="string")
    kept = tables["municipalities"].set_index("municipality")
    for name, written in (("note", "note_nl"), ("note_en", "note_en")):
        told = raw.set_index("municipality")[written].dropna()
        assert len(told)
        assert kept[name].dropna().to_dict() == told.to_dict()


def test_a_study_without_a_round_or_with_an_odd_name_for_one_is_told(study: StudyFolder) -> None:
    rounds = study.raw / "rounds"
    (rounds / "2014").rename(rounds / "first")
    with pytest.raises(DataError) as caught:
        processed_tables(study)
    odd = f"{rounds / 'first'}: 'first': a round's folder is named by its year, as 2014"
    assert odd in str(caught.value)
    shutil.rmtree(rounds)
    with pytest.raises(DataError) as caught:
        processed_tables(study)
    needed = "needs a folder per round, named by its year, such as rounds/2014"
    assert str(caught.value) == f"{rounds}: 'no round': {needed}"


def test_a_study_that_waits_for_its_first_round_has_tables_without_rows(study: StudyFolder) -> None:
    full = processed_tables(study)
    shutil.rmtree(study.raw / "rounds")
    (study.raw / "rounds").mkdir()
    tables = processed_tables(study)
    assert tables.keys() == full.keys()
    for name, table in tables.items():
        assert not set(table) - set(full[name])
        assert len(table) == (0 if "round" in table else len(table)), name
    assert len(tables["scales"]) == 11
    assert tables["municipalities"].empty


def test_what_is_said_to_have_changed_is_judged_by_the_round_before(study: StudyFolder) -> None:
    assert (
        processed_tables(study)["claims"].set_index("claim").loc["c115", "verdict"]
        == "undetermined"
    )
    before = study.raw / "rounds" / "2013"
    before.mkdir()
    now = study.raw / "rounds" / "2014"
    for name in ("tallies.csv", "municipalities.csv", "participants.csv"):
        text = (now / name).read_text("utf-8")
        (before / name).write_text(text.replace("Municipality,5,0", "Municipality,2,0"), "utf-8")
    judged = processed_tables(study)["claims"].set_index("claim").loc["c115"]
    assert (judged["measured"], judged["verdict"]) == ("5 vs 2", "agrees")


def test_more_named_places_than_marks_are_refused(study: StudyFolder) -> None:
    path = study.raw / "rounds" / "2014" / "placements.csv"
    path.write_text(path.read_text("utf-8").replace("Haarlem,2,1", "Haarlem,2,2"), "utf-8")
    with pytest.raises(DataError, match=r"scale 2, point 2.*1 placed there, but it has 0 marks"):
        processed_tables(study)


def test_two_rounds_with_scores_are_compared_and_counts_are_bounded(study: StudyFolder) -> None:
    for year, points in (("2015", (1, 2, 3)), ("2016", (2, 3, 3))):
        folder = study.raw / "rounds" / year
        folder.mkdir()
        lines = [f"{name},1,{point}" for name, point in zip("ABC", points, strict=True)]
        (folder / "scores.csv").write_text("municipality,scale,point\n" + "\n".join(lines))
    change = processed_tables(study)["change"].set_index(["from_round", "to_round", "scale"])
    paired = change.loc[(2015, 2016, 1)]
    assert (paired["paired"], paired["moved"]) == (3, 2)
    assert paired["p_value"] == pytest.approx(2 / 4)
    assert pd.isna(change.loc[(2014, 2015, 1), "p_value"])
