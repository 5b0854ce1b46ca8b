"""Figures of processed tables."""

from swt_analysis.figures.drawing import Drawing, to_svg
from swt_analysis.figures.plots import (
    LABELLED,
    TILES,
    choice_scale,
    moves,
    national,
    palette,
    poll_name,
    scheme,
    stability,
    state_of_play,
    team_composition,
    thumbnail,
)

__all__ = [
    "LABELLED",
    "TILES",
    "Drawing",
    "choice_scale",
    "moves",
    "national",
    "palette",
    "poll_name",
    "scheme",
    "stability",
    "state_of_play",
    "team_composition",
    "thumbnail",
    "to_svg",
]
