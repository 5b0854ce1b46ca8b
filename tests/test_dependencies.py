"""environment.yml, pyproject.toml and the locks say the same."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from tests.locks import Pin, gaps, pins

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
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


NEEDED = [Requirement(line) for line in PROJECT["dependencies"]]
SETUP = [Requirement(line) for line in PYPROJECT["dependency-groups"]["setup"]]
LOCKS = {
    "requirements.lock": NEEDED,
    "requirements-dev.lock": DECLARED,
    "requirements-setup.lock": SETUP,
}


@pytest.mark.parametrize(
    ("lock", "requirement"),
    [(lock, requirement) for lock, roots in LOCKS.items() for requirement in roots],
    ids=lambda value: getattr(value, "name", value),
)
def test_lock_has_every_dependency_within_its_range(lock: str, requirement: Requirement) -> None:
    """Of every Python and system, where the next test asks it of this one."""
    pinned = [pin for pin in pins((ROOT / lock).read_text()) if pin.name == requirement.name]
    assert pinned
    assert all(pin.version in requirement.specifier for pin in pinned)


def installed(pin: Pin) -> list[str]:
    """Give what the installed distribution of a pin asks for."""
    try:
        found = distribution(pin.name)
    except PackageNotFoundError:
        pytest.skip(f"{pin.name} is not installed")
    if Version(found.version) != pin.version:
        pytest.skip(f"{pin.name} is not installed by the lock")
    return found.requires or []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_all_that_is_asked_for_and_nothing_else(lock: str) -> None:
    assert gaps((ROOT / lock).read_text(), LOCKS[lock], installed) == []


ASKS = {"pytest-cov": ["coverage[toml]>=7.10.6"], "coverage": ['tomli; extra == "toml"']}


@pytest.mark.parametrize(
    ("lock", "told"),
    [
        ("pytest-cov==7.1.0\ncoverage[toml]==7.17.4\ntomli==2.4", []),
        # The lock that pip 23.2.1 refused on the day that coverage 7.17.5 came out.
        (
            "pytest-cov==7.1.0\ncoverage==7.17.4\ntomli==2.4",
            ["pytest-cov asks for coverage[toml]>=7.10.6: pinned without the extra"],
        ),
        (
            "pytest-cov==7.1.0\ncoverage[toml]==7.10.5\ntomli==2.4",
            ["pytest-cov asks for coverage[toml]>=7.10.6: pinned at 7.10.5"],
        ),
        (
            "pytest-cov==7.1.0\ncoverage[toml]==7.17.4",
            ['coverage asks for tomli; extra == "toml": not pinned'],
        ),
        (
            "pytest-cov==7.1.0\ntomli==2.4 ; sys_platform == 'none'",
            ["pytest-cov asks for coverage[toml]>=7.10.6: not pinned"],
        ),
        (
            "pytest-cov==7.1.0\ncoverage[toml]==7.17.4\ntomli==2.4\nattrs==26.1"
            "\ncolorama==0.4.6 ; sys_platform == 'none'",
            ["nothing asks for attrs"],
        ),
    ],
    ids=["closed", "without the extra", "too old", "extra not followed", "absent", "stray"],
)
def test_gaps_of_a_lock_are_found(lock: str, told: list[str]) -> None:
    roots = [Requirement("pytest-cov>=6"), Requirement("absent; sys_platform == 'none'")]
    assert gaps(lock, roots, lambda pin: ASKS.get(pin.name, [])) == told


def test_lock_for_development_has_the_versions_of_the_reports() -> None:
    reports, development = (
        {(pin.name, pin.version) for pin in pins((ROOT / lock).read_text())}
        for lock in ("requirements.lock", "requirements-dev.lock")
    )
    assert reports < development


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash_and_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    for block in re.split(r"\n(?=[a-zA-Z0-9])", text):
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_what_builds_the_project_is_locked() -> None:
    build = {Requirement(line) for line in PYPROJECT["build-system"]["requires"]}
    assert build < set(SETUP)


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
    table = (ROOT / "docs" / "licences.md").read_text("utf-8").split("|---|---|\n")[1]
    listed = dict(re.findall(r"^\| (\S+) \| (.+) \|$", table, re.MULTILINE))
    assert set(listed) == {pin.name for lock in LOCKS for pin in pins((ROOT / lock).read_text())}, (
        "run docs/list_licences.py"
    )
    for name, licence in listed.items():
        # One of several to choose from is enough; of those that hold together each counts.
        choices = [
            re.split(r" AND |; |, (?!Version)", one) for one in re.split(r" OR | or ", licence)
        ]
        assert any(all(PERMISSIVE.fullmatch(part) for part in one) for one in choices), name
