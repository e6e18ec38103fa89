"""The derived fields of the synthetic data agree with the truth, but for the rows that are listed as planted wrong."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from pyarrow import parquet

from iapt_equity.synthetic import generate

# Derived field of version 2, of version 1.5, and what it says of the truth.
FIELDS = {
    "Assessment_FirstDate": ("IC_DATE_FIRST_ASSESSMENT", "first_assessment_date::varchar"),
    "TherapySession_FirstDate": ("IC_DATE_FIRST_THERAPEUTIC_SESSION", "first_treatment_date::varchar"),
    "TherapySession_SecondDate": ("IC_DATE_SECOND_THERAPEUTIC_SESSION", "second_treatment_date::varchar"),
    "TherapySession_LastDate": ("IC_DATE_LAST_THERAPEUTIC_SESSION", "last_treatment_date::varchar"),
    "CareContact_Count": ("IC_COUNT_APPOINTMENTS", "care_contact_count::varchar"),
    "TreatmentCareContact_Count": ("IC_COUNT_TREATMENT_APPOINTMENTS", "treatment_contact_count::varchar"),
    "CompletedTreatment_Flag": ("IC_COMPLETED_TREATMENT_FLAG", "flag(is_finished_course)"),
    "PHQ9_FirstScore": ("IC_FIRST_PHQ9", "phq9_first::varchar"),
    "PHQ9_LastScore": ("IC_LAST_PHQ9", "phq9_last::varchar"),
    "GAD_FirstScore": ("IC_FIRST_GAD7", "gad7_first::varchar"),
    "GAD_LastScore": ("IC_LAST_GAD7", "gad7_last::varchar"),
    "ADSM_FirstScore": ("IC_FIRST_ADSM_SCORE", "anxiety_first::varchar"),
    "ADSM_LastScore": ("IC_LAST_ADSM_SCORE", "anxiety_last::varchar"),
    "Caseness_Flag": ("IC_CASENESS_FLAG", "flag(is_at_caseness)"),
    "Recovery_Flag": ("IC_RECOVERY_FLAG", "flag(is_recovered)"),
    "ReliableImprovement_Flag": ("IC_RELIABLE_IMPROV_FLAG", "flag(is_reliably_improved)"),
    "ReliableDeterioration_Flag": ("IC_RELIABLE_DETER_FLAG", "flag(is_reliably_deteriorated)"),
    "NotCaseness_Flag": ("IC_NOT_CASENESS_FLAG", "flag(not is_at_caseness)"),
    "NoChange_Flag": (
        "IC_NO_CHANGE_FLAG",
        "flag(is_paired and not is_reliably_improved and not is_reliably_deteriorated)",
    ),
}
COURSES_ONLY = tuple(name for name in FIELDS if "Score" in name)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("derived") / "set"
    generate(out, 6_000, 3, "2019-20:2022-23", progress=False, version="by_date", derived=True)
    return out


def sent(data: Path) -> duckdb.DuckDBPyConnection:
    """Table `sent`: derived fields of the latest row of each pathway, under the names of version 2."""
    connection = duckdb.connect()
    parts = []
    for version, table, header, key, pathway in (
        ("v1_5", "Referral", "Header", "ORGCODEPROVIDER, START_DATE", "IC_PATHWAY_ID"),
        ("v2_0", "IDS101Referral", "IDS000Header", "OrgIDProv, ReportingPeriodStartDate", "PathwayID"),
        ("v2_1", "IDS101Referral", "IDS000Header", "OrgIDProv, ReportingPeriodStartDate", "PathwayID"),
    ):
        rows, heads = (
            f"read_parquet('{(data / version / name / '*.parquet').as_posix()}')" for name in (table, header)
        )
        number = "HEADER_ID" if version == "v1_5" else "UniqueSubmissionID"
        month = key.split(", ")[1]
        window = "FILE_TYPE" if version == "v1_5" else "File_Type"
        columns = ", ".join(
            f"replace(r.{names[0] if version == 'v1_5' else name}::varchar, 'Y', 'True') as {name}"
            for name, names in FIELDS.items()
        )
        submission = "p.HEADER_ID" if version == "v1_5" else "r.UniqueSubmissionID"
        person = (data / "v1_5" / "Person" / "*.parquet").as_posix()
        join = f"join '{person}' as p using (IAPT_RECORD_NUMBER)" if version == "v1_5" else ""
        parts.append(f"""
            select r.{pathway} as referral_id, h.{month} as month, {columns} from {rows} as r {join}
            join (
                from {heads} qualify
                    row_number() over (partition by {key} order by {window} = 'Refresh' desc, {number} desc) = 1
            ) as h on {submission} = h.{number}
        """)
    connection.execute(f"""
        create table sent as from ({" union all ".join(parts)}) where referral_id is not null
        qualify row_number() over (partition by referral_id order by month desc) = 1
    """)
    connection.execute("create macro flag(is_so) as case when is_so then 'True' end")
    for name in ("referrals", "derived_disagreements"):
        path = (data / "truth" / f"{name}.parquet").as_posix()
        connection.execute(f"create view {name} as from '{path}'")
    return connection


def test_derived_fields_are_right_but_for_those_listed(data: Path) -> None:
    connection = sent(data)
    wrong = {}
    for name, (early, answer) in FIELDS.items():
        # The truth knows scores of finished courses only, and not-at-caseness only where both first scores are known.
        courses = "and t.is_finished_course" if name in COURSES_ONLY or "Change" in name else ""
        query = f"""
            select count(*) from referrals as t join sent as s using (referral_id)
            where t.is_clean {courses}
                and coalesce(try_cast(s.{name} as double)::varchar, s.{name})
                    is distinct from coalesce(try_cast({answer} as double)::varchar, {answer})
                and not exists (
                    from derived_disagreements as d
                    where d.referral_id = t.referral_id and d.field in ('{name}', '{early}')
                )
        """
        wrong[name] = int(connection.execute(query).fetchall()[0][0])
    assert {name: count for name, count in wrong.items() if count} == {}


def test_what_is_listed_is_in_the_files_and_wrong(data: Path) -> None:
    connection = sent(data)
    count, share = connection.execute("""
        select count(*), count(*) / (select count(*) from referrals) from derived_disagreements
    """).fetchall()[0]
    assert 30 < count < 100
    assert 0.006 < share < 0.014
    seen = 0
    for name, (early, _) in FIELDS.items():
        differs, held = connection.execute(f"""
            select count(*) filter (
                where coalesce(try_cast(nullif(d.supplied_value, '') as double)::varchar, d.supplied_value)
                    is distinct from coalesce(try_cast(s.{name} as double)::varchar, s.{name}, '')
            ), count(*)
            from (select * replace (replace(supplied_value, 'Y', 'True') as supplied_value) from derived_disagreements)
                as d join sent as s using (referral_id)
            where d.field in ('{name}', '{early}')
        """).fetchall()[0]
        assert differs == 0, name
        seen += held
    assert seen > 20
    same = connection.execute("select count(*) from derived_disagreements where supplied_value = right_value")
    assert same.fetchall()[0][0] == 0


def test_open_referrals_have_neither_last_scores_nor_outcomes(data: Path) -> None:
    files = (data / "v2_1" / "IDS101Referral" / "*.parquet").as_posix()
    listed = (data / "truth" / "derived_disagreements.parquet").as_posix()
    query = f"""
        select count(*), count(PHQ9_FirstScore), count(PHQ9_LastScore), count(Recovery_Flag), count(ADSM)
        from '{files}' where ServDischDate is null
            and PathwayID not in (select referral_id from '{listed}')
    """
    rows, first, last, recovered, measure = duckdb.connect().execute(query).fetchall()[0]
    # A Primary lacks some discharges that its Refresh has.
    assert rows > 1_000
    assert first > 300
    assert measure > 300
    assert last < 0.03 * rows
    assert recovered < 0.03 * rows


def test_names_and_flags_are_those_of_each_version(data: Path) -> None:
    early = set(parquet.read_schema(data / "v1_5" / "Referral" / "2019-06.parquet").names)
    late = set(parquet.read_schema(data / "v2_1" / "IDS101Referral" / "2022-06.parquet").names)
    assert early >= {names[0] for names in FIELDS.values()} | {"IC_ADSM"}
    assert late >= set(FIELDS) | {"ADSM"}
    connection = duckdb.connect()
    for version, table, column, text in (
        ("v1_5", "Referral", "IC_RECOVERY_FLAG", "Y"),
        ("v2_0", "IDS101Referral", "Recovery_Flag", "True"),
    ):
        files = (data / version / table / "*.parquet").as_posix()
        found = connection.execute(f"select distinct {column} from '{files}' order by 1 nulls last").fetchall()
        assert found == [(text,), (None,)]
