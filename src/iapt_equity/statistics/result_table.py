"""The table of results: one row a fit, with its estimates and other details as nested lists."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import dataclass, fields
from importlib import metadata
from typing import Any

import numpy as np

from iapt_equity.statistics.comparison import CoefficientChange, ModelComparison
from iapt_equity.statistics.design import Design
from iapt_equity.statistics.loading import LoadedRows
from iapt_equity.statistics.predictions import average_adjusted_predictions
from iapt_equity.statistics.results import Coefficient, Fit
from iapt_equity.statistics.slopes import Slopes
from iapt_equity.statistics.specification import ETHNIC_TERM, Analysis, OutcomeRow, Settings
from iapt_equity.statistics.years import Years

#: Columns that a task of its own fills, where there is one.
_NOTHING_BESIDE: dict[str, Any] = {
    "common_observation_count": None,
    "common_event_count": None,
    "common_predictions": [],
    "year_estimates": [],
    "year_changes": [],
    "year_tests": [],
    "group_slopes": [],
    "slope_tests": [],
}


@dataclass(frozen=True, slots=True)
class Step:
    """One staged model of an analysis."""

    analysis: Analysis
    loaded: LoadedRows
    number: int
    names: tuple[str, ...]
    complete_for: tuple[str, ...]
    settings: Settings

    @property
    def earlier(self) -> int | None:
        """Number of the model before, or None for the first."""
        return max((number for number in self.analysis.model_numbers if number < self.number), default=None)


def package_versions() -> str:
    """Versions of what made the numbers, as 'name version', joined by commas."""
    names = ("duckdb", "iapt-equity", "numpy", "pyarrow", "scipy")
    found = []
    for name in names:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            found.append(f"{name} unknown")
    return ", ".join([*found, f"python {platform.python_version()}"])


def fit_record(
    step: Step,
    design: Design,
    outcome: OutcomeRow,
    fit: Fit,
    comparison: ModelComparison,
    changes: Sequence[CoefficientChange],
) -> dict[str, Any]:
    """One row of the results table: values by column, as `result_schema` describes.

    Args:
        step: the staged model and the rows it was loaded from.
        design: the rows or collapsed units that were fitted.
        outcome: the outcome.
        fit: the fit.
        comparison: the fit against the model before it.
        changes: changes of the ethnic contrasts from the model before it.
    """
    analysis, loaded, earlier = step.analysis, step.loaded, step.earlier
    return {
        "analysis": analysis.name,
        "outcome": outcome.outcome,
        "model": f"model_{step.number}",
        "estimator": fit.estimator,
        "formula": f"{outcome.outcome_column} ~ " + " + ".join(step.names),
        "sample": f"{outcome.source_model} where " + " and ".join(_conditions(step, outcome)),
        "source_row_count": loaded.source_row_count,
        **{f"{fate}_count": count for fate, count in loaded.not_observed_counts.items()},
        "left_out_count": loaded.left_out_count,
        "left_out_by_rule_count": loaded.sample_rule_counts[outcome.outcome],
        "missing_outcome_count": loaded.outcome_missing_counts[outcome.outcome],
        "missing_numeric_count": _dropped_count(loaded, outcome, fit),
        "missing_counts": json.dumps({key: _missing_count(loaded.design, key) for key in step.names}, sort_keys=True),
        "observation_count": round(fit.observation_count),
        "event_count": None if np.isnan(fit.event_count) else round(fit.event_count),
        "unit_count": design.row_count,
        "parameter_count": fit.parameter_count,
        "log_likelihood": _number(fit.log_likelihood),
        "null_log_likelihood": _number(fit.null_log_likelihood),
        "residual_variance": _number(fit.residual_variance),
        "status": fit.status,
        "is_converged": fit.converged,
        "iteration_count": fit.iterations,
        "notes": "; ".join(fit.notes) or None,
        "input_fingerprint": loaded.design.fingerprint,
        "package_versions": package_versions(),
        "estimates": [estimate_record(coefficient) for coefficient in fit.coefficients],
        "variance_components": [] if fit.variance is None else [numbers(fit.variance)],
        "random_effects": _random_effect_records(fit),
        "predicted_probabilities": prediction_records(fit, step.settings),
        "model_comparison": {
            "previous_model": None if earlier is None else f"model_{earlier}",
            **_comparison_record(comparison),
        },
        "coefficient_changes": [numbers(change) for change in changes],
        **_NOTHING_BESIDE,
    }


def prediction_records(fit: Fit, settings: Settings) -> list[dict[str, Any]]:
    """Average adjusted predictions of the ethnic groups as records."""
    predictions = average_adjusted_predictions(fit, ETHNIC_TERM, confidence=settings.confidence)
    return [{"term": ETHNIC_TERM, **numbers(prediction)} for prediction in predictions]


def common_record(fit: Fit, predictions: list[dict[str, Any]]) -> dict[str, Any]:
    """What a model says of the rows that all models of its outcome have, as the columns of its row."""
    return {
        "common_observation_count": round(fit.observation_count),
        "common_event_count": None if np.isnan(fit.event_count) else round(fit.event_count),
        "common_predictions": predictions,
    }


def _year_record(coefficient: Coefficient) -> dict[str, Any]:
    """A contrast of the group as a record; its term and step are the same everywhere."""
    return {name: value for name, value in estimate_record(coefficient).items() if name not in {"term", "unit"}}


def year_records(years: Years, term: str) -> dict[str, Any]:
    """What a model says of the years, as the columns of its row: contrasts by year, changes a year, joint tests."""
    return {
        "year_estimates": [
            {
                "financial_year": one.year,
                "observation_count": round(one.fit.observation_count),
                "event_count": round(one.fit.event_count),
                **_year_record(coefficient),
            }
            for one in years.fits
            for coefficient in one.fit.coefficients
            if coefficient.term == term
        ],
        "year_changes": [
            {"change_per_year": record.pop("estimate"), **record} for record in map(_year_record, years.changes)
        ],
        "year_tests": [
            {
                **numbers(test),
                "observation_count": round(test.observation_count),
                "event_count": round(test.event_count),
            }
            for test in years.tests
        ],
    }


def slope_records(slopes: Slopes) -> dict[str, Any]:
    """What a model says of a number in each group, as the columns of its row: slopes and their joint test."""
    by_level, test = [numbers(one) for one in slopes.by_level], numbers(slopes.test)
    for record in by_level:
        record["slope_estimator"] = slopes.estimator
        record["estimate_status"] = record.pop("status")
        record["level_observation_count"] = _whole(record.pop("observation_count"))
        record["level_event_count"] = _whole(record.pop("event_count"))
    counts = {name: _whole(test[name]) for name in ("observation_count", "event_count")}
    return {"group_slopes": by_level, "slope_tests": [{"slope_estimator": slopes.estimator, **test, **counts}]}


def _whole(count: float | None) -> int | None:
    return None if count is None else round(count)


def _conditions(step: Step, outcome: OutcomeRow) -> list[str]:
    """Conditions of the sample in words: what must be known, what leaves a row out, and complete cases."""
    columns = {term.term: term for term in step.analysis.terms}
    known = [columns[name].source_column for name in step.names if columns[name].missing_policy == "leave_out"]
    complete = [name for name in step.complete_for if columns[name].missing_policy == "complete_case"]
    return [
        *(f"{column} is known" for column in known),
        *(
            f"{rule.column} is known" if rule.value is None else f"not ({rule.column} = {rule.value})"
            for rule in outcome.rules
            if rule.fate != "counted_as_no"
        ),
        *(f"{name} is known" for name in complete),
    ]


def _comparison_record(comparison: ModelComparison) -> dict[str, Any]:
    """A comparison as a record; where two models cannot be compared nothing is said of a difference."""
    record = numbers(comparison)
    if record["likelihood_ratio"] is None:
        record |= {"degrees_of_freedom": None, "pseudo_r_squared_change": None, "aic_change": None}
    return record


def numbers(result: Any) -> dict[str, Any]:
    """Fields of a result, numbers without a value as None."""
    return {
        name: _number(value) if isinstance(value, float) else value
        for name, value in ((field.name, getattr(result, field.name)) for field in fields(result))
    }


def _random_effect_records(fit: Fit) -> list[dict[str, Any]]:
    effects = fit.random_effects
    if effects is None:
        return []
    return [
        {
            "cluster": label,
            "effect": float(effects.effect[i]),
            "standard_error": float(effects.standard_error[i]),
            "confidence_low": float(effects.confidence_low[i]),
            "confidence_high": float(effects.confidence_high[i]),
            "cluster_observation_count": round(float(effects.observation_count[i])),
        }
        for i, label in enumerate(effects.labels)
    ]


def _missing_count(design: Design, name: str) -> int:
    """Rows of the analysis on which a term is missing (numeric) or at the level 'not known' (categorical)."""
    for numeric in design.numerics:
        if numeric.name == name:
            return numeric.missing_count
    return design.factors[design.factor_index(name)].not_known_count


def _dropped_count(loaded: LoadedRows, outcome: OutcomeRow, fit: Fit) -> int:
    """Rows of the outcome's sample that the model leaves out because a numeric term is missing."""
    return loaded.design.outcomes[outcome.outcome].observation_count - round(fit.observation_count)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def estimate_record(coefficient: Coefficient) -> dict[str, Any]:
    """A coefficient as a record, numbers without a value as None."""
    return {
        "term": coefficient.term,
        "level": coefficient.level,
        "reference_level": coefficient.reference_level,
        "unit": coefficient.unit,
        "estimate": _number(coefficient.estimate),
        "standard_error": _number(coefficient.standard_error),
        "confidence_low": _number(coefficient.confidence_low),
        "confidence_high": _number(coefficient.confidence_high),
        "p_value": _number(coefficient.p_value),
        "p_value_holm": _number(coefficient.p_value_holm),
        "estimate_status": coefficient.status,
        "level_observation_count": round(coefficient.observation_count),
        "level_event_count": None if np.isnan(coefficient.event_count) else round(coefficient.event_count),
    }


def _year_columns(estimate: Any) -> list[tuple[str, Any]]:
    """Names and Arrow types of the columns on the years, from the type of an estimate."""
    import pyarrow as pa

    text, whole, real = pa.string(), pa.int64(), pa.float64()
    contrast = [field for field in estimate if field.name not in {"term", "unit"}]
    by_year = [("financial_year", text), ("observation_count", whole), ("event_count", whole), *contrast]
    change = [field.with_name("change_per_year") if field.name == "estimate" else field for field in contrast]
    counts = ("degrees_of_freedom", "observation_count", "event_count", "year_count")
    test = [("test", text), ("status", text), ("likelihood_ratio", real), ("p_value", real)]
    test += [(name, whole) for name in counts]
    types = (("year_estimates", by_year), ("year_changes", change), ("year_tests", test))
    return [(name, pa.list_(pa.struct(fields))) for name, fields in types]


def _slope_columns() -> list[tuple[str, Any]]:
    """Names and Arrow types of the columns on the slopes of a number by ethnic group."""
    import pyarrow as pa

    def fields_of(names: str, kind: Any) -> list[tuple[str, Any]]:
        return [(name, kind) for name in names.split()]

    slope = fields_of("slope_estimator level reference_level estimate_status", pa.string())
    slope += fields_of("unit level_deviation slope standard_error confidence_low confidence_high p_value", pa.float64())
    slope += fields_of("difference difference_standard_error difference_low difference_high", pa.float64())
    slope += fields_of("difference_p_value difference_p_value_holm", pa.float64())
    slope += fields_of("level_observation_count level_event_count", pa.int64())
    test = fields_of("slope_estimator status", pa.string()) + fields_of("likelihood_ratio p_value", pa.float64())
    test += fields_of("degrees_of_freedom observation_count event_count", pa.int64())
    return [("group_slopes", pa.list_(pa.struct(slope))), ("slope_tests", pa.list_(pa.struct(test)))]


def result_schema() -> Any:
    """Arrow schema of the results: one row a fit, with its estimates and other details as nested lists."""
    import pyarrow as pa

    text, whole, real, flag = pa.string(), pa.int64(), pa.float64(), pa.bool_()

    def record(texts: str, reals: str, wholes: str = "", flags: str = "") -> Any:
        kinds = ((texts, text), (reals, real), (wholes, whole), (flags, flag))
        return pa.struct([(name, kind) for names, kind in kinds for name in names.split()])

    estimate = record(
        "term level reference_level estimate_status",
        "unit estimate standard_error confidence_low confidence_high p_value p_value_holm",
        "level_observation_count level_event_count",
    )
    variance = record(
        "interval_method",
        "variance variance_low variance_high residual_variance icc icc_low icc_high",
        "cluster_count",
        "is_singular",
    )
    random_effect = record(
        "cluster", "effect standard_error confidence_low confidence_high", "cluster_observation_count"
    )
    prediction = record(
        "term level reference_level population",
        "prediction standard_error confidence_low confidence_high difference difference_standard_error difference_low "
        "difference_high difference_p_value",
    )
    comparison = record(
        "previous_model",
        "likelihood_ratio p_value aic bic aic_change pseudo_r_squared pseudo_r_squared_change",
        "degrees_of_freedom",
    )
    change = record(
        "term level",
        "smaller_estimate larger_estimate change standard_error confidence_low confidence_high p_value",
    )
    return pa.schema(
        [
            ("analysis", text), ("outcome", text), ("model", text), ("estimator", text), ("formula", text),
            ("sample", text), ("source_row_count", whole), ("outside_window_count", whole),
            ("too_recent_count", whole), ("left_out_count", whole),
            ("left_out_by_rule_count", whole), ("missing_outcome_count", whole), ("missing_numeric_count", whole),
            ("missing_counts", text), ("observation_count", whole), ("event_count", whole), ("unit_count", whole),
            ("parameter_count", whole), ("log_likelihood", real), ("null_log_likelihood", real),
            ("residual_variance", real), ("status", text), ("is_converged", flag), ("iteration_count", whole),
            ("notes", text), ("input_fingerprint", text), ("package_versions", text),
            ("estimates", pa.list_(estimate)), ("variance_components", pa.list_(variance)),
            ("random_effects", pa.list_(random_effect)), ("predicted_probabilities", pa.list_(prediction)),
            ("common_observation_count", whole), ("common_event_count", whole),
            ("common_predictions", pa.list_(prediction)),
            ("model_comparison", comparison), ("coefficient_changes", pa.list_(change)),
            *_year_columns(estimate), *_slope_columns(),
        ]
    )  # fmt: skip
