"""Tables to draw, from the study and made up, and every figure of them."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.text import Text

from swt_analysis import figures
from swt_analysis.clean.tallies import read_tallies
from swt_analysis.text import LANGUAGES

RAW = Path(__file__).parents[2] / "data" / "raw"
ROUND = RAW / "rounds" / "2014"
SCALES = pd.read_csv(RAW / "instrument" / "scales.csv")
COUNTS = read_tallies(ROUND / "tallies.csv", scales=SCALES, respondents=9).assign(round=2014)
PLACEMENTS = pd.read_csv(ROUND / "placements.csv").assign(round=2014)
PARTICIPANTS = pd.read_csv(ROUND / "participants.csv").assign(round=2014, base=9)
MUNICIPALITIES = pd.read_csv(ROUND / "municipalities.csv")
POLLS = pd.read_csv(RAW / "reference" / "national_polls.csv")
NINE = MUNICIPALITIES.loc[MUNICIPALITIES["on_scheme"] == "yes", "municipality"].to_list()
MANY = [f"Gemeente {i}" for i in range(342)]
HOSTILE = [
    "<script>alert(1)</script>",
    "Bed & Breakfast",
    "$x_1^2$",
    "Súdwest-Fryslân",
    "'s-Hertogenbosch",
    'Aan het "IJ"',
    "Nuenen, Gerwen en Nederwetten",
    "x" * 60,
    "\\alpha {brace} %",
]
LONG = {
    f"{side}_{language}": "een buitengewoon lange omschrijving van de pool/uiterste waarde"
    for side in ("left", "right", "label")
    for language in LANGUAGES
}
WORDS = ("label", "left", "right")
REGION = pd.DataFrame({"region": ["Noord-Holland"], "year": 2014, "count": 8, "n": 11})


def scores(names: list[str], rounds: list[int], points: int = 5, seed: int = 1) -> pd.DataFrame:
    """Random walks on every scale; each tenth answer is missing."""
    rng = np.random.default_rng(seed)
    rows = []
    for scale in SCALES["scale"]:
        stands = rng.integers(1, points + 1, len(names))
        for year in rounds:
            rows += [
                (year, name, scale, int(point))
                for name, point in zip(names, stands, strict=True)
                if rng.random() > 0.1
            ]
            stands = np.clip(stands + rng.choice([-1, 0, 0, 1], len(names)), 1, points)
    return pd.DataFrame(rows, columns=["round", "municipality", "scale", "point"])


def counted(table: pd.DataFrame) -> pd.DataFrame:
    return table.groupby(["round", "scale", "point"]).size().rename("count").reset_index()


def told(table: pd.DataFrame, language: str = "nl", scales: pd.DataFrame = SCALES) -> pd.DataFrame:
    """Add the words of the scales in one language."""
    told = scales.rename(columns={f"{word}_{language}": word for word in WORDS})
    told = table.merge(told[["scale", "points", *(word for word in WORDS if word in told)]])
    told.attrs["language"] = language
    return told


def polls(language: str) -> pd.DataFrame:
    share = POLLS["respondents"] / POLLS["population"]
    table = POLLS.assign(low=POLLS["share"] * share, high=1 - (1 - POLLS["share"]) * share)
    table.attrs["language"] = language
    return table


def teams(language: str, *rounds: int, times: int = 1) -> pd.DataFrame:
    table = pd.concat([PARTICIPANTS.assign(round=year) for year in rounds], ignore_index=True)
    numbers = {name: table[name] * times for name in ("teams", "of_which_pilot", "base")}
    table = table.assign(label=table[f"label_{language}"], **numbers)
    table.attrs["language"] = language
    return table


def stability(language: str, scales: pd.DataFrame = SCALES, sign: int = 1) -> pd.DataFrame:
    values = pd.Series(np.linspace(0.7, 0.99, 11) * sign, SCALES["scale"], name="correlation")
    return told(values.where(values.abs() < 0.98).reset_index(), language, scales)


def medians(
    language: str, names: list[str], scales: pd.DataFrame = SCALES, apart: int = 2
) -> pd.DataFrame:
    """Medians of groups that lie apart by up to so many points; one of them is not known."""
    rows = [
        (scale, name, low, min(low + (scale + i) % (apart + 1), 5))
        for scale in SCALES["scale"]
        for i, name in enumerate(names)
        for low in [1 + (scale + 2 * i) % 4]
    ]
    table = pd.DataFrame(rows, columns=["scale", "group", "low", "high"])
    table = table.astype({"low": "Int64", "high": "Int64"})
    table.loc[0, ["low", "high"]] = pd.NA
    return told(table, language, scales)


def of_scale(table: pd.DataFrame, scale: int) -> pd.DataFrame:
    return table[table["scale"] == scale]


THREE, THREE_MANY = scores(NINE, [2013, 2014, 2015]), scores(MANY, [2013, 2014, 2015])
FORTY, SPITEFUL = scores(MANY[:40], [2014, 2015]), scores(HOSTILE, [2014, 2015, 2016])
COME_AND_GO = THREE[~((THREE["round"] != 2014) & THREE["municipality"].isin(NINE[:2]))]


def scale(
    counts: pd.DataFrame, scales: pd.DataFrame = SCALES, of: int = 6, **more: object
) -> Callable:
    return lambda language, ax=None: figures.plot_scale(
        of_scale(told(counts, language, scales), of), ax=ax, **more
    )


def scheme(
    counts: pd.DataFrame, scales: pd.DataFrame = SCALES, year: int = 2014, **more: object
) -> Callable:
    return lambda language, ax=None: figures.plot_scheme(
        told(counts[counts["round"] == year], language, scales), ax=ax, **more
    )


def moves(table: pd.DataFrame, of: int | None = 4, scales: pd.DataFrame = SCALES) -> Callable:
    here = table if of is None else of_scale(table, of)
    return lambda language, ax=None: figures.plot_moves(told(here, language, scales), ax=ax)


def heat(table: pd.DataFrame, scales: pd.DataFrame = SCALES) -> Callable:
    here = table[table["round"] == 2014]
    return lambda language, ax=None: figures.plot_heat(told(here, language, scales), ax=ax)


def profile(
    counts: pd.DataFrame, scores: pd.DataFrame, name: str, scales: pd.DataFrame = SCALES
) -> Callable:
    here = scores[scores["municipality"] == name]
    return lambda language, ax=None: figures.plot_profile(
        told(counts[counts["round"] == 2014], language, scales), here, name=name, ax=ax
    )


FIGURES = {
    **{f"scale {n}": scale(COUNTS, of=n, scores=PLACEMENTS) for n in SCALES["scale"]},
    "scale, three rounds": scale(counted(THREE), scores=THREE),
    "scale, hostile": scale(counted(SPITEFUL), scores=SPITEFUL),
    "scale, long": scale(COUNTS, SCALES.assign(**LONG)),
    "scale, six points": scale(COUNTS, SCALES.assign(points=6)),
    "scale, seven points, large": scale(counted(scores(MANY, [2014], 7)), SCALES.assign(points=7)),
    "scale, two points": scale(counted(scores(NINE, [2014], 2)), SCALES.assign(points=2)),
    "scale, no answers": scale(COUNTS.assign(count=0), no_answer=9),
    "scale, forty": scale(counted(FORTY[FORTY["round"] == 2014])),
    "scale, large": scale(counted(THREE_MANY), no_answer={2014: 3}),
    "scale, large, one side": scale(COUNTS.assign(count=COUNTS["count"] * 40)),
    "scheme": scheme(COUNTS, scores=PLACEMENTS),
    "scheme, hostile": scheme(counted(SPITEFUL), year=2015, scores=SPITEFUL[::2]),
    "scheme, long": scheme(COUNTS, SCALES.assign(**LONG)),
    "scheme, large": scheme(counted(THREE_MANY)),
    "moves": moves(scores(NINE, [2014, 2015]), 6),
    "moves, three rounds": moves(THREE),
    "moves, come and go": moves(COME_AND_GO),
    "moves, hostile": moves(SPITEFUL),
    "moves, forty": moves(FORTY),
    "moves, large": moves(THREE_MANY),
    "moves, all": moves(THREE, None),
    "moves, all, long": moves(THREE, None, SCALES.assign(**LONG)),
    "moves, all, large": moves(THREE_MANY, None),
    "profile": profile(COUNTS, PLACEMENTS, "Haarlem"),
    "profile, moved": profile(counted(THREE), THREE, NINE[0]),
    "profile, hostile": profile(counted(SPITEFUL), SPITEFUL, HOSTILE[-1], SCALES.assign(**LONG)),
    "profile, large": profile(counted(THREE_MANY), THREE_MANY, MANY[3]),
    "heat": heat(THREE),
    "heat, hostile": heat(SPITEFUL, SCALES.assign(**LONG)),
    "heat, large": heat(THREE_MANY),
    "teams": lambda language, ax=None: figures.plot_teams(teams(language, 2014), ax=ax),
    "teams, three rounds": lambda language, ax=None: figures.plot_teams(
        teams(language, 2013, 2014, 2015), ax=ax
    ),
    "teams, large": lambda language, ax=None: figures.plot_teams(
        teams(language, 2014, times=38), ax=ax
    ),
    "polls": lambda language, ax=None: figures.plot_polls(polls(language), region=REGION, ax=ax),
    "polls alone": lambda language, ax=None: figures.plot_polls(
        polls(language).drop(columns=["low", "high"]), ax=ax
    ),
    "groups": lambda language, ax=None: figures.plot_groups(
        medians(language, ["vast team", "flexibel netwerk"]), ax=ax
    ),
    "groups, five": lambda language, ax=None: figures.plot_groups(
        medians(language, [f"groep {i}" for i in range(5)], apart=0), ax=ax
    ),
    "groups, hostile": lambda language, ax=None: figures.plot_groups(
        medians(language, HOSTILE[:3], SCALES.assign(**LONG)), ax=ax
    ),
    "stability": lambda language, ax=None: figures.plot_stability(
        stability(language), chance=0.81, ax=ax
    ),
    "stability, long": lambda language, ax=None: figures.plot_stability(
        stability(language, SCALES.assign(**LONG), -1), ax=ax
    ),
}


def on_a_large_screen(draw: Callable) -> Callable:
    def wider(language: str, ax: Axes | None = None) -> Axes:
        with figures.wide():
            return draw(language, ax)

    return wider


WIDE = {
    f"{name}, wide": on_a_large_screen(FIGURES[name])
    for name in (
        *("scale, hostile", "scale, large", "scheme", "scheme, hostile", "scheme, long"),
        *(
            "groups",
            "groups, hostile",
            "moves, all, long",
            "profile",
            "profile, hostile",
            "heat, hostile",
            "teams",
            "polls",
        ),
        "stability, long",
    )
}


@cache
def drawn(name: str, language: str = "nl") -> Axes:
    """Draw a figure as the reports do, and lay it out."""
    with mpl.rc_context(figures.style()):
        ax = (FIGURES | WIDE)[name](language)
        plt.close(ax.figure)
        ax.figure.draw_without_rendering()
    return ax


def texts(ax: Axes) -> list[Text]:
    """Give all that is written, tick labels and title included."""
    return [one for one in ax.findobj(Text) if one.get_text().strip() and one.get_visible()]
