"""Runs every command and every Python snippet that the documentation shows, in the order of its pages.

Decisions (``docs/decisions``) are words and show none; a test holds them to it.

A command that stands twice is run once. What a reader does once on a new machine, and what the lint step of `.ci/run`
has just done, is passed over by name.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ["README.md", *sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")), "CONTRIBUTING.md"]
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PASSED_OVER = ("pip install uv", ".ci/lint", "git clone")


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


def main() -> int:
    """Run them; stop at the first that fails."""
    for page, language, command in documented():
        if language == "sh" and command.startswith(PASSED_OVER):
            continue
        print(f"== {page}: {command.splitlines()[0]}", flush=True)
        started = time.monotonic()
        arguments = ["bash", "-c", command] if language == "sh" else [sys.executable, "-c", command]
        if subprocess.run(arguments, cwd=ROOT, check=False).returncode != 0:
            print(f"FAILED: {page}: {command}", file=sys.stderr)
            return 1
        print(f"   {time.monotonic() - started:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
