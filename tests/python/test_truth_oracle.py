"""The oracle, and later the warehouse on the same rows, against hand-made referrals with hand-calculated answers."""

from __future__ import annotations

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
