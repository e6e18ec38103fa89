"""Submissions by month, and the files of each delivery.

A delivery month holds the Primary submissions of the month before and the Refresh submissions of the month before that.
Rows of one reporting month are built once; each submission window is a selection of them with its own identifiers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from iapt_equity.synthetic import constants
from iapt_equity.synthetic.arrivals import Arrivals
from iapt_equity.synthetic.codes import Pool, constant, dates, indexed, numbered
from iapt_equity.synthetic.derived import Derived
from iapt_equity.synthetic.dirt import Soiler
from iapt_equity.synthetic.experience import ANSWERS, QUESTIONS, Answers
from iapt_equity.synthetic.files import write_file
from iapt_equity.synthetic.identifiers import (
    DESCRIPTORS,
    END_CODES,
    ETHNICITY_TEXTS,
    PRIMARY,
    REFRESH,
    RESENT,
    VALIDATED,
    WITHDRAWN,
    Identifiers,
    Submissions,
    within_group,
)
from iapt_equity.synthetic.outcomes import Outcomes
from iapt_equity.synthetic.pathways import CANCELLED_BY_PROVIDER, DUPLICATE, EMPLOYMENT, MISSED, NEVER, Pathways
from iapt_equity.synthetic.people import EMPLOYMENT_CODES, GENDER_CODES, People
from iapt_equity.synthetic.places import Places
from iapt_equity.synthetic.rows import Month, Rows
from iapt_equity.synthetic.scores import TEXTS, TOOLS, Scores
from iapt_equity.synthetic.settings import Settings
from iapt_equity.synthetic.version_1_5 import Window15, to_version_1_5
from iapt_equity.synthetic.version_2_0 import to_version_2_0
from iapt_equity.synthetic.versions import Crossing, carries_employment, pseudonym_texts
from iapt_equity.synthetic.windows import Window

Int32Array = npt.NDArray[np.int32]
Int64Array = npt.NDArray[np.int64]

_ETHNICITY = Pool(ETHNICITY_TEXTS, lower=True)
_ATTENDANCE = Pool((None, "2", "3", "4", "5", "6", "7"), zeros=True)
_APPOINTMENT = Pool(("01", "02", "03", "04", "05", "06"), zeros=True)
_END_CODE = Pool(END_CODES)
_MEDICATION = Pool(("01", "02", "03", "ZZ", "UU", None), zeros=True)
_EMPLOYMENT = Pool(EMPLOYMENT_CODES)
_SIGNIFICANCE = pa.array(["1", "2"])
CATEGORIES_2021 = (
    *constants.GROUP_CODES,
    *(part for parts in constants.CATEGORIES_2021_OF.values() for part, _ in parts),
)


class Deliverer:
    """Builds the files of every delivery month from the arrays of the simulation."""

    def __init__(
        self,
        settings: Settings,
        places: Places,
        people: People,
        pathways: Pathways,
        outcomes: Outcomes,
        scores: Scores,
        identifiers: Identifiers,
        submissions: Submissions,
        crossing: Crossing,
        arrivals: Arrivals,
        answers: Answers,
        derived: Derived | None = None,
    ) -> None:
        """Keep the arrays and find where each month's contacts, logs and scores begin."""
        self.settings = settings
        self.people = people
        self.pathways = pathways
        self.outcomes = outcomes
        self.scores = scores
        self.ids = identifiers
        self.submissions = submissions
        self.crossing = crossing
        self.arrivals = arrivals
        self.answers = answers
        self.derived = derived
        self.carries_employment = carries_employment(pathways)
        months = np.arange(settings.month_count + 1)
        self.contact_start = np.searchsorted(pathways.contacts.month, months)
        self.log_start = np.searchsorted(pathways.logs.month, months)
        self.score_start = np.searchsorted(scores.contact, self.contact_start)
        self.provider_texts = pa.array(places.provider_codes)
        self.commissioner_texts = pa.array(places.commissioner_codes)
        self.lsoa_texts = pa.array(places.lsoa_codes)
        self.slot = np.zeros(settings.referrals, dtype=np.int32)
        sex = settings.generator("codes", 1_000_000)
        self.practice = sex.integers(0, 50, people.person_count).astype(np.int32)
        self.no_birth_date = sex.random(people.person_count) < constants.MISSING_BIRTH_DATE_RATE
        self.no_lsoa = sex.random(people.person_count) < constants.MISSING_LSOA_RATE
        self.no_decile = self.no_lsoa & (
            sex.random(people.person_count) < constants.MISSING_DEPRIVATION_RATE / constants.MISSING_LSOA_RATE
        )
        self.category_2021 = _categories_2021(people, identifiers)
        self.second_condition = sex.random(settings.referrals) < 0.03
        self.second_descriptor = sex.random(settings.referrals)
        self.source = sex.integers(0, 10, settings.referrals).astype(np.int32)

    def provider_texts_in(self, month: int) -> pa.Array:
        """Codes of the providers in a reporting month, shape (P,)."""
        changed = self.arrivals.change_month <= month
        if not changed.any():
            return self.provider_texts
        return pc.if_else(pa.array(changed), pa.array(self.arrivals.successor), self.provider_texts)

    def local_ids(self, member: npt.NDArray[np.intp], row: npt.NDArray[np.intp], month: int) -> pa.Array:
        """The providers' identifiers of people in a reporting month; `row` is a referral of each."""
        text = numbered("P", self.ids.person_number[member])
        changed = self.arrivals.is_rekeyed(self.people.provider[row], month)
        if not changed.any():
            return text
        return pc.if_else(pa.array(changed), numbered("Q", self.ids.person_number[member]), text)

    # ------------------------------------------------------------------------------------------------ one month
    def build_month(self, month: int) -> Month:
        """Build the rows of reporting month `month`."""
        pathways, people = self.pathways, self.people
        referrals = np.flatnonzero((pathways.first_month <= month) & (pathways.last_month >= month))
        rng = self.settings.generator("codes", month)
        person = people.person[referrals]
        first = np.ones(len(referrals), dtype=np.bool_)
        first[1:] = person[1:] != person[:-1]
        person_of = (np.cumsum(first) - 1).astype(np.int32)
        members = person[first]
        built = Month(
            month=month,
            version=self.settings.version_of(month),
            referrals=referrals,
            person_of=person_of,
            people=members.astype(np.intp),
            person_referral=referrals[first],
            row_number=within_group(people.provider[referrals[first]]),
            late_discharge=(pathways.discharge[referrals] < NEVER)
            & (pathways.last_month[referrals] == month)
            & (rng.random(len(referrals)) < constants.LATE_DISCHARGE_RATE),
        )
        self.slot[referrals] = np.arange(len(referrals), dtype=np.int32)
        end_of_month = int(self.settings.month_end_days(np.array([month], dtype=np.int16))[0])
        self._add_people(built, rng, end_of_month)
        self._add_referrals(built, rng)
        self._add_conditions(built, rng)
        self._add_contacts(built, rng)
        self._add_logs(built, rng)
        if self.derived is not None:
            self.derived.advance(
                slice(int(self.contact_start[month]), int(self.contact_start[month + 1])),
                slice(int(self.log_start[month]), int(self.log_start[month + 1])),
                slice(int(self.score_start[month]), int(self.score_start[month + 1])),
            )
            built.tables["IDS101Referral"].columns.update(self.derived.columns(built))
        if built.version == "v2_0":
            to_version_2_0(built)
        elif built.version == "v1_5":
            to_version_1_5(self, built)
        return built

    def _add_people(self, built: Month, rng: np.random.Generator, end_of_month: int) -> None:
        people, ids, month = self.people, self.ids, built.month
        member, row = built.people, built.person_referral
        count = len(member)
        here = np.arange(count, dtype=np.int32)
        code = np.where(ids.recode_month[member] > month, ids.early_ethnicity[member], ids.ethnicity[member])
        sent = _ETHNICITY.stray(code, constants.STRAY_ETHNICITY_RATE, rng)
        census = np.where(rng.random(count) < 0.02, np.where(code < 16, code, -1), -1)
        if self.settings.messy:
            census = self.category_2021[member]
        local = self.local_ids(member, row, month)
        birth_missing = self.no_birth_date[member]
        built.tables["IDS001MPI"] = Rows(
            here,
            True,
            {
                "LocalPatientId": local,
                "OrgIDLocalPatientId": indexed(people.provider[row], self.provider_texts_in(month)),
                "NHSNumberStatus": constant("01", count),
                "PersonBirthDate": dates(people.birth_day[row], birth_missing),
                "Gender": indexed(people.gender[row], pa.array(GENDER_CODES)),
                "EthnicCategory": _ETHNICITY.column(sent),
                "EthnicCategory2021": indexed(census, pa.array(CATEGORIES_2021)),
                "LanguageCodePreferred": constant("en", count),
                "LSOA": indexed(np.where(self.no_lsoa[member], -1, people.lsoa[row]), self.lsoa_texts),
                "Validated_EthnicCategory": indexed(code, pa.array(VALIDATED)),
                "IndicesOfDeprivationDecile": indexed(
                    np.where(self.no_decile[member], -1, people.decile[row]), pa.array([str(k + 1) for k in range(10)])
                ),
                "IMD_YEAR": constant("2015" if self.settings.last_year < 2019 else "2019", count),
                "Pseudo_NHS_Number": pseudonym_texts(self.crossing, member),
            },
        )
        practice = people.commissioner[row].astype(np.int64) * 50 + self.practice[member]
        built.tables["IDS002GP"] = Rows(
            here,
            True,
            {
                "LocalPatientId": local,
                "GMPCodeReg": numbered("Z", practice + 80_001),
                "StartDateGMPRegistration": pa.nulls(count, pa.date32()),
                "EndDateGMPRegistration": pa.nulls(count, pa.date32()),
                "OrgID_CCG_GP": indexed(people.commissioner[row], self.commissioner_texts),
            },
        )
        first = np.flatnonzero((people.employment[row] >= 0) & (people.employment_day[row] <= end_of_month))
        later = np.flatnonzero((people.later_employment[row] >= 0) & (people.later_employment_day[row] <= end_of_month))
        who = np.concatenate([first, later])
        status = np.concatenate([people.employment[row][first], people.later_employment[row][later]])
        day = np.concatenate([people.employment_day[row][first], people.later_employment_day[row][later]])
        order = np.argsort(who, kind="stable")
        who, status, day = who[order].astype(np.int32), status[order], day[order]
        employed = status == 0
        built.tables["IDS004EmpStatus"] = Rows(
            who,
            True,
            {
                "LocalPatientId": local.take(pa.array(who)),
                "EmployStatus": _EMPLOYMENT.column(status),
                "EmployStatusRecDate": dates(day),
                "WeekHoursWorked": indexed(np.where(employed, day % 3, 3), pa.array(["01", "02", "03", "98"])),
                "SelfEmployInd": indexed(np.where(employed, 0, 1), pa.array(["N", "8"])),
                "SSPInd": constant("N", len(who)),
            },
        )

    def _add_referrals(self, built: Month, rng: np.random.Generator) -> None:
        people, pathways, ids = self.people, self.pathways, self.ids
        row, month = built.referrals, built.month
        count = len(row)
        here = np.arange(count, dtype=np.int32)
        out = (pathways.discharge[row] < NEVER) & (pathways.last_month[row] == month)
        end_code = np.where(out, ids.end_code[row], -1)
        strayed = _END_CODE.stray(end_code, constants.STRAY_CODE_RATE, rng)
        built.tables["IDS101Referral"] = Rows(
            here,
            False,
            {
                "LocalPatientId": built.tables["IDS001MPI"].columns["LocalPatientId"].take(pa.array(built.person_of)),
                "OrgIDComm": indexed(people.commissioner[row], self.commissioner_texts),
                "ReferralRequestReceivedDate": dates(people.received[row]),
                "SourceOfReferralIAPT": indexed(
                    self.source[row], pa.array(["A1", "A1", "A1", "B1", "B1", "B1", "B1", "B1", "I1", "M6"])
                ),
                "PrevDiagCondInd": indexed(row % 3, pa.array(["N", "Y", "U"])),
                "EndCode": _END_CODE.column(np.where(end_code < 0, -1, strayed)),
                "ServDischDate": dates(pathways.discharge[row], ~out),
                "Age_ReferralRequest_ReceivedDate": pa.array(people.age[row].astype(np.int64)),
                "UsePathway_Flag": constant("True", count),
            },
        )
        onward = np.flatnonzero(out & (rng.random(count) < 0.02)).astype(np.int32)
        built.tables["IDS105OnwardReferral"] = Rows(
            onward,
            False,
            {
                "OnwardReferDate": dates(pathways.discharge[row][onward]),
                "OnwardReferReason": indexed(onward % 3, pa.array(["01", "02", "06"])),
                "OrgIDReceiving": constant("Z9Z99", len(onward)),
            },
        )
        new = pathways.first_month[row] == month
        paused = np.flatnonzero(new & (rng.random(count) < 0.01)).astype(np.int32)
        start = people.received[row][paused]
        built.tables["IDS108WaitingTimePauses"] = Rows(
            paused,
            False,
            {
                "PauseID": numbered("W", np.arange(1, len(paused) + 1)),
                "PauseStartDate": dates(start),
                "PauseEndDate": dates(start + 7),
                "PauseReason": indexed(paused % 3, pa.array(["01", "02", "03"])),
            },
        )

    def _add_conditions(self, built: Month, rng: np.random.Generator) -> None:
        people, outcomes, ids = self.people, self.outcomes, self.ids
        row = built.referrals
        condition = people.long_term_condition[row]
        codes = pa.array([*constants.LONG_TERM_CONDITIONS, constants.NO_LONG_TERM_CONDITION])
        none = len(constants.LONG_TERM_CONDITIONS)
        has, has_not = np.flatnonzero(condition == 1), np.flatnonzero(condition == 0)
        both = has[self.second_condition[row[has]]]
        position = np.concatenate([has, has_not, both])
        code = np.concatenate([row[has] % none, np.full(len(has_not) + len(both), none)])
        order = np.argsort(position, kind="stable")
        position, code = position[order].astype(np.int32), code[order]
        built.tables["IDS602LongTermCondition"] = Rows(
            position,
            False,
            {
                "FindSchemeInUse": constant("04", len(position)),
                "LongTermCondition": indexed(code, codes),
                "Validated_LongTermConditionCode": indexed(code, codes),
            },
        )
        general = len(constants.GENERAL_DESCRIPTORS)
        descriptor = outcomes.descriptor[row]
        final = np.where(descriptor >= 100, descriptor - 101 + general, descriptor)
        final = np.where(ids.descriptor_month[row] > built.month, ids.early_descriptor[row], final)
        has = np.flatnonzero(descriptor >= 0)
        chance = self.second_descriptor[row]
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
        built.tables["IDS603PresentingComplaints"] = Rows(
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

    def _add_contacts(self, built: Month, rng: np.random.Generator) -> None:
        contacts, people = self.pathways.contacts, self.people
        begin, end = int(self.contact_start[built.month]), int(self.contact_start[built.month + 1])
        block = slice(begin, end)
        count = end - begin
        referral = contacts.referral[block]
        position = self.slot[referral]
        kind, attendance = contacts.kind[block], contacts.attendance[block]
        is_late = rng.random(count) < constants.LATE_CONTACT_RATE
        appointment = contacts.appointment[block] - 1
        planned = np.where(contacts.is_unplanned[block], 1, 0)
        blank = (planned == 0) & (rng.random(count) < constants.BLANK_PLANNED_INDICATOR_RATE)
        came = (kind != MISSED) & (kind != CANCELLED_BY_PROVIDER)
        medication = people.medication[referral].astype(np.int32)
        medication = np.where(medication == 3, 3 + rng.integers(0, 3, count), medication)
        strayed = _MEDICATION.stray(medication, constants.STRAY_CODE_RATE / 2, rng)
        medication = np.where(came, strayed, -1)
        identifier = numbered("C", self.ids.contact_number[block])
        hour = 9 + rng.integers(0, 8, count)
        minute = rng.integers(0, 4, count)
        # Contacts of a referral and day are sorted by kind: what is sent twice has the time of the first of them.
        twice = np.flatnonzero(kind == DUPLICATE)
        starts = np.ones(count, dtype=np.bool_)
        starts[1:] = (referral[1:] != referral[:-1]) | (contacts.day[block][1:] != contacts.day[block][:-1])
        leader = np.maximum.accumulate(np.where(starts, np.arange(count), 0))
        hour[twice], minute[twice] = hour[leader[twice]], minute[leader[twice]]
        times = pa.array([f"{h:02d}:{15 * m:02d}:00" for h in range(9, 17) for m in range(4)])
        duration = pa.array(np.where(came, 30 + 10 * rng.integers(0, 4, count), 0).astype(np.int64), mask=~came)
        provider = indexed(people.provider[referral], self.provider_texts_in(built.month)).cast(pa.string())
        unique_contact = pc.binary_join_element_wise(provider, identifier, "")
        attended_code = _ATTENDANCE.stray(np.maximum(attendance - 1, 0), constants.STRAY_CODE_RATE, rng)
        built.tables["IDS201CareContact"] = Rows(
            position,
            False,
            {
                "CareContactId": identifier,
                "CareContDate": dates(contacts.day[block]),
                "CareContTime": indexed((hour - 9) * 4 + minute, times),
                "PlannedCareContIndicator": indexed(np.where(blank, -1, planned), pa.array(["Y", "N"])),
                "AttendOrDNACode": _ATTENDANCE.column(attended_code),
                "ClinContDurOfCareCont": duration,
                "IAPTLTCServiceInd": constant("N", count),
                "AppType": _APPOINTMENT.column(_APPOINTMENT.stray(appointment, constants.STRAY_CODE_RATE, rng)),
                "ConsMechanism": indexed(rng.integers(0, 4, count), pa.array(["01", "02", "02", "11"])),
                "PsychMed": _MEDICATION.column(medication),
                "InterpreterPresentInd": constant("4", count),
                "Unique_CareContactID": unique_contact,
            },
            is_late,
        )

        # Activities: one at every contact that took place, a second one at some.
        first = np.flatnonzero(came)
        second = first[rng.random(len(first)) < 0.08]
        contact = np.concatenate([first, second])
        sequence = np.concatenate([np.zeros(len(first), dtype=np.int64), np.ones(len(second), dtype=np.int64)])
        order = np.argsort(contact, kind="stable")
        contact, sequence = contact[order].astype(np.int32), sequence[order]
        activity = numbered("A", self.ids.contact_number[block][contact] * 2 + sequence)
        therapies = pa.array([*constants.THERAPIES, constants.EMPLOYMENT_SUPPORT])
        procedure = (referral[contact] % len(constants.THERAPIES)).astype(np.int32)
        procedure = np.where(appointment[contact] == 0, -1, procedure)
        procedure = np.where((kind[contact] == EMPLOYMENT) & (sequence == 0), len(constants.THERAPIES), procedure)
        unique_activity = pc.binary_join_element_wise(provider.take(pa.array(contact)), activity, "")
        staff = people.provider[referral[contact]].astype(np.int64) * 100 + referral[contact] % 40
        built.tables["IDS202CareActivity"] = Rows(
            position[contact],
            False,
            {
                "CareActId": activity,
                "CareContactId": identifier.take(pa.array(contact)),
                "CarePersLocalId": numbered("S", staff),
                "ClinContactDurOfCareAct": duration.take(pa.array(contact)),
                "CodeProcAndProcStatus": indexed(procedure, therapies),
                "Unique_CareContactID": unique_contact.take(pa.array(contact)),
                "Unique_CareActivityID": unique_activity,
            },
            is_late[contact],
        )

        block = slice(int(self.score_start[built.month]), int(self.score_start[built.month + 1]))
        at = self.scores.contact[block] - begin
        tool, text, is_dated = self.scores.tool[block], self.scores.text[block], self.scores.is_dated[block]
        # IES-R has no code; rows of version 1.5 are turned into columns afterwards.
        tool_texts, score_texts = ((*TOOLS, "") if built.version == "v1_5" else TOOLS), TEXTS
        if built.version != "v1_5" and self.settings.experience:
            asked, question, answer = self.answers.of_month(built.month).rows()
            at = np.concatenate([at, asked - begin])
            tool = np.concatenate([tool, question + len(TOOLS)])
            text = np.concatenate([text, answer + len(TEXTS)])
            # The questionnaire after treatment comes outside the contact, the one after assessment inside.
            is_dated = np.concatenate([is_dated, question < len(constants.TREATMENT_QUESTIONS)])
            order = np.argsort(at, kind="stable")
            at, tool, text, is_dated = at[order], tool[order], text[order], is_dated[order]
            tool_texts, score_texts = (*TOOLS, *QUESTIONS), (*TEXTS, *ANSWERS)
        first_activity = np.zeros(count, dtype=np.int32)
        lead = np.flatnonzero(sequence == 0)
        first_activity[contact[lead]] = lead
        tools, texts = pa.array(tool_texts), pa.array(score_texts)
        inside = ~is_dated
        carrier = first_activity[at[inside]]
        built.tables["IDS607CodedScoreAssessmentAct"] = Rows(
            position[at[inside]],
            False,
            {
                "CareActId": activity.take(pa.array(carrier)),
                "CodedAssToolType": indexed(tool[inside], tools),
                "PersScore": indexed(text[inside], texts),
                "Unique_CareContactID": unique_contact.take(pa.array(at[inside])),
                "Unique_CareActivityID": unique_activity.take(pa.array(carrier)),
            },
            is_late[at[inside]],
        )
        dated = at[is_dated]
        built.tables["IDS606CodedScoreAssessmentRefer"] = Rows(
            position[dated],
            False,
            {
                "CodedAssToolType": indexed(tool[is_dated], tools),
                "PersScore": indexed(text[is_dated], texts),
                "AssToolCompDate": dates(contacts.day[block_of(begin, dated)]),
                "AssToolCompTime": pa.nulls(len(dated), pa.string()),
            },
            is_late[dated],
        )

    def _add_logs(self, built: Month, rng: np.random.Generator) -> None:
        logs = self.pathways.logs
        block = slice(int(self.log_start[built.month]), int(self.log_start[built.month + 1]))
        referral = logs.referral[block]
        count = len(referral)
        built.tables["IDS205InternetTherLog"] = Rows(
            self.slot[referral],
            False,
            {
                "StartDateIntEnabledTherLog": dates(logs.start[block]),
                "EndDateIntEnabledTherLog": dates(logs.end[block], logs.end[block] == NEVER),
                "IntEnabledTherProg": indexed(
                    self.people.provider[referral] % 4, pa.array(constants.INTERNET_PROGRAMMES)
                ),
                "DurationIntEnabledTher": pa.array((10 + 5 * rng.integers(0, 4, count)).astype(np.int64)),
                "IntegratedSoftwareInd": constant("N", count),
            },
        )

    # ----------------------------------------------------------------------------------------------- one window
    def window(self, built: Month, window: int) -> dict[str, pa.Table]:
        """Tables of the submissions of one month and window, the header among them."""
        kind = Window15 if built.version == "v1_5" else Window
        return kind(self, built, window).tables()

    def deliveries(self) -> Iterator[tuple[int, list[tuple[Month, int]]]]:
        """Each delivery month (1 = the month after the first reporting month) with its months and windows."""
        before: Month | None = None
        for delivery in range(1, self.settings.month_count + 1):
            current = self.build_month(delivery - 1)
            parts = [(current, PRIMARY)]
            if self.submissions.has_withdrawn[:, delivery - 1].any():
                parts.insert(0, (current, WITHDRAWN))
            if before is not None and self.submissions.has_refresh[:, delivery - 2].any():
                parts.insert(0, (before, REFRESH))
            if self.submissions.is_resent[:, delivery - 1].any():
                parts.append((current, RESENT))
            yield delivery, parts
            before = current


def block_of(begin: int, position: Int32Array) -> Int64Array:
    """Positions in the whole array from positions in a month's block that starts at `begin`."""
    return position.astype(np.int64) + begin


def _categories_2021(people: People, ids: Identifiers) -> npt.NDArray[np.int32]:
    """Category of the 2021 list of each person (position in CATEGORIES_2021; -1 none), in keeping with that of 2001."""
    person = np.arange(people.person_count, dtype=np.int64)
    # Multiplicative hashes: a person has the same category every month, without a draw.
    has = (person * 2_654_435_761 >> 7) % 1_000 < 1_000 * constants.CATEGORY_2021_RATE
    place = (person * 40_503 >> 3) % 1_000 / 1_000
    out = np.where(has & (ids.ethnicity < 16), ids.ethnicity, -1).astype(np.int32)
    for code, parts in constants.CATEGORIES_2021_OF.items():
        member = out == constants.GROUP_CODES.index(code)
        begin = 0.0
        for part, share in parts:
            out[member & (place >= begin) & (place < begin + share)] = CATEGORIES_2021.index(part)
            begin += share
    return out


def write_deliveries(
    deliverer: Deliverer,
    folder: Path,
    file_format: str,
    after_each: Callable[[], object],
    soiler: Soiler | None = None,
) -> None:
    """Write `folder`/<version>/<table>/<delivery month>.<format> for every table and delivery month."""
    # Files of one delivery are written while the next is built; no more than one delivery waits, to bound memory. Each
    # file is written by one thread from its own tables, so its bytes do not depend on the order of the threads.
    # What is sent once more long after is built with its month and kept until its delivery.
    kept: dict[Path, list[pa.Table]] = {}
    with ThreadPoolExecutor(max_workers=2) as pool:
        waiting: list[Future[None]] = []
        for delivery, parts in deliverer.deliveries():
            tables: dict[Path, list[pa.Table]] = {}
            for built, which in parts:
                into = kept if which == RESENT else tables
                for name, table in deliverer.window(built, which).items():
                    into.setdefault(Path(built.version) / name, []).append(table)
            if delivery == deliverer.submissions.resent_delivery:
                for place, more in kept.items():
                    tables.setdefault(place, []).extend(more)
            stem = deliverer.settings.month_start(delivery).strftime("%Y-%m")
            if soiler is not None:
                soiler.soil(delivery, stem, tables)
            for job in waiting:
                job.result()
            # The longest first, so that the two threads end together.
            waiting = [
                pool.submit(write_file, group, folder / name / f"{stem}.{file_format}")
                for name, group in sorted(tables.items(), key=lambda item: -sum(part.nbytes for part in item[1]))
            ]
            after_each()
        for job in waiting:
            job.result()
