"""How to cite: the sources of a study, and this software by its ``CITATION.cff``."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import yaml
from markupsafe import Markup

from swt_analysis.reports.html import part
from swt_analysis.text import text

_TITLE = re.compile(r"\*([^*]+)\*")


def reference(source: Mapping[str, Any], language: str) -> Markup:
    """Write the reference of a source of ``study.toml``.

    A title stands between asterisks there; it is in the ``language`` of the source, if that is
    given.
    """
    own = source.get("language")
    pieces = _TITLE.split(source[f"reference_{language}"])
    return part("reference", pieces=pieces, lang=own if own != language else None)


@cache
def software(language: str) -> Markup:
    """Write the reference of this software."""
    cited = yaml.safe_load((files("swt_analysis") / "CITATION.cff").read_text("utf-8"))
    authors = ", ".join(
        one.get("name") or f"{one['family-names']}, {one['given-names'][:1]}."
        for one in cited["authors"]
    )
    year = str(cited.get("date-released") or text("page.no_date", language))[:4]
    kind = text("page.software", language, version=version("swt-analysis"))
    return part("software", authors=authors, year=year, title=cited["title"], kind=kind)
