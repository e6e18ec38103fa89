"""What a data set that reaches into version 1.5 can tell, and how pathways and people carry over into version 2."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iapt_equity.synthetic import constants
from iapt_equity.synthetic.arrays import BoolArray, IndexArray, Int8Array, Int32Array, Int64Array
from iapt_equity.synthetic.codes import numbered
from iapt_equity.synthetic.identifiers import Identifiers
from iapt_equity.synthetic.pathways import CANCELLED_BY_PROVIDER, MISSED, NEVER, OUTSIDE, Pathways
from iapt_equity.synthetic.people import EMPLOYMENT_CODES, People, completed_years
from iapt_equity.synthetic.settings import Settings

_FIRST_PATHWAY_1_5 = 700_000_000
_FIRST_PERSON_1_5 = 300_000_000
_FIRST_PSEUDONYM = 100_000_001
_REKEYED = 1_000_000_000


@dataclass
class Crossing:
    """How each referral (N) and person carries over from version 1.5 into version 2."""

    pseudonym: Int64Array
    """Number of the pseudonym that is the same in every version, shape (people,); -1 none."""
    is_sent_in_1_5: BoolArray
    is_sent_in_2: BoolArray
    is_bridged: BoolArray
    """Sent in both versions, and the data tell that it is one pathway."""
    changes_request: BoolArray
    """The service request identifier differs in version 2."""

    @property
    def is_apart(self) -> BoolArray:
        """Sent in both versions as two pathways that nothing joins."""
        return self.is_sent_in_1_5 & self.is_sent_in_2 & ~self.is_bridged


def settle_people(settings: Settings, people: People) -> People:
    """People as version 1.5 can describe them; unchanged where no month is sent in it.

    Version 1.5 has no birth date, so those known in it are born on the first of a month (an age at any day of the month
    received is then the age on the day received); one long-term condition flag a person; and employment only on
    appointments, so people with several referrals keep one status throughout.
    """
    switch = settings.switch_month
    if switch == 0:
        return people
    first = np.flatnonzero(people.is_first_of_person)
    early_person = settings.month_of(people.received[first]) < switch
    early = early_person[people.person]
    several = np.bincount(people.person, minlength=people.person_count) > 1
    birth = people.birth_day.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int32)
    birth_day = np.where(early, birth, people.birth_day).astype(np.int32)
    later = np.where((early_person & several)[people.person], -1, people.later_employment).astype(np.int8)
    employment = np.where(
        (early_person & several)[people.person], people.employment[first][people.person], people.employment
    )
    condition = np.where(early, people.long_term_condition[first][people.person], people.long_term_condition)
    return replace(
        people,
        birth_day=birth_day,
        age=completed_years(birth_day, people.received),
        employment=employment.astype(np.int8),
        later_employment=later,
        long_term_condition=condition.astype(np.int8),
    )


def settle_employment(settings: Settings, people: People, pathways: Pathways) -> People:
    """As `settle_people`, once it is known which referrals reach into version 2: their people keep one status."""
    switch = settings.switch_month
    if switch == 0:
        return people
    crosses = np.zeros(people.person_count, dtype=np.bool_)
    crosses[people.person[(pathways.first_month < switch) & (pathways.last_month >= switch)]] = True
    return replace(
        people, later_employment=np.where(crosses[people.person], -1, people.later_employment).astype(np.int8)
    )


def carries_employment(kind: Int8Array) -> BoolArray:
    """Which contacts say the employment status in version 1.5, from their kinds: those attended within the referral."""
    return np.asarray(~np.isin(kind, (MISSED, CANCELLED_BY_PROVIDER, OUTSIDE)), dtype=np.bool_)


def employment_on_days(people: People, referral: Int32Array, days: Int32Array) -> Int8Array:
    """Employment status of the person of each referral on a day (position in EMPLOYMENT_CODES; -1 none)."""
    later = (people.later_employment[referral] >= 0) & (people.later_employment_day[referral] <= days)
    return np.where(later, people.later_employment[referral], people.employment[referral]).astype(np.int8)


def employment_known(settings: Settings, people: People, pathways: Pathways) -> Int8Array:
    """Employment status known for each referral (position in EMPLOYMENT_CODES; -1 none), shape (N,).

    The first answer about the person that states a status, from the day received to the day of discharge. Version 2
    sends an answer in the months of its referral from the day of the answer on; version 1.5 says the status of the day
    at every attended appointment. The two know the person by identifiers of their own, so a referral sees the answers
    of a version only if it is sent in it.
    """
    switch = settings.switch_month
    status = np.concatenate([people.employment, people.later_employment])
    day = np.concatenate([people.employment_day, people.later_employment_day])
    sent = (day <= np.tile(settings.month_end_days(pathways.last_month), 2)) & np.tile(pathways.last_month >= switch, 2)
    best, best_day = _first_answers(people, pathways, np.tile(people.person, 2)[sent], day[sent], status[sent])
    best = np.where(pathways.last_month >= switch, best, -1)
    best_day = np.where(best >= 0, best_day, NEVER)
    if switch > 0:
        contacts = pathways.contacts
        carries = np.flatnonzero(carries_employment(contacts.kind) & (contacts.month < switch))
        referral, on = contacts.referral[carries], contacts.day[carries]
        early, early_day = _first_answers(
            people, pathways, people.person[referral], on, employment_on_days(people, referral, on)
        )
        use = (early >= 0) & (pathways.first_month < switch) & (early_day < best_day)
        best = np.where(use, early, best)
    return best.astype(np.int8)


def _first_answers(
    people: People, pathways: Pathways, person: Int32Array, day: Int32Array, status: Int8Array
) -> tuple[Int8Array, Int32Array]:
    """First stated of some answers (A) within each referral (N): status, -1 none, and day."""
    stated = (status >= 0) & (status != EMPLOYMENT_CODES.index("ZZ"))
    person, day, status = person[stated], day[stated], status[stated]
    order = np.lexsort((status, day, person))
    person, day, status = person[order], day[order], status[order]
    span = np.int64(2**20)
    place = np.searchsorted(person * span + day, people.person * span + people.received)
    inside = place < len(person)
    at = np.minimum(place, max(len(person) - 1, 0))
    if not len(person):
        return np.full(len(inside), -1, dtype=np.int8), np.full(len(inside), NEVER, dtype=np.int32)
    inside &= (person[at] == people.person) & (day[at] <= pathways.discharge)
    return np.where(inside, status[at], -1).astype(np.int8), day[at]


def settle_recoding(settings: Settings, people: People, ids: Identifiers) -> None:
    """Keep one ethnic category for people with several referrals on both sides of the switch (in place)."""
    switch = settings.switch_month
    several = np.bincount(people.person, minlength=people.person_count) > 1
    both = several & (ids.first_month < switch) & (ids.last_month >= switch)
    ids.early_ethnicity[both] = ids.ethnicity[both]
    ids.recode_month[both] = 0


def make_crossing(
    settings: Settings, provider_count: int, people: People, pathways: Pathways, ids: Identifiers
) -> Crossing:
    """Draw pseudonyms and changes of identifiers, and find which pathways the data join over the switch.

    The rule for joining: same provider, same pseudonym, same day received; with several candidates on a side, equal
    service request identifiers must tell them apart.

    Args:
        settings: checked arguments of the run.
        provider_count: number of providers.
        people: the referrals (N) and who they are about.
        pathways: what happened to each referral.
        ids: identifiers, as they are sent.
    """
    rng = settings.generator("versions")
    count = people.person_count
    has_pseudonym = (rng.random(count) < constants.PSEUDONYM_RATE) & ~ids.is_untraced
    number = _FIRST_PSEUDONYM + np.arange(count, dtype=np.int64)
    pseudonym = np.where(has_pseudonym, number, -1)
    changes_provider = rng.random(provider_count) < constants.CHANGED_IDS_PROVIDER_SHARE
    switch = settings.switch_month
    early, late = pathways.first_month < switch, pathways.last_month >= switch
    none = np.zeros(settings.referrals, dtype=np.bool_)
    if switch == 0 or switch == settings.month_count:
        return Crossing(pseudonym, early, late, none, none)
    # A referral that is never traced goes by its service request; it would be joined by name alone were that kept.
    changes = changes_provider[people.provider] | ids.is_untraced[people.person]
    same = np.zeros(settings.referrals, dtype=np.int64)
    same[1:] = np.cumsum((people.person[1:] != people.person[:-1]) | (people.received[1:] != people.received[:-1]))
    alone = (np.bincount(same, weights=early) <= 1) & (np.bincount(same, weights=late) <= 1)
    bridged = early & late & has_pseudonym[people.person] & (alone[same] | ~changes)
    return Crossing(pseudonym, early, late, bridged, changes & late)


def request_texts(
    ids: Identifiers, crossing: Crossing, referrals: IndexArray, version: str, is_rekeyed: BoolArray
) -> pa.Array:
    """Service request identifiers of some referrals in a version of the data set.

    Args:
        ids: identifiers of all referrals.
        crossing: which of them change with version 2.
        referrals: positions of the n referrals wanted.
        version: "v1_5", "v2_0" or "v2_1".
        is_rekeyed: whether the provider of each goes by another code and numbers anew, shape (n,).
    """
    number = ids.referral_number[referrals]
    text = numbered("R", number)
    changed = crossing.changes_request[referrals]
    if version != "v1_5" and changed.any():
        text = pc.if_else(pa.array(changed), numbered("N", number), text)
    if is_rekeyed.any():
        text = pc.if_else(pa.array(is_rekeyed), numbered("K", number), text)
    return text


def pathway_texts(referrals: IndexArray, is_moved: BoolArray, is_rekeyed: BoolArray) -> pa.Array:
    """PathwayID of some referrals, by whether their person was traced anew and their provider re-keyed."""
    number = 20_000_000 + 2 * referrals.astype(np.int64) + is_moved
    return numbered("", number + _REKEYED * is_rekeyed)


def pathway_texts_1_5(referrals: IndexArray, is_rekeyed: BoolArray) -> pa.Array:
    """IC_PATHWAY_ID of some referrals."""
    return numbered("", _FIRST_PATHWAY_1_5 + referrals.astype(np.int64) + _REKEYED * is_rekeyed)


def person_texts_1_5(people: IndexArray) -> pa.Array:
    """IAPT_PERSON_ID of some people."""
    return numbered("", _FIRST_PERSON_1_5 + people.astype(np.int64))


def pseudonym_texts(crossing: Crossing, people: IndexArray) -> pa.Array:
    """Pseudonyms of some people; null where there is none."""
    number = crossing.pseudonym[people]
    return pc.binary_join_element_wise(
        pa.scalar("PN"), pa.array(number, mask=number < 0).cast(pa.string()), "", null_handling="emit_null"
    )
