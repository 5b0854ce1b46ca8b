"""``python -m swt_analysis`` is ``swt``."""

import signal


def run() -> None:
    """Load the commands and run the one that is asked for.

    Ctrl-C while they load ends the process at once, where Python would print a traceback.
    """
    heard = signal.getsignal(signal.SIGINT)
    if heard is signal.default_int_handler:  # a shell has its background jobs ignore it
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from swt_analysis.cli import main

    signal.signal(signal.SIGINT, heard)
    main()


if __name__ == "__main__":
    run()
