"""Checks on how ethnicity is recorded, as Great Expectations suites that run inside the build."""

from iapt_equity.quality.ethnicity_suite import (
    CHECKS,
    RESULT_SCHEMA,
    SUITES,
    Check,
    Limits,
    Marts,
    ThresholdError,
    validate_ethnicity,
)

__all__ = [
    "CHECKS",
    "RESULT_SCHEMA",
    "SUITES",
    "Check",
    "Limits",
    "Marts",
    "ThresholdError",
    "validate_ethnicity",
]
