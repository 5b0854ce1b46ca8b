"""Tasks for processes; a module that loads nothing, as each process loads it."""

import os
import signal
from pathlib import Path


def double(number: int) -> int:
    return 2 * number


def pid(number: int) -> int:
    return os.getpid()


def fail_at_three(number: int) -> int:
    if number == 3:
        raise ValueError("three")
    return number


def leave_at_three(number: int) -> int:
    if number == 3:
        os._exit(4)
    return number


def die_at_three(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_at_first(task: tuple[int, Path]) -> int:
    number, folder = task
    if number == 3 and not (folder / "died").exists():
        (folder / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number
