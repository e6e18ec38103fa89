"""Command line of the project: ``iapt-equity``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from iapt_equity.inputs.contract import read_project_contracts
from iapt_equity.inputs.contract_page import contract_page
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
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: Words after the program's name; those of the process where none are given.

    Returns:
        0 on success.

    Raises:
        SystemExit: With status 2 if the words are not a command of the program.
    """
    options = _parser().parse_args(arguments)
    if options.command == "rules":
        page = rules_page(read_rules(options.project))
    else:
        page = contract_page(read_project_contracts(options.project).values())
    options.out.write_text(page, encoding="utf-8", newline="\n")
    print(f"{options.out}: written")
    return 0
