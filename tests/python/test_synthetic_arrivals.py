"""Submissions that arrive as they really do: what is planted is in the files, and the truth holds all the same."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from iapt_equity.synthetic import generate
from test_synthetic_versions import check_truth, one, read, rows


@pytest.fixture(scope="module")
def crossing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("messy") / "set"
    generate(out, 6_000, 3, "2019-20:2022-23", progress=False, version="by_date", messy=True)
    return out


@pytest.fixture(scope="module")
def connection(crossing: Path) -> duckdb.DuckDBPyConnection:
    connection = read(crossing)
    files = (crossing / "truth" / "submissions.parquet").as_posix()
    connection.execute(f"create view fate as from '{files}'")
    return connection


def test_the_truth_holds_across_versions_whatever_arrives(crossing: Path) -> None:
    check_truth(crossing, {"v1_5", "v2_0", "v2_1"})


@pytest.mark.slow
@pytest.mark.parametrize(("version", "years"), [("v2_1", "2015-16:2018-19"), ("v1_5", "2016-17:2018-19")])
def test_the_truth_holds_in_one_version(tmp_path: Path, version: str, years: str) -> None:
    generate(tmp_path / "set", 4_000, 8, years, progress=False, version=version, messy=True)
    # The version stands in the truth of other versions only.
    check_truth(tmp_path / "set", {version} if version != "v2_1" else None)


def test_every_submission_has_its_fate(connection: duckdb.DuckDBPyConnection) -> None:
    differs = """
        select count(*) from fate full join submissions as s on fate.submission_id = s.submission
        where fate.submission_id is null or s.submission is null or fate.provider_code <> s.provider
            or fate.reporting_month <> s.month or (fate.submission_window = 'refresh') <> s.is_refresh
            or fate.mds_version <> s.version
    """
    assert one(connection, differs) == 0
    used = "select count(*) from fate full join accepted as a on fate.submission_id = a.submission"
    assert one(connection, f"{used} where (a.submission is not null) <> fate.is_used") == 0
    fates = {str(row[0]) for row in rows(connection, "select distinct fate from fate")}
    assert fates == {
        "used",
        "replaced_by_later_primary",
        "replaced_by_refresh",
        "truncated",
        "replaced_by_later_refresh",
    }


def test_truncated_refresh_files_hold_under_half_of_the_primary(connection: duckdb.DuckDBPyConnection) -> None:
    query = """
        with held as (
            select f.*, s.stated, coalesce((select sum(held) from size where submission = f.submission_id), 0) as held
            from fate as f join submissions as s on s.submission = f.submission_id
        )
        select count(*), count(*) filter (where t.held < 0.5 * p.held and t.stated = p.held)
        from held as t join held as p using (provider_code, reporting_month)
        where t.fate = 'truncated' and p.is_used
    """
    every, short = rows(connection, query)[0]
    assert int(str(every)) >= 3
    assert short == every


MAIN_TABLES = {
    "v1_5": ("Person", "Referral", "Appointment"),
    "v2_0": ("IDS001MPI", "IDS101Referral", "IDS201CareContact"),
    "v2_1": ("IDS001MPI", "IDS101Referral", "IDS201CareContact"),
}


def check_truncation_in_main_tables(data: Path) -> int:
    """Assert that truncated files hold under 45% of the patients, referrals and contacts of the Primary, and some.

    Returns the number of truncated files.
    """
    connection = duckdb.connect()
    fates = f"'{(data / 'truth' / 'submissions.parquet').as_posix()}'"
    parts: list[str] = []
    for version, tables in MAIN_TABLES.items():
        for table in tables:
            files = data / version / table
            if not files.exists():
                continue
            source = f"read_parquet('{(files / '*.parquet').as_posix()}')"
            submission = "UniqueSubmissionID"
            if version == "v1_5":
                submission = "HEADER_ID"
                if table != "Person":
                    people = (data / version / "Person" / "*.parquet").as_posix()
                    source += f" join (from read_parquet('{people}') select HEADER_ID, IAPT_RECORD_NUMBER)"
                    source += " using (IAPT_RECORD_NUMBER)"
            parts.append(f"select '{version}' as mds_version, {submission} as submission_id from {source}")
    connection.execute(f"create view row as {' union all '.join(parts)}")
    query = f"""
        with held as (
            select f.*, count(r.submission_id) as held
            from {fates} as f left join row as r using (mds_version, submission_id) group by all
        )
        select t.held, p.held from held as t join held as p using (provider_code, reporting_month)
        where t.fate = 'truncated' and p.is_used
    """
    found = connection.execute(query).fetchall()
    for held, whole in found:
        assert 0 < held < 0.45 * whole
        # At least a patient and a referral each.
        assert whole >= 20
    return len(found)


def test_truncated_refresh_files_hold_under_half_of_patients_referrals_and_contacts(crossing: Path) -> None:
    assert check_truncation_in_main_tables(crossing) >= 3


@pytest.mark.parametrize("seed", [pytest.param(1, marks=pytest.mark.slow), 20160401])
def test_truncation_is_clear_in_a_small_set_or_not_planted(tmp_path: Path, seed: int) -> None:
    generate(tmp_path / "set", 3_000, seed, "2019-20:2022-23", progress=False, version="by_date", messy=True)
    assert check_truncation_in_main_tables(tmp_path / "set") >= 1


def test_a_set_too_small_to_cut_short_has_no_truncated_file(tmp_path: Path) -> None:
    generate(tmp_path / "set", 100, 5, "2015-16:2018-19", progress=False, messy=True)
    assert check_truncation_in_main_tables(tmp_path / "set") == 0


def test_a_year_is_sent_once_more_by_one_provider(connection: duckdb.DuckDBPyConnection) -> None:
    query = """
        select provider_code, (year(reporting_month - interval 3 month)) as first_year, count(*) as months
        from fate where is_used and submission_window = 'refresh'
            and provider_code in (select provider_code from fate where fate = 'replaced_by_later_refresh')
        group by all having count(*) = 12
    """
    assert len(rows(connection, query)) == 1


def test_a_changed_provider_code_changes_every_identifier_but_the_person(
    crossing: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    assert one(connection, "select count(*) from successor") == 2
    assert one(connection, "select count(*) from succession") > 5
    names = (crossing / "reference" / "providers.csv").as_posix()
    query = f"select count(*) from successor join read_csv('{names}') as p on p.provider_code = successor_provider_code"
    assert one(connection, query) == 2
    old = "select provider_code from successor"
    new = "select successor_provider_code from successor"
    for table in ("submissions", "referral"):
        # Nothing under the old code once the new one is in use, and nothing under the new one before.
        query = f"""
            select count(*) from successor as s join {table} as t
                on (t.provider = s.provider_code and t.month >= s.change_month::date)
                or (t.provider = s.successor_provider_code and t.month < s.change_month::date)
        """
        assert one(connection, query) == 0
    for column in ("request", "person", "pathway"):
        shared = f"""
            select count(*) from referral where provider in ({old}) and {column} in (
                select {column} from referral where provider in ({new}) and {column} is not null)
        """
        if column == "pathway":
            assert one(connection, shared) == 0
        else:
            assert (
                one(connection, shared.replace("where provider in", "where month > '2020-09-01' and provider in")) == 0
            )
    discharged = """
        select count(*) from succession as c join named as n on n.name = c.early_name join referral as r
            on r.provider = n.provider and r.request = n.request and r.person = n.person where r.ended is not null
    """
    assert one(connection, discharged) == 0


def test_identifiers_are_given_again_to_other_patients(connection: duckdb.DuckDBPyConnection) -> None:
    query = """
        select count(distinct provider), count(*) from (
            select is_early, provider, request from named group by all having count(distinct person) > 1)
    """
    providers, requests = rows(connection, query)[0]
    assert providers == 1
    assert int(str(requests)) > 3


def test_contacts_sent_twice_both_count(connection: duckdb.DuckDBPyConnection) -> None:
    query = """
        select count(*) from (
            select version, provider, month, request, person, day, clock from contact where attended in ('5', '6')
                and clock is not null group by all having count(*) > 1)
    """
    assert one(connection, query) > 10


def test_some_pathways_are_sent_by_two_providers(connection: duckdb.DuckDBPyConnection) -> None:
    query = """
        select count(*), count(*) filter (where people = 1) from (
            select pathway, count(distinct national) as people from referral where pathway is not null
            group by pathway having count(distinct provider) > 1)
    """
    pathways, of_one = rows(connection, query)[0]
    assert int(str(pathways)) > 3
    assert of_one == pathways


def test_categories_of_2021_agree_with_those_of_2001(crossing: Path) -> None:
    files = (crossing / "v2_1" / "IDS001MPI" / "*.parquet").as_posix()
    connection = duckdb.connect()
    query = f"select count(EthnicCategory2021) / count(*) from '{files}'"
    share = float(str(rows(connection, query)[0][0]))
    assert 0.15 < share < 0.3
    pairs = dict(
        connection.execute(f"""
            select EthnicCategory2021, list(distinct Validated_EthnicCategory) from '{files}'
            where EthnicCategory2021 in ('T', 'U', 'V') group by all
        """).fetchall()
    )
    assert set(pairs) <= {"T", "U", "V"}
    assert pairs["V"] == ["S"]
    assert all(set(pairs[code]) <= {"C"} for code in set(pairs) & {"T", "U"})


def test_nothing_of_it_unless_asked_for(tmp_path: Path) -> None:
    generate(tmp_path / "set", 2_000, 3, "2017-18:2018-19", progress=False)
    assert not (tmp_path / "set" / "reference" / "provider_successors.csv").exists()
    assert not (tmp_path / "set" / "truth" / "submissions.parquet").exists()
    connection = read(tmp_path / "set")
    repeated = """
        select count(*) from (
            select provider, request, person, day, clock from contact where clock is not null and attended in ('5', '6')
                and kind <> '04' and not is_support group by all having count(*) > 1)
    """
    assert one(connection, repeated) < 3
