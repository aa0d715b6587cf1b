"""Stages: what each says of the outcome, and the moments at which deals entered them."""

from __future__ import annotations

from etl.land.context import Landing, Source, in_file_order
from etl.land.deals import signals_sql, tells_outcome
from etl.land.field_history import STAGE
from etl.land.ledger import DELETED, REJECT_COLUMNS, count_loaded, join_deals, no_deal_sql, reject_columns, settle
from etl.normalise import field_key_sql, local_date_sql, typed_rows
from etl.read import scan_numbered
from etl.sqltext import literal
from etl.stages import StageUse, resolve_stages


def scan_stage_history(landing: Landing) -> None:
    """Make the temporary table `landed_stages` of the rows that belong to a deal: its key, and what the row tells."""
    landing.con.execute(
        "create temp table landed_stages "
        f"(deal_key bigint, changed_at timestamp, stage varchar, amount decimal(18, 2), close_date date, {REJECT_COLUMNS})"
    )
    for source in landing.of_role("stage_history"):
        _scan(landing, source)
    for source in landing.of_role("deals"):
        _take_from_deals(landing, source)


def take_from_field_history(landing: Landing) -> None:
    """Fill `landed_stages` from the changes of the stage field, for an export without stage history.

    A field history that does not record first values tells the first stage of a deal as the old value of its first change; a deal without
    a change is in its first stage still. That holds from the deal's creation on, or if that was before, from the first change of any
    deal's stage: until then nobody can know whether changes were tracked.
    """
    landing.con.execute(
        f"insert into landed_stages (deal_key, changed_at, stage) "
        f"select deal_key, changed_at, new_text from landed_changes where field_no = {STAGE} and new_text is not null"
    )
    if landing.mapping.history.records_first_value:
        return
    landing.con.execute(
        f"""
        insert into landed_stages (deal_key, changed_at, stage)
        with changes as (select deal_key, changed_at, old_text from landed_changes where field_no = {STAGE}),
        first_changes as (
            select deal_key, min(changed_at) as first_changed_at, min_by(old_text, changed_at) as first_stage from changes group by deal_key
        ),
        deals as (
            select numbers.deal_key, landed.stage, greatest(landed.created_at, (select min(changed_at) from changes)) as known_since
            from landed_deals as landed join deal_numbers as numbers using (file_no, row_number)
            where landed.created_at is not null and exists (from changes)
        )
        select deal_key, known_since, case when first_changed_at is null then stage else first_stage end as first_known
        from deals left join first_changes using (deal_key)
        where first_known is not null and coalesce(known_since < first_changed_at, true)
        """
    )


def name_stages(landing: Landing) -> None:
    """Call stages by their names where a table of stages tells them.

    Makes the temporary table `stage_names` (stage_id, stage, stage_outcome). Two stages of one name and different outcomes, in two
    pipelines, are held apart by the pipeline's name behind theirs. A history that writes qualifiedtobuy for the stage that deals call
    Qualified To Buy means the same.
    """
    landing.con.execute(
        """
        create temp table stage_names as
        with told as (
            select stage_id, coalesce(stage_name, stage_id) as stage_name, coalesce(pipelines.pipeline_name, stages.pipeline) as pipeline,
                case when is_won then 'won' when is_closed then 'lost' when not is_closed then 'open' end as stage_outcome
            from stages left join pipelines on pipelines.pipeline_id = stages.pipeline
        )
        select stage_id, stage_outcome, case
            when count(distinct coalesce(stage_outcome, '')) over (partition by stage_name) > 1 and pipeline is not null
                then stage_name || ' (' || pipeline || ')'
            else stage_name end as stage
        from told
        """
    )
    for table in ("landed_deals", "landed_stages") if landing.of_role("stages") else ():
        landing.con.execute(f"update {table} set stage = named.stage from stage_names as named where named.stage_id = {table}.stage")
    _write_stages_alike(landing)


def _write_stages_alike(landing: Landing) -> None:
    """Write the stages of the history as deals write them, capitals, blanks and the like aside."""
    landing.con.execute(
        f"""
        create temp table stages_alike as
        with of_deals as (select distinct stage from landed_deals where stage is not null)

        select of_history.stage as written, min(of_deals.stage) as stage
        from (select distinct stage from landed_stages) as of_history
        join of_deals on {field_key_sql("of_deals.stage")} = {field_key_sql("of_history.stage")}
        where of_history.stage not in (select stage from of_deals)
        group by of_history.stage
        """
    )
    if landing.value("select count(*) from stages_alike"):
        landing.con.execute(
            "update landed_stages set stage = alike.stage from stages_alike as alike where alike.written = landed_stages.stage"
        )


def write_stages(landing: Landing) -> None:
    """Fill raw.stages; raises UnknownOutcome where the stage of a deal has to tell the outcome and does not."""
    signals = ", ".join(sql for _, sql in signals_sql(landing))
    rows = landing.con.execute(
        f"""
        select used.stage, count(deal_id), coalesce(bool_or(used.is_won), false), coalesce(bool_or(used.is_closed), false),
            count(*) filter (deal_id is not null and told is null), any_value(listed.stage_outcome)
        from (
            select stage, deal_id, is_won, is_closed, {f"coalesce({signals})" if signals else "null"} as told
            from landed_deals semi join deal_numbers using (file_no, row_number)
            union all
            select distinct stage, null, null, null, null from landed_stages
        ) as used
        left join stage_names as listed on listed.stage = used.stage
        where used.stage is not null group by used.stage order by used.stage
        """
    ).fetchall()
    uses = [StageUse(*row) for row in rows]
    resolved = resolve_stages(uses, landing.config.stages, landing.mapping, flagged=tells_outcome(landing))
    if resolved:
        landing.con.executemany("insert into raw.stages values (?, ?, ?, ?)", [(*each, landing.origin) for each in resolved])


def write_stage_changes(landing: Landing) -> None:
    """Fill raw.stage_changes."""
    landing.con.execute(
        f"""
        insert into raw.stage_changes
        select deal_key, changed_at, {local_date_sql("changed_at", landing.time_zone)}, stage, amount, close_date, 'history'
        from landed_stages
        """
    )


def _take_from_deals(landing: Landing, source: Source) -> None:
    """Add the columns of a deal file that hold when a stage was reached."""
    entered, found = source.matched.entered, landing.cells(source)
    if not entered:
        return
    pairs = ", ".join(f"struct_pack(stage := {literal(stage)}, changed_at := {found[name].value})" for name, stage in entered)
    with in_file_order(landing.con, source.matched.table):
        landing.con.execute(
            f"""
            insert into landed_stages (deal_key, changed_at, stage)
            select deal_key, entry.changed_at, entry.stage
            from (
                select numbers.deal_key, unnest([{pairs}]) as entry
                from {typed_rows(found, scan_numbered(source.matched.table))} as rows
                join deal_numbers as numbers on numbers.file_no = {source.number} and numbers.row_number = rows.row_number
            )
            where entry.changed_at is not null
            """
        )


def _scan(landing: Landing, source: Source) -> None:
    found = landing.cells(source)
    values = [found[name].value if name in found else "null" for name in ("changed_at", "stage", "amount", "close_date")]
    deleted = found["is_deleted"].value if "is_deleted" in found else "false"
    problem = (
        f"case when {deleted} then {literal(DELETED)} when deal_key is null then {no_deal_sql(found)} "
        f"else coalesce({found['changed_at'].problem}, {found['stage'].problem}) end"
    )
    with in_file_order(landing.con, source.matched.table):
        read = landing.con.execute(
            f"insert into landed_stages select deal_key, {', '.join(values)}, {reject_columns(found['deal_id'].text)} "
            f"from (select *, {problem} as reason from {typed_rows(found, scan_numbered(source.matched.table))} {join_deals(found)})"
        ).fetchall()[0][0]
    count_loaded(landing, source, settle(landing, source, "landed_stages", read, found["deal_id"].header))
