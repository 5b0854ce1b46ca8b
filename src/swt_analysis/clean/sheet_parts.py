"""The sheets of a workbook besides the answers: their labels become codes."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from swt_analysis import schema
from swt_analysis.clean.grid import Grid
from swt_analysis.clean.headers import find_column
from swt_analysis.clean.mergers import names_in
from swt_analysis.clean.received import Received, StudyContext, is_count, places
from swt_analysis.clean.workbook_layout import NEEDED, PARTS, fact_label
from swt_analysis.files import slugs
from swt_analysis.problems import suggestion

_THEME = re.compile(r"(\w+) (\d+)\.(\d+)\b")


def receive_part(
    found: Received, part: str, grid: Grid, round_name: str, context: StudyContext
) -> None:
    """Read one sheet, translate its labels to codes, and check it."""
    columns = {name: find_column(grid.header, name, part) for name in PARTS[part]}
    missing = [name for name in NEEDED[part] if columns[name] is None]
    found.problems += [
        grid.problem(grid.header_row, None, ", ".join(grid.header), f"needs a column {name}")
        for name in missing
    ]
    extra = [i for i, name in enumerate(grid.header) if name and i not in columns.values()]
    found.problems += [
        grid.problem(grid.header_row, i, grid.header[i], "is no column of this sheet; delete it"
                     + suggestion(grid.header[i], PARTS[part]))
        for i in extra
    ]  # fmt: skip
    where = {name: place for name, place in columns.items() if place is not None}
    table = grid.cells[list(where.values())].set_axis(list(where), axis=1).astype(object)
    table = table.reindex(columns=list(PARTS[part]), fill_value="")
    own = table.drop(columns=["label_nl", "label_en"], errors="ignore")
    if part in ("municipalities", "participants"):
        touched = (own.drop(columns="municipality", errors="ignore") != "").any(axis=1)
        table = table[touched]
    reader = _Part(grid, where, found, context, round_name)
    found.problems += [one for one in grid.problems if one.row is None or one.row in table.index]
    if missing:
        return
    table = reader.read(part, table)
    if not table.empty:  # else the places would be given rows of their own
        _place(found, part, table.assign(source=places(grid)))


def _place(found: Received, part: str, table: pd.DataFrame) -> None:
    """Put a table with those of the round; what is told of municipalities is added to theirs."""
    columns = list(schema.ROUND[part].columns)
    if part == "municipalities" and part in found.tables:
        here = found.tables[part].set_index("municipality")
        more = table.set_index("municipality").replace("", None).reindex(columns=here.columns)
        told, also = here["source"].astype(object), more["source"].astype(object)
        also = also.reindex(here.index).fillna(told)
        source = told.where(told == also, told + "; " + also)
        both = here.combine_first(more.drop(columns="source")).reindex(
            [*here.index, *more.index.difference(here.index, sort=False)]
        )
        table = both.assign(
            source=source.reindex(both.index).fillna(more["source"]),
            on_scheme=both["on_scheme"].fillna("no"),
        ).reset_index()
    found.tables[part] = table.reindex(columns=columns).replace("", None)


class _Part:
    """Reads the rows of one sheet and keeps its problems."""

    def __init__(
        self,
        grid: Grid,
        places: dict[str, int],
        found: Received,
        context: StudyContext,
        round_name: str,
    ) -> None:
        self._grid = grid
        self._places = places
        self._found = found
        self._context = context
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
        labels = self._context.instrument["fact_labels"].to_dict("records")
        facts = {
            fact_label(row[f"label_{code}"]).casefold(): (row["fact"], row["value"])
            for row in labels
            for code in ("nl", "en")
        }
        chosen = self._looked_up(table["fact"], facts, "a particular from the list")
        names: list[str] = []
        values: list[str] = []
        for row, choice, typed in zip(table.index, chosen, table["value"], strict=True):
            fact, value = choice or ("", "")
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
        known = self._context.participants
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
        themes = self._context.instrument["themes"]
        listed = {tuple(map(str, key)) for key in themes[["part", "number", "theme"]].to_numpy()}
        words = _codes(self._labels("part"))
        keys = []
        for row, value in table["theme"].items():
            named = _THEME.match(value)
            key = (words.get(named[1].casefold(), ""), named[2], named[3]) if named else ("",) * 3
            if key not in listed:
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
        members = [] if answered is None else answered["municipality"].to_list()
        members += names_in(self._context.municipalities, self._context.mergers, int(self._round))
        for row, name in table["municipality"].items():
            if not name:
                self._problem(row, "municipality", "", "may not be empty")
            elif members and name not in members:
                allowed = "is not in the choice scales, nor in the study"
                self._problem(row, "municipality", name, allowed + suggestion(name, members))

    def _once(self, table: pd.DataFrame, columns: list[str], shown: str | None = None) -> None:
        for row in table.index[table.duplicated(columns)]:
            value = ", ".join(str(table.loc[row, name]) for name in ([shown] if shown else columns))
            self._problem(row, shown or columns[0], value, "occurs a second time; keep one")

    def _coded(self, column: "pd.Series[str]", kind: str) -> "pd.Series[Any]":
        """Turn labels into codes."""
        labels = self._labels(kind)
        allowed = f"one of {', '.join(labels['label_nl'])}"
        return self._looked_up(column, _codes(labels), allowed)

    def _labels(self, kind: str) -> pd.DataFrame:
        labels = self._context.instrument["labels"]
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
        right = table[column].map(is_count)
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
    return slugs([label])[0].replace("-", "_")
