"""A sheet to draw a figure on, and the way from a figure to SVG and PNG.

A figure is laid out in points from its top left corner, so that its height follows from its
text: long words wrap and nothing is clipped. It is one width, and shown 320 px wide, as on a
telephone, no letter is under 8 px.
"""

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import NamedTuple
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from PIL import Image

WIDTH = 316.8  # points: 4.4 inches
BODY, SMALL = 9.6, 8.8  # shown 320 px wide: 9.7 and 8.9 px
LEADING = 1.25
# Longest line: readers may space letters and words wider (WCAG 2.2, 1.4.12), by a quarter.
LINE = 0.8 * WIDTH
INK = "#1b1b1b"  # becomes the page's text colour in SVG, so that dark mode works
# Text on a tile, the same in light and dark mode. Not quite black: matplotlib leaves black out.
DARK, LIGHT = "#010101", "#ffffff"

# What most elements have, said once.
_DEFAULTS = {
    "font-family": "system-ui, sans-serif",
    "font-size": f"{SMALL}px",
    "fill": "currentColor",
    "stroke-width": "0.8",
    "stroke-linejoin": "miter",
    "text-anchor": "start",
}
_SVG = "http://www.w3.org/2000/svg"
# Before a consonant with a vowel after it, two letters from either end: Heerhugo-waard.
_SYLLABLE = re.compile(
    r"(?<=\w\w)(?=(?:[b-df-gj-np-tv-xz]|(?<![cgpst])h)[aeiouyáàâäéèêëíìîïóòôöúùûü]\w)", re.I
)
_NUMBER = re.compile(r"-?\d+\.\d+")
_COMMAND = re.compile(r"([MLCQz])([^MLCQz]*)")  # of a path as matplotlib writes it
_WORD = re.compile(r"\S+?(?:(?<=[/-])(?=\w)|(?=\s)|$)\s*")

Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True)
class Drawing:
    """A figure with what it shows in words.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        As drawn, to be saved in any format.
    alt : str
        Text alternative: a sentence or more with the figure's own numbers, in its language.
    """

    figure: Figure
    alt: str


class Sheet:
    """What is drawn so far; positions and sizes in points, y downwards."""

    def __init__(self) -> None:
        self._artists: list[Artist] = []

    def text(
        self,
        x: float,
        y: float,
        string: str,
        *,
        align: str = "left",
        size: float = BODY,
        colour: str = INK,
        bold: bool = False,
        width: float = WIDTH,
    ) -> float:
        """Write text from y down, wrapped to a width; give the y under its last line."""
        for line in wrap(string, min(width, LINE), size=size, bold=bold):
            self.line_of_text(
                x, y + size * 0.92, line, align=align, size=size, colour=colour, bold=bold
            )
            y += size * LEADING
        return y

    def line_of_text(
        self,
        x: float,
        baseline: float,
        string: str,
        *,
        align: str = "left",
        size: float = BODY,
        colour: str = INK,
        bold: bool = False,
    ) -> None:
        """Write one line of text on a baseline."""
        # A line an artist: matplotlib anchors only single lines in SVG, where fonts differ.
        self._artists.append(
            Text(
                x,
                baseline,
                string,
                fontproperties=_font(bold),
                fontsize=size,
                color=colour,
                ha=align,
                va="baseline",
                parse_math=False,
                usetex=False,
            )
        )

    def inside(self, rectangle: Rectangle, lines: Sequence[str], *, colour: str = INK) -> None:
        """Write lines of text in the middle of a rectangle."""
        x, y, width, height = rectangle
        top = y + (height - len(lines) * SMALL * LEADING) / 2
        for i, line in enumerate(lines):
            baseline = top + (i + 0.8) * SMALL * LEADING
            self.line_of_text(
                x + width / 2, baseline, line, align="center", size=SMALL, colour=colour
            )

    def rectangles(
        self,
        rectangles: Iterable[Rectangle],
        *,
        fill: str | None = None,
        edge: bool = True,
        line: float = 0.8,
        alpha: float | None = None,
        dashed: bool = False,
    ) -> None:
        """Draw rectangles (x, y, width, height) that look alike."""
        paths = [
            Path([(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)], closed=True)
            for x, y, w, h in rectangles
        ]
        self.paths(paths, fill=fill, edge=edge, line=line, alpha=alpha, dashed=dashed)

    def rule(
        self,
        points: Sequence[tuple[float, float]],
        *,
        line: float = 0.8,
        colour: str = INK,
        dashed: bool = False,
        alpha: float | None = None,
    ) -> None:
        """Draw a line through points."""
        self.paths([Path(points)], colour=colour, line=line, dashed=dashed, alpha=alpha)

    def paths(
        self,
        paths: Sequence[Path],
        *,
        fill: str | None = None,
        edge: bool = True,
        colour: str | None = None,
        line: float = 0.8,
        alpha: float | None = None,
        dashed: bool = False,
    ) -> None:
        """Draw paths that look alike.

        An edge is dark round a light fill in light and dark mode, else in the text colour, or
        in `colour`.
        """
        colour = colour or (DARK if fill and ink_on(fill) == DARK else INK)
        if paths:
            self._artists.append(
                PathPatch(
                    Path.make_compound_path(*paths),
                    facecolor=fill or "none",
                    edgecolor=colour if edge else "none",
                    linewidth=line if edge else 0,
                    linestyle=(0, (2, 2)) if dashed else "solid",
                    alpha=alpha,
                    clip_on=False,
                )
            )

    def finish(self, height: float, alt: str) -> Drawing:
        """Give the drawing; nothing can be drawn on it any more."""
        height = max(height, 1.0)  # of a drawing of nothing: no picture can be empty
        figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=144, facecolor="none")
        FigureCanvasAgg(figure)
        down = Affine2D().scale(1 / 72, -1 / 72).translate(0, height / 72)
        for artist in self._artists:
            artist.set_transform(down + figure.dpi_scale_trans)
            figure.add_artist(artist)
        return Drawing(figure, alt)


def ink_on(fill: str) -> str:
    """Give the text colour with the most contrast on a fill, as WCAG 2.2 measures it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(fill)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return DARK if (luminance + 0.05) ** 2 > 0.05 * 1.05 else LIGHT


def text_width(string: str, *, size: float = BODY, bold: bool = False) -> float:
    """Width of a line of text in points, in the font that comes with matplotlib.

    That font is wide: what fits in it also fits in the fonts that readers have.
    """
    return sum(_advance(letter, bold) for letter in string) * size


def wrap(string: str, width: float, *, size: float = BODY, bold: bool = False) -> list[str]:
    """Break text into lines no wider than `width` points.

    Lines break at blanks, after a hyphen or slash, else between syllables as a Dutch name may
    be broken, else anywhere.

    Examples
    --------
    >>> wrap("loslaten/organisaties", 70)
    ['loslaten/', 'organisaties']
    """

    def fits(part: str) -> bool:
        return text_width(part, size=size, bold=bold) <= width

    lines = [""]
    for word in _WORD.findall(string):
        if lines[-1] and not fits(lines[-1] + word.rstrip()):
            lines.append("")
        while not fits(lines[-1] + word.rstrip()):
            cut = _cut(word, fits)
            lines[-1] = word[:cut] + "-"
            lines.append("")
            word = word[cut:]
        lines[-1] += word
    return [line.rstrip() for line in lines]


def to_svg(drawing: Drawing, *, key: str, title: str) -> str:
    """Write a drawing as SVG to stand inside an HTML page.

    Text stays text, in the page's text colour, and the alternative is the description. The
    same drawing gives the same bytes.

    Parameters
    ----------
    drawing : Drawing
        The figure and its text alternative.
    key : str
        Unique on the page: every id starts with it.
    title : str
        Short name of the figure.

    Returns
    -------
    str
        An ``svg`` element, as wide as its place and at most 544 px.
    """
    file = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": key, "path.simplify": False}):
        drawing.figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    root = ElementTree.fromstring(file.getvalue())
    view = root.get("viewBox") or ""
    elements = (one for group in root if group.tag == f"{{{_SVG}}}g" for one in _elements(group))
    parts = (_alike(look, list(run)) for look, run in groupby(elements, lambda one: one.look))
    return (
        f'<svg xmlns="{_SVG}" viewBox="{view}" preserveAspectRatio="xMinYMin" role="img" '
        f'aria-labelledby="{key}-title" aria-describedby="{key}-desc"{_attributes(_DEFAULTS)} '
        'style="width:100%;max-width:34rem;height:auto;overflow:visible">'
        f'<title id="{key}-title">{escape(title)}</title>'
        f'<desc id="{key}-desc">{escape(drawing.alt)}</desc>{"".join(parts)}</svg>\n'
    )


def to_image(drawing: Drawing, *, dpi: int) -> Image.Image:
    """Draw on white, in red, green and blue."""
    file = io.BytesIO()
    # Hinting would widen letters to whole pixels, and lines beyond what they were given.
    with mpl.rc_context({"text.hinting": "none"}):
        drawing.figure.savefig(file, format="rgba", dpi=dpi, facecolor="white")
    width = int(drawing.figure.get_figwidth() * dpi)
    pixels = file.getvalue()
    return Image.frombytes("RGBA", (width, len(pixels) // (4 * width)), pixels).convert("RGB")


def to_png(drawing: Drawing, *, dpi: int = 200) -> bytes:
    """Write a drawing as PNG on white; at 200 dots an inch it is 880 pixels wide."""
    file = io.BytesIO()
    to_image(drawing, dpi=dpi).save(file, format="PNG", dpi=(dpi, dpi))
    return file.getvalue()


class _Element(NamedTuple):
    tag: str
    look: str  # attributes that others may share
    rest: str  # what comes after them


def _alike(look: str, run: Sequence[_Element]) -> str:
    """Write elements that look alike, and how they look once."""
    # Where elements of a group overlap, its opacity is not theirs.
    if len(run) == 1 or not look or "opacity" in look:
        return "".join(f"<{tag}{look}{rest}" for tag, _, rest in run)
    return f"<g{look}>{''.join(f'<{tag}{rest}' for tag, _, rest in run)}</g>"


def _elements(element: ElementTree.Element) -> Iterable[_Element]:
    """Read matplotlib's SVG: what a browser needs of it and no more."""
    tag = element.tag.removeprefix(f"{{{_SVG}}}")
    if tag == "g":
        for child in element:
            yield from _elements(child)
        return
    style = dict(
        (name.strip(), value.strip())
        for name, _, value in (rule.partition(":") for rule in element.get("style", "").split(";"))
        if value and name.strip() != "font-family"
    )
    if style.get("fill") == "none" and "stroke" not in style:
        return
    style = {name: value.replace(INK, "currentColor") for name, value in style.items()}
    style = {name: value for name, value in style.items() if _DEFAULTS.get(name) != value}
    wanted = ("x", "y") if tag == "text" else ("d",)
    place = {name: _short(element.get(name, "")) for name in wanted}
    text = f">{escape(element.text)}</{tag}>" if element.text else "/>"
    yield _Element(tag, _attributes(style), f"{_attributes(place)}{text}")


def _attributes(values: Mapping[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items())


def _short(numbers: str) -> str:
    """Round coordinates to a tenth of a point, and write lines and curves as short as can be.

    From where the last one ended: in bands and bars the same steps come again and again, which
    also packs well.
    """
    if not numbers.startswith("M"):
        return _NUMBER.sub(lambda m: _digits(round(float(m.group()) * 10)), numbers)
    parts, x, y = [], 0, 0
    for command, given in _COMMAND.findall(numbers):
        ends = [round(float(one) * 10) for one in given.split()]
        steps = [end - (y if i % 2 else x) for i, end in enumerate(ends)]
        if command == "z":
            parts.append("z")
        elif command == "M":
            parts.append("M" + _joined(ends))
        elif not any(steps[1::2]) and (command == "L" or _onward(steps[::2])):
            parts += ["h" + _digits(steps[-2])] if steps[-2] else []
        elif command == "L" and not steps[0]:
            parts.append("v" + _digits(steps[1]))
        else:
            parts.append(command.lower() + _joined(steps))
        x, y = ends[-2:] or (x, y)
    return "".join(parts)


def _onward(steps: Sequence[int]) -> bool:
    """Whether places along a line follow each other, so that a flat curve is that line."""
    places = [0, *steps]
    return places in (sorted(places), sorted(places, reverse=True))


def _joined(tenths: Sequence[int]) -> str:
    # -1 .5 -.5 may be written -1 .5-.5, and 1.5 .5 as 1.5.5.
    return re.sub(r" (?=-)|(?<=\.\d) (?=\.)", "", " ".join(map(_digits, tenths)))


def _digits(tenths: int) -> str:
    """Write a number of tenths: 8 is .8, 10 is 1."""
    whole, part = divmod(abs(tenths), 10)
    return f"{'-' if tenths < 0 else ''}{whole or ''}{f'.{part}' if part else ''}" or "0"


def _cut(word: str, fits: Callable[[str], bool]) -> int:
    """Where to break a word that is wider than a line: the last place that fits."""
    syllables = [match.start() for match in _SYLLABLE.finditer(word)]
    for cut in reversed(syllables):
        if fits(word[:cut] + "-"):
            return cut
    for cut in range(len(word) - 1, 1, -1):
        if fits(word[:cut] + "-"):
            return cut
    return 1


@cache
def _font(bold: bool) -> FontProperties:
    return FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")


@cache
def _face(bold: bool) -> FT2Font:
    return get_font(findfont(_font(bold)))


@cache
def _advance(letter: str, bold: bool) -> float:
    """How far a letter takes the pen, in ems. Kerning is left out: nearly all of it is inwards."""
    face = _face(bold)
    face.set_size(100, 72)
    return face.load_char(ord(letter), LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / 100
