"""dbt's own documentation of all tables, one file with everything in it, taken along where it was made.

``dbt docs generate --static --no-compile`` writes it. It holds descriptions, types, tests and the text of the models,
and no row of any table. What it tells of the machine, the folders that it was made in, stays behind.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from iapt_equity.report.errors import ReportError

MADE = "static_index.html"
PLACE = "catalogue/index.html"
"""Where it stands in the site."""
TARGET = "DBT_TARGET_PATH"
COMMAND = "uv run dbt docs generate --static --no-compile"

_OF_THE_MACHINE = re.compile(r'"(root_path|compiled_path|build_path|compiled_code)":\s*"(?:[^"\\]|\\.)*"')
"""Fields of dbt's manifest that name folders, or hold SQL as it was run there."""


def find_catalogue(project: Path) -> str | None:
    """Return the text of the documentation of a project without what it tells of the machine.

    Args:
        project: Folder of ``dbt_project.yml``; dbt's target folder is in it, or where DBT_TARGET_PATH says.

    Returns:
        The page; None where none was made.

    Raises:
        ReportError: If it still names the project's folder or the home folder, as no known version of dbt does.
    """
    target = project / (os.environ.get(TARGET) or "target")
    file = target / MADE
    if not file.is_file():
        return None
    text = _OF_THE_MACHINE.sub(r'"\1": null', file.read_text(encoding="utf-8"))
    for folder in (target.resolve(), project.resolve()):
        text = text.replace(f"{folder.as_posix()}/", "").replace(str(folder), "")
    if str(Path.home()) in text and len(Path.home().parts) > 2:
        raise ReportError(f"{file}: names folders of this machine; delete it, or make it anew with `{COMMAND}`")
    return text


def size_of(text: str) -> str:
    """Return how large the page is, for the link to it."""
    return f"{max(len(text.encode()) / 1e6, 0.1):.1f} MB"
