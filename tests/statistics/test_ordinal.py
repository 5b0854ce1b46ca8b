"""Summaries against hand-computed and published values, and their invariants."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swt_analysis import statistics
from swt_analysis.statistics import association
from swt_analysis.statistics.bounds import placements
from swt_analysis.statistics.ordinal import agreement, leik_d, summarise

pytestmark = pytest.mark.filterwarnings("error")

any_counts = st.lists(st.integers(0, 12), min_size=2, max_size=8)
some_counts = any_counts.filter(any)


def test_agreement_of_the_published_example() -> None:
    # van der Eijk (2001), as computed by the R package agrmt.
    assert agreement([30, 40, 210, 130, 530, 50, 10]) == pytest.approx(0.6113333, abs=1e-7)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([9, 0, 0, 0, 0], (0.0, 1.0)),
        ([4, 0, 0, 0, 4], (1.0, -1.0)),
        ([2, 2, 2, 2, 2], (0.6, 0.0)),
        ([0, 0, 1, 0, 0], (0.0, 1.0)),
    ],
)
def test_spread_of_the_extremes(counts: list[int], expected: tuple[float, float]) -> None:
    assert leik_d(counts) == pytest.approx(expected[0])
    assert agreement(counts) == pytest.approx(expected[1])


def test_summary_by_hand() -> None:
    got = summarise([1, 3, 2, 1, 2])
    assert (got.n, got.modes, got.low_median, got.high_median) == (9, (2,), 3, 3)
    assert (got.left, got.middle, got.right) == (4, 2, 3)
    assert got.balance == pytest.approx(-1 / 9)
    # F = 1, 4, 6, 7 of 9: min(F, 1-F) = 1, 4, 3, 2, sum 10; 2 * 10 / (9 * 4)
    assert got.leik_d == pytest.approx(20 / 36)


def test_two_extremes_have_two_medians_and_two_modes() -> None:
    got = summarise([4, 0, 0, 0, 4])
    assert (got.low_median, got.high_median, got.modes) == (1, 5, (1, 5))


def test_no_answers_is_a_missing_value() -> None:
    got = summarise([0, 0, 0, 0, 0])
    assert (got.n, got.modes, got.low_median, got.balance) == (0, (), None, None)
    assert got.leik_d is None
    assert got.agreement is None


@pytest.mark.parametrize("counts", [[3], [], [1, -1], [1.5, 2], [[1, 2], [3, 4]]])
def test_what_are_no_counts_is_refused(counts: list[int]) -> None:
    with pytest.raises(ValueError, match="two or more whole numbers"):
        summarise(counts)


@given(some_counts)
def test_the_summary_is_that_of_the_answers_written_out(counts: list[int]) -> None:
    answers = np.repeat(np.arange(1, len(counts) + 1), counts)
    centre = (len(counts) + 1) / 2
    got = summarise(counts)
    assert got.low_median == np.quantile(answers, 0.5, method="inverted_cdf")
    assert got.high_median == -np.quantile(-answers, 0.5, method="inverted_cdf")
    assert got.left == (answers < centre).sum()
    assert got.middle == (answers == centre).sum()
    assert got.right == (answers > centre).sum()
    distance = np.abs(answers - np.median(answers)).mean()
    assert got.leik_d == pytest.approx(2 * distance / (len(counts) - 1))


@given(some_counts)
def test_reversing_the_scale_flips_the_balance_and_keeps_the_spread(counts: list[int]) -> None:
    here, there = summarise(counts), summarise(counts[::-1])
    assert here.balance == -there.balance
    assert math.isclose(here.agreement, there.agreement, abs_tol=1e-12)
    assert here.leik_d == there.leik_d
    assert here.low_median == len(counts) + 1 - there.high_median


@given(st.data())
def test_merging_rounds_adds_the_sides_and_never_narrows_the_spread(data: st.DataObject) -> None:
    k = data.draw(st.integers(2, 8))
    counts = st.lists(st.integers(0, 12), min_size=k, max_size=k).filter(any)
    one, other = data.draw(counts), data.draw(counts)
    first, second = summarise(one), summarise(other)
    merged = summarise([a + b for a, b in zip(one, other, strict=True)])
    for side in ("n", "left", "middle", "right"):
        assert getattr(merged, side) == getattr(first, side) + getattr(second, side)
    weights = np.array([first.n, second.n]) / merged.n
    assert math.isclose(merged.balance, weights @ [first.balance, second.balance], abs_tol=1e-12)
    # min(F, 1 - F) is concave, so D of the whole is at least the mean D of its parts.
    assert merged.leik_d >= weights @ [first.leik_d, second.leik_d] - 1e-12
    medians = [*(x for s in (first, second) for x in (s.low_median, s.high_median))]
    assert min(medians) <= merged.low_median <= merged.high_median <= max(medians)


@given(some_counts, st.integers(2, 50))
def test_shares_do_not_grow_with_respondents(counts: list[int], times: int) -> None:
    more = [count * times for count in counts]
    assert leik_d(more) == pytest.approx(leik_d(counts))
    assert agreement(more) == pytest.approx(agreement(counts))
    assert -1 - 1e-12 <= agreement(counts) <= 1 + 1e-12
    assert 0 <= leik_d(counts) <= 1


@given(some_counts)
def test_quartiles_are_answers_that_were_given(counts: list[int]) -> None:
    answers = np.repeat(np.arange(1, len(counts) + 1), counts)
    got = summarise(counts)
    assert got.lower_quartile == np.quantile(answers, 0.25, method="inverted_cdf")
    assert got.upper_quartile == np.quantile(answers, 0.75, method="inverted_cdf")


@given(some_counts)
def test_shares_are_of_all_answers_and_the_spread_reads_in_points(counts: list[int]) -> None:
    got = summarise(counts)
    assert got.left_share + got.middle_share + got.right_share == pytest.approx(1)
    assert got.right_share - got.left_share == pytest.approx(got.balance)
    answers = np.repeat(np.arange(1, len(counts) + 1), counts)
    assert got.mean_deviation == pytest.approx(np.abs(answers - np.median(answers)).mean())


def test_one_respondent() -> None:
    got = summarise([0, 0, 0, 1, 0])
    assert (got.low_median, got.high_median, got.lower_quartile, got.upper_quartile) == (4,) * 4
    assert (got.modes, got.balance, got.leik_d, got.agreement) == ((4,), 1.0, 0.0, 1.0)


def test_a_uniform_scale_has_every_mode() -> None:
    got = summarise([2, 2, 2, 2, 2])
    assert (got.modes, got.low_median, got.high_median) == ((1, 2, 3, 4, 5), 3, 3)
    assert (got.lower_quartile, got.upper_quartile, got.mean_deviation) == (2, 4, 1.2)


def test_what_is_missing_says_why() -> None:
    got = summarise([0, 0])
    assert got.missing == "no answers"
    assert (got.lower_quartile, got.left_share, got.mean_deviation) == (None, None, None)
    assert summarise([0, 1]).missing is None


def test_an_outlier_that_moves_closer_to_all_others_can_lower_the_agreement() -> None:
    # Every table of nine answers with a lone outlier, which moves one point towards the rest.
    moves = fell = 0
    for counts in placements(9, 5):
        for mirrored in (counts, counts[::-1]):
            outlier, *others = np.flatnonzero(mirrored)
            if mirrored[outlier] != 1 or not others:
                continue
            moved = mirrored.copy()
            moved[outlier : outlier + 2] += [-1, 1]
            moves += 1
            fell += agreement(moved) < agreement(mirrored) - 1e-12
            assert leik_d(moved) <= leik_d(mirrored)
    assert (fell, moves) == (74, 440)


def test_the_agreement_of_nine_random_answers() -> None:
    ways: Counter[float] = Counter()
    for counts in placements(9, 5):
        orders = math.factorial(9) // math.prod(map(math.factorial, counts.tolist()))
        ways[agreement(counts)] += orders
    assert sum(ways.values()) == 5**9
    values = sorted(ways)
    cumulative = np.cumsum([ways[value] for value in values]) / 5**9
    low, high = (values[int(np.searchsorted(cumulative, at))] for at in (0.025, 0.975))
    assert (round(low, 2), round(high, 2)) == (-0.33, 0.61)


def test_a_scale_without_answers_has_no_summary_but_its_numbers() -> None:
    empty = summarise([0, 0, 0])
    assert (empty.n, empty.modes, empty.left, empty.middle, empty.right) == (0, (), 0, 0, 0)
    assert (empty.low_median, empty.balance, empty.agreement) == (None, None, None)
    assert empty.missing == "no answers"


def test_the_package_gives_the_public_functions_of_its_modules() -> None:
    assert all(hasattr(statistics, name) for name in statistics.__all__)
    assert statistics.kendall is association.kendall
    with pytest.raises(AttributeError, match="no attribute 'mean'"):
        _ = statistics.mean
