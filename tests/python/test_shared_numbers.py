"""Two versions number their submissions each for itself: a number that both use loses nothing, at once or by and by."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from iapt_equity.synthetic import generate
from in_process import contents, failures, run_dbt
from warehouses import FACTS, SEED

pytestmark = pytest.mark.slow

VERSIONS = ("v2_0", "v2_1")
MARTS = ("marts.fct_referrals", "marts.fct_episodes")


def numbered(data: Path, target: Path, shares: bool) -> Path:
    """A copy of a set whose submissions are numbered from 1 in each version, or from 1 in both together."""
    shutil.copytree(data / "reference", target / "reference")
    with duckdb.connect() as connection:
        headers = " union all ".join(
            f"select '{version}' as version, UniqueSubmissionID as old "
            f"from read_parquet('{(data / version).as_posix()}/IDS000Header/*.parquet')"
            for version in VERSIONS
        )
        partition = "partition by version" if shares else ""
        connection.execute(
            "create table numbers as select version, old, "
            f"cast(row_number() over ({partition} order by version, old) as varchar) as new from (select distinct * "
            f"from ({headers}))"
        )
        (shared,) = connection.execute(
            "select count(*) from (select new from numbers group by new having count(distinct version) = 2)"
        ).fetchall()
        assert (shared[0] > 20) == shares
        for version in VERSIONS:
            for file in sorted((data / version).rglob("*.parquet")):
                place = target / file.relative_to(data)
                place.parent.mkdir(parents=True, exist_ok=True)
                connection.sql(
                    "select rows.* replace (coalesce(numbers.new, 'X' || UniqueSubmissionID) as UniqueSubmissionID) "
                    f"from read_parquet('{file.as_posix()}') as rows left join numbers "
                    f"on numbers.version = '{version}' and numbers.old = rows.UniqueSubmissionID"
                ).write_parquet(str(place))
    return target


def built(data: Path, work: Path) -> dict[str, str]:
    result = run_dbt(["build", *FACTS, "+int_kept_submissions"], data, work)
    assert failures(result) == []
    found = contents(work / "warehouse.duckdb")
    return {mart: found[mart] for mart in MARTS}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A year of version 2.0 and one of 2.1."""
    folder = tmp_path_factory.mktemp("numbers") / "data"
    generate(folder, 250, SEED, years="2021-22:2022-23", version="by_date", progress=False)
    assert all((folder / version).is_dir() for version in VERSIONS)
    return folder


@pytest.fixture(scope="module")
def expected(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The marts of the set in which no number is shared."""
    work = tmp_path_factory.mktemp("apart")
    return built(numbered(data, work / "data", shares=False), work)


def test_a_shared_number_loses_nothing_in_a_full_build(data: Path, expected: dict[str, str], tmp_path: Path) -> None:
    assert built(numbered(data, tmp_path / "data", shares=True), tmp_path) == expected


def test_a_shared_number_loses_nothing_in_an_increment(data: Path, expected: dict[str, str], tmp_path: Path) -> None:
    """The whole later version arrives after records of the earlier one are kept, and a month of each after that."""
    whole, held = numbered(data, tmp_path / "whole", shares=True), tmp_path / "data"
    shutil.copytree(whole / "reference", held / "reference")
    late = {"2021-09", "2022-09"}
    first = [file for file in whole.rglob("*.parquet") if file.parts[-3] == "v2_0" and file.stem[:7] not in late]
    second = [file for file in whole.rglob("*.parquet") if file.parts[-3] == "v2_1" and file.stem[:7] not in late]
    third = [file for file in whole.rglob("*.parquet") if file.parts[-3] in VERSIONS and file.stem[:7] in late]
    assert min(len(first), len(second), len(third)) > 10
    for arrived in (first, second, third):
        for file in arrived:
            place = held / file.relative_to(whole)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, place)
        found = built(held, tmp_path)
    assert found == expected
