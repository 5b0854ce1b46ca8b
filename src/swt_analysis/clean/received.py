"""A round as it was handed in, and what the study knows to check it with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from swt_analysis.clean.grid import Grid
from swt_analysis.problems import Problem

PARTICIPANT = ["participant", "label_nl", "label_en"]


@dataclass(frozen=True)
class StudyContext:
    """What the study knows already, to check a round with.

    Attributes
    ----------
    instrument : mapping of str to pandas.DataFrame
        Raw tables, as `read_instrument` gives them.
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
        Raw tables by name, with the columns of `schema.ROUND`; ``scores`` or ``tallies`` too.
    notes : list of str
        What was assumed, left out or is new.
    problems : list of Problem
        Everything wrong with it.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def places(grid: Grid) -> "pd.Series[str]":
    """Say of each row where it stands."""
    sheet = [] if grid.sheet is None else [grid.sheet]
    where = [", ".join([grid.file.name, *sheet, f"row {row}"]) for row in grid.cells.index]
    return pd.Series(where, index=grid.cells.index, dtype=object)


def is_count(cell: str) -> bool:
    """Whether a cell is a number that a count of teams or municipalities can be.

    Examples
    --------
    >>> is_count("9999"), is_count("10000"), is_count("4,0")
    (True, False, False)
    """
    return cell.isascii() and cell.isdigit() and len(cell) < 5
