"""Command line of the project: ``iapt-equity``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from iapt_equity.analysts_copy import copy_beside, write_copy
from iapt_equity.build_file import explain_output_trouble, warehouse_file
from iapt_equity.inputs.contract import read_project_contracts
from iapt_equity.inputs.contract_page import contract_page
from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.shipped import SHIPPED, extract_shipped
from iapt_equity.model_cards import model_pages, read_models
from iapt_equity.publication.releases import releases_folder, write_release
from iapt_equity.report import commands as report
from iapt_equity.report.errors import ReportError
from iapt_equity.rules_page import read_rules, rules_page
from iapt_equity.spark.hand_back import hand_back


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="iapt-equity", description="Ethnic inequalities in NHS Talking Therapies.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, subject, file in (
        ("input-contract", "the input contract", "input_contract.md"),
        ("rules", "the rules and their sources", "rules.md"),
    ):
        page = commands.add_parser(name, help=f"write the page that describes {subject}")
        page.add_argument("--project", type=Path, default=Path(), help="folder of dbt_project.yml (default: here)")
        page.add_argument("--out", type=Path, default=Path("docs") / file, help="file to write (default: %(default)s)")
    cards = commands.add_parser("model-cards", help="write a page about each kind of statistical model")
    cards.add_argument("--project", type=Path, default=Path(), help="folder of dbt_project.yml (default: here)")
    cards.add_argument("--out", type=Path, default=Path("docs") / "models", help="folder (default: %(default)s)")
    copy = commands.add_parser("copy", help="write the warehouse file's tables as Parquet, with a data dictionary")
    copy.add_argument(
        "--warehouse", type=Path, default=warehouse_file(os.environ), help="warehouse file (default: %(default)s)"
    )
    copy.add_argument("--out", type=Path, help="folder, replaced as a whole (default: beside the warehouse file)")
    copy.add_argument("--people", action="store_true", help="copy tables with rows about single people too")
    copy.add_argument("--project", type=Path, default=Path(), help="folder of dbt_project.yml (default: here)")
    shipped = commands.add_parser("shipped-counts", help="take England's counts by ethnic group out of the tidy tables")
    shipped.add_argument("source", type=Path, help="folder that holds measures_annual.parquet")
    shipped.add_argument("--out", type=Path, default=SHIPPED, help="folder to write to (default: %(default)s)")
    release = commands.add_parser("release", help="keep what is published: the schema publication as Parquet")
    release.add_argument("--label", required=True, help="name of the release, such as 2026-11")
    release.add_argument(
        "--warehouse", type=Path, default=warehouse_file(os.environ), help="warehouse file (default: %(default)s)"
    )
    release.add_argument("--project", type=Path, default=Path(), help="folder of dbt_project.yml (default: here)")
    back = commands.add_parser("from-spark", help="make a build file of the tables of a build with Spark")
    back.add_argument("folder", type=Path, help="what IAPT_EQUITY_SPARK named, such as target/spark")
    back.add_argument("build_file", type=Path, help="file to write, such as iapt_equity_build.duckdb; not there yet")
    back.add_argument("--project", type=Path, default=Path(), help="folder of profiles.yml (default: here)")
    report.add_commands(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: Words after the program's name; those of the process where none are given.

    Returns:
        0 on success, 1 if an input cannot be read or what was asked for not be written; a line says why.

    Raises:
        SystemExit: With status 2 if the words are not a command of the program.
    """
    options = _parser().parse_args(arguments)
    try:
        said = _run(options)
    except (InputError, ReportError, OSError, duckdb.Error) as error:
        print(explain_output_trouble(str(error), _place(options)), file=sys.stderr)
        return 1
    for line in said:
        print(line)
    return 0


def _run(options: argparse.Namespace) -> list[str]:
    """Run a command, and return what it has to say."""
    if options.command in report.COMMANDS:
        return [report.run(options)]
    if options.command == "copy":
        count = write_copy(options.warehouse, _place(options), options.project, options.people)
        return [f"{_place(options)}: {count} tables copied"]
    if options.command == "from-spark":
        count = hand_back(options.folder, options.build_file, options.project)
        return [f"{options.build_file}: {count} tables of Spark"]
    if options.command == "shipped-counts":
        written = extract_shipped(options.source, options.out)
    elif options.command == "release":
        written = write_release(options.warehouse, _place(options), options.label)
    elif options.command == "model-cards":
        written = _write_pages(model_pages(read_models(options.project)), options.out)
    elif options.command == "rules":
        written = _write_pages({options.out.name: rules_page(read_rules(options.project))}, options.out.parent)
    else:
        page = contract_page(read_project_contracts(options.project).values())
        written = _write_pages({options.out.name: page}, options.out.parent)
    return [f"{file}: written" for file in written]


def _place(options: argparse.Namespace) -> Path:
    """Return the file or folder that a command writes."""
    if options.command == "release":
        return releases_folder(os.environ, Path(options.project))
    if options.command == "copy" and options.out is None:
        return copy_beside(options.warehouse)
    return Path(options.build_file if options.command == "from-spark" else options.out)


def _write_pages(pages: dict[str, str], out: Path) -> list[Path]:
    out.mkdir(parents=True, exist_ok=True)
    for name, page in pages.items():
        (out / name).write_text(page, encoding="utf-8", newline="\n")
    return [out / name for name in pages]
