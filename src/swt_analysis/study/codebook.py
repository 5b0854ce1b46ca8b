"""The codebook of a study: what is measured, how it is coded, and how often each code occurs."""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from swt_analysis import schema
from swt_analysis.schema import Column
from swt_analysis.study.data_sets import NO_ANSWER, NOT_ON_SCHEME, Variable, labelled_data_sets
from swt_analysis.study.tables import labelled
from swt_analysis.study.views import Study
from swt_analysis.text import located, text

_COLUMNS = ["variable", "label", "question", "code", "meaning", "missing"]


def codebook(study: Study) -> pd.DataFrame:
    """Describe the variables of a study, code by code, with how often each occurs in each round.

    The variables and their labels are those of the file that ``swt export`` writes for SPSS. Of a
    count-only round the numbers at the points of a scale are the counts.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    pandas.DataFrame
        A row a variable and code: ``variable``, ``label``, ``question``, ``code`` (missing for
        what is not coded), ``meaning``, ``missing`` (whether it stands for no value), ``n_YEAR``
        for each round (municipalities), ``source``.

    Examples
    --------
    >>> import swt_analysis as swt
    >>> book = swt.codebook(swt.open_study(language="en"))
    >>> book.loc[book["variable"] == "scale_04", ["code", "meaning", "n_2014"]].head(2)
        code       meaning  n_2014
    37     1  all citizens       1
    38     2          <NA>       2
    """
    set_, _ = labelled_data_sets(study.tables, study.title, study.language)
    scales = {f"scale_{row['scale']:02}": row for row in study.scales.to_dict("records")}
    rows: list[dict[str, object]] = []
    for variable in set_.variables:
        if variable.name in scales:
            rows += _scale(study, variable, scales[variable.name])
        else:
            rows += _other(study, variable, set_.frame)
    rows += _facts(study)
    years = [f"n_{year}" for year in study.rounds["round"]]
    frame = pd.DataFrame(rows, columns=[*_COLUMNS, *years, "source"])
    types = {"code": "Int64", "meaning": "string", "question": "string", "missing": "bool"}
    book = labelled(frame.astype(types | dict.fromkeys(years, "Int64")), study.language)
    book.attrs["labels"] |= {f"n_{year}": str(year) for year in study.rounds["round"]}
    return book


def data_dictionary(language: str) -> pd.DataFrame:
    """Describe every column of every processed table.

    Parameters
    ----------
    language : str
        ``nl`` or ``en``.

    Returns
    -------
    pandas.DataFrame
        A row a column: ``table``, ``column``, ``label``, ``type``, ``unit``, ``allowed``,
        ``description``, ``source``.

    Examples
    --------
    >>> data_dictionary("en").set_index(["table", "column"]).loc[("scales", "points"), "label"]
    'points'
    """
    rows = [_described(table, column, language) for table, column in _all_columns()]
    return labelled(pd.DataFrame(rows), language)


def _all_columns() -> Iterator[tuple[str, Column]]:
    for name, table in schema.PROCESSED.items():
        for column in table.columns.values():
            yield name, column


def _source(words: str, language: str) -> str:
    """Say in a language where a column comes from; files and authors are names."""
    words = words.replace("computed", text("dictionary.computed", language))
    words = words.replace("the folder of the round", text("dictionary.folder", language))
    return words.replace(" or ", f" {text('dictionary.or', language)} ")


def _described(table: str, column: Column, language: str) -> dict[str, str]:
    return {
        "table": table,
        "column": column.name,
        "label": column.label[language],
        "type": column.type,
        "unit": column.unit,
        "allowed": column.allowed,
        "description": column.description[language],
        "source": _source(column.source, language),
    }


def _scale(
    study: Study, variable: Variable, scale: Mapping[Hashable, Any]
) -> list[dict[str, object]]:
    """Describe a choice scale: its points, and who is at none."""
    points = int(str(scale["points"]))
    poles = {"left": scale["left"], "right": scale["right"], "points": points}
    question = text("export.scale_question", study.language, **poles)
    counts = study.tables["choice_scale_counts"]
    here = counts[counts["scale"] == scale["scale"]].set_index(["round", "point"])["count"]
    rounds = study.rounds.set_index("round")
    said = here.groupby(level="round").sum().reindex(rounds.index, fill_value=0)
    numbers: dict[int, pd.Series] = {
        point: here.xs(point, level="point").reindex(rounds.index) for point in range(1, points + 1)
    }
    numbers[NO_ANSWER] = rounds["respondents"] - said
    numbers[NOT_ON_SCHEME] = rounds["municipalities"] - rounds["respondents"]
    meanings = {**variable.values, **variable.missing}
    source = located(str(scale["source"]), study.labels("locator"))
    return [
        _row(variable, question, code, meanings.get(code), found, source, code in variable.missing)
        for code, found in numbers.items()
    ]


def _other(study: Study, variable: Variable, frame: pd.DataFrame) -> list[dict[str, object]]:
    """Describe a variable of the municipalities: its codes, or how many have any value."""
    described = schema.PROCESSED["municipality_rounds"].columns
    column = described.get(variable.name) or described[f"{variable.name}_{study.language}"]
    question, source = column.description[study.language], _source(column.source, study.language)
    years = study.rounds["round"]
    by_round = frame.groupby("round")[variable.name]
    total = by_round.size().reindex(years, fill_value=0)
    filled = by_round.count().reindex(years, fill_value=0)
    rows = []
    for code, meaning in variable.values.items():
        found = frame[frame[variable.name] == code].groupby("round").size()
        found = found.reindex(years, fill_value=0)
        rows.append(_row(variable, question, code, meaning, found, source))
    if not rows:
        rows.append(_row(variable, question, None, None, filled, source))
    blank = text("export.blank", study.language)
    if (total > filled).any():
        rows.append(_row(variable, question, None, blank, total - filled, source, missing=True))
    return rows


def _facts(study: Study) -> list[dict[str, object]]:
    """Describe what is told of municipalities by name; a fact that any value may follow, once."""
    facts, labels = study.tables["facts"], study.table("fact_labels")
    any_value = facts["fact"].isin(labels.loc[labels["value"] == "*", "fact"])
    facts = facts.assign(value=facts["value"].where(~any_value, "*"))
    found = facts.groupby(["fact", "value", "round"])["municipality"].nunique()
    question = text("export.told_by_name", study.language)
    years = study.rounds["round"]
    rows = []
    for fact, value, label in labels[["fact", "value", "label"]].itertuples(index=False):
        variable = Variable(f"{fact}:{value}", label.replace("{value}", "…"), "nominal")
        numbers = pd.Series([found.get((fact, value, year), 0) for year in years], years)
        rows.append(_row(variable, question, None, None, numbers, "facts.csv"))
    return rows


def _row(
    variable: Variable,
    question: str,
    code: int | None,
    meaning: str | None,
    found: pd.Series,
    source: str,
    missing: bool = False,
) -> dict[str, object]:
    numbers = {f"n_{year}": number for year, number in found.items()}
    told = (variable.name, variable.label, question, code, meaning, missing)
    return dict(zip(_COLUMNS, told, strict=True)) | numbers | {"source": source}
