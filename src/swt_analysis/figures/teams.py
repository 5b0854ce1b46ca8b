"""Who takes part in the teams."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from swt_analysis.figures import theme, tidy
from swt_analysis.figures.alt import describe_teams
from swt_analysis.text import number, text


def plot_teams(
    participants: pd.DataFrame,
    *,
    language: str | None = None,
    palette: theme.Palette = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw in how many of the teams each kind of participant sits, a row each and a bar a round.

    Up to 40 teams a tile is a team, and one of a pilot is hatched.

    Parameters
    ----------
    participants : pandas.DataFrame
        Columns round, participant, label, teams and base (out of how many); where known
        of_which_pilot. Rows are ordered by the last round.
    language, palette, ax
        As of `plot_scale`; of the palette the second of five colours is used.

    Returns
    -------
    matplotlib.axes.Axes
        Its label is the text alternative.

    Raises
    ------
    ValueError
        If a column is missing.

    Examples
    --------
    >>> table = {"round": 2014, "participant": ["mee"], "label": "MEE", "teams": 6, "base": 9}
    >>> plot_teams(pd.DataFrame(table), language="en").get_label()[-34:]
    'teams that they sit in: MEE 6.'
    """
    language = tidy.language_of(participants, language)
    table = tidy.complete(participants, "round", "participant", "label", "teams", "base")
    if "of_which_pilot" not in table:
        table = table.assign(of_which_pilot=0)
    rounds = sorted(table["round"].unique())
    by_size = table.sort_values(["round", "teams"], ascending=False, kind="stable")
    labels = by_size.drop_duplicates("participant").set_index("participant")["label"]
    ax, new = theme.start(ax)
    thick = 0.85 / len(rounds)
    fill, base = theme.palette(5, palette)[1], int(table["base"].max())
    for row in table.itertuples(index=False):
        place = labels.index.get_loc(row.participant) + thick * (
            rounds.index(row.round) - (len(rounds) - 1) / 2
        )
        sure = row.teams - row.of_which_pilot
        look = {"height": 0.9 * thick, "edgecolor": theme.DARK, "linewidth": 0.8}
        outline = look | {"edgecolor": theme.ink(), "alpha": 0.45}
        ax.barh(place, row.base - row.teams, left=row.teams, color="none", **outline)
        ax.barh(place, sure, color=fill, **look)
        ax.barh(place, row.of_which_pilot, left=sure, color=theme.PUOR[2], hatch="////", **look)
        if base <= theme.TILES:
            ends = (place - 0.45 * thick, place + 0.45 * thick)
            ax.vlines(np.arange(1, row.teams), *ends, color=theme.DARK, linewidth=0.8)
            ax.vlines(
                np.arange(row.teams + 1, row.base),
                *ends,
                color=theme.ink(),
                linewidth=0.8,
                alpha=0.45,
            )
        shown = _shown(
            row.teams, row.of_which_pilot, row.round if len(rounds) > 1 else "", language
        )
        at = {"xy": (row.base, place), "xytext": (5, 0), "textcoords": "offset points"}
        ax.annotate(shown, **at, va="center", size=theme.small(), parse_math=False)
    lines = 14 * len(labels) * (len(rounds) - 1)
    theme.label_rows(
        ax,
        new,
        list(map(str, labels)),
        0.39 * theme.width(ax),
        describe_teams(participants, language=language),
        extra=lines,
    )
    head = text("figure_team_composition.axis", language, n=base)
    head = f"{rounds[0]}, {head}" if len(rounds) == 1 else head
    ax.set(xlim=(0, base), xticks=[])
    ax.set_xlabel(head, size=theme.small())
    theme.bare(ax)
    return ax


def _shown(teams: int, pilot: int, year: object, language: str) -> str:
    shown = number(teams, language)
    if pilot:
        values = {"count": shown, "pilot": number(pilot, language)}
        shown = text("figure_team_composition.pilot", language, **values)
    return f"{year}: {shown}" if year else shown
