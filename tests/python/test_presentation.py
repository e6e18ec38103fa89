"""Presentation of the three samples against pandas, scipy and statsmodels, on the referrals of the warehouse.

Each column of those referrals equals the oracle's (test_truth.py); what is made of them is calculated anew here.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import jinja2
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from in_process import PROJECT, default_of
from warehouses import Warehouse

MEANS = {
    "age": "age_at_referral",
    "deprivation_decile": "imd_decile",
    "phq9_first": "phq9_first",
    "gad7_first": "gad7_first",
    "wsas_first": "wsas_first",
}
"""Characteristic of which there is a mean: its column."""
YES_NO = {True: "yes", False: "no"}
CELL = ["sample", "period", "ethnic_classification", "ethnic_group"]
GROUPS = {"ethnic_group": "ethnic_group", "high_level_ethnic_group": "high_level_ethnic_group"}
UNKNOWN = "Not stated, not known or invalid"


def categories_of(referrals: pd.DataFrame) -> dict[str, pd.Series]:
    """Characteristic of which there are shares: the category of every referral, none where it is not known."""
    medication = referrals["psychotropic_medication"].replace("not known", None)
    quintile = (referrals["imd_decile"].astype("Int64") + 1) // 2
    return {
        "gender": referrals["gender"].replace("not known", None),
        "deprivation_quintile": quintile.astype("string"),
        "employment_status": referrals["employment_status"].replace("not known", None),
        "psychotropic_medication": medication,
        "takes_medication": (medication == "prescribed and taking").map(YES_NO).where(medication.notna()),
        "long_term_condition": referrals["has_long_term_condition"].map(YES_NO),
    }


@dataclass(frozen=True)
class Sample:
    """A sample of all areas together."""

    rows: pd.DataFrame
    """Referrals that count."""
    outside: pd.DataFrame
    """Received outside the window."""
    recent: pd.DataFrame
    """Received too lately."""


def sample_of(referrals: pd.DataFrame, name: str) -> Sample:
    rows = referrals if name == "referred" else referrals[referrals[f"is_{name}"].astype(bool)]
    is_inside = rows["is_received_in_window"].astype(bool)
    follow_up = {"accessed": "has_enough_follow_up", "course_of_treatment": "has_enough_follow_up_for_course"}
    has_time = rows[follow_up[name]].astype(bool) if name in follow_up else is_inside | True
    return Sample(rows[is_inside & has_time], rows[~is_inside], rows[is_inside & ~has_time])


@pytest.fixture(scope="module")
def marts(whole_warehouse: Warehouse) -> pd.DataFrame:
    rows = whole_warehouse.frame("marts.presentation")
    chosen = rows["ethnic_classification"].isin([*GROUPS, "total"]) & (rows["area_level"] == "national")
    return rows[chosen]


def samples_of(warehouse: Warehouse) -> dict[str, Sample]:
    return {name: sample_of(warehouse.referrals, name) for name in ("referred", "accessed", "course_of_treatment")}


def complete_years(marts: pd.DataFrame, sample: str) -> set[str]:
    single = marts[(marts["period_kind"] == "financial_year") & marts["is_complete"]]
    return set(single.loc[single["sample"] == sample, "period"])


def described_rows(warehouse: Warehouse, marts: pd.DataFrame) -> pd.DataFrame:
    """The referrals of every sample, with their categories, once for each period and group that they count in."""
    found = []
    for name, sample in samples_of(warehouse).items():
        rows = sample.rows.assign(**categories_of(sample.rows))
        years = rows["referral_financial_year"]
        complete = complete_years(marts, name)
        together = rows[years.isin(complete)].assign(period=f"{min(complete)} to {max(complete)}")
        for part in (rows.assign(period=years), together):
            for classification, column in {**GROUPS, "total": None}.items():
                group = part[column].fillna(UNKNOWN) if column else "All"
                found.append(part.assign(sample=name, ethnic_classification=classification, ethnic_group=group))
    return pd.concat(found, ignore_index=True)


@pytest.fixture(scope="module")
def described(whole_warehouse: Warehouse, marts: pd.DataFrame) -> pd.DataFrame:
    return described_rows(whole_warehouse, marts)


def test_means_and_their_intervals_are_those_of_scipy(described: pd.DataFrame, marts: pd.DataFrame) -> None:
    for characteristic, column in MEANS.items():
        values = described.assign(number=pd.to_numeric(described[column]).astype("Float64").astype(float))
        groups = values.groupby(CELL)["number"]
        expected = groups.agg(["size", "count", "mean", "std"])
        rows = marts[marts["characteristic"] == characteristic].set_index(CELL)
        assert set(rows["category"]) == {"all"}
        both = rows.join(expected, how="outer")
        assert len(both) == len(rows) > 100
        assert (both["known_count"] == both["count"]).all()
        assert (both["missing_count"] == both["size"] - both["count"]).all()
        assert both["figure"].to_numpy(float) == pytest.approx(both["mean"].to_numpy(float), nan_ok=True)
        deviation = both["std"].to_numpy(float)
        assert both["standard_deviation"].to_numpy(float) == pytest.approx(deviation, nan_ok=True, abs=1e-6)
        people = both["count"].to_numpy(float)
        has_interval = people >= 5
        assert both["figure_low"].notna().to_numpy().tolist() == has_interval.tolist()
        assert both["figure_high"].notna().to_numpy().tolist() == has_interval.tolist()
        some, n = both[has_interval], people[has_interval]
        half = stats.t.ppf(0.975, n - 1) * deviation[has_interval] / np.sqrt(n)
        # The quantile is a series: with four degrees of freedom it is short by a three thousandth of the half width.
        for ends in (some["figure"] - some["figure_low"], some["figure_high"] - some["figure"]):
            assert ends.to_numpy(float) == pytest.approx(half, rel=5e-4, abs=1e-9)
        assert has_interval.sum() > 80


def test_shares_and_their_intervals_are_those_of_statsmodels(described: pd.DataFrame, marts: pd.DataFrame) -> None:
    empty = 0
    for characteristic in categories_of(described.iloc[:1]):
        known = described[described[characteristic].notna()]
        counts = known.groupby([*CELL, characteristic]).size().rename("count")
        counts.index = counts.index.set_names([*CELL, "category"])
        everybody = described.groupby(CELL).size().rename("size")
        rows = marts[marts["characteristic"] == characteristic].set_index([*CELL, "category"])
        both = rows.join(counts, how="outer").join(known.groupby(CELL).size().rename("known"), on=CELL)
        both = both.join(everybody, on=CELL).fillna({"count": 0, "known": 0})
        assert len(both) == len(rows) > 200
        assert set(known[characteristic]) == set(both.index.get_level_values("category"))
        assert (both["category_count"] == both["count"]).all()
        assert (both["known_count"] == both["known"]).all()
        assert (both["missing_count"] == both["size"] - both["known"]).all()
        assert both["standard_deviation"].isna().all()
        assert both.loc[both["known"] == 0, ["figure", "figure_low", "figure_high"]].isna().all().all()
        some = both[both["known"] > 0]
        low, high = proportion_confint(some["count"].to_numpy(), some["known"].to_numpy(), method="wilson")
        assert some["figure"].to_numpy(float) == pytest.approx((some["count"] / some["known"]).to_numpy())
        assert some["figure_low"].to_numpy(float) == pytest.approx(low, abs=1e-9)
        assert some["figure_high"].to_numpy(float) == pytest.approx(high, abs=1e-9)
        empty += (some["count"] == 0).sum()
    assert empty > 20, "no category that nobody of a group is of"


def number(value: object) -> float:
    return np.nan if pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]


def test_gaps_to_white_british(whole_warehouse: Warehouse, marts: pd.DataFrame) -> None:
    """The difference with its interval, and in standard deviations: Cohen's d for means, Austin's for shares."""
    key = ["sample", "period_kind", "period", "characteristic", "category"]
    reference = marts[marts["ethnic_group"] == "White British"].set_index(key)
    others = marts[(marts["ethnic_classification"] == "ethnic_group") & (marts["ethnic_group"] != "White British")]
    compared = {"mean": 0, "share": 0}
    for values in others.join(reference, on=key, rsuffix="_reference").to_dict("records"):
        n, m, s, o, w, v = (
            number(values[f"{name}{end}"])
            for end in ("", "_reference")
            for name in ("known_count", "figure", "standard_deviation")
        )
        assert number(values["difference_to_white_british"]) == pytest.approx(m - w, nan_ok=True)
        low = m - w - np.hypot(m - number(values["figure_low"]), number(values["figure_high_reference"]) - w)
        high = m - w + np.hypot(number(values["figure_high"]) - m, w - number(values["figure_low_reference"]))
        assert number(values["difference_low"]) == pytest.approx(low, nan_ok=True)
        assert number(values["difference_high"]) == pytest.approx(high, nan_ok=True)
        got = number(values["standardised_difference"])
        if values["statistic"] == "mean":
            deviation = np.sqrt(((n - 1) * s**2 + (o - 1) * v**2) / (n + o - 2)) if n + o > 2 else np.nan
        else:
            deviation = np.sqrt((m * (1 - m) + w * (1 - w)) / 2)
        wanted = (m - w) / deviation if deviation > 0 else np.nan
        assert got == pytest.approx(wanted, nan_ok=True, abs=1e-9)
        compared[values["statistic"]] += np.isfinite(wanted)
    assert min(compared.values()) > 200
    # White British people are part of these groups: a difference, but nothing that takes them for others.
    mixed = marts[marts["ethnic_group"].isin(["White", "All", "White British"])]
    assert mixed["difference_to_white_british"].notna().all()
    assert mixed[["difference_low", "difference_high", "standardised_difference"]].isna().all().all()


def test_intervals_of_gaps_are_near_those_of_statsmodels(marts: pd.DataFrame) -> None:
    """Of two shares Newcombe's hybrid score interval; of two means, in large groups, that of unequal variances."""
    rows = marts[(marts["sample"] == "referred") & (marts["period_kind"] == "complete_years")]
    group = {
        name: rows[rows["ethnic_group"] == name].set_index(["characteristic", "category"])
        for name in ("Pakistani", "White British")
    }
    one, other = (group[name].loc[("takes_medication", "yes")] for name in ("Pakistani", "White British"))
    counts = [number(row[name]) for row in (one, other) for name in ("category_count", "known_count")]
    interval = confint_proportions_2indep(*counts, method="newcomb", compare="diff")
    assert (one["difference_low"], one["difference_high"]) == pytest.approx(interval)
    one, other = (group[name].loc[("phq9_first", "all")] for name in ("Pakistani", "White British"))
    ends = []
    for row in (one, other):
        count, deviation = int(row["known_count"]), row["standard_deviation"]
        spread = np.linspace(-1, 1, count)
        ends.append(DescrStatsW(row["figure"] + spread * deviation / np.std(spread, ddof=1)))
    interval = CompareMeans(*ends).tconfint_diff(usevar="unequal")
    assert (one["difference_low"], one["difference_high"]) == pytest.approx(interval, abs=0.02)


def test_who_is_left_out_is_counted(whole_warehouse: Warehouse, marts: pd.DataFrame) -> None:
    samples = samples_of(whole_warehouse)
    rows = marts[(marts["ethnic_classification"] == "total") & (marts["period_kind"] == "financial_year")]
    for _, row in rows.iterrows():
        sample = samples[row["sample"]]
        outside, recent = (
            (left["referral_financial_year"] == row["period"]).sum() for left in (sample.outside, sample.recent)
        )
        assert (row["outside_window_count"], row["too_recent_count"]) == (outside, recent)
    assert rows["too_recent_count"].max() > 20


def test_the_samples_are_those_of_the_rates(whole_warehouse: Warehouse) -> None:
    """Who accessed and who had a course are those that the rates count, in every area and group."""
    differing = whole_warehouse.rows(
        """
        select count(*), count(*) filter (where known_count + missing_count is distinct from numerator_count)
        from marts.presentation
        inner join marts.access_rates using (area_level, area_code, ethnic_classification, ethnic_group)
        where
            financial_year = period
            and characteristic = 'age'
            and measure = case sample when 'accessed' then 'access' else sample end
        """
    )
    (compared, wrong) = differing[0]
    assert compared > 300
    assert wrong == 0


def test_first_scores_are_of_everybody_who_has_them(whole_warehouse: Warehouse) -> None:
    """Those of a finished course are the same in both tables of facts; others have them too."""
    both = whole_warehouse.episodes.merge(whole_warehouse.referrals, on="referral_id", suffixes=("", "_of_referral"))
    for name in ("phq9_first", "gad7_first", "psychotropic_medication", "employment_status", "has_long_term_condition"):
        one, other = both[name].astype("string").fillna("none"), both[f"{name}_of_referral"].astype("string")
        assert (one == other.fillna("none")).all(), name
    unfinished = whole_warehouse.referrals[~whole_warehouse.referrals["is_finished_course"].astype(bool)]
    for name in ("phq9_first", "gad7_first", "wsas_first", "has_long_term_condition"):
        assert unfinished[name].notna().sum() > 100, name


@pytest.mark.parametrize("people", [5, 6, 9, 20, 100, 10_000])
def test_the_quantile_is_students(people: int) -> None:
    environment = jinja2.Environment()
    environment.globals["var"] = default_of
    texts = [
        (PROJECT / "macros" / f"{name}.sql").read_text(encoding="utf-8")
        for name in ("checked_variables", "wilson_interval", "mean_interval")
    ]
    sql = environment.from_string("".join(texts) + f"select {{{{ t_quantile('{people - 1}') }}}}").render()
    (quantile,) = duckdb.connect().execute(sql).fetchall()[0]
    assert quantile == pytest.approx(stats.t.ppf(0.975, people - 1), abs=1e-3)


# ------------------------------------------------------------------------------------ sessions attended, of courses


def test_sessions_attended_are_those_of_scipy(whole_warehouse: Warehouse) -> None:
    """The sixth outcome of the report, of finished courses: by year, month and gender, of each group and everybody."""
    rows = whole_warehouse.frame("marts.sessions_attended")
    rows = rows[(rows["area_level"] == "national") & rows["ethnic_classification"].isin(["ethnic_group", "total"])]
    episodes = whole_warehouse.episodes
    values = pd.to_numeric(episodes["proportion_attended"]).astype(float)
    episodes = episodes.assign(
        share=values.where(episodes["is_received_in_window"].astype(bool)),
        all="all",
        month=episodes["discharge_date"].astype(str).str[:7],
        known_group=episodes["ethnic_group"].fillna(UNKNOWN),
        everybody="All",
    )
    compared = 0
    for characteristic in ("all", "month", "gender"):
        for group in ("known_group", "everybody"):
            keys = [episodes["discharge_financial_year"], episodes[group], episodes[characteristic]]
            expected = episodes.groupby(keys)["share"].agg(["size", "count", "mean", "std"])
            classification = "ethnic_group" if group == "known_group" else "total"
            chosen = (rows["characteristic"] == characteristic) & (rows["ethnic_classification"] == classification)
            place = ["financial_year", "ethnic_group", "characteristic_value"]
            both = rows[chosen].set_index(place).join(expected.rename_axis(place), how="outer")
            assert len(both) == len(expected) == chosen.sum()
            assert (both["course_count"] == both["count"]).all()
            left_out = both["unknown_count"] + both["outside_window_count"]
            assert (left_out == both["size"] - both["count"]).all()
            assert both["mean_share"].to_numpy(float) == pytest.approx(both["mean"].to_numpy(float), nan_ok=True)
            some = both[both["count"] >= 5]
            n, deviation = some["count"].to_numpy(float), some["std"].to_numpy(float)
            half = stats.t.ppf(0.975, n - 1) * deviation / np.sqrt(n)
            assert some["standard_deviation"].to_numpy(float) == pytest.approx(deviation, abs=1e-6)
            low = (some["mean"].to_numpy(float) - half).clip(0.0)
            high = (some["mean"].to_numpy(float) + half).clip(None, 1.0)
            assert some["mean_low"].to_numpy(float) == pytest.approx(low, abs=5e-4 * half.max())
            assert some["mean_high"].to_numpy(float) == pytest.approx(high, abs=5e-4 * half.max())
            assert both.loc[both["count"] < 5, "mean_low"].isna().all()
            compared += len(some)
    assert compared > 60


def test_gaps_in_sessions_attended_are_to_white_british_of_the_same_row(whole_warehouse: Warehouse) -> None:
    rows = whole_warehouse.frame("marts.sessions_attended")
    place = ["financial_year", "area_level", "area_code", "characteristic", "characteristic_value"]
    reference = rows[(rows["ethnic_classification"] == "minoritised") & (rows["ethnic_group"] == "White British")]
    names = {"mean_share": "other", "mean_low": "other_low", "mean_high": "other_high"}
    both = rows.merge(reference[[*place, *names]].rename(columns=names), on=place, how="left")
    gap = both["mean_share"] - both["other"]
    assert both["difference_to_white_british"].to_numpy(float) == pytest.approx(gap.to_numpy(float), nan_ok=True)
    part = both["ethnic_classification"].eq("total") | both["ethnic_group"].isin(["White", "White British", "valid"])
    assert both.loc[part, "difference_low"].isna().all()
    some = both[~part & both["mean_low"].notna() & both["other_low"].notna()]
    assert len(some) > 50
    below = np.hypot(some["mean_share"] - some["mean_low"], some["other_high"] - some["other"])
    expected = (some["mean_share"] - some["other"] - below).to_numpy(float)
    assert some["difference_low"].to_numpy(float) == pytest.approx(expected)
