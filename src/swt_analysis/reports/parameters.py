"""What a notebook takes: the names in its cell tagged ``parameters``."""

import ast
import re
from collections.abc import Iterable, Mapping
from typing import Any


def parameter_types(notebook: Mapping[str, Any]) -> dict[str, str]:
    """Give the parameters of a notebook with their types, in order.

    Parameters
    ----------
    notebook : mapping
        As JSON or by nbformat, not run.

    Returns
    -------
    dict of str to str
        A name each: its type as it is annotated, or that of its value; empty where neither says.
    """
    cell = _tagged(notebook)
    return (_types("".join(cell["source"])) or {}) if cell else {}


def given_language(notebook: Mapping[str, Any]) -> str:
    """Give the language that a notebook was run in, by its last cell that sets it; else empty."""
    found = ""
    for cell in notebook.get("cells", []):
        if {"parameters", "injected-parameters"} & set(cell.get("metadata", {}).get("tags", [])):
            for line in re.findall(r"""(?m)^language\b[^=]*=\s*["'](\w+)["']""", cell["source"]):
                found = line
    return found


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
    given = list(given)
    if not given:
        return ""
    cell = _tagged(notebook)
    if cell is None:
        return (
            "has no cell tagged parameters: tag the cell that sets "
            f"{', '.join(given)} (in JupyterLab: Property Inspector, Cell Tags)"
        )
    taken = _types("".join(cell["source"]))
    if taken is None:  # running it will tell
        return ""
    for name in given:
        if name not in taken:
            return (
                f"takes no parameter {name!r}; it takes: {', '.join(taken) or 'none'}. "
                "Set it in the cell tagged parameters"
            )
    return ""


def _tagged(notebook: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Find the cell with the parameters: the first that has the tag, as papermill does."""
    for cell in notebook.get("cells", []):
        if "parameters" in cell.get("metadata", {}).get("tags", []):
            return cell if cell.get("cell_type") == "code" else None
    return None


def _types(code: str) -> dict[str, str] | None:
    """List the names that code sets, with their types; None if it is no Python."""
    plain = re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", code)  # what IPython adds to Python
    try:
        tree = ast.parse(plain)
    except (SyntaxError, ValueError):
        return None
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = ast.unparse(node.annotation).removesuffix(" | None")
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            kind = type(node.value.value).__name__
            found |= {one.id: kind for one in node.targets if isinstance(one, ast.Name)}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.setdefault(node.id, "")
    return found
