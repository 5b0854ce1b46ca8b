"""How a round comes in: a workbook to fill in, an import, or an invented study."""
