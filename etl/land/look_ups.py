"""Users and accounts: what the ids of owners and customers stand for."""

from __future__ import annotations

from etl.land.context import Landing, Source, typed_columns
from etl.land.ledger import count_loaded, reject_rows
from etl.normalise import typed_rows
from etl.read import scan
from etl.records import Role, column_names

_KEYS: dict[Role, str] = {"users": "user_id", "accounts": "account_id"}


def scan_look_ups(landing: Landing) -> None:
    """Make the temporary tables `users` and `accounts`: one row per id, the last one in the files."""
    landing.con.execute("create temp table landed_counts (file_no integer, loaded bigint, not_needed bigint)")
    for role, key in _KEYS.items():
        landing.con.execute(f"create temp table landed_{role} (file_no integer, row_number bigint, {typed_columns(role)})")
        for source in landing.of_role(role):
            _scan(landing, source, role, key)
        landing.con.execute(
            f"create temp table {role} as select * from landed_{role} "
            f"qualify row_number() over (partition by {key} order by file_no desc, row_number desc) = 1"
        )


def _scan(landing: Landing, source: Source, role: Role, key: str) -> None:
    found = landing.cells(source)
    values = [found[name].text if name in found else "null" for name in column_names(role)]
    landing.con.execute(
        f"insert into landed_{role} select {source.number}, row_number() over (), {', '.join(values)} "
        f"from {typed_rows(found, scan(source.matched.table))} where {found[key].text} is not null"
    )
    loaded = landing.value(f"select count(*) from landed_{role} where file_no = {source.number}")
    count_loaded(landing, source, loaded)
    if loaded < source.matched.table.records:
        reject_rows(landing, source, f"case when {found[key].text} is null then 'has no id' end", "null", "null")
