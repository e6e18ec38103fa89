"""The yardstick: the two fact tables from raw Parquet in one hand-written DuckDB script, as fast as it goes.

It follows the same rules as the warehouse and makes the main columns of ``fct_referrals`` and ``fct_episodes``, with
none of the warehouse's comforts: no layers, no tests, no contracts, no CSV, no optional columns, rules and codes in the
text. It exists to say how long the work itself takes on a machine, so that the warehouse's time can be read as a ratio.

One short cut is taken for speed and is safe for a yardstick only: compound text keys are compared by their 64-bit hash
(at one million referrals the chance of any collision is below one in a million).

Run it alone: ``python benchmarks/core/yardstick.py DATA_DIR OUT.duckdb``.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import duckdb

# Short names: p provider number, m month number, r referral number, d days since 1970. A key k packs several parts into
# one 64-bit whole number, so that one integer max or min picks the row that an ORDER BY would put first.
STEPS: dict[str, str] = {
    "submissions": """
        create temp table submissions as
        select
            UniqueSubmissionID,
            trim(OrgIDProv) as provider_code,
            dense_rank() over (order by trim(OrgIDProv))::integer as p,
            (year(ReportingPeriodStartDate) * 12 + month(ReportingPeriodStartDate))::integer as m,
        from {IDS000Header}
        qualify row_number() over (
            partition by trim(OrgIDProv), ReportingPeriodStartDate
            order by
                coalesce(lower(trim(File_Type)) = 'refresh', false) desc,
                DateTimeDatSetCreate desc nulls last,
                UniqueSubmissionID desc
        ) = 1
    """,
    "requests": """
        create temp table requests as
        select
            p,
            ServiceRequestId,
            any_value(provider_code) as provider_code,
            max(m) as m,
            arg_max(nullif(trim(PathwayID), ''), m) as pathway,
        from {IDS101Referral}
        join submissions using (UniqueSubmissionID)
        group by p, ServiceRequestId
    """,
    "referral_of_request": """
        create temp table referral_of_request as
        select
            p,
            ServiceRequestId,
            m,
            provider_code,
            coalesce(pathway, provider_code || '|' || ServiceRequestId) as referral_id,
        from requests;
        drop table requests;

        create temp table latest_request as
        select
            (row_number() over ())::integer as r,
            *,
        from (
            from referral_of_request
            qualify row_number() over (partition by referral_id order by m desc, p, ServiceRequestId) = 1
        )
    """,
    "referrals": """
        create temp table referrals as
        select
            r,
            referral_id,
            p,
            latest_request.m,
            latest_request.provider_code,
            UniqueSubmissionID,
            trim(OrgIDComm) as commissioner_code,
            trim(Person_ID) as person_id,
            LocalPatientId,
            ReferralRequestReceivedDate as referral_received_date,
            ServDischDate as discharge_date,
            nullif(trim(EndCode), '') as end_code,
            try_cast(Age_ReferralRequest_ReceivedDate as integer) as given_age,
        from {IDS101Referral}
        join submissions using (UniqueSubmissionID)
        join latest_request using (p, ServiceRequestId, m)
    """,
    "keys": """
        create temp table keys as
        select
            referral_of_request.p,
            ServiceRequestId,
            r,
            referral_received_date as first_day,
            coalesce(discharge_date, date '9999-12-31') as last_day,
        from referral_of_request
        join referrals using (referral_id);
        drop table referral_of_request;
        drop table latest_request
    """,
    "contacts": """
        create temp table contacts as
        with cleaned as (
            select
                hash(UniqueSubmissionID, CareContactId) as contact,
                r,
                CareContDate as d,
                coalesce(datediff('second', time '00:00:00', try_cast(CareContTime as time)) + 1, 0)::integer as t,
                ltrim(trim(AttendOrDNACode), '0') as attendance,
                ltrim(trim(AppType), '0') as kind,
                try_cast(PsychMed as utinyint) as medication,
                coalesce(upper(trim(PlannedCareContIndicator)) = 'N', false) as is_unplanned,
            from {IDS201CareContact}
            join submissions using (UniqueSubmissionID)
            join keys using (p, ServiceRequestId)
            where CareContDate between first_day and last_day
        )
        select
            contact,
            r,
            d,
            t,
            coalesce(attendance in ('5', '6'), false) as is_attended,
            coalesce(attendance in ('2', '3', '5', '6', '7'), false) as is_offered,
            is_attended or is_unplanned as is_seen,
            coalesce(is_seen and kind in ('2', '3', '5'), false) as is_treatment,
            coalesce(is_seen and kind in ('1', '3'), false) as is_assessment,
            case when medication between 1 and 3 then medication end as medication,
        from cleaned
    """,
    "activities": """
        create temp table activities as
        select
            hash(UniqueSubmissionID, CareActId) as activity,
            contact,
            r,
            d,
            t,
            coalesce(trim(CodeProcAndProcStatus) = '1098051000000103', false) as is_support,
        from {IDS202CareActivity} as raw
        join contacts on contact = hash(UniqueSubmissionID, CareContactId)
    """,
    "logs": """
        create temp table logs as
        select distinct on (UniqueSubmissionID, ServiceRequestId, StartDateIntEnabledTherLog, IntEnabledTherProg)
            r,
            StartDateIntEnabledTherLog as d,
        from {IDS205InternetTherLog}
        join submissions using (UniqueSubmissionID)
        join keys using (p, ServiceRequestId)
        where EndDateIntEnabledTherLog is not null and StartDateIntEnabledTherLog between first_day and last_day
    """,
    "counts": """
        create temp table counts as
        with treatments as (
            select r, d, true as is_seen, true as is_treatment, false as is_assessment, false as is_offered,
                false as is_attended, from logs
            union all
            select r, d, is_seen,
                is_treatment and contact not in (select contact from activities where is_support),
                is_assessment, is_offered, is_attended, from contacts
        )
        select
            r,
            count(*) filter (where is_seen) as care_contact_count,
            count(*) filter (where is_treatment) as treatment_contact_count,
            count(*) filter (where is_offered) as offered_contact_count,
            count(*) filter (where is_attended) as attended_contact_count,
            min(d) filter (where is_assessment) as first_assessment_date,
            list(d order by d) filter (where is_treatment) as treatment_dates,
        from treatments
        group by r
    """,
    "people": """
        create temp table people as
        with codes as (
            select
                p,
                LocalPatientId,
                m,
                nullif(upper(trim(EthnicCategory)), '') as code,
                case
                    when code is null or code = '0' then 0
                    when code in ('9', '99') then 2
                    when code = 'Z' then 3
                    when length(code) = 1 and code between 'A' and 'S' and code not in ('I', 'O', 'Q') then ascii(code)
                    else 1
                end as number,
            from {IDS001MPI}
            join submissions using (UniqueSubmissionID)
        ),
        counted as (
            select p, LocalPatientId, number, count(*) as n, max(m) as m,
            from codes
            group by p, LocalPatientId, number
        ),
        patients as (
            select
                p,
                LocalPatientId,
                arg_max(
                    case
                        when {pseudonym} is not null then hash('pseudonym', {pseudonym})
                        when trim(Person_ID) between '0' and '9~' or trim(Person_ID) between 'A' and 'B~'
                            then hash(trim(Person_ID))
                        else hash(p, LocalPatientId)
                    end,
                    m
                ) as person,
            from {IDS001MPI}
            join submissions using (UniqueSubmissionID)
            group by p, LocalPatientId
        ),
        persons as (
            select
                person,
                max((n * 65536 + m) * 1000 + number) filter (where number >= 65) % 1000 as valid_number,
                max(m * 1000 + number) % 1000 as latest_number,
            from (
                select person, number, sum(n)::bigint as n, max(m) as m,
                from counted
                join patients using (p, LocalPatientId)
                group by person, number
            )
            group by person
        )
        select p, LocalPatientId, valid_number, latest_number,
        from patients
        join persons using (person)
    """,
    "patients": """
        create temp table patients as
        select
            r,
            any_value(trim(Gender)) as gender_code,
            any_value(PersonBirthDate) as birth_date,
            any_value(coalesce(imd_decile, try_cast(IndicesOfDeprivationDecile as integer))) as imd_decile,
        from {IDS001MPI} as raw
        join referrals
            on hash(raw.UniqueSubmissionID, raw.LocalPatientId)
                = hash(referrals.UniqueSubmissionID, referrals.LocalPatientId)
        left join {deprivation} as deprivation on trim(raw.LSOA) = deprivation.lsoa_code
        group by r
    """,
    "fct_referrals": """
        create table fct_referrals as
        select
            r,
            referral_id,
            person_id,
            referrals.provider_code,
            commissioner_code,
            referral_received_date,
            (year(referral_received_date) - (month(referral_received_date) < 4)::integer) as year_start,
            year_start || '-' || right((year_start + 1)::varchar, 2) as referral_financial_year,
            discharge_date,
            end_code,
            chr(valid_number::integer) as ethnic_category_code,
            case
                when valid_number is not null then 'valid'
                when latest_number = 3 then 'not_stated'
                when latest_number = 2 then 'not_known'
                when latest_number = 1 then 'invalid'
                else 'missing'
            end as ethnicity_recording_status,
            -- Not datesub: it gives a person born on 29 February a birthday on 28 February.
            coalesce(
                year(referral_received_date) - year(birth_date) - (
                    month(referral_received_date) * 100 + day(referral_received_date)
                    < month(birth_date) * 100 + day(birth_date)
                )::integer,
                given_age
            ) as age_at_referral,
            case gender_code
                when '1' then 'male' when '2' then 'female' when '9' then 'indeterminate' else 'not known'
            end as gender,
            imd_decile,
            first_assessment_date,
            treatment_dates[1] as first_treatment_date,
            treatment_dates[2] as second_treatment_date,
            treatment_dates[-1] as last_treatment_date,
            list_extract(list_filter(treatment_dates, lambda x: x > first_assessment_date), 1) as next_treatment_date,
            coalesce(care_contact_count, 0) as care_contact_count,
            coalesce(treatment_contact_count, 0) as treatment_contact_count,
            coalesce(offered_contact_count, 0) as offered_contact_count,
            coalesce(attended_contact_count, 0) as attended_contact_count,
            coalesce(treatment_contact_count, 0) >= 1 as is_accessed,
            coalesce(treatment_contact_count, 0) >= 2 as is_course_of_treatment,
            discharge_date is not null as is_discharged,
            is_discharged and is_course_of_treatment as is_finished_course,
            referrals.p,
            referrals.LocalPatientId,
        from referrals
        left join counts using (r)
        left join patients using (r)
        left join people using (p, LocalPatientId);
        drop table counts;
        drop table patients;
        drop table people;

        create temp table finished as
        select r, p, LocalPatientId, referral_received_date from fct_referrals where is_finished_course
    """,
    "scores": """
        create temp table tools as
        from (values
            ('720433000', 'PHQ9', 0, 27, true), ('445455005', 'GAD7', 0, 21, true), ('450324005', 'OCD', 0, 168, true),
            ('450326007', 'PanicDisorder', 0, 28, true), ('445552006', 'SocialPhobia', 0, 68, true),
            ('446793008', 'AnxietyInventory', 0, 54, true), ('473355002', 'AgoraAlone', 0, 5, false),
            ('491581000000104', 'PTSD', 0, 80, true)
        ) as tools(tool, measure, lowest, highest, is_whole);

        create temp table scores as
        with dated as (
            select
                r,
                (d - date '1970-01-01')::bigint * 262144 + 131072 + t as k,
                measure,
                try_cast(PersScore as decimal(9, 3)) as score,
                lowest,
                highest,
                is_whole,
            from {IDS607CodedScoreAssessmentAct} as raw
            join tools on trim(CodedAssToolType) = tool
            join (from activities semi join finished using (r)) on activity = hash(UniqueSubmissionID, CareActId)
            union all
            select
                r,
                (AssToolCompDate - date '1970-01-01')::bigint * 262144
                + coalesce(datediff('second', time '00:00:00', try_cast(AssToolCompTime as time)) + 1, 0),
                measure,
                try_cast(PersScore as decimal(9, 3)),
                lowest,
                highest,
                is_whole,
            from {IDS606CodedScoreAssessmentRefer}
            join tools on trim(CodedAssToolType) = tool
            join submissions using (UniqueSubmissionID)
            join keys using (p, ServiceRequestId)
            semi join finished using (r)
            where AssToolCompDate between first_day and last_day
        )
        select
            r,
            measure,
            (min(k * 262144 + (score * 1000)::integer) % 262144 / 1000)::decimal(9, 3) as first_score,
            case
                when count(*) > 1 then (max(k * 262144 + (score * 1000)::integer) % 262144 / 1000)::decimal(9, 3)
            end as last_score,
        from dated
        where score between lowest and highest and (not is_whole or score = trunc(score))
        group by r, measure
    """,
    "descriptors": """
        create temp table complaints as
        select
            r,
            m,
            coalesce(ltrim(trim(PresCompCodSig), '0') = '1', false)::bigint as is_primary,
            coalesce(PresCompDate - date '1970-01-01', 0) as d,
            nullif(upper(replace(trim(PresComp), '.', '')), '') as code,
        from {IDS603PresentingComplaints}
        join submissions using (UniqueSubmissionID)
        join keys using (p, ServiceRequestId)
        where r in (select r from finished);

        create temp table codes as
        select code, (row_number() over (order by code))::bigint as c, from (select distinct code from complaints);

        create temp table descriptors as
        select r, codes.code,
        from (
            select r, max(((m * 2 + is_primary) * 65536 + d) * 65536 + c) as k,
            from complaints join codes using (code)
            group by r
        ) join codes on codes.c = k % 65536
    """,
    "circumstances": """
        create temp table medication as
        select r, arg_min(medication, (d - date '1970-01-01')::bigint * 262144 + t) as medication,
        from contacts
        where medication is not null and r in (select r from finished)
        group by r;

        create temp table conditions as
        select r, bool_or(trim(LongTermCondition) <> '748031000000103') as has_long_term_condition,
        from {IDS602LongTermCondition}
        join submissions using (UniqueSubmissionID)
        join keys using (p, ServiceRequestId)
        where r in (select r from finished)
        group by r;

        create temp table employment as
        select
            r,
            arg_max(
                lpad(trim(EmployStatus), 2, '0'),
                case
                    when EmployStatusRecDate <= referral_received_date
                        then 1e12::bigint + (EmployStatusRecDate - date '1900-01-01')::bigint * 131072 + m
                    else 1e11::bigint - (EmployStatusRecDate - date '1900-01-01')::bigint * 131072 + m
                end
            ) as employment_status_code,
        from {IDS004EmpStatus}
        join submissions using (UniqueSubmissionID)
        join finished using (p, LocalPatientId)
        where EmployStatusRecDate is not null
        group by r
    """,
    "fct_episodes": """
        create temp table pairs as
        select
            finished.r,
            phq9.first_score as p1,
            phq9.last_score as p2,
            gad7.first_score as gad7_first,
            gad7.last_score as gad7_last,
            coalesce(specific.measure, 'GAD7') as anxiety_measure,
            case when specific.r is null then gad7.first_score else specific.first_score end as a1,
            case when specific.r is null then gad7.last_score else specific.last_score end as a2,
        from finished
        left join descriptors using (r)
        left join (from scores where measure = 'PHQ9') as phq9 using (r)
        left join (from scores where measure = 'GAD7') as gad7 using (r)
        left join (from scores where measure not in ('PHQ9', 'GAD7') and last_score is not null) as specific
            on specific.r = finished.r and specific.measure = case
                when descriptors.code = 'F400' then 'AgoraAlone'
                when descriptors.code = 'F401' then 'SocialPhobia'
                when descriptors.code = 'F410' then 'PanicDisorder'
                when descriptors.code like 'F42%' then 'OCD'
                when descriptors.code = 'F431' then 'PTSD'
                when descriptors.code = 'F452' then 'AnxietyInventory'
            end;

        create table fct_episodes as
        with limits as (
            select *, from (values
                ('GAD7', 8, 4), ('OCD', 40, 32), ('PanicDisorder', 8, 5), ('SocialPhobia', 19, 10),
                ('AnxietyInventory', 18, 4), ('AgoraAlone', 2.3, 0.73), ('PTSD', 32, 10)
            ) as limits(anxiety_measure, cut_off, change)
        )
        select
            fct_referrals.* exclude (p, LocalPatientId, next_treatment_date),
            p1 as phq9_first,
            p2 as phq9_last,
            gad7_first,
            gad7_last,
            anxiety_measure,
            a1 as anxiety_first,
            a2 as anxiety_last,
            p2 is not null and a2 is not null as is_paired,
            p1 >= 10 or a1 >= cut_off as is_at_caseness,
            is_paired and coalesce(is_at_caseness, false) and p2 < 10 and a2 < cut_off as is_recovered,
            is_paired and (p1 - p2 >= 6 or a1 - a2 >= change) as is_down,
            is_paired and (p2 - p1 >= 6 or a2 - a1 >= change) as is_up,
            is_down and not is_up as is_reliably_improved,
            is_up and not is_down as is_reliably_deteriorated,
            is_up and is_down as has_mixed_reliable_change,
            is_recovered and is_reliably_improved as is_reliably_recovered,
            case when end_code not in ('95', '96') then end_code in ('16', '47') end as is_dropped_out,
            attended_contact_count / nullif(offered_contact_count, 0) as proportion_attended,
            first_assessment_date - referral_received_date as days_referral_to_assessment,
            next_treatment_date - first_assessment_date as days_assessment_to_next_treatment,
            case medication
                when 1 then 'prescribed but not taking'
                when 2 then 'prescribed and taking'
                when 3 then 'not prescribed'
                else 'not known'
            end as psychotropic_medication,
            employment_status_code,
            has_long_term_condition,
        from pairs
        join fct_referrals using (r)
        join limits using (anxiety_measure)
        left join medication using (r)
        left join conditions using (r)
        left join employment using (r)
    """,
}


def run(data: Path, out: Path, *, threads: int = 2, memory: str = "3GB", show_steps: bool = False) -> float:
    """Makes ``fct_referrals`` and ``fct_episodes`` in a new DuckDB file.

    Args:
        data: folder that holds ``v2_1/<table>/*.parquet`` and ``reference/deprivation.csv``.
        out: the file to make; an older one is replaced.
        threads: threads that DuckDB may use.
        memory: DuckDB's memory limit.
        show_steps: print wall and processor seconds of each step.

    Returns:
        Wall seconds, from opening the file to closing it.
    """
    tables = {
        table: f"read_parquet('{(data / 'v2_1' / table / '*.parquet').as_posix()}', union_by_name=true)"
        for table in sorted(path.name for path in (data / "v2_1").iterdir() if path.is_dir())
    }
    tables["deprivation"] = f"read_csv('{(data / 'reference' / 'deprivation.csv').as_posix()}')"
    out.unlink(missing_ok=True)
    start = time.perf_counter()
    connection = duckdb.connect(str(out), config={"threads": threads, "memory_limit": memory})
    connection.execute("set preserve_insertion_order = false")
    connection.execute("set block_allocator_memory = '2GB'")
    columns = connection.execute(f"select column_name from (describe from {tables['IDS001MPI']})").fetchall()
    tables["pseudonym"] = "trim(Pseudo_NHS_Number)" if ("Pseudo_NHS_Number",) in columns else "null"
    for name, sql in STEPS.items():
        step_start, step_work = time.perf_counter(), time.process_time()
        for statement in sql.format_map(tables).split(";"):
            connection.execute(statement)
        if show_steps:
            seconds, work = time.perf_counter() - step_start, time.process_time() - step_work
            print(f"{name:24s}{seconds:8.2f} s{work:8.2f} s of processor time")
    connection.close()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(f"yardstick {run(Path(sys.argv[1]), Path(sys.argv[2]), show_steps=True):.2f} s")
