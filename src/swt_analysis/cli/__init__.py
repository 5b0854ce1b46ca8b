"""The command ``swt``: each command is a few lines that call what is below."""

from swt_analysis.cli import data, own, reports
from swt_analysis.cli.common import main

__all__ = ["data", "main", "own", "reports"]
