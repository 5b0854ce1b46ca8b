"""Whether a lock is closed: all that is asked for is pinned, and nothing else."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version


class Pin(NamedTuple):
    """A line of a lock."""

    name: NormalizedName
    version: Version
    extras: frozenset[str]
    holds_here: bool


def pins(lock: str) -> list[Pin]:
    """Read the pins of a lock, also those for other machines."""
    found = []
    for line in re.findall(r"^[a-zA-Z0-9][^\\\n]*", lock, re.MULTILINE):
        one = Requirement(line)
        (specifier,) = one.specifier
        assert specifier.operator == "==", line
        found.append(
            Pin(
                canonicalize_name(one.name),
                Version(specifier.version),
                frozenset(map(canonicalize_name, one.extras)),
                one.marker is None or one.marker.evaluate(),
            )
        )
    return found


def gaps(
    lock: str, roots: Iterable[Requirement], asks: Callable[[Pin], Iterable[str]]
) -> list[str]:
    """Tell what keeps a lock from being closed on this machine.

    The requirements are followed from the roots through what each pinned distribution `asks`. An
    extra that is asked for has to stand in the pin: before version 23.3 pip looks for
    `coverage[toml]` apart from `coverage`, takes the newest there is, and refuses it for not being
    pinned.
    """
    here = {pin.name: pin for pin in pins(lock) if pin.holds_here}
    told = []
    to_do = [("the project", root) for root in roots if not root.marker or root.marker.evaluate()]
    done: set[tuple[NormalizedName, str]] = set()
    while to_do:
        asker, asked = to_do.pop()
        name = canonicalize_name(asked.name)
        if name not in here:
            told.append(f"{asker} asks for {asked}: not pinned")
            continue
        pin = here[name]
        extras = set(map(canonicalize_name, asked.extras))
        if not asked.specifier.contains(pin.version, prereleases=True):
            told.append(f"{asker} asks for {asked}: pinned at {pin.version}")
        if not extras <= pin.extras:
            told.append(f"{asker} asks for {asked}: pinned without the extra")
        for extra in {"", *extras}:
            if (name, extra) not in done:
                done.add((name, extra))
                to_do += [
                    (name, further)
                    for further in map(Requirement, asks(pin))
                    if further.marker is None or further.marker.evaluate({"extra": extra})
                ]
    reached = {name for name, _ in done}
    return told + [f"nothing asks for {name}" for name in here if name not in reached]
