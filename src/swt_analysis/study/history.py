"""The rounds of a study in a row: the path of each scale, and who answered how often."""

from typing import Any

import pandas as pd

from swt_analysis.study.analyses import AnalysedStudy
from swt_analysis.study.tables import labelled
from swt_analysis.text import text


class FollowedStudy(AnalysedStudy):
    """A study, and what its rounds tell together."""

    def path(self, scale: Any = None) -> pd.DataFrame:
        """Follow each scale over the rounds, whatever those without an answer would have chosen.

        Parameters
        ----------
        scale : int or several, optional
            Numbers of scales; all if not given.

        Returns
        -------
        pandas.DataFrame
            ``scale``, ``label``, ``round`` and the columns of `swt_analysis.path`: of those that
            answered, and bounds for all municipalities of the round, as far as the study names
            them.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study().path(scale=1)[["n", "silent", "median_low", "median_high"]]
           n  silent  median_low  median_high
        0  9       2         2.0          3.0
        """
        from swt_analysis.statistics.history import path

        rounds = self.rounds.set_index("round")
        asked = rounds["municipalities"].fillna(rounds["respondents"]).astype("int64")
        counts = self.chosen_rows("choice_scale_counts", scale=scale)
        table = path(counts, asked).reset_index()
        names = list(table)
        return labelled(self.with_label(table)[["scale", "label", *names[1:]]], self.language)

    def path_bounds(self) -> pd.DataFrame:
        """Put the balance of all municipalities side by side by round, and how far it shifted.

        Returns
        -------
        pandas.DataFrame
            Rows by ``scale`` and ``label``; ``low`` and ``high`` of each round and of ``shift``
            (from the first to the last; to one side of 0: certain), as `swt_analysis.path` and
            `swt_analysis.path_shift` give them. No rows with fewer than two rounds.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study().path_bounds().empty  # this study has one round
        True
        """
        from swt_analysis.statistics.history import path_shift

        told = self.path()
        shift = path_shift(told.set_index(["scale", "round"]))
        if shift.empty:
            return labelled(pd.DataFrame(), self.language)
        ends = {end: f"balance_{end}" for end in ("low", "high")}
        columns = {
            (str(year), end): here.set_index("scale")[name]
            for year, here in told.groupby("round")
            for end, name in ends.items()
        }
        columns |= {("shift", end): shift[end] for end in ends}
        wide = pd.DataFrame(columns).rename_axis("scale").loc[shift.index]
        index = self.with_label(wide.index.to_frame(index=False)).set_index(["scale", "label"])
        frame = labelled(wide.set_axis(index.index), self.language)
        frame.attrs["labels"] = {"shift": text("column.shift", self.language)}
        return frame

    def answer_history(self) -> pd.DataFrame:
        """Tell in how many rounds each municipality was asked, and in how many it answered.

        Returns
        -------
        pandas.DataFrame
            ``municipality`` and the columns of `swt_analysis.answer_history`: by scale those of
            the rounds with scores. No rows where no round names its municipalities.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> history = swt.open_study().answer_history()
        >>> history.loc[history["answered"] == 0, "municipality"].to_list()
        ['Alkmaar', 'Heiloo']
        """
        from swt_analysis.statistics.history import answer_history

        places, rounds = self.tables["municipality_rounds"], self.rounds
        if places.empty:
            return labelled(pd.DataFrame(), self.language)
        scored = rounds.loc[rounds["form"] == "scores", "round"]
        scores = self.tables["choice_scale_scores"]
        scores = scores[scores["round"].isin(scored)]
        told = answer_history(places, scores, self.tables["mergers"])
        return labelled(told.reset_index(), self.language)
