"""What every column of every table means and may hold: the data dictionary, and what follows."""

from swt_analysis.schema.datapackage import describe, package, resource
from swt_analysis.schema.dictionary import (
    ANSWERS,
    INSTRUMENT,
    PARTS,
    PROCESSED,
    REFERENCE,
    ROUND,
    STATUSES,
    SYNTHETIC,
    YES_NO,
    Column,
    Table,
    label,
)

__all__ = [
    "ANSWERS",
    "INSTRUMENT",
    "PARTS",
    "PROCESSED",
    "REFERENCE",
    "ROUND",
    "STATUSES",
    "SYNTHETIC",
    "YES_NO",
    "Column",
    "Table",
    "describe",
    "label",
    "package",
    "resource",
]
