"""How to cite: the sources of a study, and this software by its ``CITATION.cff``."""

import re
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import yaml

from swt_analysis.text import text

_TITLE = re.compile(r"\*([^*]+)\*")


def reference(source: Mapping[str, Any], language: str) -> str:
    """Write the reference of a source of ``study.toml`` as HTML.

    A title stands between asterisks there; it is in the ``language`` of the source, if that is
    given.
    """
    own = source.get("language")
    foreign = f' lang="{escape(own)}"' if own and own != language else ""
    return _TITLE.sub(rf"<cite{foreign}>\1</cite>", escape(source[f"reference_{language}"]))


@cache
def software(language: str) -> str:
    """Write the reference of this software as HTML."""
    cited = yaml.safe_load((files("swt_analysis") / "CITATION.cff").read_text("utf-8"))
    authors = ", ".join(
        one.get("name") or f"{one['family-names']}, {one['given-names'][:1]}."
        for one in cited["authors"]
    )
    year = str(cited.get("date-released") or text("page.no_date", language))[:4]
    kind = text("page.software", language, version=version("swt-analysis"))
    return (
        f"{escape(authors)} ({escape(year)}). <cite>{escape(cited['title'])}</cite> {escape(kind)}."
    )
