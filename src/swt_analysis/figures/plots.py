"""The figures of the reports, each drawn from a processed table, with its text alternative.

Up to `TILES` municipalities a tile is one municipality; above that the same figures show
shares. docs/figures.md shows them, and says why they look as they do.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.path import Path

from swt_analysis.figures.drawing import (
    BODY,
    INK,
    LEADING,
    SMALL,
    WIDTH,
    Drawing,
    Rectangle,
    Sheet,
    ink_on,
    text_width,
    to_png,
    to_svg,
    wrap,
)
from swt_analysis.statistics.ordinal import summarise
from swt_analysis.text import catalogue, enumerate_words, number, percentage, text, words

__all__ = [
    "Drawing",
    "choice_scale",
    "moves",
    "national",
    "palette",
    "scheme",
    "stability",
    "state_of_play",
    "team_composition",
    "thumbnail",
    "to_png",
    "to_svg",
]

TILES = 40  # most municipalities that are shown one by one
NAMES = 20  # most lines with a name
LABELLED = 0.05  # least share with its number, where many bars stand close together
# ColorBrewer PuOr-5: its ends stay apart in grey and under every colour blindness.
PUOR = ("#e66101", "#fdb863", "#f7f7f7", "#b2abd2", "#5e3c99")
STRONG, PALE = PUOR[1], PUOR[3]
TOWARDS_LEFT, TOWARDS_RIGHT = PUOR[0], PUOR[4]
# How far a municipality is, from the most to the least: one hue, dark to light.
_STAGES = {"roll-out": PUOR[4], "pilot": PUOR[3], "none yet": PUOR[2]}
_FORMS = ("fixed team", "flexible network", "case management")


Counts = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]
Paths = dict[str, dict[int, int]]  # municipality, round, point


@dataclass(frozen=True)
class _Scale:
    """A choice scale in one language."""

    scale: int
    points: int
    label: str
    left: str
    right: str

    @property
    def colours(self) -> list[str]:
        return palette(self.points)


def palette(points: int) -> list[str]:
    """Give the colours of a scale's points, from its left pole to its right; of five: PuOr-5."""
    blend = LinearSegmentedColormap.from_list("", PUOR, N=points)
    return [to_hex(colour) for colour in blend(range(points))]


def choice_scale(
    counts: pd.DataFrame,
    scales: pd.DataFrame,
    *,
    scale: int,
    language: str,
    placements: pd.DataFrame | None = None,
    summaries: pd.DataFrame | None = None,
) -> Drawing:
    """Draw the answers on one choice scale, a panel a round.

    A municipality is a tile above its point, with its name where that is known. Once a round
    has more than `TILES` answers, every round is a bar of shares about the scale's middle.

    Parameters
    ----------
    counts : pandas.DataFrame
        Columns round, scale, point, count; other scales may be in it.
    scales : pandas.DataFrame
        The instrument, as in ``data/processed/scales.csv``.
    scale : int
        Its number in the instrument.
    language : str
        ``nl`` or ``en``.
    placements : pandas.DataFrame, optional
        Columns round, municipality, scale, point: who is known to stand where.
    summaries : pandas.DataFrame, optional
        Columns round, scale, no_answer: then the missing answers are stated.

    Raises
    ------
    ValueError
        If the scale is not in the instrument or has no counts.
    """
    instrument = _scale(scales, scale, language)
    rounds = _by_round(counts, instrument)
    names = _names(placements, scale)
    missing = _no_answer(summaries, scale)
    tiles = all(count.sum() <= TILES for count in rounds.values())
    centre, unit = _centre([_shares(count) for count in rounds.values()])
    abreast = 1 if names else max(1, *(ceil(count.max() / 10) for count in rounds.values()))
    sheet = Sheet()
    y = _poles(sheet, instrument)
    if not tiles:
        y = _key(sheet, y, instrument, centre)
    for year, count in rounds.items():
        n = int(count.sum())
        head = text(
            f"figure_choice_scale.{'round' if n else 'round_empty'}", language, round=year, n=n
        )
        if missing.get(year):
            head += ", " + text("figure_choice_scale.no_answer", language, n=missing[year])
        y = sheet.text(0, y + 4, head, size=SMALL) + 2
        if tiles:
            y = _tile_panel(sheet, y, instrument, count, names.get(year, {}), abreast, language)
        elif n:
            y = _share_panel(sheet, y, instrument, count, centre, unit, language)
    alt = _choice_scale_alt(instrument, rounds, names, missing, tiles, language)
    return sheet.finish(y, alt)


def scheme(
    counts: pd.DataFrame,
    scales: pd.DataFrame,
    *,
    round: int,
    language: str,
    placements: pd.DataFrame | None = None,
) -> Drawing:
    """Draw all choice scales of one round, below each other.

    Each scale is a row of tiles, a municipality each, laid about the line through the scale's
    middle: what leans left lies left of it. With more than `TILES` answers it is a bar of
    shares.

    Parameters
    ----------
    counts : pandas.DataFrame
        Columns round, scale, point, count.
    scales : pandas.DataFrame
        The instrument; its order is the order of the rows, and a scale may have any number of
        points.
    round : int
        Its year.
    language : str
        ``nl`` or ``en``.
    placements : pandas.DataFrame, optional
        Columns round, municipality, scale, point; shown as long as they name some of the
        municipalities and not all.

    Raises
    ------
    ValueError
        If there are no counts for the round.
    """
    here = counts[counts["round"] == round]
    if here.empty:
        raise ValueError(f"no counts for round {round}")
    rows = []
    for scale in scales["scale"]:
        instrument = _scale(scales, scale, language)
        if (here["scale"] == scale).any():
            rows.append((instrument, _by_round(here, instrument)[round]))
    n = max(int(count.sum()) for _, count in rows)
    tiles = n <= TILES
    centre, unit = _centre([count if tiles else _shares(count) for _, count in rows])
    sheet = Sheet()
    key = f"figure_scheme.{'head_tiles' if tiles else 'head_shares'}"
    y = sheet.text(0, 0, text(key, language, round=round, n=n), size=SMALL) + 3
    if len({instrument.points for instrument, _ in rows}) == 1:
        y = _key(sheet, y, rows[0][0], centre) + 2
    for instrument, count in rows:
        names = _names(placements, instrument.scale).get(round, {})
        if sum(map(len, names.values())) >= count.sum():
            names = {}
        y = _scheme_title(sheet, y, instrument, int(count.sum()), n)
        y = _scheme_bar(sheet, y, instrument, count, names, centre, unit, tiles)
    return sheet.finish(y, _scheme_alt(rows, round, n, language))


def team_composition(participants: pd.DataFrame, *, language: str) -> Drawing:
    """Draw who takes part in the teams: a tile a team, a row a kind of participant and round.

    Parameters
    ----------
    participants : pandas.DataFrame
        Columns round, participant, teams, of_which_pilot, base, label_nl, label_en. Rows are
        ordered by the last round.
    language : str
        ``nl`` or ``en``.
    """
    last = participants["round"].max()
    order = participants[participants["round"] == last].sort_values(
        "teams", ascending=False, kind="stable"
    )["participant"]
    rounds = sorted(participants["round"].unique())
    kinds = [*order, *participants["participant"][~participants["participant"].isin(order)]]
    wide, gap = 124.0, 8.0
    sheet = Sheet()
    y, alts = 0.0, []
    if len(rounds) == 1:
        base = int(participants["base"].max())
        head = text("figure_team_composition.head", language, round=last, n=base)
        y = sheet.text(0, 0, head, size=SMALL) + 4
    for kind in dict.fromkeys(kinds):
        rows = participants[participants["participant"] == kind].sort_values("round")
        label = str(rows[f"label_{language}"].iloc[-1])
        below = sheet.text(0, y, label, size=SMALL, width=wide)
        for row in rows.itertuples(index=False):
            x = wide + gap
            if len(rounds) > 1:
                sheet.text(x, y, str(row.round), size=SMALL)
                x += text_width("0000 ", size=SMALL)
            _team_tiles(sheet, x, y, row.teams, row.of_which_pilot, row.base, language)
            y += SMALL * LEADING + 3
        y = max(y, below) + 3
    for year in rounds:
        rows = participants[participants["round"] == year].sort_values(
            "teams", ascending=False, kind="stable"
        )
        items = [
            text(
                "figure_team_composition." + ("alt_item_pilot" if pilot else "alt_item"),
                language,
                label=label,
                count=number(teams, language),
                pilot=number(pilot, language),
            )
            for label, teams, pilot in zip(
                rows[f"label_{language}"], rows["teams"], rows["of_which_pilot"], strict=True
            )
        ]
        values = {"round": year, "n": int(rows["base"].max()), "list": ", ".join(items)}
        alts.append(text("figure_team_composition.alt", language, **values))
    return sheet.finish(y, " ".join(alts))


def national(
    reference: pd.DataFrame,
    *,
    region: str,
    year: int,
    with_teams: int,
    municipalities: int,
    language: str,
) -> Drawing:
    """Draw a region beside the national polls, on one axis from none to all.

    Parameters
    ----------
    reference : pandas.DataFrame
        Columns year, poll, share, respondents, population; with the columns low and high
        (shares of the population) a bar has its bounds.
    region : str
        Its name.
    year : int
        Round of the region.
    with_teams, municipalities : int
        Municipalities of the region that work with teams, out of how many; all are known,
        so there are no bounds.
    language : str
        ``nl`` or ``en``.
    """
    sheet = Sheet()
    values = {"region": region, "year": year, "count": words(with_teams, language)}
    n = words(municipalities, language)
    head = {"region": region, "year": year, "count": with_teams, "n": municipalities}
    y = sheet.text(0, 0, text("figure_national.region", language, **head), bold=True)
    span = WIDTH - 2
    if municipalities <= TILES:
        w = span / municipalities
        tiles = [(1 + i * w, y + 2, w, 14.0) for i in range(municipalities)]
        sheet.rectangles(tiles[:with_teams], fill=STRONG)
        sheet.rectangles(tiles[with_teams:], alpha=0.6)
    else:
        sheet.rectangles([(1, y + 2, span * with_teams / municipalities, 14)], fill=STRONG)
        sheet.rectangles([(1, y + 2, span, 14)], alpha=0.6)
    y += 28
    polls = []
    bounded = {"low", "high"} <= set(reference.columns)
    for row in reference.to_dict("records"):
        shown = {
            "poll": poll_name(str(row["poll"]), language),
            "share": percentage(row["share"], language),
            "respondents": number(row["respondents"], language),
            "population": number(row["population"], language),
        }
        y = sheet.text(0, y, text("figure_national.poll", language, **shown))
        sheet.rectangles([(1, y + 2, span * row["share"], 14)], fill=PALE)
        sheet.rectangles([(1, y + 2, span, 14)], alpha=0.6)
        y += 18
        if bounded and pd.notna(row["low"]):
            low, high = (1 + span * row[end] for end in ("low", "high"))
            ends = [(low, y), (low, y + 6), (low, y + 3), (high, y + 3), (high, y), (high, y + 6)]
            sheet.rule(ends, line=1.2)
            shown |= {end: percentage(row[end], language) for end in ("low", "high")}
            bounds = text("figure_national.bounds", language, **shown)
            y = sheet.text(0, y + 7, bounds, size=SMALL)
        key = "alt_poll_bounds" if "low" in shown else "alt_poll"
        polls.append(text(f"figure_national.{key}", language, **shown))
        y += 8
    for quarter, align in enumerate(("left", "center", "center", "center", "right")):
        share = quarter / 4
        x = 1 + span * share
        sheet.rule([(x, y - 4), (x, y)])
        sheet.line_of_text(x, y + SMALL, percentage(share, language), align=align, size=SMALL)
    sheet.rule([(1, y - 4), (1 + span, y - 4)])
    alt = text("figure_national.alt", language, n=n, polls="; ".join(polls), **values)
    return sheet.finish(y + SMALL * LEADING, alt)


def state_of_play(municipality_rounds: pd.DataFrame, *, round: int, language: str) -> Drawing:
    """Draw how far each municipality is, and the form of its teams.

    Parameters
    ----------
    municipality_rounds : pandas.DataFrame
        Columns round, municipality, on_scheme, status, form; status and form may be missing.
    round : int
        Its year.
    language : str
        ``nl`` or ``en``.

    Raises
    ------
    ValueError
        If there are no municipalities in the round.
    """
    table = municipality_rounds[municipality_rounds["round"] == round]
    if table.empty:
        raise ValueError(f"no municipalities in round {round}")
    table = table.assign(
        status=table["status"].fillna("unknown status"), form=table["form"].fillna("unknown")
    ).sort_values("municipality")
    stages = _in_order(table["status"], [*_STAGES])
    forms = _in_order(table["form"], _FORMS)
    column = WIDTH / len(stages)
    named = len(table) <= TILES
    most = table.groupby(["form", "status"]).size().max()
    sheet = Sheet()
    y = 0.0
    for i, stage in enumerate(stages):
        label = f"{_named(stage, language)}: {number(sum(table['status'] == stage), language)}"
        y = max(y, sheet.text(i * column + 2, 0, label, bold=True, width=column - 4))
    for form in forms:
        y = sheet.text(2, y + 6, _named(form, language), size=SMALL) + 1
        sheet.rule([(0, y), (WIDTH, y)], alpha=0.5)
        ends = [y]
        for i, stage in enumerate(stages):
            rows = table[(table["form"] == form) & (table["status"] == stage)]
            colour, x = _STAGES.get(stage), i * column + 2
            if named:
                ends.append(_name_tiles(sheet, x, y + 4, column - 4, rows, colour))
            else:
                width = (column - 46) * len(rows) / most
                sheet.rectangles([(x, y + 5, width, 14)] if len(rows) else [], fill=colour)
                sheet.line_of_text(x + width + 4, y + 15, number(len(rows), language))
                ends.append(y + 20)
        y = max(ends)
    if named and not table["on_scheme"].all():
        y = sheet.text(2, y + 4, text("figure_state_of_play.off_scheme", language), size=SMALL)
    return sheet.finish(y + 2, _state_of_play_alt(table, stages, forms, round, language))


def moves(
    scores: pd.DataFrame, scales: pd.DataFrame, *, language: str, scale: int | None = None
) -> Drawing:
    """Draw who moved where between the rounds.

    For one scale with up to `NAMES` municipalities each is a line with its name; with more, and
    for all scales together, the width of a band is the number that went that way.

    Parameters
    ----------
    scores : pandas.DataFrame
        Columns round, municipality, scale, point, of two rounds or more.
    scales : pandas.DataFrame
        The instrument.
    language : str
        ``nl`` or ``en``.
    scale : int, optional
        Without it, a small multiple of every scale.

    Raises
    ------
    ValueError
        If there are not two rounds with scores.
    """
    wanted = scores if scale is None else scores[scores["scale"] == scale]
    rounds = sorted({int(year) for year in wanted["round"]})
    if len(rounds) < 2:
        raise ValueError("moves need the scores of two rounds or more")
    if scale is None:
        return _all_moves(wanted, scales, rounds, language)
    instrument = _scale(scales, scale, language)
    paths = _paths(wanted, scale)
    sheet = Sheet()
    y = sheet.text(0, 0, f"1  {instrument.left}", bold=True) + 2
    if len(paths) <= NAMES:
        y = _lines(sheet, y, instrument, paths, rounds)
    else:
        flows = _Flows()
        y = _flows(sheet, flows, (46, y, WIDTH - 92, 240), instrument, paths, rounds, language)
        _draw_flows(sheet, flows)
    y = sheet.text(0, y + 3, f"{instrument.points}  {instrument.right}", bold=True)
    return sheet.finish(y, _moves_alt(instrument, paths, rounds, language))


def stability(
    without_scale: "pd.Series[float]", scales: pd.DataFrame, *, chance: float, language: str
) -> Drawing:
    """Draw how much of a typology is left when one scale is left out.

    A row a scale, a mark where the correlation without it stands; the lowest, which tells most,
    stands out. Shaded is where the lowest of shuffled answers nearly always stays.

    Parameters
    ----------
    without_scale : pandas.Series
        By scale, as ``Typology.without_scale``; NaN where there is none.
    scales : pandas.DataFrame
        The instrument.
    chance : float
        What the lowest of shuffled answers stays below in 95 of 100 cases.
    language : str
        ``nl`` or ``en``.

    Raises
    ------
    ValueError
        If no scale has a correlation.
    """
    correlations = without_scale.dropna()
    if correlations.empty:
        raise ValueError("no scale has a correlation")
    left, right = 132.0, WIDTH - 32
    low = min(0.0, float(correlations.min()), chance)

    def at(value: float) -> float:
        return left + (value - low) / (1 - low) * (right - left)

    sheet = Sheet()
    y = sheet.text(0, 0, text("figure_stability.head", language), size=SMALL) + 4
    top, marks, items = y, [], []
    for scale in without_scale.index:
        instrument, value = _scale(scales, scale, language), without_scale[scale]
        title = f"{instrument.scale}  {instrument.label}"
        below = sheet.text(0, y, title, size=SMALL, width=left - 10)
        weakest = scale == correlations.idxmin()
        shown = text("page.blank", language) if np.isnan(value) else number(value, language, 2)
        sheet.line_of_text(WIDTH, y + SMALL, shown, align="right", size=SMALL, bold=weakest)
        if not np.isnan(value):
            marks.append((at(value), y + SMALL * LEADING / 2, weakest))
            items.append(text("figure_stability.alt_item", language, scale=scale, value=shown))
        y = below + 3
    sheet.rectangles([(left, top, at(chance) - left, y - top)], fill=INK, edge=False, alpha=0.08)
    sheet.rule([(at(chance), top), (at(chance), y)], dashed=True)
    for x, middle, weakest in marks:
        sheet.rule([(left, middle), (right, middle)], alpha=0.25)
        tile = (x - 3.5, middle - 3.5, 7.0, 7.0)
        sheet.rectangles([tile], fill=TOWARDS_LEFT if weakest else PALE)
    sheet.rule([(left, y), (right, y)])
    ends = ((low, "left"), (1.0, "right"))
    for value, align in ends:
        label = number(value, language, 0 if float(value).is_integer() else 2)
        sheet.line_of_text(at(value), y + SMALL * 1.15, label, align=align, size=SMALL)
    values = {"chance": number(chance, language, 2), "list": "; ".join(items)}
    y = sheet.text(
        0, y + SMALL * 1.6, text("figure_stability.chance", language, **values), size=SMALL
    )
    values |= {
        "scale": str(correlations.idxmin()),
        "weakest": number(correlations.min(), language, 2),
    }
    return sheet.finish(y, text("figure_stability.alt", language, **values))


def thumbnail(counts: Sequence[int], *, alike: bool = False) -> str:
    """Draw the counts of one scale as a tiny picture for an index, without words.

    Parameters
    ----------
    counts : sequence of int, length k >= 2
        Answers at points 1 to k.
    alike : bool
        Whether they are no points of a scale: all then have one colour.

    Returns
    -------
    str
        An SVG element under 1 kB, hidden from screen readers: the text beside it says it all.
    """
    colours = [STRONG] * len(counts) if alike else palette(len(counts))
    most = max(*counts, 1)
    unit = 24 / max(most, 5)
    bars = "".join(
        f'<path fill="{colour}" d="M{12 * i + 1} 26h10v-{count * unit:.4g}h-10z'
        + (
            ""
            if sum(counts) > TILES
            else "".join(f"M{12 * i + 1} {26 - j * unit:.4g}h10" for j in range(1, count))
        )
        + '"/>'
        for i, (count, colour) in enumerate(zip(counts, colours, strict=True))
        if count
    )
    width = 12 * len(counts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 28" width="{width}" '
        'height="28" aria-hidden="true" stroke="currentColor" stroke-width=".7">'
        f'{bars}<path d="M0 26h{width}"/></svg>'
    )


# The instrument and the tables.


def _scale(scales: pd.DataFrame, scale: int, language: str) -> _Scale:
    rows = scales[scales["scale"] == scale]
    if rows.empty:
        raise ValueError(f"scale {scale} is not in the instrument")
    row = rows.iloc[0]
    words = (str(row[f"{part}_{language}"]) for part in ("label", "left", "right"))
    return _Scale(int(scale), int(row["points"]), *words)


def _by_round(counts: pd.DataFrame, scale: _Scale) -> dict[int, Counts]:
    """Give a scale's counts at points 1 to k for each round, empty points included."""
    here = counts[counts["scale"] == scale.scale]
    if here.empty:
        raise ValueError(f"no counts for scale {scale.scale}")
    rounds = {int(year): np.zeros(scale.points, dtype=np.int64) for year in sorted(here["round"])}
    for year, point, count in here[["round", "point", "count"]].to_numpy():
        rounds[int(year)][int(point) - 1] = count
    return rounds


def _names(placements: pd.DataFrame | None, scale: int) -> dict[int, dict[int, list[str]]]:
    """Give the known names by round and point, in alphabetical order."""
    names: dict[int, dict[int, list[str]]] = {}
    if placements is not None:
        here = (
            placements[placements["scale"] == scale]
            .dropna(subset="point")
            .sort_values(["point", "municipality"])
        )
        for year, point, name in zip(
            here["round"], here["point"], here["municipality"], strict=True
        ):
            names.setdefault(int(year), {}).setdefault(int(point), []).append(str(name))
    return names


def _no_answer(summaries: pd.DataFrame | None, scale: int) -> dict[int, int]:
    if summaries is None:
        return {}
    here = summaries[summaries["scale"] == scale]
    return {int(r): int(n) for r, n in zip(here["round"], here["no_answer"], strict=True)}


def _shares(count: Counts) -> Shares:
    return count / max(int(count.sum()), 1)


def _extent(parts: Counts | Shares) -> tuple[float, float]:
    """How far the answers reach left and right of the line through the middle."""
    k = len(parts)
    middle = parts[k // 2] / 2 if k % 2 else 0
    return float(parts[: k // 2].sum() + middle), float(parts[(k + 1) // 2 :].sum() + middle)


def _count(n: int, language: str) -> str:
    """Write a count within a sentence: none, one, two."""
    return text(f"figure.{('none', 'one')[n]}", language) if n < 2 else words(n, language)


# One choice scale.


def _poles(sheet: Sheet, scale: _Scale) -> float:
    """Write the poles at both ends."""
    half = WIDTH / 2 - 8
    left = sheet.text(0, 0, f"1  {scale.left}", bold=True, width=half)
    right = f"{scale.right}  {scale.points}"
    return max(left, sheet.text(WIDTH, 0, right, align="right", bold=True, width=half)) + 2


def _tile_panel(
    sheet: Sheet,
    y: float,
    scale: _Scale,
    count: Counts,
    names: Mapping[int, Sequence[str]],
    abreast: int,
    language: str,
) -> float:
    """Stack a tile a municipality above each point; give the y below."""
    k = scale.points
    column = WIDTH / k
    width = (column - 4) / abreast
    labels = {
        point: [wrap(name, width - 5, size=SMALL) for name in here] for point, here in names.items()
    }
    lines = max((len(label) for here in labels.values() for label in here), default=1)
    height = lines * SMALL * LEADING + 5 if labels else min(18.0, max(10.0, width * 0.75))
    levels = max(ceil(count.max() / abreast), 1)
    top = y + BODY * LEADING
    base = top + levels * height
    if k % 2:
        sheet.rectangles([(k // 2 * column, y, column, base - y)], fill=INK, edge=False, alpha=0.08)
    else:
        sheet.rule([(WIDTH / 2, y), (WIDTH / 2, base)], dashed=True)
    for i, (n, colour) in enumerate(zip(count.tolist(), scale.colours, strict=True)):
        x = i * column + 2
        tiles = [
            (x + (j % abreast) * width, base - (j // abreast + 1) * height, width, height)
            for j in range(n)
        ]
        sheet.rectangles(tiles, fill=colour)
        for tile, label in zip(tiles, labels.get(i + 1, []), strict=False):
            sheet.inside(tile, label, colour=ink_on(colour))
        up = base - ceil(n / abreast) * height
        centre = (i + 0.5) * column
        sheet.line_of_text(centre, up - 3, f"{n}\u00d7", align="center", bold=n > 0)
        sheet.line_of_text(centre, base + SMALL * 1.2, str(i + 1), align="center", size=SMALL)
    sheet.rule([(0, base), (WIDTH, base)], line=1.2)
    y = base + SMALL * 1.5
    summary = summarise(count)
    if summary.low_median is None or summary.high_median is None:
        return y + 4
    low, high = ((point - 0.5) * column for point in (summary.low_median, summary.high_median))
    sheet.rule([(low - 9, y), (high + 9, y)], line=2)
    median = text("figure_choice_scale.median", language)
    sheet.line_of_text((low + high) / 2, y + SMALL * 1.15, median, align="center", size=SMALL)
    return y + SMALL * LEADING + 4


def _key(sheet: Sheet, y: float, scale: _Scale, centre: float) -> float:
    """Write the points on their colours, about the middle."""
    width = 18.0
    left = min(max(centre - width * scale.points / 2, 1), WIDTH - 1 - width * scale.points)
    for i, colour in enumerate(scale.colours):
        tile = (left + i * width, y, width, 13.0)
        sheet.rectangles([tile], fill=colour)
        sheet.inside(tile, [str(i + 1)], colour=ink_on(colour))
    return y + 17


def _centre(rows: Sequence[Counts | Shares]) -> tuple[float, float]:
    """Place the line through the middle, and give the width of a unit, so that all rows fit.

    Each side keeps three tenths of the width, also if nobody stands there.
    """
    left = max(_extent(row)[0] for row in rows)
    right = max(_extent(row)[1] for row in rows)
    if left + right == 0:
        return WIDTH / 2, 1.0
    left, right = max(left, right * 3 / 7), max(right, left * 3 / 7)
    unit = (WIDTH - 2) / (left + right)
    return 1 + left * unit, unit


def _share_panel(
    sheet: Sheet,
    y: float,
    scale: _Scale,
    count: Counts,
    centre: float,
    unit: float,
    language: str,
) -> float:
    """Draw one bar of shares about the middle, every segment with its percentage."""
    n, shares = int(count.sum()), _shares(count)
    bar = y + SMALL * LEADING + 1
    sheet.rule([(centre, bar - 2), (centre, bar + 27)], line=1.2)
    x = centre - _extent(shares)[0] * unit
    taken = 0.0
    for share, colour in zip(shares.tolist(), scale.colours, strict=True):
        width = share * unit
        if share:
            segment = (x, bar, width, 22.0)
            sheet.rectangles([segment], fill=colour)
            label = percentage(share, language)
            wide = text_width(label, size=SMALL)
            if wide + 3 <= width:
                sheet.inside(segment, [label], colour=ink_on(colour))
            else:
                start = min(max(x + width / 2 - wide / 2, taken), WIDTH - wide)
                sheet.line_of_text(start, bar - 3, label, size=SMALL)
                taken = start + wide + 4
        x += width
    y = bar + 27
    summary = summarise(count)
    sides = [("left", 0.0, summary.left), ("right", WIDTH, summary.right)]
    sides += [("middle", centre, summary.middle)] if scale.points % 2 else []
    for side, at, value in sides:
        share = percentage(value / n, language)
        label = text(f"figure_choice_scale.side_{side}", language, share=share)
        align = side if side != "middle" else "center"
        sheet.line_of_text(at, y + SMALL, label, align=align, size=SMALL)
    return y + SMALL * LEADING + 6


def _choice_scale_alt(
    scale: _Scale,
    rounds: Mapping[int, Counts],
    names: Mapping[int, Mapping[int, Sequence[str]]],
    missing: Mapping[int, int],
    tiles: bool,
    language: str,
) -> str:
    section = "figure_choice_scale"
    sentences = [_scale_sentence(scale, language)]
    for year, count in rounds.items():
        summary = summarise(count)
        if tiles:
            where = _where(count, language)
            sentences.append(text(f"{section}.alt_round", language, round=year, where=where))
        else:
            where = ", ".join(
                text(
                    f"{section}.share_at", language, share=percentage(share, language), point=point
                )
                for point, share in enumerate(_shares(count), 1)
            )
            shown = {"round": year, "n": number(summary.n, language), "where": where}
            sentences.append(text(f"{section}.alt_round_shares", language, **shown))
        if summary.n == 0:
            sentences[-1] = text(f"{section}.alt_empty", language, round=year)
        elif summary.low_median == summary.high_median:
            sentences.append(text(f"{section}.alt_median", language, low=summary.low_median))
        else:
            both = {"low": summary.low_median, "high": summary.high_median}
            sentences.append(text(f"{section}.alt_medians", language, **both))
        named = [
            text(f"{section}.name_at", language, name=name, point=point)
            for point, here in names.get(year, {}).items()
            for name in here
        ]
        if named and tiles:
            listed = enumerate_words(named, language)
            sentences.append(text(f"{section}.alt_named", language, names=listed))
        if gone := missing.get(year):
            unanswered = words(gone, language).capitalize()
            sentences.append(text(f"{section}.alt_no_answer", language, n=gone, count=unanswered))
    return " ".join(sentences)


def _scale_sentence(scale: _Scale, language: str) -> str:
    return text(
        "figure_choice_scale.alt_scale",
        language,
        scale=scale.scale,
        label=scale.label,
        left=scale.left,
        right=scale.right,
        points=scale.points,
    )


def _where(count: Counts, language: str) -> str:
    """Say how many stand at each point: three at 1, five at 2, none at 3 or 4."""
    section = "figure_choice_scale"
    parts: list[str] = []
    for point, n in enumerate(count.tolist(), 1):
        if n:
            key = f"{section}.{'at' if parts else 'at_first'}"
            parts.append(text(key, language, n=n, count=words(n, language), point=point))
    *first, last = [str(point) for point, n in enumerate(count, 1) if n == 0] or [""]
    if last:
        either = text(f"{section}.or", language)
        points = f"{', '.join(first)} {either} {last}" if first else last
        parts.append(text(f"{section}.nobody", language, points=points))
    return ", ".join(parts)


# All choice scales.


def _scheme_title(sheet: Sheet, y: float, scale: _Scale, n: int, most: int) -> float:
    answers = "" if n == most else f" (n = {n})"
    y = sheet.text(0, y, f"{scale.scale}  {scale.label}{answers}", bold=True)
    half = WIDTH / 2 - 6
    left = sheet.text(0, y, scale.left, size=SMALL, width=half)
    right = sheet.text(WIDTH, y, scale.right, align="right", size=SMALL, width=half)
    return max(left, right) + 2


def _scheme_bar(
    sheet: Sheet,
    y: float,
    scale: _Scale,
    count: Counts,
    names: Mapping[int, Sequence[str]],
    centre: float,
    unit: float,
    tiles: bool,
) -> float:
    """Draw the answers on one scale as a row about the middle."""
    height = 16.0
    sheet.rule([(centre, y - 3), (centre, y + height + 4)], line=1.2)
    parts = count if tiles else _shares(count)
    start = x = centre - _extent(parts)[0] * unit
    below, taken = y + height + 4, -1.0
    for point, (n, part, colour) in enumerate(
        zip(count.tolist(), parts.tolist(), scale.colours, strict=True), 1
    ):
        width = part * unit
        label = str(n) if tiles else f"{part:.0%}".rstrip("%")
        if n:
            sheet.rectangles([(x, y, width, height)], fill=colour)
        if tiles:
            # Ticks part the tiles, so that the count stands free in the middle.
            inner = [x + j * unit for j in range(1, n)]
            ends = [(at, up) for at in inner for up in (y, y + height - 3)]
            ticks = [Path([(at, up), (at, up + 3)]) for at, up in ends]
            sheet.paths(ticks, colour=ink_on(colour))
        if n and text_width(label, size=SMALL) + 2 <= width:
            sheet.inside((x, y, width, height), [label], colour=ink_on(colour))
        if here := ", ".join(names.get(point, [])):
            for line in wrap(here, WIDTH * 0.95, size=SMALL):
                half = text_width(line, size=SMALL) / 2
                at = min(max(x + width / 2, half), WIDTH - half)
                if at - half < taken:
                    below += SMALL * LEADING
                sheet.line_of_text(at, below + SMALL, line, align="center", size=SMALL)
                taken = at + half + 6
        x += width
    n = int(count.sum())
    if n:
        # The middle tile, or the two of them; of shares the middle of the bar.
        low, high = ((n - 1) // 2, n // 2 + 1) if tiles else (0.48, 0.52)
        under = y + height + 2
        sheet.rule([(start + low * unit, under), (start + high * unit, under)], line=2.4)
    return below + (SMALL * LEADING if names else 0) + 6


def _scheme_alt(rows: Sequence[tuple[_Scale, Counts]], year: int, n: int, language: str) -> str:
    section = "figure_scheme"
    count = words(len(rows), language)
    values = {"round": year, "n": len(rows), "count": count, "answers": words(n, language)}
    sentences = [text(f"{section}.alt", language, **values)]
    summaries = [(scale, summarise(count)) for scale, count in rows if count.sum()]
    by_side: dict[str, list[str]] = {"left": [], "middle": [], "right": []}
    for scale, summary in summaries:
        twice = (summary.low_median or 0) + (summary.high_median or 0) - (scale.points + 1)
        side = "left" if twice < 0 else "right" if twice > 0 else "middle"
        by_side[side].append(str(scale.scale))
    for side, here in by_side.items():
        if here:
            listed = enumerate_words(here, language)
            key = f"{section}.alt_{side}"
            sentences.append(text(key, language, n=len(here), scales=listed))
    ordered = sorted(summaries, key=lambda pair: pair[1].balance or 0.0)
    for side, found in (("left", ordered[:1]), ("right", ordered[-1:])):
        for scale, summary in found:
            balance = summary.balance or 0.0
            if balance < 0 if side == "left" else balance > 0:
                sentences.append(
                    text(
                        f"{section}.alt_most_{side}",
                        language,
                        scale=scale.scale,
                        label=scale.label,
                        left=_count(summary.left, language),
                        right=_count(summary.right, language),
                        n=words(summary.n, language),
                        pole=scale.left if side == "left" else scale.right,
                    )
                )
    return " ".join(sentences)


# The composition of teams.


def _team_tiles(
    sheet: Sheet, x: float, y: float, teams: int, pilot: int, base: int, language: str
) -> None:
    """Draw the teams that a participant sits in, out of all; a pilot is half a tile."""
    height, label = 11.0, number(teams, language)
    if pilot:
        label = text(
            "figure_team_composition.pilot", language, count=label, pilot=number(pilot, language)
        )
    wide = 76.0
    if base <= TILES:
        unit = min(12.0, (WIDTH - x - wide) / base)
        tiles = [(x + i * unit, y, unit, height) for i in range(base)]
        sheet.rectangles(tiles[: teams - pilot], fill=STRONG)
        sheet.paths(
            [
                Path([(left, y), (left + unit, y + height), (left, y + height), (left, y)])
                for left, *_ in tiles[teams - pilot : teams]
            ],
            fill=STRONG,
        )
        sheet.rectangles(tiles[teams - pilot : teams])
        sheet.rectangles(tiles[teams:], alpha=0.45)
        x += unit * base
    else:
        unit = (WIDTH - x - wide) / base
        sheet.rectangles([(x, y, unit * teams, height)] if teams else [], fill=STRONG)
        sheet.rectangles([(x, y, unit * base, height)], alpha=0.45)
        x += unit * base
    sheet.line_of_text(x + 6, y + 9, label, size=SMALL)


# The national polls.


def poll_name(poll: str, language: str) -> str:
    """Name a poll by its season and year in the language."""
    season, _, year = poll.partition(" ")
    has_text = season in catalogue()["figure_season"]
    return text(f"figure_season.{season}", language, year=year) if has_text else poll


# The state of play.


def _in_order(column: "pd.Series[str]", order: Sequence[str]) -> list[str]:
    """Give the values in this order, then any others, then the unknown."""
    others = sorted(
        set(column) - set(order), key=lambda value: (value.startswith("unknown"), value)
    )
    return [value for value in order if value in set(column)] + others


def _named(value: str, language: str) -> str:
    key = value.replace("-", "_").replace(" ", "_")
    has_text = key in catalogue()["figure_state"]
    return text(f"figure_state.{key}", language) if has_text else value


def _name_tiles(
    sheet: Sheet, x: float, y: float, width: float, rows: pd.DataFrame, colour: str | None
) -> float:
    """Stack a tile with its name for each municipality; give the y below."""
    for row in rows.itertuples(index=False):
        lines = wrap(str(row.municipality), width - 6, size=SMALL)
        height = len(lines) * SMALL * LEADING + 5
        tile = (x, y, width, height)
        fill = colour if row.on_scheme else None
        sheet.rectangles([tile], fill=fill, dashed=not row.on_scheme)
        sheet.inside(tile, lines, colour=ink_on(fill) if fill else INK)
        y += height + 2
    return y


def _state_of_play_alt(
    table: pd.DataFrame, stages: Sequence[str], forms: Sequence[str], year: int, language: str
) -> str:
    section = "figure_state_of_play"
    n = len(table)
    sentences = [text(f"{section}.alt", language, round=year, n=n, count=words(n, language))]
    for stage in stages:
        rows = table[table["status"] == stage]
        if n <= TILES:
            listed = [
                f"{name} ({_named(form, language)})"
                for name, form in zip(rows["municipality"], rows["form"], strict=True)
            ]
        else:
            by_form = rows["form"].value_counts()
            listed = [
                f"{_named(form, language)} {number(by_form[form], language)}"
                for form in forms
                if form in by_form
            ]
        values = {"status": _named(stage, language).capitalize(), "list": ", ".join(listed)}
        count = _count(len(rows), language)
        sentences.append(
            text(f"{section}.alt_status", language, n=len(rows), count=count, **values)
        )
    return " ".join(sentences)


# Moves between rounds.


def _paths(scores: pd.DataFrame, scale: int) -> Paths:
    """Give the point of each municipality on a scale, by round."""
    here = scores[scores["scale"] == scale].dropna(subset="point").sort_values("municipality")
    paths: Paths = {}
    for name, year, point in zip(here["municipality"], here["round"], here["point"], strict=True):
        paths.setdefault(str(name), {})[int(year)] = int(point)
    return paths


def _lines(sheet: Sheet, y: float, scale: _Scale, paths: Paths, rounds: Sequence[int]) -> float:
    """Draw a line a municipality, its name at both ends; every tile has a place of its own."""
    column = 84.0
    between = (WIDTH - 2 * column - 34) / (len(rounds) - 1) - 16
    names = {
        name: wrap(name, column if {rounds[0], rounds[-1]} & set(path) else between, size=SMALL)
        for name, path in paths.items()
    }
    wide = max(text_width(line, size=SMALL) for lines in names.values() for line in lines)
    slot = max(map(len, names.values())) * SMALL * LEADING + 2
    first, last = 14 + wide + 10, WIDTH - wide - 10
    xs = _spread(rounds, first, last)
    for year, x in xs.items():
        sheet.line_of_text(x, y + SMALL, str(year), align="center", size=SMALL)
    y += SMALL * LEADING + 3
    at = {
        (year, point): [name for name, path in paths.items() if path.get(year) == point]
        for year in rounds
        for point in range(1, scale.points + 1)
    }
    bands: dict[int, tuple[float, float]] = {}
    for point in range(1, scale.points + 1):
        height = max(1, *(len(at[year, point]) for year in rounds)) * slot + 6
        bands[point] = (y, height)
        if point % 2:
            sheet.rectangles([(0, y, WIDTH, height)], fill=INK, edge=False, alpha=0.08)
        sheet.line_of_text(3, y + height / 2 + SMALL * 0.36, str(point), size=SMALL, bold=True)
        y += height
    places: dict[str, dict[int, float]] = {name: {} for name in paths}
    # By where they come from, in the first round by where they go: few lines cross.
    order = {name: float(path.get(rounds[1], 0)) for name, path in paths.items()}
    for year in rounds:
        for point, (top, height) in bands.items():
            here = sorted(at[year, point], key=order.__getitem__)
            start = top + (height - len(here) * slot) / 2
            for j, name in enumerate(here):
                places[name][year] = start + (j + 0.5) * slot
        order = {name: place.get(year, y) for name, place in places.items()}
    for name, place in places.items():
        for before, after in pairwise(rounds):
            if before in place and after in place:
                line = [(xs[before], place[before]), (xs[after], place[after])]
                colour = _towards(paths[name][after] - paths[name][before])
                sheet.rule(line, line=3.2 if colour else 0.8, alpha=None if colour else 0.6)
                if colour:
                    sheet.rule(line, line=1.8, colour=colour)
    for name, place in places.items():
        for year in place:
            tile = (xs[year] - 3.5, place[year] - 3.5, 7, 7)
            sheet.rectangles([tile], fill=scale.colours[paths[name][year] - 1])
            ends = [("right", -7)] if year == rounds[0] else []
            ends += [("left", 7)] if year == rounds[-1] else []
            if year == min(place) and not {rounds[0], rounds[-1]} & set(place):
                ends = [("right", -7)]
            for align, shift in ends:
                start = place[year] - len(names[name]) * SMALL * LEADING / 2
                for j, part in enumerate(names[name]):
                    baseline = start + (j + 0.8) * SMALL * LEADING
                    sheet.line_of_text(xs[year] + shift, baseline, part, align=align, size=SMALL)
    return y


def _spread(rounds: Sequence[int], first: float, last: float) -> dict[int, float]:
    """Place the rounds at equal distances."""
    return dict(zip(rounds, np.linspace(first, last, len(rounds)).tolist(), strict=True))


_YEAR = 34  # width that a year needs, with a blank on both sides


@dataclass(frozen=True)
class _Flows:
    """What moved and what stands, by colour."""

    bands: defaultdict[str | None, list[Path]] = field(default_factory=lambda: defaultdict(list))
    bars: defaultdict[str, list[Rectangle]] = field(default_factory=lambda: defaultdict(list))


def _draw_flows(sheet: Sheet, flows: _Flows) -> None:
    """Draw the bands, those that stay below, and the bars over them."""
    for towards in (None, TOWARDS_LEFT, TOWARDS_RIGHT):
        shapes, alpha = flows.bands[towards], 0.8 if towards else 0.15
        sheet.paths(shapes, fill=towards or INK, edge=bool(towards), line=0.5, alpha=alpha)
    for colour, bars in flows.bars.items():
        sheet.rectangles(bars, fill=colour)


def _flows(
    sheet: Sheet,
    flows: _Flows,
    box: Rectangle,
    scale: _Scale,
    paths: Paths,
    rounds: Sequence[int],
    language: str,
    *,
    least: float = 0,
) -> float:
    """Lay out bands between the rounds, as wide as the number that went that way, and label them.

    With `least`, a share is labelled from there on, and without its point: bars stand in order.
    """
    x, y, width, height = box
    gap, thick = 4.0, 9.0
    xs = _spread(rounds, x, x + width - thick)
    outer = (rounds[0], rounds[-1])
    room = min(xs[after] - xs[before] for before, after in pairwise(rounds))
    for year in rounds if room > _YEAR else outer:
        sheet.line_of_text(xs[year] + thick / 2, y + SMALL, str(year), align="center", size=SMALL)
    y += SMALL * LEADING + 3
    points = range(1, scale.points + 1)
    stands = {year: Counter(path.get(year) for path in paths.values()) for year in rounds}
    counts = {year: [stands[year][point] for point in points] for year in rounds}
    unit = (height - gap * (scale.points - 1)) / max(sum(count) for count in counts.values())
    tops = {
        year: [y + sum(count[:i]) * unit + i * gap for i in range(scale.points)]
        for year, count in counts.items()
    }
    for before, after in pairwise(rounds):
        out, into = list(tops[before]), list(tops[after])
        moves = Counter(
            (path[before], path[after])
            for path in paths.values()
            if before in path and after in path
        )
        for (a, b), n in sorted(moves.items()):
            ends = (xs[before] + thick, out[a - 1], xs[after], into[b - 1])
            flows.bands[_towards(b - a)].append(_band(*ends, n * unit))
            out[a - 1] += n * unit
            into[b - 1] += n * unit
    for i, colour in enumerate(scale.colours):
        flows.bars[colour] += [
            (xs[year], tops[year][i], thick, counts[year][i] * unit) for year in rounds
        ]
    for year, align, shift in ((outer[0], "right", -4), (outer[1], "left", thick + 4)):
        n, free = sum(counts[year]), y - SMALL
        for point, top, count in zip(points, tops[year], counts[year], strict=True):
            if count and (n <= TILES or count >= least * n):
                share = number(count, language) if n <= TILES else percentage(count / n, language)
                # Labels of small points move down rather than overlap.
                free = max(free + SMALL * 1.05, top + count * unit / 2 - SMALL / 2)
                baseline = free + SMALL * 0.86
                label = share if least and n > TILES else f"{point}: {share}"
                sheet.line_of_text(xs[year] + shift, baseline, label, align=align, size=SMALL)
    return y + height


def _band(x0: float, y0: float, x1: float, y1: float, width: float) -> Path:
    half = (x0 + x1) / 2
    corners = [
        (x0, y0),
        *((half, y0), (half, y1), (x1, y1)),
        (x1, y1 + width),
        *((half, y1 + width), (half, y0 + width), (x0, y0 + width)),
        (x0, y0),
    ]
    curve = [Path.CURVE4] * 3
    return Path(corners, [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])


def _towards(step: int) -> str | None:
    return TOWARDS_LEFT if step < 0 else TOWARDS_RIGHT if step > 0 else None


def _all_moves(
    scores: pd.DataFrame, scales: pd.DataFrame, rounds: Sequence[int], language: str
) -> Drawing:
    """Draw the moves on every scale, two side by side."""
    sheet, flows = Sheet(), _Flows()
    width = (WIDTH - 16) / 2
    shown = [
        (_scale(scales, scale, language), _paths(scores, scale))
        for scale in scales["scale"]
        if scale in set(scores["scale"])
    ]
    y = 0.0
    for pair in (shown[i : i + 2] for i in range(0, len(shown), 2)):
        heads, ends = [], []
        for i, (scale, _) in enumerate(pair):
            title = f"{scale.scale}  {scale.label}"
            x = i * (width + 16)
            heads.append(sheet.text(x, y, title, size=SMALL, bold=True, width=width))
        tops = []
        for i, (scale, _) in enumerate(pair):
            x = i * (width + 16)
            tops.append(sheet.text(x, max(heads) + 1, f"1 {scale.left}", size=SMALL, width=width))
        for i, (scale, paths) in enumerate(pair):
            x = i * (width + 16)
            # No lower: a label a point has to fit. No higher: on paper letters shrink with it.
            box = (x + 42, max(tops), width - 84, max(56.0, scale.points * SMALL * 1.05))
            below = _flows(sheet, flows, box, scale, paths, rounds, language, least=LABELLED)
            end = f"{scale.points} {scale.right}"
            ends.append(sheet.text(x, below + 2, end, size=SMALL, width=width))
        y = max(ends) + 8
    # What looks alike at once: the page is 4 kB smaller.
    _draw_flows(sheet, flows)
    return sheet.finish(y - 6, _all_moves_alt(shown, rounds, language))


def _moves_alt(scale: _Scale, paths: Paths, rounds: Sequence[int], language: str) -> str:
    section = "figure_moves"
    sentences = [_scale_sentence(scale, language)]
    for before, after in pairwise(rounds):
        both = {
            name: (path[before], path[after])
            for name, path in paths.items()
            if before in path and after in path
        }
        way = Counter(np.sign(b - a) for a, b in both.values())
        values = {
            "from_round": before,
            "to_round": after,
            "n": words(len(both), language),
            "left": _count(way[-1], language),
            "right": _count(way[1], language),
            "stayed": _count(way[0], language),
            "left_pole": scale.left,
            "right_pole": scale.right,
        }
        sentences.append(text(f"{section}.alt_step", language, **values))
        moved = [
            text(f"{section}.alt_name", language, name=name, from_point=a, to_point=b)
            for name, (a, b) in both.items()
            if a != b
        ]
        if moved and len(paths) <= NAMES:
            names = enumerate_words(moved, language)
            sentences.append(text(f"{section}.alt_names", language, names=names))
        unpaired = sum(before in path or after in path for path in paths.values()) - len(both)
        if unpaired:
            count = words(unpaired, language).capitalize()
            sentences.append(text(f"{section}.alt_unpaired", language, n=unpaired, count=count))
    return " ".join(sentences)


def _all_moves_alt(
    shown: Sequence[tuple[_Scale, Paths]], rounds: Sequence[int], language: str
) -> str:
    section = "figure_moves"
    listed = enumerate_words([str(year) for year in rounds], language)
    count = words(len(shown), language)
    items = []
    for scale, paths in shown:
        both = [path for path in paths.values() if rounds[0] in path and rounds[-1] in path]
        moved = sum(path[rounds[0]] != path[rounds[-1]] for path in both)
        values = {"scale": scale.scale, "moved": moved, "n": len(both)}
        items.append(text(f"{section}.alt_all_scale", language, **values))
    return " ".join(
        (
            text(f"{section}.alt_all", language, count=count, rounds=listed),
            text(f"{section}.alt_all_moved", language, list=", ".join(items)),
        )
    )
