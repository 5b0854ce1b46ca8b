"""Do to a study what a row of the table says, run its command, and tell what came of it."""

import csv
import io
import os
import shutil
import tempfile
import tomllib
from contextlib import chdir
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from click.testing import CliRunner

from swt_analysis.cli import main
from tests.bad_input.workbook import make
from tests.conftest import copy_raw

# Numbered as in the list of bad inputs that the table began with.
KINDS = {
    1: "notebooks that lost their tag, parameters",
    2: "workbooks with empty sheets, half filled, damaged",
    3: "imports over a round that is there",
    4: "copies of pages, pseudonyms",
    5: "settings in study.toml",
    6: "zeros, blanks and what is no number taken for data",
    7: "names, codes and years",
    8: "tables and columns missing, misnamed or at odds",
    9: "rounds of counts, and who took part",
    10: "paths of this machine told",
    11: "errors of a page that end more than it",
    12: "commands, their options and ports",
    13: "files of another shape or encoding",
    14: "what ends only by the time limit",
    15: "cells and lines told badly",
}


@cache
def cases() -> dict[str, dict[str, Any]]:
    """Read the table of cases, by what each does."""
    rows = tomllib.loads(Path(__file__).with_name("cases.toml").read_text("utf-8"))["case"]
    return {f"{row['kind']}: {row['what']}": {"run": ["check"], "exit": 1} | row for row in rows}


def quick() -> set[str]:
    """Name the cases of the fast run: the first whose remedy begins with these two words."""
    first: dict[tuple[str, ...], str] = {}
    for name, case in cases().items():
        if not case.get("slow"):
            first.setdefault(tuple(case["told"][-1].split()[:2]), name)
    return set(first.values())


@cache
def cleaned() -> tempfile.TemporaryDirectory[str]:
    """Make a study whose tables are those of its raw data."""
    folder = tempfile.TemporaryDirectory()
    study = copy_raw(Path(folder.name))
    assert CliRunner().invoke(main, ["clean", "--study", str(study)]).exit_code == 0
    return folder


def contents(study: Path) -> dict[str, bytes]:
    """Read all files of a study but locks."""
    return {
        str(path.relative_to(study)): path.read_bytes()
        for path in study.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def do(study: Path, case: dict[str, Any]) -> None:
    """Damage a study as a case says."""
    if "file" not in case:
        return
    path = study / case["file"]
    path.parent.mkdir(parents=True, exist_ok=True)
    if "cell" in case:
        row, column, value = case["cell"]
        table = list(csv.reader(io.StringIO(path.read_text("utf-8"))))
        table[row - 1][table[0].index(column)] = value
        _write(path, table)
    elif "drop" in case:
        table = list(csv.reader(io.StringIO(path.read_text("utf-8"))))
        place = table[0].index(case["drop"])
        _write(path, [row[:place] + row[place + 1 :] for row in table])
    elif "again" in case:
        lines = path.read_text("utf-8").splitlines(keepends=True)
        path.write_text("".join([*lines, lines[case["again"] - 1]]), "utf-8")
    elif "replace" in case:
        old, new = case["replace"]
        text = path.read_text("utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new, 1), "utf-8")
    elif "append" in case:
        path.write_text(path.read_text("utf-8") + case["append"], "utf-8")
    elif path.suffix == ".xlsx" and "text" not in case and "hex" not in case:
        path.write_bytes(make(case))
    elif "hex" in case:
        path.write_bytes(bytes.fromhex(case["hex"]))
    elif "text" in case:
        shutil.rmtree(path, ignore_errors=True)
        path.write_bytes(case["text"].encode(case.get("encoding", "utf-8")))
    elif "named" in case:
        path.rename(path.with_name(case["named"]))
    else:
        (shutil.rmtree if path.is_dir() else Path.unlink)(path) if path.exists() else None
        {"gone": lambda: None, "folder": path.mkdir, "fifo": lambda: os.mkfifo(path),
         "link": lambda: path.symlink_to("nowhere")}[case["made"]]()  # fmt: skip


def run(folder: Path, case: dict[str, Any]) -> tuple[int, str, list[str]]:
    """Give the exit code, what was said, and the files that were changed."""
    study = Path(shutil.copytree(cleaned().name, folder / "study"))
    do(study, case)
    before = contents(study)
    with (
        chdir(study),
        mock.patch("swt_analysis.cli.reports.use_scratch"),
        mock.patch("swt_analysis.cli.common.use_scratch"),
        mock.patch("swt_analysis.reports.run.load_ahead"),
    ):
        done = CliRunner().invoke(main, case["run"])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    after = contents(study)
    names = before.keys() | after.keys()
    changed = sorted(name for name in names if before.get(name) != after.get(name))
    for name in changed:
        assert str(folder).encode() not in after.get(name, b""), name
    return done.exit_code, done.output.replace(f"{study}/", "").replace(str(study), "."), changed


def _write(path: Path, table: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table)
