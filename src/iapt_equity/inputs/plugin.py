"""dbt-duckdb plugin: checks the inputs and makes the views of schema ``raw`` when a dbt command opens the warehouse.

It also registers ``publish_warehouse(tables)``, which the project calls at the end of a build without an error.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from dbt_common.invocation import get_invocation_id

from iapt_equity.inputs.contract import read_project_contracts
from iapt_equity.inputs.demo import DEMO_DIR, ensure_demo_set
from iapt_equity.inputs.errors import InputError, one_line
from iapt_equity.inputs.fingerprints import create_fingerprints
from iapt_equity.inputs.folders import HIDDEN, OUTSIDE, entries, is_hidden, list_unread, say_unread
from iapt_equity.inputs.published import create_published_views
from iapt_equity.inputs.reader import create_empty_views, create_views
from iapt_equity.progress import say
from iapt_equity.publish import publish


class Plugin(BasePlugin):
    """The input check: environment variables in, typed views out."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Take the input folders and the warehouse file from the profile."""
        self._mds_dir = _folder(plugin_config.get("mds_dir"))
        self._published_dir = _folder(plugin_config.get("published_dir"))
        self._reference_dir = _folder(plugin_config.get("reference_dir"))
        self._warehouse = Path(str(plugin_config["warehouse"]))
        self._checked_for = ""

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Register the publishing function.

        Args:
            conn: Connection to the build file.
        """
        self._register_publishing(conn)

    def configure_cursor(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Check the inputs and make the views, once for every dbt command.

        A connection can outlive the command that opened it (two commands in one process), so the first cursor of a
        command sets off the check, not the connection.

        Args:
            cursor: Connection to the build file.

        Raises:
            InputError: If an input cannot be used; no table has been changed then.
        """
        if self._checked_for == get_invocation_id():
            return
        self._read_inputs(cursor)
        self._checked_for = get_invocation_id()

    def _read_inputs(self, conn: duckdb.DuckDBPyConnection) -> None:
        contracts = read_project_contracts(Path(get_flags().PROJECT_DIR))  # type: ignore[no-untyped-call]
        mds_dir = self._mds_dir or DEMO_DIR
        if self._mds_dir is None:
            ensure_demo_set(mds_dir, say)
        data_set = [contract for name, contract in contracts.items() if name.startswith("mds_")]
        known = [folder.name for contract in data_set for folder in contract.folders]
        given = _given_versions(mds_dir, known)
        notices: list[str] = []
        for contract in data_set:
            if given & {folder.name for folder in contract.folders}:
                notices += create_views(conn, contract, mds_dir, "MDS_DIR")
            else:
                create_empty_views(conn, contract)
        if absent := [name for name in known if name not in given]:
            notices.append(f"MDS_DIR: no folder {', '.join(absent)}; empty")
        list_unread(conn, "MDS_DIR", "MDS_DIR", mds_dir, _outside(mds_dir, given, self._reference_dir))
        create_fingerprints(conn, mds_dir, Path(get_flags().PROJECT_DIR))  # type: ignore[no-untyped-call]
        reference = contracts["reference"]
        # A demo set brings its own areas; real data without reference tables still builds.
        reference_dir = self._reference_dir or mds_dir / "reference"
        if self._reference_dir is not None or reference_dir.is_dir():
            notices += create_views(conn, reference, reference_dir, "REFERENCE_DIR")
        else:
            create_empty_views(conn, reference)
            notices.append("REFERENCE_DIR is not given: areas have no names, deprivation only where the extract has it")
        notices += create_published_views(conn, self._published_dir)
        notices += say_unread(conn)
        for notice in notices:
            say(one_line(notice))

    def _register_publishing(self, conn: duckdb.DuckDBPyConnection) -> None:
        def publish_warehouse(tables: str) -> str:
            try:
                count = publish(conn.cursor(), self._warehouse, tables.split(","))
            except PermissionError as error:
                return f"NOT PUBLISHED: {error}"
            return f"{self._warehouse}: {count} tables published"

        conn.create_function("publish_warehouse", publish_warehouse, side_effects=True)


def _folder(text: Any) -> Path | None:
    return Path(str(text)).expanduser().absolute() if text else None


def _outside(mds_dir: Path, given: set[str], reference_dir: Path | None) -> dict[Path, str]:
    """Find what lies beside the folders of the versions: nothing of it is data, so folders are not looked into."""
    read = given | ({"reference"} if reference_dir is None else set())
    return {
        entry: HIDDEN if is_hidden(entry) else OUTSIDE
        for entry in entries(mds_dir)
        if entry.name not in read and entry != reference_dir
    }


def _given_versions(mds_dir: Path, known: list[str]) -> set[str]:
    """Find the folders of the versions that are given; any of the known ones will do, one there must be."""
    if not mds_dir.is_dir():
        raise InputError(f"MDS_DIR: folder '{mds_dir}' does not exist")
    given: set[str] = set()
    for entry in sorted(mds_dir.iterdir()):
        name = entry.name.lower()
        if not entry.is_dir() or name[:1] != "v" or not name[1:2].isdigit():
            continue
        if entry.name not in known:
            raise InputError(f"{entry}: this version of the data set cannot be read; expected {', '.join(known)}")
        given.add(entry.name)
    if not given:
        raise InputError(f"MDS_DIR: '{mds_dir}' holds no folder {' or '.join(known)}; expected the tables there")
    return given
