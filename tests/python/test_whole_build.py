"""The whole build on a small set: regressions and quality too, and the same figures from the same input."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from in_process import ANOTHER_ORDER, PROJECT, SHIPPED, contents, failures, rewrite, run_dbt
from warehouses import CONTEXT, STATISTICS, WHOLE, Warehouse, build


def test_every_public_table_is_published(whole_warehouse: Warehouse) -> None:
    with duckdb.connect(str(whole_warehouse.file), read_only=True) as connection:
        tables = {
            row[0]
            for row in connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        }
        rows = connection.execute("select count(*) from regression.estimates").fetchall()[0][0]
    models = {
        f"{folder}.{file.stem.removeprefix('publication_')}"
        for folder in ("marts", "quality", "regression", "publication")
        for file in (PROJECT / "models" / folder).rglob("*.sql")
        if file.parent.name != "steps"
    }
    assert tables == models
    assert rows > 500


def test_no_alarm_rings_on_tidy_data_but_what_is_planted(whole_warehouse: Warehouse) -> None:
    rung = whole_warehouse.rows("select scope, subject from quality.input_alarms")
    assert set(rung) <= {("column", "EndDateIntEnabledTherLog")}
    assert whole_warehouse.rows("select scope, subject from quality.kept_row_alarms") == []


# The spoilt set meets the data tests of the other parts.
@pytest.mark.parametrize(
    "selection",
    [
        pytest.param(["--select", *STATISTICS, *CONTEXT, "uncertain_rules"], id="regressions"),
        pytest.param(["--select", "fqn:*"], id="all", marks=pytest.mark.slow),
    ],
)
def test_the_data_tests_hold(whole_warehouse: Warehouse, selection: list[str], tmp_path: Path) -> None:
    # A copy: dbt keeps the file that it tests from other processes.
    shutil.copy(whole_warehouse.work / "warehouse_build.duckdb", tmp_path)
    arguments = ["test", "--exclude-resource-type", "unit_test", *selection]
    result = run_dbt(arguments, whole_warehouse.data, tmp_path, SHIPPED)
    assert result.success, failures(result)
    assert len(result.result.results) > 20


@pytest.mark.slow
def test_the_same_input_gives_the_same_figures_in_every_schema(whole_warehouse: Warehouse, tmp_path: Path) -> None:
    shuffled = rewrite(whole_warehouse.data, tmp_path / "mds", "parquet", ANOTHER_ORDER)
    again = build(shuffled, tmp_path, "--threads", "1", *WHOLE, published=SHIPPED)
    # Where a row stood differs, and nothing else but the accounts of the files themselves: the rewritten folder lacks
    # what lies beside the tables.
    one = contents(again.file, "source_file", "source_row")
    other = contents(whole_warehouse.file, "source_file", "source_row")
    assert {table for table in one if one[table] != other[table]} == {
        "quality.row_accounting",
        "quality.files_not_read",
    }
    assert len(one) > 15


DESCRIBED = {
    ("ethnicity_census_comparison", "ethnic_classification"),
    ("ethnicity_control_limits", "measure"),
    ("files_not_read", "reason_code"),
    ("fits", "sample"),
    ("rates", "characteristic"),
    ("records_left_out", "reason"),
    ("report_finding_figures", "measure"),
    ("sessions_attended", "characteristic"),
    ("study_comparisons", "measure"),
}
"""Words of one column alone: its description, which stands in the warehouse file too, says what they are."""

LISTS = (
    *("measure", "outcome", "event_name", "wait", "indicator", "characteristic", "sample", "stage"),
    *("area_level", "ethnic_classification", "ethnicity_recording_status", "figure_status", "reason", "reason_code"),
    *("end_code", "ethnic_category_code"),
)
"""Columns whose values are measures, outcomes, levels or codes, in whatever table."""


def test_every_measure_outcome_level_and_code_is_in_the_dictionary(whole_warehouse: Warehouse) -> None:
    columns = whole_warehouse.rows(
        "select schema_name, table_name, column_name from duckdb_columns() "
        "where list_contains($1, column_name) and table_name <> 'definitions' order by all",
        list(LISTS),
    )
    missing = {
        (table, column): words
        for schema, table, column in columns
        if (
            words := whole_warehouse.rows(
                f"select distinct {column} from {schema}.{table} where {column} is not null "
                f"and {column} not in (select term from marts.definitions) order by all"
            )
        )
    }
    assert {column for _, _, column in columns} == set(LISTS)
    assert set(missing) <= DESCRIBED, missing
