"""papermill's engine ``swt``: cells run in an IPython shell of this process, which costs no start.

papermill loads this module at the end of its own import: import papermill, and not this.
"""

import faulthandler
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from papermill.engines import Engine, NBClientEngine

from swt_analysis.reports.shell import Shell

GRACE_SECONDS = 5.0  # for a cell past its time to stop by itself


class ShellEngine(Engine):  # type: ignore[misc]
    """Runs each notebook in a clean namespace of this process.

    A notebook in another language, or called for from inside IPython, is left to papermill's
    own engine. `swt report` runs each notebook in a process of its own (`run`).

    Examples
    --------
    >>> import papermill
    >>> papermill.execute_notebook("in.ipynb", "out.ipynb", engine_name="swt")  # doctest: +SKIP
    """

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        execution_timeout: float | None = None,
        **kwargs: Any,
    ) -> Any:
        """Run the cells up to the first error.

        Parameters
        ----------
        nb_man : papermill.engines.NotebookExecutionManager
            Has the notebook, which gets the outputs.
        kernel_name : str
            Name of its kernel.
        execution_timeout : float, optional
            Seconds that a cell may take. One that cannot be stopped then ends the process.
        **kwargs
            For papermill's own engine.
        """
        notebook = nb_man.nb
        language = notebook.metadata.get("kernelspec", {}).get("language", "python")
        other_shell = InteractiveShell.initialized() and not isinstance(
            InteractiveShell.instance(), Shell
        )
        if language != "python" or other_shell:
            return NBClientEngine.execute_managed_notebook(
                nb_man, kernel_name, execution_timeout=execution_timeout, **kwargs
            )
        os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
        shell = Shell.instance()
        shell.reset(new_session=True)  # type: ignore[no-untyped-call]
        sys.modules["__main__"] = shell.user_module  # for what a notebook pickles
        np.random.seed()  # else every fork would draw the same
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            nb_man.cell_start(cell, index)
            if execution_timeout:
                faulthandler.dump_traceback_later(
                    execution_timeout + GRACE_SECONDS, exit=True, file=_nowhere()
                )
            cell.outputs = list(shell.run(cell.source, execution_timeout))
            faulthandler.cancel_dump_traceback_later()
            cell.execution_count = shell.execution_count - 1
            failed = any(output.output_type == "error" for output in cell.outputs)
            if failed and "raises-exception" not in cell.metadata.get("tags", ()):
                nb_man.cell_exception(cell, index)
                break
            nb_man.cell_complete(cell, index)
        return notebook


@cache
def _nowhere() -> TextIO:
    """Give a file that swallows what is written; it stays open, as the clock needs it later."""
    return Path(os.devnull).open("w")
