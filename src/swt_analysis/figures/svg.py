"""A figure as SVG to stand inside a page: its text in the page's font and colour, and small."""

import io
import re
from itertools import groupby
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import matplotlib as mpl
from matplotlib.figure import Figure

from swt_analysis.figures import theme
from swt_analysis.figures.layout import laid_out

_NAMESPACE, _LINK = "http://www.w3.org/2000/svg", "{http://www.w3.org/1999/xlink}href"
# Text colours of matplotlib's and seaborn's own themes are the page's too.
_INKS = re.compile(f"{theme.INK}|#000000|#262626")
_DECIMAL = re.compile(r"-?\d+\.\d+")
# A rectangle, corner by corner.
_BOX = re.compile(r"M(\S+) (\S+?)L(\S+?) \2L\3 (\S+?)L\1 \4z")
# What the drawing as a whole says, so that no part has to.
_USUAL = {
    "fill": "currentColor",
    "font-size": "8.8px",
    "stroke-linejoin": "miter",
    "stroke-width": "0.8",
    "text-anchor": "start",
}


def to_svg(figure: Figure, *, key: str, title: str, alt: str, instead_of: str = "") -> str:
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
    instead_of : str
        The key of the same figure drawn narrower, in the same page: its words serve for both.

    Returns
    -------
    str
        An ``svg`` element, as wide as its place; letters never get larger than the page's text.
    """
    file = io.StringIO()
    settings: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": key}
    metadata: Any = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with mpl.rc_context(settings), laid_out(figure) as whole:
        figure.savefig(file, format="svg", bbox_inches=whole, metadata=metadata, transparent=True)
    drawn = ElementTree.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", file.getvalue()))
    used = set(re.findall(r"(?:url\(|href=\")#([^\")]+)", file.getvalue()))
    attributes = {
        "viewBox": drawn.attrib["viewBox"],
        "role": "img",
        "aria-labelledby": f"{instead_of or key}-title",
        "aria-describedby": f"{instead_of or key}-desc",
        "font-family": "system-ui, sans-serif",
        "preserveAspectRatio": "xMinYMin",
        "style": f"width:100%;max-width:{_rem(figure)}rem;height:auto;overflow:visible",
    }
    root = Element(drawn.tag, attributes | _USUAL)
    for name, content in () if instead_of else (("title", title), ("desc", alt)):
        ElementTree.SubElement(root, name, {"id": f"{key}-{name}"}).text = content
    root.extend(_merged([part for child in drawn for part in _parts(child, key, used)]))
    ElementTree.register_namespace("", _NAMESPACE)
    ElementTree.register_namespace("xlink", _LINK[1:].partition("}")[0])
    written = ElementTree.tostring(root, encoding="unicode")
    return re.sub(r">\s+<", "><", written).replace(" />", "/>") + "\n"


def _rem(figure: Figure) -> float:
    """How wide a figure is shown at most, in the text sizes of a page."""
    return min(round(34 / theme.SIZES["page"] * figure.get_figwidth(), 1), 60)


def _parts(element: Element, key: str, used: set[str]) -> list[Element]:
    """Give what an element draws: itself, or its parts if it only holds them together."""
    tag = element.tag.removeprefix(f"{{{_NAMESPACE}}}")
    if tag in ("metadata", "style"):  # a style inside a page would be of the whole page
        return []
    inside = [part for child in element for part in _parts(child, key, used)]
    attributes = dict(_attribute(*one, key, used) for one in element.attrib.items())
    attributes = {name: value for name, value in attributes.items() if value}
    if tag in ("g", "defs") and not (attributes and inside):
        return inside if tag == "g" or not inside else [_element(tag, {}, inside)]
    if tag == "path" and attributes.get("style") == "fill:none":  # it shows nothing
        return []
    return [_element(tag, attributes, inside, element.text)]


def _element(
    tag: str, attributes: dict[str, str], inside: list[Element], text: str | None = None
) -> Element:
    made = Element(tag, attributes)
    made.text = text
    made.extend(_merged(inside))
    return made


def _attribute(name: str, value: str, key: str, used: set[str]) -> tuple[str, str]:
    """Give an attribute as it stands in a page; empty if it says nothing there."""
    if name == "id":
        return name, f"{key}-{value}" if value in used else ""
    if name == _LINK:
        return name, value.replace("#", f"#{key}-")
    if name == "transform" and value.startswith("rotate(-0 "):
        return name, ""
    if name == "d":
        return name, _BOX.sub(
            r"M\1 \2H\3V\4H\1z", re.sub(r"\s*([A-Za-z])\s*", r"\1", _rounded(value).strip())
        )
    if name != "style":
        return name, _rounded(value).replace("url(#", f"url(#{key}-")
    said = dict(one.strip().split(": ", 1) for one in value.split(";") if ": " in one)
    said = {
        name: _INKS.sub(
            "currentColor",
            _rounded(what, 2 if "opacity" in name else 1).replace("url(#", f"url(#{key}-"),
        )
        for name, what in said.items()
        if name != "font-family"
    }
    return name, ";".join(f"{n}:{what}" for n, what in said.items() if _USUAL.get(n) != what)


def _rounded(value: str, decimals: int = 1) -> str:
    """Round every number in an attribute."""
    return _DECIMAL.sub(
        lambda one: f"{float(one.group()):.{decimals}f}".rstrip("0").rstrip("."), value
    )


def _merged(parts: list[Element]) -> list[Element]:
    """Draw neighbours that look alike in one: paths as one path, texts in one group."""
    merged: list[Element] = []
    for (tag, style), run in groupby(parts, key=lambda part: (part.tag, part.get("style", ""))):
        alike = list(run)
        if len(alike) > 1 and tag == "path" and not any(part.get("id") for part in alike):
            alike[0].set("d", "".join(part.get("d", "") for part in alike))
            del alike[1:]
        elif len(alike) > 1 and tag in ("text", "use") and style:
            for part in alike:
                del part.attrib["style"]
            alike = [_element("g", {"style": style}, alike)]
        merged += alike
    return merged
