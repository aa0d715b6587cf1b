"""Deals that were merged into others: a file of their own tells it, or a column of the deals that are left."""

from __future__ import annotations

from etl.land.context import Landing, Source, in_file_order
from etl.land.ledger import REJECT_COLUMNS, count_loaded, reject_columns, settle
from etl.normalise import typed_rows
from etl.read import scan_numbered


def scan_merged(landing: Landing) -> None:
    """Make the temporary table `merged` (merged_id): ids of deals that live on in another one."""
    landing.con.execute(f"create temp table landed_merged (deal_id varchar, merged_id varchar, {REJECT_COLUMNS})")
    for source in landing.of_role("merged_deals"):
        _scan(landing, source)
    landing.con.execute(
        """
        create temp table merged as
        select merged_id from landed_merged where merged_id <> deal_id
        union
        select trim(merged_id) from (
            select deal_id, unnest(string_split_regex(merged_ids, '[;,]')) as merged_id from landed_deals where merged_ids is not null
        )
        where trim(merged_id) not in ('', coalesce(deal_id, ''))
        """
    )


def _scan(landing: Landing, source: Source) -> None:
    found = landing.cells(source)
    deal_id, merged_id = found["deal_id"].text, found["merged_id"].text
    problem = f"coalesce({found['deal_id'].problem}, {found['merged_id'].problem})"
    with in_file_order(landing.con, source.matched.table):
        read = landing.con.execute(
            f"insert into landed_merged select {deal_id}, {merged_id}, {reject_columns(merged_id)} "
            f"from (select *, {problem} as reason from {typed_rows(found, scan_numbered(source.matched.table))})"
        ).fetchall()[0][0]
    count_loaded(landing, source, settle(landing, source, "landed_merged", read, found["merged_id"].header))
