"""What a researcher hands in for a round, as the raw tables of that round.

Every table is checked cell by cell, and every problem is told with its place in the file that
was handed in; nothing is corrected in silence.
"""

from collections.abc import Collection

import pandas as pd

from swt_analysis import schema
from swt_analysis.clean.exports import Exported, read_export
from swt_analysis.clean.grid import Grid, relabelled
from swt_analysis.clean.headers import find_column, is_called
from swt_analysis.clean.labelled import understood
from swt_analysis.clean.mergers import names_in, successors
from swt_analysis.clean.names import strange_name
from swt_analysis.clean.received import Received, StudyContext, is_count, places
from swt_analysis.clean.scores import (
    find_scale,
    interpret_scores,
    is_of_scores,
    scores_grid,
    tabulate,
)
from swt_analysis.clean.sheet_parts import receive_part
from swt_analysis.clean.tallies import interpret_tallies
from swt_analysis.clean.workbook_layout import FORMAT, HIDDEN, PARTS, sheet_names
from swt_analysis.problems import DataError, Problem, suggestion

TABLES = ("scores", "tallies", *PARTS)


def receive(
    grids: list[Grid],
    round_name: str,
    context: StudyContext,
    *,
    allow_new: Collection[str] | None,
) -> Received:
    """Turn the sheets of a file into the raw tables of a round.

    Parameters
    ----------
    grids : list of Grid
        The sheets of a filled-in workbook, or one table of scores or tallies.
    round_name : str
        The year of the round.
    context : StudyContext
        What the round is checked with.
    allow_new : collection of str or None
        Names of municipalities that the study does not know and that are fine; None: any.

    Returns
    -------
    Received
        Its tables, with what was assumed and every problem found.
    """
    scales = context.instrument["scales"]
    found = Received(notes=[f"{grids[0].file.name}: read as {grids[0].read_as}"])
    found.notes += [
        f"row {row} ends before the header does: what it lacks is taken as blank"
        for grid in grids
        for row in grid.short
    ]
    grids = [understood(grid, scales) for grid in grids]
    try:
        exported = read_export(grids, round_name, scales)
    except DataError as error:
        found.problems += error.problems
        return found
    if exported is not None:
        _receive_export(found, exported, round_name, context, allow_new=allow_new)
        return found
    rest = [grid for grid in grids if grid.sheet != HIDDEN]
    for grid in grids:
        if grid.sheet == HIDDEN:
            found.problems += _wrong_workbook(grid, round_name)
    parts = {part: grid for part in PARTS for grid in rest if grid.sheet in sheet_names(part)}
    if len(rest) < len(grids):  # a workbook of ours
        found.notes += [
            f"there is no sheet {' or '.join(sheet_names(part))}, so nothing of it is known"
            for part in PARTS
            if part not in parts
        ]
    about = [*sheet_names("instructions"), *sheet_names("checklist")]
    candidates = [g for g in rest if g not in parts.values() and g.sheet not in about]
    tally = next((grid for grid in candidates if _is_tally(grid)), None)
    if tally is not None:
        _receive_tally(found, tally, context)
        used = [tally, *parts.values()]
    else:
        try:
            if not candidates and len(rest) < len(grids):
                name = " or ".join(sheet_names("scales"))
                allowed = f"there is no sheet {name}; take it from a fresh workbook of swt template"
                raise DataError([Problem(grids[0].file, None, None, name, allowed)])
            grid = scores_grid(candidates or rest, scales)
        except DataError as error:
            found.problems += error.problems
            return found
        _receive_scores(found, grid, round_name, context, allow_new=allow_new)
        used = [grid, *parts.values()]
    unread = [grid for grid in candidates if grid not in used]
    more = [grid for grid in unread if _is_tally(grid) or is_of_scores(grid, scales)]
    allowed = "has answers too; put them all in one sheet"
    found.problems += [grid.problem(None, None, str(grid.sheet), allowed) for grid in more]
    names = [name for part in PARTS if part not in parts for name in sheet_names(part)]
    for one in (grid for grid in unread if grid not in more):
        if hint := suggestion(str(one.sheet), names):
            allowed = f"is no sheet of the workbook{hint} Give it its name, or delete it"
            found.problems.append(one.problem(None, None, str(one.sheet), allowed))
        else:
            found.notes.append(f"sheet {one.sheet} is not read")
    for part, grid in parts.items():
        receive_part(found, part, grid, round_name, context)
    return found


def _receive_export(
    found: Received,
    exported: Exported,
    round_name: str,
    context: StudyContext,
    *,
    allow_new: Collection[str] | None,
) -> None:
    """Take in a round of an export, as the sheets of a workbook."""
    found.notes += exported.notes
    found.problems += exported.problems
    if exported.scores is not None:
        _receive_scores(found, exported.scores, round_name, context, allow_new=allow_new)
    if exported.tallies is not None:
        _receive_tally(found, exported.tallies, context)
    if exported.part is None:
        return
    names = exported.flags["municipality"].dropna()
    if exported.scores is None:
        found.problems += _unknown(
            found, exported.part, names, round_name, context, allow_new=allow_new
        )
    columns = list(schema.ROUND["municipalities"].columns)
    found.tables["municipalities"] = exported.flags.reindex(columns=columns)
    receive_part(found, "municipalities", exported.part, round_name, context)


def _wrong_workbook(grid: Grid, round_name: str) -> list[Problem]:
    """Compare what the hidden sheet says with what was asked."""
    settings = {grid.header[0]: (1, grid.header[1] if len(grid.header) > 1 else "")}
    for row, cells in zip(grid.cells.index.to_list(), grid.cells.to_numpy(), strict=True):
        settings[cells[0]] = (row, cells[1])
    row, value = settings.get("round", (None, ""))
    problems = []
    if value != round_name:
        allowed = f"the workbook was made for another round than {round_name}; use its own round"
        problems.append(grid.problem(row, None, value, allowed))
    row, value = settings.get("format", (None, ""))
    if value != FORMAT:
        allowed = f"this version reads workbooks of format {FORMAT}; make a new one, swt template"
        problems.append(grid.problem(row, None, value, allowed))
    return problems


# Answers.


def _is_tally(grid: Grid) -> bool:
    named = [find_column(grid.header, name) for name in ("scale", "municipality", "point")]
    return named[0] is not None and named[1:] == [None, None]


def _receive_tally(found: Received, grid: Grid, context: StudyContext) -> None:
    """Take over a tally, counts written as numbers turned into marks."""
    header = ["scale" if is_called(name, "scale") else name for name in grid.header]
    cells = grid.cells.copy()
    allowed = "ends before the header does; write what is missing, a blank where nobody is"
    found.problems += [grid.problem(row, None, f"row {row}", allowed) for row in grid.short]
    scale = header.index("scale")
    cells[scale] = relabelled(
        cells[scale], lambda cell: find_scale(cell, context.instrument["scales"]) or cell
    )
    for column, name in enumerate(header):
        if name.isdigit() or is_called(name, "no_answer"):
            cells[column] = relabelled(
                cells[column], lambda cell: "X" * int(cell) if is_count(cell) else cell
            )
            header[column] = name if name.isdigit() else "no_answer"
    tally = Grid(grid.file, grid.sheet, header, cells, grid.read_as, grid.problems)
    try:
        interpret_tallies(tally, scales=context.instrument["scales"], respondents=None)
    except DataError as error:
        found.problems += error.problems
    table = cells.set_axis(header, axis=1)
    if "source" not in table:
        table["source"] = places(grid)
    found.tables["tallies"] = table.loc[:, [name != "" for name in table.columns]]
    found.notes.append(
        "the file has counts only: who stands where is not known. A sheet with a column on_scheme "
        "(or municipalities.csv in the folder of the round) says who took part"
    )


def _receive_scores(
    found: Received,
    grid: Grid,
    round_name: str,
    context: StudyContext,
    *,
    allow_new: Collection[str] | None,
) -> None:
    scales = context.instrument["scales"]
    scores = interpret_scores(grid, scales, round_name)
    found.problems += scores.problems
    who = find_column(grid.header, "municipality") or 0
    names = grid.cells[who]
    names = names[names != ""].drop_duplicates()
    found.problems += _unknown(found, grid, names, round_name, context, allow_new=allow_new)
    if scores.absent:
        found.notes.append(
            f"no answer on any scale, so taken as not having taken part: {', '.join(scores.absent)}"
        )
    if scores.problems:
        return
    if scores.cells.empty:
        allowed = "has no answer of any municipality; fill in the choice scales"
        found.problems.append(grid.problem(None, None, grid.file.name, allowed))
        return
    table = tabulate(scores, scales).astype(object)
    rows = dict(zip(scores.cells["municipality"], scores.cells["row"], strict=True))
    where = places(grid)
    found.tables["scores"] = table.assign(
        point=["" if pd.isna(point) else str(point) for point in table["point"]],
        source=table["municipality"].map(lambda name: where[rows[name]]),
    )
    found.tables["municipalities"] = (
        pd.DataFrame(
            {
                "municipality": names,
                "on_scheme": names.isin(list(rows)).map({True: "yes", False: "no"}),
                "source": where,
            }
        )
        .reindex(columns=list(schema.ROUND["municipalities"].columns))
        .dropna(subset="municipality")
    )
    answered = set(scores.cells["scale"])
    found.notes += [
        f"scale {scale} has no column, so nobody answered it"
        for scale in scales["scale"].astype(str)
        if scale not in answered
    ]
    silent = int(table["point"].isna().sum())
    if silent:
        found.notes.append(f"{silent} of {len(table)} answers are blank: no answer")


def _unknown(
    found: Received,
    grid: Grid,
    names: "pd.Series[str]",
    round_name: str,
    context: StudyContext,
    *,
    allow_new: Collection[str] | None,
) -> list[Problem]:
    """Find municipalities that the study does not have in this round, or that are no names."""
    merged = successors(context.mergers, int(round_name))
    members = names_in(context.municipalities, context.mergers, int(round_name))
    problems = []
    column = find_column(grid.header, "municipality")
    for row, name in zip(names.index.to_list(), names, strict=True):
        strange = None if allow_new is None or name in members else strange_name(name, members)
        if column is not None and name == grid.header[column]:
            strange = "is the header once more; delete this row"
        if strange:
            problems.append(grid.problem(row, column, name, strange))
        elif name in merged:
            allowed = f"is part of {merged[name]} in {round_name}; use that name"
            problems.append(grid.problem(row, column, name, allowed))
        elif members and name not in members:
            hint = suggestion(name, members)
            if allow_new is None or name in allow_new:
                found.notes.append(f"new to the study: {name}{hint.replace(';', ',')}")
                continue
            allowed = f"is not in the study{hint or '; see the spelling'}"
            allowed += f"; --allow-new {name!r} takes it in"
            problems.append(grid.problem(row, column, name, allowed))
    return problems
