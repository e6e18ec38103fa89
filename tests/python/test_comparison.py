"""Published counts beside those of the raw data: sums over the fact tables and the publisher's files give the sides."""

from __future__ import annotations

import pytest

from warehouses import Warehouse

EVENTS = {
    "referrals_received": ("fct_referrals", "referral_received_date", "true"),
    "first_treatment": ("fct_referrals", "first_treatment_date", "first_treatment_date is not null"),
    "finished_course": ("fct_referrals", "discharge_date", "is_finished_course"),
    "recovery": ("fct_episodes", "discharge_date", "is_recovered"),
    "not_at_caseness": ("fct_episodes", "discharge_date", "not is_at_caseness"),
}


@pytest.mark.parametrize("measure", EVENTS)
@pytest.mark.parametrize(
    "groups", ["'total'", "'ethnic_group', 'not_stated'", "'high_level_ethnic_group', 'not_stated'"]
)
def test_events_of_the_raw_data_are_those_of_the_facts(whole_warehouse: Warehouse, measure: str, groups: str) -> None:
    """April to March, by the day of the event, in whatever classification they are added up."""
    table, day, condition = EVENTS[measure]
    year = f"year({day}) - if(month({day}) < 4, 1, 0)"
    facts = whole_warehouse.rows(
        f"select cast({year} as varchar) || '-' || right(cast({year} + 1 as varchar), 2) as financial_year, count(*) "
        f"from marts.{table} where {condition} group by 1 order by 1"
    )
    counted = whole_warehouse.rows(
        "select financial_year, cast(sum(derived_count) as bigint) from marts.published_versus_derived "
        f"where measure = ? and organisation_level = 'national' and ethnic_classification in ({groups}) "
        "group by 1 order by 1",
        measure,
    )
    # A referral may be received before the first month of submissions, and no year of its own is compared then.
    years = {row[0] for row in counted}
    assert counted == [row for row in facts if row[0] in years]
    assert len(years) >= 4


def test_the_published_side_is_the_file(whole_warehouse: Warehouse) -> None:
    """White British 2017-18: 1,007,665 referrals; of 437,542 finished courses less 27,905, 212,045 recovered."""
    rows = whole_warehouse.rows(
        "select measure, published_count, published_denominator_count, reason from marts.published_versus_derived "
        "where financial_year = '2017-18' and ethnic_group = 'White British' and organisation_level = 'national' "
        "and measure in ('first_treatment', 'referrals_received', 'recovery') order by 1"
    )
    assert rows == [
        ("first_treatment", None, None, "not_published"),
        ("recovery", 212045, 437542 - 27905, "other_submissions"),
        ("referrals_received", 1007665, None, "other_submissions"),
    ]
