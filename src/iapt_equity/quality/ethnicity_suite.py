"""The Great Expectations suites over the marts of ethnicity recording in schema ``quality``.

What is checked stands here, one :class:`Check` each. How much is enough, and how bad a failure is, stands in the seed
``ethnicity_expectation_thresholds``: a row for a check and a provider size band, with limits, the share of rows that
must keep them, and a severity. A check without a row is not run; a row without a check is an error.

The library looks at every row once and says which are outside the limits. From that comes the verdict as of each
reporting month: over the months of a window that ends with it, as if the data had ended there.

The library is imported inside :func:`validate_ethnicity`: it takes seconds to load, and its reporting over the network
is switched off first. Results carry no run id, time or batch id, so equal input gives equal results.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

ALL_BANDS = "all"
SEVERITIES = frozenset({"warning", "critical"})
Rows = Literal["provider_months", "totals", "providers"]
SUITES: dict[Rows, str] = {
    "provider_months": "ethnicity_recording",
    "totals": "ethnicity_recording",
    "providers": "ethnicity_people",
}

RESULT_SCHEMA = pa.schema(
    [
        ("suite", pa.string()),
        ("expectation", pa.string()),
        ("provider_size_band", pa.string()),
        ("reporting_month", pa.date32()),
        ("is_latest_month", pa.bool_()),
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
        ("failing_provider_count", pa.int64()),
        ("failing_providers", pa.string()),
        ("meaning", pa.string()),
    ]
)


class ThresholdError(ValueError):
    """The seed of thresholds and the suites do not fit each other."""


@dataclass(frozen=True)
class Marts:
    """The marts that the suites look at, as the tables of schema ``quality`` hold them.

    ``recording``: one row per provider and month; ``control_limits``: per provider, month and measure;
    ``resolution``: per provider; ``stages``: per financial year, provider (or all of them) and stage.
    """

    recording: pd.DataFrame
    control_limits: pd.DataFrame
    resolution: pd.DataFrame
    stages: pd.DataFrame


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

    ``rows`` is 'provider_months' (ethnicity_recording as it is), 'totals' (one row a month for all records of its
    window, whose value itself is the observed one; for the others that is the share of rows that keep the limits) or
    'providers' (one row a provider for all of its people, in the latest month). ``skips_nulls`` says whether rows
    without a value in ``column_name`` are left out.
    """

    name: str
    column_name: str
    meaning: str
    build: Callable[[Any, Limits], Any]
    rows: Rows = "provider_months"
    skips_nulls: bool = False


def _between(name: str, column: str, meaning: str, rows: Rows = "provider_months") -> Check:
    def build(expectations: Any, limits: Limits) -> Any:
        return expectations.ExpectColumnValuesToBeBetween(
            column=column, min_value=limits.minimum, max_value=limits.maximum, mostly=limits.minimum_share
        )

    return Check(name, column, meaning, build, rows, skips_nulls=True)


def _is(name: str, column: str, value: bool, meaning: str) -> Check:
    def build(expectations: Any, limits: Limits) -> Any:
        return expectations.ExpectColumnValuesToBeInSet(column=column, value_set=[value], mostly=limits.minimum_share)

    return Check(name, column, meaning, build, skips_nulls=True)


def _not_null(name: str, column: str, meaning: str) -> Check:
    def build(expectations: Any, limits: Limits) -> Any:
        return expectations.ExpectColumnValuesToNotBeNull(column=column, mostly=limits.minimum_share)

    return Check(name, column, meaning, build)


def _unique(name: str, columns: list[str], meaning: str) -> Check:
    def build(expectations: Any, limits: Limits) -> Any:
        return expectations.ExpectCompoundColumnsToBeUnique(column_list=columns, mostly=limits.minimum_share)

    return Check(name, ", ".join(columns), meaning, build)


def _equal(name: str, column: str, other: str, meaning: str) -> Check:
    def build(expectations: Any, limits: Limits) -> Any:
        return expectations.ExpectColumnPairValuesToBeEqual(
            column_A=column, column_B=other, mostly=limits.minimum_share
        )

    return Check(name, column, meaning, build)


def _at_least(name: str, column: str, other: str, meaning: str) -> Check:
    def build(expectations: Any, limits: Limits) -> Any:
        return expectations.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A=column, column_B=other, or_equal=True, mostly=limits.minimum_share
        )

    return Check(name, column, meaning, build)


CHECKS: tuple[Check, ...] = (
    _not_null("provider_is_known", "provider_code", "Every row names its provider."),
    _not_null("month_is_known", "reporting_month", "Every row names its month."),
    _unique("one_row_per_provider_and_month", ["provider_code", "reporting_month"], "A provider has one row a month."),
    _between("records_are_counted", "record_count", "A row stands for at least one record."),
    _equal("statuses_add_up", "record_count", "status_total_count", "The five statuses add up to the records."),
    _equal("classes_add_up", "record_count", "vodim_total_count", "The five classes add up to the records."),
    _between("completeness_is_a_share", "completeness", "Completeness is a share."),
    _between("validity_is_a_share", "validity", "Validity is a share."),
    _between("useful_code_share_is_a_share", "useful_code_share", "The share of useful codes is a share."),
    _between("data_quality_score_is_a_share", "data_quality_score", "The score is a share."),
    _at_least(
        "valid_codes_are_codes", "any_code_count", "valid_count", "No more records have a valid code than any code."
    ),
    _at_least(
        "useful_codes_are_valid", "valid_count", "useful_count", "No more records have a useful code than a valid one."
    ),
    _between(
        "overall_validity",
        "overall_validity",
        "Enough of all records have a valid ethnic category for groups to be compared.",
        "totals",
    ),
    _between("completeness_is_high", "completeness", "Most providers send a code for most people."),
    _between("validity_is_high", "validity", "Most providers send a valid ethnic category."),
    _between(
        "useful_codes_are_common",
        "useful_code_share",
        "Most providers send a specific category rather than an 'other' one.",
    ),
    _between("not_stated_is_rare", "not_stated_share", "Few people are down as not stated."),
    _between("invalid_codes_are_rare", "invalid_share", "Few codes are outside the code list."),
    _between("validity_is_steady", "validity_change", "Validity does not jump from one month to the next."),
    _is(
        "validity_keeps_its_limits",
        "is_outside_limits",
        False,
        "Validity does not break with the provider's own months before.",
    ),
    _between(
        "records_do_not_collapse",
        "record_count_change",
        "A provider's records do not collapse from one month to the next, as in a cut-off file.",
    ),
    _is("months_follow_each_other", "is_next_month_or_first", True, "A provider leaves no month out."),
    _between(
        "conflicts_are_rare",
        "conflicting_share",
        "Few people whose category is known have been sent under different ones.",
        "providers",
    ),
    _between(
        "never_seen_are_recorded_too",
        "never_seen_difference",
        "People never seen have a category nearly as often as everybody referred in the latest year.",
        "providers",
    ),
)


def read_limits(thresholds: pd.DataFrame) -> list[Limits]:
    """The rows of the seed, checked against the suites.

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


def validate_ethnicity(marts: Marts, thresholds: pd.DataFrame, window_months: int = 12) -> pa.Table:
    """Runs the suites and returns their verdicts as of each reporting month.

    Args:
        marts: the tables that are looked at.
        thresholds: the seed ``ethnicity_expectation_thresholds``.
        window_months: calendar months, at least 1, that a verdict looks at: the one it is given for, and those before.

    Returns:
        One row per row of ``thresholds`` and month of ``marts.recording`` (for a check on providers: the latest month
        alone), with the columns of :data:`RESULT_SCHEMA`, ordered by expectation, band and month. ``observed_value``
        and ``threshold`` are shares of rows (0 to 1); for a check on totals they are the value and its minimum.
        ``row_count`` is the rows looked at (rows whose value is null are left out); without any ``observed_value`` is
        null and the expectation holds. Rows without a month, which are an error of their own, count in every month.

    Raises:
        ThresholdError: as in :func:`read_limits`.
        RuntimeError: an expectation could not be evaluated.
        ValueError: ``window_months`` is below 1.
    """
    if window_months < 1:
        raise ValueError(f"window_months is {window_months}; it must be at least 1")
    limits = read_limits(thresholds)
    frames = _frames(marts, window_months)
    checks = {check.name: check for check in CHECKS}
    months = _month_numbers(frames["provider_months"]["reporting_month"])
    verdict_months = np.unique(months[months >= 0])
    results: list[dict[str, Any]] = []
    expectations, validate = _great_expectations()
    by_place: dict[tuple[Rows, str], list[Limits]] = {}
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
        name = f"{SUITES[rows]}, {rows}, {band}"
        outcome = validate(frame, name, built.values()) if len(frame) else {}
        as_of = verdict_months[-1:] if rows == "providers" else verdict_months
        for row in group:
            check = checks[row.expectation]
            unexpected, considered = _rows_outside(check, row, frame, outcome.get(row.expectation))
            results += _verdicts(
                check=check,
                limits=row,
                expectation_type=built[row.expectation].expectation_type,
                frame=frame,
                unexpected=unexpected,
                considered=considered,
                as_of=as_of,
                window_months=1 if rows == "totals" else window_months,
            )
    results.sort(key=lambda result: (result["expectation"], result["provider_size_band"], result["reporting_month"]))
    return pa.Table.from_pylist(results, schema=RESULT_SCHEMA)


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _month_numbers(months: pd.Series) -> npt.NDArray[np.int64]:
    """Months since year 0, so that neighbours differ by 1; -1 where there is none."""
    dates = pd.to_datetime(months)
    numbers = dates.dt.year * 12 + dates.dt.month - 1
    return np.asarray(numbers.fillna(-1), dtype=np.int64)


def _frames(marts: Marts, window_months: int) -> dict[Rows, pd.DataFrame]:
    """What the checks look at, with the columns that they compare: see :class:`Check`."""
    recording = marts.recording.assign(reporting_month=pd.to_datetime(marts.recording["reporting_month"]))
    control_limits = marts.control_limits.assign(
        reporting_month=pd.to_datetime(marts.control_limits["reporting_month"])
    )
    statuses = ["valid_count", "not_stated_count", "not_known_count", "invalid_count", "missing_count"]
    classes = [f"vodim_{name}_count" for name in ("valid", "other", "default", "invalid", "missing")]
    breaks = control_limits.loc[
        control_limits["measure"] == "validity", ["provider_code", "reporting_month", "is_outside_limits"]
    ].drop_duplicates(["provider_code", "reporting_month"])
    provider_months = recording.assign(
        status_total_count=recording[statuses].sum(axis=1),
        vodim_total_count=recording[classes].sum(axis=1),
        any_code_count=recording["record_count"] - recording["missing_count"],
    ).merge(breaks, on=["provider_code", "reporting_month"], how="left")
    # Booleans with gaps arrive in several types; the library compares objects most plainly.
    is_outside = provider_months["is_outside_limits"].astype("boolean")
    provider_months["is_outside_limits"] = is_outside.astype("object").where(is_outside.notna(), None)
    provider_months = provider_months.reset_index(drop=True)
    return {
        "provider_months": provider_months,
        "totals": _totals(recording, window_months),
        "providers": _providers(marts),
    }


def _totals(recording: pd.DataFrame, window_months: int) -> pd.DataFrame:
    """One row a month: the share of all records of its window with a valid category."""
    months = _month_numbers(recording["reporting_month"])
    rows = []
    for month in np.unique(months[months >= 0]):
        inside = (months > month - window_months) & (months <= month)
        records = float(recording.loc[inside, "record_count"].sum())
        if records > 0:
            share = float(recording.loc[inside, "valid_count"].sum()) / records
            rows.append({"reporting_month": _first_day(int(month)), "overall_validity": share})
    frame = pd.DataFrame(rows, columns=["reporting_month", "overall_validity"])
    return frame.astype({"reporting_month": "datetime64[s]", "overall_validity": "float64"})


def _providers(marts: Marts) -> pd.DataFrame:
    """One row a provider, in the latest month of all data, with the size band of its own latest month."""
    columns = ["provider_code", "reporting_month", "provider_size_band"]
    latest = marts.recording[columns].dropna().sort_values(columns).drop_duplicates("provider_code", keep="last")
    stages = marts.stages[marts.stages["stage"] == "never_seen"]
    stages = stages.sort_values("referral_financial_year").drop_duplicates("provider_code", keep="last")
    latest_year = marts.stages["referral_financial_year"].max() if len(marts.stages) else None
    stages = stages[stages["referral_financial_year"] == latest_year]
    frame = latest.merge(marts.resolution, on="provider_code", how="left").merge(
        stages[["provider_code", "difference_to_referred"]], on="provider_code", how="left"
    )
    stated = frame["stated_person_count"].astype("float64")
    return frame.assign(
        reporting_month=marts.recording["reporting_month"].max(),
        conflicting_share=frame["conflicting_person_count"].astype("float64") / stated.where(stated > 0),
        never_seen_difference=frame["difference_to_referred"].astype("float64"),
    ).reset_index(drop=True)


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
    source = context.data_sources.add_pandas("ethnicity")

    def validate(frame: pd.DataFrame, name: str, expectations: Iterable[Any]) -> dict[str, Any]:
        definition = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe(name)
        batch = definition.get_batch({"dataframe": frame})
        suite = gx.ExpectationSuite(name=name, expectations=list(expectations))
        outcome: Any = batch.validate(suite, result_format={"result_format": "COMPLETE"})
        return {result.expectation_config.meta["expectation"]: result for result in outcome.results}

    return gx.expectations, validate


def _rows_outside(
    check: Check, limits: Limits, frame: pd.DataFrame, outcome: Any | None
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which rows are outside the limits and which were looked at; ``outcome`` is None where there was no row.

    Raises:
        RuntimeError: the library gave no result, or one that does not fit its own verdict.
    """
    unexpected = np.zeros(len(frame), dtype=np.bool_)
    if outcome is None:
        return unexpected, unexpected.copy()
    place = f"{SUITES[check.rows]}, {check.name}"
    result = outcome.result
    if result.get("unexpected_count") is None or result.get("unexpected_index_list") is None:
        # Where every row keeps the limits the library leaves the list out.
        if result.get("unexpected_count") != 0:
            raise RuntimeError(f"{place}: the expectation could not be evaluated on {check.column_name}")
    else:
        unexpected[list(result["unexpected_index_list"])] = True
    considered = np.ones(len(frame), dtype=np.bool_)
    if check.skips_nulls:
        considered = frame[check.column_name].notna().to_numpy(dtype=np.bool_)
    # expect_column_values_to_not_be_null counts its nulls as unexpected, not as missing.
    row_count = int(result["element_count"] - (result.get("missing_count") or 0))
    if row_count != considered.sum() or int(result["unexpected_count"]) != unexpected.sum():
        raise RuntimeError(f"{place}: the rows outside the limits do not add up to the library's own count")
    if bool(outcome.success) != _holds(row_count, int(unexpected.sum()), limits.minimum_share):
        raise RuntimeError(f"{place}: the share of rows inside the limits does not give the library's own verdict")
    return unexpected, considered


def _holds(row_count: int, unexpected_count: int, minimum_share: float) -> bool:
    """Whether enough rows keep the limits, as the library reckons it; no rows hold."""
    return row_count == 0 or (row_count - unexpected_count) / row_count >= minimum_share


def _first_day(month: int) -> pd.Timestamp:
    return pd.Timestamp(year=month // 12, month=month % 12 + 1, day=1)


def _verdicts(
    *,
    check: Check,
    limits: Limits,
    expectation_type: str,
    frame: pd.DataFrame,
    unexpected: npt.NDArray[np.bool_],
    considered: npt.NDArray[np.bool_],
    as_of: npt.NDArray[np.int64],
    window_months: int,
) -> list[dict[str, Any]]:
    """One row of results a month of ``as_of``."""
    months = _month_numbers(frame["reporting_month"])
    rows = []
    for month in as_of:
        inside = (months < 0) | ((months > month - window_months) & (months <= month))
        row_count, unexpected_count = int((inside & considered).sum()), int((inside & unexpected).sum())
        row = {
            "suite": SUITES[check.rows],
            "expectation": check.name,
            "provider_size_band": limits.provider_size_band,
            "reporting_month": _first_day(int(month)).date(),
            "is_latest_month": bool(month == as_of[-1]),
            "expectation_type": expectation_type,
            "column_name": check.column_name,
            "severity": limits.severity,
            "success": _holds(row_count, unexpected_count, limits.minimum_share),
            "observed_value": 1 - unexpected_count / row_count if row_count else None,
            "threshold": limits.minimum_share,
            "minimum": limits.minimum,
            "maximum": limits.maximum,
            "row_count": row_count,
            "unexpected_count": unexpected_count,
            "failing_provider_count": 0,
            "failing_providers": None,
            "meaning": check.meaning,
        }
        if check.rows == "totals":
            row["observed_value"] = float(frame.loc[inside, check.column_name].iloc[0]) if row_count else None
            row["threshold"] = limits.minimum
        else:
            providers = sorted(frame.loc[inside & unexpected, "provider_code"].dropna().astype(str).unique())
            row["failing_provider_count"] = len(providers)
            row["failing_providers"] = ", ".join(providers) or None
        rows.append(row)
    return rows
