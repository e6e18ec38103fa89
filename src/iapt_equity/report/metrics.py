"""The metrics of dbt's semantic layer, read from the YAML that defines them, with what their measures count."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

FILES = "*__metrics.yml"
RATES = "_rates.measure"
"""How the names of the vocabularies end in which measures of rates are defined, each once."""
_MEASURE = re.compile(r"__measure'\)\s*\}\}\s*=\s*'(\w+)'")
"""Which measure the filter of a metric chooses."""


def read_metrics(project: Path, definitions: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the metrics of a project, in the order of the YAML; none where it is not here.

    Args:
        project: Folder of ``dbt_project.yml``.
        definitions: Rows of the dictionary of terms.

    Returns:
        By metric its name, label and description, and what its measure counts, out of what; empty where the metric is
        of any measure.
    """
    counted = {row["term"]: row for row in definitions if row["vocabulary"].endswith(RATES)}
    found = []
    for file in sorted((project / "models").rglob(FILES)):
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        for metric in content.get("metrics", []):
            measure = _MEASURE.search(str(metric.get("filter", "")))
            row = counted.get(measure.group(1), {}) if measure else {}
            found.append(
                {
                    "name": str(metric["name"]),
                    "label": str(metric.get("label", metric["name"])),
                    "description": str(metric.get("description", "")),
                    "numerator": str(row.get("numerator") or ""),
                    "denominator": str(row.get("denominator") or ""),
                }
            )
    return found
