"""The version that dbt asks of an adapter."""

version = "1.11.0"
