"""A page to be made, and what came of it."""

from dataclasses import dataclass
from typing import Any

from swt_analysis.reports.catalogue import CatalogueEntry


@dataclass(frozen=True)
class Target:
    """A report in one language: a page to be made."""

    report: CatalogueEntry
    language: str

    @property
    def key(self) -> str:
        """Place of the page among the reports, without the ending."""
        return f"{self.language}/{self.report.name}"

    @property
    def title(self) -> str:
        """What heads the page."""
        return self.report.titles[self.language]


@dataclass(frozen=True)
class Failure:
    """A page that could not be made, and why, in a line; with the traceback of its cell."""

    target: Target
    reason: str
    traceback: str = ""


@dataclass(frozen=True)
class Made:
    """A page that was made.

    Attributes
    ----------
    target : Target
        The page that was asked for.
    files : dict of str to bytes
        Its files, by their endings.
    entry : dict
        What the manifest and the index keep of it.
    """

    target: Target
    files: dict[str, bytes]
    entry: dict[str, Any]
