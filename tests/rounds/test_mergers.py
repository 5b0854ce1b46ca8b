"""Who became one and had answered differently is told on the page on change, not left out."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.conftest import copy_raw, swt

SCALES = range(1, 12)


def round_of(path: Path, **points: int) -> str:
    rows = [
        ",".join([name.replace("_", " "), *[str(point)] * 11]) for name, point in points.items()
    ]
    path.write_text("\n".join([",".join(["gemeente", *map(str, SCALES)]), *rows]) + "\n", "utf-8")
    return str(path)


@pytest.mark.slow
def test_municipalities_that_became_one_and_differ_are_listed(tmp_path: Path) -> None:
    study = copy_raw(tmp_path / "study")
    first = round_of(tmp_path / "a.csv", Heerhugowaard=2, Langedijk=4, Velsen=3)
    last = round_of(tmp_path / "b.csv", Dijk_en_Waard=3, Velsen=4)
    for path, year in ((first, "2021"), (last, "2023")):
        done = swt("import", path, "--round", year, folder=study)
        assert done.returncode == 0, done.stderr
    done = swt("report", "change-2021-2023", folder=study)
    assert done.returncode == 0, done.stderr
    for language, told in {"nl": "Niet meegeteld", "en": "Left out here"}.items():
        page = study / f"reports/{language}/change-2021-2023.html"
        soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
        parts = soup.select("table, figure, .of-listing[role]")
        parts = [one.get_text().replace("\xad", "") for one in parts]
        (here,) = {part for part in parts if told in part}
        assert here.count("Heerhugowaard") == here.count("Langedijk") == len(SCALES)
