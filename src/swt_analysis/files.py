"""Write files whole or not at all."""

import contextlib
import shutil
from collections.abc import Mapping
from pathlib import Path

_PART = ".part"
_STAGING = ".import"
_REPLACED = ".replaced"


def write_whole(contents: Mapping[Path, bytes]) -> None:
    """Write files beside their places first, and put them there when all are whole.

    Parameters
    ----------
    contents : mapping of Path to bytes
        What each file is to hold; folders are made.

    Raises
    ------
    OSError
        If there is no room, or no right to write; nothing is left half written.
    """
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_name(path.name + _PART).write_bytes(content)
        for path in contents:
            path.with_name(path.name + _PART).replace(path)
    except BaseException:  # a full disk above all: what is half written would keep it full
        for path in contents:
            with contextlib.suppress(OSError):
                path.with_name(path.name + _PART).unlink()
        raise


def remove_parts(folder: Path) -> None:
    """Remove what a run that was killed left half written."""
    for path in folder.rglob("*" + _PART):
        path.unlink(missing_ok=True)


def staging(raw: Path, round_name: str) -> Path:
    """Give the folder in which a round is made before it is put in its place."""
    return raw / _STAGING / round_name


def put_round(staged: Path, target: Path) -> None:
    """Put a round that is whole in its place; one that is there gives way.

    Between the two renames the round is in neither place: `restore_replaced` brings it back.
    """
    target.parent.mkdir(exist_ok=True)
    if target.exists():
        target.rename(staged.with_name(target.name + _REPLACED))
    staged.rename(target)


def restore_replaced(raw: Path) -> None:
    """Bring back a round if an import was killed while it put another in its place."""
    for old in (raw / _STAGING).glob("*" + _REPLACED):
        target = raw / "rounds" / old.name.removesuffix(_REPLACED)
        if not target.exists():
            old.rename(target)


def clear_staging(raw: Path) -> None:
    """Remove what an import left, after `restore_replaced`."""
    restore_replaced(raw)
    shutil.rmtree(raw / _STAGING, ignore_errors=True)
