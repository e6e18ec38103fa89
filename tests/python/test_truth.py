"""The fact tables equal an independent implementation on every record, and the generator's truth on clean ones."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

import oracle
from demo_figures import FIGURES
from hand_made import as_plain, hand_made
from iapt_equity.inputs.demo import DEMO_DIR, ensure_demo_set
from in_process import PROJECT
from warehouses import CROSSING, FACTS, Warehouse, build, check_against_oracle, check_against_truth, generated

OTHER_VERSIONS: dict[str, dict[str, Any]] = {
    "v1_5": {"version": "v1_5"},
    "v2_0": {"version": "v2_0"},
    "crossing": CROSSING,
}


@pytest.fixture(
    scope="module",
    # Across the changes the rules of every version are met; one version alone adds that the other folders are absent.
    params=["across", pytest.param("v1_5", marks=pytest.mark.slow), pytest.param("v2_0", marks=pytest.mark.slow)],
)
def other(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    if request.param == "across":
        spoilt: Warehouse = request.getfixturevalue("spoilt_warehouse")
        return spoilt
    return generated(
        tmp_path_factory.mktemp(request.param), 1_000, *FACTS, years="2017-18:2018-19", version=request.param
    )


@pytest.fixture(scope="module", params=sorted(OTHER_VERSIONS))
def large_other(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    work = tmp_path_factory.mktemp(f"large_{request.param}")
    yield generated(work, 200_000, **OTHER_VERSIONS[request.param])
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


@pytest.mark.parametrize("name", ["fct_referrals", "fct_episodes"])
def test_hand_made_cases_through_the_warehouse(name: str, hand_made_warehouse: Warehouse) -> None:
    check_against_oracle(hand_made_warehouse, name)


@pytest.mark.parametrize("case", sorted(hand_made().expected))
def test_hand_calculated_answer_in_the_warehouse(case: str, hand_made_warehouse: Warehouse) -> None:
    referrals = hand_made_warehouse.referrals.set_index("referral_id")
    episodes = hand_made_warehouse.episodes.set_index("referral_id")
    wrong = {}
    for column, answer in hand_made().expected[case].items():
        if column == "employment_status_code":
            column, answer = "employment_status", oracle.EMPLOYMENT.get(answer, oracle.NOT_KNOWN)
        table = referrals if column in referrals.columns else episodes
        got, answer = as_plain(table.loc[case, column]), as_plain(answer)
        same = got == pytest.approx(answer, abs=1e-9) if isinstance(answer, float) else got == answer
        if not same:
            wrong[column] = (got, answer)
    assert not wrong


@pytest.mark.parametrize("name", ["fct_referrals", "fct_episodes"])
def test_every_column_equals_the_oracle_on_all_records(name: str, whole_warehouse: Warehouse) -> None:
    check_against_oracle(whole_warehouse, name)


@pytest.mark.parametrize("name", ["fct_referrals", "fct_episodes"])
def test_every_column_equals_the_truth_on_clean_records(name: str, whole_warehouse: Warehouse) -> None:
    check_against_truth(whole_warehouse, name)


def test_the_small_set_has_every_outcome(whole_warehouse: Warehouse) -> None:
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
        assert set(whole_warehouse.episodes[column].dropna().astype(bool)) == {True, False}, column
    assert set(whole_warehouse.referrals["ethnicity_recording_status"]) == {
        "valid",
        "not_stated",
        "not_known",
        "invalid",
        "missing",
    }
    assert whole_warehouse.episodes["anxiety_measure"].nunique() == 7


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


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fct_referrals", "fct_episodes"])
def test_the_demo_set_equals_the_oracle_and_the_truth(name: str, demo: Warehouse) -> None:
    check_against_oracle(demo, name)
    check_against_truth(demo, name)


@pytest.mark.slow
@pytest.mark.parametrize(("page", "words", "query"), FIGURES)
def test_pages_quote_the_figures_of_the_demo_set(page: str, words: str, query: str, demo: Warehouse) -> None:
    (figures,) = demo.rows(query)
    text = " ".join((PROJECT / page).read_text(encoding="utf-8").split())
    assert words.format(*figures) in text


@pytest.mark.slow
def test_nothing_rings_on_the_demo_set_but_what_is_planted(demo: Warehouse) -> None:
    alarms = demo.rows("select scope, subject, severity from quality.input_alarms")
    assert alarms == [("column", "EndDateIntEnabledTherLog", "warning")]


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
