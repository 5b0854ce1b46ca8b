"""Every bad input ends in a plain line that says where it is, and nothing is written."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.bad_input.trying import KINDS, cases, quick, run
from tests.conftest import ROOT

FAST = quick()


ROWS = [name if name in FAST else pytest.param(name, marks=pytest.mark.slow) for name in cases()]


@pytest.mark.parametrize("name", ROWS)
def test_it_is_told_where_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    case = cases()[name]
    code, said, changed = run(tmp_path, case)
    assert code == case["exit"], said
    for words in case["told"]:
        assert words in said
    assert "Traceback" not in said
    if code:
        made = ("reports/",) if case["run"][0] == "report" else ()  # the other pages are listed
        assert [one for one in changed if not one.startswith(made)] == []


def test_the_table_counts_what_the_page_on_reliability_says() -> None:
    page = (ROOT / "docs/reliability.md").read_text("utf-8")
    section = page.split("## Bad input\n")[1].split("\n## ")[0]
    told = {
        int(number): (what.strip(), int(count))
        for number, what, count in re.findall(r"^\| (\d+) \| (.+?) \| (\d+) \|.*\|$", section, re.M)
    }
    number = Counter(case["kind"] for case in cases().values())
    assert told == {kind: (what, number[kind]) for kind, what in KINDS.items()}
    assert all((ROOT / one).exists() for one in re.findall(r"`(tests/[^`]+\.py)`", section))
    assert number.total() >= 300
