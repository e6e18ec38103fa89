"""Hands the inputs over to Spark: checked and read by the input contract in DuckDB, written as Parquet."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
from pyspark.sql import SparkSession

from iapt_equity.inputs.files import quote_name, quote_string
from iapt_equity.inputs.sources import read_inputs


def hand_over_inputs(session: SparkSession, folder: Path) -> None:
    """Check the inputs, and make the tables of schema ``raw`` in Spark's catalogue.

    Args:
        session: The session that the build runs in.
        folder: Where the Parquet files go, one a table; what an earlier build left there goes.

    Raises:
        InputError: If an input cannot be used.
    """
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'Europe/London'")
        # There is no file for readers here: nothing is known of a release before.
        read_inputs(connection, folder.parent / "no_warehouse_file")
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
