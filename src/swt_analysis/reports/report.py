"""What a notebook shows that is to be a page: a finding, sentences, tables, figures, sources.

All of it is shown as any notebook program shows it, also where it is not trusted: Markdown,
plain tables, pictures with a text alternative. What a page has more (numbers, downloads, drawings
that scale) `render` makes of it.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from swt_analysis.figures import laid_out, style, thumbnail, to_png, to_svg, wide
from swt_analysis.problems import InvalidError, unknown
from swt_analysis.reports import tables
from swt_analysis.reports.citation import reference
from swt_analysis.reports.claim_choices import choices
from swt_analysis.reports.downloads import to_csv
from swt_analysis.reports.formulas import FORMULAS
from swt_analysis.reports.html import SVG_KEY, part
from swt_analysis.reports.shown import escaped, figure_of, fold, show
from swt_analysis.study import Study
from swt_analysis.text import LANGUAGES, catalogue, phrase, text

VERDICTS = (
    "differs",
    "other base",
    "undetermined",
    "agrees",
)  # in the order that a reader wants them
CLAIMS = ("paraphrase", "stated", "measured", "verdict", "reason", "source")


class Report:
    """A report in one language on one study, shown piece by piece.

    Every text is given in both languages, side by side; the one that is asked for is shown. A
    text may have ``{names}``, which are filled in as its language writes numbers, ranges and
    lists (`swt_analysis.text.phrase`), and Markdown.

    Parameters
    ----------
    study : Study
        From `open_study`.
    language : str, optional
        ``nl`` or ``en``; that of the study if it is not given.

    Notes
    -----
    What is drawn after it, by whatever library, has the look of the pages' figures.

    Raises
    ------
    UnknownError
        If the language is not one of these.

    Examples
    --------
    >>> import swt_analysis as swt
    >>> report = swt.Report(swt.open_study(), language="en")
    >>> report.say(nl="{n} van de {of}.", en="{n} of {of}.", n=3, of=9)
    Three of nine.
    """

    def __init__(self, study: Study, language: str | None = None) -> None:
        self.study = study
        self.language = language or study.language
        if self.language not in LANGUAGES:
            raise unknown("language", self.language, LANGUAGES)
        look: Any = style()
        plt.rcParams.update(look)
        self._differing = 0
        self._marks: dict[str, list[str]] = {}  # what a page chooses a claim by

    def title(
        self, *, nl: str, en: str, bars: Sequence[int] = (), alike: bool = False, **values: object
    ) -> None:
        """Show what the report found, in a sentence: it heads the page and stands in the index.

        Parameters
        ----------
        nl, en : str
            The sentence.
        bars : sequence of int
            Counts, for a tiny picture beside it in the index.
        alike : bool
            Whether they are no points of a scale, from left to right.
        **values
            For the names in the sentence.
        """
        line = self._written(nl, en, values)
        picture = thumbnail(list(bars), alike=alike) if len(bars) > 1 else ""
        markdown = f"**{self._markdown(nl, en, values)}**"
        show(line, "title", markdown=markdown, line=line, thumbnail=picture)

    def say(self, *, nl: str, en: str, **values: object) -> None:
        """Show a paragraph, a heading (``## ...``) or a list (``- ...``)."""
        show(self._written(nl, en, values), markdown=self._markdown(nl, en, values))

    def table(
        self,
        frame: pd.DataFrame,
        *,
        nl: str,
        en: str,
        decimals: int = 2,
        folded: bool = False,
        as_list: bool = False,
        **values: object,
    ) -> None:
        """Show a table; its first column heads the rows.

        Parameters
        ----------
        frame : pandas.DataFrame
            A column whose name the data dictionary knows is headed by its label, another by its
            name. An index that has a name is a column too.
        nl, en : str
            The caption.
        decimals : int
            Of numbers that are not whole.
        folded : bool
            Whether a page shows only the caption until it is clicked on.
        as_list : bool
            Whether a page shows it as a list: the first column, and the others under it.
        **values
            For the names in the caption.
        """
        kind = "listing" if as_list else "table"
        self._show_rows(kind, frame, nl, en, decimals, values, folded=folded)

    def claims(
        self,
        claims: pd.DataFrame,
        *,
        nl: str,
        en: str,
        columns: Sequence[str] = CLAIMS,
        folded: bool = False,
        **values: object,
    ) -> None:
        """Show claims beside what the data say of them, those that differ first.

        Parameters
        ----------
        claims : pandas.DataFrame
            From `Study.claims`.
        nl, en : str
            The caption.
        columns : sequence of str
            Which columns; one that would be empty throughout is left out.
        folded : bool
            As for a table.
        **values
            For the names in the caption.
        """
        names = self._verdicts()
        self._differing += claims.loc[claims["verdict"] == names[0], "group"].nunique()
        order = pd.CategoricalDtype(names, ordered=True)
        told = claims.astype({"verdict": order}).sort_values("verdict", kind="stable")
        there = [one for one in columns if told[one].replace("", pd.NA).notna().any()]
        verdicts = told["verdict"].cat.codes.to_list()
        marks = [
            self._marks.get(one, [f"v{code}"])
            for one, code in zip(told["claim"], verdicts, strict=True)
        ]
        more: Any = {"folded": folded, "marks": marks, "verdicts": [names[one] for one in verdicts]}
        self._show_rows("claims", told[there], nl, en, 2, values, **more)

    def claim_filters(self, claims: pd.DataFrame) -> None:
        """Let a page choose among the claims that come after it: by verdict, scale, municipality.

        Parameters
        ----------
        claims : pandas.DataFrame
            All that a reader may choose from, as `Study.claims` gives them.
        """
        self._marks, facets = choices(self.study, claims, self._verdicts())
        whole = tables.written(
            claims.drop(columns=["subject", "set", "stated_by", "group", "part"]),
            self.language,
            self.study.labels("locator"),
            0,
        )
        saved = to_csv([whole.headers, *whole.plain], self.language).decode()
        show(text("claims.as_csv", self.language), "filters", {"text/csv": saved}, facets=facets)

    def _show_rows(
        self,
        kind: str,
        frame: pd.DataFrame,
        nl: str,
        en: str,
        decimals: int,
        values: dict[str, object],
        **told: Any,
    ) -> None:
        """Show rows as a plain table with its CSV, and tell a page what more they are."""
        if frame.index.names != [None]:
            frame = frame.rename(index=frame.attrs.get("labels", {})).reset_index()
        if frame.empty:
            self.say(nl=text("page.nothing", "nl"), en=text("page.nothing", "en"))
            return
        caption = self._caption(nl, en, values)
        written = tables.written(frame, self.language, self.study.labels("locator"), decimals)
        if written.round is not None:
            caption = text(
                "page.round_caption", self.language, caption=caption, round=written.round
            )
        bundle: dict[str, object] = {
            "text/html": str(part("plain_table", headers=written.headers, rows=written.cells)),
            "text/csv": to_csv([written.headers, *written.plain], self.language).decode(),
        }
        shown = pd.DataFrame(written.cells, columns=written.headers).to_string(index=False)
        names = ("names", "headers", "cells", "kinds", "matrix")
        told |= {name: getattr(written, name) for name in names}
        show(caption, "caption", markdown=f"*{escaped(caption)}*")
        show(shown, kind, bundle, caption=caption, known=written.plain, **told)

    def numbers(self, *, nl: Mapping[str, str], en: Mapping[str, str], **values: object) -> None:
        """Show the numbers that matter, large, each with what it is.

        Parameters
        ----------
        nl, en : mapping of str to str
            What each number is, and the number: ``{"gaven antwoord": "{n:d} van {of:d}"}``.
        **values
            For the names in them.
        """
        chosen = {"nl": nl, "en": en}[self.language]
        told = [
            (phrase(what, self.language, **values), phrase(number, self.language, **values))
            for what, number in chosen.items()
        ]
        markdown = " · ".join(f"**{escaped(number)}** {escaped(what)}" for what, number in told)
        show(markdown, "numbers", markdown=markdown, numbers=told)

    def figure(
        self,
        drawn: Axes | Callable[[], Axes],
        *,
        nl: str,
        en: str,
        alt_nl: str = "",
        alt_en: str = "",
        **values: object,
    ) -> None:
        """Show a figure with what it tells in words, for who cannot see it.

        Parameters
        ----------
        drawn : matplotlib.axes.Axes, or a function that draws and returns them
            Any of the figure's. Of a function, such as ``lambda: swt.plot_scheme(counts)``, a
            page has two drawings: on a large screen it shows the wider one.
        nl, en : str
            The caption.
        alt_nl, alt_en : str
            The text alternative; the figures of this package bring their own.
        **values
            For the names in the caption and the alternative.

        Raises
        ------
        InvalidError
            If there is no text alternative.
        """
        figure = figure_of(drawn)
        labels = [str(one.get_label()) for one in figure.axes]
        own = " ".join(one for one in labels if one and not one.startswith(("<", "_")))
        alternative = self._written(alt_nl, alt_en, values) or own
        if not alternative:
            raise InvalidError(
                "the figure has no text alternative: say in words what it shows, for who cannot "
                'see it, with report.figure(ax, ..., alt_nl="...", alt_en="...")'
            )
        caption = self._caption(nl, en, values)
        with laid_out(figure):  # once for both
            source = text("page.picture_source", self.language, study=self.study.title)
            picture = to_png(figure, title=caption, source=source)
            words: Any = {"title": caption, "alt": alternative}
            svg = to_svg(figure, key=SVG_KEY, **words)
        plt.close(figure)
        if callable(drawn):
            with wide():
                wider = figure_of(drawn)
            svg_wide = to_svg(wider, key=f"{SVG_KEY}-wide", instead_of=SVG_KEY, **words)
            plt.close(wider)
        bundle: dict[str, object] = {"image/png": base64.b64encode(picture).decode()}
        show(
            alternative,
            "figure",
            bundle,
            {"image/png": {"alt": alternative}},
            caption=caption,
            svg=svg,
            svg_wide=svg_wide if callable(drawn) else "",
        )
        show(caption, "caption", markdown=f"*{escaped(caption)}*")

    def methods(self, *names: str, **values: object) -> None:
        """Show how something was computed, folded in a page: formula, reading and source.

        Parameters
        ----------
        *names : str
            Of methods: those in ``texts.toml``, section ``method``.
        **values
            For the names in those texts.
        """
        summary = text("method.heading", self.language)
        lines = []
        for name in names:
            lines.append(
                phrase(catalogue()["method"][name][self.language], self.language, **values)
            )
            if name in FORMULAS:
                lines.append(f"$$\n{FORMULAS[name]}\n$$")
        fold(summary, "\n\n".join(lines))

    def listing(self, items: Sequence[str], *, nl: str, en: str) -> None:
        """Show a list under a heading, folded in a page: what is long and few read.

        Parameters
        ----------
        items : sequence of str
            Its lines.
        nl, en : str
            The heading.
        """
        fold(self._written(nl, en, {}), "\n".join(f"- {escaped(one)}" for one in items))

    def mergers(self, mergers: pd.DataFrame) -> None:
        """List which municipalities became part of another, and what that does to comparisons.

        Parameters
        ----------
        mergers : pandas.DataFrame
            Rows of the table ``mergers``; nothing is shown of none.
        """
        lines = []
        for row in mergers.to_dict("records"):
            carried = "page.merger_carried" if row["carries_on"] else "page.merger_ended"
            key = "page.merger_renamed" if row["renamed"] else carried
            values = {str(name): escaped(value) for name, value in row.items()}
            lines.append(f"- {text(key, self.language, **values)}")
        if listed := "\n".join(lines):
            show(listed, markdown=listed)

    def provenance(self) -> None:
        """Say which sources and which files of data the report was made from."""
        hashes = dict(sorted(self.study.tables.hashes.items()))
        sources = [
            reference(source, self.language)
            for source in self.study.settings.get("source", [])
            if source.get("table") in (None, *hashes)
        ]
        files = [
            f"- `data/processed/{one}.csv`, sha256 `{hash_[:16]}`" for one, hash_ in hashes.items()
        ]
        markdown = "\n".join([*(f"- {one}" for one in sources), *files])
        show(
            markdown,
            "provenance",
            markdown=markdown,
            sources=list(map(str, sources)),
            tables=hashes,
            differing=self._differing,
        )

    def _verdicts(self) -> list[str]:
        """Name the verdicts as the study does, in the order of `VERDICTS`."""
        return [self.study.labels("verdict").get(one, one) for one in VERDICTS]

    def _written(self, nl: str, en: str, values: dict[str, object]) -> str:
        return phrase({"nl": nl, "en": en}[self.language], self.language, **values)

    def _markdown(self, nl: str, en: str, values: dict[str, object]) -> str:
        """Fill in a text of Markdown, where what is filled in is none."""
        return self._written(nl, en, {name: escaped(value) for name, value in values.items()})

    def _caption(self, nl: str, en: str, values: dict[str, object]) -> str:
        """Give a caption, marked if the data are invented: it travels with what it heads."""
        caption = self._written(nl, en, values)
        if self.study.synthetic:
            return text("page.synthetic_caption", self.language, caption=caption)
        return caption
