"""Rows as systems leave them: each way changes the rows of a data set's tables, and nothing that they say together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from hashlib import md5, sha256

from dirty_corpus import Rows, Tables
from iapt_equity.inputs.contract import IDENTIFIER, Column

Columns = Mapping[str, Mapping[str, Column]]
RowChange = Callable[[Tables, Columns], Tables]
"""Takes the tables, and the columns of each by name."""

COMPLAINTS, ACTIVITY_SCORES = "IDS603PresentingComplaints", "IDS607CodedScoreAssessmentAct"
SNOMED = "25501002.0"
"""A complaint in SNOMED, as a data frame leaves a code."""


def in_case(row: dict[str, str], columns: Mapping[str, Column], case: Callable[[str], str]) -> dict[str, str]:
    """The row with its identifiers in another case."""
    return {name: case(value) if columns[name].kind == IDENTIFIER else value for name, value in row.items()}


def tables_in_their_own_case(tables: Tables, columns: Columns) -> Tables:
    """One table writes identifiers in small letters, the next in capitals."""
    cases = (str.lower, str.upper, str.capitalize)
    return {
        name: [in_case(row, columns[name], cases[place % 3]) for row in rows]
        for place, (name, rows) in enumerate(tables.items())
    }


def rows_in_their_own_case(tables: Tables, columns: Columns) -> Tables:
    """Months and records of one table differ in it: pathways, pseudonyms and submissions too."""
    cases = (str.lower, str.upper)
    return {
        name: [in_case(row, columns[name], cases[place % 2]) for place, row in enumerate(rows)]
        for name, rows in tables.items()
    }


def rows_twice_in_another_case(tables: Tables, columns: Columns) -> Tables:
    """Every row is there twice, under the same identifiers in small letters: sessions, activities and scores too."""
    return {name: [*rows, *(in_case(row, columns[name], str.lower) for row in rows)] for name, rows in tables.items()}


def contacts_twice_in_another_case(tables: Tables, columns: Columns) -> Tables:
    """Contacts alone are there twice."""
    return {
        name: [*rows, *(in_case(row, columns[name], str.lower) for row in rows)]
        if name in ("IDS201CareContact", "Appointment")
        else rows
        for name, rows in tables.items()
    }


def scores_in_both_tables(tables: Tables, _: Columns) -> Tables:
    """What an attended contact asked stands with the referral too, as a float, at another time where it has one."""
    contacts = {
        (row["UniqueSubmissionID"], row["CareContactId"]): row
        for row in reversed(tables["IDS201CareContact"])
        if row["AttendOrDNACode"].strip().strip("0") in ("5", "6") and row["CareContDate"]
    }
    activities = {
        (row["UniqueSubmissionID"], row["CareActId"]): (row["UniqueSubmissionID"], row["CareContactId"])
        for row in reversed(tables["IDS202CareActivity"])
    }
    blank = dict.fromkeys(tables["IDS606CodedScoreAssessmentRefer"][0], "")
    more = []
    for row in tables[ACTIVITY_SCORES]:
        contact = contacts.get(activities[(row["UniqueSubmissionID"], row["CareActId"])])
        if contact:
            told = {
                "UniqueSubmissionID": row["UniqueSubmissionID"],
                "ServiceRequestId": contact["ServiceRequestId"],
                "CodedAssToolType": row["CodedAssToolType"],
                "PersScore": f"{row['PersScore']}.0" if row["PersScore"].isdigit() else row["PersScore"],
                "AssToolCompDate": contact["CareContDate"],
                "AssToolCompTime": "23:59:00" if contact["CareContTime"].strip() else "",
            }
            more.append({**blank, **told})
    name = "IDS606CodedScoreAssessmentRefer"
    return {**tables, name: [*tables[name], *more]}


def scores_of_cancelled_contacts(tables: Tables, _: Columns) -> Tables:
    """Beside every contact a provider's cancellation at the end of the day, with the scores of somebody very ill."""
    if "Appointment" in tables:
        ill = {"ATTENDANCE": "4.0", "APPOINTMENTTIME": "23:59:00", "PHQ9_SCORE": "27", "GAD7SCORE": "21"}
        cancelled = [{**row, **ill, "APPOINTMENT_ID": f"{row['APPOINTMENT_ID']}Z"} for row in tables["Appointment"]]
        return {**tables, "Appointment": [*tables["Appointment"], *cancelled]}
    changes = {
        "IDS201CareContact": {"AttendOrDNACode": " 4", "CareContTime": "23:59:00", "PlannedCareContIndicator": "Y"},
        "IDS202CareActivity": {},
        ACTIVITY_SCORES: {"PersScore": "21"},
    }
    more = {}
    for name, change in changes.items():
        cancelled = [
            {**row, **change, **{key: f"{row[key]}Z" for key in ("CareContactId", "CareActId") if key in row}}
            for row in tables[name]
        ]
        more[name] = [*tables[name], *cancelled]
    return {**tables, **more}


def own_scores_on_a_cancelled_contact_too(tables: Tables, _: Columns) -> Tables:
    """What the referral holds stands on a contact that was cancelled, too: it counts, once."""
    more: dict[str, Rows] = {name: [] for name in ("IDS201CareContact", "IDS202CareActivity", ACTIVITY_SCORES)}
    for place, score in enumerate(tables["IDS606CodedScoreAssessmentRefer"]):
        contact = f"{place:03d}{score['ServiceRequestId']}"
        values = {
            **{
                name: score[name]
                for name in ("UniqueSubmissionID", "ServiceRequestId", "CodedAssToolType", "PersScore")
            },
            **{"CareContactId": contact, "CareActId": contact, "CareContDate": score["AssToolCompDate"]},
            **{"AttendOrDNACode": "4", "AppType": "02", "CareContTime": "23:59:00", "PlannedCareContIndicator": "Y"},
        }
        for name, rows in more.items():
            rows.append({column: values.get(column, "") for column in tables[name][0]})
    return {**tables, **{name: [*tables[name], *rows] for name, rows in more.items()}}


def complaints_twice(tables: Tables, _: Columns) -> Tables:
    """Each complaint again, in small letters and without its point, or with it and spaces."""
    again = [{**row, "PresComp": f" {row['PresComp'].replace('.', '').lower()} "} for row in tables[COMPLAINTS]]
    return {**tables, COMPLAINTS: [*tables[COMPLAINTS], *again]}


def snomed_in_the_mapped_column(tables: Tables, _: Columns) -> Tables:
    """Nothing was mapped: where the complaint came in ICD-10, the column holds a SNOMED code."""
    mapped = "PresentingComplaintCode_ICD10_Mapped"
    return {
        **tables,
        COMPLAINTS: [
            {**row, mapped: SNOMED} if not row[mapped] and row["PresComp"].strip()[:1].upper() == "F" else row
            for row in tables[COMPLAINTS]
        ],
    }


SAID_ONCE = {
    "IDS001MPI": (("LocalPatientId",), ("PersonBirthDate", "Gender", "Person_ID")),
    "Person": (("IAPT_PERSON_ID",), ("GENDER",)),
    "IDS101Referral": (("ServiceRequestId", "LocalPatientId"), ("OrgIDComm", "EndCode")),
    "Referral": (("PSERVICEID", "IAPT_PERSON_ID"), ("ORGCODECOMM", "ENDCODE")),
}
"""Table: what names a record in every month, and what later months leave blank."""
OF_A_DISCHARGE = {"EndCode": "ServDischDate", "ENDCODE": "ENDDATE"}
"""What is left blank too, where the day that it is said of is the same and is said again."""


def later_months_say_less(tables: Tables, _: Columns) -> Tables:
    """What a month says as the month before did it leaves blank: births, genders, commissioners, codes of an end."""
    files = {row["IAPT_RECORD_NUMBER"]: row["HEADER_ID"] for row in tables.get("Person", [])}
    sent = {
        row.get("UniqueSubmissionID", row.get("HEADER_ID")): (
            row.get("ReportingPeriodStartDate", row.get("START_DATE", "")),
            row.get("OrgIDProv", row.get("ORGCODEPROVIDER", "")),
        )
        for row in tables.get("IDS000Header", tables.get("Header", []))
    }

    def month_and_provider(row: dict[str, str]) -> tuple[str, str]:
        return sent.get(row.get("UniqueSubmissionID") or files.get(row.get("IAPT_RECORD_NUMBER", "")), ("", ""))

    changed = dict(tables)
    for name in SAID_ONCE.keys() & tables.keys():
        key, fields = SAID_ONCE[name]
        said: dict[tuple[str, ...], tuple[str, str]] = {}
        rows = [dict(row) for row in tables[name]]
        for row in sorted(rows, key=month_and_provider):
            month, provider = month_and_provider(row)
            for field in fields:
                place = (field, provider, *(row[part] for part in key))
                end = row.get(OF_A_DISCHARGE.get(field, ""), "no end").strip()
                now = f"{row[field]} {end}"
                before = said.setdefault(place, (month, now))
                said[place] = (before[0] if before[1] == now else month, now)
                # A Refresh says again what its Primary said of the same month; a code without a discharge is of none.
                row[field] = "" if before[1] == now and before[0] < month and end else row[field]
        changed[name] = rows
    return changed


OF_PEOPLE = ("Person_ID", "Pseudo_NHS_Number", "PseudoNumber", "PathwayID", "IC_PATHWAY_ID")
"""Columns that say who somebody is, or which referral goes on, across tables and providers."""
NOBODY = {
    "redacted": "[REDACTED]",
    "hash_of_an_empty_field": sha256(b"").hexdigest(),
    "short_hash_of_an_empty_field": md5(b"").hexdigest().upper(),
    "zeros": "0000000000",
    "guid_of_zeros": "{00000000-0000-0000-0000-000000000000}",
    "crosses": "XXXXXXXXXX",
}
"""What systems write for everybody whom they do not know; no list of such texts is whole."""
NO_PATHWAY = "ZZ-NOT-TRACED"
"""In few referrals of a copy, so the same in all of them: it is known by how many have it."""


def identifiers_of_nobody(text: str, tables: Tables, _: Columns) -> Tables:
    """What is blank of the identifiers of people and pathways is filled with a text that stands for nothing."""
    told = {name: NO_PATHWAY if "PATHWAY" in name.upper() else text for name in OF_PEOPLE}
    return {
        table: [
            {name: told[name] if name in told and not value else value for name, value in row.items()} for row in rows
        ]
        for table, rows in tables.items()
    }


ROWS: dict[str, RowChange] = {
    "tables_in_their_own_case": tables_in_their_own_case,
    "rows_in_their_own_case": rows_in_their_own_case,
    "rows_twice_in_another_case": rows_twice_in_another_case,
    "contacts_twice_in_another_case": contacts_twice_in_another_case,
    "scores_of_cancelled_contacts": scores_of_cancelled_contacts,
    "later_months_say_less": later_months_say_less,
    **{f"identifiers_of_nobody_{name}": partial(identifiers_of_nobody, text) for name, text in NOBODY.items()},
}
"""Way of leaving rows, in every version: what changes them."""
ROWS_OF_VERSION_2: dict[str, RowChange] = {
    "scores_in_both_tables": scores_in_both_tables,
    "own_scores_on_a_cancelled_contact_too": own_scores_on_a_cancelled_contact_too,
    "complaints_twice": complaints_twice,
    "snomed_in_the_mapped_column": snomed_in_the_mapped_column,
}
"""Ways that ask for tables which version 1.5 lacks."""
