"""The wheel alone, outside any checkout: a study of one's own, and the Noord-Holland one."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.conftest import ROOT
from tests.test_new import SCORES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and install it into an empty folder, what it needs left as it is here."""
    base = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(base)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = base.glob("*.whl")
    uv = [sys.executable, "-m", "uv", "pip", "install", "--offline", "--no-deps"]
    command = [*uv, "--python", sys.executable, "--target", str(base / "site"), str(wheel)]
    subprocess.run(command, cwd=base, check=True, capture_output=True)
    return base


@pytest.fixture
def run(installed: Path, tmp_path: Path):
    """Run Python in an empty folder, with the installed package before all others."""
    site, cache = str(installed / "site"), str(tmp_path / "cache")
    environment = os.environ | {"PYTHONPATH": site, "XDG_CACHE_HOME": cache}
    (tmp_path / "empty").mkdir()

    def python(*arguments: str, folder: Path = tmp_path / "empty") -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return python


def test_the_wheel_has_what_is_found_in_a_checkout(installed: Path) -> None:
    (wheel,) = installed.glob("*.whl")
    there = set(ZipFile(wheel).namelist())
    assert "swt_analysis/project/requirements.lock" in there
    for folder in ("data/raw", "notebooks"):
        for path in (ROOT / folder).rglob("*"):
            place = f"swt_analysis/project/{path.relative_to(ROOT).as_posix()}"
            assert path.is_dir() or place in there, place


def test_a_study_of_one_s_own(run, tmp_path: Path) -> None:
    run("-m", "swt_analysis", "new", "study", "X")
    study = tmp_path / "empty" / "X"
    told = run("-m", "swt_analysis", "report", "themes", "--language", "nl", folder=study)
    assert "There is no round yet" in told
    (study / "data/raw/rounds/2026").mkdir()
    (study / "data/raw/rounds/2026/scores.csv").write_text(SCORES, "utf-8")
    run("-m", "swt_analysis", "new", "notebook", "Mijn vraag", folder=study)
    run("-m", "swt_analysis", "report", folder=study)
    made = {path.stem for path in (study / "reports" / "nl").glob("*.html")}
    assert {"overview", "choice-scale-11", "municipality-ce", "mijn-vraag", "index"} <= made
    run("-m", "swt_analysis", "explore", "choice-scale", "scale=4", "--no-open", folder=study)
    assert (study / "explore" / "choice-scale.ipynb").exists()


def test_the_noord_holland_study_is_there(run, installed: Path, tmp_path: Path) -> None:
    code = (
        "import swt_analysis as swt; study = swt.open_study(); print(swt.__file__); "
        "print(study.title); print(study.folder.root); print(study.scale(4).counts(2014))"
    )
    file, title, root, *_ = run("-c", code).splitlines()
    assert Path(file).is_relative_to(installed / "site")
    assert title == "Sociale wijkteams in Noord-Holland"
    assert Path(root).is_relative_to(tmp_path / "cache")
    run("-m", "swt_analysis", "report", "overview", "--language", "en", folder=Path(root))
    executed = Path(root) / "reports" / "en" / "overview.ipynb"
    run("-m", "nbconvert", "--to", "swt", str(executed), "--output-dir", str(tmp_path / "out"))
    page = (tmp_path / "out" / "overview.html").read_text("utf-8")
    assert '<html lang="en"' in page
    assert "http-equiv" in page
    assert "<script" not in page
