"""Planted defects: the good rows stay as they are, and the list names every row that the rules refuse, and no other.

The rules are written here a second time, in SQL over the files, in the order of the published validation rules: the row
by itself, then the same key on an earlier row, then the row that it belongs to.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from pyarrow import parquet

from iapt_equity.synthetic import SyntheticDataError, generate

YEARS = "2020-21:2022-23"
NUMBER = "try_cast(trim(PersScore) as double) is null and CodedAssToolType not in " + str(
    ("747861000000100", "747871000000107", "747881000000109", "904691000000103")
)
# A text that means nothing is blank, so it is no malformed number.
NOTHING = "coalesce(trim(PersScore), '') in ('', 'N/A')"
MONTH = "date_trunc('month', {}) <> month"

# Per table: the rules in order (field, reason, condition), the key, the parent and its key.
RULES: dict[str, tuple[list[tuple[str, str, str]], str, tuple[str, str] | None, str]] = {
    "IDS001MPI": ([("LocalPatientId", "required_field_blank", "LocalPatientId is null")], "LocalPatientId", None, ""),
    "IDS004EmpStatus": (
        [
            ("LocalPatientId", "required_field_blank", "LocalPatientId is null"),
            ("EmployStatus", "required_field_blank", "EmployStatus is null"),
        ],
        "",
        None,
        "",
    ),
    "IDS101Referral": (
        [
            ("ServiceRequestId", "required_field_blank", "ServiceRequestId is null"),
            ("LocalPatientId", "required_field_blank", "LocalPatientId is null"),
            ("ReferralRequestReceivedDate", "required_field_blank", "ReferralRequestReceivedDate is null"),
        ],
        "ServiceRequestId",
        None,
        "",
    ),
    "IDS201CareContact": (
        [
            ("CareContactId", "required_field_blank", "CareContactId is null"),
            ("ServiceRequestId", "required_field_blank", "ServiceRequestId is null"),
            ("CareContDate", "required_field_blank", "CareContDate is null"),
            (
                "AttendOrDNACode",
                "code_not_in_list",
                "ltrim(trim(AttendOrDNACode), '0') not in ('2', '3', '4', '5', '6', '7')",
            ),
            ("AppType", "required_field_blank", "AppType is null"),
            ("AppType", "code_not_in_list", "ltrim(trim(AppType), '0') not in ('1','2','3','4','5','6','7','8')"),
            ("CareContDate", "outside_reporting_month", MONTH.format("CareContDate")),
        ],
        "CareContactId",
        ("IDS101Referral", "ServiceRequestId"),
        "CareContDate",
    ),
    "IDS202CareActivity": (
        [
            ("CareActId", "required_field_blank", "CareActId is null"),
            ("CareContactId", "required_field_blank", "CareContactId is null"),
        ],
        "CareActId",
        ("IDS201CareContact", "CareContactId"),
        "",
    ),
    "IDS205InternetTherLog": (
        [
            ("ServiceRequestId", "required_field_blank", "ServiceRequestId is null"),
            ("StartDateIntEnabledTherLog", "required_field_blank", "StartDateIntEnabledTherLog is null"),
            ("EndDateIntEnabledTherLog", "required_field_blank", "EndDateIntEnabledTherLog is null"),
            ("EndDateIntEnabledTherLog", "outside_reporting_month", MONTH.format("EndDateIntEnabledTherLog")),
        ],
        "",
        ("IDS101Referral", "ServiceRequestId"),
        "",
    ),
    "IDS602LongTermCondition": (
        [
            ("ServiceRequestId", "required_field_blank", "ServiceRequestId is null"),
            ("LongTermCondition", "required_field_blank", "LongTermCondition is null"),
        ],
        "",
        None,
        "",
    ),
    "IDS603PresentingComplaints": (
        [
            ("ServiceRequestId", "required_field_blank", "ServiceRequestId is null"),
            ("PresComp", "required_field_blank", "PresComp is null"),
        ],
        "",
        None,
        "",
    ),
    "IDS606CodedScoreAssessmentRefer": (
        [
            ("ServiceRequestId", "required_field_blank", "ServiceRequestId is null"),
            ("CodedAssToolType", "required_field_blank", "CodedAssToolType is null"),
            ("CodedAssToolType", "unknown_assessment_tool", "CodedAssToolType = '999999999'"),
            ("PersScore", "required_field_blank", NOTHING),
            ("PersScore", "score_not_a_number", NUMBER),
            ("AssToolCompDate", "required_field_blank", "AssToolCompDate is null"),
            ("AssToolCompDate", "outside_reporting_month", MONTH.format("AssToolCompDate")),
        ],
        "ServiceRequestId, AssToolCompDate, CodedAssToolType",
        ("IDS101Referral", "ServiceRequestId"),
        "AssToolCompDate",
    ),
    "IDS607CodedScoreAssessmentAct": (
        [
            ("CareActId", "required_field_blank", "CareActId is null"),
            ("CodedAssToolType", "required_field_blank", "CodedAssToolType is null"),
            ("CodedAssToolType", "unknown_assessment_tool", "CodedAssToolType = '999999999'"),
            ("PersScore", "required_field_blank", NOTHING),
            ("PersScore", "score_not_a_number", NUMBER),
        ],
        "CareActId, CodedAssToolType",
        ("IDS202CareActivity", "CareActId"),
        "",
    ),
}
RULES_1_5: dict[str, tuple[list[tuple[str, str, str]], str, tuple[str, str] | None, str]] = {
    "Person": (
        [("IAPT_RECORD_NUMBER", "required_field_blank", "IAPT_RECORD_NUMBER is null")],
        "IAPT_RECORD_NUMBER",
        None,
        "",
    ),
    "Referral": (
        [
            ("PSERVICEID", "required_field_blank", "PSERVICEID is null"),
            ("REFRECDATE", "required_field_blank", "REFRECDATE is null"),
        ],
        "PSERVICEID",
        None,
        "",
    ),
    "Appointment": (
        [
            ("APPOINTMENT_ID", "required_field_blank", "APPOINTMENT_ID is null"),
            ("PSERVICEID", "required_field_blank", "PSERVICEID is null"),
            ("APPOINTMENT", "required_field_blank", "APPOINTMENT is null"),
            ("ATTENDANCE", "code_not_in_list", "ltrim(trim(ATTENDANCE), '0') not in ('2', '3', '4', '5', '6', '7')"),
            ("APPTYPE", "required_field_blank", "APPTYPE is null"),
            ("APPTYPE", "code_not_in_list", "ltrim(trim(APPTYPE), '0') not in ('1','2','3','4','5','6','7','8')"),
            ("APPOINTMENT", "outside_reporting_month", MONTH.format("APPOINTMENT")),
        ],
        "APPOINTMENT_ID",
        ("Referral", "PSERVICEID"),
        "APPOINTMENT",
    ),
}


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dirty") / "set"
    generate(out, 3_000, 3, YEARS, progress=False, version="by_date", experience=True, messy=True, dirt=0.05)
    return out


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("clean") / "set"
    generate(out, 3_000, 3, YEARS, progress=False, version="by_date", experience=True, messy=True)
    return out


# Long because the rules read as one query a table, from the file to what is refused.
def refused(data: Path) -> duckdb.DuckDBPyConnection:
    """Tables `listed`, from the truth, and `found`, from the rules as written here."""
    connection = duckdb.connect()
    path = (data / "truth" / "defects.parquet").as_posix()
    connection.execute(f"create table listed as from '{path}'")
    connection.execute(
        "create table found (source_file varchar, source_row bigint, field varchar, reason_code varchar)"
    )
    for version in ("v1_5", "v2_0", "v2_1"):
        early = version == "v1_5"
        header = (data / version / ("Header" if early else "IDS000Header") / "*.parquet").as_posix()
        number, start = ("HEADER_ID", "START_DATE") if early else ("UniqueSubmissionID", "ReportingPeriodStartDate")
        connection.execute(
            f"create or replace table header as select {number} as file, {start} as month from '{header}'"
        )
        for table, (rules, key, parent, dated) in (RULES_1_5 if early else RULES).items():
            files = (data / version / table / "*.parquet").as_posix()
            file = "IAPT_RECORD_NUMBER // 1000000000" if early and table != "Person" else number
            own = " ".join(f"when {condition} then ['{field}', '{reason}']" for field, reason, condition in rules)
            twice = (
                f"row_number() over (partition by file, {key}, why is null order by source_row) > 1" if key else "false"
            )
            connection.execute(f"""
                create or replace table {table} as
                with sent as (
                    select '{version}/{table}/' || parse_filename(filename) as source_file,
                        file_row_number as source_row, {file} as file, * exclude (filename, file_row_number)
                    from read_parquet('{files}', filename = true, file_row_number = true)
                ),
                judged as (select sent.*, month, case {own} end as why from sent join header using (file))
                select *, {twice} as is_repeated from judged
            """)
            hangs = "false"
            late = "false"
            join = ""
            if parent is not None:
                held = (
                    f"select distinct file, {parent[1]} as link from {parent[0]} where why is null and not is_repeated"
                )
                hangs = "p.link is null"
                if dated:
                    received = "REFRECDATE" if early else "ReferralRequestReceivedDate"
                    held = held.replace(" as link", f" as link, {received} as received")
                    late = f"t.{dated} < p.received"
                join = f"left join ({held}) as p on p.file = t.file and p.link = t.{parent[1]}"
            first = key.split(", ", maxsplit=1)[0]
            connection.execute(f"""
                create or replace table judged as
                select t.source_file, t.source_row, case when why is not null then why
                    when is_repeated then ['{first}', 'duplicate_key']
                    when {hangs} then ['{parent[1] if parent else ""}', 'no_parent_in_file']
                    when {late} then ['{dated}', 'before_referral_received'] end as final
                from {table} as t {join};
                insert into found select source_file, source_row, final[1], final[2] from judged where final is not null
            """)
            # A row refused for its parent or its date is no parent either.
            connection.execute(f"""
                update {table} set why = ['', ''] from judged
                where judged.source_row = {table}.source_row and judged.source_file = {table}.source_file
                    and final is not null and why is null
            """)
    return connection


def test_the_list_is_what_the_rules_refuse(dirty: Path) -> None:
    connection = refused(dirty)
    columns = "source_file, source_row, field, reason_code"
    listed = f"select {columns} from listed where severity = 'reject'"
    found = f"select {columns} from found"
    assert connection.execute(f"{found} except {listed}").fetchall() == []
    assert connection.execute(f"{listed} except {found}").fetchall() == []
    assert connection.execute("select count(*) = (select count(*) from listed where severity = 'reject') from found")
    held = dict(connection.execute("select reason_code, count(*) from listed group by all").fetchall())
    assert set(held) == {
        "required_field_blank",
        "code_not_in_list",
        "outside_reporting_month",
        "before_referral_received",
        "duplicate_key",
        "no_parent_in_file",
        "score_not_a_number",
        "unknown_assessment_tool",
    }
    assert min(held.values()) > 10
    kinds = dict(connection.execute("select origin, count(*) from listed group by all").fetchall())
    assert kinds["dirt"] > 1_000
    assert kinds["ordinary"] > 50


def test_good_rows_and_the_truth_stay_as_they_are(dirty: Path, clean: Path) -> None:
    files = sorted(path.relative_to(clean) for path in clean.rglob("*.parquet"))
    added = 0
    for path in files:
        before, after = parquet.read_table(clean / path), parquet.read_table(dirty / path)
        assert after.slice(0, before.num_rows).equals(before.cast(after.schema)), path
        added += after.num_rows - before.num_rows
    listed = parquet.read_table(dirty / "truth" / "defects.parquet")
    assert added == listed["origin"].to_pylist().count("dirt")
    assert not (clean / "truth" / "defects.parquet").exists()


def test_the_share_is_the_one_asked_for(dirty: Path) -> None:
    connection = duckdb.connect()
    listed = (dirty / "truth" / "defects.parquet").as_posix()
    for version, table in (("v1_5", "Appointment"), ("v2_0", "IDS201CareContact"), ("v2_1", "IDS101Referral")):
        files = (dirty / version / table / "*.parquet").as_posix()
        share = connection.execute(f"""
            select (select count(*) from '{listed}' where mds_version = '{version}' and source_table = '{table}'
                and origin = 'dirt') / (select count(*) from '{files}')
        """).fetchall()[0][0]
        assert 0.04 < share < 0.06


def test_used_submissions_are_marked(dirty: Path) -> None:
    connection = duckdb.connect()
    listed, fate = ((dirty / "truth" / f"{name}.parquet").as_posix() for name in ("defects", "submissions"))
    query = f"""
        select count(*) filter (where d.is_in_used_submission <> f.is_used), count(*),
            count(*) filter (where d.is_in_used_submission) from '{listed}' as d
        join '{fate}' as f using (submission_id)
    """
    differs, every, used = connection.execute(query).fetchall()[0]
    assert differs == 0
    assert every == connection.execute(f"select count(*) from '{listed}'").fetchall()[0][0]
    assert 0 < used < every


def test_csv_holds_unreadable_dates_too(tmp_path: Path) -> None:
    generate(tmp_path / "set", 1_500, 3, "2018-19:2018-19", "csv", progress=False, dirt=0.2)
    connection = duckdb.connect()
    listed = (tmp_path / "set" / "truth" / "defects.parquet").as_posix()
    rows = connection.execute(f"select * from '{listed}' where reason_code = 'value_unreadable'").df()
    assert len(rows) > 20
    for row in rows.head(20).itertuples():
        path = (tmp_path / "set" / str(row.source_file)).as_posix()
        lines = Path(path).read_text(encoding="utf-8").splitlines()
        names = lines[0].replace('"', "").split(",")
        assert lines[1 + int(str(row.source_row))].split(",")[names.index(str(row.field))].strip('"') == "31/02/2016"


def test_bytes_follow_the_arguments(tmp_path: Path) -> None:
    for name in ("one", "two"):
        generate(tmp_path / name, 500, 5, "2018-19:2018-19", progress=False, dirt=0.1, messy=True, derived=True)
    for path in sorted(item for item in (tmp_path / "one").rglob("*") if item.is_file()):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes(), path


def test_a_share_out_of_range_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SyntheticDataError, match="dirt: expected a share"):
        generate(tmp_path / "set", 500, 5, progress=False, dirt=0.9)
