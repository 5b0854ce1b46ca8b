"""What a notebook shows: heading, sections, tables, figures, and where it all comes from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from swt_analysis import schema
from swt_analysis.figures.plots import Drawing, to_svg
from swt_analysis.files import slugs
from swt_analysis.problems import UserError
from swt_analysis.processed import ensure_processed, read_processed
from swt_analysis.reports import downloads
from swt_analysis.reports.catalogue import find_report, title
from swt_analysis.reports.citation import reference, software
from swt_analysis.reports.formulas import FORMULAS, mathml
from swt_analysis.reports.heat import heat_table
from swt_analysis.statistics.bounds import Bounds
from swt_analysis.statistics.claims import differing_first
from swt_analysis.study import find_study, study_settings, study_title
from swt_analysis.text import (
    LANGUAGES,
    enumerate_words,
    located,
    number,
    percentage,
    text,
    words,
)

Value = TypeVar("Value")
METADATA = "application/vnd.swt+json"
_MANY = 9  # columns: more are set smaller
_SHARES = {"share", "sampled_share", "possible_share"}  # columns shown in per cent
_LONG = 30  # letters: a longer cell is read as text, and its column needs room


class ParameterError(UserError, ValueError):
    """A notebook was given a parameter that does not exist."""


@dataclass(frozen=True)
class Html:
    """Something shown; ``metadata`` is for the program that renders the notebook."""

    html: str
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/html": self.html, "text/plain": "(HTML)"}
        return bundle | ({METADATA: dict(self.metadata)} if self.metadata else {})


class Page:
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
        self.name = name
        self.language = existing("language", language, LANGUAGES)
        self.study = find_study(Path(study))
        ensure_processed(self.study)  # a notebook opened in a fresh clone
        self.data = read_processed(self.study)
        self.settings = study_settings(self.study)
        self._synthetic = bool(self.settings.get("synthetic", False))
        self._parameters = parameters
        self._shown = {"figure": 0, "table": 0}
        self._differing = 0

    def text(self, key: str, **values: object) -> str:
        """Give a text of this report (``"title"``) or another section (``"index.title"``)."""
        return text(key if "." in key else f"{self.name}.{key}", self.language, **values)

    def words(self, count: int) -> str:
        """Write a small count in words, as it stands in front of ``of``: none, one, two."""
        return words(int(count), self.language) if count else self.text("figure.none")

    def number(self, value: float, decimals: int = 0) -> str:
        """Write a number as the language does."""
        return number(value, self.language, decimals)

    def between(self, bounds: Bounds[Any] | None, decimals: int = 0, *, share: bool = False) -> str:
        """Write a range, of shares in per cent; one number if its ends are the same."""
        if bounds is None:
            return self.text("page.blank")
        whole = all(isinstance(end, int) for end in bounds) and not share
        low, high = (
            percentage(end, self.language) if share else self.number(end, 0 if whole else decimals)
            for end in bounds
        )
        if low == high:
            return low
        next_to = whole and bounds.high == bounds.low + 1
        return self.text("page.either" if next_to else "page.between", low=low, high=high)

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

    def listed(self, items: list[str]) -> str:
        """Join words to a sentence's list."""
        return enumerate_words(items, self.language)

    def read(self, table: str) -> pd.DataFrame:
        """Read a processed table with this language only: ``label_nl`` becomes ``label``."""
        frame = self.data[table]
        mine, others = f"_{self.language}", tuple(f"_{one}" for one in LANGUAGES)
        kept = [c for c in map(str, frame) if c.endswith(mine) or not c.endswith(others)]
        return frame[kept].rename(columns=lambda name: name.removesuffix(mine))

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

    def named(self, municipalities: list[str]) -> str:
        """Name municipalities, or say how many if they are more than one reads."""
        if 0 < len(municipalities) <= 5:
            return self.listed(municipalities)
        return self.text("count.municipalities", n=len(municipalities))

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
        intro = self.text("intro", **values)
        warning = _paragraph(self.text("page.synthetic"), "synthetic") if self._synthetic else ""
        lead = _paragraph(line, "finding") if line else ""
        return Html(
            f"<h1>{escape(self.title)}</h1>{warning}{lead}{_paragraph(intro, 'intro')}",
            {"title": self.title, "line": line, "thumbnail": thumbnail},
        )

    def section(self, key: str, **values: object) -> Html:
        """Show the heading of a section."""
        identity = key.replace("_", "-").replace(".", "-")
        return Html(f'<h2 id="{identity}">{escape(self.text(key, **values))}</h2>')

    def paragraph(self, content: str) -> Html:
        """Show a paragraph."""
        return Html(_paragraph(content))

    def fold(self, key: str, *parts: Html, **values: object) -> Html:
        """Show parts behind a line that unfolds."""
        content = "".join(part.html for part in parts)
        summary = escape(self.text(key, **values))
        return Html(f"<details><summary>{summary}</summary>{content}</details>")

    def methods(self, *keys: str, **values: object) -> Html:
        """Show how something was computed, folded: formula, reading and source."""
        label = escape(self.text("page.formula"))
        told = []
        for key in keys:
            told.append(self.paragraph(self.text(f"method.{key}", **values)))
            if key in FORMULAS:
                group = f'<div class="formula" role="group" tabindex="0" aria-label="{label}">'
                told.append(Html(f"{group}{mathml(key)}</div>"))
        return self.fold("method.heading", *told)

    def bullets(self, items: list[str]) -> Html:
        """Show a list."""
        return Html("<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>")

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
            return Html(_paragraph(self.text("page.nothing")))
        said = self._caption(caption, values)
        if "round" in frame.columns[1:] and frame["round"].nunique(dropna=False) == 1:
            # The same in every row: said once, in the caption.
            said = self.text("page.round_caption", caption=said, round=frame["round"].iloc[0])
            frame = frame.drop(columns="round")
        if "source" in frame:
            phrases = self.labels("locator")
            there = frame["source"].map(lambda one: located(one, phrases), na_action="ignore")
            frame = frame.assign(source=there)[[*frame.columns.drop("source"), "source"]]
        head = [self.column_label(name) for name in frame]
        rows = [
            [self._cell(value, decimals, name) for name, value in zip(frame, row, strict=True)]
            for row in frame.itertuples(index=False, name=None)
        ]
        name, label = self._named("table")
        body = _table(head, rows, _kinds(frame, rows), label=label, caption=said, key=name)
        return Html(body + self._saved(head, rows, name=name, label=label))

    def heat(
        self, scores: pd.DataFrame, order: Sequence[str], caption: str, **values: object
    ) -> Html:
        """Show the point of each municipality on each scale, in a given order, on its colour."""
        name, label = self._named("table")
        title = f"{label}. {self._caption(caption, values)}"
        scales = self.read("scales")
        made = heat_table(scores, scales, order=order, caption=title, language=self.language)
        shown = scales[scales["scale"].isin(scores.columns)]
        points = scores.loc[list(order), shown["scale"].to_list()].T
        titles = [f"{row['scale']} {row['label']}" for row in shown.to_dict("records")]
        rows = [
            [said, *("" if pd.isna(point) else str(int(point)) for point in row)]
            for said, row in zip(titles, points.to_numpy(), strict=True)
        ]
        return Html(
            made + self._saved([self.column_label("scale"), *order], rows, name=name, label=label)
        )

    def figure(self, drawing: Drawing, caption: str, **values: object) -> Html:
        """Show a figure with its text alternative, to save as SVG and PNG too."""
        said = self._caption(caption, values)
        name, label = self._named("figure")
        svg = to_svg(drawing, key=f"{self.name.replace('_', '-')}-{name}", title=said)
        # On its own it has no place to be as wide as, and no text colour to take over.
        alone = svg.replace('style="', 'width="880" color="#1b1b1b" style="background:#fff;', 1)
        saved = [
            downloads.link(
                content,
                kind,
                name=f"{self._stem}-{name}.{ending}",
                label=self.text(f"page.as_{ending}", what=label),
            )
            for ending, kind, content in (
                ("svg", "image/svg+xml", alone.encode()),
                ("png", "image/png", downloads.small_png(drawing)),
            )
        ]
        return Html(
            f"<figure>{svg}<figcaption><b>{label}.</b> {escape(said)}</figcaption></figure>"
            f'<p class="downloads">{" ".join(saved)}</p>'
        )

    def provenance(self) -> Html:
        """Say where the data come from, how to cite the report and how to make it again."""
        command = find_report(self.study, self.name, self._parameters).name
        hashes = sorted(self.data.hashes.items())
        rows = "".join(
            f"<li><code>data/processed/{name}.csv</code> "
            f"<span class='hash'>sha256 {digest[:16]}</span></li>"
            for name, digest in hashes
        )
        sources = [
            reference(source, self.language)
            for source in self.settings.get("source", [])
            if source.get("table") in (None, *self.data.hashes)
        ]
        option = f'<span style="white-space:nowrap">--language {self.language}</span>'
        study = study_title(self.settings, self.study, self.language)
        own = self.text("page.own_reference", title=self.title, study=study)
        listed = "".join(f"<li>{one}</li>" for one in sources)
        where = f"<p>{escape(self.text('page.sources'))}</p><ul>{listed}</ul>" if sources else ""
        return Html(
            f'<h2 id="provenance">{escape(self.text("page.provenance"))}</h2>{where}'
            f"<p>{escape(self.text('page.cite'))}</p>"
            f"<ul><li>{escape(own)}</li><li>{software(self.language)}</li></ul>"
            f"<p>{escape(self.text('page.made', version=version('swt-analysis')))} "
            f"<code>swt report {escape(command)} {option}</code></p>"
            f"<details><summary>{escape(self.text('page.tables', n=len(hashes)))}</summary>"
            f"<ul>{rows}</ul></details>",
            {"tables": dict(hashes), "differing": self._differing},
        )

    def _saved(
        self, head: Sequence[str], rows: Iterable[Sequence[str]], *, name: str, label: str
    ) -> str:
        """Link to a table as a file for a spreadsheet, where what is missing is empty."""
        blank = self.text("page.blank")
        plain = [["" if cell == blank else cell for cell in row] for row in rows]
        saved = downloads.link(
            downloads.to_csv([list(head), *plain], self.language),
            "text/csv;charset=utf-8",
            name=f"{self._stem}-{name}.csv",
            label=self.text("page.as_csv", what=label),
        )
        return f'<p class="downloads">{saved}</p>'

    @property
    def _stem(self) -> str:
        """What the names of downloads start with."""
        return "-".join(slugs([self.name, *map(str, filter(None, self._parameters.values()))]))

    def _named(self, kind: str) -> tuple[str, str]:
        """Give the next table or figure its name for files and ids, and that for readers."""
        self._shown[kind] += 1
        label = self.text(f"page.{kind}", n=self._shown[kind])
        return label.lower().replace(" ", "-"), label

    def _caption(self, key: str, values: Mapping[str, object]) -> str:
        """Give a caption, marked if the data are invented: it travels with what it heads."""
        caption = self.text(key, **values)
        return self.text("page.synthetic_caption", caption=caption) if self._synthetic else caption

    def column_label(self, name: object) -> str:
        """Give what stands above a column, in the language of the report."""
        return schema.label(str(name), self.language)

    def _cell(self, value: object, decimals: int, name: object) -> str:
        if isinstance(value, Bounds):
            return self.between(value, decimals, share=name in _SHARES)
        if pd.isna(value):  # type: ignore[call-overload]
            return self.text("page.blank")
        if pd.api.types.is_bool(value):
            return self.text("page.yes" if value else "page.no")
        if isinstance(value, float):
            return (
                percentage(value, self.language)
                if name in _SHARES
                else self.number(value, decimals)
            )
        return str(value)


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


def _kinds(frame: pd.DataFrame, rows: list[list[str]]) -> list[str]:
    """Tell how each column is set: as numbers, words, text, or the place in a source."""
    kinds = []
    for place, name in enumerate(frame):
        if any(_is_number(value) for value in frame[name]):
            kinds.append("number")
        elif name == "source":
            kinds.append("source")
        else:
            kinds.append("long" if max(len(row[place]) for row in rows) > _LONG else "words")
    return kinds


def _is_number(value: object) -> bool:
    return isinstance(value, Bounds) or (pd.api.types.is_number(value) and not pd.isna(value))  # type: ignore[call-overload]


def _table(
    head: list[str], rows: list[list[str]], kinds: list[str], *, label: str, caption: str, key: str
) -> str:
    """Write a table; rows of text become blocks where it is narrow, by style alone.

    Columns that head a row: the first, and the words after it if it only numbers them.
    """
    numeric = 2 * kinds.count("number") > len(kinds)
    stacked = not numeric and ("long" in kinds or "source" in kinds)
    numbered = not stacked and kinds[0] == "number" and kinds[1:2] in (["words"], ["long"])

    # Most cells need no class: the table says how they are set, a header how wide they are.
    usual = ("number", "source") if numeric else ("words", "source")
    marks = [_class("" if kind in usual else kind) for kind in kinds]
    cells = marks if numeric else [mark.replace(' class="long"', "") for mark in marks]
    headed = 'th scope="row"'
    tags = [headed, headed if numbered else "td", *["td"] * (len(head) - 2)]
    columns = "".join(
        f'<th scope="col"{mark}>{escape(name)}</th>' for name, mark in zip(head, marks, strict=True)
    )
    body = "".join(
        "<tr>" + "".join(
            f"<{tag}{mark}>{escape(cell)}</{tag[:2]}>"
            for tag, mark, cell in zip(tags, cells, row, strict=False)
        ) + "</tr>"
        for row in rows
    )  # fmt: skip
    opening = _class(
        "stacked" if stacked else "numeric" if numeric else "",
        "counted" if stacked and kinds[0] == "number" else "",
        "sourced" if kinds[-1] == "source" else "",
        "many" if len(head) > _MANY else "",
    )
    if stacked:
        styles = ";".join(f"--c{place}:{_quoted(name)}" for place, name in enumerate(head, start=1))
        opening += f' style="{escape(styles)}"'
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{key}"><table{opening}>'
        f'<caption><span id="{key}"><b>{escape(label)}.</b> {escape(caption)}</span></caption>'
        f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _quoted(name: str) -> str:
    """Write a string of CSS."""
    return '"' + "".join(c if c.isalnum() or c in " .,-" else f"\\{ord(c):x} " for c in name) + '"'


def _paragraph(content: str, kind: str = "") -> str:
    return f"<p{_class(kind)}>{escape(content)}</p>"


def _class(*names: str) -> str:
    """Write the attribute of those names that are not empty; nothing if all are."""
    told = " ".join(filter(None, names))
    return f' class="{told}"' if told else ""
