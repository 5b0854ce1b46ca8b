"""Commands on data: check, clean, take in, hand out, invent."""

from pathlib import Path

import click

from swt_analysis.cli.common import (
    find,
    lock_study,
    main,
    quiet_option,
    stop,
    stop_at_problems,
    study_option,
    update_processed,
    use_scratch_beside,
    writing,
)
from swt_analysis.files import write_folder, write_whole
from swt_analysis.folder import PROJECT, StudyFolder, is_round_name
from swt_analysis.problems import DataError

_FAR = 25  # years between a round and the others that are asked about

# What a command does is imported by that command: to load all would take seconds each time.


@main.command()
@click.argument("path", nargs=-1, type=click.Path(exists=True, path_type=Path))
@study_option
def check(path: tuple[Path, ...], folder: Path) -> None:
    """Read the raw data and list every problem, or those in PATH only."""
    from swt_analysis.clean import read_study

    study = find(path[0] if path and path[0].is_dir() else path[0].parent if path else folder)
    try:
        read_study(study)
    except DataError as error:
        inside = [one.resolve() for one in path]
        problems = [
            problem
            for problem in error.problems
            if not inside or any(problem.file.resolve().is_relative_to(one) for one in inside)
        ]
        if problems:
            stop_at_problems(problems)
    click.echo("No problems found.")


@main.command()
@study_option
@quiet_option
def clean(folder: Path, quiet: bool) -> None:
    """Turn the raw data into processed tables."""
    study = find(folder)
    with lock_study(study):
        update_processed(study)
    if not quiet:
        click.echo(f"Processed tables are in {study.processed}")


_round = click.option(
    "--round", "round_name", required=True, metavar="YEAR", help="Year of the round."
)


@main.command()
@click.argument("round_name", metavar="ROUND")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--language", type=click.Choice(["nl", "en"]), default="nl", show_default=True)
@study_option
@quiet_option
def template(round_name: str, output: Path, language: str, folder: Path, quiet: bool) -> None:
    """Make a workbook to enter the round of a year (ROUND) in."""
    from swt_analysis.clean import read_others, study_context
    from swt_analysis.rounds.template import template as make_template

    study = find(folder)
    _check_round(round_name)
    if output.suffix.lower() != ".xlsx":
        stop(f"{output}: the workbook's name has to end in .xlsx", 2)
    if output.exists():
        stop(f"{output}: is there already, perhaps filled in; choose another name", 2)
    folder_of_round = study.raw / "rounds" / round_name
    if folder_of_round.exists() and not (folder_of_round / "received").is_dir():
        there = f"round {round_name} is in the study already, and was not imported"
        stop(f"{there}: mend it in {folder_of_round}, or choose another year", 2)
    context = study_context(read_others(study, round_name))
    use_scratch_beside(output)
    with writing(output):
        write_whole({output: make_template(context, round_name, language)})
    if not quiet:
        replace = " --replace" if folder_of_round.exists() else ""
        command = f"swt import {output} --round {round_name}{replace}"
        click.echo(f"{output} is ready to fill in. Then: {command}")


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_round
@click.option("--replace", is_flag=True, help="Put it in the place of an earlier import.")
@click.option(
    "--allow-new",
    multiple=True,
    metavar="NAME",
    help="Take in this municipality, new to the study; may be given again.",
)
@study_option
@quiet_option
def import_file(
    file: Path,
    round_name: str,
    replace: bool,
    allow_new: tuple[str, ...],
    folder: Path,
    quiet: bool,
) -> None:
    """Check a filled-in workbook or a table (FILE), and put it into the study as a round."""
    from swt_analysis.rounds.importing import RoundExistsError, import_round

    study = find(folder)
    _check_round(round_name)
    _confirm_far(study, round_name)
    try:
        with lock_study(study):
            done = import_round(study, file, round_name, replace=replace, allow_new=allow_new)
    except DataError as error:
        stop_at_problems(error.problems)
    except RoundExistsError:
        stop(f"round {round_name} is in the study already; --replace puts this in its place", 2)
    if not quiet:
        for note in done.notes:
            click.echo(f"- {note}")
        listed = ", ".join(f"{name} ({rows} rows)" for name, rows in done.rows.items())
        click.echo(f"Round {round_name} is in {done.folder}: {listed}. Now run: swt report")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--language",
    type=click.Choice(["nl", "en"]),
    default="nl",
    show_default=True,
    help="Of the labels.",
)
@study_option
@quiet_option
def export(file: Path, language: str, folder: Path, quiet: bool) -> None:
    """Write the labelled data set to FILE: .xlsx, .sav (SPSS), .parquet or .csv."""
    from swt_analysis.export.formats import FORMATS
    from swt_analysis.export.formats import export as export_study

    study = find(folder)
    if file.suffix.lower() not in FORMATS:
        stop(f"{file}: its ending must be one of {', '.join(FORMATS)}", 2)
    if file.resolve().is_relative_to(study.root / "data"):
        stop(f"{file}: choose a place outside {study.root / 'data'}, which holds the study", 2)
    with lock_study(study, reading=True):
        update_processed(study)
    use_scratch_beside(file)
    with writing(file):
        contents = export_study(study, file, language)
        write_whole(contents)
    if not quiet:
        click.echo(f"Written: {', '.join(map(str, contents))}")


@main.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="New folder.")
@click.option("--municipalities", type=click.IntRange(1), default=342, show_default=True)
@click.option("--rounds", type=click.IntRange(1, 100), default=2, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option(
    "--study",
    "folder",
    type=click.Path(path_type=Path),
    help="Study whose instrument to use; this project's if not given.",
)
@quiet_option
def simulate(
    output: Path, municipalities: int, rounds: int, seed: int, folder: Path | None, quiet: bool
) -> None:
    """Make a synthetic study in a new folder, for trials and benchmarks."""
    from swt_analysis.rounds.simulate import simulate as invent

    origin = find(folder) if folder else StudyFolder(PROJECT)
    if output.exists():
        stop(f"{output}: exists already; choose a new folder", 2)
    raw = [above for above in output.resolve().parents if above.parts[-2:] == ("data", "raw")]
    if raw:
        stop(f"{output}: choose a place outside {raw[0]}, which holds what was received", 2)
    contents = invent(origin, municipalities=municipalities, rounds=rounds, seed=seed)
    with writing(output):
        write_folder(output, contents)
    if not quiet:
        click.echo(f"Synthetic study in {output}. Now run: swt report --study {output}")


def _confirm_far(study: StudyFolder, round_name: str) -> None:
    """Ask about a year that is far from those of the other rounds."""
    years = [int(one.name) for one in study.rounds() if is_round_name(one.name)]
    nearest = min(years, key=lambda year: abs(year - int(round_name)), default=int(round_name))
    if abs(nearest - int(round_name)) > _FAR:
        click.confirm(f"{round_name} is far from {nearest}, the nearest round. Right?", abort=True)


def _check_round(round_name: str) -> None:
    if not is_round_name(round_name):
        stop(f"a round is named by its year, such as 2015, not {round_name!r}", 2)
