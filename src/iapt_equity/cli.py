"""Command line of the project: ``iapt-equity``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from iapt_equity.analysts_copy import copy_beside, write_copy
from iapt_equity.build_file import VARIABLE as WAREHOUSE
from iapt_equity.build_file import explain_system_trouble
from iapt_equity.inputs.contract import read_project_contracts
from iapt_equity.inputs.contract_page import contract_page
from iapt_equity.inputs.errors import InputError, one_line
from iapt_equity.inputs.shipped import SHIPPED, extract_shipped
from iapt_equity.model_cards import model_pages, read_models
from iapt_equity.publication.releases import releases_folder, write_release
from iapt_equity.report import commands as report
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
    copy.add_argument("--warehouse", type=Path, default=_warehouse(), help="warehouse file (default: %(default)s)")
    copy.add_argument("--out", type=Path, help="folder, replaced as a whole (default: beside the warehouse file)")
    copy.add_argument("--people", action="store_true", help="copy tables with rows about single people too")
    copy.add_argument("--project", type=Path, default=Path(), help="folder of dbt_project.yml (default: here)")
    shipped = commands.add_parser("shipped-counts", help="take England's counts by ethnic group out of the tidy tables")
    shipped.add_argument("source", type=Path, help="folder that holds measures_annual.parquet")
    shipped.add_argument("--out", type=Path, default=SHIPPED, help="folder to write to (default: %(default)s)")
    release = commands.add_parser("release", help="keep what is published: the schema publication as Parquet")
    release.add_argument("--label", required=True, help="name of the release, such as 2026-11")
    release.add_argument(
        "--warehouse", type=Path, help="warehouse file (default: IAPT_EQUITY_DB, or iapt_equity.duckdb)"
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
        0 on success, 1 if an input cannot be read or a copy not be written.

    Raises:
        SystemExit: With status 2 if the words are not a command of the program.
    """
    options = _parser().parse_args(arguments)
    if options.command in report.COMMANDS:
        return report.run(options)
    if options.command == "shipped-counts":
        return _write_shipped(options.source, options.out)
    if options.command == "copy":
        return _write_copy(options.warehouse, options.out, options.project, options.people)
    if options.command == "release":
        return _write_release(options)
    if options.command == "from-spark":
        return _hand_back(options.folder, options.build_file, options.project)
    if options.command == "model-cards":
        return _write_pages(model_pages(read_models(options.project)), options.out)
    if options.command == "rules":
        page = rules_page(read_rules(options.project))
    else:
        page = contract_page(read_project_contracts(options.project).values())
    options.out.write_text(page, encoding="utf-8", newline="\n")
    print(f"{options.out}: written")
    return 0


def _warehouse() -> Path:
    return Path(os.environ.get(WAREHOUSE) or "iapt_equity.duckdb")


def _write_copy(warehouse: Path, out: Path | None, project: Path, with_people: bool) -> int:
    folder = out or copy_beside(warehouse)
    try:
        count = write_copy(warehouse, folder, project, with_people)
    except (InputError, OSError, duckdb.Error) as error:
        print(explain_system_trouble(str(error), folder.parent) or one_line(str(error)), file=sys.stderr)
        return 1
    print(f"{folder}: {count} tables copied")
    return 0


def _hand_back(folder: Path, build_file: Path, project: Path) -> int:
    try:
        print(f"{build_file}: {hand_back(folder, build_file, project)} tables of Spark")
    except (InputError, OSError, duckdb.Error) as error:
        print(one_line(str(error)), file=sys.stderr)
        return 1
    return 0


def _write_pages(pages: dict[str, str], out: Path) -> int:
    out.mkdir(parents=True, exist_ok=True)
    for name, page in pages.items():
        (out / name).write_text(page, encoding="utf-8", newline="\n")
        print(f"{out / name}: written")
    return 0


def _write_release(options: argparse.Namespace) -> int:
    warehouse = options.warehouse or Path(os.environ.get("IAPT_EQUITY_DB", "iapt_equity.duckdb"))
    try:
        files = write_release(warehouse, releases_folder(os.environ, options.project), options.label)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    for file in files:
        print(f"{file}: written")
    return 0


def _write_shipped(source: Path, out: Path) -> int:
    try:
        files = extract_shipped(source, out)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    for file in files:
        print(f"{file}: written")
    return 0
