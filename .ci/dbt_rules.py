"""Holds the dbt project to ``dbt-bouncer.yml``, and the list of exceptions to what it still needs.

dbt-bouncer asks for an older DuckDB than the project has, so it runs in an environment of its own, at the versions of
``.ci/dbt_bouncer.lock``. It needs nothing but the parsed project: no input is read and nothing is built.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ARTIFACTS = Path("target") / "rules"
RESULTS = ARTIFACTS / "dbt_bouncer.json"
EXCEPTIONS = Path("tests") / "python" / "project_rules_exceptions.csv"
LOCK = Path(".ci") / "dbt_bouncer.lock"
PREFIX = "check_"
RAN = (0, 1)
"""Exit codes of a run that judged every rule: all kept, or some broken."""


def parse_project() -> None:
    """Writes the manifest, whole: a partial parse does not repeat what it once warned of.

    A description of a macro that is gone, or of an argument that it does not have, is an error.

    Raises:
        SystemExit: The project does not parse.
    """
    places = ["--target", "lint", "--target-path", str(ARTIFACTS), "--log-path", str(ARTIFACTS)]
    errors = ["--warn-error-options", "{error: [MacroNotFoundForPatch, InvalidMacroAnnotation]}"]
    command = ["dbt", "--quiet", *errors, "parse", "--no-partial-parse", *places]
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        raise SystemExit("the project does not parse, or describes macros otherwise than they are (see above)")


def judged() -> list[dict[str, Any]]:
    """One entry per check of a resource.

    Returns:
        dbt-bouncer's results: ``check_run_id``, ``unique_id``, ``outcome``, ``failure_message``.

    Raises:
        SystemExit: dbt-bouncer could not be run, or could not judge.
    """
    (ROOT / RESULTS).unlink(missing_ok=True)
    command = [
        *(os.environ.get("UV", "uv"), "tool", "run", "--quiet", "--with-requirements", str(LOCK)),
        *("--from", "dbt-bouncer", "dbt-bouncer", "run", "--config-file", "dbt-bouncer.yml"),
        *("--output-file", str(RESULTS), "--output-format", "json"),
    ]
    run = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, encoding="utf-8")
    if run.returncode not in RAN or not (ROOT / RESULTS).exists():
        raise SystemExit(f"dbt-bouncer did not run:\n{run.stdout}\n{run.stderr}")
    results: list[dict[str, Any]] = json.loads((ROOT / RESULTS).read_text(encoding="utf-8"))
    return results


def exceptions() -> set[tuple[str, str]]:
    """Rule and resource (with wildcards) of every exception to a rule of dbt-bouncer."""
    with (ROOT / EXCEPTIONS).open(encoding="utf-8", newline="") as file:
        return {(row["rule"], row["resource"]) for row in csv.DictReader(file) if row["rule"].startswith(PREFIX)}


def name_of(result: dict[str, Any]) -> str:
    """The resource as the list of exceptions names it: ``int_contacts``, ``mds_v1_5.Person``."""
    _, _, name = str(result["unique_id"] or "project.iapt_equity.project").split(".", 2)
    return name


def main() -> int:
    """Judges, and says what breaks a rule and which exception has nothing left to excuse."""
    parse_project()
    results = judged()
    allowed = exceptions()
    needed: set[tuple[str, str]] = set()
    broken = []
    for result in results:
        if result["outcome"] == "success":
            continue
        rule = str(result["check_run_id"]).split(":", 1)[0]
        name = name_of(result)
        excused = {(of, pattern) for of, pattern in allowed if of == rule and fnmatchcase(name, pattern)}
        needed |= excused
        if not excused or result["outcome"] != "failed":
            broken.append(f"{rule}: {name}: {result['failure_message']}")
    idle = [f"{EXCEPTIONS}: nothing is left to excuse: {rule}, {resource}" for rule, resource in allowed - needed]
    print(*sorted(broken), *sorted(idle), sep="\n", file=sys.stderr)
    print(f"{len(results)} checks, {len(broken)} broken, {len(allowed)} exceptions, {len(idle)} of them idle")
    return 1 if broken or idle else 0


if __name__ == "__main__":
    sys.exit(main())
