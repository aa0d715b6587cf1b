"""The build: what is kept as a table, what as a view."""

from __future__ import annotations

from collections.abc import Callable

from etl.build import models
from etl.queries import Database

OPPORTUNITIES = "Id,Name,StageName,CreatedDate,CloseDate,IsClosed,IsWon\nA,Deal A,Closed Won,2025-01-01,2025-02-01,1,1\n"


def test_steps_worked_out_once_are_views_in_the_end(load_files: Callable[..., Database]) -> None:
    """Staging and intermediate models are views in the finished file, marts and prepared ones tables; none is missing."""
    database = load_files({"Opportunity.csv": OPPORTUNITIES})
    kinds = {
        f"{schema}.{name}": kind
        for schema, name, kind in database.sql(
            "select schema_name, table_name, 'table' from duckdb_tables() where database_name = 'deals' "
            "union all select schema_name, view_name, 'view' from duckdb_views() where database_name = 'deals' and not internal"
        ).rows()
    }
    wanted = {"raw": "table", "staging": "view", "intermediate": "view", "marts": "table", "prepared": "table"}
    assert kinds == {model.full_name: wanted[model.schema] for model in models() if model.schema in wanted}
