"""Field history: read in one pass that keeps what a change was worth, not what it said."""

from __future__ import annotations

from etl.land.context import Landing, Source, in_file_order
from etl.land.ledger import DELETED, REJECT_COLUMNS, count_loaded, join_deals, no_deal_sql, reject_columns, settle
from etl.mapping import folded
from etl.normalise import Cell, field_key_sql, typed_rows
from etl.read import scan_numbered
from etl.sqltext import literal, literals
from etl.states import states_sql, text_key_sql

OWNER, STAGE = -1, -2
"""Numbers that stand for the owner and the stage among the numbers of asked fields."""


def scan_field_history(landing: Landing) -> None:
    """Make the temporary tables `landed_changes` and `tracking` (field, tracked_since).

    `landed_changes` holds one row per history row of a loaded deal: deal_key, field_no (null where no setting asks for the field),
    changed_at, states and text keys before and after, for owners and stages the two texts, a number that is one user's, and whether
    the CRM says that an import or automation made the change. Stages are asked for only where no file tells the stage history.
    """
    landing.con.execute(
        f"""
        create temp table landed_changes (
            deal_key bigint, field_no integer, changed_at timestamp, old_state answer_state, new_state answer_state,
            old_key ubigint, new_key ubigint, old_text varchar, new_text varchar, author ubigint, is_automatic boolean, {REJECT_COLUMNS}
        )
        """
    )
    _name_fields(landing)
    for source in landing.of_role("field_history"):
        _scan(landing, source)
    landing.con.execute(f"create temp table tracking (field varchar, tracked_since timestamp, is_needed boolean, {REJECT_COLUMNS})")
    for source in landing.of_role("field_tracking"):
        _scan_tracking(landing, source)


def _name_fields(landing: Landing) -> None:
    landing.con.execute("create temp table field_names (field_name varchar, field_no integer)")
    names = [(name, each.number) for each in landing.asked for name in {each.field.name, each.field.history or each.field.name}]
    owners = [(name, OWNER) for name in landing.mapping.history.owner_fields]
    named = () if landing.tells_stage_history else landing.mapping.files["deals"].columns.get("stage", ())
    stages = [(name, STAGE) for name in named]
    for name, number in {folded(name): (name, number) for name, number in [*stages, *owners, *reversed(names)]}.values():
        landing.con.execute(f"insert into field_names values ({field_key_sql('?')}, ?)", [name, number])


def _scan(landing: Landing, source: Source) -> None:
    found = landing.cells(source)
    old_text, new_text = _text(found, "old_value"), _text(found, "new_value")
    with in_file_order(landing.con, source.matched.table):
        read = landing.con.execute(
            f"""
            insert into landed_changes
            select deal_key, field_no, changed_at, {_state(landing, "old_text", "new_text")}, {_state(landing, "new_text", "old_text")},
                case when field_no > 0 then {text_key_sql("old_text")} end, case when field_no > 0 then {text_key_sql("new_text")} end,
                case when field_no < 0 then old_text end, case when field_no < 0 then new_text end,
                {_author(found)}, {_is_automatic(landing, found)}, {reject_columns(found["deal_id"].text)}
            from (
                select deal_key, names.field_no, {found["changed_at"].value} as changed_at,
                    case when names.field_no is not null then {old_text} end as old_text,
                    case when names.field_no is not null then {new_text} end as new_text,
                    row_number, {found["deal_id"].text}{_made_by(found)}, {_problem(found)} as reason
                from {typed_rows(found, scan_numbered(source.matched.table))}
                {join_deals(found)}
                left join field_names as names on names.field_name = {field_key_sql(found["field"].text)}
            )
            """
        ).fetchall()[0][0]
    loaded = settle(landing, source, "landed_changes", read, found["deal_id"].header)
    count_loaded(landing, source, loaded, _not_needed(landing))
    if "old_value" not in found:
        _fill_old_values(landing)


def _text(found: dict[str, Cell], name: str) -> str:
    return found[name].text if name in found else "cast(null as varchar)"


def _made_by(found: dict[str, Cell]) -> str:
    return "".join(f", {found[name].text}" for name in ("changed_by", "change_source") if name in found)


def _author(found: dict[str, Cell]) -> str:
    text = found["changed_by"].text if "changed_by" in found else "null"
    return f"case when {text} is not null then hash(lower({text})) end"  # the hash of null is a number


def _is_automatic(landing: Landing, found: dict[str, Cell]) -> str:
    sources = landing.mapping.history.automatic_sources
    if "change_source" not in found or not sources:
        return "false"
    return f"coalesce(lower({found['change_source'].text}) in ({literals(source.lower() for source in sources)}), false)"


def _problem(found: dict[str, Cell]) -> str:
    deleted = found["is_deleted"].value if "is_deleted" in found else "false"
    return (
        f"case when {deleted} then {literal(DELETED)} when deal_key is null then {no_deal_sql(found)} "
        f"else coalesce({found['changed_at'].problem}, {found['field'].problem}) end"
    )


def _state(landing: Landing, text: str, other: str) -> str:
    """Return SQL of a state; where neither side has a text, the CRM recorded that there was an edit and not what it was."""
    edit = "" if landing.mapping.history.records_first_value else f"when {text} is null and {other} is null then 'not recorded'"
    state = states_sql(text, landing.asked, landing.config.answers, "field_no")
    return f"case when coalesce(field_no, 0) <= 0 then null {edit} else {state} end"


def _not_needed(landing: Landing) -> int:
    noted = landing.value("select coalesce(sum(not_needed), 0)::bigint from landed_counts")
    return landing.value("select count(*) from landed_changes where field_no is null") - noted


def _fill_old_values(landing: Landing) -> None:
    """Take each change's old value from the change before it, for a CRM whose history tells only what was written."""
    landing.con.execute(
        """
        create or replace temp table landed_changes as
        select deal_key, field_no, changed_at, coalesce(lag(new_state) over earlier, 'blank') as old_state, new_state,
            lag(new_key) over earlier as old_key, new_key, lag(new_text) over earlier as old_text, new_text,
            author, is_automatic, row_number, rejected_text, reason
        from landed_changes
        window earlier as (partition by deal_key, field_no order by changed_at)
        """
    )


def _scan_tracking(landing: Landing, source: Source) -> None:
    """Keep the tracked fields of the deals' object; rows of other objects are understood and not needed."""
    found = landing.cells(source)
    shape = landing.mapping.files["field_tracking"]
    ours = f"lower({found['object'].text}) = {literal(shape.object.lower())}" if shape.object and "object" in found else "true"
    asked = literals(each.field.name.lower() for each in landing.asked)
    problem = f"coalesce({found['field'].problem}, {found['tracked_since'].problem})"
    with in_file_order(landing.con, source.matched.table):
        read = landing.con.execute(
            f"insert into tracking select {found['field'].text}, {found['tracked_since'].value}, "
            f"coalesce(({ours}) and lower({found['field'].text}) in ({asked}), false), {reject_columns(found['field'].text)} "
            f"from (select *, {problem} as reason from {typed_rows(found, scan_numbered(source.matched.table))})"
        ).fetchall()[0][0]
    loaded = settle(landing, source, "tracking", read, found["field"].header)
    not_needed = landing.con.execute("delete from tracking where not is_needed").fetchall()[0][0]
    count_loaded(landing, source, loaded, not_needed)
