"""Codes drawn once for a person or referral, and sent the same way every month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iapt_equity.synthetic import constants
from iapt_equity.synthetic.arrays import BoolArray, FloatArray, Int32Array
from iapt_equity.synthetic.identifiers import Identifiers
from iapt_equity.synthetic.people import People
from iapt_equity.synthetic.settings import Settings

CATEGORIES_2021 = (
    *constants.GROUP_CODES,
    *(part for parts in constants.CATEGORIES_2021_OF.values() for part, _ in parts),
)
"""Ethnic categories of the 2021 list: those of 2001, then the parts that the later list divides them into."""

_STREAM = 1_000_000
"""Number of these draws within the component of codes: above that of any month."""


@dataclass(frozen=True)
class Steady:
    """What is sent the same way every month. People P, referrals N."""

    practice: Int32Array
    """Number of the person's general practice within the commissioner, shape (P,)."""
    no_birth_date: BoolArray
    """People whose birth date is not sent, shape (P,)."""
    no_lsoa: BoolArray
    """People whose small area is not sent, shape (P,)."""
    no_decile: BoolArray
    """People whose deprivation decile is not sent, all among `no_lsoa`, shape (P,)."""
    category_2021: Int32Array
    """Position in CATEGORIES_2021; -1 none, shape (P,)."""
    second_condition: BoolArray
    """Referrals that say "no condition" beside a long-term condition, shape (N,)."""
    second_descriptor: FloatArray
    """A draw from 0 to 1 that says which further problem descriptors a referral has, shape (N,)."""
    source: Int32Array
    """Position in the list of sources of referral, shape (N,)."""


def make_steady(settings: Settings, people: People, ids: Identifiers) -> Steady:
    """Draw the codes that do not change from month to month."""
    rng = settings.generator("codes", _STREAM)
    count = people.person_count
    practice = rng.integers(0, 50, count).astype(np.int32)
    no_birth_date = rng.random(count) < constants.MISSING_BIRTH_DATE_RATE
    no_lsoa = rng.random(count) < constants.MISSING_LSOA_RATE
    no_decile = no_lsoa & (rng.random(count) < constants.MISSING_DEPRIVATION_RATE / constants.MISSING_LSOA_RATE)
    return Steady(
        practice=practice,
        no_birth_date=no_birth_date,
        no_lsoa=no_lsoa,
        no_decile=no_decile,
        category_2021=_categories_2021(people, ids),
        second_condition=rng.random(settings.referrals) < 0.03,
        second_descriptor=rng.random(settings.referrals),
        source=rng.integers(0, 10, settings.referrals).astype(np.int32),
    )


def _categories_2021(people: People, ids: Identifiers) -> Int32Array:
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
