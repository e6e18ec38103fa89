"""One normalisation for one kind of value, as SQL: identifiers, codes, numbers, dates, times and flags.

Every typed view is made of these, so that both sides of every join are read alike. A value passes three steps: its
text (``text_expression``), the value of the contract's type (``typed_expression``), and what that means
(``meant_expression``).
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from iapt_equity.inputs.contract import BIRTH_DATE, IDENTIFIER, TEXT, Column
from iapt_equity.inputs.files import quote_name, quote_string
from iapt_equity.inputs.value_rules import ValueRules

SQL_TYPES = {
    "varchar": "varchar",
    "date": "date",
    "timestamp": "timestamp",
    "time": "time",
    "integer": "bigint",
    "double": "double",
    "boolean": "boolean",
}
"""DuckDB type of each type of the contract."""

# Spaces of every kind, line ends, and marks without width: what an editor does not show.
_SPACES = " \t\n\v\f\r\u0085\u00a0\u00ad\u1680" + "".join(map(chr, range(0x2000, 0x2010)))
_SPACES += "\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"

# Day first, as NHS extracts write dates; years of two digits before those of four, which would take '15' for a year.
# Month names settle the order themselves: the forms of SQL Server ('Apr  2 2015 12:00AM') and SAS ('02APR2015').
_DATE_FORMATS = (
    "['%d/%m/%y', '%d-%m-%y', '%d.%m.%y', '%d-%b-%y', '%d %b %y', '%d/%m/%Y', '%d/%m/%Y %H:%M', '%d/%m/%Y %H:%M:%S', "
    "'%d/%m/%Y %I:%M:%S %p', '%d-%m-%Y', '%d-%m-%Y %H:%M:%S', '%d.%m.%Y', '%d-%b-%Y', '%d %b %Y', '%d %B %Y', "
    "'%d%b%Y', '%d%b%Y:%H:%M:%S', '%b %d %Y %I:%M%p', '%b %d, %Y', '%B %d, %Y', '%Y%m%d', '%Y%m%d %H:%M:%S']"
)
# Only such text is read as ISO: the cast alone would take '31/03/16' for a day of the year 31.
_ISO_DATE = "'[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}.*'"
_SERIAL = "'-?[0-9]{1,5}([.][0-9]+)?'"
_SHORT_YEAR = "'[0-9]{1,2}([-/. ])[0-9A-Za-z]{1,9}[-/. ][0-9]{2}'"

# Under eleven digits they would be of four months around 1970, and could be seconds.
_MILLISECONDS = "'-?[0-9]{11,13}([.]0*)?'"

UNIX_DAY_0 = "1970-01-01"
"""Moment 0 of Unix."""

SAS_DAY_0 = "1960-01-01"
"""Day 0 of the serial dates of SAS."""

EXCEL_DAY_0 = "1899-12-30"
"""Day 0 of Excel's serial dates, from March 1900 on; before, Excel counts a 29 February that was none."""

# Placeholder dates before this year stand for none in the past, the others for an open end.
_MIDDLE = 2000

# Codes of the characters that url_encode does not leave alone: what begins with one is not clean anyway.
_ENCODED = {code for code in range(1, 128) if not chr(code).isalnum() and chr(code) not in "-_.~"}

# Whole numbers above these are not all told apart by the type: an identifier so large has lost digits.
_EXACT = {"DOUBLE": 2**53, "FLOAT": 2**24}


def text_expression(column: Column, name: str, physical_type: str, rules: ValueRules) -> str:
    """Return the SQL that reads one physical column as the text of its kind, or as it is where it is typed already.

    Identifiers and codes lose the spaces around them, zeros after the point ('5.0') and what a spreadsheet puts before
    text (``="5"``, ``'5``); identifiers come in upper case. Texts that mean nothing are null, and so are identifiers
    that have lost digits ('1.23E+11'). A column of kind text keeps its text.

    Args:
        column: Column of the contract.
        name: Physical column name.
        physical_type: DuckDB type of the column in the file.
        rules: What means nothing.

    Returns:
        An SQL expression; of type varchar unless the file holds the type of the contract already.
    """
    quoted = quote_name(name)
    physical = physical_type.upper()
    is_whole = physical.endswith(("INTEGER", "INT"))
    is_fraction = physical.startswith(("DOUBLE", "FLOAT", "DECIMAL"))
    if column.data_type in ("integer", "double") and (is_whole or is_fraction):
        return quoted if is_whole else f"case when not isnan(cast({quoted} as double)) then {quoted} end"
    if is_fraction:
        return _number_as_text(column, quoted, physical)
    if column.data_type != "varchar" and physical.startswith(("DATE", "TIME", "BOOLEAN")):
        return quoted
    text = quoted if physical == "VARCHAR" else f"cast({quoted} as varchar)"
    return text if is_whole or column.kind == TEXT else _clean(column, text, rules)


def text_type(column: Column, physical_type: str) -> str:
    """Return the DuckDB type of what ``text_expression`` gives."""
    physical = physical_type.upper()
    if column.data_type in ("integer", "double") and physical.endswith(("INTEGER", "INT", "DOUBLE", "FLOAT")):
        return physical
    if column.data_type in ("integer", "double") and physical.startswith("DECIMAL"):
        return physical
    is_typed = column.data_type != "varchar" and physical.startswith(("DATE", "TIME", "BOOLEAN"))
    return physical if is_typed else "VARCHAR"


def _number_as_text(column: Column, quoted: str, physical: str) -> str:
    """Whole numbers that a data frame turned into floats ('5.0') are the codes they were; NaN is nothing."""
    limit = _EXACT.get(physical) if column.kind == IDENTIFIER else None
    lost = f"when abs({quoted}) > {limit} then null " if limit else ""
    return (
        f"case when isnan(cast({quoted} as double)) then null {lost}"
        f"when try_cast({quoted} as bigint) = {quoted} then cast(try_cast({quoted} as bigint) as varchar) "
        f"else cast({quoted} as varchar) end"
    )


def _clean(column: Column, text: str, rules: ValueRules) -> str:
    """Text without what means nothing. Nearly all values are clean, which the first branch sees at little cost.

    ``url_encode`` leaves letters, digits and ``-_.~`` alone, and so tells in one pass that there is nothing else.
    """
    blank_texts = [blank for blank in rules.blank_texts if blank.upper() not in column.keeps]
    # First characters of texts that mean nothing; that of an empty text has code 0. A function, since it is asked once
    # for each text of a dictionary, where comparing texts would take one value after the other.
    starts = {0} | {ord(letter) for blank in blank_texts for letter in (blank[0], blank[0].upper()) if letter.isascii()}
    is_clean = (
        f"url_encode({text}) = {text} and not contains({text}, '.') "
        f"and ascii({text}) not in ({', '.join(map(str, sorted(starts - _ENCODED)))})"
    )
    if column.data_type == "time":
        # The colons of '09:30' and '09:30:00' are no letters.
        is_clean = f"{text} >= '0' and {text} < ':' and strlen({text}) in (5, 8)"
    patterns = [r"(-?[0-9]+)\.0*", '="([^"]*)"', "'(.*)"]
    if blank_texts:
        patterns.append(f"(?i:{'|'.join(re.escape(blank) for blank in blank_texts)})")
    if column.kind == IDENTIFIER:
        patterns.append(r"[0-9]\.[0-9]+[Ee][+]?[0-9]+|[0-9]+[Ee][+][0-9]+")
    pattern = quote_string(f"^(?:{'|'.join(patterns)})$")
    rest = f"nullif(regexp_replace(trim({text}, {quote_string(_SPACES)}), {pattern}, '\\1\\2\\3'), '')"
    if column.kind == IDENTIFIER:
        return f"case when {is_clean} then upper({text}) else upper({rest}) end"
    return f"case when {is_clean} then {text} else {rest} end"


def typed_expression(column: Column, text: str, held_type: str, rules: ValueRules, birth_day_0: str = "") -> str:
    """Return the SQL that reads the text of a column as the type of the contract; what cannot be read is null.

    Args:
        column: Column of the contract.
        text: SQL name of its text, as ``text_expression`` gives it.
        held_type: DuckDB type of the text, as ``text_type`` gives it.
        rules: How doubtful dates are read.
        birth_day_0: Day 0 of serial dates of birth, ``SAS_DAY_0`` or ``EXCEL_DAY_0``; empty where it is not known.
    """
    physical = held_type.upper()
    if column.data_type == "varchar":
        return text
    if column.data_type == "boolean":
        # True, T, yes, Y, 1 and their opposites in any case; a list of them in SQL would become a join.
        return text if physical == "BOOLEAN" else f"try_cast({text} as boolean)"
    if column.data_type in ("date", "timestamp"):
        kept = physical.startswith(("DATE", "TIMESTAMP"))
        moment = text if kept else _moment(column, text, rules, birth_day_0)
        return moment if physical == column.data_type.upper() else f"try_cast({moment} as {column.data_type})"
    if column.data_type == "time":
        if physical.startswith(("TIME", "TIMESTAMP")):
            return f"try_cast({text} as time)"
        fraction = f"cast(timestamp '{EXCEL_DAY_0}' + to_seconds(round(try_cast({text} as double) * 86400)) as time)"
        return (
            f"case when regexp_full_match({text}, '0?[.][0-9]+') then {fraction} "
            f"else coalesce(try_cast({text} as time), try_cast(try_cast({text} as timestamp) as time)) end"
        )
    number = f"try_cast({text} as double)"
    return f"try_cast({number} as bigint)" if column.data_type == "integer" else number


def _moment(column: Column, text: str, rules: ValueRules, birth_day_0: str) -> str:
    serial = _serial(column, text, rules, birth_day_0) + _milliseconds(column, text, rules)
    return (
        f"case when regexp_full_match({text}, {_ISO_DATE}) then try_cast({text} as timestamp) {serial}"
        f"else try_strptime({text}, {_DATE_FORMATS}) end"
    )


def _serial(column: Column, text: str, rules: ValueRules, birth_day_0: str) -> str:
    """Days since day 0: outside births the number itself says which program counted, as the ranges do not meet."""
    number = f"try_cast({text} as double)"

    def day(day_0: str) -> str:
        return f"timestamp '{day_0}' + to_seconds(round({number} * 86400))"

    if not rules.limits:
        return ""
    is_serial = f"when regexp_full_match({text}, {_SERIAL}) then "
    if column.kind == BIRTH_DATE:
        return is_serial + (day(birth_day_0) if birth_day_0 else "null") + " "
    ranges = " ".join(
        f"when {number} >= {rules.limits[f'lowest_{program}_serial']} "
        f"and {number} < {rules.limits[f'highest_{program}_serial'] + 1} then {day(day_0)}"
        for program, day_0 in (("sas", SAS_DAY_0), ("excel", EXCEL_DAY_0))
    )
    return f"{is_serial}case {ranges} end "


def _milliseconds(column: Column, text: str, rules: ValueRules) -> str:
    """Milliseconds since 1970, as JavaScript, Java and pandas write dates: no other program counts so high.

    Seconds are read as none: those of SAS from 1960 and of Unix from 1970 mean different plausible days.
    """
    if not rules.limits:
        return ""
    number = f"try_cast({text} as double)"
    moment = f"timestamp '{UNIX_DAY_0}' + to_seconds(round({number} / 1000))"
    if column.kind != BIRTH_DATE:
        low, high = (rules.limits[f"{end}_unix_millisecond"] for end in ("lowest", "highest"))
        moment = f"case when {number} between {low} and {high} then {moment} end"
    return f"when regexp_full_match({text}, {_MILLISECONDS}) then {moment} "


def meant_expression(column: Column, typed: str, rules: ValueRules) -> str:
    """Return the SQL of a typed value, null where it stands for none or is out of range.

    Two comparisons tell nearly all: no placeholder lies between them, and no plausible range ends there.

    Args:
        column: Column of the contract.
        typed: SQL name of the value, of the type of the contract.
        rules: What means nothing, and what is plausible.
    """
    within = _within(column, typed, rules)
    if column.data_type not in ("date", "timestamp"):
        return f"case when {within} then {typed} end" if within else typed
    days = _placeholders(column, rules)
    rest = f"case when {within} then {typed} end" if within else typed
    if not days:
        return rest
    bounds = [f"{typed} >= date '{day}'" for day in [max(day for day in days if day.year < _MIDDLE) + timedelta(1)]]
    bounds += [f"{typed} < date '{day}'" for day in [min(day for day in days if day.year >= _MIDDLE)]]
    # What the first branch lets through is plausible.
    other = f"case when {_is_placeholder(typed, days)} then null else {rest} end"
    return f"case when {' and '.join(bounds)} then {typed} else {other} end"


def out_of_range_expression(column: Column, typed: str, rules: ValueRules) -> str:
    """Return the SQL that says whether a typed value is implausible; never null, and empty where nothing is.

    Args:
        column: Column of the contract.
        typed: SQL name of the value, of the type of the contract.
        rules: What means nothing, and what is plausible.
    """
    within = _within(column, typed, rules)
    if not within:
        return ""
    days = _placeholders(column, rules) if column.data_type in ("date", "timestamp") else ()
    placeholder = f" or {_is_placeholder(typed, days)}" if days else ""
    return f"not coalesce({within}{placeholder}, true)"


def _placeholders(column: Column, rules: ValueRules) -> tuple[date, ...]:
    return rules.birth_placeholder_dates if column.kind == BIRTH_DATE else rules.placeholder_dates


def _is_placeholder(typed: str, days: tuple[date, ...]) -> str:
    listed = ", ".join(f"date '{day.isoformat()}'" for day in days)
    return f"try_cast({typed} as date) in ({listed})"


def _within(column: Column, typed: str, rules: ValueRules) -> str:
    """The comparison with the range of a column: its own, else that of its kind or type; empty where there is none."""
    for name in (column.name.lower(), column.kind, column.data_type):
        if name in rules.ranges:
            lowest, highest = rules.ranges[name]
            if column.data_type in ("date", "timestamp"):
                # Days, so that the last one counts to its end.
                return f"{typed} >= date '{lowest}' and {typed} < date '{highest}' + 1"
            return f"{typed} between {lowest} and {highest}"
    return ""


def short_year_expression(text: str, held_type: str) -> str:
    """Return the SQL that says whether the text of a date has a year of two digits; never null."""
    if held_type.upper() != "VARCHAR":
        return "false"
    return f"coalesce(regexp_full_match({text}, {_SHORT_YEAR}), false)"
