"""dbt's own folders: ``target``, without which it cannot work, and ``logs``, without which it can.

dbt meets a full disk or a folder that it may not write to with a traceback, after half a minute of parsing or at the
very end, when readers have their new file already. So both are asked before it parses, and room for what it writes at
the end is held until then.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dbt.flags import get_flags
from dbt_common.events.base_types import EventLevel
from dbt_common.events.event_manager_client import add_callback_to_manager, add_logger_to_manager, get_event_manager
from dbt_common.events.logger import PRINT_EVENT_NAMES, LineFormat, LoggerConfig
from dbt_common.invocation import get_invocation_id

from iapt_equity.inputs.errors import InputError, one_line
from iapt_equity.progress import say

NEEDED_BYTES = 64_000_000
"""Room in the target folder without which nothing is begun; a whole build leaves half of it there."""

HELD_BYTES = 32_000_000
"""Of it what is held until the end: manifest and run results are a third of that."""

# The results are about to be written, or a file could not be: what the run still writes then takes the room.
_LAST_EVENTS = ("GenericExceptionOnRun", "FinishedRunningStats", "MainEncounteredError", "CommandCompleted")

RESERVE = "room_for_the_last_files"
LOG = "dbt.log"
LOGGER = "file_log"


def target_folder() -> Path:
    """Return where dbt keeps what it compiles: ``--target-path``, or what ``dbt_project.yml`` names."""
    flags = get_flags()  # type: ignore[no-untyped-call]
    return Path(flags.PROJECT_DIR) / (flags.TARGET_PATH or "target")


def reserve_space() -> None:
    """See to it that dbt can write what it must, and hold room for the end of the run.

    Raises:
        InputError: If the target folder cannot be made or written to, or its disk is full.
    """
    folder = target_folder()
    reserve = folder / RESERVE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _fill(reserve)
    except OSError as error:
        _free(reserve)
        raise InputError(explain_target(folder, error)) from error

    def free_at_the_end(event: Any) -> None:
        if event.info.name in _LAST_EVENTS:
            _free(reserve)

    add_callback_to_manager(free_at_the_end)


def explain_target(folder: Path, error: OSError) -> str:
    """Say in one line what to do where the target folder refuses.

    Args:
        folder: The target folder.
        error: What the system said.
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return (
            f"the disk of '{folder}' is full, where dbt keeps what it compiles: free {NEEDED_BYTES // 1_000_000} MB "
            "there, or give another folder with --target-path; readers keep the last good build"
        )
    reason = (error.strerror or type(error).__name__).lower()
    return (
        f"'{folder}', where dbt keeps what it compiles, cannot be made or written to ({reason}): ask for the right to, "
        "or give another folder with --target-path; readers keep the last good build"
    )


def open_log() -> None:
    """Begin the log file of a command: what ran, and what came of it.

    dbt's own would print a traceback for each line on a full disk, and end without a word where the file cannot be
    opened; this one says so once, and the command goes on. Where dbt has been asked for its own (``--log-level-file``),
    it stays dbt's.
    """
    flags = get_flags()  # type: ignore[no-untyped-call]
    if flags.LOG_LEVEL_FILE != "none":
        return
    file = Path(flags.LOG_PATH) / LOG
    config = LoggerConfig(
        name=LOGGER,
        line_format=LineFormat.DebugText,
        level=EventLevel.INFO,
        invocation_id=get_invocation_id(),
        output_file_name=str(file),
        output_file_max_bytes=flags.LOG_FILE_MAX_BYTES,
    )
    try:
        add_logger_to_manager(config)
    except OSError as error:
        say(_without_log(file, error))
        return
    logger = logging.getLogger(LOGGER)
    for handler in logger.handlers:
        handler.handleError = _stop_logging(file, handler)  # type: ignore[assignment, method-assign]
    logger.info(f"\n\n{'=' * 30} {get_invocation_id()} {'=' * 30}")


def skip_unseen_lines() -> None:
    """Compose no line that nobody will see.

    dbt writes each of some thousand messages as a line, cleared of secrets, for its log and for the screen, and drops
    nine in ten of the lines after that for their level: a tenth of the processor time of a small build.
    """
    for logger in get_event_manager().loggers:
        logger.filter = _seen_at(_RANKS[logger.level.value], logger.filter)


_RANKS = {"test": 0, "debug": 0, "info": 1, "warn": 2, "error": 3}


def _seen_at(rank: int, is_wanted: Callable[[Any], bool]) -> Callable[[Any], bool]:
    def is_seen(event: Any) -> bool:
        # What a macro prints is shown at every level.
        return (_RANKS[event.info.level] >= rank or event.info.name in PRINT_EVENT_NAMES) and is_wanted(event)

    return is_seen


def _stop_logging(file: Path, handler: logging.Handler) -> Callable[[logging.LogRecord], None]:
    """Return what a log does that cannot be written any more: it says so once, and writes no more."""

    def stop(record: logging.LogRecord) -> None:
        del record
        logger = logging.getLogger(LOGGER)
        logger.removeHandler(handler)
        # Without any, Python would print what it cannot log.
        logger.addHandler(logging.NullHandler())
        say(_without_log(file, sys.exc_info()[1]))

    return stop


def _without_log(file: Path, error: BaseException | None) -> str:
    reason = (getattr(error, "strerror", None) or type(error).__name__).lower()
    return one_line(
        f"no log is kept of this run: '{file}' cannot be written ({reason}); free space there, ask for the right to, "
        "or give another folder with --log-path"
    )


def _fill(reserve: Path) -> None:
    """Take as much room as a run needs, and give back what is needed before its end."""
    with reserve.open("wb") as handle:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(handle.fileno(), 0, NEEDED_BYTES)
        else:
            handle.write(bytes(NEEDED_BYTES))
        handle.truncate(HELD_BYTES)


def _free(reserve: Path) -> None:
    try:
        reserve.unlink(missing_ok=True)
    except OSError:
        # It could not be made either.
        return
