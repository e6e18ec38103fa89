"""dbt's own folders, full or closed: one line that says what to do, no traceback, and the last good file stays."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from dbt_common.events.base_types import EventLevel
from dbt_common.events.logger import LoggerConfig

from iapt_equity import working_folders
from iapt_equity.build_file import explain_system_trouble
from iapt_equity.working_folders import RESERVE, explain_target
from in_process import PROJECT, WITHOUT_TESTS, environment, failures, run_dbt
from warehouses import write_reference

pytestmark = pytest.mark.slow

POSIX_ALONE = pytest.mark.skipif(os.name == "nt", reason="limits and devices of POSIX")

OF_A_PARSE = re.compile(
    r"\d\d:\d\d:\d\d  ((Running with dbt=|Registered adapter: |no log is kept of this run|Performance info: ).*)?|"
)
"""Lines of a command that parses the whole project."""

DBT = """
import sys
if len(sys.argv) > 1 and sys.argv[1].isdigit():
    import resource
    limit = int(sys.argv.pop(1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
from dbt.cli.main import cli
cli()
"""


def parse(work: Path, target: Path, logs: Path, *limit: str) -> tuple[int, str]:
    """Runs `dbt parse` in a process of its own, and gives its status and all that it says."""
    with environment(IAPT_EQUITY_DB=str(work / "x.duckdb")):
        run = subprocess.run(
            [
                *(sys.executable, "-c", DBT, *limit, "--no-use-colors", "parse", "--no-partial-parse"),
                *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
                *("--target-path", str(target), "--log-path", str(logs)),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    return run.returncode, run.stdout + run.stderr


def check_one_line(said: str, wanted: str) -> None:
    assert "Traceback" not in said
    assert [line for line in said.splitlines() if wanted in line] != [], said


@POSIX_ALONE
def test_a_target_folder_whose_disk_is_full_is_one_line_before_anything_is_parsed(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk."""
    status, said = parse(tmp_path, tmp_path / "target", tmp_path / "logs", "8000000")
    assert status == 2
    check_one_line(said, f"the disk of '{tmp_path / 'target'}' is full")
    assert list((tmp_path / "target").iterdir()) == []


def test_a_target_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "target").touch()
    status, said = parse(tmp_path, tmp_path / "target", tmp_path / "logs")
    assert status == 2
    check_one_line(said, "cannot be made or written to (file exists)")


@POSIX_ALONE
def test_a_log_whose_disk_is_full_is_one_line_and_the_command_goes_on(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "dbt.log").symlink_to("/dev/full")
    status, said = parse(tmp_path, tmp_path / "target", tmp_path / "logs")
    assert status == 0, said
    check_one_line(said, "no log is kept of this run")
    assert said.count("no log is kept") == 1
    # Nor has dbt notes of its own to make on this project, such as deprecations: nobody would see what a build did.
    assert [line for line in said.splitlines() if not OF_A_PARSE.fullmatch(line)] == []
    assert not (tmp_path / "target" / RESERVE).exists()
    assert (tmp_path / "target" / "partial_parse.msgpack").exists()


def test_a_log_that_cannot_be_opened_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "logs" / "dbt.log").mkdir(parents=True)
    (tmp_path / "target").touch()
    _, said = parse(tmp_path, tmp_path / "target", tmp_path / "logs")
    check_one_line(said, "no log is kept of this run")
    check_one_line(said, "cannot be made or written to (file exists)")


@POSIX_ALONE
def test_a_disk_that_fills_up_while_models_are_compiled_keeps_the_last_good_file(tmp_path: Path) -> None:
    """One compiled file that cannot be written stands for the disk."""
    data = tmp_path / "data"
    (data / "v2_1").mkdir(parents=True)
    write_reference(data)
    good = tmp_path / "warehouse.duckdb"
    good.write_bytes(b"the last good file")
    models = tmp_path / "target" / "compiled" / "iapt_equity" / "models" / "intermediate" / "published"
    models.mkdir(parents=True)
    (models / "int_published_labels.sql").symlink_to("/dev/full")
    result = run_dbt(["build", "--selector", "published", *WITHOUT_TESTS], data, tmp_path)
    assert [line for line in failures(result) if line.startswith("int_published_labels: [Errno 28]")] != []
    said = (tmp_path / "logs" / "dbt.log").read_text(encoding="utf-8")
    check_one_line(said, "What to do: the disk of")
    assert good.read_bytes() == b"the last good file"
    assert not (tmp_path / "target" / RESERVE).exists()


def test_room_is_held_until_a_file_fails_or_the_run_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    callbacks = []
    monkeypatch.setattr(working_folders, "target_folder", lambda: tmp_path / "target")
    monkeypatch.setattr(working_folders, "add_callback_to_manager", callbacks.append)
    for name in ("GenericExceptionOnRun", "FinishedRunningStats", "MainEncounteredError", "CommandCompleted"):
        working_folders.reserve_space()
        reserve = tmp_path / "target" / RESERVE
        assert reserve.stat().st_size == working_folders.HELD_BYTES
        callbacks[-1](SimpleNamespace(info=SimpleNamespace(name="LogModelResult")))
        assert reserve.exists()
        callbacks[-1](SimpleNamespace(info=SimpleNamespace(name=name)))
        assert not reserve.exists()


def test_no_line_is_composed_that_nobody_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    """What dbt drops for its level is not written; what a macro prints, and what was kept out, stay as they are."""
    levels = ("debug", "info", "warn", "error")
    loggers = {
        level: LoggerConfig(level, lambda event: event.data != "secret", level=EventLevel(level)) for level in levels
    }
    monkeypatch.setattr(working_folders, "get_event_manager", lambda: SimpleNamespace(loggers=[*loggers.values()]))
    working_folders.skip_unseen_lines()

    def seen(name: str, level: str, data: str = "") -> list[str]:
        event = SimpleNamespace(info=SimpleNamespace(name=name, level=level), data=data)
        return [logger.name for logger in loggers.values() if logger.filter(event)]

    assert [seen("SQLQuery", level) for level in levels] == [["debug"], [*levels[:2]], [*levels[:3]], [*levels]]
    assert seen("PrintEvent", "info") == [*levels]
    assert seen("SQLQuery", "error", "secret") == []


def test_the_folder_that_is_named_is_the_one_that_is_meant(tmp_path: Path) -> None:
    target, folder = tmp_path / "target", tmp_path / "warehouses"
    said = explain_system_trouble(f"[Errno 13] Permission denied: '{target}/run/x.sql'", folder, target)
    assert said == explain_target(target, PermissionError(errno.EACCES, "Permission denied"))
    said = explain_system_trouble(f"Could not write '{folder}/x.duckdb': No space left on device", folder, target)
    assert said is not None
    assert "IAPT_EQUITY_DB" in said
    assert explain_system_trouble("Binder Error: column x not found", folder, target) is None
