"""The note's statements against the data: measured, never typed in."""

import csv
from dataclasses import fields, replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swt_analysis.clean.tallies import read_tallies
from swt_analysis.processed.reasons import in_words
from swt_analysis.statistics import claims as judging
from swt_analysis.statistics.claims import naming
from swt_analysis.statistics.measures import Evidence, told_elsewhere

RAW = Path(__file__).parents[2] / "data" / "raw"
ROUND = RAW / "rounds" / "2014"


def judge(claims: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    return in_words(judging.judge(claims, evidence))


def table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path)


def evidence_2014() -> Evidence:
    scales = table(RAW / "instrument" / "scales.csv")
    municipalities = table(ROUND / "municipalities.csv").replace({"yes": True, "no": False})
    return Evidence(
        counts=read_tallies(ROUND / "tallies.csv", scales=scales, respondents=9),
        scales=scales,
        participants=table(ROUND / "participants.csv"),
        municipalities=municipalities,
        facts=table(ROUND / "facts.csv"),
        checklist=table(RAW / "instrument" / "checklist.csv"),
        topics=table(RAW / "instrument" / "topics.csv"),
        themes=table(RAW / "instrument" / "themes.csv"),
    )


CLAIMS = pd.read_csv(ROUND / "claims.csv", dtype=str)
EVIDENCE = evidence_2014()
JUDGED = judge(CLAIMS, EVIDENCE).set_index("claim")


# Read by hand in the note: where it disagrees with its own tables, or with itself.
DIFFERS = {
    "c07": "says all citizens; one stands at that pole, two beside it",
    "c12": "mainly between zero line and primary care; 4 of 9, 5 stand at primary care",
    "c13": "the same, in section 3",
    "c14": "slightly more specialists; 3 and 3",
    "c27": "full control; nobody stands at that pole, five one point before it",
    "c31": "three neutral; two marks",
    "c32": "two fairly weak; one mark",
    "c38": "general social work in all teams; the list says 8x, where community work has 9x",
    "c40": "the same, in the last paragraph",
    "c42": "more than half of eleven; the annex says five",
    "c58": "the circle was set up in 2013; the annex says from 2012",
    "c59": "from 2012; chapter 1 says early 2013",
    "c66": "after the one at very strong it goes on with neutral; three stand at point 2",
    "c67": "three, two and two; the marks are two, one and two",
    "c77": "each time from strong to weak; five of the eleven scales have these poles",
    "c84": "district nurses are trials; two of the seven teams are",
    "c85": "the same, in the last paragraph",
    "c86": "trials in a few neighbourhoods; the list says one",
    "c94": "three fixed teams; the annex does not name Heerhugowaard",
    "c95": "two fixed teams; observation 1 names Heerhugowaard too",
    "c96": "flexible networks with Hilversum; the annex has Zaanstad in its place",
    "c97": "flexible networks with Zaanstad; observation 1 has Hilversum in its place",
    "c108": "three specialist teams; two named",
    "c111": "every interview in the eBook; footnote 36 leaves out two",
}
OTHER_BASE = {
    "c06": "says five of eight; the scheme has nine marks, and 5 + 3 + 1 is nine",
    "c41": "five of the eleven teams; the list goes to 9x",
}
# How things are in practice, which is not where municipalities place themselves.
PRACTICE = ["c60", "c68", "c70", "c73", "c74", "c75", "c76", "c239"]
# Told in one passage only.
ONE_PASSAGE = ["c62", "c63", "c99", "c100", "c238", "c261", "c262"]


def one(**cells: str) -> pd.DataFrame:
    names = ["kind", "subject", "set", "comparison", "stated", "base", "source"]
    speaks_of = "self_placement" if cells.get("kind") == "scale" else ""
    blank = {"claim": "x1", "speaks_of": speaks_of, **dict.fromkeys(names, "")}
    return pd.DataFrame([{**blank, **cells}])


def verdict(evidence: Evidence = EVIDENCE, **cells: str) -> str:
    return str(judge(one(**cells), evidence)["verdict"].iloc[0])


def marks(scale: int, first: int, last: int) -> int:
    with (ROUND / "tallies.csv").open(encoding="utf-8") as file:
        row = next(row for row in csv.DictReader(file) if row["scale"] == str(scale))
    return sum(row[str(point)].count("X") for point in range(first, last + 1))


def test_every_claim_keeps_its_place_and_gets_a_verdict_and_two_reasons() -> None:
    judged = judge(CLAIMS, EVIDENCE)
    pd.testing.assert_frame_equal(judged[CLAIMS.columns], CLAIMS)
    assert set(judged["verdict"]) == {"agrees", "differs", "other base", "undetermined"}
    for column in ("reason_nl", "reason_en"):
        assert judged[column].str.endswith(".").all()
        assert not judged[column].str.contains("[{}]").any()


def test_numbers_on_a_scale_are_the_marks_as_printed() -> None:
    rows = CLAIMS[(CLAIMS["speaks_of"] == "self_placement") & (CLAIMS["comparison"] == "=")]
    assert len(rows) > 20
    for row in rows.to_dict("records"):
        first, _, last = row["set"].partition("-")
        scale = int(row["subject"])
        count = marks(scale, int(first), int(last or first))
        same_base = pd.isna(row["base"]) or int(row["base"]) == marks(scale, 1, 5)
        expected = "agrees" if same_base else "other base"
        expected = expected if count == int(row["stated"]) else "differs"
        assert JUDGED.loc[row["claim"], "measured"] == str(count)
        assert JUDGED.loc[row["claim"], "verdict"] == expected


def test_shares_and_comparisons_on_a_scale_follow_from_the_marks() -> None:
    assert 2 * marks(3, 2, 2) < 9
    assert JUDGED.loc["c12", "verdict"] == "differs"
    assert marks(1, 1, 2) > marks(1, 4, 5)
    assert JUDGED.loc["c01", "verdict"] == "agrees"
    assert 0 < marks(2, 4, 5) - marks(2, 1, 2) <= 9 / 4
    assert JUDGED.loc["c04", "verdict"] == "agrees"
    assert marks(5, 4, 5) == marks(5, 1, 2)
    assert JUDGED.loc["c14", "verdict"] == "differs"


def test_exactly_the_places_where_the_note_disagrees_are_found() -> None:
    differs = set(JUDGED.index[JUDGED["verdict"] == "differs"])
    assert differs == set(DIFFERS)
    assert set(JUDGED.index[JUDGED["verdict"] == "other base"]) == set(OTHER_BASE)


def test_claims_that_contradict_one_figure_are_one_group() -> None:
    groups = CLAIMS.set_index("claim")["group"]
    assert groups.value_counts().min() > 1
    differing = groups.loc[sorted(DIFFERS)]
    alone = differing[differing.isna()]
    assert set(alone.index) == {"c14", "c27", "c77", "c108"}
    contradictions = len(alone) + differing.nunique()
    assert contradictions == 15


def test_where_municipalities_place_themselves_decides_nothing_on_practice() -> None:
    assert JUDGED.loc[PRACTICE, "verdict"].unique().tolist() == ["undetermined"]
    assert JUDGED.loc[PRACTICE, "measured"].isna().all()
    told = CLAIMS.set_index("claim")["speaks_of"]
    assert told.index[told == "practice"].to_list() == PRACTICE
    weak = {"kind": "scale", "subject": "7", "set": "4-5", "comparison": "most"}
    assert verdict(**weak) == "differs"
    assert verdict(**weak, speaks_of="practice") == "undetermined"


def test_a_passage_is_no_evidence_for_itself() -> None:
    assert JUDGED.loc[ONE_PASSAGE, "verdict"].unique().tolist() == ["undetermined"]
    assert JUDGED.loc[ONE_PASSAGE, "reason_en"].str.startswith("Only the passage itself").all()
    claim = {"kind": "size", "subject": "Zaanstad", "comparison": "=", "stated": "15"}
    assert verdict(**claim, source="annex 1, section 3, size") == "undetermined"
    assert verdict(**claim, source="annex 1, section 2") == "agrees"
    assert verdict(**claim) == "agrees"


@pytest.mark.parametrize(
    ("sources", "passage", "elsewhere"),
    [
        ("annex 1, section 3", "annex 1, section 3", False),
        ("annex 1, section 3, bullet 2", "annex 1, section 3", False),
        ("annex 1, section 3", "annex 1, section 3, bullet 2", False),
        ("annex 1, section 3, bullet 2", "annex 1, section 3, bullet 1", True),
        ("observation 4, theme 1", "observation 4, introduction", False),
        ("observation 4, theme 1", "observation 4, heading and introduction", False),
        ("observation 4, theme 1", "observation 1, introduction", True),
        ("observation 4, theme 1; annex 1", "observation 4, theme 1", True),
        ("", "annex 1", True),
        ("annex 1", "", True),
    ],
)
def test_what_is_another_place_in_the_text(sources: str, passage: str, elsewhere: bool) -> None:
    assert told_elsewhere(sources, passage) == elsewhere


@pytest.mark.parametrize(
    ("claim", "measured", "expected"),
    [
        ("c10", "3", "agrees"),  # (nearly) all citizens: points 1 and 2 have 1 + 2 marks
        ("c17", "8", "agrees"),  # 3 + 5 of 9 on the zero line
        ("c44", "2", "agrees"),  # voluntary organisations 2x
        ("c50", "8", "agrees"),  # 4 roll-out and 4 pilots
        ("c60", None, "undetermined"),  # the checklist is a plan
        ("c281", "1", "agrees"),  # item 6: in one neighbourhood
        (
            "c88",
            "4 vs 2",
            "agrees",
        ),  # mental health 2x, public health 2x; volunteers 2x, citizens 0x
        ("c240", "2", "agrees"),  # Alkmaar and Heiloo
        ("c72", "1", "agrees"),  # footnote 38: Hilversum
        ("c93", "2", "agrees"),  # the annex has Heiloo and Alkmaar at case management
        ("c114", "2", "agrees"),  # two rounds, in 2013 and 2014
        ("c122", "4", "agrees"),  # section 2: from trials to all neighbourhoods
        ("c123", "4", "agrees"),
        ("c139", "4", "agrees"),  # Haarlem and Heemskerk are among those four
        ("c268", "9", "agrees"),  # nine marks at each scale
        ("c271", "30", "agrees"),
        ("c47", None, "undetermined"),  # of three kinds together, two are not in the list
        ("c86", "1", "differs"),  # in a few neighbourhoods; item 6 of the list says one
        ("c104", "4", "undetermined"),  # four named as examples of many
        ("c115", None, "undetermined"),  # 2013 was not published
        ("c236", None, "undetermined"),  # no count says what is wide
    ],
)
def test_spot_checks_by_hand(claim: str, measured: str | None, expected: str) -> None:
    row = JUDGED.loc[claim]
    assert (row["measured"] if isinstance(row["measured"], str) else None) == measured
    assert row["verdict"] == expected


def earlier(**teams: int) -> Evidence:
    """Make up a round before: 2013 was not published."""
    members = EVIDENCE.participants.copy()
    members["teams"] = members["participant"].map(teams).fillna(members["teams"]).astype(int)
    return replace(EVIDENCE, participants=members)


@pytest.mark.parametrize(("then", "expected"), [(3, "agrees"), (5, "differs"), (7, "differs")])
def test_what_changed_is_judged_by_the_round_before(then: int, expected: str) -> None:
    judged = judge(CLAIMS, replace(EVIDENCE, earlier=earlier(municipality=then)))
    row = judged.set_index("claim").loc["c115"]
    assert row["verdict"] == expected
    assert row["measured"] == f"5 vs {then}"
    assert row["reason_nl"] == (
        f"Nu zijn het er 5 van de 9, in de vorige ronde waren het er {then} van de 9."
    )


def test_change_compares_shares_where_the_rounds_have_unlike_numbers() -> None:
    before = earlier(municipality=4)
    fewer = before.municipalities.copy()
    fewer.loc[fewer["municipality"].isin(["Velsen", "Haarlem", "Beverwijk"]), "on_scheme"] = False
    judged = judge(CLAIMS, replace(EVIDENCE, earlier=replace(before, municipalities=fewer)))
    # 5 of 9 is less than 4 of 6.
    assert judged.set_index("claim").loc["c115", "verdict"] == "differs"


def test_change_follows_the_state_of_play_and_leaves_open_what_is_not_counted() -> None:
    municipalities = EVIDENCE.municipalities.replace({"status": {"roll-out": "pilot"}})
    now = replace(EVIDENCE, earlier=replace(EVIDENCE, municipalities=municipalities))
    judged = judge(CLAIMS, now).set_index("claim")
    rolled_out = judge(one(kind="change", subject="status:roll-out", comparison="more"), now)
    assert rolled_out.loc[0, ["measured", "verdict"]].to_list() == ["4 vs 0", "agrees"]
    assert judged.loc["c125", "verdict"] == "undetermined"
    assert judged.loc["c125", "reason_en"] == "This was not counted in both rounds."


def test_many_has_no_threshold_between_two_and_half() -> None:
    assert 2 <= marks(3, 2, 2) <= 9 / 2
    assert JUDGED.loc["c71", "verdict"] == "undetermined"
    assert "geen vaste grens" in JUDGED.loc["c71", "reason_nl"]


def test_a_right_number_of_another_total_is_a_verdict_of_its_own() -> None:
    assert marks(4, 4, 5) == 5
    assert marks(4, 1, 5) == 9
    assert JUDGED.loc["c06", "verdict"] == "other base"
    claim = {"kind": "scale", "subject": "4", "set": "4-5", "comparison": "=", "base": "8"}
    assert verdict(**claim, stated="6") == "differs"
    assert JUDGED.loc["c09", "verdict"] == "agrees"
    reason = "Telling: 5 van de 9 gemeenten kozen punt 4 of 5. De uitspraak gaat uit van 8."
    assert JUDGED.loc["c06", "reason_nl"] == reason


def test_one_mark_more_or_less_flips_the_verdict() -> None:
    counts = EVIDENCE.counts.copy()
    at_two = (counts["scale"] == 3) & (counts["point"] == 2)
    at_three = (counts["scale"] == 3) & (counts["point"] == 3)
    counts.loc[at_two, "count"] += 1
    counts.loc[at_three, "count"] -= 1
    moved = judge(CLAIMS, replace(EVIDENCE, counts=counts)).set_index("claim")["verdict"]
    changed = moved.index[moved != JUDGED["verdict"]]
    assert set(CLAIMS.set_index("claim").loc[changed, "subject"]) == {"3"}
    assert (moved["c12"], moved["c71"]) == ("agrees", "agrees")


@pytest.mark.parametrize(
    ("comparison", "stated", "expected"),
    [
        ("many", "", "undetermined"),
        ("=", "3", "undetermined"),
        ("=", "5", "differs"),
        ("at least", "2", "agrees"),
        ("between", "2-4", "agrees"),
        ("less than half", "", "agrees"),
        ("most", "", "differs"),
    ],
)
def test_teams_with_any_of_two_are_known_between_bounds_only(
    comparison: str, stated: str, expected: str
) -> None:
    # Mental health care is in 2 teams and the public health service in 2: 2, 3 or 4 teams.
    claim = {"kind": "participant", "subject": "secondary_care", "comparison": comparison}
    row = one(**claim, set="mental_health+youth_public_health", stated=stated, base="9")
    judged = judge(row, EVIDENCE).iloc[0]
    assert (judged["measured"], judged["verdict"]) == ("2-4", expected)


def test_a_reason_for_doubt_says_only_what_is_true() -> None:
    claim = {"kind": "participant", "subject": "any", "comparison": "many", "base": "9"}
    within = judge(one(**claim, set="mental_health+youth_public_health"), EVIDENCE).iloc[0]
    assert within["reason_en"].endswith("but no more than half.")
    across = judge(
        one(**claim, set="general_practice+voluntary_organisations+mental_health"), EVIDENCE
    ).iloc[0]
    assert across["measured"] == "2-5"
    assert across["verdict"] == "undetermined"
    assert across["reason_en"].endswith("Within these bounds the claim may hold or not.")


def test_a_word_that_does_not_fit_is_told_what_it_asks_for() -> None:
    reasons = JUDGED["reason_nl"]
    # 4 of 9; the general practitioner in 1 team; 3 against 3.
    assert reasons["c12"].endswith("kozen punt 2. Dat is niet meer dan de helft van 9.")
    assert reasons["c42"].endswith("gaat uit van 11. Dat is niet meer dan de helft van 11.")
    practice = {"kind": "participant", "subject": "general_practice", "base": "9"}
    few = judge(one(**practice, comparison="in some cases"), EVIDENCE)["reason_nl"].iloc[0]
    assert few.endswith("betekent: minstens twee en minder dan de helft.")
    assert reasons["c14"].endswith("met een verschil van hoogstens een kwart van 9.")
    for comparison in ("some", "many"):
        row = one(kind="scale", subject="7", set="4", comparison=comparison)
        assert "at least two" in judge(row, EVIDENCE)["reason_en"].iloc[0]
    agreeing = judge(one(kind="scale", subject="6", set="1-2", comparison="most"), EVIDENCE)
    assert agreeing["reason_en"].iloc[0] == "Count: 8 of 9 municipalities chose point 1 or 2."


def test_bounds_do_not_pass_the_number_of_teams() -> None:
    row = one(kind="participant", subject="any", set="social_work+mee", comparison="all")
    assert judge(row, EVIDENCE)["measured"].iloc[0] == "8-9"


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 12))
def test_bounds_agree_only_if_every_number_between_does(a: int, b: int, stated: int) -> None:
    participants = pd.DataFrame(
        {"participant": ["a", "b"], "teams": [a, b], "of_which_pilot": [0, 0]}
    )
    claim = {"kind": "participant", "subject": "both", "set": "a+b", "comparison": "at least"}
    got = verdict(replace(EVIDENCE, participants=participants), **claim, stated=str(stated))
    possible = {n >= stated for n in range(max(a, b), min(a + b, 9) + 1)}
    expected = {(True,): "agrees", (False,): "differs"}.get(tuple(possible), "undetermined")
    assert got == expected


def test_only_wants_these_names_and_no_others() -> None:
    claim = {"kind": "fact", "subject": "self_steering:partly", "comparison": "only"}
    assert verdict(**claim, set="Purmerend; Hilversum", stated="2") == "agrees"
    assert verdict(**claim, set="Purmerend; Haarlem", stated="2") == "differs"
    claim["comparison"] = "at least"
    assert verdict(**claim, set="Purmerend", stated="2") == "agrees"
    assert verdict(**claim, set="Purmerend; Haarlem", stated="2") == "differs"


def test_what_the_note_states_twice_is_held_against_itself() -> None:
    both = JUDGED.loc[["c58", "c59"]]
    assert both["measured"].to_list() == ["2012", "2013"]
    assert set(both["verdict"]) == {"differs"}
    assert JUDGED.loc["c57", "verdict"] == JUDGED.loc["c112", "verdict"] == "agrees"


def test_minutes_count_a_block_once() -> None:
    with (RAW / "instrument" / "checklist.csv").open(encoding="utf-8") as file:
        minutes = {row["block"]: int(row["minutes"]) for row in csv.DictReader(file)}
    whole = one(kind="interview", subject="minutes", comparison="between", stated="90-150")
    assert judge(whole, EVIDENCE)["measured"].iloc[0] == str(sum(minutes.values()))
    first = minutes["state_of_play_now"] + minutes["co_operation"] + minutes["future"]
    assert JUDGED.loc["c61", "measured"] == str(first)


def test_scales_of_unlike_length_do_not_all_have_five_points() -> None:
    scales = EVIDENCE.scales.copy()
    scales.loc[0, "points"] = 7
    assert verdict(kind="instrument", subject="points", comparison="=", stated="5") == "agrees"
    longer = replace(EVIDENCE, scales=scales)
    assert verdict(longer, kind="instrument", subject="points", comparison="=", stated="5") == (
        "differs"
    )


def test_without_evidence_only_the_note_itself_can_be_judged() -> None:
    nothing = Evidence(
        **{
            item.name: getattr(EVIDENCE, item.name).iloc[:0]
            for item in fields(Evidence)
            if item.name != "earlier"
        }
    )
    judged = judge(CLAIMS, nothing)
    decided = judged[judged["verdict"] != "undetermined"]
    assert set(decided["kind"]) == {"mention", "study"}
    told = judged["kind"].isin(["mention", "study"])
    assert judged.loc[~told, "measured"].isna().all()


def test_a_claim_that_cannot_be_read_is_named() -> None:
    claims = CLAIMS.copy()
    claims.loc[0, "comparison"] = "roughly"
    claims.loc[1, "stated"] = "five"
    claims.loc[2, "base"] = "nine"
    claims.loc[3, "set"] = "left"
    with pytest.raises(ValueError, match="claim c01: comparison 'roughly'") as caught:
        judge(claims, EVIDENCE)
    lines = str(caught.value).splitlines()
    assert [line.split(":")[0] for line in lines] == [f"claim c0{n}" for n in range(1, 5)]


def test_interviews_in_the_ebook_are_bounded_where_some_are_not_told() -> None:
    places = EVIDENCE.municipalities.assign(in_ebook=[True, True, False, None] + [False] * 7)
    told = judge(
        one(kind="ebook", subject="interviews", comparison="=", stated="2"),
        replace(EVIDENCE, municipalities=places),
    ).iloc[0]
    assert told["measured"] == "2-3"


@pytest.mark.parametrize(("base", "verdict"), [("11", "agrees"), ("12", "other base")])
def test_interviews_in_the_ebook_are_of_all_municipalities(base: str, verdict: str) -> None:
    places = EVIDENCE.municipalities.assign(in_ebook=True)
    claim = one(kind="ebook", subject="interviews", comparison="=", stated="11", base=base)
    told = judge(claim, replace(EVIDENCE, municipalities=places)).iloc[0]
    assert (told["measured"], told["verdict"]) == ("11", verdict)


def test_a_municipality_is_named_in_the_text_the_set_or_as_the_subject() -> None:
    judged = pd.DataFrame(
        [
            ("in the text", "two teams, in Velsen too", None, "themes"),
            ("in the set", "three of them", "Haarlem; Velsen", "themes"),
            ("as the subject", None, None, "Velsen"),
            ("another name", "a team of Oud-Velsense roots", "Velserbroek", "Velser"),
            ("nothing", None, None, "themes"),
        ],
        columns=["claim", "paraphrase", "set", "subject"],
    )
    assert naming(judged, "Velsen")["claim"].to_list() == [
        *("in the text", "in the set", "as the subject")
    ]
    # A name is no pattern.
    assert naming(judged, "V.lsen").empty
