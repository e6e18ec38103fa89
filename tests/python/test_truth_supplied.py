"""Centrally derived fields beside ours: what was planted wrong is found, and a variable says which to trust."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import oracle
from iapt_equity.synthetic import generate
from in_process import WITHOUT_TESTS, run_dbt
from warehouses import CROSSING, SEED

RECONCILIATION = ["int_derivation_comparisons", "derivation_reconciliation", "derivation_disagreements"]
SWITCHED = ["int_trusted_contact_counts", "int_courses_of_treatment", "int_episode_scores", "int_episode_outcomes"]
SWITCHED += ["int_trusted_outcomes", "int_trusted_first_scores", "fct_referrals", "fct_episodes"]
NOT_COMPARED = {"NotCaseness_Flag", "NoChange_Flag", "IC_NOT_CASENESS_FLAG", "IC_NO_CHANGE_FLAG"}
"""Planted fields that say no more than others: the opposite of a flag, and what is left when no flag is set."""
ABOUT_CONTACTS = ("Date", "SESSION", "ASSESSMENT", "_Count", "COUNT", "CompletedTreatment", "COMPLETED")
"""In the names of the fields that every referral has; the others are compared on finished courses."""


@dataclass(frozen=True)
class Reconciled:
    """Both ways of building one data set, and what was planted wrong in it."""

    disagreements: pd.DataFrame
    reconciliation: pd.DataFrame
    planted: pd.DataFrame
    latest_month: pd.Series
    clean: set[str]
    derived: dict[str, pd.DataFrame]
    supplied: dict[str, pd.DataFrame]


def facts(database: Path) -> dict[str, pd.DataFrame]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return {
            name: connection.sql(f"from marts.{name}").df().set_index("referral_id")
            for name in ("fct_referrals", "fct_episodes")
        }


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reconciled(tmp_path_factory: pytest.TempPathFactory) -> Reconciled:
    work = tmp_path_factory.mktemp("supplied")
    data, database = work / "data", work / "warehouse.duckdb"
    # Refused rows carry supplied fields too, and say nothing.
    options = CROSSING | {"messy": False, "dirt": 0.05}
    generate(data, referrals=3_000, seed=SEED, progress=False, derived=True, **options)
    core = ["build", "--selector", "core", *WITHOUT_TESTS]
    for arguments in (core, ["run", "--select", *RECONCILIATION]):
        result = run_dbt(arguments, data, work)
        assert result.success, result.exception
    derived = facts(database)
    with duckdb.connect(str(database), read_only=True) as connection:
        disagreements = connection.sql("from quality.derivation_disagreements").df()
        reconciliation = connection.sql("from quality.derivation_reconciliation").df()
    latest = oracle.expected_tables(data, data / "reference").referrals
    result = run_dbt(["run", "--select", *SWITCHED, "--vars", json.dumps({"trusted_outcomes": "supplied"})], data, work)
    assert result.success, result.exception
    truth = pd.read_parquet(data / "truth" / "referrals.parquet")
    return Reconciled(
        disagreements=disagreements,
        reconciliation=reconciliation,
        planted=pd.read_parquet(data / "truth" / "derived_disagreements.parquet"),
        latest_month=latest.set_index("referral_id")["month"],
        clean=set(truth.loc[truth["is_clean"], "referral_id"]),
        derived=derived,
        supplied=facts(database),
    )


def planted_in_latest_records(reconciled: Reconciled) -> pd.DataFrame:
    """Planted values in the record that is compared, the latest of each referral."""
    planted = reconciled.planted[reconciled.planted["referral_id"].isin(reconciled.clean)]
    month = pd.to_datetime(planted["referral_id"].map(reconciled.latest_month))
    return planted[pd.to_datetime(planted["reporting_month"]) == month]


def test_what_was_planted_wrong_is_found_and_nothing_else(reconciled: Reconciled) -> None:
    planted = planted_in_latest_records(reconciled)
    found = set(reconciled.disagreements["referral_id"]) & reconciled.clean
    assert found <= set(planted["referral_id"])
    is_about_contacts = planted["field"].str.contains("|".join(ABOUT_CONTACTS))
    is_episode = planted["referral_id"].isin(reconciled.derived["fct_episodes"].index)
    comparable = planted[~planted["field"].isin(NOT_COMPARED) & (is_about_contacts | is_episode)]
    assert len(comparable) > 10
    assert set(comparable["referral_id"]) <= found


def test_reconciliation_counts_the_disagreements(reconciled: Reconciled) -> None:
    rows = reconciled.reconciliation
    assert rows["disagreed_count"].sum() == len(reconciled.disagreements)
    assert (rows["agreed_count"] + rows["disagreed_count"] == rows["compared_count"]).all()
    contacts = rows[rows["field"] == "care_contact_count"]
    assert contacts["compared_count"].sum() == len(reconciled.derived["fct_referrals"])
    assert reconciled.supplied["fct_referrals"].index.is_unique
    assert 0.9 < rows["agreed_count"].sum() / rows["compared_count"].sum() < 1


def as_text(values: pd.Series) -> list[str]:
    """Each value as the reconciliation writes it; nothing is empty."""
    if pd.api.types.is_datetime64_any_dtype(values):
        values = values.dt.strftime("%Y-%m-%d")
    return ["" if pd.isna(value) else str(value) for value in values]


def test_the_variable_says_which_contacts_count(reconciled: Reconciled) -> None:
    """A record that contradicts itself, as with more treatment contacts than contacts, is never trusted."""
    rows = reconciled.disagreements[reconciled.disagreements["field"] == "care_contact_count"].set_index("referral_id")
    rows = rows[rows["supplied_value"].astype(int) > rows["derived_value"].astype(int)]
    assert len(rows) > 0
    ours = reconciled.derived["fct_referrals"]["care_contact_count"]
    theirs = reconciled.supplied["fct_referrals"]["care_contact_count"]
    assert as_text(ours.loc[rows.index]) == as_text(rows["derived_value"])
    assert as_text(theirs.loc[rows.index]) == as_text(rows["supplied_value"])
    others = ours.index.difference(reconciled.disagreements["referral_id"])
    assert as_text(ours.loc[others]) == as_text(theirs.loc[others])


def test_the_variable_says_which_scores_and_outcomes_count(reconciled: Reconciled) -> None:
    ours, theirs = reconciled.derived["fct_episodes"], reconciled.supplied["fct_episodes"]
    rows = reconciled.disagreements
    rows = rows[rows["referral_id"].isin(ours.index.intersection(theirs.index))]
    checked = 0
    for field in ["phq9_first", "phq9_last", "gad7_first", "gad7_last"]:
        wrong = rows[(rows["field"] == field)].dropna(subset=["supplied_value"]).set_index("referral_id")
        said = wrong["supplied_value"].astype(float)
        said = said[said.between(0, 21)]
        assert theirs.loc[said.index, field].astype(float).tolist() == said.tolist()
        checked += len(said)
    assert checked > 0


def test_an_unknown_choice_is_refused(tmp_path: Path) -> None:
    result = run_dbt(["parse", "--vars", json.dumps({"trusted_outcomes": "both"})], tmp_path, tmp_path)
    assert not result.success
    assert "must be derived or supplied" in str(result.exception)
