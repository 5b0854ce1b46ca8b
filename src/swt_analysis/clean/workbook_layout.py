"""How the workbook is laid out in which a researcher enters a round: its sheets and columns."""

from swt_analysis.text import LANGUAGES, text

FORMAT = "1"  # goes up when older workbooks cannot be read any more
HIDDEN = "swt"  # sheet with format, round and language, and the lists to choose from
PARTS = {
    "municipalities": ("municipality", "status", "form", "atypical_team", "note_nl", "note_en"),
    "facts": ("municipality", "fact", "value"),
    "participants": ("label_nl", "label_en", "teams", "of_which_pilot", "note_nl", "note_en"),
    "mentions": ("theme", "municipality", "subject_nl", "subject_en"),
}
NEEDED = {
    "municipalities": ("municipality",),
    "facts": ("municipality", "fact"),
    "participants": ("teams",),
    "mentions": ("theme", "municipality"),
}


def sheet_names(part: str) -> tuple[str, ...]:
    """Give the names of a sheet, in every language."""
    return tuple(text(f"workbook.sheet_{part}", code) for code in LANGUAGES)


def fact_label(label: str) -> str:
    """Write the label of a fact that takes a value as it stands in the list to choose from.

    Examples
    --------
    >>> fact_label("Team by name: {value}")
    'Team by name: …'
    """
    return label.replace("{value}", "…")
