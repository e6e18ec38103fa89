"""dbt-duckdb plugin: checks the inputs and makes the views of schema ``raw`` when a dbt command opens the warehouse.

It also registers what the project calls when records have been read (``files_changed_meanwhile``), and at the end of a
build: ``ethnicity_lines``, ``publish_warehouse``, ``copy_for_analysts``, ``critical_input_alarms``,
``summarise_build`` and ``explain_failure``.

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

from iapt_equity import summary
from iapt_equity.analysts_copy import VARIABLE as COPY
from iapt_equity.analysts_copy import copy_beside, read_choice, write_copy
from iapt_equity.build_file import explain_system_trouble, prepare_build_file, warehouse_file
from iapt_equity.inputs.errors import InputError, one_line
from iapt_equity.inputs.fingerprints import changed_since
from iapt_equity.inputs.sources import DataSet, read_inputs
from iapt_equity.publish import publish
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
        self._data_set = DataSet()

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """See to it that the build file can be opened and written.

        Args:
            creds: Says where the build file is.
            config: Settings of the connection that is about to be opened.

        Raises:
            InputError: If a build cannot be written there, or the analysts' copy is set to what is no choice.
        """
        # A function that SQL calls runs outside of dbt's context, so the place is noted here.
        self._warehouse = warehouse_file(get_invocation_context().env)
        self._target = target_folder()
        self._copy = read_choice(get_invocation_context().env.get(COPY, ""))
        self._project = Path(get_flags().PROJECT_DIR)  # type: ignore[no-untyped-call]
        prepare_build_file(Path(creds.path).expanduser(), self._warehouse, config)

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
            self._data_set = read_inputs(cursor, self._warehouse, keeps_records=True)
        except InputError as error:
            self._failure = error
            raise
        except (duckdb.Error, OSError) as error:
            trouble = explain_system_trouble(str(error), self._warehouse.parent)
            self._failure = InputError(trouble or str(error))
            if trouble:
                raise self._failure from error
            raise

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
            return "\n".join(summary.critical_alarms(conn.cursor()))

        def ethnicity_lines() -> str:
            return "\n".join(summary.ethnicity_lines(conn.cursor()))

        def summarise_build(facts: str) -> str:
            build = summary.Build.of({**json.loads(facts), "is_demo": self._data_set.is_demo})
            return "\n".join(summary.summary(conn.cursor(), build, self._warehouse))

        def files_changed_meanwhile() -> str:
            return "\n".join(changed_since(conn.cursor(), self._data_set.folder, self._data_set.states))

        def explain_failure(text: str) -> str:
            return explain_system_trouble(text, self._warehouse.parent, self._target) or ""

        of_the_end = (ethnicity_lines, publish_warehouse, copy_for_analysts, critical_input_alarms, summarise_build)
        for function in (files_changed_meanwhile, *of_the_end, explain_failure):
            conn.create_function(function.__name__, function, side_effects=True)
