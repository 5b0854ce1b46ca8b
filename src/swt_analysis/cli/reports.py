"""Commands on reports: list, make, watch, share."""

import errno
import json
import os
import sys
import webbrowser
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import cache, partial
from pathlib import Path
from typing import Any

import click

from swt_analysis.cli.common import (
    bring_up_to_date,
    chosen_targets,
    find,
    language_option,
    lock_study,
    main,
    quiet_option,
    said,
    stop,
    study_option,
    writing,
)
from swt_analysis.files import remove_scratch, use_scratch, write_whole
from swt_analysis.folder import StudyFolder
from swt_analysis.reports import stale
from swt_analysis.reports.beside import PDF, WORD, copies
from swt_analysis.reports.target import Failure, Target

# What a command does is imported by that command: to load all would take seconds each time.

_NO_ROUND = (
    "There is no round yet: swt template YEAR -o FILE.xlsx makes a workbook to fill in, and "
    "swt import FILE.xlsx --round YEAR takes it in."
)


_anyway = click.option(
    "--anyway", is_flag=True, help="Pack it although it may tell on people or places."
)


@main.command("list")
@study_option
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_reports(folder: Path, as_json: bool) -> None:
    """List the reports, their parameters and state."""
    study = find(folder)
    with lock_study(study, reading=True):
        current = bring_up_to_date(study)
    manifest = stale.read_manifest(study)
    rows: list[dict[str, Any]] = [
        {
            "name": target.report.name,
            "language": target.language,
            "title": target.title,
            "parameters": dict(target.report.parameters),
            "state": stale.state(current, target, manifest),
        }
        for target in chosen_targets(current.everything, (), "all")
    ]
    for entry in current.everything:
        if entry.problem:
            click.echo(f"notebook {entry.notebook}.ipynb: {entry.problem}", err=True)
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        given = ", ".join(f"{name}={value}" for name, value in row["parameters"].items())
        click.echo(
            f"{row['language']}  {row['name']:<28} {given:<34} {row['state']:<28} {row['title']}"
        )
    for name in study.replaced:
        click.echo(f"{name}.ipynb: the study's own, in the place of the project's.")


@main.command()
@click.argument("name", nargs=-1)
@study_option
@language_option
@quiet_option
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
@click.option("--word", is_flag=True, help="Write each page as a Word document too, beside it.")
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
    word: bool,
) -> None:
    """Clean, then make the reports that are stale: all, or those named NAME (may be a pattern)."""
    if (executor == "dask") != (scheduler is not None):
        stop("--executor dask and --scheduler tcp://HOST:PORT go together", 2)
    study = find(folder)
    makers = {PDF: _printer(timeout)} if pdf else {}
    if word:
        makers[WORD] = _word()
    failures, made = 0, 0
    targets: list[Target] = []
    with lock_study(study):
        remove_scratch(study.reports)

        @cache
        def prepare() -> None:
            from swt_analysis.reports.run import load_ahead

            use_scratch(study.reports)
            if scheduler is None:
                load_ahead()

        try:
            # New tables mean new pages: what runs notebooks loads while the tables are made.
            current = bring_up_to_date(study, prepare)
            manifest = stale.read_manifest(study)
            targets = [
                target
                for target in chosen_targets(current.everything, name, language)
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
            stop(f"{said(error, study.reports)}. The pages there are whole; the rest waits.", 1)
        except KeyboardInterrupt:
            done = f"{made} of {len(targets)} made, the rest is as it was. " if targets else ""
            stop(f"\nStopped. {done}To go on: swt report", 130)
    index = study.reports / "index.html"
    if failures:
        click.echo(f"{failures} not made; what there was of them is untouched.", err=True)
        sys.exit(1)
    chosen = chosen_targets(current.everything, name, language)
    pages = [study.reports / f"{target.key}.html" for target in chosen]
    for ending, maker in makers.items():
        _copy(pages, ending, maker, jobs, quiet)
    if not quiet:
        click.echo(f"{made} made, the rest was fresh. Open {index}")
        if not study.rounds():
            click.echo(_NO_ROUND)
    if show:
        webbrowser.open(index.resolve().as_uri())


@main.command()
@study_option
@quiet_option
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0: any that is free.")
@click.option("--open", "show", is_flag=True, help="Open the index in the browser.")
def watch(folder: Path, quiet: bool, port: int, show: bool) -> None:
    """Show the reports in the browser, and make again what a saved file touches."""
    from swt_analysis.watch import EditedError
    from swt_analysis.watch import watch as keep_watch

    study = find(folder)
    say = (lambda line: None) if quiet else click.echo
    study.reports.mkdir(exist_ok=True)
    try:
        remove_scratch(study.reports)
        use_scratch(study.reports)
        keep_watch(study, port=port, jobs=os.cpu_count() or 1, say=say, show=show)
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES) or error.filename:
            raise
        stop(f"port {port} is in use, or not for you; choose another, or none for a free one", 2)
    except EditedError as edited:
        if os.name == "nt":  # it has no way to put a process in the place of another
            stop("The library was edited: start swt watch again.", 1)
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
@study_option
@language_option
@_anyway
@quiet_option
def share(
    name: tuple[str, ...], output: Path, folder: Path, language: str, anyway: bool, quiet: bool
) -> None:
    """Pack reports into a .zip: all, or those named NAME (may be a pattern).

    Links to reports that are not packed go, so that all others work wherever it is unpacked.
    """
    from swt_analysis.reports.share import shared

    study = find(folder)
    _, targets = _fresh(study, output, name, language)
    files = shared(study.reports, [f"{target.key}.html" for target in targets])
    with writing(output):
        _hand_on(study, files, output, anyway=anyway)
    if not quiet:
        click.echo(f"{output}: {len(targets)} reports. Unpack it and open index.html.")


@main.command()
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@study_option
@_anyway
@quiet_option
def archive(output: Path, folder: Path, anyway: bool, quiet: bool) -> None:
    """Pack the whole study into a .zip to deposit: data, codebook, notebooks, reports.

    It is an RO-Crate, which says what was run too. Unpacked anywhere, swt report in it makes the
    same pages.
    """
    from swt_analysis.export.archive import archive as gather

    study = find(folder)
    current, _ = _fresh(study, output, (), "all")
    files = gather(current)
    with writing(output):
        _hand_on(study, files, output, anyway=anyway)
    if not quiet:
        click.echo(f"{output}: {len(files)} files. README.md in it tells how to make it again.")


def _fresh(
    study: StudyFolder, output: Path, name: tuple[str, ...], language: str
) -> tuple[stale.Current, list[Target]]:
    """Tell which pages are asked for; the command ends unless they are as they would be made."""
    if output.suffix.lower() != ".zip":
        stop(f"{output}: its name has to end in .zip", 2)
    if output.exists() and not _is_pack(output):
        stop(f"{output}: is there already, and was not made by swt; choose another name", 2)
    if output.resolve().is_relative_to((study.root / "data").resolve()):
        stop(f"{output}: choose a place outside {study.root / 'data'}, which holds the study", 2)
    with lock_study(study, reading=True):
        current = bring_up_to_date(study)
        manifest = stale.read_manifest(study)
        targets = chosen_targets(current.everything, name, language)
        states = {target.key: stale.state(current, target, manifest) for target in targets}
    unfit = {key: one for key, one in states.items() if one != "fresh"}
    if unfit:
        for key, one in unfit.items():
            click.echo(f"{key}: {one}", err=True)
        command = " ".join(["swt report", *name, f"--language {language}"])
        stop(f"{len(unfit)} of {len(states)} to make first, with: {command}", 1)
    return current, targets


def _is_pack(path: Path) -> bool:
    """Whether a file is a pack of reports or an archive, which a newer one may replace."""
    try:
        with zipfile.ZipFile(path) as packed:
            return bool({"index.html", "ro-crate-metadata.json"} & set(packed.namelist()))
    except (zipfile.BadZipFile, OSError):
        return False


def _hand_on(study: StudyFolder, files: Mapping[str, bytes], output: Path, *, anyway: bool) -> None:
    """Write files as one, unless they tell on somebody and nobody said to go on anyway."""
    from swt_analysis.packs import zipped
    from swt_analysis.reports.leaks import find_leaks

    leaks = find_leaks(study, files)
    for leak in leaks:
        click.echo(str(leak), err=True)
    if leaks and not anyway:
        stop(f"{len(leaks)} to look at; nothing was written. --anyway packs it as it is.", 1)
    write_whole({output: zipped(files)})


def _printer(timeout: int) -> Callable[[Path], bytes]:
    from swt_analysis.reports.pdf import NAMES, find_browser, pdf

    browser = find_browser()
    if browser is None:
        stop(
            f"no browser to print with ({', '.join(NAMES)}): install Chromium, Chrome or Edge, "
            "or open a page and print it there; nothing was made",
            1,
        )
    return partial(pdf, browser, timeout=timeout)


def _word() -> Callable[[Path], bytes]:
    try:
        from swt_analysis.reports.word import word
    except ImportError as error:
        stop(f"Word documents need python-docx ({error}): pip install python-docx", 1)
    return word


def _copy(
    pages: list[Path], ending: str, maker: Callable[[Path], bytes], jobs: int, quiet: bool
) -> None:
    """Make the copies of pages that are not as their pages, and tell of those that fail."""
    failed = 0
    label = {PDF: "PDF", WORD: "Word"}[ending]
    with click.progressbar(length=len(pages), label=label, hidden=quiet, file=sys.stderr) as bar:
        for page, error in copies(pages, ending, maker, jobs=jobs):
            bar.update(1)
            if error is not None:
                failed += 1
                click.echo(f"\n{page}: {error}", err=True)
    if failed:
        stop(f"{failed} not made as {label}.", 1)


def _show(bar: Any, target: Target) -> None:
    """Name what is begun beside a progress bar; its own update waits for a step."""
    bar.current_item = target
    bar.render_progress()
