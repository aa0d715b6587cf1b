"""Building the marts from raw relations that lie in a folder or in object storage: with DuckDB on one machine, or Spark on many."""
