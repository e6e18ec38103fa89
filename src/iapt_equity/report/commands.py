"""The commands ``report``, ``figures`` and ``workbook`` of ``iapt-equity``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from iapt_equity.report.errors import ReportError

WAREHOUSE = "iapt_equity.duckdb"
COMMANDS = {
    "report": ("write the report as a static site", "folder to write"),
    "figures": ("write every figure as SVG and PNG with its data", "folder to write"),
    "workbook": ("write the publication as an accessible workbook", "file to write, ending in .xlsx"),
}


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands to those of the program."""
    for name, (what, out) in COMMANDS.items():
        parser = commands.add_parser(name, help=what)
        parser.add_argument("--out", type=Path, required=True, help=out)
        parser.add_argument("--project", type=Path, default=Path(), help="folder of dbt_project.yml (default: here)")
        parser.add_argument(
            "--inside-secure-place",
            action="store_true",
            help="read the marts, where nothing is protected; stamped on every page and not to be published",
        )
        if name == "figures":
            parser.add_argument("--areas", action="store_true", help="write those of every area too")
        parser.add_argument(
            "--synthetic",
            action=argparse.BooleanOptionalAction,
            default=None,
            help="say whether the raw data are invented (default: as the names of the areas say)",
        )


def run(options: argparse.Namespace) -> int:
    """Run one of the commands.

    Returns:
        0 on success, 1 if it cannot be done.
    """
    # Imported here: a build of the warehouse needs none of the drawing libraries.
    from iapt_equity.report.source import open_source

    warehouse = Path(os.environ.get("IAPT_EQUITY_DB") or WAREHOUSE)
    try:
        source = open_source(warehouse, options.inside_secure_place, options.synthetic)
        if options.command == "report":
            from iapt_equity.report.site import write_site

            print(f"{options.out}: {write_site(source, options.out, options.project)} pages, begin with index.html")
        elif options.command == "figures":
            from iapt_equity.report.exports import write_figures

            print(f"{options.out}: {write_figures(source, options.out, options.project, options.areas)} figures")
        else:
            from iapt_equity.report.workbook import write_workbook

            print(f"{options.out}: {write_workbook(source, options.out)} sheets")
    except ReportError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
