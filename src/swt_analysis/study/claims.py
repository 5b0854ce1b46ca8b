"""What a study's text claims in numbers, and whether its data agree."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from swt_analysis import schema
from swt_analysis.statistics.claims import naming
from swt_analysis.study.codings import coder_agreement, with_codings
from swt_analysis.study.groups import GroupedStudy
from swt_analysis.study.labels import categories, claims_in_words
from swt_analysis.study.own_claims import judge_own
from swt_analysis.study.tables import chosen, labelled
from swt_analysis.text import located

_PART = r"^(annex \d+, section \d+|[^,;]+)"  # of where a claim stands
_CLAIM = ("round", "claim", "paraphrase", "stated", "measured", "verdict", "reason", "source")


class JudgedStudy(GroupedStudy):
    """A study with the claims of its note, of others, and of one's own."""

    def claims(
        self,
        *,
        verdict: str | None = None,
        kind: str | Sequence[str] | None = None,
        scale: int | None = None,
        municipality: str | None = None,
        round: Any = None,
        own: bool = False,
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
        own : bool
            Give the claims that others made (``stated_by``) instead of those of the note.

        Returns
        -------
        pandas.DataFrame
            In the note's order: ``round``, ``claim`` (its key), ``paraphrase``, ``stated`` and
            ``measured`` in words, ``verdict`` (ordered categories), ``reason``, ``source``,
            ``kind``, ``subject``, ``set``, ``base``, ``stated_by``; ``group``, the same for claims
            that say one thing or contradict one figure; ``part``, the part of the note it is in.

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
        claims = claims[claims["stated_by"].notna() == own]
        if verdict is not None:
            claims = claims[claims["verdict"] == self.code_of("verdict", verdict)]
        if kind is not None:
            kinds = [kind] if isinstance(kind, str) else kind
            claims = claims[claims["kind"].isin([self.code_of("claim_kind", one) for one in kinds])]
        if scale is not None:
            number = chosen("scale", scale, self.scales["scale"])[0]
            claims = claims[(claims["kind"] == "scale") & (claims["subject"] == str(number))]
        if municipality is not None:
            (name,) = chosen("municipality", municipality, self.municipalities["municipality"])
            claims = naming(claims, name)
        worded = self._in_words(claims).assign(
            verdict=categories(claims["verdict"], self.labels("verdict")),
            kind=categories(claims["kind"], self.labels("claim_kind")),
            part=claims["source"].str.extract(_PART, expand=False).map(self._place),
            group=claims["group"].fillna(claims["claim"]),
        )
        columns = [*_CLAIM, "kind", "subject", "set", "base", "stated_by", "group", "part"]
        frame = worded[columns].reset_index(drop=True)
        return labelled(frame, self.language, "claims")

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
                "verdict": self.labels("verdict").get(worded["verdict"], worded["verdict"]),
                "why": worded[f"reason_{self.language}"],
            }
        )
        answer.attrs["verdict"] = worded["verdict"]
        return answer

    def codings(self) -> pd.DataFrame:
        """Give the verdicts of others on the claims, beside the computed ones.

        Returns
        -------
        pandas.DataFrame
            A row a claim and coder (``codings.csv`` of a round): ``round``, ``claim``,
            ``paraphrase``, ``coder``, ``coded`` (the coder's verdict), ``verdict``, ``reason``,
            ``source``.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> coded = swt.open_study(language="en").codings()
        >>> bool((coded["coded"] == coded["verdict"]).mean() > 0.9)
        True
        """
        order = self.labels("verdict")
        told = with_codings(self.chosen_rows("claims"), self.tables["codings"])
        names = ["round", "claim", "paraphrase", "coder", "coded", "verdict", "reason", "source"]
        worded = told.assign(coded=told["coded"].map(order), verdict=told["verdict"].map(order))
        return labelled(worded[names].reset_index(drop=True), self.language, "claims")

    def coder_agreement(self) -> pd.DataFrame:
        """Say how far each coder of the claims agrees with the computed verdicts.

        Returns
        -------
        pandas.DataFrame
            A row a coder: ``coder``, ``claims_coded``, ``agreeing``, ``share`` (0 to 1),
            ``kappa`` (Cohen's, for categories without order: Cohen 1960).

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study().coder_agreement().columns.to_list()
        ['coder', 'claims_coded', 'agreeing', 'share', 'kappa']
        """
        verdicts = schema.PROCESSED["claims"].columns["verdict"].words
        coded = with_codings(self.tables["claims"], self.tables["codings"])
        return labelled(coder_agreement(coded, verdicts), self.language)

    def _place(self, source: str) -> str:
        """Say where in a source something stands."""
        return located(source, self.labels("locator"))

    def _in_words(self, claims: pd.DataFrame) -> pd.DataFrame:
        return claims_in_words(claims, self.labels("comparison"), self.language)
