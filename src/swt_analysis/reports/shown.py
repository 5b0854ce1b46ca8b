"""What a notebook shows as any program shows it, and tells the program that makes a page."""

import re
from collections.abc import Callable
from html import escape

from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from swt_analysis.reports.html import METADATA

_SPECIAL = re.compile(r"([\\`*_{}\[\]#|~$])")  # what Markdown would take for more than a letter


def figure_of(drawn: Axes | Callable[[], Axes]) -> Figure:
    """Give the figure of Axes, which a function may have to draw first."""
    axes = drawn() if callable(drawn) else drawn
    figure = axes.get_figure(root=True)
    assert figure is not None  # only what was taken out of one has none
    return figure


def fold(summary: str, body: str) -> None:
    """Show Markdown that a page folds."""
    markdown = f"**{summary}**\n\n{body}"
    show(f"{summary}\n{body}", "fold", markdown=markdown, summary=summary, body=body)


def escaped(value: object) -> object:
    """Keep Markdown from taking a text of the data for more than text."""
    if isinstance(value, str):
        return _SPECIAL.sub(r"\\\1", escape(value, quote=False))
    if isinstance(value, list):
        return [escaped(one) for one in value]
    return value


class _Shown:
    """Something shown as any program can: a MIME bundle, and its words where there is no more."""

    def __init__(
        self, plain: str, bundle: dict[str, object], metadata: dict[str, dict[str, str]]
    ) -> None:
        self._plain = plain
        self._bundle = bundle
        self._metadata = metadata

    def __repr__(self) -> str:
        return self._plain

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, object], dict[str, dict[str, str]]]:
        return {"text/plain": self._plain, **self._bundle}, self._metadata


def show(
    plain: str,
    kind: str = "",
    bundle: dict[str, object] | None = None,
    metadata: dict[str, dict[str, str]] | None = None,
    *,
    markdown: str = "",
    **told: object,
) -> None:
    """Show something, and tell the program that renders it what it is."""
    data = dict(bundle or {})
    if markdown:
        data["text/markdown"] = markdown
    if kind:
        data[METADATA] = {"kind": kind, **told}
    display(_Shown(plain, data, metadata or {}))
