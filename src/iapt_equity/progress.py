"""Lines for the reader of a build, in dbt's own log: they keep its format and its level."""

from __future__ import annotations

from dbt_common.events.functions import fire_event
from dbt_common.events.types import Note


def say(line: str) -> None:
    """Write one line to dbt's log, at level info.

    Args:
        line: The line; never holds a value from a patient's record.
    """
    fire_event(Note(msg=line))
