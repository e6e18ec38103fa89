"""The true status of every referral, the planted coefficients and the commissioner effects."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from iapt_equity.synthetic import constants, planted
from iapt_equity.synthetic.arrivals import Arrivals
from iapt_equity.synthetic.codes import dates, indexed
from iapt_equity.synthetic.derived import Derived
from iapt_equity.synthetic.files import write_file
from iapt_equity.synthetic.identifiers import (
    END_CODES,
    PRIMARY,
    REFRESH,
    RESENT,
    WITHDRAWN,
    Identifiers,
    Submissions,
    resolved_ethnicity,
)
from iapt_equity.synthetic.outcomes import (
    DETERIORATED,
    FIRST_ONLY,
    IMPROVED_ONLY,
    MEASURES,
    MIXED,
    NO_ANXIETY,
    NO_SCORES,
    PAIRED,
    RECOVERED_ONLY,
    RELIABLY_RECOVERED,
    Outcomes,
    measure_scores,
)
from iapt_equity.synthetic.pathways import NEVER, Pathways
from iapt_equity.synthetic.people import EMPLOYMENT_CODES, MEDICATION_CODES, People
from iapt_equity.synthetic.places import Places
from iapt_equity.synthetic.scores import Scores
from iapt_equity.synthetic.settings import Settings
from iapt_equity.synthetic.versions import Crossing, pathway_texts, pathway_texts_1_5, request_texts

Int32Array = npt.NDArray[np.int32]
BoolArray = npt.NDArray[np.bool_]


def write_truth(
    settings: Settings,
    places: Places,
    people: People,
    pathways: Pathways,
    outcomes: Outcomes,
    scores: Scores,
    identifiers: Identifiers,
    crossing: Crossing,
    arrivals: Arrivals,
    employment: npt.NDArray[np.int8],
    no_deprivation: BoolArray,
    effects: dict[str, npt.NDArray[np.float64]],
    recorder: planted.Recorder,
    folder: Path,
) -> None:
    """Write referrals.parquet, coefficients.csv and commissioner_effects.csv into `folder`."""
    table = _referrals(
        settings,
        places,
        people,
        pathways,
        outcomes,
        scores,
        identifiers,
        crossing,
        arrivals,
        employment,
        no_deprivation,
    )
    write_file([table], folder / "referrals.parquet")
    outcome, term, level, value = zip(*recorder.rows, strict=True)
    write_file(
        [pa.table({"outcome": outcome, "term": term, "level": level, "value": value})], folder / "coefficients.csv"
    )
    count = len(places.commissioner_codes)
    write_file(
        [
            pa.table(
                {
                    "outcome": [name for name in effects for _ in range(count)],
                    "commissioner_code": places.commissioner_codes * len(effects),
                    "effect": np.round(np.concatenate([effects[name] for name in effects]), 8),
                }
            )
        ],
        folder / "commissioner_effects.csv",
    )


def referral_ids(
    settings: Settings,
    places: Places,
    people: People,
    pathways: Pathways,
    identifiers: Identifiers,
    crossing: Crossing,
    arrivals: Arrivals,
) -> pa.Array:
    """Name of every referral (N): its latest PathwayID, or provider and service request where there is none."""
    everybody = np.arange(settings.referrals)
    moved = identifiers.retrace_month[people.person] <= pathways.last_month
    is_rekeyed = arrivals.is_rekeyed(people.provider, pathways.last_month)
    pathway = pathway_texts(everybody, moved, is_rekeyed)
    if settings.switch_month:
        pathway = pc.if_else(pa.array(crossing.is_sent_in_2), pathway, pathway_texts_1_5(everybody, is_rekeyed))
    provider = indexed(people.provider, pa.array(places.provider_codes)).cast(pa.string())
    request = request_texts(identifiers, crossing, everybody, "v2_1", is_rekeyed)
    untraced = pa.array(identifiers.is_untraced[people.person])
    return pc.if_else(untraced, pc.binary_join_element_wise(provider, request, "|"), pathway)


def write_submissions(
    settings: Settings, places: Places, submissions: Submissions, arrivals: Arrivals, folder: Path
) -> None:
    """Write submissions.parquet: every submission, whether it counts, and why not where it does not."""
    provider, month, window = np.nonzero(submissions.number)
    number = submissions.number[provider, month, window]
    order = np.argsort(number)
    provider, month, window, number = provider[order], month[order], window[order], number[order]
    holder = np.stack([submissions.holder(k) for k in range(settings.month_count)], axis=1)
    refreshed = submissions.has_refresh[provider, month] & ~submissions.is_truncated[provider, month]
    is_used = window == holder[provider, month]
    reasons = ["used", "replaced_by_later_primary", "replaced_by_refresh", "truncated", "replaced_by_later_refresh"]
    reason = np.select(
        [
            is_used,
            (window == REFRESH) & submissions.is_truncated[provider, month],
            (window == REFRESH) & submissions.is_resent[provider, month],
            (window == WITHDRAWN) & ~refreshed & ~submissions.is_resent[provider, month],
        ],
        [0, 3, 4, 1],
        2,
    )
    codes, successors = np.array(places.provider_codes), np.array(arrivals.successor)
    is_rekeyed = arrivals.is_rekeyed(provider, month)
    windows = {WITHDRAWN: "primary", PRIMARY: "primary", REFRESH: "refresh", RESENT: "refresh"}
    table = pa.table(
        {
            "submission_id": pa.array(number),
            "mds_version": pa.array([settings.version_of(k) for k in month.tolist()]),
            "provider_code": pa.array(np.where(is_rekeyed, successors[provider], codes[provider])),
            "reporting_month": pa.array([settings.month_start(k) for k in month.tolist()], pa.date32()),
            "submission_window": pa.array([windows[k] for k in window.tolist()]),
            "is_used": pa.array(is_used),
            "fate": pa.array([reasons[k] for k in reason.tolist()]),
        }
    )
    write_file([table], folder / "submissions.parquet")


def write_disagreements(settings: Settings, derived: Derived, ids: pa.Array, folder: Path) -> None:
    """Write derived_disagreements.parquet: each derived field planted wrong, with what is right."""
    found = sorted(derived.disagreements, key=lambda item: (item.referral, item.month))
    table = pa.table(
        {
            "referral_id": ids.take(pa.array([item.referral for item in found], pa.int64())),
            "mds_version": pa.array([item.version for item in found], pa.string()),
            "reporting_month": pa.array([settings.month_start(item.month) for item in found], pa.date32()),
            "field": pa.array([item.field for item in found], pa.string()),
            "supplied_value": pa.array([item.supplied for item in found], pa.string()),
            "right_value": pa.array([item.right for item in found], pa.string()),
        }
    )
    write_file([table], folder / "derived_disagreements.parquet")


def _referrals(
    settings: Settings,
    places: Places,
    people: People,
    pathways: Pathways,
    outcomes: Outcomes,
    scores: Scores,
    identifiers: Identifiers,
    crossing: Crossing,
    arrivals: Arrivals,
    employment: npt.NDArray[np.int8],
    no_deprivation: BoolArray,
) -> pa.Table:
    n = settings.referrals
    person = people.person
    provider = indexed(people.provider, pa.array(places.provider_codes)).cast(pa.string())
    everybody = np.arange(n)
    is_rekeyed = arrivals.is_rekeyed(people.provider, pathways.last_month)
    request = request_texts(identifiers, crossing, everybody, "v2_1", is_rekeyed)
    provider = pc.if_else(
        pa.array(is_rekeyed), indexed(people.provider, pa.array(arrivals.successor)).cast(pa.string()), provider
    )
    valid = people.status == 0
    resolved = resolved_ethnicity(people, pathways, identifiers)
    treated = pathways.treatment_contacts

    def day(values: Int32Array) -> pa.Array:
        return dates(values, values == NEVER)

    def days_between(later: Int32Array, earlier: Int32Array) -> pa.Array:
        missing = (later == NEVER) | (earlier == NEVER)
        return pa.array((later - earlier).astype(np.int64), mask=missing)

    columns: dict[str, pa.Array] = {
        "referral_id": referral_ids(settings, places, people, pathways, identifiers, crossing, arrivals),
        "provider_code": provider,
        "service_request_id": request,
        "commissioner_code": indexed(people.commissioner, pa.array(places.commissioner_codes)).cast(pa.string()),
        "referral_received_date": dates(people.received),
        "discharge_date": day(pathways.discharge),
        "end_code": indexed(np.where(pathways.is_discharged, identifiers.end_code, -1), pa.array(END_CODES)),
        "ethnic_category_code": indexed(np.where(valid, resolved[person], -1), pa.array(constants.GROUP_CODES)),
        "ethnicity_recording_status": indexed(people.status, pa.array(constants.RECORDING_STATUSES)),
        "underlying_ethnic_category_code": indexed(people.group, pa.array(constants.GROUP_CODES)),
        "age_at_referral": pa.array(people.age.astype(np.int64)),
        "gender": indexed(people.gender, pa.array(["male", "female", "indeterminate", "not known"])),
        "imd_decile": pa.array(people.decile.astype(np.int64) + 1, mask=no_deprivation[person]),
        "first_assessment_date": day(pathways.first_assessment),
        "first_treatment_date": day(pathways.first_treatment),
        "second_treatment_date": day(pathways.second_treatment),
        "last_treatment_date": day(pathways.last_treatment),
        "care_contact_count": pa.array(pathways.care_contacts.astype(np.int64)),
        "treatment_contact_count": pa.array(treated.astype(np.int64)),
        "offered_contact_count": pa.array(pathways.offered.astype(np.int64)),
        "attended_contact_count": pa.array(pathways.attended.astype(np.int64)),
        "is_accessed": pa.array(treated >= 1),
        "is_course_of_treatment": pa.array(treated >= 2),
        "is_discharged": pa.array(pathways.is_discharged),
        "is_finished_course": pa.array(pathways.is_finished),
        "days_referral_to_assessment": days_between(pathways.first_assessment, people.received),
        "days_assessment_to_next_treatment": days_between(pathways.next_treatment, pathways.first_assessment),
    }
    columns.update(_episodes(settings, people, pathways, outcomes, identifiers, employment))
    is_clean = np.ones(n, dtype=np.bool_)
    is_clean[scores.spoilt] = False
    is_clean[~pathways.is_finished] = True
    is_clean[crossing.is_apart | arrivals.is_apart] = False
    columns["is_clean"] = pa.array(is_clean)
    versions = [settings.version_of(month) for month in range(settings.month_count)]
    if settings.version != "v2_1":
        columns["mds_version"] = indexed(pathways.last_month, pa.array(versions))
    table = pa.table({name: _plain(column) for name, column in columns.items()})
    # What was sent earlier of a pathway that nothing joins to its later part stands as a referral of its own.
    return pa.concat_tables(
        [
            table,
            *_earlier_parts(table, settings, places, people, identifiers, crossing, arrivals, crossing.is_apart, True),
            *_earlier_parts(table, settings, places, people, identifiers, crossing, arrivals, arrivals.is_apart, False),
        ]
    )


def _earlier_parts(
    table: pa.Table,
    settings: Settings,
    places: Places,
    people: People,
    identifiers: Identifiers,
    crossing: Crossing,
    arrivals: Arrivals,
    apart: BoolArray,
    by_version: bool,
) -> list[pa.Table]:
    """Rows of the parts sent before the switch (or else before the change of the provider's code)."""
    rows = np.flatnonzero(apart)
    if len(rows) == 0:
        return []
    provider = people.provider[rows]
    change = arrivals.change_month[provider].astype(np.int64)
    last = np.full(len(rows), settings.switch_month, dtype=np.int64) - 1 if by_version else change - 1
    early = last < settings.switch_month
    is_rekeyed = arrivals.is_rekeyed(provider, last)
    code = pc.if_else(
        pa.array(is_rekeyed),
        indexed(provider, pa.array(arrivals.successor)).cast(pa.string()),
        indexed(provider, pa.array(places.provider_codes)).cast(pa.string()),
    )
    request = pc.if_else(
        pa.array(early),
        request_texts(identifiers, crossing, rows, "v1_5", is_rekeyed),
        request_texts(identifiers, crossing, rows, "v2_1", is_rekeyed),
    )
    moved = identifiers.retrace_month[people.person[rows]] <= last
    pathway = pc.if_else(pa.array(early), pathway_texts_1_5(rows, is_rekeyed), pathway_texts(rows, moved, is_rekeyed))
    untraced = pa.array(identifiers.is_untraced[people.person[rows]])
    columns = {
        "referral_id": pc.if_else(untraced, pc.binary_join_element_wise(code, request, "|"), pathway),
        "provider_code": code,
        "service_request_id": request,
        "mds_version": pa.array([settings.version_of(month) for month in last.tolist()]),
    }
    parts = table.take(rows)
    for name, column in columns.items():
        if name in parts.schema.names:
            parts = parts.set_column(parts.schema.get_field_index(name), name, column)
    return [parts]


def _plain(column: pa.Array) -> pa.Array:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _episodes(
    settings: Settings,
    people: People,
    pathways: Pathways,
    outcomes: Outcomes,
    identifiers: Identifiers,
    employment: npt.NDArray[np.int8],
) -> dict[str, pa.Array]:
    """Columns about finished courses; null for every other referral."""
    n, rows = settings.referrals, outcomes.finished
    missing, status = outcomes.missing[rows], outcomes.status
    paired = missing == PAIRED
    known_first = missing != NO_SCORES
    known_anxiety = known_first & (missing != NO_ANXIETY)
    measure = outcomes.chosen_measure()
    gad7_first, gad7_last = outcomes.gad7_first[rows], outcomes.gad7_last[rows]
    first = np.where(measure > 0, measure_scores(measure, outcomes.specific_first[rows]), gad7_first)
    last = np.where(measure > 0, measure_scores(measure, outcomes.specific_last[rows]), gad7_last)

    def spread(values: npt.NDArray[np.generic], known: BoolArray) -> pa.Array:
        full = np.zeros(n, dtype=values.dtype)
        mask = np.ones(n, dtype=np.bool_)
        full[rows] = values
        mask[rows[known]] = False
        return pa.array(full, mask=mask)

    everyone = np.ones(len(rows), dtype=np.bool_)
    offered = np.maximum(pathways.offered[rows], 1)
    # People without any known medication code on a contact they came to have none to read.
    medication = people.medication[rows].astype(np.int32)
    sent_dropout = outcomes.dropped_out & np.isin(
        identifiers.end_code[rows], (END_CODES.index("47"), END_CODES.index("43"))
    )
    labels = pa.array([item.token for item in MEASURES])
    is_member = np.zeros(n, dtype=np.bool_)
    is_member[rows] = True
    full_measure, full_medication, full_employment, full_condition = (np.full(n, -1, dtype=np.int32) for _ in range(4))
    full_measure[rows] = measure
    full_medication[rows] = np.where(medication == MEDICATION_CODES.index(""), -1, medication)
    full_employment[rows] = employment[rows]
    full_condition[rows] = people.long_term_condition[rows]
    return {
        "phq9_first": spread(outcomes.phq9_first[rows].astype(np.int64), known_first),
        "phq9_last": spread(outcomes.phq9_last[rows].astype(np.int64), known_first & (missing != FIRST_ONLY)),
        "gad7_first": spread(gad7_first.astype(np.int64), known_anxiety),
        "gad7_last": spread(gad7_last.astype(np.int64), paired),
        "anxiety_measure": indexed(full_measure, labels),
        "anxiety_first": spread(first.astype(np.float64), known_anxiety),
        "anxiety_last": spread(last.astype(np.float64), paired),
        "is_paired": spread(paired, everyone),
        "is_at_caseness": spread(outcomes.at_caseness == 1, outcomes.at_caseness >= 0),
        "is_recovered": spread(np.isin(status, (RELIABLY_RECOVERED, RECOVERED_ONLY)), everyone),
        "is_reliably_improved": spread(np.isin(status, (RELIABLY_RECOVERED, IMPROVED_ONLY)), everyone),
        "is_reliably_recovered": spread(status == RELIABLY_RECOVERED, everyone),
        "is_reliably_deteriorated": spread(status == DETERIORATED, everyone),
        "has_mixed_reliable_change": spread(status == MIXED, everyone),
        "is_dropped_out": spread(sent_dropout, everyone),
        "proportion_attended": spread(pathways.attended[rows] / offered, pathways.offered[rows] > 0),
        "psychotropic_medication_code": indexed(full_medication, pa.array(MEDICATION_CODES)),
        "employment_status_code": indexed(full_employment, pa.array(EMPLOYMENT_CODES)),
        "has_long_term_condition": pa.array(full_condition == 1, mask=full_condition < 0),
    }
