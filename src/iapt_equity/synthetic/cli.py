"""Command line of the synthetic data generator."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from iapt_equity.synthetic import SyntheticDataError, generate


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `synthetic-mds`; returns the exit code (0 done, 2 arguments that cannot be used)."""
    parser = argparse.ArgumentParser(
        prog="synthetic-mds",
        description="Write a synthetic IAPT data set (version 2.1). Everything in it is fictional.",
    )
    parser.add_argument("--referrals", type=int, required=True, help="number of referrals, for instance 100000")
    parser.add_argument("--seed", type=int, required=True, help="zero or above; the same seed gives the same bytes")
    parser.add_argument("--out", type=Path, required=True, help="folder to write; empty or not there yet")
    parser.add_argument("--years", default="2015-16:2018-19", help="first and last financial year")
    parser.add_argument("--format", dest="file_format", default="parquet", help="parquet or csv")
    options = parser.parse_args(arguments)
    try:
        generate(options.out, options.referrals, options.seed, options.years, options.file_format)
    except (SyntheticDataError, OSError) as error:
        print(f"synthetic-mds: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
