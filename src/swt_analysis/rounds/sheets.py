"""What a researcher hands in for a round, as the raw tables of that round.

Every table is checked cell by cell, and every problem is told with its place in the file that
was handed in; nothing is corrected in silence.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from swt_analysis.clean.answers import find_scale, interpret_scores, scores_grid, tabulate
from swt_analysis.clean.grids import Grid
from swt_analysis.clean.headers import find_column, is_called, suggestion
from swt_analysis.clean.mergers import names_in, successors
from swt_analysis.clean.tallies import interpret_tallies
from swt_analysis.problems import DataError, Problem
from swt_analysis.rounds.template import FORMAT, HIDDEN, NEEDED, PARTS, fact_label, sheet_names
from swt_analysis.schema import tables as schemas

PARTICIPANT = ["participant", "label_nl", "label_en"]
TABLES = ("scores", "tallies", *PARTS)
_THEME = re.compile(r"(\w+) (\d+)\.(\d+)\b")


@dataclass(frozen=True)
class Known:
    """What the study knows already, to check a round with.

    Attributes
    ----------
    instrument : mapping of str to pandas.DataFrame
        Raw tables, as `clean.read_instrument` gives them.
    municipalities : sequence of str
        Every municipality of an earlier round; none in a new study.
    participants : pandas.DataFrame
        Columns participant, label_nl, label_en.
    mergers : pandas.DataFrame
        Columns municipality, into, year.
    """

    instrument: Mapping[str, pd.DataFrame]
    municipalities: Sequence[str]
    participants: pd.DataFrame
    mergers: pd.DataFrame


@dataclass
class Received:
    """A round as it was handed in.

    Attributes
    ----------
    tables : dict of str to pandas.DataFrame
        Raw tables by name, with the columns of `schemas.ROUND`; ``scores`` or ``tallies`` too.
    notes : list of str
        What was assumed, left out or is new.
    problems : list of Problem
        Everything wrong with it.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def receive(grids: list[Grid], round_name: str, known: Known, *, allow_new: bool) -> Received:
    """Turn the sheets of a file into the raw tables of a round.

    Parameters
    ----------
    grids : list of Grid
        The sheets of a filled-in workbook, or one table of scores or tallies.
    round_name : str
        The year of the round.
    known : Known
    allow_new : bool
        Whether municipalities that the study does not know are fine.

    Returns
    -------
    Received
    """
    found = Received(notes=[f"{grids[0].file.name}: read as {grids[0].read_as}"])
    rest = [grid for grid in grids if grid.sheet != HIDDEN]
    for grid in grids:
        if grid.sheet == HIDDEN:
            found.problems += _wrong_workbook(grid, round_name)
    parts = {part: grid for part in PARTS for grid in rest if grid.sheet in sheet_names(part)}
    about = [*sheet_names("instructions"), *sheet_names("checklist")]
    candidates = [g for g in rest if g not in parts.values() and g.sheet not in about]
    tally = next((grid for grid in candidates if _is_tally(grid)), None)
    if tally is not None:
        _receive_tally(found, tally, known)
        used = [tally, *parts.values()]
    else:
        try:
            grid = scores_grid(candidates or rest, known.instrument["scales"])
        except DataError as error:
            found.problems += error.problems
            return found
        _receive_scores(found, grid, round_name, known, allow_new=allow_new)
        used = [grid, *parts.values()]
    found.notes += [f"sheet {grid.sheet} is not read" for grid in candidates if grid not in used]
    for part, grid in parts.items():
        _receive_part(found, part, grid, round_name, known)
    return found


def _wrong_workbook(grid: Grid, round_name: str) -> list[Problem]:
    """Compare what the hidden sheet says with what was asked."""
    told = {grid.header[0]: (1, grid.header[1] if len(grid.header) > 1 else "")}
    for row, cells in zip(grid.cells.index.to_list(), grid.cells.to_numpy(), strict=True):
        told[cells[0]] = (row, cells[1])
    row, value = told.get("round", (None, ""))
    problems = []
    if value != round_name:
        allowed = f"the workbook was made for another round than {round_name}; use its own round"
        problems.append(grid.problem(row, None, value, allowed))
    row, value = told.get("format", (None, ""))
    if value != FORMAT:
        allowed = f"this version reads workbooks of format {FORMAT}; make a new one, swt template"
        problems.append(grid.problem(row, None, value, allowed))
    return problems


# Answers.


def _is_tally(grid: Grid) -> bool:
    named = [find_column(grid.header, name) for name in ("scale", "municipality", "point")]
    return named[0] is not None and named[1:] == [None, None]


def _receive_tally(found: Received, grid: Grid, known: Known) -> None:
    """Take over a tally, counts written as numbers turned into marks."""
    header = ["scale" if is_called(name, "scale") else name for name in grid.header]
    cells = grid.cells.copy()
    scale = header.index("scale")
    cells[scale] = [
        find_scale(cell, known.instrument["scales"]) or cell for cell in cells[scale].to_list()
    ]
    for column, name in enumerate(header):
        if name.isdigit() or is_called(name, "no_answer"):
            marks = {cell: "X" * int(cell) for cell in cells[column].unique() if _is_count(cell)}
            cells[column] = cells[column].replace(marks)
            header[column] = name if name.isdigit() else "no_answer"
    tally = Grid(grid.file, grid.sheet, header, cells, grid.read_as, grid.problems)
    try:
        interpret_tallies(tally, scales=known.instrument["scales"], respondents=None)
    except DataError as error:
        found.problems += error.problems
    table = cells.set_axis(header, axis=1)
    if "source" not in table:
        table["source"] = _places(grid)
    found.tables["tallies"] = table.loc[:, [name != "" for name in table.columns]]
    found.notes.append("the file has counts only: who stands where is not known")


def _is_count(cell: str) -> bool:
    return cell.isascii() and cell.isdigit() and len(cell) < 5


def _receive_scores(
    found: Received, grid: Grid, round_name: str, known: Known, *, allow_new: bool
) -> None:
    scales = known.instrument["scales"]
    scores = interpret_scores(grid, scales, round_name)
    found.problems += scores.problems
    who = find_column(grid.header, "municipality") or 0
    names = grid.cells[who]
    names = names[names != ""].drop_duplicates()
    found.problems += _unknown(found, grid, names, round_name, known, allow_new=allow_new)
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
    places = _places(grid)
    found.tables["scores"] = table.assign(
        point=["" if pd.isna(point) else str(point) for point in table["point"]],
        source=table["municipality"].map(lambda name: places[rows[name]]),
    )
    found.tables["municipalities"] = (
        pd.DataFrame(
            {
                "municipality": names,
                "on_scheme": names.isin(list(rows)).map({True: "yes", False: "no"}),
                "source": places,
            }
        )
        .reindex(columns=list(schemas.ROUND["municipalities"].columns))
        .dropna(subset="municipality")
    )
    silent = int(table["point"].isna().sum())
    if silent:
        found.notes.append(f"{silent} of {len(table)} answers are blank: no answer")


def _unknown(
    found: Received,
    grid: Grid,
    names: "pd.Series[str]",
    round_name: str,
    known: Known,
    *,
    allow_new: bool,
) -> list[Problem]:
    """Find municipalities that the study does not have in this round."""
    merged = successors(known.mergers, int(round_name))
    there = names_in(known.municipalities, known.mergers, int(round_name))
    problems = []
    column = find_column(grid.header, "municipality")
    for row, name in zip(names.index.to_list(), names, strict=True):
        if name in merged:
            allowed = f"is part of {merged[name]} in {round_name}; use that name"
            problems.append(grid.problem(row, column, name, allowed))
        elif there and name not in there:
            hint = suggestion(name, there)
            if allow_new:
                found.notes.append(f"new to the study: {name}{hint.replace(';', ',')}")
                continue
            allowed = f"is not in the study{hint or '; see the spelling'}; --allow-new takes it in"
            problems.append(grid.problem(row, column, name, allowed))
    return problems


def _places(grid: Grid) -> "pd.Series[str]":
    """Say of each row where it stands."""
    sheet = [] if grid.sheet is None else [grid.sheet]
    places = [", ".join([grid.file.name, *sheet, f"row {row}"]) for row in grid.cells.index]
    return pd.Series(places, index=grid.cells.index, dtype=object)


# The other sheets.


def _receive_part(found: Received, part: str, grid: Grid, round_name: str, known: Known) -> None:
    """Read one sheet, translate its labels to codes, and check it."""
    columns = {name: find_column(grid.header, name) for name in PARTS[part]}
    missing = [name for name in NEEDED[part] if columns[name] is None]
    found.problems += [
        grid.problem(1, None, ", ".join(grid.header), f"needs a column {name}") for name in missing
    ]
    extra = [i for i, name in enumerate(grid.header) if name and i not in columns.values()]
    found.problems += [
        grid.problem(1, i, grid.header[i], "is no column of this sheet; delete it"
                     + suggestion(grid.header[i], PARTS[part]))
        for i in extra
    ]  # fmt: skip
    places = {name: place for name, place in columns.items() if place is not None}
    table = grid.cells[list(places.values())].set_axis(list(places), axis=1)
    table = table.reindex(columns=list(PARTS[part]), fill_value="")
    own = table.drop(columns=["label_nl", "label_en"], errors="ignore")
    if part in ("municipalities", "participants"):
        touched = (own.drop(columns="municipality", errors="ignore") != "").any(axis=1)
        table = table[touched]
    reader = _Part(grid, places, found, known, round_name)
    found.problems += [one for one in grid.problems if one.row is None or one.row in table.index]
    if missing:
        return
    table = reader.read(part, table)
    if not table.empty:  # else the places would be given rows of their own
        _place(found, part, table.assign(source=_places(grid)))


def _place(found: Received, part: str, table: pd.DataFrame) -> None:
    """Put a table with those of the round; what is told of municipalities is added to theirs."""
    columns = list(schemas.ROUND[part].columns)
    if part == "municipalities" and part in found.tables:
        told = found.tables[part].set_index("municipality")
        more = table.set_index("municipality").replace("", None).reindex(columns=told.columns)
        source = told["source"].add("; ").add(more["source"]).fillna(told["source"])
        both = told.combine_first(more.drop(columns="source")).reindex(
            [*told.index, *more.index.difference(told.index, sort=False)]
        )
        table = both.assign(
            source=source.reindex(both.index).fillna(more["source"]),
            on_scheme=both["on_scheme"].fillna("no"),
        ).reset_index()
    found.tables[part] = table.reindex(columns=columns).replace("", None)


class _Part:
    """Reads the rows of one sheet and keeps its problems."""

    def __init__(
        self, grid: Grid, places: dict[str, int], found: Received, known: Known, round_name: str
    ) -> None:
        self._grid = grid
        self._places = places
        self._found = found
        self._known = known
        self._round = round_name

    def read(self, part: str, table: pd.DataFrame) -> pd.DataFrame:
        """Translate the labels of a sheet to codes."""
        return getattr(self, f"_{part}")(table)  # type: ignore[no-any-return]

    def _municipalities(self, table: pd.DataFrame) -> pd.DataFrame:
        self._names(table)
        self._once(table, ["municipality"])
        kinds = ("status", "form", "atypical_team")
        codes = {kind: self._coded(table[kind], kind) for kind in kinds}
        # Once each is enough for the other checks: what is told twice is a problem already.
        once = table.assign(**codes).drop_duplicates("municipality")
        return self._in_both(once, ["note"])

    def _facts(self, table: pd.DataFrame) -> pd.DataFrame:
        self._names(table)
        labels = self._known.instrument["fact_labels"].to_dict("records")
        facts = {
            fact_label(row[f"label_{code}"]).casefold(): (row["fact"], row["value"])
            for row in labels
            for code in ("nl", "en")
        }
        chosen = self._looked_up(table["fact"], facts, "a particular from the list")
        names: list[str] = []
        values: list[str] = []
        for row, told, typed in zip(table.index, chosen, table["value"], strict=True):
            fact, value = told or ("", "")
            if value == "*" and not typed:
                self._problem(row, "value", "", "may not be empty for this particular")
            if value != "*" and fact and typed:
                self._problem(row, "value", typed, "this particular takes no value; empty it")
            names.append(fact)
            values.append(typed if value == "*" else value)
        table = table.assign(fact=names, value=values)
        self._once(table, ["municipality", "fact", "value"])
        return table

    def _participants(self, table: pd.DataFrame) -> pd.DataFrame:
        counted = table[table["teams"] != ""]
        uncounted = table.index.difference(counted.index)
        for row in uncounted:
            self._problem(row, "teams", "", "may not be empty where the row says more")
        table = self._in_both(counted, ["label", "note"])
        known = self._known.participants
        codes = {
            label.casefold(): key
            for key, *labels in known.itertuples(index=False, name=None)
            for label in labels
        }
        for row in table.index[table["label_nl"] == ""]:
            self._problem(row, "label_nl", "", "may not be empty")
        keys = [codes.get(label.casefold(), _key(label)) for label in table["label_nl"]]
        table = table.assign(participant=keys)
        new = [label for key, label in zip(keys, table["label_nl"], strict=True)
               if key not in set(known["participant"])]  # fmt: skip
        if new and len(known):
            self._found.notes.append(f"participants new to the study: {', '.join(new)}")
        self._once(table, ["participant"], "label_nl")
        table = table.assign(of_which_pilot=table["of_which_pilot"].replace("", "0"))
        teams = self._numbers(table, "teams", self._respondents())
        self._numbers(table, "of_which_pilot", teams)
        return table

    def _mentions(self, table: pd.DataFrame) -> pd.DataFrame:
        self._names(table)
        table = self._in_both(table, ["subject"])
        themes = self._known.instrument["themes"]
        there = {tuple(map(str, key)) for key in themes[["part", "number", "theme"]].to_numpy()}
        words = _codes(self._labels("part"))
        keys = []
        for row, value in table["theme"].items():
            told = _THEME.match(value)
            key = (words.get(told[1].casefold(), ""), told[2], told[3]) if told else ("", "", "")
            if key not in there:
                self._problem(row, "theme", value, "must be a theme from the list")
            keys.append(key)
        for row in table.index[table["subject_nl"] == ""]:
            self._problem(row, "subject_nl", "", "may not be empty: what is said of it?")
        parts_of = dict(zip(("part", "number", "theme"), zip(*keys, strict=True), strict=False))
        return table.assign(**parts_of) if keys else table

    # What the sheets have in common.

    def _problem(self, row: object, column: str, value: str, allowed: str) -> None:
        number = int(str(row))
        place = self._places.get(column)
        self._found.problems.append(self._grid.problem(number, place, value, allowed))

    def _names(self, table: pd.DataFrame) -> None:
        """Check that the municipalities are in the round."""
        answered = self._found.tables.get("municipalities")
        there = [] if answered is None else answered["municipality"].to_list()
        there += names_in(self._known.municipalities, self._known.mergers, int(self._round))
        for row, name in table["municipality"].items():
            if not name:
                self._problem(row, "municipality", "", "may not be empty")
            elif there and name not in there:
                allowed = "is not in the choice scales, nor in the study"
                self._problem(row, "municipality", name, allowed + suggestion(name, there))

    def _once(self, table: pd.DataFrame, columns: list[str], shown: str | None = None) -> None:
        for row in table.index[table.duplicated(columns)]:
            value = ", ".join(str(table.loc[row, name]) for name in ([shown] if shown else columns))
            self._problem(row, shown or columns[0], value, "occurs a second time; keep one")

    def _coded(self, column: "pd.Series[str]", kind: str) -> "pd.Series[Any]":
        """Turn labels into codes."""
        here = self._labels(kind)
        return self._looked_up(column, _codes(here), f"one of {', '.join(here['label_nl'])}")

    def _labels(self, kind: str) -> pd.DataFrame:
        labels = self._known.instrument["labels"]
        return labels.loc[labels["kind"] == kind, ["code", "label_nl", "label_en"]]

    def _looked_up(
        self, column: "pd.Series[str]", codes: Mapping[str, object], allowed: str
    ) -> "pd.Series[Any]":
        for row, value in column.items():
            if (value or column.name == "fact") and value.casefold() not in codes:
                said = f"must be {allowed}" + suggestion(value, codes)
                self._problem(row, str(column.name), value, said)
        look: Callable[[str], object] = lambda value: codes.get(value.casefold(), "")  # noqa: E731
        return column.map(look)

    def _in_both(self, table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
        """Let a text that is given in one language stand for the other too."""
        for name in names:
            dutch, english = table[f"{name}_nl"], table[f"{name}_en"]
            table = table.assign(
                **{
                    f"{name}_nl": dutch.where(dutch != "", english),
                    f"{name}_en": english.where(english != "", dutch),
                }
            )
        return table

    def _respondents(self) -> int | None:
        scores = self._found.tables.get("scores")
        return None if scores is None else int(scores["municipality"].nunique())

    def _numbers(
        self, table: pd.DataFrame, column: str, most: "int | pd.Series[int] | None"
    ) -> "pd.Series[int]":
        """Check that a column has whole numbers from 0 to the most that there can be."""
        right = table[column].map(_is_count)
        for row in table.index[~right]:
            self._problem(row, column, table.loc[row, column], "must be a whole number, 0 or more")
        numbers = table[column].where(right, "0").astype("int64")
        if most is not None:
            limits = most if isinstance(most, pd.Series) else pd.Series(most, index=table.index)
            for row in table.index[numbers > limits]:
                whose = "the teams it is in" if column == "of_which_pilot" else "the respondents"
                allowed = f"must be 0 to {limits[row]}: {whose}"
                self._problem(row, column, table.loc[row, column], allowed)
        return numbers


def _codes(labels: pd.DataFrame) -> dict[str, str]:
    """Give the code that each word stands for: the code itself, or a label of it."""
    return {
        str(word).casefold(): code
        for code, *named in labels.itertuples(index=False)
        for word in (code, *named)
    }


def _key(label: str) -> str:
    """Make a key of a label: plain, lower case, words joined."""
    from swt_analysis.files import slugs

    return slugs([label])[0].replace("-", "_")
