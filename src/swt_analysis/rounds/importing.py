"""Take a round that was handed in into a study: all of it, or nothing.

The new round is made beside the others, read as it will be read for the reports, and then put
in its place by a rename. Whatever moment the machine stops at, the study has the round as it
was or as it will be; `files.restore_replaced` sees to it when the study is next read.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from swt_analysis.clean.mergers import names_in
from swt_analysis.clean.readers import read_grids
from swt_analysis.clean.sheets import TABLES, receive
from swt_analysis.clean.study import read_study, study_context
from swt_analysis.files import clear_staging, put_round, staging
from swt_analysis.problems import DataError, Problem
from swt_analysis.rounds.template import Contents
from swt_analysis.study import Study

_RECEIVED = "received"


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
    study: Study, path: Path, round_name: str, *, replace: bool = False, allow_new: bool = False
) -> Imported:
    """Check a file with a round and put it into the study.

    Parameters
    ----------
    study : Study
    path : Path
        A filled-in workbook, or a text file with scores or tallies.
    round_name : str
        The year of the round.
    replace : bool
        Whether the round may take the place of an earlier import of it.
    allow_new : bool
        Whether municipalities that the study does not know are fine.

    Returns
    -------
    Imported

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
    context = study_context(study, round_name)
    found = receive(read_grids(path), round_name, context, allow_new=allow_new)
    if found.problems:
        raise DataError(found.problems)
    there = sorted(target.glob("*.csv"))
    kept = [one for one in there if one.stem not in TABLES]
    gone = [one for one in there if one.stem in TABLES and one.stem not in found.tables]
    staged = staging(study.raw, round_name)
    try:
        (staged / _RECEIVED).mkdir(parents=True)
        shutil.copyfile(path, staged / _RECEIVED / path.name)
        for file in kept:
            shutil.copyfile(file, staged / file.name)
        for name, table in found.tables.items():
            table.to_csv(staged / f"{name}.csv", index=False, lineterminator="\n")
        others = [folder for folder in study.rounds() if folder.name != round_name]
        read_study(study, [*others, staged])
        put_round(staged, target)
    finally:
        clear_staging(study.raw)
    rows = {f"{name}.csv": len(table) for name, table in found.tables.items()}
    notes = [f"{one.name} of before is kept" for one in kept]
    notes += [f"{one.name} of the earlier import is gone: this file has none" for one in gone]
    return Imported(target, rows, [*found.notes, *notes])


def contents(study: Study, round_name: str) -> Contents:
    """Collect what the blank workbook of a round is made of."""
    context = study_context(study, round_name)
    names = names_in(context.municipalities, context.mergers, int(round_name))
    return Contents(context.instrument, names, context.participants)
