"""People and referrals: who is referred, when, where, and with which characteristics.

Arrays are indexed by referral in *storage order*: provider, then person, then date received. `person` numbers people
in the same order, so both are sorted and the rows of one submission are contiguous.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iapt_equity.synthetic import constants
from iapt_equity.synthetic.arrays import BoolArray, FloatArray, IndexArray, Int8Array, Int16Array, Int32Array
from iapt_equity.synthetic.places import LSOA_PER_DECILE, Places
from iapt_equity.synthetic.settings import Settings
from iapt_equity.synthetic.targets import Targets

EMPLOYMENT_CODES = ("01", "02", "03", "04", "05", "06", "07", "08", "ZZ")
MEDICATION_CODES = ("01", "02", "03", "")
"""Not taking, taking, not prescribed, and not known (sent as ZZ, UU or blank)."""
GENDER_CODES = ("1", "2", "9", "X")

_REPEAT_SHARE = 0.07
_PHQ9_MEAN = np.array([15.0, 14.5, 14.3, 16.0, 15.9, 15.4, 15.6, 14.6, 17.0, 16.5, 15.9, 15.4, 15.7, 15.8, 12.9, 16.3])
_GAD7_MEAN = np.array([13.6, 13.0, 13.0, 14.0, 13.8, 13.3, 13.8, 13.7, 14.7, 14.3, 14.0, 13.1, 13.0, 13.2, 11.8, 14.1])
# Log odds of unemployment and of sickness relative to people recorded as White British.
_UNEMPLOYED = np.array([0, 0.1, 0.0, 0.6, 0.6, 0.25, 0.35, 0.05, 0.55, 0.65, 0.3, 0.55, 0.65, 0.6, 0.0, 0.55])
_AGE_SCALE = np.array([1.0, 1.15, 0.82, 0.72, 0.70, 0.66, 0.72, 0.82, 0.74, 0.70, 0.80, 1.0, 0.78, 0.82, 0.72, 0.82])
_LOG_WAIT = np.array([0, 0.0, 0.02, 0.10, 0.10, 0.05, 0.07, 0.05, 0.18, 0.22, 0.12, 0.12, 0.15, 0.14, 0.06, 0.15])
_TAKING = np.array([0, -0.1, -0.35, -0.15, -0.3, -0.15, -0.2, -0.35, -0.3, -0.3, -0.4, -0.45, -0.6, -0.5, -0.7, -0.4])


@dataclass
class People:
    """Referrals (N) in storage order, with the characteristics of the person on each."""

    received: Int32Array
    """Day received, days since 1 January 1970."""
    person: Int32Array
    """Number of the person, 0 to person_count - 1, non-decreasing."""
    person_count: int
    is_first_of_person: BoolArray
    provider: Int16Array
    commissioner: Int16Array
    group: Int8Array
    """Underlying ethnic group of the person, 0 to 15."""
    status: Int8Array
    """Recording status of the person's ethnicity: position in constants.RECORDING_STATUSES."""
    decile: Int8Array
    """Deprivation decile of the small area at the time of the referral, 0 = most deprived."""
    lsoa: Int32Array
    """Small area at the time of the referral."""
    birth_day: Int32Array
    age: Int16Array
    """Completed years on the day received."""
    gender: Int8Array
    employment: Int8Array
    """Employment status asked about this referral, position in EMPLOYMENT_CODES; -1 not recorded."""
    employment_day: Int32Array
    later_employment: Int8Array
    """Status asked about later; -1 none."""
    later_employment_day: Int32Array
    medication: Int8Array
    long_term_condition: Int8Array
    """1 has a condition, 0 has none, -1 not recorded."""
    phq9_first: Int8Array
    gad7_first: Int8Array
    wait_assessment: Int16Array
    """Days from referral to the first attended contact, were there one."""
    wait_next: Int16Array
    """Days from the first contact to the next, were there one."""
    sessions: Int8Array
    """Number of treatment contacts planned were the referral to be a course of treatment (2 or more)."""


def _draw_rows(cumulative: FloatArray, uniform: FloatArray) -> Int8Array:
    """Category of each row: `cumulative` (n, k) of cumulative probabilities, `uniform` (n,)."""
    out = np.zeros(len(uniform), dtype=np.int8)
    for column in range(cumulative.shape[1] - 1):
        out += uniform > cumulative[:, column]
    return out


def _draw_table(cumulative: FloatArray, cell: IndexArray, uniform: FloatArray) -> Int8Array:
    """As `_draw_rows`, from a table (cells, k) of cumulative probabilities and each row's cell."""
    out = np.zeros(len(uniform), dtype=np.int8)
    for column in range(cumulative.shape[1] - 1):
        out += uniform > cumulative[cell, column]
    return out


def _received_days(settings: Settings, rng: np.random.Generator) -> Int32Array:
    n = settings.referrals
    growth = 1.05 ** np.arange(settings.year_count)
    year = _draw_rows(
        np.broadcast_to(np.cumsum(growth / growth.sum()), (n, settings.year_count)),
        rng.random(n),
    ).astype(np.int32)
    starts = np.array(
        [
            (np.datetime64(f"{settings.first_year + k}-04-01") - np.datetime64("1970-01-01")).astype(int)
            for k in range(settings.year_count + 1)
        ],
        dtype=np.int32,
    )
    length = np.diff(starts)[year]
    day = starts[year] + np.floor(rng.random(n) * length).astype(np.int32)
    # Four of five that would fall on a weekend come on the Monday before it ends instead.
    weekday = (day + 3) % 7
    moved = (weekday >= 5) & (rng.random(n) < 0.8)
    day = np.where(moved, day - (weekday - 4), day)
    return np.sort(np.maximum(day, settings.first_day)).astype(np.int32)


@dataclass(frozen=True)
class _Referred:
    """Referrals (N) in storage order: provider, person (by first referral), date received."""

    received: Int32Array
    person: Int32Array
    is_first: BoolArray
    provider: Int16Array
    commissioner: Int16Array


def _draw_referred(settings: Settings, places: Places, rng: np.random.Generator) -> _Referred:
    """Draw when, where and for which person each referral is."""
    n = settings.referrals
    received = _received_days(settings, rng)
    # A referral that repeats an earlier one takes that one's person; pointer jumping finds each person's first.
    index = np.arange(n, dtype=np.int64)
    repeats = rng.random(n) < _REPEAT_SHARE
    root = np.where(repeats, np.floor(rng.random(n) * index).astype(np.int64), index)
    while True:
        further = root[root]
        if np.array_equal(further, root):
            break
        root = further
    commissioner = _draw_rows_by_weight(places.commissioner_weight, rng.random(n))[root].astype(np.int16)
    provider = _draw_provider(places, commissioner[index], rng.random(n), rng.random(n))[root].astype(np.int16)
    order = np.lexsort((index, root, provider))
    root, provider = root[order], provider[order]
    is_first = np.ones(n, dtype=np.bool_)
    is_first[1:] = (root[1:] != root[:-1]) | (provider[1:] != provider[:-1])
    person = (np.cumsum(is_first) - 1).astype(np.int32)
    return _Referred(received[order], person, is_first, provider, commissioner[order])


# Long because it gives the characteristics of a referral one by one.
def make_people(settings: Settings, targets: Targets, places: Places) -> People:
    """Draw referrals, and the characteristics of the people referred.

    Who a person is stays the same on each referral; where the person lives and works may differ from one to the next.

    Args:
        settings: checked arguments of the run.
        targets: shares of the ethnic groups and of ethnicity not recorded.
        places: the fictional geography.
    """
    rng = settings.generator("people")
    referred = _draw_referred(settings, places, rng)
    first = np.flatnonzero(referred.is_first)
    people, provider_count = len(first), len(places.provider_codes)

    # What belongs to the person is drawn once and spread over the person's referrals.
    began = referred.received[first]
    year = settings.year_of(began).astype(np.intp)
    home = referred.commissioner[first].astype(np.intp)
    cumulative = np.cumsum(places.group_share, axis=2).reshape(-1, 16)
    group = _draw_table(cumulative, home * settings.year_count + year, rng.random(people))
    status = _draw_status(targets, provider_count, referred.provider[first], year, rng)
    cumulative = np.cumsum(places.decile_share, axis=2).reshape(-1, 10)
    decile = _draw_table(cumulative, home * 16 + group.astype(np.intp), rng.random(people))
    lsoa = (home * 10 + decile) * LSOA_PER_DECILE + rng.integers(0, LSOA_PER_DECILE, people)
    age = np.clip(16 + rng.gamma(2.4, 10.6 * _AGE_SCALE[group]), 16, 97)
    birth = began - np.floor(age * 365.25).astype(np.int32) - rng.integers(0, 300, people)
    gender = _draw_rows(np.broadcast_to(np.array([0.36, 0.99, 0.992, 1.0]), (people, 4)), rng.random(people))
    answers = _draw_employment(began, group, decile, rng)

    spread = referred.person.astype(np.intp)
    birth_all, group_all = birth[spread].astype(np.int32), group[spread]
    decile_all, lsoa_all = _move_some(settings, places, referred, group_all, decile[spread], lsoa[spread])
    employment, employment_day, later, later_day = _answer_anew(settings, referred, group_all, decile_all, answers)
    covariates = settings.generator("covariates")
    phq9, gad7 = _draw_severity(covariates, group_all, decile_all, employment)
    waits = _draw_waits(settings, covariates, group_all, referred.provider, provider_count)
    planned = covariates.gamma(1.6, 2.4 * np.exp(-0.5 * _LOG_WAIT[group_all]))
    return People(
        received=referred.received,
        person=referred.person,
        person_count=people,
        is_first_of_person=referred.is_first,
        provider=referred.provider,
        commissioner=referred.commissioner,
        group=group_all,
        status=status[spread],
        decile=decile_all,
        lsoa=lsoa_all,
        birth_day=birth_all,
        age=completed_years(birth_all, referred.received),
        gender=gender[spread],
        employment=employment,
        employment_day=employment_day,
        later_employment=later,
        later_employment_day=later_day,
        medication=_draw_medication(covariates, group_all),
        long_term_condition=_draw_condition(covariates, (referred.received - birth_all) / 365.25),
        phq9_first=phq9,
        gad7_first=gad7,
        wait_assessment=waits[0],
        wait_next=waits[1],
        sessions=np.minimum(2 + covariates.poisson(planned), 24).astype(np.int8),
    )


def completed_years(birth: Int32Array, day: Int32Array) -> Int16Array:
    """Completed years from `birth` to `day` (days since 1 January 1970), same shape."""
    birth_date, date = birth.astype("datetime64[D]"), day.astype("datetime64[D]")
    months = date.astype("datetime64[M]").astype(np.int64) - birth_date.astype("datetime64[M]").astype(np.int64)
    of_month = (date - date.astype("datetime64[M]")).astype(np.int64)
    birth_of_month = (birth_date - birth_date.astype("datetime64[M]")).astype(np.int64)
    years: Int16Array = ((months - (of_month < birth_of_month)) // 12).astype(np.int16)
    return years


def _draw_rows_by_weight(weight: FloatArray, uniform: FloatArray) -> IndexArray:
    return np.minimum(np.searchsorted(np.cumsum(weight), uniform, side="right"), len(weight) - 1)


def _draw_provider(places: Places, commissioner: Int16Array, uniform: FloatArray, elsewhere: FloatArray) -> IndexArray:
    """Provider of each referral: the commissioner's own, or (3%) any."""
    count = len(places.commissioner_codes)
    second = np.full(count, -1)
    second[places.provider_commissioner[count:]] = np.arange(count, len(places.provider_codes))
    home = commissioner.astype(np.intp)
    use_second = (second[home] >= 0) & (uniform > places.provider_share[home])
    own = np.where(use_second, second[home], home)
    weight = places.commissioner_weight[places.provider_commissioner] * places.provider_share
    other = _draw_rows_by_weight(weight / weight.sum(), (elsewhere / 0.03) % 1.0)
    return np.where(elsewhere < 0.03, other, own)


def _draw_status(
    targets: Targets,
    provider_count: int,
    provider: Int16Array,
    year: IndexArray,
    rng: np.random.Generator,
) -> Int8Array:
    """Recording status of each person: unrecorded ethnicity is concentrated in some providers."""
    multiplier = np.exp(rng.normal(0.0, 0.7, provider_count))
    poor = rng.random(provider_count) < 0.06
    multiplier = np.where(poor, multiplier * 3.0, multiplier)
    multiplier /= multiplier[provider].mean()
    chance = np.minimum(targets.ethnicity_not_valid[year] * multiplier[provider], 0.75)
    not_valid = rng.random(len(provider)) < chance
    # Each provider has its own habit of not recording: refusals, unknowns, blanks or junk.
    habit = rng.dirichlet((4.0, 3.0, 0.4, 2.0), provider_count)
    kind = _draw_rows(np.cumsum(habit, axis=1)[provider], rng.random(len(provider))) + 1
    return np.where(not_valid, kind, 0).astype(np.int8)


def _move_some(
    settings: Settings,
    places: Places,
    referred: _Referred,
    group: Int8Array,
    decile: Int8Array,
    lsoa: IndexArray,
) -> tuple[Int8Array, Int32Array]:
    """Decile and small area at each referral (N): some people live elsewhere by a further referral, in the same place.

    Nobody moves between two referrals of one month, whose one record of the person says one area.
    """
    n = len(referred.received)
    rng = settings.generator("people", 1)
    month = settings.month_of(referred.received)
    alone = np.ones(n, dtype=np.bool_)
    twice = (referred.person[1:] == referred.person[:-1]) & (month[1:] == month[:-1])
    alone[1:] &= ~twice
    alone[:-1] &= ~twice
    moves = ~referred.is_first & alone & (rng.random(n) < constants.MOVE_RATE)
    home = referred.commissioner.astype(np.intp)
    cumulative = np.cumsum(places.decile_share, axis=2).reshape(-1, 10)
    new_decile = _draw_table(cumulative, home * 16 + group.astype(np.intp), rng.random(n))
    new_lsoa = (home * 10 + new_decile) * LSOA_PER_DECILE + rng.integers(0, LSOA_PER_DECILE, n)
    return (
        np.where(moves, new_decile, decile).astype(np.int8),
        np.where(moves, new_lsoa, lsoa).astype(np.int32),
    )


def _answer_anew(
    settings: Settings,
    referred: _Referred,
    group: Int8Array,
    decile: Int8Array,
    first: tuple[Int8Array, Int32Array, Int8Array, Int32Array],
) -> tuple[Int8Array, Int32Array, Int8Array, Int32Array]:
    """Answers about employment at each referral (N): a person's further referrals are asked about anew.

    `first` holds the answers of the first referral of each person. No two answers of a person are of one day.
    """
    n = len(referred.received)
    own = _draw_employment(referred.received, group, decile, settings.generator("people", 2))
    spread = referred.person.astype(np.intp)
    is_first = referred.is_first
    status, day = np.where(is_first, first[0][spread], own[0]), np.where(is_first, first[1][spread], own[1])
    later, later_day = np.where(is_first, first[2][spread], own[2]), np.where(is_first, first[3][spread], own[3])
    person, days = np.tile(referred.person, 2), np.concatenate([day, later_day])
    statuses = np.concatenate([status, later])
    order = np.lexsort((np.arange(2 * n), days, person))
    order = order[statuses[order] >= 0]
    again = np.flatnonzero((np.diff(person[order]) == 0) & (np.diff(days[order]) == 0)) + 1
    statuses[order[again]] = -1
    return (
        statuses[:n].astype(np.int8),
        day.astype(np.int32),
        statuses[n:].astype(np.int8),
        later_day.astype(np.int32),
    )


def _draw_employment(
    received: Int32Array, group: Int8Array, decile: Int8Array, rng: np.random.Generator
) -> tuple[Int8Array, Int32Array, Int8Array, Int32Array]:
    n = len(received)
    logit = np.log(np.array([0.55, 0.11, 0.07, 0.09, 0.05, 0.04, 0.01, 0.06, 0.02]))[None, :].repeat(n, axis=0)
    deprived = (4.5 - decile) * 0.06
    logit[:, 1] += _UNEMPLOYED[group] + deprived
    logit[:, 3] += 0.4 * _UNEMPLOYED[group] + deprived
    logit[:, 4] += 0.6 * _UNEMPLOYED[group]
    weight = np.exp(logit)
    cumulative = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)
    first = _draw_rows(cumulative, rng.random(n))
    later = _draw_rows(cumulative, rng.random(n))
    kind = rng.random(n)
    # A few answers are older than the referral: none of its own.
    before = (kind >= 0.6) & (kind < 0.6 + constants.EARLY_EMPLOYMENT_RATE)
    offset = np.where(before, -rng.integers(1, 31, n), np.where(kind < 0.6, 0, rng.integers(1, 41, n)))
    first = np.where(rng.random(n) < 0.12, -1, first).astype(np.int8)
    has_later = (rng.random(n) < constants.EMPLOYMENT_CHANGE_RATE) & (first >= 0)
    later_day = received + rng.integers(60, 200, n)
    return (
        first,
        (received + offset).astype(np.int32),
        np.where(has_later, later, -1).astype(np.int8),
        later_day.astype(np.int32),
    )


def _draw_severity(
    rng: np.random.Generator, group: Int8Array, decile: Int8Array, employment: Int8Array
) -> tuple[Int8Array, Int8Array]:
    """First PHQ-9 and GAD-7: correlated, worse with deprivation and without work, with the group means planted."""
    n = len(group)
    circumstance = 0.10 * (4.5 - decile) + np.where((employment == 1) | (employment == 3), 1.6, 0.0)
    for code in range(16):
        member = group == code
        if member.any():
            circumstance[member] -= circumstance[member].mean()
    common = rng.normal(0, 1, n)
    phq9 = _PHQ9_MEAN[group] + circumstance + 5.9 * (0.82 * common + 0.57 * rng.normal(0, 1, n))
    gad7 = _GAD7_MEAN[group] + 0.7 * circumstance + 4.7 * (0.80 * common + 0.60 * rng.normal(0, 1, n))
    return (
        np.clip(np.rint(phq9), 0, 27).astype(np.int8),
        np.clip(np.rint(gad7), 0, 21).astype(np.int8),
    )


def _draw_waits(
    settings: Settings, rng: np.random.Generator, group: Int8Array, provider: Int16Array, provider_count: int
) -> tuple[Int16Array, Int16Array]:
    """Days to the first contact and from it to the next, longer for some groups and at some providers."""
    by_provider = settings.generator("covariates", 1).normal(0, 0.3, provider_count)[provider]
    logs = _LOG_WAIT[group] + by_provider
    first = np.clip(np.exp(2.7 + logs + rng.normal(0, 0.75, len(group))), 0, 240).astype(np.int16)
    following = np.clip(np.exp(3.0 + logs + rng.normal(0, 0.7, len(group))), 1, 240).astype(np.int16)
    return first, following


def _draw_medication(rng: np.random.Generator, group: Int8Array) -> Int8Array:
    weight = np.tile(np.array([0.05, 0.46, 0.42, 0.07]), (16, 1))
    weight[:, 1] *= np.exp(_TAKING)
    cumulative = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)
    return _draw_table(cumulative, group.astype(np.intp), rng.random(len(group)))


def _draw_condition(rng: np.random.Generator, age: FloatArray) -> Int8Array:
    chance = 1 / (1 + np.exp(1.0 - 0.035 * (age - 40)))
    has = rng.random(len(age)) < chance
    return np.where(rng.random(len(age)) < 0.15, -1, has).astype(np.int8)
