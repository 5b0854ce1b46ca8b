"""What a run needs only while it lasts is gone with it, or with the next."""

import os
import tempfile
from pathlib import Path

import pytest

from swt_analysis.lock import alone
from swt_analysis.temporary import own_temporary, remove_left


def test_temporary_files_lie_in_a_folder_that_goes(tmp_path: Path) -> None:
    before, known = tempfile.gettempdir(), dict(os.environ)
    with own_temporary(tmp_path):
        file = Path(tempfile.mkdtemp())
        assert file.parent.parent == tmp_path
        assert os.environ["TMPDIR"] == str(file.parent)
    assert (tempfile.gettempdir(), dict(os.environ)) == (before, known)
    assert not list(tmp_path.iterdir())


def test_what_a_killed_run_left_is_removed_and_what_a_living_one_needs_stays(
    tmp_path: Path,
) -> None:
    dead, unlocked = tmp_path / ".temporary-dead", tmp_path / ".temporary-new"
    unlocked.mkdir()
    with alone(dead, lambda: None):
        (dead / "kernel.json").touch()
    with own_temporary(tmp_path):
        (mine,) = set(tmp_path.iterdir()) - {dead, unlocked}
        remove_left(tmp_path)
        assert list(tmp_path.iterdir()) == [mine]


@pytest.mark.parametrize("given", [True, False])
def test_a_home_that_cannot_be_written_is_replaced_unless_a_place_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: bool
) -> None:
    names = ("IPYTHONDIR", "MPLCONFIGDIR", "JUPYTER_RUNTIME_DIR")
    monkeypatch.setenv("HOME", "/dev/null/nobody")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", *names):
        monkeypatch.delenv(name, raising=False)
    if given:
        for name in names:
            monkeypatch.setenv(name, "/mine")
    with own_temporary(tmp_path):
        assert {os.environ[name] for name in names} == {"/mine" if given else os.environ["TMPDIR"]}
    assert given or not any(name in os.environ for name in names)
