"""Write and read the processed tables of a study."""

import hashlib
import io
from collections.abc import Iterator, Mapping

import pandas as pd
from pandas.api.types import pandas_dtype

from swt_analysis import schema
from swt_analysis.files import remove_parts, write_whole
from swt_analysis.folder import StudyFolder, is_synthetic, study_settings, study_title
from swt_analysis.problems import UserError

_TYPES = {"integer": "Int64", "number": "Float64", "boolean": "boolean", "string": "string"}


class NotCleanedError(UserError, FileNotFoundError):
    """A study has no processed tables yet; says how to make them."""


def typed(table: pd.DataFrame, declared: schema.Table) -> pd.DataFrame:
    """Give a table the columns and types that the dictionary declares.

    Parameters
    ----------
    table : pandas.DataFrame
        With those columns, and perhaps others, which are left out.
    declared : Table
        A column whose name has a part between braces stands for all that fit it.

    Returns
    -------
    pandas.DataFrame
        Columns in the order of the dictionary, rows numbered from 0.

    Raises
    ------
    ValueError
        If a cell is empty that may not be, or does not fit its type.
    """
    header = list(map(str, table))
    columns = {
        name: column
        for column in declared.columns.values()
        for name in ([column.name] if column.name in table else filter(column.is_called, header))
    }
    ordered = table[list(columns)].reset_index(drop=True)
    # Each on its own: types for all at once would copy every column.
    cells = {
        name: ordered[name].astype(pandas_dtype(_TYPES[one.type])) for name, one in columns.items()
    }
    for name, column in columns.items():
        if column.required and cells[name].hasnans:
            raise ValueError(f"{declared.name}: column {name} has an empty cell")
    return pd.DataFrame(cells, copy=False)


def write_processed(study: StudyFolder, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write the processed tables and their ``datapackage.json``, all or none.

    Parameters
    ----------
    study : StudyFolder
        Where to; its settings give the title, and say whether the data are invented.
    tables : mapping of str to pandas.DataFrame
        As `processed_tables` gives them.
    """
    settings = study_settings(study)
    title = study_title(settings, study, "en")
    synthetic = is_synthetic(settings)
    if synthetic:
        mark = {schema.SYNTHETIC.name: True}
        tables = {name: table.assign(**mark) for name, table in tables.items()}
    contents = {
        study.processed / f"{name}.csv": table.to_csv(index=False, lineterminator="\n").encode()
        for name, table in tables.items()
    }
    described = schema.describe(title, contents, synthetic=synthetic)
    contents[study.processed / "datapackage.json"] = described
    changed = {
        path: content
        for path, content in contents.items()
        if not path.exists() or path.read_bytes() != content
    }
    remove_parts(study.processed)
    write_whole(changed)


def read_processed(study: StudyFolder) -> "Processed":
    """Give the processed tables of a study, to be read one by one.

    Raises
    ------
    NotCleanedError
        If there are none yet.
    """
    if not (study.processed / "datapackage.json").exists():
        raise NotCleanedError(f"{study.processed}: has no tables yet; make them with: swt clean")
    return Processed(study)


class Processed(Mapping[str, pd.DataFrame]):
    """The processed tables by name, each read when it is first asked for.

    Attributes
    ----------
    hashes : dict of str to str
        SHA-256 of each file read so far: what a report depends on.
    """

    def __init__(self, study: StudyFolder) -> None:
        self._folder = study.processed
        self._tables: dict[str, pd.DataFrame] = {}
        self.hashes: dict[str, str] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._tables:
            columns = schema.PROCESSED[name].columns.values()
            types = {one.name: _TYPES[one.type] for one in columns}
            # Read once: the hash is of what is shown.
            content = (self._folder / f"{name}.csv").read_bytes()
            table = pd.read_csv(
                io.BytesIO(content), dtype=types, keep_default_na=False, na_values=[""]
            )
            # Said in the file for those who open it; the pages say it by study.toml.
            self._tables[name] = table.drop(columns=schema.SYNTHETIC.name, errors="ignore")
            self.hashes[name] = hashlib.sha256(content).hexdigest()
        return self._tables[name].copy(deep=False)  # pandas copies on write

    def __iter__(self) -> Iterator[str]:
        return iter(schema.PROCESSED)

    def __len__(self) -> int:
        return len(schema.PROCESSED)
