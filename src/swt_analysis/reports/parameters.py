"""What a notebook takes: the names in its cell tagged ``parameters``."""

import ast
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from swt_analysis.problems import InvalidError, unknown


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


def values_of(notebook: Mapping[str, Any], given: Iterable[str]) -> dict[str, Any]:
    """Read parameters as they are typed at a terminal: ``scale=4``.

    Parameters
    ----------
    notebook : mapping
        Its cell tagged ``parameters`` says what each of them is.
    given : iterable of str
        A name and a value each.

    Raises
    ------
    UnknownError
        If it takes no such parameter; it lists those that it takes.
    InvalidError
        If a value is of another kind than the parameter.

    Examples
    --------
    >>> tags = {"tags": ["parameters"]}
    >>> cell = {"cell_type": "code", "metadata": tags, "source": "scale: int = 1"}
    >>> values_of({"cells": [cell]}, ["scale=4"])
    {'scale': 4}
    """
    types = parameter_types(notebook)
    found = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise InvalidError(f"{one!r}: a parameter is given as NAME=VALUE, such as scale=4")
        if name not in types:
            raise unknown("parameter", name, types)
        if name in found:
            raise InvalidError(f"parameter {name} is given twice; give it once")
        found[name] = _read(name, value, types[name])
    return found


def with_values(code: str, values: Mapping[str, Any]) -> str:
    """Write values into the code that sets parameters, what stands beside them left as it is.

    Parameters
    ----------
    code : str
        Of the cell tagged ``parameters``.
    values : mapping
        By name; one that the code does not set in a line of its own is set at the end.

    Examples
    --------
    >>> print(with_values("scale: int = 1  # which", {"scale": 4}))
    scale: int = 4  # which
    """
    lines = code.encode().splitlines(keepends=True)  # what ast counts are bytes
    starts = [sum(map(len, lines[:number])) for number in range(len(lines))]
    written, rest = code.encode(), dict(values)
    for node in reversed(ast.parse(_python(code)).body):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if value is not None and isinstance(target, ast.Name) and target.id in rest:
            first = starts[value.lineno - 1] + value.col_offset
            last = starts[value.end_lineno - 1] + value.end_col_offset
            new = _literal(rest.pop(target.id)).encode()
            written = written[:first] + new + written[last:]
    return "\n".join(
        [written.decode(), *(f"{name} = {_literal(value)}" for name, value in rest.items())]
    )


def _literal(value: Any) -> str:
    """Write a value as Python, a text between the quotation marks that our notebooks use."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _read(name: str, value: str, kind: str) -> Any:
    """Read the value of a parameter of a kind; of one that is not told, what Python makes of it."""
    try:
        if kind == "str":
            return value
        if kind == "bool":
            return {"true": True, "false": False}[value.lower()]
        if kind in ("int", "float"):
            return {"int": int, "float": float}[kind](value)
    except (ValueError, KeyError):
        wanted = {"int": "a whole number", "float": "a number", "bool": "true or false"}[kind]
        raise InvalidError(f"parameter {name}: {value!r} is not {wanted}") from None
    try:
        return ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return value


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
    try:
        tree = ast.parse(_python(code))
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


def _python(code: str) -> str:
    """Leave out what IPython adds to Python."""
    return re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", code)
