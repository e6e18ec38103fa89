"""Dirt over generated sets: warehouse and oracle agree on every record and column, and clean records equal the truth.

The generator plants the faults that real extracts are known for, at their real rates. Here many more codes, dates and
links are spoilt, at rates no provider would reach, so that odd combinations meet each other; and rows with defects are
added to a set whose truth stays the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iapt_equity.synthetic import generate
from warehouses import Warehouse, build, check_against_oracle, check_against_truth, generated


class Dirt:
    """The raw tables of a data set as data frames of Python objects, with ways to spoil them."""

    def __init__(self, data: Path, seed: int) -> None:
        self.data = data
        self.random = np.random.default_rng(seed)
        self.tables: dict[str, pd.DataFrame] = {}
        self.schemas: dict[str, pa.Schema] = {}
        for folder in sorted((data / "v2_1").iterdir()):
            files = [pq.read_table(path) for path in sorted(folder.glob("*.parquet"))]
            table = pa.concat_tables(files)
            self.schemas[folder.name] = table.schema
            self.tables[folder.name] = table.to_pandas(date_as_object=True).astype(object)

    def some(self, table: str, share: float) -> np.ndarray:
        return np.flatnonzero(self.random.random(len(self.tables[table])) < share)

    def put(self, table: str, column: str, share: float, values: Sequence[object]) -> None:
        """Sets a share of a column to random ones of the values."""
        rows = self.some(table, share)
        spoilt = self.tables[table][column].to_numpy(dtype=object).copy()
        spoilt[rows] = np.array(values, dtype=object)[self.random.integers(0, len(values), len(rows))]
        self.tables[table][column] = spoilt

    def shift(self, table: str, column: str, share: float, days: int) -> None:
        """Moves a share of the dates by up to so many days either way."""
        spoilt = self.tables[table][column].to_numpy(dtype=object).copy()
        for row in self.some(table, share):
            if not pd.isna(spoilt[row]):
                spoilt[row] = spoilt[row] + timedelta(days=int(self.random.integers(-days, days)))
        self.tables[table][column] = spoilt

    def shuffle(self, table: str, column: str, share: float) -> None:
        """Swaps a share of the values among the rows of one submission."""
        rows = self.some(table, share)
        spoilt = self.tables[table][column].to_numpy(dtype=object).copy()
        submissions = self.tables[table]["UniqueSubmissionID"].to_numpy()[rows]
        for submission in pd.unique(submissions):
            chosen = rows[submissions == submission]
            spoilt[chosen] = spoilt[self.random.permutation(chosen)]
        self.tables[table][column] = spoilt

    def drop(self, table: str, share: float) -> None:
        """Loses a share of the rows."""
        frame = self.tables[table]
        self.tables[table] = frame.drop(index=frame.index[self.some(table, share)])

    def write(self) -> None:
        """Replaces the data set's files, one a table."""
        for name, frame in self.tables.items():
            for path in (self.data / "v2_1" / name).glob("*.parquet"):
                path.unlink()
            rows = frame.where(frame.notna(), None)
            table = pa.Table.from_pandas(rows, schema=self.schemas[name], preserve_index=False)
            pq.write_table(table, self.data / "v2_1" / name / "all.parquet")


def spoil(dirt: Dirt) -> None:
    ethnic = ["A", " b", "Z", "99", "9 ", "0", "", None, "AB", "HJ", "i", "!", "R ", "-3"]
    dirt.put("IDS001MPI", "EthnicCategory", 0.1, ethnic)
    dirt.put("IDS101Referral", "PathwayID", 0.03, ["", None, " "])
    dirt.shuffle("IDS101Referral", "PathwayID", 0.02)
    dirt.put("IDS101Referral", "EndCode", 0.05, ["47 ", " 46", "16", None, "", "99", "4 7"])
    dirt.put("IDS101Referral", "ServDischDate", 0.02, [None])
    dirt.shift("IDS101Referral", "ServDischDate", 0.05, 40)
    dirt.shift("IDS101Referral", "ReferralRequestReceivedDate", 0.05, 40)
    attendance = ["05", " 6", "7 ", "2", "3", "4", None, "", "0", "006", "x"]
    dirt.put("IDS201CareContact", "AttendOrDNACode", 0.1, attendance)
    dirt.put("IDS201CareContact", "PlannedCareContIndicator", 0.05, ["N", "n ", " N", "Y", None, ""])
    kinds = ["2", "02", "3 ", " 5", "01", "1", "4", "06", "10", "", None]
    dirt.put("IDS201CareContact", "AppType", 0.1, kinds)
    dirt.put("IDS201CareContact", "PsychMed", 0.1, ["1", "02 ", "3", "UU", "zz", "00", "", None, "ZZ"])
    dirt.shift("IDS201CareContact", "CareContDate", 0.1, 60)
    dirt.put("IDS201CareContact", "CareContTime", 0.1, [None])
    dirt.shuffle("IDS201CareContact", "ServiceRequestId", 0.02)
    procedures = ["1098051000000103", " 1098051000000103 ", "304891004", None]
    dirt.put("IDS202CareActivity", "CodeProcAndProcStatus", 0.03, procedures)
    dirt.shuffle("IDS202CareActivity", "CareContactId", 0.05)
    scores = ["12.0", " 7", "", "x", "5.5", "28", "-1", "27", "0", "1e1", "08", "+3", "NaN", "inf", "22", "3.", ".5"]
    for table in ["IDS606CodedScoreAssessmentRefer", "IDS607CodedScoreAssessmentAct"]:
        dirt.put(table, "PersScore", 0.08, scores)
        dirt.put(table, "CodedAssToolType", 0.02, ["720433000 ", " 445455005", "999", "", "445552006", "473355002"])
    dirt.shift("IDS606CodedScoreAssessmentRefer", "AssToolCompDate", 0.2, 60)
    dirt.shuffle("IDS607CodedScoreAssessmentAct", "CareActId", 0.05)
    complaints = [
        "F40.1",
        "f410",
        "F42",
        "F42.9",
        " F431",
        "F45.2",
        "F400",
        "F401 ",
        "F41.1",
        "83482000",
        "",
        None,
        "F4",
    ]
    dirt.put("IDS603PresentingComplaints", "PresComp", 0.2, complaints)
    dirt.put("IDS603PresentingComplaints", "PresCompCodSig", 0.2, ["1", "2", "01", " 1", None, ""])
    dirt.shift("IDS603PresentingComplaints", "PresCompDate", 0.1, 30)
    dirt.put("IDS603PresentingComplaints", "PresCompDate", 0.1, [None])
    conditions = ["748031000000103", " 748031000000103", "195967001", "", None]
    dirt.put("IDS602LongTermCondition", "LongTermCondition", 0.2, conditions)
    dirt.put("IDS004EmpStatus", "EmployStatus", 0.1, ["1", "02 ", "ZZ", "zz", "8"])
    dirt.shift("IDS004EmpStatus", "EmployStatusRecDate", 0.2, 100)
    dirt.put("IDS004EmpStatus", "EmployStatusRecDate", 0.05, [None])
    dirt.put("IDS205InternetTherLog", "EndDateIntEnabledTherLog", 0.1, [None])
    dirt.put("IDS000Header", "File_Type", 0.1, ["Primary", "Refresh", "refresh ", None])
    dirt.shift("IDS000Header", "DateTimeDatSetCreate", 0.2, 60)
    dirt.drop("IDS000Header", 0.01)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_warehouse_and_oracle_agree_on_heavy_dirt(seed: int, tmp_path: Path) -> None:
    data = tmp_path / "data"
    generate(data, referrals=5_000, seed=seed, progress=False)
    dirt = Dirt(data, seed)
    spoil(dirt)
    dirt.write()
    warehouse = build(data, tmp_path)
    check_against_oracle(warehouse, "fct_referrals")
    check_against_oracle(warehouse, "fct_episodes")


def check_that_defects_change_nothing(warehouse: Warehouse) -> None:
    """Refused rows are those of the oracle, and what is left says of every clean record what it would without them."""
    assert len(pq.read_table(warehouse.data / "truth" / "defects.parquet")) > 1_000
    for table in ["fct_referrals", "fct_episodes"]:
        check_against_oracle(warehouse, table)
        check_against_truth(warehouse, table)


def test_rows_with_defects_change_nothing_across_versions(spoilt_warehouse: Warehouse) -> None:
    check_that_defects_change_nothing(spoilt_warehouse)


@pytest.mark.slow
@pytest.mark.parametrize("version", ["v1_5", "v2_1"])
def test_rows_with_defects_change_nothing_in_one_version(version: str, tmp_path: Path) -> None:
    check_that_defects_change_nothing(generated(tmp_path, 2_000, dirt=0.1, version=version))
