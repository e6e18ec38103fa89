"""What dbt asks at the start of a command, before it parses: whether it can write where it keeps its own files.

dbt finds this package by its name (``dbt_``), and it does nothing in other projects.
"""

from __future__ import annotations

from dbt.plugins.manager import dbtPlugin

from iapt_equity.working_folders import open_log, reserve_space, skip_unseen_lines


class WorkingFolders(dbtPlugin):
    """The check of dbt's folders ``target`` and ``logs``; InputError where the first cannot be written."""

    def initialize(self) -> None:
        """Open the log, and hold room in the target folder for what dbt writes last."""
        if self.project_name == "iapt_equity":
            open_log()
            skip_unseen_lines()
            reserve_space()


plugins = [WorkingFolders]
