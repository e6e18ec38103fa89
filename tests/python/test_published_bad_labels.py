"""What the build does with labels, values and types that the seeds do not know, and with no input at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from in_process import failures
from published_files import tidy_row, write_tidy
from published_project import PublishedProject


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
    result = project.build(tmp_path, "--exclude-resource-type", "unit_test")
    assert [failure.split(":")[0] for failure in failures(result)] == ["published_labels_are_known"]
    warned = [str(node.node.name) for node in result.result.results if str(node.status) == "warn"]
    assert warned == ["published_files_hold_nothing_new"]
    issues = project.rows("select issue_type, detail, cell_count from marts.published_input_issues order by all")
    assert issues == [
        ("unknown_column", "count_happiness", 1),
        ("unknown_label", "Ethnic Group / White / Gypsy or Irish Traveller", 1),
        ("unknown_organisation_type", "Galaxy: X", 1),
        ("unreadable_value", "England: All", 1),
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
        "published_outcomes",
    }
    counts = {table: project.rows(f"select count(*) from marts.{table}") for table in tables}
    # What a term means is known without input.
    assert counts.pop("definitions") > [(100,)]
    assert counts == {table: [(0,)] for table in counts}
