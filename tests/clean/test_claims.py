"""A cell of the claims that cannot be read is told."""

from pathlib import Path

import pandas as pd
import pytest

from swt_analysis.clean import misread

CLAIMS = pd.read_csv(
    Path(__file__).parents[2] / "data" / "raw" / "rounds" / "2014" / "claims.csv", dtype=str
)


def one(**cells: str) -> pd.DataFrame:
    names = ["kind", "subject", "set", "comparison", "stated", "base", "source"]
    speaks_of = "self_placement" if cells.get("kind") == "scale" else ""
    blank = {"claim": "x1", "speaks_of": speaks_of, **dict.fromkeys(names, "")}
    return pd.DataFrame([{**blank, **cells}])


def test_each_unreadable_cell_is_told_with_its_row_and_column() -> None:
    claims = CLAIMS.copy()
    claims.loc[0, "subject"] = "12"
    claims.loc[1, "set"] = "6"
    claims.loc[4, ["kind", "stated"]] = ["guess", "one"]
    faults = misread(claims, dict.fromkeys(range(1, 12), 5))
    assert [(fault.row, fault.column, fault.value) for fault in faults] == [
        (0, "subject", "12"),
        (1, "set", "6"),
        (4, "stated", "one"),
        (4, "kind", "guess"),
    ]
    assert faults[1].allowed == "must be points from 1 to 5"
    assert misread(CLAIMS, dict.fromkeys(range(1, 12), 5)) == []


@pytest.mark.parametrize(
    ("cells", "column", "allowed"),
    [
        ({"kind": "fact", "comparison": "more"}, "comparison", "does not go with kind 'fact'"),
        ({"kind": "fact", "subject": "brand"}, "subject", "must be FACT:VALUE"),
        ({"kind": "scale", "subject": "one"}, "subject", "must be the number of a scale"),
        ({"kind": "scale", "subject": "1", "set": "low"}, "set", "must be points, as 3 or 1-2"),
        (
            {"kind": "scale", "subject": "1", "set": "1", "comparison": "more"},
            "set",
            "must be two sets, A vs B, with 'more'",
        ),
        ({"kind": "scale", "set": "1 vs 2", "comparison": "="}, "set", "must be one set, with '='"),
        (
            {"kind": "scale", "subject": "1", "set": "1", "comparison": "=", "speaks_of": ""},
            "speaks_of",
            "must be self_placement or practice for a claim on a scale",
        ),
        ({"base": "0"}, "base", "must be a whole number from 1 on, or empty"),
        ({"comparison": "between", "stated": "5-2"}, "stated", "must be two numbers, as 90-150"),
        (
            {"comparison": "=", "stated": "7", "base": "5"},
            "stated",
            "may not be more than its base, 5",
        ),
    ],
)
def test_what_a_cell_of_a_claim_has_to_be_is_told(
    cells: dict[str, str], column: str, allowed: str
) -> None:
    faults = misread(one(**cells), dict.fromkeys(range(1, 12), 5))
    assert (column, allowed) in [(fault.column, fault.allowed) for fault in faults]


def test_a_base_of_nobody_is_told_once() -> None:
    cells = one(kind="scale", subject="1", set="2", comparison="=", stated="5", base="0")
    (fault,) = misread(cells, {1: 5})
    assert (fault.column, fault.value) == ("base", "0")
