"""What changed between rounds: bounds against every world that fits, members, mergers."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swt_analysis.clean.mergers import carry_on, disagreements
from swt_analysis.statistics.change import (
    Round,
    Side,
    change_table,
    medians,
    members,
    movement,
    movers,
    participation,
)

NAMES = "ABCD"
POINTS = 3
NO_MERGERS = pd.DataFrame(columns=["municipality", "into", "year", "carries_on"])
MERGERS = pd.DataFrame(
    {"municipality": ["A", "B"], "into": "AB", "year": 2022, "carries_on": [True, True]}
)
answers = st.dictionaries(st.sampled_from(NAMES), st.sampled_from([None, 1, 2, 3]), max_size=4)


def side(told: dict[str, int | None], named: set[str], complete: bool) -> Side:
    points = [point for point in told.values() if point]
    known = {name: p for name, p in told.items() if p and (complete or name in named)}
    possible = frozenset(known) if complete else frozenset(told)
    return Side(np.bincount(points, minlength=POINTS + 1)[1:], known, possible)


def worlds(seen: Side) -> set[frozenset[tuple[str, int]]]:
    """Every way to hand out the marks to those who can have made them."""
    marks = [i + 1 for i, count in enumerate(seen.counts) for _ in range(count)]
    found = set()
    for who in permutations(sorted(seen.possible or ()), len(marks)):
        world = dict(zip(who, marks, strict=True))
        if all(world.get(name) == point for name, point in seen.placements.items()):
            found.add(frozenset(world.items()))
    return found


@settings(max_examples=60, deadline=None)
@given(answers, answers, st.sets(st.sampled_from(NAMES)), st.booleans(), st.booleans())
def test_the_bounds_are_those_of_all_worlds_that_fit(
    before: dict[str, int | None],
    after: dict[str, int | None],
    named: set[str],
    first: bool,
    second: bool,
) -> None:
    early, late = side(before, named, first), side(after, named, second)
    moved, paired = set(), set()
    for then in worlds(early):
        for now in worlds(late):
            there, here = dict(then), dict(now)
            both = there.keys() & here.keys()
            paired.add(len(both))
            moved.add(sum(there[name] != here[name] for name in both))
    bounds = movement(early, late)
    assert bounds["min_moved"] <= min(moved)
    assert bounds["max_moved"] >= max(moved)
    if "paired" in bounds:
        assert paired == {bounds["paired"]}
    if not (early.placements or late.placements):
        assert (bounds["min_moved"], bounds["max_moved"]) == (min(moved), max(moved))
        assert ("paired" in bounds) == (len(paired) == 1)


def test_whose_point_is_known_is_taken_off_the_counts() -> None:
    # A moved from 1 to 2; B and C hold a 1 and a 2 in both rounds, and stayed or changed places.
    everyone = frozenset("ABC")
    early = Side(np.array([2, 1, 0]), {"A": 1}, everyone)
    late = Side(np.array([1, 2, 0]), {"A": 2}, everyone)
    assert movement(early, late) == {"min_moved": 1, "max_moved": 3, "paired": 3}
    # A stayed at 1, so it was B who went from 1 to 2.
    both = frozenset("AB")
    early, late = (Side(np.array(counts), {"A": 1}, both) for counts in ([2, 0], [1, 1]))
    assert movement(early, late) == {"min_moved": 1, "max_moved": 1, "paired": 2}


def test_no_more_moved_than_can_have_answered_twice() -> None:
    early, late = (Side(np.array([1, 1]), {}, frozenset(names)) for names in ("AB", "BC"))
    assert movement(early, late) == {"min_moved": 0, "max_moved": 1, "paired": 1}


def test_rounds_that_name_nobody_are_bounded_if_as_many_answered() -> None:
    # One of the two at point 1 moved at least; at most all three did.
    early, late = (Side(np.array(counts), {}, None) for counts in ([2, 1], [1, 2]))
    assert movement(early, late) == {"min_moved": 1, "max_moved": 3}
    assert movement(early, Side(np.array([1, 1]), {}, None)) == {}


def test_moves_to_both_sides_are_all_moves() -> None:
    rounds = {2015: complete({"A": 2, "B": 3, "C": 1}), 2017: complete({"A": 3, "B": 2, "C": 4})}
    row = change_table(rounds, NO_MERGERS).iloc[0]
    assert row[["moved", "min_moved", "max_moved", "up", "down"]].to_list() == [3, 3, 3, 2, 1]


def scores(points: dict[str, int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "municipality": list(points),
            "scale": 1,
            "point": pd.array(list(points.values()), "Int64"),
        }
    )


def complete(points: dict[str, int]) -> Round:
    counts = pd.Series(points).value_counts().reindex(range(1, 6), fill_value=0)
    table = pd.DataFrame({"scale": 1, "point": counts.index, "count": counts.to_numpy()})
    return Round(table, scores(points), True, frozenset(points))


def test_every_pair_of_three_rounds_is_compared() -> None:
    rounds = {
        2015: complete(dict.fromkeys("ABCDEFGHI", 2)),
        2017: complete(dict.fromkeys("ABCDEFGHI", 3)),
        2019: complete({**dict.fromkeys("ABCDEFGH", 3), "J": 1}),
    }
    table = change_table(rounds, NO_MERGERS).set_index(["from_round", "to_round"])
    assert list(table.index) == [(2015, 2017), (2015, 2019), (2017, 2019)]
    assert table.loc[(2015, 2017), "p_value"] == pytest.approx(2 / 2**9)
    assert table.loc[(2015, 2019), ["paired", "entered", "left", "up"]].to_list() == [8, 1, 1, 8]
    assert table.loc[(2017, 2019), ["moved", "p_value"]].to_list() == [0, 1.0]
    # With all scores nothing is left to bound.
    assert table["min_moved"].to_list() == table["max_moved"].to_list() == [9, 8, 0]


@pytest.mark.parametrize(("point", "paired"), [(2, 3), (4, 2)])
def test_a_merger_carries_on_where_its_parts_agree(point: int, paired: int) -> None:
    rounds = {
        2020: complete({"A": 2, "B": point, "C": 3, "D": 3}),
        2023: complete({"AB": 5, "C": 3, "D": 4}),
    }
    row = change_table(rounds, MERGERS).iloc[0]
    assert row["paired"] == paired
    apart = change_table(rounds, MERGERS.assign(carries_on=False)).iloc[0]
    assert apart[["paired", "entered", "left"]].to_list() == [2, 1, 2]
    one = change_table(rounds, MERGERS.assign(carries_on=[True, False])).iloc[0]
    assert one[["paired", "entered", "left"]].to_list() == [3, 0, 1]


def test_a_blank_partner_of_a_merger_contradicts_nothing_and_who_differs_is_told() -> None:
    blank = scores({"A": 2, "B": None})
    assert carry_on(blank, MERGERS, 2023)["point"].to_list() == [2]
    assert disagreements(blank, MERGERS, 2023).empty
    differ = scores({"A": 2, "B": 4, "C": 1})
    assert carry_on(differ, MERGERS, 2023)["point"].isna().sum() == 1
    told = disagreements(differ, MERGERS, 2023)
    assert told.to_numpy().tolist() == [[1, "AB", "A", 2], [1, "AB", "B", 4]]
    assert disagreements(differ, MERGERS.assign(carries_on=False), 2023).empty


def test_a_merger_after_the_later_round_changes_nothing() -> None:
    table = scores({"A": 2, "B": 2})
    assert carry_on(table, MERGERS, 2021) is table
    assert carry_on(table, MERGERS, 2022)["municipality"].to_list() == ["AB"]


def test_members_and_movers_are_named() -> None:
    places = pd.DataFrame(
        {
            "round": [2020] * 4 + [2023] * 3,
            "municipality": [*"ABCD", "AB", "C", "E"],
            "on_scheme": [True, True, True, True, True, True, True],
        }
    )
    got = members(places, MERGERS, 2020, 2023)
    assert list(got) == list(members(places.iloc[:0], MERGERS, 2020, 2023))
    assert list(got) == ["membership", "municipality"]
    assert got.to_numpy().tolist() == [
        ["stayed", "AB"],
        ["stayed", "C"],
        ["entered", "E"],
        ["left", "D"],
    ]
    then, now = scores({"D": 2, "B": 3, "C": 1}), scores({"D": 2, "C": 4, "B": 1})
    both = pd.concat([then.assign(round=2020), now.assign(round=2023)])
    moved = movers(both, 2020, 2023)
    assert moved.reset_index().to_numpy().tolist() == [[0, 1, "B", 3, 1], [1, 1, "C", 1, 4]]
    assert list(moved) == ["scale", "municipality", "from_point", "to_point"]


def test_participants_stand_side_by_side_under_their_last_name() -> None:
    rows = [
        (2014, "mee", "MEE", 6, 1),
        (2014, "police", "Police", 2, 0),
        (2016, "mee", "MEE (support)", 7, 2),
        (2016, "school", "School", 3, 0),
        (2018, "nurse", "Nurse", 5, 0),
    ]
    columns = ["round", "participant", "label", "teams", "of_which_pilot"]
    table = participation(pd.DataFrame(rows, columns=columns), 2014, 2016, trial="trials")
    assert list(table) == ["participant", "2014", "2016", "2014, trials", "2016, trials"]
    assert table.fillna(-1).to_numpy().tolist() == [
        ["Police", 2, -1, 0, -1],
        ["MEE (support)", 6, 7, 1, 2],
        ["School", -1, 3, -1, 0],
    ]


def test_a_median_between_two_points_is_told_as_both() -> None:
    rows = [(2014, 1, 3, 3), (2014, 2, 2, 3), (2016, 1, 4, 4), (2016, 2, None, None)]
    columns = ["round", "scale", "low_median", "high_median"]
    table = medians(pd.DataFrame(rows, columns=columns).astype("Int64"))
    assert list(table) == ["scale", 2014, 2016]
    assert table.fillna("").to_numpy().tolist() == [[1, "3", "4"], [2, "2-3", ""]]
