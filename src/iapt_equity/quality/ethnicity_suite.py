"""The Great Expectations suite over ``quality.ethnicity_recording``.

What is checked stands here, one :class:`Check` each. How much is enough, and how bad a failure is, stands in the seed
``ethnicity_expectation_thresholds``: a row for a check and a provider size band, with limits, the share of rows that
must keep them, and a severity. A check without a row is not run; a row without a check is an error.

The library is imported inside :func:`validate_ethnicity_recording`: it takes seconds to load, and its reporting over
the network is switched off first. Results carry no run id, time or batch id, so equal input gives equal results.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import pyarrow as pa

SUITE_NAME = "ethnicity_recording"
ALL_BANDS = "all"
SEVERITIES = frozenset({"warning", "critical"})

RESULT_SCHEMA = pa.schema(
    [
        ("suite", pa.string()),
        ("expectation", pa.string()),
        ("provider_size_band", pa.string()),
        ("expectation_type", pa.string()),
        ("column_name", pa.string()),
        ("severity", pa.string()),
        ("success", pa.bool_()),
        ("observed_value", pa.float64()),
        ("threshold", pa.float64()),
        ("minimum", pa.float64()),
        ("maximum", pa.float64()),
        ("row_count", pa.int64()),
        ("unexpected_count", pa.int64()),
        ("meaning", pa.string()),
    ]
)


class ThresholdError(ValueError):
    """The seed of thresholds and the suite do not fit each other."""


@dataclass(frozen=True)
class Limits:
    """One row of the seed: limits on values (None: open) and the share of rows, 0 to 1, that must keep them."""

    expectation: str
    provider_size_band: str
    minimum: float | None
    maximum: float | None
    minimum_share: float
    severity: str


@dataclass(frozen=True)
class Check:
    """One expectation: what it looks at, what it means, and how it is built from its limits.

    ``rows`` is 'provider_months' (the mart as it is) or 'totals' (one row for all records, whose value itself is the
    observed value; for the others the observed value is the share of rows that keep the limits).
    """

    name: str
    column_name: str
    meaning: str
    build: Callable[[Any, Limits], Any]
    rows: Literal["provider_months", "totals"] = "provider_months"


def _between(column: str) -> Callable[[Any, Limits], Any]:
    def build(expectations: Any, limits: Limits) -> Any:
        return expectations.ExpectColumnValuesToBeBetween(
            column=column, min_value=limits.minimum, max_value=limits.maximum, mostly=limits.minimum_share
        )

    return build


def _mean_between(column: str) -> Callable[[Any, Limits], Any]:
    def build(expectations: Any, limits: Limits) -> Any:
        return expectations.ExpectColumnMeanToBeBetween(
            column=column, min_value=limits.minimum, max_value=limits.maximum
        )

    return build


def _not_null(column: str) -> Callable[[Any, Limits], Any]:
    def build(expectations: Any, limits: Limits) -> Any:
        return expectations.ExpectColumnValuesToNotBeNull(column=column, mostly=limits.minimum_share)

    return build


def _unique(columns: list[str]) -> Callable[[Any, Limits], Any]:
    def build(expectations: Any, limits: Limits) -> Any:
        return expectations.ExpectCompoundColumnsToBeUnique(column_list=columns, mostly=limits.minimum_share)

    return build


def _equal(column: str, other: str) -> Callable[[Any, Limits], Any]:
    def build(expectations: Any, limits: Limits) -> Any:
        return expectations.ExpectColumnPairValuesToBeEqual(
            column_A=column, column_B=other, mostly=limits.minimum_share
        )

    return build


def _at_least(column: str, other: str) -> Callable[[Any, Limits], Any]:
    def build(expectations: Any, limits: Limits) -> Any:
        return expectations.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A=column, column_B=other, or_equal=True, mostly=limits.minimum_share
        )

    return build


def _is_true(column: str) -> Callable[[Any, Limits], Any]:
    def build(expectations: Any, limits: Limits) -> Any:
        return expectations.ExpectColumnValuesToBeInSet(column=column, value_set=[True], mostly=limits.minimum_share)

    return build


CHECKS: tuple[Check, ...] = (
    Check("provider_is_known", "provider_code", "Every row names its provider.", _not_null("provider_code")),
    Check("month_is_known", "reporting_month", "Every row names its month.", _not_null("reporting_month")),
    Check(
        "one_row_per_provider_and_month",
        "provider_code, reporting_month",
        "A provider has one row a month.",
        _unique(["provider_code", "reporting_month"]),
    ),
    Check("records_are_counted", "record_count", "A row stands for at least one record.", _between("record_count")),
    Check(
        "statuses_add_up",
        "record_count",
        "The five recording statuses add up to the records.",
        _equal("record_count", "status_total_count"),
    ),
    Check("completeness_is_a_share", "completeness", "Completeness is a share.", _between("completeness")),
    Check("validity_is_a_share", "validity", "Validity is a share.", _between("validity")),
    Check(
        "useful_code_share_is_a_share",
        "useful_code_share",
        "The share of useful codes is a share.",
        _between("useful_code_share"),
    ),
    Check(
        "valid_codes_are_codes",
        "valid_count",
        "No more records have a valid code than have any code.",
        _at_least("any_code_count", "valid_count"),
    ),
    Check(
        "useful_codes_are_valid",
        "useful_count",
        "No more records have a useful code than have a valid one.",
        _at_least("valid_count", "useful_count"),
    ),
    Check(
        "overall_validity",
        "validity",
        "Enough of all records have a valid ethnic category for groups to be compared.",
        _mean_between("overall_validity"),
        rows="totals",
    ),
    Check(
        "completeness_is_high", "completeness", "Most providers send a code for most people.", _between("completeness")
    ),
    Check("validity_is_high", "validity", "Most providers send a valid ethnic category.", _between("validity")),
    Check(
        "useful_codes_are_common",
        "useful_code_share",
        "Most providers send a specific category rather than an 'other' one.",
        _between("useful_code_share"),
    ),
    Check("not_stated_is_rare", "not_stated_share", "Few people are down as not stated.", _between("not_stated_share")),
    Check("invalid_codes_are_rare", "invalid_share", "Few codes are outside the code list.", _between("invalid_share")),
    Check(
        "validity_is_steady",
        "validity_change",
        "Validity does not jump from one month to the next.",
        _between("validity_change"),
    ),
    Check(
        "records_do_not_collapse",
        "record_count_change",
        "A provider's records do not collapse from one month to the next, as in a cut-off file.",
        _between("record_count_change"),
    ),
    Check(
        "months_follow_each_other",
        "is_next_month_or_first",
        "A provider leaves no month out.",
        _is_true("is_next_month_or_first"),
    ),
)


def read_limits(thresholds: pd.DataFrame) -> list[Limits]:
    """The rows of the seed, checked against the suite.

    Args:
        thresholds: one row per expectation and provider size band, with the columns expectation, provider_size_band,
            minimum, maximum, minimum_share, severity (others are ignored).

    Returns:
        The limits, ordered by expectation and band.

    Raises:
        ThresholdError: an unknown expectation or severity, a share outside 0 to 1, or a pair that stands twice.
    """
    known = {check.name for check in CHECKS}
    limits = [
        Limits(
            expectation=str(row.expectation),
            provider_size_band=str(row.provider_size_band),
            minimum=_number(row.minimum),
            maximum=_number(row.maximum),
            minimum_share=1.0 if (share := _number(row.minimum_share)) is None else share,
            severity=str(row.severity),
        )
        for row in thresholds.itertuples(index=False)
    ]
    for row in limits:
        place = f"ethnicity_expectation_thresholds, {row.expectation}, {row.provider_size_band}"
        if row.expectation not in known:
            raise ThresholdError(f"{place}: no such expectation; known are {', '.join(sorted(known))}")
        if row.severity not in SEVERITIES:
            raise ThresholdError(f"{place}: severity '{row.severity}' is neither warning nor critical")
        if not 0 <= row.minimum_share <= 1:
            raise ThresholdError(f"{place}: minimum_share {row.minimum_share} is not between 0 and 1")
    pairs = [(row.expectation, row.provider_size_band) for row in limits]
    twice = sorted({pair for pair in pairs if pairs.count(pair) > 1})
    if twice:
        raise ThresholdError(f"ethnicity_expectation_thresholds, {', '.join(twice[0])}: stands more than once")
    return sorted(limits, key=lambda row: (row.expectation, row.provider_size_band))


def validate_ethnicity_recording(recording: pd.DataFrame, thresholds: pd.DataFrame) -> pa.Table:
    """Runs the suite and returns its results as a table.

    Args:
        recording: ``quality.ethnicity_recording``, one row per provider and month.
        thresholds: the seed ``ethnicity_expectation_thresholds``.

    Returns:
        One row per row of ``thresholds``, with the columns of :data:`RESULT_SCHEMA`, ordered by expectation and band.
        ``observed_value`` and ``threshold`` are shares of rows (0 to 1); for a check on totals they are the value and
        its minimum. ``row_count`` is the rows looked at (rows whose value is null are left out); without any row
        ``observed_value`` is null and the expectation holds.

    Raises:
        ThresholdError: as in :func:`read_limits`.
        RuntimeError: an expectation could not be evaluated.
    """
    limits = read_limits(thresholds)
    frames = _frames(recording)
    checks = {check.name: check for check in CHECKS}
    results: list[dict[str, Any]] = []
    expectations, validate = _great_expectations()
    by_place: dict[tuple[str, str], list[Limits]] = {}
    for row in limits:
        by_place.setdefault((checks[row.expectation].rows, row.provider_size_band), []).append(row)
    for (rows, band), group in sorted(by_place.items()):
        frame = frames[rows]
        if band != ALL_BANDS:
            frame = frame[frame["provider_size_band"] == band].reset_index(drop=True)
        built = {}
        for row in group:
            built[row.expectation] = checks[row.expectation].build(expectations, row)
            built[row.expectation].meta = {"expectation": row.expectation}
            built[row.expectation].severity = row.severity
        outcome = validate(frame, f"{SUITE_NAME}, {rows}, {band}", built.values()) if len(frame) else {}
        for row in group:
            expectation_type = built[row.expectation].expectation_type
            results.append(_result(checks[row.expectation], row, expectation_type, outcome.get(row.expectation)))
    results.sort(key=lambda result: (result["expectation"], result["provider_size_band"]))
    return pa.Table.from_pylist(results, schema=RESULT_SCHEMA)


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _frames(recording: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The mart with the two sums that are compared, and one row of totals (none without records)."""
    statuses = ["valid_count", "not_stated_count", "not_known_count", "invalid_count", "missing_count"]
    provider_months = recording.assign(
        status_total_count=recording[statuses].sum(axis=1),
        any_code_count=recording["record_count"] - recording["missing_count"],
    ).reset_index(drop=True)
    records = float(recording["record_count"].sum())
    share = [float(recording["valid_count"].sum()) / records] if records > 0 else []
    totals = pd.DataFrame({"overall_validity": pd.Series(share, dtype="float64")})
    return {"provider_months": provider_months, "totals": totals}


def _great_expectations() -> tuple[Any, Callable[[pd.DataFrame, str, Iterable[Any]], dict[str, Any]]]:
    """The expectation classes and a function that runs some of them on a frame, by name."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    # Some of the library's loggers set their own level when they are imported.
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("great_expectations")]:
        logging.getLogger(name).setLevel(logging.WARNING)

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas(SUITE_NAME)

    def validate(frame: pd.DataFrame, name: str, expectations: Iterable[Any]) -> dict[str, Any]:
        definition = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe(name)
        batch = definition.get_batch({"dataframe": frame})
        outcome: Any = batch.validate(gx.ExpectationSuite(name=name, expectations=list(expectations)))
        return {result.expectation_config.meta["expectation"]: result for result in outcome.results}

    return gx.expectations, validate


def _result(check: Check, limits: Limits, expectation_type: str, outcome: Any | None) -> dict[str, Any]:
    """One row of the results; ``outcome`` is None where there was no row to look at."""
    row: dict[str, Any] = {
        "suite": SUITE_NAME,
        "expectation": check.name,
        "provider_size_band": limits.provider_size_band,
        "expectation_type": expectation_type,
        "column_name": check.column_name,
        "severity": limits.severity,
        "success": True,
        "observed_value": None,
        "threshold": limits.minimum if check.rows == "totals" else limits.minimum_share,
        "minimum": limits.minimum,
        "maximum": limits.maximum,
        "row_count": 0,
        "unexpected_count": 0,
        "meaning": check.meaning,
    }
    if outcome is None:
        return row
    evidence = "observed_value" if check.rows == "totals" else "unexpected_count"
    if outcome.result.get(evidence) is None:
        raise RuntimeError(f"{SUITE_NAME}, {check.name}: the expectation could not be evaluated on {check.column_name}")
    row["success"] = bool(outcome.success)
    if check.rows == "totals":
        row["observed_value"] = float(outcome.result["observed_value"])
        row["row_count"] = 1
        row["unexpected_count"] = int(not outcome.success)
        return row
    # expect_column_values_to_not_be_null counts its nulls as unexpected, not as missing.
    row["row_count"] = int(outcome.result["element_count"] - outcome.result.get("missing_count", 0))
    row["unexpected_count"] = int(outcome.result["unexpected_count"])
    if row["row_count"] > 0:
        row["observed_value"] = 1 - row["unexpected_count"] / row["row_count"]
    return row
