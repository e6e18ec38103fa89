"""The metrics give the figures of the marts and of SQL by hand, by any dimension, and none that counts people twice."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from dbt.contracts.graph.semantic_manifest import SemanticManifest
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from in_process import parsed
from warehouses import Warehouse

Ask = Callable[..., dict[tuple[str, ...], tuple[float | None, ...]]]
"""Metrics by dimensions, where: the figures by the values of the dimensions."""

MARTS = {
    "access": "access_rates",
    "outcome": "outcome_rates",
    "timeliness": "wait_rates",
    "pathway": "pathway_rates",
    "experience": "experience_rates",
}
"""The mart of each entity; the metrics of its measures are named after them."""
KEY = ("financial_year", "area_level", "area_code", "ethnic_classification", "ethnic_group")


class Client:
    """MetricFlow asks it for the dialect alone: the statements are run on the warehouse file, as a reader does."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


@pytest.fixture(scope="module")
def ask(whole_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    file = tmp_path_factory.mktemp("metrics") / "semantic_manifest.json"
    SemanticManifest(parsed()).write_json_to_file(str(file))
    manifest = parse_manifest_from_dbt_generated_manifest(file.read_text(encoding="utf-8"))
    engine = MetricFlowEngine(SemanticManifestLookup(manifest), Client())  # type: ignore[arg-type]

    def query(
        metrics: list[str], by: list[str], where: dict[str, str] | None = None
    ) -> dict[tuple[str, ...], tuple[float | None, ...]]:
        conditions = [f"{{{{ Dimension('{name}') }}}} = '{value}'" for name, value in (where or {}).items()]
        request = MetricFlowQueryRequest.create(
            metric_names=metrics, group_by_names=by, where_constraints=conditions, order_by_names=by
        )
        sql = engine.explain(request).sql_statement.sql
        of_readers = sql.replace('"warehouse_build".', "")
        rows = whole_warehouse.rows(f"select {', '.join([*by, *metrics])} from ({of_readers})")
        return {
            tuple(str(value) for value in row[: len(by)]): tuple(
                None if value is None else float(value) for value in row[len(by) :]
            )
            for row in rows
        }

    return query


def differing(
    figures: Mapping[tuple[str, ...], tuple[float | None, ...]], expected: Mapping[tuple[str, ...], tuple[Any, ...]]
) -> list[tuple[str, ...]]:
    """Cells in which a figure differs by more than the order of adding, or is null on one side alone."""
    assert figures.keys() == expected.keys()
    return [
        cell
        for cell, row in expected.items()
        if any(
            (one is None) != (other is None)
            or (one is not None and not math.isclose(one, float(other), rel_tol=1e-12, abs_tol=1e-12))
            for one, other in zip(figures[cell], row, strict=True)
        )
    ]


def measures_of(warehouse: Warehouse, mart: str) -> list[str]:
    return [str(row[0]) for row in warehouse.rows(f"select distinct measure from marts.{mart} order by 1")]


def test_every_measure_has_a_rate_and_a_gap(whole_warehouse: Warehouse) -> None:
    named = {
        f"{measure}_{kind}"
        for mart in MARTS.values()
        for measure in measures_of(whole_warehouse, mart)
        for kind in ("rate", "gap")
    }
    metrics = {metric.name: metric for metric in parsed().metrics.values()}
    crossed = {f"{kind}_by_{what}" for kind in ("rate", "gap") for what in ("period", "characteristic")}
    waits = {f"{name}_{what}" for name in ("median_wait", "survival_median_wait") for what in ("days", "gap_days")}
    derived = {name for name, metric in metrics.items() if metric.type.value == "derived"}
    assert derived == named | crossed | waits | {"long_waiting_share", "long_waiting_gap"}
    assert len(named) == 44
    assert [name for name, metric in metrics.items() if not metric.description] == []


@pytest.mark.parametrize("entity", sorted(MARTS))
def test_a_metric_is_the_figure_of_the_mart(entity: str, ask: Ask, whole_warehouse: Warehouse) -> None:
    compared = 0
    for measure in measures_of(whole_warehouse, MARTS[entity]):
        by = [f"{entity}__{name}" for name in KEY]
        figures = ask([f"{measure}_rate", f"{measure}_gap"], by)
        mart = {
            tuple(str(value) for value in row[:5]): row[5:]
            for row in whole_warehouse.rows(
                f"select {', '.join(KEY)}, rate, difference_to_white_british from marts.{MARTS[entity]} "
                "where measure = ?",
                measure,
            )
        }
        assert differing(figures, mart) == [], measure
        compared += sum(None not in row for row in mart.values())
    assert compared > 100


BY_HAND = {
    # Who counts: docs/rules.md, 22, and docs/decisions; without the seeds and models that the marts are made by.
    "access": (
        "access",
        "referral_financial_year",
        "count(*) filter (is_accessed) / count(*) from marts.fct_referrals "
        "where is_received_in_window and has_enough_follow_up",
    ),
    "recovery": (
        "outcome",
        "discharge_financial_year",
        "count(*) filter (is_recovered) / count(*) from marts.fct_episodes "
        "where is_received_in_window and is_at_caseness",
    ),
    "dropout": (
        "outcome",
        "discharge_financial_year",
        "count(*) filter (is_dropped_out) / count(*) from marts.fct_episodes "
        "where is_received_in_window and is_dropped_out is not null",
    ),
}


@pytest.mark.parametrize("measure", sorted(BY_HAND))
def test_a_metric_is_what_sql_by_hand_gives(measure: str, ask: Ask, whole_warehouse: Warehouse) -> None:
    entity, year, sql = BY_HAND[measure]
    rows = whole_warehouse.rows(
        f"select {year}, coalesce(ethnic_group, 'Not stated, not known or invalid'), {sql} group by all"
    )
    expected = {(str(row[0]), str(row[1])): float(row[2]) for row in rows}
    where = {f"{entity}__area_level": "national", f"{entity}__ethnic_classification": "ethnic_group"}
    figures = ask([f"{measure}_rate"], [f"{entity}__financial_year", f"{entity}__ethnic_group"], where)
    counted = {key: figure for key, (figure,) in figures.items() if figure is not None}
    assert counted == pytest.approx(expected, rel=1e-12)
    assert len(counted) > 20
    # And over years and groups together: of everybody, whatever it is cut by.
    ((whole,),) = whole_warehouse.rows(f"select {sql}")
    ((figure,),) = ask([f"{measure}_rate"], [f"{entity}__area_level"], where).values()
    assert figure == pytest.approx(whole, rel=1e-12)


def test_a_gap_over_several_areas_is_the_mean_of_theirs_by_people(ask: Ask, whole_warehouse: Warehouse) -> None:
    where = {"outcome__area_level": "region", "outcome__ethnic_group": "Minoritised ethnic groups"}
    figures = ask(["recovery_gap"], ["outcome__financial_year"], where)
    rows = whole_warehouse.rows(
        "select financial_year, difference_to_white_british, denominator_count from marts.outcome_rates "
        "where measure = 'recovery' and area_level = 'region' and ethnic_group = 'Minoritised ethnic groups' "
        "and difference_to_white_british is not null"
    )
    for year in {str(row[0]) for row in rows}:
        own = [(gap, people) for of_year, gap, people in rows if of_year == year]
        mean = sum(gap * people for gap, people in own) / sum(people for _, people in own)
        assert figures[(year,)][0] == pytest.approx(mean, rel=1e-12)
    assert len(figures) >= 3


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"outcome__area_level": "national"},
        {"outcome__ethnic_classification": "ethnic_group"},
        # Everybody is in the national row and in those of the regions.
        {"outcome__ethnic_group": "All"},
    ],
)
def test_a_metric_over_what_overlaps_is_null(where: dict[str, str], ask: Ask) -> None:
    figures = ask(["recovery_rate", "recovery_gap"], ["outcome__financial_year"], where)
    assert set(figures.values()) == {(None, None)}


@pytest.mark.parametrize(
    ("mart", "entity", "own", "what"),
    [
        ("rates_by_month", "rate_of_period", ("period_kind", "period"), "period"),
        (
            "rates_by_characteristic",
            "rate_of_characteristic",
            ("characteristic", "characteristic_value"),
            "characteristic",
        ),
    ],
)
def test_rates_by_period_and_characteristic_are_those_of_the_marts(
    mart: str, entity: str, own: tuple[str, str], what: str, ask: Ask, whole_warehouse: Warehouse
) -> None:
    key = (*KEY, *own, "measure")
    where = {f"{entity}__area_level": "national"}
    figures = ask([f"rate_by_{what}", f"gap_by_{what}"], [f"{entity}__{name}" for name in key], where)
    rows = whole_warehouse.rows(
        f"select {', '.join(key)}, rate, difference_to_white_british from marts.{mart} where area_level = 'national'"
    )
    expected = {tuple(str(value) for value in row[: len(key)]): row[len(key) :] for row in rows}
    assert differing(figures, expected) == []
    assert len(expected) > 1_000
    # Of two measures, or of two kinds of period or characteristics, there is no one rate.
    mixed = ask([f"rate_by_{what}"], [f"{entity}__{own[1]}"], {**where, f"{entity}__ethnic_group": "All"})
    assert set(mixed.values()) == {(None,)}


def test_medians_of_waits_are_those_of_the_mart_and_of_nothing_wider(ask: Ask, whole_warehouse: Warehouse) -> None:
    metrics = ["median_wait_days", "median_wait_gap_days", "survival_median_wait_days", "survival_median_wait_gap_days"]
    where = {"waiting__area_level": "national"}
    figures = ask([*metrics, "waits_ended"], [f"waiting__{name}" for name in (*KEY, "wait")], where)
    rows = whole_warehouse.rows(
        f"select {', '.join(KEY)}, wait, median_days, median_days_difference, survival_median_days, "
        "survival_median_days_difference, ended_wait_count from marts.waits where area_level = 'national'"
    )
    expected = {tuple(str(value) for value in row[:6]): row[6:] for row in rows}
    assert differing(figures, expected) == []
    assert len(expected) > 100
    wider = ask(["median_wait_days"], ["waiting__wait"], {**where, "waiting__ethnic_group": "All"})
    assert set(wider.values()) == {(None,)}


def test_long_waits_at_a_month_s_end_are_those_of_the_mart(ask: Ask, whole_warehouse: Warehouse) -> None:
    key = ("waiting_month", *KEY[1:], "measure")
    by = [f"waiting_person__{name}" for name in key]
    figures = ask(["long_waiting_share", "long_waiting_gap"], by, {"waiting_person__area_level": "national"})
    rows = whole_warehouse.rows(
        f"select {', '.join(key)}, long_waiting_share, difference_to_white_british from marts.waiting_at_month_end "
        "where area_level = 'national'"
    )
    expected = {tuple(str(value) for value in row[:6]): row[6:] for row in rows}
    assert differing(figures, expected) == []
