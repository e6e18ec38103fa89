"""The published part on the publishers' files. Expected figures: the report's, and plain arithmetic on the files."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from in_process import failures
from published_files import HEADERS, LABELS
from published_project import PublishedProject, real_data

YEARS = [f"{year}-{(year + 1) % 100:02d}" for year in range(2014, 2025)]
PERCENTAGES = {
    "recovery": "recovery",
    "reliable_recovery": "reliable_recovery",
    "improvement": "reliable_improvement",
    "deterioration": "reliable_deterioration",
    "no_reliable_change": "no_reliable_change",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> PublishedProject:
    """A warehouse built, with its tests, from the real files."""
    folder = real_data() / "published"
    project = PublishedProject(tmp_path_factory.mktemp("published_project"))
    assert failures(project.build(folder, "--exclude-resource-type", "unit_test")) == []
    return project


@pytest.fixture(scope="module")
def england() -> dict[tuple[str, str], dict[str, Decimal]]:
    """England's cells of the 16 groups by year and published label, straight from the files."""
    cells: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
    for name in ("measures_annual", "measures_annual_legacy_format"):
        table = pq.read_table(
            real_data() / "published" / f"{name}.parquet",
            filters=[("org_type", "=", "England"), ("variable_type", "=", "Ethnic Group")],
        )
        for row in table.to_pylist():
            if row["variable_b"] not in ("All", row["variable_a"]) and row["reporting_period"] in YEARS:
                key = (row["reporting_period"], row["variable_b"].lower())
                cells[key][f"{row['measure_name']}_{row['measure_statistic']}"] = Decimal(str(row["value"]))
    assert len(cells) == 16 * len(YEARS)
    return dict(cells)


def test_all_96_figures_of_table_5_agree(project: PublishedProject) -> None:
    rows = project.rows(
        "select count(*), count(*) filter (is_agreed), max(abs(difference_points)) from marts.benchmark_report_table_5"
    )
    assert rows == [(96, 96, 0)]


def test_product_of_table_4_rates_is_finished_per_referral_for_all_16_groups(project: PublishedProject) -> None:
    rows = project.rows(
        "select count(distinct ethnic_category_code), bool_and(is_product_agreed), "
        "max(abs(product_difference_points)) < 0.01 from marts.benchmark_report_table_4 "
        "where financial_year = '2021-22'"
    )
    assert rows == [(16, True, True)]
    assert project.rows("select count(*) from marts.benchmark_report_table_4") == [(64,)]
    # White British, by hand: 488,157 finished of 1,234,803 referred.
    (row,) = project.rows(
        "select numerator_count, denominator_count from marts.published_outcomes where ethnic_category_code = 'A' "
        "and outcome = 'finished_per_referral' and financial_year = '2021-22' and organisation_level = 'national'"
    )
    assert row == (488157, 1234803)


def test_england_percentages_of_all_years_are_reproduced(
    project: PublishedProject, england: dict[tuple[str, str], dict[str, Decimal]]
) -> None:
    """Rates of the mart against the printed percentages, as read here: 11 years, 16 groups, 5 outcomes."""
    rates: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for year, outcome, numerator, denominator in project.rows(
        "select financial_year, outcome, numerator_count, denominator_count from marts.published_outcomes "
        "where organisation_level = 'national' and ethnic_classification = 'ethnic_group'"
    ):
        share = Decimal(100 * numerator) / Decimal(denominator)
        rates[year, outcome].append(share.quantize(Decimal("0.1"), ROUND_HALF_UP))
    compared = 0
    for year in YEARS:
        for measure, outcome in PERCENTAGES.items():
            printed = [cells[f"{measure}_percentage"] for (period, _), cells in england.items() if period == year]
            assert sorted(rates[year, outcome]) == sorted(printed), (year, outcome)
            compared += len(printed)
    assert compared == 11 * 16 * 5


def test_at_caseness_would_not_reproduce_the_percentages(england: dict[tuple[str, str], dict[str, Decimal]]) -> None:
    wrong = 0
    for cells in england.values():
        share = 100 * cells["recovery_count"] / cells["at_caseness_count"]
        wrong += share.quantize(Decimal("0.1"), ROUND_HALF_UP) != cells["recovery_percentage"]
    assert wrong > 100


def test_referrals_with_ethnicity_are_the_reports(project: PublishedProject) -> None:
    """Section 3.4.1: 1,625,597 referrals with ethnicity data in 2021-22."""
    for classification in ("ethnic_group", "high_level_ethnic_group"):
        rows = project.rows(
            "select sum(count_value) from marts.published_counts where measure = 'referrals_received' "
            "and financial_year = '2021-22' and organisation_level = 'national' and ethnic_classification = ?",
            classification,
        )
        assert rows == [(1625597,)]


def test_press_error_is_not_followed(project: PublishedProject) -> None:
    """Pakistani recovery in 2021-22 is 43.4%, and not the 35.1% of newspapers, which is that of 2015-16."""
    rows = project.rows(
        "select financial_year, computed_percentage from marts.benchmark_report_table_5 "
        "where ethnic_group = 'Pakistani' and outcome = 'recovery' order by financial_year"
    )
    assert rows == [("2015-16", Decimal("35.10")), ("2021-22", Decimal("43.40"))]


def test_gaps_stand_for_every_year_group_and_outcome(project: PublishedProject) -> None:
    rows: list[tuple[Any, ...]] = project.rows(
        "select financial_year, count(distinct ethnic_group), count(distinct outcome), "
        "count(*) filter (gap_points is null) from marts.published_ethnic_gaps "
        "where ethnic_classification = 'ethnic_group' group by all order by all"
    )
    # Referrals by group are published from 2017-18 on, and with them finished courses per referral.
    assert rows == [(year, 15, 5 if year < "2017-18" else 6, 0) for year in YEARS]


def test_suppressed_cells_stay_suppressed(project: PublishedProject) -> None:
    """54.6% (2017-18) to 39.7% (2021-22) of all cells of CCG by 16 groups hold the mark of suppression."""
    rows = project.rows(
        "select financial_year, round(100.0 * count(*) filter (cell_status = 'suppressed') / count(*), 1) "
        "from intermediate.int_published_cells where organisation_type = 'CCG' and length(group_id) = 1 "
        "and financial_year in ('2017-18', '2021-22') group by all order by all"
    )
    assert rows == [("2017-18", 54.6), ("2021-22", 39.7)]
    numbers = project.rows(
        "select count(*) from marts.published_counts where count_status <> 'published' and count_value is not null"
    )
    assert numbers == [(0,)]


def test_the_duplicate_provider_is_found_and_counted_once(project: PublishedProject) -> None:
    rows = project.rows(
        "select issue_type, financial_year, organisation_code, detail from marts.published_input_issues"
    )
    names = "Provider: KINGSTON DRUG & ALCOHOL SERVICE; KINGSTON SMS"
    assert rows == [("identical_copies", "2023-24", "TAF90", names)]


def test_counts_below_england_are_multiples_of_five(project: PublishedProject) -> None:
    rows = project.rows(
        "select is_count_rounded, bool_and(count_value % 5 = 0) from marts.published_counts group by all order by all"
    )
    assert rows == [(False, False), (True, True)]


def test_deprivation_runs_from_most_to_least(project: PublishedProject) -> None:
    """People in the most deprived areas recover least; a reversed label would turn the order round."""
    rates = project.rows(
        "select rate from marts.published_deprivation_outcomes where organisation_level = 'national' "
        "and outcome = 'recovery' and financial_year = '2021-22' and imd_decile is not null order by imd_decile"
    )
    assert len(rates) == 10
    assert rates == sorted(rates)


@pytest.mark.slow
def test_a_raw_file_gives_what_the_tidy_table_gives(project: PublishedProject, tmp_path: Path) -> None:
    """The real cells of 2021-22, laid out as the raw file of that year, come out the same."""
    columns = (
        "financial_year, organisation_type, organisation_code, ethnic_group, outcome, numerator_count, "
        "denominator_count, rate_status, difference_to_white_british"
    )
    query = (
        f"select {columns} from marts.published_outcomes where financial_year = '2021-22' "
        "and outcome not in ('access', 'course_of_treatment') order by all"
    )
    from_tidy = project.rows(query)
    key = "regexp_replace(measure_statistic || measure_name, '_', '', 'g')"
    measures = ", ".join(
        f"coalesce(max(value) filter ({key} = '{column.lower().replace('_', '')}'), 'NULL') as \"{column}\""
        for column in HEADERS["2021-22"]
    )
    labels = ("org_type", "org_code", "org_name", "variable_type", "variable_a", "variable_b")
    names = ", ".join(f"{label} as {name}" for label, name in zip(labels, LABELS, strict=True))
    source = (real_data() / "published" / "measures_annual.parquet").as_posix()
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select {names}, {measures} from '{source}' where reporting_period = '2021-22' "
            f"group by {', '.join(labels)}) to '{(tmp_path / 'main_2021-22.csv').as_posix()}' (header)"
        )
    raw = PublishedProject(tmp_path)
    assert failures(raw.build(tmp_path, "--exclude-resource-type", "unit_test", "test")) == []
    assert len(from_tidy) > 30000
    assert raw.rows(query) == from_tidy
