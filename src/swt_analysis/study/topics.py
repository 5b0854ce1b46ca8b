"""One observation or reflection of a study's note."""

from typing import TYPE_CHECKING

import pandas as pd

from swt_analysis.study.tables import labelled

if TYPE_CHECKING:
    from swt_analysis.study.views import Study


class Topic:
    """An observation or reflection, with its themes.

    Made by `Study.topic`.

    Attributes
    ----------
    part : str
        ``observation`` or ``reflection``.
    number : int
        Its number.
    label : str
        What it says, in the study's language.
    """

    def __init__(self, study: "Study", part: str, number: int, label: str) -> None:
        self.part, self.number, self.label = part, number, label
        self._study = study

    def themes(self) -> pd.DataFrame:
        """Give its themes, in a sentence each, with their heading in the note (in Dutch only)."""
        columns = ["theme", "label", "heading", "summary", "source"]
        return self._of("themes", columns)

    def mentions(self) -> pd.DataFrame:
        """Tell who is named under which theme, and for what."""
        return self._of("mentions", ["theme", "municipality", "subject", "round", "source"])

    def scales(self) -> pd.DataFrame:
        """Give the choice scales that bear on a theme, with their poles."""
        references = self._references()
        bearing = references[references["to"] == "scale"].merge(
            self._study.scales[["scale", "label", "left", "right"]],
            left_on="to_number",
            right_on="scale",
        )
        columns = ["theme", "scale", "label", "left", "right", "certainty"]
        return labelled(bearing[columns], self._study.language, "cross_references")

    def references(self) -> pd.DataFrame:
        """Give the other observations and reflections that a theme bears on."""
        others = self._references()
        others = others[others["to"] != "scale"]
        others = others.assign(to=others["to"].map(self._study.labels("part")))
        columns = ["theme", "to", "to_number", "to_theme", "certainty", "source"]
        return labelled(others[columns], self._study.language, "cross_references")

    def claims(self) -> pd.DataFrame:
        """Give the claims of this part of the note, and on the scales that bear on it."""
        claims = self._study.claims()
        place = claims["source"].str.startswith(f"{self.part} {self.number},")
        on_scale = claims["kind"] == self._study.labels("claim_kind")["scale"]
        bearing = on_scale & claims["subject"].isin(self.scales()["scale"].astype(str))
        return claims[(place | bearing).fillna(False)]

    def _references(self) -> pd.DataFrame:
        here = self._of("cross_references")
        return here.assign(certainty=here["certainty"].map(self._study.labels("certainty")))

    def _of(self, table: str, columns: list[str] | None = None) -> pd.DataFrame:
        frame = self._study.table(table)
        here = frame[(frame["part"] == self.part) & (frame["number"] == self.number)]
        return here if columns is None else here[[one for one in columns if one in here]]

    def __repr__(self) -> str:
        return f"{self.part} {self.number}: {self.label}"
