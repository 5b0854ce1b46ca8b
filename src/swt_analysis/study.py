"""A study is a folder: raw data, processed data, notebooks, reports."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Study:
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
    def notebooks(self) -> Path:
        """The study's own notebooks, or else this project's."""
        own = self.root / "notebooks"
        return own if any(own.glob("*.ipynb")) else PROJECT / "notebooks"

    def rounds(self) -> list[Path]:
        """Folders of the measurement rounds, in the order of their names (years)."""
        return sorted(path for path in (self.raw / "rounds").glob("*") if path.is_dir())


def is_round_name(name: str) -> bool:
    """Whether a name can be that of a round: a year in four digits."""
    return name.isascii() and name.isdigit() and len(name) == 4


def find_study(start: Path) -> Study:
    """Find the study that a folder lies in.

    Parameters
    ----------
    start : Path
        The study's folder or one inside it.

    Returns
    -------
    Study

    Raises
    ------
    FileNotFoundError
        If neither the folder nor one above it has ``data/raw``.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / "data" / "raw").is_dir():
            return Study(folder)
    raise FileNotFoundError(f"{start}: no study here; a study is a folder with data/raw in it")


def study_settings(study: Study) -> dict[str, Any]:
    """Read ``study.toml``; empty if the study has none."""
    path = study.raw / "study.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
