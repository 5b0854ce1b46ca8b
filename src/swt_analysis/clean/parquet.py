"""Tables in Parquet files."""

import io
from dataclasses import replace
from pathlib import Path

import pandas as pd

from swt_analysis.clean.grid import Grid, make_grid, refused, shown
from swt_analysis.clean.packages import LARGE, MOST_CELLS


def read_parquet(path: Path, data: bytes) -> Grid:
    """Read the table of a Parquet file; rows are counted from 1, below the names of columns."""
    from pyarrow import ArrowException, parquet

    try:
        file = parquet.ParquetFile(io.BytesIO(data))
        size = file.metadata.num_rows * file.metadata.num_columns
        columns = file.read().to_pydict() if size <= MOST_CELLS else {}
    except (ArrowException, OSError, ValueError, KeyError):
        allowed = "is no whole Parquet file; write it anew, or save it as .xlsx or .csv"
        raise refused(path, path.name, allowed) from None
    if size > MOST_CELLS:
        raise refused(path, f"{size} cells", LARGE)
    texts = [[name, *map(shown, column)] for name, column in columns.items()]
    table = pd.DataFrame(dict(enumerate(texts)) or {0: [""]}, dtype=object)
    grid = make_grid(path, None, table, "Parquet file")
    return replace(grid, header_row=None)
