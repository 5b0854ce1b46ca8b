"""Put the processed tables of a study together: what was received, and what is computed from it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from swt_analysis import schema
from swt_analysis.clean.answers import Answers, respondents
from swt_analysis.clean.codes import codes_in
from swt_analysis.clean.context import in_rounds
from swt_analysis.clean.study import RawRound, RawStudy, read_study
from swt_analysis.folder import StudyFolder
from swt_analysis.processed.reasons import in_words
from swt_analysis.processed.store import typed, write_processed
from swt_analysis.statistics.change import Round, change_table
from swt_analysis.statistics.claims import judge
from swt_analysis.statistics.measures import Evidence
from swt_analysis.statistics.ordinal import summarise

Tables = dict[str, pd.DataFrame]
_SUMMARY = (
    *("n", "low_median", "high_median", "left", "middle", "right"),
    *("balance", "leik_d", "agreement"),
)


def processed_tables(
    study: StudyFolder, rounds: Sequence[Path] | None = None, *, names_hidden: bool = True
) -> Tables:
    """Turn the raw data of a study into its processed tables.

    Parameters
    ----------
    study : StudyFolder
        Its instrument, reference and settings are read.
    rounds : sequence of Path, optional
        Folders of rounds, each named by its year, to read instead of those of the study.
    names_hidden : bool
        Whether to hide the names of municipalities if ``study.toml`` asks for it.

    Returns
    -------
    dict of str to pandas.DataFrame
        The tables of `schema.PROCESSED`, with the types that the dictionary gives them.

    Raises
    ------
    DataError
        With every problem in every file.
    """
    return assemble(read_study(study, rounds, names_hidden=names_hidden))


def ensure_processed(study: StudyFolder) -> None:
    """Make the processed tables of a study that has none, as in a fresh clone.

    Raises
    ------
    DataError
        With every problem in the raw data.
    """
    if not (study.processed / "datapackage.json").exists():
        write_processed(study, processed_tables(study))


def assemble(raw: RawStudy) -> Tables:
    """Put the processed tables together from raw data that are checked.

    Returns
    -------
    dict of str to pandas.DataFrame
        The tables of `schema.PROCESSED`, in their order.
    """
    codes = raw.reference["municipality_codes"]
    rounds = {
        year: (one.answers, one.tables | {"municipalities": _municipalities(one, codes, year)})
        for year, one in raw.rounds.items()
        if one.answers
    }
    scales = raw.instrument["scales"].astype({"scale": "int64", "points": "int64"})
    mergers = raw.reference["mergers"]
    tables = {**raw.instrument, "scales": scales, "mergers": mergers}
    tables["national_reference"] = raw.reference["national_polls"]
    tables |= {name: raw.reference[name] for name in ("municipality_places", "municipality_codes")}
    parts: dict[str, Callable[[Answers, Tables], pd.DataFrame]] = {
        "municipality_rounds": lambda answers, received: received["municipalities"],
        "rounds": _round_row,
        "choice_scale_counts": lambda answers, received: answers.counts,
        "choice_scale_scores": _scores,
        "participants": lambda answers, received: received["participants"].assign(
            base=answers.respondents
        ),
        "facts": lambda answers, received: received["facts"],
        "characteristics": lambda answers, received: received["characteristics"],
        "mentions": lambda answers, received: received["mentions"],
        "codings": lambda answers, received: received["codings"],
    }
    stacked = {
        name: _stack(name, {year: part(*one) for year, one in rounds.items()})
        for name, part in parts.items()
    }
    tables |= stacked
    tables["scale_summaries"] = _summaries(tables["choice_scale_counts"], tables["rounds"])
    tables["municipalities"] = _by_municipality(tables["municipality_rounds"])
    tables["context"] = in_rounds(raw.context, tables["municipality_rounds"])
    tables["change"] = change_table({year: _side(*one) for year, one in rounds.items()}, mergers)
    measured = tables | {"checklist": typed(tables["checklist"], schema.PROCESSED["checklist"])}
    judged = {
        year: in_words(_judged(received["claims"], evidence(measured, year)))
        for year, (_, received) in rounds.items()
    }
    stacked["claims"] = _stack("claims", judged)
    return {
        name: stacked[name] if name in stacked else typed(tables[name], table)
        for name, table in schema.PROCESSED.items()
    }


def _stack(name: str, rounds: dict[int, pd.DataFrame]) -> pd.DataFrame:
    """Put a part of every round under each other: the processed table of that name."""
    if not rounds:
        return typed(_no_rows(name), schema.PROCESSED[name])
    parts = [
        typed(part.assign(round=year), schema.PROCESSED[name]) for year, part in rounds.items()
    ]
    # Even of one table it would make a copy.
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def _no_rows(name: str) -> pd.DataFrame:
    """Give the processed table of that name as it is before the first round."""
    columns = [one for one in schema.PROCESSED[name].columns if "{" not in one]
    return pd.DataFrame(columns=columns, dtype=object)


def _round_row(answers: Answers, received: Tables) -> pd.DataFrame:
    number = len(received["municipalities"]) or None
    row = {"form": answers.form, "municipalities": number, "respondents": answers.respondents}
    return pd.DataFrame([row], dtype=object)


def _municipalities(one: RawRound, codes: pd.DataFrame, year: int) -> pd.DataFrame:
    """Give what is known of each, and its code in that year."""
    table = _members(one)
    if codes.empty:
        return table.assign(code=_blank(len(table)))
    return table.assign(code=table["municipality"].map(codes_in(codes, year)))


def _members(one: RawRound) -> pd.DataFrame:
    """Give what is known of each; of a bare round with scores, that they answered."""
    table = one.tables["municipalities"]
    if not table.empty or not one.scores:
        yes_no = {"yes": True, "no": False}
        flags = {name: table[name].map(yes_no) for name in ("on_scheme", "in_ebook")}
        return table.assign(**flags)
    (scores,) = one.scores
    here, absent = respondents(scores), sorted(one.absent)
    blank = {name: _blank(len(here) + len(absent)) for name in table}
    rows = pd.DataFrame(blank | {"municipality": [*here.tolist(), *absent]}, dtype="string")
    rows["on_scheme"] = np.arange(len(rows)) < len(here)
    return rows.sort_values("municipality", ignore_index=True) if absent else rows


def _judged(claims: pd.DataFrame, found: Evidence) -> pd.DataFrame:
    """Judge the note's claims, and apart from them those of each other who makes any."""
    by = claims.groupby(claims["stated_by"].fillna(""), sort=False)
    parts = [judge(part, found) for _, part in by] or [judge(claims, found)]
    return pd.concat(parts).sort_index()


def _blank(number: int) -> pd.api.extensions.ExtensionArray:
    """Give as many missing texts; making each of them anew takes long for very many."""
    return pd.array([pd.NA], dtype="string").repeat(number)


def _scores(answers: Answers, received: Tables) -> pd.DataFrame:
    """Everyone's answers; of a count-only round the named placements."""
    if answers.scores is None:
        return received["placements"].astype({"scale": "int64", "point": "int64"})
    nothing = _blank(len(answers.scores))
    names = ("source", "certainty", "note_nl", "note_en")
    return answers.scores.assign(**dict.fromkeys(names, nothing))


def _summaries(counts: pd.DataFrame, rounds: pd.DataFrame) -> pd.DataFrame:
    respondents = dict(zip(rounds["round"], rounds["respondents"], strict=True))
    rows = []
    for (year, scale), group in counts.groupby(["round", "scale"], sort=False):
        summary = summarise(group["count"].astype("int64").to_numpy())
        row = {name: getattr(summary, name) for name in _SUMMARY}
        modes = " ".join(map(str, summary.modes)) or None
        silent = respondents[group["round"].iloc[0]] - summary.n
        rows.append({"round": year, "scale": scale, **row, "modes": modes, "no_answer": silent})
    return pd.DataFrame(rows) if rows else _no_rows("scale_summaries")


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
    table["code"] = last["code"]
    return table.reset_index()


def _side(answers: Answers, received: Tables) -> Round:
    """Collect what a round tells of who stands where."""
    there = received["municipalities"]
    names = there.loc[there["on_scheme"].fillna(False).astype(bool), "municipality"]
    return Round(
        counts=answers.counts,
        scores=_scores(answers, received) if answers.scores is None else answers.scores,
        complete=answers.scores is not None,
        # To objects first: one by one out of a pandas array takes long for very many.
        respondents=frozenset(names.to_numpy(dtype=object)) if len(there) else None,
    )


def evidence(tables: Mapping[str, pd.DataFrame], year: int) -> Evidence:
    """Collect what the claims of a round are judged by.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        The processed tables of a study.
    year : int
        The round.

    Returns
    -------
    Evidence
        With that of the round before, if there is one.
    """
    earlier = max((one for one in tables["rounds"]["round"] if one < year), default=None)

    def of_round(name: str) -> pd.DataFrame:
        return tables[name][tables[name]["round"] == year]

    return Evidence(
        counts=of_round("choice_scale_counts"),
        scales=tables["scales"],
        participants=of_round("participants"),
        municipalities=of_round("municipality_rounds"),
        facts=of_round("facts"),
        checklist=tables["checklist"],
        topics=tables["topics"],
        themes=tables["themes"],
        earlier=None if earlier is None else evidence(tables, earlier),
    )
