"""Runs every command and every Python snippet that the documentation shows, in the order of its pages.

Decisions (``docs/decisions``) are words and show none; a test holds them to it.

A command that stands twice is run once. What a reader does once on a new machine, and what the lint step of `.ci/run`
has just done, is passed over by name. ``first`` runs those up to the README's tests, on the demo set; ``rest`` those
after them, on a smaller set of the same kind, since the whole build of the demo set has just been made; without an
argument both are run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ["README.md", *sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")), "CONTRIBUTING.md"]
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# What docs/spark.md shows takes too long on the demo set: tests/python/test_spark_build.py does it on a smaller one.
ON_SPARK = (
    "apt-get install -y default-jre-headless",
    "export UV_PROJECT_ENVIRONMENT=",
    "uv sync --extra spark",
    "MDS_DIR=data/demo SPARK_LOCAL_IP=",
    "uv run iapt-equity from-spark",
    "MDS_DIR=data/demo IAPT_EQUITY_DB=spark.duckdb",
)
PASSED_OVER = ("pip install uv", ".ci/lint", "git clone", *ON_SPARK)
LAST_OF_FIRST = "uv run pytest"
SMALL_SET = 5_000


def documented() -> list[tuple[str, str, str]]:
    """Page, language and text of every command, each once."""
    seen: dict[tuple[str, str], str] = {}
    for page in PAGES:
        for language, text in BLOCK.findall((ROOT / page).read_text(encoding="utf-8")):
            commands = text.replace("\\\n", " ").strip().splitlines() if language == "sh" else [text]
            for command in commands:
                if command.strip() and not command.startswith("#"):
                    seen.setdefault((language, command), page)
    return [(page, language, command) for (language, command), page in seen.items()]


def run(commands: list[tuple[str, str, str]], environment: dict[str, str]) -> int:
    """Run them; stop at the first that fails."""
    for page, language, command in commands:
        if language == "sh" and command.startswith(PASSED_OVER):
            continue
        print(f"== {page}: {command.splitlines()[0]}", flush=True)
        started = time.monotonic()
        arguments = ["bash", "-c", command] if language == "sh" else [sys.executable, "-c", command]
        if subprocess.run(arguments, cwd=ROOT, env=environment, check=False).returncode != 0:
            print(f"FAILED: {page}: {command}", file=sys.stderr)
            return 1
        print(f"   {time.monotonic() - started:.0f} s", flush=True)
    return 0


def main(part: str) -> int:
    """Run the first commands, the rest or, for another word, all."""
    commands = documented()
    split = [command for _, _, command in commands].index(LAST_OF_FIRST) + 1
    if part != "rest" and run(commands[:split], dict(os.environ)) != 0:
        return 1
    if part == "first":
        return 0
    # Imported here: the first commands need nothing of the project.
    from iapt_equity.inputs.demo import DEMO_YEARS
    from iapt_equity.synthetic import generate

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "mds"
        generate(data, referrals=SMALL_SET, seed=1, years=DEMO_YEARS, experience=True, progress=False)
        return run(commands[split:], {**os.environ, "MDS_DIR": str(data)})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
