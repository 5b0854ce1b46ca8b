"""Data sets of SPSS (.sav), with what they say of their codes."""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from swt_analysis.clean.grid import Grid, Labelled, make_grid, refused, shown, tidy
from swt_analysis.clean.packages import LARGE, MOST_CELLS

MARKS = (b"$FL2", b"$FL3")  # the second is of compressed files, .zsav
PORTABLE = b"ASCII SPSS PORT FILE"
_READER = Path(__file__).with_name("spss_reader.py")
_SECONDS = 60  # a round takes one


def read_sav(path: Path) -> Grid:
    """Read a data set of SPSS: its codes as they are, with the labels that it gives them.

    Cases are counted from 1 and names of variables stand above them, as SPSS shows them.
    """
    told = _told(path)
    if "error" in told:
        raise refused(path, path.name, f"cannot be read as SPSS file ({told['error']}); {_ANEW}")
    names, columns = told["names"], told["columns"]
    if not names or not columns[0]:
        raise refused(path, path.name, "has no case; is it the right file?")
    if len(names) * len(columns[0]) > MOST_CELLS:
        raise refused(path, f"over {MOST_CELLS} cells", LARGE)
    texts = [[name, *map(shown, column)] for name, column in zip(names, columns, strict=True)]
    table = pd.DataFrame(dict(enumerate(texts)), dtype=object)
    grid = make_grid(path, None, table, "SPSS data set")
    labels = {
        place: _labelled(
            tidy(told["labels"].get(name) or ""),
            told["values"].get(name, []),
            told["missing"].get(name, []),
            column,
        )
        for place, (name, column) in enumerate(zip(names, columns, strict=True))
    }
    return replace(grid, header_row=None, labels=labels)


_ANEW = "save it anew as .sav, or as .xlsx"


def _told(path: Path) -> dict[str, Any]:
    """Have the file read in a process of its own, which a damaged one may end."""
    command = [sys.executable, "-P", str(_READER), str(path), str(MOST_CELLS)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
        told = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise refused(path, path.name, f"cannot be read within {_SECONDS} s; {_ANEW}") from None
    except ValueError:
        raise refused(path, path.name, f"is damaged; {_ANEW}") from None
    return told if isinstance(told, dict) else {}


def _labelled(
    label: str,
    values: Iterable[tuple[Any, str]],
    missing: Iterable[Mapping[str, Any]],
    column: Iterable[Any],
) -> Labelled:
    codes = {one for one in column if one is not None}
    ranges = [(one["lo"], one["hi"]) for one in missing]
    return Labelled(
        label,
        {shown(code): tidy(text) for code, text in values},
        frozenset(shown(code) for code in codes if any(_within(code, *one) for one in ranges)),
    )


def _within(code: object, low: object, high: object) -> bool:
    if isinstance(code, str) or isinstance(low, str) or isinstance(high, str):
        return code == low
    return bool(low <= code <= high)  # type: ignore[operator]
