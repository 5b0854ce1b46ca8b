"""What the answers tell: summaries, bounds, tests, and whether claims hold; without any language.

Here are the functions that load quickly. Those that need scipy are imported from their modules:
`bounds`, `count_only`, `paired`, `change`, `association`, `robustness` and `typology`.
"""

from swt_analysis.statistics.claims import Reason, differing_first, judge, naming
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

__all__ = [
    "Counts",
    "Evidence",
    "NeedsScores",
    "OrdinalSummary",
    "Reason",
    "agreement",
    "among_peers",
    "as_counts",
    "differing_first",
    "judge",
    "leik_d",
    "naming",
    "round_scores",
    "summarise",
]
