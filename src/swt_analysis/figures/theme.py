"""What all figures share: colours, sizes, and text that is measured before it is written.

Most figures lie in rows, whose height follows from their text: one unit of their y axis is a
point (1/72 inch), counted downwards. Their x axis is of the data.
"""

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.textpath import text_to_path

from swt_analysis.text import SYLLABLE

Palette = str | Sequence[str] | None

TILES = 40  # most municipalities that are shown one by one
SIZES = {"page": 4.4, "column": 3.3, "slide": 9.0, "wide": 7.6}  # width in inches
ROOMY = 420  # points: where a figure is as wide as this, labels stand beside what they name
_WIDTH = ContextVar("width of new figures", default=SIZES["page"])
# ColorBrewer PuOr-5: its ends stay apart in grey and under every colour blindness.
PUOR = ("#e66101", "#fdb863", "#f7f7f7", "#b2abd2", "#5e3c99")
STRONG, PALE = PUOR[1], PUOR[3]
INK = "#1b1b1b"  # becomes the page's text colour in SVG, so that dark mode works
# Text and edges on a fill, the same in light and dark mode. Black itself is text on a page.
DARK, LIGHT = "#010101", "#ffffff"
LEADING = 1.25
EDGE: dict[str, Any] = {"edgecolor": DARK, "linewidth": 0.8}
_PAD = 1 / 72  # inches: edges of half a point are whole
# Where a line may break: before a word, after a slash or hyphen; a hard blank is part of its word.
_WORD = re.compile(r"[\S\xa0]+?(?:(?<=[/-])(?=\w)|(?=[^\S\xa0])|$)[^\S\xa0]*")


def style() -> dict[str, Any]:
    """Give the settings of the reports' figures, on top of seaborn's.

    Returns
    -------
    dict
        For ``matplotlib.rc_context(style())``, or ``seaborn.set_theme(rc=style())``.

    Examples
    --------
    >>> style()["xtick.labelsize"]  # points: 8 px where 4.4 inches are shown 288 px wide
    8.8
    """
    import seaborn as sns  # half a second, which a figure without it need not take

    inked = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    ours = {"font.sans-serif": ["DejaVu Sans"], "text.hinting": "none", "hatch.linewidth": 0.8}
    theme: dict[str, Any] = sns.axes_style("ticks") | sns.plotting_context("paper")
    return theme | dict.fromkeys(inked, INK) | ours


def palette(points: int, name: Palette = None) -> list[str]:
    """Give the colours of a scale's points, from its left pole to its right; of five: PuOr-5.

    Parameters
    ----------
    points : int
        How many.
    name : str or sequence of str, optional
        Another palette, as ``seaborn.color_palette`` takes it.

    Examples
    --------
    >>> palette(5)[0], palette(3, "Greys")[2]
    ('#e66101', '#515151')
    """
    if name is not None:
        import seaborn as sns

        return [str(colour) for colour in sns.color_palette(name, points).as_hex()]
    blend = LinearSegmentedColormap.from_list("", PUOR, N=points)
    return [to_hex(colour) for colour in blend(range(points))]


def ink_on(fill: str) -> str:
    """Give the text colour with the most contrast on a fill, as WCAG 2.2 measures it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(fill)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return DARK if (luminance + 0.05) ** 2 > 0.05 * 1.05 else LIGHT


def body() -> float:
    """Size of a label in points, as the theme has it."""
    return float(FontProperties(size=mpl.rcParams["axes.labelsize"]).get_size_in_points())


def small() -> float:
    """Size of what is said beside it, as the theme has it for ticks."""
    return float(FontProperties(size=mpl.rcParams["xtick.labelsize"]).get_size_in_points())


def ink() -> str:
    """Colour of lines that are read with the text."""
    return str(mpl.rcParams["text.color"])


def outline() -> dict[str, Any]:
    """Give the look of a tile that is not filled."""
    return {"color": "none", "edgecolor": ink(), "linewidth": 0.8, "alpha": 0.45}


def shade() -> dict[str, Any]:
    """Give the look of what lies behind."""
    return {"color": ink(), "alpha": 0.08, "linewidth": 0}


@contextmanager
def wide() -> Iterator[None]:
    """Make new figures as wide as a page is on a large screen, for as long as it lasts."""
    before = _WIDTH.set(SIZES["wide"])
    try:
        yield
    finally:
        _WIDTH.reset(before)


def start(ax: Axes | None) -> tuple[Axes, bool]:
    """Give Axes to draw on, and whether they are new.

    New ones are pyplot's, as those of seaborn: JupyterLab shows them once, at the end of their
    cell, unless ``plt.close(ax.figure)`` comes before. Their figure is closed by who shows it.
    """
    if ax is not None:
        return ax, False
    layout = ConstrainedLayoutEngine(h_pad=_PAD, w_pad=_PAD)
    figure = plt.figure(figsize=(_WIDTH.get(), 1), layout=layout)
    figure.subplotpars.update(left=0, bottom=0, right=1, top=1)  # until a title asks for room
    return figure.add_subplot(), True


def finish(ax: Axes, new: bool, height: float, alt: str) -> Axes:
    """Let rows of a height in points fill the Axes, or stand at their top."""
    if new:
        figure_of(ax).set_figheight(max(height, 1) / 72)
    else:
        there = ax.get_window_extent().height * 72 / figure_of(ax).dpi
        if height > 1.3 * there:
            needed = f"{height / 72:.1f} inches high, and these have {there / 72:.1f}"
            warnings.warn(f"text overlaps: Axes must be {needed}; set figsize", stacklevel=3)
        height = max(height, there)
    ax.set(ylim=(height, 0), xticks=[], yticks=[], label=alt)
    bare(ax)
    for text in ax.texts:
        text.set_in_layout(False)  # all of it is inside: laying out is sooner done
    return ax


def bare(ax: Axes) -> None:
    """Take away frame and grid, and let edges of what is drawn be whole."""
    ax.spines[:].set_visible(False)
    ax.grid(False)
    for artist in (*ax.patches, *ax.lines, *ax.collections):
        artist.set(clip_on=False, in_layout=False)


def figure_of(ax: Axes) -> Figure:
    """Give the figure that Axes are in."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def width(ax: Axes) -> float:
    """Width of Axes in points."""
    return float(ax.get_window_extent().width * 72 / figure_of(ax).dpi)


def unit(ax: Axes) -> float:
    """Width of one unit of the x axis in points."""
    left, right = ax.get_xlim()
    return width(ax) / (right - left)


def text_width(string: str, size: float | None = None, weight: str = "normal") -> float:
    """Width of a line of text in points.

    DejaVu Sans, which matplotlib brings, is wide: what fits in it fits in the fonts of readers.
    """
    theme = (*mpl.rcParams["font.family"], *mpl.rcParams["font.sans-serif"])
    return _text_width(string, size or small(), weight, theme)


@lru_cache(10_000)
def _text_width(string: str, size: float, weight: str, theme: Sequence[str]) -> float:
    font = FontProperties(size=size, weight=weight)
    return float(text_to_path.get_text_width_height_descent(string, font, ismath=False)[0])


def wrap(string: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Break text into lines no wider than `width` points.

    Lines break at blanks, after a hyphen or slash, else inside a word.

    Examples
    --------
    >>> wrap("loslaten/organisaties", 70, 9.6)
    ['loslaten/', 'organisaties']
    """

    def fits(part: str) -> bool:
        return text_width(part.rstrip(), size, weight) <= width

    lines = [""]
    for word in _WORD.findall(string):
        if lines[-1] and not fits(lines[-1] + word):
            lines.append("")
        while len(word) > 1 and not fits(word):
            places = [match.start() for match in SYLLABLE.finditer(word)]
            good = [at for at in places if fits(word[:at] + "-")]
            cut = max(good or [at for at in range(1, len(word)) if fits(word[:at] + "-")] or [1])
            lines[-1:] = [word[:cut] + "-", ""]
            word = word[cut:]
        lines[-1] += word
    return [line.rstrip() for line in lines]


def write(
    ax: Axes,
    x: float,
    y: float,
    string: str,
    *,
    width: float,
    ha: str = "left",
    size: float | None = None,
    weight: str = "normal",
) -> float:
    """Write text from y down, wrapped to a width in points; give the y under its last line.

    The x is a share of the width of the Axes.
    """
    size = size or body()
    for line in wrap(string, width, size, weight) if string else []:
        look: dict[str, Any] = {"ha": ha, "size": size, "weight": weight}
        write_line(ax, x, y + 0.92 * size, line, transform=ax.get_yaxis_transform(), **look)
        y += size * LEADING
    return y


def write_line(ax: Axes, x: float, y: float, line: str, **look: Any) -> None:
    """Write one line on a baseline: matplotlib anchors only single lines in SVG."""
    ax.text(x, y, line, parse_math=False, **{"size": small()} | look)


def write_inside(ax: Axes, x: float, y: float, lines: Sequence[str], color: str) -> None:
    """Write lines about a point."""
    size = small()
    for i, line in enumerate(lines):
        baseline = y + (i - len(lines) / 2) * size * LEADING + size
        write_line(ax, x, baseline, line, ha="center", color=color)


def write_beside(ax: Axes, x: float, y: float, line: str, **look: Any) -> None:
    """Write to the right of a point."""
    place: dict[str, Any] = {"xytext": (5, 0), "textcoords": "offset points", "va": "center"}
    ax.annotate(line, (x, y), **place, size=small(), **look)


def write_poles(ax: Axes, y: float, left: str, right: str, **look: Any) -> float:
    """Write the poles of a scale at both ends."""
    room = width(ax) / 2 - 8
    ends = ((0, left, "left"), (1, right, "right"))
    return max(write(ax, x, y, pole, width=room, ha=ha, **look) for x, pole, ha in ends)


def finish_rows(
    ax: Axes,
    new: bool,
    labels: Sequence[str],
    *,
    alt: str,
    below: str,
    at: float = 0,
    room: float = 0,
) -> Axes:
    """Label rows one unit apart, the first at `at`; give new Axes the height they need.

    `below` is said under the x axis, which takes `room` points.
    """
    size, wide = small(), 0.42 * width(ax)
    lines = [wrap(label, wide, size) for label in labels]
    look: dict[str, Any] = {"ha": "left", "va": "center", "size": size, "parse_math": False}
    ax.set_yticks(
        np.arange(len(labels)) + at, ["\n".join(label) for label in lines], rotation=0, **look
    )
    pad = max((text_width(line) for label in lines for line in label), default=0) + 8
    ax.tick_params("y", length=0, pad=pad)
    under = wrap(below, width(ax) - pad, size)
    ax.set_xlabel("\n".join(under), size=size, parse_math=False)
    ax.set(ylabel="", ylim=(at + len(labels) - 0.5, at - 0.5), label=alt)
    if new:
        row = max(16, 4 + size * LEADING * max(map(len, lines), default=1))
        height = row * len(labels) + room + size * LEADING * (len(under) + 0.5)
        figure_of(ax).set_figheight(height / 72)
    bare(ax)
    return ax
