"""The same models on Spark: needs the extra ``spark`` and Java (docs/spark.md)."""
