"""Loads go on from one another: what earlier loads knew is added to what the files of this one say.

Of the version that is published, only raw.* is read. A deal that this load lacks stays as it was last seen, unless the CRM says that it was
deleted or merged. History that either load holds is held; where both tell of the same moment, this load counts. Where the CRM gives no
history of a field, a stage or an owner, two exports that differ tell a change, dated by the later one: later than the truth, never earlier.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields, replace
from datetime import date
from pathlib import Path

import duckdb

from etl.attach import attach
from etl.errors import DatabaseError, DataError
from etl.land.context import Landing
from etl.land.ledger import DELETED, MERGED
from etl.mapping import position_of
from etl.sqltext import literal, literals
from etl.troubles import WAY_BACK, is_damage

GONE = (DELETED, MERGED)
"""Reasons for which a deal of an earlier load is no deal any more."""

ANEW = "To begin anew with these files alone, load with --anew, or in the browser tick that what was loaded before is to be forgotten."

_READ: dict[str, str] = {
    "deals": "deal_key, source, deal_id, stage, outcome, amount, close_date, owner_id, owner, first_seen_on, last_seen_on",
    "fields": "field_no, field, question_no, topic, is_neutral, source, is_column, held_on, exports_from, exports_to, tracked_since",
    "field_changes": "deal_key, field_no, changed_at, changed_date, old_state, new_state, told_by",
    "field_values": "deal_key, field_no, state, junk_text, text_key",
    "stage_changes": "deal_key, changed_at, stage, told_by",
    "owner_changes": "deal_key, changed_at, told_by",
    "stages": "stage, source",
    "loads": "load_no, load_id, source, mapping, as_of, is_sample, models, fingerprint, settings",
    "load_files": "load_id",
    "load_columns": "load_id",
    "rejects": "load_id",
}
"""What is read of an earlier version, at least."""

_OF_ANOTHER_FORM = (duckdb.BinderException, duckdb.CatalogException, duckdb.ConstraintException, duckdb.ConversionException)


def carry_over(landing: Landing, earlier: Path, as_of: date) -> None:
    """Add what a published version knew to the raw tables of this load, which is exported on the day `as_of`.

    Raises DatabaseError where the version cannot be read, DataError where this export is older than the last one of its source.
    """
    with attached(landing.con, earlier):
        _refuse_older(landing, as_of)
        _number_deals(landing)
        _number_fields(landing)
        _take_over(landing)
        _note_what_is_told(landing)
        _carry_field_changes(landing)
        _carry_values(landing)
        _carry_fields(landing, as_of)
        _carry_stages(landing, as_of)
        _carry_owners(landing, as_of)
        _count(landing, as_of)
        _carry_deals(landing, as_of)


def count_first(landing: Landing) -> None:
    """Make the temporary table `carried_counts` for a load without any before it: every deal is new."""
    landing.con.execute(
        "create temp table carried_counts as select count(*) as new, 0 as changed, 0 as missing, 0 as gone, 0 as told from raw.deals"
    )


def carry_loads(landing: Landing, earlier: Path) -> None:
    """Add the account of earlier loads; what could not be used is kept of the latest load of each source."""
    with attached(landing.con, earlier):
        for table in ("loads", "load_files", "load_columns"):
            landing.con.execute(f"insert into raw.{table} by name from earlier.raw.{table}")
        if landing.value("select count(*) from duckdb_tables() where database_name = 'earlier' and table_name = 'load_amounts'"):
            landing.con.execute("insert into raw.load_amounts by name from earlier.raw.load_amounts")
        landing.con.execute(
            f"""
            insert into raw.rejects by name
            select rejects.*
            from earlier.raw.rejects as rejects
            join (select source, arg_max(load_id, load_no) as load_id from earlier.raw.loads group by source) as latest
                on latest.load_id = rejects.load_id and latest.source <> {literal(landing.origin)}
            """
        )


@contextmanager
def attached(con: duckdb.DuckDBPyConnection, version: Path) -> Iterator[None]:
    """Attach a published version as `earlier`, to be read; raises DatabaseError where it lacks what loads go on from."""
    try:
        attach(con, version, "earlier")
    except duckdb.Error as error:
        raise _unreadable(version, error) from error
    try:
        for table, columns in _READ.items():
            con.execute(f"select {columns} from earlier.raw.{table} limit 0")
        yield
    except duckdb.Error as error:
        if isinstance(error, _OF_ANOTHER_FORM) or is_damage(error):
            raise _unreadable(version, error) from error
        raise
    finally:
        con.execute("detach earlier")


def _unreadable(version: Path, error: duckdb.Error) -> DatabaseError:
    return DatabaseError(
        f"the loads before this one cannot be gone on from: {str(error).splitlines()[0]}",
        where=str(version),
        expected="a database that this version of Same Side wrote, or a later one than 0.1",
        todo=f"Nothing was changed. {WAY_BACK} {ANEW} What earlier loads knew is forgotten then.",
    )


def _refuse_older(landing: Landing, as_of: date) -> None:
    latest = landing.con.execute("select max(as_of) from earlier.raw.loads where source = ?", [landing.origin]).fetchall()[0][0]
    if latest and as_of < latest:
        raise DataError(
            f"this export is older than the last one that was loaded: of {as_of}, after one of {latest}",
            where=f"the deals of {landing.origin}",
            expected="exports in the order of their days",
            todo=f"Nothing was changed. If it is newer, name its day, {latest} or later, with --as-of. {ANEW}",
        )


def _number_deals(landing: Landing) -> None:
    """Make the temporary table `carried_deals` (old_key, deal_key, is_here, is_ours): the deals of earlier loads that stay.

    is_here: this load holds the deal too, with that key. is_ours: it is of the source of this load.
    """
    gone = f"(select deal_id from judged_deals where reason in ({literals(GONE)}) union all select merged_id from merged)"
    landing.con.execute(
        f"""
        create temp table carried_deals as
        select
            old.deal_key as old_key,
            coalesce(
                now.deal_key,
                (select count(*) from raw.deals) + row_number() over (partition by now.deal_key is null order by old.source, old.deal_id)
            ) as deal_key,
            now.deal_key is not null as is_here,
            old.source = {literal(landing.origin)} as is_ours
        from earlier.raw.deals as old
        left join raw.deals as now on now.source = old.source and now.deal_id = old.deal_id
        where old.source <> {literal(landing.origin)}
            or {landing.has_ids} and (now.deal_key is not null or old.deal_id not in {gone})
        """
    )


def _number_fields(landing: Landing) -> None:
    """Make the temporary table `carried_fields` (old_no, field_no, question_no): fields of earlier loads that are asked for still.

    Those of this load's source keep its numbers; those of another are numbered after them, if their question is asked still.
    """
    questions = literals(landing.config.questions) or "null"
    landing.con.execute(
        f"""
        create temp table carried_fields as
        select old.field_no as old_no, now.field_no, now.question_no
        from earlier.raw.fields as old
        join raw.fields as now on now.source = old.source and lower(now.field) = lower(old.field)
        qualify row_number() over (partition by now.field_no order by now.topic = old.topic desc, old.field_no) = 1
        union all
        select
            old.field_no,
            (select count(*) from raw.fields) + row_number() over (order by old.source, old.field_no),
            coalesce(
                asked.question_no,
                known.question_no,
                greatest({len(landing.config.questions)}, (select coalesce(max(question_no), 0) from raw.fields))
                    + dense_rank() over (partition by asked.question_no is null and known.question_no is null order by old.topic)
            )
        from earlier.raw.fields as old
        left join (select unnest([{questions}]) as topic, generate_subscripts([{questions}], 1) as question_no) as asked
            on asked.topic = old.topic and not old.is_neutral
        left join (select topic, min(question_no) as question_no from raw.fields where is_neutral group by topic) as known
            on known.topic = old.topic and old.is_neutral
        where old.source <> {literal(landing.origin)} and (old.is_neutral or asked.topic is not null)
        """
    )


def _take_over(landing: Landing) -> None:
    """Give the record of a field that is gone to the one that is new in the same question, where there is one of each: it was renamed."""
    headers = [header for source in landing.of_role("deals") for header in source.matched.table.headers]
    lost, come = (
        landing.con.execute(sql, [landing.origin]).fetchall()
        for sql in (
            """
            select topic, field_no, field from earlier.raw.fields
            where source = ? and held_on is not null and is_column
                and lower(field) not in (select lower(field) from raw.fields where held_on is not null)
            """,
            """
            select topic, field_no, question_no from raw.fields as now
            where source = ? and is_column and not exists (
                from carried_fields as carried join earlier.raw.fields as old on old.field_no = carried.old_no
                where carried.field_no = now.field_no and old.held_on is not null
            )
            """,
        )
    )
    gone = [(topic, number) for topic, number, name in lost if position_of([name], headers) is None]
    for topic, number, question in come:
        before = [old for other, old in gone if other == topic]
        if len(before) == 1 and [other for other, *_ in come].count(topic) == 1:
            landing.con.execute("delete from carried_fields where old_no = ? or field_no = ?", [before[0], number])
            landing.con.execute("insert into carried_fields values (?, ?, ?)", [before[0], number, question])


def _note_what_is_told(landing: Landing) -> None:
    """Make the temporary tables `told_fields`, `told_stages` and `told_owners`: since when this load tells history, by deal (and field)."""
    con = landing.con
    con.execute("create temp table told_fields as select deal_key, field_no, min(changed_at) as since from raw.field_changes group by all")
    con.execute("create temp table told_stages as select deal_key, min(changed_at) as since from raw.stage_changes group by all")
    con.execute("create temp table told_owners as select deal_key, min(changed_at) as since from raw.owner_changes group by all")


def _carry_field_changes(landing: Landing) -> None:
    """Add earlier changes of fields. What exports told after the CRM's own history now begins, that history tells better."""
    landing.con.execute(
        """
        insert into raw.field_changes
        with old as (
            select deals.deal_key, fields.field_no, old.changed_at, old.changed_date, old.old_state, old.new_state, old.told_by
            from earlier.raw.field_changes as old
            join carried_deals as deals on deals.old_key = old.deal_key
            join carried_fields as fields on fields.old_no = old.field_no
        )
        select old.*
        from old
        left join told_fields as told on told.deal_key = old.deal_key and told.field_no = old.field_no
        anti join raw.field_changes as now
            on now.deal_key = old.deal_key and now.field_no = old.field_no and now.changed_at = old.changed_at
        where old.told_by = 'history' or told.since is null or old.changed_at < told.since
        """
    )
    if any("old_value" not in source.matched.positions for source in landing.of_role("field_history")):
        _join_old_values(landing)


def _join_old_values(landing: Landing) -> None:
    """Take the old value of the first change that this load tells from the change before it, where the CRM tells only what was written."""
    landing.con.execute(
        """
        update raw.field_changes as changes set old_state = before.new_state
        from (
            select told.deal_key, told.field_no, told.since, arg_max(changes.new_state, changes.changed_at) as new_state
            from told_fields as told
            join raw.field_changes as changes
                on changes.deal_key = told.deal_key and changes.field_no = told.field_no and changes.changed_at < told.since
            group by all
        ) as before
        where changes.deal_key = before.deal_key and changes.field_no = before.field_no and changes.changed_at = before.since
        """
    )


def _carry_values(landing: Landing) -> None:
    """Add what fields held in deals that this load lacks, and in fields of which its deals have no column."""
    landing.con.execute(
        """
        create temp table earlier_values as
        select deals.deal_key, deals.is_here, deals.is_ours, old.* exclude (deal_key, field_no) replace (old.state::varchar as state),
            fields.field_no
        from earlier.raw.field_values as old
        join carried_deals as deals on deals.old_key = old.deal_key
        join carried_fields as fields on fields.old_no = old.field_no
        """
    )
    landing.con.execute(
        """
        insert into raw.field_values
        select old.deal_key, old.field_no, old.state, old.junk_text, old.text_key
        from earlier_values as old
        join raw.fields as fields on fields.field_no = old.field_no and not fields.is_column
        left join told_fields as told on told.deal_key = old.deal_key and told.field_no = old.field_no
        where told.deal_key is null
        union all
        select old.deal_key, old.field_no, old.state, old.junk_text, old.text_key
        from earlier_values as old
        left join raw.fields as fields on fields.field_no = old.field_no
        where not old.is_here and coalesce(fields.is_column, true)
        """
    )


@dataclass(frozen=True, slots=True)
class Known:
    """Since when the history of a field is known, and how: the columns of raw.fields of the same names."""

    tracked_since: date | None
    records_first_value: bool
    is_column: bool
    held_on: date | None
    exports_from: date | None
    exports_to: date | None

    @property
    def is_told_by_history(self) -> bool:
        """Tell whether the CRM's own history told every change so far."""
        return self.tracked_since is not None and self.exports_from == self.exports_to


def joined(before: Known, now: Known, as_of: date, *, is_gapless: bool, goes_on: bool) -> tuple[Known, bool]:
    """Return what two loads know of a field together, and whether the difference of the two exports tells its changes.

    is_gapless: no load between the two lacked the field. goes_on: this load holds the CRM's history from where the last one ended.
    """
    if now.held_on is None:
        held = goes_on and not before.is_column and before.is_told_by_history
        return (replace(before, held_on=as_of, exports_from=as_of, exports_to=as_of) if held else before), False
    if before.held_on is None:
        return now, False
    reaches_back = now.tracked_since is not None and now.tracked_since <= before.held_on
    if reaches_back or (goes_on and before.is_told_by_history):
        since = min(each for each in (before.tracked_since, now.tracked_since) if each is not None)
        is_whole = before.exports_from == before.exports_to or (
            reaches_back and before.exports_from is not None and now.tracked_since is not None and now.tracked_since <= before.exports_from
        )
        era = (now if is_whole else before).exports_from, (now if is_whole else before).exports_to
        return replace(now, tracked_since=since, exports_from=era[0], exports_to=era[1]), False
    if not now.is_column or not is_gapless:
        return now, now.is_column
    begun = before.exports_from if before.exports_from is not None and before.exports_from < as_of else None
    return (
        replace(
            now,
            tracked_since=before.tracked_since or begun,
            records_first_value=before.records_first_value and before.tracked_since is not None,
            exports_from=before.exports_from,
        ),
        begun is not None,
    )


_KNOWN = tuple(each.name for each in fields(Known))


def _carry_fields(landing: Landing, as_of: date) -> None:
    """Join what earlier loads and this one know of each field, tell changes apart, and add the fields of other sources."""
    con = landing.con
    goes_on = landing.is_partial and bool(landing.of_role("field_history"))
    days = [row[0] for row in con.execute("select as_of from earlier.raw.loads where source = ?", [landing.origin]).fetchall()]
    for number, old_number in con.execute("select field_no, old_no from carried_fields semi join raw.fields using (field_no)").fetchall():
        before = Known(*con.execute(f"select {', '.join(_KNOWN)} from earlier.raw.fields where field_no = ?", [old_number]).fetchall()[0])
        now = Known(*con.execute(f"select {', '.join(_KNOWN)} from raw.fields where field_no = ?", [number]).fetchall()[0])
        is_gapless = before.held_on is None or not any(before.held_on < day < as_of for day in days)
        both, is_told_apart = joined(before, now, as_of, is_gapless=is_gapless, goes_on=goes_on)
        con.execute(
            f"update raw.fields set {', '.join(f'{name} = ?' for name in _KNOWN)}, is_in_export = ? where field_no = ?",
            [*astuple(both), both.held_on is not None, number],
        )
        if is_told_apart:
            _tell_apart(landing, number, before, as_of)
    con.execute(
        """
        insert into raw.fields by name
        select old.* replace (fields.field_no as field_no, fields.question_no as question_no)
        from earlier.raw.fields as old
        join carried_fields as fields on fields.old_no = old.field_no
        anti join raw.fields as now on now.field_no = fields.field_no
        """
    )


def _tell_apart(landing: Landing, number: int, before: Known, as_of: date) -> None:
    """Write the changes of a field that the difference of two exports tells, but for those that history tells since.

    A text that is judged otherwise than before is no change: what was written of it is judged anew. A second export of one day corrects
    what the first one told.
    """
    con, moment = landing.con, _moment(landing, as_of)
    con.execute(
        f"""
        create or replace temp table differences as
        select
            deals.deal_key,
            coalesce(old.state, 'blank') as old_state,
            coalesce(now.state::varchar, 'blank') as new_state,
            coalesce(old.text_key = now.text_key, false) as is_same_text
        from raw.deals as deals
        left join (select * from earlier_values where field_no = {number}) as old on old.deal_key = deals.deal_key
        left join (select * from raw.field_values where field_no = {number}) as now on now.deal_key = deals.deal_key
        anti join (
            select deal_key from raw.field_changes
            where field_no = {number} and told_by = 'history' and changed_date > {literal(str(before.held_on))}::date
        ) as told on told.deal_key = deals.deal_key
        where coalesce(old.state, 'blank') <> coalesce(now.state::varchar, 'blank')
        """
    )
    con.execute(
        f"""
        update raw.field_changes as changes set new_state = differences.new_state
        from differences
        where changes.deal_key = differences.deal_key and changes.field_no = {number} and changes.told_by = 'exports'
            and changes.new_state = differences.old_state and (differences.is_same_text or changes.changed_at = {moment})
        """
    )
    con.execute(
        f"""
        insert into raw.field_changes
        select differences.deal_key, {number}, {moment}, {literal(str(as_of))}, old_state, new_state, 'exports'
        from differences
        anti join (
            select deal_key from raw.field_changes where field_no = {number} and told_by = 'exports' and changed_at = {moment}
        ) as told on told.deal_key = differences.deal_key
        where not is_same_text
        """
    )
    con.execute(f"delete from raw.field_changes where field_no = {number} and told_by = 'exports' and old_state = new_state")


def _moment(landing: Landing, day: date | str) -> str:
    """Return SQL of the moment in UTC at which a day begins in our zone; a day as text is SQL."""
    written = f"{literal(str(day))}::timestamp" if isinstance(day, date) else f"cast({day} as timestamp)"
    return written if landing.time_zone == "UTC" else f"timezone('UTC', timezone({literal(landing.time_zone)}, {written}))"


def _previous_day(landing: Landing, as_of: date) -> date | None:
    """Return the day of the last export of this source before this one; None where there is none."""
    row = landing.con.execute("select max(as_of) from earlier.raw.loads where source = ? and as_of < ?", [landing.origin, as_of])
    day: date | None = row.fetchall()[0][0]
    return day


def _carry_stages(landing: Landing, as_of: date) -> None:
    """Add earlier stages and their history, and tell stages, amounts and close dates apart where this load has no stage history."""
    con, today = landing.con, literal(str(as_of))
    con.execute("insert into raw.stages by name from earlier.raw.stages as old anti join raw.stages as now using (source, stage)")
    con.execute(
        f"""
        insert into raw.stage_changes by name
        select old.* replace (deals.deal_key as deal_key)
        from earlier.raw.stage_changes as old
        join carried_deals as deals on deals.old_key = old.deal_key
        left join told_stages as told on told.deal_key = deals.deal_key
        anti join raw.stage_changes as now on now.deal_key = deals.deal_key and now.changed_at = old.changed_at
        where old.told_by = 'history'
            or (coalesce(old.changed_at < told.since, true) and not (deals.is_here and old.changed_date = {today}))
        """
    )
    previous = _previous_day(landing, as_of)
    if previous is None or landing.value("select count(*) from told_stages"):
        return
    con.execute(
        f"""
        insert into raw.stage_changes
        select deals.deal_key, {_moment(landing, "old.last_seen_on")}, old.last_seen_on, old.stage, old.amount, old.close_date, 'exports'
        from earlier.raw.deals as old
        join carried_deals as deals on deals.old_key = old.deal_key
        anti join raw.stage_changes as told on told.deal_key = deals.deal_key
        where deals.is_ours and old.stage is not null and old.last_seen_on < {today}
        """
    )
    con.execute(
        f"""
        insert into raw.stage_changes
        select deal_key, {_moment(landing, "day")}, day, stage, amount, close_date, 'exports'
        from (
            select *, case
                when outcome <> 'open' and close_date > {literal(str(previous))}::date and close_date <= {today}::date then close_date
                else {today}::date
            end as day
            from raw.deals
        ) as now
        left join (
            select deal_key, arg_max(struct_pack(stage, amount, close_date), changed_at) as told from raw.stage_changes group by deal_key
        ) as before using (deal_key)
        where stage is not null and (
            told is null or stage <> told.stage or amount is distinct from told.amount or close_date is distinct from told.close_date
        )
        """
    )


def _carry_owners(landing: Landing, as_of: date) -> None:
    """Add earlier changes of owners, and tell owners apart where this load has no history of them."""
    con = landing.con
    con.execute(
        """
        insert into raw.owner_changes by name
        select old.* replace (deals.deal_key as deal_key)
        from earlier.raw.owner_changes as old
        join carried_deals as deals on deals.old_key = old.deal_key
        left join told_owners as told on told.deal_key = deals.deal_key
        anti join raw.owner_changes as now on now.deal_key = deals.deal_key and now.changed_at = old.changed_at
        where old.told_by = 'history' or coalesce(old.changed_at < told.since, true)
        """
    )
    if _previous_day(landing, as_of) is None or landing.value("select count(*) from told_owners"):
        return
    con.execute(
        f"""
        insert into raw.owner_changes
        select now.deal_key, {_moment(landing, as_of)}, {literal(str(as_of))}, old.owner, now.owner, 'exports'
        from raw.deals as now
        join carried_deals as deals on deals.deal_key = now.deal_key
        join earlier.raw.deals as old on old.deal_key = deals.old_key
        where now.owner is distinct from old.owner and coalesce(now.owner_id <> old.owner_id, true)
        """
    )


def _carry_deals(landing: Landing, as_of: date) -> None:
    """Add the deals that this load lacks. Where it holds only what has changed, they count as seen."""
    seen = (
        f"case when deals.is_ours then {literal(str(as_of))}::date else old.last_seen_on end" if landing.is_partial else "old.last_seen_on"
    )
    landing.con.execute(
        """
        update raw.deals as now set first_seen_on = least(now.first_seen_on, old.first_seen_on)
        from earlier.raw.deals as old join carried_deals as deals on deals.old_key = old.deal_key
        where deals.is_here and now.deal_key = deals.deal_key
        """
    )
    landing.con.execute(
        f"""
        insert into raw.deals by name
        select old.* replace (deals.deal_key as deal_key, {seen} as last_seen_on)
        from earlier.raw.deals as old
        join carried_deals as deals on deals.old_key = old.deal_key
        where not deals.is_here
        """
    )


def _count(landing: Landing, as_of: date) -> None:
    """Make the temporary table `carried_counts` of one row: deals new, changed, missing and gone, and changes told by exports."""
    con = landing.con
    keys = {"deal_key", "outcome_from", "first_seen_on", "last_seen_on", "owner_email"}
    facts = [name for (name, *_) in con.execute("describe raw.deals").fetchall() if name not in keys]
    is_changed = " or ".join(f"now.{name} is distinct from old.{name}" for name in facts)
    told = " + ".join(
        f"(select count(*) from raw.{table} where told_by = 'exports' and changed_date = {literal(str(as_of))})"
        for table in ("field_changes", "stage_changes", "owner_changes")
    )
    con.execute(
        f"""
        create temp table carried_counts as
        select
            count(now.deal_key) filter (where old.deal_key is null) as new,
            count(*) filter (where now.deal_key is not null and old.deal_key is not null and ({is_changed})) as changed,
            count(*) filter (where now.deal_key is null and deals.old_key is not null and not {landing.is_partial}) as missing,
            count(*) filter (where now.deal_key is null and deals.old_key is null and {landing.has_ids}) as gone,
            {told} as told
        from (select * from earlier.raw.deals where source = {literal(landing.origin)}) as old
        left join carried_deals as deals on deals.old_key = old.deal_key
        full outer join raw.deals as now on now.deal_key = deals.deal_key and deals.is_here
        """
    )
