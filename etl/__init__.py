"""Same Side: CRM exports in, one DuckDB file out."""
