"""Every bad input ends in a plain line that says where it is, and nothing is written."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.bad_input.trying import KINDS, cases, run
from tests.conftest import ROOT


@pytest.mark.parametrize("name", cases())
def test_it_is_told_where_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    case = cases()[name]
    code, said, changed = run(tmp_path, case)
    assert code == case["exit"], said
    for words in case["told"]:
        assert words in said
    assert "Traceback" not in said
    if code:
        assert changed == []


def test_the_table_counts_what_the_page_on_reliability_says() -> None:
    page = (ROOT / "docs/reliability.md").read_text("utf-8")
    section = page.split("## Bad input\n")[1].split("\n## ")[0]
    told = {
        int(number): (what.strip(), int(count))
        for number, what, count in re.findall(r"^\| (\d+) \| (.+?) \| (\d+) \|$", section, re.M)
    }
    number = Counter(case["kind"] for case in cases().values())
    assert told == {kind: (KINDS[kind], number[kind]) for kind in KINDS if number[kind]}
    assert number.total() >= 290
