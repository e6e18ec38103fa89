"""Languages that people prefer and are treated in, and interpreters, as version 2 sends them.

All draws are from a stream of their own, so that nothing else of a data set depends on them. What a contact says
depends on its referral and day alone: contacts of one day agree, and every month, and the truth, says the same of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from iapt_equity.synthetic.arrays import BoolArray, Int8Array, Int32Array
from iapt_equity.synthetic.pathways import CANCELLED_BY_PROVIDER, MISSED, OUTSIDE, Contacts
from iapt_equity.synthetic.people import People
from iapt_equity.synthetic.settings import Settings

LANGUAGES = ("en", "pl", "ro", "pa", "gu", "ur", "bn", "ta", "fa", "so", "ar", "zh", "pt", "q4")
"""Codes of the list; upper case at some providers."""
NO_LANGUAGES = ("xx", "eng")
"""Codes of no list, sent for few."""
INTERPRETERS = ("1", "2", "3", "4", "5", "X")
"""Codes of an interpreter at a contact."""

INTERPRETER_LABELS = (
    *("professional interpreter", "family member or friend", "another person", "not needed", "needed but absent"),
    "not known",
)
"""What each code says, in the words of the warehouse."""

# Share of each ethnic group (A to S) that prefers another language than English, and which ones.
_OTHER_SHARE = np.array([0.004, 0.01, 0.35, 0.01, 0.06, 0.03, 0.07, 0.12, 0.2, 0.22, 0.22, 0.01, 0.16, 0.08, 0.25, 0.3])
_OTHERS = (
    *("q4", "q4", "pl ro pt", "q4", "so ar pt", "ur gu", "pt ar", "pa gu", "ur pa", "bn", "ta fa"),
    *("q4", "so ar", "pt ar", "zh", "ar fa"),
)
_NOT_SENT, _OF_NO_LIST = 0.03, 0.004
_TREATED_IN_OWN = 0.2
_NOT_STATED = 0.03
# Interpreter of who prefers another language and is not treated in it: positions in INTERPRETERS.
_INTERPRETER_SHARE = np.array([0.4, 0.12, 0.04, 0.36, 0.05, 0.03])
_SILENT, _ABSENT = 60, 100
"""Of 1,000 contacts: those that say nothing, and those of people with an interpreter to which it does not come."""


@dataclass(frozen=True)
class Languages:
    """What is said of languages. People P, referrals N."""

    preferred: Int8Array
    """Position in LANGUAGES and NO_LANGUAGES, as sent of the person; -1 not sent, shape (P,)."""
    is_upper: BoolArray
    """Whether the provider of the person writes codes in upper case, shape (P,)."""
    treated: Int8Array
    """Position in LANGUAGES of the language of treatment; -1 not sent, shape (N,)."""
    interpreter: Int8Array
    """Position in INTERPRETERS of the usual answer, shape (N,)."""

    def of_contacts(self, referral: Int32Array, day: Int32Array) -> tuple[Int8Array, Int8Array]:
        """Language (position in LANGUAGES) and interpreter (in INTERPRETERS) of contacts (C); -1 says nothing."""
        # Multiplicative hash: a contact says the same whenever it is sent.
        place = (referral.astype(np.int64) * 2_654_435_761 + day.astype(np.int64) * 40_503 >> 7) % 1_000
        usual = self.interpreter[referral]
        absent = (usual <= 2) & (place >= _SILENT) & (place < _SILENT + _ABSENT)
        answer = np.where(absent, INTERPRETERS.index("5"), usual)
        silent = place < _SILENT
        return (
            np.where(place < _SILENT // 2, -1, self.treated[referral]).astype(np.int8),
            np.where(silent, -1, answer).astype(np.int8),
        )

    def known_preferred(self, is_sent: BoolArray, person: npt.NDArray[np.integer]) -> Int32Array:
        """Preferred language of each referral (N) whose version sends it (position in LANGUAGES); -1 not known."""
        said = self.preferred[person]
        return np.where(is_sent & (said < len(LANGUAGES)), said, -1).astype(np.int32)

    def first_answers(self, contacts: Contacts, first_month: int, count: int) -> tuple[Int32Array, Int32Array]:
        """First language of treatment and first interpreter stated at an attended contact of each referral, shape (N,).

        Args:
            contacts: all contacts.
            first_month: the first month sent in a version that has these fields.
            count: number of referrals, N.

        Returns:
            Positions in LANGUAGES and in INTERPRETERS; -1 where no contact states any.
        """
        came = ~np.isin(contacts.kind, (MISSED, CANCELLED_BY_PROVIDER, OUTSIDE)) & (contacts.month >= first_month)
        rows = np.flatnonzero(came)
        rows = rows[np.lexsort((contacts.day[rows], contacts.referral[rows]))]
        referral = contacts.referral[rows]
        language, interpreter = self.of_contacts(referral, contacts.day[rows])
        stated = np.where(interpreter == INTERPRETERS.index("X"), -1, interpreter)
        return _first_of(referral, language, count), _first_of(referral, stated, count)


def make_languages(settings: Settings, people: People) -> Languages:
    """Draw the language of every person, and how each referral is treated; by ethnic group, without effect on anything.

    Args:
        settings: checked arguments of the run.
        people: the referrals (N) and who they are about.
    """
    rng = settings.generator("languages")
    first = np.flatnonzero(people.is_first_of_person)
    group, count = people.group[first], people.person_count
    choices = [np.array([LANGUAGES.index(code) for code in codes.split()]) for codes in _OTHERS]
    own = np.zeros(count, dtype=np.int8)
    is_other, which = rng.random(count) < _OTHER_SHARE[group], rng.integers(0, 60, count)
    for number, codes in enumerate(choices):
        rows = np.flatnonzero(is_other & (group == number))
        own[rows] = codes[which[rows] % len(codes)]
    sent = rng.random(count)
    said = np.where(sent < _NOT_SENT + _OF_NO_LIST, len(LANGUAGES) + which % len(NO_LANGUAGES), own)
    said = np.where(sent < _NOT_SENT, -1, said)
    n = settings.referrals
    spoken, in_own, unstated, kind = own[people.person], rng.random(n), rng.random(n), rng.random(n)
    treated = np.where(in_own < _TREATED_IN_OWN, spoken, 0)
    needs = spoken != treated
    usual = np.searchsorted(np.cumsum(_INTERPRETER_SHARE), kind * _INTERPRETER_SHARE.sum(), side="right")
    at_ease = np.where(kind < _NOT_STATED, INTERPRETERS.index("X"), INTERPRETERS.index("4"))
    return Languages(
        preferred=said.astype(np.int8),
        is_upper=people.provider[first] % 4 == 0,
        treated=np.where(unstated < _NOT_STATED, -1, treated).astype(np.int8),
        interpreter=np.where(needs, np.minimum(usual, len(INTERPRETERS) - 1), at_ease).astype(np.int8),
    )


def _first_of(referral: Int32Array, answer: npt.NDArray[np.integer], count: int) -> Int32Array:
    """First answer that is one (not -1) of each of `count` referrals; rows are sorted by referral and time."""
    out = np.full(count, -1, dtype=np.int32)
    rows = np.flatnonzero(answer >= 0)[::-1]
    out[referral[rows]] = answer[rows]
    return out
