"""Read what was received, of whatever file form, and tell every problem in it with its place."""

from swt_analysis.clean.answers import Answers, read_answers, respondents
from swt_analysis.clean.claims import COMPARISONS, KINDS, Claim, misread, parse_claims
from swt_analysis.clean.mergers import carry_on, names_in
from swt_analysis.clean.raw import read_raw
from swt_analysis.clean.received import Received, StudyContext
from swt_analysis.clean.sheets import receive
from swt_analysis.clean.study import (
    RawRound,
    RawStudy,
    read_instrument,
    read_others,
    read_study,
    study_context,
)

__all__ = [
    "COMPARISONS",
    "KINDS",
    "Answers",
    "Claim",
    "RawRound",
    "RawStudy",
    "Received",
    "StudyContext",
    "carry_on",
    "misread",
    "names_in",
    "parse_claims",
    "read_answers",
    "read_instrument",
    "read_others",
    "read_raw",
    "read_study",
    "receive",
    "respondents",
    "study_context",
]
