"""The Nu HTML checker, which the World Wide Web Consortium uses; it needs Java, and no network."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACE = ROOT / ".cache/node_modules/vnu-jar/build/dist/vnu.jar"


def validator() -> Path | None:
    """Give where its archive is, from VNU_JAR or where .ci/run puts it, if Java is there too."""
    place = Path(os.environ.get("VNU_JAR", PLACE))
    return place if place.is_file() and shutil.which("java") else None


def messages(jar: Path, pages: Iterable[Path]) -> list[str]:
    """Give the errors in pages as HTML 5.

    Left out: warnings; and style itself, in which the checker does not know container queries, a
    part of CSS that browsers have had since 2023.
    """
    # For a few seconds the quick compiler is soon done, and has smaller stacks than the other.
    options = ["-Xss4m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
    command = ["java", *options, "-jar", str(jar), "--format", "json", *map(str, pages)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [
        f"{Path(one['url']).name}: line {one.get('lastLine')}: {one['message']}"
        for one in json.loads(done.stderr)["messages"]
        if one["type"] != "info" and not one["message"].startswith("CSS:")
    ]
