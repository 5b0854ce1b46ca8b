"""From measurement rounds of Dutch social neighbourhood teams to reports: ``as swt``.

Each name is loaded when it is first used, so that the import itself takes no time.

Examples
--------
>>> import swt_analysis as swt
>>> study = swt.open_study(language="en")
>>> study.scale(4).summary().loc[2014, "low_median"]
np.int64(3)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what a type-checker and an editor see; _MODULE_OF is what runs
    from swt_analysis.study import Municipality, Scale, Study, open_study

_MODULE_OF = {
    name: module
    for module, names in {
        "study": "Municipality Scale Study open_study",
        "figures": "alt plot_heat plot_moves plot_polls plot_scale plot_scheme plot_stability "
        "plot_teams TILES",
        "reports.report": "Report",
        "statistics": "fewest_pairs smallest_p",
    }.items()
    for name in names.split()
}

__all__ = ["Municipality", "Scale", "Study", "open_study"]


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> Any:
    if name in _MODULE_OF:
        return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    from difflib import get_close_matches

    near = get_close_matches(name, _MODULE_OF)
    meant = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
    raise AttributeError(f"swt_analysis has no {name!r}{meant}")
