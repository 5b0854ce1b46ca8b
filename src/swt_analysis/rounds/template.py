"""The workbook in which a researcher enters a round: what its sheets hold, and a blank one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from textwrap import shorten
from typing import Literal

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import (
    Alignment,
    Border,
    Font,
    NamedStyle,
    PatternFill,
    Protection,
    Side,
)
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from swt_analysis import schema
from swt_analysis.clean.mergers import names_in
from swt_analysis.clean.received import StudyContext
from swt_analysis.clean.workbook_layout import FORMAT, HIDDEN, PARTS, fact_label
from swt_analysis.packs import saved
from swt_analysis.text import text

_STEPS = (
    *("fill", "scales", "no_answer", "new", "municipalities", "facts", "participants"),
    *("mentions", "languages", "avoid", "print", "import"),
)
_WIDTHS = {"note": 50, "subject": 50, "label": 38, "theme": 60, "fact": 70, "municipality": 24}
_SPARE = {"facts": 100, "mentions": 200}
_HEAD = PatternFill("solid", fgColor="5E3C99")
_FIXED = PatternFill("solid", fgColor="EEEAF4")
_LINE = Side(style="thin", color="767676")
_BOX = Border(_LINE, _LINE, _LINE, _LINE)
# Three cells that look like one: of merged ones each takes a millisecond to read.
_WIDE_BOX = (
    Border(left=_LINE, top=_LINE, bottom=_LINE),
    Border(top=_LINE, bottom=_LINE),
    Border(right=_LINE, top=_LINE, bottom=_LINE),
)
_TOP = Alignment(vertical="top", wrap_text=True)
_NUMBER = Alignment(horizontal="center", vertical="top")


def template(context: StudyContext, round_name: str, language: str) -> bytes:
    """Make a blank workbook for a round.

    Parameters
    ----------
    context : StudyContext
        What the study knows without that round.
    round_name : str
        Its year.
    language : str
        ``nl`` or ``en``.

    Returns
    -------
    bytes
        An .xlsx file.
    """
    names = names_in(context.municipalities, context.mergers, int(round_name))
    context = replace(context, municipalities=names)
    book = Workbook()
    # Named, since openpyxl looks at every part of a style again in each cell that gets one.
    book.add_named_style(NamedStyle("given", fill=_FIXED, border=_BOX, alignment=_TOP))
    unlocked = Protection(locked=False)
    book.add_named_style(NamedStyle("open", border=_BOX, alignment=_TOP, protection=unlocked))
    lists = book.create_sheet(HIDDEN)
    lists.sheet_state = "hidden"
    for row in (("format", FORMAT), ("round", round_name), ("language", language)):
        lists.append(row)
    choices = _Choices(lists, language)
    first = book.worksheets[0]
    _instructions(first, round_name, language)
    _scales(_sheet(book, "scales", language), context, choices, language)
    for part in PARTS:
        _part(_sheet(book, part, language), part, context, choices, language)
    _checklist(_sheet(book, "checklist", language), context.instrument, round_name, language)
    book.move_sheet(lists, len(book.worksheets) - 1)
    book.active = 0
    book.properties.title = text("workbook.title", language, round=round_name)
    book.properties.creator = "swt_analysis"
    return saved(book)


class _Choices:
    """Lists to choose from, kept on the hidden sheet."""

    def __init__(self, sheet: Worksheet, language: str) -> None:
        self._sheet = sheet
        self._language = language
        self._column = 3

    def rule(
        self, values: Sequence[str | int], *, title: str = "", prompt: str = ""
    ) -> DataValidation:
        """Make a drop-down of values; an empty cell stays allowed."""
        self._column += 1
        for row, value in enumerate(values, start=1):
            self._sheet.cell(row, self._column, value)
        letter = get_column_letter(self._column)
        place = f"{quote_sheetname(HIDDEN)}!${letter}$1:${letter}${max(len(values), 1)}"
        rule = DataValidation("list", formula1=place, allow_blank=True, showErrorMessage=True)
        rule.error = text("workbook.error", self._language)
        rule.promptTitle = shorten(title, 32, placeholder="…") or None
        rule.prompt = shorten(prompt or text("workbook.prompt_list", self._language), 255)
        rule.showInputMessage = True
        return rule


def _sheet(book: Workbook, part: str, language: str) -> Worksheet:
    sheet: Worksheet = book.create_sheet(text(f"workbook.sheet_{part}", language))
    return sheet


def _header(sheet: Worksheet, names: Sequence[str], widths: Sequence[float], height: int) -> None:
    for column, (name, width) in enumerate(zip(names, widths, strict=True), start=1):
        cell = sheet.cell(1, column, name)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = _HEAD
        cell.alignment = _TOP
        cell.border = _BOX
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.row_dimensions[1].height = height
    sheet.freeze_panes = "B2"
    protection = sheet.protection
    protection.enable()
    protection.formatColumns = protection.formatRows = False
    _printed(sheet, "landscape", "1:1")


def _printed(
    sheet: Worksheet, orientation: Literal["portrait", "landscape"], title_rows: str
) -> None:
    """Print on A4, all columns on a page, the title rows on each."""
    sheet.page_setup.orientation = orientation
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.print_title_rows = title_rows


def _body(sheet: Worksheet, rows: Sequence[Sequence[str]], spare: int, columns: int) -> int:
    """Write what is given, locked, and leave the rest of each row, and spare rows, to fill in."""
    last = 1 + len(rows) + spare
    for number in range(2, last + 1):
        given = rows[number - 2] if number - 2 < len(rows) else ()
        for column in range(1, columns + 1):
            if column <= len(given):
                sheet.cell(number, column, given[column - 1]).style = "given"
            else:
                sheet.cell(number, column).style = "open"
    return last


def _scales(sheet: Worksheet, context: StudyContext, choices: _Choices, language: str) -> None:
    scales = context.instrument["scales"].to_dict("records")
    heads = [
        f"{scale['scale']}. {scale[f'label_{language}']}\n1 = {scale[f'left_{language}']}\n"
        f"{scale['points']} = {scale[f'right_{language}']}"
        for scale in scales
    ]
    _header(
        sheet,
        [schema.label("municipality", language), *heads],
        [_WIDTHS["municipality"], *[23.0] * len(scales)],
        height=95,
    )
    last = _body(sheet, [[name] for name in context.municipalities], 15, 1 + len(scales))
    silence = schema.label("no_answer", language)
    for column, scale in enumerate(scales, start=2):
        poles = {"left": scale[f"left_{language}"], "right": scale[f"right_{language}"]}
        rule = choices.rule(
            [*range(1, int(scale["points"]) + 1), silence],
            title=text("workbook.prompt_title", language, scale=scale["scale"])
            + f": {scale[f'label_{language}']}",
            prompt=text("workbook.prompt", language, points=scale["points"], **poles),
        )
        _apply(sheet, rule, column, last)


def _part(
    sheet: Worksheet, part: str, context: StudyContext, choices: _Choices, language: str
) -> None:
    columns = _columns(part, language)
    widths = [_WIDTHS.get(name.removesuffix("_nl").removesuffix("_en"), 18) for name in columns]
    _header(sheet, [schema.label(name, language, part) for name in columns], widths, height=32)
    given: list[list[str]] = []
    if part == "municipalities":
        given = [[name] for name in context.municipalities]
    elif part == "participants":
        given = context.participants[list(columns[:2])].fillna("").to_numpy().tolist()
    last = _body(sheet, given, _SPARE.get(part, 15), len(columns))
    for column, name in enumerate(columns, start=1):
        if name in ("teams", "of_which_pilot"):
            rule = DataValidation("whole", "greaterThanOrEqual", "0", allow_blank=True)
            rule.showErrorMessage = rule.showInputMessage = True
            rule.error = text("workbook.error_teams", language)
            rule.prompt = text("workbook.prompt_teams", language)
            _apply(sheet, rule, column, last)
        elif not (given and column == 1) and (values := _values(name, context, language)):
            rule = choices.rule(values)
            if name == "municipality":
                rule.errorStyle = "warning"
            _apply(sheet, rule, column, last)


def _columns(part: str, language: str) -> tuple[str, ...]:
    """Give the columns of a part, texts in the workbook's language before the other."""
    if language == "nl":
        return PARTS[part]
    swap = {"_nl": "_en", "_en": "_nl"}
    return tuple(name[:-3] + swap[name[-3:]] if name[-3:] in swap else name for name in PARTS[part])


def _values(column: str, context: StudyContext, language: str) -> list[str]:
    """List what can be chosen in a column; empty where anything can be typed."""
    tables, label = context.instrument, f"label_{language}"
    if column == "municipality":
        return list(context.municipalities)
    if column == "fact":
        return [fact_label(one) for one in tables["fact_labels"][label]]
    if column == "theme":
        parts = tables["labels"][tables["labels"]["kind"] == "part"].set_index("code")[label]
        themes = tables["themes"]
        keys = zip(*(themes[name] for name in ("part", "number", "theme", label)), strict=True)
        return [
            text("workbook.theme", language, part=parts[p], number=n, theme=t, label=name)
            for p, n, t, name in keys
        ]
    labels = tables["labels"]
    return labels.loc[labels["kind"] == column, label].to_list()


def _apply(sheet: Worksheet, rule: DataValidation, column: int, last: int) -> None:
    letter = get_column_letter(column)
    rule.add(f"{letter}2:{letter}{last}")
    sheet.add_data_validation(rule)


def _instructions(sheet: Worksheet, round_name: str, language: str) -> None:
    sheet.title = text("workbook.sheet_instructions", language)
    sheet.column_dimensions["A"].width = 5
    sheet.column_dimensions["B"].width = 100
    sheet["B1"] = text("workbook.title", language, round=round_name)
    sheet["B1"].font = Font(bold=True, size=14)
    for number, step in enumerate(_STEPS, start=1):
        sheet.cell(number + 2, 1, number).alignment = _NUMBER
        line = sheet.cell(number + 2, 2, text(f"workbook.step_{step}", language, round=round_name))
        line.alignment = _TOP
        sheet.row_dimensions[number + 2].height = 15 * (1 + len(str(line.value)) // 110)
    sheet.protection.enable()
    _printed(sheet, "portrait", "1:1")


def _checklist(
    sheet: Worksheet, tables: Mapping[str, pd.DataFrame], round_name: str, language: str
) -> None:
    """Write the questions block by block, then the scales with their points to circle."""
    label = f"label_{language}"
    sheet.append([text("workbook.checklist_title", language, round=round_name)])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append([text("workbook.visit", language)])
    sheet.row_dimensions[2].height = 30
    sheet.append([None, text("workbook.question", language), text("workbook.answer", language)])
    labels = tables["labels"]
    blocks = labels[labels["kind"] == "block"].set_index("code")[label].to_dict()
    questions = tables["checklist"].to_dict("records")
    for (block, minutes), rows in groupby(questions, lambda one: (one["block"], one["minutes"])):
        name = blocks.get(block, block)
        _heading(sheet, text("workbook.block", language, block=name, minutes=minutes))
        for row in rows:
            sheet.append([int(row["position"]), row[f"question_{language}"]])
            _lines(sheet, 60)
            for cell, border in zip(sheet[sheet.max_row][2:], _WIDE_BOX, strict=True):
                cell.border = border
    sheet.row_breaks.append(Break(id=sheet.max_row))
    _heading(sheet, text("workbook.scales", language))
    for row in tables["scales"].to_dict("records"):
        points = (" " * 6).join(map(str, range(1, int(row["points"]) + 1)))
        poles = (row[f"left_{language}"], points, row[f"right_{language}"])
        sheet.append([int(row["scale"]), row[label], *poles])
        _lines(sheet, 40)
        for cell, side in zip(sheet[sheet.max_row][2:], ("right", "center", "left"), strict=True):
            cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
            cell.border = Border(top=_LINE, bottom=_LINE)
        sheet.cell(sheet.max_row, 4).font = Font(size=14)
    for column, width in zip("ABCDE", (5, 45, 18, 26, 18), strict=True):
        sheet.column_dimensions[column].width = width
    for cell in sheet[3]:
        cell.font = Font(bold=True)
    sheet.protection.enable()
    _printed(sheet, "portrait", "3:3")
    if sheet.oddFooter and sheet.oddFooter.center:
        sheet.oddFooter.center.text = text("workbook.page", language)


def _heading(sheet: Worksheet, name: str) -> None:
    sheet.append([name])
    sheet.cell(sheet.max_row, 1).font = Font(bold=True)
    sheet.row_dimensions[sheet.max_row].height = 24


def _lines(sheet: Worksheet, height: int) -> None:
    for column in range(1, 6):
        cell = sheet.cell(sheet.max_row, column)
        cell.alignment = _NUMBER if column == 1 else _TOP
        cell.border = _BOX
    sheet.row_dimensions[sheet.max_row].height = height
