"""The data of a study: tidy, labelled, in one language."""

from html import escape
from typing import Any

import pandas as pd

from swt_analysis.study.claims import JudgedStudy
from swt_analysis.study.parts import Municipality, Scale
from swt_analysis.study.search import look_for
from swt_analysis.study.tables import chosen, labelled, numbers_as_floats
from swt_analysis.study.topics import Topic
from swt_analysis.text import text


class Study(JudgedStudy):
    """A study: its tables, and what they say of scales, municipalities and claims.

    Made by `open_study`. Filters take one value or several, codes or labels in either language.

    Attributes
    ----------
    folder : StudyFolder
        Where its parts are.
    language : str
        ``nl`` or ``en``.
    tables : Tables
        The processed tables by name, codes and both languages in them.

    Examples
    --------
    >>> import swt_analysis as swt
    >>> study = swt.open_study(language="en")
    >>> study.scales.loc[3, "label"]
    'Target groups'
    """

    def counts(self, round: Any = None, scale: Any = None) -> pd.DataFrame:
        """Tell how many municipalities stand at each point of each scale.

        Parameters
        ----------
        round, scale : int or several, optional
            Years of rounds, numbers of scales; all if not given.

        Returns
        -------
        pandas.DataFrame
            A row a point, those that nobody chose too: ``round``, ``scale``, ``label`` (ordered
            categories), ``left`` and ``right`` (the poles), ``points`` (of the scale), ``point``,
            ``count`` (municipalities).

        Raises
        ------
        UnknownError
            If there is no such round or scale; it lists those that there are.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> study = swt.open_study(language="en")
        >>> study.counts(round=2014, scale=4)["count"].to_list()
        [1, 2, 1, 5, 0]
        """
        counts = self.chosen_rows("choice_scale_counts", round=round, scale=scale)
        columns = ["round", "scale", "label", "left", "right", "points", "point", "count"]
        return labelled(self.with_label(counts, "left", "right", "points")[columns], self.language)

    def scores(
        self, round: Any = None, scale: Any = None, municipality: Any = None
    ) -> pd.DataFrame:
        """Tell which municipality stands where, as far as is known.

        Of a count-only round these are the few placements that its note gives away, no sample:
        ``attrs["count_only"]`` lists such rounds, and a statistic that needs all scores refuses
        them.

        Parameters
        ----------
        round, scale : int or several, optional
            As for `counts`.
        municipality : str or several, optional
            Names.

        Returns
        -------
        pandas.DataFrame
            ``round``, ``municipality``, ``scale``, ``label`` (ordered categories), ``left`` and
            ``right`` (the poles), ``points`` (of the scale), ``point`` (NaN: no answer),
            ``certainty`` (label: who says so), ``note`` and ``source``.

        Raises
        ------
        UnknownError
            If there is no such round, scale or municipality.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> study = swt.open_study(language="en")
        >>> study.scores(municipality="Haarlem")[["round", "scale", "point"]]
           round  scale  point
        0   2014      2      1
        """
        scores = self.chosen_rows(
            "choice_scale_scores", round=round, scale=scale, municipality=municipality
        )
        poles, told = ("left", "right", "points"), ("certainty", "note", "source")
        columns = ["round", "municipality", "scale", "label", *poles, "point", *told]
        worded = self.with_labels(self.with_label(scores, *poles), "certainty")
        frame = numbers_as_floats(worded[columns])
        rounds = self.rounds
        only = rounds.loc[rounds["form"] != "scores", "round"].to_list()
        frame.attrs["count_only"] = [year for year in only if year in set(frame["round"])]
        return labelled(frame, self.language)

    def summaries(self, round: Any = None, scale: Any = None) -> pd.DataFrame:
        """Give each scale of each round in numbers.

        Parameters
        ----------
        round, scale : int or several, optional
            As for `counts`.

        Returns
        -------
        pandas.DataFrame
            ``round``, ``scale``, ``label`` (ordered categories), ``n`` and ``no_answer``
            (municipalities), ``modes`` (points, a text), ``low_median``, ``high_median`` (points),
            ``left``, ``middle``, ``right`` (municipalities), ``balance`` (share of 1),
            ``leik_d``, ``agreement``; NaN where nobody answered. See `swt_analysis.summarise`.

        Raises
        ------
        UnknownError
            If there is no such round or scale.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study().summaries(scale=4)[["n", "left", "middle", "right"]].to_numpy()
        array([[9, 3, 1, 5]])
        """
        summaries = self.chosen_rows("scale_summaries", round=round, scale=scale)
        columns = [*summaries.columns[:2], "label", *summaries.columns[2:]]
        frame = self.with_label(summaries)[columns]
        return labelled(numbers_as_floats(frame), self.language, "scale_summaries")

    def scale(self, number: int) -> Scale:
        """Give one choice scale.

        Parameters
        ----------
        number : int
            Its number, in the instrument's order.

        Raises
        ------
        UnknownError
            If there is no such scale; it says which there are.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study().scale(4).label
        'Doelgroepen'
        >>> swt.open_study().scale(12)
        Traceback (most recent call last):
        ...
        swt_analysis.problems.UnknownError: scale 12: there are 1 to 11
        """
        scales = self.scales.set_index("scale")
        chosen("scale", number, scales.index.to_list())
        return Scale(self, number, **scales.loc[number, ["label", "left", "right", "points"]])

    def municipality(self, name: str) -> Municipality:
        """Give one municipality.

        Parameters
        ----------
        name : str
            As in ``study.municipalities``.

        Raises
        ------
        UnknownError
            If there is none of that name; it says which are near.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study().municipality("Harlem")
        Traceback (most recent call last):
        ...
        swt_analysis.problems.UnknownError: there is no municipality 'Harlem'; did you mean ...
        """
        chosen("municipality", name, self.municipalities["municipality"])
        return Municipality(self, name)

    def topic(self, part: str, number: int) -> Topic:
        """Give one observation or reflection of the note.

        Parameters
        ----------
        part : str
            Code or label: ``observation`` or ``reflection``.
        number : int
            Its number.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study(language="en").topic("observation", 2).label
        'An energising process of trial and error'
        """
        code = self.code_of("part", part)
        topics = self.table("topics")
        here = topics[topics["part"] == code].set_index("number")
        chosen(code, number, here.index)
        return Topic(self, code, int(number), str(here.loc[number, "label"]))

    def look_for(self, words: str) -> pd.DataFrame:
        """Find words in all that the study says: scales, poles, questions, claims, facts, labels.

        Parameters
        ----------
        words : str
            Capitals and accents do not matter.

        Returns
        -------
        pandas.DataFrame
            In the study's language: ``table``, ``which`` (the key of the row), ``text``,
            ``source``.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> found = swt.open_study().look_for("regie")
        >>> found.loc[found["table"] == "scales", ["which", "text"]].values.tolist()
        [['9', 'Mate regie van de cliënt/burger']]
        """
        return look_for(self, words)

    def __repr__(self) -> str:
        return f"{self._heading()}\n{self._overview().to_string(index=False)}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._heading())}</p>{self._overview().to_html(index=False)}"

    def _heading(self) -> str:
        warning = f" {text('page.synthetic', self.language)}" if self.synthetic else ""
        return f"{self.title} ({self.folder.root}).{warning}"

    def _overview(self) -> pd.DataFrame:
        rounds = self.rounds
        forms = {form: text(f"round_form.{form}", self.language) for form in set(rounds["form"])}
        counted = self.tables["choice_scale_counts"].groupby("round")["scale"].nunique()
        table = rounds.assign(
            form=rounds["form"].map(forms),
            scales=rounds["round"].map(counted).fillna(0).astype(int),
        )
        labels = rounds.attrs["labels"] | {"scales": text("column.scales", self.language)}
        return table.rename(columns=labels)
