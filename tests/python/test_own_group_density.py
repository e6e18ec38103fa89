"""Own-group density: the census of the demo against what is planted, rates and models against the rows of the marts."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.reader import create_views
from iapt_equity.synthetic.places import LSOA_PER_DECILE, make_places, residents, small_area_residents
from iapt_equity.synthetic.settings import Settings
from iapt_equity.synthetic.targets import load_targets
from in_process import PROJECT
from test_inputs import CONTRACTS, write_csv
from test_languages import columns_of
from warehouses import Warehouse

BROADER_2021 = {
    "Asian, Asian British or Asian Welsh": "HJKLR",
    "Black, Black British, Black Welsh, Caribbean or African": "MNP",
    "Mixed or Multiple ethnic groups": "DEFG",
    "White": "ABC",
    "Other ethnic group": "S",
}
"""The six categories of the census of 2021, with the Chinese under Asian, and the categories of 2001 in each."""


def labels() -> list[dict[str, str]]:
    with (PROJECT / "seeds" / "ethnicity" / "census_group_labels.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_small_areas_hold_the_residents_that_people_referred_are_drawn_like() -> None:
    """By hand: residents of the commissioner and group, times the share of the decile, over the areas of a decile."""
    settings = Settings.parse(2_000, 3, "2015-16:2016-17", "csv")
    places = make_places(settings, load_targets(settings.first_year, settings.last_year))
    areas, whole = small_area_residents(places), residents(places)
    count = len(places.commissioner_codes)
    assert areas.shape == (count * 10 * LSOA_PER_DECILE, 16) == (len(places.lsoa_codes), 16)
    for commissioner, decile, group in [(0, 0, 0), (1, 9, 4), (count - 1, 3, 9), (2, 5, 15)]:
        exact = whole[commissioner, group] * places.decile_share[commissioner, group, decile] / LSOA_PER_DECILE
        for area in range(LSOA_PER_DECILE):
            row = (commissioner * 10 + decile) * LSOA_PER_DECILE + area
            assert abs(areas[row, group] - exact) <= 0.5
    together = areas.reshape(count, -1, 16).sum(axis=1)
    # Each of the thirty areas is rounded by half a resident at most.
    assert np.abs(together - whole).max() <= 15
    # Groups live apart: people of a group have more of their own around them than everybody has.
    share = areas / areas.sum(axis=1, keepdims=True)
    for group in range(16):
        assert np.average(share[:, group], weights=areas[:, group]) > areas[:, group].sum() / areas.sum()


def test_labels_cover_the_categories_once_at_each_breadth() -> None:
    rows = labels()
    assert {row["label_key"] for row in rows} == {row["census_group"].lower() for row in rows}
    by_label = (
        pd.DataFrame(rows).groupby("census_group")["ethnic_category_code"].agg(lambda codes: "".join(sorted(codes)))
    )
    assert {label: by_label[label] for label in BROADER_2021} == {
        label: "".join(sorted(codes)) for label, codes in BROADER_2021.items()
    }
    for row in rows:
        assert row["is_broader_group"] == ("true" if len(by_label[row["census_group"]]) > 1 else "false")
    # Twenty categories of 2021, one of which applies to nobody, and sixteen letters.
    of_20 = {row["census_group"]: row["ethnic_category_code"] for row in rows if "20 categories" in row["source"]}
    assert len(of_20) == 19
    letters = {row["ethnic_category_code"] for row in rows} - {""}
    assert len(letters) == 16
    assert set(of_20.values()) == letters
    assert {row["ethnic_category_code"] for row in rows if row["census_group"] in letters} == letters


@pytest.mark.parametrize(
    ("area", "group", "count"),
    [
        ("Lower layer Super Output Areas Code", "Ethnic group (20 categories)", "Observation"),
        ("Lower layer Super Output Areas Code", "Ethnic group (6 categories)", "Observation"),
        ("lsoa21_code", "ethnic_group", "n"),
        ("LSOA11CD", "ethnic_category_code", "population_count"),
    ],
)
def test_the_census_is_read_under_the_names_of_its_tables(tmp_path: Path, area: str, group: str, count: str) -> None:
    rows = [{area: " E01000001", "Lower layer Super Output Areas": "City of London 001A", group: "White", count: "9"}]
    write_csv(tmp_path / "census_small_areas" / "TS021.csv", rows)
    connection = duckdb.connect()
    create_views(connection, CONTRACTS["reference"], tmp_path, "REFERENCE_DIR")
    found = connection.execute("select lsoa_code, census_group, population_count from raw.reference_census_small_areas")
    assert found.fetchall() == [("E01000001", "White", 9)]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"lsoa_code": "E01", "population_count": "9"}], r"census_small_areas\.csv: column census_group is missing"),
        (
            [{"lsoa_code": "E01", "census_group": "White", "population_count": n} for n in ("9", "8")],
            r"^census_small_areas\.csv: gives 1 of the same lsoa_code and census_group twice",
        ),
    ],
)
def test_a_census_that_cannot_be_read_stops_in_one_line(
    tmp_path: Path, rows: list[dict[str, str]], message: str
) -> None:
    write_csv(tmp_path / "census_small_areas.csv", rows)
    with pytest.raises(InputError, match=message) as error:
        create_views(duckdb.connect(), CONTRACTS["reference"], tmp_path, "REFERENCE_DIR")
    assert "\n" not in str(error.value)


def test_everybody_with_a_category_has_a_density_and_those_of_one_density_a_fifth(whole_warehouse: Warehouse) -> None:
    rows = whole_warehouse.referrals
    has_category = rows["ethnic_category_code"].notna()
    assert (rows["own_group_density"].notna() == has_category).all()
    assert set(rows.loc[has_category, "own_group_density_source"]) == {"small area", "commissioner"}
    known = rows[has_category]
    pairs = known[["ethnic_category_code", "own_group_density", "own_group_density_fifth"]].drop_duplicates()
    assert not pairs.duplicated(["ethnic_category_code", "own_group_density"]).any()
    white_british = known[known["ethnic_category_code"] == "A"]
    ends = white_british.groupby("own_group_density_fifth")["own_group_density"].agg(["min", "max"]).astype(float)
    assert (ends["min"].iloc[1:].to_numpy() > ends["max"].iloc[:-1].to_numpy()).all()
    # A fifth is larger than a fifth of the people by those at one density at most.
    people = white_british[["person_id", "own_group_density", "own_group_density_fifth"]].drop_duplicates()
    largest = people["own_group_density"].value_counts().max()
    assert people["own_group_density_fifth"].value_counts().max() <= len(people) / 5 + largest


def test_rates_by_fifth_are_those_of_the_rows(whole_warehouse: Warehouse) -> None:
    rows = whole_warehouse.referrals
    rows = rows[rows["is_received_in_window"] & rows["has_enough_follow_up"]]
    values = rows["own_group_density_fifth"].astype("Int64").astype("string").fillna("not known")
    counted = rows.groupby([rows["referral_financial_year"], values])["is_accessed"].agg(["sum", "count"])
    marts = whole_warehouse.frame("marts.rates_by_characteristic")
    marts = marts[
        (marts["characteristic"] == "own_group_density_fifth")
        & (marts["measure"] == "access")
        & (marts["area_level"] == "national")
        & (marts["ethnic_classification"] == "total")
        & (marts["denominator_count"] > 0)
    ].set_index(["financial_year", "characteristic_value"])
    got = {key: (row["numerator_count"], row["denominator_count"]) for key, row in marts.iterrows()}
    assert got == {key: (int(row["sum"]), int(row["count"])) for key, row in counted.iterrows()}
    assert {value for _, value in got} == {"1", "2", "3", "4", "5", "not known"}


@pytest.mark.parametrize("addition", ["own_group_density", "own_group_density_fifths"])
def test_sessions_attended_agree_with_statsmodels_on_the_same_rows(addition: str, whole_warehouse: Warehouse) -> None:
    estimates = whole_warehouse.frame("regression.own_group_density_estimates")
    estimates = estimates[
        (estimates["addition"] == addition)
        & (estimates["outcome"] == "proportion_of_sessions_attended")
        & (estimates["model"] == "model_2")
        & (estimates["estimator"] == "linear")
        & estimates["estimate_status"].isin(["estimated", "small_group"])
    ]
    rows = whole_warehouse.episodes
    rows = rows[rows["is_received_in_window"] & rows["own_group_density"].notna()]
    rows = rows.dropna(subset=["age_at_referral", "phq9_first", "gad7_first", "proportion_attended"])
    rows = rows.assign(own_group_density=rows["own_group_density"].astype(float) * 10)
    fit = sm.OLS(rows["proportion_attended"].astype(float).to_numpy(), columns_of(rows, estimates).to_numpy()).fit()
    np.testing.assert_allclose(estimates["estimate"].astype(float), fit.params, rtol=0, atol=1e-9)
    np.testing.assert_allclose(estimates["standard_error"].astype(float), fit.bse, rtol=1e-7)
    assert set(estimates["observation_count"]) == {len(rows)}
    assert {"1"} == set(estimates.loc[estimates["term"] == "own_group_density_fifth", "reference_level"]) or (
        addition == "own_group_density"
    )


def test_both_models_of_an_addition_have_the_rows_of_the_marts(whole_warehouse: Warehouse) -> None:
    rows = whole_warehouse.referrals
    rows = rows[rows["is_received_in_window"] & rows["has_enough_follow_up"] & rows["own_group_density"].notna()]
    rows = rows.dropna(subset=["age_at_referral"])
    estimates = whole_warehouse.frame("regression.own_group_density_estimates")
    access = estimates[estimates["outcome"] == "accessed"]
    assert set(access["observation_count"]) == {len(rows)}
    assert set(access["event_count"]) == {int(rows["is_accessed"].sum())}
    assert set(access["estimator"]) == {"logistic", "logistic_multilevel"}
    slopes = whole_warehouse.frame("regression.own_group_density_slopes")
    counts = slopes[slopes["outcome"] == "accessed"].set_index("level")["level_observation_count"]
    assert counts[counts > 0].to_dict() == rows["ethnic_category_code"].value_counts().to_dict()
    tests = whole_warehouse.frame("regression.own_group_density_tests")
    assert len(tests) == 7 * (2 + 2 + 1)
    by_group = tests[(tests["density_test"] == "density_by_group") & (tests["test_status"] == "tested")]
    assert len(by_group) > 3
    assert (by_group["degrees_of_freedom"] <= 15).all()
