"""How a round comes in: a workbook to fill in (`template`), its import, and an invented study.

`template` and `simulate` are imported from their modules: their commands alone need openpyxl.
"""

from swt_analysis.rounds.importing import Imported, RoundExistsError, import_round

__all__ = ["Imported", "RoundExistsError", "import_round"]
