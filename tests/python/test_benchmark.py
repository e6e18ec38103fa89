"""What the benchmark of the whole build says of its parts: who is given which processor time, and the table."""

from __future__ import annotations

import importlib
import sys
import threading
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

CORE = Path(__file__).resolve().parents[2] / "benchmarks" / "core"

pytestmark = pytest.mark.skipif(not hasattr(time, "pthread_getcpuclockid"), reason="no clock of other threads here")


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return load("build", monkeypatch)


@pytest.fixture
def run(build: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return load("run", monkeypatch)


def load(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(CORE))
    monkeypatch.delitem(sys.modules, name, raising=False)
    return importlib.import_module(name)


def event(name: str, node: str) -> Any:
    return SimpleNamespace(
        info=SimpleNamespace(name=name), data=SimpleNamespace(node_info=SimpleNamespace(unique_id=node))
    )


def test_a_node_is_given_what_its_thread_took_and_all_of_it_adds_up(build: ModuleType) -> None:
    before = time.process_time()
    clock = build.Clock(lambda: time.process_time() - before)
    both, done = threading.Barrier(2), threading.Barrier(2)

    def works(node: str, seconds: float) -> None:
        clock.hear(event("NodeStart", node))
        both.wait()
        end = time.thread_time() + seconds
        while time.thread_time() < end:
            pass
        done.wait()
        clock.hear(event("NodeFinished", node))

    threads = [threading.Thread(target=works, args=work) for work in (("model.busy", 0.4), ("test.idle", 0.0))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clock.share()
    taken = clock.so_far()
    assert taken["model.busy"]["processor"] > 0.38
    assert taken["test.idle"]["processor"] < 0.1
    whole = sum(cost["processor"] for cost in taken.values())
    assert 0.4 < whole <= time.process_time() - before
    assert set(taken) == {"model.busy", "test.idle", build.START, build.END}


def test_parts_are_those_of_the_selectors_and_tests_stand_apart(run: ModuleType) -> None:
    cost = {"wall": 2.0, "processor": 3.0, "memory": 1.0}
    taken = {
        "memory": 2.5,
        "nodes": {
            run.START: cost,
            "model.iapt_equity.fct_referrals": cost,
            "model.iapt_equity.fct_episodes": cost | {"memory": 2.0},
            "model.iapt_equity.fits": cost,
            "seed.iapt_equity.of_no_part": cost,
            "test.iapt_equity.unique_fct_referrals": cost,
            "unit_test.iapt_equity.fct_referrals.rule": cost,
            run.END: cost,
        },
        "parts": {
            "model.iapt_equity.fct_referrals": "core",
            "model.iapt_equity.fct_episodes": "core",
            "model.iapt_equity.fits": "statistics",
            "test.iapt_equity.unique_fct_referrals": "core",
        },
    }
    lines = {line.name: line for line in run.by_part(taken)}
    assert (lines["core"].wall, lines["core"].processor, lines["core"].gigabytes) == (4.0, 6.0, 2.0)
    names = [
        run.START,
        "core",
        "statistics",
        "other seeds and models",
        "data tests",
        "unit tests of the rules",
        run.END,
    ]
    assert list(lines) == names
    assert (run.whole("whole build", taken).processor, run.whole("whole build", taken).gigabytes) == (24.0, 2.5)


def test_the_table_says_how_many_yardsticks(run: ModuleType) -> None:
    yardstick = run.Measured("yardstick", 11.0, 20.0, 1.2)
    printed = run.table([yardstick, run.Measured("core", 33.4, 55.0, 2.49)], yardstick)
    assert printed.splitlines()[2:] == [
        "| yardstick | 11 s | 20.0 s | 1.00 | 1.2 GB |",
        "| core | 33 s | 55.0 s | 2.75 | 2.5 GB |",
    ]
