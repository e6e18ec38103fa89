"""England's published counts by ethnic group: shipped with the project, and read where no other statistics are named.

Source: NHS annual statistics on Talking Therapies (before 2023: IAPT), 2012-13 to 2024-25, as the tidy tables of the R
package *nhstt* hold them. Crown copyright, Open Government Licence v3.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.files import quote_string

SHIPPED = Path("data") / "published"
"""Where the counts lie below the project, whatever the working directory."""

NONE = ("", "none")
"""Values of ``PUBLISHED_DIR`` that stand for no statistics at all."""

TABLES = ("measures_annual", "measures_annual_legacy_format")
"""The tidy tables that the counts are taken from."""

_KEPT = ("Ethnic Group", "Total")


def published_folder(environment: Mapping[str, str], project_dir: Path) -> Path | None:
    """Say which folder of published statistics a build reads.

    Args:
        environment: Environment variables.
        project_dir: Folder of ``dbt_project.yml``.

    Returns:
        The folder that ``PUBLISHED_DIR`` names; where it is not set, that of the shipped counts; None where it is set
        to nothing or to ``none``, or where the shipped counts are gone.
    """
    given = environment.get("PUBLISHED_DIR")
    if given is None:
        shipped = project_dir.absolute() / SHIPPED
        return shipped if shipped.is_dir() else None
    return None if given.strip().lower() in NONE else Path(given).expanduser().absolute()


def extract_shipped(source: Path, out: Path) -> list[Path]:
    """Take England's rows by ethnic group, and its totals, out of the tidy tables, as they stand there.

    Args:
        source: Folder that holds ``measures_annual.parquet`` and ``measures_annual_legacy_format.parquet``.
        out: Folder for the CSV files, one a table, in an order of rows that is always the same.

    Returns:
        The files written.

    Raises:
        InputError: If a table is missing or cannot be read. One line that names the file.
    """
    out.mkdir(parents=True, exist_ok=True)
    kept = ", ".join(quote_string(kind) for kind in _KEPT)
    written = []
    for name in TABLES:
        table, file = source / f"{name}.parquet", out / f"{name}.csv"
        if not table.is_file():
            raise InputError(f"{table}: file does not exist; expected a tidy table of the annual statistics")
        # A count that the table holds as 883968.0 is written 883968, as the publisher prints it.
        value = "regexp_replace(cast(value as varchar), '\\.0$', '') as value"
        query = (
            f"select * replace ({value}) from read_parquet({quote_string(table.as_posix())}) "
            f"where org_type = 'England' and variable_type in ({kept}) "
            "order by reporting_period, variable_type desc, variable_a, variable_b, measure_name, measure_statistic"
        )
        try:
            duckdb.execute(f"copy ({query}) to {quote_string(file.as_posix())} (format csv, header)")
        except duckdb.Error as error:
            raise InputError(f"{table}: cannot be read; expected a tidy table of the annual statistics") from error
        written.append(file)
    return written
