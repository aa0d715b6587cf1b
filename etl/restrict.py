"""The file of one audience, made of the published one: its deals, and nothing of any other, built as that file itself was built.

A deal belongs to its owner, and to that owner's team, of the export date; who owned it before stays in its record. What is a setting of
the company's (questions, rates, how deals are compared) is carried as it is. What tells of other deals is left out: the files and rows that
were read, the texts that were rejected, the counts of loads, e-mails. In their place stands the account of this file: how many rows of the
published one are the audience's, and how many are here.

Under pseudonyms nobody who sells is named: not the owners, now or before, nor their ids. Deals and customers bear pseudonyms too, since
their names often hold people's, and texts that are no answers are hidden. Teams, segments, stages and reasons of losses stay as they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from etl.access import Audience, folded_email
from etl.attach import attach, in_memory
from etl.build import build, create_raw, new_database
from etl.config import Storage
from etl.pseudonyms import hidden_sql, key_of_texts, pseudonyms
from etl.sqltext import literal, literals

AS_IT_IS: Final = ("fields", "questions", "loss_kinds", "rates", "settings", "settings_log")
"""Raw tables that are carried whole: they tell of the company's settings."""

LEFT_EMPTY: Final = ("load_columns", "rejects")
"""Raw tables that stay empty: they tell of files, and of rows that may be anybody's."""

_ACCOUNTED: Final = {"deals": ("deals",), "stage_history": ("stage_changes",), "field_history": ("field_changes", "owner_changes")}
_FEW_DEALS: Final = 20_000


def restrict(whole: Path, audience: Audience, built: Path, storage: Storage, spill: Path, secret: bytes | None, at_once: int = 1) -> None:
    """Write the file of an audience, closed; `secret` is the key of its pseudonyms, `at_once` how many files are written side by side.

    Raises CheckFailed where it breaks a rule.
    """
    with in_memory() as con:
        attach(con, whole, "whole")
        condition = _condition(con, audience)
        deals = con.execute(f"select count(*) from whole.raw.deals where {condition}").fetchall()[0][0]
    with new_database(built, spill, storage, at_once, is_small=deals < _FEW_DEALS) as con:
        attach(con, whole, "whole")
        create_raw(con)
        _number_deals(con, condition)
        _name_people(con, secret)
        _take_deals(con, secret)
        _take_history(con, is_hidden=secret is not None)
        _take_settings(con)
        _write_account(con)
        con.execute("detach whole")
        build(con)
        con.execute("checkpoint")


def _condition(con: duckdb.DuckDBPyConnection, audience: Audience) -> str:
    """Return SQL of whether a row of whole.raw.deals is the audience's."""
    match audience.kind:
        case "team":
            return f"team in ({literals(audience.teams)})"
        case "rep" if audience.owner is not None:
            return f"owner = {literal(audience.owner)}"
        case "rep":
            known = (email for (email,) in con.execute("select distinct owner_email from whole.raw.deals").fetchall() if email)
            return f"owner_email in ({literals(email for email in known if folded_email(email) == audience.email) or 'null'})"
        case _:
            return "true"


def _number_deals(con: duckdb.DuckDBPyConnection, condition: str) -> None:
    """Make the temporary table `own_deals` (deal_key, old_key, source): numbered anew, so that no gap tells of other deals."""
    con.execute(
        "create temp table own_deals as select row_number() over (order by deal_key) as deal_key, deal_key as old_key, source "
        f"from whole.raw.deals where {condition}"
    )


def _name_people(con: duckdb.DuckDBPyConnection, secret: bytes | None) -> None:
    """Make the temporary table `people` (name, shown): the pseudonym of everybody who ever owned a deal; empty without a secret."""
    con.execute("create temp table people (name varchar, shown varchar)")
    if secret is None:
        return
    everybody = con.execute(
        """
        select owner from whole.raw.deals
        union select old_owner from whole.raw.owner_changes
        union select new_owner from whole.raw.owner_changes
        """
    ).fetchall()
    shown = pseudonyms((name for (name,) in everybody if name is not None), secret)
    con.execute("insert into people select unnest($names), unnest($shown)", {"names": [*shown], "shown": [*shown.values()]})


def _take_deals(con: duckdb.DuckDBPyConnection, secret: bytes | None) -> None:
    """Fill raw.deals with the audience's deals."""
    shown = {"owner": "coalesce(people.shown, old.owner)", "owner_email": "null"}
    if secret:
        shown |= {
            "owner_id": "null",
            "deal_name": hidden_sql("old.deal_name", "Deal"),
            "account_name": hidden_sql("old.account_name", "Customer"),
        }
    replaced = ", ".join(f"{sql} as {column}" for column, sql in shown.items())
    con.execute(
        f"""
        insert into raw.deals by name
        select old.* replace (own_deals.deal_key as deal_key, {replaced})
        from whole.raw.deals as old
        join own_deals on own_deals.old_key = old.deal_key
        left join people on people.name = old.owner
        """,
        {"key": key_of_texts(secret)} if secret else {},
    )


def _take_history(con: duckdb.DuckDBPyConnection, *, is_hidden: bool) -> None:
    """Fill the raw tables that hang on deals."""
    text = "case when old.junk_text is not null then '(hidden)' end" if is_hidden else "old.junk_text"
    for table in ("field_changes", "stage_changes"):
        con.execute(_history_sql(table))
    con.execute(_history_sql("field_values", f", null as text_key, {text} as junk_text"))
    con.execute(
        _history_sql(
            "owner_changes", ", coalesce(before.shown, old.old_owner) as old_owner, coalesce(after.shown, old.new_owner) as new_owner"
        )
        + "left join people as before on before.name = old.old_owner left join people as after on after.name = old.new_owner"
    )


def _history_sql(table: str, replaced: str = "") -> str:
    return f"""
        insert into raw.{table} by name
        select old.* replace (own_deals.deal_key as deal_key{replaced})
        from whole.raw.{table} as old
        join own_deals on own_deals.old_key = old.deal_key
        """


def _take_settings(con: duckdb.DuckDBPyConnection) -> None:
    """Fill the raw tables that hang on no deal: settings as they are, loads without counts, stages that the audience's deals were in."""
    for table in AS_IT_IS:
        con.execute(f"insert into raw.{table} by name from whole.raw.{table}")
    con.execute(
        "insert into raw.loads by name "
        "select * exclude (deals_new, deals_changed, deals_missing, deals_gone, changes_told) from whole.raw.loads"
    )
    con.execute(
        """
        insert into raw.stages by name
        select stages.*
        from whole.raw.stages as stages
        semi join (
            select source, stage from raw.deals
            union
            select deals.source, changes.stage
            from raw.stage_changes as changes
            join raw.deals as deals on deals.deal_key = changes.deal_key
        ) as own on own.source = stages.source and own.stage = stages.stage
        """
    )


def _write_account(con: duckdb.DuckDBPyConnection) -> None:
    """Fill raw.load_files and raw.load_amounts: how many rows of the published file are the audience's, and how many are here."""
    con.execute("create temp table latest as select source, arg_max(load_id, load_no) as load_id from raw.loads group by source")
    for role, tables in _ACCOUNTED.items():
        con.execute(
            f"""
            insert into raw.load_files
            select latest.load_id, 'deals.duckdb: ' || {literal(role.replace("_", " "))}, {literal(role)}, 'duckdb', ',',
                sum(counts.there)::bigint, sum(counts.here)::bigint, 0, 0, latest.load_id
            from ({" union all ".join(map(_counted, tables))}) as counts
            join latest on latest.source = counts.source
            group by latest.load_id
            having sum(counts.there) > 0
            """
        )
    con.execute(
        """
        insert into raw.load_amounts
        select latest.load_id, 'deals.duckdb: deals', 'amount', sums.currency,
            sum(sums.there)::bigint, sum(sums.here)::bigint, 0, 0, 0, sum(sums.amount_there), sum(sums.amount_here), 0, 0
        from (
            select own_deals.source, old.currency, 1 as there, 0 as here, old.amount as amount_there, 0 as amount_here
            from whole.raw.deals as old
            join own_deals on own_deals.old_key = old.deal_key
            where old.amount is not null
            union all
            select source, currency, 0, 1, 0, amount from raw.deals where amount is not null
        ) as sums
        join latest on latest.source = sums.source
        group by latest.load_id, sums.currency
        """
    )


def _counted(table: str) -> str:
    """Return SQL of source, rows there and rows here of a table of the audience's deals."""
    here = "raw.deals" if table == "deals" else f"raw.{table} join (select deal_key, source from raw.deals) using (deal_key)"
    return f"""
        select own_deals.source, count(*) as there, 0 as here
        from whole.raw.{table} as old
        join own_deals on own_deals.old_key = old.deal_key
        group by own_deals.source
        union all
        select source, 0, count(*) from {here} group by source
        """
