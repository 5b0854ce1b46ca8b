"""Figures of tables: a function each, on matplotlib Axes, with its text alternative in `alt`."""

from swt_analysis.figures import alt
from swt_analysis.figures.heat import plot_heat
from swt_analysis.figures.moves import plot_moves
from swt_analysis.figures.polls import plot_polls
from swt_analysis.figures.scale import plot_scale
from swt_analysis.figures.scheme import plot_scheme
from swt_analysis.figures.stability import plot_stability
from swt_analysis.figures.teams import plot_teams
from swt_analysis.figures.theme import TILES

__all__ = [
    "TILES",
    "alt",
    "plot_heat",
    "plot_moves",
    "plot_polls",
    "plot_scale",
    "plot_scheme",
    "plot_stability",
    "plot_teams",
]
