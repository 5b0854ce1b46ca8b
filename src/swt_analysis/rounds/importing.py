"""Take a round that was handed in into a study: all of it, or nothing.

The new round is made beside the others, read as it will be read for the reports, and then put
in its place by a rename. Whatever moment the machine stops at, the study has the round as it
was or as it will be; `files.restore_replaced` sees to it when the study is next read.
"""

import json
import shutil
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass
from dataclasses import replace as replaced
from itertools import count
from pathlib import Path

import pandas as pd

from swt_analysis.clean.answers import FILES
from swt_analysis.clean.exports import counts_file
from swt_analysis.clean.readers import read_grids
from swt_analysis.clean.sheets import TABLES, receive
from swt_analysis.clean.study import RawStudy, read_others, read_study, study_context
from swt_analysis.files import clear_staging, digest, naming, put_round, staging
from swt_analysis.folder import StudyFolder
from swt_analysis.problems import DataError, Problem

_RECEIVED = "received"
_RECORD = "imported.json"  # hash of each table as it was written, to know one that was edited
_TABLES = tuple(f"{name}.csv" for name in TABLES)


class RoundExistsError(Exception):
    """The study has this round already."""


@dataclass(frozen=True)
class Imported:
    """What was taken in.

    Attributes
    ----------
    folder : Path
        The folder of the round.
    rows : dict of str to int
        Rows of each file in it.
    notes : list of str
        What was assumed, left out or is new.
    """

    folder: Path
    rows: dict[str, int]
    notes: list[str]


def import_round(
    study: StudyFolder,
    path: Path,
    round_name: str,
    *,
    replace: bool = False,
    allow_new: Collection[str] | None = (),
) -> Imported:
    """Check a file with a round and put it into the study.

    Parameters
    ----------
    study : StudyFolder
        Where the round goes.
    path : Path
        A filled-in workbook, or a text file with scores or tallies.
    round_name : str
        The year of the round.
    replace : bool
        Whether the round may take the place of an earlier import of it.
    allow_new : collection of str or None
        Names of municipalities that the study does not know and that are fine; None: any.

    Returns
    -------
    Imported
        What is in the study now, and what was assumed.

    Raises
    ------
    RoundExistsError
        If the study has the round and ``replace`` is not given.
    DataError
        With every problem in the file, or in the study; nothing is written then.
    """
    clear_staging(study.raw)
    target = study.raw / "rounds" / round_name
    if target.exists() and not replace:
        raise RoundExistsError(round_name)
    if target.exists() and not (target / _RECEIVED).is_dir():
        allowed = "was not made by an import, so it is not replaced; move it away yourself"
        raise DataError([Problem(target, None, None, round_name, allowed)])
    others = read_others(study, round_name)
    context = study_context(others)
    grids = read_grids(path)
    counts = counts_file(path, grids)
    if counts is not None:
        grids += read_grids(counts)
    found = receive(grids, round_name, context, allow_new=allow_new)
    if found.problems:
        raise DataError(found.problems)
    staged = staging(study.raw, round_name)
    try:
        staged.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            shutil.copytree(target, staged, symlinks=True)
        received = staged / _RECEIVED
        received.mkdir(parents=True, exist_ok=True)
        files = [path, counts] if counts and "tallies" in found.tables else [path]
        kept = {file.name: _put_received(file, received) for file in files}
        new = {f"{part}.csv": _written(table, kept) for part, table in found.tables.items()}
        notes = _put_by(staged, new, target)
        notes += [
            f"kept as {_RECEIVED}/{name}: another file is called {called}"
            for called, name in kept.items()
            if name != called
        ]
        for file, content in new.items():
            with naming(target / file):
                (staged / file).write_bytes(content)
        record = {file: digest(content) for file, content in new.items()}
        (received / _RECORD).write_text(json.dumps(record, indent=1) + "\n", "utf-8")
        _check(study, others, staged, target, new)
        put_round(staged, target)
    finally:
        clear_staging(study.raw)
    rows = {f"{name}.csv": len(table) for name, table in found.tables.items()}
    return Imported(target, rows, [*found.notes, *notes])


def _written(table: pd.DataFrame, kept: Mapping[str, str]) -> bytes:
    """Write a table as text; what was received may have got another name."""
    for called, name in kept.items():
        if called != name:
            table = table.assign(source=table["source"].str.replace(called, name, regex=False))
    content: str = table.to_csv(index=False, lineterminator="\n")
    return content.encode()


def _put_received(path: Path, folder: Path) -> str:
    """Keep what was received beside what was received before; gives its name there."""
    content, place, number = path.read_bytes(), folder / path.name, 1
    while place.name == _RECORD or (
        place.exists() and not (place.is_file() and place.read_bytes() == content)
    ):
        number += 1
        place = folder / f"{path.stem}-{number}{path.suffix}"
    with naming(place):
        place.write_bytes(content)
    return place.name


def _put_by(staged: Path, new: dict[str, bytes], target: Path) -> list[str]:
    """Make room in a round for new tables; gives a note on each file that is there.

    A table that is as an import wrote it goes. One that is not, and whose place is needed, is
    put by with what was received. All else stays.
    """
    record = _record(staged / _RECEIVED / _RECORD)
    numbers = (staged / _RECEIVED / f"replaced-{number}" for number in count(1))
    folder = next(one for one in numbers if not one.exists())
    notes = []
    for file in sorted(one for one in staged.iterdir() if one.name != _RECEIVED):
        name, content = file.name, file.read_bytes() if file.is_file() else b""
        imported = name in (_TABLES if record is None else record)
        if content == new.get(name) or digest(content) == (record or {}).get(name):
            file.unlink()
            if name not in new:
                notes.append(f"{name} of the earlier import is gone: this file has none")
        elif imported or name in {*FILES, *new}:
            folder.mkdir(exist_ok=True)
            file.rename(folder / name)
            why = "may have been edited" if record is None else "was edited since its import"
            why = why if imported else "was made by hand"
            place = target / _RECEIVED / folder.name
            notes.append(f"{name} {why}; as it was it is in {place}")
        else:
            notes.append(f"{name} of before is kept")
    return notes


def _record(path: Path) -> dict[str, str] | None:
    """Read the hashes of the tables that the last import wrote; None if that is not known."""
    try:
        record = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def _check(
    study: StudyFolder, others: RawStudy, staged: Path, target: Path, new: Container[str]
) -> None:
    """Read the study with the new round; of a file that was kept it is told where it stands."""
    folders = [folder for folder in study.rounds() if folder.name != target.name]
    try:
        read_study(study, [*folders, staged], names_hidden=False, known=others)
    except DataError as error:
        raise DataError(
            [
                replaced(one, file=target / one.file.name)
                if one.file.parent == staged and one.file.name not in new
                else one
                for one in error.problems
            ]
        ) from None
