"""The workbook of `swt template`, filled in or not, and what may be wrong with it."""

import io
from datetime import datetime
from functools import cache
from typing import Any

from openpyxl import load_workbook
from openpyxl.styles import Font
from openpyxl.workbook import Workbook

from swt_analysis.clean.study import read_others, study_context
from swt_analysis.folder import StudyFolder
from swt_analysis.rounds.template import template
from swt_analysis.text import text
from tests.conftest import ROOT

PARTS = ("scales", "municipalities", "facts", "participants", "mentions")
# What is typed in each sheet, by cell; three municipalities answer all scales.
TYPED: dict[str, dict[str, object]] = {
    "scales": {f"{column}{row}": 3 for column in "BCDEFGHIJKL" for row in (2, 3, 4)},
    "municipalities": {"B2": "proef", "E2": "Begonnen met één proef"},
    "facts": {"A2": "Haarlem", "B2": "Met naam genoemd team: …", "C2": "De Brug"},
    "participants": {"C2": 2, "D2": 1},
    "mentions": {"A2": "observatie 1.2 Teams", "B2": "Haarlem", "C2": "vast team"},
}


@cache
def blank(year: str, language: str) -> bytes:
    """Make the workbook with fewer rows to spare: most of the time goes to reading those."""
    context = study_context(read_others(StudyFolder(ROOT), year))
    book = load_workbook(io.BytesIO(template(context, year, language)))
    for part in ("facts", "mentions"):
        book[text(f"workbook.sheet_{part}", language)].delete_rows(5, 500)
    return _saved(book)


def make(case: dict[str, Any]) -> bytes:
    """Fill in a workbook, all sheets but those that are left empty, and damage it as a case says.

    Keys of a case: ``empty`` (parts), ``language``, ``year``, ``cells`` (sheet, cell, value),
    ``renamed`` (sheet, name), ``deleted`` (sheets), ``merged`` (sheet, range), ``struck`` (sheet,
    cell), ``hidden`` (sheets), ``part`` (how much of the file is left).
    """
    language = case.get("language", "nl")
    book = load_workbook(io.BytesIO(blank(case.get("year", "2015"), language)))
    for part in PARTS:
        if part not in case.get("empty", ()):
            sheet = book[text(f"workbook.sheet_{part}", language)]
            for place, value in TYPED[part].items():
                sheet[place] = value
    for name, place, value in case.get("cells", ()):
        book[name][place] = datetime(2015, 2, 1) if value == "a date" else value
    for name, place in case.get("merged", ()):
        book[name].merge_cells(place)
    for name, place in case.get("struck", ()):
        book[name][place].font = Font(strike=True)
    for name in case.get("hidden", ()):
        book[name].sheet_state = "hidden"
    for name in case.get("deleted", ()):
        del book[name]
    for name, new in case.get("renamed", ()):
        book[name].title = new
    content = _saved(book)
    return content[: int(len(content) * case.get("part", 1))]


def _saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
