"""What statistics make of a study's tables: bounds, associations, types, paths over rounds."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from swt_analysis.clean.mergers import carry_on
from swt_analysis.statistics import robustness
from swt_analysis.statistics.bounds import Bounds
from swt_analysis.statistics.change import medians
from swt_analysis.statistics.scores import round_scores
from swt_analysis.study.base import LabelledStudy
from swt_analysis.study.comparison import RoundPair
from swt_analysis.study.labels import categories
from swt_analysis.study.tables import chosen, labelled, low_and_high
from swt_analysis.text import poll_name, text, write

if TYPE_CHECKING:
    from swt_analysis.statistics.typology import Typology


class AnalysedStudy(LabelledStudy):
    """A study, and what statistics make of it; `Study` adds the views of its data."""

    def bounds(self, measure: str, round: int | None = None) -> pd.DataFrame:
        """Tell how firm one measure is on every scale: by who counts, the least and the most.

        Parameters
        ----------
        measure : str
            A column of `Scale.bounds`, such as ``median`` or ``agreement``.
        round : int, optional
            Its year; the last if not given.

        Returns
        -------
        pandas.DataFrame
            Rows by ``scale`` and ``label``; columns ``low`` and ``high`` of ``answered`` (those
            that did), ``everyone`` (whatever those that did not answer had chosen) and
            ``without`` (atypical teams left out), as far as they differ.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study(language="en").bounds("median").loc[4, "everyone"].to_numpy().tolist()
        [[3, 4]]
        """
        firm = self._firm(self._year(round))
        sizes = firm.groupby("who", sort=False)["n"].agg(["min", "max"])
        wide = firm.pivot(index="scale", columns="who", values=measure)
        wide = wide[[who for who in sizes.index if wide[who].notna().any()]]
        named = self.with_label(wide.reset_index()).set_index(["scale", "label"])
        frame = labelled(low_and_high(named), self.language)
        frame.attrs["labels"] |= {
            str(who): text(f"robust.{who}", self.language, n=write((low, high), self.language, "d"))
            for who, low, high in sizes.itertuples()
        }
        return frame

    def _firm(self, year: int) -> pd.DataFrame:
        if year not in self._firm_of:
            tables = self.tables
            self._firm_of[year] = robustness.round_sensitivity(
                year,
                tables["choice_scale_counts"],
                scores=tables["choice_scale_scores"],
                rounds=tables["rounds"],
                places=tables["municipality_rounds"],
            )
        return self._firm_of[year]

    @cached_property
    def _firm_of(self) -> dict[int, pd.DataFrame]:
        return {}

    def atypical_teams(self, round: int | None = None) -> list[str]:
        """Name the municipalities whose answers do not concern a usual neighbourhood team.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study().atypical_teams()
        ['Hilversum', 'Langedijk']
        """
        places = self.tables["municipality_rounds"]
        return robustness.atypical_teams(places[places["round"] == self._year(round)])

    def chance_agreement(self, round: int | None = None) -> Bounds[float] | None:
        """Tell between which ends the agreement A lies in 95 of 100 cases of blind choices.

        None if the scales have unlike numbers of points, or there are too many municipalities to
        count every outcome.
        """
        rounds, points = self.rounds.set_index("round"), self.scales["points"]
        if points.nunique() != 1:
            return None
        answers = rounds["respondents"].to_dict()[self._year(round)]
        return robustness.chance_agreement(answers, int(points.iloc[0]))

    def associations(self, round: int | None = None) -> pd.DataFrame:
        """Give Kendall's tau-b of each two scales, or its bounds where only counts are known.

        Parameters
        ----------
        round : int, optional
            Its year; the last if not given.

        Returns
        -------
        pandas.DataFrame
            Rows by ``scale`` and ``other_scale``; ``low`` and ``high``, the same where the round
            has scores. Pairs of which it is not defined are left out.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> len(swt.open_study().associations())
        55
        """
        year = self._year(round)
        counts = self.tables["choice_scale_counts"]
        pairs = robustness.associations(counts[counts["round"] == year], self._complete(year))
        ends = low_and_high(pairs.set_index(["scale", "other_scale"]))
        return labelled(ends.droplevel(0, axis="columns").dropna(), self.language)

    def _complete(self, year: int) -> pd.DataFrame | None:
        """Scores of a round by municipality and scale, if the round has them all."""
        if self.rounds.set_index("round").loc[year, "form"] != "scores":
            return None
        scores, counts = self.tables["choice_scale_scores"], self.tables["choice_scale_counts"]
        return round_scores(scores, counts, year, wanted="this", instead="use the counts")

    def typology(self, round: int | None = None) -> "Typology | None":
        """Cluster the municipalities by their answers: `swt_analysis.typology`.

        None if the round has counts only, or fewer than five answered every scale.
        """
        from swt_analysis.statistics.typology import cluster_municipalities

        scores = self._answered_all(round)
        return None if scores is None else cluster_municipalities(scores, self._points)

    def stability(self, typology: "Typology") -> pd.DataFrame:
        """Tell how much of a typology is left without each scale.

        Returns
        -------
        pandas.DataFrame
            ``scale``, ``label``, ``correlation`` (with the whole; NaN where there is none).
        """
        without = typology.without_scale.rename("correlation").rename_axis("scale").reset_index()
        return labelled(self.with_label(without), self.language)

    def chance_stability(self, round: int | None = None) -> float:
        """Tell how stable a typology of shuffled answers is, in the best of 100 cases but five.

        NaN where there is no typology.
        """
        from swt_analysis.statistics.typology import chance_stability

        scores = self._answered_all(round)
        if scores is None:
            return float("nan")
        return float(pd.Series(chance_stability(scores, self._points)).quantile(0.95))

    def _answered_all(self, round: int | None) -> pd.DataFrame | None:
        scores = self._complete(self._year(round))
        scores = None if scores is None else scores.dropna()
        return None if scores is None or len(scores) < 5 else scores

    @cached_property
    def _points(self) -> dict[int, int]:
        return dict(zip(self.scales["scale"], self.scales["points"], strict=True))

    def paths(self, rounds: Sequence[int] | None = None, scale: Any = None) -> pd.DataFrame:
        """Give where every municipality stands in each round that tells it.

        The answers of a municipality that became part of another count there, as
        ``mergers.csv`` says.

        Parameters
        ----------
        rounds : sequence of int, optional
            Years; all if not given. Rounds that have counts only are left out.
        scale : int or several, optional
            Numbers of scales; all if not given.

        Returns
        -------
        pandas.DataFrame
            ``round``, ``municipality``, ``scale``, ``label``, ``left``, ``right``, ``points``,
            ``point``.
        """
        known = self.rounds
        years = chosen("round", rounds, known["round"])
        scored = known.loc[(known["form"] == "scores") & known["round"].isin(years), "round"]
        scores = self.chosen_rows("choice_scale_scores", scale=scale)
        scores = scores[scores["round"].isin(scored)]
        if len(scored):
            scores = carry_on(scores, self.tables["mergers"], int(scored.max()))
        columns = ["round", "municipality", "scale", "label", "left", "right", "points", "point"]
        return labelled(self.with_label(scores, "left", "right", "points")[columns], self.language)

    def pair(self, first: int | None = None, last: int | None = None) -> RoundPair:
        """Give two rounds to compare: the last, and the one before it, if not given."""
        years = self.rounds["round"].to_list()
        (last,) = chosen("round", last, years)[-1:]
        earlier = [year for year in years if year < last] or [last]
        (first,) = chosen("round", first, years) if first else earlier[-1:]
        return RoundPair(self, int(first), int(last))

    def medians(self) -> pd.DataFrame:
        """Put the medians of all rounds side by side: rows by ``scale`` and ``label``."""
        wide = medians(self.tables["scale_summaries"])
        return self.with_label(wide).set_index(["scale", "label"])

    def polls(self) -> pd.DataFrame:
        """Give the national polls, each with bounds on the share of all municipalities.

        Returns
        -------
        pandas.DataFrame
            The columns of ``national_reference`` and those of
            `swt_analysis.statistics.robustness.poll_bounds`; ``low`` and ``high`` are the ends
            of ``possible_share``.
        """
        polls = robustness.poll_bounds(self.table("national_reference"))
        ends = {end: polls["possible_share"].str[i] for i, end in enumerate(("low", "high"))}
        named = [poll_name(poll, self.language) for poll in polls["poll"]]
        return labelled(polls.assign(poll=named, **ends), self.language, "national_reference")

    @property
    def region(self) -> str:
        """The region of the study, as ``study.toml`` calls it."""
        return str(self.settings.get(f"region_{self.language}", text("index.here", self.language)))

    def response(self) -> pd.DataFrame:
        """Tell who took part in each round, and who answered the choice scales."""
        rounds = self.rounds
        forms = {
            form: text(f"round_form.{form}", self.language) for form in rounds["form"].unique()
        }
        return labelled(rounds.assign(form=rounds["form"].map(forms)), self.language, "rounds")

    def state_of_play(
        self, status: Any = None, *, form: Any = None, round: Any = None, municipality: Any = None
    ) -> pd.DataFrame:
        """Tell how far each municipality is with its teams, and in what form.

        Parameters
        ----------
        status, form : str or several, optional
            Codes or labels: ``"roll-out"`` and ``"uitrol"`` are the same.
        round : int or several, optional
            Years of rounds.
        municipality : str or several, optional
            Names.

        Returns
        -------
        pandas.DataFrame
            ``round``, ``municipality``, ``on_scheme``, ``in_ebook`` (true or false), ``status``,
            ``form``, ``atypical_team`` (labels, ordered categories), ``code`` (CBS), ``note``,
            ``source``.

        Raises
        ------
        UnknownError
            If there is no such status, form, round or municipality.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study().state_of_play("uitrol")["municipality"].to_list()
        ['Haarlem', 'Heemskerk', 'Purmerend', 'Zaanstad']
        """
        table = self.chosen_rows("municipality_rounds", round=round, municipality=municipality)
        for kind, wanted in (("status", status), ("form", form)):
            if wanted is not None:
                several = [wanted] if isinstance(wanted, str) else wanted
                table = table[table[kind].isin([self.code_of(kind, one) for one in several])]
        frame = self.with_labels(table, "status", "form", "atypical_team")
        names = ["round", "municipality", "on_scheme", "in_ebook", "status", "form"]
        names += ["atypical_team", "code", "note", "source"]
        return labelled(frame[names].reset_index(drop=True), self.language, "municipality_rounds")

    def with_teams(self) -> pd.DataFrame:
        """Count by round how many municipalities work with teams, of those it is known of.

        Returns
        -------
        pandas.DataFrame
            ``region`` (its name), ``year`` of the round, ``count`` (rolled out or as a pilot),
            ``n`` (whose state of play is known); for `plot_polls`.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study().with_teams()[["year", "count", "n"]].to_numpy().tolist()
        [[2014, 8, 11]]
        """
        known = self.table("municipality_rounds").dropna(subset="status")
        by_round = known["status"].isin(["roll-out", "pilot"]).groupby(known["round"])
        counted = by_round.agg(["sum", "size"]).reset_index()
        counted = counted.set_axis(["year", "count", "n"], axis="columns")
        counted.insert(0, "region", self.region)
        return labelled(counted, self.language, "national_reference")

    def mentions_by_theme(self) -> pd.DataFrame:
        """Tell which municipality is named under which theme, and for what, in the note's order.

        Returns
        -------
        pandas.DataFrame
            ``place`` (O1.2: observation 1, theme 2), ``part`` (code), ``number``, ``theme``
            (their numbers), ``label`` of the theme, ``municipality``, ``subject``, ``round``,
            ``source``.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study().mentions_by_theme()["place"].to_list()[0]
        'O1.2'
        """
        keys = ["part", "number", "theme"]
        labels = self.table("themes")[[*keys, "label"]]
        named = self.table("mentions").merge(labels, "left", on=keys)
        named = named.sort_values(keys, kind="stable", ignore_index=True)
        letters = named["part"].str[:1].str.upper()
        place = letters + named["number"].astype(str) + "." + named["theme"].astype(str)
        names = ["place", *keys, "label", "municipality", "subject", "round", "source"]
        return labelled(
            named.assign(place=place)[names], self.language, "mentions", label="theme_label"
        )

    def characteristics(self) -> pd.DataFrame:
        """Give what characterises the teams together: ``aspect`` (label), ``text``, ``source``."""
        frame = self.with_labels(self.table("characteristics"), "aspect")
        return labelled(frame[["aspect", "text", "source"]], self.language, "characteristics")

    def checklist(self) -> pd.DataFrame:
        """Give the questions of the interview, with their block and its minutes."""
        questions = self.table("checklist")
        blocks = categories(questions["block"], self.labels("block"))
        return labelled(questions.assign(block=blocks), self.language, "checklist")

    def _year(self, round: int | None) -> int:
        return int(chosen("round", round, self.rounds["round"])[-1])
