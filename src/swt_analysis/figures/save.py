"""The ways out of a figure: into a page, as a small picture, and for print and slides."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from PIL import Image

from swt_analysis.figures import theme

_SVG, _LINK = "http://www.w3.org/2000/svg", "{http://www.w3.org/1999/xlink}href"
# Text colours of matplotlib's and seaborn's own themes are the page's too.
_INKS = re.compile(f"{theme.INK}|#000000|#262626")
_FAMILY = re.compile(r"font-family:[^;]*;?|(?<=px )'[^;]*")
_LEFT_OUT = (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style")
_IDLE = re.compile(r"stroke-linejoin: miter|rotate\(-0 .*|(?<=[;:]) | (?= |[A-Z])|(?<=[A-Z]) | $")
_DECIMAL = re.compile(r"\d+\.\d{2,}")
_GREYS = [(27,) * 3, (110,) * 3, (180,) * 3]  # ink and two of its edges
_PIXELS = 230_000  # of a small picture: more would make a page large


def to_svg(figure: Figure, *, key: str, title: str, alt: str) -> str:
    """Write a figure as SVG to stand inside an HTML page.

    Text stays text, in the page's font and text colour. The same figure gives the same bytes.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Of one or more Axes.
    key : str
        Unique on the page: every id starts with it.
    title : str
        Short name of the figure.
    alt : str
        Its text alternative: the label of the Axes, of what this package draws.

    Returns
    -------
    str
        An ``svg`` element, as wide as its place and at most 544 px.
    """
    file = io.StringIO()
    settings: Any = {"svg.fonttype": "none", "svg.hashsalt": key}
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with mpl.rc_context(settings), _laid_out(figure) as whole:
        figure.savefig(file, format="svg", metadata=nothing, transparent=True, bbox_inches=whole)
    root = ElementTree.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", file.getvalue()))
    used = set(re.findall(r"(?:url\(|href=\")#([^\")]+)", file.getvalue()))
    for parent in root.iter():
        # The style sheet would be the whole page's; frames and backgrounds show nothing.
        for element in [one for one in parent if one.tag in _LEFT_OUT or _is_empty(one)]:
            parent.remove(element)
        if parent.get("id") not in used:
            parent.attrib.pop("id", None)
        changed = {name: _for_a_page(name, value, key) for name, value in parent.items()}
        parent.attrib = {name: value for name, value in changed.items() if value}
    root.attrib = {
        "viewBox": root.attrib["viewBox"],
        "role": "img",
        "aria-labelledby": f"{key}-title",
        "aria-describedby": f"{key}-desc",
        "font-family": "system-ui, sans-serif",
        "fill": "currentColor",
        "stroke-linejoin": "miter",
        "preserveAspectRatio": "xMinYMin",
        "style": "width:100%;max-width:34rem;height:auto;overflow:visible",
    }
    for name, content in (("desc", alt), ("title", title)):
        said = ElementTree.Element(f"{{{_SVG}}}{name}", {"id": f"{key}-{name}"})
        said.text = content
        root.insert(0, said)
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _LINK[1:].partition("}")[0])
    return re.sub(r">\s+<", "><", ElementTree.tostring(root, encoding="unicode")) + "\n"


def to_png(figure: Figure) -> bytes:
    """Write a figure as a small PNG on white: sixteen colours, few pixels an inch if it is tall."""
    file = io.BytesIO()
    with _laid_out(figure) as whole:
        dpi = min(200, round((_PIXELS / (whole.width * whole.height)) ** 0.5))
        picture = _picture(figure, whole, dpi)
    # The commonest colours as they are, and greys: what smooths an edge takes the nearest.
    times: Any = picture.getcolors(picture.width * picture.height)
    few = Image.new("P", (1, 1))
    commonest = [colour for _, colour in sorted(times, reverse=True)[:12]]
    few.putpalette([part for colour in [*commonest, *_GREYS] for part in colour])
    picture = picture.quantize(palette=few, dither=Image.Dither.NONE)
    picture.save(file, format="PNG", bits=4, optimize=True, dpi=(dpi, dpi))
    return file.getvalue()


def save(
    ax: Axes,
    path: str | Path,
    *,
    title: str = "",
    source: str = "",
    size: str = "page",
    dpi: int = 300,
) -> Path:
    """Save a figure on its own, for print or slides, with its title and source in the picture.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The figure that it is in is saved whole.
    path : str or Path
        Its ending says how: ``.png``, ``.tif``, ``.jpg``; ``.pdf``, ``.svg`` and ``.eps`` scale.
    title, source : str
        What stands above and under it.
    size : {"page", "column", "slide"}
        How wide a PNG comes out in a document: 4.4, 3.3 or 9 inches, its letters with it.
    dpi : int
        Dots an inch at that width; 300 is enough for print.

    Returns
    -------
    Path
        Where it is.

    Raises
    ------
    ValueError
        If there is no such size.
    """
    if size not in theme.SIZES:
        raise ValueError(f"size {size!r}: there are {', '.join(theme.SIZES)}")
    figure, target = theme.figure_of(ax), Path(path)
    width, height = 72 * figure.get_size_inches()
    above = "\n".join(theme.wrap(title, width, theme.body(), "bold"))
    below = "\n".join(theme.wrap(source, width, theme.small()))
    texts = [
        figure.text(0, 1 + 4 / height, above, size=theme.body(), weight="bold", parse_math=False),
        figure.text(0, -4 / height, below, size=theme.small(), va="top", parse_math=False),
    ]
    with _laid_out(figure) as whole:
        if target.suffix.lower() in (".pdf", ".svg", ".eps"):
            figure.savefig(target, bbox_inches=whole)
        else:
            dots = round(dpi * theme.SIZES[size] / whole.width)
            _picture(figure, whole, dots).save(target, dpi=(dpi, dpi))
    for text in texts:
        text.remove()
    return target


def _for_a_page(name: str, value: str, key: str) -> str:
    """Give an attribute as it stands in a page: its ids, its ink, its font, and short."""
    if name in ("id", _LINK):
        return value.replace("#", f"#{key}-") if name == _LINK else f"{key}-{value}"
    if name in ("d", "x", "y", "points", "transform"):
        value = _DECIMAL.sub(lambda one: f"{float(one.group()):.1f}", value)
    inked = _INKS.sub("currentColor", value.replace("url(#", f"url(#{key}-"))
    return _IDLE.sub("", _FAMILY.sub("", inked))


def _is_empty(element: ElementTree.Element) -> bool:
    """Whether an element draws nothing."""
    bare = element.get("style", "").strip("; ") == "fill: none"
    return bare or (element.tag == f"{{{_SVG}}}g" and not len(element))


@contextmanager
def _laid_out(figure: Figure) -> Iterator[Bbox]:
    """Lay a figure out once, and give what it takes with all that sticks out of it, in inches."""
    # Hinting would widen letters to whole pixels, and lines beyond what they were given.
    engine = figure.get_layout_engine()
    try:
        with mpl.rc_context({"text.hinting": "none"}):
            if engine is not None:
                engine.execute(figure)
                figure.set_layout_engine(None)  # or saving would lay out once more
            drawn = figure.get_tightbbox()
            yield Bbox.union([drawn, Bbox.from_bounds(0, 0, *figure.get_size_inches())])
    finally:
        figure.set_layout_engine(engine)


def _picture(figure: Figure, whole: Bbox, dpi: int) -> Image.Image:
    """Draw on white."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=dpi, facecolor="white", bbox_inches=whole)
    return Image.open(file).convert("RGB")
