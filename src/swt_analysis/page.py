"""What a notebook shows: heading, sections, tables, figures, and where it all comes from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from swt_analysis.claims import differing_first
from swt_analysis.figures import Drawing, to_svg
from swt_analysis.problems import ToldError
from swt_analysis.processed import Processed
from swt_analysis.shares import Bounds
from swt_analysis.study import find_study, study_settings
from swt_analysis.text import LANGUAGES, enumerate_words, located, number, text, words

Value = TypeVar("Value")
METADATA = "application/vnd.swt+json"


class ParameterError(ToldError, ValueError):
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

    Raises
    ------
    ParameterError
        If the language is not one of these.
    """

    def __init__(self, name: str, *, language: str = "nl", study: str = ".") -> None:
        self.name = name
        self.language = known("language", language, LANGUAGES)
        self.study = find_study(Path(study))
        self.data = Processed(self.study)
        self.settings = study_settings(self.study)
        self._synthetic = bool(self.settings.get("synthetic", False))
        self._drawn = 0

    def text(self, key: str, **values: object) -> str:
        """Give a text of this report (``"title"``) or another section (``"column.scale"``)."""
        return text(key if "." in key else f"{self.name}.{key}", self.language, **values)

    def words(self, count: int) -> str:
        """Write a small count in words, as it stands in front of ``of``: none, one, two."""
        return words(int(count), self.language) if count else self.text("figure.none")

    def number(self, value: float, decimals: int = 0) -> str:
        """Write a number as the language does."""
        return number(value, self.language, decimals)

    def between(self, bounds: Bounds[Any] | None, decimals: int = 0) -> str:
        """Write a range; one number if its ends are the same."""
        if bounds is None:
            return self.text("page.blank")
        whole = all(isinstance(end, int) for end in bounds)
        low, high = (self.number(end, 0 if whole else decimals) for end in bounds)
        if low == high:
            return low
        next_to = whole and bounds.high == bounds.low + 1
        return self.text("page.either" if next_to else "page.between", low=low, high=high)

    def claims(self, judged: pd.DataFrame) -> pd.DataFrame:
        """Write judged claims for a table, those that differ first."""
        judged = differing_first(judged)
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
        table = self.read("labels")
        here = table[table["kind"] == kind]
        return dict(zip(here["code"], here["label"], strict=True))

    def named(self, municipalities: list[str]) -> str:
        """Name municipalities, or say how many if they are more than one reads."""
        if 0 < len(municipalities) <= 5:
            return self.listed(municipalities)
        return self.text("count.municipalities", n=len(municipalities))

    def heading(self, line: str, **values: object) -> Html:
        """Show the title and, in two sentences, what the report shows.

        Parameters
        ----------
        line : str
            One line with the report's finding, for the index.
        **values
            For the texts ``title`` and ``intro``.
        """
        title = self.text("title", **values)
        intro = self.text("intro", **values)
        warning = _paragraph(self.text("page.synthetic"), "synthetic") if self._synthetic else ""
        lead = _paragraph(line, "finding") if line else ""
        return Html(
            f"<h1>{escape(title)}</h1>{warning}{_paragraph(intro, 'intro')}{lead}",
            {"title": title, "line": line},
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
        told = (self.paragraph(self.text(f"method.{key}", **values)) for key in keys)
        return self.fold("method.heading", *told)

    def bullets(self, items: list[str]) -> Html:
        """Show a list."""
        return Html("<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>")

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
        if "source" in frame:
            phrases = self.labels("locator")
            there = frame["source"].map(lambda one: located(one, phrases), na_action="ignore")
            frame = frame.assign(source=there)
        types = [frame[name].dtype for name in frame]
        numeric = [
            pd.api.types.is_numeric_dtype(one) and not pd.api.types.is_bool_dtype(one)
            for one in types
        ]
        ranges = [frame[name].map(lambda one: isinstance(one, Bounds)).any() for name in frame]
        kinds = ["number" if any(one) else "words" for one in zip(numeric, ranges, strict=True)]
        head = "".join(
            f'<th scope="col" class="{kind}">{escape(self._column(name))}</th>'
            for name, kind in zip(frame, kinds, strict=True)
        )
        body = "".join(
            "<tr>" + "".join(
                f'<{tag} class="{kind}">{escape(self._cell(value, decimals))}</{tag[:2]}>'
                for tag, kind, value in zip(
                    ['th scope="row"', *["td"] * (len(kinds) - 1)], kinds, row, strict=True
                )
            ) + "</tr>"
            for row in frame.itertuples(index=False, name=None)
        )  # fmt: skip
        title = escape(self._caption(caption, values))
        return Html(
            f'<div class="scroll" role="region" tabindex="0" aria-label="{title}"><table>'
            f"<caption>{title}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table></div>"
        )

    def figure(self, drawing: Drawing, caption: str, **values: object) -> Html:
        """Show a figure with its text alternative."""
        self._drawn += 1
        title = self._caption(caption, values)
        key = f"{self.name.replace('_', '-')}-{self._drawn}"
        svg = to_svg(drawing, key=key, title=title)
        return Html(f"<figure>{svg}<figcaption>{escape(title)}</figcaption></figure>")

    def provenance(self, command: str) -> Html:
        """Say where the data come from and how to make the report again.

        Parameters
        ----------
        command : str
            Name of the report as ``swt report`` knows it.
        """
        rows = "".join(
            f"<li><code>data/processed/{name}.csv</code> "
            f"<span class='hash'>sha256 {digest[:16]}</span></li>"
            for name, digest in sorted(self.data.hashes.items())
        )
        sources = "".join(
            f"<li>{escape(source[f'reference_{self.language}'])}</li>"
            for source in self.settings.get("source", [])
            if source.get("table") in (None, *self.data.hashes)
        )
        line = f"swt report {command} --language {self.language}"
        made = self.text("page.made", version=version("swt-analysis"))
        return Html(
            f'<h2 id="provenance">{escape(self.text("page.provenance"))}</h2>'
            f"<p>{escape(self.text('page.sources'))}</p><ul>{sources}</ul>"
            f"<p>{escape(self.text('page.tables'))}</p><ul>{rows}</ul>"
            f"<p>{escape(made)} <code>{escape(line)}</code></p>",
            {"tables": dict(sorted(self.data.hashes.items()))},
        )

    def _caption(self, key: str, values: Mapping[str, object]) -> str:
        """Give a caption, marked if the data are invented: it travels with what it heads."""
        caption = self.text(key, **values)
        return self.text("page.synthetic_caption", caption=caption) if self._synthetic else caption

    def _column(self, name: object) -> str:
        try:
            return self.text(f"column.{name}")
        except KeyError:
            return str(name)

    def _cell(self, value: object, decimals: int) -> str:
        if isinstance(value, Bounds):
            return self.between(value, decimals)
        if pd.isna(value):  # type: ignore[call-overload]
            return self.text("page.blank")
        if pd.api.types.is_bool(value):
            return self.text("page.yes" if value else "page.no")
        if isinstance(value, float):
            return number(value, self.language, decimals)
        return str(value)


def known(parameter: str, value: Value, values: Iterable[Value]) -> Value:
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


def _paragraph(content: str, kind: str = "") -> str:
    attribute = f' class="{kind}"' if kind else ""
    return f"<p{attribute}>{escape(content)}</p>"
