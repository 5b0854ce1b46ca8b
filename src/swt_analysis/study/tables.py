"""The processed tables of a study, as plain pandas, with their labels."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

import pandas as pd

from swt_analysis import schema
from swt_analysis.folder import StudyFolder
from swt_analysis.problems import unknown
from swt_analysis.processed import Processed
from swt_analysis.text import LANGUAGES, located

Value = TypeVar("Value")


class Tables(Processed):
    """The processed tables of a study by name; each is read when it is first asked for.

    Columns where nothing is missing have pandas' plain types (``int64``, ``float64``, ``bool``),
    which every plotting library takes. ``attrs["labels"]`` of a table has what readers call each
    column, in the language ``attrs["language"]``.

    Attributes
    ----------
    hashes : dict of str to str
        SHA-256 of the file of each table read so far: what a report depends on.

    Examples
    --------
    >>> import swt_analysis as swt
    >>> tables = swt.open_study(language="en").tables
    >>> tables["choice_scale_counts"].head(3)
       round  scale  point  count
    0   2014      1      1      0
    1   2014      1      2      5
    2   2014      1      3      2
    >>> tables["choice_scale_counts"].attrs["labels"]["count"]
    'count'
    """

    def __init__(self, folder: StudyFolder, language: str) -> None:
        super().__init__(folder)
        self._language = language
        self._labelled: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in schema.PROCESSED:
            raise unknown("table", name, schema.PROCESSED)
        if name not in self._labelled:
            self._labelled[name] = labelled(plain(super().__getitem__(name)), self._language, name)
        return self._labelled[name].copy(deep=False)  # pandas copies on write

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    def _described(self) -> dict[str, str]:
        return {name: schema.PROCESSED[name].description[self._language] for name in self}

    def __repr__(self) -> str:
        widest = max(map(len, self))
        return "\n".join(f"{name:{widest}}  {what}" for name, what in self._described().items())

    def _repr_html_(self) -> str:
        described = pd.Series(self._described(), name="").to_frame()
        return str(described.to_html(header=False))


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Give columns where nothing is missing the types that every library takes.

    Parameters
    ----------
    frame : pandas.DataFrame
        With the nullable types of a processed table; whole numbers and yes or no stay nullable
        where something is missing.

    Examples
    --------
    >>> plain(pd.DataFrame({"n": [1, 2], "share": [0.5, None]}).convert_dtypes()).dtypes.to_list()
    [dtype('int64'), dtype('float64')]
    """
    types = {
        name: {"Int64": "int64", "boolean": "bool", "Float64": "float64"}[str(column.dtype)]
        for name, column in frame.items()
        if str(column.dtype) == "Float64"
        or (str(column.dtype) in ("Int64", "boolean") and not column.hasnans)
    }
    return frame.astype(types)


def numbers_as_floats(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn whole numbers of which some are missing into floats, with NaN, to compute and plot with.

    Examples
    --------
    >>> numbers_as_floats(pd.DataFrame({"point": pd.array([2, None], "Int64")}))["point"].to_list()
    [2.0, nan]
    """
    nullable = [name for name, column in frame.items() if str(column.dtype) == "Int64"]
    return frame.astype(dict.fromkeys(nullable, "float64"))


def low_and_high(frame: pd.DataFrame) -> pd.DataFrame:
    """Set the ends of ranges apart: columns ``low`` and ``high`` under each name.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells are pairs of numbers, or None.

    Examples
    --------
    >>> low_and_high(pd.DataFrame({"left": [(1, 3), None]}))["left"].iloc[0].to_list()
    [1, 3]
    """
    columns = {}
    for name in frame.columns:
        for place, end in enumerate(("low", "high")):
            ends = [pair[place] if isinstance(pair, tuple) else None for pair in frame[name]]
            columns[name, end] = pd.to_numeric(pd.Series(ends, frame.index)).convert_dtypes()
    return pd.DataFrame(columns, frame.index)


class Labels(dict[str, str]):
    """Labels of columns; pandas copies ``attrs`` deeply at every step, and these never change."""

    def __deepcopy__(self, memo: object) -> "Labels":
        return self

    def __or__(self, other: Mapping[str, str]) -> "Labels":  # type: ignore[override]
        return Labels({**self, **other})


def labelled(
    frame: pd.DataFrame, language: str, table: str | None = None, **others: str
) -> pd.DataFrame:
    """Put the labels of columns in ``attrs``; the frame itself is given back.

    Parameters
    ----------
    frame : pandas.DataFrame
        What is labelled.
    language : str
        ``nl`` or ``en``.
    table : str, optional
        The table that its columns are of, where tables have unlike columns of one name.
    **others
        Columns that are called as another name says: ``label="theme_label"``.
    """
    names = [name for name in frame.columns if isinstance(name, str)]
    labels = Labels({one: schema.label(others.get(one, one), language, table) for one in names})
    frame.attrs |= {"language": language, "labels": labels}
    return frame


def theme_places(keys: pd.DataFrame, phrases: Mapping[str, str]) -> "pd.Series[str]":
    """Say where in the note themes are, as its sources do.

    Parameters
    ----------
    keys : pandas.DataFrame
        Part, number and theme, in this order; without a theme it is the whole part.
    phrases : mapping
        As for `swt_analysis.text.located`.

    Examples
    --------
    >>> theme_places(pd.DataFrame([["reflection", 3, 5], ["observation", 4, None]]), {}).to_list()
    ['reflection 3, theme 5', 'observation 4']
    """
    places = [
        f"{part} {number}" if pd.isna(theme) else f"{part} {number}, theme {theme:.0f}"
        for part, number, theme in keys.itertuples(index=False)
    ]
    return pd.Series([located(place, phrases) for place in places], keys.index, "string")


def in_language(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """Keep the columns of one language only: ``label_nl`` becomes ``label``.

    Examples
    --------
    >>> list(in_language(pd.DataFrame(columns=["scale", "label_nl", "label_en"]), "nl"))
    ['scale', 'label']
    """
    suffix, suffixes = f"_{language}", tuple(f"_{one}" for one in LANGUAGES)
    names = list(map(str, frame.columns))
    neither = [one for one in names if not one.endswith(suffixes) and f"{one}{suffix}" not in names]
    kept = [name for name in names if name.endswith(suffix) or name in neither]
    return frame[kept].rename(columns=lambda name: name.removesuffix(suffix))


def chosen(what: str, values: object, existing: Iterable[Value]) -> list[Value]:
    """Give the values that a filter asks for, one or several; all if it asks for none.

    Raises
    ------
    UnknownError
        If one of them is not among those that exist; it lists these.

    Examples
    --------
    >>> chosen("scale", 4, range(1, 12)), chosen("scale", None, [1, 2])
    ([4], [1, 2])
    """
    there = list(existing)
    if values is None:
        return there
    several = isinstance(values, Iterable) and not isinstance(values, str)
    wanted = list(values) if several else [values]  # type: ignore[call-overload]
    for one in wanted:
        if one not in there:
            raise unknown(what, one, there)
    return [one for one in there if one in wanted]
