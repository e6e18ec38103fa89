"""What the build does with labels, values and types that the seeds do not know, and with no input at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from in_process import failures
from published_files import MONTHLY, monthly_row, tidy_row, write_csv, write_tidy
from published_project import PublishedProject

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> PublishedProject:
    return PublishedProject(tmp_path_factory.mktemp("published_project"))


def test_unknown_labels_and_values_stop_the_build_and_are_listed(project: PublishedProject, tmp_path: Path) -> None:
    england = ("2021-22", "England", "All", "All")
    write_tidy(
        tmp_path / "measures_annual.parquet",
        tidy_row("finished_course_treatment", "5"),
        (*england, "Ethnic Group", "White", "Gypsy or Irish Traveller", "recovery", "count", "5"),
        (*england, "Ethnic Group", "White", "Irish", "recovery", "count", "few"),
        (*england, "Ethnic Group", "White", "British", "happiness", "count", "5"),
        ("2021-22", "Galaxy", "X", "X", "Ethnic Group", "White", "British", "recovery", "count", "5"),
    )
    galaxy = ("Galaxy", "all", "all", "X", "X")
    write_csv(
        tmp_path / "activity_performance.csv",
        MONTHLY,
        monthly_row("M211", "Percentage_ReliableRecovery_EthnicGroupRoma", "40.5"),
        monthly_row("M999", "Count_Happiness", "5"),
        # Known by its identifier, and shown; the name is new.
        monthly_row("M001", "Count_ReferralsTakenIn", "5"),
        monthly_row("M023", "Count_FirstAssessment", "few"),
        monthly_row("M195", "Percentage_ReliableRecovery", "101"),
        monthly_row("M193", "Count_ReliableRecovery", "5", galaxy),
    )
    result = project.build(tmp_path, "--exclude-resource-type", "unit_test")
    assert [failure.split(":")[0] for failure in failures(result)] == ["published_labels_are_known"]
    warned = [str(node.node.name) for node in result.result.results if str(node.status) == "warn"]
    assert warned == ["published_files_hold_nothing_new"]
    issues = project.rows("select issue_type, detail, cell_count from marts.published_input_issues order by all")
    assert issues == [
        ("unknown_column", "M001 Count_ReferralsTakenIn", 1),
        ("unknown_column", "M999 Count_Happiness", 1),
        ("unknown_column", "count_happiness", 1),
        ("unknown_group_measure", "M211 Percentage_ReliableRecovery_EthnicGroupRoma", 1),
        ("unknown_label", "Ethnic Group / White / Gypsy or Irish Traveller", 1),
        ("unknown_organisation_type", "Galaxy: X", 1),
        ("unknown_organisation_type", "Galaxy: X", 1),
        ("unreadable_value", "England: All", 1),
        ("unreadable_value", "England: All", 2),
    ]
    shown = project.rows("select measure, value_status from marts.published_monthly order by all")
    assert shown == [
        ("first_assessment", "unreadable"),
        ("referrals_received", "published"),
        ("reliable_recovery", "published"),
        ("reliable_recovery_percentage", "unreadable"),
    ]


def test_without_input_every_mart_is_there_and_empty(project: PublishedProject) -> None:
    assert failures(project.build(None, "--exclude-resource-type", "unit_test")) == []
    tables = [name for (name,) in project.rows("select table_name from duckdb_tables() where schema_name = 'marts'")]
    assert set(tables) == {
        "benchmark_report_table_4",
        "benchmark_report_table_5",
        "definitions",
        "published_counts",
        "published_coverage",
        "published_deprivation_outcomes",
        "published_ethnic_gaps",
        "published_input_issues",
        "published_monthly",
        "published_outcomes",
    }
    counts = {table: project.rows(f"select count(*) from marts.{table}") for table in tables}
    # What a term means is known without input.
    assert counts.pop("definitions") > [(100,)]
    assert counts == {table: [(0,)] for table in counts}
