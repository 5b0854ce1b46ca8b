"""A papermill engine that forks each notebook from a warm process: ``engine_name="swt"``.

papermill's own engine and nbclient do all the work; they are only given a kernel that has
everything imported already (see `swt_analysis.reports.forked` and `swt_analysis.reports.warm`).
"""

import logging
import sys
from functools import cache
from typing import Any

# papermill loads this module while it is being imported itself: imported here, it would be half.

_log = logging.getLogger(__name__)


class ForkEngine:
    """papermill engine that runs each notebook in a fork of a warm process.

    Where that is not safe or not the same (not on Linux, a kernel of another language or
    environment), papermill's own engine runs the notebook, and a warning says so once.

    Examples
    --------
    >>> import papermill
    >>> papermill.execute_notebook("in.ipynb", "out.ipynb", engine_name="swt")  # doctest: +SKIP
    """

    @classmethod
    def execute_notebook(
        cls,
        nb: Any,
        kernel_name: str,
        *,
        memory_limit: int | None = None,
        start_timeout: float = 60,
        **kwargs: Any,
    ) -> Any:
        """Run a notebook, as `papermill.engines.NBClientEngine` does.

        Parameters
        ----------
        nb : NotebookNode
            The notebook, which gets the outputs.
        kernel_name : str
            Name of its kernel.
        memory_limit : int, optional
            Bytes that the notebook may take on top of what is loaded; beyond it its cell gets a
            MemoryError.
        start_timeout : float
            Seconds to wait for the process.
        **kwargs
            What papermill's own engine takes, such as ``execution_timeout``.

        Returns
        -------
        NotebookNode

        Raises
        ------
        nbclient.exceptions.DeadKernelError
            If the process ends under the notebook.
        nbclient.exceptions.CellTimeoutError
            If a cell takes longer than ``execution_timeout`` seconds.
        """
        from nbclient.exceptions import DeadKernelError
        from papermill.engines import NBClientEngine

        from swt_analysis.reports.forked import CannotForkError, start

        kwargs["start_timeout"] = start_timeout
        try:
            kernel = start(_environment(kernel_name), memory_limit, start_timeout)
        except CannotForkError as reason:
            limit = "" if memory_limit is None else " and without a memory limit"
            _warn_once(f"papermill's own engine is used, more slowly{limit}: {reason}")
            _list_fonts()
            return NBClientEngine.execute_notebook(nb, kernel_name, **kwargs)

        class Engine(NBClientEngine):  # type: ignore[misc]
            @classmethod
            def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **kwargs: Any) -> Any:
                with kernel:  # ends before papermill saves the notebook
                    try:
                        return super().execute_managed_notebook(
                            nb_man, kernel_name, km=kernel, **kwargs
                        )
                    except DeadKernelError:
                        raise DeadKernelError(f"Kernel died: {kernel.ended()}") from None

        return Engine.execute_notebook(nb, kernel_name, **kwargs)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """Name of the notebook's kernel, as papermill finds it."""
        from papermill.engines import NBClientEngine

        return str(NBClientEngine.nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """Language of the notebook, as papermill finds it."""
        from papermill.engines import NBClientEngine

        return str(NBClientEngine.nb_language(nb, language))


@cache
def _warn_once(message: str) -> None:
    _log.warning(message)


@cache
def _list_fonts() -> None:
    """Let matplotlib list the fonts of this machine, which it does once.

    What it says of them would stand in the first notebook that draws.
    """
    import matplotlib.font_manager  # noqa: F401


@cache
def _environment(kernel_name: str) -> dict[str, str]:
    """Environment variables that a kernel asks for, if it is IPython's in this interpreter."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    from swt_analysis.reports.forked import CannotForkError

    try:
        spec = KernelSpecManager().get_kernel_spec(kernel_name)
    except NoSuchKernel:
        raise CannotForkError(f"there is no kernel {kernel_name!r}") from None
    here = {sys.executable, "python", f"python{sys.version_info.major}"}
    if spec.argv[0] not in here or "ipykernel_launcher" not in spec.argv:
        raise CannotForkError(f"kernel {kernel_name!r} is not IPython in this environment")
    return dict(spec.env)
