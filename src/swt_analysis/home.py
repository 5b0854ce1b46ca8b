"""A place for what notebooks and figures keep, where the home folder cannot be written."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def writable_home() -> Iterator[None]:
    """Give IPython, matplotlib and Jupyter a folder while this lasts, if they have none.

    Left to themselves, each of their processes makes one and not all remove it.
    """
    home = Path("~").expanduser()
    settings = Path(os.environ.get("XDG_CONFIG_HOME", home / ".config"))
    data = Path(os.environ.get("XDG_DATA_HOME", home / ".local" / "share"))
    kept = {
        "IPYTHONDIR": home / ".ipython",
        "MPLCONFIGDIR": settings / "matplotlib",
        "JUPYTER_RUNTIME_DIR": data / "jupyter" / "runtime",
    }
    without = [
        name
        for name, folder in kept.items()
        if name not in os.environ and not _can_be_written(folder)
    ]
    if not without:
        yield
        return
    # Processes that still end may write there while it is removed.
    with tempfile.TemporaryDirectory(prefix="swt-", ignore_cleanup_errors=True) as temporary:
        os.environ.update(dict.fromkeys(without, temporary))
        try:
            yield
        finally:
            for name in without:
                del os.environ[name]


def _can_be_written(folder: Path) -> bool:
    """Whether files can be put in a folder, which may have to be made first."""
    there = next((one for one in (folder, *folder.parents) if one.exists()), None)
    return there is not None and os.access(there, os.W_OK)
