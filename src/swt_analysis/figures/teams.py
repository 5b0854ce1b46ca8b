"""Who takes part in the teams."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from swt_analysis.figures import theme, tidy
from swt_analysis.figures.alt import describe_teams
from swt_analysis.text import number, text


def plot_teams(
    participants: pd.DataFrame, *, language: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw in how many of the teams each kind of participant sits, a row each and a bar a round.

    Up to 40 teams a tile is a team, and one of a pilot is hatched.

    Parameters
    ----------
    participants : pandas.DataFrame
        Columns round, participant, label, teams and base (out of how many); where known
        of_which_pilot. Rows are ordered by the last round.
    language, ax
        As of `plot_scale`.

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
    >>> plot_teams(pd.DataFrame(table), language="en").get_label()[-30:]
    'teams that they are in: MEE 6.'
    """
    language = tidy.language_of(participants, language)
    table = tidy.complete(participants, "round", "participant", "label", "teams", "base")
    if "of_which_pilot" not in table:
        table = table.assign(of_which_pilot=0)
    rounds = sorted(table["round"].unique())
    by_size = table.sort_values(["round", "teams"], ascending=False, kind="stable")
    labels = by_size.drop_duplicates("participant").set_index("participant")["label"]
    order = list(labels.index)
    base, thick = int(table["base"].max()), 0.85 / len(rounds)
    ax, new = theme.start(ax)
    for row in table.to_dict("records"):
        teams, pilot = int(row["teams"]), int(row["of_which_pilot"])
        beside = rounds.index(row["round"]) - (len(rounds) - 1) / 2
        y = order.index(row["participant"]) + thick * beside
        ax.barh(y, teams - pilot, 0.9 * thick, color=theme.STRONG, **theme.EDGE)
        if pilot:
            look: dict[str, Any] = {"color": theme.PUOR[2], "hatch": "////"} | theme.EDGE
            ax.barh(y, pilot, 0.9 * thick, teams - pilot, **look)
        ax.barh(y, row["base"] - teams, 0.9 * thick, teams, **theme.outline())
        if base <= theme.TILES:
            ends = np.arange(1, row["base"])
            inks = [theme.DARK if end < teams else theme.ink() for end in ends]
            alphas = [1 if end < teams else 0.45 for end in ends]
            ax.vlines(ends, y - 0.45 * thick, y + 0.45 * thick, inks, linewidth=0.8, alpha=alphas)
        said = _said(teams, pilot, row["round"] if len(rounds) > 1 else "", language)
        theme.write_beside(ax, base, y, said)
    ax.set(xlim=(0, base), xticks=[])
    if (least := int(table["base"].min())) < base:
        below = text("figure_team_composition.axis_rounds", language, low=least, high=base)
    else:
        below = text("figure_team_composition.axis", language, n=base)
    below = f"{rounds[0]}, {below}" if len(rounds) == 1 else below
    alt = describe_teams(participants, language=language)
    room = 14.0 * len(labels) * (len(rounds) - 1)
    return theme.finish_rows(ax, new, [*map(str, labels)], alt=alt, below=below, room=room)


def _said(teams: int, pilot: int, year: object, language: str) -> str:
    shown = number(teams, language)
    if pilot:
        values = {"count": shown, "pilot": number(pilot, language)}
        shown = text("figure_team_composition.pilot", language, **values)
    return f"{year}: {shown}" if year else shown
