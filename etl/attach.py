"""DuckDB beside files that others may have made: nothing is fetched or loaded for them, and of a database only its tables are read."""

from __future__ import annotations

from pathlib import Path

import duckdb

from etl.errors import DatabaseError
from etl.sqltext import literal


def in_memory(**settings: str | int) -> duckdb.DuckDBPyConnection:
    """Return a connection of its own that installs and loads no extension, whatever a file asks for."""
    return duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", **settings})


def attach(con: duckdb.DuckDBPyConnection, version: Path, name: str) -> None:
    """Attach a published file, to be read; raises duckdb.Error where it is none.

    A view in it could read any file of this machine as soon as it is looked at. None of ours has any in raw, so a file that has one there
    is somebody else's: raises DatabaseError.
    """
    con.execute(f"attach {literal(str(version))} as {name} (read_only)")
    views = con.execute("select view_name from duckdb_views() where database_name = ? and schema_name = 'raw'", [name]).fetchall()
    if views:
        con.execute(f"detach {name}")
        raise DatabaseError(
            f"the database has a view where a table should be: raw.{views[0][0]}",
            where=str(version),
            expected="a file that Same Side published",
            todo="Nothing was changed. Ask where the file comes from; name another folder with --data.",
        )
