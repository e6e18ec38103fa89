"""An independent implementation of the rules of the warehouse in plain pandas, for tests only.

It reads the raw folders of versions 1.5, 2.0 and 2.1 (Parquet or CSV) and returns what ``fct_referrals`` and
``fct_episodes`` should hold. It was made from the written rules alone (docs and the MDS reference), not from the SQL,
and prefers obvious code to fast code. One function is one rule; every function takes and returns data frames with one
row per thing named in its title.

Three decisions hold throughout: keys are compared without regard to case and the spaces around them, codes without
the spaces; a text or date that stands for none is none; and scores and thresholds are whole thousandths, so that
3.00 - 2.27 is exactly the MI threshold 0.73.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

DATE_COLUMNS = frozenset(
    {
        "ReportingPeriodStartDate",
        "ReportingPeriodEndDate",
        "PersonBirthDate",
        "ReferralRequestReceivedDate",
        "ServDischDate",
        "CareContDate",
        "StartDateIntEnabledTherLog",
        "EndDateIntEnabledTherLog",
        "AssToolCompDate",
        "PresCompDate",
        "EmployStatusRecDate",
        "DateTimeDatSetCreate",
        "EFFECTIVE_FROM",
        "START_DATE",
        "REFRECDATE",
        "ENDDATE",
        "APPOINTMENT",
    }
)

IDENTIFIERS = frozenset(
    {
        "UniqueSubmissionID",
        "LocalPatientId",
        "Person_ID",
        "Pseudo_NHS_Number",
        "ServiceRequestId",
        "PathwayID",
        "CareContactId",
        "CareActId",
        "HEADER_ID",
        "IAPT_RECORD_NUMBER",
        "IAPT_PERSON_ID",
        "PseudoNumber",
        "PSERVICEID",
        "IC_PATHWAY_ID",
        "APPOINTMENT_ID",
    }
)
STANDS_FOR_NOTHING = frozenset({"", "null", "na", "n/a", "none", "nan", "\\n", "#n/a", "-"})
IS_A_CODE = {"PersScore": "na", "LongTermCondition": "none"}
"""Column: what is an answer there and nothing elsewhere."""
FREE_TEXT = frozenset({"IntEnabledTherProg"})
NO_DATE = pd.to_datetime(["1753-01-01", "1899-12-30", "1900-01-01", "2099-12-31"])
"""Beside those beyond the year 2262, which pandas cannot hold and reads as none."""

VALID_ETHNIC_CODES = frozenset("ABCDEFGHJKLMNPRS")
EMPLOYMENT_SUPPORT = "1098051000000103"
NO_LONG_TERM_CONDITION = "748031000000103"
NO_CONDITION_EITHER = ("NONE", "-3", "-1")
"""The word, and the marks of national cleaning for a code of no list and for none."""
WAITS = (
    ("days_referral_to_assessment", "referral_received_date", "seen"),
    ("days_referral_to_first_treatment", "referral_received_date", "first_treatment_date"),
    ("days_first_to_second_treatment", "first_treatment_date", "second_treatment_date"),
)
"""Wait, and the dates that it runs from and to."""
DROPPED_OUT_END_CODES = ("47", "16", "43")
# Other reasons for the end of a referral that its record may give; 95 to 98 say that it is not known.
STAYED_END_CODES = (
    *("10", "11", "12", "13", "14", "15", "17", "50"),
    *("40", "41", "42", "44", "45", "46", "48", "49"),
)
EMPLOYMENT_SUPPORT_1_5 = "29"


@dataclass(frozen=True)
class Tool:
    """A questionnaire: range, caseness and reliable change in thousandths of a point."""

    name: str
    low: int
    high: int
    is_whole_number: bool
    caseness: int
    reliable_change: int


NO_THRESHOLD = 1_000_000
TOOLS = {
    "720433000": Tool("PHQ9", 0, 27_000, True, 10_000, 6_000),
    "445455005": Tool("GAD7", 0, 21_000, True, 8_000, 4_000),
    "450324005": Tool("OCD", 0, 168_000, True, 40_000, 32_000),
    "450326007": Tool("PanicDisorder", 0, 28_000, True, 8_000, 5_000),
    "445552006": Tool("SocialPhobia", 0, 68_000, True, 19_000, 10_000),
    "446793008": Tool("AnxietyInventory", 0, 54_000, True, 18_000, 4_000),
    # A mean of items scored 1 to 5; the national ingestion code accepts from 0, and so does the rule.
    "473355002": Tool("AgoraAlone", 0, 5_000, False, 2_300, 730),
    "491581000000104": Tool("PTSD", 0, 80_000, True, 32_000, 10_000),
    # Version 1.5 only; it has no code of its own there.
    "IES-R": Tool("IESR", 0, 88_000, True, 33_000, 9_000),
    # The five questions of WSAS, 0 to 8 each; 9 at work: not applicable. No outcome is made of them.
    "932621000000100": Tool("WASAS_Work", 0, 9_000, True, NO_THRESHOLD, NO_THRESHOLD),
    "932581000000100": Tool("WASAS_HomeManagement", 0, 8_000, True, NO_THRESHOLD, NO_THRESHOLD),
    "932611000000106": Tool("WASAS_SocialLeisureActivities", 0, 8_000, True, NO_THRESHOLD, NO_THRESHOLD),
    "932591000000103": Tool("WASAS_PrivateLeisureActivities", 0, 8_000, True, NO_THRESHOLD, NO_THRESHOLD),
    "932601000000109": Tool("WASAS_Relationships", 0, 8_000, True, NO_THRESHOLD, NO_THRESHOLD),
}
WSAS = tuple(tool.name for tool in TOOLS.values() if tool.name.startswith("WASAS_"))
TOOL_BY_NAME = {tool.name: tool for tool in TOOLS.values()}
MEASURE_OF_DESCRIPTOR = {
    "F400": "AgoraAlone",
    "F401": "SocialPhobia",
    "F410": "PanicDisorder",
    "F431": "PTSD",
    "F452": "AnxietyInventory",
}


SCORE_COLUMNS = {
    "PHQ9_SCORE": "720433000",
    "GAD7SCORE": "445455005",
    "OCDSCORE": "450324005",
    "PANICSCORE": "450326007",
    "SOCPHOBIAINVSCORE": "445552006",
    "AGORASCOREALONE": "473355002",
    "HEALTHANXSCORE": "446793008",
    "PTSDSCORE": "IES-R",
    "WSASWSCORE": "932621000000100",
    "WSASHMSCORE": "932581000000100",
    "WSASSLASCORE": "932611000000106",
    "WSASPLASCORE": "932591000000103",
    "WSASRSCORE": "932601000000109",
}
"""Column of a version 1.5 appointment: the tool that it holds."""


# ---------------------------------------------------------------------------------------------------------- reading


def read_table(mds_dir: Path, table: str, columns: list[str]) -> pd.DataFrame:
    """All rows of one table over all versions and files, in the shape of version 2; text but for dates.

    A column that is nowhere is all null. ``mds_version`` says the version of each row.
    """
    if "EthnicCategory" in columns:
        columns = [*columns, "Validated_EthnicCategory"]
    frames = [
        read_files(mds_dir / version / table, columns).assign(mds_version=version) for version in ("v2_0", "v2_1")
    ]
    if (mds_dir / "v1_5").is_dir() and table in FROM_1_5:
        frames.insert(0, FROM_1_5[table](mds_dir / "v1_5").reindex(columns=columns).assign(mds_version="v1_5"))
    frames = [frame for frame in frames if len(frame) > 0]
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=[*columns, "mds_version"])
    rows = _typed(rows, columns)
    if "EthnicCategory" in columns:
        rows["EthnicCategory"] = _category_said(rows["EthnicCategory"], rows.pop("Validated_EthnicCategory"))
    return rows


def _category_said(sent: pd.Series, validated: pd.Series) -> pd.Series:
    """The category sent; where none was, the validated one, of which -1 says that there is none."""
    of_validation = trimmed(validated)
    said = sent.where(trimmed(sent).notna(), of_validation.mask(of_validation.eq("-1").fillna(False)))
    return said.mask(trimmed(sent).eq("-1").fillna(False) & of_validation.eq("-1").fillna(False))


def read_files(folder: Path, columns: list[str]) -> pd.DataFrame:
    """All rows of the files of one folder; text but for dates; a column that is nowhere is all null."""
    frames = []
    for path in sorted(folder.glob("*.parquet")):
        schema = pq.read_schema(path)
        frames.append(_parquet_frame(path, [column for column in columns if column in schema.names]))
    for path in sorted(folder.glob("*.csv")):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
        frames.append(frame[[column for column in columns if column in frame.columns]].replace("", None))
    frames = [frame.reindex(columns=columns) for frame in frames if len(frame) > 0]
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
    return _typed(rows, columns)


def _typed(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """The rows with dates as dates, what is no date as null, and the other columns as text."""
    for column in columns:
        if column in DATE_COLUMNS:
            dates = pd.to_datetime(rows[column], errors="coerce", format="mixed")
            rows[column] = dates.mask(dates.isin(NO_DATE))
        else:
            rows[column] = meant(rows[column].astype("string"), column)
    return rows


def meant(texts: pd.Series, column: str) -> pd.Series:
    """What a text says: nothing, or itself without spaces around it and without the zero of a whole number ('5.0')."""
    if column in FREE_TEXT:
        return texts
    stripped = texts.str.strip().str.replace(r"^(\d+)\.0+$", r"\1", regex=True)
    nothing = list(STANDS_FOR_NOTHING - {IS_A_CODE.get(column, "")})
    kept = stripped.mask(stripped.str.lower().isin(nothing).fillna(False).astype(bool), pd.NA)
    return kept.str.upper() if column in IDENTIFIERS else kept


def _parquet_frame(path: Path, columns: list[str]) -> pd.DataFrame:
    table = pq.read_table(path, columns=columns)
    for index, field in enumerate(table.schema):
        if field.name not in DATE_COLUMNS and field.type != pa.string():
            table = table.set_column(index, field.name, table.column(index).cast(pa.string()))
    return table.to_pandas(date_as_object=False)


# ------------------------------------------------------------------------------------- version 1.5 in version 2's shape


def _files_1_5(folder: Path) -> pd.DataFrame:
    """One row per person and file: IAPT_RECORD_NUMBER, submission, month, age at its start, answer on conditions."""
    people = read_files(
        folder / "Person", ["IAPT_RECORD_NUMBER", "HEADER_ID", "AGE_START_REPORTING_PERIOD", "LTCONDITION"]
    )
    header = read_files(folder / "Header", ["HEADER_ID", "START_DATE", "FILE_TYPE"]).drop_duplicates("HEADER_ID")
    rows = people.merge(header, on="HEADER_ID", how="left")
    # A number that a Refresh shares with its Primary is the Refresh's. No set of the tests has one that is truncated.
    rows["is_refresh"] = trimmed(rows["FILE_TYPE"]).str.lower().eq("refresh").fillna(False)
    rows = rows.sort_values("is_refresh", ascending=False, kind="stable").drop_duplicates("IAPT_RECORD_NUMBER")
    return rows.assign(UniqueSubmissionID="v1_5-" + rows["HEADER_ID"])


def _with_submission(rows: pd.DataFrame, folder: Path) -> pd.DataFrame:
    return rows.merge(_files_1_5(folder), on="IAPT_RECORD_NUMBER", how="inner")


def _header_1_5(folder: Path) -> pd.DataFrame:
    rows = read_files(folder / "Header", ["HEADER_ID", "ORGCODEPROVIDER", "START_DATE", "FILE_TYPE"])
    return pd.DataFrame(
        {
            "UniqueSubmissionID": "v1_5-" + rows["HEADER_ID"],
            "OrgIDProv": rows["ORGCODEPROVIDER"],
            "ReportingPeriodStartDate": rows["START_DATE"],
            "File_Type": rows["FILE_TYPE"],
        }
    )


def _people_1_5(folder: Path) -> pd.DataFrame:
    columns = ["IAPT_RECORD_NUMBER", "HEADER_ID", "IAPT_PERSON_ID", "PseudoNumber", "ETHNICITY", "GENDER", "LSOA"]
    rows = read_files(folder / "Person", [*columns, "IC_ETHNICITY"])
    referrals = read_files(folder / "Referral", ["IAPT_RECORD_NUMBER", "IC_INDICES_OF_DEP_DECILE"]).dropna()
    decile = referrals.groupby("IAPT_RECORD_NUMBER")["IC_INDICES_OF_DEP_DECILE"].max()
    return pd.DataFrame(
        {
            "UniqueSubmissionID": "v1_5-" + rows["HEADER_ID"],
            "LocalPatientId": "1.5:" + rows["IAPT_PERSON_ID"],
            "Person_ID": rows["IAPT_PERSON_ID"],
            "Pseudo_NHS_Number": rows["PseudoNumber"],
            "EthnicCategory": rows["ETHNICITY"],
            "Validated_EthnicCategory": rows["IC_ETHNICITY"],
            "Gender": rows["GENDER"],
            "LSOA": rows["LSOA"],
            "IndicesOfDeprivationDecile": rows["IAPT_RECORD_NUMBER"].map(decile),
        }
    )


def _referrals_1_5(folder: Path) -> pd.DataFrame:
    columns = [
        "IAPT_RECORD_NUMBER",
        "IAPT_PERSON_ID",
        "PSERVICEID",
        "IC_PATHWAY_ID",
        "REFRECDATE",
        "ENDDATE",
        "ENDCODE",
    ]
    rows = _with_submission(read_files(folder / "Referral", [*columns, "ORGCODECOMM"]), folder)
    # No birth date: the age at the start of the first month sent, less the whole years since the receipt.
    request = ["IAPT_PERSON_ID", "PSERVICEID", "REFRECDATE"]
    first = rows.sort_values("START_DATE").drop_duplicates(request)
    whole_years = completed_years(first["REFRECDATE"], first["START_DATE"]).clip(lower=0)
    age = pd.to_numeric(first["AGE_START_REPORTING_PERIOD"]).astype("Int64") - whole_years
    rows = rows.merge(first[request].assign(age=age), on=request, how="left")
    return pd.DataFrame(
        {
            "UniqueSubmissionID": rows["UniqueSubmissionID"],
            "ServiceRequestId": rows["PSERVICEID"],
            "LocalPatientId": "1.5:" + rows["IAPT_PERSON_ID"],
            "PathwayID": rows["IC_PATHWAY_ID"],
            "Person_ID": rows["IAPT_PERSON_ID"],
            "OrgIDComm": rows["ORGCODECOMM"],
            "ReferralRequestReceivedDate": rows["REFRECDATE"],
            "ServDischDate": rows["ENDDATE"],
            "EndCode": rows["ENDCODE"],
            "Age_ReferralRequest_ReceivedDate": rows["age"].astype("string"),
        }
    )


def _appointments_1_5(folder: Path, columns: list[str]) -> pd.DataFrame:
    keys = ["IAPT_RECORD_NUMBER", "IAPT_PERSON_ID", "PSERVICEID", "APPOINTMENT_ID", "APPOINTMENT"]
    rows = _with_submission(read_files(folder / "Appointment", [*keys, *columns]), folder)
    # The identifier is given centrally; where it is blank, every row is an appointment of its own.
    own = "row " + pd.Series(range(len(rows)), index=rows.index).astype("string")
    return rows.assign(APPOINTMENT_ID=rows["APPOINTMENT_ID"].mask(trimmed(rows["APPOINTMENT_ID"]).isna(), own))


def _contacts_1_5(folder: Path) -> pd.DataFrame:
    rows = _appointments_1_5(folder, ["APPOINTMENTTIME", "ATTENDANCE", "APPTYPE", "PSYCHMED"])
    names = {
        "PSERVICEID": "ServiceRequestId",
        "APPOINTMENT_ID": "CareContactId",
        "APPOINTMENT": "CareContDate",
        "APPOINTMENTTIME": "CareContTime",
        "ATTENDANCE": "AttendOrDNACode",
        "APPTYPE": "AppType",
        "PSYCHMED": "PsychMed",
    }
    return rows.rename(columns=names)


def _activities_1_5(folder: Path) -> pd.DataFrame:
    """An activity for the appointment itself, which scores hang on, and one for each therapy type."""
    therapies = [f"THERTYPE{number}" for number in range(1, 5)]
    rows = _appointments_1_5(folder, therapies)
    frames = [rows.assign(CareActId=rows["APPOINTMENT_ID"] + ":0", CodeProcAndProcStatus=pd.NA)]
    for number, column in enumerate(therapies, start=1):
        here = rows[trimmed(rows[column]).notna()]
        procedure = trimmed(here[column]).map({EMPLOYMENT_SUPPORT_1_5: EMPLOYMENT_SUPPORT}).astype("string")
        frames.append(here.assign(CareActId=here["APPOINTMENT_ID"] + f":{number}", CodeProcAndProcStatus=procedure))
    return pd.concat(frames, ignore_index=True).rename(columns={"APPOINTMENT_ID": "CareContactId"})


def _scores_1_5(folder: Path) -> pd.DataFrame:
    rows = _appointments_1_5(folder, list(SCORE_COLUMNS))
    frames = []
    for column, tool in SCORE_COLUMNS.items():
        here = rows[trimmed(rows[column]).notna()]
        frames.append(
            pd.DataFrame(
                {
                    "UniqueSubmissionID": here["UniqueSubmissionID"],
                    "CareActId": here["APPOINTMENT_ID"] + ":0",
                    "CodedAssToolType": tool,
                    "PersScore": here[column],
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _employment_1_5(folder: Path) -> pd.DataFrame:
    rows = _appointments_1_5(folder, ["EMPSTATUS", "APPOINTMENTTIME"])
    rows = rows[trimmed(rows["EMPSTATUS"]).notna()]
    rows = rows.assign(LocalPatientId="1.5:" + rows["IAPT_PERSON_ID"])
    names = {"EMPSTATUS": "EmployStatus", "APPOINTMENT": "EmployStatusRecDate", "APPOINTMENTTIME": "time"}
    return rows.rename(columns=names)


def _conditions_1_5(folder: Path) -> pd.DataFrame:
    rows = _with_submission(read_files(folder / "Referral", ["IAPT_RECORD_NUMBER", "PSERVICEID"]), folder)
    condition = trimmed(rows["LTCONDITION"]).str.upper().map({"Y": "Y", "N": NO_LONG_TERM_CONDITION})
    rows = rows.assign(LongTermCondition=condition.astype("string")).dropna(subset=["LongTermCondition"])
    return rows.rename(columns={"PSERVICEID": "ServiceRequestId"})


def _complaints_1_5(folder: Path) -> pd.DataFrame:
    names = {"PSERVICEID": "ServiceRequestId", "PROVDIAG": "PresComp", "IC_PROVDIAG": "Validated_PresentingComplaint"}
    rows = _with_submission(read_files(folder / "Referral", ["IAPT_RECORD_NUMBER", *names]), folder)
    return rows.rename(columns=names)


FROM_1_5 = {
    "IDS000Header": _header_1_5,
    "IDS001MPI": _people_1_5,
    "IDS004EmpStatus": _employment_1_5,
    "IDS101Referral": _referrals_1_5,
    "IDS201CareContact": _contacts_1_5,
    "IDS202CareActivity": _activities_1_5,
    "IDS602LongTermCondition": _conditions_1_5,
    "IDS603PresentingComplaints": _complaints_1_5,
    "IDS607CodedScoreAssessmentAct": _scores_1_5,
}
"""Version 2 table: what version 1.5 holds of it."""


def trimmed(codes: pd.Series) -> pd.Series:
    """The code without the spaces around it; one without a letter or digit says nothing, and is null."""
    text = codes.astype("string").str.strip()
    return text.where(text.str.contains(r"[^\W_]", regex=True).fillna(False), pd.NA)


# ------------------------------------------------------------------------------------------- rule 1: submissions


def submissions_of(mds_dir: Path) -> pd.DataFrame:
    """One row per provider and reporting month: the submission that counts."""
    columns = ["UniqueSubmissionID", "OrgIDProv", "ReportingPeriodStartDate", "File_Type", "DateTimeDatSetCreate"]
    columns.append("EFFECTIVE_FROM")
    stated = ["Total_IDS001", "Total_IDS101", "Total_IDS201"]
    header = read_table(mds_dir, "IDS000Header", [*columns, *stated])
    is_named = trimmed(header["UniqueSubmissionID"]).notna() & trimmed(header["OrgIDProv"]).notna()
    header = header[is_named & header["ReportingPeriodStartDate"].notna()]
    header = header.drop_duplicates(["mds_version", "UniqueSubmissionID"]).reset_index(drop=True)
    counts = pd.Series(0, index=header["UniqueSubmissionID"].unique(), dtype="int64")
    for table in ["IDS001MPI", "IDS101Referral", "IDS201CareContact"]:
        rows = read_table(mds_dir, table, ["UniqueSubmissionID"])["UniqueSubmissionID"]
        counts = counts.add(rows.value_counts(), fill_value=0)
    header["row_count"] = header["UniqueSubmissionID"].map(counts)
    header["stated_count"] = (
        header[stated].apply(lambda column: pd.to_numeric(column, errors="coerce")).sum(axis=1, min_count=3)
    )
    return accepted_submissions(header)


def accepted_submissions(header: pd.DataFrame) -> pd.DataFrame:
    """One row per provider and reporting month: the submission that counts (submission, provider, month).

    A Refresh before a Primary, then the last received, or made where the receipt is not known, then the highest number;
    but a file with under half of the rows that its header states, or
    a Refresh with under half of the rows of the latest Primary, only where there is no other.
    """
    rows = pd.DataFrame(
        {
            "submission": header["UniqueSubmissionID"],
            "provider_code": trimmed(header["OrgIDProv"]),
            "month": header["ReportingPeriodStartDate"],
            "is_refresh": trimmed(header["File_Type"]).str.lower().eq("refresh").fillna(False).astype(bool),
            "created": header["DateTimeDatSetCreate"],
            "arrived": header.get("EFFECTIVE_FROM", header["DateTimeDatSetCreate"]),
            "number": pd.to_numeric(header["UniqueSubmissionID"].str.extract(r"([0-9]+)$")[0]),
            "row_count": header.get("row_count", 0),
            "stated_count": header.get("stated_count", np.nan),
        }
    )
    rows["arrived"] = rows["arrived"].fillna(rows["created"])
    ordered = rows.sort_values(["arrived", "created", "number", "submission"], na_position="first")
    primary = ordered[~ordered["is_refresh"]].drop_duplicates(["provider_code", "month"], keep="last")
    primary = primary[["provider_code", "month", "row_count"]].rename(columns={"row_count": "primary_count"})
    rows = rows.merge(primary, on=["provider_code", "month"], how="left")
    is_short = (rows["row_count"] < 0.5 * rows["stated_count"]).fillna(False).astype(bool)
    is_shorter = rows["is_refresh"] & (rows["row_count"] < 0.5 * rows["primary_count"]).fillna(False).astype(bool)
    rows["is_whole"] = ~(is_short | is_shorter)
    order = ["provider_code", "month", "is_whole", "is_refresh", "arrived", "created", "number", "submission"]
    rows = rows.sort_values(order, na_position="first")
    return rows.drop_duplicates(["provider_code", "month"], keep="last")[["submission", "provider_code", "month"]]


# ------------------------------------------------------------------------------------------- what is no record

RECORD_COLUMNS = {
    "IDS001MPI": [
        "LocalPatientId",
        "Person_ID",
        "Pseudo_NHS_Number",
        "EthnicCategory",
        "Gender",
        "PersonBirthDate",
        "LanguageCodePreferred",
        "LSOA",
        "IndicesOfDeprivationDecile",
    ],
    "IDS004EmpStatus": ["LocalPatientId", "EmployStatus", "EmployStatusRecDate", "time"],
    "IDS101Referral": [
        "ServiceRequestId",
        "LocalPatientId",
        "PathwayID",
        "Person_ID",
        "OrgIDComm",
        "ReferralRequestReceivedDate",
        "ServDischDate",
        "EndCode",
        "Age_ReferralRequest_ReceivedDate",
    ],
    "IDS201CareContact": [
        "CareContactId",
        "ServiceRequestId",
        "CareContDate",
        "CareContTime",
        "AttendOrDNACode",
        "PlannedCareContIndicator",
        "AppType",
        "PsychMed",
        "LanguageCodeTreat",
        "InterpreterPresentInd",
    ],
    "IDS202CareActivity": ["CareActId", "CareContactId", "CodeProcAndProcStatus"],
    "IDS205InternetTherLog": [
        "ServiceRequestId",
        "StartDateIntEnabledTherLog",
        "EndDateIntEnabledTherLog",
        "IntEnabledTherProg",
    ],
    "IDS602LongTermCondition": ["ServiceRequestId", "LongTermCondition"],
    "IDS603PresentingComplaints": [
        "ServiceRequestId",
        "PresComp",
        "PresCompCodSig",
        "PresCompDate",
        "Validated_PresentingComplaint",
        "PresentingComplaintCode_ICD10_Mapped",
        "UniqueID_IDS603",
    ],
    "IDS606CodedScoreAssessmentRefer": [
        "ServiceRequestId",
        "CodedAssToolType",
        "PersScore",
        "AssToolCompDate",
        "AssToolCompTime",
    ],
    "IDS607CodedScoreAssessmentAct": ["CareActId", "CodedAssToolType", "PersScore"],
}
"""Table: the columns that some rule looks at."""

REQUIRED = {
    "IDS001MPI": ["LocalPatientId"],
    "IDS004EmpStatus": ["LocalPatientId", "EmployStatus"],
    "IDS101Referral": ["ServiceRequestId", "LocalPatientId", "ReferralRequestReceivedDate"],
    "IDS201CareContact": ["CareContactId", "ServiceRequestId", "CareContDate", "AppType"],
    "IDS202CareActivity": ["CareActId", "CareContactId"],
    "IDS205InternetTherLog": ["ServiceRequestId", "StartDateIntEnabledTherLog", "EndDateIntEnabledTherLog"],
    "IDS602LongTermCondition": ["ServiceRequestId", "LongTermCondition"],
    "IDS603PresentingComplaints": ["ServiceRequestId", "PresComp"],
    "IDS606CodedScoreAssessmentRefer": ["ServiceRequestId", "CodedAssToolType", "PersScore", "AssToolCompDate"],
    "IDS607CodedScoreAssessmentAct": ["CareActId", "CodedAssToolType", "PersScore"],
}
"""Table: the fields without which a row is refused; a date that cannot be read is none."""

IN_THE_MONTH = {
    "IDS201CareContact": "CareContDate",
    "IDS205InternetTherLog": "EndDateIntEnabledTherLog",
    "IDS606CodedScoreAssessmentRefer": "AssToolCompDate",
}
"""Table: the date that must lie in the reporting month, and not before the receipt of the referral."""

RECORD_KEYS = {
    "IDS001MPI": ["LocalPatientId"],
    "IDS101Referral": ["ServiceRequestId"],
    "IDS201CareContact": ["CareContactId"],
    "IDS202CareActivity": ["CareActId"],
    "IDS606CodedScoreAssessmentRefer": ["ServiceRequestId", "CodedAssToolType", "AssToolCompDate", "AssToolCompTime"],
    "IDS607CodedScoreAssessmentAct": ["CareActId", "CodedAssToolType"],
}
"""Table: what is unique within a submission; the first row stays."""

PARENTS = {
    "IDS201CareContact": ("IDS101Referral", "ServiceRequestId"),
    "IDS202CareActivity": ("IDS201CareContact", "CareContactId"),
    "IDS205InternetTherLog": ("IDS101Referral", "ServiceRequestId"),
    "IDS606CodedScoreAssessmentRefer": ("IDS101Referral", "ServiceRequestId"),
    "IDS607CodedScoreAssessmentAct": ("IDS202CareActivity", "CareActId"),
}
"""Table: the table and key of the record, in the same submission, that a row must belong to."""

APPOINTMENT_TYPES = {
    "v1_5": [f"{code:02d}" for code in range(1, 11)],
    "v2_0": [f"{code:02d}" for code in range(1, 9)],
    "v2_1": [f"{code:02d}" for code in range(1, 11)],
}
OTHER_TOOLS = frozenset(
    [
        "473354003",
        "446517006",
        "1128221000000100",
        "1065441000000103",
        "1083671000000108",
        "1077511000000101",
        "443223005",
        "446660005",
        "910931000000101",
        "932621000000100",
        "932581000000100",
        "932611000000106",
        "932591000000103",
        "932601000000109",
        "760741000000102",
        "761051000000105",
    ]
)
"""Tools with a number for an answer of which no rule makes anything."""
QUESTIONS = frozenset(
    [
        "747901000000107",
        "747911000000109",
        "747921000000103",
        "747931000000101",
        "747941000000105",
        "747951000000108",
        "747861000000100",
        "747871000000107",
        "747881000000109",
        "904691000000103",
        "747891000000106",
        "748161000000109",
    ]
)
"""Questions of the experience questionnaires and of the iPCQ whose answers are codes."""


def records_of(mds_dir: Path, submissions: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Table: its rows in accepted submissions that no rule refuses, with submission, provider_code and month.

    First each row by itself, then a second row under a key, then rows that belong to no record that is left, last
    those dated before the receipt of their referral.
    """
    records: dict[str, pd.DataFrame] = {}
    for table, columns in RECORD_COLUMNS.items():  # Parents come before what belongs to them.
        rows = read_table(mds_dir, table, ["UniqueSubmissionID", "AuditId", *columns])
        rows = rows.rename(columns={"UniqueSubmissionID": "submission"})
        rows = rows.merge(submissions, on="submission", how="inner")
        rows = latest_loads(rows)
        rows = rows[~is_refused_by_itself(table, rows)]
        if table in RECORD_KEYS:
            key = rows[["submission", *RECORD_KEYS[table]]]
            if "CodedAssToolType" in key:
                key = key.assign(CodedAssToolType=trimmed(key["CodedAssToolType"]))
            rows = rows[~key.duplicated()]
        if table in PARENTS:
            parent, column = PARENTS[table]
            rows = rows[_has_parent(rows, records[parent], column)]
        if table in IN_THE_MONTH:
            referrals = records["IDS101Referral"].set_index(["submission", "ServiceRequestId"])
            key_of_rows = pd.MultiIndex.from_frame(rows[["submission", "ServiceRequestId"]])
            received = referrals["ReferralRequestReceivedDate"].reindex(key_of_rows)
            rows = rows[rows[IN_THE_MONTH[table]].to_numpy() >= received.to_numpy()]
        if table == "IDS101Referral":
            # A discharge that the month cannot have seen is not one yet (M076).
            is_to_come = rows["ServDischDate"] > rows["month"] + pd.offsets.MonthEnd(0)
            rows = rows.assign(sent_discharge=rows["ServDischDate"])
            rows = rows.assign(ServDischDate=rows["ServDischDate"].mask(is_to_come))
        records[table] = rows.reset_index(drop=True)
    return records


def latest_loads(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of one table without those of an earlier load of a submission; of the others the highest AuditId first.

    A load with under half the rows of another one broke off and replaces no load. No set of the tests numbers its rows
    by AuditId.
    """
    rows = rows.assign(audit=pd.to_numeric(rows["AuditId"], errors="coerce"))
    sizes = rows.groupby(["mds_version", "submission", "audit"]).size().reset_index(name="size")
    largest = sizes.groupby(["mds_version", "submission"])["size"].max().rename("largest").reset_index()
    last = sizes.sort_values("audit").drop_duplicates(["mds_version", "submission"], keep="last")
    last = last.merge(largest, on=["mds_version", "submission"])
    last = last[last["size"] >= 0.5 * last["largest"]].rename(columns={"audit": "counts"})
    rows = rows.merge(last[["mds_version", "submission", "counts"]], on=["mds_version", "submission"], how="left")
    rows = rows[~(rows["audit"] < rows["counts"]).fillna(False).astype(bool)]
    return rows.sort_values("audit", ascending=False, na_position="last", kind="stable").drop(
        columns=["audit", "counts", "AuditId"]
    )


def _has_parent(rows: pd.DataFrame, parents: pd.DataFrame, column: str) -> np.ndarray:
    keys = pd.MultiIndex.from_frame(parents[["submission", column]])
    return pd.MultiIndex.from_frame(rows[["submission", column]]).isin(keys)


def is_refused_by_itself(table: str, rows: pd.DataFrame) -> pd.Series:
    """True for rows that lack a field, hold a code of no list or no number for a score, or date outside the month."""
    refused = pd.Series(False, index=rows.index)
    for column in REQUIRED[table]:
        if column == "PresComp":
            refused |= complaint_code(rows).isna()
        else:
            refused |= rows[column].isna() if column in DATE_COLUMNS else trimmed(rows[column]).isna()
    if table in IN_THE_MONTH:
        date = rows[IN_THE_MONTH[table]]
        refused |= date.dt.to_period("M").dt.to_timestamp() != rows["month"].dt.to_period("M").dt.to_timestamp()
    if table == "IDS201CareContact":
        attendance = trimmed(rows["AttendOrDNACode"]).str.lstrip("0")
        refused |= ~attendance.isin(["", "2", "3", "4", "5", "6", "7"]) & attendance.notna()
        kind = trimmed(rows["AppType"]).str.zfill(2)
        for version, codes in APPOINTMENT_TYPES.items():
            refused |= (rows["mds_version"] == version) & ~kind.isin(codes)
    if "PersScore" in rows:
        tool = trimmed(rows["CodedAssToolType"])
        numeric = tool.isin([*TOOLS, *OTHER_TOOLS])
        refused |= ~numeric & ~tool.isin(list(QUESTIONS))
        refused |= numeric & score_in_thousandths(rows["PersScore"]).isna()
    return refused


# ------------------------------------------------------------------------------------------- rules 2, 3: referrals

REQUEST = ["provider_code", "ServiceRequestId", "LocalPatientId"]


def with_referral_id(referral_rows: pd.DataFrame, patients: pd.DataFrame | None = None) -> pd.DataFrame:
    """Adds referral_id: the latest non-blank PathwayID of the request, else provider|request.

    A request is one of a provider, an identifier and a person, whatever LocalPatientId the provider gave; a patient
    that ``patients`` does not tell of is a person. Where a further person holds an identifier, the name of a request
    without PathwayID says which holder it is. A pathway of version 1.5 is no pathway of version 2, whichever of its
    request's records it names.
    """
    rows = referral_rows.assign(pathway=trimmed(referral_rows["PathwayID"]))
    if patients is not None:
        rows = rows.merge(person_of(patients), on=["provider_code", "LocalPatientId"], how="left")
        rows["person"] = rows["person"].fillna("alone:" + rows["LocalPatientId"])
    else:
        rows["person"] = rows["LocalPatientId"]
    request = ["provider_code", "ServiceRequestId", "person"]
    named = rows.dropna(subset=["pathway"]).sort_values("month").drop_duplicates(request, keep="last")
    if "mds_version" in named:
        is_early = named["mds_version"] == "v1_5"
        is_twofold = is_early & named["pathway"].isin(set(named.loc[~is_early, "pathway"]))
        named["pathway"] = named["pathway"].mask(is_twofold, "v1_5|" + named["pathway"])
    rows = rows.drop(columns="pathway").merge(named[[*request, "pathway"]], on=request, how="left")
    holders = rows.groupby(request)["month"].min().reset_index().sort_values([*request[:2], "month"])
    holders["holder"] = holders.groupby(request[:2]).cumcount() + 1
    rows = rows.merge(holders[[*request, "holder"]], on=request, how="left")
    number = ("|" + rows["holder"].astype("string")).where(rows["holder"] > 1, "")
    own_name = rows["provider_code"] + "|" + rows["ServiceRequestId"] + number
    return rows.drop(columns=["holder", "person"]).assign(referral_id=rows["pathway"].fillna(own_name))


def bridged(referral_rows: pd.DataFrame, patients: pd.DataFrame, successors: pd.DataFrame) -> pd.DataFrame:
    """The referral rows with referral_id following pathways over a change of version or of the provider's code."""
    ordered = referral_rows.sort_values("month")
    ordered = ordered.assign(first_month=ordered.groupby(REQUEST)["month"].transform("min"))
    requests = ordered.drop_duplicates(REQUEST, keep="last").copy()
    known = patients.assign(pseudonym=trimmed(patients["Pseudo_NHS_Number"])).dropna(subset=["pseudonym"])
    known = known.sort_values("month").drop_duplicates(REQUEST[::2], keep="last")[[*REQUEST[::2], "pseudonym"]]
    requests = requests.merge(known, on=REQUEST[::2], how="left")
    received = "ReferralRequestReceivedDate"
    early, late = requests[requests["mds_version"] == "v1_5"], requests[requests["mds_version"] != "v1_5"]
    same = ["provider_code", "pseudonym", received]
    links = [_certain(early.dropna(subset=same).merge(late.dropna(subset=same), on=same, suffixes=("_old", "_new")))]
    if len(successors) > 0:
        change = pd.to_datetime(successors["change_month"]).dt.to_period("M").dt.to_timestamp()
        moves = successors.assign(change=change)[["provider_code", "successor_provider_code", "change"]]
        old = requests[requests["ServDischDate"].isna()].merge(moves, on="provider_code")
        old = old[old["month"] <= old["change"]].drop(columns="provider_code")
        old = old.rename(columns={"successor_provider_code": "provider_code"})
        requests["scheme"], old["scheme"] = (rows["mds_version"] == "v1_5" for rows in (requests, old))
        person = ["provider_code", "Person_ID", "scheme", received]
        pairs = old.dropna(subset=person).merge(requests.dropna(subset=person), on=person, suffixes=("_old", "_new"))
        links.append(_certain(pairs[pairs["first_month_new"] >= pairs["change"]]))
    certain = pd.concat(links)
    target = dict(zip(certain["referral_id_old"], certain["referral_id_new"], strict=True))
    names = []
    for name in referral_rows["referral_id"]:
        while name in target:
            name = target[name]
        names.append(name)
    return referral_rows.assign(referral_id=pd.array(names, dtype="string"))


def _certain(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs with one candidate on each side, or with equal service request identifiers."""
    old = [column for column in ["provider_code_old", "ServiceRequestId_old", "LocalPatientId_old"] if column in pairs]
    new = [column for column in ["ServiceRequestId_new", "LocalPatientId_new"] if column in pairs]
    is_alone = ~pairs.duplicated(old, keep=False) & ~pairs.duplicated([*new, "provider_code"], keep=False)
    is_same = pairs["ServiceRequestId_old"] == pairs["ServiceRequestId_new"]
    pairs = pairs[(is_alone | is_same) & (pairs["referral_id_old"] != pairs["referral_id_new"])]
    pairs = pairs[["referral_id_old", "referral_id_new"]].sort_values("referral_id_new")
    return pairs.drop_duplicates("referral_id_old")


def latest_referral_row(referral_rows: pd.DataFrame) -> pd.DataFrame:
    """One row per referral: the one of the latest month, the lowest provider and request on a tie."""
    ordered = referral_rows.sort_values(
        ["referral_id", "month", "provider_code", "ServiceRequestId"], ascending=[True, False, True, True]
    )
    return ordered.drop_duplicates("referral_id", keep="first").reset_index(drop=True)


def latest_stated(rows: pd.DataFrame, key: list[str], column: str) -> pd.DataFrame:
    """One row per key with any value of the column that is not null: the one of the latest month."""
    stated = rows.dropna(subset=[column]).sort_values("month").drop_duplicates(key, keep="last")
    return stated[[*key, column]]


def with_earlier_answers(referrals: pd.DataFrame, referral_rows: pd.DataFrame) -> pd.DataFrame:
    """Latest referral rows with what they leave blank of their request's earlier ones.

    An end code is of the discharge with which it was sent, be it to come or not: the latest that was sent with one
    counts, where the latest row has the same.
    """
    rows = referral_rows.assign(
        commissioner=trimmed(referral_rows["OrgIDComm"]),
        given_age=trimmed(referral_rows["Age_ReferralRequest_ReceivedDate"]),
        code=trimmed(referral_rows["EndCode"]).where(referral_rows["sent_discharge"].notna()),
    )
    for column in ["commissioner", "given_age"]:
        referrals = referrals.merge(latest_stated(rows, REQUEST, column), on=REQUEST, how="left")
    coded = rows.dropna(subset=["code"]).sort_values("month").drop_duplicates(REQUEST, keep="last")
    coded = coded.rename(columns={"sent_discharge": "coded_date"})[[*REQUEST, "code", "coded_date"]]
    referrals = referrals.merge(coded, on=REQUEST, how="left")
    earlier = referrals["code"].where(referrals["coded_date"] == referrals["sent_discharge"])
    return referrals.assign(end_code=trimmed(referrals["EndCode"]).fillna(earlier)).drop(columns=["code", "coded_date"])


def within_referral(dates: pd.Series, rows: pd.DataFrame) -> pd.Series:
    """True where the date is on or after the received date and not after the discharge date (open: no upper bound)."""
    not_too_late = rows["discharge_date"].isna() | (dates <= rows["discharge_date"])
    return (dates >= rows["referral_received_date"]) & not_too_late


# ------------------------------------------------------------------------------------------- rule 4: contacts


def usable_contacts(contacts: pd.DataFrame, activities: pd.DataFrame, scored: pd.DataFrame) -> pd.DataFrame:
    """One row per contact inside its referral, with what it counts as.

    ``contacts`` carries referral_id, referral_received_date and discharge_date beside the submitted columns; ``scored``
    names the contacts with a score (submission, CareContactId), which in version 1.5 make an assessment.
    """
    rows = contacts.drop_duplicates(["submission", "CareContactId"])
    rows = rows[within_referral(rows["CareContDate"], rows)].copy()
    attendance = trimmed(rows["AttendOrDNACode"]).str.lstrip("0")
    rows["is_attended"] = attendance.isin(["5", "6"])
    rows["is_offered"] = attendance.isin(["2", "3", "5", "6", "7"])
    is_unplanned = trimmed(rows["PlannedCareContIndicator"]).str.upper().eq("N").fillna(False).astype(bool)
    rows["is_seen"] = rows["is_attended"] | is_unplanned
    appointment = trimmed(rows["AppType"]).str.zfill(2)
    support = activities[trimmed(activities["CodeProcAndProcStatus"]).eq(EMPLOYMENT_SUPPORT).fillna(False)]
    support_keys = pd.MultiIndex.from_frame(support[["submission", "CareContactId"]])
    has_support = pd.MultiIndex.from_frame(rows[["submission", "CareContactId"]]).isin(support_keys)
    rows["is_treatment"] = rows["is_seen"] & appointment.isin(["02", "03", "05"]) & ~has_support
    has_score = pd.MultiIndex.from_frame(rows[["submission", "CareContactId"]]).isin(
        pd.MultiIndex.from_frame(scored[["submission", "CareContactId"]])
    )
    is_early = (rows["mds_version"] == "v1_5").to_numpy()
    rows["is_assessment"] = rows["is_seen"] & np.where(is_early, has_score, appointment.isin(["01", "03"]))
    return rows


def completed_logs(logs: pd.DataFrame) -> pd.DataFrame:
    """One row per internet therapy log that counts, dated on its start date."""
    rows = logs.drop_duplicates(["submission", "ServiceRequestId", "StartDateIntEnabledTherLog", "IntEnabledTherProg"])
    has_ended = rows["EndDateIntEnabledTherLog"].notna()
    return rows[has_ended & within_referral(rows["StartDateIntEnabledTherLog"], rows)]


def treatment_dates(contacts: pd.DataFrame, logs: pd.DataFrame) -> pd.DataFrame:
    """One row per treatment contact, logs among them: referral_id and date, in order."""
    seen = contacts.loc[contacts["is_treatment"], ["referral_id", "CareContDate"]]
    online = logs[["referral_id", "StartDateIntEnabledTherLog"]]
    both = pd.concat([seen.set_axis(["referral_id", "date"], axis=1), online.set_axis(["referral_id", "date"], axis=1)])
    return both.sort_values(["referral_id", "date"])


def count_by_referral(rows: pd.DataFrame, referrals: pd.DataFrame) -> pd.Series:
    """How many rows each referral has, in the order of ``referrals``, 0 if none."""
    counts = rows.groupby("referral_id").size()
    return referrals["referral_id"].map(counts).fillna(0).astype(int)


# ------------------------------------------------------------------------------------------- rule 6: scores


def score_in_thousandths(score: pd.Series) -> pd.Series:
    """The submitted text as whole thousandths; null where it is not a number."""
    number = pd.to_numeric(trimmed(score), errors="coerce").astype("float64")
    number = number.where(np.isfinite(number))
    return (number * 1000).round().astype("Int64")


def valid_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """The scores of a known tool, within its range and dated within the referral; tool_name and thousandths added.

    ``scores`` has referral_id, the referral's dates, tool, score (text), date, origin (606 or 607) and time.
    """
    rows = scores.assign(tool=trimmed(scores["tool"]), thousandths=score_in_thousandths(scores["score"]))
    rows = rows[rows["tool"].isin(list(TOOLS)) & rows["thousandths"].notna()]
    rows = rows[within_referral(rows["date"], rows)]
    tools = pd.DataFrame(
        [(code, t.name, t.low, t.high, t.is_whole_number) for code, t in TOOLS.items()],
        columns=["tool", "tool_name", "low", "high", "is_whole_number"],
    ).astype({"tool": "string"})
    rows = rows.merge(tools, on="tool")
    in_range = (rows["thousandths"] >= rows["low"]) & (rows["thousandths"] <= rows["high"])
    is_whole = (rows["thousandths"] % 1000 == 0) | ~rows["is_whole_number"]
    return rows[in_range & is_whole]


def first_and_last(scores: pd.DataFrame, referrals: pd.DataFrame) -> pd.DataFrame:
    """One row per referral and tool: first and last score; last only after two scores and a discharge."""
    # A score of a session that stands in both tables is one.
    same = ["referral_id", "tool_name", "date", "thousandths"]
    in_contact = pd.MultiIndex.from_frame(scores.loc[scores["origin"] == 607, same])
    is_twin = (scores["origin"] == 606) & pd.MultiIndex.from_frame(scores[same]).isin(in_contact)
    # Where the contact has no time, the session was at the time that the row of the referral says.
    is_timed = scores["time"].notna()
    timed_contact = pd.MultiIndex.from_frame(scores.loc[(scores["origin"] == 607) & is_timed, same])
    lends = is_twin & is_timed & ~pd.MultiIndex.from_frame(scores[same]).isin(timed_contact)
    lent = scores[lends].groupby(same)["time"].min().rename("lent")
    scores = scores.join(lent, on=same)
    scores = scores.assign(time=scores["time"].mask((scores["origin"] == 607) & ~is_timed, scores["lent"]))
    # Within a day: by time, then outside a contact first, then the lower score. A null time sorts before every time, as
    # an empty text sorts before every text.
    rows = scores[~is_twin].assign(time=scores["time"].astype("string").fillna(""))
    # So is one that every activity of a session carries.
    order = ["referral_id", "tool_name", "date", "time", "origin", "thousandths"]
    rows = rows.drop_duplicates(order).sort_values(order)
    grouped = rows.groupby(["referral_id", "tool_name"])["thousandths"]
    result = pd.DataFrame({"first": grouped.first(), "last": grouped.last(), "score_count": grouped.size()})
    result = result.reset_index().merge(referrals[["referral_id", "discharge_date"]], on="referral_id")
    has_last = (result["score_count"] >= 2) & result["discharge_date"].notna()
    result["last"] = result["last"].where(has_last)
    return result


def first_wsas(scores: pd.DataFrame) -> pd.Series:
    """WSAS in points by referral_id, of those with all five questions: their sum, or 5/4 of four where work is 9."""
    wide = scores.set_index(["referral_id", "tool_name"])["first"].unstack("tool_name").reindex(columns=list(WSAS))  # noqa: PD010
    wide = wide.dropna().astype("float64") / 1000
    not_at_work = wide["WASAS_Work"] == 9
    total = wide.sum(axis=1)
    return total.where(~not_at_work, (total - 9) * 1.25)


# ------------------------------------------------------------------------------------------- rule 7: anxiety measure


def complaint_code(complaints: pd.DataFrame) -> pd.Series:
    """ICD-10 without its dot: as mapped, else as validated, else as sent; -1 and -3 say none and invalid.

    What is no ICD-10 code, a letter and a digit to begin with, is taken only where none of the three is one.
    """
    code = pd.Series(pd.NA, index=complaints.index, dtype="string")
    other = code.copy()
    for column in ["PresentingComplaintCode_ICD10_Mapped", "Validated_PresentingComplaint", "PresComp"]:
        value = trimmed(complaints[column]).str.upper()
        if column != "PresComp":
            value = value.mask(value.isin(["-1", "-3"]), pd.NA)
        value = value.str.replace(r"[][ .,/()-]", "", regex=True)
        is_icd_10 = value.str.match(r"[A-Z][0-9]").fillna(False).astype(bool)
        code = code.fillna(value.where(is_icd_10, pd.NA))
        other = other.fillna(value)
    return code.fillna(other)


def problem_descriptor(complaints: pd.DataFrame) -> pd.DataFrame:
    """One row per referral: its descriptor (ICD-10 without the dot), primary before secondary before any other.

    Of those the one of the latest month, then the latest recorded, then that with the highest identifier. A day after
    the month that reports it is none.
    """
    significance = trimmed(complaints["PresCompCodSig"]).str.lstrip("0")
    rows = complaints.assign(
        code=complaint_code(complaints),
        rank=significance.map({"1": 2, "2": 1}).fillna(0).astype(int),
        number=pd.to_numeric(complaints["UniqueID_IDS603"].str.extract(r"([0-9]+)$")[0]),
        day=complaints["PresCompDate"].where(
            complaints["PresCompDate"] <= complaints["month"] + pd.offsets.MonthEnd(0)
        ),
    ).dropna(subset=["code"])
    rows = rows.sort_values(
        ["referral_id", "rank", "month", "day", "number", "UniqueID_IDS603", "code"], na_position="first"
    )
    return rows.drop_duplicates("referral_id", keep="last")[["referral_id", "code"]]


def measure_of(descriptor: pd.Series) -> pd.Series:
    """The anxiety measure that the descriptor asks for; GAD-7 for all others and for none."""
    measure = descriptor.map(MEASURE_OF_DESCRIPTOR).astype("string")
    measure = measure.mask(descriptor.str.startswith("F42").fillna(False).astype(bool), "OCD")
    return measure.fillna("GAD7")


# ------------------------------------------------------------------------------------------- rule 8: outcomes


def add_outcomes(episodes: pd.DataFrame) -> pd.DataFrame:
    """Adds pairing, caseness, recovery and reliable change to rows with first/last scores in thousandths."""
    e = episodes.copy()
    phq9 = TOOL_BY_NAME["PHQ9"]
    caseness = e["anxiety_measure"].map({name: tool.caseness for name, tool in TOOL_BY_NAME.items()}).astype("Int64")
    change = e["anxiety_measure"].map({name: t.reliable_change for name, t in TOOL_BY_NAME.items()}).astype("Int64")
    e["is_paired"] = e["phq9_last"].notna() & e["anxiety_last"].notna()

    phq9_case = (e["phq9_first"] >= phq9.caseness).fillna(False).astype(bool)
    anxiety_case = (e["anxiety_first"] >= caseness).fillna(False).astype(bool)
    both_known = e["phq9_first"].notna() & e["anxiety_first"].notna()
    e["is_at_caseness"] = pd.Series(pd.NA, index=e.index, dtype="boolean")
    e.loc[both_known, "is_at_caseness"] = False
    e.loc[phq9_case | anxiety_case, "is_at_caseness"] = True

    both_below = (e["phq9_last"] < phq9.caseness) & (e["anxiety_last"] < caseness)
    at_caseness = e["is_at_caseness"].fillna(False).astype(bool)
    e["is_recovered"] = e["is_paired"] & at_caseness & both_below.fillna(False).astype(bool)

    def known(condition: pd.Series) -> pd.Series:
        return condition.fillna(False).astype(bool) & e["is_paired"]

    improved = [
        known(e["phq9_first"] - e["phq9_last"] >= phq9.reliable_change),
        known(e["anxiety_first"] - e["anxiety_last"] >= change),
    ]
    worsened = [
        known(e["phq9_last"] - e["phq9_first"] >= phq9.reliable_change),
        known(e["anxiety_last"] - e["anxiety_first"] >= change),
    ]
    any_improved = improved[0] | improved[1]
    any_worsened = worsened[0] | worsened[1]
    e["is_reliably_improved"] = any_improved & ~any_worsened
    e["is_reliably_deteriorated"] = any_worsened & ~any_improved
    e["has_mixed_reliable_change"] = any_improved & any_worsened
    e["is_reliably_recovered"] = e["is_recovered"] & e["is_reliably_improved"]
    e["is_dropped_out"] = pd.Series(pd.NA, index=e.index, dtype="boolean")
    e.loc[e["end_code"].isin(STAYED_END_CODES), "is_dropped_out"] = False
    e.loc[e["end_code"].isin(DROPPED_OUT_END_CODES), "is_dropped_out"] = True
    return e


# ------------------------------------------------------------------------------------------- people seen in part


def add_window(
    referrals: pd.DataFrame, submissions: pd.DataFrame, referral_rows: pd.DataFrame, successors: pd.DataFrame
) -> pd.DataFrame:
    """Adds whether each referral was received while its provider was submitting, and whether it has had time.

    Received from the first day of the first month of the provider that sent it first; observed until the last day of
    the last month of the provider that holds it or of one that took over its code. Where a month between is missing,
    sent under none of the codes of the first sender, or of the holder, those received in it are outside, and those
    received before are observed until it begins. Time enough for a first (second)
    treatment is the shortest wait that covers 95 in 100 of those who had one, among people received in the earlier half
    of the time held.
    """
    held = submissions.groupby("provider_code")["month"].agg(["min", "max"])
    followed_by = dict(zip(successors["provider_code"], successors["successor_provider_code"], strict=True))

    def last_day(provider: str) -> pd.Timestamp:
        days, seen = [], set()
        while provider is not None and provider not in seen:
            seen.add(provider)
            if provider in held.index:
                days.append(held.loc[provider, "max"] + pd.offsets.MonthEnd(0))
            provider = followed_by.get(provider)
        return max(days)

    missing = missing_months(submissions, followed_by)

    def gap_after(received: pd.Timestamp, *providers: str) -> pd.Timestamp:
        """First day of the first missing month that ends on or after the day of receipt."""
        months = [month for provider in providers for month in missing[provider]]
        return min((month for month in months if month + pd.offsets.MonthEnd(0) >= received), default=pd.Timestamp.max)

    r = referrals.copy()
    first_rows = referral_rows.groupby([*REQUEST, "referral_id"])["month"].min().reset_index()
    first_rows = first_rows.sort_values(["month", "provider_code"]).drop_duplicates("referral_id")
    first_sender = first_rows.set_index("referral_id")["provider_code"]
    start = r["referral_id"].map(first_sender).map(held["min"])
    until = r["provider_code"].map({provider: last_day(provider) for provider in r["provider_code"].unique()})
    received = r["referral_received_date"]
    gap = pd.Series(
        [gap_after(*row) for row in zip(received, r["referral_id"].map(first_sender), r["provider_code"], strict=True)],
        index=r.index,
        dtype="datetime64[ns]",
    )
    r["is_received_in_window"] = (received >= start) & (received <= until) & (received < gap)
    observed_until = until.where(until < gap, gap - pd.Timedelta(days=1))
    r["days_observed"] = (observed_until - received).dt.days.clip(lower=0)
    is_early = r["is_received_in_window"] & (2 * (until - received).dt.days >= (until - start).dt.days)
    for date, column in [
        ("first_treatment_date", "has_enough_follow_up"),
        ("second_treatment_date", "has_enough_follow_up_for_course"),
    ]:
        wait = (r[date] - r["referral_received_date"]).dt.days[is_early].dropna()
        enough = np.quantile(wait, 0.95, method="inverted_cdf") if len(wait) > 0 else 0
        r[column] = r["days_observed"] >= enough
    return r


def missing_months(submissions: pd.DataFrame, followed_by: dict[str, str]) -> dict[str, list[pd.Timestamp]]:
    """Months between a provider's first and last that were sent under none of its codes, earlier and later."""

    def codes_after(provider: str) -> list[str]:
        codes: list[str] = []
        while provider is not None and provider not in codes:
            codes.append(provider)
            provider = followed_by.get(provider)
        return codes

    sent = {provider: set(months) for provider, months in submissions.groupby("provider_code")["month"]}
    missing = {}
    for provider in sent:
        relatives = {*codes_after(provider), *(code for code in sent if provider in codes_after(code))}
        months = set().union(*(sent.get(code, set()) for code in relatives))
        missing[provider] = [
            month for month in pd.date_range(min(months), max(months), freq="MS") if month not in months
        ]
    return missing


# ------------------------------------------------------------------------------------------- rules 9 to 12


def financial_year(dates: pd.Series) -> pd.Series:
    """'2015-16' for 1 April 2015 to 31 March 2016."""
    start = dates.dt.year - (dates.dt.month < 4).astype(int)
    label = (
        start.astype("Int64").astype("string") + "-" + ((start + 1) % 100).astype("Int64").astype("string").str.zfill(2)
    )
    return label.where(dates.notna())


def recording_status(raw: pd.Series) -> pd.Series:
    """valid, not_stated, not_known, invalid or missing, of each submitted ethnic category."""
    code = trimmed(raw).str.upper()
    status = pd.Series("invalid", index=raw.index, dtype="string")
    status[code.isin(list(VALID_ETHNIC_CODES))] = "valid"
    status[code.eq("Z").fillna(False)] = "not_stated"
    status[code.isin(["9", "99"])] = "not_known"
    status[code.isna() | code.eq("0").fillna(False)] = "missing"
    return status


def person_of(patients: pd.DataFrame) -> pd.DataFrame:
    """One row per provider and patient: the person, by pseudonym, else by a stable identifier, else the patient."""
    rows = patients.sort_values("month").drop_duplicates(["provider_code", "LocalPatientId"], keep="last")
    known = patients.assign(pseudonym=trimmed(patients["Pseudo_NHS_Number"])).dropna(subset=["pseudonym"])
    known = known.sort_values(["month", "pseudonym"]).drop_duplicates(["provider_code", "LocalPatientId"], keep="last")
    rows = rows.merge(known[["provider_code", "LocalPatientId", "pseudonym"]], how="left")
    sent = patients.assign(national=trimmed(patients["Person_ID"]))
    rows = rows.merge(latest_stated(sent, ["provider_code", "LocalPatientId"], "national"), how="left")
    pseudonym, national = rows["pseudonym"], rows["national"]
    is_early = rows["mds_version"] == "v1_5"
    is_stable = is_early | national.str[:1].str.upper().isin([*"0123456789AB"])
    scheme = pd.Series("2:", index=rows.index).mask(is_early, "1.5:")
    local = "patient:" + rows["provider_code"] + ":" + rows["LocalPatientId"]
    identifier = (scheme + national).where(is_stable)
    # What one provider knows of a person, by a stable identifier, holds for the others.
    named = pd.DataFrame({"identifier": identifier, "month": rows["month"], "pseudonym": pseudonym}).dropna()
    named = named.sort_values(["month", "pseudonym"]).drop_duplicates("identifier", keep="last")
    elsewhere = identifier.map(named.set_index("identifier")["pseudonym"]).astype("string")
    person = ("pseudonym:" + pseudonym.fillna(elsewhere)).fillna(identifier).fillna(local)
    return rows[["provider_code", "LocalPatientId"]].assign(person=person)


def ethnicity_of_patient(patients: pd.DataFrame) -> pd.DataFrame:
    """One row per provider and patient: ethnic_category_code (null unless valid) and ethnicity_recording_status.

    The person's most frequent valid code over all records, the most recent of equally frequent ones, then the last
    letter; without any, the status of the most recent month.
    """
    persons = person_of(patients)
    rows = patients.assign(
        code=trimmed(patients["EthnicCategory"]).str.upper(), status=recording_status(patients["EthnicCategory"])
    ).merge(persons, on=["provider_code", "LocalPatientId"])
    valid = rows[rows["status"] == "valid"].groupby(["person", "code"])["month"].agg(["size", "max"]).reset_index()
    valid = valid.sort_values(["person", "size", "max", "code"]).drop_duplicates("person", keep="last")
    latest = rows.sort_values(["person", "month", "status"]).drop_duplicates("person", keep="last")
    result = persons.merge(latest[["person", "status"]], on="person").merge(
        valid[["person", "code"]], on="person", how="left"
    )
    result["status"] = result["status"].mask(result["code"].notna(), "valid")
    result = result.rename(columns={"code": "ethnic_category_code", "status": "ethnicity_recording_status"})
    return result.drop(columns="person")


def completed_years(birth: pd.Series, on: pd.Series) -> pd.Series:
    """Age in completed years."""
    had_birthday = (on.dt.month > birth.dt.month) | ((on.dt.month == birth.dt.month) & (on.dt.day >= birth.dt.day))
    years = on.dt.year - birth.dt.year - (~had_birthday).astype(int)
    return years.where(birth.notna() & on.notna()).astype("Int64")


def employment_within_referral(referrals: pd.DataFrame, holders: pd.DataFrame, employment: pd.DataFrame) -> pd.Series:
    """The first stated employment code recorded from the day of receipt to the day of discharge; null if none.

    ``holders`` names every patient (provider_code, LocalPatientId) under whom each referral_id was sent.
    """
    rows = referrals[["referral_id", "referral_received_date", "discharge_date"]].merge(holders, on="referral_id")
    rows = rows.merge(employment, on=["provider_code", "LocalPatientId"])
    rows["code"] = trimmed(rows["EmployStatus"]).str.upper().str.zfill(2)
    rows = rows[within_referral(rows["EmployStatusRecDate"], rows) & rows["code"].isin(list(EMPLOYMENT))]
    # The same recorded date sent in several months: the latest month's word holds; in one month, that of the earlier
    # appointment (version 1.5), then the lower code.
    rows = (
        rows.assign(time=rows["time"].fillna("00:00:00"))
        .sort_values(
            ["referral_id", "EmployStatusRecDate", "month", "time", "code"], ascending=[True, True, False, True, True]
        )
        .drop_duplicates("referral_id")
    )
    return referrals["referral_id"].map(rows.set_index("referral_id")["code"])


def area_at_referral(referrals: pd.DataFrame, holders: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    """LSOA and decile of each referral_id, of its patients' first record from the month of receipt on that has either.

    Where no such record follows, the last one before. Rows are those referrals whose patients ever stated an area.
    """
    rows = referrals[["referral_id", "referral_received_date"]].merge(holders, on="referral_id")
    areas = patients[["provider_code", "LocalPatientId", "month", "LSOA", "IndicesOfDeprivationDecile"]]
    rows = rows.merge(areas, on=["provider_code", "LocalPatientId"])
    rows["LSOA"] = trimmed(rows["LSOA"])
    rows = rows[rows["LSOA"].notna() | trimmed(rows["IndicesOfDeprivationDecile"]).notna()]
    receipt = rows["referral_received_date"].dt.to_period("M").dt.to_timestamp()
    rows["is_before"] = rows["month"] < receipt
    rows["distance"] = (rows["month"] - receipt).abs()
    rows = rows.sort_values(["referral_id", "is_before", "distance", "LSOA"]).drop_duplicates("referral_id")
    return rows.set_index("referral_id")[["LSOA", "IndicesOfDeprivationDecile"]]


def first_medication(contacts: pd.DataFrame) -> pd.Series:
    """The first of the codes 01, 02, 03 by contact date and time, of several at once the lowest, by referral_id."""
    rows = contacts.assign(code=trimmed(contacts["PsychMed"]).str.zfill(2))
    rows = rows[rows["code"].isin(["01", "02", "03"])]
    rows = rows.assign(time=rows["CareContTime"].fillna("00:00:00"))
    rows = rows.sort_values(["referral_id", "CareContDate", "time", "code"])
    return rows.drop_duplicates("referral_id").set_index("referral_id")["code"]


def latest_language(patients: pd.DataFrame) -> pd.DataFrame:
    """Preferred language of each patient (provider_code, LocalPatientId): the latest record that names one."""
    rows = patients.assign(language=trimmed(patients["LanguageCodePreferred"]).str.lower())
    rows = rows[rows["language"].isin(REAL_LANGUAGES)].sort_values("month")
    return rows.drop_duplicates(["provider_code", "LocalPatientId"], keep="last")[
        ["provider_code", "LocalPatientId", "language"]
    ]


def first_stated(contacts: pd.DataFrame, codes: pd.Series) -> pd.Series:
    """The first code there is (null: none) at a contact to which the person came, by referral_id."""
    rows = contacts.assign(code=codes, time=contacts["CareContTime"].fillna("00:00:00"))
    rows = rows[rows["is_seen"] & rows["code"].notna()].sort_values(["referral_id", "CareContDate", "time", "code"])
    return rows.drop_duplicates("referral_id").set_index("referral_id")["code"]


def with_languages(referrals: pd.DataFrame, patients: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    """The referrals with what is said of language and interpreter; version 1.5 has no such field."""
    rows = referrals.merge(latest_language(patients), on=["provider_code", "LocalPatientId"], how="left")
    key, preferred = rows["referral_id"], rows.pop("language").astype("string")
    spoken = trimmed(contacts["LanguageCodeTreat"]).str.lower()
    treated = key.map(first_stated(contacts, spoken.where(spoken.isin(REAL_LANGUAGES)))).astype("string")
    said = trimmed(contacts["InterpreterPresentInd"]).str.lstrip("0")
    interpreter = key.map(first_stated(contacts, said.where(said.isin(list(INTERPRETER))))).astype("string")
    both = preferred.notna() & treated.notna()
    match = pd.Series(NOT_KNOWN, index=rows.index).mask(both, "another language")
    preference = preferred.where(preferred.isna(), "another language").mask(preferred.eq("en").fillna(False), "English")
    return rows.assign(
        preferred_language_code=preferred,
        treatment_language_code=treated,
        preferred_language=preference.fillna(NOT_KNOWN),
        treatment_language=match.mask(both & preferred.eq(treated).fillna(False), "preferred language"),
        interpreter_status=interpreter.map(INTERPRETER).fillna(NOT_KNOWN),
    )


def has_condition(conditions: pd.DataFrame) -> pd.Series:
    """True if any long-term condition, False if only rows that say none; by referral_id (absent: not known)."""
    rows = conditions.assign(code=trimmed(conditions["LongTermCondition"])).dropna(subset=["code"])
    rows = rows.assign(is_condition=~rows["code"].str.upper().isin([NO_LONG_TERM_CONDITION, *NO_CONDITION_EITHER]))
    return rows.groupby("referral_id")["is_condition"].any()


# ------------------------------------------------------------------------------------------- the two fact tables


@dataclass(frozen=True)
class Expected:
    """What the two fact tables should hold, every column that the rules define."""

    referrals: pd.DataFrame
    episodes: pd.DataFrame


NOT_KNOWN = "not known"
GENDER = {"1": "male", "2": "female", "9": "indeterminate"}
MEDICATION = {"01": "prescribed but not taking", "02": "prescribed and taking", "03": "not prescribed"}
INTERPRETER = {
    "1": "professional interpreter",
    "2": "family member or friend",
    "3": "another person",
    "4": "not needed",
    "5": "needed but absent",
}
REAL_LANGUAGES = frozenset({"en", "pl", "ro", "pa", "gu", "ur", "bn", "ta", "fa", "so", "ar", "zh", "pt", "cy", "q4"})
"""Those of ISO 639-1 and of the Data Dictionary that the sets of the tests hold, and Welsh."""
LANGUAGE_COLUMNS = ("LanguageCodeTreat", "InterpreterPresentInd")
EMPLOYMENT = {
    "01": "employed",
    "02": "unemployed and seeking work",
    "03": "student",
    "04": "long-term sick or disabled",
    "05": "homemaker",
    "06": "not working or seeking work",
    "07": "unpaid voluntary work",
    "08": "retired",
}
END_REASON = {
    "50": "not_seen",
    "10": "not_suitable",
    "11": "not_suitable",
    "12": "advice_or_referred_on",
    "13": "advice_or_referred_on",
    "14": "declined",
    "16": "dropped_out",
    "17": "deceased",
    "95": "not_known",
    "46": "completed",
    "47": "dropped_out",
    "48": "ended_early_by_service",
    "49": "deceased",
    "96": "not_known",
    # Version 1.5.
    "15": "deceased",
    "97": "not_known",
    "40": "advice_or_referred_on",
    "41": "advice_or_referred_on",
    "42": "completed",
    "43": "dropped_out",
    "44": "advice_or_referred_on",
    "45": "deceased",
    "98": "not_known",
}
ETHNIC_GROUPS = {
    "White": {"A": "White British", "B": "White Irish", "C": "Other White background"},
    "Mixed": {
        "D": "White and Black Caribbean",
        "E": "White and Black African",
        "F": "White and Asian",
        "G": "Other mixed background",
    },
    "Asian or Asian British": {
        "H": "Indian",
        "J": "Pakistani",
        "K": "Bangladeshi",
        "L": "Other Asian background",
    },
    "Black or Black British": {"M": "Caribbean", "N": "African", "P": "Other Black background"},
    "Other Ethnic Groups": {"R": "Chinese", "S": "Other ethnic group"},
}


# Long because it goes through the definitions one by one, from the records to the two tables.
def expected_tables(mds_dir: Path, reference_dir: Path | None = None) -> Expected:
    """Both fact tables from a folder that holds ``<version>/<table>/`` and, beside it, the reference tables."""
    submissions = submissions_of(mds_dir)

    records = records_of(mds_dir, submissions)

    def accepted(table: str, columns: list[str]) -> pd.DataFrame:
        return records[table][["submission", *columns, "mds_version", "provider_code", "month"]]

    patients = accepted(
        "IDS001MPI",
        [
            "LocalPatientId",
            "Person_ID",
            "Pseudo_NHS_Number",
            "EthnicCategory",
            "Gender",
            "PersonBirthDate",
            "LanguageCodePreferred",
            "LSOA",
            "IndicesOfDeprivationDecile",
        ],
    )
    referral_rows = with_referral_id(
        accepted(
            "IDS101Referral",
            [
                "ServiceRequestId",
                "LocalPatientId",
                "PathwayID",
                "Person_ID",
                "OrgIDComm",
                "ReferralRequestReceivedDate",
                "ServDischDate",
                "sent_discharge",
                "EndCode",
                "Age_ReferralRequest_ReceivedDate",
            ],
        ),
        patients,
    )
    referral_rows = bridged(referral_rows, patients, _successors(reference_dir))
    holders = referral_rows[["referral_id", "provider_code", "LocalPatientId"]].drop_duplicates()
    referrals = with_earlier_answers(latest_referral_row(referral_rows), referral_rows).rename(
        columns={"ReferralRequestReceivedDate": "referral_received_date", "ServDischDate": "discharge_date"}
    )
    referrals = referrals.merge(person_of(patients), on=["provider_code", "LocalPatientId"], how="left")
    referrals["service_request_id"] = referrals["ServiceRequestId"]
    referrals["person_id"] = trimmed(referrals["Person_ID"])
    is_early = referrals["mds_version"] == "v1_5"
    is_twofold = is_early & referrals["person_id"].isin(set(referrals.loc[~is_early, "person_id"].dropna()))
    referrals["person_id"] = referrals["person_id"].mask(is_twofold, "v1_5|" + referrals["person_id"])
    referrals["commissioner_code"] = referrals["commissioner"]
    referrals["end_reason_group"] = referrals["end_code"].map(END_REASON)
    referrals["referral_financial_year"] = financial_year(referrals["referral_received_date"])
    link = referral_rows[["submission", "ServiceRequestId", "referral_id"]].drop_duplicates()
    link = link.merge(referrals[["referral_id", "referral_received_date", "discharge_date"]], on="referral_id")

    def of_referral(table: str, columns: list[str]) -> pd.DataFrame:
        rows = accepted(table, ["ServiceRequestId", *columns])
        return rows.merge(link, on=["submission", "ServiceRequestId"], how="inner")

    # People.
    referrals = referrals.merge(
        ethnicity_of_patient(patients), on=["provider_code", "LocalPatientId"], how="left", validate="many_to_one"
    )
    referrals["ethnicity_recording_status"] = referrals["ethnicity_recording_status"].fillna("missing")
    labels = {code: label for group in ETHNIC_GROUPS.values() for code, label in group.items()}
    groups = {code: name for name, group in ETHNIC_GROUPS.items() for code in group}
    referrals["ethnic_group"] = referrals["ethnic_category_code"].map(labels)
    referrals["high_level_ethnic_group"] = referrals["ethnic_category_code"].map(groups)
    patient_now = patients.drop_duplicates(["submission", "LocalPatientId"]).drop(
        columns=["provider_code", "month", "mds_version", "Person_ID", "Pseudo_NHS_Number", "PersonBirthDate"]
    )
    referrals = referrals.merge(patient_now, on=["submission", "LocalPatientId"], how="left", validate="many_to_one")
    told = patients.assign(gender=trimmed(patients["Gender"]).map(GENDER))
    for column in ["gender", "PersonBirthDate"]:
        referrals = referrals.merge(latest_stated(told, REQUEST[::2], column), on=REQUEST[::2], how="left")
    referrals["gender"] = referrals["gender"].fillna(NOT_KNOWN)
    given_age = pd.to_numeric(referrals["given_age"], errors="coerce").astype("Int64")
    age = completed_years(referrals["PersonBirthDate"], referrals["referral_received_date"])
    referrals["age_at_referral"] = age.fillna(given_age)
    areas = area_at_referral(referrals, holders, patients).reindex(referrals["referral_id"]).reset_index(drop=True)
    referrals["imd_decile"] = _decile(areas, reference_dir)
    referrals = with_own_group_density(referrals, trimmed(areas["LSOA"]), reference_dir)

    # Contacts.
    activities = accepted("IDS202CareActivity", ["CareActId", "CareContactId", "CodeProcAndProcStatus"])
    contact_columns = ["CareContactId", "CareContDate", "CareContTime", "AttendOrDNACode", "PlannedCareContIndicator"]
    all_contacts = of_referral("IDS201CareContact", [*contact_columns, "AppType", "PsychMed", *LANGUAGE_COLUMNS])
    number = accepted("IDS607CodedScoreAssessmentAct", ["CareActId", "PersScore"])
    number = number[score_in_thousandths(number["PersScore"]).notna()]
    scored = number.merge(activities[["submission", "CareActId", "CareContactId"]], on=["submission", "CareActId"])
    contacts = usable_contacts(all_contacts, activities, scored)
    logs = completed_logs(
        of_referral(
            "IDS205InternetTherLog",
            ["StartDateIntEnabledTherLog", "EndDateIntEnabledTherLog", "IntEnabledTherProg"],
        )
    )
    treatments = treatment_dates(contacts, logs)
    referrals["care_contact_count"] = count_by_referral(contacts[contacts["is_seen"]], referrals) + count_by_referral(
        logs, referrals
    )
    referrals["treatment_contact_count"] = count_by_referral(treatments, referrals)
    referrals["offered_contact_count"] = count_by_referral(contacts[contacts["is_offered"]], referrals)
    referrals["attended_contact_count"] = count_by_referral(contacts[contacts["is_attended"]], referrals)
    assessments = contacts[contacts["is_assessment"]].groupby("referral_id")["CareContDate"].min()
    by_referral = treatments.groupby("referral_id")["date"]
    key = referrals["referral_id"]
    referrals["first_assessment_date"] = key.map(assessments)
    referrals["first_treatment_date"] = key.map(by_referral.min())
    # A log of internet therapy may be the first treatment; the second and the last are contacts.
    in_contacts = treatment_dates(contacts, logs.iloc[:0])
    contact_dates = in_contacts.groupby("referral_id")["date"]
    second = in_contacts[contact_dates.cumcount() == 1].set_index("referral_id")["date"]
    referrals["second_treatment_date"] = key.map(second)
    referrals["last_treatment_date"] = key.map(contact_dates.max())
    referrals["is_accessed"] = referrals["treatment_contact_count"] >= 1
    referrals["is_course_of_treatment"] = referrals["treatment_contact_count"] >= 2
    referrals["is_discharged"] = referrals["discharge_date"].notna()
    referrals["is_finished_course"] = referrals["is_discharged"] & referrals["is_course_of_treatment"]

    referrals = with_languages(referrals, patients, contacts)
    referrals = add_window(referrals, submissions, referral_rows, _successors(reference_dir))

    # Who was treated before an assessment, or without one, was first seen at the first treatment.
    referrals["seen"] = referrals[["first_assessment_date", "first_treatment_date"]].min(axis=1)
    for wait, begin, end in WAITS:
        referrals[wait] = (referrals[end] - referrals[begin]).dt.days.astype("Int64")

    # First scores and circumstances, of everybody.
    scores = first_and_last(valid_scores(_dated_scores(of_referral, accepted, activities, all_contacts)), referrals)
    of_tool = {tool: rows.set_index("referral_id") for tool, rows in scores.groupby("tool_name")}
    none = scores.iloc[:0].set_index("referral_id")
    key = referrals["referral_id"]
    for tool, prefix in [("PHQ9", "phq9"), ("GAD7", "gad7")]:
        referrals[f"{prefix}_first"] = key.map(of_tool.get(tool, none)["first"]).astype("Int64")
    referrals["wsas_first"] = key.map(first_wsas(scores)).astype("Float64")
    medication = key.map(first_medication(contacts)).astype("string")
    referrals["psychotropic_medication"] = medication.map(MEDICATION).fillna(NOT_KNOWN)
    employment = accepted("IDS004EmpStatus", ["LocalPatientId", "EmployStatus", "EmployStatusRecDate", "time"]).drop(
        columns=["submission"]
    )
    referrals["employment_status_code"] = employment_within_referral(referrals, holders, employment)
    referrals["employment_status"] = referrals["employment_status_code"].map(EMPLOYMENT).fillna(NOT_KNOWN)
    conditions = has_condition(of_referral("IDS602LongTermCondition", ["LongTermCondition"]))
    referrals["has_long_term_condition"] = key.map(conditions).astype("boolean")

    # Episodes.
    episodes = referrals[referrals["is_finished_course"]].reset_index(drop=True)
    key = episodes["referral_id"]
    for tool, prefix in [("PHQ9", "phq9"), ("GAD7", "gad7")]:
        episodes[f"{prefix}_last"] = key.map(of_tool.get(tool, none)["last"]).astype("Int64")
    descriptor = problem_descriptor(
        of_referral("IDS603PresentingComplaints", RECORD_COLUMNS["IDS603PresentingComplaints"][1:])
    )
    wanted = measure_of(key.map(descriptor.set_index("referral_id")["code"]).astype("string"))
    pair = pd.DataFrame({"referral_id": key, "tool_name": wanted}).merge(
        scores, on=["referral_id", "tool_name"], how="left"
    )
    by_ies_r = pair[["referral_id"]].merge(scores[scores["tool_name"] == "IESR"], on="referral_id", how="left")
    uses_ies_r = wanted.eq("PTSD") & pair["last"].isna() & by_ies_r["last"].notna()
    pair = pair.mask(uses_ies_r, by_ies_r[pair.columns])
    wanted = wanted.mask(uses_ies_r, "IESR")
    falls_back = pair["first"].isna() | pair["last"].isna()
    episodes["anxiety_measure"] = wanted.mask(falls_back, "GAD7")
    episodes["anxiety_first"] = pair["first"].mask(falls_back, episodes["gad7_first"]).astype("Int64")
    episodes["anxiety_last"] = pair["last"].mask(falls_back, episodes["gad7_last"]).astype("Int64")
    episodes = add_outcomes(episodes)
    offered = episodes["offered_contact_count"].where(episodes["offered_contact_count"] > 0)
    episodes["proportion_attended"] = episodes["attended_contact_count"] / offered
    later = treatments.merge(episodes[["referral_id", "seen"]], on="referral_id")
    later = later[later["date"] > later["seen"]].groupby("referral_id")["date"].min()
    next_wait = key.map(later) - episodes["seen"]
    episodes["days_assessment_to_next_treatment"] = next_wait.dt.days.astype("Int64")
    episodes["discharge_financial_year"] = financial_year(episodes["discharge_date"])
    for column in ["phq9_first", "gad7_first"]:
        referrals[column] = referrals[column].astype("Float64") / 1000
    for column in ["phq9_first", "phq9_last", "gad7_first", "gad7_last", "anxiety_first", "anxiety_last"]:
        episodes[column] = episodes[column].astype("Float64") / 1000
    return Expected(referrals=referrals, episodes=episodes)


def _successors(reference_dir: Path | None) -> pd.DataFrame:
    path = reference_dir / "provider_successors.csv" if reference_dir else None
    if path is None or not path.exists():
        return pd.DataFrame(columns=["provider_code", "successor_provider_code", "change_month"])
    return pd.read_csv(path, dtype=str)


def _decile(areas: pd.DataFrame, reference_dir: Path | None) -> pd.Series:
    given = pd.to_numeric(trimmed(areas["IndicesOfDeprivationDecile"]), errors="coerce")
    given = given.where(given.between(1, 10)).astype("Int64")
    path = reference_dir / "deprivation.csv" if reference_dir else None
    if path is None or not path.exists():
        return given
    lookup = pd.read_csv(path, dtype=str).drop_duplicates("lsoa_code").set_index("lsoa_code")["imd_decile"]
    found = pd.to_numeric(trimmed(areas["LSOA"]).map(lookup), errors="coerce").astype("Int64")
    return found.fillna(given)


def _residents(reference_dir: Path | None, table: str, area: str, group: str) -> dict[tuple[str, str], float]:
    """Share of residents by area and ethnic category, of census tables whose groups are the categories of 2001."""
    path = reference_dir / f"{table}.csv" if reference_dir else None
    if path is None or not path.exists():
        return {}
    rows = pd.read_csv(path, dtype={area: str, group: str, "population_count": "int64"})
    totals = rows.groupby(area)["population_count"].sum().to_dict()
    return {
        (row[area], row[group]): row["population_count"] / totals[row[area]]
        for row in rows.to_dict("records")
        if totals[row[area]] > 0
    }


def with_own_group_density(referrals: pd.DataFrame, small_areas: pd.Series, reference_dir: Path | None) -> pd.DataFrame:
    """The referrals with the share of residents of their own category, where from, and its fifth (rule 33).

    Fifths are those of the people of one category: of a hundred people below a density, of five hundred, it is in the
    second.
    """
    by_small_area = _residents(reference_dir, "census_small_areas", "lsoa_code", "census_group")
    by_commissioner = _residents(reference_dir, "census_ethnicity", "commissioner_code", "ethnic_category_code")
    densities: list[float | None] = []
    sources: list[str | None] = []
    codes = referrals["ethnic_category_code"]
    for area, commissioner, code in zip(small_areas, referrals["commissioner_code"], codes, strict=True):
        near, far = by_small_area.get((area, code)), by_commissioner.get((commissioner, code))
        share = far if near is None else near
        densities.append(None if share is None else int(share * 10_000 + 0.5) / 10_000)
        sources.append("small area" if near is not None else None if far is None else "commissioner")
    frame = referrals.assign(
        own_group_density=pd.array(densities, dtype="Float64"),
        own_group_density_source=pd.array(sources, dtype="string"),
    )
    fifths: dict[tuple[str, float], int] = {}
    for code, rows in frame.dropna(subset=["own_group_density"]).groupby("ethnic_category_code"):
        of_people = rows[["person_id", "own_group_density"]].drop_duplicates()
        people = of_people["own_group_density"].to_numpy(dtype=float)
        for density in set(people):
            fifths[code, density] = 1 + 5 * int((people < density).sum()) // len(people)
    keys = zip(codes, frame["own_group_density"], strict=True)
    found = [None if pd.isna(code) or pd.isna(density) else fifths[code, float(density)] for code, density in keys]
    return frame.assign(own_group_density_fifth=pd.array(found, dtype="Int64"))


def _dated_scores(of_referral, accepted, activities, contacts) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    """Every score with its referral, date, origin and time, valid or not."""
    shared = ["referral_id", "referral_received_date", "discharge_date"]
    own = of_referral(
        "IDS606CodedScoreAssessmentRefer",
        ["CodedAssToolType", "PersScore", "AssToolCompDate", "AssToolCompTime"],
    ).rename(
        columns={
            "CodedAssToolType": "tool",
            "PersScore": "score",
            "AssToolCompDate": "date",
            "AssToolCompTime": "time",
        }
    )
    at_contact = accepted("IDS607CodedScoreAssessmentAct", ["CareActId", "CodedAssToolType", "PersScore"])
    keys = activities[["submission", "CareActId", "CareContactId"]].drop_duplicates(["submission", "CareActId"])
    at_contact = at_contact.merge(keys, on=["submission", "CareActId"])
    # Only what was asked in a contact that took place counts.
    attended = trimmed(contacts["AttendOrDNACode"]).str.lstrip("0").isin(["5", "6"])
    unplanned = trimmed(contacts["PlannedCareContIndicator"]).str.upper().eq("N").fillna(False).astype(bool)
    contact_keys = contacts[attended | unplanned].drop_duplicates(["submission", "CareContactId"])
    contact_keys = contact_keys[["submission", "CareContactId", "CareContDate", "CareContTime", *shared]]
    at_contact = at_contact.merge(contact_keys, on=["submission", "CareContactId"]).rename(
        columns={
            "CodedAssToolType": "tool",
            "PersScore": "score",
            "CareContDate": "date",
            "CareContTime": "time",
        }
    )
    columns = [*shared, "tool", "score", "date", "time", "origin"]
    return pd.concat([own.assign(origin=606)[columns], at_contact.assign(origin=607)[columns]], ignore_index=True)


# ------------------------------------------------------------------------------------------- recording of ethnicity

RESIDUAL_CODES = frozenset("CGLPS")


def expected_ethnicity_recording(mds_dir: Path) -> pd.DataFrame:
    """One row per provider and month: counts of people's records by status, over the accepted submissions."""
    submissions = submissions_of(mds_dir)
    people = records_of(mds_dir, submissions)["IDS001MPI"]
    people["status"] = recording_status(people["EthnicCategory"])
    people["is_residual"] = trimmed(people["EthnicCategory"]).str.upper().isin(list(RESIDUAL_CODES))
    grouped = people.groupby(["provider_code", "month"])
    counts = {"record_count": grouped.size()}
    for status in ["valid", "not_stated", "not_known", "invalid", "missing"]:
        counts[f"{status}_count"] = (
            (people["status"] == status).groupby([people["provider_code"], people["month"]]).sum()
        )
    counts["residual_category_count"] = grouped["is_residual"].sum()
    result = pd.DataFrame(counts).reset_index().rename(columns={"month": "reporting_month"})
    return result.assign(useful_count=result["valid_count"] - result["residual_category_count"])


# ------------------------------------------------------------------------------------------- comparison

NULL = "null"


def as_text(values: pd.Series) -> pd.Series:
    """Each value as text, so that tables of different types compare: dates as YYYY-MM-DD, numbers to 9 decimals."""
    if pd.api.types.is_datetime64_any_dtype(values):
        text = values.dt.strftime("%Y-%m-%d")
    elif pd.api.types.is_bool_dtype(values):
        text = values.astype("boolean").astype("string")
    elif pd.api.types.is_numeric_dtype(values):
        # Zero is added because -0.0 and 0.0 are one number.
        text = (values.astype("Float64").round(9) + 0.0).astype("string")
    else:
        text = values.map(lambda value: value if pd.isna(value) else str(value)).astype("string")
    return text.astype("string").fillna(NULL)


def differences(actual: pd.DataFrame, expected: pd.DataFrame, columns: list[str]) -> dict[str, int]:
    """How many rows differ, by column; keys that only one side has are counted under ``referral_id``.

    Both frames have a unique ``referral_id``; ``columns`` are compared on the keys that both have.
    """
    actual, expected = actual.set_index("referral_id"), expected.set_index("referral_id")
    both = actual.index.intersection(expected.index)
    result = {"referral_id": len(actual) + len(expected) - 2 * len(both)}
    for column in columns:
        left, right = as_text(actual.loc[both, column]), as_text(expected.loc[both, column])
        result[column] = int((left.to_numpy() != right.to_numpy()).sum())
    return {column: count for column, count in result.items() if count > 0}
