"""The synthetic data set in versions 1.5, 2.0 and 2.1 and across them: official shape, whole files, and a true truth.

The truth is checked by a reading of its own of the raw files, in SQL: accepted submissions, pathways joined over the
switch by pseudonym and day received, then counts, dates, scores and characteristics of every pathway.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from iapt_equity.synthetic import generate

YEARS = "2019-20:2022-23"

# Columns of version 1.5 as the national definitions name them, typed in from there.
FIELDS_1_5 = {
    "Header": "START_DATE END_DATE MONTH_ID HEADER_ID ORGCODEPROVIDER FILE_TYPE QUARTER_ID TOTAL_RECORDS BSP_UNIQUE_ID "
    "Der_Financial_Year",
    "Person": "ETHNICITY GENDER GMPC CCG_OF_GP_PRACTICE CCG_OF_RESIDENCE LAD_UA BAFINDICATOR LTCONDITION RELIGION "
    "SEXUALORIENTATION NHSNOSTATUS HEADER_ID IAPT_PERSON_ID IAPT_RECORD_NUMBER IC_ETHNICITY IC_DISABILITY_FLAG "
    "IC_NAT_PERSON_FLAG AGE_START_REPORTING_PERIOD AGE_END_REPORTING_PERIOD LSOA POSTCODE_DISTRICT NHSNO_FLAG "
    "PseudoNumber",
    "Referral": "PSERVICEID REFRECDATE OPTINDATE ONSETDATE SOURCEREFERRAL RECURIND PROVDIAG SERREQACCIND ORGCODECOMM "
    "ORGCODEPROVIDSTEPTO CARECLUSTER ENDDATE ENDCODE IAPT_RECORD_NUMBER IAPT_PERSON_ID IC_PATHWAY_ID "
    "IC_USE_PATHWAY_FLAG IC_USE_QTR_REFERRAL_FLAG IC_PROVDIAG IC_INDICES_OF_DEP_DECILE",
    "Appointment": "PSERVICEID APPOINTMENT APPOINTMENTTIME ATTENDANCE CANCELLATION APPTYPE CONSMEDIUM FFCOMM "
    "STEPINTENSITY THERTYPE1 THERTYPE2 THERTYPE3 THERTYPE4 PRIMARYROLE EMPSTATUS EMPSUPPORTIND EMPSUPPORTREFERRAL "
    "SSPIND PSYCHMED PHQ9_SCORE GAD7SCORE OCDSCORE PANICSCORE PTSDSCORE SOCPHOBIAINVSCORE SOCPHOBIASCORE "
    "SPECPHOBIASCORE AGORASCORE AGORASCOREALONE AGORASCOREACC GENANXSCORE HEALTHANXSCORE WSASWSCORE WSASHMSCORE "
    "WSASSLASCORE WSASPLASCORE WSASRSCORE APPOINTMENT_ID IAPT_RECORD_NUMBER IAPT_PERSON_ID IC_PATHWAY_ID",
    "WaitingTimes": "PAUSEID PSERVICEID PAUSESTARTDATE PAUSEENDDATE PAUSEREASON WAITINGTIME_ID IAPT_RECORD_NUMBER "
    "IAPT_PERSON_ID",
    "Disability": "DISABILITY DISABILITY_ID IAPT_RECORD_NUMBER IAPT_PERSON_ID",
    "Treatments": "TREATPEQDATE TREATPEQTIME TREATMENT1 TREATMENT2 TREATMENT3 TREATMENT4 TREATMENT5 IAPT_RECORD_NUMBER "
    "IAPT_PERSON_ID",
    "Assessments": "ASSESSPEQDATE ASSESSPEQTIME ASSESSMENT1 ASSESSMENT2 ASSESSMENT3 SATISFACTION IAPT_RECORD_NUMBER "
    "IAPT_PERSON_ID",
}
TABLES_2 = (
    "IDS000Header",
    "IDS001MPI",
    "IDS002GP",
    "IDS004EmpStatus",
    "IDS101Referral",
    "IDS105OnwardReferral",
    "IDS108WaitingTimePauses",
    "IDS201CareContact",
    "IDS202CareActivity",
    "IDS205InternetTherLog",
    "IDS602LongTermCondition",
    "IDS603PresentingComplaints",
    "IDS606CodedScoreAssessmentRefer",
    "IDS607CodedScoreAssessmentAct",
)


@pytest.fixture(scope="module")
def crossing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four years that cross both switches."""
    out = tmp_path_factory.mktemp("crossing") / "set"
    generate(out, 6_000, 3, YEARS, progress=False, version="by_date", experience=True)
    return out


@pytest.fixture(scope="module")
def early(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All months in version 1.5."""
    out = tmp_path_factory.mktemp("early") / "set"
    generate(out, 4_000, 4, "2016-17:2018-19", progress=False, version="v1_5")
    return out


@pytest.fixture(scope="module")
def middle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All months in version 2.0."""
    out = tmp_path_factory.mktemp("middle") / "set"
    generate(out, 3_000, 5, "2016-17:2018-19", progress=False, version="v2_0")
    return out


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return connection.execute(query).fetchall()


def one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(str(rows(connection, query)[0][0]))


# ------------------------------------------------------------------------------------------------ a reading of its own
NUMBER = r"try_cast(nullif(trim({}), '') as double)"
RANGES = {
    "PHQ9": (27, "PHQ9_SCORE", "720433000"),
    "GAD7": (21, "GAD7SCORE", "445455005"),
    "AgoraAlone": (5, "AGORASCOREALONE", "473355002"),
    "SocialPhobia": (68, "SOCPHOBIAINVSCORE", "445552006"),
    "PanicDisorder": (28, "PANICSCORE", "450326007"),
    "OCD": (168, "OCDSCORE", "450324005"),
    "PTSD": (80, "", "491581000000104"),
    "IESR": (88, "PTSDSCORE", ""),
    "AnxietyInventory": (54, "HEALTHANXSCORE", "446793008"),
}
SCORED_1_5 = [column for _, column, _ in RANGES.values() if column]
SCORED_1_5 += ["WSASWSCORE", "WSASHMSCORE", "WSASSLASCORE", "WSASPLASCORE", "WSASRSCORE"]
"""Columns of an appointment of version 1.5 that hold a score; one makes it an assessment."""
DESCRIPTORS = {
    "F400": ["AgoraAlone"],
    "F401": ["SocialPhobia"],
    "F410": ["PanicDisorder"],
    "F429": ["OCD"],
    "F431": ["PTSD", "IESR"],
    "F452": ["AnxietyInventory"],
}


# Long because it is the whole reading of three versions in SQL, with nothing shared with the project.
@cache
def read(data: Path) -> duckdb.DuckDBPyConnection:
    """Views over the raw files, and table `answer`: what they say about each pathway."""
    connection = duckdb.connect()
    held = {item.name for item in data.iterdir()}

    def source(version: str, table: str) -> str:
        return f"read_parquet('{(data / version / table / '*.parquet').as_posix()}', union_by_name = true)"

    sizes: list[str] = []
    submissions, referrals, contacts, scores, people, employment, conditions, problems = ([] for _ in range(8))
    if "v1_5" in held:
        for table in FIELDS_1_5:
            connection.execute(f"create view early_{table} as from {source('v1_5', table)}")
        submissions.append("""
            select 'v1_5' as version, HEADER_ID as submission, ORGCODEPROVIDER as provider, START_DATE as month,
                FILE_TYPE = 'Refresh' as is_refresh, TOTAL_RECORDS - 1 as stated from early_Header
        """)
        sizes += [
            f"select 'v1_5' as version, HEADER_ID as submission, count(*) as held from early_Person {joined} "
            "group by all"
            for joined in [
                "",
                *(
                    f"join early_{table} using (IAPT_RECORD_NUMBER)"
                    for table in sorted(set(FIELDS_1_5) - {"Header", "Person"})
                ),
            ]
        ]
        person = "early_Person as p join accepted as s on p.HEADER_ID = s.submission and s.version = 'v1_5'"
        referrals.append(f"""
            select s.version, s.provider, s.month, r.PSERVICEID as request, r.IC_PATHWAY_ID as pathway,
                p.PseudoNumber as pseudonym, r.IAPT_PERSON_ID as national,
                'e' || r.IAPT_PERSON_ID as person, r.REFRECDATE as received,
                r.ENDDATE as ended, trim(r.ENDCODE) as end_code, r.ORGCODECOMM as commissioner,
                p.AGE_END_REPORTING_PERIOD as age, p.LTCONDITION as condition
            from early_Referral as r join {person} using (IAPT_RECORD_NUMBER)
        """)
        contacts.append(f"""
            select s.version, s.provider, s.month, a.PSERVICEID as request, 'e' || a.IAPT_PERSON_ID as person,
                a.APPOINTMENT as day, a.APPOINTMENTTIME as clock, ltrim(trim(a.ATTENDANCE), '0') as attended, true
                as is_planned, lpad(ltrim(trim(a.APPTYPE), '0'), 2, '0') as kind,
                coalesce('29' in (a.THERTYPE1, a.THERTYPE2, a.THERTYPE3, a.THERTYPE4), false) as is_support,
                {" or ".join(f"try_cast(trim(a.{column}) as double) is not null" for column in SCORED_1_5)}
                    as assesses
            from early_Appointment as a join {person} using (IAPT_RECORD_NUMBER)
        """)
        for measure, (_, column, _) in RANGES.items():
            if column:
                scores.append(f"""
                    select s.version, s.provider, a.PSERVICEID as request, 'e' || a.IAPT_PERSON_ID as person,
                        '{measure}' as measure, {NUMBER.format(column)} as score, a.APPOINTMENT as day, 1 as place,
                        a.APPOINTMENTTIME as clock
                    from early_Appointment as a join {person} using (IAPT_RECORD_NUMBER)
                """)
        people.append(f"""
            select s.provider, s.month, 'e' || p.IAPT_PERSON_ID as person, p.PseudoNumber as pseudonym,
                upper(trim(p.ETHNICITY)) as ethnicity from {person}
        """)
        employment.append(f"""
            select s.provider, 'e' || a.IAPT_PERSON_ID as person, a.EMPSTATUS as status, a.APPOINTMENT as day
            from early_Appointment as a join {person} using (IAPT_RECORD_NUMBER) where a.EMPSTATUS is not null
        """)
        conditions.append(f"""
            select s.version, s.provider, r.PSERVICEID as request, 'e' || r.IAPT_PERSON_ID as person,
                p.LTCONDITION = 'Y' as has from early_Referral as r join {person} using (IAPT_RECORD_NUMBER)
            where p.LTCONDITION is not null
        """)
        problems.append(f"""
            select s.version, s.provider, s.month, r.PSERVICEID as request, 'e' || r.IAPT_PERSON_ID as person,
                upper(replace(r.PROVDIAG, '.', '')) as problem, true as is_primary, r.REFRECDATE as day
            from early_Referral as r join {person} using (IAPT_RECORD_NUMBER) where r.PROVDIAG is not null
        """)
    for version in sorted(held & {"v2_0", "v2_1"}):
        for table in TABLES_2:
            connection.execute(f"create view {version}_{table} as from {source(version, table)}")

        sizes += [
            f"select '{version}' as version, UniqueSubmissionID as submission, count(*) as held "
            f"from {version}_{table} group by all"
            for table in TABLES_2[1:]
        ]

        def joined(table: str, version: str = version) -> str:
            return (
                f"{version}_{table} as t join accepted as s on t.UniqueSubmissionID = s.submission "
                f"and s.version = '{version}' join {version}_IDS101Referral as r "
                "on t.UniqueSubmissionID = r.UniqueSubmissionID and t.Unique_ServiceRequestID = "
                "r.Unique_ServiceRequestID"
            )

        submissions.append(f"""
            select '{version}' as version, UniqueSubmissionID as submission, OrgIDProv as provider,
                ReportingPeriodStartDate as month, File_Type = 'Refresh' as is_refresh, TotalRecords - 1 as stated
            from {version}_IDS000Header
        """)
        key = "s.version, s.provider, s.month, r.ServiceRequestId as request, r.LocalPatientId as person"
        referrals.append(f"""
            select s.version, s.provider, s.month, r.ServiceRequestId as request, r.PathwayID as pathway,
                p.Pseudo_NHS_Number as pseudonym, r.Person_ID as national, r.LocalPatientId as person,
                r.ReferralRequestReceivedDate as received,
                r.ServDischDate as ended, trim(r.EndCode) as end_code, r.OrgIDComm as commissioner,
                r.Age_ReferralRequest_ReceivedDate as age, null as condition
            from {version}_IDS101Referral as r join accepted as s
                on r.UniqueSubmissionID = s.submission and s.version = '{version}'
            join {version}_IDS001MPI as p using (UniqueSubmissionID, LocalPatientId)
        """)
        contacts.append(f"""
            select {key}, t.CareContDate as day, t.CareContTime as clock,
                ltrim(trim(t.AttendOrDNACode), '0') as attended,
                coalesce(t.PlannedCareContIndicator, 'Y') = 'Y' as is_planned,
                lpad(ltrim(trim(t.AppType), '0'), 2, '0') as kind,
                exists (from {version}_IDS202CareActivity as c where c.UniqueSubmissionID = t.UniqueSubmissionID
                    and c.CareContactId = t.CareContactId
                    and c.CodeProcAndProcStatus = '1098051000000103') as is_support,
                lpad(ltrim(trim(t.AppType), '0'), 2, '0') in ('01', '03') as assesses
            from {joined("IDS201CareContact")}
        """)
        contacts.append(f"""
            select {key}, t.StartDateIntEnabledTherLog as day, null as clock, 'log' as attended, true as is_planned,
                'log' as kind, false as is_support, false as assesses
            from {joined("IDS205InternetTherLog")} where t.EndDateIntEnabledTherLog is not null
        """)
        for measure, (_, _, tool) in RANGES.items():
            if tool:
                scores.append(f"""
                    select s.version, s.provider, r.ServiceRequestId as request, r.LocalPatientId as person,
                        '{measure}' as measure, {NUMBER.format("t.PersScore")} as score, t.AssToolCompDate as day,
                        0 as place, null as clock
                    from {joined("IDS606CodedScoreAssessmentRefer")} where t.CodedAssToolType = '{tool}'
                    union all
                    select s.version, s.provider, r.ServiceRequestId as request, r.LocalPatientId as person,
                        '{measure}' as measure, {NUMBER.format("t.PersScore")} as score, c.CareContDate as day,
                        1 as place, c.CareContTime as clock
                    from {joined("IDS607CodedScoreAssessmentAct")}
                    join {version}_IDS201CareContact as c on c.UniqueSubmissionID = t.UniqueSubmissionID
                        and c.Unique_CareContactID = t.Unique_CareContactID
                    where t.CodedAssToolType = '{tool}' and (
                        ltrim(trim(c.AttendOrDNACode), '0') in ('5', '6') or c.PlannedCareContIndicator = 'N'
                    )
                """)
        people.append(f"""
            select s.provider, s.month, p.LocalPatientId as person, p.Pseudo_NHS_Number as pseudonym,
                upper(trim(p.EthnicCategory)) as ethnicity
            from {version}_IDS001MPI as p join accepted as s
                on p.UniqueSubmissionID = s.submission and s.version = '{version}'
        """)
        employment.append(f"""
            select s.provider, e.LocalPatientId as person, e.EmployStatus as status, e.EmployStatusRecDate as day
            from {version}_IDS004EmpStatus as e join accepted as s
                on e.UniqueSubmissionID = s.submission and s.version = '{version}'
        """)
        conditions.append(f"""
            select s.version, s.provider, r.ServiceRequestId as request, r.LocalPatientId as person,
                t.LongTermCondition <> '748031000000103' as has from {joined("IDS602LongTermCondition")}
        """)
        problems.append(f"""
            select {key}, upper(replace(t.PresComp, '.', '')) as problem, t.PresCompCodSig = '1' as is_primary,
                t.PresCompDate as day from {joined("IDS603PresentingComplaints")}
        """)

    def make(name: str, parts: list[str]) -> None:
        connection.execute(f"create table {name} as " + " union all by name ".join(parts))

    make("submissions", submissions)
    make("size", sizes)
    successors = data / "reference" / "provider_successors.csv"
    connection.execute(
        f"create table successor as from read_csv('{successors.as_posix()}', all_varchar = true)"
        if successors.is_file()
        else "create table successor (provider_code varchar, successor_provider_code varchar)"
    )
    connection.execute(
        "create macro now(code) as coalesce((select successor_provider_code from successor "
        "where provider_code = code), code)"
    )
    connection.execute("""
        create table accepted as from submissions
        where not is_refresh or coalesce((
            select sum(held) from size
            where size.version = submissions.version and size.submission = submissions.submission
        ), 0) >= 0.5 * stated
        qualify row_number() over (partition by provider, month order by is_refresh desc, submission desc) = 1
    """)
    for name, parts in {
        "referral": referrals,
        "contact": contacts,
        "score": scores,
        "person": people,
        "employment": employment,
        "condition": conditions,
        "problem": problems,
    }.items():
        make(name, parts)
    connection.execute("""
        -- One name a service request inside a side (version 1.5 or 2), then the bridge between the sides.
        create table named as
        select version = 'v1_5' as is_early, provider, request, person, arg_max(received, month) as received,
            arg_max(pseudonym, month) as pseudonym, arg_max(national, month) as national,
            coalesce(arg_max(pathway, month) filter (where pathway is not null), provider || '|' || request) as name
        from referral group by version = 'v1_5', provider, request, person;
        create table bridge as
        with candidate as (
            select *, count(*) over (partition by is_early, provider, pseudonym, received) as candidates from named
            where pseudonym is not null
        )
        select a.name as early_name, b.name as name from candidate as a join candidate as b
            on a.is_early and not b.is_early and a.provider = b.provider and a.pseudonym = b.pseudonym
            and a.received = b.received
            and ((a.candidates = 1 and b.candidates = 1) or a.request = b.request);
        create table succession as
        with candidate as (
            select *, count(*) over (partition by is_early, provider, national, received) as candidates from named
        )
        select a.name as early_name, b.name as name from candidate as a
        join successor as s on a.provider = s.provider_code join candidate as b
            on b.provider = s.successor_provider_code and a.is_early = b.is_early and a.national = b.national
            and a.received = b.received and a.candidates = 1 and b.candidates = 1;
        create table pathway as
        select n.is_early, n.provider, n.request, n.person, coalesce(c.name, b.name, n.name) as name
        from named as n left join bridge as b on n.is_early and b.early_name = n.name
        left join succession as c on c.early_name = coalesce(b.name, n.name);
    """)

    def of_pathway(name: str) -> str:
        return (
            f"{name} as x join pathway as w on (x.version = 'v1_5') = w.is_early and x.provider = w.provider "
            "and x.request = w.request and x.person = w.person"
        )

    valid = " or ".join(
        f"(x.measure = '{measure}' and x.score between 0 and {top} and (x.score = trunc(x.score) or {top} = 5))"
        for measure, (top, _, _) in RANGES.items()
    )
    specific = " union all ".join(
        f"select '{code}' as problem, '{measure}' as measure"
        for code, list_ in DESCRIPTORS.items()
        for measure in list_
    )
    connection.execute(f"""
        create table latest as
        select w.name, arg_max(x.version, x.month) as mds_version, arg_max(x.received, x.month) as received,
            arg_max(x.ended, x.month) as ended, arg_max(x.end_code, x.month) as end_code,
            arg_max(x.commissioner, x.month) as commissioner, last_day(max(x.month)) as final_day,
            arg_max(w.provider, x.month) as provider, arg_max(x.person, x.month) as person,
            arg_min(x.age, x.month) filter (where x.version = 'v1_5') as early_age,
            any_value(x.age) filter (where x.version <> 'v1_5') as late_age
        from {of_pathway("referral")} group by w.name;
        create table inside as
        select w.name, x.*, x.attended in ('5', '6') as came,
            x.attended in ('5', '6') or not x.is_planned or x.kind = 'log' as counts
        from {of_pathway("contact")} join latest as l on l.name = w.name
        where x.day between l.received and coalesce(l.ended, l.final_day);
        create table treatment as
        select name, day, kind = 'log' as is_log,
            row_number() over (partition by name, kind = 'log' order by day) as place
        from inside where counts and kind in ('02', '03', '05', 'log') and not is_support;
        create table ends as
        select w.name, x.measure, count(*) as held,
            arg_min(x.score, (x.day, coalesce(x.clock, ''), x.place, x.score)) as first_score,
            arg_max(x.score, (x.day, coalesce(x.clock, ''), x.place, x.score)) as latest_score
        from {of_pathway("score")} join latest as l on l.name = w.name
        where x.day between l.received and coalesce(l.ended, l.final_day) and ({valid})
        group by w.name, x.measure;
        create table described as
        select w.name, arg_max(x.problem, (x.is_primary, x.month, x.day, x.problem)) as problem
        from {of_pathway("problem")} group by w.name;
        create table chosen as
        select e.name, e.measure, e.first_score, case when e.held > 1 then e.latest_score end as last_score
        from ends as e left join described as d using (name) left join ({specific}) as m
            on m.problem = d.problem and m.measure = e.measure
        where e.measure = 'GAD7' or (m.measure is not null and e.held > 1)
        qualify row_number() over (partition by e.name order by m.measure is null, e.measure = 'IESR') = 1;
        create table same_person as
        select distinct provider, person, now(provider) as place,
            coalesce(max(pseudonym) over (partition by provider, person), person) as one
        from person;
        create table ethnicity as
        select place, one, arg_max(ethnicity, (held, latest)) as code from (
            select s.place, s.one, p.ethnicity, count(*) as held, max(p.month) as latest
            from person as p join same_person as s using (provider, person)
            where p.ethnicity in ('A','B','C','D','E','F','G','H','J','K','L','M','N','P','R','S') group by all
        ) group by place, one;
        create table worked as
        select l.name, arg_min(e.status, (e.day, e.status)) as status
        from latest as l join same_person as s using (provider, person)
        join (select m.one, m.place, e.status, e.day from employment as e join same_person as m
            using (provider, person)) as e on e.place = s.place and e.one = s.one
        where e.day between l.received and l.ended and e.status <> 'ZZ' group by l.name;
        create table answer as
        select l.name as referral_id, l.mds_version, l.provider as provider_code, l.commissioner as commissioner_code,
            l.received as referral_received_date, l.ended as discharge_date, l.end_code,
            coalesce(l.late_age, l.early_age) as age_at_referral, y.code as ethnic_category_code,
            (select count(*) from inside as i where i.name = l.name and counts) as care_contact_count,
            (select count(*) from treatment as i where i.name = l.name) as treatment_contact_count,
            (select count(*) from inside as i where i.name = l.name and came) as attended_contact_count,
            (select count(*) from inside as i where i.name = l.name and attended in ('2', '3', '5', '6', '7'))
                as offered_contact_count,
            (select min(day) from inside as i where i.name = l.name and counts and assesses)
                as first_assessment_date,
            (select min(day) from treatment as i where i.name = l.name) as first_treatment_date,
            (select day from treatment as i where i.name = l.name and not is_log and place = 2)
                as second_treatment_date,
            (select max(day) from treatment as i where i.name = l.name and not is_log) as last_treatment_date,
            p.first_score as phq9_first, case when p.held > 1 then p.latest_score end as phq9_last,
            g.first_score as gad7_first, case when g.held > 1 then g.latest_score end as gad7_last,
            c.measure as anxiety_measure, c.first_score as anxiety_first, c.last_score as anxiety_last,
            w.status as employment_status_code,
            (select bool_or(has) from {of_pathway("condition")} where w.name = l.name) as has_long_term_condition
        from latest as l left join same_person as s using (provider, person)
        left join ethnicity as y on y.place = s.place and y.one = s.one
        left join ends as p on p.name = l.name and p.measure = 'PHQ9'
        left join ends as g on g.name = l.name and g.measure = 'GAD7'
        left join chosen as c on c.name = l.name left join worked as w on w.name = l.name
    """)
    connection.execute(f"create view truth as from read_parquet('{(data / 'truth' / 'referrals.parquet').as_posix()}')")
    return connection


EVERY_REFERRAL = (
    "provider_code",
    "commissioner_code",
    "referral_received_date",
    "discharge_date",
    "end_code",
    "age_at_referral",
    "ethnic_category_code",
    "care_contact_count",
    "treatment_contact_count",
    "attended_contact_count",
    "offered_contact_count",
    "first_assessment_date",
    "first_treatment_date",
    "second_treatment_date",
    "last_treatment_date",
)
FINISHED_ONLY = (
    "phq9_first",
    "phq9_last",
    "gad7_first",
    "gad7_last",
    "anxiety_first",
    "anxiety_last",
    "employment_status_code",
    "has_long_term_condition",
)


def check_truth(data: Path, versions: set[str] | None) -> duckdb.DuckDBPyConnection:
    """Compare every referral; `versions` are those that the truth names, None where it names none (2.1)."""
    connection = read(data)
    if versions is not None:
        assert {str(row[0]) for row in rows(connection, "select distinct mds_version from truth")} == versions
    assert one(connection, "select count(*) - count(distinct referral_id) from truth") == 0
    assert one(connection, "select count(*) from truth anti join answer using (referral_id)") == 0
    assert one(connection, "select count(*) from answer anti join truth using (referral_id)") == 0
    assert one(connection, "select (count(*) filter (where is_clean) > 0.97 * count(*))::int from truth") == 1
    wrong = {}
    for column in (*(["mds_version"] if versions else []), *EVERY_REFERRAL):
        query = f"select count(*) from truth as t join answer as a using (referral_id) where t.is_clean and t.{column}"
        wrong[column] = one(connection, f"{query} is distinct from a.{column}")
    for column in FINISHED_ONLY:
        query = f"""
            select count(*) from truth as t join answer as a using (referral_id)
            where t.is_clean and t.is_finished_course and t.{column} is distinct from a.{column}
        """
        wrong[column] = one(connection, query)
    measure = """
        select count(*) from truth as t join answer as a using (referral_id)
        where t.is_clean and t.is_finished_course and t.anxiety_last is not null
            and t.anxiety_measure is distinct from a.anxiety_measure
    """
    wrong["anxiety_measure"] = one(connection, measure)
    assert {name: count for name, count in wrong.items() if count} == {}
    return connection


def test_the_truth_holds_across_versions(crossing: Path) -> None:
    connection = check_truth(crossing, {"v1_5", "v2_0", "v2_1"})
    # Pathways that cross, those joined and those that stay apart, are many enough to prove something.
    assert one(connection, "select count(*) from bridge") > 100
    assert one(connection, "select count(*) from truth where not is_clean and mds_version = 'v1_5'") > 3
    assert one(connection, "select count(*) from bridge as b join named as n on n.name = b.name") > 100
    changed = "select count(*) from named where not is_early and request like 'N%'"
    assert one(connection, changed) > 100
    assert one(connection, "select count(*) from named where not is_early and request like 'R%'") > 100


def test_the_truth_holds_in_version_1_5(early: Path) -> None:
    connection = check_truth(early, {"v1_5"})
    measures = {row[0] for row in rows(connection, "select distinct anxiety_measure from truth")}
    assert "IESR" in measures
    assert "PTSD" not in measures
    dropped = "select count(*) from truth where is_dropped_out and end_code <> '43' or end_code = '47'"
    assert one(connection, dropped) == 0
    assert one(connection, "select count(*) from truth where is_dropped_out") > 50


def test_the_truth_holds_in_version_2_0(middle: Path) -> None:
    check_truth(middle, {"v2_0"})


# ----------------------------------------------------------------------------------------------------------- the shape
def test_months_lie_in_the_version_of_their_time(crossing: Path) -> None:
    connection = duckdb.connect()
    headers = {
        "v1_5": ("Header", "START_DATE", "2019-04-01", "2020-08-01"),
        "v2_0": ("IDS000Header", "ReportingPeriodStartDate", "2020-09-01", "2022-03-01"),
        "v2_1": ("IDS000Header", "ReportingPeriodStartDate", "2022-04-01", "2023-03-01"),
    }
    for version, (table, column, first, last) in headers.items():
        files = (crossing / version / table / "*.parquet").as_posix()
        query = f"select min({column})::varchar, max({column})::varchar from '{files}'"
        assert rows(connection, query) == [(first, last)]
    for version, number in (("v2_0", "2.0"), ("v2_1", "2.1")):
        files = (crossing / version / "IDS000Header" / "*.parquet").as_posix()
        assert rows(connection, f"select distinct DatSetVer from '{files}'") == [(number,)]


def test_version_1_5_has_the_official_tables_and_columns(crossing: Path) -> None:
    assert sorted(item.name for item in (crossing / "v1_5").iterdir()) == sorted(FIELDS_1_5)
    for table, fields in FIELDS_1_5.items():
        schema = parquet.read_schema(crossing / "v1_5" / table / "2019-09.parquet")
        assert set(schema.names) <= set(fields.split()), table
        for item in schema:
            if item.name.endswith("DATE") or item.name == "APPOINTMENT":
                assert pa.types.is_date32(item.type), item
            elif item.name in ("HEADER_ID", "IAPT_RECORD_NUMBER", "MONTH_ID", "TOTAL_RECORDS", "SATISFACTION"):
                assert pa.types.is_int64(item.type), item


def test_version_2_0_lacks_what_2_1_added(middle: Path) -> None:
    names = {
        table: set(parquet.read_schema(middle / "v2_0" / table / "2017-06.parquet").names)
        for table in ("IDS001MPI", "IDS101Referral", "IDS201CareContact")
    }
    assert "EthnicCategory2021" not in names["IDS001MPI"]
    assert "SourceOfReferralMH" in names["IDS101Referral"]
    assert "SourceOfReferralIAPT" not in names["IDS101Referral"]
    assert "ConsMediumUsed" in names["IDS201CareContact"]
    assert "ConsMechanism" not in names["IDS201CareContact"]
    files = (middle / "v2_0" / "IDS201CareContact" / "*.parquet").as_posix()
    assert rows(duckdb.connect(), f"select distinct ConsMediumUsed from '{files}' order by 1") == [
        ("01",),
        ("02",),
        ("03",),
    ]


def test_every_row_of_version_1_5_reaches_its_person_and_its_referral(crossing: Path) -> None:
    connection = read(crossing)
    assert one(connection, "select count(*) - count(distinct IAPT_RECORD_NUMBER) from early_Person") == 0
    assert one(connection, "select count(*) from early_Person anti join early_Header using (HEADER_ID)") == 0
    for table in sorted(set(FIELDS_1_5) - {"Header", "Person"}):
        assert one(connection, f"select count(*) from early_{table}") > 0, table
        keys = "IAPT_RECORD_NUMBER, IAPT_PERSON_ID"
        assert one(connection, f"select count(*) from early_{table} anti join early_Person using ({keys})") == 0, table
    keys = "IAPT_RECORD_NUMBER, PSERVICEID"
    for table in ("Appointment", "WaitingTimes"):
        assert one(connection, f"select count(*) from early_{table} anti join early_Referral using ({keys})") == 0
    repeated = f"select count(*) from (select {keys} from early_Referral group by all having count(*) > 1)"
    assert one(connection, repeated) == 0
    totals = " + ".join(
        f"(select count(*) from early_{table} join early_Person as p using (IAPT_RECORD_NUMBER) where p.HEADER_ID = "
        "h.HEADER_ID)"
        for table in sorted(set(FIELDS_1_5) - {"Header", "Person"})
    )
    people = "(select count(*) from early_Person as p where p.HEADER_ID = h.HEADER_ID)"
    query = f"select count(*) from early_Header as h where TOTAL_RECORDS <> 1 + {people} + {totals}"
    assert one(connection, query) == 0


def test_pseudonyms_join_most_people_and_keys_change_at_the_switch(crossing: Path) -> None:
    connection = read(crossing)
    share = "select count(pseudonym) / count(*) > 0.95 and count(pseudonym) < count(*) from named"
    assert rows(connection, share) == [(True,)]
    for column, view in (("PathwayID", "IDS101Referral"), ("Person_ID", "IDS001MPI")):
        other = "IC_PATHWAY_ID" if column == "PathwayID" else "IAPT_PERSON_ID"
        table = "early_Referral" if column == "PathwayID" else "early_Person"
        shared = f"select {column} from v2_0_{view} where {column} in (select {other} from {table})"
        assert one(connection, f"select count(*) from ({shared}) as shared") == 0
        carried = f"select {column} from v2_0_{view} intersect select {column} from v2_1_{view}"
        assert one(connection, f"select count(*) from ({carried}) as carried") > 100


def test_post_traumatic_stress_has_its_measure_by_date(crossing: Path) -> None:
    connection = read(crossing)
    assert one(connection, "select count(*) from ends where measure = 'IESR'") > 5
    assert one(connection, "select count(*) from ends where measure = 'PTSD'") > 5
    # A course that crosses with one score on each has no pair of either; it falls back to GAD-7.
    single = """
        select count(*) from ends as a join ends as b using (name) join truth on truth.referral_id = a.name
        where a.measure = 'IESR' and b.measure = 'PTSD' and truth.anxiety_measure <> 'GAD7'
    """
    assert one(connection, single) == 0


def test_experience_questionnaires_only_where_asked_for(crossing: Path, middle: Path) -> None:
    def count(path: Path) -> int:
        tools = "('747901000000107', '747951000000108', '747861000000100', '747891000000106')"
        total = 0
        for table in ("IDS606CodedScoreAssessmentRefer", "IDS607CodedScoreAssessmentAct"):
            files = (path / table / "*.parquet").as_posix()
            query = f"select count(*) from '{files}' where CodedAssToolType in {tools}"
            total += one(duckdb.connect(), query)
        return total

    assert count(crossing / "v2_0") > 100
    assert count(middle / "v2_0") == 0


@pytest.mark.parametrize("version", ["v1_5", "v2_0", "by_date"])
def test_bytes_follow_the_arguments(tmp_path: Path, version: str) -> None:
    for name in ("one", "two"):
        generate(tmp_path / name, 500, 5, "2020-21:2020-21", progress=False, version=version)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert files == sorted(
        path.relative_to(tmp_path / "two") for path in (tmp_path / "two").rglob("*") if path.is_file()
    )
    for path in files:
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes(), path
