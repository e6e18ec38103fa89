"""Fictional commissioners, providers and small areas, and the reference tables about them.

Codes have the real shape but start with Z, which no real code of these kinds does; names are invented.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from iapt_equity.synthetic.arrays import FloatArray, Int32Array, Int64Array
from iapt_equity.synthetic.constants import GROUP_CODES
from iapt_equity.synthetic.settings import Settings
from iapt_equity.synthetic.targets import Targets

IntArray = Int32Array

LSOA_PER_DECILE = 3
"""Small areas of each deprivation decile in each commissioner's area."""

# Tilt of the deprivation distribution by group, in log odds per decile (negative = more deprived areas). Direction as
# the report and the Census have it; size is ours.
_DEPRIVATION_TILT = np.array(
    [0.02, -0.03, -0.06, -0.16, -0.16, -0.05, -0.08, -0.03, -0.26, -0.27, -0.10, -0.20, -0.23, -0.21, -0.03, -0.15]
)
_FIRST = ("Alder", "Birch", "Cedar", "Damson", "Elder", "Furze", "Gorse", "Hazel", "Ivy", "Juniper", "Larch", "Maple")
_SECOND = ("mere", "ford", "vale", "combe", "wick", "thorpe", "dene", "bourne", "leigh", "holt", "stow", "marsh", "den")
_THIRD = ("", " North", " South", " East", " West")


@dataclass(frozen=True)
class Places:
    """Fictional geography. C commissioners, P providers, Y financial years."""

    commissioner_codes: list[str]
    commissioner_names: list[str]
    commissioner_weight: FloatArray
    """Shape (C,): share of referrals."""
    group_share: FloatArray
    """Shape (C, Y, 16): ethnic composition of referrals; weighted rows reproduce the national shares."""
    decile_share: FloatArray
    """Shape (C, 16, 10): deprivation decile (0 = most deprived) by commissioner and group."""
    icb_of: IntArray
    region_of_icb: IntArray
    provider_codes: list[str]
    provider_names: list[str]
    provider_commissioner: IntArray
    """Shape (P,): home commissioner of each provider."""
    provider_share: FloatArray
    """Shape (P,): share of the home commissioner's referrals."""

    @property
    def lsoa_codes(self) -> list[str]:
        """Codes of the small areas: commissioner major, then decile, then number."""
        count = len(self.commissioner_codes) * 10 * LSOA_PER_DECILE
        return [f"Z01{number + 1:06d}" for number in range(count)]


def _base36(number: int, width: int) -> str:
    digits = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    text = ""
    for _ in range(width):
        number, digit = divmod(number, len(digits))
        text = digits[digit] + text
    return text


def commissioner_count(referrals: int) -> int:
    """Number of commissioners for a data set of this size: 60 for 100,000 referrals, 195 at most, 6 at least."""
    return int(min(195, max(6, round(60 * (referrals / 100_000) ** 0.52))))


def make_places(settings: Settings, targets: Targets) -> Places:
    """Draw the fictional geography."""
    rng = settings.generator("places")
    count = commissioner_count(settings.referrals)
    names = [first + second + third for third in _THIRD for second in _SECOND for first in _FIRST]
    weight = np.exp(rng.normal(0.0, 0.8, count))
    weight /= weight.sum()

    # Ethnic composition: a diversity common to all minoritised groups and a tilt of each group, then raked so that the
    # commissioners together reproduce the national shares of every year.
    diversity = rng.normal(0.0, 0.8, (count, 1))
    tilt = np.exp(diversity + rng.normal(0.0, 0.55, (count, 16)))
    tilt[:, 0] = 1.0
    group_share = np.empty((count, settings.year_count, 16))
    for year in range(settings.year_count):
        cell = tilt * targets.share[:, year] * weight[:, None]
        for _ in range(60):
            cell *= (targets.share[:, year] / cell.sum(axis=0))[None, :]
            cell *= (weight / cell.sum(axis=1))[:, None]
        group_share[:, year, :] = cell / cell.sum(axis=1, keepdims=True)

    slope = rng.normal(0.0, 0.22, count)
    logit = (slope[:, None] + _DEPRIVATION_TILT[None, :])[:, :, None] * (np.arange(10) - 4.5)[None, None, :]
    decile_share = np.exp(logit)
    decile_share /= decile_share.sum(axis=2, keepdims=True)

    icb_count = max(2, round(count / 5))
    region_count = min(7, icb_count)
    extra = rng.random(count) < 0.4
    provider_commissioner = np.concatenate([np.arange(count), np.flatnonzero(extra)]).astype(np.int32)
    first_share = np.where(extra, rng.uniform(0.5, 0.85, count), 1.0)
    provider_share = np.concatenate([first_share, 1.0 - first_share[extra]])
    provider_names = [
        f"{names[home]} {'Talking Therapies' if number < count else 'Community Wellbeing'} (fictional)"
        for number, home in enumerate(provider_commissioner.tolist())
    ]
    return Places(
        commissioner_codes=[f"Z{_base36(number + 34, 2)}" for number in range(count)],
        commissioner_names=[f"{name} Commissioner (fictional)" for name in names[:count]],
        commissioner_weight=weight,
        group_share=group_share,
        decile_share=decile_share,
        icb_of=(np.arange(count) * icb_count // count).astype(np.int32),
        region_of_icb=(np.arange(icb_count) * region_count // icb_count).astype(np.int32),
        provider_codes=[f"Z{_base36(number + 34, 2)}{number % 100:02d}" for number in range(len(provider_names))],
        provider_names=provider_names,
        provider_commissioner=provider_commissioner,
        provider_share=provider_share,
    )


def write_reference(
    places: Places, folder: Path, last_year: int, changes: list[tuple[str, str, datetime.date]]
) -> None:
    """Write deprivation, commissioners, providers and residents by census as CSV files into `folder`.

    Args:
        places: the fictional geography.
        folder: folder to make.
        last_year: calendar year in which the last financial year starts; says which index of deprivation is meant.
        changes: provider codes that change: old code, new code, first month of the new. Where there are any,
            provider_successors.csv is written too.
    """
    folder.mkdir(parents=True)
    tables = {
        "deprivation": _deprivation(places, last_year),
        "commissioners": _commissioners(places),
        "providers": _providers(places, changes),
        "census_ethnicity": _census_ethnicity(places),
        "census_small_areas": _census_small_areas(places),
    }
    if changes:
        old, new, month = (list(values) for values in zip(*changes, strict=True))
        tables["provider_successors"] = pa.table(
            {"provider_code": old, "successor_provider_code": new, "change_month": pa.array(month, pa.date32())}
        )
    options = arrow_csv.WriteOptions(quoting_style="needed")
    for name, table in tables.items():
        arrow_csv.write_csv(table, folder / f"{name}.csv", write_options=options)


def _deprivation(places: Places, last_year: int) -> pa.Table:
    """One row a small area."""
    lsoa = places.lsoa_codes
    area = np.arange(len(lsoa))
    home = area // (10 * LSOA_PER_DECILE)
    return pa.table(
        {
            "lsoa_code": pa.array(lsoa),
            "imd_decile": pa.array(area // LSOA_PER_DECILE % 10 + 1, pa.int64()),
            "imd_year": pa.array(np.full(len(lsoa), 2015 if last_year < 2019 else 2019), pa.int64()),
            "commissioner_code": pa.array(places.commissioner_codes).take(pa.array(home)),
        }
    )


def _commissioners(places: Places) -> pa.Table:
    """One row a commissioner, with the board and the region it belongs to."""
    icb_count = len(places.region_of_icb)
    icb_codes = pa.array([f"QZ{_base36(number, 1)}" for number in range(icb_count)])
    icb_names = pa.array([f"Fictional Integrated Care Board {number + 1}" for number in range(icb_count)])
    region_codes = pa.array([f"Z{number + 51}" for number in range(7)])
    region_names = pa.array([f"Fictional Region {number + 1}" for number in range(7)])
    icb, region = pa.array(places.icb_of), pa.array(places.region_of_icb[places.icb_of])
    return pa.table(
        {
            "commissioner_code": pa.array(places.commissioner_codes),
            "commissioner_name": pa.array(places.commissioner_names),
            "icb_code": icb_codes.take(icb),
            "icb_name": icb_names.take(icb),
            "region_code": region_codes.take(region),
            "region_name": region_names.take(region),
        }
    )


def _providers(places: Places, changes: list[tuple[str, str, datetime.date]]) -> pa.Table:
    """One row a provider code, those after a change among them."""
    names = dict(zip(places.provider_codes, places.provider_names, strict=True))
    later = [names[old].replace(" (f", " Trust (f") for old, _, _ in changes]
    return pa.table(
        {
            "provider_code": pa.array([*places.provider_codes, *(new for _, new, _ in changes)]),
            "provider_name": pa.array([*places.provider_names, *later]),
        }
    )


def residents(places: Places) -> Int64Array:
    """Residents by commissioner and group, shape (C, 16): about 60 adults a referral and year.

    People from minoritised ethnic groups are referred a little less often than their share of residents, so that the
    two do not simply repeat each other.
    """
    adjustment = np.ones(16)
    adjustment[7:11] = 1.5
    adjustment[14] = 2.0
    population = places.commissioner_weight[:, None] * places.group_share[:, 0, :] * adjustment[None, :]
    return np.maximum(np.round(population * 250_000 * len(places.commissioner_codes)), 1).astype(np.int64)


def small_area_residents(places: Places) -> Int64Array:
    """Residents by small area and group, shape (small areas, 16), in the order of `Places.lsoa_codes`.

    Residents live where people who are referred do: by the deprivation deciles of their group and commissioner, and
    alike among the small areas of a decile. Nothing is drawn.
    """
    by_decile = residents(places)[:, None, :] * np.swapaxes(places.decile_share, 1, 2)
    by_area = np.repeat(by_decile / LSOA_PER_DECILE, LSOA_PER_DECILE, axis=1)
    return np.round(by_area).reshape(-1, len(GROUP_CODES)).astype(np.int64)


def _census_ethnicity(places: Places) -> pa.Table:
    """One row a commissioner and ethnic category: residents."""
    return _residents_table("commissioner_code", places.commissioner_codes, "ethnic_category_code", residents(places))


def _census_small_areas(places: Places) -> pa.Table:
    """One row a small area and ethnic category: residents."""
    return _residents_table("lsoa_code", places.lsoa_codes, "census_group", small_area_residents(places))


def _residents_table(area: str, codes: list[str], group: str, population: Int64Array) -> pa.Table:
    """One row an area and group, from residents of shape (areas, 16)."""
    return pa.table(
        {
            area: pa.array(codes).take(pa.array(np.repeat(np.arange(len(codes)), len(GROUP_CODES)))),
            group: pa.array(list(GROUP_CODES) * len(codes)),
            "population_count": pa.array(population.ravel()),
        }
    )
