"""Files of annual statistics as they are published, written by hand: every year's header, raw and tidy."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

LABELS = ["OrgType", "OrgCode", "OrgName", "VariableType", "VariableA", "VariableB"]
# The columns of each shape of header that a mart uses, and one that none does.
HEADER_2017 = [
    "CountReferralsReceived",
    "CountFirstTreatment",
    "CountFinishedCourseTreatment",
    "PercentageFinishedCourseTreatment",
    "CountAtCaseness",
    "CountNotAtCaseness",
    "CountImprovement",
    "PercentageImprovement",
    "CountNoReliableChange",
    "CountDeterioration",
    "CountRecovery",
    "PercentageRecovery",
    "CountReliableRecovery",
]
HEADER_2020 = [re.sub("^(Count|Percentage)", r"\1_", name) for name in HEADER_2017] + ["Count_SecondTreatment"]
HEADER_2022 = [name.replace("FirstTreatment", "AccessingServices") for name in HEADER_2020]
HEADER_2024 = [
    name.replace("Percentage_FinishedCourseTreatment", "Percentage_Variable_withFCT") for name in HEADER_2022
] + ["Count_FinishedCourseTreatment_with_EmpSup"]
HEADERS = {
    "2017-18": HEADER_2017,
    "2018-19": HEADER_2017,
    "2019-20": HEADER_2017,
    "2020-21": HEADER_2020,
    "2021-22": HEADER_2020,
    "2022-23": HEADER_2022,
    "2023-24": HEADER_2022,
    "2024-25": HEADER_2024,
}
TIDY = [
    "reporting_period",
    "org_type",
    "org_code",
    "org_name",
    "variable_type",
    "variable_a",
    "variable_b",
    "measure_name",
    "measure_statistic",
    "value",
]


MONTHLY = [
    *(
        "REPORTING_PERIOD_START",
        "REPORTING_PERIOD_END",
        "GROUP_TYPE",
        "ORG_CODE1",
        "ORG_NAME1",
        "ORG_CODE2",
        "ORG_NAME2",
    ),
    *("MEASURE_ID", "MEASURE_NAME", "MEASURE_VALUE_SUPPRESSED"),
]
TIDY_MONTHLY = [
    *("reporting_period", "group_type", "org_code1", "org_name1", "org_code2", "org_name2"),
    *("measure_id", "measure_name", "measure_statistic", "value"),
]
IN_ENGLAND = ("England", "all", "all SubICBs", "all", "all Providers")


def write_csv(path: Path, header: list[str], *rows: list[str], encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding=encoding) as text:
        csv.writer(text).writerows([header, *rows])
    return path


def write_raw(path: Path, measures: list[str], encoding: str = "utf-8", name: str = "Name, with comma") -> Path:
    """One row whose values are 1, 2, 3, ... in the order of the header, but for a mark and an empty cell at the end."""
    values = [str(number + 1) for number in range(len(measures) - 2)] + ["*", ""]
    return write_csv(
        path,
        LABELS + measures,
        ["Provider", "RAA", name, "Ethnic Group", "White", "British", *values],
        encoding=encoding,
    )


def write_tidy(path: Path, *rows: tuple[object, ...]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = {name: [row[index] for row in rows] for index, name in enumerate(TIDY)}
    pq.write_table(pa.table(columns), path)
    return path


def monthly_row(
    measure_id: str, measure: str, value: str, group: tuple[str, ...] = IN_ENGLAND, start: str = "2024-10-01"
) -> list[str]:
    """One row of a monthly file as published."""
    return [start, start.replace("01", "31"), *group, measure_id, measure, value]


def write_tidy_monthly(path: Path, *rows: tuple[object, ...]) -> Path:
    """The table that holds the months of all files, without their marks."""
    pq.write_table(pa.table({name: [row[index] for row in rows] for index, name in enumerate(TIDY_MONTHLY)}), path)
    return path


def tidy_row(measure: str, value: object, period: str = "2021-22", statistic: str = "count") -> tuple[object, ...]:
    return (period, "England", "All", "All", "Ethnic Group", "White", "British", measure, statistic, value)
