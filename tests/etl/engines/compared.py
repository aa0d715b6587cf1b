"""Two published files, held against each other row by row."""

from __future__ import annotations

from pathlib import Path

import duckdb

from etl.sqltext import literal

RELATIONS = """
    select schema_name || '.' || table_name from duckdb_tables()
    where database_name = 'a' and schema_name in ('raw', 'marts', 'prepared') order by all
"""


def differences(first: Path, second: Path) -> dict[str, int]:
    """Return the rows that only one of two files has, by relation, where there are any; every value counts, to the last digit."""
    with duckdb.connect() as con:
        con.execute(f"attach {literal(str(first))} as a (read_only)")
        con.execute(f"attach {literal(str(second))} as b (read_only)")
        names = [name for (name,) in con.execute(RELATIONS).fetchall()]
        assert len(names) > 25
        return {name: count for name in names if (count := _only_in_one(con, name))}


def _only_in_one(con: duckdb.DuckDBPyConnection, name: str) -> int:
    both = [(f"a.{name}", f"b.{name}"), (f"b.{name}", f"a.{name}")]
    counts = [con.execute(f"select count(*) from (from {one} except all from {other})").fetchall()[0][0] for one, other in both]
    return int(sum(counts))
