"""Counts are refused where the scores of the municipalities are needed."""

import pandas as pd
import pytest

from swt_analysis.statistics.scores import NeedsScores, among_peers, checked, round_scores

pytestmark = pytest.mark.filterwarnings("error")
WHY = {"wanted": "the test", "instead": "use the bound"}

COUNTS = pd.DataFrame(
    {"round": [2014, 2014, 2015, 2015], "scale": 1, "point": [1, 2] * 2, "count": [1, 2, 1, 1]}
)
SCORES = pd.DataFrame(
    {
        "round": [2014, 2015, 2015],
        "municipality": ["Haarlem", "Haarlem", "Velsen"],
        "scale": 1,
        "point": [1, 2, 1],
    }
)


def test_a_round_with_a_score_for_every_count_has_scores() -> None:
    got = round_scores(SCORES, COUNTS, 2015, **WHY)
    assert got[1].to_dict() == {"Haarlem": 2, "Velsen": 1}
    assert got.index.name == "municipality"


@pytest.mark.parametrize("year", [2014, 2016])
def test_a_few_named_placements_are_no_scores(year: int) -> None:
    with pytest.raises(NeedsScores, match=r"the test needs the score of each .* use the bound"):
        round_scores(SCORES, COUNTS, year, **WHY)


@pytest.mark.parametrize("count", [0, 1])
def test_a_scale_that_only_the_counts_have_needs_scores_if_anyone_answered_it(count: int) -> None:
    other = pd.DataFrame({"round": [2015], "scale": [2], "point": [1], "count": [count]})
    counts = pd.concat([COUNTS, other])
    if count == 0:
        assert list(round_scores(SCORES, counts, 2015, **WHY)) == [1]
    else:
        with pytest.raises(NeedsScores):
            round_scores(SCORES, counts, 2015, **WHY)


@pytest.mark.parametrize(
    "counts",
    [[0, 5, 2, 2, 0], pd.Series([0, 5, 2, 2, 0]), COUNTS, COUNTS.set_index("point")["count"], None],
)
def test_counts_in_any_shape_are_refused(counts: object) -> None:
    with pytest.raises(NeedsScores):
        checked(counts, **WHY)


def test_blanks_are_left_out_and_faults_are_named() -> None:
    names = pd.Index(["Haarlem", "Velsen"], name="municipality")
    assert checked(pd.Series([None, 3], names), **WHY).to_dict() == {"Velsen": 3}
    with pytest.raises(ValueError, match=r"Haarlem: '2\.5' is no whole number"):
        checked(pd.Series([2.5, 3], names), **WHY)
    with pytest.raises(ValueError, match="Velsen: 'four' is no whole number"):
        checked(pd.Series([2, "four"], names), **WHY)
    with pytest.raises(ValueError, match="Haarlem: occurs twice"):
        checked(pd.Series([2, 3], names[[0, 0]]), **WHY)


def test_the_peers_of_a_municipality_are_all_others_of_its_round_and_scale() -> None:
    marks = {
        (2014, 1): [1, 1, 2, 2, 2, 4],
        (2014, 2): [3, 3],
        (2015, 1): [2, 5],
        (2015, 2): [1],
    }
    counts = pd.DataFrame(
        [
            (year, scale, point, points.count(point))
            for (year, scale), points in marks.items()
            for point in range(1, 6)
        ],
        columns=["round", "scale", "point", "count"],
    )
    own = pd.DataFrame(
        [(2015, 1, 5), (2014, 1, 2), (2014, 2, None), (2015, 2, 1)],
        columns=["round", "scale", "point"],
        index=[7, 7, 8, 9],
    )
    got = among_peers(own, counts)
    assert got.to_numpy().tolist() == [
        # Round, scale and point, then those further left, at the point and further right.
        *([2015, 1, 5, 1, 0, 0], [2014, 1, 2, 2, 2, 1], [2015, 2, 1, 0, 0, 0])
    ]
    # At the first point nobody stands further left.
    ends = pd.DataFrame({"round": [2014], "scale": [1], "point": [1]})
    assert among_peers(ends, counts).iloc[0, 3:].to_list() == [0, 1, 4]
    assert got.columns.to_list() == [
        *("round", "scale", "point", "further_left", "same_point", "further_right")
    ]
