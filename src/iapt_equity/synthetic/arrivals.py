"""How submissions really arrive: what is planted on request beside the ordinary course of deliveries.

Truncated Refresh files, a year sent again by one provider, provider codes that change and re-key everything, service
request identifiers given again to other patients, and pathways that two providers send.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from iapt_equity.synthetic import constants
from iapt_equity.synthetic.arrays import BoolArray, IndexArray, Int16Array
from iapt_equity.synthetic.identifiers import Identifiers, Submissions
from iapt_equity.synthetic.pathways import Pathways
from iapt_equity.synthetic.people import People
from iapt_equity.synthetic.places import Places
from iapt_equity.synthetic.settings import Settings

_NEVER = 30_000


@dataclass
class Arrivals:
    """What is planted. Providers P, referrals N."""

    change_month: Int16Array
    """First month under the successor's code, shape (P,); beyond the data where the code never changes."""
    successor: list[str]
    """Code of each provider after the change, its own where there is none; length P."""
    is_apart: BoolArray
    """Referrals sent under both codes that nothing joins, shape (N,)."""
    reused: IndexArray
    """Referrals whose service request identifier was another patient's before."""
    copied: IndexArray
    """Referrals that a second provider sends too, up to the month before their last."""
    copied_by: Int16Array
    """The second provider of each of those."""

    def is_rekeyed(
        self, provider: npt.NDArray[np.integer], month: npt.NDArray[np.integer] | np.integer | int
    ) -> BoolArray:
        """Whether each provider goes by its successor's code in a month."""
        return np.asarray(month >= self.change_month[provider], dtype=np.bool_)


def make_arrivals(
    settings: Settings, places: Places, people: People, pathways: Pathways, ids: Identifiers, submissions: Submissions
) -> Arrivals:
    """Draw what is planted; nothing unless the settings ask for it.

    Args:
        settings: checked arguments of the run.
        places: the fictional geography.
        people: the referrals (N) and who they are about.
        pathways: what happened to each referral.
        ids: identifiers; those given again are changed in place.
        submissions: which submissions there are; truncated and resent ones are marked in place.
    """
    count = len(places.provider_codes)
    out = Arrivals(
        change_month=np.full(count, _NEVER, dtype=np.int16),
        successor=list(places.provider_codes),
        is_apart=np.zeros(settings.referrals, dtype=np.bool_),
        reused=np.zeros(0, dtype=np.intp),
        copied=np.zeros(0, dtype=np.intp),
        copied_by=np.zeros(0, dtype=np.int16),
    )
    if not settings.messy:
        return out
    rng = settings.generator("arrivals")
    # Four providers in the middle of the range of sizes, each with one trouble of its own.
    size = np.bincount(people.provider, minlength=count)
    middle = np.argsort(size, kind="stable")[::-1][count // 5 : max(count // 5 + 4, count * 3 // 5)]
    chosen = rng.permutation(middle)
    rekeyed = chosen[: 2 if count >= 8 else 1]
    resending, reusing = int(chosen[2 % len(chosen)]), int(chosen[3 % len(chosen)])
    _change_codes(settings, places, people, pathways, ids, rekeyed, out)
    _resend_a_year(settings, resending, submissions)
    _truncate(rng, people, pathways, submissions)
    out.reused = _reuse_requests(people, pathways, ids, reusing)
    _copy_pathways(settings, rng, count, people, pathways, ids, rekeyed, reusing, out)
    return out


def provider_changes(settings: Settings, places: Places, arrivals: Arrivals) -> list[tuple[str, str, datetime.date]]:
    """Changes of provider codes: old code, new code, first month of the new."""
    return [
        (old, new, settings.month_start(int(month)))
        for old, new, month in zip(places.provider_codes, arrivals.successor, arrivals.change_month, strict=True)
        if new != old
    ]


def _change_codes(
    settings: Settings,
    places: Places,
    people: People,
    pathways: Pathways,
    ids: Identifiers,
    rekeyed: IndexArray,
    out: Arrivals,
) -> None:
    switch, months = settings.switch_month, settings.month_count
    begin, end = (switch, months) if months - switch >= 6 else (0, switch)
    for number, provider in enumerate(rekeyed.tolist()):
        month = begin + (end - begin) * (number + 1) // (len(rekeyed) + 1)
        out.change_month[provider] = month
        code = places.provider_codes[provider]
        # No other code has a zero in this place.
        out.successor[provider] = f"Z0{code[2:]}"
        mine = people.provider == provider
        members = np.unique(people.person[mine])
        # What would hide the join is left out: these people are traced once, and keep one ethnic category.
        ids.retrace_month[members] = _NEVER
        ids.is_untraced[members] = False
        ids.early_ethnicity[members] = ids.ethnicity[members]
        ids.recode_month[members] = 0
        rows = np.flatnonzero(mine)
        before, after = pathways.first_month[rows] < month, pathways.last_month[rows] >= month
        same = np.cumsum(
            np.concatenate(
                [[0], (np.diff(people.person[rows]) != 0) | (np.diff(people.received[rows]) != 0)],
            )
        ).astype(np.intp)
        alone = (np.bincount(same, weights=before) <= 1) & (np.bincount(same, weights=after) <= 1)
        out.is_apart[rows] = before & after & ~alone[same]


def _resend_a_year(settings: Settings, provider: int, submissions: Submissions) -> None:
    year = 0 if settings.year_count < 3 else 1
    first = 12 * year
    delivery = min(first + 12 + 4, settings.month_count)
    sent = np.arange(first, min(first + 12, delivery))
    submissions.is_resent[provider, sent] = True
    submissions.resent_delivery = delivery


def _truncate(rng: np.random.Generator, people: People, pathways: Pathways, submissions: Submissions) -> None:
    count, months = submissions.has_refresh.shape
    draw = rng.random((count, months))
    # Referrals that each provider sends in each month: one more from the first, one less after the last.
    change = np.zeros((count, months + 1), dtype=np.int64)
    np.add.at(change, (people.provider, pathways.first_month), 1)
    np.add.at(change, (people.provider, pathways.last_month + 1), -1)
    sent = np.cumsum(change, axis=1)[:, :months]
    possible = submissions.has_refresh & ~submissions.is_resent & (sent >= constants.TRUNCATED_MIN_REFERRALS)
    submissions.is_truncated[:] = possible & (draw < constants.TRUNCATED_REFRESH_RATE)
    if not submissions.is_truncated.any():
        # A small set has one all the same, early enough to matter.
        where = np.flatnonzero(possible[:, : max(1, months // 2)].ravel())
        if len(where):
            provider, month = np.unravel_index(int(where[len(where) // 2]), (len(possible), max(1, months // 2)))
            submissions.is_truncated[provider, month] = True


def _reuse_requests(people: People, pathways: Pathways, ids: Identifiers, provider: int) -> IndexArray:
    """Give numbers of closed referrals of one provider to later referrals of other people."""
    rows = np.flatnonzero(people.provider == provider)
    traced = ~ids.is_untraced[people.person[rows]]
    closed = rows[traced & pathways.is_discharged[rows]]
    closed = closed[np.argsort(pathways.last_month[closed], kind="stable")]
    later = rows[traced][np.argsort(pathways.first_month[rows[traced]], kind="stable")]
    later = later[:: max(1, round(1 / constants.REUSED_REQUEST_SHARE))]
    taken: list[int] = []
    position = 0
    given: set[int] = set()
    for referral in later.tolist():
        if referral in given:
            continue
        while position < len(closed) and (
            int(closed[position]) in taken or people.person[closed[position]] == people.person[referral]
        ):
            position += 1
        if position == len(closed):
            break
        former = int(closed[position])
        if pathways.last_month[former] + 1 < pathways.first_month[referral]:
            ids.referral_number[referral] = ids.referral_number[former]
            taken.append(referral)
            given.add(former)
            position += 1
    return np.array(sorted(taken), dtype=np.intp)


def _copy_pathways(
    settings: Settings,
    rng: np.random.Generator,
    provider_count: int,
    people: People,
    pathways: Pathways,
    ids: Identifiers,
    rekeyed: IndexArray,
    reusing: int,
    out: Arrivals,
) -> None:
    switch = settings.switch_month
    one_version = (pathways.last_month < switch) | (pathways.first_month >= switch)
    person = people.person
    plain = ~ids.is_untraced[person] & (ids.retrace_month[person] == _NEVER) & (ids.recode_month[person] == 0)
    possible = one_version & plain & (pathways.last_month > pathways.first_month)
    possible &= ~np.isin(people.provider, [*rekeyed.tolist(), reusing])
    # People with one referral: the second provider knows them from nothing else.
    possible &= np.bincount(person, minlength=people.person_count)[person] == 1
    out.copied = np.flatnonzero(possible & (rng.random(settings.referrals) < constants.TWO_PROVIDER_RATE))
    other = (people.provider[out.copied] + 1 + rng.integers(0, max(1, provider_count - 1), len(out.copied))).astype(
        np.int64
    ) % provider_count
    usable = (other != people.provider[out.copied]) & ~np.isin(other, [*rekeyed.tolist(), reusing])
    out.copied, out.copied_by = out.copied[usable], other[usable].astype(np.int16)
