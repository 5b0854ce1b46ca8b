"""Two rounds of a study, compared."""

from typing import TYPE_CHECKING

import pandas as pd

from swt_analysis import schema
from swt_analysis.clean.mergers import disagreements
from swt_analysis.statistics import change
from swt_analysis.statistics.bounds import Bounds
from swt_analysis.study.tables import labelled
from swt_analysis.text import text

if TYPE_CHECKING:
    from swt_analysis.study.analyses import AnalysedStudy


class RoundPair:
    """An earlier and a later round of a study.

    Made by `Study.pair`.

    Attributes
    ----------
    first, last : int
        Their years; the same if the study has one round.
    """

    def __init__(self, study: "AnalysedStudy", first: int, last: int) -> None:
        self.first, self.last = first, last
        self._study = study

    def change(self) -> pd.DataFrame:
        """Give what changed on each scale, with its label; empty if there is one round.

        Returns
        -------
        pandas.DataFrame
            The columns of the table ``change``, and ``label``.
        """
        table = self._study.table("change")
        here = table[(table["from_round"] == self.first) & (table["to_round"] == self.last)]
        return labelled(self._study.with_label(here), self._study.language, "change")

    @property
    def has_scores(self) -> bool:
        """Whether both rounds tell who stands where, so that a test is possible."""
        rounds = self._study.rounds
        scored = set(rounds.loc[rounds["form"] == "scores", "round"])
        return self.first != self.last and {self.first, self.last} <= scored

    @property
    def has_names(self) -> bool:
        """Whether both rounds name their municipalities."""
        return {self.first, self.last} <= set(self._study.tables["municipality_rounds"]["round"])

    @property
    def most_paired(self) -> int:
        """The number of municipalities in both rounds, on the scale with most."""
        paired = self.change()["paired"]
        return 0 if paired.isna().all() else int(paired.max())

    def members(self) -> pd.DataFrame:
        """Tell who took part in both rounds, or in one.

        Returns
        -------
        pandas.DataFrame
            Rows by ``membership``, in words; ``count`` and ``municipalities``, a list in a text.
        """
        tables, language = self._study.tables, self._study.language
        who = change.members(
            tables["municipality_rounds"], tables["mergers"], self.first, self.last
        )
        groups = who.groupby("membership", sort=False)["municipality"].agg(["size", ", ".join])
        years = {"first": self.first, "last": self.last}
        groups = groups.set_axis(["count", "municipalities"], axis="columns").rename(
            index=lambda kind: text(f"membership.{kind}", language, **years)
        )
        return labelled(groups, language)

    def movers(self) -> pd.DataFrame:
        """List who stands at another point in the later round.

        Returns
        -------
        pandas.DataFrame
            ``scale``, ``label``, ``municipality``, ``from_point``, ``to_point``.
        """
        paths = self._study.paths([self.first, self.last])
        moved = self._study.with_label(change.movers(paths, self.first, self.last))
        columns = ["scale", "label", "municipality", "from_point", "to_point"]
        return labelled(moved[columns], self._study.language)

    def agreement(self) -> pd.DataFrame:
        """Tell how far the municipalities that answered twice kept to their point.

        Returns
        -------
        pandas.DataFrame
            ``scale``, ``label``, ``paired``, and ``kappa`` and ``tau_b`` as
            `swt_analysis.round_agreement` has them, ``same`` (at the same point) with scores;
            bounds (`swt_analysis.round_agreement_bounds`) where only counts are known and the
            same municipalities answered, missing otherwise.
        """
        from swt_analysis.statistics import history

        study, change_ = self._study, self.change()
        if self.has_scores:
            paths = study.paths([self.first, self.last])
            before, after = (paths[paths["round"] == year] for year in (self.first, self.last))
            points = dict(zip(study.scales["scale"], study.scales["points"], strict=True))
            found = history.round_agreement(before, after, points).reset_index()
            return labelled(study.with_label(found), study.language)
        counts = study.tables["choice_scale_counts"]
        rows = []
        for scale, paired in zip(change_["scale"], change_["paired"], strict=True):
            here = counts[counts["scale"] == scale].sort_values("point")
            f, g = (here.loc[here["round"] == one, "count"] for one in (self.first, self.last))
            row = {"scale": scale, "paired": paired, "kappa": None, "tau_b": None}
            # Of others, it is not known which answers are of those that answered twice.
            if not pd.isna(paired) and f.sum() == g.sum() == paired:
                ends = history.round_agreement_bounds(f, g)
                pairs = ((name, Bounds(*ends.loc[name])) for name in ("kappa", "tau_b"))
                row |= {name: both for name, both in pairs if not pd.isna(both.low)}
            rows.append(row)
        columns = ["scale", "paired", "kappa", "tau_b"]
        return labelled(study.with_label(pd.DataFrame(rows, columns=columns)), study.language)

    def mergers(self) -> pd.DataFrame:
        """List the municipalities that became part of another between the rounds."""
        mergers = self._study.table("mergers")
        return mergers[mergers["year"].between(self.first + 1, self.last)]

    def disagreements(self) -> pd.DataFrame:
        """List who became one and had chosen different points: no answer of theirs carries on.

        Returns
        -------
        pandas.DataFrame
            ``scale``, ``label``, ``into``, ``municipality``, ``point``: the answers of the
            earlier round. Empty where a round has counts only.
        """
        scores = self._study.tables["choice_scale_scores"]
        before = scores[scores["round"] == self.first].iloc[: None if self.has_scores else 0]
        found = disagreements(before, self._study.tables["mergers"], self.last)
        columns = ["scale", "label", "into", "municipality", "point"]
        return labelled(self._study.with_label(found)[columns], self._study.language)

    def participants(self) -> pd.DataFrame:
        """Tell in how many teams each participant is then and now; empty if a round does not."""
        teams = self._study.table("participants")
        if not {self.first, self.last} <= set(teams["round"]):
            return teams.iloc[:0]
        trial = schema.label("of_which_pilot", self._study.language)
        return change.participation(teams, self.first, self.last, trial=trial)

    def __repr__(self) -> str:
        return f"{self.first}, {self.last}\n{self.change().to_string(index=False)}"
