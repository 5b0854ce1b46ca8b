"""Write files whole or not at all."""

from collections.abc import Mapping
from pathlib import Path

_PART = ".part"


def write_whole(contents: Mapping[Path, bytes]) -> None:
    """Write files beside their places first, and put them there when all are whole.

    Parameters
    ----------
    contents : mapping of Path to bytes
        What each file is to hold; folders are made.
    """
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_name(path.name + _PART).write_bytes(content)
    for path in contents:
        path.with_name(path.name + _PART).replace(path)


def remove_parts(folder: Path) -> None:
    """Remove what a run that was killed left half written."""
    for path in folder.rglob("*" + _PART):
        path.unlink(missing_ok=True)
