"""A copy of a report's notebook to explore with: parameters set, in one language."""

import json
from collections.abc import Iterable, Mapping
from itertools import chain, count
from pathlib import Path
from typing import Any

from swt_analysis.files import write_whole
from swt_analysis.folder import StudyFolder
from swt_analysis.problems import InvalidError, unknown
from swt_analysis.reports.catalogue import CatalogueEntry, read_notebook
from swt_analysis.reports.parameters import parameter_types, values_of, with_values
from swt_analysis.text import LANGUAGES

FOLDER = "explore"


def copy(
    study: StudyFolder,
    everything: Iterable[CatalogueEntry],
    name: str,
    given: Iterable[str],
    language: str,
) -> Path:
    """Put a copy of a notebook into the study's folder ``explore``, which git leaves alone.

    A copy that is there and was edited stays as it is; the new one gets another name.

    Parameters
    ----------
    study : StudyFolder
        Its notebooks, and the place for the copy.
    everything : iterable of CatalogueEntry
        The reports of the study.
    name : str
        Of a report (``choice-scale-04``), whose parameters are set, or of a notebook, with dashes
        or without (``choice-scale``).
    given : iterable of str
        Parameters as they are typed: ``scale=4``.
    language : str
        Of the Markdown that is kept, and of what the copy shows.

    Returns
    -------
    Path
        The copy; one that is there already, if its cells are the same.

    Raises
    ------
    UnknownError
        If there is no such report, notebook, parameter or language; it lists those that there are.
    InvalidError
        If a value is of the wrong kind, or the notebook cannot be read.
    """
    everything = list(everything)
    stem, values = _found(study, everything, name)
    notebook = read_notebook(study.notebooks[stem])
    if not notebook.get("cells"):
        raise InvalidError(f"{study.notebooks[stem]}: is no notebook")
    asked = values_of(notebook, given)
    made = [one for one in everything if one.notebook == stem]
    for key, value in asked.items():
        there: list[Any] = [one.parameters[key] for one in made if key in one.parameters]
        if there and value not in there:
            raise unknown(key, value, sorted(set(there)))
    values |= asked
    language = values.get("language", language)
    if language not in LANGUAGES:
        raise unknown("language", language, LANGUAGES)
    if "language" in parameter_types(notebook):
        values["language"] = language
    cells = [_with_values(cell, values) for cell in notebook["cells"] if _is_in(cell, language)]
    # Who takes the copy into notebooks/ makes a report of her own of it, and not ours once more.
    metadata = {key: one for key, one in notebook["metadata"].items() if key != "swt"}
    content = json.dumps(
        notebook | {"cells": cells, "metadata": metadata}, indent=1, ensure_ascii=False
    )
    path = _free(study.root / FOLDER, slugged(name), cells)
    files = {study.root / FOLDER / ".gitignore": b"*\n", path: f"{content}\n".encode()}
    write_whole({path: content for path, content in files.items() if not path.exists()})
    return path


def slugged(name: str) -> str:
    """Write the name of a notebook as that of a report: with dashes, without its ending."""
    return name.removesuffix(".ipynb").replace("_", "-")


def _found(
    study: StudyFolder, everything: Iterable[CatalogueEntry], name: str
) -> tuple[str, dict[str, Any]]:
    """Find the notebook that is meant, and the parameters that its report has."""
    notebooks = {slugged(stem): stem for stem in study.notebooks}
    plain = slugged(name)
    if plain in notebooks:
        return notebooks[plain], {}
    entries = {one.name: one for one in everything}
    if plain not in entries:
        raise unknown("report or notebook", name, dict.fromkeys([*notebooks, *entries]))
    return entries[plain].notebook, dict(entries[plain].parameters)


def _is_in(cell: Mapping[str, Any], language: str) -> bool:
    """Whether a cell is for readers of a language: code always is."""
    tags = set(cell["metadata"].get("tags", ())) & set(LANGUAGES)
    return cell["cell_type"] != "markdown" or not tags or language in tags


def _with_values(cell: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    if "parameters" not in cell["metadata"].get("tags", ()):
        return cell
    return cell | {"source": with_values("".join(cell["source"]), values)}


def _free(folder: Path, name: str, cells: list[dict[str, Any]]) -> Path:
    """Give the first place that is free, or holds a copy of these cells, run or not."""
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    paths = (folder / f"{one}.ipynb" for one in names)
    return next(
        path
        for path in paths
        if not path.exists() or _told(read_notebook(path).get("cells", [])) == _told(cells)
    )


def _told(cells: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
