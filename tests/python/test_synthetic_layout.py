"""The synthetic data set has the official tables and fields, is whole, and holds together inside each submission."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

import iapt_equity.synthetic
from iapt_equity.synthetic import SyntheticDataError, deliveries, generate
from iapt_equity.synthetic.cli import main

# Field names as the data set's own definitions have them: submitted fields, then the derived ones of a commissioning
# extract. Typed in from the published field tables, not read from the generator.
FIELDS = {
    "IDS000Header": "DatSetVer OrgIDProv OrgIDSubmit PrimSystemInUse ReportingPeriodStartDate ReportingPeriodEndDate "
    "DateTimeDatSetCreate UniqueID_IDS000 File_Type TotalRecords UniqueSubmissionID Total_IDS001 Total_IDS002 "
    "Total_IDS004 Total_IDS007 Total_IDS011 Total_IDS012 Total_IDS101 Total_IDS105 Total_IDS108 Total_IDS201 "
    "Total_IDS202 Total_IDS205 Total_IDS602 Total_IDS603 Total_IDS606 Total_IDS607 Total_IDS803 Total_IDS902 "
    "Unique_MonthID Total_IDS003 Total_IDS601",
    "IDS001MPI": "LocalPatientId OrgIDLocalPatientId NHSNumber NHSNumberStatus PersonBirthDate Postcode Gender "
    "GenderIdentity GenderIdentitySameAtBirth EthnicCategory EthnicCategory2021 ExBAFIndicator LanguageCodePreferred "
    "EduEstabTypeIAPT RecordNumber UniqueID_IDS001 OrgID_Provider OrgID_CCG_Residence Person_ID UniqueSubmissionID "
    "Age_RP_StartDate Age_RP_EndDate Postcode_District Postcode_Default ValidPostcode_Flag LSOA Census_Year "
    "LocalAuthority County ElectoralWard Unique_MonthID Validated_EthnicCategory IndicesOfDeprivationDecile "
    "IndicesOfDeprivationQuartile IMD_YEAR OrgIDSubICBLocResidence OrgIDICBRes Pseudo_NHS_Number",
    "IDS002GP": "LocalPatientId GMPCodeReg StartDateGMPRegistration EndDateGMPRegistration RecordNumber "
    "UniqueID_IDS002 OrgID_Provider Person_ID UniqueSubmissionID OrgID_CCG_GP DistanceFromHome_GP Unique_MonthID "
    "LADistrictAuthGPPractice OrgIDSubICBLocGP OrgIDICBGPPractice",
    "IDS004EmpStatus": "LocalPatientId EmployStatus EmployStatusRecDate WeekHoursWorked SelfEmployInd SickAbsenceInd "
    "SSPInd BenefitRecInd ESAInd UCInd PIPInd EmpSupportInd EmpSupportReferral EmpSupportDischargeDate RecordNumber "
    "UniqueID_IDS004 OrgID_Provider Person_ID UniqueSubmissionID Unique_MonthID",
    "IDS101Referral": "ServiceRequestId LocalPatientId OrgIDComm ReferralRequestReceivedDate SourceOfReferralIAPT "
    "OnsetDate PrevDiagCondInd EndCode ServDischDate RecordNumber UniqueID_IDS101 OrgID_Provider Person_ID "
    "UniqueSubmissionID Unique_ServiceRequestID Age_ReferralRequest_ReceivedDate Age_ServiceDischarge_Date "
    "Unique_MonthID UsePathway_Flag UseQuarterReferral_Flag PathwayID",
    "IDS105OnwardReferral": "ServiceRequestId OnwardReferDate OnwardReferTime OnwardReferReason OrgIDReceiving "
    "RecordNumber UniqueID_IDS105 OrgID_Provider Person_ID UniqueSubmissionID Unique_ServiceRequestID Unique_MonthID "
    "PathwayID",
    "IDS108WaitingTimePauses": "PauseID ServiceRequestId PauseStartDate PauseEndDate PauseReason RecordNumber "
    "UniqueID_IDS108 OrgID_Provider Person_ID UniqueSubmissionID Unique_ServiceRequestID Unique_MonthID PathwayID",
    "IDS201CareContact": "CareContactId ServiceRequestId CareContDate CareContTime OrgIDComm PlannedCareContIndicator "
    "AttendOrDNACode Cancellation ClinContDurOfCareCont IAPTLTCServiceInd AppType ConsMechanism IntEnabledTherProg "
    "CareContPatientTherMode NumGroupTherParticipants NumGroupTherFacilitators PsychMed ActLocTypeCode SiteIDOfTreat "
    "LanguageCodeTreat InterpreterPresentInd RecordNumber UniqueID_IDS201 OrgID_Provider Person_ID UniqueSubmissionID "
    "Unique_ServiceRequestID Unique_CareContactID Age_CareContact_Date DistanceFromHome_ContactLocation "
    "Time_Referral_to_CareContact Unique_MonthID PathwayID",
    "IDS202CareActivity": "CareActId CareContactId CarePersLocalId ClinContactDurOfCareAct CodeProcAndProcStatus "
    "FindSchemeInUse CodeFind CodeObs ObsValue UnitMeasure RecordNumber UniqueID_IDS202 OrgID_Provider Person_ID "
    "UniqueSubmissionID Unique_ServiceRequestID Unique_CareContactID Unique_CareActivityID "
    "Unique_CarePersonnelID_Local Validated_FindingCode Unique_MonthID PathwayID",
    "IDS205InternetTherLog": "ServiceRequestId StartDateIntEnabledTherLog EndDateIntEnabledTherLog IntEnabledTherProg "
    "DurationIntEnabledTher CarePersLocalId IntegratedSoftwareInd RecordNumber UniqueID_IDS205 OrgID_Provider "
    "Person_ID UniqueSubmissionID Unique_ServiceRequestID Unique_CarePersonnelID_Local Unique_MonthID PathwayID",
    "IDS602LongTermCondition": "ServiceRequestId FindSchemeInUse LongTermCondition RecordNumber UniqueID_IDS602 "
    "OrgID_Provider Person_ID UniqueSubmissionID Unique_ServiceRequestID Validated_LongTermConditionCode "
    "Unique_MonthID PathwayID LongTermCondition_FSN",
    "IDS603PresentingComplaints": "ServiceRequestId FindSchemeInUse PresComp PresCompCodSig PresCompDate RecordNumber "
    "UniqueID_IDS603 OrgID_Provider Person_ID UniqueSubmissionID Unique_ServiceRequestID "
    "Validated_PresentingComplaint Unique_MonthID PathwayID PresComp_FSN",
    "IDS606CodedScoreAssessmentRefer": "ServiceRequestId CodedAssToolType PersScore AssToolCompDate AssToolCompTime "
    "RecordNumber UniqueID_IDS606 OrgID_Provider Person_ID UniqueSubmissionID Unique_ServiceRequestID "
    "Age_AssessmentCompletion_Date Unique_MonthID PathwayID CodedAssToolType_FSN",
    "IDS607CodedScoreAssessmentAct": "CareActId CodedAssToolType PersScore RecordNumber UniqueID_IDS607 "
    "OrgID_Provider Person_ID UniqueSubmissionID Unique_ServiceRequestID Unique_CareContactID Unique_CareActivityID "
    "Age_AssessmentCompletion_Date Unique_MonthID PathwayID CodedAssToolType_FSN",
}
EVERYWHERE = {"UniqueSubmissionID", "Unique_MonthID"}
KEYS = {
    "IDS000Header": ["OrgIDProv", "ReportingPeriodStartDate", "DateTimeDatSetCreate", "File_Type", "Total_IDS101"],
    "IDS001MPI": ["LocalPatientId", "EthnicCategory", "EthnicCategory2021", "PersonBirthDate", "LSOA", "RecordNumber"],
    "IDS002GP": ["LocalPatientId", "GMPCodeReg"],
    "IDS004EmpStatus": ["LocalPatientId", "EmployStatus", "EmployStatusRecDate"],
    "IDS101Referral": ["ServiceRequestId", "LocalPatientId", "OrgIDComm", "PathwayID", "ServDischDate", "EndCode"],
    "IDS105OnwardReferral": ["ServiceRequestId"],
    "IDS108WaitingTimePauses": ["ServiceRequestId"],
    "IDS201CareContact": ["ServiceRequestId", "CareContactId", "AttendOrDNACode", "AppType", "PsychMed"],
    "IDS202CareActivity": ["CareActId", "CareContactId", "CodeProcAndProcStatus"],
    "IDS205InternetTherLog": ["ServiceRequestId", "StartDateIntEnabledTherLog", "EndDateIntEnabledTherLog"],
    "IDS602LongTermCondition": ["ServiceRequestId", "LongTermCondition"],
    "IDS603PresentingComplaints": ["ServiceRequestId", "PresComp", "PresCompCodSig", "PresCompDate"],
    "IDS606CodedScoreAssessmentRefer": ["ServiceRequestId", "CodedAssToolType", "PersScore", "AssToolCompDate"],
    "IDS607CodedScoreAssessmentAct": ["CareActId", "CodedAssToolType", "PersScore"],
}
YEARS = "2015-16:2016-17"
INTEGERS = (
    "Total",
    "RecordNumber",
    "UniqueID_",
    "UniqueSubmissionID",
    "Unique_MonthID",
    "ClinContDurOfCareCont",
    "ClinContactDurOfCareAct",
    "DurationIntEnabledTher",
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("synthetic") / "set"
    generate(out, 4_000, 7, YEARS, progress=False)
    return out


@pytest.fixture(scope="module")
def raw(data: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for table in FIELDS:
        files = (data / "v2_1" / table / "*.parquet").as_posix()
        connection.execute(f"create view {table} as select *, filename from read_parquet('{files}', filename = true)")
    return connection


def one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])


def test_the_folders_are_those_of_the_layout(data: Path) -> None:
    assert sorted(item.name for item in data.iterdir()) == ["README.txt", "reference", "truth", "v2_1"]
    assert sorted(item.name for item in (data / "v2_1").iterdir()) == sorted(FIELDS)
    assert sorted(item.name for item in (data / "reference").iterdir()) == [
        "census_ethnicity.csv",
        "census_small_areas.csv",
        "commissioners.csv",
        "deprivation.csv",
        "providers.csv",
    ]
    # 24 reporting months, delivered from the month after the first to the month after the last.
    names = sorted(item.name for item in (data / "v2_1" / "IDS101Referral").iterdir())
    assert names[0] == "2015-05.parquet"
    assert names[-1] == "2017-04.parquet"
    assert len(names) == 24


@pytest.mark.parametrize("table", sorted(FIELDS))
def test_every_field_is_an_official_one(data: Path, table: str) -> None:
    schema = parquet.read_schema(data / "v2_1" / table / "2016-06.parquet")
    names = set(schema.names)
    assert names <= set(FIELDS[table].split())
    assert names >= EVERYWHERE | set(KEYS[table])
    assert not names & {"NHSNumber", "Postcode", "Postcode_District"}


@pytest.mark.parametrize("table", sorted(FIELDS))
def test_codes_are_text_dates_are_dates_and_counts_are_integers(data: Path, table: str) -> None:
    schema = parquet.read_schema(data / "v2_1" / table / "2016-06.parquet")
    for item in schema:
        if item.name == "DateTimeDatSetCreate":
            assert pa.types.is_timestamp(item.type)
        elif item.name.endswith("Date") or item.name.startswith(("StartDate", "EndDate")):
            integer = item.name == "Age_ReferralRequest_ReceivedDate"
            assert pa.types.is_integer(item.type) if integer else pa.types.is_date32(item.type), item
        elif item.name.startswith(INTEGERS):
            assert pa.types.is_int64(item.type), item
        else:
            assert pa.types.is_string(item.type), item


def test_nothing_of_the_truth_stands_in_the_raw_tables(data: Path) -> None:
    truth = {name.lower() for name in parquet.read_schema(data / "truth" / "referrals.parquet").names}
    for folder in (data / "v2_1").iterdir():
        names = {name.lower() for name in parquet.read_schema(folder / "2016-06.parquet").names}
        assert names & truth <= {"gender"}
        assert not [name for name in names if "_flag" in name and name != "usepathway_flag"]
        assert not [name for name in names if "firstscore" in name or "lastscore" in name or "contact_count" in name]
    assert "synthetic" in (data / "README.txt").read_text(encoding="utf-8").lower()


PARENTS = [
    ("IDS001MPI", "IDS000Header", ["UniqueSubmissionID"]),
    ("IDS101Referral", "IDS001MPI", ["UniqueSubmissionID", "LocalPatientId", "RecordNumber", "Person_ID"]),
    ("IDS002GP", "IDS001MPI", ["UniqueSubmissionID", "LocalPatientId", "RecordNumber"]),
    ("IDS004EmpStatus", "IDS001MPI", ["UniqueSubmissionID", "LocalPatientId", "RecordNumber"]),
    *(
        (table, "IDS101Referral", ["UniqueSubmissionID", "ServiceRequestId", "RecordNumber", "Unique_ServiceRequestID"])
        for table, fields in KEYS.items()
        if fields[0] == "ServiceRequestId" and table != "IDS101Referral"
    ),
    ("IDS202CareActivity", "IDS201CareContact", ["UniqueSubmissionID", "CareContactId", "Unique_CareContactID"]),
    (
        "IDS607CodedScoreAssessmentAct",
        "IDS202CareActivity",
        ["UniqueSubmissionID", "CareActId", "Unique_CareContactID"],
    ),
]


@pytest.mark.parametrize(("child", "parent", "columns"), PARENTS)
def test_every_row_has_its_parent_in_the_same_submission(
    raw: duckdb.DuckDBPyConnection, child: str, parent: str, columns: list[str]
) -> None:
    keys = ", ".join(columns)
    assert one(raw, f"select count(*) from {child}") > 0
    assert one(raw, f"select count(*) from {child} anti join {parent} using ({keys})") == 0


UNIQUE = [
    ("IDS000Header", ["UniqueSubmissionID"]),
    ("IDS001MPI", ["UniqueSubmissionID", "LocalPatientId"]),
    ("IDS002GP", ["UniqueSubmissionID", "LocalPatientId"]),
    ("IDS004EmpStatus", ["UniqueSubmissionID", "LocalPatientId", "EmployStatusRecDate"]),
    ("IDS101Referral", ["UniqueSubmissionID", "ServiceRequestId"]),
    ("IDS201CareContact", ["UniqueSubmissionID", "CareContactId"]),
    ("IDS202CareActivity", ["UniqueSubmissionID", "CareActId"]),
    ("IDS205InternetTherLog", ["UniqueSubmissionID", "ServiceRequestId", "StartDateIntEnabledTherLog"]),
    ("IDS602LongTermCondition", ["UniqueSubmissionID", "ServiceRequestId", "LongTermCondition"]),
    (
        "IDS606CodedScoreAssessmentRefer",
        ["UniqueSubmissionID", "ServiceRequestId", "AssToolCompDate", "CodedAssToolType"],
    ),
    ("IDS607CodedScoreAssessmentAct", ["UniqueSubmissionID", "CareActId", "CodedAssToolType"]),
    *((table, [f"UniqueID_{table[:6]}"]) for table in FIELDS),
]


@pytest.mark.parametrize(("table", "columns"), UNIQUE)
def test_keys_do_not_repeat_inside_a_submission(raw: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> None:
    keys = ", ".join(columns)
    assert one(raw, f"select count(*) from (select {keys} from {table} group by all having count(*) > 1)") == 0


def test_header_totals_are_the_row_counts(raw: duckdb.DuckDBPyConnection) -> None:
    for table in FIELDS:
        if table == "IDS000Header":
            continue
        query = f"""
            select count(*) from IDS000Header as header
            left join (select UniqueSubmissionID, count(*) as held from {table} group by all) as counted
                using (UniqueSubmissionID)
            where header.Total_{table[:6]} is distinct from coalesce(counted.held, 0)
        """
        assert one(raw, query) == 0, table


def test_a_delivery_holds_the_primary_of_last_month_and_the_refresh_of_the_month_before(
    raw: duckdb.DuckDBPyConnection,
) -> None:
    rows = raw.execute("""
        select File_Type,
            datediff('month', ReportingPeriodStartDate, strptime(right(filename, 15)[:7], '%Y-%m')) as lag, count(*)
        from IDS000Header group by all order by all
    """).fetchall()
    assert [row[:2] for row in rows] == [("Primary", 1), ("Refresh", 2)]
    assert one(raw, "select max(ReportingPeriodStartDate) = date '2017-03-01' from IDS000Header") == 1
    refreshed_last = "File_Type = 'Refresh' and ReportingPeriodStartDate = date '2017-03-01'"
    assert one(raw, f"select count(*) from IDS000Header where {refreshed_last}") == 0
    # Every provider has a Primary for every month; months since April 1900, plus one: April 2015 is 1381.
    assert one(raw, "select count(distinct OrgIDProv) * 24 from IDS000Header") == one(
        raw, "select count(*) from (select distinct OrgIDProv, ReportingPeriodStartDate from IDS000Header)"
    )
    assert one(raw, "select min(Unique_MonthID) from IDS000Header") == 1381


def test_referrals_are_sent_every_month_from_receipt_to_discharge(raw: duckdb.DuckDBPyConnection) -> None:
    raw.execute("""
        create or replace temp view months as
        select referral.OrgID_Provider, ServiceRequestId, ReferralRequestReceivedDate, ServDischDate, File_Type,
            ReportingPeriodStartDate, ReportingPeriodEndDate
        from IDS101Referral as referral join IDS000Header using (UniqueSubmissionID)
    """)
    assert one(raw, "select count(*) from months where ReferralRequestReceivedDate > ReportingPeriodEndDate") == 0
    outside = "ServDischDate not between ReportingPeriodStartDate and ReportingPeriodEndDate"
    assert one(raw, f"select count(*) from months where {outside}") == 0
    gaps = """
        select count(*) from (
            select datediff('month', min(ReferralRequestReceivedDate), max(ReportingPeriodStartDate)) + 1 as expected,
                count(distinct ReportingPeriodStartDate) as held, max(ServDischDate) as ended,
                max(ReportingPeriodStartDate) as latest
            from months group by OrgID_Provider, ServiceRequestId
        ) where held <> expected or (ended is null and latest < date '2017-03-01')
    """
    assert one(raw, gaps) == 0


def test_events_are_sent_in_the_month_they_happened(raw: duckdb.DuckDBPyConnection) -> None:
    for table, column in (
        ("IDS201CareContact", "CareContDate"),
        ("IDS606CodedScoreAssessmentRefer", "AssToolCompDate"),
        ("IDS205InternetTherLog", "coalesce(EndDateIntEnabledTherLog, StartDateIntEnabledTherLog)"),
    ):
        query = f"""
            select count(*) from {table} join IDS000Header using (UniqueSubmissionID)
            where {column} not between ReportingPeriodStartDate and ReportingPeriodEndDate
        """
        assert one(raw, query) == 0, table


def test_organisations_and_areas_are_fictional_and_in_the_reference_tables(
    data: Path, raw: duckdb.DuckDBPyConnection
) -> None:
    reference = data / "reference"

    def missing(table: str, column: str, file: str, key: str) -> int:
        held = f"select {key} as code from read_csv('{(reference / file).as_posix()}', all_varchar = true)"
        return one(
            raw, f"select count(*) from {table} anti join ({held}) on {column} = code where {column} is not null"
        )

    assert missing("IDS000Header", "OrgIDProv", "providers.csv", "provider_code") == 0
    assert missing("IDS101Referral", "OrgIDComm", "commissioners.csv", "commissioner_code") == 0
    assert missing("IDS001MPI", "LSOA", "deprivation.csv", "lsoa_code") == 0
    assert one(raw, "select count(*) from IDS000Header where OrgIDProv not like 'Z%'") == 0
    for file, key in (("providers.csv", "provider_name"), ("commissioners.csv", "commissioner_name")):
        path = (reference / file).as_posix()
        assert one(raw, f"select count(*) from read_csv('{path}') where {key} not like '%(fictional)'") == 0
    path = (reference / "deprivation.csv").as_posix()
    agree = f"""
        select count(*) from IDS001MPI join read_csv('{path}') on LSOA = lsoa_code
        where IndicesOfDeprivationDecile <> imd_decile::varchar
    """
    assert one(raw, agree) == 0


def fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def test_the_same_arguments_write_the_same_bytes(data: Path, tmp_path: Path) -> None:
    generate(tmp_path / "again", 4_000, 7, YEARS, progress=False)
    assert fingerprint(tmp_path / "again") == fingerprint(data)


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
def test_bytes_follow_the_seed(tmp_path: Path, file_format: str) -> None:
    for name, seed in (("one", 5), ("two", 5), ("other", 6)):
        generate(tmp_path / name, 600, seed, "2017-18:2017-18", file_format, progress=False)
    assert fingerprint(tmp_path / "one") == fingerprint(tmp_path / "two")
    assert fingerprint(tmp_path / "one") != fingerprint(tmp_path / "other")


def test_csv_and_parquet_hold_the_same_rows(tmp_path: Path) -> None:
    for file_format in ("parquet", "csv"):
        generate(tmp_path / file_format, 600, 5, "2017-18:2017-18", file_format, progress=False)
    connection = duckdb.connect()
    for table in FIELDS:
        typed = f"read_parquet('{(tmp_path / 'parquet' / 'v2_1' / table / '*.parquet').as_posix()}')"
        text = f"read_csv('{(tmp_path / 'csv' / 'v2_1' / table / '*.csv').as_posix()}', all_varchar = true)"
        columns = "replace(nullif(trim(columns(*)::varchar), ''), '.000000', '')"
        rows = one(connection, f"select count(*) from {typed}")
        assert rows == one(connection, f"select count(*) from {text}"), table
        left, right = f"select {columns} from {typed}", f"select {columns} from {text}"
        assert one(connection, f"select count(*) from ({left} except all {right})") == 0, table


def test_a_folder_that_holds_anything_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SyntheticDataError, match="expected a folder that is empty"):
        generate(tmp_path, 600, 1, "2017-18:2017-18", progress=False)
    assert [item.name for item in tmp_path.iterdir()] == ["note.txt"]


def test_an_empty_folder_is_accepted(tmp_path: Path) -> None:
    out = tmp_path / "empty"
    out.mkdir()
    generate(out, 200, 1, "2017-18:2017-18", progress=False)
    assert (out / "README.txt").is_file()


def test_a_run_that_breaks_leaves_no_folder_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(deliveries, "write_deliveries", broken)
    with pytest.raises(OSError, match="disk full"):
        generate(tmp_path / "set", 200, 1, "2017-18:2017-18", progress=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--referrals", "5", "--seed", "1"], "referrals: expected 100"),
        (["--referrals", "500", "--seed", "-1"], "seed: expected zero"),
        (["--referrals", "500", "--seed", "1", "--years", "2018"], "years: expected first:last"),
        (["--referrals", "500", "--seed", "1", "--years", "2018-19:2015-16"], "years: expected the first year"),
        (["--referrals", "500", "--seed", "1", "--years", "2015-17:2018-19"], "a financial year ends in the next"),
        (["--referrals", "500", "--seed", "1", "--format", "xlsx"], "format: expected parquet or csv"),
    ],
)
def test_arguments_that_cannot_be_used_give_one_line_and_exit_2(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--out", str(tmp_path / "set")]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("synthetic-mds: ")
    assert message in lines[0]
    assert not (tmp_path / "set").exists()


def test_the_public_function_is_exported() -> None:
    assert iapt_equity.synthetic.__all__ == ["SyntheticDataError", "generate"]
