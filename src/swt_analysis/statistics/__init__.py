"""What the answers say: summaries, bounds, tests, and whether claims hold; without any language.

One scale: `ordinal`; bounds on what is not observed: `bounds`, `count_only`; robustness to
nonresponse, atypical teams and chance: `robustness`; two rounds: `paired`, `change`; two scales:
`association`; municipalities by their scores: `scores`, `typology`; published statements: `claims`.
What needs SciPy is loaded when it is first used, as a command that counts nothing need not wait.
"""

from importlib import import_module
from typing import Any

from swt_analysis.statistics.claims import Reason, judge, naming
from swt_analysis.statistics.measures import Evidence
from swt_analysis.statistics.ordinal import (
    Counts,
    OrdinalSummary,
    agreement,
    as_counts,
    leik_d,
    summarise,
)
from swt_analysis.statistics.scores import NeedsScores, among_peers, round_scores

_MODULE_OF = {
    name: module
    for module, names in {
        "association": "Association Kappa kendall weighted_kappa",
        "bounds": "Bounds count_bounds counts_of_percentage finite_interval infinite_interval "
        "percentage_interval summary_bounds",
        "change": "medians members movers participation",
        "count_only": "Movement WithoutAtypical movement_bounds tau_b_bounds without_atypical",
        "paired": "Pairs compare_rounds fewest_pairs holm net_share net_share_interval pair "
        "sign_flip_p smallest_p",
        "robustness": "associations atypical_teams chance_agreement leave_out_atypical "
        "poll_bounds round_sensitivity scale_sensitivity",
        "typology": "Typology chance_stability cluster_municipalities gower",
    }.items()
    for name in names.split()
}

__all__ = [
    "Counts",
    "Evidence",
    "NeedsScores",
    "OrdinalSummary",
    "Reason",
    "agreement",
    "among_peers",
    "as_counts",
    "judge",
    "leik_d",
    "naming",
    "round_scores",
    "summarise",
]
__all__ += sorted(_MODULE_OF)


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
