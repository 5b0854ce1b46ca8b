"""Draw the pictures of docs/figures.md: the figures, and the candidates that were not chosen.

Rounds after 2014 are made up, to show what a figure does with them.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from swt_analysis import figures
from swt_analysis.clean.tallies import read_tallies
from swt_analysis.figures.drawing import DARK, SMALL, WIDTH, Drawing, Sheet, ink_on
from swt_analysis.figures.plots import PUOR
from swt_analysis.statistics.typology import chance_stability, cluster_municipalities

RAW = Path(__file__).parents[1] / "data" / "raw"
ROUND = RAW / "rounds" / "2014"
PICTURES = Path(__file__).parent / "pictures"

scales = pd.read_csv(RAW / "instrument" / "scales.csv")
counts = read_tallies(ROUND / "tallies.csv", scales=scales, respondents=9).assign(round=2014)
placements = pd.read_csv(ROUND / "placements.csv").assign(round=2014)
participants = pd.read_csv(ROUND / "participants.csv").assign(round=2014, base=9)
municipalities = pd.read_csv(ROUND / "municipalities.csv").assign(round=2014)
municipalities["on_scheme"] = municipalities["on_scheme"] == "yes"
polls = pd.read_csv(RAW / "reference" / "national_polls.csv")


def rows(first: int = 1, last: int = 11) -> list[tuple[str, str, str, list[int]]]:
    """Give label, poles and counts of some scales."""
    return [
        (
            f"{row.scale}  {row.label_nl}",
            row.left_nl,
            row.right_nl,
            counts[counts["scale"] == row.scale].sort_values("point")["count"].to_list(),
        )
        for row in scales.itertuples()
        if first <= row.scale <= last
    ]


def cells(draw: object) -> Drawing:
    """Lay out rows of five cells between their poles."""
    sheet, y = Sheet(), 0.0
    for label, left, right, count in rows(1, 6):
        y = sheet.text(0, y, label, bold=True) + 2
        sheet.text(0, y, left, size=SMALL, width=80)
        sheet.text(WIDTH, y, right, size=SMALL, align="right", width=80)
        draw(sheet, 84.0, y, count)
        y += 30
    return sheet.finish(y, "")


def dots(sheet: Sheet, x: float, y: float, count: list[int]) -> None:
    """Draw a small square a municipality in each cell; the median in black."""
    seen, middle = 0, (sum(count) + 1) // 2
    for i, (n, colour) in enumerate(zip(count, PUOR, strict=True)):
        sheet.rectangles([(x + i * 30, y, 29, 26)], alpha=0.3)
        for j in range(n):
            seen += 1
            mark = (x + i * 30 + 3 + j % 3 * 8, y + 2 + j // 3 * 8, 7, 7)
            sheet.rectangles([mark], fill=DARK if seen == middle else colour)


def digits(sheet: Sheet, x: float, y: float, count: list[int]) -> None:
    """Draw each cell darker with its count, and the count in it."""
    for i, n in enumerate(count):
        shade = [PUOR[2], *PUOR[3:4] * 3, *PUOR[4:] * 6][n]
        sheet.rectangles([(x + i * 30, y, 29, 22)], fill=shade)
        sheet.inside((x + i * 30, y, 29, 22), [str(n)], colour=ink_on(shade))


def percentages() -> Drawing:
    """Draw a stacked bar of percentages a scale, as for a large survey."""
    sheet, y = Sheet(), 0.0
    for label, left, right, count in rows(1, 6):
        y = sheet.text(0, y, label, bold=True)
        sheet.text(WIDTH, y, right, size=SMALL, align="right")
        y = sheet.text(0, y, left, size=SMALL) + 2
        x = 1.0
        for n, colour in zip(count, PUOR, strict=True):
            width = n / sum(count) * (WIDTH - 2)
            if n:
                sheet.rectangles([(x, y, width, 14)], fill=colour)
                sheet.inside((x, y, width, 14), [f"{n / sum(count):.0%}"], colour=ink_on(colour))
            x += width
        y += 22
    return sheet.finish(y, "")


def slope() -> Drawing:
    """Draw a plain slope chart, where lines that coincide hide each other."""
    sheet = Sheet()
    table = (
        scored([2014, 2015])
        .query("scale == 4")
        .pivot(index="municipality", columns="round", values="point")
    )
    for name, (before, after) in table.iterrows():
        y0, y1 = (12 + (point - 1) * 26 for point in (before, after))
        sheet.rule([(90, y0), (WIDTH - 90, y1)], line=1.5)
        sheet.line_of_text(86, y0 + 3, str(name), align="right", size=SMALL)
        sheet.line_of_text(WIDTH - 86, y1 + 3, str(name), size=SMALL)
    return sheet.finish(130, "")


def scored(rounds: list[int], names: list[str] | None = None) -> pd.DataFrame:
    """Make up scores: each municipality walks at random over the points."""
    names = names or municipalities["municipality"][municipalities["on_scheme"]].to_list()
    rng = np.random.default_rng(2014)
    made = []
    for scale in scales["scale"]:
        point = rng.integers(1, 6, len(names))
        for year in rounds:
            made += [(year, n, scale, int(p)) for n, p in zip(names, point, strict=True)]
            point = np.clip(point + rng.choice([-1, 0, 0, 1], len(names)), 1, 5)
    return pd.DataFrame(made, columns=["round", "municipality", "scale", "point"])


def tallied(scores: pd.DataFrame) -> pd.DataFrame:
    """Count the scores."""
    return scores.groupby(["round", "scale", "point"]).size().rename("count").reset_index()


def main() -> None:
    """Write every picture."""
    nine, many = scored([2014, 2015, 2016]), scored([2014, 2015, 2016], [*map(str, range(342))])
    last = nine[nine["round"] == 2016].pivot(index="municipality", columns="scale", values="point")
    points = dict(zip(scales["scale"], scales["points"], strict=True))
    luck = float(np.quantile(chance_stability(last, points), 0.95))
    without = cluster_municipalities(last, points).without_scale
    pictures = {
        "scale": figures.choice_scale(
            counts, scales, scale=5, language="nl", placements=placements
        ),
        "scale-rounds": figures.choice_scale(
            tallied(nine), scales, scale=4, language="nl", placements=nine
        ),
        "scale-large": figures.choice_scale(tallied(many), scales, scale=4, language="nl"),
        "scheme": figures.scheme(counts, scales, round=2014, language="nl", placements=placements),
        "scheme-large": figures.scheme(tallied(many), scales, round=2014, language="nl"),
        "teams": figures.team_composition(participants, language="nl"),
        "state": figures.state_of_play(municipalities, round=2014, language="nl"),
        "national": figures.national(
            polls,
            region="Noord-Holland",
            year=2014,
            with_teams=8,
            municipalities=11,
            language="nl",
        ),
        "stability": figures.stability(without, scales, chance=luck, language="nl"),
        "moves": figures.moves(nine, scales, language="nl", scale=4),
        "moves-large": figures.moves(many, scales, language="nl", scale=4),
        "moves-all": figures.moves(nine[nine["round"] < 2016], scales, language="nl"),
        "candidate-dots": cells(dots),
        "candidate-digits": cells(digits),
        "candidate-percentages": percentages(),
        "candidate-slope": slope(),
    }
    for name, drawing in pictures.items():
        svg = figures.to_svg(drawing, key=name, title=name)
        # A picture of its own has no page to take its colours from.
        svg = svg.replace("width:100%", "background:#fff;color:#1b1b1b;width:100%")
        (PICTURES / f"{name}.svg").write_text(svg, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
