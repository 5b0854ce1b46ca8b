"""A tiny picture for the index."""

from collections.abc import Sequence

from swt_analysis.figures import theme


def thumbnail(counts: Sequence[int], *, alike: bool = False) -> str:
    """Draw the counts of one scale as a tiny picture for an index, without words.

    Parameters
    ----------
    counts : sequence of int, length k >= 2
        Answers at points 1 to k.
    alike : bool
        Whether they are no points of a scale: all then have one colour.

    Returns
    -------
    str
        An SVG element under 1 kB, hidden from screen readers: the text beside it says it all.

    Examples
    --------
    >>> thumbnail([0, 5, 2, 2, 0]).count("<path")
    4
    """
    colours = [theme.STRONG] * len(counts) if alike else theme.palette(len(counts))
    unit = 24 / max(*counts, 5)
    bars = ""
    for i, (count, colour) in enumerate(zip(counts, colours, strict=True)):
        x, parted = 12 * i + 1, sum(counts) <= theme.TILES
        lines = [f"M{x} {26 - j * unit:.4g}h10" for j in range(1, count) if parted]
        if count:
            path = f"M{x} 26h10v-{count * unit:.4g}h-10z{''.join(lines)}"
            bars += f'<path fill="{colour}" d="{path}"/>'
    width = 12 * len(counts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 28" width="{width}" '
        'height="28" aria-hidden="true" stroke="currentColor" stroke-width=".7">'
        f'{bars}<path d="M0 26h{width}"/></svg>'
    )
