"""The synthetic data reproduces the report's printed rates, carries the planted model and the stated rates of dirt."""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from iapt_equity.synthetic import constants, generate, planted
from iapt_equity.synthetic.outcomes import MEASURES, SPECIFIC_TOOLS
from iapt_equity.synthetic.people import completed_years

# The report's Tables 4 and 5, typed in: per cent by ethnic category for 2015-16 and 2021-22. Access rate, course of
# treatment rate, recovery, reliable improvement, reliable recovery.
PRINTED = {
    "A": ((76.40, 57.99, 47.7, 63.6, 45.5), (71.86, 55.02, 50.7, 67.5, 47.9)),
    "B": ((78.24, 56.80, 48.7, 63.8, 46.8), (69.38, 51.27, 52.4, 67.9, 49.0)),
    "C": ((78.10, 57.93, 46.6, 61.9, 44.2), (73.92, 55.08, 51.7, 67.3, 48.6)),
    "D": ((73.86, 50.77, 37.7, 58.8, 36.2), (65.68, 49.68, 45.1, 65.2, 42.7)),
    "E": ((76.99, 55.59, 42.5, 60.8, 40.9), (67.02, 52.00, 47.7, 66.8, 45.2)),
    "F": ((76.68, 53.68, 42.0, 58.2, 39.6), (69.23, 52.60, 48.2, 64.2, 44.8)),
    "G": ((72.20, 54.70, 40.3, 58.0, 38.3), (68.93, 51.40, 46.5, 64.8, 43.8)),
    "H": ((76.89, 55.20, 42.8, 59.2, 40.7), (73.18, 53.10, 51.5, 66.6, 48.2)),
    "J": ((75.28, 50.08, 35.1, 54.9, 33.5), (68.49, 47.28, 43.4, 63.0, 41.4)),
    "K": ((77.66, 42.07, 37.2, 53.9, 35.3), (65.96, 47.19, 43.9, 64.2, 41.4)),
    "L": ((76.37, 53.15, 36.4, 55.2, 34.3), (72.06, 49.34, 46.6, 63.3, 43.8)),
    "M": ((77.28, 53.90, 42.7, 60.8, 40.7), (71.10, 51.03, 51.1, 67.7, 48.4)),
    "N": ((76.63, 48.66, 40.3, 58.8, 38.9), (69.37, 49.90, 51.5, 68.2, 48.9)),
    "P": ((72.08, 50.58, 40.6, 58.6, 38.6), (69.43, 49.67, 47.5, 65.4, 45.0)),
    "R": ((80.51, 55.03, 46.5, 60.6, 43.7), (71.94, 49.57, 55.0, 66.0, 50.7)),
    "S": ((72.85, 52.10, 36.3, 55.7, 34.5), (68.69, 49.94, 43.4, 63.0, 41.0)),
}
RATES = ("is_accessed", "is_course_of_treatment", "is_recovered", "is_reliably_improved", "is_reliably_recovered")
# Referrals by group, England 2021-22 (NHS annual publication), for the shares.
REFERRALS_2021_22 = {
    "A": 1234803, "B": 14537, "C": 95063, "D": 20923, "E": 6500, "F": 11791, "G": 18998, "H": 40516,
    "J": 33949, "K": 15011, "L": 24326, "M": 27325, "N": 31624, "P": 8401, "R": 6599, "S": 35231,
}  # fmt: skip


def financial_year(dates: pd.Series) -> pd.Series:
    """Calendar year in which the financial year of each date starts."""
    stamps = pd.to_datetime(dates)
    return stamps.dt.year - (stamps.dt.month < 4)


def read_truth(folder: Path) -> pd.DataFrame:
    truth = pd.read_parquet(folder / "truth" / "referrals.parquet")
    truth["received_year"] = financial_year(truth["referral_received_date"])
    truth["discharge_year"] = financial_year(truth["discharge_date"])
    return truth


def observed(truth: pd.DataFrame, rate: str, year: int) -> pd.DataFrame:
    """Rate and number of records of each group, on the denominators of the publication."""
    rows = truth[truth["ethnic_category_code"].notna()]
    if rate in ("is_accessed", "is_course_of_treatment"):
        rows = rows[rows["received_year"] == year]
        if rate == "is_course_of_treatment":
            rows = rows[rows["is_accessed"]]
    else:
        rows = rows[rows["is_finished_course"] & (rows["discharge_year"] == year)]
        if rate in ("is_recovered", "is_reliably_recovered"):
            rows = rows[rows["is_at_caseness"].astype("boolean").fillna(True)]
    return rows.assign(value=rows[rate].astype(float)).groupby("ethnic_category_code")["value"].agg(["mean", "size"])


def disagreements(truth: pd.DataFrame, rate: str, year: int, targets: dict[str, float]) -> list[str]:
    """Groups further from the target than one point or three standard errors, whichever is wider."""
    out = []
    table = observed(truth, rate, year)
    for code, target in targets.items():
        if code not in table.index:
            continue
        value, size = table.loc[code, "mean"], table.loc[code, "size"]
        bound = max(0.01, 3 * float(np.sqrt(target * (1 - target) / size)))
        if abs(value - target) > bound:
            out.append(f"{rate} {year} {code}: {value:.4f} against {target:.4f} (n = {size})")
    return out


@pytest.fixture(scope="module")
def early(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("calibration") / "early"
    generate(out, 40_000, 11, "2015-16:2016-17", progress=False)
    return out


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("calibration") / "late"
    generate(out, 40_000, 12, "2021-22:2022-23", progress=False)
    return out


@pytest.fixture(scope="module")
def raw(early: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for folder in (early / "v2_1").iterdir():
        connection.execute(
            f"create view {folder.name[:6]} as select * from read_parquet('{(folder / '*.parquet').as_posix()}')"
        )
    return connection


def share(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[float, int]:
    rate, count = connection.execute(query).fetchall()[0]
    return float(rate), int(count)


@pytest.mark.parametrize("number", range(5), ids=RATES)
def test_rates_by_group_are_those_the_report_prints(early: Path, late: Path, number: int) -> None:
    bad: list[str] = []
    for folder, column, year in ((early, 0, 2015), (late, 1, 2021)):
        targets = {code: pair[column][number] / 100 for code, pair in PRINTED.items()}
        bad += disagreements(read_truth(folder), RATES[number], year, targets)
    assert bad == []


def test_group_shares_are_those_of_england(late: Path) -> None:
    truth = read_truth(late)
    codes = truth.loc[truth["received_year"] == 2021, "ethnic_category_code"].dropna()
    total = sum(REFERRALS_2021_22.values())
    for code, count in REFERRALS_2021_22.items():
        expected = count / total
        # Repeat referrals of one person share a group: a small allowance (1.15 referrals a person) on the error.
        bound = 3 * np.sqrt(1.15 * expected * (1 - expected) / len(codes))
        assert abs((codes == code).mean() - expected) < bound, code


def test_first_scores_are_ordered_as_the_report_says(early: Path, late: Path) -> None:
    truth = pd.concat([read_truth(early), read_truth(late)])
    means = truth[truth["is_finished_course"]].groupby("ethnic_category_code")[["phq9_first", "gad7_first"]].mean()
    # The gaps that a set of this size can show; the whole order is tested at a million referrals.
    assert means.loc["R", "phq9_first"] < means.loc["C", "phq9_first"] < means.loc["A", "phq9_first"]
    assert means.loc["A", "phq9_first"] < means.loc["J", "phq9_first"]
    assert means.loc["R", "gad7_first"] < means.loc["C", "gad7_first"] < means.loc["A", "gad7_first"]
    assert means.loc["A", "gad7_first"] < means.loc["J", "gad7_first"]


def test_circumstances_differ_between_groups_in_the_direction_of_the_report(early: Path) -> None:
    rows = read_truth(early)
    rows = rows[rows["is_finished_course"]]
    rows = rows.assign(unemployed=(rows["employment_status_code"] == "02").astype(float))
    minoritised = rows["ethnic_category_code"].isin(["J", "K", "M", "N", "P"])
    means = rows.groupby(np.where(rows["ethnic_category_code"] == "A", "A", np.where(minoritised, "other", "rest")))[
        ["imd_decile", "unemployed", "days_referral_to_assessment", "days_assessment_to_next_treatment"]
    ].mean()
    assert means.loc["other", "imd_decile"] < means.loc["A", "imd_decile"] - 0.5
    assert means.loc["other", "unemployed"] > means.loc["A", "unemployed"]
    assert means.loc["other", "days_assessment_to_next_treatment"] > means.loc["A", "days_assessment_to_next_treatment"]


def test_overall_rates_are_plausible(early: Path) -> None:
    rows = read_truth(early)
    rows = rows[rows["is_finished_course"]]
    assert 0.05 < rows["is_reliably_deteriorated"].astype(float).mean() < 0.075
    assert 0.19 < rows["is_dropped_out"].astype(float).mean() < 0.26
    assert 0.83 < rows["proportion_attended"].mean() < 0.88
    assert 0.98 < rows["is_paired"].astype(float).mean() < 0.99
    assert 0.03 < (rows["anxiety_measure"] != "GAD7").mean() < 0.07
    # IES-R is the last: version 1.5 alone has it.
    assert set(rows["anxiety_measure"]) == {item.token for item in MEASURES[:SPECIFIC_TOOLS]}


def test_the_planted_commissioner_effects_can_be_read_back(early: Path, late: Path) -> None:
    for folder in (early, late):
        truth = read_truth(folder)
        rows = truth[truth["is_finished_course"]]
        effects = pd.read_csv(folder / "truth" / "commissioner_effects.csv")
        planted_dropout = effects[effects["outcome"] == "dropout"].set_index("commissioner_code")["effect"]
        # ICC of 15% on the latent scale: variance 0.15 / 0.85 x pi^2 / 3 = 0.5806.
        assert planted_dropout.var(ddof=0) == pytest.approx(0.5806, abs=1e-4)
        by = rows.groupby("commissioner_code")["is_dropped_out"].agg(["sum", "size"]).astype(float)
        by = by[by["size"] >= 100]
        logit = np.log((by["sum"] + 0.5) / (by["size"] - by["sum"] + 0.5))
        assert np.corrcoef(logit, planted_dropout.loc[by.index])[0, 1] > 0.9


def test_attendance_clusters_by_commissioner(early: Path) -> None:
    rows = read_truth(early)
    rows = rows[rows["proportion_attended"].notna()]
    values, groups = rows["proportion_attended"].astype(float), rows["commissioner_code"]
    by = values.groupby(groups)
    size, count = by.size(), len(values)
    between = (size * (by.mean() - values.mean()) ** 2).sum() / (len(size) - 1)
    within = ((values - by.transform("mean")) ** 2).sum() / (count - len(size))
    each = (count - (size**2).sum() / count) / (len(size) - 1)
    variance = (between - within) / each
    # One-way analysis of variance estimator; about 37 commissioners leave an error of a quarter of it.
    assert 0.012 < variance / (variance + within) < 0.05


BINOMIAL = [
    # (what, numerator, table and filter, rate)
    ("Refresh submissions", "File_Type = 'Refresh'", "IDS000 where ReportingPeriodStartDate < date '2017-03-01'", None),
    (
        "strayed attendance codes",
        "not regexp_full_match(AttendOrDNACode, '[2-7]')",
        "IDS201 where AttendOrDNACode is not null",
        constants.STRAY_CODE_RATE,
    ),
    (
        "strayed appointment types",
        "not regexp_full_match(AppType, '0[1-6]')",
        "IDS201",
        constants.STRAY_CODE_RATE,
    ),
    (
        "strayed ethnic categories",
        "not regexp_full_match(EthnicCategory, '[A-HJ-NPR-S]')",
        "IDS001 where Validated_EthnicCategory not in ('-1', '-3', '99', 'Z')",
        constants.STRAY_ETHNICITY_RATE,
    ),
    (
        "invalid scores",
        "trim(PersScore) in ('99', '999', '-1', 'N/A', 'x', '')",
        "IDS607 where CodedAssToolType in ('720433000', '445455005')",
        constants.INVALID_SCORE_RATE,
    ),
    ("incomplete logs", "EndDateIntEnabledTherLog is null", "IDS205", constants.INCOMPLETE_LOG_RATE),
    ("missing birth dates", "PersonBirthDate is null", "IDS001", constants.MISSING_BIRTH_DATE_RATE),
]


@pytest.mark.parametrize(("what", "numerator", "table", "rate"), BINOMIAL, ids=[row[0] for row in BINOMIAL])
def test_dirt_comes_at_its_stated_rate(
    raw: duckdb.DuckDBPyConnection, what: str, numerator: str, table: str, rate: float | None
) -> None:
    if rate is None:
        # Submissions: Refresh over Primary, of months that can have one.
        value, count = share(
            raw, f"select avg(({numerator})::int) / (1 - avg(({numerator})::int)), count(*) from {table}"
        )
        rate = constants.REFRESH_SHARE / (1 + constants.WITHDRAWN_PRIMARY_RATE)
    else:
        value, count = share(raw, f"select avg(({numerator})::int), count(*) from {table}")
    # Rows sent in two windows, or in many months, carry the same draw: count a fifth of them as independent.
    bound = 4 * np.sqrt(rate * (1 - rate) / (count / 5))
    assert abs(value - rate) < bound, f"{what}: {value:.4f} against {rate:.4f} of {count}"


def test_only_refreshes_hold_the_late_rows(raw: duckdb.DuckDBPyConnection) -> None:
    late_contacts, count = share(
        raw,
        """
        with sent as (
            select contact.OrgID_Provider as provider, contact.Unique_MonthID as month, CareContactId as contact,
                bool_or(File_Type = 'Refresh') as in_refresh, bool_or(File_Type = 'Primary') as in_primary
            from IDS201 as contact join IDS000 using (UniqueSubmissionID)
            group by all
        )
        select avg((not in_primary)::int), count(*) from sent where in_refresh
        """,
    )
    rate = constants.LATE_CONTACT_RATE
    assert abs(late_contacts - rate) < 4 * np.sqrt(rate * (1 - rate) / count)
    nothing_lost = raw.execute("""
        with sent as (
            select contact.OrgID_Provider as provider, contact.Unique_MonthID as month, CareContactId as contact,
                bool_or(File_Type = 'Refresh') as in_refresh
            from IDS201 as contact join IDS000 using (UniqueSubmissionID)
            group by all
        ), refreshed as (
            select distinct OrgIDProv as provider, Unique_MonthID as month from IDS000 where File_Type = 'Refresh'
        )
        select count(*) from sent join refreshed using (provider, month) where not in_refresh
    """).fetchall()[0][0]
    assert nothing_lost == 0


def test_contact_identifiers_are_reused_at_about_half_of_the_providers(raw: duckdb.DuckDBPyConnection) -> None:
    value, count = share(
        raw,
        """
        with months as (
            select OrgID_Provider, CareContactId, count(distinct Unique_MonthID) as months from IDS201 group by all
        ), providers as (select OrgID_Provider, max(months) > 1 as reuses from months group by all)
        select avg(reuses::int), count(*) from providers
        """,
    )
    assert abs(value - 0.5) < 4 * np.sqrt(0.25 / count)


def test_unrecorded_ethnicity_is_concentrated(early: Path) -> None:
    truth = read_truth(early)
    truth["unrecorded"] = (truth["ethnicity_recording_status"] != "valid").astype(float)
    assert set(truth["ethnicity_recording_status"]) == set(constants.RECORDING_STATUSES)
    # 79.5% to 81% of referrals had ethnicity data in these years (1,112,104 of 1,399,088 in 2015-16).
    assert 0.15 < truth["unrecorded"].mean() < 0.24
    by_provider = truth.groupby("provider_code")["unrecorded"].agg(["mean", "size"])
    chance = np.sqrt(by_provider["mean"].mean() * 0.8 / by_provider["size"].median())
    assert by_provider["mean"].std() > 3 * chance
    assert truth[~truth["is_accessed"]]["unrecorded"].mean() > 1.5 * truth[truth["is_accessed"]]["unrecorded"].mean()


def test_nearly_every_record_is_clean_and_every_referral_stands_once(early: Path) -> None:
    truth = read_truth(early)
    assert truth["referral_id"].is_unique
    assert not truth.duplicated(["provider_code", "service_request_id"]).any()
    assert truth.loc[truth["is_finished_course"], "is_clean"].mean() > 0.97
    assert (truth["referral_id"] == truth["provider_code"] + "|" + truth["service_request_id"]).sum() > 0


def test_statuses_follow_from_the_scores_in_truth(early: Path) -> None:
    """The joint draw of statuses and scores: every planted status is the one its scores give under the rules."""
    rows = read_truth(early)
    rows = rows[rows["is_finished_course"]].reset_index(drop=True)
    # Caseness and reliable change, typed in from the reference table.
    limits = {
        "GAD7": (8, 4), "AgoraAlone": (2.3, 0.73), "SocialPhobia": (19, 10), "PanicDisorder": (8, 5), "OCD": (40, 32),
        "PTSD": (32, 10), "AnxietyInventory": (18, 4),
    }  # fmt: skip
    case = rows["anxiety_measure"].map({key: pair[0] for key, pair in limits.items()})
    change = rows["anxiety_measure"].map({key: pair[1] for key, pair in limits.items()})
    first_p, last_p = rows["phq9_first"], rows["phq9_last"]
    first_a, last_a = rows["anxiety_first"], rows["anxiety_last"]
    paired = last_p.notna() & last_a.notna()
    assert (paired == rows["is_paired"]).all()
    high, known = (first_p >= 10) | (first_a >= case), first_p.notna() & first_a.notna()
    caseness = pd.Series(np.where(high, 1.0, np.where(known, 0.0, np.nan)))
    assert caseness.equals(rows["is_at_caseness"].astype("float64"))
    recovered = paired & high & (last_p < 10) & (last_a < case)
    improved = [(first_p - last_p) >= 6, (first_a - last_a).round(6) >= change]
    worse = [(last_p - first_p) >= 6, (last_a - first_a).round(6) >= change]
    better = paired & (improved[0] | improved[1]) & ~(worse[0] | worse[1])
    poorer = paired & (worse[0] | worse[1]) & ~(improved[0] | improved[1])
    mixed = paired & ((improved[0] & worse[1]) | (improved[1] & worse[0]))
    for name, expected in (
        ("is_recovered", recovered),
        ("is_reliably_improved", better),
        ("is_reliably_recovered", recovered & better),
        ("is_reliably_deteriorated", poorer),
        ("has_mixed_reliable_change", mixed),
    ):
        assert (rows[name].astype(bool) == expected).all(), name
        assert expected.any(), name


def test_spread_draws_fill_each_part_of_the_interval_once() -> None:
    cell = np.array([0, 1, 0, 1, 1, 0, 0, 1, 1, 1])
    draws = planted.spread_uniforms(np.random.default_rng(3), cell)
    # Four rows in cell 0, six in cell 1: one draw in each quarter, one in each sixth.
    assert sorted(np.floor(draws[cell == 0] * 4).tolist()) == [0, 1, 2, 3]
    assert sorted(np.floor(draws[cell == 1] * 6).tolist()) == [0, 1, 2, 3, 4, 5]
    many = planted.spread_uniforms(np.random.default_rng(4), np.zeros(10_000, dtype=int))
    # In random order: the first half of the rows is uniform too, with mean 0.5 (error 0.2887 / sqrt(5,000) = 0.0041).
    assert abs(many[:5_000].mean() - 0.5) < 4 * 0.0041


def test_intercepts_solve_for_the_rate() -> None:
    # Without covariates the intercept is the log odds: log(0.3 / 0.7) and log(0.8 / 0.2).
    cell = np.array([0, 0, 1, 1])
    solved = planted.solve_intercepts(np.zeros(4), cell, 2, np.array([0.6, 1.6]), np.ones(4, dtype=bool))
    assert solved == pytest.approx([np.log(3 / 7), np.log(4)], abs=1e-6)
    # A row that may not happen leaves the others to make the count: 0.6 of one row alone.
    solved = planted.solve_intercepts(
        np.zeros(2), np.zeros(2, dtype=int), 1, np.array([0.6]), np.ones(2, dtype=bool), ceiling=np.array([1.0, 0.0])
    )
    assert solved == pytest.approx([np.log(0.6 / 0.4)], abs=1e-6)


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        ("1980-06-15", "2016-06-14", 35),
        ("1980-06-15", "2016-06-15", 36),
        ("2000-02-29", "2017-02-28", 16),
        ("2000-02-29", "2017-03-01", 17),
        ("1969-12-31", "2016-01-01", 46),
    ],
)
def test_age_is_in_completed_years(birth: str, day: str, age: int) -> None:
    start = datetime.date(1970, 1, 1)
    birth_day, on = ((datetime.date.fromisoformat(text) - start).days for text in (birth, day))
    assert completed_years(np.array([birth_day], dtype=np.int32), np.array([on], dtype=np.int32)).tolist() == [age]


@pytest.mark.slow
def test_a_million_referrals_are_calibrated(tmp_path: Path) -> None:
    generate(tmp_path / "set", 1_000_000, 1, progress=False)
    truth = read_truth(tmp_path / "set")
    bad: list[str] = []
    for year in range(2015, 2019):
        position = (year - 2015) / 6
        for number, rate in enumerate(RATES):
            if year == 2018 and number < 2:
                continue  # Cut off by the end of the data: see docs/synthetic_data.md.
            targets = {
                code: (first[number] + (last[number] - first[number]) * position) / 100
                for code, (first, last) in PRINTED.items()
            }
            bad += disagreements(truth, rate, year, targets)
    assert bad == []
    means = truth[truth["is_finished_course"]].groupby("ethnic_category_code")[["phq9_first", "gad7_first"]].mean()
    phq9, gad7 = means["phq9_first"], means["gad7_first"]
    assert (phq9.idxmin(), phq9.idxmax(), gad7.idxmin(), gad7.idxmax()) == ("R", "J", "R", "J")
    assert set(phq9.index[phq9 < phq9["A"]]) == {"B", "C", "H", "R"}
    assert set(gad7.index[gad7 < gad7["A"]]) >= {"B", "C", "F", "M", "N", "P", "R"}
