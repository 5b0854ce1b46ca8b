"""What is exported is taken in again, to the cell, whichever program saved it in between."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest
import xlsxwriter

from swt_analysis.export import FORMATS, export, labelled_data_sets
from swt_analysis.files import write_whole
from swt_analysis.folder import PROJECT, StudyFolder
from swt_analysis.problems import DataError
from swt_analysis.processed import processed_tables, write_processed
from swt_analysis.rounds.importing import import_round
from tests.conftest import swt

# One answered nothing, one is not on the scheme, one begins as a formula, one has an apostrophe.
SCORES = """municipality,scale,point
=1+1,1,5
=1+1,2,
Haarlem,1,3
Haarlem,2,1
Heemskerk,1,
's-Graveland,4,2
"""
PLACES = """municipality,on_scheme,in_ebook,atypical_team,status,form,note_nl,note_en,source
=1+1,yes,,youth,pilot,flexible network,-2 teams,-2 teams,x
Haarlem,yes,no,,roll-out,,een; twee,een; twee,x
Heemskerk,yes,yes,,,,,,x
's-Graveland,yes,,,,,,,x
Velsen,no,yes,,none yet,flexible network,@home,@home,x
"""
COUNTS = "scale,1,2,3,4,5,no_answer\n" + "".join(
    f"{scale},{'X' * (scale % 4)},,X,{'X' * (3 - scale % 4)},,X\n" for scale in range(1, 12)
)


def study_with(root: Path, rounds: dict[str, dict[str, str]]) -> StudyFolder:
    shutil.copytree(PROJECT / "data" / "raw", root / "data" / "raw")
    for year, files in rounds.items():
        folder = root / "data" / "raw" / "rounds" / year
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_text(content, "utf-8")
    study = StudyFolder(root)
    write_processed(study, processed_tables(study))
    return study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    """Counts of 2014, scores of 2015, counts of 2016 where somebody did not answer."""
    rounds = {
        "2015": {"scores.csv": SCORES, "municipalities.csv": PLACES},
        "2016": {"tallies.csv": COUNTS},
    }
    return study_with(tmp_path_factory.mktemp("trip") / "study", rounds)


@pytest.fixture(scope="module", params=["nl", "en"])
def exported(
    request: pytest.FixtureRequest, study: StudyFolder, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("files")
    for ending in FORMATS:
        write_whole(export(study, folder / f"study{ending}", request.param))
    return folder, request.param


def sets(study: StudyFolder, year: str, language: str) -> list[pd.DataFrame]:
    """The exported rows of a round."""
    both = labelled_data_sets(processed_tables(study), "x", language)
    return [
        one.frame[one.frame["round"] == int(year)].reset_index(drop=True).astype(object)
        for one in both
    ]


def taken_in(file: Path, years: tuple[str, ...], root: Path) -> StudyFolder:
    """Import rounds of a file into a study that has the instrument only."""
    shutil.copytree(PROJECT / "data" / "raw" / "instrument", root / "data" / "raw" / "instrument")
    (root / "data" / "raw" / "rounds").mkdir()
    again = StudyFolder(root)
    for year in years:
        import_round(again, file, year, allow_new=True)
    return again



YEARS = ("2014", "2015", "2016")


@pytest.mark.parametrize("ending", list(FORMATS))
def test_each_format_comes_back_to_the_cell(
    exported: tuple[Path, str], study: StudyFolder, tmp_path: Path, ending: str
) -> None:
    folder, language = exported
    again = taken_in(folder / f"study{ending}", YEARS, tmp_path / "again")
    for year in YEARS:
        for ours, theirs in zip(
            sets(study, year, language), sets(again, year, language), strict=True
        ):
            pd.testing.assert_frame_equal(ours, theirs)
    assert sorted(one.name for one in (again.raw / "rounds/2014/received").iterdir()) == sorted(
        {"imported.json", f"study{ending}", *([f"study-counts{ending}"] * (ending != ".xlsx"))}
    )
    # And what is exported of it is byte by byte what was exported before.
    write_processed(again, processed_tables(again))
    for path, content in export(again, folder / f"study{ending}", language).items():
        if path.suffix == ".csv":
            assert content == path.read_bytes()
