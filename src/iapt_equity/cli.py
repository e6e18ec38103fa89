"""Command line of the project: ``iapt-equity``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from iapt_equity.inputs.contract import read_project_contracts
from iapt_equity.inputs.contract_page import contract_page
from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.shipped import SHIPPED, extract_shipped
from iapt_equity.model_cards import model_pages, read_models
from iapt_equity.publication.releases import releases_folder, write_release
from iapt_equity.report import commands as report
from iapt_equity.rules_page import read_rules, rules_page


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
    shipped = commands.add_parser("shipped-counts", help="take England's counts by ethnic group out of the tidy tables")
    shipped.add_argument("source", type=Path, help="folder that holds measures_annual.parquet")
    shipped.add_argument("--out", type=Path, default=SHIPPED, help="folder to write to (default: %(default)s)")
    report.add_commands(commands)
    release = commands.add_parser("release", help="keep what is published: the schema publication as Parquet")
    release.add_argument("--label", required=True, help="name of the release, such as 2026-11")
    release.add_argument(
        "--warehouse", type=Path, help="warehouse file (default: IAPT_EQUITY_DB, or iapt_equity.duckdb)"
    )
    release.add_argument("--project", type=Path, default=Path(), help="folder of dbt_project.yml (default: here)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: Words after the program's name; those of the process where none are given.

    Returns:
        0 on success, 1 if an input cannot be read.

    Raises:
        SystemExit: With status 2 if the words are not a command of the program.
    """
    options = _parser().parse_args(arguments)
    if options.command in report.COMMANDS:
        return report.run(options)
    if options.command == "shipped-counts":
        return _write_shipped(options.source, options.out)
    if options.command == "release":
        return _write_release(options)
    if options.command == "model-cards":
        return _write_pages(model_pages(read_models(options.project)), options.out)
    if options.command == "rules":
        page = rules_page(read_rules(options.project))
    else:
        page = contract_page(read_project_contracts(options.project).values())
    options.out.write_text(page, encoding="utf-8", newline="\n")
    print(f"{options.out}: written")
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
