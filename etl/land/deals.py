"""Deals: scanned with every problem noted, numbered, and written with owner, outcome and ICP fit resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from etl.currency import iso_code_sql, named_currency_sql
from etl.errors import DataError
from etl.land.context import Landing, Source, in_file_order, typed_columns
from etl.land.ledger import DELETED, MERGED, count_loaded, reject_unsplit, row_in_file
from etl.mapping import icp_fields, position_of
from etl.normalise import AskedField, Cell, column_of, local_date_sql, text_sql, typed_rows
from etl.read import scan_numbered
from etl.records import ROLES, column_names
from etl.sqltext import literal, literals
from etl.states import state_sql, text_key_sql

# A line that a report or a person put below the deals. A deal has a stage or a day on which it was created.
_TOTAL = literal(r"(?i)^(grand |sub)?-?totals?\b")
_IS_TOTAL = f"stage is null and created_at is null and (regexp_matches(deal_id, {_TOTAL}) or regexp_matches(deal_name, {_TOTAL}))"
_EMAIL = r"[^@\s]+@[^@\s]+"


def scan_deals(landing: Landing) -> None:
    """Make the temporary table `landed_deals`: one row per row of the deal files, with the problems of its values."""
    fields = [f", state_{each.number} answer_state, key_{each.number} ubigint, junk_{each.number} varchar" for each in landing.asked]
    problems = "problems struct(column_name varchar, text varchar, reason varchar)[]"
    landing.con.execute(
        f"create temp table landed_deals (file_no integer, row_number bigint, {typed_columns('deals')}, "
        f"amount_text varchar, won_amount_text varchar, tells_closing boolean, icp_text varchar, {problems}{''.join(fields)})"
    )
    for source in landing.of_role("deals"):
        rows = typed_rows(landing.cells(source), scan_numbered(source.matched.table))
        with in_file_order(landing.con, source.matched.table):
            read = landing.con.execute(
                f"insert into landed_deals select {', '.join(_columns(landing, source))} from {_with_states(landing, source, rows)}"
            ).fetchall()[0][0]
        reject_unsplit(landing, source, read)
        if "deal_id" not in landing.cells(source):
            landing.con.execute(f"update landed_deals set deal_id = 'row ' || ({row_in_file(source)}) where file_no = {source.number}")


def number_deals(landing: Landing) -> None:
    """Make the temporary table `deal_numbers` (deal_key, file_no, row_number, history_id) of the deals that count.

    Repeated headers, totals, deleted and merged deals, deals without an id and earlier rows of an id that comes again are rejected.
    """
    landing.con.execute(
        f"""
        create temp table judged_deals as
        select file_no, row_number, deal_id, coalesce(history_id, deal_id) as history_id,
            case
                when deal_id is null then 'has no id'
                when {_repeats_header(landing)} then 'repeats the header'
                when {_IS_TOTAL} then 'is a total, not a deal'
                when is_deleted then {literal(DELETED)}
                when deal_id in (select merged_id from merged) then {literal(MERGED)}
                when row_number() over (
                    partition by deal_id, coalesce(is_deleted, false)
                    order by modified_at desc nulls last, file_no desc, row_number desc
                ) > 1 then 'a later row has the same id'
            end as reason
        from landed_deals
        """
    )
    landing.con.execute(
        "create temp table deal_numbers as "
        "select row_number() over (order by deal_id) as deal_key, file_no, row_number, history_id from judged_deals where reason is null"
    )
    for source in landing.of_role("deals"):
        count_loaded(landing, source, landing.value(f"select count(*) from deal_numbers where file_no = {source.number}"))
        _reject(landing, source)
    if not landing.value("select count(*) from deal_numbers"):
        raise _no_deals(landing)


def _repeats_header(landing: Landing) -> str:
    """Return SQL of whether a row is the header of its file once more, as files have it that were put together by hand."""
    headers = [
        f"(file_no = {source.number} and deal_id = {literal(found['deal_id'].header)} and stage = {literal(found['stage'].header)})"
        for source in landing.of_role("deals")
        if {"deal_id", "stage"} <= (found := landing.cells(source)).keys()
    ]
    return " or ".join(headers) or "false"


def _no_deals(landing: Landing) -> DataError:
    reasons = landing.con.execute("select reason, count(*) from judged_deals group by reason order by reason").fetchall()
    counted = "; ".join(f"{count:,} rows: {reason}" for reason, count in reasons) or "the file holds no rows"
    return DataError(
        f"no deal is left to compare ({counted})",
        where=", ".join(source.matched.table.name for source in landing.of_role("deals")),
        todo="Export the deals again, with those that are not deleted.",
    )


def write_deals(landing: Landing) -> None:
    """Fill raw.deals from the landed rows, the users, the accounts and the outcomes of the stages."""
    config = landing.config
    fits = literals(value.lower() for value in config.icp.values)
    created_date, closed_date, won_date, lost_date = (
        local_date_sql(f"landed.{moment}", landing.time_zone) for moment in ("created_at", "closed_at", "won_at", "lost_at")
    )
    outcome, outcome_from = _outcome_sql(landing)
    landing.con.execute(
        f"""
        insert into raw.deals
        with landed as (
            select landed.*, stages.stage_outcome, {outcome} as outcome, {outcome_from} as outcome_from
            from landed_deals as landed
            left join raw.stages as stages on stages.stage = landed.stage
        )
        select numbers.deal_key, {literal(landing.origin)}, landed.deal_id, landed.deal_name,
            coalesce(accounts.account_name, landed.account_name), landed.owner_id,
            coalesce(users.user_name, landed.owner_name, landed.owner_id), coalesce(users.team, landed.team),
            coalesce(landed.segment, accounts.segment), landed.deal_type, landed.lead_source,
            coalesce(pipelines.pipeline_name, landed.pipeline), landed.stage, landed.outcome, landed.outcome_from, landed.loss_reason,
            case when landed.outcome = 'won' then coalesce(landed.won_amount, landed.amount) else landed.amount end,
            landed.currency,
            landed.created_at, {created_date},
            case
                when landed.outcome = 'open' or not landed.tells_closing then landed.close_date
                else coalesce({closed_date}, case landed.outcome when 'won' then {won_date} else {lost_date} end)
            end,
            case when landed.icp_text is not null then lower(landed.icp_text) in ({fits}) end, null, null,
            coalesce(users.email, case when regexp_full_match(landed.owner_name, {literal(_EMAIL)}) then landed.owner_name end)
        from landed
        join deal_numbers as numbers using (file_no, row_number)
        left join users on users.user_id = coalesce(landed.owner_id, landed.owner_name)
        left join accounts on accounts.account_id = coalesce(landed.account_id, landed.account_name)
        left join pipelines on pipelines.pipeline_id = landed.pipeline
        order by numbers.deal_key
        """
    )


def write_days_seen(landing: Landing, as_of: date) -> None:
    """Note that the deals of this load were seen on its day."""
    landing.con.execute(f"update raw.deals set first_seen_on = {literal(str(as_of))}, last_seen_on = {literal(str(as_of))}")


def tells_outcome(landing: Landing) -> bool:
    """Tell whether the deals carry flags of being closed; where every flag is blank, the stage has to tell."""
    return landing.value("select count(is_closed) from landed_deals") > 0


def signals_sql(landing: Landing) -> list[tuple[str, str]]:
    """Return the columns that tell an outcome whatever the stage, in order: name, and SQL of the outcome, null where it is silent."""
    signals = []
    for signal in landing.mapping.tells_outcome:
        told = " ".join(
            f"when lower(cast({signal.column} as varchar)) = {literal(value.lower())} then {literal(outcome)}"
            for value, outcome in signal.values.items()
        )
        signals.append((signal.column.replace("_", " "), f"case {told} end"))
    return signals


def _outcome_sql(landing: Landing) -> tuple[str, str]:
    """Return SQL, over landed deals with their stage's outcome, of the outcome and of what told it; a deal in no stage is open."""
    told = [("flags", _flags_sql(landing)), *signals_sql(landing), ("stage", "stages.stage_outcome"), ("no stage", "'open'")]
    sources = " ".join(f"when ({sql}) is not null then {literal(name)}" for name, sql in told)
    return f"coalesce({', '.join(sql for _, sql in told)})", f"case {sources} end"


def _flags_sql(landing: Landing) -> str:
    if tells_outcome(landing):
        return "case when landed.is_won then 'won' when landed.is_closed then 'lost' else 'open' end"
    return "case when landed.is_won then 'won' end"


def currency_sql(landing: Landing, found: Mapping[str, Cell]) -> str:
    """Return SQL, over typed_rows, of the currency of a deal: what its column says, else what an amount's text names, else our own."""
    organisation = landing.config.organisation
    told = [iso_code_sql(found["currency"].value, organisation.locale)] if "currency" in found else []
    amounts = (found[name] for name in ("amount", "won_amount") if name in found)
    told += [f"case when {amount.value} is not null then {named_currency_sql(amount.text)} end" for amount in amounts]
    return f"coalesce({', '.join([*told, literal(organisation.currency)])})"


def _columns(landing: Landing, source: Source) -> list[str]:
    found = landing.cells(source)
    values = [found[column.name].value if column.name in found else "null" for column in ROLES["deals"]]
    values[column_names("deals").index("currency")] = currency_sql(landing, found)
    icp = position_of(icp_fields(landing.config, landing.mapping), source.matched.table.headers)
    icp_text = "null" if icp is None else text_sql(icp, landing.mapping.empty)
    amounts = [found[name].text if name in found else "null" for name in ("amount", "won_amount")]
    typed = [cell for cell in found.values() if cell.problem != "null"]
    tells_closing = "false" if found.keys().isdisjoint(("closed_at", "won_at", "lost_at")) else "true"
    told = [*amounts, tells_closing, icp_text, _problems(typed)]
    return [str(source.number), "row_number", *values, *told, *_field_columns(landing, source)]


def _problems(typed: Sequence[Cell]) -> str:
    """Return SQL of the list of values that could not be read, null in the usual row without any."""
    if not typed:
        return "null"
    any_problem = " or ".join(f"({cell.problem}) is not null" for cell in typed)
    each = ", ".join(
        f"case when ({cell.problem}) is not null then "
        f"struct_pack(column_name := {literal(cell.header)}, text := {cell.text}, reason := {cell.problem}) end"
        for cell in typed
    )
    return f"case when {any_problem} then list_filter([{each}], lambda problem: problem is not null) end"


def _with_states(landing: Landing, source: Source, rows: str) -> str:
    """Return SQL of a FROM item: the rows with text and state of each asked field that the file holds, each worked out once."""
    held = _held(landing, source)
    texts = "".join(f", {text_sql(place, landing.mapping.empty)} as asked_{each.number}" for each, place in held)
    states = "".join(
        f", {state_sql(f'asked_{each.number}', each.field, landing.config.answers)} as state_{each.number}" for each, _ in held
    )
    return f"(select *{states} from (select *{texts} from {rows}))"


def _field_columns(landing: Landing, source: Source) -> list[str]:
    """Return state, text key and junk text of each asked field: what answers need, so that their texts need not be kept."""
    held = {each.number for each, _ in _held(landing, source)}
    columns = []
    for number in (each.number for each in landing.asked):
        junk = f"case when state_{number} <> 'answered' then asked_{number} end"
        columns += [f"state_{number}", text_key_sql(f"asked_{number}"), junk] if number in held else ["null", "null", "null"]
    return columns


def _held(landing: Landing, source: Source) -> list[tuple[AskedField, int]]:
    """Return the asked fields that a deal file holds, with their positions."""
    places = ((each, column_of(each, source.matched.table.headers)) for each in landing.asked)
    return [(each, place) for each, place in places if place is not None]


def _reject(landing: Landing, source: Source) -> None:
    said = f"{literal(landing.load_id)}, {literal(source.matched.table.name)}"
    landing.con.execute(
        f"insert into raw.rejects select {said}, {row_in_file(source)}, 'row', null, deal_id, reason "
        f"from judged_deals where file_no = {source.number} and reason is not null order by row_number"
    )
    landing.con.execute(
        f"""
        insert into raw.rejects
        select {said}, {row_in_file(source)}, 'value', problem.column_name, problem.text, problem.reason
        from (
            select row_number, unnest(problems) as problem from landed_deals
            semi join deal_numbers using (file_no, row_number)
            where file_no = {source.number} and problems is not null
        )
        order by row_number
        """
    )
