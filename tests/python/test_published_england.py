"""England's published counts, which are shipped: the report's figures from them, in every run of the tests.

Expected figures: the report's, the percentages that the publisher prints, and plain arithmetic on the files.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from iapt_equity.cli import main
from iapt_equity.inputs.shipped import TABLES, published_folder
from in_process import PROJECT, SHIPPED
from published_project import real_data
from warehouses import Warehouse

YEARS = [f"{year}-{(year + 1) % 100:02d}" for year in range(2014, 2025)]
PERCENTAGES = {
    "recovery": "recovery",
    "reliable_recovery": "reliable_recovery",
    "improvement": "reliable_improvement",
    "deterioration": "reliable_deterioration",
    "no_reliable_change": "no_reliable_change",
}


@pytest.fixture(scope="module")
def england() -> dict[tuple[str, str], dict[str, Decimal]]:
    """England's cells of the 16 groups by year and published label, straight from the files."""
    cells: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
    for file in SHIPPED.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as text:
            for row in csv.DictReader(text):
                is_group = row["variable_type"] == "Ethnic Group" and row["variable_b"] not in (
                    "All",
                    row["variable_a"],
                )
                if is_group and row["reporting_period"] in YEARS:
                    key = (row["reporting_period"], row["variable_b"].lower())
                    cells[key][f"{row['measure_name']}_{row['measure_statistic']}"] = Decimal(row["value"])
    assert len(cells) == 16 * len(YEARS)
    return dict(cells)


def test_all_96_figures_of_table_5_agree(whole_warehouse: Warehouse) -> None:
    rows = whole_warehouse.rows(
        "select count(*), count(*) filter (is_agreed and figure_status = 'published'), max(abs(difference_points)) "
        "from marts.benchmark_report_table_5"
    )
    assert rows == [(96, 96, 0)]


def test_product_of_table_4_rates_is_finished_per_referral_for_all_16_groups(whole_warehouse: Warehouse) -> None:
    rows = whole_warehouse.rows(
        "select count(distinct ethnic_category_code), bool_and(is_product_agreed), "
        "max(abs(product_difference_points)) < 0.01 from marts.benchmark_report_table_4 "
        "where financial_year = '2021-22'"
    )
    assert rows == [(16, True, True)]
    # White British, by hand: 488,157 finished of 1,234,803 referred.
    (row,) = whole_warehouse.rows(
        "select numerator_count, denominator_count from marts.published_outcomes where ethnic_category_code = 'A' "
        "and outcome = 'finished_per_referral' and financial_year = '2021-22' and organisation_level = 'national'"
    )
    assert row == (488157, 1234803)


def test_table_4_says_which_count_its_empty_cells_lack(whole_warehouse: Warehouse) -> None:
    """First treatments stand in the raw annual file only, and referrals of 2015-16 in none."""
    rows = whole_warehouse.rows(
        "select financial_year, outcome, figure_status, missing_measures, count(*), count(computed_percentage) "
        "from marts.benchmark_report_table_4 group by all order by all"
    )
    lack = "first_treatment"
    assert rows == [
        ("2015-16", "access", "not_given", f"{lack}, referrals_received", 16, 0),
        ("2015-16", "course_of_treatment", "not_given", lack, 16, 0),
        ("2021-22", "access", "not_given", lack, 16, 0),
        ("2021-22", "course_of_treatment", "not_given", lack, 16, 0),
    ]


def test_england_percentages_of_all_years_are_reproduced(
    whole_warehouse: Warehouse, england: dict[tuple[str, str], dict[str, Decimal]]
) -> None:
    """Rates of the mart against the printed percentages, as read here: 11 years, 16 groups, 5 outcomes."""
    rates: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for year, outcome, numerator, denominator in whole_warehouse.rows(
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


@pytest.mark.parametrize("classification", ["ethnic_group", "high_level_ethnic_group"])
def test_referrals_with_ethnicity_are_the_reports(whole_warehouse: Warehouse, classification: str) -> None:
    """Section 3.4.1: 1,625,597 referrals with ethnicity data in 2021-22."""
    rows = whole_warehouse.rows(
        "select sum(count_value) from marts.published_counts where measure = 'referrals_received' "
        "and financial_year = '2021-22' and organisation_level = 'national' and ethnic_classification = ?",
        classification,
    )
    assert rows == [(1625597,)]


def test_press_error_is_not_followed(whole_warehouse: Warehouse) -> None:
    """Pakistani recovery in 2021-22 is 43.4%, and not the 35.1% of newspapers, which is that of 2015-16."""
    rows = whole_warehouse.rows(
        "select financial_year, computed_percentage from marts.benchmark_report_table_5 "
        "where ethnic_group = 'Pakistani' and outcome = 'recovery' order by financial_year"
    )
    assert rows == [("2015-16", Decimal("35.10")), ("2021-22", Decimal("43.40"))]


def test_gaps_stand_for_every_year_group_and_outcome(whole_warehouse: Warehouse) -> None:
    rows = whole_warehouse.rows(
        "select financial_year, count(distinct ethnic_group), count(distinct outcome), "
        "count(*) filter (gap_points is null) from marts.published_ethnic_gaps "
        "where ethnic_classification = 'ethnic_group' group by all order by all"
    )
    # Referrals by group are published from 2017-18 on, and with them finished courses per referral.
    assert rows == [(year, 15, 5 if year < "2017-18" else 6, 0) for year in YEARS]


def test_every_file_shipped_is_read_and_nothing_in_it_is_strange(whole_warehouse: Warehouse) -> None:
    assert whole_warehouse.rows("select * from marts.published_input_issues") == []
    unread = "select * from quality.files_not_read where input_variable = 'PUBLISHED_DIR'"
    assert whole_warehouse.rows(unread) == []
    years = (
        "select min(financial_year), max(financial_year), count(distinct financial_year) from marts.published_counts"
    )
    assert whole_warehouse.rows(years) == [("2012-13", "2024-25", 13)]


def test_the_dictionary_says_what_a_monthly_percentage_is_out_of(whole_warehouse: Warehouse) -> None:
    """Monthly metadata, M192: of courses that finished in the period less those not at caseness at the start."""
    rows = whole_warehouse.rows(
        "select numerator, denominator, exclusions from marts.definitions "
        "where vocabulary = 'published_monthly.measure' and term in ('recovery_percentage', 'referrals_received') "
        "order by term"
    )
    assert rows == [
        (
            "Courses that finished in the month, at caseness at the start and not at the end",
            "Referrals that ended in the month after at least two treatment contacts",
            "Courses that finished in the month with both first scores below caseness",
        ),
        ("Referrals received in the month", None, None),
    ]


def test_the_first_answer_of_the_readme_is_that_of_its_query(whole_warehouse: Warehouse) -> None:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    first = re.search(r'"""\n(.*?)"""', text, re.DOTALL)
    assert first, "no query in README.md"
    printed = [line.strip("| ").split(" | ") for line in text[first.end() :].split("\n\n")[1].splitlines()]
    rows = whole_warehouse.rows(first[1])
    assert [[year, *(f"{gap:.1f}" for gap in gaps)] for year, *gaps in rows] == printed[2:]
    assert len(rows) == len(YEARS)


def test_the_shipped_counts_are_read_where_no_folder_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert published_folder({}, PROJECT) == SHIPPED
    assert published_folder({"PUBLISHED_DIR": "other"}, PROJECT) == tmp_path / "other"
    for nothing in ("", "none", " None "):
        assert published_folder({"PUBLISHED_DIR": nothing}, PROJECT) is None
    assert published_folder({}, tmp_path) is None


def test_the_shipped_files_are_the_publishers_rows(tmp_path: Path) -> None:
    assert main(["shipped-counts", str(real_data() / "published"), "--out", str(tmp_path)]) == 0
    for name in TABLES:
        assert (tmp_path / f"{name}.csv").read_bytes() == (SHIPPED / f"{name}.csv").read_bytes()


def test_a_missing_table_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shipped-counts", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    expected = (
        f"{tmp_path}/measures_annual.parquet: file does not exist; expected a tidy table of the annual statistics"
    )
    assert capsys.readouterr().err == expected + "\n"
