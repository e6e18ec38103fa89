"""Command line of the synthetic data generator."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from iapt_equity.inputs.errors import InputError
from iapt_equity.synthetic import SyntheticDataError, generate


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `synthetic-mds`; returns the exit code (0 done, 2 arguments that cannot be used)."""
    parser = argparse.ArgumentParser(
        prog="synthetic-mds",
        description="Write a synthetic IAPT data set. Everything in it is fictional.",
    )
    parser.add_argument("--referrals", type=int, required=True, help="number of referrals, for instance 100000")
    parser.add_argument("--seed", type=int, required=True, help="zero or above; the same seed gives the same bytes")
    parser.add_argument("--out", type=Path, required=True, help="folder to write; empty or not there yet")
    parser.add_argument("--years", default="2015-16:2018-19", help="first and last financial year")
    parser.add_argument("--format", dest="file_format", default="parquet", help="parquet or csv")
    parser.add_argument("--version", default="v2_1", help="v1_5, v2_0, v2_1 or by_date (each month in its own)")
    parser.add_argument("--experience", action="store_true", help="with answers to experience questionnaires")
    parser.add_argument("--derived", action="store_true", help="with the centrally derived fields of referrals")
    parser.add_argument("--messy", action="store_true", help="with submissions arriving as they really do")
    parser.add_argument("--dirt", type=float, default=0.0, help="share of rows to add with a defect, such as 0.03")
    options = parser.parse_args(arguments)
    try:
        generate(
            options.out,
            options.referrals,
            options.seed,
            options.years,
            options.file_format,
            version=options.version,
            experience=options.experience,
            derived=options.derived,
            messy=options.messy,
            dirt=options.dirt,
        )
    except (SyntheticDataError, InputError, OSError) as error:
        print(f"synthetic-mds: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
