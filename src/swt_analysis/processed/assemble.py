"""Raw tables to processed tables."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from swt_analysis.clean.answers import WORKBOOK, Answers, read_answers, respondents
from swt_analysis.clean.pseudonyms import hide, names_in_tables, pseudonyms
from swt_analysis.clean.raw import as_table, plain_grid, read_raw
from swt_analysis.clean.references import (
    answer_problems,
    instrument_problems,
    merger_problems,
    reference_problems,
    round_problems,
    unlisted,
)
from swt_analysis.files import remove_parts, restore_replaced, write_whole
from swt_analysis.problems import DataError, Problem
from swt_analysis.schema import tables as schemas
from swt_analysis.schema.datapackage import describe
from swt_analysis.statistics.change import Round, change_table
from swt_analysis.statistics.claims import Evidence, judge, misread
from swt_analysis.statistics.ordinal import summarise
from swt_analysis.study import Study, is_round_name, is_synthetic, study_settings, study_title

Tables = dict[str, pd.DataFrame]


def clean(
    study: Study, rounds: Sequence[Path] | None = None, *, names_hidden: bool = True
) -> Tables:
    """Turn the raw data of a study into its processed tables.

    Parameters
    ----------
    study : Study
    rounds : sequence of Path, optional
        Folders of rounds, each named by its year, to read instead of those of the study.
    names_hidden : bool
        Whether to hide the names of municipalities if ``study.toml`` asks for it.

    Returns
    -------
    dict of str to pandas.DataFrame
        The tables of `schemas.PROCESSED`, typed and checked.

    Raises
    ------
    DataError
        With every problem in every file.
    """
    instrument = read_instrument(study)
    reader = _Reader()
    reader.settings(study)
    reference = _reference(reader, study)
    restore_replaced(study.raw)
    folders = study.rounds() if rounds is None else sorted(rounds, key=lambda one: one.name)
    if not folders:
        allowed = "needs a folder per round, named by its year, such as rounds/2014"
        reader.problems.append(Problem(study.raw / "rounds", None, None, "no round", allowed))
    reader.problems += [
        Problem(folder, None, None, folder.name, "a round's folder is named by its year, as 2014")
        for folder in folders
        if not is_round_name(folder.name)
    ]
    read: dict[str, tuple[Answers | None, Tables]] = {}
    for folder in folders:
        earlier = [tables["participants"] for _, tables in read.values()]
        read[folder.name] = _read_round(reader, folder, instrument, reference, earlier)
    if len(reference["mergers"]):
        path = study.raw / "reference" / "mergers.csv"
        names = {int(year): _names(*one) for year, one in read.items() if is_round_name(year)}
        reader.problems += merger_problems(path, reference["mergers"], names)
    reader.stop_at_problems()
    key = study_settings(study).get("pseudonyms")
    if key and names_hidden:
        instrument, reference, read = _pseudonymous(
            instrument, reference, read, "" if key is True else str(key)
        )
    tables = _assemble(instrument, reference, read)
    return {name: tables[name] for name in schemas.PROCESSED}


def read_instrument(study: Study) -> Tables:
    """Read what a study measures with: scales, themes, checklist, labels.

    Raises
    ------
    DataError
        With every problem in it.
    """
    reader = _Reader()
    tables = {
        name: reader.table(study.instrument / f"{name}.csv", schema, needed=name == "scales")
        for name, schema in schemas.INSTRUMENT.items()
    }
    reader.stop_at_problems()
    reader.problems += instrument_problems(study.instrument, tables)
    reader.stop_at_problems()
    return tables


def read_reference(study: Study) -> Tables:
    """Read what a study compares with: national polls, mergers of municipalities.

    Raises
    ------
    DataError
        With every problem in it.
    """
    reader = _Reader()
    tables = _reference(reader, study)
    reader.stop_at_problems()
    return tables


def _reference(reader: "_Reader", study: Study) -> Tables:
    tables = {
        name: reader.table(study.raw / "reference" / f"{name}.csv", schema)
        for name, schema in schemas.REFERENCE.items()
    }
    reader.problems += reference_problems(study.raw / "reference", tables)
    mergers = tables["mergers"]
    return tables | {"mergers": mergers.assign(carries_on=mergers["carries_on"] == "yes")}


def _typed(table: pd.DataFrame, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Give a table the columns and types that its schema declares.

    Pandera looks at it only if something is wrong, to say what: it takes longer than all the rest.
    """
    declared = _declared(table, schema)
    ordered = table[list(declared)].reset_index(drop=True)
    try:
        typed = {
            name: ordered[name].astype(pd.api.types.pandas_dtype(str(one.dtype)))
            for name, one in declared.items()
        }
    except (TypeError, ValueError):
        return schema.validate(ordered)
    if any(typed[name].hasnans for name, one in declared.items() if not one.nullable):
        return schema.validate(ordered)
    return pd.DataFrame(typed, copy=False)


def _declared(table: pd.DataFrame, schema: pa.DataFrameSchema) -> dict[str, pa.Column]:
    """Give the columns that a schema asks of a table, in order; a pattern stands for several."""
    return {
        name: column
        for told, column in zip(map(str, schema.columns), schema.columns.values(), strict=True)
        for name in (
            [one for one in map(str, table) if re.fullmatch(told, one)] if column.regex else [told]
        )
    }


def write_processed(study: Study, tables: Tables) -> None:
    """Write the processed tables and their ``datapackage.json``, all or none.

    Parameters
    ----------
    study : Study
    tables : dict of str to pandas.DataFrame
        As `clean` gives them.
    """
    settings = study_settings(study)
    title = study_title(settings, study, "en")
    synthetic = is_synthetic(settings)
    if synthetic:
        tables = {name: table.assign(synthetic=True) for name, table in tables.items()}
    contents = {
        study.processed / f"{name}.csv": table.to_csv(index=False, lineterminator="\n").encode()
        for name, table in tables.items()
    }
    contents[study.processed / "datapackage.json"] = describe(title, contents, synthetic=synthetic)
    changed = {
        path: content
        for path, content in contents.items()
        if not path.exists() or path.read_bytes() != content
    }
    remove_parts(study.processed)
    write_whole(changed)


class _Reader:
    """Reads table after table and keeps the problems of all."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def table(
        self, path: Path, schema: pa.DataFrameSchema, *, needed: bool = False
    ) -> pd.DataFrame:
        """Read a table; an empty one if there is none, or if it cannot be read."""
        if needed or path.exists():
            try:
                return read_raw(path, schema)
            except DataError as error:
                self.problems += error.problems
                # Names are still good to check other tables with, whatever is wrong elsewhere.
                if path.stem == "municipalities" and all(one.row for one in error.problems):
                    faulty = as_table(plain_grid(path))
                    if faulty.columns.is_unique:
                        return faulty.reindex(columns=list(schema.columns))
        return pd.DataFrame(columns=list(schema.columns), dtype=object)

    def settings(self, study: Study) -> None:
        """Look at the settings, which the pages read."""
        try:
            study_settings(study)
        except DataError as error:
            self.problems += error.problems

    def answers(self, folder: Path, scales: pd.DataFrame, on_scheme: int | None) -> Answers | None:
        """Read the answers of a round; None if they have problems."""
        try:
            return read_answers(folder, scales, on_scheme)
        except DataError as error:
            self.problems += error.problems
            return None

    def workbook(
        self,
        folder: Path,
        tables: Tables,
        instrument: Tables,
        reference: Tables,
        earlier: list[pd.DataFrame],
    ) -> Tables:
        """Read the sheets of a workbook besides its scores; a text file may not say them again."""
        from swt_analysis.clean.grids import read_grids
        from swt_analysis.rounds.sheets import PARTICIPANT, Known, receive

        path = folder / WORKBOOK
        participants = pd.concat([pd.DataFrame(columns=PARTICIPANT), *earlier])[PARTICIPANT]
        known = Known(instrument, (), participants, reference["mergers"])
        try:
            found = receive(read_grids(path), folder.name, known, allow_new=True)
        except DataError as error:
            self.problems += error.problems
            return {}
        self.problems += found.problems
        others = {name: found.tables[name] for name in schemas.ROUND if name in found.tables}
        self.problems += [
            Problem(folder / f"{name}.csv", None, None, name, f"is in {WORKBOOK} too; keep one")
            for name in others
            if not tables[name].empty
        ]
        return others

    def stop_at_problems(self) -> None:
        """Raise all problems found so far, if any."""
        if self.problems:
            raise DataError(self.problems)


def _read_round(
    reader: _Reader,
    folder: Path,
    instrument: Tables,
    reference: Tables,
    earlier: list[pd.DataFrame],
) -> tuple[Answers | None, Tables]:
    """Read one round's answers and tables, and check what they refer to."""
    tables = {
        name: reader.table(folder / f"{name}.csv", schema) for name, schema in schemas.ROUND.items()
    }
    if (folder / WORKBOOK).exists():
        before = len(reader.problems)
        tables |= reader.workbook(folder, tables, instrument, reference, earlier)
        if len(reader.problems) > before:
            return None, tables
    municipalities = tables["municipalities"]
    on_scheme = None if municipalities.empty else int((municipalities["on_scheme"] == "yes").sum())
    answers = reader.answers(folder, instrument["scales"], on_scheme)
    known = municipalities["municipality"]
    if answers is not None and answers.scores is not None and not municipalities.empty:
        path = folder / "scores.csv"
        reader.problems += unlisted(path, answers.scores, "municipality", known)
        path, answered = folder / "municipalities.csv", respondents(answers.scores)
        reader.problems += answer_problems(path, municipalities, answered)
    if not municipalities.empty:
        for name in ("placements", "facts", "mentions"):
            path = folder / f"{name}.csv"
            reader.problems += unlisted(path, tables[name], "municipality", known)
    number = None if answers is None else answers.respondents
    reader.problems += round_problems(folder, tables, instrument, number)
    scales = instrument["scales"]
    points = {
        int(scale): int(k) for scale, k in zip(scales["scale"], scales["points"], strict=True)
    }
    reader.problems += [
        Problem(folder / "claims.csv", one.row + 2, one.column, one.value, one.allowed)
        for one in misread(tables["claims"], points)
    ]
    path, placements = folder / "placements.csv", tables["placements"]
    reader.problems += unlisted(path, placements, "scale", scales["scale"])
    if answers is not None:
        reader.problems += _unplaceable(path, placements, answers.counts)
    return answers, tables


def _names(answers: Answers | None, tables: Tables) -> set[str]:
    """Name the municipalities of a round, as far as it names any."""
    scores = None if answers is None else answers.scores
    told = tables["municipalities"]["municipality"].dropna()
    return set(told) if scores is None else set(told) | set(respondents(scores))


def _unplaceable(path: Path, placements: pd.DataFrame, counts: pd.DataFrame) -> list[Problem]:
    """More named placements at a point than there are marks."""
    keys = ["scale", "point"]
    named = placements[keys].astype("int64").value_counts().rename("named").reset_index()
    both = named.merge(counts, "left", keys).fillna({"count": 0})
    return [
        Problem(
            path,
            None,
            "point",
            f"scale {row['scale']}, point {row['point']}",
            f"{row['named']} placed there, but it has {row['count']:.0f} marks",
        )
        for row in both[both["named"] > both["count"]].to_dict("records")
    ]


def _assemble(
    instrument: Tables, reference: Tables, rounds: dict[str, tuple[Answers | None, Tables]]
) -> Tables:
    """Put the processed tables together."""
    known = {
        int(year): (answers, raw | {"municipalities": _municipalities(answers, raw)})
        for year, (answers, raw) in rounds.items()
        if answers
    }
    scales = instrument["scales"].astype({"scale": "int64", "points": "int64"})
    tables = {**instrument, "scales": scales, "mergers": reference["mergers"]}
    tables["national_reference"] = reference["national_polls"]
    parts: dict[str, Callable[[Answers, Tables], pd.DataFrame]] = {
        "municipality_rounds": lambda answers, raw: raw["municipalities"],
        "rounds": _round_row,
        "choice_scale_counts": lambda answers, raw: answers.counts,
        "choice_scale_scores": _scores,
        "participants": lambda answers, raw: raw["participants"].assign(base=answers.respondents),
        "facts": lambda answers, raw: raw["facts"],
        "characteristics": lambda answers, raw: raw["characteristics"],
        "mentions": lambda answers, raw: raw["mentions"],
    }
    stacked = {name: _stack(name, known, part) for name, part in parts.items()}
    tables |= stacked
    tables["scale_summaries"] = _summaries(tables["choice_scale_counts"], tables["rounds"])
    tables["municipalities"] = _by_municipality(tables["municipality_rounds"])
    sides = {year: _side(answers, raw) for year, (answers, raw) in known.items()}
    tables["change"] = change_table(sides, reference["mergers"])
    judged, evidence = {}, None
    for year, (answers, raw) in known.items():
        evidence = _evidence(answers, raw, tables, evidence)
        judged[year] = answers, {"claims": judge(raw["claims"], evidence)}
    stacked["claims"] = _stack("claims", judged, lambda answers, raw: raw["claims"])
    rest = schemas.PROCESSED.keys() - stacked.keys()
    return stacked | {name: _typed(tables[name], schemas.PROCESSED[name]) for name in rest}


def _pseudonymous(
    instrument: Tables,
    reference: Tables,
    rounds: dict[str, tuple[Answers | None, Tables]],
    key: str,
) -> tuple[Tables, Tables, dict[str, tuple[Answers | None, Tables]]]:
    """Hide the names of municipalities before anything is computed or written."""
    named = [
        names_in_tables(
            [*raw.values(), *([] if one is None or one.scores is None else [one.scores])]
        )
        | set(one.absent if one else ())
        for one, raw in rounds.values()
    ]
    merged = names_in_tables(reference.values(), ("municipality", "into"))
    hidden = pseudonyms([*named, merged], key)

    def without_names(tables: Tables) -> Tables:
        return {name: hide(table, hidden) for name, table in tables.items()}

    def answers(one: Answers | None) -> Answers | None:
        if one is None or one.scores is None:
            return one
        absent = tuple(sorted(hidden[name] for name in one.absent))
        return replace(one, scores=hide(one.scores, hidden), absent=absent)

    read = {year: (answers(one), without_names(raw)) for year, (one, raw) in rounds.items()}
    return without_names(instrument), without_names(reference), read


def _stack(
    name: str,
    rounds: dict[int, tuple[Answers, Tables]],
    part: Callable[[Answers, Tables], pd.DataFrame],
) -> pd.DataFrame:
    """Put a part of every round under each other: the processed table of that name."""
    schema = schemas.PROCESSED[name]
    parts = [
        _typed(part(answers, raw).assign(round=year), schema)
        for year, (answers, raw) in rounds.items()
    ]
    # Even of one table it would make a copy.
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def _round_row(answers: Answers, raw: Tables) -> pd.DataFrame:
    number = len(raw["municipalities"]) or None
    row = {"form": answers.form, "municipalities": number, "respondents": answers.respondents}
    return pd.DataFrame([row], dtype=object)


def _municipalities(answers: Answers, raw: Tables) -> pd.DataFrame:
    """Give what is known of each; of a bare round with scores, that they answered."""
    table = raw["municipalities"]
    if not table.empty or answers.scores is None:
        yes_no = {"yes": True, "no": False}
        told = {name: table[name].map(yes_no) for name in ("on_scheme", "in_ebook")}
        return table.assign(**told)
    here, absent = respondents(answers.scores), answers.absent
    blank = {name: _blank(len(here) + len(absent)) for name in table}
    rows = pd.DataFrame(blank | {"municipality": [*here.tolist(), *absent]}, dtype="string")
    rows["on_scheme"] = np.arange(len(rows)) < len(here)
    return rows.sort_values("municipality", ignore_index=True) if absent else rows


def _blank(number: int) -> pd.api.extensions.ExtensionArray:
    """Give as many missing texts; making each of them anew takes long for very many."""
    return pd.array([pd.NA], dtype="string").repeat(number)


def _scores(answers: Answers, raw: Tables) -> pd.DataFrame:
    """Everyone's answers; of a count-only round the named placements."""
    if answers.scores is None:
        return raw["placements"].astype({"scale": "int64", "point": "int64"})
    nothing = _blank(len(answers.scores))
    names = ("source", "certainty", "note_nl", "note_en")
    return answers.scores.assign(**dict.fromkeys(names, nothing))


def _summaries(counts: pd.DataFrame, rounds: pd.DataFrame) -> pd.DataFrame:
    respondents = dict(zip(rounds["round"], rounds["respondents"], strict=True))
    rows = []
    for (year, scale), group in counts.groupby(["round", "scale"], sort=False):
        summary = summarise(group["count"].astype("int64").to_numpy())
        row = {name: getattr(summary, name) for name in schemas.SUMMARY}
        modes = " ".join(map(str, summary.modes)) or None
        silent = respondents[group["round"].iloc[0]] - summary.n
        rows.append({"round": year, "scale": scale, **row, "modes": modes, "no_answer": silent})
    return pd.DataFrame(rows)


def _by_municipality(rounds: pd.DataFrame) -> pd.DataFrame:
    """One row a municipality: its state of play by round, the rest as last known."""
    # With one round there is nothing to group, which takes long for many names.
    names = rounds.set_index("municipality")
    last = (
        names.sort_index()
        if names.index.is_unique
        else names.groupby(level="municipality", sort=True).last()
    )
    table = last[["on_scheme"]].copy()
    for year in rounds["round"].drop_duplicates():
        here = rounds[rounds["round"] == year].set_index("municipality")
        table[f"status_{year}"] = here["status"]
        table[f"form_{year}"] = here["form"]
    table["note"] = last["note_nl"]
    table["note_en"] = last["note_en"]
    return table.reset_index()


def _side(answers: Answers, raw: Tables) -> Round:
    """Collect what a round tells of who stands where."""
    there = raw["municipalities"]
    names = there.loc[there["on_scheme"].fillna(False).astype(bool), "municipality"]
    return Round(
        counts=answers.counts,
        scores=_scores(answers, raw) if answers.scores is None else answers.scores,
        complete=answers.scores is not None,
        # To objects first: one by one out of a pandas array takes long for very many.
        respondents=frozenset(names.to_numpy(dtype=object)) if len(there) else None,
    )


def _evidence(answers: Answers, raw: Tables, tables: Tables, earlier: Evidence | None) -> Evidence:
    """Collect what the claims of a round are judged by."""
    return Evidence(
        counts=answers.counts,
        scales=tables["scales"],
        participants=raw["participants"].astype({"teams": "int64", "of_which_pilot": "int64"}),
        municipalities=raw["municipalities"],
        facts=raw["facts"],
        checklist=tables["checklist"].astype({"minutes": "int64"}),
        topics=tables["topics"],
        themes=tables["themes"],
        earlier=earlier,
    )
