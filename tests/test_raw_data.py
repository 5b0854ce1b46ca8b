"""What was transcribed hangs together."""

from pathlib import Path

import pandas as pd
import pytest

RAW = Path(__file__).parents[1] / "data" / "raw"
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


def test_claims_are_complete_and_point_at_what_exists() -> None:
    claims = pd.read_csv(ROUND / "claims.csv", dtype=str)
    assert claims["claim"].is_unique
    required = ["kind", "subject", "comparison", "paraphrase_nl", "paraphrase_en", "source"]
    assert claims[required].notna().all(axis=None)
    scales = pd.read_csv(RAW / "instrument" / "scales.csv", dtype=str)["scale"]
    on_scales = claims[claims["kind"] == "scale"]
    assert set(on_scales["subject"]) == set(scales)
    assert on_scales["set"].str.fullmatch(r"[1-5](-[1-5])?( vs [1-5]-[1-5])?").all()
    counted = claims[claims["comparison"] == "="]
    assert counted["stated"].str.fullmatch(r"\d+").all()


def test_cross_references_lead_to_what_exists(themes: pd.DataFrame) -> None:
    refs = pd.read_csv(RAW / "instrument" / "cross_references.csv", dtype="str")
    assert set(refs["certainty"]) == {"stated", "coded by us"}
    keys = set(themes[["part", "number", "theme"]].astype(str).itertuples(index=False, name=None))
    assert set(refs[["part", "number", "theme"]].itertuples(index=False, name=None)) <= keys
    to_scale = refs["to"] == "scale"
    assert set(refs.loc[to_scale, "to_number"]) <= set(map(str, range(1, 12)))
    to_theme = refs[~to_scale].assign(to_theme=refs["to_theme"].fillna("1"))
    assert set(to_theme[["to", "to_number", "to_theme"]].itertuples(index=False, name=None)) <= keys
    assert not refs.duplicated(["part", "number", "theme", "to", "to_number", "to_theme"]).any()


def test_facts_are_about_municipalities_of_the_round() -> None:
    facts = pd.read_csv(ROUND / "facts.csv")
    known = pd.read_csv(ROUND / "municipalities.csv")
    assert facts["municipality"].isin(known["municipality"]).all()
    assert not facts.duplicated(["municipality", "fact"]).any()
    special = facts[facts["fact"] == "special_team"].set_index("municipality")["value"]
    atypical = known.set_index("municipality")["atypical_team"].dropna()
    assert special.to_dict() == atypical.to_dict()
