"""The build file and its folder: what is seen to before DuckDB opens it, and what is said when the system refuses.

Both files of a warehouse hold data about people, so their owner alone may read them, whatever the umask.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from iapt_equity.inputs.errors import InputError, one_line
from iapt_equity.working_folders import explain_target

VARIABLE = "IAPT_EQUITY_DB"
OWNER_ALONE = 0o600
GROUP_TOO = 0o640
_FULL = ("no space left on device", "disk quota exceeded", "not enough space on the disk", "file too large")
_REFUSED = ("permission denied", "operation not permitted", "read-only file system")
_PATH = re.compile(r"""(["'])(?P<path>/[^"'\n]*)\1""")


def warehouse_file(env: Mapping[str, str]) -> Path:
    """Return the file that readers open.

    Args:
        env: Environment of the command; where it names no file, it is ``iapt_equity.duckdb`` in the working folder.
    """
    return Path(env.get(VARIABLE) or "iapt_equity.duckdb").expanduser()


def prepare_build_file(build_file: Path, warehouse: Path, config: dict[str, Any]) -> None:
    """See to it that a build can be written, and say in one line where it cannot.

    A folder that is missing is made, and what an interrupted build left beside the files is removed. From here on
    whatever this process writes is for its owner alone: DuckDB makes files of its own (its log, spilled rows).

    Args:
        build_file: The file that dbt writes to.
        warehouse: The file that readers open, in the same folder.
        config: Settings with which DuckDB will open the build file.

    Raises:
        InputError: If the folder cannot be made or written to, the warehouse is a folder, another program has the
            build file open, or DuckDB cannot read it.
    """
    os.umask(0o077)
    # First, since nothing can be asked about a file in a folder that may not be entered.
    _check_folder(build_file.parent)
    if warehouse.is_dir():
        raise InputError(f"{VARIABLE}: '{warehouse}' is a folder; name a file in it that ends in .duckdb")
    try:
        duckdb.connect(str(build_file), config=config).close()
    except duckdb.Error as error:
        raise InputError(_why_not_opened(build_file, str(error))) from error
    build_file.chmod(OWNER_ALONE)
    # Nobody else has the file open now: rows that DuckDB spilled for a build that was killed are nobody's.
    for left in build_file.with_name(build_file.name + ".tmp").glob("duckdb_temp_*"):
        left.unlink(missing_ok=True)


def reader_mode(warehouse: Path) -> int:
    """Return the permissions of the next warehouse file: its owner's alone.

    Where the owner has opened the present file to the group, and to nobody else, the group keeps reading.
    """
    try:
        mode = stat.S_IMODE(warehouse.stat().st_mode)
    except FileNotFoundError:
        return OWNER_ALONE
    return GROUP_TOO if mode & 0o047 == 0o040 else OWNER_ALONE


def explain_system_trouble(text: str, folder: Path, target: Path | None = None) -> str | None:
    """Say in one line what to do about a message of the system that came through DuckDB or Python.

    Args:
        text: The message.
        folder: Folder of the build file.
        target: dbt's target folder, which may be meant instead: by its name in the message, or for want of room there.

    Returns:
        The line; None where the message is not about the disk or its permissions.
    """
    words = text.lower()
    is_full = any(sign in words for sign in _FULL)
    if target and (is_full or any(sign in words for sign in _REFUSED)) and _is_meant(target, text, folder, is_full):
        trouble = OSError(errno.ENOSPC if is_full else errno.EACCES, "permission denied")
        return explain_target(target, trouble)
    if is_full:
        return (
            f"the disk of '{folder}' is full: free space there, or name a file on another disk in {VARIABLE}, "
            "and build again; readers keep the last good build"
        )
    if any(sign in words for sign in _REFUSED):
        named = _PATH.search(text)
        if named and folder.absolute() not in Path(named["path"]).parents:
            return (
                f"'{named['path']}' cannot be read or written to: ask for the right to, or name another place; "
                "readers keep the last good build"
            )
        return (
            f"'{folder}' cannot be written to: ask for the right to, or name a file elsewhere in {VARIABLE}, "
            "and build again; readers keep the last good build"
        )
    return None


def explain_output_trouble(text: str, place: Path) -> str:
    """Say in one line why a command could not read the warehouse or write its result, and what to do where one can.

    Args:
        text: The message that came through DuckDB or Python.
        place: What was to be written.
    """
    words = text.lower()
    if any(sign in words for sign in _FULL):
        return f"the disk of '{place.parent}' is full: free space there, or name another place; nothing was written"
    if any(sign in words for sign in _REFUSED):
        return f"{one_line(text)}: ask for the right to, or name another place; nothing was written"
    return one_line(text)


def _is_meant(target: Path, text: str, folder: Path, is_full: bool) -> bool:
    """Say whether a message is about the target folder: it names it, or there is less room there."""
    if str(target) in text:
        return True
    try:
        return is_full and shutil.disk_usage(target).free < shutil.disk_usage(folder).free
    except OSError:
        return False


def _check_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise InputError(f"{VARIABLE}: {explain_system_trouble('no space left on device', folder)}") from error
        raise InputError(
            f"{VARIABLE}: the folder '{folder}' of the warehouse cannot be made or written to "
            f"({(error.strerror or type(error).__name__).lower()}); name a file in a folder that you may write to"
        ) from error


def _why_not_opened(build_file: Path, message: str) -> str:
    words = message.lower()
    if "lock" in words:
        holder = message[message.find("(PID") :].split(")")[0] + ")" if "(PID" in message else ""
        return (
            f"{build_file} is open in another program{' ' * bool(holder)}{holder}, perhaps another build: wait until "
            f"it is done or close it, or name another warehouse in {VARIABLE}"
        )
    if trouble := explain_system_trouble(message, build_file.parent):
        return f"{VARIABLE}: {trouble}"
    first = (message.strip().splitlines() or ["unknown"])[0]
    return f"{build_file} cannot be opened ({first}): delete it, and the next build makes it anew"
