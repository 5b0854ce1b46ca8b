"""The data of a study: tidy, labelled, in one language."""

from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd

from swt_analysis.statistics.claims import naming
from swt_analysis.study.groups import GroupedStudy
from swt_analysis.study.labels import categories, claims_in_words
from swt_analysis.study.own_claims import judge_own
from swt_analysis.study.parts import Municipality, Scale
from swt_analysis.study.tables import (
    chosen,
    labelled,
    numbers_as_floats,
)
from swt_analysis.study.topics import Topic
from swt_analysis.text import located, text

_PART = r"^(annex \d+, section \d+|[^,;]+)"  # of where a claim stands
_CLAIM = ("round", "claim", "paraphrase", "stated", "measured", "verdict", "reason", "source")


class Study(GroupedStudy):
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

    def claims(
        self,
        *,
        verdict: str | None = None,
        kind: str | Sequence[str] | None = None,
        scale: int | None = None,
        municipality: str | None = None,
        round: Any = None,
    ) -> pd.DataFrame:
        """Give what the note says in numbers, and whether the data agree.

        Parameters
        ----------
        verdict : str, optional
            Code or label: ``"differs"`` and ``"wijkt af"`` are the same.
        kind : str or several, optional
            Codes or labels.
        scale : int, optional
            Only claims on this scale.
        municipality : str, optional
            Only claims that name it, in their text or among those they count.
        round : int or several, optional
            Years of rounds.

        Returns
        -------
        pandas.DataFrame
            In the note's order: ``round``, ``claim`` (its key), ``paraphrase``, ``stated`` and
            ``measured`` in words, ``verdict`` (ordered categories), ``reason``, ``source``,
            ``kind``, ``subject``, ``set``, ``base``; ``part``, the part of the note it is in.

        Raises
        ------
        UnknownError
            If there is no such verdict, kind, scale, municipality or round.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> study = swt.open_study(language="en")
        >>> study.claims(scale=2)[["stated", "measured", "verdict"]].head(2)
          stated measured verdict
        0      5        5  agrees
        1      3        3  agrees
        """
        claims = self.chosen_rows("claims", round=round)
        if verdict is not None:
            claims = claims[claims["verdict"] == self.code_of("verdict", verdict)]
        if kind is not None:
            kinds = [kind] if isinstance(kind, str) else kind
            claims = claims[claims["kind"].isin([self.code_of("claim_kind", one) for one in kinds])]
        if scale is not None:
            number = self.scale(scale).number
            claims = claims[(claims["kind"] == "scale") & (claims["subject"] == str(number))]
        if municipality is not None:
            claims = naming(claims, self.municipality(municipality).name)
        worded = self._in_words(claims).assign(
            verdict=categories(claims["verdict"], self.labels("verdict")),
            kind=categories(claims["kind"], self.labels("claim_kind")),
            part=claims["source"].str.extract(_PART, expand=False).map(self._place),
        )
        columns = [*_CLAIM, "kind", "subject", "set", "base", "part"]
        frame = worded[columns].reset_index(drop=True)
        return labelled(frame, self.language, "claims")

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

    def judge(
        self,
        subject: str,
        set: str = "",
        comparison: str = "=",
        stated: int | str = "",
        *,
        base: int | None = None,
        round: int | None = None,
    ) -> pd.Series:
        """Hold a claim of your own against the data.

        The verdict is computed as that of the note's claims: *agrees* if the claim holds for all
        numbers that the data leave possible, *differs* if for none, else *undetermined*.

        Parameters
        ----------
        subject : str
            What is counted: ``"scale 4"``, ``"participant social_work"``, ``"status pilot"``,
            ``"form fixed team"``, or another kind and subject of ``data/raw/README.md``, section
            Claims. Words may be Dutch.
        set : str
            Which part of it: points of a scale (``"4-5"``), two sets to compare (``"1-2 vs
            4-5"``), or names set apart by semicolons.
        comparison : str
            Code or label: ``"="``, ``"at least"``, ``"more than half"``, ``"meer dan de helft"``.
        stated : int or str
            The number claimed, with ``=``, ``at least``, ``at most``, ``only``; two numbers
            (``"90-150"``) with ``between``.
        base : int, optional
            Of how many it is said.
        round : int, optional
            The round meant; the last if not given.

        Returns
        -------
        pandas.Series
            ``stated``, ``measured``, ``verdict`` and ``why``, in words of the study's language;
            ``attrs["verdict"]`` is the code.

        Raises
        ------
        UnknownError
            If there is no such kind, comparison or round.
        InvalidError
            If the claim cannot be read; it says what may stand there.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> study = swt.open_study(language="en")
        >>> answer = study.judge("scale 4", set="4-5", comparison="more than half")
        >>> print(answer["verdict"], "-", answer["why"])
        agrees - Count: 5 of 9 municipalities chose point 4 or 5.
        """
        year = chosen("round", round, self.rounds["round"])[-1]
        said = {"set": set, "comparison": comparison, "stated": str(stated)}
        number = "" if base is None else str(base)
        judged = judge_own(self.tables, year, subject, **said, base=number).iloc[[0]]
        worded = self._in_words(judged).iloc[0]
        answer = pd.Series(
            {
                "stated": worded["stated"],
                "measured": worded["measured"],
                "verdict": self.labels("verdict")[worded["verdict"]],
                "why": worded[f"reason_{self.language}"],
            }
        )
        answer.attrs["verdict"] = worded["verdict"]
        return answer

    def _place(self, source: str) -> str:
        """Say where in a source something stands."""
        return located(source, self.labels("locator"))

    def _in_words(self, claims: pd.DataFrame) -> pd.DataFrame:
        return claims_in_words(claims, self.labels("comparison"), self.language)

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
