"""What is published: the cells and what lies within what, the profiles on their boundary values, and releases."""

from __future__ import annotations

import csv
import hashlib
import itertools
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from iapt_equity.cli import main
from iapt_equity.disclosure import DisclosureError, Profile, protect
from iapt_equity.disclosure.relations import relations_of
from iapt_equity.inputs.errors import InputError
from iapt_equity.publication import cells as publication_cells
from iapt_equity.publication.cells import _once, protect_publication
from iapt_equity.publication.members import national_members, nested_members, same_members
from iapt_equity.publication.programme import protect_from_relations
from iapt_equity.publication.releases import create_released_counts, releases_folder, write_release
from iapt_equity.whole_folders import mark_of
from in_process import PROJECT
from warehouses import Warehouse

NO_RELATIONS = pd.DataFrame(columns=["whole_block", "part_block", "relation"])


def profiles() -> dict[str, dict[str, Any]]:
    """The rows of the seed, as it stands in the repository."""
    with (PROJECT / "seeds" / "publication" / "disclosure_profiles.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["profile_name"]: {name: {"true": True, "false": False}.get(v, v) for name, v in row.items()} for row in rows
    }


def members(**areas: str) -> pd.DataFrame:
    """Areas by level_code, each with the letters of the pairs that it holds; one ethnic group."""
    rows = [("area", *name.split("_", 1), part) for name, parts in areas.items() for part in parts]
    rows.append(("ethnic_group", "total", "All", "A"))
    return pd.DataFrame(rows, columns=["dimension", "member_level", "member_code", "part"])


def cells(counts: dict[str, int], block: str = "rates.access.access.denominator") -> pd.DataFrame:
    """One year's counts of areas."""
    rows = []
    for area, count in counts.items():
        level, code = area.split("_", 1)
        rows.append(
            {
                **{"cell_id": f"{block}|{area}", "block": block, "denominator_cell_id": None, "true_count": count},
                **{"financial_year": "2019-20", "period_kind": "year", "period": "2019-20", "financial_quarter": None},
                **{"area_level": level, "area_code": code, "ethnic_classification": "total", "ethnic_group": "All"},
                **{"characteristic": "all", "characteristic_value": "all"},
            }
        )
    return pd.DataFrame(rows)


def shown(counts: dict[str, int], profile: str) -> dict[str, int | str]:
    """What is published of the counts of unrelated providers: the count, or why not."""
    named = {f"provider_{name}": count for name, count in counts.items()}
    parts = {name: chr(65 + number) for number, name in enumerate(named)}
    found = protect_publication(cells(named), members(**parts), NO_RELATIONS, Profile.from_row(profiles()[profile]))
    values = found["published_count"].astype("object").where(found["published_count"].notna(), found["status"])
    return dict(zip(found["cell_id"].str.split("_").str[-1], values, strict=True))


SMALL = "suppressed_small_number"


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        # Of each profile the values on both sides of its threshold, and of half a base; nought.
        ("nhs_talking_therapies", {0: 0, 1: SMALL, 4: SMALL, 5: 5, 7: 5, 8: 10, 12: 10, 13: 15}),
        ("nhs_talking_therapies_zeros", {0: SMALL, 1: SMALL, 4: SMALL, 5: 5, 7: 5, 8: 10, 12: 10, 13: 15}),
        ("opensafely", {0: 0, 1: SMALL, 4: SMALL, 5: SMALL, 7: SMALL, 8: 10, 12: 10, 13: 15}),
        ("opensafely_zeros", {0: SMALL, 1: SMALL, 4: SMALL, 5: SMALL, 7: SMALL, 8: 10, 12: 10, 13: 15}),
    ],
)
def test_each_profile_on_its_boundary_values(profile: str, expected: dict[int, int | str]) -> None:
    assert set(profiles()) == {
        *("nhs_talking_therapies", "nhs_talking_therapies_zeros"),
        *("opensafely", "opensafely_zeros"),
    }
    counts = {str(count): count for count in expected}
    assert shown(counts, profile) == {str(count): value for count, value in expected.items()}


def test_england_is_exact_where_the_profile_says_so_and_is_no_provider_by_another_name() -> None:
    both = {"national_ENGLAND": 103, "provider_A": 52, "provider_B": 51}
    regions = {"region_R1": "a", "region_R2": "b", "region_R3": "c"}
    of_both = members(national_ENGLAND="abc", provider_A="a", provider_B="bc", **regions)

    def of_england(rows: pd.DataFrame, known: pd.DataFrame, profile: str = "nhs_talking_therapies") -> int:
        found = protect_publication(rows, known, NO_RELATIONS, Profile.from_row(profiles()[profile]))
        return int(found.set_index("cell_id")["published_count"].filter(like="ENGLAND").iloc[0])

    assert of_england(cells(both), of_both) == 103
    assert of_england(cells(both), of_both, "opensafely") == 105
    # In the extract of one provider England would give its exact counts away.
    one = cells({"national_ENGLAND": 103, "provider_A": 103})
    assert of_england(one, members(national_ENGLAND="abc", provider_A="abc", **regions)) == 105
    # So where England alone is published: a board by another name, without names of areas, and one region and strays.
    alone = cells({"national_ENGLAND": 103})
    assert of_england(alone, members(national_ENGLAND="abc", **regions)) == 103
    assert of_england(alone, members(national_ENGLAND="abc", icb_Q="abc", **regions)) == 105
    assert of_england(alone, members(national_ENGLAND="ab", commissioner_1="a", commissioner_2="b")) == 105
    assert of_england(alone, members(national_ENGLAND="ab", region_R1="a", region_UNKNOWN="b")) == 105


def test_areas_lie_within_each_other_by_their_parts() -> None:
    levels = {
        "national": {"national:E": frozenset("abcd")},
        "region": {"region:R1": frozenset("abc"), "region:R2": frozenset("d")},
        "icb": {"icb:Q1": frozenset("ab"), "icb:Q2": frozenset("c"), "icb:Q3": frozenset("d")},
        # P2 works in two boards of one region, P3 is all of the other region.
        "provider": {"provider:P1": frozenset("a"), "provider:P2": frozenset("bc"), "provider:P3": frozenset("d")},
    }
    same = same_members(levels)
    assert same["region:R2"] == same["icb:Q3"] == same["provider:P3"]
    assert same["icb:Q2"] == "icb:Q2"
    found = nested_members(levels)
    links = {(row.hierarchy, row.parent, row.child) for row in found.itertuples()}
    assert {("icb_of_region", "region:R1", "icb:Q1"), ("icb_of_region", "region:R1", "icb:Q2")} <= links
    assert ("provider_of_icb", "icb:Q1", "provider:P1") in links
    assert not any(hierarchy == "provider_of_icb" and child == "provider:P2" for hierarchy, _, child in links)
    # The boards of England follow from its regions.
    assert not any(hierarchy == "icb_of_national" for hierarchy, _, _ in links)
    assert not any(parent == child for _, parent, child in links)
    several = {"region": {f"region:{part}": frozenset(part) for part in "abcd"}}
    assert national_members({**levels, **several}) == {"national:E"}
    assert national_members({**levels, **several, "other": {"other:X": frozenset("abcd")}}) == set()
    # One region and another, which may be what is of no known region.
    assert national_members(levels) == set()


def test_counts_that_are_the_same_are_suppressed_together() -> None:
    """Two denominators that agree everywhere are one count: the second does not show what the first suppresses."""
    counts = {"national_ENGLAND": 61, "region_R1": 58, "region_R2": 3}
    known = members(national_ENGLAND="abc", region_R1="ab", region_R2="c")
    once = cells(counts, "rates.outcome.recovery.denominator")
    twice = pd.concat([once, cells(counts, "rates.outcome.reliable_recovery.denominator")], ignore_index=True)
    found = protect_publication(twice, known, NO_RELATIONS, Profile())
    found["area"] = found["cell_id"].str.split("|").str[1]
    assert found.groupby("area")["status"].agg(set).map(len).eq(1).all()
    assert (found["status"] == SMALL).sum() == 2


def test_a_count_that_has_no_row_where_it_is_nought_is_the_same_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events have no row where there was none, and rates have: one must not show what the other suppresses."""
    counts = {"national_ENGLAND": 61, "region_R1": 58, "region_R2": 3, "region_R3": 0}
    known = members(national_ENGLAND="abcd", region_R1="ab", region_R2="c", region_R3="d")
    rates = cells(counts, "rates.outcome.recovery.numerator")
    events = cells({name: count for name, count in counts.items() if count}, "events.recovery")
    given: list[pd.DataFrame] = []

    def watched(*system: Any) -> pd.DataFrame:
        given.extend((system[0], system[4]))
        return protect(*system)

    monkeypatch.setattr(publication_cells, "protect", watched)
    found = protect_publication(pd.concat([rates, events], ignore_index=True), known, NO_RELATIONS, Profile())
    assert len(found) == 7
    system, said = given
    assert sorted(system["count"]) == [0, 3, 58, 61]
    # Whoever sees no row of the events knows the nought: it can hide nothing in the rates.
    assert said[["lower", "upper"]].to_numpy().tolist() == [[0, 0]]
    assert system.set_index("cell_id").loc[said["cell_id"], "count"].tolist() == [0]


def test_sums_keep_their_dimension_by_which_clusters_are_gathered() -> None:
    """Two sums along areas and one along related counts, which stood twice, have the ranks 0, 0 and 1."""
    said = ["area/a/1", "area/a/1", "area/a/2", "area/a/2", "related/r/3", "related/r/3", "related/r/4", "related/r/4"]
    sums = pd.DataFrame({"sum_id": said, "cell_id": [0, 1, 2, 3, 0, 2, 0, 2], "is_total": [True, False] * 4})
    counts = pd.DataFrame({"cell_id": range(4), "count": 10, "is_exact": False})
    no_ratios = pd.DataFrame(columns=["ratio_id", "numerator_cell_id", "denominator_cell_id"])
    assert relations_of(counts, _once(sums), no_ratios).sum_rank.tolist() == [0, 0, 1]


def test_a_profile_that_there_is_not_stops_the_build_in_one_line() -> None:
    connection = duckdb.connect()
    rows = pd.DataFrame(profiles().values())
    relations = {
        name: connection.from_df(frame) for name, frame in (("profiles", rows), ("empty", cells({"icb_Q": 9})))
    }
    with pytest.raises(
        DisclosureError, match=r"^disclosure_profile: .* has no profile 'made_up'; it has: nhs_"
    ) as error:
        protect_from_relations(
            *[relations["empty"]] * 3, relations["profiles"], relations["empty"], profile_name="made_up"
        )
    assert "\n" not in str(error.value)


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """A warehouse file with a publication of two counts."""
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema publication")
        connection.execute("create table publication.rates as select 0.5 as rate")
        connection.execute(
            "create table publication.protected_counts as select * from (values ('b', 10, 8, 12), ('a', null, 1, 4)) "
            "as counts(cell_id, published_count, lowest_count, highest_count)"
        )
    return file


def test_a_release_holds_every_table_with_checksums_and_the_next_build_reads_it(
    warehouse: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "releases"
    files = write_release(warehouse, folder, "2026-11")
    assert [file.name for file in files] == ["protected_counts.parquet", "rates.parquet", "SHA256SUMS"]
    noted = dict(line.split("  ")[::-1] for line in (folder / "2026-11" / "SHA256SUMS").read_text().splitlines())
    assert noted == {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files[:-1]}
    again = write_release(warehouse, tmp_path / "again", "2026-11")
    assert [file.read_bytes() for file in again] == [file.read_bytes() for file in files]
    connection = duckdb.connect()
    assert create_released_counts(connection, folder)[0].endswith(": 2026-11")
    assert connection.execute("from raw.released_counts order by cell_id").fetchall() == [
        ("2026-11", "a", 1, 4),
        ("2026-11", "b", 8, 12),
    ]


def test_no_release_is_no_earlier_count(tmp_path: Path) -> None:
    connection = duckdb.connect()
    assert create_released_counts(connection, tmp_path / "none") == []
    assert connection.execute("from raw.released_counts").fetchall() == []
    assert releases_folder({}, tmp_path) == tmp_path / "data" / "releases"
    assert releases_folder({"IAPT_EQUITY_RELEASES": str(tmp_path / "x")}, PROJECT) == tmp_path / "x"


def test_a_release_that_was_stopped_while_it_was_written_is_none(warehouse: Path, tmp_path: Path) -> None:
    write_release(warehouse, tmp_path, "2026-11")
    (tmp_path / "2026-12.unfinished").mkdir()
    (tmp_path / "2026-12.unfinished" / mark_of("release")).touch()
    assert create_released_counts(duckdb.connect(), tmp_path)[0].endswith(": 2026-11")


def test_a_release_never_changes(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IAPT_EQUITY_RELEASES", str(tmp_path / "releases"))
    arguments = ["release", "--label", "2026-11", "--warehouse", str(warehouse)]
    assert main(arguments) == 0
    before = {file: file.read_bytes() for file in (tmp_path / "releases").rglob("*.*")}
    assert main(arguments) == 1
    assert "a release never changes" in capsys.readouterr().err
    assert {file: file.read_bytes() for file in (tmp_path / "releases").rglob("*.*")} == before
    assert main([*arguments[:2], "../out", *arguments[3:]]) == 1
    assert main([*arguments[:3], "--warehouse", str(tmp_path / "none.duckdb")]) == 1


@pytest.mark.parametrize("kind", ["changed", "gone", "no_sums"])
def test_a_release_that_was_meddled_with_stops_the_build_in_one_line(
    kind: str, warehouse: Path, tmp_path: Path
) -> None:
    files = {file.name: file for file in write_release(warehouse, tmp_path / "releases", "2026-11")}
    if kind == "changed":
        files["protected_counts.parquet"].write_bytes(files["rates.parquet"].read_bytes())
    else:
        files["protected_counts.parquet" if kind == "gone" else "SHA256SUMS"].unlink()
    with pytest.raises(InputError) as error:
        create_released_counts(duckdb.connect(), tmp_path / "releases")
    assert "2026-11" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_release_narrows_what_may_be_shown_of_the_same_count() -> None:
    """What an earlier release said of a count that holds still is known to the attacker."""
    counts = {"national_ENGLAND": 61, "region_R1": 58, "region_R2": 3}
    known = members(national_ENGLAND="abc", region_R1="ab", region_R2="c")
    earlier = pd.DataFrame({"cell_id": ["no longer published"], "lower": [1], "upper": [None]})
    rows = cells(counts)
    first = protect_publication(rows, known, NO_RELATIONS, Profile())
    assert first.equals(protect_publication(rows, known, NO_RELATIONS, Profile(), earlier))


def contradictions(rows: pd.DataFrame) -> pd.DataFrame:
    """Counts that one kind of count suppresses and another shows, though the two agree wherever both have a row.

    Written apart from the engine, which must know such kinds as one: each is looked for in every pair.
    """
    keys = ["period_kind", "period", "area_level", "area_code", "ethnic_classification", "ethnic_group"]
    keys += ["characteristic", "characteristic_value"]
    counts = rows.pivot_table(index=keys, columns="block", values="true_count")
    statuses = rows.pivot_table(index=keys, columns="block", values="status", aggfunc="first").reindex(counts.index)
    found = []
    for one, other in itertools.combinations(counts.columns, 2):
        is_both = counts[one].notna() & counts[other].notna()
        if is_both.sum() > 200 and (counts.loc[is_both, one] == counts.loc[is_both, other]).all():
            pair = statuses.loc[is_both, [one, other]].set_axis(["one", "other"], axis=1)
            found.append(pair.assign(pair=f"{one} = {other}"))
    assert len(found) > 10
    pairs = pd.concat(found)
    return pairs.loc[pairs["one"] != pairs["other"]]


def test_no_table_shows_what_another_suppresses(whole_warehouse: Warehouse) -> None:
    with duckdb.connect(str(whole_warehouse.build_file), read_only=True) as connection:
        rows = connection.sql("from intermediate.int_publication_cells").df()
    said = whole_warehouse.frame("publication.protected_counts")[["cell_id", "status"]]
    assert contradictions(rows.merge(said, on="cell_id", validate="one_to_one")).empty


def rounded(count: pd.Series, is_exact: pd.Series) -> pd.Series:
    """To the nearest five, by the reference's own words: (x + 2) / 5 * 5 of whole numbers; England as it is."""
    return ((count + 2) // 5 * 5).where(~is_exact, count)


def test_published_rates_are_those_of_the_marts_rounded(whole_warehouse: Warehouse) -> None:
    keys = ["measure", "financial_year", "area_level", "area_code", "ethnic_classification", "ethnic_group"]
    names = ("access_rates", "outcome_rates", "pathway_rates", "wait_rates")
    marts = pd.concat([whole_warehouse.frame(f"marts.{name}") for name in names])
    published = whole_warehouse.frame("publication.rates")
    single = published[(published["period_kind"] == "year") & (published["characteristic"] == "all")]
    both = single.merge(marts, on=keys, suffixes=("", "_true"), validate="one_to_one")
    assert len(both) > 500
    of_level = both.groupby("area_level")["ethnic_classification"].agg(set).to_dict()
    assert of_level == {
        "national": {"total", "minoritised", "high_level_ethnic_group", "ethnic_group"},
        "region": {"total", "minoritised", "high_level_ethnic_group"},
        "icb": {"total", "minoritised"},
        **{level: {"total"} for level in ("commissioner", "provider")},
    }
    is_exact = both["area_level"] == "national"
    for count in ("numerator", "denominator"):
        true, shown_count = both[f"{count}_count_true"], both[f"{count}_count"]
        is_shown = both[f"{count}_status"] == "shown"
        assert (shown_count[is_shown].astype("int64") == rounded(true, is_exact)[is_shown]).all()
        assert shown_count[~is_shown].isna().all()
        assert set(both.loc[true.between(1, 4), f"{count}_status"]) <= {SMALL, "suppressed_to_protect"}
    share = both["numerator_count_true"] / both["denominator_count_true"].where(both["denominator_count_true"] > 0)
    is_shown = both["figure_status"] == "shown"
    assert is_shown.sum() > 200
    assert ((both["rate"] - share)[is_shown].abs() <= 0.005 + 1e-9).all()
    assert not (both.loc[is_shown & ~is_exact, ["numerator_count_true", "denominator_count_true"]] < 5).any(axis=None)
    assert both.loc[~is_shown, ["rate", "rate_low", "rate_high", "difference_to_white_british"]].isna().all().all()
    assert (both.loc[both["figure_status"] == "no_data", "denominator_count_true"] == 0).all()


def test_no_mark_is_missing_and_nothing_small_is_shown(whole_warehouse: Warehouse) -> None:
    counts = whole_warehouse.frame("publication.protected_counts")
    below = counts[~counts["cell_id"].str.contains("|national|", regex=False)]
    assert not below["published_count"].between(1, 4).any()
    assert (below["published_count"].dropna() % 5 == 0).all()
    tables = [
        row[0]
        for row in whole_warehouse.rows("select table_name from duckdb_tables() where schema_name = 'publication'")
    ]
    markers = dict(whole_warehouse.rows("select figure_status, figure_marker from publication.rates group by all"))
    assert markers["shown"] == ""
    assert markers[SMALL] == "[c]"
    for table in tables:
        columns = [row[0] for row in whole_warehouse.rows(f"describe publication.{table}")]
        if "figure_marker" in columns:
            wrong = whole_warehouse.rows(
                f"select count(*) from publication.{table} where (figure_status = 'shown') <> (figure_marker = '')"
            )
            assert wrong == [(0,)], table


def test_of_models_no_estimate_of_few_and_no_single_commissioner(whole_warehouse: Warehouse) -> None:
    keys = ["analysis", "outcome", "model", "estimator", "term", "level"]
    published = whole_warehouse.frame("publication.estimates")
    true = whole_warehouse.frame("regression.estimates")
    both = published.merge(true, on=keys, suffixes=("", "_true"), validate="one_to_one")
    assert len(both) == len(true)
    few = both["level_observation_count"] < 10
    few |= both["level_event_count"] < 5
    few |= both["level_observation_count"] - both["level_event_count"] < 5
    assert few.any()
    assert both.loc[few, ["estimate", "odds_ratio", "p_value", "confidence_low", "people_count"]].isna().all().all()
    is_shown = both["figure_status"] == "shown"
    assert is_shown.any()
    assert ((both["estimate"] - both["estimate_true"])[is_shown].abs() <= 0.005 + 1e-9).all()
    for (table,) in whole_warehouse.rows("select table_name from duckdb_tables() where schema_name = 'publication'"):
        assert "effect" not in [row[0] for row in whole_warehouse.rows(f"describe publication.{table}")], table
