"""The programme of staged regressions: from the seeds and the marts to one table with a row for each fit.

The seeds say which term stands in which model and what each outcome's sample is (`specification`). Rows stream from the
marts into designs (`loading`), every fit runs (`running`), and what was found becomes a table (`result_table`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from iapt_equity.statistics.design import NOT_KNOWN
from iapt_equity.statistics.result_table import result_schema
from iapt_equity.statistics.running import run_programme
from iapt_equity.statistics.specification import (
    Alternative,
    Analysis,
    Settings,
    read_additions,
    read_alternatives,
    read_settings,
    read_specification,
)


def run_from_relations(
    terms: Any,
    outcomes: Any,
    rules: Any,
    settings: Any,
    marts: Mapping[str, Any],
    *,
    not_known_label: str = NOT_KNOWN,
    progress: Callable[[str], None] | None = None,
) -> Any:
    """Run the programme that the seeds describe.

    Args:
        terms: DuckDB relation of the seed `regression_terms`.
        outcomes: DuckDB relation of the seed `regression_outcomes`.
        rules: DuckDB relation of `int_outcome_rules`.
        settings: DuckDB relation of the seed `regression_settings`.
        marts: DuckDB relations of the marts by name.
        not_known_label: What the marts say where a characteristic is not known (variable `not_known_label`).
        progress: called with one line for each finished model.

    Returns:
        Arrow table with the schema of `result_schema`, ordered by analysis, outcome, model and estimator.

    Raises:
        DesignError: the seeds do not fit together, or a mart lacks a column.
    """
    import pyarrow as pa

    analyses = read_specification(_rows(terms), _rows(outcomes), _rows(rules))
    records = _run(analyses, marts, read_settings(_rows(settings)), not_known_label, progress)
    return pa.Table.from_pylist(records, schema=result_schema())


def run_alternatives_from_relations(
    terms: Any,
    outcomes: Any,
    rules: Any,
    settings: Any,
    alternatives: Sequence[Any],
    marts: Mapping[str, Any],
    *,
    not_known_label: str = NOT_KNOWN,
    progress: Callable[[str], None] | None = None,
) -> Any:
    """Run the alternatives to the programme that the seeds describe, single-level.

    Args:
        terms: DuckDB relation of the seed `regression_terms`.
        outcomes: DuckDB relation of the seed `regression_outcomes`.
        rules: DuckDB relation of `int_outcome_rules`.
        settings: DuckDB relation of the seed `regression_settings`.
        alternatives: DuckDB relations of the seeds `regression_alternatives`, `regression_alternative_terms` and
            `regression_alternative_levels`.
        marts: DuckDB relations of the marts by name.
        not_known_label: What the marts say where a characteristic is not known (variable `not_known_label`).
        progress: called with one line for each finished model.

    Returns:
        Arrow table with the column `alternative` and those of `result_schema`, ordered by alternative, analysis,
        outcome and model.

    Raises:
        DesignError: the seeds do not fit together, or a mart lacks a column.
    """
    analyses = read_specification(_rows(terms), _rows(outcomes), _rows(rules))
    read = read_alternatives(analyses, *(_rows(relation) for relation in alternatives))
    return _run_beside("alternative", read, marts, read_settings(_rows(settings)), not_known_label, progress)


def run_additions_from_relations(
    terms: Any,
    outcomes: Any,
    rules: Any,
    settings: Any,
    additions: Any,
    marts: Mapping[str, Any],
    *,
    not_known_label: str = NOT_KNOWN,
    progress: Callable[[str], None] | None = None,
) -> Any:
    """Run the models of the programme with terms added.

    Args:
        terms: DuckDB relation of the seed `regression_terms`.
        outcomes: DuckDB relation of the seed `regression_outcomes`.
        rules: DuckDB relation of `int_outcome_rules`.
        settings: DuckDB relation of the seed `regression_settings`.
        additions: DuckDB relation of the seed `regression_added_terms`.
        marts: DuckDB relations of the marts by name.
        not_known_label: What the marts say where a characteristic is not known (variable `not_known_label`).
        progress: called with one line for each finished model.

    Returns:
        Arrow table with the column `addition` and those of `result_schema`, ordered by addition, analysis, outcome and
        model.

    Raises:
        DesignError: the seeds do not fit together, or a mart lacks a column.
    """
    analyses = read_specification(_rows(terms), _rows(outcomes), _rows(rules))
    read = read_additions(analyses, _rows(additions))
    return _run_beside("addition", read, marts, read_settings(_rows(settings)), not_known_label, progress)


def _run_beside(
    label: str,
    read: Sequence[Alternative],
    marts: Mapping[str, Any],
    settings: Settings,
    not_known_label: str,
    progress: Callable[[str], None] | None,
) -> Any:
    """The results of analyses that stand beside the programme, each under its name in a column of its own."""
    import pyarrow as pa

    chosen = replace(settings, has_common_predictions=False)
    records = []
    for one in read:
        found = _run([one.analysis], marts, chosen, not_known_label, progress)
        records += [{label: one.name, **record} for record in found]
    return pa.Table.from_pylist(records, schema=pa.schema([(label, pa.string()), *result_schema()]))


def _rows(relation: Any) -> list[dict[str, Any]]:
    return list(relation.to_arrow_table().to_pylist())


def _run(
    analyses: Sequence[Analysis],
    marts: Mapping[str, Any],
    settings: Settings,
    not_known_label: str,
    progress: Callable[[str], None] | None,
) -> list[dict[str, Any]]:
    """The records of some analyses in order, with the marts' label of what is not known."""
    known = {name: _with_our_label(relation, not_known_label) for name, relation in marts.items()}
    records = run_programme(analyses, known, settings, progress=progress)
    if not_known_label != NOT_KNOWN:
        records = [_with_their_label(record, not_known_label) for record in records]
    records.sort(key=lambda row: (row["analysis"], row["outcome"], row["model"], row["estimator"]))
    return records


def _with_our_label(relation: Any, label: str) -> Any:
    """The relation with the label that stands for not known in its text replaced by the one that the designs know."""
    texts = [name for name, kind in zip(relation.columns, relation.types, strict=True) if str(kind) == "VARCHAR"]
    if label == NOT_KNOWN or not texts:
        return relation
    theirs = "'" + label.replace("'", "''") + "'"
    columns = (f'case when "{name}" = {theirs} then \'{NOT_KNOWN}\' else "{name}" end as "{name}"' for name in texts)
    return relation.project(f"* replace ({', '.join(columns)})")


def _with_their_label(found: Any, label: str) -> Any:
    """Results with the label of the marts where a level is the one not known."""
    if isinstance(found, dict):
        return {
            name: label
            if name in ("level", "reference_level") and value == NOT_KNOWN
            else _with_their_label(value, label)
            for name, value in found.items()
        }
    return [_with_their_label(one, label) for one in found] if isinstance(found, list) else found
