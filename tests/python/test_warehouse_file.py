"""What readers see: the last good build, whole; a failed one changes nothing; same input, same figures."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import duckdb
import pytest

from iapt_equity.publish import publish
from in_process import ANOTHER_ORDER, WITHOUT_TESTS, contents, rewrite, run_dbt
from warehouses import FACTS, Warehouse, build, generated

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The core over 600 referrals."""
    core = ("--selector", "core", "--threads", "2", *WITHOUT_TESTS)
    return generated(tmp_path_factory.mktemp("core"), 600, *core, years="2015-16:2016-17")


def test_readers_get_the_marts_and_nothing_else(built: Warehouse) -> None:
    with duckdb.connect(str(built.file), read_only=True) as connection:
        schemas = connection.execute("select distinct schema_name from duckdb_tables() order by 1").fetchall()
        comment, constraint = connection.execute(
            "select (select comment from duckdb_tables() where table_name = 'fct_episodes'), "
            "(select count(*) from duckdb_constraints() "
            "where table_name = 'fct_episodes' and constraint_type = 'CHECK')"
        ).fetchall()[0]
        columns = connection.execute(
            "select count(*) from duckdb_columns() where table_name = 'fct_episodes' and comment is null"
        ).fetchall()
        rows = connection.execute("select count(*) from marts.fct_referrals").fetchall()
    assert schemas == [("marts",), ("quality",)]
    assert comment.startswith("One row per episode")
    assert constraint >= 10
    assert columns == [(0,)]
    assert rows == [(600,)]


def test_no_identifier_of_a_patient_is_published(built: Warehouse) -> None:
    people = (built.data / "v2_1" / "IDS001MPI").as_posix()
    rows = duckdb.sql(f"select distinct LocalPatientId from read_parquet('{people}/*.parquet')").fetchall()
    identifiers = {str(row[0]) for row in rows}
    with duckdb.connect(str(built.file), read_only=True) as connection:
        for mart in ("fct_referrals", "fct_episodes"):
            text = [
                name
                for name, kind in connection.execute(
                    "select column_name, data_type from duckdb_columns() where table_name = ?", [mart]
                ).fetchall()
                if kind == "VARCHAR"
            ]
            assert "birth_date" not in text
            for column in text:
                values = {
                    str(row[0]) for row in connection.execute(f"select distinct {column} from marts.{mart}").fetchall()
                }
                assert values.isdisjoint(identifiers), column


def leave_as_found(folder: Path) -> None:
    tables = ("IDS201CareContact", "IDS001MPI", "IDS101Referral")
    contacts, people, referrals = (folder / table / "all.csv" for table in tables)
    with zipfile.ZipFile(contacts.with_suffix(".csv.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(contacts, "contacts.csv")
    stale = contacts.parent / ".ipynb_checkpoints" / "all-checkpoint.csv"
    stale.parent.mkdir()
    contacts.rename(stale)
    people.rename(people.with_name("all [1].txt"))
    rows = duckdb.read_csv(str(referrals), all_varchar=True)
    rows.project("* replace (null::varchar as ServDischDate)").write_parquet(str(referrals.with_name("part-0.parquet")))
    rows.write_parquet(str(referrals.with_name("part-1.parquet")))
    referrals.unlink()
    log = referrals.parent / "_delta_log"
    log.mkdir()
    first = '{"add": {"path": "part-0.parquet"}}'
    second = '{"remove": {"path": "part-0.parquet"}}\n{"add": {"path": "part-1.parquet"}}'
    for number, text in enumerate((first, second)):
        (log / f"{number:020d}.json").write_text(text, encoding="utf-8")


def test_same_input_same_figures_whatever_the_format_the_order_of_rows_and_the_threads(
    built: Warehouse, tmp_path: Path
) -> None:
    """CSV for Parquet, rows in another order, one thread for two: what of these mattered would show.

    And files as people and servers leave them: a zip, text, a Delta table with a superseded part, hidden stale copies.
    """
    shuffled = rewrite(built.data, tmp_path / "mds", "csv", ANOTHER_ORDER)
    leave_as_found(shuffled / "v2_1")
    again = build(shuffled, tmp_path, "--selector", "core", "--threads", "1", *WITHOUT_TESTS)
    assert contents(again.file) == contents(built.file)


def test_a_build_that_fails_changes_nothing_for_readers(built: Warehouse, tmp_path: Path) -> None:
    def succeeds() -> bool:
        return run_dbt(["build", *FACTS], mds, tmp_path).success

    # The last good build, with its build file.
    mds = shutil.copytree(built.data, tmp_path / "mds")
    for file in built.work.glob("*.duckdb"):
        shutil.copy(file, tmp_path)
    warehouse = tmp_path / "warehouse.duckdb"
    good = warehouse.read_bytes()

    # Where files are read: a required table is gone.
    shutil.move(mds / "v2_1" / "IDS201CareContact", tmp_path / "aside")
    assert not succeeds()
    assert warehouse.read_bytes() == good
    shutil.move(tmp_path / "aside", mds / "v2_1" / "IDS201CareContact")

    # In the middle: a file whose footer is whole and whose rows are damaged, which shows when they are read.
    file = next((mds / "v2_1" / "IDS607CodedScoreAssessmentAct").glob("*.parquet"))
    content = file.read_bytes()
    footer = 8 + int.from_bytes(content[-8:-4], "little")
    file.write_bytes(content[:4] + b"\xff" * (len(content) - 4 - footer) + content[-footer:])
    assert not succeeds()
    assert warehouse.read_bytes() == good
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        assert connection.execute("select count(*) from marts.fct_referrals").fetchall() == [(600,)]
    # Nor is the table gone that could not be made anew: a later build of a part can rest on it.
    with duckdb.connect(str(tmp_path / "warehouse_build.duckdb"), read_only=True) as connection:
        (rows,) = connection.execute("select count(*) from intermediate.int_checked_activity_scores").fetchall()
    assert rows[0] > 100


def test_a_reader_keeps_what_it_has_open_while_a_new_build_is_published(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(tmp_path / "build.duckdb")) as source:
        source.execute(
            "create schema marts; create table marts.a (x integer check (x > 0)); insert into marts.a values (1)"
        )
        source.execute("create schema intermediate; create table intermediate.b as select 1 as y")
        assert publish(source, warehouse, ["marts.a", "marts.not_built_yet"]) == 1
        with duckdb.connect(str(warehouse), read_only=True) as reader:
            source.execute("insert into marts.a values (2)")
            publish(source, warehouse, ["marts.a"])
            assert reader.execute("select count(*) from marts.a").fetchall() == [(1,)]
        # The name lets a second connection of this process see the new file instead of the cached one.
        with duckdb.connect(str(warehouse.rename(tmp_path / "renamed.duckdb")), read_only=True) as reader:
            assert reader.execute("select count(*) from marts.a").fetchall() == [(2,)]
            with pytest.raises(duckdb.CatalogException):
                reader.execute("select * from intermediate.b")
    with duckdb.connect(str(tmp_path / "renamed.duckdb")) as writer, pytest.raises(duckdb.ConstraintException):
        writer.execute("insert into marts.a values (0)")


def test_what_readers_get_is_packed_whatever_the_build_file_is(tmp_path: Path) -> None:
    def packing(file: Path) -> set[str]:
        with duckdb.connect(str(file), read_only=True) as reader:
            rows = reader.execute("select distinct compression from pragma_storage_info('marts.a')").fetchall()
        return {str(row[0]) for row in rows}

    build_file, warehouse = tmp_path / "build.duckdb", tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(build_file)) as source:
        source.execute("set force_compression = 'uncompressed'")
        source.execute("create schema marts; create table marts.a as select i % 7 as x from range(300000) as t (i)")
        publish(source, warehouse, ["marts.a"])
        assert source.execute("select current_setting('force_compression')").fetchall() == [("uncompressed",)]
    assert "BitPacking" in packing(warehouse)
    assert "BitPacking" not in packing(build_file)
