"""dbt on the published statistics alone, in this process: no minimum data set is needed, and any folder can be read.

The module is its own dbt-duckdb plugin: it makes the views that the project's plugin makes of PUBLISHED_DIR.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.cli.main import dbtRunner, dbtRunnerResult

from iapt_equity.inputs.published import create_published_views
from in_process import PROJECT, closed_at_the_end, parsed

FOLDER_VARIABLE = "IAPT_EQUITY_TEST_PUBLISHED_DIR"
FOLDERS = ["staging/published", "intermediate/published", "marts/published"]
SELECTION = [
    *(f"path:models/{folder}" for folder in FOLDERS),
    "path:seeds/published",
    "ethnic_categories",
    "clinical_rules",
]
SELECTION += ["path:tests/published", "+definitions"]


class Plugin(BasePlugin):
    """The published part of the project's plugin."""

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        folder = os.environ.get(FOLDER_VARIABLE)
        create_published_views(conn, Path(folder) if folder else None)
        # What the project calls at the end of a build says nothing here.
        for name in ("critical_input_alarms", "copy_for_analysts"):
            conn.create_function(name, lambda: "", [], "VARCHAR", side_effects=True)
        for name in ("publish_warehouse", "summarise_build", "explain_failure"):
            conn.create_function(name, lambda _: "", ["VARCHAR"], "VARCHAR", side_effects=True)


class PublishedProject:
    """Builds the published part into a file below a folder and answers queries on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # The name that the project is parsed for.
        self.database = folder / "warehouse_build.duckdb"
        profile = {
            "iapt_equity": {
                "target": "test",
                "outputs": {
                    "test": {
                        "type": "duckdb",
                        "path": self.database.as_posix(),
                        "threads": 2,
                        "plugins": [{"module": "published_project", "alias": "inputs"}],
                    }
                },
            }
        }
        (folder / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")

    def build(self, published_dir: Path | None, *arguments: str) -> dbtRunnerResult:
        """Run ``dbt build`` on a folder of annual statistics, into an empty warehouse."""
        self.database.unlink(missing_ok=True)
        os.environ[FOLDER_VARIABLE] = "" if published_dir is None else str(published_dir)
        common = ["--project-dir", str(PROJECT), "--profiles-dir", str(self.folder), "--quiet", "--no-write-json"]
        # Leaves out tests that also need a part of the project that is not built here.
        common += ["--indirect-selection", "cautious"]
        common += ["--target-path", str(self.folder / "target"), "--log-path", str(self.folder / "logs")]
        manifest = parsed()
        with closed_at_the_end():
            return dbtRunner(manifest=manifest).invoke(["build", "--select", *SELECTION, *arguments, *common])

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query on the built warehouse."""
        with duckdb.connect(str(self.database)) as connection:
            return connection.execute(query, parameters).fetchall()


def real_data() -> Path:
    """Return the folder of the publishers' files, or skip the test and say so."""
    given = os.environ.get("IAPT_EQUITY_REAL_DATA")
    folder = Path(given) if given else PROJECT.parent / "shared" / "data"
    if not (folder / "published" / "measures_annual.parquet").is_file():
        pytest.skip(
            "REAL DATA ABSENT: set IAPT_EQUITY_REAL_DATA to a folder with published/measures_annual.parquet "
            "to test against the publishers' own files"
        )
    return folder
