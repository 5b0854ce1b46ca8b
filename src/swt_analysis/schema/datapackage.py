"""Describe the processed tables as a Frictionless data package."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from swt_analysis.schema.dictionary import PROCESSED, SYNTHETIC, Column


def describe(title: str, contents: Mapping[Path, bytes], *, synthetic: bool = False) -> bytes:
    """Write ``datapackage.json`` for CSV files of processed tables.

    Parameters
    ----------
    title : str
        Title of the study.
    contents : mapping of Path to bytes
        The CSV files; their names are those of `schema.PROCESSED`.
    synthetic : bool
        Whether the data are invented; each file then has a column `schema.SYNTHETIC` too.

    Returns
    -------
    bytes
        JSON by the Data Package standard, https://specs.frictionlessdata.io.
    """
    marked = {"synthetic": True} if synthetic else {}
    resources = [_resource(path, content) for path, content in contents.items()]
    return package(name="swt-analysis-processed", title=title, **marked, resources=resources)


def package(**entries: object) -> bytes:
    """Write a data package of entries, in their order."""
    whole = {"profile": "tabular-data-package", **entries}
    return (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode()


def resource(
    path: Path, content: bytes, name: str, description: str | None, fields: list[dict[str, Any]]
) -> dict[str, Any]:
    """Describe one CSV file.

    Parameters
    ----------
    path : Path
        Only its name is used.
    content : bytes
        What the file holds.
    name, description : str
        Of the resource.
    fields : list of dict
        Of the table schema.

    Returns
    -------
    dict
        A resource of a data package.
    """
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": path.name,
        "description": description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"fields": fields},
    }


def _resource(path: Path, content: bytes) -> dict[str, Any]:
    header = content.split(b"\n", 1)[0].decode().split(",")
    table = PROCESSED[path.stem]
    columns = [*table.columns.values(), SYNTHETIC]
    fields = [_field(name, next(one for one in columns if one.is_called(name))) for name in header]
    return resource(path, content, path.stem, table.description["en"], fields)


def _field(name: str, column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": name,
        "type": column.type,
        "description": column.description["en"],
    }
    if column.type == "boolean":
        field |= {"trueValues": ["True"], "falseValues": ["False"]}
    if column.required:
        field["constraints"] = {"required": True}
    return field
