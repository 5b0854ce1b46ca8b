"""Each bound against every placement, pairing or table there can be."""

from collections.abc import Iterator
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from swt_analysis.statistics.count_only import movement_bounds, tau_b_bounds, without_atypical
from swt_analysis.statistics.ordinal import summarise

pytestmark = pytest.mark.filterwarnings("error")

few_counts = st.lists(st.integers(0, 3), min_size=2, max_size=4).filter(lambda c: sum(c) <= 6)


def answers(counts: list[int]) -> list[int]:
    return np.repeat(np.arange(1, len(counts) + 1), counts).tolist()


@settings(max_examples=150, deadline=None)
@given(few_counts, st.data())
def test_leaving_out_covers_every_choice_of_atypical_teams(
    counts: list[int], data: st.DataObject
) -> None:
    marks = answers(counts)
    atypical = data.draw(st.integers(0, len(marks)))
    order = data.draw(st.permutations(marks))
    known_atypical = order[: data.draw(st.integers(0, atypical))]
    known_typical = order[atypical : data.draw(st.integers(atypical, len(marks)))]
    got = without_atypical(
        counts, atypical, known_atypical=known_atypical, known_typical=known_typical
    )
    remaining = []
    for chosen in combinations(range(len(marks)), atypical):
        out = [marks[i] for i in chosen]
        stay = [marks[i] for i in range(len(marks)) if i not in chosen]
        if holds(out, known_atypical) and holds(stay, known_typical):
            remaining.append(summarise([stay.count(p) for p in range(1, len(counts) + 1)]))
    assert got.n == len(marks) - atypical
    assert got.left == (min(s.left for s in remaining), max(s.left for s in remaining))
    assert got.right == (min(s.right for s in remaining), max(s.right for s in remaining))
    if got.n == 0:
        assert got.median is None
        return
    assert got.median == (
        min(s.low_median for s in remaining),
        max(s.high_median for s in remaining),
    )
    for name in ("low_median", "high_median", "lower_quartile", "upper_quartile", "balance"):
        values = [getattr(s, name) for s in remaining]
        assert getattr(got.leftmost, name) == min(values)
        assert getattr(got.rightmost, name) == max(values)


def holds(marks: list[int], known: list[int]) -> bool:
    return all(marks.count(point) >= known.count(point) for point in known)


def test_a_known_placement_narrows_the_range() -> None:
    # Nine on (0, 4, 1, 4, 0) without two: of the seven the fourth is at 2 if both were at 4, and
    # at 4 if both were at 2. One known at 4 leaves 2 to 3.
    free = without_atypical([0, 4, 1, 4, 0], 2)
    known = without_atypical([0, 4, 1, 4, 0], 2, known_atypical=[4])
    assert (free.median, known.median) == ((2, 4), (2, 3))
    assert (free.left, known.left) == ((2, 4), (3, 4))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"atypical": 1, "known_atypical": [2, 2]}, "2 atypical teams are known, 1 in total"),
        ({"atypical": 1, "known_atypical": [1]}, "more municipalities are known at point 1"),
        ({"atypical": 1, "known_typical": [3, 3]}, "more municipalities are known at point 3"),
        ({"atypical": 3, "known_typical": [2]}, "no room for 3 atypical teams"),
        ({"atypical": 1, "known_typical": [6]}, "point 6 is not on a scale of 1 to 3"),
    ],
)
def test_placements_that_cannot_be_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        without_atypical([0, 2, 1], **options)


def pairings(before: list[int], after: list[int], stayed: int) -> Iterator[list[int]]:
    for first in combinations(before, stayed):
        for second in set(permutations(after, stayed)):
            yield [abs(a - b) for a, b in zip(first, second, strict=True)]


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 4), st.data())
def test_movement_covers_every_way_to_follow_those_that_stayed(k: int, data: st.DataObject) -> None:
    point = st.integers(1, k)
    before, after = (data.draw(st.lists(point, max_size=5)) for _ in range(2))
    stayed = data.draw(st.integers(0, min(len(before), len(after))))
    counts = [[marks.count(p) for p in range(1, k + 1)] for marks in (before, after)]
    got = movement_bounds(*counts, stayed=stayed)
    steps = list(pairings(before, after, stayed))
    assert got.points == (min(map(sum, steps)), max(map(sum, steps)))
    moved = [sum(step > 0 for step in way) for way in steps]
    assert got.moved == (min(moved), max(moved))
    assert (got.entered, got.left) == (len(after) - stayed, len(before) - stayed)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 90), min_size=2, max_size=6), st.data())
def test_movement_of_many_is_by_the_closed_forms(counts: list[int], data: st.DataObject) -> None:
    after = data.draw(st.permutations(counts))
    f, g, n = np.array(counts), np.array(after), sum(counts)
    got = movement_bounds(counts, after)
    assert got.points.low == np.abs(f.cumsum() - g.cumsum()).sum()
    opposite = np.array(answers(counts)) - np.array(answers(after)[::-1])
    assert got.points.high == np.abs(opposite).sum()
    assert got.moved == (n - np.minimum(f, g).sum(), min(n, (2 * n - f - g).min()))


def test_movement_needs_to_know_who_stayed() -> None:
    with pytest.raises(ValueError, match="9 answers before, 8 after: say how many stayed"):
        movement_bounds([9, 0], [8, 0])
    with pytest.raises(ValueError, match="of 9 and 8 answers 9 cannot have stayed"):
        movement_bounds([9, 0], [8, 0], stayed=9)
    with pytest.raises(ValueError, match="2 and 3 points"):
        movement_bounds([9, 0], [9, 0, 0])


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 4), st.integers(2, 3), st.data())
def test_tau_b_ranges_over_every_pairing(k: int, m: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 6))
    x = data.draw(st.lists(st.integers(1, k), min_size=n, max_size=n))
    y = data.draw(st.lists(st.integers(1, m), min_size=n, max_size=n))
    got = tau_b_bounds([x.count(p) for p in range(1, k + 1)], [y.count(p) for p in range(1, m + 1)])
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert got is None
        return
    taus = [kendalltau(x, order).statistic for order in set(permutations(y))]
    assert got == pytest.approx((min(taus), max(taus)))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_tau_b_of_many_stays_within_its_range(counts: list[int], random: object) -> None:
    assume(sum(count > 0 for count in counts) > 1)
    x, y = answers(counts), answers(counts[::-1])
    low, high = tau_b_bounds(counts, counts[::-1])
    assert low == pytest.approx(kendalltau(x, y[::-1]).statistic)
    assert high == pytest.approx(kendalltau(x, y).statistic)
    random.shuffle(y)
    assert low - 1e-12 <= kendalltau(x, y).statistic <= high + 1e-12


def test_tau_b_needs_the_same_municipalities_and_more_than_one_point() -> None:
    with pytest.raises(ValueError, match="9 and 8 answers"):
        tau_b_bounds([4, 5], [4, 4])
    assert tau_b_bounds([9, 0], [4, 5]) is None
    assert tau_b_bounds([0, 0], [0, 0]) is None
