"""How long the protection of a national publication takes, on made-up counts.

``uv run python benchmarks/disclosure/run.py --measures 20 --years 4`` makes the counts of 106 commissioners, 42 ICBs, 7
regions and 180 providers, protects them, and prints cells, what became of them, wall and processor seconds and the peak
of resident memory. Smaller numbers make a smaller publication.

Exit code 1 with ``--strict`` where a target is missed (120 s, 4 GB).
"""

from __future__ import annotations

import argparse
import resource
import sys
import time

from publication import make_publication

from iapt_equity.disclosure import Profile, Status, protect

TARGET_SECONDS = 120.0
TARGET_GIGABYTES = 4.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measures", type=int, default=1)
    parser.add_argument("--commissioners", type=int, default=106)
    parser.add_argument("--icbs", type=int, default=42)
    parser.add_argument("--providers", type=int, default=180)
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--strict", action="store_true")
    given = parser.parse_args()
    made = make_publication(given.measures, given.commissioners, given.icbs, given.providers, given.years)
    wall, processor = time.perf_counter(), time.process_time()
    published = protect(made.cells, made.sums, made.ratios, Profile())
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    # Kilobytes on Linux; the making of the counts is counted too.
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    print(f"cells {len(published):,}, sums {made.sums['sum_id'].nunique():,}, rates {len(made.ratios):,}")
    for status in Status:
        print(f"{status}: {int((published['status'] == status).sum()):,}")
    recovered = int(published["is_recovered_by_primary_alone"].sum())
    print(f"recovered if only small numbers were suppressed: at least {recovered:,}")
    print(f"narrowest interval: {published['witnessed_width'].min()}")
    print(f"{wall:.1f} s wall, {processor:.1f} s processor, {gigabytes:.2f} GB at most")
    return int(given.strict and (wall > TARGET_SECONDS or gigabytes > TARGET_GIGABYTES))


if __name__ == "__main__":
    sys.exit(main())
