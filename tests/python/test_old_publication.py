"""A publication of an earlier build never stands beside newer marts: a run that makes it old drops it first."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from in_process import failures, run_dbt
from warehouses import Warehouse

MADE = ("publication.protected_counts", "publication.rates", "intermediate.py_protected_cells")
"""Stands for what a build of the publication makes: a table that its readers see, what it reads, and a step."""


@pytest.fixture
def work(hand_made_warehouse: Warehouse, tmp_path: Path) -> Path:
    """A warehouse with a publication."""
    for file in hand_made_warehouse.work.glob("*.duckdb"):
        shutil.copy(file, tmp_path)
        with duckdb.connect(str(tmp_path / file.name)) as connection:
            for table in MADE if file.name.endswith("_build.duckdb") else MADE[:2]:
                connection.execute(f"create schema if not exists {table.partition('.')[0]}")
                connection.execute(f"create table {table} as select 1 as old")
    return tmp_path


def of_publication(file: Path) -> set[str]:
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    return {name for (name,) in tables} & set(MADE)


def test_new_marts_leave_no_old_publication(
    hand_made_warehouse: Warehouse, work: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # What it is not made of leaves it where it is.
    result = run_dbt(["run", "--select", "ethnicity_by_person"], hand_made_warehouse.data, work)
    assert result.success, failures(result)
    assert of_publication(work / "warehouse_build.duckdb") == set(MADE)
    assert of_publication(work / "warehouse.duckdb") == set(MADE[:2])
    assert "put aside" not in capfd.readouterr().out
    result = run_dbt(["run", "--select", "fct_episodes"], hand_made_warehouse.data, work)
    assert result.success, failures(result)
    assert of_publication(work / "warehouse_build.duckdb") == set()
    assert of_publication(work / "warehouse.duckdb") == set()


def test_a_run_that_stops_leaves_none_for_the_next_to_publish(hand_made_warehouse: Warehouse, work: Path) -> None:
    """Tables that are selected go too: were the run to stop before them, the next would publish the old ones."""
    result = run_dbt(["run", "--select", "fct_episodes", "protected_counts"], hand_made_warehouse.data, work)
    assert not result.success
    assert "type `dbt build --selector publication`" in str(result.exception or failures(result))
    assert of_publication(work / "warehouse_build.duckdb") == set()
    # Readers keep the last good build: both its marts and its publication.
    assert of_publication(work / "warehouse.duckdb") == set(MADE[:2])


def test_a_table_of_it_that_is_made_anew_takes_those_after_it_along(hand_made_warehouse: Warehouse, work: Path) -> None:
    """What stands before it in the publication stays."""
    run_dbt(["run", "--select", "protected_counts"], hand_made_warehouse.data, work)
    assert of_publication(work / "warehouse_build.duckdb") == {"intermediate.py_protected_cells"}
