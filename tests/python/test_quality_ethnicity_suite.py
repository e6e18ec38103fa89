"""The suites on ethnicity recording: they hold on sound data, and every expectation fails when its data are broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from iapt_equity.quality import CHECKS, RESULT_SCHEMA, Marts, ThresholdError, validate_ethnicity

SEED = Path(__file__).parents[2] / "seeds" / "quality" / "ethnicity_expectation_thresholds.csv"
FIRST = pd.Timestamp("2016-04-01")
LAST = pd.Timestamp("2017-01-01")


def thresholds() -> pd.DataFrame:
    return pd.read_csv(SEED)


def sound() -> Marts:
    """Six providers, two of each size, ten months each, nothing wrong: 95% valid, of which 90 points specific."""
    rows = []
    for number, (band, records) in enumerate([("small", 40), ("medium", 400), ("large", 4000)] * 2):
        for month in pd.date_range(FIRST, LAST, freq="MS"):
            part = records // 40
            rows.append(
                {
                    "provider_code": f"Z0A0{number}",
                    "reporting_month": month,
                    "provider_size_band": band,
                    "record_count": records,
                    "valid_count": records - 2 * part,
                    "not_stated_count": part,
                    "not_known_count": 0,
                    "invalid_count": 0,
                    "missing_count": part,
                    "useful_count": records - 4 * part,
                    "is_next_month_or_first": True,
                    "validity_change": None if month == FIRST else 0.0,
                    "record_count_change": None if month == FIRST else 0.0,
                }
            )
    recording = with_shares(pd.DataFrame(rows).astype({"validity_change": "float64", "record_count_change": "float64"}))
    limits = recording[["provider_code", "reporting_month"]].assign(
        measure="validity",
        is_outside_limits=(recording["reporting_month"] < "2016-09-01").map({True: None, False: False}),
    )
    limits = pd.concat([limits, limits.assign(measure="completeness", is_outside_limits=True)], ignore_index=True)
    providers = sorted(recording["provider_code"].unique())
    resolution = pd.DataFrame(
        {"provider_code": providers, "stated_person_count": 100, "conflicting_person_count": 2, "person_count": 105}
    )
    stages = pd.DataFrame(
        [
            (year, provider, stage, difference)
            for provider in [*providers, "ENGLAND"]
            for year, stage, difference in [
                ("2015-16", "never_seen", -0.9),
                ("2016-17", "referred", 0.0),
                ("2016-17", "never_seen", -0.1),
            ]
        ],
        columns=["referral_financial_year", "provider_code", "stage", "difference_to_referred"],
    )
    return Marts(recording, limits, resolution, stages)


def with_shares(frame: pd.DataFrame) -> pd.DataFrame:
    records = frame["record_count"]
    return frame.assign(
        completeness=1 - frame["missing_count"] / records,
        validity=frame["valid_count"] / records,
        useful_code_share=frame["useful_count"] / records,
        not_stated_share=frame["not_stated_count"] / records,
        invalid_share=frame["invalid_count"] / records,
        vodim_valid_count=frame["valid_count"],
        vodim_other_count=0,
        vodim_default_count=frame["not_stated_count"] + frame["not_known_count"],
        vodim_invalid_count=frame["invalid_count"],
        vodim_missing_count=frame["missing_count"],
        data_quality_score=frame["valid_count"] / records,
    )


def results_of(marts: Marts, limits: pd.DataFrame | None = None, window_months: int = 12) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = validate_ethnicity(
        marts, thresholds() if limits is None else limits, window_months
    ).to_pylist()
    return rows


def failures(marts: Marts, limits: pd.DataFrame | None = None) -> set[tuple[str, str]]:
    return {
        (row["expectation"], row["provider_size_band"])
        for row in results_of(marts, limits)
        if row["is_latest_month"] and not row["success"]
    }


Breaker = Callable[[Marts], Marts]


def on_recording(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Breaker:
    def breaker(marts: Marts) -> Marts:
        return replace(marts, recording=change(marts.recording))

    return breaker


def move(column: str, to: str, share: float, band: str | None = None) -> Breaker:
    """Moves a share of the records from valid to another status in every provider (of a band)."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        where = frame["provider_size_band"] == band if band else frame["record_count"] > 0
        moved = (frame["record_count"] * share).astype(int).where(where, 0)
        changed = frame.assign(**{column: frame[column] - moved, to: frame[to] + moved})
        return with_shares(changed.assign(useful_count=changed[["useful_count", "valid_count"]].min(axis=1)))

    return on_recording(change)


def put(column: str, value: object, rows: int = 1) -> Breaker:
    """Sets a column to a value in the first rows."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        changed = frame[column].astype("object") if value is None else frame[column].copy()
        changed.iloc[:rows] = value
        return frame.assign(**{column: changed})

    return on_recording(change)


def put_in_band(column: str, value: float, band: str) -> Breaker:
    return on_recording(
        lambda frame: frame.assign(**{column: frame[column].mask(frame["provider_size_band"] == band, value)})
    )


def providers_of(marts: Marts, band: str) -> set[str]:
    recording = marts.recording
    return set(recording.loc[recording["provider_size_band"] == band, "provider_code"])


def put_by_provider(mart: str, column: str, value: object, band: str) -> Breaker:
    """Sets a column of another mart to a value for the providers of a band."""

    def breaker(marts: Marts) -> Marts:
        frame = getattr(marts, mart)
        where = frame["provider_code"].isin(providers_of(marts, band))
        return replace(marts, **{mart: frame.assign(**{column: frame[column].mask(where, value)})})

    return breaker


def repeat_a_row(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame.head(1)], ignore_index=True)


# What breaks each expectation, for each size band that the seed names.
BREAKERS: dict[tuple[str, str], Breaker] = {
    ("provider_is_known", "all"): put("provider_code", None),
    ("month_is_known", "all"): put("reporting_month", None),
    ("one_row_per_provider_and_month", "all"): on_recording(repeat_a_row),
    ("records_are_counted", "all"): put("record_count", 0),
    ("statuses_add_up", "all"): put("not_known_count", 1),
    ("classes_add_up", "all"): put("vodim_other_count", 1),
    ("completeness_is_a_share", "all"): put("completeness", 1.01),
    ("validity_is_a_share", "all"): put("validity", -0.01),
    ("useful_code_share_is_a_share", "all"): put("useful_code_share", 1.5),
    ("data_quality_score_is_a_share", "all"): put("data_quality_score", 1.01),
    ("valid_codes_are_codes", "all"): put("missing_count", 3),
    ("useful_codes_are_valid", "all"): put("useful_count", 4000),
    ("overall_validity", "all"): move("valid_count", "not_known_count", 0.46),
    ("months_follow_each_other", "all"): put("is_next_month_or_first", False),
    ("records_do_not_collapse", "medium"): put_in_band("record_count_change", -0.51, "medium"),
    ("records_do_not_collapse", "large"): put_in_band("record_count_change", -0.51, "large"),
    ("never_seen_are_recorded_too", "medium"): put_by_provider("stages", "difference_to_referred", -0.21, "medium"),
    ("never_seen_are_recorded_too", "large"): put_by_provider("stages", "difference_to_referred", -0.16, "large"),
}
for _band in ["small", "medium", "large"]:
    BREAKERS[("completeness_is_high", _band)] = move("valid_count", "missing_count", 0.35, _band)
    BREAKERS[("validity_is_high", _band)] = move("valid_count", "not_known_count", 0.4, _band)
    BREAKERS[("useful_codes_are_common", _band)] = put_in_band("useful_code_share", 0.39, _band)
    BREAKERS[("not_stated_is_rare", _band)] = move("valid_count", "not_stated_count", 0.3, _band)
    BREAKERS[("invalid_codes_are_rare", _band)] = move("valid_count", "invalid_count", 0.08, _band)
    BREAKERS[("validity_is_steady", _band)] = put_in_band("validity_change", -0.2, _band)
    BREAKERS[("validity_keeps_its_limits", _band)] = put_by_provider("control_limits", "is_outside_limits", True, _band)
    BREAKERS[("conflicts_are_rare", _band)] = put_by_provider("resolution", "conflicting_person_count", 11, _band)


def test_all_hold_on_sound_data() -> None:
    results = results_of(sound())
    assert {(row["expectation"], row["reporting_month"]) for row in results if not row["success"]} == set()
    # Every expectation looks at something: one that sees no row could not fail.
    assert {row["expectation"] for row in results if row["row_count"] > 0} == {check.name for check in CHECKS}


def test_every_threshold_has_a_breaker_and_every_check_a_threshold() -> None:
    pairs = set(zip(thresholds()["expectation"], thresholds()["provider_size_band"], strict=True))
    assert pairs == set(BREAKERS)
    assert {name for name, _ in pairs} == {check.name for check in CHECKS}


@pytest.mark.parametrize("pair", sorted(BREAKERS), ids=" ".join)
def test_each_expectation_can_fail(pair: tuple[str, str]) -> None:
    limits = thresholds()
    limits = limits[(limits["expectation"] == pair[0]) & (limits["provider_size_band"] == pair[1])]
    assert failures(BREAKERS[pair](sound()), limits) == {pair}


def test_a_limit_is_inclusive_and_a_share_of_rows_may_break_it() -> None:
    # 20 large provider-months, 95% of which must reach 0.85: one may fall short, two may not.
    marts = put_in_band("validity", 0.85, "large")(sound())
    assert ("validity_is_high", "large") not in failures(marts)
    large = list(marts.recording.index[marts.recording["provider_size_band"] == "large"])
    for broken, fails in [(1, False), (2, True)]:
        below = marts.recording.copy()
        below.loc[large[:broken], "validity"] = 0.849
        assert (("validity_is_high", "large") in failures(replace(marts, recording=below))) is fails


def falling() -> Marts:
    """One large provider's validity is below its limit from May to July, another's in December."""
    marts = sound()
    frame = marts.recording.copy()
    month = frame["reporting_month"]
    spring = (frame["provider_code"] == "Z0A02") & month.between("2016-05-01", "2016-07-01")
    winter = (frame["provider_code"] == "Z0A05") & (month == "2016-12-01")
    frame["validity"] = frame["validity"].mask(spring | winter, 0.7)
    return replace(marts, recording=frame)


def test_the_verdict_of_a_month_looks_at_its_window_and_names_the_providers() -> None:
    # A window of three months; two large providers, so six rows a full window; 95% must keep the limit.
    limits = thresholds().query("expectation == 'validity_is_high' and provider_size_band == 'large'")
    found = [
        (
            row["reporting_month"].month,
            row["row_count"],
            row["unexpected_count"],
            row["success"],
            row["failing_providers"],
        )
        for row in results_of(falling(), limits, window_months=3)
    ]
    assert found == [
        (4, 2, 0, True, None),
        (5, 4, 1, False, "Z0A02"),
        (6, 6, 2, False, "Z0A02"),
        (7, 6, 3, False, "Z0A02"),
        (8, 6, 2, False, "Z0A02"),
        (9, 6, 1, False, "Z0A02"),
        (10, 6, 0, True, None),
        (11, 6, 0, True, None),
        (12, 6, 1, False, "Z0A05"),
        (1, 6, 1, False, "Z0A05"),
    ]


@pytest.mark.parametrize("month", ["2016-05-01", "2016-08-01", "2016-12-01"])
def test_the_history_is_what_the_suite_would_have_said_then(month: str) -> None:
    """The verdicts as of a month equal those of a run over the data of its window alone."""
    marts, last = falling(), pd.Timestamp(month)
    inside = marts.recording["reporting_month"].between(last - pd.DateOffset(months=2), last)
    then = results_of(replace(marts, recording=marts.recording[inside]), window_months=3)
    history = results_of(marts, window_months=3)
    left_out = {"conflicts_are_rare", "never_seen_are_recorded_too"}
    for rows in [then, history]:
        for row in rows:
            del row["is_latest_month"]
    assert [row for row in history if row["reporting_month"] == last.date() and row["expectation"] not in left_out] == [
        row for row in then if row["reporting_month"] == last.date() and row["expectation"] not in left_out
    ]


def test_a_total_is_that_of_its_window() -> None:
    marts = sound()
    frame = marts.recording.copy()
    frame["valid_count"] = frame["valid_count"].where(frame["reporting_month"] < LAST, 0)
    rows = [
        r
        for r in results_of(replace(marts, recording=frame), window_months=2)
        if r["expectation"] == "overall_validity"
    ]
    # January alone has no valid code: half of the window's records less 5%.
    assert [row["observed_value"] for row in rows] == pytest.approx([0.95] * 9 + [0.475])
    assert [row["success"] for row in rows] == [True] * 9 + [False]
    assert {row["threshold"] for row in rows} == {0.5}


def test_results_have_the_stated_columns_and_are_the_same_every_time() -> None:
    first = validate_ethnicity(sound(), thresholds())
    marts = sound()
    shuffled = replace(marts, recording=marts.recording.sample(frac=1, random_state=1))
    second = validate_ethnicity(shuffled, thresholds().sample(frac=1, random_state=1))
    assert first.schema.equals(RESULT_SCHEMA)
    assert first.to_pylist() == second.to_pylist()
    latest = {(r["expectation"], r["provider_size_band"]): r for r in first.to_pylist() if r["is_latest_month"]}
    assert len(latest) == len(thresholds())
    # Two providers of a band, ten months each; the first month of each has no month before it.
    row = latest["validity_is_steady", "small"]
    assert (row["row_count"], row["observed_value"], row["reporting_month"]) == (18, 1.0, LAST.date())
    # Limits begin in September: five months of two providers.
    assert latest["validity_keeps_its_limits", "large"]["row_count"] == 10
    assert {row["suite"] for row in latest.values()} == {"ethnicity_recording", "ethnicity_people"}


def test_people_are_judged_in_the_latest_month_and_year_alone() -> None:
    rows = [row for row in results_of(sound()) if row["suite"] == "ethnicity_people"]
    assert {row["reporting_month"] for row in rows} == {LAST.date()}
    assert {row["row_count"] for row in rows} == {2}


def test_no_rows_give_no_verdict() -> None:
    marts = sound()
    empty = Marts(*(frame.head(0) for frame in (marts.recording, marts.control_limits, marts.resolution, marts.stages)))
    assert results_of(empty) == []


def test_a_band_without_providers_holds() -> None:
    marts = sound()
    small = marts.recording[marts.recording["provider_size_band"] == "small"].reset_index(drop=True)
    rows = [row for row in results_of(replace(marts, recording=small)) if row["provider_size_band"] == "large"]
    assert {(row["success"], row["row_count"], row["observed_value"]) for row in rows} == {(True, 0, None)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"expectation": "no_such_check"}, "no such expectation"),
        ({"severity": "fatal"}, "neither warning nor critical"),
        ({"minimum_share": 1.1}, "not between 0 and 1"),
        ({"expectation": "month_is_known"}, "more than once"),
    ],
)
def test_thresholds_that_do_not_fit_are_refused(change: dict[str, object], message: str) -> None:
    limits = thresholds()
    for column, value in change.items():
        limits.loc[0, column] = value
    with pytest.raises(ThresholdError, match=message):
        validate_ethnicity(sound(), limits)


def test_a_window_of_no_months_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        validate_ethnicity(sound(), thresholds(), window_months=0)
