"""Folders that are written whole or not at all.

What is written stands in a folder beside the place until it is whole, NAME.unfinished, and what stood there before is,
where the system cannot swap folders in one step, for a moment NAME.former. A mark in each says that this program wrote
it, and may remove it: a folder of somebody else is never touched, whatever it is called.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from iapt_equity.inputs.errors import InputError

NOTE = "Written by iapt-equity; writing again replaces the whole folder.\n"


def mark_of(kind: str) -> str:
    """Return the name of the file that says that a folder of a kind was written by this program."""
    return f"iapt-equity-{kind}"


@contextmanager
def whole_folder(out: Path, kind: str, is_replaced: bool = True) -> Iterator[Path]:
    """Give a folder to write in, which takes the place of ``out`` once all of it is written.

    Stopped at any moment, what is in ``out`` is the old content or the new one, whole. Whoever has a file of the old
    one open keeps what they see.

    Args:
        out: Folder that is to be written: new, empty or of the same kind.
        kind: What the folder holds, such as "report". A folder of another kind is as one of somebody else.
        is_replaced: Whether it may be written again. A folder that may not keeps no mark.

    Raises:
        InputError: If ``out``, or a folder beside it that is needed meanwhile, holds what this program did not write.
    """
    out, mark = out.resolve(), mark_of(kind)
    unfinished, former = out.with_name(out.name + ".unfinished"), out.with_name(out.name + ".former")
    for folder in (out, unfinished, former):
        if folder.exists() and not _may_go(folder, mark):
            raise InputError(f"{folder}: it holds something else; give a new folder")
    if former.exists() and not out.exists():
        # Stopped between the two steps of a system that cannot swap folders.
        former.rename(out)
    for left in (unfinished, former):
        _remove(left, mark)
    unfinished.mkdir(parents=True)
    try:
        (unfinished / mark).write_text(NOTE, encoding="utf-8", newline="\n")
        yield unfinished
        if not is_replaced:
            (unfinished / mark).unlink()
    except BaseException:
        _remove(unfinished, mark)
        raise
    _replace(out, unfinished, former, mark)


def _may_go(folder: Path, mark: str) -> bool:
    return folder.is_dir() and ((folder / mark).exists() or not any(folder.iterdir()))


def _remove(folder: Path, mark: str) -> None:
    """Remove a folder, its mark last: stopped on the way, it is still known. What cannot be removed stays."""
    try:
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != mark:
                entry.unlink()
        shutil.rmtree(folder)
    except OSError:
        return


def _replace(out: Path, new: Path, former: Path, mark: str) -> None:
    """Put a folder in the place of another in one step where the system can swap them, otherwise in two."""
    if not out.exists():
        new.rename(out)
    elif swap_folders(new, out):
        _remove(new, mark)
    else:
        out.rename(former)
        new.rename(out)
        _remove(former, mark)


def swap_folders(one: Path, other: Path) -> bool:
    """Let two folders change names in one step; False where the system or the disk cannot."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    here, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
    return bool(rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)
