"""Rows of one reporting month in version 2.1 of the data set: the form from which the other versions are made.

What happened is given (`simulation`); drawn here is only how it is put down: stray codes, times, durations, and what
comes late. The draws of a month come from a stream of its own, in the order of the functions below.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from iapt_equity.synthetic import constants
from iapt_equity.synthetic.arrays import BoolArray, IndexArray, Int8Array, Int32Array
from iapt_equity.synthetic.codes import Pool, constant, dates, indexed, numbered
from iapt_equity.synthetic.experience import ANSWERS, QUESTIONS
from iapt_equity.synthetic.identifiers import (
    DESCRIPTORS,
    END_CODES,
    ETHNICITY_TEXTS,
    VALIDATED,
    descriptor_position,
    within_group,
)
from iapt_equity.synthetic.languages import INTERPRETERS, LANGUAGES, NO_LANGUAGES
from iapt_equity.synthetic.pathways import CANCELLED_BY_PROVIDER, DUPLICATE, EMPLOYMENT, MISSED, NEVER
from iapt_equity.synthetic.people import EMPLOYMENT_CODES, GENDER_CODES
from iapt_equity.synthetic.rows import Month, Rows
from iapt_equity.synthetic.scores import TEXTS, TOOLS
from iapt_equity.synthetic.simulation import Simulation
from iapt_equity.synthetic.steady import CATEGORIES_2021
from iapt_equity.synthetic.versions import pseudonym_texts

_ETHNICITY = Pool(ETHNICITY_TEXTS, lower=True)
_ATTENDANCE = Pool((None, "2", "3", "4", "5", "6", "7"), zeros=True)
_APPOINTMENT = Pool(("01", "02", "03", "04", "05", "06"), zeros=True)
_END_CODE = Pool(END_CODES)
_MEDICATION = Pool(("01", "02", "03", "ZZ", "UU", None), zeros=True)
_EMPLOYMENT = Pool(EMPLOYMENT_CODES)
_LANGUAGE = Pool(LANGUAGES)
_INTERPRETER = Pool(INTERPRETERS, zeros=True)
_SIGNIFICANCE = pa.array(["1", "2"])
_SOURCES = pa.array(["A1", "A1", "A1", "B1", "B1", "B1", "B1", "B1", "I1", "M6"])


def rows_of_month(simulation: Simulation, month: int) -> Month:
    """Build the rows of a reporting month.

    Args:
        simulation: what happened.
        month: number of the month (0 = April of the first year).

    Returns:
        The month with its tables under their names of version 2.1. A month that is to be sent in version 1.5 has no
        coded scores: there they are columns of the appointment.
    """
    settings, people, pathways = simulation.settings, simulation.people, simulation.pathways
    referrals = np.flatnonzero((pathways.first_month <= month) & (pathways.last_month >= month))
    rng = settings.generator("codes", month)
    person = people.person[referrals]
    first = np.ones(len(referrals), dtype=np.bool_)
    first[1:] = person[1:] != person[:-1]
    built = Month(
        month=month,
        version=settings.version_of(month),
        referrals=referrals,
        person_of=(np.cumsum(first) - 1).astype(np.int32),
        people=person[first].astype(np.intp),
        person_referral=referrals[first],
        latest_referral=referrals[np.append(first[1:], True)[: len(referrals)]],
        row_number=within_group(people.provider[referrals[first]]),
        late_discharge=(pathways.discharge[referrals] < NEVER)
        & (pathways.last_month[referrals] == month)
        & (rng.random(len(referrals)) < constants.LATE_DISCHARGE_RATE),
    )
    tables = built.tables
    tables["IDS001MPI"] = _patients(simulation, built, rng)
    tables["IDS002GP"] = _practices(simulation, built)
    tables["IDS004EmpStatus"] = _employment_statuses(simulation, built)
    is_out = (pathways.discharge[referrals] < NEVER) & (pathways.last_month[referrals] == month)
    tables["IDS101Referral"] = _referrals(simulation, built, is_out, rng)
    tables["IDS105OnwardReferral"] = _onward_referrals(simulation, built, is_out, rng)
    tables["IDS108WaitingTimePauses"] = _pauses(simulation, built, rng)
    tables["IDS602LongTermCondition"] = _conditions(simulation, built)
    tables["IDS603PresentingComplaints"] = _complaints(simulation, built, rng)
    contacts = _draw_contacts(simulation, built, rng)
    tables["IDS201CareContact"] = contacts.rows
    activities = _draw_activities(simulation, contacts, rng)
    tables["IDS202CareActivity"] = activities.rows
    if built.version != "v1_5":
        tables.update(_scores(simulation, built, contacts, activities))
    tables["IDS205InternetTherLog"] = _logs(simulation, built, rng)
    return built


def _patients(simulation: Simulation, built: Month, rng: np.random.Generator) -> Rows:
    people, ids, steady, month = simulation.people, simulation.ids, simulation.steady, built.month
    settings, member, row = simulation.settings, built.people, built.person_referral
    count = len(member)
    code = np.where(ids.recode_month[member] > month, ids.early_ethnicity[member], ids.ethnicity[member])
    sent = _ETHNICITY.stray(code, constants.STRAY_ETHNICITY_RATE, rng)
    census = np.where(rng.random(count) < 0.02, np.where(code < 16, code, -1), -1)
    if settings.messy:
        census = steady.category_2021[member]
    home = built.latest_referral
    decile = np.where(steady.no_decile[member], -1, people.decile[home])
    return Rows(
        np.arange(count, dtype=np.int32),
        True,
        {
            "LocalPatientId": simulation.local_ids(member, row, month),
            "OrgIDLocalPatientId": indexed(people.provider[row], simulation.provider_texts_in(month)),
            "NHSNumberStatus": constant("01", count),
            "PersonBirthDate": dates(people.birth_day[row], steady.no_birth_date[member]),
            "Gender": indexed(people.gender[row], pa.array(GENDER_CODES)),
            "EthnicCategory": _ETHNICITY.column(sent),
            "EthnicCategory2021": indexed(census, pa.array(CATEGORIES_2021)),
            "LanguageCodePreferred": _preferred_languages(simulation, member),
            "LSOA": indexed(np.where(steady.no_lsoa[member], -1, people.lsoa[home]), simulation.lsoa_texts),
            "Validated_EthnicCategory": indexed(code, pa.array(VALIDATED)),
            "IndicesOfDeprivationDecile": indexed(decile, pa.array([str(k + 1) for k in range(10)])),
            "IMD_YEAR": constant("2015" if settings.last_year < 2019 else "2019", count),
            "Pseudo_NHS_Number": pseudonym_texts(simulation.crossing, member),
        },
    )


def _practices(simulation: Simulation, built: Month) -> Rows:
    people, row = simulation.people, built.person_referral
    count = len(row)
    practice = people.commissioner[row].astype(np.int64) * 50 + simulation.steady.practice[built.people]
    return Rows(
        np.arange(count, dtype=np.int32),
        True,
        {
            "LocalPatientId": built.tables["IDS001MPI"].columns["LocalPatientId"],
            "GMPCodeReg": numbered("Z", practice + 80_001),
            "StartDateGMPRegistration": pa.nulls(count, pa.date32()),
            "EndDateGMPRegistration": pa.nulls(count, pa.date32()),
            "OrgID_CCG_GP": indexed(people.commissioner[row], simulation.commissioner_texts),
        },
    )


def _employment_statuses(simulation: Simulation, built: Month) -> Rows:
    people, row = simulation.people, built.referrals
    end_of_month = int(simulation.settings.month_end_days(np.array([built.month], dtype=np.int16))[0])
    first = np.flatnonzero((people.employment[row] >= 0) & (people.employment_day[row] <= end_of_month))
    later = np.flatnonzero((people.later_employment[row] >= 0) & (people.later_employment_day[row] <= end_of_month))
    who = built.person_of[np.concatenate([first, later])]
    status = np.concatenate([people.employment[row][first], people.later_employment[row][later]])
    day = np.concatenate([people.employment_day[row][first], people.later_employment_day[row][later]])
    order = np.argsort(who, kind="stable")
    who, status, day = who[order].astype(np.int32), status[order], day[order]
    employed = status == 0
    return Rows(
        who,
        True,
        {
            "LocalPatientId": built.tables["IDS001MPI"].columns["LocalPatientId"].take(pa.array(who)),
            "EmployStatus": _EMPLOYMENT.column(status),
            "EmployStatusRecDate": dates(day),
            "WeekHoursWorked": indexed(np.where(employed, day % 3, 3), pa.array(["01", "02", "03", "98"])),
            "SelfEmployInd": indexed(np.where(employed, 0, 1), pa.array(["N", "8"])),
            "SSPInd": constant("N", len(who)),
        },
    )


def _referrals(simulation: Simulation, built: Month, is_out: BoolArray, rng: np.random.Generator) -> Rows:
    """Referrals of the month; `is_out` are those discharged in it."""
    people, row = simulation.people, built.referrals
    end_code = np.where(is_out, simulation.ids.end_code[row], -1)
    strayed = _END_CODE.stray(end_code, constants.STRAY_CODE_RATE, rng)
    return Rows(
        np.arange(len(row), dtype=np.int32),
        False,
        {
            "LocalPatientId": built.tables["IDS001MPI"].columns["LocalPatientId"].take(pa.array(built.person_of)),
            "OrgIDComm": indexed(people.commissioner[row], simulation.commissioner_texts),
            "ReferralRequestReceivedDate": dates(people.received[row]),
            "SourceOfReferralIAPT": indexed(simulation.steady.source[row], _SOURCES),
            "PrevDiagCondInd": indexed(row % 3, pa.array(["N", "Y", "U"])),
            "EndCode": _END_CODE.column(np.where(end_code < 0, -1, strayed)),
            "ServDischDate": dates(simulation.pathways.discharge[row], ~is_out),
            "Age_ReferralRequest_ReceivedDate": pa.array(people.age[row].astype(np.int64)),
            "UsePathway_Flag": constant("True", len(row)),
        },
    )


def _onward_referrals(simulation: Simulation, built: Month, is_out: BoolArray, rng: np.random.Generator) -> Rows:
    row = built.referrals
    onward = np.flatnonzero(is_out & (rng.random(len(row)) < 0.02)).astype(np.int32)
    return Rows(
        onward,
        False,
        {
            "OnwardReferDate": dates(simulation.pathways.discharge[row][onward]),
            "OnwardReferReason": indexed(onward % 3, pa.array(["01", "02", "06"])),
            "OrgIDReceiving": constant("Z9Z99", len(onward)),
        },
    )


def _pauses(simulation: Simulation, built: Month, rng: np.random.Generator) -> Rows:
    row = built.referrals
    new = simulation.pathways.first_month[row] == built.month
    paused = np.flatnonzero(new & (rng.random(len(row)) < 0.01)).astype(np.int32)
    start = simulation.people.received[row][paused]
    return Rows(
        paused,
        False,
        {
            "PauseID": numbered("W", np.arange(1, len(paused) + 1)),
            "PauseStartDate": dates(start),
            "PauseEndDate": dates(start + 7),
            "PauseReason": indexed(paused % 3, pa.array(["01", "02", "03"])),
        },
    )


def _conditions(simulation: Simulation, built: Month) -> Rows:
    row = built.referrals
    condition = simulation.people.long_term_condition[row]
    codes = pa.array([*constants.LONG_TERM_CONDITIONS, constants.NO_LONG_TERM_CONDITION])
    none = len(constants.LONG_TERM_CONDITIONS)
    has, has_not = np.flatnonzero(condition == 1), np.flatnonzero(condition == 0)
    both = has[simulation.steady.second_condition[row[has]]]
    position = np.concatenate([has, has_not, both])
    code = np.concatenate([row[has] % none, np.full(len(has_not) + len(both), none)])
    order = np.argsort(position, kind="stable")
    position, code = position[order].astype(np.int32), code[order]
    return Rows(
        position,
        False,
        {
            "FindSchemeInUse": constant("04", len(position)),
            "LongTermCondition": indexed(code, codes),
            "Validated_LongTermConditionCode": indexed(code, codes),
        },
    )


def _complaints(simulation: Simulation, built: Month, rng: np.random.Generator) -> Rows:
    people, outcomes, ids, row = simulation.people, simulation.outcomes, simulation.ids, built.referrals
    descriptor = outcomes.descriptor[row]
    is_early = ids.descriptor_month[row] > built.month
    final = np.where(is_early, ids.early_descriptor[row], descriptor_position(descriptor))
    has = np.flatnonzero(descriptor >= 0)
    chance = simulation.steady.second_descriptor[row]
    # A secondary descriptor with a later date, and an older primary one: neither is the referral's descriptor.
    second = np.flatnonzero((descriptor >= 0) & (chance < 0.10))
    older = np.flatnonzero((descriptor >= 0) & (chance > 0.99))
    position = np.concatenate([has, second, older])
    code = np.concatenate([final[has], row[second] % len(DESCRIPTORS), row[older] % len(DESCRIPTORS)])
    day = people.received[row][position]
    day[len(has) : len(has) + len(second)] += 1
    day[len(has) + len(second) :] -= 30
    significance = np.zeros(len(position), dtype=np.int32)
    significance[len(has) : len(has) + len(second)] = 1
    order = np.argsort(position, kind="stable")
    position, code, day = position[order].astype(np.int32), code[order], day[order]
    dotted = [f"{text[:3]}.{text[3:]}" if len(text) > 3 else text for text in DESCRIPTORS]
    texts = pa.array([*DESCRIPTORS, *dotted, *(text.lower() for text in DESCRIPTORS)])
    format_kind = np.floor(rng.random(len(code)) / constants.DESCRIPTOR_FORMAT_RATE * 2)
    variant = np.where(format_kind < 2, format_kind + 1, 0).astype(np.int32) * len(DESCRIPTORS)
    return Rows(
        position,
        False,
        {
            "FindSchemeInUse": constant("01", len(position)),
            "PresComp": indexed(code + variant, texts),
            "PresCompCodSig": indexed(significance[order], _SIGNIFICANCE),
            "PresCompDate": dates(day),
            "Validated_PresentingComplaint": indexed(code, pa.array(DESCRIPTORS)),
        },
    )


@dataclass(frozen=True)
class _Contacts:
    """Care contacts (C) of a month, with what their activities and scores are made from."""

    rows: Rows
    begin: int
    """Position of the first of them in `pathways.contacts`."""
    referral: Int32Array
    kind: Int8Array
    appointment: Int8Array
    """Appointment code less one."""
    came: BoolArray
    is_late: BoolArray
    provider: pa.Array
    """Code of the provider."""

    def column(self, name: str, at: npt.NDArray[np.integer]) -> pa.Array:
        """A column of the contacts at some positions."""
        return self.rows.columns[name].take(pa.array(at))


def _draw_contacts(simulation: Simulation, built: Month, rng: np.random.Generator) -> _Contacts:
    contacts, people = simulation.pathways.contacts, simulation.people
    block = simulation.contacts_of(built.month)
    referral, kind = contacts.referral[block], contacts.kind[block]
    count = len(referral)
    is_late = rng.random(count) < constants.LATE_CONTACT_RATE
    planned = np.where(contacts.is_unplanned[block], 1, 0)
    blank = (planned == 0) & (rng.random(count) < constants.BLANK_PLANNED_INDICATOR_RATE)
    came = (kind != MISSED) & (kind != CANCELLED_BY_PROVIDER)
    medication = people.medication[referral].astype(np.int32)
    medication = np.where(medication == 3, 3 + rng.integers(0, 3, count), medication)
    strayed = _MEDICATION.stray(medication, constants.STRAY_CODE_RATE / 2, rng)
    time = _times(referral, kind, contacts.day[block], rng)
    duration = pa.array(np.where(came, 30 + 10 * rng.integers(0, 4, count), 0).astype(np.int64), mask=~came)
    attended = _ATTENDANCE.stray(np.maximum(contacts.attendance[block] - 1, 0), constants.STRAY_CODE_RATE, rng)
    appointment = contacts.appointment[block] - 1
    identifier = numbered("C", simulation.ids.contact_number[block])
    provider = indexed(people.provider[referral], simulation.provider_texts_in(built.month)).cast(pa.string())
    spoken, interpreter = _languages_of_contacts(simulation, built.month, referral, contacts.day[block])
    rows = Rows(
        built.position_of(referral),
        False,
        {
            "CareContactId": identifier,
            "CareContDate": dates(contacts.day[block]),
            "CareContTime": time,
            "PlannedCareContIndicator": indexed(np.where(blank, -1, planned), pa.array(["Y", "N"])),
            "AttendOrDNACode": _ATTENDANCE.column(attended),
            "ClinContDurOfCareCont": duration,
            "IAPTLTCServiceInd": constant("N", count),
            "AppType": _APPOINTMENT.column(_APPOINTMENT.stray(appointment, constants.STRAY_CODE_RATE, rng)),
            "ConsMechanism": indexed(rng.integers(0, 4, count), pa.array(["01", "02", "02", "11"])),
            "PsychMed": _MEDICATION.column(np.where(came, strayed, -1)),
            "LanguageCodeTreat": spoken,
            "InterpreterPresentInd": interpreter,
            "Unique_CareContactID": pc.binary_join_element_wise(provider, identifier, ""),
        },
        is_late,
    )
    return _Contacts(rows, block.start, referral, kind, appointment, came, is_late, provider)


def _preferred_languages(simulation: Simulation, member: IndexArray) -> pa.Array:
    """Preferred language of some people, in the case of their provider."""
    said, is_upper = simulation.languages.preferred[member], simulation.languages.is_upper[member]
    codes = (*LANGUAGES, *NO_LANGUAGES)
    texts = pa.array([*codes, *(code.upper() for code in codes)])
    return indexed(np.where(said < 0, -1, said + len(codes) * is_upper), texts)


def _languages_of_contacts(
    simulation: Simulation, month: int, referral: Int32Array, day: Int32Array
) -> tuple[pa.Array, pa.Array]:
    """Language of treatment and interpreter of the contacts of a month."""
    rng = simulation.settings.generator("languages", month + 1)
    language, interpreter = simulation.languages.of_contacts(referral, day)
    columns = []
    for pool, said in ((_LANGUAGE, language), (_INTERPRETER, interpreter)):
        strayed = pool.stray(said.astype(np.int32), constants.STRAY_CODE_RATE / 2, rng)
        columns.append(pool.column(np.where(said < 0, -1, strayed)))
    return columns[0], columns[1]


def _times(referral: Int32Array, kind: Int8Array, day: Int32Array, rng: np.random.Generator) -> pa.Array:
    """Time of each contact, on the quarter of an hour from nine to five."""
    count = len(referral)
    hour = 9 + rng.integers(0, 8, count)
    minute = rng.integers(0, 4, count)
    # Contacts of a referral and day are sorted by kind: what is sent twice has the time of the first of them.
    twice = np.flatnonzero(kind == DUPLICATE)
    starts = np.ones(count, dtype=np.bool_)
    starts[1:] = (referral[1:] != referral[:-1]) | (day[1:] != day[:-1])
    leader = np.maximum.accumulate(np.where(starts, np.arange(count), 0))
    hour[twice], minute[twice] = hour[leader[twice]], minute[leader[twice]]
    texts = pa.array([f"{h:02d}:{15 * m:02d}:00" for h in range(9, 17) for m in range(4)])
    return indexed((hour - 9) * 4 + minute, texts)


@dataclass(frozen=True)
class _Activities:
    """Care activities of a month."""

    rows: Rows
    first_of_contact: Int32Array
    """Position of the first activity of each contact, shape (C,); zero where it has none."""


def _draw_activities(simulation: Simulation, contacts: _Contacts, rng: np.random.Generator) -> _Activities:
    """Activities: one at every contact that took place, a second one at some."""
    first = np.flatnonzero(contacts.came)
    second = first[rng.random(len(first)) < 0.08]
    contact = np.concatenate([first, second])
    sequence = np.concatenate([np.zeros(len(first), dtype=np.int64), np.ones(len(second), dtype=np.int64)])
    order = np.argsort(contact, kind="stable")
    contact, sequence = contact[order].astype(np.int32), sequence[order]
    referral = contacts.referral[contact]
    activity = numbered("A", simulation.ids.contact_number[contacts.begin + contact] * 2 + sequence)
    therapies = pa.array([*constants.THERAPIES, constants.EMPLOYMENT_SUPPORT])
    procedure = (referral % len(constants.THERAPIES)).astype(np.int32)
    procedure = np.where(contacts.appointment[contact] == 0, -1, procedure)
    supports = (contacts.kind[contact] == EMPLOYMENT) & (sequence == 0)
    procedure = np.where(supports, len(constants.THERAPIES), procedure)
    staff = simulation.people.provider[referral].astype(np.int64) * 100 + referral % 40
    rows = Rows(
        contacts.rows.position[contact],
        False,
        {
            "CareActId": activity,
            "CareContactId": contacts.column("CareContactId", contact),
            "CarePersLocalId": numbered("S", staff),
            "ClinContactDurOfCareAct": contacts.column("ClinContDurOfCareCont", contact),
            "CodeProcAndProcStatus": indexed(procedure, therapies),
            "Unique_CareContactID": contacts.column("Unique_CareContactID", contact),
            "Unique_CareActivityID": pc.binary_join_element_wise(
                contacts.provider.take(pa.array(contact)), activity, ""
            ),
        },
        contacts.is_late[contact],
    )
    first_of_contact = np.zeros(len(contacts.referral), dtype=np.int32)
    lead = np.flatnonzero(sequence == 0)
    first_of_contact[contact[lead]] = lead
    return _Activities(rows, first_of_contact)


def _scores(simulation: Simulation, built: Month, contacts: _Contacts, activities: _Activities) -> dict[str, Rows]:
    """Coded scores: those of a contact hang on its first activity, those with a date of their own on the referral."""
    scores, block = simulation.scores, simulation.scores_of(built.month)
    at = scores.contact[block] - contacts.begin
    tool, text, is_dated = scores.tool[block], scores.text[block], scores.is_dated[block]
    tool_texts, score_texts = TOOLS, TEXTS
    if simulation.settings.experience:
        asked, question, answer = simulation.answers.of_month(built.month).rows()
        at = np.concatenate([at, asked - contacts.begin])
        tool = np.concatenate([tool, question + len(TOOLS)])
        text = np.concatenate([text, answer + len(TEXTS)])
        # The questionnaire after treatment comes outside the contact, the one after assessment inside.
        is_dated = np.concatenate([is_dated, question < len(constants.TREATMENT_QUESTIONS)])
        order = np.argsort(at, kind="stable")
        at, tool, text, is_dated = at[order], tool[order], text[order], is_dated[order]
        tool_texts, score_texts = (*TOOLS, *QUESTIONS), (*TEXTS, *ANSWERS)
    tools, texts = pa.array(tool_texts), pa.array(score_texts)
    position, is_late = contacts.rows.position, contacts.is_late
    inside, dated = at[~is_dated], at[is_dated]
    carrier = pa.array(activities.first_of_contact[inside])
    days = simulation.pathways.contacts.day[contacts.begin + dated.astype(np.int64)]
    return {
        "IDS607CodedScoreAssessmentAct": Rows(
            position[inside],
            False,
            {
                "CareActId": activities.rows.columns["CareActId"].take(carrier),
                "CodedAssToolType": indexed(tool[~is_dated], tools),
                "PersScore": indexed(text[~is_dated], texts),
                "Unique_CareContactID": contacts.column("Unique_CareContactID", inside),
                "Unique_CareActivityID": activities.rows.columns["Unique_CareActivityID"].take(carrier),
            },
            is_late[inside],
        ),
        "IDS606CodedScoreAssessmentRefer": Rows(
            position[dated],
            False,
            {
                "CodedAssToolType": indexed(tool[is_dated], tools),
                "PersScore": indexed(text[is_dated], texts),
                "AssToolCompDate": dates(days),
                "AssToolCompTime": pa.nulls(len(dated), pa.string()),
            },
            is_late[dated],
        ),
    }


def _logs(simulation: Simulation, built: Month, rng: np.random.Generator) -> Rows:
    logs, block = simulation.pathways.logs, simulation.logs_of(built.month)
    referral = logs.referral[block]
    count = len(referral)
    programme = simulation.people.provider[referral] % 4
    return Rows(
        built.position_of(referral),
        False,
        {
            "StartDateIntEnabledTherLog": dates(logs.start[block]),
            "EndDateIntEnabledTherLog": dates(logs.end[block], logs.end[block] == NEVER),
            "IntEnabledTherProg": indexed(programme, pa.array(constants.INTERNET_PROGRAMMES)),
            "DurationIntEnabledTher": pa.array((10 + 5 * rng.integers(0, 4, count)).astype(np.int64)),
            "IntegratedSoftwareInd": constant("N", count),
        },
    )
