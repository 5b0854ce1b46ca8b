"""A study is a folder: raw data, processed data, notebooks, reports."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from swt_analysis.problems import DataError, Problem, UserError, suggestion, unacceptable
from swt_analysis.text import LANGUAGES

_INSTALLED = Path(__file__).parent / "project"  # where a wheel has it; pyproject.toml puts it there
PROJECT = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parents[2]
_TOML = "must be TOML in UTF-8, with texts between quotation marks"
_TEXTS = ("title", "subtitle", "region", "publisher", "measured", "contact")
_SETTINGS = (
    *(f"{key}{ending}" for key in _TEXTS for ending in ("", *(f"_{code}" for code in LANGUAGES))),
    *("published", "licence", "synthetic", "pseudonyms", "source"),
)
_REFERENCES = tuple(f"reference_{code}" for code in LANGUAGES)
_SOURCE = ("key", "language", "round", "table", *_REFERENCES)


class NoStudyError(UserError, FileNotFoundError):
    """There is no study where one was looked for; says what a study is."""


@dataclass(frozen=True)
class StudyFolder:
    """Where the parts of a study are.

    Attributes
    ----------
    root : Path
        The study's folder, which has ``data/raw``.
    """

    root: Path

    @property
    def raw(self) -> Path:
        """What was received; never written by code but by an import."""
        return self.root / "data" / "raw"

    @property
    def instrument(self) -> Path:
        """What it measures with: its own scales and themes, or else this project's."""
        own = self.raw / "instrument"
        return own if own.is_dir() else PROJECT / "data" / "raw" / "instrument"

    @property
    def processed(self) -> Path:
        """Tidy tables, generated."""
        return self.root / "data" / "processed"

    @property
    def reports(self) -> Path:
        """Rendered notebooks, generated."""
        return self.root / "reports"

    @property
    def notebooks(self) -> dict[str, Path]:
        """The notebooks by name: this project's, and the study's own, which win."""
        return {
            path.stem: path
            for place in self.notebook_folders
            for path in sorted(place.glob("*.ipynb"))
        }

    @property
    def notebook_folders(self) -> tuple[Path, Path]:
        """Where notebooks are: this project's, then the study's own."""
        return PROJECT / "notebooks", self.root / "notebooks"

    @property
    def replaced(self) -> list[str]:
        """Names of this project's notebooks that the study has one of its own for."""
        ours, own = ({path.stem for path in one.glob("*.ipynb")} for one in self.notebook_folders)
        return sorted(ours & own) if PROJECT.resolve() != self.root.resolve() else []

    def rounds(self) -> list[Path]:
        """Folders of the measurement rounds, in the order of their names (years)."""
        return sorted(path for path in (self.raw / "rounds").glob("*") if path.is_dir())


def is_round_name(name: str) -> bool:
    """Whether a name can be that of a round: a year in four digits."""
    return name.isascii() and name.isdigit() and len(name) == 4 and name[0] != "0"


def find_folder(start: Path) -> StudyFolder:
    """Find the study that a folder lies in.

    Parameters
    ----------
    start : Path
        The study's folder or one inside it.

    Raises
    ------
    NoStudyError
        If neither the folder nor one above it has ``data/raw``.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / "data" / "raw").is_dir():
            return StudyFolder(folder)
    raise NoStudyError(f"{start}: no study here; a study is a folder with data/raw in it")


def packaged_study() -> StudyFolder:
    """Tell where the study is that comes with the library.

    In a checkout that is its root. Of an installed package it is copied first to where this user's
    caches are: its tables are written beside its raw data.
    """
    if PROJECT != _INSTALLED:
        return StudyFolder(PROJECT)
    from importlib.metadata import version  # commands in a checkout need none of these
    from shutil import copytree
    from tempfile import TemporaryDirectory

    from platformdirs import user_cache_path

    copy = user_cache_path("swt_analysis", version=version("swt-analysis")) / "noord-holland"
    if not (copy / "data" / "raw").is_dir():
        copy.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=copy) as folder:
            whole = copytree(PROJECT / "data" / "raw", Path(folder) / "raw")
            (copy / "data").mkdir(exist_ok=True)
            whole.rename(copy / "data" / "raw")
    return StudyFolder(copy)


def study_settings(study: StudyFolder) -> dict[str, Any]:
    """Read ``study.toml``; empty if the study has none.

    Raises
    ------
    DataError
        With every problem in it.
    """
    path = study.raw / "study.toml"
    if not os.path.lexists(path):  # a link to nothing is not "no settings"
        return {}
    try:
        settings = tomllib.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # of syntax, encoding, or brackets in brackets
        raise DataError([Problem(path, None, None, str(error), _TOML)]) from None
    sources = settings.get("source", [])
    if not isinstance(sources, list) or not all(isinstance(one, dict) for one in sources):
        raise DataError([Problem(path, None, "source", str(sources), "must be [[source]] tables")])
    found = [(key, value, _misset(key, value)) for key, value in settings.items()]
    for one in sources:
        found += [
            (key, value, _misset_source(key, value))
            for key, value in {**dict.fromkeys(_REFERENCES), **one}.items()
        ]
    if problems := [Problem(path, None, key, str(value), why) for key, value, why in found if why]:
        raise DataError(problems)
    return settings


def _misset(key: str, value: object) -> str | None:
    """Say what is wrong with a setting; None if nothing is."""
    if key == "source":
        return None
    if key not in _SETTINGS:
        return f"is no setting of a study{suggestion(key, _SETTINGS)}"
    if key == "synthetic":
        return None if isinstance(value, bool) else "must be true or false"
    if key == "published":
        right = _is_date(value)
        return None if right else "must be a date between quotation marks, as in 2026-11-26"
    if key == "pseudonyms":
        if isinstance(value, bool):
            return None
        if not isinstance(value, str) or not value.strip():
            return "must be true, false, or a phrase between quotation marks"
    return unacceptable(value) if isinstance(value, str) else "must be a text"


def _misset_source(key: str, value: object) -> str | None:
    """Say what is wrong with a line of a source; None if nothing is."""
    if key not in _SOURCE:
        return f"is no line of a source{suggestion(key, _SOURCE)}"
    if not isinstance(value, str):
        return "must be a text"
    if key == "language" and not re.fullmatch("[a-z]{2,3}", value):
        return "must be the code of a language, such as nl or en"
    return unacceptable(value)


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def in_language(settings: Mapping[str, Any], key: str, language: str) -> str:
    """Give a text of the settings in a language, or the one for all; empty if there is none."""
    return str(settings.get(f"{key}_{language}", settings.get(key, "")))


def study_title(settings: Mapping[str, Any], study: StudyFolder, language: str) -> str:
    """Name a study as its settings (`study_settings`) do, else by its folder."""
    return str(settings.get(f"title_{language}", study.root.resolve().name))


def is_synthetic(settings: Mapping[str, Any]) -> bool:
    """Whether the settings of a study (`study_settings`) say that its data are invented."""
    return bool(settings.get("synthetic", False))
