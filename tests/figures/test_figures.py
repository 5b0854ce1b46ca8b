"""What the figures show is in the data, all of it can be read, and it is the same every time."""

import io
import itertools
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.text import Text

from swt_analysis import figures
from swt_analysis.clean.tallies import read_tallies
from swt_analysis.figures import plots
from swt_analysis.figures.drawing import DARK, INK, LIGHT, WIDTH, Sheet, ink_on, text_width, wrap
from swt_analysis.figures.plots import Drawing, to_png, to_svg
from swt_analysis.text import LANGUAGES, percentage

RAW = Path(__file__).parents[2] / "data" / "raw"
ROUND = RAW / "rounds" / "2014"
SCALES = pd.read_csv(RAW / "instrument" / "scales.csv")
COUNTS = read_tallies(ROUND / "tallies.csv", scales=SCALES, respondents=9).assign(round=2014)
PLACEMENTS = pd.read_csv(ROUND / "placements.csv").assign(round=2014)
PARTICIPANTS = pd.read_csv(ROUND / "participants.csv").assign(round=2014, base=9)
MUNICIPALITIES = pd.read_csv(ROUND / "municipalities.csv").assign(
    round=2014, on_scheme=lambda table: table["on_scheme"] == "yes"
)
POLLS = pd.read_csv(RAW / "reference" / "national_polls.csv")
NINE = MUNICIPALITIES["municipality"][MUNICIPALITIES["on_scheme"]].to_list()
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
SVG = "{http://www.w3.org/2000/svg}"


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


def with_points(points: int, **poles: str) -> pd.DataFrame:
    return SCALES.assign(points=points, **poles)


LONG = {
    f"{side}_{language}": "een buitengewoon lange omschrijving van de pool/uiterste waarde"
    for side in ("left", "right", "label")
    for language in LANGUAGES
}
MANY = [f"Gemeente {i}" for i in range(342)]
BOUNDED = POLLS.assign(
    low=POLLS["share"] * POLLS["respondents"] / POLLS["population"],
    high=1 - (1 - POLLS["share"]) * POLLS["respondents"] / POLLS["population"],
)


def choice(counts: pd.DataFrame, scales: pd.DataFrame = SCALES, **options: object) -> Callable:
    return lambda language: figures.choice_scale(
        counts, scales, **({"scale": 6} | options), language=language
    )


def drawn(function: Callable[..., Drawing], *tables: pd.DataFrame, **options: object) -> Callable:
    return lambda language: function(*tables, **options, language=language)


three, three_many = scores(NINE, [2013, 2014, 2015]), scores(MANY, [2013, 2014, 2015])
WITHOUT = pd.Series(np.linspace(0.7, 0.99, 11), SCALES["scale"])
hostile = scores(HOSTILE, [2014, 2015, 2016])
FIGURES = {
    **{f"scale {n}": choice(COUNTS, scale=n, placements=PLACEMENTS) for n in SCALES["scale"]},
    "three rounds": choice(counted(three), placements=three),
    "hostile names": choice(counted(hostile), placements=hostile),
    "long poles": choice(COUNTS, SCALES.assign(**LONG)),
    "six points": choice(COUNTS, with_points(6)),
    "seven points, large": choice(counted(scores(MANY, [2014], 7)), with_points(7)),
    "two points": choice(counted(scores(NINE, [2014], 2)), with_points(2)),
    "no answers": choice(COUNTS.assign(count=0)),
    "forty": choice(counted(scores(MANY[:40], [2014]))),
    "large": choice(counted(three_many)),
    "large, one side": choice(COUNTS.assign(count=COUNTS["count"] * 40)),
    "scheme": drawn(figures.scheme, COUNTS, SCALES, round=2014, placements=PLACEMENTS),
    "scheme, hostile": drawn(
        figures.scheme, counted(hostile), SCALES, round=2015, placements=hostile[::2]
    ),
    "scheme, long": drawn(figures.scheme, COUNTS, SCALES.assign(**LONG), round=2014),
    "scheme, large": drawn(figures.scheme, counted(three_many), SCALES, round=2014),
    "teams": drawn(figures.team_composition, PARTICIPANTS),
    "teams, three rounds": drawn(
        figures.team_composition,
        pd.concat([PARTICIPANTS.assign(round=year) for year in (2013, 2014, 2015)]),
    ),
    "teams, large": drawn(
        figures.team_composition,
        PARTICIPANTS.assign(
            base=342,
            teams=PARTICIPANTS["teams"] * 38,
            of_which_pilot=PARTICIPANTS["of_which_pilot"] * 30,
        ),
    ),
    "national": drawn(
        figures.national, POLLS, region="Noord-Holland", year=2014, with_teams=8, municipalities=11
    ),
    "national, bounds": drawn(
        figures.national,
        BOUNDED,
        region="Noord-Holland",
        year=2014,
        with_teams=8,
        municipalities=11,
    ),
    "state": drawn(figures.state_of_play, MUNICIPALITIES, round=2014),
    "state, large": drawn(figures.state_of_play, pd.concat([MUNICIPALITIES] * 31), round=2014),
    "state, hostile": drawn(
        figures.state_of_play,
        MUNICIPALITIES.assign(municipality=[*HOSTILE, "Ee", "Oo"], status="gestopt <2014>"),
        round=2014,
    ),
    "stability": drawn(figures.stability, WITHOUT, SCALES, chance=0.81),
    "stability, long": drawn(
        figures.stability, -WITHOUT.where(WITHOUT < 0.98), SCALES.assign(**LONG), chance=0.81
    ),
    "moves": drawn(figures.moves, scores(NINE, [2014, 2015]), SCALES, scale=6),
    "moves, three rounds": drawn(figures.moves, three, SCALES, scale=4),
    "moves, come and go": drawn(
        figures.moves,
        three[~((three["round"] != 2014) & three["municipality"].isin(NINE[:2]))],
        SCALES,
        scale=4,
    ),
    "moves, hostile": drawn(figures.moves, hostile, SCALES, scale=4),
    "moves, large": drawn(figures.moves, three_many, SCALES, scale=4),
    "moves, all": drawn(figures.moves, three, SCALES),
    "moves, all, large": drawn(figures.moves, three_many, SCALES),
}
every_figure = pytest.mark.parametrize("name", FIGURES)


def texts(drawing: Drawing) -> list[Text]:
    return [artist for artist in drawing.figure.get_children() if isinstance(artist, Text)]


def elements(svg: str) -> list[tuple[str, dict[str, str]]]:
    """Tag, and attributes with those of the group they stand in, of all that is drawn."""
    root = ElementTree.fromstring(svg)
    return [
        (one.tag.removeprefix(SVG), group.attrib | one.attrib)
        for group in root[2:]
        for one in (group if group.tag == f"{SVG}g" else [group])
    ]


def marks(drawing: Drawing) -> Counter[str]:
    """Closed shapes in the SVG by their fill."""
    found: Counter[str] = Counter()
    for tag, look in elements(to_svg(drawing, key="k", title="t")):
        if tag == "path":
            found[look.get("fill", "currentColor")] += look["d"].count("z")
    return found


@every_figure
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_text_lies_within_the_canvas_and_none_over_another(name: str, language: str) -> None:
    drawing = FIGURES[name](language)
    with mpl.rc_context({"text.hinting": "none"}):
        boxes = [text.get_window_extent() for text in texts(drawing)]
    width, height = drawing.figure.get_size_inches() * drawing.figure.dpi
    assert boxes
    for text, box in zip(texts(drawing), boxes, strict=True):
        inside = box.x0 > -1 and box.x1 < width + 1 and box.y0 > -1 and box.y1 < height + 1
        assert inside, text.get_text()
    for (a, here), (b, there) in itertools.combinations(zip(texts(drawing), boxes, strict=True), 2):
        across = min(here.x1, there.x1) - max(here.x0, there.x0)
        down = min(here.y1, there.y1) - max(here.y0, there.y0)
        assert across < 2 or down < 6, (a.get_text(), b.get_text())


@every_figure
def test_the_svg_stands_in_a_page_and_its_text_can_be_read_on_a_telephone(name: str) -> None:
    drawing = FIGURES[name]("nl")
    svg = to_svg(drawing, key="fig-1", title="A & B")
    root = ElementTree.fromstring(svg)
    assert svg.startswith("<svg ")
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert root[0].text == "A & B"
    assert root[1].text == drawing.alt
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(set(ids)) == len(ids)
    assert all(name.startswith("fig-1") for name in ids)
    assert ids == [root.get("aria-labelledby"), root.get("aria-describedby")]
    width = float(root.get("viewBox", "").split()[2])
    shown = list(root.iter(f"{SVG}text"))
    looks = [look for tag, look in elements(svg) if tag == "text"]
    assert len(looks) == len(shown)
    for look in looks:
        size = look.get("font-size") or root.get("font-size") or ""
        # A page 320 px wide leaves its figures 288.
        assert float(size.removesuffix("px")) * 288 / width >= 8 - 1e-6
    assert [text.text for text in shown] == [text.get_text() for text in texts(drawing)]
    assert INK not in svg
    assert set(re.findall(r"(?:xmlns|href|src|url)\S*", svg)) == {f'xmlns="{SVG[1:-1]}"'}


def test_lines_stay_on_a_telephone_with_the_text_spacing_of_wcag() -> None:
    # 1.4.12: letters .12 em apart, words .16 em more; a page 320 px wide has 16 px beside a figure.
    for language in LANGUAGES:
        drawing = FIGURES["scheme"](language)
        for text in texts(drawing):
            line, size = text.get_text(), text.get_fontsize()
            bold = text.get_fontproperties().get_weight() == "bold"
            wide = text_width(line, size=size, bold=bold)
            wide += (0.12 * len(line) + 0.16 * line.count(" ")) * size
            assert wide <= WIDTH * 304 / 288, line


def test_what_looks_alike_is_told_once_unless_it_is_translucent() -> None:
    sheet = Sheet()
    for x in (0, 100):
        sheet.line_of_text(x, 10, "a", align="center")
    for x in (0, 5):
        sheet.rectangles([(x, 20, 10, 10)], fill=DARK, alpha=0.5)
    svg = to_svg(sheet.finish(40, "alt"), key="k", title="t")
    assert [svg.count(one) for one in ("<g", 'text-anchor="middle"', "<text")] == [1, 1, 2]
    # Over each other, two of them are darker than a group of two.
    assert svg.count("<path") == svg.count('opacity="0.5"') == 2


@every_figure
def test_the_same_figure_is_the_same_bytes(name: str) -> None:
    here, there = FIGURES[name]("en"), FIGURES[name]("en")
    assert to_svg(here, key="k", title="t") == to_svg(there, key="k", title="t")
    assert to_png(here) == to_png(there)
    assert to_png(here).startswith(b"\x89PNG")


@every_figure
def test_the_alternative_is_sentences_with_numbers_and_differs_by_language(name: str) -> None:
    dutch, english = (FIGURES[name](language).alt for language in ("nl", "en"))
    assert dutch != english
    for alt in (dutch, english):
        assert alt[0].isupper()
        assert alt.endswith(".")
        assert re.search(r"\d", alt)
        assert not re.search(r"[{}]|nan|None(?! yet)|  ", alt.replace("{brace}", "-"))


def test_one_scale_in_words() -> None:
    alt = figures.choice_scale(COUNTS, SCALES, scale=6, language="nl").alt
    assert alt == (
        "Keuzeschaal 6, ‘Mate van verbinding met 0de lijn/participatie’, van sterk (1) tot "  # noqa: RUF001
        "zwak (5). 2014: drie gemeenten op 1, vijf op 2, één op 3, niemand op 4 of 5. "
        "De mediaan is 2."
    )


def test_the_scheme_in_words() -> None:
    alt = figures.scheme(COUNTS, SCALES, round=2014, language="en").alt
    assert "left of the middle on scales 1, 6, 7, 8 and 11" in alt
    assert "right of the middle on scales 4 and 9" in alt
    assert "eight of nine on the side of strong, none on the other" in alt


def test_stability_marks_the_lowest_and_says_it() -> None:
    without = WITHOUT.copy()
    without[3], without[7] = 0.42, np.nan
    drawing = figures.stability(without, SCALES, chance=0.81, language="nl")
    assert "Zonder schaal 1: 0,70; schaal 2: 0,73; schaal 3: 0,42; schaal 4" in drawing.alt
    assert "Het laagst is 0,42, zonder schaal 3." in drawing.alt
    assert "schaal 7" not in drawing.alt
    bold = [text for text in texts(drawing) if text.get_fontproperties().get_weight() == "bold"]
    assert [text.get_text() for text in bold] == ["0,42"]
    assert marks(drawing)[plots.TOWARDS_LEFT] == 1
    assert marks(drawing)[plots.PALE] == 9
    with pytest.raises(ValueError, match="no scale has a correlation"):
        figures.stability(without * np.nan, SCALES, chance=0.81, language="nl")


@pytest.mark.parametrize("scale", SCALES["scale"])
def test_a_municipality_is_a_tile(scale: int) -> None:
    found = marks(figures.choice_scale(COUNTS, SCALES, scale=scale, language="nl"))
    here = COUNTS[COUNTS["scale"] == scale].sort_values("point")["count"]
    assert [found[colour] for colour in plots.PUOR] == here.to_list()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 13), min_size=2, max_size=9).filter(lambda c: 0 < sum(c) <= 40))
def test_any_scale_of_any_length_has_a_tile_an_answer(count: list[int]) -> None:
    k = len(count)
    table = pd.DataFrame({"round": 2014, "scale": 1, "point": range(1, k + 1), "count": count})
    drawing = figures.choice_scale(table, with_points(k), scale=1, language="nl")
    found = marks(drawing)
    assert sum(found.values()) - found["currentColor"] == sum(count)
    shown = [text.get_text() for text in texts(drawing)]
    assert [s for s in shown if s.endswith("\u00d7")] == [f"{n}\u00d7" for n in count]
    assert [s for s in shown if s.isdigit()] == [str(point) for point in range(1, k + 1)]


def test_hundreds_are_shares_with_their_base() -> None:
    large = counted(three_many)
    drawing = figures.choice_scale(large, SCALES, scale=4, language="nl")
    shown = [text.get_text() for text in texts(drawing)]
    for year in (2013, 2014, 2015):
        here = large[(large["scale"] == 4) & (large["round"] == year)]["count"]
        assert f"{year}, {here.sum()} gemeenten" in shown
        for share in here / here.sum():
            assert percentage(share, "nl") in shown
            assert percentage(share, "nl") in drawing.alt


def test_missing_answers_are_stated() -> None:
    summaries = pd.DataFrame({"round": [2014], "scale": [6], "no_answer": [2]})
    drawing = figures.choice_scale(COUNTS, SCALES, scale=6, language="en", summaries=summaries)
    assert "2014, 9 municipalities, 2 without an answer" in [t.get_text() for t in texts(drawing)]
    assert "Two municipalities gave no answer." in drawing.alt


def test_a_side_without_answers_keeps_its_place() -> None:
    svg = to_svg(FIGURES["large, one side"]("nl"), key="k", title="t")
    rules = [look["d"] for _, look in elements(svg) if look.get("stroke-width") == "1.2"]
    centres = {float(x) for x in re.findall(r"^M([\d.]+) [\d.]+v", "\n".join(rules), re.M)}
    assert len(centres) == 1
    assert 0.29 * WIDTH < centres.pop() < 0.71 * WIDTH


@pytest.mark.parametrize("name", ["hostile names", "scheme, hostile", "moves, hostile"])
def test_hostile_names_are_shown_as_text(name: str) -> None:
    drawing = FIGURES[name]("nl")
    shown = re.sub(r"[-\s]", "", "".join(text.get_text() for text in texts(drawing)))
    names = hostile[hostile["scale"] == 6]["municipality"] if name == "hostile names" else HOSTILE
    for municipality in names:
        assert re.sub(r"[-\s]", "", municipality) in shown
    svg = to_svg(drawing, key="k", title="t")
    assert "<script" not in svg
    assert "$x_1^2$" in svg


def test_every_municipality_has_its_own_line_with_its_name_at_both_ends() -> None:
    two = pd.concat([scores(NINE, [2014], seed=s).assign(round=2014 + s) for s in (0, 1)])
    two = two[two["scale"] == 4].groupby("municipality").filter(lambda rows: len(rows) == 2)
    drawing = figures.moves(two, SCALES, language="nl", scale=4)
    shown = Counter(text.get_text() for text in texts(drawing))
    assert {shown[name] for name in two["municipality"]} == {2}
    wide = two.pivot(index="municipality", columns="round", values="point")
    for name, (before, after) in wide.iterrows():
        assert (f"{name} van {before} naar {after}" in drawing.alt) == (before != after)


def test_who_is_in_one_round_only_is_said() -> None:
    two = scores(NINE, [2014, 2015])
    two = two[two["scale"] == 6].groupby("municipality").filter(lambda rows: len(rows) == 2)
    two = two.drop(two.index[0])
    alt = figures.moves(two, SCALES, language="en", scale=6).alt
    assert "One municipality is in only one of the two rounds." in alt


def test_the_province_is_tiles_beside_the_polls() -> None:
    drawing = figures.national(
        POLLS, region="Drenthe", year=2014, with_teams=8, municipalities=11, language="nl"
    )
    assert marks(drawing)[plots.STRONG] == 8
    assert "Drenthe, 2014: acht van de elf gemeenten" in drawing.alt
    assert "najaar 2014 69% van 224 gemeenten" in drawing.alt


def test_the_teams_of_each_participant_are_tiles() -> None:
    drawing = figures.team_composition(PARTICIPANTS, language="nl")
    # A team of a pilot is half a tile, closed by its edges and not by a mark of its own.
    whole = PARTICIPANTS["teams"] - PARTICIPANTS["of_which_pilot"]
    assert marks(drawing)[plots.STRONG] == whole.sum()
    assert "Thuiszorg/wijkverpleegkundige 7 (waarvan 2 als proef)" in drawing.alt


def test_every_municipality_is_in_the_state_of_play() -> None:
    drawing = figures.state_of_play(MUNICIPALITIES, round=2014, language="nl")
    shown = [text.get_text() for text in texts(drawing)]
    assert set(MUNICIPALITIES["municipality"]) <= set(shown)
    assert all(name in drawing.alt for name in MUNICIPALITIES["municipality"])
    assert "Proef, vier gemeenten: Beverwijk (flexibel netwerk)" in drawing.alt


@pytest.mark.parametrize("k", range(2, 12))
def test_text_on_every_colour_has_contrast(k: int) -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    for colour in plots._Scale(1, k, "", "", "").colours:
        high, low = sorted((luminance(colour), luminance(ink_on(colour))), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5
    assert {ink_on("#ffffff"), ink_on("#000000")} == {DARK, LIGHT}


def test_five_points_have_the_colours_of_colorbrewer() -> None:
    assert plots._Scale(1, 5, "", "", "").colours == list(plots.PUOR)


@given(st.text(st.characters(codec="latin-1", exclude_categories=["C"]), max_size=80))
def test_wrapped_text_fits_and_loses_nothing(string: str) -> None:
    lines = wrap(string, 40)
    assert all(text_width(line) <= 40 for line in lines)
    bare = re.compile(r"[-\s]")
    assert bare.sub("", "".join(lines)) == bare.sub("", string)


def test_dutch_names_break_between_syllables() -> None:
    assert wrap("Heerhugowaard", 60) == ["Heerhugo-", "waard"]
    assert wrap("Súdwest-Fryslân", 60) == ["Súdwest-", "Fryslân"]
    assert wrap("Bergen op Zoom", 60) == ["Bergen op", "Zoom"]


@pytest.mark.parametrize("counts", [(3, 5, 1, 0, 0), (0, 0), (100, 90, 80, 1, 0, 60)])
def test_a_thumbnail_is_a_tiny_picture(counts: tuple[int, ...]) -> None:
    svg = figures.thumbnail(counts)
    assert len(svg.encode()) < 1000
    assert ElementTree.fromstring(svg).get("aria-hidden") == "true"
    assert svg.count("z") == sum(n > 0 for n in counts)


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (choice(COUNTS, scale=12), "scale 12 is not in the instrument"),
        (choice(COUNTS[COUNTS["scale"] != 6]), "no counts for scale 6"),
        (drawn(figures.scheme, COUNTS, SCALES, round=2015), "no counts for round 2015"),
        (drawn(figures.moves, three[three["round"] == 2014], SCALES), "two rounds or more"),
        (drawn(figures.state_of_play, MUNICIPALITIES, round=2015), "no municipalities in round"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw: Callable[[str], Drawing], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw("nl")


def seconds(draw: Callable[[], object]) -> float:
    """Of the processor."""
    start = time.process_time()
    draw()
    return time.process_time() - start


def test_a_small_figure_is_drawn_sooner_than_plain_bars() -> None:
    def bars() -> None:
        figure = Figure(figsize=(5, 3))
        figure.subplots().bar(range(5), [1, 2, 3, 2, 1])
        figure.savefig(io.BytesIO(), format="svg")

    def ours() -> None:
        to_svg(FIGURES["scale 6"]("nl"), key="k", title="t")

    times = [(seconds(ours), seconds(bars)) for _ in range(7)]
    assert min(one for one, _ in times) < min(other for _, other in times)
