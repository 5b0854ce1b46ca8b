"""One choice scale, and one municipality, of a study."""

from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from swt_analysis import schema
from swt_analysis.study.tables import chosen, labelled, low_and_high, theme_places
from swt_analysis.text import text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from swt_analysis.study.views import Study

_THEME = {"label": "theme_label", "theme": "theme_number"}  # what readers call these of a theme


class Scale:
    """A choice scale of a study, with what every round says of it.

    Made by `Study.scale`.

    Attributes
    ----------
    number : int
        In the instrument's order.
    label, left, right : str
        Its name and its poles, in the study's language.
    points : int
        How many it has: 1 is at the left pole.

    Examples
    --------
    >>> import swt_analysis as swt
    >>> this = swt.open_study(language="en").scale(4)
    >>> this.left, this.right
    ('all citizens', 'specific target group')
    """

    def __init__(
        self, study: "Study", number: int, *, label: str, left: str, right: str, points: int
    ) -> None:
        self.number, self.label, self.points = int(number), label, int(points)
        self.left, self.right = left, right
        self._study = study

    @property
    def rounds(self) -> list[int]:
        """Years of the rounds that have counts of it."""
        years: list[int] = self.counts()["round"].drop_duplicates().to_list()
        return years

    def counts(self, round: Any = None) -> pd.DataFrame:
        """Tell how many municipalities stand at each point: `Study.counts` of this scale.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study().scale(4).counts(2014)["count"].to_list()
        [1, 2, 1, 5, 0]
        """
        return self._study.counts(round, self.number)

    def scores(self, round: Any = None) -> pd.DataFrame:
        """Tell which municipality stands where: `Study.scores` of this scale.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study().scale(2).scores()["municipality"].to_list()
        ['Haarlem']
        """
        return self._study.scores(round, self.number)

    def summary(self) -> pd.DataFrame:
        """Give the scale in numbers, a row a round.

        Returns
        -------
        pandas.DataFrame
            Columns of `Study.summaries`; the index is ``round``.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> sides = swt.open_study().scale(4).summary().loc[2014]
        >>> print(f"{sides.left} of {sides.n} left, {sides.right} right")
        3 of 9 left, 5 right
        """
        summary = self._study.summaries(scale=self.number).set_index("round")
        return summary.drop(columns=["scale", "label"])

    def bounds(self, round: int | None = None) -> pd.DataFrame:
        """Tell how firm the summary is: by who counts, the least and the most that can be true.

        Parameters
        ----------
        round : int, optional
            Its year; the last that has counts if not given.

        Returns
        -------
        pandas.DataFrame
            Rows ``answered`` (those that did), ``everyone`` (whatever those that did not answer
            had chosen) and ``without`` (atypical teams left out), as far as they differ. Columns
            ``n``, and ``low`` and ``high`` of ``left``, ``middle``, ``right`` (municipalities),
            ``median``, ``lower_quartile``, ``upper_quartile`` (points), ``leik_d``,
            ``mean_deviation`` (points), ``agreement``; missing where the data cannot tell.
            ``attrs["labels"]`` has what readers call rows and columns.

        Raises
        ------
        UnknownError
            If there is no such round.

        References
        ----------
        Manski, C. F. (1989). Anatomy of the selection problem. Journal of Human Resources 24(3),
        343-360.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> firm = swt.open_study().scale(4).bounds(2014)
        >>> firm.loc["everyone", "left"].to_list()
        [3, 5]
        """
        from swt_analysis.statistics.robustness import round_sensitivity

        year = chosen("round", round, self.rounds)[-1]
        tables = self._study.tables
        counts, scores = tables["choice_scale_counts"], tables["choice_scale_scores"]
        firm = round_sensitivity(
            year,
            counts[counts["scale"] == self.number],
            scores=scores[scores["scale"] == self.number],
            rounds=tables["rounds"],
            places=tables["municipality_rounds"],
        ).set_index("who")
        firm = firm.drop(columns="scale").rename(
            columns={"left_count": "left", "right_count": "right"}
        )
        ends = low_and_high(firm.drop(columns="n"))
        ends.insert(0, ("n", ""), firm["n"].astype("int64"))
        language = self._study.language
        frame = labelled(ends, language)
        names = {name: schema.label(name, language, "scale_summaries") for name in firm.columns}
        who = {key: text(f"robust.{key}", language, n=n) for key, n in firm["n"].items()}
        frame.attrs["labels"] = {**names, **who}
        return frame

    def claims(self, round: Any = None) -> pd.DataFrame:
        """Give what the note says of it in numbers: `Study.claims` of this scale.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study(language="en").scale(1).claims()["measured"].to_list()[0]
        '5 against 2'
        """
        return self._study.claims(scale=self.number, round=round)

    def themes(self) -> pd.DataFrame:
        """Give the themes that bear on it.

        Returns
        -------
        pandas.DataFrame
            ``label`` (of the theme), ``part`` (label), ``number`` and ``theme`` (their numbers),
            ``place`` (all three in words), ``certainty`` (label): who says so.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> list(swt.open_study().scale(4).themes())
        ['label', 'part', 'number', 'theme', 'place', 'certainty']
        """
        study, keys = self._study, ["part", "number", "theme"]
        references = study.table("cross_references")
        bearing = references[
            (references["to"] == "scale") & (references["to_number"] == self.number)
        ].merge(study.table("themes")[[*keys, "label"]], on=keys)
        frame = bearing.assign(
            place=theme_places(bearing[keys], study.labels("locator")),
            part=bearing["part"].map(study.labels("part")),
            certainty=bearing["certainty"].map(study.labels("certainty")),
        )
        frame = frame[["label", *keys, "place", "certainty"]]
        return labelled(frame, study.language, "cross_references", **_THEME)

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw it: a tile a municipality at each point, by round; see `swt_analysis.plot_scale`.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new one if not given.

        Returns
        -------
        matplotlib.axes.Axes
        """
        import swt_analysis as swt

        counts, scores, no_answer = self._drawn
        axes: Axes = swt.plot_scale(
            counts, scores=scores, no_answer=no_answer, language=self._study.language, ax=ax
        )
        return axes

    @cached_property
    def _drawn(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
        """What a figure shows; a page has a narrow and a wide one."""
        return self.counts(), self.scores(), self.summary()["no_answer"]

    def _wide(self) -> pd.DataFrame:
        return self.counts().pivot(index="round", columns="point", values="count")

    def _heading(self) -> str:
        return text(
            "figure_choice_scale.alt_scale",
            self._study.language,
            scale=self.number,
            label=self.label,
            left=self.left,
            right=self.right,
            points=self.points,
        )

    def __repr__(self) -> str:
        return f"{self._heading()}\n{self._wide().to_string()}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._heading())}</p>{self._wide().to_html()}"


class Municipality:
    """A municipality of a study, with all that is known of it.

    Made by `Study.municipality`.

    Attributes
    ----------
    name : str
        Its name.

    Examples
    --------
    >>> import swt_analysis as swt
    >>> haarlem = swt.open_study(language="en").municipality("Haarlem")
    >>> haarlem.state_of_play()["status"].to_list()
    ['roll-out in all neighbourhoods']
    """

    def __init__(self, study: "Study", name: str) -> None:
        self.name = name
        self._study = study

    def state_of_play(self) -> pd.DataFrame:
        """Tell how far it is with its teams, by round: `Study.state_of_play`."""
        return self._study.state_of_play(municipality=self.name)

    def facts(self) -> pd.DataFrame:
        """Give what the note tells of it by name.

        Returns
        -------
        pandas.DataFrame
            ``round``, ``fact`` (a phrase), ``source``.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study(language="en").municipality("Alkmaar").facts()["fact"].to_list()[0]
        'Is considering case managers who hold the talks at the kitchen table'
        """
        study = self._study
        facts, phrases = (
            study.chosen_rows("facts", municipality=self.name),
            study.table("fact_labels"),
        )
        exact = facts.merge(phrases, "left", on=["fact", "value"])["label"]
        free = phrases[phrases["value"] == "*"].set_index("fact")["label"]
        # A phrase for any value has a place for it.
        told = [
            str(free.get(fact, fact)).replace("{value}", value) if pd.isna(phrase) else phrase
            for fact, value, phrase in zip(facts["fact"], facts["value"], exact, strict=True)
        ]
        return labelled(
            facts.assign(fact=told)[["round", "fact", "source"]], study.language, "facts"
        )

    def scores(self, round: Any = None) -> pd.DataFrame:
        """Tell where it stands, as far as is known: `Study.scores`."""
        return self._study.scores(round, municipality=self.name)

    def peers(self) -> pd.DataFrame:
        """Tell how many others stand left of it, at its point and right of it.

        Counts suffice, so it holds for a count-only round too.

        Returns
        -------
        pandas.DataFrame
            Rows of `scores` with a point, by round and scale; ``left`` and ``right`` (the poles),
            ``further_left``, ``same_point``, ``further_right`` (other municipalities) beside them.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> haarlem = swt.open_study().municipality("Haarlem")
        >>> haarlem.peers()[["further_left", "same_point", "further_right"]].to_numpy().tolist()
        [[0, 0, 8]]
        """
        from swt_analysis.statistics import among_peers

        beside = among_peers(self.scores(), self._study.tables["choice_scale_counts"])
        beside = beside.sort_values(["round", "scale"], ignore_index=True)
        return labelled(beside, self._study.language, label="scale_label")

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw it among the others in the last round: see `swt_analysis.plot_profile`.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new one if not given.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        ValueError
            If no round has answers yet.
        """
        import swt_analysis as swt

        counts, scores = self._drawn
        axes: Axes = swt.plot_profile(
            counts, scores, name=self.name, language=self._study.language, ax=ax
        )
        return axes

    @cached_property
    def _drawn(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """What a figure shows; a page has a narrow and a wide one."""
        counts = self._study.counts()
        return counts[counts["round"] == counts["round"].max()], self.scores()

    def mergers(self) -> pd.DataFrame:
        """List the mergers that it was part of: `Report.mergers` says them in words."""
        mergers = self._study.table("mergers")
        return mergers[(mergers["municipality"] == self.name) | (mergers["into"] == self.name)]

    def mentions(self) -> pd.DataFrame:
        """Tell under which themes the note names it.

        Returns
        -------
        pandas.DataFrame
            ``round``, ``part`` (label), ``number``, ``theme`` (their numbers), ``label`` (of the
            theme), ``subject`` (what is said), ``source``.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study().municipality("Heemskerk").mentions()["theme"].to_list()[0]
        2
        """
        study, keys = self._study, ["part", "number", "theme"]
        found = study.chosen_rows("mentions", municipality=self.name)
        found = found.merge(study.table("themes")[[*keys, "label"]], "left", on=keys)
        frame = study.with_labels(found, "part")[["round", *keys, "label", "subject", "source"]]
        return labelled(frame, study.language, "mentions", **_THEME)

    def claims(self) -> pd.DataFrame:
        """Give the claims that name it: `Study.claims`."""
        return self._study.claims(municipality=self.name)

    def _overview(self) -> pd.DataFrame:
        state = self.state_of_play()
        shown = state[["round", "status", "form"]].assign(
            scales=[len(self.scores(year).dropna(subset="point")) for year in state["round"]]
        )
        labels = state.attrs["labels"] | {"scales": text("column.scales", self._study.language)}
        return shown.rename(columns=labels)

    def __repr__(self) -> str:
        return f"{self.name}\n{self._overview().to_string(index=False)}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.name)}</p>{self._overview().to_html(index=False)}"
