"""dbt-duckdb plugin: checks the inputs and makes the views of schema ``raw`` when a dbt command opens the warehouse.

It also registers what the project calls at the end of a build: ``publish_warehouse``, ``copy_for_analysts``,
``critical_input_alarms``, ``summarise_build`` and ``explain_failure``.

Where the inputs and the warehouse are is read from the environment here: what stands in the profile makes dbt parse the
whole project anew whenever it changes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from dbt_common.context import get_invocation_context
from dbt_common.invocation import get_invocation_id

from iapt_equity.analysts_copy import VARIABLE as COPY
from iapt_equity.analysts_copy import copy_beside, read_choice, write_copy
from iapt_equity.build_file import explain_system_trouble, prepare_build_file
from iapt_equity.inputs.contract import read_project_contracts
from iapt_equity.inputs.demo import DEMO_DIR, ensure_demo_set
from iapt_equity.inputs.errors import InputError, one_line
from iapt_equity.inputs.fingerprints import create_fingerprints
from iapt_equity.inputs.folders import HIDDEN, OUTSIDE, entries, is_hidden, list_unread, say_unread
from iapt_equity.inputs.published import create_published_views
from iapt_equity.inputs.reader import create_empty_views, create_views
from iapt_equity.inputs.shipped import published_folder
from iapt_equity.inputs.views import unreadable_values_sql
from iapt_equity.last_release import read_last_release
from iapt_equity.progress import say
from iapt_equity.publication.releases import create_released_counts, releases_folder
from iapt_equity.publish import publish
from iapt_equity.summary import Build, critical_alarms, is_demo, summary
from iapt_equity.working_folders import target_folder


class Plugin(BasePlugin):
    """The input check: environment variables in, typed views out."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Nothing has been checked yet.

        Args:
            plugin_config: What the profile says of the plugin, which is nothing.
        """
        del plugin_config
        self._checked_for = ""
        self._failure: InputError | None = None
        self._is_demo = False

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """See to it that the build file can be opened and written.

        Args:
            creds: Says where the build file is.
            config: Settings of the connection that is about to be opened.

        Raises:
            InputError: If a build cannot be written there, or the analysts' copy is set to what is no choice.
        """
        # A function that SQL calls runs outside of dbt's context, so the place is noted here.
        self._warehouse = _warehouse()
        self._target = target_folder()
        self._copy = read_choice(get_invocation_context().env.get(COPY, ""))
        self._project = Path(get_flags().PROJECT_DIR)  # type: ignore[no-untyped-call]
        prepare_build_file(Path(creds.path), self._warehouse, config)

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
            # dbt asks again after a failure: what cannot be used has not changed since.
            if self._failure is not None:
                raise self._failure
            return
        self._checked_for, self._failure = get_invocation_id(), None
        try:
            self._read_inputs(cursor)
        except InputError as error:
            self._failure = error
            raise
        except (duckdb.Error, OSError) as error:
            trouble = explain_system_trouble(str(error), self._warehouse.parent)
            self._failure = InputError(trouble or str(error))
            if trouble:
                raise self._failure from error
            raise

    def _read_inputs(self, conn: duckdb.DuckDBPyConnection) -> None:
        notices: list[str] = []
        if _reads_data_set():
            notices += self._read_data_set(conn)
            notices += read_last_release(conn, self._warehouse)
        published_dir = _published_folder()
        if published_dir is not None:
            say(f"Reading the published statistics in '{published_dir}'")
        notices += create_published_views(conn, published_dir)
        project_dir = Path(get_flags().PROJECT_DIR)  # type: ignore[no-untyped-call]
        notices += create_released_counts(conn, releases_folder(get_invocation_context().env, project_dir))
        notices += say_unread(conn)
        for notice in notices:
            say(one_line(notice))

    def _read_data_set(self, conn: duckdb.DuckDBPyConnection) -> list[str]:
        contracts = read_project_contracts(Path(get_flags().PROJECT_DIR))  # type: ignore[no-untyped-call]
        given_dir = _folder("MDS_DIR")
        self._is_demo = is_demo(given_dir)
        mds_dir = given_dir or DEMO_DIR
        if given_dir is None:
            ensure_demo_set(mds_dir, say)
        say(f"Checking the files in '{mds_dir}'; what is new in CSV is read in, which takes minutes where it is much")
        data_set = [contract for name, contract in contracts.items() if name.startswith("mds_")]
        known = [folder.name for contract in data_set for folder in contract.folders]
        given = _given_versions(mds_dir, known)
        notices: list[str] = []
        for contract in data_set:
            if given & {folder.name for folder in contract.folders}:
                notices += create_views(conn, contract, mds_dir, "MDS_DIR")
            else:
                create_empty_views(conn, contract)
        conn.execute(unreadable_values_sql(table for contract in data_set for table in contract.tables))
        if absent := [name for name in known if name not in given]:
            notices.append(f"MDS_DIR: no folder {', '.join(absent)}; empty")
        list_unread(conn, "MDS_DIR", "MDS_DIR", mds_dir, _outside(mds_dir, given, _folder("REFERENCE_DIR")))
        create_fingerprints(conn, mds_dir, Path(get_flags().PROJECT_DIR))  # type: ignore[no-untyped-call]
        reference = contracts["reference"]
        # A demo set brings its own areas; real data without reference tables still builds.
        named = _folder("REFERENCE_DIR")
        reference_dir = named or mds_dir / "reference"
        if named is not None or reference_dir.is_dir():
            notices += create_views(conn, reference, reference_dir, "REFERENCE_DIR")
        else:
            create_empty_views(conn, reference)
            notices.append("REFERENCE_DIR is not given: areas have no names, deprivation only where the extract has it")
        return notices

    def _register_publishing(self, conn: duckdb.DuckDBPyConnection) -> None:
        def publish_warehouse(tables: str) -> str:
            warehouse = self._warehouse
            try:
                count = publish(conn.cursor(), warehouse, tables.split(","))
            except (duckdb.Error, OSError) as error:
                trouble = explain_system_trouble(str(error), warehouse.parent)
                return f"NOT PUBLISHED: {trouble or one_line(str(error))}"
            return f"{warehouse}: {count} tables published"

        def copy_for_analysts() -> str:
            warehouse, out = self._warehouse, copy_beside(self._warehouse)
            if self._copy == "none":
                return ""
            try:
                count = write_copy(warehouse, out, self._project, with_people=self._copy == "people")
            except (duckdb.Error, OSError, InputError) as error:
                trouble = explain_system_trouble(str(error), warehouse.parent) or one_line(str(error))
                return f"NOT COPIED, the copy for analysts stays what it was: {trouble}"
            return f"{out}: {count} tables copied for analysts"

        def critical_input_alarms() -> str:
            return "\n".join(critical_alarms(conn.cursor()))

        def summarise_build(facts: str) -> str:
            build = Build.of({**json.loads(facts), "is_demo": self._is_demo})
            return "\n".join(summary(conn.cursor(), build, self._warehouse))

        def explain_failure(text: str) -> str:
            return explain_system_trouble(text, self._warehouse.parent, self._target) or ""

        of_the_end = (publish_warehouse, copy_for_analysts, critical_input_alarms, summarise_build, explain_failure)
        for function in of_the_end:
            conn.create_function(function.__name__, function, side_effects=True)


def _folder(variable: str) -> Path | None:
    text = get_invocation_context().env.get(variable, "")
    return Path(text).expanduser().absolute() if text else None


def _published_folder() -> Path | None:
    project_dir = Path(get_flags().PROJECT_DIR)  # type: ignore[no-untyped-call]
    return published_folder(get_invocation_context().env, project_dir)


def _warehouse() -> Path:
    return Path(get_invocation_context().env.get("IAPT_EQUITY_DB", "iapt_equity.duckdb"))


def _reads_data_set() -> bool:
    """Say whether the command that runs can need the data set: seeds and the published statistics stand alone."""
    flags = get_flags()  # type: ignore[no-untyped-call]
    return flags.WHICH not in ("seed", "debug") and getattr(flags, "SELECTOR", None) != "published"


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
