"""The codebook says what the exported file has, and how often; words are found where they stand."""

import csv
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

import swt_analysis as swt
from swt_analysis.export import export
from swt_analysis.files import write_folder
from swt_analysis.folder import PROJECT, StudyFolder
from swt_analysis.rounds.simulate import simulate
from swt_analysis.study import Study, open_study

RAW = PROJECT / "data" / "raw"


@pytest.fixture(scope="module")
def study() -> Study:
    return open_study(PROJECT, language="en")


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Two rounds with scores, of which some are missing."""
    root = tmp_path_factory.mktemp("invented") / "study"
    made = simulate(StudyFolder(PROJECT), municipalities=12, rounds=2, seed=1)
    write_folder(root, made)
    return open_study(root, language="en")


def saved(study: Study, folder: Path) -> tuple[pd.DataFrame, pyreadstat.metadata_container]:
    """Export a study for SPSS, and read that with codes."""
    path = folder / "study.sav"
    for file, content in export(study.folder, path, study.language).items():
        file.write_bytes(content)
    return pyreadstat.read_sav(path, user_missing=True)


@pytest.mark.parametrize("which", ["study", "invented"])
def test_it_has_the_variables_and_labels_of_the_exported_file(
    which: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    own: Study = request.getfixturevalue(which)
    book = swt.codebook(own)
    book = book[~book["variable"].str.contains(":")]
    _, meta = saved(own, tmp_path)
    named = {one: label for one, label in meta.column_names_to_labels.items() if one != "synthetic"}
    assert dict(zip(book["variable"], book["label"], strict=True)) == named
    coded = book.dropna(subset=["code", "meaning"])
    for variable, code, meaning in coded[["variable", "code", "meaning"]].itertuples(index=False):
        assert meta.variable_value_labels[variable][float(code)] == meaning


def test_numbers_are_those_of_the_exported_file(invented: Study, tmp_path: Path) -> None:
    frame, _ = saved(invented, tmp_path)
    book = swt.codebook(invented)
    coded = book[book["code"].notna() & ~book["variable"].str.contains(":")]
    years = invented.rounds["round"].to_list()
    assert len(years) == 2
    for row in coded.to_dict("records"):
        for year in years:
            here = frame.loc[frame["round"] == year, row["variable"]]
            assert row[f"n_{year}"] == (here == row["code"]).sum(), row


def test_a_count_only_round_has_its_printed_marks(study: Study) -> None:
    with (RAW / "rounds/2014/tallies.csv").open(encoding="utf-8") as file:
        marks = {
            row["scale"]: [row[str(point)].count("X") for point in range(1, 6)]
            for row in csv.DictReader(file)
        }
    book = swt.codebook(study).set_index("variable")
    for scale, numbers in marks.items():
        here = book.loc[f"scale_{int(scale):02}"].set_index("code")["n_2014"]
        assert here.loc[1:5].to_list() == numbers
        assert here.loc[-1] == 9 - sum(numbers)
        assert here.loc[-3] == 2


def test_facts_are_counted_by_municipality(study: Study) -> None:
    facts = pd.read_csv(RAW / "rounds/2014/facts.csv", dtype=str)
    found = swt.codebook(study).set_index("variable")["n_2014"]
    pilots = facts[(facts["fact"] == "trial") & (facts["value"] == "running")]
    assert found["trial:running"] == pilots["municipality"].nunique() == 3
    # Of a fact that any value may follow, all values together.
    assert found["organisations_in_team:*"] == 2


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_dictionary_has_every_column_of_the_files(language: str) -> None:
    columns = swt.data_dictionary(language)
    for path in sorted((PROJECT / "data" / "processed").glob("*.csv")):
        header = pd.read_csv(path, nrows=0).columns
        here = columns[columns["table"] == path.stem]
        for name in header:
            pattern = here["column"].str.replace(r"\{\w+\}", r"\\d+", regex=True)
            assert any(pd.Series(name).str.fullmatch(one).item() for one in pattern), (path, name)
    assert columns[["label", "description", "source"]].ne("").all(axis=None)
    if language == "nl":
        assert not columns["source"].str.contains("computed| or |folder").any()


def test_words_are_found_wherever_they_stand(study: Study) -> None:
    found = study.look_for("Regie")
    dutch = open_study(PROJECT).look_for("REGIE")
    assert {"scales", "claims", "themes"} <= set(dutch["table"])
    assert dutch["text"].str.casefold().str.contains("regie").all()
    (scale,) = dutch[dutch["table"] == "scales"].to_dict("records")
    assert scale["which"] == "9"
    assert scale["source"].startswith("bijlage 1, paragraaf 4")
    assert len(found) < len(dutch)  # in English it is another word
    assert study.look_for("no such word").empty


def test_accents_do_not_matter() -> None:
    dutch = open_study(PROJECT)
    assert dutch.look_for("client").equals(dutch.look_for("cliënt"))
    assert len(dutch.look_for("client")) > 0
