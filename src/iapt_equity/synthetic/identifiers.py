"""What stays with a person, referral or contact through all submissions, and which submissions there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from iapt_equity.synthetic import constants
from iapt_equity.synthetic.arrays import BoolArray, IndexArray, Int8Array, Int16Array, Int64Array
from iapt_equity.synthetic.outcomes import MEASURES, SPECIFIC_TOOLS, Outcomes
from iapt_equity.synthetic.pathways import ASSESSED_ONLY, COURSE, NEVER_SEEN, TREATED_ONCE, Pathways
from iapt_equity.synthetic.people import People
from iapt_equity.synthetic.places import Places
from iapt_equity.synthetic.settings import Settings

WITHDRAWN, PRIMARY, REFRESH, RESENT = range(4)
ROW_NUMBERS = 1_000_000_000
_FIRST_SUBMISSION = 1_000_001
_END_CODES_2 = ("10", "11", "12", "13", "14", "16", "17", "46", "47", "48", "49", "50", "95", "96")
END_CODES = (*_END_CODES_2, *constants.END_CODES_1_5.values(), *constants.END_CODES_1_5_FOR_48)
"""Codes of version 2, then those that only version 1.5 has."""
ETHNICITY_TEXTS: tuple[str | None, ...] = (
    *constants.GROUP_CODES,
    "Z",
    *constants.NOT_KNOWN_VARIANTS,
    *constants.INVALID_ETHNICITY_CODES,
    *constants.MISSING_ETHNICITY_VARIANTS,
)
VALIDATED = (
    *constants.GROUP_CODES,
    "Z",
    *("99" for _ in constants.NOT_KNOWN_VARIANTS),
    *("-3" for _ in constants.INVALID_ETHNICITY_CODES),
    *("-1" for _ in constants.MISSING_ETHNICITY_VARIANTS),
)
DESCRIPTORS = (*constants.GENERAL_DESCRIPTORS, *(item.descriptor for item in MEASURES[1:SPECIFIC_TOOLS]))


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


def resolved_ethnicity(people: People, pathways: Pathways, ids: Identifiers) -> Int8Array:
    """The one category of each person, shape (people,): the valid one sent in most months, the later one on a tie."""
    out = ids.ethnicity.copy()
    changed = (ids.recode_month > 0) & (ids.early_ethnicity < 16) & (ids.early_ethnicity != ids.ethnicity)
    rows = np.flatnonzero(changed[people.person])
    if len(rows) == 0:
        return out
    span = (pathways.last_month[rows] - pathways.first_month[rows] + 1).astype(np.int64)
    person = np.repeat(people.person[rows].astype(np.int64), span)
    step = np.arange(len(person)) - np.repeat(np.cumsum(span) - span, span)
    month = np.repeat(pathways.first_month[rows].astype(np.int64), span) + step
    # A person with several open referrals stands in a file once.
    person, month = np.unique(np.stack([person, month]), axis=1)
    is_early = month < ids.recode_month[person]
    early = np.bincount(person[is_early], minlength=len(out))
    late = np.bincount(person[~is_early], minlength=len(out))
    more = changed & (early > late)
    out[more] = ids.early_ethnicity[more]
    return out


def _in_version_1_5(end_code: Int8Array, number: IndexArray) -> Int8Array:
    """Version 1.5 code of each version 2 code (positions in END_CODES, same shape)."""
    table = np.array([END_CODES.index(constants.END_CODES_1_5.get(code, code)) for code in _END_CODES_2], dtype=np.int8)
    early_end = np.array([END_CODES.index(code) for code in constants.END_CODES_1_5_FOR_48], dtype=np.int8)
    is_early_end = end_code == END_CODES.index("48")
    return np.where(is_early_end, early_end[number % len(early_end)], table[end_code]).astype(np.int8)


@dataclass
class Submissions:
    """Which submissions there are. Providers P, months M."""

    has_refresh: BoolArray
    """Shape (P, M)."""
    has_withdrawn: BoolArray
    """Shape (P, M)."""
    number: Int64Array
    """UniqueSubmissionID, shape (P, M, 4 windows); 0 where there is none."""
    is_truncated: BoolArray
    """Whether the Refresh was cut short, shape (P, M)."""
    is_resent: BoolArray
    """Whether the month was sent once more, with the year it belongs to, shape (P, M)."""
    resent_delivery: int = 0
    """Delivery month of what was sent once more."""

    def holder(self, month: int) -> Int8Array:
        """Window of each provider's submission that counts for a month, shape (P,)."""
        refreshed = self.has_refresh[:, month] & ~self.is_truncated[:, month]
        return np.where(self.is_resent[:, month], RESENT, np.where(refreshed, REFRESH, PRIMARY)).astype(np.int8)


def within_group(group: npt.NDArray[np.integer]) -> Int64Array:
    """Number (from 1) of each row within its run of equal values."""
    count = len(group)
    starts = np.ones(count, dtype=np.bool_)
    starts[1:] = group[1:] != group[:-1]
    begin = np.maximum.accumulate(np.where(starts, np.arange(count), 0))
    return np.arange(count, dtype=np.int64) - begin + 1


def make_submissions(settings: Settings, provider_count: int) -> Submissions:
    """Draw which provider-months are sent again; `number_submissions` gives them their numbers."""
    rng = settings.generator("deliveries")
    months = settings.month_count
    has_refresh = rng.random((provider_count, months)) < constants.REFRESH_SHARE
    has_refresh[:, -1] = False
    has_withdrawn = rng.random((provider_count, months)) < constants.WITHDRAWN_PRIMARY_RATE
    none = np.zeros((provider_count, months), dtype=np.bool_)
    number = np.zeros((provider_count, months, 4), dtype=np.int64)
    return Submissions(has_refresh, has_withdrawn, number, none, none.copy())


def number_submissions(settings: Settings, submissions: Submissions) -> None:
    """Number the submissions in order of delivery, in place."""
    following = _FIRST_SUBMISSION
    every = np.ones_like(submissions.has_refresh)
    for delivery in range(1, settings.month_count + 1):
        parts = [
            (delivery - 2, REFRESH, submissions.has_refresh),
            (delivery - 1, WITHDRAWN, submissions.has_withdrawn),
            (delivery - 1, PRIMARY, every),
        ]
        if delivery == submissions.resent_delivery:
            parts += [(month, RESENT, submissions.is_resent) for month in range(settings.month_count)]
        for month, window, exists in parts:
            if month < 0:
                continue
            providers = np.flatnonzero(exists[:, month])
            submissions.number[providers, month, window] = following + np.arange(len(providers))
            following += len(providers)


def used_submissions(settings: Settings, submissions: Submissions) -> Int64Array:
    """Identifiers of the submissions that count, in any order."""
    provider = np.arange(len(submissions.number))
    return np.concatenate(
        [submissions.number[provider, month, submissions.holder(month)] for month in range(settings.month_count)]
    )


def make_identifiers(
    settings: Settings, places: Places, people: People, pathways: Pathways, outcomes: Outcomes
) -> Identifiers:
    """Draw what is sent for each person, referral and contact beside what happened to them.

    Args:
        settings: checked arguments of the run.
        places: the fictional geography.
        people: the referrals (N) and who they are about.
        pathways: what happened to each referral.
        outcomes: how finished courses ended.
    """
    rng = settings.generator("identifiers")
    n, count, provider_count = settings.referrals, people.person_count, len(places.provider_codes)
    first_referral = np.flatnonzero(people.is_first_of_person)
    first_month = pathways.first_month[first_referral]
    last_month = np.full(count, -1, dtype=np.int16)
    np.maximum.at(last_month, people.person, pathways.last_month)
    span = (last_month - first_month).astype(np.int64)

    def a_later_month(chosen: BoolArray) -> Int16Array:
        later = first_month + 1 + np.floor(rng.random(count) * span).astype(np.int16)
        return np.where(chosen & (span > 0), later, np.int16(0)).astype(np.int16)

    retrace = a_later_month(rng.random(count) < constants.RETRACE_RATE)
    ethnicity, early, is_recoded = _draw_ethnicity(people, first_referral, rng)
    end_code = _draw_end_codes(settings, provider_count, people, pathways, outcomes, rng)
    referral_span = (pathways.last_month - pathways.first_month).astype(np.int64)
    changes = (rng.random(n) < constants.DESCRIPTOR_CHANGE_RATE) & (referral_span > 0) & (outcomes.descriptor >= 0)
    descriptor_month = pathways.first_month + 1 + np.floor(rng.random(n) * referral_span).astype(np.int16)
    return Identifiers(
        person_number=within_group(people.provider[first_referral]),
        referral_number=within_group(people.provider),
        contact_number=_draw_contact_numbers(provider_count, people, pathways, rng),
        retrace_month=np.where(retrace == 0, np.int16(30_000), retrace).astype(np.int16),
        is_untraced=rng.random(count) < constants.UNTRACED_RATE,
        ethnicity=ethnicity,
        early_ethnicity=early,
        recode_month=a_later_month(is_recoded),
        end_code=end_code,
        early_descriptor=np.where(
            changes, rng.integers(0, len(DESCRIPTORS), n), descriptor_position(outcomes.descriptor)
        ).astype(np.int8),
        descriptor_month=np.where(changes, descriptor_month, np.int16(0)).astype(np.int16),
        first_month=first_month,
        last_month=last_month,
    )


def descriptor_position(descriptor: Int8Array) -> npt.NDArray[np.integer]:
    """Position in DESCRIPTORS of `Outcomes.descriptor`, same shape; -1 stays -1."""
    return np.where(descriptor >= 100, descriptor - 101 + len(constants.GENERAL_DESCRIPTORS), descriptor)


def _draw_ethnicity(
    people: People, first_referral: IndexArray, rng: np.random.Generator
) -> tuple[Int8Array, Int8Array, BoolArray]:
    """Final and early ethnicity of each person (positions in ETHNICITY_TEXTS), and whose changes; each (people,)."""
    count = people.person_count
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
    return ethnicity.astype(np.int8), early.astype(np.int8), from_unstated | between


def _draw_end_codes(
    settings: Settings,
    provider_count: int,
    people: People,
    pathways: Pathways,
    outcomes: Outcomes,
    rng: np.random.Generator,
) -> Int8Array:
    """End code of each referral, shape (N,): what the discharge letter says, missing at some providers (-1)."""
    n = settings.referrals
    forgets = rng.random(provider_count) < constants.MISSING_END_CODE_PROVIDER_SHARE
    end_code = np.full(n, -1, dtype=np.int8)
    for referral_kind, codes in (
        (NEVER_SEEN, constants.END_CODES_NEVER_SEEN),
        (ASSESSED_ONLY, constants.END_CODES_ASSESSED_ONLY),
        (TREATED_ONCE, constants.END_CODES_TREATED_ONCE),
        (COURSE, constants.END_CODES_FINISHED),
    ):
        member = np.flatnonzero(pathways.kind == referral_kind)
        table = np.array([END_CODES.index(code) for code in codes], dtype=np.int8)
        end_code[member] = table[rng.integers(0, len(table), len(member))]
    end_code[outcomes.finished[outcomes.dropped_out]] = END_CODES.index("47")
    in_1_5 = pathways.last_month < settings.switch_month
    end_code[in_1_5] = _in_version_1_5(end_code, np.arange(n))[in_1_5]
    end_code[forgets[people.provider] & (rng.random(n) < constants.MISSING_END_CODE_RATE)] = -1
    return end_code


def _draw_contact_numbers(
    provider_count: int, people: People, pathways: Pathways, rng: np.random.Generator
) -> Int64Array:
    """Number of each contact within its provider; some providers begin anew every month."""
    contacts = pathways.contacts
    provider = people.provider[contacts.referral]
    reuses = rng.random(provider_count) < constants.REUSED_CONTACT_ID_PROVIDER_SHARE
    contact_number = within_group(contacts.month.astype(np.int64) * provider_count + provider)
    order = np.argsort(provider, kind="stable")
    running = np.empty(len(provider), dtype=np.int64)
    running[order] = within_group(provider[order])
    return np.where(reuses[provider], contact_number, running + 500_000)
