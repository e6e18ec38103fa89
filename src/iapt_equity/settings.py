"""What a user sets, by name: a name that nothing reads is said, with the one that it may stand for.

Values of variables are checked where they are used, by macros.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

from iapt_equity.inputs.errors import InputError, one_line

PREFIX = "IAPT_EQUITY_"
OF_USERS = ("DB", "MEMORY", "COPY", "RELEASES", "SPARK")
OF_TESTS = ("BROWSER", "REAL_DATA", "SPARK_TESTS", "TEST_PUBLISHED_DIR")


def check_variables(given: Mapping[str, Any], project_dir: Path) -> None:
    """See to it that each variable of a command is one of the project: dbt passes over any other without a word.

    Args:
        given: What stands behind ``--vars``.
        project_dir: Folder of ``dbt_project.yml``.

    Raises:
        InputError: If one is not.
    """
    known = yaml.safe_load((project_dir / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    for name in map(str, given):
        if name not in known:
            raise InputError(f"--vars: the project has no variable {name}{_meant(name, known)}; see dbt_project.yml")


def refuse_empty(is_empty: bool) -> None:
    """Stop a command that would make tables without rows (``--empty``).

    Checked rows stay from build to build, and the next one would take those that are not there for read; readers would
    get empty tables.

    Args:
        is_empty: Whether the command has been asked for it.

    Raises:
        InputError: If it has.
    """
    if is_empty:
        raise InputError(
            "--empty: tables without rows would be published, and count as read in the next build; "
            "to try whether the project compiles, type `dbt compile`"
        )


def say_unread_settings(env: Collection[str], say: Callable[[str], None]) -> None:
    """Say which variables of the environment look like settings of this project and are none.

    Args:
        env: Names of the variables of the environment.
        say: Called with a line for each.
    """
    for name in sorted(env):
        setting = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and setting not in (*OF_USERS, *OF_TESTS):
            say(one_line(f"{name} is set, and nothing reads it{_meant(setting, OF_USERS, PREFIX)}; see README.md"))


def _meant(name: str, known: Collection[str], prefix: str = "") -> str:
    """Say what a name may stand for: the one that is most alike, or all of a few."""
    close = difflib.get_close_matches(name.lower(), [other.lower() for other in known], 1)
    meant = [other for other in known if other.lower() in close] or (list(known) if prefix else [])
    return f" (did you mean {' or '.join(prefix + other for other in meant)}?)" if meant else ""
