"""The codes of municipalities: when they hold, what contradicts them, and what they join."""

from pathlib import Path

import pandas as pd
import pytest

from swt_analysis.clean.codes import code_problems, codes_in, renamings
from swt_analysis.folder import StudyFolder
from swt_analysis.problems import DataError
from swt_analysis.processed import processed_tables
from tests.conftest import ROOT, copy_raw

PATH = Path("municipality_codes.csv")
COLUMNS = ["code", "municipality", "from", "to", "source"]


def codes(*rows: tuple[str, str, str | None, str | None]) -> pd.DataFrame:
    return pd.DataFrame([(*row, "CBS") for row in rows], columns=COLUMNS, dtype=object)


def told(table: pd.DataFrame, rounds: dict[int, set[str]]) -> list[str]:
    return [str(one).removeprefix(f"{PATH}: ") for one in code_problems(PATH, table, rounds)]


def test_the_codes_of_this_study_are_those_of_its_eleven_and_of_dijk_en_waard() -> None:
    tables = processed_tables(StudyFolder(ROOT))
    known = tables["municipalities"].set_index("municipality")["code"]
    assert known.to_dict() == {
        "Alkmaar": "GM0361",
        "Beverwijk": "GM0375",
        "Haarlem": "GM0392",
        "Heemskerk": "GM0396",
        "Heerhugowaard": "GM0398",
        "Heiloo": "GM0399",
        "Hilversum": "GM0402",
        "Langedijk": "GM0416",
        "Purmerend": "GM0439",
        "Velsen": "GM0453",
        "Zaanstad": "GM0479",
    }
    by_round = tables["municipality_rounds"].set_index("municipality")["code"]
    assert by_round.to_dict() == known.to_dict()
    merged = tables["mergers"]
    then, now = (codes_in(tables["municipality_codes"], year) for year in (2021, 2022))
    assert set(merged["municipality"]) == set(then) - set(now)
    assert now["Dijk en Waard"] == "GM1980"
    assert not merged["renamed"].any()


def test_a_code_holds_from_its_first_year_to_its_last() -> None:
    table = codes(("GM0001", "A", "2014", "2016"), ("GM0002", "A", "2017", None))
    got = [codes_in(table, year).get("A") for year in (2013, 2014, 2016, 2017, 2030)]
    assert got == [None, "GM0001", "GM0001", "GM0002", "GM0002"]


def test_a_municipality_under_another_name_with_the_same_code_carries_on() -> None:
    table = codes(
        ("GM0001", "B", "2016", None),
        ("GM0001", "A", None, "2015"),
        ("GM0002", "C", None, "2015"),
        ("GM0002", "C", "2016", None),
    )
    none = pd.DataFrame({"municipality": []})
    got = renamings(table, none)
    assert got.to_numpy().tolist() == [["A", "B", "2016", "yes", "CBS"]]
    assert renamings(table, pd.DataFrame({"municipality": ["A"]})).empty


def test_what_codes_and_rounds_contradict_is_told_with_its_row() -> None:
    table = codes(
        ("GM361", "Alkmaar", None, None),
        ("GM0398", "Heerhugowaard", None, "2021"),
        ("GM1980", "Dijk en Waard", "2022", "2020"),
    )
    rounds = {2014: {"Heerhugowaard", "Dijk en Waard"}, 2022: {"Heerhugowaard"}}
    mend = "when this is not its code; mend the year, or give that round the municipality of that"
    assert told(table, rounds) == [
        "row 2, column code: 'GM361': must be GM and four digits, such as GM0361",
        "row 4, column to: '2020': must be 2022 or later: it is the last year, and that is the "
        "first",
        f"row 3, column to: '2021': Heerhugowaard is in round 2022, {mend} year",
        f"row 4, column from: '2022': Dijk en Waard is in round 2014, {mend} year",
    ]


def test_a_code_or_a_municipality_twice_in_the_same_years_is_told() -> None:
    table = codes(
        ("GM0001", "A", None, "2015"),
        ("GM0001", "B", "2015", None),
        ("GM0002", "C", None, None),
        ("GM0003", "C", "2020", None),
    )
    assert told(table, {}) == [
        "row 3, column code: 'GM0001': is the code of A, row 2, in the same years too",
        "row 5, column municipality: 'C': has code GM0002, row 4, in the same years too",
    ]
    apart = codes(("GM0001", "A", None, "2015"), ("GM0001", "B", "2016", None))
    assert told(apart, {}) == []


def test_a_name_like_that_of_a_municipality_without_code_is_told() -> None:
    table = codes(("GM0399", "Heilo", None, None), ("GM0361", "Alkmaar", None, None))
    (problem,) = told(table, {2014: {"Heiloo", "Velsen"}})
    assert problem.startswith("row 2, column municipality: 'Heilo': is in no round of the study; ")
    assert problem.endswith("did you mean Heiloo?")


def test_a_round_with_a_municipality_of_before_a_merger_is_refused(tmp_path: Path) -> None:
    study = StudyFolder(copy_raw(tmp_path))
    path = study.raw / "reference" / "municipality_codes.csv"
    text = path.read_text("utf-8")
    path.write_text(text.replace("GM0398,Heerhugowaard,,2021", "GM0398,Heerhugowaard,,2013"))
    with pytest.raises(DataError, match="row 6, column to: '2013': Heerhugowaard is in round 2014"):
        processed_tables(study)


def test_rounds_with_an_old_and_a_new_name_are_one_municipality(tmp_path: Path) -> None:
    study = StudyFolder(copy_raw(tmp_path))
    for year, name in (("2015", "Oudstad"), ("2016", "Nieuwstad")):
        folder = study.raw / "rounds" / year
        folder.mkdir()
        (folder / "scores.csv").write_text(f"municipality,scale,point\n{name},1,2\nVelsen,1,4\n")
    path = study.raw / "reference" / "municipality_codes.csv"
    with path.open("a", encoding="utf-8") as file:
        file.write("GM9001,Oudstad,,2015,CBS\nGM9001,Nieuwstad,2016,,CBS\n")
    tables = processed_tables(study)
    change = tables["change"]
    here = change[(change["from_round"] == 2015) & (change["scale"] == 1)].iloc[0]
    assert (here["paired"], here["moved"]) == (2, 0)
    assert tables["mergers"].query("renamed")["into"].to_list() == ["Nieuwstad"]


def test_without_codes_a_study_is_as_before(tmp_path: Path) -> None:
    study = StudyFolder(copy_raw(tmp_path))
    (study.raw / "reference" / "municipality_codes.csv").unlink()
    tables = processed_tables(study)
    assert tables["municipality_codes"].empty
    assert tables["municipalities"]["code"].isna().all()
    with_codes = processed_tables(StudyFolder(ROOT))
    same = [name for name in tables if "code" not in tables[name]]
    assert len(same) > 15
    for name in same:
        pd.testing.assert_frame_equal(tables[name], with_codes[name])


def test_codes_go_where_names_are_hidden(tmp_path: Path) -> None:
    study = StudyFolder(copy_raw(tmp_path))
    (study.raw / "context.csv").write_text("code,inhabitants\nGM0392,150000\n")
    settings = study.raw / "study.toml"
    settings.write_text(f"pseudonyms = true\n{settings.read_text('utf-8')}", "utf-8")
    tables = processed_tables(study)
    assert tables["municipality_codes"].empty
    assert tables["context"].empty
    for name in ("municipalities", "municipality_rounds"):
        assert tables[name]["code"].isna().all()
    assert not any("GM0" in table.to_csv() for table in tables.values())
    assert len(processed_tables(study, names_hidden=False)["context"]) == 1
