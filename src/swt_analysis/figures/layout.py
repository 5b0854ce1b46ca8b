"""A figure laid out before it is saved."""

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox


@contextmanager
def laid_out(figure: Figure) -> Iterator[Bbox]:
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
