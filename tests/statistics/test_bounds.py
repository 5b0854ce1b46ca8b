"""Bounds and intervals against enumeration of every population and placement."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, binom, hypergeom

from swt_analysis.statistics.bounds import (
    count_bounds,
    counts_of_percentage,
    finite_interval,
    infinite_interval,
    percentage_interval,
    placements,
    summary_bounds,
)
from swt_analysis.statistics.ordinal import summarise

pytestmark = pytest.mark.filterwarnings("error")


def test_the_silent_may_all_or_none_be_hits() -> None:
    assert count_bounds(5, 2) == (5, 7)
    with pytest.raises(ValueError, match="nonrespondents must be 0 or more"):
        count_bounds(5, -1)
    with pytest.raises(ValueError, match="hits must be 0 or more"):
        count_bounds(-1, 5)


def test_placements_are_all_and_different() -> None:
    got = placements(4, 3)
    assert len({tuple(row) for row in got.tolist()}) == 15  # 6 over 2
    assert (got.sum(axis=1) == 4).all()
    assert placements(0, 5).tolist() == [[0] * 5]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=2, max_size=5), st.integers(0, 4))
def test_bounds_are_the_extremes_over_every_placement_of_the_silent(
    counts: list[int], silent: int
) -> None:
    bounds = summary_bounds(counts, silent)
    tried = [summarise(extra + counts) for extra in placements(silent, len(counts))]
    for name, got in bounds.items():
        values = [getattr(summary, name) for summary in tried]
        if None in values:
            assert got is None
        else:
            assert got == pytest.approx((min(values), max(values))), name


def test_two_silent_municipalities_move_the_agreement_far() -> None:
    low, high = summary_bounds([5, 2, 2, 0, 0], nonrespondents=2)["agreement"]
    assert (round(low, 2), round(high, 2)) == (0.24, 0.73)


def test_many_silent_ones_leave_all_but_the_agreement_exact() -> None:
    bounds = summary_bounds([30, 40, 50, 20, 10], nonrespondents=200)
    at_one_point = np.array([30, 40, 50, 20, 10]) + 200 * np.eye(5, dtype=int)
    assert bounds["agreement"] is None
    # D grows as the cumulative counts 30, 70, 120, 140 plus g come nearer to half of 350, where g
    # never falls: best is one g for all, between 55 and 105. Nobody new in the middle, that is.
    assert bounds["leik_d"].high == pytest.approx(summarise([110, 40, 50, 20, 130]).leik_d)
    assert bounds["leik_d"].low == min(summarise(counts).leik_d for counts in at_one_point)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_finite_interval_covers_every_population(level: float) -> None:
    for population in range(1, 13):
        for sample in range(population + 1):
            intervals = [
                finite_interval(x, sample, population, level=level) for x in range(sample + 1)
            ]
            for truth in range(population + 1):
                chances = hypergeom.pmf(np.arange(sample + 1), population, truth, sample)
                covered = [low <= truth <= high for low, high in intervals]
                assert chances[covered].sum() >= level - 1e-12


def test_the_finite_interval_has_all_totals_that_the_sample_does_not_refute() -> None:
    for population, sample in [(11, 9), (20, 7), (403, 224)]:
        for hits in {0, 1, sample // 3, sample}:
            kept = [
                total
                for total in range(population + 1)
                if hypergeom.sf(hits - 1, population, total, sample) > 0.025
                and hypergeom.cdf(hits, population, total, sample) > 0.025
            ]
            assert finite_interval(hits, sample, population) == (kept[0], kept[-1])
            assert len(kept) == kept[-1] - kept[0] + 1


def test_a_census_leaves_nothing_open_and_no_sample_everything() -> None:
    assert finite_interval(4, 9, 9) == (4, 4)
    assert finite_interval(0, 0, 9) == (0, 9)
    assert infinite_interval(0, 0) == (0.0, 1.0)


def test_a_small_sample_of_a_large_population_is_as_from_one_without_end() -> None:
    low, high = finite_interval(7, 9, 10**6)
    assert (low / 10**6, high / 10**6) == pytest.approx(infinite_interval(7, 9), abs=1e-5)


def test_clopper_pearson_covers_and_wilson_does_not_always() -> None:
    covered = {}
    shares = np.linspace(0.001, 0.999, 999)
    for method in ("clopper-pearson", "wilson"):
        intervals = [infinite_interval(x, 9, method=method) for x in range(10)]
        covered[method] = min(
            sum(binom.pmf(x, 9, p) for x, (low, high) in enumerate(intervals) if low <= p <= high)
            for p in shares
        )
    assert covered["clopper-pearson"] >= 0.95
    assert covered["wilson"] < 0.95


def test_clopper_pearson_by_quantiles_of_the_beta_distribution() -> None:
    expected = beta.ppf(0.1, 7, 3), beta.ppf(0.9, 8, 2)
    assert infinite_interval(7, 9, level=0.8) == pytest.approx(expected)


def test_wilson_by_its_formula() -> None:
    # Wilson (1927): (p + z2/2n -+ z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n), x = 7 of 9.
    z, p, n = 1.959963984540054, 7 / 9, 9
    centre, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    expected = (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)
    assert infinite_interval(7, 9, method="wilson") == pytest.approx(expected)


def test_impossible_samples_are_refused() -> None:
    for hits, sample, population in [(5, 4, 9), (3, 10, 9), (-1, 4, 9)]:
        with pytest.raises(ValueError, match="must be 0 or more"):
            finite_interval(hits, sample, population)
    for hits, sample in [(5, 4), (-1, 4)]:
        with pytest.raises(ValueError, match="must be 0 or more"):
            infinite_interval(hits, sample)


@pytest.mark.parametrize(
    ("percentage", "base", "counts"),
    [(56, 9, [5]), (69, 224, [154, 155]), (50, 9, []), (0, 9, [0]), (100, 9, [9])],
)
def test_percentages_turn_back_into_counts(percentage: int, base: int, counts: list[int]) -> None:
    assert list(counts_of_percentage(percentage, base)) == counts


@given(st.integers(1, 400), st.integers(0, 2), st.data())
def test_a_count_is_among_those_that_its_percentage_allows(
    base: int, decimals: int, data: st.DataObject
) -> None:
    count = data.draw(st.integers(0, base))
    published = float(round(Fraction(100 * count, base), decimals))
    got = counts_of_percentage(published, base, decimals=decimals)
    assert count in got
    for other in got:
        assert abs(Fraction(100 * other, base) - Fraction(str(published))) <= Fraction(
            1, 2 * 10**decimals
        )


def test_an_interval_from_a_percentage_carries_both_counts() -> None:
    low, high = percentage_interval(69, 224, 403)
    assert low == finite_interval(154, 224, 403).low
    assert high == finite_interval(155, 224, 403).high
    # 155 of 224 is 69.196 %, 154 is 68.75 %: with a decimal only one count is left.
    assert percentage_interval(69.2, 224, 403, decimals=1) == finite_interval(155, 224, 403)
    assert percentage_interval(69.2, 224, 403, decimals=1, level=0.8) == (
        finite_interval(155, 224, 403, level=0.8)
    )
    with pytest.raises(ValueError, match=r"no count out of 9 gives 50 %"):
        percentage_interval(50, 9, 11)
