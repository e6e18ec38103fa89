"""The suite on ethnicity recording: it holds on sound data, and every expectation fails when its data are broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from iapt_equity.quality import CHECKS, RESULT_SCHEMA, ThresholdError, validate_ethnicity_recording

SEED = Path(__file__).parents[2] / "seeds" / "quality" / "ethnicity_expectation_thresholds.csv"
STATUSES = ["valid_count", "not_stated_count", "not_known_count", "invalid_count", "missing_count"]


def thresholds() -> pd.DataFrame:
    return pd.read_csv(SEED)


def sound() -> pd.DataFrame:
    """Six providers, two of each size, ten months each, nothing wrong: 95% valid, of which 90 points specific."""
    rows = []
    for number, (band, records) in enumerate([("small", 40), ("medium", 400), ("large", 4000)] * 2):
        for month in pd.date_range("2016-04-01", periods=10, freq="MS"):
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
                    "validity_change": None if month == pd.Timestamp("2016-04-01") else 0.0,
                    "record_count_change": None if month == pd.Timestamp("2016-04-01") else 0.0,
                }
            )
    frame = pd.DataFrame(rows).astype({"validity_change": "float64", "record_count_change": "float64"})
    return with_shares(frame)


def with_shares(frame: pd.DataFrame) -> pd.DataFrame:
    records = frame["record_count"]
    return frame.assign(
        completeness=1 - frame["missing_count"] / records,
        validity=frame["valid_count"] / records,
        useful_code_share=frame["useful_count"] / records,
        not_stated_share=frame["not_stated_count"] / records,
        invalid_share=frame["invalid_count"] / records,
    )


def failures(frame: pd.DataFrame, limits: pd.DataFrame | None = None) -> set[tuple[str, str]]:
    results = validate_ethnicity_recording(frame, thresholds() if limits is None else limits).to_pylist()
    return {(row["expectation"], row["provider_size_band"]) for row in results if not row["success"]}


def move(column: str, to: str, share: float, band: str | None = None) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Moves a share of the records from valid to another status in every provider (of a band)."""

    def breaker(frame: pd.DataFrame) -> pd.DataFrame:
        where = frame["provider_size_band"] == band if band else frame["record_count"] > 0
        moved = (frame["record_count"] * share).astype(int).where(where, 0)
        changed = frame.assign(**{column: frame[column] - moved, to: frame[to] + moved})
        return with_shares(changed.assign(useful_count=changed[["useful_count", "valid_count"]].min(axis=1)))

    return breaker


def put(column: str, value: object, rows: int = 1) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Sets a column to a value in the first rows."""

    def breaker(frame: pd.DataFrame) -> pd.DataFrame:
        changed = frame[column].astype("object") if value is None else frame[column].copy()
        changed.iloc[:rows] = value
        return frame.assign(**{column: changed})

    return breaker


def put_in_band(column: str, value: float, band: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def breaker(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(**{column: frame[column].mask(frame["provider_size_band"] == band, value)})

    return breaker


def repeat_a_row(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame.head(1)], ignore_index=True)


# What breaks each expectation, for each size band that the seed names.
BREAKERS: dict[tuple[str, str], Callable[[pd.DataFrame], pd.DataFrame]] = {
    ("provider_is_known", "all"): put("provider_code", None),
    ("month_is_known", "all"): put("reporting_month", None),
    ("one_row_per_provider_and_month", "all"): repeat_a_row,
    ("records_are_counted", "all"): put("record_count", 0),
    ("statuses_add_up", "all"): put("not_known_count", 1),
    ("completeness_is_a_share", "all"): put("completeness", 1.01),
    ("validity_is_a_share", "all"): put("validity", -0.01),
    ("useful_code_share_is_a_share", "all"): put("useful_code_share", 1.5),
    ("valid_codes_are_codes", "all"): put("missing_count", 3),
    ("useful_codes_are_valid", "all"): put("useful_count", 4000),
    ("overall_validity", "all"): move("valid_count", "not_known_count", 0.46),
    ("months_follow_each_other", "all"): put("is_next_month_or_first", False),
    ("records_do_not_collapse", "medium"): put_in_band("record_count_change", -0.51, "medium"),
    ("records_do_not_collapse", "large"): put_in_band("record_count_change", -0.51, "large"),
}
for _band in ["small", "medium", "large"]:
    BREAKERS[("completeness_is_high", _band)] = move("valid_count", "missing_count", 0.35, _band)
    BREAKERS[("validity_is_high", _band)] = move("valid_count", "not_known_count", 0.4, _band)
    BREAKERS[("useful_codes_are_common", _band)] = put_in_band("useful_code_share", 0.39, _band)
    BREAKERS[("not_stated_is_rare", _band)] = move("valid_count", "not_stated_count", 0.3, _band)
    BREAKERS[("invalid_codes_are_rare", _band)] = move("valid_count", "invalid_count", 0.08, _band)
    BREAKERS[("validity_is_steady", _band)] = put_in_band("validity_change", -0.2, _band)


def test_all_hold_on_sound_data() -> None:
    assert failures(sound()) == set()


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
    frame = sound()
    at_limit = frame.assign(validity=frame["validity"].mask(frame["provider_size_band"] == "large", 0.85))
    assert ("validity_is_high", "large") not in failures(at_limit)
    large = list(at_limit.index[at_limit["provider_size_band"] == "large"])
    for broken, fails in [(1, False), (2, True)]:
        below = at_limit.copy()
        below.loc[large[:broken], "validity"] = 0.849
        assert (("validity_is_high", "large") in failures(below)) is fails


def test_results_have_the_stated_columns_and_are_the_same_every_time() -> None:
    first = validate_ethnicity_recording(sound(), thresholds())
    shuffled = thresholds().sample(frac=1, random_state=1)
    second = validate_ethnicity_recording(sound().sample(frac=1, random_state=1), shuffled)
    assert first.schema.equals(RESULT_SCHEMA)
    assert first.to_pylist() == second.to_pylist()
    row = next(r for r in first.to_pylist() if r["expectation"] == "validity_is_steady" and r["row_count"])
    # Two providers of a band, ten months each; the first month of each has no month before it.
    assert (row["row_count"], row["observed_value"]) == (18, 1.0)
    overall = next(r for r in first.to_pylist() if r["expectation"] == "overall_validity")
    assert overall["observed_value"] == pytest.approx(0.95)
    assert overall["threshold"] == 0.5


def test_no_rows_is_no_failure() -> None:
    results = validate_ethnicity_recording(sound().head(0), thresholds()).to_pylist()
    assert len(results) == len(thresholds())
    assert {(row["success"], row["row_count"], row["observed_value"]) for row in results} == {(True, 0, None)}


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
        validate_ethnicity_recording(sound(), limits)
