"""The models as Spark reads them: one set of SQL, a short list of renderings."""

from __future__ import annotations

import pytest
from sqlglot import exp, parse_one

from etl.build import Model, checks, models
from etl.engines.render import RENDERINGS, columns_of, rendered, view_name

PORTABLE = [model for model in models() if model.schema in ("staging", "intermediate", "marts")]
PORTABLE_CHECKS = {name: sql for name, sql in checks().items() if "metrics." not in sql}

RENDERED = {
    "_relation": ("select d.x from marts.deals as d", "SELECT d.x FROM marts__deals AS d"),
    "_length": ("select len(days) from t", "SELECT SIZE(days) FROM t"),
    "_element": ("select days[1] from t", "SELECT TRY_ELEMENT_AT(days, 1) FROM t"),
    "_collected": (
        "select list_sort(array_agg(day) filter (where x > 0)) from t",
        "SELECT ARRAY_SORT(NULLIF(COLLECT_LIST(day) FILTER(WHERE x > 0), ARRAY())) FROM t",
    ),
}


@pytest.mark.parametrize("rendering", RENDERINGS, ids=lambda rendering: rendering.__name__)
def test_each_rendering_does_what_it_says(rendering: object) -> None:
    """The list of what is mended beyond SQLGlot is short, and each of it is shown by an example here."""
    duckdb_sql, spark_sql = RENDERED[rendering.__name__]  # type: ignore[attr-defined]  # they are functions
    assert rendered(duckdb_sql) == spark_sql


def test_a_list_of_all_rows_is_null_where_there_are_none() -> None:
    """As in DuckDB, also without a filter and for distinct values; it is mended once."""
    assert rendered("select array_agg(distinct x) from t") == "SELECT NULLIF(COLLECT_LIST(DISTINCT x), ARRAY()) FROM t"


@pytest.mark.parametrize("model", PORTABLE, ids=lambda model: model.full_name)
def test_models_render_and_parse_as_spark(model: Model) -> None:
    """Each model parses as DuckDB, renders as Spark, and what comes out parses as Spark and reads the same relations."""
    sql = rendered(model.sql)
    assert parse_one(sql, read="spark").find(exp.Select)
    assert all(view_name(name) in sql for name in model.reads)
    assert "macros" not in sql


@pytest.mark.parametrize("sql", PORTABLE_CHECKS.values(), ids=PORTABLE_CHECKS)
def test_checks_render_and_parse_as_spark(sql: str) -> None:
    """The rules of the database carry over too, but for the one that asks a metric."""
    assert parse_one(rendered(sql), read="spark").find(exp.Select)
    assert len(checks()) - len(PORTABLE_CHECKS) == 1


def test_raw_tables_have_types_that_spark_knows() -> None:
    """Types of the raw tables come from their own definitions; an enumeration is text."""
    columns = columns_of(next(model for model in models() if model.full_name == "raw.field_values"))
    assert columns == {"deal_key": "BIGINT", "field_no": "INT", "state": "STRING", "junk_text": "STRING", "text_key": "BIGINT"}
