"""What a worker elsewhere needs to make a report: no file system is shared with it."""

import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from swt_analysis.reports.build import Current, Failure, Made, Target, make
from swt_analysis.reports.catalogue import Report
from swt_analysis.reports.fingerprint import PACKAGE, Sources, differing, digest, packages
from swt_analysis.study import Study

# papermill goes to the study's folder with the whole process, which may have several threads.
_one_at_a_time = threading.Lock()
_unpacked: dict[str, tuple[Study, tempfile.TemporaryDirectory[str]]] = {}


class OtherVersionError(Exception):
    """A worker has another version of the package, or of a package that it needs."""


@dataclass(frozen=True)
class Parcel:
    """The files of a study that a notebook may read, and the library that is to make its page.

    Attributes
    ----------
    files : dict of str to bytes
        By their place in the study.
    library : dict of str to str
        Hashes of all modules, texts and templates of the package and of the packages it needs.
    identity : str
        A hash of the files.
    """

    files: dict[str, bytes]
    library: dict[str, str]
    identity: str

    @classmethod
    def of(cls, current: Current) -> "Parcel":
        """Pack the processed tables, settings, notebooks and own modules of a study."""
        study = current.study
        paths = {
            f"data/processed/{path.name}": path
            for path in [*study.processed.glob("*.csv"), study.processed / "datapackage.json"]
        }
        paths |= {f"notebooks/{path.name}": path for path in study.notebooks.glob("*.ipynb")}
        paths |= {path.name: path for path in study.root.glob("*.py")}
        files = {place: path.read_bytes() for place, path in sorted(paths.items())}
        settings = study.raw / "study.toml"
        files["data/raw/study.toml"] = settings.read_bytes() if settings.exists() else b""
        content = b"\0".join(part for item in files.items() for part in (item[0].encode(), item[1]))
        return cls(files, whole_library(current.sources), digest(content))

    def itself(self) -> "Parcel":
        """Give the parcel back."""
        return self

    def unpack(self) -> Study:
        """Lay the files out in a folder of this process; the same parcel only once.

        Raises
        ------
        OtherVersionError
            If this process would not make the same pages from them.
        """
        if others := differing(self.library, whole_library(Sources({}))):
            raise OtherVersionError(
                f"this worker has another version of {', '.join(others)}: install the same "
                "versions of swt-analysis and all packages everywhere"
            )
        if self.identity not in _unpacked:
            _unpacked.clear()  # of an earlier run
            folder = tempfile.TemporaryDirectory(prefix="swt-")
            root = Path(folder.name).resolve()
            for place, content in self.files.items():
                path = root / place
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            _unpacked[self.identity] = Study(root), folder
        return _unpacked[self.identity][0]


def make_elsewhere(
    target: Target, parcel: Parcel, everything: Sequence[Report], timeout: int
) -> Made | Failure:
    """Make a report of the study in a parcel, as `swt_analysis.reports.build.make` does here."""
    with _one_at_a_time:
        try:
            study = parcel.unpack()
        except OtherVersionError as error:
            return Failure(target, str(error))
        return make(target, study, everything, timeout)


def whole_library(sources: Sources) -> dict[str, str]:
    """Hash of every file of the package, and of the packages that it needs."""
    files = [path for path in sorted(PACKAGE.rglob("*")) if path.is_file()]
    parts = {
        path.relative_to(PACKAGE).as_posix(): sources.file(path)
        for path in files
        if "__pycache__" not in path.parts
    }
    return parts | {"the packages installed": packages()}
