"""A study gives its data tidy and labelled, and says what exists when something does not."""

import re
from contextlib import chdir
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import seaborn as sns

from swt_analysis.files import write_folder
from swt_analysis.folder import PROJECT, StudyFolder
from swt_analysis.problems import DataError, InvalidError, UnknownError
from swt_analysis.rounds.simulate import simulate
from swt_analysis.statistics.scores import NeedsScores
from swt_analysis.study import Study, open_study
from tests.conftest import copy_raw


@pytest.fixture(scope="module")
def study() -> Study:
    return open_study(PROJECT, language="en")


@pytest.fixture(scope="module")
def dutch() -> Study:
    return open_study(PROJECT)


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Three rounds with scores, of which some are missing."""
    root = tmp_path_factory.mktemp("invented") / "study"
    made = simulate(StudyFolder(PROJECT), municipalities=12, rounds=3, seed=1)
    write_folder(root, made)
    return open_study(root, language="en")


def test_the_study_is_that_of_the_folder_or_the_packaged_one(tmp_path: Path) -> None:
    with chdir(copy_raw(tmp_path / "own")):
        own = open_study()
    assert own.folder.root == (tmp_path / "own").resolve()
    assert (own.folder.processed / "datapackage.json").exists()
    (tmp_path / "elsewhere").mkdir()
    with chdir(tmp_path / "elsewhere"):
        assert open_study().folder.root == PROJECT
    with pytest.raises(FileNotFoundError, match="a study is a folder with data/raw"):
        open_study(tmp_path / "elsewhere")


def test_a_study_with_wrong_data_says_so_when_it_is_opened(tmp_path: Path) -> None:
    root = copy_raw(tmp_path / "own")
    (root / "data/raw/rounds/2014/tallies.csv").write_text("scale,1,2,3,4,5\n99,X,,,,\n")
    with pytest.raises(DataError, match=r"tallies\.csv"):
        open_study(root)


def test_tables_are_plain_pandas_with_labels_and_hashes(dutch: Study) -> None:
    tables = open_study(PROJECT).tables
    assert tables.hashes == {}
    counts = tables["choice_scale_counts"]
    assert counts.dtypes.astype(str).unique().tolist() == ["int64"]
    assert counts.attrs["language"] == "nl"
    assert counts.attrs["labels"]["count"] == "aantal"
    assert list(tables.hashes) == ["choice_scale_counts"]
    assert tables._ipython_key_completions_() == list(tables)
    assert "choice_scale_counts  Hoeveel gemeenten" in repr(tables)
    assert "<td>De keuzeschalen met hun polen</td>" in tables._repr_html_()


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda study: study.tables["scals"],
            "there is no table 'scals'; did you mean 'scales'? There are: rounds, scales, ",
        ),
        (lambda study: study.table("xyz"), "there is no table 'xyz'; there are: rounds, scales, "),
        (lambda study: study.scale(12), "scale 12: there are 1 to 11"),
        (lambda study: study.scale("4"), "scale '4': there are 1 to 11"),
        (lambda study: study.counts(scale=[1, 0]), "scale 0: there are 1 to 11"),
        (lambda study: study.counts(round=2013), "round 2013: there are 2014"),
        (lambda study: study.scale(1).bounds(2015), "round 2015: there are 2014"),
        (
            lambda study: study.municipality("harlem"),
            "there is no municipality 'harlem'; did you mean 'Haarlem'? There are: Alkmaar, ",
        ),
        (
            lambda study: study.state_of_play("klaar"),
            "there is no status 'klaar'; there are: roll-out (uitrol in alle wijken, roll-out ",
        ),
        (
            lambda study: study.claims(verdict="true"),
            "there is no verdict 'true'; there are: agrees (komt overeen, agrees), differs (wijkt ",
        ),
        (
            lambda study: study.judge("scales 4"),
            "there is no kind of claim 'scales 4'; ",
        ),
        (
            lambda study: study.judge("scale 4", set="4-5", comparison="more then half"),
            "there is no comparison 'more then half'; ",
        ),
        (lambda study: study.judge("participant imam", stated=1), "there is no participant 'imam'"),
        (lambda _: open_study(language="de"), "there is no language 'de'; there are: nl, en"),
    ],
)
def test_an_error_lists_what_exists(study: Study, ask, message: str) -> None:
    with pytest.raises(UnknownError) as raised:
        ask(study)
    assert isinstance(raised.value, KeyError)
    assert str(raised.value).startswith(message)


def test_of_very_many_names_only_the_near_ones_are_listed() -> None:
    from swt_analysis.problems import unknown

    names = [f"Gemeente {i}" for i in range(342)]
    assert len(str(unknown("municipality", "Gemeente 34x", names))) < 150
    assert str(unknown("municipality", "x", names)).endswith(f", {names[59]} and 282 more")


def test_counts_are_tidy_with_the_labels_in_the_order_of_the_instrument(study: Study) -> None:
    counts = study.counts()
    assert list(counts) == [
        *("round", "scale", "label", "left", "right", "points", "point", "count")
    ]
    assert len(counts) == 11 * 5
    assert counts.groupby("scale")["count"].sum().eq(9).all()
    assert counts["label"].cat.ordered
    assert counts["label"].cat.categories.to_list() == study.scales["label"].to_list()
    one = study.counts(round=2014, scale=4)
    assert one["count"].to_list() == [1, 2, 1, 5, 0]  # the printed scheme, annex 1, section 4
    assert one["label"].cat.categories.to_list() == ["Target groups"]
    assert study.counts(scale=[4, 2])["scale"].unique().tolist() == [2, 4]


def test_seaborn_takes_the_tables_as_they_are(invented: Study) -> None:
    sns.barplot(invented.counts(scale=4), x="point", y="count", hue="round")
    sns.histplot(
        invented.counts(scale=4), x="point", weights="count", hue="round", discrete=True, bins=5
    )
    sns.scatterplot(invented.summaries(), x="balance", y="leik_d", hue="label")
    sns.stripplot(invented.scores(scale=4), x="point", y="municipality")
    grid = sns.relplot(invented.summaries(), x="round", y="high_median", col="label", col_wrap=4)
    assert len(grid.axes) == 11
    last = invented.scores(round=invented.rounds["round"].max())
    sns.heatmap(last.pivot(index="municipality", columns="scale", values="point"))
    plt.close("all")


def test_scores_of_a_count_only_round_say_that_they_are_no_sample(study: Study) -> None:
    scores = study.scores()
    assert scores.attrs["count_only"] == [2014]
    assert study.scores(municipality="Haarlem")["point"].to_list() == [1]


def test_missing_scores_are_missing_numbers(invented: Study) -> None:
    scores = invented.scores()
    assert scores.attrs["count_only"] == []
    assert scores["point"].dtype == "float64"
    assert scores["point"].isna().any()


def test_a_scale_has_its_numbers_as_the_processed_tables_have_them(study: Study) -> None:
    this = study.scale(4)
    assert (this.number, this.label, this.left, this.right, this.points) == (
        *(4, "Target groups", "all citizens", "specific target group", 5),
    )
    sides = this.summary().loc[2014]
    assert (sides.n, sides.no_answer, sides.left, sides.middle, sides.right) == (9, 0, 3, 1, 5)
    assert (sides.low_median, sides.high_median) == (4, 4)
    assert f"{sides.left} of {sides.n}" == "3 of 9"
    assert {"balance", "leik_d", "agreement", "modes"} <= set(sides.index)
    assert this.rounds == [2014]
    assert this.claims()["claim"].to_list()
    assert this.themes()["label"].to_list() == ["Inner ring or outer ring"]
    assert this.scores().empty


def test_bounds_are_by_who_counts(study: Study) -> None:
    firm = study.scale(4).bounds()
    assert firm.index.to_list() == ["answered", "everyone", "without"]
    assert firm["n"].to_list() == [9, 11, 7]
    # By hand: two silent ones add at most two on either side.
    assert firm.loc["everyone", "left"].to_list() == [3, 5]
    assert firm.loc["everyone", "right"].to_list() == [5, 7]
    assert firm.loc["answered", "median"].to_list() == [4, 4]
    assert firm.attrs["labels"]["everyone"] == "all 11 municipalities"
    assert firm.attrs["labels"]["lower_quartile"] == "1st quartile"
    assert pd.isna(firm.loc["without", ("middle", "low")])


def test_a_scale_is_drawn_on_the_axes_that_are_given(study: Study) -> None:
    _, axes = plt.subplots(1, 2)
    assert study.scale(2).plot(axes[1]) is axes[1]
    assert "Haarlem" in axes[1].get_label()
    plt.close("all")


def test_a_municipality_has_what_is_known_of_it(study: Study, dutch: Study) -> None:
    haarlem = study.municipality("Haarlem")
    assert haarlem.state_of_play()["status"].to_list() == ["roll-out in all neighbourhoods"]
    assert haarlem.scores()["scale"].to_list() == [2]
    assert haarlem.peers()[["further_left", "same_point", "further_right"]].sum(axis=1).item() == 8
    assert (
        haarlem.claims()["claim"].to_list()
        == dutch.municipality("Haarlem").claims()["claim"].to_list()
    )
    assert haarlem.mentions()["label"].notna().all()
    told = dutch.municipality("Langedijk").facts()["fact"].to_list()
    assert "Twijfelt vanwege de omvang van de gemeente of wijkteams nu wenselijk zijn" in told
    for name in study.municipalities["municipality"]:
        here = study.municipality(name)
        assert not here.facts()["fact"].str.contains(r"[{}_]").any()
        assert name in repr(here)


def test_places_among_the_others_are_in_the_order_of_the_scales(study: Study) -> None:
    assert study.municipality("Hilversum").peers()["scale"].to_list() == [5, 7]
    assert study.municipality("Langedijk").peers()["scale"].to_list() == [5, 8]


def test_a_table_in_one_language_has_each_column_once(study: Study, dutch: Study) -> None:
    for one in (study, dutch):
        for name in one.tables:
            assert one.table(name).columns.is_unique, name
    haarlem = study.municipalities.set_index("municipality").loc["Haarlem", "note"]
    assert haarlem == "Extended teams with more or less fixed members."


def test_filters_take_codes_and_labels_of_either_language(study: Study) -> None:
    for words in ("uitrol", "roll-out", "Uitrol in alle wijken", "ROLL-OUT"):
        assert len(study.state_of_play(words)) == 4
    assert len(study.state_of_play(["uitrol", "pilot"])) == 8
    assert len(study.state_of_play(form="vast team", round=2014)) > 0
    assert study.code_of("status", "geen") == "none yet"
    differs = study.claims(verdict="wijkt af")
    assert differs["verdict"].unique().tolist() == ["differs"]
    assert len(study.claims(kind="deelnemers van de teams")) > 0
    assert len(study.claims()) == len(study.tables["claims"])


def test_claims_of_others_are_judged_and_kept_apart(tmp_path: Path, study: Study) -> None:
    root = copy_raw(tmp_path / "own")
    path = root / "data/raw/rounds/2014/claims.csv"
    claims = pd.read_csv(path, dtype=str)
    said = claims[claims["claim"].isin(["c58", "c10"])].assign(stated_by="the minister")
    # The year that the circle started, told differently, is no evidence about the note.
    said["claim"], said["stated"] = ["m1", "m2"], ["4", "2011"]
    pd.concat([claims, said]).to_csv(path, index=False)
    (root / "data/raw/rounds/2014/codings.csv").unlink()
    own = open_study(root, language="en")
    pd.testing.assert_frame_equal(own.claims(), study.claims())
    others = own.claims(own=True).set_index("claim")
    assert others["stated_by"].to_dict() == {"m1": "the minister", "m2": "the minister"}
    assert others["verdict"].to_dict() == {"m1": "differs", "m2": "undetermined"}
    assert own.coder_agreement().empty
    assert own.codings().empty


def test_the_agreement_of_coders_is_cohens_kappa(study: Study) -> None:
    coded = study.codings()
    pairs = coded[["verdict", "coded"]]
    n = len(pairs)
    assert n == len(study.claims())
    observed = (pairs["verdict"] == pairs["coded"]).sum() / n
    by_chance = sum(
        (pairs["verdict"] == one).sum() * (pairs["coded"] == one).sum() / n**2
        for one in set(pairs["verdict"])
    )
    (row,) = study.coder_agreement().to_dict("records")
    assert row["kappa"] == pytest.approx((observed - by_chance) / (1 - by_chance))
    assert (row["coder"], row["claims_coded"]) == ("B", n)
    assert row["share"] == pytest.approx(observed)
    assert row["kappa"] > 0.95


def test_every_claim_that_a_coder_judged_otherwise_is_argued(study: Study) -> None:
    coded = study.codings()
    otherwise = set(coded.loc[coded["verdict"] != coded["coded"], "claim"])
    argued = (PROJECT / "docs" / "claims.md").read_text("utf-8")
    rows = re.findall(
        r"^\| (c\d+) \| ([a-z ]+) \| ([a-z ]+) \| (.{100,}) \|$", argued, re.MULTILINE
    )
    assert {claim for claim, *_ in rows} == otherwise
    told = coded.set_index("claim")
    for claim, computed, judged, _ in rows:
        assert told.loc[claim, ["verdict", "coded"]].to_list() == [computed, judged]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("c999,C,agrees", "'c999': is not in claims.csv"),
        ("c01,C,perhaps", "'perhaps': must be one of agrees, differs, other base, undetermined"),
    ],
)
def test_a_coding_that_cannot_be_is_told(tmp_path: Path, row: str, told: str) -> None:
    root = copy_raw(tmp_path / "own")
    with (root / "data/raw/rounds/2014/codings.csv").open("a") as file:
        file.write(f"{row}\n")
    with pytest.raises(DataError, match=rf"codings\.csv: row 283.*{told}"):
        open_study(root)


@pytest.mark.parametrize(
    ("question", "measured", "verdict"),
    [
        ({"subject": "scale 4", "set": "4-5", "comparison": "more than half"}, "5", "agrees"),
        ({"subject": "Schaal 4", "set": "4-5", "comparison": "meer dan de helft"}, "5", "agrees"),
        ({"subject": "scale 4", "set": "1", "stated": 3}, "1", "differs"),
        ({"subject": "scale 1", "set": "1-2 vs 4-5", "comparison": "more"}, "5 vs 2", "agrees"),
        ({"subject": "status uitrol", "comparison": "at least", "stated": 4}, "4", "agrees"),
        ({"subject": "form vast team", "comparison": "some"}, None, "agrees"),
        ({"subject": "participant social_work", "stated": 8, "base": 9}, "8", "agrees"),
        ({"subject": "deelnemer burgers", "comparison": "none"}, "0", "agrees"),
        ({"subject": "change status:pilot", "comparison": "more"}, None, "undetermined"),
    ],
)
def test_a_claim_of_her_own_is_judged(
    study: Study, question: dict[str, object], measured: str | None, verdict: str
) -> None:
    answer = study.judge(**question)
    assert answer.attrs["verdict"] == verdict
    if measured is not None:
        assert answer["measured"] == measured.replace(" vs ", " against ")
    assert answer["why"]


def test_every_claim_of_the_note_is_judged_as_in_its_table(study: Study) -> None:
    claims = study.tables["claims"]
    claims = claims[claims["kind"].isin(["scale", "status", "form", "participant"])]
    # A claim of one's own speaks of where municipalities place themselves, and is in no passage.
    lists = claims["group"].isin(["fixed_teams", "flexible_networks"])
    claims = claims[~lists & (claims["speaks_of"] != "practice").fillna(True)]
    for row in claims.to_dict("records"):
        answer = study.judge(
            f"{row['kind']} {row['subject']}",
            set="" if pd.isna(row["set"]) else row["set"],
            comparison=row["comparison"],
            stated="" if pd.isna(row["stated"]) else row["stated"],
            base=None if pd.isna(row["base"]) else int(row["base"]),
        )
        assert answer.attrs["verdict"] == row["verdict"], row["claim"]
        assert answer["why"] == row["reason_en"]


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"subject": "scale 4", "set": "4-9", "stated": 1}, "set '4-9' must be points from 1 to 5"),
        ({"subject": "scale 4", "set": "1"}, "stated '' must be a whole number"),
        ({"subject": "scale 99", "set": "1", "stated": 1}, "subject '99' must be one of 1, 2"),
    ],
)
def test_a_claim_that_cannot_be_read_says_what_may_stand_there(
    study: Study, question: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidError, match=message):
        study.judge(**question)


def test_bounds_are_headed_by_how_many_answered_on_each_scale(
    study: Study, invented: Study
) -> None:
    assert set(invented.summaries(round=2016)["n"]) == {6, 7}
    assert invented.bounds("median").attrs["labels"]["answered"] == "the 6 or 7 that answered"
    assert study.bounds("median").attrs["labels"]["answered"] == "the 9 that answered"


def test_claims_of_an_observation_follow_its_themes(study: Study) -> None:
    observation = study.topic("observation", 1)
    claims = observation.claims()
    own = claims[claims["of_topic"]]
    assert own["theme"].unique().tolist() == ["Observation 1", *observation.themes()["label"]]
    assert set(own["claim"]) == set(
        study.claims().loc[study.claims()["source"].str.startswith("observation 1,"), "claim"]
    )
    # A theme of another observation has the number of one of this.
    assert not set(claims.loc[~claims["of_topic"], "theme"]) & set(observation.themes()["label"])


def test_at_a_glance(study: Study, dutch: Study, invented: Study) -> None:
    assert repr(dutch).splitlines()[1].split() == [
        *("ronde", "vorm", "gemeenten", "respondenten", "keuzeschalen")
    ]
    assert "Social neighbourhood teams in Noord-Holland" in study._repr_html_()
    assert "invented" in repr(invented)
    assert "Target groups" in repr(study.scale(4))
    assert "<td>5</td>" in study.scale(4)._repr_html_()
    assert "<p>Haarlem</p>" in study.municipality("Haarlem")._repr_html_()


def test_a_statistic_refuses_the_placements_of_a_count_only_round(
    study: Study, invented: Study
) -> None:
    import swt_analysis as swt

    rounds = invented.rounds["round"].to_list()
    first, second = (invented.scores(round=year) for year in rounds[:2])
    assert len(swt.compare_rounds(first, second)) == 11
    with pytest.raises(NeedsScores, match="movement_bounds"):
        swt.compare_rounds(study.scores(round=2014), second)
    with pytest.raises(ValueError, match=r"scores of rounds .*; choose one: scores\[scores\["):
        swt.compare_rounds(invented.scores(), second)
