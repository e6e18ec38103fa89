"""Rows and submissions of version 1.5: scores, employment and medication are columns of the appointment."""

from __future__ import annotations

import datetime

import numpy as np
import pyarrow as pa

from iapt_equity.synthetic import constants
from iapt_equity.synthetic.arrays import BoolArray, Int32Array, Int64Array
from iapt_equity.synthetic.codes import constant, dates, indexed
from iapt_equity.synthetic.derived import NAMES_1_5
from iapt_equity.synthetic.pathways import CANCELLED_BY_PROVIDER, EMPLOYMENT, MISSED
from iapt_equity.synthetic.people import EMPLOYMENT_CODES, GENDER_CODES, completed_years
from iapt_equity.synthetic.rows import Month, Rows
from iapt_equity.synthetic.scores import IES_R_TOOL, TEXTS, TOOLS
from iapt_equity.synthetic.simulation import Simulation
from iapt_equity.synthetic.version_2_0 import consultation_medium
from iapt_equity.synthetic.versions import (
    carries_employment,
    employment_on_days,
    pathway_texts_1_5,
    person_texts_1_5,
    pseudonym_texts,
)
from iapt_equity.synthetic.windows import Chosen, Window, spread

_SCORE_COLUMNS = {
    constants.PHQ9: "PHQ9_SCORE",
    constants.GAD7: "GAD7SCORE",
    "450324005": "OCDSCORE",
    "450326007": "PANICSCORE",
    "445552006": "SOCPHOBIAINVSCORE",
    "473355002": "AGORASCOREALONE",
    "446793008": "HEALTHANXSCORE",
    constants.WSAS[0]: "WSASWSCORE",
    constants.WSAS[1]: "WSASHMSCORE",
    constants.WSAS[2]: "WSASSLASCORE",
    constants.WSAS[3]: "WSASPLASCORE",
    constants.WSAS[4]: "WSASRSCORE",
}
_FIRST_DISABILITY = 9_000_000


def to_version_1_5(simulation: Simulation, built: Month) -> None:
    """Turn the rows of a month built as version 2.1 into version 1.5, in place."""
    old = built.tables
    built.tables = {
        "Person": _people(simulation, built, old),
        "Referral": _referrals(simulation, built, old),
        "Appointment": _appointments(simulation, built, old),
        "WaitingTimes": _waiting_times(old),
        "Disability": _disabilities(built),
        **_questionnaires(simulation, built),
    }


def _people(simulation: Simulation, built: Month, old: dict[str, Rows]) -> Rows:
    people, settings = simulation.people, simulation.settings
    row, member = built.person_referral, built.people
    count = len(row)
    columns = old["IDS001MPI"].columns
    start = (settings.month_start(built.month) - datetime.date(1970, 1, 1)).days
    end = int(settings.month_end_days(np.array([built.month], dtype=np.int16))[0])

    def age_on(day: int) -> pa.Array:
        return pa.array(completed_years(people.birth_day[row], np.full(count, day, dtype=np.int32)).astype(np.int64))

    home = indexed(people.commissioner[row], simulation.commissioner_texts)
    return Rows(
        old["IDS001MPI"].position,
        True,
        {
            "ETHNICITY": columns["EthnicCategory"],
            "IC_ETHNICITY": columns["Validated_EthnicCategory"],
            "GENDER": indexed(people.gender[row], pa.array(GENDER_CODES)),
            "AGE_START_REPORTING_PERIOD": age_on(start),
            "AGE_END_REPORTING_PERIOD": age_on(end),
            "LSOA": columns["LSOA"],
            "GMPC": old["IDS002GP"].columns["GMPCodeReg"],
            "CCG_OF_GP_PRACTICE": home,
            "CCG_OF_RESIDENCE": home,
            "LTCONDITION": indexed(
                np.array([1, 0, -1])[people.long_term_condition[row]].astype(np.int32), pa.array(["Y", "N"])
            ),
            "NHSNOSTATUS": constant("01", count),
            "PseudoNumber": pseudonym_texts(simulation.crossing, member),
        },
    )


def _referrals(simulation: Simulation, built: Month, old: dict[str, Rows]) -> Rows:
    people, row = simulation.people, built.referrals
    count = len(row)
    columns = old["IDS101Referral"].columns
    complaints = old["IDS603PresentingComplaints"]
    # One descriptor a referral: the first row of each referral there is its own; the others are older or secondary.
    descriptor = np.full(count, -1, dtype=np.int64)
    lead = np.flatnonzero(np.diff(complaints.position, prepend=-1) != 0)
    descriptor[complaints.position[lead]] = lead
    taken = pa.array(descriptor, mask=descriptor < 0)
    home = built.latest_referral[built.person_of]
    decile = np.where(simulation.steady.no_decile[people.person[row]], -1, people.decile[home])
    return Rows(
        old["IDS101Referral"].position,
        False,
        {
            "REFRECDATE": columns["ReferralRequestReceivedDate"],
            "SOURCEREFERRAL": columns["SourceOfReferralIAPT"],
            "PROVDIAG": complaints.columns["PresComp"].take(taken),
            "IC_PROVDIAG": complaints.columns["Validated_PresentingComplaint"].take(taken),
            "ORGCODECOMM": columns["OrgIDComm"],
            "ENDDATE": columns["ServDischDate"],
            "ENDCODE": columns["EndCode"],
            "IC_USE_PATHWAY_FLAG": constant("Y", count),
            "IC_INDICES_OF_DEP_DECILE": indexed(decile, pa.array([str(k + 1) for k in range(10)])),
            **{name: columns[name] for name in NAMES_1_5.values() if name in columns},
        },
    )


def _appointments(simulation: Simulation, built: Month, old: dict[str, Rows]) -> Rows:
    people, contacts = simulation.people, simulation.pathways.contacts
    block = simulation.contacts_of(built.month)
    referral, kind = contacts.referral[block], contacts.kind[block]
    count = len(referral)
    rows = old["IDS201CareContact"]
    columns = rows.columns
    came = (kind != MISSED) & (kind != CANCELLED_BY_PROVIDER)
    support = len(constants.THERAPIES_1_5)
    therapy = np.where(came & (contacts.appointment[block] != 1), referral % support, -1)
    therapy = np.where(kind == EMPLOYMENT, support, therapy)
    employment = np.where(carries_employment(kind), employment_on_days(people, referral, contacts.day[block]), -1)
    out: dict[str, pa.Array] = {
        "APPOINTMENT_ID": columns["CareContactId"],
        "APPOINTMENT": columns["CareContDate"],
        "APPOINTMENTTIME": columns["CareContTime"],
        "ATTENDANCE": columns["AttendOrDNACode"],
        "APPTYPE": columns["AppType"],
        "CONSMEDIUM": consultation_medium(columns["ConsMechanism"]),
        "THERTYPE1": indexed(therapy, pa.array([*constants.THERAPIES_1_5, constants.EMPLOYMENT_SUPPORT_1_5])),
        "THERTYPE2": pa.nulls(count, pa.string()),
        "THERTYPE3": pa.nulls(count, pa.string()),
        "THERTYPE4": pa.nulls(count, pa.string()),
        "EMPSTATUS": indexed(employment, pa.array(EMPLOYMENT_CODES)),
        "PSYCHMED": columns["PsychMed"],
    }
    scores = simulation.scores_of(built.month)
    at, tool = simulation.scores.contact[scores] - block.start, simulation.scores.tool[scores]
    text, texts = simulation.scores.text[scores], pa.array(TEXTS)
    names = {number: _SCORE_COLUMNS[code] for number, code in enumerate(TOOLS) if code in _SCORE_COLUMNS}
    names[IES_R_TOOL] = "PTSDSCORE"
    for number, name in names.items():
        here = tool == number
        position = np.full(count, -1, dtype=np.int32)
        position[at[here]] = text[here]
        out[name] = indexed(position, texts)
    return Rows(rows.position, False, out, rows.is_late)


def _waiting_times(old: dict[str, Rows]) -> Rows:
    rows = old["IDS108WaitingTimePauses"]
    columns = rows.columns
    return Rows(
        rows.position,
        False,
        {
            "PAUSEID": columns["PauseID"],
            "PAUSESTARTDATE": columns["PauseStartDate"],
            "PAUSEENDDATE": columns["PauseEndDate"],
            "PAUSEREASON": columns["PauseReason"],
        },
    )


def _disabilities(built: Month) -> Rows:
    people = built.people
    # A multiplicative hash: the same people every month, without a draw.
    scattered = (people * 2_654_435_761) % 10_000
    who = np.flatnonzero(scattered < 10_000 * constants.DISABILITY_RATE).astype(np.int32)
    codes = ["01", "02", "03", "04", "05", "08", "09", "XX", "NN", "ZZ"]
    return Rows(
        who,
        True,
        {
            "DISABILITY_ID": pa.array(_FIRST_DISABILITY + people[who].astype(np.int64)),
            "DISABILITY": indexed((people[who] % len(codes)).astype(np.int32), pa.array(codes)),
        },
    )


def _questionnaires(simulation: Simulation, built: Month) -> dict[str, Rows]:
    answers = simulation.answers.of_month(built.month)
    after, before = answers.is_after_treatment, ~answers.is_after_treatment
    contacts = simulation.pathways.contacts

    def who(mask: BoolArray) -> Int32Array:
        return built.person_of[built.position_of(contacts.referral[answers.contact[mask]])]

    treatments: dict[str, pa.Array] = {"TREATPEQDATE": dates(contacts.day[answers.contact[after]])}
    for number in range(5):
        treatments[f"TREATMENT{number + 1}"] = pa.array(answers.value[after, number].astype(np.int64))
    assessments: dict[str, pa.Array] = {"ASSESSPEQDATE": dates(contacts.day[answers.contact[before]])}
    for number in range(3):
        choice = (answers.value[before, number] > 0).astype(np.int32)
        assessments[f"ASSESSMENT{number + 1}"] = indexed(choice, pa.array(["N", "Y"]))
    assessments["SATISFACTION"] = pa.array(answers.value[before, 5].astype(np.int64))
    return {
        "Treatments": Rows(who(after), True, treatments),
        "Assessments": Rows(who(before), True, assessments),
    }


class Window15(Window):
    """A window of a month sent in version 1.5."""

    header_name = "Header"
    person_name = "Person"
    referral_name = "Referral"
    contact_name = "Appointment"
    end_columns = ("ENDCODE", "ENDDATE")

    def _person_texts(self) -> pa.Array:
        return person_texts_1_5(self.built.people)

    def _pathway_texts(self) -> pa.Array:
        return pathway_texts_1_5(self.built.referrals, self.is_rekeyed)

    def _columns(
        self,
        name: str,
        rows: Rows,
        columns: dict[str, pa.Array],
        chosen: Chosen,
    ) -> dict[str, pa.Array]:
        position, person = chosen.position, chosen.person
        out: dict[str, pa.Array] = {}
        if name == "Person":
            out["HEADER_ID"] = pa.array(self.number[chosen.provider])
        out["IAPT_RECORD_NUMBER"] = pa.array(chosen.record)
        out["IAPT_PERSON_ID"] = spread(self.person_text, person)
        if not rows.is_person:
            out["PSERVICEID"] = self.request_text.take(pa.array(position))
            if name in ("Referral", "Appointment"):
                out["IC_PATHWAY_ID"] = spread(self.pathway_text, np.where(self.no_pathway[position], -1, position))
        out.update(columns)
        return out

    def _header(self, totals: dict[str, Int64Array]) -> pa.Table:
        settings, month = self.simulation.settings, self.built.month
        providers = np.flatnonzero(self.number)
        count = len(providers)
        start, following = settings.month_start(month), settings.month_start(month + 1)
        every = sum((total[providers] for total in totals.values()), np.zeros(count, dtype=np.int64))
        first_year = start.year if start.month >= 4 else start.year - 1
        return pa.table(
            {
                "HEADER_ID": pa.array(self.number[providers]),
                "ORGCODEPROVIDER": indexed(providers, self.provider_texts),
                "START_DATE": pa.array([start] * count, pa.date32()),
                "END_DATE": pa.array([following - datetime.timedelta(days=1)] * count, pa.date32()),
                "MONTH_ID": pa.array(np.full(count, self._month_number(), dtype=np.int64)),
                "FILE_TYPE": constant(self._file_type(), count),
                "TOTAL_RECORDS": pa.array(every + 1),
                "Der_Financial_Year": constant(f"{first_year}/{(first_year + 1) % 100:02d}", count),
            }
        )


__all__ = ["Window15", "to_version_1_5"]
