"""Check that what one raw table names is in the other: codes, themes, facts, whole and part."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from swt_analysis import schema
from swt_analysis.clean.answers import respondents
from swt_analysis.clean.claims import COMPARISONS, KINDS, misread
from swt_analysis.problems import Problem, suggestion

Tables = Mapping[str, pd.DataFrame]
# Kinds of labels, with the codes of those whose codes are the same in every study.
_LABELLED: dict[str, tuple[str, ...]] = {
    "status": schema.STATUSES,
    "form": (),
    "atypical_team": (),
    "certainty": ("stated", "implied", "coded by us"),
    "yes_no": schema.YES_NO,
    "part": schema.PARTS,
    "cross_reference": schema.INSTRUMENT["cross_references"].columns["to"].words,
    "block": (),
    "aspect": (),
    "claim_kind": KINDS,
    "comparison": COMPARISONS,
    "verdict": schema.PROCESSED["claims"].columns["verdict"].words,
    "locator": (),
}
_OFF, _ON = "must be yes: it has a row of scores", "must be no: it has no row of scores"
_TOPIC = ["part", "number"]
_THEME = [*_TOPIC, "theme"]


def instrument_problems(folder: Path, instrument: Tables) -> list[Problem]:
    """Find what the tables of an instrument refer to and is not there.

    Parameters
    ----------
    folder : Path
        Where they lie.
    instrument : mapping of str to pandas.DataFrame
        Raw tables, as `schema.INSTRUMENT` names them.

    Returns
    -------
    list of Problem
        Each with its place; empty if all is well.
    """
    themes = instrument["themes"]
    found = _not_in_the_table_named(folder, schema.INSTRUMENT, instrument, instrument["labels"])
    found += _unlabelled(folder / "labels.csv", instrument["labels"])
    checklist = instrument["checklist"]
    found += _out_of_order(folder / "checklist.csv", checklist, ["block"], "position")
    first = checklist.groupby("block")["minutes"].transform("first")
    found += [
        one
        for minutes, rows in checklist[checklist["minutes"] != first].groupby(first)
        for one in _at(folder / "checklist.csv", rows, ["minutes"], f"its block has {minutes}")
    ]
    found += _out_of_order(folder / "topics.csv", instrument["topics"], ["part"], "number")
    found += _out_of_order(folder / "themes.csv", themes, _TOPIC, "theme")
    found += _missing(folder / "themes.csv", themes, _TOPIC, instrument["topics"], "topics.csv")
    path, links = folder / "cross_references.csv", instrument["cross_references"]
    found += _missing(path, links, _THEME, themes, "themes.csv")
    scales = instrument["scales"].assign(to="scale").rename(columns={"scale": "to_number"})
    target = ["to", "to_number"]
    topics = instrument["topics"].rename(columns={"part": "to", "number": "to_number"})
    known = pd.concat([scales[target], topics[target]])
    found += _missing(path, links, target, known, "scales.csv or topics.csv")
    named = themes.rename(columns=dict(zip(_THEME, [*target, "to_theme"], strict=True)))
    with_theme = links[links["to_theme"].notna() & (links["to"] != "scale")]
    found += _missing(path, with_theme, [*target, "to_theme"], named, "themes.csv")
    to_scale = links[links["to_theme"].notna() & (links["to"] == "scale")]
    found += _at(path, to_scale, ["to_theme"], "a scale has no themes; leave it empty")
    own = zip(_THEME, [*target, "to_theme"], strict=True)
    itself = links[np.all([links[one] == links[other] for one, other in own], axis=0)]
    return found + _at(path, itself, ["to_theme"], "is the theme itself")


def round_problems(
    folder: Path, tables: Tables, instrument: Tables, respondents: int | None = None
) -> list[Problem]:
    """Find what the tables of a round refer to and is not there, and parts above their whole.

    Parameters
    ----------
    folder : Path
        Where they lie.
    tables : mapping of str to pandas.DataFrame
        Raw tables, as `schema.ROUND` names them.
    instrument : mapping of str to pandas.DataFrame
        Raw tables, as `schema.INSTRUMENT` names them.
    respondents : int, optional
        Municipalities that answered, each with one kind of team.

    Returns
    -------
    list of Problem
        Each with its place; empty if all is well.
    """
    found = _not_in_the_table_named(folder, schema.ROUND, tables, instrument["labels"])
    path, texts = folder / "characteristics.csv", tables["characteristics"]
    found += _out_of_order(path, texts, ["aspect"], "position")
    path, mentions = folder / "mentions.csv", tables["mentions"]
    found += _missing(path, mentions, _THEME, instrument["themes"], "themes.csv")
    path, facts, labels = folder / "facts.csv", tables["facts"], instrument["fact_labels"]
    if not labels.empty:
        found += _missing(path, facts, ["fact"], labels, "fact_labels.csv")
        free = labels.loc[labels["value"] == "*", "fact"]  # takes any value
        fixed = facts[facts["fact"].isin(labels["fact"]) & ~facts["fact"].isin(free)]
        found += _missing(path, fixed, ["fact", "value"], labels, "fact_labels.csv")
    participants = tables["participants"]
    path = folder / "participants.csv"
    found += _above(path, participants, "of_which_pilot", "teams")
    if respondents is not None:
        limits = pd.Series(respondents, index=participants.index)
        allowed = "may not be more than the {} respondents"
        found += _beyond(path, participants, "teams", limits, allowed)
    place, municipalities = folder / "placements.csv", tables["municipalities"]
    off = municipalities.loc[municipalities["on_scheme"] == "no", "municipality"]
    placed = tables["placements"]
    allowed = "is not on the scheme (municipalities.csv)"
    found += _at(place, placed[placed["municipality"].isin(off)], ["municipality"], allowed)
    found += _misnamed_claims(folder / "claims.csv", tables, instrument)
    if len(tables["claims"]):  # else what is wrong there is told, and not each coding
        path, codings = folder / "codings.csv", tables["codings"]
        found += _missing(path, codings, ["claim"], tables["claims"], "claims.csv")
    scales = instrument["scales"]
    points = dict(zip(scales["scale"].astype(int), scales["points"].astype(int), strict=True))
    found += [
        Problem(folder / "claims.csv", one.row + 2, one.column, one.value, one.allowed)
        for one in misread(tables["claims"], points)
    ]
    return found + unlisted(place, placed, "scale", scales["scale"])


def answer_problems(
    folder: Path, municipalities: pd.DataFrame, scores: pd.DataFrame
) -> list[Problem]:
    """Find municipalities on the scheme without scores, and scores of others.

    Parameters
    ----------
    folder : Path
        Where they lie.
    municipalities : pandas.DataFrame
        Raw table: columns municipality, on_scheme.
    scores : pandas.DataFrame
        Columns municipality, scale, point.

    Returns
    -------
    list of Problem
        The place of each in ``scores.csv`` or ``municipalities.csv``.
    """
    found = unlisted(folder / "scores.csv", scores, "municipality", municipalities["municipality"])
    answered = municipalities["municipality"].isin(respondents(scores))
    on_scheme = municipalities["on_scheme"]
    path = folder / "municipalities.csv"
    found += _at(path, municipalities[answered & (on_scheme == "no")], ["on_scheme"], _OFF)
    return found + _at(path, municipalities[~answered & (on_scheme == "yes")], ["on_scheme"], _ON)


def placement_problems(
    folder: Path, placements: pd.DataFrame, counts: pd.DataFrame
) -> list[Problem]:
    """Find points with more named placements than marks.

    Parameters
    ----------
    folder : Path
        Where the placements lie.
    placements : pandas.DataFrame
        Raw table: columns scale, point.
    counts : pandas.DataFrame
        Columns scale, point, count.

    Returns
    -------
    list of Problem
        One for each point, of the whole file.
    """
    keys = ["scale", "point"]
    named = placements[keys].astype("int64").value_counts().rename("named").reset_index()
    both = named.merge(counts, "left", keys).fillna({"count": 0})
    return [
        Problem(
            folder / "placements.csv",
            None,
            "point",
            f"scale {row['scale']}, point {row['point']}",
            f"{row['named']} placed there, but it has {row['count']:.0f} marks in the round's "
            "answers; mend the placement or those",
        )
        for row in both[both["named"] > both["count"]].to_dict("records")
    ]


def reference_problems(folder: Path, tables: Tables) -> list[Problem]:
    """Find polls in which more answered than there were, or with another share of response.

    Parameters
    ----------
    folder : Path
        Where they lie.
    tables : mapping of str to pandas.DataFrame
        Raw tables, as `schema.REFERENCE` names them.

    Returns
    -------
    list of Problem
        Each with its place; empty if all is well.
    """
    path, polls = folder / "national_polls.csv", tables["national_polls"]
    found = _above(path, polls, "respondents", "population")
    stated = polls["response"].astype("float64")
    share = polls["respondents"].astype("float64") / polls["population"].astype("float64")
    # As printed: to a whole per cent, and cut off or rounded.
    for row in polls.index[(share <= 1) & ((stated - share).abs() >= 0.01)]:
        allowed = f"must be respondents of population: {share[row]:.2f}"
        found += _at(path, polls.loc[[row]], ["response"], allowed)
    return found


def unlisted(
    path: Path, table: pd.DataFrame, column: str, known: "pd.Series[Any]", where: str = ""
) -> list[Problem]:
    """Find the cells of a column that are not blank and not known.

    Parameters
    ----------
    path : Path
        File of the table.
    table : pandas.DataFrame
        The raw table, rows from 0.
    column : str
        Whose cells are looked at.
    known : pandas.Series
        What may stand there; is listed in the message.
    where : str
        Put behind the list.

    Returns
    -------
    list of Problem
        Each with its place; empty if all is well.
    """
    strange = table[~table[column].isin(known) & table[column].notna()]
    if strange.empty:
        return []
    allowed = f"must be one of {', '.join(map(str, known.dropna().drop_duplicates()))}{where}"
    return _at(path, strange, [column], allowed)


def _not_in_the_table_named(
    folder: Path, declared: Mapping[str, schema.Table], tables: Tables, labels: pd.DataFrame
) -> list[Problem]:
    """Words that are not where the dictionary says that they are; an empty table takes any."""
    found = []
    for name, table in declared.items():
        for column in table.columns.values():
            known, where = pd.Series(dtype="str"), ""
            if column.codes:
                known = labels.loc[labels["kind"] == column.codes, "code"]
                where = ": see labels.csv"
            elif column.reference:
                target, key = column.reference
                known = tables[target][key]
            if len(known):
                found += unlisted(folder / f"{name}.csv", tables[name], column.name, known, where)
    return found


def _unlabelled(path: Path, labels: pd.DataFrame) -> list[Problem]:
    """Kinds that nothing reads, and codes that their kind does not have or that lack a label."""
    found = unlisted(path, labels, "kind", pd.Series(list(_LABELLED), dtype="str"))
    labelled: dict[str, set[str]] = {}
    for kind, code in zip(labels["kind"], labels["code"], strict=True):
        labelled.setdefault(kind, set()).add(code)
    for kind, codes in _LABELLED.items():
        here = labelled.get(kind, set())
        if codes and not here <= set(codes):
            rows = labels[labels["kind"] == kind]
            found += unlisted(path, rows, "code", pd.Series(codes, dtype="str"))
        found += [
            Problem(path, None, "code", f"{kind} {code}", "has no label; add a row")
            for code in codes
            if here and code not in here
        ]
    return found


def _misnamed_claims(path: Path, tables: Tables, instrument: Tables) -> list[Problem]:
    """Claims on something that the round's other tables do not have."""
    claims, labels = tables["claims"], instrument["labels"]
    members = tables["municipalities"]["municipality"].dropna()
    codes = {kind: labels.loc[labels["kind"] == kind, "code"] for kind in ("form", "atypical_team")}
    facts = zip(*(instrument["fact_labels"][name] for name in ("fact", "value")), strict=True)
    topics = zip(*(instrument["topics"][name] for name in _TOPIC), strict=True)
    known: dict[str, Collection[str]] = {
        "status": [*schema.STATUSES, "chosen"],
        "form": [*codes["form"], *codes["atypical_team"], "kinds"] if len(labels) else (),
        "fact": [f"{fact}:{value}" for fact, value in facts],
        "size": list(members),
        "interview": [
            *("minutes", "minutes:block_1"),
            *(f"minutes:{block}" for block in instrument["checklist"]["block"].unique()),
        ],
        "ebook": ("interviews", "factsheets"),
        "instrument": [
            *("scales", "points", "poles", "observations", "reflections"),
            *(f"themes:{part}-{number}" for part, number in topics),
        ],
    }
    found = []
    for kind, subjects in known.items():
        if subjects:
            here = claims[claims["kind"] == kind]
            found += unlisted(path, here, "subject", pd.Series(list(subjects), dtype="str"))
    names = set(members) if len(members) else None
    keys = set(tables["participants"]["participant"].dropna()) or None
    for row, kind, subject, counted in zip(
        claims.index, claims["kind"], claims["subject"], claims["set"].fillna(""), strict=True
    ):
        if kind in ("status", "form", "fact", "mention") and names is not None:
            parts, where, column = counted.split(";"), names, "set"
        elif kind == "participant" and keys is not None:
            column = "set" if counted else "subject"
            listed = counted or subject.partition(":")[0]
            parts, where = listed.replace(" vs ", "+").split("+"), keys
        else:
            continue
        for part in (one.strip() for one in parts):
            if part and part not in where:
                allowed = f"is not in {'municipalities' if where is names else 'participants'}.csv"
                hint = suggestion(part, where)
                found.append(Problem(path, int(row) + 2, column, part, allowed + hint))
    return found


def _missing(
    path: Path, table: pd.DataFrame, columns: Sequence[str], known: pd.DataFrame, where: str
) -> list[Problem]:
    """Rows whose combination of cells is not in another table."""
    keys = set(zip(*(known[name] for name in columns), strict=True))
    cells = zip(*(table[name] for name in columns), strict=True)
    strange = np.array([one not in keys for one in cells], dtype=bool)
    return _at(path, table[strange], columns, f"is not in {where}")


def _above(path: Path, table: pd.DataFrame, part: str, whole: str) -> list[Problem]:
    """Rows whose part is more than the whole."""
    allowed = f"may not be more than {whole}, {{}}"
    return _beyond(path, table, part, table[whole].astype("int64"), allowed)


def _out_of_order(path: Path, table: pd.DataFrame, groups: list[str], column: str) -> list[Problem]:
    """Rows with a number higher than that of rows in their group, which count from 1."""
    most = table.groupby(groups)[column].transform("size")
    allowed = f"must be 1 to {{}}, the rows of this {groups[-1]}, each once"
    return _beyond(path, table, column, most, allowed)


def _beyond(
    path: Path, table: pd.DataFrame, column: str, most: "pd.Series[int]", allowed: str
) -> list[Problem]:
    """Rows with a number above a limit of their own, which is put into the message."""
    numbers = table[column].astype("int64")
    return [
        one
        for row, limit in most[numbers > most].items()
        for one in _at(path, table.loc[[row]], [column], allowed.format(limit))
    ]


def _at(path: Path, rows: pd.DataFrame, columns: Sequence[str], allowed: str) -> list[Problem]:
    if rows.empty:
        return []
    return [
        Problem(path, int(row) + 2, columns[-1], " ".join(map(str, cells)), allowed)
        for row, cells in zip(
            rows.index, rows[list(columns)].itertuples(index=False, name=None), strict=True
        )
    ]
