"""The settings of a load beside those of the loads before: the log of what was changed when."""

from __future__ import annotations

from pathlib import Path

import duckdb

from etl.attach import attach
from etl.errors import DatabaseError
from etl.sqltext import literal

LOGGED = ("landmark_day", "answers_needed", "horizon_days", "margin_points", "strata", "amount_bands", "time_zone")
"""The columns of raw.settings that are logged; each moves figures."""


def write_settings_log(con: duckdb.DuckDBPyConnection, published: Path | None) -> None:
    """Fill raw.settings_log: the log of the version published before, and a row for each setting that differs from its last entry.

    A version that cannot be read, or that has no log, counts as none.
    """
    if published is not None:
        _carry_over(con, published)
    rate = "concat_ws(' from ', rtrim(rtrim(cast(rate as varchar), '0'), '.'), from_date)"
    settings = [f"select {literal(name)} as setting, cast({name} as varchar) as new_value from raw.settings" for name in LOGGED]
    con.execute(
        f"""
        insert into raw.settings_log
        select loads.loaded_at, loads.as_of, now.setting, before.new_value, now.new_value
        from (
            {" union all ".join(settings)}
            union all
            select 'rate of ' || currency, string_agg({rate}, ', ' order by from_date) from raw.rates group by currency
            union all
            select 'field of ' || topic, string_agg(distinct field, ', ' order by field) from raw.fields where is_in_export group by topic
        ) as now
        cross join (select loaded_at, as_of from raw.loads order by load_no desc limit 1) as loads
        left join (
            select setting, arg_max(new_value, loaded_at) as new_value from raw.settings_log group by setting
        ) as before on before.setting = now.setting
        where before.new_value is distinct from now.new_value
        order by now.setting
        """
    )


def _carry_over(con: duckdb.DuckDBPyConnection, published: Path) -> None:
    try:
        attach(con, published, "published")
    except (duckdb.Error, DatabaseError):
        return
    try:
        con.execute("insert into raw.settings_log select loaded_at, as_of, setting, old_value, new_value from published.raw.settings_log")
    except duckdb.Error:  # a version that kept no log, or a damaged one
        return
    finally:
        con.execute("detach published")
