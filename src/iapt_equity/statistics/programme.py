"""The programme of staged regressions: from the seeds and the marts to one table with a row for each fit.

The seeds say which term stands in which model and what each outcome's sample is (`specification`). Rows stream from the
marts into designs (`loading`), every fit runs (`running`), and what was found becomes a table (`result_table`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class Inputs:
    """What every run of the programme takes: DuckDB relations of seeds and marts, and who hears how far it is."""

    terms: Any
    """Relation of the seed `regression_terms`."""
    outcomes: Any
    """Relation of the seed `regression_outcomes`."""
    rules: Any
    """Relation of `int_outcome_rules`."""
    settings: Any
    """Relation of the seed `regression_settings`."""
    marts: Mapping[str, Any]
    """Relations of the marts by name."""
    not_known_label: str = NOT_KNOWN
    """What the marts say where a characteristic is not known (variable `not_known_label`)."""
    progress: Callable[[str], None] | None = None
    """Called with one line for each finished model."""

    def analyses(self) -> tuple[Analysis, ...]:
        """The specification that the seeds hold.

        Raises:
            DesignError: the seeds do not fit together.
        """
        return read_specification(_rows(self.terms), _rows(self.outcomes), _rows(self.rules))


def run_from_relations(inputs: Inputs) -> Any:
    """Run the programme that the seeds describe.

    Args:
        inputs: seeds, settings and marts.

    Returns:
        Arrow table with the schema of `result_schema`, ordered by analysis, outcome, model and estimator.

    Raises:
        DesignError: the seeds do not fit together, or a mart lacks a column.
    """
    import pyarrow as pa

    records = _run(inputs.analyses(), inputs, read_settings(_rows(inputs.settings)))
    return pa.Table.from_pylist(records, schema=result_schema())


def run_alternatives_from_relations(inputs: Inputs, alternatives: Sequence[Any]) -> Any:
    """Run the alternatives to the programme that the seeds describe, single-level.

    Args:
        inputs: seeds, settings and marts.
        alternatives: DuckDB relations of the seeds `regression_alternatives`, `regression_alternative_terms` and
            `regression_alternative_levels`.

    Returns:
        Arrow table with the column `alternative` and those of `result_schema`, ordered by alternative, analysis,
        outcome and model.

    Raises:
        DesignError: the seeds do not fit together, or a mart lacks a column.
    """
    read = read_alternatives(inputs.analyses(), *(_rows(relation) for relation in alternatives))
    return _run_beside("alternative", read, inputs)


def run_additions_from_relations(inputs: Inputs, additions: Any) -> Any:
    """Run the models of the programme with terms added.

    Args:
        inputs: seeds, settings and marts.
        additions: DuckDB relation of the seed `regression_added_terms`.

    Returns:
        Arrow table with the column `addition` and those of `result_schema`, ordered by addition, analysis, outcome and
        model.

    Raises:
        DesignError: the seeds do not fit together, or a mart lacks a column.
    """
    return _run_beside("addition", read_additions(inputs.analyses(), _rows(additions)), inputs)


def _run_beside(label: str, read: Sequence[Alternative], inputs: Inputs) -> Any:
    """The results of analyses that stand beside the programme, each under its name in a column of its own."""
    import pyarrow as pa

    settings = replace(read_settings(_rows(inputs.settings)), has_common_predictions=False)
    records = []
    for one in read:
        records += [{label: one.name, **record} for record in _run([one.analysis], inputs, settings)]
    return pa.Table.from_pylist(records, schema=pa.schema([(label, pa.string()), *result_schema()]))


def _rows(relation: Any) -> list[dict[str, Any]]:
    return list(relation.to_arrow_table().to_pylist())


def _run(analyses: Sequence[Analysis], inputs: Inputs, settings: Settings) -> list[dict[str, Any]]:
    """The records of some analyses in order, with the marts' label of what is not known."""
    label = inputs.not_known_label
    known = {name: _with_our_label(relation, label) for name, relation in inputs.marts.items()}
    records = run_programme(analyses, known, settings, progress=inputs.progress)
    if label != NOT_KNOWN:
        records = [_with_their_label(record, label) for record in records]
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
