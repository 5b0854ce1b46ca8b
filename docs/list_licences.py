"""Write docs/licences.md: the licence of every package in the locks.

    .venv/bin/python docs/list_licences.py

Run it after `make lock`. The licence is what the installed package says of itself; what is not
installed here (packages of other systems) or says nothing is looked up once and kept below.
"""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOOKED_UP = {
    "aiohappyeyeballs": "PSF-2.0",
    "aiohttp": "Apache-2.0 AND MIT",
    "aiosignal": "Apache-2.0",
    "appnope": "BSD-2-Clause",
    "axe-playwright-python": "MIT; it holds axe-core, MPL-2.0",
    "colorama": "BSD-3-Clause",
    "frozenlist": "Apache-2.0",
    "multidict": "Apache-2.0",
    "propcache": "Apache-2.0",
    "pywinpty": "MIT",
    "yarl": "Apache-2.0",
}
HEAD = """\
# Licences of what this project stands on

Every package in `requirements.lock` and `requirements-dev.lock`, and those that install them
(`requirements-setup.lock`), with the licence that it declares, written by
`docs/list_licences.py`; a test checks that none is missing and that each is one of those below.

swt_analysis is MIT. It holds no code of these packages: uv, pip or conda fetches them, each under
its own licence. MIT, BSD, ISC, Apache-2.0, PSF and Zlib ask to keep the notice; MPL-2.0 asks that
changes to its own files stay open, and we change none; text-unidecode may be had under the
Artistic License. None asks anything of a report or of code that uses it. What a report page holds
(styles, pictures, formulas) is our own or made from the data.

| package | licence |
|---|---|
"""


def licence(name: str) -> str:
    """Give what a package says of its licence, in a few words."""
    if name in LOOKED_UP:
        return LOOKED_UP[name]
    said = metadata(name)
    if expression := said.get("License-Expression"):
        return expression
    kinds = [
        line.split(" :: ")[-1]
        for line in said.get_all("Classifier") or []
        if line.startswith("License :: ") and not line.endswith("OSI Approved")
    ]
    return " or ".join(kinds) or (said.get("License") or "").splitlines()[0]


def main() -> None:
    """Write the list."""
    locks = "".join(path.read_text("utf-8") for path in ROOT.glob("requirements*.lock"))
    rows = []
    for name in sorted(set(re.findall(r"^([\w.-]+)(?:\[.*\])?==", locks, re.MULTILINE))):
        try:
            rows.append(f"| {name} | {licence(name)} |\n")
        except (PackageNotFoundError, IndexError):
            raise SystemExit(f"{name}: look its licence up and add it to LOOKED_UP") from None
    (ROOT / "docs" / "licences.md").write_text(HEAD + "".join(rows), "utf-8")


if __name__ == "__main__":
    main()
