"""Conditions that a command may be run in: another day, place, language, order or engine."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


def another_day(folder: Path, *, backwards: bool = False) -> dict[str, str]:
    """Environment with a calendar five years on, or one that goes back; needs a C compiler."""
    library = folder / "clock.so"
    if not library.exists():
        source = Path(__file__).with_name("clock.c")
        command = ["cc", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
        subprocess.run(command, check=True)
    moved = {"SWT_BACKWARDS": "1"} if backwards else {"SWT_CLOCK": str(5 * 365 * 86_400)}
    return {"LD_PRELOAD": str(library), **moved}


def start(
    *arguments: str, folder: Path, more: Mapping[str, str] | None = None, before: Sequence[str] = ()
) -> subprocess.Popen[str]:
    """Start ``swt`` as the leader of a process group."""
    return subprocess.Popen(
        [*before, sys.executable, "-m", "swt_analysis", *arguments],
        cwd=folder,
        env={**os.environ, **(more or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    )


def own_engine(folder: Path) -> dict[str, str]:
    """Environment in which the kernel is not ours to fork, so that papermill's engine runs it."""
    spec = folder / "kernels" / "python3"
    spec.mkdir(parents=True, exist_ok=True)
    command = ["/usr/bin/env", sys.executable, "-m", "ipykernel_launcher", "-f"]
    described = {"argv": [*command, "{connection_file}"], "display_name": "", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(described))
    return {"JUPYTER_PATH": str(folder)}


def elsewhere(number: int) -> dict[str, str]:
    """Another order of sets, language and place; locales that are not there fall back to C."""
    locale = ("nl_NL.UTF-8", "de_DE.ISO-8859-1", "tr_TR.UTF-8", "C.UTF-8", "POSIX")[number % 5]
    return {
        "PYTHONHASHSEED": str(number),
        "LC_ALL": locale,
        "LANG": locale,
        "TZ": ("Pacific/Kiritimati", "America/St_Johns", "Asia/Kathmandu")[number % 3],
    }


def hashes(study: Path) -> dict[str, str]:
    """SHA-256 of every file that the commands make."""
    return {
        str(path.relative_to(study)): hashlib.sha256(path.read_bytes()).hexdigest()
        for part in ("data/processed", "reports")
        for path in sorted((study / part).rglob("*"))
        if path.is_file()
    }
