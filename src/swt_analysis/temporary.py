"""A folder for what a run, its notebooks and their kernels need only while it lasts."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from swt_analysis.lock import alone, is_held

_PREFIX = ".temporary-"


def remove_left(folder: Path) -> None:
    """Remove what runs that were killed left of their `own_temporary`."""
    for old in folder.glob(f"{_PREFIX}*"):
        if not is_held(old):
            shutil.rmtree(old, ignore_errors=True)


@contextmanager
def own_temporary(folder: Path) -> Iterator[None]:
    """Have temporary files in a folder of our own.

    Jupyter keeps a file for each kernel and may be killed with it; a notebook may do the same. In
    the system's folder that would stay. What IPython, matplotlib and Jupyter keep goes here too,
    where the home folder cannot be written.

    Parameters
    ----------
    folder : Path
        Where to make it. The caller holds its lock, and may let go once it is made.
    """
    # Processes that still end may write there while it is removed.
    temporary = tempfile.TemporaryDirectory(prefix=_PREFIX, dir=folder, ignore_cleanup_errors=True)
    with (
        temporary as made,
        alone(Path(made), lambda: None),
        _environment(dict.fromkeys(_wanted(), made)),
    ):
        yield


def _wanted() -> list[str]:
    """Name the variables that say where things are kept, of those that need another place."""
    home = Path("~").expanduser()
    settings = Path(os.environ.get("XDG_CONFIG_HOME", home / ".config"))
    data = Path(os.environ.get("XDG_DATA_HOME", home / ".local" / "share"))
    kept = {
        "IPYTHONDIR": home / ".ipython",
        "MPLCONFIGDIR": settings / "matplotlib",
        "JUPYTER_RUNTIME_DIR": data / "jupyter" / "runtime",
    }
    homeless = [
        name
        for name, folder in kept.items()
        if name not in os.environ and not _can_be_written(folder)
    ]
    return ["TMPDIR", *homeless]


def _can_be_written(folder: Path) -> bool:
    """Whether files can be put in a folder, which may have to be made first."""
    there = next((one for one in (folder, *folder.parents) if one.exists()), None)
    return there is not None and there.is_dir() and os.access(there, os.W_OK)


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ[name] for name in variables if name in os.environ}
    os.environ.update(variables)
    tempfile.tempdir = None  # it keeps what it found first
    try:
        yield
    finally:
        for name in variables:
            del os.environ[name]
        os.environ.update(before)
        tempfile.tempdir = None
