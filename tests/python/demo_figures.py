"""Figures of the demo set that pages quote: page, the words around them, and the query that gives them.

Words as on the page, lines joined; a brace stands for a figure.
"""

from __future__ import annotations

TOTAL = "area_level = 'national' and ethnic_classification = 'total'"
"""Rows of the rate tables on everybody."""


def share(numerator: str, denominator: str = "true") -> str:
    """SQL of a percentage, as pages write it: of the rows where one condition holds, those where both do."""
    return f"printf('%.1f', 100 * count(*) filter ({numerator} and {denominator}) / count(*) filter ({denominator}))"


def count(condition: str = "true") -> str:
    """SQL of a count, as pages write it."""
    return f"format('{{:,}}', count(*) filter ({condition}))"


def of_all_years(measure: str, of_all: bool = True) -> str:
    """Query of an outcome over all years together: out of those of whom it is known, and out of all."""
    known = "printf('%.1f', 100 * sum(numerator_count) / sum(denominator_count))"
    whole = "printf('%.1f', 100 * sum(numerator_count) / (sum(denominator_count) + sum(unknown_count)))"
    return (
        f"select {known}{', ' + whole if of_all else ''} from marts.outcome_rates "
        f"where {TOTAL} and measure = '{measure}'"
    )


CHANGELOG = "CHANGELOG.md"
UNKNOWN_OUTCOMES = "docs/decisions/unknown_outcomes.md"
OTHER_MEASURE = "anxiety_measure <> 'GAD7'"
CASENESS_BY_GAD7 = "(phq9_first >= 10 or gad7_first >= 8)"

FIGURES: tuple[tuple[str, str, str], ...] = (
    (
        "docs/decisions/anxiety_measure.md",
        "On the demo set {}% of courses are judged by another measure than GAD-7, and with GAD-7 for everyone recovery "
        "would be {}% instead of {}%.",
        f"select {share(OTHER_MEASURE)}, "
        f"{share('phq9_last < 10 and gad7_last < 8', CASENESS_BY_GAD7)}, {share('is_recovered', 'is_at_caseness')} "
        "from marts.fct_episodes",
    ),
    (
        "docs/decisions/mixed_reliable_change.md",
        "Little: {} of {} courses of the demo set ({}%) are mixed",
        f"select {count('has_mixed_reliable_change')}, {count()}, {share('has_mixed_reliable_change')} "
        "from marts.fct_episodes",
    ),
    (
        "docs/decisions/cohort_or_events.md",
        "on the demo set access is {}%, {}%, {}% for the years from 2015-16, and {}% for the first nine months of",
        "select max(rate) filter (financial_year = '2015-16'), max(rate) filter (financial_year = '2016-17'), "
        "max(rate) filter (financial_year = '2017-18'), max(rate) filter (financial_year = '2018-19') "
        "from (select financial_year, printf('%.1f', 100 * rate) as rate from marts.access_rates "
        f"where {TOTAL} and measure = 'access') as rates",
    ),
    (
        "docs/decisions/the_window.md",
        "Access of 2018-19, the last year, is {}% of {} referrals instead of {}% of all {} ({} came too recently: "
        "`too_recent_count`; not complete), courses {}% instead of {}%",
        f"select {share('is_accessed', 'has_enough_follow_up')}, {count('has_enough_follow_up')}, "
        f"{share('is_accessed')}, {count()}, {count('not has_enough_follow_up')}, "
        f"(select printf('%.1f', 100 * rate) from marts.access_rates where {TOTAL} "
        "and measure = 'course_of_treatment' and financial_year = '2018-19'), "
        f"{share('is_course_of_treatment', 'is_accessed')} "
        "from marts.fct_referrals where referral_financial_year = '2018-19'",
    ),
    (
        UNKNOWN_OUTCOMES,
        "dropout is {}% of {} courses instead of {}% of {}",
        f"select {share('is_dropped_out', 'is_dropped_out is not null')}, {count('is_dropped_out is not null')}, "
        f"{share('is_dropped_out')}, {count()} from marts.fct_episodes",
    ),
    (
        UNKNOWN_OUTCOMES,
        "({}% not known: {} courses without a code, {} with one that says not known)",
        f"select {share('is_dropped_out is null')}, {count('end_code is null')}, "
        f"{count('end_code is not null and is_dropped_out is null')} from marts.fct_episodes",
    ),
    (UNKNOWN_OUTCOMES, "reliable improvement {}% instead of {}%", of_all_years("reliable_improvement")),
    (UNKNOWN_OUTCOMES, "reliable deterioration {}%", of_all_years("reliable_deterioration", of_all=False)),
    (UNKNOWN_OUTCOMES, "; recovery {}% instead of {}%", of_all_years("recovery")),
    (UNKNOWN_OUTCOMES, "reliable recovery {}% instead of {}%", of_all_years("reliable_recovery")),
    (
        "docs/decisions/dropout.md",
        "On the demo set {}% of finished courses that say how they ended.",
        of_all_years("dropout", of_all=False),
    ),
    (
        CHANGELOG,
        "on the demo access of 2018-19 from {}% to {}%, courses from {}% to {}%; earlier years stay",
        f"select {share('is_accessed')}, {share('is_accessed', 'has_enough_follow_up')}, "
        f"{share('is_course_of_treatment', 'is_accessed')}, "
        f"(select printf('%.1f', 100 * rate) from marts.access_rates where {TOTAL} "
        "and measure = 'course_of_treatment' and financial_year = '2018-19') "
        "from marts.fct_referrals where referral_financial_year = '2018-19'",
    ),
    (
        CHANGELOG,
        "rises by the share not known: on the demo from {}% to {}%",
        f"select {share('is_dropped_out')}, {share('is_dropped_out', 'is_dropped_out is not null')} "
        "from marts.fct_episodes",
    ),
    (CHANGELOG, "on the demo recovery 47.6% to {}%", of_all_years("recovery", of_all=False)),
    (CHANGELOG, "reliable recovery 45.3% to {}%", of_all_years("reliable_recovery", of_all=False)),
    (CHANGELOG, "improvement 64.1% to {}%", of_all_years("reliable_improvement", of_all=False)),
    (CHANGELOG, "deterioration 6.1% to {}%", of_all_years("reliable_deterioration", of_all=False)),
    (
        CHANGELOG,
        "on the demo {} instead of 25, and that one is planted",
        "select count(*) from quality.input_alarms",
    ),
    (
        CHANGELOG,
        "of the demo in {} instead of 3.8 of 100 referrals of White British people",
        "select printf('%.1f', 100 * rate) from marts.pooled_rates where area_level = 'national' "
        "and ethnic_classification = 'ethnic_group' and ethnic_group = 'White British' "
        "and measure = 'repeat_referral'",
    ),
)
