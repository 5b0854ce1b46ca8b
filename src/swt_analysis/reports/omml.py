"""Formulas for Word: MathML, as `formulas` writes it, to Office's own (OMML)."""

from collections.abc import Iterable

from bs4 import Tag
from docx.oxml.xmlchemy import BaseOxmlElement

from swt_analysis.reports.word_parts import node

# By what a MathML element is: the OMML element, and the parts in it that its children become.
_PARTS = {
    "mfrac": ("m:f", ("m:num", "m:den")),
    "msub": ("m:sSub", ("m:e", "m:sub")),
    "msup": ("m:sSup", ("m:e", "m:sup")),
    "msubsup": ("m:sSubSup", ("m:e", "m:sub", "m:sup")),
    "munder": ("m:limLow", ("m:e", "m:lim")),
    "mover": ("m:limUpp", ("m:e", "m:lim")),
}
_TOKENS = ("mi", "mn", "mo", "ms", "mtext")


def omml(formula: Tag) -> BaseOxmlElement:
    """Write a formula as Word does, so that it can be edited, and is read aloud as one.

    Parameters
    ----------
    formula : bs4.Tag
        An element ``math`` of MathML 3 (presentation).

    Returns
    -------
    BaseOxmlElement
        An ``m:oMath`` (ISO/IEC 29500-1, 22.1), in an ``m:oMathPara`` if it stands by itself.

    Examples
    --------
    >>> from bs4 import BeautifulSoup
    >>> half = "<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>"
    >>> [text.text for text in omml(BeautifulSoup(half, "html.parser").math).iter("{*}t")]
    ['1', '2']
    """
    written = node("m:oMath", *_all(formula.children))
    if formula.get("display") != "block":
        return written
    return node("m:oMathPara", node("m:oMathParaPr", node("m:jc", m_val="left")), written)


def _all(parts: Iterable[object]) -> list[BaseOxmlElement]:
    return [written for part in parts if isinstance(part, Tag) for written in _one(part)]


def _one(part: Tag) -> list[BaseOxmlElement]:
    if part.name in _TOKENS:
        return [_run(part)]
    children = [child for child in part.children if isinstance(child, Tag)]
    if part.name == "msqrt":
        look = node("m:radPr", node("m:degHide", m_val="1"))
        return [node("m:rad", look, node("m:deg"), node("m:e", *_all(children)))]
    if part.name == "munderover":
        base, under, over = (_one(child) for child in children)
        low = node("m:limLow", node("m:e", *base), node("m:lim", *under))
        return [node("m:limUpp", node("m:e", low), node("m:lim", *over))]
    if part.name in _PARTS:
        name, places = _PARTS[part.name]
        pairs = zip(places, children, strict=True)
        return [node(name, *(node(place, *_one(child)) for place, child in pairs))]
    return _all(children)  # a row, a style: what is in it


def _run(part: Tag) -> BaseOxmlElement:
    """Write letters; a single one of a variable slants, as everywhere, and nothing else does."""
    content = part.get_text()
    text = node("m:t", xml_space="preserve")
    text.text = content
    if part.name == "mi" and len(content) == 1:
        return node("m:r", text)
    return node("m:r", node("m:rPr", node("m:sty", m_val="p")), text)
