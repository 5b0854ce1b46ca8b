"""What pages and processed tables are made from, as hashes of content; nothing heavy is imported.

A module counts by its syntax tree, so that comments and layout do not matter, and for those only
that import it, directly or through others. A TOML file counts by what it says.
"""

import ast
import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from swt_analysis.study import Study

PACKAGE = Path(__file__).parents[1]
NAME = PACKAGE.name
MAKING = (f"{NAME}.reports.build", f"{NAME}.reports.engine")  # what runs and renders any notebook
# Imported by those on the left, and yet no part of a page: what cleaning does reaches it through
# the tables, which have hashes of their own, and who runs a notebook where is not seen in it, nor
# that it was printed.
UNSEEN = {
    f"{NAME}.processed.store": (f"{NAME}.processed.assemble",),
    f"{NAME}.reports.build": (
        f"{NAME}.processed.assemble",
        f"{NAME}.reports.executors",
        f"{NAME}.lock",
        f"{NAME}.reports.pdf",
    ),
}
CLEANING = (f"{NAME}.processed.assemble",)
_UNDERSTOOD = (".py", ".toml", ".ipynb")
_LENGTH = 16  # of a hash within the library: 64 bits

Parts = dict[str, str]


def digest(content: bytes) -> str:
    """SHA-256 of content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


class Sources:
    """Hashes of code, texts, notebooks and tables, as they are when first asked for.

    Parameters
    ----------
    known : mutable mapping
        What was found before, by hash of content; a file is parsed only if it is not there.

    Attributes
    ----------
    used : dict
        The part of ``known`` that was asked for, to be kept for the next time.
    """

    def __init__(self, known: Mapping[str, Any]) -> None:
        self._known = known
        self._read: dict[Path, tuple[str, list[str]]] = {}
        self._modules: dict[tuple[str, Path], Path | None] = {}
        self._libraries: dict[Path | None, Parts] = {}
        self.used: dict[str, Any] = {}

    def file(self, path: Path) -> str:
        """Hash of what a file says."""
        return self._parts(path)[0]

    def library(self, study: Study, notebook: Path | None = None) -> Parts:
        """Tell what pages depend on besides their notebook, tables and parameters.

        Parameters
        ----------
        study : Study
        notebook : Path, optional
            Whose imports count; without it, what all pages depend on.

        Returns
        -------
        dict of str to str
            Hash of each module that runs, text, template, setting, and of the packages.
        """
        if notebook not in self._libraries:
            imports = [] if notebook is None else self._parts(notebook)[1]
            shared = self._data(study) if notebook is None else self.library(study)
            modules = self._closure([*MAKING, *imports], study)
            self._libraries[notebook] = shared | modules
        return self._libraries[notebook]

    def cleaning(self, study: Study) -> str:
        """Hash of the raw data and of all that turns them into tables."""
        code = self._closure(CLEANING, study) | self._data(study)
        raw = {
            str(path.relative_to(folder)): digest(path.read_bytes())
            for folder in {study.raw, study.instrument}
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not _hidden(path.relative_to(folder))
        }
        return combined(code | {f"raw {name}": one for name, one in raw.items()})

    def _data(self, study: Study) -> Parts:
        files = [p for p in PACKAGE.rglob("*") if p.suffix not in (".py", ".pyc") and p.is_file()]
        names = {path: path.relative_to(PACKAGE).as_posix() for path in files}
        names |= {study.raw / "study.toml": "study.toml"}
        parts = {
            name: self.file(path)[:_LENGTH]
            for path, name in sorted(names.items())
            if path.exists() and not _hidden(Path(name))
        }
        return parts | {"the packages installed": packages()}

    def _closure(self, roots: Iterable[str], study: Study) -> Parts:
        """Hash of each module of the package or the study that the roots need."""
        found: Parts = {}
        waiting, seen = [*roots], set()
        while waiting:
            name = waiting.pop()
            key = name, study.root
            if key not in self._modules:
                self._modules[key] = _module(name, study)
            path = self._modules[key]
            if path is None or path in seen:
                continue
            seen.add(path)
            code, imports = self._parts(path)
            found[path.name] = code[:_LENGTH]
            waiting += [one for one in imports if one not in UNSEEN.get(name, ())]
        return dict(sorted(found.items()))

    def _parts(self, path: Path) -> tuple[str, list[str]]:
        if path not in self._read:
            content = path.read_bytes()
            if path.suffix not in _UNDERSTOOD:
                self._read[path] = digest(content), []
                return self._read[path]
            key = f"{path.suffix} {digest(content)}"
            if key not in self.used:
                self.used[key] = self._known.get(key) or _understand(path.suffix, content)
            code, imports = self.used[key]
            self._read[path] = code, imports
        return self._read[path]


def combined(parts: Mapping[str, Any]) -> str:
    """One hash of several."""
    return digest(json.dumps(parts, sort_keys=True).encode())


def differing(parts: Mapping[str, str], others: Mapping[str, str]) -> list[str]:
    """Names of the parts that are not the same."""
    return sorted(name for name in {*parts, *others} if parts.get(name) != others.get(name))


@cache
def packages() -> str:
    """Hash of the versions of Python and of every installed package that this one needs."""
    folders: dict[str, Path] = {}
    for place in map(Path, reversed(sys.path)):
        for folder in place.glob("*.dist-info"):
            folders[_normal(folder.name.partition("-")[0])] = folder
    found: Parts = {"python": sys.version}
    waiting = [_normal(NAME)]
    while waiting:
        name = waiting.pop()
        if name not in folders:
            continue
        folder = folders.pop(name)
        found[name] = folder.name
        with (folder / "METADATA").open(encoding="utf-8") as lines:
            for line in lines:
                if not line.strip():  # the end of the headers
                    break
                header, _, value = line.partition(": ")
                if header == "Requires-Dist" and "extra ==" not in value:
                    needed = re.match(r"[A-Za-z0-9._-]+", value)
                    waiting += [_normal(needed[0])] if needed else []
    return combined(found)[:_LENGTH]


def understood(suffix: str, content: bytes) -> str:
    """Hash of what a file with this ending says."""
    return str(_understand(suffix, content)[0])


def _understand(suffix: str, content: bytes) -> list[Any]:
    """Hash of what a file says, and the modules that it may import."""
    try:
        if suffix == ".py":
            tree = ast.parse(content)
            return [digest(ast.dump(tree).encode()), _imports(tree)]
        if suffix == ".toml":
            said = json.dumps(tomllib.loads(content.decode()), sort_keys=True, default=str)
            return [digest(said.encode()), []]
    except (SyntaxError, ValueError):
        return [digest(content), []]  # who needs it will tell
    return _understand_notebook(content)


def _understand_notebook(content: bytes) -> list[Any]:
    try:
        notebook = json.loads(content)
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        code = ["".join(cell["source"]) for cell in cells]
    except (ValueError, KeyError, TypeError):
        return [digest(content), []]  # running it will tell
    for cell in cells:  # what a run in JupyterLab leaves does not change what a run gives
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
    said = digest(json.dumps(notebook, sort_keys=True).encode())
    plain = "\n".join(re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", cell) for cell in code)
    try:
        return [said, _imports(ast.parse(plain))]
    except SyntaxError:  # of IPython perhaps: then it may import anything
        return [said, [f"{NAME}.{path.stem}" for path in PACKAGE.glob("*.py")]]


def _imports(tree: ast.AST) -> list[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                module = f"{NAME}.{module}".rstrip(".")
            names |= {module, *(f"{module}.{one.name}" for one in node.names)}
    return sorted(names)


def _module(name: str, study: Study) -> Path | None:
    """File of a module if it is of this package, or lies in the study where notebooks run."""
    parts = name.split(".")
    folder = PACKAGE.parent if parts[0] == NAME else study.root
    for path in (
        folder.joinpath(*parts).with_suffix(".py"),
        folder.joinpath(*parts, "__init__.py"),
    ):
        if path.is_file():
            return path
    return None


def _hidden(path: Path) -> bool:
    return any(
        part.startswith((".", "__pycache__")) or part.endswith(".part") for part in path.parts
    )


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
