"""Rounds in a row, against every answer of the silent ones and every way to pair two rounds."""

from itertools import combinations_with_replacement, permutations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from swt_analysis.problems import InvalidError
from swt_analysis.statistics.history import (
    answer_history,
    path,
    path_shift,
    round_agreement,
    round_agreement_bounds,
)
from swt_analysis.statistics.scores import NeedsScores

pytestmark = pytest.mark.filterwarnings("error")

counts3 = st.lists(st.integers(0, 3), min_size=3, max_size=3)


def tidy(*rounds: list[int]) -> pd.DataFrame:
    """Counts of one scale, in rounds from 2014 on."""
    rows = [
        (2014 + i, 4, point, count)
        for i, here in enumerate(rounds)
        for point, count in enumerate(here, 1)
    ]
    return pd.DataFrame(rows, columns=["round", "scale", "point", "count"])


def answers(count: list[int]) -> list[int]:
    return [point for point, n in enumerate(count, 1) for _ in range(n)]


def balance(points: list[int]) -> float:
    return float(np.mean(np.sign(np.array(points) - 2)))


def completed(count: list[int], silent: int) -> list[list[int]]:
    """Every round there can be, whatever the silent ones would have chosen."""
    more = combinations_with_replacement([1, 2, 3], silent)
    return [sorted([*answers(count), *one]) for one in more]


@settings(max_examples=80)
@given(counts3, counts3, st.integers(0, 3), st.integers(0, 3))
def test_a_path_and_its_shift_bound_every_answer_of_the_silent_ones(
    first: list[int], second: list[int], one: int, other: int
) -> None:
    asked = {2014: sum(first) + one, 2015: sum(second) + other}
    if not all(asked.values()):
        return
    got = path(tidy(first, second), asked)
    every = [completed(first, one), completed(second, other)]
    for year, count, worlds in zip(asked, (first, second), every, strict=True):
        here = got.loc[(4, year)]
        assert here["n"] == sum(count)
        assert here["silent"] == asked[year] - sum(count)
        ends = [balance(world) for world in worlds]
        assert here[["balance_low", "balance_high"]].to_list() == pytest.approx(
            [min(ends), max(ends)]
        )
        assert here["median_low"] == min(world[(len(world) - 1) // 2] for world in worlds)
        assert here["median_high"] == max(world[len(world) // 2] for world in worlds)
        if sum(count):
            assert here["balance"] == pytest.approx(balance(answers(count)))
        else:
            assert np.isnan(here["balance"])
    shift = path_shift(got).loc[4]
    moved = [balance(after) - balance(before) for before, after in product(*every)]
    assert path_shift(got).index.name == "scale"
    assert shift[["low", "high"]].to_list() == pytest.approx([min(moved), max(moved)])


def test_a_path_needs_rounds_that_can_be() -> None:
    counts = tidy([1, 1, 1])
    with pytest.raises(InvalidError, match="round 2014: say how many municipalities it asked"):
        path(counts, {2015: 3})
    with pytest.raises(InvalidError, match="round 2014, scale 4: 3 answers of 2 municipalities"):
        path(counts, {2014: 2})
    with pytest.raises(InvalidError, match="needs counts with columns round and scale"):
        path(counts.drop(columns="scale"), {2014: 3})
    assert path_shift(path(counts, {2014: 3})).empty


def places(**answered: dict[int, bool]) -> pd.DataFrame:
    rows = [(year, name, on) for name, rounds in answered.items() for year, on in rounds.items()]
    return pd.DataFrame(rows, columns=["round", "municipality", "on_scheme"])


def test_who_answers_how_often_by_hand() -> None:
    table = places(
        A={2014: True, 2015: False, 2016: True},
        B={2014: False, 2015: False},
        C={2014: True, 2015: True},
        D={2016: False},
        E={2014: False, 2015: False, 2016: False},
    )
    scores = pd.DataFrame(
        [(2014, "A", 1, 2), (2016, "A", 1, None), (2016, "A", 2, 3), (2014, "C", 1, 1)],
        columns=["round", "municipality", "scale", "point"],
    )
    mergers = pd.DataFrame(
        {"municipality": ["B", "C"], "into": "D", "year": 2016, "carries_on": [True, True]}
    )
    got = answer_history(table, scores, mergers)
    assert got.loc[["A", "D", "E"], ["asked", "answered", "there"]].to_numpy().tolist() == [
        [3, 2, True],
        [3, 2, True],  # C answered in 2014 and 2015, and carries on in D
        [3, 0, True],
    ]
    assert got["last"].to_list() == [2016, 2015, pd.NA]
    assert got[[1, 2]].to_numpy().tolist() == [[1, 1], [1, 0], [0, 0]]
    apart = answer_history(table, scores, mergers.assign(carries_on=False))
    assert apart.loc["D", ["asked", "answered"]].to_list() == [1, 0]
    assert not apart.loc["C", "there"]
    assert list(answer_history(table)) == ["asked", "answered", "last", "there"]
    untold = answer_history(table.astype({"on_scheme": "boolean"}).replace({True: pd.NA}))
    assert untold["answered"].to_list() == [0, 0, 0, 0, 0]


def kappa(before: list[int], after: list[int], k: int = 3) -> float:
    """Cohen's (1968) weighted kappa by its definition, over pairs of municipalities."""
    steps = [abs(a - b) for a, b in zip(before, after, strict=True)]
    chance = [abs(a - b) for a in before for b in after]
    return 1 - float(np.mean(steps) / np.mean(chance))


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), min_size=2, max_size=8))
def test_agreement_of_two_rounds_is_that_of_scipy_and_of_the_definition(
    pairs: list[tuple[int, int]],
) -> None:
    names = pd.Index([f"m{i}" for i in range(len(pairs))], name="municipality")
    before, after = (list(one) for one in zip(*pairs, strict=True))
    got = round_agreement(pd.Series(before, names), pd.Series(after, names), 3).iloc[0]
    assert got["paired"] == len(pairs)
    assert got["same"] == sum(a == b for a, b in pairs)
    if len({*before, *after}) > 1:
        assert got["kappa"] == pytest.approx(kappa(before, after))
    else:
        assert np.isnan(got["kappa"])
    if len(set(before)) > 1 and len(set(after)) > 1:
        assert got["tau_b"] == pytest.approx(kendalltau(before, after).statistic)
    else:
        assert np.isnan(got["tau_b"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 3), min_size=6, max_size=6),
    st.lists(st.integers(1, 3), min_size=6, max_size=6),
)
def test_agreement_of_counts_is_bounded_by_every_way_to_pair_them(
    before: list[int], after: list[int]
) -> None:
    f, g = ([here.count(point) for point in (1, 2, 3)] for here in (before, after))
    got = round_agreement_bounds(f, g)
    ways = set(permutations(after))
    if len({*before, *after}) > 1:
        every = [kappa(before, list(way)) for way in ways]
        assert got.loc["kappa"].to_list() == pytest.approx([min(every), max(every)])
    else:
        assert got.loc["kappa"].isna().all()
    if len(set(before)) > 1 and len(set(after)) > 1:
        every = [kendalltau(before, way).statistic for way in ways]
        assert got.loc["tau_b"].to_list() == pytest.approx([min(every), max(every)])
    else:
        assert got.loc["tau_b"].isna().all()


def test_agreement_of_counts_needs_the_same_municipalities() -> None:
    with pytest.raises(ValueError, match="5 answers before, 4 after"):
        round_agreement_bounds([2, 2, 1], [2, 2, 0])
    with pytest.raises(NeedsScores, match="round_agreement_bounds bounds it"):
        round_agreement([2, 2, 1], [2, 2, 1], 3)  # type: ignore[arg-type]


def test_scales_of_unlike_length_have_points_of_their_own() -> None:
    names = pd.Index(["A", "B", "C"], name="municipality")
    before = pd.DataFrame({1: [1, 2, 3], 2: [1, 2, None]}, names)
    after = pd.DataFrame({1: [1, 2, 2], 2: [2, 1, 2], 3: [1, 1, 1]}, names)
    got = round_agreement(before, after, {1: 3, 2: 2, 3: 2})
    assert got["paired"].to_dict() == {1: 3, 2: 2}
    assert got["kappa"].to_dict() == pytest.approx({1: 0.5714285714285714, 2: -1.0})
