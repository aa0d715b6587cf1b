"""Look-ups: what the ids of owners, customers, stages and pipelines stand for."""

from __future__ import annotations

from etl.land.context import Landing, Source, in_file_order, typed_columns
from etl.land.ledger import REJECT_COLUMNS, count_loaded, reject_columns, settle
from etl.normalise import typed_rows
from etl.read import scan_numbered
from etl.records import Role, column_names

_KEYS: dict[Role, str] = {"users": "user_id", "accounts": "account_id", "stages": "stage_id", "pipelines": "pipeline_id"}


def scan_look_ups(landing: Landing) -> None:
    """Make the temporary tables `users`, `accounts`, `stages` and `pipelines`: one row per id, the last one in the files."""
    for role, key in _KEYS.items():
        landing.con.execute(f"create temp table listed_{role} (file_no integer, place bigint, {typed_columns(role)}, {REJECT_COLUMNS})")
        for source in landing.of_role(role):
            _scan(landing, source, role, key)
        landing.con.execute(
            f"create temp table {role} as select * from listed_{role} "
            f"qualify row_number() over (partition by {key} order by file_no desc, place desc) = 1"
        )
    landing.con.execute(
        "update users set user_name = coalesce(user_name, nullif(trim(concat_ws(' ', first_name, last_name)), ''), email, user_id)"
    )


def _scan(landing: Landing, source: Source, role: Role, key: str) -> None:
    found = landing.cells(source)
    values = [found[name].value if name in found else "null" for name in column_names(role)]
    reason = f"case when {found[key].text} is null then 'has no id' end as reason"
    with in_file_order(landing.con, source.matched.table):
        read = landing.con.execute(
            f"insert into listed_{role} select {source.number}, row_number, {', '.join(values)}, {reject_columns('null')} "
            f"from (select *, {reason} from {typed_rows(found, scan_numbered(source.matched.table))})"
        ).fetchall()[0][0]
    count_loaded(landing, source, settle(landing, source, f"listed_{role}", read))
