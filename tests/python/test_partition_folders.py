"""Folders such as ``ReportingMonth=2021-04``: the figures are those of the same files without them."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from iapt_equity.inputs.files import partition_expression, partition_values
from warehouses import FACTS, Warehouse, build, generated

pytestmark = pytest.mark.slow

BY_COLUMN = {
    # Spark and Hive leave the column out of the files: the folder alone says it.
    "IDS000Header": ("OrgIDProv", False),
    "IDS602LongTermCondition": ("UniqueSubmissionID", False),
    # The folder says less than the file.
    "IDS101Referral": (
        "substr(cast(ReferralRequestReceivedDate as varchar), 1, 7) as ReferralRequestReceivedDate",
        True,
    ),
    "IDS201CareContact": ("lower(AttendOrDNACode) || ' of 9' as attendordnacode", True),
}
"""Tables by what their folders are named for, and whether the files hold the column too; the others by month."""


def partitioned(data: Path, target: Path, suffix: str) -> Path:
    """A copy of a Parquet set, as it is or in CSV, whose tables lie in folders of partitions."""
    shutil.copytree(data / "reference", target / "reference")
    for folder in sorted((data / "v2_1").iterdir()):
        place = target / "v2_1" / folder.name
        for file in sorted(folder.iterdir()):
            rows = duckdb.read_parquet(str(file))
            if folder.name in BY_COLUMN:
                column, is_kept = BY_COLUMN[folder.name]
                expression, _, name = column.rpartition(" as ")
                expression = expression or name
                values = rows.query("t", f"select distinct {column} from t order by 1").fetchall()
                left_out = "*" if is_kept else f"* exclude ({name})"
                for (value,) in values:
                    is_value = f"{expression} is null" if value is None else f"{expression} = '{value}'"
                    part = rows.query("t", f"select {left_out} from t where {is_value}")
                    given = "__HIVE_DEFAULT_PARTITION__" if value is None else value
                    write(part, place / f"{name}={given}" / f"part-{file.stem}.{suffix}", suffix)
            else:
                write(rows, place / f"ReportingMonth={file.stem}" / "provider=RX1" / f"part-0.{suffix}", suffix)
    return target


def write(rows: duckdb.DuckDBPyRelation, file: Path, suffix: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if suffix == "csv":
        rows.write_csv(str(file))
    else:
        rows.write_parquet(str(file))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The set without folders, in Parquet."""
    return generated(tmp_path_factory.mktemp("clean"), 200, *FACTS, years="2017-18:2017-18")


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_folders_of_partitions_change_no_figure(clean: Warehouse, tmp_path: Path, suffix: str) -> None:
    parts = build(partitioned(clean.data, tmp_path / "data", suffix), tmp_path, *FACTS)
    assert len(clean.referrals) == 200
    for mart in ("referrals", "episodes"):
        found, expected = (
            getattr(warehouse, mart).sort_values("referral_id", ignore_index=True) for warehouse in (parts, clean)
        )
        pd.testing.assert_frame_equal(found, expected)


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("mds/v2_1/T/OrgIDProv=01/part-0.parquet", {"OrgIDProv": "01"}),
        ("T/a=1/b=x%20y%2Fz/part.parquet", {"a": "1", "b": "x y/z"}),
        ("T/a=__HIVE_DEFAULT_PARTITION__/part.parquet", {"a": None}),
        ("T/a=1/a=2/part.parquet", {"a": "2"}),
        ("T/a=/part.parquet", {"a": ""}),
        ("T/part=1.parquet", {}),
    ],
)
def test_a_folder_says_one_value_in_both_readings(path: str, values: dict[str, str | None]) -> None:
    """From Python for CSV files, in SQL for Parquet."""
    assert partition_values(Path(path)) == values
    for name, value in values.items():
        sql = partition_expression(name, "file")
        assert duckdb.execute(f"select {sql} from (select ? as file)", [path]).fetchall() == [(value,)]
