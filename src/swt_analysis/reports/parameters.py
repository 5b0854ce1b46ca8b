"""What a notebook takes: the names in its cell tagged ``parameters``."""

import ast
import re
from collections.abc import Iterable
from typing import Any


def unfit(notebook: Any, given: Iterable[str]) -> str:
    """Say why a notebook cannot be given parameters; empty if it can.

    papermill would put them before its first cell, or beside its own, and they would do nothing.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        As it is read, not run.
    given : iterable of str
        Names of the parameters.

    Returns
    -------
    str
        What is said after the notebook's name.
    """
    # The first that has the tag, as papermill does.
    tagged = [one for one in notebook.cells if "parameters" in one.metadata.get("tags", [])][:1]
    if not tagged or tagged[0].cell_type != "code":
        return (
            "has no cell tagged parameters: tag the cell that sets "
            f"{', '.join(given)} (in JupyterLab: Property Inspector, Cell Tags)"
        )
    taken = _names(tagged[0].source)
    if taken is None:  # running it will tell
        return ""
    for name in given:
        if name not in taken:
            return (
                f"takes no parameter {name!r}; it takes: {', '.join(taken) or 'none'}. "
                "Set it in the cell tagged parameters"
            )
    return ""


def _names(code: str) -> list[str] | None:
    """List the names that code sets, in order; None if it is no Python."""
    plain = re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", code)  # what IPython adds to Python
    try:
        tree = ast.parse(plain)
    except (SyntaxError, ValueError):
        return None
    found = [one for one in ast.walk(tree) if isinstance(one, ast.Name)]
    return list(dict.fromkeys(one.id for one in found if isinstance(one.ctx, ast.Store)))
