import io
import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
import seaborn as sns
from matplotlib.colors import to_rgb
from PIL import Image

from swt_analysis import figures
from swt_analysis.figures.theme import INK, PUOR
from tests.figures.cases import COUNTS, drawn


@pytest.mark.parametrize(("size", "inches"), [("page", 4.4), ("column", 3.3), ("slide", 9.0)])
def test_a_picture_is_as_wide_as_its_size_says(size: str, inches: float, tmp_path: Path) -> None:
    ax = drawn("scale 6")
    before = ax.figure.get_size_inches().copy()
    path = figures.save_figure(ax, tmp_path / "figuur.png", size=size, dpi=100)
    assert (ax.figure.get_size_inches() == before).all()
    picture = Image.open(path)
    assert picture.width == pytest.approx(100 * inches, abs=2)
    assert picture.info["dpi"] == pytest.approx((100, 100), abs=0.1)


def test_title_and_source_are_in_the_picture_and_leave_the_figure(tmp_path: Path) -> None:
    ax = drawn("scale 6")
    plain = Image.open(figures.save_figure(ax, tmp_path / "a.png", dpi=100))
    words = {"title": "Keuzeschaal 6 $x_1$", "source": "Bron: de notitie van 2014. " * 5}
    told = Image.open(figures.save_figure(ax, tmp_path / "b.png", dpi=100, **words))
    again = Image.open(figures.save_figure(ax, tmp_path / "c.png", dpi=100))
    assert told.width == plain.width
    assert told.height > plain.height + 40
    assert again.tobytes() == plain.tobytes()


@pytest.mark.parametrize("ending", ["pdf", "svg", "jpg", "tif"])
def test_the_ending_says_how(ending: str, tmp_path: Path) -> None:
    ax = drawn("scale 6")
    path = figures.save_figure(ax, tmp_path / f"figuur.{ending}", title="Titel", dpi=50)
    assert path.stat().st_size > 1000


def test_an_unknown_size_is_refused(tmp_path: Path) -> None:
    ax = drawn("scale 6")
    with pytest.raises(ValueError, match="size 'A4': there are page, "):
        figures.save_figure(ax, tmp_path / "figuur.png", size="A4")


def test_a_plain_figure_of_seaborn_goes_into_a_page_too() -> None:
    figure, ax = plt.subplots()
    sns.barplot(COUNTS, x="point", y="count", errorbar=None, ax=ax)
    svg = figures.to_svg(figure, key="own", title="<eigen>", alt="Eigen figuur & meer.")
    assert "&lt;eigen&gt;" in svg
    assert "#262626" not in svg
    assert figures.to_png(figure).startswith(b"\x89PNG")
    plt.close(figure)


def test_faint_areas_keep_their_shade() -> None:
    figure, ax = plt.subplots()
    shades = [0.04, 0.12, 0.16]
    for place, shade in enumerate(shades):
        ax.bar(place, 1, alpha=shade, color="black")
    svg = figures.to_svg(figure, key="own", title="t", alt="a")
    assert [float(one) for one in re.findall(r"\bopacity:([\d.]+)", svg)] == shades
    plt.close(figure)


def test_a_small_picture_keeps_the_colours_of_its_areas() -> None:
    png = figures.to_png(drawn("scale, large").figure)
    shown = Image.open(io.BytesIO(png)).convert("RGB")
    few = {colour for _, colour in shown.getcolors()}
    for colour in (*PUOR, "white", INK):
        assert tuple(round(255 * part) for part in to_rgb(colour)) in few, colour
