"""What the worked questions say of the demo set: analysis, its words, and the query on its answer for the figures.

Words as in the analysis, lines joined; a brace stands for a figure. The queries read the answer as the table `answer`.
"""

from __future__ import annotations

ANSWERS: tuple[tuple[str, str, str], ...] = (
    (
        "did_the_order_of_access_reverse",
        "In 2015-16 White people stand near the top already ({}), behind Asian or Asian British ({}) and "
        "above Mixed people ({}), as in the report's own Table 4; at the end they are ahead of all ({}).",
        "select w.first_year_place, a.first_year_place, m.first_year_place, w.last_year_place from answer "
        "as w, answer as a, answer as m where w.ethnic_group = 'White' and a.ethnic_group like 'Asian%' "
        "and m.ethnic_group = 'Mixed'",
    ),
    (
        "do_boards_differ_more_than_chance",
        "On the demo set: hardly. The gap of all {} boards together is {} points; Q is {} on {} degrees of "
        "freedom, so that chance leaves {}% of the variation unexplained, and a Q as large comes by chance "
        "in one of eight sets.",
        "select * from answer",
    ),
    (
        "do_men_and_women_get_in_alike",
        "On the demo set the gap of people from minoritised ethnic groups is {} among men and {} among "
        "women: no difference beyond chance, in either.",
        "select gap_of_men, gap_of_women from answer where ethnic_group = 'Minoritised ethnic groups'",
    ),
    (
        "do_people_recover_with_an_interpreter",
        "On the demo set they do: {} ({}%) with a professional interpreter, {}% where none was needed. "
        "With a family member or friend in the place of one it is {} ({}%, interval {}), at the edge of "
        "chance.",
        "select max(recovered) filter (interpreter like 'prof%'), max(percentage) filter (interpreter like "
        "'prof%'), max(percentage) filter (interpreter = 'not needed'), max(recovered) filter (interpreter "
        "like 'family%'), max(percentage) filter (interpreter like 'family%'), max(percentage_interval) "
        "filter (interpreter like 'family%') from answer",
    ),
    (
        "ethnicity_recording_by_provider",
        "On the demo set the worst of {} providers, {}, records a valid category in {}% of its records; it "
        "gained {} points from the first half of its year to the second.",
        "select count(*), min_by(provider_code, rank_from_worst), round(100 * min(validity), 1), round(100 "
        "* min_by(validity_change, rank_from_worst), 1) from answer",
    ),
    (
        "gap_to_white_british_by_year",
        "Answer, of England's published counts, which the demo set comes with: narrower to 2021-22, and "
        "not since. Bangladeshi people's gap went from {} to {} points and back to {}; African people's, "
        "{} in 2015-16, is {} now, within chance.",
        "select b.gap_2015_16_points, b.gap_2021_22_points, b.gap_latest_points, a.gap_2015_16_points, "
        "a.gap_latest_points from answer as b, answer as a where b.ethnic_group = 'Bangladeshi' and "
        "a.ethnic_group = 'African'",
    ),
    (
        "how_ill_are_people_when_they_come",
        "On the demo set some do: Pakistani people's mean is {}, {} above White British people's (interval "
        "{}), {} standard deviations; Chinese people's is {} lower.",
        "select p.mean_score, p.difference, p.difference_interval, p.in_standard_deviations, -c.difference "
        "from answer as p, answer as c where p.ethnic_group = 'Pakistani' and c.ethnic_group = 'Chinese'",
    ),
    (
        "how_many_more_would_recover",
        "On the demo set most are Pakistani: {} more ({} to {}) of {} courses; the gap of Other White "
        "people is only {} points, and yet {} people, since there are many.",
        "select p.more_would_recover::int, p.more_low::int, p.more_high::int, p.course_count, "
        "-w.gap_points, w.more_would_recover::int from answer as p, answer as w where p.ethnic_group = "
        "'Pakistani' and w.ethnic_group = 'Other White background'",
    ),
    (
        "how_much_lies_between_commissioners",
        "On the demo set little of recovery, {} percent in the first model and {} in the last, but {} "
        "percent of dropout, which is where commissioners differ.",
        "select r.first_model_percentage, r.last_model_percentage, d.first_model_percentage from answer as "
        "r, answer as d where r.outcome = 'recovery' and d.outcome = 'dropout'",
    ),
    (
        "is_access_getting_better_by_quarter",
        "On the demo set there is nothing to get better: the mean gap of four quarters stays between {} "
        "and {} points. Of {} single quarters {} differ by more than chance, one each way: with so many "
        "looked at, one would by chance alone.",
        "select min(gap_of_four_quarters), max(gap_of_four_quarters), count(*), count(*) filter "
        "(gap_interval not like '-% to %' or gap_interval like '% to -%') from answer",
    ),
    (
        "is_it_only_deprivation",
        "On the demo set it stays: {} points in the most deprived fifth, {} in the least, though of {} to "
        "{} courses a fifth no gap is beyond chance by itself.",
        "select max(gap_points) filter (deprivation_quintile = '1'), max(gap_points) filter "
        "(deprivation_quintile = '5'), min(course_count) filter (deprivation_quintile <> 'not known'), "
        "max(course_count) from answer",
    ),
    (
        "is_the_recovery_gap_in_my_icb_more_than_chance",
        "On the demo set, board QZ8: Black or Black British people recover less often, {} ({}%), {} points "
        "(interval {}); with the groups together the gap is {} points (interval {}) and may be chance.",
        "select b.recovered, b.percentage, b.gap_points, b.gap_interval, m.gap_points, m.gap_interval from "
        "answer as b, answer as m where b.ethnic_group like 'Black%' and m.ethnic_group like 'Minoritised%'",
    ),
    (
        "is_the_report_still_true",
        "Answer, of England's published counts: of {} findings {} held in the last year that the report "
        "speaks of, and {} hold in 2024-25.",
        "select count(*), count(*) filter (verdict_then = 'holds'), count(*) filter (verdict_now = "
        "'holds') from answer",
    ),
    (
        "is_the_wait_gap_in_my_icb_closing",
        "On the demo set, board QZ8, there is none to close: {} days in 2015-16, {} in 2017-18 (interval "
        "{}), and no year moved by more than chance.",
        "select max(days_longer) filter (financial_year = '2015-16'), max(days_longer) filter "
        "(financial_year = '2017-18'), max(days_longer_interval) filter (financial_year = '2017-18') from "
        "answer having not bool_or(moved_by_low > 0 or moved_by_high < 0)",
    ),
    (
        "of_whom_can_we_say_nothing",
        "On the demo set {} of {} figures of providers rest on too few people ({}%), of boards {}%; of "
        "England {} of {}.",
        "select p.few_people_count, p.figure_count, p.few_people_percentage::int, "
        "i.few_people_percentage::int, n.few_people_count, n.figure_count from answer as p, answer as i, "
        "answer as n where p.area_level = 'provider' and i.area_level = 'icb' and n.area_level = 'national'",
    ),
    (
        "unknown_outcomes",
        "On the demo set dropout turns on it most: of White Irish people {} are not known, and their gap "
        "is {} by one reading and {} by the other.",
        "select not_known, regexp_extract(counted_as_no, 'gap (.*)', 1), regexp_extract(counted_as_yes, "
        "'gap (.*)', 1) from answer where ethnic_group = 'White Irish' and measure = 'dropout'",
    ),
    (
        "what_is_left_after_adjustment",
        "On the demo set less than half of Pakistani people's: the odds ratio goes from {} to {} (interval "
        "{}); beyond chance is that of Indian people alone, {} ({}). The last model has fewer people: who "
        "lacks a value of it is left out.",
        "select p.first_odds_ratio, p.last_odds_ratio, p.last_interval, i.last_odds_ratio, i.last_interval "
        "from answer as p, answer as i where p.ethnic_group = 'Pakistani' and i.ethnic_group = 'Indian' "
        "and (select count(*) filter (is_beyond_chance) from answer) = 1",
    ),
    (
        "where_is_the_recovery_gap_widest",
        "On the demo set in {}, with {} points (interval {}); in {} of {} boards the gap is beyond chance.",
        "select min_by(area_code, gap_points), min(gap_points), min_by(gap_interval, gap_points), count(*) "
        "filter (is_beyond_chance), count(*) from answer",
    ),
    (
        "who_answers_the_questionnaires",
        "On the demo set for White British people more than for others: {}% of their courses have an "
        "answer, {}% of Pakistani people's ({} points, interval {}).",
        "select w.percentage, p.percentage, p.gap_points, p.gap_interval from answer as w, answer as p "
        "where w.ethnic_group = 'White British' and p.ethnic_group = 'Pakistani'",
    ),
    (
        "who_comes_back",
        "On the demo set nobody by more than chance: {}% of White British people's referrals, {}% of "
        "Indian people's, who come nearest to a difference ({} points, interval {}).",
        "select w.percentage, i.percentage, i.gap_points, i.gap_interval from answer as w, answer as i "
        "where w.ethnic_group = 'White British' and i.ethnic_group = 'Indian'",
    ),
    (
        "who_drops_out_at_what_age",
        "On the demo set it is a matter of age: {}% of White British people from 18 to 25 drop out and {}% "
        "from 65; the gap is {} points at 26 to 64 (interval {}), and none is beyond chance.",
        "select max(white_british_percentage) filter (age_band = '18 to 25'), "
        "max(white_british_percentage) filter (age_band like '65%'), max(gap_points) filter (age_band = "
        "'26 to 64'), max(gap_interval) filter (age_band = '26 to 64') from answer",
    ),
    (
        "who_ends_unseen",
        "On the demo set those of whom no ethnicity is known, {} ({}%, {} points more), since it is asked "
        "when people are seen; of the others nobody by more than chance.",
        "select ended_unseen, percentage, gap_points from answer where ethnic_group = 'Not stated, not "
        "known or invalid'",
    ),
    (
        "who_is_lost_on_the_way",
        "On the demo set Bangladeshi people: {}% access the service, as others do, and {}% of those have a "
        "course of treatment, {} points from White British people.",
        "select access_percentage, course_percentage, course_gap from answer where ethnic_group = 'Bangladeshi'",
    ),
    (
        "who_is_still_waiting_too_long",
        "On the demo set, at the end of {}: {} White people ({}%), and fewer Asian or Asian British "
        "people, {} points (interval {}).",
        "select w.waiting_month, w.waiting_too_long, w.percentage, a.gap_points, a.gap_interval from "
        "answer as w, answer as a where w.ethnic_group = 'White' and a.ethnic_group like 'Asian%'",
    ),
    (
        "who_waits_longer_in_my_icb",
        "On the demo set, board QZ8, nobody by more than chance: the median of Black or Black British "
        "people is {} days, {} longer than that of White British people (interval {}), of {} people.",
        "select median_days, days_longer, days_longer_interval, people_treated from answer where "
        "ethnic_group like 'Black%' and (select count(*) filter (reading = 'wait longer') from answer) = 0",
    ),
)
