"""Tasks that wait for each other: order, results, errors."""

from __future__ import annotations

import threading

import pytest

from iapt_equity.statistics.schedule import Task, run_tasks


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_a_task_gets_the_results_that_it_waits_for(workers: int) -> None:
    tasks = [
        Task("sum", lambda left, right: left + right, ("left", "right")),
        Task("left", lambda: 3),
        Task("twice", lambda value: 2 * value, ("sum",)),
        Task("right", lambda: 4),
    ]
    found: dict[object, int] = {}
    run_tasks(tasks, workers, found.__setitem__)
    assert found == {"left": 3, "right": 4, "sum": 7, "twice": 14}


def test_lower_rank_first_then_as_listed() -> None:
    seen: list[object] = []
    tasks = [Task("c", lambda: None, (), 1.0), Task("a", lambda: None), Task("b", lambda: None)]
    run_tasks(tasks, 1, lambda key, _: seen.append(key))
    assert seen == ["a", "b", "c"]


def test_two_tasks_run_at_the_same_time() -> None:
    # Each waits for the other at the barrier: one after the other would break it.
    barrier = threading.Barrier(2, timeout=20)
    run_tasks([Task("a", barrier.wait), Task("b", barrier.wait)], 2)


def test_an_error_ends_the_run() -> None:
    def fail() -> None:
        raise KeyError("lost")

    seen: list[object] = []
    tasks = [Task("a", fail), Task("b", lambda value: value, ("a",)), Task("c", lambda: None, (), 5.0)]
    with pytest.raises(KeyError, match="lost"):
        run_tasks(tasks, 1, lambda key, _: seen.append(key))
    assert seen == []


@pytest.mark.parametrize(
    "tasks",
    [
        [Task("a", lambda: 1), Task("a", lambda: 2)],
        [Task("a", lambda value: value, ("b",))],
        [Task("a", lambda value: value, ("b",)), Task("b", lambda value: value, ("a",))],
    ],
)
def test_tasks_that_cannot_be_run(tasks: list[Task]) -> None:
    with pytest.raises(ValueError, match="task"):
        run_tasks(tasks, 2)
