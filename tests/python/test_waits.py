"""Waits against independent implementations: numpy's quantiles, statsmodels' product limit, the binomial law."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import jinja2
import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from statsmodels.duration.survfunc import SurvfuncRight

from in_process import PROJECT, default_of
from warehouses import Warehouse

ENDS = {
    "referral_to_assessment": (None, "seen", "has_enough_follow_up"),
    "referral_to_first_treatment": (None, "first_treatment_date", "has_enough_follow_up"),
    "first_to_second_treatment": ("first_treatment_date", "second_treatment_date", "has_enough_follow_up_for_course"),
}
"""Wait: the date from which it runs (none: the receipt), the date that ends it, and who had had time."""


def waits_of(referrals: pd.DataFrame, wait: str) -> pd.DataFrame:
    """Each wait that began in the window, from the dates: its days, whether it ended, and whether it had had time."""
    begin, end, follow_up = ENDS[wait]
    seen = referrals[["first_assessment_date", "first_treatment_date"]].min(axis=1)
    rows = referrals.assign(seen=seen)[referrals["is_received_in_window"]]
    begun = rows[begin or "referral_received_date"]
    rows, begun = rows[begun.notna()], begun.dropna()
    observed_until = rows["referral_received_date"] + pd.to_timedelta(rows["days_observed"], unit="D")
    last_seen = pd.concat([observed_until, rows["discharge_date"]], axis=1).min(axis=1)
    happened = "is_course_of_treatment" if begin else "is_accessed"
    is_known = rows[end].notna() | ~rows[happened]
    found = pd.DataFrame(
        {
            "year": rows["referral_financial_year"],
            "provider": rows["provider_code"],
            "group": rows["high_level_ethnic_group"],
            "days": (rows[end].fillna(last_seen) - begun).dt.days.clip(lower=0),
            "ended": rows[end].notna(),
            "timely": rows[end].notna() & rows[follow_up],
        }
    )
    return found[is_known]


def numbers(values: pd.Series) -> np.ndarray:
    """Values as floating point numbers, not a number where there is none."""
    return values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def cells(warehouse: Warehouse) -> Iterator[tuple[pd.Series, pd.DataFrame]]:
    """Rows of marts.waits for high-level groups and everybody, England and providers, each with its own waits."""
    marts = warehouse.frame("marts.waits")
    chosen = marts["area_level"].isin(["national", "provider"]) & (
        marts["ethnic_classification"].isin(["high_level_ethnic_group", "total"])
    )
    waits = {wait: waits_of(warehouse.referrals, wait) for wait in ENDS}
    for _, row in marts[chosen].iterrows():
        mine = waits[row["wait"]]
        mine = mine[mine["year"] == row["financial_year"]]
        if row["area_level"] == "provider":
            mine = mine[mine["provider"] == row["area_code"]]
        if row["ethnic_classification"] == "high_level_ethnic_group":
            is_unknown = row["ethnic_group"].startswith("Not stated")
            mine = mine[mine["group"].isna() if is_unknown else mine["group"] == row["ethnic_group"]]
        yield row, mine


def test_medians_and_quartiles_are_numpys(whole_warehouse: Warehouse) -> None:
    compared = 0
    for row, waits in cells(whole_warehouse):
        days = waits.loc[waits["timely"], "days"].to_numpy()
        assert row["ended_wait_count"] == len(days)
        got = numbers(row[["lower_quartile_days", "median_days", "upper_quartile_days"]])
        if len(days):
            assert got == pytest.approx(np.quantile(days, [0.25, 0.5, 0.75]), abs=1e-9)
            compared += 1
        else:
            assert np.isnan(got).all()
    assert compared > 300


def product_limit(waits: pd.DataFrame) -> tuple[float, float, float]:
    """Median of the product limit and its interval, as statsmodels has them; not a number where there is none."""
    curve = SurvfuncRight(waits["days"].to_numpy(float), waits["ended"].to_numpy(int))
    # The first day on which half or fewer still wait; where it is exactly half, statsmodels' own takes the next.
    reached = curve.surv_times[curve.surv_prob <= 0.5 + 1e-12]
    with np.errstate(all="ignore"):
        low, high = curve.quantile_ci(0.5, method="cloglog")
    return (reached[0] if len(reached) else np.nan), low, (np.nan if np.isinf(high) else high)


def test_the_product_limit_is_that_of_statsmodels(whole_warehouse: Warehouse) -> None:
    compared = 0
    for row, waits in cells(whole_warehouse):
        assert row["begun_wait_count"] == len(waits)
        if not waits["ended"].any():
            assert pd.isna(row["survival_median_days"])
            continue
        names = ["survival_median_days", "survival_median_days_low", "survival_median_days_high"]
        assert numbers(row[names]) == pytest.approx(product_limit(waits), nan_ok=True)
        compared += waits["ended"].nunique() == 2
    assert compared > 200


def test_open_waits_make_the_median_longer(whole_warehouse: Warehouse) -> None:
    """In the last year people still wait: left out, waits look shorter than they are."""
    rows = whole_warehouse.rows(
        "select median_days, survival_median_days, still_waiting_count, left_waiting_count from marts.waits "
        "where area_level = 'national' and ethnic_classification = 'total' and wait = 'referral_to_first_treatment' "
        "order by financial_year desc limit 1"
    )
    median, survival_median, still_waiting, left = rows[0]
    assert still_waiting > 20
    assert left > 20
    assert survival_median > median


def test_gaps_join_the_intervals_of_both_medians(whole_warehouse: Warehouse) -> None:
    marts = whole_warehouse.frame("marts.waits")
    key = ["financial_year", "area_level", "area_code", "wait"]
    own_group = marts["ethnic_classification"] == "ethnic_group"
    reference = marts[own_group & (marts["ethnic_group"] == "White British")].set_index(key)
    others = marts[own_group & (marts["ethnic_group"] != "White British")]
    both = others.join(reference, on=key, rsuffix="_reference")
    for name in ("median_days", "survival_median_days"):
        one, low, high, other, other_low, other_high = (
            numbers(both[f"{name}{end}"])
            for end in ("", "_low", "_high", "_reference", "_low_reference", "_high_reference")
        )
        gap = one - other
        assert numbers(both[f"{name}_difference"]) == pytest.approx(gap, nan_ok=True)
        expected_low = gap - np.hypot(one - low, other_high - other)
        expected_high = gap + np.hypot(high - one, other - other_low)
        assert numbers(both[f"{name}_difference_low"]) == pytest.approx(expected_low, nan_ok=True)
        assert numbers(both[f"{name}_difference_high"]) == pytest.approx(expected_high, nan_ok=True)
        assert np.isfinite(expected_low).sum() > 50
    # White British people are part of these groups: a difference, but no interval that takes them for others.
    mixed = marts[marts["ethnic_group"].isin(["White", "All", "White British"])]
    assert mixed["median_days_difference"].notna().any()
    assert mixed[["median_days_difference_low", "survival_median_days_difference_high"]].isna().all().all()


@pytest.mark.parametrize("count", [6, 9, 10, 20, 51, 100, 1_000, 10_001])
def test_the_interval_of_the_median_covers_it(count: int) -> None:
    """Waits of 1 to n days, so that a rank is a wait: the binomial chance that the true median lies between them."""
    environment = jinja2.Environment()
    environment.globals.update(var=default_of, ref=lambda model: "group_days")
    macros = ("macros/checked_variables.sql", "macros/wilson_interval.sql")
    texts = (*macros, "models/marts/rates/steps/int_wait_quantiles.sql")
    sql = environment.from_string("".join((PROJECT / text).read_text(encoding="utf-8") for text in texts)).render()
    connection = duckdb.connect()
    connection.execute(
        "create table group_days as select 1 as wait_group_key, day as wait_days, 1 as timely_event_count "
        f"from range(1, {count + 1}) as days (day)"
    )
    median, low, high = connection.execute(
        f"select median_days, median_days_low, median_days_high from ({sql})"
    ).fetchall()[0]
    assert median == (count + 1) / 2
    covered = binom.cdf(high - 1, count, 0.5) - binom.cdf(low - 1, count, 0.5)
    assert 0.94 < covered < 0.98
