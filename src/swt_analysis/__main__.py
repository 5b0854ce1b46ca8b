"""``python -m swt_analysis`` is ``swt``."""

from swt_analysis.cli import main

main()
