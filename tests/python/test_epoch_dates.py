"""Dates as programs count them: milliseconds since 1970 are read; seconds, which two programs count, are not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from test_values import births, clean_tables, read, write_tables


def milliseconds(day: str) -> int:
    moment = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
    return int(moment.timestamp()) * 1000


def received(tmp_path: Path, texts: list[str], kind: str = "clean") -> list[tuple[object, ...]]:
    tables = clean_tables("v2_1")
    row = tables["IDS101Referral"][0]
    tables["IDS101Referral"] = [{**row, "ReferralRequestReceivedDate": text} for text in texts]
    write_tables(tmp_path / "v2_1", tables, kind)
    return (
        read(tmp_path, "v2_1")
        .execute(
            "select cast(ReferralRequestReceivedDate as varchar), ReferralRequestReceivedDate__unreadable "
            "from raw.v2_ids101referral order by source_row"
        )
        .fetchall()
    )


def test_milliseconds_are_the_day_that_they_say(tmp_path: Path) -> None:
    """Worked by hand: 16892 days from 1970 to 1 April 2016, of 86,400,000 milliseconds each."""
    assert milliseconds("2016-04-01") == 16892 * 86_400_000 == 1_459_468_800_000
    texts = ["1459468800000", "1459468800000.0", " 1459468800000", "1459511999000"]
    assert received(tmp_path, texts) == [("2016-04-01", False)] * 4


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("1459468800", "seconds since 1970, or of SAS for 1 April 2006"),
        ("1775088000", "seconds of SAS for 1 April 2016, or since 1970 for 2 April 2026"),
        ("1238111999999", "a millisecond before the range"),
        ("2197929600001", "a millisecond after it"),
        ("1459468800000000", "microseconds"),
        ("-1459468800000", "before 1970"),
    ],
)
def test_what_two_programs_may_mean_is_not_read(tmp_path: Path, text: str, what: str) -> None:
    assert received(tmp_path, [text]) == [(None, True)], what


def test_births_in_milliseconds_are_read_on_both_sides_of_1970(tmp_path: Path) -> None:
    """Of the months around 1970 the number could be of seconds: not read."""
    days = ["1945-03-31", "1969-08-01", "1970-05-01", "1999-12-31"]
    texts = [*(str(milliseconds(day)) for day in days), str(milliseconds("1970-01-02"))]
    found = births(tmp_path, texts, str(milliseconds("2022-04-01")))
    assert [row[:2] for row in found] == [*((day, False) for day in days), (None, True)]
