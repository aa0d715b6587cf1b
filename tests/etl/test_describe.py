"""The formulas of a file: in words, and as the SQL that it runs."""

from __future__ import annotations

from collections.abc import Callable

from etl import describe
from etl.build import models
from etl.queries import Database

ONE_DEAL = "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,CreatedDate\n1,A,Won,1,2024-03-01,1,1,2024-01-01 08:00:00\n"


def test_every_metric_and_macro_has_words_and_sql(load_files: Callable[..., Database]) -> None:
    """Each is the text of sql/ without its opening comment, which is the words."""
    formulas = describe.formulas(load_files({"Opportunity.csv": ONE_DEAL}))
    made = {model.full_name: model for model in models() if model.schema in ("metrics", "macros")}
    assert set(formulas["name"]) == set(made)
    assert formulas["name"].is_unique().all()
    for row in formulas.iter_rows(named=True):
        assert row["comment"] == made[row["name"]].comment
        assert row["sql"].startswith("create or replace macro ")
        assert made[row["name"]].sql.endswith(row["sql"])


def test_metrics_come_before_the_macros_that_they_call(load_files: Callable[..., Database]) -> None:
    """Figures first."""
    names = describe.formulas(load_files({"Opportunity.csv": ONE_DEAL}))["name"].to_list()
    kinds = [name.partition(".")[0] for name in names]
    assert kinds == sorted(kinds, reverse=True)
