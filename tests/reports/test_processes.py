"""Tasks done by processes, some of which die."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from swt_analysis.reports import processes
from swt_analysis.reports.processes import ProcessEnded, Processes
from tests.conftest import load_once
from tests.reports.tasks import (
    die_at_first,
    die_at_three,
    double,
    fail_at_three,
    leave_at_three,
    pid,
)


@pytest.fixture(params=["forkserver", "spawn"])
def method(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "forkserver" and sys.platform == "win32":
        pytest.skip("Windows cannot fork")
    load_once()  # others in this process need what it has loaded
    monkeypatch.setattr(processes, "METHOD", request.param)
    return str(request.param)


def all_of(function: Callable[[Any], Any], tasks: list[Any], number: int = 2) -> list[Any]:
    started: list[Any] = []
    with Processes(function, number) as workers:
        found = list(workers.results(tasks, started=started.append))
    assert set(started) == set(tasks)
    return found


def test_every_task_gives_its_result(method: str) -> None:
    assert sorted(all_of(double, list(range(6)))) == [0, 2, 4, 6, 8, 10]


def test_a_fork_does_one_task_and_a_spawned_process_many(method: str) -> None:
    pids = all_of(pid, list(range(4)), 1)
    assert len(set(pids)) == (4 if method == "forkserver" else 1)


def test_a_process_that_is_killed_costs_another_try(method: str, tmp_path: Path) -> None:
    assert sorted(all_of(die_at_first, [(n, tmp_path) for n in range(6)])) == list(range(6))


def test_a_task_that_kills_each_process_is_given_up_and_the_rest_is_done(method: str) -> None:
    found = all_of(die_at_three, list(range(6)))
    assert [one for one in found if isinstance(one, ProcessEnded)] == [
        ProcessEnded(3, "was ended by SIGKILL")
    ]
    assert sorted(one for one in found if not isinstance(one, ProcessEnded)) == [0, 1, 2, 4, 5]


@pytest.mark.parametrize(("function", "status"), [(leave_at_three, 4), (fail_at_three, 1)])
def test_a_process_that_ends_itself_is_told_at_once(
    method: str, function: Callable[[int], int], status: int
) -> None:
    found = all_of(function, list(range(4)))
    assert [one for one in found if isinstance(one, ProcessEnded)] == [
        ProcessEnded(3, f"ended with status {status}")
    ]


def test_who_stops_asking_ends_all(method: str) -> None:
    began = time.monotonic()
    with Processes(time.sleep, 2) as workers:
        for _ in workers.results([0, 60, 60], started=str):
            break
    assert time.monotonic() - began < 30
