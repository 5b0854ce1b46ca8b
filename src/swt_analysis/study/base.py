"""A study's tables, labels and codes, in one language."""

from functools import cached_property
from typing import Any

import pandas as pd

from swt_analysis.folder import StudyFolder, is_synthetic, study_settings, study_title
from swt_analysis.study.labels import LABELS, categories, code_of
from swt_analysis.study.tables import Tables, chosen, in_language, labelled


class LabelledStudy:
    """What every part of a study is read with; `Study` adds the views of it.

    Attributes
    ----------
    folder : StudyFolder
        Where its parts are.
    language : str
        ``nl`` or ``en``.
    tables : Tables
        The processed tables by name, codes and both languages in them.
    """

    def __init__(self, folder: StudyFolder, language: str) -> None:
        self.folder = folder
        self.language = language
        self.tables = Tables(folder, language)
        self._tables: dict[str, pd.DataFrame] = {}

    @cached_property
    def settings(self) -> dict[str, Any]:
        """What ``study.toml`` says: titles, region, sources."""
        return study_settings(self.folder)

    @property
    def title(self) -> str:
        """The title of the study."""
        return study_title(self.settings, self.folder, self.language)

    @property
    def synthetic(self) -> bool:
        """Whether its data are invented."""
        return is_synthetic(self.settings)

    @property
    def rounds(self) -> pd.DataFrame:
        """The rounds: ``round``, ``form``, ``municipalities``, ``respondents``."""
        return self.table("rounds")

    @property
    def scales(self) -> pd.DataFrame:
        """The choice scales: ``scale``, ``points``, ``label``, ``left``, ``right``, ``source``."""
        return self.table("scales")

    @property
    def municipalities(self) -> pd.DataFrame:
        """The municipalities, with their state of play by round, as codes."""
        return self.table("municipalities")

    def table(self, name: str) -> pd.DataFrame:
        """Read a processed table in the study's language only: ``label_nl`` becomes ``label``.

        Parameters
        ----------
        name : str
            One of ``study.tables``.

        Returns
        -------
        pandas.DataFrame
            With ``attrs["labels"]``: what readers call each column.

        Raises
        ------
        UnknownError
            If there is no such table; it lists all.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> list(swt.open_study().table("scales"))
        ['scale', 'points', 'label', 'left', 'right', 'source']
        >>> swt.open_study().table("scals")
        Traceback (most recent call last):
        ...
        swt_analysis.problems.UnknownError: there is no table 'scals'; did you mean 'scales'? ...
        """
        if name not in self._tables:
            frame = in_language(self.tables[name], self.language)
            self._tables[name] = labelled(frame, self.language, name)
        return self._tables[name].copy(deep=False)

    def labels(self, kind: str) -> dict[str, str]:
        """Give the labels of the codes of one kind, in their order; empty if there are none.

        Parameters
        ----------
        kind : str
            Such as ``status``, ``form``, ``comparison``, ``verdict``.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study().labels("status")["pilot"]
        'proef'
        """
        return self._labels.get(kind, {})

    def code_of(self, kind: str, value: str) -> str:
        """Find the code that is meant by a code, a label in either language, or a word of one.

        Parameters
        ----------
        kind : str
            As for `labels`.
        value : str
            What is looked for; capitals do not matter.

        Raises
        ------
        UnknownError
            If no code is meant, or several are; it lists all.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> study = swt.open_study()
        >>> study.code_of("status", "uitrol"), study.code_of("status", "roll-out")
        ('roll-out', 'roll-out')
        """
        table = self.tables["labels"]
        here = table[table["kind"] == kind].set_index("code")
        return code_of(kind, value, here[LABELS])

    @cached_property
    def _labels(self) -> dict[str, dict[str, str]]:
        groups = self.table("labels").groupby("kind", sort=False)
        return {
            str(kind): dict(zip(here["code"], here["label"], strict=True)) for kind, here in groups
        }

    def chosen_rows(self, table: str, **filters: Any) -> pd.DataFrame:
        """Read a table in this language, the rows that filters ask for."""
        there = {
            "round": ("rounds", "round"),
            "scale": ("scales", "scale"),
            "municipality": ("municipalities", "municipality"),
        }
        frame = self.table(table)
        for name, wanted in filters.items():
            if wanted is not None:
                source, column = there[name]
                existing = self.tables[source][column].to_list()
                frame = frame[frame[name].isin(chosen(name, wanted, existing))]
        return frame.reset_index(drop=True)

    def with_label(self, frame: pd.DataFrame, *others: str) -> pd.DataFrame:
        """Put the label of its scale, and what else of the scale is asked for, beside each row."""
        beside = self._scales.reindex(frame["scale"]).set_axis(frame.index)
        label = beside["label"].cat.remove_unused_categories()
        return frame.assign(**beside[list(others)], label=label)

    @cached_property
    def _scales(self) -> pd.DataFrame:
        scales = self.scales.set_index("scale")
        labels = dict(scales["label"])
        return scales.assign(label=categories(scales.index.to_series(), labels))

    def with_labels(self, frame: pd.DataFrame, *kinds: str) -> pd.DataFrame:
        """Write the codes in columns, each called by its kind, as labels."""
        return frame.assign(**{kind: categories(frame[kind], self.labels(kind)) for kind in kinds})
