"""Damage files at random and read them: each is read, or refused in words; nothing else.

    python -m tests.faults.fuzz [--inputs 2000] [--seed 1] [--kinds .ods .sav ...]

A package is damaged in one of its parts seven times in ten, else in its bytes: most damage to
packed bytes ends where they are unpacked. Prints how many files of each kind were read and refused,
the longest time one took, and each fault with the number that makes it again. A .sav takes half a
second, as it is read in a process of its own.
"""

import argparse
import io
import random
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from swt_analysis.clean.readers import read_grids
from swt_analysis.export.formats import export
from swt_analysis.folder import StudyFolder
from swt_analysis.problems import DataError
from tests.clean.test_readers import cell, ods, row


def bases(study: StudyFolder) -> dict[str, bytes]:
    """Give a whole file of each kind; the study has processed tables."""
    found = {".ods": ods(row(cell("gemeente"), cell("1")), row(cell("Haarlem"), cell("3")))}
    for ending in (".xlsx", ".csv", ".sav", ".parquet"):
        path = Path(f"scores{ending}")
        found[ending] = export(study, path, "nl")[path]
    return found


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Change a file in up to eight places, in its bytes or in a part of its package."""
    if not zipfile.is_zipfile(io.BytesIO(data)) or chance.random() < 0.3:
        return _changed(data, chance)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {one: package.read(one) for one in package.namelist()}
    name = chance.choice(list(parts))
    parts[name] = _changed(parts[name], chance)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for one, part in parts.items():
            stored = zipfile.ZIP_STORED if one == "mimetype" else None
            package.writestr(one, part, stored)
    return file.getvalue()


def _changed(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at, length = chance.randint(0, len(found)), chance.randint(1, 40)
        piece = found[at : at + length]
        found[at : at + length] = chance.choice(
            [b"", piece * 2, piece[::-1], chance.randbytes(length), b"\xff" * length, b"9" * length]
        )
    return bytes(found)


def fuzz(
    whole: Mapping[str, bytes], folder: Path, inputs: int, seed: int
) -> tuple[Counter[str], list[str], float]:
    """Read damaged files; give what became of them, the faults, and the longest time in seconds."""
    became: Counter[str] = Counter()
    faults, longest = [], 0.0
    for number in range(inputs):
        chance = random.Random(f"{seed} {number}")
        ending = chance.choice(list(whole))
        path = folder / f"ronde{ending}"
        path.write_bytes(damaged(whole[ending], chance))
        began = time.monotonic()
        try:
            read_grids(path)
            became[f"{ending} read"] += 1
        except DataError:
            became[f"{ending} refused"] += 1
        except Exception:
            faults.append(f"seed {seed}, input {number}, {ending}\n{traceback.format_exc()}")
        longest = max(longest, time.monotonic() - began)
    return became, faults, longest


def main(arguments: list[str]) -> int:
    """Run what was asked for and give 1 if there is any fault."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--inputs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="*", default=[".ods", ".xlsx", ".csv", ".sav", ".parquet"])
    asked = parser.parse_args(arguments)
    whole = {
        ending: data
        for ending, data in bases(StudyFolder(Path.cwd())).items()
        if ending in asked.kinds
    }
    with tempfile.TemporaryDirectory() as folder:
        became, faults, longest = fuzz(whole, Path(folder), asked.inputs, asked.seed)
    print(*faults, sep="\n")
    for what, times in sorted(became.items()):
        print(f"{what:<18}{times:7}")
    print(f"{len(faults)} faults; the longest took {longest:.1f} s")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
