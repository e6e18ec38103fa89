"""Language and interpreter in rates and models: counts against the planted truth, coefficients against statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from warehouses import Warehouse, typed

LANGUAGE = ("preferred_language", "treatment_language", "interpreter_status")
SIX_WEEKS = 42
COUNTS = ["numerator_count", "denominator_count"]
PREFERS_OTHER = {"White British": 0.004, "Other White background": 0.35, "Indian": 0.12, "Chinese": 0.25}
"""Share that prefers another language than English, as planted, of some of the groups."""


def planted(warehouse: Warehouse) -> pd.DataFrame:
    """The truth of every referral, with what follows from the window and the follow-up, which it does not say."""
    truth = typed(pd.read_parquet(warehouse.data / "truth" / "referrals.parquet"))
    flags = ["is_received_in_window", "has_enough_follow_up", "referral_financial_year", "high_level_ethnic_group"]
    rows = truth.merge(warehouse.referrals[["referral_id", *flags]], on="referral_id", validate="one_to_one")
    wait = (rows["first_treatment_date"] - rows["referral_received_date"]).dt.days
    return rows.assign(is_treated_soon=wait <= SIX_WEEKS, discharge_year=year_of(rows["discharge_date"]))


def year_of(dates: pd.Series) -> pd.Series:
    first = (dates.dt.year - (dates.dt.month < 4)).astype("Int64")
    return first.astype("string") + "-" + ((first + 1) % 100).astype("string").str.zfill(2)


def counted(
    rows: pd.DataFrame, year: str, happened: str, characteristic: str
) -> dict[tuple[str, ...], tuple[int, int]]:
    """How many of how many, by year, group and value; five groups, everybody, and those without a valid category."""
    groups = {"total": pd.Series("all", index=rows.index), "five": rows["high_level_ethnic_group"].fillna("none")}
    found = {}
    for kind, group in groups.items():
        by = rows.groupby([rows[year], group, rows[characteristic]])[happened].agg(["sum", "count"])
        found |= {
            (kind, str(when), str(who), str(value)): (int(row["sum"]), int(row["count"]))
            for (when, who, value), row in by.iterrows()
        }
    return found


@pytest.mark.parametrize("characteristic", LANGUAGE)
def test_rates_by_language_are_those_of_the_truth(characteristic: str, whole_warehouse: Warehouse) -> None:
    rows = planted(whole_warehouse)
    rows = rows[rows["is_received_in_window"]]
    timely = rows[rows["has_enough_follow_up"]]
    courses = rows[rows["is_finished_course"]].dropna(subset=["is_dropped_out"])
    expected = {
        "access": counted(timely, "referral_financial_year", "is_accessed", characteristic),
        "treated_within_6_weeks": counted(
            timely[timely["is_accessed"]], "referral_financial_year", "is_treated_soon", characteristic
        ),
        "dropout": counted(courses, "discharge_year", "is_dropped_out", characteristic),
    }
    marts = whole_warehouse.frame("marts.rates_by_characteristic")
    marts = marts[(marts["area_level"] == "national") & (marts["characteristic"] == characteristic)]
    kinds = {"total": "total", "high_level_ethnic_group": "five"}
    marts = marts[marts["ethnic_classification"].isin(list(kinds)) & (marts["denominator_count"] > 0)]
    for measure, truth in expected.items():
        got = {}
        for row in marts[marts["measure"] == measure].to_dict("records"):
            kind = kinds[row["ethnic_classification"]]
            no_group = row["ethnic_group"].startswith("Not stated")
            group = "all" if kind == "total" else "none" if no_group else row["ethnic_group"]
            key = (kind, row["financial_year"], group, row["characteristic_value"])
            got[key] = (row["numerator_count"], row["denominator_count"])
        assert got == truth, measure
        assert len(truth) > 20


def test_every_value_occurs(whole_warehouse: Warehouse) -> None:
    """A comparison of values that never occur proves nothing."""
    both = {"another language", "not known"}
    assert set(whole_warehouse.referrals["preferred_language"]) == {"English", *both}
    assert set(whole_warehouse.referrals["treatment_language"]) == {"preferred language", *both}
    assert len(set(whole_warehouse.episodes["interpreter_status"])) == 6
    assert {"en", "q4"} <= set(whole_warehouse.referrals["preferred_language_code"])


def test_people_prefer_other_languages_as_planted(whole_warehouse: Warehouse) -> None:
    """Within four standard errors of the planted share, of those of whom it is known."""
    rows = whole_warehouse.referrals
    rows = rows[rows["preferred_language"] != "not known"].drop_duplicates("person_id")
    for group, share in PREFERS_OTHER.items():
        is_other = rows.loc[rows["ethnic_group"] == group, "preferred_language"] == "another language"
        assert abs(is_other.mean() - share) < 4 * np.sqrt(share * (1 - share) / len(is_other)), group


def columns_of(frame: pd.DataFrame, estimates: pd.DataFrame) -> pd.DataFrame:
    """The column of each estimate: 1 for its level, or the number in steps of its unit."""
    units = {"age_at_referral": 10, "days_referral_to_assessment": 28, "days_assessment_to_next_treatment": 28}
    matrix = {}
    for row in estimates.to_dict("records"):
        term, level = row["term"], row["level"]
        if term == "intercept":
            matrix[term, level] = np.ones(len(frame))
        elif level is None or pd.isna(level):
            matrix[term, level] = frame[term].astype(float).to_numpy() / units.get(term, 1)
        else:
            column = "ethnic_category_code" if term == "ethnic_group" else term
            said = frame[column].map(lambda value: "not known" if pd.isna(value) else str(value).lower())
            matrix[term, level] = (said == level.lower()).to_numpy(dtype=float)
    return pd.DataFrame(matrix)


def test_model_6_agrees_with_statsmodels_on_the_same_rows(whole_warehouse: Warehouse) -> None:
    """Sessions attended, the outcome whose model is linear: what a level separates does not blur it."""
    estimates = whole_warehouse.frame("regression.estimates")
    estimates = estimates[
        (estimates["outcome"] == "proportion_of_sessions_attended")
        & (estimates["model"] == "model_6")
        & (estimates["estimator"] == "linear")
        & estimates["estimate_status"].isin(["estimated", "small_group"])
    ]
    numbers = ["age_at_referral", "phq9_first", "gad7_first", "days_referral_to_assessment"]
    numbers += ["days_assessment_to_next_treatment", "proportion_attended"]
    rows = whole_warehouse.episodes
    rows = rows[rows["is_received_in_window"] & rows["ethnic_category_code"].notna()].dropna(subset=numbers)
    fit = sm.OLS(rows["proportion_attended"].astype(float).to_numpy(), columns_of(rows, estimates).to_numpy()).fit()
    np.testing.assert_allclose(estimates["estimate"].astype(float), fit.params, rtol=0, atol=1e-9)
    np.testing.assert_allclose(estimates["standard_error"].astype(float), fit.bse, rtol=1e-7)
    assert {"another language", "not known"} <= set(estimates.loc[estimates["term"].isin(LANGUAGE), "level"])


def test_access_is_adjusted_for_the_preferred_language_alone(whole_warehouse: Warehouse) -> None:
    """No contact can say anything before the first: language of treatment and interpreter are no terms of access."""
    estimates = whole_warehouse.frame("regression.estimates")
    terms = estimates[estimates["analysis"] == "access"].groupby("model")["term"].agg(set)
    assert terms["model_3"] - terms["model_2"] == {"preferred_language"}
    assert not terms["model_3"] & set(LANGUAGE[1:])
