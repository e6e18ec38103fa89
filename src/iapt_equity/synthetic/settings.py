"""Arguments of a run, the calendar they span, and the source of randomness of each component."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

import numpy as np

from iapt_equity.synthetic import constants
from iapt_equity.synthetic.arrays import BoolArray, Int8Array, Int16Array, Int32Array
from iapt_equity.synthetic.errors import SyntheticDataError

_YEARS = re.compile(r"(\d{4})-(\d{2}):(\d{4})-(\d{2})")

_COMPONENTS = (
    "places",
    "people",
    "covariates",
    "planted",
    "pathways",
    "events",
    "outcomes",
    "scores",
    "identifiers",
    "deliveries",
    "codes",
    "versions",
    "experience",
    "derived",
    "arrivals",
    "dirt",
    "languages",
)


@dataclass(frozen=True)
class Settings:
    """Checked arguments of one run."""

    referrals: int
    seed: int
    first_year: int
    last_year: int
    file_format: str
    version: str = "v2_1"
    """Version of every month, or "by_date"."""
    experience: bool = False
    derived: bool = False
    messy: bool = False
    dirt: float = 0.0

    @staticmethod
    def parse(
        referrals: int,
        seed: int,
        years: str,
        file_format: str,
        version: str = "v2_1",
        experience: bool = False,
        derived: bool = False,
        messy: bool = False,
        dirt: float = 0.0,
    ) -> Settings:
        """Check the arguments, which are those of `iapt_equity.synthetic.generate`.

        Raises:
            SyntheticDataError: an argument is out of range or cannot be read.
        """
        match = _YEARS.fullmatch(years)
        if match is None:
            raise SyntheticDataError(f"years: expected first:last such as 2015-16:2018-19, got {years!r}")
        first, first_end, last, last_end = (int(part) for part in match.groups())
        if (first + 1) % 100 != first_end or (last + 1) % 100 != last_end:
            raise SyntheticDataError(f"years: a financial year ends in the next calendar year, got {years!r}")
        if last < first or first < 2001 or last > 2098:
            raise SyntheticDataError(f"years: expected the first year before the last, 2001 to 2098, got {years!r}")
        if referrals < 100 or referrals > 20_000_000:
            raise SyntheticDataError(f"referrals: expected 100 to 20,000,000, got {referrals}")
        if seed < 0:
            raise SyntheticDataError(f"seed: expected zero or above, got {seed}")
        if file_format not in ("parquet", "csv"):
            raise SyntheticDataError(f"format: expected parquet or csv, got {file_format!r}")
        if not 0 <= dirt <= 0.5:
            raise SyntheticDataError(f"dirt: expected a share of rows from 0 to 0.5, got {dirt}")
        if version not in (*constants.VERSIONS, "by_date"):
            raise SyntheticDataError(f"version: expected v1_5, v2_0, v2_1 or by_date, got {version!r}")
        return Settings(referrals, seed, first, last, file_format, version, experience, derived, messy, dirt)

    @property
    def year_count(self) -> int:
        """Number of financial years."""
        return self.last_year - self.first_year + 1

    @property
    def month_count(self) -> int:
        """Number of reporting months."""
        return 12 * self.year_count

    @property
    def first_day(self) -> int:
        """First day, in days since 1 January 1970."""
        return (datetime.date(self.first_year, 4, 1) - datetime.date(1970, 1, 1)).days

    @property
    def last_day(self) -> int:
        """Last day (31 March) in days since 1 January 1970; what happens later is not submitted."""
        return (datetime.date(self.last_year + 1, 3, 31) - datetime.date(1970, 1, 1)).days

    def month_start(self, month: int) -> datetime.date:
        """First day of reporting month number `month` (0 = April of the first year); may lie outside the span."""
        ordinal = self.first_year * 12 + 3 + month
        return datetime.date(ordinal // 12, ordinal % 12 + 1, 1)

    def version_of(self, month: int) -> str:
        """Version of the data set in which reporting month number `month` is sent."""
        if self.version != "by_date":
            return self.version
        start = self.month_start(month)
        if start < constants.FIRST_MONTH_V2_0:
            return "v1_5"
        return "v2_0" if start < constants.FIRST_MONTH_V2_1 else "v2_1"

    @property
    def switch_month(self) -> int:
        """Number of months sent in version 1.5, all of them before the others."""
        return sum(self.version_of(month) == "v1_5" for month in range(self.month_count))

    def is_version_1_5(self, days: Int32Array) -> BoolArray:
        """Whether what happens on each day (days since 1 January 1970) is sent in version 1.5, same shape."""
        switch = self.switch_month
        if switch == 0:
            return np.zeros(len(days), dtype=np.bool_)
        return np.asarray(self.month_of(days) < switch, dtype=np.bool_)

    def month_of(self, days: Int32Array) -> Int16Array:
        """Number of the reporting month of each day (days since 1 January 1970), same shape."""
        months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        return (months - ((self.first_year - 1970) * 12 + 3)).astype(np.int16)

    def month_end_days(self, months: Int16Array) -> Int32Array:
        """Last day of each month (days since 1 January 1970), same shape."""
        following = months.astype(np.int64) + ((self.first_year - 1970) * 12 + 4)
        return (following.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - 1).astype(np.int32)

    def year_of(self, days: Int32Array) -> Int8Array:
        """Position of each day's financial year (0 = the first), same shape."""
        return (self.month_of(days) // 12).astype(np.int8)

    def seed_of(self, component: str) -> tuple[int, ...]:
        """Beginning of the seeds of a component."""
        return (self.seed, _COMPONENTS.index(component))

    def generator(self, component: str, *more: int) -> np.random.Generator:
        """The random generator of a component: its own stream, so that no component's draws move another's."""
        return np.random.default_rng([*self.seed_of(component), *more])
