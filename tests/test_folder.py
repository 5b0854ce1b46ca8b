"""A study is found from any folder inside it."""

from pathlib import Path

import pytest

from swt_analysis.folder import PROJECT, StudyFolder, find_folder


def test_found_from_a_folder_inside() -> None:
    assert find_folder(PROJECT / "data" / "raw" / "rounds") == StudyFolder(PROJECT)
    assert [path.name for path in StudyFolder(PROJECT).rounds()] == ["2014"]


def test_a_study_has_the_projects_notebooks_and_its_own_which_win(tmp_path: Path) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    study = find_folder(tmp_path)
    assert study.notebooks["claims"] == PROJECT / "notebooks" / "claims.ipynb"
    (tmp_path / "notebooks").mkdir()
    for name in ("own", "claims"):
        (tmp_path / "notebooks" / f"{name}.ipynb").touch()
    assert study.notebooks["own"] == tmp_path / "notebooks" / "own.ipynb"
    assert study.notebooks["claims"] == tmp_path / "notebooks" / "claims.ipynb"
    assert study.notebooks["change"] == PROJECT / "notebooks" / "change.ipynb"


def test_no_study_says_what_one_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="a study is a folder with data/raw"):
        find_folder(tmp_path)
