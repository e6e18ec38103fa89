"""Time and memory of the synthetic data generator.

Run with: uv run python benchmarks/generator.py --referrals 1000000
Other options are handed on to synthetic-mds, such as --version by_date --years 2019-20:2022-23 --dirt 0.03.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    """Generate a data set in a process of its own and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--referrals", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", dest="file_format", default="parquet")
    options, others = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "set"
        command = [sys.executable, "-m", "iapt_equity.synthetic.cli", "--out", str(out)]
        command += ["--referrals", str(options.referrals), "--seed", str(options.seed), "--format", options.file_format]
        command += others
        start = time.perf_counter()
        subprocess.run(command, check=True)
        seconds = time.perf_counter() - start
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"referrals   {options.referrals:,}")
    print(f"processors  {os.cpu_count()}")
    print(f"wall        {seconds:.1f} s")
    try:
        import resource
    except ImportError:  # Windows has no such module; time and size are still worth printing.
        pass
    else:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"processor   {used.ru_utime + used.ru_stime:.1f} s")
        print(f"peak memory {used.ru_maxrss / 1024**2:.2f} GB")
    print(f"size        {size / 1024**2:,.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
