"""What is seen to at the start of a command, before dbt parses: its own folders, and the names of what the user set.

dbt finds this package by its name (``dbt_``), and it does nothing in other projects.
"""

from __future__ import annotations

from pathlib import Path

from dbt.flags import get_flags
from dbt.plugins.manager import dbtPlugin
from dbt_common.context import get_invocation_context

from iapt_equity.progress import say
from iapt_equity.settings import check_variables, refuse_empty, say_unread_settings
from iapt_equity.working_folders import open_log, reserve_space, skip_unseen_lines


class WorkingFolders(dbtPlugin):
    """The check of the folders and names; InputError where `target` cannot be written or a variable is unknown."""

    def initialize(self) -> None:
        """Open the log, and hold room in the target folder for what dbt writes last."""
        if self.project_name == "iapt_equity":
            flags = get_flags()  # type: ignore[no-untyped-call]
            check_variables(flags.VARS, Path(flags.PROJECT_DIR))
            refuse_empty(getattr(flags, "EMPTY", False))
            open_log()
            skip_unseen_lines()
            reserve_space()
            say_unread_settings(get_invocation_context().env, say)


plugins = [WorkingFolders]
