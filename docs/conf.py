"""The documentation site: `make docs` makes it, offline; its first page is index.md."""

import shutil
from importlib import metadata
from pathlib import Path

from docutils import nodes
from latex2mathml.converter import convert
from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

HERE = Path(__file__).parent
ROOT = HERE.parent
for name in ("explore", "choice_scale"):  # notebooks that are pages of the site too
    if (source := ROOT / "notebooks" / f"{name}.ipynb").exists():
        shutil.copyfile(source, HERE / f"notebook-{name}.ipynb")

project = "swt_analysis"
author = "The swt_analysis authors"
release = metadata.version("swt-analysis")
extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc"]
exclude_patterns = ["build", "pictures"]
html_theme = "furo"
html_title = f"swt_analysis {release}"
html_math_renderer = "mathml"  # no script, and nothing to fetch
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say them
numpydoc_show_class_members = False
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
suppress_warnings = [
    "myst.xref_missing",  # links to files of the repository, which a forge follows
    "myst.header",  # a page that begins under its own title
    "mystnb.unknown_mime_type",  # what a notebook tells the page of a report
]


def _write(self: nodes.NodeVisitor, node: nodes.math | nodes.math_block) -> None:
    display = "block" if isinstance(node, nodes.math_block) else "inline"
    self.body.append(convert(node.astext(), display=display))
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Write formulas as MathML, and diagrams as their text."""
    app.add_html_math_renderer("mathml", (_write, None), (_write, None))
    app.add_lexer("mermaid", TextLexer)
