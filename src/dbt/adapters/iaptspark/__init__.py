"""Where dbt looks for the adapter of the profile's type ``iaptspark`` (iapt_equity.spark.adapter)."""

from pathlib import Path

from dbt.adapters.base.plugin import AdapterPlugin

from iapt_equity.spark.adapter import IaptSparkAdapter, IaptSparkCredentials

Plugin = AdapterPlugin(
    adapter=IaptSparkAdapter,
    credentials=IaptSparkCredentials,
    include_path=str(Path(__file__).parents[2] / "include" / "iaptspark"),
    dependencies=["spark"],
)
