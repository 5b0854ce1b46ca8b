"""The processed tables of a study: put together from raw data and statistics, written, read."""

from swt_analysis.processed.assemble import assemble, ensure_processed, evidence, processed_tables
from swt_analysis.processed.store import (
    NotCleanedError,
    Processed,
    read_processed,
    write_processed,
)

__all__ = [
    "NotCleanedError",
    "Processed",
    "assemble",
    "ensure_processed",
    "evidence",
    "processed_tables",
    "read_processed",
    "write_processed",
]
