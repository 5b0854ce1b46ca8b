"""A claim of a researcher's own, held against the data as those of the note are."""

from collections.abc import Mapping

import pandas as pd

from swt_analysis import schema
from swt_analysis.clean.claims import KINDS, SELF_PLACEMENT, misread
from swt_analysis.problems import InvalidError, unknown
from swt_analysis.processed import evidence
from swt_analysis.processed.reasons import in_words
from swt_analysis.statistics.claims import judge
from swt_analysis.study.labels import LABELS, code_of
from swt_analysis.text import LANGUAGES


def judge_own(
    tables: Mapping[str, pd.DataFrame], year: int, subject: str, **said: str
) -> pd.DataFrame:
    """Measure a claim, and say whether it holds.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        The processed tables of a study.
    year : int
        The round meant.
    subject : str
        A kind, in either language, and what of that kind: ``scale 4``, ``status uitrol``.
    **said
        ``set``, ``comparison``, ``stated``, ``base``, as in ``claims.csv``.

    Returns
    -------
    pandas.DataFrame
        A row of ``claims.csv`` with ``measured``, ``verdict`` and the reason in every language.

    Raises
    ------
    UnknownError
        If there is no such kind, comparison, or code of that kind.
    InvalidError
        If the claim cannot be read; it says what may stand there.
    """
    labels = tables["labels"]

    def code(kind: str, value: str) -> str:
        return code_of(kind, value, labels[labels["kind"] == kind].set_index("code")[LABELS])

    def participants(names: str) -> str:
        known = tables["participants"].drop_duplicates("participant").set_index("participant")
        codes = [code_of("participant", name.strip(), known[LABELS]) for name in names.split("+")]
        return "+".join(codes)

    kind, counted = _kind_and_subject(subject)
    if kind == "participant":
        # Which ones stands in the set, if there is one.
        name, colon, trial = counted.partition(":")
        if said["set"]:
            said["set"] = " vs ".join(map(participants, said["set"].split(" vs ")))
        else:
            counted = participants(name) + colon + trial
    elif kind in ("status", "form") and counted not in ("chosen", "kinds"):
        atypical = set(labels.loc[labels["kind"] == "atypical_team", "code"])
        counted = counted if kind == "form" and counted in atypical else code(kind, counted)
    said = said | {"comparison": code("comparison", said["comparison"])}
    own = {"claim": "", "speaks_of": SELF_PLACEMENT if kind == "scale" else "", "source": ""}
    claim = pd.DataFrame([{**own, "kind": kind, "subject": counted, **said}], dtype="string")
    points = {
        int(scale): int(points)
        for scale, points in zip(tables["scales"]["scale"], tables["scales"]["points"], strict=True)
    }
    if faults := misread(claim, points):
        raise InvalidError("; ".join(f"{one.column} {one.value!r} {one.allowed}" for one in faults))
    return in_words(judge(claim, evidence(tables, year)))


def _kind_and_subject(subject: str) -> tuple[str, str]:
    """Take the kind, a code or what a column of it is called, from what is counted."""
    called = {schema.label(kind, language): kind for kind in KINDS for language in LANGUAGES}
    for word in sorted([*called, *KINDS], key=len, reverse=True):
        if f"{subject} ".casefold().startswith(f"{word} "):
            return called.get(word, word), subject[len(word) :].strip()
    raise unknown("kind of claim", subject, KINDS)
