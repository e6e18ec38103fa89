"""The warehouse beside the hand-written yardstick, in one session on one data set, part by part.

``uv run python benchmarks/core/run.py --referrals 1000000`` makes the data where missing, runs the yardstick, the
whole ``dbt build`` with the settings delivered and the publication after it, each in a process of its own, and prints a
table: wall and processor seconds, peak memory, and how many yardsticks each part took. Parts are the selectors of
selectors.yml; their tests stand apart. Then it checks that yardstick and warehouse give the same counts of people who
accessed, finished and recovered, by ethnic category.

Exit code 1: counts differ, or with ``--strict`` a target is missed. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
from build import END, START

PROJECT = Path(__file__).resolve().parents[2]
BESIDE = Path(__file__).resolve().parent
CORE, BUILD = "core", "whole build"
DATA_TESTS, UNIT_TESTS = "data tests", "unit tests of the rules"
CORE_YARDSTICKS, BUILD_YARDSTICKS, BUILD_GIGABYTES = 1.7, 3.5, 8.0
"""Targets at 5.5 million referrals: processor time of the core and of the whole build, memory of the whole build."""

COUNTS = """
    select
        coalesce(referrals.ethnic_category_code, 'none') as ethnic_category_code,
        count(*) as referred,
        count(*) filter (where referrals.is_accessed) as accessed,
        count(*) filter (where referrals.is_finished_course) as finished,
        count(*) filter (where episodes.is_recovered) as recovered,
        count(*) filter (where episodes.is_reliably_improved) as improved,
    from {schema}.fct_referrals as referrals
    left join {schema}.fct_episodes as episodes using (referral_id)
    group by all
    order by all
"""


@dataclass(frozen=True)
class Measured:
    """What something took: wall and processor seconds, and the most memory meanwhile in 10^9 bytes."""

    name: str
    wall: float
    processor: float
    gigabytes: float


def measure(name: str, command: list[str], environment: Mapping[str, str]) -> Measured:
    """Run a command to its end.

    Raises:
        SystemExit: The command failed; its output is printed.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=PROJECT, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.stdout.write(output.decode(errors="replace"))
        raise SystemExit(f"{name} failed with exit code {process.returncode}")
    wall = time.perf_counter() - start
    return Measured(name, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e9)


def part_of(node: str, parts: Mapping[str, str]) -> str:
    """The line of the table that a node counts in: its selector, its kind of test, or what dbt does itself."""
    kind = node.partition(".")[0]
    return {"test": DATA_TESTS, "unit_test": UNIT_TESTS, START: START, END: END}.get(
        kind, parts.get(node, "other seeds and models")
    )


def by_part(taken: Mapping[str, Any]) -> list[Measured]:
    """What each part took, of one file of build.py, in the order in which they are first met."""
    found: dict[str, Measured] = {}
    for node, cost in taken["nodes"].items():
        name = part_of(node, taken["parts"])
        before = found.get(name, Measured(name, 0.0, 0.0, 0.0))
        memory = max(before.gigabytes, cost["memory"])
        found[name] = Measured(name, before.wall + cost["wall"], before.processor + cost["processor"], memory)
    return list(found.values())


def whole(name: str, taken: Mapping[str, Any]) -> Measured:
    """What one file of build.py took in all."""
    nodes = taken["nodes"].values()
    return Measured(name, sum(n["wall"] for n in nodes), sum(n["processor"] for n in nodes), taken["memory"])


def table(measured: Iterable[Measured], yardstick: Measured) -> str:
    """The table in Markdown."""
    rows = ["| | wall | processor time | yardsticks | peak memory |", "|---|---|---|---|---|"]
    rows += [
        f"| {m.name} | {m.wall:.0f} s | {m.processor:.1f} s | {m.processor / yardstick.processor:.2f} "
        f"| {m.gigabytes:.1f} GB |"
        for m in measured
    ]
    return "\n".join(rows)


def dearest(taken: Mapping[str, Any], count: int = 15) -> str:
    """The nodes that took most, one a line."""
    nodes = sorted(taken["nodes"].items(), key=lambda item: -item[1]["processor"])[:count]
    return "\n".join(f"{cost['processor']:8.1f} s  {node}" for node, cost in nodes)


def counts(database: Path, schema: str) -> list[tuple[object, ...]]:
    """Counts by ethnic category."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.sql(COUNTS.format(schema=schema)).fetchall()


def size(path: Path) -> float:
    """Size of a file, or of all files in a folder, in 10^9 bytes."""
    return sum(file.stat().st_size for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()) / 1e9


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--referrals", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, help="folder of the data set (default: data/benchmark_<referrals>_<seed>)")
    parser.add_argument("--selector", default="whole", help="what is built: whole, or production, without unit tests")
    parser.add_argument("--strict", action="store_true", help="exit 1 where a target of 5.5 million is missed")
    return parser.parse_args()


def run(data: Path, work: Path, selector: str) -> tuple[Measured, list[Measured], dict[str, Any], bool]:
    """Yardstick, lines of the table, what the nodes of the build took, and whether both give the same counts."""
    environment = {
        "MDS_DIR": str(data),
        "REFERENCE_DIR": str(data / "reference"),
        "PUBLISHED_DIR": "",
        "IAPT_EQUITY_DB": str(work / "warehouse.duckdb"),
        "IAPT_EQUITY_RELEASES": str(work / "releases"),
    }
    places = ["--target-path", str(work / "target"), "--log-path", str(work / "logs")]

    def build(name: str) -> dict[str, Any]:
        out = work / f"{name}.json"
        command = [sys.executable, str(BESIDE / "build.py"), str(out), "build", "--selector", name, *places]
        measure(name, command, environment)
        return dict(json.loads(out.read_text(encoding="utf-8")))

    script = [sys.executable, str(BESIDE / "yardstick.py"), str(data), str(work / "yardstick.duckdb")]
    yardstick = measure("yardstick", script, environment)
    dbt = shutil.which("dbt", path=str(Path(sys.executable).parent)) or "dbt"
    parsed = measure("parsing the project, once", [dbt, "parse", *places], environment)
    built = build(selector)
    same = counts(work / "yardstick.duckdb", "main") == counts(work / "warehouse.duckdb", "marts")
    published = whole("publication, after it", build("publication"))
    lines = [yardstick, whole(BUILD, built), *by_part(built), published, parsed]
    return yardstick, lines, built, same


def main() -> int:
    """Run the benchmark; returns the exit code."""
    arguments = read_arguments()
    data = (arguments.data or PROJECT / "data" / f"benchmark_{arguments.referrals}_{arguments.seed}").resolve()
    work = data.with_name(data.name + "_work")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    if not data.exists():
        make = shutil.which("synthetic-mds", path=str(Path(sys.executable).parent)) or "synthetic-mds"
        wanted = ["--referrals", str(arguments.referrals), "--seed", str(arguments.seed), "--out", str(data)]
        measure("synthetic-mds", [make, *wanted], {})
    yardstick, lines, built, same = run(data, work, arguments.selector)
    yardsticks = {line.name: line.processor / yardstick.processor for line in lines}
    memory = next(line.gigabytes for line in lines if line.name == BUILD)
    print(f"{arguments.referrals:,} referrals, {os.cpu_count()} cores, DuckDB {version('duckdb')}\n")
    print(table(lines, yardstick))
    print(
        f"\nDisk: data {size(data):.2f} GB, build file {size(work / 'warehouse_build.duckdb'):.2f} GB, "
        f"file for readers {size(work / 'warehouse.duckdb'):.2f} GB"
    )
    print(f"same counts by ethnic category: {'yes' if same else 'NO'}\n\n{dearest(built)}\n")
    missed = [
        f"core {yardsticks[CORE]:.1f} yardsticks, not {CORE_YARDSTICKS:g}" * (yardsticks[CORE] > CORE_YARDSTICKS),
        f"build {yardsticks[BUILD]:.1f} yardsticks, not {BUILD_YARDSTICKS:g}" * (yardsticks[BUILD] > BUILD_YARDSTICKS),
        f"build {memory:.1f} GB, not {BUILD_GIGABYTES:g}" * (memory > BUILD_GIGABYTES),
    ]
    missed = [target for target in missed if target]
    print("targets of 5.5 million: " + ("; ".join(missed) if missed else "all met"))
    return int(not same or (arguments.strict and bool(missed)))


if __name__ == "__main__":
    sys.exit(main())
