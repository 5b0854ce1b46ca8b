"""A study that is opened: its tables, scales and municipalities, with labels, for exploring.

`tables` reads the processed tables, `base` puts labels and codes to them, `views` has what `Study`
says of all, `parts` what it says of one `Scale` or `Municipality`; `own_claims` judges a claim of a
researcher's own.
"""

from os import PathLike
from pathlib import Path

from swt_analysis.folder import find_folder, packaged_study
from swt_analysis.problems import unknown
from swt_analysis.processed import ensure_processed
from swt_analysis.study.parts import Municipality, Scale
from swt_analysis.study.tables import Tables
from swt_analysis.study.views import Study
from swt_analysis.text import LANGUAGES

__all__ = ["Municipality", "Scale", "Study", "Tables", "open_study"]


def open_study(path: str | PathLike[str] | None = None, *, language: str = "nl") -> Study:
    """Open a study: the one we are in, or the one at a path.

    Parameters
    ----------
    path : path-like, optional
        The study's folder or one inside it. If not given, the study that the current folder lies
        in; outside any, the Noord-Holland study that comes with this library.
    language : {"nl", "en"}
        Of labels, and of what is written.

    Returns
    -------
    Study
        Its processed tables are made first if it has none yet.

    Raises
    ------
    NoStudyError
        If there is no study at the path.
    UnknownError
        If there is no such language.
    DataError
        With every problem in the raw data, if tables have to be made of them.

    Examples
    --------
    >>> import swt_analysis as swt
    >>> swt.open_study(language="en").title
    'Social neighbourhood teams in Noord-Holland'
    """
    if language not in LANGUAGES:
        raise unknown("language", language, LANGUAGES)
    try:
        folder = find_folder(Path(path or ".").expanduser())
    except FileNotFoundError:
        if path is not None:
            raise
        folder = packaged_study()
    ensure_processed(folder)
    return Study(folder, language)
