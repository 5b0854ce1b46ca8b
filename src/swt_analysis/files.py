"""Files: their names, and how they are written whole or not at all."""

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from filelock import FileLock, Timeout

_PART = ".part"
_STAGING = ".import"
_REPLACED = ".replaced"
LOCK = ".lock"
_SCRATCH = ".swt-"  # beside an export others may keep theirs: what is removed is ours
_LONGEST = 74  # of a folder that multiprocessing can have a socket in: its path may have 107
_POLL_SECONDS = 0.2


def write_whole(contents: Mapping[Path, bytes]) -> None:
    """Write files beside their places first, and put them there when all are whole.

    Parameters
    ----------
    contents : mapping of Path to bytes
        What each file is to hold; folders are made.

    Raises
    ------
    OSError
        If there is no room, or no right to write; it names the file that was to be written, and
        nothing is left half written.
    """
    try:
        for path, content in contents.items():
            with naming(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.with_name(path.name + _PART).write_bytes(content)
        for path in contents:
            with naming(path):
                path.with_name(path.name + _PART).replace(path)
    except BaseException:  # a full disk above all: what is half written would keep it full
        for path in contents:
            with contextlib.suppress(OSError):
                path.with_name(path.name + _PART).unlink()
        raise


def write_folder(folder: Path, contents: Mapping[Path, bytes]) -> None:
    """Write files to a new folder, whole or not at all.

    Raises
    ------
    FileExistsError
        If the folder exists.
    OSError
        If there is no room, or no right to write; nothing is left half written.
    """
    if folder.exists():
        raise FileExistsError(f"{folder}: exists already; choose a new folder")
    with naming(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        remove_scratch(folder.parent)
        scratch = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=folder.parent))
    part = scratch / "part"
    try:
        with FileLock(scratch / LOCK):  # which `remove_scratch` heeds
            for path, content in contents.items():
                with naming(folder / path):
                    (part / path).parent.mkdir(parents=True, exist_ok=True)
                    (part / path).write_bytes(content)
            with naming(folder):
                part.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Have an error name the file that is being written: that of a full disk names none."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return digest(path.read_bytes())


def digest(content: bytes) -> str:
    """SHA-256 of content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


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


def slugs(names: list[str]) -> list[str]:
    """Turn names into parts of file names: plain, short, and no two alike.

    Examples
    --------
    >>> slugs(["Súdwest-Fryslân", "'s-Hertogenbosch"])
    ['sudwest-fryslan', 's-hertogenbosch']
    """
    found: dict[str, None] = {}
    for name in names:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "x"
        number, unique = 1, slug
        while unique in found:
            number += 1
            unique = f"{slug}-{number}"
        found[unique] = None
    return list(found)


@contextlib.contextmanager
def locked(folder: Path, waiting: Callable[[], object]) -> Iterator[None]:
    """Hold a folder's lock; the system frees it when the process ends, however that comes.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    waiting : callable
        Called once if another process holds the lock, which is then waited for.

    Raises
    ------
    OSError
        If there is no right to write in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        waiting()
        lock.acquire(poll_interval=_POLL_SECONDS)
    with lock:  # once more, to let go of all at the end
        lock.release()
        yield


def remove_scratch(folder: Path) -> None:
    """Remove what runs that were killed left in a folder of their temporary files."""
    for old in folder.glob(f"{_SCRATCH}*"):
        with contextlib.suppress(Timeout, OSError), FileLock(old / LOCK, timeout=0):
            shutil.rmtree(old, ignore_errors=True)


def use_scratch(folder: Path) -> None:
    """Have temporary files, of this process and of those it starts, in a folder of our own.

    A notebook that is killed leaves its files; in the system's folder they would stay. The folder
    goes when this process ends; until then its lock is held, which `remove_scratch` heeds.

    Parameters
    ----------
    folder : Path
        Where to make it.
    """
    from multiprocessing.util import Finalize, get_temp_dir  # not for a run with nothing to do

    made = tempfile.mkdtemp(prefix=_SCRATCH, dir=folder)
    lock = FileLock(Path(made) / LOCK)
    lock.acquire()  # which makes the folder again if another run took it for one that was left
    if len(os.fsencode(made)) > _LONGEST:
        get_temp_dir()  # multiprocessing's, in the system's folder
    # After multiprocessing has removed its own folder in there (-100). It keeps the lock, too: one
    # that nobody refers to is free.
    Finalize(None, _remove_held, [made, lock], exitpriority=-200)
    os.environ.update({"TMPDIR": made, "IPYTHONDIR": made})
    if not os.access(Path("~").expanduser(), os.W_OK):
        os.environ["MPLCONFIGDIR"] = made
    tempfile.tempdir = None  # it keeps what it found first


def _remove_held(made: str, lock: FileLock) -> None:
    shutil.rmtree(made, ignore_errors=True)
    lock.release()
