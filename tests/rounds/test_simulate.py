import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from frictionless import Package

from swt_analysis.files import write_folder
from swt_analysis.folder import PROJECT, StudyFolder
from swt_analysis.processed import Processed, processed_tables, write_processed
from swt_analysis.rounds.simulate import simulate
from tests.conftest import swt

HERE = StudyFolder(PROJECT)


def _study(folder: Path, **given: int) -> StudyFolder:
    write_folder(folder, simulate(HERE, **{"municipalities": 342, "rounds": 4, "seed": 1} | given))
    return StudyFolder(folder)


@pytest.fixture(scope="module")
def national(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    return _study(tmp_path_factory.mktemp("national") / "study")


@pytest.fixture(scope="module")
def tables(national: StudyFolder) -> dict[str, pd.DataFrame]:
    return processed_tables(national)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    first, again, other = (
        simulate(HERE, municipalities=25, rounds=2, seed=seed) for seed in (1, 1, 2)
    )
    assert first == again
    scores = Path("data/raw/rounds/2014/scores.csv")
    assert first[scores] != other[scores]


def test_a_folder_that_is_there_is_not_written_in(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError, match="exists already; choose a new folder"):
        write_folder(tmp_path, {})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("municipalities", "rounds"), [(1, 1), (3, 2), (9, 4), (25, 1)])
def test_a_small_study_cleans(tmp_path: Path, municipalities: int, rounds: int) -> None:
    study = _study(tmp_path / "study", municipalities=municipalities, rounds=rounds)
    cleaned = processed_tables(study)
    assert len(cleaned["rounds"]) == rounds
    assert cleaned["rounds"]["municipalities"].iloc[0] == municipalities
    assert (cleaned["rounds"]["respondents"] >= 1).all()


def test_every_raw_file_says_that_it_is_synthetic(national: StudyFolder) -> None:
    files = sorted(path for path in national.root.rglob("*") if path.is_file())
    assert len(files) > 30
    for path in files:
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                assert {row["synthetic"] for row in csv.DictReader(file)} == {"yes"}, path
        else:
            assert "synthetic" in path.read_text("utf-8"), path


def test_the_shape_is_that_of_a_poll(tables: dict[str, pd.DataFrame]) -> None:
    rounds, scores = tables["rounds"].set_index("round"), tables["choice_scale_scores"]
    assert rounds.loc[2014, "municipalities"] == 342
    response = (rounds["respondents"] / rounds["municipalities"]).astype(float)
    assert response.between(0.6, 0.9).all()
    assert 0.03 < scores["point"].isna().mean() < 0.07
    there = {year: set(group["municipality"]) for year, group in scores.groupby("round", sort=True)}
    for before, after in zip(list(there)[:-1], list(there)[1:], strict=True):
        assert there[before] - there[after]
        assert there[after] - there[before]
    places = tables["municipality_rounds"]
    assert 0.01 < places["atypical_team"].notna().mean() < 0.1
    assert places.groupby("status").size().min() > 20


def test_scales_correlate_and_answers_persist(tables: dict[str, pd.DataFrame]) -> None:
    scores = tables["choice_scale_scores"].astype({"point": "float64"})
    wide = scores.pivot(index=["round", "municipality"], columns="scale", values="point")
    first, second = wide.loc[2014], wide.loc[2015]
    between = first.corr(method="kendall").to_numpy()
    assert np.abs(between[np.triu_indices(11, 1)]).max() > 0.2
    stayed = first.index.intersection(second.index)
    over_time = [first.loc[stayed, scale].corr(second.loc[stayed, scale]) for scale in wide]
    assert min(over_time) > 0.5
    same = (first.loc[stayed] == second.loc[stayed]).to_numpy().mean()
    assert 0.4 < same < 0.9


def test_merged_municipalities_leave_and_the_new_one_is_there(
    national: StudyFolder, tables: dict[str, pd.DataFrame]
) -> None:
    mergers = pd.read_csv(national.raw / "reference" / "mergers.csv")
    assert list(mergers)[:5] == ["municipality", "into", "year", "carries_on", "source"]
    places = tables["municipality_rounds"].groupby("round")["municipality"].agg(set)
    for row in mergers.to_dict("records"):
        assert row["municipality"] in places[row["year"] - 1]
        assert row["municipality"] not in places[row["year"]]
        assert row["into"] in places[row["year"]]
    assert set(mergers["carries_on"]) <= {"yes", "no"}


def test_names_are_unique_and_not_those_of_the_note(tables: dict[str, pd.DataFrame]) -> None:
    real = pd.read_csv(HERE.raw / "rounds" / "2014" / "municipalities.csv")["municipality"]
    assert tables["municipalities"]["municipality"].is_unique
    assert not set(tables["municipalities"]["municipality"]) & set(real)


def test_the_command_never_writes_over_a_folder(tmp_path: Path) -> None:
    arguments = ["simulate", "-o", "new", "--municipalities", "3", "--rounds", "1", "--seed", "5"]
    done = swt(*arguments, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "swt report --study new" in done.stdout
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    again = swt(*arguments, folder=tmp_path)
    assert again.returncode == 2
    assert "exists already" in again.stderr
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


@pytest.mark.slow
def test_a_hundred_thousand_respondents(tmp_path: Path) -> None:
    study = _study(tmp_path / "study", municipalities=130_000, rounds=1)
    scores = pd.read_csv(study.raw / "rounds" / "2014" / "scores.csv", usecols=["municipality"])
    assert scores["municipality"].nunique() > 90_000


def test_every_processed_file_says_so_and_is_described(tmp_path: Path) -> None:
    study = _study(tmp_path / "study", municipalities=9, rounds=2)
    write_processed(study, processed_tables(study))
    for path in study.processed.glob("*.csv"):
        table = pd.read_csv(path)
        assert list(table)[-1] == "synthetic", path
        assert table["synthetic"].all()
    package = json.loads((study.processed / "datapackage.json").read_text("utf-8"))
    assert package["synthetic"] is True
    assert Package(str(study.processed / "datapackage.json")).validate().valid
    assert "synthetic" not in Processed(study)["scales"]


def test_a_real_study_is_not_marked(tmp_path: Path) -> None:
    shutil.copytree(HERE.raw, tmp_path / "data" / "raw")
    study = StudyFolder(tmp_path)
    write_processed(study, processed_tables(study))
    assert not any("synthetic" in p.read_text("utf-8") for p in study.processed.iterdir())
