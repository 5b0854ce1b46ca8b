"""Templates: what every HTML page of ours is written with; text is escaped by default."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from swt_analysis.text import LANGUAGES, text

TEMPLATES = Path(__file__).parent / "templates"


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


def policy_hash(script: str) -> str:
    """Name a script as a security policy does (W3C, Content Security Policy Level 3, 2.3.1)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"
