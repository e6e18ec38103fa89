"""What happens to each referral: contacts, internet therapy logs, discharge, up to the end of the data."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from iapt_equity.synthetic import constants, planted
from iapt_equity.synthetic.arrays import BoolArray, FloatArray, IndexArray, Int8Array, Int16Array, Int32Array
from iapt_equity.synthetic.people import People
from iapt_equity.synthetic.settings import Settings
from iapt_equity.synthetic.targets import Targets

NEVER = np.int32(2**30)
"""A day that never comes."""

# Kinds of contact.
MAIN, MISSED, CANCELLED_BY_PROVIDER, EMPLOYMENT, REVIEW, OUTSIDE, DUPLICATE = range(7)

NEVER_SEEN, ASSESSED_ONLY, TREATED_ONCE, COURSE = range(4)


@dataclass
class Contacts:
    """Care contacts (C) sent, sorted by reporting month, then referral, then day."""

    referral: Int32Array
    day: Int32Array
    month: Int16Array
    kind: Int8Array
    attendance: Int8Array
    """Attendance code, 0 = blank."""
    appointment: Int8Array
    is_unplanned: BoolArray
    is_first_main: BoolArray
    is_last_main: BoolArray
    """Last contact of the plan, whether or not the plan is a finished one."""
    fraction: npt.NDArray[np.float32]
    """Progress through the course at this contact, 0 at the first to 1 at the last."""


@dataclass
class Logs:
    """Internet therapy logs sent, sorted by reporting month, then referral, then start."""

    referral: Int32Array
    start: Int32Array
    end: Int32Array
    """NEVER where no end date was sent."""
    month: Int16Array


@dataclass
class Pathways:
    """Referrals (N, storage order) as they happened up to the end of the data."""

    kind: Int8Array
    discharge: Int32Array
    """NEVER while open at the end of the data."""
    first_month: Int16Array
    last_month: Int16Array
    """Last month in which the referral is sent."""
    contacts: Contacts
    logs: Logs
    first_assessment: Int32Array
    first_treatment: Int32Array
    second_treatment: Int32Array
    last_treatment: Int32Array
    next_treatment: Int32Array
    """First treatment after the day that waits go by; NEVER where none."""
    care_contacts: Int32Array
    treatment_contacts: Int32Array
    offered: Int32Array
    attended: Int32Array

    @property
    def assessed(self) -> Int32Array:
        """The day that waits go by: of the first assessment, or of the first treatment where none came before it."""
        return np.minimum(self.first_assessment, self.first_treatment)

    @property
    def is_discharged(self) -> BoolArray:
        """Discharged within the data."""
        return self.discharge < NEVER

    @property
    def is_finished(self) -> BoolArray:
        """Discharged after two treatment contacts or more."""
        return self.is_discharged & (self.treatment_contacts >= 2)


@dataclass(frozen=True)
class _Events:
    """Contacts (E) before they are put in order; fields as in Contacts."""

    referral: Int32Array
    day: Int32Array
    kind: Int8Array
    attendance: Int8Array
    appointment: Int8Array
    is_unplanned: BoolArray
    is_first: BoolArray
    is_last: BoolArray
    fraction: npt.NDArray[np.float32]

    @classmethod
    def beside(
        cls, referral: Int32Array, day: Int32Array, kind: Int8Array, attendance: Int8Array, appointment: Int8Array
    ) -> _Events:
        """Contacts beside the plan: neither unplanned, nor its first or last."""
        no = np.zeros(len(referral), dtype=np.bool_)
        return cls(referral, day, kind, attendance, appointment, no, no, no, np.zeros(len(referral), dtype=np.float32))

    def take(self, rows: IndexArray) -> _Events:
        """The events at some positions."""
        return _Events(*(getattr(self, item.name)[rows] for item in fields(self)))


@dataclass(frozen=True)
class _Plan:
    """Main events of every referral: contacts of the course, some of them internet therapy instead."""

    events: _Events
    is_log: BoolArray
    """Events that are an internet therapy log, not a contact."""
    count: IndexArray
    """Events of each referral, shape (N,)."""
    first_day: Int32Array
    """Day of the first event, shape (N,); NEVER where there is none."""
    last_day: Int32Array
    """Day of the last event, shape (N,); the day received where there is none."""


def make_pathways(
    settings: Settings, targets: Targets, people: People, effects: dict[str, FloatArray], recorder: planted.Recorder
) -> Pathways:
    """Draw access, courses, every contact and log, and discharge; cut at the end of the data.

    Args:
        settings: checked arguments of the run.
        targets: rates of access and of courses of treatment to meet.
        people: the referrals (N) and who they are about.
        effects: effect of each commissioner by outcome.
        recorder: takes down the intercepts that meet the targets.
    """
    kind = _draw_kinds(settings, targets, people, effects, recorder)
    rng = settings.generator("events")
    plan = _plan_events(settings, people, kind, rng)
    events = plan.events
    counted = np.bincount(events.referral[~plan.is_log & ~events.is_unplanned], minlength=settings.referrals)
    missed = _missed_counts(settings, people, effects, counted, kind, recorder)
    extra = _extra_contacts(people, plan, missed, rng)
    last_event = plan.last_day.copy()
    np.maximum.at(last_event, extra.referral, extra.day)
    discharge = _draw_discharges(settings, kind, last_event, rng)
    # Contacts dated outside the referral: before it in its first month, or after its discharge in that month.
    outside = _outside_contacts(settings, rng, people, discharge, len(events.referral))
    keep = np.flatnonzero(~plan.is_log)
    # Sent twice: the same referral, day and time under another identifier. Both count (a warning nationally).
    twice = events.take(
        _sent_twice(settings, keep[(kind[events.referral[keep]] == COURSE) & (events.attendance[keep] > 0)])
    )
    again = np.full(len(twice.referral), DUPLICATE, dtype=np.int8)
    twice = _Events.beside(twice.referral, twice.day, again, twice.attendance, twice.appointment)
    contacts = _sorted_contacts(settings, [events.take(keep), extra, outside, twice])
    logs = _make_logs(settings, rng, events.referral[plan.is_log], events.day[plan.is_log], discharge)
    first_month = settings.month_of(people.received)
    last_month = settings.month_of(np.minimum(discharge, np.int32(settings.last_day)))
    return _summarise(settings.referrals, kind, discharge, first_month, last_month, contacts, logs)


def _plan_events(settings: Settings, people: People, kind: Int8Array, rng: np.random.Generator) -> _Plan:
    """Main events: first contact, the wait to the next, then about every other week."""
    n = settings.referrals
    treatments = np.where(kind == COURSE, people.sessions, (kind == TREATED_ONCE).astype(np.int8)).astype(np.int64)
    has_assessment = (kind == ASSESSED_ONLY) | ((kind >= TREATED_ONCE) & (rng.random(n) < 0.65))
    mains = treatments + has_assessment
    internet = (kind == COURSE) & (mains >= 4) & (rng.random(n) < constants.INTERNET_THERAPY_RATE * 1.6)
    has_assessment &= ~internet
    mains = treatments + has_assessment

    referral = np.repeat(np.arange(n, dtype=np.int32), mains)
    count = len(referral)
    start = np.cumsum(mains) - mains
    position = np.arange(count) - start[referral]
    gap = np.where(
        position == 0,
        people.wait_assessment[referral],
        np.where(position == 1, people.wait_next[referral], 1 + np.floor(rng.gamma(2.2, 5.0, count))),
    ).astype(np.int64)
    total = np.cumsum(gap)
    before = np.concatenate([[0], total])[start[referral]]
    day = (people.received[referral] + total - before).astype(np.int32)
    last = mains[referral] - 1
    # The first contact is an assessment (01), or assessment and treatment (03) where no separate one is planned.
    appointment = np.where(rng.random(count) < 0.1, 5, 2)
    appointment = np.where(position == 0, np.where(has_assessment[referral], 1, 3), appointment).astype(np.int8)
    is_log = internet[referral] & (position > 0) & (position < last) & (rng.random(count) < 0.6)
    is_unplanned = rng.random(count) < constants.UNPLANNED_RATE
    # Version 1.5 has neither internet therapy logs nor an indicator of unplanned contacts: both are plain contacts.
    in_version_1_5 = settings.is_version_1_5(day)
    is_log &= ~in_version_1_5
    is_unplanned &= ~in_version_1_5
    attendance = np.where(rng.random(count) < 0.04, 6, 5).astype(np.int8)
    attendance[is_unplanned] = 0
    events = _Events(
        referral=referral,
        day=day,
        kind=np.full(count, MAIN, dtype=np.int8),
        attendance=attendance,
        appointment=appointment,
        is_unplanned=is_unplanned,
        is_first=position == 0,
        is_last=position == last,
        fraction=(position / np.maximum(last, 1)).astype(np.float32),
    )
    has_main = mains > 0
    first_day, last_day = np.full(n, NEVER, dtype=np.int32), people.received.copy()
    first_day[has_main] = day[start[has_main]]
    last_day[has_main] = day[(start + mains - 1)[has_main]]
    return _Plan(events, is_log, mains, first_day, last_day)


def _extra_contacts(people: People, plan: _Plan, missed: IndexArray, rng: np.random.Generator) -> _Events:
    """Contacts missed, cancelled, about employment and for review; `missed` is their number, shape (N,)."""
    n = len(plan.count)
    seen = plan.count > 0
    span = np.where(seen, plan.last_day - people.received, 30)
    cancelled = rng.poisson(0.05 * plan.count)
    support = seen & (rng.random(n) < constants.EMPLOYMENT_CONTACT_RATE)
    review = seen & (rng.random(n) < constants.REVIEW_CONTACT_RATE)
    counts = [missed, cancelled, support.astype(np.int64), review.astype(np.int64)]
    referral = np.concatenate([np.repeat(np.arange(n), count) for count in counts]).astype(np.int32)
    kind = np.repeat(
        np.array([MISSED, CANCELLED_BY_PROVIDER, EMPLOYMENT, REVIEW], dtype=np.int8),
        [int(count.sum()) for count in counts],
    )
    day = people.received[referral] + np.floor(rng.random(len(referral)) * (span[referral] + 1)).astype(np.int32)
    # Support and review follow the first contact.
    first_day = plan.first_day[referral]
    day = np.where(kind >= EMPLOYMENT, np.maximum(day, first_day), day).astype(np.int32)
    missed_code = np.array([3, 3, 3, 2, 2, 2, 2, 7], dtype=np.int8)[rng.integers(0, 8, len(referral))]
    attendance = np.select([kind == MISSED, kind == CANCELLED_BY_PROVIDER], [missed_code, np.int8(4)], np.int8(5))
    appointment = np.where(day <= first_day, 1, 2)
    appointment = np.where(kind == REVIEW, 4, np.where(kind == EMPLOYMENT, 2, appointment))
    return _Events.beside(referral, day, kind, attendance.astype(np.int8), appointment.astype(np.int8))


def _draw_discharges(
    settings: Settings, kind: Int8Array, last_event: Int32Array, rng: np.random.Generator
) -> Int32Array:
    """Day of discharge of each referral, shape (N,): some time after its last event, NEVER within the data for some."""
    n = settings.referrals
    delay = 1 + np.floor(rng.exponential(np.where(kind == NEVER_SEEN, 28.0, 14.0)))
    delay += np.where(rng.random(n) < 0.05, rng.integers(60, 200, n), 0)
    discharge: Int32Array = (last_event + delay).astype(np.int32)
    discharge[rng.random(n) < 0.015] = NEVER
    discharge[discharge > settings.last_day] = NEVER
    return discharge


def _draw_kinds(
    settings: Settings, targets: Targets, people: People, effects: dict[str, FloatArray], recorder: planted.Recorder
) -> Int8Array:
    """Draw who has a first treatment contact and, of these, who has a course of treatment."""
    rng = settings.generator("pathways")
    n = settings.referrals
    rows = np.arange(n)
    year = settings.year_of(people.received).astype(np.intp)
    cell = people.group.astype(np.intp) * settings.year_count + year
    cells = 16 * settings.year_count
    valid = people.status == 0
    no_employment = np.zeros(n, dtype=np.int8)
    accessed = np.ones(n, dtype=np.bool_)
    for outcome, target in (("access", targets.access), ("course_of_treatment", targets.course)):
        eta = planted.linear_predictor(outcome, people, rows, effects, no_employment)
        if outcome == "access":
            # People never seen are less often asked for their ethnicity.
            eta[~valid] -= 1.3
        included = valid & accessed
        counts = np.bincount(cell[included], minlength=cells)
        intercept = planted.solve_intercepts(eta, cell, cells, target.ravel() * counts, included)
        recorder.record_intercepts(outcome, intercept, counts)
        uniform = planted.spread_uniforms(rng, cell * 2 + included)
        happens = uniform < planted.expit(intercept[cell] + eta)
        if outcome == "access":
            accessed = happens
    assessed = rng.random(n) < 0.45
    kind = np.where(accessed, np.where(happens, COURSE, TREATED_ONCE), np.where(assessed, ASSESSED_ONLY, NEVER_SEEN))
    return kind.astype(np.int8)


def _missed_counts(
    settings: Settings,
    people: People,
    effects: dict[str, FloatArray],
    attended: IndexArray,
    kind: Int8Array,
    recorder: planted.Recorder,
) -> IndexArray:
    """Number of missed appointments such that attended / offered follows the planted linear model."""
    rng = settings.generator("pathways", 1)
    n = settings.referrals
    eta = planted.linear_predictor("proportion_attended", people, np.arange(n), effects, people.employment)
    base = planted.ATTENDANCE_BY_GROUP[people.group] + eta
    # Centred on the mean among courses, so that the intercept is the planted mean of finished courses.
    intercept = planted.ATTENDANCE_MEAN - float(base[kind == COURSE].mean()) if (kind == COURSE).any() else 0.85
    recorder.record("proportion_attended", "intercept", "", intercept)
    expected = np.clip(intercept + base, 0.5, 0.99)
    # A beta draw stays within (0, 1) and keeps the expectation.
    precision = 5.5
    share = np.clip(rng.beta(expected * precision, (1 - expected) * precision), 0.2, 1.0)
    missed = attended * (1 - share) / share
    whole = np.floor(missed)
    count = whole + (rng.random(n) < missed - whole)
    none_seen = attended == 0
    count = np.where(none_seen, rng.poisson(0.6, n), count)
    return np.asarray(np.minimum(count, 12), dtype=np.intp)


def _outside_contacts(
    settings: Settings, rng: np.random.Generator, people: People, discharge: Int32Array, contact_count: int
) -> _Events:
    n = settings.referrals
    chosen = np.sort(rng.choice(n, max(1, int(contact_count * constants.OUTSIDE_CONTACT_RATE)), replace=False))
    after = (discharge[chosen] < NEVER) & (rng.random(len(chosen)) < 0.5)
    anchor = np.where(after, np.minimum(discharge[chosen], settings.last_day), people.received[chosen]).astype(np.int32)
    month = settings.month_of(anchor)
    month_end = settings.month_end_days(month)
    month_first = settings.month_end_days((month - 1).astype(np.int16)) + 1
    uniform = rng.random(len(chosen))
    day = np.where(
        after,
        anchor + 1 + np.floor(uniform * (month_end - anchor)),
        month_first + np.floor(uniform * (anchor - month_first)),
    ).astype(np.int32)
    possible = np.where(after, anchor < month_end, anchor > month_first)
    appointment = np.where(after, 6, 2).astype(np.int8)
    # A follow-up (06) never counts as treatment; half of the later ones are sent as treatment all the same.
    appointment[after & (uniform < 0.5)] = 2
    kind = np.full(len(chosen), OUTSIDE, dtype=np.int8)
    attended = np.full(len(chosen), 5, dtype=np.int8)
    return _Events.beside(chosen.astype(np.int32), day, kind, attended, appointment).take(np.flatnonzero(possible))


def _sent_twice(settings: Settings, candidates: IndexArray) -> IndexArray:
    if not settings.messy:
        return candidates[:0]
    rng = settings.generator("arrivals", 1)
    return candidates[rng.random(len(candidates)) < constants.DUPLICATE_CONTACT_RATE]


def _sorted_contacts(settings: Settings, parts: list[_Events]) -> Contacts:
    """Drop what lies after the end of the data and sort by month, referral, day."""
    every = _Events(*(np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(_Events)))
    sent = np.flatnonzero(every.day <= settings.last_day)
    month = settings.month_of(every.day[sent])
    events = every.take(sent[np.lexsort((every.kind[sent], every.day[sent], every.referral[sent], month))])
    return Contacts(
        referral=events.referral,
        day=events.day,
        month=settings.month_of(events.day),
        kind=events.kind,
        attendance=events.attendance,
        appointment=events.appointment,
        is_unplanned=events.is_unplanned,
        is_first_main=events.is_first,
        is_last_main=events.is_last,
        fraction=events.fraction,
    )


def _make_logs(
    settings: Settings, rng: np.random.Generator, referral: Int32Array, start: Int32Array, discharge: Int32Array
) -> Logs:
    end = np.minimum(start + 6, discharge[referral]).astype(np.int32)
    incomplete = rng.random(len(start)) < constants.INCOMPLETE_LOG_RATE
    sent_on = np.where(incomplete, start, end).astype(np.int32)
    end = np.where(incomplete, NEVER, end).astype(np.int32)
    sent = np.flatnonzero(sent_on <= settings.last_day)
    month = settings.month_of(sent_on[sent])
    order = sent[np.lexsort((start[sent], referral[sent], month))]
    return Logs(referral[order].astype(np.int32), start[order], end[order], settings.month_of(sent_on[order]))


def treatments(contacts: Contacts, logs: Logs) -> tuple[Int32Array, Int32Array]:
    """Referral and day of every treatment within a referral: contacts, then completed logs of internet therapy."""
    treated = np.isin(contacts.kind, (MAIN, DUPLICATE)) & (contacts.appointment != 1)
    complete = logs.end < NEVER
    return (
        np.concatenate([contacts.referral[treated], logs.referral[complete]]),
        np.concatenate([contacts.day[treated], logs.start[complete]]),
    )


def _summarise(
    n: int,
    kind: Int8Array,
    discharge: Int32Array,
    first_month: Int16Array,
    last_month: Int16Array,
    contacts: Contacts,
    logs: Logs,
) -> Pathways:
    """Counts and dates of each referral from what happened within it and within the data."""
    inside = contacts.kind != OUTSIDE
    # Support and review contacts are attended; missed and cancelled ones are not.
    came = inside & (contacts.kind != MISSED) & (contacts.kind != CANCELLED_BY_PROVIDER)
    planned = (contacts.kind == MAIN) | (contacts.kind == DUPLICATE)
    treated = inside & planned & (contacts.appointment != 1)
    with_code = inside & ((contacts.attendance == 5) | (contacts.attendance == 6))
    offered = inside & np.isin(contacts.attendance, (2, 3, 5, 6, 7))
    complete = logs.end < NEVER

    def count(mask: BoolArray) -> Int32Array:
        return np.bincount(contacts.referral[mask], minlength=n).astype(np.int32)

    log_count = np.bincount(logs.referral[complete], minlength=n).astype(np.int32)
    first, second, last = (np.full(n, NEVER, dtype=np.int32) for _ in range(3))
    # A log may be the first treatment; the second and the last are contacts.
    referral, day = contacts.referral[treated], contacts.day[treated]
    order = np.lexsort((day, referral))
    referral, day = referral[order], day[order]
    contact_count = np.bincount(referral, minlength=n)
    start = np.cumsum(contact_count) - contact_count
    once, twice = contact_count >= 1, contact_count >= 2
    second[twice] = day[start[twice] + 1]
    last[once] = day[(start + contact_count - 1)[once]]
    np.minimum.at(first, *treatments(contacts, logs))
    treatment_count = (contact_count + log_count).astype(np.int32)
    return Pathways(
        kind=kind,
        discharge=discharge,
        first_month=first_month,
        last_month=last_month,
        contacts=contacts,
        logs=logs,
        # Which contact is an assessment, its scores say too (`scores.with_assessments`).
        first_assessment=np.full(n, NEVER, dtype=np.int32),
        first_treatment=first,
        second_treatment=second,
        last_treatment=last,
        next_treatment=np.full(n, NEVER, dtype=np.int32),
        care_contacts=(count(came) + log_count).astype(np.int32),
        treatment_contacts=treatment_count,
        offered=count(offered),
        attended=count(with_code),
    )
