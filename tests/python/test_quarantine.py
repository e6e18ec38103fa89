"""What is quarantined is what the generator spoilt: row by row, with its reason, in every version of the data set."""

from __future__ import annotations

import duckdb
import pytest

from warehouses import Warehouse

VERSIONS = ("v1_5", "v2_0", "v2_1")
REFUSED = "source_file, source_row, source_table, field, reason_code"


@pytest.mark.parametrize("version", VERSIONS)
def test_quarantine_is_what_was_spoilt_in_used_submissions(spoilt_warehouse: Warehouse, version: str) -> None:
    with duckdb.connect(str(spoilt_warehouse.file), read_only=True) as connection:
        found = connection.execute(
            f"select {REFUSED} from quality.quarantine where mds_version = ? order by all", [version]
        ).fetchall()
        spoilt = connection.execute(
            f"select {REFUSED} from read_parquet(?) "
            "where severity = 'reject' and is_in_used_submission and mds_version = ? order by all",
            [str(spoilt_warehouse.data / "truth" / "defects.parquet"), version],
        ).fetchall()
    assert len(spoilt) > 100
    assert found == spoilt


@pytest.mark.parametrize("version", VERSIONS)
def test_every_row_read_is_kept_superseded_or_quarantined(spoilt_warehouse: Warehouse, version: str) -> None:
    with duckdb.connect(str(spoilt_warehouse.file), read_only=True) as connection:
        accounts = connection.execute(
            "select source_file, read_count, kept_count + superseded_count + quarantined_count "
            "from quality.row_accounting where mds_version = ?",
            [version],
        ).fetchall()
        # The rows of the files, counted without the warehouse.
        rows = connection.execute(
            "select parse_path(file_name)[-3:], num_rows from parquet_file_metadata(?)",
            [(spoilt_warehouse.data / version).as_posix() + "/*/*.parquet"],
        ).fetchall()
    accounted = {file: read for file, read, _ in accounts}
    assert {file: fates for file, _, fates in accounts} == accounted
    in_files = {"/".join(path): count for path, count in rows}
    assert accounted == {file: in_files[file] for file in accounted}
