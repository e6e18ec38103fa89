"""Tasks that wait for each other, run side by side.

The fits of the programme differ in length twentyfold, and some start where others end. A worker takes whatever task is
ready, the one with the most work behind it first, so that none stands idle at the end of a stage. What a task computes
depends on the results handed to it and on nothing else: neither order nor number of workers changes a result.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

Key = Hashable


@dataclass(frozen=True, slots=True)
class Task:
    """One task.

    Attributes:
        key: its name, by which others wait for it.
        run: called with the results of `after`, in that order.
        after: keys of the tasks whose results it needs.
        rank: of two tasks that are ready the one with the lower rank goes first, then the one listed first.
    """

    key: Key
    run: Callable[..., Any]
    after: tuple[Key, ...] = ()
    rank: float = 0.0


def run_tasks(tasks: Sequence[Task], workers: int, done: Callable[[Key, Any], None] | None = None) -> None:
    """Run tasks in threads, each once all that it waits for have ended.

    Args:
        tasks: the tasks; keys differ.
        workers: number of threads, at least one.
        done: called in the calling thread with the key and result of each task as it ends. A result is kept only
            until the last task that needs it has started.

    Raises:
        ValueError: two tasks of one key, or tasks that wait for each other or for one that is not there.
        Exception: whatever a task raises; no further task is started.
    """
    position = {task.key: i for i, task in enumerate(tasks)}
    if len(position) != len(tasks):
        raise ValueError("two tasks have the same key")
    missing = [len(set(task.after)) for task in tasks]
    followers: Mapping[Key, list[int]] = {task.key: [] for task in tasks}
    for i, task in enumerate(tasks):
        for key in set(task.after):
            if key not in position:
                raise ValueError("a task waits for one that is not there")
            followers[key].append(i)
    needed = {key: len(found) for key, found in followers.items()}
    results: dict[Key, Any] = {}
    ready = [(task.rank, i) for i, task in enumerate(tasks) if missing[i] == 0]
    heapq.heapify(ready)
    running: dict[Future[Any], int] = {}
    ended = 0
    with ThreadPoolExecutor(workers) as pool:
        while ready or running:
            while ready and len(running) < workers:
                _, i = heapq.heappop(ready)
                task = tasks[i]
                running[pool.submit(task.run, *(results[key] for key in task.after))] = i
                for key in set(task.after):
                    needed[key] -= 1
                    if needed[key] == 0:
                        del results[key]
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in sorted(finished, key=running.__getitem__):
                i = running.pop(future)
                result = future.result()
                ended += 1
                if needed[tasks[i].key]:
                    results[tasks[i].key] = result
                for follower in followers[tasks[i].key]:
                    missing[follower] -= 1
                    if missing[follower] == 0:
                        heapq.heappush(ready, (tasks[follower].rank, follower))
                if done is not None:
                    done(tasks[i].key, result)
    if ended < len(tasks):
        raise ValueError("tasks wait for each other")
