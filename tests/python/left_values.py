"""Values as servers, spreadsheets and people leave them: each example by name, and what it makes of a tidy value.

A way changes the values of one kind (``iapt_equity.inputs.contract``) and nothing that they mean.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from iapt_equity.inputs.contract import BIRTH_DATE, CODE, IDENTIFIER, TEXT, Column

Change = Callable[[Column, str], str]

NOT_TEXT = (IDENTIFIER, CODE, "integer", "double", "date", BIRTH_DATE, "timestamp", "time", "boolean")


def blank_as(text: str) -> Change:
    """What stands where nothing is said; a column keeps the codes that only elsewhere mean nothing."""

    def change(column: Column, value: str) -> str:
        is_code_here = text.strip().upper() in column.keeps
        return value if value or column.kind == TEXT or is_code_here else text

    return change


def of_kind(*kinds: str, to: Callable[[str], str]) -> Change:
    """Values of some kinds, in the way of ``to``."""
    return lambda column, value: to(value) if value and column.kind in kinds else value


def as_float(zeros: str) -> Change:
    """Whole numbers with a point; codes with leading zeros are no numbers."""

    def change(column: Column, value: str) -> str:
        is_number = value.isdigit() and str(int(value)) == value
        return value + zeros if is_number and column.kind in (IDENTIFIER, CODE, "integer") else value

    return change


def date_as(to: Callable[[date], str]) -> Change:
    """Dates in the way of ``to``, births too."""

    def change(column: Column, value: str) -> str:
        return to(date.fromisoformat(value)) if value and column.data_type == "date" else value

    return change


def date_written(form: str) -> Change:
    """Dates in a form of ``strftime``, in capitals where the form is."""
    return date_as(lambda day: day.strftime(form).upper() if form.isupper() else day.strftime(form))


def no_birth(change: Change) -> Change:
    """The change, births left alone."""
    return lambda column, value: value if column.kind == BIRTH_DATE else change(column, value)


def serial(day_0: str, rest: str = "") -> Change:
    """Dates as days since day 0, from 2010: numbers below are not taken for dates outside births."""
    return date_as(lambda day: f"{(day - date.fromisoformat(day_0)).days}{rest}" if day.year >= 2010 else str(day))


def no_date_as(text: str) -> Change:
    """What stands where there is no date."""
    return lambda column, value: text if not value and column.data_type == "date" else value


def of_open_referrals(text: str) -> Change:
    """What stands where nobody has been discharged."""
    return lambda column, value: text if not value and column.name in ("ServDischDate", "ENDDATE") else value


def time_as(to: Callable[[str, str, str], str]) -> Change:
    """Times of day in the way of ``to``, of hours, minutes and seconds in two digits each."""
    return lambda column, value: to(*value.split(":")) if value and column.data_type == "time" else value


def of_column(*names: str, to: Callable[[str], str]) -> Change:
    """Values of some columns, in the way of ``to``."""
    return lambda column, value: to(value) if value and column.name in names else value


DESCRIPTORS = ("PresComp", "PROVDIAG", "IC_PROVDIAG", "Validated_PresentingComplaint")
DESCRIPTORS += ("PresentingComplaintCode_ICD10_Mapped",)
"""Columns of the problem descriptor, in every version."""


def _of_java(value: str) -> str:
    """Numbers of eight digits and more as Java writes doubles: 720433000 is 7.20433E8."""
    if not (value.isdigit() and value[0] != "0" and 7 < len(value) < 16):
        return value
    return f"{value[0]}.{value[1:].rstrip('0') or '0'}E{len(value) - 1}"


def _twelve_hours(hour: str, minute: str, second: str) -> str:
    return f"{(int(hour) + 11) % 12 + 1}:{minute}:{second} {'PM' if int(hour) >= 12 else 'AM'}"


def _flag_as(true: str, false: str, value: str) -> str:
    return {"Y": true, "N": false}[value]


def _fraction(hour: str, minute: str, second: str) -> str:
    return str((int(hour) * 3600 + int(minute) * 60 + int(second)) / 86400)


def _zeros_lost(value: str) -> str:
    return value.lstrip("0") or "0"


def _in_thousands(value: str) -> str:
    return f"{int(value):,}" if value.isdigit() and value[0] != "0" else value


def _england_in_utc(day: date) -> str:
    """Midnight in England by the clock of Greenwich: in summer eleven in the evening of the day before."""
    # The clocks change on Sundays at the end of March and of October.
    if date(day.year, 3, 31) < day < date(day.year, 10, 25):
        return f"{day - timedelta(1)}T23:00:00.000Z"
    return f"{day}T00:00:00.000Z"


def blanks(*texts: str) -> dict[str, Change]:
    return {f"blank_{text!r}": blank_as(text) for text in texts}


# Texts that mean nothing (issue A1): what databases, spreadsheets, programs and people write.
NOTHING = blanks(
    *("NULL", "null", "NA", "N/A", "None", "nan", "\\N", "#N/A", "-"),
    *("n.a.", "Not Applicable", "N / A", "(blank)", "missing", "?", "????", "........", "-----------", "########"),
    *('""', '=""', '="NULL"', "'NULL", '"N/A"', "'", "<NA>", "-nan", "1.#QNAN", "-1.#IND", "#SPILL!", "undefined"),
    *("\u3000\u3000", "\u200b", "\u00a0NULL\u00a0", "\x00\x00", "_", "*", "{}", "[]", "/", "b''"),
)

KEYS: dict[str, Change] = {
    # A2: around identifiers and codes, and inside.
    "padded": of_kind(IDENTIFIER, CODE, to=lambda value: value.ljust(20)),
    "tab_before": of_kind(*NOT_TEXT, to=lambda value: "\t" + value),
    "no_break_space_after": of_kind(*NOT_TEXT, to=lambda value: value + "\u00a0"),
    "line_end_after": of_kind(IDENTIFIER, CODE, to=lambda value: value + "\r\n"),
    "byte_order_mark_before": of_kind(*NOT_TEXT, to=lambda value: "\ufeff" + value),
    "zero_width_inside": of_kind(IDENTIFIER, CODE, to=lambda value: value[:1] + "\u200b" + value[1:]),
    "byte_order_mark_inside": of_kind(IDENTIFIER, CODE, to=lambda value: value[:2] + "\ufeff" + value[2:]),
    "marks_of_direction_around": of_kind(*NOT_TEXT, to=lambda value: f"\u202a{value}\u202c\u2069"),
    "end_of_file_after": of_kind(IDENTIFIER, CODE, to=lambda value: value + "\x1a"),
    "ends_of_fields_around": of_kind(*NOT_TEXT, to=lambda value: f"\x01{value}\x1f"),
    "soft_hyphen_inside": of_kind(IDENTIFIER, to=lambda value: value[:3] + "\u00ad" + value[3:]),
    "zero_bytes_after": of_kind(IDENTIFIER, CODE, to=lambda value: value + "\x00\x00"),
    "small_letters": of_kind(IDENTIFIER, CODE, to=str.lower),
    "title": of_kind(IDENTIFIER, to=str.title),
    "formula": of_kind(IDENTIFIER, CODE, to=lambda value: f'="{value}"'),
    "formula_of_padded": of_kind(IDENTIFIER, CODE, to=lambda value: f'="{value}   "'),
    "apostrophe": of_kind(*NOT_TEXT, to=lambda value: f"'{value}"),
    "quoted_twice": of_kind(*NOT_TEXT, to=lambda value: f'"{value}"'),
    "quoted_as_in_sql": of_kind(*NOT_TEXT, to=lambda value: f"'{value}'"),
    "bytes_of_python": of_kind(IDENTIFIER, CODE, to=lambda value: f"b'{value}'"),
    "zeros_lost": of_kind(CODE, to=_zeros_lost),
    # B14: the problem descriptor, as sent and as derived.
    "icd10_without_point": of_column(*DESCRIPTORS, to=lambda value: value.replace(".", "")),
    "icd10_with_dash": of_column(*DESCRIPTORS, to=lambda value: value.replace(".", "-")),
    "icd10_in_parts": of_column(*DESCRIPTORS, to=lambda value: f" ({value[:1]} {value[1:]}) ".replace(".", ",")),
    "icd10_with_its_name": of_column(*DESCRIPTORS, to=lambda value: f"{value} - name" if value[0].isalnum() else value),
    "icd10_filled_up": of_column(*DESCRIPTORS, to=lambda value: f"{value}X" if value[0].isalpha() else value),
    "title_and_padded_left": of_kind(IDENTIFIER, CODE, to=lambda value: value.capitalize().rjust(20)),
}
NUMBERS: dict[str, Change] = {
    "point_0": as_float(".0"),
    "point_00": as_float(".00"),
    "point": as_float("."),
    "point_0_space": as_float(".0 "),
    "apostrophe_point_0": of_kind(IDENTIFIER, CODE, to=lambda value: f"'{value}.0" if value.isdigit() else value),
    "thousands": of_kind(IDENTIFIER, CODE, to=_in_thousands),
    "codes_of_java": of_kind(CODE, to=_of_java),
}
DATES: dict[str, Change] = {
    form: date_written(form)
    for form in (
        *("%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y%m%d.0", "%d%b%Y:00:00:00", "%B %d, %Y"),
        *("%d-%b-%Y", "%d/%m/%Y 00:00", "%d/%m/%Y 23:59:59", "%d/%m/%Y 12:00 AM", "%d/%m/%Y 00:00:00.000"),
        *("%Y-%m-%dT00:00:00", "%Y-%m-%d 23:59:59.997", "%Y-%m-%d 00:00:00.0000000 +00:00", "%Y%m%d000000"),
        *("%d-%m-%Y 00:00", "%A, %d %B %Y", "%a %d %b %Y", "%d %b %Y 00:00:00", "%Y-%m-%d 12:00:00 AM"),
        *("%Y%m%dT000000", "%d-%B-%Y", "%d %m %Y", "%a %b %d 00:00:00 GMT %Y", "%d-%b-%Y 00:00:00"),
    )
} | {
    "sept": date_as(lambda day: day.strftime("%d-%b-%Y").replace("Sep", "Sept")),
    "sas_with_parts_of_seconds": date_written("%d%b%Y:00:00:00.000"),
    "sas_short": no_birth(date_written("%d%b%y")),
    "oracle": no_birth(date_as(lambda day: day.strftime("%d-%b-%y 12.00.00.000000 AM").upper())),
    "short_year_with_time": no_birth(date_written("%d/%m/%y 00:00")),
    "birth_year_of_two_digits": lambda column, value: (
        date.fromisoformat(value).strftime("%d/%m/%y") if value and column.kind == BIRTH_DATE else value
    ),
    "sas_serial": no_birth(serial("1960-01-01")),
    "sas_serial_with_point": no_birth(serial("1960-01-01", ".0")),
    "excel_serial": no_birth(serial("1899-12-30")),
    "excel_serial_with_time": no_birth(serial("1899-12-30", ".375")),
    "excel_serial_at_the_end_of_the_day": no_birth(serial("1899-12-30", ".999999999")),
    "utc": date_as(_england_in_utc),
}
NO_DATE: dict[str, Change] = {
    f"no_date_{text!r}": no_date_as(text)
    for text in (
        *("0000-00-00", "1900-01-01", "1753-01-01 00:00:00", "9999-12-31", "31/12/9999 23:59:59", "30/12/1899"),
        *("00/00/0000", "0", "0.0", "00:00:00", "01/01/0001 00:00:00", "9999-12-31T23:59:59.997", "00000000"),
        *("99999999", "2958465", "1899-12-31", "2500-01-01", "Jan  1 1900 12:00AM", "1899-12-30 00:00:00"),
        *("unknown", "  /  /    "),
    )
}
# A5: a discharge after the month that reports it is none yet.
TO_COME: dict[str, Change] = {
    f"discharge_to_come_{text!r}": of_open_referrals(text)
    for text in ("2098-06-01", "29/02/2028", "31-DEC-2049", "2037-12-31 00:00:00.000", "49000")
}
TIMES: dict[str, Change] = {
    "hours_and_minutes": time_as(lambda hour, minute, _: f"{hour}:{minute}"),
    "no_zero": time_as(lambda hour, minute, second: f"{int(hour)}:{minute}:{second}"),
    "twelve_hours": time_as(_twelve_hours),
    "four_digits": time_as(lambda hour, minute, _: hour + minute),
    "six_digits": time_as(lambda hour, minute, second: hour + minute + second),
    "points": time_as(lambda hour, minute, _: f"{hour}.{minute}"),
    "time_7": time_as(lambda hour, minute, second: f"{hour}:{minute}:{second}.0000000"),
    "on_day_0": time_as(lambda hour, minute, second: f"1900-01-01 {hour}:{minute}:{second}"),
    "on_day_0_of_access": time_as(lambda hour, minute, second: f"30/12/1899 {hour}:{minute}:{second}"),
    # B13: a time alone decides within a day.
    "half_of_an_hour_lost_its_zero": time_as(lambda hour, minute, _: f"{int(hour)}{minute}"),
    "four_digits_as_float": time_as(lambda hour, minute, _: f"{int(hour)}{minute}.0"),
    "hours_said": time_as(lambda hour, minute, _: f"{hour}{minute} hrs"),
    "milliseconds": time_as(lambda hour, minute, second: f"{hour}:{minute}:{second}.000"),
    "points_in_pm": time_as(lambda *time: _twelve_hours(*time).replace("AM", "a.m.").replace("PM", "p.m.")),
    "of_sql_server": time_as(lambda *time: f"Jan  1 1900 {_twelve_hours(*time)}".replace(":00 ", "")),
    "of_sas": time_as(lambda hour, minute, second: f"01JAN1960:{hour}:{minute}:{second}"),
    "of_oracle": time_as(lambda *time: f"01-JAN-00 {_twelve_hours(*time).replace(':', '.')}"),
    "of_excel_on_day_0": time_as(lambda *time: f"12/30/1899 {_twelve_hours(*time)}"),
    "iso": time_as(lambda hour, minute, second: f"T{hour}:{minute}:{second}"),
    "with_a_zone": time_as(lambda hour, minute, second: f"{hour}:{minute}:{second}+00:00"),
    "on_the_day": time_as(lambda hour, minute, second: f"2022-04-20 {hour}:{minute}:{second}.0000000"),
    "of_pandas_with_parts": time_as(lambda hour, minute, second: f"0 days {hour}:{minute}:{second}.000000"),
    "serial_with_the_day": time_as(lambda *time: f"44671{_fraction(*time)[1:]}"),
    "fraction_as_power": time_as(lambda *time: f"{float(_fraction(*time)):.12e}"),
    "of_pandas": time_as(lambda hour, minute, second: f"0 days {hour}:{minute}:{second}"),
    "fraction_of_a_day": time_as(lambda *time: _fraction(*time)),
}
# B16 and UsePathway_Flag: a flag in every way of writing it.
FLAGS: dict[str, Change] = {
    f"{true}_or_{false}": of_kind("boolean", to=partial(_flag_as, true, false))
    for true, false in (
        *(("TRUE", "FALSE"), ("True", "False"), ("yes", "no"), ("YES ", " NO"), ("t", "f"), ("T", "F")),
        *(("1", "0"), ("1.0", "0.0"), ("-1", "0"), ('"Y"', '"N"'), ("'Y", "'N"), ("y\u00a0", "n\u00a0")),
    )
}
