"""The demo set: synthetic, made on first use, always the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

DEMO_DIR = Path("data") / "demo"
"""Where the demo set lies, relative to the working directory; git ignores it."""

DEMO_REFERRALS = 100_000
DEMO_SEED = 2023
DEMO_YEARS = "2015-16:2018-19"

BANNER = (
    "=" * 100,
    "SYNTHETIC DATA: MDS_DIR is not set, so the warehouse is built on the demo set in '{directory}'.",
    "Every person, organisation and area in it is invented; only the rates follow the 2023 report.",
    "=" * 100,
)


def ensure_demo_set(directory: Path, say: Callable[[str], None]) -> None:
    """Make the demo set where it is missing, and say that it is synthetic.

    Args:
        directory: Where the set lies or is to be made.
        say: Called with each line for the reader.
    """
    for line in BANNER:
        say(line.format(directory=directory))
    if directory.is_dir():
        return
    say(f"Making {DEMO_REFERRALS:,} synthetic referrals; this happens once.")
    # The generator is needed once; every other build starts faster without importing it.
    from iapt_equity.synthetic import generate

    directory.parent.mkdir(parents=True, exist_ok=True)
    generate(directory, referrals=DEMO_REFERRALS, seed=DEMO_SEED, years=DEMO_YEARS, experience=True)
