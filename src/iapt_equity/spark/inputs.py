"""Hands the inputs over to Spark: checked and read by the input contract in DuckDB, written as Parquet."""

from __future__ import annotations

import shutil
from pathlib import Path

from pyspark.sql import SparkSession

from iapt_equity.inputs.files import quote_name, quote_string
from iapt_equity.inputs.sources import read_inputs
from iapt_equity.spark.folder import INPUTS, open_duckdb


def hand_over_inputs(session: SparkSession, spark_folder: Path, project: Path) -> None:
    """Check the inputs, and make the tables of schema ``raw`` in Spark's catalogue.

    Args:
        session: The session that the build runs in.
        spark_folder: Where the Parquet files go, one a table; what an earlier build left of them goes.
        project: Folder of ``profiles.yml``.

    Raises:
        InputError: If an input cannot be used.
    """
    folder = spark_folder / INPUTS
    with open_duckdb(None, spark_folder, project) as connection:
        # There is no file for readers here: nothing is known of a release before.
        read_inputs(connection, spark_folder / "no_warehouse_file")
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        names = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'raw' order by table_name"
        ).fetchall()
        for (name,) in names:
            (folder / name).mkdir()
            file = folder / name / "rows.parquet"
            connection.execute(f"copy (from raw.{quote_name(name)}) to {quote_string(str(file))} (format parquet)")
    session.sql("create schema if not exists raw")
    for (name,) in names:
        session.sql(f"drop table if exists raw.`{name}`")
        session.sql(f"create table raw.`{name}` using parquet location '{(folder / name).as_uri()}'")
