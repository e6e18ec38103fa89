"""What a build says at its end, on a few lines for people: facts come from the tables that it made, never from rows.

No line holds a value of a person's record: codes of organisations, names of files, columns and rules, and counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from iapt_equity.inputs.demo import DEMO_DIR
from iapt_equity.inputs.reader import INPUT_FILES
from iapt_equity.lost_zeros import fields_that_lost_zeros

SHOWN_ALARMS = {"input_alarms": 2, "kept_row_alarms": 1}
"""Alarms of each table that are said one by one; the table holds the rest."""

MISSING_MONTHS = "quality.missing_months"
"""Table of the providers that sent nothing for months between others."""

SHOWN_LINES = 10
"""Lines that a person reads to their end."""

SHOWN_PROVIDERS = 5
"""Providers that a line names."""

# Three letters are a code or a name (DOE, RAY); without a vowel they are no name.
_ORGANISATION = re.compile(r"(?=[A-Z0-9]*[0-9])[A-Z0-9]{3,6}|[B-DF-HJ-NP-TV-XZ]{3}")


@dataclass(frozen=True)
class Warned:
    """A test that warned: its name, how many rows it found, and what its file says of it.

    ``means`` says what has been found, ``look`` where to look, ``in_demo`` what it is in the demo set.
    """

    name: str
    count: int
    means: str
    look: str
    in_demo: str


@dataclass(frozen=True)
class Build:
    """What dbt knows of the build that ends.

    Attributes:
        tables: Tables that it made, as ``schema.table``; no other is spoken of, since it can be of older input.
        warned: Tests that warned.
        is_demo: Whether it was built on the demo set.
        is_published: Whether the warehouse file was replaced.
        failure_count: Nodes that failed or were left out after a failure.
    """

    tables: frozenset[str]
    warned: tuple[Warned, ...]
    is_demo: bool
    is_published: bool
    failure_count: int

    @classmethod
    def of(cls, facts: dict[str, Any]) -> Build:
        """Take what the macro ``end_build`` hands over."""
        return cls(
            tables=frozenset(facts["tables"]),
            warned=tuple(Warned(**warned) for warned in facts["warned"]),
            is_demo=bool(facts["is_demo"]),
            is_published=bool(facts["is_published"]),
            failure_count=int(facts["failure_count"]),
        )


def summary(cursor: duckdb.DuckDBPyConnection, build: Build, warehouse: Path) -> list[str]:
    """Say what was read, what became of it, what is in the marts, what to look at, and what to do next.

    Args:
        cursor: A connection to the build file.
        build: What dbt knows of the build.
        warehouse: The file that readers open.

    Returns:
        Lines for people, without markup.
    """
    lines = [*_rows(cursor, build), *_marts(cursor, build)]
    said: set[str] = set()
    for table in SHOWN_ALARMS:
        alarms = alarm_lines(cursor, table) if f"quality.{table}" in build.tables else []
        if alarms:
            said.add(f"quality.{table}")
            alarms[-1] += "".join(_planted(build, one) for one in build.warned if one.look == f"quality.{table}")
        lines += alarms
    last = [_place(build, warehouse), f"Next: {_next(build, warehouse)}"]
    warned = [_with_months(cursor, warned) for warned in build.warned if warned.look not in said]
    # Months that are missing come first: who was received in them is in no rate.
    warned.sort(key=lambda one: one.look != MISSING_MONTHS)
    return [*lines, *_warnings(build, warned, SHOWN_LINES - len(lines) - len(last)), *last]


def _with_months(cursor: duckdb.DuckDBPyConnection, warned: Warned) -> Warned:
    """Name the provider that lacks most months, and the first and last of them, where a test warns of such."""
    if warned.look != MISSING_MONTHS:
        return warned
    row = cursor.execute(
        "select provider_code, missing_month_count, first_missing_month, last_missing_month "
        f"from {MISSING_MONTHS} order by missing_month_count desc, provider_code limit 1"
    ).fetchone()
    if row is None:
        return warned
    code, count, first, last = row
    span = f"{first:%B %Y}" if count == 1 else f"{count} months from {first:%B %Y} to {last:%B %Y}"
    return replace(warned, means=f"{warned.means} (most: {_provider(code)}, {span})")


def _planted(build: Build, warned: Warned) -> str:
    return f". In the demo set: {warned.in_demo}" if build.is_demo and warned.in_demo else ""


def _warnings(build: Build, warned: list[Warned], room: int) -> list[str]:
    """Say what tests found that warned, a line each; where there is no room for all, the last line names the rest."""
    shown = warned if len(warned) <= room else warned[: max(room - 1, 0)]
    lines = [
        f"Warning ({one.count:,}): {one.means or one.name.replace('_', ' ')}; "
        f"see {one.look or 'the test ' + one.name}{_planted(build, one)}"
        for one in shown
    ]
    if len(shown) < len(warned):
        lines.append(f"Warnings of more tests, named below: {', '.join(one.name for one in warned[len(shown) :])}")
    return lines


def alarm_lines(cursor: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Say the worst alarms of a build, a line each: what is refused or orphaned too often, which month stands apart.

    Args:
        cursor: A connection to the build file.
        table: Which of the tables of alarms, `input_alarms` or `kept_row_alarms`.

    Returns:
        Lines for people, of which the last says where the alarms stand and how many more there are; none without any.
    """
    month = "reporting_month" if table == "input_alarms" else "cast(null as date)"
    limits = "lower_limit" if table == "input_alarms" else "cast(null as double)"
    rows = cursor.execute(
        f"select severity, source_table, scope, subject, {month} as month, problem, affected_count, row_count, "
        f"{limits} as lower_limit, upper_limit from quality.{table} order by severity, month desc nulls first, "
        # Rows whose parent was refused come after what refused it.
        "problem = 'without_parent', affected_share desc nulls last, source_table, scope, subject, problem, "
        "affected_count"
    ).fetchall()
    lines = [_alarm(*row) + _lost_zeros(cursor, *row[1:6]) for row in rows[: SHOWN_ALARMS[table]]]
    if lines:
        more = len(rows) - len(lines)
        lines[-1] += f"; {f'{more:,} more, ' if more else ''}see quality.{table}"
    return lines


def critical_alarms(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the alarms that stop publishing, from whichever build made them, as lines; none where none was made."""
    found = cursor.execute("select table_name from duckdb_tables() where schema_name = 'quality'").fetchall()
    there = {str(row[0]) for row in found}
    lines = []
    for table in ("input_alarms", "kept_row_alarms"):
        if table in there:
            rows = cursor.execute(
                "select severity, source_table, scope, subject, null, problem, affected_count, row_count, null, "
                f"upper_limit from quality.{table} where severity = 'critical' order by all"
            ).fetchall()
            lines += [_alarm(*row) + _lost_zeros(cursor, *row[1:6]) for row in rows]
    return lines


def _lost_zeros(
    cursor: duckdb.DuckDBPyConnection, source_table: str, scope: str, subject: str, _: Any, problem: str
) -> str:
    """What to say of orphans that only leading zeros keep from their parents."""
    if problem != "without_parent":
        return ""
    fields = fields_that_lost_zeros(cursor, source_table, subject if scope == "provider" else None)
    return "".join(f"; {field} lost its leading zeros in one of two tables, export it as text" for field in fields)


def ethnicity_lines(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """Say which expectations on how ethnicity is recorded do not hold as of the latest month, and at whom.

    Args:
        cursor: A connection to the build file.
    """
    rows = cursor.execute(
        "select expectation, provider_size_band, severity, reporting_month, failing_provider_count, failing_providers "
        "from quality.ethnicity_expectations where is_latest_month and not success "
        "order by severity, expectation, provider_size_band"
    ).fetchall()
    return [
        f"Ethnicity recording as of {month:%B %Y}, {severity}: {expectation} ({band})"
        + (f", providers: {_providers(providers.split(', '))}" if count else "")
        for expectation, band, severity, month, count, providers in rows
    ]


def _providers(codes: list[str]) -> str:
    """Name some providers; what is not surely an organisation's code may be a value of a person's record."""
    shown = [code for code in codes if _ORGANISATION.fullmatch(code)][:SHOWN_PROVIDERS]
    more = [f"{len(codes) - len(shown):,} more, see quality.ethnicity_expectations"] if len(codes) > len(shown) else []
    return ", ".join(shown + more)


def _provider(code: str) -> str:
    """Name a provider, unless its code could be a name: then it may be a value of a person's record."""
    return code if _ORGANISATION.fullmatch(code) else "whose code could be a name and is not said"


_PROBLEMS = {
    "refused": "rows refused",
    "without_parent": "rows whose parent is missing",
    "header_refused": "headers refused, and with each its whole submission",
    "unreadable": "rows that cannot be taken apart",
    "repeated": "rows repeat keys of other rows, which count in their place: is it a copy?",
    "warned": "kept rows that break a rule",
}


def _alarm(
    severity: str,
    source_table: str,
    scope: str,
    subject: str,
    month: Any,
    problem: str,
    affected: int | None,
    rows: int,
    lower: float | None,
    upper: float,
) -> str:
    begin = "Look first" if severity == "warning" else "CRITICAL"
    if affected is None:
        of_table = "" if source_table == "all" else f" of {source_table}"
        return (
            f"{begin}: provider {_provider(subject)} has {rows:,} rows{of_table} in {month:%B %Y}; "
            f"its months around it would have {lower:,.0f} to {upper:,.0f}"
        )
    named = _provider(subject) if scope == "provider" else subject
    return (
        f"{begin}: {scope} {named}, {source_table}: {affected:,} of {rows:,} "
        f"({affected / rows:.0%}) {_PROBLEMS[problem]}"
    )


def _rows(cursor: duckdb.DuckDBPyConnection, build: Build) -> Iterator[str]:
    if not build.tables & {"marts.fct_referrals", "quality.row_accounting", "quality.input_alarms"}:
        return
    files, rows = cursor.execute(
        f"select count(*), coalesce(sum(row_count), 0) from {INPUT_FILES} where mds_version is not null"
    ).fetchall()[0]
    yield f"Read: {files:,} files, {int(rows):,} rows"
    if "quality.row_accounting" in build.tables:
        kept, superseded, quarantined = cursor.execute(
            "select sum(kept_count), sum(superseded_count), sum(quarantined_count) from quality.row_accounting"
        ).fetchall()[0]
        yield (
            f"Rows: {int(kept or 0):,} kept, {int(superseded or 0):,} replaced by a later file, "
            f"{int(quarantined or 0):,} quarantined{_worst(cursor, 'quality.quarantine', 'count(*)')}"
        )
    elif "intermediate.int_refusal_counts" in build.tables:
        kept, refused = cursor.execute(
            "select sum(row_count) filter (where refusal is null), sum(row_count) filter (where refusal is not null) "
            "from intermediate.int_refusal_counts"
        ).fetchall()[0]
        yield (
            f"Rows that the marts use: {int(kept or 0):,} kept, {int(refused or 0):,} quarantined; "
            "the account of every row: --selector quality"
        )
    if "quality.validation_warnings" in build.tables:
        warned = cursor.execute("select coalesce(sum(record_count), 0) from quality.validation_warnings").fetchall()
        yield (
            f"Warnings on kept rows: {int(warned[0][0]):,}"
            f"{_worst(cursor, 'quality.validation_warnings', 'sum(record_count)')}"
        )


def _worst(cursor: duckdb.DuckDBPyConnection, table: str, count: str) -> str:
    """Name the column and the provider with most rows in a table of the accounts."""
    column = cursor.execute(
        f"select source_table || coalesce('.' || field, ''), reason_code, {count} as row_count from {table} "
        "group by all order by row_count desc, 1, 2 limit 1"
    ).fetchall()
    provider = cursor.execute(
        f"select provider_code, {count} as row_count from {table} where provider_code is not null "
        "group by all order by row_count desc, 1 limit 1"
    ).fetchall()
    parts = [f"{name} {reason.replace('_', ' ')}: {int(rows):,}" for name, reason, rows in column]
    parts += [f"provider {_provider(code)}: {int(rows):,}" for code, rows in provider]
    return f" (most: {'; '.join(parts)}; see {table})" if parts else ""


def _marts(cursor: duckdb.DuckDBPyConnection, build: Build) -> Iterator[str]:
    fits = _fits(cursor, build)
    if "marts.fct_referrals" in build.tables:
        referrals, people, first, last = cursor.execute(
            "select count(*), count(distinct person_id), min(referral_financial_year), max(referral_financial_year) "
            "from marts.fct_referrals"
        ).fetchall()[0]
        episodes = ""
        if "marts.fct_episodes" in build.tables:
            count = int(cursor.execute("select count(*) from marts.fct_episodes").fetchall()[0][0])
            episodes = f", {count:,} finished courses of treatment"
        years = f", {first} to {last}" if first else ""
        yield f"In the marts: {referrals:,} referrals of {people:,} people{episodes}{years}{'; ' if fits else ''}{fits}"
    elif fits:
        yield f"Statistics: {fits}"
    if "marts.published_outcomes" in build.tables:
        given = [*_span(cursor, build, "published_outcomes", "financial_year", "years")]
        given += _span(cursor, build, "published_monthly", "strftime(reporting_month, '%Y-%m')", "months")
        if given or "marts.fct_referrals" not in build.tables:
            yield f"Published statistics: {'; '.join(given) or 'none given'}"


def _span(cursor: duckdb.DuckDBPyConnection, build: Build, mart: str, period: str, unit: str) -> Iterator[str]:
    """Say how many years or months a mart of the published statistics has, from when to when; nothing if none."""
    if f"marts.{mart}" in build.tables:
        count, first, last = cursor.execute(
            f"select count(distinct {period}), min({period}), max({period}) from marts.{mart}"
        ).fetchall()[0]
        if count:
            yield f"{count} {unit}, {first} to {last}"


def _fits(cursor: duckdb.DuckDBPyConnection, build: Build) -> str:
    if "regression.fits" not in build.tables:
        return ""
    fits = cursor.execute("select count(*) from regression.fits").fetchall()[0][0]
    return f"{fits:,} regressions fitted"


def _place(build: Build, warehouse: Path) -> str:
    if build.is_published:
        return f"Warehouse: {warehouse.resolve()}"
    if build.failure_count:
        return f"Nothing published, {build.failure_count:,} steps failed or were left out: {_old(warehouse)}"
    return f"Nothing published: {_old(warehouse)}"


def _old(warehouse: Path) -> str:
    return (
        f"{warehouse.resolve()} is that of the last good build" if warehouse.exists() else "there is no warehouse yet"
    )


_AS_FILES = "files for analysts with 'uv run iapt-equity copy'"


def _next(build: Build, warehouse: Path) -> str:
    if build.failure_count:
        return "read the first error above, mend it, and build again"
    if not build.is_published:
        return "mend what the line below names, and build again"
    if "marts.fct_referrals" in build.tables and "quality.row_accounting" not in build.tables:
        return "uv run dbt build --selector quality (what became of every row), then --selector statistics"
    if "quality.row_accounting" in build.tables and "regression.fits" not in build.tables:
        return "uv run dbt build --selector statistics"
    if build.is_demo:
        return (
            f"look at the rates as README.md shows, write {_AS_FILES}, or set MDS_DIR to your own data and build again"
        )
    look = f"duckdb.connect('{warehouse}', True).sql('show all tables').show()"
    return f'write {_AS_FILES}, or look: uv run python -c "import duckdb; {look}"'


def is_demo(mds_dir: Path | None) -> bool:
    """Say whether a build reads the demo set, by default or by its name."""
    return mds_dir is None or mds_dir.resolve() == DEMO_DIR.resolve()
