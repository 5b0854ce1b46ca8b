"""Run in a process of its own: reads a .sav file and writes what is in it as JSON.

The library that pyreadstat reads with (ReadStat, in C) ends its process on some damaged files.
"""

import json
import sys


def main(path: str, most_cells: int) -> None:
    """Write the columns, rows, labels and missing values of a file, or why it has none.

    Parameters
    ----------
    path : str
        Of the file.
    most_cells : int
        No row is read beyond the one with which it has more.
    """
    import pyreadstat

    try:
        told = pyreadstat.read_sav(path, metadataonly=True)[1]
        rows = most_cells // max(len(told.column_names), 1) + 1
        table, told = pyreadstat.read_sav(
            path, user_missing=True, disable_datetime_conversion=True, row_limit=rows
        )
    except Exception as error:  # whatever a broken part makes it raise
        json.dump({"error": str(error)}, sys.stdout)
        return
    columns = [table[name].to_list() for name in told.column_names]
    labels = told.variable_value_labels
    json.dump(
        {
            "names": told.column_names,
            "columns": [[None if one != one else one for one in column] for column in columns],
            "labels": told.column_names_to_labels,
            "values": {name: list(one.items()) for name, one in labels.items()},
            "missing": told.missing_ranges,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
