"""Arguments of a run, the calendar they span, and the source of randomness of each component."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
)


@dataclass(frozen=True)
class Settings:
    """Checked arguments of one run."""

    referrals: int
    seed: int
    first_year: int
    last_year: int
    file_format: str

    @staticmethod
    def parse(referrals: int, seed: int, years: str, file_format: str) -> Settings:
        """Check the arguments.

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
        return Settings(referrals, seed, first, last, file_format)

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

    def month_of(self, days: npt.NDArray[np.int32]) -> npt.NDArray[np.int16]:
        """Number of the reporting month of each day (days since 1 January 1970), same shape."""
        months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        return (months - ((self.first_year - 1970) * 12 + 3)).astype(np.int16)

    def month_end_days(self, months: npt.NDArray[np.int16]) -> npt.NDArray[np.int32]:
        """Last day of each month (days since 1 January 1970), same shape."""
        following = months.astype(np.int64) + ((self.first_year - 1970) * 12 + 4)
        return (following.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - 1).astype(np.int32)

    def year_of(self, days: npt.NDArray[np.int32]) -> npt.NDArray[np.int8]:
        """Position of each day's financial year (0 = the first), same shape."""
        return (self.month_of(days) // 12).astype(np.int8)

    def generator(self, component: str, *more: int) -> np.random.Generator:
        """The random generator of a component: its own stream, so that no component's draws move another's."""
        return np.random.default_rng([self.seed, _COMPONENTS.index(component), *more])
