"""Imported by the process that is forked from, for its effect: what it does, no page pays for.

Whatever is imported, built or used for the first time here is there in each fork.
"""

import gc
import signal
import sys

gc.disable()  # nearly all that is made here stays: looking for what does not takes half a second
signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started this process to answer

from swt_analysis.reports.run import spare_address_parser  # noqa: E402

spare_address_parser()

import atexit  # noqa: E402
import io  # noqa: E402
import os  # noqa: E402
from pathlib import Path  # noqa: E402

import matplotlib.backends.backend_svg  # noqa: E402, F401
import matplotlib.pyplot as plt  # noqa: E402
import nbformat  # noqa: E402
import pandas as pd  # noqa: E402
import papermill  # noqa: E402, F401
import scipy.stats  # noqa: E402, F401
import seaborn  # noqa: E402, F401
from nbformat.v4 import new_code_cell, new_notebook  # noqa: E402

from swt_analysis.figures import (  # noqa: E402
    plot_scale,
    to_png,
    to_svg,
)
from swt_analysis.folder import PROJECT  # noqa: E402
from swt_analysis.reports import make, report  # noqa: E402, F401
from swt_analysis.reports.citation import software  # noqa: E402
from swt_analysis.reports.formulas import FORMULAS, mathml  # noqa: E402
from swt_analysis.reports.html import Frame, Link  # noqa: E402
from swt_analysis.reports.render import highlighted  # noqa: E402
from swt_analysis.reports.render import page as render  # noqa: E402
from swt_analysis.reports.shell import Shell  # noqa: E402
from swt_analysis.statistics import (  # noqa: E402
    association,  # noqa: F401
    change,  # noqa: F401
    comparisons,  # noqa: F401
    history,  # noqa: F401
    paired,  # noqa: F401
    robustness,  # noqa: F401
    typology,  # noqa: F401
)
from swt_analysis.study import codebook  # noqa: E402, F401
from swt_analysis.text import LANGUAGES, number  # noqa: E402


def _run_cells() -> None:
    """Use the shell and its inline figures once, and leave no trace in it."""
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    main = sys.modules["__main__"]  # multiprocessing looks at it in each fork
    shell = Shell.instance()
    shell.run("%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.figtext(0, 0, 'a');", None)
    shell.run("import pandas as pd\npd.DataFrame({'a': [1], 'b': ['x']})", None)
    shell.reset(new_session=True)  # type: ignore[no-untyped-call]
    sys.modules["__main__"] = main
    atexit.unregister(shell.atexit_operations)  # the folder may be gone by then


def _show() -> None:
    """Read texts, formulas and fonts, draw, and render, as every page does."""
    for language in LANGUAGES:
        software(language)
        number(0.5, language, 1)
    for formula in FORMULAS:
        mathml(FORMULAS[formula], "block")
    counts = pd.DataFrame({"point": [1, 2, 3], "count": [1, 5, 2]})
    figure = plot_scale(counts, language=LANGUAGES[0]).get_figure(root=True)
    assert figure is not None
    to_svg(figure, key="k", title="", alt="")
    to_png(figure)
    plt.close(figure)
    table = pd.read_csv(io.StringIO("a,b,c\n1,x,\n2,y,\n"), dtype={"a": "Int64", "b": "string"})
    table.merge(table.pivot(index="a", columns="b", values="a").reset_index(), on="a")
    for path in (PROJECT / "notebooks").glob("*.ipynb"):  # most studies use these
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                highlighted(cell.source)
    link = Link("", "")
    notebook = new_notebook(cells=[new_code_cell("1")])
    render(notebook, Frame("rehearsal", "nl", "", other=link, index=link))


def _abandoned() -> bool:
    """Whether who asked for this has gone already, with its folder for what is temporary."""
    return not Path(os.environ.get("IPYTHONDIR", ".")).exists()


if _abandoned():
    sys.exit()
gc.freeze()
try:
    _run_cells()  # which has the shell look for what is left of its cells
    _show()
except Exception:
    if _abandoned():
        sys.exit()
    raise
gc.freeze()  # a collection in a fork then does not copy what it shares
gc.enable()
