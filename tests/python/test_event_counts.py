"""Counts of events, contacts by mode, repeats and who waits, against pandas on the raw tables and on referrals."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

import oracle
from warehouses import Warehouse

MODES = {"01": "contact_face_to_face", "02": "contact_telephone", "11": "contact_video"}
"""Consultation mechanisms of version 2.1 that the synthetic data hold; M1001, M1002, M1018."""

LIMITS = {
    "waiting_for_assessment_over_90_days": ("seen", 90),
    "waiting_for_treatment_over_6_weeks": ("first_treatment_date", 42),
    "waiting_for_treatment_over_90_days": ("first_treatment_date", 90),
    "waiting_for_treatment_over_18_weeks": ("first_treatment_date", 126),
}
"""Measure: the date that ends the wait, and the days after which it is long; M030, M041, M044, M045."""


def test_modes_are_read_from_the_raw_table(whole_warehouse: Warehouse) -> None:
    submissions = oracle.submissions_of(whole_warehouse.data)["submission"]
    contacts = pd.read_parquet(whole_warehouse.data / "v2_1" / "IDS201CareContact")
    contacts = contacts[contacts["UniqueSubmissionID"].astype(str).isin(submissions)]
    with duckdb.connect(str(whole_warehouse.build_file), read_only=True) as connection:
        checked = connection.sql(
            "select consultation_mechanism_code, count(*) from intermediate.int_checked_care_contacts group by all"
        ).fetchall()
    assert dict(checked) == contacts["ConsMechanism"].astype(str).value_counts().to_dict()


def test_contacts_are_counted_by_mode(whole_warehouse: Warehouse) -> None:
    with duckdb.connect(str(whole_warehouse.build_file), read_only=True) as connection:
        contacts = connection.sql("from intermediate.int_contacts where is_attended_or_unplanned").df()
    month = contacts["contact_date"].dt.strftime("%Y-%m")
    expected = contacts.groupby([month, contacts["consultation_mechanism_code"].map(MODES)]).size()
    events = whole_warehouse.frame("marts.event_counts")
    counted = events[
        (events["area_level"] == "national")
        & (events["ethnic_classification"] == "total")
        & events["event_name"].str.startswith("contact_")
        & (events["period_kind"] == "month")
    ]
    assert counted.set_index(["period", "event_name"])["event_count"].to_dict() == expected.to_dict()
    assert set(counted["event_name"]) == set(MODES.values())


@pytest.mark.parametrize("period_kind", ["month", "quarter"])
def test_periods_add_up_to_the_year(whole_warehouse: Warehouse, period_kind: str) -> None:
    events = whole_warehouse.frame("marts.event_counts")
    keys = ["financial_year", "area_level", "area_code", "ethnic_classification", "ethnic_group", "event_name"]
    parts = events[events["period_kind"] == period_kind]
    levels = set(parts["area_level"])
    years = events[(events["period_kind"] == "financial_year") & events["area_level"].isin(levels)]
    added = parts.groupby(keys)["event_count"].sum().sort_index()
    assert added.to_dict() == years.set_index(keys)["event_count"].sort_index().to_dict()
    assert len(levels) > 1


def test_quarters_are_of_the_financial_year(whole_warehouse: Warehouse) -> None:
    events = whole_warehouse.frame("marts.event_counts")
    events = events[(events["area_level"] == "national") & (events["ethnic_classification"] == "total")]
    months = events[events["period_kind"] == "month"]
    fiscal = pd.PeriodIndex(months["period"], freq="M").asfreq("Q-MAR")
    added = months.groupby(["financial_year", "Q" + fiscal.quarter.astype(str), "event_name"])["event_count"].sum()
    quarters = events[events["period_kind"] == "quarter"].set_index(["financial_year", "period", "event_name"])
    assert added.to_dict() == quarters["event_count"].to_dict()


@pytest.mark.parametrize("measure", LIMITS)
def test_who_waits_at_the_end_of_each_month(whole_warehouse: Warehouse, measure: str) -> None:
    referrals = whole_warehouse.referrals
    seen = referrals[["first_assessment_date", "first_treatment_date"]].min(axis=1)
    referrals = referrals.assign(seen=seen)
    event, limit = LIMITS[measure]
    marts = whole_warehouse.frame("marts.waiting_at_month_end")
    marts = marts[(marts["measure"] == measure) & (marts["area_level"] == "national")]
    months = pd.period_range(referrals["referral_received_date"].min(), marts["waiting_month"].max(), freq="M")
    got = marts.set_index(["waiting_month", "ethnic_classification", "ethnic_group"])[
        ["waiting_count", "long_waiting_count"]
    ]
    compared = 0
    for month in months:
        end = month.end_time.normalize()
        waits = (
            (referrals["referral_received_date"] <= end)
            & ~(referrals[event] <= end)
            & ~(referrals["discharge_date"] <= end)
        )
        days = (end - referrals["referral_received_date"]).dt.days
        for group, mine in referrals[waits].assign(days=days).groupby("high_level_ethnic_group"):
            row = got.loc[(str(month), "high_level_ethnic_group", group)]
            assert (row["waiting_count"], row["long_waiting_count"]) == (len(mine), (mine["days"] > limit).sum())
            compared += 1
    assert compared > 100


def test_repeats_are_counted_person_by_person(whole_warehouse: Warehouse) -> None:
    referrals = whole_warehouse.expected.referrals.sort_values("referral_received_date")
    assert referrals["person"].nunique() < referrals["person_id"].nunique()
    first = referrals["referral_received_date"].min().replace(day=1)
    counts: dict[str, list[int]] = {}
    for _, mine in referrals.groupby("person"):
        dates = list(mine["referral_received_date"])
        for date, year in zip(dates, mine["referral_financial_year"], strict=True):
            if (date - first).days >= 365:
                is_repeat = any(0 < (date - other).days <= 365 for other in dates)
                count = counts.setdefault(year, [0, 0])
                count[0] += is_repeat
                count[1] += 1
    rates = whole_warehouse.frame("marts.pathway_rates")
    rates = rates[
        (rates["measure"] == "repeat_referral")
        & (rates["area_level"] == "national")
        & (rates["ethnic_classification"] == "total")
        & (rates["denominator_count"] > 0)
    ].set_index("financial_year")
    assert {year: list(row) for year, row in rates[["numerator_count", "denominator_count"]].iterrows()} == counts
    assert sum(numerator for numerator, _ in counts.values()) > 0
