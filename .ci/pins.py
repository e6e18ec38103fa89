"""Writes the exact pins of requirements.lock into pyproject.toml, so that `uv run` resolves to just these versions.

Run after `uv export` (CONTRIBUTING.md, "Dependencies"). Registry addresses stay out of both files.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ; ([^\\]+))?")


def main() -> None:
    """Replace the list of constraints in pyproject.toml."""
    pins = []
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if found := PIN.match(line):
            name, version, marker = found.groups()
            pins.append(f"{name}=={version}" + (f" ; {marker.strip()}" if marker else ""))
    block = "constraint-dependencies = [\n" + "".join(f'    "{pin}",\n' for pin in pins) + "]"
    project = ROOT / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    text = re.sub(r"^constraint-dependencies = \[\n(?:    .*\n)*\]", lambda _: block, text, count=1, flags=re.MULTILINE)
    project.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
