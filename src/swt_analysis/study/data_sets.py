"""What is exported: the processed tables as data sets of labelled variables, in a language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from swt_analysis import schema
from swt_analysis.text import text

NO_ANSWER, NOT_PUBLISHED, NOT_ON_SCHEME = -1, -2, -3
_CODED = ("status", "form", "atypical_team")


@dataclass(frozen=True)
class Variable:
    """One variable of a data set.

    Attributes
    ----------
    name : str
        Of the column.
    label : str
        What it is, in a few words.
    measure : str
        ``nominal``, ``ordinal`` or ``scale``, as SPSS calls them.
    values : mapping of int to str
        Labels of codes; a mapping that labels every code is written as words where a format
        has no labels.
    missing : mapping of int to str
        Codes that are no value, and why; empty cells where a format cannot say so.
    words : bool
        Whether the variable holds text.
    coded : bool
        Whether every value is a code with a label.
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


def labelled_data_sets(
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


def _municipalities(tables: Mapping[str, pd.DataFrame], title: str, language: str) -> DataSet:
    rounds, scales = tables["rounds"], tables["scales"]
    forms = dict(zip(rounds["round"], rounds["form"], strict=True))
    places, scores = tables["municipality_rounds"], tables["choice_scale_scores"]
    of_scores = scores[scores["round"].map(forms) == "scores"]
    wide = of_scores.pivot(index=["round", "municipality"], columns="scale", values="point")
    wide = wide.reindex(columns=scales["scale"])
    frame = places.set_index(["round", "municipality"])
    points = wide.reindex(frame.index)
    counts_only = [forms[year] == "tallies" for year in frame.index.get_level_values("round")]
    not_on_scheme = ~frame["on_scheme"].fillna(value=False).to_numpy(dtype=bool)
    points = points.fillna(NO_ANSWER)
    points[np.array(counts_only, dtype=bool)] = NOT_PUBLISHED
    points[not_on_scheme] = NOT_ON_SCHEME
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
    label_of = labels[labels["kind"] == name].set_index("code")[f"label_{language}"]
    codes = _codes(name, column.to_frame())
    values = {number: str(label_of.get(code, code)) for number, code in enumerate(codes, 1)}
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
