"""Distances by hand, and trees of municipalities with and without structure."""

import numpy as np
import pandas as pd
import pytest

from swt_analysis.statistics.scores import NeedsScores
from swt_analysis.statistics.typology import chance_stability, cluster_municipalities, gower

pytestmark = pytest.mark.filterwarnings("error")

POINTS = dict.fromkeys(range(1, 12), 5)


def rows(values: object) -> pd.DataFrame:
    table = pd.DataFrame(values)
    table.index = pd.Index([f"m{i}" for i in range(len(table))], name="municipality")
    return table.set_axis(range(1, table.shape[1] + 1), axis=1)


def two_groups(scales: int = 11) -> pd.DataFrame:
    rng = np.random.default_rng(2014)
    low, high = rng.integers(1, 3, (4, scales)), rng.integers(4, 6, (5, scales))
    return rows(np.vstack([low, high]))


def test_distance_by_hand() -> None:
    # Over the two scales that m0 and m1 both answered: (4/4 + 1/2) / 2; the range is the scale's.
    scores = rows([[1, 3, 2], [5, 2, np.nan], [np.nan, np.nan, 2]])
    got = gower(scores, {1: 5, 2: 3, 3: 5})
    assert got.loc["m0", "m1"] == pytest.approx(0.75)
    assert got.loc["m0", "m2"] == 0
    assert np.isnan(got.loc["m1", "m2"])
    assert (np.diag(got) == 0).all()
    pd.testing.assert_frame_equal(got, got.T, check_names=False)


def test_two_groups_stand_apart_whatever_scale_is_left_out() -> None:
    scores = two_groups()
    got = cluster_municipalities(scores, POINTS)
    groups = [int(name[1:]) < 4 for name in got.order]
    assert groups in ([True] * 4 + [False] * 5, [False] * 5 + [True] * 4)
    assert sorted(got.order) == sorted(scores.index)
    assert got.cophenetic > 0.95
    assert list(got.without_scale.index) == list(scores.columns)
    assert got.without_scale.min() > np.nanmax(chance_stability(scores, POINTS, shuffles=19))


def test_answers_without_structure_are_no_firmer_than_chance() -> None:
    rng = np.random.default_rng(2014)
    scores = rows(rng.integers(1, 6, (9, 11)))
    chance = chance_stability(scores, POINTS, shuffles=99)
    assert len(chance) == 99
    assert cluster_municipalities(scores, POINTS).without_scale.min() < np.quantile(chance, 0.95)
    assert (chance == chance_stability(scores, POINTS, shuffles=99)).all()


def test_the_tree_of_average_linkage_by_hand() -> None:
    # On one scale at 1, 2 and 5: 1 and 2 join at 1/4, 5 at the mean of 3/4 and 4/4.
    got = cluster_municipalities(rows([[1], [2], [5]]), {1: 5})
    assert got.tree[:, 2] == pytest.approx([1 / 4, 7 / 8])
    assert got.order[1] == "m1"
    assert got.without_scale.isna().all()


def test_all_the_same_have_distances_of_zero_and_no_correlation() -> None:
    got = cluster_municipalities(rows([[3, 3]] * 4), POINTS)
    assert (got.distances == 0).all(axis=None)
    assert got.cophenetic is None
    assert got.without_scale.isna().all()


def test_blanks_are_left_out_pair_by_pair() -> None:
    scores = two_groups().astype(float)
    scores.iloc[0, 1:] = np.nan
    got = cluster_municipalities(scores, POINTS)
    assert "m0" in got.order
    assert np.isnan(got.without_scale[1])
    assert got.without_scale.drop(1).notna().all()
    scores.iloc[0] = np.nan
    assert "m0" not in cluster_municipalities(scores, POINTS).order


def test_fewer_than_three_have_no_typology() -> None:
    assert cluster_municipalities(rows([[1, 2], [2, 3]]), POINTS) is None
    assert cluster_municipalities(rows([[1, 2], [2, 3], [np.nan, np.nan]]), POINTS) is None


def test_municipalities_without_a_scale_in_common_are_named() -> None:
    with pytest.raises(ValueError, match="m1 and m2 answered no scale in common"):
        cluster_municipalities(rows([[1, 2], [np.nan, 3], [2, np.nan]]), POINTS)


def test_counts_have_no_typology() -> None:
    counts = pd.DataFrame([[0, 5, 2, 2, 0], [1, 0, 5, 3, 0]]).rename_axis("scale")
    for function in (cluster_municipalities, gower, chance_stability):
        with pytest.raises(NeedsScores, match="a typology of municipalities needs the score"):
            function(counts, POINTS)


def test_municipalities_that_occur_twice_are_named() -> None:
    twice = rows([[1, 2], [2, 3], [3, 4], [4, 4]]).rename({"m0": "m1", "m2": "m3"})
    with pytest.raises(ValueError, match=r"^m1, m3: occurs twice; keep one row$"):
        cluster_municipalities(twice, POINTS)


def test_shuffling_needs_every_answer() -> None:
    with pytest.raises(ValueError, match="answered every scale"):
        chance_stability(rows([[1, 2], [2, np.nan], [3, 3]]), POINTS)


def test_another_order_of_the_municipalities_gives_the_same_tree() -> None:
    rng = np.random.default_rng(2015)
    scores = rows(rng.integers(1, 6, (9, 11)))
    shuffled = scores.sample(frac=1, random_state=1)
    here, there = cluster_municipalities(scores, POINTS), cluster_municipalities(shuffled, POINTS)
    names = list(scores.index)
    pd.testing.assert_frame_equal(there.distances.loc[names, names], here.distances)
    assert there.tree[:, 2] == pytest.approx(here.tree[:, 2])
    assert there.without_scale.to_list() == pytest.approx(here.without_scale.to_list())
    assert there.order in (here.order, here.order[::-1])
