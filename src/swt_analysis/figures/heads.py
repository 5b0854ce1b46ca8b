"""What heads a row of a figure, its title and both poles: above it, or beside it where wide."""

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from swt_analysis.figures import theme

_GAP = 8.0  # points between a row and the words beside it


class Room(NamedTuple):
    """Points kept beside rows for their titles and for either pole; none: they stand above."""

    title: float = 0
    pole: float = 0

    @property
    def before(self) -> float:
        """Points left of a row."""
        return self.title + self.pole + 2 * _GAP if self.title else 0

    @property
    def after(self) -> float:
        """Points right of a row."""
        return self.pole + _GAP if self.title else 0


def set_rows(ax: Axes, left: float, right: float, titles: Sequence[str]) -> Room:
    """Let rows run from `left` to `right` on the x axis; give what room there is for words."""
    wide, room = theme.width(ax), Room()
    if wide >= theme.ROOMY:
        longest = max(theme.text_width(title, theme.body(), "bold") for title in titles)
        room = Room(min(longest, 0.28 * wide), 0.14 * wide)
    unit = (right - left) / (wide - room.before - room.after)
    ax.set_xlim(left - room.before * unit, right + room.after * unit)
    return room


def write_head(
    ax: Axes, y: float, title: str, left: str, right: str, *, room: Room, height: float
) -> tuple[float, float]:
    """Write what heads a row of a height; give where the row begins, and the y below the words."""
    wide, small, body = theme.width(ax), theme.small(), theme.body()
    if not room.title:
        y = theme.write(ax, 0, y + 4, title, width=0.8 * wide, weight="bold")
        y = theme.write_poles(ax, y, left, right, size=small) + 2
        return y, y
    words: list[tuple[float, str, float, str, float, str]] = [
        (0, title, room.title, "left", body, "bold"),
        (room.before - _GAP, left, room.pole, "right", small, "normal"),
        (wide - room.pole, right, room.pole, "left", small, "normal"),
    ]
    heights = [
        len(theme.wrap(text, width, size, weight)) * size * theme.LEADING
        for _, text, width, _, size, weight in words
    ]
    high, y = max(height, *heights), y + 5
    for (x, text, width, ha, size, weight), one in zip(words, heights, strict=True):
        top = y + (high - one) / 2
        theme.write(ax, x / wide, top, text, width=width, ha=ha, size=size, weight=weight)
    return y + (high - height) / 2, y + high
