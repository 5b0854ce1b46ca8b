"""Templates: what every HTML of ours is written with; text is escaped by default."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from jinja2.environment import TemplateModule
from markupsafe import Markup

from swt_analysis.text import LANGUAGES, text

TEMPLATES = Path(__file__).parent / "templates"
METADATA = "application/vnd.swt+json"  # what a notebook tells the program that renders it


@dataclass(frozen=True)
class Html:
    """Something shown; ``metadata`` is for the program that renders the notebook."""

    html: Markup
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/html": str(self.html), "text/plain": "(HTML)"}
        return bundle | ({METADATA: dict(self.metadata)} if self.metadata else {})


@dataclass(frozen=True)
class Link:
    """A place to go to, and the words that say so; the words are text, not HTML."""

    href: str
    label: str


@dataclass(frozen=True)
class Frame:
    """What surrounds a report.

    Attributes
    ----------
    language : str
        ``nl`` or ``en``.
    title : str
        What the window and the bookmark say.
    other : Link
        The same report in the other language, labelled in that language.
    index : Link
        The list of all reports in this language.
    previous, next : Link or None
        The neighbours; None at either end.
    notebook : Link or None
        The executed notebook, beside the page.
    """

    language: str
    title: str
    other: Link
    index: Link
    previous: Link | None
    next: Link | None
    notebook: Link | None = None


def prepared(environment: Environment) -> Environment:
    """Have templates escape what is filled in, and know the texts of both languages."""
    environment.autoescape = environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals.update(
        text=text, switched=dict(zip(LANGUAGES, reversed(LANGUAGES), strict=True))
    )
    return environment


@cache
def templates() -> Environment:
    """Give the environment of the templates in ``templates/swt``."""
    return prepared(Environment(loader=FileSystemLoader(TEMPLATES / "swt"), autoescape=True))


def part(macro: str, **values: object) -> Markup:
    """Fill in a macro of ``parts.html.j2``.

    Examples
    --------
    >>> part("paragraph", content="a < b")
    Markup('<p>a &lt; b</p>')
    """
    return Markup(getattr(_parts(), macro)(**values))


@cache
def _parts() -> TemplateModule:
    return templates().get_template("parts.html.j2").module


def policy_hash(script: str) -> str:
    """Name a script as a security policy does (W3C, Content Security Policy Level 3, 2.3.1)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"
