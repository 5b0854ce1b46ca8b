"""Figures of tidy tables, on matplotlib Axes; `alt` says in words what each of them shows."""

from swt_analysis.figures import alt
from swt_analysis.figures.groups import plot_groups
from swt_analysis.figures.heat import plot_heat
from swt_analysis.figures.layout import laid_out
from swt_analysis.figures.moves import plot_moves
from swt_analysis.figures.polls import plot_polls
from swt_analysis.figures.profile import plot_profile
from swt_analysis.figures.save import save_figure, to_png
from swt_analysis.figures.scale import plot_scale
from swt_analysis.figures.scheme import plot_scheme
from swt_analysis.figures.stability import plot_stability
from swt_analysis.figures.svg import to_svg
from swt_analysis.figures.teams import plot_teams
from swt_analysis.figures.theme import TILES, palette, style, wide
from swt_analysis.figures.thumbnail import thumbnail

__all__ = [
    "TILES",
    "alt",
    "laid_out",
    "palette",
    "plot_groups",
    "plot_heat",
    "plot_moves",
    "plot_polls",
    "plot_profile",
    "plot_scale",
    "plot_scheme",
    "plot_stability",
    "plot_teams",
    "save_figure",
    "style",
    "thumbnail",
    "to_png",
    "to_svg",
    "wide",
]
