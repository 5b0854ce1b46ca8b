"""Groups of municipalities in a study: by what it holds, or by what a researcher adds to it."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from swt_analysis import schema
from swt_analysis.problems import InvalidError, unknown
from swt_analysis.statistics.bounds import Bounds
from swt_analysis.statistics.groups import delta_bounds, group_bounds
from swt_analysis.study.history import FollowedStudy
from swt_analysis.study.labels import categories
from swt_analysis.study.tables import chosen, labelled, low_and_high
from swt_analysis.text import text, write

_CODED = ("status", "form", "atypical_team")
_FLAGS = ("on_scheme", "in_ebook")
_CLASSES = 5  # a column of at most so many numbers has classes already


class GroupedStudy(FollowedStudy):
    """A study, and how groups of its municipalities compare."""

    def context(self, round: Any = None) -> pd.DataFrame:
        """Give what a researcher added to the municipalities: ``data/raw/context.csv``.

        Parameters
        ----------
        round : int or several, optional
            Years of rounds; all if not given.

        Returns
        -------
        pandas.DataFrame
            A row a municipality and round that has any: ``round``, ``municipality``, ``code``
            (CBS), and the columns of the file, numbers or words, of the round's year or the last
            before it. None where names are hidden: a size would tell who it is.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> list(swt.open_study().context())  # this study has no such file
        ['round', 'municipality', 'code']
        """
        long = self.chosen_rows("context", round=round)
        keys = ["round", "municipality", "code"]
        wide = long.pivot(index=keys, columns="variable", values="value")
        kinds = long.drop_duplicates("variable").set_index("variable")["kind"]
        wide = wide[kinds.index]
        numbers = dict.fromkeys(kinds.index[kinds == "number"], "float64")
        frame = wide.astype(numbers).reset_index().rename_axis(columns=None)
        return labelled(frame, self.language, "context")

    def with_context(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Put the columns of context beside each row of a table, by municipality and round.

        Parameters
        ----------
        frame : pandas.DataFrame
            With a column ``municipality``, and ``round`` if it is of several; otherwise the
            last round's is meant.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> study = swt.open_study()
        >>> len(study.with_context(study.scores())) == len(study.scores())
        True
        """
        by_round = "round" in frame
        context = self.context(None if by_round else self._year(None))
        keys = ["round", "municipality"] if by_round else ["municipality"]
        kept = [name for name in context if name in keys or name not in ("round", *frame)]
        return labelled(frame.merge(context[kept], "left", on=keys), self.language)

    def groups(
        self, by: str, round: int | None = None, *, cuts: Sequence[float] | None = None
    ) -> pd.Series:
        """Put the municipalities of a round in groups by a column.

        Parameters
        ----------
        by : str
            ``form``, ``status`` (state of play), ``atypical_team``, ``in_ebook``, ``on_scheme``,
            a particular of the note (a ``fact`` of ``study.tables["facts"]``), or a column of
            ``data/raw/context.csv``.
        round : int, optional
            Its year; the last if not given.
        cuts : sequence of float, optional
            Of a column of numbers: the highest number of each group but the last. If not given,
            a column of more than five numbers is cut in two at its median.

        Returns
        -------
        pandas.Series
            Labels, as ordered categories, by municipality; missing where the study does not tell.
            Its name is what readers call the column.

        Raises
        ------
        UnknownError
            If there is no such column; it lists those that there are.
        InvalidError
            If cuts are asked of words, or a particular has several values for one municipality.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study(language="en").groups("form").value_counts().to_dict()
        {'flexible network': 4, 'fixed team': 3, 'case management': 2}
        """
        year = self._year(round)
        places = self.chosen_rows("municipality_rounds", round=year).set_index("municipality")
        facts = self.chosen_rows("facts", round=year)
        context = self.context(year).set_index("municipality").drop(columns=["round", "code"])
        told = facts["fact"].drop_duplicates().to_list()
        there = [*_CODED, *_FLAGS, *told, *context]
        if by not in there:
            raise unknown("column", by, there)
        if by in context and pd.api.types.is_numeric_dtype(context[by]):
            values = self._cut(context[by].reindex(places.index), cuts)
        elif cuts is not None:
            raise InvalidError(f"{by!r} has words, which cannot be cut; leave cuts out")
        elif by in _CODED:
            values = categories(places[by], self.labels(by))
        elif by in _FLAGS:
            yes_no = {n: text(f"page.{one}", self.language) for n, one in enumerate(("no", "yes"))}
            values = categories(places[by].astype("Int64"), yes_no)
        elif by in context:
            words = context[by].reindex(places.index)
            values = categories(words, {one: one for one in sorted(words.dropna().unique())})
        else:
            values = self._by_fact(facts[facts["fact"] == by], by).reindex(places.index)
        table = "municipality_rounds" if by in places else "context"
        return values.rename(schema.label(by, self.language, table))

    def _cut(self, numbers: pd.Series, cuts: Sequence[float] | None) -> pd.Series:
        known = numbers.dropna().sort_values()
        if not cuts and known.nunique() <= _CLASSES:
            labels = {one: self._written(one) for one in known.unique()}
            return categories(numbers, labels)
        highest = sorted(set(cuts)) if cuts else [known.iloc[(len(known) - 1) // 2]]
        ends = [float("-inf"), *highest, float("inf")]
        names = [text("group.up_to", self.language, high=self._written(highest[0]))]
        for low, high in pairwise(highest):
            told = {"low": self._written(low), "high": self._written(high)}
            names.append(text("group.between", self.language, **told))
        names.append(text("group.above", self.language, low=self._written(highest[-1])))
        return pd.cut(numbers, ends, labels=names).cat.remove_unused_categories()

    def _written(self, number: float) -> str:
        return write(number, self.language, ".0f" if float(number).is_integer() else ".2f")

    def _by_fact(self, facts: pd.DataFrame, by: str) -> pd.Series:
        twice = facts["municipality"][facts["municipality"].duplicated()]
        if len(twice):
            raise InvalidError(f"{by!r} has several values for {twice.iloc[0]}; make groups of it")
        values = facts.set_index("municipality")["value"]
        return categories(values, {one: one for one in sorted(values.unique())})

    def by_group(
        self, by: str | pd.Series, round: int | None = None, scale: Any = None
    ) -> pd.DataFrame:
        """Tell what each group of municipalities answered, as far as is known.

        Parameters
        ----------
        by : str or pandas.Series
            As for `groups`, or what that gives.
        round : int, optional
            Its year; the last if not given.
        scale : int or several, optional
            Numbers of scales; all if not given.

        Returns
        -------
        pandas.DataFrame
            Rows by ``scale``, ``label`` and ``group``; ``low`` and ``high`` of ``n`` (answers),
            of each point and of ``left``, ``middle`` and ``right`` (municipalities) and of
            ``median`` (point): the same where the round has scores, bounds over all placements
            that fit where it has counts (`swt_analysis.group_bounds`). No rows where the round
            does not name who took part.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> study = swt.open_study(language="en")
        >>> study.by_group("form", scale=4)["right"].to_numpy().tolist()
        [[0, 3], [0, 4]]
        """
        year = self._year(round)
        member, counts, placed = self._laid_out(by, year, scale)
        if member.dropna().empty:
            return labelled(pd.DataFrame(), self.language)
        bounds = group_bounds(counts, member, placed)
        ends, names = bounds.unstack("measure"), bounds.index.unique("measure")
        order = bounds.index.to_frame()[["scale", "group"]].drop_duplicates()
        ends = ends.reindex(pd.MultiIndex.from_frame(order))
        pairs: dict[str, list[tuple[int, int] | None]] = {}
        for name in names:
            both = zip(ends["low", name], ends["high", name], strict=True)
            pairs[name] = [None if pd.isna(low) else (int(low), int(high)) for low, high in both]
        wide = low_and_high(pd.DataFrame(pairs, ends.index))
        index = ends.index.to_frame(index=False)
        named = self.with_label(index).set_index(["scale", "label", "group"])
        frame = labelled(wide.set_axis(named.index), self.language)
        median = {"median": text("column.median", self.language)}
        frame.attrs["labels"] = {
            one: schema.label(one, self.language, "scale_summaries") for one in ("n", *_SIDES)
        } | median
        return frame

    def by_groups(self, *by: str, scale: int, round: int | None = None) -> pd.DataFrame:
        """Tell what groups by several columns answered on one scale, below each other.

        Parameters
        ----------
        *by : str
            Columns, as for `groups`: each makes groups of its own.
        scale : int
            Its number.
        round : int, optional
            Its year; the last if not given.

        Returns
        -------
        pandas.DataFrame
            Rows by ``grouping`` (what readers call the column) and ``group``; columns of
            `by_group`. No rows of a column that makes no groups.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> swt.open_study(language="en").by_groups("form", scale=5)["4"].to_numpy().tolist()
        [[0, 1], [1, 2]]
        """
        found = [self.groups(one, round) for one in by]
        tables = {str(one.name): self.by_group(one, round, scale) for one in found}
        some = {name: table.droplevel([0, 1]) for name, table in tables.items() if len(table)}
        if not some:
            return labelled(pd.DataFrame(), self.language)
        frame = pd.concat(some, names=["grouping"])
        frame.attrs = tables[next(iter(some))].attrs
        return frame

    def group_medians(self, by: str | pd.Series, round: int | None = None) -> pd.DataFrame:
        """Give the median of each group on each scale, as far as is known: for `plot_groups`.

        Parameters
        ----------
        by, round
            As for `by_group`.

        Returns
        -------
        pandas.DataFrame
            ``scale``, ``label``, ``left``, ``right`` (the poles), ``points``, ``group``, ``low``
            and ``high`` (points; missing without answers).

        Examples
        --------
        >>> import swt_analysis as swt
        >>> study = swt.open_study(language="en")
        >>> study.group_medians("form").loc[6:7, ["group", "low", "high"]].to_numpy().tolist()
        [['fixed team', 2, 4], ['flexible network', 2, 4]]
        """
        table = self.by_group(by, round)
        if table.empty:
            return table
        keys = table.index.to_frame(index=False)[["scale", "group"]]
        ends = table["median"].reset_index(drop=True)
        poles = ["left", "right", "points"]
        frame = self.with_label(pd.concat([keys, ends], axis=1), *poles)
        return labelled(frame[["scale", "label", *poles, "group", "low", "high"]], self.language)

    def compare_groups(
        self, by: str | pd.Series, round: int | None = None, scale: Any = None
    ) -> pd.DataFrame:
        """Compare groups of municipalities, two at a time: a test with scores, bounds otherwise.

        Groups of a single municipality are left out: one answer is no group.

        Parameters
        ----------
        by, round, scale
            As for `by_group`.

        Returns
        -------
        pandas.DataFrame
            A row a scale and two groups: ``scale``, ``label``, ``left``, ``right`` (the poles),
            ``first``, ``second``, ``n_first``, ``n_second``. With scores the columns of
            `swt_analysis.compare_groups`; of a count-only round ``low`` and ``high`` of Cliff's
            delta (`swt_analysis.delta_bounds`), in ``cliff_d`` both. ``attrs["comparisons"]``
            counts the tests, ``attrs["alone"]`` names the groups left out.

        Examples
        --------
        >>> import swt_analysis as swt
        >>> got = swt.open_study(language="en").compare_groups("form", scale=4)
        >>> got[["first", "second", "low", "high"]].to_numpy().tolist()
        [['fixed team', 'flexible network', -1.0, 1.0]]
        """
        year = self._year(round)
        member, counts, placed = self._laid_out(by, year, scale)
        sizes = member.value_counts(sort=False)
        member = member.where(member.isin(sizes.index[sizes > 1]))
        kinds = member.astype("category").cat.remove_unused_categories()
        if len(kinds.cat.categories) < 2:
            columns = ["scale", "first", "second", "n_first", "n_second", "low", "high", "cliff_d"]
            found = pd.DataFrame(columns=columns).set_index("scale")
        elif self._complete(year) is None:
            found = delta_bounds(counts, kinds, placed)
            ends = zip(found["low"], found["high"], strict=True)
            both = pd.Series([Bounds(*one) for one in ends], found.index, dtype=object)
            found = found.assign(cliff_d=both)
        else:
            from swt_analysis.statistics.comparisons import compare_groups  # needs SciPy

            found = compare_groups(placed, kinds)
        names, poles = list(found), ["left", "right"]
        told = self.with_label(found.reset_index(), *poles)
        told = labelled(told[["scale", "label", *poles, *names]], self.language)
        told.attrs["comparisons"] = found.attrs.get("comparisons", 0)
        told.attrs["alone"] = list(map(str, sizes.index[sizes == 1]))
        return told

    def _laid_out(
        self, by: str | pd.Series, year: int, scale: Any
    ) -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
        """Give the group of everyone that took part, the counts, and who is known by name."""
        member = self.groups(by, year) if isinstance(by, str) else by
        places = self.tables["municipality_rounds"]
        there = places[(places["round"] == year) & places["on_scheme"].eq(True)]
        member = member.reindex(there["municipality"])
        numbers = chosen("scale", scale, self.scales["scale"])
        counts, scores = (
            table[(table["round"] == year) & table["scale"].isin(numbers)]
            for table in (self.tables["choice_scale_counts"], self.tables["choice_scale_scores"])
        )
        return member, counts, scores[["municipality", "scale", "point"]]


_SIDES = ("left", "middle", "right")
