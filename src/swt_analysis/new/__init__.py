"""What a researcher begins from: a notebook that is a report, and a study."""

import json
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from swt_analysis.files import slugs, write_folder, write_whole
from swt_analysis.folder import PROJECT, StudyFolder
from swt_analysis.problems import InvalidError

_HERE = files("swt_analysis.new")
_RAW = Path("data", "raw")
_POLLS = _RAW / "reference" / "national_polls.csv"
_IGNORED = ("data/processed/", "reports/", "explore/", ".ipynb_checkpoints/", "__pycache__/")


def new_notebook(study: StudyFolder, title: str, taken: Iterable[str] = ()) -> Path:
    """Write a small notebook into a study: text, a table, a figure, a sentence with a number.

    Parameters
    ----------
    study : StudyFolder
        It goes into its ``notebooks/``.
    title : str
        What it is about; the name of its file is made of it.
    taken : iterable of str
        Names of reports that there are.

    Returns
    -------
    Path
        The notebook.

    Raises
    ------
    InvalidError
        If there is a notebook or report of that name already, or the title has no letter or digit.
    """
    if not any(one.isalnum() for one in title):
        raise InvalidError(
            f"{title!r}: a name needs a letter, such as: swt new notebook my-question"
        )
    (name,) = slugs([Path(title).name.removesuffix(".ipynb")])
    path = study.root / "notebooks" / f"{name}.ipynb"
    if name in {*(stem.replace("_", "-") for stem in study.notebooks), *taken} or path.exists():
        raise InvalidError(
            f"{name}: there is a notebook or report of that name; choose another, or take a copy "
            f"to try things in with: swt explore {name}"
        )
    notebook = json.loads(_HERE.joinpath("notebook.ipynb").read_text("utf-8"))
    heading = title if " " in title else name.replace("-", " ").capitalize()
    for cell in notebook["cells"]:
        cell["source"] = [line.replace("TITLE", heading) for line in cell["source"]]
    content = json.dumps(notebook, indent=1, ensure_ascii=False)
    write_whole({path: f"{content}\n".encode()})
    return path


def new_study(folder: Path) -> StudyFolder:
    """Make a study that waits for its first round, with the instrument of the Noord-Holland one.

    Parameters
    ----------
    folder : Path
        Where to; its name is the title, until ``data/raw/study.toml`` is edited.

    Raises
    ------
    InvalidError
        If there is something in the folder already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidError(f"{folder}: exists already; choose a new folder")
    study = StudyFolder(folder)
    title = json.dumps(folder.resolve().name.replace("_", " "), ensure_ascii=False)
    settings = _HERE.joinpath("study.toml").read_text("utf-8").replace("TITLE", title)
    project = (PROJECT / _RAW / "study.toml").read_text("utf-8")
    sources = [one for one in project.split("\n[[source]]\n")[1:] if "national_reference" in one]
    settings += "".join(f"\n[[source]]\n{one.strip()}\n" for one in sources)
    contents = {
        Path("README.md"): _HERE.joinpath("README.md").read_bytes(),
        Path(".gitignore"): "".join(f"{one}\n" for one in _IGNORED).encode(),
        _RAW / "study.toml": settings.encode(),
        _RAW / "rounds" / ".gitkeep": b"",  # git keeps no empty folder
        Path("notebooks", ".gitkeep"): b"",
    }
    instrument = sorted((PROJECT / _RAW / "instrument").iterdir())
    kept = [_POLLS, *(path.relative_to(PROJECT) for path in instrument)]
    contents |= {path: (PROJECT / path).read_bytes() for path in kept}
    if folder.exists():  # perhaps it is where somebody stands
        write_whole({folder / path: content for path, content in contents.items()})
    else:
        write_folder(folder, contents)
    return study
