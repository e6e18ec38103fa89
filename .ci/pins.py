"""Writes the exact pins of both lock files into pyproject.toml, so that `uv run` resolves to just these versions.

What requirements-spark.lock has in common with requirements.lock is taken out of it.

Run after `uv export` (CONTRIBUTING.md, "Dependencies"). Registry addresses stay out of both files.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ; ([^\\]+))?")


def entries(file: str) -> list[str]:
    """Return the packages of a lock file, each with the lines of its hashes."""
    return re.split(r"\n(?=\S)", (ROOT / file).read_text(encoding="utf-8").strip())


def main() -> None:
    """Replace the list of constraints in pyproject.toml."""
    of_all = entries("requirements.lock")
    of_spark = [entry for entry in entries("requirements-spark.lock") if entry not in of_all]
    (ROOT / "requirements-spark.lock").write_text("\n".join(of_spark) + "\n", encoding="utf-8", newline="\n")
    pins = []
    for entry in sorted(of_all + of_spark, key=lambda entry: entry.split("==")[0]):
        if found := PIN.match(entry):
            name, version, marker = found.groups()
            pins.append(f"{name}=={version}" + (f" ; {marker.strip()}" if marker else ""))
    block = "constraint-dependencies = [\n" + "".join(f'    "{pin}",\n' for pin in pins) + "]"
    project = ROOT / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    text = re.sub(r"^constraint-dependencies = \[\n(?:    .*\n)*\]", lambda _: block, text, count=1, flags=re.MULTILINE)
    project.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
