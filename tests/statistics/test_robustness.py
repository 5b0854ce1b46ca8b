"""How firm the numbers are: by trying out every place that is left open."""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swt_analysis.statistics.bounds import Bounds, finite_interval
from swt_analysis.statistics.ordinal import agreement, summarise
from swt_analysis.statistics.robustness import (
    associations,
    chance_agreement,
    leave_out_atypical,
    poll_bounds,
    round_sensitivity,
    scale_sensitivity,
)

COUNTS = st.lists(st.integers(0, 4), min_size=2, max_size=5)
PLACES = pd.DataFrame(
    {
        "municipality": list("ABCDE"),
        "on_scheme": [True] * 4 + [False],
        "atypical_team": ["youth", None, None, "second-line", "youth"],
    }
)


@given(COUNTS, st.integers(1, 3), st.data())
def test_whatever_the_silent_say_it_lies_within_the_bounds(
    counts: list[int], silent: int, data: st.DataObject
) -> None:
    places = data.draw(st.lists(st.integers(0, len(counts) - 1), min_size=silent, max_size=silent))
    truth = np.array(counts)
    np.add.at(truth, places, 1)
    everyone, actual = scale_sensitivity(counts, silent).loc["everyone"], summarise(truth)
    assert everyone["n"] == actual.n
    for column, value in [
        ("left_count", actual.left),
        ("middle", actual.middle),
        ("right_count", actual.right),
        ("median", actual.low_median),
        ("median", actual.high_median),
        ("lower_quartile", actual.lower_quartile),
        ("upper_quartile", actual.upper_quartile),
        ("leik_d", actual.leik_d),
        ("mean_deviation", actual.mean_deviation),
        ("agreement", actual.agreement),
    ]:
        low, high = everyone[column]
        assert low - 1e-12 <= value <= high + 1e-12


def test_nobody_answered_leaves_everything_open_and_nothing_made_up() -> None:
    table = scale_sensitivity([0, 0, 0, 0, 0], 2)
    assert table.loc["answered", ["n", "median", "leik_d"]].to_list() == [0, None, None]
    assert table.loc["everyone", "median"] == Bounds(1, 5)
    assert list(scale_sensitivity([1, 0, 2], 0).index) == ["answered"]


def test_who_answered_is_told_as_it_is() -> None:
    # 1 1 2 3: two medians; of the quarters one answer stands at 1, three at or below 2.
    answered = scale_sensitivity([2, 1, 1, 0, 0], 0).loc["answered"]
    assert answered.to_dict() == {
        "n": 4,
        "left_count": Bounds(3, 3),
        "middle": Bounds(1, 1),
        "right_count": Bounds(0, 0),
        "median": Bounds(1, 2),
        "lower_quartile": Bounds(1, 1),
        "upper_quartile": Bounds(2, 2),
        # Distances to 1.5: .5 .5 .5 1.5, mean .75, of at most 2.
        "leik_d": Bounds(0.375, 0.375),
        "mean_deviation": Bounds(0.75, 0.75),
        # Layers 1 1 1 0 0 (S = 3, U = 1) and 1 0 0 0 0 (S = 1): 3/4 of 1/2 and 1/4 of 1.
        "agreement": Bounds(0.625, 0.625),
    }


def test_only_an_odd_number_of_points_has_a_middle_for_the_silent() -> None:
    assert scale_sensitivity([1, 0, 2], 3).loc["everyone", "middle"] == Bounds(0, 3)
    assert scale_sensitivity([1, 0, 0, 2], 3).loc["everyone", "middle"] == Bounds(0, 0)


def test_known_places_narrow_what_leaving_out_can_do() -> None:
    # Nine marks 2 1 3 3 0 with both atypical teams at 4 (scale 5 of 2014): 2 1 3 1 remain.
    places = PLACES.assign(on_scheme=True).head(4)
    placed = pd.DataFrame({"municipality": ["A", "D"], "point": [4, 4]})
    counts = [1, 0, 1, 2, 0]
    left = leave_out_atypical(counts, placed, places, complete=False)
    assert left is not None
    assert (left.n, left.median, left.left) == (2, Bounds(1, 3), Bounds(1, 1))


def test_only_atypical_teams_that_answered_are_left_out() -> None:
    none = pd.DataFrame({"municipality": ["B"], "point": [2]})
    assert leave_out_atypical([0, 1, 0], none, PLACES, complete=True) is None
    # One of the four did not answer; with counts only it may be an atypical one.
    assert leave_out_atypical([1, 1, 1], none, PLACES, complete=False) is None
    scores = pd.DataFrame({"municipality": list("ABD"), "point": [1, 2, None]})
    left = leave_out_atypical([1, 1, 0], scores, PLACES, complete=True)
    assert left is not None
    assert (left.n, left.median) == (1, Bounds(2, 2))


@pytest.mark.parametrize(("n", "points"), [(4, 3), (3, 5), (5, 2)])
def test_chance_agreement_is_that_of_every_sequence_of_answers(n: int, points: int) -> None:
    values = sorted(
        agreement(np.bincount(answers, minlength=points))
        for answers in product(range(points), repeat=n)
    )
    total = len(values)
    low = next(v for v in values if sum(w <= v for w in values) / total >= 0.025)
    high = next(v for v in values if sum(w <= v for w in values) / total >= 0.975)
    assert chance_agreement(n, points) == pytest.approx((low, high))


def test_chance_agreement_of_nine_on_five_points_and_of_too_many() -> None:
    # Enumerated once by a program of its own (715 outcomes): -0.33 and 0.61.
    assert chance_agreement(9, 5) == pytest.approx((-1 / 3, 0.611), abs=0.001)
    assert chance_agreement(0, 5) is None
    # 141 over 2 is 9,870 outcomes, 142 over 2 is 10,011: more than are counted out.
    assert chance_agreement(139, 3) is not None
    assert chance_agreement(140, 3) is None


SCORES = st.lists(st.tuples(*[st.integers(1, 3)] * 3), min_size=2, max_size=6)


@given(SCORES, st.randoms())
@settings(max_examples=50)
def test_the_true_association_lies_within_the_bounds_of_the_counts_in_any_order(
    rows: list[tuple[int, ...]], random: object
) -> None:
    scores = pd.DataFrame(rows, columns=[1, 2, 3])
    counts = pd.DataFrame(
        [
            {"scale": scale, "point": point, "count": int((scores[scale] == point).sum())}
            for scale in scores
            for point in (1, 2, 3)
        ]
    )
    bounded = associations(counts).set_index(["scale", "other_scale"])["tau_b"]
    true = associations(counts, scores).set_index(["scale", "other_scale"])["tau_b"]
    shuffled = rows.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = associations(counts, pd.DataFrame(shuffled, columns=[1, 2, 3]))["tau_b"]
    assert list(bounded.index) == list(combinations([1, 2, 3], 2))
    for pair, other in zip(bounded.index, again, strict=True):
        if true[pair] is not None:
            assert bounded[pair].low - 1e-9 <= true[pair].low <= bounded[pair].high + 1e-9
            assert other.low == pytest.approx(true[pair].low)


def test_polls_carry_every_count_that_their_percentage_allows() -> None:
    polls = pd.DataFrame(
        {"share": [0.69, 0.5, 0.625], "respondents": [224, 9, 8], "population": [403, 11, 8]}
    )
    table = poll_bounds(polls)
    assert table["allowed"].to_list() == [Bounds(154, 155), None, Bounds(5, 5)]
    assert table["possible"].to_list() == [Bounds(154, 334), None, Bounds(5, 5)]
    assert table["sampled"].to_list() == [Bounds(260, 295), None, Bounds(5, 5)]
    assert table.loc[0, "sampled_share"] == pytest.approx((260 / 403, 295 / 403))
    assert list(poll_bounds(polls.iloc[:0])) == list(table)
    assert list(table) == [
        *polls,
        *("allowed", "sampled", "possible", "sampled_share", "possible_share"),
    ]
    # With a decimal 69.2 % is 155 of 224 alone: 154 is 68.75 %.
    finer = poll_bounds(polls.iloc[:1].assign(share=0.692)).iloc[0]
    assert finer["allowed"] == Bounds(155, 155)
    assert finer["possible"] == Bounds(155, 334)
    assert finer["sampled"] == finite_interval(155, 224, 403)


def test_a_round_is_summarised_with_all_who_were_visited() -> None:
    counts = pd.DataFrame({"round": 2014, "scale": 1, "point": [1, 2, 3], "count": [1, 2, 1]})
    rounds = pd.DataFrame(
        {"round": [2014], "form": ["tallies"], "municipalities": [5], "respondents": [4]}
    )
    scores = pd.DataFrame({"round": [2014], "municipality": ["B"], "scale": [1], "point": [3]})
    table = round_sensitivity(
        2014, counts, scores=scores, rounds=rounds, places=PLACES.assign(round=2014)
    ).set_index("who")
    assert table["n"].to_list() == [4, 5, 2]
    # A and D take two of the marks 1 2 2, for B has the 3: left over are 2 3, 1 3 or no other.
    assert table.loc["without", "median"] == Bounds(1, 3)


def test_each_scale_of_a_round_with_scores_leaves_out_the_atypical_teams_that_answered_it() -> None:
    scores = pd.DataFrame(
        {
            "round": [2015] * 7 + [2014],
            "municipality": [*"ABCD", *"BCD", "A"],
            "scale": [1] * 4 + [2] * 3 + [2],
            "point": [1, 2, 3, 3, 1, 1, 2, 2],
        }
    )
    counts = pd.DataFrame(
        {
            "round": 2015,
            "scale": [1] * 3 + [2] * 3,
            "point": [1, 2, 3] * 2,
            "count": [1, 1, 2, 2, 1, 0],
        }
    ).iloc[::-1]
    rounds = pd.DataFrame(
        {"round": [2015], "form": ["scores"], "municipalities": [None], "respondents": [4]}
    )
    table = round_sensitivity(
        2015, counts, scores=scores, rounds=rounds, places=PLACES.assign(round=2015)
    )
    assert list(table.index) == list(range(5))
    # Without A and D, B at 2 and C at 3 remain on scale 1; without D, both at 1 on scale 2, where
    # A makes 1 1 2 an even number: 1 1 1 2 to 1 1 2 3.
    assert table[["scale", "who", "n", "median"]].to_numpy().tolist() == [
        [1, "answered", 4, Bounds(2, 3)],
        [1, "without", 2, Bounds(2, 3)],
        [2, "answered", 3, Bounds(1, 1)],
        [2, "everyone", 4, Bounds(1, 2)],
        [2, "without", 2, Bounds(1, 1)],
    ]
