"""Groups of municipalities in a study, columns of context, and its rounds in a row."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from swt_analysis.folder import PROJECT, StudyFolder
from swt_analysis.problems import InvalidError, UnknownError
from swt_analysis.rounds.simulate import simulate
from swt_analysis.study import Study, open_study
from tests.conftest import copy_raw, swt

CONTEXT = """\
code;jaar;inwoners;stedelijkheid;groei
GM0361;;94853;sterk;0,1
GM0375;;40092;zeer sterk;
GM0392;2013;1;matig;0,3
GM0392;2014;155147;zeer sterk;0,4
GM0392;2015;2;matig;0,5
GM0396;;39088;sterk;0,6
GM0399;;22642;matig;0,7
GM0402;;86426;zeer sterk;0,8
GM0416;;27000;matig;0,9
GM9999;;5;matig;1,0
"""


def simulated(folder: Path, municipalities: int, **counted: int) -> Path:
    made = simulate(StudyFolder(PROJECT), municipalities=municipalities, rounds=3, seed=7)
    for path, content in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def published_as_counts(folder: Path, year: int) -> None:
    """Leave of a round with scores what a note publishes: how many stand at each point."""
    where = folder / "data" / "raw" / "rounds" / str(year)
    scores = pd.read_csv(where / "scores.csv", dtype=str)
    rows = []
    for scale, here in scores.groupby("scale"):
        marks = {
            str(point): "X" * int((here["point"] == str(point)).sum()) for point in range(1, 6)
        }
        silent = "X" * int(here["point"].isna().sum())
        rows.append({"scale": int(scale), **marks, "no_answer": silent, "source": "synthetic"})
    table = pd.DataFrame(rows).sort_values("scale").assign(synthetic="yes")
    table.to_csv(where / "tallies.csv", index=False)
    (where / "scores.csv").unlink()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The study of 2014 with columns of context, as a Dutch spreadsheet writes them."""
    folder = copy_raw(tmp_path_factory.mktemp("context"))
    (folder / "data" / "raw" / "context.csv").write_text(CONTEXT, "cp1252")
    return open_study(folder)


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return open_study(simulated(tmp_path_factory.mktemp("scored"), 14), language="en")


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The same, of which the first two rounds have counts only."""
    folder = simulated(tmp_path_factory.mktemp("counted"), 14)
    for year in (2014, 2015):
        published_as_counts(folder, year)
    return open_study(folder, language="en")


def test_context_stands_beside_the_municipalities_by_code_and_year(own: Study) -> None:
    context = own.context(2014).set_index("municipality")
    assert context.loc["Haarlem", "inwoners"] == 155147
    assert context["inwoners"].dtype == "float64"
    assert context.loc["Beverwijk", ["code", "stedelijkheid"]].to_list() == ["GM0375", "zeer sterk"]
    assert np.isnan(context.loc["Beverwijk", "groei"])
    assert "Velsen" not in context.index
    beside = own.with_context(own.state_of_play()).set_index("municipality")
    assert len(beside) == 11
    assert beside.loc["Hilversum", "inwoners"] == 86426
    assert pd.isna(beside.loc["Velsen", "inwoners"])
    described = beside.groupby("stedelijkheid")["inwoners"].median()
    assert described.to_dict() == {"matig": 24821.0, "sterk": 66970.5, "zeer sterk": 86426.0}
    assert own.with_context(own.municipalities)["groei"].notna().sum() == 6
    assert own.context().attrs["labels"]["inwoners"] == "inwoners"


def test_groups_by_columns_of_the_study_and_of_context(own: Study) -> None:
    sizes = own.groups("inwoners").value_counts(sort=False)
    assert sizes.to_dict() == {"tot en met 40.092": 4, "meer dan 40.092": 3}
    cut = own.groups("inwoners", cuts=[90000, 30000])
    assert list(cut.cat.categories) == [
        "tot en met 30.000",
        "meer dan 30.000, tot en met 90.000",
        "meer dan 90.000",
    ]
    assert cut["Haarlem"] == "meer dan 90.000"
    assert own.groups("stedelijkheid").value_counts().to_dict() == {
        "zeer sterk": 3, "matig": 2, "sterk": 2,
    }  # fmt: skip
    assert own.groups("on_scheme")["Alkmaar"] == "nee"
    assert own.groups("start").dropna().index.is_unique
    assert own.groups("form").name == "vorm"
    with pytest.raises(UnknownError, match="no column 'inwonrs'; did you mean 'inwoners'"):
        own.groups("inwonrs")
    with pytest.raises(InvalidError, match="'form' has words, which cannot be cut"):
        own.groups("form", cuts=[2])


def test_few_numbers_are_classes(own: Study, tmp_path: Path) -> None:
    folder = copy_raw(tmp_path)
    rows = "\n".join(f"{code},{n % 3}" for n, code in enumerate(("361", "375", "392", "396")))
    (folder / "data" / "raw" / "context.csv").write_text(f"code,klasse\n{rows}\n")
    got = open_study(folder).groups("klasse")
    assert got.value_counts(sort=False).to_dict() == {"0": 2, "1": 1, "2": 1}


def test_a_particular_with_several_values_makes_no_groups(own: Study, tmp_path: Path) -> None:
    folder = copy_raw(tmp_path)
    path = folder / "data" / "raw" / "rounds" / "2014" / "facts.csv"
    facts = pd.read_csv(path, dtype=str)
    start = facts[facts["fact"] == "start"].iloc[[0]]
    other = {"bottom-up": "top-down", "top-down": "bottom-up"}[start["value"].item()]
    pd.concat([facts, start.assign(value=other)]).to_csv(path, index=False)
    with pytest.raises(InvalidError, match="'start' has several values for "):
        open_study(folder).groups("start")


def test_where_names_are_hidden_there_is_no_context(tmp_path: Path) -> None:
    folder = copy_raw(tmp_path)
    (folder / "data" / "raw" / "context.csv").write_text(CONTEXT)
    settings = folder / "data" / "raw" / "study.toml"
    settings.write_text(f"pseudonyms = true\n{settings.read_text('utf-8')}", "utf-8")
    study = open_study(folder)
    assert list(study.context()) == ["round", "municipality", "code"]
    with pytest.raises(UnknownError, match="no column 'inwoners'"):
        study.groups("inwoners")
    assert set(study.groups("form").index.str[:9]) == {"Gemeente "}


def test_with_scores_counts_by_group_are_those_of_the_scores(scored: Study) -> None:
    year = 2016
    got = scored.by_group("form", year)
    for end in ("low", "high"):
        table = got.sort_index().xs(end, axis="columns", level=1)
        scores = scored.tables["choice_scale_scores"]
        here = scores[scores["round"] == year].dropna(subset="point")
        forms = scored.groups("form", year)
        here = here.assign(group=here["municipality"].map(forms)).dropna(subset="group")
        expected = here.groupby(["scale", "group", "point"], observed=True).size()
        for (scale, group, point), number in expected.items():
            assert table.loc[(scale, slice(None), group), str(point)].item() == number
        assert table[[str(point) for point in range(1, 6)]].to_numpy().sum() == len(here)
    pairs = scored.compare_groups("form", year)
    assert pairs.attrs["comparisons"] == pairs["p_value"].notna().sum() > 0
    assert (pairs["p_holm"].dropna() >= pairs["p_value"].dropna()).all()
    sizes = forms[scored.state_of_play(round=year).set_index("municipality")["on_scheme"]]
    assert pairs.attrs["alone"] == list(sizes.value_counts().loc[lambda n: n == 1].index)


def test_counts_bound_what_the_scores_behind_them_are(scored: Study, counted: Study) -> None:
    year = 2015
    true, bounds = scored.by_group("form", year), counted.by_group("form", year)
    assert true.index.equals(bounds.index)
    for name in true.columns.get_level_values(0).unique():
        both = pd.concat([true[name], bounds[name]], axis=1, keys=["true", "bounds"]).dropna()
        assert (both["bounds", "low"] <= both["true", "low"]).all(), name
        assert (both["true", "high"] <= both["bounds", "high"]).all(), name
    pairs, exact = counted.compare_groups("form", year), scored.compare_groups("form", year)
    assert "p_value" not in pairs
    assert pairs.attrs["comparisons"] == 0
    known = exact["cliff_d"].notna()
    assert (pairs.loc[known, "low"] <= exact.loc[known, "cliff_d"] + 1e-12).all()
    assert (pairs.loc[known, "high"] >= exact.loc[known, "cliff_d"] - 1e-12).all()
    medians = counted.group_medians("form", year)
    assert list(medians)[:5] == ["scale", "label", "left", "right", "points"]


def test_a_round_that_names_nobody_has_no_groups(tmp_path: Path) -> None:
    folder = copy_raw(tmp_path)
    bare = folder / "data" / "raw" / "rounds" / "2015"
    bare.mkdir()
    shutil.copy(folder / "data" / "raw" / "rounds" / "2014" / "tallies.csv", bare)
    study = open_study(folder)
    assert study.by_group("form").empty
    assert study.by_groups("form", "status", scale=4).empty
    assert study.group_medians("form").empty
    assert study.compare_groups("form").empty


def test_paths_and_histories_of_a_study(scored: Study, counted: Study) -> None:
    path = scored.path()
    rounds = scored.rounds.set_index("round")
    assert (path["n"] + path["silent"] == path["round"].map(rounds["municipalities"])).all()
    pd.testing.assert_frame_equal(path, counted.path())
    bounds = scored.path_bounds()
    assert list(bounds.columns.get_level_values(0).unique()) == ["2014", "2015", "2016", "shift"]
    last, first = (bounds[year] for year in ("2016", "2014"))
    assert bounds["shift", "low"].to_numpy() == pytest.approx(last["low"] - first["high"])
    history = scored.answer_history()
    now = set(scored.state_of_play(round=2016)["municipality"])
    assert set(history.loc[history["there"], "municipality"]) == now
    assert (history["answered"] <= history["asked"]).all()
    assert (history[list(range(1, 12))].to_numpy() <= history[["answered"]].to_numpy()).all()
    assert open_study(PROJECT).path_bounds().empty


def test_agreement_of_two_rounds_of_a_study(scored: Study, counted: Study) -> None:
    exact = scored.pair(2014, 2015).agreement()
    paired = scored.pair(2014, 2015).change()["paired"]
    assert exact["paired"].to_list() == paired.to_list()
    assert exact["kappa"].between(-1, 1).all()
    bounds = counted.pair(2014, 2015).agreement()
    assert bounds["kappa"].isna().all()  # others answered in the second: which, is not known
    assert list(bounds) == [*("scale", "paired", "kappa", "tau_b", "label")]


def test_agreement_of_counts_is_bounded_if_the_same_municipalities_answered(
    tmp_path: Path,
) -> None:
    folder = copy_raw(tmp_path)
    there, again = (folder / "data" / "raw" / "rounds" / year for year in ("2014", "2015"))
    again.mkdir()
    for name in ("tallies.csv", "municipalities.csv"):
        shutil.copy(there / name, again)
    got = open_study(folder).pair().agreement()
    assert got["paired"].to_list() == [9] * 11
    for one in got["kappa"]:
        assert one.low < 0 < one.high == 1


@pytest.mark.slow
def test_each_column_of_context_is_a_report(own: Study) -> None:
    done = swt("report", "groups-*", "--language", "all", folder=own.folder.root)
    assert done.returncode == 0, done.stderr
    names = {path.stem for path in own.folder.reports.glob("*/groups-*.html")}
    assert names == {
        f"groups-{one}" for one in ("form", "status", "inwoners", "stedelijkheid", "groei")
    }
    page = (own.folder.reports / "nl" / "groups-inwoners.html").read_text("utf-8")
    assert "<h1>Gemeenten naar inwoners</h1>" in page
    assert "meer dan 40.092" in page
    for path in own.folder.reports.glob("*/groups-*.html"):
        assert path.stat().st_size < 100_000
