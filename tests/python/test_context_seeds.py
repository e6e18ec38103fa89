"""What the report prints beside its analysis is copied whole and right: sums by hand, pages in their section."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal

import pytest

from in_process import PROJECT

SEEDS = PROJECT / "seeds" / "context"

Rows = list[dict[str, str]]

SECTIONS = {
    # First page of the section and of the next, as the contents of the report print them.
    "report_workforce": (14, 15),
    "report_focus_groups": (39, 44),
    "report_survey_regions": (45, 54),
    "report_survey_answers": (45, 54),
    "report_studies": (55, 67),
    "report_study_findings": (55, 67),
    "report_recommendations": (7, 10),
}
NOT_OF_THE_NUMBER_NAMED = {
    ("Section 5.1.2", "1", "Clinical leads"),
    ("Section 5.1.2", "2", "Commissioners"),
    ("Section 5.1.3", "5", "Commissioners"),
    ("Section 5.1.5", "5", "Clinical leads"),
    ("Section 5.1.7", "3", "Commissioners"),
    ("Section 5.1.7", "6", "Commissioners"),
}
"""Percentages that no whole number of the respondents gives; the report counted out of others than it names."""


def seed(name: str) -> Rows:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def whole_percentages(people: int) -> set[int]:
    """What a number of so many people can be in whole per cent, halves up: by integers alone."""
    return {(200 * number + people) // (2 * people) for number in range(people + 1)}


def test_percentages_by_hand() -> None:
    # 1 of 8 is 12.5, printed 13; 5 of 11 is 45.45..., printed 45; 19 of 41 is 46.3.
    assert 13 in whole_percentages(8)
    assert {45, 55} <= whole_percentages(11)
    assert 46 not in whole_percentages(11)
    assert 46 in whole_percentages(41)


@pytest.mark.parametrize(
    ("table", "printed"),
    [
        # Table 1 is printed in whole per cent and leaves one out; Table 2 leaves out 0.4.
        pytest.param("Table 1", "80 9 5 3 2 = 99", id="ethnicity"),
        pytest.param("Table 2", "80 17 2.5 0.1 = 99.6", id="gender"),
    ],
)
def test_the_workforce_adds_up_as_printed(table: str, printed: str) -> None:
    shares = [row["printed_percentage"] for row in seed("report_workforce") if row["printed_in"] == table]
    assert f"{' '.join(shares)} = {sum(map(Decimal, shares))}" == printed


def test_the_census_adds_up_to_all_but_rounding() -> None:
    # 81.0 + 3.0 + 8.8 + 4.2 + 2.9; with Chinese people where the census has them 9.6 and 2.2, which leaves 0.7 moved.
    shares = {row["high_level_ethnic_group"]: row["population_percentage"] for row in seed("census_ethnic_groups")}
    assert sum(map(Decimal, shares.values())) == Decimal("99.9")
    assert set(shares) == {row["high_level_ethnic_group"] for row in seed("report_workforce")} - {""}


def test_respondents_by_region_are_all_that_there_were() -> None:
    counts: Counter[str] = Counter()
    for row in seed("report_survey_regions"):
        counts[row["respondents"]] += int(row["respondent_count"])
    assert counts == {"Clinical leads": 41, "Commissioners": 11}
    assert {row["asked_count"] for row in seed("report_survey_answers")} == {"41", "11", ""}


def test_answers_are_whole_numbers_of_respondents_but_for_those_known() -> None:
    impossible = {
        (row["printed_in"], row["statement_number"], row["respondents"])
        for row in seed("report_survey_answers")
        if row["asked_count"] and int(row["printed_percentage"]) not in whole_percentages(int(row["asked_count"]))
    }
    assert impossible == NOT_OF_THE_NUMBER_NAMED


def test_answers_to_one_question_are_all_the_clinical_leads() -> None:
    # Section 5.1.5: 18 + 4 + 11 + 8 of 41, printed 44, 10, 27 and 20 per cent.
    rows = [row for row in seed("report_survey_answers") if row["printed_in"] == "Section 5.1.5"][:4]
    counts = [18, 4, 11, 8]
    assert sum(counts) == 41
    assert [int(row["printed_percentage"]) for row in rows] == [round(100 * count / 41) for count in counts]


@pytest.mark.parametrize(
    ("table", "leads", "commissioners"),
    [
        ("Table 10", [95, 98, 90, 98, 63, 56], [73, 64, 36, 82, 45, 55]),
        ("Table 11", [34, 29, 27], [36, 55, 45]),
    ],
)
def test_tables_10_and_11_as_printed(table: str, leads: list[int], commissioners: list[int]) -> None:
    rows = [row for row in seed("report_survey_answers") if row["printed_in"] == table]
    printed = {who: [int(row["printed_percentage"]) for row in rows if row["respondents"] == who] for who in WHO}
    assert printed == {"Clinical leads": leads, "Commissioners": commissioners}


WHO = ("Clinical leads", "Commissioners")


def test_all_but_one_thing_is_important_to_both() -> None:
    rows = seed("report_focus_groups")
    assert [row["is_important_to_service_users"] for row in rows] == ["true"] * 8
    assert [row["priority_order"] for row in rows if row["is_important_to_therapists"] == "false"] == ["6"]


def test_every_study_is_there_once_with_what_it_found() -> None:
    studies = seed("report_studies")
    # References 16 to 37 of the report; 35 is the other half of one study, and one study came after the report.
    references = [int(row["reference_number"]) for row in studies if row["reference_number"]]
    assert sorted(references) == [number for number in range(16, 38) if number != 35]
    assert Counter(row["printed_in"] for row in studies) == {"Table 12": 14, "Table 13": 7, "after the report": 1}
    assert {row["study_id"] for row in seed("report_study_findings")} == {row["study_id"] for row in studies}


def test_a_finding_has_figures_of_ours_or_a_reason_why_not() -> None:
    figures = seed("report_study_figures")
    ours = {row["finding_id"] for row in figures if row["statistic"]}
    for row in seed("report_study_findings"):
        comparable = row["is_comparable"] == "true"
        assert comparable == (row["finding_id"] in ours), row["finding_id"]
        assert bool(row["why_not_comparable"]) != comparable, row["finding_id"]
        assert bool(row["what_differs"]) == comparable, row["finding_id"]
    for row in figures:
        # Something that the study says, and what a direction counts from.
        assert row["reported_value"] or row["reported_direction"], row
        assert bool(row["reported_direction"]) == bool(row["null_value"]), row
        assert bool(row["reported_value"]) == bool(row["reported_decimals"]), row


def test_groups_and_measures_of_figures_are_those_of_the_warehouse() -> None:
    with (PROJECT / "seeds" / "ethnicity" / "ethnic_categories.csv").open(encoding="utf-8", newline="") as file:
        categories = list(csv.DictReader(file))
    groups = {row[column] for row in categories for column in ("ethnic_group", "high_level_ethnic_group")} | {""}
    with (PROJECT / "seeds" / "published" / "published_outcome_definitions.csv").open(encoding="utf-8") as file:
        measures = {row["outcome"] for row in csv.DictReader(file)} | {"referral_share", ""}
    for row in seed("report_study_figures"):
        assert {row["ethnic_group"], row["comparator_group"]} <= groups, row
        assert row["measure"] in measures, row
    assert {row["outcome"] for row in seed("recommendation_measures")} <= measures


def test_recommendations_are_ten_and_four_can_be_followed() -> None:
    rows = seed("report_recommendations")
    assert [int(row["recommendation_number"]) for row in rows] == list(range(1, 11))
    assert [row["recommendation_number"] for row in rows if row["is_followable"] == "true"] == ["1", "6", "8", "9"]
    measures = seed("recommendation_measures")
    assert {row["recommendation_number"] for row in measures} == {"1", "6", "8", "9"}
    for row in measures:
        assert bool(row["statistic"]) != bool(row["why_not_followed"]), row
        assert bool(row["statistic"]) == bool(row["target_value"]) == bool(row["is_repeated"]), row


@pytest.mark.parametrize("name", sorted(SECTIONS))
def test_pages_lie_within_the_section(name: str) -> None:
    first, last = SECTIONS[name]
    rows = [row for row in seed(name) if row["page_first"]]
    assert rows
    assert all(first <= int(row["page_first"]) <= int(row["page_last"]) <= last for row in rows)


def test_every_seed_of_the_report_has_its_pages_checked() -> None:
    with_pages = {file.stem for file in SEEDS.glob("*.csv") if "page_first" in file.read_text("utf-8").split("\n")[0]}
    assert with_pages == SECTIONS.keys()
