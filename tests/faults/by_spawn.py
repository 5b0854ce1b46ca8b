"""``swt`` as on macOS and Windows: nothing is forked, each process starts from nothing."""

from swt_analysis.__main__ import run
from swt_analysis.reports import processes

if __name__ == "__main__":
    processes.METHOD = "spawn"
    run()
