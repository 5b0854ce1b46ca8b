"""The command ``swt``."""

import fnmatch
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from swt_analysis.files import locked, use_scratch, write_whole
from swt_analysis.problems import DataError, NoProcessError, Problem, SchedulerError
from swt_analysis.reports import stale
from swt_analysis.reports.catalogue import Report, reports
from swt_analysis.reports.target import Failure, Target
from swt_analysis.study import PROJECT, Study, find_study, is_round_name

if TYPE_CHECKING:
    from swt_analysis.reports.stale import Current

# What a command does is imported by that command: to load all would take seconds each time.

_LANGUAGES = {"nl": ["nl"], "en": ["en"], "all": ["nl", "en"]}
_study = click.option(
    "--study", "folder", type=click.Path(path_type=Path), default=".", help="Folder of the study."
)
_quiet = click.option("--quiet", is_flag=True, help="Say nothing but errors.")
_language = click.option(
    "--language", type=click.Choice(list(_LANGUAGES)), default="all", show_default=True
)


class _Commands(click.Group):
    """Tells what is wrong with data in lines, and in one what keeps a file from being written."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # who reads what we say has gone; click knows what to do
            raise
        except DataError as error:
            _stop_at_problems(error.problems)
        except (NoProcessError, SchedulerError) as error:
            _stop(str(error), 1)
        except OSError as error:
            _stop(f"{error.filename or 'a file'}: {error.strerror or error}", 1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="swt-analysis")
def main() -> None:
    """From the measurement rounds of social neighbourhood teams to reports."""


@main.command()
@click.argument("path", nargs=-1, type=click.Path(exists=True, path_type=Path))
@_study
def check(path: tuple[Path, ...], folder: Path) -> None:
    """Read the raw data and list every problem, or those in PATH only."""
    from swt_analysis.clean import read_study

    study = _find(path[0] if path and path[0].is_dir() else path[0].parent if path else folder)
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
            _stop_at_problems(problems)
    click.echo("No problems found.")


@main.command()
@_study
@_quiet
def clean(folder: Path, quiet: bool) -> None:
    """Turn the raw data into processed tables."""
    study = _find(folder)
    with _locked(study):
        stale.update_processed(study)
    if not quiet:
        click.echo(f"Processed tables are in {study.processed}")


@main.command("list")
@_study
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_reports(folder: Path, as_json: bool) -> None:
    """List the reports, their parameters and state."""
    study = _find(folder)
    with _locked(study):
        current = _current(study)
    manifest = stale.read_manifest(study)
    rows: list[dict[str, Any]] = [
        {
            "name": target.report.name,
            "language": target.language,
            "title": target.title,
            "parameters": dict(target.report.parameters),
            "state": stale.state(current, target, manifest),
        }
        for target in _targets(current.everything, (), "all")
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        given = ", ".join(f"{name}={value}" for name, value in row["parameters"].items())
        click.echo(
            f"{row['language']}  {row['name']:<28} {given:<34} {row['state']:<28} {row['title']}"
        )


@main.command()
@click.argument("name", nargs=-1)
@_study
@_language
@_quiet
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count(), help="How many at a time.")
@click.option("--force", is_flag=True, help="Make fresh pages again too.")
@click.option("--keep-going", is_flag=True, help="Go on with the rest if one fails.")
@click.option("--timeout", type=click.IntRange(1), default=300, help="Seconds for a cell.")
@click.option(
    "--executor",
    type=click.Choice(["local", "dask"]),
    default="local",
    show_default=True,
    help="Who makes them: this machine or a dask cluster.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Of the dask cluster: tcp://HOST:PORT.")
@click.option("--open", "show", is_flag=True, help="Open the index in the browser.")
@click.option("--pdf", is_flag=True, help="Print each page too, beside it, through a Chromium.")
def report(
    name: tuple[str, ...],
    folder: Path,
    language: str,
    quiet: bool,
    jobs: int,
    force: bool,
    keep_going: bool,
    timeout: int,
    executor: str,
    scheduler: str | None,
    show: bool,
    pdf: bool,
) -> None:
    """Clean, then make the reports that are stale: all, or those named NAME (may be a pattern)."""
    if (executor == "dask") != (scheduler is not None):
        _stop("--executor dask and --scheduler tcp://HOST:PORT go together", 2)
    study = _find(folder)
    browser = _browser() if pdf else None
    failures, made = 0, 0
    targets: list[Target] = []
    with _locked(study):

        @cache
        def prepare() -> None:
            from swt_analysis.reports.run import load_ahead

            use_scratch(study.reports)
            if scheduler is None:
                load_ahead()

        try:
            # New tables mean new pages: what runs notebooks loads while the tables are made.
            current = _current(study, prepare)
            manifest = stale.read_manifest(study)
            targets = [
                target
                for target in _targets(current.everything, name, language)
                if force or stale.state(current, target, manifest) != "fresh"
            ]
            if targets:
                prepare()
            from swt_analysis.reports.build import make_reports, remove_gone, update_index

            bar: Any = click.progressbar(
                length=len(targets),
                label="Reports",
                hidden=quiet or not targets,
                file=sys.stderr,
                item_show_func=lambda target: target.key if target else "",
            )
            results = make_reports(
                current,
                targets,
                timeout,
                jobs=jobs,
                scheduler=scheduler,
                started=lambda target: _show(bar, target),
            )
            with bar, closing(results):  # type: ignore[type-var]
                for result in results:
                    bar.update(1)
                    if not isinstance(result, Failure):
                        made += 1
                        continue
                    failures += 1
                    click.echo(f"\n{result.target.key}: {result.reason}", err=True)
                    if not keep_going:
                        break
            remove_gone(current)
            update_index(current)
        except OSError as error:
            place = error.filename or study.reports
            _stop(f"{place}: {error.strerror}. The pages there are whole; the rest waits.", 1)
        except KeyboardInterrupt:
            done = f"{made} of {len(targets)} made, the rest is as it was. " if targets else ""
            _stop(f"\nStopped. {done}To go on: swt report", 130)
    index = study.reports / "index.html"
    if failures:
        click.echo(f"{failures} not made; what there was of them is untouched.", err=True)
        sys.exit(1)
    if browser:
        _print(study, _targets(current.everything, name, language), browser, jobs, timeout, quiet)
    if not quiet:
        click.echo(f"{made} made, the rest was fresh. Open {index}")
    if show:
        import webbrowser

        webbrowser.open(index.resolve().as_uri())


@main.command()
@_study
@_quiet
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0: any that is free.")
@click.option("--open", "show", is_flag=True, help="Open the index in the browser.")
def watch(folder: Path, quiet: bool, port: int, show: bool) -> None:
    """Show the reports in the browser, and make again what a saved file touches."""
    from swt_analysis.watch import EditedError
    from swt_analysis.watch import watch as keep_watch

    study = _find(folder)
    say = (lambda line: None) if quiet else click.echo
    study.reports.mkdir(exist_ok=True)
    try:
        use_scratch(study.reports)
        keep_watch(study, port=port, jobs=os.cpu_count() or 1, say=say, show=show)
    except EditedError as edited:
        if os.name == "nt":  # it has no way to put a process in the place of another
            _stop("The library was edited: start swt watch again.", 1)
        say("The library was edited; starting again.")
        command = ["-m", "swt_analysis", "watch", "--study", str(study.root)]
        command += ["--port", str(edited.port), *(["--quiet"] if quiet else [])]
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, *command])
    except KeyboardInterrupt:
        say("Stopped.")


@main.command()
@click.argument("name", nargs=-1)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@_study
@_language
@_quiet
def share(name: tuple[str, ...], output: Path, folder: Path, language: str, quiet: bool) -> None:
    """Pack reports into a .zip: all, or those named NAME (may be a pattern).

    Links to reports that are not packed go, so that all others work wherever it is unpacked.
    """
    from swt_analysis.reports.share import shared, zipped

    study = _find(folder)
    if output.suffix.lower() != ".zip":
        _stop(f"{output}: its name has to end in .zip", 2)
    with _locked(study):
        current = _current(study)
        manifest = stale.read_manifest(study)
        targets = _targets(current.everything, name, language)
        states = {target.key: stale.state(current, target, manifest) for target in targets}
    unfit = {key: one for key, one in states.items() if one != "fresh"}
    if unfit:
        for key, one in unfit.items():
            click.echo(f"{key}: {one}", err=True)
        command = " ".join(["swt report", *name, f"--language {language}"])
        _stop(f"{len(unfit)} of {len(states)} to make first, with: {command}", 1)
    with _writing(output):
        files = shared(study.reports, [f"{key}.html" for key in states])
        write_whole({output: zipped(files)})
    if not quiet:
        click.echo(f"{output}: {len(states)} reports. Unpack it and open index.html.")


_round = click.option(
    "--round", "round_name", required=True, metavar="YEAR", help="Year of the round."
)


@main.command()
@click.argument("round_name", metavar="ROUND")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--language", type=click.Choice(["nl", "en"]), default="nl", show_default=True)
@_study
@_quiet
def template(round_name: str, output: Path, language: str, folder: Path, quiet: bool) -> None:
    """Make a workbook to enter the round of a year (ROUND) in."""
    from swt_analysis.clean import study_context
    from swt_analysis.rounds.template import template as make_template

    study = _find(folder)
    _check_round(round_name)
    if output.suffix.lower() != ".xlsx":
        _stop(f"{output}: the workbook's name has to end in .xlsx", 2)
    if output.exists():
        _stop(f"{output}: is there already, perhaps filled in; choose another name", 2)
    with _writing(output):
        workbook = make_template(study_context(study, round_name), round_name, language)
        write_whole({output: workbook})
    if not quiet:
        click.echo(f"{output} is ready to fill in. Then: swt import {output} --round {round_name}")


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_round
@click.option("--replace", is_flag=True, help="Put it in the place of an earlier import.")
@click.option("--allow-new", is_flag=True, help="Take in municipalities new to the study.")
@_study
@_quiet
def import_file(
    file: Path, round_name: str, replace: bool, allow_new: bool, folder: Path, quiet: bool
) -> None:
    """Check a filled-in workbook or a table (FILE), and put it into the study as a round."""
    from swt_analysis.rounds.importing import RoundExistsError, import_round

    study = _find(folder)
    _check_round(round_name)
    try:
        with _locked(study):
            done = import_round(study, file, round_name, replace=replace, allow_new=allow_new)
    except DataError as error:
        _stop_at_problems(error.problems)
    except RoundExistsError:
        _stop(f"round {round_name} is in the study already; --replace puts this in its place", 2)
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
@_study
@_quiet
def export(file: Path, language: str, folder: Path, quiet: bool) -> None:
    """Write the labelled data set to FILE: .xlsx, .sav (SPSS), .parquet or .csv."""
    from swt_analysis.export.formats import FORMATS
    from swt_analysis.export.formats import export as export_study

    study = _find(folder)
    if file.suffix.lower() not in FORMATS:
        _stop(f"{file}: its ending must be one of {', '.join(FORMATS)}", 2)
    if file.resolve().is_relative_to(study.root / "data"):
        _stop(f"{file}: choose a place outside {study.root / 'data'}, which holds the study", 2)
    with _locked(study):
        stale.update_processed(study)
    with _writing(file):
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
@_quiet
def simulate(
    output: Path, municipalities: int, rounds: int, seed: int, folder: Path | None, quiet: bool
) -> None:
    """Make a synthetic study in a new folder, for trials and benchmarks."""
    from swt_analysis.rounds.simulate import simulate as invent
    from swt_analysis.rounds.simulate import write_study

    origin = _find(folder) if folder else Study(PROJECT)
    if output.exists():
        _stop(f"{output}: exists already; choose a new folder", 2)
    with _writing(output):
        contents = invent(origin, municipalities=municipalities, rounds=rounds, seed=seed)
        write_study(output, contents)
    if not quiet:
        click.echo(f"Synthetic study in {output}. Now run: swt report --study {output}")


def _check_round(round_name: str) -> None:
    if not is_round_name(round_name):
        _stop(f"a round is named by its year, such as 2015, not {round_name!r}", 2)


def _targets(
    everything: Sequence[Report], patterns: tuple[str, ...], language: str
) -> list[Target]:
    """List the pages that are asked for; a pattern that no report has ends the command."""
    for pattern in patterns:
        if not any(fnmatch.fnmatchcase(one.name, pattern) for one in everything):
            listed = ", ".join(one.name for one in everything)
            _stop(f"no report is called {pattern!r}; there are: {listed}", 2)
    return [
        Target(one, code)
        for code in _LANGUAGES[language]
        for one in everything
        if not patterns or any(fnmatch.fnmatchcase(one.name, p) for p in patterns)
    ]


def _browser() -> Path:
    from swt_analysis.reports.pdf import NAMES, find_browser

    browser = find_browser()
    if browser is None:
        _stop(
            f"no browser to print with ({', '.join(NAMES)}): install Chromium, Chrome or Edge, "
            "or open a page and print it there; nothing was made",
            1,
        )
    return browser


def _print(
    study: Study, targets: list[Target], browser: Path, jobs: int, timeout: int, quiet: bool
) -> None:
    from swt_analysis.reports.pdf import print_pages

    pages = [study.reports / f"{target.key}.html" for target in targets]
    failed = 0
    with click.progressbar(length=len(pages), label="PDF", hidden=quiet, file=sys.stderr) as bar:
        for page, error in print_pages(browser, pages, jobs=jobs, timeout=timeout):
            bar.update(1)
            if error is not None:
                failed += 1
                click.echo(f"\n{page}: {error}", err=True)
    if failed:
        _stop(f"{failed} not printed.", 1)


@contextmanager
def _locked(study: Study) -> Iterator[None]:
    """Wait until no other run works on the study."""
    waiting = f"another swt works on {study.root}; waiting until it is done"
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(study.reports, lambda: click.echo(waiting, err=True)))
        except OSError as error:
            _stop(f"{study.reports}: cannot be written: {error.strerror}", 1)
        yield


def _current(study: Study, before: Callable[[], None] = lambda: None) -> "Current":
    """Bring the processed tables up to date, and say what the pages would be made from.

    If that takes seconds, `before` is called first.
    """
    stale.update_processed(study, before=before)
    return stale.Current(study, tuple(reports(study)))


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Tell what keeps a file or folder from being made, and stop."""
    try:
        yield
    except OSError as error:
        _stop(f"{path}: cannot be written: {error.strerror}", 2)


def _show(bar: Any, target: Target) -> None:
    """Name what is begun beside a progress bar; its own update waits for a step."""
    bar.current_item = target
    bar.render_progress()


def _stop_at_problems(problems: list[Problem]) -> NoReturn:
    for problem in problems:
        click.echo(str(problem), err=True)
    _stop(f"{len(problems)} to mend; nothing was written.", 1)


def _find(folder: Path) -> Study:
    try:
        return find_study(folder)
    except FileNotFoundError as error:
        _stop(str(error), 2)


def _stop(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)
