"""The numbers: measures, tests and bounds of counts and scores; they know no file and no language.

One scale: `ordinal`; bounds on what is not observed: `bounds`, `count_only`; robustness to
nonresponse, atypical teams and chance: `robustness`; two rounds: `paired`, `change`; two scales:
`association`; municipalities by their scores: `scores`, `typology`; published statements: `claims`.
Each name is loaded when it is first used: a command that counts nothing does not wait for SciPy.
"""

from importlib import import_module
from typing import Any

_NAMES = {
    "association": ("Association", "Kappa", "kendall", "weighted_kappa"),
    "bounds": (
        "Bounds",
        "count_bounds",
        "counts_of_percentage",
        "finite_interval",
        "infinite_interval",
        "percentage_interval",
        "summary_bounds",
    ),
    "change": ("medians", "members", "movers", "participation"),
    "count_only": (
        "Movement",
        "WithoutAtypical",
        "movement_bounds",
        "tau_b_bounds",
        "without_atypical",
    ),
    "ordinal": ("OrdinalSummary", "agreement", "leik_d", "summarise"),
    "paired": (
        "Pairs",
        "compare_rounds",
        "fewest_pairs",
        "holm",
        "net_share",
        "net_share_interval",
        "pair",
        "sign_flip_p",
        "smallest_p",
    ),
    "robustness": (
        "associations",
        "atypical_teams",
        "chance_agreement",
        "leave_out_atypical",
        "poll_bounds",
        "round_sensitivity",
        "scale_sensitivity",
        "strongest",
    ),
    "scores": ("NeedsScores", "among_peers", "round_scores"),
    "typology": ("Typology", "chance_stability", "cluster_municipalities", "gower"),
}
__all__ = sorted(name for names in _NAMES.values() for name in names)


def __getattr__(name: str) -> Any:
    for module, names in _NAMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
