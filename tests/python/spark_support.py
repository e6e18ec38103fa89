"""Whether Spark can be tried here."""

from __future__ import annotations

import importlib.util
import os
import shutil

import pytest


def skip_without_spark() -> None:
    """Skips the module where Spark or Java is not there; in `.ci/run` they are, and a skip is a failure."""
    is_there = {
        "the extra spark": importlib.util.find_spec("pyspark") is not None,
        "Java": shutil.which("java") is not None,
    }
    missing = [name for name, found in is_there.items() if not found]
    if missing and os.environ.get("IAPT_EQUITY_SPARK_TESTS") != "required":
        pytest.skip(f"not compared with Spark: {' and '.join(missing)} not there", allow_module_level=True)
