"""Association and agreement of coders against enumeration."""

from collections import Counter
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from swt_analysis.statistics.association import kendall, weighted_kappa
from swt_analysis.statistics.scores import NeedsScores

pytestmark = pytest.mark.filterwarnings("error")


def scores(points: list[float]) -> pd.Series:
    return pd.Series(points, [f"m{i}" for i in range(len(points))]).rename_axis("municipality")


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_tau_b_and_its_p_over_every_pairing(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 6))
    x = data.draw(st.lists(st.integers(1, 5), min_size=n, max_size=n))
    y = data.draw(st.lists(st.integers(1, 4), min_size=n, max_size=n))
    got = kendall(scores(x), scores(y))
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert (got.tau_b, got.p_value) == (None, None)
        assert (got.n, got.exact) == (n, True)
        assert got.missing == "on a scale all stand at one point"
        return
    tau = kendalltau(x, y).statistic
    orders = Counter(permutations(y))  # those that are alike are computed once
    taus = np.array([kendalltau(x, order).statistic for order in orders])
    times = list(orders.values())
    assert got.exact
    assert got.tau_b == pytest.approx(tau)
    assert got.p_value == pytest.approx(np.average(np.abs(taus) >= abs(tau) - 1e-9, weights=times))


def test_without_ties_p_is_that_of_scipy() -> None:
    x, y = [1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 4, 3, 7, 5, 8, 6]
    expected = kendalltau(x, y, method="exact")
    got = kendall(scores(x), scores(y))
    assert got.tau_b == pytest.approx(expected.statistic)
    assert got.p_value == pytest.approx(expected.pvalue)


def test_a_large_round_is_estimated_repeatably_and_says_so() -> None:
    rng = np.random.default_rng(2014)
    x, y = (scores(rng.integers(1, 6, 60).tolist()) for _ in range(2))
    got = kendall(x, y)
    assert got == kendall(x, y) == kendall(x, y, seed=2014) != kendall(x, y, seed=1)
    assert (got.n, got.exact, got.missing) == (60, False, None)
    assert got.tau_b == pytest.approx(kendalltau(x, y).statistic)
    # Without association the asymptotic p, which allows for ties, is near.
    assert got.p_value == pytest.approx(kendalltau(x, y, method="asymptotic").pvalue, abs=0.02)
    assert kendall(x, x).p_value == pytest.approx(1 / 10_000)


def test_blanks_leave_the_pair_out() -> None:
    got = kendall(scores([1, 2, np.nan, 4, 5]), scores([1, 2, 3, np.nan, 5]))
    assert (got.n, got.tau_b) == (3, 1.0)
    none = kendall(scores([1, np.nan]), scores([np.nan, 1]))
    assert (none.n, none.tau_b, none.exact) == (0, None, True)
    assert none.missing == "no municipality answered both scales"


def test_counts_have_no_tau_b_but_a_range() -> None:
    told = r"^Kendall's tau-b with its test needs .*; tau_b_bounds gives the range of "
    with pytest.raises(NeedsScores, match=rf"{told}tau-b that the counts allow$"):
        kendall([0, 5, 2, 2, 0], [1, 0, 5, 3, 0])


def test_kappa_by_hand() -> None:
    # Both yes 20, both no 15, yes-no 5, no-yes 10: observed agreement .7, by chance .5.
    first = pd.Series(["yes"] * 25 + ["no"] * 25)
    second = pd.Series(["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15)
    got = weighted_kappa(first, second, ["no", "yes"], weights="unweighted")
    assert (got.n, got.observed, got.expected) == (50, pytest.approx(0.3), pytest.approx(0.5))
    assert got.kappa == pytest.approx(0.4)


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=12),
    st.sampled_from(["unweighted", "linear", "quadratic"]),
)
def test_kappa_is_by_the_mean_disagreement_over_all_pairs(
    codes: list[tuple[int, int]], weights: str
) -> None:
    first, second = np.array(codes).T
    cost = {
        "unweighted": lambda d: d != 0,
        "linear": lambda d: np.abs(d) / 4,
        "quadratic": lambda d: d**2 / 16,
    }[weights]
    observed = cost(first - second).mean()
    expected = cost(np.subtract.outer(first, second)).mean()
    got = weighted_kappa(pd.Series(first), pd.Series(second), range(1, 6), weights=weights)
    assert got.observed == pytest.approx(observed)
    assert got.expected == pytest.approx(expected)
    if expected == 0:
        assert got.kappa is None
        assert got.missing == "both used one and the same category throughout"
    else:
        assert got.kappa == pytest.approx(1 - observed / expected)


def test_kappa_takes_what_both_coded() -> None:
    first, second = pd.Series({"a": 1, "b": 2, "c": None}), pd.Series({"b": 2, "c": 1, "d": 2})
    assert weighted_kappa(first, second, [1, 2]).n == 1
    nothing = weighted_kappa(first, second[["d"]], [1, 2])
    assert (nothing.n, nothing.kappa, nothing.missing) == (0, None, "no item was coded by both")


def test_faulty_codes_are_named() -> None:
    codes = pd.Series([1, 2])
    with pytest.raises(ValueError, match=r"2: not among \[1, 3\]"):
        weighted_kappa(codes, codes, [1, 3])
    with pytest.raises(ValueError, match=r"^'b', 'a': not among \['c', 'd'\]$"):
        weighted_kappa(pd.Series(["b", "a", "b", "c"]), codes, ["c", "d"])
    with pytest.raises(ValueError, match="two or more categories"):
        weighted_kappa(codes, codes, [1])
    with pytest.raises(ValueError, match="occurs twice"):
        weighted_kappa(codes.set_axis(["a", "a"]), codes, [1, 2])
