"""dbt adapter: dbt-spark in a session of this process, for models written in DuckDB's SQL."""

from __future__ import annotations

import csv
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbt.adapters.base.meta import available
from dbt.adapters.spark import SparkAdapter, SparkConnectionManager, SparkCredentials
from dbt.flags import get_flags
from dbt_common.context import get_invocation_context
from pyspark.sql import SparkSession

from iapt_equity.inputs.demo import DEMO_DIR
from iapt_equity.spark.constraints import breaches
from iapt_equity.spark.dialect import translate, type_name
from iapt_equity.spark.folder import prepare_spark_folder
from iapt_equity.spark.inputs import hand_over_inputs

TYPE = "iaptspark"
WAREHOUSE = "spark.sql.warehouse.dir"
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
    """Those of dbt-spark, under the type of this adapter, over a folder of the project's own."""

    TYPE = TYPE

    @classmethod
    def open(cls, connection: Any) -> Any:
        """Open a connection: the folder is seen to before the first statement, which starts Java.

        Args:
            connection: Of dbt, with the credentials.

        Raises:
            InputError: If Spark's folder is not to be used, or cannot be written to.
        """
        given = get_invocation_context().env
        named = {name: Path(given[name]) for name in ("MDS_DIR", "REFERENCE_DIR", "PUBLISHED_DIR") if given.get(name)}
        prepare_spark_folder(
            _folder_of(connection.credentials.server_side_parameters[WAREHOUSE]), {"MDS_DIR": DEMO_DIR, **named}
        )
        return super().open(connection)


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
    def find_breaches(self, relation: Any, model: dict[str, Any]) -> list[str]:
        """Return in words what a table holds that the constraints of its contract forbid.

        Args:
            relation: The table.
            model: The model, with its constraints and columns.
        """
        session = self._session()
        return breaches(relation.render(), model, lambda sql: tuple(session.sql(sql).first() or ()))

    @available
    def read_inputs(self) -> None:
        """Check the inputs, and make the tables of schema ``raw`` beside the folder of the warehouse.

        Raises:
            InputError: If an input cannot be used.
        """
        session = self._session()
        project = Path(get_flags().PROJECT_DIR)  # type: ignore[no-untyped-call]
        hand_over_inputs(session, _folder_of(session.conf.get(WAREHOUSE)), project)

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


def _folder_of(warehouse: str) -> Path:
    """Return the folder that the warehouse, the catalogue and the inputs lie in."""
    return Path(warehouse.removeprefix("file:")).parent
