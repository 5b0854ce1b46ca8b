"""Codes with labels, as in SPSS, to what a researcher would have typed."""

from dataclasses import replace

import pandas as pd

from swt_analysis import schema
from swt_analysis.clean.grid import Grid, Labelled, is_whole, relabelled
from swt_analysis.clean.headers import is_called
from swt_analysis.clean.scores import find_scale
from swt_analysis.text import LANGUAGES, text

_NUMBERS = ("point", "round", "count")  # columns whose code is the value; scales too


def understood(grid: Grid, scales: pd.DataFrame) -> Grid:
    """Read the codes of a table by their labels.

    In a column of points, counts or years the code is the value; in any other column, such as
    municipality or scale, its label. A code that the file declares missing is no value; in a
    column of points it is an answer without a point, unless its label says that there was none to
    give. A variable may bear the name of a scale in its label.

    Parameters
    ----------
    grid : Grid
        Its ``labels`` say what the codes mean; a table without them comes back as it is.
    scales : pandas.DataFrame
        The instrument: columns ``scale`` and labels.

    Returns
    -------
    Grid
        The same rows and columns.
    """
    if not grid.labels:
        return grid
    header, problems, cells = list(grid.header), list(grid.problems), grid.cells.copy()
    for place, told in grid.labels.items():
        if place not in cells:
            continue
        if not _is_known(header[place], scales) and _is_known(told.label, scales):
            header[place] = told.label
        points = _is_scale(header[place], scales) or is_called(header[place], "point")
        number = points or any(is_called(header[place], one) for one in _NUMBERS)
        if number:
            problems += [
                grid.problem(None, place, code, f"is labelled {label}: which of them is meant?")
                for code, label in told.values.items()
                if is_whole(label) and label != code and code not in told.missing
            ]
        written = {
            code: _written(code, told, points=points, number=number)
            for code in cells[place].cat.categories
        }
        cells[place] = relabelled(cells[place], written.__getitem__)
    return replace(grid, header=header, cells=cells, problems=problems)


def _is_scale(header: str, scales: pd.DataFrame) -> bool:
    return find_scale(header, scales) is not None


def _is_known(header: str, scales: pd.DataFrame) -> bool:
    known = ("municipality", "scale", *_NUMBERS)
    return _is_scale(header, scales) or any(is_called(header, one) for one in known)


def _written(code: str, told: Labelled, *, points: bool, number: bool) -> str:
    """Write a code as a researcher would have typed it."""
    label = told.values.get(code, "")
    if code in told.missing:
        return _no_answer() if points and label not in _none_to_give() else ""
    if points and is_called(label, "no_answer"):
        return _no_answer()
    return code if number else label or code


def _no_answer() -> str:
    return schema.label("no_answer", LANGUAGES[0])


def _none_to_give() -> list[str]:
    """Labels with which a study is exported: a point was not published, or never asked for."""
    keys = ("export.not_published", "export.not_on_scheme")
    return [text(key, language) for key in keys for language in LANGUAGES]
