"""What was transcribed hangs together."""

import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from swt_analysis.text import located

RAW = Path(__file__).parents[2] / "data" / "raw"
ROUND = RAW / "rounds" / "2014"


@pytest.fixture
def themes() -> pd.DataFrame:
    return pd.read_csv(RAW / "instrument" / "themes.csv")


def test_both_overviews_are_five_by_five(themes: pd.DataFrame) -> None:
    expected = {(n, t) for n in range(1, 6) for t in range(1, 6)}
    for part in ("observation", "reflection"):
        rows = themes.loc[themes["part"] == part, ["number", "theme"]]
        assert len(rows) == 25
        assert set(rows.itertuples(index=False, name=None)) == expected


def test_every_theme_is_told_in_both_languages(themes: pd.DataFrame) -> None:
    told = themes[["label_nl", "heading_nl", "label_en", "summary_nl", "summary_en"]]
    assert told.notna().all(axis=None)
    assert not themes["summary_nl"].duplicated().any()
    for language in ("nl", "en"):
        assert themes[f"summary_{language}"].str.fullmatch(r"[A-ZÀ-Ý].*\.").all()


def test_mentions_point_at_known_themes_and_municipalities(themes: pd.DataFrame) -> None:
    mentions = pd.read_csv(ROUND / "mentions.csv")
    known = pd.read_csv(ROUND / "municipalities.csv")["municipality"]
    assert mentions["municipality"].isin(known).all()
    found = mentions.merge(themes, on=["part", "number", "theme"], how="left", indicator=True)
    assert (found["_merge"] == "both").all()
    assert not mentions.duplicated().any()


def test_participants_run_from_0_to_9_of_the_nine_teams() -> None:
    teams = pd.read_csv(ROUND / "participants.csv").set_index("participant")["teams"]
    assert teams.to_dict() == {
        "social_work": 8,
        "community_work": 9,
        "mee": 6,
        "municipality": 5,
        "youth_public_health": 2,
        "home_care": 7,
        "general_practice": 1,
        "mental_health": 2,
        "voluntary_organisations": 2,
        "citizens": 0,
    }


def test_the_interview_takes_two_hours() -> None:
    checklist = pd.read_csv(RAW / "instrument" / "checklist.csv")
    blocks = checklist.groupby("block", sort=False)["minutes"].agg(["nunique", "first", "size"])
    assert (blocks["nunique"] == 1).all()
    assert blocks["first"].sum() == 15 + 60 + 45
    positions = checklist.groupby("block")["position"]
    assert all(list(p) == list(range(1, len(p) + 1)) for _, p in positions)


NUMBERED = {"=", "only", "none", "at least", "at most", "between"}
SETS = {
    "scale": r"[1-5](-[1-5])?( vs [1-5]-[1-5])?",
    "instrument": r"\w+-\w+",
    "participant": r"\w+(\+\w+)*( vs \w+(\+\w+)*)?",
    "status": r"[A-Z]\w+(; [A-Z]\w+)*",
    "form": r"[A-Z]\w+(; [A-Z]\w+)*",
    "fact": r"[A-Z]\w+(; [A-Z]\w+)*",
    "mention": r"[A-Z]\w+(; [A-Z]\w+)*",
}


@pytest.fixture
def claims() -> pd.DataFrame:
    return pd.read_csv(ROUND / "claims.csv", dtype=str)


@pytest.fixture
def labels() -> pd.DataFrame:
    return pd.read_csv(RAW / "instrument" / "labels.csv")


def codes(labels: pd.DataFrame, kind: str) -> set[str]:
    return set(labels.loc[labels["kind"] == kind, "code"])


def test_claims_are_numbered_in_order_and_complete(claims: pd.DataFrame) -> None:
    assert claims["claim"].to_list() == [f"c{n:02d}" for n in range(1, len(claims) + 1)]
    required = ["kind", "subject", "comparison", "paraphrase_nl", "paraphrase_en", "source"]
    assert claims[required].notna().all(axis=None)
    assert claims["source"].str.match(r"(chapter|observation|reflection|annex) \d").all()
    for language in ("nl", "en"):
        assert claims[f"paraphrase_{language}"].str.fullmatch(r"[A-ZÀ-Ý].*\.").all()
    key = ["kind", "subject", "set", "comparison", "stated", "base", "source"]
    twice = claims[claims.duplicated(key, keep=False)]
    assert twice["group"].notna().all()  # statements that were coded twice count once


def test_claims_use_known_words_and_say_a_number_where_the_word_needs_one(
    claims: pd.DataFrame, labels: pd.DataFrame
) -> None:
    assert set(claims["kind"]) == codes(labels, "claim_kind")
    assert set(claims["comparison"]) == codes(labels, "comparison")
    numbered = claims["comparison"].isin(NUMBERED)
    assert (claims["stated"].notna() == numbered).all()
    assert claims["stated"].dropna().str.fullmatch(r"\d+(-\d+)?").all()
    assert (
        claims["stated"].str.contains("-", na=False) == (claims["comparison"] == "between")
    ).all()
    assert (claims.loc[claims["comparison"] == "none", "stated"] == "0").all()
    assert claims["base"].dropna().str.fullmatch(r"\d+").all()


def test_claims_have_a_set_only_where_their_kind_has_one(claims: pd.DataFrame) -> None:
    for kind, rows in claims.groupby("kind"):
        sets = rows["set"].dropna()
        assert sets.empty if kind not in SETS else sets.str.fullmatch(SETS[kind]).all(), kind
    always = claims["kind"].isin(["scale", "mention"])
    assert claims.loc[always, "set"].notna().all()
    comparing = claims["set"].str.contains(" vs ", na=False)
    counted = claims["comparison"].isin(["more", "slightly more"]) & (claims["kind"] != "change")
    assert (comparing == counted).all()


def test_claims_speak_of_scales_participants_and_facts_that_exist(claims: pd.DataFrame) -> None:
    subjects = {kind: set(rows["subject"]) for kind, rows in claims.groupby("kind")}
    scales = pd.read_csv(RAW / "instrument" / "scales.csv", dtype=str)
    assert subjects["scale"] == set(scales["scale"])
    participants = set(pd.read_csv(ROUND / "participants.csv")["participant"])
    rows = claims[claims["kind"] == "participant"]
    assert (
        set(rows.loc[rows["set"].isna(), "subject"].str.replace(r":\w+$", "", regex=True))
        <= participants
    )
    assert set(rows["set"].dropna().str.split(r" vs |\+", regex=True).explode()) <= participants
    facts = pd.read_csv(ROUND / "facts.csv")
    assert subjects["fact"] <= set(facts["fact"] + ":" + facts["value"])
    municipalities = pd.read_csv(ROUND / "municipalities.csv")
    assert subjects["status"] <= {*municipalities["status"], "chosen"}
    forms = {*municipalities["form"].dropna(), *municipalities["atypical_team"].dropna()}
    assert subjects["form"] <= {*forms, "kinds"}
    known = set(municipalities["municipality"])
    assert subjects["size"] <= known
    named = claims[claims["kind"].isin(["status", "form", "fact", "mention"])]["set"].dropna()
    assert set(named.str.split("; ").explode()) <= known


def test_what_is_unpublished_is_not_among_the_published_codes(claims: pd.DataFrame) -> None:
    unpublished = set(claims.loc[claims["kind"] == "unpublished", "subject"])
    for table, column in (("participants", "participant"), ("facts", "fact")):
        assert unpublished.isdisjoint(pd.read_csv(ROUND / f"{table}.csv")[column])


def test_a_municipality_named_in_a_paraphrase_is_named_in_both_languages(
    claims: pd.DataFrame,
) -> None:
    for name in pd.read_csv(ROUND / "municipalities.csv")["municipality"]:
        dutch = claims["paraphrase_nl"].str.contains(name)
        assert (dutch == claims["paraphrase_en"].str.contains(name)).all(), name


def test_every_code_has_one_label_in_both_languages(labels: pd.DataFrame) -> None:
    assert labels.notna().all(axis=None)
    assert not labels.duplicated(["kind", "code"]).any()
    places = {
        "status": ("rounds/2014/municipalities.csv", "status"),
        "form": ("rounds/2014/municipalities.csv", "form"),
        "atypical_team": ("rounds/2014/municipalities.csv", "atypical_team"),
        "yes_no": ("rounds/2014/municipalities.csv", "on_scheme"),
        "part": ("instrument/topics.csv", "part"),
        "cross_reference": ("instrument/cross_references.csv", "to"),
        "block": ("instrument/checklist.csv", "block"),
        "aspect": ("rounds/2014/characteristics.csv", "aspect"),
        "claim_kind": ("rounds/2014/claims.csv", "kind"),
        "comparison": ("rounds/2014/claims.csv", "comparison"),
    }
    for kind, (file, column) in places.items():
        assert codes(labels, kind) == set(pd.read_csv(RAW / file)[column].dropna()), kind
    placed = pd.read_csv(ROUND / "placements.csv")["certainty"]
    linked = pd.read_csv(RAW / "instrument" / "cross_references.csv")["certainty"]
    assert {*placed, *linked} <= codes(labels, "certainty")
    assert codes(labels, "verdict") == {"agrees", "differs", "other base", "undetermined"}
    assert set(labels["kind"]) == {*places, "certainty", "locator", "verdict"}


def test_every_fact_has_one_label_and_every_label_a_fact() -> None:
    facts = pd.read_csv(ROUND / "facts.csv", dtype=str)
    labels = pd.read_csv(RAW / "instrument" / "fact_labels.csv", dtype=str)
    assert labels.notna().all(axis=None)
    assert not labels.duplicated(["fact", "value"]).any()
    open_ended = set(labels.loc[labels["value"] == "*", "fact"])
    value = facts["value"].mask(facts["fact"].isin(open_ended), "*")
    assert set(zip(facts["fact"], value, strict=True)) == set(
        labels[["fact", "value"]].itertuples(index=False, name=None)
    )
    for language in ("nl", "en"):
        shown = labels[f"label_{language}"].str.contains("{value}", regex=False)
        assert (shown == (labels["value"] == "*")).all()


@pytest.mark.parametrize(
    "path", sorted(RAW.rglob("*.csv")), ids=lambda path: str(path.relative_to(RAW))
)
def test_what_is_told_in_dutch_is_told_in_english_and_told_once(path: Path) -> None:
    table = pd.read_csv(path, dtype=str)
    for column in table.columns[table.columns.str.endswith("_nl")]:
        if column != "heading_nl":
            other = column.removesuffix("nl") + "en"
            assert (table[column].notna() == table[other].notna()).all(), column
    assert not table.duplicated().any()


def test_placements_fit_the_marks_and_the_municipalities_on_the_scheme() -> None:
    placements = pd.read_csv(ROUND / "placements.csv")
    known = pd.read_csv(ROUND / "municipalities.csv").set_index("municipality")
    assert (known.loc[placements["municipality"], "on_scheme"] == "yes").all()
    assert not placements.duplicated(["municipality", "scale"]).any()
    tallies = pd.read_csv(ROUND / "tallies.csv", dtype=str).set_index("scale").fillna("")
    for (scale, point), rows in placements.groupby(["scale", "point"]):
        assert len(rows) <= tallies.loc[str(scale), str(point)].count("X")
    assert placements[["note_nl", "note_en"]].notna().all(axis=None)


def test_forms_and_states_told_as_facts_are_those_of_the_municipalities() -> None:
    known = pd.read_csv(ROUND / "municipalities.csv").set_index("municipality")
    facts = pd.read_csv(ROUND / "facts.csv")
    named = {fact: set(rows["municipality"]) for fact, rows in facts.groupby("fact")}
    assert named["coverage"] == set(known.index[known["status"] == "roll-out"])
    assert named["trial"] == set(known.index[known["status"] == "pilot"])
    assert named["case_management"] == set(known.index[known["form"] == "case management"])
    assert named["interview_in_ebook"] == set(known.index[known["in_ebook"] == "no"])
    assert named["composition"] <= set(known.index[known["form"] == "fixed team"])
    flexible = set(known.index[known["form"] == "flexible network"])
    assert named["partners_differ_by_neighbourhood"] <= flexible
    atypical = known["atypical_team"]
    assert named["general_practice_in_team"] == set(known.index[atypical == "youth"])
    assert named["goals"] == set(known.index[atypical == "second-line"])


def test_the_study_names_itself_and_its_sources_in_both_languages() -> None:
    study = tomllib.loads((RAW / "study.toml").read_text(encoding="utf-8"))
    assert study["synthetic"] is False
    for text in ("title", "subtitle", "region"):
        assert study[f"{text}_nl"]
        assert study[f"{text}_en"]
    sources = {source["key"]: source for source in study["source"]}
    assert len(sources) == len(study["source"]) == 5
    cited = (RAW.parents[1] / "CITATION.cff").read_text(encoding="utf-8")
    for language in ("nl", "en"):
        note = sources["note-2014"][f"reference_{language}"]
        assert "Kolner" in cited
        assert "Uit het doolhof" in cited
        assert "Kolner" in note
        assert "Uit het doolhof" in note
    polls = pd.read_csv(RAW / "reference" / "national_polls.csv")["source"]
    for poll in polls:
        title, year = poll.removeprefix("Movisie, ").removesuffix(")").split(" (20")
        reference = sources[f"movisie-20{year}"]
        assert title in reference["reference_nl"]
        assert title in reference["reference_en"]


def test_cross_references_lead_to_what_exists(themes: pd.DataFrame) -> None:
    refs = pd.read_csv(RAW / "instrument" / "cross_references.csv", dtype="str")
    assert set(refs["certainty"]) == {"stated", "coded by us"}
    keys = set(themes[["part", "number", "theme"]].astype(str).itertuples(index=False, name=None))
    assert set(refs[["part", "number", "theme"]].itertuples(index=False, name=None)) <= keys
    to_scale = refs["to"] == "scale"
    assert set(refs.loc[to_scale, "to_number"]) <= set(map(str, range(1, 12)))
    to_theme = refs[~to_scale].assign(to_theme=refs["to_theme"].fillna("1"))
    assert set(to_theme[["to", "to_number", "to_theme"]].itertuples(index=False, name=None)) <= keys
    assert refs.loc[to_scale, "to_theme"].isna().all()
    assert not refs.duplicated(["part", "number", "theme", "to", "to_number", "to_theme"]).any()
    of_itself = (
        refs[["part", "number", "theme"]].to_numpy() == refs[["to", "to_number", "to_theme"]]
    ).all(axis=1)
    assert not of_itself.any()
    quoted = refs["part"] + " " + refs["number"] + ", theme " + refs["theme"]
    for certainty, source, place in zip(refs["certainty"], refs["source"], quoted, strict=True):
        start = place if certainty == "stated" else "same subject"
        assert source.startswith(f"{start}: ")


def test_facts_are_about_municipalities_of_the_round() -> None:
    facts = pd.read_csv(ROUND / "facts.csv")
    known = pd.read_csv(ROUND / "municipalities.csv")
    assert facts["municipality"].isin(known["municipality"]).all()
    assert not facts.duplicated(["municipality", "fact"]).any()
    special = facts[facts["fact"] == "special_team"].set_index("municipality")["value"]
    atypical = known.set_index("municipality")["atypical_team"].dropna()
    assert special.to_dict() == atypical.to_dict()


def test_every_place_in_the_note_can_be_written_in_dutch(labels: pd.DataFrame) -> None:
    nothing = dict.fromkeys(codes(labels, "locator"), "")
    for file in sorted(RAW.rglob("*.csv")):
        table = pd.read_csv(file)
        if "source" not in table or file.parent.name == "reference":
            continue
        for source in table["source"]:
            untranslated = located(source, nothing)
            assert not re.search(r"[A-Za-z]", untranslated), (file.name, source, untranslated)


def test_no_phrase_for_a_place_is_left_over(labels: pd.DataFrame) -> None:
    sources = " | ".join(
        source
        for file in sorted(RAW.rglob("*.csv"))
        for source in pd.read_csv(file).get("source", pd.Series(dtype=str))
    )
    numberless = re.sub(r"\d+(\.\d+)?", "#", sources)
    assert [code for code in codes(labels, "locator") if code not in numberless] == []
    phrases = labels[labels["kind"] == "locator"]
    marks = phrases[["code", "label_nl", "label_en"]].map(lambda text: text.count("#"))
    assert (marks.nunique(axis=1) == 1).all()
