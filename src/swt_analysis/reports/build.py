"""Bring the pages of a study up to date: its tables, the pages that are stale, the indexes."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

from swt_analysis.files import file_hash, remove_parts, write_whole
from swt_analysis.folder import StudyFolder
from swt_analysis.reports.beside import remove_outdated
from swt_analysis.reports.stale import (
    Current,
    combined,
    made_from,
    page_files,
    part_pages,
    read_manifest,
    table_hashes,
    write_manifest,
)
from swt_analysis.reports.target import Failure, Made, Target

if TYPE_CHECKING:
    from swt_analysis.reports.processes import Processes

FRONT_TABLES = ("labels", "municipality_places", "municipality_rounds", "rounds", "scales")
SAVE_SECONDS = 1.0  # the manifest of a large study is long: not after every page


def make_reports(
    current: Current,
    targets: Sequence[Target],
    timeout: float,
    *,
    jobs: int,
    workers: "Processes | None" = None,
    scheduler: str | None = None,
    started: Callable[[Target], None] = lambda target: None,
) -> Iterator[Made | Failure]:
    """Make pages, several at a time.

    Parameters
    ----------
    current : Current
        Of a study with processed tables.
    targets : sequence of Target
        The pages to make.
    timeout : float
        Seconds that a cell may take.
    jobs : int
        How many at a time on this machine.
    workers : Processes, optional
        From `run.open_processes`, if they are to be used again; else they are opened.
    scheduler : str, optional
        Address of the dask scheduler whose workers do it instead.
    started : callable
        Called with each target when its turn comes.

    Yields
    ------
    Made or Failure
        As they come; a page that was made is in its place by then.

    Raises
    ------
    SchedulerError
        If the cluster cannot be used.
    """
    remove_parts(current.study.reports)
    if not targets:
        return
    # Here, as below: a run with nothing to do, which takes a fifth of a second, needs none of it.
    from swt_analysis.reports.cluster import make_on_cluster
    from swt_analysis.reports.run import make_all, open_processes

    if scheduler is not None:
        yield from _keep(current, make_on_cluster(scheduler, current, targets, timeout))
        return
    with nullcontext(workers) if workers else open_processes(min(jobs, len(targets))) as there:
        results = make_all(
            targets,
            current.study,
            current.everything,
            timeout,
            workers=there,
            started=started,
        )
        yield from _keep(current, results)


def _keep(current: Current, results: Iterable[Made | Failure]) -> Iterator[Made | Failure]:
    """Put pages in their places as they come, and what they were made from in the manifest."""
    study = current.study
    manifest = read_manifest(study)
    saved = time.monotonic()
    try:
        for result in results:
            if isinstance(result, Made):
                target = result.target
                manifest["pages"][target.key] = made_from(current, target) | result.entry
                places = {study.reports / f"{target.key}{end}": end for end in result.files}
                write_whole({path: result.files[end] for path, end in places.items()})
                remove_outdated(study.reports / f"{target.key}.html")
                if time.monotonic() - saved > SAVE_SECONDS:
                    write_manifest(study, manifest)
                    saved = time.monotonic()
            yield result
    finally:
        write_manifest(study, manifest)


def remove_gone(current: Current) -> None:
    """Remove the pages that were made of reports which the study no longer has.

    Of the others, remove the copies that were made of them before they were made again.
    """
    if any(report.problem for report in current.everything):
        return  # what a notebook makes is not known: its pages may not be gone
    study, manifest = current.study, read_manifest(current.study)
    pages = manifest["pages"]
    there = {Target(one, code).key for one in current.everything for code in one.languages}
    keys = list(pages)
    for key in [key for key in keys if key not in there]:
        known = pages.pop(key)["files"]
        for path in page_files(study, key):
            if path.exists() and file_hash(path) == known[path.suffix]:  # else it was altered
                path.unlink()
    for key in keys:
        remove_outdated(study.reports / f"{key}.html")
    if len(pages) < len(keys):
        write_manifest(study, manifest)


def update_index(current: Current) -> None:
    """Write the indexes, unless they are those that the pages give."""
    study, manifest = current.study, read_manifest(current.study)
    tables = table_hashes(study)
    shown = [tables.get(name) for name in FRONT_TABLES]
    now = combined([manifest["pages"], current.titles, current.sources, shown])
    if manifest["index"] != {"from": now, "files": _index_hashes(study)}:
        from swt_analysis.reports.index import write_index

        write_index(study, current.everything, manifest["pages"])
        index = {"from": now, "files": _index_hashes(study)}
        write_manifest(study, manifest | {"index": index})


def _index_hashes(study: StudyFolder) -> dict[str, str]:
    pages = [study.reports / "index.html", *study.reports.glob("*/index.html"), *part_pages(study)]
    return {str(one.relative_to(study.reports)): file_hash(one) for one in pages if one.exists()}
