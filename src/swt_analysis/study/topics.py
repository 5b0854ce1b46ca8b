"""One observation or reflection of a study's note."""

from typing import TYPE_CHECKING

import pandas as pd

from swt_analysis.study.tables import labelled, theme_places

if TYPE_CHECKING:
    from swt_analysis.study.views import Study

_TO = ["to", "to_number", "to_theme"]  # what a theme bears on


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
        columns = ["label", "theme", "heading", "summary", "source"]
        return self._of("themes", columns)

    def mentions(self) -> pd.DataFrame:
        """Tell who is named under which theme, and for what; ``label`` is that of the theme."""
        columns = ["theme", "label", "municipality", "subject", "round", "source"]
        named = self._study.mentions_by_theme()
        return self._here(named)[columns]

    def scales(self) -> pd.DataFrame:
        """Give the choice scales that bear on a theme, with their poles.

        Returns
        -------
        pandas.DataFrame
            ``theme`` and ``theme_label``; ``scale``, ``label``, ``left``, ``right``; ``certainty``
            (label): who says so.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study(language="en").topic("observation", 1).scales()["scale"].to_list()[:3]
        [1, 3, 4]
        """
        references = self._references()
        bearing = references[references["to"] == "scale"].merge(
            self._study.scales[["scale", "label", "left", "right"]],
            left_on="to_number",
            right_on="scale",
        )
        columns = ["theme", "theme_label", "scale", "label", "left", "right", "certainty"]
        return labelled(bearing[columns], self._study.language, "cross_references")

    def references(self) -> pd.DataFrame:
        """Give the other observations and reflections that a theme bears on.

        Returns
        -------
        pandas.DataFrame
            ``theme`` and ``theme_label``; of what it bears on ``to`` (label), ``to_number``,
            ``to_theme``, ``label`` and ``place``; ``certainty`` (label): who says so; ``source``.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> found = swt.open_study(language="en").topic("observation", 4).references()
        >>> found[["label", "place"]].to_numpy().tolist()[0]
        ['Self-managing teams: a dot on the horizon?', 'reflection 3, theme 5']
        """
        study, keys = self._study, ["part", "number", "theme"]
        others = self._references()
        others = others[others["to"] != "scale"]
        known = pd.concat([study.table("topics"), study.table("themes")])[[*keys, "label"]]
        others = others.merge(known, "left", left_on=_TO, right_on=keys, suffixes=("", "_of_it"))
        others = others.assign(
            place=theme_places(others[_TO], study.labels("locator")),
            to=others["to"].map(study.labels("part")),
        )
        columns = ["theme", "theme_label", *_TO, "label", "place", "certainty", "source"]
        return labelled(others[columns], study.language, "cross_references")

    def claims(self) -> pd.DataFrame:
        """Give the claims of this part of the note, and on the scales that bear on it.

        Returns
        -------
        pandas.DataFrame
            Columns of `Study.claims`; ``of_topic``, whether it is of this part, and ``theme``, the
            label of the theme of this part that it is of, else of the part of the note. In the
            order of the themes.
        """
        claims = self._study.claims()
        place = claims["source"].str.startswith(f"{self.part} {self.number},").fillna(False)
        on_scale = claims["kind"] == self._study.labels("claim_kind").get("scale", "scale")
        bearing = on_scale & claims["subject"].isin(self.scales()["scale"].astype(str))
        theme = claims["source"].str.extract(r", theme (\d+)", expand=False).astype("Int64")
        number = theme.where(place)
        label = number.map(self.themes().set_index("theme")["label"])
        told = claims.assign(of_topic=place, theme=label.fillna(claims["part"].str.capitalize()))
        in_order = number[place | bearing].sort_values(kind="stable", na_position="first")
        return told.loc[in_order.index]

    def _references(self) -> pd.DataFrame:
        here = self._of("cross_references")
        names = self.themes().set_index("theme")["label"]
        return here.assign(
            theme_label=here["theme"].map(names),
            certainty=here["certainty"].map(self._study.labels("certainty")),
        )

    def _of(self, table: str, columns: list[str] | None = None) -> pd.DataFrame:
        here = self._here(self._study.table(table))
        return here if columns is None else here[[one for one in columns if one in here]]

    def _here(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame[(frame["part"] == self.part) & (frame["number"] == self.number)]

    def __repr__(self) -> str:
        return f"{self.part} {self.number}: {self.label}"
