"""The catalogue: which reports a study has, as the metadata of its notebooks say."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from string import Formatter
from typing import Any
from urllib.parse import unquote

from swt_analysis.files import slugs
from swt_analysis.folder import StudyFolder, study_settings, study_title
from swt_analysis.problems import suggestion
from swt_analysis.reports.parameters import parameter_types
from swt_analysis.text import LANGUAGES, text

Rows = list[dict[str, str]]

OWN = "own"  # the group of a notebook that names none
_PICTURE = re.compile(r"!\[[^\]]*\]\(<?([^)\s>]+)")
_LAST = 1000  # the place of a notebook that names none
_KEYS = (
    *("title", "title_pseudonyms", "group", "order", "for_each", "name", "given", "needs"),
    *("at_least", "language", "report", "front"),
)
_THERE = f"; there are: {', '.join(_KEYS)}"


@dataclass(frozen=True)
class CatalogueEntry:
    """A report, in each language that its notebook takes.

    Attributes
    ----------
    name : str
        Name of its files.
    notebook : str
        Name of the notebook that makes it.
    group : str
        Where the index lists it.
    parameters : mapping
        What the notebook is given, besides the language.
    titles : mapping of str to str
        By language: what heads the page and what a link to it says.
    languages : tuple of str
        In which it is made; one, if the notebook takes no parameter ``language``.
    front : int
        Its place among the findings on the front page, from 1; 0 if it is not there.
    problem : str
        Why it cannot be made, if what the notebook says of itself cannot be used.
    """

    name: str
    notebook: str
    group: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = LANGUAGES
    front: int = 0
    problem: str = ""


def reports(study: StudyFolder) -> list[CatalogueEntry]:
    """List the reports of a study in the order of the index.

    Parameters
    ----------
    study : StudyFolder
        With processed tables; they tell the scales, themes, municipalities and rounds.

    Raises
    ------
    DataError
        If its settings have problems.
    """
    tables = _Tables(study)
    found = [one for path in study.notebooks.values() for one in _entries(path, tables)]
    entries: dict[str, CatalogueEntry] = {}
    for _, entry in sorted(found, key=lambda one: one[0]):
        if entry.name in entries:
            other = entries[entry.name].notebook
            problem = f"{other}.ipynb makes a report of this name too: give one another name"
            entry = replace(entry, name=f"{entry.notebook}-2", problem=problem)
        entries[entry.name] = entry
    return list(entries.values())


def _entries(path: Path, tables: "_Tables") -> Iterator[tuple[float, CatalogueEntry]]:
    """List the reports of a notebook, each with its place among all."""
    notebook = read_notebook(path)
    titles = dict.fromkeys(LANGUAGES, path.stem)
    if fault := _fault(path, notebook):
        yield _LAST, CatalogueEntry(path.stem, path.stem, OWN, titles=titles, problem=fault)
        return
    said = notebook.get("metadata", {}).get("swt", {})
    try:
        for definition in said if isinstance(said, list) else [said]:
            _know(definition)
            if definition.get("report", True):
                for entry in _made_from(definition, path, notebook, tables):
                    yield definition.get("order", _LAST), entry
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        problem = f"its metadata swt cannot be used: {error}; docs/own-report.md tells how"
        yield _LAST, CatalogueEntry(path.stem, path.stem, OWN, titles=titles, problem=problem)


def _fault(path: Path, notebook: Mapping[str, Any]) -> str:
    """Say why a file is no notebook that can be run; empty if it is one."""
    if path.is_symlink() and not path.exists():
        return "is a link to nothing; put the notebook there, or take the link away"
    if not notebook:
        return "is no notebook (JSON in UTF-8); save it anew in JupyterLab, or take it away"
    cells = notebook.get("cells")
    whole = isinstance(cells, list) and all(
        isinstance(one, dict) and {"cell_type", "source"} <= one.keys() for one in cells
    )
    return "" if whole else "has no list of cells; save it anew in JupyterLab, or take it away"


def _know(definition: Mapping[str, Any]) -> None:
    """Refuse what nothing reads: a misspelt key would be passed over in silence."""
    for key in definition.keys() - _KEYS:
        raise ValueError(f"{key!r} is none of its keys{suggestion(key, _KEYS) or _THERE}")
    title = definition.get("title", "")
    both = isinstance(title, dict) and set(title) == set(LANGUAGES)
    if not all(isinstance(one, str) for one in (title.values() if both else [title])):
        raise ValueError("title has to be a text, or a text for nl and one for en")


def _made_from(
    definition: Mapping[str, Any],
    path: Path,
    notebook: Mapping[str, Any],
    tables: "_Tables",
) -> list[CatalogueEntry]:
    types = parameter_types(notebook)
    # Who names it in both languages means it to be made in both, whatever became of the tag.
    both = "language" in types or isinstance(definition.get("title"), dict)
    languages = LANGUAGES if both else (definition.get("language", LANGUAGES[0]),)
    name, table = definition.get("name", path.stem), definition.get("for_each")
    parameters = [one for _, one, _, _ in Formatter().parse(name) if one]
    rows = _distinct(tables[table], parameters) if table else [{}]
    if len(rows) < definition.get("at_least", 0) or not all(
        tables.tells(one) for one in definition.get("needs", ())
    ):
        return []
    given = [
        definition.get("given", {})
        | {key: _cast(row[key], types.get(key, "")) for key in parameters}
        for row in rows
    ]
    pseudonyms = "title_pseudonyms" if tables.settings.get("pseudonyms") else "title"
    titles = definition.get(pseudonyms) or definition.get("title")
    if titles is None:  # braces in a heading are braces, not fields
        own = headings(notebook, path.stem)
        titles = {one: own[one].replace("{", "{{").replace("}", "}}") for one in LANGUAGES}
    titles = titles if isinstance(titles, dict) else dict.fromkeys(LANGUAGES, titles)
    return [
        CatalogueEntry(
            slug,
            path.stem,
            definition.get("group", OWN),
            values,
            {one: tables.fill(titles[one], row, one) for one in LANGUAGES},
            languages,
            definition.get("front", 0),
        )
        for slug, values, row in zip(_names(name, given), given, rows, strict=True)
    ]


def _names(template: str, given: Sequence[Mapping[str, int | str]]) -> list[str]:
    """Fill in the names of the files of reports; texts become parts of file names."""
    texts = list(
        dict.fromkeys(one for row in given for one in row.values() if isinstance(one, str))
    )
    plain: dict[int | str, str] = dict(zip(texts, slugs(texts), strict=True))
    return [
        template.format_map({key: plain.get(one, one) for key, one in row.items()}) for row in given
    ]


def _distinct(rows: Rows, parameters: Sequence[str]) -> Rows:
    """Keep the first row of each combination of the parameters."""
    if not parameters:
        raise ValueError("with for_each, its name needs a field, such as {scale}")
    first: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        first.setdefault(tuple(row[one] for one in parameters), row)
    return list(first.values())


def _cast(value: str, kind: str) -> int | str:
    """Give a value of a table the type of the parameter; where that is not told, what it looks."""
    return int(value) if kind == "int" or (not kind and value.isdecimal()) else value


def headings(notebook: Mapping[str, Any], name: str) -> dict[str, str]:
    """Give the first heading of a notebook in each language, else its name."""
    found: dict[str, str] = {}
    for cell in notebook.get("cells", []):
        first = "".join(cell.get("source", "")).lstrip().partition("\n")[0]
        if cell.get("cell_type") == "markdown" and first.startswith("# "):
            tags = set(cell.get("metadata", {}).get("tags", ())) & set(LANGUAGES)
            for language in tags or LANGUAGES:
                found.setdefault(language, first.removeprefix("# ").strip())
    plain = name.replace("_", " ").replace("-", " ").capitalize()
    return {one: found.get(one, next(iter(found.values()), plain)) for one in LANGUAGES}


def read_notebook(path: Path) -> dict[str, Any]:
    """Read a notebook as JSON; empty if it is none, which running it will tell.

    A pipe or a folder of that name is none.

    nbformat would take longer to load than all that `swt report` does when nothing changed.
    """
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        return {}
    whole = isinstance(found, dict) and isinstance(found.get("metadata", {}), dict)
    return found if whole else {}


def pictures(notebook: Mapping[str, Any], folder: Path) -> list[Path]:
    """List the files beside a notebook that its Markdown shows: ``![words](file.png)``."""
    sources = ["".join(one.get("source", "")) for one in notebook.get("cells", [])]
    names = [unquote(name) for one in sources for name in _PICTURE.findall(one)]
    return [folder / name for name in dict.fromkeys(names) if (folder / name).is_file()]


def processed_rows(study: StudyFolder, name: str) -> Rows:
    """Read a processed table as text; none if it is not there.

    pandas would take longer to start than all that is read here.
    """
    path = study.processed / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class _Tables(dict[str, Rows]):
    """Processed tables as text, each read once."""

    def __init__(self, study: StudyFolder) -> None:
        super().__init__()
        self._study = study
        self.settings = study_settings(study)

    def __missing__(self, name: str) -> Rows:
        path = self._study.processed / f"{name}.csv"
        if not path.exists():
            there = ", ".join(sorted(one.stem for one in self._study.processed.glob("*.csv")))
            raise ValueError(f"for_each {name!r} is no processed table; there are: {there}")
        self[name] = processed_rows(self._study, name)
        return self[name]

    def tells(self, needed: str) -> bool:
        """Whether a table has rows, or a column of it (``table.column``) a cell that is filled."""
        table, _, column = needed.partition(".")
        return any(row[column] for row in self[table]) if column else bool(self[table])

    def fill(self, title: str, row: Mapping[str, str], language: str) -> str:
        """Fill in a title: codes by their labels, labels in its language, texts of study.toml."""
        suffix = f"_{language}"
        texts = {"region": text("index.here", language)} | self.settings
        fields: dict[str, object] = {
            **{"study": study_title(self.settings, self._study, language)},
            **texts,
            **{key.removesuffix(suffix): texts[key] for key in texts if key.endswith(suffix)},
            **row,
            **{key.removesuffix(suffix): row[key] for key in row if key.endswith(suffix)},
        }
        if "{" in title:
            labels = {(one["kind"], one["code"]): one[f"label{suffix}"] for one in self["labels"]}
            fields |= {
                key: labels.get((key, value), value)
                for key, value in row.items()
                if f"{key}{suffix}" not in row
                and not key.endswith(suffix)
                and (key, value) in labels
            }
        filled = title.format_map(fields)
        return filled[:1].upper() + filled[1:]
