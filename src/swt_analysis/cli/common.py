"""What the commands have in common: options, how they find a study, and how they stop."""

import errno
import fnmatch
import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

import click

from swt_analysis.files import LOCK, locked, naming, remove_scratch, use_scratch
from swt_analysis.folder import StudyFolder, find_folder
from swt_analysis.problems import (
    DataError,
    NoProcessError,
    Problem,
    SchedulerError,
    in_short,
    unknown,
)
from swt_analysis.reports import stale
from swt_analysis.reports.catalogue import CatalogueEntry, reports
from swt_analysis.reports.target import Target

_NO_RIGHT = (errno.EROFS, errno.EACCES, errno.EPERM)
CHOICES = {"nl": ["nl"], "en": ["en"], "all": ["nl", "en"]}
study_option = click.option(
    "--study", "folder", type=click.Path(path_type=Path), default=".", help="Folder of the study."
)
quiet_option = click.option("--quiet", is_flag=True, help="Say nothing but errors.")
language_option = click.option(
    "--language", type=click.Choice(list(CHOICES)), default="all", show_default=True
)


class _Commands(click.Group):
    """Tells what is wrong with data in lines, and in one what keeps a file from being written."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # who reads what we say has gone; click knows what to do
            raise
        except DataError as error:
            stop_at_problems(error.problems)
        except (NoProcessError, SchedulerError) as error:
            stop(str(error), 1)
        except OSError as error:
            stop(said(error, "a file"), 1)
        except KeyboardInterrupt:
            stop("\nStopped. No file was left half written.", 130)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="swt-analysis")
def main() -> None:
    """From the measurement rounds of social neighbourhood teams to reports."""
    gc.set_threshold(100_000)  # most of what a command makes stays: looking less saves a tenth


def chosen_targets(
    everything: Sequence[CatalogueEntry], patterns: tuple[str, ...], language: str
) -> list[Target]:
    """List the pages that are asked for; a pattern that no report has ends the command."""
    for pattern in patterns:
        if not any(fnmatch.fnmatchcase(one.name, pattern) for one in everything):
            stop(str(unknown("report", pattern, [one.name for one in everything])), 2)
    return [
        Target(one, code)
        for code in CHOICES[language]
        for one in everything
        if code in one.languages
        and (not patterns or any(fnmatch.fnmatchcase(one.name, p) for p in patterns))
    ]


@contextmanager
def lock_study(study: StudyFolder, *, reading: bool = False) -> Iterator[None]:
    """Wait until no other run works on the study.

    Where it may not be written, there is no lock for who is only `reading`.
    """
    waiting = f"another swt works on {study.root}; waiting until it is done"
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(study.reports, lambda: click.echo(waiting, err=True)))
        except OSError as error:
            if not reading or error.errno not in _NO_RIGHT:
                stop(_not_locked(study.reports, error), 1)
        yield


def _not_locked(folder: Path, error: OSError) -> str:
    """Say why a study cannot be kept for one run, and what to do."""
    lock = folder / LOCK
    if error.errno in (errno.EACCES, errno.EPERM) and lock.exists():
        with suppress(KeyError, NotImplementedError, OSError):  # an owner without a name, Windows
            who = lock.owner()
            return (
                f"{lock}: is of {who}, and not for you to write; ask {who} to let you "
                f"(chmod g+w {lock}), or work in a copy of the study"
            )
        return f"{lock}: is of another user, and not for you to write; work in a copy of the study"
    return said(error, folder, ": cannot be written")


def said(error: OSError, place: Path | str, what: str = "") -> str:
    """Say what keeps a file from being read or written, naming where it was to go."""
    name, why = error.filename2 or error.filename or place, error.strerror or str(error)
    if isinstance(error, shutil.Error) and error.args:  # of a folder that was copied
        _, name, why = error.args[0][0]
    if any(os.strerror(one) in why for one in (errno.ENOSPC, errno.EDQUOT)):
        return f"{name}: no space left on the disk for it; make room, and run this again"
    if isinstance(error, IsADirectoryError):
        return f"{name}: is a folder, and a file has to be there; move it away"
    if isinstance(error, FileExistsError | NotADirectoryError):
        for one in (Path(name), *Path(name).parents):
            if one.is_file():
                return f"{one}: is a file, and a folder has to be there; move it away"
    return f"{name}{what}: {why}"


def bring_up_to_date(
    study: StudyFolder, before: Callable[[], None] = lambda: None
) -> stale.Current:
    """Bring the processed tables up to date, and say what the pages would be made from.

    If that takes seconds, `before` is called first.
    """
    update_processed(study, before)
    return stale.Current(study, tuple(reports(study)))


def update_processed(study: StudyFolder, before: Callable[[], None] = lambda: None) -> None:
    """Bring the processed tables up to date, or say that the place of the study bars it."""
    try:
        stale.update_processed(study, before=before)
    except OSError as error:
        if error.errno not in _NO_RIGHT:
            raise
        stop(
            f"{said(error, study.processed, ': cannot be written')}. The tables there are not "
            "those of the raw data of now; make them where you may write, in a copy of the study",
            1,
        )


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Tell what keeps a file or folder from being made, and stop."""
    try:
        yield
    except OSError as error:
        stop(said(error, path, ": cannot be written"), 2)


def use_scratch_beside(file: Path) -> None:
    """Have temporary files of the libraries that write a file beside it, where the next run looks.

    The command ends if that cannot be.
    """
    with writing(file), naming(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        remove_scratch(file.parent)
        use_scratch(file.parent)


def stop_at_problems(problems: list[Problem]) -> NoReturn:
    """List what is wrong with data, and end the command."""
    for line in in_short(problems):
        click.echo(line, err=True)
    stop(f"{len(problems)} to mend; nothing was written.", 1)


def find(folder: Path) -> StudyFolder:
    """Find the study that a folder lies in, or end the command."""
    try:
        return find_folder(folder)
    except FileNotFoundError as error:
        stop(str(error), 2)


def stop(message: str, code: int) -> NoReturn:
    """End the command: 1 for the data or a report, 2 for wrong use, 130 for Ctrl-C."""
    click.echo(message, err=True)
    sys.exit(code)
