"""A place that is full, of another user or not to be written: the file is named, and what to do."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest
from filelock import FileLock

from tests.conftest import copy_raw, swt, swt_alone
from tests.faults.conditions import locked, own_disk

ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="mounts need root")


@contextmanager
def full(part: str) -> Iterator[None]:
    """Have no room for files in whose path a part occurs."""
    write = Path.write_bytes

    def write_bytes(path: Path, content: bytes) -> int:
        if part not in str(path):
            return write(path, content)
        write(path, content[: len(content) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with mock.patch.object(Path, "write_bytes", write_bytes):
        yield


def files(folder: Path) -> list[str]:
    found = (one for one in folder.rglob("*") if one.is_file() and one.name != ".lock")
    return sorted(str(one.relative_to(folder)) for one in found)


@pytest.mark.parametrize(
    ("part", "command", "named"),
    [
        ("scores.csv", ["import", "{new}", "--round", "2015"], "rounds/2015/scores.csv"),
        ("new.csv", ["import", "{new}", "--round", "2015"], "received/new.csv"),
        ("themes.csv", ["clean"], "data/processed/themes.csv"),
        ("out.sav", ["export", "out.sav"], "out.sav"),
        ("empty.xlsx", ["template", "2016", "-o", "empty.xlsx"], "empty.xlsx"),
        ("scales.csv", ["simulate", "-o", "made", "--municipalities", "3"], "made/data/raw"),
        ("topics.csv", ["new", "study", "made"], "made/data/raw/instrument/topics.csv"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_a_full_disk_names_the_file_that_was_written(
    tmp_path: Path, part: str, command: list[str], named: str
) -> None:
    study = copy_raw(tmp_path / "study")
    new = study / "new.csv"
    new.write_text("gemeente,1\nHaarlem,3\nVelsen,2\n", "utf-8")
    if command[0] == "export":
        assert swt("clean", folder=study).returncode == 0
    before = files(study)
    with full(part):
        done = swt(*(word.format(new=new) for word in command), folder=study)
    assert done.returncode in (1, 2)
    assert "no space left on the disk for it; make room" in done.stderr
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert files(study) == before


@ROOT
@pytest.mark.parametrize(
    "command", ["export", pytest.param("template 2016 -o", marks=pytest.mark.slow)]
)
def test_a_workbook_for_which_there_is_no_room_is_told_in_a_line(
    tmp_path: Path, command: str
) -> None:
    assert swt("clean", folder=copy_raw(tmp_path / "study")).returncode == 0
    with own_disk(tmp_path / "study") as (study, leave):
        leave(8_192)
        out = study / "out.xlsx"
        done = swt_alone(*command.split(), str(out), folder=study)
        assert done.returncode == 2
        assert done.stderr.startswith(f"{out}: no space left on the disk for it; make room")
        assert len(done.stderr.splitlines()) == 1
        assert not out.exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_an_interrupted_simulation_leaves_nothing(
    tmp_path: Path, error: type[BaseException]
) -> None:
    from swt_analysis.files import write_folder

    with mock.patch.object(Path, "rename", side_effect=error), pytest.raises(error):
        write_folder(tmp_path / "made", {Path("a", "b.csv"): b"1"})
    assert files(tmp_path) == []


def test_what_a_killed_run_left_of_a_folder_goes_and_what_one_is_making_stays(
    tmp_path: Path,
) -> None:
    from swt_analysis.files import write_folder

    killed, living = tmp_path / ".swt-killed", tmp_path / ".swt-living"
    for one in (killed, living, tmp_path / ".tmp-of-others"):
        (one / "part").mkdir(parents=True)
        (one / "part" / "b.csv").write_bytes(b"1")
    with FileLock(living / ".lock"):
        write_folder(tmp_path / "made", {Path("a", "b.csv"): b"1"})
        kept = [".swt-living/part/b.csv", ".tmp-of-others/part/b.csv", "made/a/b.csv"]
        assert files(tmp_path) == kept


@pytest.mark.skipif(os.geteuid() != 0, reason="needs another user")
def test_the_lock_of_another_user_is_named_with_its_owner_and_a_remedy(tmp_path: Path) -> None:
    study = copy_raw(tmp_path / "study")
    lock = study / "reports" / ".lock"
    lock.parent.mkdir()
    lock.touch()
    error = PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(lock))
    with mock.patch("swt_analysis.cli.common.locked", side_effect=error):
        done = swt("clean", folder=study)
    assert done.returncode == 1
    assert f"{lock}: is of root, and not for you to write; ask root to let you" in done.stderr
    assert "cannot be written" not in done.stderr


@ROOT
def test_a_study_that_cannot_be_written_is_listed_shared_and_exported(tmp_path: Path) -> None:
    study = copy_raw(tmp_path / "study")
    assert swt("report", "instrument", folder=study).returncode == 0
    out = tmp_path / "out"
    out.mkdir()
    with locked(study):
        assert swt("check", folder=study).returncode == 0
        done = swt("list", folder=study)
        assert done.returncode == 0, done.stderr
        assert "instrument" in done.stdout
        for command in (["share", "instrument", "-o", f"{out}/a.zip"], ["export", f"{out}/a.csv"]):
            done = swt(*command, folder=study)
            assert done.returncode == 0, done.stderr
        done = swt("report", "instrument", "--force", folder=study)
        assert done.returncode == 1
        assert "Read-only file system" in done.stderr
    assert {"a.csv", "a.zip"} <= set(files(out))


@ROOT
def test_where_tables_are_not_of_now_it_says_why_they_cannot_be_listed(tmp_path: Path) -> None:
    study = copy_raw(tmp_path / "study")
    with locked(study):
        done = swt("list", folder=study)
    assert done.returncode == 1
    assert "The tables there are not those of the raw data of now; make them where" in done.stderr
