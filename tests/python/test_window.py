"""People seen in part: what is not held, or not yet known, moves no rate of those of whom it is."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from iapt_equity.synthetic import generate
from in_process import WITHOUT_TESTS, joined, parsed_alike
from warehouses import CROSSING, SEED, Warehouse, build

pytestmark = pytest.mark.slow

RATES = (*WITHOUT_TESTS, "--select", "+access_rates", "+outcome_rates")
FIRST_MONTH = "2017-10"
FIRST_MONTH_ACROSS = "2020-01"
"""Eight months before version 1.5 gives way to 2.0."""
Row = dict[str, str]

# Of the columns of a rate, those that say how many more there are than it counts.
LEFT_OUT = ["unknown_count", "unknown_share", "outside_window_count", "too_recent_count"]
KEY = ["financial_year", "area_level", "area_code", "ethnic_classification", "ethnic_group", "measure"]


def change(source: Path, target: Path, keep: Callable[[str, Row], Row | None]) -> Path:
    """A copy of a data set in CSV; ``keep`` is given a table and a row, and gives the row, changed or not, or none."""
    shutil.copytree(source, target)
    for path in sorted((target / "v2_1").glob("*/*.csv")):
        with path.open(newline="", encoding="utf-8") as handle:
            reader = csv.DictReader(handle)
            rows = [kept for row in reader if (kept := keep(path.parent.name, row)) is not None]
            names = list(reader.fieldnames or [])
        with path.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, names)
            writer.writeheader()
            writer.writerows(rows)
    return target


def without_first_months(source: Path, target: Path, first_month: str) -> Path:
    """A copy of a data set in CSV of any versions, without what was submitted for the months before one."""
    shutil.copytree(source, target)
    tables = {path: list(csv.DictReader(path.open(newline="", encoding="utf-8"))) for path in target.glob("v*/*/*.csv")}
    early: set[str] = set()
    # In version 1.5 a submission is a header, a person is of one, and all other rows are of a person.
    for name, key, month in [
        ("IDS000Header", "UniqueSubmissionID", "ReportingPeriodStartDate"),
        ("Header", "HEADER_ID", "START_DATE"),
    ]:
        rows = [row for path, rows in tables.items() if path.parent.name == name for row in rows]
        early |= {row[key] for row in rows if row[month][:7] < first_month}
    people = [row for path, rows in tables.items() if path.parent.name == "Person" for row in rows]
    records = {row["IAPT_RECORD_NUMBER"] for row in people if row["HEADER_ID"] in early}
    for path, rows in tables.items():
        if not rows:
            continue
        names = list(rows[0])
        key = next(name for name in ("UniqueSubmissionID", "HEADER_ID", "IAPT_RECORD_NUMBER") if name in names)
        left_out = records if key == "IAPT_RECORD_NUMBER" else early
        with path.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, names)
            writer.writeheader()
            writer.writerows(row for row in rows if row[key] not in left_out)
    return target


def months(data: Path) -> dict[str, tuple[str, str]]:
    """Provider and reporting month of each submission."""
    found = {}
    for path in (data / "v2_1" / "IDS000Header").glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as handle:
            for row in csv.DictReader(handle):
                found[row["UniqueSubmissionID"]] = (row["OrgIDProv"], row["ReportingPeriodStartDate"][:7])
    return found


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1,500 referrals of two years."""
    folder = tmp_path_factory.mktemp("window") / "data"
    generate(folder, 1_500, SEED, years="2017-18:2018-19", file_format="csv", progress=False)
    return joined(folder)


@pytest.fixture(scope="module")
def clean(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return build(data, tmp_path_factory.mktemp("clean"), *RATES)


@pytest.fixture(scope="module")
def across(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1,500 referrals of four years, in versions 1.5, 2.0 and 2.1, as submissions really arrive."""
    folder = tmp_path_factory.mktemp("across") / "data"
    generate(folder, 1_500, SEED, file_format="csv", progress=False, **CROSSING)
    return joined(folder)


@pytest.fixture(scope="module")
def narrowed(across: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The whole set across the versions, of which those received from January 2020 on are asked for."""
    variables = ("--vars", f"{{window_start: {FIRST_MONTH_ACROSS}-01}}")
    parsed_alike(*variables)
    return build(across, tmp_path_factory.mktemp("narrowed"), *RATES, *variables)


@pytest.fixture(scope="module")
def early(across: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The set across the versions without its first nine months."""
    work = tmp_path_factory.mktemp("early")
    return build(without_first_months(across, work / "data", FIRST_MONTH_ACROSS), work, *RATES)


@pytest.fixture(scope="module")
def patchy(data: Path, clean: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Of the providers, by turns: no end codes, codes that say not known, no scores, late to begin, early to end."""
    month_of, turn = months(data), turns(clean)

    def keep(table: str, row: Row) -> Row | None:
        provider, month = month_of[row["UniqueSubmissionID"]]
        kind = turn[provider]
        if (kind == "late" and month < FIRST_MONTH) or (kind == "ends" and month > "2018-09"):
            return None
        if table == "IDS101Referral" and kind in ("no code", "not known") and row["EndCode"].strip():
            return {**row, "EndCode": " " if kind == "no code" else "96"}
        if table in ("IDS606CodedScoreAssessmentRefer", "IDS607CodedScoreAssessmentAct") and kind == "no scores":
            return None
        return row

    work = tmp_path_factory.mktemp("patchy")
    return build(change(data, work / "data", keep), work, *RATES)


def turns(warehouse: Warehouse) -> dict[str, str]:
    kinds = ["whole", "no code", "not known", "no scores", "late", "ends"]
    providers = sorted(warehouse.referrals["provider_code"].unique())
    assert len(providers) >= len(kinds)
    return {provider: kinds[i % len(kinds)] for i, provider in enumerate(providers)}


def rates(warehouse: Warehouse) -> pd.DataFrame:
    tables = [warehouse.frame(f"marts.{name}") for name in ("access_rates", "outcome_rates")]
    return pd.concat(tables).set_index(KEY).sort_index()


def counted_of_everybody(warehouse: Warehouse) -> pd.DataFrame:
    """Each area's rates of all ethnic groups together: a person's category is asked of records of before, too."""
    rows = rates(warehouse).xs("total", level="ethnic_classification")
    gaps = [column for column in rows.columns if column.startswith(("difference", "ratio"))]
    return rows[rows["denominator_count"] > 0].drop(columns=[*LEFT_OUT, *gaps])


def national(warehouse: Warehouse, measure: str) -> pd.DataFrame:
    rows = rates(warehouse).reset_index()
    is_asked = (rows["measure"] == measure) & (rows["area_code"] == "ENGLAND") & (rows["ethnic_group"] == "All")
    return rows[is_asked].set_index("financial_year")


def test_without_the_first_months_every_rate_is_that_of_the_same_window(early: Warehouse, narrowed: Warehouse) -> None:
    """Of referrals received before, the files hold a part: they move no rate of those received since."""
    found, expected = counted_of_everybody(early), counted_of_everybody(narrowed)
    pd.testing.assert_frame_equal(found, expected)
    assert len(found) > 100
    access = national(early, "access")
    assert access["outside_window_count"].sum() > 50
    assert not early.referrals["is_received_in_window"].all()
    assert set(early.referrals["mds_version"]) == {"v1_5", "v2_0", "v2_1"}
    # What is left out would have moved them: the half seen look as if they had not been treated.
    half_seen = early.referrals[~early.referrals["is_received_in_window"]]
    whole = narrowed.referrals.set_index("referral_id").loc[half_seen["referral_id"]]
    assert half_seen["is_accessed"].mean() < whole["is_accessed"].mean() - 0.1


def test_rows_received_in_the_window_are_those_of_the_whole_set(early: Warehouse, narrowed: Warehouse) -> None:
    inside = early.referrals[early.referrals["is_received_in_window"]].set_index("referral_id").sort_index()
    received = narrowed.referrals["referral_received_date"] >= f"{FIRST_MONTH_ACROSS}-01"
    whole = narrowed.referrals[received].set_index("referral_id").sort_index()
    # Of each version there are some, and some that began in one and went on in the next.
    assert inside["mds_version"].value_counts().min() > 20
    is_bridged = (inside["mds_version"] != "v1_5") & (inside["referral_received_date"] < "2020-09-01")
    assert is_bridged.sum() > 20
    # Where a fifth begins is asked of each set, and a person's ethnic category of all their records.
    others = ["own_group_density", "own_group_density_source", "own_group_density_fifth"]
    others += [column for column in inside.columns if column.startswith("ethnic")] + ["high_level_ethnic_group"]
    pd.testing.assert_frame_equal(inside.drop(columns=others), whole.drop(columns=others))


def test_a_year_says_whether_it_is_complete(early: Warehouse, narrowed: Warehouse, clean: Warehouse) -> None:
    assert national(clean, "access")["is_complete"].to_dict() == {"2017-18": True, "2018-19": False}
    # Courses that ended in the first year and began before it are not there.
    assert national(clean, "recovery")["is_complete"].to_dict() == {"2017-18": False, "2018-19": True}
    for warehouse in (early, narrowed):
        of_access = {"2019-20": False, "2020-21": True, "2021-22": True, "2022-23": False}
        assert national(warehouse, "access")["is_complete"].to_dict() == of_access
        assert not national(warehouse, "recovery").loc["2019-20", "is_complete"]


def test_the_last_year_counts_only_those_who_had_time(clean: Warehouse) -> None:
    """By hand from the table of referrals: the wait that 95 in 100 do not pass, among those of the first year."""
    referrals = clean.referrals
    wait = (referrals["first_treatment_date"] - referrals["referral_received_date"]).dt.days
    had_year = referrals["referral_received_date"] <= "2018-03-31"
    waits = wait[had_year].dropna().sort_values().to_list()
    enough = waits[-(-len(waits) * 95 // 100) - 1]
    last = pd.Timestamp("2019-03-31") - pd.Timedelta(days=enough)
    year = referrals[referrals["referral_financial_year"] == "2018-19"]
    row = national(clean, "access").loc["2018-19"]
    had_time = year["referral_received_date"] <= last
    assert row["denominator_count"] == had_time.sum()
    assert row["numerator_count"] == year.loc[had_time, "is_accessed"].sum()
    assert row["too_recent_count"] == (~had_time).sum() > 50
    # Taking all of them would have said that fewer get in.
    assert year["is_accessed"].mean() < row["rate"] - 0.02


@pytest.mark.parametrize(
    ("measure", "column", "unknown"),
    [
        ("dropout", "is_dropped_out", ("no code", "not known")),
        ("recovery", "is_recovered", ("no scores",)),
        ("reliable_recovery", "is_reliably_recovered", ("no scores",)),
        ("reliable_improvement", "is_reliably_improved", ("no scores",)),
        ("reliable_deterioration", "is_reliably_deteriorated", ("no scores",)),
    ],
)
def test_what_some_providers_do_not_say_is_the_rate_of_the_others(
    patchy: Warehouse, clean: Warehouse, measure: str, column: str, unknown: tuple[str, ...]
) -> None:
    """The rate of the courses of the other providers, taken from the set in which nothing is missing."""
    turn = turns(clean)
    held = patchy.episodes[patchy.episodes["is_received_in_window"]]
    courses = clean.episodes.set_index("referral_id").loc[held["referral_id"]]
    is_silent = courses["provider_code"].map(turn).isin(unknown)
    if measure == "dropout":
        is_known = courses["end_code"].notna() & ~courses["end_code"].isin(["95", "96"])
        is_at_risk = pd.Series(True, index=courses.index)
    elif measure.endswith("recovery"):
        is_known, is_at_risk = courses["is_at_caseness"].notna(), courses["is_at_caseness"].fillna(True)
    else:
        is_known = courses["phq9_last"].notna() & courses["anxiety_last"].notna()
        is_at_risk = ~(courses["has_mixed_reliable_change"] & (measure == "reliable_deterioration"))
    counted = courses[is_known & is_at_risk & ~is_silent]
    found = national(patchy, measure)
    by_year = counted.groupby("discharge_financial_year")[column].agg(["sum", "size"]).astype(int)
    assert found["numerator_count"].to_dict() == by_year["sum"].to_dict()
    assert found["denominator_count"].to_dict() == by_year["size"].to_dict()
    not_known = is_silent | (is_at_risk & ~is_known)
    assert found["unknown_count"].sum() == not_known.sum() >= is_silent.sum() > 20
    shares = found["unknown_count"] / (found["unknown_count"] + found["denominator_count"])
    pd.testing.assert_series_equal(found["unknown_share"], shares, check_names=False)
    # Silence read as no would have given another rate.
    as_no = found["numerator_count"].sum() / (found["denominator_count"] + found["unknown_count"]).sum()
    assert abs(as_no - counted[column].astype(float).mean()) > 0.005


def test_each_provider_has_a_window_of_its_own(patchy: Warehouse, clean: Warehouse) -> None:
    turn = turns(clean)
    rows = patchy.referrals.assign(kind=patchy.referrals["provider_code"].map(turn))
    late, ends = rows[rows["kind"] == "late"], rows[rows["kind"] == "ends"]
    assert set(late["is_received_in_window"]) == {True, False}
    assert (late["is_received_in_window"] == (late["referral_received_date"] >= f"{FIRST_MONTH}-01")).all()
    assert ends["is_received_in_window"].all()
    assert (ends["days_observed"] == (pd.Timestamp("2018-09-30") - ends["referral_received_date"]).dt.days).all()
    others = rows[~rows["kind"].isin(["late", "ends"])]
    assert others["is_received_in_window"].all()
    assert (others["days_observed"] == (pd.Timestamp("2019-03-31") - others["referral_received_date"]).dt.days).all()
    # Of those followed for long enough few of whom nothing is known yet were treated after all; of all, many.
    truth = clean.referrals.set_index("referral_id")["is_accessed"]
    missed = ~ends["is_accessed"] & ends["referral_id"].map(truth)
    accessed = ends["referral_id"].map(truth)
    had_time = ends["has_enough_follow_up"]
    assert missed[had_time].sum() <= 0.05 * accessed[had_time].sum()
    assert missed.sum() > 0.05 * accessed.sum()


MISSING = {
    "two together": ["2018-01", "2018-02"],
    "two apart": ["2017-11", "2018-06"],
    "the second": ["2017-05"],
    "the last but one": ["2019-02"],
}
"""Months that providers do not send, by turns; every fifth sends all."""


@pytest.fixture(scope="module")
def gappy(data: Path, clean: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    month_of, missing = months(data), missing_by_provider(clean)

    def keep(table: str, row: Row) -> Row | None:
        provider, month = month_of[row["UniqueSubmissionID"]]
        return None if month in missing.get(provider, []) else row

    work = tmp_path_factory.mktemp("gappy")
    return build(change(data, work / "data", keep), work, *RATES, "+missing_months")


def missing_by_provider(warehouse: Warehouse) -> dict[str, list[str]]:
    providers = sorted(warehouse.referrals["provider_code"].unique())
    turns_of = [*MISSING.values(), []]
    assert len(providers) >= len(turns_of)
    return {
        provider: turns_of[i % len(turns_of)] for i, provider in enumerate(providers) if turns_of[i % len(turns_of)]
    }


def test_a_provider_that_did_not_send_a_month_is_named_once_with_its_months(gappy: Warehouse, clean: Warehouse) -> None:
    named = gappy.frame("quality.missing_months").set_index("provider_code")
    expected = missing_by_provider(clean)
    assert named["missing_months"].to_dict() == {provider: ", ".join(months) for provider, months in expected.items()}
    assert named["missing_month_count"].to_dict() == {provider: len(months) for provider, months in expected.items()}


def test_who_was_received_in_a_missing_month_is_outside_and_others_are_observed_until_it(
    gappy: Warehouse, clean: Warehouse
) -> None:
    missing = missing_by_provider(clean)
    rows = gappy.referrals
    month = rows["referral_received_date"].dt.strftime("%Y-%m")
    is_missing = pd.Series(
        [m in missing.get(provider, []) for provider, m in zip(rows["provider_code"], month, strict=True)]
    )
    assert is_missing.sum() > 10
    assert (rows["is_received_in_window"] == ~is_missing).all()
    end = pd.Timestamp("2019-03-31")
    for provider, received, days in rows[["provider_code", "referral_received_date", "days_observed"]].itertuples(
        index=False
    ):
        gaps = [pd.Timestamp(m) for m in missing.get(provider, []) if m >= received.strftime("%Y-%m")]
        last = min([end, *(gap - pd.Timedelta(days=1) for gap in gaps)])
        assert days == max((last - received).days, 0)


def test_what_a_missing_month_hides_moves_few_of_those_who_count(gappy: Warehouse, clean: Warehouse) -> None:
    """Of those observed for long enough before it, few of whom nothing is known were treated after all."""
    rows = gappy.referrals[gappy.referrals["provider_code"].isin(missing_by_provider(clean))]
    truth = rows["referral_id"].map(clean.referrals.set_index("referral_id")["is_accessed"]).astype(bool)
    missed = truth & ~rows["is_accessed"]
    counts = rows["is_received_in_window"] & rows["has_enough_follow_up"]
    assert missed[~counts].sum() > 0
    assert missed[counts].sum() <= 0.01 * truth[counts].sum()


def test_a_year_with_a_missing_month_is_not_complete(gappy: Warehouse, clean: Warehouse) -> None:
    """An area is not complete where more than one in twenty of its referrals are of such a provider."""
    missing = missing_by_provider(clean)
    rows = gappy.referrals[gappy.referrals["referral_financial_year"] == "2017-18"]
    area = rows["commissioner_code"].fillna("UNKNOWN")
    is_broken = rows["provider_code"].map(lambda provider: any(m < "2018-04" for m in missing.get(provider, [])))
    share = is_broken.groupby(area).mean()
    found = rates(gappy).reset_index()
    found = found[(found["measure"] == "access") & (found["financial_year"] == "2017-18")]
    found = found[(found["ethnic_group"] == "All") & (found["area_level"] == "commissioner")].set_index("area_code")
    for code, broken in share.items():
        if broken > 0.05:
            assert not found.loc[code, "is_complete"]
    assert found["is_complete"].any()
    assert not national(gappy, "access").loc["2017-18", "is_complete"]
    assert national(clean, "access").loc["2017-18", "is_complete"]
