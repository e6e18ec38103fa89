"""Answers to the two patient experience questionnaires of a share of finished courses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iapt_equity.synthetic import constants
from iapt_equity.synthetic.arrays import BoolArray, Int8Array, Int16Array, Int32Array
from iapt_equity.synthetic.outcomes import Outcomes
from iapt_equity.synthetic.pathways import MAIN, Pathways
from iapt_equity.synthetic.settings import Settings

QUESTIONS = (*constants.TREATMENT_QUESTIONS, *constants.CHOICE_QUESTIONS, constants.SATISFACTION)
"""Tool of each question in version 2."""
ANSWERS = ("0", "1", "2", "3", "4", "N", "Y")
_CHOICES = len(constants.CHOICE_QUESTIONS)


@dataclass
class Answers:
    """Questionnaires (Q) filled in, sorted by contact (hence by month)."""

    contact: Int32Array
    """Position in Contacts of the contact at which it was filled in."""
    month: Int16Array
    is_after_treatment: BoolArray
    """The questionnaire after treatment (at the last contact); else that after assessment (at the first)."""
    value: Int8Array
    """Shape (Q, 6): after treatment six answers 0 to 4; after assessment four choices 0 or 1, unused, satisfaction 0 to
    4."""

    def of_month(self, month: int) -> Answers:
        """The questionnaires of one reporting month."""
        block = slice(*np.searchsorted(self.month, [month, month + 1]).tolist())
        return Answers(self.contact[block], self.month[block], self.is_after_treatment[block], self.value[block])

    def rows(self) -> tuple[Int32Array, Int8Array, Int16Array]:
        """One row an answer, as version 2 sends them: contact, position in QUESTIONS, position in ANSWERS."""
        after, before = np.flatnonzero(self.is_after_treatment), np.flatnonzero(~self.is_after_treatment)
        treatment = len(constants.TREATMENT_QUESTIONS)
        contact = np.concatenate([np.repeat(self.contact[after], treatment), np.repeat(self.contact[before], 5)])
        question = np.concatenate(
            [np.tile(np.arange(treatment), len(after)), treatment + np.tile(np.arange(5), len(before))]
        )
        choices = self.value[before][:, [0, 1, 2, 3, 5]].astype(np.int16)
        choices[:, :_CHOICES] += 5
        answer = np.concatenate([self.value[after].astype(np.int16).ravel(), choices.ravel()])
        return contact, question.astype(np.int8), answer


def make_answers(settings: Settings, pathways: Pathways, outcomes: Outcomes) -> Answers:
    """Draw who answers and what; nobody does unless the settings ask for it."""
    rng = settings.generator("experience")
    contacts = pathways.contacts
    finished = np.zeros(settings.referrals, dtype=np.bool_)
    if settings.experience:
        finished[outcomes.finished] = True
    candidate = finished[contacts.referral] & (contacts.kind == MAIN)
    first = np.flatnonzero(candidate & contacts.is_first_main)
    last = np.flatnonzero(candidate & contacts.is_last_main & ~contacts.is_first_main)
    first = first[rng.random(len(first)) < constants.EXPERIENCE_RATE]
    last = last[rng.random(len(last)) < constants.EXPERIENCE_RATE]
    contact = np.concatenate([first, last])
    after = np.concatenate([np.zeros(len(first), dtype=np.bool_), np.ones(len(last), dtype=np.bool_)])
    high = np.array([0, 1, 2, 3, 3, 4, 4, 4], dtype=np.int8)
    value = high[rng.integers(0, len(high), (len(contact), 6))]
    value[~after, :4] = value[~after, :4] > 1
    order = np.argsort(contact, kind="stable")
    contact = contact[order].astype(np.int32)
    return Answers(contact, contacts.month[contact], after[order], value[order])
