import re
import runpy
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.slow
def test_the_pictures_of_the_docs_are_those_that_the_script_draws(tmp_path: Path) -> None:
    draw = runpy.run_path(str(DOCS / "draw_pictures.py"))["main"]
    draw.__globals__["PICTURES"] = tmp_path
    draw()
    drawn = {path.name for path in tmp_path.iterdir()}
    assert drawn == {path.name for path in (DOCS / "pictures").glob("*.svg")}
    shown = re.findall(r"pictures/([\w-]+\.svg)", (DOCS / "figures.md").read_text("utf-8"))
    assert set(shown) == drawn
    for name in drawn:
        assert (tmp_path / name).read_bytes() == (DOCS / "pictures" / name).read_bytes(), name


def test_the_code_of_the_docs_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    with mpl.rc_context():
        for code in re.findall(
            r"```python\n(.*?)```", (DOCS / "figures.md").read_text("utf-8"), re.S
        ):
            exec(code, names)
    assert (tmp_path / "target-groups.png").exists()
    assert "five at 4" in capsys.readouterr().out
    assert [text.get_text() for text in names["ax"].texts] == ["1", "2", "1", "5", "0"]
    plt.close("all")
