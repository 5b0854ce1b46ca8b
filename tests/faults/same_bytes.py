"""Make all reports in many circumstances and compare every byte: the long form of the test.

    python -m tests.faults.same_bytes [report ...]

It takes some minutes, most of them for papermill's own engine, and prints a table.
"""

import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import copy_raw
from tests.faults.conditions import another_day, elsewhere, hashes, made_by_papermill, start


def main(names: list[str]) -> int:
    """Run, compare, and give 1 if any byte differs."""
    with tempfile.TemporaryDirectory(prefix="same bytes é ") as parent:
        root = Path(parent)
        day = another_day(root)
        circumstances: dict[str, tuple[int, dict[str, str]]] = {
            "as it comes, two jobs": (2, {}),
            "one job, other order, locale and time zone": (1, elsewhere(0)),
            "two jobs, another day, order, locale and time zone": (
                2,
                {**elsewhere(1), **day},
            ),
            "Turkish, one job, another day": (1, {**elsewhere(2), **day}),
        }
        first: dict[str, str] = {}
        bad = 0
        print(f"{'circumstances':<55}{'seconds':>8}{'files':>7}{'differ':>8}")
        for number, (name, (jobs, more)) in enumerate(circumstances.items()):
            study = copy_raw(root / f"folder {number}" / ("deep/" * number) / "study")
            began = time.monotonic()
            process = start("report", *names, "--jobs", str(jobs), folder=study, more=more)
            _, told = process.communicate()
            if process.returncode:
                print(told)
                return 1
            made = hashes(study)
            first = first or made
            differ = sorted(
                one for one in first.keys() | made.keys() if first.get(one) != made.get(one)
            )
            bad += bool(differ)
            print(
                f"{name:<55}{time.monotonic() - began:8.1f}{len(made):7}{len(differ):8}", flush=True
            )
            print(*(f"    {one}" for one in differ[:10]), sep="\n", end="\n" if differ else "")
        began = time.monotonic()
        pages = [name for name in first if name.startswith("reports/") and name.endswith(".ipynb")]
        keys = [name.removeprefix("reports/").removesuffix(".ipynb") for name in pages]
        made = made_by_papermill(study, keys)
        differ = sorted(name for name in made if made[name] != first[name])
        bad += bool(differ)
        seconds = time.monotonic() - began
        name = "papermill's own engine"
        print(f"{name:<55}{seconds:8.1f}{len(made):7}{len(differ):8}")
        print(*(f"    {one}" for one in differ[:10]), sep="\n", end="\n" if differ else "")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
