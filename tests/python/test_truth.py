"""The fact tables equal an independent implementation on every record, and the generator's truth on clean ones."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

import oracle
from iapt_equity.inputs.demo import DEMO_DIR, ensure_demo_set
from iapt_equity.synthetic import generate
from in_process import PROJECT, run_dbt
from test_truth_oracle import as_plain, hand_made

SEED = 20160401

# Columns of the warehouse that no written rule defines: names of the sources of thresholds.
NOT_IN_THE_RULES = {"fct_referrals": set(), "fct_episodes": {"anxiety_threshold_source_status"}}
# What the generator calls otherwise, knows beyond the data, or says in codes where the warehouse has labels.
TRUTH_ONLY = {"referral_id", "is_clean", "underlying_ethnic_category_code", "service_request_id"}
TRUTH_CODES = {"psychotropic_medication_code", "employment_status_code"}


@dataclass(frozen=True)
class Warehouse:
    """A built warehouse beside the raw data and what the oracle makes of them."""

    data: Path
    referrals: pd.DataFrame
    episodes: pd.DataFrame
    expected: oracle.Expected

    def table(self, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The table in the warehouse and in the oracle."""
        if name == "fct_referrals":
            return self.referrals, self.expected.referrals
        return self.episodes, self.expected.episodes


def write_reference(data: Path) -> None:
    """The reference folder of a hand-made data set: one area."""
    (data / "reference").mkdir()
    (data / "reference" / "deprivation.csv").write_text("lsoa_code,imd_decile\nZ01000001,3\n", encoding="utf-8")


def build(data: Path, work: Path) -> Warehouse:
    """Runs the core of the warehouse over a data set, without its tests, and reads both fact tables."""
    result = run_dbt(["build", "--selector", "core", "--exclude-resource-type", "test", "unit_test"], data, work)
    assert result.success, result.exception or "the core of the warehouse did not build"
    database = work / "warehouse.duckdb"
    with duckdb.connect(str(database), read_only=True) as connection:
        referrals = connection.sql("from marts.fct_referrals").df()
        episodes = connection.sql("from marts.fct_episodes").df()
    return Warehouse(data, referrals, episodes, oracle.expected_tables(data, data / "reference"))


def generated(work: Path, referrals: int, **options: Any) -> Warehouse:
    data = work / "data"
    generate(data, referrals=referrals, seed=SEED, progress=False, **options)
    return build(data, work)


CROSSING = {"years": "2019-20:2022-23", "version": "by_date", "messy": True}
"""Both changes of version in one data set, and submissions as they really arrive."""
OTHER_VERSIONS: dict[str, dict[str, Any]] = {
    "v1_5": {"referrals": 3_000, "version": "v1_5"},
    "v2_0": {"referrals": 3_000, "version": "v2_0"},
    "crossing": {"referrals": 5_000, **CROSSING},
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return generated(tmp_path_factory.mktemp("small"), 5_000)


@pytest.fixture(scope="module", params=sorted(OTHER_VERSIONS))
def other(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    options = dict(OTHER_VERSIONS[request.param])
    return generated(tmp_path_factory.mktemp(request.param), options.pop("referrals"), **options)


@pytest.fixture(scope="module", params=sorted(OTHER_VERSIONS))
def large_other(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    work = tmp_path_factory.mktemp(f"large_{request.param}")
    yield generated(work, **{**OTHER_VERSIONS[request.param], "referrals": 200_000})
    shutil.rmtree(work)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    data = PROJECT / DEMO_DIR
    ensure_demo_set(data, lambda line: None)
    work = tmp_path_factory.mktemp("demo")
    yield build(data, work)
    shutil.rmtree(work)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    work = tmp_path_factory.mktemp("large")
    yield generated(work, 200_000)
    shutil.rmtree(work)


@pytest.fixture(scope="module")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    work = tmp_path_factory.mktemp("mini")
    data = hand_made().write(work / "data")
    write_reference(data)
    return build(data, work)


def check_against_oracle(warehouse: Warehouse, name: str) -> None:
    actual, expected = warehouse.table(name)
    columns = [column for column in actual.columns if column != "referral_id"]
    unknown = set(columns) - set(expected.columns)
    assert unknown == NOT_IN_THE_RULES[name], "columns that the oracle does not know"
    wrong = oracle.differences(actual, expected, [column for column in columns if column not in unknown])
    assert wrong == {}, f"{name}: rows that differ from the oracle, of {len(expected)}"


def check_against_truth(warehouse: Warehouse, name: str) -> None:
    actual, _ = warehouse.table(name)
    truth = pd.read_parquet(warehouse.data / "truth" / "referrals.parquet")
    clean = truth[truth["is_clean"]]
    assert len(clean) > 0.97 * len(truth)
    # Nothing but what the data cannot tell is called unclean, and no referral is lost or made up.
    assert set(warehouse.referrals["referral_id"]) == set(truth["referral_id"])
    if name == "fct_episodes":
        clean = clean[clean["is_finished_course"].astype(bool)]
        clean = clean.assign(
            psychotropic_medication=clean["psychotropic_medication_code"]
            .map(oracle.MEDICATION)
            .fillna(oracle.NOT_KNOWN),
            employment_status=clean["employment_status_code"].map(oracle.EMPLOYMENT).fillna(oracle.NOT_KNOWN),
        )
    clean = typed(clean)
    unclean = truth.loc[~truth["is_clean"], "referral_id"]
    is_clean = ~actual["referral_id"].isin(unclean)
    columns = [column for column in clean.columns if column in actual.columns and column != "referral_id"]
    missed = set(clean.columns) - set(warehouse.referrals.columns) - set(warehouse.episodes.columns)
    assert missed <= TRUTH_ONLY | TRUTH_CODES, "truths that are not compared"
    wrong = oracle.differences(actual[is_clean], clean, columns)
    assert wrong == {}, f"{name}: rows that differ from the truth, of {len(clean)} clean ones"


def typed(truth: pd.DataFrame) -> pd.DataFrame:
    """Dates and nullable booleans of the truth file in the types that the comparison expects."""
    changed = {}
    for column in truth.columns:
        if column.endswith("_date"):
            changed[column] = pd.to_datetime(truth[column])
        elif column.startswith(("is_", "has_")):
            changed[column] = truth[column].astype("boolean")
    return truth.assign(**changed)


@pytest.mark.parametrize("name", ["fct_referrals", "fct_episodes"])
def test_hand_made_cases_through_the_warehouse(name: str, mini: Warehouse) -> None:
    check_against_oracle(mini, name)


@pytest.mark.parametrize("case", sorted(hand_made().expected))
def test_hand_calculated_answer_in_the_warehouse(case: str, mini: Warehouse) -> None:
    referrals = mini.referrals.set_index("referral_id")
    episodes = mini.episodes.set_index("referral_id")
    wrong = {}
    for column, answer in hand_made().expected[case].items():
        table = referrals if column in referrals.columns else episodes
        if column not in table.columns:
            assert column == "employment_status_code"
            column, answer = "employment_status", oracle.EMPLOYMENT.get(answer, oracle.NOT_KNOWN)
        got, answer = as_plain(table.loc[case, column]), as_plain(answer)
        same = got == pytest.approx(answer, abs=1e-9) if isinstance(answer, float) else got == answer
        if not same:
            wrong[column] = (got, answer)
    assert not wrong


@pytest.mark.parametrize("name", ["fct_referrals", "fct_episodes"])
def test_every_column_equals_the_oracle_on_all_records(name: str, small: Warehouse) -> None:
    check_against_oracle(small, name)


@pytest.mark.parametrize("name", ["fct_referrals", "fct_episodes"])
def test_every_column_equals_the_truth_on_clean_records(name: str, small: Warehouse) -> None:
    check_against_truth(small, name)


def test_the_small_set_has_every_outcome(small: Warehouse) -> None:
    """A comparison of statuses that never occur proves nothing."""
    for column in [
        "is_paired",
        "is_at_caseness",
        "is_recovered",
        "is_reliably_improved",
        "is_reliably_recovered",
        "is_reliably_deteriorated",
        "has_mixed_reliable_change",
        "is_dropped_out",
        "has_long_term_condition",
    ]:
        assert set(small.episodes[column].dropna().astype(bool)) == {True, False}, column
    assert set(small.referrals["ethnicity_recording_status"]) == {
        "valid",
        "not_stated",
        "not_known",
        "invalid",
        "missing",
    }
    assert small.episodes["anxiety_measure"].nunique() == 7


@pytest.mark.parametrize("name", ["fct_referrals", "fct_episodes"])
def test_other_versions_and_the_crossing_equal_oracle_and_truth(name: str, other: Warehouse) -> None:
    """Versions 1.5 and 2.0 alone, and a data set that crosses both changes, every pathway counted once."""
    check_against_oracle(other, name)
    check_against_truth(other, name)


def test_the_crossing_has_pathways_of_every_kind(other: Warehouse) -> None:
    """What never occurs is not tested: bridged pathways, IES-R, and codes that only one version has."""
    versions = set(other.referrals["mds_version"])
    if versions == {"v2_0"}:
        assert not (other.data / "v1_5").exists()
        return
    assert "IESR" in set(other.episodes["anxiety_measure"])
    assert {"42", "43"} <= set(other.referrals["end_code"].dropna())
    if versions == {"v1_5"}:
        return
    assert versions == {"v1_5", "v2_0", "v2_1"}
    last_of_1_5, first_of_2 = pd.Timestamp("2020-08-31"), pd.Timestamp("2020-09-01")
    bridged = (other.referrals["mds_version"] != "v1_5") & (other.referrals["first_treatment_date"] <= last_of_1_5)
    assert (bridged & (other.referrals["last_treatment_date"] >= first_of_2)).sum() > 10


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fct_referrals", "fct_episodes"])
def test_200_000_referrals_of_other_versions_and_across_equal_the_oracle_and_the_truth(
    name: str, large_other: Warehouse
) -> None:
    check_against_oracle(large_other, name)
    check_against_truth(large_other, name)


@pytest.mark.parametrize("name", ["fct_referrals", "fct_episodes"])
def test_the_demo_set_equals_the_oracle_and_the_truth(name: str, demo: Warehouse) -> None:
    check_against_oracle(demo, name)
    check_against_truth(demo, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fct_referrals", "fct_episodes"])
def test_200_000_referrals_equal_the_oracle_and_the_truth(name: str, large: Warehouse) -> None:
    check_against_oracle(large, name)
    check_against_truth(large, name)


def test_differences_are_found_whatever_their_kind() -> None:
    """The comparison itself can fail: a changed, lost and added value of each type, and a lost key."""
    frame = pd.DataFrame(
        {
            "referral_id": ["a", "b", "c"],
            "text": ["x", "y", None],
            "flag": pd.array([True, False, None], dtype="boolean"),
            "number": [1.0, 2.5, None],
            "day": pd.to_datetime(["2016-04-01", "2016-04-02", None]),
        }
    )
    columns = ["text", "flag", "number", "day"]
    assert oracle.differences(frame, frame.sample(frac=1, random_state=1), columns) == {}
    changes = {"text": "z", "flag": True, "number": 2.5001, "day": pd.Timestamp("2016-04-03")}
    for column, value in changes.items():
        for row in [1, 2]:
            changed = frame.copy()
            changed.loc[row, column] = value
            assert oracle.differences(changed, frame, columns) == {column: 1}
    assert oracle.differences(frame.head(2), frame, columns) == {"referral_id": 1}
