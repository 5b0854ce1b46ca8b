"""environment.yml, pyproject.toml and the lock say the same."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CLUSTER = [Requirement(line) for line in PROJECT["optional-dependencies"]["cluster"]]
DECLARED = [
    Requirement(line) for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
]


def test_conda_environment_has_the_same_names_and_ranges() -> None:
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    lines = [line for line in conda if isinstance(line, str) and line != "pip"]
    (by_pip,) = [line["pip"] for line in conda if isinstance(line, dict)]
    # conda hands these lines to pip as a requirements file, which knows no other options.
    assert [line for line in by_pip if line.startswith("-")] == ["--editable ."]
    lines += [line for line in by_pip if not line.startswith("-")]
    ranges = {Requirement(line).name: Requirement(line).specifier for line in lines}
    assert ranges.pop("python") == SpecifierSet(PROJECT["requires-python"])
    assert ranges == {one.name: one.specifier for one in DECLARED}
    assert set(CLUSTER) <= set(DECLARED)


@pytest.mark.parametrize("requirement", DECLARED, ids=lambda r: r.name)
def test_lock_has_every_dependency_within_its_range(requirement: Requirement) -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pinned = re.findall(rf"^{re.escape(requirement.name)}==([^\s;]+)", lock, re.MULTILINE)
    assert pinned
    assert all(Version(version) in requirement.specifier for version in pinned)


def test_every_locked_package_has_a_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    for block in re.split(r"\n(?=[a-zA-Z0-9])", lock):
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_package_carries_the_citation_of_the_project() -> None:
    """Pages say how to cite the software, also where only the package is installed."""
    copy = ROOT / "src" / "swt_analysis" / "CITATION.cff"
    assert copy.read_bytes() == (ROOT / "CITATION.cff").read_bytes()


# None of them asks anything of a program that only uses the package.
PERMISSIVE = re.compile(
    r"MIT( License|-0|-CMU)?|BSD( License)?(-[23]-Clause)?|0BSD|ISC( License \(ISCL\))?|Zlib"
    r"|Apache([- ]2\.0| Software License| License, Version 2\.0)|Artistic License|CC0-1\.0"
    r"|PSF-2\.0|Python Software Foundation License|it holds axe-core"
    r"|MPL-2\.0|Mozilla Public License 2\.0 \(MPL 2\.0\)"
)


def test_every_locked_package_is_listed_with_a_licence_that_suits() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    table = (ROOT / "docs" / "licences.md").read_text("utf-8").split("|---|---|\n")[1]
    listed = dict(re.findall(r"^\| (\S+) \| (.+) \|$", table, re.MULTILINE))
    assert set(listed) == set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)), (
        "run docs/list_licences.py"
    )
    for name, licence in listed.items():
        # One of several to choose from is enough; of those that hold together each counts.
        choices = [
            re.split(r" AND |; |, (?!Version)", one) for one in re.split(r" OR | or ", licence)
        ]
        assert any(all(PERMISSIVE.fullmatch(part) for part in one) for one in choices), name
