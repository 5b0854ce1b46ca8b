"""Templates: what every HTML of ours is written with; text is escaped by default."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from jinja2.environment import TemplateModule
from markupsafe import Markup

from swt_analysis.text import LANGUAGES, breakable, text

TEMPLATES = Path(__file__).parent / "templates"
METADATA = "application/vnd.swt+json"  # what a notebook tells the program that renders it
SVG_KEY = "figure-key"  # what ids in a drawing start with, until it is numbered


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
    name : str
        Of its files.
    language : str
        ``nl`` or ``en``.
    title : str
        What heads the page.
    study : str
        What the study is called.
    synthetic : bool
        Whether its data are invented.
    other : Link or None
        The same report in the other language, labelled in that language.
    index : Link or None
        The list of all reports in this language.
    previous, next : Link or None
        The neighbours; None at either end.
    notebook : Link or None
        The executed notebook, beside the page.
    publisher : str
        Who published it; empty if the study does not say.
    issued : sequence of str
        Who published it and when, what the data are of, whom to ask.
    reference : str
        How to cite it.
    """

    name: str
    language: str
    title: str
    study: str = ""
    synthetic: bool = False
    other: Link | None = None
    index: Link | None = None
    previous: Link | None = None
    next: Link | None = None
    notebook: Link | None = None
    publisher: str = ""
    issued: Sequence[str] = ()
    reference: str = ""


def prepared(environment: Environment) -> Environment:
    """Have templates escape what is filled in, and know the texts of both languages."""
    environment.autoescape = environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals.update(
        text=text, switched=dict(zip(LANGUAGES, reversed(LANGUAGES), strict=True))
    )
    environment.filters["breakable"] = breakable
    return environment


@cache
def templates() -> Environment:
    """Give the environment of the templates in ``templates/swt``."""
    return prepared(Environment(loader=FileSystemLoader(TEMPLATES / "swt"), autoescape=True))


def part(macro: str, **values: object) -> Markup:
    """Fill in a macro of ``parts.html.j2``.

    Examples
    --------
    >>> part("intro", content="a < b")
    Markup('<div class="intro">a &lt; b</div>')
    """
    return Markup(getattr(_parts(), macro)(**values))


@cache
def _parts() -> TemplateModule:
    return templates().get_template("parts.html.j2").module


def policy_hash(script: str) -> str:
    """Name a script as a security policy does (W3C, Content Security Policy Level 3, 2.3.1)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"
