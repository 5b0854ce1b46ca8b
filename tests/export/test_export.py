import csv
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from frictionless import Package
from pyarrow import parquet

from swt_analysis.export import export, labelled_data_sets
from swt_analysis.files import write_whole
from swt_analysis.folder import PROJECT, StudyFolder
from swt_analysis.processed import ensure_processed, processed_tables, write_processed
from swt_analysis.study.data_sets import NO_ANSWER, NOT_ON_SCHEME, NOT_PUBLISHED
from tests.conftest import swt

RUN = (
    "import sys; from swt_analysis.cli import main;"
    " main([*sys.argv[1:], '--quiet'], standalone_mode=False)"
)
SCORES = "municipality,scale,point\n=1+1,1,5\n=1+1,2,\nHaarlem,1,3\nHaarlem,2,1\n"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    """Two rounds: the counts of 2014, and scores of 2015 with a name that Excel would compute."""
    root = tmp_path_factory.mktemp("export") / "study"
    shutil.copytree(PROJECT / "data" / "raw", root / "data" / "raw")
    (root / "data" / "raw" / "rounds" / "2015").mkdir()
    (root / "data" / "raw" / "rounds" / "2015" / "scores.csv").write_text(SCORES)
    write_processed(StudyFolder(root), processed_tables(StudyFolder(root)))
    return StudyFolder(root)


@pytest.fixture(scope="module")
def exported(study: StudyFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    for ending in (".sav", ".xlsx", ".parquet", ".csv"):
        write_whole(export(study, folder / f"study{ending}", "en"))
    return folder


def test_the_same_data_give_the_same_bytes_at_another_hour(
    study: StudyFolder, exported: Path
) -> None:
    time.sleep(2)  # a ZIP file tells the time in steps of two seconds
    for ending in (".xlsx", ".parquet", ".csv"):
        again = export(study, exported / f"study{ending}", "en")
        assert again == {path: path.read_bytes() for path in again}


@pytest.mark.parametrize(
    "command",
    [
        ["export", "study.xlsx"],
        pytest.param(["export", "study.sav"], marks=pytest.mark.slow),
        pytest.param(["template", "2016", "-o", "empty.xlsx"], marks=pytest.mark.slow),
    ],
    ids=lambda command: command[-1],
)
def test_what_a_killed_command_left_goes_with_the_next(
    study: StudyFolder, tmp_path: Path, command: list[str]
) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "temporary"
    (out / ".swt-killed").mkdir(parents=True)
    (out / ".swt-killed" / "half.xlsx").write_bytes(b"Haarlem")
    elsewhere.mkdir()
    traced = "import tempfile, sys; tempfile.mkdtemp(); sys.exit(tempfile.gettempdir())"
    done = subprocess.run(
        [sys.executable, "-c", f"{RUN}; {traced}", *command[:-1], str(out / command[-1])],
        cwd=study.root,
        env={**os.environ, "TMPDIR": str(elsewhere)},
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.stderr.strip().startswith(str(out / ".swt-"))  # where the temporary files were
    assert [path.name for path in out.iterdir() if path.name[0] == "."] == []
    assert list(elsewhere.iterdir()) == []


def test_a_row_a_municipality_and_round_and_the_reason_for_each_missing_point(
    study: StudyFolder,
) -> None:
    municipalities, counts = labelled_data_sets(processed_tables(study), "Title", "nl")
    wide = municipalities.frame.set_index(["round", "municipality"])
    assert len(wide) == 11 + 2
    assert wide.loc[(2014, "Haarlem"), "scale_02"] == NOT_PUBLISHED
    assert wide.loc[(2014, "Alkmaar"), "scale_02"] == NOT_ON_SCHEME
    assert wide.loc[(2015, "Haarlem"), "scale_01"] == 3
    assert wide.loc[(2015, "=1+1"), "scale_02"] == NO_ANSWER
    labels = {one.name: one for one in municipalities.variables}
    assert labels["scale_02"].label == "2 Rol gemeente in uitvoering"
    assert labels["scale_02"].values == {1: "sterk sturen", 5: "loslaten/organisaties"}
    assert labels["status"].values[wide.loc[(2014, "Haarlem"), "status"]] == "uitrol in alle wijken"
    # The printed scheme: nine municipalities on each of the eleven scales.
    year = counts.frame[counts.frame["round"] == 2014]
    assert set(year.groupby("scale")["count"].sum()) == {9}


def test_spss_reads_labels_measures_and_missing_values(study: StudyFolder, exported: Path) -> None:
    frame, told = pyreadstat.read_sav(exported / "study.sav", user_missing=True)
    municipalities, counts = labelled_data_sets(processed_tables(study), "Title", "en")
    for one in municipalities.variables:
        assert told.column_names_to_labels[one.name] == one.label
        assert told.variable_measure[one.name] == one.measure
        if not one.words:
            expected = municipalities.frame[one.name].astype("Float64")
            read = frame[one.name].astype("Float64")
            assert read.to_list() == expected.to_list(), one.name
    assert told.variable_value_labels["scale_01"] == {
        1: "municipality",
        5: "main contractors",
        NO_ANSWER: "no answer",
        NOT_PUBLISHED: "only counts published",
        NOT_ON_SCHEME: "not on the scheme",
    }
    assert {one["lo"] for one in told.missing_ranges["scale_01"]} == {-1, -2, -3}
    assert frame["municipality"].to_list() == municipalities.frame["municipality"].to_list()
    seen, _ = pyreadstat.read_sav(exported / "study.sav")
    assert seen.loc[seen["round"] == 2014, "scale_01"].isna().all()
    weighted, _ = pyreadstat.read_sav(exported / "study-counts.sav")
    assert weighted["count"].sum() == counts.frame["count"].sum()


@pytest.mark.skipif(not shutil.which("pspp"), reason="PSPP is not installed")
def test_pspp_reads_it_and_weights_by_the_counts(exported: Path, tmp_path: Path) -> None:
    syntax = tmp_path / "read.sps"
    syntax.write_text(
        f"GET FILE='{exported / 'study.sav'}'.\n"
        f"SAVE TRANSLATE /OUTFILE='{tmp_path / 'all.csv'}' /TYPE=CSV /FIELDNAMES\n"
        "  /MISSING=RECODE /CELLS=LABELS.\n"
        f"GET FILE='{exported / 'study-counts.sav'}'.\n"
        "WEIGHT BY count.\nSELECT IF round = 2014 AND scale = 2.\n"
        f"AGGREGATE OUTFILE='{tmp_path / 'two.sav'}' /BREAK=point /n=N.\n"
    )
    done = subprocess.run(["pspp", str(syntax)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with (tmp_path / "all.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["round"], row["municipality"]): row for row in csv.DictReader(file)}
    assert rows["2014", "Haarlem"]["status"] == "roll-out in all neighbourhoods"
    assert rows["2014", "Haarlem"]["scale_02"].strip() == ""
    assert rows["2015", "Haarlem"]["scale_02"] == "steer strongly"
    two, _ = pyreadstat.read_sav(tmp_path / "two.sav")
    assert dict(zip(two["point"], two["n"], strict=True)) == {1: 1, 2: 0, 3: 5, 4: 3, 5: 0}


@pytest.mark.skipif(not shutil.which("Rscript"), reason="R is not installed")
def test_haven_reads_the_labels(exported: Path) -> None:
    code = (
        f"if (!requireNamespace('haven', quietly = TRUE)) quit(status = 77); "
        f"d <- haven::read_sav('{exported / 'study.sav'}', user_na = TRUE); "
        "cat(attr(d$scale_02, 'label'), paste(sort(attr(d$scale_02, 'na_values')), "
        "collapse = ' '), names(attr(d$scale_02, 'labels'))[1:2], sum(is.na(d$scale_02)), "
        "nrow(d), sep = '|')"
    )
    command = ["Rscript", "--vanilla", "-e", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 77:
        pytest.skip("R has no haven")
    label, missing, *poles, absent, rows = done.stdout.split("|")
    assert label == "2 Role of the municipality in implementation"
    assert missing == "-3 -2 -1"
    assert "let go/organisations" in poles
    assert (int(absent), int(rows)) == (12, 13)


def test_the_workbook_holds_the_same_and_no_formula(study: StudyFolder, exported: Path) -> None:
    book = openpyxl.load_workbook(exported / "study.xlsx")
    assert book.sheetnames == ["municipalities", "counts", "variables", "about"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    rows = list(book["municipalities"].values)
    names = (
        labelled_data_sets(processed_tables(study), "Title", "en")[0]
        .frame["municipality"]
        .to_list()
    )
    assert [row[1] for row in rows[1:]] == names
    read = pd.DataFrame(rows[1:], columns=rows[0]).set_index(["round", "municipality"])
    assert read.loc[(2015, "Haarlem"), "scale_01"] == 3
    assert read.loc[(2015, "=1+1"), "scale_01"] == 5
    assert pd.isna(read.loc[(2015, "=1+1"), "scale_02"])
    assert read.loc[(2014, "Haarlem"), "status"] == "roll-out in all neighbourhoods"
    described = [row[1] for row in list(book["variables"].values)[1:]]
    assert described[:18] == list(rows[0])[:18]


def test_parquet_carries_the_labels(study: StudyFolder, exported: Path) -> None:
    table = parquet.read_table(exported / "study.parquet")
    variables = json.loads(table.schema.metadata[b"variables"])
    (scale,) = [one for one in variables if one["name"] == "scale_01"]
    assert scale["label"] == "1 Who decides on the set-up"
    assert scale["values"] == {"1": "municipality", "5": "main contractors"}
    frame = table.to_pandas()
    workbook = pd.read_excel(
        exported / "study.xlsx", sheet_name="municipalities", engine="openpyxl"
    )
    for name in workbook:
        mine = frame[name].astype(object).where(frame[name].notna(), None).to_list()
        theirs = workbook[name].astype(object).where(workbook[name].notna(), None).to_list()
        assert mine == theirs, name


def test_csv_is_described_and_holds_no_formula(exported: Path) -> None:
    report = Package(str(exported / "study.datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "note"])
    with (exported / "study.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert not [c for row in rows for c in row if c.startswith(("=", "+", "-", "@"))]
    assert "'=1+1" in [row[1] for row in rows]
    frame = pd.read_csv(exported / "study.csv").set_index(["round", "municipality"])
    assert frame.loc[(2015, "Haarlem"), "scale_01"] == 3
    assert len(pd.read_csv(exported / "study-counts.csv")) == 2 * 11 * 5


def test_a_synthetic_study_says_so_in_each_file(tmp_path: Path) -> None:
    assert swt("simulate", "-o", "s", "--municipalities", "9", folder=tmp_path).returncode == 0
    study = StudyFolder(tmp_path / "s")
    ensure_processed(study)
    for ending in ("sav", "xlsx", "parquet", "csv"):
        write_whole(export(study, tmp_path / f"out.{ending}", "nl"))
    assert (pyreadstat.read_sav(tmp_path / "out.sav")[0]["synthetic"] == 1).all()
    for name in ("municipalities", "counts"):
        read = pd.read_excel(tmp_path / "out.xlsx", sheet_name=name, engine="openpyxl")
        assert set(read["synthetic"]) == {"ja"}
    for name in ("out", "out-counts"):
        assert set(pd.read_csv(tmp_path / f"{name}.csv")["synthetic"]) == {"ja"}
        assert set(pd.read_parquet(tmp_path / f"{name}.parquet")["synthetic"]) == {"ja"}


def test_a_round_of_counts_only_exports(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "raw" / "rounds" / "2015"
    folder.mkdir(parents=True)
    shutil.copy(PROJECT / "data" / "raw" / "rounds" / "2014" / "tallies.csv", folder)
    done = swt("export", "out.csv", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out-counts.csv").exists()
    for ending in ("sav", "xlsx", "parquet"):
        assert export(StudyFolder(tmp_path), tmp_path / f"out.{ending}", "nl")


def test_a_wrong_file_name_is_wrong_use_and_writes_nothing(
    study: StudyFolder, tmp_path: Path
) -> None:
    for name, said in [
        (tmp_path / "study.spv", "must be one of .xlsx, .sav, .parquet, .csv"),
        (study.raw / "rounds" / "2015" / "scores.csv", "choose a place outside"),
    ]:
        before = name.read_bytes() if name.exists() else None
        done = swt("export", str(name), "--study", str(study.root), folder=tmp_path)
        assert done.returncode == 2
        assert said in done.stderr
        assert (name.read_bytes() if name.exists() else None) == before
