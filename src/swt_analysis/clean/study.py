"""Read the raw data of a study: every table, checked by itself and against the others."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from swt_analysis import schema
from swt_analysis.clean.answers import WORKBOOK, Answers, read_answers, respondents
from swt_analysis.clean.checks import (
    answer_problems,
    instrument_problems,
    placement_problems,
    reference_problems,
    round_problems,
)
from swt_analysis.clean.codes import code_problems, renamings
from swt_analysis.clean.context import COLUMNS, read_context
from swt_analysis.clean.grid import Grid
from swt_analysis.clean.mergers import merger_problems
from swt_analysis.clean.pseudonyms import hide, names_in_tables, pseudonyms
from swt_analysis.clean.raw import as_table, plain_grid, read_raw
from swt_analysis.clean.readers import read_grids
from swt_analysis.clean.received import PARTICIPANT, StudyContext
from swt_analysis.clean.sheets import receive
from swt_analysis.files import restore_replaced
from swt_analysis.folder import StudyFolder, is_round_name, study_settings
from swt_analysis.problems import DataError, Problem, suggestion

Tables = dict[str, pd.DataFrame]
# Where a municipality lies would tell which it is, and so would its code.
_TELLING = ("municipality_places", "municipality_codes")


@dataclass(frozen=True)
class RawRound:
    """A round as it was received.

    Attributes
    ----------
    answers : Answers or None
        None if the answers have problems.
    tables : dict of str to pandas.DataFrame
        The tables of `schema.ROUND`; one that was not received is empty.
    """

    answers: Answers | None
    tables: Tables

    @property
    def municipalities(self) -> set[str]:
        """The names of its municipalities, as far as it names any; not those that are absent."""
        listed = set(self.tables["municipalities"]["municipality"].dropna())
        return listed.union(*map(respondents, self.scores))

    @property
    def scores(self) -> list[pd.DataFrame]:
        """The table of scores; none of a count-only round."""
        scores = self.answers.scores if self.answers else None
        return [] if scores is None else [scores]

    @property
    def absent(self) -> set[str]:
        """The municipalities that its scores name without any answer."""
        return set(self.answers.absent) if self.answers else set()


@dataclass(frozen=True)
class RawStudy:
    """The raw data of a study, all of it checked.

    Attributes
    ----------
    instrument, reference : dict of str to pandas.DataFrame
        The tables of `schema.INSTRUMENT` and `schema.REFERENCE`; ``mergers`` with a column
        ``renamed`` and the municipalities that kept their code under another name.
    context : pandas.DataFrame
        As `context.read_context` gives it; empty if there is none.
    rounds : dict of int to RawRound
        By year, in order.
    """

    instrument: Tables
    reference: Tables
    context: pd.DataFrame
    rounds: dict[int, RawRound]


def read_study(
    study: StudyFolder,
    rounds: Sequence[Path] | None = None,
    *,
    names_hidden: bool = True,
    known: RawStudy | None = None,
) -> RawStudy:
    """Read and check the raw data of a study.

    Parameters
    ----------
    study : StudyFolder
        Its instrument, reference and settings are read.
    rounds : sequence of Path, optional
        Folders of rounds, each named by its year, to read instead of those of the study.
    names_hidden : bool
        Whether to hide the names of municipalities if ``study.toml`` asks for it.
    known : RawStudy, optional
        The study as it was just read, names shown: what that has is not read again.

    Returns
    -------
    RawStudy
        Raw tables, all text.

    Raises
    ------
    DataError
        With every problem in every file.
    """
    instrument = known.instrument if known else read_instrument(study)
    reader = _Reader()
    settings = reader.settings(study)
    if rounds is None:  # else some may be left out for now
        reader.sources(study, settings)
    reference = known.reference if known else reader.reference(study)
    context = known.context if known else reader.context(study, reference["municipality_codes"])
    restore_replaced(study.raw)
    folders = study.rounds() if rounds is None else sorted(rounds, key=lambda one: one.name)
    if (
        rounds is None and not folders and not (study.raw / "rounds").is_dir()
    ):  # an empty one waits for the first
        allowed = "needs a folder per round, named by its year, such as rounds/2014"
        reader.problems.append(Problem(study.raw / "rounds", None, None, "no round", allowed))
    reader.problems += [
        Problem(folder, None, None, folder.name, "a round's folder is named by its year, as 2014")
        for folder in folders
        if not is_round_name(folder.name)
    ]
    read: dict[str, RawRound] = {}
    for folder in folders:
        earlier = [one.tables["participants"] for one in read.values()]
        if known and int(folder.name) in known.rounds and not (folder / WORKBOOK).exists():
            read[folder.name] = known.rounds[int(folder.name)]
        else:  # a workbook is read by what earlier rounds have
            read[folder.name] = reader.round(folder, instrument, reference, earlier)
    names = {int(year): one.municipalities for year, one in read.items() if is_round_name(year)}
    mergers, codes = reference["mergers"], reference["municipality_codes"]
    path = study.raw / "reference"
    reader.problems += merger_problems(path / "mergers.csv", mergers[~mergers["renamed"]], names)
    reader.problems += code_problems(path / "municipality_codes.csv", codes, names)
    reader.stop_at_problems()
    raw = RawStudy(instrument, reference, context, {int(year): one for year, one in read.items()})
    key = settings.get("pseudonyms")
    return _pseudonymous(raw, "" if key is True else str(key)) if key and names_hidden else raw


def read_instrument(study: StudyFolder) -> Tables:
    """Read what a study measures with: scales, themes, checklist, labels.

    Raises
    ------
    DataError
        With every problem in it.
    """
    reader = _Reader()
    tables = {
        name: reader.table(study.instrument / f"{name}.csv", table, needed=name == "scales")
        for name, table in schema.INSTRUMENT.items()
    }
    reader.misnamed(study.instrument, schema.INSTRUMENT)
    reader.stop_at_problems()
    reader.problems += instrument_problems(study.instrument, tables)
    reader.stop_at_problems()
    return tables


def read_others(study: StudyFolder, round_name: str) -> RawStudy:
    """Read a study without one of its rounds, as `read_study` does; names are shown."""
    others = [folder for folder in study.rounds() if folder.name != round_name]
    return read_study(study, others, names_hidden=False)


def study_context(others: RawStudy) -> StudyContext:
    """Collect what a study knows from its other rounds, to check or prepare a round with."""
    names = {
        name
        for one in others.rounds.values()
        for name in one.municipalities
        | (one.absent if one.tables["municipalities"].empty else set())
    }
    kinds = [one.tables["participants"] for one in others.rounds.values()]
    participants = pd.concat([pd.DataFrame(columns=PARTICIPANT), *kinds])[PARTICIPANT]
    participants = participants.drop_duplicates("participant", keep="last")
    mergers = others.reference["mergers"]
    return StudyContext(others.instrument, sorted(names), participants, mergers)


class _Reader:
    """Reads table after table and keeps the problems of all."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def table(self, path: Path, table: schema.Table, *, needed: bool = False) -> pd.DataFrame:
        """Read a table; an empty one if there is none, or if it cannot be read."""
        if needed or os.path.lexists(path):
            try:
                return read_raw(path, table)
            except DataError as error:
                self.problems += error.problems
                # Names are still good to check other tables with, whatever is wrong elsewhere.
                if path.stem == "municipalities" and all(one.row for one in error.problems):
                    faulty = as_table(plain_grid(path))
                    if faulty.columns.is_unique:
                        return faulty.reindex(columns=list(table.columns))
        return pd.DataFrame(columns=list(table.columns), dtype=object)

    def misnamed(self, folder: Path, known: Iterable[str]) -> None:
        """Tell of a file whose name is nearly that of a table, which would not be read."""
        names = set(known)
        self.problems += [
            Problem(path, None, None, path.name, f"is no table of a study{hint}.csv?")
            for path in sorted(folder.glob("*.csv"))
            if path.stem not in names and (hint := suggestion(path.stem, names).rstrip("?"))
        ]

    def settings(self, study: StudyFolder) -> dict[str, Any]:
        """Read the settings; none if they have problems."""
        try:
            return study_settings(study)
        except DataError as error:
            self.problems += error.problems
            return {}

    def sources(self, study: StudyFolder, settings: dict[str, Any]) -> None:
        """Tell of sources of a round or table that the study does not have."""
        rounds = {folder.name for folder in study.rounds()}
        for key, known in (("round", rounds), ("table", schema.PROCESSED)):
            self.problems += [
                Problem(
                    study.raw / "study.toml",
                    None,
                    key,
                    source[key],
                    f"is no {key} of this study{suggestion(source[key], known)}",
                )
                for source in settings.get("source", [])
                if known and source.get(key) and source[key] not in known
            ]

    def reference(self, study: StudyFolder) -> Tables:
        """Read what a study compares with: national polls, mergers of municipalities."""
        folder = study.raw / "reference"
        tables = {
            name: self.table(folder / f"{name}.csv", table)
            for name, table in schema.REFERENCE.items()
        }
        self.misnamed(folder, schema.REFERENCE)
        self.problems += reference_problems(folder, tables)
        merged = tables["mergers"].assign(renamed=False)
        renamed = renamings(tables["municipality_codes"], merged).assign(renamed=True)
        mergers = pd.concat([merged, renamed], ignore_index=True)
        return tables | {"mergers": mergers.assign(carries_on=mergers["carries_on"] == "yes")}

    def context(self, study: StudyFolder, codes: pd.DataFrame) -> pd.DataFrame:
        """Read the columns of context; none if there are none, or if they have problems."""
        path = study.raw / "context.csv"
        if os.path.lexists(path):
            try:
                return read_context(path, set(codes["code"]))
            except DataError as error:
                self.problems += error.problems
        return pd.DataFrame(columns=list(COLUMNS), dtype=object)

    def round(
        self, folder: Path, instrument: Tables, reference: Tables, earlier: list[pd.DataFrame]
    ) -> RawRound:
        """Read one round's answers and tables, and check what they refer to."""
        tables = {
            name: self.table(folder / f"{name}.csv", table) for name, table in schema.ROUND.items()
        }
        self.misnamed(folder, [*schema.ROUND, *schema.ANSWERS, "scores", "tallies"])
        grids = None
        if (folder / WORKBOOK).exists():
            before = len(self.problems)
            kinds = pd.concat([pd.DataFrame(columns=PARTICIPANT), *earlier])[PARTICIPANT]
            context = StudyContext(instrument, (), kinds, reference["mergers"])
            grids = self.grids(folder / WORKBOOK)
            tables |= self.sheets(folder, grids, tables, context)
            if len(self.problems) > before:
                return RawRound(None, tables)
        municipalities = tables["municipalities"]
        listed = municipalities["on_scheme"] == "yes"
        on_scheme = None if municipalities.empty else int(listed.sum())
        answers = self.answers(folder, instrument["scales"], on_scheme, grids)
        if answers is not None and answers.scores is not None and not municipalities.empty:
            self.problems += answer_problems(folder, municipalities, answers.scores)
        number = None if answers is None else answers.respondents
        self.problems += round_problems(folder, tables, instrument, number)
        if answers is not None:
            self.problems += placement_problems(folder, tables["placements"], answers.counts)
        return RawRound(answers, tables)

    def grids(self, path: Path) -> list[Grid]:
        """Open a workbook; no sheet if it cannot be opened."""
        try:
            return read_grids(path)
        except DataError as error:
            self.problems += error.problems
            return []

    def sheets(
        self, folder: Path, grids: list[Grid], tables: Tables, context: StudyContext
    ) -> Tables:
        """Read the sheets of a workbook besides its scores; a text file may not say them again."""
        if not grids:
            return {}
        found = receive(grids, folder.name, context, allow_new=None)
        self.problems += found.problems
        others = {name: found.tables[name] for name in schema.ROUND if name in found.tables}
        self.problems += [
            Problem(folder / f"{name}.csv", None, None, name, f"is in {WORKBOOK} too; keep one")
            for name in others
            if not tables[name].empty
        ]
        return others

    def answers(
        self, folder: Path, scales: pd.DataFrame, on_scheme: int | None, grids: list[Grid] | None
    ) -> Answers | None:
        """Read the answers of a round; None if they have problems."""
        try:
            return read_answers(folder, scales, on_scheme, grids)
        except DataError as error:
            self.problems += error.problems
            return None

    def stop_at_problems(self) -> None:
        """Raise all problems found so far, if any."""
        if self.problems:
            raise DataError(self.problems)


def hidden_names(study: StudyFolder) -> dict[str, str]:
    """Give the pseudonym of each municipality; none if the study shows their names.

    Raises
    ------
    DataError
        With every problem in the study.
    """
    key = study_settings(study).get("pseudonyms")
    if not key:
        return {}
    return _letters(read_study(study, names_hidden=False), "" if key is True else str(key))


def _letters(raw: RawStudy, key: str) -> dict[str, str]:
    named = [
        names_in_tables([*one.tables.values(), *one.scores]) | one.absent
        for one in raw.rounds.values()
    ]
    others = [table for name, table in raw.reference.items() if name not in _TELLING]
    return pseudonyms([*named, names_in_tables(others, ("municipality", "into"))], key)


def _pseudonymous(raw: RawStudy, key: str) -> RawStudy:
    """Hide the names of municipalities before anything is computed or written."""
    hidden = _letters(raw, key)
    emptied = {name: raw.reference[name].iloc[:0] for name in _TELLING}
    raw = replace(raw, reference=raw.reference | emptied, context=raw.context.iloc[:0])

    def without_names(tables: Tables) -> Tables:
        return {name: hide(table, hidden) for name, table in tables.items()}

    def answers(one: Answers | None) -> Answers | None:
        if one is None or one.scores is None:
            return one
        absent = tuple(sorted(hidden[name] for name in one.absent))
        return replace(one, scores=hide(one.scores, hidden), absent=absent)

    return RawStudy(
        without_names(raw.instrument),
        without_names(raw.reference),
        raw.context,
        {
            year: RawRound(answers(one.answers), without_names(one.tables))
            for year, one in raw.rounds.items()
        },
    )
