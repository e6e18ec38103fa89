"""The programme of staged regressions: from the seeds and the marts to one table with a row for each fit.

The seeds say which term stands in which model and what each outcome's sample is (`specification`). Rows stream from the
marts into designs (`loading`), every fit runs (`running`), and what was found becomes a table (`result_table`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from iapt_equity.statistics.result_table import result_schema
from iapt_equity.statistics.running import run_programme
from iapt_equity.statistics.specification import read_settings, read_specification


def run_from_relations(
    terms: Any,
    outcomes: Any,
    rules: Any,
    settings: Any,
    marts: Mapping[str, Any],
    *,
    progress: Callable[[str], None] | None = None,
) -> Any:
    """Run the programme that the seeds describe.

    Args:
        terms: DuckDB relation of the seed `regression_terms`.
        outcomes: DuckDB relation of the seed `regression_outcomes`.
        rules: DuckDB relation of `int_outcome_rules`.
        settings: DuckDB relation of the seed `regression_settings`.
        marts: DuckDB relations of the marts by name.
        progress: called with one line for each finished model.

    Returns:
        Arrow table with the schema of `result_schema`, ordered by analysis, outcome, model and estimator.

    Raises:
        DesignError: the seeds do not fit together, or a mart lacks a column.
    """
    import pyarrow as pa

    rows = [relation.to_arrow_table().to_pylist() for relation in (terms, outcomes, rules)]
    analyses = read_specification(*rows)
    chosen = read_settings(settings.to_arrow_table().to_pylist())
    records = run_programme(analyses, marts, chosen, progress=progress)
    records.sort(key=lambda row: (row["analysis"], row["outcome"], row["model"], row["estimator"]))
    return pa.Table.from_pylist(records, schema=result_schema())
