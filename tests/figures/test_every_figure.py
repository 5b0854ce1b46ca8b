"""All of a figure can be read, on a telephone, in a page and in words; it is the same each time."""

import io
import itertools
import re
import time
from collections.abc import Callable
from xml.etree import ElementTree

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
import seaborn as sns
from matplotlib.figure import Figure
from PIL import Image

from swt_analysis import figures
from swt_analysis.figures.theme import INK, text_width
from swt_analysis.text import LANGUAGES
from tests.figures.cases import FIGURES, WIDE, drawn, texts

SVG = "{http://www.w3.org/2000/svg}"
# The other scales differ in their words, and what is left of these in how many answers they have.
FEW = {"moves, forty", "moves, all", "scale, forty", "polls alone", "scale, two points"}
FEW |= {f"scale {number}" for number in range(1, 12)} - {"scale 6", "scale 10"}
every_figure = pytest.mark.parametrize(
    "name",
    [
        pytest.param(one, marks=pytest.mark.slow if "large" in one or one in FEW else ())
        for one in FIGURES
    ],
)
ONE_OF_EACH = ["scale 6", "scheme", "moves", "profile", "heat", "teams", "polls", "stability"]
ONE_OF_EACH += ["groups"]
one_of_each = pytest.mark.parametrize("name", ONE_OF_EACH)
# Dutch words are the longer ones.
every_language = pytest.mark.parametrize(
    "language", [pytest.param(one, marks=[pytest.mark.slow] * (one != "nl")) for one in LANGUAGES]
)


def assert_readable(ax: plt.Axes) -> None:
    """No text is cut off by the edge of the figure, and none stands over another."""
    written = texts(ax)
    boxes = [text.get_window_extent() for text in written]
    width, height = ax.figure.get_size_inches() * ax.figure.dpi
    assert boxes
    for text, box in zip(written, boxes, strict=True):
        inside = box.x0 > -2 and box.x1 < width + 2 and box.y0 > -2 and box.y1 < height + 2
        assert inside, text.get_text()
    for (a, here), (b, there) in itertools.combinations(zip(written, boxes, strict=True), 2):
        across = min(here.x1, there.x1) - max(here.x0, there.x0)
        down = min(here.y1, there.y1) - max(here.y0, there.y0)
        assert across < 2 or down < 5, (a.get_text(), b.get_text())


@every_figure
@every_language
def test_all_text_lies_within_the_figure_and_none_over_another(name: str, language: str) -> None:
    ax = drawn(name, language)
    assert ax.figure.get_figwidth() == pytest.approx(4.4)
    assert_readable(ax)


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=pytest.mark.slow if "large" in one else ()) for one in WIDE]
)
@every_language
def test_so_does_it_in_the_figure_of_a_large_screen(name: str, language: str) -> None:
    ax = drawn(name, language)
    assert ax.figure.get_figwidth() == pytest.approx(7.6)
    assert_readable(ax)


@every_figure
def test_the_svg_stands_in_a_page_and_its_text_can_be_read_on_a_telephone(name: str) -> None:
    ax = drawn(name)
    svg = figures.to_svg(ax.figure, key="fig-1", title="A & B", alt=ax.get_label())
    written = sorted(text.get_text() for text in texts(ax))
    root = ElementTree.fromstring(svg)
    assert svg.startswith("<svg ")
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert (root[0].text, root[1].text) == ("A & B", ax.get_label())
    assert not {"width", "height"} & set(root.attrib)
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(set(ids)) == len(ids)
    assert all(one.startswith("fig-1-") for one in ids)
    links = re.findall(r"url\(#([^)]*)|href=\"#([^\"]*)", svg)
    assert {a or b for a, b in links} <= set(ids)
    width = float(root.get("viewBox", "").split()[2])
    assert width == pytest.approx(4.4 * 72, abs=1)  # nothing sticks out that makes it wider
    shown = [one for one in root.iter(f"{SVG}text")]
    # A page 320 px wide leaves its figures 288. A size is said by a text, or what it is in.
    sizes = re.findall(r"font-size(?::|=\")([\d.]+)px", svg)
    assert min(map(float, sizes)) * 288 / width >= 8 - 0.01
    lines = sorted(line.strip() for text in written for line in text.split("\n"))
    assert sorted((one.text or "").strip() for one in shown) == lines
    assert INK not in svg
    assert "DejaVu" not in svg
    assert "<script" not in svg


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_stay_on_a_telephone_with_the_text_spacing_of_wcag(language: str) -> None:
    # 1.4.12: letters .12 em apart, words .16 em more; a page 320 px wide has 16 px beside a figure.
    for text in drawn("scheme", language).texts:
        line, size, weight = text.get_text(), text.get_fontsize(), text.get_weight()
        wide = text_width(line, size, weight)
        wide += (0.12 * len(line) + 0.16 * line.count(" ")) * size
        assert wide <= 4.4 * 72 * 304 / 288, line


@one_of_each
def test_the_same_figure_is_the_same_bytes(name: str) -> None:
    made = []
    for _ in range(2):
        with mpl.rc_context(figures.style()):
            ax = FIGURES[name]("en")
        svg = figures.to_svg(ax.figure, key="k", title="t", alt=ax.get_label())
        made.append((svg, figures.to_png(ax.figure)))
        plt.close(ax.figure)
    assert made[0] == made[1]
    picture = Image.open(io.BytesIO(made[0][1]))
    assert len(picture.getcolors()) <= 16
    assert picture.width * picture.height < 240_000


@every_figure
def test_the_alternative_is_sentences_with_numbers_and_differs_by_language(name: str) -> None:
    alts = [drawn(name, language).get_label() for language in LANGUAGES]
    assert alts[0] != alts[1]
    for alt in alts:
        assert alt[0].isupper()
        assert alt.endswith(".")
        assert re.search(r"\d", alt)
        assert not re.search(r"[{}]|nan|None(?! yet)|  ", alt.replace("{brace}", "-"))


@one_of_each
def test_pyplot_keeps_the_new_figure_alone_and_its_settings_as_they_were(name: str) -> None:
    plt.close("all")
    before = dict(mpl.rcParams)
    FIGURES[name]("nl")
    assert len(plt.get_fignums()) == 1  # which JupyterLab shows once
    assert dict(mpl.rcParams) == before
    plt.close("all")


@one_of_each
def test_a_figure_obeys_the_theme_and_takes_a_title(name: str) -> None:
    with mpl.rc_context():
        sns.set_theme(context="talk", style="darkgrid", rc={"text.color": "#aa0000"})
        ax = FIGURES[name]("nl")
        ax.set_title("Een eigen titel")
        ax.figure.draw_without_rendering()
        assert min(text.get_fontsize() for text in texts(ax)) > 15
        assert name in ("heat", "polls") or "#aa0000" in {text.get_color() for text in ax.texts}
        box = ax.title.get_window_extent()
        assert box.y1 <= ax.figure.get_figheight() * ax.figure.dpi + 2
        plt.close(ax.figure)


@pytest.mark.parametrize("name", ["scale 6", "scheme", "moves", "teams", "polls", "stability"])
def test_two_figures_stand_abreast(name: str) -> None:
    with mpl.rc_context(figures.style()):
        figure, axes = plt.subplots(1, 2, figsize=(10, 14), layout="constrained")
        assert FIGURES[name]("nl", ax=axes[0]) is axes[0]
        FIGURES["scheme"]("en", ax=axes[1])
        figure.draw_without_rendering()
        assert tuple(figure.get_size_inches()) == (10, 14)
        for ax in axes:
            assert_readable(ax)
        plt.close(figure)


def seconds(draw: Callable[[], object]) -> float:
    """Of the processor."""
    start = time.process_time()
    draw()
    return time.process_time() - start


def test_a_small_figure_is_drawn_nearly_as_soon_as_plain_bars() -> None:
    def bars() -> None:
        figure = Figure(figsize=(5, 3))
        figure.subplots().bar(range(5), [1, 2, 3, 2, 1])
        figure.savefig(io.BytesIO(), format="svg")

    def ours() -> None:
        ax = FIGURES["scale 6"]("nl")
        figures.to_svg(ax.figure, key="k", title="t", alt="a")
        plt.close(ax.figure)

    times = [(seconds(ours), seconds(bars)) for _ in range(7)]
    assert min(one for one, _ in times) < 2.5 * min(other for _, other in times)
