"""The catalogue: which reports a study has, each with its name, notebook, parameters and title."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from swt_analysis.files import slugs
from swt_analysis.folder import StudyFolder, study_settings
from swt_analysis.text import LANGUAGES, text

Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Report:
    """A report, in either language.

    Attributes
    ----------
    name : str
        Name of its files.
    notebook : str
        Name of the notebook that makes it.
    group : str
        Where the index lists it.
    parameters : mapping
        What the notebook is given, besides the language.
    titles : mapping of str to str
        By language: what heads the page and what a link to it says.
    """

    name: str
    notebook: str
    group: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)


def reports(study: StudyFolder) -> list[Report]:
    """List the reports of a study in the order of the index.

    Parameters
    ----------
    study : StudyFolder
        With processed tables; they tell the scales, themes, municipalities and rounds.

    Raises
    ------
    DataError
        If its settings have problems.
    """
    tables = _Tables(study)
    scales = [int(row["scale"]) for row in tables["scales"]]
    topics = [(row["part"], int(row["number"])) for row in tables["topics"]]
    names = [row["municipality"] for row in tables["municipalities"]]
    width = max(2, len(str(max(scales, default=1))))
    years = tables.years
    pairs = list(combinations(years, 2)) if len(years) > 2 else []

    def report(name: str, notebook: str, group: str, **parameters: object) -> Report:
        titles = {one: _title(tables, notebook, parameters, one) for one in LANGUAGES}
        return Report(name, notebook, group, parameters, titles)

    return [
        report("overview", "overview", "scheme"),
        *(report(f"choice-scale-{n:0{width}}", "choice_scale", "scheme", scale=n) for n in scales),
        report("themes", "themes", "themes"),
        *(report(f"{part}-{n}", "theme_part", "themes", part=part, number=n) for part, n in topics),
        report("municipalities", "municipalities", "municipalities"),
        *(
            report(f"municipality-{slug}", "municipality", "municipalities", municipality=name)
            for slug, name in zip(slugs(names), names, strict=True)
        ),
        report("team-composition", "team_composition", "study"),
        report("claims", "claims", "study"),
        report("change", "change", "study"),
        *(
            report(f"change-{early}-{late}", "change", "study", from_round=early, to_round=late)
            for early, late in pairs
        ),
        report("instrument", "instrument", "study"),
        report("national-context", "national_context", "study"),
    ]


def find_report(study: StudyFolder, notebook: str, parameters: Mapping[str, Any]) -> Report:
    """Give the report that a notebook makes with some parameters; None stands for not given.

    Raises
    ------
    LookupError
        If the study has no such report.
    """
    given = {name: value for name, value in parameters.items() if value is not None}
    for report in reports(study):
        if report.notebook == notebook and report.parameters == given:
            return report
    raise LookupError(f"notebook {notebook} makes no report of {given}")


def title(study: StudyFolder, notebook: str, parameters: Mapping[str, Any], language: str) -> str:
    """Give the title of what a notebook shows with any parameters that it takes."""
    return _title(_Tables(study), notebook, parameters, language)


class _Tables(dict[str, Rows]):
    """Processed tables as text, each read once; pandas would take longer to start than all this."""

    def __init__(self, study: StudyFolder) -> None:
        super().__init__()
        self._folder = study.processed
        self.settings = study_settings(study)

    def __missing__(self, name: str) -> Rows:
        with (self._folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            self[name] = list(csv.DictReader(file))
        return self[name]

    @property
    def years(self) -> list[int]:
        return sorted(int(row["round"]) for row in self["rounds"])

    def label(self, table: str, language: str, **keys: object) -> str:
        """Give the label of the row that has these values."""
        wanted = {name: str(value) for name, value in keys.items()}
        (row,) = (row for row in self[table] if wanted.items() <= row.items())
        return row[f"label_{language}"]


def _title(tables: _Tables, notebook: str, parameters: Mapping[str, Any], language: str) -> str:
    values, key = dict(parameters), "title"
    if notebook == "choice_scale":
        values["label"] = tables.label("scales", language, scale=values["scale"])
    elif notebook == "theme_part":
        part, number = values["part"], values["number"]
        values["part"] = tables.label("labels", language, kind="part", code=part).capitalize()
        values["label"] = tables.label("topics", language, part=part, number=number)
    elif notebook == "municipality" and tables.settings.get("pseudonyms"):
        key = "title_pseudonym"
    elif notebook == "change":
        last = values.get("to_round") or tables.years[-1]
        earlier = [year for year in tables.years if year < last] or [last]
        first = values.get("from_round") or earlier[-1]
        pair = text("change.pair", language, first=first, last=last)
        values["pair"] = pair if first < last else ""
    elif notebook == "national_context":
        here = text("national_context.here", language)
        values["region"] = tables.settings.get(f"region_{language}", here)
    return text(f"{notebook}.{key}", language, **values)
