"""Which reports a study has: name, notebook, parameters, group."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

from swt_analysis.study import Study
from swt_analysis.text import slugs


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
    """

    name: str
    notebook: str
    group: str
    parameters: Mapping[str, object] = field(default_factory=dict)


def reports(study: Study) -> list[Report]:
    """List the reports of a study in the order of the index.

    Parameters
    ----------
    study : Study
        With processed tables; they tell the scales, themes and municipalities.

    Returns
    -------
    list of Report
    """
    scales = [int(row["scale"]) for row in rows(study, "scales")]
    topics = [(row["part"], int(row["number"])) for row in rows(study, "topics")]
    names = [row["municipality"] for row in rows(study, "municipalities")]
    width = max(2, len(str(max(scales, default=1))))
    return [
        Report("overview", "overview", "scheme"),
        *(
            Report(f"choice-scale-{n:0{width}}", "choice_scale", "scheme", {"scale": n})
            for n in scales
        ),
        Report("themes", "themes", "themes"),
        *(
            Report(f"{part}-{n}", "theme_part", "themes", {"part": part, "number": n})
            for part, n in topics
        ),
        Report("municipalities", "municipalities", "municipalities"),
        *(
            Report(f"municipality-{slug}", "municipality", "municipalities", {"municipality": name})
            for slug, name in zip(slugs(names), names, strict=True)
        ),
        Report("team-composition", "team_composition", "study"),
        Report("claims", "claims", "study"),
        Report("change", "change", "study"),
        *(
            Report(
                f"change-{early}-{late}",
                "change",
                "study",
                {"from_round": early, "to_round": late},
            )
            for early, late in _pairs(study)
        ),
        Report("instrument", "instrument", "study"),
        Report("national-context", "national_context", "study"),
    ]


def _pairs(study: Study) -> list[tuple[int, int]]:
    """Give every two rounds if there are more than two."""
    years = [int(row["round"]) for row in rows(study, "rounds")]
    return list(combinations(years, 2)) if len(years) > 2 else []


def rows(study: Study, table: str) -> list[dict[str, str]]:
    """Read a processed table as text, without the packages that take long to start."""
    with (study.processed / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
