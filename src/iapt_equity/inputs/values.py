"""One normalisation for one kind of value, as SQL: identifiers, codes, numbers, dates, times and flags.

Every typed view is made of these, so that both sides of every join are read alike. A value passes three steps: its
text (``text_expression``), the value of the contract's type (``typed_expression``), and what that means
(``meant_expression``).
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from iapt_equity.inputs.contract import BIRTH_DATE, CODE, IDENTIFIER, LOAD_NUMBER, TEXT, Column
from iapt_equity.inputs.files import OF_GREENWICH, quote_name, quote_string
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

# Spaces of every kind and line ends around a value: what an editor does not show.
_SPACES = " \t\n\v\f\r\u0085\u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B)))
_SPACES += "\u2028\u2029\u202f\u205f\u3000"
# Marks without width, wherever they stand: no keyboard writes them, and no eye tells two values with and without apart.
# Among them those of the direction of writing, and characters that end files and fields on other machines.
_MARKS = "\u00ad" + "".join(map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A))))
_MARKS += "\ufeff\x7f" + "".join(map(chr, (*range(0x01, 0x09), *range(0x0E, 0x20))))

# What programs put around text: ="5" and '5 (Excel), "5" (quoted twice), '5' (SQL), b'5' (Python's bytes).
_WRAPPED = '^(?:=?"([^"]*)"|b?\'(.*?)\'?)$'

# A bit of MySQL is one byte: as it is, as programs write bytes, or with its zero escaped; two zero bytes are no bit.
_BIT_0, _BIT_1 = (rf"^(?:\x0{bit}|b?'?(?:\\x0?|0x0?|\\){bit}'?)$" for bit in "01")

# One identifier in two forms: a GUID in braces (Access), bytes behind 0x (SQL Server), an NHS number in three parts.
_FORMS = {
    r"^\{([0-9A-Fa-f-]{32,36})\}$": r"\1",
    "^0[xX]([0-9A-Fa-f]{16,})$": r"\1",
    "^([0-9]{3}) ([0-9]{3}) ([0-9]{4})$": r"\1\2\3",
}

# Day first, as NHS extracts write dates; years of two digits before those of four, which would take '15' for a year.
# Month names settle the order themselves: the forms of SQL Server ('Apr  2 2015 12:00AM'), SAS ('02APR2015'), Oracle,
# Java and Excel. In three lists, the usual forms first, as every form that does not fit takes its time.
_WITH_STROKES = (
    "['%d/%m/%y', '%d/%m/%Y', '%d/%m/%y %H:%M', '%d/%m/%y %H:%M:%S', '%d/%m/%Y %H:%M', '%d/%m/%Y %H:%M:%S', "
    "'%d/%m/%Y %H:%M:%S.%f', '%d/%m/%Y %I:%M:%S %p', '%d/%m/%Y %I:%M %p']"
)
_OF_DIGITS = "['%Y%m%d', '%Y%m%d %H:%M:%S', '%Y%m%d%H%M%S', '%Y%m%d%H%M', '%Y%m%dT%H%M%S']"
_OTHER_DATES = (
    "['%d-%m-%y', '%d.%m.%y', '%d-%b-%y', '%d%b%y', '%d %b %y', '%d-%b-%y %I.%M.%S.%f %p', '%d-%m-%Y', "
    "'%d-%m-%Y %H:%M', '%d-%m-%Y %H:%M:%S', '%d.%m.%Y', '%d.%m.%Y %H:%M', '%d.%m.%Y %H:%M:%S', '%d %m %Y', "
    "'%d-%b-%Y', '%d-%b-%Y %H:%M', '%d-%b-%Y %H:%M:%S', '%d%b%Y', '%d%b%Y:%H:%M:%S', '%d%b%Y:%H:%M:%S.%f', "
    "'%d%b%Y %H:%M:%S', '%b %d %Y %I:%M%p', '%d-%B-%Y', '%d %b %Y', '%d %b %Y %H:%M', '%d %b %Y %H:%M:%S', "
    "'%d %B %Y', '%A, %d %B %Y', '%A %d %B %Y', '%a %d %b %Y', '%a, %d %b %Y', '%b %d, %Y', '%B %d, %Y', "
    "'%a %b %d %H:%M:%S GMT %Y', '%a %b %d %H:%M:%S BST %Y', '%Y.%m.%d']"
)
# Months as Java and the browsers shorten them in Britain since 2020: September alone has four letters.
_SEPT = "'(?i)sept([^e]|$)', 'Sep\\1'"
_HALF_DAYS = "['%Y-%m-%d %I:%M:%S %p', '%Y-%m-%d %I:%M %p', '%Y-%m-%d %I:%M:%S%p']"
_TIME_FORMATS = (
    "['%I:%M:%S %p', '%I:%M %p', '%I:%M:%S%p', '%I:%M%p', '%H%M', '%H%M%S', '%H.%M', '%H.%M.%S', '0 days %H:%M:%S', "
    "'%d/%m/%Y %H:%M:%S', '%d/%m/%Y %H:%M']"
)
# Other times of day, the hour, the minutes and what follows in groups: 'T09:00:00', behind a day ('Jan  1 1900 9:00AM',
# '01JAN1960:09:00:00'), with points in 'p.m.'; and digits alone, three of them where a zero was lost ('900', '930.0').
# Five digits are none, as SAS counts seconds since midnight.
_OTHER_TIME = (
    "(?:0 days |[^:]{3,}?(?:[0-9]{2}[T ]+|[0-9]{4}:)|T)?([0-9]{1,2})[:.]([0-9]{2})([:.][0-9]{2})?(?:[.][0-9]+)?"
)
_OTHER_TIME += " ?(?:([AaPp])[.]?[Mm][.]?)?"
# The cast alone would take '9:00 p.m.' for nine in the morning.
_HALF_DAY_TIME = "'.*[0-9] ?[AaPp][.]?[Mm][.]?'"
_TIME_OF_DIGITS = "([0-9]{1,2})([0-9]{2})(?:[.]0*)? ?(?:[Hh][Rr][Ss])?"
_OTHER_TIME_FORMATS = "['%H:%M M', '%H:%M:%S M', '%H:%M.%S M', '%I:%M %p', '%I:%M:%S %p', '%I:%M.%S %p']"
# Numbers as Java and Spark write those above ten million.
_POWER_OF_TEN = "'[0-9][.][0-9]+[Ee][+]?[0-9]{1,2}'"
# Parts of a day, alone, near midnight or behind one of Excel's serial dates.
_FRACTION = "'0?[.][0-9]+|[1-9][.][0-9]+[Ee]-[0-9]+|[0-9]{5}[.][0-9]+'"
# Only such text is read as ISO: the cast alone would take '31/03/16' for a day of the year 31.
_ISO_DATE = "'[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}.*'"
_SERIAL = "'-?[0-9]{1,5}([.][0-9]+)?'"
_SHORT_YEAR = "'[0-9]{1,2}([-/. ][0-9A-Za-z]{1,9}[-/. ]|[A-Za-z]{3})[0-9]{2}( [0-9].*)?'"
# Moments of Greenwich, and those with half a day beside an ISO date.
_UTC, _HALF_DAY = "'.*[0-9] ?(Z|UTC|[+-]00(:?00)?)'", "'.*[0-9] ?[AaPp][Mm]'"

# Under eleven digits they would be of four months around 1970, and could be seconds. Those of SPSS have eleven, too.
_LONG_NUMBER = "'-?[0-9]{11,13}([.]0*)?'"

UNIX_DAY_0 = "1970-01-01"
"""Moment 0 of Unix."""

SAS_DAY_0 = "1960-01-01"
"""Day 0 of the serial dates of SAS."""

SPSS_DAY_0 = "1582-10-14"
"""Moment 0 of SPSS, which counts seconds."""

EXCEL_DAY_0 = "1899-12-30"
"""Day 0 of Excel's serial dates, from March 1900 on; before, Excel counts a 29 February that was none."""

# Placeholder dates before this year stand for none in the past, the others for an open end.
_MIDDLE = 2000

# What is left of a number in the pattern of a value: its groups.
_NUMBER = "".join(f"\\{group}" for group in range(1, 8))

# A load that a program names in words: 'LOAD9', 'Load 1,000'. Of two numbers in it none is known to be the load's.
_ONE_NUMBER = "'^[^0-9]*([0-9]{1,16})[^0-9]*$'"

# Whole numbers above these are not all told apart by the type: an identifier or a code so large has lost digits.
_EXACT = {"DOUBLE": 2**53, "FLOAT": 2**24}


def text_expression(column: Column, name: str, physical_type: str, rules: ValueRules) -> str:
    """Return the SQL that reads one physical column as the text of its kind, or as it is where it is typed already.

    Values lose the spaces around them, marks without width, zeros after the point ('5.0'), commas between thousands and
    what programs put around text (``="5"``, ``'5``, ``b'5'``); identifiers come in upper case. Texts that mean nothing
    are null, and so are identifiers that have lost digits ('1.23E+11'). A column of kind text keeps its text.

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
    if column.data_type == "boolean" and not is_whole:
        text = f"regexp_replace(regexp_replace({text}, {quote_string(_BIT_0)}, '0'), {quote_string(_BIT_1)}, '1')"
    if is_whole:
        keys = [blank for blank in rules.blank_texts_by_kind.get(column.kind, ()) if column.kind == IDENTIFIER]
        return f"case when {quoted} not in ({', '.join(keys)}) then {text} end" if keys else text
    return text if column.kind == TEXT else _clean(column, text, rules)


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
    limit = _EXACT.get(physical) if column.kind in (IDENTIFIER, CODE) else None
    lost = f"when abs({quoted}) > {limit} then null " if limit else ""
    return (
        f"case when isnan(cast({quoted} as double)) then null {lost}"
        f"when try_cast({quoted} as bigint) = {quoted} then cast(try_cast({quoted} as bigint) as varchar) "
        f"else cast({quoted} as varchar) end"
    )


def _clean(column: Column, text: str, rules: ValueRules) -> str:
    """Text without what means nothing. Nearly all values are clean, or are between spaces, which costs little to see.

    Where nothing is to be cleaned in a whole chunk of rows, DuckDB hands the text on as it is, in its dictionary: so
    nulls count as clean, and functions of the text alone are asked once for each text of the dictionary.
    """
    blank_texts = [blank for blank in rules.blank_texts_of(column.kind) if blank.upper() not in column.keeps]
    # First characters of texts that mean nothing and would else pass; every text begins with an empty one. Functions,
    # since a list of characters would become a join.
    passing = [blank for blank in blank_texts if blank.isascii() and blank.replace("-", "").isalnum()]
    zero = {"0"} if column.is_number else set()
    starts = "".join(
        sorted({"-", "_", "~", *zero, *(letter for blank in passing for letter in (blank[0], blank[0].upper()))})
    )
    # Without a letter or digit, nothing is said. Groups: what is left of a number.
    patterns = [r"[^\pL\pN]*"]
    if blank_texts:
        patterns.append(f"(?i:{'|'.join(re.escape(blank) for blank in blank_texts)})")
    if column.kind == IDENTIFIER:
        patterns.append(r"[0-9]\.[0-9]+[Ee][+]?[0-9]+|[0-9]+[Ee][+][0-9]+")
    if column.data_type == "time":
        # The colons of '09:30' and '09:30:00' are no letters; '09.00' is a time of day.
        is_clean = f"{text} >= '0' and {text} < ':' and strlen({text}) in (5, 8)"
    else:
        is_clean = _has_nothing_to_clean(text, starts)
        patterns += [r"(-?[0-9]+)\.0*", r"(-?[0-9]{1,3}),([0-9]{3})" + r"(?:,([0-9]{3}))?" * 4 + r"(?:\.0*)?"]
    # Fields of fixed width are filled up with zero bytes by programs in C.
    visible = f"translate({text}, {quote_string(_MARKS)} || chr(0), '')"
    inside = f"regexp_replace({_trimmed(visible)}, {quote_string(_WRAPPED)}, '\\1\\2')"
    pattern = quote_string(f"^(?:{'|'.join(patterns)})$")
    left = "" if column.data_type == "time" else _NUMBER
    rest = f"nullif(regexp_replace({_trimmed(inside)}, {pattern}, '{left}'), '')"
    if column.data_type != "time":
        trimmed = f"trim({text})"
        # One letter is a code, where no text that means nothing is so short.
        is_letter = f"strlen({trimmed}) = 1 and {trimmed} between 'A' and 'Z'"
        is_code = f" or {is_letter}" if all(len(blank) > 1 for blank in passing) else ""
        rest = (
            f"case when {_has_nothing_to_clean(trimmed, starts)}{is_code} then {trimmed} "
            f"when {trimmed} = '' then null else {rest} end"
        )
    if column.kind == IDENTIFIER:
        for form, parts in _FORMS.items():
            rest = f"regexp_replace({rest}, {quote_string(form)}, '{parts}')"
        if column.is_number:
            rest = f"regexp_replace({rest}, '^0+([1-9][0-9]*)$', '\\1')"
        is_other_form = f"{text} >= '0X' and {text} < '0Y' or {text} >= '0x' and {text} < '0y'"
        return f"case when not ({is_clean}) or {is_other_form} then upper({rest}) else upper({text}) end"
    if column.kind == CODE:
        rest = f"case when regexp_full_match({text}, {_POWER_OF_TEN}) then {_whole(text)} else {rest} end"
    return f"case when not ({is_clean}) then {rest} else {text} end"


def _whole(text: str) -> str:
    """A whole number in digits; other numbers, and those that have lost digits, as they are."""
    number, whole = f"try_cast({text} as double)", f"try_cast(try_cast({text} as double) as bigint)"
    return (
        f"case when {whole} = {number} and {number} < {_EXACT['DOUBLE']} then cast({whole} as varchar) else {text} end"
    )


def _has_nothing_to_clean(text: str, starts: str) -> str:
    """``url_encode`` leaves letters, digits and ``-_.~`` alone, and so tells in one pass that there is nothing else.

    A point is one of a number only where no letter comes first: F32.1 is a code.
    """
    return (
        f"(url_encode({text}) = {text} and not (contains({text}, '.') and {text} < 'A') "
        f"and not contains('{starts}', substr({text}, 1, 1)))"
    )


def _trimmed(text: str) -> str:
    return f"trim({text}, {quote_string(_SPACES)})"


def typed_expression(
    column: Column, text: str, held_type: str, rules: ValueRules, birth_days_0: frozenset[str] = frozenset()
) -> str:
    """Return the SQL that reads the text of a column as the type of the contract; what cannot be read is null.

    Args:
        column: Column of the contract.
        text: SQL name of its text, as ``text_expression`` gives it.
        held_type: DuckDB type of the text, as ``text_type`` gives it.
        rules: How doubtful dates are read.
        birth_days_0: What numbers that stand for births count from: days from ``SAS_DAY_0`` or ``EXCEL_DAY_0``, longer
            numbers from ``SPSS_DAY_0`` or ``UNIX_DAY_0``; what is not known is not in it.
    """
    physical = held_type.upper()
    if column.data_type == "varchar":
        return text
    if column.data_type == "boolean":
        # True, T, yes, Y, 1 and their opposites in any case; a list of them in SQL would become a join.
        # Access writes true as -1.
        is_true = f"coalesce(try_cast({text} as boolean), nullif({text} = '-1', false))"
        return text if physical == "BOOLEAN" else is_true
    if column.data_type in ("date", "timestamp"):
        kept = physical.startswith(("DATE", "TIMESTAMP"))
        moment = text if kept else _moment(column, text, rules, birth_days_0)
        if physical == OF_GREENWICH and column.data_type == "date":
            moment = in_england(text)
        return moment if physical == column.data_type.upper() else f"try_cast({moment} as {column.data_type})"
    if column.data_type == "time":
        if physical.startswith(("TIME", "TIMESTAMP")):
            return f"try_cast({text} as time)"
        return _time_of_day(text)
    number = f"try_cast({text} as double)"
    if column.kind == LOAD_NUMBER and physical == "VARCHAR":
        number = f"coalesce({number}, try_cast(regexp_extract(replace({text}, ',', ''), {_ONE_NUMBER}, 1) as double))"
    return f"try_cast({number} as bigint)" if column.data_type == "integer" else number


def in_england(moment: str) -> str:
    """Return the SQL of a moment of Greenwich by the clock of England.

    Args:
        moment: SQL of a timestamp without zone.
    """
    return f"{moment} at time zone 'UTC' at time zone 'Europe/London'"


def _time_of_day(text: str) -> str:
    """A time in the usual ways; what is none in these, in the other ways."""
    fraction = f"cast(timestamp '{EXCEL_DAY_0}' + to_seconds(round(try_cast({text} as double) * 86400)) as time)"
    digits = f"try_cast(regexp_replace({text}, '^{_TIME_OF_DIGITS}$', '\\1:\\2') as time)"
    other = f"regexp_replace({text}, '^{_OTHER_TIME}$', '\\1:\\2\\3 \\4M')"
    return (
        f"coalesce(case when regexp_full_match({text}, {_FRACTION}) then {fraction} "
        f"when regexp_full_match({text}, {_HALF_DAY_TIME}) or try_cast({text} as double) is not null "
        f"then try_cast(try_strptime({text}, {_TIME_FORMATS}) as time) "
        f"else coalesce(try_cast({text} as time), try_cast(try_cast({text} as timestamp) as time), "
        f"try_cast(try_strptime({text}, {_TIME_FORMATS}) as time)) end, "
        f"case when regexp_full_match({text}, '{_TIME_OF_DIGITS}') then {digits} "
        f"else try_cast(try_strptime({other}, {_OTHER_TIME_FORMATS}) as time) end)"
    )


def _moment(column: Column, text: str, rules: ValueRules, birth_days_0: frozenset[str]) -> str:
    serial = _serial(column, text, rules, birth_days_0) + _long_number(column, text, rules, birth_days_0)
    # Midnight in England is eleven in the evening of the day before by Greenwich in summer; a day needs no clock.
    iso = (
        f"case when strlen({text}) < 17 then try_cast({text} as timestamp) "
        f"when regexp_full_match({text}, {_UTC}) "
        f"then {in_england(f'try_cast({text} as timestamp)')} "
        f"when regexp_full_match({text}, {_HALF_DAY}) then try_strptime({text}, {_HALF_DAYS}) "
        f"else try_cast({text} as timestamp) end"
    )
    return (
        f"case when regexp_full_match({text}, {_ISO_DATE}) then {iso} {serial}"
        f"when contains({text}, '/') then try_strptime({text}, {_WITH_STROKES}) "
        f"when regexp_matches({text}, '^[0-9]{{8}}') then try_strptime({text}, {_OF_DIGITS}) "
        f"else try_strptime(regexp_replace({text}, {_SEPT}), {_OTHER_DATES}) end"
    )


def _serial(column: Column, text: str, rules: ValueRules, birth_days_0: frozenset[str]) -> str:
    """Days since day 0: outside births the number itself says which program counted, as the ranges do not meet."""
    number = f"try_cast({text} as double)"

    def day(day_0: str) -> str:
        if column.data_type == "date":
            # Rounded to seconds, the last of a day would be the next one.
            return f"timestamp '{day_0}' + to_days(cast(floor({number}) as integer))"
        return f"timestamp '{day_0}' + to_seconds(round({number} * 86400))"

    if not rules.limits:
        return ""
    is_serial = f"when regexp_full_match({text}, {_SERIAL}) then "
    if column.kind == BIRTH_DATE:
        days_0 = birth_days_0 & {SAS_DAY_0, EXCEL_DAY_0}
        return is_serial + (day(*days_0) if days_0 else "null") + " "
    ranges = " ".join(
        f"when {number} >= {rules.limits[f'lowest_{program}_serial']} "
        f"and {number} < {rules.limits[f'highest_{program}_serial'] + 1} then {day(day_0)}"
        for program, day_0 in (("sas", SAS_DAY_0), ("excel", EXCEL_DAY_0))
    )
    return f"{is_serial}case {ranges} end "


def _long_number(column: Column, text: str, rules: ValueRules, birth_days_0: frozenset[str]) -> str:
    """Milliseconds since 1970, as JavaScript, Java and pandas write dates, and seconds of SPSS since 1582.

    Outside births their ranges do not meet; of births the whole extract says which they are. Other seconds are read as
    none: those of SAS from 1960 and of Unix from 1970 mean different plausible days.
    """
    if not rules.limits:
        return ""
    number = f"try_cast({text} as double)"
    milliseconds = f"timestamp '{UNIX_DAY_0}' + to_seconds(round({number} / 1000))"
    seconds = f"timestamp '{SPSS_DAY_0}' + to_seconds(round({number}))"
    if column.kind == BIRTH_DATE:
        of_day_0 = {SPSS_DAY_0: seconds, UNIX_DAY_0: milliseconds}
        moment = next((of_day_0[day_0] for day_0 in birth_days_0 if day_0 in of_day_0), "null")
    else:
        moments = {"unix_millisecond": milliseconds, "spss_second": seconds}
        ranges = {unit: [rules.limits[f"{end}_{unit}"] for end in ("lowest", "highest")] for unit in moments}
        cases = (f"when {number} between {low} and {high} then {moments[unit]}" for unit, (low, high) in ranges.items())
        moment = f"case {' '.join(cases)} end"
    return f"when regexp_full_match({text}, {_LONG_NUMBER}) then {moment} "


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
