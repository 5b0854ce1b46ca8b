"""Bounds on groups against every placement, and groups with scores against R and SciPy."""

from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import permutation_test, rankdata

from swt_analysis.problems import InvalidError
from swt_analysis.statistics.comparisons import compare_groups, smallest_group_p
from swt_analysis.statistics.groups import delta_bounds, group_bounds
from swt_analysis.statistics.scores import NeedsScores

pytestmark = pytest.mark.filterwarnings("error")

GROUPS = ["a", "b", None]


@st.composite
def rounds(draw: st.DrawFn) -> tuple[dict[str, str | None], dict[str, int | None], set[str]]:
    """Up to six municipalities: their group, their point (None: no answer), who is known."""
    number = draw(st.integers(2, 6))
    names = [f"m{i}" for i in range(number)]
    groups = dict(
        zip(names, draw(st.lists(st.sampled_from(GROUPS), min_size=number)), strict=False)
    )
    points = st.one_of(st.none(), st.integers(1, 4))
    truth = {name: draw(points) for name in names}
    return groups, truth, {name for name in names if draw(st.booleans()) and draw(st.booleans())}


def counted(truth: dict[str, int | None], k: int = 4) -> pd.DataFrame:
    points = range(1, k + 1)
    count = [sum(one == point for one in truth.values()) for point in points]
    return pd.DataFrame({"scale": 1, "point": points, "count": count})


def placed(truth: dict[str, int | None], known: set[str]) -> pd.DataFrame:
    rows = [(name, 1, point) for name, point in truth.items() if name in known]
    table = pd.DataFrame(rows, columns=["municipality", "scale", "point"])
    return table.astype({"point": "Int64"})


def worlds(truth: dict[str, int | None], known: set[str]) -> list[dict[str, int | None]]:
    """Every way to place the unknown ones."""
    unknown = [name for name in truth if name not in known]
    orders = set(permutations(truth[name] for name in unknown))
    return [truth | dict(zip(unknown, order, strict=True)) for order in orders]


def cliff(first: list[int], second: list[int]) -> float:
    return float(np.mean([np.sign(b - a) for a in first for b in second]))


def of_group(world: dict[str, int | None], groups: dict[str, str | None], name: str) -> list[int]:
    return sorted(p for one, p in world.items() if groups.get(one) == name and p is not None)


@settings(max_examples=120)
@given(rounds())
def test_the_bounds_are_those_of_every_placement(given_round: tuple) -> None:  # type: ignore[type-arg]
    groups, truth, known = given_round
    groups = {name: groups.get(name) for name in truth}
    if not {"a", "b"} <= set(groups.values()):
        return
    member = pd.Series(groups, dtype=object)
    got = group_bounds(counted(truth), member, placed(truth, known))
    apart = delta_bounds(counted(truth), member, placed(truth, known)).iloc[0]
    every = worlds(truth, known)
    for name in ("a", "b"):
        answers = [of_group(world, groups, name) for world in every]
        expected = {
            "n": [len(one) for one in answers],
            **{str(p): [one.count(p) for one in answers] for p in range(1, 5)},
            "left": [sum(p < 2.5 for p in one) for one in answers],
            "middle": [0],
            "right": [sum(p > 2.5 for p in one) for one in answers],
        }
        here = got.loc[(1, name)]
        for measure, values in expected.items():
            assert here.loc[measure].to_list() == [min(values), max(values)], measure
        some = [one for one in answers if one]
        if some:
            low = min(one[(len(one) - 1) // 2] for one in some)
            high = max(one[len(one) // 2] for one in some)
            assert here.loc["median"].to_list() == [low, high]
        else:
            assert here.loc["median"].isna().all()
    both = [(of_group(world, groups, "a"), of_group(world, groups, "b")) for world in every]
    deltas = [cliff(*pair) for pair in both if all(pair)]
    if deltas:
        assert (apart["low"], apart["high"]) == pytest.approx((min(deltas), max(deltas)))
    else:
        assert np.isnan(apart["low"])
        assert np.isnan(apart["high"])


def test_with_every_name_known_both_ends_are_the_same() -> None:
    truth = {"m0": 1, "m1": 4, "m2": 2, "m3": None}
    groups = {"m0": "a", "m1": "b", "m2": "b", "m3": "a"}
    got = group_bounds(counted(truth), groups, placed(truth, set(truth)))
    assert (got["low"] == got["high"]).drop((1, "b", "median")).all()
    assert got.loc[(1, "b", "median")].to_list() == [2, 4]  # between the two middle ones
    assert delta_bounds(counted(truth), groups, placed(truth, set(truth)))["low"].item() == 1


def test_what_cannot_be_is_refused() -> None:
    counts = counted({"m0": 1, "m1": 2})
    with pytest.raises(InvalidError, match="2 answers of 1 municipalities; groups must have"):
        group_bounds(counts, {"m0": "a"})
    with pytest.raises(InvalidError, match="no municipality has a group"):
        group_bounds(counts, pd.Series([None, None], ["m0", "m1"], dtype=object))
    with pytest.raises(InvalidError, match="'m9' is placed, and not among"):
        group_bounds(counts, {"m0": "a", "m1": "b"}, placed({"m9": 1}, {"m9"}))
    with pytest.raises(InvalidError, match="more are placed at a point"):
        group_bounds(counts, {"m0": "a", "m1": "b"}, placed({"m0": 3}, {"m0"}))
    with pytest.raises(InvalidError, match="m0: occurs twice"):
        group_bounds(counts, pd.Series(["a", "b"], ["m0", "m0"]))
    twice = pd.concat([counts.assign(round=2014), counts.assign(round=2015)])
    with pytest.raises(InvalidError, match="counts of several rounds"):
        group_bounds(twice, {"m0": "a", "m1": "b"})


# pvalue(wilcox_test(..., distribution = "exact")) of R's coin 1.4.2, by tests/statistics/coin.R.
COIN = [
    ([2, 2, 3, 4], [3, 4, 4, 5, 5], 0.0793650793650794),
    ([1], [2, 3, 3, 5], 0.4),
    ([1, 1, 2, 5, 3, 3], [2, 2, 2, 4, 5], 0.675324675324675),
    ([1, 2, 2, 3, 3, 3, 4, 1, 2], [2, 3, 4, 4, 5, 5, 3, 4, 4, 5], 0.00667907943449739),
    ([5, 5, 4], [1, 2, 1], 0.1),
]


def scored(**groups: list[int]) -> tuple[pd.Series, pd.Series]:
    """Scores of groups, and the group of each municipality."""
    points = [point for here in groups.values() for point in here]
    names = pd.Index([f"m{i}" for i in range(len(points))], name="municipality")
    kinds = [name for name, here in groups.items() for _ in here]
    return pd.Series(points, names), pd.Series(kinds, names)


@pytest.mark.parametrize(("first", "second", "p"), COIN)
def test_the_p_of_two_groups_is_that_of_coin(first: list[int], second: list[int], p: float) -> None:
    got = compare_groups(*scored(a=first, b=second)).iloc[0]
    assert got["exact"]
    assert got["p_value"] == pytest.approx(p, abs=1e-12)
    assert got["cliff_d"] == pytest.approx(cliff(first, second))


def test_the_p_of_three_groups_is_that_of_scipy_with_holm_over_all() -> None:
    groups = {"a": [1, 1, 2, 2], "b": [3, 4, 4], "c": [2, 5, 5]}
    got = compare_groups(*scored(**groups))
    assert got[["first", "second"]].to_numpy().tolist() == [["a", "b"], ["a", "c"], ["b", "c"]]
    assert got.attrs["comparisons"] == 3
    expected = []
    for one, other in combinations(groups.values(), 2):
        ranks = rankdata([*one, *other])
        test = permutation_test(
            (ranks[: len(one)], ranks[len(one) :]),
            lambda x, y: abs(x.sum() - len(x) * (len(x) + len(y) + 1) / 2),
            permutation_type="independent",
            alternative="greater",
            n_resamples=np.inf,
        )
        expected.append(test.pvalue)
    assert got["p_value"].to_list() == pytest.approx(expected)
    order, largest = np.argsort(expected), 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, expected[i] * (3 - rank)))
        assert got["p_holm"].iloc[i] == pytest.approx(largest)


@pytest.mark.parametrize("n", range(1, 5))
@pytest.mark.parametrize("m", range(1, 5))
def test_no_answers_give_a_smaller_p_than_the_smallest(n: int, m: int) -> None:
    found = [
        compare_groups(*scored(a=list(one), b=[2 if i < j else 3 for i in range(m)]))
        for one in ([1] * n, [2] * n, [2] * (n - 1) + [3])
        for j in range(m + 1)
    ]
    assert min(one["p_value"].item() for one in found) == pytest.approx(smallest_group_p(n, m))
    assert smallest_group_p(n, m, 1000) <= 1


def test_a_group_of_nobody_gives_no_p() -> None:
    assert smallest_group_p(0, 3) is None


def test_counts_are_no_groups_and_the_error_names_the_bounds() -> None:
    with pytest.raises(NeedsScores, match="delta_bounds gives what is possible"):
        compare_groups([1, 2, 3], {"m0": "a", "m1": "b"})  # type: ignore[arg-type]
