"""Where the figures come from: the schema ``publication``, or the marts brought to the same columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from iapt_equity.report.errors import ReportError

PUBLICATION = "publication"
INVENTED = "%(fictional)%"
"""What the synthetic generator writes into the name of every commissioner that it invents."""

RATES = {
    "access_rates": "access",
    "outcome_rates": "outcome",
    "pathway_rates": "pathway",
    "wait_rates": "wait",
    "experience_rates": "experience",
}
"""Marts of yearly rates, with the kind of their measures."""

RATE_COLUMNS = (
    "rate, rate_low, rate_high, difference_to_white_british, difference_low, difference_high, "
    "case when rate is null then 'no_data' else 'shown' end as figure_status, "
    "case when rate is null then '[x]' else '' end as figure_marker, is_complete, "
    "case when ethnic_group = 'White British' then 'not_applicable' "
    "when difference_to_white_british is null then 'no_data' else 'shown' end as difference_status"
)
COUNTS = "numerator_count, 'shown' as numerator_status, denominator_count, 'shown' as denominator_status"
KEYS = "area_level, area_code, area_name, ethnic_classification, ethnic_group"

RECORDING_STATUSES = ("valid", "not_stated", "not_known", "invalid", "missing")
DENSITY = "own_group_density_estimates"
SLOPES = "own_group_density_slopes"
MODEL_COLUMNS = (
    "level_observation_count as people_count, "
    "case when estimate is null then 'no_data' else 'shown' end as figure_status, "
    "case when estimate is null then '[x]' else '' end as figure_marker"
)

AS_THEY_ARE = {
    "marts": (
        "benchmark_report_table_4",
        "benchmark_report_table_5",
        "definitions",
        "presentation",
        "published_ethnic_gaps",
        "published_outcomes",
        "report_clustering",
        "report_context",
        "report_findings",
        "workforce_representation",
    ),
    "quality": ("ethnicity_recording_by_stage",),
    "regression": (
        "estimates",
        "fits",
        "predicted_probabilities",
        "predictions_on_common_sample",
        "variance_components",
    ),
}
"""Tables that the marts and the publication have under one name, by their schema inside the secure place."""

PUBLIC_ALREADY = {
    "benchmark_report_table_4": ("*", "true"),
    "benchmark_report_table_5": ("*", "true"),
    "definitions": ("*", "true"),
    "published_outcomes": ("*", "true"),
    "report_clustering": ("finding_id, outcome, model, printed_low, printed_high", "true"),
    "report_context": ("*", "true"),
    "report_findings": ("*", "data_source in ('printed_tables', 'published_statistics')"),
    "workforce_representation": ("*", "data_source = 'published_statistics'"),
}
"""Columns and rows of marts that hold no figure of the raw data.

They are definitions, what the report prints and what NHS England has published; a table of the same name in the
publication comes before them.
"""

Row = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """The tables that the pages read, as views of one connection.

    Attributes:
        connection: Where the views stand under their plain names.
        tables: Columns of each table that is there.
        is_inside_secure_place: Whether the figures are those of the marts, which nothing protects.
        is_synthetic: Whether the people and places of the raw data are invented.
    """

    connection: duckdb.DuckDBPyConnection
    tables: Mapping[str, frozenset[str]]
    is_inside_secure_place: bool
    is_synthetic: bool

    @property
    def decimals(self) -> int:
        """Decimal places of a percentage: what is published is whole."""
        return 1 if self.is_inside_secure_place else 0

    def has(self, table: str) -> bool:
        """Say whether a table was built."""
        return table in self.tables

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Rows of a query as dictionaries; decimals as floats.

        Args:
            query: SQL over the plain names of the tables; it says its own order.
            parameters: Values of its question marks.
        """
        found = self.connection.execute(query, list(parameters))
        names = [column[0] for column in found.description or ()]
        return [
            {
                name: float(value) if isinstance(value, Decimal) else value
                for name, value in zip(names, row, strict=True)
            }
            for row in found.fetchall()
        ]


def open_source(warehouse: Path, inside_secure_place: bool = False, synthetic: bool | None = None) -> Source:
    """Open the readers' file.

    Args:
        warehouse: The file that readers open.
        inside_secure_place: Read the marts, which nothing protects, in place of the publication.
        synthetic: Whether the raw data are invented, where the caller knows; else the names of areas say.

    Raises:
        ReportError: If there is no such file, or it holds none of the tables.
    """
    if not warehouse.is_file():
        raise ReportError(f"{warehouse}: there is no such warehouse; build it with `uv run dbt build`")
    connection = duckdb.connect(str(warehouse), read_only=True)
    there = {
        f"{schema}.{table}"
        for schema, table in connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    }
    views = _secure_views(there) if inside_secure_place else _publication_views(there)
    if "rates" not in views:
        missing = "marts of rates" if inside_secure_place else f"schema {PUBLICATION}"
        how = "uv run dbt build" if inside_secure_place else f"uv run dbt build --selector {PUBLICATION}"
        raise ReportError(f"{warehouse}: it holds no {missing}; build it with `{how}`")
    tables = {}
    for name, query in views.items():
        connection.execute(f"create temp view {name} as {query}")
        described = connection.execute(f"describe temp.{name}").fetchall()
        tables[name] = frozenset(str(row[0]) for row in described)
    if synthetic is None:
        # Of all areas, not of those alone that may leave: England has the same name everywhere.
        looked_at = ["rates", *(table for table in ("marts.access_rates",) if table in there)]
        names = " union all ".join(f"select area_name from {table}" for table in looked_at)
        named = connection.execute(f"select count(*) from ({names}) where area_name ilike ?", [INVENTED]).fetchall()
        synthetic = bool(named[0][0])
    return Source(connection, tables, inside_secure_place, synthetic)


def _publication_views(there: set[str]) -> dict[str, str]:
    """The tables of the publication, and of the marts only what was public before."""
    views = {
        table: f"select {columns} from marts.{table} where {condition}"
        for table, (columns, condition) in PUBLIC_ALREADY.items()
        if f"marts.{table}" in there
    }
    tables = sorted(name.partition(".")[2] for name in there if name.startswith(f"{PUBLICATION}."))
    return views | {table: f"select * from {PUBLICATION}.{table}" for table in tables}


def _secure_views(there: set[str]) -> dict[str, str]:
    """The marts in the columns of the publication; everything in them counts as shown."""
    views = {}
    yearly = [
        f"select 'year' as period_kind, financial_year as period, financial_year, {KEYS}, 'all' as characteristic, "
        f"'all' as characteristic_value, '{kind}' as measure_kind, measure, {COUNTS}, {RATE_COLUMNS} "
        f"from marts.{mart}{' where not is_pooled' if kind == 'experience' else ''}"
        for mart, kind in RATES.items()
        if f"marts.{mart}" in there
    ]
    if "marts.rates_by_characteristic" in there:
        yearly.append(
            f"select 'year', financial_year, financial_year, {KEYS}, characteristic, characteristic_value, "
            f"measure_kind, measure, {COUNTS}, {RATE_COLUMNS} from marts.rates_by_characteristic"
        )
    if yearly:
        views["rates"] = " union all ".join(yearly)
    if "marts.waits" in there:
        counts = ", ".join(
            f"{name}_count, 'shown' as {name}_status"
            for name in ("begun_wait", "ended_wait", "still_waiting", "left_waiting")
        )
        views["waits"] = (
            f"select financial_year, {KEYS}, wait, {counts}, "
            "median_days, lower_quartile_days, upper_quartile_days, "
            "case when median_days is null then 'no_data' else 'shown' end as figure_status, "
            "case when median_days is null then '[x]' else '' end as figure_marker, is_complete from marts.waits"
        )
    if "marts.event_counts" in there:
        views["event_counts"] = (
            f"select period_kind, period, financial_year, {KEYS}, event_name, event_count, "
            "'shown' as figure_status, '' as figure_marker from marts.event_counts"
        )
    for schema, tables in AS_THEY_ARE.items():
        for table in tables:
            if f"{schema}.{table}" in there:
                views[table] = f"select * from {schema}.{table}"
    if "quality.ethnicity_recording" in there:
        views["ethnicity_recording"] = " union all ".join(
            "select provider_code, strftime(reporting_month, '%Y-%m') as period, "
            f"'{status}' as ethnicity_recording_status, record_count, 'shown' as record_count_status, "
            f"{status}_count / nullif(record_count, 0) as status_share, "
            "case when record_count = 0 then 'no_data' else 'shown' end as figure_status "
            "from quality.ethnicity_recording"
            for status in RECORDING_STATUSES
        )
    if "estimates" in views:
        views["estimates"] = f"select *, {MODEL_COLUMNS} from regression.estimates"
        if f"regression.{DENSITY}" in there:
            views["estimates"] += (
                " union all by name select * exclude (addition, unit) replace (addition || '.' || model as model), "
                f"{MODEL_COLUMNS} from regression.{DENSITY} where starts_with(term, 'own_group_density')"
            )
        if f"regression.{SLOPES}" in there:
            views["estimates"] += (
                " union all by name select analysis, outcome, estimator, level, level_label, "
                "'own_group_density_by_group' as term, deviation_label as unit_label, deviation_slope as estimate, "
                f"odds_ratio, odds_ratio_low, odds_ratio_high, {MODEL_COLUMNS} from regression.{SLOPES}"
            )
    return views
