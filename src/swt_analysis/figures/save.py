"""A figure as a picture: a small one for a page, and one on its own for print and slides."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from PIL import Image

from swt_analysis.figures import theme
from swt_analysis.figures.layout import laid_out

_GREYS = [(27,) * 3, (110,) * 3, (180,) * 3]  # ink and two of its edges
_PIXELS = 190_000  # of a small picture: more would make a page large


def to_png(figure: Figure, *, title: str = "", source: str = "") -> bytes:
    """Write a figure as a small PNG on white: sixteen colours, few pixels an inch if it is tall.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Of one or more Axes.
    title, source : str
        What stands above and under it, for who saves the picture.
    """
    file = io.BytesIO()
    with _told(figure, title, source), laid_out(figure) as tight:
        whole = tight.padded(0.06)
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


def save_figure(
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

    Examples
    --------
    >>> import swt_analysis as swt
    >>> ax = swt.open_study().scale(4).plot()
    >>> swt.save_figure(ax, "schaal-4.png", title="Doelgroepen")  # doctest: +SKIP
    """
    if size not in theme.SIZES:
        raise ValueError(f"size {size!r}: there are {', '.join(theme.SIZES)}")
    figure, target = theme.figure_of(ax), Path(path)
    with _told(figure, title, source), laid_out(figure) as whole:
        if target.suffix.lower() in (".pdf", ".svg", ".eps"):
            figure.savefig(target, bbox_inches=whole)
        else:
            dots = round(dpi * theme.SIZES[size] / whole.width)
            _picture(figure, whole, dots).save(target, dpi=(dpi, dpi))
    return target


@contextmanager
def _told(figure: Figure, title: str, source: str) -> Iterator[None]:
    """Put a title above a figure and a source under it for as long as it is saved."""
    width, height = 72 * figure.get_size_inches()
    above = "\n".join(theme.wrap(title, width, theme.body(), "bold"))
    below = "\n".join(theme.wrap(source, width, theme.small()))
    texts = [
        figure.text(0, 1 + 6 / height, above, size=theme.body(), weight="bold", parse_math=False),
        figure.text(0, -6 / height, below, size=theme.small(), va="top", parse_math=False),
    ]
    try:
        yield
    finally:
        for text in texts:
            text.remove()


def _picture(figure: Figure, whole: Bbox, dpi: int) -> Image.Image:
    """Draw on white."""
    file = io.BytesIO()
    quick = {"compress_level": 1}  # it is read again at once
    figure.savefig(
        file, format="png", dpi=dpi, facecolor="white", bbox_inches=whole, pil_kwargs=quick
    )
    return Image.open(file).convert("RGB")
