"""Checks on how ethnicity is recorded, as Great Expectations suites that run inside the build."""

from iapt_equity.quality.ethnicity_suite import (
    CHECKS,
    RESULT_SCHEMA,
    SUITE_NAME,
    Check,
    Limits,
    ThresholdError,
    validate_ethnicity_recording,
)

__all__ = [
    "CHECKS",
    "RESULT_SCHEMA",
    "SUITE_NAME",
    "Check",
    "Limits",
    "ThresholdError",
    "validate_ethnicity_recording",
]
