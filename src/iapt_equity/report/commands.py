"""The commands ``report``, ``figures`` and ``workbook`` of ``iapt-equity``."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from iapt_equity.build_file import warehouse_file

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


def run(options: argparse.Namespace) -> str:
    """Run one of the commands.

    Returns:
        What was written, in a line.

    Raises:
        ReportError: If there is nothing to write it of, or no place to write it to.
    """
    if options.inside_secure_place:
        # Nothing protects these figures: they are for their owner alone, as the warehouse file is.
        os.umask(0o077)
    # Imported here: a build of the warehouse needs none of the drawing libraries.
    from iapt_equity.report.source import open_source

    source = open_source(warehouse_file(os.environ), options.inside_secure_place, options.synthetic)
    if options.command == "report":
        from iapt_equity.report.site import write_site

        return f"{options.out}: {write_site(source, options.out, options.project)} pages, begin with index.html"
    if options.command == "figures":
        from iapt_equity.report.exports import write_figures

        return f"{options.out}: {write_figures(source, options.out, options.project, options.areas)} figures"
    from iapt_equity.report.workbook import write_workbook

    return f"{options.out}: {write_workbook(source, options.out)} sheets"
