"""Which files a Delta table consists of now: its folder also holds those of versions before; only its log tells.

Source: the Delta transaction log protocol (github.com/delta-io/delta, PROTOCOL.md): actions `add`, `remove`, `protocol`
and `metaData` in numbered JSON files, and checkpoints in Parquet that sum up all actions before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from iapt_equity.inputs.errors import InputError

LOG = "_delta_log"
"""Name of the folder that makes a Delta table of the folder around it."""

_COMMIT = re.compile(r"(\d{20})\.json")
_CHECKPOINT = re.compile(r"(\d{20})\.checkpoint(?:\.\d{10}\.(\d{10}))?\.parquet")
_ACTIONS = ("add", "remove", "protocol", "metaData")
# Features that change nothing in how a data file is read; deletion vectors and column mapping are looked at where used.
_READABLE = frozenset({"columnMapping", "deletionVectors", "timestampNtz", "vacuumProtocolCheck"})


def current_files(folder: Path) -> list[Path]:
    """Find the data files of the current version of a Delta table.

    Args:
        folder: Folder of the table, which holds the folder :data:`LOG`.

    Returns:
        The files, sorted; empty for a table without rows.

    Raises:
        InputError: If the log cannot be read or has a gap, the table uses what is not read here (deletion vectors,
            column mapping, files elsewhere, features that are not known), or a file of it is missing.
    """
    active: dict[tuple[str, str], dict[str, Any]] = {}
    try:
        for action in _actions(folder):
            if "protocol" in action:
                _check_protocol(folder, action["protocol"])
            elif "metaData" in action:
                _check_layout(folder, action["metaData"])
            elif "add" in action:
                active[_logical_file(action["add"])] = action["add"]
            elif "remove" in action:
                active.pop(_logical_file(action["remove"]), None)
        return sorted(_locate(folder, add) for add in active.values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException) as error:
        raise InputError(f"{folder / LOG}: the log of the Delta table cannot be read; copy the folder whole") from error


def _logical_file(action: dict[str, Any]) -> tuple[str, str]:
    """Return what an action names: a path with its deletion vector, since the actions of a commit have no order.

    A file of which rows are deleted is added with the vector and removed without it, in one commit.
    """
    vector = action.get("deletionVector") or {}
    return action["path"], str([vector.get(part) for part in ("storageType", "pathOrInlineDv", "offset")])


def _actions(folder: Path) -> Iterator[dict[str, dict[str, Any]]]:
    """Yield the actions that make the current version, in order, from the log or its latest whole checkpoint on."""
    commits: dict[int, Path] = {}
    checkpoints: dict[int, list[tuple[int, Path]]] = {}
    for file in (folder / LOG).iterdir():
        if found := _COMMIT.fullmatch(file.name):
            commits[int(found[1])] = file
        elif found := _CHECKPOINT.fullmatch(file.name):
            checkpoints.setdefault(int(found[1]), []).append((int(found[2] or 1), file))
    whole = [version for version, parts in checkpoints.items() if len(parts) >= parts[0][0]]
    start = -1 if 0 in commits else max(whole, default=None)
    last = max([*commits, *whole], default=None)
    if start is None or last is None or any(version not in commits for version in range(start + 1, last + 1)):
        raise InputError(
            f"{folder / LOG}: the log of the Delta table has a gap, so that its current version is not known; "
            "copy the folder whole, or export the table as plain Parquet"
        )
    if start >= 0:
        for _, part in sorted(checkpoints[start]):
            yield from _checkpoint_actions(part)
    for version in range(start + 1, last + 1):
        for line in commits[version].read_text(encoding="utf-8").split("\n"):
            yield from _known(json.loads(line) if line.strip() else {})


def _checkpoint_actions(part: Path) -> Iterator[dict[str, dict[str, Any]]]:
    names = [name for name in pq.read_schema(part).names if name in _ACTIONS]
    for batch in pq.ParquetFile(part).iter_batches(columns=names):
        for row in batch.to_pylist():
            yield from _known(row)


def _known(row: dict[str, Any]) -> Iterator[dict[str, dict[str, Any]]]:
    for name in _ACTIONS:
        if row.get(name) is not None:
            yield {name: row[name]}


def _check_protocol(folder: Path, protocol: dict[str, Any]) -> None:
    version = protocol.get("minReaderVersion") or 1
    unknown = sorted(set(protocol.get("readerFeatures") or ()) - _READABLE)
    if version > 3 or unknown:
        what = ", ".join(unknown) or f"reader version {version}"
        raise InputError(f"{folder}: a Delta table with {what}, which is not read; export it as plain Parquet")


def _check_layout(folder: Path, metadata: dict[str, Any]) -> None:
    configuration = dict(metadata.get("configuration") or {})
    if configuration.get("delta.columnMapping.mode", "none") != "none":
        raise InputError(f"{folder}: a Delta table with column mapping, which is not read; export it as plain Parquet")


def _locate(folder: Path, add: dict[str, Any]) -> Path:
    if add.get("deletionVector"):
        raise InputError(
            f"{folder}: a Delta table with deletion vectors, which are not read; "
            "export it as plain Parquet or rewrite it (REORG TABLE ... APPLY (PURGE))"
        )
    path = str(add["path"])
    place = PurePosixPath(unquote(path))
    if urlsplit(path).scheme or place.is_absolute() or ".." in place.parts:
        raise InputError(f"{folder}: a Delta table with files outside its folder; export it as plain Parquet")
    partitions = [part.split("=", 1)[0] for part in place.parts[:-1] if "=" in part]
    if set(dict(add.get("partitionValues") or {})) - set(partitions):
        raise InputError(
            f"{folder}: a Delta table whose partitions are not folders of that name; export it as plain Parquet"
        )
    file = folder.joinpath(*place.parts)
    if not file.is_file():
        raise InputError(f"{file}: the Delta table's log names this file and it is not there; copy the folder whole")
    return file
