"""Hand-made referrals with hand-calculated answers, and their data set.

Every referral is a case named after the boundary it stands on (its PathwayID is the name). The answers beside it were
worked out from the written rules by hand.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

import oracle

PROVIDER = "Z0A01"
PHQ9, GAD7, MI, SPIN, OCI, PDSS, PCL5, HAI, WSAS = (
    "720433000",
    "445455005",
    "473355002",
    "445552006",
    "450324005",
    "450326007",
    "491581000000104",
    "446793008",
    "932621000000100",
)


@dataclass
class Mini:
    """A small raw data set that is built row by row and written as CSV, one file a table."""

    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    expected: dict[str, dict[str, Any]] = field(default_factory=dict)
    counter: int = 0
    submissions: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, table: str, submission: str, **values: Any) -> None:
        self.counter += 1
        row = {"UniqueSubmissionID": submission, f"UniqueID_{table[:6]}": f"{submission}{self.counter:09d}"}
        row |= {key: "" if value is None else str(value) for key, value in values.items()}
        self.rows.setdefault(table, []).append(row)

    def submission(
        self, month: str, provider: str = PROVIDER, kind: str = "Primary", created: str = "2016-12-01 09:00:00"
    ) -> str:
        """A new submission of a provider for a month ('2016-04')."""
        identifier = f"{1000 + len(self.rows.get('IDS000Header', []))}"
        last_day = pd.Period(month).end_time.date()
        self.add(
            "IDS000Header",
            identifier,
            DatSetVer="2.1",
            OrgIDProv=provider,
            OrgIDSubmit=provider,
            ReportingPeriodStartDate=f"{month}-01",
            ReportingPeriodEndDate=last_day,
            DateTimeDatSetCreate=created,
            File_Type=kind,
        )
        return identifier

    def month(self, month: str, provider: str = PROVIDER) -> str:
        """The one submission of a provider for a month, made on first use."""
        key = (provider, month)
        if key not in self.submissions:
            self.submissions[key] = self.submission(month, provider)
        return self.submissions[key]

    def sent(
        self,
        name: str,
        months: list[str] | str,
        received: str = "2016-04-05",
        discharged: str | None = "2016-04-28",
        *,
        provider: str = PROVIDER,
        submission: str | None = None,
        pathway: str | None = None,
        patient: dict[str, Any] | None = None,
        **referral: Any,
    ) -> None:
        """The referral row and the patient row of a case, in each month."""
        for month in [months] if isinstance(months, str) else months:
            target = submission or self.month(month, provider)
            person = {"EthnicCategory": "A", "Gender": "2", "PersonBirthDate": "1980-06-15"} | (patient or {})
            self.add("IDS001MPI", target, LocalPatientId=f"P-{name}", OrgID_Provider=provider, **person)
            values = {
                "ServiceRequestId": f"R-{name}",
                "LocalPatientId": f"P-{name}",
                "OrgIDComm": "Z1A",
                "ReferralRequestReceivedDate": received,
                "ServDischDate": discharged,
                "EndCode": "46" if discharged else None,
                "PathwayID": name if pathway is None else pathway,
                "Person_ID": f"1{name}",
            }
            self.add("IDS101Referral", target, **(values | referral))

    def contact(
        self,
        name: str,
        date: str,
        *,
        attendance: str | None = "5",
        kind: str = "02",
        planned: str | None = "Y",
        procedure: str = "304891004",
        scores: dict[str, str] | None = None,
        submission: str | None = None,
        provider: str = PROVIDER,
        identifier: str | None = None,
        time: str = "10:00:00",
        medication: str | None = None,
        language: str | None = None,
        interpreter: str | None = None,
    ) -> None:
        """A contact with one activity, which carries the scores."""
        target = submission or self.month(date[:7], provider)
        contact = identifier or f"C{self.counter}"
        self.add(
            "IDS201CareContact",
            target,
            CareContactId=contact,
            ServiceRequestId=f"R-{name}",
            CareContDate=date,
            CareContTime=time,
            PlannedCareContIndicator=planned,
            AttendOrDNACode=attendance,
            AppType=kind,
            PsychMed=medication,
            LanguageCodeTreat=language,
            InterpreterPresentInd=interpreter,
        )
        self.add(
            "IDS202CareActivity",
            target,
            CareActId=f"A{contact}",
            CareContactId=contact,
            CodeProcAndProcStatus=procedure,
        )
        for tool, score in (scores or {}).items():
            self.add(
                "IDS607CodedScoreAssessmentAct",
                target,
                CareActId=f"A{contact}",
                CodedAssToolType=tool,
                PersScore=score,
            )

    def own_score(self, name: str, date: str, tool: str, score: str, time: str | None = None) -> None:
        """A score outside a contact (IDS606)."""
        self.add(
            "IDS606CodedScoreAssessmentRefer",
            self.month(date[:7]),
            ServiceRequestId=f"R-{name}",
            CodedAssToolType=tool,
            PersScore=score,
            AssToolCompDate=date,
            AssToolCompTime=time,
        )

    def log(self, name: str, start: str, end: str | None, programme: str = "SilverCloud") -> None:
        """An internet therapy log."""
        self.add(
            "IDS205InternetTherLog",
            self.month(start[:7]),
            ServiceRequestId=f"R-{name}",
            StartDateIntEnabledTherLog=start,
            EndDateIntEnabledTherLog=end,
            IntEnabledTherProg=programme,
            DurationIntEnabledTher="10",
        )

    def complaint(
        self, name: str, month: str, code: str, significance: str = "1", date: str = "2016-04-05", **derived: str
    ) -> None:
        """A problem descriptor (IDS603), with what was derived of it centrally."""
        self.add(
            "IDS603PresentingComplaints",
            self.month(month),
            ServiceRequestId=f"R-{name}",
            FindSchemeInUse="01",
            PresComp=code,
            PresCompCodSig=significance,
            PresCompDate=date,
            **derived,
        )

    def expect(self, name: str, **columns: Any) -> None:
        """The hand-calculated answer of a case, by its PathwayID as the marts give it: in upper case.

        A key of fct_episodes only is looked up there.
        """
        self.expected.setdefault(name.upper(), {}).update(columns)

    def course(self, name: str, first: dict[str, str], last: dict[str, str], **referral: Any) -> None:
        """A finished course with two treatment contacts, first scores at the first and last at the second."""
        self.sent(name, "2016-04", **referral)
        self.contact(name, "2016-04-10", scores=first)
        self.contact(name, "2016-04-20", scores=last)

    def write(self, out: Path) -> Path:
        """Writes ``out/v2_1/<table>/rows.csv`` and returns ``out``."""
        for table, rows in self.rows.items():
            names = list(dict.fromkeys(name for row in rows for name in row))
            folder = out / "v2_1" / table
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / "rows.csv").open("w", newline="", encoding="utf-8") as handle:
                writer = csv.DictWriter(handle, names, restval="")
                writer.writeheader()
                writer.writerows(rows)
        return out


@cache
def hand_made() -> Mini:
    """All cases in one data set."""
    mini = Mini()
    _access_and_contacts(mini)
    _submissions_and_identity(mini)
    _scores(mini)
    _scores_within_a_day(mini)
    _first_scores_of_everybody(mini)
    _outcomes(mini)
    _anxiety_measures(mini)
    _people(mini)
    _waits_and_covariates(mini)
    _windows(mini)
    _circumstances(mini)
    _languages(mini)
    return mini


def hand_made_of_values() -> Mini:
    """The cases that hang on identifiers, dates, times and codes about people alone."""
    mini = Mini()
    _submissions_and_identity(mini)
    _scores_within_a_day(mini)
    _anxiety_measures(mini)
    _people(mini)
    _waits_and_covariates(mini)
    _circumstances(mini)
    _persons_of_two_providers(mini)
    _languages(mini)
    return mini


def _persons_of_two_providers(mini: Mini) -> None:
    """A provider that goes on under another code, and a person whom the pseudonym alone names at the second."""
    closing, successor, other = "Z0S01", "Z0S02", "Z0T01"
    for month, provider in [("2016-05", closing), ("2016-06", successor)]:
        mini.sent(
            f"succeeded_{provider}", month, "2016-05-02", None, provider=provider, pathway="", Person_ID="1succeeded"
        )
        mini.contact(f"succeeded_{provider}", f"{month}-10", provider=provider)
    pseudonym = {"Pseudo_NHS_Number": "1pseudonym"}
    mini.sent(
        "known_by_number", "2016-05", "2016-05-02", None, provider=other, patient=pseudonym | {"EthnicCategory": "H"}
    )
    mini.sent("known_again", "2016-06", "2016-06-02", None, provider=other, patient=pseudonym | {"EthnicCategory": "Z"})


def _windows(mini: Mini) -> None:
    """Providers: one submits May and June 2016, one June alone, one April and July, and one stops after May."""
    early, late, patchy, ending = "Z0W01", "Z0W02", "Z0W03", "Z0W04"
    for name, months, received, provider, inside, days in [
        ("before_the_window", ["2016-05", "2016-06"], "2016-04-30", early, False, 61),
        ("first_day_of_the_window", ["2016-05", "2016-06"], "2016-05-01", early, True, 60),
        ("last_day_of_the_window", ["2016-06"], "2016-06-30", early, True, 0),
        ("sent_late", ["2016-06"], "2016-05-31", early, True, 30),
        ("before_the_late_provider", ["2016-06"], "2016-05-31", late, False, 30),
        ("first_day_of_the_late_provider", ["2016-06"], "2016-06-01", late, True, 29),
        ("before_the_gap", ["2016-04"], "2016-04-10", patchy, True, 20),
        ("last_day_before_the_gap", ["2016-04", "2016-07"], "2016-04-30", patchy, True, 0),
        ("first_day_of_the_gap", ["2016-07"], "2016-05-01", patchy, False, 0),
        ("last_day_of_the_gap", ["2016-07"], "2016-06-30", patchy, False, 0),
        ("after_the_gap", ["2016-07"], "2016-07-01", patchy, True, 30),
        ("of_a_provider_that_stops", ["2016-05"], "2016-05-10", ending, True, 21),
    ]:
        mini.sent(name, months, received, None, provider=provider)
        mini.expect(name, is_received_in_window=inside, days_observed=days)
    # Seen from its first day on, by the provider that had it first.
    mini.sent("window_moved", "2016-05", "2016-05-10", None, provider=early)
    mini.sent("window_moved", "2016-06", "2016-05-10", None, provider=late)
    mini.expect("window_moved", provider_code=late, is_received_in_window=True, days_observed=51)
    # It went on at a provider that sent the next month, but both are asked: the gap of the first ends it.
    mini.sent("window_moved_to_the_end", "2016-04", "2016-04-10", None, provider=patchy)
    mini.sent("window_moved_to_the_end", "2016-05", "2016-04-10", None, provider=ending)
    mini.expect("window_moved_to_the_end", provider_code=ending, is_received_in_window=True, days_observed=20)


# Long because each case stands beside its answer by hand.
def _access_and_contacts(mini: Mini) -> None:
    mini.sent("never_seen", "2016-04")
    mini.contact("never_seen", "2016-04-10", attendance="3")
    mini.expect(
        "never_seen",
        care_contact_count=0,
        treatment_contact_count=0,
        offered_contact_count=1,
        attended_contact_count=0,
        is_accessed=False,
        is_course_of_treatment=False,
        is_discharged=True,
        is_finished_course=False,
        first_assessment_date=None,
        first_treatment_date=None,
    )

    mini.sent("assessed_only", "2016-04")
    mini.contact("assessed_only", "2016-04-12", kind="01")
    mini.contact("assessed_only", "2016-04-10", kind="01", attendance="4")
    mini.expect(
        "assessed_only",
        care_contact_count=1,
        treatment_contact_count=0,
        offered_contact_count=1,
        is_accessed=False,
        first_assessment_date="2016-04-12",
    )

    mini.sent("one_treatment", "2016-04")
    mini.contact("one_treatment", "2016-04-12", kind="03")
    mini.expect(
        "one_treatment",
        treatment_contact_count=1,
        is_accessed=True,
        is_course_of_treatment=False,
        is_finished_course=False,
        first_assessment_date="2016-04-12",
        first_treatment_date="2016-04-12",
        second_treatment_date=None,
        last_treatment_date="2016-04-12",
    )

    mini.sent("two_on_one_day", "2016-04")
    mini.contact("two_on_one_day", "2016-04-12", time="09:00:00")
    mini.contact("two_on_one_day", "2016-04-12", time="15:00:00")
    mini.contact("two_on_one_day", "2016-04-19", time="15:00:00")
    mini.expect(
        "two_on_one_day",
        treatment_contact_count=3,
        is_finished_course=True,
        first_treatment_date="2016-04-12",
        second_treatment_date="2016-04-12",
        last_treatment_date="2016-04-19",
        first_assessment_date=None,
        days_referral_to_assessment=7,
        days_assessment_to_next_treatment=7,
    )

    mini.sent("still_open", "2016-04", discharged=None)
    mini.contact("still_open", "2016-04-12")
    mini.contact("still_open", "2016-04-19")
    mini.expect("still_open", is_course_of_treatment=True, is_discharged=False, is_finished_course=False)

    mini.sent("attendance_codes", "2016-04")
    for day, code in enumerate([" 5", "05", "6 ", "7", "2", "3", "4", None], start=10):
        mini.contact("attendance_codes", f"2016-04-{day}", attendance=code)
    mini.contact("attendance_codes", "2016-04-26", attendance=None, planned="N")
    mini.contact("attendance_codes", "2016-04-27", attendance="3", planned="N")
    mini.expect(
        "attendance_codes",
        attended_contact_count=3,
        offered_contact_count=7,
        care_contact_count=5,
        treatment_contact_count=5,
        proportion_attended=3 / 7,
        last_treatment_date="2016-04-27",
    )

    mini.sent("appointment_types", "2016-04")
    for day, code in enumerate(["2", "02 ", "03", " 5", "01", "04", "06", "07"], start=10):
        mini.contact("appointment_types", f"2016-04-{day}", kind=code)
    mini.expect(
        "appointment_types",
        care_contact_count=8,
        treatment_contact_count=4,
        first_assessment_date="2016-04-12",
        last_treatment_date="2016-04-13",
        days_assessment_to_next_treatment=1,
    )

    mini.sent("employment_support", "2016-04")
    mini.contact("employment_support", "2016-04-10", procedure=oracle.EMPLOYMENT_SUPPORT)
    mini.contact("employment_support", "2016-04-11")
    mini.expect(
        "employment_support",
        care_contact_count=2,
        treatment_contact_count=1,
        is_accessed=True,
        is_finished_course=False,
    )

    mini.sent("dates_at_the_edge", "2016-04", received="2016-04-05", discharged="2016-04-20")
    for day in ["04", "05", "20", "21"]:
        mini.contact("dates_at_the_edge", f"2016-04-{day}")
    mini.expect(
        "dates_at_the_edge",
        care_contact_count=2,
        treatment_contact_count=2,
        attended_contact_count=2,
        offered_contact_count=2,
        first_treatment_date="2016-04-05",
        last_treatment_date="2016-04-20",
    )

    mini.sent("internet_logs", "2016-04", received="2016-04-05", discharged="2016-04-20")
    mini.log("internet_logs", "2016-04-04", "2016-04-11")
    mini.log("internet_logs", "2016-04-05", "2016-04-12")
    mini.log("internet_logs", "2016-04-06", None)
    mini.log("internet_logs", "2016-04-20", "2016-04-27")
    mini.log("internet_logs", "2016-04-21", "2016-04-28")
    mini.contact("internet_logs", "2016-04-11", kind="01", attendance="3")
    mini.expect(
        "internet_logs",
        care_contact_count=2,
        treatment_contact_count=2,
        offered_contact_count=1,
        attended_contact_count=0,
        is_finished_course=True,
        first_treatment_date="2016-04-05",
        second_treatment_date=None,
        last_treatment_date=None,
        proportion_attended=0.0,
    )

    # A log may be the first treatment; the second and the last are contacts.
    mini.sent("log_and_contacts", "2016-04", received="2016-04-05", discharged="2016-04-30")
    mini.log("log_and_contacts", "2016-04-06", "2016-04-12")
    mini.contact("log_and_contacts", "2016-04-08")
    mini.log("log_and_contacts", "2016-04-13", "2016-04-19")
    mini.contact("log_and_contacts", "2016-04-15")
    mini.log("log_and_contacts", "2016-04-20", "2016-04-26")
    mini.expect(
        "log_and_contacts",
        treatment_contact_count=5,
        first_treatment_date="2016-04-06",
        second_treatment_date="2016-04-15",
        last_treatment_date="2016-04-15",
    )

    mini.sent("logs_alone", "2016-04")
    mini.log("logs_alone", "2016-04-10", "2016-04-16", "SilverCloud")
    mini.log("logs_alone", "2016-04-10", "2016-04-16", "Minddistrict")
    mini.expect(
        "logs_alone", treatment_contact_count=2, offered_contact_count=0, proportion_attended=None, is_paired=False
    )


# Long because each case stands beside its answer by hand.
def _submissions_and_identity(mini: Mini) -> None:
    # Refresh beats Primary even when made earlier; what stood only in the Primary does not count.
    primary = mini.submission("2016-05", "Z0B01", "Primary", "2016-07-01 00:00:00")
    refresh = mini.submission("2016-05", "Z0B01", "Refresh", "2016-06-30 00:00:00")
    for target, end in [(primary, None), (refresh, "2016-05-30")]:
        mini.sent("refreshed", "2016-05", "2016-05-02", end, provider="Z0B01", submission=target)
        mini.contact("refreshed", "2016-05-10", submission=target, provider="Z0B01", identifier="1")
    mini.contact("refreshed", "2016-05-11", submission=primary, provider="Z0B01", identifier="2")
    mini.expect("refreshed", treatment_contact_count=1, is_discharged=True, discharge_date="2016-05-30")

    # Two Primary submissions: the one created later; equal times: the higher id.
    early = mini.submission("2016-06", "Z0B01", "Primary", "2016-07-02 00:00:00")
    late = mini.submission("2016-06", "Z0B01", "Primary", "2016-07-01 00:00:00")
    for target, code in [(early, "47"), (late, "46")]:
        mini.sent(
            "created_later", "2016-06", "2016-06-02", "2016-06-20", provider="Z0B01", submission=target, EndCode=code
        )
    mini.expect("created_later", end_code="47")
    for code in ["46", "47"]:
        target = mini.submission("2016-07", "Z0B01")
        mini.sent("higher_id", "2016-07", "2016-07-02", "2016-07-20", provider="Z0B01", submission=target, EndCode=code)
    mini.expect("higher_id", end_code="47")

    mini.sent("stray", "2016-04", pathway="no_header", submission="9999")

    # The same local contact id in another month is another contact.
    mini.sent("reused_ids", ["2016-04", "2016-05"], discharged="2016-05-20")
    mini.contact("reused_ids", "2016-04-12", identifier="7")
    mini.contact("reused_ids", "2016-05-12", identifier="7", scores={PHQ9: "12"})
    mini.expect(
        "reused_ids",
        treatment_contact_count=2,
        first_treatment_date="2016-04-12",
        last_treatment_date="2016-05-12",
        phq9_first=12,
        phq9_last=None,
    )

    # Re-traced: the pathway of the latest month names it, and the contacts of earlier months stay with it.
    mini.sent("retraced", "2016-04", discharged=None, pathway="retraced_before")
    mini.sent("retraced", "2016-05", discharged="2016-05-20", pathway="retraced_after", Person_ID="1after")
    mini.sent("retraced", "2016-06", discharged="2016-05-20", pathway=" ", Person_ID="1AFTER")
    mini.contact("retraced", "2016-04-12")
    mini.contact("retraced", "2016-05-12")
    mini.expect("retraced_after", treatment_contact_count=2, person_id="1AFTER", is_finished_course=True)

    # Without a PathwayID a changed LocalPatientId of one Person_ID keeps its referral; a one-off one tells nothing.
    for name, person in [("renamed", "1renamed"), ("one_off", "X1")]:
        for month, patient in [("2016-04", "before"), ("2016-05", "after")]:
            end = "2016-05-28" if month == "2016-05" else None
            target = mini.month(month)
            values = {"LocalPatientId": f"P-{name}-{patient}", "Person_ID": person}
            mini.add("IDS001MPI", target, EthnicCategory="A", Gender="2", PersonBirthDate="1980-06-15", **values)
            mini.add(
                "IDS101Referral",
                target,
                ServiceRequestId=f"R-{name}",
                OrgIDComm="Z1A",
                ReferralRequestReceivedDate="2016-04-05",
                ServDischDate=end,
                PathwayID=None,
                **values,
            )
            mini.contact(name, f"{month}-12")
    mini.expect(f"{PROVIDER}|R-renamed", treatment_contact_count=2, is_finished_course=True)
    mini.expect(f"{PROVIDER}|R-one_off", treatment_contact_count=1, is_finished_course=False)
    mini.expect(f"{PROVIDER}|R-one_off|2", treatment_contact_count=1, is_finished_course=False)

    mini.sent("unnamed", "2016-04", pathway="")
    mini.expect(f"{PROVIDER}|R-unnamed", is_accessed=False)

    # One pathway at two providers: the latest month's row holds; on a tie the lower provider code.
    for provider, end in [("Z0C02", "2016-05-25"), ("Z0C01", "2016-05-20")]:
        mini.sent("shared_tie", "2016-05", "2016-05-02", end, provider=provider)
    mini.contact("shared_tie", "2016-05-10", provider="Z0C01")
    mini.contact("shared_tie", "2016-05-11", provider="Z0C02")
    mini.contact("shared_tie", "2016-05-22", provider="Z0C02")
    mini.expect("shared_tie", provider_code="Z0C01", discharge_date="2016-05-20", treatment_contact_count=2)

    mini.sent("moved", "2016-05", "2016-05-02", None, provider="Z0C01")
    mini.sent("moved", "2016-06", "2016-05-20", None, provider="Z0C02")
    mini.contact("moved", "2016-05-10", provider="Z0C01")
    mini.contact("moved", "2016-05-25", provider="Z0C01")
    mini.contact("moved", "2016-06-10", provider="Z0C02")
    mini.expect(
        "moved",
        provider_code="Z0C02",
        referral_received_date="2016-05-20",
        treatment_contact_count=2,
        is_discharged=False,
    )

    # A code that came with a discharge still to come is that of the discharge, where later months leave it blank.
    for name, days, codes, end in [
        ("to_come", ["2016-05-31", "2016-05-31"], ["47", None], "47"),
        ("to_come_twice", ["2016-06-30", "2016-06-30", "2016-06-30"], ["47", None, " "], "47"),
        ("moved", ["2016-05-31", "2016-05-30"], ["47", None], None),
        ("corrected", ["2016-05-31", "2016-05-31"], ["47", "46"], "46"),
        ("still_to_come", ["2016-06-01", "2016-06-01"], ["47", None], "47"),
    ]:
        for number, (day, code) in enumerate(zip(days, codes, strict=True)):
            mini.sent(f"code_{name}", f"2016-{4 + number:02d}", discharged=day, EndCode=code)
        mini.expect(f"code_{name}", end_code=end, is_discharged=name != "still_to_come")

    # A discharge that the latest month takes back.
    mini.sent("reopened", "2016-04", discharged="2016-04-20")
    mini.sent("reopened", "2016-05", discharged=None)
    mini.expect("reopened", is_discharged=False, discharge_date=None, end_code=None)


def _scores(mini: Mini) -> None:
    mini.course("score_texts", {PHQ9: " 12 ", GAD7: "21"}, {PHQ9: "012", GAD7: "22"})
    mini.expect("score_texts", phq9_first=12, phq9_last=12, gad7_first=21, gad7_last=None, is_paired=False)

    mini.sent("scores_refused", "2016-04")
    for day, score in enumerate(["28", "-1", "x", "5.5", "1e", "27", "0"], start=10):
        mini.contact("scores_refused", f"2016-04-{day}", scores={PHQ9: score})
    mini.expect("scores_refused", phq9_first=27, phq9_last=0)

    mini.course("one_score", {PHQ9: "15", GAD7: "9"}, {GAD7: "5"})
    mini.expect(
        "one_score",
        phq9_first=15,
        phq9_last=None,
        gad7_last=5,
        is_paired=False,
        is_at_caseness=True,
        is_recovered=False,
        is_reliably_improved=False,
    )

    # Scores count at attended contacts of any type, but not outside the referral's dates.
    mini.sent("scores_at_any_contact", "2016-04", received="2016-04-05", discharged="2016-04-20")
    mini.contact("scores_at_any_contact", "2016-04-04", scores={PHQ9: "27"})
    mini.contact("scores_at_any_contact", "2016-04-05", attendance="3", kind="01", scores={PHQ9: "21"})
    mini.contact("scores_at_any_contact", "2016-04-06", attendance=None, planned="N", kind="01", scores={PHQ9: "20"})
    mini.contact("scores_at_any_contact", "2016-04-10")
    mini.contact("scores_at_any_contact", "2016-04-11")
    mini.contact("scores_at_any_contact", "2016-04-20", kind="06", scores={PHQ9: "7"})
    mini.contact("scores_at_any_contact", "2016-04-21", scores={PHQ9: "1"})
    mini.own_score("scores_at_any_contact", "2016-04-22", PHQ9, "2")
    mini.expect("scores_at_any_contact", phq9_first=20, phq9_last=7, treatment_contact_count=2)

    mini.course("other_tool", {PHQ9: "12", GAD7: "12", WSAS: "8"}, {PHQ9: "11", GAD7: "11", "000": "3"})
    mini.expect("other_tool", wsas_first=None, phq9_last=11, anxiety_measure="GAD7", anxiety_first=12, anxiety_last=11)


def _first_scores_of_everybody(mini: Mini) -> None:
    """Who was seen once, or still is, has first scores and circumstances too; WSAS takes all of its five questions."""
    for name, work, others, total in [
        ("wsas_all_five", "8", ["8", "8", "8", "8"], 40.0),
        ("wsas_without_work", "9", ["8", "8", "8", "7"], 38.75),
        ("wsas_lowest", "0", ["0", "0", "0", "0"], 0.0),
        ("wsas_one_out_of_range", "5", ["9", "1", "1", "1"], None),
        ("wsas_one_missing", "5", ["1", "1", "1"], None),
    ]:
        mini.sent(name, "2016-04", discharged=None)
        scores = {WSAS: work, **dict(zip(other_questions(), others, strict=False)), PHQ9: "20"}
        mini.contact(name, "2016-04-12", kind="01", scores=scores, medication="02")
        mini.expect(
            name,
            is_accessed=False,
            is_finished_course=False,
            phq9_first=20,
            gad7_first=None,
            wsas_first=total,
            psychotropic_medication="prescribed and taking",
            employment_status_code=None,
            has_long_term_condition=None,
        )

    # A question that was out of range at first is taken from the next time that it was answered.
    mini.sent("wsas_over_two_days", "2016-04")
    mini.contact("wsas_over_two_days", "2016-04-12", scores={WSAS: "10", **dict.fromkeys(other_questions(), "2")})
    mini.contact("wsas_over_two_days", "2016-04-20", scores={WSAS: "4", **dict.fromkeys(other_questions(), "8")})
    mini.expect("wsas_over_two_days", wsas_first=12.0, phq9_first=None)


def other_questions() -> list[str]:
    """The four questions of WSAS beside work."""
    return ["932581000000100", "932611000000106", "932591000000103", "932601000000109"]


# Long because each case stands beside its answer by hand.
def _scores_within_a_day(mini: Mini) -> None:
    mini.sent("scores_on_one_day", "2016-04")
    mini.contact("scores_on_one_day", "2016-04-10", time="09:00:00", scores={PHQ9: "11"})
    mini.contact("scores_on_one_day", "2016-04-10", time="", scores={PHQ9: "13"})
    mini.contact("scores_on_one_day", "2016-04-20", time="14:00:00", scores={PHQ9: "3", GAD7: "4"})
    mini.contact("scores_on_one_day", "2016-04-20", time="09:00:00", scores={PHQ9: "5", GAD7: "6"})
    mini.own_score("scores_on_one_day", "2016-04-10", PHQ9, "17", "18:00:00")
    mini.own_score("scores_on_one_day", "2016-04-20", PHQ9, "1", "18:00:00")
    mini.expect("scores_on_one_day", phq9_first=13, phq9_last=1, gad7_first=6, gad7_last=4)

    # Without a time the IDS606 row comes first, at the time of the contact before it, with a later time after it.
    for name, time, first in [("untimed", None, 17), ("same_time", "10:00:00", 17), ("later", "20:00:00", 11)]:
        mini.sent(f"own_score_{name}", "2016-04")
        mini.contact(f"own_score_{name}", "2016-04-10", scores={PHQ9: "11"})
        mini.contact(f"own_score_{name}", "2016-04-20", scores={PHQ9: "3"})
        mini.own_score(f"own_score_{name}", "2016-04-10", PHQ9, "17", time)
        mini.expect(f"own_score_{name}", phq9_first=first, phq9_last=3)

    # One session, in both tables: one score, whatever the time; another score of that day is another.
    for name, score, time, last in [("same", "9", "20:00:00", None), ("other", "8", "20:00:00", 8)]:
        mini.sent(f"both_tables_{name}", "2016-04")
        mini.contact(f"both_tables_{name}", "2016-04-10", scores={PHQ9: "9"})
        mini.contact(f"both_tables_{name}", "2016-04-20")
        mini.own_score(f"both_tables_{name}", "2016-04-10", PHQ9, score, time)
        mini.expect(f"both_tables_{name}", phq9_first=9, phq9_last=last)
    # The session's contact says no time: the referral's row does, or another one of the day is earlier.
    for name, time, others, first, last in [
        ("untimed", "", [("09:00:00", "15"), ("20:00:00", "8")], 15, 8),
        ("untimed_twice", "", [("09:00:00", "15"), ("19:00:00", "8"), ("20:00:00", "8")], 15, 8),
        ("untimed_in_both", "", [(None, "8"), ("09:00:00", "15")], 8, 15),
        ("timed", "08:00:00", [("09:00:00", "15"), ("20:00:00", "8")], 8, 15),
    ]:
        mini.sent(f"both_tables_{name}", "2016-04")
        mini.contact(f"both_tables_{name}", "2016-04-10", time=time, scores={PHQ9: "8"})
        for other, score in others:
            mini.own_score(f"both_tables_{name}", "2016-04-10", PHQ9, score, other)
        mini.contact(f"both_tables_{name}", "2016-04-20")
        mini.expect(f"both_tables_{name}", phq9_first=first, phq9_last=last)
    mini.sent("both_tables_missed", "2016-04")
    mini.contact("both_tables_missed", "2016-04-10")
    mini.contact("both_tables_missed", "2016-04-20")
    mini.contact("both_tables_missed", "2016-04-21", attendance="3", scores={PHQ9: "9"})
    mini.own_score("both_tables_missed", "2016-04-21", PHQ9, "9")
    mini.expect("both_tables_missed", phq9_first=9, phq9_last=None)

    # A questionnaire that both activities of a session carry is one; alone it makes no pair.
    mini.sent("carried_twice", "2016-04")
    mini.contact("carried_twice", "2016-04-10", identifier="S1", scores={PHQ9: "15"})
    mini.contact("carried_twice", "2016-04-20")
    again = mini.month("2016-04")
    mini.add("IDS202CareActivity", again, CareActId="AS2", CareContactId="S1", CodeProcAndProcStatus="304891004")
    mini.add("IDS607CodedScoreAssessmentAct", again, CareActId="AS2", CodedAssToolType=PHQ9, PersScore="15")
    mini.expect("carried_twice", phq9_first=15, phq9_last=None, is_paired=False)

    # In order within the day without the IDS606 row: the contact without a time comes first.
    mini.sent("no_time_first", "2016-04")
    mini.contact("no_time_first", "2016-04-10", time="09:00:00", scores={PHQ9: "11"})
    mini.contact("no_time_first", "2016-04-10", time="", scores={PHQ9: "13"})
    mini.expect("no_time_first", phq9_first=13, phq9_last=11)

    # At one time the lower score comes first, whatever its row is called.
    mini.sent("two_at_one_time", "2016-04")
    for contact, score in [("1", "14"), ("2", "9")]:
        mini.contact("two_at_one_time", "2016-04-10", identifier=f"T{contact}", scores={PHQ9: score})
    for contact, score in [("3", "7"), ("4", "5")]:
        mini.contact("two_at_one_time", "2016-04-20", identifier=f"T{contact}", scores={PHQ9: score})
    mini.expect("two_at_one_time", phq9_first=9, phq9_last=7)


def _outcomes(mini: Mini) -> None:
    """Name, first PHQ-9 and GAD-7, last PHQ-9 and GAD-7, then the statuses by their first letters."""
    cases = [
        # name, p1, g1, p2, g2, caseness, recovered, improved, deteriorated, mixed
        ("at_both_cut_offs", 10, 8, 9, 7, True, True, False, False, False),
        ("below_both_cut_offs", 9, 7, 9, 7, False, False, False, False, False),
        ("case_by_phq9_alone", 10, 7, 9, 7, True, True, False, False, False),
        ("case_by_gad7_alone", 9, 8, 9, 7, True, True, False, False, False),
        ("last_phq9_at_cut_off", 16, 12, 10, 7, True, False, True, False, False),
        ("last_gad7_at_cut_off", 16, 12, 9, 8, True, False, True, False, False),
        ("phq9_down_by_six", 15, 5, 9, 5, True, True, True, False, False),
        ("phq9_down_by_five", 14, 5, 9, 5, True, True, False, False, False),
        ("gad7_down_by_four", 5, 11, 5, 7, True, True, True, False, False),
        ("gad7_down_by_three", 5, 10, 5, 7, True, True, False, False, False),
        ("phq9_up_by_six", 5, 5, 11, 5, False, False, False, True, False),
        ("phq9_up_by_five", 5, 5, 10, 5, False, False, False, False, False),
        ("gad7_up_by_four", 5, 5, 5, 9, False, False, False, True, False),
        ("one_up_one_down", 15, 3, 9, 7, True, True, False, False, True),
        ("one_down_one_up", 5, 12, 11, 8, True, False, False, False, True),
        ("one_down_other_a_bit_up", 20, 10, 14, 13, True, False, True, False, False),
        ("not_a_case_improved", 9, 5, 3, 5, False, False, True, False, False),
    ]
    for name, p1, g1, p2, g2, caseness, recovered, improved, deteriorated, mixed in cases:
        mini.course(name, {PHQ9: str(p1), GAD7: str(g1)}, {PHQ9: str(p2), GAD7: str(g2)})
        mini.expect(
            name,
            is_paired=True,
            is_at_caseness=caseness,
            is_recovered=recovered,
            is_reliably_improved=improved,
            is_reliably_deteriorated=deteriorated,
            has_mixed_reliable_change=mixed,
            is_reliably_recovered=recovered and improved,
        )

    mini.course("caseness_unknown", {PHQ9: "9"}, {PHQ9: "3"})
    mini.expect("caseness_unknown", is_at_caseness=None, is_paired=False, is_recovered=False, anxiety_first=None)
    mini.course("case_by_one_known", {PHQ9: "10"}, {PHQ9: "3"})
    mini.expect("case_by_one_known", is_at_caseness=True, is_paired=False, is_recovered=False)
    mini.course("no_scores", {}, {})
    mini.expect("no_scores", is_at_caseness=None, is_paired=False, phq9_first=None, anxiety_measure="GAD7")

    for name, code, dropped in [
        ("end_47", "47 ", True),
        ("end_16", "16", True),
        ("end_46", "46", False),
        ("end_48", "48", False),
        ("end_none", None, None),
        ("end_blank", "  ", None),
        ("end_not_known", "96", None),
        ("end_unlisted", "Q7", None),
    ]:
        mini.course(name, {}, {}, EndCode=code)
        mini.expect(name, is_dropped_out=dropped, end_code=(code or "").strip() or None, is_finished_course=True)


# Long because each case stands beside its answer by hand.
def _anxiety_measures(mini: Mini) -> None:
    both = {PHQ9: "12", GAD7: "12"}
    specific = [
        # name, code, token, tool, first, last, caseness of the measure, improved, deteriorated
        ("social_phobia", "F40.1", "SocialPhobia", SPIN, "19", "9", True, True, False),
        ("panic", "f410", "PanicDisorder", PDSS, "8", "4", True, False, False),
        ("obsessions", "F42.2", "OCD", OCI, "40", "8", True, True, False),
        ("trauma", " F43.1 ", "PTSD", PCL5, "31", "41", False, False, True),
        ("health_anxiety", "F45.2", "AnxietyInventory", HAI, "17", "13", False, True, False),
        ("agoraphobia", "F40.0", "AgoraAlone", MI, "3.00", "2.27", True, True, False),
        ("agoraphobia_short", "F400", "AgoraAlone", MI, "3.00", "2.28", True, False, False),
    ]
    for name, code, token, tool, first, last, is_case, improved, deteriorated in specific:
        mini.course(name, {PHQ9: "5", GAD7: "2", tool: first}, {PHQ9: "5", GAD7: "2", tool: last})
        mini.complaint(name, "2016-04", code)
        mini.expect(
            name,
            anxiety_measure=token,
            anxiety_first=float(first),
            anxiety_last=float(last),
            gad7_first=2,
            is_paired=True,
            is_at_caseness=is_case,
            is_recovered=is_case,
            is_reliably_improved=improved,
            is_reliably_deteriorated=deteriorated,
        )

    mini.course("specific_without_last", {**both, SPIN: "30"}, {PHQ9: "5", GAD7: "5"})
    mini.complaint("specific_without_last", "2016-04", "F401")
    mini.expect("specific_without_last", anxiety_measure="GAD7", anxiety_first=12, anxiety_last=5, is_recovered=True)

    mini.course("specific_out_of_range", {**both, SPIN: "30"}, {PHQ9: "5", GAD7: "5", SPIN: "69"})
    mini.complaint("specific_out_of_range", "2016-04", "F401")
    mini.expect("specific_out_of_range", anxiety_measure="GAD7", anxiety_last=5)

    mini.course("no_measure_at_all", {PHQ9: "5", SPIN: "30"}, {PHQ9: "5"})
    mini.complaint("no_measure_at_all", "2016-04", "F401")
    mini.expect(
        "no_measure_at_all",
        anxiety_measure="GAD7",
        anxiety_first=None,
        anxiety_last=None,
        is_paired=False,
        is_at_caseness=None,
    )

    mini.course("primary_first", {**both, SPIN: "30", PDSS: "20"}, {**both, SPIN: "10", PDSS: "10"})
    mini.complaint("primary_first", "2016-04", "F410", "2", "2016-04-20")
    mini.complaint("primary_first", "2016-04", "F401", "1", "2016-04-05")
    mini.expect("primary_first", anxiety_measure="SocialPhobia")

    mini.course("latest_date", {**both, SPIN: "30", PDSS: "20"}, {**both, SPIN: "10", PDSS: "10"})
    mini.complaint("latest_date", "2016-04", "F410", "1", "2016-04-06")
    mini.complaint("latest_date", "2016-04", "F401", "1", "2016-04-05")
    mini.expect("latest_date", anxiety_measure="PanicDisorder")

    # 01 is primary, and what is neither primary nor secondary comes last.
    for name, social, panic, measure in [
        ("zero_before", ("01", "2016-04-05"), ("02", "2016-04-06"), "SocialPhobia"),
        ("neither", ("2", "2016-04-05"), ("", "2016-04-06"), "SocialPhobia"),
    ]:
        name = f"complaint_{name}"
        mini.course(name, {**both, SPIN: "30", PDSS: "20"}, {**both, SPIN: "10", PDSS: "10"})
        mini.complaint(name, "2016-04", "F401", *social)
        mini.complaint(name, "2016-04", "F410", *panic)
        mini.expect(name, anxiety_measure=measure)

    # Alike in all else: the highest identifier, as a number, not the highest code or the last row.
    for name, identifiers, measure in [
        ("highest", ["9", "10"], "SocialPhobia"),
        ("highest_first", ["10", "9"], "PanicDisorder"),
        ("longer", ["1000000000000000009", "1000000000000000010"], "SocialPhobia"),
        ("missing", ["1", ""], "PanicDisorder"),
    ]:
        name = f"identifier_{name}"
        mini.course(name, {**both, SPIN: "30", PDSS: "20"}, {**both, SPIN: "10", PDSS: "10"})
        for identifier, code in zip(identifiers, ["F410", "F401"], strict=True):
            mini.complaint(name, "2016-04", code, "1", "2016-04-05", UniqueID_IDS603=identifier)
        mini.expect(name, anxiety_measure=measure)

    # A row without a code says nothing, be it primary and of the latest month.
    name = "blank_descriptor"
    mini.sent(name, ["2016-04", "2016-05"], discharged="2016-05-20")
    mini.contact(name, "2016-04-10", scores={**both, SPIN: "30"})
    mini.contact(name, "2016-04-20", scores={**both, SPIN: "10"})
    mini.complaint(name, "2016-04", "F401", "2")
    mini.complaint(name, "2016-04", " ", "1")
    mini.complaint(name, "2016-05", "", "1")
    mini.expect(name, anxiety_measure="SocialPhobia")

    # A primary one of an earlier month goes before a secondary of a later; of two primary ones the later speaks.
    name = "latest_month"
    mini.sent(name, ["2016-04", "2016-05", "2016-06"], discharged="2016-06-20")
    mini.contact(name, "2016-04-10", scores={**both, SPIN: "30", PDSS: "20"})
    mini.contact(name, "2016-04-20", scores={**both, SPIN: "10", PDSS: "10"})
    mini.complaint(name, "2016-04", "F401", "1", "2016-04-30")
    mini.complaint(name, "2016-05", "F410", "2", "2016-05-05")
    mini.expect(name, anxiety_measure="SocialPhobia", anxiety_first=30, anxiety_last=10)

    name = "later_month"
    mini.sent(name, ["2016-04", "2016-05", "2016-06"], discharged="2016-06-20")
    mini.contact(name, "2016-04-10", scores={**both, SPIN: "30", PDSS: "20"})
    mini.contact(name, "2016-04-20", scores={**both, SPIN: "10", PDSS: "10"})
    mini.complaint(name, "2016-04", "F401", "1", "2016-04-30")
    mini.complaint(name, "2016-05", "F410", "1", "2016-04-05")
    mini.expect(name, anxiety_measure="PanicDisorder", anxiety_first=20, anxiety_last=10)

    # A complaint in SNOMED finds its measure by the ICD-10 code that it was mapped to, or as it was validated.
    for name, derived in [
        ("mapped", {"PresentingComplaintCode_ICD10_Mapped": "F40.1"}),
        ("validated", {"Validated_PresentingComplaint": "F401"}),
        ("mapped_first", {"PresentingComplaintCode_ICD10_Mapped": "F401", "Validated_PresentingComplaint": "F410"}),
        ("marks", {"PresentingComplaintCode_ICD10_Mapped": "-1", "Validated_PresentingComplaint": "F401"}),
    ]:
        mini.course(f"snomed_{name}", {**both, SPIN: "30"}, {**both, SPIN: "10"})
        mini.complaint(f"snomed_{name}", "2016-04", "25501002", **derived)
        mini.expect(f"snomed_{name}", anxiety_measure="SocialPhobia", anxiety_first=30, anxiety_last=10)
    mini.course("snomed_invalid", {**both, SPIN: "30"}, {**both, SPIN: "10"})
    mini.complaint("snomed_invalid", "2016-04", "F401", Validated_PresentingComplaint="-3")
    mini.expect("snomed_invalid", anxiety_measure="SocialPhobia")

    mini.course("other_descriptor", {**both, SPIN: "30"}, {**both, SPIN: "10"})
    mini.complaint("other_descriptor", "2016-04", "F41.1")
    mini.expect("other_descriptor", anxiety_measure="GAD7", anxiety_first=12)


# Long because each case stands beside its answer by hand.
def _people(mini: Mini) -> None:
    ethnicity = {
        "lower_case": ("a", "A", "valid"),
        "spaced": (" S ", "S", "valid"),
        "refused": ("Z", None, "not_stated"),
        "nine": ("9", None, "not_known"),
        "ninety_nine": (" 99", None, "not_known"),
        "blank": (None, None, "missing"),
        "space_only": ("  ", None, "missing"),
        "nought": ("0", None, "missing"),
        "run_of_letters": ("AB", None, "invalid"),
        "letter_i": ("I", None, "invalid"),
        "letter_o": ("O", None, "invalid"),
        "letter_q": ("Q", None, "invalid"),
        "dash_one": ("-1", None, "invalid"),
        "number": ("7", None, "invalid"),
    }
    for name, (raw, code, status) in ethnicity.items():
        mini.sent(f"ethnicity_{name}", "2016-04", patient={"EthnicCategory": raw})
        mini.expect(f"ethnicity_{name}", ethnic_category_code=code, ethnicity_recording_status=status)

    recoded = {
        "stated_later": (["Z", "H"], "H", "valid"),
        "withdrawn": (["H", "Z"], "H", "valid"),
        "changed": (["H", "J"], "J", "valid"),
        "never_valid": (["X", "Z"], None, "not_stated"),
        "lost": (["Z", None], None, "missing"),
    }
    for name, (codes, code, status) in recoded.items():
        for month, raw in zip(["2016-04", "2016-05"], codes, strict=True):
            mini.sent(f"recoded_{name}", month, discharged=None, patient={"EthnicCategory": raw})
        mini.expect(f"recoded_{name}", ethnic_category_code=code, ethnicity_recording_status=status)

    ages = {
        "day_before_birthday": ("1998-04-06", "2016-04-05", None, 17),
        "birthday": ("1998-04-05", "2016-04-05", None, 18),
        "leap_day_eve": ("1996-02-29", "2017-02-28", None, 20),
        "leap_day_after": ("1996-02-29", "2017-03-01", None, 21),
        "given_age": (None, "2016-04-05", "34", 34),
        "birth_date_wins": ("1980-06-15", "2016-04-05", "99", 35),
        "no_age": (None, "2016-04-05", None, None),
    }
    for name, (birth, received, given, age) in ages.items():
        mini.sent(
            f"age_{name}",
            received[:7],
            received,
            None,
            patient={"PersonBirthDate": birth},
            Age_ReferralRequest_ReceivedDate=given,
        )
        mini.expect(f"age_{name}", age_at_referral=age)

    # Three patients are one person: by the pseudonym, and by an identifier that another provider sends with it.
    for name, provider, months, code, person, pseudonym in [
        ("pair_of_both", "Z0U01", ["2016-05", "2016-06"], "H", "1pair", "1pseudo"),
        ("pair_of_number", "Z0U02", ["2016-06"], "J", "1pair", None),
        ("pair_of_pseudonym", "Z0U03", ["2016-06"], "Z", "X9", "1pseudo"),
        ("pair_of_nobody", "Z0U03", ["2016-06"], "J", "X9", None),
    ]:
        patient = {"EthnicCategory": code, "Person_ID": person, "Pseudo_NHS_Number": pseudonym}
        mini.sent(name, months, "2016-05-05", None, provider=provider, patient=patient, Person_ID=person)
        mini.expect(name, ethnic_category_code="J" if name == "pair_of_nobody" else "H")

    for raw, label in [("1", "male"), ("2", "female"), ("9", "indeterminate"), ("X", "not known"), (None, "not known")]:
        mini.sent(f"gender_{raw}", "2016-04", patient={"Gender": raw})
        mini.expect(f"gender_{raw}", gender=label)

    for received, year in [("2016-03-31", "2015-16"), ("2016-04-01", "2016-17"), ("2000-02-01", "1999-00")]:
        mini.sent(f"year_of_{received}", "2016-04", received)
        mini.expect(f"year_of_{received}", referral_financial_year=year)


def _waits_and_covariates(mini: Mini) -> None:
    mini.sent("waits", "2016-04", received="2016-04-05")
    mini.contact("waits", "2016-04-05", kind="03")
    mini.contact("waits", "2016-04-05")
    mini.contact("waits", "2016-04-19")
    mini.expect("waits", days_referral_to_assessment=0, days_assessment_to_next_treatment=14)

    mini.sent("no_next_treatment", "2016-04", received="2016-04-05")
    mini.contact("no_next_treatment", "2016-04-10")
    mini.contact("no_next_treatment", "2016-04-12")
    mini.contact("no_next_treatment", "2016-04-12", kind="01")
    mini.expect("no_next_treatment", days_referral_to_assessment=5, days_assessment_to_next_treatment=2)

    # An assessment after the first treatment, or none, decides no wait; one on the same day does.
    for name, days, wait, following in [
        ("late", ["14 02", "21 02", "28 03"], 9, 7),
        ("same_day", ["14 02", "14 01", "21 02"], 9, 7),
        ("none", ["14 02", "15 02"], 9, 1),
        ("one_day", ["14 03", "14 02"], 9, None),
    ]:
        mini.sent(f"assessment_{name}", "2016-04", received="2016-04-05", discharged="2016-04-30")
        for day, kind in (text.split() for text in days):
            mini.contact(f"assessment_{name}", f"2016-04-{day}", kind=kind)
        mini.expect(f"assessment_{name}", days_referral_to_assessment=wait, days_assessment_to_next_treatment=following)

    for name, codes, label in [
        ("prescribed", ["UU", "01", "03"], "prescribed but not taking"),
        ("taking", ["2"], "prescribed and taking"),
        ("none", ["3 ", "02"], "not prescribed"),
        ("unknown", ["UU", "ZZ", "00", None], "not known"),
    ]:
        mini.course(f"medication_{name}", {}, {})
        mini.contact(f"medication_{name}", "2016-04-04", medication="02" if name == "none" else "03")
        for day, code in enumerate(codes, start=21):
            mini.contact(f"medication_{name}", f"2016-04-{day}", medication=code)
        mini.expect(f"medication_{name}", psychotropic_medication=label)


def _languages(mini: Mini) -> None:
    """Preferred language, language of treatment and interpreter."""
    for name, codes, label in [
        ("english", ["EN", None], "English"),
        ("changed", ["en", " ur"], "another language"),
        ("of_no_list", ["q4", "eng"], "another language"),
        ("never", ["xx", "na"], "not known"),
    ]:
        for month, code in zip(("2016-04", "2016-05"), codes, strict=True):
            mini.sent(f"language_{name}", month, discharged=None, patient={"LanguageCodePreferred": code})
        mini.expect(f"language_{name}", preferred_language=label)

    professional, friend = "professional interpreter", "family member or friend"
    for name, preferred, contacts, match, interpreter in [
        ("same", "pl", ["14 5 PL 4"], "preferred language", "not needed"),
        ("other", "pl", ["14 5 en 01", "21 5 pl 4"], "another language", professional),
        ("missed_first", "pl", ["14 3 pl 1", "21 5 en 5"], "another language", "needed but absent"),
        ("said_later", "en", ["14 5 zz X", "21 6 en 2"], "preferred language", friend),
        ("not_said", "en", ["14 5 - 9"], "not known", "not known"),
        ("no_preference", None, ["14 5 en 3"], "not known", "another person"),
    ]:
        mini.sent(f"treated_{name}", "2016-04", patient={"LanguageCodePreferred": preferred})
        for day, attendance, language, said in (text.split() for text in contacts):
            mini.contact(
                f"treated_{name}", f"2016-04-{day}", attendance=attendance, language=language, interpreter=said
            )
        mini.expect(f"treated_{name}", treatment_language=match, interpreter_status=interpreter)


# Long because each case stands beside its answer by hand.
def _circumstances(mini: Mini) -> None:
    """Employment, area and long-term conditions."""
    for name, records, code in [
        ("on_the_day", [("01", "2016-03-01"), ("02", "2016-04-05"), ("08", "2016-04-06")], "02"),
        ("of_an_earlier_referral", [("01", "2016-03-01"), ("02", "2016-02-01")], None),
        ("earliest", [("03", "2016-04-20"), ("04", "2016-04-10")], "04"),
        ("stated_before_unstated", [("01", "2016-04-20"), ("ZZ", "2016-04-05")], "01"),
        ("not_stated_at_all", [("01", "2016-03-01"), ("ZZ", "2016-04-05")], None),
        ("on_the_last_day", [("05", "2016-04-28"), ("06", "2016-04-29")], "05"),
        ("after_the_discharge", [("05", "2016-04-29")], None),
        ("of_no_list", [("77", "2016-04-06"), ("06", "2016-04-07")], "06"),
        ("none", [], None),
    ]:
        mini.course(f"employment_{name}", {}, {})
        for status, date in records:
            mini.add(
                "IDS004EmpStatus",
                mini.month("2016-04"),
                LocalPatientId=f"P-employment_{name}",
                EmployStatus=status,
                EmployStatusRecDate=date,
            )
        mini.expect(f"employment_{name}", employment_status_code=code)

    # A patient who moves, most deprived decile first: the record of the month of receipt, or the next that says.
    for name, deciles, decile in [
        ("moved_after", ["2", "9"], 2),
        ("stated_later", [None, "9"], 9),
        ("moved_and_back", ["2", "9", "2"], 2),
    ]:
        months = [f"2016-{4 + number:02d}" for number in range(len(deciles))]
        for month, given in zip(months, deciles, strict=True):
            discharged = None if month != months[-1] else f"{month}-28"
            mini.sent(f"area_{name}", month, discharged=discharged, patient={"IndicesOfDeprivationDecile": given})
        mini.expect(f"area_{name}", imd_decile=decile)
    mini.sent("area_earlier", "2016-04", patient={"IndicesOfDeprivationDecile": "4"})
    mini.sent(
        "area_earlier", "2016-06", patient={"IndicesOfDeprivationDecile": "5"}, received="2016-06-01", discharged=None
    )
    mini.expect("area_earlier", imd_decile=5)

    # Said before the receipt alone, or again after it.
    for name, later, decile in [("said_before", None, 7), ("said_before_and_after", "3", 3)]:
        patient = {"LocalPatientId": f"P-area_{name}", "EthnicCategory": "A", "Gender": "2"}
        mini.add("IDS001MPI", mini.month("2016-04"), IndicesOfDeprivationDecile="7", **patient)
        mini.sent(f"area_{name}", "2016-05", "2016-05-10", None, patient={"IndicesOfDeprivationDecile": None})
        mini.sent(f"area_{name}", "2016-06", "2016-05-10", None, patient={"IndicesOfDeprivationDecile": later})
        mini.expect(f"area_{name}", imd_decile=decile)

    for name, codes, has in [
        ("asthma", ["195967001"], True),
        ("both", [oracle.NO_LONG_TERM_CONDITION, "195967001"], True),
        ("negative", [oracle.NO_LONG_TERM_CONDITION], False),
        ("word_for_none", ["None "], False),
        ("invalid", ["-3"], False),
        ("missing", ["-1"], False),
        ("invalid_and_asthma", ["-3", "195967001"], True),
        ("none", [], None),
    ]:
        mini.course(f"condition_{name}", {}, {})
        for code in codes:
            mini.add(
                "IDS602LongTermCondition",
                mini.month("2016-04"),
                ServiceRequestId=f"R-condition_{name}",
                FindSchemeInUse="04",
                LongTermCondition=code,
            )
        mini.expect(f"condition_{name}", has_long_term_condition=has)


def as_plain(value: Any) -> Any:
    """A value of a data frame as None, bool, float or text (dates as YYYY-MM-DD)."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    if isinstance(value, (bool, str)):
        return value
    if hasattr(value, "item"):
        value = value.item()
        return value if isinstance(value, (bool, str)) else float(value)
    return float(value)
