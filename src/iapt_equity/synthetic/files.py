"""Writing of tables as Parquet or CSV files."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet

_UNIQUE = ("RecordNumber", "UniqueID_", "CareContactId", "CareActId", "Unique_CareContactID", "Unique_CareActivityID")
"""Beginnings of the names of columns whose values hardly repeat."""


def write_file(tables: list[pa.Table], path: Path) -> None:
    """Write tables of one shape as one Parquet or CSV file (by the suffix); text columns become plain text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        schema = _common_schema(tables)
        # Identifiers that hardly repeat gain nothing from a dictionary; minima and maxima of texts cost time and help
        # no reader of these files.
        repeating = [item.name for item in schema if not item.name.startswith(_UNIQUE)]
        ordered = [item.name for item in schema if pa.types.is_integer(item.type) or pa.types.is_date(item.type)]
        with parquet.ParquetWriter(
            path,
            schema,
            compression="zstd",
            compression_level=1,
            store_schema=False,
            use_dictionary=repeating,
            dictionary_pagesize_limit=1 << 26,
            write_statistics=ordered,
        ) as writer:
            for table in tables:
                writer.write_table(table if table.schema == schema else table.cast(schema))
        return
    plain = pa.schema([pa.field(item.name, _text_type(tables, item.name)) for item in tables[0].schema])
    with arrow_csv.CSVWriter(path, plain, write_options=arrow_csv.WriteOptions(quoting_style="needed")) as writer:
        for table in tables:
            writer.write_table(table.cast(plain))


def _plain_type(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _text_type(tables: list[pa.Table], name: str) -> pa.DataType:
    """Type of a column of a CSV file: text where the tables do not agree."""
    kinds = {_plain_type(table.schema.field(name).type) for table in tables}
    return kinds.pop() if len(kinds) == 1 else pa.string()


def _common_schema(tables: list[pa.Table]) -> pa.Schema:
    """Schema of the first table, with plain text where the tables do not all have a dictionary."""
    return pa.schema(
        [
            item
            if all(table.schema.field(item.name).type == item.type for table in tables)
            else pa.field(item.name, _plain_type(item.type))
            for item in tables[0].schema
        ]
    )
