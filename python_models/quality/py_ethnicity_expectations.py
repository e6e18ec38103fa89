"""One row per expectation and provider size band: results of the suite over quality.ethnicity_recording."""

from typing import Any


def model(dbt: Any, session: Any) -> Any:  # noqa: ARG001
    """Runs the suite of iapt_equity.quality over the whole mart."""
    # Imported here: the library takes seconds to load, which only this node should pay for.
    from iapt_equity.quality import validate_ethnicity_recording

    recording = dbt.ref("ethnicity_recording").df()
    thresholds = dbt.ref("ethnicity_expectation_thresholds").df()
    return validate_ethnicity_recording(recording, thresholds)
