"""The published part on the publishers' files. Expected figures: the report's, and plain arithmetic on the files.

What needs England by ethnic group alone is asked of the shipped counts, in `test_published_england.py`.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from in_process import failures
from published_files import HEADERS, LABELS
from published_project import PublishedProject, real_data


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> PublishedProject:
    """A warehouse built, with its tests, from the real files."""
    folder = real_data() / "published"
    project = PublishedProject(tmp_path_factory.mktemp("published_project"))
    assert failures(project.build(folder, "--exclude-resource-type", "unit_test")) == []
    return project


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


def test_reliable_recovery_by_group_stands_for_every_month_since_october_2024(project: PublishedProject) -> None:
    """Measures M206 to M210, as the file has them: 18 months to March 2026, England and the providers of each month."""
    file = (real_data() / "published" / "activity_performance_monthly.parquet").as_posix()
    with duckdb.connect() as connection:
        cells = connection.execute(
            "select measure_name[32:], start_date, org_code2, round(value, 4) "
            f"from read_parquet('{file}') where measure_id between 'M206' and 'M210' and length(measure_id) = 4"
        ).fetchall()
    labels = {
        "white": "White",
        "asian_or_asian_british": "Asian or Asian British",
        "black_or_black_british": "Black or Black British",
        "mixed": "Mixed",
        "other": "Other Ethnic Groups",
    }
    published = {
        (labels[name], month, "All" if code == "all" else code): None if value is None else float(value)
        for name, month, code, value in cells
    }
    shown = project.rows(
        "select ethnic_group, reporting_month, organisation_code, cast(measure_value as double), value_status "
        "from marts.published_monthly where ethnic_classification = 'high_level_ethnic_group'"
    )
    assert {row[:3]: row[3] for row in shown} == published
    assert len(shown) == len(published) == 5 * 2452
    assert {(status, value is None) for *_, value, status in shown} == {("published", False), ("suppressed", True)}


def test_first_treatments_are_told_from_first_assessments_by_their_identifier(project: PublishedProject) -> None:
    """July 2022: M023 is 94,326 and M031, under the same name, 96,156."""
    rows = project.rows(
        "select measure, cast(measure_value as integer) from marts.published_monthly "
        "where organisation_level = 'national' and reporting_month = date '2022-07-01' "
        "and measure in ('first_assessment', 'first_treatment') order by all"
    )
    assert rows == [("first_assessment", 94326), ("first_treatment", 96156)]


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
