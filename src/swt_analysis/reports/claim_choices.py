"""What a reader may choose among claims by: verdict, scale, municipality."""

from collections.abc import Sequence

import pandas as pd

from swt_analysis.study import Study
from swt_analysis.text import text

Facets = dict[str, list[tuple[str, str]]]


def choices(
    study: Study, claims: pd.DataFrame, verdicts: Sequence[str]
) -> tuple[dict[str, list[str]], Facets]:
    """Give the marks of each claim, and for each facet the marks and labels to choose from.

    Parameters
    ----------
    study : Study
        Whose claims they are.
    claims : pandas.DataFrame
        All that a reader may choose from, as `Study.claims` gives them.
    verdicts : sequence of str
        Names of the verdicts, in their order; the first mark of a claim is that of its verdict.
    """
    found: dict[str, list[tuple[str, str, pd.DataFrame]]] = {
        "verdict": [
            (f"v{n}", name, claims[claims["verdict"] == name]) for n, name in enumerate(verdicts)
        ],
        "scale": [
            (f"s{scale}", f"{scale} {label}", study.claims(scale=scale))
            for scale, label in study.scales[["scale", "label"]].to_numpy()
        ],
        "municipality": [
            (f"m{n}", name, study.claims(municipality=name))
            for n, name in enumerate(study.municipalities["municipality"])
        ],
    }
    marks: dict[str, list[str]] = {}
    facets: Facets = {}
    for facet, options in found.items():
        some = [(mark, label) for mark, label, rows in options if len(rows)]
        facets[text(f"claims.{facet}", study.language)] = some
        for mark, _, rows in options:
            for claim in rows["claim"]:
                marks.setdefault(claim, []).append(mark)
    return marks, facets
