"""The published part of the warehouse on made-up files that hold every trap of the real ones; figures by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from in_process import failures
from published_files import (
    HEADERS,
    IN_ENGLAND,
    LABELS,
    MONTHLY,
    monthly_row,
    tidy_row,
    write_csv,
    write_tidy,
    write_tidy_monthly,
)
from published_project import PublishedProject

# Counts of a group by measure, in the words of the raw files without prefix and underscores.
WHITE_BRITISH = {
    "ReferralsReceived": "100",
    "FirstTreatment": "80",
    "FinishedCourseTreatment": "50",
    "AtCaseness": "38",
    "NotAtCaseness": "10",
    "Improvement": "30",
    "NoReliableChange": "16",
    "Deterioration": "4",
    "Recovery": "20",
    "ReliableRecovery": "18",
}
PAKISTANI = WHITE_BRITISH | {"Recovery": "10", "Improvement": "*"}
SMALL = WHITE_BRITISH | {"Recovery": "*", "ReliableRecovery": "NULL", "Deterioration": "0"}
ETHNIC = "Ethnic Group"


def raw_row(
    period: str, organisation: tuple[str, str, str], labels: tuple[str, str, str], counts: dict[str, str]
) -> list[str]:
    """A row of a raw file in the header of its year; percentages and unused columns are NULL."""
    values = []
    for column in HEADERS[period]:
        measure = column.replace("Count_", "Count").removeprefix("Count").replace("AccessingServices", "FirstTreatment")
        values.append("NULL" if column.startswith("Percentage") else counts.get(measure, "NULL"))
    return [*organisation, *labels, *values]


def write_year(
    folder: Path, period: str, *rows: tuple[tuple[str, str, str], tuple[str, str, str], dict[str, str]]
) -> None:
    write_csv(
        folder / f"psych-ther-ann-rep-csv-{period}-main.csv",
        LABELS + HEADERS[period],
        *(raw_row(period, *row) for row in rows),
    )


ENGLAND = ("England", "All", "All")
BRITISH = (ETHNIC, "White", "British")
OTHER_ASIAN_OLD = (ETHNIC, "Asian or Asian British", "Any Other Asian Background")
OTHER_ASIAN_NEW = (ETHNIC, "Asian or Asian British", "Any other Asian background")
CHINESE = (ETHNIC, "Other Ethnic Groups", "Chinese")
NOT_STATED = (ETHNIC, "Not stated/Not known/Invalid", "All")
TOTAL = ("Total", "NULL", "NULL")


MONTHLY_PROVIDER = ("Provider", "all", "all SubICBs", "RAA", "A PROVIDER")


def write_monthly(folder: Path) -> None:
    """October 2024 as published and, without marks, in the tidy table; July 2022 under the name of another measure."""
    write_csv(
        folder / "nhstalkingtherapies_month_oct_2024_activity_performance.csv",
        MONTHLY,
        monthly_row("M076", "Count_FinishedCourseTreatment", "110"),
        monthly_row("M179", "Count_NotAtCaseness", "10"),
        monthly_row("M193", "Count_ReliableRecovery", "45"),
        monthly_row("M195", "Percentage_ReliableRecovery", "45"),
        monthly_row("M206", "Percentage_ReliableRecovery_EthnicGroupWhite", "50.0"),
        monthly_row("M207", "Percentage_ReliableRecovery_EthnicGroupAsianOrAsianBritish", "40.5"),
        monthly_row("M193", "Count_ReliableRecovery", "*", MONTHLY_PROVIDER),
        monthly_row("M195", "Percentage_ReliableRecovery", "50", MONTHLY_PROVIDER),
        monthly_row("M207", "Percentage_ReliableRecovery_EthnicGroupAsianOrAsianBritish", "*", MONTHLY_PROVIDER),
        monthly_row("M004", "Count_HealthVisitorReferrals", "-"),
    )
    write_csv(
        folder / "activity_performance_july.csv",
        MONTHLY,
        monthly_row("M023", "Count_FirstAssessment", "70", start="01/07/2022"),
        monthly_row("M031", "Count_FirstAssessment", "60", start="01/07/2022"),
    )
    write_tidy_monthly(
        folder / "activity_performance_monthly.parquet",
        ("2024-10", *MONTHLY_PROVIDER, "M193", "reliable_recovery", "count", None),
        ("2024-10", *IN_ENGLAND, "M193", "reliable_recovery", "count", 46.0),
    )


def write_all(folder: Path) -> None:
    write_monthly(folder)
    write_year(
        folder,
        "2017-18",
        (ENGLAND, TOTAL, WHITE_BRITISH),
        (ENGLAND, BRITISH, WHITE_BRITISH),
        (ENGLAND, OTHER_ASIAN_OLD, PAKISTANI),
        (ENGLAND, NOT_STATED, PAKISTANI),
        (("STP", "QE1", "AN STP"), BRITISH, WHITE_BRITISH),
        (("CCG", "15E", "A CCG"), BRITISH, WHITE_BRITISH),
        (("CCG", "15E", "A CCG"), CHINESE, SMALL),
        (ENGLAND, ("Indices of Deprivation Decile", "01 Least deprived", "NULL"), WHITE_BRITISH),
        (ENGLAND, ("Religion", "Jedi", "NULL"), WHITE_BRITISH),
    )
    # 2021-22 stands in both shapes; the raw file wins.
    write_year(folder, "2021-22", (ENGLAND, BRITISH, WHITE_BRITISH))
    write_year(
        folder,
        "2023-24",
        (("ICB", "QE1", "AN ICB"), BRITISH, WHITE_BRITISH),
        (ENGLAND, OTHER_ASIAN_NEW, PAKISTANI),
        (("Provider", "TAF90", "SECOND NAME"), BRITISH, WHITE_BRITISH),
        (("Provider", "TAF90", "FIRST NAME"), BRITISH, WHITE_BRITISH),
        (("Provider", "RBB", "A PROVIDER"), BRITISH, WHITE_BRITISH),
        (("Provider", "RBB", "A PROVIDER"), BRITISH, WHITE_BRITISH | {"Recovery": "15"}),
    )
    tidy: list[tuple[object, ...]] = [tidy_row("recovery", "1"), tidy_row("finished_course_treatment", "2")]
    # The categories only, as in the years to 2016-17: Black can be summed, Asian cannot.
    for group, label, value in [
        ("Black or Black British", "African", "5"),
        ("Black or Black British", "Caribbean", "10"),
        ("Black or Black British", "Any Other Black Background", "20"),
        ("Asian or Asian British", "Indian", "5"),
        ("Asian or Asian British", "Pakistani", "*"),
        ("Asian or Asian British", "Bangladeshi", "5"),
        ("Asian or Asian British", "Any Other Asian Background", "5"),
    ]:
        row = ("2015-16", "England", "All", "All", ETHNIC, group, label, "referrals_received", "count", value)
        tidy.append(row)
    write_tidy(folder / "measures_annual.parquet", *tidy)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> PublishedProject:
    """A warehouse built, with its tests, from the made-up files."""
    folder = tmp_path_factory.mktemp("published_input")
    write_all(folder)
    project = PublishedProject(tmp_path_factory.mktemp("published_project"))
    result = project.build(folder)
    # Made-up figures are not the report's and do not add up: the tests that say so are the only ones that fail.
    failed = {failure.split(":")[0] for failure in failures(result)}
    assert failed == {"benchmark_report_table_4_agrees", "benchmark_report_table_5_agrees", "england_groups_add_up"}
    return project


def outcome(project: PublishedProject, columns: str, where: str) -> list[tuple[Any, ...]]:
    return project.rows(f"select {columns} from marts.published_outcomes where {where} order by all")


def test_recovery_is_over_finished_less_not_at_caseness(project: PublishedProject) -> None:
    # 20 / (50 - 10), not 20 / 38 at caseness; improvement 30 / 50; access 80 / 100; course 50 / 80.
    rows = outcome(
        project,
        "outcome, numerator_count, denominator_count, round(rate, 6)",
        "financial_year = '2017-18' and ethnic_group = 'White British' and organisation_type = 'England'",
    )
    assert rows == [
        ("access", 80, 100, 0.8),
        ("course_of_treatment", 50, 80, 0.625),
        ("finished_per_referral", 50, 100, 0.5),
        ("no_reliable_change", 16, 50, 0.32),
        ("recovery", 20, 40, 0.5),
        ("reliable_deterioration", 4, 50, 0.08),
        ("reliable_improvement", 30, 50, 0.6),
        ("reliable_recovery", 18, 40, 0.45),
    ]


def test_first_treatment_is_one_measure_under_all_its_names(project: PublishedProject) -> None:
    rows = project.rows(
        "select financial_year, count(*) from marts.published_counts where measure = 'first_treatment' "
        "and organisation_type = 'England' group by all order by all"
    )
    assert [year for year, _ in rows] == ["2017-18", "2021-22", "2023-24"]


def test_labels_of_all_years_are_one_group(project: PublishedProject) -> None:
    rows = project.rows(
        "select financial_year, ethnic_category_code, high_level_ethnic_group from marts.published_counts "
        "where ethnic_group = 'Other Asian background' and measure = 'recovery' order by all"
    )
    asian = "Asian or Asian British"
    assert rows == [("2017-18", "L", asian), ("2023-24", "L", asian)]


def test_chinese_stands_under_other(project: PublishedProject) -> None:
    rows = project.rows(
        "select distinct high_level_ethnic_group from marts.published_counts where ethnic_category_code = 'R'"
    )
    assert rows == [("Other Ethnic Groups",)]


def test_people_whose_group_is_not_stated_are_their_own_group(project: PublishedProject) -> None:
    rows = outcome(
        project,
        "ethnic_classification, numerator_count",
        "ethnic_group = 'Not stated, not known or invalid' and outcome = 'recovery'",
    )
    assert rows == [("not_stated", 10)]


def test_suppressed_is_never_zero(project: PublishedProject) -> None:
    counts = project.rows(
        "select measure, count_value, count_status from marts.published_counts where organisation_code = '15E' "
        "and ethnic_group = 'Chinese' and measure in ('recovery', 'reliable_recovery', 'reliable_deterioration') "
        "order by all"
    )
    assert counts == [
        ("recovery", None, "suppressed"),
        ("reliable_deterioration", 0, "published"),
        ("reliable_recovery", None, "not_applicable"),
    ]
    rates = outcome(
        project,
        "outcome, rate_status, rate, rate_low, difference_to_white_british",
        "organisation_code = '15E' and ethnic_group = 'Chinese' and outcome like '%recovery'",
    )
    assert rates == [
        ("recovery", "suppressed", None, None, None),
        ("reliable_recovery", "not_applicable", None, None, None),
    ]


def test_gap_to_white_british_with_printed_intervals(project: PublishedProject) -> None:
    # 10 of 40 against 20 of 40: -0.25, ratio 0.5. By hand, Wilson: 0.25 -> 0.1419, 0.4019; 0.5 -> 0.3520, 0.6480.
    # Newcombe: -0.25 -/+ roots of (0.1081^2 + 0.1480^2) and (0.1519^2 + 0.1480^2); log method: var 0.1.
    rows = outcome(
        project,
        "round(difference_to_white_british, 3), round(difference_low, 3), round(difference_high, 3), "
        "round(ratio_to_white_british, 3), round(ratio_low, 3), round(ratio_high, 3)",
        "financial_year = '2017-18' and ethnic_group = 'Other Asian background' and outcome = 'recovery'",
    )
    assert rows == [(-0.25, -0.433, -0.038, 0.5, 0.269, 0.929)]


def test_no_interval_against_a_group_that_holds_the_reference(project: PublishedProject) -> None:
    rows = outcome(
        project,
        "ethnic_group, difference_to_white_british, difference_low, ratio_low",
        "financial_year = '2017-18' and organisation_type = 'England' and outcome = 'recovery' "
        "and ethnic_group in ('All', 'White British')",
    )
    assert rows == [("All", 0.0, None, None), ("White British", None, None, None)]


def test_exact_copies_count_once_and_are_recorded(project: PublishedProject) -> None:
    rows = outcome(
        project,
        "organisation_name, numerator_count",
        "organisation_code = 'TAF90' and outcome = 'recovery' and ethnic_group = 'White British'",
    )
    assert rows == [("FIRST NAME", 20)]
    issues = project.rows(
        "select issue_type, financial_year, detail, cell_count from marts.published_input_issues "
        "where organisation_code = 'TAF90'"
    )
    # Of the header's columns, twelve counts and two percentages stand for a measure.
    used = len(HEADERS["2023-24"]) - 1
    assert issues == [("identical_copies", "2023-24", "Provider: FIRST NAME; SECOND NAME", used)]


def test_copies_that_differ_have_no_value_and_are_recorded(project: PublishedProject) -> None:
    rows = outcome(
        project,
        "numerator_count, rate_status",
        "organisation_code = 'RBB' and outcome in ('recovery', 'access') and ethnic_group = 'White British'",
    )
    assert rows == [(80, "published"), (None, "conflicting")]
    issues = project.rows(
        "select detail, cell_count from marts.published_input_issues "
        "where issue_type = 'conflicting_copies' and organisation_code = 'RBB'"
    )
    assert issues == [("Provider: A PROVIDER", 1)]


def test_geographies_that_replaced_each_other_share_a_level(project: PublishedProject) -> None:
    rows = project.rows(
        "select distinct financial_year, organisation_type, organisation_level from marts.published_outcomes "
        "where organisation_code in ('QE1', '15E') order by all"
    )
    assert rows == [("2017-18", "CCG", "place"), ("2017-18", "STP", "system"), ("2023-24", "ICB", "system")]


def test_least_deprived_is_decile_ten(project: PublishedProject) -> None:
    rows = project.rows(
        "select imd_decile, numerator_count, denominator_count from marts.published_deprivation_outcomes "
        "where outcome = 'recovery'"
    )
    assert rows == [(10, 20, 40)]


def test_a_year_is_taken_from_one_file(project: PublishedProject) -> None:
    rows = outcome(
        project,
        "numerator_count",
        "financial_year = '2021-22' and outcome = 'recovery' and ethnic_group = 'White British'",
    )
    assert rows == [(20,)]
    issues = project.rows(
        "select financial_year, file_name, detail from marts.published_input_issues "
        "where issue_type = 'superseded_file'"
    )
    used = "psych-ther-ann-rep-csv-2021-22-main.csv"
    assert issues == [("2021-22", "measures_annual.parquet", f"the year is taken from {used}")]


def test_high_level_groups_are_summed_only_over_published_categories(project: PublishedProject) -> None:
    rows = project.rows(
        "select ethnic_group, count_value, count_status, is_summed_from_categories from marts.published_counts "
        "where financial_year = '2015-16' and ethnic_classification = 'high_level_ethnic_group' order by all"
    )
    assert rows == [
        ("Asian or Asian British", None, "suppressed", True),
        ("Black or Black British", 35, "published", True),
    ]


def test_a_high_level_group_with_a_category_missing_is_not_given(project: PublishedProject) -> None:
    rows = outcome(
        project, "numerator_count, rate_status", "organisation_code = 'QE1' and outcome = 'recovery' and rate is null"
    )
    assert rows == [(None, "not_given"), (None, "not_given")]


def monthly(project: PublishedProject, columns: str, where: str) -> list[tuple[Any, ...]]:
    return project.rows(f"select {columns} from marts.published_monthly where {where} order by all")


def test_reliable_recovery_by_month_and_five_groups(project: PublishedProject) -> None:
    # 45 of 110 less 10; Asian less White: 40.5 - 50.
    rows = monthly(
        project,
        "ethnic_group, measure_value, numerator_count, denominator_count, counts_status, difference_to_white_points",
        "reporting_month = date '2024-10-01' and organisation_level = 'national' "
        "and measure = 'reliable_recovery_percentage'",
    )
    asian = Decimal("40.5")
    assert rows == [
        # Its two copies of the count differ, so no number of them is shown.
        ("All", 45, None, 100, "conflicting", None),
        ("Asian or Asian British", asian, None, None, "not_given", asian - 50),
        ("White", 50, None, None, "not_given", None),
    ]


def test_a_monthly_mark_is_no_number_and_says_why(project: PublishedProject) -> None:
    rows = monthly(project, "measure, ethnic_group, measure_value, value_status", "organisation_code = 'RAA'")
    assert rows == [
        # A star in one file and nothing in the other are the same.
        ("reliable_recovery", "All", None, "suppressed"),
        ("reliable_recovery_percentage", "All", 50, "published"),
        ("reliable_recovery_percentage", "Asian or Asian British", None, "suppressed"),
    ]


def test_the_identifier_says_what_a_monthly_measure_is(project: PublishedProject) -> None:
    rows = monthly(project, "financial_year, measure, measure_value", "reporting_month = date '2022-07-01'")
    assert rows == [("2022-23", "first_assessment", 70), ("2022-23", "first_treatment", 60)]


def test_trouble_with_monthly_cells_is_listed(project: PublishedProject) -> None:
    rows = project.rows(
        "select issue_type, financial_year, organisation_code, detail, cell_count from marts.published_input_issues "
        "where file_name like '%activity_performance%' order by all"
    )
    assert rows == [
        ("conflicting_copies", "2024-25", "All", "England: All", 1),
        ("identical_copies", "2024-25", "RAA", "Provider: A PROVIDER", 1),
    ]


def test_unused_breakdowns_leave_no_trace(project: PublishedProject) -> None:
    assert project.rows("select count(*) from marts.published_input_issues where detail like '%Jedi%'") == [(0,)]


def test_benchmarks_hold_the_years_of_the_input_only(project: PublishedProject) -> None:
    rows = project.rows(
        "select financial_year, count(*), count(is_agreed), count(is_product_agreed) "
        "from marts.benchmark_report_table_4 group by all"
    )
    # One group of 16 is in the input, and its made-up rates are not the report's: 80 and 62.5%.
    assert rows == [("2021-22", 32, 2, 2)]
