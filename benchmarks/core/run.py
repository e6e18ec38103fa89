"""The core of the warehouse beside the hand-written yardstick, in one session on one data set.

``uv run python benchmarks/core/run.py --referrals 1000000`` makes the data where missing, runs the yardstick and
``dbt run --selector core`` one after the other, each in a process of its own, and prints wall seconds, the peak of
resident memory and the ratio. Then it checks that both give the same counts of people who accessed, finished and
recovered, by ethnic category. With ``--build`` the whole ``dbt build`` (tests and regressions too) is timed as well.

Exit code 1: counts differ, or with ``--strict`` a target is missed (ratio 3, 4 GB, 180 s for the build).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parents[2]
YARDSTICK = Path(__file__).resolve().with_name("yardstick.py")
TARGET_RATIO = 3.0
TARGET_GIGABYTES = 4.0
TARGET_BUILD_SECONDS = 180.0

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
    """One timed process: wall seconds, and where the system tells, processor seconds and peak memory (10^9 bytes)."""

    name: str
    seconds: float
    processor_seconds: float | None
    gigabytes: float | None


def measure(name: str, command: list[str], environment: dict[str, str]) -> Measured:
    """Runs a command to its end; its children's memory counts as far as it waited for them.

    Raises:
        SystemExit: the command failed; its output is printed.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=PROJECT, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None
    output = process.stdout.read()
    peak = processor = None
    if hasattr(os, "wait4"):
        _, status, usage = os.wait4(process.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        process.returncode = code
        processor = usage.ru_utime + usage.ru_stime
        # Kilobytes on Linux, bytes on macOS.
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9
    else:
        code = process.wait()
    seconds = time.perf_counter() - start
    if code != 0:
        sys.stdout.write(output.decode(errors="replace"))
        raise SystemExit(f"{name} failed with exit code {code}")
    return Measured(name, seconds, processor, peak)


def program(name: str) -> str:
    """A console script of the environment that runs this file."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        raise SystemExit(f"{name} is not installed beside {Path(sys.executable).name}: run with `uv run`")
    return found


def counts(database: Path, schema: str) -> list[tuple[object, ...]]:
    """Counts by ethnic category."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.sql(COUNTS.format(schema=schema)).fetchall()


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--referrals", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, help="folder of the data set (default: data/benchmark_<referrals>_<seed>)")
    parser.add_argument(
        "--build", action="store_true", help="also time the whole dbt build, with tests and regressions"
    )
    parser.add_argument("--strict", action="store_true", help="exit 1 where a target is missed")
    return parser.parse_args()


def main() -> int:
    """Runs the benchmark; returns the exit code."""
    arguments = read_arguments()
    data = arguments.data or PROJECT / "data" / f"benchmark_{arguments.referrals}_{arguments.seed}"
    data = data.resolve()
    work = data.with_name(data.name + "_work")
    work.mkdir(parents=True, exist_ok=True)
    results: list[Measured] = []
    if not data.exists():
        command = [program("synthetic-mds"), "--referrals", str(arguments.referrals), "--seed", str(arguments.seed)]
        results.append(measure("generate", [*command, "--out", str(data)], {}))

    yardstick = work / "yardstick.duckdb"
    warehouse = work / "warehouse.duckdb"
    for path in work.glob("warehouse*.duckdb"):
        path.unlink()
    environment = {
        "MDS_DIR": str(data),
        "REFERENCE_DIR": str(data / "reference"),
        "PUBLISHED_DIR": "",
        "IAPT_EQUITY_DB": str(warehouse),
    }
    dbt = [program("dbt"), "--target-path", str(work / "target"), "--log-path", str(work / "logs")]

    def run_dbt(name: str, *command: str) -> Measured:
        return measure(name, [dbt[0], *command, *dbt[1:]], environment)

    results.append(measure("yardstick", [sys.executable, str(YARDSTICK), str(data), str(yardstick)], {}))
    results.append(run_dbt("dbt seed", "seed"))
    results.append(run_dbt("dbt run --selector core", "run", "--selector", "core"))
    hand_written, core = results[-3], results[-1]
    same = counts(yardstick, "main") == counts(warehouse, "marts")
    if arguments.build:
        results.append(run_dbt("dbt build", "build"))

    print(f"{arguments.referrals:,} referrals, {os.cpu_count()} cores")
    for result in results:
        processor = "" if result.processor_seconds is None else f"{result.processor_seconds:9.1f} s of processor time"
        memory = "" if result.gigabytes is None else f"{result.gigabytes:8.2f} GB"
        print(f"{result.name:28s}{result.seconds:9.1f} s{processor}{memory}")
    ratio = core.seconds / hand_written.seconds
    print(f"core / yardstick            {ratio:9.2f}")
    if core.processor_seconds and hand_written.processor_seconds:
        # On a machine that does other work as well this one is the steadier of the two.
        print(f"  by processor time         {core.processor_seconds / hand_written.processor_seconds:9.2f}")
    print(f"same counts by ethnic category: {'yes' if same else 'NO'}")
    missed = [
        f"ratio above {TARGET_RATIO:g}" if ratio > TARGET_RATIO else "",
        f"core above {TARGET_GIGABYTES:g} GB" if (core.gigabytes or 0) > TARGET_GIGABYTES else "",
        f"build above {TARGET_BUILD_SECONDS:g} s"
        if arguments.build and results[-1].seconds > TARGET_BUILD_SECONDS
        else "",
    ]
    missed = [target for target in missed if target]
    print("targets: " + ("; ".join(missed) if missed else "all met"))
    return int(not same or (arguments.strict and bool(missed)))


if __name__ == "__main__":
    sys.exit(main())
