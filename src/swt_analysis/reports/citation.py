"""Who issued a report, and how to cite it, its sources, and this software (``CITATION.cff``)."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import yaml
from markupsafe import Markup

from swt_analysis.folder import in_language
from swt_analysis.reports.html import part
from swt_analysis.text import text

_TITLE = re.compile(r"\*([^*]+)\*")


def issued(settings: Mapping[str, Any], language: str) -> list[str]:
    """Say who published the reports and when, what the data are of and whom to ask.

    Parameters
    ----------
    settings : mapping
        Of the study; what is not in them is left out.
    language : str
        ``nl`` or ``en``.

    Examples
    --------
    >>> issued({"publisher": "Edam", "published": "2026-11-26"}, "en")
    ['Publisher: Edam', '26 November 2026']
    """
    told = {
        key: in_language(settings, key, language) for key in ("publisher", "measured", "contact")
    }
    day = settings.get("published")
    told["published"] = _long_date(day, language) if day else ""
    order = ("publisher", "published", "measured", "contact")
    return [text(f"page.{key}", language, value=told[key]) for key in order if told[key]]


def own_reference(settings: Mapping[str, Any], title: str, study: str, language: str) -> str:
    """Write how to cite a report of a study."""
    publisher = in_language(settings, "publisher", language)
    year = str(settings.get("published", text("page.no_date", language)))[:4]
    words = text("page.own_reference", language, title=title, study=study)
    return f"{publisher} ({year}). {words}" if publisher else words


def _long_date(day: str, language: str) -> str:
    from babel.dates import format_date  # pages alone need it

    locale = {"nl": "nl_NL", "en": "en_GB"}[language]
    return str(format_date(date.fromisoformat(day), "long", locale=locale))


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
    year = str(cited["date-released"])[:4]
    kind = text("page.software", language, version=version("swt-analysis"))
    return part("software", authors=authors, year=year, title=cited["title"], kind=kind)
