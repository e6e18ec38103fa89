"""Where dbt looks for the adapter of the profile's type ``iaptspark`` (iapt_equity.spark.adapter)."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dbt.adapters.base.plugin import AdapterPlugin
from dbt_common.exceptions import DbtRuntimeError


def __getattr__(name: str) -> Any:
    """Make the plugin when dbt asks for it: its version can be read where the extra ``spark`` is not installed.

    Args:
        name: Of what is asked for.

    Raises:
        AttributeError: If it is not ``Plugin``.
        DbtRuntimeError: If the extra is not installed.
    """
    if name != "Plugin":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if not (find_spec("pyspark") and find_spec("dbt.adapters.spark") and find_spec("sqlglot")):
        raise DbtRuntimeError("Spark is not installed: uv sync --extra spark (docs/spark.md)")
    from iapt_equity.spark.adapter import IaptSparkAdapter, IaptSparkCredentials

    return AdapterPlugin(
        adapter=IaptSparkAdapter,
        credentials=IaptSparkCredentials,
        include_path=str(Path(__file__).parents[2] / "include" / "iaptspark"),
        dependencies=["spark"],
    )
