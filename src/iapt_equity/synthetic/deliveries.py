"""Submissions by month, and the files of each delivery.

A delivery month holds the Primary submissions of the month before and the Refresh submissions of the month before that.
Rows of one reporting month are built once; each submission window is a selection of them with its own identifiers.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from iapt_equity.synthetic import constants
from iapt_equity.synthetic.codes import Pool, constant, dates, indexed, numbered
from iapt_equity.synthetic.outcomes import MEASURES, Outcomes
from iapt_equity.synthetic.pathways import (
    ASSESSED_ONLY,
    CANCELLED_BY_PROVIDER,
    COURSE,
    EMPLOYMENT,
    MISSED,
    NEVER,
    NEVER_SEEN,
    TREATED_ONCE,
    Pathways,
)
from iapt_equity.synthetic.people import EMPLOYMENT_CODES, GENDER_CODES, People
from iapt_equity.synthetic.places import Places
from iapt_equity.synthetic.scores import TEXTS, TOOLS, Scores
from iapt_equity.synthetic.settings import Settings

Int8Array = npt.NDArray[np.int8]
Int16Array = npt.NDArray[np.int16]
Int32Array = npt.NDArray[np.int32]
Int64Array = npt.NDArray[np.int64]
IndexArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

WITHDRAWN, PRIMARY, REFRESH = range(3)
_ROW_NUMBERS = 1_000_000_000
_FIRST_SUBMISSION = 1_000_001
_UNIQUE = ("RecordNumber", "UniqueID_", "CareContactId", "CareActId", "Unique_CareContactID", "Unique_CareActivityID")
"""Beginnings of the names of columns whose values hardly repeat."""
_END_CODES = ("10", "11", "12", "13", "14", "16", "17", "46", "47", "48", "49", "50", "95", "96")
_ETHNICITY_TEXTS: tuple[str | None, ...] = (
    *constants.GROUP_CODES,
    "Z",
    *constants.NOT_KNOWN_VARIANTS,
    *constants.INVALID_ETHNICITY_CODES,
    *constants.MISSING_ETHNICITY_VARIANTS,
)
_VALIDATED = (
    *constants.GROUP_CODES,
    "Z",
    *("99" for _ in constants.NOT_KNOWN_VARIANTS),
    *("-3" for _ in constants.INVALID_ETHNICITY_CODES),
    *("-1" for _ in constants.MISSING_ETHNICITY_VARIANTS),
)
_DESCRIPTORS = (*constants.GENERAL_DESCRIPTORS, *(item.descriptor for item in MEASURES[1:]))

_ETHNICITY = Pool(_ETHNICITY_TEXTS, lower=True)
_ATTENDANCE = Pool((None, "2", "3", "4", "5", "6", "7"), zeros=True)
_APPOINTMENT = Pool(("01", "02", "03", "04", "05", "06"), zeros=True)
_END_CODE = Pool(_END_CODES)
_MEDICATION = Pool(("01", "02", "03", "ZZ", "UU", None), zeros=True)
_EMPLOYMENT = Pool(EMPLOYMENT_CODES)
_SIGNIFICANCE = pa.array(["1", "2"])


@dataclass
class Identifiers:
    """Codes and identifiers that stay with a person, referral or contact through all submissions."""

    person_number: Int64Array
    """Number of the person within the provider, shape (people,)."""
    referral_number: Int64Array
    """Number of the referral within the provider, shape (N,)."""
    contact_number: Int64Array
    """Number of the contact: within provider and month where identifiers are reused, else within provider."""
    retrace_month: Int16Array
    """First month with the new Person_ID and PathwayID, shape (people,); beyond the data where never."""
    is_untraced: BoolArray
    ethnicity: Int8Array
    """Final code, position in the pool of ethnicity texts, shape (people,)."""
    early_ethnicity: Int8Array
    recode_month: Int16Array
    """Month from which the final code is sent; 0 where it always was."""
    end_code: Int8Array
    """Position in the pool of end codes; -1 not sent."""
    early_descriptor: Int8Array
    descriptor_month: Int16Array
    first_month: Int16Array
    """First and last month in which each person is sent, shape (people,)."""
    last_month: Int16Array


@dataclass
class Submissions:
    """Which submissions there are. Providers P, months M."""

    has_refresh: BoolArray
    """Shape (P, M)."""
    has_withdrawn: BoolArray
    """Shape (P, M)."""
    number: Int64Array
    """UniqueSubmissionID, shape (P, M, 3 windows); 0 where there is none."""


def _within_group(group: npt.NDArray[np.integer]) -> Int64Array:
    """Number (from 1) of each row within its run of equal values."""
    count = len(group)
    starts = np.ones(count, dtype=np.bool_)
    starts[1:] = group[1:] != group[:-1]
    begin = np.maximum.accumulate(np.where(starts, np.arange(count), 0))
    return np.arange(count, dtype=np.int64) - begin + 1


def make_submissions(settings: Settings, provider_count: int) -> Submissions:
    """Draw which provider-months are sent again, and number the submissions in order of delivery."""
    rng = settings.generator("deliveries")
    months = settings.month_count
    has_refresh = rng.random((provider_count, months)) < constants.REFRESH_SHARE
    has_refresh[:, -1] = False
    has_withdrawn = rng.random((provider_count, months)) < constants.WITHDRAWN_PRIMARY_RATE
    number = np.zeros((provider_count, months, 3), dtype=np.int64)
    following = _FIRST_SUBMISSION
    for delivery in range(1, months + 1):
        for month, window, exists in (
            (delivery - 2, REFRESH, has_refresh),
            (delivery - 1, WITHDRAWN, has_withdrawn),
            (delivery - 1, PRIMARY, np.ones_like(has_refresh)),
        ):
            if month < 0:
                continue
            providers = np.flatnonzero(exists[:, month])
            number[providers, month, window] = following + np.arange(len(providers))
            following += len(providers)
    return Submissions(has_refresh, has_withdrawn, number)


def make_identifiers(
    settings: Settings, places: Places, people: People, pathways: Pathways, outcomes: Outcomes
) -> Identifiers:
    """Draw what is sent for each person, referral and contact beside what happened to them."""
    rng = settings.generator("identifiers")
    n, count = settings.referrals, people.person_count
    first_referral = np.flatnonzero(people.is_first_of_person)
    first_month = pathways.first_month[first_referral]
    last_month = np.full(count, -1, dtype=np.int16)
    np.maximum.at(last_month, people.person, pathways.last_month)
    span = (last_month - first_month).astype(np.int64)

    def a_later_month(chosen: BoolArray) -> Int16Array:
        later = first_month + 1 + np.floor(rng.random(count) * span).astype(np.int16)
        return np.where(chosen & (span > 0), later, np.int16(0)).astype(np.int16)

    retrace = a_later_month(rng.random(count) < constants.RETRACE_RATE)
    status, group = people.status[first_referral], people.group[first_referral]
    variant = rng.integers(0, 1_000, count)
    unknown = 17 + variant % len(constants.NOT_KNOWN_VARIANTS)
    invalid = 19 + variant % len(constants.INVALID_ETHNICITY_CODES)
    missing = 19 + len(constants.INVALID_ETHNICITY_CODES) + variant % len(constants.MISSING_ETHNICITY_VARIANTS)
    ethnicity = np.select([status == 0, status == 1, status == 2, status == 3], [group, 16, unknown, invalid], missing)
    kind = rng.random(count)
    from_unstated = (status == 0) & (kind < constants.RECODED_FROM_UNSTATED_RATE)
    between = (status == 0) & ~from_unstated
    between &= kind < constants.RECODED_FROM_UNSTATED_RATE + constants.RECODED_BETWEEN_VALID_RATE
    early = np.where(from_unstated, 16, np.where(between, (group + 1 + variant % 15) % 16, ethnicity))

    # End codes: what the discharge letter says, missing at some providers.
    provider_count = len(places.provider_codes)
    forgets = rng.random(provider_count) < constants.MISSING_END_CODE_PROVIDER_SHARE
    end_code = np.full(n, -1, dtype=np.int8)
    for referral_kind, codes in (
        (NEVER_SEEN, constants.END_CODES_NEVER_SEEN),
        (ASSESSED_ONLY, constants.END_CODES_ASSESSED_ONLY),
        (TREATED_ONCE, constants.END_CODES_TREATED_ONCE),
        (COURSE, constants.END_CODES_FINISHED),
    ):
        member = np.flatnonzero(pathways.kind == referral_kind)
        table = np.array([_END_CODES.index(code) for code in codes], dtype=np.int8)
        end_code[member] = table[rng.integers(0, len(table), len(member))]
    end_code[outcomes.finished[outcomes.dropped_out]] = _END_CODES.index("47")
    end_code[forgets[people.provider] & (rng.random(n) < constants.MISSING_END_CODE_RATE)] = -1

    referral_span = (pathways.last_month - pathways.first_month).astype(np.int64)
    changes = (rng.random(n) < constants.DESCRIPTOR_CHANGE_RATE) & (referral_span > 0) & (outcomes.descriptor >= 0)
    descriptor_month = pathways.first_month + 1 + np.floor(rng.random(n) * referral_span).astype(np.int16)
    descriptor = np.where(
        outcomes.descriptor >= 100, outcomes.descriptor - 101 + len(constants.GENERAL_DESCRIPTORS), outcomes.descriptor
    )

    contacts = pathways.contacts
    provider = people.provider[contacts.referral]
    reuses = rng.random(provider_count) < constants.REUSED_CONTACT_ID_PROVIDER_SHARE
    contact_number = _within_group(contacts.month.astype(np.int64) * provider_count + provider)
    order = np.argsort(provider, kind="stable")
    running = np.empty(len(provider), dtype=np.int64)
    running[order] = _within_group(provider[order])
    return Identifiers(
        person_number=_within_group(people.provider[first_referral]),
        referral_number=_within_group(people.provider),
        contact_number=np.where(reuses[provider], contact_number, running + 500_000),
        retrace_month=np.where(retrace == 0, np.int16(30_000), retrace).astype(np.int16),
        is_untraced=rng.random(count) < constants.UNTRACED_RATE,
        ethnicity=ethnicity.astype(np.int8),
        early_ethnicity=early.astype(np.int8),
        recode_month=a_later_month(from_unstated | between),
        end_code=end_code,
        early_descriptor=np.where(changes, rng.integers(0, len(_DESCRIPTORS), n), descriptor).astype(np.int8),
        descriptor_month=np.where(changes, descriptor_month, np.int16(0)).astype(np.int16),
        first_month=first_month,
        last_month=last_month,
    )


@dataclass
class Rows:
    """Rows of one table in one reporting month, before they are put into a submission."""

    position: Int32Array
    """Position of the person (tables about people) or of the referral in the month's lists."""
    is_person: bool
    columns: dict[str, pa.Array]
    is_late: BoolArray | None = None
    """Rows that only a Refresh holds."""


@dataclass
class Month:
    """All rows of one reporting month."""

    month: int
    referrals: IndexArray
    """Referrals sent, in storage order."""
    person_of: Int32Array
    """Position of each referral's person in the month's list of people."""
    people: IndexArray
    person_referral: IndexArray
    """A referral of each person, to read the person's characteristics from."""
    row_number: Int64Array
    """Row number of each person within the submission."""
    late_discharge: BoolArray
    tables: dict[str, Rows] = field(default_factory=dict)


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
    ) -> None:
        """Keep the arrays and find where each month's contacts, logs and scores begin."""
        self.settings = settings
        self.people = people
        self.pathways = pathways
        self.outcomes = outcomes
        self.scores = scores
        self.ids = identifiers
        self.submissions = submissions
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
        self.second_condition = sex.random(settings.referrals) < 0.03
        self.second_descriptor = sex.random(settings.referrals)
        self.source = sex.integers(0, 10, settings.referrals).astype(np.int32)

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
            referrals=referrals,
            person_of=person_of,
            people=members.astype(np.intp),
            person_referral=referrals[first],
            row_number=_within_group(people.provider[referrals[first]]),
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
        return built

    def _add_people(self, built: Month, rng: np.random.Generator, end_of_month: int) -> None:
        people, ids, month = self.people, self.ids, built.month
        member, row = built.people, built.person_referral
        count = len(member)
        here = np.arange(count, dtype=np.int32)
        code = np.where(ids.recode_month[member] > month, ids.early_ethnicity[member], ids.ethnicity[member])
        sent = _ETHNICITY.stray(code, constants.STRAY_ETHNICITY_RATE, rng)
        census = np.where(rng.random(count) < 0.02, np.where(code < 16, code, -1), -1)
        local = numbered("P", ids.person_number[member])
        birth_missing = self.no_birth_date[member]
        built.tables["IDS001MPI"] = Rows(
            here,
            True,
            {
                "LocalPatientId": local,
                "OrgIDLocalPatientId": indexed(people.provider[row], self.provider_texts),
                "NHSNumberStatus": constant("01", count),
                "PersonBirthDate": dates(people.birth_day[row], birth_missing),
                "Gender": indexed(people.gender[row], pa.array(GENDER_CODES)),
                "EthnicCategory": _ETHNICITY.column(sent),
                "EthnicCategory2021": indexed(census, pa.array(constants.GROUP_CODES)),
                "LanguageCodePreferred": constant("en", count),
                "LSOA": indexed(np.where(self.no_lsoa[member], -1, people.lsoa[row]), self.lsoa_texts),
                "Validated_EthnicCategory": indexed(code, pa.array(_VALIDATED)),
                "IndicesOfDeprivationDecile": indexed(
                    np.where(self.no_decile[member], -1, people.decile[row]), pa.array([str(k + 1) for k in range(10)])
                ),
                "IMD_YEAR": constant("2015" if self.settings.last_year < 2019 else "2019", count),
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
        code = np.concatenate([final[has], row[second] % len(_DESCRIPTORS), row[older] % len(_DESCRIPTORS)])
        day = people.received[row][position]
        day[len(has) : len(has) + len(second)] += 1
        day[len(has) + len(second) :] -= 30
        significance = np.zeros(len(position), dtype=np.int32)
        significance[len(has) : len(has) + len(second)] = 1
        order = np.argsort(position, kind="stable")
        position, code, day = position[order].astype(np.int32), code[order], day[order]
        dotted = [f"{text[:3]}.{text[3:]}" if len(text) > 3 else text for text in _DESCRIPTORS]
        texts = pa.array([*_DESCRIPTORS, *dotted, *(text.lower() for text in _DESCRIPTORS)])
        format_kind = np.floor(rng.random(len(code)) / constants.DESCRIPTOR_FORMAT_RATE * 2)
        variant = np.where(format_kind < 2, format_kind + 1, 0).astype(np.int32) * len(_DESCRIPTORS)
        built.tables["IDS603PresentingComplaints"] = Rows(
            position,
            False,
            {
                "FindSchemeInUse": constant("01", len(position)),
                "PresComp": indexed(code + variant, texts),
                "PresCompCodSig": indexed(significance[order], _SIGNIFICANCE),
                "PresCompDate": dates(day),
                "Validated_PresentingComplaint": indexed(code, pa.array(_DESCRIPTORS)),
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
        times = pa.array([f"{h:02d}:{15 * m:02d}:00" for h in range(9, 17) for m in range(4)])
        duration = pa.array(np.where(came, 30 + 10 * rng.integers(0, 4, count), 0).astype(np.int64), mask=~came)
        provider = indexed(people.provider[referral], self.provider_texts).cast(pa.string())
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
        first_activity = np.zeros(count, dtype=np.int32)
        lead = np.flatnonzero(sequence == 0)
        first_activity[contact[lead]] = lead
        tools, texts = pa.array(TOOLS), pa.array(TEXTS)
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
        """Tables of the submissions of one month and window, IDS000 among them."""
        return _Window(self, built, window).tables()

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
            yield delivery, parts
            before = current


def block_of(begin: int, position: Int32Array) -> Int64Array:
    """Positions in the whole array from positions in a month's block that starts at `begin`."""
    return position.astype(np.int64) + begin


class _Window:
    """Selection of a month's rows for one window, with the identifiers of its submissions."""

    def __init__(self, deliverer: Deliverer, built: Month, window: int) -> None:
        self.deliverer, self.built, self.which = deliverer, built, window
        people, ids, month = deliverer.people, deliverer.ids, built.month
        self.number = deliverer.submissions.number[:, month, window]
        self.provider = people.provider[built.referrals]
        self.person_provider = people.provider[built.person_referral]
        self.record = self.number[self.person_provider] * _ROW_NUMBERS + built.row_number
        chosen = self.number[self.person_provider] > 0
        if window == WITHDRAWN:
            size = np.bincount(self.person_provider, minlength=len(self.number))
            chosen &= built.row_number <= (size[self.person_provider] + 1) // 2
        self.chosen_person = chosen
        self.has_refresh = deliverer.submissions.has_refresh[:, month]
        moved = ids.retrace_month[built.people] <= month
        person_text = numbered("", 5_000_000_000 + 2 * built.people.astype(np.int64) + moved)
        untraced = ids.is_untraced[built.people]
        one_off = untraced & (self.number[self.person_provider] > 0)
        self.person_text = pc.if_else(pa.array(one_off), numbered("X", self.record), person_text)
        number = 20_000_000 + 2 * built.referrals.astype(np.int64) + moved[built.person_of]
        self.pathway_text = numbered("", number)
        self.no_pathway = untraced[built.person_of]
        self.request_text = numbered("R", ids.referral_number[built.referrals])
        provider_text = indexed(self.provider, deliverer.provider_texts).cast(pa.string())
        self.unique_request_text = pc.binary_join_element_wise(provider_text, self.request_text, "")

    def tables(self) -> dict[str, pa.Table]:
        out: dict[str, pa.Table] = {}
        totals: dict[str, Int64Array] = {}
        for name, rows in self.built.tables.items():
            out[name], totals[name] = self._table(name, rows)
        out["IDS000Header"] = self._header(totals)
        return out

    def _table(self, name: str, rows: Rows) -> tuple[pa.Table, Int64Array]:
        built, position = self.built, rows.position
        person = position if rows.is_person else built.person_of[position]
        provider = self.person_provider[person]
        keep = self.chosen_person[person]
        if self.which != REFRESH and rows.is_late is not None:
            keep = keep & ~(rows.is_late & self.has_refresh[provider])
        columns = rows.columns
        if name == "IDS101Referral" and self.which != REFRESH:
            columns = self._without_late_discharges(columns)
        if not keep.all():
            kept = np.flatnonzero(keep)
            selection = pa.array(kept)
            columns = {key: column.take(selection) for key, column in columns.items()}
            position, person, provider = position[kept], person[kept], provider[kept]
        submission = self.number[provider]
        count = len(position)
        short = name[:6]
        out: dict[str, pa.Array] = {}
        if not rows.is_person and name not in ("IDS202CareActivity", "IDS607CodedScoreAssessmentAct"):
            out["ServiceRequestId"] = self.request_text.take(pa.array(position))
        out.update(columns)
        out["RecordNumber"] = pa.array(self.record[person])
        out[f"UniqueID_{short}"] = pa.array(submission * _ROW_NUMBERS + _within_group(provider))
        out["OrgID_Provider"] = indexed(provider, self.deliverer.provider_texts)
        out["Person_ID"] = _spread(self.person_text, person)
        out["UniqueSubmissionID"] = pa.array(submission)
        if not rows.is_person:
            out["Unique_ServiceRequestID"] = _spread(self.unique_request_text, position)
            out["PathwayID"] = _spread(self.pathway_text, np.where(self.no_pathway[position], -1, position))
        month_number = self._month_number()
        out["Unique_MonthID"] = pa.array(np.full(count, month_number, dtype=np.int64))
        return pa.table(out), np.bincount(provider, minlength=len(self.number)).astype(np.int64)

    def _without_late_discharges(self, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
        late = self.built.late_discharge & self.has_refresh[self.provider]
        if not late.any():
            return columns
        mask = pa.array(late)
        out = dict(columns)
        for key in ("EndCode", "ServDischDate"):
            column = columns[key]
            if pa.types.is_dictionary(column.type):
                indices = pc.if_else(mask, pa.scalar(None, column.indices.type), column.indices)
                out[key] = pa.DictionaryArray.from_arrays(indices, column.dictionary)
            else:
                out[key] = pc.if_else(mask, pa.scalar(None, column.type), column)
        return out

    def _month_number(self) -> int:
        """Months since April 1900, plus one."""
        start = self.deliverer.settings.month_start(self.built.month)
        return (start.year - 1900) * 12 + start.month - 3

    def _header(self, totals: dict[str, Int64Array]) -> pa.Table:
        settings = self.deliverer.settings
        month = self.built.month
        providers = np.flatnonzero(self.number)
        start = settings.month_start(month)
        following = settings.month_start(month + 1)
        opened = settings.month_start(month + (2 if self.which == REFRESH else 1))
        day = 10 if self.which == WITHDRAWN else 20
        created = datetime.datetime(opened.year, opened.month, day, 9, 0)
        texts = self.deliverer.provider_texts
        count = len(providers)
        columns: dict[str, pa.Array] = {
            "DatSetVer": constant("2.1", count),
            "OrgIDProv": indexed(providers, texts),
            "OrgIDSubmit": indexed(providers, texts),
            "PrimSystemInUse": constant("FictionalSystem", count),
            "ReportingPeriodStartDate": pa.array([start] * count, pa.date32()),
            "ReportingPeriodEndDate": pa.array([following - datetime.timedelta(days=1)] * count, pa.date32()),
            "DateTimeDatSetCreate": pa.array(
                [created + datetime.timedelta(minutes=int(number)) for number in providers], pa.timestamp("us")
            ),
            "UniqueID_IDS000": pa.array(self.number[providers] * _ROW_NUMBERS + 1),
            "File_Type": constant("Refresh" if self.which == REFRESH else "Primary", count),
            "UniqueSubmissionID": pa.array(self.number[providers]),
        }
        every = np.zeros(count, dtype=np.int64)
        for name, total in totals.items():
            columns[f"Total_{name[:6]}"] = pa.array(total[providers])
            every += total[providers]
        columns["TotalRecords"] = pa.array(every + 1)
        columns["Unique_MonthID"] = pa.array(np.full(count, self._month_number(), dtype=np.int64))
        return pa.table(columns)


def _spread(texts: pa.Array, positions: Int32Array) -> pa.Array:
    """Text of each row from its position in a list of distinct texts (null where the position is below zero)."""
    if len(positions) < len(texts) // 2:
        # A dictionary is written whole, whatever is used of it.
        return texts.take(pa.array(positions, mask=positions < 0))
    return indexed(positions, texts, distinct=True)


def write_deliveries(deliverer: Deliverer, folder: Path, file_format: str, after_each: Callable[[], object]) -> None:
    """Write `folder`/<table>/<delivery month>.<format> for every table and delivery month."""
    # Files of one delivery are written while the next is built; no more than one delivery waits, to bound memory. Each
    # file is written by one thread from its own tables, so its bytes do not depend on the order of the threads.
    with ThreadPoolExecutor(max_workers=2) as pool:
        waiting: list[Future[None]] = []
        for delivery, parts in deliverer.deliveries():
            tables: dict[str, list[pa.Table]] = {}
            for built, which in parts:
                for name, table in deliverer.window(built, which).items():
                    tables.setdefault(name, []).append(table)
            stem = deliverer.settings.month_start(delivery).strftime("%Y-%m")
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


def write_file(tables: list[pa.Table], path: Path) -> None:
    """Write tables of one shape as one Parquet or CSV file (by the suffix); text columns become plain text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        schema = _common_schema(tables)
        # Identifiers that hardly repeat gain nothing from a dictionary; minima and maxima of texts cost time and help
        # no reader of these files.
        repeating = [item.name for item in schema if not item.name.startswith(_UNIQUE)]
        ordered = [item.name for item in schema if pa.types.is_integer(item.type) or pa.types.is_date(item.type)]
        with parquet.ParquetWriter(
            path,
            schema,
            compression="zstd",
            compression_level=1,
            store_schema=False,
            use_dictionary=repeating,
            dictionary_pagesize_limit=1 << 26,
            write_statistics=ordered,
        ) as writer:
            for table in tables:
                writer.write_table(table if table.schema == schema else table.cast(schema))
        return
    plain = pa.schema([pa.field(item.name, _plain_type(item.type)) for item in tables[0].schema])
    with arrow_csv.CSVWriter(path, plain, write_options=arrow_csv.WriteOptions(quoting_style="needed")) as writer:
        for table in tables:
            writer.write_table(table.cast(plain))


def _plain_type(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _common_schema(tables: list[pa.Table]) -> pa.Schema:
    """Schema of the first table, with plain text where the tables do not all have a dictionary."""
    return pa.schema(
        [
            item
            if all(table.schema.field(item.name).type == item.type for table in tables)
            else pa.field(item.name, _plain_type(item.type))
            for item in tables[0].schema
        ]
    )
