"""A study as one file to deposit: what it was made from, what it gave, and what was run."""

import csv
import io
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from swt_analysis.clean.headers import is_called
from swt_analysis.clean.pseudonyms import hide, hider
from swt_analysis.clean.study import hidden_names
from swt_analysis.export.crate import FOLDERS, METADATA, metadata
from swt_analysis.folder import PROJECT, StudyFolder, study_settings, study_title
from swt_analysis.problems import DataError, Problem
from swt_analysis.reports.beside import PDF, WORD, is_current
from swt_analysis.reports.catalogue import pictures, read_notebook
from swt_analysis.reports.share import shared
from swt_analysis.reports.stale import PACKAGE, Current, read_manifest
from swt_analysis.text import LANGUAGES, text

RECEIVED = "received"
_LICENCE = re.compile(r"[A-Za-z0-9.+-]+|https?://\S+")
# Where a municipality lies, its code and what is known of it from elsewhere tell which it is.
_TELLING = ("municipality_places.csv", "municipality_codes.csv", "context.csv")
_PSEUDONYMS = re.compile(r"(?m)^pseudonyms\s*=.*$")


def archive(current: Current) -> dict[str, bytes]:
    """Gather the files of an archive, an RO-Crate, as `packs.zipped` packs them.

    Unpacked, it is a study: ``swt report`` in it makes the same pages. Where municipalities have
    pseudonyms, its raw data have them too, and what was received stays behind.

    Parameters
    ----------
    current : Current
        The study and its reports; all pages are fresh.

    Returns
    -------
    dict of str to bytes
        Files by their place, ``ro-crate-metadata.json`` among them.

    Raises
    ------
    DataError
        If the settings do not say under which licence and when it is published, or if a raw file
        cannot be given pseudonyms.
    """
    study = current.study
    settings = study_settings(study)
    _check_settings(study, settings)
    files = {
        **_raw(study, hidden_names(study)),
        **_there(study.processed, "data/processed", "*.*"),
        **{f"codebook/{name}": (PACKAGE / "schema" / name).read_bytes() for name in _CODEBOOK},
        **_notebooks(current),
        **_there(study.root, "", "*.py"),
        **_pages(current),
        **_about(study, settings),
    }
    files = dict(sorted(files.items()))
    made_by = {
        f"{language}/{one.name}": f"notebooks/{one.notebook}.ipynb"
        for one in current.everything
        for language in one.languages
    }
    pages = {
        key: {**page, "notebook": made_by[key]}
        for key, page in read_manifest(study)["pages"].items()
        if key in made_by
    }
    described = metadata(files, settings, _titles(study, settings), pages)
    return {METADATA: described, **files}


_CODEBOOK = ("dictionary.csv", "tables.csv")


def _check_settings(study: StudyFolder, settings: Mapping[str, Any]) -> None:
    path = study.raw / "study.toml"
    wanted = {
        "licence": (_LICENCE, 'an SPDX identifier or a web address, such as licence = "CC-BY-4.0"'),
        "published": (re.compile(".+"), 'a date, such as published = "2026-11-26"'),
    }
    problems = [
        Problem(path, None, key, str(settings.get(key, "")), f"an archive needs {what}")
        for key, (pattern, what) in wanted.items()
        if not pattern.fullmatch(str(settings.get(key, "")))
    ]
    if problems:
        raise DataError(problems)


def _titles(study: StudyFolder, settings: Mapping[str, Any]) -> dict[str, str]:
    return {language: study_title(settings, study, language) for language in LANGUAGES}


def _there(folder: Path, place: str, pattern: str) -> dict[str, bytes]:
    """Read the files in a folder, but for hidden and half-written ones."""
    return {
        (Path(place) / path.relative_to(folder)).as_posix(): path.read_bytes()
        for path in sorted(folder.glob(pattern))
        if path.is_file()
        and path.suffix != ".part"
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def _raw(study: StudyFolder, hidden: Mapping[str, str]) -> dict[str, bytes]:
    """Give the raw data with the instrument, also where that is the project's."""
    found = {
        **_there(study.raw, "data/raw", "**/*"),
        **_there(study.instrument, "data/raw/instrument", "**/*"),
    }
    settings = "data/raw/study.toml"
    if settings in found:  # a phrase would tell who guesses it which letter is whose
        plain = _PSEUDONYMS.sub("pseudonyms = true", found[settings].decode())
        found[settings] = plain.encode()
    if not hidden:
        return found
    return {
        place: without_names(study, place, content, hidden)
        for place, content in found.items()
        if RECEIVED not in Path(place).parts and Path(place).name not in _TELLING
    }


def without_names(
    study: StudyFolder, place: str, content: bytes, hidden: Mapping[str, str]
) -> bytes:
    """Put pseudonyms in a raw file, its rows in their order: that of the names would tell.

    Parameters
    ----------
    study : StudyFolder
        Whose file it is.
    place : str
        Of the file in the study.
    content : bytes
        What it holds.
    hidden : mapping of str to str
        As `clean.study.hidden_names` gives it.

    Raises
    ------
    DataError
        If it is neither text nor CSV.
    """
    path = Path(place)
    if path.suffix in (".toml", ".md", ".txt"):
        return hider(hidden)(content.decode()).encode()
    if path.suffix != ".csv":
        allowed = "cannot be given pseudonyms; take it in with swt import, or move it elsewhere"
        raise DataError([Problem(study.root / path, None, None, path.name, allowed)])
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    named = ["municipality" if is_called(one, "municipality") else one for one in header]
    table = hide(pd.DataFrame(rows, columns=named, dtype=object), hidden)
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([header, *table.to_numpy().tolist()])
    return file.getvalue().encode()


def _notebooks(current: Current) -> dict[str, bytes]:
    """Give the notebooks that make the reports, with the pictures that they show."""
    paths = current.study.notebooks
    found = {}
    for name in dict.fromkeys(one.notebook for one in current.everything):
        path = paths[name]
        for one in [path, *pictures(read_notebook(path), path.parent)]:
            found[f"notebooks/{one.relative_to(path.parent).as_posix()}"] = one.read_bytes()
    return found


def _pages(current: Current) -> dict[str, bytes]:
    """Give all pages, what they link to, and the copies beside them that are up to date."""
    reports = current.study.reports
    pages = [
        f"{language}/{one.name}.html" for one in current.everything for language in one.languages
    ]
    found = shared(reports, pages)
    for page in pages:
        for ending in (PDF, WORD):
            copy = (reports / page).with_suffix(ending)
            if is_current(copy, reports / page):
                found[copy.relative_to(reports).as_posix()] = copy.read_bytes()
    return {f"reports/{place}": content for place, content in found.items()}


def _about(study: StudyFolder, settings: Mapping[str, Any]) -> dict[str, bytes]:
    """Give what tells how to cite, use and remake it: the study's own, else the project's."""
    titles = _titles(study, settings)
    places = {
        "CITATION.cff": (study.root / "CITATION.cff", PACKAGE / "CITATION.cff"),
        "LICENSE": (study.root / "LICENSE",),
        "requirements.lock": (study.root / "requirements.lock", PROJECT / "requirements.lock"),
    }
    there = {
        name: next((one for one in tried if one.is_file()), None) for name, tried in places.items()
    }
    return {
        "README.md": "\n".join(_readme(titles[one], one) for one in LANGUAGES).encode(),
        **{name: path.read_bytes() for name, path in there.items() if path is not None},
    }


def _readme(title: str, language: str) -> str:
    folders = [f"- `{folder}/`: {text(key, language)}" for folder, key in FOLDERS.items()]
    remake = text("archive.remake", language, version=version("swt-analysis"))
    parts = [f"# {title}", text("archive.crate", language), "\n".join(folders), remake]
    return "\n\n".join(parts) + "\n"
