"""What a notebook shows: heading, sections, tables, figures, and where it all comes from."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import pandas as pd
from markupsafe import Markup

from swt_analysis.figures.plots import Drawing, to_svg
from swt_analysis.files import slugs
from swt_analysis.folder import find_folder, study_settings, study_title
from swt_analysis.problems import UserError
from swt_analysis.processed import ensure_processed, read_processed
from swt_analysis.reports import downloads, tables
from swt_analysis.reports.catalogue import find_report, title
from swt_analysis.reports.citation import reference, software
from swt_analysis.reports.formulas import FORMULAS, mathml
from swt_analysis.reports.heat import heat_table
from swt_analysis.reports.html import Html, part
from swt_analysis.reports.wording import Wording
from swt_analysis.statistics.claims import differing_first
from swt_analysis.text import LANGUAGES, located

Value = TypeVar("Value")


class ParameterError(UserError, ValueError):
    """A notebook was given a parameter that does not exist."""


class Page(Wording):
    """A report in one language on one study, to be shown piece by piece.

    Parameters
    ----------
    name : str
        Name of the report, which is the section of its texts.
    language : str
        ``nl`` or ``en``.
    study : str
        The study's folder or one inside it.
    **parameters
        What the notebook is given besides, for the title and the names of downloads.

    Raises
    ------
    ParameterError
        If the language is not one of these.
    """

    def __init__(
        self, name: str, *, language: str = "nl", study: str = ".", **parameters: object
    ) -> None:
        super().__init__(name, existing("language", language, LANGUAGES))
        self.study = find_folder(Path(study))
        ensure_processed(self.study)  # a notebook opened in a fresh clone
        self.data = read_processed(self.study)
        self.settings = study_settings(self.study)
        self._synthetic = bool(self.settings.get("synthetic", False))
        self._parameters = parameters
        self._shown = {"figure": 0, "table": 0}
        self._differing = 0

    def claims(self, judged: pd.DataFrame) -> pd.DataFrame:
        """Write judged claims for a table, those that differ first."""
        judged = differing_first(judged)
        self._differing += int((judged["verdict"] == "differs").sum())
        words = self.labels("comparison") | {"=": ""}
        to, against = (self.text(f"page.{key}", low="", high="") for key in ("between", "against"))
        number = judged["stated"].where(judged["comparison"] != "none").fillna("")
        stated = judged["comparison"].map(words) + " " + number
        return judged.assign(
            verdict=judged["verdict"].map(self.labels("verdict")),
            stated=stated.str.strip().str.replace("-", to),
            measured=judged["measured"].str.replace(" vs ", against).str.replace("-", to),
        )

    def read(self, table: str) -> pd.DataFrame:
        """Read a processed table with this language only: ``label_nl`` becomes ``label``."""
        frame = self.data[table]
        suffix, suffixes = f"_{self.language}", tuple(f"_{one}" for one in LANGUAGES)
        kept = [c for c in map(str, frame) if c.endswith(suffix) or not c.endswith(suffixes)]
        return frame[kept].rename(columns=lambda name: name.removesuffix(suffix))

    def labels(self, kind: str) -> dict[str, str]:
        """Give the labels of the codes of one kind."""
        return self._labels.get(kind, {})

    @cached_property
    def _labels(self) -> dict[str, dict[str, str]]:
        table = self.read("labels")
        labels: dict[str, dict[str, str]] = {}
        for kind, code, label in zip(table["kind"], table["code"], table["label"], strict=True):
            labels.setdefault(kind, {})[code] = label
        return labels

    @cached_property
    def title(self) -> str:
        """The title of the report."""
        return title(self.study, self.name, self._parameters, self.language)

    def heading(self, line: str, *, thumbnail: str = "", **values: object) -> Html:
        """Show the title and, in two sentences, what the report shows.

        Parameters
        ----------
        line : str
            One line with the report's finding, for the index.
        thumbnail : str
            A tiny SVG for the index.
        **values
            For the text ``intro``.
        """
        html = part(
            "heading",
            title=self.title,
            warning=self.text("page.synthetic") if self._synthetic else "",
            finding=line,
            intro=self.text("intro", **values),
        )
        return Html(html, {"title": self.title, "line": line, "thumbnail": thumbnail})

    def section(self, key: str, **values: object) -> Html:
        """Show the heading of a section."""
        identity = key.replace("_", "-").replace(".", "-")
        return Html(part("section", key=identity, title=self.text(key, **values)))

    def paragraph(self, content: str) -> Html:
        """Show a paragraph."""
        return Html(part("paragraph", content=content))

    def fold(self, key: str, *parts: Html, **values: object) -> Html:
        """Show parts behind a line that unfolds."""
        contents = [one.html for one in parts]
        return Html(part("fold", summary=self.text(key, **values), contents=contents))

    def methods(self, *keys: str, **values: object) -> Html:
        """Show how something was computed, folded: formula, reading and source."""
        explained = []
        for key in keys:
            explained.append(self.paragraph(self.text(f"method.{key}", **values)))
            if key in FORMULAS:
                formula = Markup(mathml(key))
                explained.append(Html(part("formula", mathml=formula, language=self.language)))
        return self.fold("method.heading", *explained)

    def bullets(self, items: list[str]) -> Html:
        """Show a list."""
        return Html(part("bullets", items=items))

    def mergers(self, merged: pd.DataFrame) -> Html:
        """List which municipalities became part of another, and what that does to comparisons."""
        return self.bullets(
            [
                self.text(
                    "page.merger_carried" if row["carries_on"] else "page.merger_ended",
                    **{str(name): value for name, value in row.items()},
                )
                for row in merged.to_dict("records")
            ]
        )

    def table(
        self, frame: pd.DataFrame, caption: str, *, decimals: int = 2, **values: object
    ) -> Html:
        """Show a table; the first column heads the rows.

        Parameters
        ----------
        frame : pandas.DataFrame
            A column's name is that of a text in the section ``column``, or is shown as it is.
        caption : str
            Key of the caption.
        decimals : int
            Of numbers that are not whole.
        **values
            For the caption.
        """
        if frame.empty:
            return self.paragraph(self.text("page.nothing"))
        full_caption = self._caption(caption, values)
        if "round" in frame.columns[1:] and frame["round"].nunique(dropna=False) == 1:
            # The same in every row: said once, in the caption.
            the_round = frame["round"].iloc[0]
            full_caption = self.text("page.round_caption", caption=full_caption, round=the_round)
            frame = frame.drop(columns="round")
        if "source" in frame:
            phrases = self.labels("locator")
            sources = frame["source"].map(lambda one: located(one, phrases), na_action="ignore")
            frame = frame.assign(source=sources)[[*frame.columns.drop("source"), "source"]]
        headers = [self.header(name) for name in frame]
        rows = [
            [self.cell(value, decimals, name) for name, value in zip(frame, row, strict=True)]
            for row in frame.itertuples(index=False, name=None)
        ]
        name, label = self._next("table")
        layout = tables.layout(headers, tables.kinds(frame, rows))
        html = part(
            "table",
            name=name,
            label=label,
            caption=full_caption,
            layout=layout,
            rows=[zip(layout.columns, row, strict=True) for row in rows],
        )
        return Html(html + self._as_csv(headers, rows, name=name, label=label))

    def heat(
        self, scores: pd.DataFrame, order: Sequence[str], caption: str, **values: object
    ) -> Html:
        """Show the point of each municipality on each scale, in a given order, on its colour."""
        name, label = self._next("table")
        title = f"{label}. {self._caption(caption, values)}"
        scales = self.read("scales")
        html = heat_table(scores, scales, order=order, caption=title, language=self.language)
        shown = scales[scales["scale"].isin(scores.columns)]
        points = scores.loc[list(order), shown["scale"].to_list()].T
        titles = [f"{row['scale']} {row['label']}" for row in shown.to_dict("records")]
        rows = [
            [title, *("" if pd.isna(point) else str(int(point)) for point in row)]
            for title, row in zip(titles, points.to_numpy(), strict=True)
        ]
        headers = [self.header("scale"), *order]
        return Html(html + self._as_csv(headers, rows, name=name, label=label))

    def figure(self, drawing: Drawing, caption: str, **values: object) -> Html:
        """Show a figure with its text alternative, to save as SVG and PNG too."""
        full_caption = self._caption(caption, values)
        name, label = self._next("figure")
        svg = to_svg(drawing, key=f"{self.name.replace('_', '-')}-{name}", title=full_caption)
        links = [
            downloads.link(
                content,
                kind,
                name=f"{self._stem}-{name}.{ending}",
                label=self.text(f"page.as_{ending}", what=label),
            )
            for ending, kind, content in (
                ("svg", "image/svg+xml", downloads.standalone(svg).encode()),
                ("png", "image/png", downloads.small_png(drawing)),
            )
        ]
        html = part("figure", svg=Markup(svg), label=label, caption=full_caption)
        return Html(html + part("downloads", links=links))

    def provenance(self) -> Html:
        """Say where the data come from, how to cite the report and how to make it again."""
        report = find_report(self.study, self.name, self._parameters).name
        hashes = sorted(self.data.hashes.items())
        study = study_title(self.settings, self.study, self.language)
        own = self.text("page.own_reference", title=self.title, study=study)
        html = part(
            "provenance",
            sources=[
                reference(source, self.language)
                for source in self.settings.get("source", [])
                if source.get("table") in (None, *self.data.hashes)
            ],
            references=[own, software(self.language)],
            made_with=self.text("page.made", version=version("swt-analysis")),
            command=f"swt report {report}",
            hashes=hashes,
            language=self.language,
        )
        return Html(html, {"tables": dict(hashes), "differing": self._differing})

    def _as_csv(
        self, headers: Sequence[str], rows: Iterable[Sequence[str]], *, name: str, label: str
    ) -> Markup:
        """Link to a table as a file for a spreadsheet, where what is missing is empty."""
        blank = self.text("page.blank")
        plain = [["" if cell == blank else cell for cell in row] for row in rows]
        link = downloads.link(
            downloads.to_csv([list(headers), *plain], self.language),
            "text/csv;charset=utf-8",
            name=f"{self._stem}-{name}.csv",
            label=self.text("page.as_csv", what=label),
        )
        return part("downloads", links=[link])

    @property
    def _stem(self) -> str:
        """What the names of downloads start with."""
        return "-".join(slugs([self.name, *map(str, filter(None, self._parameters.values()))]))

    def _next(self, kind: str) -> tuple[str, str]:
        """Give the next table or figure its name for files and ids, and that for readers."""
        self._shown[kind] += 1
        label = self.text(f"page.{kind}", n=self._shown[kind])
        return label.lower().replace(" ", "-"), label

    def _caption(self, key: str, values: Mapping[str, object]) -> str:
        """Give a caption, marked if the data are invented: it travels with what it heads."""
        caption = self.text(key, **values)
        return self.text("page.synthetic_caption", caption=caption) if self._synthetic else caption


def existing(parameter: str, value: Value, values: Iterable[Value]) -> Value:
    """Give a parameter's value back if it exists.

    Raises
    ------
    ParameterError
        One line that lists what exists.
    """
    values = list(values)
    if value not in values:
        listed = ", ".join(map(str, values))
        raise ParameterError(f"{parameter} {value!r} does not exist; there are: {listed}")
    return value
