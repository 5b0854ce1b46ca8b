"""Commands for work of one's own: explore, a new notebook, a new study."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import click

from swt_analysis.cli.common import (
    bring_up_to_date,
    find,
    lock_study,
    main,
    quiet_option,
    stop,
    study_option,
    writing,
)
from swt_analysis.folder import StudyFolder
from swt_analysis.problems import InvalidError, UnknownError

# What a command does is imported by that command: to load all would take seconds each time.


@main.command()
@click.argument("name", default="explore", metavar="[NAME]")
@click.argument("parameters", nargs=-1, metavar="[PARAMETER=VALUE]...")
@click.option(
    "--language",
    type=click.Choice(["nl", "en"]),
    default="nl",
    show_default=True,
    help="Of the text in the copy, and of what it shows.",
)
@click.option("--no-open", is_flag=True, help="Only copy.")
@study_option
@quiet_option
def explore(
    name: str, parameters: tuple[str, ...], language: str, no_open: bool, folder: Path, quiet: bool
) -> None:
    """Copy the notebook of a report (NAME) into explore/, and open JupyterLab on it.

    Without NAME: the tour of what can be done. A copy that you edited stays as it is.
    """
    from swt_analysis.reports.copies import copy, slugged

    study = find(folder)
    if "=" in name:
        stop(f"{name!r}: which report? Such as: swt explore choice-scale {name}", 2)
    with lock_study(study):
        everything = bring_up_to_date(study).everything
    try:
        with writing(study.root / "explore"):
            path = copy(study, everything, name, parameters, language)
    except (UnknownError, InvalidError) as error:
        stop(str(error), 2)
    shown = path.relative_to(study.root)
    if not quiet:
        plain = slugged(name)
        if path.stem != plain:
            click.echo(f"{plain}.ipynb is there with other cells, and stays as it is.")
        click.echo(f"{shown} is yours to try things in.")
    if not no_open:
        _open_lab(study, shown)


@main.group()
def new() -> None:
    """Begin a notebook or a study of your own."""


@new.command("notebook")
@click.argument("name")
@study_option
@quiet_option
def new_notebook(name: str, folder: Path, quiet: bool) -> None:
    """Write a small notebook that is a report, to begin from, into the study's notebooks/."""
    from swt_analysis.new import new_notebook as begin

    study = find(folder)
    with lock_study(study):
        everything = bring_up_to_date(study).everything
    try:
        with writing(study.root / "notebooks"):
            path = begin(study, name, [one.name for one in everything])
    except InvalidError as error:
        stop(str(error), 2)
    if not quiet:
        shown = path.relative_to(study.root)
        then = "" if study.rounds() else ", once there is a round"
        click.echo(f"{shown} is ready to run. Make its page with: swt report {path.stem}{then}")


@new.command("study")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@quiet_option
def new_study(folder: Path, quiet: bool) -> None:
    """Make a study of your own in DIR, with the instrument of this one."""
    from swt_analysis.new import new_study as begin

    try:
        with writing(folder):
            begin(folder)
    except InvalidError as error:
        stop(str(error), 2)
    if not quiet:
        click.echo(f"{folder} waits for its first round; {folder / 'README.md'} tells how.")


def _open_lab(study: StudyFolder, path: Path) -> None:
    """Run JupyterLab until it is stopped; modules in the study's folder can be imported."""
    signal.signal(signal.SIGINT, lambda *_: None)  # JupyterLab itself asks whether to stop
    paths = filter(None, [str(study.root), os.environ.get("PYTHONPATH")])
    # Without a root it would show the notebook's folder alone.
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={study.root}", str(path)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    sys.exit(subprocess.run(command, cwd=study.root, env=environment, check=False).returncode)
