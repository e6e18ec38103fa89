"""What is quarantined is what the generator spoilt: row by row, with its reason, in every version of the data set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from iapt_equity.synthetic import generate
from in_process import run_dbt

VERSIONS = ("v1_5", "v2_0", "v2_1")
REFUSED = "source_file, source_row, source_table, field, reason_code"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set that crosses both changes of version, with a row spoilt for every 33 good ones; the folder of all of it."""
    folder = tmp_path_factory.mktemp("spoilt")
    options: dict[str, Any] = {"years": "2019-20:2022-23", "version": "by_date", "dirt": 0.03, "progress": False}
    generate(folder / "data", referrals=3000, seed=11, **options)
    # All marts on raw data, with the data tests of the models: dirt must not break a key that they rest on.
    folders = ["models/regression", "python_models/regression", "seeds/published"]
    folders += [f"models/{layer}/published" for layer in ("staging", "intermediate", "marts")]
    others = ["--exclude", "uncertain_rules", *(f"path:{folder}" for folder in folders)]
    others += ["--exclude-resource-type", "unit_test"]
    result = run_dbt(["build", *others], folder / "data", folder)
    failed = [node.node.name for node in getattr(result.result, "results", []) if node.status in ("error", "fail")]
    assert result.success, (failed, result.exception)
    return folder


@pytest.mark.parametrize("version", VERSIONS)
def test_quarantine_is_what_was_spoilt_in_used_submissions(built: Path, version: str) -> None:
    with duckdb.connect(str(built / "warehouse.duckdb"), read_only=True) as connection:
        found = connection.execute(
            f"select {REFUSED} from quality.quarantine where mds_version = ? order by all", [version]
        ).fetchall()
        spoilt = connection.execute(
            f"select {REFUSED} from read_parquet(?) "
            "where severity = 'reject' and is_in_used_submission and mds_version = ? order by all",
            [str(built / "data" / "truth" / "defects.parquet"), version],
        ).fetchall()
    assert len(spoilt) > 100
    assert found == spoilt


@pytest.mark.parametrize("version", VERSIONS)
def test_every_row_read_is_kept_superseded_or_quarantined(built: Path, version: str) -> None:
    with duckdb.connect(str(built / "warehouse.duckdb"), read_only=True) as connection:
        accounts = connection.execute(
            "select source_file, read_count, kept_count + superseded_count + quarantined_count "
            "from quality.row_accounting where mds_version = ?",
            [version],
        ).fetchall()
        # The rows of the files, counted without the warehouse.
        rows = connection.execute(
            "select parse_path(file_name)[-3:], num_rows from parquet_file_metadata(?)",
            [(built / "data" / version).as_posix() + "/*/*.parquet"],
        ).fetchall()
    accounted = {file: read for file, read, _ in accounts}
    assert {file: fates for file, _, fates in accounts} == accounted
    in_files = {"/".join(path): count for path, count in rows}
    assert accounted == {file: in_files[file] for file in accounted}
