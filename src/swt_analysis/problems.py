"""What is wrong with raw data, said so that a researcher can mend it."""

from dataclasses import dataclass
from pathlib import Path

_LONGEST = 500  # characters of a value that a message shows


@dataclass(frozen=True)
class Problem:
    """One fault in a raw file.

    Attributes
    ----------
    file : Path
        The file it stands in.
    row : int or None
        Line of the file, the header being 1; None if the whole file is meant.
    column : str or None
        Name of the column; None if the whole row is meant.
    value : str
        What stands there.
    allowed : str
        What may stand there, or what to do.
    sheet : str or None
        Name of the sheet, if the file is a workbook.
    """

    file: Path
    row: int | None
    column: str | None
    value: str
    allowed: str
    sheet: str | None = None

    def __str__(self) -> str:
        place = [f"sheet {self.sheet}"] if self.sheet is not None else []
        place += [f"row {self.row}"] if self.row is not None else []
        place += [f"column {self.column}"] if self.column is not None else []
        where = f" {', '.join(place)}:" if place else ""
        value = self.value if len(self.value) <= _LONGEST else f"{self.value[:_LONGEST]}…"
        return f"{self.file}:{where} {value!r}: {self.allowed}"


class ToldError(Exception):
    """An error whose message says all: a notebook shows it without a traceback."""

    def _render_traceback_(self) -> list[str]:  # IPython asks for it
        return [f"{type(self).__name__}: {self}"]


class DataError(ToldError):
    """Raw data cannot be used; ``problems`` has every fault found, not just the first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
