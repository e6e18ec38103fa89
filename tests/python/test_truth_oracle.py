"""The oracle, and later the warehouse on the same rows, against hand-made referrals with hand-calculated answers."""

from __future__ import annotations

import pandas as pd
import pytest

import oracle
from hand_made import Mini, as_plain, hand_made


@pytest.fixture(scope="module")
def mini() -> Mini:
    return hand_made()


@pytest.fixture(scope="module")
def expected(mini: Mini, tmp_path_factory: pytest.TempPathFactory) -> oracle.Expected:
    return oracle.expected_tables(mini.write(tmp_path_factory.mktemp("mini")))


@pytest.mark.parametrize("case", sorted(hand_made().expected))
def test_oracle_gives_the_hand_calculated_answer(case: str, mini: Mini, expected: oracle.Expected) -> None:
    referrals = expected.referrals.set_index("referral_id")
    episodes = expected.episodes.set_index("referral_id")
    assert case in referrals.index
    wrong = {}
    for column, answer in mini.expected[case].items():
        table = referrals if column in referrals.columns else episodes
        assert case in table.index, f"{column}: the case is not an episode"
        got = as_plain(table.loc[case, column])
        answer = as_plain(answer)
        same = got == pytest.approx(answer, abs=1e-12) if isinstance(answer, float) else got == answer
        if not same:
            wrong[column] = (got, answer)
    assert not wrong


def test_rows_without_a_header_are_not_used(expected: oracle.Expected) -> None:
    assert "NO_HEADER" not in set(expected.referrals["referral_id"])


def test_one_row_per_referral_and_per_episode(expected: oracle.Expected) -> None:
    assert expected.referrals["referral_id"].is_unique
    assert expected.episodes["referral_id"].is_unique
    assert "RETRACED_BEFORE" not in set(expected.referrals["referral_id"])
    finished = expected.referrals.loc[expected.referrals["is_finished_course"], "referral_id"]
    assert set(finished) == set(expected.episodes["referral_id"])


def test_a_pathway_is_of_the_version_that_sent_it() -> None:
    """Of a person's request of two versions the latest pathway names both records (docs/rules.md, 2 and 24)."""
    sent = [
        ("a", "1", "v1_5", "2020-07", "W1", "v1_5|W1"),
        ("b", "2", "v1_5", "2020-07", None, "W1"),
        ("b", "2", "v2_0", "2020-09", "W1", "W1"),
        ("c", "3", "v1_5", "2020-07", "W2", "v1_5|W2"),
        ("c", "3", "v2_0", "2020-09", None, "v1_5|W2"),
        ("d", "4", "v2_0", "2020-09", "W2", "W2"),
    ]
    columns = ["ServiceRequestId", "LocalPatientId", "mds_version", "month", "PathwayID", "answer"]
    named = oracle.with_referral_id(pd.DataFrame(sent, columns=columns).assign(provider_code="P1"))
    assert list(named["referral_id"]) == list(named["answer"])
    assert len(named) == len(sent)
