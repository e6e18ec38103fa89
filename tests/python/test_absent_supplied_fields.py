"""A derived field that the extract lacks is derived here, and said; it is never false for want of a column."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import oracle
from iapt_equity.synthetic import generate
from in_process import WITHOUT_TESTS
from warehouses import Warehouse, build

ABSENT = ["Recovery_Flag", "Caseness_Flag", "CompletedTreatment_Flag", "PHQ9_LastScore"]
EMPTIED = ["CareContact_Count", "TreatmentCareContact_Count"]
"""Sent, but empty in every third row: no count at all."""
COMPARED = ["is_recovered", "is_at_caseness", "is_reliably_recovered", "phq9_last", "treatment_contact_count"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sparse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    work = tmp_path_factory.mktemp("absent")
    data = work / "data"
    generate(data, referrals=1_000, seed=7, years="2017-18:2018-19", progress=False, derived=True)
    for path in sorted(Path(data / "v2_1" / "IDS101Referral").glob("*.parquet")):
        rows = pq.read_table(path).drop_columns(ABSENT)
        is_emptied = pa.array([number % 3 == 0 for number in range(rows.num_rows)])
        for name in EMPTIED:
            counts = pc.if_else(is_emptied, None, rows[name])
            rows = rows.set_column(rows.schema.get_field_index(name), name, counts)
        pq.write_table(rows, path)
    trusting = ["--vars", json.dumps({"trusted_outcomes": "supplied"})]
    return build(data, work, "--select", "+fct_episodes", "+supplied_field_use", *WITHOUT_TESTS, *trusting)


def test_what_is_absent_is_ours(sparse: Warehouse) -> None:
    planted = pd.read_parquet(sparse.data / "truth" / "derived_disagreements.parquet")["referral_id"]
    ours = oracle.expected_tables(sparse.data, sparse.data / "reference").episodes.set_index("referral_id")
    shown = sparse.episodes.set_index("referral_id")
    right = ours.index.difference(planted)
    assert len(right) > 100
    assert set(right) <= set(shown.index)
    assert shown["is_recovered"].sum() > 20
    for column in COMPARED:
        assert list(oracle.as_text(shown.loc[right, column])) == list(oracle.as_text(ours.loc[right, column])), column


def test_what_is_absent_is_said(sparse: Warehouse) -> None:
    use = sparse.frame("quality.supplied_field_use").set_index("field")
    for field in ["is_recovered", "is_finished_course", "phq9_last"]:
        assert use.loc[field, "sent_count"] == 0
        assert use.loc[field, "not_sent_count"] == use.loc[field, "referral_count"]
    assert use.loc["is_reliably_improved", "not_sent_count"] == 0
    assert 0 < use.loc["treatment_contact_count", "not_sent_count"] < use.loc["treatment_contact_count", "sent_count"]
    assert use.loc["phq9_first", "shown_as_supplied_count"] > 0
