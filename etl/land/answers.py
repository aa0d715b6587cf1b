"""Answers: which fields the export knows and since when, texts judged beside others, and what each field held when."""

from __future__ import annotations

from datetime import date

from etl.config import MOST_TOPICS
from etl.errors import ConfigError
from etl.land.context import Landing, Source, in_file_order
from etl.land.imports import find_imports
from etl.normalise import AskedField, column_of, local_date_sql, text_sql
from etl.read import scan_numbered
from etl.sqltext import literal
from etl.states import text_key_sql

_NEVER = "date '2100-01-01'"
"""Days from here on stand for something else, such as 31.12.3999 for no day, or are typed wrong."""
_NAMES = ("deal_name", "account_name", "stage")
"""Columns of a deal whose text is no answer where it is copied into a field."""


def day_of_export(landing: Landing) -> date:
    """Return the day of the export: the one that was given, else that of the latest moment which the files tell of."""
    return landing.as_of or _latest_moment(landing)


def write_answers(landing: Landing, as_of: date) -> None:
    """Fill raw.fields, raw.field_changes and raw.field_values with what the files say, as exported on a day."""
    _write_fields(landing, as_of)
    _gather_values(landing)
    _key_names(landing)
    _find_pasted(landing)
    find_imports(landing)
    _write_field_changes(landing)
    _write_field_values(landing)


def write_settings(landing: Landing) -> None:
    """Fill raw.questions, raw.settings and raw.loss_kinds, once the file holds all deals and fields that it will hold."""
    _write_questions(landing)
    _write_settings(landing)


def _latest_moment(landing: Landing) -> date:
    """Return the day of the latest moment that the files tell of: of a change, or a deal's start; of its end where no change is told.

    Closing dates are people's to edit, so they count only where nothing better is in the export; and a moment from 2100 on is no moment.
    """
    moments = (
        "select max(created_at) as moment from landed_deals union all select max(modified_at) from landed_deals "
        "union all select max(changed_at) from landed_stages union all select max(changed_at) from landed_changes"
    )
    closed = (
        "select max(close_date) from raw.deals "
        f"where outcome <> 'open' and close_date < {_NEVER} and not exists (select * from landed_deals where modified_at is not null)"
    )
    day = local_date_sql("max(moment)", landing.time_zone)
    row = landing.con.execute(
        f"select coalesce(greatest({day}, ({closed})), (select max(close_date) from raw.deals where close_date < {_NEVER})) "
        f"from ({moments}) where moment < {_NEVER}"
    ).fetchall()[0]
    return row[0] or date(1970, 1, 1)  # an export without any date compares nothing by date


def _write_fields(landing: Landing, as_of: date) -> None:
    """Fill raw.fields. History of a field is known from when tracking began, and no longer back than the CRM keeps rows.

    Where no file says when tracking began, the first change of the field does: later than the truth at most.
    """
    history = landing.mapping.history
    headers = [header for source in landing.of_role("deals") for header in source.matched.table.headers]
    kept_since = "date '0001-01-01'"
    if history.keeps_months:
        earliest = "select min(cast(changed_at as date)) from landed_changes"
        kept_since = f"least(({earliest}), cast({literal(str(as_of))}::date - interval {history.keeps_months} month as date))"
    known_since = f"coalesce(cast(tracked.since as date), {_first_known(records_first_value=history.records_first_value)})"
    for each in landing.asked:
        landing.con.execute(
            f"""
            insert into raw.fields
            select ?, ?, ?, ?, ?, ?, {_is_in_export(each, headers)} or changes.first_change is not null,
                case when {known_since} is not null then greatest({known_since}, {kept_since}) end, ?, ?,
                {_is_in_export(each, headers)}, {", ".join([_seen(each, headers, as_of)] * 3)}
            from (select min(changed_at) as first_change from landed_changes where field_no = {each.number}) as changes,
                (select min(tracked_since) as since from tracking where lower(field) = lower(?)) as tracked
            """,
            [
                each.number,
                each.field.name,
                each.question,
                each.topic,
                each.is_neutral,
                each.field.kind,
                history.records_first_value,
                landing.origin,
                each.field.name,
            ],
        )


def _is_in_export(field: AskedField, headers: list[str]) -> str:
    return "true" if column_of(field, headers) is not None else "false"


def _seen(field: AskedField, headers: list[str], as_of: date) -> str:
    return f"case when {_is_in_export(field, headers)} or changes.first_change is not null then {literal(str(as_of))}::date end"


def _first_known(*, records_first_value: bool) -> str:
    if records_first_value:
        return "case when changes.first_change is not null then date '0001-01-01' end"
    return "cast(changes.first_change as date)"


def _write_questions(landing: Landing) -> None:
    topics = [(name, question.label, question.ask, False) for name, question in landing.config.questions.items()]
    neutral = landing.con.execute(
        "select topic from raw.fields where is_neutral group by topic order by min(question_no), topic"
    ).fetchall()
    topics += [(topic, topic, "", True) for (topic,) in neutral]
    if len(topics) > MOST_TOPICS:
        raise ConfigError(
            f"there are {len(topics)} questions and neutral fields in the exports of all sources",
            expected=f"at most {MOST_TOPICS}",
            todo="Name fewer neutral fields in sameside.toml.",
        )
    for position, (name, label, ask, is_neutral) in enumerate(topics, start=1):
        landing.con.execute(
            "insert into raw.questions select ?, ?, ?, ?, ?, "
            "exists (select * from raw.fields where topic = ? and is_neutral = ? and is_in_export)",
            [position, name, label, ask, is_neutral, name, is_neutral],
        )


def _write_settings(landing: Landing) -> None:
    config = landing.config
    mapped = landing.value("select count(*) from raw.questions where is_mapped and not is_neutral")
    needed = config.tag.answers_needed or max(1, (mapped + 1) // 2)
    if mapped and needed > mapped:
        raise ConfigError(
            f"tag.answers_needed is {needed}, but the export holds fields of only {mapped} questions",
            expected=f"at most {mapped}",
            todo="Lower tag.answers_needed in sameside.toml, or name the fields that answer the other questions.",
        )
    landing.con.execute(
        """
        insert into raw.settings
        select ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (select max(last_seen_on) from raw.deals),
            exists (select * from raw.fields where tracked_since is not null), exists (select * from raw.deals where owner is not null),
            ?
        """,
        [
            config.tag.landmark_day,
            needed,
            config.outcome.horizon_days,
            config.outcome.margin_points,
            list(config.like_for_like.strata),
            list(config.like_for_like.amount_bands),
            config.organisation.currency,
            config.organisation.locale,
            config.organisation.time_zone,
            config.organisation.fiscal_year_start_month,
            config.organisation.fiscal_year_named_for,
            config.organisation.deal_url,
        ],
    )
    kinds = [(reason.lower(), "no decision") for reason in config.loss_reasons.no_decision]
    kinds += [(reason.lower(), "disqualified") for reason in config.loss_reasons.disqualified]
    if kinds:
        landing.con.executemany("insert into raw.loss_kinds values (?, ?)", kinds)
    rates = [(currency, each.first_day, each.rate) for currency, dated in config.currencies.rates.items() for each in dated]
    if rates:
        landing.con.executemany("insert into raw.rates values (?, ?, ?)", rates)


def _gather_values(landing: Landing) -> None:
    """Make the temporary table `landed_values`: what asked fields hold today, one row per deal and field that is not blank."""
    landing.con.execute(
        "create temp table landed_values (deal_key bigint, field_no integer, state answer_state, text_key ubigint, junk_text varchar)"
    )
    headers = [header for source in landing.of_role("deals") for header in source.matched.table.headers]
    for number in (each.number for each in landing.asked if column_of(each, headers) is not None):
        landing.con.execute(
            f"""
            insert into landed_values
            select numbers.deal_key, {number}, state_{number}, key_{number}, junk_{number}
            from landed_deals join deal_numbers as numbers using (file_no, row_number)
            where state_{number} <> 'blank'
            """
        )


def _find_pasted(landing: Landing) -> None:
    """Make the temporary table `pasted` (field_no, owner, text_key): texts that one rep wrote on too many deals to be answers.

    Few texts come so often at all, whoever wrote them: only those are counted by deal.
    """
    plain, most = _plain(landing), landing.config.answers.max_repeats
    landing.con.execute(
        f"""
        create temp table pasted as
        with written as (
            select field_no, deal_key, new_key as text_key from landed_changes where new_state = 'answered' and field_no in ({plain})
            union all
            select field_no, deal_key, text_key from landed_values where state = 'answered' and field_no in ({plain})
        ),

        often as (
            select text_key from written group by text_key having count(*) > {most}
        )

        select field_no, owner, text_key
        from (select distinct field_no, deal_key, text_key from written where text_key in (select text_key from often))
        join deal_names using (deal_key)
        group by field_no, owner, text_key having count(*) > {most}
        """
    )


def _plain(landing: Landing) -> str:
    """Return the numbers of the fields of free text."""
    return ", ".join(str(each.number) for each in landing.asked if each.field.kind == "text") or "null"


def _key_names(landing: Landing) -> None:
    """Make the temporary table `deal_names`: what a text is judged by beside itself, its owner and the keys of its deal's own names."""
    keys = ", ".join(f"{text_key_sql(name)} as {name}_key" for name in _NAMES)
    landing.con.execute(f"create temp table deal_names as select deal_key, owner, {keys} from raw.deals")


def _judged(landing: Landing, side: str, is_import: str) -> tuple[str, str]:
    """Return SQL of a side's state with texts that are copied, pasted or imported called so, and the join that tells the pasted ones.

    A side is `old_`, `new_` or ``; `is_import` is SQL of whether the side's text came by an import.
    """
    key = f"landed.{side}{'key' if side else 'text_key'}"
    names = ", ".join(f"deals.{name}_key" for name in _NAMES)
    edit = f"when new_state = 'not recorded' and {is_import} then 'imported'" if side == "new_" else ""
    state = (
        f"case {edit} when {side}state <> 'answered' then {side}state "
        f"when landed.field_no in ({_plain(landing)}) and {key} in ({names}) then 'copied' "
        f"when {side}pasted.text_key is not null then 'pasted' when {is_import} then 'imported' else {side}state end"
    )
    join = (
        f"left join pasted as {side}pasted on {side}pasted.field_no = landed.field_no "
        f"and {side}pasted.owner is not distinct from deals.owner and {side}pasted.text_key = {key}"
    )
    return state, join


def _write_field_changes(landing: Landing) -> None:
    old, old_join = _judged(landing, "old_", "coalesce(imports.follows_import, false)")
    new, new_join = _judged(landing, "new_", "coalesce(imports.is_import, false)")
    landing.con.execute(
        f"""
        insert into raw.field_changes
        select landed.deal_key, landed.field_no, landed.changed_at, {local_date_sql("landed.changed_at", landing.time_zone)},
            {old}, {new}, 'history'
        from landed_changes as landed join deal_names as deals using (deal_key) {old_join} {new_join}
        left join imports on imports.deal_key = landed.deal_key and imports.field_no = landed.field_no
            and imports.changed_at = landed.changed_at
        where landed.field_no > 0
        """
    )


def _write_field_values(landing: Landing) -> None:
    """Write what asked fields hold today: as the deal file says, or for a field that it lacks, as its last change says."""
    state, join = _judged(landing, "", "imported_values.deal_key is not null")
    landing.con.execute(
        f"""
        insert into raw.field_values
        select landed.deal_key, landed.field_no, {state}, junk_text,
            case when fields.tracked_since is null then (landed.text_key % 4294967296)::uinteger end
        from landed_values as landed
        join deal_names as deals using (deal_key)
        join raw.fields as fields on fields.field_no = landed.field_no
        {join}
        left join imported_values on imported_values.deal_key = landed.deal_key and imported_values.field_no = landed.field_no
        """
    )
    headers = [header for source in landing.of_role("deals") for header in source.matched.table.headers]
    held = [str(each.number) for each in landing.asked if column_of(each, headers) is not None]
    landing.con.execute(
        f"""
        insert into raw.field_values
        select deal_key, field_no, arg_max(new_state, changed_at), null, null
        from raw.field_changes where field_no not in ({", ".join(held) or "-1"})
        group by deal_key, field_no having arg_max(new_state, changed_at) <> 'blank'
        """
    )
    _name_repeated(landing)


def _name_repeated(landing: Landing) -> None:
    """Add the texts that are pasted or copied, which only a second look at the deal files can tell; most loads have none."""
    found = landing.con.execute("select distinct field_no from raw.field_values where state in ('pasted', 'copied')").fetchall()
    numbers = {row[0] for row in found}
    for source in landing.of_role("deals") if numbers else ():
        headers = source.matched.table.headers
        places = {each.number: column_of(each, headers) for each in landing.asked if each.number in numbers}
        pairs = [
            f"struct_pack(field_no := {number}, text := {text_sql(place, landing.mapping.empty)})"
            for number, place in places.items()
            if place is not None
        ]
        if pairs:
            _name_repeated_in(landing, source, pairs)


def _name_repeated_in(landing: Landing, source: Source, pairs: list[str]) -> None:
    rows = f"{scan_numbered(source.matched.table)} as rows"
    with in_file_order(landing.con, source.matched.table):
        landing.con.execute(
            f"""
            update raw.field_values as stored set junk_text = seen.text
            from (
                select numbers.deal_key, unnest([{", ".join(pairs)}], recursive := true)
                from {rows}
                join (
                    from deal_numbers where file_no = {source.number}
                    and deal_key in (select deal_key from raw.field_values where state in ('pasted', 'copied'))
                ) as numbers on numbers.row_number = rows.row_number
            ) as seen
            where stored.deal_key = seen.deal_key and stored.field_no = seen.field_no and stored.state in ('pasted', 'copied')
            """
        )
