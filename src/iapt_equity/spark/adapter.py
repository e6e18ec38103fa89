"""dbt adapter: dbt-spark in a session of this process, for models written in DuckDB's SQL."""

from __future__ import annotations

import csv
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbt.adapters.base.meta import available
from dbt.adapters.spark import SparkAdapter, SparkConnectionManager, SparkCredentials
from pyspark.sql import SparkSession

from iapt_equity.spark.dialect import translate, type_name
from iapt_equity.spark.inputs import hand_over_inputs

TYPE = "iaptspark"
# What Spark refuses is said by dbt; this logger would print the traces of Java beside it.
logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)


@dataclass
class IaptSparkCredentials(SparkCredentials):
    """Those of dbt-spark, under the type of this adapter."""

    @property
    def type(self) -> str:
        """The type that a profile says."""
        return TYPE


class IaptSparkConnections(SparkConnectionManager):
    """Those of dbt-spark, under the type of this adapter."""

    TYPE = TYPE


class IaptSparkAdapter(SparkAdapter):
    """dbt-spark, and what its macros in ``dbt/include/iaptspark`` call."""

    ConnectionManager = IaptSparkConnections

    @available
    def translate(self, sql: str) -> str:
        """Return a statement of DuckDB in Spark's words.

        Args:
            sql: The compiled statement, one query.
        """
        session = self._session()
        return translate(sql, lambda table: list(session.table(table).columns))

    @available
    def read_inputs(self) -> None:
        """Check the inputs, and make the tables of schema ``raw`` beside the folder of the warehouse.

        Raises:
            InputError: If an input cannot be used.
        """
        session = self._session()
        hand_over_inputs(
            session, Path(session.conf.get("spark.sql.warehouse.dir").removeprefix("file:")).parent / "raw"
        )

    @available
    def make_seed(self, relation: Any, file: str, table: Any, column_types: dict[str, str]) -> None:
        """Make the table of a seed, with the types that it declares, and dbt's guess where it declares none.

        Args:
            relation: The table.
            file: The seed's CSV file, read here: dbt takes the word NULL in it for a null, as DuckDB does not.
            table: The seed as dbt has read it.
            column_types: Declared types, in DuckDB's words.
        """
        session = self._session()
        with Path(file).open(encoding="utf-8", newline="") as lines:
            names, *rows = list(csv.reader(lines))
        text = session.createDataFrame(
            [[value or None for value in row] for row in rows if row], ", ".join(f"`{name}` string" for name in names)
        )
        casts = []
        for place, name in enumerate(names):
            declared = column_types.get(name)
            wanted = type_name(declared) if declared else self.convert_type(table, place)
            casts.append(f"cast(`{name}` as {wanted}) as `{name}`")
        text.selectExpr(*casts).write.mode("overwrite").saveAsTable(relation.render())

    def _session(self) -> SparkSession:
        # dbt-spark makes the session, with the parameters of the profile, at its first statement.
        return SparkSession.builder.getOrCreate()
