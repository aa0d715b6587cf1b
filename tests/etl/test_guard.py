"""The guard: what a query of a user's own may not do is refused with its reason, and what it may do is answered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from etl.analysis import worked_questions
from etl.config import load_config
from etl.errors import DatabaseError, QueryError, QueryRefused, QueryTooLarge
from etl.guard import MOST_LETTERS, Guard, Limits
from etl.load import Request, load
from etl.queries import Database, Scope
from etl.sample import SAMPLE

LIMITS = Limits(rows=2_000, megabytes=2, seconds=30, memory="300MB")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    return Database(load(Request((SAMPLE,), tmp_path_factory.mktemp("sample"), load_config(None))).database)


@pytest.fixture(scope="module")
def guard(database: Database) -> Guard:
    """Return the one connection that every query below is put to: what one leaves behind, the next would find."""
    return Guard(database.path, LIMITS)


@pytest.fixture(scope="module")
def hasty(database: Database) -> Guard:
    """Return a guard with little patience."""
    return Guard(database.path, replace(LIMITS, seconds=0.3))


ONE, SHUT, REACH, WRITES = "only one statement", "is shut off", "reaches for what is shut off", "the query writes"

ESCAPES = {
    # files
    "read a text": ("from read_text('/etc/passwd')", SHUT),
    "read a blob": ("select * from read_blob('/etc/passwd')", SHUT),
    "read a CSV": ("from read_csv('/etc/passwd')", SHUT),
    "read a CSV, guessing": ("from read_csv_auto('/etc/passwd')", SHUT),
    "read JSON": ("from read_json('/etc/hosts')", SHUT),
    "read lines of JSON": ("from read_ndjson_objects('/etc/hosts')", SHUT),
    "read Parquet": ("from read_parquet('/var/*.parquet')", SHUT),
    "scan Parquet": ("from parquet_scan('x.parquet')", SHUT),
    "metadata of Parquet": ("from parquet_metadata('x.parquet')", SHUT),
    "read another database": ("from read_duckdb('other.duckdb', table_name := 'x')", SHUT),
    "list a folder": ("from glob('/*')", SHUT),
    "sniff a file": ("from sniff_csv('/etc/passwd')", SHUT),
    "a file by name": ("from '/etc/passwd.csv'", REACH),
    "a file by name, joined": ("select * from marts.deals, 'secret.parquet'", REACH),
    "describe a file": ("describe from 'secret.csv'", REACH),
    "summarize a file": ("summarize '/etc/hosts.csv'", REACH),
    "a file in a subquery": ("select (select count(*) from read_text('/etc/passwd'))", SHUT),
    "a file in a CTE": ("with x as (from read_csv('/etc/passwd')) from x", SHUT),
    "a file in a union": ("select 'a' union all select content from read_text('/etc/passwd')", SHUT),
    "a file in a lateral join": ("from (select 'x' as f) t, lateral (from read_text(t.f))", SHUT),
    "a file behind a schema": ("from system.main.read_text('/etc/passwd')", SHUT),
    "a file in capitals": ("FROM READ_TEXT('/etc/passwd')", SHUT),
    "a file in quotes": ("from \"read_text\"('/etc/passwd')", SHUT),
    "a file behind a comment": ("from/**/read_text/**/('/etc/passwd')", SHUT),
    "a file explained": ("explain analyze from read_text('/etc/passwd')", SHUT),
    "copy to a file": ("copy (select 1) to '/var/out.csv'", ONE),
    "copy from a file": ("copy marts.deals from '/var/in.csv'", ONE),
    "copy explained": ("explain analyze copy (select 1) to '/var/out.csv'", ONE),
    "export the database": ("export database '/var/out'", ONE),
    "import a database": ("import database '/var/in'", ONE),
    # network
    "read from the web": ("from read_csv('https://example.com/x.csv')", SHUT),
    "a web address by name": ("from 'https://example.com/x.parquet'", REACH),
    "a bucket by name": ("from 's3://bucket/x.parquet'", REACH),
    "a secret for a bucket": ("create secret (type s3, key_id 'a', secret 'b')", ONE),
    "list secrets": ("from duckdb_secrets()", SHUT),
    "which secret": ("from which_secret('s3://x', 's3')", SHUT),
    "the client's address": ("select inet_client_addr()", SHUT),
    # attach
    "attach a file": ("attach '/var/x.duckdb' as x", ONE),
    "attach memory": ("attach ':memory:' as x", ONE),
    "detach": ("detach deals", ONE),
    "use another": ("use memory", ONE),
    "where the file lies": ("select path from duckdb_databases()", SHUT),
    "where the file lies, as a view": ("from duckdb_databases", SHUT),
    "where the file lies, of old": ("from pragma_database_list", SHUT),
    "where the file lies, as of PostgreSQL": ("from pg_catalog.pg_database", SHUT),
    "copy a database": ("copy from database deals to memory", ONE),
    # extensions, pointers and code
    "install": ("install httpfs", ONE),
    "load": ("load '/var/x.duckdb_extension'", ONE),
    "update extensions": ("update extensions", ONE),
    "list extensions": ("from duckdb_extensions()", SHUT),
    "scan a pointer": ("from arrow_scan(1, 2, 3)", SHUT),
    "scan a frame": ("from pandas_scan(1)", SHUT),
    "a variable of ours": ("from LIMITS", "cannot run"),
    "an outside resource": ("from create_external_resource('x', 'y')", SHUT),
    # settings and state
    "set": ("set memory_limit = '100GB'", ONE),
    "set after a query": ("select 1; set lock_configuration = false", ONE),
    "reset": ("reset memory_limit", ONE),
    "pragma": ("pragma enable_profiling", ONE),
    "pragma of the place": ("pragma database_list", ONE),
    "call": ("call enable_logging()", ONE),
    "logging as a relation": ("from enable_logging()", SHUT),
    "read the logs": ("from duckdb_logs", SHUT),
    "write a log": ("select write_log('x')", SHUT),
    "read settings": ("from duckdb_settings()", SHUT),
    "read settings as of PostgreSQL": ("from pg_settings", SHUT),
    "read one setting": ("select current_setting('secret_directory')", SHUT),
    "read the environment": ("select getenv('HOME')", SHUT),
    "set a variable": ("set variable x = 1", ONE),
    "checkpoint": ("checkpoint", ONE),
    "checkpoint as a relation": ("from force_checkpoint('deals')", SHUT),
    "prepare": ("prepare x as select 1", ONE),
    "execute": ("execute x", ONE),
    "begin": ("begin transaction", ONE),
    "temporary files": ("from duckdb_temporary_files()", SHUT),
    # queries in queries
    "a query in a text": ("from query('from read_text(''/etc/passwd'')')", SHUT),
    "a relation in a text": ("from query_table('/etc/passwd.csv')", SHUT),
    "a query as JSON": ("from json_execute_serialized_sql('{}')", SHUT),
    "a setting in a lambda": ("select list_transform(['x'], lambda s: current_setting(s))", SHUT),
    "a setting in an order": ("select 1 order by current_setting('x')", SHUT),
    "a setting in a metric": ("from metrics.win_rate(dimension := current_setting('x'))", SHUT),
    # writing
    "drop": ("drop table raw.deals", ONE),
    "delete": ("delete from raw.deals", ONE),
    "update": ("update raw.settings set landmark_day = 1", ONE),
    "insert": ("insert into raw.loads select * from raw.loads", ONE),
    "merge": ("merge into raw.deals using raw.deals as x using (deal_id) when matched then delete", ONE),
    "create a table": ("create table memory.main.x as select 1", ONE),
    "create a temporary table": ("create temp table x as select 1", ONE),
    "create explained": ("explain analyze create temp table x as select 1", ONE),
    "create a macro": ("create macro x() as 1", ONE),
    "create a view": ("create view memory.main.x as select 1", ONE),
    "insert in a CTE": ("with x as (insert into raw.loads select * from raw.loads returning *) from x", WRITES),
    "delete in a CTE": ("with x as (delete from raw.deals returning *) from x", WRITES),
    "update in a CTE": ("with x as (update raw.settings set landmark_day = 1 returning *) from x", WRITES),
    "vacuum": ("vacuum", ONE),
    "pivot that makes a type": ("pivot marts.deals on segment using count(*)", ONE),
    # too many, or nothing
    "two queries": ("select 1; select 2", ONE),
    "nothing": ("", ONE),
    "a comment": ("-- nothing", ONE),
    "huge text": (f"select '{'x' * MOST_LETTERS}'", "too long"),
    "deep text": (f"select {'(' * 5000}1{')' * 5000}", "cannot read"),
    "deep sum": (f"select {'+'.join(['1'] * 900)}", "nested too deeply"),
    # large
    "wait": ("select sleep_ms(60000)", SHUT),
    "wait as of PostgreSQL": ("select pg_sleep(60)", SHUT),
    "a list that is too long": ("select list(range) from range(1000000000)", "more memory"),
    "a result that is too wide": ("select repeat('x', 2000) from range(2000)", "too large"),
}


@pytest.mark.parametrize("case", ESCAPES)
def test_an_escape_is_refused_with_its_reason(guard: Guard, case: str) -> None:
    """And the connection answers the next query as before."""
    text, reason = ESCAPES[case]
    with pytest.raises(QueryError) as refused:
        guard.ask(text)
    assert reason in refused.value.what
    assert guard.ask("select count(*) from raw.loads").frame.item() == 1


ENDLESS = {
    "recursion": "with recursive x as (select 1 as a union all select a + 1 from x) select count(*) from x",
    "join": "select sum(hash(a.range)) from range(10000000) a, range(10000000) b",
    "explained": "explain analyze select sum(hash(a.range + b.range)) from range(10000000) a, range(10000000) b",
    "count": "select count(*) from range(1000000000000) where hash(range) = 1",
    "metrics": "select count(*) from metrics.deal_list() a, metrics.deal_list() b, metrics.deal_list() c, metrics.deal_list() d",
}


@pytest.mark.parametrize("case", ENDLESS)
def test_a_query_that_takes_too_long_is_stopped(hasty: Guard, case: str) -> None:
    """And the connection answers the next query as before."""
    with pytest.raises(QueryTooLarge, match="took too long"):
        hasty.ask(ENDLESS[case])
    assert hasty.ask("select 1").frame.item() == 1


def test_there_are_enough_of_them() -> None:
    """Files, network, attaching, extensions, settings, writing, and queries that are long or large."""
    assert len(ESCAPES) + len(ENDLESS) >= 110


NORMAL = {
    "a mart": ("select count(*) from marts.deals", 1),
    "from first": ("from marts.loads select file", None),
    "a metric": ("from metrics.win_rate(dimension := 'segment')", None),
    "a metric without its schema": ("from headline()", None),
    "a scope": ("from metrics.win_rate(scope := map {'segment': ['SMB'], 'created_from': ['2025-01-01']})", 2),
    "a macro": ("select macros.wilson_low(5, 10, macros.z())", 1),
    "a CTE": ("with x as (select owner, count(*) as n from marts.deals group by all) select max(n) from x", 1),
    "a window": ("select row_number() over (order by deal_id) from marts.deals limit 3", 3),
    "a union": ("select 1 union all select 2", 2),
    "values": ("values (1), (2), (3)", 3),
    "a short recursion": ("with recursive x as (select 1 as a union all select a + 1 from x where a < 5) from x", 5),
    "a pivot with its values": ("pivot (select outcome from marts.deals) on outcome in ('won', 'lost') using count(*)", 1),
    "an unpivot": ("unpivot (select 1 as a, 2 as b) on a, b", 2),
    "a join": ("select count(*) from marts.deals join marts.deal_answers using (deal_key)", 1),
    "a list": ("select unnest([1, 2, 3])", 3),
    "a series": ("from range(5)", 5),
    "describe": ("describe marts.deals", None),
    "summarize": ("summarize select amount from marts.deals", 1),
    "show": ("show all tables", None),
    "explain": ("explain select 1", 1),
    "explain analyze": ("EXPLAIN ANALYZE select count(*) from marts.deals", 1),
    "the dictionary": ("select table_name, comment from duckdb_tables() where schema_name = 'marts'", None),
    "columns": ("select column_name from information_schema.columns where table_name = 'deals' and table_schema = 'marts'", None),
    "a comment before": ("-- which deals?\nselect 1", 1),
    "a semicolon after": ("select 1;", 1),
    "a word that sounds dangerous": ("select 'drop table x; attach' as \"copy\"", 1),
    "regular expressions": ("select regexp_extract('a1', '[0-9]')", 1),
    "JSON": ("select json_extract('{\"a\": 1}', '$.a')", 1),
    "no rows": ("select 1 where false", 0),
}


@pytest.mark.parametrize("case", NORMAL)
def test_a_normal_query_is_answered(guard: Guard, case: str) -> None:
    """With as many rows as it has."""
    text, rows = NORMAL[case]
    answer = guard.ask(text)
    assert not answer.is_cut
    assert answer.frame.height == rows if rows is not None else answer.frame.height > 1


def test_no_worked_question_is_taken_for_an_escape(guard: Guard) -> None:
    """Each is one statement that reads the file; that they give what they should is tested where they are."""
    assert len(worked_questions()) >= 25
    for question in worked_questions():
        guard._judge(question.sql)


def test_a_metric_is_what_the_dashboard_shows(guard: Guard, database: Database) -> None:
    """Cell for cell."""
    assert guard.ask("from metrics.verdict()").frame.equals(database.verdict(Scope()))


def test_rows_beyond_the_limit_are_cut_and_said(guard: Guard) -> None:
    """As many as may be handed out, the first ones, and word that there are more."""
    exact, more = (guard.ask(f"from range({rows})") for rows in (LIMITS.rows, 10**12))
    assert (exact.frame.height, exact.is_cut) == (LIMITS.rows, False)
    assert (more.frame.height, more.is_cut) == (LIMITS.rows, True)
    assert more.frame["range"].to_list() == list(range(LIMITS.rows))


def test_every_type_is_handed_out(guard: Guard) -> None:
    """What a table cannot hold comes as text; names that are there twice get a number."""
    frame = guard.ask(
        "select 1 as a, 2 as A, interval 1 day as i, {'x': 1} as s, map {'k': 1} as m, [{'x': 1}] as n, [1, 2] as l, [1, 2]::int[2] as f, "
        "'e'::enum ('e') as e, '101'::bit as b, 'x'::blob as o, 1::union(p int, q varchar) as u, 1::variant as v, null as z, "
        "1.50::decimal(9, 2) as d"
    ).frame
    assert frame.columns[:2] == ["a", "A_2"]
    assert frame.row(0)[2:] == (
        "1 day",
        '{"x":1}',
        '{"k":1}',
        '[{"x":1}]',
        [1, 2],
        [1, 2],
        "e",
        "101",
        "x",
        '{"p":1}',
        "1",
        None,
        frame["d"][0],
    )
    assert float(frame["d"][0]) == 1.5


def test_what_is_wrong_with_a_query_is_told(guard: Guard) -> None:
    """DuckDB's own words, and where to look."""
    for text, said in (("select deal_idd from marts.deals", "deal_idd"), ("selct 1", "syntax error"), ("select $1", "parameter")):
        with pytest.raises(QueryError) as refused:
            guard.ask(text)
        assert said in refused.value.where
        assert "describe" in refused.value.todo
        assert not isinstance(refused.value, (QueryRefused, QueryTooLarge))


def test_the_engine_refuses_what_would_pass_the_judgement(guard: Guard) -> None:
    """Behind the judgement stand DuckDB's own settings: with the connection alone, files, attaching and settings are shut off too."""
    for text in (
        "select * from read_text('/etc/passwd')",
        "from glob('/*')",
        "copy (select 1) to 'x.csv'",
        "attach 'x.duckdb'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set memory_limit = '9GB'",
        "delete from raw.deals",
        "export database 'x'",
        "create persistent secret (type http, bearer_token 'x')",
    ):
        with pytest.raises(Exception, match=r"disabled|locked|read-only|Permission|not be found|not found"):
            guard._con.execute(text)


def test_nothing_of_others_is_seen(guard: Guard, database: Database) -> None:
    """What the dashboard keeps beside the file is on another connection."""
    database.verdict(Scope())
    catalogs = guard.ask("select distinct database_name from duckdb_tables()").frame["database_name"].to_list()
    assert catalogs == ["deals"]


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    """As the dashboard does."""
    (tmp_path / "x.duckdb").write_text("no database")
    with pytest.raises(DatabaseError, match="cannot be opened"):
        Guard(tmp_path / "x.duckdb", LIMITS)
