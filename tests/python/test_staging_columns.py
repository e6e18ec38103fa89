"""The staged entities of versions 1.5 and 2 have the same columns, so that ``union all`` of ``select *`` is right."""

from __future__ import annotations

import json

import pytest

from dirty_corpus import clean_tables, write_tables
from in_process import PROJECT, run_dbt

pytestmark = pytest.mark.slow

STAGING = PROJECT / "models" / "staging"
ENTITIES = sorted(file.stem.removeprefix("stg_v2__") for file in (STAGING / "v2").glob("stg_v2__*.sql"))
# Rows of version 1.5 that stand for nothing in version 2, and are only counted; and answers, which are scores there.
ALONE = {"questionnaire_rows", "experience_answers"}


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[str, str]]]:
    """Names and types of the columns of every staging model, in order, as the database gives them."""
    work = tmp_path_factory.mktemp("staging")
    write_tables(work / "data" / "v2_1", clean_tables("v2_1"), "clean")
    models = ["path:models/staging/v1_5", "path:models/staging/v2"]
    selection = [*models, *(f"+{model},resource_type:seed" for model in models)]
    result = run_dbt(["build", "--select", *selection, "--resource-type", "seed", "model"], work / "data", work)
    assert result.success, result.exception
    result = run_dbt(["docs", "generate", "--no-compile"], work / "data", work)
    assert result.success, result.exception
    catalog = json.loads((work / "target" / "catalog.json").read_text(encoding="utf-8"))
    return {
        node["metadata"]["name"]: [
            # Names of columns mean the same in either case.
            (column["name"].lower(), column["type"])
            for column in sorted(node["columns"].values(), key=lambda column: column["index"])
        ]
        for node in catalog["nodes"].values()
    }


def test_both_folders_stage_the_same_entities() -> None:
    of_1_5 = {file.stem.removeprefix("stg_v1_5__") for file in (STAGING / "v1_5").glob("stg_v1_5__*.sql")}
    assert len(ENTITIES) == 14
    assert of_1_5 - ALONE == set(ENTITIES)


@pytest.mark.parametrize("entity", ENTITIES)
def test_an_entity_has_the_same_columns_in_every_version(
    entity: str, columns: dict[str, list[tuple[str, str]]]
) -> None:
    assert columns[f"stg_v1_5__{entity}"] == columns[f"stg_v2__{entity}"]
    assert columns[f"stg_v2__{entity}"][0] == ("mds_version", "VARCHAR")
