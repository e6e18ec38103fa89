"""Where a build is written: folders, locks, full disks and permissions; one line each, and the last good file stays."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import duckdb
import pytest

from iapt_equity.build_file import explain_system_trouble, prepare_build_file, reader_mode
from iapt_equity.inputs.errors import InputError
from iapt_equity.publish import publish

POSIX_ALONE = pytest.mark.skipif(os.name == "nt", reason="permissions and limits of POSIX")


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """A umask that lets everybody read, as most machines have it; put back afterwards."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def prepare(folder: Path) -> Path:
    build_file = folder / "x_build.duckdb"
    prepare_build_file(build_file, folder / "x.duckdb", {})
    return build_file


@POSIX_ALONE
def test_a_folder_that_is_missing_is_made_and_files_are_their_owner_s_alone(tmp_path: Path) -> None:
    build_file = prepare(tmp_path / "deep" / "deeper")
    assert mode(build_file) == 0o600
    with duckdb.connect(str(build_file)) as connection:
        connection.execute("create schema marts; create table marts.a as select 1 as x")
        assert mode(build_file.with_name("x_build.duckdb.wal")) == 0o600
        publish(connection, build_file.with_name("x.duckdb"), ["marts.a"])
    assert mode(build_file.with_name("x.duckdb")) == 0o600


@POSIX_ALONE
def test_files_of_an_earlier_build_are_closed_to_others(tmp_path: Path) -> None:
    build_file = tmp_path / "x_build.duckdb"
    duckdb.connect(str(build_file)).close()
    build_file.chmod(0o644)
    prepare(tmp_path)
    assert mode(build_file) == 0o600


@POSIX_ALONE
@pytest.mark.parametrize(
    ("before", "after"), [(0o644, 0o600), (0o664, 0o600), (0o640, 0o640), (0o660, 0o640), (0o600, 0o600)]
)
def test_a_warehouse_that_was_opened_to_its_group_alone_stays_open_to_it(
    tmp_path: Path, before: int, after: int
) -> None:
    warehouse = tmp_path / "x.duckdb"
    assert reader_mode(warehouse) == 0o600
    warehouse.touch()
    warehouse.chmod(before)
    assert reader_mode(warehouse) == after


def test_a_folder_below_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(
        InputError, match=r"IAPT_EQUITY_DB: the folder '.*file' .* cannot be made or written to"
    ) as said:
        prepare(tmp_path / "file")
    assert "\n" not in str(said.value)


def test_a_folder_that_may_not_be_entered_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may enter every folder: the system's refusal of another user stands in its place."""

    def refuse(path: Path, *_: object, **__: object) -> NoReturn:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", refuse)
    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(InputError, match=r"cannot be made or written to \(permission denied\)"):
        prepare(tmp_path)


def test_a_warehouse_that_is_a_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.duckdb").mkdir()
    with pytest.raises(InputError, match=r"is a folder; name a file in it"):
        prepare(tmp_path)


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "x_build.duckdb").write_text("not a database " * 1000, encoding="utf-8")
    with pytest.raises(InputError, match=r"x_build.duckdb cannot be opened .* delete it") as said:
        prepare(tmp_path)
    assert "\n" not in str(said.value)


def test_a_second_build_of_one_warehouse_is_one_line(tmp_path: Path) -> None:
    """DuckDB's lock holds between processes."""
    holder = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            "import duckdb, sys; file = duckdb.connect(sys.argv[1]); print(1, flush=True); sys.stdin.read()",
            str(tmp_path / "x_build.duckdb"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    holder.stdout.readline()
    with pytest.raises(InputError, match=r"open in another program .*wait until it is done") as said:
        prepare(tmp_path)
    assert "\n" not in str(said.value)
    holder.stdin.close()
    holder.wait()
    prepare(tmp_path)


def test_what_a_killed_build_spilled_is_removed(tmp_path: Path) -> None:
    spilled = tmp_path / "x_build.duckdb.tmp" / "duckdb_temp_storage_DEFAULT-0.tmp"
    spilled.parent.mkdir()
    spilled.touch()
    prepare(tmp_path)
    assert not spilled.exists()


def test_what_a_killed_publication_left_does_not_reach_the_next(tmp_path: Path) -> None:
    """Neither the file nor its log, which DuckDB would apply to the next file of the name."""
    left = [tmp_path / "x.duckdb.unfinished", tmp_path / "x.duckdb.unfinished.wal"]
    for file in left:
        file.write_bytes(b"left")
    with duckdb.connect(str(tmp_path / "x_build.duckdb")) as connection:
        connection.execute("create schema marts; create table marts.a as select 1 as x")
        publish(connection, tmp_path / "x.duckdb", ["marts.a"])
    assert not any(file.exists() for file in left)
    with duckdb.connect(str(tmp_path / "x.duckdb"), read_only=True) as reader:
        assert reader.execute("select x from marts.a").fetchall() == [(1,)]


FILLS_UP = """
import resource, signal, sys
from pathlib import Path
from typing import NoReturn
import duckdb
from iapt_equity.build_file import explain_system_trouble
from iapt_equity.publish import publish
folder = Path(sys.argv[1])
with duckdb.connect(str(folder / "x_build.duckdb")) as connection:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
    try:
        publish(connection, folder / "x.duckdb", ["marts.a"])
    except duckdb.Error as error:
        print(explain_system_trouble(str(error), folder))
"""


@POSIX_ALONE
def test_a_disk_that_fills_up_while_publishing_leaves_the_last_good_file_and_nothing_else(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: the same write fails, with another number."""
    with duckdb.connect(str(tmp_path / "x_build.duckdb")) as connection:
        connection.execute("create schema marts; create table marts.a as select 1::double as x")
        publish(connection, tmp_path / "x.duckdb", ["marts.a"])
        good = (tmp_path / "x.duckdb").read_bytes()
        connection.execute("insert into marts.a select sqrt(i) * 1.1 from range(1000000) as t (i)")
    run = subprocess.run(
        [sys.executable, "-c", FILLS_UP, str(tmp_path)], capture_output=True, text=True, check=False, timeout=120
    )
    assert "is full: free space there" in run.stdout, run.stderr[-2000:]
    assert (tmp_path / "x.duckdb").read_bytes() == good
    assert sorted(file.name for file in tmp_path.iterdir() if "unfinished" in file.name) == []


@pytest.mark.parametrize(
    ("message", "begins"),
    [
        ("IO Error: Could not write file: No space left on device", "the disk of"),
        ("IO Error: could not write all bytes to file: Disk quota exceeded", "the disk of"),
        ("[Errno 30] Read-only file system: 'x'", "'folder' cannot be written to"),
        ("[Errno 1] Operation not permitted: 'x'", "'folder' cannot be written to"),
        ("IO Error: Cannot open file: Permission denied", "'folder' cannot be written to"),
        (f'Cannot open file "{Path("folder/x.duckdb").absolute()}": Permission denied', "'folder' cannot be written"),
        # What may not be entered is an input as well.
        ("[Errno 13] Permission denied: '/mds/v2_1'", "'/mds/v2_1' cannot be read or written to: ask for the right"),
        ('IO Error: Cannot open file "/mds/a.parquet": Permission denied', "'/mds/a.parquet' cannot be read"),
    ],
)
def test_what_the_system_refuses_is_said_in_one_line(message: str, begins: str) -> None:
    said = explain_system_trouble(message, Path("folder"))
    assert said is not None
    assert said.startswith(begins)
    assert "\n" not in said


def test_what_is_not_the_system_s_is_left_as_it_is() -> None:
    assert explain_system_trouble("Binder Error: column x not found", Path("folder")) is None
