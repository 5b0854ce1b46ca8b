# ruff: noqa: I001  # what is going comes last: its functions have the names of modules
"""Figures of tidy tables, on matplotlib Axes."""

from swt_analysis.figures.alt import (
    describe_heat,
    describe_moves,
    describe_polls,
    describe_scale,
    describe_scheme,
    describe_stability,
    describe_teams,
    poll_name,
)
from swt_analysis.figures.heat import plot_heat
from swt_analysis.figures.moves import plot_moves
from swt_analysis.figures.polls import plot_polls
from swt_analysis.figures.save import save, to_png, to_svg
from swt_analysis.figures.scale import plot_scale
from swt_analysis.figures.scheme import plot_scheme
from swt_analysis.figures.stability import plot_stability
from swt_analysis.figures.teams import plot_teams
from swt_analysis.figures.theme import TILES, palette, style
from swt_analysis.figures.thumbnail import thumbnail
from swt_analysis.figures.drawing import Drawing
from swt_analysis.figures.plots import (
    LABELLED,
    choice_scale,
    moves,
    national,
    scheme,
    stability,
    state_of_play,
    team_composition,
)

__all__ = [
    "LABELLED",
    "TILES",
    "Drawing",
    "choice_scale",
    "describe_heat",
    "describe_moves",
    "describe_polls",
    "describe_scale",
    "describe_scheme",
    "describe_stability",
    "describe_teams",
    "moves",
    "national",
    "palette",
    "plot_heat",
    "plot_moves",
    "plot_polls",
    "plot_scale",
    "plot_scheme",
    "plot_stability",
    "plot_teams",
    "poll_name",
    "save",
    "scheme",
    "stability",
    "state_of_play",
    "style",
    "team_composition",
    "thumbnail",
    "to_png",
    "to_svg",
]
