"""The patient experience questionnaires: answers, rates, items and weighted means against what was planted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from scipy.stats import t as students

from in_process import PROJECT
from warehouses import Warehouse

TREATMENT = ("747901000000107", "747911000000109", "747921000000103", "747931000000101", "747941000000105")
ENOUGH_INFORMATION = "747861000000100"
SCALES = {**dict.fromkeys((*TREATMENT, "747951000000108", "747891000000106"), "0 1 2 3 4")}
TOTAL = "area_level = 'national' and ethnic_classification = 'total'"


def truths(warehouse: Warehouse) -> tuple[pd.DataFrame, set[str]]:
    """Every planted answer, and the referrals of which something was spoilt or sent apart."""
    folder = warehouse.data / "truth"
    referrals = pd.read_parquet(folder / "referrals.parquet")
    return pd.read_parquet(folder / "experience.parquet"), set(referrals.loc[~referrals["is_clean"], "referral_id"])


@pytest.mark.parametrize("name", ["whole_warehouse", "spoilt_warehouse"])
def test_every_answer_is_the_planted_one(name: str, request: pytest.FixtureRequest) -> None:
    """Version 2.1 alone, and all three versions with a row spoilt for every ten: the same answers, each once."""
    warehouse: Warehouse = request.getfixturevalue(name)
    planted, unclean = truths(warehouse)
    actual = warehouse.frame("marts.fct_experience_answers")
    joined = planted.merge(actual, how="outer", on=["referral_id", "question_code"], suffixes=("", "_got"))
    joined = joined[~joined["referral_id"].isin(unclean)]
    assert len(joined) > 1_500
    assert joined["answer_code"].equals(joined["answer_code_got"])
    assert (pd.to_datetime(joined["answer_date"]) == pd.to_datetime(joined["answer_date_got"])).all()
    versions = {"v2_1"} if name == "whole_warehouse" else {"v1_5", "v2_0", "v2_1"}
    assert set(joined["mds_version"]) == versions


def answers(warehouse: Warehouse) -> pd.DataFrame:
    """Every planted answer; of a pathway sent apart, whose parts the truth does not tell, what each part has."""
    planted, unclean = truths(warehouse)
    actual = warehouse.frame("marts.fct_experience_answers")
    return pd.concat([planted[~planted["referral_id"].isin(unclean)], actual[actual["referral_id"].isin(unclean)]])


def eligible(warehouse: Warehouse) -> pd.DataFrame:
    """A referral a row, with what was planted of it, beside the facts that other tests compare with the oracle."""
    planted = answers(warehouse)
    referrals = warehouse.referrals.copy()
    of_treatment = planted["question_code"].isin([*TREATMENT, "747951000000108"])
    referrals["assessment"] = referrals["referral_id"].isin(planted.loc[~of_treatment, "referral_id"])
    referrals["treatment"] = referrals["referral_id"].isin(planted.loc[of_treatment, "referral_id"])
    said = planted[planted["question_code"] == ENOUGH_INFORMATION].set_index("referral_id")["answer_code"]
    referrals["said"] = referrals["referral_id"].map(said)
    day = pd.to_datetime(referrals["discharge_date"])
    start = day.dt.year - (day.dt.month < 4)
    referrals["discharged_in"] = [
        None if pd.isna(year) else f"{int(year)}-{(int(year) + 1) % 100:02d}" for year in start
    ]
    return referrals[referrals["is_received_in_window"]]


def asked(warehouse: Warehouse, measure: str) -> tuple[pd.DataFrame, str, Any]:
    """Who is asked, the year that they count in, and the outcome; report, section 3.8."""
    people = eligible(warehouse)
    recent = people["has_enough_follow_up"]
    assessed = people["first_assessment_date"].notna()
    if measure == "assessment_questionnaire":
        return people[recent & assessed], "referral_financial_year", "assessment"
    if measure == "assessment_questionnaire_of_accessed":
        return people[recent & people["is_accessed"]], "referral_financial_year", "assessment"
    if measure == "treatment_questionnaire":
        return people[people["is_finished_course"]], "discharged_in", "treatment"
    if measure == "treatment_questionnaire_of_courses":
        mask = people["has_enough_follow_up_for_course"] & people["is_course_of_treatment"]
        return people[mask], "referral_financial_year", "treatment"
    chosen = people[recent & assessed & people["said"].notna()]
    return chosen.assign(yes=chosen["said"] == "Y"), "referral_financial_year", "yes"


def test_of_courses_who_had_none_is_told_before_all_else() -> None:
    """Else a year and area without a finished course has a count, and nothing says whether it is complete."""
    measures, rules = (
        pd.read_csv(PROJECT / "seeds" / "rules" / f"outcome_{name}.csv") for name in ("measures", "rules")
    )
    of_courses = measures.query("measure_kind == 'experience' and source_model == 'fct_episodes'")["measure"]
    first = rules[rules["measure"].isin(of_courses)].sort_values("rule_order").groupby("measure").first()
    assert len(first) == len(of_courses) > 0
    assert set(zip(first["column_name"], first["row_fate"], strict=True)) == {("is_finished_course", "not_at_risk")}


@pytest.mark.parametrize(
    "measure",
    [
        "assessment_questionnaire",
        "assessment_questionnaire_of_accessed",
        "treatment_questionnaire",
        "treatment_questionnaire_of_courses",
        "enough_information",
    ],
)
@pytest.mark.parametrize("name", ["whole_warehouse", "spoilt_warehouse"])
def test_rates_count_what_was_planted(name: str, measure: str, request: pytest.FixtureRequest) -> None:
    warehouse: Warehouse = request.getfixturevalue(name)
    people, year, outcome = asked(warehouse, measure)
    by_group = people.assign(group=people["ethnic_group"].fillna("Not stated, not known or invalid"))
    counts = by_group.groupby([year, "group"])[outcome].agg(["sum", "count"])
    expected = {(*key, int(yes), int(of)) for key, yes, of in counts.itertuples() if of}
    rows = warehouse.rows(
        "select financial_year, ethnic_group, numerator_count, denominator_count, rate_low, rate_high, is_complete "
        "from marts.experience_rates where area_level = 'national' and ethnic_classification = 'ethnic_group' "
        f"and measure = '{measure}' and not is_pooled and denominator_count > 0"
    )
    assert {row[:4] for row in rows} == expected
    assert len(expected) > 30
    for _, _, yes, of, low, high, _ in rows:
        wilson = binomtest(int(yes), int(of)).proportion_ci(method="wilson")
        assert (low, high) == pytest.approx((wilson.low, wilson.high), abs=1e-9)
    # The complete years together.
    complete = {row[0] for row in rows if row[6]}
    pooled = warehouse.rows(
        f"select numerator_count, denominator_count from marts.experience_rates where {TOTAL} "
        f"and measure = '{measure}' and is_pooled"
    )
    kept = people[people[year].isin(complete)]
    assert pooled == [(int(kept[outcome].sum()), len(kept))]


def test_the_planted_shares_are_those_of_the_report(whole_warehouse: Warehouse) -> None:
    """11.83% of people treated and 16.52% of finished courses, within four standard errors of the draw."""
    people = eligible(whole_warehouse)
    for mask, outcome, share in (
        (people["is_accessed"], "assessment", 0.1183),
        (people["is_finished_course"], "treatment", 0.1652),
    ):
        chosen = people[mask]
        assert chosen[outcome].mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / len(chosen)))


@pytest.mark.parametrize("name", ["whole_warehouse", "spoilt_warehouse"])
def test_items_count_what_was_planted(name: str, request: pytest.FixtureRequest) -> None:
    """Each answer of everybody over the complete years, its share and the mean; what 1.5 lacks is not missing."""
    warehouse: Warehouse = request.getfixturevalue(name)
    planted = answers(warehouse)
    items = warehouse.rows(
        "select questionnaire, question_code, answer_code, asked_count, answered_count, missing_count, answer_count, "
        "answer_share, answer_share_low, answer_share_high, mean_value, mean_low, mean_high "
        f"from marts.experience_items where {TOTAL} and is_pooled"
    )
    # Five answers and not applicable to six questions, three to four choices, five of satisfaction.
    assert len(items) == 6 * 6 + 4 * 3 + 5
    for questionnaire, code, answer, asked_count, answered, missing, count, share, low, high, *means in items:
        people, year, outcome = asked(warehouse, f"{questionnaire}_questionnaire")
        complete = {
            row[0]
            for row in warehouse.rows(
                f"select financial_year from marts.experience_rates where {TOTAL} and is_complete "
                f"and not is_pooled and measure = '{questionnaire}_questionnaire'"
            )
        }
        who = people[people[year].isin(complete) & people[outcome]]["referral_id"]
        given = planted[planted["referral_id"].isin(who) & (planted["question_code"] == code)]["answer_code"]
        assert (asked_count, answered, missing, count) == (len(given), len(given), 0, (given == answer).sum())
        wilson = binomtest(int(count), int(answered)).proportion_ci(method="wilson")
        assert (share, low, high) == pytest.approx((count / answered, wilson.low, wilson.high), abs=1e-9)
        if code in SCALES:
            values = given.astype(int)
            half = students.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
            assert means == pytest.approx([values.mean(), values.mean() - half, values.mean() + half], abs=1e-9)
        else:
            assert means == [None, None, None]


def chances(people: pd.DataFrame, outcome: str) -> pd.Series[float]:
    """Chance of the outcome by logistic regression on all terms of the largest model, by Newton's method."""
    columns = [np.ones(len(people)), people["age_at_referral"] / 10, people["days_referral_to_assessment"] / 28]
    for column in ("ethnic_category_code", "gender", "referral_financial_year", "imd_decile"):
        levels = people[column].astype(object).where(people[column].notna(), "not known")
        columns += [np.asarray(levels == level, dtype=float) for level in sorted(set(levels), key=str)[1:]]
    matrix = np.column_stack([np.asarray(column, dtype=float) for column in columns])
    yes = people[outcome].to_numpy(dtype=float)
    beta = np.zeros(matrix.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(matrix @ beta, -30, 30)))
        information = matrix.T @ (matrix * (chance * (1 - chance))[:, None])
        beta += np.linalg.lstsq(information, matrix.T @ (yes - chance), rcond=1e-12)[0]
    return pd.Series(1 / (1 + np.exp(-matrix @ beta)), index=people["referral_id"])


def test_weighted_means_are_those_of_an_independent_calculation(whole_warehouse: Warehouse) -> None:
    people, _, outcome = asked(whole_warehouse, "assessment_questionnaire")
    people = people[people["ethnic_category_code"].notna() & people["age_at_referral"].notna()]
    # A level that nobody or everybody of answers of has no finite estimate, and leaves the other estimates as they are
    # without its rows.
    for column in ("ethnic_category_code", "gender", "referral_financial_year", "imd_decile"):
        level = people[column].astype(object).where(people[column].notna(), "not known")
        share = people.groupby(level)[outcome].transform("mean")
        people = people[(share > 0) & (share < 1)]
    chance = chances(people, outcome)
    said = people.set_index("referral_id")["said"].dropna()
    for label, mask in (
        ("White British", people["ethnic_category_code"] == "A"),
        ("Minoritised ethnic groups", people["ethnic_category_code"] != "A"),
    ):
        who = said[said.index.isin(people.loc[mask, "referral_id"])]
        weight, value = 1 / chance[who.index], (who == "Y").astype(float)
        mean = (weight * value).sum() / weight.sum()
        error = np.sqrt((weight**2 * (value - mean) ** 2).sum() * len(who) / (len(who) - 1)) / weight.sum()
        ((found, low, high, count, largest, effective),) = whole_warehouse.rows(
            "select weighted_mean, weighted_mean_low, weighted_mean_high, weighted_count, largest_weight, "
            "effective_count from regression.experience_weighted where question = 'enough_information' "
            "and ethnic_classification = 'minoritised' and ethnic_group = ?",
            label,
        )
        assert count == len(who) > 30
        assert found == pytest.approx(mean, abs=1e-6)
        half = 1.959963984540054 * error
        assert (low, high) == pytest.approx((max(mean - half, 0), min(mean + half, 1)), abs=1e-6)
        assert largest == pytest.approx(weight.max(), rel=1e-4)
        assert effective == pytest.approx(weight.sum() ** 2 / (weight**2).sum(), rel=1e-4)
        # Who was asked and has a weight is what the weights add up to, as far as the draw of who answers goes.
        assert weight.sum() == pytest.approx(mask.sum(), rel=0.35)


def test_answers_that_count_for_nothing_are_counted(spoilt_warehouse: Warehouse) -> None:
    reasons = spoilt_warehouse.rows("select distinct reason from quality.records_left_out where reason like 'answer%'")
    ((kept,),) = spoilt_warehouse.rows("select count(*) from marts.fct_experience_answers")
    assert {row[0] for row in reasons} <= {
        "answer_without_referral",
        "answer_not_of_the_question",
        "answer_replaced_by_another",
    }
    assert kept > 1_500
