"""Code lists, terminology identifiers and the rate of every kind of dirt in the synthetic data.

Codes and identifiers are those of the IAPT data set (NHS Data Dictionary items, SNOMED CT concepts). Rates of dirt are
our own choice: moderate, so that each rule of the warehouse is exercised and nearly every record stays clean.
"""

from __future__ import annotations

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
"""Share of people with a second employment status later on."""
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
