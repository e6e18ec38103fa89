"""One row per expectation, provider size band and reporting month: verdicts on the marts of ethnicity recording."""

from typing import Any


def model(dbt: Any, session: Any) -> Any:  # noqa: ARG001
    """Runs the suites of iapt_equity.quality over the whole marts."""
    # Imported here: the library takes seconds to load, which only this node should pay for.
    from iapt_equity.quality import Marts, validate_ethnicity

    marts = Marts(
        recording=dbt.ref("ethnicity_recording").df(),
        control_limits=dbt.ref("ethnicity_control_limits").df(),
        resolution=dbt.ref("ethnicity_resolution").df(),
        stages=dbt.ref("ethnicity_recording_by_stage").df(),
    )
    settings = dbt.ref("ethnicity_quality_settings").df().set_index("setting")["setting_value"]
    thresholds = dbt.ref("ethnicity_expectation_thresholds").df()
    return validate_ethnicity(marts, thresholds, window_months=int(settings["expectation_months"]))
