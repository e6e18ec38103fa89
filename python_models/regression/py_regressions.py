"""One row per fit of the staged regressions, with its estimates as nested lists."""

from typing import Any


def model(dbt: Any, session: Any) -> Any:  # noqa: ARG001
    """Runs every fit that the regression seeds describe, once; the SQL models of `regression` unpack the result."""
    dbt.config(materialized="table")
    # Imported here: loading numpy and scipy takes time that only this node should pay for.
    from iapt_equity.progress import say
    from iapt_equity.statistics.programme import Inputs, run_from_relations

    inputs = Inputs(
        terms=dbt.ref("regression_terms"),
        outcomes=dbt.ref("regression_outcomes"),
        rules=dbt.ref("int_outcome_rules"),
        settings=dbt.ref("regression_settings"),
        marts={
            "fct_referrals": dbt.ref("fct_referrals"),
            "fct_episodes": dbt.ref("fct_episodes"),
            "fct_experience": dbt.ref("fct_experience"),
        },
        not_known_label=str(dbt.config.meta_get("not_known_label")),
        progress=say,
    )
    return run_from_relations(inputs)
