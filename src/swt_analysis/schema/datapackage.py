"""Describe the processed tables as a Frictionless data package."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from swt_analysis.schema.tables import PROCESSED, SYNTHETIC

_TYPES = {"Int64": "integer", "Float64": "number", "boolean": "boolean", "string": "string"}


def describe(title: str, contents: Mapping[Path, bytes], *, synthetic: bool = False) -> bytes:
    """Write ``datapackage.json`` for CSV files of processed tables.

    Parameters
    ----------
    title : str
        Title of the study.
    contents : mapping of Path to bytes
        The CSV files; their names are those of `schemas.PROCESSED`.
    synthetic : bool
        Whether the data are invented; each file then has a column `schemas.SYNTHETIC` too.

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
    name, description : str
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
    fields = [_field(path.stem, name) for name in header]
    return resource(path, content, path.stem, PROCESSED[path.stem].description, fields)


def _field(table: str, name: str) -> dict[str, Any]:
    columns = PROCESSED[table].columns | SYNTHETIC
    column = next(one for key, one in columns.items() if key == name or re.fullmatch(key, name))
    field = {"name": name, "type": _TYPES[_dtype(column)], "description": column.description}
    if _dtype(column) == "boolean":
        field |= {"trueValues": ["True"], "falseValues": ["False"]}
    if not column.nullable:
        field["constraints"] = {"required": True}
    return field


def _dtype(column: Any) -> str:
    name = str(column.dtype)
    return "string" if name.startswith("str") else name
