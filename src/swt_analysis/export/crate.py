"""What an archive says of itself: ``ro-crate-metadata.json``, by RO-Crate 1.1 and Process Run 0.5.

Sources: https://w3id.org/ro/crate/1.1 and https://w3id.org/ro/wfrun/process/0.5.
"""

import json
import platform
import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from swt_analysis.files import digest
from swt_analysis.folder import in_language
from swt_analysis.text import text

if TYPE_CHECKING:
    from rocrate.rocrate import ROCrate

METADATA = "ro-crate-metadata.json"
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_LANGUAGE = "en"  # of what programs of repositories read; titles are in both
_TITLE = re.compile(r"\*([^*]+)\*")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_ADDRESS = re.compile(r"https?://\S+")
_KINDS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".toml": "application/toml",
    ".md": "text/markdown",
    ".py": "text/x-python",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".cff": "application/yaml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
FOLDERS = {
    "data/raw": "archive.raw",
    "data/processed": "archive.processed",
    "codebook": "archive.codebook",
    "notebooks": "archive.notebooks",
    "reports": "archive.reports",
}  # with the text that says what is in it


def metadata(
    files: Mapping[str, bytes],
    settings: Mapping[str, Any],
    titles: Mapping[str, str],
    pages: Mapping[str, Mapping[str, Any]],
) -> bytes:
    """Describe the files of an archive, who made them, and what was run.

    The same arguments give the same bytes: no clock is read.

    Parameters
    ----------
    files : mapping of str to bytes
        What it holds, by place.
    settings : mapping
        Of the study; with ``licence`` and ``published``.
    titles : mapping of str to str
        Of the study, by language.
    pages : mapping of str to mapping
        What each page was made from, by its key such as ``nl/overview``: ``parameters``,
        ``tables`` (names) and ``notebook`` (its place).

    Returns
    -------
    bytes
        JSON-LD.
    """
    from rocrate.rocrate import ROCrate  # it loads requests

    crate = ROCrate(version="1.1")
    publisher = _publisher(crate, settings)
    licence = _licence(crate, str(settings["licence"]))
    sources = [_source(crate, one) for one in settings.get("source", [])]
    crate.update_jsonld(
        {
            "@id": "./",
            "name": " / ".join(dict.fromkeys(titles.values())),
            "description": text("archive.description", _LANGUAGE, title=titles[_LANGUAGE]),
            "datePublished": str(settings["published"]),
            "license": licence,
            "inLanguage": list(titles),
            "keywords": ["sociale wijkteams", "municipalities", "ordinal scales", "survey"],
            "conformsTo": _profile(crate),
            **({"publisher": publisher, "author": publisher} if publisher else {}),
            **({"citation": sources} if sources else {}),
        }
    )
    folders = {folder: _folder(crate, folder, files) for folder in FOLDERS}
    for place, content in files.items():
        if not any(place.startswith(f"{folder}/") for folder in FOLDERS):
            _add_file(crate, place, content)
    tools = _software(crate, files)
    ended = {"endTime": str(settings["published"])} | ({"agent": publisher} if publisher else {})
    crate.add_jsonld(
        {
            "@id": "#clean",
            "@type": "CreateAction",
            "name": "swt clean",
            "description": "Turned the raw data into processed tables.",
            "instrument": tools,
            "object": folders["data/raw"],
            "result": folders["data/processed"],
            **ended,
        }
    )
    actions = [{"@id": "#clean"}, *(_action(crate, key, pages[key], files, tools, ended)
               for key in sorted(pages) if f"reports/{key}.html" in files)]  # fmt: skip
    crate.update_jsonld({"@id": "./", "mentions": actions})
    described = crate.metadata.generate()
    return (json.dumps(described, indent=1, ensure_ascii=False) + "\n").encode()


def _put(crate: "ROCrate", **entity: Any) -> dict[str, str]:
    """Add an entity; gives the reference to it. ``id`` and ``type`` are those of JSON-LD."""
    named = {"@id": entity.pop("id")}
    crate.add_jsonld({**named, "@type": entity.pop("type"), **entity})
    return named


def _profile(crate: "ROCrate") -> dict[str, str]:
    return _put(crate, id=_PROFILE, type="CreativeWork", name="Process Run Crate", version="0.5")


def _publisher(crate: "ROCrate", settings: Mapping[str, Any]) -> dict[str, str] | None:
    """Describe who publishes it and whom to ask; None if the settings name nobody."""
    name = in_language(settings, "publisher", _LANGUAGE)
    if not name:
        return None
    contact = in_language(settings, "contact", _LANGUAGE)
    more: dict[str, Any] = {}
    if contact:
        email, address = _EMAIL.search(contact), _ADDRESS.search(contact)
        more["contactPoint"] = _put(
            crate,
            id="#contact",
            type="ContactPoint",
            contactType="questions",
            description=contact,
            **({"email": email[0]} if email else {}),
            **({"url": address[0]} if address else {}),
        )
    return _put(crate, id="#publisher", type="Organization", name=name, **more)


def _licence(crate: "ROCrate", licence: str) -> dict[str, str]:
    address = licence if "://" in licence else f"https://spdx.org/licenses/{licence}"
    words = "The licence under which this data set may be used."
    return _put(crate, id=address, type="CreativeWork", name=licence, description=words)


def _source(crate: "ROCrate", source: Mapping[str, Any]) -> dict[str, str]:
    """Describe a source of the data; its title stands between asterisks in the reference."""
    reference = str(source[f"reference_{_LANGUAGE}"])
    title = _TITLE.search(reference)
    return _put(
        crate,
        id=f"#{source.get('key', title[1] if title else 'source')}",
        type="CreativeWork",
        name=title[1] if title else reference,
        description=reference.replace("*", ""),
        **({"inLanguage": source["language"]} if "language" in source else {}),
    )


def _folder(crate: "ROCrate", folder: str, files: Mapping[str, bytes]) -> dict[str, str]:
    inside = [place for place in files if place.startswith(f"{folder}/")]
    for place in inside:
        _add_file(crate, place, files[place])
    parts = [{"@id": place} for place in inside]
    crate.add_dataset(
        dest_path=folder,
        properties={
            "name": folder,
            "description": text(FOLDERS[folder], _LANGUAGE),
            "hasPart": parts,
        },
    )
    return {"@id": f"{folder}/"}


def _add_file(crate: "ROCrate", place: str, content: bytes) -> None:
    suffix = PurePosixPath(place).suffix
    ran = {"@type": ["File", "SoftwareSourceCode"], "version": digest(content)[:12]}
    runs = place.startswith("notebooks/") and suffix == ".ipynb"
    crate.add_file(
        dest_path=place,
        properties={
            **(ran if runs else {}),
            "name": place,
            "contentSize": str(len(content)),
            "encodingFormat": _KINDS.get(suffix, "text/plain"),
        },
    )


def _software(crate: "ROCrate", files: Mapping[str, bytes]) -> list[dict[str, str]]:
    """Describe what ran: this library, and Python with the packages of the lock."""
    ours, python = version("swt-analysis"), platform.python_version()
    lock = {"softwareRequirements": {"@id": "requirements.lock"}}
    return [
        _put(
            crate,
            id="#swt-analysis",
            type="SoftwareApplication",
            name="swt_analysis",
            softwareVersion=ours,
            **(lock if "requirements.lock" in files else {}),
        ),
        _put(
            crate,
            id=f"https://www.python.org/downloads/release/python-{python.replace('.', '')}/",
            type="SoftwareApplication",
            name="Python",
            softwareVersion=python,
            url="https://www.python.org/",
        ),
    ]


def _action(
    crate: "ROCrate",
    key: str,
    page: Mapping[str, Any],
    files: Mapping[str, bytes],
    tools: Iterable[Mapping[str, str]],
    ended: Mapping[str, Any],
) -> dict[str, str]:
    """Tell how a page was made: from which notebook and tables, with which parameters."""
    language, _, name = key.partition("/")
    parameters = {**page["parameters"], "language": language}
    given = [
        _put(crate, id=f"#{key}/{one}", type="PropertyValue", name=one, value=value)
        for one, value in parameters.items()
    ]
    tables = [f"data/processed/{one}.csv" for one in page["tables"]]
    made = [f"reports/{key}{ending}" for ending in (".html", ".ipynb", ".pdf", ".docx")]
    return _put(
        crate,
        id=f"#{key}",
        type="CreateAction",
        name=f"swt report {name} --language {language}",
        description="Ran the notebook with these parameters, and made a page of what it gave.",
        instrument=[{"@id": page["notebook"]}, *tools],
        object=[*({"@id": one} for one in tables if one in files), *given],
        result=[{"@id": one} for one in made if one in files],
        **ended,
    )
