"""Paired rounds against every flip of signs and every outcome there can be."""

from itertools import combinations_with_replacement, product
from math import comb, factorial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, permutation_test

from swt_analysis.statistics.paired import (
    compare_rounds,
    fewest_pairs,
    holm,
    net_share,
    net_share_interval,
    pair,
    sign_flip_p,
    smallest_p,
)
from swt_analysis.statistics.scores import NeedsScores

pytestmark = pytest.mark.filterwarnings("error")

differences = st.lists(st.integers(-4, 4), min_size=1, max_size=9)


def scores(**points: float | None) -> pd.Series:
    return pd.Series(points, dtype=float).rename_axis("municipality")


def test_pairs_by_hand() -> None:
    got = pair(
        scores(Velsen=2, Haarlem=1, Heiloo=4, Alkmaar=None, Zaanstad=3),
        scores(Haarlem=3, Velsen=2, Alkmaar=2, Zaanstad=1, Beverwijk=5, Heiloo=None),
    )
    assert (got.entered, got.left) == (("Alkmaar", "Beverwijk"), ("Heiloo",))
    assert got.differences.to_dict() == {"Haarlem": 2, "Velsen": 0, "Zaanstad": -2}
    assert got.stayed == ("Haarlem", "Velsen", "Zaanstad")
    assert (got.up, got.same, got.down) == (1, 1, 1)


def test_counts_have_no_pairs_and_the_error_names_the_bound() -> None:
    with pytest.raises(NeedsScores, match="; movement_bounds"):
        pair([0, 5, 2, 2, 0], [1, 4, 2, 2, 0])


@settings(max_examples=60, deadline=None)
@given(differences)
def test_sign_flips_are_all_counted(steps: list[int]) -> None:
    sums = [
        sum(sign * step for sign, step in zip(signs, steps, strict=True))
        for signs in product([-1, 1], repeat=len(steps))
    ]
    expected = sum(abs(value) >= abs(sum(steps)) for value in sums) / len(sums)
    assert sign_flip_p(steps) == pytest.approx(expected)


@pytest.mark.parametrize("steps", [[1, 1, 0, -1, 2, 0, 3], [1, 1, 1, 1, -2, 2, 1, 1, 4], [2, -2]])
def test_sign_flips_are_those_of_scipy(steps: list[int]) -> None:
    exact = permutation_test(
        (np.array(steps),), np.sum, permutation_type="samples", n_resamples=np.inf
    )
    assert sign_flip_p(steps) == pytest.approx(exact.pvalue)


@given(st.integers(0, 342), st.integers(0, 342))
def test_steps_of_one_give_the_sign_test(up: int, down: int) -> None:
    p = sign_flip_p([1] * up + [-1] * down)
    if up + down:
        assert p == pytest.approx(binomtest(up, up + down).pvalue, rel=1e-9)
    else:
        assert p is None


def test_nothing_moved_and_nobody_paired() -> None:
    assert sign_flip_p([0] * 9) == 1.0
    assert sign_flip_p([]) is None
    assert net_share(0, 0, 0) is None
    assert net_share_interval(0, 0, 0) == (-1.0, 1.0)


def test_fewer_than_no_municipalities_are_refused() -> None:
    for numbers in [(-1, 0, 0), (0, -1, 0), (0, 0, -1)]:
        with pytest.raises(ValueError, match="must be 0 or more"):
            net_share_interval(*numbers)


def test_half_points_are_refused() -> None:
    with pytest.raises(ValueError, match="whole numbers of points"):
        sign_flip_p([0.5, 1.0])


@pytest.mark.parametrize("n", [1, 5, 9])
def test_the_interval_of_the_net_share_covers(n: int) -> None:
    # Every outcome of n pairs under a grid of chances to go up and down.
    outcomes = [(up, n - up - down, down) for up in range(n + 1) for down in range(n + 1 - up)]
    intervals = np.array([net_share_interval(*outcome) for outcome in outcomes])
    ways = np.array([factorial(n) // np.prod([factorial(x) for x in o]) for o in outcomes])
    up, same, down = np.array(outcomes).T
    for p_up, p_down in product(np.linspace(0, 1, 41), repeat=2):
        if p_up + p_down > 1:
            continue
        chances = ways * p_up**up * p_down**down * max(0.0, 1 - p_up - p_down) ** same
        truth = p_up - p_down
        covered = (intervals[:, 0] <= truth + 1e-9) & (truth - 1e-9 <= intervals[:, 1])
        assert chances[covered].sum() >= 0.95


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_the_interval_goes_with_the_sign_test_and_holds_the_estimate(
    up: int, same: int, down: int
) -> None:
    if up + same + down == 0:
        return
    low, high = net_share_interval(up, same, down)
    assert -1 <= low <= net_share(up, same, down) <= high <= 1
    assert (-high, -low) == pytest.approx(net_share_interval(down, same, up))
    p = binomtest(up, up + down).pvalue if up + down else 1.0
    assert (low > 0 or high < 0) == (p < 0.05)


def test_the_interval_is_that_of_random_draws_from_both_confidence_distributions() -> None:
    # The Monte Carlo form of the method in R's exact2x2::mcnemarExactDP, 9 up and 2 down of 161.
    rng = np.random.default_rng(2014)
    lam_low, lam_high = rng.beta(11, 151, 10**6), rng.beta(12, 150, 10**6)
    theta_low, theta_high = rng.beta(9, 3, 10**6), rng.beta(10, 2, 10**6)
    low = min(np.quantile(lam * (2 * theta_low - 1), 0.025) for lam in (lam_low, lam_high))
    high = max(np.quantile(lam * (2 * theta_high - 1), 0.975) for lam in (lam_low, lam_high))
    assert net_share_interval(9, 150, 2) == pytest.approx((low, high), abs=5e-4)


def test_holm_by_hand() -> None:
    got = holm(pd.Series({"a": 0.01, "b": np.nan, "c": 0.04, "d": 0.03, "e": 0.5}))
    # Sorted .01 .03 .04 .5 times 4, 3, 2, 1, never falling; the blank is no test.
    assert got.drop("b").to_dict() == pytest.approx({"a": 0.04, "c": 0.09, "d": 0.09, "e": 0.5})
    assert np.isnan(got["b"])
    assert list(got.index) == list("abcde")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=11))
def test_holm_rejects_what_the_stepwise_procedure_rejects(p_values: list[float]) -> None:
    rejected = set()
    for rank, i in enumerate(np.argsort(p_values, kind="stable")):
        if p_values[i] * (len(p_values) - rank) > 0.05:
            break
        rejected.add(int(i))
    adjusted = holm(pd.Series(p_values))
    assert set(adjusted.index[adjusted <= 0.05]) == rejected


def test_what_the_design_can_show_at_most() -> None:
    assert round(smallest_p(9), 4) == 0.0039
    assert round(smallest_p(9, scales=11), 3) == 0.043
    assert smallest_p(8, scales=11) > 0.05
    assert (fewest_pairs(), fewest_pairs(scales=11)) == (6, 9)
    assert smallest_p(0) is None
    assert smallest_p(1) == smallest_p(2, scales=3) == 1.0
    # Two pairs that move alike have 2 of 4 ways to flip: a p that is reached passes.
    assert (fewest_pairs(level=0.5), fewest_pairs(level=0.49)) == (2, 3)


@pytest.mark.parametrize(
    "options", [{"level": 0.0}, {"level": 1.0}, {"level": 1.5}, {"level": -0.1}, {"scales": 0}]
)
def test_a_level_or_a_number_of_scales_that_cannot_be_is_refused(
    options: dict[str, float],
) -> None:
    message = "^level must lie between 0 and 1, and there must be a scale$"
    with pytest.raises(ValueError, match=message):
        fewest_pairs(**options)


def test_at_nine_pairs_only_a_unanimous_shift_passes() -> None:
    for steps in combinations_with_replacement(range(-2, 3), 9):
        unanimous = min(steps) > 0 or max(steps) < 0
        assert (11 * sign_flip_p(steps) <= 0.05) == unanimous


def test_rounds_are_compared_scale_by_scale() -> None:
    names = pd.Index([f"m{i}" for i in range(9)], name="municipality")
    before = pd.DataFrame({1: [2] * 9, 2: [3] * 9, 3: [np.nan] * 9}, names)
    after = pd.DataFrame({1: [3] * 9, 2: [3] * 8 + [4], 3: [1] * 9, 4: [1] * 9}, names)
    got = compare_rounds(before, after)
    assert list(got.index) == [1, 2, 3]
    assert got["paired"].to_list() == [9, 9, 0]
    assert got["entered"].to_list() == [0, 0, 9]
    assert got.loc[1, ["up", "same", "down"]].to_list() == [9, 0, 0]
    assert got.loc[1, "p_holm"] == pytest.approx(2 * 2 / 2**9)
    assert got.loc[2, "p_value"] == 1.0
    assert got.loc[3, ["net_share", "p_value", "p_holm"]].isna().all()
    assert list(got) == [
        *("paired", "entered", "left", "up", "same", "down"),
        *("net_share", "net_low", "net_high", "p_value", "p_holm"),
    ]
    with pytest.raises(ValueError, match=r"^the two rounds have no scale in common$"):
        compare_rounds(before[[1]], after[[2]])


def test_many_pairs_stay_exact() -> None:
    p = sign_flip_p([1] * 200 + [-1] * 142)
    assert p == pytest.approx(2 * sum(comb(342, i) for i in range(200, 343)) / 2**342)


@settings(max_examples=25)  # each compares twelve rounds' worth of enumerations
@given(st.permutations(range(6)), st.permutations(range(6)))
def test_another_order_of_the_municipalities_changes_no_comparison(
    first: list[int], second: list[int]
) -> None:
    names = pd.Index([f"m{i}" for i in range(6)], name="municipality")
    before = pd.DataFrame({1: [1, 2, 3, 4, 5, np.nan], 2: [5, 4, 3, 2, 1, 1]}, names)
    after = pd.DataFrame({1: [2, 2, 5, 4, np.nan, 1], 2: [5, 5, 5, 1, 1, 2]}, names)
    pd.testing.assert_frame_equal(
        compare_rounds(before.iloc[first], after.iloc[second]), compare_rounds(before, after)
    )


def test_no_p_after_holm_is_above_1() -> None:
    assert holm(pd.Series([0.4, 0.6, 0.9])).to_list() == [1.0, 1.0, 1.0]
