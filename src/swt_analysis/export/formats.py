"""The study as labelled data sets for SPSS, Excel, R and Python, by the ending of a file."""

import io
import json
import tempfile
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from swt_analysis import schema
from swt_analysis.processed import read_processed
from swt_analysis.reports.downloads import harmless
from swt_analysis.study import Study, is_synthetic, study_settings, study_title
from swt_analysis.text import text

NO_ANSWER, NOT_PUBLISHED, NOT_ON_SCHEME = -1, -2, -3
_CODED = ("status", "form", "atypical_team")
_SAV_LABEL = 64  # bytes that the header of a .sav file has for its label


@dataclass(frozen=True)
class Variable:
    """One variable of a data set.

    Attributes
    ----------
    name, label : str
    measure : str
        ``nominal``, ``ordinal`` or ``scale``, as SPSS calls them.
    values : mapping of int to str
        Labels of codes; a mapping that labels every code is written as words where a format
        has no labels.
    missing : mapping of int to str
        Codes that are no value, and why; empty cells where a format cannot say so.
    words : bool
        Whether the variable holds text.
    """

    name: str
    label: str
    measure: str
    values: Mapping[int, str] = field(default_factory=dict)
    missing: Mapping[int, str] = field(default_factory=dict)
    words: bool = False
    coded: bool = False


@dataclass(frozen=True)
class DataSet:
    """A table with its variables, in their order; codes are whole numbers."""

    name: str
    label: str
    frame: pd.DataFrame
    variables: Sequence[Variable]


def data_sets(
    tables: Mapping[str, pd.DataFrame], title: str, language: str, *, synthetic: bool = False
) -> list[DataSet]:
    """Arrange processed tables as a researcher analyses them.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        The processed tables.
    title : str
        Of the study.
    language : str
        Of the labels, ``nl`` or ``en``.
    synthetic : bool
        Whether the data are invented.

    Returns
    -------
    list of DataSet
        ``municipalities``: a row a municipality and round, with a variable a scale. A
        count-only round has no points there, not even the few that its note gives away, as
        those are no sample. ``counts``: a row a round, scale and point, with the number of
        municipalities, to weight by; it has every round.
    """
    sets = [
        _municipalities(tables, title, language),
        _counts(tables, title, language),
    ]
    if not synthetic:
        return sets
    mark = Variable(
        "synthetic",
        text("export.synthetic", language),
        "nominal",
        {1: text("page.yes", language)},
        coded=True,
    )
    return [
        DataSet(
            one.name,
            text("page.synthetic_caption", language, caption=f"{one.label}."),
            one.frame.assign(synthetic=1).astype({"synthetic": "Int64"}),
            [*one.variables, mark],
        )
        for one in sets
    ]


def export(study: Study, path: Path, language: str) -> dict[Path, bytes]:
    """Give the files of an export.

    Parameters
    ----------
    study : Study
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
    sets = data_sets(read_processed(study), title, language, synthetic=synthetic)
    return FORMATS[path.suffix.lower()](sets, path)


def _municipalities(tables: Mapping[str, pd.DataFrame], title: str, language: str) -> DataSet:
    rounds, scales = tables["rounds"], tables["scales"]
    forms = dict(zip(rounds["round"], rounds["form"], strict=True))
    places, scores = tables["municipality_rounds"], tables["choice_scale_scores"]
    known = scores[scores["round"].map(forms) == "scores"]
    wide = known.pivot(index=["round", "municipality"], columns="scale", values="point")
    wide = wide.reindex(columns=scales["scale"])
    frame = places.set_index(["round", "municipality"])
    points = wide.reindex(frame.index)
    counted = [forms[year] == "tallies" for year in frame.index.get_level_values("round")]
    silent = ~frame["on_scheme"].fillna(value=False).to_numpy(dtype=bool)
    points = points.fillna(NO_ANSWER)
    points[np.array(counted, dtype=bool)] = NOT_PUBLISHED
    points[silent] = NOT_ON_SCHEME
    width = max(2, len(str(scales["scale"].max())))
    names = {scale: f"scale_{scale:0{width}}" for scale in scales["scale"]}
    variables = [
        _variable("round", language, "ordinal"),
        _variable("municipality", language, "nominal", words=True),
        *(_coded(name, frame[name], tables["labels"], language) for name in _CODED),
        *(_yes_no(name, language) for name in ("on_scheme", "in_ebook")),
        *(_scale(row, names[row["scale"]], language) for row in scales.to_dict("records")),
        _variable("note", language, "nominal", words=True),
    ]
    coded = {
        name: frame[name].map({code: number for number, code in enumerate(_codes(name, frame), 1)})
        for name in _CODED
    }
    flags = {name: frame[name].astype("Int64") for name in ("on_scheme", "in_ebook")}
    table = pd.concat(
        [
            pd.DataFrame(coded | flags).astype("Int64"),
            points.astype("Int64").rename(columns=names),
            frame[f"note_{language}"].rename("note"),
        ],
        axis=1,
    ).reset_index()
    label = text("export.municipalities", language, title=title)
    return DataSet("municipalities", label, table[[one.name for one in variables]], variables)


def _counts(tables: Mapping[str, pd.DataFrame], title: str, language: str) -> DataSet:
    scales = tables["scales"]
    poles = {f"{side}_{language}": side for side in ("left", "right")}
    frame = tables["choice_scale_counts"].merge(
        scales[["scale", *poles]].rename(columns=poles), on="scale"
    )
    labels = dict(zip(map(int, scales["scale"]), scales[f"label_{language}"], strict=True))
    variables = [
        _variable("round", language, "ordinal"),
        Variable("scale", schema.label("scale", language), "nominal", labels),
        _variable("point", language, "ordinal"),
        _variable("count", language, "scale"),
        _variable("left", language, "nominal", words=True),
        _variable("right", language, "nominal", words=True),
    ]
    frame = frame.sort_values(["round", "scale", "point"], ignore_index=True)
    label = text("export.counts", language, title=title)
    return DataSet("counts", label, frame[[one.name for one in variables]], variables)


def _variable(name: str, language: str, measure: str, *, words: bool = False) -> Variable:
    return Variable(name, schema.label(name, language), measure, words=words)


def _yes_no(name: str, language: str) -> Variable:
    values = {0: text("page.no", language), 1: text("page.yes", language)}
    return Variable(name, schema.label(name, language), "nominal", values, coded=True)


def _coded(name: str, column: pd.Series, labels: pd.DataFrame, language: str) -> Variable:
    """Describe a column of codes, numbered in their order, with the labels of the study."""
    mine = labels[labels["kind"] == name].set_index("code")[f"label_{language}"]
    codes = _codes(name, column.to_frame())
    values = {number: str(mine.get(code, code)) for number, code in enumerate(codes, 1)}
    measure = "ordinal" if name == "status" else "nominal"
    return Variable(name, schema.label(name, language), measure, values, coded=True)


def _codes(name: str, frame: pd.DataFrame) -> list[str]:
    """Give the codes of a column in their order: a status from no teams to all, others a to z."""
    return (
        list(reversed(schema.STATUSES))
        if name == "status"
        else sorted(frame[name].dropna().unique())
    )


def _scale(row: Mapping[Any, Any], name: str, language: str) -> Variable:
    left, right = row[f"left_{language}"], row[f"right_{language}"]
    missing = {
        NO_ANSWER: text("export.no_answer", language),
        NOT_PUBLISHED: text("export.not_published", language),
        NOT_ON_SCHEME: text("export.not_on_scheme", language),
    }
    label = f"{row['scale']} {row[f'label_{language}']}"
    return Variable(name, label, "ordinal", {1: left, int(row["points"]): right}, missing)


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
    import fastparquet

    frame = _readable(one)
    words = [variable.name for variable in one.variables if variable.words or variable.coded]
    for name in words:
        frame[name] = pd.Series(frame[name].to_list(), dtype=object).where(
            frame[name].notna(), None
        )
    described = {"title": one.label, "variables": json.dumps([asdict(v) for v in one.variables])}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "export.parquet"
        encoding = {name: "utf8" if name in words else "infer" for name in frame}
        fastparquet.write(
            str(file),
            frame,
            object_encoding=encoding,
            custom_metadata=described,
            has_nulls=True,
            write_index=False,
        )
        return file.read_bytes()


def _csv(sets: Sequence[DataSet], path: Path) -> dict[Path, bytes]:
    """Write as CSV, with a data package beside it."""
    files = {file: _to_csv(one) for one, file in _files(sets, path)}
    resources = [
        schema.resource(file, files[file], one.name, one.label, [_field(v) for v in one.variables])
        for one, file in _files(sets, path)
    ]
    described = schema.package(title=sets[0].label, resources=resources)
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
    target = io.BytesIO()
    book.save(target)
    return {path: target.getvalue()}


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
