"""How a study is exported: files for SPSS, Excel, R and Python, by the ending of a file."""

import io
import json
import tempfile
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from swt_analysis.folder import StudyFolder, is_synthetic, study_settings, study_title
from swt_analysis.packs import saved, telling_of_a_full_disk
from swt_analysis.processed import read_processed
from swt_analysis.reports.downloads import harmless
from swt_analysis.schema import package, resource
from swt_analysis.study.data_sets import DataSet, Variable, labelled_data_sets

_SAV_LABEL = 64  # bytes that the header of a .sav file has for its label


def export(study: StudyFolder, path: Path, language: str) -> dict[Path, bytes]:
    """Give the files of an export.

    Parameters
    ----------
    study : StudyFolder
        With processed tables.
    path : Path
        Its ending, one of `FORMATS`, is the format.
    language : str
        Of the labels, ``nl`` or ``en``.

    Returns
    -------
    dict of Path to bytes
        The workbook; or the file, and beside it the one with the counts (and for CSV the
        description of both).
    """
    settings = study_settings(study)
    title = study_title(settings, study, language)
    synthetic = is_synthetic(settings)
    sets = labelled_data_sets(read_processed(study), title, language, synthetic=synthetic)
    return FORMATS[path.suffix.lower()](sets, path)


def _readable(one: DataSet) -> pd.DataFrame:
    """Write codes as words, and missing values as empty cells."""
    frame = one.frame.copy()
    for variable in one.variables:
        column = frame[variable.name]
        if variable.coded:
            frame[variable.name] = column.map(dict(variable.values)).astype("string")
        elif variable.missing:
            frame[variable.name] = column.mask(column.isin(list(variable.missing)))
    return frame


def _sav(sets: Sequence[DataSet], path: Path) -> dict[Path, bytes]:
    return {file: _to_sav(one) for one, file in _files(sets, path)}


def _to_sav(one: DataSet) -> bytes:
    """Write for SPSS, with labels, measures and missing values."""
    import pyreadstat

    numbers = [variable.name for variable in one.variables if not variable.words]
    frame = one.frame.astype(dict.fromkeys(numbers, "float64"))
    words = [variable.name for variable in one.variables if variable.words]
    frame[words] = frame[words].astype(object).fillna("")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "export.sav"
        pyreadstat.write_sav(
            frame,
            file,
            file_label=one.label.encode()[:_SAV_LABEL].decode(errors="ignore"),
            note=textwrap.wrap(one.label, 80),
            column_labels={variable.name: variable.label for variable in one.variables},
            variable_value_labels={
                variable.name: {
                    float(code): label
                    for code, label in {**variable.values, **variable.missing}.items()
                }
                for variable in one.variables
                if variable.values
            },
            missing_ranges={
                variable.name: list(variable.missing)
                for variable in one.variables
                if variable.missing
            },
            variable_measure={variable.name: variable.measure for variable in one.variables},
            variable_format=dict.fromkeys(numbers, "F8.0"),
        )
        return file.read_bytes()


def _parquet(sets: Sequence[DataSet], path: Path) -> dict[Path, bytes]:
    return {file: _to_parquet(one) for one, file in _files(sets, path)}


def _to_parquet(one: DataSet) -> bytes:
    """Write with the variables' labels as JSON in the file's metadata; codes are words."""
    import pyarrow
    from pyarrow import parquet

    frame = _readable(one)
    text_columns = [variable.name for variable in one.variables if variable.words or variable.coded]
    frame = frame.astype(dict.fromkeys(text_columns, "string"))
    table = pyarrow.Table.from_pandas(frame, preserve_index=False)
    described = {"title": one.label, "variables": json.dumps([asdict(v) for v in one.variables])}
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), **described})
    file = io.BytesIO()
    parquet.write_table(table, file)
    return file.getvalue()


def _csv(sets: Sequence[DataSet], path: Path) -> dict[Path, bytes]:
    """Write as CSV, with a data package beside it."""
    files = {file: _to_csv(one) for one, file in _files(sets, path)}
    resources = [
        resource(file, files[file], one.name, one.label, [_field(v) for v in one.variables])
        for one, file in _files(sets, path)
    ]
    described = package(title=sets[0].label, resources=resources)
    return {**files, path.with_suffix(".datapackage.json"): described}


def _to_csv(one: DataSet) -> bytes:
    frame = _readable(one)
    for variable in one.variables:
        if variable.words or variable.coded:
            frame[variable.name] = frame[variable.name].map(harmless, na_action="ignore")
    return frame.to_csv(index=False, lineterminator="\n").encode()


def _field(variable: Variable) -> dict[str, Any]:
    words = variable.words or variable.coded
    described: dict[str, Any] = {
        "name": variable.name,
        "type": "string" if words else "integer",
        "title": variable.label,
    }
    if variable.coded:
        described["constraints"] = {"enum": [harmless(one) for one in variable.values.values()]}
    elif variable.values:
        described["description"] = _listed(variable)
    return described


def _listed(variable: Variable) -> str:
    return "; ".join(f"{code} = {label}" for code, label in variable.values.items())


@telling_of_a_full_disk()
def _xlsx(sets: Sequence[DataSet], path: Path) -> dict[Path, bytes]:
    """Write a workbook: a sheet a data set, and one with the variables."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)

    def add(name: str, rows: Sequence[Sequence[Any]]) -> None:
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for row in rows:
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet, value=value)
                if isinstance(value, str):
                    cell.data_type = "s"  # also what begins with an equals sign
                cells.append(cell)
            sheet.append(cells)

    for one in sets:
        frame = _readable(one).astype(object)
        body = frame.where(frame.notna(), None).to_numpy().tolist()
        add(one.name, [list(frame), *body])
    header = ["sheet", "variable", "label", "measure", "values"]
    described = [
        [one.name, variable.name, variable.label, variable.measure, _listed(variable)]
        for one in sets
        for variable in one.variables
    ]
    add("variables", [header, *described])
    add("about", [[one.name, one.label] for one in sets])
    return {path: saved(book)}


def _files(sets: Sequence[DataSet], path: Path) -> list[tuple[DataSet, Path]]:
    """Name the files: the first as asked, the others after their data set."""
    others = [path.with_name(f"{path.stem}-{one.name}{path.suffix}") for one in sets[1:]]
    return list(zip(sets, [path, *others], strict=True))


FORMATS: Mapping[str, Callable[[Sequence[DataSet], Path], dict[Path, bytes]]] = {
    ".xlsx": _xlsx,
    ".sav": _sav,
    ".parquet": _parquet,
    ".csv": _csv,
}
