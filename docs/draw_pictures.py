"""Draw the pictures of docs/figures.md. Rounds after 2014 are made up."""

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from swt_analysis import figures
from swt_analysis.clean.tallies import read_tallies
from swt_analysis.statistics.groups import group_bounds
from swt_analysis.statistics.typology import chance_stability, cluster_municipalities

RAW = Path(__file__).parents[1] / "data" / "raw"
ROUND = RAW / "rounds" / "2014"
PICTURES = Path(__file__).parent / "pictures"

instrument = pd.read_csv(RAW / "instrument" / "scales.csv")
scales = instrument.rename(columns=lambda name: name.removesuffix("_nl"))
scales = scales[["scale", "points", "label", "left", "right"]]
tallies = read_tallies(ROUND / "tallies.csv", scales=instrument, respondents=9).assign(round=2014)
placements = pd.read_csv(ROUND / "placements.csv").assign(round=2014)
participants = pd.read_csv(ROUND / "participants.csv").assign(round=2014, base=9)
municipalities = pd.read_csv(ROUND / "municipalities.csv").query("on_scheme == 'yes'")
polls = pd.read_csv(RAW / "reference" / "national_polls.csv")


def scored(rounds: list[int], names: list[str]) -> pd.DataFrame:
    """Make up scores: each municipality walks at random over the points."""
    rng = np.random.default_rng(2014)
    made = []
    for scale in scales["scale"]:
        point = rng.integers(1, 6, len(names))
        for year in rounds:
            made += [(year, n, scale, int(p)) for n, p in zip(names, point, strict=True)]
            point = np.clip(point + rng.choice([-1, 0, 0, 1], len(names)), 1, 5)
    table = pd.DataFrame(made, columns=["round", "municipality", "scale", "point"])
    return table.merge(scales)


def tallied(scores: pd.DataFrame) -> pd.DataFrame:
    """Count the scores."""
    keys = ["round", "scale", "point", "label", "left", "right", "points"]
    return scores.groupby(keys).size().rename("count").reset_index()


def main() -> None:
    """Write every picture."""
    counts = tallies.merge(scales)
    nine = scored([2014, 2015, 2016], municipalities["municipality"].to_list())
    many = scored([2014, 2015, 2016], [*map(str, range(342))])
    last = nine[nine["round"] == 2016]
    wide = last.pivot(index="municipality", columns="scale", values="point")
    points = dict(zip(scales["scale"], scales["points"], strict=True))
    kinds = cluster_municipalities(wide, points)
    firm = kinds.without_scale.rename("correlation").rename_axis("scale").reset_index()
    luck = float(np.quantile(chance_stability(wide, points), 0.95))
    forms = municipalities.set_index("municipality")["form"]
    of_groups = group_bounds(tallies, forms, placements).xs("median", level="measure")
    medians = of_groups.reset_index().merge(scales)
    share = polls["respondents"] / polls["population"]
    bounds = {"low": polls["share"] * share, "high": 1 - (1 - polls["share"]) * share}
    pictures = {
        "scale": lambda: figures.plot_scale(counts.query("scale == 5"), scores=placements),
        "scale-rounds": lambda: figures.plot_scale(tallied(nine).query("scale == 4"), scores=nine),
        "scale-large": lambda: figures.plot_scale(tallied(many).query("scale == 4")),
        "scheme": lambda: figures.plot_scheme(counts, scores=placements),
        "scheme-large": lambda: figures.plot_scheme(tallied(many).query("round == 2014")),
        "profile": lambda: figures.plot_profile(
            counts, placements.query("municipality == 'Haarlem'"), name="Haarlem"
        ),
        "moves": lambda: figures.plot_moves(nine.query("scale == 4")),
        "moves-large": lambda: figures.plot_moves(many.query("scale == 4")),
        "moves-all": lambda: figures.plot_moves(nine),
        "heat": lambda: figures.plot_heat(last, order=kinds.order),
        "stability": lambda: figures.plot_stability(firm.merge(scales), chance=luck),
        "teams": lambda: figures.plot_teams(participants.rename(columns={"label_nl": "label"})),
        "groups": lambda: figures.plot_groups(medians),
        "polls": lambda: figures.plot_polls(
            polls.assign(**bounds),
            region=pd.DataFrame({"region": ["Noord-Holland"], "year": 2014, "count": 8, "n": 11}),
        ),
    }
    for name, draw in pictures.items():
        with mpl.rc_context(figures.style()):
            ax = draw()
            svg = figures.to_svg(ax.figure, key=name, title=name, alt=ax.get_label())
            plt.close(ax.figure)
        # A picture of its own has no page to take its colours from.
        svg = svg.replace("width:100%", "background:#fff;color:#1b1b1b;width:100%")
        (PICTURES / f"{name}.svg").write_text(svg, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
