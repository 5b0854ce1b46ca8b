"""``import swt_analysis as swt``: light, complete, documented; DataFrames in and out."""

import ast
import inspect
import subprocess
import sys
from collections.abc import Callable
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from scipy.stats import mannwhitneyu

import swt_analysis as swt
from swt_analysis.problems import InvalidError
from swt_analysis.statistics import bounds, ordinal
from swt_analysis.statistics.scores import NeedsScores

HEAVY = {"pandas", "numpy", "scipy", "matplotlib", "seaborn", "IPython", "difflib"}


def test_the_import_is_light() -> None:
    code = (
        "import time; start = time.process_time(); import swt_analysis; "
        "print(time.process_time() - start)"  # whatever else the machine does
    )
    command = [sys.executable, "-X", "importtime", "-c", code]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(3)]
    assert min(float(done.stdout) for done in runs) < 0.1
    loaded = {line.rpartition("|")[2].strip() for line in runs[0].stderr.splitlines()}
    assert "swt_analysis" in loaded
    assert not loaded & HEAVY
    assert [name for name in loaded if name.startswith("swt_analysis.")] == []


def test_tab_lists_the_public_names_and_the_tables() -> None:
    assert dir(swt) == sorted(swt.__all__)
    shell = InteractiveShell.instance()
    try:
        shell.user_ns |= {"swt": swt, "study": swt.open_study()}
        with provisionalcompleter():
            for text, expected in (("swt.", set(swt.__all__)), ('study.tables["sca', None)):
                found = {one.text for one in shell.Completer.completions(text, len(text))}
                assert found == (expected or {"scale_summaries", "scales"})
    finally:
        InteractiveShell.clear_instance()


def test_an_editor_and_a_type_checker_see_what_there_is() -> None:
    tree = ast.parse(Path(swt.__file__).read_text("utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name for node in block.body for alias in node.names}
    assert seen == set(swt.__all__) <= set(swt._MODULE_OF)


def test_an_unknown_name_says_which_was_meant() -> None:
    with pytest.raises(AttributeError, match=r"^swt has no 'sumarise'; did you mean 'summarise'\?"):
        swt.sumarise  # noqa: B018
    with pytest.raises(AttributeError, match=r"^swt has no 'xyz'$"):
        swt.xyz  # noqa: B018


def documented() -> list[tuple[str, object]]:
    """Every public function and class, and every public method; TILES and alt are neither."""
    found = [(name, getattr(swt, name)) for name in swt.__all__]
    found = [(name, thing) for name, thing in found if callable(thing)]
    for name, thing in [one for one in found if isinstance(one[1], type)]:
        methods = inspect.getmembers(thing, inspect.isfunction)
        found += [(f"{name}.{key}", one) for key, one in methods if not key.startswith("_")]
    return found


@pytest.mark.parametrize(("name", "thing"), documented(), ids=[name for name, _ in documented()])
def test_every_public_name_is_documented(name: str, thing: object) -> None:
    """`tests.test_examples` runs the examples."""
    doc = inspect.getdoc(thing) or ""
    assert doc[0].isupper()
    if "." in name:
        return
    assert "Examples\n--------\n>>> " in doc
    if inspect.isfunction(thing):
        before, _returns, after = doc.partition("\nReturns\n-------\n")
        assert after
        for parameter in inspect.signature(thing).parameters:
            assert parameter in before.partition("Parameters\n----------\n")[2]


def tidy(vectors: dict[tuple[int, int], list[int]]) -> pd.DataFrame:
    rows = [
        (*key, point, count)
        for key, counts in vectors.items()
        for point, count in enumerate(counts, 1)
    ]
    return pd.DataFrame(rows, columns=["round", "scale", "point", "count"])


counts = st.lists(st.integers(0, 9), min_size=2, max_size=7)


@settings(max_examples=50)
@given(st.lists(counts, min_size=1, max_size=4))
def test_a_table_of_counts_is_summarised_as_each_of_its_vectors(vectors: list[list[int]]) -> None:
    table = tidy({(2014, scale): vector for scale, vector in enumerate(vectors, 1)})
    found = swt.summarise(table.sample(frac=1, random_state=0).sort_values("scale"))
    for scale, vector in enumerate(vectors, 1):
        row, one = found.loc[(2014, scale)], ordinal.summarise(vector)
        for name in ("n", "left", "middle", "right"):
            assert row[name] == getattr(one, name)
        for name in ("low_median", "balance", "leik_d", "agreement", "upper_quartile"):
            value = getattr(one, name)
            assert pd.isna(row[name]) if value is None else row[name] == value
        assert row["modes"] == " ".join(map(str, one.modes))
        spread, alike = swt.leik_d(vector), swt.agreement(vector)
        np.testing.assert_equal(swt.leik_d(table)[2014, scale], spread)
        np.testing.assert_equal(swt.agreement(table)[2014, scale], alike)


def test_a_frame_of_one_kind_of_group_and_of_none() -> None:
    table = tidy({(2014, 1): [0, 5, 2, 2, 0], (2014, 2): [1, 0, 5, 3, 0]})
    by_scale = swt.summarise(table.drop(columns="round"))
    assert by_scale.index.name == "scale"
    assert by_scale["left"].to_dict() == {1: 5, 2: 1}
    assert (swt.leik_d(table).name, swt.agreement(table).name) == ("leik_d", "agreement")
    alone = table[table["scale"] == 1][["point", "count"]]
    assert swt.summarise(alone).equals(swt.summarise([0, 5, 2, 2, 0]))
    assert swt.leik_d(alone) == pytest.approx(1 / 3)
    assert swt.summarise(alone.astype(float)).equals(swt.summarise(alone))
    assert pd.isna(swt.agreement([0, 0, 0]))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pd.DataFrame({"punt": [1, 2], "count": [1, 2]}), "no column point, but punt, count; ren"),
        (pd.DataFrame({"point": [1, 1], "count": [1, 2]}), "point 1 occurs twice; give one round"),
        (pd.DataFrame({"point": [2, 3], "count": [1, 2]}), "there is no row for point 1; a point"),
        (pd.DataFrame({"point": [1, 2], "count": [1.5, 2]}), "must be whole numbers, not"),
        (pd.DataFrame({"point": [1, 2], "count": [1, None]}), "must be whole numbers, not"),
        (
            pd.DataFrame({"scale": 4, "points": 3, "point": [1, 2], "count": [1, 2]}),
            "scale 4: there is no row for point 3",
        ),
        ([1], "counts must be two or more whole numbers"),
    ],
)
def test_counts_that_cannot_be_read_say_what_to_do(table: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        swt.summarise(table)


def test_bounds_are_those_of_every_placement() -> None:
    vector, silent = [5, 2, 2, 0, 0], 2
    found = swt.summary_bounds(vector, silent)
    assert list(found) == ["low", "high"]
    assert found.index.name == "measure"
    added = [np.bincount(at, minlength=5) for at in product(range(5), repeat=silent)]
    every = [ordinal.summarise(np.array(vector) + one) for one in added]
    for measure, ends in found.iterrows():
        values = [getattr(one, str(measure)) for one in every]
        assert (ends["low"], ends["high"]) == pytest.approx((min(values), max(values)))
    table = tidy({(2014, 1): vector, (2014, 2): [1, 0, 5, 3, 0]})
    assert swt.summary_bounds(table, silent).loc[(2014, 1)].equals(found)
    assert swt.summary_bounds([0, 0], 0)["low"].isna().all()


def test_intervals_are_tables() -> None:
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I: 15 of 148, Wilson and exact.
    wilson = swt.infinite_interval(15, 148, method="wilson").loc["share"]
    assert wilson.round(4).to_list() == [0.0624, 0.1605]
    exact = swt.infinite_interval(15, 148).loc["share"]
    assert exact.round(4).to_list() == [0.0578, 0.1617]
    finite = swt.finite_interval(7, 9, 11)
    assert tuple(finite.loc["number"]) == bounds.finite_interval(7, 9, 11)
    assert finite.loc["share"].to_list() == pytest.approx([7 / 11, 9 / 11])


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: swt.finite_interval(9, 7, 11), "hits 9, sample 7, population 11: must be 0 <= "),
        (lambda: swt.infinite_interval(9, 7), "hits 9, sample 7: must be 0 <= hits <= sample"),
        (lambda: swt.summary_bounds([1, 2], silent=-1), "silent -1: must be 0 <= silent"),
    ],
)
def test_numbers_that_cannot_be_say_so(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidError, match=message):
        ask()


def test_bounds_of_two_rounds_and_of_two_scales_take_frames() -> None:
    table = tidy({(2014, 1): [0, 5, 2, 2, 0], (2015, 1): [0, 3, 4, 2, 0]})
    before, after = (table[table["round"] == year] for year in (2014, 2015))
    moved = swt.movement_bounds(before, after)
    assert moved.equals(swt.movement_bounds([0, 5, 2, 2, 0], [0, 3, 4, 2, 0]))
    assert moved.loc["moved"].to_list() == [2, 9]
    with pytest.raises(ValueError, match="counts of 2 rounds and scales; choose one of each"):
        swt.movement_bounds(table, after)
    assert swt.tau_b_bounds(before, after).index.to_list() == ["tau_b"]
    assert swt.tau_b_bounds([3, 0], [2, 1]).isna().all(axis=None)


NAMES = pd.Index([f"m{i}" for i in range(8)], name="municipality")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 5), min_size=2, max_size=8),
    st.data(),
)
def test_groups_are_compared_over_every_split(points: list[int], data: st.DataObject) -> None:
    n = data.draw(st.integers(1, len(points) - 1))
    scores = pd.Series(points, NAMES[: len(points)])
    groups = dict(zip(scores.index, ["a"] * n + ["b"] * (len(points) - n), strict=True))
    got = swt.compare_groups(scores, groups).iloc[0]
    first, second = points[:n], points[n:]
    # Cliff (1993): the share of pairs that the second wins minus that it loses.
    wins = [np.sign(b - a) for a in first for b in second]
    assert got["cliff_d"] == pytest.approx(np.mean(wins))
    assert got["superiority"] == pytest.approx((np.mean(wins) + 1) / 2)
    assert got["superiority"] == pytest.approx(mannwhitneyu(second, first).statistic / len(wins))
    splits = []
    for chosen in combinations(range(len(points)), n):
        rest = [points[i] for i in range(len(points)) if i not in chosen]
        splits.append(abs(sum(np.sign(b - points[i]) for i in chosen for b in rest)))
    assert got["p_value"] == pytest.approx(np.mean(np.array(splits) >= abs(sum(wins))))
    assert got["exact"]


def test_groups_without_ties_give_the_p_of_mann_and_whitney() -> None:
    scores = pd.Series([1, 2, 4, 7, 3, 5, 6, 8], NAMES)
    groups = pd.Series(["a"] * 4 + ["b"] * 4, NAMES)
    exact = mannwhitneyu(scores[:4], scores[4:], method="exact").pvalue
    assert swt.compare_groups(scores, groups)["p_value"].item() == pytest.approx(exact)


def test_many_municipalities_get_random_splits_and_it_is_said() -> None:
    names = pd.Index([f"m{i}" for i in range(342)], name="municipality")
    scores = pd.Series(np.arange(342) % 5 + 1, names)
    got = swt.compare_groups(scores, pd.Series(np.arange(342) % 2, names))
    assert not got["exact"].item()
    assert got["p_value"].item() > 0.5


def test_groups_that_cannot_be_compared() -> None:
    scores = pd.DataFrame({1: [1, 2, None], 2: [3, 3, 1]}, NAMES[:3])
    got = swt.compare_groups(scores, {"m0": "a", "m1": "a", "m2": "b"})
    assert got.loc[1, ["n_first", "n_second"]].to_list() == [2, 0]
    assert pd.isna(got.loc[1, "p_value"])
    assert got.loc[2, "p_holm"] == got.loc[2, "p_value"]
    with pytest.raises(ValueError, match=r"it takes two groups to compare, .* one at most: a"):
        swt.compare_groups(scores, {"m0": "a", "m1": "a"})
    with pytest.raises(ValueError, match="scores are of 'm0' and others, groups of 'x' and others"):
        swt.compare_groups(scores, {"x": "a", "y": "b"})


def test_rounds_are_compared_wide_tidy_or_one_scale() -> None:
    before = pd.DataFrame({4: [1, 2, 3], 5: [2, 2, None]}, NAMES[:3])
    after = pd.DataFrame({4: [2, 3, 3], 5: [1, 2, 3]}, NAMES[:3])
    wide = swt.compare_rounds(before, after)
    long = [
        table.reset_index().melt("municipality", var_name="scale", value_name="point")
        for table in (before, after)
    ]
    pd.testing.assert_frame_equal(swt.compare_rounds(*long), wide)
    tau = swt.kendall(before[4], after[4])
    assert swt.kendall(*(table[table["scale"] == 4] for table in long)) == tau
    with pytest.raises(InvalidError, match="scores of 2 scales; choose one"):
        swt.kendall(*long)
    one = swt.compare_rounds(before[4], after[4].rename("later"))
    assert one.index.to_list() == [4]
    assert one["up"].item() == 2


@pytest.mark.parametrize("function", [swt.compare_rounds, swt.kendall])
def test_an_index_of_another_name_is_told_to_be_renamed(function) -> None:
    scores = pd.Series([1, 2, 3], NAMES[:3].rename("gemeente"))
    told = r"the index is called 'gemeente'; .*: scores\.rename_axis\(\"municipality\"\)"
    with pytest.raises(ValueError, match=told):
        function(scores, scores)
    with pytest.raises(ValueError, match="the index has no name; if it has the municipalities"):
        function(scores.rename_axis(None), scores)


def test_municipalities_in_a_column_are_told_to_be_the_index() -> None:
    scores = pd.DataFrame({"gemeente": ["m0", "m1"], 1: [1, 2]})
    with pytest.raises(ValueError, match=r"column 'gemeente'.*set_index\('gemeente'\)"):
        swt.typology(scores, 5)
    with pytest.raises(ValueError, match="rename_axis"):
        swt.typology(scores.set_index("gemeente"), 5)
    with pytest.raises(ValueError, match="m0 occurs twice on scale 1; keep one score"):
        swt.typology(pd.DataFrame({"municipality": "m0", "scale": 1, "point": [1, 2]}), 5)


@pytest.mark.parametrize(
    "counts", [[0, 5, 2, 2, 0], pd.Series([0, 5, 2]), pd.DataFrame({"point": [1], "count": [2]})]
)
def test_counts_are_no_scores(counts: object) -> None:
    with pytest.raises(NeedsScores, match="a count-only round does not tell"):
        swt.compare_groups(counts, {"m0": "a", "m1": "b"})
