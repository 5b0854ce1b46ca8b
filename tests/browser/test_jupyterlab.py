"""A shared notebook in a real JupyterLab, which does not trust it."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
PORT = 18899


@pytest.fixture
def lab(made_study: Path, tmp_path: Path) -> Iterator[str]:
    """JupyterLab of somebody who was sent a notebook; gives the notebook's address."""
    root = tmp_path / "sent"
    root.mkdir()
    shutil.copy(made_study / "reports" / "nl" / "choice-scale-02.ipynb", root)
    own = {name: str(tmp_path / name) for name in ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.port={PORT}", "--ServerApp.port_retries=0"]
    command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={root}"]
    with subprocess.Popen(
        command,
        env=os.environ | own,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as server:
        address = f"http://127.0.0.1:{PORT}"
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(OSError):
                urllib.request.urlopen(f"{address}/api").close()
                break
            time.sleep(0.2)
        try:
            yield f"{address}/lab/tree/choice-scale-02.ipynb"
        finally:
            os.killpg(server.pid, signal.SIGKILL)  # with the kernel that it started


def test_every_figure_is_seen_and_every_table_reads(lab: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1300, "height": 9000})
    page.goto(lab)
    outputs = ".jp-Notebook .jp-OutputArea-output"
    page.wait_for_selector(f"{outputs} img", timeout=60_000)
    page.wait_for_function(f"document.querySelectorAll('{outputs} table').length > 4")
    widths = page.eval_on_selector_all(f"{outputs} img", "all => all.map(one => one.naturalWidth)")
    assert widths
    assert min(widths) > 300
    cells = page.eval_on_selector_all(f"{outputs} td", "all => all.map(one => one.innerText)")
    assert len(cells) > 50
    shown = page.inner_text(".jp-Notebook")
    assert "Rol gemeente in uitvoering: waar de gemeenten staan." in shown
    for raw in ("<svg", "<table", "data:image", "application/vnd"):
        assert raw not in shown
    page.close()
