"""Each release of the marts is remembered: what the next one changes of it, in figure_revisions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from iapt_equity.inputs.errors import InputError
from iapt_equity.last_release import REMEMBERED, read_last_release
from iapt_equity.synthetic import generate
from in_process import WITHOUT_TESTS, failures, parsed, parsed_alike, run_dbt
from test_incremental import move_in, move_out

Rows = list[tuple[Any, ...]]

REVISIONS = (*WITHOUT_TESTS, "--select", "+figure_revisions")
DELIVERY = "2016-04"
KEY = "financial_year, area_level, area_code, ethnic_classification, ethnic_group, measure"


def ask(warehouse: Path, query: str) -> Rows:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def remembered(connection: duckdb.DuckDBPyConnection) -> dict[str, Rows]:
    return {table: connection.execute(f"from raw.last_{table} order by all").fetchall() for table in REMEMBERED}


def test_what_is_remembered_is_what_the_contracts_say() -> None:
    """A column that is not read would be lost with the next build."""
    nodes = parsed().nodes
    for table, columns in REMEMBERED.items():
        node = nodes[f"model.iapt_equity.{table}"]
        declared = {column.name: column.data_type for column in node.columns.values()}
        if table == "used_submissions":
            # Of readers alone: what is compared is the submission, not in which window it was sent.
            del declared["submission_window"]
        assert dict(columns) == declared, table
        staged = nodes[f"model.iapt_equity.stg_last_release__{table}"]
        assert set(columns) == set(staged.columns), table


def test_without_a_release_nothing_is_remembered(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        assert read_last_release(connection, tmp_path / "none.duckdb") == []
        assert remembered(connection) == {table: [] for table in REMEMBERED}


def release(file: Path, *tables: str) -> Path:
    """A warehouse file of some remembered tables, with one row each."""
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        for table in tables:
            columns = ", ".join(f"{name} {kind}" for name, kind in REMEMBERED[table].items())
            connection.execute(f"create table marts.{table} ({columns})")
            connection.execute(f"insert into marts.{table} ({next(iter(REMEMBERED[table]))}) values (3)")
    return file


def test_the_last_release_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    first, second = release(tmp_path / "1.duckdb", *REMEMBERED), release(tmp_path / "2.duckdb", "used_submissions")
    with duckdb.connect() as connection:
        assert read_last_release(connection, first) == []
        assert [len(rows) for rows in remembered(connection).values()] == [1, 1, 1]
        (notice,) = read_last_release(connection, second)
        assert "another version" in notice
        assert [len(rows) for rows in remembered(connection).values()] == [0, 1, 0]


def test_a_warehouse_that_cannot_be_read_stops_the_build_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "w.duckdb"
    file.write_bytes(b"no warehouse" * 1000)
    with duckdb.connect() as connection, pytest.raises(InputError, match=r"w[.]duckdb' cannot be read") as caught:
        read_last_release(connection, file)
    assert "\n" not in str(caught.value)


def test_a_warehouse_that_another_program_has_open_is_read_all_the_same(tmp_path: Path) -> None:
    """Programs that look into a file often open it for writing."""
    file = release(tmp_path / "w.duckdb", *REMEMBERED)
    program = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", program, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(duckdb.IOException, match="lock"):
            duckdb.connect(str(file), read_only=True)
        with duckdb.connect() as connection:
            assert read_last_release(connection, file) == []
            assert [len(rows) for rows in remembered(connection).values()] == [1, 1, 1]
        other.communicate("")
    assert [path.name for path in tmp_path.iterdir()] == ["w.duckdb"]


@pytest.mark.slow
def test_a_release_says_what_it_changed(tmp_path: Path) -> None:
    data, store, work = tmp_path / "mds", tmp_path / "store", tmp_path / "work"
    warehouse = work / "warehouse.duckdb"
    generate(data, referrals=300, seed=31, years="2015-16:2015-16", progress=False)
    move_out(data, store, DELIVERY)
    assert failures(run_dbt(["build", *REVISIONS], data, work)) == []
    assert ask(warehouse, "from marts.figure_revisions") == []
    before = ask(warehouse, f"select {KEY}, denominator_count from marts.outcome_rates")

    # A build that fails is no release, whatever it had made by then.
    move_in(data, store, DELIVERY)
    wrong = ("--vars", "{unknown_outcomes: wrong}")
    parsed_alike(*wrong)
    assert failures(run_dbt(["build", *REVISIONS, *wrong], data, work)) != []
    assert ask(warehouse, "from marts.figure_revisions") == []

    assert failures(run_dbt(["build", *REVISIONS], data, work)) == []
    now = {row[:-1]: row[-1] for row in ask(warehouse, f"select {KEY}, denominator_count from marts.outcome_rates")}
    found = ask(
        warehouse,
        f"select {KEY}, value_before, value_now, difference, release_number from marts.figure_revisions "
        "where table_name = 'outcome_rates' and figure = 'denominator_count'",
    )
    expected = [
        (*key, float(count), float(now[tuple(key)]), float(now[tuple(key)] - count), 2)
        for *key, count in before
        if now[tuple(key)] != count
    ]
    assert len(expected) > 20
    assert sorted(found) == sorted(expected)
    header = (data / "v2_1" / "IDS000Header" / f"{DELIVERY}.parquet").as_posix()
    came = duckdb.sql(f"select distinct UniqueSubmissionID::varchar from read_parquet('{header}')").fetchall()
    named = ask(
        warehouse,
        "select distinct unnest(regexp_extract_all(submissions_came, '([^ ]+)[)]', 1)) from marts.figure_revisions",
    )
    assert len(came) > 5
    assert set(named) <= set(came)
    (national,) = ask(
        warehouse,
        "select distinct len(string_split(submissions_came, ', ')) from marts.figure_revisions "
        "where area_level = 'national'",
    )
    assert national == (len(came),)

    # The build file goes, nothing is new: nothing is added, nothing lost.
    revisions = ask(warehouse, "from marts.figure_revisions order by all")
    (work / "warehouse_build.duckdb").unlink()
    assert failures(run_dbt(["build", *REVISIONS], data, work)) == []
    assert ask(warehouse, "from marts.figure_revisions order by all") == revisions
