"""From measurement rounds of Dutch social neighbourhood teams to reports: ``as swt``.

Each name is loaded when it is first used, so that the import itself takes no time.

Examples
--------
>>> import swt_analysis as swt
>>> study = swt.open_study(language="en")
>>> study.scale(4).summary().loc[2014, "low_median"]
np.int64(4)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what a type-checker and an editor see; _MODULE_OF is what runs
    from swt_analysis.figures import (
        TILES,
        alt,
        plot_groups,
        plot_heat,
        plot_moves,
        plot_polls,
        plot_profile,
        plot_scale,
        plot_scheme,
        plot_stability,
        plot_teams,
        save_figure,
    )
    from swt_analysis.reports.report import VERDICTS, Report
    from swt_analysis.statistics.association import kendall, weighted_kappa
    from swt_analysis.statistics.comparisons import (
        compare_groups,
        compare_rounds,
        smallest_group_p,
        typology,
    )
    from swt_analysis.statistics.frames import (
        agreement,
        finite_interval,
        infinite_interval,
        leik_d,
        movement_bounds,
        summarise,
        summary_bounds,
        tau_b_bounds,
    )
    from swt_analysis.statistics.groups import delta_bounds, group_bounds
    from swt_analysis.statistics.history import (
        answer_history,
        path,
        path_shift,
        round_agreement,
        round_agreement_bounds,
    )
    from swt_analysis.statistics.paired import fewest_pairs, smallest_p
    from swt_analysis.study import Municipality, Scale, Study, open_study
    from swt_analysis.study.codebook import codebook, data_dictionary
    from swt_analysis.widget import explorer

_MODULE_OF = {
    name: module
    for module, names in {
        "figures": "alt plot_groups plot_heat plot_moves plot_polls plot_profile plot_scale "
        "plot_scheme plot_stability plot_teams save_figure TILES",
        "study.codebook": "codebook data_dictionary",
        "widget": "explorer",
        "reports.report": "VERDICTS Report",
        "statistics.association": "kendall weighted_kappa",
        "statistics.comparisons": "compare_groups compare_rounds smallest_group_p typology",
        "statistics.groups": "delta_bounds group_bounds",
        "statistics.history": "answer_history path path_shift round_agreement "
        "round_agreement_bounds",
        "statistics.paired": "fewest_pairs smallest_p",
        "statistics.frames": "agreement finite_interval infinite_interval leik_d movement_bounds "
        "summarise summary_bounds tau_b_bounds",
        "study": "Municipality Scale Study open_study",
    }.items()
    for name in names.split()
}

__all__ = [
    "TILES",
    "VERDICTS",
    "Municipality",
    "Report",
    "Scale",
    "Study",
    "agreement",
    "alt",
    "answer_history",
    "codebook",
    "compare_groups",
    "compare_rounds",
    "data_dictionary",
    "delta_bounds",
    "explorer",
    "fewest_pairs",
    "finite_interval",
    "group_bounds",
    "infinite_interval",
    "kendall",
    "leik_d",
    "movement_bounds",
    "open_study",
    "path",
    "path_shift",
    "plot_groups",
    "plot_heat",
    "plot_moves",
    "plot_polls",
    "plot_profile",
    "plot_scale",
    "plot_scheme",
    "plot_stability",
    "plot_teams",
    "round_agreement",
    "round_agreement_bounds",
    "save_figure",
    "smallest_group_p",
    "smallest_p",
    "summarise",
    "summary_bounds",
    "tau_b_bounds",
    "typology",
    "weighted_kappa",
]


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        from swt_analysis.problems import nearest

        near = nearest(name, __all__)
        meant = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise AttributeError(f"swt has no {name!r}{meant}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
