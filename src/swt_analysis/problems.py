"""What is wrong with raw data, said so that a researcher can mend it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

LONGEST = 10_000  # characters in a cell; a page of prose has some 3,000
_MOST_LISTED = 60  # names in a message
_QUOTED = re.compile(r"'[^']*'|; did you mean .*")  # what differs between problems of a kind
_SHOWN = 200  # of a value or column in a message
# Control characters but tab and line breaks, overrides of the direction of writing, noncharacters.
_UNREADABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"
    r"\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


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
        place = [f"sheet {_printable(self.sheet)}"] if self.sheet is not None else []
        place += [f"row {self.row}"] if self.row is not None else []
        place += [f"column {_printable(self.column)}"] if self.column is not None else []
        where = f" {', '.join(place)}:" if place else ""
        return f"{self.file}:{where} {_cut(self.value)!r}: {self.allowed}"


def in_short(problems: Sequence[Problem], *, most: int = 10) -> list[str]:
    """Write problems in lines; of very many of one kind the first, and how many more there are.

    Examples
    --------
    >>> found = [Problem(Path("a.csv"), row, "1", "9", "must be 1 to 5") for row in range(2, 40)]
    >>> in_short(found, most=1)
    ["a.csv: row 2, column 1: '9': must be 1 to 5", 'a.csv: 37 more like it: must be 1 to 5']
    """
    kinds = [(one.file, one.sheet, _QUOTED.sub("…", one.allowed)) for one in problems]
    number = Counter(kinds)
    lines, told = [], Counter[tuple[Path, str | None, str]]()
    for problem, kind in zip(problems, kinds, strict=True):
        told[kind] += 1
        if number[kind] <= 2 * most or told[kind] <= most:
            lines.append(str(problem))
        elif told[kind] == number[kind]:
            lines.append(f"{problem.file}: {number[kind] - most} more like it: {kind[2]}")
    return lines


def unacceptable(value: str) -> str | None:
    r"""Say why no cell may hold a value, whatever its column; None if it may.

    Examples
    --------
    >>> unacceptable("Heems\x00kerk")
    'has a character that cannot be read, U+0000; type it anew'
    """
    if len(value) > LONGEST:
        return f"has {len(value)} characters, more than the {LONGEST} that a cell may have"
    if found := _UNREADABLE.search(value):
        return f"has a character that cannot be read, U+{ord(found[0]):04X}; type it anew"
    return None


def are_acceptable(values: Iterable[str]) -> bool:
    """Whether cells may hold each of these values; quick, for very many."""
    texts = list(values)
    longest = max(map(len, texts), default=0)
    return longest <= LONGEST and not _UNREADABLE.search("\n".join(texts))


def _cut(value: str) -> str:
    return value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…"


def _printable(value: str) -> str:
    """Keep a name from giving orders to the terminal."""
    return _cut(value) if value.isprintable() else repr(_cut(value))


class UserError(Exception):
    """An error whose message says all: a notebook shows it without a traceback."""

    def _render_traceback_(self) -> list[str]:  # IPython asks for it
        return [f"{type(self).__name__}: {self}"]


class UnknownError(UserError, KeyError):
    """Asked for by a name, code or number that nothing has; says what there is."""

    def __str__(self) -> str:  # a KeyError's own would put it between quotation marks
        return str(self.args[0])


class InvalidError(UserError, ValueError):
    """Given something of the wrong form; says what to give instead."""


def nearest(value: str, known: Iterable[str]) -> list[str]:
    """Give the known words that a misspelt one comes near to, up to three, the nearest first.

    Examples
    --------
    >>> nearest("heemskerck", ["Heiloo", "Heemskerk"])
    ['Heemskerk']
    """
    from difflib import get_close_matches  # for errors alone

    folded = {word.casefold(): word for word in known}
    return [folded[one] for one in get_close_matches(value.casefold(), folded, cutoff=0.75)]


def suggestion(value: str, known: Iterable[str]) -> str:
    """Suggest the known word that a misspelt one comes nearest to.

    Examples
    --------
    >>> suggestion("Heemskerck", ["Heemskerk", "Heiloo"])
    '; did you mean Heemskerk?'
    """
    near = nearest(value, known)
    return f"; did you mean {near[0]}?" if near else ""


def unknown(what: str, value: object, existing: Iterable[object]) -> UnknownError:
    """Say that there is no such thing, which one was perhaps meant, and what there is.

    Parameters
    ----------
    what : str
        What kind of thing was asked for.
    value : object
        Its name, code or number.
    existing : iterable
        Those that there are. Of very many only the near ones are named, or the first.

    Examples
    --------
    >>> print(unknown("table", "scals", ["rounds", "scales"]))
    there is no table 'scals'; did you mean 'scales'? There are: rounds, scales
    >>> print(unknown("scale", 12, range(1, 12)))
    scale 12: there are 1 to 11
    """
    there = list(existing)
    numbers = [one for one in there if isinstance(one, int)]
    if numbers and numbers == there:
        run = len(there) > 2 and there == list(range(numbers[0], numbers[-1] + 1))
        listed = f"{there[0]} to {there[-1]}" if run else ", ".join(map(str, there))
        asked = repr(value) if isinstance(value, str) else value
        return UnknownError(f"{what} {asked}: there are {listed}")
    near = nearest(str(value), map(str, there))
    meant = f"did you mean {' or '.join(map(repr, near))}?" if near else ""
    listed = ", ".join(map(str, there[:_MOST_LISTED])) or "none"
    if more := there[_MOST_LISTED:]:
        listed += f" and {len(more)} more"
    told = "" if near and more else f"There are: {listed}"
    if not near:
        told = told[0].lower() + told[1:]
    return UnknownError(f"there is no {what} {value!r}; {' '.join(filter(None, (meant, told)))}")


class SchedulerError(UserError):
    """A cluster cannot be used; says why and what to do."""


class NoProcessError(UserError):
    """The processes that run notebooks cannot start, or were killed; says what to do."""


class DataError(UserError):
    """Raw data cannot be used; ``problems`` has every fault found, not just the first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
