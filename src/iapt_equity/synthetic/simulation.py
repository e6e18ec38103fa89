"""What is simulated: every draw of a run that is made before the first month is written.

How it is written stands elsewhere: rows of a month in `version_2_1`, `version_2_0` and `version_1_5`, submissions in
`windows`, files in `deliveries`, and what is true in `truth`. They read a simulation; nothing here knows of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iapt_equity.synthetic import (
    arrivals,
    experience,
    identifiers,
    languages,
    outcomes,
    pathways,
    people,
    places,
    planted,
    scores,
    steady,
    targets,
    versions,
)
from iapt_equity.synthetic.arrays import FloatArray, IndexArray, Int8Array
from iapt_equity.synthetic.codes import numbered
from iapt_equity.synthetic.settings import Settings

STEPS = 4
"""How often `simulate` says that a part is done."""


@dataclass(frozen=True)
class Simulation:
    """Everything that happened and everything that is known of it. Referrals N, providers P."""

    settings: Settings
    places: places.Places
    people: people.People
    pathways: pathways.Pathways
    employment: Int8Array
    """Employment status known for each referral (position in EMPLOYMENT_CODES; -1 none), shape (N,)."""
    outcomes: outcomes.Outcomes
    scores: scores.Scores
    answers: experience.Answers
    ids: identifiers.Identifiers
    submissions: identifiers.Submissions
    arrivals: arrivals.Arrivals
    crossing: versions.Crossing
    steady: steady.Steady
    languages: languages.Languages
    effects: dict[str, FloatArray]
    """Effect of each commissioner on each outcome, on the log odds scale."""
    recorder: planted.Recorder

    # ------------------------------------------------------------------------------------------- parts of one month
    def contacts_of(self, month: int) -> slice:
        """Where the contacts of reporting month number `month` stand in `pathways.contacts`."""
        return slice(*self._contact_starts[month : month + 2])

    def logs_of(self, month: int) -> slice:
        """Where the internet therapy logs of a month stand in `pathways.logs`."""
        return slice(*np.searchsorted(self.pathways.logs.month, [month, month + 1]).tolist())

    def scores_of(self, month: int) -> slice:
        """Where the scores of a month stand in `scores`."""
        return slice(*np.searchsorted(self.scores.contact, self._contact_starts[month : month + 2]).tolist())

    @cached_property
    def _contact_starts(self) -> list[int]:
        months = np.arange(self.settings.month_count + 1)
        starts: list[int] = np.searchsorted(self.pathways.contacts.month, months).tolist()
        return starts

    # --------------------------------------------------------------------------------------------- texts of places
    @cached_property
    def provider_texts(self) -> pa.Array:
        """First code of each provider, shape (P,)."""
        return pa.array(self.places.provider_codes)

    @cached_property
    def commissioner_texts(self) -> pa.Array:
        """Code of each commissioner."""
        return pa.array(self.places.commissioner_codes)

    @cached_property
    def lsoa_texts(self) -> pa.Array:
        """Code of each small area."""
        return pa.array(self.places.lsoa_codes)

    def provider_texts_in(self, month: int) -> pa.Array:
        """Codes of the providers in a reporting month, shape (P,)."""
        changed = self.arrivals.change_month <= month
        if not changed.any():
            return self.provider_texts
        return pc.if_else(pa.array(changed), pa.array(self.arrivals.successor), self.provider_texts)

    def local_ids(self, member: IndexArray, row: IndexArray, month: int) -> pa.Array:
        """The providers' identifiers of people in a reporting month; `row` is a referral of each."""
        text = numbered("P", self.ids.person_number[member])
        changed = self.arrivals.is_rekeyed(self.people.provider[row], month)
        if not changed.any():
            return text
        return pc.if_else(pa.array(changed), numbered("Q", self.ids.person_number[member]), text)


def simulate(settings: Settings, after_each: Callable[[], object]) -> Simulation:
    """Draw places, people, pathways, outcomes, scores and how submissions arrive.

    Args:
        settings: checked arguments of the run. Each component draws from a stream of its own (`Settings.generator`).
        after_each: called STEPS times, after each larger part.
    """
    goals = targets.load_targets(settings.first_year, settings.last_year)
    geography = places.make_places(settings, goals)
    provider_count = len(geography.provider_codes)
    referred = versions.settle_people(settings, people.make_people(settings, goals, geography))
    after_each()
    effects = planted.make_commissioner_effects(settings, len(geography.commissioner_codes))
    recorder = planted.Recorder(settings.first_year, settings.year_count)
    recorder.record_coefficients()
    happened = pathways.make_pathways(settings, goals, referred, effects, recorder)
    referred = versions.settle_employment(settings, referred, happened)
    employment = versions.employment_known(settings, referred, happened)
    after_each()
    ended = outcomes.make_outcomes(settings, goals, referred, happened, employment, effects, recorder)
    after_each()
    scored = scores.make_scores(settings, happened, ended)
    happened = scores.with_assessments(settings, happened, scored)
    answers = experience.make_answers(settings, referred, happened, ended, recorder)
    after_each()
    ids = identifiers.make_identifiers(settings, geography, referred, happened, ended)
    versions.settle_recoding(settings, referred, ids)
    submissions = identifiers.make_submissions(settings, provider_count)
    arrived = arrivals.make_arrivals(settings, geography, referred, happened, ids, submissions)
    identifiers.number_submissions(settings, submissions)
    return Simulation(
        settings=settings,
        places=geography,
        people=referred,
        pathways=happened,
        employment=employment,
        outcomes=ended,
        scores=scored,
        answers=answers,
        ids=ids,
        submissions=submissions,
        arrivals=arrived,
        crossing=versions.make_crossing(settings, provider_count, referred, happened, ids),
        steady=steady.make_steady(settings, referred, ids),
        languages=languages.make_languages(settings, referred),
        effects=effects,
        recorder=recorder,
    )
