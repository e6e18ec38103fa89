"""Code lists, terminology identifiers and the rate of every kind of dirt in the synthetic data.

Codes and identifiers are those of the IAPT data set (NHS Data Dictionary items, SNOMED CT concepts). Rates of dirt are
our own choice: moderate, so that each rule of the warehouse is exercised and nearly every record stays clean.
"""

from __future__ import annotations

import datetime
from typing import Final

GROUP_CODES: Final = ("A", "B", "C", "D", "E", "F", "G", "H", "J", "K", "L", "M", "N", "P", "R", "S")
"""The 16 ethnic categories of the 2001 Census, in the order of every group axis in this package."""

RECORDING_STATUSES: Final = ("valid", "not_stated", "not_known", "invalid", "missing")

# --- Ethnicity as sent ---------------------------------------------------------------------------------------------
NOT_KNOWN_VARIANTS: Final = ("99", "9")
INVALID_ETHNICITY_CODES: Final = ("X", "AB", "I", "WB", "1", "Q", "A1", "ZZ")
MISSING_ETHNICITY_VARIANTS: Final = (None, "", "0")

# --- SNOMED CT and other identifiers -------------------------------------------------------------------------------
PHQ9: Final = "720433000"
GAD7: Final = "445455005"
WSAS: Final = ("932621000000100", "932581000000100", "932611000000106", "932591000000103", "932601000000109")
"""Work (9 = not applicable), home, social leisure, private leisure, relationships."""
EMPLOYMENT_SUPPORT: Final = "1098051000000103"
NO_LONG_TERM_CONDITION: Final = "748031000000103"
LONG_TERM_CONDITIONS: Final = ("195967001", "13645005", "73211009", "373673007", "53619000", "928000", "56265001")
THERAPIES: Final = ("304891004", "286711000000107", "449030000", "748051000000105", "748041000000107", "443730003")
INTERNET_PROGRAMMES: Final = ("SilverCloud", "Slvrcld", "Minddistrict", "Mnddstrct")

GENERAL_DESCRIPTORS: Final = ("F32", "F33", "F411", "F412", "F402", "Z637")
"""Problem descriptors that lead to GAD-7 as the anxiety measure."""

END_CODES_NEVER_SEEN: Final = ("50", "10", "11", "14", "95")
END_CODES_ASSESSED_ONLY: Final = ("10", "11", "12", "13", "14", "16", "17")
END_CODES_TREATED_ONCE: Final = ("46", "47", "48", "96", "47")
END_CODES_FINISHED: Final = ("46", "46", "46", "46", "46", "46", "46", "48", "96", "49")
"""End codes of finished courses that are not a dropout (47), repeated by weight."""

END_CODES_NOT_KNOWN: Final = ("95", "96", "97", "98")
"""End codes that say that how the referral ended is not known: nobody can tell whether it was a dropout."""

# --- Shape of the deliveries ---------------------------------------------------------------------------------------
REFRESH_SHARE: Final = 0.35
"""Share of provider-months whose submission is sent again, as a Refresh, a month later."""
LATE_CONTACT_RATE: Final = 0.015
"""Share of contacts (with their activities and scores) that only the Refresh holds, where there is one."""
LATE_DISCHARGE_RATE: Final = 0.01
"""Share of discharges that only the Refresh holds, where there is one."""
WITHDRAWN_PRIMARY_RATE: Final = 0.01
"""Share of provider-months with an earlier, cut-short Primary submission that a later Primary replaces."""
RETRACE_RATE: Final = 0.005
"""Share of people whose Person_ID and PathwayID change once midway."""
UNTRACED_RATE: Final = 0.003
"""Share of people never traced: a one-off Person_ID in every submission and no PathwayID."""
REUSED_CONTACT_ID_PROVIDER_SHARE: Final = 0.5
"""Share of providers whose contact and activity identifiers are small counters that start again every month."""

# --- Dirt that a warehouse can see through (records stay clean) ------------------------------------------------------
STRAY_CODE_RATE: Final = 0.02
"""Share of coded values sent with a stray space or a lost zero."""
STRAY_ETHNICITY_RATE: Final = 0.01
STRAY_SCORE_RATE: Final = 0.01
OUTSIDE_CONTACT_RATE: Final = 0.001
"""Contacts dated outside the referral, as a share of all contacts; they carry scores."""
EMPLOYMENT_CONTACT_RATE: Final = 0.012
"""Employment-support contacts (AppType 02) per referral seen."""
REVIEW_CONTACT_RATE: Final = 0.015
"""Review-only contacts (AppType 04) per referral seen."""
UNPLANNED_RATE: Final = 0.01
"""Share of attended contacts sent as unplanned with no attendance code."""
BLANK_PLANNED_INDICATOR_RATE: Final = 0.02
INTERNET_THERAPY_RATE: Final = 0.05
"""Share of courses of treatment with internet-enabled therapy logs."""
INCOMPLETE_LOG_RATE: Final = 0.1
"""Share of internet therapy logs sent without an end date."""
DATED_SCORE_RATE: Final = 0.02
"""Share of scored contacts whose scores come in IDS606 instead of IDS607."""
SAME_DAY_SCORE_RATE: Final = 0.003
"""Share of finished courses with a second set of scores, in IDS606, on the day of the last contact."""
RECODED_FROM_UNSTATED_RATE: Final = 0.02
"""Share of people (present in two months or more) whose ethnicity was first sent as not stated."""
RECODED_BETWEEN_VALID_RATE: Final = 0.002
DESCRIPTOR_CHANGE_RATE: Final = 0.02
"""Share of referrals whose primary problem descriptor changes midway."""
DESCRIPTOR_FORMAT_RATE: Final = 0.02
"""Share of problem descriptors sent with a dot or in lower case."""
EMPLOYMENT_CHANGE_RATE: Final = 0.05
"""Share of referrals with a second employment status later on."""
EARLY_EMPLOYMENT_RATE: Final = 0.03
"""Share of first employment statuses recorded up to 30 days before the referral: answers that are not of it."""
MOVE_RATE: Final = 0.3
"""Share of further referrals of a person by which the person has moved."""
MISSING_END_CODE_PROVIDER_SHARE: Final = 0.05
MISSING_END_CODE_RATE: Final = 0.6
"""Share of discharges without an end code at those providers."""
MISSING_BIRTH_DATE_RATE: Final = 0.02
MISSING_LSOA_RATE: Final = 0.02
MISSING_DEPRIVATION_RATE: Final = 0.01

# --- Dirt that hides what happened -----------------------------------------------------------------------------------
INVALID_SCORE_RATE: Final = 0.003
"""Share of scores out of range or not a number; a record whose first or last score is hit is not clean."""
INVALID_WHOLE_SCORES: Final = ("99", "999", "-1", "N/A", "x", "")
INVALID_MEAN_SCORES: Final = ("9.99", "99", "-1", "N/A", "x", "")

# --- Missing pairs ---------------------------------------------------------------------------------------------------
UNPAIRED_RATE: Final = 0.015
"""Share of finished courses without a first and last score on both measures (98.5% complete in the report)."""

# --- Versions --------------------------------------------------------------------------------------------------------
VERSIONS: Final = ("v1_5", "v2_0", "v2_1")
"""Versions of the data set, oldest first; also the names of their folders."""
FIRST_MONTH_V2_0: Final = datetime.date(2020, 9, 1)
"""First reporting month in version 2.0 (dashboards; inferred: submission windows existed from April 2020)."""
FIRST_MONTH_V2_1: Final = datetime.date(2022, 4, 1)
"""First reporting month in version 2.1 (submission calendar)."""
PSEUDONYM_RATE: Final = 0.98
"""Share of traced people with a pseudonym that is the same in every version."""
CHANGED_IDS_PROVIDER_SHARE: Final = 0.5
"""Share of providers whose new system gives every referral a new service request identifier with version 2.0."""
DISABILITY_RATE: Final = 0.06
"""Share of people with a disability row in version 1.5."""

END_CODES_1_5: Final = {"17": "15", "95": "97", "46": "42", "47": "43", "49": "45", "96": "98"}
"""Version 1.5 end code of each version 2 code that it lacks, beside 48 (our equivalence, not an official one)."""
END_CODES_1_5_FOR_48: Final = ("40", "41", "44")
THERAPIES_1_5: Final = ("50", "44", "46", "20", "22", "51")
"""Two-digit therapy type of each of THERAPIES."""
EMPLOYMENT_SUPPORT_1_5: Final = "29"
"""Two-digit therapy type of employment support (recalled)."""

# --- How submissions really arrive (on request) ----------------------------------------------------------------------
TRUNCATED_REFRESH_RATE: Final = 0.02
"""Share of Refresh submissions that hold under half of the rows their header states."""
TRUNCATED_SHARE_KEPT: Final = 0.4
"""Share of rows that such a submission holds at most, of all of them and of its patients, referrals and contacts."""
TRUNCATED_MIN_REFERRALS: Final = 10
"""Referrals that a submission must state to be cut short: a part of fewer could be none of them, or over half."""
DUPLICATE_CONTACT_RATE: Final = 0.003
"""Share of attended contacts of courses of treatment sent twice: same referral, day and time, another identifier."""
REUSED_REQUEST_SHARE: Final = 0.2
"""Share of the referrals of one provider that take the service request identifier of a closed referral of another
patient, where there is one."""
TWO_PROVIDER_RATE: Final = 0.004
"""Share of referrals (in one version, of people with no other) that a second provider sends too."""
CATEGORY_2021_RATE: Final = 0.25
"""Share of people with a valid category who have one of the 2021 list as well."""
CATEGORIES_2021_OF: Final = {"C": (("T", 0.05), ("U", 0.05)), "S": (("V", 0.3),)}
"""Categories of the 2021 list (placeholder codes) inside a category of 2001, and the share of its people in each: Gypsy
or Irish Traveller, Roma, Arab."""

# --- Centrally derived fields ----------------------------------------------------------------------------------------
WRONG_DERIVATION_RATE: Final = 0.01
"""Share of referrals with one derived field planted wrong in the last month sent."""

# --- Experience questionnaires ---------------------------------------------------------------------------------------
ASSESSMENT_ANSWER_RATE: Final = 0.1183
"""Share of people treated with answers to the questionnaire after assessment (report, section 3.8: 11.83%)."""
TREATMENT_ANSWER_RATE: Final = 0.1652
"""Share of finished courses with answers to the questionnaire after treatment (report, section 3.8: 16.52%)."""
ENOUGH_INFORMATION_RATE: Final = 0.75
"""Share of those asked after assessment who would say that they had enough information, were they to answer."""
TREATMENT_QUESTIONS: Final = (
    "747901000000107",
    "747911000000109",
    "747921000000103",
    "747931000000101",
    "747941000000105",
    "747951000000108",
)
"""Questions 1 to 6 after treatment, answered 0 to 4; version 1.5 has the first five."""
CHOICE_QUESTIONS: Final = ("747861000000100", "747871000000107", "747881000000109", "904691000000103")
"""Questions 1 to 4 after assessment, answered Y or N; version 1.5 has the first three."""
SATISFACTION: Final = "747891000000106"
"""Satisfaction with the assessment, 0 to 4."""
