"""What a build says at its end: facts of the tables that it made, alarms, warnings in words, where to go next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from iapt_equity.summary import Build, Warned, critical_alarms, ethnicity_lines, summary
from in_process import PROJECT

CORE = frozenset(
    {"marts.fct_referrals", "marts.fct_episodes", "intermediate.int_refusal_counts", "quality.input_alarms"}
)


@pytest.fixture
def cursor() -> Iterator[duckdb.DuckDBPyConnection]:
    """A build file of a few rows: two files, three referrals of two people, one episode, one critical alarm."""
    with duckdb.connect() as connection:
        for schema in ("raw", "marts", "quality", "intermediate"):
            connection.execute(f"create schema {schema}")
        connection.execute(
            "create table raw.input_files as select 'v2_1' as mds_version, 1200 as row_count "
            "union all select 'v2_1', 34;"
            "create table marts.fct_referrals as select * from (values (1, '2015-16'), (1, '2016-17'), (2, '2016-17')) "
            "as rows (person_id, referral_financial_year);"
            "create table marts.fct_episodes as select 1 as referral_id;"
            "create table intermediate.int_refusal_counts as select null as refusal, 1000 as row_count "
            "union all select 'contact_date_blank', 7;"
            "create table quality.input_alarms as select 'critical' as severity, 'IDS201CareContact' as source_table, "
            "'provider' as scope, 'RX1' as subject, cast(null as date) as reporting_month, "
            "'without_parent' as problem, "
            "300 as affected_count, 400 as row_count, 0.75 as affected_share, cast(null as double) as lower_limit, "
            "0.05 as upper_limit union all select 'warning', 'all', 'provider_month', 'RX2', date '2020-02-01', "
            "'unlike_its_year', null, 12, null, 100.4, 199.6"
        )
        yield connection


def build(tables: frozenset[str], *warned: Warned, **facts: bool | int) -> Build:
    known = {"is_demo": False, "is_published": True, "failure_count": 0, **facts}
    return Build(tables, warned, bool(known["is_demo"]), bool(known["is_published"]), int(known["failure_count"]))


def test_a_core_build_says_what_it_did_what_to_look_at_and_what_comes_next(
    cursor: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    assert summary(cursor, build(CORE), tmp_path / "x.duckdb") == [
        "Read: 2 files, 1,234 rows",
        "Rows that the marts use: 1,000 kept, 7 quarantined; the account of every row: --selector quality",
        "In the marts: 3 referrals of 2 people, 1 finished courses of treatment, 2015-16 to 2016-17",
        "CRITICAL: provider RX1, IDS201CareContact: 300 of 400 (75%) rows whose parent is missing",
        "Look first: provider RX2 has 12 rows in February 2020; its months around it would have 100 to 200; "
        "see quality.input_alarms",
        f"Warehouse: {tmp_path / 'x.duckdb'}",
        "Next: uv run dbt build --selector quality (what became of every row), then --selector statistics",
    ]


def test_a_month_without_contacts_is_said_with_its_table(cursor: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    cursor.execute("delete from quality.input_alarms where severity = 'critical'")
    cursor.execute("update quality.input_alarms set source_table = 'IDS201CareContact', row_count = 0")
    assert summary(cursor, build(CORE), tmp_path / "x.duckdb")[3] == (
        "Look first: provider RX2 has 0 rows of IDS201CareContact in February 2020; its months around it would have "
        "100 to 200; see quality.input_alarms"
    )


def test_tables_of_an_earlier_build_are_not_spoken_of(cursor: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    lines = summary(cursor, build(frozenset({"marts.fct_episodes"})), tmp_path / "x.duckdb")
    assert [line.split(":")[0] for line in lines] == ["Warehouse", "Next"]


def test_a_build_that_failed_says_that_readers_keep_what_they_had(
    cursor: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    lines = summary(cursor, build(frozenset(), is_published=False, failure_count=3), tmp_path / "x.duckdb")
    assert lines[0] == "Nothing published, 3 steps failed or were left out: there is no warehouse yet"
    (tmp_path / "x.duckdb").touch()
    lines = summary(cursor, build(frozenset(), is_published=False, failure_count=3), tmp_path / "x.duckdb")
    assert lines[0].endswith("x.duckdb is that of the last good build")


def test_a_warning_is_said_in_words_and_the_demo_s_as_planted(
    cursor: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    warned = Warned("a_test", 4, "something deserves a look", "quality.a", "planted on purpose")
    real = summary(cursor, build(frozenset(), warned), tmp_path / "x.duckdb")
    demo = summary(cursor, build(frozenset(), warned, is_demo=True), tmp_path / "x.duckdb")
    assert real[0] == "Warning (4): something deserves a look; see quality.a"
    assert demo[0] == real[0] + ". In the demo set: planted on purpose"


@pytest.mark.parametrize(
    ("rows", "most"),
    [
        ("('RX2', 1, date '2020-02-01', date '2020-02-01')", "RX2, February 2020"),
        (
            "('RX2', 1, date '2020-02-01', date '2020-02-01'), ('RX3', 2, date '2019-12-01', date '2020-04-01')",
            "RX3, 2 months from December 2019 to April 2020",
        ),
        (
            "('JANE DOE', 1, date '2020-02-01', date '2020-02-01')",
            "whose code could be a name and is not said, February 2020",
        ),
    ],
)
def test_a_provider_that_lacks_months_is_named_before_other_warnings(
    rows: str, most: str, cursor: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    cursor.execute(
        f"create table quality.missing_months as from (values {rows}) "
        "as rows (provider_code, missing_month_count, first_missing_month, last_missing_month)"
    )
    warned = [Warned(f"test_{number}", number, "m", "l", "") for number in range(1, 8)]
    missing = Warned("months_are_missing", 2, "providers sent nothing for months", "quality.missing_months", "")
    lines = summary(cursor, build(CORE, *warned, missing), tmp_path / "x.duckdb")
    assert len(lines) == 10
    assert lines[5] == f"Warning (2): providers sent nothing for months (most: {most}); see quality.missing_months"


def test_alarms_are_said_once_with_what_is_planted_and_how_many_more_there_are(
    cursor: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    cursor.execute("insert into quality.input_alarms select * replace ('RX3' as subject) from quality.input_alarms")
    warned = Warned("input_alarms_warning", 4, "a look first", "quality.input_alarms", "planted on purpose")
    lines = summary(cursor, build(CORE, warned, is_demo=True), tmp_path / "x.duckdb")
    assert lines[4].endswith("missing; 2 more, see quality.input_alarms. In the demo set: planted on purpose")
    assert not any(line.startswith("Warning") for line in lines)


def test_ten_lines_whatever_is_wrong(cursor: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    warned = [Warned(f"test_{number}", number, "m", "l", "") for number in range(1, 8)]
    lines = summary(cursor, build(CORE, *warned), tmp_path / "x.duckdb")
    assert len(lines) == 10
    assert lines[5:8] == [
        "Warning (1): m; see l",
        "Warning (2): m; see l",
        "Warnings of more tests, named below: test_3, test_4, test_5, test_6, test_7",
    ]


def test_a_critical_alarm_of_any_build_stops_publishing(cursor: duckdb.DuckDBPyConnection) -> None:
    assert len(critical_alarms(cursor)) == 1
    cursor.execute("delete from quality.input_alarms where severity = 'critical'")
    assert critical_alarms(cursor) == []
    cursor.execute("drop table quality.input_alarms")
    assert critical_alarms(cursor) == []


def test_every_test_that_warns_says_what_it_means_and_where_to_look() -> None:
    files = [
        file for file in (PROJECT / "tests").rglob("*.sql") if "severity='warn'" in file.read_text(encoding="utf-8")
    ]
    assert len(files) >= 6
    silent = [
        file.name
        for file in files
        if not all(f"'{key}': '" in file.read_text(encoding="utf-8") for key in ("means", "look"))
    ]
    assert silent == []


def orphans(cursor: duckdb.DuckDBPyConnection, *identifiers: str) -> None:
    """Contacts of a provider without a parent, beside referrals 0007, 0008 and 0100 and those of another provider."""
    cursor.execute("create schema seeds")
    for seed in ("entity_tables", "validation_rules", "validation_fields", "submission_rules"):
        cursor.execute(f"create table seeds.{seed} as from '{PROJECT}/seeds/validation/{seed}.csv'")
    cursor.execute(
        "create table raw.v2_ids101referral as select unnest(['0007', '0008', '0100', 'R12']) as ServiceRequestId;"
        "create table raw.v2_ids201carecontact (ServiceRequestId varchar, source_file varchar, source_row bigint);"
        "create table intermediate.int_checked_care_contacts "
        "(refusal varchar, provider_code varchar, source_file varchar, source_row bigint)"
    )
    for place, identifier in enumerate([*identifiers, "X1", "X2", "X3", "X4", "X5"]):
        provider = "RX1" if place < len(identifiers) else "RX2"
        cursor.execute("insert into raw.v2_ids201carecontact values (?, 'a.csv', ?)", [identifier, place])
        cursor.execute(
            "insert into intermediate.int_checked_care_contacts values "
            "('service_request_id_without_parent', ?, 'a.csv', ?)",
            [provider, place],
        )


@pytest.mark.parametrize(
    ("identifiers", "is_said"),
    [
        (["7", "8", "100"], True),
        (["00007", "8", "9"], True),
        # Half of them is not more than half; and letters say that nothing was lost.
        (["7", "9"], False),
        (["7", "7", "7", "9"], False),
        (["12", "1"], False),
    ],
)
def test_orphans_that_lost_their_leading_zeros_are_called_so(
    identifiers: list[str], is_said: bool, cursor: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    orphans(cursor, *identifiers)
    said = "; ServiceRequestId lost its leading zeros in one of two tables, export it as text"
    [line] = [line for line in summary(cursor, build(CORE), tmp_path / "x.duckdb") if line.startswith("CRITICAL")]
    assert line.removesuffix(said).endswith("300 of 400 (75%) rows whose parent is missing")
    assert line.endswith(said) is is_said
    assert [one.endswith(said) for one in critical_alarms(cursor)] == [is_said]


def test_what_could_be_a_name_is_not_said(cursor: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """A provider's field can hold whatever slipped into it, such as a name or an NHS number."""
    cursor.execute(
        "create table quality.ethnicity_expectations as select 'validity_is_high' as expectation, "
        "'small' as provider_size_band, 'warning' as severity, date '2020-02-01' as reporting_month, "
        "true as is_latest_month, false as success, 9 as failing_provider_count, "
        "'9434765919, DOE, JANE DOE, NQT, RX1, SMITH, Z1101, Z1102, Z1103' as failing_providers "
        "union all select 'month_is_known', 'all', 'critical', date '2020-02-01', true, false, 0, null "
        "union all select 'month_is_known', 'all', 'critical', date '2020-01-01', false, false, 1, 'RX1'"
    )
    assert ethnicity_lines(cursor) == [
        "Ethnicity recording as of February 2020, critical: month_is_known (all)",
        "Ethnicity recording as of February 2020, warning: validity_is_high (small), providers: NQT, RX1, Z1101, "
        "Z1102, Z1103, 4 more, see quality.ethnicity_expectations",
    ]
    for name in ("JANE DOE", "DOE", "RAY", "LEE", "SYL"):
        cursor.execute("update quality.input_alarms set subject = ?", [name])
        lines = (*summary(cursor, build(CORE), tmp_path / "x.duckdb"), *critical_alarms(cursor))
        assert not any(word in line for line in lines for word in name.split())
        assert lines[-1].startswith("CRITICAL: provider whose code could be a name and is not said, IDS201Care")
