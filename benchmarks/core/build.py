"""One dbt command with what each node of it took: ``python benchmarks/core/build.py OUT.json build --selector core``.

dbt says when a node starts and ends. Two run side by side, and DuckDB's threads help both: from one such moment to the
next a node gets what its own thread took, and an equal share of what the other threads took and of the wall. Where no
node runs it is dbt itself: its start, or its end, where the file for readers is written. It adds up to the whole.
Linux alone tells what a thread took. OUT.json is written every half minute, so that a run that is cut short says how
far it came.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner

START, END = "dbt's start", "dbt's end, file for readers"
SELECTORS = ("core", "published", "quality", "statistics", "context", "findings", "publication")
_TICK_SECONDS, _TICKS_TO_WRITE = 0.25, 120


def thread_seconds(thread: int) -> float:
    """Processor seconds of a thread of this process."""
    return time.clock_gettime(time.pthread_getcpuclockid(thread))


def resident_gigabytes() -> float:
    """Memory of this process now, in 10^9 bytes."""
    return int(re.findall(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[0]) * 1024 / 1e9


class Clock:
    """Adds up what each node took: wall and processor seconds, and the most memory that the process had meanwhile."""

    def __init__(self, processor: Callable[[], float] = time.process_time) -> None:
        """Begin with what the process has taken so far."""
        self.taken: dict[str, dict[str, float]] = defaultdict(lambda: {"wall": 0.0, "processor": 0.0, "memory": 0.0})
        self._processor = processor
        self._running: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()
        self._has_run = False
        self._then = (time.perf_counter(), 0.0)

    def hear(self, event: Any) -> None:
        """Take note where dbt says that a node starts or ends, in the thread that runs it."""
        if event.info.name not in {"NodeStart", "NodeFinished"}:
            return
        self.share()
        node, thread = event.data.node_info.unique_id, threading.get_ident()
        with self._lock:
            if event.info.name == "NodeStart":
                self._has_run = True
                self._running[node] = (thread, thread_seconds(thread))
            else:
                self._running.pop(node, None)

    def share(self) -> None:
        """Give to the nodes that run what was taken since the last time."""
        with self._lock:
            now, memory = (time.perf_counter(), self._processor()), resident_gigabytes()
            wall, rest = now[0] - self._then[0], now[1] - self._then[1]
            self._then = now
            for node, (thread, before) in self._running.items():
                after = thread_seconds(thread)
                self._running[node] = (thread, after)
                self.taken[node]["processor"] += after - before
                rest -= after - before
            names = list(self._running) or [END if self._has_run else START]
            for name in names:
                self.taken[name]["wall"] += wall / len(names)
                self.taken[name]["processor"] += rest / len(names)
                self.taken[name]["memory"] = max(self.taken[name]["memory"], memory)

    def so_far(self) -> dict[str, dict[str, float]]:
        """What each node took until now."""
        with self._lock:
            return {node: dict(taken) for node, taken in self.taken.items()}


def parts(runner: dbtRunner, places: Iterable[str]) -> dict[str, str]:
    """The part of the project that each node belongs to: the first selector of selectors.yml that has it."""
    found: dict[str, str] = {}
    for selector in SELECTORS:
        keys = ["--output", "json", "--output-keys", "unique_id"]
        listed = runner.invoke(["--quiet", "ls", "--selector", selector, *keys, *places]).result
        assert isinstance(listed, list)
        for line in listed:
            found.setdefault(json.loads(line)["unique_id"], selector)
    return found


def main() -> int:
    """Run the command, and write what each node took; returns the exit code."""
    out, arguments = Path(sys.argv[1]), sys.argv[2:]
    clock, done = Clock(), threading.Event()

    def write(part_of: dict[str, str]) -> None:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
        written = {"memory": peak, "nodes": clock.so_far(), "parts": part_of}
        out.write_text(json.dumps(written, indent=1), encoding="utf-8")

    def watch() -> None:
        ticks = 0
        while not done.wait(_TICK_SECONDS):
            clock.share()
            ticks += 1
            if ticks % _TICKS_TO_WRITE == 0:
                write({})

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    result = dbtRunner(callbacks=[clock.hear]).invoke(arguments)
    done.set()
    watcher.join()
    clock.share()
    write({})
    if result.success:
        write(
            parts(dbtRunner(), [text for name in ("--target-path", "--log-path") for text in _option(arguments, name)])
        )
    return 0 if result.success else 1


def _option(arguments: list[str], name: str) -> list[str]:
    return arguments[arguments.index(name) :][:2] if name in arguments else []


if __name__ == "__main__":
    sys.exit(main())
