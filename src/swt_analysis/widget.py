"""A widget to flip through a study, which shows the code of what it shows."""

import base64
from html import escape
from string import Formatter
from typing import TYPE_CHECKING, Any

from swt_analysis.problems import InvalidError
from swt_analysis.study import Study
from swt_analysis.text import text

if TYPE_CHECKING:
    from ipywidgets import VBox

# What is shown is what these lines give: the code beside it cannot say anything else.
_VIEWS = {
    "scale": (
        "swt.plot_scale(study.counts({round}, {scale}), scores=study.scores({round}, {scale}))\n"
        "study.scale({scale}).summary()"
    ),
    "round": "swt.plot_scheme(study.counts({round}))\nstudy.summaries({round})",
    "municipality": (
        "study.municipality({municipality!r})\nstudy.municipality({municipality!r}).facts()"
    ),
    "group": (
        "study.state_of_play({group!r}, round={round})\n"
        "study.scores({round}, municipality=study.state_of_play({group!r}, round={round})"
        '["municipality"])'
    ),
}


def explorer(study: Study) -> "VBox":
    """Flip through the scales, rounds, municipalities and groups of a study, in JupyterLab.

    Parameters
    ----------
    study : Study
        From `open_study`; its language is that of the widget.

    Returns
    -------
    ipywidgets.VBox
        What to look at, and which; then the code for this, to copy; then what it gives.

    Raises
    ------
    InvalidError
        If the study has no round yet.

    Examples
    --------
    >>> import swt_analysis as swt
    >>> widget = swt.explorer(swt.open_study(language="en"))
    >>> widget.children[0].label
    'choice scale'
    """
    from ipywidgets import HTML, Dropdown, HBox, ToggleButtons, VBox

    if study.rounds.empty:
        raise InvalidError("the study has no round yet, so there is nothing to flip through")
    scales, groups = study.scales, study.labels("status")
    numbered = zip(scales["scale"].to_list(), scales["label"], strict=True)
    options: dict[str, Any] = {
        "scale": [(f"{number} {label}", number) for number, label in numbered],
        "round": [int(year) for year in reversed(study.rounds["round"])],
        "municipality": study.municipalities["municipality"].to_list(),
        "group": [(label, code) for code, label in groups.items()],
    }
    names = {name: text(f"explorer.{name}", study.language) for name in _VIEWS}
    view = ToggleButtons(options=[(names[one], one) for one in _VIEWS if options[one]])
    choices = {
        name: Dropdown(options=there, description=names[name]) for name, there in options.items()
    }
    code, result = HTML(), HTML()
    result.add_class("jp-RenderedHTMLCommon")  # tables as those that a cell shows

    def show(_: object = None) -> None:
        used = [name for _, name, _, _ in Formatter().parse(_VIEWS[view.value]) if name]
        for name, choice in choices.items():
            choice.layout.display = "" if name in used else "none"
        lines = _VIEWS[view.value].format(**{name: choices[name].value for name in used})
        told = text("explorer.code", study.language)
        code.value = f"<p>{escape(told)}</p><pre>{escape(lines)}</pre>"
        result.value = "".join(_shown(line, study) for line in lines.splitlines())

    for control in (view, *choices.values()):
        control.observe(show, names="value")
    show()
    return VBox([view, HBox(list(choices.values())), code, result])


def _shown(line: str, study: Study) -> str:
    """Write what a line of code gives as HTML."""
    import matplotlib.pyplot as plt

    import swt_analysis as swt
    from swt_analysis.figures import to_png

    try:
        given = eval(line, {"swt": swt, "study": study})
        if hasattr(given, "get_figure"):
            picture, label = to_png(given.get_figure()), given.get_label()
            plt.close(given.get_figure())
            source = base64.b64encode(picture).decode()
            return f'<img alt="{escape(label)}" src="data:image/png;base64,{source}">'
        return str(given._repr_html_())
    except (KeyError, ValueError) as error:
        return f"<p>{escape(str(error))}</p>"
