"""The input contract as a page to read."""

from __future__ import annotations

from collections.abc import Iterable

from iapt_equity.inputs.contract import Column, Contract, Table

HEAD = """# Input contract

Written by `iapt-equity input-contract` from the source definitions in `models/staging`; do not edit.

A table is a folder of CSV or Parquet files, or one file, named as below. **Required** means that no mart can be made
without it, and a build stops with one line that names what is missing. An optional table that is absent counts as
empty, an optional column as null. Columns that are not listed are not read. Names match without regard to case, and
names of columns by their letters and digits alone (`pathway_id`), also where a program cut them after 30 or 32.

Files end in `.csv`, `.csv.gz`, `.parquet` (`.parq`, `.pq`) or `.zip` (with one CSV file in it); `.txt`, `.tsv`, `.tab`,
`.psv` and `.dat` are read where they begin with the table's column names. A folder with a Delta log is read at its
current version. Hidden files and folders are not read, nor anything else: `quality.files_not_read` lists every other
file with the reason, and a line at the start of a build says how many there are. A table of whose files none is read
stops the build.

| type | what is read |
|---|---|
| identifier | text in upper case, without spaces around it and zeros after the point; one that lost digits is blank |
| code | text without spaces around it; numbers that a data frame turned into floats (`5.0`) are the codes they were |
| text | any text, as it came |
| date, timestamp | typed, ISO text, day-first text (`31/03/2016`, `31-Mar-2016`, `20160331`), days of SAS, Excel |
| birth_date | as a date; a year of two digits is never after the referral |
| time | typed, or text (`09:30`); a fraction of a day, as Excel has it |
| integer, double | typed, or text that is a number |
| load_number | as an integer, also with words around it (`LOAD9`); a file of other values stops the build |
| boolean | typed, or `True`/`False`, `Y`/`N`, `yes`/`no`, `1`/`0`, `T`/`F`, in any case; the byte 1 or 0 of a bit |

Texts that mean nothing (seed `blank_texts`: `NULL`, `N/A`, `#N/A`, `-` and more, in any case) are blank in every column
but those of kind text, and dates that stand for none (seed `placeholder_dates`: 1900-01-01, 9999-12-31 and more) are
none. A column of a file that can only be read with the month first stops the build; one that fits both is day first. So
does one with midnights of summer at 23:00 of the day before: give days, or the zone (`2022-06-30T23:00:00Z`).

CSV files have a line of column names, and double quotes where a field needs them. Fields may be parted by comma,
semicolon, bar or tab; the text may be UTF-8 with or without a byte order mark, UTF-16, Windows-1252 or Latin-1. Blank
lines and `sep=;` before the column names and columns without a name are passed over, and said. A row that cannot be
taken apart is put into `quality.quarantine` and disturbs no other (see [nothing lost](nothing_lost.md)).
"""


def _is_required(item: Column | Table) -> str:
    return "required" if item.is_required else "optional"


def _kind(column: Column) -> str:
    return column.kind + (f"; `{', '.join(sorted(column.keeps))}` is a code" if column.keeps else "")


def _table_section(table: Table) -> str:
    rows = [
        f"\n### {table.name} ({_is_required(table)})\n\n{table.description}\n\n",
        "| column | type | | |\n|---|---|---|---|\n",
    ]
    for column in table.columns:
        aliases = f" Also read as: {', '.join(f'`{alias}`' for alias in column.aliases)}." if column.aliases else ""
        since = f" Read since `{column.since}`." if column.since else ""
        description = f"{column.description}{since}{aliases}"
        rows.append(f"| `{column.name}` | {_kind(column)} | {_is_required(column)} | {description} |\n")
    return "".join(rows)


def contract_page(contracts: Iterable[Contract]) -> str:
    """Return the page, in Markdown, that describes the contracts.

    Args:
        contracts: The contracts, in the order of the page.
    """
    sections = [HEAD]
    for contract in contracts:
        place = " or ".join(
            f"`MDS_DIR/{folder.name}/<table>`" if folder.name else "`REFERENCE_DIR/<table>`"
            for folder in contract.folders
        )
        sections.append(f"\n## {contract.source}\n\n{contract.description}\n\nWhere: {place}.\n")
        sections.extend(_table_section(table) for table in contract.tables)
    return "".join(sections)
