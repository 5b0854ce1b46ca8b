"""Counts of municipalities by two characteristics at once, in which one of them can be told."""

from collections.abc import Iterator, Mapping, Sequence

from swt_analysis.folder import StudyFolder
from swt_analysis.reports.catalogue import processed_rows
from swt_analysis.schema import STATUSES
from swt_analysis.text import LANGUAGES

_KINDS = ("status", "form", "atypical_team")
_TOTAL = ("total", "totaal", "all", "alle", "n")


def attributes(study: StudyFolder) -> dict[str, set[str]]:
    """Give the words for what municipalities are told apart by, in lower case.

    Parameters
    ----------
    study : StudyFolder
        With processed tables.

    Returns
    -------
    dict of str to set of str
        Codes and labels of each characteristic, and the points of the scales.
    """
    found: dict[str, set[str]] = {kind: set() for kind in _KINDS}
    found["status"] |= set(STATUSES)
    for row in processed_rows(study, "labels"):
        if row["kind"] in found:
            words = (row["code"], *(row[f"label_{language}"] for language in LANGUAGES))
            found[row["kind"]] |= {word.casefold() for word in words}
    most = max((int(row["points"]) for row in processed_rows(study, "scales")), default=0)
    return {**found, "point": {str(one) for one in range(1, most + 1)}}


def small_cells(
    rows: Sequence[Sequence[str]], groups: Mapping[str, set[str]]
) -> Iterator[tuple[str, str]]:
    """Find cells of a table of counts by which one municipality can be told.

    A count of one is one municipality: who knows it by the one characteristic reads the other. A
    count that lacks one of its total, in its row or column, tells the same of the one that is left.

    Parameters
    ----------
    rows : sequence of sequence of str
        The cells of a table, its headers included.
    groups : mapping of str to set of str
        As `attributes` gives them.

    Yields
    ------
    tuple of str and str
        The cell, and why it tells. Nothing of a table that does not count by two of the groups.

    Examples
    --------
    >>> groups = {"form": {"fixed", "flexible"}, "status": {"pilot", "roll-out"}}
    >>> table = [["", "pilot", "roll-out"], ["fixed", "4", "1"], ["flexible", "3", "3"]]
    >>> [cell for cell, _ in small_cells(table, groups)]
    ['fixed, pilot: 4', 'fixed, roll-out: 1', 'flexible, roll-out: 3']
    """
    if len(rows) < 2 or not groups:
        return
    head = [cell.casefold() for cell in rows[0]]
    columns = [at for at, cell in enumerate(head) if at and cell and cell not in _TOTAL]
    body = [row for row in rows[1:] if len(row) == len(head) and row[0].casefold() not in _TOTAL]
    across = _group({head[at] for at in columns}, groups)
    down = _group({row[0].casefold() for row in body}, groups)
    if across is None or down is None or across == down:
        return
    counts = {
        (r, at): int(row[at]) for r, row in enumerate(body) for at in columns if row[at].isdecimal()
    }
    if len(counts) < len(body) * len(columns):
        return
    for (r, at), count in counts.items():
        name = f"{body[r][0]}, {rows[0][at]}: {count}"
        totals = (
            _total(rows[0], body[r], [counts[r, one] for one in columns]),
            sum(counts[one, at] for one in range(len(body))),
        )
        if count == 1:
            yield name, "is one municipality, by two characteristics; put groups together"
        elif any(count == total - 1 for total in totals):
            yield name, "lacks one of its total, which tells of that one; put groups together"


def _group(words: set[str], groups: Mapping[str, set[str]]) -> str | None:
    return next((name for name, known in groups.items() if words and words <= known), None)


def _total(header: Sequence[str], row: Sequence[str], counts: Sequence[int]) -> int:
    """Give the total of a row: as it says itself, or else the sum of what it has."""
    said = [
        int(cell)
        for name, cell in zip(header, row, strict=True)
        if name.casefold() in _TOTAL and cell.isdecimal()
    ]
    return said[0] if said else sum(counts)
