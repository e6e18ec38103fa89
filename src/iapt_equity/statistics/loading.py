"""From a mart to a design: rows stream from DuckDB as Arrow record batches of small integers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iapt_equity.statistics.design import NOT_KNOWN, Design, Term, build_design
from iapt_equity.statistics.errors import DesignError
from iapt_equity.statistics.specification import NOT_OBSERVED, Analysis, OutcomeRow, RuleRow, TermRow

_BATCH_ROWS = 500_000
_ARROW_TYPES = {"int16": "i2", "int32": "i4", "uint8": "u1", "double": "f8"}


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _level_order(label: str) -> tuple[int, float, str]:
    """Whole numbers in the order of their value, then everything else by its text."""
    return (0, float(label), "") if label.isdigit() else (1, 0.0, label)


@dataclass(frozen=True, slots=True)
class LoadedRows:
    """A design and what was left out on the way to it.

    Attributes:
        design: the coded rows.
        source_row_count: rows of the mart.
        not_observed_counts: by fate, rows left out because they were received outside the window or too recently.
        left_out_count: rows left out because a term whose policy is 'leave_out' is missing.
        sample_rule_counts: by outcome, rows not at risk of it by its rules.
        outcome_missing_counts: by outcome, rows on which it is not known by its rules, or missing.
    """

    design: Design
    source_row_count: int
    not_observed_counts: Mapping[str, int]
    left_out_count: int
    sample_rule_counts: Mapping[str, int]
    outcome_missing_counts: Mapping[str, int]


def load_design(relation: Any, analysis: Analysis, threads: int = 1) -> LoadedRows | None:
    """Stream the rows of an analysis from DuckDB into a design.

    Levels are coded by DuckDB (its enum type), so what arrives is a few small integers a row. Rows come in any order.

    Args:
        relation: a DuckDB relation with the columns that the analysis names.
        analysis: the analysis.
        threads: threads that code and sort the columns.

    Returns:
        The design, or None where no row is left.

    Raises:
        DesignError: the mart has no such column, or its rows changed while they were read.
    """
    _check_columns(relation, analysis)
    source_row_count, not_observed = _count_not_observed(relation, analysis.not_observed)
    rows = relation
    for rule in analysis.not_observed:
        rows = rows.filter(f"not ({_condition(rule)})")
    for term in analysis.terms:
        if term.missing_policy == "leave_out":
            for column in (term.source_column, term.since_column):
                rows = rows if column is None else rows.filter(f"{_quote(column)} is not null")
    coded = {term.term: term.source_column for term in analysis.terms if term.kind == "categorical"}
    cluster_column = analysis.outcomes[0].cluster_column
    if cluster_column:
        coded["cluster"] = cluster_column
    row_count, levels = _read_levels(rows, coded)
    if row_count == 0:
        return None
    expressions = [_level_expression(name, column, levels[name]) for name, column in coded.items()]
    expressions += [_numeric_expression(term) for term in analysis.terms if term.is_number]
    types = dict(zip(relation.columns, map(str, relation.types), strict=True))
    for outcome in analysis.outcomes:
        expressions += _outcome_expressions(outcome, types[outcome.outcome_column] == "BOOLEAN")
    arrays = _read_columns(rows.project(", ".join(expressions)), row_count)
    terms, columns = _terms(analysis, arrays, levels)
    outcomes, samples, by_rule, missing = {}, {}, {}, {}
    for outcome in analysis.outcomes:
        state = arrays.pop("state_" + outcome.outcome)
        outcomes[outcome.outcome] = arrays.pop("outcome_" + outcome.outcome)
        samples[outcome.outcome] = state == 0
        by_rule[outcome.outcome] = int(np.count_nonzero(state == 1))
        missing[outcome.outcome] = int(np.count_nonzero(state == 2))
    cluster = _with_not_known(arrays.pop("level_cluster"), levels["cluster"]) if cluster_column else None
    design = build_design(columns, terms, outcomes, samples, cluster, threads=threads)
    left_out = source_row_count - sum(not_observed.values()) - row_count
    return LoadedRows(design, source_row_count, not_observed, left_out, by_rule, missing)


def _condition(rule: RuleRow) -> str:
    """Whether the rule holds of a row, as SQL."""
    value = "null" if rule.value is None else _literal(rule.value)
    return f"cast({_quote(rule.column)} as varchar) is not distinct from {value}"


def _count_not_observed(relation: Any, rules: Sequence[RuleRow]) -> tuple[int, dict[str, int]]:
    """Rows of the mart, and by fate those that a rule leaves out, each counted under the first that holds."""
    earlier: list[str] = []
    counts = ["count(*)"]
    for rule in rules:
        condition = " and ".join([_condition(rule), *(f"not ({text})" for text in earlier)])
        counts.append(f"count(*) filter (where {condition})")
        earlier.append(_condition(rule))
    row_count, *found = relation.aggregate(", ".join(counts)).fetchall()[0]
    by_fate = dict.fromkeys(NOT_OBSERVED, 0)
    for rule, count in zip(rules, found, strict=True):
        by_fate[rule.fate] += int(count)
    return int(row_count), by_fate


def _check_columns(relation: Any, analysis: Analysis) -> None:
    needed = {term.source_column for term in analysis.terms}
    needed |= {term.since_column for term in analysis.terms if term.since_column}
    for outcome in analysis.outcomes:
        needed |= {outcome.outcome_column, *(rule.column for rule in outcome.rules)}
        if outcome.cluster_column:
            needed.add(outcome.cluster_column)
    absent = sorted(needed - set(relation.columns))
    if absent:
        raise DesignError(f"{analysis.source_model} has no column {', '.join(absent)}")


def _read_levels(rows: Any, coded: Mapping[str, str]) -> tuple[int, dict[str, list[str]]]:
    """Number of rows, and the levels of each column in order, 'not known' aside."""
    lists = (f"list(distinct cast({_quote(column)} as varchar))" for column in coded.values())
    row_count, *found = rows.aggregate(", ".join(["count(*)", *lists])).fetchall()[0]
    levels = {
        name: sorted({value for value in values or [] if value not in {None, NOT_KNOWN}}, key=_level_order)
        for name, values in zip(coded, found, strict=True)
    }
    return int(row_count), levels


def _level_expression(name: str, column: str, levels: list[str]) -> str:
    """Code of a level, -1 where it is not known."""
    coded = "null"
    if levels:
        members = ", ".join(_literal(level) for level in levels)
        coded = f"enum_code(try_cast(cast({_quote(column)} as varchar) as enum({members})))"
    # A reference level and 'not known' may still join the levels.
    kind = "smallint" if len(levels) < 2**15 - 2 else "integer"
    return f"cast(coalesce({coded}, -1) as {kind}) as {_quote('level_' + name)}"


def _numeric_expression(term: TermRow) -> str:
    """Value of a numeric term, NaN where it is missing."""
    value = _quote(term.source_column)
    if term.since_column:
        value = f"datediff('day', {_quote(term.since_column)}, {value})"
    return f"coalesce(cast({value} as double), 'nan'::double) as {_quote('value_' + term.term)}"


def _outcome_expressions(outcome: OutcomeRow, is_boolean: bool) -> list[str]:
    """State of each row (0 in the sample, 1 not at risk, 2 outcome not known or missing), and its outcome."""
    # Fewer bytes where they suffice: clearing fresh memory is a good part of the cost of reading.
    kind = "utinyint" if is_boolean else "double"
    states = {"not_at_risk": 1, "unknown": 2, "counted_as_no": 0}
    state = "".join(
        f"when {_condition(rule)} then {states[rule.fate]} " for rule in outcome.rules if rule.fate in states
    )
    value = _quote(outcome.outcome_column)
    return [
        f"cast(case {state}when {value} is null then 2 else 0 end as utinyint) as {_quote('state_' + outcome.outcome)}",
        f"coalesce(cast({value} as {kind}), 0::{kind}) as {_quote('outcome_' + outcome.outcome)}",
    ]


def _read_columns(relation: Any, row_count: int) -> dict[str, NDArray[Any]]:
    """Read a relation of numbers without nulls into arrays, batch by batch."""
    reader = relation.to_arrow_reader(_BATCH_ROWS)
    arrays: dict[str, NDArray[Any]] = {}
    filled = 0
    for batch in reader:
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if column.null_count:
                raise DesignError(f"column {name!r}: {column.null_count} nulls where none can be")
            # Straight from the buffer: pyarrow's own way to numpy imports pandas.
            kind = np.dtype(_ARROW_TYPES[str(column.type)])
            values = np.frombuffer(column.buffers()[1], kind, len(column), column.offset * kind.itemsize)
            if name not in arrays:
                arrays[name] = np.empty(row_count, dtype=kind)
            arrays[name][filled : filled + batch.num_rows] = values
        filled += batch.num_rows
    if filled != row_count:
        raise DesignError("the rows changed while they were read")
    return arrays


def _terms(
    analysis: Analysis, arrays: dict[str, NDArray[Any]], levels: Mapping[str, list[str]]
) -> tuple[list[Term], dict[str, Any]]:
    """Terms of the design and their columns, taken out of `arrays`."""
    terms: list[Term] = []
    columns: dict[str, Any] = {}
    for row in analysis.terms:
        if row.kind == "bands":
            labels = [level.level for level in row.levels]
            terms.append(Term(row.term, "categorical", row.reference_level, levels=tuple(labels)))
            columns[row.term] = (_bands(row, arrays.pop("value_" + row.term)), labels)
        elif row.kind == "categorical":
            codes, labels = _with_not_known(*_together(row, arrays.pop("level_" + row.term), levels[row.term]))
            # A reference that no row has is put among the levels: the fit says so and compares with another.
            reference = row.reference_level
            if reference is not None and reference not in labels:
                labels = [*labels, reference]
            terms.append(Term(row.term, "categorical", reference, levels=tuple(labels)))
            columns[row.term] = (codes, labels)
        else:
            terms.append(Term(row.term, "numeric", unit=row.unit))
            columns[row.term] = arrays.pop("value_" + row.term)
    return terms, columns


def _bands(term: TermRow, values: NDArray[Any]) -> NDArray[np.int64]:
    """Band of each number, shape (n,). Raises DesignError where numbers lie in none."""
    codes = np.full(len(values), -1, dtype=np.int64)
    for position, level in enumerate(term.levels):
        low = -np.inf if level.lowest is None else level.lowest
        codes[(values >= low) & (values <= (np.inf if level.highest is None else level.highest))] = position
    outside = int(np.count_nonzero(codes < 0))
    if outside:
        raise DesignError(f"term {term.term!r}: {outside} values in no band")
    return codes


def _together(term: TermRow, codes: NDArray[Any], labels: list[str]) -> tuple[NDArray[Any], list[str]]:
    """Codes and labels with the levels put together that the term says; one that it does not name stays itself."""
    if not term.levels:
        return codes, labels
    named = {level.recorded: level.level for level in term.levels}
    wanted = [named.get(label, label) for label in labels]
    kept = sorted(set(wanted), key=_level_order)
    lookup = np.array([*(kept.index(label) for label in wanted), -1], dtype=codes.dtype)
    return np.take(lookup, codes, mode="wrap"), kept  # code -1 reads the last cell of the table


def _with_not_known(codes: NDArray[Any], labels: list[str]) -> tuple[NDArray[Any], list[str]]:
    """Codes and labels with the level 'not known' where a code is below zero, or where there is no level at all."""
    if labels and not bool(np.any(codes < 0)):
        return codes, labels
    labels = [*labels, NOT_KNOWN]
    return np.where(codes < 0, len(labels) - 1, codes), labels
